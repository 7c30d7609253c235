//! A project: what is open and how it is looked at, in a folder that survives a crash. The copies and the lock are `store::project`'s;
//! files are read and written in `project_job`, off the window's thread.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::before::RESTORED;
use super::figures::{KeptFigure, PNG_SCALE};
use super::figures_file::{FiguresLook, FiguresRef};
use super::notices::Level;
use super::project_job::{
    FiguresToSave, Missing, OpenedProject, ProjectDone, ProjectJob, SaveJob, SaveKind, Saved, Target, card_hash,
};
use super::train::{RunState, TrainingRun};
pub use super::view_state::{ColumnRef, Layout, ViewState};
use super::{Command, Place, Request, Session};
use crate::data::{DataSpec, Dataset, Fit, Modality, Split};
use crate::explain::SavedExplainer;
use crate::model::SavedBox;
use crate::store::{self, Project, ProjectKind, ProjectState, SavedRef, StoreError};
use crate::work::Notice;

/// Name of the file.
pub const FILE: &str = store::project::MAIN_FILE;
/// Unsaved work is kept at most this often.
pub const AUTOSAVE_EVERY: Duration = Duration::from_secs(10);

/// Everything of the session that a project keeps, for telling whether something changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    data: Vec<String>,
    view: ViewState,
    layout: Layout,
    active: Option<String>,
    models: Vec<String>,
    pub(super) figures: FiguresLook,
}

/// What was named together with a project.
#[derive(Default)]
pub(crate) struct Beside {
    /// Black boxes, explainers and studies.
    pub paths: Vec<PathBuf>,
    /// Data, instead of the project's own.
    pub data: Option<DataSpec>,
}

/// The open project's files, and what is known of them.
#[derive(Default)]
pub(crate) struct OpenFiles {
    /// The files; `None`: untitled.
    pub store: Option<Arc<Mutex<Project>>>,
    /// Another window has the project: it is looked at here, not written.
    read_only: bool,
    /// A project is being opened.
    pub opening: Option<PathBuf>,
    /// What was named beside the project that is being opened: its models follow it, its data take the place of the project's.
    pub beside: Beside,
    /// The sample is open, as an untitled copy.
    pub is_sample: bool,
    /// What the project names and could not be read.
    missing: Missing,
    /// What waits for the data of a reopened project.
    restoring: Option<Box<ProjectState>>,
    /// Shown explainers of a reopened project that are still being made.
    awaited: Vec<ColumnRef>,
    /// The column that was in focus.
    awaited_focus: usize,
    /// The last saved state, while restored unsaved work is shown.
    reverts_to: Option<Box<(ProjectState, Vec<KeptFigure>)>>,
    /// The file that holds the kept figures as they looked when it was written.
    figures: Option<(FiguresLook, FiguresRef)>,
    /// As it was saved, and as unsaved work was kept, last.
    saved: Option<Box<Look>>,
    autosaved: Option<Box<Look>>,
    /// The first look after opening counts as the saved one.
    takes_look: bool,
    /// Saves under way.
    n_saving: u32,
    /// Keeping unsaved work failed, and the user was told.
    autosave_fails: bool,
    /// When it was written last.
    written_at: Option<Instant>,
}

impl Session {
    /// Whether a project is being opened.
    pub fn is_opening_project(&self) -> bool {
        self.files.opening.is_some()
    }

    /// Whether the data of a reopened project is still to come.
    pub(crate) fn is_restoring(&self) -> bool {
        self.files.restoring.is_some()
    }

    /// Whether the sample project is open, as an untitled copy.
    pub fn is_sample(&self) -> bool {
        self.files.is_sample
    }

    /// Whether another window has the project, so that it cannot be saved from here.
    pub fn is_read_only(&self) -> bool {
        self.files.read_only
    }

