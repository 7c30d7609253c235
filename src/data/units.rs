//! What can be selected: pixels or patches of a picture, words or sentences of a text, steps of a series, and the map between units and values.

use super::series::own_steps;
use super::{Modality, Shape};

/// The kind of unit, as written on the command line: `pixel`, `patch:4`, `patch:4x7`, `word`, `sentence`, `step`, `segment:4`,
/// `channel-step`.
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
    /// One time step: its values in all channels.
    Step,
    /// So many time steps in a row, in all channels; the last may be shorter.
    Segment {
        /// Time steps.
        steps: usize,
    },
    /// One value: one channel at one time step.
    ChannelStep,
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
            Self::Step | Self::Segment { .. } | Self::ChannelStep => Modality::Series,
            Self::Column => Modality::Table,
        }
    }

    /// Whether items have units of their own number, and padding behind them: words of a text, steps of a series that was filled up.
    pub const fn has_padding(self) -> bool {
        matches!(self.modality(), Modality::Text | Modality::Series)
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
            Self::Step => if count == 1 { "time step" } else { "time steps" }.to_owned(),
            Self::Segment { steps } => format!("{} of {steps} steps", if count == 1 { "segment" } else { "segments" }),
            Self::ChannelStep => if count == 1 { "channel-step" } else { "channel-steps" }.to_owned(),
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
            Self::Step => write!(f, "step"),
            Self::Segment { steps } => write!(f, "segment:{steps}"),
            Self::ChannelStep => write!(f, "channel-step"),
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
            let known = "pixel, patch:4, patch:4x7, word, sentence, step, segment:4, channel-step or column";
            format!("unit \"{text}\": expected {known}; name one of these")
        };
        let side = |text: &str| text.parse::<usize>().ok().filter(|side| (1..=4096).contains(side)).ok_or_else(wrong);
        match text.split_once(':') {
            None if text == "pixel" => Ok(Self::Pixel),
            None if text == "word" => Ok(Self::Word),
            None if text == "sentence" => Ok(Self::Sentence),
            None if text == "step" => Ok(Self::Step),
            None if text == "channel-step" => Ok(Self::ChannelStep),
            Some(("segment", steps)) => Ok(Self::Segment { steps: side(steps)? }),
            None if text == "column" => Ok(Self::Column),
            Some(("patch", size)) => {
                let (rows, cols) = size.split_once('x').unwrap_or((size, size));
                Ok(Self::Patch { rows: side(rows)?, cols: side(cols)? })
            }
            _ => Err(wrong()),
        }
    }
}

/// The units of one input shape: a partition of its pixels, token ids or time steps, or of all its values.
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
            Unit::Pixel | Unit::Word | Unit::Step | Unit::ChannelStep | Unit::Column => (1, 1),
            Unit::Segment { steps } => (1, steps),
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

    /// How many units share one place of the grid: the channels where each is a unit of its own.
    pub const fn layers(&self) -> usize {
        if matches!(self.unit, Unit::ChannelStep) { self.shape.channels } else { 1 }
    }

    /// How many units.
    pub const fn count(&self) -> usize {
        let (rows, cols) = self.grid();
        self.layers() * rows * cols
    }

    /// Values in a whole unit, in all channels that it covers; those at an edge may have fewer.
    pub const fn size(&self) -> usize {
        let (rows, cols) = self.block();
        let channels = if matches!(self.unit, Unit::ChannelStep) { 1 } else { self.shape.channels };
        rows * cols * channels
    }

    /// The unit that pixel (`y`, `x`) belongs to; its unit in the first channel where each channel has its own.
    pub const fn unit_at(&self, y: usize, x: usize) -> usize {
        let (rows, cols) = self.block();
        (y / rows) * self.grid().1 + x / cols
    }

    /// Unit of each pixel, row by row; `height * width` entries.
    pub fn unit_of_pixels(&self) -> Vec<u32> {
        (0..self.shape.height).flat_map(|y| (0..self.shape.width).map(move |x| self.unit_at(y, x) as u32)).collect()
    }

    /// Unit of each value of a row, channel by channel; `shape.len()` entries.
    pub fn unit_of_values(&self) -> Vec<u32> {
        let plane = self.unit_of_pixels();
        let step = if self.layers() > 1 { plane.len() as u32 } else { 0 };
        (0..self.shape.channels as u32)
            .flat_map(|channel| plane.iter().map(move |unit| unit + channel * step))
            .collect()
    }

    /// Which units of `row` are padding: for texts those in which every token id is 0, for series those in which every step was filled up
    /// ([`own_steps`]), for pictures and tables none. One entry per unit.
    ///
    /// Padding can never be selected.
    pub fn padding(&self, row: &[f32]) -> Vec<bool> {
        if self.unit.modality() == Modality::Series {
            let (own, steps, across) = (own_steps(row, self.shape.width), self.block().1, self.grid().1.max(1));
            return (0..self.count()).map(|unit| unit % across * steps >= own).collect();
        }
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
