//! FS-H of each arm with its interval, beside FS-M and chance.

use crate::figure::{Anchor, Element, Figure, Metadata, Palette, Text, Theme, Weight, point, rect, stroke};
use crate::study::score::Scores;

/// Points from the left edge to the axis.
const LABELS: f32 = 120.0;
/// Length of the axis, in points.
const AXIS: f32 = 260.0;
/// Height of a row.
const ROW: f32 = 26.0;
/// Above the first row.
const HEAD: f32 = 30.0;
/// Size of text.
const TEXT: f32 = 8.5;

/// One row per arm: the interval as a line, FS-H as a filled square, FS-M as an open one, chance as a dashed line. People and model
/// differ by shape and fill, not by colour alone.
pub fn figure(scores: &Scores) -> Figure {
    figure_in(scores, Theme::Light)
}

/// The same in the colours of a theme.
pub fn figure_in(scores: &Scores, theme: Theme) -> Figure {
    let palette = Palette::of(theme);
    let height = HEAD + ROW * scores.arms.len() as f32 + 54.0;
    let width = LABELS + AXIS + 30.0;
    let x = |percent: f64| LABELS + AXIS * (percent.clamp(0.0, 100.0) / 100.0) as f32;
    let bottom = HEAD + ROW * scores.arms.len() as f32;
    let text = |at, text: &str, anchor, weight| {
        Element::Text(Text { at, text: text.to_owned(), size: TEXT, color: palette.ink, anchor, weight })
    };
    let mut elements = Vec::new();
    for tick in [0.0, 25.0, 50.0, 75.0, 100.0] {
        elements.push(Element::line(point(x(tick), HEAD - 6.0), point(x(tick), bottom), stroke(palette.hairline, 0.6)));
        elements.push(text(point(x(tick), bottom + 12.0), &format!("{tick:.0} %"), Anchor::Middle, Weight::Regular));
    }
    if let Some(arm) = scores.arms.first() {
        let mut y = HEAD - 6.0;
        while y < bottom {
            let end = (y + 4.0).min(bottom);
            elements.push(Element::line(
                point(x(arm.chance), y),
                point(x(arm.chance), end),
                stroke(palette.ink_muted, 1.0),
            ));
            y += 7.0;
        }
    }
    for (at, arm) in scores.arms.iter().enumerate() {
        let y = HEAD + ROW * (at as f32 + 0.5);
        elements.push(text(point(LABELS - 8.0, y + 3.0), &arm.name, Anchor::End, Weight::Regular));
        if let Some(model) = arm.model.fs_m.percent {
            let square = rect(x(model) - 3.5, y - 3.5, 7.0, 7.0);
            let edge = Some(stroke(palette.unselected, 1.2));
            elements.push(Element::Rect { rect: square, fill: None, stroke: edge, radius: 0.0, hatch: None });
        }
        if let Some(people) = arm.fs_h.percent {
            let [low, high] = arm.fs_h.cluster.unwrap_or(arm.fs_h.wilson);
            elements.push(Element::line(point(x(low), y), point(x(high), y), stroke(palette.selected, 1.6)));
            elements.push(Element::fill(rect(x(people) - 3.5, y - 3.5, 7.0, 7.0), palette.selected));
        }
    }
    elements.push(text(point(12.0, 16.0), "FS-H", Anchor::Start, Weight::Strong));
    let y = bottom + 32.0;
    elements.push(Element::fill(rect(LABELS, y - 6.0, 7.0, 7.0), palette.selected));
    elements.push(text(point(LABELS + 12.0, y), "people (FS-H, 95 %)", Anchor::Start, Weight::Regular));
    let square = rect(LABELS + 112.0, y - 6.0, 7.0, 7.0);
    let edge = Some(stroke(palette.unselected, 1.2));
    elements.push(Element::Rect { rect: square, fill: None, stroke: edge, radius: 0.0, hatch: None });
    elements.push(text(point(LABELS + 124.0, y), "model (FS-M)", Anchor::Start, Weight::Regular));
    for part in 0..2 {
        let left = LABELS + 196.0 + 6.0 * part as f32;
        elements.push(Element::line(point(left, y - 2.5), point(left + 4.0, y - 2.5), stroke(palette.ink_muted, 1.0)));
    }
    elements.push(text(point(LABELS + 212.0, y), "chance", Anchor::Start, Weight::Regular));
    let sentences: Vec<String> = scores
        .arms
        .iter()
        .map(|arm| {
            let show =
                |value: Option<f64>| value.map_or_else(|| "no answers".to_owned(), |value| format!("{value:.1} %"));
            format!("{}: FS-H {}, FS-M {}.", arm.name, show(arm.fs_h.percent), show(arm.model.fs_m.percent))
        })
        .collect();
    Figure {
        width,
        height,
        background: palette.background,
        title: format!("FS-H of {}", scores.title),
        description: sentences.join(" "),
        metadata: Metadata {
            source: scores.title.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Metadata::default()
        },
        elements,
    }
}