    /// How things are looked at now.
    pub fn view_state(&self) -> ViewState {
        let explore = &self.explore;
        let mut columns: Vec<ColumnRef> =
            self.column_explainers().iter().map(|explainer| ColumnRef::of(explainer)).collect();
        let mut focus = explore.focus;
        if !self.files.awaited.is_empty() {
            columns.clone_from(&self.files.awaited);
            focus = self.files.awaited_focus;
        }
        let (own_text, shows_own_text) = explore.reading.kept_own();
        ViewState {
            is_sample: false,
            place: self.place,
            data_hash: self.data.as_ref().map(|data| data.hash.clone()),
            item: explore.item,
            columns,
            focus,
            view: explore.view,
            hidden: explore.hidden,
            unit: Some(explore.unit),
            k: Some(explore.k),
            k_follows: !explore.k_is_set,
            fill: explore.fill,
            seed: explore.seed,
            fit: Some(explore.fit),
            class_focus: explore.class_focus,
            against: explore.reading.against,
            form: explore.form,
            group: explore.group,
            picked: explore.picked.clone(),
            scales: explore.scales,
            own_text: own_text.to_owned(),
            shows_own_text,
            hides_truth: !explore.shows_truth,
            hides_classes: !explore.shows_classes,
            pinned: explore.pinned.clone(),
            marked: explore.marked.clone(),
            notes: explore.notes.clone(),
            filter: explore.list.filter.clone(),
            sort: explore.list.sort,
            style: explore.list.style,
            out_dirs: self.out_dirs().filter(|dir| !self.is_in_project(dir)).map(whole).collect(),
            design: self.study.form.clone().map(Box::new),
            studies: self
                .study
                .opened
                .iter()
                .filter(|file| !self.is_in_project(file))
                .map(|file| whole(file))
                .collect(),
            embedding: self.measure.embedding.clone(),
            figure_theme: self.figures.theme,
            png_scale: Some(self.figures.scale).filter(|scale| *scale != PNG_SCALE),
            sheet_look: self.figures.sheet_look,
            figures: None,
        }
    }

    /// Folders that something is being trained into for what is open.
    pub(super) fn out_dirs(&self) -> impl Iterator<Item = &Path> {
        let is_ours = move |run: &&TrainingRun| run.state == RunState::Running && self.is_made_here(run);
        self.train.runs.iter().filter(is_ours).filter_map(TrainingRun::out)
    }

    fn is_in_project(&self, dir: &Path) -> bool {
        self.project.as_ref().is_some_and(|project| dir.starts_with(project))
    }

    /// Checkpoints of a run under way have a new hash each time; their folder is found by itself.
    fn is_settled(&self, hash: &str, complete: bool) -> bool {
        complete || self.dirs.get(hash).is_none_or(|dir| self.out_dirs().all(|out| out != dir))
    }

    fn settled_boxes(&self) -> impl Iterator<Item = &Arc<SavedBox>> {
        self.boxes.iter().filter(|saved| self.is_settled(&saved.card.hash, saved.card.complete))
    }

    /// Explainers of methods that need no training are made anew.
    fn settled_explainers(&self) -> impl Iterator<Item = &Arc<SavedExplainer>> {
        self.explainers
            .iter()
            .filter(|saved| !saved.weights.is_empty() && self.is_settled(&saved.card.hash, saved.card.complete))
    }

    fn layout(&self) -> Layout {
        Layout {
            items: self.settings.show_items,
            inspector: self.settings.show_inspector,
            viewer_alone: self.open.viewer_alone,
            panels: self.settings.panels.clone(),
        }
    }

    pub(super) fn look(&self) -> Look {
        let boxes = self.settled_boxes().map(|saved| saved.card.hash.clone());
        let explainers = self.settled_explainers().map(|saved| saved.card.hash.clone());
        Look {
            data: self.data.iter().map(|data| data.spec.to_string()).collect(),
            // Which place and which item are in view comes back with a project, but to look there is no change that is to be saved.
            view: ViewState { place: Place::default(), item: None, ..self.view_state() },
            layout: self.layout(),
            active: self.active_box().map(|active| active.card.hash.clone()),
            models: boxes.chain(explainers).collect(),
            figures: FiguresLook::of(&self.figures.kept),
        }
    }

    // --- saving ------------------------------------------------------------------------------------------------------

