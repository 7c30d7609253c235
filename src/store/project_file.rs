//! What `project.json` holds, and how its three copies are read.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::{Format, Hash, SavedRef, StoreError, atomic};

/// What is open in a project. Everything is plain data, so that a project can be read without the things it names.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProjectState {
    /// Specifications of the open data sets; the first is the one in view.
    pub data: Vec<String>,
    /// Open black boxes.
    pub black_boxes: Vec<SavedRef>,
    /// The one in use.
    pub active_black_box: Option<Hash>,
    /// Open explainers, in the order on screen.
    pub explainers: Vec<SavedRef>,
    /// Panels and their sizes; the window's own form.
    pub layout: Value,
    /// What is selected in each place; the session's own form.
    pub view: Value,
    /// Seeds by what they are for.
    pub seeds: BTreeMap<String, u64>,
    /// Versions of what saved the project, by name.
    pub versions: BTreeMap<String, String>,
    /// Undo history, if it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Value>,
    /// Fields that this program does not know; they are kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl ProjectState {
    /// Changes when anything in it changes.
    pub(super) fn hash(&self) -> Option<Hash> {
        serde_json::to_vec(self).ok().map(|bytes| Hash::of_bytes(&bytes))
    }
}

/// The file: the state, and a count that grows with every save, which tells the newer of two copies without a clock.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct ProjectFile {
    pub revision: u64,
    #[serde(flatten)]
    pub state: ProjectState,
}

impl ProjectFile {
    pub const FORMAT: Format = Format::new("unmask-project", 1);

    /// Its bytes, checked to be readable again.
    pub fn to_bytes(&self, path: &Path) -> Result<Vec<u8>, StoreError> {
        Self::FORMAT.to_bytes(self, path)
    }
}

/// One of the copies on the disk.
pub(super) enum Copy {
    Missing,
    Good(ProjectFile),
    Bad(StoreError),
}

impl Copy {
    pub fn read(path: &Path) -> Self {
        match atomic::read_limited(path, ProjectFile::FORMAT.max_bytes) {
            Ok(bytes) => match ProjectFile::FORMAT.parse(&bytes, path) {
                Ok(file) => Self::Good(file),
                Err(error) => Self::Bad(error),
            },
            Err(StoreError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Self::Missing,
            Err(error) => Self::Bad(error),
        }
    }

    /// What is wrong with it, if it is not good.
    pub fn fault(&self, path: &Path) -> Option<String> {
        match self {
            Self::Missing => Some(format!("{} is missing", path.display())),
            Self::Bad(error) => Some(error.to_string()),
            Self::Good(_) => None,
        }
    }
}
