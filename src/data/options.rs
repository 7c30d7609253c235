//! Options of a specification: what each is called, what it does and what its value is, for messages, help and forms. A loader lists its own in
//! [`Loader::keys`](super::open::Loader::keys); those that several loaders have stand here. [`look`] finds what their values can name.

use super::archive::{Member, Tree};
use super::delimited::{Form, is_table};
use super::open::{OpenProgress, Watch};
use super::spec::{DataSpec, Kind};
use super::text::decode;
use super::{DataError, jsonl, open, tabular};

/// Bytes of a file from which its columns are told.
const LOOKED_AT: usize = 1 << 18;
/// Most files of a folder that are looked at for columns.
const FILES: usize = 20;

/// An option of a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// As written before the `=`.
    pub id: &'static str,
    /// Name in forms, in sentence case.
    pub title: &'static str,
    /// What it does, a sentence.
    pub tip: &'static str,
    /// What its value is.
    pub value: Value,
}

/// Words that a value can be, each with what it means.
pub type Choices = &'static [(&'static str, &'static str)];

/// What the value of an option is, so that a form has a field that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A column, or one of these words.
    Column(Choices),
    /// Several columns, with commas between them.
    Columns,
    /// Several classes, with commas between them.
    Classes,
    /// One of these words.
    Choice(Choices),
    /// A whole number, such as this.
    Number(&'static str),
    /// Anything else, such as this.
    Words(&'static str),
}

impl Key {
    /// An option.
    pub(super) const fn new(id: &'static str, title: &'static str, tip: &'static str, value: Value) -> Self {
        Self { id, title, tip, value }
    }
}

/// Yes or no.
const YES_OR_NO: Choices = &[("yes", "yes"), ("no", "no")];
/// How items are divided, see [`Scheme`](super::split::Scheme).
const SCHEMES: Choices = &[
    ("official", "as the files say"),
    ("half-test", "half of the held-out part for validation, half for tests"),
    ("dorar", "a sixth of the training part for validation"),
    ("aim", "four fifths of the held-out part for validation"),
    ("80-10-10", "80 / 10 / 10 % of everything"),
];

pub(super) const TEXT: Key =
    Key::new("text", "Text", "The columns that hold the text, joined in this order.", Value::Columns);
pub(super) const LABEL: Key =
    Key::new("label", "Classes are in", "The column that holds the classes.", Value::Column(&[]));
pub(super) const TEXT_LABEL: Key = Key::new(
    "label",
    "Classes are in",
    "The column that holds the classes.",
    Value::Column(&[("none", "no column holds classes")]),
);
/// The option that says how items are divided.
pub const PARTS: &str = "split";
/// Where a column can say which part a row belongs to; elsewhere [`SCHEME`].
pub(super) const SPLIT: Key = Key::new(
    PARTS,
    "Parts",
    "The column that says what is for training, validation and tests, or how items are divided; both with a comma between them.",
    Value::Column(SCHEMES),
);
pub(super) const SCHEME: Key =
    Key::new(PARTS, "Parts", "How items are divided into training, validation and tests.", Value::Choice(SCHEMES));
pub(super) const NAMES: Key = Key::new(
    "names",
    "Names of classes",
    "Names for the classes, in the order of their numbers or of the alphabet.",
    Value::Words("bad,good"),
);
pub(super) const HEADER: Key = Key::new(
    "header",
    "First row is names",
    "Whether a file begins with the names of its columns; without them columns are numbered from 1.",
    Value::Choice(YES_OR_NO),
);
pub(super) const DELIMITER: Key = Key::new(
    "delimiter",
    "Between fields",
    "The sign that stands between the fields of a row.",
    Value::Choice(&[("comma", "comma"), ("semicolon", "semicolon"), ("tab", "tab"), ("pipe", "pipe")]),
);
pub(super) const QUOTES: Key = Key::new(
    "quotes",
    "Fields in quotes",
    "Whether a field can stand in quotes; without it a quote is a sign like others.",
    Value::Choice(YES_OR_NO),
);
pub(super) const CLASSES: Key =
    Key::new("classes", "Only the classes", "Items of other classes are left out.", Value::Classes);
pub(super) const LIMIT: Key = Key::new(
    "limit",
    "Most items",
    "At most so many items of each part, in proportion to the classes.",
    Value::Number("1000"),
);
pub(super) const MERGE: Key = Key::new(
    "merge",
    "Put classes together",
    "Items of the class before the colon get the one behind it; a comma separates several.",
    Value::Words("offensive:hatespeech"),
);
pub(super) const SPLIT_SEED: Key = Key::new(
    "split-seed",
    "Seed of the parts",
    "Another number divides the items in another way; 0 where nothing is said.",
    Value::Number("0"),
);

/// What is known of data that were not read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The kind that they are read as; `None` where they are recognised as none.
    pub kind: Option<Kind>,
    /// Names of the columns of the first table among them; empty where there is none that can be read.
    pub columns: Vec<String>,
}

