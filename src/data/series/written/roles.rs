//! Which columns of a long CSV say what item and what step a row belongs to: told by their names, and by what stands in them. Names that hardly another
//! column has are taken as they are; a `machine`, a `user_id` or a `date` only where its values are like those of an item or a step.

use std::collections::{HashMap, HashSet};

use super::{Form, asked, holds_words, shown, step_of};
use crate::data::dates::place;
use crate::data::delimited::reader;
use crate::data::spec::DataSpec;
use crate::data::{DataError, columns};

/// Names of a column that says which item a row belongs to.
const ITEMS: [&str; 11] =
    ["item", "id", "series", "series_id", "sample", "case", "session", "subject", "trial", "sequence", "recording"];
/// Names of a column of steps.
pub(super) const STEPS: [&str; 8] = ["step", "t", "time", "timestamp", "frame", "tick", "datetime", "second"];
/// What series are recorded of: a column that is called so names the items where its values come again.
const OWNERS: [&str; 49] = [
    "machine",
    "device",
    "unit",
    "sensor",
    "user",
    "patient",
    "run",
    "engine",
    "asset",
    "equipment",
    "vehicle",
    "car",
    "driver",
    "person",
    "participant",
    "animal",
    "player",
    "customer",
    "client",
    "account",
    "household",
    "meter",
    "station",
    "site",
    "node",
    "track",
    "trajectory",
    "trip",
    "episode",
    "experiment",
    "batch",
    "lot",
    "wafer",
    "battery",
    "motor",
    "pump",
    "turbine",
    "bearing",
    "robot",
    "series",
    "sample",
    "case",
    "session",
    "subject",
    "trial",
    "sequence",
    "recording",
    "record",
    "item",
];
/// Words behind what is numbered: `unit number`, `machine_id`.
const NUMBERED: [&str; 8] = ["id", "uuid", "no", "nr", "number", "name", "key", "code"];
/// Words of names of moments, beside which only [`UNITS`] stand.
const MOMENTS: [&str; 17] = [
    "time",
    "timestamp",
    "datetime",
    "date",
    "second",
    "seconds",
    "sec",
    "millisecond",
    "milliseconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "month",
];
/// Words of names of steps that are counted: none of an item can have one number twice.
const COUNTS: [&str; 9] = ["step", "timestep", "frame", "tick", "index", "cycle", "cycles", "t", "epoch"];
/// Words that only go with those of moments and counts: `time_ms`, `time in cycles`.
const UNITS: [&str; 8] = ["s", "ms", "us", "ns", "utc", "local", "in", "no"];
/// Least rows of an item, on average, for a table whose columns have other names than the sure ones.
const LEAST_ROWS: usize = 4;

/// The words of a name in small letters: of `machineId` and `machine_id` the same two.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (was_small && c.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a column of this name may say which item a row belongs to.
fn may_name_items(name: &str) -> bool {
    let words = words_of(name);
    let is_owner = |words: &[String]| OWNERS.contains(&words.concat().as_str());
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() && NUMBERED.contains(&last.as_str()) => {
            ["id", "uuid"].contains(&last.as_str()) || is_owner(rest)
        }
        _ => is_owner(&words),
    }
}

/// Whether a column of this name may hold steps.
fn may_be_steps(name: &str) -> bool {
    let words = words_of(name);
    let is_step = |word: &String| MOMENTS.contains(&word.as_str()) || COUNTS.contains(&word.as_str());
    words.iter().any(is_step) && words.iter().all(|word| is_step(word) || UNITS.contains(&word.as_str()))
}

/// Whether a column of this name counts steps rather than telling when they were: then two rows of one step are a mistake.
pub(super) fn counts_steps(name: &str) -> bool {
    words_of(name).iter().any(|word| COUNTS.contains(&word.as_str()))
}

/// What an item is called whose field in column `column` is `field`: by what it is where that is a bare number ("machine 17"), else as it stands there.
pub(super) fn item_called(column: &str, field: &str) -> String {
    let field = field.trim();
    if field.parse::<f64>().is_err() {
        return shown(field);
    }
    // Columns without names are numbered.
    let mut words = if column.parse::<usize>().is_ok() { Vec::new() } else { words_of(column) };
    while words.last().is_some_and(|word| NUMBERED.contains(&word.as_str())) {
        words.pop();
    }
    let owner = if words.is_empty() { "item".to_owned() } else { words.join(" ") };
    // As tables write a whole number in a column with gaps.
    format!("{} {}", shown(&owner), shown(field.strip_suffix(".0").unwrap_or(field)))
}

