//! Tables of numbers and categories in CSV, TSV and Parquet: `table:FILE?label=income`. What each column is for is guessed (that of the classes by its
//! name, its place and how many different values it has), said, and changed by the query: `label=`, `columns=age,sex` (only these, in this order),
//! `numbers=`, `categories=`, `ignore=`, `threshold=0.75` (a label that is a number becomes two classes),
//! `split=part` (a column of train, validation and test), `products=a*b` (further columns), `indicators=size` (a column of 0 and 1 for each of its values), `header=`, `delimiter=`, `quotes=` as for texts. `adult:FOLDER` is the census data of UCI.
//! Dates such as 2024-05-31 are numbers: days since 1970, or seconds where a time of day is written.

mod infinite;
mod label;
mod parquet;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use self::infinite::Infinite;
use self::parquet::is_parquet;
use super::archive::{Member, Tree};
use super::columns;
use super::dates::{DAY, SINCE, looks_like_date, moment};
use super::delimited::{Form, SIGNS, Signs, decimal, is_missing, is_table, reader, unique};
use super::open::{Loader, Raw, Watch};
use super::options::{self, Key, Value};
use super::spec::{DataSpec, in_words};
use super::split::Split;
use super::table::{AsWritten, Column, ColumnKind, Digits, Names, Table, TableItems};
use super::text::{MAX_TEXT_BYTES, decode};
use super::{DataError, Items, MAX_ITEMS, Modality};

/// Reads tables.
pub static LOADER: Loader = Loader {
    names: &["table"],
    about: "tables of numbers and categories (CSV, TSV, Parquet)",
    endings: &[".parquet"],
    keys: &[
        options::LABEL,
        COLUMNS_KEY,
        Key::new(
            "numbers",
            "Number columns",
            "Columns that are read as numbers, whatever they look like.",
            Value::Columns,
        ),
        Key::new(
            "categories",
            "Category columns",
            "Columns whose values are names, also where they are numbers, for instance a postal code.",
            Value::Columns,
        ),
        IGNORE_KEY,
        Key::new(
            "threshold",
            "Class threshold",
            "Makes two classes of a class column of numbers: above and up to this one, for instance 0.75.",
            Value::Words("0.75"),
        ),
        Key::new(
            "products",
            "Product columns",
            "Further columns, each the product of two, for instance age*income.",
            Value::Words("age*income"),
        ),
        Key::new(
            "indicators",
            "Indicator columns",
            "Each value of these columns becomes a column of 0 and 1, for instance size = small and size = large.",
            Value::Columns,
        ),
        options::SPLIT,
        options::HEADER,
        options::DELIMITER,
        options::QUOTES,
    ],
    guess,
    load,
};

const COLUMNS_KEY: Key = Key::new(
    "columns",
    "Only these columns",
    "Columns that models read, in this order; all others are left out, but for the classes.",
    Value::Columns,
);
const IGNORE_KEY: Key = Key::new(
    "ignore",
    "Columns left out",
    "Columns that models do not read, for instance a number of the row.",
    Value::Columns,
);

/// Names of the columns of a file in Parquet; `None` where it is none, or cannot be read.
pub(super) fn parquet_columns(member: &Member) -> Option<Vec<String>> {
    if is_parquet(member) { parquet::names(member) } else { None }
}

/// Reads UCI's Adult.
pub static ADULT: Loader = Loader {
    names: &["adult"],
    about: "Adult (census income, UCI: adult.data and adult.test)",
    endings: &[],
    keys: &[COLUMNS_KEY, IGNORE_KEY, options::SPLIT],
    guess: |tree| {
        let has = |name: &str| tree.members.iter().any(|member| member.plain_name() == name);
        (tree.focus.is_none() && has("adult.data") && has("adult.test"))
            .then(|| "it holds adult.data and adult.test".to_owned())
    },
    load: load_adult,
};

