//! What is done with a project's files, off the window's thread and one after the other: opening it with everything it names, and saving it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::figures::KeptFigure;
use super::figures_file::{self, FiguresRef};
use super::project::{Look, ViewState, from_project, to_project};
use super::untitled;
use crate::explain::SavedExplainer;
use crate::model::SavedBox;
use crate::store::{self, Cache, Hash, Project, ProjectKind, ProjectState, SavedRef, StoreError};
use crate::work::Notice;

/// Most bytes of a card.
const MAX_CARD: u64 = 64 << 20;

/// Something to do with a project's files. The window runs these one after the other, in the order of the requests.
#[derive(Debug)]
pub enum ProjectJob {
    /// Open the project in this folder.
    Open(PathBuf),
    /// Save it.
    Save(Box<SaveJob>),
    /// Open unsaved work of an earlier session.
    Restore(PathBuf),
    /// Remove unsaved work of an earlier session.
    Discard(PathBuf),
    /// Forget the state of a session that was saved as a project.
    Forget(Arc<Mutex<Project>>),
}

/// What came of a [`ProjectJob`].
#[derive(Debug)]
pub enum ProjectDone {
    /// An opened project, or why it cannot be opened.
    Opened(Result<Box<OpenedProject>, Notice>),
    /// A save that is over.
    Saved(Saved),
    /// Unsaved work of an earlier session, or why it cannot be opened.
    Restored(Result<Box<OpenedProject>, Notice>),
    /// Unsaved work was removed, or why not.
    Discarded(Result<(), Notice>),
    /// The state of a session was forgotten.
    Forgotten,
}

impl ProjectJob {
    /// Does it. Reads and writes files.
    pub fn run(self) -> ProjectDone {
        match self {
            Self::Open(folder) => ProjectDone::Opened(open_here(&folder)),
            Self::Restore(folder) => ProjectDone::Restored(open_here(&folder)),
            Self::Discard(folder) => ProjectDone::Discarded(untitled::discard(&folder)),
            Self::Forget(files) => {
                untitled::forget(&files);
                ProjectDone::Forgotten
            }
            Self::Save(job) => ProjectDone::Saved(job.run()),
        }
    }
}

// --- opening ---------------------------------------------------------------------------------------------------------

/// A project with everything it names, as far as it could be read.
#[derive(Debug)]
pub struct OpenedProject {
    /// Its folder.
    pub folder: PathBuf,
    /// Its files; `None` for the sample, which is only looked at.
    pub project: Option<Project>,
    /// Its newest readable state.
    pub state: ProjectState,
    /// The last saved state and its kept figures, where `state` is restored unsaved work.
    pub saved_state: Option<(ProjectState, Vec<KeptFigure>)>,
    /// Black boxes with their folders.
    pub boxes: Vec<(PathBuf, Arc<SavedBox>)>,
    /// Explainers with their folders.
    pub explainers: Vec<(PathBuf, Arc<SavedExplainer>)>,
    /// Kept figures.
    pub figures: Vec<KeptFigure>,
    /// What it names and could not be read. It stays named, so that it is there again when it is put back.
    pub missing: Missing,
    /// What the user should know: a code and a sentence each.
    pub notices: Vec<Notice>,
}

/// What a project names and could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Missing {
    /// Black boxes.
    pub boxes: Vec<SavedRef>,
    /// Explainers.
    pub explainers: Vec<SavedRef>,
    /// The file of the kept figures.
    pub figures: Option<FiguresRef>,
}

fn open_here(folder: &Path) -> Result<Box<OpenedProject>, Notice> {
    let opened = open(folder, Cache::of_user().ok().as_ref());
    opened.map(Box::new).map_err(|error| Notice::new(error.code(), error.to_string()))
}

