//! Work of a session that has no project yet: its state is kept beside the models that it trained, so that a crash loses neither. The next
//! start offers both again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::notices::Level;
use super::project::{AUTOSAVE_EVERY, Look, ViewState};
use super::project_job::{self, ProjectJob, SaveKind, Saved, Target, locked};
use super::{Command, Request, Session, describe};
use crate::data::DataSpec;
use crate::store::{Project, ProjectKind, ProjectState, StoreError, atomic};
use crate::work::Notice;

/// Most folders that are looked into at the start.
const MAX_LEFTOVERS: usize = 20;

/// Unsaved work of an earlier session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its folder, with its state and what it trained.
    pub folder: PathBuf,
    /// What it is, in one sentence.
    pub sentence: String,
    /// Hash of the data that it is about, as a data set has it; `None` where it has none.
    pub data: Option<String>,
}

/// The state of the session while it has no project.
#[derive(Default)]
pub(crate) struct Untitled {
    /// Its files, locked as long as the window is open.
    files: Option<Arc<Mutex<Project>>>,
    /// As it was kept last.
    kept: Option<Box<Look>>,
    kept_at: Option<Instant>,
    /// Keeping it failed once, and the user was told.
    is_given_up: bool,
}

/// What earlier sessions left in `root`, the newest first. Sessions of windows that are open now are left alone.
pub fn leftovers(root: &Path) -> Vec<Leftover> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut folders: Vec<(SystemTime, PathBuf)> = entries
        .map(|entry| entry.path())
        .filter(|folder| Project::is_in(folder))
        .map(|folder| (newest(&folder).unwrap_or(SystemTime::UNIX_EPOCH), folder))
        .collect();
    folders.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    folders.into_iter().take(MAX_LEFTOVERS).filter_map(|(time, folder)| leftover(folder, time)).collect()
}

/// When the state of a session was written last.
fn newest(folder: &Path) -> Option<SystemTime> {
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let states = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "json"));
    states.filter_map(|file| file.metadata().ok()?.modified().ok()).max()
}

fn leftover(folder: PathBuf, time: SystemTime) -> Option<Leftover> {
    // What cannot be read is left alone: a later version may be able to.
    let opened = Project::open(&folder).ok().filter(|opened| opened.project.can_save())?;
    let view = ViewState::of(&opened.project.state);
    let what = contents(&folder, &view, view.figures.as_ref().map_or(0, |figures| figures.count));
    let since = SystemTime::now().duration_since(time).ok().map_or_else(String::new, ago);
    let of_data = data_words(&opened.project.state);
    let sentence = format!("Work of an earlier session was not saved{since}: {}.{of_data}", describe::in_words(&what));
    (!what.is_empty()).then_some(Leftover { folder, sentence, data: view.data_hash })
}

/// Which data it is about, as a sentence of its own.
fn data_words(state: &ProjectState) -> String {
    let spec = state.data.first().and_then(|spec| spec.parse::<DataSpec>().ok());
    let name = spec.and_then(|spec| Some(spec.path.file_name()?.to_string_lossy().into_owned()));
    name.map_or_else(String::new, |name| format!(" Its data: {name}."))
}

/// What a session left, in words; empty where there is nothing.
fn contents(folder: &Path, view: &ViewState, n_figures: usize) -> Vec<String> {
    let n_in = |kind: ProjectKind| project_job::folders_in(&folder.join(kind.folder())).len();
    let counted = [
        (n_in(ProjectKind::BlackBoxes), "black box", "black boxes"),
        (n_in(ProjectKind::Explainers), "explainer", "explainers"),
        (n_figures, "kept figure", "kept figures"),
        (view.marked.len(), "marked item", "marked items"),
        (view.pinned.len(), "pinned item", "pinned items"),
        (usize::from(view.design.is_some()), "design of a study", "designs of studies"),
        (usize::from(!view.own_text.is_empty()), "text of your own", "texts of your own"),
    ];
    counted.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| describe::count(n, one, many)).collect()
}

fn ago(age: Duration) -> String {
    let (n, one, many) = match age.as_secs() {
        0..60 => return " (less than a minute ago)".to_owned(),
        secs @ 60..3600 => (secs / 60, "minute", "minutes"),
        secs @ 3600..86_400 => (secs / 3600, "hour", "hours"),
        secs => (secs / 86_400, "day", "days"),
    };
    format!(" ({} ago)", describe::count(n as usize, one, many))
}

