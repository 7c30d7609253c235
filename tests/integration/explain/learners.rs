//! Learners: gradients reach every parameter of the selector, the black box stays as it is, runs repeat byte for byte.

use std::path::Path;

use tch::nn;
use tch::{Device, Kind, Tensor};
use unmask::data::{Modality, Unit, Units};
use unmask::explain::fidelity::largest_share;
use unmask::explain::learn::mask_only::mask_only;
use unmask::explain::learn::run::{RunSetup, Stepped, TrainRun, honesty};
use unmask::explain::learn::{Batch, Learner, Setup};
use unmask::explain::{ExplainError, METHODS, SavedExplainer, method};
use unmask::model::params::Params;
use unmask::model::tensors::{from_rows, save_weights};
use unmask::model::{InputSpec, ModelError, Network, SavedBox, TensorBox, architecture};

use crate::integration::tiny::*;

const INPUT: InputSpec = InputSpec { shape: SHAPE, vocabulary: 0 };

/// A black box whose variables the test can look at.
struct OpenBox {
    net: Box<dyn Network>,
    store: nn::VarStore,
}

impl OpenBox {
    fn new() -> Self {
        let mut store = nn::VarStore::new(Device::Cpu);
        tch::manual_seed(11);
        let net = (architecture("meed-cnn").unwrap().build)(&store.root(), INPUT, 2);
        store.freeze();
        Self { net, store }
    }
}

impl TensorBox for OpenBox {
    fn network(&self) -> &dyn Network {
        self.net.as_ref()
    }

    fn device(&self) -> Device {
        Device::Cpu
    }
}

fn learner(id: &str, options: &[(&str, &str)], unit: &str) -> Box<dyn Learner> {
    let method = method(id).unwrap();
    let params = params(method.spec().params, options);
    let setup = Setup {
        params: &params,
        units: Units::new(unit.parse().unwrap(), SHAPE),
        k: 5,
        classes: 2,
        input: INPUT,
        architecture: architecture("meed-cnn").unwrap(),
        seed: 1,
        device: Device::Cpu,
        background: &background(SHAPE),
        weights: &[],
    };
    method.learner(&setup).unwrap().unwrap()
}

fn step(learner: &mut dyn Learner, black_box: &OpenBox, epoch: u32) -> Vec<(&'static str, Tensor)> {
    let input = from_rows(&rows_by_formula(6, SHAPE), Device::Cpu);
    let probs = tch::no_grad(|| black_box.logits(&input).softmax(-1, Kind::Float));
    tch::manual_seed(i64::from(epoch));
    learner.step(&Batch { input: &input, probs: &probs, epoch, progress: 0.0, black_box }).unwrap()
}

/// After one step every tensor of the selector has changed; a shift of all scores (`out.bias`) means nothing to a softmax.
fn assert_reached(id: &str, options: &[(&str, &str)], unit: &str, shift_matters: bool) {
    let black_box = OpenBox::new();
    let before_box = save_weights(&black_box.store).unwrap();
    let mut learner = learner(id, options, unit);
    let before = tensors_of(&learner.weights().unwrap());
    // A last layer of zeros lets nothing through in the first step.
    if options.contains(&("zero-start", "on")) {
        step(learner.as_mut(), &black_box, 0);
    }
    let losses = step(learner.as_mut(), &black_box, 1);
    assert!(losses.iter().all(|(_, loss)| loss.double_value(&[]).is_finite()), "{options:?}");
    let after = tensors_of(&learner.weights().unwrap());
    for (name, values) in &before {
        if !matches!(name.as_str(), "out.bias" | "selector.out.bias") || shift_matters {
            assert_ne!(values, &after[name], "{id} {options:?} {unit}: no gradient reached {name}");
        }
        assert!(after[name].iter().all(|value| value.is_finite()), "{id} {options:?}: {name}");
    }
    step(learner.as_mut(), &black_box, 2);
    assert!(before_box == save_weights(&black_box.store).unwrap(), "{id} {options:?} changed the black box");
    let has_gradient = black_box.store.variables().values().any(|variable| variable.grad().defined());
    assert!(!has_gradient, "{id} {options:?}: a gradient reached the frozen black box");
}

