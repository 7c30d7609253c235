//! The table of units by class: cells in the colours of their scores. Heads and words stay in sight while the table is scrolled in either direction, and
//! only rows in sight are made.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, Button, FontId, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, style::ScrollAnimation, vec2,
};
use egui_material_icons::icons;

use super::super::chrome::shorten;
use super::super::theme::{self, space, text, tokens};
use super::canvas::Canvas;
use super::classes::{CELL, Focused, LEAST_DIGITS, Sort, WORD, current_contrast, point, range_of, unit_names};
use crate::explain::mask::top_k;
use crate::figure::Palette;
use crate::figure::layout::text::readable_on;
use crate::jobs::Lens;
use crate::session::reading::Action;
use crate::session::{Command, Session, describe};

/// Height of a row.
const ROW: f32 = 22.0;
/// Distance of two rows.
const GAP: f32 = 2.0;
/// Height of the heads.
const HEAD: f32 = 28.0;
/// Most room for words.
const MOST_WORD: f32 = 220.0;

/// The table of the method in focus.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    canvas: &mut Canvas,
    (explained, result, by_class): Focused<'_>,
    commands: &mut Vec<Command>,
) {
    let contrast = current_contrast(session, result);
    // As the text shows it: with a class in focus, that class's words.
    let seen = session.seen(result);
    let mut state = std::mem::take(&mut canvas.classes);
    if contrast.is_none() && state.sort == Sort::Contrast {
        state.sort = Sort::Rank;
    }
    if state.is_new(explained, (state.sort, contrast, session.explore.focus)) {
        let scores = match (state.sort, contrast) {
            (Sort::Class(class), _) => result.scores_through(Lens::Class(class)),
            (Sort::Contrast, Some((a, b))) => result.scores_through(Lens::Contrast(a, b)),
            _ => None,
        };
        state.order = top_k(scores.as_ref().unwrap_or(&result.scores), result.scores.len());
        state.range = None;
    }
    let (scale, range) = *state.range.get_or_insert_with(|| range_of(result, by_class));
    let digits = describe::digits(&by_class.scores, LEAST_DIGITS);
    let (head, names) = unit_names(canvas, session.explore.focus);
    let reading = &session.explore.reading;
    let (t, palette) = (tokens(ui), Palette::of(theme::figure_theme(ui)));
    let mut found = None;
    // What the heads say and sort by, from left to right.
    let mut heads: Vec<(String, Sort, &str)> = (0..by_class.classes)
        .map(|class| (session.class_name(class), Sort::Class(class), "Sort and colour by this class"))
        .collect();
    if let Some((a, b)) = contrast {
        let name = format!("{} \u{2212} {}", session.class_name(a), session.class_name(b));
        heads.push((name, Sort::Contrast, "Sort by the difference"));
    }
    let cells_width = CELL * heads.len() as f32;
    let for_words = ui.available_width() - ui.spacing().scroll.allocated_width() - cells_width;
    let word_width = for_words.clamp(WORD, MOST_WORD);
    let step = ROW + GAP;
    let size = vec2(word_width + cells_width, HEAD + step * state.order.len() as f32);
    let area = ScrollArea::both().id_salt("class table").auto_shrink([false, false]).min_scrolled_height(HEAD + ROW);
    area.show(ui, |ui| {
        let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
        let in_sight = ui.clip_rect();
        let (head_row, body) = in_sight.split_top_bottom_at_y(in_sight.top() + HEAD);
        let words_end = in_sight.left() + word_width;
        let first = ((in_sight.top() - whole.top()) / step).max(0.0) as usize;
        let end = ((in_sight.bottom() - whole.top() - HEAD) / step).ceil().max(0.0) as usize;
        for at in first..end.min(state.order.len()) {
            let Some(&unit) = state.order.get(at) else { break };
            let name = names.get(unit).map_or("", String::as_str);
            let top = whole.top() + HEAD + step * at as f32;
            let row = Rect::from_min_size(pos2(in_sight.left(), top), vec2(in_sight.width(), ROW));
            let row_in_sight = row.intersect(body);
            if !row_in_sight.is_positive() {
                continue;
            }
            let mut values: Vec<f32> = (0..by_class.classes).map(|class| by_class.score(unit, class)).collect();
            values.extend(contrast.map(|(a, b)| by_class.score(unit, a) - by_class.score(unit, b)));
            let said: Vec<String> = values.iter().map(|value| describe::signed(*value, digits)).collect();
            let is_chosen = reading.chosen == Some(unit);
            let response = ui.interact(row_in_sight, ui.scope_id().with(("unit", unit)), Sense::click());
            response.widget_info(|| {
                WidgetInfo::selected(Role::Button, true, is_chosen, format!("{name}: {}", said.join(", ")))
            });
            let painter = ui.painter_at(row_in_sight);
            let ink = if is_chosen { t.on_chosen } else { t.text };
            if is_chosen {
                painter.rect_filled(row, 2.0, t.chosen);
            } else if reading.pointed == Some(unit) || response.hovered() {
                painter.rect_filled(row, 2.0, t.hover);
            }
            if response.gained_focus() {
                // With the rows beside it: the next one that the focus goes to is there then.
                let around = Rect::from_min_max(
                    pos2(row.left(), row.top() - step - HEAD),
                    pos2(row.right(), row.bottom() + step),
                );
                ui.scroll_to_rect_animation(around, None, ScrollAnimation::none());
            }
            if response.has_focus() {
                painter.rect_stroke(row, 2.0, Stroke::new(1.5, t.outline), StrokeKind::Inside);
            }
            let mut job = LayoutJob::simple_singleline(shorten(name, 60), FontId::proportional(text::BODY), ink);
            job.wrap = TextWrapping::truncate_at_width(word_width - space::S);
            let galley = painter.layout_job(job);
            let (left, width) = (row.left() + 2.0, galley.size().x);
            painter.galley(pos2(left, row.center().y - galley.size().y / 2.0), galley, ink);
            if seen.is_selected(unit, session.explore.k) {
                painter.hline(left..=left + width, row.bottom() - 2.0, Stroke::new(1.5, t.selected));
            }
            let of_cells = row_in_sight.with_min_x(words_end);
            let painter = ui.painter_at(of_cells);
            for (column, (value, words)) in values.iter().zip(&said).enumerate() {
                let left = whole.left() + word_width + CELL * column as f32;
                let area = Rect::from_min_size(pos2(left, top), vec2(CELL, ROW)).shrink2(vec2(2.0, 0.5));
                let ground = scale.color(palette, range.position(*value));
                painter.rect_filled(area, 0.0, theme::color(ground));
                let font = FontId::proportional(text::SMALL);
                painter.text(area.center(), Align2::CENTER_CENTER, words, font, theme::color(readable_on(ground)));
            }
            if response.hovered() {
                found = Some(unit);
            }
            if response.clicked() {
                commands.push(Command::Reading(Action::Choose((!is_chosen).then_some(unit))));
            }
        }
        let of_words = Rect::from_min_size(head_row.min, vec2(word_width, HEAD));
        let is_by_rank = state.sort == Sort::Rank;
        if head_at(ui, 0, (of_words, head_row), head, is_by_rank, "Sort by the method's own rank") {
            state.sort = Sort::Rank;
        }
        for (column, (name, sort, tip)) in heads.iter().enumerate() {
            let left = whole.left() + word_width + CELL * column as f32;
            let area = Rect::from_min_size(pos2(left, head_row.top()), vec2(CELL, HEAD));
            let seen = head_row.with_min_x(words_end);
            if head_at(ui, column + 1, (area, seen), name, state.sort == *sort, tip) {
                state.sort = *sort;
                if let Sort::Class(class) = *sort
                    && session.explore.class_focus != Some(class)
                {
                    commands.push(Command::FocusClass(Some(class)));
                }
            }
        }
    });
    canvas.classes = state;
    point(canvas, session, found);
}

/// The head of a column at `area`, of which `seen` is in sight; whether it was clicked.
fn head_at(ui: &mut Ui, column: usize, (area, seen): (Rect, Rect), name: &str, is_sorted: bool, tip: &str) -> bool {
    let place = UiBuilder::new().id_salt(("head", column)).max_rect(area.shrink2(vec2(2.0, 0.0)));
    let mut inner = ui.new_child(place.layout(Layout::left_to_right(Align::Center)));
    inner.set_clip_rect(seen.intersect(ui.clip_rect()));
    inner.spacing_mut().button_padding.x = space::XS;
    let t = tokens(ui);
    // An arrow says that there is something to click, and by what the table is sorted.
    let (icon, color) =
        if is_sorted { (icons::ICON_ARROW_DOWNWARD, t.on_chosen) } else { (icons::ICON_UNFOLD_MORE, t.muted) };
    let label = RichText::new(shorten(name, 8)).small().strong();
    let mark = icon.rich_text().size(text::SMALL).color(color);
    let response = inner.add(Button::selectable(is_sorted, (label, mark)).frame_when_inactive(true).truncate());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_sorted, format!("Sort by {name}")));
    response.on_hover_text(format!("{name}. {tip}")).clicked()
}
