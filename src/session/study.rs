//! The researcher's side of blinded studies: the design being made, the participant files that are known, the report of a closed one.

mod action;
mod design;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use action::{StudyAction, StudyDialog, StudyPart};
pub use design::{DesignForm, FormArm, ItemsFrom};

use super::notices::Level;
use super::{Lane, Purpose, Request, Run, Session, describe, slots};
use crate::jobs::study::{StudyFile, StudyReport};
use crate::jobs::{Content, Output, StudyOutput, StudyTask, Task};
use crate::study::StudyError;
use crate::study::design::{Spec, preset};
use crate::study::report;
use crate::work::{JobError, JobId, Notice, Priority, Shown, Slot};

/// What a study's job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StudyJob {
    /// Making a study.
    Make,
    /// Looking at participant files.
    Read,
    /// Changing one: a person withdraws, or the study is closed.
    Change,
    /// Putting files together.
    Merge,
    /// Scoring.
    Report,
    /// Exporting.
    Export,
}

impl StudyJob {
    const fn title(self) -> &'static str {
        match self {
            Self::Make => "Making the study",
            Self::Read => "Looking at studies",
            Self::Change => "Changing the study",
            Self::Merge => "Merging files",
            Self::Report => "Scoring the study",
            Self::Export => "Exporting the study",
        }
    }
}

/// What was made last.
#[derive(Clone, Debug, PartialEq)]
pub struct LastMade {
    /// Participant files.
    pub participants: Vec<PathBuf>,
    /// The key.
    pub key: PathBuf,
    /// Stimuli.
    pub stimuli: usize,
    /// Places.
    pub places: usize,
}

/// State of the place.
#[derive(Default)]
pub struct Study {
    /// Part in view.
    pub part: StudyPart,
    /// The design as it was changed; `None`: the one that fits what is open.
    pub form: Option<DesignForm>,
    /// Participant files that are known.
    pub files: Vec<StudyFile>,
    /// The file in view.
    pub selected: Option<PathBuf>,
    /// Files that were ticked, to be merged.
    pub ticked: BTreeSet<PathBuf>,
    /// Results of the file in view.
    pub report: Shown<StudyReport>,
    /// What was made last.
    pub made: Option<LastMade>,
    /// Why making failed last.
    pub make_error: Option<Notice>,
    /// Keys that were chosen by hand.
    keys: BTreeMap<PathBuf, PathBuf>,
    /// Files and folders that were opened by hand, or made outside the project; the project remembers them.
    pub(super) opened: Vec<PathBuf>,
    /// The folder of the sample project, which is no project of this session.
    pub(crate) sample: Option<PathBuf>,
    /// Whether the files were looked at since the project was opened.
    pub looked: bool,
    /// The job that makes a study.
    pub making: Option<JobId>,
}

impl Study {
    /// Nothing known yet; `sample` is the folder of the sample project.
    pub(crate) fn of_sample(sample: Option<PathBuf>) -> Self {
        Self { sample, ..Self::default() }
    }

    /// Remembers files and folders, each once.
    pub(super) fn remember(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        for path in paths {
            if !self.opened.contains(&path) {
                self.opened.push(path);
            }
        }
    }

    /// The file in view.
    pub fn current(&self) -> Option<&StudyFile> {
        let path = self.selected.as_ref()?;
        self.files.iter().find(|file| file.path == *path)
    }

    /// The key of a file, where there is one that fits.
    pub fn key_of(&self, file: &StudyFile) -> Option<PathBuf> {
        let chosen = self.keys.get(&file.path).cloned();
        chosen.or_else(|| file.facts.as_ref().ok()?.key.clone().ok())
    }
}

