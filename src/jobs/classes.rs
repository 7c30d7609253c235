//! What a method says for each class: columns, differences of columns, and what the black box answers to one class's units alone.

use super::task::MethodResult;
use crate::data::{Rows, Units};
use crate::explain::mask::{keep_only, top_k};
use crate::explain::{ClassScores, Mask, Scores};
use crate::model::{BlackBox, ModelError};

/// Scores for each class (AIM's W, section 3), and the black box's answers to each class's units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByClass {
    /// How many classes.
    pub classes: usize,
    /// `units * classes` scores, class fastest.
    pub scores: Vec<f32>,
    /// `classes * classes` probabilities: row `c` is the answer when only the units that speak for class `c` are left: the k with the highest scores, of
    /// those above zero. Empty where they were not asked about.
    pub only: Vec<f32>,
    /// `classes * classes` probabilities: row `c` is the answer when just these units of class `c` are hidden. Empty likewise.
    pub rest: Vec<f32>,
    /// A probability for each class when nothing is left: what the answers to a class's units are to be compared with. Empty where nothing of all this was
    /// asked about.
    pub nothing: Vec<f32>,
    /// The answers about why one class rather than another, where two were asked about.
    pub contrast: Option<Contrast>,
}

/// The black box's answers to what speaks for one class rather than another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contrast {
    /// The two classes.
    pub pair: (usize, usize),
    /// A probability for each class when only the units that speak for the first rather than the second are left: at most k, those with the largest
    /// differences above zero.
    pub only: Vec<f32>,
    /// The same when just these units are hidden.
    pub rest: Vec<f32>,
}

/// Which scores of a method are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lens {
    /// Those of a class.
    Class(usize),
    /// Those of the first class less those of the second: why this rather than that.
    Contrast(usize, usize),
}

impl Lens {
    /// The class that it is about.
    pub const fn class(self) -> usize {
        match self {
            Self::Class(class) | Self::Contrast(class, _) => class,
        }
    }

    /// In words, by the names of the classes: `class positive`, `positive rather than negative`.
    pub fn words(self, classes: &[String]) -> String {
        let name = |class: usize| classes.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
        match self {
            Self::Class(class) => format!("class {}", name(class)),
            Self::Contrast(a, b) => format!("{} rather than {}", name(a), name(b)),
        }
    }
}

impl ByClass {
    /// Score of `unit` for `class`.
    pub fn score(&self, unit: usize, class: usize) -> f32 {
        self.scores.get(unit * self.classes + class).copied().unwrap_or(0.0)
    }

    /// Scores of all units for one class.
    pub fn column(&self, class: usize) -> Vec<f32> {
        (0..self.units()).map(|unit| self.score(unit, class)).collect()
    }

    /// How many units.
    pub fn units(&self) -> usize {
        self.scores.len().checked_div(self.classes).unwrap_or(0)
    }

    /// What the black box answers to the units of one class alone; empty where it was not computed.
    pub fn only(&self, class: usize) -> &[f32] {
        self.answer(&self.only, class)
    }

    /// What the black box answers to all but the units of one class; empty where it was not computed.
    pub fn rest(&self, class: usize) -> &[f32] {
        self.answer(&self.rest, class)
    }

    /// Score of `unit` as seen through `lens`.
    fn seen(&self, unit: usize, lens: Lens) -> f32 {
        match lens {
            Lens::Class(class) => self.score(unit, class),
            Lens::Contrast(a, b) => self.score(unit, a) - self.score(unit, b),
        }
    }

    /// Scores of all units as seen through `lens`; padding, which has minus infinity among the method's `own` scores, keeps that.
    fn all_seen(&self, own: &[f32], lens: Lens) -> Vec<f32> {
        let own = own.iter().enumerate();
        own.map(|(unit, own)| if *own == f32::NEG_INFINITY { *own } else { self.seen(unit, lens) }).collect()
    }

