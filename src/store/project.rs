//! The project folder: `project.json`, `blackboxes/`, `explainers/`, `studies/`, `figures/`.
//!
//! Three copies guard the state. `project.json` is what was saved; `project.backup.json` is what was saved before that;
//! `project.autosave.json` is unsaved work, removed by a save. Each is replaced as a whole, so a kill at any moment leaves
//! a state that opens. A damaged file is put aside as `*.broken.json`, never overwritten by what it was replaced with.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::project_file::{Copy, ProjectFile};
use super::{Hash, ProjectState, StoreError, atomic};

/// Name of the main file.
pub const MAIN_FILE: &str = "project.json";
const BACKUP_FILE: &str = "project.backup.json";
const AUTOSAVE_FILE: &str = "project.autosave.json";
const LOCK_FILE: &str = ".project.lock";

/// A black box or explainer that a project uses.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SavedRef {
    /// Its folder, relative to the project where it lies inside.
    pub folder: PathBuf,
    /// Its hash, by which it is found when the folder was moved.
    pub hash: Hash,
}

/// What lies in the folders of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectKind {
    /// Trained black boxes, a folder each.
    BlackBoxes,
    /// Trained explainers, a folder each.
    Explainers,
    /// Studies, a file each.
    Studies,
    /// Exported figures.
    Figures,
}

impl ProjectKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::BlackBoxes, Self::Explainers, Self::Studies, Self::Figures];

    /// Name of the folder.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::BlackBoxes => "blackboxes",
            Self::Explainers => "explainers",
            Self::Studies => "studies",
            Self::Figures => "figures",
        }
    }
}

/// What the user should know about an opened project. Each is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectNotice {
    /// Unsaved work of an earlier run is shown.
    #[error("unsaved work was restored{}; save to keep it, or go back to the last saved state", ago(.age))]
    Restored {
        /// How long ago it was written.
        age: Option<Duration>,
    },
    /// The main file could not be read; an older copy is shown.
    #[error("the last good copy of the project{} is shown, because {reason}; the damaged file is kept when you save", ago(.age))]
    FellBack {
        /// How long ago the copy was written.
        age: Option<Duration>,
        /// What is wrong with the main file.
        reason: String,
    },
    /// Unsaved work is there but cannot be read.
    #[error("unsaved work of an earlier run could not be restored, because {reason}")]
    AutosaveLost {
        /// Why.
        reason: String,
    },
    /// Another window has it open.
    #[error(
        "the project is open in another window ({holder}); here it can be looked at, but not saved until it is closed there"
    )]
    OpenElsewhere {
        /// Who has it.
        holder: String,
    },
    /// Nothing keeps a second window from opening it, or it cannot be written at all.
    #[error("the project folder cannot be locked ({reason}); do not open it in two windows")]
    NoLock {
        /// What the system said.
        reason: String,
    },
}

impl ProjectNotice {
    /// A stable name for help, tests and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Restored { .. } => "project-restored",
            Self::FellBack { .. } => "project-fell-back",
            Self::AutosaveLost { .. } => "project-autosave-lost",
            Self::OpenElsewhere { .. } => "project-open-elsewhere",
            Self::NoLock { .. } => "project-no-lock",
        }
    }
}

/// A project that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The project with its newest readable state.
    pub project: Project,
    /// The last saved state, where `project.state` is restored unsaved work.
    pub saved_state: Option<ProjectState>,
    /// What the user should know.
    pub notices: Vec<ProjectNotice>,
}

/// An open project folder. Locked against a second window until it is dropped.
#[derive(Debug)]
pub struct Project {
    /// What is open. Change it, then call [`Project::save`] or [`Project::autosave`].
    pub state: ProjectState,
    folder: PathBuf,
    /// The highest revision seen on the disk.
    revision: u64,
    /// The state in `project.json`.
    saved: Option<Hash>,
    /// The state in `project.autosave.json`.
    autosaved: Option<Hash>,
    /// The bytes of `project.json` as last read or written here.
    main_bytes: Option<Hash>,
    lock: Lock,
}

