//! Blocks: elements with a size, from which layouts are stacked. Texts, marks.

use super::super::{
    Anchor, Color, Element, Figure, FigureError, Metadata, Palette, Path, Text, Weight, fonts, point, stroke,
};
use super::{Page, size};

/// Elements whose top left corner is the origin.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub width: f32,
    pub height: f32,
    pub elements: Vec<Element>,
}

impl Block {
    /// Adds `other` with its top left corner at `(x, y)` and grows to hold it.
    pub fn place(&mut self, other: Self, x: f32, y: f32) {
        self.width = self.width.max(x + other.width);
        self.height = self.height.max(y + other.height);
        self.elements.extend(other.elements.into_iter().map(|element| element.moved(x, y)));
    }

    /// Adds `other` below, `gap` points further down; an empty block changes nothing.
    pub fn below(&mut self, other: Self, gap: f32) {
        if other.height > 0.0 {
            let y = if self.height > 0.0 { self.height + gap } else { 0.0 };
            self.place(other, 0.0, y);
        }
    }

    /// The block as a whole figure, with margins: as wide as was asked for, else on whole points.
    pub fn into_figure(
        self,
        palette: &Palette,
        (title, description): (String, String),
        metadata: Metadata,
        page: &Page,
    ) -> Result<Figure, FigureError> {
        let elements = self.elements.into_iter().map(|element| element.moved(size::MARGIN, size::MARGIN)).collect();
        let needed = self.width + 2.0 * size::MARGIN;
        let figure = Figure {
            // Sums of widths may be off by a hair.
            width: page.points().filter(|asked| needed <= asked + 0.5).unwrap_or_else(|| needed.ceil()),
            height: (self.height + 2.0 * size::MARGIN).ceil(),
            background: palette.background,
            title,
            description,
            metadata,
            elements,
        };
        for (name, points) in [("width", figure.width), ("height", figure.height)] {
            if points > super::super::MAX_POINTS {
                return Err(FigureError::Size { name, points });
            }
        }
        Ok(figure)
    }
}

/// How a block of text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub size: f32,
    pub color: Color,
    pub weight: Weight,
}

impl Style {
    pub fn heading(palette: &Palette) -> Self {
        Self { size: size::HEADING, color: palette.ink, weight: Weight::Strong }
    }

    pub fn text(palette: &Palette) -> Self {
        Self { size: size::TEXT, color: palette.ink, weight: Weight::Regular }
    }

    pub fn small(palette: &Palette) -> Self {
        Self { size: size::SMALL, color: palette.ink, weight: Weight::Regular }
    }

    pub fn muted(palette: &Palette) -> Self {
        Self { size: size::SMALL, color: palette.ink_muted, weight: Weight::Regular }
    }

    /// Distance of baselines.
    pub fn leading(self) -> f32 {
        (self.size * 1.36).ceil()
    }

    /// Baseline of a line whose top is at 0, so that capitals stand in the middle of it.
    pub fn baseline(self) -> f32 {
        (self.leading() + fonts::cap_height(self.size)) / 2.0
    }

    /// One line as an element, anchored at `x`, in a line whose top is at `top`.
    pub fn line(self, text: &str, x: f32, top: f32, anchor: Anchor) -> Element {
        Element::Text(Text {
            at: point(x, top + self.baseline()),
            text: text.to_owned(),
            size: self.size,
            color: self.color,
            anchor,
            weight: self.weight,
        })
    }
}

/// A paragraph of at most `width` points, broken into lines.
pub(super) fn paragraph(text: &str, style: Style, width: f32) -> Block {
    let mut block = Block { width, ..Default::default() };
    for (i, line) in fonts::wrap(text, style.size, width).iter().enumerate() {
        // A separator needs no place at the end of a line.
        let line = line.trim_end_matches(" ·");
        block.elements.push(style.line(line, 0.0, style.leading() * i as f32, Anchor::Start));
        block.height = style.leading() * (i + 1) as f32;
    }
    block
}

/// A paragraph after a mark: a tick for what stays, a cross for what changes, an open ring where it is not known.
pub(super) fn marked(mark: Option<bool>, text: &str, style: Style, palette: &Palette, width: f32) -> Block {
    let indent = style.size * 1.25;
    let mut block = Block::default();
    block.place(paragraph(text, style, width - indent), indent, 0.0);
    let side = style.size * 0.68;
    let (left, top) = (0.5, (style.leading() - side) / 2.0);
    let at = |x: f32, y: f32| point(left + x * side, top + y * side);
    let line = stroke(palette.ink, style.size * 0.15);
    let lines = match mark {
        Some(true) => vec![vec![at(0.0, 0.55), at(0.36, 0.92), at(1.0, 0.1)]],
        Some(false) => vec![vec![at(0.08, 0.08), at(0.92, 0.92)], vec![at(0.92, 0.08), at(0.08, 0.92)]],
        None => vec![vec![at(0.1, 0.5), at(0.9, 0.5)]],
    };
    block.elements.push(Element::Path(Path { lines, closed: false, fill: None, stroke: Some(line) }));
    block
}
