//! CSV and TSV with a column of text. The delimiter, a header and the roles of the columns are guessed, said, and changed by the query:
//! `csv:FILE?text=title,description&label=class&split=split&header=no&delimiter=semicolon&quotes=no`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::archive::{Member, Tree};
use super::columns::{self, Builder, Columns, SAMPLE};
use super::open::{Loader, Raw, Watch};
use super::options;
use super::spec::{DataSpec, in_words};
use super::text::{MAX_TEXT_BYTES, decode};
use super::{DataError, split::Split};

/// Reads CSV and TSV files with a column of text.
pub static LOADER: Loader = Loader {
    names: &["csv", "tsv"],
    about: "CSV and TSV with a column of text",
    endings: &[".csv", ".tsv"],
    keys: &[
        options::TEXT,
        options::TEXT_LABEL,
        options::SPLIT,
        options::NAMES,
        options::HEADER,
        options::DELIMITER,
        options::QUOTES,
    ],
    guess,
    load,
};

/// Delimiters that are guessed, and their names in the query.
const DELIMITERS: [(u8, &str); 4] = [(b',', "comma"), (b'\t', "tab"), (b';', "semicolon"), (b'|', "pipe")];
/// Bytes from which the form is guessed.
const LOOKED_AT: usize = 1 << 18;
/// A field of a header is no longer.
const MAX_NAME: usize = 60;
/// Rows between two reports.
const ROWS: usize = 1024;

pub(super) fn is_table(member: &Member) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    [".csv", ".tsv", ".tab"].iter().any(|ending| name.ends_with(ending))
}

fn guess(tree: &Tree) -> Option<String> {
    let spec = DataSpec::from_path(&tree.origin);
    let seen = tree.candidates().iter().filter(|member| is_table(member)).take(20);
    for member in seen {
        let Some((text, is_whole)) = decode::peek(member, LOOKED_AT) else { continue };
        let Ok(form) = Form::of(&text, is_whole, member, &spec) else { continue };
        let found = columns::guess_texts(&form.columns, &form.sample);
        if let Some(&column) = found.last() {
            let name = &form.columns.names[column];
            return Some(format!("column {name} of {} holds text", member.plain_name()));
        }
    }
    None
}

/// How a file is written.
pub(super) struct Form {
    pub delimiter: u8,
    pub quoting: bool,
    pub escape: Option<u8>,
    pub has_header: bool,
    pub columns: Columns,
    /// Columns that the header calls like one before them: which, and what it calls them.
    pub repeated: Vec<(usize, String)>,
    /// The first rows, without the header.
    pub sample: Vec<Vec<String>>,
}

impl Form {
    /// Guesses from the beginning of a file, unless the query says.
    pub fn of(text: &str, is_whole: bool, member: &Member, spec: &DataSpec) -> Result<Self, DataError> {
        let quoting = yes_or_no(spec, "quotes")?.unwrap_or(true);
        let escape = escape_of(text).filter(|_| quoting);
        let records = |delimiter: u8| {
            let mut records: Vec<Vec<String>> = reader(text, delimiter, quoting, escape)
                .records()
                .take(SAMPLE + 2)
                .map_while(Result::ok)
                .map(|record| record.iter().map(str::to_owned).collect())
                .collect();
            // The last one may have been cut off.
            if records.len() < SAMPLE + 2 && records.len() > 1 && !is_whole {
                records.pop();
            }
            records
        };
        let delimiter = match spec.query.get("delimiter") {
            Some(asked) => delimiter_named(spec, asked)?,
            None => {
                let is_tsv = [".tsv", ".tab"].iter().any(|end| member.plain_name().to_ascii_lowercase().ends_with(end));
                // The first of equals: a tab for .tsv, a comma else.
                let mut known = DELIMITERS.map(|(byte, _)| byte);
                known.sort_by_key(|&byte| is_tsv != (byte == b'\t'));
                let scores = known.map(|byte| (regularity(&records(byte)), byte));
                scores.into_iter().rev().max_by_key(|(score, _)| *score).map_or(b',', |(_, byte)| byte)
            }
        };
        let mut sample = records(delimiter);
        let Some(first) = sample.first().cloned() else {
            return Err(member.unfit("rows of fields", "an empty file", "name another file"));
        };
        let has_header = yes_or_no(spec, "header")?.unwrap_or_else(|| is_header(&first, &sample[1..], delimiter, spec));
        let mut columns = Columns::numbered(first.len());
        if has_header {
            sample.remove(0);
            for (number, name) in first.iter().enumerate().filter(|(_, name)| !name.trim().is_empty()) {
                columns.names[number] = name.trim().to_owned();
            }
            columns.is_named = true;
        }
        let repeated = unique(&mut columns.names);
        sample.truncate(SAMPLE);
        Ok(Self { delimiter, quoting, escape, has_header, columns, repeated, sample })
    }

