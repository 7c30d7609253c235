//! Parts of the participant's screens: a column of running text, large buttons with their key, key caps.

use egui::{
    Align, Align2, Layout, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::looks::Looks;
use crate::session::participant::Act;
use crate::study::session::Input;
use crate::study::store::Shown;
use crate::study::words::Word;
use crate::ui::theme::{self, large, space, tokens};

/// What the pointer (or a screen reader) did.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Did {
    /// Outside an answer.
    Act(Act),
    /// Part of an answer.
    Answer(Input),
}

/// What every screen gets.
pub(super) struct Cx<'a> {
    /// Texts, once the file is open.
    pub shown: Option<&'a Shown>,
    /// Sizes.
    pub looks: &'a mut Looks,
    /// Filled by the screen.
    pub did: &'a mut Vec<Did>,
}

impl Cx<'_> {
    /// A word in the study's language.
    pub fn word(&self, word: Word) -> String {
        word.of(self.shown).to_owned()
    }

    /// The same with values.
    pub fn filled(&self, word: Word, values: &[(&str, String)]) -> String {
        word.filled(self.shown, values)
    }

    pub fn act(&mut self, act: Act) {
        self.did.push(Did::Act(act));
    }

    pub fn study(&mut self, input: Input) {
        self.act(Act::Study(input));
    }
}

/// A column in the middle of the screen that scrolls where it is too long.
pub(super) fn column(ui: &mut Ui, cx: &mut Cx<'_>, add: impl FnOnce(&mut Ui, &mut Cx<'_>)) {
    let width = (large::COLUMN * cx.looks.text).min(ui.available_width() - 2.0 * space::XL);
    let height = ui.available_height();
    egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((height * 0.14).max(space::XL));
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = space::M;
                add(ui, cx);
            });
            ui.add_space(space::XL);
        });
    });
}

/// The heading of a screen.
pub(super) fn title(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    ui.label(RichText::new(words).font(cx.looks.font(large::TITLE)));
}

/// Running text.
pub(super) fn paragraph(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    ui.add(
        egui::Label::new(
            RichText::new(words).font(cx.looks.font(large::BODY)).line_height(Some(large::BODY * cx.looks.text * 1.4)),
        )
        .wrap(),
    );
}

/// Smaller, quieter text.
pub(super) fn note(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    let text = RichText::new(words).font(cx.looks.font(large::SMALL)).color(tokens(ui).muted);
    ui.add(egui::Label::new(text).wrap());
}

/// Something to be noticed, by a mark and not by colour alone.
pub(super) fn alert(ui: &mut Ui, cx: &Cx<'_>, words: &str) {
    let t = tokens(ui);
    egui::Frame::new().stroke(Stroke::new(2.0, t.warning)).corner_radius(theme::RADIUS).inner_margin(space::M).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let mark = egui_material_icons::icons::ICON_ERROR.rich_text().font(cx.looks.font(large::QUESTION));
                ui.label(mark.color(t.warning));
                ui.add(egui::Label::new(RichText::new(words).font(cx.looks.font(large::BODY))).wrap());
            });
        },
    );
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// It is what Enter does.
    pub is_main: bool,
    /// It stays pressed.
    pub is_chosen: bool,
    /// It can be used.
    pub is_enabled: bool,
    /// Least width in points before the text factor.
    pub least: u16,
    /// Role of a choice, not of an action.
    pub is_choice: bool,
}

/// A main or other action.
pub(super) const fn action(is_main: bool) -> Look {
    Look { is_main, is_chosen: false, is_enabled: true, least: 180, is_choice: false }
}

