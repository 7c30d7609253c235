//! What is to be done, how often a guess is right, and the code to come back with.

use egui::Ui;

use super::parts::{Cx, action, alert, column, key_button, paragraph, title};
use crate::study::session::Input;
use crate::study::words::Word;
use crate::ui::theme::space;

pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    chance: f64,
    n_practice: usize,
    code: Option<&str>,
    notice: Option<&str>,
) {
    let Some(shown) = cx.shown else { return };
    column(ui, cx, |ui, cx| {
        title(ui, cx, &shown.heading);
        if let Some(notice) = notice {
            alert(ui, cx, notice);
        }
        paragraph(ui, cx, &shown.instructions);
        let chance = cx.filled(Word::Chance, &[("n", format!("{:.0}", chance * 100.0))]);
        paragraph(ui, cx, &chance);
        if n_practice > 0 {
            let words = cx.filled(Word::PracticeNote, &[("n", n_practice.to_string())]);
            paragraph(ui, cx, &words);
        }
        if let Some(code) = code {
            let words = cx.filled(Word::CodeNote, &[("code", code.to_owned())]);
            paragraph(ui, cx, &words);
        }
        ui.add_space(space::M);
        let (enter, start) = (cx.word(Word::Enter), cx.word(Word::Start));
        if key_button(ui, cx, &enter, &start, action(true)).clicked() {
            cx.study(Input::Continue);
        }
    });
}
