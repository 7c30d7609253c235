//! Statistics of a study: numbers in, numbers out. Checked against SciPy, statsmodels, krippendorff and irrCAC
//! (`tests/golden/make_study.py`).

mod agreement;
mod bootstrap;

pub use agreement::{Level, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement};
pub use bootstrap::{RESAMPLES, centred_interval, cluster_interval};

/// 97.5 % point of the standard normal distribution.
pub const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval for `hits` of `n` (Wilson, JASA 22, 1927), 0..=1. `hits` may be a fraction, where ties count by parts.
pub fn wilson(hits: f64, n: f64) -> [f64; 2] {
    if n <= 0.0 {
        return [0.0, 1.0];
    }
    let share = (hits / n).clamp(0.0, 1.0);
    let centre = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

/// ln(0!), ln(1!), ..., ln(n!).
fn ln_factorials(n: usize) -> Vec<f64> {
    let mut out = Vec::with_capacity(n + 1);
    let mut sum = 0.0;
    out.push(0.0);
    for i in 1..=n {
        sum += (i as f64).ln();
        out.push(sum);
    }
    out
}

/// Probabilities of 0, 1, ..., n hits of n at chance `p`.
fn binomial(n: usize, p: f64) -> Vec<f64> {
    if p <= 0.0 || p >= 1.0 {
        let sure = if p <= 0.0 { 0 } else { n };
        return (0..=n).map(|k| f64::from(u8::from(k == sure))).collect();
    }
    let ln = ln_factorials(n);
    (0..=n).map(|k| (ln[n] - ln[k] - ln[n - k] + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp()).collect()
}

/// Exact binomial test: the probability of `hits` of `n` or more at chance `p` (one-sided), 0..=1.
pub fn binomial_greater(hits: usize, n: usize, p: f64) -> f64 {
    // The smaller tail is summed, which keeps small probabilities exact.
    binomial(n, p).iter().skip(hits).rev().sum::<f64>().min(1.0)
}

/// Exact binomial test, two-sided: all outcomes that are no likelier than the one seen (as in SciPy).
pub fn binomial_two_sided(hits: usize, n: usize, p: f64) -> f64 {
    let all = binomial(n, p);
    let Some(seen) = all.get(hits) else { return f64::NAN };
    let limit = seen * (1.0 + 1e-7);
    all.iter().filter(|&&chance| chance <= limit).sum::<f64>().min(1.0)
}

/// Exact McNemar test: `b` pairs where only the first is right, `c` where only the second is (McNemar 1947, exact form). Two-sided.
pub fn mcnemar(b: usize, c: usize) -> f64 {
    if b + c == 0 {
        return 1.0;
    }
    let tail: f64 = binomial(b + c, 0.5).iter().take(b.min(c) + 1).sum();
    (2.0 * tail).min(1.0)
}

/// Holm's step-down adjustment of p-values (Holm 1979), in the order given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut out = vec![0.0; p.len()];
    let mut least = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max((p.len() - rank) as f64 * p[at]).min(1.0);
        out[at] = least;
    }
    out
}

/// Mean; NaN for no values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Quantile by linear interpolation (NumPy's default); NaN for no values.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = share.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

/// How well a rating tells right from wrong: the chance that a right answer has the higher rating than a wrong one, ties by half (area
/// under the ROC curve). `None` without both kinds.
pub fn auroc(ratings: &[(f64, bool)]) -> Option<f64> {
    let right: Vec<f64> = ratings.iter().filter(|(_, is_right)| *is_right).map(|(rating, _)| *rating).collect();
    let wrong: Vec<f64> = ratings.iter().filter(|(_, is_right)| !is_right).map(|(rating, _)| *rating).collect();
    if right.is_empty() || wrong.is_empty() {
        return None;
    }
    let wins: f64 = right
        .iter()
        .map(|a| {
            wrong
                .iter()
                .map(|b| {
                    if a > b {
                        1.0
                    } else if a == b {
                        0.5
                    } else {
                        0.0
                    }
                })
                .sum::<f64>()
        })
        .sum();
    Some(wins / (right.len() * wrong.len()) as f64)
}
