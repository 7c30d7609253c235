//! A project: what is open and how it is looked at, in a folder that survives a crash. The copies and the lock are `store::project`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::items::{Filter, ListStyle, Sort};
use super::notices::Level;
use super::{Place, Request, Session};
use crate::data::{DataSpec, Dataset, Fit, Split, Unit};
use crate::explain::{Fill, SavedExplainer};
use crate::figure::layout::{Hidden, View};
use crate::model::SavedBox;
use crate::store::{self, Format, Hash, Project, ProjectKind, SavedRef, StoreError};
use crate::work::Notice;

/// Name of the file.
pub const FILE: &str = store::project::MAIN_FILE;

/// How it is looked at: the session's part of a project.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ViewState {
    /// Whether it is the sample project: it is opened as a copy, and nothing is ever written into its folder.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_sample: bool,
    /// Place in view.
    pub place: Place,
    /// Hash of the data, so that changed data is noticed.
    pub data_hash: Option<String>,
    /// Item in view.
    pub item: Option<usize>,
    /// Hashes of the shown explainers.
    pub columns: Vec<String>,
    /// How it is looked at.
    pub view: View,
    /// How hidden pixels are drawn.
    pub hidden: Hidden,
    /// What is selected.
    pub unit: Option<Unit>,
    /// How many.
    pub k: Option<usize>,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// Fit of pictures, where the user changed it.
    pub fit: Option<Fit>,
    /// Pinned items.
    pub pinned: BTreeSet<usize>,
    /// Marked items.
    pub marked: BTreeSet<usize>,
    /// Which items are listed.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Film strip or table.
    pub style: ListStyle,
}

/// A save to be done off the window's thread.
pub struct SaveJob {
    target: Target,
    state: store::ProjectState,
    boxes: Vec<(Arc<SavedBox>, Option<PathBuf>)>,
    explainers: Vec<(Arc<SavedExplainer>, Option<PathBuf>)>,
    active: Option<String>,
    is_autosave: bool,
}

enum Target {
    New(PathBuf),
    Open(Arc<Mutex<Project>>),
}

/// What came of a save.
pub struct Saved {
    /// The project that is open now, or why it could not be saved.
    pub result: Result<Arc<Mutex<Project>>, Notice>,
    /// Its folder.
    pub folder: PathBuf,
    /// Where black boxes and explainers lie now, by hash.
    pub dirs: Vec<(String, PathBuf)>,
    /// Whether it was unsaved work that was kept.
    pub is_autosave: bool,
}

impl std::fmt::Debug for SaveJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaveJob").field("is_autosave", &self.is_autosave).finish_non_exhaustive()
    }
}

impl SaveJob {
    /// Writes what is not in the project yet, then the state.
    pub fn run(self) -> Saved {
        let is_autosave = self.is_autosave;
        let mut folder = match &self.target {
            Target::New(dir) => dir.clone(),
            Target::Open(project) => locked(project).folder().to_path_buf(),
        };
        let mut dirs = Vec::new();
        let result = self.write(&mut dirs);
        if let Ok(project) = &result {
            folder = locked(project).folder().to_path_buf();
        }
        Saved { result, folder, dirs, is_autosave }
    }