    /// What the options of its form are, as they are written in a query.
    pub fn found(&self) -> Vec<(&'static str, String)> {
        let yes_or_no = |is_so: bool| if is_so { "yes" } else { "no" }.to_owned();
        let delimiter = DELIMITERS.iter().find(|(byte, _)| *byte == self.delimiter).map(|(_, name)| (*name).to_owned());
        let rest = [("header", yes_or_no(self.has_header)), ("quotes", yes_or_no(self.quoting))];
        delimiter.map(|name| ("delimiter", name)).into_iter().chain(rest).collect()
    }

    pub fn said(&self, member: &Member, is_guessed: bool) -> String {
        let delimiter =
            DELIMITERS.iter().find(|(byte, _)| *byte == self.delimiter).map_or("character", |(_, name)| *name);
        let header = if self.has_header { "with" } else { "without" };
        let guessed = if is_guessed { " (guessed; delimiter= and header= change it)" } else { "" };
        let renamed = renamed(&self.columns.names, &self.repeated).map_or(String::new(), |said| format!("; {said}"));
        format!("{}: fields end at each {delimiter}, {header} a header{guessed}{renamed}", member.plain_name())
    }

    /// Refuses a file whose last row, which begins at `last_start`, ends within quotes: one that is never closed swallows the rest of the file without
    /// any other sign, and a file that was cut off may end so.
    pub fn check_last_quote(&self, text: &str, last_start: usize, member: &Member) -> Result<(), DataError> {
        let last = text.get(last_start..).unwrap_or_default();
        if !self.quoting || !ends_in_quotes(last, self.delimiter, self.escape) {
            return Ok(());
        }
        let start = last.trim_start().chars().take(40).map(|c| if c.is_control() { ' ' } else { c });
        let found = format!("one that is never closed in the row \"{}\"", start.collect::<String>());
        let advice = "close it, or write quotes=no if quotes mean nothing in this file";
        Err(member.unfit("quotes in pairs", found, advice))
    }
}

/// Whether a row that begins `row` is within a quoted field where the text ends. A quote opens a field only at its beginning.
fn ends_in_quotes(row: &str, delimiter: u8, escape: Option<u8>) -> bool {
    let (mut is_quoted, mut is_start) = (false, true);
    let mut bytes = row.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if !is_quoted {
            is_quoted = is_start && byte == b'"';
            is_start = byte == delimiter || byte == b'\n' || byte == b'\r';
        } else if Some(byte) == escape {
            bytes.next();
        } else if byte == b'"' && (escape.is_some() || bytes.next_if_eq(&b'"').is_none()) {
            (is_quoted, is_start) = (false, false);
        }
    }
    is_quoted
}

/// Gives columns of one name names of their own (`x`, `x (2)`), since models find columns by name. Says which, and what they were called.
pub(super) fn unique(names: &mut [String]) -> Vec<(usize, String)> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut renamed = Vec::new();
    for (at, name) in names.iter_mut().enumerate() {
        if seen.insert(name.clone()) {
            continue;
        }
        let own = (2..).map(|number| format!("{name} ({number})")).find(|own| !taken.contains(own));
        if let Some(own) = own {
            taken.insert(own.clone());
            seen.insert(own.clone());
            renamed.push((at, std::mem::replace(name, own)));
        }
    }
    renamed
}

