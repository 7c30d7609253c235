//! What metrics share: items, answers, scores and masks, computed once per explainer.

use crate::data::{Dataset, Fit, Rows, Split, Unit, Units};
use crate::explain::fidelity::{Answers, answers};
use crate::explain::{ExplainError, Explainer, Fill, Mask, SavedExplainer, Scores, method};
use crate::model::{BlackBox, Probs, SavedBox, TorchBox};
use crate::work::Progress;

/// Items with the black box's answers and the explainer's scores.
#[derive(Debug)]
pub struct Scored {
    /// Inputs.
    pub rows: Rows,
    /// Answers to the full inputs.
    pub probs: Probs,
    /// Scores.
    pub scores: Scores,
}

/// Called now and then by slow metrics; an error stops the work.
pub type Checkpoint<'a> = dyn FnMut(Progress) -> Result<(), ExplainError> + 'a;

/// What a metric is computed from.
pub struct Context<'a> {
    /// The model explained.
    pub black_box: &'a TorchBox,
    /// The same as plain data.
    pub saved_box: &'a SavedBox,
    /// The explainer.
    pub explainer: Box<dyn Explainer>,
    /// What is selected.
    pub units: Units,
    /// How many; may be changed between metrics.
    pub k: usize,
    /// The class that a metric is computed for, where it is computed for each.
    pub class: Option<usize>,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed of noise, fresh networks and perturbations.
    pub seed: u64,
    /// Items that are reported on.
    pub test: Scored,
    data: &'a Dataset,
    fit: Fit,
    train: Option<Scored>,
    answers: Option<((usize, Fill), Answers)>,
    checkpoint: &'a mut Checkpoint<'a>,
}

/// What a [`Context`] is made from.
pub struct ContextSetup<'a> {
    /// The model explained.
    pub black_box: &'a TorchBox,
    /// The same as plain data.
    pub saved_box: &'a SavedBox,
    /// The explainer.
    pub explainer: &'a SavedExplainer,
    /// What is selected, where the explainer leaves it open.
    pub unit: Unit,
    /// How many.
    pub k: usize,
    /// What hidden units become.
    pub fill: Fill,
    /// Data.
    pub data: &'a Dataset,
    /// Split reported on.
    pub split: Split,
    /// At most so many items.
    pub limit: Option<usize>,
    /// Seed.
    pub seed: u64,
    /// Called now and then by slow metrics.
    pub checkpoint: &'a mut Checkpoint<'a>,
}

impl<'a> Context<'a> {
    /// Asks the black box about the items of the split and scores them.
    pub fn new(setup: ContextSetup<'a>) -> Result<Self, ExplainError> {
        let ContextSetup { black_box, saved_box, explainer, unit, k, fill, data, split, limit, seed, checkpoint } =
            setup;
        let units = Units::new(unit, black_box.card().shape);
        let fit = black_box.card().fit;
        let mut loaded = method(&explainer.card.method)?.explainer(explainer, black_box)?;
        let mut items = data.in_split(split);
        items.truncate(limit.unwrap_or(usize::MAX));
        if items.is_empty() {
            return Err(ExplainError::Unfit(format!("{}: this split has no items; choose another", data.name)));
        }
        let test = score(black_box, loaded.as_mut(), data, &fit, &items, units, seed)?;
        Ok(Self {
            black_box,
            saved_box,
            explainer: loaded,
            units,
            k,
            class: None,
            fill,
            seed,
            test,
            data,
            fit,
            train: None,
            answers: None,
            checkpoint,
        })
    }

    /// Classes of the black box.
    pub fn n_classes(&self) -> usize {
        self.black_box.card().classes.len()
    }

    /// Masks of the reported items at the present k.
    pub fn test_masks(&self) -> Vec<Mask> {
        masks(&self.test.scores, self.k)
    }

    /// The training items, scored at the first call.
    pub fn train(&mut self) -> Result<&Scored, ExplainError> {
        if self.train.is_none() {
            let items = self.data.in_split(Split::Train);
            let explainer = self.explainer.as_mut();
            self.train = Some(score(self.black_box, explainer, self.data, &self.fit, &items, self.units, self.seed)?);
        }
        self.train.as_ref().ok_or_else(|| ExplainError::Unfit("no training items".to_owned()))
    }

    /// Answers to S only and to S̄ only at the present k and fill.
    pub fn answers(&mut self) -> Result<&Answers, ExplainError> {
        let key = (self.k, self.fill);
        if self.answers.as_ref().is_none_or(|(of, _)| *of != key) {
            let masks = self.test_masks();
            let fresh = answers(self.black_box, &self.test.rows, self.units, &masks, self.fill, self.seed)?;
            self.answers = Some((key, fresh));
        }
        match &self.answers {
            Some((_, answers)) => Ok(answers),
            None => Err(ExplainError::Unfit("no answers".to_owned())),
        }
    }

    /// Reports progress; an error means that the work was cancelled.
    pub fn checkpoint(&mut self, progress: Progress) -> Result<(), ExplainError> {
        (self.checkpoint)(progress)
    }
}

/// Masks of each row at `k`.
pub fn masks(scores: &Scores, k: usize) -> Vec<Mask> {
    (0..scores.n()).map(|row_idx| Mask::top_k(scores.row(row_idx), k)).collect()
}

fn score(
    black_box: &TorchBox,
    explainer: &mut dyn Explainer,
    data: &Dataset,
    fit: &Fit,
    items: &[usize],
    units: Units,
    seed: u64,
) -> Result<Scored, ExplainError> {
    let rows = black_box.card().rows(data, items, fit).map_err(crate::model::ModelError::from)?;
    let probs = black_box.predict(&rows)?;
    let scores = explainer.scores(black_box, &rows, &probs, units, seed)?;
    Ok(Scored { rows, probs, scores })
}
