//! Data sets as plain numbers: items, labels, classes, splits. No tensors, no window.
//!
//! A [`Dataset`] is what "open" gives, whatever the file was. Models see its items as [`Rows`]: a flat `f32` matrix with a [`Shape`],
//! pixel values in 0..=1 or token ids. How a picture becomes such a row is decided by a [`fit::Fit`], a text by a [`text::TextFit`].

pub mod archive;
mod changed;
pub mod cifar;
mod class_numbers;
mod columns;
mod dates;
pub mod delimited;
pub mod documents;
pub mod embedding;
pub mod fit;
pub mod folder;
pub mod hatexplain;
pub mod idx;
pub mod jsonl;
mod listed;
pub mod open;
pub mod options;
pub mod picture;
pub mod samples;
pub mod series;
pub mod spec;
pub mod split;
pub mod synthetic;
pub mod table;
mod tabular;
pub mod text;
mod truth_masks;
pub mod units;

use std::path::PathBuf;
use std::sync::Arc;

pub use embedding::Embedding;
pub use fit::Fit;
pub use open::{OpenProgress, open};
pub use picture::Picture;
pub use series::SeriesItems;
pub use spec::DataSpec;
pub use split::Split;
pub use table::{TableFit, TableItems};
pub use text::{TextFit, TextFitSpec, TextItems, TextLayout};
pub use units::{Unit, Units};

/// Most items one data set may hold; a larger count in a header is refused before anything is allocated.
pub const MAX_ITEMS: usize = 20_000_000;
/// Most bytes of decoded items that are kept in memory; larger folders are read lazily, larger dense files are refused.
pub const MAX_DENSE_BYTES: u64 = 8 << 30;

/// What kind of thing an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Modality {
    /// A picture: grey or colour pixels.
    Image,
    /// A document: words.
    Text,
    /// Time steps by channels.
    Series,
    /// Columns of a row.
    Table,
}

impl Modality {
    /// Whether its items hold words or values that can be looked for.
    pub const fn is_searched(self) -> bool {
        matches!(self, Self::Text | Self::Table)
    }

    /// What its items are called, several of them.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Image => "pictures",
            Self::Text => "texts",
            Self::Series => "time series",
            Self::Table => "rows of a table",
        }
    }
}

/// Shape of one item as a model sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Colour channels (1 grey, 3 colour; 1 for texts).
    pub channels: usize,
    /// Rows of pixels, or sentences.
    pub height: usize,
    /// Columns of pixels, or words.
    pub width: usize,
}

impl Shape {
    /// A shape from channels, height and width.
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self { channels, height, width }
    }

    /// Values in one item.
    pub const fn len(self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether an item of this shape holds nothing.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {} x {}", self.channels, self.height, self.width)
    }
}

/// A batch of items as a model sees them: `n` rows of `shape.len()` values, each row channel by channel (`[n, c, h, w]`),
/// in 0..=1; for texts token ids (`[n, 1, sentences, words]`), of which 0 is padding; for series values of any size (`[n, channels, 1, steps]`), of which
/// [`series::FILLED_UP`] at the end is padding.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Shape of one row.
    pub shape: Shape,
    /// `n * shape.len()` values.
    pub values: Vec<f32>,
}

impl Rows {
    /// An empty batch of rows of `shape`, with room for `n`.
    pub fn with_capacity(shape: Shape, n: usize) -> Self {
        Self { shape, values: Vec::with_capacity(n * shape.len()) }
    }

    /// How many rows.
    pub fn n(&self) -> usize {
        self.values.len().checked_div(self.shape.len()).unwrap_or(0)
    }

    /// One row.
    pub fn row(&self, row_idx: usize) -> &[f32] {
        &self.values[row_idx * self.shape.len()..(row_idx + 1) * self.shape.len()]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row_idx: usize) -> &mut [f32] {
        let len = self.shape.len();
        &mut self.values[row_idx * len..(row_idx + 1) * len]
    }

