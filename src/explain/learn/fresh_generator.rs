//! A generator trained afresh on fixed hard masks, for DoRaR's evaluation (section IV, Fig. 11): whatever chose the masks, can the input be rebuilt
//! from that part so that the black box answers as before?

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tch::nn;
use tch::{Device, Kind, Tensor};

use super::concrete::spread;
use super::dorar::{ADAM_BETAS, BATCH, LEARNING_RATE, side_losses};
use super::dorar_nets::{Backdrop, Generator, Noise, Range, blend, check_dense};
use super::series::unless_filled_up;
use crate::data::{Modality, Rows, Units};
use crate::explain::mask::{fill_rows, keep_only};
use crate::explain::{ExplainError, Fill, Mask};
use crate::model::optim::{Optim, OptimSpec};
use crate::model::tensors::{finite, from_rows, indices, mix, seed_step, to_vec};
use crate::model::{BlackBox, TensorBox, TorchBox};

/// One item in so many is held out to tell when to stop.
const HELD_OUT: usize = 12;
/// At most so many held-out items are looked at.
const MAX_HELD_OUT: usize = 2000;
/// Epochs without improvement on the held-out items after which training stops.
const PATIENCE: u32 = 3;
/// Rows per forward pass outside training.
const CHUNK: usize = 256;

/// How many of so many items are held out.
fn held_out(rows: usize) -> usize {
    (rows / HELD_OUT).clamp(1, MAX_HELD_OUT)
}

/// Minibatches that learning from so many items for so many epochs takes at most.
pub fn most_steps(rows: usize, epochs: u32) -> u64 {
    rows.saturating_sub(held_out(rows)).div_ceil(BATCH) as u64 * u64::from(epochs)
}

/// Items with the part of them that is shown, and the black box's class of the whole.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Whole items.
    pub rows: &'a Rows,
    /// What is shown of each.
    pub masks: &'a [Mask],
    /// The black box's class of each.
    pub classes: &'a [usize],
}

/// A generator under training.
pub struct FreshGenerator<'a> {
    black_box: &'a TorchBox,
    units: Units,
    generator: Generator,
    store: nn::VarStore,
    optimizer: Optim,
    backdrop: Backdrop,
    input: Tensor,
    masks: Tensor,
    classes: Tensor,
    order: Vec<usize>,
    held_out: Vec<usize>,
    epochs: u32,
    seed: u64,
    step: u64,
    /// Best agreement on the held-out items, its epoch and its weights.
    best: Option<(f64, u32, Vec<Tensor>)>,
    is_done: bool,
}