/// Size that [`key_button`] takes.
fn button_size(ui: &Ui, cx: &Cx<'_>, key: &str, words: &str, least: f32) -> egui::Vec2 {
    let width = |text: &str, size: f32| {
        ui.painter().layout_no_wrap(text.to_owned(), cx.looks.font(size), egui::Color32::PLACEHOLDER).size().x
    };
    let cap = if key.is_empty() { 0.0 } else { width(key, large::SMALL).max(14.0) + 2.0 * space::S + space::S };
    // Room for the mark of what is chosen, so that nothing moves.
    let mark = large::SMALL * cx.looks.text;
    vec2(
        (cap + width(words, large::BODY) + mark + 3.0 * space::M).max(least * cx.looks.text),
        (large::BODY * cx.looks.text * 1.35).max(22.0) + 2.0 * space::M,
    )
}

/// A large button with the key that does the same. Its accessible name is its words.
pub(super) fn key_button(ui: &mut Ui, cx: &Cx<'_>, key: &str, words: &str, look: Look) -> Response {
    let size = button_size(ui, cx, key, words, f32::from(look.least));
    let sense = if look.is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| {
        if look.is_choice {
            WidgetInfo::selected(Role::RadioButton, look.is_enabled, look.is_chosen, words)
        } else {
            WidgetInfo::labeled(Role::Button, look.is_enabled, words)
        }
    });
    let t = tokens(ui);
    let (fill, line, ink) = match () {
        () if !look.is_enabled => (t.canvas, Stroke::new(1.0, t.line), t.muted),
        () if look.is_chosen => (t.chosen, Stroke::new(3.0, t.accent), t.on_chosen),
        () if is_pointed_at(ui, &response) => (t.hover, Stroke::new(1.5, t.outline), t.text),
        () if look.is_main => (t.button, Stroke::new(2.0, t.accent), t.text),
        () => (t.button, Stroke::new(1.0, t.outline), t.text),
    };
    let painter = ui.painter();
    painter.rect(rect, f32::from(theme::RADIUS) + 2.0, fill, line, StrokeKind::Inside);
    let mut left = rect.left() + space::M;
    if !key.is_empty() {
        let cap = painter.layout_no_wrap(key.to_owned(), cx.looks.font(large::SMALL), ink);
        let cap_rect = Rect::from_min_size(
            egui::pos2(left, rect.center().y - cap.size().y / 2.0 - 3.0),
            vec2(cap.size().x.max(14.0) + 2.0 * space::S, cap.size().y + 6.0),
        );
        painter.rect_stroke(cap_rect, 4.0, Stroke::new(1.5, ink), StrokeKind::Inside);
        let at = cap_rect.center() - cap.size() / 2.0;
        painter.galley(at, cap, ink);
        left = cap_rect.right() + space::S;
    }
    painter.text(egui::pos2(left, rect.center().y), Align2::LEFT_CENTER, words, cx.looks.font(large::BODY), ink);
    if look.is_chosen {
        let mark = egui_material_icons::icons::ICON_CHECK.codepoint;
        painter.text(
            egui::pos2(rect.right() - space::S, rect.center().y),
            Align2::RIGHT_CENTER,
            mark,
            cx.looks.font(large::BODY),
            ink,
        );
    }
    response
}

/// Whether the pointer is used on it: one that lies there since long must not make one answer look better than another.
pub(super) fn is_pointed_at(ui: &Ui, response: &Response) -> bool {
    response.hovered() && ui.input(|input| input.pointer.time_since_last_movement()) < 2.0
}

/// Buttons one after the other, in the middle where they are fewer than a row.
pub(super) fn centred_row(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    widths: &[f32],
    mut add: impl FnMut(&mut Ui, &mut Cx<'_>, usize),
) {
    let gap = space::M;
    let room = ui.available_width();
    let mut at = 0;
    while at < widths.len() {
        let mut used = widths[at];
        let mut end = at + 1;
        while end < widths.len() && used + gap + widths[end] <= room {
            used += gap + widths[end];
            end += 1;
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            ui.add_space(((room - used) / 2.0).max(0.0));
            for one in at..end {
                add(ui, cx, one);
            }
        });
        at = end;
    }
}

/// Width of a button of [`key_button`].
pub(super) fn button_width(ui: &Ui, cx: &Cx<'_>, key: &str, words: &str, least: f32) -> f32 {
    button_size(ui, cx, key, words, least).x
}
