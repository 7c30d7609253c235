//! Metrics against known truth: which of the selected units are those that truly matter (L2X, section 4.1; DoRaR, section V).

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::cost::{Piece, Scope, Sizes, passes};
use super::masked::shares;
use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::data::Split;
use crate::explain::learn::mask_only::mask_only;
use crate::explain::{ExplainError, Mask};
use crate::model::tensors::mix;

/// Share of the selected units that matter.
#[derive(Debug)]
pub struct HitRate;

/// Median rank of the units that matter.
#[derive(Debug)]
pub struct MedianRank;

/// What the true mask alone tells of the class.
#[derive(Debug)]
pub struct MaskOnlyTrue;

static HIT_RATE: MetricSpec = MetricSpec {
    id: "hit_rate",
    title: "Hit rate",
    tip: "Share of the selected units that truly matter, where that is known. An item without any such unit is left out.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: ANY,
};

static MEDIAN_RANK: MetricSpec = MetricSpec {
    id: "median_rank",
    title: "Median rank",
    tip: "Median rank of the units that truly matter when the k selected come first; equals are ordered by chance (L2X, Figure 3). The best \
          possible for n such units is (n + 1) / 2.",
    unit: MetricUnit::Number,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: ANY,
};

static MASK_ONLY_TRUE: MetricSpec = MetricSpec {
    id: "mask_only_true",
    title: "Mask only, true mask",
    tip: "As mask only, for the mask of the units that truly matter: an explainer's mask should tell no more of the class than this.",
    unit: MetricUnit::Percent,
    higher_is_better: None,
    is_slow: false,
    modalities: ANY,
};

/// Ranks from 1 of all units when the selected ones come first and equals are ordered by `rng`.
pub fn ranks(mask: &Mask, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..mask.0.len()).collect();
    order.shuffle(rng);
    // Stable: chance decides among equals.
    order.sort_by_key(|&unit| !mask.0[unit]);
    let mut ranks = vec![0; order.len()];
    for (at, &unit) in order.iter().enumerate() {
        ranks[unit] = at + 1;
    }
    ranks
}

/// Median; the mean of the middle two of an even number.
pub fn median(values: &mut [usize]) -> Option<f64> {
    values.sort_unstable();
    let n = values.len();
    match n {
        0 => None,
        _ if n % 2 == 1 => Some(values[n / 2] as f64),
        _ => Some((values[n / 2 - 1] + values[n / 2]) as f64 / 2.0),
    }
}

/// In percent; `None` where nothing matters or nothing is selected.
pub fn hit_rate(mask: &Mask, truth: &[usize]) -> Option<f64> {
    let selected = mask.selected();
    let hits = selected.iter().filter(|unit| truth.contains(unit)).count();
    (!selected.is_empty() && !truth.is_empty()).then(|| 100.0 * hits as f64 / selected.len() as f64)
}

impl Metric for HitRate {
    fn spec(&self) -> &'static MetricSpec {
        &HIT_RATE
    }

    fn needs_truth(&self) -> bool {
        true
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let truth = context.test_truth(&HIT_RATE)?;
        Ok(context.test_masks().iter().zip(&truth).filter_map(|(mask, truth)| hit_rate(mask, truth)).collect())
    }
}

impl Metric for MedianRank {
    fn spec(&self) -> &'static MetricSpec {
        &MEDIAN_RANK
    }

    fn needs_truth(&self) -> bool {
        true
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let truth = context.test_truth(&MEDIAN_RANK)?;
        let mut rng = ChaCha8Rng::seed_from_u64(mix(context.seed, 0x7261_6e6b));
        let scores = &context.test.scores;
        let items = context.test_masks().into_iter().zip(truth).enumerate();
        let of_items = items.filter_map(|(row_idx, (mask, truth))| {
            // Padding has no rank: it would come between the units of a short series.
            let is_unit = |unit: &usize| scores.row(row_idx)[*unit] != f32::NEG_INFINITY;
            let units: Vec<usize> = (0..mask.0.len()).filter(is_unit).collect();
            let ranks = ranks(&Mask(units.iter().map(|&unit| mask.0[unit]).collect()), &mut rng);
            let rank_of = |unit: &usize| units.binary_search(unit).ok().map(|at| ranks[at]);
            median(&mut truth.iter().filter_map(rank_of).collect::<Vec<_>>())
        });
        Ok(of_items.collect())
    }
}

impl Metric for MaskOnlyTrue {
    fn spec(&self) -> &'static MetricSpec {
        &MASK_ONLY_TRUE
    }

    fn depends_on_k(&self) -> bool {
        false
    }

    fn needs_truth(&self) -> bool {
        true
    }

    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        let learning = Piece::silent(MASK_ONLY_TRUE.id, Scope::Explainer, 2 * passes(sizes.train));
        vec![Piece::training_items(sizes), learning]
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let test = context.test_truth(&MASK_ONLY_TRUE)?;
        let train = context.truth(Split::Train, &MASK_ONLY_TRUE)?;
        let n_units = context.units.count();
        let masks = |truth: &[Vec<usize>]| -> Vec<Mask> {
            truth.iter().map(|truth| Mask((0..n_units).map(|unit| truth.contains(&unit)).collect())).collect()
        };
        let (seed, n_classes, test_classes) = (context.seed, context.n_classes(), context.test.probs.all_classes());
        let train_classes = context.train()?.probs.all_classes();
        let (train, test) = (masks(&train), masks(&test));
        let told = mask_only((&train, &train_classes), (&test, &test_classes), n_classes, mix(seed, 0x6d61_736b))?;
        Ok(shares(&told))
    }
}