/// Columns of Adult, as adult.names describes them.
const ADULT_COLUMNS: [&str; 15] = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education-num",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
    "native-country",
    "income",
];
/// From here on single precision skips whole numbers.
const EXACT: f64 = 16_777_216.0;
/// Most categories of a column, and most classes.
const MOST_LEVELS: usize = 1000;
/// Most classes that a column of numbers is taken for.
const MOST_NUMBERED: usize = 20;
/// Most columns.
const MOST_COLUMNS: usize = 4096;
/// Rows between two reports.
const ROWS: usize = 4096;
/// Most columns of names that are kept beside a table, and how long their fields are at most, in bytes, taken together.
const MOST_NAMES: usize = 8;
const MOST_NAME: usize = 100;
/// Most digits after the decimal point that a column is shown with because the file has so many: double precision has no more.
const MOST_PLACES: u8 = 15;

fn guess(tree: &Tree) -> Option<String> {
    if let Some(member) = tree.focused().filter(|member| is_parquet(member)) {
        return Some(format!("{} is a table in Parquet", member.plain_name()));
    }
    let member = tree.focused().filter(|member| is_table(member))?;
    let (text, is_whole) = decode::peek(member, 1 << 18)?;
    let form = Form::of(&text, is_whole, member, &DataSpec::from_path(&tree.origin)).ok()?;
    (form.columns.names.len() > 1 && !form.sample.is_empty())
        .then(|| format!("{} holds columns of numbers or categories and none of text", member.plain_name()))
}

/// Everything as written, before roles are known.
struct Written {
    names: Vec<String>,
    /// Row by row.
    fields: Vec<String>,
    parts: Vec<Option<Split>>,
    /// Number of each row in its file.
    source_index: Vec<u32>,
    /// Whether semicolons separate the fields of each row, so that a comma is the decimal sign.
    has_commas: Vec<bool>,
}

impl Written {
    const fn new(names: Vec<String>) -> Self {
        Self { names, fields: Vec::new(), parts: Vec::new(), source_index: Vec::new(), has_commas: Vec::new() }
    }

    /// Notes where the row is from whose fields were added.
    fn end_row(&mut self, part: Option<Split>, row_idx: usize, has_commas: bool) {
        self.parts.push(part);
        self.source_index.push(row_idx as u32);
        self.has_commas.push(has_commas);
    }

    const fn n(&self) -> usize {
        self.parts.len()
    }

    fn column(&self, at: usize) -> impl Iterator<Item = &str> {
        self.fields.iter().skip(at).step_by(self.names.len().max(1)).map(String::as_str)
    }

    /// The fields of a column that are not missing.
    fn present(&self, at: usize) -> impl Iterator<Item = &str> {
        self.column(at).filter(|field| !is_missing(field))
    }

    /// The column called so, exactly or but for case and blanks.
    fn find(&self, spec: &DataSpec, asked: &str) -> Result<usize, DataError> {
        let by = |fits: &dyn Fn(&str) -> bool| self.names.iter().position(|name| fits(name));
        by(&|name| name == asked).or_else(|| by(&|name| name.trim().eq_ignore_ascii_case(asked.trim()))).ok_or_else(
            || {
                let shown = in_words(self.names.iter().take(30));
                spec.refuse(format!("there is no column \"{asked}\""), format!("the columns are {shown}"))
            },
        )
    }
}

/// A finite number; what is missing is none.
fn parse(field: &str) -> Option<f64> {
    field.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let files = columns::files(tree, "a CSV, TSV or Parquet table", |member| is_table(member) || is_parquet(member))?;
    let mut written: Option<Written> = None;
    let mut remarks = Vec::new();
    for (member, part) in files {
        if is_parquet(member) {
            remarks.extend(parquet::read_into(&mut written, (member, part), watch)?);
            continue;
        }
        let decode::Decoded { text, note } = decode::read(member, MAX_TEXT_BYTES, watch)?;
        remarks.extend(note.map(|note| format!("{} was read as {note}", member.plain_name())));
        let start = &text[..text.floor_char_boundary(1 << 18)];
        let form = Form::of(start, start.len() == text.len(), member, spec)?;
        remarks.push(form.said(member, !["delimiter", "header"].iter().all(|key| spec.query.contains_key(*key))));
        let names = form.columns.names.clone();
        let into = written.get_or_insert_with(|| Written::new(names.clone()));
        if into.names != names {
            let expected = format!("the columns {} as in the first file", in_words(&into.names));
            return Err(member.unfit(expected, in_words(&names), "name one of the files"));
        }
        let mut reader = reader(&text, form.delimiter, form.quoting, form.escape);
        let skipped = usize::from(form.has_header);
        let last_start = read_into(into, (&mut reader, form.delimiter), skipped, (member, part), watch, text.len())?;
        form.check_last_quote(&text, last_start, member)?;
    }
    let written = written.ok_or_else(|| tree.unfit("a table", "none", "name the file"))?;
    finish(tree, spec, written, remarks)
}