/// That columns were renamed, if any was.
pub(super) fn renamed(names: &[String], renamed: &[(usize, String)]) -> Option<String> {
    const SHOWN: usize = 12;
    let more = if renamed.len() > SHOWN { " and more" } else { "" };
    let now = in_words(renamed.iter().take(SHOWN).map(|(at, _)| &names[*at]));
    (!renamed.is_empty()).then(|| format!("several columns have one name: the later ones are called {now}{more}"))
}

pub(super) fn reader(text: &str, delimiter: u8, quoting: bool, escape: Option<u8>) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quoting)
        .escape(escape)
        // A quote within quotes is written twice, or with a backslash before it, as Kaggle's IMDB has it.
        .double_quote(escape.is_none())
        .from_reader(text.as_bytes())
}

fn yes_or_no(spec: &DataSpec, key: &str) -> Result<Option<bool>, DataError> {
    match spec.query.get(key).map(String::as_str) {
        None => Ok(None),
        Some("yes") => Ok(Some(true)),
        Some("no") => Ok(Some(false)),
        Some(other) => Err(spec.refuse(format!("{key} is \"{other}\""), format!("write {key}=yes or {key}=no"))),
    }
}

fn delimiter_named(spec: &DataSpec, asked: &str) -> Result<u8, DataError> {
    let by_name = DELIMITERS.iter().find(|(_, name)| *name == asked).map(|(byte, _)| *byte);
    let by_itself = match asked.as_bytes() {
        [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Some(*byte),
        _ => None,
    };
    by_name.or(by_itself).ok_or_else(|| {
        let advice = "write delimiter=comma, tab, semicolon or pipe, or one other sign";
        spec.refuse(format!("delimiter is \"{asked}\""), advice)
    })
}

/// A backslash, if quotes within fields are written `\"` and never `""`.
fn escape_of(text: &str) -> Option<u8> {
    let is_end = |byte: Option<&u8>| matches!(byte, None | Some(b',' | b'\t' | b';' | b'|' | b'\r' | b'\n'));
    let bytes = text.as_bytes();
    let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
    let (mut n_escaped, mut n_doubled) = (0_usize, 0_usize);
    for (at, pair) in bytes.windows(2).enumerate() {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        match pair {
            [b'\\', b'"'] if !is_end(bytes.get(at + 2)) => n_escaped += 1,
            [b'"', b'"'] if !is_end(before) && !is_end(bytes.get(at + 2)) => n_doubled += 1,
            _ => {}
        }
    }
    (n_escaped > 0 && n_doubled == 0).then_some(b'\\')
}

/// How well a delimiter explains rows: more rows of one length is better, then longer rows. One column is no explanation.
fn regularity(records: &[Vec<String>]) -> (usize, usize) {
    let mut lens: Vec<usize> = records.iter().map(Vec::len).filter(|&len| len > 1).collect();
    lens.sort_unstable();
    let runs = lens.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0]));
    // In per cent, so that one odd row does not decide.
    runs.max().map_or((0, 0), |(n, len)| (n * 100 / records.len().max(1), len))
}

/// What stands for a missing value in tables of numbers.
const MISSING: [&str; 9] = ["", "?", "na", "n/a", "nan", "null", "none", "-", "missing"];

/// Whether a field of a table of numbers is empty, or says that its value is missing.
pub(super) fn is_missing(field: &str) -> bool {
    MISSING.contains(&field.trim().to_ascii_lowercase().as_str())
}

/// A number as programs write it: where a semicolon separates the fields, a comma is the decimal sign (`4,5`).
pub(super) fn decimal(field: &str, delimiter: u8) -> Cow<'_, str> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = |part: &str| is_digits(part.strip_prefix(['-', '+']).unwrap_or(part));
    let is_part = |part: &str| match part.split_once(['e', 'E']) {
        Some((digits, exponent)) => is_digits(digits) && unsigned(exponent),
        None => is_digits(part),
    };
    match field.split_once(',') {
        Some((whole, part)) if delimiter == b';' && unsigned(whole) && is_part(part) => {
            Cow::Owned(field.replacen(',', ".", 1))
        }
        _ => Cow::Borrowed(field),
    }
}