    fn write(self, dirs: &mut Vec<(String, PathBuf)>) -> Result<Arc<Mutex<Project>>, Notice> {
        let failed = |error: &dyn std::fmt::Display| {
            Notice::new("project-not-saved", error.to_string())
                .with_hint("Choose another folder, or free some space, and save again.")
        };
        let project = match self.target {
            Target::Open(project) => project,
            Target::New(dir) => match Project::create(&dir, self.state.clone()) {
                Ok(project) => Arc::new(Mutex::new(project)),
                Err(error) => return Err(failed(&error)),
            },
        };
        let mut open = locked(&project);
        let mut state = self.state;
        for (saved, dir) in &self.boxes {
            let dir = match dir {
                Some(dir) => dir.clone(),
                None => {
                    let dir = open
                        .free_path(ProjectKind::BlackBoxes, &saved.card.name, "")
                        .map_err(|error| failed(&error))?;
                    saved.save(&dir).map_err(|error| failed(&error))?;
                    dir
                }
            };
            let Ok(hash) = saved.card.hash.parse::<Hash>() else { continue };
            state.black_boxes.push(open.reference(&dir, hash));
            dirs.push((saved.card.hash.clone(), dir));
            if self.active.as_ref() == Some(&saved.card.hash) {
                state.active_black_box = Some(hash);
            }
        }
        for (saved, dir) in &self.explainers {
            let dir = match dir {
                Some(dir) => dir.clone(),
                None => {
                    let dir = open
                        .free_path(ProjectKind::Explainers, &saved.card.name, "")
                        .map_err(|error| failed(&error))?;
                    saved.save(&dir).map_err(|error| failed(&error))?;
                    dir
                }
            };
            let Ok(hash) = saved.card.hash.parse::<Hash>() else { continue };
            state.explainers.push(open.reference(&dir, hash));
            dirs.push((saved.card.hash.clone(), dir));
        }
        // Fields of a later version, and what the session does not know, stay.
        state.other = std::mem::take(&mut open.state.other);
        state.layout = open.state.layout.take();
        open.state = state;
        let written = if self.is_autosave { open.autosave().map(|_| ()) } else { open.save() };
        written.map_err(|error| failed(&error))?;
        drop(open);
        Ok(project)
    }
}

