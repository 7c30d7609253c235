//! `unmask bench`: speed and memory, as ratios against the bare libtorch loop of the same run and as percentiles.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::{ComputeArgs, Outcome, Runner, check_place, failed, usage, work, write_file};
use crate::data::{Dataset, Modality, Split, Unit, Units};
use crate::device::{MemoryGauge, Mode, compute_threads, n_cores};
use crate::explain::learn::bare::BareLoop;
use crate::explain::learn::run::{RunSetup, Stepped, TrainRun};
use crate::explain::{Fill, MethodSpec, SavedExplainer, method};
use crate::figure::fonts;
use crate::figure::layout::text::{Looks, flow};
use crate::figure::layout::{Panel, View, overlay_rgba};
use crate::jobs::{CHUNK, Compute, Explain, FitBox, Output, Task, TrainExplainer, picture_of};
use crate::metric::stats::mean;
use crate::model::params::Params;
use crate::model::{BlackBox, SavedBox, TorchBox};
use crate::work::{Priority, Slot, Worker};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Data of any kind, e.g. synthetic:mouse or synthetic:xor?n=100000; by default MNIST under UNMASK_DATA, else the sample digits
    #[arg(long)]
    pub data: Option<String>,
    /// The figures, as JSON
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// What is trained and explained for one kind of input.
struct Plan {
    architecture: &'static str,
    /// Method, preset ("" for what the program starts from) and units of each timed training.
    trainings: &'static [(&'static str, &'static str, &'static str, usize)],
    /// Method, unit and k of the timed explanations.
    explainer: (&'static str, Unit, usize),
    /// Training, validation and test items that networks are trained on: enough for the stretches.
    items: [usize; 3],
    /// Other black boxes with a method each, of which one explanation is timed too; `true`: many items in one go as well. Of the plan's own architecture
    /// the box is there already.
    others: &'static [(&'static str, &'static str, bool)],
    /// A method of which 100 items in one go are timed, as a paper does, and what it selects.
    hundred: Option<(&'static str, Unit, usize)>,
}

const PICTURES: Plan = Plan {
    architecture: "meed-cnn",
    trainings: &[
        ("l2x", "", "patch:4", 4),
        ("l2x", "paper", "patch:4", 4),
        ("meed", "", "pixel", 25),
        ("meed", "paper-mnist", "pixel", 25),
        ("aim", "", "patch:4", 4),
        ("dorar", "", "patch:4", 4),
    ],
    explainer: ("meed", Unit::Pixel, 25),
    items: ITEMS,
    others: &[],
    hundred: Some(("dorar", Unit::Patch { rows: 4, cols: 4 }, 4)),
};

const TEXTS: Plan = Plan {
    architecture: "l2x-word-cnn",
    trainings: &[("l2x", "", "word", 10), ("meed", "", "word", 10), ("aim", "", "word", 10)],
    explainer: ("l2x", Unit::Word, 10),
    items: ITEMS,
    // What it answers to each class's words is part of one such explanation.
    others: &[("aim-word-gru-packed", "aim", true)],
    hundred: None,
};

/// Long series, such as 1,600 steps of 2 channels: their recurrent networks are slow, so few are trained on.
const SERIES: Plan = Plan {
    architecture: "dorar-series",
    trainings: &[],
    explainer: ("l2x", Unit::Segment { steps: 4 }, 4),
    items: [160, 40, 100],
    // What its generators rebuild is part of such an explanation; of many in one go they rebuild nothing.
    others: &[("dorar-series", "dorar", false)],
    hundred: None,
};

const TABLES: Plan = Plan {
    architecture: "table-mlp",
    trainings: &[("l2x", "", "column", 4), ("meed", "", "column", 4), ("aim", "", "column", 4)],
    explainer: ("l2x", Unit::Column, 4),
    items: ITEMS,
    others: &[],
    hundred: None,
};

const ITEMS: [usize; 3] = [6000, 200, 500];
/// Items that another black box and its explainer are trained on: speed does not depend on how good they are.
const FEW: [usize; 3] = [600, 100, 200];
/// Batches of many items in one go, of the plan's own black box and of another: recurrent networks are slow.
const BATCHES: usize = STEPS;
const FEW_BATCHES: usize = 4;
/// Times that 100 items are explained, of which the median counts.
const HUNDREDS: usize = 25;
/// Width of a line of text and size of its letters, about as in the window.
const LINE: f32 = 760.0;
const SIZE: f32 = 15.0;

const fn plan_for(modality: Modality) -> &'static Plan {
    match modality {
        Modality::Image => &PICTURES,
        Modality::Text => &TEXTS,
        Modality::Series => &SERIES,
        Modality::Table => &TABLES,
    }
}

