//! Texts that contain a phrase: capitals do not matter, and any white space, also a line's end, stands between its words. What is looked through is the
//! text as it is read, without its HTML. Of a table it is the values of each row as they are shown, also those that no model reads, such as names.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use crate::data::text::readable;
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
    is_any: bool,
}

/// Letters and digits from frequent to rare in English texts.
const BY_FREQUENCY: &[u8] = b"etaoinshrdlcumwfgypbvk0123456789jxqz";

/// References that stand for no letter or digit, as they are written after the `&`.
const SIGNS: [&[u8]; 10] =
    [b"amp;", b"quot;", b"lt;", b"gt;", b"nbsp;", b"apos;", b"#39;", b"#039;", b"#x27;", b"#34;"];

/// A long run of letters and digits in a phrase with a rare one among them: texts without it need no pattern. Few places of a text hold a rare letter,
/// and finding these is many times faster than trying the pattern at every place.
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

/// A phrase, and the sieve before its pattern where it has letters or digits.
#[derive(Clone, Debug)]
struct Wanted {
    pattern: Regex,
    sieve: Option<Sieve>,
    /// The same where line breaks stand as tags, for texts with no other HTML: most reviews are such, and need not be read out of it. `None` where the
    /// phrase could be found within such a tag.
    over_breaks: Option<Regex>,
}

impl Sieve {
    /// For a phrase; `None` where it has no plain letter or digit.
    fn new(phrase: &str) -> Option<Self> {
        let rarity = |byte: &u8| BY_FREQUENCY.iter().position(|known| *known == byte.to_ascii_lowercase());
        let rarest = |word: &str| -> Option<(usize, usize)> {
            let ranks: Option<Vec<usize>> = word.as_bytes().iter().map(rarity).collect();
            ranks?.into_iter().enumerate().map(|(at, rank)| (rank, at)).max()
        };
        // Short words stand everywhere, whatever their letters.
        let weight = |word: &str, rank: usize| rank + 3 * word.len().min(6);
        // "don't" is looked for by its "don".
        let words = phrase.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| {
            let (rank, at) = rarest(word)?;
            Some((weight(word, rank), at, word))
        });
        let (_, at, word) = words.max()?;
        let word = word.to_ascii_lowercase().into_bytes();
        let letter = [word[at], word[at].to_ascii_uppercase()];
        Some(Self { is_all: phrase.trim().len() == word.len(), word, at, letter })
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

    /// Whether an ASCII text can contain the word once its HTML is taken out: it stands there, or mark-up stands within it, or a reference for one of its
    /// letters. It may say so of a text that does not, never the other way round.
    fn may_pass(&self, text: &[u8]) -> bool {
        self.passes(text)
            || memchr::memchr2_iter(b'<', b'&', text).any(|at| {
                let (before, after) = (&text[..at], &text[at + 1..]);
                if text[at] == b'&' {
                    let is_reference = after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
                    return is_reference && !SIGNS.iter().any(|sign| after.starts_with(sign));
                }
                // A line break parts words, and it is by far the most frequent tag.
                let is_break = after.get(..2).is_some_and(|name| name.eq_ignore_ascii_case(b"br"))
                    && !after.get(2).is_some_and(u8::is_ascii_alphanumeric);
                !is_break && (1..self.word.len()).any(|len| ends_with(before, &self.word[..len]))
            })
    }
}

/// Whether `text` ends with `word`, which is in small letters.
fn ends_with(text: &[u8], word: &[u8]) -> bool {
    text.len().checked_sub(word.len()).is_some_and(|start| text[start..].eq_ignore_ascii_case(word))
}

impl Wanted {
    /// `None` where the phrase says nothing.
    fn new(phrase: &str) -> Option<Self> {
        let within_tag = |word: &str| word.bytes().all(|byte| b"<bBrR/>".contains(&byte));
        let over_breaks = phrase.split_whitespace().all(|word| !within_tag(word));
        Some(Self {
            pattern: pattern(phrase)?,
            sieve: Sieve::new(phrase),
            over_breaks: over_breaks.then(|| pattern_with(phrase, r"(?:\s|<br\s*/?>)+")).flatten(),
        })
    }

    /// Whether a text without HTML contains the phrase. Letters beyond ASCII can be the same as plain ones but for their case.
    fn is_in_plain(&self, text: &str) -> bool {
        match &self.sieve {
            Some(sieve) if text.is_ascii() => {
                sieve.passes(text.as_bytes()) && (sieve.is_all || self.pattern.is_match(text))
            }
            _ => self.pattern.is_match(text),
        }
    }

    /// Whether a text contains the phrase as it is read.
    fn is_in(&self, text: &str) -> bool {
        let Some(markup) = memchr::memchr2(b'<', b'&', text.as_bytes()) else { return self.is_in_plain(text) };
        // Up to the first sign of HTML, a text is read as it is written.
        if self.is_in_plain(&text[..markup]) {
            return true;
        }
        if let Some(over_breaks) = self.over_breaks.as_ref().filter(|_| has_only_breaks(text, markup)) {
            return match &self.sieve {
                Some(sieve) if text.is_ascii() => {
                    sieve.passes(text.as_bytes()) && (sieve.is_all || over_breaks.is_match(text))
                }
                _ => over_breaks.is_match(text),
            };
        }
        let may_be_in = match &self.sieve {
            Some(sieve) if text.is_ascii() => sieve.may_pass(text.as_bytes()),
            _ => true,
        };
        may_be_in && self.is_in_plain(&readable(text))
    }
}

