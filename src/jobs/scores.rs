//! Scores of explained items as NPZ, CSV, Parquet and JSON Lines, for the window and the command line alike. An item is told by its number in its file and
//! by its split, since the files of several parts are each numbered from 0.
//!
//! Of texts, `start` and `end` say where a unit stands: its first byte, and the byte after its last, in the text of its item as it was read, with its
//! HTML: decoded as UTF-8, without a byte order mark, whatever encoding the file has. Of a document in a file of its own this is the whole file, of CSV
//! and JSON Lines what stands in the field, without quotes and escapes.
//!
//! Units of a text are numbered from its own first one that the model reads: padding has no number and no line, wherever the model wants it. Only NPZ, where
//! all items have as many places, holds those of padding, with minus infinity as their score, in the order in which the model reads them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Explained;
use super::reading::{WrittenUnit, written_units};
use crate::data::{Dataset, Modality};
use crate::explain::SavedExplainer;
use crate::explain::mask::top_k;
use crate::model::{BoxCard, argmax};
use crate::store::StoreError;
use crate::store::atomic::AtomicFile;
use crate::study::export::{Cell, Kind, parquet};
use crate::work::Notice;

/// Every format: file extension and name for menus. `Form` has one entry for each.
pub const FORMATS: [(&str, &str); 4] = [
    ("csv", "CSV, a line per unit"),
    ("jsonl", "JSON Lines, a line per item and method"),
    ("npz", "NPZ, arrays for NumPy"),
    ("parquet", "Parquet, a line per unit"),
];

/// Why scores cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ScoresError {
    /// The file name does not say which format is wanted.
    #[error(
        "{path}: expected a file name ending in .npz, .csv, .jsonl or .parquet, found \"{found}\"; choose one of these"
    )]
    UnknownFormat {
        /// As given.
        path: String,
        /// Its extension.
        found: String,
    },
    /// A method has no result for an item.
    #[error("{0}")]
    Method(Notice),
    /// A writer refused the scores: mostly for want of room.
    #[error("the scores could not be written: {0}; make room or choose another place")]
    Writer(String),
    /// A file could not be begun, or not be put into its place.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ScoresError {
    fn writer(error: impl std::fmt::Display) -> Self {
        Self::Writer(error.to_string())
    }

    /// The same with the file, where a writer refused.
    fn at(self, path: &Path) -> Self {
        match self {
            Self::Writer(reason) => Self::Writer(format!("{}: {reason}", path.display())),
            other => other,
        }
    }
}

/// What scores are of.
#[derive(Clone, Copy, Debug)]
pub struct Scores<'a> {
    /// The data set that the items are from; the file names them by their index in its source and by their split.
    pub data: &'a Dataset,
    /// The model explained.
    pub black_box: &'a BoxCard,
    /// The methods, in the order of [`Explained::methods`].
    pub explainers: &'a [Arc<SavedExplainer>],
}

impl Scores<'_> {
    /// Number and split of an item.
    fn item(&self, explained: &Explained) -> (u32, &'static str) {
        (self.data.source_index[explained.item], self.data.splits[explained.item].name())
    }

    /// The true class of an item by its name in the data; `None` where the data state none.
    fn label(&self, explained: &Explained) -> Option<&str> {
        let label = self.data.labels[explained.item]?;
        self.data.classes.get(usize::from(label)).map(String::as_str)
    }

    /// The class that the black box gives the whole item, by its name there, and its probability.
    fn predicted(&self, explained: &Explained) -> Option<(&str, f32)> {
        let class = argmax(&explained.probs_full);
        Some((self.black_box.classes.get(class)?.as_str(), *explained.probs_full.get(class)?))
    }
}

/// What a file is written as, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Jsonl,
    Npz,
    Parquet,
}

impl Form {
    fn of(path: &Path) -> Result<Self, ScoresError> {
        let extension = crate::store::ending(path);
        match extension.as_str() {
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::Jsonl),
            "npz" => Ok(Self::Npz),
            "parquet" => Ok(Self::Parquet),
            _ => Err(ScoresError::UnknownFormat { path: path.display().to_string(), found: extension }),
        }
    }
}

/// Refuses a file name of no known format, before anything is computed.
pub fn check_name(path: &Path) -> Result<(), ScoresError> {
    Form::of(path).map(drop)
}

