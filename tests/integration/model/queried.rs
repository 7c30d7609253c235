//! Models without gradients: random forests against the library that grows them, and networks that learn their answers.

use smartcore::ensemble::random_forest_classifier::{RandomForestClassifier, RandomForestClassifierParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use tch::Device;
use unmask::data::{Dataset, Rows, Split};
use unmask::explain::learn::run::{RunSetup, TrainRun};
use unmask::model::distil::{Hiding, Teacher};
use unmask::model::forest::{Forest, ForestRun};
use unmask::model::params::Params;
use unmask::model::train::FreshClassifier;
use unmask::model::{BlackBox, SavedBox, TorchBox, architecture};

use crate::integration::tiny::*;

/// Rows of the additive table: which of two classes depends on four of ten columns.
fn table() -> Dataset {
    unmask::data::open(&"synthetic:orange?n=1500".parse().unwrap(), &mut |_| true).unwrap()
}

fn fitted(id: &str, settings: &[(&str, &str)], data: &Dataset, teacher: Option<&SavedBox>) -> SavedBox {
    crate::integration::tiny::fitted((id, id), settings, data, 3, teacher)
}

fn rows_of(saved: &SavedBox, data: &Dataset, split: Split) -> Rows {
    saved.card.rows(data, &data.in_split(split), &saved.card.fit).unwrap()
}

#[test]
fn a_tree_answers_as_the_library_that_grew_it() {
    let data = table();
    let fit = unmask::data::TableFit::of(&data).unwrap();
    let rows = data.table_rows(&data.in_split(Split::Train), &fit).unwrap();
    let classes: Vec<usize> =
        data.in_split(Split::Train).iter().map(|&item| usize::from(data.labels[item].unwrap())).collect();
    let specs = architecture("table-forest").unwrap().params;
    let params = params(specs, &[("depth", "6"), ("leaf", "3")]);
    let mut run = ForestRun::new((&rows, &classes), &fit, 2, &params, 11).unwrap();
    run.step().unwrap();
    let found = run.forest().predict(&rows, &fit).all_classes();

    let matrix = DenseMatrix::new(rows.n(), 10, rows.values.clone(), false).unwrap();
    let labels: Vec<u32> = classes.iter().map(|class| *class as u32).collect();
    let parameters = RandomForestClassifierParameters::default()
        .with_n_trees(1)
        .with_max_depth(6)
        .with_min_samples_leaf(3)
        .with_seed(unmask::model::mix(11, 0));
    let library = RandomForestClassifier::<f32, u32, _, _>::fit(&matrix, &labels, parameters).unwrap();
    let expected: Vec<usize> = library.predict(&matrix).unwrap().into_iter().map(|class: u32| class as usize).collect();
    assert_eq!(found, expected);
    assert!(found.contains(&0) && found.contains(&1));
}

#[test]
fn a_forest_is_trained_saved_loaded_and_asked() {
    let _lock = torch();
    let data = table();
    let saved = fitted("table-forest", &[("epochs", "25")], &data, None);
    assert!(saved.card.complete && !saved.card.has_gradients());
    let share = saved.card.test_accuracy.unwrap();
    assert!(share > 0.7, "the rule itself is right on about 80 % of the rows, the forest on {share}");
    assert_eq!(fitted("table-forest", &[("epochs", "25")], &data, None).card.hash, saved.card.hash, "the same seed");
    let dir = tempfile::tempdir().unwrap();
    saved.save(dir.path()).unwrap();
    let loaded = SavedBox::load(dir.path()).unwrap();
    let black_box = TorchBox::new(&loaded, Device::Cpu).unwrap();
    let probs = black_box.predict(&rows_of(&loaded, &data, Split::Test)).unwrap();
    for row in 0..probs.n() {
        let votes = probs.row(row)[0] * 25.0;
        assert!((votes - votes.round()).abs() < 1e-3 && (probs.row(row).iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
    assert!(black_box.tensor_box().is_none());
}

#[test]
fn damaged_forests_are_refused() {
    let _lock = torch();
    let data = table();
    let saved = fitted("table-forest", &[("epochs", "2"), ("depth", "3")], &data, None);
    let table = saved.card.table.clone().unwrap();
    let text = String::from_utf8(saved.weights.to_vec()).unwrap();
    assert!(Forest::from_bytes(text.as_bytes(), &table, 2).is_ok());
    for (from, to) in [
        ("\"lower\":1", "\"lower\":99999"),
        ("\"class\":0", "\"class\":9"),
        ("\"inputs\":10", "\"inputs\":3"),
        ("{", "["),
    ] {
        assert!(text.contains(from), "{from}");
        let error = Forest::from_bytes(text.replacen(from, to, 1).as_bytes(), &table, 2).unwrap_err();
        assert_sentence(&error.to_string(), &["expected trees for 10 inputs and 2 classes"]);
    }
}

#[test]
fn a_stand_in_learns_the_answers_and_says_how_often_it_agrees() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "25"), ("depth", "6")], &data, None);
    let stand_in = fitted("table-mlp", &[("epochs", "8")], &data, Some(&forest));
    let card = stand_in.card.distilled.clone().unwrap();
    assert_eq!((card.name.as_str(), &card.hash), ("table-forest", &forest.card.hash));
    // What the card says is what both answer.
    let answers = |saved: &SavedBox| {
        TorchBox::new(saved, Device::Cpu).unwrap().predict(&rows_of(saved, &data, Split::Test)).unwrap().all_classes()
    };
    let (own, other) = (answers(&stand_in), answers(&forest));
    let agreed = own.iter().zip(&other).filter(|(a, b)| a == b).count() as f64 / own.len() as f64;
    assert!((card.test.unwrap() - agreed).abs() < 1e-9, "{card:?}, {agreed}");
    assert!(agreed > 0.75, "{agreed}");
    assert!(stand_in.card.has_gradients() && card.difference.unwrap() < 0.3);
    // One that has hardly begun is no stand-in, and its maker is told so.
    let hasty = fitted("table-mlp", &[("epochs", "1")], &data, Some(&forest));
    assert!(hasty.card.distilled.as_ref().unwrap().test.unwrap() < 0.95);
    let said = hasty.card.remarks.iter().find(|said| said.contains("table-forest"));
    assert_sentence(
        said.unwrap_or_else(|| panic!("{:?}", hasty.card.remarks)),
        &["the class of table-forest", "of the test items", "95 %", "train it longer"],
    );
    // A box that is only queried cannot learn.
    let refused =
        |architecture: &str| Teacher::new(&forest, &data, architecture, None, Device::Cpu).err().unwrap().to_string();
    for architecture in ["table-forest", "exec:cat"] {
        assert_sentence(&refused(architecture), &["expected a network that can learn"]);
    }
}

