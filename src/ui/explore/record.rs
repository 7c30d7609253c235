//! A row of a table on screen: name, value and score of each column; what a panel hides is struck out of the view. The lines are those of its
//! figure, [`crate::figure::layout::record`].

use egui::{
    Align, Align2, Label, Layout, Rect, Response, RichText, ScrollArea, Stroke, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, vec2,
};

use super::super::theme::{self, space, tokens};
use crate::figure::layout::record::{Line, bars_of, is_by_order};
use crate::figure::layout::{ExplainedPicture, ExplainedRow, Panel};
use crate::figure::{Palette, fonts};
use crate::session::describe;

/// Width of the mark of a column that truly decides the class.
const TRUTH: f32 = 4.0;
/// Height of a line.
const LINE: f32 = 20.0;
/// Distance of two columns.
const GAP: f32 = 2.0;
/// Room of the rank.
const RANK: f32 = 26.0;
/// Room of a bar where there is enough.
const BAR: f32 = 90.0;
/// Room of the score beside it.
const SCORE: f32 = 56.0;
/// Share of the words' room that a name gets at most: names are longer than values.
const NAME: f32 = 0.58;
/// Names that are measured: those of a very wide table are not all looked at in every frame.
const MEASURED: usize = 200;

/// Draws the row of a picture in `area`.
pub fn show(ui: &mut Ui, picture: &ExplainedPicture, (panel, area): (Panel, Rect), name: &str, opacity: f32) {
    let Some(row) = picture.row.as_ref().filter(|_| picture.check().is_ok()) else { return };
    let bars = bars_of(picture);
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(area).layout(Layout::top_down(Align::Min)));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    child.multiply_opacity(opacity);
    let mut spoken = Vec::new();
    child.spacing_mut().item_spacing.y = GAP;
    let bar = if panel == Panel::Input { 0.0 } else { (BAR + SCORE).min(area.width() * 0.4) };
    let name_width = widest(ui, &row.names) + space::S;
    let names_fit = |bar: f32| name_width <= (area.width() - RANK - bar) * NAME;
    let is_all_in_sight = |room: Room| row.names.len() as f32 * (room.height() + GAP) - GAP <= area.height();
    // What names leave belongs to the values.
    let room = Room { bar, name: name_width, is_double: !names_fit(bar), zero: bars.zero() };
    // Where parts are shown and hidden, all columns in sight say more than bars, which stand in the other views too.
    let is_of_parts = matches!(panel, Panel::Selected | Panel::Unselected);
    let room = if is_of_parts && room.is_double && !is_all_in_sight(room) && names_fit(0.0) {
        Room { bar: 0.0, is_double: false, ..room }
    } else {
        room
    };
    let order = order_of(picture, row, panel == Panel::Input || is_all_in_sight(room));
    ScrollArea::vertical().id_salt(name).auto_shrink([false, false]).show_rows(
        &mut child,
        room.height(),
        order.len(),
        |ui, rows| {
            for at in rows {
                let column = order[at];
                let line = row.line(picture, panel, column, bars);
                let selected = if line.rank.is_some() { ", selected" } else { "" };
                let truth = if line.is_true { ", true" } else { "" };
                let rank = row.ranks.get(column).filter(|rank| panel != Panel::Input && **rank != u32::MAX);
                let standing = rank.map_or_else(String::new, |rank| {
                    format!(", rank {}, score {}", rank + 1, describe::score(score_of(picture, column)))
                });
                spoken.push(format!("{} {}{selected}{truth}{standing}", line.name, line.value));
                one(ui, picture, panel, &line, room);
            }
        },
    );
    let spoken = format!("{name}: {}", spoken.join("; "));
    let response = ui.interact(area, ui.scope_id().with(name), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

/// Columns as they are listed: their own order where all are in sight, else those that are selected first, by rank.
fn order_of(picture: &ExplainedPicture, row: &ExplainedRow, is_their_own: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..row.names.len()).collect();
    if !is_their_own {
        let is_selected = |column: usize| picture.selected.get(column) == Some(&true);
        let rank = |column: usize| row.ranks.get(column).copied().unwrap_or(u32::MAX);
        order.sort_by_key(|&column| if is_selected(column) { rank(column) } else { u32::MAX });
    }
    order
}

fn score_of(picture: &ExplainedPicture, column: usize) -> f32 {
    picture.scores.get(column).copied().unwrap_or(0.0)
}

/// What all lines of a panel share.
#[derive(Clone, Copy)]
struct Room {
    /// Width of a bar with its score; nothing where none is drawn.
    bar: f32,
    /// Width of a name beside its value.
    name: f32,
    /// Where bars to both sides begin, as a share of their room.
    zero: Option<f32>,
    /// Whether a name has a line to itself, with its value and bar below: beside them it would be cut.
    is_double: bool,
}

impl Room {
    fn height(self) -> f32 {
        if self.is_double { 2.0 * LINE } else { LINE }
    }
}

/// Width of words on one line.
fn wide(ui: &Ui, words: &str) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    ui.painter().layout_no_wrap(words.to_owned(), font, theme::UNTINTED).size().x
}

/// Width of the widest of the names that are measured.
fn widest(ui: &Ui, names: &[String]) -> f32 {
    names.iter().take(MEASURED).map(|name| wide(ui, name)).fold(0.0, f32::max)
}