/// Whether a file of this name holds what the black box answers to the units of each class (see [`super::Explain::class_answers`]).
pub fn has_class_answers(path: &Path) -> bool {
    matches!(Form::of(path), Ok(Form::Jsonl | Form::Npz))
}

/// The scores of these items in the format of the file's ending; all items have the same units.
pub fn encode(path: &Path, scores: &Scores<'_>, explained: &[Arc<Explained>]) -> Result<Vec<u8>, ScoresError> {
    let has_classes = explained.first().is_some_and(|first| tells_classes_apart(first));
    let mut file = ScoresFile::begin(path, scores, has_classes, Vec::new())?;
    explained.iter().try_for_each(|one| file.push(scores, one))?;
    file.end(scores)
}

/// Lines of a row group of Parquet, but for the rest of an item.
const GROUP: usize = 1 << 16;

/// Scores on their way into a file, item by item as they are explained: of 25,000 reviews there are millions of lines, which are never all in memory. (Of
/// NPZ, whose arrays stand one after the other, the scores themselves are.) Nothing is seen in the file's place before [`ScoresWriter::finish`]; dropped
/// without it, nothing is left.
pub struct ScoresWriter<'a> {
    scores: Scores<'a>,
    file: ScoresFile,
}

/// The file of a [`ScoresWriter`], for a job that goes on from step to step: what the scores are of is told with each call, and is the same for all.
pub(super) struct ScoresFile<W: Write + Send = AtomicFile> {
    path: PathBuf,
    /// Whether there is a column for each class.
    has_classes: bool,
    n_columns: usize,
    sink: Sink<W>,
}

enum Sink<W: Write + Send> {
    Csv(Box<csv::Writer<W>>),
    Parquet(Box<Groups<W>>),
    Jsonl(W),
    Npz(W, Box<Arrays>),
}

/// Parquet, and the lines of its next row group.
struct Groups<W: Write + Send> {
    table: parquet::Writer<W>,
    lines: Vec<Vec<Cell>>,
}

impl<W: Write + Send> Groups<W> {
    fn write(&mut self) -> Result<(), ScoresError> {
        if !self.lines.is_empty() {
            self.table.group(&self.lines).map_err(ScoresError::writer)?;
            self.lines.clear();
        }
        Ok(())
    }
}

impl<'a> ScoresWriter<'a> {
    /// Begins a file for items of which `first` is one: all have the same units and methods.
    pub fn create(path: &Path, scores: Scores<'a>, first: &Explained) -> Result<Self, ScoresError> {
        Ok(Self { scores, file: ScoresFile::create(path, &scores, first)? })
    }

    /// Writes one more item.
    pub fn push(&mut self, explained: &Explained) -> Result<(), ScoresError> {
        self.file.push(&self.scores, explained)
    }

    /// Puts the file into its place.
    pub fn finish(self) -> Result<(), ScoresError> {
        self.file.finish(&self.scores)
    }
}

impl ScoresFile {
    /// Begins a file for items of which `first` is one.
    pub(super) fn create(path: &Path, scores: &Scores<'_>, first: &Explained) -> Result<Self, ScoresError> {
        let file = AtomicFile::create(path)?;
        Self::begin(path, scores, tells_classes_apart(first), file).map_err(|error| error.at(path))
    }

    /// Puts the file into its place.
    pub(super) fn finish(self, scores: &Scores<'_>) -> Result<(), ScoresError> {
        let path = self.path.clone();
        let file = self.end(scores).map_err(|error| error.at(&path))?;
        Ok(file.commit()?)
    }
}

impl<W: Write + Send> ScoresFile<W> {
    fn begin(path: &Path, scores: &Scores<'_>, has_classes: bool, out: W) -> Result<Self, ScoresError> {
        let columns = columns_of(scores, has_classes);
        let n_columns = columns.len();
        let sink = match Form::of(path)? {
            Form::Csv => {
                let mut out = csv::Writer::from_writer(out);
                out.write_record(columns.iter().map(|(name, _)| name)).map_err(ScoresError::writer)?;
                Sink::Csv(Box::new(out))
            }
            Form::Parquet => {
                let columns: Vec<(&str, Kind)> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
                let table = parquet::Writer::new(&columns, out).map_err(ScoresError::writer)?;
                Sink::Parquet(Box::new(Groups { table, lines: Vec::new() }))
            }
            Form::Jsonl => Sink::Jsonl(out),
            Form::Npz => Sink::Npz(out, Box::default()),
        };
        Ok(Self { path: path.to_owned(), has_classes, n_columns, sink })
    }

