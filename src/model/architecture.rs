//! The registry of black-box architectures. A new one is one file in `nets/` and one line here.

use tch::nn;

use super::ModelError;
use super::nets;
use super::network::Network;
use super::optim::OptimSpec;
use super::params::{ParamKind, ParamSpec, Params, Preset};
use crate::data::text::TextFitSpec;
use crate::data::{Modality, Shape};

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
    /// What it reads.
    pub modality: Modality,
    /// For text: how documents become rows of token numbers, given the parameters.
    pub text: Option<fn(&Params) -> TextFitSpec>,
    /// Smallest height and width of pictures; fewest steps of series.
    pub min_side: usize,
    /// Builds the network for inputs `[n, c, h, w]` (pictures in 0..=1, text as token numbers) and this many classes.
    pub build: fn(&nn::Path<'_>, InputSpec, usize) -> Box<dyn Network>,
    /// The optimizer at a learning rate.
    pub optimizer: fn(f64) -> OptimSpec,
}

/// What a network reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputSpec {
    /// Shape of one input.
    pub shape: Shape,
    /// For text: how many token numbers there are, padding and unknown among them. For tables: most categories of a column. 0 for all else.
    pub vocabulary: usize,
}

impl Architecture {
    /// Refuses inputs that are too small, with a sentence.
    pub fn check(&self, shape: Shape) -> Result<(), ModelError> {
        if self.modality == Modality::Series && shape.width < self.min_side {
            return Err(ModelError::Unfit(format!(
                "{} needs series of at least {} steps, found {}; choose another black box",
                self.title, self.min_side, shape.width
            )));
        }
        if self.modality != Modality::Image {
            return Ok(());
        }
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

    /// The optimizer with the learning rate of `params`; 0.001 for what has none, as a forest, in whose place a network may learn.
    pub fn optim(&self, params: &Params) -> OptimSpec {
        let has_rate = self.params.iter().any(|spec| spec.id == "learning-rate");
        (self.optimizer)(if has_rate { params.real(self.params, "learning-rate") } else { 1e-3 })
    }
}

/// Every architecture, in menu order.
pub static ARCHITECTURES: &[&Architecture] = &[
    &nets::meed_cnn::MEED_CNN,
    &nets::l2x_cnn::L2X_CNN,
    &nets::aim_cnn::AIM_CNN,
    &nets::dorar_cnn::DORAR_CNN,
    &nets::dorar_colour_cnn::DORAR_COLOUR_CNN,
    &nets::l2x_word_cnn::L2X_WORD_CNN,
    &nets::l2x_sentence_lstm::L2X_SENTENCE_LSTM,
    &nets::l2x_sentence_lstm::L2X_SENTENCE_LSTM_PACKED,
    &nets::aim_word_gru::AIM_WORD_GRU,
    &nets::aim_word_gru::AIM_WORD_GRU_PACKED,
    &nets::aim_word_cnn::AIM_WORD_CNN,
    &nets::aim_word_transformer::AIM_WORD_TRANSFORMER,
    &nets::aim_word_transformer::AIM_WORD_TRANSFORMER_PACKED,
    &nets::dorar_series::DORAR_SERIES,
    &nets::meed_series_lstm::MEED_SERIES_LSTM,
    &nets::table_nets::TABLE_MLP,
    &nets::table_nets::TABLE_LOGISTIC,
    &nets::forest::TABLE_FOREST,
    &nets::commands::EXEC,
    &nets::commands::EXEC_PICTURES,
    &nets::commands::EXEC_SERIES,
    &nets::commands::EXEC_TEXT,
    &nets::rules::RULE_XOR,
    &nets::rules::RULE_ORANGE,
    &nets::rules::RULE_ADDITIVE,
    &nets::rules::RULE_SWITCH,
];

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

/// Parameter: when to stop early.
pub const fn patience(default: i64) -> ParamSpec {
    ParamSpec {
        id: "patience",
        label: "Patience",
        tip: "Training stops after so many epochs without a better accuracy on validation, and the best epoch's weights are kept. Epochs that \
              give all validation items one class do not count.",
        kind: ParamKind::Whole { min: 1, max: 1000, default },
    }
}
