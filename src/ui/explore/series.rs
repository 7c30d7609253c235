//! A time series on screen: what its figure shows, with shared zoom and cursor. Which steps are shaded, kept or marked, and every colour, is
//! decided in [`crate::figure::layout::series`].

use egui::epaint::RectShape;
use egui::{
    Align2, Color32, Mesh, Rect, Response, Sense, Shape, Stroke, StrokeKind, TextStyle, TextureId, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, pos2, vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, HLine, Line, LineStyle, Plot, PlotPoints, PlotTransform, PlotUi, Points, Polygon,
};

use super::super::theme::{self, space, tokens};
use super::canvas::Zoom;
use super::series_map::round_by;
use crate::data::Dataset;
use crate::data::series::own_steps;
use crate::data::table::{number, with_minus};
use crate::figure::color::Range as ScoreRange;
use crate::figure::layout::series::{
    ExplainedSeries, Form, LineLook, MOST_DOTS, OWN_SCALES, Shown, ValueAxis, heat_runs, line_look, path_color, runs,
    selected_runs, selected_values, shades, shown, true_points,
};
use crate::figure::layout::{ExplainedPicture, Panel};
use crate::figure::{Color, Palette, fonts};
use crate::session::Command;
use crate::session::describe::signed;

/// Room for the numbers of the y axis.
pub(super) const AXIS_WIDTH: f32 = 44.0;
/// Height of the foot under steps that truly decide the class.
const TRUTH: f32 = 4.0;
/// Room for the name of a channel over its plot.
pub(super) const NAME: f32 = 15.0;
/// Room for the piece of line before the name of a channel.
const SWATCH: f32 = 18.0;
/// Length of a dash.
const DASH: f32 = 10.0;
/// Length of a dash of what lies beyond the axis.
const SHORT_DASH: f32 = 5.0;
/// Width of a line, and of its edge where it runs over colours of scores.
const LINE: f32 = 1.5;
const EDGE: f32 = 4.0;
/// Height of the bar over selected steps that are coloured by their scores.
const TOP: f32 = 3.0;
/// Fewest steps in sight.
const LEAST_SEEN: f64 = 2.0;

/// Height that a number of the axis of values takes, with what keeps it apart from the next.
const NUMBER: f32 = 24.0;

/// One panel of a method's result.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// What is drawn.
    pub picture: &'a ExplainedPicture,
    /// What is shown of it.
    pub panel: Panel,
    /// Column and panel within it.
    pub at: (usize, usize),
    /// For screen readers.
    pub name: &'a str,
    /// How strongly it is drawn.
    pub opacity: f32,
    /// The map of the panel, where it was made.
    pub texture: Option<TextureId>,
    /// Scores that the ends of the colours stand for, where scores are coloured.
    pub heat: Option<ScoreRange>,
    /// Whether what is under the pointer is told elsewhere; else it is told below the panel, since over a curve it would hide it.
    pub is_told: bool,
}

impl Page<'_> {
    /// Words on what is under the pointer in a panel that lies in `whole`: given to who tells them, or told.
    pub(super) fn tell(&self, whole: Rect, response: &Response, words: String) -> Option<String> {
        if self.is_told {
            return Some(words);
        }
        let mut beside = response.clone();
        (beside.rect, beside.interact_rect) = (whole, whole);
        beside.on_hover_ui(|ui| {
            ui.label(words);
        });
        None
    }
}

