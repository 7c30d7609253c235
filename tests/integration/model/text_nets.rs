//! Text networks against `tests/golden/make_text.py`: logits, soft masks, gradients; and what they do with a text that has no word.

use tch::{Device, Kind, Tensor};
use unmask::data::text::{Side, TextFit, TextFitSpec, Unknown};
use unmask::data::{Dataset, Fit, Rows, Shape, Unit, Units};
use unmask::explain::learn::meed::log_prior;
use unmask::explain::learn::{Batch, Setup};
use unmask::explain::{Fill, method};
use unmask::jobs::{Explain, Output, Task};
use unmask::model::tensors::{from_rows, gradient_of_sum};
use unmask::model::{BlackBox, Saliency, SavedBox, TorchBox, architecture};
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

fn golden() -> Vec<serde_json::Value> {
    json(include_str!("../../golden/text_nets.json")).as_array().unwrap().clone()
}

/// A vocabulary of `size` numbers: padding, unknown, and words of one letter.
fn vocabulary(size: usize, height: usize, width: usize) -> TextFit {
    let words: String = ('a'..='z').take(size - 2).flat_map(|letter| [letter, ' ']).collect();
    let spec = TextFitSpec {
        max_words: size,
        min_count: 1,
        length: width,
        sentences: (height > 1).then_some(height),
        pad: Side::End,
        unknown: Unknown::Keep,
        ..TextFitSpec::l2x_word()
    };
    TextFit::build(std::iter::once(words.as_str()), &spec)
}

fn saved_of(net: &serde_json::Value) -> SavedBox {
    let size = |name: &str| net[name].as_u64().unwrap() as usize;
    let shape = Shape::new(1, size("height"), size("width"));
    let shapes = serde_json::from_value(net["shapes"].clone()).unwrap();
    let text = vocabulary(size("vocabulary"), shape.height, shape.width);
    assert_eq!((text.vocabulary_len(), text.shape()), (size("vocabulary"), shape));
    let id = net["id"].as_str().unwrap();
    text_box_with(id, shape, size("classes"), weights_by_formula(&shapes), Some(text))
}

fn net_of(net: &serde_json::Value) -> (TorchBox, Rows, Tensor) {
    let saved = saved_of(net);
    let shape = saved.card.shape;
    let values = numbers(&net["tokens"]).into_iter().map(|token| token as f32).collect();
    let mask: Vec<f32> = numbers(&net["mask"]).into_iter().map(|value| value as f32).collect();
    let mask = Tensor::from_slice(&mask).view([-1, 1, shape.height as i64, shape.width as i64]);
    (TorchBox::new(&saved, Device::Cpu).unwrap(), Rows { shape, values }, mask)
}

#[test]
fn text_networks_compute_what_pytorch_computes_also_under_soft_masks() {
    let _lock = torch();
    for net in golden() {
        let (black_box, rows, mask) = net_of(&net);
        let id = net["id"].as_str().unwrap();
        let tensor_box = black_box.tensor_box().unwrap();
        let input = unmask::model::tensors::from_rows(&rows, Device::Cpu);
        assert_near(&values(&tensor_box.logits(&input)), &numbers(&net["logits"]), 1e-4, id);
        let masked = tensor_box.logits_masked(&input, &mask);
        assert_near(&values(&masked), &numbers(&net["masked_logits"]), 1e-4, &format!("{id}, masked"));
        // A mask of zeros is a text of padding.
        let nothing = tensor_box.logits_masked(&input, &mask.zeros_like());
        let padding = tensor_box.logits(&input.zeros_like());
        assert_near(&values(&nothing), &values(&padding), 1e-5, &format!("{id}, all hidden"));
    }
}

#[test]
fn saliencies_of_words_are_autograds() {
    let _lock = torch();
    for net in golden() {
        let (black_box, rows, _) = net_of(&net);
        let classes = black_box.predict(&rows).unwrap().all_classes();
        for (kind, name) in [(Saliency::Gradient, "gradient"), (Saliency::TimesInput, "times_input")] {
            let found = black_box.saliency(&rows, &classes, kind).unwrap().unwrap();
            let found: Vec<f64> = found.values.into_iter().map(f64::from).collect();
            assert_near(&found, &numbers(&net[name]), 1e-4, name);
        }
    }
}

/// The networks that pass over padding. Of a text without words they see nothing, and their answer depends on nothing.
fn packed() -> Vec<serde_json::Value> {
    let nets: Vec<_> = golden().into_iter().filter(|net| net["id"].as_str().unwrap().ends_with("-packed")).collect();
    assert_eq!(nets.len(), 3, "one of each kind");
    nets
}

/// What the rows of a network are divided into.
fn unit_of(shape: Shape) -> Unit {
    if shape.height > 1 { Unit::Sentence } else { Unit::Word }
}

fn nothing_but_padding(n: usize, shape: Shape) -> Rows {
    Rows { shape, values: vec![0.0; n * shape.len()] }
}

