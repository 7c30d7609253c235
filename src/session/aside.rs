//! Black boxes that do not read the open data: these are shown without one, and what does not fit is kept at hand.

use super::items::{Faithful, Filter, Outcome, Predictions, Sort};
use super::{Request, Session, slots};
use crate::data::{Dataset, Modality};
use crate::model::BoxCard;

/// Whether a black box reads the items of `data`: their kind, and the columns of a table or the form of a series. Pictures of any size and texts of any
/// length are fitted.
pub fn reads(card: &BoxCard, data: &Dataset) -> bool {
    card.modality() == data.modality
        && match data.modality {
            Modality::Image | Modality::Text => true,
            // All items share columns or a form, which are told without any of them.
            Modality::Series | Modality::Table => card.rows(data, &[], &card.fit).is_ok(),
        }
}

/// What kind of items a black box would have to read, beside what it does read: "Digits reads pictures, and these are texts".
fn misfit(card: &BoxCard, data: &Dataset) -> String {
    let kind = card.modality().plural();
    if card.modality() == data.modality {
        format!("{} reads {kind} of another form", card.name)
    } else {
        format!("{} reads {kind}, and these are {}", card.name, data.modality.plural())
    }
}

/// That a black box is put aside, and what to do next.
pub(super) fn aside_words(card: &BoxCard, data: &Dataset) -> String {
    format!("{}: it is put aside; train or open a black box for them", misfit(card, data))
}

impl Session {
    /// Why a black box, by its number, is not used on the open data; `None` where it reads them, or where none are open.
    pub fn box_misfit(&self, index: usize) -> Option<String> {
        let (saved, data) = (self.boxes.get(index)?, self.data.as_ref()?);
        (!reads(&saved.card, data)).then(|| misfit(&saved.card, data))
    }

    /// The first black box that reads the open data, as a number.
    pub fn fitting_box(&self) -> Option<usize> {
        (0..self.boxes.len()).find(|&index| self.box_misfit(index).is_none())
    }

    /// Looks at the data alone, at the user's wish. The black box stays at hand, with its explainers.
    pub(super) fn use_no_box(&mut self) -> Vec<Request> {
        let Some(active) = self.active_box().cloned() else { return Vec::new() };
        // As for another black box: columns, units and k of the one mean nothing without it.
        self.undo.clear();
        let requests = self.put_box_aside();
        self.rebuild_list();
        self.last_action = format!("{} is put aside; the data are shown without a black box", active.card.name);
        requests
    }

    /// Takes the black box out of use. What was asked of it, and shown of it, means nothing any more.
    pub(super) fn put_box_aside(&mut self) -> Vec<Request> {
        self.active_box = None;
        self.forget_awaited();
        self.close_own();
        self.measure.forget_charts();
        let n_items = self.data.as_ref().map_or(0, |data| data.len());
        let explore = &mut self.explore;
        explore.columns.clear();
        (explore.focus, explore.class_focus, explore.wanted) = (0, None, None);
        (explore.reading.against, explore.reading.chosen, explore.reading.pointed) = (None, None, None);
        explore.reading.own_row = None;
        explore.shown.clear();
        let list = &mut explore.list;
        list.filter = Filter {
            prediction: None,
            outcome: Outcome::Any,
            faithful: Faithful::Any,
            ..std::mem::take(&mut list.filter)
        };
        if list.sort.by.needs_black_box() {
            list.sort = Sort::default();
        }
        list.fidelity = None;
        list.predictions = Predictions::new(n_items);
        self.drop_jobs(&[slots::EXPLAIN, slots::AHEAD, slots::WITHOUT, slots::PREDICT, slots::FIDELITY])
    }

    /// Ends jobs of these kinds that nobody waits for any more: that is no news.
    pub(super) fn drop_jobs(&mut self, kinds: &[u16]) -> Vec<Request> {
        self.running.drop_kinds(kinds).into_iter().map(|(lane, id)| Request::Cancel(lane, id)).collect()
    }
}