/// Draws a panel into `area`; gives where the pointer leads the zoom of a map (plots have zooms of their own), and words on what is under the pointer.
pub fn show(
    ui: &mut Ui,
    area: Rect,
    page: &Page<'_>,
    zoom: Zoom,
    commands: &mut Vec<Command>,
) -> (Zoom, Option<String>) {
    let Some(series) = page.picture.series.as_ref().filter(|_| page.picture.check().is_ok()) else {
        return (zoom, None);
    };
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("series", page.at)).max_rect(area));
    // Marks at the edge of a map reach a little beyond it.
    inner.set_clip_rect(area.expand(2.0).intersect(ui.clip_rect()));
    inner.multiply_opacity(page.opacity);
    if series.form == Form::Map {
        return super::series_map::show(&mut inner, area, page, series, zoom, commands);
    }
    // Half of the number under the last step stands beyond its plot, in the margin.
    inner.set_clip_rect(area.expand2(vec2(space::M, 2.0)).intersect(ui.clip_rect()));
    let (whole, Shown { channels: all, part }) = (area, shown(page.picture, series));
    let area = part.map_or(whole, |part| below_words(&mut inner, whole, page, &part));
    let is_own = series.has_own_scales(&all);
    let area = if is_own { below_words(&mut inner, area, page, OWN_SCALES) } else { area };
    let lines_height = if series.form == Form::Path { area.height() * 0.5 } else { area.height() };
    let axis_name = pos2(area.left() + (area.width() + AXIS_WIDTH) / 2.0, area.top() + lines_height);
    let muted = tokens(ui).muted.gamma_multiply(page.opacity);
    inner.painter().text(axis_name, Align2::CENTER_BOTTOM, "time step", TextStyle::Small.resolve(ui.style()), muted);
    let mut pointed: Option<(Response, String)> = None;
    match series.form {
        Form::Map => {}
        Form::Overlaid => {
            let top = line_names(&inner, area, page, series, &all);
            let plot = Rect::from_min_max(pos2(area.left(), top), area.max - vec2(0.0, NAME));
            pointed = channels_over_time(&mut inner, plot, page, series, (&all, &all));
        }
        Form::Stacked | Form::Path => {
            // The numbers under the last plot take none of its height.
            let axis = axis_height(ui);
            let n = all.len() as f32;
            let each = ((lines_height - axis - NAME - space::XS * (n - 1.0)) / n).max(NAME + 1.0);
            for (at, channel) in all.iter().enumerate() {
                let top = area.top() + (each + space::XS) * at as f32;
                let height = if at + 1 == all.len() { each + axis } else { each };
                let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
                let plot = Rect::from_min_max(rect.min + vec2(0.0, NAME), rect.max);
                let at = pos2(rect.left() + AXIS_WIDTH, rect.top());
                let font = TextStyle::Small.resolve(ui.style());
                let values = ValueAxis::of(series, std::slice::from_ref(channel));
                let name = if values.ticks(each - NAME, NUMBER).is_empty() {
                    let name = series.name_with_range(*channel);
                    let place = Rect::from_min_size(at, vec2(rect.right() - at.x, NAME));
                    let id = inner.scope_id().with(("channel", page.at, *channel));
                    let response = inner.interact(place, id, Sense::hover());
                    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
                    name
                } else {
                    series.names[*channel].clone()
                };
                inner.painter().text(at, Align2::LEFT_TOP, name, font, muted);
                let of = (std::slice::from_ref(channel), all.as_slice());
                pointed = channels_over_time(&mut inner, plot, page, series, of).or(pointed);
            }
        }
    }
    if series.form == Form::Path {
        let rect = Rect::from_min_max(pos2(area.left(), area.top() + lines_height + space::S), area.max);
        path(&mut inner, rect, page, series);
    }
    let name = ui.interact(whole, ui.scope_id().with(("series name", page.at)), Sense::hover());
    name.widget_info(|| WidgetInfo::labeled(Role::Image, true, page.name));
    (zoom, pointed.and_then(|(response, words)| page.tell(whole, &response, words)))
}

/// Says which part of the channels is drawn, or on which scales; gives what is left of `area` for them.
fn below_words(ui: &mut Ui, area: Rect, page: &Page<'_>, part: &str) -> Rect {
    let ink = tokens(ui).muted.gamma_multiply(page.opacity);
    let font = TextStyle::Small.resolve(ui.style());
    let words = ui.painter().layout(part.to_owned(), font, ink, (area.width() - AXIS_WIDTH).max(1.0));
    let line = Rect::from_min_size(area.min, vec2(area.width(), words.size().y.max(NAME)));
    ui.painter().galley(line.min + vec2(AXIS_WIDTH, 0.0), words, ink);
    let response = ui.interact(line, ui.scope_id().with(("series part", page.at, part)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, part));
    Rect::from_min_max(pos2(area.left(), line.bottom()), area.max)
}