    /// Writes one more item.
    pub(super) fn push(&mut self, scores: &Scores<'_>, explained: &Explained) -> Result<(), ScoresError> {
        self.write(scores, explained).map_err(|error| error.at(&self.path))
    }

    fn write(&mut self, scores: &Scores<'_>, explained: &Explained) -> Result<(), ScoresError> {
        let lines = || lines_of(scores, explained, (self.has_classes, self.n_columns));
        match &mut self.sink {
            Sink::Csv(out) => {
                for line in lines()? {
                    out.write_record(line.into_iter().map(csv_cell)).map_err(ScoresError::writer)?;
                }
            }
            Sink::Parquet(groups) => {
                groups.lines.extend(lines()?);
                if groups.lines.len() >= GROUP {
                    groups.write()?;
                }
            }
            Sink::Jsonl(out) => jsonl_of(scores, explained, out)?,
            Sink::Npz(_, arrays) => arrays.push(scores, explained, self.has_classes)?,
        }
        Ok(())
    }

    /// Writes what is left; gives what all was written to.
    fn end(self, scores: &Scores<'_>) -> Result<W, ScoresError> {
        Ok(match self.sink {
            Sink::Csv(out) => out.into_inner().map_err(ScoresError::writer)?,
            Sink::Parquet(mut groups) => {
                groups.write()?;
                groups.table.finish().map_err(ScoresError::writer)?
            }
            Sink::Jsonl(out) => out,
            Sink::Npz(mut out, arrays) => {
                let bytes = arrays.encode(scores, self.has_classes)?;
                out.write_all(&bytes).map_err(ScoresError::writer)?;
                out
            }
        })
    }
}

/// Whether some method of an item tells classes apart: then every line has a column for each class.
fn tells_classes_apart(explained: &Explained) -> bool {
    explained.methods.iter().flatten().any(|result| result.by_class.is_some())
}

