//! Specifications, class filters, splits and units.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use unmask::data::spec::Kind;
use unmask::data::split::{Scheme, first_in_proportion};
use unmask::data::{Shape, Split, Unit, Units};

use super::*;

#[test]
fn specifications_are_read_as_written() {
    let spec: DataSpec = "mnist:/data/mnist?classes=3,8&split-seed=5".parse().unwrap();
    assert_eq!((spec.kind.name(), spec.path.to_str().unwrap()), ("mnist", "/data/mnist"));
    assert_eq!(spec.list("classes").unwrap(), ["3", "8"]);
    assert_eq!(spec.number("split-seed").unwrap(), Some(5));
    assert_eq!(spec.to_string(), "mnist:/data/mnist?classes=3,8&split-seed=5");
    let bare: DataSpec = "some folder/x.zip".parse().unwrap();
    assert_eq!((bare.kind, bare.path), (Kind::AUTO, PathBuf::from("some folder/x.zip")));
    let drive: DataSpec = r"C:\pictures".parse().unwrap();
    assert_eq!((drive.kind, drive.path), (Kind::AUTO, PathBuf::from(r"C:\pictures")));
}

#[test]
fn what_cannot_be_understood_is_refused_with_what_exists() {
    let refused = |text: &str| text.parse::<DataSpec>().unwrap_err().to_string();
    assert_has(
        &refused("sheet:x.csv"),
        &["there is no kind \"sheet\"", "mnist, idx, cifar, images, hatexplain, mouse, series, adult, csv, tsv"],
    );
    assert_has(
        &refused("mnist:x?clases=3"),
        &["no option \"clases\"", "classes, limit, merge, split, split-seed and names"],
    );
    assert_has(&refused("cifar:x?names=3"), &["no option \"names\""]);
    assert_has(&refused("mnist:"), &["names no file"]);
    assert_has(&refused("mnist:x?classes"), &["no option"]);
    assert_has(&refused("mnist:x?limit=1&limit=2"), &["twice"]);
}

#[test]
fn classes_are_kept_in_the_order_asked_and_renumbered() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 9, 6);
    let dataset = open_at("mnist", dir.path(), &[("classes", "2,0"), ("split", "official")]).unwrap();
    assert_eq!(dataset.classes, ["2", "0"]);
    // Labels 0 1 2 0 1 2 0 1 2 | 0 1 2 0 1 2 without 1, and 2 -> 0, 0 -> 1.
    assert_eq!(dataset.labels, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0].map(Some));
    assert_eq!(dataset.source_index, [0, 2, 3, 5, 6, 8, 0, 2, 3, 5]);
    assert_eq!(dataset.picture(1).unwrap().bytes, [20, 21, 22, 23, 24, 25]);
    assert!(dataset.name.ends_with(" 2, 0"));
    let refused = |classes| refusal(open_at("mnist", dir.path(), &[("classes", classes)]));
    assert_has(&refused("2,7"), &["no class \"7\"", "0, 1 and 2"]);
    assert_has(&refused("2,2"), &["twice"]);
}

#[test]
fn an_item_keeps_its_split_whichever_classes_are_open() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 30, 25);
    let all = open_at("mnist", dir.path(), &[]).unwrap();
    let some = open_at("mnist", dir.path(), &[("classes", "1")]).unwrap();
    let kept: Vec<usize> = (0..all.len()).filter(|&item_idx| all.labels[item_idx] == Some(1)).collect();
    assert_eq!(some.splits, kept.iter().map(|&item_idx| all.splits[item_idx]).collect::<Vec<_>>());
    assert_ne!(all.hash, some.hash);
}

