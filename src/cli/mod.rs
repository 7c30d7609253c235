//! The command line: one file per subcommand. The same jobs as in the window, run on this thread with a progress bar.

pub mod bench;
pub mod doctor;
pub mod evaluate;
pub mod explain;
pub mod figure;
pub mod fit;
pub mod reproduce;
pub mod samples;
pub mod study;
pub mod train;

use std::cell::Cell;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::data::{DataSpec, Dataset, Unit, Units};
use crate::device::{Machine, Mode, compute_threads, n_cores};
use crate::explain::SavedExplainer;
use crate::jobs::compute::{BAD_DATA, BAD_REQUEST, OTHER_BOX};
use crate::jobs::study::BAD_INPUT;
use crate::jobs::{Compute, FitBox, Output, Task};
use crate::model::card::BoxCard;
use crate::model::nets::commands::name_of;
use crate::model::params::{ParamSpec, Params};
use crate::model::{Device, SavedBox, device_from, exec, nearby};
use crate::work::{Event, JobError, Notice, Priority, Progress, Slot, Worker};

/// Shows which parts of an input a machine-learning model used.
#[derive(Debug, Parser)]
#[command(name = "unmask", version, about, disable_help_subcommand = true, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it the window opens.
    #[command(subcommand)]
    pub command: Option<Commands>,
    /// Data, a black box, an explainer or a project to open in the window.
    pub paths: Vec<String>,
    /// Where the window computes: auto, cpu, cuda:N or mps; without it, as chosen in the window
    #[arg(long)]
    pub device: Option<String>,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Commands {
    /// Versions, devices, memory and data sets found
    Doctor,
    /// Train a black box
    Fit(fit::FitArgs),
    /// Train an explainer for a black box
    Train(train::TrainArgs),
    /// Scores of many items, as a file
    Explain(explain::ExplainArgs),
    /// Metrics of explainers, as a table
    Evaluate(evaluate::EvaluateArgs),
    /// Annotated figures of explained items
    Figure(figure::FigureArgs),
    /// Rerun a table of a paper
    Reproduce(reproduce::ReproduceArgs),
    /// Blinded human studies: design, taking part, dry run, merge, report, export
    Study(study::StudyArgs),
    /// Measure speed and memory
    Bench(bench::BenchArgs),
    /// Write the sample data (and models) of the project
    #[command(hide = true)]
    Samples(samples::SamplesArgs),
}

/// What to do where an option of a command stands where the window is asked for, which takes what it opens without one; `None` for other arguments.
pub fn window_hint(first: &str) -> Option<String> {
    let option = first.split('=').next().unwrap_or(first);
    ["--data", "--blackbox", "--explainer", "--model", "--project"].contains(&option).then(|| {
        format!(
            "{option}: expected what the window opens without an option before it (unmask DATA BLACKBOX EXPLAINER, in any order), found an option of \
             commands such as explain; leave {option} out, or name the command before it"
        )
    })
}

/// Seed and device, shared by commands that compute.
#[derive(Clone, Debug, Args)]
pub struct ComputeArgs {
    /// Seed from which everything random comes; without it 0, or that of a study's design
    #[arg(long)]
    pub seed: Option<u64>,
    /// auto, cpu, cuda:N or mps
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// Threads of libtorch; by default all cores
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1024))]
    pub threads: Option<usize>,
}

impl ComputeArgs {
    /// The seed; 0 where none was named.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_default()
    }
}

/// Why a command ended without success.
#[derive(Debug)]
pub enum Failure {
    /// Exit code 1: the work failed.
    Work(String),
    /// Exit code 2: wrong usage or unreadable input.
    Usage(String),
    /// Exit code 2: data, or an item of them, that cannot be read or that the model does not read. Another item may be sound.
    Data(String),
}

impl Failure {
    /// Exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Work(_) => 1,
            Self::Usage(_) | Self::Data(_) => 2,
        }
    }

    /// The sentence for standard error.
    pub fn message(&self) -> &str {
        match self {
            Self::Work(message) | Self::Usage(message) | Self::Data(message) => message,
        }
    }
}

impl From<JobError> for Failure {
    /// What was asked for wrongly, or cannot be read, is told apart from work that failed by the notice's code.
    fn from(error: JobError) -> Self {
        let Notice { code, summary, .. } = error.notice();
        match code {
            BAD_DATA => Self::Data(summary),
            BAD_REQUEST | BAD_INPUT | OTHER_BOX => Self::Usage(summary),
            _ => Self::Work(summary),
        }
    }
}

/// What a command gives.
pub type Outcome = Result<(), Failure>;

/// Wrong usage or unreadable input.
pub(crate) fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}

/// Failed work.
pub(crate) fn work(error: impl std::fmt::Display) -> Failure {
    Failure::Work(error.to_string())
}

