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
    /// `classes * classes` probabilities: row `c` is the answer when only the k units with the highest scores of class `c` are left.
    pub only: Vec<f32>,
    /// `classes * classes` probabilities: row `c` is the answer when just these units of class `c` are hidden.
    pub rest: Vec<f32>,
    /// `classes * (classes - 1) * classes` probabilities: for each class and each other the answer when only the k units that speak most for the first
    /// rather than the second are left.
    /// Empty where they were not asked about: of many items at once, or of many classes.
    pub contrast_only: Vec<f32>,
    /// The same when just these units are hidden.
    pub contrast_rest: Vec<f32>,
}

/// Most classes that are compared with each other.
const MOST_COMPARED: usize = 4;

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

    fn contrast<'a>(&self, answers: &'a [f32], (a, b): (usize, usize)) -> &'a [f32] {
        let at = pairs(self.classes).position(|pair| pair == (a, b));
        at.and_then(|at| answers.chunks(self.classes).nth(at)).unwrap_or(&[])
    }

    fn answer<'a>(&self, answers: &'a [f32], class: usize) -> &'a [f32] {
        answers.get(class * self.classes..(class + 1) * self.classes).unwrap_or(&[])
    }
}

impl MethodResult {
    /// Scores as seen through `lens`; padding stays at minus infinity. `None` where the method does not tell these classes apart.
    pub fn scores_through(&self, lens: Lens) -> Option<Vec<f32>> {
        let by_class = self.by_class.as_ref()?;
        let known = |class: usize| class < by_class.classes;
        let score = |unit: usize| match lens {
            Lens::Class(class) => by_class.score(unit, class),
            Lens::Contrast(a, b) => by_class.score(unit, a) - by_class.score(unit, b),
        };
        let fits = match lens {
            Lens::Class(class) => known(class),
            Lens::Contrast(a, b) => known(a) && known(b),
        };
        fits.then(|| {
            let own = self.scores.iter().enumerate();
            own.map(|(unit, own)| if *own == f32::NEG_INFINITY { *own } else { score(unit) }).collect()
        })
    }

    /// The units with the highest scores through `lens`, best first.
    pub fn top_through(&self, lens: Lens, k: usize) -> Vec<usize> {
        self.scores_through(lens).map_or_else(Vec::new, |scores| top_k(&scores, k))
    }

    /// The result as if the method had only the scores seen through `lens`: ranks follow, and the answers are those to this class's units
    /// alone and to all others. Answers that were not computed are empty.
    #[must_use]
    pub fn through(&self, lens: Lens) -> Option<Self> {
        let scores = self.scores_through(lens)?;
        Some(Self {
            explainer: self.explainer.clone(),
            ranks: ranks(&scores),
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
        match (lens, &self.by_class) {
            (Lens::Class(class), Some(by_class)) => by_class.only(class),
            (Lens::Contrast(a, b), Some(by_class)) => by_class.contrast(&by_class.contrast_only, (a, b)),
            _ => &[],
        }
    }

    /// The black box's answer to what is hidden through a lens: to all but a class's units, or those of a contrast; empty where it was not computed.
    pub fn rest_through(&self, lens: Lens) -> &[f32] {
        match (lens, &self.by_class) {
            (Lens::Class(class), Some(by_class)) => by_class.rest(class),
            (Lens::Contrast(a, b), Some(by_class)) => by_class.contrast(&by_class.contrast_rest, (a, b)),
            _ => &[],
        }
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

/// Classes of each row's scores, with the black box's answers to the `k` highest units of each class alone and to all but these (the others are
/// filled). A batch of each for all rows; `None` where the method does not tell classes apart.
pub(super) fn by_class(
    black_box: &dyn BlackBox,
    scores: &Scores,
    units: Units,
    k: usize,
    (rows, fill): (&Rows, &Rows),
) -> Result<Option<Vec<ByClass>>, ModelError> {
    let Some(ClassScores { classes, values }) = &scores.by_class else { return Ok(None) };
    let (n, classes) = (rows.n(), *classes);
    let mut found: Vec<ByClass> = values
        .chunks_exact(scores.units * classes)
        .map(|values| ByClass {
            classes,
            scores: values.to_vec(),
            only: Vec::with_capacity(classes * classes),
            rest: Vec::with_capacity(classes * classes),
            ..ByClass::default()
        })
        .collect();
    // Class by class, as many rows each.
    let mut parts = [Rows::with_capacity(rows.shape, n * classes), Rows::with_capacity(rows.shape, n * classes)];
    for class in 0..classes {
        let mask = |(row_idx, one): (usize, &ByClass)| {
            let mut column = one.column(class);
            for (score, own) in column.iter_mut().zip(scores.row(row_idx)) {
                if *own == f32::NEG_INFINITY {
                    *score = f32::NEG_INFINITY;
                }
            }
            Mask::top_k(&column, k)
        };
        let masks: Vec<Mask> = found.iter().enumerate().map(mask).collect();
        let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
        parts[0].values.extend(keep_only(rows, units, &masks, fill).values);
        parts[1].values.extend(keep_only(rows, units, &rest, fill).values);
    }
    let [only, rest] = [black_box.predict(&parts[0])?, black_box.predict(&parts[1])?];
    for class in 0..classes {
        for (row_idx, one) in found.iter_mut().enumerate() {
            one.only.extend_from_slice(only.row(class * n + row_idx));
            one.rest.extend_from_slice(rest.row(class * n + row_idx));
        }
    }
    // An item that is looked at by itself is asked about in all ways in which it can be looked at.
    if let ([one], true) = (&mut found[..], (2..=MOST_COMPARED).contains(&classes)) {
        contrasts(black_box, one, scores.row(0), units, k, (rows, fill))?;
    }
    Ok(Some(found))
}

/// Each class with each other.
fn pairs(classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..classes).flat_map(move |a| (0..classes).filter(move |b| *b != a).map(move |b| (a, b)))
}

/// The answers to the `k` units that speak most for each class rather than each other, and to all but these, in one batch.
fn contrasts(
    black_box: &dyn BlackBox,
    one: &mut ByClass,
    own: &[f32],
    units: Units,
    k: usize,
    (row, fill): (&Rows, &Rows),
) -> Result<(), ModelError> {
    let classes = one.classes;
    let mut asked = Rows::with_capacity(row.shape, 2 * pairs(classes).count());
    for (a, b) in pairs(classes) {
        let difference = |(unit, own): (usize, &f32)| match *own {
            f32::NEG_INFINITY => f32::NEG_INFINITY,
            _ => one.score(unit, a) - one.score(unit, b),
        };
        let mask = Mask::top_k(&own.iter().enumerate().map(difference).collect::<Vec<_>>(), k);
        let rest = mask.complement();
        asked.values.extend(keep_only(row, units, &[mask], fill).values);
        asked.values.extend(keep_only(row, units, &[rest], fill).values);
    }
    let answers = black_box.predict(&asked)?;
    for at in 0..pairs(classes).count() {
        one.contrast_only.extend_from_slice(answers.row(2 * at));
        one.contrast_rest.extend_from_slice(answers.row(2 * at + 1));
    }
    Ok(())
}