    pub(super) fn save_job(&mut self, target: Target, kind: SaveKind) -> Request {
        self.files.n_saving += 1;
        let dir_of = |hash: &str| self.dirs.get(hash).cloned();
        let boxes = self.settled_boxes().map(|saved| (saved.clone(), dir_of(&saved.card.hash))).collect();
        let explainers = self.settled_explainers().map(|saved| (saved.clone(), dir_of(&saved.card.hash))).collect();
        let name = self.data.as_ref().map_or("untitled", |data| &data.name);
        let look = self.look();
        let written = self.files.figures.as_ref().filter(|(then, _)| *then == look.figures);
        let figures = FiguresToSave {
            kept: self.figures.kept.clone(),
            // Of this project's folder; another one gets its own copy.
            written: written.filter(|_| !matches!(target, Target::New(_))).map(|(_, named)| named.clone()),
        };
        Request::Project(ProjectJob::Save(Box::new(SaveJob {
            target,
            kind,
            state: self.state(),
            boxes,
            explainers,
            missing: self.files.missing.clone(),
            name: super::figures::describe_file(&format!("{name}-project")),
            figures,
            look: Some(Box::new(look)),
        })))
    }

    /// The state to write, without its references.
    pub(super) fn state(&self) -> ProjectState {
        let versions = crate::model::Versions::current();
        let state = ProjectState {
            data: self.data.iter().map(|data| data.spec.to_string()).collect(),
            active_black_box: self.active_box().and_then(|active| active.card.hash.parse().ok()),
            layout: serde_json::to_value(self.layout()).unwrap_or_default(),
            view: serde_json::to_value(self.view_state()).unwrap_or_default(),
            seeds: BTreeMap::from([("explore".to_owned(), self.explore.seed)]),
            versions: BTreeMap::from([
                ("unmask".to_owned(), versions.unmask),
                ("libtorch".to_owned(), versions.libtorch),
                ("tch".to_owned(), versions.tch),
            ]),
            ..Default::default()
        };
        match &self.files.restoring {
            // Its data did not come (yet): marks, pins and the rest are kept as they were saved.
            Some(kept) => ProjectState {
                data: kept.data.clone(),
                active_black_box: kept.active_black_box,
                view: ViewState::of(kept).written(false),
                ..state
            },
            None => state,
        }
    }

    pub(crate) fn save_in(&mut self, dir: PathBuf) -> Vec<Request> {
        self.last_action = format!("Saving project in {}", dir.display());
        let target = match &self.files.store {
            Some(store) if self.project.as_ref() == Some(&dir) => Target::Open(store.clone()),
            _ => Target::New(dir),
        };
        vec![self.save_job(target, SaveKind::Save)]
    }

    /// Saves what changed before the window closes, or before another project takes its place.
    pub fn save_at_close(&mut self) -> Option<Request> {
        let store = self.files.store.clone().filter(|_| !self.files.read_only)?;
        Some(self.save_job(Target::Open(store), SaveKind::Close))
    }

    /// Notes what changed, and keeps unsaved work where that is due.
    pub(crate) fn tick_project(&mut self, now: Instant) -> Option<Request> {
        if self.files.restoring.is_some() || !self.files.awaited.is_empty() {
            return None;
        }
        let Some(store) = self.files.store.clone() else {
            return if self.files.n_saving > 0 { None } else { self.tick_untitled(now) };
        };
        let look = self.look();
        if std::mem::take(&mut self.files.takes_look) {
            self.files.saved = Some(Box::new(look.clone()));
        }
        self.unsaved = self.files.saved.as_deref() != Some(&look);
        // A change that was taken back is written, too: else the earlier one would be restored after a crash.
        let kept = self.files.autosaved.as_ref().or(self.files.saved.as_ref());
        if self.files.read_only || self.files.n_saving > 0 || kept.map(AsRef::as_ref) == Some(&look) {
            return None;
        }
        if self.autosave_in(now) > Duration::ZERO {
            return None;
        }
        self.files.written_at = Some(now);
        Some(self.save_job(Target::Open(store), SaveKind::Autosave))
    }

    /// How long until unsaved work may be kept again; the window looks again then, also where nothing moves.
    pub fn autosave_in(&self, now: Instant) -> Duration {
        if self.files.store.is_none() {
            return self.untitled_due_in(now);
        }
        let due = self.files.written_at.map(|at| at + AUTOSAVE_EVERY);
        due.map_or(Duration::ZERO, |due| due.saturating_duration_since(now))
    }

