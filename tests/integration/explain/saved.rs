//! Saved explainers: round trips, damaged files, wrong boxes; one item explains as in a batch.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use tch::Device;
use unmask::data::{Fit, Units};
use unmask::explain::learn::run::{RunSetup, TrainRun};
use unmask::explain::{ExplainError, SavedExplainer, method};
use unmask::model::params::Params;
use unmask::model::{BlackBox, SavedBox, TorchBox};

use crate::integration::tiny::*;

fn trained(id: &str, unit: &str, saved: &SavedBox) -> SavedExplainer {
    let params = params(method(id).unwrap().spec().params, &[("epochs", "1"), ("batch", "8")]);
    let mut run = TrainRun::new(RunSetup {
        method: id,
        params: &params,
        unit: unit.parse().unwrap(),
        k: 4,
        data: &halves(16),
        black_box: saved,
        seed: 0,
        name: "tiny explainer",
        device: Device::Cpu,
    })
    .unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    run.checkpoint().unwrap()
}

#[test]
fn a_saved_explainer_comes_back_as_it_was() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    for explainer in [trained("meed", "patch:2", &formula_box()), trained("l2x", "pixel", &formula_box())] {
        explainer.save(dir.path()).unwrap();
        let loaded = SavedExplainer::load(dir.path()).unwrap();
        assert_eq!(explainer.card, loaded.card);
        assert!(explainer.weights == loaded.weights);
    }
    let random = untrained("random", "pixel", 3, &formula_box());
    random.save(dir.path()).unwrap();
    assert_eq!(SavedExplainer::load(dir.path()).unwrap().card, random.card);
}

fn refusal(dir: &Path) -> String {
    let sentence = SavedExplainer::load(dir).expect_err("this must be refused").to_string();
    assert_sentence(&sentence, &[]);
    sentence
}

#[test]
fn unknown_versions_methods_and_changed_cards_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("card.json");
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        untrained("random", "pixel", 3, &formula_box()).save(dir.path()).unwrap();
        let mut card: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut card);
        std::fs::write(&path, serde_json::to_vec(&card).unwrap()).unwrap();
        refusal(dir.path())
    };
    let sentence = with(&|card| card["version"] = 7.into());
    assert_sentence(&sentence, &["card.json", "unmask-explainer version 1", "version 7"]);
    let sentence = with(&|card| card["format"] = "unmask-blackbox".into());
    assert_sentence(&sentence, &["expected unmask-explainer", "found unmask-blackbox"]);
    assert_sentence(&with(&|card| card["method"] = "magic".into()), &["magic", "l2x, meed"]);
    assert_sentence(&with(&|card| card["k"] = 9.into()), &["weights.safetensors", "hash"]);
    assert_sentence(&with(&|card| card["unit"] = "patch:0".into()), &["card.json", "patch:0"]);
    assert_sentence(&with(&|card| card["params"] = serde_json::json!({"tau": 1})), &["tau"]);
}

#[test]
fn the_black_box_of_another_training_is_refused_with_both_hashes() {
    let saved = formula_box();
    let explainer = untrained("grad", "pixel", 3, &saved);
    assert!(explainer.check_box(&saved.card).is_ok());
    let mut shapes = meed_shapes();
    shapes.insert("dense2.bias".to_owned(), vec![3]);
    shapes.insert("dense2.weight".to_owned(), vec![3, 128]);
    let other = box_with("meed-cnn", SHAPE, 3, weights_by_formula(&shapes));
    let sentence = explainer.check_box(&other.card).unwrap_err().to_string();
    assert_sentence(&sentence, &[&saved.card.hash[..12], &other.card.hash[..12], "choose the box"]);
}

#[test]
fn a_method_that_must_be_trained_is_not_used_without() {
    let card = formula_box().card;
    let error = SavedExplainer::untrained("l2x", "pixel".parse().unwrap(), 3, &card, 0).unwrap_err();
    assert_sentence(&error.to_string(), &["L2X", "trained first", "unmask train"]);
}

