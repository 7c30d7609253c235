//! Wide series without a header: what tells columns that nothing is called from a table of unlike ones, and where their classes stand.

use super::{Form, number};

/// Least columns without names that are taken for steps.
const LEAST_STEPS: usize = 24;
/// Least columns beside that of classes.
const LEAST_OTHERS: usize = 8;
/// Most different whole numbers of a column of classes.
const MOST_CLASSES: usize = 20;
/// A step lies no further from all others, and varies no more, than this many times what the steps usually vary.
const ONE_SCALE: f64 = 10.0;
/// Least correlation of a step with the next one within an item, on average over items: columns of a table in any order have about none.
const LEAST_SMOOTH: f64 = 0.4;

/// The numbers of a column, of the rows that were looked at; `None` where one is missing or is no number.
fn numbers(form: &Form, column: usize) -> Option<Vec<f64>> {
    form.sample.iter().map(|row| number(row.get(column)?, form).map(f64::from)).collect()
}

/// The column of classes of a table without a header: few whole numbers at the beginning or at the end of rows that else hold fractions.
pub(super) fn label(form: &Form) -> Option<usize> {
    let last = form.columns.names.len().checked_sub(1).filter(|last| *last >= LEAST_OTHERS && !form.has_header)?;
    let holds_fractions = |column: usize| numbers(form, column).is_some_and(|of| of.iter().any(|x| x.fract() != 0.0));
    if (1..last).filter(|column| holds_fractions(*column)).count() * 10 < (last - 1) * 9 {
        return None;
    }
    let n_classes = |column: usize| {
        let mut found = numbers(form, column).filter(|of| of.iter().all(|x| x.fract() == 0.0))?;
        let n = found.len();
        found.sort_by(f64::total_cmp);
        found.dedup();
        Some(found.len()).filter(|different| *different <= MOST_CLASSES && *different * 2 <= n)
    };
    // Rows in the order of their classes may begin with many of one; nothing but zeros at the end are steps.
    match (n_classes(0), n_classes(last)) {
        (Some(1) | None, Some(2..)) => Some(last),
        (Some(_), _) => Some(0),
        _ => None,
    }
}

/// Why the columns of a table without a header are steps of series; `None` where they are not, or nobody can tell.
pub(super) fn why(form: &Form, columns: &[usize]) -> Option<String> {
    let n = form.sample.len();
    if form.has_header || columns.len() < LEAST_STEPS || n < 2 {
        return None;
    }
    let steps: Vec<Vec<f64>> = columns.iter().map(|column| numbers(form, *column)).collect::<Option<_>>()?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let spread = |values: &[f64]| {
        let middle = mean(values);
        (values.iter().map(|x| (x - middle).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let means: Vec<f64> = steps.iter().map(|of| mean(of)).collect();
    let spreads: Vec<f64> = steps.iter().map(|of| spread(of)).collect();
    let mut sorted = spreads.clone();
    sorted.sort_by(f64::total_cmp);
    let (usual, middle) = (sorted[sorted.len() / 2], mean(&means));
    let is_near = |(at, varies): (&f64, &f64)| (at - middle).abs() <= ONE_SCALE * usual && *varies <= ONE_SCALE * usual;
    if usual <= 0.0 || !means.iter().zip(&spreads).all(is_near) {
        return None;
    }
    let of_item = |row: usize| {
        let values: Vec<f64> = steps.iter().map(|step| step[row]).collect();
        let middle = mean(&values);
        let all: f64 = values.iter().map(|x| (x - middle).powi(2)).sum();
        let beside: f64 = values.windows(2).map(|pair| (pair[0] - middle) * (pair[1] - middle)).sum();
        if all > 0.0 { beside / all } else { 0.0 }
    };
    let smooth = (0..n).map(of_item).sum::<f64>() / n as f64;
    (smooth >= LEAST_SMOOTH).then(|| {
        format!("{} columns of numbers without names lie on one scale and follow each other closely", steps.len())
    })
}
