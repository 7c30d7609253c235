//! The data that were open before: opened again, in whatever way, they are looked at as they were left.

use super::describe::count;
use super::notices::Level;
use super::project::ViewState;
use super::undo::Step;
use super::{Command, Request, Session};
use crate::data::{DataSpec, Dataset};
use crate::work::Notice;

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

    /// Says which data took the place of which, with the way back.
    pub(super) fn tell_closed(&mut self, closed: &Before, data: &Dataset) {
        let opened = format!("{} ({})", data.name, count(data.len(), "item", "items"));
        let was = count(closed.n_items, "item", "items");
        let (said, label) = if closed.spec.path == data.spec.path {
            (format!("Opened {opened} in another way than before ({was})"), format!("Open {} as before", closed.name))
        } else {
            (format!("Closed {} ({was}); opened {opened}", closed.name), format!("Open {} again", closed.name))
        };
        let [back, forward] = [&closed.spec, &data.spec].map(|spec| Command::OpenSpec(spec.to_string()));
        self.last_action.clone_from(&said);
        self.offer_to(label, back.clone());
        self.notices.push(Level::Info, Notice::new("data-closed", said.as_str()), Some(back.clone()));
        self.undo.push(Step { back, forward, title: said, place: self.place });
    }
}
