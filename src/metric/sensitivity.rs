//! SEN: how much scores change when the input is shaken a little (Yeh et al. 2019, as MEED reports it).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::cost::{Piece, Scope, Sizes, passes};
use super::{Context, Metric, MetricSpec, MetricUnit, PICTURES};
use crate::data::{Rows, evenly};
use crate::explain::ExplainError;
use crate::work::Progress;

/// Radius of the ball around the input, in pixel values 0..=1.
const RADIUS: f32 = 0.2;
/// Draws from the ball.
const DRAWS: usize = 50;
/// Most items: 50 draws for each of all test items would take minutes and tell nothing more.
const ITEMS: usize = 200;

/// Sensitivity.
#[derive(Debug)]
pub struct Sensitivity {
    spec: MetricSpec,
    single: bool,
}

/// The definition: the largest of 50 draws.
pub static SEN: Sensitivity = Sensitivity {
    spec: MetricSpec {
        id: "sen",
        title: "SEN",
        tip: "Largest relative change of the scores over 50 uniform draws within 0.2 of the input, in percent; the answer fed to the explainer \
              stays that of the clean input (Yeh et al. 2019). Over at most 200 items, evenly spaced.",
        unit: MetricUnit::Percent,
        higher_is_better: Some(false),
        is_slow: false,
        modalities: PICTURES,
    },
    single: false,
};

/// What the published code computes: only its last draw counts.
pub static SEN_SINGLE: Sensitivity = Sensitivity {
    spec: MetricSpec {
        id: "sen_single",
        title: "SEN, single draw",
        tip: "As SEN, but with one draw: the published code of MEED resets its maximum inside the loop, so that this is what its tables show.",
        unit: MetricUnit::Percent,
        higher_is_better: Some(false),
        is_slow: false,
        modalities: PICTURES,
    },
    single: true,
};

impl Sensitivity {
    const fn draws(&self) -> usize {
        if self.single { 1 } else { DRAWS }
    }
}

impl Metric for Sensitivity {
    fn spec(&self) -> &'static MetricSpec {
        if self.single { &SEN_SINGLE.spec } else { &SEN.spec }
    }

    fn depends_on_k(&self) -> bool {
        false
    }

    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        let steps = self.draws() as u64 * passes(sizes.test.min(ITEMS));
        vec![Piece::counted(self.spec().id, Scope::Explainer, steps)]
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let picked = evenly(context.test.rows.n(), ITEMS);
        let draws = self.draws();
        let (rows, probs) = (context.test.rows.pick(&picked), context.test.probs.pick(&picked));
        let mut largest = vec![0.0f64; picked.len()];
        for draw in 0..draws {
            context.checkpoint(Progress::new(draw as u64, draws as u64, "draws"))?;
            let shaken = shake(&rows, context.seed, draw as u64);
            let scores = context.explainer.scores(context.black_box, &shaken, &probs, context.units, context.seed)?;
            for (row_idx, (largest, &item)) in largest.iter_mut().zip(&picked).enumerate() {
                *largest = largest.max(100.0 * relative_change(context.test.scores.row(item), scores.row(row_idx)));
            }
        }
        Ok(largest)
    }
}

/// Each value moved by a uniform draw within ±0.2, not clipped (as in saliency_evaluation).
fn shake(rows: &Rows, seed: u64, draw: u64) -> Rows {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(draw);
    let mut uniform = || ((rng.next_u32() >> 8) as f32 / (1 << 24) as f32 * 2.0 - 1.0) * RADIUS;
    Rows { shape: rows.shape, values: rows.values.iter().map(|value| value + uniform()).collect() }
}

/// ‖b - a‖ / ‖a‖; the denominator is 1 where a is zero.
pub fn relative_change(a: &[f32], b: &[f32]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let change = norm(&mut a.iter().zip(b).map(|(a, b)| f64::from(b - a)));
    let size = norm(&mut a.iter().map(|a| f64::from(*a)));
    change / if size > 0.0 { size } else { 1.0 }
}
