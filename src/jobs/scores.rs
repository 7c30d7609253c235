//! Scores of explained items as NPZ, CSV, Parquet and JSON Lines, for the window and the command line alike. An item is told by its number in its file and
//! by its split, since the files of several parts are each numbered from 0.
//!
//! Of texts, `start` and `end` say where a unit stands: its first byte, and the byte after its last, in the text of its item as it was read, with its
//! HTML: decoded as UTF-8, without a byte order mark, whatever encoding the file has. Of a document in a file of its own this is the whole file, of CSV
//! and JSON Lines what stands in the field, without quotes and escapes.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::Explained;
use super::reading::written_units;
use crate::data::{Dataset, Modality};
use crate::explain::SavedExplainer;
use crate::explain::mask::top_k;
use crate::model::BoxCard;
use crate::study::export::{Cell, Kind};

/// Every format: file extension and name for menus. `encode` has one arm for each.
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
    Method(String),
    /// A writer refused the scores: a fault of this program.
    #[error("the scores could not be written: {0}; please report this")]
    Writer(String),
}

impl ScoresError {
    fn writer(error: impl std::fmt::Display) -> Self {
        Self::Writer(error.to_string())
    }
}

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Scores<'a> {
    /// The data set that the items are from; the file names them by their index in its source and by their split.
    pub data: &'a Dataset,
    /// The model explained.
    pub black_box: &'a BoxCard,
    /// The methods, in the order of [`Explained::methods`].
    pub explainers: &'a [Arc<SavedExplainer>],
    /// The items; all with the same units.
    pub explained: &'a [Arc<Explained>],
}

impl Scores<'_> {
    /// Number and split of an item.
    fn item(&self, explained: &Explained) -> (u32, &'static str) {
        (self.data.source_index[explained.item], self.data.splits[explained.item].name())
    }
}

type Encoder = fn(&Scores<'_>) -> Result<Vec<u8>, ScoresError>;

fn encoder(path: &Path) -> Result<Encoder, ScoresError> {
    let extension = crate::store::ending(path);
    match extension.as_str() {
        "csv" => Ok(csv_of),
        "jsonl" => Ok(jsonl_of),
        "npz" => Ok(npz_of),
        "parquet" => Ok(parquet_of),
        _ => Err(ScoresError::UnknownFormat { path: path.display().to_string(), found: extension }),
    }
}

/// Refuses a file name of no known format, before anything is computed.
pub fn check_name(path: &Path) -> Result<(), ScoresError> {
    encoder(path).map(drop)
}

/// The scores in the format of the file's ending.
pub fn encode(path: &Path, scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    encoder(path)?(scores)
}

/// Columns, and a cell for each in every line.
type Lines = (Vec<(String, Kind)>, Vec<Vec<Cell>>);

/// A line per item, method and unit: of texts with the word and its bytes in the text as written, and without padding; of tables with the column's
/// name; of series with the first and the last step, and the channel where it is one; of methods that tell classes apart with the score for each class.
/// Ranks count from 1.
fn lines_of(scores: &Scores<'_>) -> Result<Lines, ScoresError> {
    let is_text = scores.black_box.text.is_some();
    let table = scores.black_box.table.as_ref();
    let results = || scores.explained.iter().flat_map(|explained| explained.methods.iter().flatten());
    let has_classes = results().any(|result| result.by_class.is_some());
    let mut columns: Vec<(String, Kind)> = [
        ("item", Kind::Int),
        ("split", Kind::Text),
        ("method", Kind::Text),
        ("unit", Kind::Int),
        ("score", Kind::Number),
        ("rank", Kind::Int),
        ("selected", Kind::Int),
    ]
    .map(|(name, kind)| (name.to_owned(), kind))
    .to_vec();
    let mut add = |name: &str, kind: Kind| columns.push((name.to_owned(), kind));
    if is_text {
        add("word", Kind::Text);
        add("start", Kind::Int);
        add("end", Kind::Int);
    }
    if table.is_some() {
        add("column", Kind::Text);
    }
    let is_series = scores.black_box.modality() == Modality::Series;
    if is_series {
        add("first_step", Kind::Int);
        add("last_step", Kind::Int);
        add("channel", Kind::Text);
    }
    if has_classes {
        for (class, name) in scores.black_box.classes.iter().enumerate() {
            add(&class_column(class, name), Kind::Number);
        }
    }
    let mut lines = Vec::new();
    for explained in scores.explained {
        let (item, split) = scores.item(explained);
        let start = |saved: &SavedExplainer| {
            vec![Cell::Int(i64::from(item)), Cell::Text(split.to_owned()), Cell::Text(saved.card.name.clone())]
        };
        let written = written_units(scores.black_box, explained);
        let stretches = if is_series { stretches(explained, scores.data.channel_names()) } else { Vec::new() };
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            for (unit, score) in result.scores.iter().enumerate() {
                let mut line = start(saved);
                line.extend([
                    Cell::Int(unit as i64),
                    Cell::Number(f64::from(*score)),
                    Cell::Int(i64::from(result.ranks[unit]) + 1),
                    Cell::Int(i64::from(result.is_selected(unit, explained.k))),
                ]);
                if is_text {
                    let Some(Some(written)) = written.get(unit) else { continue };
                    let place = |at: usize| Cell::Int(at as i64);
                    line.extend([
                        Cell::Text(written.words.clone()),
                        place(written.bytes.start),
                        place(written.bytes.end),
                    ]);
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
            if is_text && written.iter().all(Option::is_none) {
                // A text without words has no unit, but it was explained.
                let mut line = start(saved);
                line.resize_with(columns.len(), || Cell::Empty);
                lines.push(line);
            }
        }
    }
    Ok((columns, lines))
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

fn csv_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let (columns, lines) = lines_of(scores)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| name)).map_err(ScoresError::writer)?;
    for line in lines {
        let record = line.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Int(value) => value.to_string(),
            // Scores are single precision.
            Cell::Number(value) => (*value as f32).to_string(),
            Cell::Bool(value) => u8::from(*value).to_string(),
        });
        writer.write_record(record).map_err(ScoresError::writer)?;
    }
    writer.into_inner().map_err(ScoresError::writer)
}

