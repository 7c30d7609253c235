//! Saved black boxes: what comes back is what was saved, what does not fit is refused with a sentence, a killed save loses nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use tch::Device;
use unmask::data::table::{FittedColumn, Scale};
use unmask::data::text::{TextFit, TextFitSpec, Unknown};
use unmask::data::{Shape, TableFit};
use unmask::model::saved::{hash_of, keep};
use unmask::model::{ARCHITECTURES, BlackBox, BoxCard, SavedBox, TorchBox, architecture};
use unmask::store::Cache;

use crate::integration::tiny::*;

fn assert_same(a: &SavedBox, b: &SavedBox) {
    assert_eq!(a.card, b.card);
    assert!(a.weights == b.weights);
    assert_eq!((&a.background.mean, &a.background.rows), (&b.background.mean, &b.background.rows));
}

#[test]
fn a_saved_box_comes_back_as_it_was() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let saved = formula_box();
    saved.save(dir.path()).unwrap();
    assert_eq!(
        snapshot(dir.path()).into_keys().collect::<Vec<_>>(),
        ["background.safetensors", "card.json", "weights.safetensors"]
    );
    let loaded = SavedBox::load(dir.path()).unwrap();
    assert_same(&saved, &loaded);
    let rows = rows_by_formula(3, SHAPE);
    let answer = |saved: &SavedBox| TorchBox::new(saved, Device::Cpu).unwrap().predict(&rows).unwrap();
    assert_eq!(answer(&saved), answer(&loaded));
}

#[test]
fn a_place_where_a_box_cannot_be_saved_is_named_with_what_is_in_the_way_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let saved = formula_box();
    // A file in place of a folder, and a folder in place of a file.
    std::fs::write(dir.path().join("file"), b"a file").unwrap();
    std::fs::create_dir_all(dir.path().join("box/card.json")).unwrap();
    for (folder, named) in [("file/box", "file"), ("box", "card.json")] {
        let sentence = saved.save(&dir.path().join(folder)).unwrap_err().to_string();
        let parts = ["expected a place where a model can be written", "found one where it cannot", "another folder"];
        assert_sentence(&sentence, &[&[named][..], &parts[..]].concat());
    }
}

#[test]
fn what_a_box_reads_is_told_in_words_of_its_kind_of_items() {
    let pictures = formula_box().card;
    let of =
        |architecture: &str, shape: Shape| BoxCard { architecture: architecture.to_owned(), shape, ..pictures.clone() };
    let text = |spec: &TextFitSpec| {
        let letter = |n: usize| char::from(b'a' + n as u8);
        let words: String =
            (0..1234).flat_map(|n| [letter(n / 676), letter(n / 26 % 26), letter(n % 26), ' ']).collect();
        let fit = TextFit::build(std::iter::once(words.as_str()), spec);
        BoxCard { text: Some(fit.clone()), ..of("l2x-word-cnn", fit.shape()) }.input_words()
    };
    assert_eq!(text(&TextFitSpec::l2x_word()), "400 words, 1,234 known");
    assert_eq!(text(&TextFitSpec::l2x_sentence()), "15 sentences of 100 words, 1,234 known");
    assert_eq!(text(&TextFitSpec { unknown: Unknown::Apart, ..TextFitSpec::l2x_word() }), "400 words, as written");
    assert_eq!(pictures.input_words(), "8 x 8 pixels, grey");
    assert_eq!(of("meed-cnn", Shape::new(3, 32, 32)).input_words(), "32 x 32 pixels, in colour");
    assert_eq!(of("dorar-series", Shape::new(2, 1, 1600)).input_words(), "1,600 steps of 2 channels");
    let column = FittedColumn { name: "age".to_owned(), scale: Scale::Number { mean: 0.0, sd: 1.0 } };
    let table = BoxCard { table: Some(TableFit(vec![column])), ..of("table-mlp", Shape::new(1, 1, 1)) };
    assert_eq!(table.input_words(), "1 column");
}

#[test]
fn a_network_that_passes_over_padding_says_so_in_its_title() {
    let skipping: Vec<_> = ARCHITECTURES.iter().filter(|known| known.id.ends_with("-packed")).collect();
    assert!(!skipping.is_empty());
    for known in skipping {
        assert!(known.title.contains("padding skipped") && !known.title.contains("packed"), "{}", known.title);
        let published = architecture(known.id.trim_end_matches("-packed")).unwrap();
        assert!(published.summary.contains("adding") && published.summary.contains("as published"), "{}", published.id);
    }
}

