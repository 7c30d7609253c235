//! How much the masks of several explainers have in common on the same items.

use std::sync::Arc;

use super::compute::{CHUNK, Compute};
use super::task::{Agree, Agreement, Output};
use crate::data::Units;
use crate::explain::mask::iou;
use crate::explain::{ExplainError, Mask};
use crate::metric::stats;
use crate::model::BlackBox;
use crate::work::{Job, JobContext, JobError, Progress, Step};

/// One chunk of items of one explainer a step.
pub(super) struct AgreeJob {
    task: Box<Agree>,
    items: Vec<usize>,
    /// Masks of each explainer, item by item.
    masks: Vec<Vec<Mask>>,
}

impl AgreeJob {
    pub(super) fn new(task: Box<Agree>) -> Self {
        let items = task.data.some_of(task.split, task.limit.unwrap_or(usize::MAX));
        Self { masks: vec![Vec::new(); task.explainers.len()], items, task }
    }

    fn chunk(&mut self, env: &mut Compute, at: usize) -> Result<(), JobError> {
        let task = self.task.as_ref();
        let black_box = env.black_box(&task.black_box)?;
        let card = black_box.card();
        let explainer = env.explainer(&task.explainers[at], &black_box)?;
        let start = self.masks[at].len();
        let items = &self.items[start..(start + CHUNK).min(self.items.len())];
        let rows = card.rows(&task.data, items, &task.fit)?;
        let probs = black_box.predict(&rows)?;
        let units = Units::new(task.unit, card.shape);
        let scores = explainer.borrow_mut().scores(black_box.as_ref(), &rows, &probs, units, task.seed)?;
        self.masks[at].extend((0..rows.n()).map(|row| Mask::top_k(scores.row(row), task.k)));
        Ok(())
    }
}

impl Job<Compute> for AgreeJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        if self.items.is_empty() {
            return Err(ExplainError::Unfit(self.task.data.no_items_in(self.task.split)).into());
        }
        cx.check_cancelled()?;
        let Some(at) = self.masks.iter().position(|masks| masks.len() < self.items.len()) else {
            let rows = self.task.explainers.iter().map(|explainer| explainer.card.name.clone()).collect();
            let agreement = agreement(rows, &self.masks, &self.task);
            return Ok(Step::Done(Output::Agreement(Arc::new(agreement))));
        };
        self.chunk(env, at)?;
        let done: usize = self.masks.iter().map(Vec::len).sum();
        cx.report(Progress::new(done as u64, (self.items.len() * self.masks.len()) as u64, "masks"));
        Ok(Step::Continue)
    }
}

fn agreement(rows: Vec<String>, masks: &[Vec<Mask>], task: &Agree) -> Agreement {
    let n = masks.len();
    let (mut means, mut ci95) = (vec![100.0; n * n], vec![[100.0; 2]; n * n]);
    for a in 0..n {
        for b in a + 1..n {
            let shares: Vec<f64> = masks[a].iter().zip(&masks[b]).map(|(a, b)| 100.0 * iou(a, b)).collect();
            let (mean, interval) = (stats::mean(&shares), stats::cluster_interval(&[shares], task.seed));
            for at in [a * n + b, b * n + a] {
                (means[at], ci95[at]) = (mean, interval);
            }
        }
    }
    Agreement { rows, k: task.k, unit: task.unit, items: masks.first().map_or(0, Vec::len), means, ci95 }
}
