//! Figures: a display list in points that the window paints and the exporters write, so that what is exported is what was seen.
//!
//! [`layout`] turns plain numbers into a [`Figure`] with pure functions. [`encode`] writes it: [`svg`] as text, [`png`] and [`pdf`]
//! by way of that same SVG. No window toolkit and no tensors here. Origin is the top left corner, y grows downwards.

pub mod annotate;
pub mod color;
pub mod fonts;
pub mod hatch;
pub mod layout;
pub mod pdf;
pub mod png;
pub mod svg;
pub mod vision;

pub use annotate::Annotation;
pub use color::{Color, Palette, Theme};

/// Most points a figure may measure on a side: a page of five metres, beyond which PDF readers give up (14,400 units).
pub const MAX_POINTS: f32 = 14_400.0;

/// A position in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Point {
    /// From the left edge.
    pub x: f32,
    /// From the top edge.
    pub y: f32,
}

/// A position in points.
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// An upright rectangle in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A rectangle from its top left corner and its size.
pub const fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect { x, y, width, height }
}

impl Rect {
    /// Right edge.
    pub fn right(self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

    /// The same rectangle, larger by `by` on each side.
    pub fn expand(self, by: f32) -> Self {
        rect(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stroke {
    /// Colour.
    pub color: Color,
    /// Width in points.
    pub width: f32,
}

/// A stroke of `color` and `width` points.
pub const fn stroke(color: Color, width: f32) -> Stroke {
    Stroke { color, width }
}

/// Diagonal lines over a rectangle; [`hatch::hatch_rect`] gives their end points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hatch {
    /// How the lines are drawn.
    pub stroke: Stroke,
    /// Distance between neighbouring lines along x, in points.
    pub spacing: f32,
    /// Which way they lean.
    pub lean: Lean,
}

/// Which way hatching leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// `/`
    Forward,
    /// `\`
    Backward,
}

/// Which point of a text `at` names; `at.y` is always the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// Left end.
    #[default]
    Start,
    /// Middle.
    Middle,
    /// Right end.
    End,
}

/// How heavy text is. The one upright face has one weight, so strong text is the same outline with a thin stroke around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// As drawn by the face.
    #[default]
    Regular,
    /// With a stroke of [`STRONG_STROKE`] times the size.
    Strong,
}

/// Width of the stroke around [`Weight::Strong`] text, as a share of its size.
pub const STRONG_STROKE: f32 = 0.045;

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Anchor on the baseline.
    pub at: Point,
    /// What it says; one line.
    pub text: String,
    /// Size in points.
    pub size: f32,
    /// Colour.
    pub color: Color,
    /// Which end `at` is.
    pub anchor: Anchor,
    /// Weight.
    pub weight: Weight,
}

/// Pixels drawn without any smoothing: each stays a sharp rectangle at every scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    /// Where on the page.
    pub rect: Rect,
    /// Pixels.
    pub pixels: Pixels,
    /// What it shows, for readers that cannot see it.
    pub alt: String,
}

/// RGBA pixels, row by row, not premultiplied: `4 * width * height` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// Colour of one pixel.
    pub fn at(&self, x: usize, y: usize) -> Color {
        let start = 4 * (y * self.width + x);
        Color([self.rgba[start], self.rgba[start + 1], self.rgba[start + 2], self.rgba[start + 3]])
    }
}

/// Connected straight lines, several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Each a polyline.
    pub lines: Vec<Vec<Point>>,
    /// Whether each ends where it starts.
    pub closed: bool,
    /// Fill; a filled line must be convex, so that every painter can fill it.
    pub fill: Option<Color>,
    /// Stroke, with mitred joins and flat ends.
    pub stroke: Option<Stroke>,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A rectangle.
    Rect {
        /// Where.
        rect: Rect,
        /// Fill.
        fill: Option<Color>,
        /// Border, centred on the edge.
        stroke: Option<Stroke>,
        /// Corner radius in points.
        radius: f32,
        /// Lines over the fill, clipped to the rectangle (not to its rounded corners).
        hatch: Option<Hatch>,
    },
    /// Straight lines or convex polygons.
    Path(Path),
    /// A line of text.
    Text(Text),
    /// Pixels.
    Raster(Raster),
    /// Several elements, drawn in order.
    Group {
        /// What they are, as an SVG class: lower case, no blanks.
        name: &'static str,
        /// Nothing outside is drawn.
        clip: Option<Rect>,
        /// What is drawn.
        elements: Vec<Element>,
    },
}