#[test]
fn a_fresh_network_learns_the_answers_of_a_forest_though_trees_have_no_learning_rate() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "25"), ("depth", "6")], &data, None);
    let black_box = TorchBox::new(&forest, Device::Cpu).unwrap();
    let [train, test] = [Split::Train, Split::Test].map(|split| rows_of(&forest, &data, split));
    let answers = black_box.predict(&train).unwrap();
    // As for FS-A of everything: 12 epochs of 32.
    let mut fresh = FreshClassifier::new(&forest, &black_box, &train, &answers, (32, 12), 5).unwrap();
    while !fresh.is_done() {
        fresh.step().unwrap();
    }
    let (own, other) = (fresh.classes(&test).unwrap(), black_box.predict(&test).unwrap().all_classes());
    let agreed = own.iter().zip(&other).filter(|(a, b)| a == b).count() as f64 / own.len() as f64;
    assert!(agreed > 0.75, "{agreed}");
}

#[test]
fn a_stand_in_that_learned_hidden_parts_agrees_more_often_where_parts_are_hidden() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "25"), ("depth", "6")], &data, None);
    let hiding = |copies| Hiding::new(&forest, &data, copies, 7);
    let settings = [("epochs", "8")];
    let of = |copies| {
        crate::integration::tiny::fitted_with(("table-mlp", "x"), &settings, &data, 3, Some(&forest), |_| {
            hiding(copies)
        })
    };
    let (whole, taught) = (of(0), of(3));
    assert_eq!(whole.card.distilled.clone().unwrap().hidden, None);
    // Both on the same hidden parts, with what each makes of a hidden column.
    let agreed = |stand_in: &SavedBox| {
        let answers = |saved: &SavedBox| {
            let rows = rows_of(saved, &data, Split::Test);
            let rows = hiding(3).unwrap().apply(&rows, &saved.background.mean, Split::Test);
            TorchBox::new(saved, Device::Cpu).unwrap().predict(&rows).unwrap().all_classes()
        };
        let (own, other) = (answers(stand_in), answers(&forest));
        own.iter().zip(&other).filter(|(a, b)| a == b).count() as f64 / own.len() as f64
    };
    let (before, after) = (agreed(&whole), agreed(&taught));
    assert!((taught.card.distilled.unwrap().hidden.unwrap() - after).abs() < 1e-9);
    assert!(after > before, "{after} with hidden parts, {before} without");
}

