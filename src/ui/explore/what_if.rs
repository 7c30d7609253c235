//! What if a value of a row were another: a field for each column that the black box reads. Answer and explanation follow.

use std::time::{Duration, Instant};

use egui::{Align, ComboBox, Label, Layout, RichText, TextEdit, Ui, vec2};

use super::super::theme::tokens;
use super::super::widgets::{command_button, group, muted, rule};
use crate::data::Dataset;
use crate::data::table::{ColumnKind, shown_name};
use crate::session::reading::Action;
use crate::session::{Command, Session, describe};

/// The explanation follows when the keys have rested for so long.
const REST: Duration = Duration::from_millis(400);
/// Columns with a field; tables of more have fields for the first.
const MOST: usize = 60;
/// Share of a line that a name gets.
const NAME: f32 = 0.45;

/// What the fields remember.
#[derive(Default)]
pub struct WhatIfUi {
    /// Data and item that they are of.
    of: Option<(String, usize)>,
    typed: Option<Typed>,
    /// What was typed last into a column without being a value of it; it is told until the next edit.
    refused: Option<(usize, String)>,
}

/// A value on its way.
struct Typed {
    column: usize,
    words: String,
    since: Instant,
}

/// The fields of the item in view.
pub fn show(ui: &mut Ui, session: &Session, state: &mut WhatIfUi, commands: &mut Vec<Command>) {
    let (Some(data), Some(item)) = (session.data.as_ref(), session.explore.item) else { return };
    let Some(rows) = data.table() else { return };
    let columns = session.read_columns();
    if columns.is_empty() {
        return;
    }
    rule(ui);
    let of = Some((data.hash.clone(), item));
    if state.of != of {
        *state = WhatIfUi { of, ..WhatIfUi::default() };
    }
    let own = session.own_row();
    // What is in view: the changed row, or the item itself.
    let (shown, at) = own.map_or((data.as_ref(), item), |own| (own.data.as_ref(), 0));
    group(ui, "What if");
    let words = match (own, session.explore.list.predictions.get(item)) {
        (Some(_), Some((class, p))) => {
            let name = session.class_name(usize::from(class));
            format!("The item itself: {name} ({})", describe::probability(p))
        }
        (Some(_), None) => "The item is changed.".to_owned(),
        (None, _) => "Try other values here.".to_owned(),
    };
    // One line and one button, whether anything is changed or not: no field moves under the hand that changes it.
    ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).truncate());
    if command_button(ui, session, Command::Reading(Action::BackToRow), "Back to the item", commands).clicked() {
        (state.typed, state.refused) = (None, None);
    }
    for &column in columns.iter().take(MOST) {
        let name = shown_name(&rows.table.columns[column].name);
        let is_changed = own.is_some_and(|own| own.changes.contains_key(&column));
        ui.horizontal(|ui| {
            let words = if is_changed { RichText::new(name).strong() } else { RichText::new(name) };
            let size = vec2(ui.available_width() * NAME, ui.spacing().interact_size.y);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(size.x);
                ui.add(Label::new(words).truncate());
            });
            match &rows.table.columns[column].kind {
                ColumnKind::Category(levels) => category(ui, (shown, at), column, (name, levels.as_slice()), commands),
                ColumnKind::Number => number(ui, (shown, at), column, name, state, commands),
            }
        });
        if let Some(typed) = state.typed.as_ref().filter(|typed| typed.column == column)
            && let Err(expected) = data.value_from(column, &typed.words)
        {
            warning(ui, format!("Expected {expected}, or nothing for a missing value"));
        } else if let Some((_, words)) = state.refused.as_ref().filter(|(refused, _)| *refused == column) {
            // What stands there now may have come in after it was refused, as with undo.
            let stands = match &rows.table.columns[column].kind {
                ColumnKind::Number if value_of((shown, at), column).is_none() => "no value".to_owned(),
                _ => shown.cell(at, column),
            };
            warning(ui, format!("{words}; {stands} stands here again"));
        }
    }
    if columns.len() > MOST {
        muted(ui, format!("{} more columns have no field here.", columns.len() - MOST));
    }
}

fn warning(ui: &mut Ui, words: String) {
    ui.add(Label::new(RichText::new(words).small().color(tokens(ui).warning)).wrap());
}

/// The value of a column; `None` where it is missing.
fn value_of((data, item): (&Dataset, usize), column: usize) -> Option<f64> {
    data.table()?.cells(item).get(column).copied().filter(|value| !value.is_nan())
}

fn category(
    ui: &mut Ui,
    shown: (&Dataset, usize),
    column: usize,
    (name, levels): (&str, &[String]),
    commands: &mut Vec<Command>,
) {
    let value = value_of(shown, column);
    ComboBox::from_id_salt(("what if", column))
        .width(ui.available_width())
        .truncate()
        .selected_text(shown.0.cell(shown.1, column))
        .show_ui(ui, |ui| {
            let all = levels.iter().enumerate().map(|(level, words)| (Some(level as f64), words.as_str()));
            for (level, words) in all.chain([(None, "(missing)")]) {
                if ui.selectable_label(value == level, words).clicked() && value != level {
                    commands.push(Command::Reading(Action::ChangeCell(column, level)));
                }
            }
        })
        .response
        .accessible_name(format!("What if: {name}"));
}

fn number(
    ui: &mut Ui,
    shown: (&Dataset, usize),
    column: usize,
    name: &str,
    state: &mut WhatIfUi,
    commands: &mut Vec<Command>,
) {
    let value = value_of(shown, column);
    let typed = state.typed.as_ref().filter(|typed| typed.column == column);
    let mut words = match (typed, value) {
        (Some(typed), _) => typed.words.clone(),
        (None, Some(_)) => shown.0.cell(shown.1, column),
        (None, None) => String::new(),
    };
    let field =
        TextEdit::singleline(&mut words).id_salt(("what if", column)).hint_text("missing").desired_width(f32::INFINITY);
    let response = ui.add(field);
    let (is_changed, is_left) = (response.changed(), response.lost_focus());
    response.accessible_name(format!("What if: {name}"));
    if is_changed {
        state.refused = None;
        state.typed = Some(Typed { column, words, since: Instant::now() });
    }
    let Some(typed) = state.typed.as_ref().filter(|typed| typed.column == column) else { return };
    let rested = typed.since.elapsed();
    match shown.0.value_from(column, &typed.words) {
        Ok(asked) if is_left || rested >= REST => {
            if asked != value {
                commands.push(Command::Reading(Action::ChangeCell(column, asked)));
            }
        }
        Ok(_) => ui.ctx().request_repaint_after(REST - rested),
        // What says no value gives way to what stands there.
        Err(expected) if is_left => {
            let asked = typed.words.trim();
            state.refused = Some((column, format!("Expected {expected}, not \u{201C}{asked}\u{201D}")));
        }
        Err(_) => {}
    }
    if is_left {
        state.typed = None;
    }
}