/// Opens the state of an untitled session for writing; makes it where it is not there yet.
pub(super) fn open_at(folder: &Path) -> Result<Arc<Mutex<Project>>, StoreError> {
    if !Project::is_in(folder) {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Write { path: folder.to_owned(), source })?;
        Project::write_first(folder, ProjectState::default())?;
    }
    Ok(Arc::new(Mutex::new(Project::open(folder)?.project)))
}

/// Forgets the state of an untitled session. What it trained stays: it may be in use. A folder without anything goes.
pub(super) fn forget(files: &Mutex<Project>) {
    let folder = locked(files).folder().to_path_buf();
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_state = name.starts_with("project") && name.ends_with(".json");
        if is_state && let Err(error) = std::fs::remove_file(entry.path()) {
            log::warn!("cannot remove {}: {error}", entry.path().display());
        }
    }
    // Kept figures belong to the state; every other folder goes only if it is empty.
    std::fs::remove_dir_all(folder.join(ProjectKind::Figures.folder())).ok();
    std::fs::remove_file(folder.join(".project.lock")).ok();
    for kind in ProjectKind::ALL {
        std::fs::remove_dir(folder.join(kind.folder())).ok();
    }
    std::fs::remove_dir(&folder).ok();
}

/// Removes what an earlier session left. Only a folder of such a session is removed.
pub(super) fn discard(folder: &Path) -> Result<(), Notice> {
    let refuse = |reason: String| {
        let summary = format!("Unsaved work of an earlier session could not be discarded: {reason}");
        Err(Notice::new("untitled-not-discarded", summary))
    };
    if !Project::is_in(folder) {
        return refuse(format!("{}: expected the state of a session, found none", folder.display()));
    }
    match Project::open(folder).map(|opened| opened.project.can_save()) {
        Ok(true) => atomic::remove_folder(folder).or_else(|error| refuse(error.to_string())),
        Ok(false) => refuse("another window has it open".to_owned()),
        Err(error) => refuse(error.to_string()),
    }
}

/// A folder beside `scratch` that nothing is in.
fn beside(scratch: &Path) -> PathBuf {
    let name = scratch.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..).map(|number| scratch.with_file_name(format!("{name}-{number}")));
    numbered.into_iter().find(|folder| !folder.exists()).unwrap_or_else(|| scratch.to_path_buf())
}

impl Session {
    /// The newest unsaved work of earlier sessions, to be offered.
    pub fn leftover(&self) -> Option<&Leftover> {
        self.leftovers.first()
    }

    /// Whether anything was trained into the scratch folder.
    fn has_scratch_models(&self) -> bool {
        let Some(scratch) = &self.scratch else { return false };
        self.dirs.values().any(|dir| dir.starts_with(scratch)) || self.out_dirs().any(|dir| dir.starts_with(scratch))
    }

    /// Whether there is work that only this session has.
    fn has_untitled_work(&self) -> bool {
        let explore = &self.explore;
        let has_marks = !explore.marked.is_empty() || !explore.pinned.is_empty();
        let has_own_text = !explore.reading.kept_own().0.is_empty();
        has_marks
            || has_own_text
            || !self.figures.kept.is_empty()
            || self.study.form.is_some()
            || self.has_scratch_models()
    }

    fn untitled_job(&mut self) -> Option<Request> {
        let folder = self.scratch.clone().filter(|_| self.project.is_none())?;
        let files = self.untitled.files.clone();
        Some(self.save_job(Target::Untitled { folder, files }, SaveKind::Untitled))
    }

    /// Keeps the work of a session without a project where that is due.
    pub(super) fn tick_untitled(&mut self, now: Instant) -> Option<Request> {
        let is_due = self.untitled.kept_at.is_none_or(|at| now >= at + AUTOSAVE_EVERY);
        if !is_due || self.untitled.is_given_up || self.is_opening_project() || !self.has_untitled_work() {
            return None;
        }
        let look = self.look();
        if self.untitled.kept.as_deref() == Some(&look) {
            return None;
        }
        self.untitled.kept_at = Some(now);
        self.untitled_job()
    }