impl Session {
    /// Does what was asked for in the place.
    pub(crate) fn study_action(&mut self, action: StudyAction) -> Vec<Request> {
        match action {
            StudyAction::Show(part) => {
                self.study.part = part;
                match part {
                    StudyPart::Designs => Vec::new(),
                    StudyPart::Runs => self.read_studies(),
                    StudyPart::Report if self.study.files.is_empty() => self.read_studies(),
                    StudyPart::Report => self.score_if_closed(),
                }
            }
            StudyAction::Look => self.read_studies(),
            StudyAction::SetForm(form) => {
                self.study.form = Some(*form);
                Vec::new()
            }
            StudyAction::StartFrom(id) => {
                self.start_from(id);
                Vec::new()
            }
            StudyAction::OpenDesign(path) => {
                self.open_design(&path);
                Vec::new()
            }
            StudyAction::SaveDesign(path) => {
                let path = super::figures::with_extension(&path, &["toml"]);
                let form = self.design_form();
                match self.study_spec(&form).to_toml() {
                    Ok(text) => self.write(path, Content::Bytes(std::sync::Arc::new(text.into_bytes()))),
                    Err(error) => self.study_refused(&error),
                }
            }
            StudyAction::Make(dir) => self.make_study(dir),
            StudyAction::Open(paths) => {
                self.place = super::Place::Study;
                if self.study.part == StudyPart::Designs {
                    self.study.part = StudyPart::Runs;
                }
                self.study.selected = paths.iter().find(|path| path.is_file()).cloned();
                self.study.report.clear();
                self.study.remember(paths);
                self.read_studies()
            }
            StudyAction::Select(path) => {
                if self.study.selected.as_ref() != Some(&path) {
                    self.study.report.clear();
                }
                self.study.selected = Some(path);
                if self.study.part == StudyPart::Report { self.score_if_closed() } else { Vec::new() }
            }
            StudyAction::Tick(path, on) => {
                if on {
                    self.study.ticked.insert(path)
                } else {
                    self.study.ticked.remove(&path)
                };
                Vec::new()
            }
            StudyAction::UseKey(key) => {
                let Some(file) = self.study.selected.clone() else { return Vec::new() };
                self.study.keys.insert(file, key);
                self.study.report.clear();
                self.score_if_closed()
            }
            StudyAction::Withdraw(person) => {
                self.on_current(|file| StudyTask::Withdraw { file, person }, StudyJob::Change)
            }
            StudyAction::Close => self.with_key(|file, key| StudyTask::Close { file, key }, StudyJob::Change),
            StudyAction::Score => self.with_key(|file, key| StudyTask::Report { file, key }, StudyJob::Report),
            StudyAction::Export(dir, times) => {
                self.with_key(|file, key| StudyTask::Export { file, key, dir, times }, StudyJob::Export)
            }
            StudyAction::MergeInto(out) => {
                let out = super::figures::with_extension(&out, &["sqlite"]);
                let files: Vec<PathBuf> = self.study.ticked.iter().cloned().collect();
                vec![self.study_run(StudyJob::Merge, StudyTask::Merge { files, out })]
            }
            StudyAction::WriteReport(path) => self.write_report(&path),
        }
    }

    /// The design in view: the one that was changed, or the one that fits what is open.
    pub fn design_form(&self) -> DesignForm {
        self.study.form.clone().unwrap_or_else(|| DesignForm::fresh(self))
    }

    fn start_from(&mut self, id: &'static str) {
        let mut form = DesignForm::fresh(self);
        if !id.is_empty() {
            match preset(id) {
                Ok(spec) => form.take(self, spec),
                Err(error) => {
                    self.study_refused(&error);
                    return;
                }
            }
        }
        self.last_action = format!("Design: {}", form.spec.title);
        self.study.form = Some(form);
    }

    fn open_design(&mut self, path: &Path) {
        let read = Spec::read(path);
        match read {
            Ok(spec) => {
                let mut form = DesignForm::fresh(self);
                form.take(self, spec);
                self.study.part = StudyPart::Designs;
                self.last_action = format!("Opened design {}", path.display());
                self.study.form = Some(form);
            }
            Err(error) => {
                self.study_refused(&error);
            }
        }
    }

