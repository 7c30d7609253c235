//! Calibration of confidence: how often answers are right at each level.

use super::{HEAD, MARGIN, Page};
use crate::figure::{Anchor, Element, Figure, Theme, Weight, point, rect, stroke};
use crate::study::score::{ArmScore, Calibration, Scores};

/// Width of a panel's axis, in points.
const PANEL: f32 = 118.0;
/// Height of a panel's axis.
const HEIGHT: f32 = 92.0;
/// From one panel to the next, across and down.
const STEP: [f32; 2] = [PANEL + 26.0, HEIGHT + 52.0];
/// Panels in a row.
const ACROSS: usize = 3;

/// One panel per arm: the share of right answers at each confidence with Wilson's interval, and how many answers there were. `None` where
/// confidence was not asked for.
pub(super) fn figure_in(scores: &Scores, theme: Theme) -> Option<Figure> {
    let arms: Vec<(&ArmScore, &Calibration)> =
        scores.arms.iter().filter_map(|arm| Some((arm, arm.calibration.as_ref()?))).collect();
    if arms.is_empty() {
        return None;
    }
    let mut page = Page::new("Answers that are right, by confidence", &["100 %"], theme);
    let left = page.left;
    let mut sentences = Vec::new();
    for (at, (arm, calibration)) in arms.iter().enumerate() {
        let [x, y] = [left + STEP[0] * (at % ACROSS) as f32, HEAD + 14.0 + STEP[1] * (at / ACROSS) as f32];
        panel(&mut page, [x, y], arm, calibration, at % ACROSS == 0);
        let levels = calibration
            .levels
            .iter()
            .enumerate()
            .filter_map(|(level, share)| Some(format!("at {} {:.0} % of {}", level + 1, share.percent?, share.n)));
        sentences.push(format!("{}: {}.", arm.name, levels.collect::<Vec<_>>().join(", ")));
    }
    let rows = arms.len().div_ceil(ACROSS);
    let below = HEAD + 14.0 + STEP[1] * rows as f32;
    let words = "Confidence from 1 (not at all sure) to 5 (very sure); under it, how many answers. Dashed: chance.";
    page.text(MARGIN, below, words, Anchor::Start, Weight::Regular);
    let needed = MARGIN * 2.0 + crate::figure::fonts::width(words, super::TEXT);
    let width = (left + STEP[0] * arms.len().min(ACROSS) as f32).max(needed);
    Some(page.done([width, below + 14.0], format!("Confidence in {}", scores.title), sentences.join(" "), scores))
}

fn panel(page: &mut Page, [left, top]: [f32; 2], arm: &ArmScore, calibration: &Calibration, is_first: bool) {
    let palette = page.palette;
    let x = |level: usize| left + PANEL * (level as f32 + 0.5) / 5.0;
    let y = |percent: f64| top + HEIGHT * (1.0 - (percent / 100.0) as f32);
    let name = crate::figure::fonts::shorten(&arm.name, super::TEXT, PANEL);
    page.text(left + PANEL / 2.0, top - 8.0, &name, Anchor::Middle, Weight::Regular);
    for tick in [0.0, 50.0, 100.0] {
        let line = stroke(palette.hairline, 0.6);
        page.elements.push(Element::line(point(left, y(tick)), point(left + PANEL, y(tick)), line));
        if is_first {
            page.text(left - 8.0, y(tick) + 3.0, &format!("{tick:.0} %"), Anchor::End, Weight::Regular);
        }
    }
    page.dashed([[left, y(arm.chance)], [left + PANEL, y(arm.chance)]]);
    let mut known: Vec<(usize, f64)> = Vec::new();
    for (level, share) in calibration.levels.iter().enumerate() {
        page.text(x(level), top + HEIGHT + 12.0, &(level + 1).to_string(), Anchor::Middle, Weight::Strong);
        page.text(x(level), top + HEIGHT + 23.0, &share.n.to_string(), Anchor::Middle, Weight::Regular);
        let Some(percent) = share.percent else { continue };
        let [low, high] = share.wilson;
        let line = stroke(palette.selected, 1.4);
        page.elements.push(Element::line(point(x(level), y(low)), point(x(level), y(high)), line));
        known.push((level, percent));
    }
    let points: Vec<_> = known.iter().map(|&(level, percent)| point(x(level), y(percent))).collect();
    page.elements.push(Element::polyline(points, stroke(palette.ink_muted, 0.8)));
    for (level, percent) in known {
        page.elements.push(Element::fill(rect(x(level) - 3.0, y(percent) - 3.0, 6.0, 6.0), palette.selected));
    }
}