fn load_adult(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let mut written = Written::new(ADULT_COLUMNS.map(str::to_owned).to_vec());
    for (name, part) in [("adult.data", Split::Train), ("adult.test", Split::Test)] {
        let member = tree.members.iter().find(|member| member.plain_name() == name);
        let member = member.ok_or_else(|| tree.unfit(name, "no such file", "name the folder that holds both files"))?;
        let text = decode::read(member, MAX_TEXT_BYTES, watch)?.text;
        // The test file begins with a line that is no row.
        let skipped = usize::from(text.starts_with('|'));
        let mut reader = reader(&text, b',', false, None);
        read_into(&mut written, (&mut reader, b','), skipped, (member, Some(part)), watch, text.len())?;
    }
    // In the test file the classes end in a full stop.
    let width = ADULT_COLUMNS.len();
    for field in written.fields.iter_mut().skip(width - 1).step_by(width) {
        *field = field.trim_end_matches('.').to_owned();
    }
    finish(tree, &spec.clone().with("label", "income"), written, Vec::new())
}

/// Adds the rows of a file. Says where the last of them begins.
fn read_into(
    into: &mut Written,
    (reader, delimiter): (&mut csv::Reader<&[u8]>, u8),
    skipped: usize,
    (member, part): (&Member, Option<Split>),
    watch: &mut Watch<'_>,
    n_bytes: usize,
) -> Result<usize, DataError> {
    let mut record = csv::StringRecord::new();
    let mut row_idx = 0_usize;
    let mut last_start = 0;
    while reader.read_record(&mut record).map_err(|err| member.unfit("CSV", err.to_string(), "mend the file"))? {
        let (line, byte) = record.position().map_or((0, 0), |at| (at.line(), at.byte()));
        last_start = byte as usize;
        row_idx += 1;
        if row_idx <= skipped || (record.len() == 1 && record.get(0).is_some_and(|field| field.trim().is_empty())) {
            continue;
        }
        if row_idx.is_multiple_of(ROWS) {
            watch.bytes("Reading rows", byte, Some(n_bytes as u64))?;
        }
        if record.len() != into.names.len() {
            let found = format!("{} in the row that begins on line {line}", record.len());
            let advice = "put fields that hold the delimiter in quotes, or change delimiter= or quotes=";
            return Err(member.unfit(
                format!("{} fields in each row, as in the first", into.names.len()),
                found,
                advice,
            ));
        }
        if into.n() >= MAX_ITEMS {
            return Err(member.unfit(format!("at most {MAX_ITEMS} rows"), "more", "take a part of the file"));
        }
        into.fields.extend(record.iter().map(|field| field.trim().to_owned()));
        into.end_row(part, row_idx - 1 - skipped, delimiter == b';');
    }
    Ok(last_start)
}

/// How the numbers of a column are written.
enum Writing {
    /// As programs write them, or it holds none.
    Plain,
    /// So too, but the first such field, `1.234` between semicolons, may also be a whole number in groups of digits.
    PerhapsGrouped(Signs, String),
    /// With groups of digits, the first of them so.
    Grouped(Signs, String),
    /// In a way that may be read as different numbers, the first of them so.
    Doubtful(String),
}

/// A field as it is read where it is not in groups of digits.
fn undecorated(field: &str, has_commas: bool) -> Cow<'_, str> {
    decimal(field, if has_commas { b';' } else { b',' })
}