    fn study_refused(&mut self, error: &StudyError) -> Vec<Request> {
        self.notify(Level::Error, Notice::new("study", error.to_string()), None);
        Vec::new()
    }

    fn make_study(&mut self, dir: Option<PathBuf>) -> Vec<Request> {
        let form = self.design_form();
        let Some(dir) = dir.or_else(|| self.out_dir("studies", &form.spec.title, form.spec.seed)) else {
            return self.study_refused(&StudyError::Step(
                "expected a folder for the study, found none; save the project first, or choose a folder".to_owned(),
            ));
        };
        match self.study_to_make(&form, dir) {
            Ok(task) => {
                self.study.made = None;
                self.study.make_error = None;
                vec![self.study_run(StudyJob::Make, StudyTask::Make(Box::new(task)))]
            }
            Err(error) => self.study_refused(&error),
        }
    }

    /// Looks at the files of the project and at those that were opened.
    pub(crate) fn read_studies(&mut self) -> Vec<Request> {
        self.study.looked = true;
        let homes = [&self.project, &self.scratch, &self.study.sample];
        let mut paths: Vec<PathBuf> = homes.into_iter().flatten().map(|home| home.join("studies")).collect();
        paths.extend(self.study.opened.iter().cloned());
        vec![self.study_run(StudyJob::Read, StudyTask::Read(paths))]
    }

    fn study_run(&mut self, job: StudyJob, task: StudyTask) -> Request {
        let slot = match job {
            StudyJob::Make => Slot::new(slots::STUDY, 0),
            StudyJob::Read => Slot::new(slots::STUDY, 1),
            StudyJob::Report => Slot::new(slots::STUDY, 2),
            // Each of these is done once it was asked for.
            StudyJob::Change | StudyJob::Merge | StudyJob::Export => {
                self.next_slot += 1;
                Slot::new(slots::STUDY, 2 + self.next_slot)
            }
        };
        Request::Run(Box::new(Run {
            lane: if job == StudyJob::Make { Lane::Interactive } else { Lane::Files },
            slot,
            priority: Priority::Normal,
            purpose: Purpose::Study(job),
            title: job.title().to_owned(),
            task: Task::Study(Box::new(task)),
        }))
    }

    fn on_current(&mut self, task: impl FnOnce(PathBuf) -> StudyTask, job: StudyJob) -> Vec<Request> {
        let Some(path) = self.study.current().map(|file| file.path.clone()) else { return Vec::new() };
        vec![self.study_run(job, task(path))]
    }

    fn with_key(&mut self, task: impl FnOnce(PathBuf, PathBuf) -> StudyTask, job: StudyJob) -> Vec<Request> {
        let Some(file) = self.study.current().cloned() else { return Vec::new() };
        let Some(key) = self.study.key_of(&file) else {
            return self.study_refused(&StudyError::Step(format!(
                "{}: expected its key file, found none; choose the key.json that was made with the study",
                file.path.display()
            )));
        };
        let task = task(file.path, key);
        vec![self.study_run(job, task)]
    }

    /// Scores the file in view, where it is closed, has a key and was not scored yet.
    fn score_if_closed(&mut self) -> Vec<Request> {
        let Some(file) = self.study.current() else { return Vec::new() };
        let is_closed = file.facts.as_ref().is_ok_and(crate::jobs::study::StudyFacts::is_closed);
        let is_known = self.study.report.value().is_some_and(|known| known.file == file.path);
        if !is_closed || is_known || self.study.key_of(file).is_none() {
            return Vec::new();
        }
        self.with_key(|file, key| StudyTask::Report { file, key }, StudyJob::Report)
    }

    fn write_report(&mut self, path: &Path) -> Vec<Request> {
        let path = super::figures::with_extension(path, &["md", "json", "csv", "tex", "svg", "pdf", "png"]);
        let Some(known) = self.study.report.value().cloned() else { return Vec::new() };
        let ending = crate::store::ending(&path);
        match report::text(&ending, &known.scores, &known.key) {
            Some(Ok(bytes)) => self.write(path, Content::Bytes(std::sync::Arc::new(bytes))),
            Some(Err(error)) => self.study_refused(&error),
            None => {
                let figure = std::sync::Arc::new(report::figure(&known.scores));
                self.write(path, Content::Figure { figure, scale: self.figures.scale })
            }
        }
    }