#[derive(Debug)]
enum Lock {
    Held(#[expect(dead_code, reason = "held for as long as the project is open")] HeldLock),
    Elsewhere(String),
    Unsupported(String),
}

/// A locked file. A kill lets go of it as well.
#[derive(Debug)]
struct HeldLock(File);

impl Drop for HeldLock {
    fn drop(&mut self) {
        // Closing alone is not enough: a program that is being started holds copies of all open files for a moment.
        self.0.unlock().ok();
    }
}

impl Project {
    /// Makes a project in a folder that is empty or not there yet, and saves it.
    pub fn create(folder: &Path, state: ProjectState) -> Result<Self, StoreError> {
        let refuse = |reason: &str| StoreError::Place { path: folder.to_owned(), reason: reason.to_owned() };
        if folder.join(MAIN_FILE).exists() {
            return Err(refuse("there is a project already"));
        }
        fs::create_dir_all(folder).map_err(StoreError::write(folder))?;
        if fs::read_dir(folder).map_err(StoreError::read(folder))?.next().is_some() {
            return Err(refuse("the folder is not empty"));
        }
        let lock = Lock::take(folder);
        let mut project = Self {
            state,
            folder: folder.to_owned(),
            revision: 0,
            saved: None,
            autosaved: None,
            main_bytes: None,
            lock,
        };
        for kind in ProjectKind::ALL {
            project.make_folder(kind)?;
        }
        project.save()?;
        Ok(project)
    }

