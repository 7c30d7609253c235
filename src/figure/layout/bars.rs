//! Scores as bars beside what they belong to, for window and exporters: a higher score never has a bar that ends further left. And scores in signs.

/// Where bars begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the middle, to both sides, by the same scale: for scores whose sign has a meaning.
    Middle,
    /// At zero, or at the lowest where some are negative (a selector's logits): so a lower rank never has a longer bar.
    Lowest,
    /// At zero, to the side of the sign, whatever the others are: a bar is as long as its score is far from zero.
    Sign,
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
        if origin == Origin::Lowest || low == 0.0 {
            return Self { low, high, origin: 0.0 };
        }
        // Zero is in sight, also where all are negative.
        let high = high.max(0.0);
        Self { low, high, origin: -low / (high - low) }
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

/// A score in as few signs as tell its size, with a true minus sign.
pub fn score(value: f32) -> String {
    if !value.is_finite() {
        return "none".to_owned();
    }
    let size = value.abs();
    let words = if size != 0.0 && !(1e-3..1e4).contains(&size) {
        format!("{value:.1e}")
    } else {
        let digits = if size >= 100.0 {
            0
        } else if size >= 1.0 {
            2
        } else {
            3
        };
        format!("{:.digits$}", if size == 0.0 { 0.0 } else { value })
    };
    words.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::{Bars, Origin, score};

    #[test]
    fn bars_are_as_long_as_scores_are_far_from_zero_and_go_to_the_side_of_the_sign() {
        for scores in [vec![0.053, 1.72, 0.0], vec![-5.0, -1.0, -3.0], vec![-2.9, 0.24, 1.0], vec![2.0; 2]] {
            let bars = Bars::new(&scores, Origin::Sign);
            let zero = bars.zero().unwrap_or(0.0);
            let ends: Vec<(f32, f32)> = scores.iter().map(|score| bars.ends(*score)).collect();
            let longest = ends.iter().map(|(from, to)| to - from).fold(0.0, f32::max);
            let largest = scores.iter().map(|score| score.abs()).fold(0.0, f32::max);
            for (score, (from, to)) in scores.iter().zip(&ends) {
                assert!(((to - from) - longest * score.abs() / largest).abs() < 1e-5, "{scores:?}: {ends:?}");
                let begins = if *score < 0.0 { *to } else { *from };
                assert!((begins - zero).abs() < 1e-6, "{scores:?}: {ends:?}");
            }
        }
        // 0.053 of 1.72 is a thirtieth of a bar, whatever else there is.
        let (from, to) = Bars::new(&[0.053, 1.72], Origin::Sign).ends(0.053);
        assert!(from == 0.0 && (to - 0.0308).abs() < 1e-3, "{to}");
        // Where the sign has a meaning: from the middle to both sides, by the same scale.
        let both = Bars::new(&[-1.0, 2.0], Origin::Middle);
        assert_eq!((both.ends(2.0), both.ends(-1.0), both.ends(0.0)), ((0.5, 1.0), (0.25, 0.5), (0.5, 0.5)));
        assert_eq!(Bars::new(&[0.0, 0.0], Origin::Sign).ends(0.0), (0.0, 0.0));
        assert_eq!(Bars::new(&[-2.0, -1.0], Origin::Sign).zero(), Some(1.0));
        assert_eq!(Bars::new(&[], Origin::Sign).ends(1.0).0, 0.0);
    }

    #[test]
    fn where_the_sign_has_a_meaning_what_speaks_against_has_no_bar_to_the_right() {
        for scores in [vec![3.0, 1.0, 0.0], vec![-0.5, -2.0, -8.0], vec![2.0, 0.1, -1.0, -3.0, f32::NEG_INFINITY]] {
            let bars = Bars::new(&scores, Origin::Middle);
            let ends: Vec<(f32, f32)> = scores.iter().map(|score| bars.ends(*score)).collect();
            assert!(ends.is_sorted_by(|a, b| a.0 >= b.0 && a.1 >= b.1), "a higher rank ends further left: {ends:?}");
            assert!(scores.iter().zip(&ends).all(|(score, (_, right))| (*right > 0.5) == (*score > 0.0)), "{ends:?}");
        }
        // Next to nothing looks so, also where all others speak against it.
        assert!(Bars::new(&[-0.0016, -2.0], Origin::Middle).ends(-0.0016).0 > 0.49);
    }
    #[test]
    fn scores_have_as_few_signs_as_tell_their_size() {
        for (value, expected) in [
            (0.053, "0.053"),
            (1.72, "1.72"),
            (-1.5, "\u{2212}1.50"),
            (0.0, "0.000"),
            (-0.0, "0.000"),
            (123.4, "123"),
            (-2e-5, "\u{2212}2.0e\u{2212}5"),
            (5e6, "5.0e6"),
            (f32::NAN, "none"),
            (f32::NEG_INFINITY, "none"),
        ] {
            assert_eq!(score(value), expected, "{value}");
        }
    }
}