/// What the window measures of itself: called by `main`, which knows both.
pub type FrameBench =
    dyn Fn(&Arc<Dataset>, &Arc<SavedBox>, &[Arc<SavedExplainer>]) -> Result<BTreeMap<String, f64>, String>;

/// Steps of one timed stretch; our run and the bare loop take turns.
const STEPS: usize = 12;
/// Stretches of each.
const STRETCHES: usize = 5;
/// Epochs of a timed training, which is never taken so far.
const EPOCHS: &str = "100";
/// Explanations timed.
const EXPLANATIONS: usize = 200;

/// Runs it.
pub fn run(args: &BenchArgs, frames: Option<&FrameBench>) -> Outcome {
    if let Some(out) = &args.out {
        check_place(out)?;
    }
    let mut runner = Runner::new(&args.compute)?;
    let spec = match &args.data {
        Some(spec) => spec.clone(),
        None => match std::env::var("UNMASK_DATA") {
            Ok(root) => format!("mnist:{root}/mnist"),
            Err(_) => "mnist:sample_data/digits".to_owned(),
        },
    };
    let mut figures = BTreeMap::new();
    let started = Instant::now();
    let data = runner.open(&spec)?;
    figures.insert("open_seconds".to_owned(), started.elapsed().as_secs_f64());
    figures.insert("items".to_owned(), data.len() as f64);
    figures.insert("threads".to_owned(), runner.threads as f64);
    eprintln!("{}: {} items opened in {:.2} s", data.name, data.len(), figures["open_seconds"]);
    let plan = plan_for(data.modality);
    // A box of one short epoch: speed does not depend on how good it is.
    let small = small_part(&data, plan.items);
    check_items(plan, &data, &small)?;
    let black_box = fit(&mut runner, plan.architecture, &small)?;
    for (id, preset, unit, k) in plan.trainings {
        let name = if preset.is_empty() { (*id).to_owned() } else { format!("{id}-paper") };
        train_ratio(&runner, &name, (id, preset), (unit, *k), &small, &black_box, &mut figures)?;
    }
    let explainers = quick_explainers(&mut runner, plan.explainer, &small, &black_box)?;
    explain_times("idle", &data, &black_box, &explainers, None, &runner, &mut figures)?;
    batch_ratio(&mut runner, ("explain_batch", BATCHES), &data, &black_box, &explainers, &mut figures)?;
    all_ratio(&mut runner, &data, &black_box, &explainers, &mut figures)?;
    if let Some(explainer) = plan.hundred {
        let explainers = quick_explainers(&mut runner, explainer, &small, &black_box)?;
        hundred(&runner, &small, &black_box, &explainers[0], &mut figures)?;
    }
    for (architecture, method, is_batched) in plan.others {
        let (few, black_box) = if *architecture == plan.architecture {
            (small.clone(), black_box.clone())
        } else {
            let few = small_part(&data, FEW);
            let black_box = fit(&mut runner, architecture, &few)?;
            (few, black_box)
        };
        let (_, unit, k) = plan.explainer;
        let explainers = quick_explainers(&mut runner, (method, unit, k), &few, &black_box)?;
        let name = format!("{method}_{}", architecture.replace('-', "_"));
        explain_times(&name, &data, &black_box, &explainers, None, &runner, &mut figures)?;
        if *is_batched {
            let key = format!("explain_batch_{name}");
            batch_ratio(&mut runner, (&key, FEW_BATCHES), &data, &black_box, &explainers, &mut figures)?;
        }
    }
    let busy = Task::FitBox(Box::new(FitBox {
        architecture: plan.architecture.to_owned(),
        params: Params::default(),
        data: data.clone(),
        seed: 1,
        name: "busy".to_owned(),
        out: None,
        teacher: None,
        hidden_copies: 0,
    }));
    explain_times("while_training", &data, &black_box, &explainers, Some(busy), &runner, &mut figures)?;
    if let Some(frames) = frames {
        figures.extend(frames(&data, &black_box, &explainers).map_err(work)?);
    }
    figures.insert("memory_megabytes".to_owned(), MemoryGauge::default().read().process as f64 / 1e6);
    for (name, value) in &figures {
        println!("{name:40} {value:.4}");
    }
    if let Some(out) = &args.out {
        write_file(out, &serde_json::to_vec_pretty(&figures).map_err(work)?)?;
    }
    Ok(())
}

