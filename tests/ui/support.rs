//! The only place that builds a harness: a window over small invented worlds whose answers are known, and how tests drive it.
//!
//! The world of pictures: 60 of 8 x 8, three classes, a black box that answers by the brightness of the upper left quarter, and methods that
//! score a pixel by its brightness, its darkness, or its position. Texts, series and tables have files of their own, which say what is in them,
//! what their black box answers and how methods score; explanations are made of that here.

use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};
use unmask::data::options::look;
use unmask::data::{DataSpec, Dataset, DensePictures, Fit, Items, Modality, Rows, Shape, Split, Unit, Units};
use unmask::explain::card::{EXPLAINER_FORMAT, EXPLAINER_VERSION};
use unmask::explain::mask::{Mask, keep_only};
use unmask::explain::{ExplainerCard, SavedExplainer};
use unmask::jobs::classes::{self, Contrast};
use unmask::jobs::scores::{Scores, encode};
use unmask::jobs::{
    Agreement, ByClass, Cell, Compute, Conditions, Content, Explain, ExplainInto, Explained, Lens, Measured,
    MethodResult, Output, Task, TrainingReport, WrittenScores,
};
use unmask::model::card::{BOX_FORMAT, BOX_VERSION};
use unmask::model::{Background, BoxCard, Curves, Device, SavedBox, Versions};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Place, Session};
use unmask::ui::dialogs::PresetDialogs;
use unmask::ui::{App, Workers};
use unmask::work::{Env, Job, JobError, Step, one_step};

use super::{by_class, rebuilt, sentences, series, texts};

pub const SHAPE: Shape = Shape::new(1, 8, 8);
pub const ITEMS: usize = 60;

/// A window of the program.
pub type Window = Harness<'static, App>;

/// A session with a machine and, where there is one, a black box in use.
pub fn session_with(appearance: Appearance, black_box: Option<SavedBox>) -> Session {
    let mut session = Session::new();
    session.settings.appearance = appearance;
    session.machine = Some("CPU, 2 cores, 8 GB".to_owned());
    session.active_box = black_box.is_some().then_some(0);
    session.boxes.extend(black_box.map(Arc::new));
    session
}

/// A window over the invented worlds.
pub fn window(size: [f32; 2], session: Session) -> Window {
    window_with(size, session, PresetDialogs::default())
}

/// The same with dialogs that answer what was prepared.
pub fn window_with(size: [f32; 2], session: Session, dialogs: PresetDialogs) -> Window {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(40)
        .with_options(SnapshotOptions::new().threshold(1.0).max_failed_pixels(10))
        .build_eframe(move |cc| App::inline(&cc.egui_ctx, session, Workers::inline(|| World), dialogs));
    harness.run();
    harness
}

/// A window in which a world is opened.
pub fn window_on(size: [f32; 2], session: Session, data: &str) -> Window {
    let mut app = window(size, session);
    act(&mut app, [Command::OpenSpec(data.to_owned())]);
    app
}

/// Pictures, a black box and three methods are open.
pub fn explained(size: [f32; 2], appearance: Appearance) -> Window {
    explained_with(size, appearance, PresetDialogs::default())
}

/// The same with dialogs that answer what was prepared.
pub fn explained_with(size: [f32; 2], appearance: Appearance, dialogs: PresetDialogs) -> Window {
    let mut app = window_with(size, session_with(appearance, Some(black_box())), dialogs);
    act(&mut app, [Command::OpenSpec("world".to_owned())]);
    app
}