/// Which line is which channel, at the top of `area`, on as many lines as that takes; gives where they end. A name that is wider than a line is cut in its
/// middle: those that begin alike differ at their ends.
fn line_names(ui: &Ui, area: Rect, page: &Page<'_>, series: &ExplainedSeries, channels: &[usize]) -> f32 {
    let palette = Palette::of(page.picture.theme);
    let font = TextStyle::Small.resolve(ui.style());
    let (left, ink) = (area.left() + AXIS_WIDTH, tokens(ui).text);
    let line = |words: &str| ui.painter().layout_no_wrap(words.to_owned(), font.clone(), ink);
    let room = (area.right() - left - SWATCH).max(0.0);
    let (mut x, mut top) = (left, area.top());
    // Values that the axis does not tell stand beside the names.
    let is_own = series.has_own_scales(channels);
    for (at, &channel) in channels.iter().enumerate() {
        let name = if is_own { series.name_with_range(channel) } else { series.names[channel].clone() };
        let name = line(&fonts::cut_in_middle(&name, |words| line(words).size().x <= room));
        if x > left && x + SWATCH + name.size().x > area.right() {
            (x, top) = (left, top + NAME);
        }
        let look = line_look(palette, page.panel, at, channels.len());
        let stroke = Stroke::new(2.0, theme::color(look.color));
        let ends = [pos2(x, top + NAME / 2.0), pos2(x + SWATCH - 4.0, top + NAME / 2.0)];
        if look.is_dashed {
            ui.painter().extend(Shape::dashed_line(&ends, stroke, DASH * 0.5, DASH * 0.3));
        } else {
            ui.painter().line_segment(ends, stroke);
        }
        let next = x + SWATCH + name.size().x + space::M;
        ui.painter().galley(pos2(x + SWATCH, top), name, ink);
        x = next;
    }
    top + NAME
}

/// Height of the numbers of steps under a plot.
fn axis_height(ui: &Ui) -> f32 {
    ui.text_style_height(&TextStyle::Body).ceil()
}

/// Most steps that have a number where a plot is so wide: none may run into the next.
fn most_numbered(width: f32, steps: usize) -> usize {
    let digits = steps.saturating_sub(1).max(1).ilog10() + 1;
    ((width / (14.0 + 8.0 * digits as f32)) as usize).max(1)
}

/// The steps in sight that have a number. Plots number powers of ten by themselves, so that a narrow one would have a 0 alone.
fn numbered(seen: &GridInput, steps: usize, most: usize) -> Vec<GridMark> {
    let (from, to) = seen.bounds;
    let by = round_by((to - from).ceil().max(1.0) as usize, most);
    let first = (from.ceil().max(0.0) as usize).div_ceil(by);
    let end = ((to.floor() + 1.0).max(0.0) as usize).min(steps).div_ceil(by);
    (first..end).map(|at| GridMark { value: (at * by) as f64, step_size: by as f64 }).collect()
}

/// The steps in sight, from and to, after scrolling over step `at` magnified them `by`; `None` for all of so many.
fn zoomed((from, to): (f64, f64), at: f64, by: f64, steps: usize) -> Option<(f64, f64)> {
    let (first, last) = (-0.5, steps as f64 - 0.5);
    if !(to > from && (to - from).is_finite()) {
        return None;
    }
    let seen = ((to - from) / by).max(LEAST_SEEN);
    if seen >= last - first {
        return None;
    }
    // The step under the pointer stays under it, as far as the ends allow.
    let share = ((at - from) / (to - from)).clamp(0.0, 1.0);
    let from = (at.clamp(from, to) - share * seen).clamp(first, last - seen);
    Some((from, from + seen))
}

/// Scrolling over a plot zooms along the steps, as it does over a map or a picture.
fn follow_scroll(plot: &mut PlotUi<'_>, steps: usize) {
    let scroll = plot.ctx().input(|input| input.smooth_scroll_delta().y);
    let by = f64::from((scroll / 240.0).exp2());
    if !plot.response().contains_pointer() || (by - 1.0).abs() < 1e-3 {
        return;
    }
    let Some(at) = plot.pointer_coordinate() else { return };
    let bounds = plot.plot_bounds();
    match zoomed((bounds.min()[0], bounds.max()[0]), at.x, by, steps) {
        Some((from, to)) => plot.set_plot_bounds_x(from..=to),
        None => plot.set_auto_bounds(true),
    }
}

/// Points of a stretch of a line at `place` for each value; a single step would be a line without length.
fn stretch(values: &[f32], start: usize, end: usize, place: &dyn Fn(f32) -> f32) -> PlotPoints<'static> {
    let y = |step: usize| f64::from(place(values[step]));
    if end - start == 1 {
        return [-0.4, 0.4].map(|by| [start as f64 + by, y(start)]).to_vec().into();
    }
    (start..end).map(|step| [step as f64, y(step)]).collect::<Vec<_>>().into()
}

