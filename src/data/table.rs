//! Rows of a table: numbers and categories by column, and how a black box reads them.
//!
//! A row is `[1, 1, columns]`. A number is standardised by the training rows' mean and standard deviation, so that 0 is the mean. A category
//! is [`CATEGORY`] plus its number, which networks spread into one input per category inside: one column stays one unit, and a mask hides all of
//! it. What is missing, or was never seen in training, is 0: the mean of a number, no category at all.

use std::sync::Arc;

use super::{DataError, Dataset, Items, Rows, Shape, Split, dates};

/// What the code of the first category is. Standardised numbers stay far below.
pub const CATEGORY: f32 = 1024.0;
/// Standardised numbers are cut off here, so that none looks like a category.
const MOST_SD: f32 = 100.0;

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Categories by name; cells hold their numbers.
    Category(Vec<String>),
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// With how many digits the numbers of a column are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digits {
    /// A few: they were computed, and have more than anyone would write.
    #[default]
    Few,
    /// All that they have.
    All,
    /// So many after the decimal point, as every number of the column has them in the file.
    Places(u8),
}

/// What a file says of its rows that models do not read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AsWritten {
    /// Digits of each column of the table, in its order; [`Digits::Few`] of those that are not here.
    pub digits: Vec<Digits>,
    /// Columns that tell rows apart: nothing to learn from, but what a row is known and found by.
    pub names: Vec<Names>,
}

/// A column of names or numbers of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// What it is called.
    pub title: String,
    /// All names, one after the other, and where each ends, in bytes.
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// A column with these names, row by row.
    pub fn new<'a>(title: &str, names: impl Iterator<Item = &'a str>) -> Self {
        let mut made = Self { title: title.to_owned(), ..Self::default() };
        for name in names {
            made.text.push_str(name);
            made.ends.push(made.text.len());
        }
        made
    }

    /// The name of a row; empty where it has none.
    pub fn get(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).map_or("", |end| &self.text[start..*end])
    }
}

/// Columns and cells of a table, without the column of classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// Cells row by row: numbers as written, numbers of categories; NaN where missing. In double precision, since seconds since 1970 differ by less
    /// than single precision can tell.
    pub cells: Vec<f64>,
    /// Whether models read numbers as they are: generated tables have known scales.
    pub as_is: bool,
}

/// The rows of a data set.
#[derive(Clone, Debug)]
pub struct TableItems {
    /// The table.
    pub table: Arc<Table>,
    /// Which row of `table` is item `i`.
    pub order: Arc<Vec<u32>>,
    /// What is known of the file beside the cells; nothing of generated tables.
    pub written: Arc<AsWritten>,
}

impl TableItems {
    /// All rows of a table.
    pub fn all(table: Table) -> Self {
        let n = table.cells.len().checked_div(table.columns.len()).unwrap_or(0);
        Self { table: Arc::new(table), order: Arc::new((0..n as u32).collect()), written: Arc::default() }
    }

    /// The same rows, of a file that wrote them so.
    pub fn written_as(self, written: AsWritten) -> Self {
        Self { written: Arc::new(written), ..self }
    }

    /// Cells of item `item_idx`.
    pub fn cells(&self, item_idx: usize) -> &[f64] {
        let width = self.table.columns.len();
        let start = self.order[item_idx] as usize * width;
        &self.table.cells[start..start + width]
    }
}

/// How one column becomes a value of a model's row.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// (value - mean) / sd.
    Number {
        /// Mean of the training rows.
        mean: f64,
        /// Their standard deviation; 1 for a constant column.
        sd: f64,
    },
    /// Categories that a model knows, in the order of their codes.
    Category(Vec<String>),
}

/// A column as a model reads it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FittedColumn {
    /// Name in the table.
    pub name: String,
    /// What becomes of a cell.
    pub scale: Scale,
}

/// How rows of a table become a model's rows: kept on its card.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TableFit(pub Vec<FittedColumn>);

impl TableFit {
    /// Whether any of its columns holds categories.
    pub fn has_categories(&self) -> bool {
        self.0.iter().any(|column| matches!(column.scale, Scale::Category(_)))
    }

