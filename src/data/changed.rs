//! A row of a table with other values in some columns: what a black box would answer if the row were another.

use std::collections::BTreeMap;

use super::table::{AsWritten, ColumnKind, Table, TableItems};
use super::{Dataset, Items, dates};

impl Dataset {
    /// Item `item_idx` with other values, by column of the table, as data of one item; `None` stands for a missing value. Numbers and numbers of categories
    /// are those of [`Table::cells`]. `None` where this is no table, or has no such item or column.
    pub fn changed_row(&self, item_idx: usize, changes: &BTreeMap<usize, Option<f64>>) -> Option<Self> {
        let rows = self.table().filter(|_| item_idx < self.len())?;
        let mut cells = rows.cells(item_idx).to_vec();
        for (column, value) in changes {
            *cells.get_mut(*column)? = value.unwrap_or(f64::NAN);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"changed row").update(self.hash.as_bytes()).update(&(item_idx as u64).to_le_bytes());
        hasher.update(&cells.iter().flat_map(|cell| cell.to_le_bytes()).collect::<Vec<u8>>());
        let table = Table { columns: rows.table.columns.clone(), cells, as_is: rows.table.as_is };
        // Its name is that of the item.
        let written = AsWritten { digits: rows.written.digits.clone(), names: Vec::new() };
        Some(Self {
            name: self.name.clone(),
            spec: self.spec.clone(),
            modality: self.modality,
            items: Items::Table(TableItems::all(table).written_as(written)),
            labels: vec![None],
            classes: self.classes.clone(),
            splits: vec![self.splits[item_idx]],
            source_index: vec![self.source_index[item_idx]],
            hash: hasher.finalize().to_hex().to_string(),
            remarks: Vec::new(),
            truth: None,
        })
    }

    /// The value of a column of the table that is written so: a number, a date, the name of a category; `None` for nothing, which is a missing value.
    ///
    /// # Errors
    /// What is expected in the column.
    pub fn value_from(&self, column: usize, words: &str) -> Result<Option<f64>, &'static str> {
        let words = words.trim();
        let Some(of) = self.table().and_then(|rows| rows.table.columns.get(column)) else {
            return Err("a column of the table");
        };
        if words.is_empty() || words.eq_ignore_ascii_case("missing") {
            return Ok(None);
        }
        match (&of.kind, dates::dated(&of.name)) {
            (ColumnKind::Category(levels), _) => {
                let level = levels.iter().position(|level| level == words);
                level.map(|level| Some(level as f64)).ok_or("one of the column's categories")
            }
            (ColumnKind::Number, Some((_, unit))) => {
                dates::moment(words).map(|seconds| Some(seconds / unit)).ok_or("a date such as 2024-05-31")
            }
            (ColumnKind::Number, None) => {
                // As it is shown, with a true minus sign, or as it is typed.
                let number = words.replace('\u{2212}', "-").parse::<f64>().ok().filter(|value| value.is_finite());
                number.map(Some).ok_or("a number such as 12.5")
            }
        }
    }
}
