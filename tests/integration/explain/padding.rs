//! Steps that a shorter series was filled up with are padding: no method selects them, no mask hides them, no table counts or lists them.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use tch::{Device, Kind, Tensor, nn};
use unmask::data::series::{FILLED_UP, own_steps};
use unmask::data::{Dataset, Fit, Modality, Rows, Shape, Split, Unit, Units};
use unmask::explain::learn::run::{RunSetup, TrainRun};
use unmask::explain::learn::selector::Selector;
use unmask::explain::learn::series::{SeriesLstmSelector, SeriesSelector};
use unmask::explain::mask::{fill_rows, keep_only};
use unmask::explain::{Fill, METHODS, Mask, SavedExplainer, method};
use unmask::jobs::scores::{Scores, encode};
use unmask::jobs::{Explain, Output, Task};
use unmask::metric::context::ContextSetup;
use unmask::metric::{Context, Shared, metric};
use unmask::model::distil::Hiding;
use unmask::model::layers::Framework;
use unmask::model::tensors::from_rows;
use unmask::model::{Background, BlackBox, SavedBox, TorchBox};
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

const ITEMS: usize = 40;
const STEPS: usize = 12;
const SERIES: Shape = Shape::new(2, 1, STEPS);

/// How many of the steps item `item` has: 3 to 12.
fn length(item: usize) -> usize {
    3 + item % 10
}

/// Items of different lengths as a user has them: a table with a row for each step.
fn short_series() -> Dataset {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("short.csv");
    let mut text = "item,step,class,x,y\n".to_owned();
    for item in 0..ITEMS {
        for step in 0..length(item) {
            let (class, turn) = (["calm", "wild"][item % 2], (3 * item + 2 * step) as f32);
            writeln!(text, "{item},{step},{class},{:.3},{:.3}", turn.sin(), turn.cos() + 0.5).unwrap();
        }
    }
    std::fs::write(&path, text).unwrap();
    let spec = format!("series:{}?steps={STEPS}", path.display()).parse().unwrap();
    unmask::data::open(&spec, &mut |_| true).unwrap()
}

fn all_rows(data: &Dataset) -> Rows {
    data.rows(&(0..ITEMS).collect::<Vec<_>>(), SERIES, &Fit::default()).unwrap()
}

fn units() -> Vec<Units> {
    ["step", "segment:5", "channel-step"].map(|unit| Units::new(unit.parse().unwrap(), SERIES)).into()
}

/// How many units item `item` has, and the first step of unit `unit`.
fn count_of(units: Units, item: usize) -> usize {
    units.layers() * length(item).div_ceil(units.block().1)
}

fn first_step(units: Units, unit: usize) -> usize {
    unit % units.grid().1 * units.block().1
}

fn quick_box(data: &Dataset) -> SavedBox {
    fitted(("dorar-series", "short box"), &[("epochs", "1"), ("batch", "8")], data, 0, None)
}

fn trained(id: &str, unit: Unit, data: &Dataset, saved: &SavedBox) -> SavedExplainer {
    let mut settings = vec![("epochs", "1"), ("batch", "8")];
    if id == "dorar" {
        settings.push(("generator", "local"));
    }
    let params = params(method(id).unwrap().spec().params, &settings);
    let (black_box, device, name) = (saved, Device::Cpu, "short explainer");
    let setup = RunSetup { method: id, params: &params, unit, k: 4, data, black_box, seed: 0, name, device };
    let mut run = TrainRun::new(setup).unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    run.checkpoint().unwrap()
}

#[test]
fn no_method_selects_steps_that_were_filled_up_and_a_large_k_selects_all_others() {
    let _torch = torch();
    let data = short_series();
    let saved = quick_box(&data);
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let rows = all_rows(&data);
    let probs = black_box.predict(&rows).unwrap();
    for method in METHODS.iter().filter(|method| method.spec().modalities.contains(&Modality::Series)) {
        let id = method.spec().id;
        for units in units() {
            let explainer = if method.spec().trains {
                trained(id, units.unit, &data, &saved)
            } else {
                SavedExplainer::untrained(id, units.unit, 4, &saved.card, 0).unwrap()
            };
            let mut explainer = method.explainer(&explainer, &black_box).unwrap();
            let scores = explainer.scores(&black_box, &rows, &probs, units, 1).unwrap();
            for item in 0..ITEMS {
                for k in [1, 2, 5, 1000] {
                    let selected = Mask::top_k(scores.row(item), k).selected();
                    let what = format!("{id}, {}, {} steps, k {k}: {selected:?}", units.unit, length(item));
                    assert!(selected.iter().all(|&unit| first_step(units, unit) < length(item)), "{what}");
                    assert_eq!(selected.len(), k.min(count_of(units, item)), "{what}");
                }
            }
        }
    }
}

#[test]
fn selectors_of_series_never_draw_what_was_filled_up_while_they_learn() {
    let _torch = torch();
    let rows = all_rows(&short_series());
    let input = from_rows(&rows, Device::Cpu);
    let probs = Tensor::full([ITEMS as i64, 2], 0.5, (Kind::Float, Device::Cpu));
    for units in units() {
        let store = nn::VarStore::new(Device::Cpu);
        let root = store.root();
        let selectors: [Box<dyn Selector>; 3] = [
            Box::new(SeriesSelector::new(&(&root / "l2x"), units, Framework::Keras, false)),
            Box::new(SeriesSelector::new(&(&root / "dorar"), units, Framework::XavierRelu, true)),
            Box::new(SeriesLstmSelector::new(&(&root / "meed"), units, Some(2))),
        ];
        for selector in selectors {
            let scores = values(&selector.scores(&input, &probs, true));
            for (item, scores) in scores.chunks(units.count()).enumerate() {
                // Beside this the share of a draw is exactly zero.
                let never: Vec<bool> = scores.iter().map(|score| *score < -1e8).collect();
                assert_eq!(never, units.padding(rows.row(item)), "{}, item {item}: {scores:?}", units.unit);
                assert_eq!(never.iter().filter(|never| !**never).count(), count_of(units, item));
            }
        }
    }
}

