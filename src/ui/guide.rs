//! What a newcomer can try on the sample, in a strip over the bottom line until it is closed.

use egui::{Align, Layout, RichText, Ui};

use super::theme::{space, tokens};
use super::widgets::muted;
use crate::data::Modality;
use crate::session::reading::Action;
use crate::session::{Command, Place, Session};

/// Whether it is shown: over the sample, until the user closed it once.
pub fn is_shown(session: &Session) -> bool {
    session.is_sample() && !session.settings.guide_closed && session.place == Place::Explore && session.data.is_some()
}

/// The strip.
pub fn show(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Got it").on_hover_text("Close this for good; Help has all keys").clicked() {
                commands.push(Command::DismissGuide);
            }
            ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.label(RichText::new("Try").strong());
                let key = |command: &Command| command.info().keys.first().map(ToString::to_string).unwrap_or_default();
                let is_text = session.modality() == Modality::Text;
                let fewer = match session.modality() {
                    Modality::Image => "selects fewer or more pixels",
                    Modality::Text => "selects fewer or more words",
                    Modality::Series => "selects fewer or more steps",
                    Modality::Table => "selects fewer or more columns",
                };
                let steps = [
                    (key(&Command::Flip), "flips selected and unselected"),
                    (format!("{} {}", key(&Command::PreviousItem), key(&Command::NextItem)), "steps through items"),
                    (format!("{} {}", key(&Command::KBy(-1)), key(&Command::KBy(1))), fewer),
                    (key(&Command::NextMethod), "shows another method"),
                    (key(&Command::ToggleShortcuts), "lists all keys"),
                ];
                for (keys, what) in steps {
                    ui.add_space(space::S);
                    ui.label(RichText::new(keys).strong().color(tokens(ui).accent));
                    ui.label(what);
                }
                ui.add_space(space::S);
                if is_text {
                    let own = key(&Command::Reading(Action::OpenOwn(true)));
                    ui.label(RichText::new(own).strong().color(tokens(ui).accent));
                    ui.label("explains your own text");
                } else {
                    muted(ui, "Or drop a file; File, Open sample has more.");
                }
            });
        });
    });
}