/// Refuses data with too few items for a batch of each kind, before anything is trained.
fn check_items(plan: &Plan, data: &Dataset, small: &Dataset) -> Outcome {
    for (id, preset, ..) in plan.trainings {
        let spec = method(id).map_err(usage)?.spec();
        let batch = timed_params(spec, preset, data.modality)?.whole(spec.params, "batch").max(1);
        enough(small, Split::Train, batch as usize)?;
    }
    enough(data, Split::Test, CHUNK)
}

fn enough(data: &Dataset, split: Split, batch: usize) -> Outcome {
    let found = data.in_split(split).len();
    if found >= batch {
        return Ok(());
    }
    Err(usage(format!(
        "{}: expected at least {batch} {split} items, for one batch, found {found}; use more data",
        data.name
    )))
}

/// What a training is timed with: a preset of this name, else what the program starts from for this kind of input.
fn timed_params(spec: &MethodSpec, preset: &str, modality: Modality) -> Result<Params, super::Failure> {
    match spec.presets.iter().find(|known| known.id == preset) {
        Some(preset) => Params::from_preset(spec.params, preset).map_err(usage),
        None => Ok(spec.start(modality)),
    }
}

/// The first items of each split.
fn small_part(data: &Arc<Dataset>, items: [usize; 3]) -> Arc<Dataset> {
    let items: Vec<usize> = Split::ALL
        .into_iter()
        .zip(items)
        .flat_map(|(split, n)| data.in_split(split).into_iter().take(n).collect::<Vec<_>>())
        .collect();
    Arc::new(data.subset(&items))
}

fn fit(runner: &mut Runner, architecture: &str, data: &Arc<Dataset>) -> Result<Arc<SavedBox>, super::Failure> {
    let mut params = Params::default();
    params.set(crate::model::architecture(architecture).map_err(usage)?.params, "epochs", "1").map_err(usage)?;
    let task = Task::FitBox(Box::new(FitBox {
        architecture: architecture.to_owned(),
        params,
        data: data.clone(),
        seed: runner.seed,
        name: "bench".to_owned(),
        out: None,
        teacher: None,
        hidden_copies: 0,
    }));
    match runner.run(task, "training the black box", |_| {})? {
        Output::Box(saved) => Ok(saved),
        _ => Err(work("training gave no black box")),
    }
}