/// Channels in one plot: some of all that are drawn. Gives words on the step under the pointer.
fn channels_over_time(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    series: &ExplainedSeries,
    (channels, all): (&[usize], &[usize]),
) -> Option<(Response, String)> {
    let picture = page.picture;
    let first = channels.first().copied().unwrap_or(0);
    let values = ValueAxis::of(series, channels);
    let (low, high) = (f64::from(values.low), f64::from(values.high));
    let is_last = channels.last() == all.last();
    let axis = axis_height(ui);
    let drawn_height = (rect.height() - if is_last { axis } else { 0.0 }).max(1.0);
    let (steps, most) = (series.steps, most_numbered(rect.width() - AXIS_WIDTH, series.steps));
    let own = series.own_steps();
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("channels", page.at, first)).max_rect(rect));
    // Plots number powers of ten by themselves, so that most would have one number. Where there is no room for two, the range stands beside the name.
    let ticks = values.ticks(drawn_height, NUMBER);
    // They stand apart already: none is to be left out as too near.
    let step_size = high - low;
    let marks: Vec<(f64, String)> =
        ticks.into_iter().map(|tick| (low + f64::from(tick.at) * (high - low), tick.label)).collect();
    let y_marks: Vec<GridMark> = marks.iter().map(|(value, _)| GridMark { value: *value, step_size }).collect();
    let y_axis = AxisHints::new_y().label_spacing(1.0..=2.0).formatter(move |mark, _| {
        marks.iter().find(|(value, _)| *value == mark.value).map_or_else(String::new, |(_, label)| label.clone())
    });
    // Under the curves, and only after the plot is it known where its steps lie.
    let heat = page.heat.filter(|_| page.panel == Panel::Heat);
    let under = heat.map(|range| (range, inner.painter().add(Shape::Noop)));
    let plot = Plot::new(("series plot", page.at, first))
        .width(rect.width())
        .height(rect.height())
        .link_axis(egui::Id::unique("series steps"), [true, false])
        .link_cursor(egui::Id::unique("series steps"), [true, false])
        .show_background(under.is_none())
        .allow_scroll(false)
        // Along the steps only: a curve never leaves its frame.
        .allow_zoom([true, false])
        .allow_drag([true, false])
        .include_y(low)
        .include_y(high)
        .include_x(-0.5)
        .include_x(series.steps as f64 - 0.5)
        .set_margin_fraction(vec2(0.0, 0.0))
        .x_grid_spacer(move |seen| numbered(&seen, steps, most))
        .y_grid_spacer(move |_| y_marks.clone())
        // Whatever has a number has it in full ink.
        .custom_x_axes(vec![AxisHints::new_x().min_thickness(axis).label_spacing(18.0..=30.0)])
        .custom_y_axes(vec![y_axis])
        // Channels begin at the same place, whatever their numbers' lengths.
        .y_axis_min_width(AXIS_WIDTH)
        .show_axes([is_last, true])
        .show_grid(false);
    let shown = plot.show(&mut inner, |plot| {
        follow_scroll(plot, steps);
        if page.panel == Panel::Overlay {
            shaded(plot, page, series, channels, (low, high));
        }
        if low < 0.0 && high > 0.0 && !values.is_own() {
            let pale = theme::color(Palette::of(picture.theme).hairline);
            plot.hline(HLine::new("zero", 0.0).color(pale).width(0.7));
        }
        let palette = Palette::of(picture.theme);
        for (at, &channel) in channels.iter().enumerate() {
            one_line(plot, page, series, channel, (&values, at), line_look(palette, page.panel, at, channels.len()));
        }
        if page.panel != Panel::Input {
            let foot = low + (high - low) * f64::from(TRUTH / drawn_height);
            let color = theme::color(Palette::of(picture.theme).annotation);
            for run in channels.iter().flat_map(|channel| series.true_runs(picture, *channel)) {
                let (from, to) = (run.0 as f64 - 0.5, run.1 as f64 - 0.5);
                let corners = vec![[from, low], [to, low], [to, foot], [from, foot]];
                plot.polygon(Polygon::new("truth", corners).fill_color(color).stroke(Stroke::new(1.2, color)));
            }
        }
        plot.pointer_coordinate().map(|at| at.x.round())
    });
    if let Some((range, slot)) = under {
        let frame = *shown.transform.frame();
        let colors = scores_under(ui, page, series, (channels, range), &shown.transform);
        inner.painter().with_clip_rect(frame).set(slot, colors);
    }
    let step = shown.inner.filter(|step| (0.0..own as f64).contains(step))?;
    let is_over = shown.response.contains_pointer();
    is_over.then(|| (shown.response, step_words(page, series, channels, step as usize)))
}

