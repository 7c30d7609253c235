//! Change of the log-odds of the black box's class when the selected units are hidden, and when all others are (AIM, appendix B.5).

use super::context::{Form, Part};
use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::explain::ExplainError;

/// Log-odds of the full input minus those of a part.
#[derive(Debug)]
pub struct LogOdds {
    spec: &'static MetricSpec,
    part: Part,
}

/// The selected units are hidden.
pub static DELTA_LOG_ODDS_POS: LogOdds = LogOdds { spec: &POSITIVE, part: Part::Unselected };

static POSITIVE: MetricSpec = MetricSpec {
    id: "delta_log_odds_pos",
    title: "Δ log-odds, positive",
    tip: "How far the log-odds of the black box's class fall when the selected units are hidden (AIM, appendix B.5). As in its published code a \
          probability that rounds to 1 has log-odds 0, and words are moved together (pictures are masked in place). It also measures how saturated \
          the black box is: compare with random.",
    unit: MetricUnit::Number,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: ANY,
};

/// All other units are hidden.
pub static DELTA_LOG_ODDS_NEG: LogOdds = LogOdds { spec: &NEGATIVE, part: Part::Selected };

static NEGATIVE: MetricSpec = MetricSpec {
    id: "delta_log_odds_neg",
    title: "Δ log-odds, negative",
    tip: "How far the log-odds of the black box's class fall when only the selected units are shown; below zero it grows surer (AIM, appendix B.5). As \
          in its published code a probability that rounds to 1 has log-odds 0, and words are moved together (pictures are masked in place).",
    unit: MetricUnit::Number,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: ANY,
};

impl Metric for LogOdds {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let full = context.test.probs.clone();
        let form = if context.text().is_some() { Form::Repacked } else { Form::InPlace };
        let answers = context.answers(self.part, form)?;
        let change = |row_idx: usize| {
            let class = full.class(row_idx);
            log_odds(full.row(row_idx)[class]) - log_odds(answers.row(row_idx)[class])
        };
        Ok((0..full.n()).map(change).collect())
    }
}

/// log(p / (1 - p)); 0 for p >= 1, as AIM's published code has it. A p that rounds to 0 counts as the smallest ordinary number of its kind: minus
/// infinity would make every mean that it enters infinite.
pub fn log_odds(p: f32) -> f64 {
    if p >= 1.0 {
        return 0.0;
    }
    let p = f64::from(p.max(f32::MIN_POSITIVE));
    (p / (1.0 - p)).ln()
}
