//! What a newcomer can try on the sample, in a strip over the bottom line until it is closed.

use egui::{Align, Layout, RichText, TextStyle, Ui};

use super::theme::{self, space, tokens};
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
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.label(RichText::new("Try").strong());
                for (keys, what) in steps(session) {
                    // One line: what does not fit is on the sheet of keys.
                    let wide = |words: &str| {
                        let font = TextStyle::Body.resolve(ui.style());
                        ui.painter().layout_no_wrap(words.to_owned(), font, theme::UNTINTED).size().x
                    };
                    let needed = space::M + wide(&keys) + space::S + wide(what);
                    if needed > ui.available_width() {
                        break;
                    }
                    ui.add_space(space::S);
                    if !keys.is_empty() {
                        ui.label(RichText::new(keys).strong().color(tokens(ui).accent));
                    }
                    ui.label(what);
                }
            });
        });
    });
}

/// Keys with what they do, what matters most first.
fn steps(session: &Session) -> Vec<(String, &'static str)> {
    let key = |command: &Command| command.info().keys.first().map(ToString::to_string).unwrap_or_default();
    let (fewer, more) = match session.modality() {
        Modality::Image => ("selects fewer or more pixels", None),
        Modality::Text => {
            let own = Command::Reading(Action::OpenOwn(true));
            ("selects fewer or more words", Some((key(&own), "explains your own text")))
        }
        Modality::Series => ("selects fewer or more steps", None),
        Modality::Table => ("selects fewer or more columns", None),
    };
    let mut steps = vec![
        (key(&Command::Flip), "flips selected and unselected"),
        (format!("{} {}", key(&Command::PreviousItem), key(&Command::NextItem)), "steps through items"),
        (format!("{} {}", key(&Command::KBy(-1)), key(&Command::KBy(1))), fewer),
        (key(&Command::NextMethod), "shows another method"),
        (key(&Command::ToggleShortcuts), "lists all keys"),
    ];
    match more {
        Some(more) => steps.insert(1, more),
        None => steps.push((String::new(), "Or drop a file; File, Open sample has more.")),
    }
    steps
}