/// How column `at` writes its numbers. `is_comma` is what the other columns say: whether a comma stands before fractions.
fn writing_of(written: &Written, at: usize, is_comma: impl Fn() -> Option<bool>) -> Writing {
    let all = || written.column(at).zip(&written.has_commas).filter(|(field, _)| !is_missing(field));
    let is_read = |(field, has_commas): (&str, &bool)| parse(&undecorated(field, *has_commas)).is_some();
    let first_unread = all().find(|of| !is_read(*of)).map(|(field, _)| field);
    if first_unread.is_none() && all().all(|(_, has_commas)| !has_commas) {
        return Writing::Plain;
    }
    // For each way in which all fields can be read: the first field in groups, and whether nothing else explains them.
    let explain = |signs: Signs| {
        let (mut first, mut is_sure) = (None, false);
        for field in written.present(at) {
            let read = signs.read(field)?;
            is_sure |= read.is_sure;
            first = first.or(read.has_groups.then_some(field));
        }
        Some((signs, first, is_sure))
    };
    let fits: Vec<_> = SIGNS.into_iter().filter_map(explain).collect();
    let in_groups = fits.iter().filter_map(|(signs, first, is_sure)| Some((*signs, (*first)?, *is_sure)));
    let mut in_groups: Vec<(Signs, &str, bool)> = in_groups.collect();
    // Without fractions both signs that may stand before them fit beside blanks.
    in_groups.dedup_by(|a, b| a.0.is_blank() && b.0.is_blank());
    match (in_groups.as_slice(), first_unread) {
        ([(signs, first, true)], _) => Writing::Grouped(*signs, (*first).to_owned()),
        ([(signs, first, false)], _) if is_comma() == Some(signs.has_comma()) => {
            Writing::Grouped(*signs, (*first).to_owned())
        }
        ([(signs, first, _), ..], None) if is_comma().is_none() => Writing::PerhapsGrouped(*signs, (*first).to_owned()),
        (_, None) => Writing::Plain,
        (_, Some(first)) if !fits.is_empty() => Writing::Doubtful(first.to_owned()),
        _ => Writing::Plain,
    }
}

/// Whether commas stand before the fractions of a table, or full stops; `None` where no column says, or they differ.
fn decimal_sign(written: &Written) -> Option<bool> {
    let says = |signs: Signs| {
        (0..written.names.len()).any(|at| {
            let mut is_sure = false;
            let mut fits = |field: &str| {
                signs.read(field).is_some_and(|read| {
                    is_sure |= read.is_sure;
                    true
                })
            };
            written.present(at).all(&mut fits) && is_sure
        })
    };
    match SIGNS.map(says) {
        [true, false, ..] => Some(true),
        [false, true, ..] => Some(false),
        _ => None,
    }
}

/// What is to be said of the numbers of a column.
#[derive(Clone, Debug, Default)]
struct Settled {
    /// How they were read where that is not plain.
    said: Option<String>,
    /// That they can be read in several ways, and so are not.
    doubt: Option<String>,
}

/// Brings the numbers of all columns into the form of programs. Those in `words` hold none.
fn settle_numbers(written: &mut Written, words: &[usize]) -> Vec<Settled> {
    let width = written.names.len();
    let writings: Vec<Writing> = {
        let written = &*written;
        let sign = LazyCell::new(|| decimal_sign(written));
        let writing = |at: usize| if words.contains(&at) { Writing::Plain } else { writing_of(written, at, || *sign) };
        (0..width).map(writing).collect()
    };
    let mut settled = vec![Settled::default(); width];
    for (at, writing) in writings.into_iter().enumerate() {
        let name = written.names[at].trim().to_owned();
        let mut signs = None;
        let Settled { said, doubt } = &mut settled[at];
        match writing {
            Writing::Plain => {}
            Writing::PerhapsGrouped(perhaps, first) => {
                let whole = perhaps.read(&first).map_or_else(String::new, |read| read.plain);
                let part = undecorated(&first, true).into_owned();
                *said = Some(format!(
                    "Column {name}: whether \"{first}\" is {part} or {whole} the file does not say: it was read as {part}"
                ));
            }
            Writing::Grouped(found, first) => {
                let whole = found.read(&first).map_or_else(String::new, |read| read.plain);
                let how = found.said();
                *said = Some(format!(
                    "Column {name}: \"{first}\" was read as {whole}, since {how} (categories= leaves it as it is)"
                ));
                signs = Some(found);
            }
            Writing::Doubtful(first) => {
                *doubt = Some(format!(
                    "Column {name}: whether a sign in \"{first}\" parts groups of digits or stands before a fraction the file does not say"
                ));
            }
        }
        for (field, has_commas) in written.fields.iter_mut().skip(at).step_by(width).zip(&written.has_commas) {
            let read = signs.filter(|_| !is_missing(field)).and_then(|signs| signs.read(field)).map(|read| read.plain);
            let own = match undecorated(field, *has_commas) {
                Cow::Owned(own) if read.is_none() => Some(own),
                _ => read,
            };
            if let Some(own) = own {
                *field = own;
            }
        }
    }
    settled
}

