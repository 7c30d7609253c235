//! Runs: participant files, who has begun and how far, and what is done with a file.

use std::path::Path;

use egui::{CentralPanel, Frame, Label, Margin, RichText, ScrollArea, Ui};
use egui_material_icons::icons;

use super::{Armed, StudyState, terms};
use crate::jobs::study::{StudyFacts, StudyFile};
use crate::session::study::{StudyAction, StudyDialog, StudyPart};
use crate::session::{Command, Session, describe};
use crate::study::store::{FileState, PersonState};
use crate::ui::forms::{facts, list_row, primary, warning};
use crate::ui::panels::{Side, SidePanel};
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{command_button, empty, group, heading, icon_button, muted};

const fn state_words(state: FileState) -> &'static str {
    match state {
        FileState::Ready => "nobody has begun",
        FileState::Running => "running",
        FileState::Closed => "closed",
    }
}

const fn person_words(state: PersonState) -> &'static str {
    match state {
        PersonState::Active => "has begun",
        PersonState::Finished => "has finished",
        PersonState::Withdrawn => "withdrew, erased",
    }
}

/// File and folder of a participant file: the folder names the study.
fn name_of(path: &Path) -> String {
    let part =
        |part: Option<&std::ffi::OsStr>| part.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{}/{}", part(path.parent().and_then(Path::file_name)), part(path.file_name()))
}

/// The part.
pub fn show(ui: &mut Ui, session: &Session, state: &mut StudyState, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let panel = Frame::new().fill(t.panel).inner_margin(Margin::same(space::S as i8));
    let list = SidePanel { side: Side::Left, name: "studies", width: 300.0, range: [230.0, 460.0], frame: panel };
    list.show(ui, session, commands, |ui, commands| list_of(ui, session, commands));
    let frame = Frame::new().fill(t.canvas).inner_margin(Margin::same(space::L as i8));
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let Some(file) = session.study.current() else {
            let sentence = "No study yet. Design one and make it, or open participant files.";
            let action = Some((Command::Study(StudyAction::Show(StudyPart::Designs)), "Design a study"));
            empty(ui, session, icons::ICON_GROUP, sentence, action, commands);
            return;
        };
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| match &file.facts {
            Ok(facts) => one(ui, session, state, (file, facts), commands),
            Err(why) => {
                heading(ui, &name_of(&file.path));
                ui.add_space(space::S);
                warning(ui, why);
                ui.add_space(space::S);
                command_button(ui, session, Command::Study(StudyAction::Look), "Look again", commands);
            }
        });
    });
}

fn list_of(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        command_button(ui, session, StudyDialog::Open.ask(), "Open participant files…", commands);
        if icon_button(ui, icons::ICON_REFRESH, "Look again").clicked() {
            commands.push(Command::Study(StudyAction::Look));
        }
    });
    group(ui, "Participant files");
    let study = &session.study;
    let room = (ui.available_height() - 84.0).max(80.0);
    ScrollArea::vertical().max_height(room).min_scrolled_height(room).auto_shrink([false, true]).show(ui, |ui| {
        if study.files.is_empty() {
            muted(ui, "None yet. A study that you make appears here.");
        }
        for (at, file) in study.files.iter().enumerate() {
            ui.push_id(at, |ui| {
                ui.horizontal(|ui| {
                    let mut on = study.ticked.contains(&file.path);
                    let name = name_of(&file.path);
                    let tick = ui.checkbox(&mut on, "").on_hover_text("Tick files of one study to merge them");
                    tick.widget_info(|| {
                        egui::WidgetInfo::selected(egui::accesskit::Role::CheckBox, true, on, format!("Merge {name}"))
                    });
                    if tick.changed() {
                        commands.push(Command::Study(StudyAction::Tick(file.path.clone(), on)));
                    }
                    let (title, detail) = match &file.facts {
                        Ok(facts) => (facts.title.clone(), format!("{name}, {}", progress_words(facts))),
                        Err(_) => (name, "cannot be read".to_owned()),
                    };
                    let chosen = study.selected.as_ref() == Some(&file.path);
                    let row = list_row(ui, None, &title, &detail, chosen);
                    if row.on_hover_text(file.path.display().to_string()).clicked() {
                        commands.push(Command::Study(StudyAction::Select(file.path.clone())));
                    }
                });
            });
        }
    });
    ui.separator();
    command_button(ui, session, StudyDialog::Merge.ask(), "Merge the ticked files…", commands);
    muted(ui, "Files of several machines become one before the study is closed.");
}

fn progress_words(facts: &StudyFacts) -> String {
    match facts.meta.state {
        FileState::Ready => "nobody has begun".to_owned(),
        state => format!("{} done, {}", facts.count(PersonState::Finished), state_words(state)),
    }
}