    /// The rows `range` as a batch of its own.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let len = self.shape.len();
        Self { shape: self.shape, values: self.values[range.start * len..range.end * len].to_vec() }
    }

    /// The rows named by `rows`, in that order.
    pub fn pick(&self, rows: &[usize]) -> Self {
        let mut out = Self::with_capacity(self.shape, rows.len());
        for &row_idx in rows {
            out.values.extend_from_slice(self.row(row_idx));
        }
        out
    }

    /// Adds one row; `values` must have `shape.len()` entries.
    pub fn push(&mut self, values: &[f32]) {
        debug_assert_eq!(values.len(), self.shape.len());
        self.values.extend_from_slice(values);
    }
}

/// Places of at most `limit` of `n` things, ascending and evenly spaced: where things are sorted by class, no class is missed.
pub fn evenly(n: usize, limit: usize) -> Vec<usize> {
    let kept = n.min(limit);
    (0..kept).map(|i| i * n / kept).collect()
}

/// At most `limit` of these, at the places of [`evenly`].
pub fn evenly_of<T: Copy>(things: &[T], limit: usize) -> Vec<T> {
    evenly(things.len(), limit).into_iter().map(|place| things[place]).collect()
}

/// The items of a data set.
#[derive(Clone, Debug)]
pub enum Items {
    /// Pictures of one size, decoded and in memory.
    Dense(DensePictures),
    /// Pictures that are decoded when they are asked for, of any sizes.
    Lazy(Arc<dyn PictureSource>),
    /// Texts, in memory.
    Text(TextItems),
    /// Time series of one length, in memory.
    Series(SeriesItems),
    /// Rows of a table, in memory.
    Table(TableItems),
}

/// Pictures of one size: `n` times `height * width * channels` bytes, each row by row with its channels interleaved.
#[derive(Clone, Debug)]
pub struct DensePictures {
    /// Shape of each.
    pub shape: Shape,
    /// All pixels.
    pub bytes: Arc<Vec<u8>>,
    /// Which picture of `bytes` is item `i` (a class filter keeps the bytes and changes only this).
    pub order: Arc<Vec<u32>>,
}

/// Pictures that are decoded on demand.
pub trait PictureSource: std::fmt::Debug + Send + Sync {
    /// How many.
    fn len(&self) -> usize;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Shape that every picture has, if it is known that they share one.
    fn shape(&self) -> Option<Shape> {
        None
    }
    /// Decodes picture `item_idx`, upright.
    fn picture(&self, item_idx: usize) -> Result<Picture, DataError>;
    /// A short name of the item for lists (a file name).
    fn name(&self, item_idx: usize) -> String;
    /// The same source with only these items, in this order.
    fn subset(&self, items: &[usize]) -> Arc<dyn PictureSource>;
}

/// An opened data set.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Short name for titles, e.g. `mnist 3, 8`.
    pub name: String,
    /// What reopens it.
    pub spec: DataSpec,
    /// What kind of items.
    pub modality: Modality,
    /// The items.
    pub items: Items,
    /// Class of each item as an index into `classes`; `None` where the file states none.
    pub labels: Vec<Option<u16>>,
    /// Class names.
    pub classes: Vec<String>,
    /// Which split each item belongs to.
    pub splits: Vec<Split>,
    /// Number of each item in its file before any filter, for display and export.
    pub source_index: Vec<u32>,
    /// Hash (hex) of what was read and of how it was filtered and split.
    pub hash: String,
    /// What a reader should know about how the file was read (guesses, skipped entries), a sentence each.
    pub remarks: Vec<String>,
    /// Where it is known what decides each item's class: the values that do, ascending, as places in its row (`channel * height * width + y * width
    /// + x`; of pictures the first channel stands for the pixel). Empty for an item without such values. [`Dataset::true_units`] maps them to units.
    pub truth: Option<Arc<Vec<Vec<u32>>>>,
}

impl Dataset {
    /// How many items.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Shape of every item, if they share one.
    pub fn shape(&self) -> Option<Shape> {
        match &self.items {
            Items::Dense(dense) => Some(dense.shape),
            Items::Lazy(source) => source.shape(),
            Items::Series(series) => Some(series.shape),
            // Texts get theirs from a model's fit.
            Items::Text(_) => None,
            Items::Table(items) => Some(Shape::new(1, 1, items.table.columns.len())),
        }
    }

