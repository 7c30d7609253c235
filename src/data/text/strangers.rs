//! Words that a vocabulary does not have, for models that read words and not their numbers: numbered as the program meets them, for as long as it runs.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Most words. Each is a fraction of an `f32` between 1 and 2, of which there are twice as many.
const MOST: usize = 1 << 22;
/// Most bytes of all words.
const MOST_BYTES: usize = 256 << 20;

#[derive(Default)]
struct Met {
    /// The word with number `i + 1`. None is ever taken away: a row that names it may still be about.
    words: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    bytes: usize,
}

static MET: LazyLock<RwLock<Met>> = LazyLock::new(RwLock::default);

/// The number of a word, from 1; `None` where there is no room for more.
pub(super) fn number(word: &str) -> Option<u32> {
    if let Some(number) = MET.read().unwrap_or_else(PoisonError::into_inner).numbers.get(word) {
        return Some(*number);
    }
    let mut met = MET.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = met.numbers.get(word) {
        return Some(*number);
    }
    if met.words.len() >= MOST || met.bytes + word.len() > MOST_BYTES {
        return None;
    }
    let word: Arc<str> = word.into();
    met.bytes += word.len();
    met.words.push(word.clone());
    let number = met.words.len() as u32;
    met.numbers.insert(word, number);
    Some(number)
}

/// The word with this number.
pub(super) fn word(number: u32) -> Option<Arc<str>> {
    let met = MET.read().unwrap_or_else(PoisonError::into_inner);
    met.words.get(usize::try_from(number.checked_sub(1)?).ok()?).cloned()
}
