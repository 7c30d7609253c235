//! The pause, and the question before leaving. The item is hidden.

use egui::Ui;

use super::parts::{Cx, action, alert, column, key_button, paragraph, title};
use crate::session::participant::Act;
use crate::study::session::Input;
use crate::study::words::Word;
use crate::ui::theme::space;

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, [done, of]: [usize; 2], code: Option<&str>, notice: Option<&str>) {
    column(ui, cx, |ui, cx| {
        let heading = cx.word(Word::Paused);
        title(ui, cx, &heading);
        if let Some(notice) = notice {
            alert(ui, cx, notice);
        }
        let words = cx.filled(Word::Answered, &[("n", done.to_string()), ("of", of.to_string())]);
        paragraph(ui, cx, &words);
        if let Some(code) = code {
            let words = cx.filled(Word::CodeNote, &[("code", code.to_owned())]);
            paragraph(ui, cx, &words);
        }
        ui.add_space(space::M);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let (enter, escape) = (cx.word(Word::Enter), cx.word(Word::Escape));
            let (go_on, leave) = (cx.word(Word::GoOn), cx.word(Word::Leave));
            if key_button(ui, cx, &enter, &go_on, action(true)).clicked() {
                cx.study(Input::Resume);
            }
            if key_button(ui, cx, &escape, &leave, action(false)).clicked() {
                cx.act(Act::AskLeave { outside: false });
            }
        });
    });
}

/// Asks before a participant leaves.
pub(super) fn leaving(ui: &mut Ui, cx: &mut Cx<'_>, code: Option<&str>) {
    let words = match code {
        Some(code) => cx.filled(Word::LeaveNote, &[("code", code.to_owned())]),
        None => cx.word(Word::LeaveNothing),
    };
    ask(ui, cx, &words);
}

/// Asks before participant mode ends: behind it is the researcher's side.
pub(super) fn ending(ui: &mut Ui, cx: &mut Cx<'_>) {
    let words = cx.word(Word::EndNote);
    ask(ui, cx, &words);
}

fn ask(ui: &mut Ui, cx: &mut Cx<'_>, words: &str) {
    column(ui, cx, |ui, cx| {
        let heading = cx.word(Word::LeaveQuestion);
        title(ui, cx, &heading);
        paragraph(ui, cx, words);
        ui.add_space(space::M);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let (enter, escape) = (cx.word(Word::Enter), cx.word(Word::Escape));
            let (stay, leave) = (cx.word(Word::Stay), cx.word(Word::Leave));
            if key_button(ui, cx, &enter, &leave, action(false)).clicked() {
                cx.act(Act::Leave);
            }
            if key_button(ui, cx, &escape, &stay, action(true)).clicked() {
                cx.act(Act::Stay);
            }
        });
    });
}
