//! Opening: what a path holds, and what is asked of the workers to read it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::notices::Level;
use super::reading::MOST_OWN_BYTES;
use super::{Command, Lane, Purpose, Request, Run, Session, project, slots};
use crate::data::options::Looked;
use crate::data::spec::Kind;
use crate::data::{DataSpec, Dataset, Modality, picture};
use crate::jobs::Task;
use crate::model::card::BOX_FORMAT;
use crate::work::{Notice, Priority, Slot};

/// Most bytes of a card that are looked at to tell what a folder holds.
const MAX_PEEK: u64 = 4096;

/// What a path holds, as far as its names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A project.
    Project,
    /// A black box.
    Box,
    /// An explainer.
    Explainer,
    /// A participant file of a study.
    Study,
    /// Anything else: data, or nothing that can be opened.
    Data,
}

impl Holds {
    /// Looks at names and at the head of a card; reads nothing large.
    pub fn at(path: &Path) -> Self {
        if crate::store::Project::is_in(path) || path.file_name().is_some_and(|name| name == project::FILE) {
            return Self::Project;
        }
        let is_sqlite = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sqlite"));
        if is_sqlite || crate::study::store::is_participant_file(path) {
            return Self::Study;
        }
        let card = path.join("card.json");
        if !card.is_file() {
            return Self::Data;
        }
        let mut head = Vec::new();
        if let Ok(file) = std::fs::File::open(&card) {
            use std::io::Read;
            // A card that cannot be read is refused with its reason when it is opened.
            file.take(MAX_PEEK).read_to_end(&mut head).ok();
        }
        let head = String::from_utf8_lossy(&head);
        if head.contains(BOX_FORMAT) { Self::Box } else { Self::Explainer }
    }
}

/// Something that could not be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedOpen {
    /// Its name, without the folders around it.
    pub name: String,
    /// Why not.
    pub notice: Notice,
    /// What tries it again, or changes how it is read.
    pub retry: Option<Command>,
}

impl FailedOpen {
    /// Whether it is data, which can often be read in another way.
    pub fn is_data(&self) -> bool {
        matches!(self.retry, Some(Command::RetryData | Command::ToggleSpec))
    }
}

impl Session {
    pub(crate) fn open_paths(&mut self, paths: &[PathBuf]) -> Vec<Request> {
        let held: Vec<(Holds, &PathBuf)> = paths.iter().map(|path| (Holds::at(path), path)).collect();
        let of = |wanted: Holds| -> Vec<PathBuf> {
            held.iter().filter(|(holds, _)| *holds == wanted).map(|(_, path)| (*path).clone()).collect()
        };
        let (projects, data, studies) = (of(Holds::Project), of(Holds::Data), of(Holds::Study));
        let mut requests: Vec<Request> = projects.iter().flat_map(|path| self.open_project(path)).collect();
        // What is named beside a project waits for it: a project's models take the place of all others.
        if !projects.is_empty() && self.files.opening.is_some() {
            let models = [of(Holds::Box), of(Holds::Explainer), studies].concat();
            let data = data.first().map(DataSpec::from_path);
            self.files.beside = super::project::Beside { paths: models, data };
            return requests;
        }
        for (holds, path) in &held {
            match holds {
                Holds::Box => requests.push(self.load_box((*path).clone())),
                Holds::Explainer => requests.push(self.load_explainer((*path).clone())),
                Holds::Project | Holds::Study | Holds::Data => {}
            }
        }
        if !studies.is_empty() {
            requests.extend(self.study_action(super::study::StudyAction::Open(studies)));
        }
        match &data[..] {
            [] => {}
            [only] if self.takes_as_own(only) => requests.push(self.read_own(only)),
            [only] => requests.extend(self.open_data(DataSpec::from_path(only))),
            // Several pictures of one folder: that folder holds them all.
            [first, rest @ ..] => {
                let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let is_picture = |path: &PathBuf| picture::has_picture_ending(&name(path));
                let folder = first.parent().filter(|folder| rest.iter().all(|path| path.parent() == Some(folder)));
                match folder {
                    Some(folder) if data.iter().all(is_picture) => {
                        requests.extend(self.open_data(DataSpec::from_path(folder)));
                        let summary = format!(
                            "Opened the whole folder {}, since several of its pictures were chosen",
                            folder.display()
                        );
                        self.notify(Level::Info, Notice::new("opened-folder", summary), None);
                    }
                    _ => {
                        let summary = format!(
                            "Only one data set is open at a time: opened {}, left out {}",
                            first.display(),
                            super::describe::count(rest.len(), "other path", "other paths")
                        );
                        requests.extend(self.open_data(DataSpec::from_path(first)));
                        self.notify(Level::Info, Notice::new("one-data-set", summary), None);
                    }
                }
            }
        }
        requests
    }

