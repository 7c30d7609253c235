//! A mask that the user makes by hand: words are taken out of the text in view and put back, and the black box answers at once.

use std::borrow::Cow;

use super::reading::Action;
use super::undo::Step;
use super::{Command, Request, Run, Session, describe};
use crate::data::Unit;

/// What was taken out by hand, and of what: it stays with its item, and what another item's units are called by the same numbers is not touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Hash of the data.
    data: String,
    /// Item.
    item: usize,
    /// Key of the black box, see [`crate::model::BoxCard::key`].
    black_box: String,
    /// Kind of unit.
    unit: Unit,
    /// The units that are taken out, in order.
    out: Vec<usize>,
}

impl Session {
    /// Units of the item in view that are taken out by hand, in order.
    pub fn taken_out(&self) -> &[usize] {
        let known = self.explore.reading.by_hand.as_ref().filter(|known| self.is_of_view(known));
        known.map_or(&[], |known| &known.out)
    }

    /// Whether a mask is of what is in view.
    fn is_of_view(&self, mask: &ByHand) -> bool {
        let explained = self.explore.explained().filter(|explained| self.is_in_view(explained));
        explained.zip(self.active_box()).is_some_and(|(explained, active)| {
            (mask.item, mask.unit) == (explained.item, explained.units.unit)
                && mask.data == explained.data
                && mask.black_box == active.card.key()
        })
    }

    /// The unit that would be taken out or put back: this one, else the one under the pointer, else the chosen one. `Err` holds why there is none.
    pub(super) fn can_take_out(&self, unit: Option<usize>) -> Result<usize, Cow<'static, str>> {
        let no = |why: &'static str| Err(Cow::Borrowed(why));
        let Some(explained) = self.explore.explained().filter(|explained| self.is_in_view(explained)) else {
            return no("There is no explanation of this item yet");
        };
        if !explained.units.unit.is_text() {
            return no("Words are taken out of a text");
        }
        let reading = &self.explore.reading;
        match unit.or(reading.pointed).or(reading.chosen) {
            Some(unit) if unit < explained.units.count() => Ok(unit),
            _ => no("Point at a word, or choose one in the list by rank"),
        }
    }

    /// What the text in view is parted into.
    fn kind_in_view(&self) -> Unit {
        self.explore.explained().map_or(Unit::Word, |explained| explained.units.unit)
    }

    /// Takes a unit out by hand, or puts it back.
    pub(super) fn take_out(&mut self, unit: Option<usize>) -> Vec<Request> {
        let Ok(unit) = self.can_take_out(unit) else { return Vec::new() };
        let mut out = self.taken_out().to_vec();
        let noun = self.kind_in_view().noun(1);
        let title = match out.binary_search(&unit) {
            Ok(at) => {
                out.remove(at);
                format!("Put one {noun} back")
            }
            Err(at) => {
                out.insert(at, unit);
                format!("Took one {noun} out")
            }
        };
        self.change_by_hand(out, title)
    }

    /// Puts everything back that was taken out by hand.
    pub(super) fn put_back(&mut self) -> Vec<Request> {
        let n = self.taken_out().len();
        let kind = self.kind_in_view();
        self.change_by_hand(Vec::new(), format!("Put {} back", describe::count(n, &kind.noun(1), &kind.noun(n))))
    }

    /// These are all units that are taken out of what is in view; a step that can be taken back, called `title`.
    fn change_by_hand(&mut self, out: Vec<usize>, title: String) -> Vec<Request> {
        let (Some(explained), Some(active)) = (self.explore.explained(), self.active_box()) else { return Vec::new() };
        let unit = explained.units.unit;
        let made = (!out.is_empty()).then(|| ByHand {
            data: explained.data.clone(),
            item: explained.item,
            black_box: active.card.key(),
            unit,
            out,
        });
        let before = self.explore.reading.by_hand.clone();
        let requests = self.set_by_hand(made.clone());
        let [back, forward] = [before, made].map(|mask| Command::Reading(Action::SetByHand(mask)));
        self.undo.push(Step { back, forward, title, place: self.place });
        requests
    }

    /// What is taken out by hand is now this.
    pub(super) fn set_by_hand(&mut self, mask: Option<ByHand>) -> Vec<Request> {
        self.last_action = match &mask {
            None => "Nothing is taken out by hand".to_owned(),
            Some(mask) => {
                let n = mask.out.len();
                format!("Taken out by hand: {}", describe::count(n, &mask.unit.noun(1), &mask.unit.noun(n)))
            }
        };
        self.explore.reading.by_hand = mask;
        self.by_hand_run().map(|run| Request::Run(Box::new(run))).into_iter().collect()
    }

    /// The question for the answer without all that is taken out by hand; `None` where nothing is, or the answer is known.
    pub(super) fn by_hand_run(&self) -> Option<Run> {
        let out = self.taken_out();
        if out.is_empty() { None } else { self.run_without(out, 1, "Asking without what is taken out by hand") }
    }
}
