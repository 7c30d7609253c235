//! Columns of a table as lists show them: those that tell rows apart come first, then those that models read.

use super::table::{AsWritten, ColumnKind, Names, TableItems, shown_name};
use super::{Dataset, Modality};

/// A listed column.
enum Listed<'a> {
    /// One of names, which models do not read.
    Names(&'a Names),
    /// One of the table, by its number.
    Column(usize),
}

impl TableItems {
    fn listed(&self, at: usize) -> Option<Listed<'_>> {
        let AsWritten { names, .. } = self.written.as_ref();
        match at.checked_sub(names.len()) {
            None => names.get(at).map(Listed::Names),
            Some(column) => (column < self.table.columns.len()).then_some(Listed::Column(column)),
        }
    }
}

impl Dataset {
    /// How many columns a list can show of each row; none where this is no table.
    pub fn listed_columns(&self) -> usize {
        self.table().map_or(0, |items| items.written.names.len() + items.table.columns.len())
    }

    /// What a listed column is called; empty where there is none.
    pub fn listed_name(&self, at: usize) -> &str {
        let Some(items) = self.table() else { return "" };
        match items.listed(at) {
            Some(Listed::Names(names)) => &names.title,
            Some(Listed::Column(column)) => shown_name(&items.table.columns[column].name),
            None => "",
        }
    }

    /// Whether a listed column holds numbers.
    pub fn lists_numbers(&self, at: usize) -> bool {
        let Some(items) = self.table() else { return false };
        let Some(Listed::Column(column)) = items.listed(at) else { return false };
        matches!(items.table.columns[column].kind, ColumnKind::Number)
    }

    /// What stands in a listed column of an item.
    pub fn listed_cell(&self, item_idx: usize, at: usize) -> String {
        let Some(items) = self.table() else { return String::new() };
        match items.listed(at) {
            Some(Listed::Names(names)) => name_of(items, names, item_idx).to_owned(),
            Some(Listed::Column(column)) => self.cell(item_idx, column),
            None => String::new(),
        }
    }

    /// The listed column that is called so, but for case and blanks.
    pub fn listed_called(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        (0..self.listed_columns()).find(|&at| self.listed_name(at).trim().eq_ignore_ascii_case(name))
    }

    /// Puts items into the order of a listed column: numbers by size, categories and names as they follow each other. What is missing comes last in either
    /// direction; what is equal keeps the order of the file.
    pub fn sort_by_listed(&self, items: &mut [u32], at: usize, descending: bool) {
        let Some(rows) = self.table() else { return };
        match rows.listed(at) {
            Some(Listed::Column(column)) => {
                let key = |item: u32| rows.cells(item as usize)[column];
                sort_by_number(items, descending, key);
            }
            Some(Listed::Names(names)) => {
                let all: Vec<&str> = items.iter().map(|&item| name_of(rows, names, item as usize)).collect();
                let number = |name: &str| name.parse::<f64>().ok().filter(|value| value.is_finite());
                // Numbers of rows are no words: 10 comes after 9.
                if all.iter().all(|name| name.is_empty() || number(name).is_some()) {
                    let key = |item: u32| number(name_of(rows, names, item as usize)).unwrap_or(f64::NAN);
                    sort_by_number(items, descending, key);
                    return;
                }
                let mut keyed: Vec<(&str, u32)> = all.into_iter().zip(items.iter().copied()).collect();
                keyed.sort_by(|(a, first), (b, second)| {
                    let by_name = if descending { b.cmp(a) } else { a.cmp(b) };
                    a.is_empty().cmp(&b.is_empty()).then(by_name).then(first.cmp(second))
                });
                items.iter_mut().zip(keyed).for_each(|(item, (_, sorted))| *item = sorted);
            }
            None => {}
        }
    }