impl Element {
    /// A filled rectangle.
    pub fn fill(rect: Rect, color: Color) -> Self {
        Self::Rect { rect, fill: Some(color), stroke: None, radius: 0.0, hatch: None }
    }

    /// A straight line.
    pub fn line(from: Point, to: Point, stroke: Stroke) -> Self {
        Self::Path(Path { lines: vec![vec![from, to]], closed: false, fill: None, stroke: Some(stroke) })
    }

    /// Separate straight lines with one stroke.
    pub fn segments(segments: &[[Point; 2]], stroke: Stroke) -> Self {
        let lines = segments.iter().map(|segment| segment.to_vec()).collect();
        Self::Path(Path { lines, closed: false, fill: None, stroke: Some(stroke) })
    }

    /// A connected line.
    pub fn polyline(points: Vec<Point>, stroke: Stroke) -> Self {
        Self::Path(Path { lines: vec![points], closed: false, fill: None, stroke: Some(stroke) })
    }

    /// The element moved by `(dx, dy)` points.
    pub fn moved(mut self, dx: f32, dy: f32) -> Self {
        self.shift(dx, dy);
        self
    }

    fn shift(&mut self, dx: f32, dy: f32) {
        let shift_rect = |r: &mut Rect| {
            r.x += dx;
            r.y += dy;
        };
        match self {
            Self::Rect { rect, .. } => shift_rect(rect),
            Self::Path(path) => {
                for p in path.lines.iter_mut().flatten() {
                    p.x += dx;
                    p.y += dy;
                }
            }
            Self::Text(text) => {
                text.at.x += dx;
                text.at.y += dy;
            }
            Self::Raster(raster) => shift_rect(&mut raster.rect),
            Self::Group { clip, elements, .. } => {
                if let Some(clip) = clip {
                    shift_rect(clip);
                }
                for element in elements {
                    element.shift(dx, dy);
                }
            }
        }
    }
}

/// Where a figure comes from; written into every file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Metadata {
    /// Data set, split and item.
    pub source: String,
    /// Method or methods.
    pub method: String,
    /// How many units are selected, of how many, e.g. `25 of 784 pixels`.
    pub k: String,
    /// Seed of the explainer.
    pub seed: Option<u64>,
    /// Program version.
    pub version: String,
}

impl Metadata {
    /// Names and values of what is known, in a fixed order.
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        let mut out = vec![
            ("source", self.source.clone()),
            ("method", self.method.clone()),
            ("k", self.k.clone()),
            ("seed", self.seed.map(|seed| seed.to_string()).unwrap_or_default()),
            ("version", self.version.clone()),
        ];
        out.retain(|(_, value)| !value.is_empty());
        out
    }
}

/// A drawing: elements in points, drawn in order, on a background.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// Colour of the page.
    pub background: Color,
    /// Short name, for title bars and screen readers.
    pub title: String,
    /// What is to be seen, in sentences, for readers that cannot see it.
    pub description: String,
    /// Where it comes from.
    pub metadata: Metadata,
    /// What is drawn.
    pub elements: Vec<Element>,
}

