//! The line under a text of which words are taken out by hand: what the black box answers without them, beside what it answers to all.

use egui::{Frame, Margin, Panel, PanelState, RichText, Ui};

use super::super::chrome::shorten;
use super::super::theme::{space, tokens};
use super::super::widgets::{command_button, muted};
use super::answers::with_probability;
use super::canvas::Canvas;
use crate::model::argmax;
use crate::session::describe;
use crate::session::reading::Action;
use crate::session::{Command, Session};

/// So many words are named; of more it is said how many they are.
const NAMED: usize = 4;

/// Name of the line.
const NAME: &str = "taken out by hand";
/// Its height in points where it was not drawn yet: one row of controls with its margins.
const ONE_ROW: f32 = 36.0;

/// Height in points that the line takes, as it was drawn last; none where nothing is taken out.
pub fn height(ui: &Ui, session: &Session) -> f32 {
    if session.taken_out().is_empty() || session.hides_text() {
        return 0.0;
    }
    PanelState::load(ui.ctx(), ui.scope_id().with(NAME)).map_or(ONE_ROW, |state| state.size().y)
}

/// Under the viewer, so that no word moves away from the pointer that takes it out.
pub fn strip(ui: &mut Ui, session: &Session, canvas: &Canvas, commands: &mut Vec<Command>) {
    let out = session.taken_out();
    let Some(explained) = session.explore.explained().filter(|_| !out.is_empty() && !session.hides_text()) else {
        return;
    };
    let t = tokens(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, space::XS as i8));
    Panel::bottom(NAME).resizable(false).frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let names = canvas.text_view(session.explore.focus).map_or(&[][..], |(_, view)| view.words.as_slice());
            ui.label(format!("Taken out: {}", names_of(names, out, session)));
            let pronoun = if out.len() == 1 { "it" } else { "them" };
            let full = &explained.probs_full;
            let answer = session.without_all(out);
            let words = match answer {
                Some(probs) => answer_words(session, full, probs),
                None => "asking\u{2026}".to_owned(),
            };
            ui.label(RichText::new(format!("Without {pronoun}: {words}")).strong());
            muted(ui, format!("with all: {}", with_probability(session, full, argmax(full))));
            command_button(ui, session, Command::Reading(Action::PutBack), "Reset", commands);
        });
    });
}

/// The words that are taken out, or how many they are.
fn names_of(names: &[String], out: &[usize], session: &Session) -> String {
    let named: Vec<String> =
        out.iter().take(NAMED).filter_map(|unit| names.get(*unit)).map(|name| shorten(name, 24)).collect();
    let n = out.len();
    if n > NAMED || named.len() < n {
        let unit = session.explore.unit;
        return describe::count(n, &unit.noun(1), &unit.noun(n));
    }
    describe::in_words(&named)
}

/// The answer without some words, with what became of the class that is followed where another is answered.
fn answer_words(session: &Session, full: &[f32], probs: &[f32]) -> String {
    let answered = argmax(probs);
    let followed = session.explore.class_focus.unwrap_or_else(|| argmax(full));
    let words = with_probability(session, probs, answered);
    match probs.get(followed).filter(|_| followed != answered) {
        Some(p) => format!("{words}, {} {}", session.class_name(followed), describe::probability(*p)),
        None => words,
    }
}