#[test]
fn a_unit_that_a_box_does_not_have_is_refused_in_a_whole_sentence() {
    let refused = |card: &BoxCard| card.check_unit("step".parse().unwrap()).unwrap_err().to_string();
    let pictures = formula_box().card;
    assert_sentence(
        &refused(&pictures),
        &[
            "unit step: the black box tiny box reads pictures, whose units are pixel, patch:N and",
            "name one of these or",
        ],
    );
    let column = |name: &str| FittedColumn { name: name.to_owned(), scale: Scale::Number { mean: 0.0, sd: 1.0 } };
    for (names, columns) in [(&["age"][..], "1 column"), (&["age", "height"][..], "2 columns")] {
        let table = TableFit(names.iter().map(|name| column(name)).collect());
        let card = BoxCard {
            name: "Plants net".to_owned(),
            shape: Shape::new(1, 1, names.len()),
            table: Some(table),
            ..pictures.clone()
        };
        let said = format!(
            "unit step: the black box Plants net reads rows of a table with {columns}, whose unit is column; name that or choose another black box"
        );
        assert_eq!(refused(&card), said);
    }
}

#[test]
fn a_command_that_is_kept_again_takes_the_place_of_what_its_hash_does_not_tell_from_it() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path());
    let connected = |patience: &str, data: &str| {
        let mut saved = box_with("exec-pictures", SHAPE, 2, b"cat".to_vec());
        saved.card.exec = Some("cat".to_owned());
        saved.card.params = params(architecture("exec-pictures").unwrap().params, &[("timeout", patience)]);
        saved.card.data_hash = data.to_owned();
        saved
    };
    let kept = |saved: &SavedBox| {
        let hash = saved.card.hash.parse().unwrap();
        keep(saved, hash, &cache).unwrap();
        SavedBox::load(&cache.find(hash).unwrap()).unwrap().card
    };
    let (first, patient, of_others) = (connected("60", "a"), connected("90", "a"), connected("60", "b"));
    for saved in [&first, &patient, &of_others] {
        assert_eq!(saved.card.hash, first.card.hash);
        assert_eq!(kept(saved), saved.card);
    }
    assert_eq!(cache.list().len(), 1);
    // Copies in memory are told apart.
    assert!(first.card.key() != patient.card.key() && first.card.key() != of_others.card.key());
    assert_eq!(first.card.key(), connected("60", "a").card.key());
    assert_eq!(formula_box().card.key(), formula_box().card.hash);
}

fn refusal(dir: &Path) -> String {
    let sentence = SavedBox::load(dir).expect_err("this must be refused").to_string();
    assert_sentence(&sentence, &[]);
    sentence
}

/// The card on disk, changed; its hash made to fit again where `rehash`.
fn with_card(dir: &Path, rehash: bool, change: impl FnOnce(&mut serde_json::Value)) {
    let path = dir.join("card.json");
    let mut card: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut card);
    if rehash {
        let parsed = serde_json::from_value(card.clone()).unwrap();
        let weights = std::fs::read(dir.join("weights.safetensors")).unwrap();
        card["hash"] = hash_of(&parsed, &weights).into();
    }
    std::fs::write(&path, serde_json::to_vec(&card).unwrap()).unwrap();
}

#[test]
fn an_unknown_version_a_foreign_format_and_a_wrong_hash_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let fresh = || formula_box().save(dir.path()).unwrap();
    fresh();
    with_card(dir.path(), false, |card| card["version"] = 2.into());
    assert_sentence(&refusal(dir.path()), &["card.json", "unmask-blackbox version 1", "version 2"]);
    fresh();
    with_card(dir.path(), false, |card| card["format"] = "unmask-explainer".into());
    assert_sentence(&refusal(dir.path()), &["card.json", "expected unmask-blackbox", "found unmask-explainer"]);
    fresh();
    with_card(dir.path(), false, |card| card["hash"] = "0123456789abcdef".into());
    assert_sentence(&refusal(dir.path()), &["weights.safetensors", "0123456789ab", "train it again"]);
    fresh();
    with_card(dir.path(), false, |card| card["architecture"] = "no-such-net".into());
    assert_sentence(&refusal(dir.path()), &["no-such-net", "meed-cnn"]);
}

#[test]
fn sizes_that_no_network_can_have_are_refused_before_anything_is_built() {
    let dir = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("height", 0_u64),
        ("width", 3),
        ("channels", 0),
        ("height", u64::from(u32::MAX)),
        ("width", 1 << 62),
        ("channels", 1 << 40),
    ] {
        formula_box().save(dir.path()).unwrap();
        with_card(dir.path(), true, |card| card["shape"][name] = value.into());
        refusal(dir.path());
    }
    formula_box().save(dir.path()).unwrap();
    with_card(dir.path(), true, |card| card["classes"] = serde_json::json!([]));
    assert_sentence(&refusal(dir.path()), &["classes", "found 0"]);
}

