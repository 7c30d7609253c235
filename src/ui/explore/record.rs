//! A row of a table on screen: name, value and score of each column; what a panel hides is struck out of the view. The lines are those of its
//! figure, [`crate::figure::layout::record`].

use egui::{Align, Label, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};

use super::super::theme::{self, tokens};
use crate::figure::layout::record::{Bars, Line};
use crate::figure::layout::{ExplainedPicture, Panel};

/// Height of a line.
const LINE: f32 = 20.0;
/// Room of a rank.
const RANK: f32 = 22.0;
/// Room of a bar where there is enough.
const BAR: f32 = 90.0;

/// Draws the row of a picture in `area`.
pub fn show(ui: &mut Ui, picture: &ExplainedPicture, (panel, area): (Panel, Rect), name: &str, opacity: f32) {
    let Some(row) = picture.row.as_ref().filter(|_| picture.check().is_ok()) else { return };
    let bars = Bars::of_picture(picture);
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(area).layout(Layout::top_down(Align::Min)));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    child.multiply_opacity(opacity);
    let mut spoken = Vec::new();
    ScrollArea::vertical().id_salt(name).auto_shrink([false, false]).show_rows(
        &mut child,
        LINE,
        row.names.len(),
        |ui, rows| {
            for column in rows {
                let line = row.line(picture, panel, column, bars);
                let selected = if line.rank.is_some() { ", selected" } else { "" };
                spoken.push(format!("{} {}{selected}", line.name, line.value));
                one(ui, picture, panel, &line);
            }
        },
    );
    let spoken = format!("{name}: {}", spoken.join("; "));
    let response = ui.interact(area, ui.scope_id().with(name), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

/// Rank, name, value and bar of a column.
fn one(ui: &mut Ui, picture: &ExplainedPicture, panel: Panel, line: &Line<'_>) {
    let t = tokens(ui);
    let is_marked = panel != Panel::Input;
    let rank = line.rank.filter(|_| is_marked);
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        if rank.is_some() && panel == Panel::Overlay {
            let band = Rect::from_min_size(ui.max_rect().left_top(), vec2(ui.available_width(), LINE));
            ui.painter().rect_filled(band, 2.0, t.selected.gamma_multiply(0.16));
        }
        let room = BAR.min(ui.available_width() * 0.25);
        let gaps = 3.0 * ui.spacing().item_spacing.x;
        let width = ((ui.available_width() - room - RANK - gaps) / 2.0).max(20.0);
        let ink = if line.is_shown { t.text } else { t.muted };
        let mark = rank.map_or_else(String::new, |rank| rank.to_string());
        ui.add_sized(vec2(RANK, LINE), Label::new(RichText::new(mark).strong().color(t.text)));
        let title = RichText::new(line.name).color(ink);
        let title = if rank.is_some() { title.strong() } else { title };
        cell(ui, width, Label::new(title).truncate());
        cell(ui, width, Label::new(RichText::new(&line.value).color(ink)).truncate());
        if is_marked {
            bar(ui, picture, line, room);
        }
    });
}

fn cell(ui: &mut Ui, width: f32, label: Label) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, LINE), layout, |ui| {
        ui.set_min_width(width);
        ui.add(label);
    });
}

/// A score as a bar, in the colour that the legend names.
fn bar(ui: &mut Ui, picture: &ExplainedPicture, line: &Line<'_>, room: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(room, LINE), egui::Sense::hover());
    let t = theme::tokens(ui);
    let (from, to) = line.bar;
    let (left, right) = (rect.left() + room * from, rect.left() + room * to);
    let bar = Rect::from_x_y_ranges(left..=right.max(left + 1.0), rect.top() + 5.0..=rect.bottom() - 5.0);
    ui.painter().rect_filled(bar, 1.0, if line.rank.is_some() { t.selected } else { t.unselected });
    let score = picture.scores.get(line.column).copied().unwrap_or(0.0);
    response.on_hover_text(format!("score {}", crate::data::table::number(f64::from(score))));
}
