//! An answer in the making.

use super::Input;
use crate::study::design::Form;
use crate::study::store::Shown;

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Nothing yet.
    None,
    /// A class.
    Class(u16),
    /// "Can't decide".
    Undecided,
    /// A score per class, those that are given so far.
    Scores(Vec<Option<f64>>),
}

/// What a participant has entered for the item on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The answer.
    pub choice: Choice,
    /// 1 to 5.
    pub confidence: Option<u8>,
    /// Answer to the second question.
    pub truth: Option<u16>,
}

impl Draft {
    /// Nothing entered.
    pub fn new(shown: &Shown) -> Self {
        let choice = match shown.form {
            Form::Scores => Choice::Scores(vec![None; shown.classes.len()]),
            Form::Class | Form::ClassOrUndecided => Choice::None,
        };
        Self { choice, confidence: None, truth: None }
    }

    /// Enters something; false where it does not fit the form.
    pub(super) fn enter(&mut self, input: &Input, shown: &Shown) -> bool {
        let is_class = |class: u16| usize::from(class) < shown.classes.len();
        match (input, &mut self.choice) {
            (Input::Choose(class), Choice::Scores(_)) if is_class(*class) => return false,
            (Input::Choose(class), choice) if is_class(*class) => *choice = Choice::Class(*class),
            (Input::Undecided, choice) if shown.form == Form::ClassOrUndecided => *choice = Choice::Undecided,
            (Input::Score { class, value }, Choice::Scores(scores))
                if is_class(*class) && (0.0..=1.0).contains(value) =>
            {
                scores[usize::from(*class)] = Some(*value);
            }
            (Input::Confidence(level), _) if shown.confidence && (1..=5).contains(level) => {
                self.confidence = Some(*level)
            }
            (Input::Truth(class), _) if shown.truth_question.is_some() && is_class(*class) => self.truth = Some(*class),
            _ => return false,
        }
        true
    }

    /// Whether everything that is asked for is there.
    pub fn is_complete(&self, shown: &Shown) -> bool {
        let is_chosen = match &self.choice {
            Choice::None => false,
            Choice::Class(_) | Choice::Undecided => true,
            Choice::Scores(scores) => scores.iter().all(Option::is_some),
        };
        is_chosen
            && (!shown.confidence || self.confidence.is_some())
            && (shown.truth_question.is_none() || self.truth.is_some())
    }

    /// The chosen class.
    pub fn class(&self) -> Option<u16> {
        match self.choice {
            Choice::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The scores, where all are given.
    pub fn scores(&self) -> Option<Vec<f64>> {
        match &self.choice {
            Choice::Scores(scores) => scores.iter().copied().collect(),
            _ => None,
        }
    }

    /// The chosen class, or the one with the highest score where it is alone.
    pub fn likeliest(&self) -> Option<u16> {
        match &self.choice {
            Choice::Class(class) => Some(*class),
            Choice::Scores(_) => {
                let scores = self.scores()?;
                let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut best = (0..scores.len()).filter(|&class| scores[class] == most);
                let first = best.next()?;
                best.next().is_none().then_some(first as u16)
            }
            Choice::None | Choice::Undecided => None,
        }
    }
}
