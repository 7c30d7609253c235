//! Questions to the user about files: the system's dialogs on a thread of their own, behind a trait, since none can run in tests.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::session::study::StudyDialog;
use crate::session::{Command, Dialog};

/// What became of a question.
#[derive(Debug)]
pub enum Answer {
    /// It was answered.
    Do(Command),
    /// The system has no dialog for it; a path must be typed. With the name that was offered.
    NoDialog(Dialog, String),
}

/// Asks for files and hands the answers back as commands.
pub trait Dialogs {
    /// Opens a dialog; its answer comes from [`Dialogs::answers`] later. `name` is offered as a file name.
    fn ask(&mut self, dialog: Dialog, name: &str, start: Option<&Path>);
    /// What became of the dialogs since.
    fn answers(&mut self) -> Vec<Answer>;
}

/// The command for an answer.
pub fn command_for(dialog: Dialog, paths: Vec<PathBuf>) -> Option<Command> {
    let first = paths.first().cloned()?;
    Some(match dialog {
        Dialog::OpenFiles | Dialog::OpenFolder => Command::OpenPaths(paths),
        Dialog::SaveProject => Command::SaveProjectIn(first),
        Dialog::ExportFigure => Command::ExportFigure(first),
        Dialog::ExportKept(at) => Command::ExportKept(at, first),
        Dialog::ExportAllKept(format) => Command::ExportAllKept(first, format),
        Dialog::ExportScores => Command::ExportScores(first),
        Dialog::ExportListedScores => Command::ExportListedScores(first),
        Dialog::ExportTable => Command::ExportTable(first),
        Dialog::Embedding => Command::SetEmbedding(Some(first)),
        Dialog::Study(dialog) => return dialog.command(paths),
    })
}

/// Nobody cancels a dialog this soon. rfd answers "no file" for a cancelled dialog and for a desktop that has none (no portal, no zenity) alike;
/// the second comes at once.
const TOO_SOON: Duration = Duration::from_millis(400);

/// The system's dialogs.
pub struct SystemDialogs {
    sender: Sender<Answer>,
    receiver: Receiver<Answer>,
    wake: egui::Context,
}

impl SystemDialogs {
    /// Dialogs that wake the window when they are answered.
    pub fn new(ctx: &egui::Context) -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver, wake: ctx.clone() }
    }
}

impl Dialogs for SystemDialogs {
    fn ask(&mut self, dialog: Dialog, name: &str, start: Option<&Path>) {
        let (sender, wake, name) = (self.sender.clone(), self.wake.clone(), name.to_owned());
        let start = start.map(Path::to_path_buf);
        let asked = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            let asked = Instant::now();
            let answer = match command_for(dialog, ask_system(dialog, &name, start.as_deref())) {
                Some(command) => Answer::Do(command),
                None if asked.elapsed() < TOO_SOON => Answer::NoDialog(dialog, name),
                None => return,
            };
            // The window may be gone by now, and then nobody misses the answer.
            sender.send(answer).ok();
            wake.request_repaint_of(egui::ViewportId::ROOT);
        });
        if let Err(error) = asked {
            log::error!("no thread for a file dialog: {error}");
        }
    }

    fn answers(&mut self) -> Vec<Answer> {
        self.receiver.try_iter().collect()
    }
}

/// Title of a dialog.
pub const fn title(dialog: Dialog) -> &'static str {
    match dialog {
        Dialog::OpenFiles => "Open files",
        Dialog::OpenFolder => "Open folder",
        Dialog::SaveProject => "Folder for the project",
        Dialog::ExportFigure | Dialog::ExportKept(_) => "Export figure",
        Dialog::ExportAllKept(_) => "Folder for the figures",
        Dialog::ExportScores => "Export scores",
        Dialog::ExportListedScores => "Export scores of listed items",
        Dialog::ExportTable => "Export table",
        Dialog::Embedding => "Embedding of texts",
        Dialog::Study(dialog) => dialog.words().0,
    }
}

