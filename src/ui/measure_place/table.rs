//! The table: methods by metrics, each with its interval, sortable, the best of each column named.

use egui::{Align, Button, FontId, Label, Layout, RichText, Ui, WidgetInfo, accesskit::Role};
use egui_material_icons::icons;

use super::form::tip_of;
use super::panes::Panes;
use super::{MeasureState, look_of, nothing, rows};
use crate::jobs::Cell;
use crate::metric::{MetricSpec, MetricUnit, metric};
use crate::session::{Command, Dialog, Session};
use crate::ui::plots::sample;
use crate::ui::theme::{space, text, tokens};
use crate::ui::widgets::{command_button, group, muted};

/// Width of the sign of a method before its name.
const SAMPLE_WIDTH: f32 = 26.0;

/// The table with its buttons.
pub fn show(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        group(ui, "Metrics, mean ± half of the 95 % interval, or mean (interval)");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command_button(ui, session, Command::Ask(Dialog::ExportTable), "Export table…", commands);
        });
    });
    let Some(cells) = session.measure.table().filter(|cells| !cells.is_empty()).cloned() else {
        if session.measure.cells.awaited().is_none() {
            nothing(ui, session, "The table was not measured.", commands);
        }
        return;
    };
    let mut metrics: Vec<&str> = Vec::new();
    let mut lines: Vec<(&str, Option<usize>)> = Vec::new();
    for cell in cells.iter() {
        if !metrics.contains(&cell.metric.as_str()) {
            metrics.push(&cell.metric);
        }
        if !lines.contains(&(cell.row.as_str(), cell.k)) {
            lines.push((&cell.row, cell.k));
        }
    }
    // Where the truth is known, whether it was hit counts most, and nobody should have to look for it on the right.
    metrics.sort_by_key(|id| !metric(id).is_ok_and(|known| known.needs_truth()));
    let find = |(row, k): (&str, Option<usize>), metric: &str| {
        cells.iter().find(|cell| cell.row == row && cell.k == k && cell.metric == metric)
    };
    if let Some((by, descending)) = &state.sort {
        let key = |line: &(&str, Option<usize>)| find(*line, by).map_or(f64::NAN, |cell| cell.mean);
        lines.sort_by(|a, b| if *descending { key(b).total_cmp(&key(a)) } else { key(a).total_cmp(&key(b)) });
    }
    let has_ks = lines.iter().any(|line| line.1 != lines[0].1);
    let is_coming = session.measure.cells.awaited().is_some();
    let write = |line: (&str, Option<usize>), id: &str| match find(line, id) {
        Some(cell) => words_of(session, cell, &cells),
        None => match cells.why_missing(line.0, id) {
            None if is_coming => vec![Word::muted("not yet", String::new())],
            // Some metrics are defined for some methods only.
            why => vec![Word::muted("none", why.unwrap_or("Not measured").to_owned())],
        },
    };
    let written: Vec<Vec<Vec<Word>>> =
        lines.iter().map(|line| metrics.iter().map(|id| write(*line, id)).collect()).collect();
    let fixed = 1 + usize::from(has_ks);
    let widths = widths(ui, &lines, &metrics, &written, has_ks);
    let names = rows(session);
    let panes = Panes { widths: &widths, fixed, lines: lines.len(), view: ui.clip_rect().height() };
    panes.show(ui, |ui, line, column| match (line.map(|at| (at, lines[at])), column) {
        (None, column) if column >= fixed => header(ui, metrics[column - fixed], state),
        (None, column) => {
            ui.label(RichText::new(if column == 0 { "Method" } else { "k" }).strong());
        }
        (Some((_, (row, _))), 0) => {
            sample(ui, &look_of(ui, &names, row));
            ui.add(Label::new(row).truncate());
        }
        (Some((at, _)), column) if column >= fixed => draw(ui, &written[at][column - fixed]),
        (Some((_, (_, k))), _) => {
            ui.label(k.map_or_else(String::new, |k| k.to_string()));
        }
    });
    for note in cells.notes() {
        muted(ui, note);
    }
    for warning in crate::jobs::table::honesty(&cells) {
        super::super::forms::warning(ui, &warning);
    }
    let k = lines.first().and_then(|line| line.1);
    let items = cells.iter().map(|cell| cell.items).max().unwrap_or(0);
    let k = if has_ks { String::new() } else { k.map_or_else(String::new, |k| format!("k = {k}, ")) };
    muted(
        ui,
        format!(
            "{k}{items} items. best: the best mean of its column at its k; close: its interval meets that of the best. \
             Headers sort; hover for intervals."
        ),
    );
    muted(ui, format!("{}.", cells.conditions.words()));
}