    pub(crate) fn open_spec(&mut self, text: &str) -> Vec<Request> {
        let path = PathBuf::from(text);
        if path.exists() && Holds::at(&path) != Holds::Data {
            return self.open_paths(&[path]);
        }
        match DataSpec::from_argument(text) {
            // Named beside a project that is being opened.
            Ok(spec) if self.files.opening.is_some() => {
                self.files.beside.data = Some(spec);
                Vec::new()
            }
            Ok(spec) => self.open_data(spec),
            Err(error) => {
                self.no_spec = Some(text.to_owned());
                self.place = super::Place::Explore;
                self.open_failed(text, Notice::new("data-spec", error.to_string()), Some(Command::ToggleSpec));
                Vec::new()
            }
        }
    }

    /// What names the data, to be changed: what could not be opened last, else what is open.
    pub fn spec_text(&self) -> Option<String> {
        let spec = self.data_retry.as_ref().or(self.data.as_ref().map(|data| &data.spec));
        self.no_spec.clone().or_else(|| spec.map(ToString::to_string))
    }

    /// Whether that is the data that are open.
    pub fn spec_is_open(&self) -> bool {
        self.no_spec.is_none() && self.data_retry.is_none() && self.data.is_some()
    }

    /// What could not be opened last, until it is put away or something is opened.
    pub fn failed_open(&self) -> Option<&FailedOpen> {
        self.failed_open.as_ref()
    }

    /// Something was not opened: said in the list of notices, and on a card that nobody can miss.
    pub(crate) fn open_failed(&mut self, name: &str, notice: Notice, retry: Option<Command>) {
        let short = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(name).to_owned();
        self.notices.push(Level::Error, notice.clone(), retry.clone());
        // The reason comes first on the bottom line, which is cut at its end.
        let reason = match notice.summary.split_once(": ") {
            Some((place, reason)) if place.contains(&short) => reason,
            _ => notice.summary.as_str(),
        };
        self.last_action = format!("{short} was not opened: {reason}");
        self.failed_open = Some(FailedOpen { name: short, notice, retry });
    }

    /// What is known of the data that `spec` names, as far as they were looked at.
    pub fn looked_at(&self, spec: &DataSpec) -> Option<&Looked> {
        let (of, looked) = self.looked.as_ref()?;
        (of.path == spec.path).then_some(looked.as_ref())
    }

    /// Looks at data without opening them: what kind they are, and what their columns are called.
    pub(crate) fn look_at_data(&self, spec: DataSpec) -> Vec<Request> {
        vec![Request::Run(Box::new(Run {
            lane: Lane::Files,
            slot: Slot::new(slots::LOOK, 0),
            priority: Priority::Interactive,
            purpose: Purpose::LookAtData(Arc::new(spec.clone())),
            title: format!("Looking at {spec}"),
            task: Task::LookAtData { spec },
        }))]
    }

    /// Whether a file becomes the own text rather than data: a single text, beside data that are explained with a black box that reads texts.
    fn takes_as_own(&self, path: &Path) -> bool {
        let is_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt")) && path.is_file();
        let reads_texts = self.active_box().is_some_and(|active| active.card.modality() == Modality::Text);
        is_text && reads_texts && self.data.is_some() && !self.is_restoring()
    }

    /// Reads a file to make it the own text: as data of one text, so that its encoding is found out.
    fn read_own(&mut self, path: &Path) -> Request {
        let title = format!("Opening {}", path.display());
        self.last_action.clone_from(&title);
        self.place = super::Place::Explore;
        self.failed_open = None;
        let kind = Kind::named("text").unwrap_or(Kind::AUTO);
        Request::Run(Box::new(Run {
            lane: Lane::Files,
            // Its own: data that are being opened go on.
            slot: Slot::new(slots::OWN_TEXT, 0),
            priority: Priority::Normal,
            purpose: Purpose::OwnText(path.to_path_buf()),
            title,
            task: Task::OpenData { spec: DataSpec { kind, ..DataSpec::from_path(path) } },
        }))
    }