#[test]
fn the_usual_split_is_half_of_the_official_test_data() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 12, 18);
    let dataset = open_at("mnist", dir.path(), &[]).unwrap();
    let count = |split| dataset.in_split(split).len();
    assert_eq!(Split::ALL.map(count), [12, 9, 9]);
    for class in 0..3 {
        let of_class =
            |split| dataset.in_split(split).into_iter().filter(|&i| dataset.labels[i] == Some(class)).count();
        assert_eq!(of_class(Split::Validation), 3);
        assert_eq!(of_class(Split::Test), 3);
    }
    assert!(
        dataset
            .remarks
            .iter()
            .any(|remark| remark.contains("Half of the official test data") && remark.contains("seed 0"))
    );
    let other = open_at("mnist", dir.path(), &[("split-seed", "1")]).unwrap();
    assert_ne!(dataset.splits, other.splits);
    assert_ne!(dataset.hash, other.hash);
    // AIM: four fifths of the held-out part.
    let aim = open_at("mnist", dir.path(), &[("split", "aim")]).unwrap();
    assert_eq!(Split::ALL.map(|split| aim.in_split(split).len()), [12, 14, 4]);
    // DoRaR: a sixth of training, the whole test part.
    let dorar = open_at("mnist", dir.path(), &[("split", "dorar")]).unwrap();
    assert_eq!(Split::ALL.map(|split| dorar.in_split(split).len()), [10, 2, 18]);
    assert_has(
        &refusal(open_at("mnist", dir.path(), &[("split", "thirds")])),
        &["half-test, dorar, aim, official and 80-10-10"],
    );
}

#[test]
fn merged_classes_are_one_and_the_others_move_up() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 6, 3);
    let merged = |merge| open_at("mnist", dir.path(), &[("split", "official"), ("merge", merge)]);
    let dataset = merged("0:2").unwrap();
    assert_eq!(dataset.classes, ["1", "2"]);
    assert_eq!(dataset.labels, [1, 0, 1, 1, 0, 1, 1, 0, 1].map(Some));
    assert_eq!(merged("2:0,1:0").unwrap().classes, ["0"]);
    assert_has(&refusal(merged("0:7")), &["no class \"7\"", "0, 1 and 2"]);
    assert_has(&refusal(merged("0")), &["merge=CLASS:INTO"]);
    assert_has(&refusal(merged("0:0")), &["merge=CLASS:INTO"]);
}

#[test]
fn limit_keeps_every_class_and_split() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 30, 24);
    let dataset = open_at("mnist", dir.path(), &[("limit", "6")]).unwrap();
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [6, 6, 6]);
    assert_eq!(dataset.labels.iter().filter(|label| **label == Some(2)).count(), 6);
    assert_has(&refusal(open_at("mnist", dir.path(), &[("limit", "0")])), &["no item is left"]);
    assert_has(&refusal(open_at("mnist", dir.path(), &[("limit", "many")])), &["not a whole number"]);
}

fn any_spec() -> impl Strategy<Value = DataSpec> {
    let kind =
        prop_oneof![Just("auto"), Just("mnist"), Just("idx"), Just("cifar"), Just("images"), Just("csv"), Just("text")];
    let value = prop_oneof!["[a-z0-9,]{0,8}", "[ -~äß%?&=:]{0,12}"];
    let keys = proptest::sample::subsequence(vec!["classes", "limit", "split", "split-seed"], 0..=4);
    let path = prop_oneof!["[a-z/]{1,12}", "[ -~äß%?&=:]{1,16}"];
    (kind, path, keys, proptest::collection::vec(value, 4)).prop_map(|(kind, path, keys, values)| {
        let query: BTreeMap<String, String> = keys.into_iter().map(str::to_owned).zip(values).collect();
        DataSpec { kind: Kind::named(kind).unwrap(), path: PathBuf::from(path), query }
    })
}

