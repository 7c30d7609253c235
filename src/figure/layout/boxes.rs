//! Box plots: one row for each method, as in L2X's Figure 3.

use crate::figure::{Anchor, Element, Figure, Metadata, Palette, Text, Theme, Weight, point, rect, stroke};

/// One row: its name, the spread over items (whisker, quartile, median, quartile, whisker) and the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxRow {
    /// Name.
    pub name: String,
    /// Ascending.
    pub spread: [f64; 5],
    /// Mean.
    pub mean: f64,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxPlot {
    /// Above the plot.
    pub title: String,
    /// Below the axis.
    pub axis: String,
    /// Rows from top to bottom.
    pub rows: Vec<BoxRow>,
    /// The axis goes from 0 to this.
    pub most: f64,
    /// The best value that there can be, as a dashed line.
    pub best: Option<f64>,
}

/// Points from the left edge to the axis.
const LABELS: f32 = 100.0;
/// Length of the axis, in points.
const AXIS: f32 = 280.0;
/// The same in a window, where words are larger beside it.
const SHORT_AXIS: f32 = 180.0;
/// Least distance of two numbers on the axis.
const TICK: f64 = 14.0;
/// Characters of a name that there is room for.
const NAME: usize = 20;
/// Height of a row.
const ROW: f32 = 24.0;
/// Above the first row, with and without a title.
const HEADS: [f32; 2] = [34.0, 10.0];
/// Half the height of a box.
const HALF: f32 = 6.0;
/// Size of text.
const TEXT: f32 = 8.5;

/// Box from quartile to quartile, a thick line at the median, whiskers, and a diamond at the mean.
pub fn box_plot(plot: &BoxPlot, theme: Theme) -> Figure {
    drawn(plot, theme, AXIS, true)
}

/// The same for a window, where title and note stand beside it.
pub fn plain_box_plot(plot: &BoxPlot, theme: Theme) -> Figure {
    drawn(plot, theme, SHORT_AXIS, false)
}

/// What the signs of a box plot mean.
pub const fn legend(has_best: bool) -> &'static str {
    if has_best {
        "Thick line: median; box: quartiles; diamond: mean; dashed: the best there can be"
    } else {
        "Thick line: median; box: quartiles; diamond: mean"
    }
}

/// A name that fits beside the axis.
fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    format!("{}…", name.chars().take(NAME - 1).collect::<String>().trim_end())
}

fn drawn(plot: &BoxPlot, theme: Theme, axis: f32, has_words: bool) -> Figure {
    let palette = Palette::of(theme);
    let head = HEADS[usize::from(!has_words)];
    let bottom = head + ROW * plot.rows.len() as f32;
    let x = |value: f64| LABELS + axis * (value.clamp(0.0, plot.most) / plot.most.max(f64::MIN_POSITIVE)) as f32;
    let text = |at, text: &str, anchor, weight, color| {
        Element::Text(Text { at, text: text.to_owned(), size: TEXT, color, anchor, weight })
    };
    let mut elements = Vec::new();
    if has_words {
        elements.push(text(point(12.0, 16.0), &plot.title, Anchor::Start, Weight::Strong, palette.ink));
    }
    let fits = |step: &f64| plot.most / step * TICK <= f64::from(axis);
    let step = [1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0].into_iter().find(fits).unwrap_or(5000.0);
    let ticks = (plot.most / step).floor() as usize;
    for tick in (0..=ticks).map(|tick| tick as f64 * step) {
        let line = stroke(palette.hairline, 0.6);
        elements.push(Element::line(point(x(tick), head - 4.0), point(x(tick), bottom), line));
        let label = format!("{tick:.0}");
        elements.push(text(point(x(tick), bottom + 12.0), &label, Anchor::Middle, Weight::Regular, palette.ink));
    }
    let below = point(LABELS + axis / 2.0, bottom + 26.0);
    elements.push(text(below, &plot.axis, Anchor::Middle, Weight::Regular, palette.ink_muted));
    if let Some(best) = plot.best {
        let mut y = head - 4.0;
        while y < bottom {
            let end = (y + 4.0).min(bottom);
            elements.push(Element::line(point(x(best), y), point(x(best), end), stroke(palette.selected, 1.4)));
            y += 7.0;
        }
    }
    for (at, row) in plot.rows.iter().enumerate() {
        let y = head + ROW * (at as f32 + 0.5);
        let [low, first, middle, third, high] = row.spread.map(x);
        let thin = stroke(palette.ink, 1.0);
        elements.push(text(point(LABELS - 8.0, y + 3.0), &short(&row.name), Anchor::End, Weight::Regular, palette.ink));
        // A line without length cannot be drawn.
        for (from, to) in [(low, first), (third, high)].into_iter().filter(|(from, to)| from < to) {
            elements.push(Element::line(point(from, y), point(to, y), thin));
        }
        for end in [low, high] {
            elements.push(Element::line(point(end, y - HALF / 2.0), point(end, y + HALF / 2.0), thin));
        }
        let shape = rect(first, y - HALF, (third - first).max(0.5), 2.0 * HALF);
        elements.push(Element::Rect { rect: shape, fill: None, stroke: Some(thin), radius: 0.0, hatch: None });
        elements.push(Element::line(point(middle, y - HALF), point(middle, y + HALF), stroke(palette.ink, 2.4)));
        let mean = x(row.mean);
        for (from, to) in
            [((-3.0, 0.0), (0.0, -3.0)), ((0.0, -3.0), (3.0, 0.0)), ((3.0, 0.0), (0.0, 3.0)), ((0.0, 3.0), (-3.0, 0.0))]
        {
            let ends = (point(mean + from.0, y + from.1), point(mean + to.0, y + to.1));
            elements.push(Element::line(ends.0, ends.1, stroke(palette.unselected, 1.2)));
        }
    }
    if has_words {
        let note = legend(plot.best.is_some());
        elements.push(text(point(12.0, bottom + 42.0), note, Anchor::Start, Weight::Regular, palette.ink_muted));
    }
    let sentences: Vec<String> = plot
        .rows
        .iter()
        .map(|row| {
            format!(
                "{}: median {:.1}, quartiles {:.1} and {:.1}, mean {:.2}.",
                row.name, row.spread[2], row.spread[1], row.spread[3], row.mean
            )
        })
        .collect();
    Figure {
        width: LABELS + axis + 24.0,
        height: bottom + if has_words { 52.0 } else { 32.0 },
        background: palette.background,
        title: plot.title.clone(),
        description: sentences.join(" "),
        metadata: Metadata {
            source: plot.title.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Metadata::default()
        },
        elements,
    }
}
