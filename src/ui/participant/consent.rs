//! What is agreed to. Nothing is stored before.

use egui::Ui;

use super::parts::{Cx, action, column, key_button, paragraph, title};
use crate::study::session::Input;
use crate::study::words::Word;
use crate::ui::theme::space;

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(shown) = cx.shown else { return };
    column(ui, cx, |ui, cx| {
        title(ui, cx, &shown.heading);
        paragraph(ui, cx, &shown.consent);
        ui.add_space(space::M);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let (enter, escape) = (cx.word(Word::Enter), cx.word(Word::Escape));
            let (agree, disagree) = (cx.word(Word::Agree), cx.word(Word::Disagree));
            if key_button(ui, cx, &enter, &agree, action(true)).clicked() {
                cx.study(Input::Consent(true));
            }
            if key_button(ui, cx, &escape, &disagree, action(false)).clicked() {
                cx.study(Input::Consent(false));
            }
        });
    });
}
