//! A time series on screen: its channels over each other with shared zoom and cursor, selected steps shaded, hidden ones with what stands in their
//! place; many channels as a map of steps and channels; two channels also as a path in the plane.

use egui::{Color32, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role, pos2, vec2};
use egui_plot::{Line, Plot, PlotPoints, Polygon};

use super::super::theme::{space, tokens};
use crate::data::Dataset;
use crate::figure::layout::Panel;
use crate::jobs::{Explained, MethodResult};

/// More channels than this are drawn as a map.
const MOST_LINES: usize = 6;
/// Height from which a path stands below the lines of two channels.
const PATH_FROM: f32 = 340.0;
/// Room for the numbers of the y axis.
const AXIS_WIDTH: f32 = 44.0;

/// One panel of a method's result.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The item and what hidden places become.
    pub explained: &'a Explained,
    /// Scores.
    pub result: &'a MethodResult,
    /// How many units are selected.
    pub k: usize,
    /// What is shown.
    pub panel: Panel,
    /// Column and panel within it.
    pub at: (usize, usize),
    /// For screen readers.
    pub name: &'a str,
    /// How strongly it is drawn.
    pub opacity: f32,
}

impl Page<'_> {
    /// Whether each value of the row is selected, channel by channel.
    fn selected(&self) -> Vec<bool> {
        let unit_of = self.explained.units.unit_of_values();
        unit_of.iter().map(|&unit| self.result.is_selected(unit as usize, self.k)).collect()
    }
}

/// Draws a panel into `area`.
pub fn show(ui: &mut Ui, area: Rect, page: &Page<'_>) {
    let shape = page.explained.units.shape;
    if page.explained.row.len() != shape.len() {
        return;
    }
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("series", page.at)).max_rect(area));
    inner.set_clip_rect(area.intersect(ui.clip_rect()));
    inner.multiply_opacity(page.opacity);
    let selected = page.selected();
    if shape.channels > MOST_LINES {
        map(&mut inner, area, page, &selected);
        return;
    }
    let has_path = shape.channels == 2 && area.height() >= PATH_FROM && page.panel != Panel::Heat;
    let lines_height = if has_path { area.height() * 0.55 } else { area.height() };
    let each = (lines_height - space::XS * (shape.channels as f32 - 1.0)) / shape.channels as f32;
    for channel in 0..shape.channels {
        let top = area.top() + (each + space::XS) * channel as f32;
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), each));
        one_channel(&mut inner, rect, page, &selected, channel);
    }
    if has_path {
        let rect = Rect::from_min_max(pos2(area.left(), area.top() + lines_height + space::S), area.max);
        path(&mut inner, rect, page, &selected);
    }
    let name = ui.interact(area, ui.scope_id().with(("series name", page.at)), Sense::hover());
    name.widget_info(|| WidgetInfo::labeled(Role::Image, true, page.name));
}

/// Runs of equal values: start, end (past the last) and the value.
fn runs(values: &[bool]) -> Vec<(usize, usize, bool)> {
    let mut out: Vec<(usize, usize, bool)> = Vec::new();
    for (at, &value) in values.iter().enumerate() {
        match out.last_mut() {
            Some((_, end, known)) if *known == value => *end = at + 1,
            _ => out.push((at, at + 1, value)),
        }
    }
    out
}

