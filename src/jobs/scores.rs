//! Scores of explained items as NPZ, CSV and JSON Lines, for the window and the command line alike.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::Explained;
use super::reading::written_units;
use crate::data::Dataset;
use crate::explain::SavedExplainer;
use crate::explain::mask::top_k;
use crate::model::BoxCard;

/// Every format: file extension and name for menus. `encode` has one arm for each.
pub const FORMATS: [(&str, &str); 3] = [
    ("csv", "CSV, a line per unit"),
    ("jsonl", "JSON Lines, a line per item and method"),
    ("npz", "NPZ, arrays for NumPy"),
];

/// Why scores cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ScoresError {
    /// The file name does not say which format is wanted.
    #[error("{path}: expected a file name ending in .npz, .csv or .jsonl, found \"{found}\"; choose one of these")]
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
    /// The data set that the items are from; the file names them by their index in its source.
    pub data: &'a Dataset,
    /// The model explained.
    pub black_box: &'a BoxCard,
    /// The methods, in the order of [`Explained::methods`].
    pub explainers: &'a [Arc<SavedExplainer>],
    /// The items; all with the same units.
    pub explained: &'a [Arc<Explained>],
}

type Encoder = fn(&Scores<'_>) -> Result<Vec<u8>, ScoresError>;

fn encoder(path: &Path) -> Result<Encoder, ScoresError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(csv_of),
        Some("jsonl") => Ok(jsonl_of),
        Some("npz") => Ok(npz_of),
        other => Err(ScoresError::UnknownFormat {
            path: path.display().to_string(),
            found: other.unwrap_or_default().to_owned(),
        }),
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

/// One row per item, method and unit; of texts with the word and its bytes in the text as written, and without padding.
fn csv_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let is_text = scores.black_box.text.is_some();
    let heads = ["item", "method", "unit", "score", "rank", "selected", "word", "start", "end"];
    writer.write_record(&heads[..if is_text { 9 } else { 6 }]).map_err(ScoresError::writer)?;
    for explained in scores.explained {
        let written = written_units(scores.black_box, explained);
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            for (unit, score) in result.scores.iter().enumerate() {
                let selected = u8::from(result.is_selected(unit, explained.k));
                let mut record = vec![
                    scores.data.source_index[explained.item].to_string(),
                    saved.card.name.clone(),
                    unit.to_string(),
                    score.to_string(),
                    result.ranks[unit].to_string(),
                    selected.to_string(),
                ];
                if is_text {
                    let Some(Some(written)) = written.get(unit) else { continue };
                    record.extend([
                        written.words.clone(),
                        written.bytes.start.to_string(),
                        written.bytes.end.to_string(),
                    ]);
                }
                writer.write_record(&record).map_err(ScoresError::writer)?;
            }
        }
    }
    writer.into_inner().map_err(ScoresError::writer)
}

/// One object per item and method; of texts with each unit's words and their bytes in the text as written.
fn jsonl_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let mut out = Vec::new();
    let data = scores.data;
    for explained in scores.explained {
        let written = written_units(scores.black_box, explained);
        let label = data.labels[explained.item].and_then(|label| data.classes.get(usize::from(label)));
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            let selected = top_k(&result.scores, explained.k);
            let mut line = serde_json::json!({
                "item": data.source_index[explained.item],
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
            if scores.black_box.text.is_some() {
                let words = written.iter().enumerate().filter_map(|(unit, written)| {
                    let written = written.as_ref()?;
                    Some(serde_json::json!({
                        "unit": unit,
                        "word": written.words,
                        "start": written.bytes.start,
                        "end": written.bytes.end,
                        "score": result.scores[unit],
                        "rank": result.ranks[unit],
                    }))
                });
                line["words"] = words.collect();
            }
            writeln!(out, "{line}").map_err(ScoresError::writer)?;
        }
    }
    Ok(out)
}

/// Arrays `items` [n], `scores` [n, methods, units], `probs_full` [n, classes], `probs_selected` and `probs_unselected` [n, methods, classes].
fn npz_of(scores: &Scores<'_>) -> Result<Vec<u8>, ScoresError> {
    let (n, n_methods) = (scores.explained.len() as u64, scores.explainers.len() as u64);
    let classes = scores.black_box.classes.len() as u64;
    let units = scores.explained.first().map_or(0, |explained| explained.units.count()) as u64;
    let mut by_method: [Vec<f32>; 3] = Default::default();
    let mut probs_full: Vec<f32> = Vec::new();
    for explained in scores.explained {
        probs_full.extend(&explained.probs_full);
        for result in &explained.methods {
            let result = result.as_ref().map_err(|reason| ScoresError::Method(reason.clone()))?;
            by_method[0].extend(&result.scores);
            by_method[1].extend(&result.probs_selected);
            by_method[2].extend(&result.probs_unselected);
        }
    }
    let items: Vec<u32> = scores.explained.iter().map(|explained| scores.data.source_index[explained.item]).collect();
    let mut cursor = std::io::Cursor::new(Vec::new());
    let mut npz = npyz::npz::NpzWriter::new(&mut cursor);
    array(&mut npz, "items", &[n], &items)?;
    array(&mut npz, "scores", &[n, n_methods, units], &by_method[0])?;
    array(&mut npz, "probs_full", &[n, classes], &probs_full)?;
    array(&mut npz, "probs_selected", &[n, n_methods, classes], &by_method[1])?;
    array(&mut npz, "probs_unselected", &[n, n_methods, classes], &by_method[2])?;
    drop(npz);
    Ok(cursor.into_inner())
}

fn array<T: npyz::AutoSerialize + Copy>(
    npz: &mut npyz::npz::NpzWriter<&mut std::io::Cursor<Vec<u8>>>,
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
