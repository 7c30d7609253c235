//! What is kept of an explainer: its card and, where it was trained, its weights.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{ExplainError, method};
use crate::data::Unit;
use crate::model::card::{Curves, Versions};
use crate::model::folder;
use crate::model::params::Params;
use crate::model::{BoxCard, ModelError};

/// Format name of an explainer's card.
pub const EXPLAINER_FORMAT: &str = "unmask-explainer";
/// Version of an explainer's card.
pub const EXPLAINER_VERSION: u32 = 1;

/// Card of an explainer.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExplainerCard {
    /// Always [`EXPLAINER_FORMAT`].
    pub format: String,
    /// Always [`EXPLAINER_VERSION`].
    pub version: u32,
    /// Name on screen.
    pub name: String,
    /// Id of the method.
    pub method: String,
    /// Values of its parameters that differ from the defaults.
    pub params: Params,
    /// What it selects.
    pub unit: Unit,
    /// How many units it was trained to select.
    pub k: usize,
    /// Specification of the data it was trained on; empty where it needs none.
    pub data: String,
    /// Hash of that data.
    pub data_hash: String,
    /// Hash of the black box it explains.
    pub blackbox_hash: String,
    /// Seed.
    pub seed: u64,
    /// Epochs trained so far.
    pub epochs: u32,
    /// Epoch whose weights these are: the one with the best validation fidelity by the black box, or the last, see
    /// [`Method::keeps_last`](super::Method::keeps_last).
    pub best_epoch: u32,
    /// Whether training ran to its end.
    pub complete: bool,
    /// Validation figures of that epoch, by metric id, in percent; none where there were no items to validate on.
    pub validation: BTreeMap<String, f64>,
    /// Training curves.
    pub curves: Curves,
    /// Threads that libtorch used.
    pub threads: i32,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// What made it.
    pub versions: Versions,
    /// Seconds of training, with what the black box is asked before and after the steps, without pauses.
    pub seconds: f64,
    /// Hash of weights, method and parameters.
    pub hash: String,
}

/// An explainer as it is kept and sent between threads.
#[derive(Clone, Debug)]
pub struct SavedExplainer {
    /// Its card.
    pub card: ExplainerCard,
    /// Weights as safetensors; empty for methods that need no training.
    pub weights: Arc<Vec<u8>>,
}

impl ExplainerCard {
    /// Hash of the weights together with what they mean.
    pub fn hash_with(&self, weights: &[u8]) -> String {
        let mut hasher = blake3::Hasher::new();
        let params = serde_json::to_string(&self.params).unwrap_or_default();
        hasher.update(format!("{}|{params}|{}|{}|{}|", self.method, self.unit, self.k, self.blackbox_hash).as_bytes());
        hasher.update(weights);
        hasher.finalize().to_hex().to_string()
    }
}

impl SavedExplainer {
    /// An explainer of a method that needs no training.
    pub fn untrained(id: &str, unit: Unit, k: usize, black_box: &BoxCard, seed: u64) -> Result<Self, ExplainError> {
        let spec = method(id)?.spec();
        black_box.check_unit(unit)?;
        if spec.trains {
            return Err(ExplainError::Unfit(format!(
                "{} must be trained first; use `unmask train --method {id}` or the Train place",
                spec.title
            )));
        }
        let mut card = ExplainerCard {
            format: EXPLAINER_FORMAT.to_owned(),
            version: EXPLAINER_VERSION,
            name: spec.title.to_owned(),
            method: id.to_owned(),
            params: Params::default(),
            unit,
            k,
            data: String::new(),
            data_hash: String::new(),
            blackbox_hash: black_box.hash.clone(),
            seed,
            epochs: 0,
            best_epoch: 0,
            complete: true,
            validation: BTreeMap::new(),
            curves: Curves::default(),
            threads: 0,
            device: black_box.device.clone(),
            versions: Versions::current(),
            seconds: 0.0,
            hash: String::new(),
        };
        card.hash = card.hash_with(&[]);
        Ok(Self { card, weights: Arc::default() })
    }

    /// Replaces `card.json` and `weights.safetensors` of `dir`, both or none: a process killed at any moment leaves a folder that can be loaded.
    pub fn save(&self, dir: &Path) -> Result<(), ExplainError> {
        let card = serde_json::to_vec_pretty(&self.card).map_err(|error| ModelError::Failed(error.to_string()))?;
        Ok(folder::replace(dir, &[("card.json", &card), ("weights.safetensors", &self.weights)])?)
    }

    /// Reads what [`Self::save`] wrote, refusing what does not fit with a reason.
    pub fn load(dir: &Path) -> Result<Self, ExplainError> {
        let refuse = |path: &Path, expected: &str, found: String| ExplainError::Saved {
            path: path.display().to_string(),
            expected: expected.to_owned(),
            found,
            advice: "choose a folder that `unmask train` wrote, or train it again".to_owned(),
        };
        let card_path = dir.join("card.json");
        let bytes = match folder::read(dir, "card.json", 64 << 20) {
            Err(ModelError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(refuse(&card_path, "an explainer's card", "no such file".to_owned()));
            }
            result => result?,
        };
        let value: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|error| refuse(&card_path, "an explainer's card (JSON)", error.to_string()))?;
        let format = value["format"].as_str().unwrap_or("no format");
        let version = value["version"].as_u64().unwrap_or(0);
        if format != EXPLAINER_FORMAT || version != u64::from(EXPLAINER_VERSION) {
            let expected = format!("{EXPLAINER_FORMAT} version {EXPLAINER_VERSION}");
            return Err(refuse(&card_path, &expected, format!("{format} version {version}")));
        }
        let card: ExplainerCard = serde_json::from_value(value)
            .map_err(|error| refuse(&card_path, "a complete explainer card", error.to_string()))?;
        card.params.check(method(&card.method)?.spec().params).map_err(ModelError::from)?;
        let weights_path = dir.join("weights.safetensors");
        let weights = folder::read(dir, "weights.safetensors", 8 << 30)?;
        let found = card.hash_with(&weights);
        if found != card.hash {
            let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
            return Err(refuse(&weights_path, &format!("weights with hash {}", short(&card.hash)), short(&found)));
        }
        Ok(Self { card, weights: Arc::new(weights) })
    }

    /// Refuses a black box other than the one this explainer was made for.
    pub fn check_box(&self, black_box: &BoxCard) -> Result<(), ExplainError> {
        if self.card.blackbox_hash == black_box.hash {
            return Ok(());
        }
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        Err(ExplainError::Unfit(format!(
            "explainer {}: expected the black box with hash {}, found {} ({}); choose the box that it was trained for",
            self.card.name,
            short(&self.card.blackbox_hash),
            short(&black_box.hash),
            black_box.name
        )))
    }
}
