//! The end: thanks, or that nothing was stored.

use egui::Ui;

use super::parts::{Cx, action, column, key_button, paragraph, title};
use crate::session::participant::Act;
use crate::study::session::Input;
use crate::study::words::Word;
use crate::ui::theme::space;

pub(super) fn finished(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(shown) = cx.shown else { return };
    column(ui, cx, |ui, cx| {
        title(ui, cx, &shown.heading);
        paragraph(ui, cx, &shown.thanks);
        ui.add_space(space::M);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let (enter, back) = (cx.word(Word::Enter), cx.word(Word::Backspace));
            let (done, undo) = (cx.word(Word::Done), cx.word(Word::Undo));
            if key_button(ui, cx, &enter, &done, action(true)).clicked() {
                cx.act(Act::ToDoor);
            }
            if key_button(ui, cx, &back, &undo, action(false)).clicked() {
                cx.study(Input::Undo);
            }
        });
    });
}

pub(super) fn declined(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(shown) = cx.shown else { return };
    column(ui, cx, |ui, cx| {
        title(ui, cx, &shown.heading);
        let words = cx.word(Word::NothingStored);
        paragraph(ui, cx, &words);
        let (enter, done) = (cx.word(Word::Enter), cx.word(Word::Done));
        if key_button(ui, cx, &enter, &done, action(true)).clicked() {
            cx.act(Act::ToDoor);
        }
    });
}