    /// Whether there is work that no file has yet.
    pub fn awaits_autosave(&self) -> bool {
        match self.files.store {
            Some(_) => self.unsaved && !self.files.read_only,
            None => self.untitled_awaits(),
        }
    }

    /// Files what came of opening or saving a project.
    pub fn project_done(&mut self, done: ProjectDone) -> Vec<Request> {
        match done {
            ProjectDone::Opened(Ok(opened)) => self.opened(*opened, false),
            ProjectDone::Restored(Ok(opened)) => self.opened(*opened, true),
            ProjectDone::Restored(Err(notice)) => {
                self.files.opening = None;
                self.notify(Level::Error, notice, None);
                Vec::new()
            }
            ProjectDone::Discarded(result) => {
                if let Err(notice) = result {
                    self.notify(Level::Error, notice, None);
                }
                Vec::new()
            }
            ProjectDone::Forgotten => Vec::new(),
            ProjectDone::Opened(Err(notice)) => {
                let dir = self.files.opening.take();
                let name = dir.as_ref().map_or_else(String::new, |dir| dir.display().to_string());
                self.open_failed(&name, notice, dir.map(|dir| Command::OpenPaths(vec![dir])));
                let Beside { paths, data } = std::mem::take(&mut self.files.beside);
                let mut requests = self.open_paths(&paths);
                requests.extend(data.into_iter().flat_map(|spec| self.open_data(spec)));
                requests
            }
            ProjectDone::Saved(saved) => self.saved(saved),
        }
    }

    fn saved(&mut self, saved: Saved) -> Vec<Request> {
        self.files.n_saving = self.files.n_saving.saturating_sub(1);
        if saved.kind == SaveKind::Untitled {
            // Of work that another took the place of meanwhile: it is kept, and offered at the next start.
            if self.files.store.is_none() && self.scratch.as_ref() == Some(&saved.folder) {
                self.untitled_saved(saved);
            }
            return Vec::new();
        }
        let store = match saved.result {
            Ok(store) => store,
            Err(notice) => {
                // It is tried again every ten seconds: told once, until it succeeds.
                let is_autosave = saved.kind == SaveKind::Autosave;
                if !is_autosave || !std::mem::replace(&mut self.files.autosave_fails, true) {
                    self.notify(Level::Error, notice, Some(Command::Save));
                }
                return Vec::new();
            }
        };
        let is_current = self.files.store.as_ref().is_some_and(|open| Arc::ptr_eq(open, &store));
        // The last save of a project that was left meanwhile, unless the user chose a new folder.
        if !is_current && (saved.kind != SaveKind::Save || self.files.opening.is_some()) {
            return Vec::new();
        }
        self.dirs.extend(saved.dirs);
        if let (Some(named), Some(look)) = (saved.figures, &saved.look) {
            self.files.figures = Some((look.figures.clone(), named));
        }
        self.files.store = Some(store);
        self.files.read_only = false;
        self.files.autosave_fails = false;
        if saved.kind == SaveKind::Autosave {
            self.files.autosaved = saved.look;
        } else {
            self.settings.remember_folder(&saved.folder);
            self.last_action = format!("Saved project in {}", saved.folder.display());
            self.files.saved = saved.look;
            self.files.autosaved = None;
            self.files.takes_look = false;
            self.files.reverts_to = None;
            self.files.is_sample = false;
        }
        let before = self.home().map(Path::to_path_buf);
        self.project = Some(saved.folder);
        self.move_runs(before.as_deref());
        self.unsaved = self.files.saved.as_deref() != Some(&self.look());
        self.untitled_is_saved()
    }

    // --- opening -----------------------------------------------------------------------------------------------------

    pub(crate) fn open_project(&mut self, path: &Path) -> Vec<Request> {
        let dir = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        let same = |open: &PathBuf| open == dir || open.canonicalize().ok() == dir.canonicalize().ok();
        if self.project.as_ref().is_some_and(same) && !self.files.read_only {
            self.last_action = format!("Project {} is open already", dir.display());
            return Vec::new();
        }
        self.last_action = format!("Opening project {}", dir.display());
        self.files.opening = Some(dir.to_path_buf());
        vec![Request::Project(ProjectJob::Open(dir.to_path_buf()))]
    }