/// Rank, name, value and bar of a column.
fn one(ui: &mut Ui, picture: &ExplainedPicture, panel: Panel, line: &Line<'_>, room: Room) {
    let t = tokens(ui);
    let is_marked = panel != Panel::Input;
    let rank = line.rank.filter(|_| is_marked);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), room.height()), egui::Sense::hover());
    if rank.is_some() && panel == Panel::Overlay {
        ui.painter().rect_filled(row, 2.0, t.selected.gamma_multiply(0.16));
    }
    if line.is_true && is_marked {
        let mark = row.with_max_x(row.left() + TRUTH).shrink2(vec2(0.0, 2.0));
        ui.painter().rect_filled(mark, 1.0, theme::color(Palette::of(picture.theme).annotation));
    }
    // The same places in every row, whatever stands in them.
    let (mark_at, rest) = row.split_left_right_at_x(row.left() + RANK);
    let (name_at, value_at, bar_at) = if room.is_double {
        let (name_at, below) = rest.split_top_bottom_at_fraction(0.5);
        let (value_at, bar_at) = below.split_left_right_at_x(row.right() - room.bar);
        (name_at, value_at, bar_at)
    } else {
        let (words, bar_at) = rest.split_left_right_at_x(row.right() - room.bar);
        let (name_at, value_at) = words.split_left_right_at_x(words.left() + room.name);
        (name_at, value_at, bar_at)
    };
    let ink = if line.is_shown { t.text } else { t.muted };
    // What the panel hides has neither the ink nor the colour of what it shows.
    let strong = |words: RichText, is_strong: bool| if is_strong && line.is_shown { words.strong() } else { words };
    let mark = rank.map_or_else(String::new, |rank| rank.to_string());
    ui.put(mark_at, Label::new(strong(RichText::new(mark), true).color(ink)));
    let title = strong(RichText::new(line.name), rank.is_some()).color(ink);
    cell(ui, ("name", line.column), name_at, Label::new(title).truncate());
    // Both ends tell something: "missing" is told from "hidden" by the first, and the last is the number.
    let width = (value_at.width() - space::S).max(0.0);
    let value = fonts::cut_in_middle(&line.value, |words| wide(ui, words) <= width);
    let is_cut = value != line.value;
    let response = cell(ui, ("value", line.column), value_at, Label::new(RichText::new(value).color(ink)).truncate());
    if is_cut {
        response.on_hover_text(line.value.as_str());
    }
    if is_marked && room.bar > 0.0 {
        bar(ui, picture, line, (bar_at, room.zero));
    }
}

fn cell(ui: &mut Ui, id: (&str, usize), area: Rect, label: Label) -> Response {
    let area = area.with_max_x(area.right() - space::S);
    let layout = Layout::left_to_right(Align::Center);
    ui.new_child(UiBuilder::new().id_salt(id).max_rect(area).layout(layout)).add(label)
}

/// A score as a bar, in the colour that the legend names, and as a number beside it.
fn bar(ui: &mut Ui, picture: &ExplainedPicture, line: &Line<'_>, (whole, zero): (Rect, Option<f32>)) {
    let score = score_of(picture, line.column);
    let response = ui.interact(whole, ui.scope_id().with(("bar", line.column)), egui::Sense::hover());
    let t = theme::tokens(ui);
    let (rect, number) = whole.split_left_right_at_x(whole.right() - SCORE.min(whole.width()));
    let (from, to) = line.bar;
    let (left, right) = (rect.left() + rect.width() * from, rect.left() + rect.width() * to);
    let bar = Rect::from_x_y_ranges(left..=right.max(left + 1.0), rect.top() + 5.0..=rect.bottom() - 5.0);
    let color = match (line.is_shown, line.rank) {
        (false, _) => theme::color(Palette::of(picture.theme).hairline),
        (true, Some(_)) => t.selected,
        (true, None) => t.unselected,
    };
    ui.painter().rect_filled(bar, 1.0, color);
    if let Some(zero) = zero {
        let x = rect.left() + rect.width() * zero;
        ui.painter().vline(x, rect.top() + 3.0..=rect.bottom() - 3.0, Stroke::new(1.0, t.muted));
    }
    let font = egui::TextStyle::Small.resolve(ui.style());
    let end = number.right_center() - vec2(space::XS, 0.0);
    ui.painter().text(end, Align2::RIGHT_CENTER, describe::score(score), font, t.muted);
    let number = crate::data::table::number(f64::from(score));
    let by_order = if is_by_order(picture) { "\nOnly the order of this method's scores counts" } else { "" };
    response.on_hover_text(format!("score {number}{by_order}"));
}

#[cfg(test)]
mod tests {
    use super::order_of;
    use crate::figure::layout::{ExplainedPicture, ExplainedRow};

    #[test]
    fn selected_columns_come_first_where_not_all_are_in_sight() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let row = ExplainedRow { names, ranks: vec![2, 1, 3, 0], ..ExplainedRow::default() };
        let picture = ExplainedPicture { selected: vec![false, true, false, true], ..ExplainedPicture::default() };
        assert_eq!(order_of(&picture, &row, false), [3, 1, 0, 2]);
        assert_eq!(order_of(&picture, &row, true), [0, 1, 2, 3]);
    }
}
