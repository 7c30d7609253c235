//! A row of a table on screen: name, value and score of each column; what a panel hides is struck out of the view.

use egui::{Align, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};

use super::super::theme::{self, tokens};
use crate::figure::layout::Panel;
use crate::jobs::{Explained, MethodResult};
use crate::session::Session;

/// Height of a line.
const LINE: f32 = 20.0;
/// Room of a bar.
const BAR: f32 = 90.0;

/// Whether a panel shows a column that is selected or not.
fn is_shown(panel: Panel, selected: bool) -> bool {
    match panel {
        Panel::Selected => selected,
        Panel::Unselected => !selected,
        Panel::Input | Panel::Overlay | Panel::Heat => true,
    }
}

/// Draws the row that `explained` is about in `area`.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    (explained, result): (&Explained, &MethodResult),
    (panel, area): (Panel, Rect),
    name: &str,
) {
    let Some(table) = session.active_box().and_then(|active| active.card.table.as_ref()) else { return };
    let t = tokens(ui);
    let scores = &result.scores;
    let most = scores.iter().filter(|score| score.is_finite()).fold(0.0_f32, |most, score| most.max(score.abs()));
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(area).layout(Layout::top_down(Align::Min)));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    let mut spoken = Vec::new();
    ScrollArea::vertical().id_salt(name).auto_shrink([false, false]).show_rows(
        &mut child,
        LINE,
        table.0.len(),
        |ui, rows| {
            for column in rows {
                let rank = result.ranks.get(column).copied().unwrap_or(u32::MAX);
                let selected = (rank as usize) < explained.k;
                let shown = is_shown(panel, selected);
                let values = if shown { &explained.row } else { &explained.fill_row };
                let value = values.get(column).map_or_else(String::new, |value| table.shown(column, *value));
                let value = if shown { value } else { format!("hidden ({value})") };
                spoken.push(format!("{} {value}{}", table.0[column].name, if selected { ", selected" } else { "" }));
                ui.horizontal(|ui| {
                    ui.set_height(LINE);
                    let width = ((ui.available_width() - BAR - 44.0) / 2.0).max(40.0);
                    let ink = if shown { t.text } else { t.muted };
                    let mark = if selected { format!("{}", rank + 1) } else { String::new() };
                    ui.add_sized(vec2(22.0, LINE), Label::new(RichText::new(mark).strong().color(t.text)));
                    let title = RichText::new(&table.0[column].name).color(ink);
                    let title = if selected { title.strong() } else { title };
                    cell(ui, width, Label::new(title).truncate());
                    cell(ui, width, Label::new(RichText::new(value).color(ink)).truncate());
                    bar(ui, scores.get(column).copied().unwrap_or(0.0), most, selected);
                });
            }
        },
    );
    let spoken = format!("{name}: {}", spoken.join("; "));
    let response = ui.interact(area, ui.scope_id().with(name), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

fn cell(ui: &mut Ui, width: f32, label: Label) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, LINE), layout, |ui| {
        ui.set_min_width(width);
        ui.add(label);
    });
}

/// A score as a bar: to the right of the middle where it speaks for, to the left where it speaks against.
fn bar(ui: &mut Ui, score: f32, most: f32, selected: bool) {
    let (rect, response) = ui.allocate_exact_size(vec2(BAR, LINE), egui::Sense::hover());
    let t = theme::tokens(ui);
    let share = if most > 0.0 && score.is_finite() { score / most } else { 0.0 };
    let middle = rect.center().x;
    let end = middle + share * BAR / 2.0;
    let (left, right) = (middle.min(end), middle.max(end));
    let bar = Rect::from_x_y_ranges(left..=right.max(left + 1.0), rect.top() + 5.0..=rect.bottom() - 5.0);
    ui.painter().rect_filled(bar, 1.0, if selected { t.accent } else { t.muted });
    response.on_hover_text(format!("score {}", crate::data::table::number(f64::from(score))));
}
