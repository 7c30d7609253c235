//! Application state without a window: what is open, what is selected, results by key, undo, autosave. No egui, no tch.
//!
//! The window reads a [`Session`] and pushes [`Command`]s; [`Session::apply`] changes the state and answers with [`Request`]s;
//! what the workers say comes back through [`Session::apply_event`]. Both are pure of files and threads, so tests drive the same code.

mod all_items;
pub mod apply;
pub mod aside;
mod before;
mod box_of;
pub mod by_hand;
pub mod cache;
mod channels;
mod columns;
pub mod command;
pub mod describe;
pub mod devices;
pub mod events;
pub mod explore;
pub mod figures;
mod figures_file;
pub mod items;
pub mod measure;
pub mod notices;
pub mod opening;
pub mod own_row;
pub mod participant;
pub mod picture;
pub mod project;
pub mod project_job;
pub mod published;
mod read_as;
pub mod reading;
pub mod running;
mod scores;
pub mod search;
pub mod settings;
pub mod sheet;
pub mod shortcut;
pub mod stand_in;
pub mod study;
pub mod train;
pub mod truth;
mod undo;
pub mod untitled;
mod view_state;

pub use before::Offer;
pub use command::{Availability, Command};
pub use opening::FailedOpen;
pub use shortcut::{Chord, Shortcut};

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::options::Looked;
use crate::data::{DataSpec, Dataset};
use crate::explain::SavedExplainer;
use crate::jobs::Task;
use crate::model::SavedBox;
use crate::work::{JobId, Priority, Slot};
use explore::ExplainKey;

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

impl Place {
    /// All, in the order of the rail.
    pub const ALL: [Self; 5] = [Self::Explore, Self::Train, Self::Measure, Self::Study, Self::Figures];

    /// Name on the rail.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Explore => "Explore",
            Self::Train => "Train",
            Self::Measure => "Measure",
            Self::Study => "Study",
            Self::Figures => "Figures",
        }
    }

    /// The question that the place answers.
    pub const fn question(self) -> &'static str {
        match self {
            Self::Explore => "What did the model use here?",
            Self::Train => "Is it learning, is it honest?",
            Self::Measure => "Which method is right, and how sure is that?",
            Self::Study => "What do people understand?",
            Self::Figures => "What goes into the paper?",
        }
    }
}

/// Which worker a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Reads, predicts and explains; never trains.
    Interactive,
    /// Trains and evaluates.
    Training,
    /// Reads and writes files.
    Files,
}

impl Lane {
    /// All, in the order of the workers.
    pub const ALL: [Self; 3] = [Self::Interactive, Self::Training, Self::Files];
}

/// Kinds of slots. A newer request of one slot cancels the older.
pub mod slots {
    /// The open data set.
    pub const DATA: u16 = 1;
    /// Reading black boxes.
    pub const LOAD_BOX: u16 = 2;
    /// Reading explainers.
    pub const LOAD_EXPLAINER: u16 = 3;
    /// Explainers of methods that need no training.
    pub const MAKE_EXPLAINER: u16 = 4;
    /// The explanation in view.
    pub const EXPLAIN: u16 = 5;
    /// Explanations of the next items, made ahead.
    pub const AHEAD: u16 = 6;
    /// The black box's answers to all items.
    pub const PREDICT: u16 = 7;
    /// Whether the class stays, for all items.
    pub const FIDELITY: u16 = 8;
    /// Training; one slot per run.
    pub const TRAIN: u16 = 9;
    /// Metrics.
    pub const EVALUATE: u16 = 10;
    /// Files written; one slot per file.
    pub const WRITE: u16 = 11;
    /// A contact sheet of items.
    pub const SHEET: u16 = 12;
    /// Studies: making, reading, scoring, and one for each change.
    pub const STUDY: u16 = 21;
    /// The answers without the unit under the pointer and without those taken out by hand.
    pub const WITHOUT: u16 = 20;
    /// What is known of data that are not read as a whole.
    pub const LOOK: u16 = 30;
    /// Files of scores of many items; one slot per file.
    pub const SCORES: u16 = 31;
    /// A text in a file that becomes the own text.
    pub const OWN_TEXT: u16 = 32;
}

