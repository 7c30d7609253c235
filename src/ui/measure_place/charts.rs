//! Charts beside the table: fidelity over k, FS-M against FU-M, and how much methods agree.

use std::sync::Arc;

use egui::{
    Align2, FontId, Galley, Rect, RichText, Sense, Shape, Stroke, TextStyle, TextWrapMode, Ui, WidgetInfo, WidgetText,
    accesskit::Role, pos2, vec2,
};
use egui_plot::{LineStyle, PlotPoint, VLine};

use super::{look_of, rows};
use crate::figure::color::{Scale, ink_on};
use crate::figure::layout::boxes::{legend as legend_of_boxes, plain_box_plot};
use crate::session::describe::count;
use crate::session::measure::chart_k;
use crate::session::{Command, Session};
use crate::ui::figure_view::paint_drawing;
use crate::ui::plots::{Chart, Look, Series, chart, legend, note};
use crate::ui::theme::{self, space, text, tokens};
use crate::ui::widgets::{group, muted};

const HEIGHT: f32 = 250.0;
/// Most points on screen for a point of a drawing: its words are then as large as others.
const MOST_DRAWN: f32 = 1.45;
/// Length of a piece of a line in a legend.
const SAMPLE: f32 = 26.0;

/// FS-M and FU-M of each method over k; a click sets k in the explorer.
pub fn over_k(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    group(ui, "Fidelity over k");
    let Some(cells) = session.measure.curves.value().cloned() else {
        muted(ui, if session.measure.curves.awaited().is_some() { "Coming." } else { "Not measured." });
        return;
    };
    let names = rows(session);
    let (mut series, mut methods) = (Vec::new(), Vec::new());
    for row in &names {
        let base = look_of(ui, &names, row);
        for (metric, title, style) in
            [("fs_m", "FS-M", LineStyle::Solid), ("fu_m", "FU-M", LineStyle::Dashed { length: 7.0 })]
        {
            let of: Vec<_> = cells.iter().filter(|cell| cell.row == *row && cell.metric == metric).collect();
            let points: Vec<[f64; 2]> = of.iter().filter_map(|cell| Some([(cell.k? as f64).ln(), cell.mean])).collect();
            if points.is_empty() {
                continue;
            }
            series.push(Series {
                name: format!("{title} of {row}"),
                value: String::new(),
                tip: String::new(),
                intervals: of.iter().map(|cell| cell.ci95).collect(),
                points,
                look: Look { style, ..base },
            });
        }
        if series.iter().any(|one| one.name.ends_with(row.as_str())) {
            methods.push(key(row, base));
        }
    }
    let t = tokens(ui);
    legend(ui, &methods);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::M, 2.0);
        plain_key(ui, "FS-M, selected only: high is good", false);
        plain_key(ui, "FU-M, unselected only: low is good", true);
    });
    let mut ks: Vec<usize> = cells.iter().filter_map(|cell| cell.k).collect();
    ks.sort_unstable();
    ks.dedup();
    let marks: Vec<(f64, String)> = ks.iter().map(|&k| ((k as f64).ln(), k.to_string())).collect();
    let noun = session.explore.unit.noun(2);
    let x = format!("k, {noun} selected (logarithmic)");
    let frame = Chart {
        title: "Fidelity over k",
        x: &x,
        y: "class stays (%)",
        x_range: None,
        y_range: Some([0.0, 100.0]),
        x_marks: &marks,
        height: HEIGHT,
    };
    let here = session.explore.k;
    let (ink, at) = (t.muted, (here as f64).ln());
    let is_inside = marks.first().is_some_and(|first| first.0 <= at) && marks.last().is_some_and(|last| at <= last.0);
    let response = chart(ui, &frame, &series, move |plot| {
        if is_inside {
            plot.vline(VLine::new("", at).color(ink).style(LineStyle::Dotted { spacing: 4.0 }).allow_hover(false));
        }
    });
    if is_inside {
        let x = response.transform.position_from_point(&PlotPoint::new(at, 0.0)).x;
        label_of_line(ui, *response.transform.frame(), x, &format!("k {here} in Explore"));
    }
    let clicked = response.response.clicked().then(|| response.response.interact_pointer_pos()).flatten();
    if let Some(pointer) = clicked {
        let x = response.transform.value_from_position(pointer).x;
        let distance = |k: usize| ((k as f64).ln() - x).abs();
        if let Some(&k) = ks.iter().min_by(|&&a, &&b| distance(a).total_cmp(&distance(b))) {
            commands.push(Command::SetK(k));
        }
    }
    muted(ui, "Click in the chart to look at that k in Explore.");
}

