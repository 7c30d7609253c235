//! Texts of the invented world: reviews whose black box adds up the weights of a few words, and methods that know these weights.

use std::sync::Arc;

use egui_kittest::Harness;
use unmask::data::text::{Corpus, TextFit, TextFitSpec, TextItems};
use unmask::data::{DataSpec, Dataset, Items, Modality, Rows, Split, Unit, Units};
use unmask::explain::Fill;
use unmask::explain::mask::{Mask, keep_only};
use unmask::jobs::{ByClass, Explain, Explained, MethodResult, Output, Task, classes};
use unmask::model::{Background, SavedBox};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Session};
use unmask::ui::App;
use unmask::ui::dialogs::PresetDialogs;

use super::support::{black_box, window_with};

/// Words that speak for "positive" (above zero) or "negative".
const WEIGHTS: [(&str, f32); 8] = [
    ("delight", 3.0),
    ("superb", 2.5),
    ("smile", 1.5),
    ("charming", 2.0),
    ("drags", -2.0),
    ("dull", -3.0),
    ("wooden", -1.5),
    ("sloppy", -2.5),
];

const REVIEWS: [&str; 6] = [
    "The plot takes its time, yet every scene is a delight. The acting is superb; the music, by contrast, drags on and on.<br \
     /><br />I left the cinema with a smile, and would see it again tomorrow!",
    "A dull film. The dialogue is wooden, the cut is sloppy, and the end drags.",
    "Charming &amp; <i>superb</i>: what a delight.",
    "Nothing happens for an hour. Then the hero wakes up, and it was all a dream.",
    "The first half is dull, the second half is superb.",
    "A smile here, a sloppy scene there; neither harms a charming evening.",
];

/// Words of the longest review.
pub const LONG: usize = 5000;

fn long_review() -> String {
    let filler = ["the", "river", "house", "morning", "of", "an", "old", "street", "and", "evening", "people", "walk"];
    let mut out = String::new();
    for at in 0..LONG {
        out.push_str(match at % 613 {
            40 => "delight",
            300 => "dull",
            _ => filler[(at * 7 + at / 11) % filler.len()],
        });
        out.push_str(if at % 17 == 16 { ". " } else { " " });
    }
    out
}

/// The texts: five rounds of short ones, then the long one.
pub fn dataset(name: &str) -> Dataset {
    let mut corpus = Corpus::default();
    for at in 0..30 {
        corpus.push(REVIEWS[at % REVIEWS.len()]);
    }
    corpus.push(&long_review());
    let n = corpus.len();
    Dataset {
        name: name.to_owned(),
        spec: DataSpec::from_path("reviews"),
        modality: Modality::Text,
        items: Items::Text(TextItems::all(corpus)),
        labels: (0..n).map(|item| Some(u16::from(item % 2 == 0))).collect(),
        classes: vec!["negative".to_owned(), "positive".to_owned()],
        splits: (0..n).map(|item| if item < 20 { Split::Train } else { Split::Test }).collect(),
        source_index: (0..n as u32).collect(),
        hash: format!("{name} hash"),
        remarks: Vec::new(),
        truth: None,
    }
}

/// The black box: the long review is read up to word 4,000.
pub fn text_box() -> SavedBox {
    let data = dataset("reviews");
    let spec = TextFitSpec { length: 4000, ..TextFitSpec::aim(4000) };
    let fit = TextFit::build(
        (0..7).filter_map(|item| data.text(item)).chain([long_review().as_str()]),
        &TextFitSpec { min_count: 1, ..spec },
    );
    let mut made = black_box();
    made.card.name = "Word weights".to_owned();
    made.card.architecture = "l2x-word-cnn".to_owned();
    made.card.shape = fit.shape();
    made.card.classes = data.classes;
    made.card.data_hash = data.hash;
    let rows = Rows { shape: fit.shape(), values: vec![0.0; fit.shape().len()] };
    made.card.text = Some(fit);
    made.background = Arc::new(Background::from_rows(&rows));
    made
}

fn weight(fit: &TextFit, id: f32) -> f32 {
    WEIGHTS.iter().find(|(word, _)| *word == fit.word(id as usize)).map_or(0.0, |(_, weight)| *weight)
}

fn answer(fit: &TextFit, row: &[f32]) -> Vec<f32> {
    let sum: f32 = row.iter().filter(|id| **id != 0.0).map(|id| weight(fit, *id)).sum();
    let positive = 1.0 / (1.0 + (-sum).exp());
    vec![1.0 - positive, positive]
}

