//! Mask-only accuracy as a metric.

use super::context::masks;
use super::cost::{Piece, Scope, Sizes, passes};
use super::masked::shares;
use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::explain::ExplainError;
use crate::explain::learn::mask_only::mask_only;
use crate::model::tensors::mix;

/// The metric.
#[derive(Debug)]
pub struct MaskOnly;

static SPEC: MetricSpec = MetricSpec {
    id: "mask_only",
    title: "Mask only",
    tip: "How well a small network tells the black box's class from the hard mask alone. High beside a low FS-M means that the mask spells \
          the label; on images honest masks tell much too, so compare with the random row.",
    unit: MetricUnit::Percent,
    higher_is_better: None,
    is_slow: false,
    modalities: ANY,
};

impl Metric for MaskOnly {
    fn spec(&self) -> &'static MetricSpec {
        &SPEC
    }

    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        // The network is so small that its epochs take about as long as scoring its items.
        let learning = Piece::silent(SPEC.id, Scope::Units, 2 * passes(sizes.train));
        vec![Piece::training_items(sizes), learning]
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let (k, seed, n_classes) = (context.k, context.seed, context.n_classes());
        let (test_masks, test_classes) = (context.test_masks(), context.test.probs.all_classes());
        let train = context.train()?;
        let (train_masks, train_classes) = (masks(&train.scores, k), train.probs.all_classes());
        let told =
            mask_only((&train_masks, &train_classes), (&test_masks, &test_classes), n_classes, mix(seed, 0x6d61_736b))?;
        Ok(shares(&told))
    }
}
