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
}

impl TableItems {
    /// All rows of a table.
    pub fn all(table: Table) -> Self {
        let n = table.cells.len().checked_div(table.columns.len()).unwrap_or(0);
        Self { table: Arc::new(table), order: Arc::new((0..n as u32).collect()) }
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
            (Scale::Number { mean, sd }, None) => number(f64::from(value) * sd + mean),
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
    let date = dates::dated(column).and_then(|(_, unit)| dates::written(value * unit));
    date.unwrap_or_else(|| number(value))
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
            ColumnKind::Number => number_of(&of.name, *value),
            ColumnKind::Category(_) if value.is_nan() => "(missing)".to_owned(),
            ColumnKind::Category(levels) => levels.get(*value as usize).cloned().unwrap_or_default(),
        }
    }

    /// The first values of a row for lists: `39, Private, Bachelors`.
    pub fn row_start(&self, item_idx: usize) -> String {
        let columns = self.table().map_or(0, |items| items.table.columns.len());
        (0..columns.min(6)).map(|column| self.cell(item_idx, column)).collect::<Vec<_>>().join(", ")
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