    /// Opens a project by its folder or its `project.json`: the saved state, or unsaved work if that is newer, or the last
    /// good copy if the main file is damaged. A file of another format or of an unknown version is refused.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        let folder = match path.parent() {
            Some(parent) if path.file_name().is_some_and(|name| name == MAIN_FILE) => parent,
            _ => path,
        };
        if !folder.is_dir() {
            return Err(StoreError::NoProject { path: folder.to_owned() });
        }
        // Locked before it is read, so that nobody saves in between.
        let lock = Lock::take(folder);
        let mut notices: Vec<ProjectNotice> = lock.notice().into_iter().collect();
        let main_path = folder.join(MAIN_FILE);
        let main_bytes = Hash::of_file(&main_path).ok();
        let autosave_path = folder.join(AUTOSAVE_FILE);
        let autosave = Copy::read(&autosave_path);
        let (base, fault) = choose_base(folder, Copy::read(&main_path), &autosave)?;
        let is_main = fault.is_none();
        notices.extend(fault);
        let mut project = Self {
            // A copy is not what `project.json` holds, so it still has to be saved.
            saved: if is_main { base.state.hash() } else { None },
            revision: base.revision,
            state: base.state,
            folder: folder.to_owned(),
            autosaved: None,
            main_bytes,
            lock,
        };
        let mut saved_state = None;
        match autosave {
            // Of a project that is open elsewhere, it is the other window's work.
            Copy::Good(newer) if project.can_save() && newer.revision > project.revision => {
                project.autosaved = newer.state.hash();
                project.revision = newer.revision;
                if newer.state != project.state {
                    notices.push(ProjectNotice::Restored { age: age_of(&autosave_path) });
                    saved_state = Some(std::mem::replace(&mut project.state, newer.state));
                }
            }
            Copy::Bad(error) => {
                notices.push(ProjectNotice::AutosaveLost { reason: error.to_string() });
                if project.can_save() {
                    put_aside(&autosave_path);
                }
            }
            Copy::Good(_) | Copy::Missing => {}
        }
        if matches!(project.lock, Lock::Held(_)) {
            atomic::remove_leftovers(folder, Duration::ZERO);
        }
        Ok(Opened { project, saved_state, notices })
    }

    /// What the main file of a folder says, without locking, repairing or writing anything.
    pub fn peek(folder: &Path) -> Result<ProjectState, StoreError> {
        match Copy::read(&folder.join(MAIN_FILE)) {
            Copy::Good(file) => Ok(file.state),
            Copy::Bad(error) => Err(error),
            Copy::Missing => Err(StoreError::NoProject { path: folder.to_owned() }),
        }
    }

    /// Writes the main file of a project that nobody has open, as its first revision: for samples, which are made by a command.
    pub fn write_first(folder: &Path, state: ProjectState) -> Result<(), StoreError> {
        let path = folder.join(MAIN_FILE);
        atomic::write(&path, &ProjectFile { revision: 1, state }.to_bytes(&path)?)
    }

    /// Whether a folder holds a project, be it only a copy of one whose main file was lost.
    pub fn is_in(folder: &Path) -> bool {
        [MAIN_FILE, BACKUP_FILE, AUTOSAVE_FILE].iter().any(|name| folder.join(name).is_file())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether saving is possible from here. While another window has the project it is not.
    pub fn can_save(&self) -> bool {
        !matches!(self.lock, Lock::Elsewhere(_))
    }

    /// Whether the state differs from the saved one.
    pub fn is_changed(&self) -> bool {
        self.saved.is_none() || self.state.hash() != self.saved
    }

    /// Saves the state. What was saved before becomes the backup; unsaved work is removed.
    pub fn save(&mut self) -> Result<(), StoreError> {
        self.ensure_lock()?;
        let main_path = self.folder.join(MAIN_FILE);
        let revision = self.revision.saturating_add(1);
        let bytes = ProjectFile { revision, state: self.state.clone() }.to_bytes(&main_path)?;
        match Copy::read(&main_path) {
            // Written anew rather than renamed, so that there is a main file at every moment.
            Copy::Good(before) => {
                let backup_path = self.folder.join(BACKUP_FILE);
                atomic::write(&backup_path, &before.to_bytes(&backup_path)?)?;
            }
            Copy::Bad(_) => put_aside(&main_path),
            Copy::Missing => {}
        }
        atomic::write(&main_path, &bytes)?;
        self.revision = revision;
        self.saved = self.state.hash();
        self.main_bytes = Some(Hash::of_bytes(&bytes));
        self.remove_autosave();
        Ok(())
    }

    /// Keeps unsaved work beside the saved state. False when there was nothing new to keep.
    pub fn autosave(&mut self) -> Result<bool, StoreError> {
        self.ensure_lock()?;
        let now = self.state.hash();
        if now == self.saved {
            // Changed back by hand or undo: what was autosaved in between is not wanted any more.
            if self.autosaved.is_some() {
                self.remove_autosave();
            }
            return Ok(false);
        }
        if now.is_some() && now == self.autosaved {
            return Ok(false);
        }
        let path = self.folder.join(AUTOSAVE_FILE);
        let revision = self.revision.saturating_add(1);
        atomic::write(&path, &ProjectFile { revision, state: self.state.clone() }.to_bytes(&path)?)?;
        self.autosaved = now;
        Ok(true)
    }

    /// The folder of a kind, made if it is not there.
    pub fn make_folder(&self, kind: ProjectKind) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(kind.folder());
        fs::create_dir_all(&folder).map_err(StoreError::write(&folder))?;
        Ok(folder)
    }

    /// A path in the folder of a kind that nothing has yet, named after `wished` (a title, any characters), with
    /// `extension` (no dot; empty for folders).
    pub fn free_path(&self, kind: ProjectKind, wished: &str, extension: &str) -> Result<PathBuf, StoreError> {
        let folder = self.make_folder(kind)?;
        let stem = file_stem(wished);
        let dot = if extension.is_empty() { "" } else { "." };
        let mut path = folder.join(format!("{stem}{dot}{extension}"));
        let mut number = 2;
        while path.exists() {
            path = folder.join(format!("{stem}-{number}{dot}{extension}"));
            number += 1;
        }
        Ok(path)
    }

    /// A reference to a folder: relative if it lies in the project, else absolute, since a relative one is looked up from the project's folder, and the
    /// next window may be started from another one.
    pub fn reference(&self, folder: &Path, hash: Hash) -> SavedRef {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (outside, project) = (whole(folder), whole(&self.folder));
        let folder = outside.strip_prefix(&project).map(Path::to_path_buf).unwrap_or(outside);
        SavedRef { folder, hash }
    }

    /// The folder that a reference means: where it says, else any of this kind with its hash, else in the cache.
    /// `hash_of` tells the hash in a folder's card.
    pub fn resolve(
        &self,
        saved: &SavedRef,
        kind: ProjectKind,
        cache: Option<&super::Cache>,
        hash_of: impl Fn(&Path) -> Option<Hash>,
    ) -> Option<PathBuf> {
        let told = self.folder.join(&saved.folder);
        if hash_of(&told) == Some(saved.hash) {
            return Some(told);
        }
        let entries = fs::read_dir(self.folder.join(kind.folder())).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort_unstable();
        folders.into_iter().find(|folder| hash_of(folder) == Some(saved.hash)).or_else(|| cache?.find(saved.hash))
    }

    fn remove_autosave(&mut self) {
        let path = self.folder.join(AUTOSAVE_FILE);
        // One that stays is older than the save by its revision, so it is not restored.
        if let Err(error) = fs::remove_file(&path)
            && path.exists()
        {
            log::warn!("cannot remove {}: {error}", path.display());
        }
        self.autosaved = None;
    }

    /// Fails while another window has the project. Once that is closed, takes the lock, unless the other one saved.
    fn ensure_lock(&mut self) -> Result<(), StoreError> {
        if self.can_save() {
            return Ok(());
        }
        let path = self.folder.clone();
        match Lock::take(&self.folder) {
            Lock::Elsewhere(holder) => Err(StoreError::OpenElsewhere { path, holder }),
            _ if Hash::of_file(&self.folder.join(MAIN_FILE)).ok() != self.main_bytes => {
                Err(StoreError::ChangedElsewhere { path })
            }
            lock => {
                self.lock = lock;
                Ok(())
            }
        }
    }
}