/// Items per second of our training over those of the bare loop, in turns.
fn train_ratio(
    runner: &Runner,
    name: &str,
    (id, preset): (&str, &str),
    (unit, k): (&str, usize),
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    figures: &mut BTreeMap<String, f64>,
) -> Outcome {
    let spec = method(id).map_err(usage)?.spec();
    let mut params = timed_params(spec, preset, data.modality)?;
    // Few epochs of large batches would be over before the last stretch.
    params.set(spec.params, "epochs", EPOCHS).map_err(usage)?;
    let unit: Unit = unit.parse().map_err(usage)?;
    let setup = || RunSetup {
        method: id,
        params: &params,
        unit,
        k,
        data,
        black_box,
        seed: runner.seed,
        name: id,
        device: runner.device,
    };
    let mut ours = TrainRun::new(setup()).map_err(failed)?;
    let mut bare = BareLoop::new(&setup(), STEPS).map_err(failed)?;
    let mut rates = Rates::default();
    for stretch in 0..=STRETCHES {
        let started = Instant::now();
        let (mut items, mut beside) = (0, Duration::ZERO);
        for _ in 0..STEPS {
            let before = started.elapsed();
            match ours.step().map_err(failed)? {
                Stepped::Batch(n) => items += n,
                // With its validation, which the bare loop does not have.
                Stepped::Epoch(_) => beside += started.elapsed() - before,
            }
        }
        let our_rate = items as f64 / (started.elapsed() - beside).as_secs_f64();
        let bare_rate = bare.run(STEPS).map_err(failed)?;
        // The first stretch warms up.
        if stretch > 0 {
            rates.push(our_rate, bare_rate);
        }
    }
    rates.tell(name, &format!("train_{name}"), figures);
    Ok(())
}

/// Items per second of ours and of the bare loop, in turns.
#[derive(Default)]
struct Rates {
    ours: Vec<f64>,
    bare: Vec<f64>,
    ratios: Vec<f64>,
}

impl Rates {
    fn push(&mut self, ours: f64, bare: f64) {
        self.ours.push(ours);
        self.bare.push(bare);
        self.ratios.push(ours / bare);
    }

    /// Prints means and the median ratio, and files them under `key`.
    fn tell(mut self, name: &str, key: &str, figures: &mut BTreeMap<String, f64>) {
        let (ours, bare, ratio) = (mean(&self.ours), mean(&self.bare), median(&mut self.ratios));
        eprintln!("{name}: {ours:.0} items/s, bare loop {bare:.0}, ratio {ratio:.3}");
        figures.insert(format!("{key}_items_per_second"), ours);
        figures.insert(format!("{key}_bare_items_per_second"), bare);
        figures.insert(format!("{key}_ratio"), ratio);
    }
}

fn quick_explainers(
    runner: &mut Runner,
    (id, unit, k): (&str, Unit, usize),
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
) -> Result<Vec<Arc<SavedExplainer>>, super::Failure> {
    let part: Vec<usize> =
        (0..data.len()).filter(|item| data.splits[*item] != Split::Train || item % 40 == 0).collect();
    let spec = method(id).map_err(usage)?.spec();
    let mut params = spec.start(data.modality);
    params.set(spec.params, "epochs", "1").map_err(usage)?;
    let task = Task::TrainExplainer(Box::new(TrainExplainer {
        method: id.to_owned(),
        params,
        unit,
        k,
        data: Arc::new(data.subset(&part)),
        black_box: black_box.clone(),
        seed: runner.seed,
        name: id.to_owned(),
        out: None,
    }));
    match runner.run(task, "training an explainer", |_| {})? {
        Output::Explainer(saved) => Ok(vec![saved]),
        _ => Err(work("training gave no explainer")),
    }
}

/// The bare passes that explaining many items in one go is compared with; `n` batches of them are prepared.
fn bare_passes(
    runner: &Runner,
    n: usize,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainer: &SavedExplainer,
) -> Result<BareLoop, super::Failure> {
    let card = &explainer.card;
    let setup = RunSetup {
        method: &card.method,
        params: &card.params,
        unit: card.unit,
        k: card.k,
        data,
        black_box,
        seed: runner.seed,
        name: &card.name,
        device: runner.device,
    };
    BareLoop::of_test(&setup, CHUNK, n).map_err(failed)
}

