//! Training runs: what was asked for, how they go, how they ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Session;
use super::notices::Level;
use crate::data::Unit;
use crate::explain::learn::run::{enough_epochs, enough_patience};
use crate::jobs::{Task, TrainingReport};
use crate::model::params::{ParamSpec, ParamValue, Params};
use crate::model::{BoxCard, architecture};
use crate::work::{JobId, Notice};

/// What a run makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    /// A black box.
    Box,
    /// An explainer.
    Explainer,
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// Waiting or under way.
    Running,
    /// Done.
    Done,
    /// Cancelled by the user.
    Cancelled,
    /// Failed, with the reason.
    Failed(Notice),
}

/// One run.
#[derive(Clone, Debug)]
pub struct TrainingRun {
    /// Number, in order of starting.
    pub number: u32,
    /// What it makes.
    pub makes: Makes,
    /// Name on screen.
    pub name: String,
    /// Its job, while it runs.
    pub job: Option<JobId>,
    /// Where it stands.
    pub state: RunState,
    /// How it goes.
    pub report: Option<Arc<TrainingReport>>,
    /// What was asked for, to start it again.
    pub task: Task,
    /// Hash of what it made.
    pub made: Option<String>,
    /// Folder of the project that it was started in, or of the session while that had none: what it makes is theirs.
    pub home: Option<PathBuf>,
}

impl TrainingRun {
    /// Takes how it goes from a checkpoint of the black box under training.
    pub fn follow_box(&mut self, card: &BoxCard) {
        self.made = Some(card.hash.clone());
        let Task::FitBox(task) = &self.task else { return };
        if card.curves.0.is_empty() {
            return;
        }
        let epochs = architecture(&task.architecture)
            .map_or(card.epochs, |architecture| task.params.whole(architecture.params, "epochs").max(1) as u32);
        let curves = card.curves.clone();
        self.report =
            Some(Arc::new(TrainingReport { epoch: card.epochs, epochs, curves, ..TrainingReport::default() }));
    }

    /// Whether it connects a command: what stands behind that was trained elsewhere.
    pub fn connects(&self) -> bool {
        matches!(&self.task, Task::FitBox(task) if task.architecture.starts_with("exec:"))
    }

    /// Folder that its checkpoints go to.
    pub fn out(&self) -> Option<&Path> {
        match &self.task {
            Task::FitBox(task) => task.out.as_deref(),
            Task::TrainExplainer(task) => task.out.as_deref(),
            _ => None,
        }
    }

    /// Whether its checkpoints go to `dir`.
    pub fn is_written_to(&self, dir: &Path) -> bool {
        self.out() == Some(dir)
    }
}

impl Makes {
    /// What it is called.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Box => "black box",
            Self::Explainer => "explainer",
        }
    }
}

/// All runs of this session, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Train {
    /// The runs.
    pub runs: Vec<TrainingRun>,
    /// The run whose curves are shown.
    pub selected: Option<u32>,
    /// How often a stand-in for the black box in use was asked for.
    pub stand_ins_asked: u32,
    /// How often it was asked to connect the command behind the black box in use.
    pub commands_asked: u32,
}

impl Train {
    /// Run `number`.
    pub fn run(&self, number: u32) -> Option<&TrainingRun> {
        self.runs.iter().find(|run| run.number == number)
    }

    /// Run `number`, to be changed.
    pub fn run_mut(&mut self, number: u32) -> Option<&mut TrainingRun> {
        self.runs.iter_mut().find(|run| run.number == number)
    }
}

impl Session {
    /// The folder of what is open: of the project, or of this session while it has none.
    pub(super) fn home(&self) -> Option<&Path> {
        self.project.as_deref().or(self.scratch.as_deref())
    }

    /// Whether what a run makes belongs to what is open. It goes on when another project is opened, and its checkpoints go to its own folder.
    pub fn is_made_here(&self, run: &TrainingRun) -> bool {
        run.home.as_deref() == self.home()
    }