/// Behind curves, the colour of the score of each step, and a bar over the selected ones.
fn scores_under(
    ui: &Ui,
    page: &Page<'_>,
    series: &ExplainedSeries,
    (channels, range): (&[usize], ScoreRange),
    transform: &PlotTransform,
) -> Shape {
    let palette = Palette::of(page.picture.theme);
    let (frame, visuals) = (*transform.frame(), ui.visuals());
    let (ground, line) = (visuals.extreme_bg_color, visuals.widgets.noninteractive.bg_stroke);
    let x = |step: usize| transform.position_from_point_x(step as f64 - 0.5);
    let mut mesh = Mesh::default();
    let mut strip = |(start, end): (usize, usize), bottom: f32, color: Color32| {
        let across = Rect::from_x_y_ranges(x(start)..=x(end), frame.top()..=bottom).intersect(frame);
        if across.is_positive() {
            mesh.add_colored_rect(across, color);
        }
    };
    for (start, end, color) in heat_runs(page.picture, series, channels, range) {
        strip((start, end), frame.bottom(), theme::color(color));
    }
    for run in selected_runs(page.picture, series, channels) {
        // Apart from any colour of a score.
        strip(run, frame.top() + TOP + 1.0, ground);
        strip(run, frame.top() + TOP, theme::color(palette.selected));
    }
    Shape::Vec(vec![Shape::Rect(RectShape::new(frame, 2, ground, line, StrokeKind::Inside)), Shape::mesh(mesh)])
}

/// Whether a unit is selected, and whether it truly decides the class where that is marked.
pub(super) fn standing(picture: &ExplainedPicture, unit: usize) -> String {
    let selected = if picture.selected.get(unit) == Some(&true) { "selected" } else { "not selected" };
    let truth = if picture.is_true(unit) { ", truly decides the class" } else { "" };
    format!("{selected}{truth}")
}

/// What stands at a step: the value of each channel, what the model gets where a panel hides it, the score of its unit, and whether that is selected.
fn step_words(page: &Page<'_>, series: &ExplainedSeries, channels: &[usize], step: usize) -> String {
    let picture = page.picture;
    let mut words = format!("step {step}");
    for &channel in channels.iter().take(MOST_TOLD) {
        let place = channel * series.steps + step;
        words.push_str(&format!("\n{}: {}", series.names[channel], signed(series.values[place], 3)));
        if picture.is_explained() {
            let unit = series.unit_of[place] as usize;
            let is_selected = picture.selected.get(unit) == Some(&true);
            let is_hidden = match page.panel {
                Panel::Selected => !is_selected,
                Panel::Unselected => is_selected,
                Panel::Input | Panel::Overlay | Panel::Heat => false,
            };
            if is_hidden {
                words.push_str(&format!(", hidden: the model gets {}", signed(series.fill[place], 3)));
            }
            let score = with_minus(number(f64::from(picture.scores.get(unit).copied().unwrap_or(0.0))));
            words.push_str(&format!(", score {score}, {}", standing(picture, unit)));
        }
    }
    words
}

/// Most channels whose values are told at the pointer.
const MOST_TOLD: usize = 8;

/// Strips over the selected steps, deeper for higher scores.
fn shaded(
    plot: &mut PlotUi<'_>,
    page: &Page<'_>,
    series: &ExplainedSeries,
    channels: &[usize],
    (low, high): (f64, f64),
) {
    let palette = Palette::of(page.picture.theme);
    let shades = shades(page.picture);
    for &channel in channels {
        let units = series.own(&series.unit_of, channel);
        let of_step: Vec<f32> = units.iter().map(|unit| shades.get(*unit as usize).copied().unwrap_or(0.0)).collect();
        for (start, end, shade) in runs(&of_step).into_iter().filter(|run| run.2 > 0.0) {
            let (from, to) = (start as f64 - 0.5, end as f64 - 0.5);
            let corners = vec![[from, low], [to, low], [to, high], [from, high]];
            let color = theme::color(palette.background.mix(palette.selected, shade));
            plot.polygon(Polygon::new("selected", corners).fill_color(color).stroke(Stroke::new(1.2, color)));
        }
    }
}

