//! Training of black boxes: same bytes for the same seed, also beside another thread; broken numbers end it with a sentence.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tch::{Device, Tensor};
use unmask::data::{Dataset, Split};
use unmask::model::distil::Teacher;
use unmask::model::fit::only_numbers;
use unmask::model::layers::{Framework, linear};
use unmask::model::optim::OptimSpec;
use unmask::model::train::{ClassifierRun, ClassifierSetup, StepResult, one_hot};
use unmask::model::{BlackBox, FitRun, FitSetup, ModelError, Network, SavedBox, TorchBox, architecture};

use crate::integration::tiny::*;

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let _torch = torch();
    let data = halves(24);
    let (first, again, other) = (trained_box(&data, 3), trained_box(&data, 3), trained_box(&data, 4));
    assert!(first.weights == again.weights);
    assert_eq!(first.card.hash, again.card.hash);
    assert!(first.weights != other.weights);
    assert_ne!(first.card.hash, other.card.hash);
}

#[test]
fn a_box_learns_what_can_be_learned_and_its_card_says_so() {
    let _torch = torch();
    let saved = trained_box(&halves(48), 0);
    assert_eq!((saved.card.epochs, saved.card.complete), (4, true));
    assert_eq!(saved.card.validation_accuracy, Some(1.0));
    assert_eq!((saved.card.test_accuracy, saved.card.test_items), (Some(1.0), 24));
    // Several points an epoch, each epoch to its end.
    let at: Vec<f64> = saved.card.curves.0["loss"].iter().map(|point| point[0]).collect();
    assert_eq!(at.len(), 4 * 6);
    assert_eq!([at[0], at[5], at[23]], [1.0 / 6.0, 1.0, 4.0]);
    assert_eq!((saved.card.largest_class, saved.card.stopped_early), (Some(0.5), None));
    assert!(saved.card.remarks.is_empty(), "{:?}", saved.card.remarks);
}

/// Texts of two classes, two thirds of them of class "good", and what tells them apart: nothing, or their words.
fn few_texts(dir: &Path, tells_apart: bool) -> Dataset {
    let row = |at: usize| match (at.is_multiple_of(3), tells_apart) {
        (true, true) => "a dull and silly film,bad\n",
        (false, true) => "a warm and lovely film,good\n",
        (true, false) => "a film about a film,bad\n",
        (false, false) => "a film about a film,good\n",
    };
    let path = dir.join("few.csv");
    std::fs::write(&path, format!("text,label\n{}", (0..60).map(row).collect::<String>())).unwrap();
    unmask::data::open(&format!("csv:{}?text=text&label=label", path.display()).parse().unwrap(), &mut |_| true)
        .unwrap()
}

/// Settings of L2X's word network for them, with the least patience.
const HASTY: [(&str, &str); 3] = [("epochs", "12"), ("batch", "8"), ("patience", "1")];

#[test]
fn a_box_that_gives_one_class_to_everything_is_trained_on_and_says_that_it_learned_nothing() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let data = few_texts(dir.path(), false);
    let card = fitted(("l2x-word-cnn", "constant"), &HASTY, &data, 0, None).card;
    // Its accuracy never rises, and patience does not end it: nothing could be spoiled yet.
    assert_eq!((card.epochs, card.stopped_early), (12, None));
    let [remark] = &card.remarks[..] else { panic!("one remark: {:?}", card.remarks) };
    let n = data.in_split(Split::Validation).len();
    let validation = format!("to the {n} validation items, found good for each");
    assert_sentence(
        remark,
        &["one class for everything", validation.as_str(), "explanations of it mean nothing", "train it longer"],
    );
    // What looks like an accuracy is the share of the largest class.
    assert!(card.test_accuracy.is_some() && card.test_accuracy == card.largest_class, "{card:?}");
    assert!(card.largest_class_words().starts_with("largest class 6"), "{}", card.largest_class_words());
    // What it learns from another box that gives one class to everything is what it should answer.
    let teacher = fitted(("l2x-word-cnn", "constant"), &HASTY, &data, 0, None);
    let settings = [("epochs", "2"), ("batch", "8"), ("patience", "1")];
    let stand_in = fitted(("l2x-word-cnn", "stand-in"), &settings, &data, 0, Some(&teacher));
    assert!(stand_in.card.remarks.is_empty(), "{:?}", stand_in.card.remarks);
}