/// The file name that a dialog offers where a file is written; `None` where something is opened or a folder is meant.
pub fn file_name(dialog: Dialog, name: &str) -> Option<String> {
    match dialog {
        Dialog::ExportFigure | Dialog::ExportKept(_) => Some(format!("{name}.png")),
        Dialog::ExportScores | Dialog::ExportListedScores => Some(format!("{name}-scores.csv")),
        Dialog::ExportTable => Some("metrics.csv".to_owned()),
        Dialog::Study(dialog) => dialog.file_name().map(str::to_owned),
        Dialog::OpenFiles | Dialog::OpenFolder | Dialog::SaveProject | Dialog::ExportAllKept(_) | Dialog::Embedding => {
            None
        }
    }
}

fn ask_system(dialog: Dialog, name: &str, start: Option<&Path>) -> Vec<PathBuf> {
    let mut asked = rfd::FileDialog::new().set_title(title(dialog));
    if let Some(start) = start {
        asked = asked.set_directory(start);
    }
    if let Some(name) = file_name(dialog, name) {
        asked = asked.set_file_name(name);
    }
    let filters: Vec<(&str, &str)> = match dialog {
        Dialog::ExportFigure | Dialog::ExportKept(_) => {
            vec![("PNG, pixels", "png"), ("SVG, vectors", "svg"), ("PDF, vectors", "pdf")]
        }
        Dialog::ExportScores | Dialog::ExportListedScores => {
            crate::jobs::scores::FORMATS.iter().map(|(extension, words)| (*words, *extension)).collect()
        }
        Dialog::ExportTable => vec![("CSV", "csv"), ("JSON", "json"), ("Markdown", "md"), ("LaTeX", "tex")],
        Dialog::Study(dialog) => dialog.filters().to_vec(),
        Dialog::Embedding => vec![("Word vectors, or an array of vectors", "txt"), ("NumPy", "npy"), ("All", "*")],
        Dialog::OpenFiles | Dialog::OpenFolder | Dialog::SaveProject | Dialog::ExportAllKept(_) => Vec::new(),
    };
    for (words, extension) in filters {
        asked = asked.add_filter(words, &[extension]);
    }
    let one = |path: Option<PathBuf>| path.into_iter().collect();
    match dialog {
        Dialog::OpenFiles | Dialog::Study(StudyDialog::Open) => asked.pick_files().unwrap_or_default(),
        Dialog::Study(dialog) if dialog.is_folder() => one(asked.pick_folder()),
        Dialog::Study(dialog) if dialog.file_name().is_some() => one(asked.save_file()),
        Dialog::Study(_) | Dialog::Embedding => one(asked.pick_file()),
        Dialog::OpenFolder | Dialog::SaveProject | Dialog::ExportAllKept(_) => one(asked.pick_folder()),
        Dialog::ExportFigure
        | Dialog::ExportKept(_)
        | Dialog::ExportScores
        | Dialog::ExportListedScores
        | Dialog::ExportTable => one(asked.save_file()),
    }
}

/// Answers set beforehand, for tests.
#[derive(Default)]
pub struct PresetDialogs {
    /// What each dialog will answer, in order.
    pub prepared: Vec<Vec<PathBuf>>,
    /// Whether to behave as a desktop without dialogs.
    is_absent: bool,
    answered: Vec<Answer>,
}

impl PresetDialogs {
    /// Dialogs that answer these, in order.
    pub fn new(prepared: Vec<Vec<PathBuf>>) -> Self {
        Self { prepared, ..Self::default() }
    }

    /// A desktop that has no dialogs.
    pub fn absent() -> Self {
        Self { is_absent: true, ..Self::default() }
    }
}

impl Dialogs for PresetDialogs {
    fn ask(&mut self, dialog: Dialog, name: &str, _start: Option<&Path>) {
        if self.is_absent {
            self.answered.push(Answer::NoDialog(dialog, name.to_owned()));
        } else if !self.prepared.is_empty() {
            self.answered.extend(command_for(dialog, self.prepared.remove(0)).map(Answer::Do));
        }
    }

    fn answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.answered)
    }
}
