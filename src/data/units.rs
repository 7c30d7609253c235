//! What can be selected: pixels or patches of a picture, words or sentences of a text, and the map between units and values.

use super::{Modality, Shape};

/// The kind of unit, as written on the command line: `pixel`, `patch:4`, `patch:4x7`, `word`, `sentence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Unit {
    /// One pixel (all its channels).
    Pixel,
    /// A block of `rows` x `cols` pixels; blocks at the right and lower edge may be smaller.
    Patch {
        /// Pixels from top to bottom.
        rows: usize,
        /// Pixels from left to right.
        cols: usize,
    },
    /// One word: one value of a row of token ids.
    Word,
    /// One sentence: one line of a grid of token ids, `[1, sentences, words]`.
    Sentence,
    /// One column of a table.
    Column,
}

impl Unit {
    /// Whether rows hold token ids, of which 0 stands for no word.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Word | Self::Sentence)
    }

    /// The kind of input that it divides.
    pub const fn modality(self) -> Modality {
        match self {
            Self::Pixel | Self::Patch { .. } => Modality::Image,
            Self::Word | Self::Sentence => Modality::Text,
            Self::Column => Modality::Table,
        }
    }

    /// "pixel" or "pixels", "patch of 4 x 4 pixels" or "patches of ...", "word", "sentences".
    pub fn noun(self, count: usize) -> String {
        match self {
            Self::Pixel => if count == 1 { "pixel" } else { "pixels" }.to_owned(),
            Self::Patch { rows, cols } => {
                format!("{} of {rows} x {cols} pixels", if count == 1 { "patch" } else { "patches" })
            }
            Self::Word => if count == 1 { "word" } else { "words" }.to_owned(),
            Self::Sentence => if count == 1 { "sentence" } else { "sentences" }.to_owned(),
            Self::Column => if count == 1 { "column" } else { "columns" }.to_owned(),
        }
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pixel => write!(f, "pixel"),
            Self::Patch { rows, cols } if rows == cols => write!(f, "patch:{rows}"),
            Self::Patch { rows, cols } => write!(f, "patch:{rows}x{cols}"),
            Self::Word => write!(f, "word"),
            Self::Sentence => write!(f, "sentence"),
            Self::Column => write!(f, "column"),
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
        let wrong = || {
            format!("unit \"{text}\": expected pixel, patch:4, patch:4x7, word, sentence or column; name one of these")
        };
        let side = |text: &str| text.parse::<usize>().ok().filter(|side| (1..=4096).contains(side)).ok_or_else(wrong);
        match text.split_once(':') {
            None if text == "pixel" => Ok(Self::Pixel),
            None if text == "word" => Ok(Self::Word),
            None if text == "sentence" => Ok(Self::Sentence),
            None if text == "column" => Ok(Self::Column),
            Some(("patch", size)) => {
                let (rows, cols) = size.split_once('x').unwrap_or((size, size));
                Ok(Self::Patch { rows: side(rows)?, cols: side(cols)? })
            }
            _ => Err(wrong()),
        }
    }
}

/// The units of one input shape: a partition of its pixels or of its token ids.
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

    /// Height and width of one unit in pixels or token ids.
    pub const fn block(&self) -> (usize, usize) {
        match self.unit {
            Unit::Pixel | Unit::Word | Unit::Column => (1, 1),
            Unit::Patch { rows, cols } => (rows, cols),
            // An input without width has no unit; a block of zero would divide by it.
            Unit::Sentence => (1, if self.shape.width == 0 { 1 } else { self.shape.width }),
        }
    }

    /// Rows and columns of the grid of units.
    pub const fn grid(&self) -> (usize, usize) {
        let (rows, cols) = self.block();
        (self.shape.height.div_ceil(rows), self.shape.width.div_ceil(cols))
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

    /// Which units of `row` are padding: for texts those in which every token id is 0, for pictures none. One entry per unit.
    ///
    /// Padding can never be selected.
    pub fn padding(&self, row: &[f32]) -> Vec<bool> {
        let is_text = self.unit.is_text();
        let mut padding = vec![is_text; self.count()];
        if is_text {
            for (at, _) in row.iter().enumerate().filter(|(_, id)| **id != 0.0) {
                let at = at % (self.shape.height * self.shape.width).max(1);
                padding[self.unit_at(at / self.shape.width, at % self.shape.width)] = false;
            }
        }
        padding
    }
}
