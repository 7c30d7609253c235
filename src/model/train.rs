//! Training of classifiers: black boxes on labels, and fresh approximators on a black box's soft answers. One step is one minibatch.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tch::nn;
use tch::{Device, Kind, Tensor};

use super::optim::{Optim, OptimSpec};
use super::tensors::{finite, from_rows, indices, mix, seed_step, to_vec};
use super::{ModelError, Network, Probs, SavedBox, TorchBox, architecture};
use crate::data::{Rows, Shape};

/// A classifier under training.
pub struct ClassifierRun {
    net: Box<dyn Network>,
    store: nn::VarStore,
    optimizer: Optim,
    input: Tensor,
    targets: Tensor,
    batch: usize,
    epochs: u32,
    seed: u64,
    order: Vec<usize>,
    step: u64,
    losses: (f64, u32),
    last_loss: f64,
}

/// What one step of training did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepResult {
    /// A minibatch, of so many rows.
    Batch(usize),
    /// The last minibatch of an epoch (counted from 1), with the epoch's mean loss.
    Epoch(u32, f64),
}

/// What a [`ClassifierRun`] trains.
pub struct ClassifierSetup<'a> {
    /// Builds the network at a path.
    pub build: &'a dyn Fn(&nn::Path<'_>) -> Box<dyn Network>,
    /// Optimizer.
    pub optimizer: OptimSpec,
    /// Inputs `[n, ...]`: floats, or bytes (then divided by 255).
    pub input: Tensor,
    /// Target distributions `[n, classes]`.
    pub targets: Tensor,
    /// Rows per update.
    pub batch: usize,
    /// Epochs.
    pub epochs: u32,
    /// Seed of initialisation, order and dropout.
    pub seed: u64,
    /// Where to train.
    pub device: Device,
}

impl ClassifierRun {
    /// Initialises the network from the seed.
    pub fn new(setup: ClassifierSetup<'_>) -> Result<Self, ModelError> {
        let ClassifierSetup { build, optimizer, input, targets, batch, epochs, seed, device } = setup;
        seed_step(seed, u64::MAX);
        let store = nn::VarStore::new(device);
        let net = build(&store.root());
        let optimizer = optimizer.build(&store)?;
        let order = (0..input.size()[0] as usize).collect();
        Ok(Self {
            net,
            store,
            optimizer,
            input,
            targets,
            batch: batch.max(1),
            epochs,
            seed,
            order,
            step: 0,
            losses: (0.0, 0),
            last_loss: 0.0,
        })
    }

    /// Minibatches in an epoch.
    pub fn batches(&self) -> u64 {
        self.order.len().div_ceil(self.batch) as u64
    }

    /// Epochs in all.
    pub const fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Epochs finished.
    pub fn epochs_done(&self) -> u32 {
        (self.step / self.batches().max(1)) as u32
    }

    /// Whether all epochs are done.
    pub fn is_done(&self) -> bool {
        self.order.is_empty() || self.epochs_done() >= self.epochs
    }

    /// Minibatches done and in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.step, self.batches() * u64::from(self.epochs))
    }

    /// One minibatch. The order of an epoch depends on seed and epoch, dropout on seed and step, so a run is the same alone or interleaved.
    pub fn step(&mut self) -> Result<StepResult, ModelError> {
        let batches = self.batches();
        let (epoch, batch_idx) = (self.step / batches, (self.step % batches) as usize);
        if batch_idx == 0 {
            self.order.sort_unstable();
            self.order.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(self.seed, epoch)));
            self.losses = (0.0, 0);
        }
        seed_step(self.seed, self.step);
        let items = &self.order[batch_idx * self.batch..((batch_idx + 1) * self.batch).min(self.order.len())];
        let index = indices(items, self.input.device());
        let input = as_float(&self.input.index_select(0, &index)).to_device(self.store.device());
        let targets = self.targets.index_select(0, &index).to_device(self.store.device());
        let loss = soft_cross_entropy(&self.net.forward(&input, true), &targets);
        let value = finite(&loss, "the training loss", || format!("epoch {}, batch {}", epoch + 1, batch_idx + 1))?;
        self.optimizer.backward_step(&loss)?;
        self.step += 1;
        self.last_loss = value;
        self.losses = (self.losses.0 + value, self.losses.1 + 1);
        if batch_idx as u64 + 1 == batches {
            Ok(StepResult::Epoch(epoch as u32 + 1, self.losses.0 / f64::from(self.losses.1)))
        } else {
            Ok(StepResult::Batch(items.len()))
        }
    }

    /// Loss of the last minibatch; 0 before the first.
    pub const fn last_loss(&self) -> f64 {
        self.last_loss
    }

    /// Most probable class of each input, in evaluation mode.
    pub fn classes(&self, input: &Tensor) -> Result<Vec<usize>, ModelError> {
        classes_of(self.net.as_ref(), input, self.store.device())
    }

    /// The variables.
    pub fn store(&self) -> &nn::VarStore {
        &self.store
    }
}

