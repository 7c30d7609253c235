//! What metrics cost, known before anything is computed: pieces of work in steps of about a minibatch, so that a table of many methods and metrics has one
//! progress and one time left.

use crate::data::Modality;

/// Rows whose way through the networks, without learning from them, takes about as long as a step of learning.
const ROWS: usize = 256;

/// How much a table is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Items that are reported on.
    pub test: usize,
    /// Training items.
    pub train: usize,
    /// Classes of the black box.
    pub classes: usize,
    /// What the items are.
    pub modality: Modality,
}

/// What a piece of work is done once for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole table.
    Table,
    /// Each explainer.
    Explainer,
    /// Each explainer and number of units.
    Units,
}

/// A piece of work. Metrics that need the same one share it by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its name.
    pub name: &'static str,
    /// What it is done once for.
    pub scope: Scope,
    /// How long it takes at most, in steps.
    pub steps: u64,
    /// Whether it tells how far it is, from nothing to all of it.
    pub is_counted: bool,
}

impl Piece {
    /// One that tells how far it is.
    pub const fn counted(name: &'static str, scope: Scope, steps: u64) -> Self {
        Self { name, scope, steps, is_counted: true }
    }

    /// One that is done before anybody hears of it.
    pub const fn silent(name: &'static str, scope: Scope, steps: u64) -> Self {
        Self { name, scope, steps, is_counted: false }
    }

    /// Asking the black box about the training items and scoring them, for metrics that learn from these.
    pub fn training_items(sizes: &Sizes) -> Self {
        Self::silent("training items", Scope::Explainer, 2 * passes(sizes.train))
    }
}

/// Steps that so many rows take on their way through a network.
pub const fn passes(rows: usize) -> u64 {
    rows.div_ceil(ROWS) as u64
}