/// Opens a project with everything it names. Black boxes are also looked for in `cache`.
pub fn open(folder: &Path, cache: Option<&Cache>) -> Result<OpenedProject, StoreError> {
    // The sample is looked at without a lock and without repairs: nothing is ever written into its folder.
    if let Ok(state) = Project::peek(folder)
        && ViewState::of(&state).is_sample
    {
        return Ok(with_models(folder.to_path_buf(), None, state, None, Vec::new(), cache));
    }
    let opened = Project::open(folder)?;
    let notices =
        opened.notices.iter().map(|notice| Notice::new(notice.code(), sentence(&notice.to_string()))).collect();
    let (folder, state) = (opened.project.folder().to_path_buf(), opened.project.state.clone());
    Ok(with_models(folder, Some(opened.project), state, opened.saved_state, notices, cache))
}

fn with_models(
    folder: PathBuf,
    project: Option<Project>,
    mut state: ProjectState,
    saved_state: Option<ProjectState>,
    mut notices: Vec<Notice>,
    cache: Option<&Cache>,
) -> OpenedProject {
    for spec in &mut state.data {
        *spec = from_project(&folder, spec);
    }
    // What was still in training elsewhere when the state was written.
    let out_dirs = ViewState::of(&state).out_dirs;
    let mut search = Search { folder: &folder, cache, out_dirs: &out_dirs, notices: &mut notices };
    let (boxes, missing_boxes) = search.load(ProjectKind::BlackBoxes, &state.black_boxes, |dir| {
        let saved = SavedBox::load(dir).map_err(|error| error.to_string())?;
        Ok((saved.card.hash.clone(), Arc::new(saved)))
    });
    let (explainers, missing_explainers) = search.load(ProjectKind::Explainers, &state.explainers, |dir| {
        let saved = SavedExplainer::load(dir).map_err(|error| error.to_string())?;
        Ok((saved.card.hash.clone(), Arc::new(saved)))
    });
    let kept = |state: &ProjectState, notices: &mut Vec<Notice>| {
        let named = ViewState::of(state).figures?;
        let told = notices.len();
        let figures = figures_file::read(&folder, &named, notices);
        Some((figures, (notices.len() > told).then_some(named)))
    };
    let (figures, missing_figures) = kept(&state, &mut notices).unwrap_or_default();
    let saved_state = saved_state.map(|saved| {
        // What is wrong with these is told when somebody goes back to them and looks for them.
        let figures = kept(&saved, &mut Vec::new()).map_or_else(Vec::new, |(figures, _)| figures);
        (saved, figures)
    });
    let missing = Missing { boxes: missing_boxes, explainers: missing_explainers, figures: missing_figures };
    OpenedProject { folder, project, state, saved_state, boxes, explainers, figures, missing, notices }
}

/// Where what a project names is looked for.
struct Search<'a> {
    folder: &'a Path,
    cache: Option<&'a Cache>,
    out_dirs: &'a [PathBuf],
    notices: &'a mut Vec<Notice>,
}

