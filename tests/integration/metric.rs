//! Metrics against tables worked out by hand, with a black box whose answer can be read off its input.
//!
//! The box looks at the inner 4 x 4 pixels of 8 x 8: logit 0 is ten times the sum of the maxima of the two left 2 x 2 blocks, logit 1 ten times
//! that of the right ones, plus 1. So an empty picture is of class 1.

mod tables;
mod text;
mod truth;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use unmask::data::{Dataset, DensePictures, Fit, Items, Modality, Rows, Split, Units};
use unmask::explain::learn::fresh_generator::most_steps;
use unmask::explain::{ExplainError, Explainer, Fill, Scores};
use unmask::jobs::table::encode;
use unmask::jobs::{Agree, Cell, Evaluate, Output, Task};
use unmask::metric::context::ContextSetup;
use unmask::metric::sensitivity::relative_change;
use unmask::metric::{Context, METRICS, MetricUnit, Shared, metric, stats};
use unmask::model::{BlackBox, Device, Probs, SavedBox, TorchBox};
use unmask::work::{Event, JobError, Priority, Progress, Slot};

use crate::integration::tiny::*;

fn golden() -> serde_json::Value {
    json(include_str!("../golden/metrics.json"))
}

#[test]
fn the_relative_change_of_scores_is_numpys_and_a_zero_explanation_counts_as_one() {
    for case in golden()["relative_change"].as_array().unwrap() {
        let found = relative_change(&floats(&case["a"]), &floats(&case["b"]));
        assert_near(&[found], &numbers(&case["change"]), 1e-6, "relative change");
    }
}

#[test]
fn wilson_intervals_are_those_of_statsmodels() {
    for case in golden()["wilson"].as_array().unwrap() {
        let (hits, n) = (case["hits"].as_u64().unwrap() as usize, case["n"].as_u64().unwrap() as usize);
        assert_near(&stats::wilson(hits, n), &numbers(&case["interval"]), 1e-7, &format!("{hits} of {n}"));
        let shares: Vec<f64> = (0..n).map(|item| if item < hits { 100.0 } else { 0.0 }).collect();
        let percent: Vec<f64> = numbers(&case["interval"]).into_iter().map(|share| 100.0 * share).collect();
        assert_near(&stats::interval(&shares, 0), &percent, 1e-7, "shares as percent");
    }
    assert_eq!(stats::wilson(0, 0), [0.0, 1.0]);
}

/// Another generator than SciPy's: the ends agree up to the noise of 2,000 resamples.
fn assert_interval(found: [f64; 2], golden: &serde_json::Value, what: &str) {
    let expected = numbers(golden);
    let tolerance = 0.06 * (expected[1] - expected[0]);
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < tolerance, "{what}: found {found}, expected {expected}");
    }
}

#[test]
fn bootstrap_intervals_are_scipys_and_the_clustered_ones_numpys() {
    let golden = golden();
    let values = numbers(&golden["bootstrap"]["values"]);
    assert_interval(stats::interval(&values, 1), &golden["bootstrap"]["interval"], "over items");
    assert_interval(stats::cluster_interval(&[values], 2), &golden["bootstrap"]["interval"], "one run");
    let runs: Vec<Vec<f64>> = golden["cluster"]["runs"].as_array().unwrap().iter().map(numbers).collect();
    assert_interval(stats::cluster_interval(&runs, 3), &golden["cluster"]["interval"], "seeds and items");
    assert_eq!(stats::cluster_interval(&runs, 3), stats::cluster_interval(&runs, 3));
}

#[test]
fn means_and_spreads_are_the_usual_ones() {
    assert_eq!((stats::mean(&[1.0, 2.0, 6.0]), stats::sd(&[1.0, 2.0, 6.0])), (3.0, 7.0_f64.sqrt()));
    assert_eq!((stats::sd(&[5.0]), stats::sd(&[])), (0.0, 0.0));
}