/// Items per second of explaining these in one go, as for a table of scores: reading and encoding included.
fn explain_rate(
    runner: &mut Runner,
    items: &[usize],
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
) -> Result<f64, super::Failure> {
    let card = &explainers[0].card;
    let explain = Box::new(Explain {
        black_box: black_box.clone(),
        explainers: explainers.to_vec(),
        data: data.clone(),
        item: 0,
        fit: black_box.card.fit,
        unit: card.unit,
        k: card.k,
        fill: Fill::Zero,
        seed: runner.seed,
        class_answers: false,
        contrast: None,
        rebuilt: false,
    });
    let started = Instant::now();
    runner.run(Task::ExplainMany { explain, items: items.to_vec() }, "explaining", |_| {})?;
    Ok(items.len() as f64 / started.elapsed().as_secs_f64())
}

/// Rate of explaining `n` batches in one go over that of the bare forward passes, in turns, filed under `key`.
fn batch_ratio(
    runner: &mut Runner,
    (key, n): (&str, usize),
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
    figures: &mut BTreeMap<String, f64>,
) -> Outcome {
    let mut bare = bare_passes(runner, n, data, black_box, &explainers[0])?;
    let all = data.in_split(Split::Test);
    let some = &all[..all.len().min(CHUNK * n)];
    let mut rates = Rates::default();
    for stretch in 0..=STRETCHES {
        let our_rate = explain_rate(runner, some, data, black_box, explainers)?;
        let bare_rate = bare.forward(some.len().div_ceil(CHUNK)).map_err(failed)?;
        // The first stretch warms up.
        if stretch > 0 {
            rates.push(our_rate, bare_rate);
        }
    }
    rates.tell(&format!("explaining in batches with {}", explainers[0].card.method), key, figures);
    Ok(())
}

/// The same for all test items in one go, between two bare loops of half as many passes.
fn all_ratio(
    runner: &mut Runner,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
    figures: &mut BTreeMap<String, f64>,
) -> Outcome {
    let mut bare = bare_passes(runner, BATCHES, data, black_box, &explainers[0])?;
    let all = data.in_split(Split::Test);
    let half = all.len().div_ceil(2 * CHUNK);
    let before = bare.forward(half).map_err(failed)?;
    let our_rate = explain_rate(runner, &all, data, black_box, explainers)?;
    let after = bare.forward(half).map_err(failed)?;
    let mut rates = Rates::default();
    rates.push(our_rate, 2.0 / (1.0 / before + 1.0 / after));
    figures.insert("explain_all_items".to_owned(), all.len() as f64);
    rates.tell(&format!("explaining {} items in one go", all.len()), "explain_all", figures);
    Ok(())
}

/// Seconds from 100 items to their scores, with and without the black box's answers.
fn hundred(
    runner: &Runner,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainer: &Arc<SavedExplainer>,
    figures: &mut BTreeMap<String, f64>,
) -> Outcome {
    let card = &black_box.card;
    let items: Vec<usize> = data.in_split(Split::Test).into_iter().take(100).collect();
    let rows = card.rows(data, &items, &card.fit).map_err(failed)?;
    let of_card = &explainer.card;
    let units = Units::new(of_card.unit, card.shape);
    let black_box = TorchBox::new(black_box, runner.device).map_err(failed)?;
    let mut scorer = method(&of_card.method).map_err(usage)?.explainer(explainer, &black_box).map_err(failed)?;
    let (mut alone, mut with_answers) = (Vec::new(), Vec::new());
    for _ in 0..HUNDREDS {
        let started = Instant::now();
        let probs = black_box.predict(&rows).map_err(failed)?;
        let between = Instant::now();
        scorer.scores(&black_box, &rows, &probs, units, runner.seed).map_err(failed)?;
        alone.push(between.elapsed().as_secs_f64());
        with_answers.push(started.elapsed().as_secs_f64());
    }
    let id = &of_card.method;
    let (alone, with_answers) = (median(&mut alone), median(&mut with_answers));
    eprintln!(
        "{id}: 100 items to scores {:.1} ms, with the black box's answers {:.1} ms",
        alone * 1e3,
        with_answers * 1e3
    );
    figures.insert(format!("{id}_100_items_ms"), alone * 1e3);
    figures.insert(format!("{id}_100_items_with_answers_ms"), with_answers * 1e3);
    Ok(())
}

