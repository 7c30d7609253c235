//! A black box as it is kept in files and sent between threads: plain bytes and a card.

use std::path::Path;
use std::sync::Arc;

use super::card::{BOX_FORMAT, BOX_VERSION, BoxCard};
use super::{ModelError, folder};
use crate::data::fit::ModelBackground;
use crate::data::series::{MAX_STEPS, MAX_VALUES};
use crate::data::{Dataset, Fit, Items, Modality, Rows, Shape, evenly};
use crate::store::{Cache, Hash, StoreError};

/// Most bytes a card may have.
const MAX_CARD_BYTES: u64 = 64 << 20;
/// Most bytes a file of weights may have.
const MAX_WEIGHT_BYTES: u64 = 8 << 30;
/// Largest height and width of an input.
const MAX_SIDE: usize = 4096;
/// Most classes: labels are 16-bit numbers.
const MAX_CLASSES: usize = 1 << 16;
/// Training rows that are kept with a black box, for the noise fill.
pub const BACKGROUND_ROWS: usize = 256;

/// What a black box's training rows look like: enough for the mean and noise fills without the data.
#[derive(Clone, Debug)]
pub struct Background {
    /// Mean of the training rows at each place.
    pub mean: Vec<f32>,
    /// Some training rows, drawn with the seed.
    pub rows: Rows,
}

impl Background {
    /// From the rows of a table: means of numbers; of a column of categories the most frequent one.
    pub fn of_table(rows: &Rows) -> Self {
        let mut background = Self::from_rows(rows);
        for (column, mean) in background.mean.iter_mut().enumerate() {
            let mut counts = std::collections::BTreeMap::<usize, usize>::new();
            for level in (0..rows.n()).filter_map(|row_idx| crate::data::table::category(rows.row(row_idx)[column])) {
                *counts.entry(level).or_default() += 1;
            }
            if let Some((level, _)) = counts.iter().max_by_key(|(level, count)| (**count, std::cmp::Reverse(**level))) {
                *mean = crate::data::table::CATEGORY + *level as f32;
            }
        }
        background
    }

    /// From training rows: their mean, and up to [`BACKGROUND_ROWS`] of them, evenly spaced.
    pub fn from_rows(rows: &Rows) -> Self {
        let (n, len) = (rows.n(), rows.shape.len());
        let mut sums = vec![0.0f64; len];
        for row_idx in 0..n {
            for (sum, value) in sums.iter_mut().zip(rows.row(row_idx)) {
                *sum += f64::from(*value);
            }
        }
        let picked = evenly(n, BACKGROUND_ROWS);
        Self { mean: sums.iter().map(|sum| (sum / n.max(1) as f64) as f32).collect(), rows: rows.pick(&picked) }
    }
}

/// How pictures of `data` are fitted at first to the input of a black box: the data that it was trained on and data in a model's own format as they
/// are, a user's picture files so that light on dark stays light on dark.
pub fn fit_for(card: &BoxCard, background: &Background, data: &Dataset) -> Fit {
    if data.hash == card.data_hash {
        return Fit::default();
    }
    match &data.items {
        Items::Lazy(_) => Fit { background: ModelBackground::of_mean(&background.mean, card.shape), ..card.fit },
        _ => card.fit,
    }
}

/// A black box as plain data.
#[derive(Clone, Debug)]
pub struct SavedBox {
    /// Its card.
    pub card: BoxCard,
    /// Weights as safetensors.
    pub weights: Arc<Vec<u8>>,
    /// What its training rows look like.
    pub background: Arc<Background>,
}

impl SavedBox {
    /// How pictures of `data` are fitted at first: see [`fit_for`].
    pub fn fit_for(&self, data: &Dataset) -> Fit {
        fit_for(&self.card, &self.background, data)
    }

    /// Replaces `card.json`, `weights.safetensors` and `background.safetensors` of `dir`, all three or none: a process killed at any moment
    /// leaves a folder that can be loaded.
    pub fn save(&self, dir: &Path) -> Result<(), ModelError> {
        let card = serde_json::to_vec_pretty(&self.card).map_err(|error| ModelError::Failed(error.to_string()))?;
        let background = self.background_bytes()?;
        folder::replace(
            dir,
            &[("background.safetensors", &background), ("card.json", &card), ("weights.safetensors", &self.weights)],
        )
    }

