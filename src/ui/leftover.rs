//! Unsaved work of an earlier session, offered in a strip over the bottom line.

use egui::{Align, Layout, Ui};
use egui_material_icons::icons;

use super::theme::{text, tokens};
use super::widgets::{command_button, command_icon};
use crate::session::{Command, Session};

/// The strip: one sentence and what can be done about it.
pub fn show(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let Some(leftover) = session.leftover() else { return };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command_icon(ui, session, Command::HideUntitled, icons::ICON_CLOSE, commands);
            command_button(ui, session, Command::DiscardUntitled, "Discard", commands);
            command_button(ui, session, Command::RestoreUntitled, "Restore", commands);
            ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                ui.label(icons::ICON_HISTORY.rich_text().size(text::ICON).color(tokens(ui).accent));
                let more = session.leftovers.len() - 1;
                let sentence = match more {
                    0 => leftover.sentence.clone(),
                    _ => format!("{} Then {more} older.", leftover.sentence),
                };
                // What is open would be closed, which nobody expects of a restore, unless it is what comes back.
                let closed = session.data.as_ref().filter(|data| leftover.data.as_ref() != Some(&data.hash));
                let sentence = match closed {
                    Some(data) => format!("{sentence} Restoring it closes {}.", data.name),
                    None => sentence,
                };
                ui.label(sentence).on_hover_text(leftover.folder.display().to_string());
            });
        });
    });
}
