//! Opening: what a path holds, and what is asked of the workers to read it.

use std::path::{Path, PathBuf};

use super::notices::Level;
use super::{Command, Lane, Purpose, Request, Run, Session, project, slots};
use crate::data::{DataSpec, picture};
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
                self.notify(Level::Error, Notice::new("data-spec", error.to_string()), Some(Command::ToggleSpec));
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

    pub(crate) fn open_data(&mut self, spec: DataSpec) -> Vec<Request> {
        self.data_retry = Some(spec.clone());
        self.no_spec = None;
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
