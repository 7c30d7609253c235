//! Texts that contain a phrase: capitals do not matter, and any white space, also a line's end, stands between its words.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use crate::data::{Dataset, Modality};

/// Most bytes of a phrase that is looked for; what is longer is cut.
pub const LONGEST: usize = 1000;
/// Texts that a thread takes at least.
const SHARE: usize = 2000;

/// What a search in one data set found.
#[derive(Debug)]
pub struct Found {
    phrase: String,
    data: String,
    pattern: Regex,
    contains: Vec<bool>,
}

/// The phrase as a pattern; `None` where it says nothing, or is more than a pattern may hold.
pub fn pattern(phrase: &str) -> Option<Regex> {
    let mut end = phrase.len().min(LONGEST);
    while !phrase.is_char_boundary(end) {
        end -= 1;
    }
    let words: Vec<String> = phrase[..end].split_whitespace().map(regex::escape).collect();
    if words.is_empty() { None } else { RegexBuilder::new(&words.join(r"\s+")).case_insensitive(true).build().ok() }
}

impl Found {
    /// Looks through all texts of `data`, on all cores; `None` where the phrase says nothing or the items are no texts.
    pub fn new(data: &Dataset, phrase: &str) -> Option<Self> {
        let pattern = pattern(phrase)?;
        if data.modality != Modality::Text {
            return None;
        }
        let mut contains = vec![false; data.len()];
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = data.len().div_ceil(threads).max(SHARE);
        std::thread::scope(|scope| {
            for (part_idx, part) in contains.chunks_mut(share).enumerate() {
                let pattern = pattern.clone();
                scope.spawn(move || {
                    for (at, contains) in part.iter_mut().enumerate() {
                        *contains = data.text(part_idx * share + at).is_some_and(|text| pattern.is_match(text));
                    }
                });
            }
        });
        Some(Self { phrase: phrase.to_owned(), data: data.hash.clone(), pattern, contains })
    }

    /// Whether this is the search for `phrase` in `data`: nothing need be looked through again.
    pub fn is_for(&self, data: &Dataset, phrase: &str) -> bool {
        self.phrase == phrase && self.data == data.hash && self.contains.len() == data.len()
    }

    /// Whether the text of `item` contains the phrase.
    pub fn contains(&self, item: usize) -> bool {
        self.contains.get(item).copied().unwrap_or(false)
    }

    /// Where the phrase first stands in `text`, in bytes.
    pub fn first_in(&self, text: &str) -> Option<Range<usize>> {
        self.pattern.find(text).map(|found| found.range())
    }
}