    /// Makes a text that was read the own text, with a way to open it as data. One that is too long for that is opened as data.
    pub(super) fn put_own(&mut self, path: &Path, data: Arc<Dataset>) -> Vec<Request> {
        let reads_texts = self.active_box().is_some_and(|active| active.card.modality() == Modality::Text);
        let text = data.text(0).filter(|text| reads_texts && text.len() <= MOST_OWN_BYTES).map(str::to_owned);
        let (Some(text), Some(open)) = (text, self.data.clone()) else { return self.put_data(data) };
        for remark in &data.remarks {
            self.notices.push(Level::Info, Notice::new("data-remark", format!("{}: {remark}", data.name)), None);
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let said = format!("{name} is in view as your own text; {} stays open", open.name);
        let requests = self.take_own(text, said);
        self.offer_to(format!("Open {name} as data"), Command::OpenSpec(data.spec.to_string()));
        requests
    }

    pub(crate) fn open_data(&mut self, spec: DataSpec) -> Vec<Request> {
        // "Again" means these data from now on: notices about others name theirs.
        if let Some(before) = self.data_retry.replace(spec.clone()).filter(|before| *before != spec) {
            self.notices.retarget(&Command::RetryData, &Command::OpenSpec(before.to_string()));
        }
        self.no_spec = None;
        self.failed_open = None;
        self.reopening = None;
        let title = format!("Opening {spec}");
        self.last_action.clone_from(&title);
        self.place = super::Place::Explore;
        vec![Request::Run(Box::new(Run {
            lane: Lane::Files,
            slot: Slot::new(slots::DATA, 0),
            priority: Priority::Normal,
            purpose: Purpose::OpenData,
            title,
            task: Task::OpenData { spec },
        }))]
    }

    /// The user cancelled the opening of data: where others are open, these are what is talked of again.
    pub(super) fn give_up_opening(&mut self) {
        self.reopening = None;
        if self.data.is_some()
            && !self.is_restoring()
            && let Some(spec) = self.data_retry.take()
        {
            self.notices.retarget(&Command::RetryData, &Command::OpenSpec(spec.to_string()));
        }
    }

    pub(crate) fn retry_data(&mut self) -> Vec<Request> {
        match self.data_retry.clone() {
            Some(spec) => self.open_data(spec),
            None => Vec::new(),
        }
    }

    pub(crate) fn load_box(&mut self, dir: PathBuf) -> Request {
        let slot = self.fresh_slot(slots::LOAD_BOX);
        self.settings.remember_folder(&dir);
        Request::Run(Box::new(Run {
            lane: Lane::Files,
            slot,
            priority: Priority::Normal,
            purpose: Purpose::LoadBox(dir.clone()),
            title: format!("Opening black box {}", dir.display()),
            task: Task::LoadBox { dir },
        }))
    }

    pub(crate) fn load_explainer(&mut self, dir: PathBuf) -> Request {
        let slot = self.fresh_slot(slots::LOAD_EXPLAINER);
        Request::Run(Box::new(Run {
            lane: Lane::Files,
            slot,
            priority: Priority::Normal,
            purpose: Purpose::LoadExplainer(dir.clone()),
            title: format!("Opening explainer {}", dir.display()),
            task: Task::LoadExplainer { dir },
        }))
    }

    /// Where what is trained goes: the project, or the scratch folder until there is one.
    /// Whether there is a saved project that can be written to.
    pub fn has_home(&self) -> bool {
        self.project.is_some() && !self.is_read_only()
    }

    pub(crate) fn out_dir(&self, kind: &str, name: &str, seed: u64) -> Option<PathBuf> {
        // A project that another window has is not written to.
        let home = self.project.clone().filter(|_| !self.is_read_only()).or_else(|| self.scratch.clone())?;
        let stem = super::figures::describe_file(&format!("{name}-seed{seed}"));
        let folder = home.join(kind);
        let taken =
            |candidate: &PathBuf| candidate.exists() || self.train.runs.iter().any(|run| run.is_written_to(candidate));
        let mut dir = folder.join(&stem);
        let mut number = 2;
        while taken(&dir) {
            dir = folder.join(format!("{stem}-{number}"));
            number += 1;
        }
        Some(dir)
    }
}