/// What went wrong in a job, or in a part of one that is run without it: bad input, or failed work.
pub(crate) fn failed(error: impl Into<JobError>) -> Failure {
    Failure::from(Into::<JobError>::into(error))
}

/// Runs a subcommand.
pub fn run(command: Commands, frames: Option<&bench::FrameBench>) -> Outcome {
    match command {
        Commands::Doctor => doctor(),
        Commands::Fit(args) => fit::run(&args),
        Commands::Train(args) => train::run(&args),
        Commands::Explain(args) => explain::run(&args),
        Commands::Evaluate(args) => evaluate::run(&args),
        Commands::Figure(args) => figure::run(&args),
        Commands::Reproduce(args) => reproduce::run(&args),
        Commands::Study(args) => study::run(&args),
        Commands::Bench(args) => bench::run(&args, frames),
        Commands::Samples(args) => samples::run(&args),
    }
}

fn doctor() -> Outcome {
    let mut machine = Machine::look();
    machine.torch = Some(crate::model::torch_facts());
    let data_root = std::env::var_os("UNMASK_DATA").map(PathBuf::from);
    let (report, is_sound) = doctor::doctor_report(&machine, data_root.as_deref());
    print!("{report}");
    if is_sound { Ok(()) } else { Err(Failure::Work("something is broken: see the lines above".to_owned())) }
}

/// The jobs of the window, run on this thread, with a progress bar where standard error is a terminal.
pub(crate) struct Runner {
    worker: Worker<Task, Output>,
    /// Where it computes.
    pub device: Device,
    /// Threads of libtorch.
    pub threads: usize,
    /// Seed from which everything random comes.
    pub seed: u64,
    /// What was opened last: a command is connected with the data that it is then asked about.
    opened: Option<(DataSpec, Arc<Dataset>)>,
}

impl Runner {
    /// On the device and with the threads asked for.
    pub fn new(options: &ComputeArgs) -> Result<Self, Failure> {
        crate::device::open_cuda();
        let device = device_from(&options.device).map_err(usage)?;
        let threads = options.threads.unwrap_or_else(|| compute_threads(Mode::CommandLine, n_cores()));
        let worker = Worker::inline(Compute::new(device, threads));
        Ok(Self { worker, device, threads, seed: options.seed(), opened: None })
    }

    /// Runs a task to its end.
    pub fn run(&mut self, task: Task, what: &str, mut partial: impl FnMut(&Output)) -> Result<Output, Failure> {
        self.run_while(task, what, |output| {
            partial(output);
            Ok(())
        })
    }

    /// The same; where `partial` fails, the task is stopped, and that is why.
    pub fn run_while(
        &mut self,
        task: Task,
        what: &str,
        mut partial: impl FnMut(&Output) -> Outcome,
    ) -> Result<Output, Failure> {
        let bar = Bar::new(what);
        let id = self.worker.submit(Slot::new(0, 0), Priority::Normal, task);
        let mut refused = None;
        // What was written down before the end cannot be taken further: what is left is not computed in vain.
        let result = loop {
            if refused.is_some() {
                self.worker.cancel(id);
            }
            if !self.worker.is_live(id) {
                // It is over, and nobody is told twice: waiting says so.
                break self.worker.wait_for(id, drop);
            }
            match self.worker.wait_event(Duration::from_secs(1)) {
                Some(Event::Finished(done, result)) if done == id => break result,
                Some(Event::Progress(_, progress)) => bar.show(&progress),
                Some(Event::Partial(_, output)) if refused.is_none() => refused = partial(&output).err(),
                Some(_) | None => {}
            }
        };
        bar.clear();
        if let Some(failure) = refused {
            return Err(failure);
        }
        result.map_err(Failure::from)
    }

    /// Opens a data set.
    pub fn open(&mut self, spec: &str) -> Result<Arc<Dataset>, Failure> {
        let spec = parse_spec(spec)?;
        if let Some((opened, data)) = &self.opened
            && *opened == spec
        {
            return Ok(data.clone());
        }
        match self.run(Task::OpenData { spec: spec.clone() }, "opening", |_| {})? {
            Output::Data(data) => {
                // What the window puts behind its bell: guessed columns and encodings, skipped entries.
                data.said_remarks().for_each(|remark| println!("{remark}"));
                self.opened = Some((spec, data.clone()));
                Ok(data)
            }
            _ => Err(Failure::Work("opening gave no data".to_owned())),
        }
    }

    /// A black box from a folder, or `exec:COMMAND`, which is connected with the data `spec` first.
    pub fn black_box(&mut self, named: &Path, spec: &str) -> Result<Arc<SavedBox>, Failure> {
        match command_of(named) {
            Some(command) => self.connect(command, spec),
            None => load_box(named),
        }
    }