#[test]
fn steps_that_were_filled_up_are_neither_hidden_nor_filled() {
    let channel = |first: f32| (0..STEPS).map(move |step| if step < 7 { first + step as f32 } else { FILLED_UP });
    let rows = Rows { shape: SERIES, values: channel(1.0).chain(channel(-3.0)).collect() };
    // Training items that have all steps, and such as have two: their end may not become that of this item.
    let whole = Background::from_rows(&Rows { shape: SERIES, values: vec![5.0; 3 * SERIES.len()] });
    let end = |place: usize| if place % STEPS < 2 { 5.0 } else { FILLED_UP };
    let short = Background::from_rows(&Rows { shape: SERIES, values: (0..SERIES.len()).map(end).collect() });
    for (units, background) in units().into_iter().flat_map(|units| [(units, &whole), (units, &short)]) {
        for fill in Fill::ALL {
            let filled = fill_rows(&rows, units, fill, background, 3);
            let all = keep_only(&rows, units, &[Mask(vec![true; units.count()])], &filled);
            assert_eq!(all.values, rows.values, "all is selected: nothing is hidden");
            let none = keep_only(&rows, units, &[Mask(vec![false; units.count()])], &filled);
            assert_eq!(own_steps(&none.values, STEPS), 7, "{} {fill:?}: it ends where it ended", units.unit);
            for (place, value) in none.values.iter().enumerate().filter(|(place, _)| place % STEPS < 7) {
                assert_eq!(*value, filled.values[place], "{} {fill:?}: place {place} is hidden", units.unit);
            }
        }
    }
}

#[test]
fn copies_with_hidden_parts_that_a_stand_in_learns_from_keep_the_end_of_each_item() {
    let data = short_series();
    let rows = all_rows(&data);
    let saved = box_with("dorar-series", SERIES, 2, Vec::new());
    let hiding = Hiding::new(&saved, &data, 3, 1).unwrap();
    let copies = hiding.apply(&rows, &vec![9.0; SERIES.len()], Split::Train);
    let changed = (0..copies.n()).filter(|&copy| copies.row(copy) != rows.row(copy % ITEMS)).count();
    assert!(changed > ITEMS, "parts are hidden: of {changed} copies");
    for copy in 0..copies.n() {
        assert_eq!(own_steps(copies.row(copy), STEPS), length(copy % ITEMS), "copy {copy}");
    }
}

#[test]
fn what_was_filled_up_has_no_rank_and_no_line_in_a_table_of_scores() {
    let _torch = torch();
    let data = short_series();
    // A single unit that truly decides: the first step. At k = 1 of 3 steps its rank is at most 3, of 12 with padding it would be more.
    let data = Arc::new(Dataset { truth: Some(Arc::new(vec![vec![0, STEPS as u32]; ITEMS])), ..data });
    let saved = Arc::new(quick_box(&data));
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let explainers = vec![untrained("random", "step", 1, &saved)];
    for seed in 0..5 {
        let mut checkpoint = |_| Ok(());
        let shared = Shared::default();
        let mut context = Context::new(ContextSetup {
            black_box: &black_box,
            saved_box: &saved,
            explainer: &explainers[0],
            unit: Unit::Step,
            k: 1,
            fill: Fill::Zero,
            data: &data,
            fit: Fit::default(),
            split: Split::Train,
            limit: None,
            seed,
            embedding: None,
            shared: &shared,
            checkpoint: &mut checkpoint,
        })
        .unwrap();
        let ranks = metric("median_rank").unwrap().compute(&mut context).unwrap();
        let items = data.in_split(Split::Train);
        assert_eq!(ranks.len(), items.len());
        for (item, rank) in items.into_iter().zip(ranks) {
            assert!(rank <= length(item) as f64, "rank {rank} of {} steps", length(item));
        }
    }

    let mut worker = worker();
    let item = 0;
    let task = Task::Explain(Box::new(Explain {
        black_box: saved.clone(),
        explainers: explainers.clone(),
        data: data.clone(),
        item,
        fit: Fit::default(),
        unit: Unit::Step,
        k: 1000,
        fill: Fill::Noise,
        seed: 4,
        class_answers: false,
        contrast: None,
        rebuilt: false,
    }));
    let id = worker.submit(Slot::new(1, 0), Priority::Normal, task);
    let Output::Explained(explained) = worker.wait_for(id, drop).unwrap() else { panic!("no explanation") };
    let result = explained.methods[0].as_ref().unwrap();
    assert_eq!(result.selectable(), length(item));
    // With everything selected nothing is hidden.
    assert_eq!(result.probs_selected, explained.probs_full);
    let scores = Scores { data: &data, black_box: &saved.card, explainers: &explainers };
    let csv = String::from_utf8(encode(Path::new("scores.csv"), &scores, &[explained]).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), 1 + length(item), "a line for each own step: {csv}");
    assert!(csv.lines().skip(1).all(|line| !line.contains("inf")), "{csv}");
}
