//! Questions about all items: the black box's answers, and whether the class stays. They run in the background, can be stopped, and are gone on
//! with where they stopped.

use std::sync::Arc;

use super::{Command, Lane, Purpose, Request, Run, Session, describe, items, slots};
use crate::data::Modality;
use crate::jobs::Task;
use crate::work::{Priority, Slot, format_count};

impl Session {
    /// Asks for the black box's answers to all items.
    pub(crate) fn predict_all(&mut self) -> Vec<Request> {
        let (Some(data), Some(active)) = (self.data.clone(), self.active_box()) else { return Vec::new() };
        let key: Arc<str> = format!("{} {} {:?}", active.card.key(), data.hash, self.explore.fit).into();
        self.explore.list.predictions = items::Predictions::of(data.len(), key);
        self.explore.list.is_stale = true;
        self.predict_missing()
    }

    /// Asks for the answers to the items of which none is known yet.
    fn predict_missing(&mut self) -> Vec<Request> {
        let (Some(data), Some(active)) = (self.data.clone(), self.active_box().cloned()) else { return Vec::new() };
        let predictions = &mut self.explore.list.predictions;
        predictions.is_stopped = false;
        let items: Vec<usize> = (0..data.len()).filter(|&item| predictions.get(item).is_none()).collect();
        if items.is_empty() {
            return Vec::new();
        }
        let purpose = Purpose::Predict(predictions.key.clone());
        let title = format!("Classifying with {}", active.card.name);
        let task = Task::Predict { black_box: active, fit: self.explore.fit, items, data };
        vec![in_background(slots::PREDICT, purpose, title, task)]
    }

    /// Whether the list shows whether the class stays, or depends on it.
    fn shows_fidelity(&self) -> bool {
        let is_table = self.lists_rows() && self.modality() == Modality::Table;
        is_table || self.explore.list.needs_fidelity()
    }

    /// Whether all items are tested where the list only shows what comes of it. Behind a command, which may take long or cost money for each
    /// answer, they are tested only where filter or order need it.
    pub fn tests_all_items(&self) -> bool {
        let is_command = self.active_box().is_some_and(|active| active.card.exec.is_some());
        !is_command || self.explore.list.depends_on_fidelity()
    }

    /// Asks whether the class stays for all items, where filter, order or table need it and it is not known.
    pub(crate) fn refresh_fidelity(&mut self) -> Vec<Request> {
        self.test_items(false)
    }

    /// The same; `goes_on`: also for the rest of the items where that was stopped.
    fn test_items(&mut self, goes_on: bool) -> Vec<Request> {
        if !self.shows_fidelity() {
            return Vec::new();
        }
        let explainer = self.explore.columns.get(self.explore.focus).and_then(|&at| self.explainers.get(at)).cloned();
        let (Some(data), Some(active), Some(explainer)) = (self.data.clone(), self.active_box().cloned(), explainer)
        else {
            return Vec::new();
        };
        let has_gradients = self.gradients_missing(&explainer.card.method).is_none();
        let explains = has_gradients && self.selects_unit(&explainer, self.explore.unit);
        let tests_all = self.tests_all_items();
        let explore = &mut self.explore;
        if !explains {
            // The viewer says why it explains nothing here; what is known of another would pass for its own.
            let was_known = explore.list.fidelity.take().is_some();
            explore.list.is_stale |= was_known && explore.list.depends_on_fidelity();
            return Vec::new();
        }
        let key = items::FidelityKey {
            black_box: active.card.key(),
            explainer: explainer.card.hash.clone(),
            data: data.hash.clone(),
            unit: explore.unit,
            k: explore.k,
            fill: explore.fill,
            fit: explore.fit,
        };
        let is_known = explore.list.fidelity.as_ref().is_some_and(|table| table.key == key);
        if is_known && !goes_on {
            return Vec::new();
        }
        if !is_known && !tests_all {
            // What is known is of other settings, and what is under way would be, too.
            explore.list.fidelity = None;
            return self.drop_jobs(&[slots::FIDELITY]);
        }
        if !is_known {
            explore.list.fidelity = Some(items::FidelityTable::new(key.clone(), data.len()));
            explore.list.is_stale |= explore.list.depends_on_fidelity();
        }
        if let Some(table) = &mut explore.list.fidelity {
            table.is_stopped = false;
        }
        let list = &explore.list;
        // Listed items first: those are looked at.
        let mut order: Vec<usize> = list.visible().iter().map(|&item| item as usize).collect();
        let mut is_listed = vec![false; data.len()];
        order.iter().for_each(|&item| is_listed[item] = true);
        order.extend((0..data.len()).filter(|&item| !is_listed[item]));
        order.retain(|&item| list.stays(item).is_none());
        if order.is_empty() {
            return Vec::new();
        }
        let title = format!("Testing {} on all items", explainer.card.name);
        let task = Task::Fidelity {
            black_box: active,
            explainer,
            data,
            fit: explore.fit,
            items: order,
            unit: explore.unit,
            k: explore.k,
            fill: explore.fill,
            seed: explore.seed,
        };
        vec![in_background(slots::FIDELITY, Purpose::Fidelity(Arc::new(key)), title, task)]
    }

    // --- stopped -------------------------------------------------------------------------------------------------------

    /// Notes that a question about all items ended before the last one; gives what goes on with it, where its answers are still waited for.
    pub(super) fn note_stopped(&mut self, purpose: &Purpose) -> Option<Command> {
        let list = &mut self.explore.list;
        let running = &self.running;
        // One that asks the same may have taken its place.
        let is_replaced = |kind: u16| running.of_kind(kind).is_some();
        match purpose {
            Purpose::Predict(key) if *key == list.predictions.key && !is_replaced(slots::PREDICT) => {
                list.predictions.is_stopped = true;
            }
            Purpose::Fidelity(key) if !is_replaced(slots::FIDELITY) => {
                list.fidelity.as_mut().filter(|table| table.key == **key)?.is_stopped = true;
            }
            _ => return None,
        }
        Some(Command::GoOn)
    }

    /// How far questions about all items came that were stopped, a line each.
    pub fn stopped(&self) -> Vec<String> {
        let Some(data) = &self.data else { return Vec::new() };
        let list = &self.explore.list;
        let line = |did: &str, known: usize| {
            let all = describe::count(data.len(), "item", "items");
            format!("Stopped: {did} {} of {all}", format_count(known as u64))
        };
        let predicted = Some(&list.predictions).filter(|known| known.is_stopped);
        let tested = list.fidelity.as_ref().filter(|known| known.is_stopped && self.shows_fidelity());
        let lines =
            [predicted.map(|known| line("classified", known.known)), tested.map(|known| line("tested", known.known))];
        lines.into_iter().flatten().collect()
    }

    /// Goes on with what was stopped: asks about the items that are missing.
    pub(super) fn go_on(&mut self) -> Vec<Request> {
        self.last_action = "Going on with all items".to_owned();
        let mut requests = Vec::new();
        if self.explore.list.predictions.is_stopped {
            requests.extend(self.predict_missing());
        }
        if self.explore.list.fidelity.as_ref().is_some_and(|table| table.is_stopped) {
            requests.extend(self.test_items(true));
        }
        requests
    }
}

/// A question about all items, which waits for everything else of its worker.
fn in_background(kind: u16, purpose: Purpose, title: String, task: Task) -> Request {
    let (lane, slot, priority) = (Lane::Interactive, Slot::new(kind, 0), Priority::Background);
    Request::Run(Box::new(Run { lane, slot, priority, purpose, title, task }))
}
