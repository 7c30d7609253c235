//! WordNet's synonyms and related words, from the crate `thesaurus`, whose dictionary is unpacked once.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// Words and their relatives. Unpacking takes about a second.
fn dictionary() -> &'static HashMap<String, Vec<String>> {
    static DICTIONARY: OnceLock<HashMap<String, Vec<String>>> = OnceLock::new();
    DICTIONARY.get_or_init(thesaurus::dict)
}

/// Endings of inflected words and what stands there in the dictionary: WordNet's own rules of detachment (its `morphy`, noun, verb, adjective). The crate
/// has no list of irregular forms, so `ran` and `better` are looked up as they are.
const ENDINGS: [(&str, &str); 18] = [
    ("s", ""),
    ("ses", "s"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
    ("es", "e"),
    ("es", ""),
    ("ed", "e"),
    ("ed", ""),
    ("ing", "e"),
    ("ing", ""),
    ("er", ""),
    ("er", "e"),
    ("est", ""),
    ("est", "e"),
];

/// The word itself and its possible base forms, as far as WordNet has them.
pub fn lemmas(word: &str) -> BTreeSet<&'static str> {
    let detached = ENDINGS.iter().filter_map(|(ending, base)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.len() > 1)?;
        Some(format!("{stem}{base}"))
    });
    let known = |candidate: String| dictionary().get_key_value(&candidate).map(|(known, _)| known.as_str());
    std::iter::once(word.to_owned()).chain(detached).filter_map(known).collect()
}

/// All synonyms and related words of every lemma of `word`, the lemmas among them; empty for a word that is not in WordNet.
pub fn family(word: &str) -> BTreeSet<&'static str> {
    let mut out = lemmas(word);
    for lemma in out.clone() {
        out.extend(dictionary().get(lemma).into_iter().flatten().map(String::as_str).filter(|word| !word.is_empty()));
    }
    out
}