    fn background_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let (mean, rows) = (bytes(&self.background.mean), bytes(&self.background.rows.values));
        let failed = |error: safetensors::SafeTensorError| ModelError::Failed(error.to_string());
        let view = |shape: Vec<usize>, bytes| {
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape, bytes).map_err(failed)
        };
        let tensors = [
            ("mean", view(vec![self.background.mean.len()], &mean)?),
            ("rows", view(vec![self.background.rows.n(), self.card.shape.len()], &rows)?),
        ];
        safetensors::serialize(tensors, None).map_err(failed)
    }

    /// Reads what [`Self::save`] wrote, refusing what does not fit with a reason.
    pub fn load(dir: &Path) -> Result<Self, ModelError> {
        let card_path = dir.join("card.json");
        let refuse = |path: &Path, expected: &str, found: String| ModelError::Saved {
            path: path.display().to_string(),
            expected: expected.to_owned(),
            found,
            advice: "choose a folder that `unmask fit` wrote, or train it again".to_owned(),
        };
        let bytes = match folder::read(dir, "card.json", MAX_CARD_BYTES) {
            Err(ModelError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(refuse(&card_path, "a black box's card", "no such file".to_owned()));
            }
            result => result?,
        };
        let value: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|error| refuse(&card_path, "a black box's card (JSON)", error.to_string()))?;
        let format = value["format"].as_str().unwrap_or("no format");
        let version = value["version"].as_u64().unwrap_or(0);
        if format != BOX_FORMAT || version != u64::from(BOX_VERSION) {
            let expected = format!("{BOX_FORMAT} version {BOX_VERSION}");
            return Err(refuse(&card_path, &expected, format!("{format} version {version}")));
        }
        let card: BoxCard = serde_json::from_value(value)
            .map_err(|error| refuse(&card_path, "a complete black-box card", error.to_string()))?;
        let architecture = super::architecture(&card.architecture)?;
        card.params.check(architecture.params)?;
        // Sizes come from outside: nothing is multiplied or built before they are known to be sane.
        let is_series = architecture.modality == Modality::Series;
        let (sides, channels) = if is_series { (MAX_STEPS, MAX_STEPS) } else { (MAX_SIDE, 4) };
        if !(1..=sides).contains(&card.shape.height)
            || !(1..=sides).contains(&card.shape.width)
            || !(1..=channels).contains(&card.shape.channels)
            || (is_series && card.shape.len() > MAX_VALUES)
        {
            let expected = format!("inputs of 1 to {channels} channels and 1 to {sides} places on a side");
            return Err(refuse(&card_path, &expected, card.shape.to_string()));
        }
        architecture.check(card.shape)?;
        if !(2..=MAX_CLASSES).contains(&card.classes.len()) {
            return Err(refuse(&card_path, &format!("2 to {MAX_CLASSES} classes"), card.classes.len().to_string()));
        }
        let weights_path = dir.join("weights.safetensors");
        let weights = folder::read(dir, "weights.safetensors", MAX_WEIGHT_BYTES)?;
        let found = hash_of(&card, &weights);
        if found != card.hash {
            return Err(refuse(
                &weights_path,
                &format!("weights with hash {}", short(&card.hash)),
                short(&found).to_owned(),
            ));
        }
        let background_path = dir.join("background.safetensors");
        let bytes = folder::read(dir, "background.safetensors", MAX_WEIGHT_BYTES)?;
        let background = read_background(&bytes, card.shape)
            .map_err(|found| refuse(&background_path, "tensors mean and rows of the box's shape", found))?;
        Ok(Self { card, weights: Arc::new(weights), background: Arc::new(background) })
    }
}

/// Keeps a black box in `cache` under its hash. A command's hash leaves out its settings and its data: it takes the place of what is there.
///
/// # Errors
/// A folder that cannot be written.
pub fn keep(saved: &SavedBox, hash: Hash, cache: &Cache) -> Result<(), ModelError> {
    if saved.card.exec.is_some()
        && let Some(folder) = cache.find(hash)
    {
        return saved.save(&folder);
    }
    cache.store(hash, |folder| saved.save(folder).map_err(KeepError::from)).map_err(|error| match error {
        KeepError::Model(error) => error,
        KeepError::Store(error) => ModelError::Failed(error.to_string()),
    })?;
    Ok(())
}

/// What can go wrong when a black box is put into the cache.
#[derive(Debug)]
enum KeepError {
    Store(StoreError),
    Model(ModelError),
}

impl From<StoreError> for KeepError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ModelError> for KeepError {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn read_background(bytes: &[u8], shape: Shape) -> Result<Background, String> {
    let tensors = safetensors::SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let values = |name: &str| -> Result<Vec<f32>, String> {
        let view = tensors.tensor(name).map_err(|error| error.to_string())?;
        if view.dtype() != safetensors::Dtype::F32 {
            return Err(format!("{name} in {:?}", view.dtype()));
        }
        Ok(view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    };
    let (mean, rows) = (values("mean")?, values("rows")?);
    if mean.len() != shape.len() || rows.len() % shape.len() != 0 {
        return Err(format!("mean of {} and rows of {} values", mean.len(), rows.len()));
    }
    if mean.iter().chain(&rows).any(|value| !value.is_finite()) {
        return Err("NaN or infinity".to_owned());
    }
    Ok(Background { mean, rows: Rows { shape, values: rows } })
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, ModelError> {
    let io = |source| ModelError::Io { path: path.display().to_string(), source };
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > limit {
        return Err(ModelError::Saved {
            path: path.display().to_string(),
            expected: format!("at most {limit} bytes"),
            found: format!("{size}"),
            advice: "this is not a file that Unmask wrote".to_owned(),
        });
    }
    std::fs::read(path).map_err(io)
}

/// Hash by which a black box is found again: architecture, shape, classes, vocabulary and weights.
pub fn hash_of(card: &BoxCard, weights: &[u8]) -> String {
    let BoxCard { architecture, shape, classes, text, table, .. } = card;
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{architecture}|{shape}|{}|", classes.join("|")).as_bytes());
    if let Some(text) = text {
        hasher.update(serde_json::to_string(text).unwrap_or_default().as_bytes());
    }
    if let Some(table) = table {
        hasher.update(serde_json::to_string(table).unwrap_or_default().as_bytes());
    }
    hasher.update(weights);
    hasher.finalize().to_hex().to_string()
}
