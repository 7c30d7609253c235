//! The map of a series: time steps (down) by channels (across), with numbers on both axes, zoom, and what stands in the cell under the pointer.

use egui::{
    Align2, Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::super::figure_view;
use super::super::theme::{self, tokens};
use super::canvas::Zoom;
use super::series::{AXIS_WIDTH, NAME, Page, standing};
use crate::data::table::number;
use crate::figure::fonts;
use crate::figure::layout::series::{
    ExplainedSeries, Group, OWN_SCALES, groups, has_own_colors, highest_groups, map_marks, named_columns,
};
use crate::figure::layout::{ExplainedPicture, Panel};
use crate::session::Command;

/// Highest row.
const MOST_ROW: f32 = 90.0;
/// Height of the bars of groups over it.
const GROUPS: f32 = 26.0;
/// In so much room the name of a channel is cut in its middle; in less it has to fit.
const NAMED: f32 = 56.0;
/// Length of the arrow beside the steps.
const ARROW: f32 = 30.0;
/// Least distance of two numbers of an axis.
const APART: Vec2 = vec2(34.0, 18.0);

/// Draws the map into `area` at `zoom`; gives where the pointer leads the zoom, and words on the cell under it.
pub fn show(
    ui: &mut Ui,
    area: Rect,
    page: &Page<'_>,
    series: &ExplainedSeries,
    mut zoom: Zoom,
    commands: &mut Vec<Command>,
) -> (Zoom, Option<String>) {
    let t = tokens(ui);
    let (steps, channels) = (series.steps, series.channels());
    let response = ui.interact(area, ui.scope_id().with(("series map", page.at)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, page.name));
    let groups = if page.panel == Panel::Input { Vec::new() } else { groups(page.picture, series) };
    let font = egui::TextStyle::Small.resolve(ui.style());
    // As many lines as its words need.
    let caption = (!groups.is_empty()).then(|| {
        let width = (area.width() - AXIS_WIDTH).max(1.0);
        ui.painter().layout(highest_groups(&groups), font.clone(), t.muted, width)
    });
    // Without bars, room for the title of the steps over their first number.
    let over = caption.as_ref().map_or(1.5 * NAME, |caption| GROUPS + caption.size().y.max(NAME) + 2.0);
    // Under it the numbers of channels, their title and a line of words.
    let room = Rect::from_min_max(area.min + vec2(AXIS_WIDTH, over), area.max - vec2(0.0, 3.0 * NAME + 3.0));
    let height = room.height().clamp(1.0, MOST_ROW * steps as f32);
    let frame = Rect::from_min_size(room.min, vec2(room.width(), height));
    let shown = frame.size() * zoom.factor;
    let cells = Rect::from_center_size(frame.center() + (vec2(0.5, 0.5) - zoom.center) * shown, shown);
    let cell = vec2(cells.width() / channels as f32, cells.height() / steps as f32);
    let inside = ui.painter_at(frame);
    if let Some(texture) = page.texture {
        let tint = theme::UNTINTED.gamma_multiply(page.opacity);
        inside.image(texture, cells, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), tint);
    }
    let painter = ui.painter_at(area);
    painter.rect_stroke(frame, 0.0, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let whole = crate::figure::rect(cells.left(), cells.top(), cells.width(), cells.height());
    if page.opacity >= 1.0 {
        // Over the edge, or those of its cells would lose their outer sides.
        let marks = map_marks(page.picture, series, page.panel, whole);
        figure_view::paint_marks(&ui.painter_at(frame.expand(2.0)), &marks);
    }
    let mark = |at, align, words: String| painter.text(at, align, words, font.clone(), t.muted);
    let seen = |from: f32, to: f32, start: f32, each: f32, n: usize| {
        let first = (((from - start) / each).floor().max(0.0) as usize).min(n - 1);
        (first, (((to - start) / each).ceil().max(1.0) as usize).clamp(first + 1, n))
    };
    let (first, end) = seen(frame.top(), frame.bottom(), cells.top(), cell.y, steps);
    for step in numbers(first, end, (frame.height() / APART.y) as usize) {
        let y = cells.top() + (step as f32 + 0.5) * cell.y;
        if frame.y_range().contains(y) {
            painter.hline(frame.left() - 4.0..=frame.left(), y, Stroke::new(1.0, t.line));
            mark(pos2(frame.left() - 6.0, y), Align2::RIGHT_CENTER, step.to_string());
        }
    }
    let (first, end) = seen(frame.left(), frame.right(), cells.left(), cell.x, channels);
    let width = |words: &str| painter.layout_no_wrap(words.to_owned(), font.clone(), t.muted).size().x;
    let named = named_columns(&series.names, first..end, (cell.x, NAMED), &width);
    let labelled: Vec<usize> = match named {
        Some(named) => (first.next_multiple_of(named.by)..end).step_by(named.by).collect(),
        None => numbers(first, end, (frame.width() / APART.x) as usize).collect(),
    };
    for channel in labelled {
        let x = cells.left() + (channel as f32 + 0.5) * cell.x;
        if frame.x_range().contains(x) {
            painter.vline(x, frame.bottom()..=frame.bottom() + 4.0, Stroke::new(1.0, t.line));
            let words = match named {
                Some(named) => {
                    // Nothing is drawn beyond the panel.
                    let room = named.room.min(2.0 * (area.right() - x));
                    fonts::cut_in_middle(&series.names[channel], |words| width(words) <= room)
                }
                None => channel.to_string(),
            };
            mark(pos2(x, frame.bottom() + 3.0), Align2::CENTER_TOP, words);
        }
    }
    let (from, to) = (&series.names[0], &series.names[channels - 1]);
    let line = |words: String| painter.layout_no_wrap(words, font.clone(), t.muted);
    let size = format!("{steps} time steps (down) by {channels} channels");
    let is_own = page.panel != Panel::Heat && has_own_colors(series);
    let [long, short] = match is_own {
        true => [format!("{size}; {OWN_SCALES}"), OWN_SCALES.to_owned()],
        false => [format!("{size}: {from} … {to}"), size],
    };
    let long = line(long);
    let below = if long.size().x <= frame.width() { long } else { line(short) };
    painter.galley(frame.left_bottom() + vec2(0.0, 2.0 * NAME + 3.0), below, t.muted);
    mark(frame.center_bottom() + vec2(0.0, NAME + 3.0), Align2::CENTER_TOP, "channel".to_owned());
    mark(pos2(frame.left() - 6.0, frame.top() - NAME / 2.0), Align2::RIGHT_BOTTOM, "step".to_owned());
    // Time runs down, where curves run to the right.
    let arrow = vec2(0.0, ARROW.min(frame.height() - 8.0));
    if arrow.y > 0.0 {
        painter.arrow(pos2(area.left() + 6.0, frame.top() + 4.0), arrow, Stroke::new(1.5, t.muted));
    }
    if let Some(caption) = caption {
        painter.galley(pos2(frame.left(), area.top()), caption, t.muted);
        let over = ui.painter_at(Rect::from_min_max(pos2(frame.left(), area.top()), frame.right_top()));
        for group in &groups {
            let left = cells.left() + cell.x * group.channels.start as f32;
            let right = (cells.left() + cell.x * group.channels.end as f32 - 1.0).max(left + 0.5);
            let bar = |height: f32| Rect::from_min_max(pos2(left, frame.top() - height), pos2(right, frame.top()));
            over.rect_filled(bar(GROUPS), 0.0, t.line.gamma_multiply(page.opacity));
            over.rect_filled(bar(GROUPS * group.share), 0.0, t.selected.gamma_multiply(page.opacity));
            // What of it is in sight: those of a magnified map reach beyond its edges.
            let place = bar(GROUPS).intersect(Rect::from_x_y_ranges(frame.x_range(), area.y_range()));
            if place.is_positive() {
                let is_chosen = series.group == Some(group.channels.start);
                commands.extend(chosen(ui, place, page, group, is_chosen));
            }
        }
    }
    zoom.follow(ui, &response, frame, cells);
    let words = told(&response, page.picture, series, frame, (cells, cell));
    (zoom, words.and_then(|words| page.tell(area, &response, words)))
}

/// The bar of a group as a button: curves are drawn of its channels alone.
fn chosen(ui: &Ui, place: Rect, page: &Page<'_>, group: &Group, is_chosen: bool) -> Option<Command> {
    let t = tokens(ui);
    let response = ui.interact(place, ui.scope_id().with(("group", page.at, group.channels.start)), Sense::click());
    let name = format!("Group {}", group.name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &name));
    let frame = |width: f32, color: Color32| {
        ui.painter().rect_stroke(place, 0.0, Stroke::new(width, color), StrokeKind::Inside);
    };
    if response.has_focus() {
        frame(2.0, t.accent);
    } else if is_chosen {
        frame(2.0, t.text);
    } else if response.hovered() {
        frame(1.0, t.text);
    }
    let is_clicked = response.clicked();
    let curves = if is_chosen { "show all channels" } else { "show its channels alone" };
    let share = format!("{}: {:.0} % selected", group.name, group.share * 100.0);
    response.on_hover_text(format!("{share}\nClick, and Stacked and Overlaid {curves}"));
    is_clicked.then_some(Command::ChooseGroup(Some(group.channels.start)))
}