/// Most probable class of each of `input` by `net` in evaluation mode, in chunks.
fn classes_of(net: &dyn Network, input: &Tensor, device: Device) -> Result<Vec<usize>, ModelError> {
    tch::no_grad(|| {
        let n = input.size()[0];
        let mut classes = Vec::with_capacity(n as usize);
        let mut start = 0;
        while start < n {
            let len = (n - start).min(256);
            let logits = net.forward(&as_float(&input.narrow(0, start, len)).to_device(device), false);
            classes.extend(to_vec(&logits.argmax(-1, false))?.iter().map(|&class| class as usize));
            start += len;
        }
        Ok(classes)
    })
}

/// Bytes become floats in 0..=1; floats stay.
fn as_float(input: &Tensor) -> Tensor {
    if input.kind() == Kind::Uint8 { input.to_kind(Kind::Float) / 255.0 } else { input.shallow_clone() }
}

/// Mean over the batch of the cross-entropy between target distributions and logits `[n, classes]`.
pub fn soft_cross_entropy(logits: &Tensor, targets: &Tensor) -> Tensor {
    -(targets * logits.log_softmax(-1, Kind::Float))
        .sum_dim_intlist([-1i64].as_slice(), false, Kind::Float)
        .mean(Kind::Float)
}

/// One-hot targets `[n, classes]`.
pub fn one_hot(classes: &[usize], n_classes: usize, device: Device) -> Tensor {
    indices(classes, device).one_hot(n_classes as i64).to_kind(Kind::Float)
}

/// A pixel tensor as bytes `[n, c, h, w]` from planar bytes.
pub fn byte_tensor(bytes: &[u8], shape: Shape) -> Tensor {
    Tensor::from_slice(bytes).view([-1, shape.channels as i64, shape.height as i64, shape.width as i64])
}

/// A fresh network of a black box's architecture that learns the box's answers: plain rows in, classes out.
pub struct FreshClassifier {
    run: ClassifierRun,
    device: Device,
}

impl FreshClassifier {
    /// Initialised from `seed`; learns `probs` (the box's answers) from `rows` in `(batch, epochs)`.
    pub fn new(
        saved: &SavedBox,
        black_box: &TorchBox,
        rows: &Rows,
        probs: &Probs,
        (batch, epochs): (usize, u32),
        seed: u64,
    ) -> Result<Self, ModelError> {
        let architecture = architecture(&saved.card.architecture)?;
        let (input, classes) = (saved.card.input(), saved.card.classes.len());
        let device = super::TensorBox::device(black_box);
        let run = ClassifierRun::new(ClassifierSetup {
            build: &|path| (architecture.build)(path, input, classes),
            optimizer: architecture.optim(&saved.card.params),
            input: from_rows(rows, Device::Cpu),
            targets: Tensor::from_slice(&probs.values).view([-1, classes as i64]),
            batch,
            epochs,
            seed,
            device,
        })?;
        Ok(Self { run, device })
    }

    /// One minibatch.
    pub fn step(&mut self) -> Result<StepResult, ModelError> {
        self.run.step()
    }

    /// Whether all epochs are done.
    pub fn is_done(&self) -> bool {
        self.run.is_done()
    }

    /// Minibatches done and in all.
    pub fn progress(&self) -> (u64, u64) {
        self.run.progress()
    }

    /// Most probable class of each row.
    pub fn classes(&self, rows: &Rows) -> Result<Vec<usize>, ModelError> {
        self.run.classes(&from_rows(rows, self.device))
    }
}