    /// Shows an opened project, or unsaved work of an earlier session, which stays without a name.
    fn opened(&mut self, opened: OpenedProject, is_untitled: bool) -> Vec<Request> {
        let OpenedProject { folder, project, state, saved_state, boxes, explainers, figures, missing, notices } =
            opened;
        let mut requests: Vec<Request> = self.save_at_close().into_iter().collect();
        requests.extend(self.leave_untitled());
        let beside = std::mem::take(&mut self.files.beside);
        let saved_state = saved_state.filter(|_| !is_untitled);
        // Data that come back with the restored work are not closed.
        let comes_back = |data: &Arc<Dataset>| ViewState::of(&state).data_hash.as_ref() == Some(&data.hash);
        let closed = if self.data.as_ref().is_some_and(comes_back) { None } else { self.leave_data() };
        let is_restored = saved_state.is_some();
        // That unsaved work is shown is no news to who asked for it.
        let is_news = |notice: &Notice| !is_untitled || notice.code != "project-restored";
        for notice in notices.into_iter().filter(is_news) {
            // What was restored can be given up again.
            let retry = (notice.code == "project-restored").then_some(Command::RevertProject);
            self.notices.push(Level::Warning, notice, retry);
        }
        self.last_action = format!("Opened project {}", folder.display());
        if is_untitled {
            self.last_action = format!("{RESTORED}; save it as a project to keep it");
            if let Some(closed) = closed {
                self.offer_closed(&closed);
            }
        }
        let is_sample = project.is_none();
        if !is_sample && !is_untitled {
            self.settings.remember_folder(&folder);
        }
        let mut project = project;
        if is_untitled && let Some(files) = project.take() {
            self.take_untitled(folder.clone(), files);
        }
        self.files = OpenFiles {
            read_only: project.as_ref().is_some_and(|project| !project.can_save()),
            is_sample,
            missing,
            // A damaged main file, or restored work: what is shown is not what the main file holds.
            takes_look: project.as_ref().is_some_and(|project| !is_restored && !project.is_changed()),
            reverts_to: saved_state.map(Box::new),
            figures: None,
            store: project.map(|project| Arc::new(Mutex::new(project))),
            ..OpenFiles::default()
        };
        self.study = super::study::Study::of_sample(is_sample.then(|| folder.clone()));
        self.project = (!is_sample && !is_untitled).then_some(folder);
        self.take_up_runs();
        // Its black boxes and explainers take the place of the others; what was trained stays on disk.
        self.dirs.clear();
        self.boxes.clear();
        self.explainers.clear();
        for (dir, saved) in boxes {
            self.dirs.insert(saved.card.hash.clone(), dir);
            self.boxes.push(saved);
        }
        for (dir, saved) in explainers {
            self.dirs.insert(saved.card.hash.clone(), dir);
            self.explainers.push(saved);
        }
        self.figures.replace(figures);
        self.data = None;
        self.active_box = None;
        self.explore = super::explore::Explore::default();
        // A table of the project before would pass for one of this, where this has no data.
        self.measure = super::measure::Measure::default();
        self.undo.clear();
        self.before.clear();
        (self.reopening, self.failed_open) = (None, None);
        requests.extend(self.begin_restoring(state, beside.data));
        requests.extend(self.open_paths(&beside.paths));
        requests
    }