impl Search<'_> {
    /// Loads what is listed, wherever it lies by now, and what was trained after the state was written. What does not fit is told and
    /// left out.
    fn load<T>(
        &mut self,
        kind: ProjectKind,
        listed: &[SavedRef],
        load: impl Fn(&Path) -> Result<(String, T), String>,
    ) -> (Vec<(PathBuf, T)>, Vec<SavedRef>) {
        let (article, noun) = if kind == ProjectKind::BlackBoxes { ("A", "black box") } else { ("An", "explainer") };
        let here = folders_in(&self.folder.join(kind.folder()));
        let (mut loaded, mut missing, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut told: BTreeSet<PathBuf> = BTreeSet::new();
        for saved in listed {
            let named = self.folder.join(&saved.folder);
            let cached = if kind == ProjectKind::BlackBoxes {
                self.cache.and_then(|cache| cache.find(saved.hash))
            } else {
                None
            };
            let fits = |dir: &PathBuf| card_hash(dir) == Some(saved.hash);
            let places = std::iter::once(named.clone()).chain(here.iter().cloned()).chain(cached);
            // The first place that can be read: one whose weights were damaged may have a good copy elsewhere.
            let mut reason = None;
            let found = places.filter(fits).find_map(|dir| match load(&dir) {
                Ok((hash, value)) => Some((dir, hash, value)),
                Err(error) => {
                    reason.get_or_insert(error);
                    None
                }
            });
            match found {
                Some((dir, hash, value)) => {
                    told.insert(dir.clone());
                    if known.insert(hash) {
                        loaded.push((dir, value));
                    }
                }
                None => {
                    let reason = reason.unwrap_or_else(|| match (card_hash(&named), load(&named)) {
                        (Some(hash), _) => format!(
                            "{}: expected {noun} with hash {}, found {}; put the right folder there, or train it again",
                            named.display(),
                            saved.hash.short(),
                            hash.short()
                        ),
                        (None, Err(error)) if named.exists() => error,
                        (None, _) => format!(
                            "{}: expected a folder with the {noun} of hash {}, found nothing, neither elsewhere in the project nor in the \
                             user's cache; put it back, or train it again",
                            named.display(),
                            saved.hash.short()
                        ),
                    });
                    let summary = format!("{article} {noun} of this project was left out. {reason}");
                    self.notices.push(Notice::new("project-model-left-out", summary));
                    missing.push(saved.clone());
                    // What lies in its place is something else, and has just been refused.
                    told.insert(named);
                }
            }
        }
        // Trained after the state was written: a crash must not lose it.
        for dir in here.into_iter().chain(self.out_dirs.iter().filter(|dir| has_card(dir)).cloned()) {
            if told.contains(&dir) || (kind == ProjectKind::BlackBoxes) != is_box(&dir) {
                continue;
            }
            match load(&dir) {
                Ok((hash, value)) => {
                    if known.insert(hash) {
                        loaded.push((dir, value));
                    }
                }
                Err(error) => {
                    let summary = format!("{article} {noun} in the project's folder was left out. {error}");
                    self.notices.push(Notice::new("project-model-left-out", summary));
                }
            }
        }
        (loaded, missing)
    }
}

/// Folders with a card, in order of their names.
pub(super) fn folders_in(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|dir| has_card(dir)).collect();
    folders.sort();
    folders
}

/// The card of a folder. A process that was killed while it wrote a checkpoint leaves the newest one in a folder of its own.
fn card_path(dir: &Path) -> Option<PathBuf> {
    [dir.join(crate::model::folder::NEXT).join("card.json"), dir.join("card.json")]
        .into_iter()
        .find(|path| path.is_file())
}

fn has_card(dir: &Path) -> bool {
    card_path(dir).is_some()
}

fn card(dir: &Path) -> Option<serde_json::Value> {
    let bytes = store::atomic::read_limited(&card_path(dir)?, MAX_CARD).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn is_box(dir: &Path) -> bool {
    card(dir).is_some_and(|card| card["format"] == crate::model::card::BOX_FORMAT)
}

/// The hash in the card of a folder.
pub(crate) fn card_hash(dir: &Path) -> Option<Hash> {
    card(dir)?["hash"].as_str()?.parse().ok()
}

/// With a capital at its head: messages of the store stand in the middle of sentences, too.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

// --- saving ----------------------------------------------------------------------------------------------------------

/// Why a project is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveKind {
    /// The user asked for it. Everything the project uses is taken into its folder.
    Save,
    /// The window closes: the same, where something changed.
    Close,
    /// Unsaved work is kept beside the saved state. Nothing is copied.
    Autosave,
    /// The same for a session without a project.
    Untitled,
}

impl SaveKind {
    /// Whether what is used is taken into the project.
    const fn copies(self) -> bool {
        matches!(self, Self::Save | Self::Close)
    }
}

