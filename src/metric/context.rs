//! What metrics share: items, answers, scores and masks, computed once per explainer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::repack::repacked;
use super::{MetricSpec, no_truth};
use crate::data::text::{Side as End, TextFit};
use crate::data::{Dataset, Embedding, Fit, Rows, Split, Unit, Units};
use crate::explain::mask::{fill_rows, keep_only, top_k};
use crate::explain::{ExplainError, Explainer, ExplainerCard, Fill, Mask, SavedExplainer, Scores, method};
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

/// The part of an input that the black box is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// S: the selected units only.
    Selected,
    /// S̄: all other units only.
    Unselected,
}

/// How hidden units are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Each hidden place becomes what the fill says; the others stay where they are.
    InPlace,
    /// Text only: what is left is moved together, padding follows (see [`super::repack`]).
    Repacked,
}

/// What belongs to no explainer and is computed once for a whole table.
#[derive(Debug, Default)]
pub struct Shared {
    /// Lists of values by name.
    values: RefCell<HashMap<String, Vec<f64>>>,
    /// For each reported item its most similar others.
    neighbours: RefCell<Option<Arc<Vec<Vec<usize>>>>>,
}

impl Shared {
    /// The values under `name`, computed at the first call.
    pub fn once(
        &self,
        name: &str,
        compute: impl FnOnce() -> Result<Vec<f64>, ExplainError>,
    ) -> Result<Vec<f64>, ExplainError> {
        if let Some(known) = self.values.borrow().get(name) {
            return Ok(known.clone());
        }
        let values = compute()?;
        self.values.borrow_mut().insert(name.to_owned(), values.clone());
        Ok(values)
    }
}

/// Answers at a number of units, with a fill drawn from a seed, to a part of each input in a form.
type Asked = (usize, Fill, Part, Form, u64);

/// What a metric is computed from.
pub struct Context<'a> {
    /// The model explained.
    pub black_box: &'a TorchBox,
    /// The same as plain data.
    pub saved_box: &'a SavedBox,
    /// The explainer.
    pub explainer: Box<dyn Explainer>,
    /// Its card.
    pub card: &'a ExplainerCard,
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
    /// Numbers of the reported items in `data`.
    items: Vec<usize>,
    fit: Fit,
    train: Option<Scored>,
    answers: HashMap<Asked, Probs>,
    embedding: Option<&'a Path>,
    known: HashMap<String, Vec<f64>>,
    /// What it shares with the other explainers of a table.
    pub shared: &'a Shared,
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
    /// How pictures are fitted to the box.
    pub fit: Fit,
    /// Split reported on.
    pub split: Split,
    /// At most so many items, evenly spaced.
    pub limit: Option<usize>,
    /// Seed.
    pub seed: u64,
    /// A user's embedding of texts (see [`Embedding`]), where similar ones are asked for; without it TF-IDF.
    pub embedding: Option<&'a Path>,
    /// What it shares with the other explainers of a table.
    pub shared: &'a Shared,
    /// Called now and then by slow metrics.
    pub checkpoint: &'a mut Checkpoint<'a>,
}