#[test]
fn gradients_reach_every_parameter_of_the_l2x_selector_and_none_of_the_black_box() {
    let _torch = torch();
    for critic in ["black-box", "approximators"] {
        for optimizer in ["adam", "adadelta", "rmsprop"] {
            for unit in ["pixel", "patch:2", "patch:3"] {
                assert_reached("l2x", &[("critic", critic), ("optimizer", optimizer)], unit, false);
            }
        }
    }
}

#[test]
fn gradients_reach_every_parameter_of_the_meed_selector_and_none_of_the_black_box() {
    let _torch = torch();
    for critic in ["black-box", "approximators"] {
        for sampler in ["concrete", "subset", "gate"] {
            for (adversarial, loss) in [("off", "flipped"), ("on", "flipped"), ("on", "wasserstein")] {
                for prior in ["off", "on"] {
                    for feed in ["off", "on"] {
                        let options = [
                            ("critic", critic),
                            ("sampler", sampler),
                            ("adversarial", adversarial),
                            ("adversarial-loss", loss),
                            ("prior", prior),
                            ("prior-weight", "0.1"),
                            ("feed-output", feed),
                        ];
                        let shift_matters = sampler == "gate" && prior == "off";
                        assert_reached("meed", &options, "pixel", shift_matters);
                    }
                }
            }
        }
    }
}

#[test]
fn every_preset_of_every_method_takes_a_step_on_pixels_and_uneven_patches() {
    let _torch = torch();
    for method in unmask::explain::METHODS.iter().filter(|method| method.spec().trains) {
        for preset in method.spec().presets {
            for unit in ["pixel", "patch:3"] {
                assert_reached(method.spec().id, preset.values, unit, false);
            }
        }
    }
}

/// What of MEED is switched on shows in its losses.
#[test]
fn the_three_parts_of_meed_can_be_switched_off_one_by_one() {
    let _torch = torch();
    let names = |options: &[(&str, &str)]| {
        let mut learner = learner("meed", options, "pixel");
        let losses = step(learner.as_mut(), &OpenBox::new(), 1);
        losses.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[("prior-weight", "0.1")]), ["fidelity", "adversarial", "prior", "selector"]);
    assert_eq!(names(&[("adversarial", "off"), ("prior-weight", "0.1")]), ["fidelity", "prior", "selector"]);
    assert_eq!(names(&[("prior", "off"), ("prior-weight", "0.1")]), ["fidelity", "adversarial", "selector"]);
    assert_eq!(
        names(&[("critic", "approximators")]),
        ["selected", "unselected", "fidelity", "adversarial", "selector"]
    );
    let without = learner("meed", &[("feed-output", "off")], "pixel").weights().unwrap();
    assert!(tensors_of(&without).keys().all(|name| !name.starts_with("spread")));
}

fn quick(id: &str) -> Vec<(&'static str, &'static str)> {
    let mut options = vec![("epochs", "2"), ("batch", "8")];
    if id == "meed" {
        options.push(("critic", "approximators"));
    }
    options
}

#[test]
fn the_time_of_training_counts_what_the_box_is_asked_first_and_leaves_out_pauses() {
    let _torch = torch();
    let pause = std::time::Duration::from_secs(1);
    let params = params(method("l2x").unwrap().spec().params, &quick("l2x"));
    let (data, saved) = (halves(24), formula_box());
    let started = std::time::Instant::now();
    let mut run = TrainRun::new(RunSetup {
        method: "l2x",
        params: &params,
        unit: "patch:2".parse().unwrap(),
        k: 3,
        data: &data,
        black_box: &saved,
        seed: 0,
        name: "tiny explainer",
        device: Device::Cpu,
    })
    .unwrap();
    let asking = run.card().seconds;
    assert!(asking > 0.0, "the box was asked about all training items");
    std::thread::sleep(pause);
    while !run.is_done() {
        run.step().unwrap();
    }
    let (told, all) = (run.checkpoint().unwrap().card.seconds, started.elapsed().as_secs_f64());
    let is_right = told > asking && told <= all - pause.as_secs_f64();
    assert!(is_right, "{told} s of {all} s, {asking} s before the first step");
}

