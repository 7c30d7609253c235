//! Distillation: a network of the program learns what another black box answers, so that methods which need gradients can explain it in its place.
//!
//! Explainers ask a black box about inputs of which parts are hidden. A network that only learned whole inputs answers to such ones as it pleases, so
//! the other black box is asked about them too ([`Hiding`]).

use std::collections::BTreeMap;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::tensors::mix;
use super::{BlackBox, ModelError, Probs, SavedBox, TorchBox};
use crate::data::series::own_steps;
use crate::data::{Dataset, Modality, Rows, Shape, Split};

/// Whose answers a black box learned, and how well.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Distilled {
    /// Name of the black box whose answers it learned.
    pub name: String,
    /// Its hash.
    pub hash: String,
    /// Share of validation items to which both give the same class, 0..=1.
    pub validation: Option<f64>,
    /// The same on test.
    pub test: Option<f64>,
    /// Mean over the test items of the largest difference between probabilities of a class.
    pub difference: Option<f64>,
    /// Share of test items with parts hidden at random to which both give the same class; `None` where it learned whole inputs only, or there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<f64>,
    /// Copies of each training item with hidden parts that it learned.
    #[serde(default)]
    pub hidden_copies: u32,
}

/// Share of items to which a stand-in must give the other black box's class if it is to be explained in its place.
pub const ENOUGH: f64 = 0.95;

impl Distilled {
    /// What is to be known of a stand-in that agrees too seldom, on the test items or, where there are none, on the validation items, in a sentence; `None`
    /// of one that agrees often enough, or of which that is not known.
    pub fn too_poor(&self) -> Option<String> {
        let on_test = self.test.map(|share| (share, "test"));
        let (share, items) = on_test.or_else(|| self.validation.map(|share| (share, "validation")))?;
        (share < ENOUGH).then(|| {
            format!(
                "This stand-in gives the class of {0} to only {1:.1} % of the {items} items, where {2:.0} % or more are wanted: too few to explain {0} by it; \
                 train it longer, or with more data",
                self.name,
                100.0 * share,
                100.0 * ENOUGH
            )
        })
    }
}

/// How parts of inputs are hidden at random. The same items get the same parts hidden, whoever reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hiding {
    /// Copies of each training item with hidden parts, beside the whole one.
    pub copies: u32,
    /// Seed.
    pub seed: u64,
    modality: Modality,
    shape: Shape,
}

impl Hiding {
    /// For what `saved` reads of `data`; `None` for texts, whose words another network may number and drop otherwise, and where `saved` reads another
    /// shape.
    pub fn new(saved: &SavedBox, data: &Dataset, copies: u32, seed: u64) -> Option<Self> {
        let shape = data.shape()?;
        let fits = copies > 0 && data.modality != Modality::Text && shape == saved.card.shape;
        fits.then_some(Self { copies, seed, modality: data.modality, shape })
    }

    /// Copies of the rows of `split` with hidden parts, all rows of the first copy first. Between none and all of a row is hidden: pixels and steps in
    /// blocks of 1, 2, 4 or 8, columns one by one. They become zero (of columns the mean, and no category) or `mean` (the usual category).
    pub fn apply(&self, rows: &Rows, mean: &[f32], split: Split) -> Rows {
        let mut rng = ChaCha8Rng::seed_from_u64(mix(self.seed, 0x6869_6465 + split as u64));
        let (height, width) = (self.shape.height, self.shape.width);
        let is_table = self.modality == Modality::Table;
        let mut out = Rows::with_capacity(rows.shape, rows.n() * self.copies as usize);
        for row_idx in (0..self.copies).flat_map(|_| 0..rows.n()) {
            let share: f32 = rng.random();
            let (block, keeps_mean) = (if is_table { 1 } else { 1 << rng.random_range(0..4) }, rng.random());
            let across = width.div_ceil(block);
            let hidden: Vec<bool> = (0..height.div_ceil(block) * across).map(|_| rng.random::<f32>() < share).collect();
            // Steps that a series was filled up with are none to hide.
            let own = if self.modality == Modality::Series { own_steps(rows.row(row_idx), width) } else { width };
            out.values.extend(rows.row(row_idx).iter().enumerate().map(|(place, value)| {
                let (y, x) = (place / width % height, place % width);
                match hidden[y / block * across + x / block] && x < own {
                    false => *value,
                    true if keeps_mean => mean[place],
                    true => 0.0,
                }
            }));
        }
        out
    }
}

/// Rows that a teacher is asked about at a time: a program behind a command may take a while for each.
const ROWS_AT_ONCE: usize = 256;

/// The other black box while it is asked about the labelled items of each split, some rows at a time.
#[derive(Debug)]
pub struct Teacher {
    black_box: TorchBox,
    /// What is asked, in the order of asking, and how many rows of it were answered.
    questions: Vec<(Asked, Rows)>,
    answered: usize,
    /// Seconds that preparing and asking took so far.
    seconds: f64,
    taught: Taught,
}

/// What the other black box answered. Neither it (a program that runs, perhaps) nor the questions are kept through the training.
#[derive(Debug)]
pub(super) struct Taught {
    answers: BTreeMap<Asked, Probs>,
    pub(super) card: Distilled,
    pub(super) hiding: Option<Hiding>,
}

/// The items of a split, whole or with hidden parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Whole(Split),
    Hidden(Split),
}

