//! After a practice item: whether the answer was right, by mark and word.

use egui::{RichText, Ui};
use egui_material_icons::icons::{ICON_CANCEL, ICON_CHECK_CIRCLE};

use super::parts::{Cx, action, button_width, centred_row, key_button};
use super::stimulus::Pictures;
use super::trial;
use crate::study::session::Input;
use crate::study::stimulus::Media;
use crate::study::words::Word;
use crate::ui::theme::{large, space, tokens};

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, pictures: &mut Pictures, is_right: bool, right: u16, media: &Media) {
    let Some(shown) = cx.shown else { return };
    let class = shown.classes.get(usize::from(right)).cloned().unwrap_or_default();
    trial::frame(ui, cx, pictures, media, None, |ui, cx| {
        let words = if is_right { cx.word(Word::Right) } else { cx.filled(Word::Wrong, &[("class", class)]) };
        let mark = if is_right { ICON_CHECK_CIRCLE } else { ICON_CANCEL };
        let t = tokens(ui);
        ui.vertical_centered(|ui| {
            ui.label(mark.rich_text().font(cx.looks.font(large::TITLE)).color(t.accent));
            ui.label(RichText::new(&words).font(cx.looks.font(large::QUESTION)));
        });
        ui.add_space(space::M);
        let (enter, go_on) = (cx.word(Word::Enter), cx.word(Word::Continue));
        let width = button_width(ui, cx, &enter, &go_on, 180.0);
        centred_row(ui, cx, &[width], |ui, cx, _| {
            if key_button(ui, cx, &enter, &go_on, action(true)).clicked() {
                cx.study(Input::Continue);
            }
        });
    });
}
