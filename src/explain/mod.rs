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

use crate::data::{Modality, Rows, Unit, Units};
use crate::model::params::{ParamSpec, Params, Preset};
use crate::model::{BlackBox, BoxCard, ModelError, Probs};

/// Scores of a batch: `n` rows of `units` values; higher means more important. Never NaN; minus infinity for what cannot be selected (padding).
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Units of each input.
    pub units: usize,
    /// `n * units` values.
    pub values: Vec<f32>,
    /// What each unit says for each class, for methods that tell classes apart.
    pub by_class: Option<ClassScores>,
}

/// Scores for each class: `n * units * classes` values, class fastest (AIM's W, section 3).
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScores {
    /// How many classes.
    pub classes: usize,
    /// `n * units * classes` values.
    pub values: Vec<f32>,
}

impl Scores {
    /// Scores that do not tell classes apart.
    pub const fn new(units: usize, values: Vec<f32>) -> Self {
        Self { units, values, by_class: None }
    }

    /// Makes what cannot be selected the least: units that hold only padding.
    pub fn forbid_padding(&mut self, rows: &Rows, units: Units) {
        if !units.unit.has_padding() {
            return;
        }
        for row_idx in 0..self.n() {
            let padding = units.padding(rows.row(row_idx));
            let row = &mut self.values[row_idx * self.units..(row_idx + 1) * self.units];
            for (score, _) in row.iter_mut().zip(&padding).filter(|(_, is_padding)| **is_padding) {
                *score = f32::NEG_INFINITY;
            }
            if let Some(by_class) = &mut self.by_class {
                let len = self.units * by_class.classes;
                let scores =
                    by_class.values[row_idx * len..(row_idx + 1) * len].chunks_exact_mut(by_class.classes.max(1));
                for (scores, _) in scores.zip(&padding).filter(|(_, is_padding)| **is_padding) {
                    scores.fill(f32::NEG_INFINITY);
                }
            }
        }
    }

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
    /// Kinds of input on which one of them, by id, is what the program starts from; elsewhere it is the parameters' own defaults.
    pub starts: &'static [(Modality, &'static str)],
    /// Whether it must be trained before it explains.
    pub trains: bool,
    /// Whether it needs gradients of the black box.
    pub needs_gradients: bool,
    /// What it can explain.
    pub modalities: &'static [Modality],
}

impl MethodSpec {
    /// Refuses a black box without gradients where the method always needs them.
    pub fn check_gradients(&self, black_box: &BoxCard) -> Result<(), ExplainError> {
        if !self.needs_gradients || black_box.has_gradients() {
            return Ok(());
        }
        Err(ExplainError::NoGradients { method: self.title.to_owned(), black_box: black_box.name.clone() })
    }

    /// Whether it needs gradients of the black box with these values, and which value (`id=value`) frees it from them; `Some(None)` where none does.
    pub fn needs_gradients_with(&self, params: &Params) -> Option<Option<&'static str>> {
        if self.needs_gradients {
            return Some(None);
        }
        let asks = |id: &str, value: &str| {
            let has = self.params.iter().any(|known| known.id == id);
            has && (params.choice(self.params, id) == value || params.switch(self.params, id))
        };
        let known = [("critic", "black-box", "critic=approximators"), ("prior", "on", "prior=off")];
        known.iter().find(|(id, value, _)| asks(id, value)).map(|(_, _, instead)| Some(*instead))
    }

    /// Sets what frees it from gradients of the black box, where that was left to the defaults. What was asked for stays, and is refused later.
    pub fn without_gradients(&self, params: &mut Params) {
        while let Some(Some(instead)) = self.needs_gradients_with(params) {
            let Some((id, value)) = instead.split_once('=').filter(|(id, _)| !params.0.contains_key(*id)) else {
                return;
            };
            if params.set(self.params, id, value).is_err() {
                return;
            }
        }
    }

    /// The parameters that mean something for this kind of input, in order.
    pub fn params_for(&self, modality: Modality) -> impl Iterator<Item = &'static ParamSpec> {
        let is_other = move |id: &str| learn::OF_ONE_KIND.iter().any(|(known, of)| *known == id && *of != modality);
        self.params.iter().filter(move |spec| !is_other(spec.id))
    }

    /// The values that the program starts from for this kind of input; what equals the parameters' defaults is left out.
    pub fn start(&self, modality: Modality) -> Params {
        let id = self.starts.iter().find(|(of, _)| *of == modality).map(|(_, id)| *id);
        let preset = self.presets.iter().find(|preset| Some(preset.id) == id);
        preset
            .and_then(|preset| Params::from_preset(self.params, preset).ok())
            .unwrap_or_default()
            .differing(self.params)
    }
}

/// An explanation method.
pub trait Method: Sync {
    /// What it is.
    fn spec(&self) -> &'static MethodSpec;

    /// A learner for `setup`, for methods that train.
    fn learner(&self, setup: &learn::Setup<'_>) -> Option<Result<Box<dyn learn::Learner>, ExplainError>>;

    /// An explainer ready to use. `saved.weights` is empty for methods that need no training.
    fn explainer(&self, saved: &SavedExplainer, black_box: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError>;

    /// Whether training to select such units keeps the weights of its last epoch instead of the best by FS-M.
    fn keeps_last(&self, _unit: Unit) -> bool {
        false
    }
}

/// Something that scores units.
pub trait Explainer {
    /// Scores of each row, given the black box's answers `probs` to the full rows. Randomness comes from `seed` alone. Padding may have any score.
    fn raw_scores(
        &mut self,
        black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        seed: u64,
    ) -> Result<Scores, ExplainError>;

    /// What its generators make of the selected part of each row and, where it learned that too, of the unselected part; noise from data stands at the
    /// places that a mask hides, drawn from `seed`. `None` for a method without generators.
    fn rebuild(
        &mut self,
        _black_box: &dyn BlackBox,
        _rows: &Rows,
        _masks: &[Mask],
        _units: Units,
        _seed: u64,
    ) -> Option<Result<Vec<Rows>, ExplainError>> {
        None
    }

    /// [`Explainer::raw_scores`] with padding at minus infinity: this is what everybody else calls.
    fn scores(
        &mut self,
        black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        seed: u64,
    ) -> Result<Scores, ExplainError> {
        let mut scores = self.raw_scores(black_box, rows, probs, units, seed)?;
        scores.forbid_padding(rows, units);
        Ok(scores)
    }
}

/// Every method, in the order of menus and tables. A new one is one file and one line here.
pub static METHODS: &[&dyn Method] = &[
    &learn::l2x::L2x,
    &learn::meed::Meed,
    &learn::aim::Aim,
    &learn::dorar::Dorar,
    &gradient::Gradient,
    &gradient::GradientTimesInput,
    &random::Random,
];

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
        "{method} needs gradients of the black box, and {black_box} gives none; choose a method that only queries it, or distil a stand-in that \
         has gradients first (`unmask fit --distil`, or Distil a stand-in under Train)"
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
    /// A figure that a method does not have.
    #[error("{metric} needs {needs}, found {found}")]
    NotDefined {
        /// The figure.
        metric: &'static str,
        /// What a method must have.
        needs: &'static str,
        /// The method.
        found: String,
    },
    /// A wrong request.
    #[error("{0}")]
    Unfit(String),
    /// From the model.
    #[error(transparent)]
    Model(#[from] ModelError),
}
