//! How a document becomes a row of a model: its words as numbers of a vocabulary, cut and padded. One computation gives the row and the
//! place of each word in it, so that what a method selects falls on the text as written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::markup::Plain;
use super::{strangers, threads, tokens};
use crate::data::{Rows, Shape};

/// Words and specials that a vocabulary may hold: as many whole numbers as an `f32` tells apart.
pub const MAX_VOCABULARY: usize = 1 << 24;
/// Token ids that a row may hold.
pub const MAX_ROW: usize = 1 << 20;
/// The id of what is no word.
pub const PADDING: usize = 0;
/// The id of a word that is not in the vocabulary.
pub const UNKNOWN: usize = 1;
/// Ids before those of words.
const N_SPECIALS: usize = 2;
/// A word that gets no id because unknown words are dropped.
const DROPPED: u32 = u32::MAX;
/// From here on an id is that of an unknown word that is told apart, plus its number.
const STRANGERS: u32 = 1 << 30;

/// Which end of a row is padded, and cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The beginning, as Keras' `pad_sequences` does by default.
    Front,
    /// The end.
    End,
}

/// What becomes of words that are not in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// They all get the id 1.
    Keep,
    /// They are left out, and the words around them close up.
    Drop,
    /// They get the id 1 and a fraction that tells them apart while the program runs, so that what reads words gets each as it was written
    /// ([`TextFit::written`]). Whole ids, as networks read them, are those of [`Self::Keep`].
    Apart,
}

/// What a [`TextFit`] is made by.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TextFitSpec {
    /// Most ids, with those of padding and of unknown words.
    pub max_words: usize,
    /// How often a word must occur in the training documents.
    pub min_count: usize,
    /// Words of a document, or of a sentence if there are `sentences`.
    pub length: usize,
    /// Sentences of a document, for models that read sentence by sentence.
    pub sentences: Option<usize>,
    /// Where rows are padded and cut off.
    pub pad: Side,
    /// What becomes of words that are not in the vocabulary.
    pub unknown: Unknown,
    /// Whether `The` and `the` are one word.
    pub lowercase: bool,
    /// Whether runs of punctuation are words, too.
    pub punctuation: bool,
}

impl TextFitSpec {
    /// L2X on single words (Chen et al., ICML 2018, section 4.2, with the sizes of its code): 5,000 ids, the last 400 words, padded in front.
    /// Keras' START token is left out, since it stands for no text that could be shown.
    pub fn l2x_word() -> Self {
        Self {
            max_words: 5000,
            min_count: 1,
            length: 400,
            sentences: None,
            pad: Side::Front,
            unknown: Unknown::Keep,
            lowercase: true,
            punctuation: false,
        }
    }

    /// L2X on sentences (as above): 20,000 ids, the first 15 sentences with the first 100 known words of each, padded at the end.
    pub fn l2x_sentence() -> Self {
        Self {
            max_words: 20_000,
            length: 100,
            sentences: Some(15),
            pad: Side::End,
            unknown: Unknown::Drop,
            ..Self::l2x_word()
        }
    }

    /// AIM (Vo et al., ICLR 2023, appendix): all words that occur five times, punctuation too, the first `length` of a document (400, or 200
    /// for HateXplain), padded at the end.
    pub fn aim(length: usize) -> Self {
        Self { max_words: MAX_VOCABULARY, min_count: 5, length, pad: Side::End, punctuation: true, ..Self::l2x_word() }
    }

    /// Shape of a row: `[1, 1, words]`, or `[1, sentences, words]`.
    pub const fn shape(&self) -> Shape {
        Shape::new(
            1,
            match self.sentences {
                Some(sentences) => sentences,
                None => 1,
            },
            self.length,
        )
    }
}

/// A word in a document, in bytes of the document as written, with its HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Where the words of a document are, in the text and in its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLayout {
    /// Its words in order; they do not overlap.
    pub tokens: Vec<Token>,
    /// For each word its position in the row (0 to `shape.len() - 1`), `None` where the model does not get it: cut off, or dropped as unknown.
    pub place: Vec<Option<u32>>,
    /// Its sentences as ranges of words, in order, none empty; together they are all words.
    pub sentences: Vec<Range<usize>>,
}

/// How documents become rows: a vocabulary and what it was made by. A clone shares the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct TextFit {
    spec: TextFitSpec,
    vocabulary: Arc<Vocabulary>,
}

/// Words by id, from 2 on, and back.
#[derive(Debug, PartialEq, Eq)]
struct Vocabulary {
    words: Vec<String>,
    ids: HashMap<String, u32>,
}

/// As it stands in a card.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Written {
    spec: TextFitSpec,
    words: Vec<String>,
}

impl From<TextFit> for Written {
    fn from(fit: TextFit) -> Self {
        Self { spec: fit.spec, words: fit.vocabulary.words.clone() }
    }
}

