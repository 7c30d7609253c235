//! Brevity: into how many groups of related words the selected words fall (AIM, appendix B.2).

use std::collections::{BTreeSet, HashMap};

use super::words::{selected_words, vocabulary};
use super::{Context, Metric, MetricSpec, MetricUnit, TEXTS, wordnet};
use crate::data::text::TextFit;
use crate::explain::ExplainError;

/// Number of groups.
#[derive(Debug)]
pub struct Brevity {
    spec: &'static MetricSpec,
    count: fn(&[&Family]) -> usize,
}

/// A word's relatives; empty where WordNet does not have it.
type Family = BTreeSet<&'static str>;

/// Grouped as the paper says.
pub static BREVITY: Brevity = Brevity { spec: &SPEC, count: clusters };

static SPEC: MetricSpec = MetricSpec {
    id: "brevity",
    title: "Brevity",
    tip: "Number of groups of related words among the selected ones: from the best word on, each joins the first group whose first word has a relative in \
          common with it (AIM, appendix B.2). Synonyms and related words of WordNet from the crate thesaurus 0.5.2, regular inflections undone.",
    unit: MetricUnit::Number,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: TEXTS,
};

/// Grouped as the published code does.
pub static BREVITY_AS_PUBLISHED: Brevity = Brevity { spec: &PUBLISHED_SPEC, count: clusters_as_published };

static PUBLISHED_SPEC: MetricSpec = MetricSpec {
    id: "brevity_as_published",
    title: "Brevity, as published",
    tip: "What AIM's published code counts, and so its tables show: it gives every word of WordNet the relative \"similar\", so that they all fall into \
          one group; each word that WordNet does not have is one of its own. WordNet from the crate thesaurus 0.5.2.",
    unit: MetricUnit::Number,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for Brevity {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let text = vocabulary(context, self.spec)?;
        let selected = selected_words(context);
        let families = families(text, selected.iter().flatten().copied());
        let none = Family::new();
        let count = |words: &Vec<usize>| {
            let of_words: Vec<&Family> = words.iter().map(|id| families.get(id).unwrap_or(&none)).collect();
            (self.count)(&of_words) as f64
        };
        Ok(selected.iter().map(count).collect())
    }
}

/// Relatives of each word that occurs. WordNet's words are in lower case; a vocabulary may have them as written.
fn families(text: &TextFit, ids: impl Iterator<Item = usize>) -> HashMap<usize, Family> {
    let mut out = HashMap::new();
    for id in ids {
        out.entry(id).or_insert_with(|| wordnet::family(&text.word(id).to_lowercase()));
    }
    out
}

/// Groups, best word first: each word joins the first earlier group with whose first word it shares a relative.
pub fn clusters(families: &[&Family]) -> usize {
    let mut heads: Vec<&Family> = Vec::new();
    for family in families {
        if !heads.iter().any(|head| !head.is_disjoint(family)) {
            heads.push(family);
        }
    }
    heads.len()
}

/// The same where all words that WordNet has share one relative.
pub fn clusters_as_published(families: &[&Family]) -> usize {
    let missing = families.iter().filter(|family| family.is_empty()).count();
    missing + usize::from(missing < families.len())
}
