//! Masks: which units are kept, and what the hidden ones become.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::data::series::own_steps;
use crate::data::table::category;
use crate::data::{Modality, Rows, Units};
use crate::model::Background;

/// What hidden units become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// Zero: black in a picture. What L2X and MEED use.
    #[default]
    Zero,
    /// Mean of the training rows at that place.
    Mean,
    /// A value drawn for each place from real training rows (DoRaR's background, section IV).
    Noise,
    /// A standardised number drawn uniformly from [-1, 1] for each place; of categories one of a real training row (AIM, Table 10). For tables.
    Uniform,
}

impl Fill {
    /// All that suit every kind of number, in menu order.
    pub const ALL: [Self; 3] = [Self::Zero, Self::Mean, Self::Noise];

    /// Name on the command line and on screen.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Mean => "mean",
            Self::Noise => "noise",
            Self::Uniform => "uniform",
        }
    }
}

impl std::str::FromStr for Fill {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .chain([Self::Uniform])
            .find(|fill| fill.id() == text)
            .ok_or_else(|| format!("fill \"{text}\": expected zero, mean, noise or uniform; name one of these"))
    }
}

/// Which units of one input are kept (`true`: selected, S).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(pub Vec<bool>);

impl Mask {
    /// The `k` top-scored units; ties are broken by position; a `k` above the number of units selects all.
    pub fn top_k(scores: &[f32], k: usize) -> Self {
        Self::of(&top_k(scores, k), scores.len())
    }

    /// These of `n` units.
    pub fn of(units: &[usize], n: usize) -> Self {
        let mut mask = vec![false; n];
        units.iter().for_each(|&unit| mask[unit] = true);
        Self(mask)
    }

    /// The complement: S̄ for S.
    pub fn complement(&self) -> Self {
        Self(self.0.iter().map(|kept| !kept).collect())
    }

    /// Selected units, ascending.
    pub fn selected(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|&unit| self.0[unit]).collect()
    }
}

/// Indices of the `k` largest scores, best first; ties by position; NaN counts as the least. Minus infinity is never taken: it marks padding.
pub fn top_k(scores: &[f32], k: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).filter(|&unit| scores[unit] != f32::NEG_INFINITY).collect();
    // Adding zero makes -0 a plain 0: the two are equal scores, though `total_cmp` orders them.
    let key = |unit: usize| if scores[unit].is_nan() { f32::NEG_INFINITY } else { scores[unit] + 0.0 };
    order.sort_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
    order.truncate(k);
    order
}

/// Share of units that two masks have in common: |A ∩ B| / |A ∪ B|, 1 for two empty masks.
pub fn iou(a: &Mask, b: &Mask) -> f64 {
    let pairs = a.0.iter().zip(&b.0);
    let both = pairs.clone().filter(|(a, b)| **a && **b).count();
    let either = pairs.filter(|(a, b)| **a || **b).count();
    if either == 0 { 1.0 } else { both as f64 / either as f64 }
}

/// What each place of each row becomes where it is hidden. Noise depends only on `seed` and on what the row holds, so that an item gets the same
/// one alone, in a batch and in a table.
pub fn fill_rows(rows: &Rows, units: Units, fill: Fill, background: &Background, seed: u64) -> Rows {
    let len = rows.shape.len();
    match fill {
        Fill::Zero => Rows { shape: rows.shape, values: vec![0.0; rows.values.len()] },
        Fill::Mean => Rows {
            shape: rows.shape,
            values: background.mean.iter().copied().cycle().take(rows.values.len()).collect(),
        },
        Fill::Noise | Fill::Uniform => {
            let mut out = Rows::with_capacity(rows.shape, rows.n());
            let n_real = background.rows.n().max(1);
            // A column of categories has one for its mean, also where the row that is drawn has none.
            let is_number = |place: usize| background.mean.get(place).is_none_or(|mean| category(*mean).is_none());
            for row_idx in 0..rows.n() {
                let mut rng = rng_of(rows.row(row_idx), units.unit.is_text(), seed);
                for place in 0..len {
                    let real = (rng.next_u64() % n_real as u64) as usize;
                    let real = background.rows.values.get(real * len + place).copied().unwrap_or(0.0);
                    let is_uniform = fill == Fill::Uniform && is_number(place);
                    out.values.push(if is_uniform { rng.random_range(-1.0..=1.0) } else { real });
                }
            }
            out
        }
    }
}

/// For each row all values of one training row, drawn from `seed` and the row alone.
pub fn whole_rows(rows: &Rows, background: &Background, seed: u64) -> Rows {
    whole_rows_among(rows, background, seed, &|_, _| true)
}

/// [`whole_rows`] drawn from those training rows that `fits` a row, by their places; from all of them where none does.
pub fn whole_rows_among(rows: &Rows, background: &Background, seed: u64, fits: &dyn Fn(usize, usize) -> bool) -> Rows {
    let mut out = Rows::with_capacity(rows.shape, rows.n());
    let all: Vec<usize> = (0..background.rows.n()).collect();
    for row_idx in 0..rows.n() {
        let fitting: Vec<usize> = all.iter().copied().filter(|&real| fits(row_idx, real)).collect();
        let drawn_from = if fitting.is_empty() { &all } else { &fitting };
        // Nobody puts whole rows behind texts.
        match rng_of(rows.row(row_idx), false, seed).next_u64().checked_rem(drawn_from.len() as u64) {
            Some(drawn) => out.push(background.rows.row(drawn_from[drawn as usize])),
            None => out.push(&vec![0.0; rows.shape.len()]),
        }
    }
    out
}

/// Draws that depend on a row's values and a seed, not on its place among others.
fn rng_of(row: &[f32], is_text: bool, seed: u64) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"noise fill").update(&seed.to_le_bytes());
    hash_row(&mut hasher, row, is_text);
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

/// Adds what a row holds to a hash; of a text the whole parts, since an unknown word of a command's text is 1 and a fraction that tells how many such words
/// the program met before it.
pub(super) fn hash_row(hasher: &mut blake3::Hasher, row: &[f32], is_text: bool) {
    for value in row {
        let value = if is_text { value.trunc() } else { *value };
        hasher.update(&value.to_le_bytes());
    }
}

/// Rows with only the units kept by `masks[i]`; all else is taken from `fill` (same shape). Padding of texts and of series that were filled up is no unit
/// that could be hidden: it stays, or noise would put words of other texts, or steps of other series, after the end of one.
pub fn keep_only(rows: &Rows, units: Units, masks: &[Mask], fill: &Rows) -> Rows {
    let unit_of = units.unit_of_values();
    let (modality, steps) = (units.unit.modality(), rows.shape.width);
    let mut out = rows.clone();
    for (row_idx, mask) in masks.iter().enumerate() {
        let hidden = fill.row(row_idx);
        let own = if modality == Modality::Series { own_steps(rows.row(row_idx), steps) } else { steps };
        for (place, value) in out.row_mut(row_idx).iter_mut().enumerate() {
            let is_padding = match modality {
                Modality::Text => *value == 0.0,
                Modality::Series => place % steps >= own,
                Modality::Image | Modality::Table => false,
            };
            if !mask.0[unit_of[place] as usize] && !is_padding {
                // Adding zero makes -0 a plain 0, which in a series would stand for a step that was filled up.
                *value = hidden[place] + 0.0;
            }
        }
    }
    out
}
