//! What metrics of words share: the words that were selected, stop words and punctuation.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::{Context, MetricSpec};
use crate::data::Unit;
use crate::data::text::TextFit;
use crate::data::text::fit::{PADDING, UNKNOWN};
use crate::explain::ExplainError;

/// Whether `word` is one of NLTK's English stop words. Curved apostrophes count as straight ones.
pub fn is_stop_word(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| stop_words::lookup("en").unwrap_or_default().iter().copied().collect());
    words.contains(word.replace('\u{2019}', "'").to_lowercase().as_str())
}

/// Whether `word` holds neither letter nor digit.
pub fn is_punctuation(word: &str) -> bool {
    !word.chars().any(char::is_alphanumeric)
}

/// Which token ids of a vocabulary are stop words or punctuation; the unknown word and padding are none.
pub fn fillers(text: &TextFit) -> Vec<bool> {
    (0..text.vocabulary_len())
        .map(|id| id > UNKNOWN && (is_stop_word(text.word(id)) || is_punctuation(text.word(id))))
        .collect()
}

/// The vocabulary, for metrics of words.
///
/// # Errors
/// Units that are no words.
pub fn vocabulary<'a>(context: &Context<'a>, spec: &MetricSpec) -> Result<&'a TextFit, ExplainError> {
    match context.text() {
        Some(text) if context.units.unit == Unit::Word => Ok(text),
        _ => Err(ExplainError::Unfit(format!(
            "{} is defined for words as units, found {}; explain words",
            spec.title,
            context.units.unit.noun(2)
        ))),
    }
}

/// Token ids of the words selected in each reported item at the present k: best first, each word once, however often it was selected.
pub fn selected_words(context: &Context<'_>) -> Vec<Vec<usize>> {
    let id = |row_idx: usize, place: usize| context.test.rows.row(row_idx)[place] as usize;
    let of_row = |(row_idx, order): (usize, Vec<usize>)| distinct(order.into_iter().map(|place| id(row_idx, place)));
    context.test_order().into_iter().enumerate().map(of_row).collect()
}

/// `ids` without padding, each once, in the order of their first appearance.
pub fn distinct(ids: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    for id in ids {
        if id != PADDING && !out.contains(&id) {
            out.push(id);
        }
    }
    out
}