/// The cell under the pointer in words.
fn told(
    response: &Response,
    picture: &ExplainedPicture,
    series: &ExplainedSeries,
    frame: Rect,
    (cells, cell): (Rect, Vec2),
) -> Option<String> {
    let at = response.hover_pos().filter(|at| frame.contains(*at))?;
    let spot = (at - cells.min) / cell;
    let channel = (spot.x.max(0.0) as usize).min(series.channels() - 1);
    let step = (spot.y.max(0.0) as usize).min(series.steps - 1);
    Some(cell_words(picture, series, step, channel))
}

/// Step, channel, value, score and rank of a cell.
fn cell_words(picture: &ExplainedPicture, series: &ExplainedSeries, step: usize, channel: usize) -> String {
    let place = channel * series.steps + step;
    let (plain, name) = (format!("channel {channel}"), &series.names[channel]);
    let of = if *name == plain { plain } else { format!("{plain} ({name})") };
    if step >= series.own_steps() {
        return format!("step {step}, {of}\nafter the end of this item");
    }
    let value = format!("step {step}, {of}\nvalue {:.3}", series.values[place]);
    if !picture.is_explained() {
        return value;
    }
    let unit = series.unit_of[place] as usize;
    let score = picture.scores.get(unit).copied().unwrap_or(0.0);
    // As methods rank: higher scores first, equal ones by position.
    let is_before = |(at, other): (usize, &f32)| *other > score || (*other == score && at < unit);
    let rank = 1 + picture.scores.iter().enumerate().filter(|other| is_before(*other)).count();
    format!(
        "{value}\nscore {}, rank {rank} of {}, {}",
        number(f64::from(score)),
        picture.selectable(),
        standing(picture, unit)
    )
}

/// The least of 1, 2 or 5 times a power of ten by which `n` places are counted in at most `most` steps.
pub(super) fn round_by(n: usize, most: usize) -> usize {
    let steps = (0..9).flat_map(|power| [1, 2, 5].map(|by| by * 10_usize.pow(power)));
    steps.into_iter().find(|by| n.div_ceil(*by) <= most.max(1)).unwrap_or(n.max(1))
}

/// Round numbers of `first..end`, at most `most` of them: in steps of 1, 2 or 5 times a power of ten.
fn numbers(first: usize, end: usize, most: usize) -> impl Iterator<Item = usize> {
    let by = round_by(end.saturating_sub(first), most);
    (first.div_ceil(by) * by..end).step_by(by)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_of_an_axis_are_round_and_not_too_many() {
        let of = |first, end, most| numbers(first, end, most).collect::<Vec<_>>();
        assert_eq!(of(0, 3, 10), [0, 1, 2]);
        assert_eq!(of(0, 643, 7), [0, 100, 200, 300, 400, 500, 600]);
        assert_eq!(of(37, 61, 5), [40, 45, 50, 55, 60]);
        assert_eq!(of(0, 40, 1), [0]);
        assert_eq!(of(5, 5, 3), [0_usize; 0]);
    }
}