/// A save to be done off the window's thread.
pub struct SaveJob {
    pub(super) target: Target,
    pub(super) kind: SaveKind,
    /// Without its references, which come from the models.
    pub(super) state: ProjectState,
    pub(super) boxes: Vec<(Arc<SavedBox>, Option<PathBuf>)>,
    pub(super) explainers: Vec<(Arc<SavedExplainer>, Option<PathBuf>)>,
    pub(super) missing: Missing,
    pub(super) figures: FiguresToSave,
    /// A name for the folder of a new project.
    pub(super) name: String,
    pub(super) look: Option<Box<Look>>,
}

/// Kept figures, and the file that holds them already, if there is one.
pub(super) struct FiguresToSave {
    pub kept: Vec<KeptFigure>,
    pub written: Option<FiguresRef>,
}

impl FiguresToSave {
    /// Writes them beside the state that will name them.
    fn keep(self, open: &Project, missing: Option<FiguresRef>) -> Result<Option<FiguresRef>, StoreError> {
        if self.kept.is_empty() {
            // A file that could not be read stays named, so that it is there again when it is put back.
            return Ok(missing);
        }
        let is_there =
            |named: &FiguresRef| open.folder().join(ProjectKind::Figures.folder()).join(&named.file).is_file();
        match self.written.filter(is_there) {
            Some(named) => Ok(Some(named)),
            None => figures_file::write(open, &self.kept).map(Some),
        }
    }
}

/// Where a project is written.
#[derive(Debug)]
pub(super) enum Target {
    /// Into a folder that holds none yet.
    New(PathBuf),
    /// Into its own.
    Open(Arc<Mutex<Project>>),
    /// Into the folder of a session without a project.
    Untitled {
        folder: PathBuf,
        /// Its files, if it was written before.
        files: Option<Arc<Mutex<Project>>>,
    },
}

/// What came of a save.
#[derive(Debug)]
pub struct Saved {
    /// The project that is open now, or why it could not be saved.
    pub result: Result<Arc<Mutex<Project>>, Notice>,
    /// Its folder.
    pub folder: PathBuf,
    /// Where black boxes and explainers lie now, by hash.
    pub dirs: Vec<(String, PathBuf)>,
    /// Why it was written.
    pub kind: SaveKind,
    pub(super) look: Option<Box<Look>>,
    /// The file of the kept figures, where there are any.
    pub(super) figures: Option<FiguresRef>,
}

impl std::fmt::Debug for SaveJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaveJob").field("kind", &self.kind).field("target", &self.target).finish_non_exhaustive()
    }
}

impl SaveJob {
    /// Writes what is not in the project yet, then the state.
    pub fn run(mut self) -> Saved {
        let (kind, look) = (self.kind, self.look.take());
        let mut folder = match &self.target {
            Target::New(folder) | Target::Untitled { folder, .. } => folder.clone(),
            Target::Open(project) => locked(project).folder().to_path_buf(),
        };
        let (mut dirs, mut figures) = (Vec::new(), None);
        let result = self.write(&mut dirs, &mut figures).map_err(|error| {
            let hint = match error {
                StoreError::OpenElsewhere { .. } | StoreError::ChangedElsewhere { .. } => {
                    "Save it in another folder to keep what is seen here."
                }
                _ => "Choose another folder, or free some space, and save again.",
            };
            Notice::new("project-not-saved", sentence(&error.to_string())).with_hint(hint)
        });
        if let Ok(project) = &result {
            folder = locked(project).folder().to_path_buf();
        }
        Saved { result, folder, dirs, kind, look, figures }
    }

