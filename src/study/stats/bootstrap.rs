//! Bootstrap over participants and items together: Owen, The pigeonhole bootstrap, Annals of Applied Statistics 1, 2007.
//!
//! Each resample draws people with replacement and items with replacement; an answer counts as often as its person was drawn times its item
//! was. The interval is then honest about both: other people, and other items.

use crate::study::dice::{Dice, stream};

/// Resamples.
pub const RESAMPLES: usize = 2000;

/// 95 % percentile interval of a statistic over `people` people and `items` items, of [`cluster_draws`].
pub fn cluster_interval(
    people: usize,
    items: usize,
    seed: u64,
    statistic: impl FnMut(&[u32], &[u32]) -> f64,
) -> Option<[f64; 2]> {
    let drawn = cluster_draws(people, items, seed, statistic)?;
    Some([super::quantile(&drawn, 0.025), super::quantile(&drawn, 0.975)])
}

/// The same for a statistic that resampling shifts, such as a majority over people: drawing people twice leaves fewer different answers to
/// an item than there were, so majorities are less often right. The draws are moved so that their mean is `found`, and kept within
/// `range` (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 10: the bootstrap's estimate of bias).
pub fn centred_interval(
    people: usize,
    items: usize,
    seed: u64,
    found: f64,
    range: [f64; 2],
    statistic: impl FnMut(&[u32], &[u32]) -> f64,
) -> Option<[f64; 2]> {
    let drawn = cluster_draws(people, items, seed, statistic)?;
    let shift = found - super::mean(&drawn);
    Some([0.025, 0.975].map(|share| (super::quantile(&drawn, share) + shift).clamp(range[0], range[1])))
}

/// The statistic of each resample. It gets how often each person and each item was drawn; NaN where it is not defined. `None` with fewer
/// than two of both, or where most resamples leave it undefined.
fn cluster_draws(
    people: usize,
    items: usize,
    seed: u64,
    mut statistic: impl FnMut(&[u32], &[u32]) -> f64,
) -> Option<Vec<f64>> {
    if people < 2 || items < 2 {
        return None;
    }
    let mut dice = Dice::new(seed, stream::BOOTSTRAP);
    let (mut of_person, mut of_item) = (vec![0; people], vec![0; items]);
    let mut drawn = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        draw(&mut of_person, &mut dice);
        draw(&mut of_item, &mut dice);
        let value = statistic(&of_person, &of_item);
        if value.is_finite() {
            drawn.push(value);
        }
    }
    if drawn.len() < RESAMPLES / 2 {
        return None;
    }
    Some(drawn)
}

/// How often each of `counts.len()` is drawn in as many draws.
fn draw(counts: &mut [u32], dice: &mut Dice) {
    counts.fill(0);
    for _ in 0..counts.len() {
        let at = dice.below(counts.len());
        counts[at] += 1;
    }
}