    /// Item `item_idx` as a picture.
    ///
    /// # Errors
    /// A file that cannot be decoded, or items that are texts.
    pub fn picture(&self, item_idx: usize) -> Result<Picture, DataError> {
        match &self.items {
            Items::Dense(dense) => {
                let len = dense.shape.len();
                let start = dense.order[item_idx] as usize * len;
                Ok(Picture {
                    width: dense.shape.width,
                    height: dense.shape.height,
                    channels: dense.shape.channels,
                    bytes: dense.bytes[start..start + len].to_vec(),
                })
            }
            Items::Lazy(source) => source.picture(item_idx),
            Items::Series(_) => {
                Err(self.unfit_item("pictures", "time series", "open data of the kind that the model was made for"))
            }
            Items::Text(_) => {
                Err(self.unfit_item("pictures", "texts", "open data of the kind that the model was made for"))
            }
            Items::Table(_) => {
                Err(self.unfit_item("pictures", "a table", "open data of the kind that the model was made for"))
            }
        }
    }

    /// A short name of the item for lists.
    pub fn item_name(&self, item_idx: usize) -> String {
        match &self.items {
            Items::Dense(_) | Items::Table(_) => format!("#{}", self.source_index[item_idx]),
            Items::Series(series) => {
                series.item_name(item_idx).map_or_else(|| format!("#{}", self.source_index[item_idx]), str::to_owned)
            }
            Items::Lazy(source) => source.name(item_idx),
            Items::Text(texts) => texts.name(item_idx),
        }
    }

    /// Items of `split`, ascending.
    pub fn in_split(&self, split: Split) -> Vec<usize> {
        (0..self.len()).filter(|&i| self.splits[i] == split).collect()
    }

    /// At most `limit` items of `split`, ascending and evenly spaced among them.
    pub fn some_of(&self, split: Split, limit: usize) -> Vec<usize> {
        evenly_of(&self.in_split(split), limit)
    }

    /// Whether several items have one number, as where files of several splits are counted each from 0.
    pub fn numbers_repeat(&self) -> bool {
        let mut seen = std::collections::HashSet::with_capacity(self.source_index.len());
        !self.source_index.iter().all(|number| seen.insert(*number))
    }

    /// What to say where `split` has no items: which it is, and how many items the others have.
    pub fn no_items_in(&self, split: Split) -> String {
        let sizes = Split::ALL.map(|other| (other, self.in_split(other).len()));
        let others = sizes.into_iter().filter(|(_, n)| *n > 0);
        let named: Vec<String> =
            others.map(|(other, n)| format!("{other} ({n} {})", if n == 1 { "item" } else { "items" })).collect();
        let advice =
            if named.is_empty() { "open other data".to_owned() } else { format!("choose {}", named.join(" or ")) };
        format!("{}: expected items in the {split} split, found no items there; {advice}", self.name)
    }