/// A project whose saver panicked is still a project: its state is plain data.
fn locked(project: &Mutex<Project>) -> std::sync::MutexGuard<'_, Project> {
    project.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// How things are looked at now.
    pub fn view_state(&self) -> ViewState {
        let explore = &self.explore;
        ViewState {
            is_sample: false,
            place: self.place,
            data_hash: self.data.as_ref().map(|data| data.hash.clone()),
            item: explore.item,
            columns: self.column_explainers().iter().map(|explainer| explainer.card.hash.clone()).collect(),
            view: explore.view,
            hidden: explore.hidden,
            unit: Some(explore.unit),
            k: Some(explore.k),
            fill: explore.fill,
            seed: explore.seed,
            fit: Some(explore.fit),
            pinned: explore.pinned.clone(),
            marked: explore.marked.clone(),
            filter: explore.list.filter.clone(),
            sort: explore.list.sort,
            style: explore.list.style,
        }
    }

    fn save_job(&self, target: Target, folder: &Path, is_autosave: bool) -> SaveJob {
        // What already lies in the project, or anywhere the user keeps it, is only named; what lies in the scratch folder is taken in.
        let kept = |hash: &str| {
            let dir = self.dirs.get(hash)?;
            let is_scratch = self.scratch.as_ref().is_some_and(|scratch| dir.starts_with(scratch));
            (dir.starts_with(folder) || !is_scratch).then(|| dir.clone())
        };
        let versions = crate::model::Versions::current();
        SaveJob {
            target,
            state: store::ProjectState {
                data: self.data.iter().map(|data| data.spec.to_string()).collect(),
                view: serde_json::to_value(self.view_state()).unwrap_or_default(),
                seeds: BTreeMap::from([("explore".to_owned(), self.explore.seed)]),
                versions: BTreeMap::from([
                    ("unmask".to_owned(), versions.unmask),
                    ("libtorch".to_owned(), versions.libtorch),
                    ("tch".to_owned(), versions.tch),
                ]),
                ..Default::default()
            },
            boxes: self.boxes.iter().map(|saved| (saved.clone(), kept(&saved.card.hash))).collect(),
            explainers: self
                .explainers
                .iter()
                .filter(|saved| !saved.weights.is_empty())
                .map(|saved| (saved.clone(), kept(&saved.card.hash)))
                .collect(),
            active: self.active_box().map(|active| active.card.hash.clone()),
            is_autosave,
        }
    }

    pub(crate) fn save_in(&mut self, dir: PathBuf) -> Vec<Request> {
        self.last_action = format!("Saving project in {}", dir.display());
        self.settings.remember(&dir.display().to_string());
        let target = match &self.store {
            Some(store) if self.project.as_ref() == Some(&dir) => Target::Open(store.clone()),
            _ => Target::New(dir.clone()),
        };
        vec![Request::Save(Box::new(self.save_job(target, &dir, false)))]
    }

    /// Keeps unsaved work, if a project is open.
    pub(crate) fn autosave(&self) -> Option<Request> {
        let (store, dir) = (self.store.clone()?, self.project.clone()?);
        Some(Request::Save(Box::new(self.save_job(Target::Open(store), &dir, true))))
    }

    /// A save came to its end.
    pub fn saved(&mut self, saved: Saved) {
        match saved.result {
            Ok(store) => {
                self.dirs.extend(saved.dirs);
                self.store = Some(store);
                if !saved.is_autosave {
                    self.unsaved = false;
                    self.last_action = format!("Saved project in {}", saved.folder.display());
                }
                self.project = Some(saved.folder);
            }
            Err(notice) => self.notify(Level::Error, notice, Some(super::Command::Save)),
        }
    }

    pub(crate) fn open_project(&mut self, path: &Path) -> Vec<Request> {
        let dir = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        if let Ok(file) = SampleFile::FORMAT.read::<SampleFile>(&dir.join(FILE))
            && is_sample(&file.state)
        {
            return self.open_sample(dir, &file.state);
        }
        let opened = match Project::open(path) {
            Ok(opened) => opened,
            Err(error) => {
                self.notify(Level::Error, Notice::new("project", error.to_string()), None);
                return Vec::new();
            }
        };
        for notice in &opened.notices {
            self.notices.push(Level::Warning, Notice::new(notice.code(), notice.to_string()), None);
        }
        let project = opened.project;
        let dir = project.folder().to_path_buf();
        self.settings.remember(&dir.display().to_string());
        let cache = store::Cache::of_user().ok();
        let found = |listed: &[SavedRef], kind: ProjectKind| {
            let hash_in = |folder: &Path| card_hash(folder);
            let mut dirs: Vec<PathBuf> =
                listed.iter().filter_map(|saved| project.resolve(saved, kind, cache.as_ref(), hash_in)).collect();
            // Trained after the state was written last: a crash must not lose them.
            if let Ok(entries) = std::fs::read_dir(dir.join(kind.folder())) {
                dirs.extend(
                    entries.flatten().map(|entry| entry.path()).filter(|path| path.join("card.json").is_file()),
                );
            }
            dirs.sort();
            dirs.dedup();
            dirs
        };
        let boxes = found(&project.state.black_boxes, ProjectKind::BlackBoxes);
        let explainers = found(&project.state.explainers, ProjectKind::Explainers);
        let n_missing = project.state.black_boxes.len().saturating_sub(boxes.len())
            + project.state.explainers.len().saturating_sub(explainers.len());
        if n_missing > 0 {
            let summary =
                format!("{n_missing} models of this project were not found where they lay, nor in the user's cache");
            self.notices.push(Level::Warning, Notice::new("project-models-missing", summary), None);
        }
        let mut requests: Vec<Request> = boxes.into_iter().map(|folder| self.load_box(folder)).collect();
        requests.extend(explainers.into_iter().map(|folder| self.load_explainer(folder)));
        if let Some(spec) = project.state.data.first().cloned() {
            requests.extend(self.open_spec(&from_project(&dir, &spec)));
        }
        let view: ViewState = serde_json::from_value(project.state.view.clone()).unwrap_or_default();
        self.place = view.place;
        self.last_action = format!("Opened project {}", dir.display());
        self.restoring = Some(Box::new((view, project.state.active_black_box.map(|hash| hash.to_string()))));
        self.project = Some(dir);
        self.store = Some(Arc::new(Mutex::new(project)));
        requests
    }

    /// Shows the sample project without locking its folder or writing into it.
    fn open_sample(&mut self, dir: &Path, state: &store::ProjectState) -> Vec<Request> {
        let folders = |listed: &[SavedRef]| listed.iter().map(|saved| dir.join(&saved.folder)).collect::<Vec<_>>();
        let mut requests: Vec<Request> =
            folders(&state.black_boxes).into_iter().map(|folder| self.load_box(folder)).collect();
        requests.extend(folders(&state.explainers).into_iter().map(|folder| self.load_explainer(folder)));
        if let Some(spec) = state.data.first() {
            requests.extend(self.open_spec(&from_project(dir, spec)));
        }
        let view: ViewState = serde_json::from_value(state.view.clone()).unwrap_or_default();
        self.place = view.place;
        self.restoring = Some(Box::new((view, state.active_black_box.map(|hash| hash.to_string()))));
        requests
    }

    /// After the data of a reopened project came: looks at it as it was looked at before.
    pub(crate) fn restore_view(&mut self) {
        let Some(restoring) = self.restoring.take() else { return };
        let (saved, active) = *restoring;
        let Some(data) = &self.data else { return };
        if saved.data_hash.as_ref().is_some_and(|hash| *hash != data.hash) {
            let summary = format!(
                "{} is not the data that this project was saved with; marks and pins may name other items",
                data.name
            );
            self.notices.push(Level::Warning, Notice::new("data-changed", summary), None);
        }
        let n = data.len();
        let explore = &mut self.explore;
        explore.item = saved.item.filter(|&item| item < n);
        (explore.view, explore.hidden, explore.fill, explore.seed) = (saved.view, saved.hidden, saved.fill, saved.seed);
        explore.unit = saved.unit.unwrap_or(explore.unit);
        explore.k = saved.k.unwrap_or(explore.k);
        explore.pinned = saved.pinned.into_iter().filter(|&item| item < n).collect();
        explore.marked = saved.marked.into_iter().filter(|&item| item < n).collect();
        (explore.list.filter, explore.list.sort, explore.list.style) = (saved.filter, saved.sort, saved.style);
        if let Some(index) = active.and_then(|hash| self.boxes.iter().position(|known| known.card.hash == hash)) {
            self.active_box = Some(index);
        }
        self.restored_columns = saved.columns;
    }
}