fn one(
    ui: &mut Ui,
    session: &Session,
    state: &mut StudyState,
    (file, facts_of): (&StudyFile, &StudyFacts),
    commands: &mut Vec<Command>,
) {
    heading(ui, &facts_of.title);
    ui.add_space(space::XS);
    let meta = &facts_of.meta;
    let frozen = match meta.state {
        FileState::Ready => "not yet; with the first participant".to_owned(),
        _ => format!("yes, content {}", meta.content.short()),
    };
    let machines = match meta.copies {
        1 => String::new(),
        copies => format!("{} of {copies}", meta.copy + 1),
    };
    facts(
        ui,
        "study",
        &[
            ("State", state_words(meta.state).to_owned()),
            ("Answers so far", facts_of.answers().to_string()),
            (
                "People",
                format!(
                    "{} of {} places taken, {} finished, {} withdrew",
                    facts_of.people.len(),
                    facts_of.places.div_ceil(meta.copies.max(1)),
                    facts_of.count(PersonState::Finished),
                    facts_of.count(PersonState::Withdrawn)
                ),
            ),
            ("Stimuli", facts_of.stimuli.to_string()),
            ("Machine", machines),
            ("Design frozen", frozen),
            ("File", file.path.display().to_string()),
        ],
    );
    let key = session.study.key_of(file);
    match (&key, &facts_of.key) {
        (Some(key), _) => facts(ui, "key", &[("Key", key.display().to_string())]),
        (None, Err(why)) => {
            ui.add_space(space::XS);
            warning(ui, why);
        }
        (None, Ok(_)) => {}
    }
    ui.add_space(space::M);
    ui.horizontal_wrapped(|ui| {
        if meta.state != FileState::Closed {
            command_button(ui, session, Command::TakePart(file.path.clone()), "Start participant mode", commands);
            close_button(ui, session, state, facts_of, commands);
        } else {
            let report = Command::Study(StudyAction::Show(StudyPart::Report));
            command_button(ui, session, report, "Show the report", commands);
            command_button(ui, session, StudyDialog::Export.ask(), "Export…", commands);
        }
        // Also after one was chosen by hand: it may be the wrong one.
        if facts_of.key.is_err() {
            let choose = command_button(ui, session, StudyDialog::Key.ask(), "Choose the key…", commands);
            if let Some(words) = terms::explain("key") {
                choose.on_hover_text(words);
            }
        }
    });
    if state.armed == Some(Armed::Close) {
        muted(ui, close_words(facts_of));
    }
    group(ui, "People, by code");
    if facts_of.people.is_empty() {
        muted(
            ui,
            "Nobody has begun. Start participant mode, or take the file to a lab machine and run `unmask study run`.",
        );
        return;
    }
    people(ui, session, state, facts_of, commands);
}

fn close_words(facts: &StudyFacts) -> String {
    let waiting = facts.count(PersonState::Active);
    let open = if waiting == 0 {
        String::new()
    } else {
        format!("{} not finished yet. ", describe::count(waiting, "person has", "people have"))
    };
    format!("{open}After closing, no more answers are taken. This cannot be taken back.")
}

fn close_button(
    ui: &mut Ui,
    session: &Session,
    state: &mut StudyState,
    facts: &StudyFacts,
    commands: &mut Vec<Command>,
) {
    let command = Command::Study(StudyAction::Close);
    if state.armed == Some(Armed::Close) {
        if command_button(ui, session, command, "Close it for good", commands).clicked() {
            state.armed = None;
        }
        if ui.button("Keep it open").clicked() {
            state.armed = None;
        }
        return;
    }
    let can = !facts.people.is_empty();
    let button = ui.add_enabled(can, egui::Button::new("Close the study…"));
    let button = button
        .on_hover_text("Take no more answers, and unlock the report. Asks once more.")
        .on_disabled_hover_text("Nobody has begun yet");
    if button.clicked() {
        state.armed = Some(Armed::Close);
    }
}

fn people(ui: &mut Ui, session: &Session, state: &mut StudyState, facts: &StudyFacts, commands: &mut Vec<Command>) {
    let closed = facts.is_closed();
    egui::Grid::new("people").striped(true).spacing([space::L, 5.0]).show(ui, |ui| {
        for word in ["code", "place", "state", "answered", "attempt", ""] {
            terms::term(ui, word);
        }
        ui.end_row();
        for person in &facts.people {
            ui.label(RichText::new(&person.code).monospace());
            ui.label((person.slot + 1).to_string());
            ui.label(person_words(person.state));
            ui.label(match person.of {
                0 => "-".to_owned(),
                of => format!("{} of {of}", person.answered),
            });
            ui.label(person.attempt.to_string());
            ui.horizontal(|ui| withdraw(ui, session, state, (person, closed), commands));
            ui.end_row();
        }
    });
}

fn withdraw(
    ui: &mut Ui,
    session: &Session,
    state: &mut StudyState,
    (person, closed): (&crate::jobs::study::PersonLine, bool),
    commands: &mut Vec<Command>,
) {
    if person.state == PersonState::Withdrawn || closed {
        return;
    }
    let armed = Armed::Withdraw(person.code.clone());
    if state.armed.as_ref() != Some(&armed) {
        let name = format!("Withdraw {}…", person.code);
        if icon_button(ui, icons::ICON_PERSON_REMOVE, &name).clicked() {
            state.armed = Some(armed);
        }
        return;
    }
    let erase = Command::Study(StudyAction::Withdraw(person.code.clone()));
    if command_button(ui, session, erase, "Erase for good", commands).clicked() {
        state.armed = None;
    }
    if ui.button("Keep").clicked() {
        state.armed = None;
    }
    muted(ui, "All answers go; a mark stays.");
}

/// The one prominent thing to do with a study that is not closed, for the locked report.
pub fn close_from_report(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.set_max_width(420.0);
    ui.add(
        Label::new("The report stays locked until the study is closed, so that nobody can look and then go on asking.")
            .wrap(),
    );
    ui.add_space(space::S);
    let runs = Command::Study(StudyAction::Show(StudyPart::Runs));
    primary(ui, session, runs, "Go to Runs to close it", None, commands);
}
