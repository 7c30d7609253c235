//! Words and sentences of a plain text, as byte ranges.
//!
//! A word is a run of letters, digits and the marks on them, with apostrophes and hyphens inside (`don't`, `well-made`), points and commas
//! inside numbers (`3.5`), and points between single letters (`U.S`). Chinese characters and hiragana, which are written without spaces, are
//! one word each, as in Unicode's default (UAX #29). Sentences are those of UAX #29, but abbreviations end none, nor does a mark inside an address.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::markup::BREAK;

/// The words of `text` in order; with `punctuation` also each run of one other visible character (`...`, `!!`, `(`).
pub(super) fn words(text: &str, punctuation: bool) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        let start = at;
        at += c.len_utf8();
        if is_word(c) {
            at = if is_alone(c) { end_of_marks(text, at) } else { end_of_word(text, start, at) };
            out.push(start..at);
        } else if punctuation && !c.is_whitespace() && !c.is_control() {
            while char_at(text, at) == Some(c) {
                at += c.len_utf8();
            }
            at = end_of_marks(text, at);
            out.push(start..at);
        }
    }
    out
}

fn char_at(text: &str, at: usize) -> Option<char> {
    // Nearly all of nearly all texts is ASCII.
    match text.as_bytes().get(at) {
        Some(&byte) if byte < 0x80 => Some(char::from(byte)),
        Some(_) => text[at..].chars().next(),
        None => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// Characters of scripts without spaces, which are words of their own.
fn is_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether `c` belongs to the character before it: a mark, a joiner, a soft hyphen.
fn is_mark(c: char) -> bool {
    if c == '\u{ad}' {
        return true;
    }
    // Quotes, dashes and the like are common; only what is left is worth a look into the tables.
    if c < '\u{300}' || ('\u{2010}'..='\u{2027}').contains(&c) || c.is_whitespace() || is_word(c) {
        return false;
    }
    let mut buffer = [b'a', 0, 0, 0, 0];
    let len = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..len]).is_ok_and(|pair| pair.graphemes(true).count() == 1)
}

fn end_of_marks(text: &str, mut at: usize) -> usize {
    while let Some(c) = char_at(text, at).filter(|&c| is_mark(c)) {
        at += c.len_utf8();
    }
    at
}

/// End of the word that begins at `start` and has been read up to `at`.
fn end_of_word(text: &str, start: usize, mut at: usize) -> usize {
    let (mut part_start, mut last) = (start, char_at(text, start).unwrap_or(' '));
    while let Some(c) = char_at(text, at) {
        let next_at = at + c.len_utf8();
        if (is_word(c) && !is_alone(c)) || is_mark(c) {
            (last, at) = (c, next_at);
            continue;
        }
        let Some(next) = char_at(text, next_at).filter(|&next| is_word(next) && !is_alone(next)) else { break };
        let joins = match c {
            '\'' | '\u{2019}' | '-' | '\u{2010}' | '\u{2011}' => true,
            '.' | ',' if last.is_numeric() && next.is_numeric() => true,
            '.' => {
                let is_single = part_start + last.len_utf8() == at && last.is_alphabetic();
                let after = char_at(text, next_at + next.len_utf8());
                is_single && next.is_alphabetic() && !after.is_some_and(is_word)
            }
            _ => false,
        };
        if !joins {
            break;
        }
        part_start = next_at;
        (last, at) = (next, next_at + next.len_utf8());
    }
    at
}

/// Abbreviations after which a sentence goes on.
const TITLES: [&str; 28] = [
    "mr", "mrs", "ms", "messrs", "mme", "dr", "prof", "st", "vs", "v", "gen", "col", "sgt", "capt", "cpl", "lt", "rev",
    "hon", "gov", "sen", "rep", "pres", "e.g", "i.e", "cf", "approx", "mt", "ft",
];
/// Abbreviations after which a sentence goes on if a number follows.
const BEFORE_NUMBERS: [&str; 9] = ["no", "nos", "vol", "fig", "figs", "p", "pp", "ch", "sec"];
/// Abbreviations that may end a sentence; whether they do is told by the word that follows.
const UNSURE: [&str; 27] = [
    "etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "est", "bros", "al", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec", "ave", "blvd", "a.m", "p.m",
];
/// Words that begin sentences and hardly ever names.
const STARTERS: [&str; 44] = [
    "A", "After", "All", "Although", "An", "And", "As", "At", "But", "By", "For", "He", "Her", "His", "How", "However",
    "I", "If", "In", "Is", "It", "Its", "My", "No", "Not", "On", "One", "Or", "Our", "She", "So", "Some", "That",
    "The", "Their", "Then", "There", "These", "They", "This", "We", "What", "When", "You",
];