#[test]
fn hidden_parts_are_the_same_for_everybody_and_blocks_of_pixels_lie_in_all_channels() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "2"), ("depth", "3")], &data, None);
    assert_eq!(Hiding::new(&forest, &data, 0, 7), None);
    let hiding = Hiding::new(&forest, &data, 2, 7).unwrap();
    let rows = rows_of(&forest, &data, Split::Test);
    let (ones, twos) = (vec![1e6; 10], vec![2e6; 10]);
    let (a, b) = (hiding.apply(&rows, &ones, Split::Test), hiding.apply(&rows, &twos, Split::Test));
    assert_eq!(a.n(), 2 * rows.n());
    for (place, (a, b)) in a.values.iter().zip(&b.values).enumerate() {
        let own = rows.values[place % rows.values.len()];
        let is_hidden = (*a == 1e6 && *b == 2e6) || (*a == 0.0 && *b == 0.0);
        assert!((*a == own && *b == own) || is_hidden, "place {place}: {own}, {a}, {b}");
    }
    let is_hidden = |(place, value): &(usize, &f32)| **value != rows.values[place % rows.values.len()];
    let share = a.values.iter().enumerate().filter(is_hidden).count() as f64 / a.values.len() as f64;
    for value in [0.0, 1e6] {
        assert!(a.values.iter().filter(|found| **found == value).count() * 6 > a.values.len(), "both ways of hiding");
    }
    assert!((share - 0.5).abs() < 0.05, "between none and all of a row: half of all, {share}");
    assert_ne!(a.values, hiding.apply(&rows, &ones, Split::Train).values);

    let (saved, data) = crate::integration::tiny::pointer_sample();
    let hiding = Hiding::new(&saved, &data, 1, 7).unwrap();
    let rows = data.rows(&(0..20).collect::<Vec<_>>(), saved.card.shape, &saved.card.fit).unwrap();
    let mean = vec![1e6; rows.shape.len()];
    let hidden = hiding.apply(&rows, &mean, Split::Train);
    let steps = rows.shape.height * rows.shape.width;
    let is_hidden = |row: usize, place: usize| hidden.row(row)[place] != rows.row(row)[place];
    let mut hides = 0;
    for row in 0..rows.n() {
        for step in 0..steps {
            // What was zero before may stay zero.
            let known: Vec<usize> = (0..rows.shape.channels).map(|channel| channel * steps + step).collect();
            let known: Vec<usize> = known.into_iter().filter(|place| rows.row(row)[*place] != 0.0).collect();
            hides += known.iter().filter(|place| is_hidden(row, **place)).count();
            assert!(known.windows(2).all(|pair| is_hidden(row, pair[0]) == is_hidden(row, pair[1])));
        }
    }
    assert!(hides > 0);
    // Words are numbered otherwise by each network.
    let texts = concat!("csv:", env!("CARGO_MANIFEST_DIR"), "/sample_data/reviews.csv");
    let texts = unmask::data::open(&texts.parse().unwrap(), &mut |_| true).unwrap();
    assert_eq!(Hiding::new(&saved, &texts, 1, 7), None);
}

#[test]
fn a_teacher_is_asked_some_rows_at_a_time_and_about_every_labelled_item_once() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "3"), ("depth", "3")], &data, None);
    let mut teacher = Teacher::new(&forest, &data, "table-mlp", None, Device::Cpu).unwrap();
    assert_eq!(teacher.progress(), (0, data.len() as u64));
    let mut times = 0;
    while teacher.ask().unwrap() {
        times += 1;
        assert!(teacher.progress().0 <= 256 * times);
    }
    assert_eq!(teacher.progress(), (data.len() as u64, data.len() as u64));
    assert!(times > 3, "{times}");
}

#[test]
fn methods_that_need_gradients_refuse_and_offer_a_stand_in() {
    let _lock = torch();
    let data = table();
    let forest = fitted("table-forest", &[("epochs", "3"), ("depth", "3")], &data, None);
    let refused = |method: &str| {
        let params = Params::default();
        let setup = RunSetup {
            method,
            params: &params,
            unit: "column".parse().unwrap(),
            k: 4,
            data: &data,
            black_box: &forest,
            seed: 0,
            name: method,
            device: Device::Cpu,
        };
        TrainRun::new(setup).err().map(|error| error.to_string())
    };
    for method in ["l2x", "meed"] {
        let sentence = refused(method).unwrap();
        assert_sentence(&sentence, &["needs gradients", "set critic=approximators", "unmask fit --distil"]);
    }
    let saved =
        unmask::explain::SavedExplainer::untrained("grad", "column".parse().unwrap(), 4, &forest.card, 0).unwrap();
    let black_box = TorchBox::new(&forest, Device::Cpu).unwrap();
    let rows = rows_of(&forest, &data, Split::Test);
    let probs = black_box.predict(&rows).unwrap();
    let mut explainer = unmask::explain::method("grad").unwrap().explainer(&saved, &black_box).unwrap();
    let units = unmask::data::Units::new("column".parse().unwrap(), rows.shape);
    let error = explainer.scores(&black_box, &rows, &probs, units, 0).unwrap_err().to_string();
    assert_sentence(&error, &["needs gradients", "table-forest gives none", "unmask fit --distil"]);
}