impl Figure {
    /// All texts, in drawing order.
    pub fn texts(&self) -> Vec<&Text> {
        fn collect<'a>(elements: &'a [Element], out: &mut Vec<&'a Text>) {
            for element in elements {
                match element {
                    Element::Text(text) => out.push(text),
                    Element::Group { elements, .. } => collect(elements, out),
                    Element::Rect { .. } | Element::Path(_) | Element::Raster(_) => {}
                }
            }
        }
        let mut out = Vec::new();
        collect(&self.elements, &mut out);
        out
    }

    /// Characters that none of the fonts can draw, each once, in order; they would appear as empty boxes.
    pub fn missing_glyphs(&self) -> Vec<char> {
        let mut out: Vec<char> = self.texts().iter().flat_map(|text| fonts::missing_glyphs(&text.text)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// What a reader should know about the drawing before it is used, a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let missing = self.missing_glyphs();
        if missing.is_empty() {
            return Vec::new();
        }
        let listed: Vec<String> = missing.iter().map(|c| format!("{c} (U+{:04X})", *c as u32)).collect();
        vec![format!("the fonts have no sign for {}; it will appear as an empty box", listed.join(", "))]
    }
}

/// A file format that figures can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Pixels.
    Png,
    /// Vectors, with real text.
    Svg,
    /// Vectors on a page of the figure's size, with real text.
    Pdf,
}

/// Every format: itself, its file extension, its name for menus. `encode` has one arm for each.
pub const FORMATS: [(Format, &str, &str); 3] = [
    (Format::Png, "png", "PNG, pixels at a chosen scale"),
    (Format::Svg, "svg", "SVG, vectors for editing"),
    (Format::Pdf, "pdf", "PDF, vectors for papers"),
];

impl Format {
    /// The format that `path` asks for by its extension.
    pub fn from_path(path: &std::path::Path) -> Result<Self, FigureError> {
        let extension = crate::store::ending(path);
        FORMATS
            .iter()
            .find(|(_, known, _)| *known == extension)
            .map(|(format, ..)| *format)
            .ok_or_else(|| FigureError::UnknownFormat { path: path.display().to_string(), found: extension })
    }

    /// File extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

/// Writes `figure` as `format`. `scale` is pixels per point and matters to PNG only (4 gives 288 dots per inch).
pub fn encode(figure: &Figure, format: Format, scale: f32) -> Result<Vec<u8>, FigureError> {
    for (name, size) in [("width", figure.width), ("height", figure.height)] {
        if !(size > 0.0 && size <= MAX_POINTS) {
            return Err(FigureError::Size { name, points: size });
        }
    }
    for remark in figure.remarks() {
        log::warn!("figure \"{}\": {remark}", figure.title);
    }
    match format {
        Format::Png => png::encode(figure, scale),
        Format::Svg => Ok(svg::write(figure)?.into_bytes()),
        Format::Pdf => pdf::encode(figure),
    }
}

/// What can go wrong while a figure is laid out or written. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The input of a layout does not fit together.
    #[error("this picture cannot be drawn: {what} should be {expected}, but is {found}")]
    Input {
        /// Which part of the input.
        what: &'static str,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The drawing is too small or too large for a page.
    #[error(
        "the figure's {name} is {points} points, but must lie above 0 and not above 14400; use fewer pictures or more columns"
    )]
    Size {
        /// `width` or `height`.
        name: &'static str,
        /// In points.
        points: f32,
    },
    /// The scale is not a usable number.
    #[error("the scale {scale} cannot be used; it must lie above 0 pixels per point")]
    Scale {
        /// As given.
        scale: f32,
    },
    /// The PNG would need too much memory.
    #[error(
        "a PNG of {width} x {height} pixels is too large (at most {} pixels on a side, {} million in all); use a scale of {largest:.1} or less, or write SVG or PDF",
        png::MAX_SIDE,
        png::MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
        /// Largest scale that fits.
        largest: f32,
    },
    /// The file name does not say which format is wanted.
    #[error("{path}: expected a name that ends in .png, .svg or .pdf, found \".{found}\"; choose one of these")]
    UnknownFormat {
        /// As given.
        path: String,
        /// Its extension.
        found: String,
    },
    /// A writer refused the drawing: a fault of this program.
    #[error("the {format} of \"{title}\" could not be written: {problem}; please report this with the figure's SVG")]
    Writer {
        /// Format.
        format: &'static str,
        /// Title of the figure.
        title: String,
        /// What the writer said.
        problem: String,
    },
}
