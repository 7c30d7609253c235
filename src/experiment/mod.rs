//! `reproduce`: tables of the papers, rerun on real data. One file per experiment, one line in [`EXPERIMENTS`].
//!
//! An [`Experiment`] is data: which items, which black box, which rows (a method with its recipe) and which metrics. [`run::run`] works it off,
//! saving each finished row and seed, so that a rerun resumes.

pub mod l2x_mnist;
pub mod meed_fashion;
pub mod meed_mnist;
mod meed_table;
pub mod result;
pub mod run;

pub use result::{Reproduced, ResultCell};
pub use run::{Options, check, run};

use crate::explain::ExplainError;

/// A table of a paper.
#[derive(Debug)]
pub struct Experiment {
    /// Id on the command line.
    pub id: &'static str,
    /// What it reruns, in a sentence.
    pub title: &'static str,
    /// Short name of the data set.
    pub dataset: &'static str,
    /// Data specification with `{root}` for the data folder.
    pub data: &'static str,
    /// Black box: architecture id and parameters.
    pub black_box: (&'static str, &'static [(&'static str, &'static str)]),
    /// Unit selected.
    pub unit: &'static str,
    /// How many.
    pub k: usize,
    /// Rows.
    pub rows: &'static [Row],
    /// Published figures: row, metric, value.
    pub paper: &'static [(&'static str, &'static str, f64)],
    /// Seeds by default.
    pub seeds: u64,
}

/// A row: a method with its recipe.
#[derive(Debug)]
pub struct Row {
    /// Row id.
    pub id: &'static str,
    /// Method id.
    pub method: &'static str,
    /// Preset to start from, or empty for the defaults.
    pub preset: &'static str,
    /// Parameters that differ from it.
    pub params: &'static [(&'static str, &'static str)],
    /// Whether every seed is run, or the first only.
    pub every_seed: bool,
    /// Metric ids.
    pub metrics: &'static [&'static str],
}

/// Every experiment.
pub static EXPERIMENTS: &[&Experiment] = &[&l2x_mnist::L2X_MNIST, &meed_mnist::MEED_MNIST, &meed_fashion::MEED_FASHION];

/// The experiment with `id`.
pub fn experiment(id: &str) -> Result<&'static Experiment, ExplainError> {
    EXPERIMENTS.iter().copied().find(|experiment| experiment.id == id).ok_or_else(|| {
        let known: Vec<_> = EXPERIMENTS.iter().map(|experiment| experiment.id).collect();
        ExplainError::Unfit(format!(
            "experiment {id}: expected one of {}; name one of these, or list",
            known.join(", ")
        ))
    })
}
