//! An item: how far one is, the item as large as fits, the questions under it, and what the keys do. Where everything is follows from the
//! form of the answer alone, never from the item.

use egui::{Align2, Frame, Margin, Panel, RichText, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::looks::Change;
use super::parts::{Cx, Look, button_width, centred_row, key_button};
use super::questions;
use super::stimulus::Pictures;
use crate::session::participant::Answering;
use crate::study::session::{Draft, Input, TrialView};
use crate::study::stimulus::Media;
use crate::study::words::Word;
use crate::ui::theme::{large, space, tokens};

/// How far one is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    pub is_practice: bool,
    pub number: usize,
    pub of: usize,
}

pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    pictures: &mut Pictures,
    answering: &Answering,
    trial: &TrialView<'_>,
) {
    let Some(shown) = cx.shown else { return };
    let progress = Progress { is_practice: trial.is_practice, number: trial.number, of: trial.of };
    frame(ui, cx, pictures, trial.media, Some(progress), |ui, cx| {
        questions::show(ui, cx, shown, answering, trial);
        ui.add_space(space::S);
        let is_empty = *trial.draft == Draft::new(shown);
        let actions = [
            (
                Word::Enter,
                if trial.is_complete { Word::Confirm } else { Word::Next },
                trial.is_complete,
                Input::Confirm,
            ),
            if is_empty {
                (Word::Backspace, Word::Undo, trial.can_undo, Input::Undo)
            } else {
                (Word::Backspace, Word::Clear, true, Input::Clear)
            },
            (Word::Escape, Word::Pause, true, Input::Pause),
        ];
        // The widths of the longer words, so that nothing moves.
        let longest = |a: Word, b: Word, key: Word, ui: &Ui, cx: &Cx<'_>| {
            let width = |word| button_width(ui, cx, key.of(cx.shown), word, 0.0);
            width(a.of(cx.shown)).max(width(b.of(cx.shown)))
        };
        let widths = [
            longest(Word::Confirm, Word::Next, Word::Enter, ui, cx),
            longest(Word::Undo, Word::Clear, Word::Backspace, ui, cx),
            longest(Word::Pause, Word::Pause, Word::Escape, ui, cx),
        ];
        centred_row(ui, cx, &widths, |ui, cx, at| {
            let (key, word, is_enabled, input) = &actions[at];
            let (key, words) = (cx.word(*key), cx.word(*word));
            let least = (widths[at] / cx.looks.text).ceil() as u16;
            let look =
                Look { is_main: at == 0 && trial.is_complete, is_enabled: *is_enabled, least, ..Look::default() };
            if key_button(ui, cx, &key, &words, look).clicked() {
                cx.study(input.clone());
            }
        });
    });
}

/// The arrangement of a screen with an item: progress above, item, `below`.
pub(super) fn frame(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    pictures: &mut Pictures,
    media: &Media,
    progress: Option<Progress>,
    below: impl FnOnce(&mut Ui, &mut Cx<'_>),
) {
    let margin = Margin::symmetric(space::XL as i8, space::S as i8);
    Panel::top("progress")
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(margin))
        .show(ui, |ui| top(ui, cx, progress));
    let panel = Panel::bottom("answer").show_separator_line(false).resizable(false);
    panel.frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        // Feedback takes the room that the questions had, so that the item stays where it was.
        if progress.is_none() {
            ui.set_min_height(pictures.below);
        }
        let top = ui.cursor().top();
        below(ui, cx);
        ui.add_space(space::S);
        if progress.is_some() {
            pictures.below = ui.min_rect().bottom() - top;
        }
    });
    let area = ui.available_rect_before_wrap().shrink(space::S);
    pictures.show(ui, cx, media, area);
}

fn top(ui: &mut Ui, cx: &mut Cx<'_>, progress: Option<Progress>) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        let height = 30.0_f32.max(large::SMALL * cx.looks.text * 1.4);
        ui.set_height(height);
        if let Some(progress) = progress {
            let values = [("n", progress.number.to_string()), ("of", progress.of.to_string())];
            let words = cx.filled(if progress.is_practice { Word::Practice } else { Word::Progress }, &values);
            ui.label(RichText::new(&words).font(cx.looks.font(large::SMALL)));
            let (rect, response) = ui.allocate_exact_size(vec2(220.0, 8.0), Sense::hover());
            let share = (progress.number - 1) as f32 / progress.of.max(1) as f32;
            ui.painter().rect_filled(rect, 4.0, t.track);
            let filled = egui::Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
            ui.painter().rect_filled(filled, 4.0, t.accent);
            response.widget_info(|| {
                let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, &words);
                info.value = Some(f64::from(share * 100.0));
                info
            });
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            for (word, keys, smaller, larger) in [
                (Word::PictureSize, "Ctrl", Change::PictureSmaller, Change::PictureLarger),
                (Word::TextSize, "", Change::TextSmaller, Change::TextLarger),
            ] {
                let name = cx.word(word);
                for (sign, how, change) in [("+", Word::Larger, larger), ("−", Word::Smaller, smaller)] {
                    let label = format!("{name}: {}", cx.word(how));
                    if size_button(ui, sign, &label).clicked() {
                        cx.looks.change(change);
                    }
                }
                let hint = if keys.is_empty() { name } else { format!("{name} ({keys})") };
                ui.label(RichText::new(hint).font(cx.looks.font(large::SMALL)).color(t.muted));
                ui.add_space(space::M);
            }
        });
    });
}

fn size_button(ui: &mut Ui, sign: &str, label: &str) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(32.0, 30.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let t = tokens(ui);
    let fill = if super::parts::is_pointed_at(ui, &response) { t.hover } else { t.button };
    ui.painter().rect(rect, 5.0, fill, egui::Stroke::new(1.0, t.outline), egui::StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, sign, egui::FontId::proportional(large::BODY), t.text);
    response
}