    /// A study's job was handed to its worker.
    pub(crate) fn study_submitted(&mut self, job: StudyJob, id: JobId, now: std::time::Instant) {
        match job {
            StudyJob::Make => self.study.making = Some(id),
            StudyJob::Report => self.study.report.begin(id, now),
            _ => {}
        }
    }

    /// A study's job ended.
    pub(crate) fn study_done(&mut self, job: StudyJob, id: JobId, result: Result<Output, JobError>) -> Vec<Request> {
        if self.study.making == Some(id) {
            self.study.making = None;
        }
        let output = match result {
            Ok(Output::Study(output)) => output,
            Ok(_) => return Vec::new(),
            Err(error) => {
                if matches!(error, JobError::Cancelled) {
                    self.last_action = format!("Cancelled: {}", job.title().to_lowercase());
                } else {
                    self.notify(Level::Error, error.notice(), None);
                }
                match job {
                    StudyJob::Make if !matches!(error, JobError::Cancelled) => {
                        self.study.make_error = Some(error.notice());
                    }
                    StudyJob::Report => {
                        self.study.report.finish(id, Err(error));
                    }
                    _ => {}
                }
                return Vec::new();
            }
        };
        match output {
            StudyOutput::Made { files, stimuli, places, .. } => {
                self.last_action = format!(
                    "Made a study of {} for {}",
                    describe::count(stimuli, "stimulus", "stimuli"),
                    describe::count(places, "person", "people")
                );
                let participants = files.participants;
                self.study.selected = participants.first().cloned();
                self.study.report.clear();
                // Also where the folder is none of the project's.
                self.study.remember(participants.iter().cloned());
                self.study.made = Some(LastMade { participants, key: files.key, stimuli, places });
                self.read_studies()
            }
            StudyOutput::Read(files) => {
                self.study.ticked.retain(|path| files.iter().any(|file| file.path == *path));
                self.study.files = files;
                if self.study.current().is_none() {
                    self.study.selected = self.study.files.first().map(|file| file.path.clone());
                }
                if self.study.part == StudyPart::Report { self.score_if_closed() } else { Vec::new() }
            }
            StudyOutput::Merged { out, merged } => {
                self.last_action = format!(
                    "Merged {} with {}; {} in both, {} further on in one, {} withdrawn",
                    describe::count(merged.people, "person", "people"),
                    describe::count(merged.answers, "answer", "answers"),
                    merged.duplicates,
                    merged.extended,
                    merged.withdrawn
                );
                self.study.ticked.clear();
                self.study.selected = Some(out.clone());
                self.study.report.clear();
                self.study.remember([out]);
                self.read_studies()
            }
            StudyOutput::Changed(file) => {
                let is_closed = file.facts.as_ref().is_ok_and(crate::jobs::study::StudyFacts::is_closed);
                self.last_action = if is_closed {
                    "The study is closed; its report is unlocked".to_owned()
                } else {
                    "The participant is erased; a mark stays".to_owned()
                };
                if let Some(known) = self.study.files.iter_mut().find(|known| known.path == file.path) {
                    *known = file;
                }
                self.study.report.clear();
                if self.study.part == StudyPart::Report { self.score_if_closed() } else { Vec::new() }
            }
            StudyOutput::Report(scored) => {
                self.last_action = format!("Scored {}", scored.scores.title);
                self.study.report.finish(id, Ok(scored));
                Vec::new()
            }
            StudyOutput::Exported(files) => {
                let folder = files.first().and_then(|file| file.parent()).map(|dir| dir.display().to_string());
                self.last_action = format!("Wrote {} files into {}", files.len(), folder.unwrap_or_default());
                Vec::new()
            }
        }
    }
}