/// See the head of the file.
fn readable_box() -> SavedBox {
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)> = meed_shapes()
        .into_iter()
        .map(|(name, shape)| {
            let n = shape.iter().product();
            (name, (shape, vec![0.0; n]))
        })
        .collect();
    let mut set = |name: &str, at: usize, value: f32| tensors.get_mut(name).unwrap().1[at] = value;
    // The middle of the first kernel of both convolutions: channel 0 passes the picture on, cropped by two pixels.
    set("conv1.weight", 4, 1.0);
    set("conv2.weight", 4, 1.0);
    // After pooling the first four of 256 inputs are channel 0's 2 x 2 blocks, row by row.
    for block in [0, 2] {
        set("dense1.weight", block, 1.0);
        set("dense1.weight", 256 + block + 1, 1.0);
    }
    set("dense2.weight", 0, 10.0);
    set("dense2.weight", 128 + 1, 10.0);
    set("dense2.bias", 1, 1.0);
    box_with("meed-cnn", SHAPE, 2, safetensors(&tensors))
}

/// Pictures that are black but for the pixels `(row, column, brightness)`; the last `n_test` are the test items.
fn pictures(items: &[&[(usize, usize, u8)]], n_test: usize) -> Arc<Dataset> {
    let mut bytes = vec![0; items.len() * SHAPE.len()];
    for (item, pixels) in items.iter().enumerate() {
        for (row, col, value) in *pixels {
            bytes[item * SHAPE.len() + row * SIDE + col] = *value;
        }
    }
    let n = items.len();
    Arc::new(Dataset {
        items: Items::Dense(DensePictures {
            shape: SHAPE,
            bytes: Arc::new(bytes),
            order: Arc::new((0..n as u32).collect()),
        }),
        labels: vec![None; n],
        splits: (0..n).map(|item| if item < n - n_test { Split::Train } else { Split::Test }).collect(),
        source_index: (0..n as u32).collect(),
        ..halves(2)
    })
}

fn evaluate(data: &Arc<Dataset>, methods: &[&str], metrics: &[&str], ks: &[usize]) -> Vec<Cell> {
    evaluate_some(data, methods, metrics, ks, None)
}

/// The same on at most `limit` items.
fn evaluate_some(
    data: &Arc<Dataset>,
    methods: &[&str],
    metrics: &[&str],
    ks: &[usize],
    limit: Option<usize>,
) -> Vec<Cell> {
    let saved = Arc::new(readable_box());
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers: methods.iter().map(|id| untrained(id, "pixel", 1, &saved)).collect(),
        black_box: saved,
        data: data.clone(),
        fit: Fit::default(),
        split: Split::Test,
        metrics: metrics.iter().map(|id| (*id).to_owned()).collect(),
        ks: ks.to_vec(),
        fill: Fill::Zero,
        seed: 0,
        limit,
        embedding: None,
    }));
    let mut worker = worker();
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    match worker.wait_for(id, drop).unwrap() {
        Output::Cells(cells) => cells.to_vec(),
        other => panic!("no table: {other:?}"),
    }
}

fn value<'a>(cells: &'a [Cell], row: &str, metric: &str, k: usize) -> &'a Cell {
    cells.iter().find(|cell| cell.row == row && cell.metric == metric && cell.k == Some(k)).unwrap()
}

/// The four test items: A left only, B right only, C both and more on the left, D black.
const TABLE: [&[(usize, usize, u8)]; 4] = [&[(2, 2, 255)], &[(5, 5, 255)], &[(3, 3, 255), (2, 5, 128)], &[]];

