//! Blinded human studies without a window: one file per part.

mod allocate;
mod design;
mod kill;
mod merged;
mod recomputed;
mod reports;
mod sessions;
mod simulated;
mod stats;
mod stores;
mod support;
