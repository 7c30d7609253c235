//! Text networks against `tests/golden/make_text.py`: logits, soft masks, gradients.

use tch::{Device, Tensor};
use unmask::data::text::{Side, TextFit, TextFitSpec, Unknown};
use unmask::data::{Rows, Shape};
use unmask::model::{BlackBox, Saliency, TorchBox};

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

fn net_of(net: &serde_json::Value) -> (TorchBox, Rows, Tensor) {
    let size = |name: &str| net[name].as_u64().unwrap() as usize;
    let shape = Shape::new(1, size("height"), size("width"));
    let shapes = serde_json::from_value(net["shapes"].clone()).unwrap();
    let text = vocabulary(size("vocabulary"), shape.height, shape.width);
    assert_eq!((text.vocabulary_len(), text.shape()), (size("vocabulary"), shape));
    let id = net["id"].as_str().unwrap();
    let saved = text_box_with(id, shape, size("classes"), weights_by_formula(&shapes), Some(text));
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