/// Milliseconds from asking for an item to its pixels (a picture), what is drawn (a series, a row) or its scores and answers (a text), on a worker thread of its own, as in the window.
fn explain_times(
    name: &str,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
    busy: Option<Task>,
    runner: &Runner,
    figures: &mut BTreeMap<String, f64>,
) -> Outcome {
    let (device, threads) = (runner.device, compute_threads(Mode::Window, n_cores()));
    let spawn = |name: &str| Worker::spawn(name, move || Compute::new(device, threads), || {}).map_err(work);
    let mut training = busy.map(|task| {
        spawn("training").map(|mut worker| {
            worker.submit(Slot::new(1, 0), Priority::Normal, task);
            worker
        })
    });
    if let Some(Ok(_)) = &training {
        // Until the data is read and batches run.
        std::thread::sleep(Duration::from_secs(3));
    }
    let mut worker = spawn("explaining")?;
    let mut items = data.in_split(Split::Test);
    if items.is_empty() {
        items = (0..data.len()).collect();
    }
    let mut millis = Vec::new();
    for at in 0..EXPLANATIONS + 5 {
        let item = items[(at * 37) % items.len()];
        let started = Instant::now();
        let task = Task::Explain(Box::new(Explain {
            black_box: black_box.clone(),
            explainers: explainers.to_vec(),
            data: data.clone(),
            item,
            fit: black_box.card.fit,
            unit: explainers[0].card.unit,
            k: explainers[0].card.k,
            fill: Fill::Zero,
            seed: runner.seed,
            // As in the window.
            class_answers: true,
            contrast: None,
            rebuilt: true,
        }));
        let id = worker.submit(Slot::new(0, 0), Priority::Interactive, task);
        let Output::Explained(explained) = worker.wait_for(id, |_| {}).map_err(failed)? else {
            return Err(work("explaining gave no explanation"));
        };
        // To pixels, or to a text set in lines with the look of each word. (A text in a script that figures do not draw has none.) Lines of series
        // and of tables are drawn within the frames that are timed below.
        match picture_of(data, &black_box.card, &explainers[0].card, &explained, (0, None)) {
            Ok(mut picture) => {
                picture.view = View::Overlay;
                if picture.has_pixels() {
                    overlay_rgba(&picture, Panel::Overlay, None).map_err(work)?;
                }
                if let Some(text) = &picture.text {
                    let lines = flow(text, LINE, &mut |words| fonts::width(words, SIZE));
                    std::hint::black_box((lines, Looks::new(&picture, Panel::Overlay, None)));
                }
            }
            Err(_) if data.modality == Modality::Text => {}
            Err(error) => return Err(failed(error)),
        }
        // The first ones load the network.
        if at >= 5 {
            millis.push(started.elapsed().as_secs_f64() * 1e3);
        }
        if let Some(Ok(training)) = &mut training {
            while training.try_event().is_some() {}
        }
    }
    figures.insert(format!("explain_{name}_p50_ms"), percentile(&mut millis, 0.50));
    figures.insert(format!("explain_{name}_p99_ms"), percentile(&mut millis, 0.99));
    eprintln!(
        "explaining, {name}: p50 {:.1} ms, p99 {:.1} ms",
        percentile(&mut millis, 0.5),
        percentile(&mut millis, 0.99)
    );
    Ok(())
}

/// The value below which `share` of the values lie (nearest rank).
pub(crate) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}