/// Looks at what `spec` names without reading it all, also where opening it fails. `report` is told how far it is, and stops it by answering `false`.
///
/// # Errors
/// A place that cannot be read at all.
pub fn look(spec: &DataSpec, report: &mut dyn FnMut(OpenProgress) -> bool) -> Result<Looked, DataError> {
    if spec.kind.is_drawn() {
        return Ok(Looked { kind: Some(spec.kind), columns: Vec::new() });
    }
    let tree = Tree::open(&spec.path, &mut Watch::new(report))?;
    let kind = match spec.kind.loader() {
        Some(_) => Some(spec.kind),
        None => open::guess(&tree).ok().map(|(_, kind, _)| kind),
    };
    // A table may have any name where it was named itself, and a kind for tables with it.
    let is_asked = tree.focused().is_some() && spec.kind.loader().is_some_and(|loader| loader.reads(DELIMITER.id));
    let columns = tree.candidates().iter().take(FILES).find_map(|member| columns_of(member, spec, is_asked));
    Ok(Looked { kind, columns: columns.unwrap_or_default() })
}

fn columns_of(member: &Member, spec: &DataSpec, is_asked: bool) -> Option<Vec<String>> {
    if let Some(columns) = tabular::parquet_columns(member).or_else(|| jsonl::fields(member)) {
        return Some(columns);
    }
    if !is_table(member) && !is_asked {
        return None;
    }
    let (text, is_whole) = decode::peek(member, LOOKED_AT)?;
    Form::of(&text, is_whole, member, spec).ok().map(|form| form.columns.names)
}

#[cfg(test)]
mod tests {
    use super::SCHEMES;
    use crate::data::open::{COMMON_KEYS, LOADERS};
    use crate::data::split::Scheme;

    #[test]
    fn every_option_says_what_it_is_and_no_kind_has_one_twice() {
        for loader in LOADERS {
            let mut seen = std::collections::HashSet::new();
            for key in loader.keys {
                assert!(seen.insert(key.id), "{}: {}", loader.names[0], key.id);
            }
            for key in loader.keys.iter().chain(COMMON_KEYS) {
                let is_sentence = key.tip.ends_with('.') && key.tip.starts_with(char::is_uppercase);
                assert!(is_sentence && key.title.starts_with(char::is_uppercase), "{}: {key:?}", loader.names[0]);
            }
        }
    }

    #[test]
    fn the_schemes_that_a_form_offers_are_those_that_there_are() {
        let offered: Vec<Scheme> = SCHEMES.iter().filter_map(|(name, _)| name.parse().ok()).collect();
        assert_eq!((offered.len(), SCHEMES.len()), (Scheme::ALL.len(), Scheme::ALL.len()));
        assert!(Scheme::ALL.iter().all(|scheme| offered.contains(scheme)));
    }
}
