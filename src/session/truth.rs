//! Data of which it is known what decides each item's class: which units these are, and how many of them a method selects. The window and its
//! figures mark them; studies draw their pictures elsewhere ([`crate::jobs::study`]) and never get to know them.

use super::{Availability, Session};
use crate::jobs::picture::truth_of;
use crate::jobs::{Explained, MethodResult};

/// Name of the command.
pub const TITLE: &str = "Mark the truth";
/// What it does.
pub const TIP: &str = "Mark the units that truly decide the class, where the data says which they are.";

/// How many selected units truly decide the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hits {
    /// Selected units that do.
    pub hits: usize,
    /// Selected units.
    pub selected: usize,
    /// Units that do.
    pub of: usize,
}

impl Hits {
    /// In a line, e.g. `Truth: 3 of 4 selected truly decide the class; 5 do in all`.
    pub fn words(self) -> String {
        let Self { hits, selected, of } = self;
        match of {
            0 => "Truth: no unit decides this item's class".to_owned(),
            _ => {
                let decide = if hits == 1 { "decides" } else { "decide" };
                let also = if of == 1 { "does" } else { "do" };
                format!("Truth: {hits} of {selected} selected truly {decide} the class; {of} {also} in all")
            }
        }
    }
}

impl Session {
    /// Whether truly deciding units can be marked: the open data says which they are.
    pub fn knows_truth(&self) -> bool {
        !self.has_own() && self.data.as_ref().is_some_and(|data| data.truth.is_some())
    }

    pub(super) fn truth_is_known(&self) -> Availability {
        if self.knows_truth() { Ok(()) } else { Err("The open data does not say what truly decides a class".into()) }
    }

    /// Whether each unit truly decides the class of the explained item; `None` where that is not known.
    pub fn truth_of(&self, explained: &Explained) -> Option<Vec<bool>> {
        truth_of(self.data.as_ref().filter(|data| data.hash == explained.data)?, explained)
    }

    /// How many of the units that a method selects at the k of the slider are true, while truth is shown.
    pub fn hits(&self, explained: &Explained, result: &MethodResult) -> Option<Hits> {
        let truth = self.truth_of(explained).filter(|_| self.explore.shows_truth)?;
        let selected = self.explore.mask(result).selected();
        let hits = selected.iter().filter(|unit| truth.get(**unit) == Some(&true)).count();
        Some(Hits { hits, selected: selected.len(), of: truth.iter().filter(|is_true| **is_true).count() })
    }
}