    /// Opens the data of a state; the rest follows when it is there.
    /// `instead` is looked at in place of the state's own data.
    fn begin_restoring(&mut self, state: ProjectState, instead: Option<DataSpec>) -> Vec<Request> {
        let spec = instead.map(Ok).or_else(|| state.data.first().map(|spec| spec.parse::<DataSpec>()));
        let view = ViewState::of(&state);
        let place = view.place;
        self.figures.theme = view.figure_theme;
        self.figures.set_scale(view.png_scale.unwrap_or(PNG_SCALE));
        self.figures.set_sheet_look(view.sheet_look);
        if let Ok(layout) = serde_json::from_value::<Layout>(state.layout.clone()) {
            self.settings.show_items = layout.items;
            self.settings.show_inspector = layout.inspector;
            self.open.viewer_alone = layout.viewer_alone;
            if !layout.panels.is_empty() && layout.panels != self.settings.panels {
                self.settings.panels = layout.panels;
                self.settings.layout_version += 1;
            }
        }
        self.files.restoring = Some(Box::new(state));
        let said = self.last_action.clone();
        let requests = match spec {
            Some(Ok(spec)) if self.data.as_ref().is_some_and(|data| data.spec == spec) => {
                self.restore().unwrap_or_default()
            }
            Some(Ok(spec)) => self.open_data(spec),
            Some(Err(error)) => {
                self.notify(Level::Error, Notice::new("data-spec", error.to_string()), None);
                Vec::new()
            }
            None => self.restore().unwrap_or_default(),
        };
        self.last_action = said;
        self.place = place;
        requests
    }

    /// Goes back from restored unsaved work to the last saved state.
    pub(crate) fn revert_project(&mut self) -> Vec<Request> {
        let Some(state) = self.files.reverts_to.take() else { return Vec::new() };
        self.files.takes_look = true;
        self.files.autosaved = Some(Box::new(self.look()));
        let (mut state, figures) = *state;
        self.figures.replace(figures);
        // Steps name figures by their places: taken back now, they would change others.
        self.undo.clear();
        if let Some(folder) = &self.project {
            state.data.iter_mut().for_each(|spec| *spec = from_project(folder, spec));
        }
        self.last_action = "Went back to the last saved state".to_owned();
        self.begin_restoring(state, None)
    }

    /// Whether [`Session::revert_project`] has something to go back to.
    pub(crate) fn can_revert(&self) -> bool {
        self.files.reverts_to.is_some()
    }

    /// Once the data of a reopened project is there: looks at it as it was looked at before. `None` where nothing is being reopened.
    pub(crate) fn restore(&mut self) -> Option<Vec<Request>> {
        let state = self.files.restoring.take()?;
        let mut saved = ViewState::of(&state);
        let mut is_same = true;
        if let Some(data) = &self.data
            && saved.data_hash.as_ref().is_some_and(|hash| *hash != data.hash)
        {
            // Another data set, opened by hand since the project's own could not be: its items are others.
            is_same = state.data.first().is_some_and(|spec| *spec == data.spec.to_string());
            if is_same {
                let summary = format!(
                    "{} is not the data that this project was saved with; marks and pins may name other items",
                    data.name
                );
                self.notices.push(Level::Warning, Notice::new("data-changed", summary), None);
            }
        }
        self.study.form = saved.design.take().map(|form| *form);
        self.study.opened.clear();
        self.study.remember(std::mem::take(&mut saved.studies));
        self.study.looked = false;
        self.measure.embedding = saved.embedding.take();
        Some(self.look_as(saved, state.active_black_box.map(|hash| hash.to_string()), is_same))
    }