/// A window over data in Train, with real models that are stepped between frames.
pub fn real(data: Option<Dataset>) -> Window {
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

/// Where the explainer of a method stands among those that are known.
pub fn place_of(app: &Window, method: &str) -> usize {
    let known = &app.state().session.explainers;
    known.iter().position(|known| known.card.method == method).expect("an explainer of the method")
}

/// Runs the window until nothing is under way.
pub fn settle(app: &mut Window) {
    for _ in 0..400 {
        app.run();
        if app.state().session.running.all().is_empty() {
            return;
        }
    }
    panic!("still running: {:?}", app.state().session.running.all());
}

/// Gives commands, then lets the window come to rest.
#[track_caller]
pub fn act(app: &mut Window, commands: impl IntoIterator<Item = Command>) {
    commands.into_iter().for_each(|command| app.state_mut().command(command));
    app.run();
}

/// Clicks the one button of this name.
#[track_caller]
pub fn click(app: &mut Window, name: &str) {
    click_on(app, Role::Button, name);
}

/// Clicks the one control of this role and name.
#[track_caller]
pub fn click_on(app: &mut Window, role: Role, name: &str) {
    app.get_by_role_and_label(role, name).click();
    app.run();
}

/// Takes an entry of a list.
#[track_caller]
pub fn choose(app: &mut Window, list: &str, entry: &str) {
    click_on(app, Role::ComboBox, list);
    click(app, entry);
}

/// Goes into the one field of this role and name, and writes there.
#[track_caller]
pub fn write(app: &mut Window, role: Role, name: &str, text: &str) {
    app.get_by_role_and_label(role, name).focus();
    app.run();
    app.get_by_role_and_label(role, name).type_text(text);
    app.run();
}

/// Presses a key.
#[track_caller]
pub fn press(app: &mut Window, key: Key) {
    app.key_press(key);
    app.run();
}

/// Presses a key with others held.
#[track_caller]
pub fn press_with(app: &mut Window, held: Modifiers, key: Key) {
    app.key_press_modifiers(held, key);
    app.run();
}

/// Types a sign: digits and points are told by what they write, so that every keyboard's work.
#[track_caller]
pub fn typed(app: &mut Window, sign: &str) {
    app.event(egui::Event::Text(sign.to_owned()));
    app.run();
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
    let pictures = DensePictures { shape: SHAPE, bytes: Arc::new(bytes), order: Arc::new((0..ITEMS as u32).collect()) };
    let labels = (0..ITEMS).map(|item| item % 3);
    dataset_of("world", Items::Dense(pictures), &["zero", "one", "two"], labels, [40, 40])
}

/// Data of a test with the class of each item; those for validation and for tests begin at two places.
pub fn dataset_of(
    name: &str,
    items: Items,
    classes: &[&str],
    labels: impl Iterator<Item = usize>,
    [validation, test]: [usize; 2],
) -> Dataset {
    let labels: Vec<Option<u16>> = labels.map(|label| Some(label as u16)).collect();
    let n = labels.len();
    let split = |item: usize| match item {
        _ if item < validation => Split::Train,
        _ if item < test => Split::Validation,
        _ => Split::Test,
    };
    Dataset {
        name: name.to_owned(),
        spec: DataSpec::from_path(name),
        modality: match items {
            Items::Dense(_) | Items::Lazy(_) => Modality::Image,
            Items::Text(_) => Modality::Text,
            Items::Series(_) => Modality::Series,
            Items::Table(_) => Modality::Table,
        },
        items,
        labels,
        classes: classes.iter().map(|&class| class.to_owned()).collect(),
        splits: (0..n).map(split).collect(),
        source_index: (0..n as u32).collect(),
        hash: format!("{name} hash"),
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
        remarks: Vec::new(),
        distilled: None,
        seed: 0,
        epochs: 1,
        complete: true,
        validation_accuracy: Some(0.9),
        test_accuracy: Some(0.912),
        test_items: 20,
        largest_class: None,
        stopped_early: None,
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

/// A black box with other data, whose rows have this shape.
pub fn box_for(data: &Dataset, name: &str, architecture: &str, shape: Shape) -> SavedBox {
    let mut made = black_box();
    made.card.name = name.to_owned();
    made.card.architecture = architecture.to_owned();
    made.card.shape = shape;
    made.card.classes.clone_from(&data.classes);
    made.card.data_hash.clone_from(&data.hash);
    made.background = Arc::new(Background::from_rows(&Rows { shape, values: vec![0.0; shape.len()] }));
    made
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

/// What an explanation is about: an item as its black box gets it.
pub struct Input<'a> {
    pub card: &'a BoxCard,
    pub units: Units,
    rows: Rows,
}

impl<'a> Input<'a> {
    fn new(card: &'a BoxCard, data: &Dataset, item: usize, fit: &Fit, unit: Unit) -> Self {
        let rows = card.rows(data, &[item], fit).expect("an item that the black box reads");
        Self { card, units: Units::new(unit, rows.shape), rows }
    }

    pub fn row(&self) -> &[f32] {
        self.rows.row(0)
    }

    /// The row with these units; so much is left of the values of all others.
    pub fn part(&self, kept: &Mask, left: f32) -> Vec<f32> {
        let fill = self.row().iter().map(|value| value * left).collect();
        let fill = Rows { shape: self.rows.shape, values: fill };
        keep_only(&self.rows, self.units, std::slice::from_ref(kept), &fill).values
    }

    /// What the black box answers to these units alone.
    fn only(&self, kept: &Mask) -> Vec<f32> {
        answer(self.card, &self.part(kept, 0.0))
    }
}

/// What the black box of a world answers to a row: probabilities.
pub fn answer(card: &BoxCard, row: &[f32]) -> Vec<f32> {
    match (&card.text, card.modality()) {
        (Some(fit), _) => texts::answer(fit, row),
        (None, Modality::Image) => {
            // The brighter the upper left quarter, the likelier class zero.
            let quarter: f32 = (0..16).map(|i| row[i / 4 * 8 + i % 4]).sum::<f32>() / 16.0;
            vec![quarter, (1.0 - quarter) * 0.6, (1.0 - quarter) * 0.4]
        }
        (None, _) => series::answer(row),
    }
}

/// A score that has nothing to do with the item.
pub fn random(unit: usize) -> f32 {
    ((unit * 37) % 64) as f32 / 64.0
}

/// What a method says of each unit.
fn scores(method: &str, input: &Input<'_>) -> Vec<f32> {
    match input.card.modality() {
        Modality::Image => {
            let score = |unit: usize| match method {
                "random" => random(unit),
                "grad" => -input.row()[unit % 64],
                _ => input.row()[unit % 64],
            };
            (0..input.units.count()).map(score).collect()
        }
        Modality::Text => texts::scores(method, input),
        Modality::Series | Modality::Table => series::scores(method, input),
    }
}

/// What a method says of an item, with the black box's answers to what it selects, also for each class where it tells classes apart.
fn said(task: &Explain, input: &Input<'_>, card: &ExplainerCard) -> MethodResult {
    let scores = scores(&card.method, input);
    let selected = Mask::top_k(&scores, task.k);
    let classes = input.card.classes.len();
    let by_class = by_class::of(card, input).map(|scores| ByClass { classes, scores, ..ByClass::default() });
    let said = MethodResult {
        explainer: card.hash.clone(),
        ranks: classes::ranks(&scores),
        lens: None,
        probs_selected: input.only(&selected),
        probs_unselected: input.only(&selected.complement()),
        rebuilt: rebuilt::of(card, input, &selected),
        scores,
        by_class,
        millis: 1.0,
    };
    let Some(by_class) = said.by_class.clone() else { return said };
    // To the units that speak for a class alone, and to all others.
    let answers = |lens: Lens| {
        let kept = Mask::of(&said.speaking_through(lens, task.k), said.ranks.len());
        (input.only(&kept), input.only(&kept.complement()))
    };
    let nothing = input.only(&Mask::of(&[], said.ranks.len()));
    let (only, rest): (Vec<_>, Vec<_>) = (0..classes).map(|class| answers(Lens::Class(class))).unzip();
    let contrast = task.contrast.map(|pair| {
        let (only, rest) = answers(Lens::Contrast(pair.0, pair.1));
        Contrast { pair, only, rest }
    });
    let by_class = ByClass { only: only.concat(), rest: rest.concat(), nothing, contrast, ..by_class };
    MethodResult { by_class: Some(by_class), ..said }
}

/// An explanation as a worker sends it.
fn explanation(task: &Explain) -> Output {
    let input = Input::new(&task.black_box.card, &task.data, task.item, &task.fit, task.unit);
    let methods = task.explainers.iter().map(|explainer| Ok(said(task, &input, &explainer.card))).collect();
    Output::Explained(Arc::new(Explained {
        data: task.data.hash.clone(),
        item: task.item,
        units: input.units,
        k: task.k,
        fill: task.fill,
        seed: task.seed,
        probs_full: answer(input.card, input.row()),
        methods,
        fill_row: vec![0.0; input.row().len()],
        row: input.rows.values,
        text: task.data.text(task.item).map(Arc::from),
        millis: 1.0,
    }))
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
                let output = explanation(&explain);
                if items.len() == 0 { Step::Done(output) } else { Step::Partial(output) }
            })));
        }
        if let Task::ExplainInto(into) = task {
            let mut done = Vec::new();
            return Ok(Box::new(Epochs(move || {
                let item = into.items[done.len()];
                let Output::Explained(one) = explanation(&Explain { item, ..into.explain.clone() }) else {
                    unreachable!("it explains")
                };
                done.push(one);
                if done.len() < into.items.len() { Step::Continue } else { Step::Done(written(&into, &done)) }
            })));
        }
        Ok(one_step(move |_, _| run(&task)))
    }
}