/// What a job is for; its answers are filed by this.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// The open data set.
    OpenData,
    /// What is known of data that are not read as a whole.
    LookAtData(Arc<DataSpec>),
    /// A text in a file that becomes the own text.
    OwnText(PathBuf),
    /// A black box from a folder.
    LoadBox(PathBuf),
    /// An explainer from a folder.
    LoadExplainer(PathBuf),
    /// An explainer of a method that needs no training.
    MakeExplainer,
    /// The explanation in view.
    Explain(Arc<ExplainKey>),
    /// An explanation made ahead.
    Ahead(Arc<ExplainKey>),
    /// The answer without some units.
    Without(Arc<reading::WithoutKey>),
    /// Answers to all items.
    Predict(Arc<str>),
    /// Fidelity of one explainer over all items, by [`items::FidelityKey`].
    Fidelity(Arc<items::FidelityKey>),
    /// A training run, by its number.
    Train(u32),
    /// The table of metrics.
    Evaluate,
    /// What is measured beside the table.
    Measure(measure::Part),
    /// A contact sheet, by its number.
    Sheet(u32),
    /// A file of scores of many items.
    Scores(PathBuf),
    /// Something with a study.
    Study(study::StudyJob),
    /// A file, for the line that says where it is.
    Write(PathBuf),
}

/// A task for a worker.
#[derive(Clone, Debug)]
pub struct Run {
    /// Worker.
    pub lane: Lane,
    /// A newer run of a slot cancels the older.
    pub slot: Slot,
    /// How urgent.
    pub priority: Priority,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called in the list of running jobs.
    pub title: String,
    /// What to do; it carries its seed.
    pub task: Task,
}

/// What [`Session::apply`] asks of the window.
#[derive(Debug)]
pub enum Request {
    /// Submit a task, then tell [`Session::submitted`] its id.
    Run(Box<Run>),
    /// Cancel a job.
    Cancel(Lane, JobId),
    /// Pause a job, or let it go on.
    Pause(Lane, JobId, bool),
    /// Ask the user for files; the answer comes back as a command.
    Ask(Dialog),
    /// Read or write a project's files, off the window's thread and in order, then tell [`Session::project_done`].
    Project(project_job::ProjectJob),
    /// Show participant mode on this file and nothing else.
    TakePart(PathBuf),
    /// Put text on the clipboard.
    Copy(String),
    /// Close the window.
    Close,
}

/// A question about files that the system's dialog asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Files to open.
    OpenFiles,
    /// A folder to open: data, model, explainer or project.
    OpenFolder,
    /// Folder for the project.
    SaveProject,
    /// File for the figure in view.
    ExportFigure,
    /// File for kept figure number n.
    ExportKept(usize),
    /// Folder for all kept figures.
    ExportAllKept(crate::figure::Format),
    /// File for the scores in view.
    ExportScores,
    /// File for the scores of all listed items.
    ExportListedScores,
    /// File for the table of metrics.
    ExportTable,
    /// A user's embedding of texts, by which similar ones are found.
    Embedding,
    /// Files of the Study place.
    Study(study::StudyDialog),
}

