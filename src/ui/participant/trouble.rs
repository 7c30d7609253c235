//! The file is being checked, cannot be used, or could not be written.

use egui::Ui;

use super::parts::{Cx, action, alert, column, key_button, paragraph};
use crate::session::participant::Act;
use crate::study::words::Word;
use crate::ui::theme::space;

pub(super) fn opening(ui: &mut Ui, cx: &mut Cx<'_>) {
    column(ui, cx, |ui, cx| {
        let words = format!("{}…", cx.word(Word::Checking));
        paragraph(ui, cx, &words);
    });
}

pub(super) fn refused(ui: &mut Ui, cx: &mut Cx<'_>, message: &str) {
    column(ui, cx, |ui, cx| {
        alert(ui, cx, message);
        buttons(ui, cx, true);
    });
}

/// Above whatever was being done, until it could be written.
pub(super) fn over(ui: &mut Ui, cx: &mut Cx<'_>, message: &str) {
    egui::Modal::new(egui::Id::unique("participant trouble")).show(ui.ctx(), |ui| {
        ui.set_width(560.0 * cx.looks.text.min(1.3));
        alert(ui, cx, message);
        ui.add_space(space::M);
        buttons(ui, cx, false);
    });
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>, outside: bool) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let (enter, escape) = (cx.word(Word::Enter), cx.word(Word::Escape));
        let (again, leave) = (cx.word(Word::TryAgain), cx.word(Word::Leave));
        if key_button(ui, cx, &enter, &again, action(true)).clicked() {
            cx.act(Act::Retry);
        }
        if key_button(ui, cx, &escape, &leave, action(false)).clicked() {
            cx.act(Act::AskLeave { outside });
        }
    });
}
