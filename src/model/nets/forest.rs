//! Random forests for tables (Breiman 2001), grown by the library smartcore. No network and no gradients: see [`crate::model::forest`].

use super::table_nets::TABLE_MLP;
use crate::data::Modality;
use crate::model::architecture::Architecture;
use crate::model::optim::OptimSpec;
use crate::model::params::{ParamKind, ParamSpec};

/// The forest. A network of the multi-layer perceptron's form stands in for it where a method trains approximators.
pub static TABLE_FOREST: Architecture = Architecture {
    id: "table-forest",
    title: "Random forest",
    summary: "Trees on rows drawn anew for each, which vote for the class. It is only queried and has no gradients: methods that need them can \
              explain a network that learned its answers.",
    citation: "Breiman: Random Forests, Machine Learning 45, 2001; trees by the library smartcore",
    params: PARAMS,
    presets: &[],
    modality: Modality::Table,
    text: None,
    min_side: 1,
    build: TABLE_MLP.build,
    optimizer: OptimSpec::keras_adam,
};

/// What the training of a black box counts, one and many: a forest grows trees.
pub fn counted(architecture: &str) -> (&'static str, &'static str) {
    if architecture == TABLE_FOREST.id { ("tree", "trees") } else { ("epoch", "epochs") }
}

/// Its parameters. The number of trees has the id that everybody counts progress by.
pub const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "epochs",
        label: "Trees",
        tip: "How many trees vote. More are steadier and slower.",
        kind: ParamKind::Whole { min: 1, max: 1000, default: 100 },
    },
    ParamSpec {
        id: "depth",
        label: "Depth",
        tip: "Most questions that a tree asks about a row.",
        kind: ParamKind::Whole { min: 1, max: 40, default: 16 },
    },
    ParamSpec {
        id: "leaf",
        label: "Rows in a leaf",
        tip: "Fewest training rows behind an answer of a tree.",
        kind: ParamKind::Whole { min: 1, max: 10_000, default: 2 },
    },
];