#[test]
fn weights_of_another_network_are_refused_with_the_tensor() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let mut shapes = meed_shapes();
    shapes.insert("dense2.weight".to_owned(), vec![3, 128]);
    box_with("meed-cnn", SHAPE, 2, weights_by_formula(&shapes)).save(dir.path()).unwrap();
    let loaded = SavedBox::load(dir.path()).unwrap();
    let sentence = TorchBox::new(&loaded, Device::Cpu).unwrap_err().to_string();
    assert_sentence(&sentence, &["dense2.weight", "[2, 128]", "[3, 128]"]);
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    let _torch = torch();
    let mut tensors = tensors_of(&formula_box().weights);
    tensors.get_mut("conv1.bias").unwrap()[3] = f32::INFINITY;
    let shapes = meed_shapes();
    let with_shapes = tensors.into_iter().map(|(name, values)| (name.clone(), (shapes[&name].clone(), values)));
    let broken = box_with("meed-cnn", SHAPE, 2, safetensors(&with_shapes.collect()));
    let sentence = TorchBox::new(&broken, Device::Cpu).unwrap_err().to_string();
    assert_sentence(&sentence, &["finite numbers in conv1.bias"]);
}

#[test]
fn a_folder_without_a_box_is_refused_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    assert_sentence(&refusal(&dir.path().join("nothing")), &["nothing", "card.json"]);
    assert_sentence(&refusal(dir.path()), &["card.json"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bytes changed or cut anywhere in any of the files: refused with a sentence, or harmless. Never a panic.
    #[test]
    fn mutated_and_cut_files_are_refused_or_harmless(
        file in 0_usize..3,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let saved = formula_box();
        write_plainly(&saved, dir.path());
        let path = dir.path().join(["card.json", "weights.safetensors", "background.safetensors"][file]);
        let mut bytes = std::fs::read(&path).unwrap();
        // Most of the interest lies in the first kilobyte: headers and names.
        let span = if cut.is_some() { bytes.len() } else { bytes.len().min(1500) };
        for (at, byte) in edits {
            bytes[at.index(span)] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(&path, bytes).unwrap();
        match SavedBox::load(dir.path()) {
            Err(error) => assert_sentence(&error.to_string(), &[]),
            Ok(loaded) => {
                prop_assert!(loaded.weights == saved.weights);
                prop_assert!(loaded.background.mean.iter().all(|value| value.is_finite()));
            }
        }
    }
}

/// What `save` leaves, without its flushes to the disk: hundreds of cases would wait for them.
fn write_plainly(saved: &SavedBox, dir: &Path) {
    static FILES: std::sync::OnceLock<Vec<(String, Vec<u8>)>> = std::sync::OnceLock::new();
    let files = FILES.get_or_init(|| {
        let once = tempfile::tempdir().unwrap();
        saved.save(once.path()).unwrap();
        snapshot(once.path()).into_iter().collect()
    });
    for (name, bytes) in files {
        std::fs::write(dir.join(name), bytes).unwrap();
    }
}

const CHILD: &str = "UNMASK_TEST_SAVING";

/// Not a test by itself: run as a process by the next one, it saves two boxes in turn into the folder named by the variable, for ever.
#[test]
fn saving_child() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let boxes = two_boxes();
    loop {
        for saved in &boxes {
            saved.save(Path::new(&dir)).unwrap();
        }
    }
}

fn two_boxes() -> [SavedBox; 2] {
    let mut other = meed_shapes();
    other.insert("dense2.bias".to_owned(), vec![3]);
    other.insert("dense2.weight".to_owned(), vec![3, 128]);
    [formula_box(), box_with("meed-cnn", SHAPE, 3, weights_by_formula(&other))]
}

#[test]
fn a_folder_whose_writer_is_killed_at_any_moment_stays_loadable() {
    let dir = tempfile::tempdir().unwrap();
    let boxes = two_boxes();
    boxes[0].save(dir.path()).unwrap();
    for round in 0..20_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["saving_child", "--test-threads=1"])
            .env(CHILD, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Long enough for the program to start; then at a moment that differs from round to round.
        std::thread::sleep(Duration::from_millis(150 + round * 37 % 211));
        child.kill().unwrap();
        child.wait().unwrap();
        let loaded = SavedBox::load(dir.path()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert!(boxes.iter().any(|saved| saved.card == loaded.card && saved.weights == loaded.weights));
    }
    // And the next save puts everything right, whatever was left.
    boxes[1].save(dir.path()).unwrap();
    assert_same(&boxes[1], &SavedBox::load(dir.path()).unwrap());
}