impl Lock {
    fn take(folder: &Path) -> Self {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(LOCK_FILE));
        let mut file = match file {
            Ok(file) => file,
            Err(error) => return Self::Unsupported(error.to_string()),
        };
        match file.try_lock() {
            Ok(()) => {
                // Only for the other window's message; an error changes nothing.
                file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id())).ok();
                Self::Held(HeldLock(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.take(80).read_to_string(&mut holder).ok();
                Self::Elsewhere(if holder.is_empty() { "an unknown process".to_owned() } else { holder })
            }
            Err(TryLockError::Error(error)) => Self::Unsupported(error.to_string()),
        }
    }

    fn notice(&self) -> Option<ProjectNotice> {
        match self {
            Self::Held(_) => None,
            Self::Elsewhere(holder) => Some(ProjectNotice::OpenElsewhere { holder: holder.clone() }),
            Self::Unsupported(reason) => Some(ProjectNotice::NoLock { reason: reason.clone() }),
        }
    }
}

/// The saved state: from the main file, else, with a notice, from the backup or from unsaved work.
fn choose_base(folder: &Path, main: Copy, autosave: &Copy) -> Result<(ProjectFile, Option<ProjectNotice>), StoreError> {
    let paths = [MAIN_FILE, BACKUP_FILE, AUTOSAVE_FILE].map(|name| folder.join(name));
    let main_fault = main.fault(&paths[0]);
    let main = match main {
        Copy::Good(file) => return Ok((file, None)),
        // Not damaged: a newer program's, or not to be read. An older copy, saved over it, would lose work.
        Copy::Bad(error @ (StoreError::OtherVersion { .. } | StoreError::Read { .. })) => return Err(error),
        other => other,
    };
    let backup = Copy::read(&paths[1]);
    let faults = [main_fault.clone(), backup.fault(&paths[1]), autosave.fault(&paths[2])];
    let (file, path) = match (main, backup, autosave) {
        (_, Copy::Good(file), _) => (file, &paths[1]),
        (Copy::Bad(error @ StoreError::OtherFormat { .. }), ..) => return Err(error),
        (_, _, Copy::Good(file)) => (file.clone(), &paths[2]),
        (Copy::Missing, Copy::Missing, Copy::Missing) => {
            return Err(StoreError::NoProject { path: folder.to_owned() });
        }
        _ => {
            let reasons: Vec<String> = faults.into_iter().flatten().collect();
            return Err(StoreError::ProjectLost { path: folder.to_owned(), reasons: reasons.join("; ") });
        }
    };
    let notice = ProjectNotice::FellBack { age: age_of(path), reason: main_fault.unwrap_or_default() };
    Ok((file, Some(notice)))
}

/// Moves a damaged file out of the way: `project.json` to `project.broken.json`.
fn put_aside(path: &Path) {
    if let Err(error) = fs::rename(path, path.with_extension("broken.json")) {
        log::warn!("cannot put aside {}: {error}", path.display());
    }
}

fn age_of(path: &Path) -> Option<Duration> {
    SystemTime::now().duration_since(fs::metadata(path).ok()?.modified().ok()?).ok()
}

fn ago(age: &Option<Duration>) -> String {
    let Some(secs) = age.map(|age| age.as_secs()) else {
        return String::new();
    };
    let (count, unit) = match secs {
        0..60 => return " from less than a minute ago".to_owned(),
        60..3600 => (secs / 60, "minute"),
        3600..86_400 => (secs / 3600, "hour"),
        _ => (secs / 86_400, "day"),
    };
    format!(" from {count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// A name that every file system takes: lower-case letters and digits, joined by single dashes.
fn file_stem(wished: &str) -> String {
    let mut stem = String::new();
    for character in wished.chars().flat_map(char::to_lowercase) {
        if stem.len() >= 60 {
            break;
        }
        if character.is_ascii_alphanumeric() {
            stem.push(character);
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { "unnamed".to_owned() } else { stem.to_owned() }
}
