//! Tables of metrics.

use std::sync::Arc;

use crate::data::Split;
use crate::jobs::Cell;
use crate::work::Shown;

/// The table in view.
#[derive(Default)]
pub struct Measure {
    /// Its cells.
    pub cells: Shown<Vec<Cell>>,
}

impl Measure {
    /// The cells to draw.
    pub fn table(&self) -> Option<&Arc<Vec<Cell>>> {
        self.cells.value()
    }

    /// The table as comma-separated values, for export.
    pub fn csv(&self) -> String {
        let mut out = String::from("row,metric,k,mean,ci95_low,ci95_high,items\n");
        for cell in self.table().into_iter().flat_map(|cells| cells.iter()) {
            let k = cell.k.map(|k| k.to_string()).unwrap_or_default();
            let row = cell.row.replace('"', "\"\"");
            out.push_str(&format!(
                "\"{row}\",{},{k},{},{},{},{}\n",
                cell.metric, cell.mean, cell.ci95[0], cell.ci95[1], cell.items
            ));
        }
        out
    }
}

/// What to measure.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateForm {
    /// Explainers, by hash.
    pub explainers: Vec<String>,
    /// Metric ids.
    pub metrics: Vec<String>,
    /// Numbers of selected units; empty: each explainer's own.
    pub ks: Vec<usize>,
    /// On which split.
    pub split: Split,
    /// At most so many items.
    pub limit: Option<usize>,
    /// Seed.
    pub seed: u64,
}