fn parquet_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let (columns, lines) = lines_of(scores)?;
    let columns: Vec<(&str, Kind)> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    crate::study::export::parquet::write(&columns, &lines).map_err(ScoresError::writer)
}

/// One object per item and method; of texts with each unit's words and their bytes in the text as written.
fn jsonl_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let mut out = Vec::new();
    let data = scores.data;
    for explained in scores.explained {
        let (item, split) = scores.item(explained);
        let written = written_units(scores.black_box, explained);
        let label = data.labels[explained.item].and_then(|label| data.classes.get(usize::from(label)));
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            let selected = top_k(&result.scores, explained.k);
            let mut line = serde_json::json!({
                "item": item,
                "split": split,
                "label": label,
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
                "scores": result.scores,
            });
            if let Some(by_class) = &result.by_class {
                let classes = scores.black_box.classes.iter().enumerate();
                let columns = classes.map(|(class, name)| (name.clone(), serde_json::json!(by_class.column(class))));
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
                        "unit": unit,
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
    }
    Ok(out)
}

/// Arrays `items` and `split` [n], the latter of words, `scores` and `selected` [n, methods, units], `probs_full` [n, classes], `probs_selected` and
/// `probs_unselected` [n, methods, classes], and, where some method tells classes apart, `class_scores` [n, methods, units, classes], and `class_only`
/// and `class_rest` [n, methods, classes, classes], the answers to the units of a class alone and to all but these; NaN for the other methods.
fn npz_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let (n, n_methods) = (scores.explained.len() as u64, scores.explainers.len() as u64);
    let classes = scores.black_box.classes.len() as u64;
    let units = scores.explained.first().map_or(0, |explained| explained.units.count()) as u64;
    let mut by_method: [Vec<f32>; 3] = Default::default();
    let mut probs_full: Vec<f32> = Vec::new();
    let (mut selected, mut class_scores): (Vec<u8>, Vec<f32>) = Default::default();
    let mut class_answers: [Vec<f32>; 2] = Default::default();
    let mut has_classes = false;
    for explained in scores.explained {
        probs_full.extend(&explained.probs_full);
        for result in &explained.methods {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            by_method[0].extend(&result.scores);
            by_method[1].extend(&result.probs_selected);
            by_method[2].extend(&result.probs_unselected);
            selected.extend((0..result.scores.len()).map(|unit| u8::from(result.is_selected(unit, explained.k))));
            for unit in 0..result.scores.len() {
                let of_class = |class: usize| result.by_class.as_ref().map_or(f32::NAN, |by| by.score(unit, class));
                class_scores.extend((0..scores.black_box.classes.len()).map(of_class));
            }
            for (all, rest) in class_answers.iter_mut().zip([false, true]) {
                let known = result.by_class.as_ref().map(|by| if rest { &by.rest } else { &by.only });
                all.extend(
                    (0..(classes * classes) as usize)
                        .map(|at| known.and_then(|known| known.get(at).copied()).unwrap_or(f32::NAN)),
                );
            }
            has_classes |= result.by_class.is_some();
        }
    }
    let (items, splits): (Vec<u32>, Vec<&str>) =
        scores.explained.iter().map(|explained| scores.item(explained)).unzip();
    let mut cursor = std::io::Cursor::new(Vec::new());
    let mut npz = npyz::npz::NpzWriter::new(&mut cursor);
    array(&mut npz, "items", &[n], &items)?;
    words(&mut npz, "split", &splits)?;
    array(&mut npz, "scores", &[n, n_methods, units], &by_method[0])?;
    array(&mut npz, "selected", &[n, n_methods, units], &selected)?;
    if has_classes {
        array(&mut npz, "class_scores", &[n, n_methods, units, classes], &class_scores)?;
        for (name, answers) in ["class_only", "class_rest"].iter().zip(&class_answers) {
            array(&mut npz, name, &[n, n_methods, classes, classes], answers)?;
        }
    }
    array(&mut npz, "probs_full", &[n, classes], &probs_full)?;
    array(&mut npz, "probs_selected", &[n, n_methods, classes], &by_method[1])?;
    array(&mut npz, "probs_unselected", &[n, n_methods, classes], &by_method[2])?;
    drop(npz);
    Ok(cursor.into_inner())
}

type Npz<'a> = npyz::npz::NpzWriter<&'a mut std::io::Cursor<Vec<u8>>>;

/// An array of words, as NumPy has them.
fn words(npz: &mut Npz<'_>, name: &str, values: &[&str]) -> Result<(), ScoresError> {
    use npyz::WriterBuilder;
    let longest = values.iter().map(|word| word.chars().count()).max().unwrap_or(0).max(1);
    let kind: npyz::TypeStr = format!("<U{longest}").parse().map_err(ScoresError::writer)?;
    let array = npz.array::<str>(name, Default::default()).map_err(ScoresError::writer)?;
    let array = array.dtype(npyz::DType::Plain(kind)).shape(&[values.len() as u64]);
    let mut writer = array.begin_nd().map_err(ScoresError::writer)?;
    values.iter().try_for_each(|word| writer.push(word)).map_err(ScoresError::writer)?;
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