/// The line of a channel in its own colour, or what a panel leaves of it. It is number `at` of those on `axis`.
fn one_line(
    plot: &mut PlotUi<'_>,
    page: &Page<'_>,
    series: &ExplainedSeries,
    channel: usize,
    (axis, at): (&ValueAxis, usize),
    look: LineLook,
) {
    let palette = Palette::of(page.picture.theme);
    let name = &series.names[channel];
    let values = series.own(&series.values, channel);
    if values.is_empty() {
        return;
    }
    let place = |value: f32| axis.place(at, value);
    let line = |points: PlotPoints<'static>, color: Color, width: f32| {
        Line::new(name.clone(), points).color(theme::color(color)).width(width)
    };
    let style = if look.is_dashed { LineStyle::Dashed { length: DASH } } else { LineStyle::Solid };
    let own = |points: PlotPoints<'static>, width: f32| line(points, look.color, width).style(style);
    match page.panel {
        Panel::Input | Panel::Overlay => plot.line(own(stretch(values, 0, values.len(), &place), LINE)),
        Panel::Heat => {
            // An edge in the colour of the page: no line is lost on any colour of a score.
            plot.line(line(stretch(values, 0, values.len(), &place), palette.background, EDGE));
            plot.line(own(stretch(values, 0, values.len(), &place), LINE));
        }
        Panel::Selected | Panel::Unselected => {
            let is_kept = |selected: bool| selected == (page.panel == Panel::Selected);
            let selected = selected_values(page.picture, series);
            let runs = runs(series.own(&selected, channel));
            let fill = series.own(&series.fill, channel);
            // What the model gets at hidden steps: at the end of the axis where it lies beyond, and dashed there.
            for (start, end, _) in runs.iter().filter(|run| !is_kept(run.2)) {
                let is_beyond = fill[*start..*end].iter().any(|value| axis.is_beyond(at, *value));
                let style = if is_beyond { LineStyle::Dashed { length: SHORT_DASH } } else { LineStyle::Solid };
                plot.line(line(stretch(fill, *start, *end, &place), palette.hairline, 1.0).style(style));
            }
            for (start, end, _) in runs.iter().filter(|run| is_kept(run.2)) {
                plot.line(own(stretch(values, *start, *end, &place), 2.5));
            }
        }
    }
}

/// The path that two channels of velocities or positions lead along, selected steps marked.
fn path(ui: &mut Ui, whole: Rect, page: &Page<'_>, series: &ExplainedSeries) {
    let ink = tokens(ui).muted.gamma_multiply(page.opacity);
    let font = TextStyle::Small.resolve(ui.style());
    let at = pos2(whole.left() + AXIS_WIDTH, whole.top());
    let [longest, shorter, shortest] =
        series.path_words().map(|words| ui.painter().layout_no_wrap(words, font.clone(), ink));
    let room = whole.width() - AXIS_WIDTH;
    let title = [longest, shorter].into_iter().find(|words| words.size().x <= room).unwrap_or(shortest);
    ui.painter().galley(at, title, ink);
    // Its left edge is that of the curves over it.
    let rect = Rect::from_min_max(whole.min + vec2(AXIS_WIDTH, NAME), whole.max);
    let palette = Palette::of(page.picture.theme);
    let points = series.path();
    let marked = series.marked_steps(&selected_values(page.picture, series), page.panel);
    let color = |color| -> Color32 { theme::color(color) };
    let mut inner = ui.new_child(UiBuilder::new().id_salt(("path", page.at)).max_rect(rect));
    let plot = Plot::new(("series path", page.at))
        .width(rect.width())
        .height(rect.height())
        .data_aspect(1.0)
        .allow_scroll(false)
        .show_axes([false, false])
        .show_grid(false)
        .show_crosshair(false);
    // The place of a step is the same in every view, whatever is left of the path there.
    points.iter().fold(plot, |plot, at| plot.include_x(at[0]).include_y(at[1])).show(&mut inner, |plot| {
        let truth = theme::color(palette.annotation);
        let (rings, long) = true_points(page.picture, series, page.panel);
        for (first, last) in long {
            plot.line(Line::new("truth", points[first..=last].to_vec()).color(truth).width(7.0));
        }
        // Rings lie under the path, so that what is selected is seen in and over them.
        if !rings.is_empty() {
            let around: Vec<[f64; 2]> = rings.into_iter().filter_map(|at| points.get(at).copied()).collect();
            plot.points(Points::new("truth", around).color(truth).radius(5.0).filled(false));
        }
        if let Some(whole) = path_color(palette, page.panel) {
            plot.line(Line::new("path", points.clone()).color(color(whole)).width(1.0));
        }
        let strong = color(if page.panel == Panel::Unselected { palette.unselected } else { palette.selected });
        for (start, end, _) in runs(&marked).into_iter().filter(|run| run.2) {
            let of_run = points[series.along(start, end)].to_vec();
            if end - start <= MOST_DOTS {
                plot.points(Points::new("selected", of_run.clone()).color(strong).radius(2.5));
            }
            plot.line(Line::new("selected", of_run).color(strong).width(3.0));
        }
        let start = points.first().copied().unwrap_or_default();
        plot.points(Points::new("start", vec![start]).color(color(palette.ink)).radius(3.5));
    });
}