    /// What [`load_explainer`] gives, where the black box may also be `exec:COMMAND`.
    pub fn explainer(
        &mut self,
        dir: &Path,
        black_box: Option<&Path>,
        spec: &str,
    ) -> Result<(Arc<SavedExplainer>, Arc<SavedBox>), Failure> {
        let Some(command) = black_box.and_then(command_of) else { return load_explainer(dir, black_box) };
        let explainer = SavedExplainer::load(dir).map_err(usage)?;
        // Other data would give it another vocabulary or other scales than those that the explainer was trained with.
        let own = find_box(dir, &explainer.card.blackbox_hash).ok();
        let black_box = match own.filter(|own| own.card.exec.as_deref() == Some(command)) {
            Some(own) => {
                exec::trust(command).map_err(work)?;
                own
            }
            None => self.connect(command, spec)?,
        };
        explainer.check_box(&black_box.card).map_err(usage)?;
        Ok((Arc::new(explainer), black_box))
    }

    /// Connects a command as `fit --model exec:COMMAND` does, or takes what an earlier call connected with the same data.
    fn connect(&mut self, command: &str, spec: &str) -> Result<Arc<SavedBox>, Failure> {
        let data = self.open(spec)?;
        if data.classes.len() < 2 {
            return Err(usage(format!(
                "exec:{command}: expected data with at least two classes to connect it with, found {} in {}; connect it with such data first: \
                 unmask fit --data DATA --model \"exec:{command}\" --out DIR",
                data.classes.len(),
                data.name
            )));
        }
        let cache = crate::store::Cache::of_user().map_err(work)?;
        let is_same = |card: &BoxCard| {
            card.exec.as_deref() == Some(command)
                && card.data_hash == data.hash
                && card.classes == data.classes
                && card.params == Params::default()
                && card.complete
        };
        let kept = cache.list().into_iter().filter_map(|hash| cache.find(hash));
        if let Some(kept) = box_among(kept, &data.hash, is_same) {
            // Whoever writes a command here says that it may run, and in which folder.
            exec::trust(command).map_err(work)?;
            return Ok(Arc::new(kept));
        }
        let task = Task::FitBox(Box::new(FitBox {
            architecture: format!("exec:{command}"),
            params: Params::default(),
            name: format!("{} on {}", name_of(command), data.name),
            data,
            seed: 0,
            out: None,
            teacher: None,
            hidden_copies: 0,
        }));
        let Output::Box(saved) = self.run(task, "connecting the command", |_| {})? else {
            return Err(work("connecting the command gave no black box"));
        };
        keep_box(&saved)?;
        tell_remarks(&saved.card);
        let accuracy =
            saved.card.test_accuracy.map_or("not known".to_owned(), |share| format!("{:.2} %", 100.0 * share));
        println!("exec:{command}: connected; accuracy on test {accuracy} ({} items)", saved.card.test_items);
        Ok(saved)
    }
}

/// A data specification from the command line.
pub(crate) fn parse_spec(text: &str) -> Result<DataSpec, Failure> {
    DataSpec::from_argument(text).map_err(usage)
}

/// How often a line tells the progress where standard error is a file or a pipe.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// A progress bar with rate and time left; where standard error is no terminal, a line from time to time.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// When the next line is due, where lines are written at all.
    next_line: Cell<Option<Instant>>,
}

