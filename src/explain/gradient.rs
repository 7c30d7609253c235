//! Gradients of the black box's own probability: the first baselines.

use super::learn::{Learner, Setup};
use super::{ExplainError, Explainer, Method, MethodSpec, SavedExplainer, Scores};
use crate::data::{Modality, Rows, Units};
use crate::model::{BlackBox, Probs, Saliency};

/// |dp/dx|, summed over the values of a unit.
#[derive(Debug)]
pub struct Gradient;

/// |x * dp/dx|, summed over the values of a unit.
#[derive(Debug)]
pub struct GradientTimesInput;

static GRADIENT: MethodSpec = MethodSpec {
    id: "grad",
    title: "Gradient",
    summary: "How strongly the probability of the predicted class reacts to a small change of each unit: the absolute gradient. It needs no \
              training, and says nothing about what happens when a unit is taken away.",
    citation: "Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks, 2014; absolute form as in Liang et al. 2020",
    params: &[],
    presets: &[],
    starts: &[],
    trains: false,
    needs_gradients: true,
    modalities: &[Modality::Image, Modality::Text, Modality::Series, Modality::Table],
};

static GRADIENT_TIMES_INPUT: MethodSpec = MethodSpec {
    id: "grad-x-input",
    title: "Gradient x input",
    summary: "The gradient of the predicted class's probability times the input, absolute: what would change, to first order, if a unit were \
              set to zero. It needs no training and can only pick units that are not already zero.",
    citation: "Shrikumar et al.: Not Just a Black Box, 2016; absolute form as in Liang et al. 2020",
    params: &[],
    presets: &[],
    starts: &[],
    trains: false,
    needs_gradients: true,
    modalities: &[Modality::Image, Modality::Text, Modality::Series, Modality::Table],
};

impl Method for Gradient {
    fn spec(&self) -> &'static MethodSpec {
        &GRADIENT
    }

    fn learner(&self, _: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        None
    }

    fn explainer(&self, _: &SavedExplainer, _: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        Ok(Box::new(GradientExplainer { times_input: false }))
    }
}

impl Method for GradientTimesInput {
    fn spec(&self) -> &'static MethodSpec {
        &GRADIENT_TIMES_INPUT
    }

    fn learner(&self, _: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        None
    }

    fn explainer(&self, _: &SavedExplainer, _: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        Ok(Box::new(GradientExplainer { times_input: true }))
    }
}

struct GradientExplainer {
    times_input: bool,
}

impl Explainer for GradientExplainer {
    fn raw_scores(
        &mut self,
        black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        _seed: u64,
    ) -> Result<Scores, ExplainError> {
        let spec = if self.times_input { &GRADIENT_TIMES_INPUT } else { &GRADIENT };
        let kind = if self.times_input { Saliency::TimesInput } else { Saliency::Gradient };
        let saliencies = black_box.saliency(rows, &probs.all_classes(), kind).ok_or_else(|| {
            ExplainError::NoGradients { method: spec.title.to_owned(), black_box: black_box.card().name.clone() }
        })??;
        let unit_of = units.unit_of_values();
        let n_units = units.count();
        let mut values = vec![0.0f32; rows.n() * n_units];
        for row_idx in 0..rows.n() {
            let scores = &mut values[row_idx * n_units..(row_idx + 1) * n_units];
            for (place, saliency) in saliencies.row(row_idx).iter().enumerate() {
                scores[unit_of[place] as usize] += saliency.abs();
            }
        }
        Ok(Scores::new(n_units, values))
    }
}
