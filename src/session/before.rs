//! Data that were open before: opened again, in whatever way, they are looked at as they were left.

use super::aside::aside_words;
use super::describe::count;
use super::notices::Level;
use super::project::ViewState;
use super::undo::Step;
use super::{Command, Request, Session};
use crate::data::{DataSpec, Dataset};
use crate::model::SavedBox;
use crate::work::Notice;

/// What the bottom line says first once unsaved work is shown again.
pub(super) const RESTORED: &str = "Restored unsaved work";
/// Most data sets of which it is remembered how they were left.
const MOST_KEPT: usize = 16;

/// Data that others took the place of, and how they were looked at.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    name: String,
    n_items: usize,
    hash: String,
    spec: DataSpec,
    view: Box<ViewState>,
    /// Hash of the black box that was in use.
    active: Option<String>,
}

impl Before {
    /// Whether these are the same data.
    pub(super) fn is_of(&self, data: &Dataset) -> bool {
        self.hash == data.hash
    }
}

/// Data that others took the place of, the latest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earlier(Vec<Before>);

impl Earlier {
    /// How these data were left, if they were open before.
    pub(super) fn take_of(&mut self, data: &Dataset) -> Option<Before> {
        let at = self.0.iter().rposition(|before| before.is_of(data))?;
        Some(self.0.remove(at))
    }

    /// Remembers how data were left.
    pub(super) fn keep(&mut self, before: Before) {
        self.0.retain(|known| known.hash != before.hash);
        self.0.push(before);
        if self.0.len() > MOST_KEPT {
            self.0.remove(0);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Which way through the steps of undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The opening of data is taken back.
    Back,
    /// It is done again.
    Forth,
}

/// Something that the bottom line offers beside what it says, as long as it says that.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What the bottom line says.
    said: String,
    /// What is done.
    pub command: Command,
    /// Name of the button.
    pub label: String,
}

impl Session {
    /// What the bottom line offers now.
    pub fn offer(&self) -> Option<&Offer> {
        self.offer.as_ref().filter(|offer| offer.said == self.last_action)
    }

    /// Offers something beside what the bottom line says.
    pub(super) fn offer_to(&mut self, label: String, command: Command) {
        self.offer = Some(Offer { said: self.last_action.clone(), command, label });
    }

    /// The open data as they are left.
    pub(super) fn leave_data(&self) -> Option<Before> {
        let data = self.data.as_ref()?;
        Some(Before {
            name: data.name.clone(),
            n_items: data.len(),
            hash: data.hash.clone(),
            spec: data.spec.clone(),
            view: Box::new(self.view_state()),
            active: self.active_box().map(|active| active.card.hash.clone()),
        })
    }

    /// Looks at data that are open again as they were left. The own text stays at hand.
    pub(super) fn look_again(&mut self, before: Before) -> Vec<Request> {
        let mut view = *before.view;
        view.own_text = self.explore.reading.kept_own().0.to_owned();
        view.shows_own_text = false;
        self.measure.embedding = view.embedding.take();
        self.look_as(view, before.active, true)
    }

    /// Begins to take an opening of data back, or to do it again, where that is the next step. The step itself is taken once the data are there:
    /// where they cannot be opened any more, nothing is lost.
    pub(super) fn begin_reopening(&mut self, way: Way) -> Option<Vec<Request>> {
        let (step, doing) = match way {
            Way::Back => (self.undo.next_undo()?, "Taking back"),
            Way::Forth => (self.undo.next_redo()?, "Doing again"),
        };
        if !step.opens_data() {
            return None;
        }
        let command = if way == Way::Back { &step.back } else { &step.forward };
        let Command::OpenSpec(spec) = command.clone() else { return None };
        let said = format!("{doing}: {}", step.title);
        let requests = self.open_spec(&spec);
        if !requests.is_empty() {
            self.reopening = Some(way);
            self.last_action = said;
        }
        Some(requests)
    }

    /// Moves the step of an opening that was taken back, or done again; false where these data are opened anew. `is_known`: they are looked at as they
    /// were left; where they are not, earlier steps mean nothing any more.
    pub(super) fn end_reopening(&mut self, way: Way, is_known: bool) -> bool {
        let undo = &mut self.undo;
        let next = if way == Way::Back { undo.next_undo() } else { undo.next_redo() };
        // Something else was done while the data were read.
        if next.is_none_or(|step| !step.opens_data()) {
            return false;
        }
        let (step, done) = match way {
            Way::Back => (undo.take_undo(), "Taken back"),
            Way::Forth => (undo.take_redo(), "Done again"),
        };
        if !is_known && way == Way::Back {
            undo.forget_done();
        } else if !is_known {
            undo.forget_undone();
        }
        self.last_action = format!("{done}: {}", step.map_or_else(String::new, |step| step.title));
        true
    }

    /// Says which data took the place of which, with the way back; and which black box was put aside, since it does not read them. `is_known`: the new
    /// ones were open before, and are looked at as they were left.
    pub(super) fn tell_closed(
        &mut self,
        closed: &Before,
        data: &Dataset,
        aside: Option<&SavedBox>,
        (way, is_known): (Option<Way>, bool),
    ) {
        if way.is_some_and(|way| self.end_reopening(way, is_known)) {
            return;
        }
        let opened = format!("{} ({})", data.name, count(data.len(), "item", "items"));
        let was = count(closed.n_items, "item", "items");
        let (said, label) = if closed.spec.path == data.spec.path {
            (format!("Opened {opened} in another way than before ({was})"), format!("Open {} as before", closed.name))
        } else {
            (format!("Closed {} ({was}); opened {opened}", closed.name), format!("Open {} again", closed.name))
        };
        let said = match aside {
            Some(aside) => format!("{said}. {}", aside_words(&aside.card, data)),
            None => said,
        };
        let [back, forward] = [&closed.spec, &data.spec].map(|spec| Command::OpenSpec(spec.to_string()));
        self.last_action.clone_from(&said);
        self.offer_to(label, back.clone());
        self.notices.push(Level::Info, Notice::new("data-closed", said.as_str()), Some(back.clone()));
        self.undo.push(Step { back, forward, title: said, place: self.place });
    }

    /// Says which data gave way to restored work, with the way back to them.
    pub(super) fn offer_closed(&mut self, closed: &Before) {
        let was = count(closed.n_items, "item", "items");
        self.last_action = format!("{}; closed {} ({was})", self.last_action, closed.name);
        let back = Command::OpenSpec(closed.spec.to_string());
        self.notices.push(Level::Info, Notice::new("data-closed", self.last_action.as_str()), Some(back.clone()));
        self.offer_to(format!("Open {} again", closed.name), back);
    }

    /// Says on which data work was restored, once they are there. What is offered beside it stays.
    pub(super) fn tell_restored(&mut self, data: &Dataset) {
        let items = count(data.len(), "item", "items");
        self.last_action = format!("{RESTORED} on {} ({items}); save it as a project to keep it", data.name);
        if let Some(offer) = self.offer.as_mut().filter(|offer| offer.said.starts_with(RESTORED)) {
            offer.said.clone_from(&self.last_action);
        }
    }

    /// Says, of data that took nothing's place, which black box was put aside, since it does not read them.
    pub(super) fn tell_aside(&mut self, aside: &SavedBox, data: &Dataset) {
        let words = aside_words(&aside.card, data);
        self.notices.push_anew(Level::Info, Notice::new("box-aside", words.as_str()), None);
        self.last_action = format!("{}. {words}", self.last_action);
    }
}