/// What was taken for the columns of items and of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The column whose values are those of items that have several rows each.
    pub item: Option<usize>,
    /// The column of steps.
    pub step: Option<usize>,
    /// The column that names the items where each is a row.
    pub names: Option<usize>,
    /// Whether the query says so, or names that hardly another column has.
    pub is_sure: bool,
}

impl Told {
    /// What the query, the names and the first rows say. `label` is the column of classes, where it is known.
    pub fn of(form: &Form, spec: &DataSpec, label: Option<usize>) -> Result<Self, DataError> {
        let names = &form.columns.names;
        let asked_item = asked(form, spec, "item")?;
        let step = step_of(form, spec)?;
        let is_settled = step.is_some() || spec.query.contains_key("step");
        let is_called = |at: usize, word: &str| names[at].trim().eq_ignore_ascii_case(word);
        let sure: Vec<usize> = match asked_item {
            Some(item) => vec![item],
            None => ITEMS.iter().filter_map(|word| (0..names.len()).find(|at| is_called(*at, word))).collect(),
        };
        // Without a header nothing is called anything.
        let others = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let is_free = |at: &usize| form.has_header && ![label, step].contains(&Some(*at)) && !sure.contains(at);
            (0..names.len()).filter(is_free).filter(|at| fits(&names[*at])).collect()
        };
        let owners = if asked_item.is_some() { Vec::new() } else { others(&may_name_items) };
        let steps: Vec<usize> = if is_settled { step.into_iter().collect() } else { others(&may_be_steps) };
        for &item in sure.iter().chain(&owners) {
            let fits = |step: &&usize| **step != item && comes_again(form, item) && are_apart(form, item, **step);
            if let Some(&step) = steps.iter().find(fits) {
                let is_sure = is_settled && sure.contains(&item);
                return Ok(Self { item: Some(item), step: Some(step), names: Some(item), is_sure });
            }
        }
        let owner = owners.iter().copied().find(|owner| comes_again(form, *owner));
        let is_better = |item: &usize| asked_item.is_some() || owner.is_none() || comes_again(form, *item);
        let first = sure.first().copied();
        Ok(match first.filter(is_better) {
            Some(item) => Self { item: Some(item), step, names: Some(item), is_sure: true },
            None => Self { item: owner, step, names: first.or(owner).or(owners.first().copied()), is_sure: false },
        })
    }

    /// Whether each item has at least `n` rows on average, of those that were looked at.
    pub fn has_rows(&self, form: &Form, n: usize) -> bool {
        self.item.is_some_and(|item| distinct(form, item) * n <= form.sample.len())
    }
}

fn fields(form: &Form, column: usize) -> impl Iterator<Item = &str> {
    form.sample.iter().filter_map(move |row| row.get(column)).map(|field| field.trim())
}

fn distinct(form: &Form, column: usize) -> usize {
    fields(form, column).collect::<HashSet<&str>>().len()
}

/// Whether most values of a column stand in several rows, as those of an item do.
pub(super) fn comes_again(form: &Form, column: usize) -> bool {
    distinct(form, column) * 2 <= form.sample.len()
}

/// Whether no item has two rows of one step.
fn are_apart(form: &Form, item: usize, step: usize) -> bool {
    let mut seen = HashSet::new();
    fields(form, item).zip(fields(form, step)).all(|pair| seen.insert(pair))
}

/// Whether a column holds words that are no dates.
pub(super) fn holds_names(form: &Form, column: usize) -> bool {
    holds_words(form, column) && !fields(form, column).filter(|field| !field.is_empty()).all(|f| place(f).is_some())
}

/// Columns of words that change within items, while a file is gone through.
#[derive(Debug)]
pub(super) struct Changing {
    /// Each column, and whether it changed so far.
    columns: Vec<(usize, bool)>,
    /// The fields of each item's first row.
    first: HashMap<usize, Vec<String>>,
}

impl Changing {
    pub fn new(columns: impl Iterator<Item = usize>) -> Self {
        Self { columns: columns.map(|column| (column, false)).collect(), first: HashMap::new() }
    }

