//! What a researcher can do in the Study place.

use std::borrow::Cow;
use std::path::PathBuf;

use super::DesignForm;
use crate::session::command::{Availability, Info};
use crate::session::{Command, Dialog, Session};

/// The three parts of the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StudyPart {
    /// Plan a study.
    #[default]
    Designs,
    /// Participant files: who has begun, who is done.
    Runs,
    /// Results of a closed study.
    Report,
}

impl StudyPart {
    /// All, in order.
    pub const ALL: [Self; 3] = [Self::Designs, Self::Runs, Self::Report];

    /// Name on its button.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Designs => "Design",
            Self::Runs => "Runs",
            Self::Report => "Report",
        }
    }
}

/// A question about files in the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyDialog {
    /// A design to open.
    OpenDesign,
    /// A file for the design.
    SaveDesign,
    /// A folder for the study.
    Folder,
    /// Participant files to open.
    Open,
    /// The key of the file in view.
    Key,
    /// The file that others are merged into.
    Merge,
    /// A folder for the export.
    Export,
    /// A folder for the export with times of day.
    ExportTimes,
    /// A file for the report.
    Report,
}

/// Something done in the Study place.
#[derive(Clone, Debug, PartialEq)]
pub enum StudyAction {
    /// Show a part.
    Show(StudyPart),
    /// Look at the participant files again.
    Look,
    /// The design was changed.
    SetForm(Box<DesignForm>),
    /// Start from a paper's protocol, by id; empty: from the rules of a careful study.
    StartFrom(&'static str),
    /// Read a design file.
    OpenDesign(PathBuf),
    /// Write the design.
    SaveDesign(PathBuf),
    /// Make the study, in this folder or in the project's.
    Make(Option<PathBuf>),
    /// Look at these participant files, too.
    Open(Vec<PathBuf>),
    /// Take a file into view.
    Select(PathBuf),
    /// Tick a file for merging, or take the tick off.
    Tick(PathBuf, bool),
    /// Read the file in view with this key.
    UseKey(PathBuf),
    /// Erase a participant who withdraws, by code.
    Withdraw(String),
    /// Merge the ticked files into a new one.
    MergeInto(PathBuf),
    /// Take no more answers, and unlock the report.
    Close,
    /// Compute the report.
    Score,
    /// Export everything into a new folder; with times of day or without.
    Export(PathBuf, bool),
    /// Write the report.
    WriteReport(PathBuf),
}

impl StudyDialog {
    /// Title and tip of the command that opens it.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenDesign => ("Open design…", "Read a design from a TOML file."),
            Self::SaveDesign => {
                ("Save design…", "Write the design as a TOML file, for instance to share or register it.")
            }
            Self::Folder => {
                ("Make the study in a folder…", "Choose where participant file, key and design are written.")
            }
            Self::Open => (
                "Open participant files…",
                "Look at files of studies that lie elsewhere, such as those of other machines.",
            ),
            Self::Key => ("Choose the key…", "The key.json that was made with the study; the report needs it."),
            Self::Merge => (
                "Merge the ticked files…",
                "Put the files of several machines together; what does not belong together is refused.",
            ),
            Self::Export => (
                "Export…",
                "All responses as CSV and Parquet, events as JSON Lines, codebook, manifest, report and figures, without times of day.",
            ),
            Self::ExportTimes => ("Export with times of day…", "The same, with when each person began."),
            Self::Report => {
                ("Save report…", "As Markdown, JSON, CSV or LaTeX; or its first figure as SVG, PDF or PNG.")
            }
        }
    }

    /// The command for the chosen paths.
    pub fn command(self, paths: Vec<PathBuf>) -> Option<Command> {
        let first = paths.first().cloned()?;
        Some(Command::Study(match self {
            Self::OpenDesign => StudyAction::OpenDesign(first),
            Self::SaveDesign => StudyAction::SaveDesign(first),
            Self::Folder => StudyAction::Make(Some(study_folder(first))),
            Self::Open => StudyAction::Open(paths),
            Self::Key => StudyAction::UseKey(first),
            Self::Merge => StudyAction::MergeInto(first),
            // A new folder inside the chosen one: an export is never mixed with what is there.
            Self::Export => StudyAction::Export(free_folder(&first), false),
            Self::ExportTimes => StudyAction::Export(free_folder(&first), true),
            Self::Report => StudyAction::WriteReport(first),
        }))
    }

    /// The name that is offered where a file is written.
    pub const fn file_name(self) -> Option<&'static str> {
        match self {
            Self::SaveDesign => Some("design.toml"),
            Self::Merge => Some("merged.sqlite"),
            Self::Report => Some("report.md"),
            _ => None,
        }
    }

    /// Kinds of files, as (words, ending).
    pub const fn filters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::OpenDesign | Self::SaveDesign => &[("Design", "toml")],
            Self::Open | Self::Merge => &[("Participant file", "sqlite")],
            Self::Key => &[("Key", "json")],
            Self::Report => &[
                ("Markdown", "md"),
                ("JSON", "json"),
                ("CSV", "csv"),
                ("LaTeX", "tex"),
                ("SVG, vectors", "svg"),
                ("PDF, vectors", "pdf"),
                ("PNG, pixels", "png"),
            ],
            Self::Folder | Self::Export | Self::ExportTimes => &[],
        }
    }

    /// Whether a folder is meant.
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::Folder | Self::Export | Self::ExportTimes)
    }
}