/// Roles, types and classes.
fn finish(tree: &Tree, spec: &DataSpec, mut written: Written, mut remarks: Vec<String>) -> Result<Raw, DataError> {
    if written.n() == 0 {
        return Err(tree.unfit("rows", "a table without rows", "name another file"));
    }
    let list = |key: &str| -> Result<Vec<usize>, DataError> {
        spec.list(key).unwrap_or_default().iter().map(|name| written.find(spec, name)).collect()
    };
    let (numbers, categories, ignored) = (list("numbers")?, list("categories")?, list("ignore")?);
    let indicators = list("indicators")?;
    let chosen = list("columns")?;
    let is_chosen = !chosen.is_empty();
    let chosen = if is_chosen { chosen } else { (0..written.names.len()).collect() };
    let part = columns::part_column(spec, &written.names, |column| written.column(column))?;
    let infinite = Infinite::take(&mut written, &categories);
    let settled = settle_numbers(&mut written, &categories);
    let label = match spec.query.get("label") {
        Some(asked) => written.find(spec, asked)?,
        None => {
            // What the query says to be something else is no column of classes; whoever lists one that is called so means no input by it.
            let is_input = |at: &usize| is_chosen && !label::is_unmistakable(&written.names[*at]);
            let inputs: Vec<usize> = chosen.iter().copied().filter(is_input).collect();
            let taken: Vec<usize> = [&inputs[..], &ignored, &indicators].concat().into_iter().chain(part).collect();
            let (label, said) = label::guess(&written, &taken, spec.query.contains_key("threshold"));
            remarks.push(said);
            label
        }
    };
    let is_used = |at: usize| at == label || (chosen.contains(&at) && !ignored.contains(&at));
    remarks.extend(settled.iter().enumerate().filter(|(at, _)| is_used(*at)).filter_map(|(_, of)| of.said.clone()));
    remarks.extend(infinite.settle(&mut written, is_used));
    let written = &written;
    let (labels, classes) = classes_of(spec, written, label, &mut remarks)?;
    let parts = match part.filter(|part| *part != label) {
        Some(part) => {
            let name = &written.names[part];
            remarks.push(format!("Parts are column {} (split= changes it)", name.trim()));
            written.column(part).map(|field| columns::part_in(field, name, spec)).collect::<Result<Vec<_>, _>>()?
        }
        None => written.parts.clone(),
    };
    let mut columns: Vec<(Column, Vec<f64>)> = Vec::new();
    let mut said = (Vec::new(), Vec::new(), Vec::new());
    // With how many digits columns are written, by their place.
    let mut digits: BTreeMap<usize, Digits> = BTreeMap::new();
    // What tells rows apart is kept beside the table.
    let is_kept = |at: &usize| *at != label && Some(*at) != part && is_name(written, *at);
    let mut kept: Vec<usize> = ignored.iter().copied().filter(is_kept).collect();
    for at in chosen.into_iter().filter(|at| *at != label && Some(*at) != part && !ignored.contains(at)) {
        let name = written.names[at].trim().to_owned();
        if indicators.contains(&at) {
            columns.extend(indicators_of(spec, written, at)?);
            continue;
        }
        let is_number = written.column(at).all(|field| is_missing(field) || parse(field).is_some());
        let dates = if is_number || categories.contains(&at) { None } else { dates_of(written, at) };
        if let Some((cells, since)) = dates {
            remarks.push(format!("Column {name}: dates were read as {since} (categories= leaves them as they are)"));
            said.0.push(name.clone());
            columns.push((Column { name: format!("{name} ({since})"), kind: ColumnKind::Number }, cells));
            continue;
        }
        if (is_number && !categories.contains(&at)) || numbers.contains(&at) {
            if let Some(bad) = written.column(at).find(|field| !is_missing(field) && parse(field).is_none()) {
                let advice = match settled[at].doubt {
                    Some(_) => "write a full stop before fractions and no other sign, or leave it out of numbers=",
                    None => "leave it out of numbers=",
                };
                return Err(tree.unfit(format!("numbers in column {name}"), format!("\"{bad}\""), advice));
            }
            let cells: Vec<f64> = written.column(at).map(|field| parse(field).unwrap_or(f64::NAN)).collect();
            let is_row_number = !is_chosen
                && !numbers.contains(&at)
                && cells.len() > 2
                && cells.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1e-6);
            if is_row_number {
                said.2.push(name);
                kept.push(at);
                continue;
            }
            said.0.push(name.clone());
            digits.insert(columns.len(), digits_of(written, at));
            columns.push((Column { name, kind: ColumnKind::Number }, cells));
        } else {
            let levels: BTreeMap<&str, usize> =
                written.column(at).filter(|field| !is_missing(field)).map(|field| (field, 0)).collect();
            let (doubt, mend) = if settled[at].doubt.is_some() {
                (settled[at].doubt.clone(), "write numbers without groups, and a full stop before fractions")
            } else if let Some(doubt) = nearly_dates(written, at) {
                (Some(doubt), "write each as 2024-05-31 for numbers")
            } else {
                (nearly_numbers(written, at), "leave these empty for numbers")
            };
            let doubt = doubt.filter(|_| !categories.contains(&at));
            if levels.len() > MOST_LEVELS || (levels.len() == written.n() && levels.len() > MOST_NUMBERED) {
                match doubt {
                    Some(doubt) => remarks.push(format!("{doubt}: it is left out; {mend}")),
                    None => said.2.push(name),
                }
                kept.push(at);
                continue;
            }
            let number: HashMap<&str, usize> = levels.keys().enumerate().map(|(i, level)| (*level, i)).collect();
            let cells = written.column(at).map(|field| number.get(field).map_or(f64::NAN, |at| *at as f64)).collect();
            let levels = levels.keys().map(|level| (*level).to_owned()).collect();
            remarks.extend(doubt.map(|doubt| format!("{doubt}: it is taken for categories; {mend}")));
            said.1.push(name.clone());
            columns.push((Column { name, kind: ColumnKind::Category(levels) }, cells));
        }
    }
    for product in spec.list("products").unwrap_or_default() {
        columns.push(product_of(spec, &product, &columns)?);
    }
    if columns.is_empty() || columns.len() > MOST_COLUMNS {
        let found = format!("{} beside the classes", columns.len());
        return Err(tree.unfit(format!("1 to {MOST_COLUMNS} columns"), found, "name them with columns="));
    }
    for (names, what) in [(&said.0, "Numbers"), (&said.1, "Categories"), (&said.2, "Left out, as names or row numbers")]
    {
        if !names.is_empty() {
            remarks
                .push(format!("{what}: {} (numbers=, categories=, ignore= and columns= change it)", in_words(names)));
        }
    }
    let mut names: Vec<String> = columns.iter().map(|(column, _)| column.name.clone()).collect();
    let repeated = unique(&mut names);
    for (at, _) in &repeated {
        columns[*at].0.name.clone_from(&names[*at]);
    }
    remarks.extend(super::delimited::renamed(&names, &repeated).map(|said| format!("In the table {said}")));
    let n_missing: usize = columns.iter().flat_map(|(_, cells)| cells).filter(|cell| cell.is_nan()).count();
    if n_missing > 0 {
        remarks.push(format!("{n_missing} values are missing: models read the mean, or no category"));
    }
    let n = written.n();
    let mut cells = Vec::with_capacity(n * columns.len());
    for row_idx in 0..n {
        cells.extend(columns.iter().map(|(_, cells)| cells[row_idx]));
    }
    let mut hasher = blake3::Hasher::new();
    for (column, _) in &columns {
        hasher.update(format!("{column:?}").as_bytes());
    }
    // In single precision, as files have been named since before numbers were kept in double; the rest where that tells too little.
    hasher.update(&cells.iter().flat_map(|cell| (*cell as f32).to_le_bytes()).collect::<Vec<u8>>());
    if cells.iter().any(|cell| cell.abs() >= EXACT) {
        hasher.update(&cells.iter().flat_map(|cell| cell.to_le_bytes()).collect::<Vec<u8>>());
    }
    kept.retain(|at| is_short(written, *at));
    kept.sort_unstable();
    kept.dedup();
    let kept = kept.into_iter().take(MOST_NAMES);
    let as_written = AsWritten {
        digits: (0..columns.len()).map(|at| digits.get(&at).copied().unwrap_or_default()).collect(),
        names: kept.map(|at| Names::new(written.names[at].trim(), written.column(at))).collect(),
    };
    let table = Table { columns: columns.into_iter().map(|(column, _)| column).collect(), cells, as_is: false };
    Ok(Raw {
        modality: Modality::Table,
        items: Items::Table(TableItems::all(table).written_as(as_written)),
        labels,
        classes,
        parts,
        source_index: written.source_index.clone(),
        content: hasher.finalize(),
        remarks,
        truth: None,
    })
}

