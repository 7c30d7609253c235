//! Application state without a window: what is open, what is selected, results by key, undo, autosave. No egui, no tch.
//!
//! The window reads a [`Session`] and pushes [`Command`]s; [`Session::apply`] changes the state and answers with requests for the workers;
//! events of the workers come back through [`Session::apply_event`].

pub mod command;
pub mod explore;
pub mod measure;
pub mod notices;
pub mod project;
pub mod train;
pub mod undo;

pub use command::{Availability, Command};

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::Dataset;
use crate::explain::SavedExplainer;
use crate::jobs::{Output, Task};
use crate::model::SavedBox;
use crate::work::{Event, Priority, Slot};

/// The five places of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// What did the model use here?
    #[default]
    Explore,
    /// Is it learning, is it honest?
    Train,
    /// Which method is right, how sure?
    Measure,
    /// What do people understand?
    Study,
    /// What goes into the paper?
    Figures,
}

/// Which worker a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Reads, predicts and explains; never trains.
    Interactive,
    /// Trains and evaluates.
    Training,
    /// Reads and writes files.
    Files,
}

/// A request for a worker.
#[derive(Debug)]
pub struct Request {
    /// Worker.
    pub lane: Lane,
    /// A newer request of a slot cancels the older.
    pub slot: Slot,
    /// How urgent.
    pub priority: Priority,
    /// Seed from which all its randomness comes.
    pub seed: u64,
    /// What to do.
    pub task: Task,
}

/// Everything the window shows.
pub struct Session {
    /// Place in view.
    pub place: Place,
    /// Project folder, once there is one.
    pub project: Option<PathBuf>,
    /// The open data set.
    pub data: Option<Arc<Dataset>>,
    /// Black boxes of the project.
    pub boxes: Vec<Arc<SavedBox>>,
    /// Index of the black box in use.
    pub active_box: Option<usize>,
    /// Explainers of the project (also those of methods that need no training).
    pub explainers: Vec<Arc<SavedExplainer>>,
    /// The explorer's state.
    pub explore: explore::Explore,
    /// Training runs.
    pub train: train::Train,
    /// Tables of metrics.
    pub measure: measure::Measure,
    /// Notices, latest last.
    pub notices: notices::Notices,
    /// Undo and redo.
    pub undo: undo::Undo,
}