fn trained(id: &str, seed: u64, unit: &str, k: usize, saved: &SavedBox) -> Result<SavedExplainer, ExplainError> {
    let params = params(method(id).unwrap().spec().params, &quick(id));
    let mut run = TrainRun::new(RunSetup {
        method: id,
        params: &params,
        unit: unit.parse().unwrap(),
        k,
        data: &halves(24),
        black_box: saved,
        seed,
        name: "tiny explainer",
        device: Device::Cpu,
    })?;
    let mut epochs = 0;
    while !run.is_done() {
        if let Stepped::Epoch(epoch) = run.step()? {
            epochs += 1;
            assert_eq!(epoch, epochs);
        }
    }
    run.checkpoint()
}

#[test]
fn an_explainers_training_repeats_byte_for_byte_and_another_seed_gives_another() {
    let _torch = torch();
    let saved = formula_box();
    for id in ["l2x", "meed"] {
        let run = |seed| trained(id, seed, "patch:2", 3, &saved).unwrap();
        let (first, again, other) = (run(5), run(5), run(6));
        assert!(first.weights == again.weights, "{id}");
        assert_eq!(first.card.hash, again.card.hash);
        assert_eq!(first.card.validation, again.card.validation);
        assert_eq!(first.card.curves, again.card.curves);
        assert!(first.weights != other.weights, "{id}");
        assert_ne!(first.card.hash, other.card.hash);
    }
}

#[test]
fn more_units_than_the_input_has_selects_all_and_none_is_refused() {
    let _torch = torch();
    let saved = formula_box();
    let all = trained("l2x", 0, "patch:3", 1000, &saved).unwrap();
    // With everything shown the box agrees with itself.
    assert_eq!(all.card.validation["fs_m"], 100.0);
    assert_eq!(all.card.k, Units::new("patch:3".parse().unwrap(), SHAPE).count(), "the card says what is selected");
    let sentence = trained("l2x", 0, "patch:3", 0, &saved).unwrap_err().to_string();
    assert_sentence(&sentence, &["k", "at least 1", "found 0"]);
}

#[test]
fn a_box_that_answers_nan_ends_training_with_epoch_and_batch() {
    let _torch = torch();
    let tensors = tensors_of(&formula_box().weights).into_iter().map(|(name, values)| {
        let shape = meed_shapes()[&name].clone();
        (name, (shape, values.into_iter().map(|value| value * 1e30).collect()))
    });
    let broken = box_with("meed-cnn", SHAPE, 2, safetensors(&tensors.collect()));
    for id in ["l2x", "meed"] {
        let error = trained(id, 0, "pixel", 3, &broken).unwrap_err();
        assert!(matches!(error, ExplainError::Model(ModelError::NotFinite { .. })), "{error}");
        assert_sentence(&error.to_string(), &["epoch 1, batch 1"]);
    }
}

#[test]
fn mask_only_accuracy_reads_the_class_from_masks_that_spell_it_and_not_from_others() {
    let _torch = torch();
    let classes: Vec<usize> = (0..120).map(|item| usize::from(item % 4 == 0)).collect();
    let spelling: Vec<_> = classes.iter().map(|class| mask(8, &[*class])).collect();
    let told = mask_only((&spelling, &classes), (&spelling, &classes), 2, 0).unwrap();
    assert!(told.iter().all(|right| *right));
    let silent = vec![mask(8, &[3]); 120];
    let told = mask_only((&silent, &classes), (&silent, &classes), 2, 0).unwrap();
    // Only the larger class, three quarters, can be guessed.
    assert_eq!(told.iter().filter(|right| **right).count(), 90);
}