/// Words beside an upright line at `x` in a chart, on a ground of their own so that curves do not run through them: to its right, or to its left where they
/// would reach beyond the chart.
fn label_of_line(ui: &Ui, frame: Rect, x: f32, words: &str) {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), FontId::proportional(text::SMALL), t.muted);
    let size = galley.size() + vec2(2.0 * space::XS, 0.0);
    let ground = Rect::from_min_size(pos2(left_of_label(frame, x, size.x), frame.bottom() - size.y - 2.0), size);
    ui.painter().rect_filled(ground, 2.0, t.canvas);
    ui.painter().galley(ground.min + vec2(space::XS, 0.0), galley, t.muted);
}

/// Where words, so many points wide, begin beside a line at `x`.
fn left_of_label(frame: Rect, x: f32, width: f32) -> f32 {
    const APART: f32 = 3.0;
    let right = x + APART;
    let left = if right + width <= frame.right() { right } else { x - APART - width };
    left.min(frame.right() - width).max(frame.left())
}

/// What a kind of line means whatever its colour: without a mark, which would be that of a method.
fn plain_key(ui: &mut Ui, name: &str, is_dashed: bool) {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), FontId::proportional(text::SMALL), t.text);
    let size = vec2(SAMPLE + space::XS + galley.size().x, galley.size().y.max(14.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let ends = [rect.left_center(), rect.left_center() + vec2(SAMPLE, 0.0)];
    let stroke = Stroke::new(2.0, t.muted);
    if is_dashed {
        ui.painter().extend(Shape::dashed_line(&ends, stroke, 6.0, 4.0));
    } else {
        ui.painter().line_segment(ends, stroke);
    }
    let at = pos2(ends[1].x + space::XS, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, t.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
}

fn key(name: &str, look: Look) -> Series {
    Series {
        name: name.to_owned(),
        value: String::new(),
        tip: String::new(),
        points: Vec::new(),
        intervals: Vec::new(),
        look,
    }
}

/// Two figures of which one should be high and the other low.
struct Pair {
    high: (&'static str, &'static str),
    low: (&'static str, &'static str),
    /// What the figures count, for the axis.
    low_means: &'static str,
    /// What the good corner stands for.
    good: &'static str,
}

const FIDELITY: Pair = Pair {
    high: ("fs_m", "FS-M"),
    low: ("fu_m", "FU-M"),
    low_means: "class stays from the unselected part",
    good: "the selected part keeps the class, the rest does not",
};
const REBUILT: Pair = Pair {
    high: ("a1", "a1"),
    low: ("a2", "a2"),
    low_means: "class stays by what is rebuilt from the rest",
    good: "from the selected part the class can be rebuilt, from the rest it cannot",
};

/// FS-M against FU-M.
pub fn trade_off(ui: &mut Ui, session: &Session) {
    pair(ui, session, &FIDELITY);
}

/// Whether FS-M and FU-M were both measured.
pub fn has_fidelity(session: &Session) -> bool {
    is_measured(session, &FIDELITY)
}

/// Whether a1 and a2 were both measured.
pub fn is_rebuilt(session: &Session) -> bool {
    is_measured(session, &REBUILT)
}

fn is_measured(session: &Session, pair: &Pair) -> bool {
    let has = |id: &str| session.measure.table().is_some_and(|cells| cells.iter().any(|cell| cell.metric == id));
    has(pair.high.0) && has(pair.low.0)
}

/// a1 against a2, with the order of DoRaR's Definition 2.
pub fn rebuilt(ui: &mut Ui, session: &Session) {
    pair(ui, session, &REBUILT);
    order(ui, session);
}

/// Which methods are better than others under Definition 2 of DoRaR, in words.
fn order(ui: &mut Ui, session: &Session) {
    let Some(cells) = session.measure.table() else { return };
    for words in crate::jobs::table::order(cells) {
        muted(ui, words).on_hover_text(
            "One method is better than another if its a1 is no lower and its a2 no higher at the same k (DoRaR, Definition 2); two with the \
             same figures are equal, all others cannot be ordered. Means are compared: where intervals overlap, the order may be chance.",
        );
    }
}

/// One figure against the other with intervals; the good corner is the upper left one.
fn pair(ui: &mut Ui, session: &Session, pair: &Pair) {
    let ((high, high_title), (low, low_title)) = (pair.high, pair.low);
    group(ui, &format!("Trade-off: {high_title} against {low_title}"));
    let Some(cells) = session.measure.table().cloned() else {
        muted(ui, "Comes with the table.");
        return;
    };
    let ks: Vec<usize> = cells.iter().filter(|cell| cell.metric == high).filter_map(|cell| cell.k).collect();
    let k = (!ks.is_empty()).then(|| chart_k(&ks, session.explore.k));
    let names = rows(session);
    let mut series = Vec::new();
    // Intervals of FU-M lie across: colour, height, ends.
    let mut across = Vec::new();
    let (mut lowest, mut left, mut right) = (95.0f64, 100.0f64, 0.0f64);
    for row in &names {
        let find = |metric: &str| cells.iter().find(|cell| cell.row == *row && cell.metric == metric && cell.k == k);
        let (Some(fs), Some(fu)) = (find(high), find(low)) else { continue };
        let look = look_of(ui, &names, row);
        lowest = lowest.min(fs.ci95[0]);
        (left, right) = (left.min(fu.ci95[0]), right.max(fu.ci95[1]));
        series.push(Series {
            name: row.clone(),
            value: format!("{:.1} / {:.1} %", fs.mean, fu.mean),
            tip: format!("{high_title} / {low_title}"),
            points: vec![[fu.mean, fs.mean]],
            intervals: vec![fs.ci95],
            look,
        });
        across.push((look.color, fs.mean, fu.ci95));
    }
    if series.is_empty() {
        muted(ui, format!("Needs {high_title} and {low_title} in the table."));
        return;
    }
    legend(ui, &series);
    let down = |value: f64| (value / 10.0).floor() * 10.0;
    let up = |value: f64| ((value / 10.0).ceil() * 10.0).min(100.0);
    let (x_range, y_range) = ([down(left), up(right)], [down(lowest), 100.0]);
    let (title, x) = (
        format!("Trade-off of {high_title} and {low_title}"),
        format!("{low_title}, {} (%), low is good", pair.low_means),
    );
    let y = format!("{high_title} (%), high is good");
    let frame = Chart {
        title: &title,
        x: &x,
        y: &y,
        x_range: Some(x_range),
        y_range: Some(y_range),
        x_marks: &[],
        height: HEIGHT,
    };
    let ink = tokens(ui).muted;
    chart(ui, &frame, &series, move |plot| {
        for (color, y, [low, high]) in across {
            let ends = vec![[low, y], [high, y]];
            plot.line(egui_plot::Line::new("", ends).color(color).width(1.0).allow_hover(false));
        }
        note(plot, [x_range[0], y_range[1]], "good corner", Align2::LEFT_TOP, ink);
    });
    let k = k.map_or_else(String::new, |k| format!(" at k = {k}"));
    muted(ui, format!("Good: {}{k}. Lines are 95 % intervals.", pair.good));
}

/// What a method is called over the columns of the matrix.
fn letter(at: usize) -> String {
    char::from(b'a' + (at % 26) as u8).to_string()
}

/// A method's letter and name in one line; where there is not enough room, its end is left out.
fn lettered(ui: &Ui, rows: &[String], at: usize, room: f32) -> Arc<Galley> {
    let words = format!("{}  {}", letter(at), rows[at]);
    let label = WidgetText::from(RichText::new(words).size(text::SMALL).color(tokens(ui).text));
    label.into_galley(ui, Some(TextWrapMode::Truncate), room, TextStyle::Small)
}

/// Whether the items' median ranks were measured.
pub fn has_ranks(session: &Session) -> bool {
    session.measure.table().is_some_and(|cells| !cells.ranks.is_empty())
}

/// Box plots of the items' median ranks, as in L2X's Figure 3.
pub fn ranks(ui: &mut Ui, session: &Session) {
    let Some(plot) = session.measure.table().and_then(|cells| cells.rank_plot()) else { return };
    group(ui, &plot.title);
    let figure = plain_box_plot(&plot, theme::figure_theme(ui));
    let width = ui.available_width().min(MOST_DRAWN * figure.width);
    let size = vec2(width, width * figure.height / figure.width.max(1.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_drawing(ui, &figure, rect);
    let label = format!("{}: {}", plot.title, figure.description);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    muted(ui, format!("{}. Low is good.", legend_of_boxes(plot.best.is_some())));
}

/// Overlap of masks between methods, as a matrix with numbers.
pub fn agreement(ui: &mut Ui, session: &Session) {
    group(ui, "Agreement: shared units of each pair (mean IoU, %)");
    let Some(agreement) = session.measure.agreement.value().cloned() else {
        muted(ui, if session.measure.agreement.awaited().is_some() { "Coming." } else { "Not measured." });
        return;
    };
    let n = agreement.rows.len();
    let t = tokens(ui);
    let on_page = crate::figure::Palette::of(theme::figure_theme(ui));
    let width = ui.available_width();
    // As much as the longest name needs, but the cells keep half.
    let longest = (0..n).map(|at| lettered(ui, &agreement.rows, at, f32::INFINITY).size().x).fold(60.0, f32::max);
    let names = (longest.ceil() + space::S).min(width * 0.5);
    let side = ((width - names) / n.max(1) as f32).min(84.0);
    let height = (HEIGHT / n.max(1) as f32).clamp(26.0, 46.0);
    let head = text::SMALL + space::S;
    let (rect, response) = ui.allocate_exact_size(vec2(width, head + height * n as f32), Sense::hover());
    let painter = ui.painter();
    let small = FontId::proportional(text::SMALL);
    let mut words = Vec::new();
    let mut under = None;
    for a in 0..n {
        let top = rect.top() + head + height * a as f32;
        let column = rect.left() + names + side * a as f32;
        let at = pos2(column + side / 2.0, rect.top());
        painter.text(at, Align2::CENTER_TOP, letter(a), small.clone(), t.muted);
        let name = lettered(ui, &agreement.rows, a, names - space::S);
        let place = Rect::from_min_size(pos2(rect.left(), top), vec2(names, height));
        if name.elided && response.hover_pos().is_some_and(|pointer| place.contains(pointer)) {
            under = Some(agreement.rows[a].clone());
        }
        ui.painter().galley(pos2(rect.left(), place.center().y - name.size().y / 2.0), name, t.text);
        for b in 0..n {
            let Some((mean, [low, high])) = agreement.of(a, b) else { continue };
            let cell = Rect::from_min_size(pos2(rect.left() + names + side * b as f32, top), vec2(side, height));
            let fill = Scale::Sequential.color(on_page, mean as f32 / 100.0);
            painter.rect_filled(cell.shrink(1.0), 2.0, theme::color(fill));
            let ink = ink_on(fill);
            let number = if a == b { "same".to_owned() } else { format!("{mean:.0}") };
            painter.text(cell.center(), Align2::CENTER_CENTER, number, small.clone(), theme::color(ink));
            let sentence = format!(
                "{} and {} share {mean:.1} % (95 % interval {low:.1} to {high:.1})",
                agreement.rows[a], agreement.rows[b]
            );
            if response.hover_pos().is_some_and(|pointer| cell.contains(pointer)) && a != b {
                under = Some(sentence.clone());
            }
            if a < b {
                words.push(sentence);
            }
        }
    }
    let label = format!("Agreement of methods: {}", words.join("; "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    if let Some(sentence) = under {
        response.on_hover_text(sentence);
    }
    let (k, noun) = (agreement.k, agreement.unit.noun(agreement.k));
    let items = count(agreement.items, "item", "items");
    let random = crate::explain::method("random").map_or("", |method| method.spec().title);
    let chance = if agreement.rows.iter().any(|row| row == random) {
        format!(" What {random} shares with the others is chance.")
    } else {
        String::new()
    };
    muted(ui, format!("Share of the union of both masks, k = {k} {noun}, {items}.{chance}"));
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2};

    use super::left_of_label;

    #[test]
    fn the_label_of_a_line_stays_within_the_chart_and_beside_its_line() {
        let frame = Rect::from_min_max(pos2(50.0, 0.0), pos2(350.0, 250.0));
        for x in (50..=350).map(|x| x as f32) {
            let left = left_of_label(frame, x, 90.0);
            assert!(left >= frame.left() && left + 90.0 <= frame.right(), "{x}: {left}");
            assert!(left > x || left + 90.0 < x, "the line at {x} runs through what begins at {left}");
        }
    }
}
