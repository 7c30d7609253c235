//! Response times of each arm.

use super::{AXIS, HEAD, Page, ROW, names};
use crate::figure::{Anchor, Element, Figure, Theme, Weight, point, rect, stroke};
use crate::study::score::Scores;

/// A round number at or above `value`: 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let unit = 10_f64.powf(value.max(1e-3).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * unit).find(|round| *round >= value).unwrap_or(value)
}

/// One row per arm: from the 5th to the 95th percentile as a line, the quartiles as a box, the median as a stroke across it.
pub(super) fn figure_in(scores: &Scores, theme: Theme) -> Figure {
    let mut page = Page::new("Seconds from the item on screen to the key", &names(scores), theme);
    let palette = page.palette;
    let left = page.left;
    let most = scores.arms.iter().filter_map(|arm| arm.seconds.spread).map(|[_, high]| high).fold(0.0, f64::max);
    let end = round_up(most);
    let x = |seconds: f64| left + AXIS * (seconds / end).clamp(0.0, 1.0) as f32;
    let bottom = HEAD + ROW * scores.arms.len() as f32;
    // Ends are 1, 2 or 5 times a power of ten, so that five parts are round for 1 and 5, four for 2.
    let is_two = (end.log10().rem_euclid(1.0) - 2_f64.log10()).abs() < 1e-6;
    let parts = if is_two { 4 } else { 5 };
    for part in 0..=parts {
        let tick = end * f64::from(part) / f64::from(parts);
        let digits = usize::from(end < 20.0 && end != 5.0 && end != 10.0) + usize::from(end < 1.0);
        page.tick(x(tick), [HEAD - 6.0, bottom], &format!("{tick:.digits$} s"));
    }
    let mut sentences = Vec::new();
    for (at, arm) in scores.arms.iter().enumerate() {
        let y = page.row(at, &arm.name);
        let (Some(median), Some([low, high]), Some([least, most])) =
            (arm.seconds.median, arm.seconds.quartiles, arm.seconds.spread)
        else {
            sentences.push(format!("{}: no answers.", arm.name));
            continue;
        };
        page.elements.push(Element::line(point(x(least), y), point(x(most), y), stroke(palette.ink_muted, 1.0)));
        page.elements.push(Element::Rect {
            rect: rect(x(low), y - 6.0, (x(high) - x(low)).max(1.0), 12.0),
            fill: Some(palette.background),
            stroke: Some(stroke(palette.selected, 1.4)),
            radius: 0.0,
            hatch: None,
        });
        let line = stroke(palette.selected, 2.2);
        page.elements.push(Element::line(point(x(median), y - 6.0), point(x(median), y + 6.0), line));
        sentences.push(format!("{}: median {median:.2} s, quartiles {low:.2} to {high:.2} s.", arm.name));
    }
    let words = "median, quartiles, 5 to 95 % of the answers";
    page.text(left + AXIS / 2.0, bottom + 32.0, words, Anchor::Middle, Weight::Regular);
    let size = [left + AXIS + 24.0, bottom + 46.0];
    page.done(size, format!("Response times of {}", scores.title), sentences.join(" "), scores)
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0.9, 1.0, 1.2, 3.4, 7.0, 21.0].map(round_up), [1.0, 1.0, 2.0, 5.0, 10.0, 50.0]);
    }
}
