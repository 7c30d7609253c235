//! Mask-only accuracy: how well a small network tells the black box's class from the hard mask alone, without any input value.
//!
//! A mask can spell the label ("combinatorial shortcut"): the approximator then reads the mask, not the input. No paper's cure is reliable, so
//! it is measured. On images honest masks tell much too (an 8 has other strokes than a 3), so the figure is read beside a random row's and
//! beside FS-M.

use tch::nn::{self, Module};
use tch::{Device, Tensor};

use crate::explain::{ExplainError, Mask};
use crate::model::Network;
use crate::model::layers::{Framework, linear};
use crate::model::optim::OptimSpec;
use crate::model::train::{ClassifierRun, ClassifierSetup, one_hot};

/// Hidden units of the small network.
const HIDDEN: i64 = 64;
/// Its epochs.
const EPOCHS: u32 = 20;

#[derive(Debug)]
struct Small {
    dense1: nn::Linear,
    dense2: nn::Linear,
}

impl Network for Small {
    fn logits(&self, input: &Tensor, _train: bool) -> Tensor {
        self.dense2.forward(&self.dense1.forward(input).relu())
    }
}

/// Whether the class of each `test` mask is told right after learning from the `train` masks. Classes are the black box's.
pub fn mask_only(
    train: (&[Mask], &[usize]),
    test: (&[Mask], &[usize]),
    n_classes: usize,
    seed: u64,
) -> Result<Vec<bool>, ExplainError> {
    let units = train.0.first().or(test.0.first()).map_or(0, |mask| mask.0.len()) as i64;
    if train.0.is_empty() || test.0.is_empty() {
        return Err(ExplainError::Unfit(
            "mask-only accuracy needs masks to learn from and masks to test on".to_owned(),
        ));
    }
    let mut run = ClassifierRun::new(ClassifierSetup {
        build: &|path| {
            Box::new(Small {
                dense1: linear(path / "dense1", units, HIDDEN, Framework::Keras),
                dense2: linear(path / "dense2", HIDDEN, n_classes as i64, Framework::Keras),
            })
        },
        optimizer: OptimSpec::keras_adam(1e-3),
        input: mask_tensor(train.0),
        targets: one_hot(train.1, n_classes, Device::Cpu),
        batch: 64,
        epochs: EPOCHS,
        seed,
        device: Device::Cpu,
    })?;
    while !run.is_done() {
        run.step()?;
    }
    let answers = run.classes(&mask_tensor(test.0))?;
    Ok(answers.iter().zip(test.1).map(|(answer, class)| answer == class).collect())
}

fn mask_tensor(masks: &[Mask]) -> Tensor {
    let values: Vec<f32> = masks.iter().flat_map(|mask| mask.0.iter().map(|&kept| f32::from(u8::from(kept)))).collect();
    Tensor::from_slice(&values).view([masks.len() as i64, -1])
}
