//! Distillation: a network of the program learns what another black box answers, so that methods which need gradients can explain it in its place.

use std::collections::BTreeMap;

use super::{BlackBox, ModelError, Probs, SavedBox, TorchBox};
use crate::data::{Dataset, Rows, Split};

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
}

/// Rows that a teacher is asked about at a time: a program behind a command may take a while for each.
const ROWS_AT_ONCE: usize = 256;

/// The other black box while it is asked about the labelled items of each split, some rows at a time.
#[derive(Debug)]
pub struct Teacher {
    black_box: TorchBox,
    /// What is asked, in the order of asking, and how many rows of it were answered.
    questions: Vec<(Split, Rows)>,
    answered: usize,
    taught: Taught,
}

/// What the other black box answered. Neither it (a program that runs, perhaps) nor the questions are kept through the training.
#[derive(Debug)]
pub(super) struct Taught {
    answers: BTreeMap<Split, Probs>,
    pub(super) card: Distilled,
}

impl Teacher {
    /// Checks that a network of `architecture` can learn from `saved` on the labelled items of `data`; asks nothing yet.
    ///
    /// # Errors
    /// An architecture without gradients, other classes, or data that `saved` does not read.
    pub fn new(saved: &SavedBox, data: &Dataset, architecture: &str, device: tch::Device) -> Result<Self, ModelError> {
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
        let questions = Split::ALL
            .into_iter()
            .map(|split| Ok((split, card.rows(data, &super::fit::labelled(data, split), &saved.fit_for(data))?)))
            .collect::<Result<Vec<_>, ModelError>>()?;
        let card = Distilled {
            name: card.name.clone(),
            hash: card.hash.clone(),
            validation: None,
            test: None,
            difference: None,
        };
        Ok(Self { black_box, questions, answered: 0, taught: Taught { answers: BTreeMap::new(), card } })
    }

    /// Asks about the next rows; whether any were left.
    ///
    /// # Errors
    /// A program that fails.
    pub fn ask(&mut self) -> Result<bool, ModelError> {
        let mut before = 0;
        for (split, rows) in &self.questions {
            let (from, n) = (self.answered - before, rows.n());
            if from < n {
                let to = (from + ROWS_AT_ONCE).min(n);
                let answer = self.black_box.predict(&rows.slice(from..to))?;
                let known = self
                    .taught
                    .answers
                    .entry(*split)
                    .or_insert_with(|| Probs { classes: answer.classes, values: Vec::new() });
                known.values.extend(answer.values);
                self.answered += to - from;
                return Ok(true);
            }
            before += n;
        }
        Ok(false)
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
        static NONE: Probs = Probs { classes: 0, values: Vec::new() };
        self.answers.get(&split).unwrap_or(&NONE)
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