/// Everything the window shows.
#[derive(Default)]
pub struct Session {
    /// Place in view.
    pub place: Place,
    /// Project folder, once there is one.
    pub project: Option<PathBuf>,
    /// Whether the project has changes that are not on disk.
    pub unsaved: bool,
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
    /// Studies with people.
    pub study: study::Study,
    /// Kept figures.
    pub figures: figures::Figures,
    /// The contact sheet that is being made.
    pub(crate) sheet: Option<sheet::PendingSheet>,
    /// Notices, latest last.
    pub notices: notices::Notices,
    /// Undo and redo.
    pub undo: undo::Undo,
    /// Jobs under way.
    pub running: running::RunningJobs,
    /// What is remembered between sessions: theme, scale, recent files.
    pub settings: settings::Settings,
    /// Which lists and sheets are open.
    pub open: settings::OpenPanels,
    /// What the last action did, for the bottom line.
    pub last_action: String,
    /// The last request for data that failed, so that it can be tried again.
    pub(crate) data_retry: Option<DataSpec>,
    /// What was asked for last and is no specification of data, so that it can be mended.
    pub(crate) no_spec: Option<String>,
    /// What could not be opened last, until it is put away or something is opened.
    pub(crate) failed_open: Option<FailedOpen>,
    /// What is known of data that are not read as a whole, and which these are.
    pub(crate) looked: Option<(Arc<DataSpec>, Arc<Looked>)>,
    /// Data that were open before.
    pub(crate) before: before::Earlier,
    /// The data under way are opened by taking an opening back, or by doing it again.
    pub(crate) reopening: Option<before::Way>,
    /// What the bottom line offered last.
    pub(crate) offer: Option<Offer>,
    /// The open project's files.
    pub(crate) files: project::OpenFiles,
    /// Device and memory in a line, for the chip in the top bar.
    pub machine: Option<String>,
    /// Where networks are computed, and where else they could be.
    pub devices: devices::Devices,
    /// Sample sets that this machine has, as (title, specification).
    pub samples: Vec<(String, String)>,
    /// Folders that black boxes and explainers were read from or written to, by hash.
    pub(crate) dirs: std::collections::BTreeMap<String, PathBuf>,
    /// Where checkpoints and unsaved work go while there is no project: a folder of this session alone.
    pub scratch: Option<PathBuf>,
    /// The state of this session while it has no project.
    pub(crate) untitled: untitled::Untitled,
    /// Unsaved work of earlier sessions, the newest first.
    pub leftovers: Vec<untitled::Leftover>,
    /// Slots of kinds that count up.
    pub(crate) next_slot: u32,
}

impl Session {
    /// An empty session.
    pub fn new() -> Self {
        Self::default()
    }

    /// The black box in use.
    pub fn active_box(&self) -> Option<&Arc<SavedBox>> {
        self.boxes.get(self.active_box?)
    }

    /// Explainers of the black box in use, as indices into [`Session::explainers`].
    pub fn usable_explainers(&self) -> Vec<usize> {
        let Some(active) = self.active_box() else { return Vec::new() };
        (0..self.explainers.len()).filter(|&i| self.explainers[i].card.blackbox_hash == active.card.hash).collect()
    }

    /// Explainers of the shown columns.
    pub fn column_explainers(&self) -> Vec<Arc<SavedExplainer>> {
        self.explore.columns.iter().filter_map(|&i| self.explainers.get(i).cloned()).collect()
    }

    /// A slot of `kind` that nothing else uses.
    pub(crate) fn fresh_slot(&mut self, kind: u16) -> Slot {
        self.next_slot += 1;
        Slot::new(kind, self.next_slot)
    }

    /// Title of the window.
    pub fn window_title(&self) -> String {
        let project =
            self.project.as_ref().and_then(|dir| dir.file_name()).map(|name| name.to_string_lossy().into_owned());
        let data = self.data.as_ref().map(|data| data.name.clone());
        let mark = match project {
            Some(_) if self.is_read_only() => " (open in another window)",
            Some(_) if self.unsaved => " (unsaved)",
            _ => "",
        };
        match (data, project) {
            (Some(data), Some(project)) => format!("{data} in {project}{mark} - Unmask"),
            (Some(data), None) => format!("{data} - Unmask"),
            (None, Some(project)) => format!("{project}{mark} - Unmask"),
            (None, None) => "Unmask".to_owned(),
        }
    }
}
