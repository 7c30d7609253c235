//! Questions to the user about files: the system's dialogs on a thread of their own, behind a trait, since none can run in tests.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::session::{Command, Dialog};

/// Asks for files and hands the answers back as commands.
pub trait Dialogs {
    /// Opens a dialog; its answer comes from [`Dialogs::answers`] later. `name` is offered as a file name.
    fn ask(&mut self, dialog: Dialog, name: &str, start: Option<&Path>);
    /// Commands of the dialogs that were answered since.
    fn answers(&mut self) -> Vec<Command>;
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
        Dialog::ExportTable => Command::ExportTable(first),
    })
}

/// The system's dialogs.
pub struct SystemDialogs {
    sender: Sender<Command>,
    receiver: Receiver<Command>,
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
            if let Some(command) = command_for(dialog, ask_system(dialog, &name, start.as_deref())) {
                // The window may be gone by now, and then nobody misses the answer.
                sender.send(command).ok();
                wake.request_repaint_of(egui::ViewportId::ROOT);
            }
        });
        if let Err(error) = asked {
            log::error!("no thread for a file dialog: {error}");
        }
    }

    fn answers(&mut self) -> Vec<Command> {
        self.receiver.try_iter().collect()
    }
}

fn ask_system(dialog: Dialog, name: &str, start: Option<&Path>) -> Vec<PathBuf> {
    let mut asked = rfd::FileDialog::new();
    if let Some(start) = start {
        asked = asked.set_directory(start);
    }
    let figure = |asked: rfd::FileDialog| {
        asked
            .set_title("Export figure")
            .add_filter("PNG, pixels", &["png"])
            .add_filter("SVG, vectors", &["svg"])
            .add_filter("PDF, vectors", &["pdf"])
            .set_file_name(format!("{name}.png"))
    };
    let one = |path: Option<PathBuf>| path.into_iter().collect();
    match dialog {
        Dialog::OpenFiles => asked.set_title("Open files").pick_files().unwrap_or_default(),
        Dialog::OpenFolder => one(asked.set_title("Open folder").pick_folder()),
        Dialog::SaveProject => one(asked.set_title("Folder for the project").pick_folder()),
        Dialog::ExportFigure | Dialog::ExportKept(_) => one(figure(asked).save_file()),
        Dialog::ExportAllKept(_) => one(asked.set_title("Folder for the figures").pick_folder()),
        Dialog::ExportScores => {
            asked = asked.set_title("Export scores").set_file_name(format!("{name}-scores.csv"));
            for (extension, words) in crate::jobs::scores::FORMATS {
                asked = asked.add_filter(words, &[extension]);
            }
            one(asked.save_file())
        }
        Dialog::ExportTable => one(asked
            .set_title("Export table")
            .add_filter("CSV", &["csv"])
            .add_filter("JSON", &["json"])
            .add_filter("Markdown", &["md"])
            .add_filter("LaTeX", &["tex"])
            .set_file_name("metrics.csv")
            .save_file()),
    }
}

/// Answers set beforehand, for tests.
#[derive(Default)]
pub struct PresetDialogs {
    /// What each dialog will answer, in order.
    pub prepared: Vec<Vec<PathBuf>>,
    answered: Vec<Command>,
}

impl PresetDialogs {
    /// Dialogs that answer these, in order.
    pub fn new(prepared: Vec<Vec<PathBuf>>) -> Self {
        Self { prepared, answered: Vec::new() }
    }
}

impl Dialogs for PresetDialogs {
    fn ask(&mut self, dialog: Dialog, _name: &str, _start: Option<&Path>) {
        if !self.prepared.is_empty() {
            self.answered.extend(command_for(dialog, self.prepared.remove(0)));
        }
    }

    fn answers(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.answered)
    }
}