#[test]
fn the_black_box_answers_as_worked_out() {
    let _torch = torch();
    let black_box = TorchBox::new(&readable_box(), Device::Cpu).unwrap();
    let rows = pictures(&TABLE, 4).rows(&[0, 1, 2, 3], SHAPE, &Fit::default()).unwrap();
    let probs = black_box.predict(&rows).unwrap();
    assert_eq!(probs.all_classes(), [0, 1, 0, 1]);
    // Logits 10 and 1.
    assert_near(&[f64::from(probs.row(0)[0])], &[1.0 / (1.0 + (-9.0_f64).exp())], 1e-6, "A");
}

#[test]
fn fidelity_is_what_a_hand_made_table_says() {
    let _torch = torch();
    let data = pictures(&TABLE, 4);
    let cells = evaluate(&data, &["grad-x-input"], &["fs_m", "fu_m", "posthoc_accuracy"], &[1, 2]);
    assert_eq!(cells.len(), 6);
    for k in [1, 2] {
        // S holds the pixel that decides: every class stays.
        assert_eq!(value(&cells, "Gradient x input", "fs_m", k).mean, 100.0);
        assert_eq!(value(&cells, "Gradient x input", "posthoc_accuracy", k).mean, 100.0);
        // S̄: A turns to 1 (empty), B stays 1 (empty), C turns to 1 (its right pixel, or empty), D stays.
        let cell = value(&cells, "Gradient x input", "fu_m", k);
        assert_eq!((cell.mean, cell.items), (50.0, 4));
        assert_eq!(cell.ci95, stats::wilson(2, 4).map(|share| 100.0 * share));
    }
}

#[test]
fn some_of_the_items_are_taken_from_all_over_the_split() {
    let _torch = torch();
    let data = pictures(&TABLE, 4);
    // A and C, whose classes both change; of A and B one would stay.
    let cells = evaluate_some(&data, &["grad-x-input"], &["fu_m"], &[1], Some(2));
    let cell = value(&cells, "Gradient x input", "fu_m", 1);
    assert_eq!((cell.mean, cell.items), (0.0, 2));

    // Masks of both methods are one for A. Where two pixels on the left decide, the gradient is the same at both, so that the first is taken; times the
    // input it is larger at the brighter one.
    let two: &[(usize, usize, u8)] = &[(2, 2, 100), (5, 2, 200)];
    let data = pictures(&[TABLE[0], TABLE[0], two, two], 4);
    let saved = Arc::new(readable_box());
    let task = Task::Agree(Box::new(Agree {
        explainers: ["grad", "grad-x-input"].map(|id| untrained(id, "pixel", 1, &saved)).to_vec(),
        black_box: saved,
        data,
        fit: Fit::default(),
        split: Split::Test,
        limit: Some(2),
        unit: "pixel".parse().unwrap(),
        k: 1,
        seed: 0,
    }));
    let mut worker = worker();
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    let Output::Agreement(agreement) = worker.wait_for(id, drop).unwrap() else { panic!("no agreement") };
    assert_eq!((agreement.items, &agreement.means[..]), (2, &[100.0, 50.0, 50.0, 100.0][..]));
}

#[test]
fn random_masks_miss_the_deciding_pixel_that_gradients_find() {
    let _torch = torch();
    let lit: Vec<Vec<(usize, usize, u8)>> =
        (0..40).map(|item| vec![(2 + item % 4, 2 + item / 4 % 2, 200 + item as u8)]).collect();
    let items: Vec<&[(usize, usize, u8)]> = lit.iter().map(Vec::as_slice).collect();
    let cells = evaluate(&pictures(&items, 40), &["grad", "grad-x-input", "random"], &["fs_m", "fu_m"], &[1]);
    for gradient in ["Gradient", "Gradient x input"] {
        assert_eq!(value(&cells, gradient, "fs_m", 1).mean, 100.0);
        assert_eq!(value(&cells, gradient, "fu_m", 1).mean, 0.0);
    }
    // One pixel of 64 at random: expected 1.6 %.
    assert!(value(&cells, "Random", "fs_m", 1).mean <= 15.0);
    assert!(value(&cells, "Random", "fu_m", 1).mean >= 85.0);
}

