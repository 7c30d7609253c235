//! Fields for the page of a figure: its width, with those of journals at hand, and whether it says what the model answers.

use egui::{Button, DragValue, Ui, WidgetInfo, accesskit::Role};

use crate::figure::layout::page::{PRESETS, Page, WIDTHS_MM};

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// A number, perhaps one of many on the way to another.
    Width,
    /// A choice.
    Choice,
}

/// The fields of `page`; `usual` is how wide it is in millimetres where nothing is asked for, if that is known.
pub fn show(ui: &mut Ui, page: &mut Page, usual: Option<f32>) -> Option<Edited> {
    let mut edited = None;
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Width");
        let mut choice = |ui: &mut Ui, page: &mut Page, words: &str, name: &str, width: Option<f32>| {
            let is_on = page.width_mm == width;
            let button = ui.add(Button::selectable(is_on, words).frame_when_inactive(true));
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, format!("Width: {name}")));
            if button.on_hover_text(name).clicked() && !is_on {
                page.width_mm = width;
                edited = Some(Edited::Choice);
            }
        };
        choice(ui, page, "As drawn", "as wide as its pictures want to be", None);
        for (name, width) in PRESETS {
            let words = format!("{width:.0} mm");
            choice(ui, page, &words, &format!("{} of a journal, {words}", name.to_lowercase()), Some(width));
        }
        if let Some(mut width) = page.width_mm.or(usual) {
            let (least, most) = WIDTHS_MM;
            let drag = DragValue::new(&mut width).range(least..=most).clamp_existing_to_range(false);
            let drag = ui.add(drag.speed(0.5).max_decimals(1).suffix(" mm")).labelled_by(label.id);
            let tip = "Pictures are laid out anew for this width; texts keep their sizes, at least 7.5 points";
            if drag.on_hover_text(tip).changed() {
                page.width_mm = Some(width.clamp(least, most));
                edited = Some(Edited::Width);
            }
        }
    });
    let mut has_answers = !page.hides_answers;
    let tick = ui.checkbox(&mut has_answers, "What the model answers");
    if tick.on_hover_text("The verdicts, and the bars of probabilities").changed() {
        page.hides_answers = !has_answers;
        edited = Some(Edited::Choice);
    }
    edited
}
