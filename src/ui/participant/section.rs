//! The heading of a section: its number, nothing else.

use egui::Ui;

use super::parts::{Cx, action, column, key_button, paragraph, title};
use crate::study::session::Input;
use crate::study::words::Word;

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, number: usize, of: usize) {
    column(ui, cx, |ui, cx| {
        let heading = cx.filled(Word::Section, &[("n", number.to_string()), ("of", of.to_string())]);
        title(ui, cx, &heading);
        let words = cx.word(Word::SectionNote);
        paragraph(ui, cx, &words);
        let (enter, go_on) = (cx.word(Word::Enter), cx.word(Word::Continue));
        if key_button(ui, cx, &enter, &go_on, action(true)).clicked() {
            cx.study(Input::Continue);
        }
    });
}
