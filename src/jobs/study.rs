//! What is done with studies off the window's thread: making one, reading its files, merging, closing, scoring, exporting.

mod make;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use make::{MakeStudy, StudyArm};

use super::{Compute, Output};
use crate::store::StoreError;
use crate::study::key::Key;
use crate::study::make::Files;
use crate::study::merge::Merged;
use crate::study::responses::Responses;
use crate::study::score::{Scores, score};
use crate::study::store::{FileState, Meta, PersonState, Store};
use crate::study::{StudyError, export};
use crate::work::{Job, JobError, Notice, one_step};

/// Something to do with a study.
#[derive(Clone, Debug)]
pub enum StudyTask {
    /// Make it: explain, render, write participant files and key.
    Make(Box<MakeStudy>),
    /// Look at participant files.
    Read(Vec<PathBuf>),
    /// Erase a person who withdraws.
    Withdraw {
        /// Participant file.
        file: PathBuf,
        /// Code of the person.
        person: String,
    },
    /// Put files of several machines together.
    Merge {
        /// Participant files.
        files: Vec<PathBuf>,
        /// The new file.
        out: PathBuf,
    },
    /// Take no more answers, and unlock the analysis.
    Close {
        /// Participant file.
        file: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// Score a closed study.
    Report {
        /// Participant file.
        file: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// Write responses, events, codebook, manifest and report into a new folder.
    Export {
        /// Participant file.
        file: PathBuf,
        /// Its key.
        key: PathBuf,
        /// The new folder.
        dir: PathBuf,
        /// Whether times of day are written, too.
        times: bool,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum StudyOutput {
    /// A study was made.
    Made {
        /// Its files.
        files: Files,
        /// How many stimuli it shows.
        stimuli: usize,
        /// For how many people.
        places: usize,
        /// What the researcher should know, a sentence each.
        remarks: Vec<String>,
    },
    /// Participant files, each as it was found.
    Read(Vec<StudyFile>),
    /// Files became one.
    Merged {
        /// The new file.
        out: PathBuf,
        /// What was done.
        merged: Merged,
    },
    /// One file was changed: a person erased, or the study closed.
    Changed(StudyFile),
    /// The results.
    Report(Arc<StudyReport>),
    /// Files were written.
    Exported(Vec<PathBuf>),
}

/// A participant file as it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds, or a sentence why it cannot be used.
    pub facts: Result<StudyFacts, String>,
}

/// What a participant file holds, as far as a researcher may see before the study is closed.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyFacts {
    /// Title, from the key; else the heading that participants see.
    pub title: String,
    /// The key that fits, or a sentence why there is none.
    pub key: Result<PathBuf, String>,
    /// Id, state and number of copies.
    pub meta: Meta,
    /// Stimuli.
    pub stimuli: usize,
    /// Places for people.
    pub places: usize,
    /// Who has begun.
    pub people: Vec<PersonLine>,
}

impl StudyFacts {
    /// Answers of everybody.
    pub fn answers(&self) -> usize {
        self.people.iter().map(|person| person.answered).sum()
    }

    /// How many people stand at `state`.
    pub fn count(&self, state: PersonState) -> usize {
        self.people.iter().filter(|person| person.state == state).count()
    }

    /// Whether the study is closed.
    pub fn is_closed(&self) -> bool {
        self.meta.state == FileState::Closed
    }
}

/// One participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// Code.
    pub code: String,
    /// Place in the allocation, from 0.
    pub slot: usize,
    /// Where they stand.
    pub state: PersonState,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Items answered.
    pub answered: usize,
    /// Of how many.
    pub of: usize,
}

/// The results of a closed study.
#[derive(Clone, Debug)]
pub struct StudyReport {
    /// Participant file.
    pub file: PathBuf,
    /// Where its key lies.
    pub key_file: PathBuf,
    /// Its key.
    pub key: Key,
    /// The numbers.
    pub scores: Scores,
}

/// Bad input is told apart from failed work by its code.
pub(crate) const BAD_INPUT: &str = "study-input";

impl From<StudyError> for JobError {
    fn from(error: StudyError) -> Self {
        let code = match &error {
            StudyError::Full { .. }
            | StudyError::ReadOnly { .. }
            | StudyError::Database { .. }
            | StudyError::Store(StoreError::Write { .. } | StoreError::Place { .. })
            | StudyError::Figure(_)
            | StudyError::Render(_) => "study",
            _ => BAD_INPUT,
        };
        Self::Failed(Notice::new(code, error.to_string()))
    }
}

/// The job for a task.
pub(super) fn start(task: StudyTask) -> Box<dyn Job<Compute>> {
    match task {
        StudyTask::Make(task) => Box::new(make::MakeJob::new(task)),
        task => one_step(move |_, _| Ok(run(&task)?)),
    }
}

/// Does what needs no network. `Make` is a job of many steps and is refused here.
pub fn run(task: &StudyTask) -> Result<Output, StudyError> {
    Ok(Output::Study(match task {
        StudyTask::Make(_) => {
            return Err(StudyError::Step("a study is made step by step; submit it to a worker".to_owned()));
        }
        StudyTask::Read(files) => StudyOutput::Read(expanded(files).iter().map(|path| read(path)).collect()),
        StudyTask::Withdraw { file, person } => {
            let mut store = Store::open(file)?;
            store.withdraw(person)?;
            StudyOutput::Changed(known(file, facts_of(&store)))
        }
        StudyTask::Merge { files, out } => {
            let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
            StudyOutput::Merged { out: out.clone(), merged: crate::study::merge::merge(&paths, out)? }
        }
        StudyTask::Close { file, key } => {
            let (mut store, _) = open(file, key)?;
            store.close_study()?;
            StudyOutput::Changed(known(file, facts_of(&store)))
        }
        StudyTask::Report { file, key } => {
            let (store, read_key) = open(file, key)?;
            let scores = score(&Responses::join(&store, &read_key)?, &read_key)?;
            StudyOutput::Report(Arc::new(StudyReport {
                file: file.clone(),
                key_file: key.clone(),
                key: read_key,
                scores,
            }))
        }
        StudyTask::Export { file, key, dir, times } => {
            let (store, key) = open(file, key)?;
            StudyOutput::Exported(export::export(&store, &key, dir, *times)?)
        }
    }))
}

/// A participant file with the key that belongs to it.
pub fn open(file: &Path, key: &Path) -> Result<(Store, Key), StudyError> {
    let key = Key::read(key)?;
    let store = Store::open(file)?;
    key.check_fits(&store)?;
    Ok((store, key))
}

/// Files as they are, folders as the participant files in them and in their folders; each once.
fn expanded(paths: &[PathBuf]) -> Vec<PathBuf> {
    let (mut out, mut seen) = (Vec::new(), BTreeSet::new());
    let mut push = |path: PathBuf| {
        // A file that is gone is told under the name that it was given.
        if seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            out.push(path);
        }
    };
    for path in paths {
        if !path.is_dir() {
            // The folder of a project that has no studies yet is no mistake; a file that is gone is.
            if path.extension().is_some() {
                push(path.clone());
            }
            continue;
        }
        files_in(path).into_iter().for_each(&mut push);
        let Ok(entries) = std::fs::read_dir(path) else { continue };
        let mut folders: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        folders.sort();
        folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files_in(folder)).for_each(&mut push);
    }
    out
}

