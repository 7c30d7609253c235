//! A project's state: what is open and how it is looked at, as versioned JSON in its folder. Weights and cards lie beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::items::{Filter, ListStyle, Sort};
use super::notices::Level;
use super::{Lane, Place, Purpose, Request, Run, Session, slots};
use crate::data::{DataSpec, Dataset, Fit, Split, Unit};
use crate::explain::{Fill, SavedExplainer};
use crate::figure::layout::{Hidden, View};
use crate::jobs::{Content, Task, WriteFile};
use crate::model::SavedBox;
use crate::store::StoreError;
use crate::work::{Notice, Priority, Slot};

/// Name of the file.
pub const FILE: &str = "project.json";
/// Format name in the file.
pub const FORMAT: &str = "unmask-project";
/// Version of the file.
pub const VERSION: u32 = 1;
/// Most bytes of the file.
const MAX_BYTES: u64 = 16 << 20;

/// What is open and how it is looked at.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProjectState {
    /// Always [`FORMAT`].
    pub format: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// Program version that wrote it.
    pub unmask: String,
    /// Whether it is the sample project: it is opened as a copy, and nothing is ever written into its folder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_sample: bool,
    /// Specification of the open data; a relative path is looked up from the project's folder.
    pub data: Option<String>,
    /// Its hash, so that changed data is noticed.
    pub data_hash: Option<String>,
    /// Folders of black boxes; relative ones lie in the project.
    pub boxes: Vec<PathBuf>,
    /// Folders of explainers; relative ones lie in the project.
    pub explainers: Vec<PathBuf>,
    /// Hash of the black box in use.
    pub active_box: Option<String>,
    /// Place in view.
    #[serde(default)]
    pub place: Place,
    /// The explorer.
    pub explore: ExploreState,
}

/// The explorer's part.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ExploreState {
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

/// Reads a project's state, refusing what does not fit with a reason.
pub fn read(dir: &Path) -> Result<ProjectState, Notice> {
    let path = dir.join(FILE);
    let refuse = |found: String| {
        Notice::new(
            "project",
            format!(
                "{}: expected a project that Unmask wrote ({FORMAT} version {VERSION}), found {found}",
                path.display()
            ),
        )
        .with_hint("Choose another folder; the file was left as it is.")
    };
    let size = std::fs::metadata(&path).map_err(|error| refuse(error.to_string()))?.len();
    if size > MAX_BYTES {
        return Err(refuse(format!("{size} bytes")));
    }
    let bytes = std::fs::read(&path).map_err(|error| refuse(error.to_string()))?;
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))?;
    let (format, version) = (value["format"].as_str().unwrap_or("no format"), value["version"].as_u64().unwrap_or(0));
    if format != FORMAT || version != u64::from(VERSION) {
        return Err(refuse(format!("{format} version {version}")));
    }
    serde_json::from_value(value).map_err(|error| refuse(error.to_string()))
}

impl Session {
    /// What would be written now.
    pub fn project_state(&self) -> ProjectState {
        let explore = &self.explore;
        let within = |dir: &PathBuf| match &self.project {
            Some(project) => dir.strip_prefix(project).map_or_else(|_| dir.clone(), Path::to_path_buf),
            None => dir.clone(),
        };
        let dirs_of =
            |hashes: Vec<&String>| hashes.into_iter().filter_map(|hash| self.dirs.get(hash)).map(within).collect();
        ProjectState {
            format: FORMAT.to_owned(),
            version: VERSION,
            unmask: env!("CARGO_PKG_VERSION").to_owned(),
            is_sample: false,
            data: self.data.as_ref().map(|data| data.spec.to_string()),
            data_hash: self.data.as_ref().map(|data| data.hash.clone()),
            boxes: dirs_of(self.boxes.iter().map(|saved| &saved.card.hash).collect()),
            explainers: dirs_of(self.explainers.iter().map(|saved| &saved.card.hash).collect()),
            active_box: self.active_box().map(|active| active.card.hash.clone()),
            place: self.place,
            explore: ExploreState {
                item: explore.item,
                columns: self.column_explainers().iter().map(|explainer| explainer.card.hash.clone()).collect(),
                view: explore.view,
                hidden: explore.hidden,
                unit: Some(explore.unit),
                k: Some(explore.k),
                fill: explore.fill,
                seed: explore.seed,
                fit: Some(explore.fit.clone()),
                pinned: explore.pinned.clone(),
                marked: explore.marked.clone(),
                filter: explore.list.filter.clone(),
                sort: explore.list.sort,
                style: explore.list.style,
            },
        }
    }

    pub(crate) fn save_in(&mut self, dir: PathBuf) -> Vec<Request> {
        self.last_action = format!("Saving project in {}", dir.display());
        self.settings.remember(&dir.display().to_string());
        self.project = Some(dir);
        self.unsaved = true;
        self.save_run().into_iter().collect()
    }

