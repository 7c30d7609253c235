//! What can go wrong with saved things. Each message is one sentence with the file and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be saved or opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused to read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Writing failed; what was there before still is.
    #[error("cannot write {path}: {source}; what was there before is unchanged")]
    Write {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The place is not one to write to.
    #[error("cannot write {path}: {reason}; choose another place")]
    Place {
        /// File or folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Larger than such a file can be.
    #[error("{path} is too large: expected at most {limit} bytes, found {found}; this is not a file that Unmask wrote")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Largest size that is read, in bytes.
        limit: u64,
        /// Its size, in bytes.
        found: u64,
    },
    /// Not JSON, cut short, or with fields missing.
    #[error("{path} is damaged: expected {expected}, found {found}; restore it from a copy or make it again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Another kind of file.
    #[error("{path} is something else: expected format {expected}, found {found}; choose another file")]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Name of the format that was asked for.
        expected: &'static str,
        /// What it says to be.
        found: String,
    },
    /// Of a version that this program does not know.
    #[error(
        "{path} has an unknown version: expected {format} version {expected}, found {found}; open it with the version of Unmask that wrote it"
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Name of its format.
        format: &'static str,
        /// The versions that are known, e.g. `1` or `1 to 3`.
        expected: String,
        /// Its version.
        found: String,
    },
    /// Its content is not what its name or card says.
    #[error(
        "{path} does not fit its hash: expected {expected}, found {found}; it was changed or mixed up, so make it again"
    )]
    OtherHash {
        /// File or folder.
        path: PathBuf,
        /// What the card says, shortened.
        expected: String,
        /// What it is, shortened.
        found: String,
    },
    /// A folder without a project.
    #[error(
        "{path} holds no project: expected a file project.json in it; open a folder that Unmask saved, or create a project there"
    )]
    NoProject {
        /// The folder.
        path: PathBuf,
    },
    /// Neither the project file nor any copy of it can be read.
    #[error("the project {path} cannot be opened: {reasons}; restore project.json from a copy")]
    ProjectLost {
        /// The folder.
        path: PathBuf,
        /// What is wrong with each file.
        reasons: String,
    },
    /// Open in another window.
    #[error(
        "the project {path} is open in another window ({holder}), so nothing is saved from here; close it there first"
    )]
    OpenElsewhere {
        /// The folder.
        path: PathBuf,
        /// Who has it.
        holder: String,
    },
    /// Another window saved it in the meantime.
    #[error(
        "the project {path} was saved by another window since it was opened here, so it is not overwritten; open it again"
    )]
    ChangedElsewhere {
        /// The folder.
        path: PathBuf,
    },
    /// The system has no cache folder for this user.
    #[error("this system names no cache folder; set UNMASK_CACHE to a folder for trained black boxes")]
    NoCacheFolder,
}

impl StoreError {
    /// A stable name for help, tests and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "cannot-read",
            Self::Write { .. } | Self::Place { .. } => "cannot-write",
            Self::TooLarge { .. } => "too-large",
            Self::Damaged { .. } => "damaged",
            Self::OtherFormat { .. } => "other-format",
            Self::OtherVersion { .. } => "other-version",
            Self::OtherHash { .. } => "other-hash",
            Self::NoProject { .. } => "no-project",
            Self::ProjectLost { .. } => "project-lost",
            Self::OpenElsewhere { .. } => "open-elsewhere",
            Self::ChangedElsewhere { .. } => "changed-elsewhere",
            Self::NoCacheFolder => "no-cache-folder",
        }
    }

    /// For `map_err` on reading.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Read { path: path.to_owned(), source }
    }

    /// For `map_err` on writing.
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}