#[test]
fn every_metric_gives_one_value_per_item_in_its_unit() {
    let _torch = torch();
    let mut items: Vec<&[(usize, usize, u8)]> = Vec::new();
    for _ in 0..15 {
        items.extend(TABLE);
    }
    let data = pictures(&items, 20);
    // What needs training or weights per class is not defined for gradients, and texts have their own tests.
    let undefined = ["class_faithfulness", "class_faithfulness_in_place", "pairwise_iou", "train_minutes"];
    let specs = METRICS.iter().filter(|metric| !metric.needs_truth());
    let specs = specs.map(|metric| metric.spec()).filter(|spec| spec.modalities.contains(&Modality::Image));
    let ids: Vec<&str> = specs.map(|spec| spec.id).filter(|id| !undefined.contains(id)).collect();
    let cells = evaluate(&data, &["grad-x-input"], &ids, &[1]);
    for id in ids {
        let (cell, spec) = (value(&cells, "Gradient x input", id, 1), metric(id).unwrap().spec());
        match spec.unit {
            MetricUnit::Seconds => assert!(cell.mean > 0.0 && cell.mean < 10.0, "{id}: {}", cell.mean),
            MetricUnit::Number | MetricUnit::Minutes => assert!(cell.mean.is_finite(), "{id}"),
            MetricUnit::Percent => assert!((0.0..=100.0).contains(&cell.mean) || id.starts_with("sen"), "{id}"),
        }
        assert!(cell.ci95[0] <= cell.mean && cell.mean <= cell.ci95[1], "{id}: {:?}", cell.ci95);
        if id != "tps_batched" {
            assert_eq!(cell.items, 20, "{id}");
        }
    }
    let mean = |id: &str| value(&cells, "Gradient x input", id, 1).mean;
    assert!(mean("sen") >= mean("sen_single"), "the largest of 50 draws is no smaller than one of them");
    assert_eq!(mean("fs_m"), mean("posthoc_accuracy"));
}

/// What a worker answers to a table of two methods at one pixel, and how far it said to be meanwhile.
fn table_of(data: &Arc<Dataset>, metrics: &[&str]) -> (Result<Output, JobError>, Vec<Progress>) {
    let saved = Arc::new(readable_box());
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers: ["grad-x-input", "random"].map(|id| untrained(id, "pixel", 1, &saved)).to_vec(),
        black_box: saved,
        data: data.clone(),
        fit: Fit::default(),
        split: Split::Test,
        metrics: metrics.iter().map(|id| (*id).to_owned()).collect(),
        ks: vec![1],
        fill: Fill::Zero,
        seed: 0,
        limit: None,
        embedding: None,
    }));
    let (mut worker, mut seen) = (worker(), Vec::new());
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    let result = worker.wait_for(id, |event| {
        if let Event::Progress(_, progress) = event {
            seen.push(progress);
        }
    });
    (result, seen)
}

#[test]
fn what_the_data_do_not_have_is_left_out_and_all_else_is_measured() {
    let _torch = torch();
    // Without training items nothing can be learned either, which shows only while it is measured.
    let data = pictures(&TABLE, 4);
    let (result, _) = table_of(&data, &["hit_rate", "fs_m", "purity", "fs_a"]);
    let Ok(Output::Cells(table)) = result else { panic!("{result:?}") };
    assert_eq!(table.iter().map(|cell| cell.metric.as_str()).collect::<Vec<_>>(), ["fs_m"; 2]);
    let notes = table.notes();
    assert_eq!(notes.len(), 3, "{notes:?}");
    for (note, parts) in notes.iter().zip([
        ["Left out: Hit rate needs data", "what truly matters", "found halves."],
        ["Left out: Purity is defined for texts", "found pictures", "."],
        ["Left out: FS-A: halves", "expected training items", "found none"],
    ]) {
        assert_sentence(note, &parts);
    }
    for name in ["table.md", "table.tex"] {
        let written = String::from_utf8(encode(Path::new(name), &table).unwrap()).unwrap();
        assert!(notes.iter().all(|note| written.contains(note.as_str())), "{written}");
    }
    let refused = |metrics: &[&str]| table_of(&data, metrics).0.unwrap_err().notice();
    let nothing = refused(&["hit_rate", "purity"]);
    assert_eq!(nothing.code, "unfit");
    assert_sentence(&nothing.summary, &["none of the 2 metrics", "Hit rate needs data", "name others"]);
    assert_sentence(&refused(&["fs_m", "fs_x"]).summary, &["metric fs_x", "fs_m, fu_m"]);
}

