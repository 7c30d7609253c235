//! The bare libtorch loop that `unmask bench` compares training with: the same networks, losses and batches, and nothing else.
//!
//! No scheduler, no seeds per step, no progress, no checks for NaN, no validation: what is left is what the hardware and libtorch allow.

use std::time::Instant;

use tch::Tensor;

use super::run::RunSetup;
use super::{Batch, Setup};
use crate::data::{Split, Units};
use crate::explain::{ExplainError, method};
use crate::model::tensors::from_rows;
use crate::model::{ModelError, TorchBox, architecture};

/// A bare loop over prepared batches.
pub struct BareLoop {
    learner: Box<dyn super::Learner>,
    black_box: TorchBox,
    batches: Vec<(Tensor, Tensor)>,
    at: usize,
}

impl BareLoop {
    /// For the same method, parameters and data as a [`super::run::TrainRun`]; `n_batches` batches are prepared before.
    pub fn new(setup: &RunSetup<'_>, n_batches: usize) -> Result<Self, ExplainError> {
        let batch = setup.params.whole(method(setup.method)?.spec().params, "batch").max(1) as usize;
        Self::of_batches(setup, (Split::Train, batch), n_batches)
    }

    /// The bare counterpart of explaining many items: batches of `batch` test items.
    pub fn of_test(setup: &RunSetup<'_>, batch: usize, n_batches: usize) -> Result<Self, ExplainError> {
        Self::of_batches(setup, (Split::Test, batch), n_batches)
    }

    fn of_batches(
        setup: &RunSetup<'_>,
        (split, batch): (Split, usize),
        n_batches: usize,
    ) -> Result<Self, ExplainError> {
        let method = method(setup.method)?;
        let black_box = TorchBox::new(setup.black_box, setup.device)?;
        let card = &setup.black_box.card;
        let learner = method.learner(&Setup {
            params: setup.params,
            units: Units::new(setup.unit, card.shape),
            k: setup.k,
            classes: card.classes.len(),
            input: card.input(),
            architecture: architecture(&card.architecture)?,
            background: &setup.black_box.background,
            weights: &setup.black_box.weights,
            seed: setup.seed,
            device: setup.device,
        });
        let learner = learner.ok_or_else(|| ExplainError::Unfit("this method is not trained".to_owned()))??;
        let items = setup.data.in_split(split);
        let mut batches = Vec::new();
        for items in items.chunks_exact(batch).take(n_batches) {
            let rows = card.rows(setup.data, items, &card.fit).map_err(ModelError::from)?;
            let input = from_rows(&rows, setup.device);
            let probs = black_box.probs(&input)?;
            batches.push((input, probs));
        }
        if batches.is_empty() {
            return Err(ExplainError::Unfit(format!(
                "{}: expected at least {batch} {split} items, for one batch, found {}; use more data",
                setup.data.name,
                items.len()
            )));
        }
        Ok(Self { learner, black_box, batches, at: 0 })
    }

    /// Forward passes alone, as explaining needs them: the black box on the input, the method's network, and the black box on two more inputs of that
    /// size (the selected part and the rest). Runs `n` batches and returns the items per second.
    pub fn forward(&mut self, n: usize) -> Result<f64, ExplainError> {
        let started = Instant::now();
        let mut items = 0;
        for _ in 0..n {
            let (input, _) = &self.batches[self.at % self.batches.len()];
            self.at += 1;
            items += input.size()[0];
            let probs = self.black_box.probs(input)?;
            let scores = tch::no_grad(|| self.learner.scores(input, &probs));
            let parts = (self.black_box.probs(input)?, self.black_box.probs(input)?);
            // Read back, as any loop that uses its answers does.
            scores.sum(tch::Kind::Float).double_value(&[]);
            (parts.0 + parts.1).sum(tch::Kind::Float).double_value(&[]);
        }
        Ok(items as f64 / started.elapsed().as_secs_f64())
    }

    /// Runs `n` steps and returns the items per second.
    pub fn run(&mut self, n: usize) -> Result<f64, ExplainError> {
        let started = Instant::now();
        let mut items = 0;
        for _ in 0..n {
            let (input, probs) = &self.batches[self.at % self.batches.len()];
            self.at += 1;
            items += input.size()[0];
            let losses =
                self.learner.step(&Batch { input, probs, epoch: 1, progress: 0.0, black_box: &self.black_box })?;
            // One scalar is read, as any loop that prints its loss does.
            losses.last().map(|(_, loss)| loss.double_value(&[]));
        }
        Ok(items as f64 / started.elapsed().as_secs_f64())
    }
}