    /// Writes the state to the project's folder, if there is one.
    pub(crate) fn save_run(&mut self) -> Option<Request> {
        let dir = self.project.clone()?;
        let bytes = serde_json::to_vec_pretty(&self.project_state()).ok()?;
        Some(Request::Run(Box::new(Run {
            lane: Lane::Files,
            slot: Slot::new(slots::WRITE, 0),
            priority: Priority::Normal,
            purpose: Purpose::SaveProject,
            title: format!("Saving {}", dir.display()),
            task: Task::Write(Box::new(WriteFile { path: dir.join(FILE), content: Content::Bytes(Arc::new(bytes)) })),
        })))
    }

    pub(crate) fn open_project(&mut self, path: &Path) -> Vec<Request> {
        let dir = if path.is_dir() { path.to_path_buf() } else { path.parent().unwrap_or(path).to_path_buf() };
        let state = match read(&dir) {
            Ok(state) => state,
            Err(notice) => {
                self.notify(Level::Error, notice, None);
                return Vec::new();
            }
        };
        if !state.is_sample {
            self.settings.remember(&dir.display().to_string());
        }
        let mut requests = Vec::new();
        let found = |listed: &[PathBuf], kind: &str| {
            let mut dirs: Vec<PathBuf> = listed.iter().map(|listed| dir.join(listed)).collect();
            // Trained after the state was written last: a crash must not lose them.
            if let Ok(entries) = std::fs::read_dir(dir.join(kind)) {
                dirs.extend(
                    entries.flatten().map(|entry| entry.path()).filter(|path| path.join("card.json").is_file()),
                );
            }
            dirs.sort();
            dirs.dedup();
            dirs
        };
        for folder in found(&state.boxes, "blackboxes") {
            requests.push(self.load_box(folder));
        }
        for folder in found(&state.explainers, "explainers") {
            requests.push(self.load_explainer(folder));
        }
        if let Some(spec) = state.data.clone() {
            requests.extend(self.open_spec(&from_project(&dir, &spec)));
        }
        self.place = state.place;
        self.last_action = format!("Opened project {}", dir.display());
        self.project = (!state.is_sample).then_some(dir);
        self.restoring = Some(Box::new(state));
        requests
    }

    /// After the data of a reopened project came: looks at it as it was looked at before.
    pub(crate) fn restore_view(&mut self) {
        let Some(state) = self.restoring.take() else { return };
        let Some(data) = &self.data else { return };
        if state.data_hash.as_ref().is_some_and(|hash| *hash != data.hash) {
            let summary = format!(
                "{} is not the data that this project was saved with; marks and pins may name other items",
                data.name
            );
            self.notices.push(Level::Warning, Notice::new("data-changed", summary), None);
        }
        let n = data.len();
        let saved = state.explore;
        let explore = &mut self.explore;
        explore.item = saved.item.filter(|&item| item < n);
        (explore.view, explore.hidden, explore.fill, explore.seed) = (saved.view, saved.hidden, saved.fill, saved.seed);
        explore.unit = saved.unit.unwrap_or(explore.unit);
        explore.k = saved.k.unwrap_or(explore.k);
        explore.pinned = saved.pinned.into_iter().filter(|&item| item < n).collect();
        explore.marked = saved.marked.into_iter().filter(|&item| item < n).collect();
        (explore.list.filter, explore.list.sort, explore.list.style) = (saved.filter, saved.sort, saved.style);
        if let Some(hash) = state.active_box
            && let Some(index) = self.boxes.iter().position(|known| known.card.hash == hash)
        {
            self.active_box = Some(index);
        }
        let columns: Vec<usize> = saved
            .columns
            .iter()
            .filter_map(|hash| self.explainers.iter().position(|known| known.card.hash == *hash))
            .collect();
        if !columns.is_empty() {
            self.explore.columns = columns;
        }
    }
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

/// Writes the sample project's state: the drawn digits, the black box, and two explainers side by side.
pub fn write_sample(
    dir: &Path,
    data: &Dataset,
    black_box: &SavedBox,
    columns: &[Arc<SavedExplainer>],
) -> Result<(), StoreError> {
    let state = ProjectState {
        format: FORMAT.to_owned(),
        version: VERSION,
        unmask: env!("CARGO_PKG_VERSION").to_owned(),
        is_sample: true,
        data: Some("mnist:../digits".to_owned()),
        data_hash: Some(data.hash.clone()),
        boxes: vec![PathBuf::from("blackboxes/digits")],
        explainers: Vec::new(),
        active_box: Some(black_box.card.hash.clone()),
        place: Place::Explore,
        explore: ExploreState {
            // A test item: what explainers and the black box have not learned from.
            item: data.in_split(Split::Test).first().copied(),
            columns: columns.iter().map(|explainer| explainer.card.hash.clone()).collect(),
            unit: columns.first().map(|explainer| explainer.card.unit),
            k: columns.first().map(|explainer| explainer.card.k),
            ..ExploreState::default()
        },
    };
    let bytes = serde_json::to_vec_pretty(&state).unwrap_or_default();
    crate::store::atomic::write(&dir.join(FILE), &bytes)
}