/// Columns of the lines of [`lines_of`].
fn columns_of(scores: &Scores<'_>, has_classes: bool) -> Vec<(String, Kind)> {
    let mut columns: Vec<(String, Kind)> = [
        ("item", Kind::Int),
        ("split", Kind::Text),
        ("method", Kind::Text),
        ("unit", Kind::Int),
        ("score", Kind::Number),
        ("rank", Kind::Int),
        ("selected", Kind::Int),
        ("label", Kind::Text),
        ("predicted", Kind::Text),
        ("probability", Kind::Number),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .to_vec();
    let mut add = |name: &str, kind: Kind| columns.push((name.to_owned(), kind));
    if scores.black_box.text.is_some() {
        add("word", Kind::Text);
        add("start", Kind::Int);
        add("end", Kind::Int);
    }
    if scores.black_box.table.is_some() {
        add("column", Kind::Text);
    }
    if scores.black_box.modality() == Modality::Series {
        add("first_step", Kind::Int);
        add("last_step", Kind::Int);
        add("channel", Kind::Text);
    }
    if has_classes {
        for (class, name) in scores.black_box.classes.iter().enumerate() {
            add(&class_column(class, name), Kind::Number);
        }
    }
    columns
}

/// A line per item, method and unit, with the item's true class, the class that the black box gives it and its probability: of texts with the word and
/// its bytes in the text as written, and without padding; of tables with the column's name; of series with the first and the last step, and the channel
/// where it is one, and without what was filled up; of methods that tell classes apart with the score for each class. Ranks count from 1.
fn lines_of(
    scores: &Scores<'_>,
    explained: &Explained,
    (has_classes, n_columns): (bool, usize),
) -> Result<Vec<Vec<Cell>>, ScoresError> {
    let is_text = scores.black_box.text.is_some();
    let is_series = scores.black_box.modality() == Modality::Series;
    let table = scores.black_box.table.as_ref();
    let mut lines = Vec::new();
    let (item, split) = scores.item(explained);
    let start = |saved: &SavedExplainer| {
        vec![Cell::Int(i64::from(item)), Cell::Text(split.to_owned()), Cell::Text(saved.card.name.clone())]
    };
    let text = |words: Option<&str>| words.map_or(Cell::Empty, |words| Cell::Text(words.to_owned()));
    let predicted = scores.predicted(explained);
    let answer = || {
        let probability = predicted.map_or(Cell::Empty, |(_, probability)| Cell::Number(f64::from(probability)));
        [text(scores.label(explained)), text(predicted.map(|(class, _)| class)), probability]
    };
    let written = written_units(scores.black_box, explained);
    let numbers = numbers_of(explained, &written);
    let stretches = if is_series { stretches(explained, scores.data.channel_names()) } else { Vec::new() };
    for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
        let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
        for (unit, score) in result.scores.iter().enumerate() {
            if is_series && *score == f32::NEG_INFINITY {
                continue;
            }
            let Some(number) = numbers.get(unit).copied().flatten() else { continue };
            let mut line = start(saved);
            line.extend([
                Cell::Int(number as i64),
                Cell::Number(f64::from(*score)),
                Cell::Int(i64::from(result.ranks[unit]) + 1),
                Cell::Int(i64::from(result.is_selected(unit, explained.k))),
            ]);
            line.extend(answer());
            if is_text {
                let Some(Some(written)) = written.get(unit) else { continue };
                let place = |at: usize| Cell::Int(at as i64);
                line.extend([Cell::Text(written.words.clone()), place(written.bytes.start), place(written.bytes.end)]);
            }
            if let Some(table) = table {
                line.push(table.0.get(unit).map_or(Cell::Empty, |column| Cell::Text(column.name.clone())));
            }
            if let Some(stretch) = stretches.get(unit) {
                line.extend(stretch.clone());
            }
            if has_classes {
                let of_class = |class: usize| match &result.by_class {
                    Some(by_class) => Cell::Number(f64::from(by_class.score(unit, class))),
                    None => Cell::Empty,
                };
                line.extend((0..scores.black_box.classes.len()).map(of_class));
            }
            lines.push(line);
        }
        if (is_text && written.iter().all(Option::is_none)) || (is_series && result.selectable() == 0) {
            // A text without words, or a series without steps, has no unit, but it was explained.
            let mut line = start(saved);
            line.extend([(); 4].map(|()| Cell::Empty));
            line.extend(answer());
            line.resize_with(n_columns, || Cell::Empty);
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Of each unit of a series its first and its last step, and the name of its channel where it lies in one.
fn stretches(explained: &Explained, channels: &[String]) -> Vec<[Cell; 3]> {
    let (shape, unit_of) = (explained.units.shape, explained.units.unit_of_values());
    let steps = shape.height * shape.width;
    let names = super::picture::channel_names(channels, shape.channels);
    // First step, last step, first and last channel.
    let mut found = vec![(usize::MAX, 0, usize::MAX, 0); explained.units.count()];
    for (place, unit) in unit_of.into_iter().enumerate() {
        let (channel, step) = (place / steps, place % steps);
        let of = &mut found[unit as usize];
        *of = (of.0.min(step), of.1.max(step), of.2.min(channel), of.3.max(channel));
    }
    let cells = |(first, last, from, to): (usize, usize, usize, usize)| {
        let channel = if from == to { Cell::Text(names[from].clone()) } else { Cell::Empty };
        [Cell::Int(first as i64), Cell::Int(last as i64), channel]
    };
    found.into_iter().map(cells).collect()
}

/// `score_0_positive`: a name that every format takes, and that no two classes share.
fn class_column(class: usize, name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("score_{class}_{plain}")
}

fn csv_cell(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text,
        Cell::Int(value) => value.to_string(),
        // Scores are single precision.
        Cell::Number(value) => (value as f32).to_string(),
        Cell::Bool(value) => u8::from(value).to_string(),
    }
}

/// The number that each unit has in its item; `None` for padding.
fn numbers_of(explained: &Explained, written: &[Option<WrittenUnit>]) -> Vec<Option<usize>> {
    if written.is_empty() {
        return (0..explained.units.count()).map(Some).collect();
    }
    let mut next = 0..;
    written.iter().map(|written| written.as_ref().and_then(|_| next.next())).collect()
}

/// One object per method; of texts with each unit's words and their bytes in the text as written. `scores` and `class_scores` have an entry for each unit
/// of the item, null for one of a series that was filled up; `selected` and `unit` name them by their places there.
fn jsonl_of(scores: &Scores<'_>, explained: &Explained, out: &mut impl Write) -> Result<(), ScoresError> {
    let (item, split) = scores.item(explained);
    let written = written_units(scores.black_box, explained);
    let numbers = numbers_of(explained, &written);
    // What an item's own units have of what all places have.
    let own = |all: &[f32]| -> Vec<f32> {
        all.iter().zip(&numbers).filter(|(_, number)| number.is_some()).map(|(value, _)| *value).collect()
    };
    let (label, predicted) = (scores.label(explained), scores.predicted(explained));
    for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
        let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
        let selected: Vec<usize> = top_k(&result.scores, explained.k)
            .into_iter()
            .filter_map(|unit| numbers.get(unit).copied().flatten())
            .collect();
        let mut line = serde_json::json!({
            "item": item,
            "split": split,
            "label": label,
            "predicted": predicted.map(|(class, _)| class),
            "probability": predicted.map(|(_, probability)| probability),
            "method": saved.card.method,
            "name": saved.card.name,
            "explainer": saved.card.hash,
            "blackbox": scores.black_box.hash,
            "unit": explained.units.unit,
            "k": explained.k,
            "fill": explained.fill,
            "seed": explained.seed,
            "classes": scores.black_box.classes,
            "probs_full": explained.probs_full,
            "probs_selected": result.probs_selected,
            "probs_unselected": result.probs_unselected,
            "selected": selected,
            "scores": own(&result.scores),
        });
        if let Some(by_class) = &result.by_class {
            let classes = scores.black_box.classes.iter().enumerate();
            let columns = classes.map(|(class, name)| (name.clone(), serde_json::json!(own(&by_class.column(class)))));
            line["class_scores"] = serde_json::Value::Object(columns.collect());
            // What the black box answers to a class's own units alone, and to all but these.
            for (name, of) in [("class_only", &by_class.only), ("class_rest", &by_class.rest)] {
                let answers = of.chunks(by_class.classes.max(1)).zip(&scores.black_box.classes);
                line[name] = answers.map(|(probs, class)| (class.clone(), serde_json::json!(probs))).collect();
            }
        }
        if let Some(table) = &scores.black_box.table {
            line["columns"] = table.0.iter().map(|column| column.name.as_str()).collect();
        }
        if scores.black_box.text.is_some() {
            let words = written.iter().enumerate().filter_map(|(unit, written)| {
                let written = written.as_ref()?;
                Some(serde_json::json!({
                    "unit": numbers[unit],
                    "word": written.words,
                    "start": written.bytes.start,
                    "end": written.bytes.end,
                    "score": result.scores[unit],
                    "rank": result.ranks[unit] + 1,
                }))
            });
            line["words"] = words.collect();
        }
        writeln!(out, "{line}").map_err(ScoresError::writer)?;
    }
    Ok(())
}

/// The numbers of all items, of which NPZ has one array after the other.
#[derive(Default)]
struct Arrays {
    items: Vec<u32>,
    splits: Vec<&'static str>,
    labels: Vec<String>,
    predicted: Vec<String>,
    probability: Vec<f32>,
    /// Units of each item.
    units: usize,
    scores: Vec<f32>,
    selected: Vec<u8>,
    class_scores: Vec<f32>,
    class_only: Vec<f32>,
    class_rest: Vec<f32>,
    probs_full: Vec<f32>,
    probs_selected: Vec<f32>,
    probs_unselected: Vec<f32>,
}

impl Arrays {
    fn push(&mut self, scores: &Scores<'_>, explained: &Explained, has_classes: bool) -> Result<(), ScoresError> {
        let (item, split) = scores.item(explained);
        self.items.push(item);
        self.splits.push(split);
        self.labels.push(scores.label(explained).unwrap_or_default().to_owned());
        let (class, probability) = scores.predicted(explained).unwrap_or(("", f32::NAN));
        self.predicted.push(class.to_owned());
        self.probability.push(probability);
        self.units = explained.units.count();
        self.probs_full.extend(&explained.probs_full);
        let classes = scores.black_box.classes.len();
        for result in &explained.methods {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            self.scores.extend(&result.scores);
            self.probs_selected.extend(&result.probs_selected);
            self.probs_unselected.extend(&result.probs_unselected);
            self.selected.extend((0..result.scores.len()).map(|unit| u8::from(result.is_selected(unit, explained.k))));
            if !has_classes {
                continue;
            }
            let by_class = result.by_class.as_ref();
            for unit in 0..result.scores.len() {
                let of_class = |class: usize| by_class.map_or(f32::NAN, |by_class| by_class.score(unit, class));
                self.class_scores.extend((0..classes).map(of_class));
            }
            let answers = [
                (&mut self.class_only, by_class.map(|by_class| &by_class.only)),
                (&mut self.class_rest, by_class.map(|by_class| &by_class.rest)),
            ];
            for (all, known) in answers {
                let answer = |at: usize| known.and_then(|known| known.get(at)).copied().unwrap_or(f32::NAN);
                all.extend((0..classes * classes).map(answer));
            }
        }
        Ok(())
    }

    /// Arrays `items`, `split`, `label`, `predicted` and `probability` [n], the middle three of words (empty where there is none) and the last of the
    /// predicted class, `scores` and `selected` [n, methods, units], `probs_full` [n, classes], `probs_selected` and `probs_unselected` [n, methods,
    /// classes], and, where some method tells classes apart, `class_scores` [n, methods, units, classes], and `class_only`
    /// and `class_rest` [n, methods, classes, classes], the answers to the units of a class alone and to all but these; NaN for the other methods.
    fn encode(&self, scores: &Scores<'_>, has_classes: bool) -> Result<Vec<u8>, ScoresError> {
        let (n, n_methods) = (self.items.len() as u64, scores.explainers.len() as u64);
        let (units, classes) = (self.units as u64, scores.black_box.classes.len() as u64);
        let mut cursor = std::io::Cursor::new(Vec::new());
        let mut npz = npyz::npz::NpzWriter::new(&mut cursor);
        array(&mut npz, "items", &[n], &self.items)?;
        words(&mut npz, "split", &self.splits)?;
        words(&mut npz, "label", &self.labels)?;
        words(&mut npz, "predicted", &self.predicted)?;
        array(&mut npz, "probability", &[n], &self.probability)?;
        array(&mut npz, "scores", &[n, n_methods, units], &self.scores)?;
        array(&mut npz, "selected", &[n, n_methods, units], &self.selected)?;
        if has_classes {
            array(&mut npz, "class_scores", &[n, n_methods, units, classes], &self.class_scores)?;
            array(&mut npz, "class_only", &[n, n_methods, classes, classes], &self.class_only)?;
            array(&mut npz, "class_rest", &[n, n_methods, classes, classes], &self.class_rest)?;
        }
        array(&mut npz, "probs_full", &[n, classes], &self.probs_full)?;
        array(&mut npz, "probs_selected", &[n, n_methods, classes], &self.probs_selected)?;
        array(&mut npz, "probs_unselected", &[n, n_methods, classes], &self.probs_unselected)?;
        drop(npz);
        Ok(cursor.into_inner())
    }
}

type Npz<'a> = npyz::npz::NpzWriter<&'a mut std::io::Cursor<Vec<u8>>>;

/// An array of words, as NumPy has them.
fn words(npz: &mut Npz<'_>, name: &str, values: &[impl AsRef<str>]) -> Result<(), ScoresError> {
    use npyz::WriterBuilder;
    let longest = values.iter().map(|word| word.as_ref().chars().count()).max().unwrap_or(0).max(1);
    let kind: npyz::TypeStr = format!("<U{longest}").parse().map_err(ScoresError::writer)?;
    let array = npz.array::<str>(name, Default::default()).map_err(ScoresError::writer)?;
    let array = array.dtype(npyz::DType::Plain(kind)).shape(&[values.len() as u64]);
    let mut writer = array.begin_nd().map_err(ScoresError::writer)?;
    values.iter().try_for_each(|word| writer.push(word.as_ref())).map_err(ScoresError::writer)?;
    writer.finish().map_err(ScoresError::writer)
}

fn array<T: npyz::AutoSerialize + Copy>(
    npz: &mut Npz<'_>,
    name: &str,
    shape: &[u64],
    values: &[T],
) -> Result<(), ScoresError> {
    use npyz::WriterBuilder;
    let array = npz.array(name, Default::default()).map_err(ScoresError::writer)?;
    let mut writer = array.default_dtype().shape(shape).begin_nd().map_err(ScoresError::writer)?;
    writer.extend(values.iter().copied()).map_err(ScoresError::writer)?;
    writer.finish().map_err(ScoresError::writer)
}
