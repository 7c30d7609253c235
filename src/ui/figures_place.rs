//! The place for figures: what was kept, and its export.

use egui::{Frame, Label, RichText, ScrollArea, Ui};
use egui_material_icons::icons;

use super::theme::{self, space, tokens};
use super::widgets::{command_button, empty, heading, muted};
use crate::session::{Command, Dialog, Place, Session};

/// What the place remembers.
#[derive(Default)]
pub struct FiguresState {}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, _state: &mut FiguresState, commands: &mut Vec<Command>) {
    heading(ui, "Figures");
    muted(ui, Place::Figures.question());
    ui.add_space(space::S);
    if session.figures.kept.is_empty() {
        let sentence = "No figure was kept yet: press K in Explore to keep what is in view.";
        empty(
            ui,
            session,
            icons::ICON_PHOTO_LIBRARY,
            sentence,
            Some((Command::Go(Place::Explore), "Go to Explore")),
            commands,
        );
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for (at, kept) in session.figures.kept.iter().enumerate() {
            Frame::new().fill(tokens(ui).panel).corner_radius(theme::RADIUS).inner_margin(space::M).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.add(Label::new(RichText::new(&kept.title).strong()).truncate());
                ui.add(Label::new(RichText::new(&kept.figure.description).small().color(tokens(ui).muted)).wrap());
                ui.horizontal(|ui| {
                    ui.push_id(at, |ui| {
                        command_button(ui, session, Command::Ask(Dialog::ExportKept(at)), "Export…", commands);
                        command_button(ui, session, Command::SelectItem(kept.item), "Show item", commands);
                        command_button(ui, session, Command::RemoveFigure(at), "Remove", commands);
                    });
                });
            });
            ui.add_space(space::S);
        }
    });
}
