//! What is kept of an explainer: its card and, where it was trained, its weights.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::Unit;
use crate::model::card::{Curves, Versions};
use crate::model::params::Params;

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
    /// Epoch whose weights these are: the one with the best validation fidelity by the black box.
    pub best_epoch: u32,
    /// Whether training ran to its end.
    pub complete: bool,
    /// Validation figures of the best epoch, by metric id, in percent.
    pub validation: BTreeMap<String, f64>,
    /// Training curves.
    pub curves: Curves,
    /// Threads that libtorch used.
    pub threads: i32,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// What made it.
    pub versions: Versions,
    /// Wall-clock seconds of training.
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
