//! The door: a new person begins, or somebody comes back with their code.

use egui::{TextEdit, Ui};

use super::Screen;
use super::parts::{Cx, action, alert, column, key_button, note, title};
use crate::session::participant::{Act, Press};
use crate::study::session::Clock;
use crate::study::words::Word;
use crate::ui::theme::{large, space};

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, typed: &mut String, message: Option<&str>) {
    column(ui, cx, |ui, cx| {
        let heading = cx.shown.map_or_else(String::new, |shown| shown.heading.clone());
        title(ui, cx, &heading);
        ui.add_space(space::M);
        let has_code = !typed.trim().is_empty();
        let (begin, enter) = (cx.word(Word::Begin), cx.word(Word::Enter));
        if key_button(ui, cx, if has_code { "" } else { &enter }, &begin, action(!has_code)).clicked() {
            cx.act(Act::Begin);
        }
        ui.add_space(space::XL);
        let words = cx.word(Word::ComeBack);
        note(ui, cx, &words);
        ui.horizontal(|ui| {
            let name = cx.word(Word::Code);
            let field = TextEdit::singleline(typed)
                .font(cx.looks.font(large::QUESTION))
                .desired_width(9.0 * large::QUESTION * cx.looks.text)
                .char_limit(24)
                .margin(egui::Margin::symmetric(10, 9));
            let response = ui.add(field);
            response.widget_info(|| {
                let mut info = egui::WidgetInfo::text_edit(true, "", typed.as_str(), "");
                info.label = Some(name.clone());
                info
            });
            // The only thing to type here: it has the keys all the time.
            if !response.has_focus() {
                response.request_focus();
            }
            let go_on = cx.word(Word::GoOn);
            let look = super::parts::Look { is_enabled: has_code, ..action(has_code) };
            if key_button(ui, cx, if has_code { &enter } else { "" }, &go_on, look).clicked() {
                cx.act(Act::ComeBack(typed.clone()));
            }
        });
        if let Some(message) = message {
            alert(ui, cx, message);
        }
        ui.add_space(space::XL);
        let (escape, leave) = (cx.word(Word::Escape), cx.word(Word::Leave));
        if key_button(ui, cx, &escape, &leave, action(false)).clicked() {
            cx.act(Act::AskLeave { outside: true });
        }
    });
}

impl<C: Clock + Clone> Screen<C> {
    /// Keys at the door that the field does not get.
    pub(super) fn press_at_door(&mut self, press: Press) {
        match press {
            Press::Enter if self.typed.trim().is_empty() => {
                self.act(Act::Begin);
            }
            Press::Enter => {
                self.act(Act::ComeBack(self.typed.clone()));
                if self.participant.session().is_some() {
                    self.typed.clear();
                }
            }
            Press::Escape if self.typed.is_empty() => {
                self.act(Act::AskLeave { outside: true });
            }
            Press::Escape => self.typed.clear(),
            _ => {}
        }
    }
}