/// Writes the scores of explained items.
fn written(into: &ExplainInto, explained: &[Arc<Explained>]) -> Output {
    let explain = &into.explain;
    let scores = Scores { data: &explain.data, black_box: &explain.black_box.card, explainers: &explain.explainers };
    let bytes = encode(&into.path, &scores, explained).expect("a known ending");
    std::fs::write(&into.path, bytes).expect("a folder of the test");
    Output::Scores(Arc::new(WrittenScores {
        path: into.path.clone(),
        items: explained.len(),
        methods: explain.explainers.iter().map(|known| known.card.name.clone()).collect(),
        left_out: Vec::new(),
    }))
}

struct Epochs<F>(F);

impl<F: FnMut() -> Step<Output>> Job<World> for Epochs<F> {
    fn step(&mut self, _env: &mut World, _cx: &mut unmask::work::JobContext<'_>) -> Result<Step<Output>, JobError> {
        Ok((self.0)())
    }
}

/// Shows a trained explainer in the first column.
pub fn show_trained(app: &mut Window, made: SavedExplainer) {
    let known = &mut app.state_mut().session.explainers;
    known.push(Arc::new(SavedExplainer { weights: Arc::new(vec![1]), ..made }));
    let explainer = known.len() - 1;
    act(app, [Command::SetMethod { column: 0, explainer }]);
}