    /// The remarks as sentences of their own: each begins with the name of the data, once, also where it begins with that of their file itself.
    pub fn said_remarks(&self) -> impl Iterator<Item = String> + '_ {
        self.remarks.iter().map(move |remark| {
            // The name of data that are filtered goes on behind that of the file.
            let is_file =
                |file: &str| self.name.strip_prefix(file).is_some_and(|more| more.is_empty() || more.starts_with(' '));
            let rest =
                remark.split_once(": ").filter(|(file, _)| is_file(file)).map_or(remark.as_str(), |(_, rest)| rest);
            format!("{}: {rest}", self.name)
        })
    }

    /// The same data set with only these items, in this order. Its hash is its own.
    pub fn subset(&self, items: &[usize]) -> Self {
        let pick = |order: &[u32]| items.iter().map(|&item| order[item]).collect::<Vec<u32>>();
        let kept = match &self.items {
            Items::Dense(dense) => Items::Dense(DensePictures { order: Arc::new(pick(&dense.order)), ..dense.clone() }),
            Items::Lazy(source) => Items::Lazy(source.subset(items)),
            Items::Series(series) => series.pick(items),
            Items::Text(texts) => Items::Text(TextItems { order: Arc::new(pick(&texts.order)), ..texts.clone() }),
            Items::Table(rows) => Items::Table(TableItems { order: Arc::new(pick(&rows.order)), ..rows.clone() }),
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.hash.as_bytes());
        items.iter().for_each(|item| {
            hasher.update(&(*item as u64).to_le_bytes());
        });
        Self {
            items: kept,
            labels: items.iter().map(|&item| self.labels[item]).collect(),
            splits: items.iter().map(|&item| self.splits[item]).collect(),
            source_index: pick(&self.source_index),
            truth: self.truth.as_ref().map(|truth| Arc::new(items.iter().map(|&item| truth[item].clone()).collect())),
            hash: hasher.finalize().to_hex().to_string(),
            ..self.clone()
        }
    }

    /// The units of item `item_idx` that hold a value which decides its class, ascending; `None` where that is not known. What is known are places in
    /// the data's own shape: units of inputs that are fitted to another have none.
    pub fn true_units(&self, item_idx: usize, units: Units) -> Option<Vec<usize>> {
        let places = self.truth.as_ref()?.get(item_idx)?;
        let (own, fitted) = (self.shape()?, units.shape);
        if (own.height, own.width) != (fitted.height, fitted.width) {
            return None;
        }
        let unit_of = units.unit_of_values();
        let mut found: Vec<usize> =
            places.iter().filter_map(|&place| unit_of.get(place as usize)).map(|&unit| unit as usize).collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// Items as model rows: each picture goes through `fit` to `shape`; series must have it.
    pub fn rows(&self, items: &[usize], shape: Shape, fit: &Fit) -> Result<Rows, DataError> {
        if let Items::Series(series) = &self.items {
            return series.rows(items, shape).map_err(|(expected, found)| {
                self.unfit_item(&expected, &found, "open series of that form or train a model on these")
            });
        }
        let mut rows = Rows::with_capacity(shape, items.len());
        for &item_idx in items {
            let picture = self.picture(item_idx)?;
            fit.push_row(&picture, shape, &mut rows);
        }
        Ok(rows)
    }
}

/// What could not be read, and what to do about it.
fn cannot_read(path: &std::path::Path, source: &std::io::Error) -> String {
    let path = path.display();
    match source.kind() {
        std::io::ErrorKind::NotFound => {
            format!("{path}: expected a file or folder, found nothing of that name; check the path")
        }
        std::io::ErrorKind::PermissionDenied => format!(
            "{path}: expected a file that may be read, found one that may not ({source}); change its permissions"
        ),
        _ => format!("cannot read {path}: {source}"),
    }
}

/// What can go wrong while reading data. Each message is one sentence: file, expected, found, what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file cannot be read at all.
    #[error("{}", cannot_read(path, source))]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what its name or header says.
    #[error("{path}: expected {expected}, found {found}; {advice}")]
    Unfit {
        /// File (and member of an archive).
        path: String,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
        /// What to do.
        advice: String,
    },
    /// No kind of data is recognised. What was found comes first: what is read is a long list.
    #[error("{path}: found {found}; {advice}; expected {expected}")]
    Unknown {
        /// File or folder.
        path: String,
        /// All that is read.
        expected: String,
        /// What is there.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A data specification that cannot be understood.
    #[error("data \"{spec}\": {problem}; {advice}")]
    Spec {
        /// As given.
        spec: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        advice: String,
    },
    /// The work was cancelled.
    #[error("reading was cancelled")]
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::evenly;

    #[test]
    fn evenly_spaced_places_reach_from_the_first_to_near_the_last() {
        assert_eq!(evenly(10, 4), [0, 2, 5, 7]);
        assert_eq!(evenly(3, 3), [0, 1, 2]);
        assert_eq!(evenly(3, usize::MAX), [0, 1, 2]);
        assert!(evenly(0, 5).is_empty() && evenly(5, 0).is_empty());
    }
}