fn free_folder(inside: &std::path::Path) -> PathBuf {
    if inside.exists() { free_name(inside, "study-export") } else { inside.to_owned() }
}

/// The chosen folder where it is empty or new; else a new one inside, so that a study never lies among other files.
fn study_folder(chosen: PathBuf) -> PathBuf {
    let is_empty = std::fs::read_dir(&chosen).map_or(true, |mut entries| entries.next().is_none());
    if is_empty { chosen } else { free_name(&chosen, "study") }
}

fn free_name(inside: &std::path::Path, name: &str) -> PathBuf {
    let mut dir = inside.join(name);
    let mut number = 2;
    while dir.exists() {
        dir = inside.join(format!("{name}-{number}"));
        number += 1;
    }
    dir
}

impl StudyAction {
    /// Title, tooltip and keys.
    pub fn info(&self) -> Info {
        let (title, tip): (Cow<'static, str>, _) = match self {
            Self::Show(StudyPart::Designs) => ("Design a study".into(), "What is asked, of whom, about which items."),
            Self::Show(StudyPart::Runs) => {
                ("Runs of studies".into(), "Participant files, people by code, merging and closing.")
            }
            Self::Show(StudyPart::Report) => {
                ("Report of a study".into(), "What people understood, once the study is closed.")
            }
            Self::Look => ("Look again".into(), "Read the participant files again."),
            Self::SetForm(_) => ("Change the design".into(), "Change the design of the study."),
            Self::StartFrom("") => ("Start from the rules of a careful study".into(), "Give up the design in view."),
            Self::StartFrom(id) => {
                (format!("Start from {id}").into(), "A paper's protocol; gives up the design in view.")
            }
            Self::OpenDesign(path) => (format!("Open design {}", path.display()).into(), "Read it."),
            Self::SaveDesign(path) => (format!("Save design {}", path.display()).into(), "Write it."),
            Self::Make(_) => (
                "Make the study".into(),
                "Explain and render every stimulus, then write the participant file, the key and the design.",
            ),
            Self::Open(_) => ("Open participant files".into(), "Look at them."),
            Self::Select(_) => ("Look at this study".into(), "Take it into view."),
            Self::Tick(..) => ("Tick for merging".into(), "Files that are ticked can be merged."),
            Self::UseKey(_) => ("Use this key".into(), "Read the study with it."),
            Self::Withdraw(code) => (
                format!("Erase {code}").into(),
                "Remove all answers of this person for good; a mark that somebody was stays. This cannot be taken back.",
            ),
            Self::MergeInto(_) => ("Merge".into(), "Put the ticked files together."),
            Self::Close => {
                ("Close the study".into(), "Take no more answers, and unlock the report. This cannot be taken back.")
            }
            Self::Score => ("Compute the report".into(), "Score the closed study."),
            Self::Export(dir, _) => (format!("Export to {}", dir.display()).into(), "Write it."),
            Self::WriteReport(path) => (format!("Save report {}", path.display()).into(), "Write it."),
        };
        Info { title, tip, keys: &[] }
    }

    /// Whether it can be done now.
    pub fn availability(&self, session: &Session) -> Availability {
        let no = |reason: &'static str| Err(Cow::Borrowed(reason));
        let study = &session.study;
        let facts = study.current().and_then(|file| file.facts.as_ref().ok());
        match self {
            Self::Make(_) if study.making.is_some() => no("A study is being made"),
            Self::Make(_) => match session.design_problem(&session.design_form()) {
                Some(problem) => Err(Cow::Owned(problem)),
                None => Ok(()),
            },
            Self::Withdraw(_) | Self::Close => match facts {
                None => no("Choose a study that can be read"),
                Some(facts) if facts.is_closed() => no("The study is closed"),
                Some(_) => Ok(()),
            },
            Self::Score | Self::Export(..) => match facts {
                None => no("Choose a study that can be read"),
                Some(facts) if !facts.is_closed() => no("The study is not closed yet"),
                Some(_) => Ok(()),
            },
            Self::WriteReport(_) if study.report.value().is_none() => no("There is no report yet"),
            Self::MergeInto(_) if study.ticked.len() < 2 => no("Tick two participant files or more"),
            _ => Ok(()),
        }
    }
}

impl StudyDialog {
    /// Whether the question makes sense now.
    pub fn availability(self, session: &Session) -> Availability {
        let probe = PathBuf::new();
        match self {
            Self::Folder => StudyAction::Make(None).availability(session),
            Self::Merge => StudyAction::MergeInto(probe).availability(session),
            Self::Export | Self::ExportTimes => StudyAction::Export(probe, false).availability(session),
            Self::Report => StudyAction::WriteReport(probe).availability(session),
            Self::Key if session.study.current().is_none() => Err(Cow::Borrowed("Choose a participant file first")),
            _ => Ok(()),
        }
    }

    /// The command that asks.
    pub const fn ask(self) -> Command {
        Command::Ask(Dialog::Study(self))
    }
}