    /// The answers to what is seen through `lens` alone and to all else; empty where they were not computed.
    fn answers_through(&self, lens: Lens) -> [&[f32]; 2] {
        match lens {
            Lens::Class(class) => [self.only(class), self.rest(class)],
            Lens::Contrast(a, b) => match &self.contrast {
                Some(known) if known.pair == (a, b) => [&known.only, &known.rest],
                _ => [&[], &[]],
            },
        }
    }

    fn answer<'a>(&self, answers: &'a [f32], class: usize) -> &'a [f32] {
        answers.get(class * self.classes..(class + 1) * self.classes).unwrap_or(&[])
    }
}

/// The units that speak for a class with these scores: at most `k` with the highest ones, best first, of those above zero. What has no weight for a class,
/// or speaks against it, is none of its units, however few others there are.
pub fn speaking(scores: &[f32], k: usize) -> Vec<usize> {
    let mut units = top_k(scores, k);
    units.retain(|&unit| scores[unit] > 0.0);
    units
}

impl MethodResult {
    /// Scores as seen through `lens`; padding stays at minus infinity. `None` where the method does not tell these classes apart.
    pub fn scores_through(&self, lens: Lens) -> Option<Vec<f32>> {
        let by_class = self.by_class.as_ref()?;
        let known = |class: usize| class < by_class.classes;
        let fits = match lens {
            Lens::Class(class) => known(class),
            Lens::Contrast(a, b) => known(a) && known(b),
        };
        fits.then(|| by_class.all_seen(&self.scores, lens))
    }

    /// The units with the highest scores through `lens`, best first, whatever they say.
    pub fn top_through(&self, lens: Lens, k: usize) -> Vec<usize> {
        self.scores_through(lens).map_or_else(Vec::new, |scores| top_k(&scores, k))
    }

    /// The units that speak for what is seen through `lens`, see [`speaking`].
    pub fn speaking_through(&self, lens: Lens, k: usize) -> Vec<usize> {
        self.scores_through(lens).map_or_else(Vec::new, |scores| speaking(&scores, k))
    }

    /// How many they are, without the sorting that their order takes: windows ask in every frame, for each class.
    pub fn n_speaking(&self, lens: Lens, k: usize) -> usize {
        let count = |scores: Vec<f32>| scores.iter().filter(|score| **score > 0.0).count();
        self.scores_through(lens).map_or(0, count).min(k)
    }

    /// Whether the sign of its scores has a meaning, for and against a class: they are seen through one, or the method's own are those of one (AIM's: of
    /// the predicted class), and the method speaks against some class. A selector's logits, and absolute gradients, have no such sign.
    pub fn is_signed(&self) -> bool {
        let Some(by_class) = &self.by_class else { return false };
        let is_own = |class: usize| {
            let mut scores = self.scores.iter().enumerate();
            scores.all(|(unit, own)| *own == f32::NEG_INFINITY || *own == by_class.score(unit, class))
        };
        let is_of_class = self.lens.is_some() || (0..by_class.classes).any(is_own);
        let mut all = self.scores.iter().chain(&by_class.scores);
        is_of_class && all.any(|score| score.is_finite() && *score < 0.0)
    }

    /// The result as if the method had only the scores seen through `lens`: ranks follow, selected is only what speaks for the class, and the answers are
    /// those to this class's units alone and to all others. Answers that were not computed are empty.
    #[must_use]
    pub fn through(&self, lens: Lens) -> Option<Self> {
        let scores = self.scores_through(lens)?;
        Some(Self {
            explainer: self.explainer.clone(),
            ranks: ranks(&scores),
            lens: Some(lens),
            scores,
            by_class: self.by_class.clone(),
            probs_selected: self.only_through(lens).to_vec(),
            probs_unselected: self.rest_through(lens).to_vec(),
            rebuilt: self.rebuilt.clone(),
            millis: self.millis,
        })
    }

