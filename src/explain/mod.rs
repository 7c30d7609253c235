//! Explainers: methods that score the units of an input. Learned selectors and gradients share [`Scores`] and one trait.
//!
//! A method is one file plus one line in [`METHODS`]. What a trained explainer consists of is [`SavedExplainer`]: plain bytes and a card.

pub mod card;
pub mod fidelity;
pub mod gradient;
pub mod learn;
pub mod mask;
pub mod random;

pub use card::{ExplainerCard, SavedExplainer};
pub use mask::{Fill, Mask, top_k};

use crate::data::{Modality, Rows, Units};
use crate::model::params::{ParamSpec, Preset};
use crate::model::{BlackBox, ModelError, Probs};

/// Scores of a batch: `n` rows of `units` values; higher means more important. Never NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Units of each input.
    pub units: usize,
    /// `n * units` values.
    pub values: Vec<f32>,
}

impl Scores {
    /// How many rows.
    pub fn n(&self) -> usize {
        self.values.len().checked_div(self.units).unwrap_or(0)
    }

    /// Scores of row `row_idx`.
    pub fn row(&self, row_idx: usize) -> &[f32] {
        &self.values[row_idx * self.units..(row_idx + 1) * self.units]
    }
}

/// What a method is, for cards, forms and the command line.
#[derive(Debug)]
pub struct MethodSpec {
    /// Id on the command line and in cards.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it does, in two sentences.
    pub summary: &'static str,
    /// Where it comes from.
    pub citation: &'static str,
    /// Its parameters.
    pub params: &'static [ParamSpec],
    /// Named sets of values.
    pub presets: &'static [Preset],
    /// Whether it must be trained before it explains.
    pub trains: bool,
    /// Whether it needs gradients of the black box.
    pub needs_gradients: bool,
    /// What it can explain.
    pub modalities: &'static [Modality],
}

/// An explanation method.
pub trait Method: Sync {
    /// What it is.
    fn spec(&self) -> &'static MethodSpec;

    /// A learner for `setup`, for methods that train.
    fn learner(&self, setup: &learn::Setup<'_>) -> Option<Result<Box<dyn learn::Learner>, ExplainError>>;

    /// An explainer ready to use. `saved.weights` is empty for methods that need no training.
    fn explainer(&self, saved: &SavedExplainer, black_box: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError>;
}

/// Something that scores units.
pub trait Explainer {
    /// Scores of each row, given the black box's answers `probs` to the full rows. Randomness comes from `seed` alone.
    fn scores(
        &mut self,
        black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        seed: u64,
    ) -> Result<Scores, ExplainError>;
}

/// Every method, in the order of menus and tables. A new one is one file and one line here.
pub static METHODS: &[&dyn Method] =
    &[&learn::l2x::L2x, &learn::meed::Meed, &gradient::Gradient, &gradient::GradientTimesInput, &random::Random];

/// The method with `id`.
pub fn method(id: &str) -> Result<&'static dyn Method, ExplainError> {
    METHODS.iter().copied().find(|method| method.spec().id == id).ok_or_else(|| ExplainError::UnknownMethod {
        id: id.to_owned(),
        known: METHODS.iter().map(|method| method.spec().id).collect::<Vec<_>>().join(", "),
    })
}

/// What can go wrong while explaining. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// No such method.
    #[error("method {id}: expected one of {known}; name one of these")]
    UnknownMethod {
        /// As given.
        id: String,
        /// What exists.
        known: String,
    },
    /// The black box gives no gradients.
    #[error(
        "{method} needs gradients of the black box, and {black_box} gives none; choose a method that only queries it"
    )]
    NoGradients {
        /// Method.
        method: String,
        /// Black box.
        black_box: String,
    },
    /// A saved explainer that does not fit.
    #[error("{path}: expected {expected}, found {found}; {advice}")]
    Saved {
        /// File or folder.
        path: String,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A wrong request.
    #[error("{0}")]
    Unfit(String),
    /// From the model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl From<tch::TchError> for ExplainError {
    fn from(error: tch::TchError) -> Self {
        Self::Model(ModelError::Torch(error))
    }
}
