//! A row of the user's own: it begins as an item of the table and has other values in some columns. Answer and explanation are about it as long as it is
//! in view; the item stays as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Availability, Request, Session, describe};
use crate::data::table::{shown_name, with_minus};
use crate::data::{Dataset, Modality};

/// A changed row, as a data set of one item.
#[derive(Clone, Debug)]
pub struct OwnRow {
    /// The item that it began as.
    pub item: usize,
    /// The values that differ, by column of the table; `None` for a missing one.
    pub changes: BTreeMap<usize, Option<f64>>,
    /// The same as data.
    pub data: Arc<Dataset>,
}

/// Most changed values that are named; the others are counted.
const MOST_NAMED: usize = 3;

impl OwnRow {
    /// What is another value than in the item of `data` that it began as: "age 95.5 (was 20)".
    pub fn change_words(&self, data: &Dataset) -> String {
        let Some(rows) = data.table() else { return String::new() };
        let change = |column: &usize| {
            let name = shown_name(&rows.table.columns.get(*column)?.name);
            let [now, before] = [self.data.cell(0, *column), data.cell(self.item, *column)].map(with_minus);
            Some(format!("{name} {now} (was {before})"))
        };
        let mut words: Vec<String> = self.changes.keys().take(MOST_NAMED).filter_map(change).collect();
        let more = self.changes.len().saturating_sub(MOST_NAMED);
        if more > 0 {
            words.push(format!("{more} more"));
        }
        describe::in_words(&words)
    }
}

impl Session {
    /// The changed row, if it is in view.
    pub fn own_row(&self) -> Option<&OwnRow> {
        self.explore.reading.own_row.as_ref()
    }

    /// Whether something of the user's own is in view rather than the item of the list.
    pub(super) fn has_own(&self) -> bool {
        self.own_text().is_some() || self.own_row().is_some()
    }

    /// Columns of the open table that the black box in use reads, in its order; none where it reads no table.
    pub fn read_columns(&self) -> Vec<usize> {
        let rows = self.data.as_ref().and_then(|data| data.table());
        let fit = self.active_box().and_then(|active| active.card.table.as_ref());
        let (Some(rows), Some(fit)) = (rows, fit) else { return Vec::new() };
        let columns = &rows.table.columns;
        let find = |(place, name): (usize, &String)| {
            let is_it = |at: &usize| columns.get(*at).is_some_and(|column| column.name == *name);
            Some(place).filter(is_it).or_else(|| (0..columns.len()).find(is_it))
        };
        fit.0.iter().map(|column| &column.name).enumerate().filter_map(find).collect()
    }

    /// Whether values of the item can be changed.
    pub(super) fn row_can_change(&self) -> Availability {
        let reads_tables = self.active_box().is_some_and(|active| active.card.modality() == Modality::Table);
        match (self.lists_rows() && self.explore.item.is_some(), reads_tables) {
            (true, true) => Ok(()),
            (false, _) => Err("Open a table first".into()),
            (true, false) => Err("Train or open a black box that reads this table first".into()),
        }
    }

    /// Gives a column of the row in view another value; with all values of the item again, the item is in view.
    pub(super) fn change_cell(&mut self, column: usize, value: Option<f64>) -> Vec<Request> {
        let (Some(data), Some(item)) = (self.data.clone(), self.explore.item) else { return Vec::new() };
        let Some(rows) = data.table() else { return Vec::new() };
        let Some(&written) = rows.cells(item).get(column) else { return Vec::new() };
        let own = self.own_row().filter(|own| own.item == item);
        let mut changes = own.map(|own| own.changes.clone()).unwrap_or_default();
        if value.map_or(written.is_nan(), |value| value == written) {
            changes.remove(&column);
        } else {
            changes.insert(column, value);
        }
        let changed = data.changed_row(item, &changes).filter(|_| !changes.is_empty());
        let name = shown_name(&rows.table.columns[column].name);
        self.last_action = match &changed {
            Some(changed) if changes.contains_key(&column) => {
                let [now, before] = [changed.cell(0, column), data.cell(item, column)].map(with_minus);
                format!("{name}: {now} in place of {before}")
            }
            Some(_) => format!("{name}: {} as in the item", with_minus(data.cell(item, column))),
            None => "Back to the item".to_owned(),
        };
        self.explore.reading.own_row = changed.map(|changed| OwnRow { item, changes, data: Arc::new(changed) });
        self.refresh()
    }

    /// Takes all changes of the row back.
    pub(super) fn back_to_row(&mut self) -> Vec<Request> {
        self.explore.reading.own_row = None;
        self.last_action = "Back to the item".to_owned();
        self.refresh()
    }
}
