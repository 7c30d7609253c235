//! Which methods stand side by side, and what a change of the black box does to them.

use super::reading::first_k;
use super::{Request, Session, describe};
use crate::data::{Modality, Unit};
use crate::model::BoxCard;

impl Session {
    /// How many units a new explainer should select, of `most` where that is known: as many as Explore shows, where it shows such units and not all of them.
    pub fn proposed_k(&self, unit: Unit, most: Option<usize>) -> usize {
        let is_shown = self.active_box().is_some() && self.explore.unit == unit;
        let of_view = most.filter(|&most| is_shown && self.explore.k < most).map(|_| self.explore.k.max(1));
        of_view.unwrap_or_else(|| first_k(unit, most))
    }

    /// The columns with the next usable method that no column shows in the focused one, `by` steps on.
    pub(super) fn step_method(&self, by: i64) -> Option<Vec<usize>> {
        let usable = self.usable_explainers();
        let mut columns = self.explore.columns.clone();
        let shown = *columns.get(self.explore.focus)?;
        let at = usable.iter().position(|explainer| *explainer == shown)? as i64;
        // What stands in another column is passed over.
        let n = usable.len() as i64;
        let next = (1..n).map(|step| usable[(at + step * by).rem_euclid(n) as usize]);
        let is_new = |at: &usize| !self.explore.columns.contains(at) && self.has_its_gradients(*at);
        let next = next.into_iter().find(is_new)?;
        columns[self.explore.focus] = next;
        Some(columns)
    }

    /// The first usable explainer that no column shows.
    pub fn next_unshown(&self) -> Option<usize> {
        let is_new = |at: &usize| !self.explore.columns.contains(at) && self.has_its_gradients(*at);
        self.usable_explainers().into_iter().find(is_new)
    }

    pub(crate) fn set_columns(&mut self, columns: Vec<usize>) -> Vec<Request> {
        self.put_columns(columns);
        let said = self.follow_trained();
        let names: Vec<String> = self.column_explainers().iter().map(|explainer| explainer.card.name.clone()).collect();
        if !names.is_empty() {
            self.last_action = format!("Showing {}{said}", describe::in_words(&names));
        }
        self.refresh()
    }

    /// Puts explainers into the columns; a new column is in focus.
    pub(super) fn put_columns(&mut self, columns: Vec<usize>) {
        self.explore.focus = match columns.len() {
            0 => 0,
            n if n > self.explore.columns.len() => n - 1,
            n => self.explore.focus.min(n - 1),
        };
        self.explore.columns = columns;
    }

    /// A trained selector answers for its own unit only, and best for its own k: the only one shown sets them, unless the user chose another k.
    /// Gives what the bottom line adds.
    fn follow_trained(&mut self) -> String {
        let shown = self.column_explainers();
        let trained: Vec<_> = shown
            .iter()
            .map(|explainer| &explainer.card)
            .filter(|card| crate::explain::method(&card.method).is_ok_and(|method| method.spec().trains))
            .collect();
        let [card] = trained[..] else { return String::new() };
        let (unit, k, name) = (card.unit, card.k.max(1), card.name.clone());
        let explore = &mut self.explore;
        if unit != explore.unit && shown.len() == 1 {
            (explore.unit, explore.k, explore.k_is_set) = (unit, k, false);
        } else if unit == explore.unit && k != explore.k && !explore.k_is_set {
            explore.k = k;
        } else {
            return String::new();
        }
        self.explore.k = self.explore.k.min(self.unit_count().max(1));
        format!("; {k} {} as {name} was trained", unit.noun(k))
    }

    pub(crate) fn use_box(&mut self, index: usize) -> Vec<Request> {
        let Some(active) = self.boxes.get(index).cloned() else { return Vec::new() };
        if self.active_box != Some(index) {
            // Columns, units and k of one black box mean nothing for another.
            self.undo.clear();
            self.leave_classes(&active.card);
            self.measure.forget_charts();
        }
        self.active_box = Some(index);
        self.last_action = format!("Explaining {}", active.card.name);
        self.explore.class_focus = None;
        if active.card.modality() != Modality::Text {
            // It cannot be read any more; it is remembered for the next one that reads texts.
            self.close_own();
        }
        if active.card.modality() != Modality::Table {
            self.explore.reading.own_row = None;
        }
        self.explore.fit = self.fit_for(&active);
        self.adopt_unit(&active.card);
        self.explore.k = self.explore.k.clamp(1, self.unit_count().max(1));
        let columns: Vec<usize> = self.usable_explainers().into_iter().take(1).collect();
        let mut requests = self.make_untrained();
        requests.extend(self.set_columns(columns));
        requests.extend(self.predict_all());
        self.rebuild_list();
        requests
    }

    /// What names a class of the black box in use by its number: another one has it under another number, or not at all.
    fn leave_classes(&mut self, next: &BoxCard) {
        self.explore.reading.against = None;
        let before = self.active_box().map(|active| &active.card.classes);
        let filter = &self.explore.list.filter;
        let name = filter.prediction.zip(before).and_then(|(class, names)| names.get(usize::from(class)));
        let class = name.and_then(|name| next.classes.iter().position(|known| known == name));
        self.explore.list.filter.prediction = class.and_then(|class| u16::try_from(class).ok());
    }

    /// Goes on with a later checkpoint of the black box in use: what is looked at stays, with answers of its own.
    pub(super) fn follow_checkpoint(&mut self) -> Vec<Request> {
        self.await_columns();
        let mut requests = self.make_untrained();
        requests.extend(self.place_columns());
        requests.extend(self.predict_all());
        self.rebuild_list();
        requests
    }
}