impl TryFrom<Written> for TextFit {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { spec, words } = written;
        let row = spec.length.saturating_mul(spec.sentences.unwrap_or(1));
        if row == 0 || row > MAX_ROW || words.len() > MAX_VOCABULARY - N_SPECIALS {
            let sizes = format!("1 to {MAX_ROW} words a row and at most {MAX_VOCABULARY} ids");
            return Err(format!("text fit: expected {sizes}, found {row} and {}", words.len()));
        }
        let vocabulary = Vocabulary::new(words);
        if vocabulary.ids.len() != vocabulary.words.len() {
            return Err("text fit: a word stands in the vocabulary twice".to_owned());
        }
        Ok(Self { spec, vocabulary: Arc::new(vocabulary) })
    }
}

impl Vocabulary {
    fn new(words: Vec<String>) -> Self {
        let ids = words.iter().enumerate().map(|(at, word)| (word.clone(), (at + N_SPECIALS) as u32)).collect();
        Self { words, ids }
    }
}

impl TextFit {
    /// Counts the words of the **training** documents: most frequent first, ties in the order of the alphabet.
    pub fn build<'a>(documents: impl Iterator<Item = &'a str>, spec: &TextFitSpec) -> Self {
        let documents: Vec<&str> = documents.collect();
        let counts = threads::map(&documents, |documents| {
            let mut counts = HashMap::<String, u64>::new();
            let mut folded = String::new();
            for document in documents {
                let plain = Plain::of(document);
                for range in tokens::words(&plain.text, spec.punctuation) {
                    let word = fold(&plain.text[range], spec.lowercase, &mut folded);
                    match counts.get_mut(word) {
                        Some(count) => *count += 1,
                        None => {
                            counts.insert(word.to_owned(), 1);
                        }
                    }
                }
            }
            counts
        });
        let mut counts = counts.into_iter();
        let mut all = counts.next().unwrap_or_default();
        for (word, count) in counts.flatten() {
            *all.entry(word).or_default() += count;
        }
        let mut words: Vec<(String, u64)> = all.into_iter().filter(|(_, n)| *n >= spec.min_count as u64).collect();
        words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(spec.max_words.min(MAX_VOCABULARY).saturating_sub(N_SPECIALS));
        let vocabulary = Vocabulary::new(words.into_iter().map(|(word, _)| word).collect());
        Self { spec: spec.clone(), vocabulary: Arc::new(vocabulary) }
    }

    /// What it was made by.
    pub const fn spec(&self) -> &TextFitSpec {
        &self.spec
    }

    /// Shape of a row: `[1, 1, words]`, or `[1, sentences, words]`.
    pub const fn shape(&self) -> Shape {
        self.spec.shape()
    }

    /// How many ids there are: padding is 0, unknown words are 1, words begin at 2.
    pub fn vocabulary_len(&self) -> usize {
        self.vocabulary.words.len() + N_SPECIALS
    }

    /// The word with this id; `<pad>` for 0 and `<unk>` for 1 (and for an id that there is not).
    pub fn word(&self, id: usize) -> &str {
        match id {
            PADDING => "<pad>",
            _ => id.checked_sub(N_SPECIALS).and_then(|at| self.vocabulary.words.get(at)).map_or("<unk>", |word| word),
        }
    }

    /// The word that `value` stands for in a row, an unknown one too if it is told apart; else as [`Self::word`].
    pub fn written(&self, value: f32) -> Cow<'_, str> {
        match stranger(value).and_then(strangers::word) {
            Some(word) => Cow::Owned(word.to_string()),
            None => Cow::Borrowed(self.word(value as usize)),
        }
    }

    /// Whether what stands for `value` in a row is lost: an unknown word that is not told apart.
    pub fn is_lost(&self, value: f32) -> bool {
        let is_known = (UNKNOWN + 1..self.vocabulary_len()).contains(&(value as usize));
        value as usize != PADDING && !is_known && stranger(value).and_then(strangers::word).is_none()
    }

    /// The id of a word as written; 1 if it is unknown.
    pub fn id(&self, word: &str) -> usize {
        self.lookup(word, &mut String::new()).map_or(UNKNOWN, |id| id as usize)
    }

    /// The id of a word as written; of one that is not known so, that of its plain form: letters and accents made one, apostrophes straight. What is pasted
    /// from a web page has curly ones, and its "didn’t" is the "didn't" of the training documents.
    fn lookup(&self, word: &str, folded: &mut String) -> Option<u32> {
        let word = fold(word, self.spec.lowercase, folded);
        if let Some(id) = self.vocabulary.ids.get(word) {
            return Some(*id);
        }
        // Told apart is what is written apart: a program gets the curly apostrophe that stands there.
        if word.is_ascii() || self.spec.unknown == Unknown::Apart {
            return None;
        }
        let straight = |c: char| if matches!(c, '\u{2018}' | '\u{2019}' | '\u{2bc}') { '\'' } else { c };
        let plain: String = word.nfc().map(straight).collect();
        self.vocabulary.ids.get(&plain).copied()
    }

    /// Adds the row of a document: token ids as `f32`.
    pub fn push_row(&self, text: &str, rows: &mut Rows) {
        let start = rows.values.len();
        rows.values.resize(start + self.shape().len(), PADDING as f32);
        self.fill_row(text, &mut rows.values[start..]);
    }

    /// Writes the ids of a document into `row`, which must be `shape().len()` zeros.
    pub(super) fn fill_row(&self, text: &str, row: &mut [f32]) {
        let read = self.read(text, self.spec.sentences.is_some());
        for (place, &id) in self.places(&read).iter().zip(&read.ids) {
            if let Some(place) = place {
                row[*place as usize] = value_of(id);
            }
        }
    }

    /// Where the words of a document are, in the text and in its row.
    pub fn layout(&self, text: &str) -> TextLayout {
        let read = self.read(text, true);
        let place = self.places(&read);
        TextLayout { tokens: read.tokens, place, sentences: read.sentences }
    }

    /// Words with their ids, and sentences if they are wanted.
    fn read(&self, text: &str, with_sentences: bool) -> Read {
        let plain = Plain::of(text);
        let words = tokens::words(&plain.text, self.spec.punctuation);
        let sentences =
            if with_sentences { sentences(&words, &tokens::sentence_starts(&plain.text)) } else { Vec::new() };
        let unknown = match self.spec.unknown {
            Unknown::Keep | Unknown::Apart => UNKNOWN as u32,
            Unknown::Drop => DROPPED,
        };
        let mut folded = String::new();
        let is_apart = self.spec.unknown == Unknown::Apart;
        let id = |range: &Range<usize>| {
            let word = &plain.text[range.clone()];
            let stranger = || is_apart.then(|| strangers::number(word)).flatten().map(|number| STRANGERS + number);
            self.lookup(word, &mut folded).or_else(stranger).unwrap_or(unknown)
        };
        let ids = words.iter().map(id).collect();
        let token = |range: Range<usize>| {
            let Range { start, end } = plain.original(range);
            Token { start, end }
        };
        Read { tokens: words.into_iter().map(token).collect(), ids, sentences }
    }

    /// The position of each word in the row.
    fn places(&self, read: &Read) -> Vec<Option<u32>> {
        let mut places = vec![None; read.ids.len()];
        let length = self.spec.length;
        match self.spec.sentences {
            None => self.place_words(read, 0..read.ids.len(), 0, &mut places),
            Some(sentences) => {
                for (at, line) in self.kept(read.sentences.len(), sentences) {
                    self.place_words(read, read.sentences[at].clone(), line * length, &mut places);
                }
            }
        }
        places
    }

    /// Places the words of one line, which begins at `start` in the row.
    fn place_words(&self, read: &Read, words: Range<usize>, start: usize, places: &mut [Option<u32>]) {
        let known: Vec<usize> = words.filter(|&at| read.ids[at] != DROPPED).collect();
        for (at, position) in self.kept(known.len(), self.spec.length) {
            places[known[at]] = Some((start + position) as u32);
        }
    }

    /// Which of `n` things go into `room` positions, and into which: `(thing, position)`.
    fn kept(&self, n: usize, room: usize) -> impl Iterator<Item = (usize, usize)> {
        let taken = n.min(room);
        let (first, position) = match self.spec.pad {
            Side::Front => (n - taken, room - taken),
            Side::End => (0, 0),
        };
        (0..taken).map(move |at| (first + at, position + at))
    }
}

