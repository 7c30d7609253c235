//! Golden values of `tests/golden/make_golden.py`: nothing here was computed by this program.

use std::collections::BTreeMap;

use tch::nn::{self, Init};
use tch::{Device, Kind, Tensor};
use unmask::data::Shape;
use unmask::explain::Explainer;
use unmask::model::layers::{Conv, Framework, linear};
use unmask::model::optim::OptimSpec;
use unmask::model::train::soft_cross_entropy;
use unmask::model::{BlackBox, Saliency, TorchBox, architecture};

use crate::integration::tiny::*;

#[test]
fn soft_cross_entropy_is_pytorchs() {
    let golden = json(include_str!("../../golden/losses.json"));
    let loss = soft_cross_entropy(&tensor(&golden["logits"]), &tensor(&golden["targets"]));
    assert_near(&values(&loss), &numbers(&golden["cross_entropy"]), 1e-5, "cross-entropy");
}

#[test]
fn optimizers_take_the_steps_of_their_frameworks() {
    let _torch = torch();
    let golden = json(include_str!("../../golden/optimizers.json"));
    let torch_adadelta = OptimSpec::Adadelta { lr: 1.0, rho: 0.9, eps: 1e-6 };
    for (name, spec) in [
        ("keras_adadelta", OptimSpec::keras_adadelta(1.0)),
        ("torch_adadelta", torch_adadelta),
        ("keras_rmsprop", OptimSpec::keras_rmsprop(1e-3)),
        ("keras_adam", OptimSpec::keras_adam(1e-3)),
        ("torch_adam", OptimSpec::torch_adam(1e-3)),
    ] {
        let store = nn::VarStore::new(Device::Cpu);
        let mut x = store.root().var("x", &[4], Init::Const(0.0));
        tch::no_grad(|| x.copy_(&tensor(&golden["start"])));
        let (curvature, slope) = (tensor(&golden["curvature"]), tensor(&golden["slope"]));
        let mut optimizer = spec.build(&store).unwrap();
        for (step, expected) in golden[name].as_array().unwrap().iter().enumerate() {
            let loss: Tensor = &curvature * x.square() / 2.0 + &slope * &x;
            optimizer.backward_step(&loss.sum(Kind::Float)).unwrap();
            assert_near(&values(&x), &numbers(expected), 1e-5, &format!("{name}, step {}", step + 1));
        }
    }
}

#[test]
fn initial_weights_fill_exactly_the_bounds_of_their_framework() {
    let _torch = torch();
    tch::manual_seed(4);
    for case in json(include_str!("../../golden/initialisers.json")).as_array().unwrap() {
        for (name, framework) in
            [("keras", Framework::Keras), ("pytorch", Framework::PyTorch), ("xavier_relu", Framework::XavierRelu)]
        {
            let store = nn::VarStore::new(Device::Cpu);
            let (from, to) = (case["from"].as_i64().unwrap(), case["to"].as_i64().unwrap());
            if case["kind"] == "linear" {
                linear(store.root() / "layer", from, to, framework);
            } else {
                let kernel = case["kernel"].as_i64().unwrap();
                Conv { from, to, kernel, padding: 0, stride: 1 }.build(store.root() / "layer", framework);
            }
            let bounds = numbers(&case[name]);
            let variables: BTreeMap<_, _> = store.variables().into_iter().collect();
            for (tensor, bound) in [("layer.weight", bounds[0]), ("layer.bias", bounds[1])] {
                let values = values(&variables[tensor]);
                let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
                assert!(largest <= bound * (1.0 + 1e-6), "{name} {tensor} {from} {to}: {largest} above {bound}");
                // With n uniform draws the largest lies below 90 % of the bound with probability 0.9^n.
                if values.len() > 100 {
                    assert!(largest >= 0.9 * bound, "{name} {tensor} {from} {to}: {largest} does not fill {bound}");
                    let mean = values.iter().sum::<f64>() / values.len() as f64;
                    assert!(mean.abs() <= 4.0 * bound / (3.0 * values.len() as f64).sqrt(), "{name}: mean {mean}");
                }
            }
        }
    }
}