    /// From the training rows of `data`; `None` where it is no table.
    pub fn of(data: &Dataset) -> Option<Self> {
        let Items::Table(items) = &data.items else { return None };
        let table = &items.table;
        let train = data.in_split(Split::Train);
        let fitted = table.columns.iter().enumerate().map(|(column, of)| {
            let scale = match &of.kind {
                ColumnKind::Category(levels) => Scale::Category(levels.clone()),
                ColumnKind::Number if table.as_is => Scale::Number { mean: 0.0, sd: 1.0 },
                ColumnKind::Number => {
                    let known = || {
                        let cells = train.iter().map(|&item| items.cells(item)[column]);
                        cells.filter(|value| value.is_finite())
                    };
                    let n = known().count().max(1) as f64;
                    let mean = known().sum::<f64>() / n;
                    let sd = (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
                    Scale::Number { mean, sd: if sd > 1e-12 { sd } else { 1.0 } }
                }
            };
            FittedColumn { name: of.name.clone(), scale }
        });
        Some(Self(fitted.collect()))
    }

    /// Shape of a row.
    pub fn shape(&self) -> Shape {
        Shape::new(1, 1, self.0.len())
    }

    /// Most categories of a column; 0 where all are numbers.
    pub fn most_levels(&self) -> usize {
        let levels = self.0.iter().map(|column| match &column.scale {
            Scale::Number { .. } => 0,
            Scale::Category(levels) => levels.len(),
        });
        levels.max().unwrap_or(0)
    }

    /// What stands in a model's row, in the table's own words.
    pub fn shown(&self, column: usize, value: f32) -> String {
        let Some(FittedColumn { name, scale }) = self.0.get(column) else { return String::new() };
        match (scale, dates::dated(name)) {
            (Scale::Number { mean, sd }, Some((_, unit))) => number_of(name, as_dated(value, *mean, *sd, unit)),
            (Scale::Number { mean, sd }, None) => briefly(as_written(value, *mean, *sd)),
            (Scale::Category(levels), _) => {
                let level = category(value).and_then(|at| levels.get(at));
                level.cloned().unwrap_or_else(|| "(none)".to_owned())
            }
        }
    }

    /// A model's value in the unit of the table: a number as written, a category's number; NaN for no category. A missing number is the mean, as which a
    /// model reads it.
    pub fn raw(&self, column: usize, value: f32) -> f64 {
        match self.0.get(column).map(|column| &column.scale) {
            Some(Scale::Number { mean, sd }) => as_written(value, *mean, *sd),
            _ => category(value).map_or(f64::NAN, |at| at as f64),
        }
    }
}

/// A standardised number in its own unit: of the numbers that are standardised to just this one, that with the fewest digits. What a file says in a few
/// digits comes back in them, since to a model that compares with 9, 8.9999999 is another number.
fn as_written(value: f32, mean: f64, sd: f64) -> f64 {
    let exact = f64::from(value) * sd + mean;
    let round = |digits: i32| (exact * 10f64.powi(digits)).round() / 10f64.powi(digits);
    (0..=9).map(round).find(|round| standardised(*round, mean, sd) == value).unwrap_or(exact)
}

/// A standardised date in what its column counts, `unit` seconds each: of the moments that are standardised to just this one the roundest, a midnight, else
/// a whole hour, minute or second. A second before midnight would be another day.
fn as_dated(value: f32, mean: f64, sd: f64, unit: f64) -> f64 {
    let exact = f64::from(value) * sd + mean;
    let round = |seconds: f64| (exact * unit / seconds).round() * seconds / unit;
    let mut rounds = [dates::DAY, 3600.0, 60.0, 1.0].into_iter().map(round);
    rounds.find(|round| standardised(*round, mean, sd) == value).unwrap_or(exact)
}

/// A number in standard deviations from the mean: what a model reads.
fn standardised(cell: f64, mean: f64, sd: f64) -> f32 {
    (((cell - mean) / sd) as f32).clamp(-MOST_SD, MOST_SD)
}

/// The number of the category whose code `value` is; `None` for a number, or where there is none.
pub fn category(value: f32) -> Option<usize> {
    (value >= CATEGORY / 2.0).then(|| (value - CATEGORY).max(0.0) as usize)
}

/// A number of a column as it is shown: the date where the column counts dates.
fn number_of(column: &str, value: f64) -> String {
    date_of(column, value).unwrap_or_else(|| number(value))
}

/// The date that a number of a column means, where the column counts dates.
fn date_of(column: &str, value: f64) -> Option<String> {
    dates::dated(column).and_then(|(_, unit)| dates::written(value * unit))
}

/// Longest number that [`briefly`] writes in full, in signs: means and noise have more digits than anyone would write.
const BRIEF: usize = 9;

/// A number in full where it has few digits, as most in files have, else in a few.
fn briefly(value: f64) -> String {
    let text = in_full(value, Digits::All);
    if text.len() <= BRIEF { text } else { number(value) }
}

/// What a column is called beside a value as it is shown: dates say themselves what they are, and need no word on what they count.
pub fn shown_name(column: &str) -> &str {
    dates::dated(column).map_or(column, |(plain, _)| plain)
}

/// A number in a few digits, without needless zeros.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "(missing)".to_owned();
    }
    let digits = (3 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A value as it is shown, with a true minus sign: files and what is typed have a hyphen in its place. Dates and names keep theirs.
pub fn with_minus(written: String) -> String {
    let is_negative = |number: &str| number.starts_with('-') && number.parse::<f64>().is_ok();
    match written.split_once(" (read as ") {
        Some((value, read)) => {
            let read = read.strip_suffix(')').unwrap_or(read).to_owned();
            format!("{} (read as {})", with_minus(value.to_owned()), with_minus(read))
        }
        None if is_negative(&written) => written.replace('-', "\u{2212}"),
        None => written,
    }
}

/// A number with the digits of its column; one that would be very long has an exponent.
fn in_full(value: f64, digits: Digits) -> String {
    // What is zero has no sign.
    let value = value + 0.0;
    let is_long = value != 0.0 && !(1e-6..1e15).contains(&value.abs());
    match digits {
        _ if !value.is_finite() => "(missing)".to_owned(),
        Digits::Few => number(value),
        Digits::Places(places) => {
            let places = usize::from(places);
            format!("{value:.places$}")
        }
        Digits::All if is_long => format!("{value:e}"),
        Digits::All => value.to_string(),
    }
}

impl Dataset {
    /// The rows of its table, where it is one.
    pub fn table(&self) -> Option<&TableItems> {
        match &self.items {
            Items::Table(items) => Some(items),
            _ => None,
        }
    }

    /// A cell as it is shown: the number, the category, or that it is missing.
    pub fn cell(&self, item_idx: usize, column: usize) -> String {
        let Some(items) = self.table() else { return String::new() };
        let (Some(value), Some(of)) = (items.cells(item_idx).get(column), items.table.columns.get(column)) else {
            return String::new();
        };
        match &of.kind {
            ColumnKind::Number => {
                let digits = items.written.digits.get(column).copied().unwrap_or_default();
                date_of(&of.name, *value).unwrap_or_else(|| in_full(*value, digits))
            }
            ColumnKind::Category(_) if value.is_nan() => "(missing)".to_owned(),
            ColumnKind::Category(levels) => levels.get(*value as usize).cloned().unwrap_or_default(),
        }
    }

    /// An item's values in the columns that a model reads, as the file has them. Where the model reads another value, since the file has none or one
    /// that was never seen in training, both are told: `missing (read as 24760)`. `row`: what the model reads, one value for each column of `fit`.
    /// `None` where this is no table with these columns, or has no such item.
    pub fn row_as_read(&self, item_idx: usize, fit: &TableFit, row: &[f32]) -> Option<Vec<String>> {
        let items = self.table().filter(|_| item_idx < self.len() && row.len() == fit.0.len())?;
        let columns = &items.table.columns;
        let cells = items.cells(item_idx);
        let words = |(place, (fitted, value)): (usize, (&FittedColumn, &f32))| {
            // Mostly both have the same columns: the names of wide tables are not all looked through for each.
            let is_it = |at: &usize| columns.get(*at).is_some_and(|column| column.name == fitted.name);
            let at = Some(place).filter(is_it).or_else(|| (0..columns.len()).find(is_it))?;
            let is_missing = cells[at].is_nan();
            let read = match &fitted.scale {
                Scale::Category(_) if category(*value).is_none() => Some("no category".to_owned()),
                Scale::Number { mean, sd } if is_missing || ((cells[at] - mean) / sd).abs() > f64::from(MOST_SD) => {
                    Some(fit.shown(place, *value))
                }
                _ => None,
            };
            let written = if is_missing { "missing".to_owned() } else { self.cell(item_idx, at) };
            Some(read.map_or_else(|| written.clone(), |read| format!("{written} (read as {read})")))
        };
        fit.0.iter().zip(row).enumerate().map(words).collect()
    }

    /// Items as model rows. Columns are found by name, categories too.
    ///
    /// # Errors
    /// Data that is no table, or lacks a column.
    pub fn table_rows(&self, items: &[usize], fit: &TableFit) -> Result<Rows, DataError> {
        let Items::Table(table) = &self.items else {
            return Err(self.unfit_item("rows of a table", self.modality.plural(), "open a table"));
        };
        let columns = &table.table.columns;
        let mut readers = Vec::with_capacity(fit.0.len());
        for wanted in &fit.0 {
            let at = columns.iter().position(|column| column.name == wanted.name);
            let at = at.ok_or_else(|| {
                let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
                let expected = format!("a column {}", wanted.name);
                self.unfit_item(&expected, &names.join(", "), "open a table with the columns of the training data")
            })?;
            let codes: Option<Vec<f32>> = match (&columns[at].kind, &wanted.scale) {
                (ColumnKind::Category(levels), Scale::Category(known)) => {
                    let code = |level| known.iter().position(|name| name == level).map(|code| CATEGORY + code as f32);
                    Some(levels.iter().map(|level| code(level).unwrap_or(0.0)).collect())
                }
                (ColumnKind::Number, Scale::Number { .. }) => None,
                _ => {
                    let expected = format!("column {} of the kind that the model was trained on", wanted.name);
                    return Err(self.unfit_item(
                        &expected,
                        "another kind",
                        "name its kind with numbers= or categories=",
                    ));
                }
            };
            readers.push((at, codes, &wanted.scale));
        }
        let mut rows = Rows::with_capacity(fit.shape(), items.len());
        for &item in items {
            let cells = table.cells(item);
            rows.values.extend(readers.iter().map(|(at, codes, scale)| {
                let cell = cells[*at];
                match (codes, scale) {
                    _ if cell.is_nan() => 0.0,
                    (Some(codes), _) => codes.get(cell as usize).copied().unwrap_or(0.0),
                    (None, Scale::Number { mean, sd }) => standardised(cell, *mean, *sd),
                    (None, Scale::Category(_)) => 0.0,
                }
            }));
        }
        Ok(rows)
    }
}
