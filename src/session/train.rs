//! Training runs: what was asked for, how they go, how they ended.

use std::sync::Arc;

use crate::data::Unit;
use crate::jobs::{Task, TrainingReport};
use crate::model::params::Params;
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
        // Losses within epochs, where they are known, are finer than the card's.
        let mut curves = card.curves.clone();
        for (name, points) in self.report.iter().flat_map(|report| &report.curves.0) {
            if curves.0.get(name).is_some_and(|known| known.len() < points.len()) {
                curves.0.insert(name.clone(), points.clone());
            }
        }
        self.report =
            Some(Arc::new(TrainingReport { epoch: card.epochs, epochs, curves, ..TrainingReport::default() }));
    }

    /// Whether its checkpoints go to `dir`.
    pub fn is_written_to(&self, dir: &std::path::Path) -> bool {
        let out = match &self.task {
            Task::FitBox(task) => &task.out,
            Task::TrainExplainer(task) => &task.out,
            _ => return false,
        };
        out.as_deref() == Some(dir)
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
