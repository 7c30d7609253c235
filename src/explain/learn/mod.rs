//! Selectors that are trained. A learner owns its networks and losses; the run owns data, order, validation and the best checkpoint.

pub mod aim;
pub mod aim_nets;
pub mod aim_options;
pub mod bare;
pub mod columns;
pub mod concrete;
pub mod dorar;
pub mod dorar_nets;
pub mod fresh_generator;
pub mod l2x;
pub mod mask_only;
pub mod meed;
pub mod run;
pub mod selector;
pub mod series;
pub mod text;
pub mod wasserstein;

use tch::{Device, Tensor};

use super::ExplainError;
use crate::data::{Modality, Units};
use crate::model::optim::{Optim, OptimSpec};
use crate::model::params::{ParamKind, ParamSpec, Params};
use crate::model::{Architecture, Background, InputSpec, TensorBox};

/// Parameters that mean something for one kind of input only.
pub const OF_ONE_KIND: &[(&str, Modality)] =
    &[("word-vectors", Modality::Text), ("generator", Modality::Series), ("places", Modality::Series)];

/// What a learner is made from.
pub struct Setup<'a> {
    /// Values of the method's parameters.
    pub params: &'a Params,
    /// What is selected.
    pub units: Units,
    /// How many.
    pub k: usize,
    /// Classes of the black box.
    pub classes: usize,
    /// What the black box reads.
    pub input: InputSpec,
    /// Architecture of the black box, which approximators share.
    pub architecture: &'static Architecture,
    /// Mean and examples of the black box's training rows.
    pub background: &'a Background,
    /// The black box's own weights, as safetensors.
    pub weights: &'a [u8],
    /// Seed of the initialisation.
    pub seed: u64,
    /// Where to train.
    pub device: Device,
}

/// A minibatch.
pub struct Batch<'a> {
    /// Inputs `[b, c, h, w]`.
    pub input: &'a Tensor,
    /// The black box's probabilities `[b, classes]`.
    pub probs: &'a Tensor,
    /// Epoch, from 1.
    pub epoch: u32,
    /// Share of all training steps done before this one, 0..1.
    pub progress: f64,
    /// The black box, frozen.
    pub black_box: &'a dyn TensorBox,
}

