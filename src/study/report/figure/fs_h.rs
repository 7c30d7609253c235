//! FS-H of each arm with its interval, beside FS-M and chance.

use super::{AXIS, HEAD, MARGIN, Page, ROW, names};
use crate::figure::{Anchor, Element, Figure, Theme, Weight, fonts, point, rect, stroke};
use crate::study::score::Scores;

/// One row per arm: the interval as a line, FS-H as a filled square, FS-M as an open one, chance as a dashed line. People and model
/// differ by shape and fill, not by colour alone.
pub fn figure_in(scores: &Scores, theme: Theme) -> Figure {
    let mut page = Page::new("FS-H: how often people give the model's answer", &names(scores), theme);
    let palette = page.palette;
    let left = page.left;
    let x = |percent: f64| left + AXIS * (percent.clamp(0.0, 100.0) / 100.0) as f32;
    let bottom = HEAD + ROW * scores.arms.len() as f32;
    for tick in [0.0, 25.0, 50.0, 75.0, 100.0] {
        page.tick(x(tick), [HEAD - 6.0, bottom], &format!("{tick:.0} %"));
    }
    if let Some(arm) = scores.arms.first() {
        page.dashed([[x(arm.chance), HEAD - 6.0], [x(arm.chance), bottom]]);
    }
    for (at, arm) in scores.arms.iter().enumerate() {
        let y = page.row(at, &arm.name);
        if let Some(people) = arm.fs_h.percent {
            let [low, high] = arm.fs_h.cluster.unwrap_or(arm.fs_h.wilson);
            page.elements.push(Element::line(point(x(low), y), point(x(high), y), stroke(palette.selected, 1.6)));
            page.elements.push(Element::fill(rect(x(people) - 3.5, y - 3.5, 7.0, 7.0), palette.selected));
        }
        // Around the filled one where both are the same.
        if let Some(model) = arm.model.fs_m.percent {
            let square = rect(x(model) - 5.0, y - 5.0, 10.0, 10.0);
            let edge = Some(stroke(palette.unselected, 1.4));
            page.elements.push(Element::Rect { rect: square, fill: None, stroke: edge, radius: 0.0, hatch: None });
        }
    }
    let y = bottom + 32.0;
    let mut at = MARGIN.max(left + AXIS / 2.0 - 135.0);
    page.elements.push(Element::fill(rect(at, y - 6.5, 7.0, 7.0), palette.selected));
    let say = |page: &mut Page, at: f32, words: &str| {
        page.text(at, y, words, Anchor::Start, Weight::Regular);
        at + fonts::width(words, super::TEXT) + 16.0
    };
    at = say(&mut page, at + 12.0, "people (FS-H, 95 %)");
    let edge = Some(stroke(palette.unselected, 1.4));
    let square = rect(at, y - 8.0, 10.0, 10.0);
    page.elements.push(Element::Rect { rect: square, fill: None, stroke: edge, radius: 0.0, hatch: None });
    at = say(&mut page, at + 15.0, "model (FS-M)");
    page.dashed([[at, y - 3.0], [at + 12.0, y - 3.0]]);
    at = say(&mut page, at + 17.0, "chance");
    let show = |value: Option<f64>| value.map_or_else(|| "no answers".to_owned(), |value| format!("{value:.1} %"));
    let sentences: Vec<String> = scores
        .arms
        .iter()
        .map(|arm| format!("{}: FS-H {}, FS-M {}.", arm.name, show(arm.fs_h.percent), show(arm.model.fs_m.percent)))
        .collect();
    let size = [(left + AXIS + 24.0).max(at), bottom + 46.0];
    page.done(size, format!("FS-H of {}", scores.title), sentences.join(" "), scores)
}
