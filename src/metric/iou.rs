//! IoU: whether similar documents get the same words (AIM, appendix B.4; after Situ et al. 2021).

use super::neighbours::{Index, neighbours};
use super::words::{fillers, selected_words, vocabulary};
use super::{Context, Metric, MetricSpec, MetricUnit, TEXTS};
use crate::data::text::fit::UNKNOWN;
use crate::explain::ExplainError;

/// The metric.
#[derive(Debug)]
pub struct Iou;

static SPEC: MetricSpec = MetricSpec {
    id: "iou",
    title: "IoU of neighbours",
    tip: "How much the selected words of similar documents have in common, |A ∩ B| / |A ∪ B|, the mean over a document's neighbours of the same predicted \
          class: the 10 that share most words and the 10 nearest others by the cosine of TF-IDF vectors, or of an embedding of your own, where the \
          paper takes BERT (AIM, appendix B.4). NLTK's English stop words (crate stop-words 0.10.1), punctuation and unknown words are left out.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for Iou {
    fn spec(&self) -> &'static MetricSpec {
        &SPEC
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let fillers = fillers(vocabulary(context, &SPEC)?);
        let is_left_out = |id: usize| id <= UNKNOWN || fillers.get(id).copied().unwrap_or(true);
        let neighbours = context.neighbours(|context| {
            let classes = context.test.probs.all_classes();
            let index = Index::new(&context.test.rows, &is_left_out);
            let vectors = context.text_vectors()?;
            neighbours(&index, vectors.as_deref(), &classes, &mut |progress| context.checkpoint(progress))
        })?;
        let mut words = selected_words(context);
        for words in &mut words {
            words.retain(|id| !is_left_out(*id));
            words.sort_unstable();
        }
        let of_item = |(item, near): (usize, &Vec<usize>)| {
            let shared = near.iter().map(|other| overlap(&words[item], &words[*other])).sum::<f64>();
            (!near.is_empty()).then(|| 100.0 * shared / near.len() as f64)
        };
        // An item that is alone in its class has no neighbours, and no value.
        let values: Vec<f64> = neighbours.iter().enumerate().filter_map(of_item).collect();
        if values.is_empty() {
            return Err(ExplainError::Unfit(format!(
                "{} needs at least two texts of one predicted class, found none; measure more items",
                SPEC.title
            )));
        }
        Ok(values)
    }
}

/// |A ∩ B| / |A ∪ B| of two ascending lists; 0 where both are empty, since nothing is stable in them.
pub fn overlap(a: &[usize], b: &[usize]) -> f64 {
    let both = a.iter().filter(|id| b.binary_search(id).is_ok()).count();
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}
