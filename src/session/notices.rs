//! Notices: what went wrong or needs to be known. They stay in a list until the user removes them; nothing vanishes unread.

use crate::work::Notice;

use super::Command;

/// Most notices kept; the oldest read ones go first.
const MAX_KEPT: usize = 200;

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something may be wrong.
    Warning,
    /// Something failed.
    Error,
}

/// One entry of the list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Number, for removing.
    pub number: u64,
    /// How grave.
    pub level: Level,
    /// What, why, what to do.
    pub notice: Notice,
    /// What tries it again.
    pub retry: Option<Box<Command>>,
    /// Whether the list was open since it came.
    pub read: bool,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    entries: Vec<Entry>,
    next: u64,
}

impl Notices {
    /// Adds one.
    pub fn push(&mut self, level: Level, notice: Notice, retry: Option<Command>) {
        self.next += 1;
        self.entries.push(Entry { number: self.next, level, notice, retry: retry.map(Box::new), read: false });
        if self.entries.len() > MAX_KEPT {
            let oldest_read = self.entries.iter().position(|entry| entry.read).unwrap_or(0);
            self.entries.remove(oldest_read);
        }
    }

    /// Adds one that says the same whenever the same is done again: it takes the place of an earlier one of the same words.
    pub fn push_anew(&mut self, level: Level, notice: Notice, retry: Option<Command>) {
        self.entries.retain(|entry| entry.notice.code != notice.code || entry.notice.summary != notice.summary);
        self.push(level, notice, retry);
    }

    /// What tried one thing again tries another from now on.
    pub(super) fn retarget(&mut self, before: &Command, now: &Command) {
        for retry in self.entries.iter_mut().filter_map(|entry| entry.retry.as_deref_mut()) {
            if retry == before {
                retry.clone_from(now);
            }
        }
    }

    /// All, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many were not read yet.
    pub fn unread(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.read).count()
    }

    /// The gravest level among the unread.
    pub fn gravest_unread(&self) -> Option<Level> {
        let rank = |level| match level {
            Level::Info => 0,
            Level::Warning => 1,
            Level::Error => 2,
        };
        self.entries.iter().filter(|entry| !entry.read).map(|entry| entry.level).max_by_key(|&level| rank(level))
    }

    /// The list was looked at.
    pub fn mark_read(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.read = true);
    }

    /// Removes one.
    pub fn remove(&mut self, number: u64) {
        self.entries.retain(|entry| entry.number != number);
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
