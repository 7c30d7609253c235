//! Networks for time series and tables against `tests/golden/make_series_tables.py`: logits, soft masks, gradients.

use std::collections::BTreeMap;

use tch::{Device, Tensor};
use unmask::data::table::{FittedColumn, Scale, TableFit};
use unmask::data::{Modality, Rows, Shape};
use unmask::model::{BlackBox, Saliency, TorchBox, architecture};

use crate::integration::tiny::*;

/// Columns of numbers, where there are `levels` categories in every second one.
fn columns(n: usize, levels: usize) -> TableFit {
    let names: Vec<String> = (0..levels).map(|level| format!("level {level}")).collect();
    let scale = |column: usize| match levels > 0 && column % 2 == 1 {
        true => Scale::Category(names.clone()),
        false => Scale::Number { mean: 0.0, sd: 1.0 },
    };
    TableFit((0..n).map(|column| FittedColumn { name: format!("column {column}"), scale: scale(column) }).collect())
}

fn net_of(net: &serde_json::Value) -> (TorchBox, Rows, Tensor) {
    let sides: Vec<usize> = numbers(&net["shape"]).into_iter().map(|side| side as usize).collect();
    let shape = Shape::new(sides[0], sides[1], sides[2]);
    let shapes: BTreeMap<String, Vec<usize>> = serde_json::from_value(net["shapes"].clone()).unwrap();
    let (id, classes) = (net["id"].as_str().unwrap(), net["classes"].as_u64().unwrap() as usize);
    let mut saved = box_with(id, shape, classes, weights_by_formula(&shapes));
    if architecture(id).unwrap().modality == Modality::Table {
        saved.card.table = Some(columns(shape.width, net["levels"].as_u64().unwrap() as usize));
    }
    let mask = Tensor::from_slice(&floats(&net["mask"])).view([-1, 1, 1, shape.width as i64]);
    (TorchBox::new(&saved, Device::Cpu).unwrap(), Rows { shape, values: floats(&net["rows"]) }, mask)
}

#[test]
fn networks_for_series_and_tables_compute_what_pytorch_computes_also_under_soft_masks() {
    let _lock = torch();
    for net in json(include_str!("../../golden/series_table_nets.json")).as_array().unwrap() {
        let (black_box, rows, mask) = net_of(net);
        let what = format!("{} with {} categories", net["id"], net["levels"]);
        let input = unmask::model::tensors::from_rows(&rows, Device::Cpu);
        let tensor_box = black_box.tensor_box().unwrap();
        assert_near(&values(&tensor_box.logits(&input)), &numbers(&net["logits"]), 2e-5, &what);
        let probs: Vec<f64> = black_box.predict(&rows).unwrap().values.into_iter().map(f64::from).collect();
        assert_near(&probs, &numbers(&net["probs"]), 1e-5, &format!("probabilities of {what}"));
        let masked = values(&tensor_box.logits_masked(&input, &mask));
        assert_near(&masked, &numbers(&net["masked_logits"]), 2e-5, &format!("{what}, masked"));
    }
}

#[test]
fn gradients_of_series_and_tables_are_autograds() {
    let _lock = torch();
    for net in json(include_str!("../../golden/series_table_nets.json")).as_array().unwrap() {
        let (black_box, rows, _) = net_of(net);
        let classes = black_box.predict(&rows).unwrap().all_classes();
        for (kind, name) in [(Saliency::Gradient, "gradient"), (Saliency::TimesInput, "times_input")] {
            let found = black_box.saliency(&rows, &classes, kind).unwrap().unwrap();
            let found: Vec<f64> = found.values.into_iter().map(f64::from).collect();
            assert_near(&found, &numbers(&net[name]), 1e-5, &format!("{name} of {}", net["id"]));
        }
    }
}

#[test]
fn another_row_stands_where_the_mask_hides() {
    let _lock = torch();
    for net in json(include_str!("../../golden/series_table_nets.json")).as_array().unwrap() {
        let (black_box, rows, mask) = net_of(net);
        let what = format!("{} with {} categories", net["id"], net["levels"]);
        let input = unmask::model::tensors::from_rows(&rows, Device::Cpu);
        let others = input.flip([0i64].as_slice());
        let tensor_box = black_box.tensor_box().unwrap();
        let mixed = |mask: &Tensor| values(&tensor_box.logits_mixed(&input, mask, &others));
        assert_near(&mixed(&mask.ones_like()), &values(&tensor_box.logits(&input)), 1e-4, &what);
        assert_near(&mixed(&mask.zeros_like()), &values(&tensor_box.logits(&others)), 1e-4, &what);
    }
}

#[test]
fn rules_belong_to_their_own_tables_and_all_else_to_any() {
    use unmask::model::nets::rules::belongs_to;
    let table =
        |name: &str| unmask::data::open(&format!("synthetic:{name}?n=300").parse().unwrap(), &mut |_| true).unwrap();
    assert!(belongs_to("rule-xor", &table("xor")) && !belongs_to("rule-xor", &table("orange")));
    assert!(belongs_to("table-mlp", &table("xor")) && belongs_to("exec", &table("xor")));
}
