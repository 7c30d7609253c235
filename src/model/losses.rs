//! Losses of a training as curves: several points an epoch, so that a training of one epoch has a curve, too. What is seen while it runs is what its
//! card keeps.

use std::collections::BTreeMap;

use super::Curves;

/// Most points of an epoch.
const POINTS: u64 = 20;
/// Points of a curve from which on epochs get fewer of them; each has at least one.
const MOST: u64 = 400;

/// The losses of the minibatches since the last point, by curve.
#[derive(Debug, Default)]
pub(crate) struct LossPoints {
    /// Sum and number.
    sums: BTreeMap<String, (f64, u32)>,
}

impl LossPoints {
    /// Takes a loss of a minibatch.
    pub(crate) fn add(&mut self, curve: &str, loss: f64) {
        let sum = self.sums.entry(curve.to_owned()).or_default();
        *sum = (sum.0 + loss, sum.1 + 1);
    }

    /// Where a point is due after minibatch `done` (from 1) of a training of `epochs` of so many `batches`, adds the means since the points before to
    /// the curves, at that many epochs; gives whether it was due. The last minibatch of an epoch always has one.
    pub(crate) fn put(&mut self, done: u64, (batches, epochs): (u64, u32), curves: &mut Curves) -> bool {
        if !is_due(done, batches, epochs) {
            return false;
        }
        let at = done as f64 / batches.max(1) as f64;
        for (curve, (sum, count)) in std::mem::take(&mut self.sums) {
            curves.push(&curve, at, sum / f64::from(count));
        }
        true
    }
}

fn is_due(done: u64, batches: u64, epochs: u32) -> bool {
    let batches = batches.max(1);
    let per_epoch = (MOST / u64::from(epochs.max(1))).clamp(1, POINTS);
    let in_epoch = (done.max(1) - 1) % batches + 1;
    in_epoch == batches || in_epoch.is_multiple_of(batches.div_ceil(per_epoch))
}

#[cfg(test)]
mod tests {
    use super::{LossPoints, is_due};
    use crate::model::Curves;

    #[test]
    fn a_point_is_the_mean_since_the_point_before_and_each_epoch_ends_with_one() {
        let (mut points, mut curves) = (LossPoints::default(), Curves::default());
        // Two epochs of 41 minibatches: a point every third, and one after the last two.
        for done in 1..=82 {
            points.add("loss", done as f64);
            points.put(done, (41, 2), &mut curves);
        }
        let found = &curves.0["loss"];
        assert_eq!(found.len(), 2 * 14);
        assert_eq!((found[0], found[1]), ([3.0 / 41.0, 2.0], [6.0 / 41.0, 5.0]));
        assert_eq!((found[13], found[27]), ([1.0, 40.5], [2.0, 81.5]));
        assert_eq!(found[14], [44.0 / 41.0, 43.0], "nothing of the epoch before");
    }

    #[test]
    fn at_most_twenty_points_an_epoch_every_batch_of_few_and_fewer_in_many_epochs() {
        let points = |batches: u64, epochs: u32| (1..=batches).filter(|done| is_due(*done, batches, epochs)).count();
        assert_eq!([points(100, 2), points(4, 2), points(45, 1), points(1000, 20)], [20, 4, 15, 20]);
        assert_eq!([points(100, 100), points(100, 1000)], [4, 1]);
    }
}