    /// Looks at what is open as it was looked at before, with the black box of the hash `active`. Items are the same only where `is_same`.
    pub(super) fn look_as(&mut self, saved: ViewState, active: Option<String>, is_same: bool) -> Vec<Request> {
        let n = self.data.as_ref().map_or(0, |data| data.len());
        let listed = |items: BTreeSet<usize>| items.into_iter().filter(|&item| is_same && item < n).collect();
        let explore = &mut self.explore;
        explore.item = saved.item.filter(|&item| is_same && item < n);
        (explore.view, explore.hidden, explore.fill, explore.seed) = (saved.view, saved.hidden, saved.fill, saved.seed);
        (explore.shows_truth, explore.shows_classes) = (!saved.hides_truth, !saved.hides_classes);
        explore.unit = saved.unit.unwrap_or(explore.unit);
        explore.k = saved.k.unwrap_or(explore.k);
        explore.k_is_set = saved.k.is_some() && !saved.k_follows;
        explore.form = saved.form;
        explore.group = saved.group.filter(|_| is_same);
        explore.picked = if is_same { saved.picked } else { Vec::new() };
        explore.scales = saved.scales;
        (explore.pinned, explore.marked) = (listed(saved.pinned), listed(saved.marked));
        explore.list.sort = if is_same { saved.sort } else { saved.sort.for_other_data() };
        explore.list.style = saved.style;
        explore.notes = saved.notes.into_iter().filter(|(item, _)| is_same && *item < n).collect();
        if is_same {
            explore.list.filter = saved.filter;
        }
        let named = active.and_then(|hash| self.boxes.iter().position(|known| known.card.hash == hash));
        // The data may have been opened in place of those that it was saved with.
        let fits = |session: &Self, at: &usize| session.box_misfit(*at).is_none();
        let named = named.filter(|at| fits(self, at));
        let active = named.or_else(|| self.best_box_for(self.data.as_deref()?));
        self.active_box = active.or(self.active_box.filter(|at| fits(self, at)));
        let mut reads_texts = false;
        if let Some(active) = self.active_box().cloned() {
            let class_of = |class: &usize| *class < active.card.classes.len();
            self.explore.fit = saved.fit.unwrap_or_else(|| self.fit_for(&active));
            self.explore.class_focus = saved.class_focus.filter(class_of);
            self.explore.reading.against = saved.against.filter(class_of);
            reads_texts = active.card.modality() == Modality::Text;
            if named.is_none() {
                // Another one than it was saved with: units and numbers of classes may be none of its own.
                self.adopt_unit(&active.card);
                self.explore.list.filter.prediction = None;
            }
            self.explore.k = self.explore.k.clamp(1, self.unit_count().max(1));
        }
        self.explore.reading.take_up_own(saved.own_text, saved.shows_own_text && reads_texts);
        self.files.awaited = saved.columns;
        self.files.awaited_focus = saved.focus;
        let mut requests = self.make_untrained();
        requests.extend(self.place_columns());
        requests.extend(self.predict_all());
        self.rebuild_list();
        // A filter by what is not known yet lists nothing; the item in view stays all the same.
        if self.explore.item.is_none() && self.own_text().is_none() {
            requests.extend(self.keep_item_listed());
        }
        requests
    }

    /// The fit of pictures that a black box starts with.
    pub(crate) fn fit_for(&self, active: &SavedBox) -> Fit {
        self.data.as_ref().map_or(active.card.fit, |data| active.fit_for(data))
    }

    /// Whether the columns of a reopened project are still being made.
    pub(crate) fn awaits_columns(&self) -> bool {
        !self.files.awaited.is_empty()
    }

    /// Waits for the shown methods that need no training to be made anew, for another checkpoint of the black box in use.
    pub(crate) fn await_columns(&mut self) {
        // Of the one before, they may still be on their way.
        if self.files.awaited.is_empty() {
            let shown = self.column_explainers();
            let untrained = shown.iter().filter(|explainer| explainer.weights.is_empty());
            self.files.awaited = untrained.map(|explainer| ColumnRef::of(explainer)).collect();
            self.files.awaited_focus = self.explore.focus;
        }
    }

    /// The user chose other columns: nothing is awaited any more.
    pub(crate) fn forget_awaited(&mut self) {
        self.files.awaited.clear();
    }

