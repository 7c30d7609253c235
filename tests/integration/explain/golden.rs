//! Golden values of `tests/golden/make_golden.py` for samplers, adversarial losses and MEED's prior.

use tch::{Device, Kind, Tensor};
use unmask::data::{Shape, Unit, Units};
use unmask::explain::learn::concrete::{concrete_mask, concrete_mask_with, gate_mask, gumbel, gumbel_of};
use unmask::explain::learn::meed::{blend, flipped, log_prior, prior_loss};
use unmask::explain::learn::wasserstein::{sliced_wasserstein, sliced_wasserstein_along};
use unmask::model::tensors::from_rows;
use unmask::model::{Network, TensorBox};

use crate::integration::tiny::*;

fn sampler() -> serde_json::Value {
    json(include_str!("../../golden/sampler.json"))
}

fn losses() -> serde_json::Value {
    json(include_str!("../../golden/losses.json"))
}

#[test]
fn the_concrete_mask_is_the_maximum_of_k_softmaxes() {
    let golden = sampler();
    for case in golden["concrete"].as_array().unwrap() {
        let tau = case["tau"].as_f64().unwrap();
        let mask = concrete_mask_with(&tensor(&golden["scores"]), &tensor(&golden["noise"]), tau);
        assert_near(&values(&mask), &numbers(&case["mask"]), 1e-5, &format!("mask at temperature {tau}"));
    }
}

#[test]
fn a_drawn_concrete_mask_lies_between_zero_and_one_and_sums_to_at_most_k() {
    let _torch = torch();
    tch::manual_seed(1);
    let mask = concrete_mask(&Tensor::randn([50, 20], (Kind::Float, Device::Cpu)), 4, 0.5);
    for row in values(&mask).chunks(20) {
        assert!(row.iter().all(|value| (0.0..=1.0).contains(value)));
        let sum: f64 = row.iter().sum();
        assert!((1.0 - 1e-5..=4.0 + 1e-5).contains(&sum), "{sum}");
    }
}

#[test]
fn gumbel_noise_is_finite_for_every_uniform_draw() {
    let golden = sampler();
    let found = values(&gumbel_of(&tensor(&golden["uniform"])));
    assert!(found.iter().all(|value| value.is_finite()));
    assert_near(&found, &numbers(&golden["gumbel"]), 1e-5, "Gumbel noise");
}

#[test]
fn drawn_gumbel_noise_has_the_mean_and_spread_of_the_gumbel_distribution() {
    let _torch = torch();
    tch::manual_seed(2);
    let n = 200_000;
    let noise = gumbel(&[n], &Tensor::zeros([1], (Kind::Float, Device::Cpu)));
    let (mean, sd) = (0.577_215_664_9, 1.282_549_830_2);
    assert!((noise.mean(Kind::Double).double_value(&[]) - mean).abs() < 4.0 * sd / (n as f64).sqrt());
    assert!((noise.std(true).double_value(&[]) - sd).abs() < 0.02);
}

#[test]
fn the_gate_has_the_mean_and_spread_of_the_maximum_of_k_gumbels() {
    let _torch = torch();
    tch::manual_seed(3);
    for case in sampler()["gate"].as_array().unwrap() {
        let (k, tau) = (case["k"].as_i64().unwrap(), case["tau"].as_f64().unwrap());
        let (mean, sd) = (case["mean"].as_f64().unwrap(), case["sd"].as_f64().unwrap());
        let scores = Tensor::full([400, 100], 0.7, (Kind::Float, Device::Cpu));
        let mask = gate_mask(&scores, k, tau) - 0.7 / tau;
        let found = mask.mean(Kind::Double).double_value(&[]);
        assert!((found - mean).abs() < 4.0 * sd / 200.0, "k {k}: mean {found}, expected {mean}");
        let found = mask.std(true).double_value(&[]);
        assert!((found - sd).abs() < 0.03 * sd, "k {k}: spread {found}, expected {sd}");
    }
}

#[test]
fn flipped_targets_are_one_minus_y_for_two_classes_and_a_distribution_for_more() {
    let golden = losses();
    for (name, expected) in [("two", "two_flipped"), ("three", "three_flipped")] {
        let found = values(&flipped(&tensor(&golden[name])));
        assert_near(&found, &numbers(&golden[expected]), 1e-6, name);
        let classes = golden[name][0].as_array().unwrap().len();
        for row in found.chunks(classes) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn the_sliced_wasserstein_distance_is_scipys_mean_over_the_directions() {
    let golden = losses();
    let (a, b) = (tensor(&golden["a"]), tensor(&golden["b"]));
    let distance = sliced_wasserstein_along(&a, &b, &tensor(&golden["directions"]));
    assert_near(&values(&distance), &numbers(&golden["sliced_wasserstein"]), 1e-5, "distance");
}

#[test]
fn the_sliced_wasserstein_distance_is_zero_to_itself_in_any_order_and_symmetric() {
    let _torch = torch();
    let golden = losses();
    let (a, b) = (tensor(&golden["a"]), tensor(&golden["b"]));
    let seeded = |x: &Tensor, y: &Tensor| {
        tch::manual_seed(5);
        sliced_wasserstein(x, y, 64).double_value(&[])
    };
    let turned = a.flip([0]);
    assert!(seeded(&a, &turned).abs() < 1e-6);
    assert!((seeded(&a, &b) - seeded(&b, &a)).abs() < 1e-6);
    assert!(seeded(&a, &b) > 0.01);
    // Two classes take the directions on the circle.
    let two = tensor(&golden["two"]);
    assert!(seeded(&two, &two).abs() < 1e-6 && seeded(&two, &(1.0 - &two)) > 0.01);
}

#[test]
fn the_prior_blend_is_equation_12_and_its_loss_equation_13() {
    let golden = json(include_str!("../../golden/prior.json"));
    let (own, share) = (tensor(&golden["own"]), tensor(&golden["share"]));
    for case in golden["cases"].as_array().unwrap() {
        let m = case["m"].as_f64().unwrap();
        let blended = blend(&own, &share.log(), m);
        let found = values(&blended.softmax(-1, Kind::Float));
        assert_near(&found, &numbers(&case["blended"]), 1e-5, &format!("blend at m {m}"));
        let loss = prior_loss(&own, &blended, m);
        assert_near(&values(&loss), &numbers(&case["loss"]), 1e-5, &format!("loss at m {m}"));
    }
}

/// p = softmax(W x).
#[derive(Debug)]
pub(super) struct LinearBox(pub(super) Tensor);

impl Network for LinearBox {
    fn logits(&self, input: &Tensor, _train: bool) -> Tensor {
        input.flatten(1, -1).matmul(&self.0.tr())
    }
}

impl TensorBox for LinearBox {
    fn network(&self) -> &dyn Network {
        self
    }

    fn device(&self) -> Device {
        Device::Cpu
    }
}

#[test]
fn the_prior_is_the_share_of_gradient_times_input_in_each_unit() {
    let golden = json(include_str!("../../golden/prior.json"));
    let shape = Shape::new(1, 4, 5);
    let weights = Tensor::from_slice(&wave(60, 0.8, 0.9, 0.3)).view([3, 20]);
    let input = from_rows(&rows_by_formula(2, shape), Device::Cpu);
    let units = Units::new(Unit::Patch { rows: 2, cols: 2 }, shape);
    let prior = log_prior(&input, &tensor(&golden["box_probs"]), &LinearBox(weights), units).unwrap();
    assert_near(&values(&prior), &numbers(&golden["box_log_prior"]), 1e-5, "log prior");
}