/// The hash in the card of a folder.
fn card_hash(folder: &Path) -> Option<Hash> {
    let bytes = store::atomic::read_limited(&folder.join("card.json"), 64 << 20).ok()?;
    let card: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    card["hash"].as_str()?.parse().ok()
}

/// `project.json` as the sample is written and read: without a lock and without copies.
#[derive(serde::Serialize, serde::Deserialize)]
struct SampleFile {
    revision: u64,
    #[serde(flatten)]
    state: store::ProjectState,
}

impl SampleFile {
    const FORMAT: Format = Format::new("unmask-project", 1);
}

fn is_sample(state: &store::ProjectState) -> bool {
    state.view["is_sample"].as_bool().unwrap_or(false)
}

/// A data specification with a relative path, as seen from the project's folder.
fn from_project(dir: &Path, spec: &str) -> String {
    match spec.parse::<DataSpec>() {
        Ok(parsed) if parsed.path.is_relative() && !parsed.path.exists() => {
            let path = dir.join(&parsed.path);
            let path = path.canonicalize().unwrap_or(path);
            DataSpec { path, ..parsed }.to_string()
        }
        _ => spec.to_owned(),
    }
}

/// Writes the sample project's state: the drawn digits, the black box, and explainers side by side.
pub fn write_sample(
    dir: &Path,
    data: &Dataset,
    black_box: &SavedBox,
    columns: &[Arc<SavedExplainer>],
) -> Result<(), StoreError> {
    let hash: Option<Hash> = black_box.card.hash.parse().ok();
    let view = ViewState {
        is_sample: true,
        data_hash: Some(data.hash.clone()),
        // A test item: what explainers and the black box have not learned from.
        item: data.in_split(Split::Test).first().copied(),
        columns: columns.iter().map(|explainer| explainer.card.hash.clone()).collect(),
        unit: columns.first().map(|explainer| explainer.card.unit),
        k: columns.first().map(|explainer| explainer.card.k),
        ..ViewState::default()
    };
    // Every folder with a card, in sorted order; their hashes stand in the cards.
    let listed = |kind: ProjectKind| {
        let entries = std::fs::read_dir(dir.join(kind.folder())).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.join("card.json").is_file()).collect();
        folders.sort();
        folders
            .into_iter()
            .filter_map(|folder| {
                let hash = card_hash(&folder)?;
                Some(SavedRef { folder: folder.strip_prefix(dir).unwrap_or(&folder).to_owned(), hash })
            })
            .collect::<Vec<_>>()
    };
    let state = store::ProjectState {
        data: vec!["mnist:../digits".to_owned()],
        black_boxes: listed(ProjectKind::BlackBoxes),
        active_black_box: hash,
        explainers: listed(ProjectKind::Explainers),
        view: serde_json::to_value(view).unwrap_or_default(),
        seeds: BTreeMap::from([("explore".to_owned(), 0)]),
        versions: BTreeMap::from([("unmask".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
        ..Default::default()
    };
    SampleFile::FORMAT.write(&dir.join(FILE), &SampleFile { revision: 1, state })
}