    /// The black box's answer to what is shown through a lens: to a class's units alone, or those of a contrast; empty where it was not computed.
    pub fn only_through(&self, lens: Lens) -> &[f32] {
        self.by_class.as_ref().map_or(&[][..], |by_class| by_class.answers_through(lens)[0])
    }

    /// The black box's answer to what is hidden through a lens: to all but a class's units, or those of a contrast; empty where it was not computed.
    pub fn rest_through(&self, lens: Lens) -> &[f32] {
        self.by_class.as_ref().map_or(&[][..], |by_class| by_class.answers_through(lens)[1])
    }
}

/// Rank of each unit, 0 for the highest score; what is never selected (padding) has none: `u32::MAX`.
pub fn ranks(scores: &[f32]) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; scores.len()];
    for (rank, unit) in top_k(scores, scores.len()).into_iter().enumerate() {
        ranks[unit] = rank as u32;
    }
    ranks
}

/// About how many rows the black box is asked about at once: of many items and classes there is one for each of both, as large as an input.
const MOST_ROWS: usize = 256;

/// Classes of each row's scores. `asks_each`: also with the black box's answers to the units that speak for each class alone and to all but these (the
/// others are filled); `contrast`: also with those to the units that speak for the first class rather than the second. With either, also with the answer
/// to nothing. Few batches of each kind for all rows; `None` where the method does not tell classes apart.
pub(super) fn by_class(
    black_box: &dyn BlackBox,
    scores: &Scores,
    units: Units,
    k: usize,
    (rows, fill): (&Rows, &Rows),
    (asks_each, contrast): (bool, Option<(usize, usize)>),
) -> Result<Option<Vec<ByClass>>, ModelError> {
    let Some(ClassScores { classes, values }) = &scores.by_class else { return Ok(None) };
    let (n, classes) = (rows.n(), *classes);
    let mut found: Vec<ByClass> = values
        .chunks_exact(scores.units * classes)
        .map(|values| ByClass { classes, scores: values.to_vec(), ..ByClass::default() })
        .collect();
    let each = (0..classes).filter(|_| asks_each).map(Lens::Class);
    let contrast = contrast.filter(|&(a, b)| a != b && a.max(b) < classes);
    let lenses: Vec<Lens> = each.chain(contrast.map(|(a, b)| Lens::Contrast(a, b))).collect();
    for (chunk_idx, lenses) in lenses.chunks((MOST_ROWS / n.max(1)).max(1)).enumerate() {
        // Lens by lens, as many rows each.
        let room = n * (lenses.len() + 1);
        let mut parts = [Rows::with_capacity(rows.shape, room), Rows::with_capacity(rows.shape, room)];
        for &lens in lenses {
            let mask = |(row_idx, one): (usize, &ByClass)| {
                let seen = one.all_seen(scores.row(row_idx), lens);
                Mask::of(&speaking(&seen, k), seen.len())
            };
            let masks: Vec<Mask> = found.iter().enumerate().map(mask).collect();
            let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
            parts[0].values.extend(keep_only(rows, units, &masks, fill).values);
            parts[1].values.extend(keep_only(rows, units, &rest, fill).values);
        }
        let blank = if chunk_idx == 0 { push_blank(&mut parts[0], rows, units, fill) } else { 0 };
        let [only, rest] = [black_box.predict(&parts[0])?, black_box.predict(&parts[1])?];
        for (row_idx, one) in found.iter_mut().enumerate().filter(|_| blank > 0) {
            one.nothing = only.row(n * lenses.len() + row_idx.min(blank - 1)).to_vec();
        }
        for (at, &lens) in lenses.iter().enumerate() {
            for (row_idx, one) in found.iter_mut().enumerate() {
                let (only, rest) = (only.row(at * n + row_idx), rest.row(at * n + row_idx));
                match lens {
                    Lens::Class(_) => {
                        one.only.extend_from_slice(only);
                        one.rest.extend_from_slice(rest);
                    }
                    Lens::Contrast(a, b) => {
                        one.contrast = Some(Contrast { pair: (a, b), only: only.to_vec(), rest: rest.to_vec() });
                    }
                }
            }
        }
    }
    Ok(Some(found))
}

