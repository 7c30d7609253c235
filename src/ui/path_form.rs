//! A path is typed here where the desktop has no file dialog (no portal and no zenity, as on many servers and bare window managers).

use std::path::{Path, PathBuf};

use egui::{Align, Button, Id, Key, Layout, Modal, TextEdit, Ui};
use egui_material_icons::icons;

use super::dialogs::{command_for, file_name, title};
use super::theme::tokens;
use super::widgets::{heading, icon_button, muted};
use crate::data::DataSpec;
use crate::data::spec::Kind;
use crate::session::{Command, Dialog};

/// The question and what was typed so far.
#[derive(Default)]
pub struct PathForm {
    open: Option<Question>,
}

struct Question {
    dialog: Dialog,
    typed: String,
    /// Whether the field was given the keys: once, so that Tab can leave it.
    has_focus: bool,
}

impl PathForm {
    /// Asks; the field starts with a path in `start` (or where the program was started).
    pub fn ask(&mut self, dialog: Dialog, name: &str, start: Option<&Path>) {
        let folder = start.map(Path::to_path_buf).or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        let path = match file_name(dialog, name) {
            Some(name) => folder.join(name),
            // An empty last part: the path ends in a separator, ready for the rest to be typed.
            None => folder.join(""),
        };
        self.open = Some(Question { dialog, typed: path.display().to_string(), has_focus: false });
    }
}

/// The form, while a question is open.
pub fn show(ui: &mut Ui, state: &mut PathForm, commands: &mut Vec<Command>) {
    let Some(question) = &mut state.open else { return };
    let mut done = false;
    let response = Modal::new(Id::unique("path")).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        ui.horizontal(|ui| {
            heading(ui, title(question.dialog));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                done |= icon_button(ui, icons::ICON_CLOSE, "Close the form").clicked();
            });
        });
        muted(ui, "This desktop has no file dialog (zenity or a desktop portal would bring one). Type the path:");
        let edit = TextEdit::singleline(&mut question.typed).desired_width(f32::INFINITY);
        let edit = ui.add(edit).accessible_name("Path");
        let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !question.has_focus {
            edit.request_focus();
            question.has_focus = true;
        }
        let path = expanded(&question.typed);
        let spec = spec_of(question.dialog, &question.typed, &path);
        let (verb, problem) = match &spec {
            Some(asked) => ("Open", asked.as_ref().err().cloned()),
            None => check(question.dialog, &path),
        };
        let go = ui.add_enabled(problem.is_none(), Button::new(verb)).clicked() || (entered && problem.is_none());
        if let Some(problem) = problem {
            ui.colored_label(tokens(ui).warning, problem);
        } else if verb == "Replace" {
            ui.colored_label(tokens(ui).warning, "There is a file of this name; it would be replaced.");
        }
        if go {
            commands.extend(match spec {
                Some(Ok(spec)) => Some(Command::OpenSpec(spec)),
                _ => command_for(question.dialog, vec![path]),
            });
            done = true;
        }
    });
    if done || response.should_close() {
        state.open = None;
    }
}

/// The path as typed, with `~` for the home folder and without spaces or quotes around it, as a copied path often has them.
fn expanded(typed: &str) -> PathBuf {
    let typed = typed.trim().trim_matches(['"', '\'']);
    match typed.strip_prefix("~/").and_then(|rest| Some(dirs::home_dir()?.join(rest))) {
        Some(path) => path,
        None => PathBuf::from(typed),
    }
}

/// What is typed where it is a specification of data (a kind before it, options behind it) rather than a path; `Err`: what is wrong with it.
fn spec_of(dialog: Dialog, typed: &str, path: &Path) -> Option<Result<String, String>> {
    let typed = typed.trim().trim_matches(['"', '\'']);
    let names_kind = typed.split_once(':').is_some_and(|(kind, _)| Kind::named(kind).is_some());
    let opens = matches!(dialog, Dialog::OpenFiles | Dialog::OpenFolder);
    if !opens || path.exists() || !(names_kind || typed.contains('?')) {
        return None;
    }
    Some(match typed.parse::<DataSpec>() {
        Err(error) => Err(format!("{error}.")),
        Ok(spec) => {
            let spec = DataSpec { path: expanded(&spec.path.to_string_lossy()), ..spec };
            if spec.kind.is_drawn() || spec.path.exists() {
                Ok(spec.to_string())
            } else {
                Err(format!("There is nothing at {}.", spec.path.display()))
            }
        }
    })
}

/// The word on the button, and what hinders it.
fn check(dialog: Dialog, path: &Path) -> (&'static str, Option<String>) {
    let no_folder = || {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (!parent.is_dir()).then(|| format!("There is no folder {}.", parent.display()))
    };
    match dialog {
        Dialog::OpenFiles | Dialog::OpenFolder | Dialog::Embedding => {
            ("Open", (!path.exists()).then(|| format!("There is nothing at {}.", path.display())))
        }
        Dialog::SaveProject | Dialog::ExportAllKept(_) => ("Save", no_folder()),
        Dialog::Study(dialog) if dialog.is_folder() => ("Save", no_folder()),
        Dialog::Study(dialog) if dialog.file_name().is_none() => {
            ("Open", (!path.exists()).then(|| format!("There is nothing at {}.", path.display())))
        }
        Dialog::ExportFigure
        | Dialog::ExportKept(_)
        | Dialog::ExportScores
        | Dialog::ExportListedScores
        | Dialog::ExportTable
        | Dialog::Study(_) => {
            let is_folder = path.is_dir().then(|| "This is a folder; add a file name.".to_owned());
            (if path.is_file() { "Replace" } else { "Save" }, is_folder.or_else(no_folder))
        }
    }
}
