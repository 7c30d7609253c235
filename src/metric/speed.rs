//! TPS: seconds per explanation, one by one and batched, measured on this machine.

use std::time::Instant;

use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::data::evenly;
use crate::explain::ExplainError;
use crate::model::BlackBox;

/// Most items that are explained one by one.
const ITEMS: usize = 100;

/// Time per explanation.
#[derive(Debug)]
pub struct Speed {
    spec: MetricSpec,
    batched: bool,
}

/// One by one.
pub static TPS: Speed = Speed {
    spec: MetricSpec {
        id: "tps",
        title: "Time, one by one",
        tip: "Seconds from an input to its scores, the black box's answer included, one item at a time.",
        unit: MetricUnit::Seconds,
        higher_is_better: Some(false),
        is_slow: false,
        modalities: ANY,
    },
    batched: false,
};

/// In one batch.
pub static TPS_BATCHED: Speed = Speed {
    spec: MetricSpec {
        id: "tps_batched",
        title: "Time, batched",
        tip: "Seconds per item when all items are explained in one go, the black box's answers included.",
        unit: MetricUnit::Seconds,
        higher_is_better: Some(false),
        is_slow: false,
        modalities: ANY,
    },
    batched: true,
};

impl Metric for Speed {
    fn spec(&self) -> &'static MetricSpec {
        if self.batched { &TPS_BATCHED.spec } else { &TPS.spec }
    }

    fn depends_on_k(&self) -> bool {
        false
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let rows = if self.batched {
            context.test.rows.clone()
        } else {
            context.test.rows.pick(&evenly(context.test.rows.n(), ITEMS))
        };
        let mut seconds = Vec::new();
        let step = if self.batched { rows.n() } else { 1 };
        for start in (0..rows.n()).step_by(step.max(1)) {
            let part = rows.slice(start..start + step);
            let started = Instant::now();
            let probs = context.black_box.predict(&part)?;
            context.explainer.scores(context.black_box, &part, &probs, context.units, context.seed)?;
            seconds.push(started.elapsed().as_secs_f64() / step as f64);
        }
        Ok(seconds)
    }
}