/// Looks at one participant file.
pub fn read(path: &Path) -> StudyFile {
    known(path, Store::open(path).and_then(|store| facts_of(&store)))
}

fn known(path: &Path, facts: Result<StudyFacts, StudyError>) -> StudyFile {
    StudyFile { path: path.to_owned(), facts: facts.map_err(|error| error.to_string()) }
}

fn facts_of(store: &Store) -> Result<StudyFacts, StudyError> {
    let beside = store.path().with_file_name("key.json");
    let key = if beside.is_file() {
        Key::read(&beside).and_then(|key| key.check_fits(store).map(|()| key)).map_err(|error| error.to_string())
    } else {
        Err(format!(
            "{}: expected the key file here, found none; choose the key.json that was made with the study",
            beside.display()
        ))
    };
    let mut people = Vec::new();
    for person in store.people()? {
        let (answered, of) = match person.state {
            PersonState::Withdrawn => (0, 0),
            _ => (store.answered(person.id, person.attempt)?.len(), store.place(person.slot)?.trials.len()),
        };
        let (code, slot, state, attempt) = (person.code, person.slot, person.state, person.attempt);
        people.push(PersonLine { code, slot, state, attempt, answered, of });
    }
    Ok(StudyFacts {
        title: key.as_ref().map_or_else(|_| store.shown().heading.clone(), |key| key.spec.title.clone()),
        key: key.map(|_| beside),
        meta: store.meta().clone(),
        stimuli: store.n_stimuli()?,
        places: store.n_places()?,
        people,
    })
}

/// The one participant file in a folder, or the file itself.
pub fn file_in(path: &Path) -> Result<PathBuf, StudyError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    match files_in(path).as_slice() {
        [only] => Ok(only.clone()),
        found => Err(StudyError::Step(format!(
            "{}: expected one participant file (.sqlite) in this folder, found {}; name the file, or merge them first",
            path.display(),
            found.len()
        ))),
    }
}

/// Participant files in a folder, by name.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "sqlite") && path.is_file())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_cannot_be_written_is_no_bad_input() {
        let code = |error: StudyError| JobError::from(error).notice().code;
        let (path, reason) = (PathBuf::from("study"), "the disk is gone".to_owned());
        assert_eq!(code(StoreError::Place { path: path.clone(), reason }.into()), "study");
        assert_eq!(code(StudyError::Exists { path }), BAD_INPUT);
    }
}