/// The world of a name.
fn opened(name: &str) -> Dataset {
    match name {
        "letters" => sentences::dataset(),
        "reviews" | "hatexplain" => texts::dataset(name),
        _ => series::dataset(name).unwrap_or_else(dataset),
    }
}

fn run(task: &Task) -> Result<Output, JobError> {
    Ok(match task {
        Task::OpenData { spec } if spec.path.ends_with("broken") => {
            return Err(JobError::failed("data", "broken: expected pictures, found noise; choose another file"));
        }
        // Files of texts are real ones.
        Task::OpenData { spec } if spec.kind.name() == "text" => {
            Output::Data(Arc::new(unmask::data::open(spec, &mut |_| true)?))
        }
        Task::LookAtData { spec } => Output::LookedAt(Arc::new(look(spec, &mut |_| true).unwrap_or_default())),
        Task::OpenData { spec } => Output::Data(Arc::new(opened(&spec.path.display().to_string()))),
        Task::LoadBox { .. } | Task::FitBox(_) => Output::Box(Arc::new(black_box())),
        Task::LoadExplainer { .. } => Output::Explainer(Arc::new(explainer("random", "Loaded", Unit::Pixel, 5))),
        Task::TrainExplainer(task) => {
            Output::Explainer(Arc::new(explainer(&task.method, &task.name, task.unit, task.k)))
        }
        Task::ExplainMany { .. } | Task::ExplainInto(_) => unreachable!("it is stepped"),
        Task::Explain(task) => explanation(task),
        Task::Without(task) => {
            let input = Input::new(&task.black_box.card, &task.data, task.item, &task.fit, task.unit);
            let others = Mask::of(&task.out, input.units.count()).complement();
            Output::Without { item: task.item, out: task.out.clone(), probs: input.only(&others) }
        }
        Task::Predict { black_box, data, items, fit } => {
            let card = &black_box.card;
            let rows = card.rows(data, items, fit).expect("items that the black box reads");
            let probs = (0..items.len()).flat_map(|at| answer(card, rows.row(at))).collect();
            Output::Predictions { items: items.clone(), probs, classes: card.classes.len() }
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
            ranks: Vec::new(),
            ceilings: Vec::new(),
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
