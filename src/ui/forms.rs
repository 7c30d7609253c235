//! Parts of forms and lists that the places share: aligned fields, the one prominent button, rows of lists, warnings.

use egui::{
    Align, Button, Frame, Label, Layout, Rect, Response, RichText, Sense, Stroke, StrokeKind, TextStyle, TextWrapMode,
    Ui, UiBuilder, WidgetInfo, WidgetText, accesskit::Role, vec2,
};
use egui_material_icons::{MaterialIcon, icons};

use super::theme::{self, space, text, tokens};
use super::widgets::{icon_button, muted};
use crate::session::{Command, Session};

/// Width of the labels of a form.
pub const LABEL_WIDTH: f32 = 156.0;
/// Room for the button that resets a field.
const RESET_WIDTH: f32 = 30.0;

/// A label and its field, aligned with those above and below. Gives the answer of `field`.
///
/// The field is known by its label, not by its place: what is being typed goes on when a line appears above it.
pub fn field<R>(ui: &mut Ui, label: &str, tip: &str, field: impl FnOnce(&mut Ui, &Response) -> R) -> R {
    let line = |ui: &mut Ui| {
        let size = vec2(LABEL_WIDTH, ui.spacing().interact_size.y);
        let layout = Layout::left_to_right(Align::Center);
        let inner = ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_size(size);
            // A long one goes on in a second line rather than losing its end.
            ui.add(Label::new(label).wrap().sense(Sense::hover()))
        });
        let name = if tip.is_empty() { inner.inner } else { inner.inner.on_hover_text(tip) };
        field(ui, &name)
    };
    ui.push_id(label, |ui| ui.horizontal(line).inner).inner
}

/// What is left for a field beside its label and the reset button.
pub fn field_width(ui: &Ui) -> f32 {
    (ui.available_width() - RESET_WIDTH - space::S).max(60.0)
}

/// A small button at the end of a field that takes a change back; true when it was pressed.
pub fn reset_button(ui: &mut Ui, name: &str, is_changed: bool, default: &str) -> bool {
    if !is_changed {
        return false;
    }
    let label = format!("Reset {} to {default}", name.to_lowercase());
    icon_button(ui, icons::ICON_RESTART_ALT, &label).clicked()
}

/// The one prominent button of a form. Where it cannot be used, the reason stands below it.
pub fn primary(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    words: &str,
    reason: Option<String>,
    commands: &mut Vec<Command>,
) -> Response {
    let t = tokens(ui);
    let reason = reason.or_else(|| command.availability(session).err().map(std::borrow::Cow::into_owned));
    let enabled = reason.is_none();
    let (fill, ink) = if enabled { (t.chosen, t.on_chosen) } else { (t.button, t.muted) };
    let size = vec2(ui.available_width(), 36.0);
    let button = Button::new(RichText::new(words).strong().color(ink)).fill(fill).min_size(size).wrap();
    let response = ui.vertical_centered_justified(|ui| ui.add_enabled(enabled, button)).inner;
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, words));
    if response.clicked() {
        commands.push(command.clone());
    }
    match &reason {
        Some(reason) => {
            ui.horizontal_wrapped(|ui| {
                ui.label(icons::ICON_INFO.rich_text().size(text::BODY).color(t.warning));
                ui.label(RichText::new(format!("{reason}.")).color(t.warning));
            });
            response.on_disabled_hover_text(format!("{reason}."))
        }
        None => response.on_hover_text(super::widgets::tip_of(&command)),
    }
}

/// A line of a list: icon, title, a second line of figures. The whole line is one button.
pub fn list_row(ui: &mut Ui, icon: Option<MaterialIcon>, title: &str, detail: &str, is_chosen: bool) -> Response {
    let t = tokens(ui);
    let height = if detail.is_empty() { 28.0 } else { 42.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let name = if detail.is_empty() { title.to_owned() } else { format!("{title}, {detail}") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let (ink, second) = if is_chosen { (t.on_chosen, t.on_chosen) } else { (t.text, t.muted) };
    if is_chosen {
        ui.painter().rect_filled(rect, theme::RADIUS, t.chosen);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, t.hover);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    let mut left = rect.left() + space::S;
    if let Some(icon) = icon {
        let galley = WidgetText::from(icon.rich_text().size(text::ICON)).into_galley(
            ui,
            Some(TextWrapMode::Extend),
            f32::INFINITY,
            TextStyle::Body,
        );
        let at = egui::pos2(left, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, second);
        left += text::ICON + space::S;
    }
    let width = (rect.right() - space::XS - left).max(8.0);
    let line = |words: &str, size: f32, color| {
        WidgetText::from(RichText::new(words).size(size).color(color)).into_galley(
            ui,
            Some(TextWrapMode::Truncate),
            width,
            TextStyle::Body,
        )
    };
    let upper = line(title, text::BODY, ink);
    if detail.is_empty() {
        let at = egui::pos2(left, rect.center().y - upper.size().y / 2.0);
        ui.painter().galley(at, upper, ink);
    } else {
        let lower = line(detail, text::SMALL, second);
        ui.painter().galley(egui::pos2(left, rect.top() + 3.0), upper, ink);
        ui.painter().galley(egui::pos2(left, rect.bottom() - 3.0 - lower.size().y), lower, second);
    }
    response.on_hover_text(name)
}

/// Something that the user should know before trusting what is shown, on a plate of its own.
pub fn warning(ui: &mut Ui, words: &str) {
    let t = tokens(ui);
    let line = Stroke::new(1.0, t.warning);
    Frame::new().fill(t.raised).stroke(line).corner_radius(theme::RADIUS).inner_margin(space::S).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.label(icons::ICON_WARNING.rich_text().size(text::ICON).color(t.warning));
            ui.add(Label::new(words).wrap());
        });
    });
}

/// Facts as two columns, names muted.
pub fn facts(ui: &mut Ui, id: &str, facts: &[(&str, String)]) {
    let width = 104.0;
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        ui.push_id((id, name), |ui| {
            ui.horizontal_top(|ui| {
                let start = ui.cursor().min;
                let rect = Rect::from_min_size(start, vec2(width, text::SMALL + 5.0));
                let mut left = ui.new_child(UiBuilder::new().max_rect(rect));
                muted(&mut left, *name);
                ui.advance_cursor_after_rect(rect);
                ui.add(Label::new(RichText::new(value).small()).wrap().selectable(true));
            });
        });
    }
}