/// How a column writes its numbers: what stands between groups of three digits, and before the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    group: char,
    point: char,
}

/// The usual ones. A blank stands for those that do not break a line, too.
pub(super) const SIGNS: [Signs; 4] = [
    Signs { group: '.', point: ',' },
    Signs { group: ',', point: '.' },
    Signs { group: ' ', point: '.' },
    Signs { group: ' ', point: ',' },
];

/// A number as a program writes it, and what its signs say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ungrouped {
    /// Without groups, with a point before the fraction.
    pub plain: String,
    /// Whether groups are parted.
    pub has_groups: bool,
    /// Whether nothing but the column's signs explains it: `1.234,56` and `1.234.567`, unlike `1.234`.
    pub is_sure: bool,
}

impl Signs {
    /// What these signs make of a field; `None` where they do not fit: groups have three digits, and the first of them no leading zero.
    pub fn read(self, field: &str) -> Option<Ungrouped> {
        let is_group =
            |c: char| c == self.group || (self.group == ' ' && matches!(c, '\u{a0}' | '\u{2009}' | '\u{202f}'));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let field = field.trim();
        let (minus, digits) = match field.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", field.strip_prefix('+').unwrap_or(field)),
        };
        let (whole, part) = match digits.split_once(self.point) {
            Some((whole, part)) => (whole, Some(part)),
            None => (digits, None),
        };
        let groups: Vec<&str> = whole.split(is_group).collect();
        let has_groups = groups.len() > 1;
        let is_grouped =
            groups[0].len() <= 3 && !groups[0].starts_with('0') && groups[1..].iter().all(|group| group.len() == 3);
        if !groups.iter().all(|group| is_digits(group))
            || (has_groups && !is_grouped)
            || part.is_some_and(|part| !is_digits(part))
        {
            return None;
        }
        // One group of three digits after a full stop or a comma may be a fraction, and one fraction of three digits such a group.
        let swapped = whole.len() > 3 || whole.starts_with('0') || part.is_none_or(|part| part.len() != 3);
        let is_sure = if has_groups {
            self.group == ' ' || groups.len() > 2 || part.is_some()
        } else {
            part.is_some() && swapped
        };
        let point = part.map_or(String::new(), |part| format!(".{part}"));
        Some(Ungrouped { plain: format!("{minus}{}{point}", groups.concat()), has_groups, is_sure })
    }

    /// In words.
    pub fn said(self) -> &'static str {
        match (self.group, self.point) {
            ('.', _) => "full stops part groups of digits, a comma is the decimal sign",
            (',', _) => "commas part groups of digits, a full stop is the decimal sign",
            (_, ',') => "blanks part groups of digits, a comma is the decimal sign",
            _ => "blanks part groups of digits",
        }
    }

    /// Whether blanks part groups.
    pub const fn is_blank(self) -> bool {
        self.group == ' '
    }

    /// Whether a comma stands before fractions.
    pub const fn has_comma(self) -> bool {
        self.point == ','
    }
}

/// Whether a field is a number, with groups of digits or without.
fn is_number(field: &str, delimiter: u8) -> bool {
    decimal(field, delimiter).parse::<f64>().is_ok()
        || SIGNS.iter().any(|signs| signs.read(field).is_some_and(|read| read.has_groups))
}

