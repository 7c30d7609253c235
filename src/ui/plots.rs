//! Charts of the places: one look for lines, marks and legends, so that series are told apart without their colours too.

use egui::{
    Align2, Color32, Rect, Response, RichText, Sense, Shape, Stroke, TextStyle, TextWrapMode, Ui, WidgetInfo,
    WidgetText, accesskit::Role, pos2, vec2,
};
use egui_plot::{GridMark, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, PlotUi, Points};

use super::theme::{space, text, tokens};

/// Room for the numbers of a y axis, so that charts below each other stand in line.
const AXIS_WIDTH: f32 = 46.0;
/// More points than this are drawn without marks.
const MOST_MARKED: usize = 40;

/// How a series is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colour.
    pub color: Color32,
    /// Line.
    pub style: LineStyle,
    /// Mark at each point.
    pub marker: MarkerShape,
}

const STYLES: [LineStyle; 3] =
    [LineStyle::Solid, LineStyle::Dashed { length: 8.0 }, LineStyle::Dotted { spacing: 5.0 }];
const MARKERS: [MarkerShape; 6] = [
    MarkerShape::Circle,
    MarkerShape::Square,
    MarkerShape::Up,
    MarkerShape::Diamond,
    MarkerShape::Down,
    MarkerShape::Plus,
];

/// The look of series number `at` where colours carry no meaning of their own.
pub fn look(ui: &Ui, at: usize) -> Look {
    let series = tokens(ui).series;
    Look { color: series[at % series.len()], style: STYLES[at % STYLES.len()], marker: MARKERS[at % MARKERS.len()] }
}

/// The look of a metric's curve: S and S̄ keep the colours that they have everywhere.
pub fn look_of_metric(ui: &Ui, id: &str) -> Look {
    let t = tokens(ui);
    match id {
        "fs_m" => Look { color: t.selected, style: STYLES[0], marker: MarkerShape::Circle },
        "fu_m" => Look { color: t.unselected, style: STYLES[1], marker: MarkerShape::Square },
        "mask_only" => Look { color: t.series[4], style: STYLES[2], marker: MarkerShape::Diamond },
        "approximator" => Look { color: t.series[3], style: STYLES[1], marker: MarkerShape::Up },
        _ => Look { color: t.full, style: STYLES[0], marker: MarkerShape::Circle },
    }
}

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Latest value in words, shown beside the name; may be empty.
    pub value: String,
    /// What it means.
    pub tip: String,
    /// Points.
    pub points: Vec<[f64; 2]>,
    /// Lower and upper end of each point's interval; empty where none is drawn.
    pub intervals: Vec<[f64; 2]>,
    /// How it is drawn.
    pub look: Look,
}

/// The frame of a chart.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// Heading, and name for screen readers.
    pub title: &'a str,
    /// What the x axis shows, with its unit.
    pub x: &'a str,
    /// What the y axis shows, with its unit.
    pub y: &'a str,
    /// Values that the x axis always covers.
    pub x_range: Option<[f64; 2]>,
    /// Values that the y axis always covers.
    pub y_range: Option<[f64; 2]>,
    /// Where the x axis has numbers; empty: at round values.
    pub x_marks: &'a [(f64, String)],
    /// Height in points, legend not included.
    pub height: f32,
}

/// Legend with a sample of each line, its name and its latest value; an entry is never broken, and never wider than the chart.
pub fn legend(ui: &mut Ui, series: &[Series]) {
    const SAMPLE: f32 = 26.0;
    let room = (ui.available_width() - SAMPLE - space::XS).max(40.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::M, 2.0);
        for one in series {
            let t = tokens(ui);
            let words = format!("{} {}", one.name, one.value).trim().to_owned();
            let label = WidgetText::from(RichText::new(&words).size(text::SMALL).color(t.text));
            let galley = label.into_galley(ui, Some(TextWrapMode::Truncate), room, TextStyle::Small);
            let is_cut = galley.elided;
            let size = vec2(SAMPLE + space::XS + galley.size().x, galley.size().y.max(14.0));
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            let line = Rect::from_min_size(rect.min, vec2(SAMPLE, rect.height()));
            paint_sample(ui, line, &one.look);
            let at = pos2(line.right() + space::XS, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, t.text);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            let whole = if is_cut { words.as_str() } else { "" };
            let tip = [whole, &one.tip].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
            if !tip.is_empty() {
                response.on_hover_text(tip);
            }
        }
    });
}

