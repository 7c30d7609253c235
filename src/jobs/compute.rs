//! The environment of a worker thread: frozen copies of networks by hash, and a job for each task.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::task::*;
use crate::data::{DataError, Units};
use crate::explain::fidelity::{answers, same_class};
use crate::explain::learn::run::{RunSetup, Stepped, TrainRun};
use crate::explain::{ExplainError, Explainer, Mask, SavedExplainer, method};
use crate::model::distil::{Hiding, Teacher};
use crate::model::{BlackBox, Device, FitRun, FitSetup, ModelError, SavedBox, TorchBox};
use crate::work::{Env, Job, JobContext, JobError, Notice, Progress, Step, one_step};

/// Most frozen networks kept; the least recently used goes first.
const MAX_KEPT: usize = 16;
/// Items per step of a whole-table task: short enough that an explanation does not wait for long.
pub const CHUNK: usize = 64;

/// What lives on a worker thread.
pub struct Compute {
    device: Device,
    boxes: Kept<TorchBox>,
    explainers: Kept<std::cell::RefCell<Box<dyn Explainer>>>,
}

struct Kept<T: ?Sized> {
    by_key: HashMap<String, (u64, Rc<T>)>,
    clock: u64,
}

impl<T> Kept<T> {
    fn new() -> Self {
        Self { by_key: HashMap::new(), clock: 0 }
    }

    fn get<E>(&mut self, key: &str, make: impl FnOnce() -> Result<T, E>) -> Result<Rc<T>, E> {
        self.clock += 1;
        if let Some((used, kept)) = self.by_key.get_mut(key) {
            *used = self.clock;
            return Ok(kept.clone());
        }
        if self.by_key.len() >= MAX_KEPT {
            let oldest = self.by_key.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.by_key.remove(&key));
        }
        let made = Rc::new(make()?);
        self.by_key.insert(key.to_owned(), (self.clock, made.clone()));
        Ok(made)
    }
}

impl Compute {
    /// On `device`, with `n_threads` for libtorch. Call it on the worker's own thread: the number of threads belongs to the caller.
    pub fn new(device: Device, n_threads: usize) -> Self {
        crate::model::use_threads(n_threads);
        Self { device, boxes: Kept::new(), explainers: Kept::new() }
    }

    pub(super) fn black_box(&mut self, saved: &SavedBox) -> Result<Rc<TorchBox>, ModelError> {
        let device = self.device;
        self.boxes.get(&saved.card.key(), || TorchBox::new(saved, device))
    }

    pub(super) fn explainer(
        &mut self,
        saved: &SavedExplainer,
        black_box: &TorchBox,
    ) -> Result<Rc<std::cell::RefCell<Box<dyn Explainer>>>, ExplainError> {
        saved.check_box(black_box.card())?;
        let key = format!("{} {}", saved.card.hash, black_box.card().key());
        self.explainers
            .get(&key, || method(&saved.card.method)?.explainer(saved, black_box).map(std::cell::RefCell::new))
    }
}

/// Code of a notice about data, or an item of them, that cannot be read or that a model does not read.
pub(crate) const BAD_DATA: &str = "data";
/// Code of a notice about anything else that was asked for and cannot be: units, settings, models that do not fit together.
pub(crate) const BAD_REQUEST: &str = "unfit";
/// Code of a notice about a black box that is another model than it was. It may be put back, so no method is judged by it.
pub(crate) const OTHER_BOX: &str = "other-box";
/// Code of a notice about a loss or an output that is no number.
pub(crate) const NOT_FINITE: &str = "not-finite";

/// How the user is told about a failure.
fn failed(code: &'static str, hint: &str, error: &dyn std::fmt::Display) -> JobError {
    JobError::Failed(Notice::new(code, error.to_string()).with_hint(hint))
}

impl From<ModelError> for JobError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Cancelled => Self::Cancelled,
            ModelError::Data(error) => error.into(),
            ModelError::Torch(torch) if is_out_of_memory(&torch.to_string()) => failed(
                "out-of-memory",
                "Close other programs, use a smaller batch, or train on the CPU.",
                &first_line(&torch.to_string()),
            ),
            error @ ModelError::NotFinite { .. } => {
                failed(NOT_FINITE, "Lower the learning rate or change the seed, then start again.", &error)
            }
            error @ (ModelError::Shape { .. }
            | ModelError::Saved { .. }
            | ModelError::Params(_)
            | ModelError::Unfit(_)) => failed(BAD_REQUEST, "", &first_line(&error.to_string())),
            error @ ModelError::Changed(_) => failed(OTHER_BOX, "", &error),
            error => failed("model", "", &first_line(&error.to_string())),
        }
    }
}

