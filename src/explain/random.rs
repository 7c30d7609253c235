//! A selector that picks units at random: what every other method must beat.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::learn::{Learner, Setup};
use super::mask::hash_row;
use super::{ExplainError, Explainer, Method, MethodSpec, SavedExplainer, Scores};
use crate::data::{Modality, Rows, Units};
use crate::model::{BlackBox, Probs};

/// The method.
#[derive(Debug)]
pub struct Random;

static SPEC: MethodSpec = MethodSpec {
    id: "random",
    title: "Random",
    summary: "Picks units at random, evenly and without looking at the input. The floor: a method that does no better explains nothing.",
    citation: "baseline",
    params: &[],
    presets: &[],
    starts: &[],
    trains: false,
    needs_gradients: false,
    modalities: &[Modality::Image, Modality::Text, Modality::Series, Modality::Table],
};

impl Method for Random {
    fn spec(&self) -> &'static MethodSpec {
        &SPEC
    }

    fn learner(&self, _: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        None
    }

    fn explainer(&self, _: &SavedExplainer, _: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        Ok(Box::new(Self))
    }
}

impl Explainer for Random {
    fn raw_scores(
        &mut self,
        _black_box: &dyn BlackBox,
        rows: &Rows,
        _probs: &Probs,
        units: Units,
        seed: u64,
    ) -> Result<Scores, ExplainError> {
        let mut values = Vec::with_capacity(rows.n() * units.count());
        for row_idx in 0..rows.n() {
            // Seeded by what the row holds, so that an item gets the same draw alone and in a batch.
            let mut hasher = blake3::Hasher::new();
            hash_row(&mut hasher, rows.row(row_idx), units.unit.is_text());
            hasher.update(&seed.to_le_bytes());
            let mut rng = ChaCha8Rng::from_seed(*hasher.finalize().as_bytes());
            values.extend((0..units.count()).map(|_| (rng.next_u32() >> 8) as f32 / (1 << 24) as f32));
        }
        Ok(Scores::new(units.count(), values))
    }
}