impl Bar {
    /// For work named `what`.
    pub fn new(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what.to_owned());
        let next_line = (!std::io::stderr().is_terminal()).then(|| Instant::now() + LINE_EVERY);
        Self { bar, next_line: Cell::new(next_line) }
    }

    /// Shows how far the work is.
    pub fn show(&self, progress: &Progress) {
        let total = progress.total.unwrap_or(progress.done).max(1);
        if let Some(due) = self.next_line.get() {
            if Instant::now() >= due {
                eprintln!("{} {}/{total}", progress.line(), progress.done);
                self.next_line.set(Some(Instant::now() + LINE_EVERY));
            }
            return;
        }
        self.bar.set_length(total);
        self.bar.set_position(progress.done);
        self.bar.set_message(progress.line());
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// Parameters from `--set id=value`.
pub(crate) fn params_from(specs: &[ParamSpec], settings: &[String]) -> Result<Params, Failure> {
    let mut params = Params::default();
    for setting in settings {
        let (id, value) = setting
            .split_once('=')
            .ok_or_else(|| usage(format!("--set {setting}: expected NAME=VALUE; for instance --set epochs=5")))?;
        params.set(specs, id, value).map_err(usage)?;
    }
    Ok(params)
}

/// Refuses to select nothing, or more than there is.
pub(crate) fn check_k(k: usize, unit: Unit, card: &BoxCard) -> Outcome {
    let units = Units::new(unit, card.shape).count();
    if (1..=units).contains(&k) {
        return Ok(());
    }
    let smaller = match unit {
        Unit::Step | Unit::Segment { .. } if card.shape.channels > 1 => ", or smaller units (--unit channel-step)",
        _ => "",
    };
    Err(usage(format!("k {k}: expected 1 to {units} {} of {}; choose such a number{smaller}", unit.noun(2), card.name)))
}

/// Refuses a folder that holds a model already, unless it is to be replaced: a finished training is never lost by a slip. Refuses a place where no
/// folder can be made, too, before a training that could not be kept.
pub(crate) fn check_out(folder: &Path, replace: bool) -> Outcome {
    if !replace && folder.join("card.json").exists() {
        return Err(usage(format!(
            "{}: expected a new folder, found one that holds a model; choose another, or replace it with --replace",
            folder.display()
        )));
    }
    let whole = std::path::absolute(folder)
        .map_err(|error| usage(format!("--out: expected a folder for the model, found none ({error}); name one")))?;
    // Folders that are missing on the way are made when the model is saved, in the nearest that is there.
    let nearest = whole.ancestors().find(|place| place.exists()).unwrap_or(whole.as_path());
    if !nearest.is_dir() {
        return Err(usage(format!(
            "{}: expected a folder for the model, found a file at {}; choose another place",
            folder.display(),
            nearest.display()
        )));
    }
    let refused = |failure: Failure| Failure::Work(format!("{}: {}", folder.display(), failure.message()));
    check_place(&nearest.join("card.json")).map_err(refused)
}

/// Refuses a place where a finished file could not be written, before the work whose result would be lost.
pub(crate) fn check_place(path: &Path) -> Outcome {
    crate::store::atomic::AtomicFile::create(path).map(drop).map_err(work)
}

/// Keeps a black box by its hash in the user's cache, where explainers find it again.
pub(crate) fn keep_box(saved: &SavedBox) -> Outcome {
    let hash = saved.card.hash.parse().map_err(work)?;
    let cache = crate::store::Cache::of_user().map_err(work)?;
    crate::model::saved::keep(saved, hash, &cache).map_err(work)
}

/// Says what is to be known of a black box that was just made.
pub(crate) fn tell_remarks(card: &BoxCard) {
    card.remarks.iter().for_each(|remark| eprintln!("{remark}"));
}

/// The command of `exec:COMMAND`.
fn command_of(named: &Path) -> Option<&str> {
    named.to_str()?.strip_prefix("exec:")
}

/// A black box from a folder. Where data are at hand, [`Runner::black_box`] also takes a command.
pub(crate) fn load_box(path: &Path) -> Result<Arc<SavedBox>, Failure> {
    if let Some(command) = command_of(path) {
        return Err(usage(format!(
            "exec:{command}: expected the folder of a black box, found a command; connect it first: unmask fit --data DATA --model \
             \"exec:{command}\" --out DIR"
        )));
    }
    SavedBox::load(path).map(Arc::new).map_err(usage)
}

/// An explainer from a folder, and its black box: the one given, else the one of its hash in the same project or in the cache.
pub(crate) fn load_explainer(
    dir: &Path,
    black_box: Option<&Path>,
) -> Result<(Arc<SavedExplainer>, Arc<SavedBox>), Failure> {
    let explainer = SavedExplainer::load(dir).map_err(usage)?;
    let black_box = match black_box {
        Some(path) => load_box(path)?,
        None => find_box(dir, &explainer.card.blackbox_hash)?,
    };
    explainer.check_box(&black_box.card).map_err(usage)?;
    Ok((Arc::new(explainer), black_box))
}

/// The first black box of these folders whose card is the wanted one. Only those are read whole whose card has `mark` in it.
fn box_among(
    folders: impl IntoIterator<Item = PathBuf>,
    mark: &str,
    is_wanted: impl Fn(&BoxCard) -> bool,
) -> Option<SavedBox> {
    folders.into_iter().find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("card.json")).ok()?;
        if !text.contains(mark) || !text.contains(crate::model::card::BOX_FORMAT) {
            return None;
        }
        SavedBox::load(&folder).ok().filter(|found| is_wanted(&found.card))
    })
}

/// Looks for a black box by hash: beside the explainer, in the project that it lies in, in the user's cache.
fn find_box(explainer: &Path, hash: &str) -> Result<Arc<SavedBox>, Failure> {
    if let Some(found) = box_among(nearby::boxes(explainer, hash), hash, |card| card.hash == hash) {
        return Ok(Arc::new(found));
    }
    let explainer = std::path::absolute(explainer).unwrap_or_else(|_| explainer.to_owned());
    Err(usage(format!(
        "{}: expected its black box with hash {} beside it, in its project or in the cache, found none; name it with --blackbox",
        explainer.display(),
        hash.get(..12).unwrap_or(hash)
    )))
}

/// Writes a finished file, whole or not at all.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Outcome {
    crate::store::atomic::write(path, bytes).map_err(work)
}