impl<'a> FreshGenerator<'a> {
    /// Initialised from `seed`; learns from `train` for at most `epochs`, with beta 1 as in the published evaluation.
    pub fn new(
        black_box: &'a TorchBox,
        units: Units,
        train: Shown<'_>,
        epochs: u32,
        seed: u64,
    ) -> Result<Self, ExplainError> {
        if train.rows.n() < 2 {
            return Err(ExplainError::Unfit(
                "a1 and a2: expected at least 2 training items to learn a generator from, found fewer; choose a data set with a training split"
                    .to_owned(),
            ));
        }
        if black_box.tensor_box().is_none() {
            return Err(ExplainError::Unfit(format!(
                "a1 and a2 train a generator through the black box, and {} gives no gradients; measure a stand-in that has \
                 gradients (`unmask fit --distil`, or Distil a stand-in under Train)",
                black_box.card().name
            )));
        }
        let modality = units.unit.modality();
        if modality != Modality::Series {
            let remedy = "measure a black box with a smaller input, or leave a1 and a2 out";
            check_dense(units.shape, 1, ("a1 and a2", remedy))?;
        }
        let device = TensorBox::device(black_box);
        let background = black_box.background();
        let range = Range::of(background, black_box.card().modality(), device);
        seed_step(seed, u64::MAX);
        let store = nn::VarStore::new(device);
        let generator = match modality {
            // Dense layers over all steps would need far more items than such data have.
            Modality::Series => Generator::local(&store.root(), units.shape, &range),
            Modality::Table => Generator::wide(&store.root(), units.shape, &range),
            _ => Generator::new(&store.root(), units.shape, &range),
        };
        let (beta1, beta2) = ADAM_BETAS;
        let optimizer = OptimSpec::Adam { lr: LEARNING_RATE, beta1, beta2, eps: 1e-8 }.build(&store)?;
        let mut order: Vec<usize> = (0..train.rows.n()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(seed, 0x6865_6c64)));
        let held_out = order.split_off(order.len() - held_out(order.len()));
        Ok(Self {
            black_box,
            units,
            generator,
            optimizer,
            backdrop: Backdrop::new(background, Noise::Rows, &range, device),
            store,
            input: from_rows(train.rows, device),
            masks: mask_bytes(train.masks, device),
            classes: indices(train.classes, device),
            order,
            held_out,
            epochs: epochs.max(1),
            seed,
            step: 0,
            best: None,
            is_done: false,
        })
    }

    fn batches(&self) -> u64 {
        self.order.len().div_ceil(BATCH) as u64
    }

    /// Whether training is over.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Minibatches done, and the most there can be: training may stop earlier.
    pub fn progress(&self) -> (u64, u64) {
        (self.step, self.batches() * u64::from(self.epochs))
    }

    /// One minibatch; after the last of an epoch also a look at the held-out items.
    pub fn step(&mut self) -> Result<(), ExplainError> {
        let batches = self.batches();
        let (epoch, batch_idx) = ((self.step / batches) as u32, (self.step % batches) as usize);
        if batch_idx == 0 {
            self.order.sort_unstable();
            self.order.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(self.seed, u64::from(epoch))));
        }
        let items = &self.order[batch_idx * BATCH..((batch_idx + 1) * BATCH).min(self.order.len())];
        let index = indices(items, self.input.device());
        seed_step(self.seed, self.step);
        let (input, class) = (self.input.index_select(0, &index), self.classes.index_select(0, &index));
        let shown = self.shown(&input, &index);
        let (prediction, reconstruction) =
            side_losses(&self.generator, &shown, (&input, &class), (self.black_box, 1.0));
        let loss = prediction + reconstruction;
        finite(&loss, "the loss of a fresh generator", || format!("epoch {}, batch {}", epoch + 1, batch_idx + 1))?;
        self.optimizer.backward_step(&loss)?;
        self.step += 1;
        if batch_idx as u64 + 1 == batches {
            self.end_epoch(epoch + 1)?;
        }
        Ok(())
    }

    fn shown(&self, input: &Tensor, index: &Tensor) -> Tensor {
        let mask = spread(&self.masks.index_select(0, index).to_kind(Kind::Float), self.units);
        blend(input, &mask, &unless_filled_up(self.backdrop.draw(input, None), input, self.units))
    }

    fn end_epoch(&mut self, epoch: u32) -> Result<(), ExplainError> {
        // The same noise after every epoch, so that epochs can be compared.
        seed_step(self.seed, u64::MAX - 1);
        let mut right = 0.0;
        for items in self.held_out.chunks(CHUNK) {
            let index = indices(items, self.input.device());
            let input = self.input.index_select(0, &index);
            let answers = tch::no_grad(|| {
                let rebuilt = self.generator.forward(&self.shown(&input, &index));
                self.black_box.logits(&rebuilt).argmax(-1, false)
            });
            let same = answers.eq_tensor(&self.classes.index_select(0, &index)).sum(Kind::Int64);
            right += same.int64_value(&[]) as f64;
        }
        let agreement = right / self.held_out.len() as f64;
        if self.best.as_ref().is_none_or(|(best, ..)| agreement > *best) {
            let weights = tch::no_grad(|| self.store.trainable_variables().iter().map(Tensor::copy).collect());
            self.best = Some((agreement, epoch, weights));
        }
        let best_epoch = self.best.as_ref().map_or(0, |(_, at, _)| *at);
        self.is_done = epoch >= self.epochs || epoch >= best_epoch + PATIENCE;
        if self.is_done
            && let Some((.., weights)) = &self.best
        {
            tch::no_grad(|| {
                for (mut variable, best) in self.store.trainable_variables().into_iter().zip(weights) {
                    variable.copy_(best);
                }
            });
        }
        Ok(())
    }

    /// Whether the black box's class of what is rebuilt from each item's part is its class of the whole. Noise depends on `seed` and item alone.
    pub fn agreement(&self, test: Shown<'_>, seed: u64) -> Result<Vec<bool>, ExplainError> {
        let noise = fill_rows(test.rows, self.units, Fill::Noise, self.black_box.background(), seed);
        let shown = keep_only(test.rows, self.units, test.masks, &noise);
        let mut same = Vec::with_capacity(test.rows.n());
        for start in (0..shown.n()).step_by(CHUNK) {
            let end = (start + CHUNK).min(shown.n());
            let input = from_rows(&shown.slice(start..end), self.input.device());
            let answers =
                to_vec(&tch::no_grad(|| self.black_box.logits(&self.generator.forward(&input)).argmax(-1, false)))?;
            same.extend(
                answers.iter().zip(&test.classes[start..end]).map(|(answer, class)| *answer as usize == *class),
            );
        }
        Ok(same)
    }
}

/// Masks as bytes `[n, units]`: 60,000 of them stay small.
fn mask_bytes(masks: &[Mask], device: Device) -> Tensor {
    let bytes: Vec<u8> = masks.iter().flat_map(|mask| mask.0.iter().map(|&kept| u8::from(kept))).collect();
    Tensor::from_slice(&bytes).view([masks.len() as i64, -1]).to_device(device)
}
