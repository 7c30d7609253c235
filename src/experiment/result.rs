//! The file that `reproduce` writes (product description, "Command line"), and the parts it is made from.

use crate::model::Versions;

/// One cell of a reproduced table.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ResultCell {
    /// Row id.
    pub row: String,
    /// Metric id.
    pub metric: String,
    /// Number of selected units.
    pub k: Option<String>,
    /// Class, where the figure belongs to one.
    pub class: Option<String>,
    /// Unit of the figure: `percent`, `seconds`, `minutes` or `number`.
    pub unit: String,
    /// What the paper prints.
    pub paper: Option<f64>,
    /// Mean over seeds of the mean over items.
    pub mean: f64,
    /// Standard deviation over seeds.
    pub sd: f64,
    /// 95 % interval: over items for one seed, over seeds and items for several.
    pub ci95: [f64; 2],
    /// For a box plot over items of all seeds: the ends of the whiskers and the quartiles between them, ascending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<[f64; 5]>,
    /// Items per seed.
    pub items: usize,
    /// Seeds.
    pub seeds: usize,
}

/// A reproduced table.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reproduced {
    /// Experiment id.
    pub experiment: String,
    /// Data set.
    pub dataset: String,
    /// Device.
    pub device: String,
    /// Threads of libtorch.
    pub threads: usize,
    /// Seeds of the main rows.
    pub seeds: Vec<u64>,
    /// What made it.
    pub versions: Versions,
    /// Wall-clock seconds of all parts together.
    pub wall_seconds: f64,
    /// Whether it was a smoke run.
    pub quick: bool,
    /// The table.
    pub cells: Vec<ResultCell>,
    /// Which rows are better than others by what is rebuilt (DoRaR, Definition 2), in sentences; none where a1 and a2 are not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

/// Values per item of one metric.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PartValues {
    /// Metric id.
    pub metric: String,
    /// Number of selected units.
    pub k: usize,
    /// Class, where the figure belongs to one.
    pub class: Option<String>,
    /// One value per item.
    pub values: Vec<f64>,
}

/// One finished row and seed, as it is saved for resuming.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Part {
    /// Hash of everything that decides it: data, black box, recipe, metrics, versions. Another key is not resumed from.
    pub key: String,
    /// Row id.
    pub row: String,
    /// Seed.
    pub seed: u64,
    /// Values per item of each metric, number of units and class.
    pub values: Vec<PartValues>,
    /// Wall-clock seconds.
    pub seconds: f64,
}