/// A chart with axes and lines; `extra` draws what lies over the lines.
pub fn chart<'a>(
    ui: &mut Ui,
    chart: &Chart<'_>,
    series: &'a [Series],
    extra: impl FnOnce(&mut PlotUi<'a>) + 'a,
) -> egui_plot::PlotResponse<()> {
    ui.scope(|ui| draw_chart(ui, chart, series, extra)).inner
}

fn draw_chart<'a>(
    ui: &mut Ui,
    chart: &Chart<'_>,
    series: &'a [Series],
    extra: impl FnOnce(&mut PlotUi<'a>) + 'a,
) -> egui_plot::PlotResponse<()> {
    let t = tokens(ui);
    let words: Vec<String> = series.iter().map(|one| format!("{} {}", one.name, one.value).trim().to_owned()).collect();
    let (x_title, y_title) = (chart.x.to_owned(), chart.y.to_owned());
    let points = || series.iter().flat_map(|one| &one.points);
    let y_marks = round_marks(extent(points().map(|point| point[1]), chart.y_range), chart.height / 34.0);
    let x_marks = if chart.x_marks.is_empty() {
        round_marks(extent(points().map(|point| point[0]), chart.x_range), ui.available_width() / 60.0)
    } else {
        chart.x_marks.to_vec()
    };
    let mut plot = Plot::new(chart.title)
        .height(chart.height)
        .width(ui.available_width())
        .show_background(false)
        .grid_color(t.line)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .x_axis_label(RichText::new(chart.x).small().color(t.muted))
        .y_axis_label(RichText::new(chart.y).small().color(t.muted))
        .y_axis_min_width(AXIS_WIDTH)
        .label_formatter(move |at| match at {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name}\n{x_title} {}\n{y_title} {}", number(position.x), number(position.y)))
            }
            _ => None,
        });
    for x in chart.x_range.into_iter().flatten() {
        plot = plot.include_x(x);
    }
    for y in chart.y_range.into_iter().flatten() {
        plot = plot.include_y(y);
    }
    let of = |marks: &[(f64, String)]| -> Vec<GridMark> {
        marks.iter().map(|(value, _)| GridMark { value: *value, step_size: f64::MAX }).collect()
    };
    let (x_grid, y_grid) = (of(&x_marks), of(&y_marks));
    plot = plot
        .x_grid_spacer(move |_| x_grid.clone())
        .y_grid_spacer(move |_| y_grid.clone())
        .x_axis_formatter(move |mark, _| word_at(&x_marks, mark.value))
        .y_axis_formatter(move |mark, _| word_at(&y_marks, mark.value));
    // Numbers of axes are notes, not text.
    if let Some(body) = ui.style_mut().text_styles.get_mut(&TextStyle::Body) {
        body.size = text::SMALL;
    }
    let response = plot.show(ui, move |plot| {
        for one in series {
            draw(plot, one);
        }
        extra(plot);
    });
    let name = format!("{}: {}", chart.title, words.join(", "));
    response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response
}

/// Least and largest value, and what the axis covers anyway.
fn extent(values: impl Iterator<Item = f64>, range: Option<[f64; 2]>) -> [f64; 2] {
    let all = values.filter(|value| value.is_finite()).chain(range.into_iter().flatten());
    all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
}

/// Marks at whole numbers, for what is counted.
pub fn whole_marks(extent: [f64; 2], width: f32) -> Vec<(f64, String)> {
    let mut marks = round_marks(extent, width / 60.0);
    marks.retain(|(value, _)| (value - value.round()).abs() < 1e-9);
    marks
}