#[test]
fn a_training_that_stops_early_says_after_how_many_of_how_many_epochs() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let data = few_texts(dir.path(), true);
    let settings = [("epochs", "90"), ("batch", "8"), ("patience", "3")];
    let saved = fitted(("l2x-word-cnn", "hasty"), &settings, &data, 0, None);
    let card = &saved.card;
    assert!(card.complete && card.epochs < 90, "{} epochs", card.epochs);
    assert_eq!(card.stopped_early, Some(90));
    let words = format!("stopped after {} of 90 epochs: no gain on validation", card.epochs);
    assert_eq!(card.stop_words(), Some(words));
    assert!(card.remarks.is_empty(), "it tells them apart: {:?}", card.remarks);
    assert!(card.validation_accuracy > Some(0.7), "more than the largest class: {:?}", card.validation_accuracy);
    // The card keeps it, and one of an earlier version is read without it.
    saved.save(&dir.path().join("box")).unwrap();
    assert_eq!(SavedBox::load(&dir.path().join("box")).unwrap().card, *card);
    let path = dir.path().join("box/card.json");
    let mut written: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for field in ["largest_class", "stopped_early"] {
        assert!(written.as_object_mut().unwrap().remove(field).is_some(), "{field}");
    }
    std::fs::write(&path, written.to_string()).unwrap();
    let earlier = SavedBox::load(&dir.path().join("box")).unwrap().card;
    assert_eq!(
        (earlier.largest_class, earlier.stop_words(), earlier.largest_class_words()),
        (None, None, String::new())
    );
}

#[test]
fn texts_of_nothing_but_numbers_are_told() {
    let of = |texts: [&str; 3]| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.csv");
        let rows: String = (0..30).map(|at| format!("{},{}\n", texts[at % 3], ["a", "b"][at % 2])).collect();
        std::fs::write(&path, format!("id,label\n{rows}")).unwrap();
        let spec = format!("csv:{}?text=id&label=label", path.display());
        only_numbers(&unmask::data::open(&spec.parse().unwrap(), &mut |_| true).unwrap())
    };
    let said = of(["17", "18", "-2.5"]).expect("numbers");
    assert_sentence(&said, &["expected texts of words", "found nothing but numbers, such as", "text="]);
    for texts in [["17", "18", "nineteen"], ["inf", "nan", "infinity"], ["no 17", "no 18", "no 19"]] {
        assert_eq!(of(texts), None, "{texts:?}");
    }
    assert_eq!(only_numbers(&halves(8)), None);
}

#[test]
fn the_time_of_training_counts_what_a_teacher_is_asked_and_leaves_out_pauses() {
    let _torch = torch();
    let pause = Duration::from_millis(300);
    let (data, other) = (halves(24), trained_box(&halves(24), 0));
    let params = params(architecture("meed-cnn").unwrap().params, &[("epochs", "2"), ("batch", "8")]);
    for is_taught in [false, true] {
        let started = Instant::now();
        let mut teacher = is_taught.then(|| Teacher::new(&other, &data, "meed-cnn", None, Device::Cpu).unwrap());
        if let Some(teacher) = &mut teacher {
            while teacher.ask().unwrap() {}
        }
        std::thread::sleep(pause);
        let begun = Instant::now();
        let mut run = FitRun::new(FitSetup {
            architecture: "meed-cnn",
            params: &params,
            data: &data,
            seed: 0,
            name: "timed",
            device: Device::Cpu,
            teacher,
        })
        .unwrap();
        let (before, made) = (run.card().seconds, begun.elapsed().as_secs_f64());
        // What a teacher was asked earlier is among it.
        assert!(before > 0.0 && (before > made) == is_taught, "{before} s, {made} s of them here");
        std::thread::sleep(pause);
        while !run.is_done() {
            run.step().unwrap();
        }
        let (told, all) = (run.checkpoint().unwrap().card.seconds, started.elapsed().as_secs_f64());
        let is_right = told > before && told <= all - 2.0 * pause.as_secs_f64();
        assert!(is_right, "{told} s of {all} s, {before} s before the first step");
    }
}

