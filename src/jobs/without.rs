//! What the black box answers when some units are taken away: asked for the word under the pointer, and for a mask that the user makes by hand.

use std::sync::Arc;

use super::compute::Compute;
use super::task::Output;
use crate::data::{Dataset, Fit, Unit, Units};
use crate::explain::Fill;
use crate::explain::Mask;
use crate::explain::mask::{fill_rows, keep_only};
use crate::model::{BlackBox, SavedBox};
use crate::work::JobError;

/// Asks for the answer to an item without some of its units.
#[derive(Clone, Debug)]
pub struct Without {
    /// The model asked.
    pub black_box: Arc<SavedBox>,
    /// Data.
    pub data: Arc<Dataset>,
    /// Item.
    pub item: usize,
    /// Fit of a picture to the box.
    pub fit: Fit,
    /// Kind of unit.
    pub unit: Unit,
    /// Which are taken away.
    pub out: Vec<usize>,
    /// What they become.
    pub fill: Fill,
    /// Seed of noise.
    pub seed: u64,
}

/// Computes it.
pub(super) fn run(env: &mut Compute, task: &Without) -> Result<Output, JobError> {
    let black_box = env.black_box(&task.black_box)?;
    let units = Units::new(task.unit, black_box.card().shape);
    let rows = black_box.card().rows(&task.data, &[task.item], &task.fit)?;
    let fill = fill_rows(&rows, units, task.fill, black_box.background(), task.seed);
    let mut kept = vec![true; units.count()];
    for &unit in &task.out {
        if let Some(kept) = kept.get_mut(unit) {
            *kept = false;
        }
    }
    let probs = black_box.predict(&keep_only(&rows, units, &[Mask(kept)], &fill))?;
    Ok(Output::Without { item: task.item, out: task.out.clone(), probs: probs.values })
}
