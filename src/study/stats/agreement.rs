//! Agreement between raters. A table is one row per item and one entry per rater, `None` where the rater did not answer.

/// What distances between answers mean, for Krippendorff's alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Equal or not.
    Nominal,
    /// Ranks.
    Ordinal,
    /// Differences.
    Interval,
}

/// Cohen's kappa of two raters over pairs of answers (Cohen 1960); `None` where chance alone would agree always.
pub fn cohen_kappa(pairs: &[(u16, u16)]) -> Option<f64> {
    let n = pairs.len() as f64;
    if pairs.is_empty() {
        return None;
    }
    let classes = pairs.iter().flat_map(|(a, b)| [*a, *b]).max().map_or(0, usize::from) + 1;
    let (mut first, mut second) = (vec![0.0; classes], vec![0.0; classes]);
    let mut agree = 0.0;
    for (a, b) in pairs {
        first[usize::from(*a)] += 1.0;
        second[usize::from(*b)] += 1.0;
        agree += f64::from(u8::from(a == b));
    }
    let expected: f64 = first.iter().zip(&second).map(|(a, b)| a * b / (n * n)).sum();
    (expected < 1.0).then(|| (agree / n - expected) / (1.0 - expected))
}

/// Counts per class of each row, rows with fewer than `least` answers left out.
fn counts(table: &[Vec<Option<u16>>], least: usize) -> Vec<Vec<f64>> {
    let classes = table.iter().flatten().flatten().max().map_or(0, |most| usize::from(*most) + 1);
    table
        .iter()
        .filter(|row| row.iter().flatten().count() >= least)
        .map(|row| {
            let mut out = vec![0.0; classes];
            row.iter().flatten().for_each(|class| out[usize::from(*class)] += 1.0);
            out
        })
        .collect()
}

/// Share of pairs of answers to an item that agree, averaged over items with two answers or more.
pub fn percent_agreement(table: &[Vec<Option<u16>>]) -> Option<f64> {
    let rows = counts(table, 2);
    let shares: Vec<f64> = rows.iter().map(|row| pair_share(row)).collect();
    (!shares.is_empty()).then(|| super::mean(&shares))
}

fn pair_share(row: &[f64]) -> f64 {
    let n: f64 = row.iter().sum();
    row.iter().map(|count| count * (count - 1.0)).sum::<f64>() / (n * (n - 1.0))
}

/// Fleiss' kappa (Fleiss 1971); `None` unless every item has the same number of answers, two or more.
pub fn fleiss_kappa(table: &[Vec<Option<u16>>]) -> Option<f64> {
    let rows = counts(table, 0);
    let n: f64 = rows.first()?.iter().sum();
    if n < 2.0 || rows.iter().any(|row| row.iter().sum::<f64>() != n) {
        return None;
    }
    let observed = super::mean(&rows.iter().map(|row| pair_share(row)).collect::<Vec<_>>());
    let total = n * rows.len() as f64;
    let expected: f64 =
        (0..rows[0].len()).map(|class| (rows.iter().map(|row| row[class]).sum::<f64>() / total).powi(2)).sum();
    (expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

/// Gwet's AC1 for any number of raters with missing answers (Gwet 2008, 2014): stays sound where one class dominates. `n_classes` is how
/// many answers were possible; `None` without an item that has two answers.
pub fn gwet_ac1(table: &[Vec<Option<u16>>], n_classes: usize) -> Option<f64> {
    let pairs = counts(table, 2);
    let rated = counts(table, 1);
    if pairs.is_empty() || n_classes < 2 {
        return None;
    }
    let observed = super::mean(&pairs.iter().map(|row| pair_share(row)).collect::<Vec<_>>());
    let n = rated.len() as f64;
    let share = |class: usize| rated.iter().map(|row| row[class] / row.iter().sum::<f64>()).sum::<f64>() / n;
    let spread: f64 = (0..rated[0].len()).map(share).map(|pi| pi * (1.0 - pi)).sum();
    let expected = spread / (n_classes as f64 - 1.0);
    (expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

/// Krippendorff's alpha (Krippendorff 2011) over values, missing ones allowed. `None` where all values are alike, or no item has two.
pub fn krippendorff_alpha(table: &[Vec<Option<f64>>], level: Level) -> Option<f64> {
    let units: Vec<Vec<f64>> = table
        .iter()
        .map(|row| row.iter().copied().flatten().collect::<Vec<f64>>())
        .filter(|values| values.len() >= 2)
        .collect();
    let mut values: Vec<f64> = units.iter().flatten().copied().collect();
    let n = values.len() as f64;
    values.sort_by(f64::total_cmp);
    values.dedup();
    let at = |value: f64| values.partition_point(|known| *known < value);
    let size = values.len();
    let mut coincidence = vec![vec![0.0; size]; size];
    for unit in &units {
        let weight = 1.0 / (unit.len() as f64 - 1.0);
        for (i, a) in unit.iter().enumerate() {
            for (j, b) in unit.iter().enumerate() {
                if i != j {
                    coincidence[at(*a)][at(*b)] += weight;
                }
            }
        }
    }
    let totals: Vec<f64> = coincidence.iter().map(|row| row.iter().sum()).collect();
    let distance = |a: usize, b: usize| match level {
        Level::Nominal => f64::from(u8::from(a != b)),
        Level::Interval => (values[a] - values[b]).powi(2),
        Level::Ordinal => {
            let (low, high) = (a.min(b), a.max(b));
            let between: f64 = totals[low..=high].iter().sum();
            (between - (totals[low] + totals[high]) / 2.0).powi(2)
        }
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for a in 0..size {
        for b in 0..size {
            if a != b {
                let d = distance(a, b);
                observed += coincidence[a][b] * d;
                expected += totals[a] * totals[b] * d;
            }
        }
    }
    (expected > 0.0).then(|| 1.0 - (n - 1.0) * observed / expected)
}