#[test]
fn training_does_not_feel_that_another_thread_loads_and_asks_boxes() {
    let _torch = torch();
    let data = halves(24);
    let alone = trained_box(&data, 7);
    let stop = AtomicBool::new(false);
    let beside = std::thread::scope(|scope| {
        scope.spawn(|| {
            let rows = rows_by_formula(2, SHAPE);
            while !stop.load(Ordering::Relaxed) {
                let black_box = TorchBox::new(&alone, Device::Cpu).unwrap();
                black_box.predict(&rows).unwrap();
            }
        });
        let trained = trained_box(&data, 7);
        stop.store(true, Ordering::Relaxed);
        trained
    });
    assert!(alone.weights == beside.weights, "loading a black box drew from the generator of the training");
}

#[derive(Debug)]
struct Linear(tch::nn::Linear);

impl Network for Linear {
    fn logits(&self, input: &Tensor, _train: bool) -> Tensor {
        input.apply(&self.0)
    }
}

fn classifier(input: Tensor, n_items: usize, lr: f64) -> ClassifierRun {
    let classes: Vec<usize> = (0..n_items).map(|item| item % 2).collect();
    ClassifierRun::new(ClassifierSetup {
        build: &|path| Box::new(Linear(linear(path / "dense", 4, 2, Framework::Keras))),
        optimizer: OptimSpec::keras_adam(lr),
        input,
        targets: one_hot(&classes, 2, Device::Cpu),
        batch: 2,
        epochs: 3,
        seed: 0,
        device: Device::Cpu,
    })
    .unwrap()
}

fn until_it_fails(mut run: ClassifierRun) -> ModelError {
    loop {
        match run.step() {
            Ok(StepResult::Batch(_) | StepResult::Epoch(..)) => assert!(!run.is_done(), "it never failed"),
            Err(error) => return error,
        }
    }
}

#[test]
fn nan_in_the_data_ends_training_with_epoch_and_batch() {
    let _torch = torch();
    let mut values = wave(6 * 4, 1.0, 0.7, 0.0);
    values.iter_mut().for_each(|value| *value = f32::NAN);
    let error = until_it_fails(classifier(Tensor::from_slice(&values).view([6, 4]), 6, 1e-3));
    assert!(matches!(error, ModelError::NotFinite { .. }), "{error}");
    assert_sentence(&error.to_string(), &["training loss", "epoch 1, batch 1", "learning rate"]);
}

#[test]
fn a_huge_learning_rate_ends_training_with_epoch_and_batch() {
    let _torch = torch();
    let input = Tensor::from_slice(&wave(6 * 4, 1.0, 0.7, 0.0)).view([6, 4]);
    let error = until_it_fails(classifier(input, 6, 3e37));
    assert!(matches!(error, ModelError::NotFinite { .. }), "{error}");
    assert_sentence(&error.to_string(), &["epoch ", "batch "]);
}

#[test]
fn gradients_do_not_reach_a_frozen_box() {
    let _torch = torch();
    let saved = formula_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let rows = rows_by_formula(3, SHAPE);
    let before = black_box.predict(&rows).unwrap();
    let input = unmask::model::tensors::from_rows(&rows, Device::Cpu).set_requires_grad(true);
    let logits = black_box.tensor_box().unwrap().logits(&input);
    logits.square().sum(tch::Kind::Float).backward();
    assert!(input.grad().abs().sum(tch::Kind::Float).double_value(&[]) > 0.0, "the input must get a gradient");
    assert_eq!(before, black_box.predict(&rows).unwrap());
}

#[test]
#[cfg(unix)]
fn numbers_too_small_for_a_full_mantissa_count_as_zero_once_a_step_was_seeded() {
    let _torch = torch();
    // On a thread of its own: the state belongs to a thread, and those that it starts have it too.
    let doubled = || f64::try_from(Tensor::from_slice(&[1e-40_f32]) * 2.0).unwrap();
    let (before, after, on_another) = std::thread::spawn(move || {
        let before = doubled();
        unmask::model::tensors::seed_step(0, 0);
        (before, doubled(), std::thread::spawn(doubled).join().unwrap())
    })
    .join()
    .unwrap();
    assert!((before / 2e-40 - 1.0).abs() < 1e-3, "{before}");
    assert_eq!((after, on_another), (0.0, 0.0));
}