    /// Whether there is untitled work that no file has yet.
    pub(super) fn untitled_awaits(&self) -> bool {
        self.scratch.is_some()
            && self.project.is_none()
            && !self.untitled.is_given_up
            && self.has_untitled_work()
            && self.untitled.kept.as_deref() != Some(&self.look())
    }

    /// How long until it may be kept again.
    pub(super) fn untitled_due_in(&self, now: Instant) -> Duration {
        let due = self.untitled.kept_at.map(|at| at + AUTOSAVE_EVERY);
        due.map_or(Duration::ZERO, |due| due.saturating_duration_since(now))
    }

    pub(super) fn untitled_saved(&mut self, saved: Saved) {
        match saved.result {
            Ok(files) => {
                self.untitled.files = Some(files);
                self.untitled.kept = saved.look;
            }
            Err(notice) => {
                self.untitled.is_given_up = true;
                let summary =
                    format!("Work without a project cannot be kept for the case of a crash. {}", notice.summary);
                let notice = Notice::new("untitled-not-kept", summary).with_hint("Save it as a project.");
                self.notify(Level::Warning, notice, Some(Command::Save));
            }
        }
    }

    /// The work of this session is in a project now: nothing is left to be offered.
    pub(super) fn untitled_is_saved(&mut self) -> Vec<Request> {
        let files = std::mem::take(&mut self.untitled).files;
        files.map(|files| Request::Project(ProjectJob::Forget(files))).into_iter().collect()
    }

    /// Another project, or other work, takes the place of this session's: what it has not saved is offered from now on.
    pub(super) fn leave_untitled(&mut self) -> Option<Request> {
        let last = if self.untitled_awaits() { self.untitled_job() } else { None };
        let files = std::mem::take(&mut self.untitled).files;
        let folder = match &files {
            Some(files) => locked(files).folder().to_path_buf(),
            // What is written now is the first that is kept of it.
            None => self.scratch.clone().filter(|_| last.is_some())?,
        };
        let state = self.state();
        let view = ViewState::of(&state);
        let mut what = contents(&folder, &view, self.figures.kept.len());
        if what.is_empty() && self.out_dirs().next().is_some() {
            what.push("something that is still in training".to_owned());
        }
        self.scratch = self.scratch.as_deref().map(beside);
        if what.is_empty() {
            // All of it was taken back since it was kept.
            return files.map(|files| Request::Project(ProjectJob::Forget(files)));
        }
        let of_data = data_words(&state);
        let sentence = format!("Work that is no longer shown was not saved: {}.{of_data}", describe::in_words(&what));
        self.leftovers.insert(0, Leftover { folder, sentence, data: view.data_hash });
        last
    }

    /// What is left to do when the window closes and there is no project: what was trained is offered at the next start, all else was
    /// not wanted.
    pub fn untitled_at_close(&mut self) -> Option<Request> {
        if self.project.is_some() {
            return None;
        }
        if self.has_scratch_models() {
            return self.untitled_job();
        }
        self.untitled_is_saved().pop()
    }

    pub(crate) fn restore_untitled(&mut self) -> Vec<Request> {
        if self.leftovers.is_empty() {
            return Vec::new();
        }
        let folder = self.leftovers.remove(0).folder;
        // The same offer would stand there as if nothing had been restored.
        let n_older = std::mem::take(&mut self.leftovers).len();
        if n_older > 0 {
            let older = describe::count(n_older, "older session", "older sessions");
            let summary = format!("Unsaved work of {older} is offered again at the next start");
            self.notices.push(Level::Info, Notice::new("untitled-older", summary), None);
        }
        self.last_action = "Restoring unsaved work".to_owned();
        self.files.opening = Some(folder.clone());
        vec![Request::Project(ProjectJob::Restore(folder))]
    }

    pub(crate) fn discard_untitled(&mut self) -> Vec<Request> {
        if self.leftovers.is_empty() {
            return Vec::new();
        }
        self.last_action = "Discarded unsaved work of an earlier session".to_owned();
        vec![Request::Project(ProjectJob::Discard(self.leftovers.remove(0).folder))]
    }

    /// The files of restored work: from now on this session's own.
    pub(super) fn take_untitled(&mut self, folder: PathBuf, files: Project) {
        self.scratch = Some(folder);
        self.untitled = Untitled { files: Some(Arc::new(Mutex::new(files))), ..Untitled::default() };
    }
}