/// One channel over time.
fn one_channel(ui: &mut Ui, rect: Rect, page: &Page<'_>, selected: &[bool], channel: usize) {
    let t = tokens(ui);
    let steps = page.explained.units.shape.width;
    let range = channel * steps..(channel + 1) * steps;
    let row = &page.explained.row[range.clone()];
    let fill = page.explained.fill_row.get(range.clone()).unwrap_or(row);
    let selected = &selected[range.clone()];
    let (low, high) = row.iter().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
    let margin = ((high - low) * 0.05).max(1e-3);
    let (low, high) = (f64::from(low - margin), f64::from(high + margin));
    let points = |values: &[f32], start: usize| -> PlotPoints<'static> {
        values.iter().enumerate().map(|(at, value)| [(start + at) as f64, f64::from(*value)]).collect::<Vec<_>>().into()
    };
    let shade = |start: usize, end: usize| -> PlotPoints<'static> {
        let (from, to) = (start as f64 - 0.5, end as f64 - 0.5);
        vec![[from, low], [to, low], [to, high], [from, high]].into()
    };
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("channel", page.at, channel)).max_rect(rect));
    Plot::new(("series plot", page.at, channel))
        .width(rect.width())
        .height(rect.height())
        .link_axis(egui::Id::unique("series steps"), [true, false])
        .link_cursor(egui::Id::unique("series steps"), [true, false])
        .allow_scroll(false)
        // Channels begin at the same place, whatever their numbers' lengths.
        .y_axis_min_width(AXIS_WIDTH)
        .show_axes([channel + 1 == page.explained.units.shape.channels, true])
        .show(&mut inner, |plot| {
            let runs = runs(selected);
            match page.panel {
                Panel::Input => plot.line(Line::new("value", points(row, 0)).color(t.full).width(1.5)),
                Panel::Overlay => {
                    for &(start, end, _) in runs.iter().filter(|run| run.2) {
                        let shaded = Polygon::new("selected", shade(start, end));
                        plot.polygon(shaded.fill_color(t.selected.gamma_multiply(0.45)).stroke(Stroke::NONE));
                    }
                    plot.line(Line::new("value", points(row, 0)).color(t.full).width(1.5));
                }
                Panel::Selected | Panel::Unselected => {
                    let is_kept = |run: &(usize, usize, bool)| run.2 == (page.panel == Panel::Selected);
                    let color = if page.panel == Panel::Selected { t.selected } else { t.unselected };
                    // What the model gets at hidden steps.
                    for &(start, end, _) in runs.iter().filter(|run| !is_kept(run)) {
                        plot.line(Line::new("fill", points(&fill[start..end], start)).color(t.muted).width(0.7));
                    }
                    for &(start, end, _) in runs.iter().filter(|run| is_kept(run)) {
                        // A single step would be a line without length.
                        let line = match end - start {
                            1 => vec![
                                [start as f64 - 0.4, f64::from(row[start])],
                                [start as f64 + 0.4, f64::from(row[start])],
                            ]
                            .into(),
                            _ => points(&row[start..end], start),
                        };
                        plot.line(Line::new("value", line).color(color).width(2.5));
                    }
                }
                Panel::Heat => {
                    let unit_of = page.explained.units.unit_of_values();
                    let scores: Vec<f32> = unit_of[range]
                        .iter()
                        .map(|&unit| page.result.scores.get(unit as usize).copied().unwrap_or(0.0))
                        .map(|score| if score.is_finite() { score } else { 0.0 })
                        .collect();
                    plot.line(Line::new("score", points(&scores, 0)).color(t.selected).width(1.5));
                }
            }
        });
}

