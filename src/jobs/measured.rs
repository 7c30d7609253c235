//! A table of metrics together with what it was measured by, so that a table in a paper can be made again.

use std::sync::Arc;

use super::picture::{number_fill_words, table_fill_words, text_fill_words};
use super::task::{Cell, Evaluate};
use crate::data::{Modality, TableFit, Unit, Units};
use crate::explain::Fill;
use crate::figure::layout::boxes::{BoxPlot, BoxRow};
use crate::metric::{metric, stats};
use crate::model::{Versions, tensors};

/// What an explainer in a table is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MeasuredExplainer {
    /// Its row in the table.
    pub row: String,
    /// Id of the method.
    pub method: String,
    /// Values of its parameters that differ from the defaults.
    pub params: crate::model::params::Params,
    /// How many units it was trained to select.
    pub k: usize,
    /// Values in a unit; 0 in tables from before it was kept.
    #[serde(default)]
    pub unit_size: usize,
    /// Seed of its training.
    pub seed: u64,
    /// Hash of its card.
    pub hash: String,
}

/// Everything that decides the figures of a table.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Conditions {
    /// Name of the model explained.
    pub black_box: String,
    /// Its hash.
    pub black_box_hash: String,
    /// Specification of the data.
    pub data: String,
    /// Hash of the data.
    pub data_hash: String,
    /// `train`, `validation` or `test`.
    pub split: String,
    /// At most so many items of the split; `None`: all.
    pub limit: Option<usize>,
    /// What is selected, e.g. `word` or `patch:4`.
    pub unit: String,
    /// What hidden units become.
    pub fill: String,
    /// Whether columns of the table that is explained hold categories: what hides them is named otherwise.
    #[serde(default)]
    pub has_categories: bool,
    /// File of a user's embedding of texts; `None`: TF-IDF.
    pub embedding: Option<String>,
    /// Seed of draws and of networks trained to measure.
    pub seed: u64,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// Threads that libtorch used.
    pub threads: i32,
    /// What made it.
    pub versions: Versions,
    /// Explainers, in the order of the rows.
    pub explainers: Vec<MeasuredExplainer>,
    /// Share of the items in the class that the black box names most often, in percent: what is told by always naming it. `None` in tables from before it
    /// was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
}

impl Conditions {
    /// Those of a task on a device.
    pub(super) fn of(task: &Evaluate, device: crate::model::Device) -> Self {
        let explainer = |saved: &Arc<crate::explain::SavedExplainer>| MeasuredExplainer {
            row: saved.card.name.clone(),
            method: saved.card.method.clone(),
            params: saved.card.params.clone(),
            k: saved.card.k,
            unit_size: Units::new(saved.card.unit, task.black_box.card.shape).size(),
            seed: saved.card.seed,
            hash: saved.card.hash.clone(),
        };
        Self {
            black_box: task.black_box.card.name.clone(),
            black_box_hash: task.black_box.card.hash.clone(),
            data: task.data.spec.to_string(),
            data_hash: task.data.hash.clone(),
            split: task.split.name().to_owned(),
            limit: task.limit,
            unit: task.explainers.first().map(|saved| saved.card.unit.to_string()).unwrap_or_default(),
            fill: task.fill.id().to_owned(),
            has_categories: task.black_box.card.table.as_ref().is_some_and(TableFit::has_categories),
            embedding: task.embedding.as_ref().map(|path| path.display().to_string()),
            seed: task.seed,
            device: tensors::device_name(device),
            threads: crate::model::threads(),
            versions: Versions::current(),
            explainers: task.explainers.iter().map(explainer).collect(),
            chance: None,
        }
    }

    /// One line, for below a table: `black box CNN (1a2b3c4d), data mnist:…, split test, hidden units become zero, seed 0, …`.
    pub fn words(&self) -> String {
        let short = |hash: &str| hash.chars().take(8).collect::<String>();
        let limit = self.limit.map(|limit| format!(" (at most {limit} items)")).unwrap_or_default();
        // As under figures: what hides a word is padding, and of a table the mean is hidden by.
        let modality = self.unit.parse::<Unit>().map(Unit::modality);
        let fill = match (self.fill.parse::<Fill>(), modality) {
            (Ok(fill), Ok(Modality::Text)) => text_fill_words(fill),
            (Ok(fill), Ok(Modality::Table)) if self.has_categories => table_fill_words(fill),
            (Ok(fill), Ok(Modality::Table)) => number_fill_words(fill),
            _ => self.fill.as_str(),
        };
        let embedding = self.embedding.as_ref().map(|path| format!(", embedding {path}")).unwrap_or_default();
        format!(
            "Black box {} ({}), data {} ({}), split {}{limit}, unit {}, hidden units become {}{embedding}, seed {}, {}, {}, Unmask {}, libtorch {}",
            self.black_box,
            short(&self.black_box_hash),
            self.data,
            short(&self.data_hash),
            self.split,
            self.unit,
            fill,
            self.seed,
            self.device,
            if self.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", self.threads) },
            self.versions.unmask,
            self.versions.libtorch,
        )
    }
}

/// A table of metrics. It reads as a slice of its cells.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    /// What it was measured by.
    pub conditions: Conditions,
    /// The cells so far.
    pub cells: Vec<Cell>,
    /// Cells that cannot be, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// How the median ranks of the items are spread.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranks: Vec<Ranks>,
    /// What a hit rate can reach at each k.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ceilings: Vec<Ceiling>,
}