/// Adds each row with nothing left to `part`; once where that is the same for all, as it is but for noise. Gives how many were added.
fn push_blank(part: &mut Rows, rows: &Rows, units: Units, fill: &Rows) -> usize {
    let nothing = vec![Mask(vec![false; units.count()]); rows.n()];
    let blank = keep_only(rows, units, &nothing, fill);
    let is_one = (1..blank.n()).all(|row_idx| blank.row(row_idx) == blank.row(0));
    let added = if is_one { blank.n().min(1) } else { blank.n() };
    (0..added).for_each(|row_idx| part.push(blank.row(row_idx)));
    added
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::data::{Shape, Unit};
    use crate::model::{Background, BoxCard, Probs, Saliency, TensorBox};

    /// Six classes, and as many places: the answer is each place's share of what is shown. Notes how many rows each question has.
    struct Shares {
        asked: RefCell<Vec<usize>>,
    }

    const CLASSES: usize = 6;

    impl BlackBox for Shares {
        fn card(&self) -> &BoxCard {
            unreachable!("only answers are asked for")
        }

        fn background(&self) -> &Background {
            unreachable!("only answers are asked for")
        }

        fn predict(&self, rows: &Rows) -> Result<Probs, ModelError> {
            self.asked.borrow_mut().push(rows.n());
            Ok(Probs { classes: CLASSES, values: rows.values.clone() })
        }

        fn saliency(&self, _: &Rows, _: &[usize], _: Saliency) -> Option<Result<Rows, ModelError>> {
            None
        }

        fn tensor_box(&self) -> Option<&dyn TensorBox> {
            None
        }
    }

    #[test]
    fn only_the_classes_and_the_pair_that_are_looked_at_are_asked_about() {
        let shape = Shape::new(1, 1, CLASSES);
        let (units, row) = (Units::new(Unit::Pixel, shape), Rows { shape, values: vec![1.0; CLASSES] });
        let fill = Rows { shape, values: vec![0.0; CLASSES] };
        // Place i speaks for class i alone.
        let values = (0..CLASSES * CLASSES).map(|at| f32::from(u8::from(at / CLASSES == at % CLASSES))).collect();
        let scores = Scores {
            by_class: Some(ClassScores { classes: CLASSES, values }),
            ..Scores::new(CLASSES, vec![1.0; CLASSES])
        };
        let asked = |asks_each: bool, contrast: Option<(usize, usize)>| {
            let black_box = Shares { asked: RefCell::default() };
            let found = by_class(&black_box, &scores, units, 1, (&row, &fill), (asks_each, contrast));
            let one = found.expect("answers").expect("classes").remove(0);
            (one, black_box.asked.into_inner())
        };
        let (plain, questions) = asked(false, None);
        assert!(questions.is_empty(), "scores need no answer: {questions:?}");
        assert!(plain.units() == CLASSES && plain.only(5).is_empty() && plain.contrast.is_none());
        // And one more about nothing.
        let (_, questions) = asked(true, None);
        assert_eq!(questions, [CLASSES + 1, CLASSES]);
        // However many classes there are, a pair is two more rows.
        let (one, questions) = asked(true, Some((4, 2)));
        assert_eq!(questions, [CLASSES + 2, CLASSES + 1]);
        assert_eq!(one.only(5), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(one.nothing, [0.0; CLASSES]);
        let known = one.contrast.expect("the pair");
        assert_eq!((known.pair, known.only.as_slice()), ((4, 2), &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0][..]));
        assert_eq!(known.rest, [1.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
        let (_, questions) = asked(false, Some((4, 2)));
        assert_eq!(questions, [2, 1]);
        // Of many items the rows of all classes are never in memory at once.
        let n = 100;
        let many = |value: f32| Rows { shape, values: vec![value; n * CLASSES] };
        let of_all = scores.by_class.as_ref().map(|of| of.values.repeat(n)).expect("classes");
        let all = Scores {
            by_class: Some(ClassScores { classes: CLASSES, values: of_all }),
            ..Scores::new(CLASSES, vec![1.0; n * CLASSES])
        };
        let black_box = Shares { asked: RefCell::default() };
        let (rows, fill) = (many(1.0), many(0.0));
        let found = by_class(&black_box, &all, units, 1, (&rows, &fill), (true, Some((4, 2)))).expect("answers");
        let alone = asked(true, Some((4, 2))).0;
        assert!(found.expect("classes").iter().all(|one| *one == alone));
        assert_eq!(black_box.asked.into_inner(), [201, 200, 200, 200, 200, 200, 100, 100]);
        assert!(asked(false, Some((4, 4))).1.is_empty() && asked(false, Some((4, 9))).1.is_empty());
        // With a fill of its own for each item, each is asked about with nothing left.
        let fill = Rows { shape, values: (0..n * CLASSES).map(|at| (at / CLASSES) as f32).collect() };
        let black_box = Shares { asked: RefCell::default() };
        let found = by_class(&black_box, &all, units, 1, (&rows, &fill), (false, Some((4, 2)))).expect("answers");
        assert_eq!(black_box.asked.into_inner(), [200, 100]);
        let found = found.expect("classes");
        assert!(found.iter().enumerate().all(|(row_idx, one)| one.nothing == [row_idx as f32; CLASSES]));
    }

    #[test]
    fn what_has_no_weight_for_a_class_or_speaks_against_it_is_none_of_its_units() {
        assert_eq!(speaking(&[0.5, -2.0, 0.0, 3.0, f32::NEG_INFINITY, f32::NAN], 4), [3, 0]);
        assert_eq!(speaking(&[0.5, -2.0, 0.0, 3.0], 1), [3]);
        assert_eq!(speaking(&[-0.5, -2.0, 0.0], 3), [0_usize; 0]);
        // Two units and two classes: the first speaks for class 0 and against class 1, the second against both.
        let scores = vec![1.0, -1.0];
        let by_class = ByClass { classes: 2, scores: vec![1.0, -4.0, -1.0, -2.0], ..ByClass::default() };
        let own = MethodResult {
            explainer: String::new(),
            ranks: ranks(&scores),
            lens: None,
            scores,
            by_class: Some(by_class),
            probs_selected: Vec::new(),
            probs_unselected: Vec::new(),
            rebuilt: Vec::new(),
            millis: 0.0,
        };
        let selected = |result: &MethodResult| [0, 1].map(|unit| result.is_selected(unit, 2));
        let through = |lens: Lens| own.through(lens).expect("two classes");
        assert_eq!(selected(&own), [true, true], "the method's own selection holds k units, whatever they say");
        assert_eq!(selected(&through(Lens::Class(0))), [true, false]);
        assert_eq!(selected(&through(Lens::Class(1))), [false, false]);
        // 5 and 1: both speak more for class 0 than for class 1.
        assert_eq!(selected(&through(Lens::Contrast(0, 1))), [true, true]);
        assert_eq!((through(Lens::Class(0)).n_selected(1), through(Lens::Class(1)).n_selected(2)), (1, 0));
        for lens in [Lens::Class(0), Lens::Class(1), Lens::Contrast(0, 1), Lens::Class(9)] {
            let of = |k: usize| (own.n_speaking(lens, k), own.speaking_through(lens, k).len());
            assert!((0..4).map(of).all(|(counted, listed)| counted == listed), "{lens:?}");
        }
        // Its own scores are those of class 0, so their signs mean the same as through that class; those of a selector mean nothing.
        assert!(own.is_signed() && through(Lens::Class(1)).is_signed());
        let logits = MethodResult { scores: vec![0.75, -1.0], ..own.clone() };
        assert!(!logits.is_signed());
    }
}