/// A document that has been taken apart.
struct Read {
    tokens: Vec<Token>,
    /// Id of each word, or [`DROPPED`].
    ids: Vec<u32>,
    sentences: Vec<Range<usize>>,
}

/// What stands in a row for an id: 1 and a fraction for an unknown word that is told apart.
fn value_of(id: u32) -> f32 {
    match id.checked_sub(STRANGERS) {
        Some(number) => f32::from_bits((UNKNOWN as f32).to_bits() + number),
        None => id as f32,
    }
}

/// The number of the unknown word that `value` stands for in a row.
fn stranger(value: f32) -> Option<u32> {
    (value > UNKNOWN as f32 && value < (UNKNOWN + 1) as f32).then(|| value.to_bits() - (UNKNOWN as f32).to_bits())
}

/// Ranges of words between starts of sentences; sentences without a word are none.
fn sentences(words: &[Range<usize>], starts: &[usize]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut first = 0;
    for &start in starts.iter().skip(1).chain([&usize::MAX]) {
        let end = first + words[first..].partition_point(|word| word.start < start);
        if end > first {
            out.push(first..end);
        }
        first = end;
    }
    out
}

/// The word as the vocabulary has it.
fn fold<'a>(word: &'a str, lowercase: bool, folded: &'a mut String) -> &'a str {
    if !lowercase {
        return word;
    }
    if word.is_ascii() {
        if !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return word;
        }
        folded.clear();
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else {
        *folded = word.to_lowercase();
    }
    folded
}
