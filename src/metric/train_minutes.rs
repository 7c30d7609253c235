//! How long training the explainer took, as AIM's Table 2 reports it.

use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::explain::{ExplainError, method};

/// The metric.
#[derive(Debug)]
pub struct TrainMinutes;

static SPEC: MetricSpec = MetricSpec {
    id: "train_minutes",
    title: "Training time",
    tip: "Wall-clock minutes that training the explainer took on the machine named in its card; one value, whatever k (AIM, Table 2). One \
          training has no interval. For methods that are trained.",
    unit: MetricUnit::Minutes,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: ANY,
};

impl Metric for TrainMinutes {
    fn spec(&self) -> &'static MetricSpec {
        &SPEC
    }

    fn depends_on_k(&self) -> bool {
        false
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        if !method(&context.card.method)?.spec().trains {
            return Err(ExplainError::NotDefined {
                metric: SPEC.title,
                needs: "a method that is trained",
                found: context.card.name.clone(),
            });
        }
        Ok(vec![context.card.seconds / 60.0])
    }
}