    /// The column that a phrase such as `age=39` names and the table does not have; `None` where it names none, or one that there is.
    pub fn column_lacking<'a>(&self, sought: &'a str) -> Option<&'a str> {
        let (name, _) = sought.split_once('=').filter(|_| self.listed_columns() > 0)?;
        Some(name.trim()).filter(|name| !name.is_empty() && self.listed_called(name).is_none())
    }

    /// For each item, whether a value of its row is what is looked for. `fits` says so of a value as it is shown. `sought` is the phrase; one like
    /// `plan=basic` looks for rows whose value in that column is this one.
    pub(crate) fn rows_with(&self, sought: &str, fits: &(dyn Fn(&str) -> bool + Sync)) -> Vec<bool> {
        let mut found = vec![false; self.len()];
        let Some(rows) = self.table().filter(|_| self.modality == Modality::Table) else { return found };
        let named = sought.split_once('=').and_then(|(name, value)| Some((self.listed_called(name)?, value.trim())));
        let (only, sought) = named.map_or((None, sought.trim()), |(at, value)| (Some(at), value));
        let whole = |value: &str| {
            // What is missing stands in brackets.
            [value, value.trim_matches(['(', ')'])].iter().any(|value| value.eq_ignore_ascii_case(sought))
        };
        let fits: &(dyn Fn(&str) -> bool + Sync) = if only.is_some() { &whole } else { fits };
        let number = sought.parse::<f64>().ok().filter(|value| value.is_finite());
        let columns: Vec<Looked<'_>> = (0..self.listed_columns())
            .filter(|at| only.is_none_or(|only| only == *at))
            .filter_map(|at| {
                Some(match rows.listed(at)? {
                    Listed::Names(names) => Looked::Names(names),
                    Listed::Column(column) => match &rows.table.columns[column].kind {
                        // Few values stand in many rows.
                        ColumnKind::Category(levels) => Looked::Category(
                            column,
                            levels.iter().map(|level| fits(level)).collect(),
                            fits("(missing)"),
                        ),
                        // Letters stand in no number, and writing all numbers of a large table takes long.
                        ColumnKind::Number if sought.chars().all(in_numbers) || fits("(missing)") => {
                            Looked::Number(column)
                        }
                        ColumnKind::Number => return None,
                    },
                })
            })
            .collect();
        let has = |item_idx: usize| {
            columns.iter().any(|column| match column {
                Looked::Names(names) => fits(name_of(rows, names, item_idx)),
                Looked::Category(column, levels, missing) => {
                    let cell = rows.cells(item_idx)[*column];
                    if cell.is_nan() { *missing } else { levels.get(cell as usize) == Some(&true) }
                }
                Looked::Number(column) => {
                    number == Some(rows.cells(item_idx)[*column]) || fits(&self.cell(item_idx, *column))
                }
            })
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = self.len().div_ceil(threads).max(SHARE);
        std::thread::scope(|scope| {
            for (part_idx, part) in found.chunks_mut(share).enumerate() {
                let has = &has;
                scope.spawn(move || {
                    part.iter_mut().enumerate().for_each(|(at, found)| *found = has(part_idx * share + at));
                });
            }
        });
        found
    }
}

/// Rows that a thread takes at least.
const SHARE: usize = 2000;

/// A column that is looked through.
enum Looked<'a> {
    Names(&'a Names),
    /// Which categories are sought, and whether a missing one is.
    Category(usize, Vec<bool>, bool),
    Number(usize),
}

/// Signs of which numbers and dates are written.
fn in_numbers(sign: char) -> bool {
    sign.is_ascii_digit() || matches!(sign, '.' | '-' | '+' | ':' | ' ' | 'e' | 'E')
}

fn name_of<'a>(rows: &TableItems, names: &'a Names, item_idx: usize) -> &'a str {
    rows.order.get(item_idx).map_or("", |row| names.get(*row as usize))
}

/// Puts items into the order of their numbers; those without one come last.
fn sort_by_number(items: &mut [u32], descending: bool, key: impl Fn(u32) -> f64) {
    let order = |value: f64| match (value.is_nan(), descending) {
        (true, _) => f64::INFINITY,
        (false, true) => -value,
        (false, false) => value,
    };
    let mut keyed: Vec<(f64, u32)> = items.iter().map(|&item| (order(key(item)), item)).collect();
    keyed.sort_by(|(a, first), (b, second)| a.total_cmp(b).then(first.cmp(second)));
    items.iter_mut().zip(keyed).for_each(|(item, (_, sorted))| *item = sorted);
}