#[test]
fn every_architecture_computes_what_pytorch_computes() {
    let _torch = torch();
    for net in json(include_str!("../../golden/nets.json")).as_array().unwrap() {
        let id = net["id"].as_str().unwrap();
        let black_box = golden_box(net);
        let rows = rows_by_formula(2, black_box.card().shape);
        let input = unmask::model::tensors::from_rows(&rows, Device::Cpu);
        let logits = black_box.tensor_box().unwrap().logits(&input);
        assert_near(&values(&logits), &numbers(&net["logits"]), 1e-5, &format!("logits of {id}"));
        let probs: Vec<f64> = black_box.predict(&rows).unwrap().values.into_iter().map(f64::from).collect();
        assert_near(&probs, &numbers(&net["probs"]), 1e-5, &format!("probabilities of {id}"));
    }
}

#[test]
fn every_architecture_is_in_the_golden_file() {
    let files = [
        include_str!("../../golden/nets.json"),
        include_str!("../../golden/text_nets.json"),
        include_str!("../../golden/series_table_nets.json"),
    ]
    .map(json);
    let nets = files.iter().flat_map(|file| file.as_array().unwrap());
    let ids: Vec<&str> = nets.map(|net| net["id"].as_str().unwrap()).collect();
    // No networks: a program of the user's, a library's trees, and formulas that are checked by hand.
    let without_network = |id: &str| id.starts_with("exec") || id == "table-forest" || id.starts_with("rule-");
    for architecture in unmask::model::ARCHITECTURES.iter().filter(|architecture| !without_network(architecture.id)) {
        assert!(ids.contains(&architecture.id), "{} has no golden values", architecture.id);
    }
}

#[test]
fn gradients_and_gradient_times_input_are_autograds() {
    let _torch = torch();
    let golden = json(include_str!("../../golden/nets.json"));
    for net in golden.as_array().unwrap().iter().filter(|net| net["gradient"].is_array()) {
        let black_box = golden_box(net);
        let rows = rows_by_formula(2, black_box.card().shape);
        let probs = black_box.predict(&rows).unwrap();
        let gradients = black_box.saliency(&rows, &probs.all_classes(), Saliency::Gradient).unwrap().unwrap();
        let found: Vec<f64> = gradients.values.into_iter().map(f64::from).collect();
        assert_near(&found, &numbers(&net["gradient"]), 1e-5, "gradient");
        for (method, unit, name) in [
            ("grad", "pixel", "grad_pixel"),
            ("grad-x-input", "pixel", "grad_x_input_pixel"),
            ("grad-x-input", "patch:3x5", "grad_x_input_patch"),
        ] {
            let scores = scores(method, unit, &black_box, &rows);
            assert_near(&scores, &numbers(&net[name]), 1e-5, name);
        }
    }
}

fn scores(method: &str, unit: &str, black_box: &TorchBox, rows: &unmask::data::Rows) -> Vec<f64> {
    let saved =
        unmask::explain::SavedExplainer::untrained(method, unit.parse().unwrap(), 3, black_box.card(), 0).unwrap();
    let units = unmask::data::Units::new(unit.parse().unwrap(), rows.shape);
    let mut explainer: Box<dyn Explainer> =
        unmask::explain::method(method).unwrap().explainer(&saved, black_box).unwrap();
    let probs = black_box.predict(rows).unwrap();
    let scores = explainer.scores(black_box, rows, &probs, units, 0).unwrap();
    scores.values.into_iter().map(f64::from).collect()
}

/// The box of a golden entry: its architecture with weights by formula.
fn golden_box(net: &serde_json::Value) -> TorchBox {
    let sides: Vec<usize> = numbers(&net["shape"]).into_iter().map(|side| side as usize).collect();
    let shapes: BTreeMap<String, Vec<usize>> = serde_json::from_value(net["shapes"].clone()).unwrap();
    let id = net["id"].as_str().unwrap();
    assert!(architecture(id).is_ok());
    let n_classes = net["classes"].as_u64().unwrap() as usize;
    let saved = box_with(id, Shape::new(sides[0], sides[1], sides[2]), n_classes, weights_by_formula(&shapes));
    TorchBox::new(&saved, Device::Cpu).unwrap()
}