fn explain(task: &Explain) -> Output {
    let fit = task.black_box.card.text.as_ref().expect("a box for texts");
    let rows = task.data.token_rows(&[task.item], fit).expect("texts");
    let units = Units::new(task.unit, rows.shape);
    let fill = Rows { shape: rows.shape, values: vec![0.0; rows.values.len()] };
    let only = |mask: Mask| answer(fit, &keep_only(&rows, units, &[mask], &fill).values);
    let methods = task.explainers.iter().map(|explainer| {
        let signed: Vec<f32> = rows.values.iter().map(|id| weight(fit, *id)).collect();
        let scores: Vec<f32> = rows
            .values
            .iter()
            .zip(&signed)
            .map(|(id, weight)| match explainer.card.method.as_str() {
                _ if *id == 0.0 => f32::NEG_INFINITY,
                "random" => ((*id * 37.0) % 64.0) / 64.0,
                _ => weight.abs() + 0.001 * (*id % 7.0),
            })
            .collect();
        // One method tells classes apart.
        let by_class = (explainer.card.method == "grad-x-input").then(|| {
            let column = |sign: f32| -> Vec<f32> {
                let marked = signed.iter().zip(&scores);
                marked.map(|(w, own)| if *own == f32::NEG_INFINITY { *own } else { sign * w }).collect()
            };
            ByClass {
                classes: 2,
                scores: signed.iter().flat_map(|weight| [-weight, *weight]).collect(),
                only: [-1.0, 1.0].into_iter().flat_map(|sign| only(Mask::top_k(&column(sign), task.k))).collect(),
                rest: [-1.0, 1.0]
                    .into_iter()
                    .flat_map(|sign| only(Mask::top_k(&column(sign), task.k).complement()))
                    .collect(),
                // The first class rather than the second, or the other way round.
                contrast: task.contrast.map(|pair| {
                    let mask = Mask::top_k(&column(if pair == (0, 1) { -2.0 } else { 2.0 }), task.k);
                    classes::Contrast { pair, rest: only(mask.complement()), only: only(mask) }
                }),
            }
        });
        let mask = Mask::top_k(&scores, task.k);
        Ok(MethodResult {
            explainer: explainer.card.hash.clone(),
            ranks: classes::ranks(&scores),
            probs_selected: only(mask.clone()),
            probs_unselected: only(mask.complement()),
            scores,
            by_class,
            millis: 1.0,
            rebuilt: Vec::new(),
        })
    });
    Output::Explained(Arc::new(Explained {
        data: task.data.hash.clone(),
        item: task.item,
        units,
        k: task.k,
        fill: task.fill,
        seed: task.seed,
        probs_full: answer(fit, &rows.values),
        methods: methods.collect(),
        row: rows.values.clone(),
        fill_row: fill.values.clone(),
        text: task.data.text(task.item).map(Arc::from),
        millis: 1.0,
    }))
}

/// Answers tasks about texts.
pub fn run(task: &Task) -> Option<Output> {
    Some(match task {
        Task::OpenData { spec } if spec.path.ends_with("reviews") => Output::Data(Arc::new(dataset("reviews"))),
        Task::OpenData { spec } if spec.path.ends_with("hatexplain") => Output::Data(Arc::new(dataset("hatexplain"))),
        Task::Explain(task) if task.data.modality == Modality::Text => explain(task),
        Task::Without(task) if task.data.modality == Modality::Text => {
            let fit = task.black_box.card.text.as_ref()?;
            let mut rows = task.data.token_rows(&[task.item], fit).expect("texts");
            rows.values[task.at] = 0.0;
            Output::Without { item: task.item, at: task.at, probs: answer(fit, &rows.values) }
        }
        Task::Predict { black_box, data, items, .. } if data.modality == Modality::Text => {
            let fit = black_box.card.text.as_ref()?;
            let rows = data.token_rows(items, fit).expect("texts");
            let probs = (0..items.len()).flat_map(|at| answer(fit, rows.row(at))).collect();
            Output::Predictions { items: items.clone(), probs, classes: 2 }
        }
        _ => return None,
    })
}

/// The reviews are open, with a black box and methods; `by_class` shows the method that tells classes apart.
pub fn reviews(size: [f32; 2], appearance: Appearance, data: &str, by_class: bool) -> Harness<'static, App> {
    let mut session = Session::new();
    session.settings.appearance = appearance;
    session.boxes.push(Arc::new(text_box()));
    session.active_box = Some(0);
    session.machine = Some("CPU, 2 cores, 8 GB".to_owned());
    let mut harness = window_with(size, session, PresetDialogs::default());
    harness.state_mut().command(Command::OpenSpec(data.to_owned()));
    harness.run();
    let session = &harness.state().session;
    let wanted = if by_class { "grad-x-input" } else { "grad" };
    let at = session.explainers.iter().position(|explainer| explainer.card.method == wanted).expect("a method");
    harness.state_mut().command(Command::SetMethod { column: 0, explainer: at });
    harness.state_mut().command(Command::SetK(5));
    harness.run();
    assert_eq!(harness.state().session.explore.unit, Unit::Word);
    assert_eq!(harness.state().session.explore.fill, Fill::Zero);
    harness
}
