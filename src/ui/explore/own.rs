//! The user's own text: typed or pasted, explained as it changes.

use std::time::{Duration, Instant};

use egui::{Button, Event, Frame, Label, Margin, Panel, RichText, ScrollArea, TextEdit, Ui};

use super::super::theme::{space, text, tokens};
use super::super::widgets::{command_button, muted};
use super::canvas::Canvas;
use super::cards;
use crate::data::text::unshapeable_scripts;
use crate::session::describe::count;
use crate::session::reading::Action;
use crate::session::{Command, Session};
use crate::work::format_count;

/// The explanation follows when the keys have rested for so long.
const REST: Duration = Duration::from_millis(150);

/// Height under which a window is small.
const SMALL: f32 = 900.0;

/// What the editor remembers.
#[derive(Default)]
pub struct OwnUi {
    text: String,
    /// Text of the session that the editor has taken over.
    known: Option<String>,
    changed: Option<Instant>,
    /// Whether the text field takes the focus: letters that are typed next belong to it.
    takes_focus: bool,
}

/// Head of the inspector while an own text is in view.
pub fn head(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Your own text").strong());
        // Without data there is no item to go back to, and the editor has a way to close it.
        if session.data.is_some() {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                command_button(ui, session, Command::Reading(Action::OpenOwn(false)), "Back to the item", commands);
            });
        }
    });
    muted(ui, "no label");
}

/// The editor over the viewer; over an item's text that is not shown, why that is and the way to see it.
pub fn editor(ui: &mut Ui, session: &Session, canvas: &Canvas, state: &mut OwnUi, commands: &mut Vec<Command>) {
    let Some(own) = session.own_text() else {
        leave(state, commands);
        let is_explained = session.explore.explained().is_some_and(|explained| explained.text.is_some());
        if is_explained && session.hides_text() {
            Panel::top("hidden text").resizable(false).frame(frame_of(ui)).show(ui, |ui| {
                cards::hidden(ui, session, commands);
            });
        }
        return;
    };
    let is_new = state.known.is_none();
    if state.known.as_deref() != Some(own.text.as_str()) && (is_new || state.changed.is_none()) {
        state.text.clone_from(&own.text);
        state.known = Some(own.text.clone());
    }
    let frame = frame_of(ui);
    // In a small window the answers need the room more.
    let height = if ui.ctx().content_rect().height() < SMALL { 96.0 } else { 150.0 };
    Panel::top("own text").resizable(true).default_size(height).size_range(90.0..=400.0).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            // The buttons first: what is said beside them has the room that they leave.
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                command_button(ui, session, Command::Reading(Action::OpenOwn(false)), "Close", commands);
                if ui.add_enabled(!state.text.is_empty(), Button::new("Clear")).clicked() {
                    state.text.clear();
                    state.changed = Some(Instant::now());
                    state.takes_focus = true;
                }
                if let Some(words) = listed(session).filter(|_| state.text.is_empty())
                    && ui.button("Start from the item").on_hover_text("Edit a copy of the item's text").clicked()
                {
                    state.text = words;
                    state.changed = Some(Instant::now());
                    state.takes_focus = true;
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let said = |ui: &mut Ui, words: String| {
                        ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).truncate())
                    };
                    ui.add(Label::new(RichText::new("Your own text").strong()).truncate());
                    let read = Read::of(session, canvas, &state.text);
                    said(ui, read.length).on_hover_text(
                        "What the black box reads of a text: it takes so many words and no more. Words that are cut off are grey.",
                    );
                    if read.unknown > 0 {
                        let way = if session.drops_unknown() { "left out" } else { "all read as the same unknown word" };
                        said(ui, format!("{} not in the black box's vocabulary (dotted)", format_count(read.unknown as u64)))
                            .on_hover_text(format!("Words that the black box has not learned are {way}"));
                    }
                });
            });
        });
        let scripts = unshapeable_scripts(&state.text);
        if !scripts.is_empty() {
            let words = format!(
                "Holds {}, which no font here has: shown as boxes while you type, named in brackets below. It is explained all the same.",
                scripts.join(", ")
            );
            ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).wrap());
        }
        ScrollArea::vertical().id_salt("own text").auto_shrink([false, false]).show(ui, |ui| {
            let edit = TextEdit::multiline(&mut state.text)
                .id_salt("own text")
                .hint_text("Type or paste a text; prediction and explanation follow.")
                .desired_width(f32::INFINITY)
                .desired_rows(2)
                .font(egui::FontId::proportional(text::BODY));
            let response = ui.add_sized(ui.available_size(), edit);
            response.clone().accessible_name("Your own text");
            if std::mem::take(&mut state.takes_focus) || is_new {
                response.request_focus();
            }
            if response.changed() {
                state.changed = Some(Instant::now());
            }
        });
    });
    if let Some(since) = state.changed {
        let rested = since.elapsed();
        if rested >= REST {
            state.changed = None;
            state.known = Some(state.text.clone());
            if state.text != own.text {
                commands.push(Command::Reading(Action::EditOwn(state.text.clone())));
            }
        } else {
            ui.ctx().request_repaint_after(REST - rested);
        }
    }
}

/// While no own text is in view: closed before the keys had rested, by whatever command, the last letters are remembered with the others.
pub fn leave(state: &mut OwnUi, commands: &mut Vec<Command>) {
    state.known = None;
    if state.changed.take().is_some() {
        commands.push(Command::Reading(Action::RememberOwn(std::mem::take(&mut state.text))));
    }
}

fn frame_of(ui: &Ui) -> Frame {
    Frame::new().fill(tokens(ui).panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8))
}

/// What is said of a text's length.
struct Read {
    /// How much of it the black box reads.
    length: String,
    /// How many of the words that are not cut off it does not know.
    unknown: usize,
}

impl Read {
    /// Of a text: once it is explained in as many units as the viewer counts, and what is cut off; until then by its blanks.
    fn of(session: &Session, canvas: &Canvas, typed: &str) -> Self {
        let is_explained = session.own_text().is_some_and(|own| own.text == typed) && session.explore.is_current();
        let explained = session.explore.explained().filter(|explained| is_explained && session.is_in_view(explained));
        let Some((explained, result)) = explained.zip(session.explore.focused_result()) else {
            return Self { length: count(typed.split_whitespace().count(), "word", "words"), unknown: 0 };
        };
        let unit = explained.units.unit;
        let units = count(result.selectable(), &unit.noun(1), &unit.noun(2));
        let Some((picture, view)) = canvas.text_view(session.explore.focus) else {
            return Self { length: units, unknown: 0 };
        };
        let unknown = view.unknown.iter().filter(|unknown| **unknown).count();
        let cut = view.cut.iter().filter(|cut| **cut).count();
        if cut == 0 {
            return Self { length: units, unknown };
        }
        let all = picture.text.as_ref().map_or(0, |text| text.spans.len());
        let length = format!(
            "{} of {} read, the other {} cut off",
            format_count((all - cut) as u64),
            count(all, "word", "words"),
            format_count(cut as u64)
        );
        Self { length, unknown }
    }
}

/// The listed item's text.
fn listed(session: &Session) -> Option<String> {
    session.data.as_ref()?.text(session.explore.item?).map(str::to_owned)
}

/// A text that is pasted while nothing is being edited becomes the own text; where it cannot, the bottom line says why.
pub fn take_paste(ui: &Ui, commands: &mut Vec<Command>) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let pasted = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Paste(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => None,
        })
    });
    if let Some(text) = pasted {
        commands.push(Command::Reading(Action::PasteOwn(text)));
    }
}