/// Steps (down) by channels (across): what is selected in the colour of S, all else by its size.
fn map(ui: &mut Ui, area: Rect, page: &Page<'_>, selected: &[bool]) {
    let t = tokens(ui);
    let shape = page.explained.units.shape;
    let row = &page.explained.row;
    let most = row.iter().fold(1e-6_f32, |most, value| most.max(value.abs()));
    let response = ui.interact(area, ui.scope_id().with(("series map", page.at)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, page.name));
    let painter = ui.painter_at(area);
    let cell = vec2(area.width() / shape.channels as f32, (area.height() / shape.width as f32).min(90.0));
    let place_of = |channel: usize, step: usize| channel * shape.width + step;
    for step in 0..shape.width {
        for channel in 0..shape.channels {
            let place = place_of(channel, step);
            let strength = (row[place].abs() / most).sqrt();
            let grey = t.muted.gamma_multiply(0.15 + 0.75 * strength);
            let color = match (page.panel, selected[place]) {
                (Panel::Overlay | Panel::Selected | Panel::Heat, true) => t.selected,
                (Panel::Unselected, false) => t.unselected,
                (Panel::Overlay | Panel::Input, _) => grey,
                _ => Color32::TRANSPARENT,
            };
            let min = area.min + vec2(cell.x * channel as f32, cell.y * step as f32);
            painter.rect_filled(Rect::from_min_size(min, cell - vec2(0.0, 1.0)), 0.0, color);
        }
    }
    let whole = Rect::from_min_size(area.min, vec2(area.width(), cell.y * shape.width as f32));
    painter.rect_stroke(whole, 0.0, Stroke::new(1.0, t.line), StrokeKind::Inside);
    if let Some(at) = response.hover_pos().filter(|at| whole.contains(*at)) {
        let channel = (((at.x - area.left()) / cell.x) as usize).min(shape.channels - 1);
        let step = (((at.y - area.top()) / cell.y) as usize).min(shape.width - 1);
        let place = place_of(channel, step);
        let what = if selected[place] { "selected" } else { "not selected" };
        response.on_hover_text(format!("Step {step}, channel {channel}: {:.3}, {what}", row[place]));
    }
}

/// Two channels taken for velocities: the path that they lead along, selected steps marked.
fn path(ui: &mut Ui, rect: Rect, page: &Page<'_>, selected: &[bool]) {
    let t = tokens(ui);
    let steps = page.explained.units.shape.width;
    let row = &page.explained.row;
    let mut at = [0.0_f64; 2];
    let mut points = vec![at];
    for step in 0..steps {
        // The y axis of a screen points down.
        at = [at[0] + f64::from(row[step]), at[1] - f64::from(row[steps + step])];
        points.push(at);
    }
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("path", page.at)).max_rect(rect));
    Plot::new(("series path", page.at))
        .width(rect.width())
        .height(rect.height())
        .data_aspect(1.0)
        .allow_scroll(false)
        .show_axes([false, false])
        .show(&mut inner, |plot| {
            plot.line(Line::new("path", points.clone()).color(t.full).width(1.0));
            let is_marked = |step: usize| match page.panel {
                Panel::Input => false,
                Panel::Unselected => !selected[step] && !selected[steps + step],
                _ => selected[step] || selected[steps + step],
            };
            let color = if page.panel == Panel::Unselected { t.unselected } else { t.selected };
            let marked: Vec<bool> = (0..steps).map(is_marked).collect();
            for (start, end, _) in runs(&marked).into_iter().filter(|run| run.2) {
                plot.line(Line::new("selected", points[start..=end].to_vec()).color(color).width(4.0));
            }
        });
}

/// A small picture of a series for lists: its first channels over each other.
pub fn sparkline(ui: &Ui, rect: Rect, data: &Dataset, item: usize) {
    let crate::data::Items::Series(series) = &data.items else { return };
    let t = tokens(ui);
    let values = series.get(item);
    let steps = series.shape.width;
    let shown = series.shape.channels.min(2);
    let each = rect.height() / shown as f32;
    for channel in 0..shown {
        let values = &values[channel * steps..(channel + 1) * steps];
        let (low, high) =
            values.iter().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        let span = (high - low).max(1e-6);
        let n = steps.min(64);
        let point = |at: usize| {
            let step = at * steps / n.max(1);
            let x = rect.left() + 2.0 + (rect.width() - 4.0) * at as f32 / (n.max(2) - 1) as f32;
            let share = (values[step.min(steps - 1)] - low) / span;
            pos2(x, rect.top() + each * (channel as f32 + 1.0) - 2.0 - (each - 4.0) * share)
        };
        ui.painter_at(rect).add(egui::Shape::line((0..n).map(point).collect(), Stroke::new(1.0, t.text)));
    }
}