/// The hit rate of a method that selects every unit that truly matters: below 100 % where more units are selected than matter.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ceiling {
    /// How many units are selected.
    pub k: usize,
    /// Mean over the items, in percent.
    pub percent: f64,
}

impl Ceiling {
    /// For items of which so many units truly matter each; `None` where none do in any. Items in which nothing matters are left out, as of the hit rate.
    pub fn of(k: usize, counts: impl IntoIterator<Item = usize>) -> Option<Self> {
        let best = |n: usize| 100.0 * n.min(k) as f64 / k.max(1) as f64;
        let shares: Vec<f64> = counts.into_iter().filter(|n| *n > 0).map(best).collect();
        (!shares.is_empty()).then(|| Self { k, percent: stats::mean(&shares) })
    }

    /// What is to be known beside a figure; `None` where all of 100 % can be reached.
    fn note(&self) -> Option<String> {
        let k = self.k;
        (self.percent < 99.95)
            .then(|| format!("Hit rate at k = {k}: {:.1} % is the most that can be reached, since fewer than {k} units truly matter.", self.percent))
    }
}

/// The median ranks behind a cell, for a box plot as in L2X's Figure 3.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ranks {
    /// Row of the table.
    pub row: String,
    /// How many units are selected.
    pub k: usize,
    /// Whisker, quartile, median, quartile, whisker over the items (see [`crate::metric::stats::spread`]).
    pub spread: [f64; 5],
    /// Mean.
    pub mean: f64,
    /// The best that there can be, (n + 1) / 2 where n units truly matter in each item; `None` where items differ in that.
    pub best: Option<f64>,
}

/// A figure that a method does not have, whatever the number of units.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Missing {
    /// Row of the table.
    pub row: String,
    /// Id of the metric.
    pub metric: String,
    /// Why, in a sentence.
    pub why: String,
}

/// Figures that are missing among so many rows, a sentence for each reason: what no row has, and what some lack. What the same rows lack for the same
/// reason is one sentence.
pub fn notes(missing: &[Missing], n_rows: usize) -> Vec<String> {
    let mut reasons: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for Missing { row, metric, why } in missing {
        // What a method lacks is one reason, whichever methods lack it.
        let why = why.strip_suffix(&format!(", found {row}")).unwrap_or(why);
        match reasons.iter_mut().find(|(of, known, _)| *of == metric.as_str() && *known == why) {
            Some((.., rows)) => rows.push(row),
            None => reasons.push((metric.as_str(), why, vec![row.as_str()])),
        }
    }
    let mut told: Vec<(Vec<&str>, &str, Vec<&str>)> = Vec::new();
    for (id, why, rows) in reasons {
        let title = metric(id).map_or(id, |metric| metric.spec().title);
        match told.iter_mut().find(|(_, known, of)| *known == why && *of == rows) {
            Some((titles, ..)) => titles.push(title),
            None => told.push((vec![title], why, rows)),
        }
    }
    let sentence = |(titles, why, rows): (Vec<&str>, &str, Vec<&str>)| {
        let named = if why.starts_with(titles[0]) { why.to_owned() } else { format!("{}: {why}", titles.join("; ")) };
        let of =
            if rows.len() >= n_rows { "Left out".to_owned() } else { format!("No figure for {}", rows.join(", ")) };
        format!("{of}: {named}.")
    };
    told.into_iter().map(sentence).collect()
}

impl Measured {
    /// What the table lacks and why, and which figures cannot reach 100 %, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let lacking = notes(&self.missing, self.conditions.explainers.len());
        lacking.into_iter().chain(self.ceilings.iter().filter_map(Ceiling::note)).collect()
    }

    /// Keeps what a hit rate can reach at a k, once for all methods.
    pub(super) fn note_ceilings(&mut self, ceilings: Vec<Ceiling>) {
        for ceiling in ceilings {
            if self.ceilings.iter().all(|known| known.k != ceiling.k) {
                self.ceilings.push(ceiling);
            }
        }
    }

    /// The median ranks of all methods as box plots; `None` where none were measured. At several k a row says which.
    pub fn rank_plot(&self) -> Option<BoxPlot> {
        let first = self.ranks.first()?;
        let is_one_k = self.ranks.iter().all(|ranks| ranks.k == first.k);
        let name = |ranks: &Ranks| if is_one_k { ranks.row.clone() } else { format!("{}, k {}", ranks.row, ranks.k) };
        let row = |ranks: &Ranks| BoxRow { name: name(ranks), spread: ranks.spread, mean: ranks.mean };
        let largest = self.ranks.iter().map(|ranks| ranks.spread[4].max(ranks.mean)).fold(1.0, f64::max);
        Some(BoxPlot {
            title: "Median rank of what truly matters".to_owned(),
            axis: if is_one_k { format!("median rank at k = {}", first.k) } else { "median rank".to_owned() },
            rows: self.ranks.iter().map(row).collect(),
            most: largest.ceil() + 1.0,
            best: first.best.filter(|best| self.ranks.iter().all(|ranks| ranks.best == Some(*best))),
        })
    }

    /// Why a method has no figure; `None` where it is not known to lack it.
    pub fn why_missing(&self, row: &str, metric: &str) -> Option<&str> {
        self.missing.iter().find(|missing| missing.row == row && missing.metric == metric).map(|of| of.why.as_str())
    }
}

impl std::ops::Deref for Measured {
    type Target = [Cell];

    fn deref(&self) -> &[Cell] {
        &self.cells
    }
}