    /// Shows exactly the explainers that a reopened project showed, in their order, as far as they are there.
    pub(crate) fn place_columns(&mut self) -> Vec<Request> {
        let Some(active) = self.active_box().map(|active| active.card.hash.clone()) else {
            self.files.awaited.clear();
            self.explore.columns.clear();
            return Vec::new();
        };
        let find = |wanted: &ColumnRef| {
            let usable = || self.explainers.iter().enumerate().filter(|(_, known)| known.card.blackbox_hash == active);
            let by = |fits: &dyn Fn(&SavedExplainer) -> bool| usable().find(|(_, known)| fits(known)).map(|(at, _)| at);
            by(&|known| known.card.hash == wanted.hash)
                .or_else(|| by(&|known| known.weights.is_empty() && known.card.method == wanted.method))
                .or_else(|| by(&|known| known.card.name == wanted.name && known.card.method == wanted.method))
        };
        let found: Vec<(ColumnRef, Option<usize>)> =
            self.files.awaited.iter().map(|wanted| (wanted.clone(), find(wanted))).collect();
        // Only what needs no training is still to come; the rest was loaded with the project.
        let comes =
            |wanted: &ColumnRef| crate::explain::method(&wanted.method).is_ok_and(|method| !method.spec().trains);
        let mut columns: Vec<usize> = found.iter().filter_map(|(_, at)| *at).collect();
        let lost: Vec<&ColumnRef> =
            found.iter().filter(|(wanted, at)| at.is_none() && !comes(wanted)).map(|(wanted, _)| wanted).collect();
        if !lost.is_empty() {
            let names: Vec<String> = lost.iter().map(|wanted| wanted.name.clone()).collect();
            let summary =
                format!("Not shown any more, since it could not be opened: {}", super::describe::in_words(&names));
            self.notices.push(Level::Warning, Notice::new("project-columns", summary), None);
        }
        self.files.awaited = if found.iter().all(|(wanted, at)| at.is_some() || !comes(wanted)) {
            Vec::new()
        } else {
            found
                .iter()
                .filter(|(wanted, at)| at.is_some() || comes(wanted))
                .map(|(wanted, _)| wanted.clone())
                .collect()
        };
        if columns.is_empty() && self.files.awaited.is_empty() {
            columns.extend(self.usable_explainers().first());
        }
        self.explore.focus = self.files.awaited_focus.min(columns.len().saturating_sub(1));
        self.explore.columns = columns;
        self.refresh()
    }
}

/// An absolute path: the next window may be started from another folder.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A data specification of a project: a relative path is looked up from the project's folder first.
pub(super) fn from_project(dir: &Path, spec: &str) -> String {
    match spec.parse::<DataSpec>() {
        Ok(parsed) if parsed.path.is_relative() => match dir.join(&parsed.path).canonicalize() {
            Ok(path) => DataSpec { path, ..parsed }.to_string(),
            Err(_) => spec.to_owned(),
        },
        _ => spec.to_owned(),
    }
}

/// A data specification as it is written into a project: relative if it lies in the project, else absolute, since the next window may be
/// started from another folder.
pub(super) fn to_project(dir: &Path, spec: &str) -> String {
    let Ok(parsed) = spec.parse::<DataSpec>() else { return spec.to_owned() };
    let Ok(path) = parsed.path.canonicalize() else { return spec.to_owned() };
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    let path = path.strip_prefix(&dir).map(Path::to_path_buf).unwrap_or(path);
    DataSpec { path, ..parsed }.to_string()
}

/// Writes a sample project's state: the data (a specification relative to `dir`), the black box, and explainers side by side, on
/// test item number `item`. Its models lie in `dir` already.
pub fn write_sample(
    dir: &Path,
    spec: &str,
    data: &Dataset,
    item: usize,
    black_box: &SavedBox,
    columns: &[Arc<SavedExplainer>],
) -> Result<(), StoreError> {
    let view = ViewState {
        data_hash: Some(data.hash.clone()),
        // A test item: what explainers and the black box have not learned from.
        item: data.in_split(Split::Test).get(item).copied(),
        columns: columns.iter().map(|explainer| ColumnRef::of(explainer)).collect(),
        unit: columns.first().map(|explainer| explainer.card.unit),
        k: columns.first().map(|explainer| explainer.card.k),
        ..ViewState::default()
    };
    // Every folder with a card, in sorted order; their hashes stand in the cards.
    let listed = |kind: ProjectKind| {
        let entries = std::fs::read_dir(dir.join(kind.folder())).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        folders.sort();
        let reference = |folder: PathBuf| {
            let hash = card_hash(&folder)?;
            Some(SavedRef { folder: folder.strip_prefix(dir).unwrap_or(&folder).to_owned(), hash })
        };
        folders.into_iter().filter_map(reference).collect::<Vec<_>>()
    };
    let state = ProjectState {
        data: vec![spec.to_owned()],
        black_boxes: listed(ProjectKind::BlackBoxes),
        active_black_box: black_box.card.hash.parse().ok(),
        explainers: listed(ProjectKind::Explainers),
        view: view.written(true),
        seeds: BTreeMap::from([("explore".to_owned(), 0)]),
        versions: BTreeMap::from([("unmask".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
        ..Default::default()
    };
    Project::write_first(dir, state)
}
