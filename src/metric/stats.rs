//! Intervals: Wilson for shares, bootstrap for means, cluster bootstrap over seeds and items.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 2000;
/// 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Mean; NaN for no values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation with n - 1; 0 for fewer than two values.
pub fn sd(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let centre = mean(values);
    (values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// Whisker, quartile, median, quartile, whisker, as in box plots: quartiles by linear interpolation, whiskers to the last value within 1.5 times the
/// distance between the quartiles (Tukey). NaN for no values.
pub fn spread(values: &[f64]) -> [f64; 5] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return [f64::NAN; 5] };
    let at = |share: f64| {
        let place = share * last as f64;
        let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    let (low, middle, high) = (at(0.25), at(0.5), at(0.75));
    let reach = 1.5 * (high - low);
    let inside = |value: &&f64| (low - reach..=high + reach).contains(*value);
    let (first, end) = (sorted.iter().find(inside), sorted.iter().rev().find(inside));
    [first.copied().unwrap_or(low).min(low), low, middle, high, end.copied().unwrap_or(high).max(high)]
}

/// Wilson's 95 % interval of `hits` out of `n`, as shares 0..=1 (Wilson 1927).
pub fn wilson(hits: usize, n: usize) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    let (n, share) = (n as f64, hits as f64 / n as f64);
    let centre = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

/// 95 % interval of the mean of one run: Wilson where all values are 0 or 100, else a percentile bootstrap over items.
pub fn interval(values: &[f64], seed: u64) -> [f64; 2] {
    if values.iter().all(|value| *value == 0.0 || *value == 100.0) {
        let hits = values.iter().filter(|value| **value == 100.0).count();
        return wilson(hits, values.len()).map(|share| 100.0 * share);
    }
    cluster_interval(&[values.to_vec()], seed)
}

/// 95 % percentile interval of the mean over runs (seeds) and items: runs are drawn with replacement, then items within each drawn run.
/// With one run only items are drawn.
pub fn cluster_interval(runs: &[Vec<f64>], seed: u64) -> [f64; 2] {
    let runs: Vec<&Vec<f64>> = runs.iter().filter(|run| !run.is_empty()).collect();
    if runs.is_empty() {
        return [f64::NAN, f64::NAN];
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut below = |n: usize| (rng.next_u64() % n as u64) as usize;
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: f64 = (0..runs.len())
                .map(|_| {
                    let run = runs[below(runs.len())];
                    (0..run.len()).map(|_| run[below(run.len())]).sum::<f64>() / run.len() as f64
                })
                .sum();
            drawn / runs.len() as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
    [at(0.025), at(0.975)]
}