impl<'a> Context<'a> {
    /// Asks the black box about the items of the split and scores them.
    pub fn new(setup: ContextSetup<'a>) -> Result<Self, ExplainError> {
        let ContextSetup {
            black_box,
            saved_box,
            explainer,
            unit,
            k,
            fill,
            data,
            fit,
            split,
            limit,
            seed,
            embedding,
            shared,
            checkpoint,
        } = setup;
        let units = Units::new(unit, black_box.card().shape);
        let mut loaded = method(&explainer.card.method)?.explainer(explainer, black_box)?;
        let items = data.some_of(split, limit.unwrap_or(usize::MAX));
        if items.is_empty() {
            return Err(ExplainError::Unfit(data.no_items_in(split)));
        }
        let test = score(black_box, loaded.as_mut(), data, &fit, &items, units, seed)?;
        Ok(Self {
            black_box,
            saved_box,
            explainer: loaded,
            card: &explainer.card,
            units,
            k,
            class: None,
            fill,
            seed,
            test,
            data,
            items,
            fit,
            train: None,
            answers: HashMap::new(),
            embedding,
            known: HashMap::new(),
            shared,
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
            if items.is_empty() {
                return Err(ExplainError::Unfit(format!(
                    "{}: expected training items, from which this metric learns, found none; choose data with a training split",
                    self.data.name
                )));
            }
            let explainer = self.explainer.as_mut();
            self.train = Some(score(self.black_box, explainer, self.data, &self.fit, &items, self.units, self.seed)?);
        }
        self.train.as_ref().ok_or_else(|| ExplainError::Unfit("no training items".to_owned()))
    }

    /// The units of each item of a split that truly matter.
    pub fn truth(&self, split: Split, asked: &MetricSpec) -> Result<Vec<Vec<usize>>, ExplainError> {
        self.truth_of(&self.data.in_split(split), asked)
    }

    /// The units of each reported item that truly matter.
    pub fn test_truth(&self, asked: &MetricSpec) -> Result<Vec<Vec<usize>>, ExplainError> {
        self.truth_of(&self.items, asked)
    }

    fn truth_of(&self, items: &[usize], asked: &MetricSpec) -> Result<Vec<Vec<usize>>, ExplainError> {
        let known: Option<Vec<_>> = items.iter().map(|&item| self.data.true_units(item, self.units)).collect();
        known.ok_or_else(|| no_truth(asked, self.data))
    }

    /// Selected units of the reported items at the present k, best first.
    pub fn test_order(&self) -> Vec<Vec<usize>> {
        (0..self.test.scores.n()).map(|row_idx| top_k(self.test.scores.row(row_idx), self.k)).collect()
    }

    /// The black box's answers to a part of each reported item at the present k and fill; asked once.
    pub fn answers(&mut self, part: Part, form: Form) -> Result<&Probs, ExplainError> {
        let asked = (self.k, self.fill, part, form, self.seed);
        if !self.answers.contains_key(&asked) {
            let rows = match form {
                Form::InPlace => self.in_place(part),
                Form::Repacked => self.repacked_rows(part),
            };
            let answers = self.black_box.predict(&rows)?;
            self.answers.insert(asked, answers);
        }
        self.answers.get(&asked).ok_or_else(|| ExplainError::Unfit("no answers".to_owned()))
    }

    /// Reported items with everything but these units hidden in place.
    pub fn only(&self, masks: &[Mask]) -> Rows {
        let fill = fill_rows(&self.test.rows, self.units, self.fill, self.black_box.background(), self.seed);
        keep_only(&self.test.rows, self.units, masks, &fill)
    }

    fn in_place(&self, part: Part) -> Rows {
        let mut masks = self.test_masks();
        if part == Part::Unselected {
            masks = masks.iter().map(Mask::complement).collect();
        }
        self.only(&masks)
    }

    fn repacked_rows(&self, part: Part) -> Rows {
        let mut order = self.test_order();
        if part == Part::Unselected {
            for (row_idx, order) in order.iter_mut().enumerate() {
                let selected = std::mem::take(order);
                // Padding stays out: it would only push words away from the front.
                let padding = self.units.padding(self.test.rows.row(row_idx));
                *order = (0..self.units.count()).filter(|unit| !padding[*unit] && !selected.contains(unit)).collect();
            }
        }
        self.repack(&self.test.rows, &order)
    }

    /// `rows` with only these units of each, in this order, moved to where the black box expects a text to begin.
    pub fn repack(&self, rows: &Rows, order: &[Vec<usize>]) -> Rows {
        let end = self.text().map_or(End::End, |text| text.spec().pad);
        repacked(rows, self.units, order, end)
    }

    /// How documents became token numbers; `None` where items are no texts.
    pub fn text(&self) -> Option<&'a TextFit> {
        self.saved_box.card.text.as_ref()
    }

    /// For each reported item its most similar others, found once for a whole table: they depend on neither k nor explainer.
    pub fn neighbours(
        &mut self,
        find: impl FnOnce(&mut Self) -> Result<Vec<Vec<usize>>, ExplainError>,
    ) -> Result<Arc<Vec<Vec<usize>>>, ExplainError> {
        if let Some(known) = self.shared.neighbours.borrow().as_ref() {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(find(self)?);
        *self.shared.neighbours.borrow_mut() = Some(Arc::clone(&found));
        Ok(found)
    }

    /// Vectors of length 1 of the reported texts by the user's embedding, where one was given.
    pub fn text_vectors(&self) -> Result<Option<Vec<Vec<f32>>>, ExplainError> {
        let (Some(path), Some(text)) = (self.embedding, self.text()) else { return Ok(None) };
        let embedding = Embedding::open(path, text, self.data.len()).map_err(crate::model::ModelError::from)?;
        let ids = |row_idx: usize| self.test.rows.row(row_idx).iter().map(|id| *id as usize);
        let vectors = self.items.iter().enumerate().map(|(row_idx, &item)| embedding.text(item, ids(row_idx)));
        Ok(Some(vectors.collect()))
    }

    /// The values under `name`, computed at the first call: for metrics that need what another has computed.
    pub fn once(
        &mut self,
        name: &str,
        compute: impl FnOnce(&mut Self) -> Result<Vec<f64>, ExplainError>,
    ) -> Result<Vec<f64>, ExplainError> {
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        let values = compute(self)?;
        self.known.insert(name.to_owned(), values.clone());
        Ok(values)
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