#[test]
fn a_table_has_one_progress_over_all_methods_and_metrics() {
    let _torch = torch();
    let mut items: Vec<&[(usize, usize, u8)]> = Vec::new();
    for _ in 0..60 {
        items.extend(TABLE);
    }
    let (result, seen) = table_of(&pictures(&items, 20), &["fs_m", "a1", "a2", "a1_rel"]);
    let Ok(Output::Cells(table)) = result else { panic!("{result:?}") };
    assert_eq!(table.len(), 2 * 4);
    assert!(!seen.is_empty());
    let total = seen[0].total;
    assert!(seen.iter().all(|at| at.total == total && at.unit == "steps"), "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done), "{seen:?}");
    // 220 training items, of which 18 are held out: 3 minibatches for each of at most 20 epochs.
    assert_eq!(most_steps(220, 20), 60);
    let said = seen.iter().find(|at| at.message.contains("a fresh generator")).expect("what is done now is said");
    assert!(said.message.contains(" of 60 batches)") && said.message.contains(" at k = 1 ("), "{}", said.message);
    // A start of 2 steps and one for FS-M, for each method 2 generators, and the ceiling once; scoring the training items is 2.
    assert_eq!(total, Some(2 * (2 + 1 + 2 + 2 * 60) + 60));
}

#[test]
fn unknown_metrics_are_refused_with_the_known_ones() {
    let Err(error) = metric("fs-m") else { panic!("this must be refused") };
    assert_sentence(&error.to_string(), &["fs-m", "fs_m, fu_m", "sen_single"]);
}

/// Scores that are given functions of the input.
struct Fixed(fn(&[f32]) -> Vec<f32>);

impl Explainer for Fixed {
    fn raw_scores(
        &mut self,
        _: &dyn BlackBox,
        rows: &Rows,
        _: &Probs,
        units: Units,
        _: u64,
    ) -> Result<Scores, ExplainError> {
        let values = (0..rows.n()).flat_map(|row| (self.0)(rows.row(row))).collect();
        Ok(Scores::new(units.count(), values))
    }
}

fn with_fixed<R>(fixed: fn(&[f32]) -> Vec<f32>, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
    with_explainer(&pictures(&TABLE, 4), Box::new(Fixed(fixed)), run)
}

fn with_explainer<R>(data: &Arc<Dataset>, own: Box<dyn Explainer>, run: impl FnOnce(&mut Context<'_>) -> R) -> R {
    let saved = readable_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let explainer = untrained("random", "pixel", 2, &saved);
    let mut checkpoint = |_| Ok(());
    let shared = Shared::default();
    let mut context = Context::new(ContextSetup {
        black_box: &black_box,
        saved_box: &saved,
        explainer: &explainer,
        unit: "pixel".parse().unwrap(),
        k: 2,
        fill: Fill::Zero,
        data,
        fit: saved.card.fit,
        split: Split::Test,
        limit: None,
        seed: 0,
        embedding: None,
        shared: &shared,
        checkpoint: &mut checkpoint,
    })
    .unwrap();
    context.explainer = own;
    let (rows, probs, units) = (context.test.rows.clone(), context.test.probs.clone(), context.units);
    context.test.scores = context.explainer.scores(&black_box, &rows, &probs, units, 0).unwrap();
    run(&mut context)
}

#[test]
fn an_explanation_that_never_changes_has_no_sensitivity() {
    let _torch = torch();
    for id in ["sen", "sen_single"] {
        let values = with_fixed(|row| vec![3.0; row.len()], |context| metric(id).unwrap().compute(context).unwrap());
        assert_eq!(values, [0.0; 4]);
    }
}

#[test]
fn sensitivity_of_the_input_itself_is_bounded_by_the_radius_and_grows_with_the_draws() {
    let _torch = torch();
    let sen = |id: &str| with_fixed(<[f32]>::to_vec, |context| metric(id).unwrap().compute(context).unwrap());
    let (largest, single) = (sen("sen"), sen("sen_single"));
    // 64 values moved by at most 0.2 each; the norm of item A is 1. On average a draw moves it by 0.2 * sqrt(64 / 3).
    assert!(single[0] <= largest[0] && largest[0] <= 100.0 * 1.6);
    assert!((single[0] - 92.4).abs() < 25.0, "{}", single[0]);
    // D is black: its norm counts as 1.
    assert!((single[3] - 92.4).abs() < 25.0, "{}", single[3]);
}

/// Notes what it was asked about: the first value of each row.
struct Noting(Rc<RefCell<Vec<f32>>>);

impl Explainer for Noting {
    fn raw_scores(
        &mut self,
        _: &dyn BlackBox,
        rows: &Rows,
        _: &Probs,
        units: Units,
        _: u64,
    ) -> Result<Scores, ExplainError> {
        self.0.borrow_mut().extend((0..rows.n()).map(|row| rows.row(row)[0]));
        Ok(Scores::new(units.count(), rows.values.clone()))
    }
}

#[test]
fn what_is_measured_on_some_items_only_takes_them_from_all_over_the_split() {
    let _torch = torch();
    // 200 black pictures, and then 200 white ones.
    let white: Vec<(usize, usize, u8)> = (0..SHAPE.len()).map(|at| (at / SIDE, at % SIDE, 255)).collect();
    let items: Vec<&[(usize, usize, u8)]> =
        (0..400).map(|item| if item < 200 { &white[..0] } else { &white[..] }).collect();
    let seen = Rc::new(RefCell::new(Vec::new()));
    with_explainer(&pictures(&items, 400), Box::new(Noting(seen.clone())), |context| {
        // A black picture's norm counts as 1, a white one's is 8: the same draws change it by an eighth.
        let changes = metric("sen_single").unwrap().compute(context).unwrap();
        assert_eq!(changes.len(), 200);
        assert!(
            changes[..100].iter().all(|change| *change > 50.0) && changes[100..].iter().all(|change| *change < 30.0)
        );
        seen.borrow_mut().clear();
        assert_eq!(metric("tps").unwrap().compute(context).unwrap().len(), 100);
        assert_eq!(*seen.borrow(), [vec![0.0; 50], vec![1.0; 50]].concat());
    });
}

#[test]
fn an_empty_split_is_refused() {
    let _torch = torch();
    let saved = readable_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let explainer = untrained("random", "pixel", 2, &saved);
    let data = pictures(&TABLE, 0);
    let mut checkpoint = |_| Ok(());
    let shared = Shared::default();
    let refused = Context::new(ContextSetup {
        black_box: &black_box,
        saved_box: &saved,
        explainer: &explainer,
        unit: "pixel".parse().unwrap(),
        k: 2,
        fill: Fill::Zero,
        data: &data,
        fit: saved.card.fit,
        split: Split::Test,
        limit: None,
        seed: 0,
        embedding: None,
        shared: &shared,
        checkpoint: &mut checkpoint,
    });
    assert_sentence(&refused.err().unwrap().to_string(), &["test split", "no items", "choose train (4 items)"]);
}
