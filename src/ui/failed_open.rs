//! The card that says what could not be opened: on the first page, or over the place in view. It stays until it is put away or something is opened.

use egui::{Align, Align2, Area, Frame, Id, Label, Layout, Order, RichText, Stroke, Ui, vec2};
use egui_material_icons::icons;

use super::chrome::shorten;
use super::theme::{self, space, text, tokens};
use super::widgets::command_button;
use crate::session::{Command, Dialog, FailedOpen, Place, Session};

/// Width of the card.
const WIDTH: f32 = 600.0;
/// Most signs of a name in its heading.
const NAME: usize = 60;

/// What the card says, unless the list of notices, which says it too, lies over it.
pub fn shown(session: &Session) -> Option<&FailedOpen> {
    session.failed_open().filter(|_| !session.open.notices)
}

/// The card over the place in view; the first page has room for it between its own lines.
pub fn over(ui: &Ui, session: &Session, commands: &mut Vec<Command>) {
    let is_first_page = session.place == Place::Explore && session.data.is_none() && session.own_text().is_none();
    let Some(failed) = shown(session).filter(|_| !is_first_page) else { return };
    let area = Area::new(Id::unique("not opened")).order(Order::Middle).anchor(Align2::CENTER_TOP, [0.0, 84.0]);
    area.show(ui.ctx(), |ui| card(ui, session, failed, commands));
}

/// The whole sentence, and the buttons that help.
pub fn card(ui: &mut Ui, session: &Session, failed: &FailedOpen, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let width = WIDTH.min(ui.ctx().content_rect().width() - 2.0 * space::XL);
    let frame = Frame::popup(ui.style()).fill(t.raised).stroke(Stroke::new(1.5, t.error)).corner_radius(theme::RADIUS);
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        frame.inner_margin(space::M).show(ui, |ui| {
            ui.set_width(width - 2.0 * space::M);
            ui.horizontal(|ui| {
                ui.label(icons::ICON_ERROR.rich_text().size(text::ICON).color(t.error));
                ui.label(RichText::new(format!("{} was not opened", shorten(&failed.name, NAME))).strong());
            });
            ui.add(Label::new(&failed.notice.summary).wrap().selectable(true));
            let more = [&failed.notice.hint, &failed.notice.details].into_iter().flatten();
            for more in more.filter(|more| !more.is_empty()) {
                ui.add(Label::new(RichText::new(more).small()).wrap());
            }
            ui.add_space(space::XS);
            ui.horizontal_wrapped(|ui| {
                command_button(ui, session, Command::Ask(Dialog::OpenFiles), "Open another…", commands);
                if failed.is_data() {
                    let label = Command::ToggleSpec.info().title.into_owned();
                    command_button(ui, session, Command::ToggleSpec, &label, commands);
                }
                if let Some(retry) = failed.retry.as_ref().filter(|retry| **retry != Command::ToggleSpec) {
                    command_button(ui, session, retry.clone(), "Try again", commands);
                }
                command_button(ui, session, Command::DismissFailed, "Dismiss", commands);
            });
        });
    });
}