/// Name of a metric with its unit.
fn title_of(id: &str) -> String {
    metric(id).map_or_else(
        |_| id.to_owned(),
        |metric| match (metric.spec().title, unit_of(metric.spec()).0) {
            (title, "") => title.to_owned(),
            (title, sign) => format!("{title} ({sign})"),
        },
    )
}

fn header(ui: &mut Ui, id: &str, state: &mut MeasureState) {
    let spec = metric(id).ok().map(|metric| metric.spec());
    let title = title_of(id);
    let sorted = state.sort.as_ref().filter(|(by, _)| by == id).map(|(_, descending)| *descending);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let response = ui.add(Button::new(RichText::new(&title).strong()).frame_when_inactive(false));
        let words = match sorted {
            Some(true) => format!("Sort by {title}, now largest first"),
            Some(false) => format!("Sort by {title}, now smallest first"),
            None => format!("Sort by {title}"),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        if let Some(descending) = sorted {
            let icon = if descending { icons::ICON_ARROW_DOWNWARD } else { icons::ICON_ARROW_UPWARD };
            ui.label(icon.rich_text().size(text::BODY).color(tokens(ui).muted));
        }
        let tip = spec.map_or_else(String::new, tip_of);
        if response.on_hover_text(tip).clicked() {
            // First the better ones on top, then the other way round, then as measured.
            let first = spec.and_then(|spec| spec.higher_is_better).unwrap_or(true);
            state.sort = match sorted {
                None => Some((id.to_owned(), first)),
                Some(now) if now == first => Some((id.to_owned(), !first)),
                Some(_) => None,
            };
        }
    });
}

/// Sign of the unit on screen, and how often it goes into the metric's own.
const fn unit_of(spec: &MetricSpec) -> (&'static str, f64) {
    match spec.unit {
        // Explanations take milliseconds.
        MetricUnit::Seconds => ("ms", 1e3),
        unit => (unit.sign(), 1.0),
    }
}

/// How a cell stands among those of its metric and k.
fn standing(cell: &Cell, cells: &[Cell]) -> &'static str {
    let Some(higher) = metric(&cell.metric).ok().and_then(|metric| metric.spec().higher_is_better) else { return "" };
    let rivals: Vec<&Cell> = cells.iter().filter(|other| other.metric == cell.metric && other.k == cell.k).collect();
    if rivals.len() < 2 {
        return "";
    }
    let better = |a: &Cell, b: &Cell| if higher { a.mean > b.mean } else { a.mean < b.mean };
    let Some(best) = rivals.iter().copied().reduce(|a, b| if better(b, a) { b } else { a }) else { return "" };
    if (best.mean - cell.mean).abs() < 1e-12 {
        "best"
    } else if cell.ci95[0] <= best.ci95[1] && best.ci95[0] <= cell.ci95[1] {
        "close"
    } else {
        ""
    }
}

/// Words in a cell, with what is said under the pointer.
struct Word {
    words: String,
    tip: String,
    weight: Weight,
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Plain,
    Strong,
    Muted,
}

impl Word {
    fn muted(words: impl Into<String>, tip: String) -> Self {
        Self { words: words.into(), tip, weight: Weight::Muted }
    }

    fn width(&self, ui: &Ui) -> f32 {
        text_width(ui, &self.words, if self.weight == Weight::Muted { text::SMALL } else { text::BODY })
    }
}

fn text_width(ui: &Ui, words: &str, size: f32) -> f32 {
    let galley = ui.painter().layout_no_wrap(words.to_owned(), FontId::proportional(size), tokens(ui).text);
    galley.size().x.ceil()
}

/// Widths of the columns: of the methods, of k where there are several, and of each metric.
fn widths(
    ui: &Ui,
    lines: &[(&str, Option<usize>)],
    metrics: &[&str],
    written: &[Vec<Vec<Word>>],
    has_ks: bool,
) -> Vec<f32> {
    let body = |words: &str| text_width(ui, words, text::BODY);
    let gap = ui.spacing().item_spacing.x;
    let methods = lines.iter().map(|(row, _)| SAMPLE_WIDTH + gap + body(row)).fold(body("Method"), f32::max);
    // On a narrow window the figures keep half.
    let methods = methods.min((ui.available_width() * 0.45).max(120.0)) + 1.0;
    let ks =
        has_ks.then(|| lines.iter().filter_map(|line| line.1).map(|k| body(&k.to_string())).fold(body("k"), f32::max));
    let of_metric = |(at, id): (usize, &&str)| {
        let head = body(&title_of(id)) + 2.0 * ui.spacing().button_padding.x + text::BODY + space::XS;
        let cell = |words: &Vec<Word>| {
            words.iter().map(|word| word.width(ui)).sum::<f32>() + space::XS * words.len().saturating_sub(1) as f32
        };
        written.iter().map(|line| cell(&line[at])).fold(head, f32::max)
    };
    std::iter::once(methods).chain(ks).chain(metrics.iter().enumerate().map(of_metric)).collect()
}