impl From<ExplainError> for JobError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::Model(error) => error.into(),
            // All others say that what was asked for cannot be.
            error => failed(BAD_REQUEST, "", &error),
        }
    }
}

impl From<DataError> for JobError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Cancelled => Self::Cancelled,
            error => failed(BAD_DATA, "", &error),
        }
    }
}

fn is_out_of_memory(message: &str) -> bool {
    message.contains("out of memory")
        || message.contains("not enough memory")
        || message.contains("can't allocate memory")
}

/// libtorch's messages carry a C++ stack trace; the first line is the reason.
fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

impl Env for Compute {
    type Task = Task;
    type Output = Output;

    fn start(&mut self, task: Task) -> Result<Box<dyn Job<Self>>, JobError> {
        Ok(match task {
            Task::OpenData { spec } => one_step(move |_, cx| open_data(&spec, cx)),
            Task::LookAtData { spec } => one_step(move |_, cx| {
                let looked = crate::data::options::look(&spec, &mut |_| !cx.is_cancelled())?;
                Ok(Output::LookedAt(Arc::new(looked)))
            }),
            Task::LoadBox { dir } => one_step(move |_, _| Ok(Output::Box(Arc::new(SavedBox::load(&dir)?)))),
            Task::LoadExplainer { dir } => {
                one_step(move |_, _| Ok(Output::Explainer(Arc::new(SavedExplainer::load(&dir)?))))
            }
            Task::FitBox(task) => {
                Box::new(FitJob { task, teacher: None, run: None, saved_at: std::time::Instant::now() })
            }
            Task::TrainExplainer(task) => start_training(task)?,
            Task::Explain(task) => one_step(move |env: &mut Self, cx| super::explain::one(env, &task, cx)),
            Task::ExplainMany { explain, items } => Box::new(super::explain::ExplainMany::new(explain, items)),
            Task::ExplainInto(task) => Box::new(super::explain_into::ExplainIntoJob::new(task)),
            Task::Without(task) => one_step(move |env: &mut Self, _| super::without::run(env, &task)),
            Task::Predict { black_box, data, fit, items } => {
                let black_box = self.black_box(&black_box)?;
                chunks(items, move |_, items| {
                    let rows = black_box.card().rows(&data, items, &fit)?;
                    let probs = black_box.predict(&rows)?;
                    Ok(Output::Predictions { items: items.to_vec(), probs: probs.values, classes: probs.classes })
                })
            }
            Task::Fidelity { black_box, explainer, data, fit, items, unit, k, fill, seed } => {
                let black_box = self.black_box(&black_box)?;
                let explainer = self.explainer(&explainer, &black_box)?;
                let units = Units::new(unit, black_box.card().shape);
                chunks(items, move |_, items| {
                    let rows = black_box.card().rows(&data, items, &fit)?;
                    let probs = black_box.predict(&rows)?;
                    let scores = explainer.borrow_mut().scores(black_box.as_ref(), &rows, &probs, units, seed)?;
                    let masks: Vec<Mask> = (0..rows.n()).map(|row| Mask::top_k(scores.row(row), k)).collect();
                    let answers = answers(black_box.as_ref(), &rows, units, &masks, fill, seed)?;
                    Ok(Output::Fidelity {
                        items: items.to_vec(),
                        selected_stays: same_class(&probs, &answers.selected),
                        unselected_stays: same_class(&probs, &answers.unselected),
                    })
                })
            }
            Task::Evaluate(task) => Box::new(super::evaluate::EvaluateJob::new(task, self.device)?),
            Task::Agree(task) => Box::new(super::agreement::AgreeJob::new(task)),
            Task::Study(task) => super::study::start(*task),
            Task::Write(task) => one_step(move |_, _| write_file(&task)),
        })
    }

