//! FS-M and FU-M: does the black box give the same class from S only, from S̄ only?

use super::context::{Form, Part};
use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::explain::ExplainError;
use crate::explain::fidelity::same_class;

/// Agreement of the black box with itself on one side of the mask.
#[derive(Debug)]
pub struct Masked {
    spec: MetricSpec,
    part: Part,
}

/// Fidelity of the selected units by the model.
pub static FS_M: Masked = Masked {
    spec: MetricSpec {
        id: "fs_m",
        title: "FS-M",
        tip: "Share of items whose class by the black box stays when only the selected units are shown (MEED, section 4.0.2).",
        unit: MetricUnit::Percent,
        higher_is_better: Some(true),
        is_slow: false,
        modalities: ANY,
    },
    part: Part::Selected,
};

/// Fidelity of the unselected units by the model.
pub static FU_M: Masked = Masked {
    spec: MetricSpec {
        id: "fu_m",
        title: "FU-M",
        tip: "Share of items whose class by the black box stays when the selected units are hidden: low means that what was selected was \
              needed (MEED, section 4.0.2).",
        unit: MetricUnit::Percent,
        higher_is_better: Some(false),
        is_slow: false,
        modalities: ANY,
    },
    part: Part::Unselected,
};

/// L2X's name for FS-M.
pub static POSTHOC_ACCURACY: Masked = Masked {
    spec: MetricSpec {
        id: "posthoc_accuracy",
        title: "Post-hoc accuracy",
        tip: "L2X's name for FS-M: agreement of the black box on the selected units with itself on all (L2X, section 4).",
        unit: MetricUnit::Percent,
        higher_is_better: Some(true),
        is_slow: false,
        modalities: ANY,
    },
    part: Part::Selected,
};

impl Metric for Masked {
    fn spec(&self) -> &'static MetricSpec {
        match self.spec.id {
            "fs_m" => &FS_M.spec,
            "fu_m" => &FU_M.spec,
            _ => &POSTHOC_ACCURACY.spec,
        }
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let full = context.test.probs.clone();
        Ok(shares(&same_class(&full, context.answers(self.part, Form::InPlace)?)))
    }
}

/// Outcomes as 0 or 100.
pub(super) fn shares(outcomes: &[bool]) -> Vec<f64> {
    outcomes.iter().map(|outcome| if *outcome { 100.0 } else { 0.0 }).collect()
}