/// About `most` round values within an extent.
fn round_marks([low, high]: [f64; 2], most: f32) -> Vec<(f64, String)> {
    if !(low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let span = (high - low).max(1e-6);
    let rough = span / f64::from(most.clamp(2.0, 10.0));
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let first = (low / step - 1e-9).ceil() as i64;
    // What lies beyond the axis would be written over what stands beside it.
    let is_within = |at: &f64| *at <= high + 1e-9 * step;
    (first..=first + 24).map(|at| at as f64 * step).take_while(is_within).map(|at| (at, number(at))).collect()
}

fn word_at(marks: &[(f64, String)], value: f64) -> String {
    let known = marks.iter().find(|(at, _)| (at - value).abs() <= 1e-9 * value.abs().max(1.0));
    known.map_or_else(String::new, |(_, words)| words.clone())
}

fn draw(plot: &mut PlotUi<'_>, one: &Series) {
    let Look { color, style, marker } = one.look;
    for (point, [low, high]) in one.points.iter().zip(&one.intervals) {
        let whisker = vec![[point[0], *low], [point[0], *high]];
        plot.line(Line::new("", PlotPoints::new(whisker)).color(color).width(1.0).allow_hover(false));
    }
    plot.line(Line::new(one.name.clone(), PlotPoints::new(one.points.clone())).color(color).style(style).width(2.0));
    if one.points.len() <= MOST_MARKED {
        let marks = PlotPoints::new(one.points.clone());
        let is_filled = !matches!(marker, MarkerShape::Plus);
        plot.points(Points::new(one.name.clone(), marks).shape(marker).color(color).radius(3.5).filled(is_filled));
    }
}

/// A number of an axis, without needless digits.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if (v - v.round()).abs() < 1e-9 => 0,
        v if v >= 100.0 => 1,
        v if v >= 1.0 => 2,
        _ => 4,
    };
    let words = format!("{value:.digits$}");
    let words = if digits == 0 { words.as_str() } else { words.trim_end_matches('0').trim_end_matches('.') };
    words.replace('-', "\u{2212}")
}

/// A short piece of a line with its mark.
pub fn sample(ui: &mut Ui, look: &Look) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 12.0), Sense::hover());
    paint_sample(ui, rect, look);
    response
}

fn paint_sample(ui: &Ui, rect: Rect, look: &Look) {
    let painter = ui.painter();
    let ends = [pos2(rect.left(), rect.center().y), pos2(rect.right(), rect.center().y)];
    let stroke = Stroke::new(2.0, look.color);
    match look.style {
        LineStyle::Solid => {
            painter.line_segment(ends, stroke);
        }
        LineStyle::Dashed { .. } => {
            painter.extend(Shape::dashed_line(&ends, stroke, 6.0, 4.0));
        }
        LineStyle::Dotted { .. } => {
            painter.extend(Shape::dotted_line(&ends, look.color, 4.0, 1.2));
        }
    }
    mark(ui, rect.center(), look, 4.0);
}

/// A mark.
pub fn mark(ui: &Ui, at: egui::Pos2, look: &Look, radius: f32) {
    let painter = ui.painter();
    let polygon = |corners: &[(f32, f32)]| {
        let points = corners.iter().map(|(x, y)| at + vec2(*x, *y) * radius).collect();
        painter.add(Shape::convex_polygon(points, look.color, Stroke::NONE));
    };
    match look.marker {
        MarkerShape::Square => polygon(&[(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]),
        MarkerShape::Up => polygon(&[(0.0, -1.0), (0.95, 0.8), (-0.95, 0.8)]),
        MarkerShape::Down => polygon(&[(0.0, 1.0), (-0.95, -0.8), (0.95, -0.8)]),
        MarkerShape::Diamond => polygon(&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]),
        MarkerShape::Plus => {
            let stroke = Stroke::new(2.0, look.color);
            painter.line_segment([at - vec2(radius, 0.0), at + vec2(radius, 0.0)], stroke);
            painter.line_segment([at - vec2(0.0, radius), at + vec2(0.0, radius)], stroke);
        }
        _ => {
            painter.circle_filled(at, radius * 0.95, look.color);
        }
    }
}

/// Words in a chart.
pub fn note(plot: &mut PlotUi<'_>, at: [f64; 2], words: &str, anchor: Align2, color: Color32) {
    let words = RichText::new(words).size(text::SMALL).color(color);
    plot.text(egui_plot::Text::new("", PlotPoint::new(at[0], at[1]), words).anchor(anchor).color(color));
}

#[cfg(test)]
mod tests {
    use super::{extent, round_marks};

    #[test]
    fn no_number_of_an_axis_stands_beyond_what_it_covers() {
        for (values, range) in [
            (vec![3.0, 97.4, 100.0], Some([0.0, 100.0])),
            (vec![0.01], Some([0.0, 100.0])),
            (vec![12.0, 99.9999], None),
            (vec![-4.2, 118.0], Some([0.0, 100.0])),
        ] {
            let [low, high] = extent(values.iter().copied(), range);
            for height in [80.0f32, 160.0, 250.0, 400.0] {
                let marks = round_marks([low, high], height / 34.0);
                assert!(!marks.is_empty(), "{low} to {high} in {height}");
                let is_within = |at: f64| at >= low - 1e-9 && at <= high + 1e-9 * (high - low);
                assert!(marks.iter().all(|(at, _)| is_within(*at)), "{low} to {high}: {marks:?}");
            }
        }
    }
}