/// Labels, with some items unlabelled, and which part each item comes from.
fn any_items() -> impl Strategy<Value = (Vec<Option<u16>>, Vec<Option<Split>>)> {
    let label = proptest::option::weighted(0.9, 0_u16..6);
    let part = prop_oneof![Just(Some(Split::Train)), Just(Some(Split::Test))];
    proptest::collection::vec((label, part), 1..300).prop_map(|items| items.into_iter().unzip())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_specification_survives_being_written(spec in any_spec()) {
        let text = spec.to_string();
        prop_assert_eq!(&text.parse::<DataSpec>().unwrap(), &spec, "{}", text);
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<DataSpec>(&json).unwrap(), spec);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~]{0,40}") {
        text.parse::<DataSpec>().ok();
    }

    #[test]
    fn fresh_splits_are_complete_seeded_and_in_proportion((labels, parts) in any_items(), seed: u64) {
        let splits = Scheme::Fresh.assign(&parts, &labels, seed).unwrap();
        prop_assert_eq!(splits.len(), labels.len());
        prop_assert_eq!(&splits, &Scheme::Fresh.assign(&parts, &labels, seed).unwrap());
        let count = |split| splits.iter().filter(|each| **each == split).count();
        let tenth = (labels.len() + 5) / 10;
        prop_assert_eq!(count(Split::Test), tenth);
        prop_assert_eq!(count(Split::Validation), tenth.min((labels.len() - tenth).saturating_sub(1)));
        for class in (0..6).map(Some).chain([None]) {
            let of_class: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == class).collect();
            let tested = of_class.iter().filter(|&&i| splits[i] == Split::Test).count() as f64;
            prop_assert!((tested - of_class.len() as f64 * tenth as f64 / labels.len() as f64).abs() < 1.0);
        }
    }

    #[test]
    fn half_test_leaves_training_alone((labels, parts) in any_items(), seed: u64) {
        let assigned = Scheme::HalfTest.assign(&parts, &labels, seed);
        prop_assert_eq!(assigned.is_ok(), parts.contains(&Some(Split::Test)));
        if let Ok(splits) = assigned {
            for (split, part) in splits.iter().zip(&parts) {
                prop_assert_eq!(*split == Split::Train, *part == Some(Split::Train));
            }
            let count = |split| splits.iter().filter(|each| **each == split).count();
            prop_assert!(count(Split::Test) - count(Split::Validation) <= 1);
        }
    }

    #[test]
    fn limits_hold_in_every_split((labels, parts) in any_items(), limit in 0_usize..50) {
        let splits: Vec<Split> = parts.iter().map(|part| part.unwrap()).collect();
        let kept = first_in_proportion(&splits, &labels, limit);
        prop_assert!(kept.is_sorted());
        for split in Split::ALL {
            let n = splits.iter().filter(|each| **each == split).count();
            prop_assert_eq!(kept.iter().filter(|&&i| splits[i] == split).count(), n.min(limit));
        }
    }

    #[test]
    fn units_are_a_partition_of_the_pixels(
        height in 1_usize..40, width in 1_usize..40, rows in 1_usize..12, cols in 1_usize..12, is_pixel: bool,
    ) {
        let unit = if is_pixel { Unit::Pixel } else { Unit::Patch { rows, cols } };
        let units = Units::new(unit, Shape::new(1, height, width));
        let of_pixels = units.unit_of_pixels();
        prop_assert_eq!(of_pixels.len(), height * width);
        let mut sizes = vec![0_usize; units.count()];
        for (pixel, &unit_idx) in of_pixels.iter().enumerate() {
            prop_assert_eq!(unit_idx as usize, units.unit_at(pixel / width, pixel % width));
            sizes[unit_idx as usize] += 1;
        }
        let (block_rows, block_cols) = units.block();
        prop_assert!(sizes.iter().all(|&size| (1..=block_rows * block_cols).contains(&size)));
        prop_assert_eq!(sizes.iter().sum::<usize>(), height * width);
        prop_assert_eq!(unit.to_string().parse::<Unit>().unwrap(), unit);
    }
}

#[test]
fn words_and_sentences_are_units_of_token_grids() {
    let shape = Shape::new(1, 2, 3);
    let (words, sentences) = (Units::new(Unit::Word, shape), Units::new(Unit::Sentence, shape));
    assert_eq!((words.grid(), sentences.grid()), ((2, 3), (2, 1)));
    assert_eq!(sentences.unit_of_pixels(), [0, 0, 0, 1, 1, 1]);
    let row = [5.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    assert_eq!(words.padding(&row), [false, true, false, true, true, true]);
    assert_eq!(sentences.padding(&row), [false, true]);
    assert_eq!(Units::new(Unit::Pixel, shape).padding(&row), [false; 6]);
    for (unit, text) in [(Unit::Word, "word"), (Unit::Sentence, "sentence")] {
        assert_eq!((unit.to_string(), text.parse::<Unit>()), (text.to_owned(), Ok(unit)));
        assert_eq!((unit.noun(1), unit.noun(2)), (text.to_owned(), format!("{text}s")));
        assert!(unit.is_text());
    }
    assert!("words".parse::<Unit>().unwrap_err().contains("word, sentence, step"));
    let empty = Units::new(Unit::Sentence, Shape::new(1, 2, 0));
    assert_eq!((empty.block(), empty.padding(&[])), ((1, 1), vec![]));
}