/// A small picture of a series for lists: its first channels over each other.
pub fn sparkline(ui: &Ui, rect: Rect, data: &Dataset, item: usize) {
    let crate::data::Items::Series(series) = &data.items else { return };
    let t = tokens(ui);
    let values = series.get(item);
    let (steps, own) = (series.shape.width, own_steps(values, series.shape.width));
    if own == 0 {
        return;
    }
    let shown = series.shape.channels.min(2);
    let each = rect.height() / shown as f32;
    for channel in 0..shown {
        let values = &values[channel * steps..channel * steps + own];
        let (low, high) =
            values.iter().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        let span = (high - low).max(1e-6);
        let n = own.min(64);
        // The line of a shorter item ends where it does.
        let width = (rect.width() - 4.0) * (own as f32 / steps as f32);
        let point = |at: usize| {
            let step = at * own / n.max(1);
            let x = rect.left() + 2.0 + width * at as f32 / (n.max(2) - 1) as f32;
            let share = (values[step.min(own - 1)] - low) / span;
            pos2(x, rect.top() + each * (channel as f32 + 1.0) - 2.0 - (each - 4.0) * share)
        };
        ui.painter_at(rect).add(egui::Shape::line((0..n).map(point).collect(), Stroke::new(1.0, t.text)));
    }
}

#[cfg(test)]
mod tests {
    use egui_plot::GridInput;

    use super::{most_numbered, numbered, zoomed};

    #[test]
    fn a_narrow_plot_has_more_numbers_than_a_zero() {
        let of = |bounds: (f64, f64), steps: usize, width: f32| {
            let marks = numbered(&GridInput { bounds, base_step_size: 1.0 }, steps, most_numbered(width, steps));
            marks.into_iter().map(|mark| mark.value).collect::<Vec<_>>()
        };
        assert_eq!(of((-0.5, 47.5), 48, 160.0), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(of((-0.5, 47.5), 48, 100.0), [0.0, 20.0, 40.0]);
        assert_eq!(of((-0.5, 639.5), 640, 160.0), [0.0, 200.0, 400.0, 600.0]);
        // Steps are whole, however near they are, and there are none outside of the series.
        assert_eq!(of((10.2, 12.9), 48, 800.0), [11.0, 12.0]);
        assert_eq!(of((-40.0, 100.0), 48, 160.0), [0.0]);
        assert_eq!(of((-0.5, 0.5), 1, 10.0), [0.0]);
    }

    #[test]
    fn scrolling_keeps_the_step_under_the_pointer_and_never_leaves_the_series() {
        let (from, to) = zoomed((-0.5, 99.5), 24.5, 2.0, 100).expect("a part");
        assert!((to - from - 50.0).abs() < 1e-9 && ((24.5 - from) / 50.0 - 0.25).abs() < 1e-9, "{from} to {to}");
        // At an end, and back to all.
        assert_eq!(zoomed((-0.5, 49.5), 0.0, 0.9, 100).map(|seen| seen.0), Some(-0.5));
        assert_eq!(zoomed((-0.5, 49.5), 10.0, 0.5, 100), None);
        let (from, to) = zoomed((50.0, 53.0), 51.0, 1e6, 100).expect("a part");
        assert!((to - from - 2.0).abs() < 1e-9, "{from} to {to}");
        assert_eq!(zoomed((-0.5, 0.5), 0.0, 4.0, 1), None, "of one step nothing can be left out");
    }
}