/// Where each sentence begins, ascending; the first is 0. Blank lines and tags that break a line end a sentence, too, and so does every end of
/// a line unless the lines are of even length, as in text that was wrapped.
pub(super) fn sentence_starts(text: &str) -> Vec<usize> {
    let unwrapped = unwrapped(text);
    let mut starts = vec![0];
    let mut last = "";
    for (at, sentence) in unwrapped.split_sentence_bound_indices() {
        if at > 0 && !goes_on(last, sentence) {
            starts.push(at);
        }
        last = sentence;
    }
    starts
}

/// Characters of scripts that put no space between sentences: those of words of their own, katakana, and the scripts of South-East Asia.
fn has_no_spaces(c: char) -> bool {
    is_alone(c)
        || matches!(c, '\u{30a0}'..='\u{30ff}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Whether what UAX #29 takes for two sentences is one.
fn goes_on(before: &str, after: &str) -> bool {
    let body = before.trim_end();
    if before[body.len()..].contains(['\n', '\r', '\u{85}', '\u{2028}', BREAK]) {
        return false;
    }
    // Of an address, as in "item?id=3": where a letter or a digit follows at once, no sentence ends. A capital letter does begin one where a space was
    // forgotten, as in "Awful!The", but not in what looks like an address.
    if body.len() == before.len() && body.ends_with(['?', '!']) {
        let word = body.rsplit(char::is_whitespace).next().unwrap_or(body);
        let begins_one = |c: char| has_no_spaces(c) || (c.is_uppercase() && !word.contains(['/', '.']));
        return after.chars().next().is_some_and(|c| is_word(c) && !begins_one(c));
    }
    let Some(body) = body.strip_suffix('.') else { return false };
    let word = body.rsplit(|c: char| c.is_whitespace() || "([{\"'\u{2018}\u{201c}".contains(c)).next().unwrap_or(body);
    let lower = word.to_lowercase();
    let next = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let next = &next[..next.find(|c: char| !c.is_alphanumeric()).unwrap_or(next.len())];
    if TITLES.contains(&lower.as_str()) {
        return true;
    }
    if BEFORE_NUMBERS.contains(&lower.as_str()) {
        return next.starts_with(|c: char| c.is_numeric());
    }
    // Initials and the like: J., U.S.
    let mut letters = word.split('.');
    let is_initials =
        word != "I" && letters.all(|letter| letter.chars().count() == 1 && letter.chars().all(char::is_alphabetic));
    (is_initials || UNSURE.contains(&lower.as_str())) && !STARTERS.contains(&next)
}

/// `text`, in which ends of lines are spaces if its lines were wrapped. No byte moves.
fn unwrapped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r']) || !is_wrapped(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let body = line.trim_end_matches(['\n', '\r']);
        out.push_str(body);
        let is_inside = !body.trim().is_empty() && lines.peek().is_some_and(|next| !next.trim().is_empty());
        if is_inside {
            out.extend(std::iter::repeat_n(' ', line.len() - body.len()));
        } else {
            out.push_str(&line[body.len()..]);
        }
    }
    Cow::Owned(out)
}

/// Whether lines end where they were full: at least three inside paragraphs, most of them two thirds as long as the longest, none very long.
fn is_wrapped(text: &str) -> bool {
    const LONGEST: usize = 120;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let lens = lines.windows(2).filter(|pair| !pair[0].is_empty() && !pair[1].is_empty()).map(|pair| pair[0].len());
    let lens: Vec<usize> = lens.collect();
    let longest = lens.iter().copied().max().unwrap_or(0);
    let n_full = lens.iter().filter(|&&len| len * 3 >= longest * 2).count();
    lens.len() >= 3 && (40..=LONGEST).contains(&longest) && n_full * 3 >= lens.len() * 2
}
