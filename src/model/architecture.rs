//! The registry of black-box architectures. A new one is one file in `nets/` and one line here.

use tch::nn;

use super::ModelError;
use super::nets;
use super::optim::OptimSpec;
use super::params::{ParamKind, ParamSpec, Params, Preset};
use crate::data::Shape;

/// A black-box architecture: what it is and how it is trained by default.
#[derive(Debug)]
pub struct Architecture {
    /// Id on the command line and in cards.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it is, in two sentences.
    pub summary: &'static str,
    /// Where it comes from.
    pub citation: &'static str,
    /// Parameters of training.
    pub params: &'static [ParamSpec],
    /// Named sets of values.
    pub presets: &'static [Preset],
    /// Smallest height and width of inputs.
    pub min_side: usize,
    /// Builds the network: inputs `[n, c, h, w]` in 0..=1, outputs logits `[n, classes]`.
    pub build: fn(&nn::Path<'_>, Shape, usize) -> Box<dyn nn::ModuleT>,
    /// The optimizer at a learning rate.
    pub optimizer: fn(f64) -> OptimSpec,
}

impl Architecture {
    /// Refuses inputs that are too small, with a sentence.
    pub fn check(&self, shape: Shape) -> Result<(), ModelError> {
        if shape.height < self.min_side || shape.width < self.min_side {
            return Err(ModelError::Unfit(format!(
                "{} needs pictures of at least {side} x {side} pixels, found {} x {}; choose another black box",
                self.title,
                shape.height,
                shape.width,
                side = self.min_side
            )));
        }
        Ok(())
    }

    /// The optimizer with the learning rate of `params`.
    pub fn optim(&self, params: &Params) -> OptimSpec {
        (self.optimizer)(params.real(self.params, "learning-rate"))
    }
}

/// Every architecture, in menu order.
pub static ARCHITECTURES: &[&Architecture] =
    &[&nets::meed_cnn::MEED_CNN, &nets::l2x_cnn::L2X_CNN, &nets::aim_cnn::AIM_CNN, &nets::dorar_cnn::DORAR_CNN];

/// The architecture with `id`.
pub fn architecture(id: &str) -> Result<&'static Architecture, ModelError> {
    ARCHITECTURES.iter().copied().find(|architecture| architecture.id == id).ok_or_else(|| {
        let known: Vec<_> = ARCHITECTURES.iter().map(|architecture| architecture.id).collect();
        ModelError::Unfit(format!("black box {id}: expected one of {}; name one of these", known.join(", ")))
    })
}

/// Parameter: passes over the training data.
pub const fn epochs(default: i64) -> ParamSpec {
    ParamSpec {
        id: "epochs",
        label: "Epochs",
        tip: "Passes over the training items.",
        kind: ParamKind::Whole { min: 1, max: 1000, default },
    }
}

/// Parameter: items per update.
pub const fn batch(default: i64) -> ParamSpec {
    ParamSpec {
        id: "batch",
        label: "Batch size",
        tip: "Training items per update of the weights.",
        kind: ParamKind::Whole { min: 1, max: 4096, default },
    }
}

/// Parameter: learning rate.
pub const fn learning_rate(default: f64) -> ParamSpec {
    ParamSpec {
        id: "learning-rate",
        label: "Learning rate",
        tip: "Size of a step of the optimizer.",
        kind: ParamKind::Real { min: 1e-6, max: 10.0, default, log: true },
    }
}