#[test]
fn the_gradient_of_what_depends_on_nothing_is_zero() {
    let input = Tensor::from_slice(&[1.0f32, 2.0]).set_requires_grad(true);
    let gradient = |of: &Tensor| values(&gradient_of_sum(of, &input).unwrap());
    assert_eq!(gradient(&(&input * 3.0)), [3.0, 3.0]);
    assert_eq!(gradient(&Tensor::from_slice(&[5.0f32])), [0.0, 0.0], "a constant");
    let other = Tensor::from_slice(&[1.0f32]).set_requires_grad(true);
    assert_eq!(gradient(&(&other * 2.0)), [0.0, 0.0], "of something else");
}

#[test]
fn words_that_are_not_there_have_no_gradient_and_an_even_prior() {
    let _lock = torch();
    for net in packed() {
        let id = net["id"].as_str().unwrap();
        let (black_box, rows, _) = net_of(&net);
        let shape = rows.shape;
        let empty = nothing_but_padding(1, shape);
        let mut both = empty.clone();
        both.values.extend(&rows.values);
        for (kind, name) in [(Saliency::Gradient, "gradient"), (Saliency::TimesInput, "times_input")] {
            let saliency = |rows: &Rows| {
                let classes = black_box.predict(rows).unwrap().all_classes();
                let found = black_box.saliency(rows, &classes, kind).unwrap().unwrap();
                found.values.into_iter().map(f64::from).collect::<Vec<_>>()
            };
            assert_eq!(saliency(&empty), vec![0.0; shape.len()], "{id}, {name}");
            // Beside other texts, which have the gradients that they have alone.
            let found = saliency(&both);
            assert_eq!(found[..shape.len()], vec![0.0; shape.len()], "{id}, {name}, first of a batch");
            assert_near(&found[shape.len()..], &numbers(&net[name]), 1e-4, &format!("{id}, {name}, behind it"));
        }
        let tensor_box = black_box.tensor_box().unwrap();
        let input = from_rows(&empty, Device::Cpu);
        let probs = tch::no_grad(|| tensor_box.logits(&input).softmax(-1, Kind::Float));
        let units = Units::new(unit_of(shape), shape);
        let prior = values(&log_prior(&input, &probs, tensor_box, units).unwrap());
        // Nothing but the floor of a hundredth of the even share.
        let even = (0.01 / units.count() as f64).ln();
        assert_near(&prior, &vec![even; units.count()], 1e-5, &format!("{id}, prior"));
    }
}

#[test]
fn a_training_step_on_texts_without_words_does_not_end_the_training() {
    let _lock = torch();
    for net in packed() {
        let id = net["id"].as_str().unwrap();
        let saved = saved_of(&net);
        let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
        let tensor_box = black_box.tensor_box().unwrap();
        let input = from_rows(&nothing_but_padding(2, saved.card.shape), Device::Cpu);
        let probs = tch::no_grad(|| tensor_box.logits(&input).softmax(-1, Kind::Float));
        for method_id in ["l2x", "meed", "aim"] {
            let method = method(method_id).unwrap();
            let params = params(method.spec().params, &[("critic", "black-box")]);
            let setup = Setup {
                params: &params,
                units: Units::new(unit_of(saved.card.shape), saved.card.shape),
                k: 2,
                classes: saved.card.classes.len(),
                input: saved.card.input(),
                architecture: architecture(id).unwrap(),
                seed: 1,
                device: Device::Cpu,
                background: &saved.background,
                weights: &saved.weights,
            };
            let mut learner = method.learner(&setup).unwrap().unwrap();
            tch::manual_seed(3);
            let batch = Batch { input: &input, probs: &probs, epoch: 1, progress: 0.0, black_box: tensor_box };
            let losses = learner.step(&batch).unwrap_or_else(|error| panic!("{method_id} on {id}: {error}"));
            assert!(losses.iter().all(|(_, loss)| loss.double_value(&[]).is_finite()), "{method_id} on {id}");
            let weights = tensors_of(&learner.weights().unwrap());
            assert!(weights.values().flatten().all(|weight| weight.is_finite()), "{method_id} on {id}");
        }
    }
}

#[test]
fn a_text_of_ones_own_that_is_empty_or_nothing_but_tags_is_explained_as_one_without_units() {
    let _lock = torch();
    let mut worker = worker();
    for net in packed() {
        let saved = std::sync::Arc::new(saved_of(&net));
        let unit = unit_of(saved.card.shape);
        let explainers = ["grad", "grad-x-input"].map(|id| untrained(id, &unit.to_string(), 1, &saved));
        for text in ["", "<br/><p></p>"] {
            let task = Task::Explain(Box::new(Explain {
                black_box: saved.clone(),
                explainers: explainers.to_vec(),
                data: std::sync::Arc::new(Dataset::of_text("your text", text)),
                item: 0,
                fit: Fit::default(),
                unit,
                k: 1,
                fill: Fill::Zero,
                seed: 0,
                class_answers: true,
                contrast: None,
                rebuilt: false,
            }));
            let id = worker.submit(Slot::new(1, 0), Priority::Normal, task);
            let Output::Explained(explained) = worker.wait_for(id, drop).unwrap() else { panic!("no explanation") };
            for result in &explained.methods {
                let result = result.as_ref().unwrap();
                assert_eq!(result.selectable(), 0, "{}, \"{text}\"", saved.card.name);
                assert_eq!(result.probs_selected, explained.probs_full);
            }
        }
    }
}
