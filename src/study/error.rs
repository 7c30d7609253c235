//! What can go wrong in a study. Each message is one sentence: what was expected, what was found, what to do.

use std::path::{Path, PathBuf};

/// Why a study could not be designed, run or analysed.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A design that cannot be used.
    #[error("design, {field}: expected {expected}, found {found}; {advice}")]
    Design {
        /// Field of the TOML file, e.g. `items.count`.
        field: String,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A design that is not TOML, or has unknown fields.
    #[error("{path}: expected a study design, found {found}; see `unmask study new --like l2x-imdb --print` for one")]
    NotADesign {
        /// The file.
        path: String,
        /// What the parser said, in one line.
        found: String,
    },
    /// Not a file of this program.
    #[error("{path} is something else: expected a study of Unmask, found {found}; choose another file")]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// Bits of the file have changed.
    #[error("{path} is damaged: expected a sound study file, found {found}; restore it from a copy")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the check said.
        found: String,
    },
    /// Written by a later version of this program.
    #[error(
        "{path} was written by a newer Unmask: expected schema {known} or older, found {found}; open it with that version"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Newest schema that is known here.
        known: u32,
        /// Its schema.
        found: u32,
    },
    /// Nothing may be written there.
    #[error("{path} cannot be written: the file or its folder is read-only; copy the study to a folder of your own")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No room left.
    #[error(
        "{path}: the disk is full, so the last answer was not saved, and all answers before it are safe; make room, then answer it again"
    )]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another window or program has it.
    #[error("{path} is open in another window, and only one may write answers; close it there first")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file is not there or cannot be opened.
    #[error("cannot open {path}: {found}; check the path")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        found: String,
    },
    /// Something is already there.
    #[error("{path} exists already; choose another name, since a study is never overwritten")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Any other refusal of the database.
    #[error("{path}: {found}; nothing was changed")]
    Database {
        /// The file.
        path: PathBuf,
        /// What it said.
        found: String,
    },
    /// Files that do not belong together.
    #[error("{path} does not belong to {other}: expected the same {what}, found another; {advice}")]
    Mixed {
        /// The file.
        path: String,
        /// What it was put together with.
        other: String,
        /// What differs.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Analysis before the end.
    #[error(
        "{path} is still open, and nothing is analysed before a study is closed; run `unmask study close` when the last answer is in"
    )]
    StillOpen {
        /// The file.
        path: PathBuf,
    },
    /// Answers after the end.
    #[error("{path} is closed, so it takes no more answers; make a new study")]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// A step that is not possible now.
    #[error("{0}")]
    Step(String),
    /// An item could not be explained or drawn.
    #[error("{0}")]
    Render(String),
    /// Too old to be resumed, by the study's own rule.
    #[error(
        "participant {code} paused {hours:.0} hours ago, and this study allows no return after {limit:.0}; begin with a new participant"
    )]
    TooOld {
        /// Code.
        code: String,
        /// Hours since the last answer.
        hours: f64,
        /// Hours allowed.
        limit: f64,
    },
    /// A figure could not be drawn.
    #[error(transparent)]
    Figure(#[from] crate::figure::FigureError),
    /// A file could not be read or written.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl StudyError {
    /// For a wrong field of a design.
    pub(crate) fn design(field: &str, expected: impl Into<String>, found: impl ToString, advice: &str) -> Self {
        Self::Design {
            field: field.to_owned(),
            expected: expected.into(),
            found: found.to_string(),
            advice: advice.to_owned(),
        }
    }

    /// For files of different studies.
    pub(super) fn mixed(path: &Path, other: &Path, what: &'static str, advice: &'static str) -> Self {
        Self::Mixed { path: path.display().to_string(), other: other.display().to_string(), what, advice }
    }
}