/// Whether each row has another value in a column, and so is known by it.
fn is_name(written: &Written, at: usize) -> bool {
    let mut seen = HashSet::with_capacity(written.n());
    written.column(at).all(|field| !is_missing(field) && seen.insert(field))
}

/// Whether the fields of a column are as short as names are: texts are not kept beside the table.
fn is_short(written: &Written, at: usize) -> bool {
    written.column(at).map(str::len).sum::<usize>() <= MOST_NAME * written.n()
}

/// With how many digits the numbers of a column are written. Fractions of nothing but zeros, as in 74.0, say no more than whole numbers.
fn digits_of(written: &Written, at: usize) -> Digits {
    let mut places = None;
    let mut is_whole = true;
    for field in written.present(at) {
        let fraction = field.split_once('.').map_or("", |(_, fraction)| fraction);
        is_whole &= fraction.bytes().all(|digit| digit == b'0');
        let is_plain = fraction.bytes().all(|digit| digit.is_ascii_digit());
        if !is_plain || *places.get_or_insert(fraction.len()) != fraction.len() {
            return Digits::All;
        }
    }
    match places.and_then(|places| u8::try_from(places).ok()) {
        Some(places @ 1..=MOST_PLACES) if !is_whole => Digits::Places(places),
        _ => Digits::All,
    }
}

