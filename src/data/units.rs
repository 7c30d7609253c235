//! What can be selected: pixels or patches of a picture, and the map between units and values.

use super::Shape;

/// The kind of unit, as written on the command line: `pixel`, `patch:4`, `patch:4x7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Unit {
    /// One pixel (all its channels).
    Pixel,
    /// One word.
    Word,
    /// One sentence.
    Sentence,
    /// A block of `rows` x `cols` pixels; blocks at the right and lower edge may be smaller.
    Patch {
        /// Pixels from top to bottom.
        rows: usize,
        /// Pixels from left to right.
        cols: usize,
    },
}

impl Unit {
    /// "pixel" or "pixels", "patch of 4 x 4 pixels" or "patches of ...".
    pub fn noun(self, count: usize) -> String {
        match self {
            Self::Word => if count == 1 { "word" } else { "words" }.to_owned(),
            Self::Sentence => if count == 1 { "sentence" } else { "sentences" }.to_owned(),
            Self::Pixel => if count == 1 { "pixel" } else { "pixels" }.to_owned(),
            Self::Patch { rows, cols } => {
                format!("{} of {rows} x {cols} pixels", if count == 1 { "patch" } else { "patches" })
            }
        }
    }
}

impl Unit {
    /// Whether it is a part of a text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Word | Self::Sentence)
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pixel => write!(f, "pixel"),
            Self::Word => write!(f, "word"),
            Self::Sentence => write!(f, "sentence"),
            Self::Patch { rows, cols } if rows == cols => write!(f, "patch:{rows}"),
            Self::Patch { rows, cols } => write!(f, "patch:{rows}x{cols}"),
        }
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.to_string()
    }
}

impl TryFrom<String> for Unit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for Unit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("unit \"{text}\": expected pixel, patch:4 or patch:4x7; name one of these");
        let side = |text: &str| text.parse::<usize>().ok().filter(|side| (1..=4096).contains(side)).ok_or_else(wrong);
        match text.split_once(':') {
            None if text == "pixel" => Ok(Self::Pixel),
            Some(("patch", size)) => {
                let (rows, cols) = size.split_once('x').unwrap_or((size, size));
                Ok(Self::Patch { rows: side(rows)?, cols: side(cols)? })
            }
            _ => Err(wrong()),
        }
    }
}

/// The units of one input shape: a partition of its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Units {
    /// Kind of unit.
    pub unit: Unit,
    /// Shape of the input.
    pub shape: Shape,
}

impl Units {
    /// The units of kind `unit` in inputs of `shape`.
    pub const fn new(unit: Unit, shape: Shape) -> Self {
        Self { unit, shape }
    }

    /// Height and width of one unit in pixels.
    pub const fn block(&self) -> (usize, usize) {
        match self.unit {
            Unit::Pixel | Unit::Word => (1, 1),
            Unit::Sentence => (1, self.shape.width),
            Unit::Patch { rows, cols } => (rows, cols),
        }
    }

    /// Rows and columns of the grid of units.
    pub const fn grid(&self) -> (usize, usize) {
        let (rows, cols) = self.block();
        (self.shape.height.div_ceil(rows), self.shape.width.div_ceil(cols))
    }

    /// For text, which units hold nothing but padding; all `false` for other units.
    pub fn padding(&self, row: &[f32]) -> Vec<bool> {
        let mut out = vec![self.unit.is_text(); self.count()];
        if self.unit.is_text() {
            let (_, width) = self.block();
            for (at, value) in row.iter().enumerate() {
                out[at / width.max(1)] &= *value == 0.0;
            }
        }
        out
    }

    /// How many units.
    pub const fn count(&self) -> usize {
        let (rows, cols) = self.grid();
        rows * cols
    }

    /// The unit that pixel (`y`, `x`) belongs to.
    pub const fn unit_at(&self, y: usize, x: usize) -> usize {
        let (rows, cols) = self.block();
        (y / rows) * self.grid().1 + x / cols
    }

    /// Unit of each pixel, row by row; `height * width` entries.
    pub fn unit_of_pixels(&self) -> Vec<u32> {
        (0..self.shape.height).flat_map(|y| (0..self.shape.width).map(move |x| self.unit_at(y, x) as u32)).collect()
    }
}