#[test]
fn the_warning_about_masks_that_spell_the_label_needs_both_signs() {
    let figures = |fs_m: f64, mask_only: f64, approximator: f64| {
        let entries = [("fs_m", fs_m), ("mask_only", mask_only), ("approximator", approximator)];
        entries.into_iter().map(|(id, value)| (id.to_owned(), value)).collect()
    };
    assert_eq!(honesty(&figures(78.3, 95.0, 99.3), Unit::Pixel).len(), 1);
    assert!(honesty(&figures(78.3, 60.0, 99.3), Unit::Pixel).is_empty(), "the mask does not tell the class");
    assert!(honesty(&figures(97.0, 99.0, 99.3), Unit::Pixel).is_empty(), "the black box agrees nearly as often");
}

#[test]
fn the_bundled_selector_of_columns_whose_mask_tells_the_class_is_warned_of_and_honest_ones_are_not() {
    let warned = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(folder);
        let card = SavedExplainer::load(&folder).unwrap().card;
        honesty(&card.validation, card.unit)
    };
    // Its approximator is behind the black box, so that the other sign says nothing.
    let [said] = &warned("table_project/explainers/aim")[..] else { panic!("one warning") };
    assert_sentence(said, &["Which columns are selected", "100.0 %", "FS-M proves nothing"]);
    for honest in ["table_project/explainers/l2x", "reviews_project/explainers/aim", "project/explainers/meed"] {
        assert!(warned(honest).is_empty(), "{honest}");
    }
}

#[test]
fn the_share_of_the_most_frequent_class_is_kept_with_the_figures_and_is_no_curve() {
    let _torch = torch();
    assert!((largest_share(&[2, 0, 2, 2]) - 75.0).abs() < 1e-12);
    assert!(largest_share(&[]).is_nan());
    let data = halves(32);
    let saved = trained_box(&data, 1);
    let params = params(method("l2x").unwrap().spec().params, &[("epochs", "1"), ("batch", "8")]);
    let mut run = TrainRun::new(RunSetup {
        method: "l2x",
        params: &params,
        unit: Unit::Pixel,
        k: 4,
        data: &data,
        black_box: &saved,
        seed: 1,
        name: "l2x",
        device: Device::Cpu,
    })
    .unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    let card = run.checkpoint().unwrap().card;
    let chance = card.validation["chance"];
    assert!((50.0..=100.0).contains(&chance), "{chance}: one of two classes is named at least as often as the other");
    assert!(card.curves.0.contains_key("fs_m") && !card.curves.0.contains_key("chance"));
}

#[test]
fn what_a_method_starts_from_is_one_of_its_presets_on_an_input_that_it_explains() {
    for method in METHODS {
        let spec = method.spec();
        for (modality, id) in spec.starts {
            assert!(spec.modalities.contains(modality), "{}: {modality:?}", spec.id);
            let preset = spec.presets.iter().find(|preset| preset.id == *id).unwrap();
            let whole = Params::from_preset(spec.params, preset).unwrap();
            assert_eq!(spec.start(*modality), whole.differing(spec.params), "{}", spec.id);
        }
        for preset in spec.presets {
            Params::from_preset(spec.params, preset).unwrap();
        }
    }
    // On words the paper's approximator beats the judgement of the box itself; on pictures it is the other way round.
    let l2x = method("l2x").unwrap().spec();
    assert_eq!(l2x.start(Modality::Text).choice(l2x.params, "critic"), "approximators");
    assert_eq!(l2x.start(Modality::Image), Params::default());
    // Ten epochs of AIM on reviews would take hours, and no more than three were found to be needed.
    let aim = method("aim").unwrap().spec();
    assert_eq!(aim.start(Modality::Text).whole(aim.params, "epochs"), 3);
    assert_eq!(aim.start(Modality::Image).whole(aim.params, "epochs"), 10);
}