/// The dates of a column as numbers, and what these count; `None` where some field is no date whose place in time is sure.
fn dates_of(written: &Written, at: usize) -> Option<(Vec<f64>, &'static str)> {
    let seconds: Vec<f64> = written
        .column(at)
        .map(|field| if is_missing(field) { Some(f64::NAN) } else { moment(field) })
        .collect::<Option<_>>()?;
    let is_whole = seconds.iter().all(|seconds| seconds.is_nan() || seconds % DAY == 0.0);
    let (unit, since) = if is_whole { (DAY, SINCE[0]) } else { (1.0, SINCE[1]) };
    Some((seconds.into_iter().map(|seconds| seconds / unit).collect(), since))
}

/// What is to be said of a column of dates of which some have no sure place in time.
fn nearly_dates(written: &Written, at: usize) -> Option<String> {
    let is_no_date = |field: &&str| moment(field).is_none();
    let n = written.present(at).count();
    let n_others = written.present(at).filter(is_no_date).filter(|field| !looks_like_date(field)).count();
    let first = written.present(at).find(is_no_date).filter(|_| n_others * 20 <= n)?;
    Some(format!(
        "Column {} holds dates, but not all as in 2024-05-31, the first \"{}\"",
        written.names[at].trim(),
        first.chars().take(40).collect::<String>()
    ))
}

/// What is to be said of a column that is not taken for numbers, but for a few fields holds them.
fn nearly_numbers(written: &Written, at: usize) -> Option<String> {
    let n = written.present(at).count();
    let others: Vec<&str> = written.present(at).filter(|field| parse(field).is_none()).collect();
    let first = others.first().filter(|_| others.len() * 20 <= n)?;
    Some(format!(
        "Column {} holds numbers but for {} of {n} fields, the first \"{}\"",
        written.names[at].trim(),
        others.len(),
        first.chars().take(40).collect::<String>()
    ))
}