/// Whether all HTML of a text, from `start` on, is tags of line breaks.
fn has_only_breaks(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'<', b'&', &bytes[start..]).all(|at| {
        let after = &bytes[start + at + 1..];
        if bytes[start + at] == b'&' {
            return !after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        }
        let Some(rest) = after.get(2..).filter(|_| after[..2].eq_ignore_ascii_case(b"br")) else { return false };
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &rest[blanks..];
        rest.strip_prefix(b"/").unwrap_or(rest).first() == Some(&b'>')
    })
}

/// The phrase as a pattern; `None` where it says nothing, or is more than a pattern may hold.
pub fn pattern(phrase: &str) -> Option<Regex> {
    pattern_with(phrase, r"\s+")
}

/// The phrase with `between` between its words.
fn pattern_with(phrase: &str, between: &str) -> Option<Regex> {
    let mut end = phrase.len().min(LONGEST);
    while !phrase.is_char_boundary(end) {
        end -= 1;
    }
    let words: Vec<String> = phrase[..end].split_whitespace().map(regex::escape).collect();
    if words.is_empty() { None } else { RegexBuilder::new(&words.join(between)).case_insensitive(true).build().ok() }
}

impl Found {
    /// Looks through all texts of `data`, or all rows, on all cores; `None` where the phrase says nothing or the items are neither.
    pub fn new(data: &Dataset, phrase: &str) -> Option<Self> {
        let wanted = Wanted::new(phrase)?;
        let made = |contains: Vec<bool>| Self {
            phrase: phrase.to_owned(),
            data: data.hash.clone(),
            pattern: wanted.pattern.clone(),
            is_any: contains.contains(&true),
            contains,
        };
        match data.modality {
            Modality::Text => {}
            Modality::Table => return Some(made(data.rows_with(phrase, &|value| wanted.is_in_plain(value)))),
            Modality::Image | Modality::Series => return None,
        }
        let mut contains = vec![false; data.len()];
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = data.len().div_ceil(threads).max(SHARE);
        std::thread::scope(|scope| {
            for (part_idx, part) in contains.chunks_mut(share).enumerate() {
                let wanted = wanted.clone();
                scope.spawn(move || {
                    for (at, contains) in part.iter_mut().enumerate() {
                        *contains = data.text(part_idx * share + at).is_some_and(|text| wanted.is_in(text));
                    }
                });
            }
        });
        Some(made(contains))
    }

    /// Whether this is the search for `phrase` in `data`: nothing need be looked through again.
    pub fn is_for(&self, data: &Dataset, phrase: &str) -> bool {
        self.phrase == phrase && self.data == data.hash && self.contains.len() == data.len()
    }

    /// Whether the text of `item`, or a value of its row, contains the phrase.
    pub fn contains(&self, item: usize) -> bool {
        self.contains.get(item).copied().unwrap_or(false)
    }

    /// Whether any text, or a value of any row, contains the phrase.
    pub fn is_any(&self) -> bool {
        self.is_any
    }

    /// What is looked for, as it was typed.
    pub fn phrase(&self) -> &str {
        &self.phrase
    }

    /// Every place where the phrase stands in a text without HTML, in bytes, in order.
    pub fn all_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.pattern.find_iter(text).map(|found| found.range())
    }

    /// Where the phrase first stands in a text without HTML, in bytes.
    pub fn first_in(&self, text: &str) -> Option<Range<usize>> {
        self.pattern.find(text).map(|found| found.range())
    }
}

#[cfg(test)]
mod tests {
    use super::{Sieve, Wanted, pattern, readable};

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
            let (wanted, pattern) = (Wanted::new(phrase).expect("a phrase"), pattern(phrase).expect("a phrase"));
            assert!(wanted.sieve.is_some(), "plain letters");
            for text in texts {
                assert_eq!(wanted.is_in(text), pattern.is_match(text), "{phrase:?} in {text:?}");
            }
        }
        let sieve = Sieve::new("the fox").expect("plain letters");
        assert_eq!((sieve.word.as_slice(), sieve.letter), (b"fox".as_slice(), *b"xX"));
        assert_eq!(Sieve::new("a waste of time").expect("plain letters").word, b"waste");
        assert_eq!(Sieve::new("caf\u{e9} don't").expect("plain letters").word, b"caf");
        assert_eq!(Sieve::new("don't").expect("plain letters").word, b"don");
        assert!(
            Sieve::new("don't").is_some_and(|sieve| !sieve.is_all) && Sieve::new(" fox ").is_some_and(|it| it.is_all)
        );
        assert!(Sieve::new("\u{e9}!").is_none());
    }

    #[test]
    fn a_text_with_html_is_looked_through_as_it_is_read() {
        let pieces = [
            "gr",
            "great",
            "Eat",
            "film",
            "don",
            "t",
            "br",
            "k",
            " ",
            "'",
            "&",
            "<",
            "&#39;",
            "&amp;",
            "&#101;",
            "&#x4B;",
            "&#8490;",
            "&fjlig;",
            "<br />",
            "<br/>",
            "<b>",
            "</b>",
            "<i class=\"great\">",
            "<!-- film -->",
            "<user>",
            "\n",
            "<script>don</script>",
            "caf\u{e9}",
        ];
        let phrases =
            ["great", "great film", "don't", "br", "br ", "k", "fjord", "user", "t", "cafe", "<", "film &", "b>"];
        let wanted: Vec<Wanted> = phrases.iter().map(|phrase| Wanted::new(phrase).expect("a phrase")).collect();
        // Every text of three pieces.
        let n = pieces.len();
        for at in 0..n * n * n {
            let text = [pieces[at / n / n], pieces[at / n % n], pieces[at % n]].concat();
            let read = readable(&text);
            for (phrase, wanted) in phrases.iter().zip(&wanted) {
                assert_eq!(wanted.is_in(&text), wanted.pattern.is_match(&read), "{phrase:?} in {text:?}");
            }
        }
    }
}