/// Whether the first row names columns: short different words, of which one is known or asked for, or that stand above numbers or long texts.
fn is_header(first: &[String], rest: &[Vec<String>], delimiter: u8, spec: &DataSpec) -> bool {
    let names: Vec<String> = first.iter().map(|name| name.trim().to_lowercase()).collect();
    let n_unnamed = names.iter().filter(|name| name.is_empty()).count();
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let is_name = |name: &String| name.len() <= MAX_NAME && !is_number(name, delimiter);
    if !names.iter().all(is_name) {
        return false;
    }
    let values = |column: usize| rest.iter().filter_map(move |row| row.get(column)).map(|value| value.trim());
    let is_numeric = |column: usize| {
        let mut values = values(column).peekable();
        values.peek().is_some() && values.all(|value| is_number(value, delimiter))
    };
    // Written row numbers and trailing commas have no name.
    let are_different = distinct.len() + n_unnamed.saturating_sub(1) == names.len();
    if !are_different {
        // Words that stand twice may be values. Above nothing but numbers they are names, unless they say that a number is missing.
        return (0..names.len()).any(|column| is_numeric(column) && !is_missing(&names[column]));
    }
    let known =
        ["text", "review", "label", "sentence", "sentiment", "class", "category", "title", "split", "id", "content"];
    let asked = ["text", "label", "split"].into_iter().filter_map(|key| spec.list(key)).flatten();
    let asked: Vec<String> = asked.map(|name| name.to_lowercase()).collect();
    if names.iter().any(|name| known.contains(&name.as_str()) || (!name.is_empty() && asked.contains(name))) {
        return true;
    }
    // A name is not a value of its own column.
    if (0..names.len())
        .any(|column| !names[column].is_empty() && values(column).any(|value| value == first[column].trim()))
    {
        return false;
    }
    (0..names.len()).any(|column| {
        let n_words: usize = values(column).map(|value| value.split_whitespace().count()).sum();
        let n_in_name = names[column].split_whitespace().count();
        is_numeric(column) || (n_in_name <= 3 && n_words >= (2 * n_in_name + 3) * rest.len())
    })
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let files = columns::files(tree, "a CSV or TSV file", is_table)?;
    read(tree, &files, spec, watch)
}

/// Reads tables that have the same columns.
pub(super) fn read(
    tree: &Tree,
    files: &[(&Member, Option<Split>)],
    spec: &DataSpec,
    watch: &mut Watch<'_>,
) -> Result<Raw, DataError> {
    let mut builder = Builder::new();
    let mut remarks = Vec::new();
    let mut known = None;
    for &(member, part) in files {
        let decode::Decoded { text, note } = decode::read(member, MAX_TEXT_BYTES, watch)?;
        remarks.extend(note.map(|note| format!("{} was read as {note}", member.plain_name())));
        let start = &text[..text.floor_char_boundary(LOOKED_AT)];
        let form = Form::of(start, start.len() == text.len(), member, spec)?;
        remarks.push(form.said(member, !["delimiter", "header"].iter().all(|key| spec.query.contains_key(*key))));
        let (columns, roles) = match &known {
            None => {
                let (roles, said) = columns::roles(&form.columns, &form.sample, spec, member)?;
                remarks.push(said);
                known.insert((form.columns.clone(), roles))
            }
            Some(known) if known.0 == form.columns => known,
            Some((columns, _)) => {
                let names = |columns: &Columns| in_words(&columns.names);
                let expected = format!("the columns {} as in {}", names(columns), files[0].0.plain_name());
                return Err(member.unfit(expected, names(&form.columns), "name one of the files"));
            }
        };
        let mut reader = reader(&text, form.delimiter, form.quoting, form.escape);
        let mut record = csv::StringRecord::new();
        let mut row_idx = 0;
        let mut last_start = 0;
        let mut is_first = form.has_header;
        let n_columns = columns.names.len();
        while reader.read_record(&mut record).map_err(|err| member.unfit("CSV", err.to_string(), "mend the file"))? {
            let (line, byte) = record.position().map_or((0, 0), |at| (at.line(), at.byte()));
            last_start = byte as usize;
            if std::mem::take(&mut is_first) {
                continue;
            }
            if row_idx % ROWS == 0 {
                watch.bytes("Reading rows", byte, Some(text.len() as u64))?;
            }
            if record.len() != n_columns {
                let found = format!("{} in the row that begins on line {line}", record.len());
                let advice = "put fields that hold the delimiter in quotes, or change delimiter= or quotes=";
                return Err(member.unfit(format!("{n_columns} fields in each row, as in the first"), found, advice));
            }
            builder.push(roles, |column| record.get(column).unwrap_or(""), row_idx, part, member)?;
            row_idx += 1;
        }
        form.check_last_quote(&text, last_start, member)?;
    }
    let Some((first, _)) = files.first() else { return Err(tree.unfit("a table", "none", "name the file")) };
    builder.finish(tree, first, spec, remarks)
}