/// A column of 0 and 1 for each value of a column, the values in order; NaN where the value is missing.
fn indicators_of(spec: &DataSpec, written: &Written, at: usize) -> Result<Vec<(Column, Vec<f64>)>, DataError> {
    let name = written.names[at].trim();
    let mut levels: Vec<&str> = written.column(at).filter(|field| !is_missing(field)).collect();
    levels.sort_unstable();
    levels.dedup();
    if levels.len() > MOST_NUMBERED {
        return Err(spec.refuse(
            format!("column {name} has {} different values, more than {MOST_NUMBERED}", levels.len()),
            "leave it out of indicators=",
        ));
    }
    levels.sort_by(|a, b| parse(a).unwrap_or(0.0).total_cmp(&parse(b).unwrap_or(0.0)));
    let indicator = |level: &&str| {
        let is_here = |field: &str| if is_missing(field) { f64::NAN } else { f64::from(u8::from(field == *level)) };
        let column = Column { name: format!("{name} = {level}"), kind: ColumnKind::Number };
        (column, written.column(at).map(is_here).collect())
    };
    Ok(levels.iter().map(indicator).collect())
}

/// A column that is the product of two others: `a*b`.
fn product_of(spec: &DataSpec, asked: &str, columns: &[(Column, Vec<f64>)]) -> Result<(Column, Vec<f64>), DataError> {
    let wrong = || {
        spec.refuse(
            format!("products has \"{asked}\""),
            "write products=A*B with two columns of numbers; a comma separates several",
        )
    };
    let (a, b) = asked.split_once('*').ok_or_else(wrong)?;
    let find = |name: &str| {
        // Dates are called as in the file, or with what they count.
        let is_it = |known: &str| {
            let mut plain = SINCE.iter().filter_map(|since| known.strip_suffix(&format!(" ({since})")));
            [known].into_iter().chain(plain.next()).any(|known| known.eq_ignore_ascii_case(name.trim()))
        };
        let found = columns.iter().find(|(column, _)| is_it(&column.name));
        found.filter(|(column, _)| column.kind == ColumnKind::Number).map(|(_, cells)| cells)
    };
    let (a_cells, b_cells) = (find(a).ok_or_else(wrong)?, find(b).ok_or_else(wrong)?);
    let cells = a_cells.iter().zip(b_cells).map(|(a, b)| a * b).collect();
    let name = format!("{} * {}", a.trim(), b.trim());
    Ok((Column { name, kind: ColumnKind::Number }, cells))
}

/// Class of each row and the names of the classes.
fn classes_of(
    spec: &DataSpec,
    written: &Written,
    label: usize,
    remarks: &mut Vec<String>,
) -> Result<(Vec<Option<u16>>, Vec<String>), DataError> {
    let name = written.names[label].trim();
    if let Some(text) = spec.query.get("threshold") {
        let at = parse(text).ok_or_else(|| {
            spec.refuse(format!("threshold is \"{text}\""), "write a number, for instance threshold=0.75")
        })?;
        let class = |field: &str| match parse(field) {
            Some(value) => Ok(Some(u16::from(value > at))),
            None if is_missing(field) => Ok(None),
            None => {
                Err(spec.refuse(format!("column {name} holds \"{field}\""), "leave threshold= out: it is for numbers"))
            }
        };
        let labels = written.column(label).map(class).collect::<Result<_, _>>()?;
        return Ok((labels, vec![format!("at most {text}"), format!("above {text}")]));
    }
    let mut levels: Vec<&str> = written.column(label).filter(|field| !is_missing(field)).collect();
    levels.sort_unstable();
    levels.dedup();
    let is_number = levels.iter().all(|level| parse(level).is_some());
    if levels.len() > MOST_LEVELS || (is_number && levels.len() > MOST_NUMBERED) {
        return Err(spec.refuse(
            format!("column {name} has {} different values, too many for classes", levels.len()),
            "name another with label=, or make two classes of numbers with threshold=",
        ));
    }
    if is_number {
        levels.sort_by(|a, b| parse(a).unwrap_or(0.0).total_cmp(&parse(b).unwrap_or(0.0)));
    }
    let number: HashMap<&str, u16> = levels.iter().enumerate().map(|(at, level)| (*level, at as u16)).collect();
    let labels: Vec<Option<u16>> = written.column(label).map(|field| number.get(field).copied()).collect();
    let n_none = labels.iter().filter(|label| label.is_none()).count();
    if n_none > 0 {
        remarks.push(format!("{n_none} rows have no class"));
    }
    Ok((labels, levels.into_iter().map(str::to_owned).collect()))
}