    fn seed(&self, task: &Task) -> u64 {
        match task {
            Task::FitBox(task) => task.seed,
            Task::TrainExplainer(task) => task.seed,
            Task::Explain(task) | Task::ExplainMany { explain: task, .. } => task.seed,
            Task::ExplainInto(task) => task.explain.seed,
            Task::Without(task) => task.seed,
            Task::Evaluate(task) => task.seed,
            Task::Agree(task) => task.seed,
            Task::Fidelity { seed, .. } => *seed,
            Task::OpenData { .. }
            | Task::LookAtData { .. }
            | Task::LoadBox { .. }
            | Task::LoadExplainer { .. }
            | Task::Predict { .. }
            | Task::Study(_)
            | Task::Write(_) => 0,
        }
    }
}

fn open_data(spec: &crate::data::DataSpec, cx: &mut JobContext<'_>) -> Result<Output, JobError> {
    let mut go_on = |progress: Progress| cx.checkpoint(progress).is_ok();
    let mut report = |at: crate::data::open::OpenProgress| {
        let progress = match at.total {
            Some(total) => Progress::new(at.done, total, at.unit),
            None => Progress::open_ended(at.done, at.unit),
        };
        go_on(progress.with_message(at.stage))
    };
    Ok(Output::Data(Arc::new(crate::data::open(spec, &mut report)?)))
}

fn write_file(task: &WriteFile) -> Result<Output, JobError> {
    let wrong = |error: &dyn std::fmt::Display| failed("write", "Choose another file or folder.", error);
    let encoded;
    let bytes: &[u8] = match &task.content {
        Content::Bytes(bytes) => bytes,
        Content::Figure { figure, scale } => {
            encoded = crate::figure::Format::from_path(&task.path)
                .and_then(|format| crate::figure::encode(figure, format, *scale))
                .map_err(|error| wrong(&error))?;
            &encoded
        }
    };
    crate::store::atomic::write(&task.path, bytes).map_err(|error| wrong(&error))?;
    Ok(Output::Written(task.path.clone()))
}

/// A job that goes through items in chunks, each a partial result.
fn chunks(
    items: Vec<usize>,
    run: impl FnMut(&mut Compute, &[usize]) -> Result<Output, JobError> + 'static,
) -> Box<dyn Job<Compute>> {
    struct Chunks<F> {
        items: Vec<usize>,
        at: usize,
        run: F,
    }

    impl<F: FnMut(&mut Compute, &[usize]) -> Result<Output, JobError>> Job<Compute> for Chunks<F> {
        fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
            let end = (self.at + CHUNK).min(self.items.len());
            let output = (self.run)(env, &self.items[self.at..end])?;
            self.at = end;
            cx.report(Progress::new(end as u64, self.items.len() as u64, "items"));
            Ok(if end == self.items.len() { Step::Done(output) } else { Step::Partial(output) })
        }
    }

    Box::new(Chunks { items, at: 0, run })
}

/// Training of a black box: one minibatch a step.
struct FitJob {
    task: Box<FitBox>,
    /// The model it learns from, while that is being asked.
    teacher: Option<Teacher>,
    run: Option<FitRun>,
    saved_at: std::time::Instant,
}

/// A checkpoint is never older than this, even where an epoch is longer.
const CHECKPOINT_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

impl Job<Compute> for FitJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        let Some(run) = &mut self.run else {
            let FitBox { architecture, params, data, seed, name, teacher, hidden_copies, .. } = self.task.as_ref();
            let device = env.device;
            if let (Some(saved), None) = (teacher, &self.teacher) {
                let hiding = Hiding::new(saved, data, *hidden_copies, *seed);
                self.teacher = Some(Teacher::new(saved, data, architecture, hiding, device)?);
            }
            if let Some(teacher) = &mut self.teacher {
                cx.check_cancelled()?;
                if teacher.ask()? {
                    let (done, total) = teacher.progress();
                    cx.report(Progress::new(done, total, "items").with_message("asking the black box".to_owned()));
                    return Ok(Step::Continue);
                }
            }
            let teacher = self.teacher.take();
            let setup = FitSetup { architecture, params, data, seed: *seed, name, device, teacher };
            self.run = Some(FitRun::new(setup)?);
            return Ok(Step::Continue);
        };
        cx.check_cancelled()?;
        let stepped = run.step()?;
        let (done, total) = run.progress();
        cx.report(Progress::new(done, total, run.counted()));
        let at_epoch = matches!(stepped, crate::model::train::StepResult::Epoch(..));
        if !at_epoch && self.saved_at.elapsed() < CHECKPOINT_EVERY {
            return Ok(if run.has_new_point() {
                let card = run.card();
                Step::Partial(Output::Training(Arc::new(TrainingReport {
                    epoch: card.epochs,
                    epochs: epochs_of(&self.task),
                    curves: card.curves.clone(),
                    ..TrainingReport::default()
                })))
            } else {
                Step::Continue
            });
        }
        self.saved_at = std::time::Instant::now();
        let checkpoint = run.checkpoint()?;
        if let Some(out) = &self.task.out {
            checkpoint.save(out)?;
        }
        let checkpoint = Arc::new(checkpoint);
        Ok(if run.is_done() { Step::Done(Output::Box(checkpoint)) } else { Step::Partial(Output::Box(checkpoint)) })
    }
}

