//! The only place that builds a harness: a window over a small invented world whose answers are known.
//!
//! The world: 60 pictures of 8 x 8, three classes, a black box that answers by the brightness of the upper left quarter, and methods that
//! score a pixel by its brightness, its darkness, or its position.

use std::path::PathBuf;
use std::sync::Arc;

use egui_kittest::{Harness, SnapshotOptions};
use unmask::data::{DataSpec, Dataset, DensePictures, Fit, Items, Modality, Rows, Shape, Split, Unit, Units};
use unmask::explain::card::{EXPLAINER_FORMAT, EXPLAINER_VERSION};
use unmask::explain::mask::{Mask, keep_only, top_k};
use unmask::explain::{ExplainerCard, SavedExplainer};
use unmask::jobs::{
    Agreement, Cell, Compute, Conditions, Content, Explained, Measured, MethodResult, Output, Task, TrainingReport,
};
use unmask::model::card::{BOX_FORMAT, BOX_VERSION};
use unmask::model::{Background, BoxCard, Curves, Device, SavedBox, Versions};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Place, Session};
use unmask::ui::dialogs::PresetDialogs;
use unmask::ui::{App, Workers};
use unmask::work::{Env, Job, JobError, Step, one_step};

pub const SHAPE: Shape = Shape::new(1, 8, 8);
pub const ITEMS: usize = 60;

/// A window over the invented world.
pub fn window(size: [f32; 2], session: Session) -> Harness<'static, App> {
    window_with(size, session, PresetDialogs::default())
}

/// The same with dialogs that answer what was prepared.
pub fn window_with(size: [f32; 2], session: Session, dialogs: PresetDialogs) -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(40)
        .with_options(SnapshotOptions::new().threshold(1.0).max_failed_pixels(10))
        .build_eframe(move |cc| App::inline(&cc.egui_ctx, session, Workers::inline(|| World), dialogs));
    harness.run();
    harness
}

/// Data, a black box and three methods are open.
pub fn explained(size: [f32; 2], appearance: Appearance) -> Harness<'static, App> {
    explained_with(size, appearance, PresetDialogs::default())
}

/// The same with dialogs that answer what was prepared.
pub fn explained_with(size: [f32; 2], appearance: Appearance, dialogs: PresetDialogs) -> Harness<'static, App> {
    let mut session = Session::new();
    session.settings.appearance = appearance;
    session.boxes.push(Arc::new(black_box()));
    session.active_box = Some(0);
    session.machine = Some("CPU, 2 cores, 8 GB".to_owned());
    let mut harness = window_with(size, session, dialogs);
    harness.state_mut().command(Command::OpenSpec("world".to_owned()));
    harness.run();
    harness
}

/// A window over data in Train, with real models that are stepped between frames.
pub fn real(data: Option<Dataset>) -> Harness<'static, App> {
    let mut session = Session::new();
    session.data = data.map(Arc::new);
    session.place = Place::Train;
    let mut app = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(600).build_eframe(move |cc| {
        let workers = Workers::inline(|| Compute::new(Device::Cpu, 1));
        App::inline(&cc.egui_ctx, session, workers, PresetDialogs::default())
    });
    app.run();
    app
}

/// Runs the window until nothing is under way.
pub fn settle(app: &mut Harness<'static, App>) {
    for _ in 0..400 {
        app.run();
        if app.state().session.running.all().is_empty() {
            return;
        }
    }
    panic!("still running: {:?}", app.state().session.running.all());
}

/// The data set of the world.
pub fn dataset() -> Dataset {
    let mut bytes = Vec::new();
    for item in 0..ITEMS {
        for y in 0..8 {
            for x in 0..8 {
                bytes.push(if (y < 4 && x < 4) == (item % 3 == 0) { 200 } else { ((item * 7 + y * 8 + x) % 60) as u8 });
            }
        }
    }
    Dataset {
        name: "world".to_owned(),
        spec: DataSpec::from_path("world"),
        modality: Modality::Image,
        items: Items::Dense(DensePictures {
            shape: SHAPE,
            bytes: Arc::new(bytes),
            order: Arc::new((0..ITEMS as u32).collect()),
        }),
        labels: (0..ITEMS).map(|item| Some((item % 3) as u16)).collect(),
        classes: vec!["zero".to_owned(), "one".to_owned(), "two".to_owned()],
        splits: (0..ITEMS).map(|item| if item < 40 { Split::Train } else { Split::Test }).collect(),
        source_index: (0..ITEMS as u32).collect(),
        hash: "world hash".to_owned(),
        remarks: Vec::new(),
        truth: None,
    }
}

