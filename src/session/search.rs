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

/// Letters and digits from frequent to rare in English texts.
const BY_FREQUENCY: &[u8] = b"etaoinshrdlcumwfgypbvk0123456789jxqz";

/// A long word of a phrase with a rare letter: texts without it need no pattern. Few places of a text hold a rare letter, and finding these is many
/// times faster than trying the pattern at every place.
#[derive(Clone, Debug)]
struct Sieve {
    /// In small letters.
    word: Vec<u8>,
    /// Which of its letters is the rarest, and this letter in both cases.
    at: usize,
    letter: [u8; 2],
    /// Whether the word is the whole phrase.
    is_all: bool,
}

impl Sieve {
    /// For a phrase; `None` where no word of it is of plain letters and digits.
    fn new(phrase: &str) -> Option<Self> {
        let rarity = |byte: &u8| BY_FREQUENCY.iter().position(|known| *known == byte.to_ascii_lowercase());
        let rarest = |word: &str| -> Option<(usize, usize)> {
            let ranks: Option<Vec<usize>> = word.as_bytes().iter().map(rarity).collect();
            ranks?.into_iter().enumerate().map(|(at, rank)| (rank, at)).max()
        };
        // Short words stand everywhere, whatever their letters.
        let weight = |word: &str, rank: usize| rank + 3 * word.len().min(6);
        let words = phrase.split_whitespace().filter_map(|word| {
            let (rank, at) = rarest(word)?;
            Some((weight(word, rank), at, word))
        });
        let (_, at, word) = words.max()?;
        let word = word.to_ascii_lowercase().into_bytes();
        let letter = [word[at], word[at].to_ascii_uppercase()];
        Some(Self { is_all: phrase.split_whitespace().nth(1).is_none(), word, at, letter })
    }

    /// Whether an ASCII text contains the word.
    fn passes(&self, text: &[u8]) -> bool {
        memchr::memchr2_iter(self.letter[0], self.letter[1], text).any(|found| {
            let start = found.checked_sub(self.at);
            start
                .and_then(|start| text.get(start..start + self.word.len()))
                .is_some_and(|here| here.eq_ignore_ascii_case(&self.word))
        })
    }

    /// Whether `text` contains the phrase, of which `pattern` is the pattern. Letters beyond ASCII can be the same as plain ones but for their case.
    fn matches(&self, text: &str, pattern: &Regex) -> bool {
        if !text.is_ascii() {
            return pattern.is_match(text);
        }
        self.passes(text.as_bytes()) && (self.is_all || pattern.is_match(text))
    }
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
        let sieve = Sieve::new(phrase);
        let share = data.len().div_ceil(threads).max(SHARE);
        std::thread::scope(|scope| {
            for (part_idx, part) in contains.chunks_mut(share).enumerate() {
                let (pattern, sieve) = (pattern.clone(), sieve.clone());
                let contains_it = move |text: &str| match &sieve {
                    Some(sieve) => sieve.matches(text, &pattern),
                    None => pattern.is_match(text),
                };
                scope.spawn(move || {
                    for (at, contains) in part.iter_mut().enumerate() {
                        *contains = data.text(part_idx * share + at).is_some_and(&contains_it);
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

#[cfg(test)]
mod tests {
    use super::{Sieve, pattern};

    #[test]
    fn the_sieve_finds_what_the_pattern_finds() {
        let texts = [
            "A quick brown fox",
            "QUICK",
            "quic k",
            "the qu",
            "quickly BROWN",
            "qquick",
            "brown\n fox",
            "Brown fo",
            "caf\u{e9} quick",
            "stran\u{212a}e \u{212a}ing",
            "a king",
            "",
            "k",
        ];
        for phrase in ["quick", "QuicK", "brown fox", "k", "king", "fo", "9", "q", "n fox"] {
            let (sieve, pattern) = (Sieve::new(phrase).expect("plain letters"), pattern(phrase).expect("a phrase"));
            for text in texts {
                assert_eq!(sieve.matches(text, &pattern), pattern.is_match(text), "{phrase:?} in {text:?}");
            }
        }
        let sieve = Sieve::new("the fox").expect("plain letters");
        assert_eq!((sieve.word.as_slice(), sieve.letter), (b"fox".as_slice(), *b"xX"));
        assert_eq!(Sieve::new("a waste of time").expect("plain letters").word, b"waste");
        assert!(Sieve::new("caf\u{e9} don't").is_none());
    }
}