    /// One more row of item `item`; `field` gives its fields.
    pub fn push<'a>(&mut self, item: usize, field: impl Fn(usize) -> &'a str) {
        if self.columns.iter().all(|(_, changed)| *changed) {
            return;
        }
        let columns = &self.columns;
        let first = self.first.entry(item).or_insert_with(|| columns.iter().map(|of| field(of.0).to_owned()).collect());
        for ((column, changed), first) in self.columns.iter_mut().zip(first) {
            *changed |= field(*column) != first.as_str();
        }
    }

    /// How many changed.
    pub fn n(&self) -> usize {
        self.columns.iter().filter(|(_, changed)| *changed).count()
    }
}

/// Whether a table whose columns have other names than the sure ones holds series all the same: several rows for each of several items, one class for
/// each, and no text. Where items have several rows of one step, nothing may tell these apart, or they are something else than steps. `text` is the
/// beginning of the file, and all of it where it `is_whole`; numbers are columns.
pub(super) fn is_plain(
    (form, text, is_whole): (&Form, &str, bool),
    (item, step, label): (usize, usize, Option<usize>),
    channels: &[usize],
) -> bool {
    if !form.has_header || !columns::guess_texts(&form.columns, &form.sample).is_empty() {
        return false;
    }
    let n_columns = form.columns.names.len();
    let is_used =
        |column: &usize| [Some(item), Some(step), label].contains(&Some(*column)) || channels.contains(column);
    let mut others = Changing::new((0..n_columns).filter(|at| !is_used(at) && holds_names(form, *at)));
    let mut classes = Changing::new(label.into_iter());
    let mut items: HashMap<String, usize> = HashMap::new();
    let mut seen = HashSet::new();
    let (mut n_rows, mut is_repeated) = (0_usize, false);
    let mut records = reader(text, form.delimiter, form.quoting, form.escape).into_records().skip(1).peekable();
    while let Some(Ok(record)) = records.next() {
        // The last row may have been cut off.
        if records.peek().is_none() && !is_whole {
            break;
        }
        if record.len() != n_columns {
            return false;
        }
        let field = |column: usize| record.get(column).unwrap_or("").trim();
        let next = items.len();
        let at = *items.entry(field(item).to_owned()).or_insert(next);
        is_repeated |= !seen.insert((at, field(step).to_owned()));
        others.push(at, field);
        classes.push(at, field);
        n_rows += 1;
    }
    let is_many = items.len() > 1 || (!is_whole && !items.is_empty());
    let most_changing = match is_repeated {
        true if counts_steps(&form.columns.names[step]) => return false,
        true => 1,
        // Where more is said in words than is measured, rows are events rather than steps.
        false => channels.len(),
    };
    is_many && items.len() * LEAST_ROWS <= n_rows && classes.n() == 0 && others.n() < most_changing
}

#[cfg(test)]
mod tests {
    use super::{counts_steps, item_called, may_be_steps, may_name_items, words_of};

    #[test]
    fn names_are_taken_apart_into_words_however_they_are_written() {
        for name in ["machine_id", "machineId", "Machine ID", "machine-id"] {
            assert_eq!(words_of(name), ["machine", "id"], "{name}");
        }
        for name in ["machine", "Device", "UserID", "patient", "unit number", "wafer_no", "my_thing_id", "run"] {
            assert!(may_name_items(name), "{name}");
        }
        for name in ["temperature", "id", "idle", "number", "name", "machine_speed", "price_code", ""] {
            assert!(!may_name_items(name), "{name}");
        }
        for name in ["timestamp", "Time (s)", "time_ms", "date", "Date Time", "time in cycles", "cycle"] {
            assert!(may_be_steps(name), "{name}");
        }
        for name in ["s", "time_of_failure", "update", "temperature", ""] {
            assert!(!may_be_steps(name), "{name}");
        }
        assert!(counts_steps("time step") && counts_steps("frame") && !counts_steps("timestamp"));
    }

    #[test]
    fn an_item_with_a_bare_number_is_called_by_what_it_is() {
        assert_eq!(item_called("machine", "17"), "machine 17");
        assert_eq!(item_called("Unit Number", " 3.0 "), "unit 3");
        assert_eq!((item_called("id", "5"), item_called("1", "5")), ("item 5".to_owned(), "item 5".to_owned()));
        assert_eq!(item_called("machine_id", "M017"), "M017");
    }
}
