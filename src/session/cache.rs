//! Explanations that were computed already, or ahead: a small cache that forgets what was used least recently.

use std::collections::HashMap;
use std::sync::Arc;

use super::explore::ExplainKey;
use crate::jobs::Explained;

/// Most explanations kept. One of MNIST with four methods takes some 40 kB.
const CAPACITY: usize = 256;
/// Most bytes that they take together: of photographs each is some megabytes.
const MAX_BYTES: usize = 256 << 20;

/// Explanations by key.
#[derive(Default)]
pub struct ExplainCache {
    entries: HashMap<Arc<ExplainKey>, (u64, Arc<Explained>)>,
    clock: u64,
    bytes: usize,
}

impl ExplainCache {
    /// The explanation for `key`.
    pub fn get(&mut self, key: &ExplainKey) -> Option<Arc<Explained>> {
        self.clock += 1;
        let (used, explained) = self.entries.get_mut(key)?;
        *used = self.clock;
        Some(explained.clone())
    }

    /// Whether there is one.
    pub fn contains(&self, key: &ExplainKey) -> bool {
        self.entries.contains_key(key)
    }

    /// Keeps one; the least recently used go when the cache is full.
    pub fn insert(&mut self, key: Arc<ExplainKey>, explained: Arc<Explained>) {
        self.clock += 1;
        self.remove(&key);
        self.bytes += explained.bytes();
        self.entries.insert(key, (self.clock, explained));
        while self.entries.len() > CAPACITY || self.bytes > MAX_BYTES && self.entries.len() > 1 {
            let oldest = self.entries.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { return };
            self.remove(&oldest);
        }
    }

    /// Forgets one.
    pub fn remove(&mut self, key: &ExplainKey) {
        if let Some((_, explained)) = self.entries.remove(key) {
            self.bytes -= explained.bytes();
        }
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}
