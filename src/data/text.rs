//! Texts: many documents in few allocations, how they become rows of token ids, and what of them the window can show.
//!
//! A document is kept as it was written, with its HTML; [`fit::TextFit`] takes it apart and remembers where each word stood.

pub(in crate::data) mod decode;
pub mod fit;
mod markup;
mod scripts;
mod strangers;
mod threads;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;

use super::archive::byte_size;
use super::spec::{Kind, in_words};
use super::{DataError, DataSpec, Dataset, Items, MAX_DENSE_BYTES, Modality, Rows, Split};

pub use decode::MAX_TEXT_BYTES;
pub use fit::{Side, TextFit, TextFitSpec, TextLayout, Token, Unknown};
pub use markup::readable;
pub use scripts::{unshapeable, unshapeable_scripts, with_scripts_named};

/// Characters of a document's beginning that stand for it in lists.
const NAME_CHARS: usize = 60;
/// Bytes of a document that are looked at for its name: markup can take many.
const NAME_BYTES: usize = 1000;

/// Many documents in few allocations.
#[derive(Default)]
pub struct Corpus {
    text: String,
    ends: Vec<usize>,
    names: String,
    name_ends: Vec<usize>,
}

impl std::fmt::Debug for Corpus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Corpus of {} documents, {} bytes", self.len(), self.text.len())
    }
}

impl Corpus {
    /// Adds a document.
    pub fn push(&mut self, text: &str) {
        self.push_named("", text);
    }

    /// Adds a document that has a name of its own, such as a file name.
    pub fn push_named(&mut self, name: &str, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.names.push_str(name);
        self.name_ends.push(self.names.len());
    }

    /// How many documents.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all documents.
    pub fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// Document `document_idx` as written.
    pub fn get(&self, document_idx: usize) -> &str {
        cut(&self.text, &self.ends, document_idx)
    }

    /// Its own name, if it has one.
    pub fn name(&self, document_idx: usize) -> Option<&str> {
        Some(cut(&self.names, &self.name_ends, document_idx)).filter(|name| !name.is_empty())
    }

    /// Hash over all documents and where they end.
    pub(in crate::data) fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"documents").update(self.text.as_bytes());
        let ends: Vec<u8> = self.ends.iter().flat_map(|&end| (end as u64).to_le_bytes()).collect();
        hasher.update(&ends).finalize()
    }
}

fn cut<'a>(text: &'a str, ends: &[usize], at: usize) -> &'a str {
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[at]]
}

/// The documents of a data set.
#[derive(Clone, Debug)]
pub struct TextItems {
    /// All documents.
    pub corpus: Arc<Corpus>,
    /// Which document of `corpus` is item `i` (a class filter keeps the documents and changes only this).
    pub order: Arc<Vec<u32>>,
}

impl TextItems {
    /// All documents of `corpus`, in its order.
    pub fn all(corpus: Corpus) -> Self {
        let order = (0..corpus.len() as u32).collect();
        Self { corpus: Arc::new(corpus), order: Arc::new(order) }
    }

    /// Item `item_idx` as written.
    pub fn get(&self, item_idx: usize) -> &str {
        self.corpus.get(self.order[item_idx] as usize)
    }

    /// The name of its file, or how it begins, on one line and without HTML.
    pub fn name(&self, item_idx: usize) -> String {
        match self.corpus.name(self.order[item_idx] as usize) {
            Some(name) => name.to_owned(),
            None => beginning(self.get(item_idx)),
        }
    }
}

fn beginning(text: &str) -> String {
    let looked_at = &text[..text.floor_char_boundary(NAME_BYTES)];
    let plain = markup::Plain::of(looked_at);
    let mut out = String::new();
    let mut n_chars = 0;
    for word in plain.text.split_whitespace() {
        let n = word.chars().count();
        if n_chars > 0 && n_chars + 1 + n > NAME_CHARS {
            out.push('…');
            break;
        }
        if n_chars > 0 {
            out.push(' ');
        }
        out.extend(word.chars().take(NAME_CHARS));
        n_chars += 1 + n;
    }
    if out.is_empty() { "(no words)".to_owned() } else { out }
}

impl Dataset {
    /// One text, such as a pasted one: looked at, never learned from.
    pub fn of_text(name: &str, text: &str) -> Self {
        let mut corpus = Corpus::default();
        corpus.push_named(name, text);
        let hash = corpus.hash().to_hex().to_string();
        let kind = Kind::named("text").unwrap_or(Kind::AUTO);
        Self {
            name: name.to_owned(),
            spec: DataSpec { kind, path: PathBuf::from(name), query: std::collections::BTreeMap::new() },
            modality: Modality::Text,
            items: Items::Text(TextItems::all(corpus)),
            labels: vec![None],
            classes: Vec::new(),
            splits: vec![Split::Test],
            source_index: vec![0],
            hash,
            remarks: unshown(text).into_iter().collect(),
            truth: None,
        }
    }

    /// Item `item_idx` as it was written, if the items are texts.
    pub fn text(&self, item_idx: usize) -> Option<&str> {
        match &self.items {
            Items::Text(texts) => Some(texts.get(item_idx)),
            _ => None,
        }
    }

    /// Items as rows of token ids: each text goes through `fit`. `[items, 1, 1, words]` or `[items, 1, sentences, words]`.
    ///
    /// # Errors
    /// Items that are no texts, or more rows than memory has room for.
    pub fn token_rows(&self, items: &[usize], fit: &TextFit) -> Result<Rows, DataError> {
        let Items::Text(texts) = &self.items else {
            return Err(self.unfit_item(
                "texts",
                "other items",
                "open a folder of .txt or a table with a column of text",
            ));
        };
        let shape = fit.shape();
        let n_bytes = (items.len() as u64).saturating_mul(shape.len() as u64).saturating_mul(4);
        if n_bytes > MAX_DENSE_BYTES {
            let found = format!("{} for {} texts", byte_size(n_bytes), items.len());
            return Err(self.unfit_item(
                &format!("at most {} of rows", byte_size(MAX_DENSE_BYTES)),
                &found,
                "take fewer with limit=",
            ));
        }
        let mut values = vec![0.0; items.len() * shape.len()];
        threads::fill(items, &mut values, shape.len(), |&item_idx, row| fit.fill_row(texts.get(item_idx), row));
        Ok(Rows { shape, values })
    }

    /// The error for items of another kind than is needed.
    pub(in crate::data) fn unfit_item(&self, expected: &str, found: &str, advice: &str) -> DataError {
        let path = self.spec.path.display().to_string();
        DataError::Unfit { path, expected: expected.to_owned(), found: found.to_owned(), advice: advice.to_owned() }
    }
}

/// Whether a reader sees nothing in a text: blanks, or HTML without anything between its tags.
pub(in crate::data) fn is_blank(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || (text.starts_with(['<', '&']) && readable(text).trim().is_empty())
}

/// What to say of a text whose scripts the window cannot show: all of them, as the text itself names them.
pub(in crate::data) fn unshown(text: &str) -> Option<String> {
    let scripts = unshapeable_scripts(text);
    (!scripts.is_empty()).then(|| {
        let scripts = in_words(scripts);
        format!("Holds {scripts}, which the window's fonts cannot show; explanations are right nevertheless")
    })
}