fn draw(ui: &mut Ui, words: &[Word]) {
    ui.spacing_mut().item_spacing.x = space::XS;
    for Word { words, tip, weight } in words {
        let response = match weight {
            Weight::Plain => ui.label(words),
            Weight::Strong => ui.label(RichText::new(words).strong()),
            Weight::Muted => muted(ui, words),
        };
        if !tip.is_empty() {
            response.on_hover_text(tip);
        }
    }
}

/// What stands in the cell of a figure: the figure, how it stands among the others, and what the paper prints.
fn words_of(session: &Session, cell: &Cell, cells: &[Cell]) -> Vec<Word> {
    let (sign, times) = metric(&cell.metric).map_or(("", 1.0), |metric| unit_of(metric.spec()));
    let (mean, [low, high]) = (cell.mean * times, cell.ci95.map(|end| end * times));
    let digits = digits_for((high - low) / 2.0);
    let standing = standing(cell, cells);
    // Of one value there is no interval.
    let words = if cell.items == 1 { format!("{mean:.digits$}") } else { mean_words(mean, [low, high]) };
    let more = digits + 1;
    let tip = if cell.items == 1 {
        format!("{mean:.more$} {sign}, one value")
    } else {
        let items = cell.items;
        format!("{mean:.more$} {sign}, 95 % interval {low:.more$} to {high:.more$} {sign}, {items} items")
    };
    let weight = if standing == "best" { Weight::Strong } else { Weight::Plain };
    let mut all = vec![Word { words, tip, weight }];
    if !standing.is_empty() {
        all.push(Word::muted(standing, String::new()));
    }
    if let Some(published) = session.published(cell) {
        // As many digits as papers print.
        let printed = format!("{:.2}", published.value * times);
        let printed = printed.trim_end_matches('0').trim_end_matches('.');
        let tip = format!("{}: the paper prints {printed} {sign}, for a black box of its own", published.source);
        all.push(Word::muted(format!("(paper {printed})"), tip));
    }
    all
}

/// A mean with its interval. One number for both sides would hide that one end lies much farther away.
fn mean_words(mean: f64, [low, high]: [f64; 2]) -> String {
    let half = (high - low) / 2.0;
    let digits = digits_for(half);
    if (mean - (low + high) / 2.0).abs() > 0.25 * half {
        format!("{mean:.digits$} ({low:.digits$} to {high:.digits$})")
    } else {
        format!("{mean:.digits$} ± {half:.digits$}")
    }
}

/// As many digits as the interval warrants: one of it, two where it begins with a one.
pub fn digits_for(half: f64) -> usize {
    if !half.is_finite() || half <= 0.0 {
        return 1;
    }
    let magnitude = half.log10().floor();
    let leads_with_one = half / 10f64.powf(magnitude) < 1.95;
    (-magnitude + f64::from(u8::from(leads_with_one))).clamp(0.0, 6.0) as usize
}

#[cfg(test)]
mod tests {
    use super::{digits_for, mean_words};

    #[test]
    fn digits_follow_the_interval() {
        for (half, digits) in [(0.4, 1), (0.04, 2), (1.2, 1), (4.0, 0), (0.13, 2), (23.0, 0), (0.0, 1)] {
            assert_eq!(digits_for(half), digits, "{half}");
        }
    }

    #[test]
    fn a_lopsided_interval_is_told_by_both_its_ends() {
        assert_eq!(mean_words(95.8, [95.4, 96.2]), "95.8 ± 0.4");
        assert_eq!(mean_words(91.2, [69.9, 97.2]), "91 (70 to 97)");
        assert_eq!(mean_words(100.0, [75.7, 100.0]), "100 (76 to 100)");
        assert_eq!(mean_words(3.0, [3.0, 3.0]), "3.0 ± 0.0");
    }
}
