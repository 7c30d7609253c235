//! Faithfulness as AIM calls FS-M, masked as its paper says and as its published code does.

use super::context::{Form, Part};
use super::masked::shares;
use super::{ANY, Context, Metric, MetricSpec, MetricUnit, TEXTS};
use crate::explain::ExplainError;
use crate::explain::fidelity::same_class;

/// Whether the black box's class stays when it is shown the selected units only.
#[derive(Debug)]
pub struct Faithfulness {
    spec: &'static MetricSpec,
    form: Form,
}

/// Masked in place, as the paper says.
pub static FAITHFULNESS: Faithfulness = Faithfulness { spec: &IN_PLACE, form: Form::InPlace };

static IN_PLACE: MetricSpec = MetricSpec {
    id: "faithfulness",
    title: "Faithfulness",
    tip: "AIM's name for FS-M: share of items whose class by the black box stays when only the selected units are shown, the others hidden in \
          place (AIM, appendix B.3).",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: ANY,
};

/// Moved together, as the published code does.
pub static FAITHFULNESS_REPACKED: Faithfulness = Faithfulness { spec: &REPACKED, form: Form::Repacked };

static REPACKED: MetricSpec = MetricSpec {
    id: "faithfulness_repacked",
    title: "Faithfulness, repacked",
    tip: "As faithfulness, but the selected words are moved together, best first, and padding follows: what AIM's published code measures and so \
          what its tables show. The black box no longer sees where the words stood.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for Faithfulness {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let full = context.test.probs.clone();
        Ok(shares(&same_class(&full, context.answers(Part::Selected, self.form)?)))
    }
}
