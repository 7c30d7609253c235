//! Infinite numbers in a table (`inf`, or more than a number of double precision can be): models read none, so they count as missing, and it is said.

use std::collections::BTreeMap;

use super::{Written, parse};
use crate::data::spec::in_words;

/// Fields that were infinite, by column: where they stood, and what stood there.
pub(super) struct Infinite(BTreeMap<usize, Vec<(usize, String)>>);

/// Whether a program would read it as an infinite number.
fn is_infinite(field: &str) -> bool {
    // Nothing else can be one: the word, an exponent, or more digits than a number may have.
    let is_suspect = field.len() > 300 || field.bytes().any(|byte| matches!(byte, b'i' | b'I' | b'e' | b'E'));
    is_suspect && field.parse::<f64>().is_ok_and(f64::is_infinite)
}

impl Infinite {
    /// Empties the infinite fields of all columns but `words`, so that nothing stumbles over them.
    pub(super) fn take(written: &mut Written, words: &[usize]) -> Self {
        let width = written.names.len().max(1);
        let mut found = BTreeMap::<usize, Vec<(usize, String)>>::new();
        for (place, field) in written.fields.iter_mut().enumerate() {
            if is_infinite(field) && !words.contains(&(place % width)) {
                found.entry(place % width).or_default().push((place, std::mem::take(field)));
            }
        }
        Self(found)
    }

    /// Puts them back into columns that hold something else than numbers. What is to be said of those that stay missing, in columns that are `used`.
    pub(super) fn settle(self, written: &mut Written, used: impl Fn(usize) -> bool) -> Option<String> {
        let mut said = Vec::new();
        for (at, fields) in self.0 {
            if written.present(at).all(|field| parse(field).is_some()) {
                if used(at) {
                    said.push(format!("{} in column {}", fields.len(), written.names[at].trim()));
                }
                continue;
            }
            for (place, field) in fields {
                written.fields[place] = field;
            }
        }
        (!said.is_empty()).then(|| format!("Infinite numbers count as missing: {}", in_words(&said)))
    }
}