    fn write(
        self,
        dirs: &mut Vec<(String, PathBuf)>,
        figures: &mut Option<FiguresRef>,
    ) -> Result<Arc<Mutex<Project>>, StoreError> {
        let is_new = matches!(self.target, Target::New(_));
        let project = match self.target {
            Target::Open(project) => project,
            Target::Untitled { files: Some(project), .. } => project,
            Target::Untitled { folder, files: None } => untitled::open_at(&folder)?,
            Target::New(dir) => {
                let folder = folder_for(&dir, &self.name);
                Arc::new(Mutex::new(Project::create(&folder, self.state.clone())?))
            }
        };
        let mut open = locked(&project);
        let mut state = self.state;
        for spec in &mut state.data {
            *spec = to_project(open.folder(), spec);
        }
        let mut models = Models { open: &open, kind: self.kind, dirs };
        for (saved, dir) in &self.boxes {
            let (name, hash) = (&saved.card.name, &saved.card.hash);
            let write = |dir: &Path| saved.save(dir).map_err(|error| error.to_string());
            state.black_boxes.extend(models.keep(ProjectKind::BlackBoxes, name, hash, dir.as_deref(), write)?);
        }
        for (saved, dir) in &self.explainers {
            let (name, hash) = (&saved.card.name, &saved.card.hash);
            let write = |dir: &Path| saved.save(dir).map_err(|error| error.to_string());
            state.explainers.extend(models.keep(ProjectKind::Explainers, name, hash, dir.as_deref(), write)?);
        }
        state.black_boxes.extend(self.missing.boxes);
        state.explainers.extend(self.missing.explainers);
        let has_figures = !self.figures.kept.is_empty();
        let named = self.figures.keep(&open, self.missing.figures.filter(|_| !is_new))?;
        *figures = named.clone().filter(|_| has_figures);
        state.view = ViewState { figures: named, ..ViewState::of(&state) }.written(false);
        // Fields of a later version stay.
        state.other = open.state.other.clone();
        open.state = state;
        match self.kind {
            SaveKind::Autosave | SaveKind::Untitled => drop(open.autosave()?),
            // Nothing to save, but unsaved work that was taken back or given up must not be restored at the next start.
            SaveKind::Close if !open.is_changed() => drop(open.autosave()?),
            SaveKind::Save | SaveKind::Close => {
                open.save()?;
                figures_file::sweep(&open);
            }
        }
        drop(open);
        Ok(project)
    }
}

/// Takes black boxes and explainers into the project.
struct Models<'a> {
    open: &'a Project,
    kind: SaveKind,
    dirs: &'a mut Vec<(String, PathBuf)>,
}

impl Models<'_> {
    fn keep(
        &mut self,
        kind: ProjectKind,
        name: &str,
        hash: &str,
        dir: Option<&Path>,
        write: impl Fn(&Path) -> Result<(), String>,
    ) -> Result<Option<SavedRef>, StoreError> {
        let Ok(parsed) = hash.parse::<Hash>() else { return Ok(None) };
        let is_inside = dir.is_some_and(|dir| dir.starts_with(self.open.folder()));
        let dir = match dir {
            Some(dir) if is_inside || !self.kind.copies() => dir.to_path_buf(),
            None if !self.kind.copies() => return Ok(None),
            _ => {
                let dir = self.open.free_path(kind, name, "")?;
                write(&dir).map_err(|reason| StoreError::Place { path: dir.clone(), reason })?;
                dir
            }
        };
        let saved = self.open.reference(&dir, parsed);
        self.dirs.push((hash.to_owned(), dir));
        Ok(Some(saved))
    }
}

/// A folder for a new project: the one chosen if it is empty, else one inside it, so that no project mixes with other files.
fn folder_for(chosen: &Path, name: &str) -> PathBuf {
    let is_taken = |dir: &Path| std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    // One with a project is refused by the store, with a reason.
    if Project::is_in(chosen) || !is_taken(chosen) {
        return chosen.to_path_buf();
    }
    let mut dir = chosen.join(name);
    let mut number = 2;
    while is_taken(&dir) {
        dir = chosen.join(format!("{name}-{number}"));
        number += 1;
    }
    dir
}

/// A project whose saver panicked is still a project: its state is plain data.
pub(super) fn locked(project: &Mutex<Project>) -> MutexGuard<'_, Project> {
    project.lock().unwrap_or_else(PoisonError::into_inner)
}
