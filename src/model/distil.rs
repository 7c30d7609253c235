//! Distillation: a network of the program learns what another black box answers, so that methods which need gradients can explain it in its place.

use std::collections::BTreeMap;

use super::{BlackBox, ModelError, Probs, SavedBox, TorchBox};
use crate::data::{Dataset, Split};

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

/// What the other black box answers to the labelled items of each split.
#[derive(Debug)]
pub(super) struct Teacher {
    answers: BTreeMap<Split, Probs>,
    pub(super) card: Distilled,
}

impl Teacher {
    /// Asks `saved` about the labelled items of `data`.
    ///
    /// # Errors
    /// Other classes, data that it does not read, or a program that fails.
    pub(super) fn ask(saved: &SavedBox, data: &Dataset, device: tch::Device) -> Result<Self, ModelError> {
        let card = &saved.card;
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
        let mut answers = BTreeMap::new();
        for split in [Split::Train, Split::Validation, Split::Test] {
            let rows = card.rows(data, &super::fit::labelled(data, split), &saved.fit_for(data))?;
            answers.insert(split, black_box.predict(&rows)?);
        }
        let card = Distilled {
            name: card.name.clone(),
            hash: card.hash.clone(),
            validation: None,
            test: None,
            difference: None,
        };
        Ok(Self { answers, card })
    }

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
