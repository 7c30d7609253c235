//! What a user adds to a figure: arrows, boxes, texts, panel letters, in the figure's points. Drawn last, as vectors.

use super::{Anchor, Color, Element, Figure, Palette, Path, Point, Rect, Text, Weight, fonts, point, rect, stroke};

/// Something a user adds to a figure.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Annotation {
    /// A line with a head at `to`.
    Arrow {
        /// Tail.
        from: Point,
        /// Head.
        to: Point,
        /// Colour; the palette's where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        color: Option<Color>,
    },
    /// An empty rectangle.
    Box {
        /// Where.
        rect: Rect,
        /// Colour; the palette's where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        color: Option<Color>,
    },
    /// Text on a plate of the page's colour; line breaks are kept.
    Text {
        /// Left end of the first baseline.
        at: Point,
        /// What it says.
        text: String,
        /// Size in points.
        size: f32,
        /// Colour; the palette's where none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        color: Option<Color>,
    },
    /// A panel letter, set as "(a)".
    Letter {
        /// Left end of the baseline.
        at: Point,
        /// The letter without brackets.
        letter: String,
    },
}

/// SVG class of the group that holds the annotations.
pub const GROUP: &str = "annotations";
/// Size of panel letters in points.
pub const LETTER_SIZE: f32 = 10.0;

const LINE: f32 = 1.5;
/// The edge in the page's colour that keeps a line readable on any picture.
const EDGE: f32 = 1.0;

impl Figure {
    /// Draws `annotations` on top of everything. Call it last: the group must stay the last element.
    pub fn annotate(&mut self, annotations: &[Annotation], palette: &Palette) {
        if annotations.is_empty() {
            return;
        }
        let elements = annotations.iter().flat_map(|annotation| draw(annotation, palette)).collect();
        self.elements.push(Element::Group { name: GROUP, clip: None, elements });
    }
}

fn draw(annotation: &Annotation, palette: &Palette) -> Vec<Element> {
    match annotation {
        Annotation::Arrow { from, to, color } => {
            arrow(*from, *to, color.unwrap_or(palette.annotation), palette.background)
        }
        Annotation::Box { rect, color } => {
            let outline = |color, width| Element::Rect {
                rect: *rect,
                fill: None,
                stroke: Some(stroke(color, width)),
                radius: 1.5,
                hatch: None,
            };
            vec![outline(palette.background, LINE + 2.0 * EDGE), outline(color.unwrap_or(palette.annotation), LINE)]
        }
        Annotation::Text { at, text, size, color } => {
            plate(*at, text, *size, color.unwrap_or(palette.annotation), palette)
        }
        Annotation::Letter { at, letter } => vec![Element::Text(Text {
            at: *at,
            text: format!("({letter})"),
            size: LETTER_SIZE,
            color: palette.ink,
            anchor: Anchor::Start,
            weight: Weight::Strong,
        })],
    }
}

/// A line with a filled head, over a wider one in the colour of the page.
fn arrow(from: Point, to: Point, color: Color, edge: Color) -> Vec<Element> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy);
    if !(length > 0.0 && length.is_finite()) {
        return Vec::new();
    }
    let (ux, uy) = (dx / length, dy / length);
    let head = 7.0_f32.min(length);
    let half = head * 0.42;
    let along = |distance: f32, aside: f32| point(to.x - ux * distance - uy * aside, to.y - uy * distance + ux * aside);
    let tip = vec![to, along(head, half), along(head, -half)];
    let neck = along(head * 0.8, 0.0);
    let head_path = |color: Color, line: f32| {
        let outline = (line > 0.0).then(|| stroke(color, line));
        Element::Path(Path { lines: vec![tip.clone()], closed: true, fill: Some(color), stroke: outline })
    };
    vec![
        Element::line(from, neck, stroke(edge, LINE + 2.0 * EDGE)),
        head_path(edge, 2.0 * EDGE),
        Element::line(from, neck, stroke(color, LINE)),
        head_path(color, 0.0),
    ]
}

fn plate(at: Point, text: &str, size: f32, color: Color, palette: &Palette) -> Vec<Element> {
    let leading = size * 1.3;
    let lines: Vec<&str> = text.lines().collect();
    let widest = lines.iter().map(|line| fonts::width(line, size)).fold(0.0, f32::max);
    let top = at.y - fonts::cap_height(size);
    let bottom = at.y + leading * lines.len().saturating_sub(1) as f32;
    let plate = rect(at.x, top, widest, bottom - top).expand(2.5);
    let mut out = vec![Element::Rect {
        rect: plate,
        fill: Some(palette.background.with_alpha(225)),
        stroke: None,
        radius: 1.5,
        hatch: None,
    }];
    out.extend(lines.iter().enumerate().map(|(i, line)| {
        Element::Text(Text {
            at: point(at.x, at.y + leading * i as f32),
            text: (*line).to_owned(),
            size,
            color,
            anchor: Anchor::Start,
            weight: Weight::Regular,
        })
    }));
    out
}
