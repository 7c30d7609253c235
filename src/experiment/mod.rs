//! `reproduce`: tables of the papers, rerun on real data. One file per experiment, one line in [`EXPERIMENTS`].
//!
//! An [`Experiment`] is data: which items, which black box, which rows (a method with its recipe) and which metrics. [`run::run`] works it off,
//! saving each finished row and seed, so that a rerun resumes.

pub mod aim_agnews;
pub mod aim_fashion;
pub mod aim_hatexplain;
pub mod aim_imdb;
pub mod aim_mnist;
mod aim_table;
pub mod aim_tables;
pub mod dorar_cifar10;
pub mod dorar_mnist;
pub mod dorar_mouse;
pub mod l2x_imdb_sentence;
pub mod l2x_imdb_word;
pub mod l2x_mnist;
pub mod l2x_synthetic;
pub mod meed_fashion;
pub mod meed_imdb;
pub mod meed_mnist;
pub mod meed_series;
mod meed_table;
pub mod result;
pub mod run;

pub use result::{Reproduced, ResultCell};
pub use run::{Options, check, run};

use crate::explain::{ExplainError, Fill};

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
    /// How many are selected while training.
    pub k: usize,
    /// How many are selected in the table; empty: `k`.
    pub ks: &'static [usize],
    /// Rows.
    pub rows: &'static [Row],
    /// Published figures.
    pub paper: &'static [Published],
    /// Seeds by default.
    pub seeds: u64,
}

impl Experiment {
    /// What a row selects, and how many of it.
    pub fn at(&self, row: &Row) -> At {
        row.at.unwrap_or(At { unit: self.unit, k: self.k, ks: self.ks })
    }

    /// What the paper prints for a row and metric at this number of units and for this class.
    pub fn printed(&self, row: &str, metric: &str, k: Option<usize>, class: Option<&str>) -> Option<f64> {
        let is_it = |of: &&Published| {
            of.row == row && of.metric == metric && (of.k == 0 || Some(of.k) == k) && of.class == class.unwrap_or("")
        };
        self.paper.iter().find(is_it).map(|of| of.value)
    }
}

/// What is selected, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Unit.
    pub unit: &'static str,
    /// How many while training.
    pub k: usize,
    /// How many in the table; empty: `k`.
    pub ks: &'static [usize],
}

impl At {
    /// How many in the table.
    pub fn ks(&self) -> Vec<usize> {
        if self.ks.is_empty() { vec![self.k] } else { self.ks.to_vec() }
    }

    /// The one of them at which figures are measured that cost much or do not depend on it.
    pub fn main_k(&self) -> usize {
        self.ks.iter().copied().find(|k| *k == self.k).or(self.ks.first().copied()).unwrap_or(self.k)
    }
}

/// A figure that a paper prints.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// Row id.
    pub row: &'static str,
    /// Metric id.
    pub metric: &'static str,
    /// Number of selected units; 0: every one.
    pub k: usize,
    /// Name of the class, or empty.
    pub class: &'static str,
    /// The figure.
    pub value: f64,
}

/// A figure for no class in particular.
pub const fn published(row: &'static str, metric: &'static str, value: f64) -> Published {
    Published { row, metric, k: 0, class: "", value }
}

/// A figure at one number of units.
pub const fn published_at(row: &'static str, metric: &'static str, k: usize, value: f64) -> Published {
    Published { row, metric, k, class: "", value }
}

/// A figure of one class at one number of units.
pub const fn published_of(
    row: &'static str,
    metric: &'static str,
    k: usize,
    class: &'static str,
    value: f64,
) -> Published {
    Published { row, metric, k, class, value }
}

/// A row: a method with its recipe.
#[derive(Clone, Copy, Debug)]
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
    /// What it selects, where that is not the experiment's own.
    pub at: Option<At>,
}

impl Row {
    /// What tells it from the other rows of an experiment: its id and, where a method is trained anew for each number of units, that number.
    pub fn key(&self) -> String {
        self.at.map_or_else(|| self.id.to_owned(), |at| format!("{}-k{}", self.id, at.k))
    }

    /// The same as a name of files: a masking stands behind a slash.
    pub fn file_key(&self) -> String {
        self.key().replace('/', "-")
    }

    /// What hidden units become, and over how many draws of it figures are averaged: what the id says behind a slash.
    pub fn masking(&self) -> (Fill, u64) {
        match self.id.rsplit_once('/') {
            Some((_, "mean")) => (Fill::Mean, 1),
            Some((_, "noise")) => (Fill::Uniform, 10),
            _ => (Fill::Zero, 1),
        }
    }
}

/// Every experiment.
pub static EXPERIMENTS: &[&Experiment] = &[
    &l2x_mnist::L2X_MNIST,
    &meed_mnist::MEED_MNIST,
    &meed_fashion::MEED_FASHION,
    &l2x_imdb_word::L2X_IMDB_WORD,
    &l2x_imdb_sentence::L2X_IMDB_SENTENCE,
    &meed_imdb::MEED_IMDB,
    &aim_imdb::AIM_IMDB,
    &aim_agnews::AIM_AGNEWS,
    &aim_hatexplain::AIM_HATEXPLAIN,
    &aim_mnist::AIM_MNIST,
    &aim_fashion::AIM_FASHION,
    &dorar_mnist::DORAR_MNIST,
    &dorar_cifar10::DORAR_CIFAR10,
    &l2x_synthetic::L2X_SYNTHETIC_XOR,
    &l2x_synthetic::L2X_SYNTHETIC_ORANGE,
    &l2x_synthetic::L2X_SYNTHETIC_ADDITIVE,
    &l2x_synthetic::L2X_SYNTHETIC_SWITCH,
    &dorar_mouse::DORAR_MOUSE,
    &meed_series::MEED_SERIES,
    &aim_tables::AIM_ADULT,
    &aim_tables::AIM_ADMISSION,
];

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