impl Teacher {
    /// Checks that a network of `architecture` can learn from `saved` on the labelled items of `data`, and with `hiding` also on training and test
    /// items with hidden parts; asks nothing yet.
    ///
    /// # Errors
    /// An architecture without gradients, other classes, or data that `saved` does not read.
    pub fn new(
        saved: &SavedBox,
        data: &Dataset,
        architecture: &str,
        hiding: Option<Hiding>,
        device: tch::Device,
    ) -> Result<Self, ModelError> {
        let started = Instant::now();
        let card = &saved.card;
        if !super::fit::has_network(architecture) {
            let title = super::architecture(architecture).map_or("a command", |architecture| architecture.title);
            return Err(ModelError::Unfit(format!(
                "{title}: expected a network that can learn from the answers of another black box, found one without gradients; choose another"
            )));
        }
        if card.classes != data.classes {
            return Err(ModelError::Unfit(format!(
                "{}: expected the classes of the black box {} ({}), found {}; open the data that it was made for",
                data.name,
                card.name,
                card.classes.join(", "),
                data.classes.join(", ")
            )));
        }
        let black_box = TorchBox::new(saved, device)?;
        let mut questions = Split::ALL
            .into_iter()
            .map(|split| {
                let rows = card.rows(data, &super::fit::labelled(data, split), &saved.fit_for(data))?;
                Ok((Asked::Whole(split), rows))
            })
            .collect::<Result<Vec<_>, ModelError>>()?;
        if let Some(hiding) = hiding {
            for split in [Split::Train, Split::Test] {
                let whole = questions.iter().find(|(asked, _)| *asked == Asked::Whole(split));
                let hidden = whole.map(|(_, rows)| hiding.apply(rows, &saved.background.mean, split));
                questions.extend(hidden.map(|rows| (Asked::Hidden(split), rows)));
            }
        }
        let card = Distilled {
            name: card.name.clone(),
            hash: card.hash.clone(),
            validation: None,
            test: None,
            difference: None,
            hidden: None,
            hidden_copies: hiding.map_or(0, |hiding| hiding.copies),
        };
        let taught = Taught { answers: BTreeMap::new(), card, hiding };
        Ok(Self { black_box, questions, answered: 0, seconds: started.elapsed().as_secs_f64(), taught })
    }

    /// Asks about the next rows; whether any were left.
    ///
    /// # Errors
    /// A program that fails.
    pub fn ask(&mut self) -> Result<bool, ModelError> {
        let started = Instant::now();
        let asked = self.ask_next();
        self.seconds += started.elapsed().as_secs_f64();
        asked
    }

    fn ask_next(&mut self) -> Result<bool, ModelError> {
        let mut before = 0;
        for (asked, rows) in &self.questions {
            let (from, n) = (self.answered - before, rows.n());
            if from < n {
                let to = (from + ROWS_AT_ONCE).min(n);
                let answer = self.black_box.predict(&rows.slice(from..to))?;
                let known = self
                    .taught
                    .answers
                    .entry(*asked)
                    .or_insert_with(|| Probs { classes: answer.classes, values: Vec::new() });
                known.values.extend(answer.values);
                self.answered += to - from;
                return Ok(true);
            }
            before += n;
        }
        Ok(false)
    }

    /// Seconds that preparing and asking took so far, without pauses between two questions.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Rows answered and in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.answered as u64, self.questions.iter().map(|(_, rows)| rows.n() as u64).sum())
    }

    /// The answers; what was not asked yet is asked first.
    ///
    /// # Errors
    /// A program that fails.
    pub(super) fn finish(mut self) -> Result<Taught, ModelError> {
        while self.ask()? {}
        Ok(self.taught)
    }
}

impl Taught {
    /// Answers to the labelled items of `split`.
    pub(super) fn of(&self, split: Split) -> &Probs {
        self.to(Asked::Whole(split))
    }

    /// Answers to the same with hidden parts, in the order of [`Hiding::apply`].
    pub(super) fn of_hidden(&self, split: Split) -> &Probs {
        self.to(Asked::Hidden(split))
    }

    fn to(&self, asked: Asked) -> &Probs {
        static NONE: Probs = Probs { classes: 0, values: Vec::new() };
        self.answers.get(&asked).unwrap_or(&NONE)
    }
}

/// Mean over rows of the largest difference between probabilities of a class; `None` for no rows.
pub(super) fn difference(a: &Probs, b: &Probs) -> Option<f64> {
    let largest = |(a, b): (&[f32], &[f32])| {
        let differences = a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs()));
        differences.fold(0.0, f64::max)
    };
    let n = a.n().min(b.n());
    (n > 0).then(|| (0..n).map(|row| largest((a.row(row), b.row(row)))).sum::<f64>() / n as f64)
}

#[cfg(test)]
mod tests {
    use super::Distilled;

    #[test]
    fn a_stand_in_that_agrees_too_seldom_says_so_and_one_that_agrees_often_enough_does_not() {
        let with = |test: Option<f64>, validation: Option<f64>| Distilled {
            name: "Forest".to_owned(),
            hash: String::new(),
            validation,
            test,
            difference: None,
            hidden: None,
            hidden_copies: 0,
        };
        let said = with(Some(0.835), Some(0.99)).too_poor().expect("too seldom");
        assert!(said.contains("only 83.5 % of the test items") && said.contains("95 %"), "{said}");
        assert_eq!(with(Some(0.95), Some(0.5)).too_poor(), None);
        let said = with(None, Some(0.5)).too_poor().expect("too seldom");
        assert!(said.contains("validation items"), "{said}");
        assert_eq!(with(None, None).too_poor(), None, "nothing is known");
    }
}
