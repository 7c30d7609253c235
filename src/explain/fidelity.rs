//! Fidelity kernels that explainers, metrics and the explorer share: what the black box answers to S only and to S̄ only.

use super::ExplainError;
use super::mask::{Fill, Mask, fill_rows, keep_only};
use crate::data::{Rows, Units};
use crate::model::{BlackBox, Probs};

/// The black box's answers to the full, the selected-only and the unselected-only inputs.
#[derive(Clone, Debug)]
pub struct Answers {
    /// To the selected part only.
    pub selected: Probs,
    /// To the unselected part only.
    pub unselected: Probs,
}

/// Answers to S only and S̄ only for each row.
pub fn answers(
    black_box: &dyn BlackBox,
    rows: &Rows,
    units: Units,
    masks: &[Mask],
    fill: Fill,
    seed: u64,
) -> Result<Answers, ExplainError> {
    let fill = fill_rows(rows, units, fill, black_box.background(), seed);
    let complements: Vec<Mask> = masks.iter().map(Mask::complement).collect();
    Ok(Answers {
        selected: black_box.predict(&keep_only(rows, units, masks, &fill))?,
        unselected: black_box.predict(&keep_only(rows, units, &complements, &fill))?,
    })
}

/// For each row whether two answers name the same class.
pub fn same_class(full: &Probs, masked: &Probs) -> Vec<bool> {
    (0..full.n()).map(|row_idx| full.class(row_idx) == masked.class(row_idx)).collect()
}

/// Share of `true`, in percent.
pub fn percent(agree: &[bool]) -> f64 {
    if agree.is_empty() {
        return f64::NAN;
    }
    100.0 * agree.iter().filter(|agree| **agree).count() as f64 / agree.len() as f64
}

/// Share of the most frequent of some classes, in percent: what is told by always naming it. NaN for none.
pub fn largest_share(classes: &[usize]) -> f64 {
    let n_classes = classes.iter().max().map_or(0, |last| last + 1);
    let mut counts = vec![0usize; n_classes];
    classes.iter().for_each(|&class| counts[class] += 1);
    100.0 * counts.into_iter().max().unwrap_or(0) as f64 / classes.len() as f64
}