/// Losses of a step by name, as scalars.
pub type Losses = Vec<(&'static str, Tensor)>;

/// Networks and losses of one method under training.
pub trait Learner {
    /// One update of all its networks; returns its losses by name. libtorch's generator is seeded before.
    fn step(&mut self, batch: &Batch<'_>) -> Result<Losses, ExplainError>;

    /// Noiseless scores `[b, units]` in evaluation mode.
    fn scores(&self, input: &Tensor, probs: &Tensor) -> Tensor;

    /// Noiseless scores of every class `[b, units, classes]` in evaluation mode, for methods that tell classes apart; [`Learner::scores`] are then
    /// the column of the black box's class.
    fn class_scores(&self, _input: &Tensor, _probs: &Tensor) -> Option<Tensor> {
        None
    }

    /// Its own approximator's logits `[b, classes]` on an input with a hard mask, where it has one.
    fn approximate(&self, masked: &Tensor) -> Option<Tensor>;

    /// Weights of the selector, as safetensors.
    fn weights(&self) -> Result<Vec<u8>, ExplainError>;
}

/// For each row the scores `[b, units]` of one class, from those of all `[b, units, classes]` and the classes `[b]`.
pub fn column(weights: &Tensor, class: &Tensor) -> Tensor {
    let size = weights.size();
    let index = class.view([-1, 1, 1]).expand([size[0], size[1], 1], false);
    weights.gather(2, &index, false).squeeze_dim(2)
}

/// One step of several optimizers on one loss: one backward pass, then every step.
pub(crate) fn step_together(optimizers: &mut [Optim], loss: &Tensor) -> Result<(), ExplainError> {
    optimizers.iter_mut().for_each(Optim::zero_grad);
    loss.f_backward()?;
    optimizers.iter_mut().for_each(Optim::step);
    Ok(())
}

/// What falls geometrically from its first to its last value, when a share `progress` of the steps is done.
pub(crate) fn falling((first, last): (f64, f64), progress: f64) -> f64 {
    first * (last / first).powf(progress)
}

/// Parameter: temperature of the Concrete distribution.
pub const fn temperature(default: f64) -> ParamSpec {
    ParamSpec {
        id: "temperature",
        label: "Temperature",
        tip: "Temperature of the Concrete (Gumbel-softmax) draws: low is nearly hard, high is smooth. 0.5 for text and images, 0.1 for \
              synthetic data (L2X, published code).",
        kind: ParamKind::Real { min: 0.01, max: 10.0, default, log: true },
    }
}

/// Parameter: how far answers are softened before they are compared.
pub const fn softening() -> ParamSpec {
    ParamSpec {
        id: "softening",
        label: "Answer temperature",
        tip: "How much the black box's answers are softened: its log-probabilities are divided by this before the answer to a part is compared with the \
              full one. A certain answer gives a selector next to nothing to learn from; above 1, units that change it only a little count too (Hinton et \
              al. 2015 for distillation). 1: as in the papers.",
        kind: ParamKind::Real { min: 1.0, max: 100.0, default: 1.0, log: true },
    }
}

/// Parameter: temperature at the end of training.
pub const fn final_temperature(default: f64) -> ParamSpec {
    ParamSpec {
        id: "final-temperature",
        label: "Final temperature",
        tip: "Temperature at the last step; it falls to it geometrically. Smooth draws teach quickly, hard ones are what is seen when explaining. \
              Equal to the temperature: constant, as in the papers.",
        kind: ParamKind::Real { min: 0.01, max: 10.0, default, log: true },
    }
}

/// Parameter: what word vectors of a selector of texts start from.
pub const fn word_vectors() -> ParamSpec {
    ParamSpec {
        id: "word-vectors",
        label: "Word vectors start",
        tip: "What the method's word vectors are before training, for texts. Copies of the black box's say from the first step what words mean to it; \
              with random ones, as in the papers, a selector learns its training texts by heart before it has found out. Copies that stay as they \
              are leave less to be learned by heart. A black box that has none leaves them random.",
        kind: ParamKind::Choice {
            options: &[
                ("random", "at random, as in the papers"),
                ("black-box", "as copies of the black box's"),
                ("black-box-fixed", "as copies of the black box's that are not trained"),
            ],
            default: "random",
        },
    }
}

/// Parameter: who judges what a selection is worth while the selector is trained.
pub const fn critic() -> ParamSpec {
    ParamSpec {
        id: "critic",
        label: "Selections judged by",
        tip: "The selector learns from answers to its selections: this says whose. The papers train approximators beside it, networks that learn to give the \
              black box's answers from selections alone, because the box may only be queried; they also learn to read the class from the shape of the \
              mask, and on images the model itself then does not follow. Where the box gives gradients, the frozen box itself is the better judge.",
        kind: ParamKind::Choice {
            options: &[
                (
                    "black-box",
                    "the frozen black box itself: what is selected must suffice for the model; needs its gradients",
                ),
                ("approximators", "networks trained beside the selector, as in the papers: the box is only queried"),
            ],
            default: "black-box",
        },
    }
}

/// Parameter: optimizer.
pub const fn optimizer() -> ParamSpec {
    ParamSpec {
        id: "optimizer",
        label: "Optimizer",
        tip: "MEED's image experiments use Adadelta with learning rate 1, L2X RMSprop with 0.001; Adam needs fewer epochs than both.",
        kind: ParamKind::Choice {
            options: &[
                ("adam", "Adam, Keras' constants"),
                ("adadelta", "Adadelta, Keras' constants (rho 0.95)"),
                ("rmsprop", "RMSprop, Keras' constants (rho 0.9)"),
            ],
            default: "adam",
        },
    }
}

/// The optimizer that `params` name.
pub(crate) fn optim_of(params: &Params, specs: &[ParamSpec]) -> OptimSpec {
    let lr = params.real(specs, "learning-rate");
    match params.choice(specs, "optimizer").as_str() {
        "adadelta" => OptimSpec::keras_adadelta(lr),
        "rmsprop" => OptimSpec::keras_rmsprop(lr),
        _ => OptimSpec::keras_adam(lr),
    }
}

impl From<tch::TchError> for ExplainError {
    fn from(error: tch::TchError) -> Self {
        Self::Model(crate::model::ModelError::Torch(error))
    }
}
