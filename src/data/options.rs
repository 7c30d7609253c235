//! Options of a specification: what each is called, what it does and what its value is, for messages, help and forms. A loader lists its own in
//! [`Loader::keys`](super::open::Loader::keys); those that several loaders have stand here. [`look`] finds what their values can name.

use super::archive::{Member, Tree};
use super::delimited::{Form, is_table};
use super::open::{COMMON_KEYS, LOADERS, OpenProgress, Watch};
use super::spec::{DataSpec, Kind};
use super::text::decode;
use super::{DataError, columns, jsonl, open, series, tabular};

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

    /// A value as the form lists it, in quotes; one that is no entry of a list as it is.
    fn value_words(&self, value: &str) -> String {
        let listed = match self.value {
            Value::Column(words) | Value::Choice(words) => words.iter().find(|(word, _)| *word == value),
            _ => None,
        };
        listed.map_or_else(|| value.to_owned(), |(_, meaning)| format!("\"{meaning}\""))
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

pub(super) const TEXT: Key = Key::new(
    "text",
    "Text columns",
    "The columns that hold the text, joined in this order, for instance title and then body.",
    Value::Columns,
);
pub(super) const LABEL: Key = Key::new(
    "label",
    "Class column",
    "The column that holds the classes, for instance sentiment with positive and negative.",
    Value::Column(&[]),
);
pub(super) const TEXT_LABEL: Key = Key::new(
    "label",
    "Class column",
    "The column that holds the classes, for instance sentiment with positive and negative.",
    Value::Column(&[("none", "no column holds classes")]),
);
/// The option that says how items are divided.
pub const PARTS: &str = "split";
/// Where a column can say which part a row belongs to; elsewhere [`SCHEME`].
pub(super) const SPLIT: Key = Key::new(
    PARTS,
    "Train / test split",
    "How items are divided into training, validation and tests, for instance 80 / 10 / 10 %, or the column that says it; both with a comma between them.",
    Value::Column(SCHEMES),
);
pub(super) const SCHEME: Key = Key::new(
    PARTS,
    "Train / test split",
    "How items are divided into training, validation and tests, for instance 80 / 10 / 10 %.",
    Value::Choice(SCHEMES),
);
pub(super) const NAMES: Key = Key::new(
    "names",
    "Class names",
    "Names for the classes, in the order of their numbers or of the alphabet, for instance bad,good where the file has 0 and 1.",
    Value::Words("bad,good"),
);
pub(super) const HEADER: Key = Key::new(
    "header",
    "Header row",
    "Whether the first row holds the names of the columns; without it they are numbered from 1.",
    Value::Choice(YES_OR_NO),
);
pub(super) const DELIMITER: Key = Key::new(
    "delimiter",
    "Separator",
    "The sign between the fields of a row, for instance the comma in 5,good film.",
    Value::Choice(&[("comma", "comma"), ("semicolon", "semicolon"), ("tab", "tab"), ("pipe", "pipe")]),
);
pub(super) const QUOTES: Key = Key::new(
    "quotes",
    "Quoted fields",
    "Whether a field can stand in quotes, such as \"good, but long\"; without it a quote is a sign like others.",
    Value::Choice(YES_OR_NO),
);
pub(super) const CLASSES: Key = Key::new(
    "classes",
    "Only these classes",
    "Items of other classes are left out, for instance 3,8 keeps two of ten digits.",
    Value::Classes,
);
pub(super) const LIMIT: Key = Key::new(
    "limit",
    "Items at most",
    "Keeps at most so many items of each part of the split, in proportion to the classes, for instance 1000 for a quick look.",
    Value::Number("1000"),
);
pub(super) const MERGE: Key = Key::new(
    "merge",
    "Merge classes",
    "Items of the class before the colon get the one behind it: offensive:hatespeech makes hatespeech of both; a comma separates several.",
    Value::Words("offensive:hatespeech"),
);
pub(super) const SPLIT_SEED: Key = Key::new(
    "split-seed",
    "Seed of the split",
    "Another number divides the items by chance in another way, for instance 1; 0 where nothing is said.",
    Value::Number("0"),
);

/// A sentence about reading data in the words of a form: options that it names as a specification has them (`label=`, `header=no`) are called by
/// their titles, and their values as the form lists them. Those of `kind` go before those of other kinds.
pub fn in_form_words(sentence: &str, kind: Kind) -> String {
    let own = kind.loader().into_iter().chain(LOADERS.iter().copied());
    let keys: Vec<&Key> = own.flat_map(|loader| loader.keys).chain(COMMON_KEYS).collect();
    let is_of_name = |sign: char| sign.is_ascii_lowercase() || sign == '-';
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    // The option that a value was just named of: further values of it follow without its title.
    let mut last: Option<&str> = None;
    while let Some((before, after)) = rest.split_once('=') {
        let lead = before.trim_end_matches(is_of_name);
        let key = keys.iter().find(|key| key.id == &before[lead.len()..]);
        // Within a path or a specification it is a part of that.
        let is_alone = lead.is_empty() && out.is_empty() || lead.ends_with([' ', '(', '\n']);
        let Some(key) = key.filter(|_| is_alone) else {
            out.push_str(before);
            out.push('=');
            rest = after;
            last = None;
            continue;
        };
        let value = after.split(|sign: char| !sign.is_alphanumeric() && sign != '-').next().unwrap_or_default();
        let is_further = last == Some(key.id) && matches!(lead.trim(), "," | "or" | "and" | ", or");
        if value.is_empty() {
            out.push_str(&format!("{lead}\"{}\"", key.title));
        } else if is_further {
            out.push_str(&format!("{lead}{}", key.value_words(value)));
        } else {
            // What is written into a line is set in a form.
            match lead.strip_suffix("write ") {
                Some(lead) => out.push_str(&format!("{lead}set \"{}\" to ", key.title)),
                None => out.push_str(&format!("{lead}\"{}\" set to ", key.title)),
            }
            out.push_str(&key.value_words(value));
        }
        last = (!value.is_empty()).then_some(key.id);
        rest = &after[value.len()..];
    }
    out + rest
}

/// What is known of data that were not read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The kind that they are read as; `None` where they are recognised as none.
    pub kind: Option<Kind>,
    /// Names of the columns of the first table among them; empty where there is none that can be read.
    pub columns: Vec<String>,
    /// What options that are not given would be found to be, as far as the beginning of that table says: option and value.
    pub found: Vec<(&'static str, String)>,
}

/// Looks at what `spec` names without reading it all, also where opening it fails. `report` is told how far it is, and stops it by answering `false`.
///
/// # Errors
/// A place that cannot be read at all.
pub fn look(spec: &DataSpec, report: &mut dyn FnMut(OpenProgress) -> bool) -> Result<Looked, DataError> {
    if spec.kind.is_drawn() {
        return Ok(Looked { kind: Some(spec.kind), ..Looked::default() });
    }
    let tree = Tree::open(&spec.path, &mut Watch::new(report))?;
    let kind = match spec.kind.loader() {
        Some(_) => Some(spec.kind),
        None => open::guess(&tree).ok().map(|(_, kind, _)| kind),
    };
    // A table may have any name where it was named itself, and a kind for tables with it.
    let is_asked = tree.focused().is_some() && spec.kind.loader().is_some_and(|loader| loader.reads(DELIMITER.id));
    let of_table = tree.candidates().iter().take(FILES).find_map(|member| table_of(member, spec, kind, is_asked));
    let (columns, found) = of_table.unwrap_or_default();
    Ok(Looked { kind, columns, found })
}

/// Names of the columns of a table, and what is found of options.
type OfTable = (Vec<String>, Vec<(&'static str, String)>);

fn table_of(member: &Member, spec: &DataSpec, kind: Option<Kind>, is_asked: bool) -> Option<OfTable> {
    if let Some(columns) = tabular::parquet_columns(member).or_else(|| jsonl::fields(member)) {
        return Some((columns, Vec::new()));
    }
    if !is_table(member) && !is_asked {
        return None;
    }
    let (text, is_whole) = decode::peek(member, LOOKED_AT)?;
    let form = Form::of(&text, is_whole, member, spec).ok()?;
    let mut found = form.found();
    match kind.map(Kind::name) {
        Some("csv" | "tsv") => found.extend(columns::found(&form.columns, &form.sample, spec, member)),
        Some("series") => found.extend(series::found(&form, spec, member)),
        _ => {}
    }
    found.retain(|(id, _)| !spec.query.contains_key(*id));
    Some((form.columns.names, found))
}

#[cfg(test)]
mod tests {
    use super::{COMMON_KEYS, LOADERS, SCHEMES, in_form_words};
    use crate::data::spec::Kind;
    use crate::data::split::Scheme;

    #[test]
    fn options_are_called_as_a_form_calls_them_but_not_within_a_path_or_a_specification() {
        let kind = Kind::named("csv").expect("a kind");
        for (said, expected) in [
            (
                "Text is column a (guessed; text=, label= and split= change it)",
                "Text is column a (guessed; \"Text columns\", \"Class column\" and \"Train / test split\" change it)",
            ),
            ("a.csv: expected names; write header=no", "a.csv: expected names; set \"Header row\" to \"no\""),
            (
                "name another column with label=, or write label=none",
                "name another column with \"Class column\", or set \"Class column\" to \"no column holds classes\"",
            ),
            ("csv:a.csv?label=b&text=c: no column b", "csv:a.csv?label=b&text=c: no column b"),
            ("x=1 and 2 = 2", "x=1 and 2 = 2"),
            ("limit=5", "\"Items at most\" set to 5"),
        ] {
            assert_eq!(in_form_words(said, kind), expected);
        }
        let series = Kind::named("series").expect("a kind");
        for (said, expected) in [
            (
                "or write step=none to take the rows in the order of the file",
                "or set \"Time column\" to \"no column: rows are in order\" to take the rows in the order of the file",
            ),
            (
                "write gaps=previous, gaps=mean or gaps=zero, or leave it out with channels=",
                "set \"Fill missing values\" to \"the step before\", \"the mean of the item's channel\" or \"zero\", or leave it out with \"Channels\"",
            ),
        ] {
            assert_eq!(in_form_words(said, series), expected);
        }
        let table = Kind::named("table").expect("a kind");
        let said = in_form_words("Numbers: a (numbers=, categories=, ignore= and columns= change it)", table);
        assert!(said.starts_with("Numbers: a (\"") && !said.contains('='), "{said}");
    }

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
