//! Figures of a report: FS-H of each arm beside FS-M and chance, response times, calibration of confidence.

mod calibration;
mod fs_h;
mod times;

use crate::figure::{Anchor, Element, Figure, Metadata, Palette, Text, Theme, Weight, fonts, point, stroke};
use crate::study::score::Scores;

pub use fs_h::figure_in;

/// Length of the axis, in points.
const AXIS: f32 = 260.0;
/// Height of a row.
const ROW: f32 = 26.0;
/// Above the first row.
const HEAD: f32 = 34.0;
/// Size of text.
const TEXT: f32 = 8.5;
/// Around everything.
const MARGIN: f32 = 12.0;

/// FS-H beside FS-M and chance, on a light page.
pub fn figure(scores: &Scores) -> Figure {
    figure_in(scores, Theme::Light)
}

/// Every figure of a report with the name of its file: `fs_h`, `times`, and `confidence` where it was asked for.
pub fn figures_in(scores: &Scores, theme: Theme) -> Vec<(&'static str, Figure)> {
    let mut all = vec![("fs_h", figure_in(scores, theme)), ("times", times::figure_in(scores, theme))];
    all.extend(calibration::figure_in(scores, theme).map(|figure| ("confidence", figure)));
    all
}

/// A page with a heading and one row per arm, named at its left.
struct Page {
    palette: Palette,
    /// From the left edge to the axis: as wide as the longest name.
    left: f32,
    elements: Vec<Element>,
}

impl Page {
    fn new(heading: &str, names: &[&str], theme: Theme) -> Self {
        let widest = names.iter().map(|name| fonts::width(name, TEXT)).fold(0.0, f32::max);
        let mut page = Self { palette: *Palette::of(theme), left: MARGIN + widest + 8.0, elements: Vec::new() };
        page.text(MARGIN, 17.0, heading, Anchor::Start, Weight::Strong);
        page
    }

    fn text(&mut self, x: f32, y: f32, text: &str, anchor: Anchor, weight: Weight) {
        let color = self.palette.ink;
        self.elements.push(Element::Text(Text {
            at: point(x, y),
            text: text.to_owned(),
            size: TEXT,
            color,
            anchor,
            weight,
        }));
    }

    /// A tick of the axis: a hairline from `top` to `bottom` and its words below.
    fn tick(&mut self, x: f32, [top, bottom]: [f32; 2], words: &str) {
        self.elements.push(Element::line(point(x, top), point(x, bottom), stroke(self.palette.hairline, 0.6)));
        self.text(x, bottom + 12.0, words, Anchor::Middle, Weight::Regular);
    }

    /// The name of a row; gives the middle of the row.
    fn row(&mut self, at: usize, name: &str) -> f32 {
        let y = HEAD + ROW * (at as f32 + 0.5);
        self.text(self.left - 8.0, y + 3.0, name, Anchor::End, Weight::Regular);
        y
    }

    /// A short dashed line, across or down.
    fn dashed(&mut self, [from, to]: [[f32; 2]; 2]) {
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let step = [(to[0] - from[0]) / length.max(1.0), (to[1] - from[1]) / length.max(1.0)];
        let at = |along: f32| point(from[0] + step[0] * along, from[1] + step[1] * along);
        let mut along = 0.0;
        while along < length {
            let line = stroke(self.palette.ink_muted, 1.0);
            self.elements.push(Element::line(at(along), at((along + 4.0).min(length)), line));
            along += 7.0;
        }
    }

    fn done(self, [width, height]: [f32; 2], title: String, description: String, scores: &Scores) -> Figure {
        Figure {
            width,
            height,
            background: self.palette.background,
            title,
            description,
            metadata: Metadata {
                source: scores.title.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                ..Metadata::default()
            },
            elements: self.elements,
        }
    }
}

fn names(scores: &Scores) -> Vec<&str> {
    scores.arms.iter().map(|arm| arm.name.as_str()).collect()
}