fn epochs_of(task: &FitBox) -> u32 {
    crate::model::architecture(&task.architecture)
        .map_or(1, |architecture| task.params.whole(architecture.params, "epochs").max(1) as u32)
}

/// Training of an explainer, or the making of one that needs none.
fn start_training(task: Box<TrainExplainer>) -> Result<Box<dyn Job<Compute>>, JobError> {
    if method(&task.method)?.spec().trains {
        return Ok(Box::new(TrainJob { task, run: None, saved_at: std::time::Instant::now(), report_next: false }));
    }
    Ok(one_step(move |_, _| {
        let mut saved = SavedExplainer::untrained(&task.method, task.unit, task.k, &task.black_box.card, task.seed)?;
        saved.card.name.clone_from(&task.name);
        if let Some(out) = &task.out {
            saved.save(out)?;
        }
        Ok(Output::Explainer(Arc::new(saved)))
    }))
}

struct TrainJob {
    task: Box<TrainExplainer>,
    run: Option<TrainRun>,
    saved_at: std::time::Instant,
    report_next: bool,
}

impl TrainJob {
    fn report(run: &TrainRun) -> Output {
        let card = run.card();
        let latest = |id: &str| card.curves.last(id).map(|value| (id.to_owned(), value));
        Output::Training(Arc::new(TrainingReport {
            epoch: card.epochs,
            epochs: run.epochs(),
            curves: card.curves.clone(),
            figures: ["fs_m", "fu_m", "mask_only", "approximator"].into_iter().filter_map(latest).collect(),
            rate: 0.0,
            warnings: run.warnings().to_vec(),
        }))
    }
}

impl Job<Compute> for TrainJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        let Some(run) = &mut self.run else {
            let TrainExplainer { method, params, unit, k, data, black_box, seed, name, .. } = self.task.as_ref();
            self.run = Some(TrainRun::new(RunSetup {
                method,
                params,
                unit: *unit,
                k: *k,
                data,
                black_box,
                seed: *seed,
                name,
                device: env.device,
            })?);
            return Ok(Step::Continue);
        };
        cx.check_cancelled()?;
        if std::mem::take(&mut self.report_next) {
            return Ok(Step::Partial(Self::report(run)));
        }
        if run.is_done() {
            return Ok(Step::Done(Output::Explainer(Arc::new(run.checkpoint()?))));
        }
        let stepped = run.step()?;
        let (done, total) = run.progress();
        cx.report(Progress::new(done, total, "batches"));
        let at_epoch = matches!(stepped, Stepped::Epoch(_));
        if !at_epoch && self.saved_at.elapsed() < CHECKPOINT_EVERY {
            return Ok(if run.has_new_point() { Step::Partial(Self::report(run)) } else { Step::Continue });
        }
        self.saved_at = std::time::Instant::now();
        let checkpoint = run.checkpoint()?;
        if let Some(out) = &self.task.out {
            checkpoint.save(out)?;
        }
        self.report_next = at_epoch;
        Ok(Step::Partial(Output::Explainer(Arc::new(checkpoint))))
    }
}

/// Where a trained thing of this name goes in a project folder: `kind/name`, with what a file name cannot hold replaced.
pub fn folder_for(project: &Path, kind: &str, name: &str) -> std::path::PathBuf {
    let safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    project.join(kind).join(safe.trim_matches('.'))
}
