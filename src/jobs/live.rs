//! Losses between the ends of epochs, for the window's curves only: cards keep one value an epoch.

use std::collections::BTreeMap;

use crate::model::Curves;

/// Points per epoch.
const POINTS: u64 = 20;

/// Losses so far, each point the mean since the point before.
#[derive(Debug, Default)]
pub(super) struct LiveLosses {
    curves: Curves,
    /// Sum and number of values of the epoch at the last point.
    last: BTreeMap<String, (f64, u32)>,
}

impl LiveLosses {
    /// Whether a point is due after minibatch `done` of `total` in `epochs`.
    pub fn is_due(done: u64, total: u64, epochs: u64) -> bool {
        done.is_multiple_of((total / epochs.max(1) / POINTS).max(1))
    }

    /// Takes the sums of the epoch under way, by curve, at position `epoch` (a fraction within it).
    pub fn push(&mut self, epoch: f64, sums: impl IntoIterator<Item = (String, (f64, u32))>) {
        for (name, (sum, count)) in sums {
            // A count that fell belongs to a new epoch.
            let (before, seen) = self.last.get(&name).copied().filter(|(_, seen)| *seen <= count).unwrap_or((0.0, 0));
            if count > seen {
                self.curves.push(&name, epoch, (sum - before) / f64::from(count - seen));
            }
            self.last.insert(name, (sum, count));
        }
    }

    /// The curves of a card with its losses replaced by these.
    pub fn over(&self, card: &Curves) -> Curves {
        let mut curves = card.clone();
        curves.0.extend(self.curves.0.clone());
        curves
    }
}

#[cfg(test)]
mod tests {
    use super::LiveLosses;
    use crate::model::Curves;

    #[test]
    fn a_point_is_the_mean_since_the_point_before_and_an_epoch_starts_anew() {
        let mut live = LiveLosses::default();
        live.push(0.5, [("loss".to_owned(), (4.0, 2))]);
        live.push(1.0, [("loss".to_owned(), (5.0, 4))]);
        live.push(1.5, [("loss".to_owned(), (0.6, 2))]);
        let mut card = Curves::default();
        card.push("loss", 1.0, 1.25);
        card.push("fs_m", 1.0, 90.0);
        let curves = live.over(&card);
        assert_eq!(curves.0["loss"], [[0.5, 2.0], [1.0, 0.5], [1.5, 0.3]]);
        assert_eq!(curves.0["fs_m"], [[1.0, 90.0]]);
    }

    #[test]
    fn twenty_points_an_epoch_or_every_batch() {
        assert!(LiveLosses::is_due(5, 200, 2) && !LiveLosses::is_due(6, 200, 2));
        assert!((1..=8).all(|done| LiveLosses::is_due(done, 8, 2)));
    }
}