/// The black box of the world.
pub fn black_box() -> SavedBox {
    let card = BoxCard {
        format: BOX_FORMAT.to_owned(),
        version: BOX_VERSION,
        name: "Quarter".to_owned(),
        architecture: "l2x-mnist".to_owned(),
        params: Default::default(),
        shape: SHAPE,
        classes: dataset().classes,
        data: "world".to_owned(),
        data_hash: "world hash".to_owned(),
        fit: Fit::default(),
        text: None,
        table: None,
        exec: None,
        answers: Vec::new(),
        distilled: None,
        seed: 0,
        epochs: 1,
        complete: true,
        validation_accuracy: Some(0.9),
        test_accuracy: Some(0.912),
        test_items: 20,
        curves: Curves::default(),
        threads: 1,
        device: "cpu".to_owned(),
        versions: Versions::current(),
        seconds: 1.0,
        hash: "box hash".to_owned(),
    };
    let rows = Rows { shape: SHAPE, values: vec![0.25; SHAPE.len()] };
    SavedBox { card, weights: Arc::new(Vec::new()), background: Arc::new(Background::from_rows(&rows)) }
}

pub fn explainer(method: &str, name: &str, unit: Unit, k: usize) -> SavedExplainer {
    SavedExplainer {
        card: ExplainerCard {
            format: EXPLAINER_FORMAT.to_owned(),
            version: EXPLAINER_VERSION,
            name: name.to_owned(),
            method: method.to_owned(),
            params: Default::default(),
            unit,
            k,
            data: String::new(),
            data_hash: String::new(),
            blackbox_hash: "box hash".to_owned(),
            seed: 0,
            epochs: 0,
            best_epoch: 0,
            complete: true,
            validation: Default::default(),
            curves: Curves::default(),
            threads: 1,
            device: "cpu".to_owned(),
            versions: Versions::current(),
            seconds: 0.0,
            hash: format!("hash of {method}"),
        },
        weights: Arc::new(Vec::new()),
    }
}

/// Probabilities of a row: the brighter the upper left quarter, the likelier class zero.
fn answer(row: &[f32]) -> Vec<f32> {
    let quarter: f32 = (0..16).map(|i| row[i / 4 * 8 + i % 4]).sum::<f32>() / 16.0;
    vec![quarter, (1.0 - quarter) * 0.6, (1.0 - quarter) * 0.4]
}

/// Answers every task at once.
pub struct World;

impl Env for World {
    type Task = Task;
    type Output = Output;

    fn start(&mut self, task: Task) -> Result<Box<dyn Job<Self>>, JobError> {
        if let Task::FitBox(fit) = &task {
            let mut epoch = 0;
            let name = fit.name.clone();
            return Ok(Box::new(Epochs(move || {
                epoch += 1;
                if epoch > 3 {
                    let mut made = black_box();
                    made.card.name.clone_from(&name);
                    made.card.hash = "trained hash".to_owned();
                    return Step::Done(Output::Box(Arc::new(made)));
                }
                let mut report = TrainingReport { epoch, epochs: 3, rate: 100.0, ..Default::default() };
                report.curves.push("loss", f64::from(epoch), 1.0 / f64::from(epoch));
                Step::Partial(Output::Training(Arc::new(report)))
            })));
        }
        if let Task::ExplainMany { explain, items } = task {
            let mut items = items.into_iter();
            let mut explain = *explain;
            return Ok(Box::new(Epochs(move || {
                explain.item = items.next().expect("a sheet has items");
                let output = run(&Task::Explain(Box::new(explain.clone()))).expect("an explanation");
                if items.len() == 0 { Step::Done(output) } else { Step::Partial(output) }
            })));
        }
        Ok(one_step(move |_, _| run(&task)))
    }
}

struct Epochs<F>(F);

impl<F: FnMut() -> Step<Output>> Job<World> for Epochs<F> {
    fn step(&mut self, _env: &mut World, _cx: &mut unmask::work::JobContext<'_>) -> Result<Step<Output>, JobError> {
        Ok((self.0)())
    }
}

/// Shows a trained explainer in the first column.
pub fn show_trained(app: &mut Harness<'static, App>, made: SavedExplainer) {
    let known = &mut app.state_mut().session.explainers;
    known.push(Arc::new(SavedExplainer { weights: Arc::new(vec![1]), ..made }));
    let explainer = known.len() - 1;
    app.state_mut().command(Command::SetMethod { column: 0, explainer });
    app.run();
}

/// What the black box of a world of pictures, series or rows answers.
pub fn answer_in(modality: Modality, row: &[f32]) -> Vec<f32> {
    if modality == Modality::Image { answer(row) } else { super::series::answer(row) }
}

fn run(task: &Task) -> Result<Output, JobError> {
    let output = answered(task)?;
    let (Task::Explain(task), Output::Explained(explained)) = (task, &output) else { return Ok(output) };
    // Some methods tell more than their scores.
    let methods = explained.methods.iter().zip(&task.explainers).map(|(said, explainer)| {
        let said = said.clone();
        said.map(|said| MethodResult {
            by_class: super::by_class::of(&explainer.card, explained, task.contrast).or_else(|| said.by_class.clone()),
            rebuilt: super::rebuilt::of(&explainer.card, explained, &said.scores),
            ..said
        })
    });
    let methods = methods.collect();
    Ok(Output::Explained(Arc::new(Explained { methods, ..Explained::clone(explained) })))
}