    /// The same by its number.
    pub(super) fn is_run_of_this(&self, number: u32) -> bool {
        self.train.run(number).is_none_or(|run| self.is_made_here(run))
    }

    /// What is open was saved in another folder: what is being trained for it is for that one.
    pub(super) fn move_runs(&mut self, before: Option<&Path>) {
        let now = self.home().map(Path::to_path_buf);
        for run in self.train.runs.iter_mut().filter(|run| run.home.as_deref() == before) {
            run.home.clone_from(&now);
        }
    }

    /// A project was opened: what is still being trained for it is its own, whatever its folder was called when that was started.
    pub(super) fn take_up_runs(&mut self) {
        let Some(here) = self.home().map(Path::to_path_buf) else { return };
        let Ok(whole) = here.canonicalize() else { return };
        for run in &mut self.train.runs {
            let home = run.home.as_ref().and_then(|home| home.canonicalize().ok());
            if home.as_ref() == Some(&whole) {
                run.home = Some(here.clone());
            }
        }
    }

    /// Tells of a finished run whose project is not open any more.
    pub(super) fn trained_elsewhere(&mut self, number: u32) {
        let Some(run) = self.train.run(number) else { return };
        let done = if run.connects() { "Connected" } else { "Trained" };
        let what = format!("{} {}", run.makes.noun(), run.name);
        let (level, notice) = match run.out() {
            Some(dir) => {
                let summary =
                    format!("{done} {what} for a project that is not open any more: it is in {}", dir.display());
                let hint = "It is among the others when that project, or that unsaved work, is opened again.";
                (Level::Info, Notice::new("trained-elsewhere", summary).with_hint(hint))
            }
            None => {
                let summary =
                    format!("{done} {what} for work that is not open any more and has no folder: it was dropped");
                let hint = "Save a project before training, and what is trained is kept in it.";
                (Level::Warning, Notice::new("trained-elsewhere", summary).with_hint(hint))
            }
        };
        self.notify(level, notice, None);
    }
}

/// The values that a form begins with for so many training items: `start` with epochs, and where training stops early also with a patience, that are
/// enough minibatches to learn something. What equals the parameters' defaults is left out. What is not trained in minibatches stays as it is.
pub fn for_items(specs: &[ParamSpec], mut start: Params, items: Option<usize>) -> Params {
    let has = |id: &str| specs.iter().any(|spec| spec.id == id);
    let Some(items) = items.filter(|_| has("epochs") && has("batch")) else { return start };
    let batch = start.whole(specs, "batch");
    start.0.insert("epochs".to_owned(), ParamValue::Whole(enough_epochs(items, batch, start.whole(specs, "epochs"))));
    if has("patience") {
        let patience = enough_patience(items, batch, start.whole(specs, "patience"));
        start.0.insert("patience".to_owned(), ParamValue::Whole(patience));
    }
    start.differing(specs)
}

/// A black box to train.
#[derive(Clone, Debug, PartialEq)]
pub struct FitForm {
    /// Id of the architecture.
    pub architecture: String,
    /// Values that differ from the defaults.
    pub params: Params,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: String,
    /// For a model behind a command: the command.
    pub command: String,
    /// Whether it learns the answers of the black box in use in place of the labels.
    pub distil: bool,
    /// Whether the stand-in also learns inputs of which parts are hidden.
    pub learns_hidden: bool,
}

/// An explainer to train.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainForm {
    /// Id of the method.
    pub method: String,
    /// Values that differ from the defaults.
    pub params: Params,
    /// What is selected.
    pub unit: Unit,
    /// How many units.
    pub k: usize,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: String,
}

impl FitForm {
    /// What is asked for: the id of an architecture, or `exec:` and a command.
    pub fn asked(&self) -> String {
        if crate::model::nets::commands::is_command(&self.architecture) {
            format!("exec:{}", self.command.trim())
        } else {
            self.architecture.clone()
        }
    }
}
