//! Scores as bars beside what they belong to, for window and exporters: a higher score never has a bar that ends further left.

/// Where bars begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the middle, to both sides, by the same scale: for scores whose sign has a meaning.
    Middle,
    /// At zero, to the side of the sign; where all are negative, at the lowest.
    Zero,
    /// At zero, or at the lowest where some are negative (a selector's logits): so a lower rank never has a longer bar.
    Lowest,
}

/// How scores become bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bars {
    low: f32,
    high: f32,
    /// Where bars begin, as a share of the room.
    origin: f32,
}

impl Bars {
    /// Of these scores; those that are not finite count for nothing.
    pub fn new(scores: &[f32], origin: Origin) -> Self {
        let finite = || scores.iter().copied().filter(|score| score.is_finite());
        if origin == Origin::Middle {
            let most = finite().fold(0.0, |most: f32, score| most.max(score.abs()));
            return Self { low: -most, high: most, origin: 0.5 };
        }
        let (low, high) = (finite().fold(0.0, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
        let is_mixed = origin == Origin::Zero && low < 0.0 && high > 0.0;
        Self { low, high, origin: if is_mixed { -low / (high - low) } else { 0.0 } }
    }

    /// Where zero lies as a share of the room, where bars go to both sides of it.
    pub fn zero(self) -> Option<f32> {
        (self.origin > 0.0).then_some(self.origin)
    }

    /// Both ends of the bar of `score` as shares of the room.
    pub fn ends(self, score: f32) -> (f32, f32) {
        let span = self.high - self.low;
        let end = match (span > 0.0, score.is_finite()) {
            (true, true) => ((score - self.low) / span).clamp(0.0, 1.0),
            (true, false) => 0.0,
            (false, _) => self.origin,
        };
        (self.origin.min(end), self.origin.max(end))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bars, Origin};

    #[test]
    fn a_higher_score_never_has_a_shorter_bar() {
        let length = |bars: Bars, score: f32| bars.ends(score).1 - bars.ends(score).0;
        // A selector's logits, all below zero; weights of both signs without a meaning; plain weights.
        for scores in [[-5.0, -1.0, -3.0], [-2.9, 0.24, 1.0], [0.1, 0.5, 0.0]] {
            let bars = Bars::new(&scores, Origin::Lowest);
            let mut sorted = scores;
            sorted.sort_by(f32::total_cmp);
            let lengths: Vec<f32> = sorted.iter().map(|score| length(bars, *score)).collect();
            assert!(lengths.windows(2).all(|pair| pair[0] <= pair[1]), "{scores:?}: {lengths:?}");
            assert!(lengths.iter().all(|length| (0.0..=1.0).contains(length)));
        }
        assert_eq!(Bars::new(&[0.0, 2.0], Origin::Lowest).ends(1.0), (0.0, 0.5));
        // Where the sign has a meaning: from the middle to both sides.
        let both = Bars::new(&[-1.0, 2.0], Origin::Middle);
        assert_eq!((both.ends(2.0), both.ends(-1.0), both.ends(0.0)), ((0.5, 1.0), (0.25, 0.5), (0.5, 0.5)));
        assert_eq!(Bars::new(&[0.0, 0.0], Origin::Lowest).ends(0.0), (0.0, 0.0));
    }

    #[test]
    fn a_higher_rank_never_has_a_shorter_bar_to_the_right() {
        for scores in [vec![3.0, 1.0, 0.0], vec![-0.5, -2.0, -8.0], vec![2.0, 0.1, -1.0, -3.0, f32::NEG_INFINITY]] {
            let bars = Bars::new(&scores, Origin::Zero);
            let ends: Vec<(f32, f32)> = scores.iter().map(|score| bars.ends(*score)).collect();
            assert!(ends.is_sorted_by(|a, b| a.0 >= b.0 && a.1 >= b.1), "{ends:?}");
            assert_eq!(ends[0].1, 1.0);
        }
        // All on one side of zero: lengths follow ranks.
        assert_eq!(Bars::new(&[-0.5, -8.0], Origin::Zero).ends(-0.5), (0.0, 1.0));
        assert_eq!(Bars::new(&[2.0, -2.0], Origin::Zero).ends(0.0), (0.5, 0.5));
        assert_eq!(Bars::new(&[2.0, -2.0], Origin::Zero).ends(-2.0), (0.0, 0.5));
    }
}
