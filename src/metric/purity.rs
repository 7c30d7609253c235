//! Purity: how much of what is selected are stop words and punctuation (AIM, appendix B.1).

use super::words::{fillers, selected_words, vocabulary};
use super::{Context, Metric, MetricSpec, MetricUnit, TEXTS};
use crate::explain::ExplainError;

/// The metric.
#[derive(Debug)]
pub struct Purity;

static SPEC: MetricSpec = MetricSpec {
    id: "purity",
    title: "Purity",
    tip: "Stop words and punctuation among the selected words: different ones, divided by k, as in AIM's published code (appendix B.1); lower is purer. \
          NLTK's English stop words from the crate stop-words 0.10.1; punctuation is any word without letter or digit.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for Purity {
    fn spec(&self) -> &'static MetricSpec {
        &SPEC
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let fillers = fillers(vocabulary(context, &SPEC)?);
        let is_filler = |id: &usize| fillers.get(*id).copied().unwrap_or(false);
        let impure = |words: Vec<usize>| words.iter().filter(|id| is_filler(id)).count();
        let k = context.k.max(1) as f64;
        Ok(selected_words(context).into_iter().map(|words| 100.0 * impure(words) as f64 / k).collect())
    }
}