#[test]
fn another_unit_than_the_trained_one_is_refused() {
    let _torch = torch();
    let saved = formula_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let explainer = trained("l2x", "patch:2", &saved);
    let mut loaded = method("l2x").unwrap().explainer(&explainer, &black_box).unwrap();
    let rows = rows_by_formula(1, SHAPE);
    let probs = black_box.predict(&rows).unwrap();
    let units = Units::new("pixel".parse().unwrap(), SHAPE);
    let error = loaded.scores(&black_box, &rows, &probs, units, 0).unwrap_err();
    assert!(matches!(error, ExplainError::Unfit(_)));
    assert_sentence(&error.to_string(), &["2 x 2", "pixels", "train again"]);
}

#[test]
fn one_item_alone_gets_the_scores_it_gets_in_a_batch() {
    let _torch = torch();
    let saved = formula_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let data = halves(16);
    let rows = data.rows(&[0, 5, 9, 20, 31], SHAPE, &Fit::default()).unwrap();
    let probs = black_box.predict(&rows).unwrap();
    for (explainer, unit) in [
        (Arc::new(trained("l2x", "patch:3", &saved)), "patch:3"),
        (Arc::new(trained("meed", "pixel", &saved)), "pixel"),
        (untrained("grad", "patch:3", 4, &saved), "patch:3"),
        (untrained("grad-x-input", "pixel", 4, &saved), "pixel"),
        (untrained("random", "pixel", 4, &saved), "pixel"),
    ] {
        let units = Units::new(unit.parse().unwrap(), SHAPE);
        let mut loaded = method(&explainer.card.method).unwrap().explainer(&explainer, &black_box).unwrap();
        let together = loaded.scores(&black_box, &rows, &probs, units, 3).unwrap();
        assert_eq!((together.n(), together.units), (5, units.count()));
        for row in 0..5 {
            let one = rows.slice(row..row + 1);
            let alone = loaded.scores(&black_box, &one, &black_box.predict(&one).unwrap(), units, 3).unwrap();
            let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect::<Vec<_>>();
            assert_near(&wide(&alone.values), &wide(together.row(row)), 1e-5, &explainer.card.method);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_and_cut_explainers_are_refused_or_harmless(
        in_card in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (card, weights) = files();
        let mut bytes = if in_card { card.clone() } else { weights.clone() };
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(dir.path().join("card.json"), if in_card { &bytes } else { card }).unwrap();
        std::fs::write(dir.path().join("weights.safetensors"), if in_card { weights } else { &bytes }).unwrap();
        match SavedExplainer::load(dir.path()) {
            Err(error) => assert_sentence(&error.to_string(), &[]),
            Ok(loaded) => prop_assert!(*loaded.weights == *weights),
        }
    }
}

/// Card and weights of an explainer, saved once.
fn files() -> (&'static Vec<u8>, &'static Vec<u8>) {
    static FILES: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
    let (card, weights) = FILES.get_or_init(|| {
        let _torch = torch();
        let explainer = trained("l2x", "patch:4", &formula_box());
        (serde_json::to_vec_pretty(&explainer.card).unwrap(), explainer.weights.to_vec())
    });
    (card, weights)
}

#[test]
fn a_method_is_trained_only_for_what_it_can_read() {
    let _torch = torch();
    let (saved, data) = pointer_sample();
    let setup = RunSetup {
        method: "aim",
        params: &Params::default(),
        unit: "step".parse().unwrap(),
        k: 3,
        data: &data,
        black_box: &saved,
        seed: 0,
        name: "aim",
        device: Device::Cpu,
    };
    let refused = TrainRun::new(setup).map(drop).unwrap_err().to_string();
    assert_sentence(&refused, &["AIM", "pictures or texts or rows of a table", "reads time series", "another method"]);
}

#[test]
fn what_was_left_to_the_defaults_gives_way_where_there_are_no_gradients() {
    let spec = method("l2x").unwrap().spec();
    let mut params = Params::default();
    spec.without_gradients(&mut params);
    assert_eq!(params.choice(spec.params, "critic"), "approximators");
    assert_eq!(spec.needs_gradients_with(&params), None);
    let mut asked = Params::default();
    asked.set(spec.params, "critic", "black-box").unwrap();
    spec.without_gradients(&mut asked);
    assert_eq!(asked.choice(spec.params, "critic"), "black-box", "what was asked for stays, and is refused later");
}
