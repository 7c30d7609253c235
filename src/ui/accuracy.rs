//! How often a black box is right: the same figure with the same digits wherever it stands, and always with the items that it is of.

use super::measure_place::digits_for;
use crate::metric::stats;
use crate::model::{BoxCard, architecture};
use crate::session::describe::count;

/// "68 % right on test"; that of validation where there were no test items or training is not done yet; `None` where neither is known.
pub fn right_words(card: &BoxCard) -> Option<String> {
    match (card.test_accuracy, card.validation_accuracy) {
        (Some(share), _) => Some(format!("{} % right on test", percent(share, card.test_items))),
        (None, Some(share)) => Some(format!("{:.1} % right on validation", 100.0 * share)),
        (None, None) => None,
    }
}

/// Fewest test items on which a share of right answers says much: with fewer its 95 % interval is wider than some 30 points.
const FEW: usize = 30;

/// What to say where a black box was tested on so few items that its share says little.
pub fn too_few_words(card: &BoxCard) -> Option<String> {
    let share = card.test_accuracy.filter(|_| (1..FEW).contains(&card.test_items))?;
    let [low, high] = interval(share, card.test_items);
    let items = count(card.test_items, "test item", "test items");
    Some(format!("Only {items}: the share that is right may be anything from {low:.0} to {high:.0} % (95 % interval)."))
}

/// A share of `items`, 0..=1, in percent with as many digits as so many items warrant.
pub fn percent(share: f64, items: usize) -> String {
    let [low, high] = interval(share, items);
    let digits = digits_for((high - low) / 2.0);
    format!("{:.digits$}", 100.0 * share)
}

/// Its 95 % interval in percent.
pub fn interval(share: f64, items: usize) -> [f64; 2] {
    let hits = (share * items as f64).round() as usize;
    stats::wilson(hits, items).map(|end| 100.0 * end)
}

/// The epoch, or number of trees, whose weights a trained black box has; `None` where that is not known.
pub fn kept_epoch(card: &BoxCard) -> Option<f64> {
    if !card.complete || card.exec.is_some() {
        return None;
    }
    // What decides between epochs.
    let (curve, kept) = match &card.distilled {
        Some(of) => ("agreement", of.validation?),
        None => ("validation accuracy", card.validation_accuracy?),
    };
    let points = card.curves.0.get(curve)?;
    let known = architecture(&card.architecture).ok()?;
    let is_kept = |point: &&[f64; 2]| (point[1] - 100.0 * kept).abs() < 1e-6;
    let stops_early = known.params.iter().any(|spec| spec.id == "patience");
    let found = if stops_early { points.iter().find(is_kept) } else { points.last() };
    found.map(|point| point[0])
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_has_as_many_digits_as_its_items_warrant() {
        assert_eq!(percent(19.0 / 28.0, 28), "68");
        assert_eq!(percent(0.912, 10_000), "91.2");
        assert_eq!(percent(0.9123, 25_000), "91.2");
    }
}