fn answered(task: &Task) -> Result<Output, JobError> {
    let of_kind = super::sentences::run(task).or_else(|| super::texts::run(task));
    if let Some(output) = of_kind.or_else(|| super::series::run(task)) {
        return Ok(output);
    }
    Ok(match task {
        Task::OpenData { spec } if spec.path.ends_with("broken") => {
            return Err(JobError::failed("data", "broken: expected pictures, found noise; choose another file"));
        }
        Task::OpenData { .. } => Output::Data(Arc::new(dataset())),
        Task::LoadBox { .. } | Task::FitBox(_) => Output::Box(Arc::new(black_box())),
        Task::LoadExplainer { .. } => Output::Explainer(Arc::new(explainer("random", "Loaded", Unit::Pixel, 5))),
        Task::TrainExplainer(task) => {
            Output::Explainer(Arc::new(explainer(&task.method, &task.name, task.unit, task.k)))
        }
        Task::ExplainMany { .. } => unreachable!("it is stepped"),
        Task::Explain(task) => {
            let rows = task.data.rows(&[task.item], SHAPE, &task.fit).expect("a dense picture");
            let units = Units::new(task.unit, SHAPE);
            let fill_row = vec![0.0; SHAPE.len()];
            let methods = task.explainers.iter().map(|explainer| {
                let scores: Vec<f32> = (0..units.count())
                    .map(|unit| match explainer.card.method.as_str() {
                        "random" => ((unit * 37) % 64) as f32 / 64.0,
                        "grad" => -rows.values[unit % 64],
                        _ => rows.values[unit % 64],
                    })
                    .collect();
                let mut ranks = vec![0; scores.len()];
                for (rank, unit) in top_k(&scores, scores.len()).into_iter().enumerate() {
                    ranks[unit] = rank as u32;
                }
                let mask = Mask::top_k(&scores, task.k);
                let fill = Rows { shape: SHAPE, values: fill_row.clone() };
                let part = |mask: Mask| answer(&keep_only(&rows, units, &[mask], &fill).values);
                Ok(MethodResult {
                    explainer: explainer.card.hash.clone(),
                    probs_selected: part(mask.clone()),
                    probs_unselected: part(mask.complement()),
                    scores,
                    ranks,
                    by_class: None,
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
                probs_full: answer(&rows.values),
                methods: methods.collect(),
                row: rows.values.clone(),
                fill_row,
                text: None,
                millis: 1.0,
            }))
        }
        Task::Without(task) => Output::Without { item: task.item, at: task.at, probs: vec![0.2, 0.5, 0.3] },
        Task::Predict { data, items, fit, .. } => {
            let rows = data.rows(items, SHAPE, fit).expect("dense pictures");
            let probs = (0..items.len()).flat_map(|at| answer(rows.row(at))).collect();
            Output::Predictions { items: items.clone(), probs, classes: 3 }
        }
        Task::Fidelity { items, .. } => Output::Fidelity {
            items: items.clone(),
            selected_stays: items.iter().map(|item| item % 2 == 0).collect(),
            unselected_stays: items.iter().map(|item| item % 5 == 0).collect(),
        },
        Task::Evaluate(task) => Output::Cells(Arc::new(Measured {
            conditions: Conditions {
                black_box: task.black_box.card.name.clone(),
                black_box_hash: "0a1b2c3d".to_owned(),
                data: task.data.spec.to_string(),
                data_hash: "4e5f6a7b".to_owned(),
                split: task.split.to_string(),
                unit: "pixel".to_owned(),
                fill: task.fill.id().to_owned(),
                device: "cpu".to_owned(),
                threads: 2,
                versions: Versions::current(),
                ..Conditions::default()
            },
            cells: task
                .explainers
                .iter()
                .map(|explainer| Cell {
                    row: explainer.card.name.clone(),
                    metric: "fs_m".to_owned(),
                    k: Some(5),
                    class: None,
                    mean: 95.8,
                    ci95: [95.4, 96.2],
                    items: 20,
                })
                .collect(),
            missing: Vec::new(),
        })),
        // Files of studies are real ones; making one takes real networks, and is tested with them.
        Task::Study(task) => return Ok(unmask::jobs::study::run(task)?),
        Task::Agree(task) => {
            let n = task.explainers.len();
            Output::Agreement(Arc::new(Agreement {
                rows: task.explainers.iter().map(|explainer| explainer.card.name.clone()).collect(),
                k: task.k,
                unit: task.unit,
                items: 20,
                means: (0..n * n).map(|at| if at % (n + 1) == 0 { 100.0 } else { 25.0 }).collect(),
                ci95: vec![[20.0, 30.0]; n * n],
            }))
        }
        Task::Write(file) => {
            let bytes = match &file.content {
                Content::Bytes(bytes) => bytes.as_ref().clone(),
                Content::Figure { figure, scale } => {
                    let format = unmask::figure::Format::from_path(&file.path).expect("a known ending");
                    unmask::figure::encode(figure, format, *scale).expect("a figure that can be written")
                }
            };
            std::fs::write(&file.path, bytes).expect("a folder of the test");
            Output::Written(PathBuf::from(&file.path))
        }
    })
}
