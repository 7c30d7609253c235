//! L2X on sentences of reviews: one of fifteen (Chen et al. 2018, section 4.2, Table 4).

use super::{Experiment, Row, published};

/// Metrics of the rows here.
const METRICS: &[&str] = &["posthoc_accuracy", "fu_m", "mask_only", "tps", "tps_batched"];

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS, at: None }
}

/// The experiment. Half of the official test reviews is validation. `l2x` is the paper's recipe (`l2x-paper`) from the black box's word vectors. The black box passes
/// over padding: the published one reads five times as many places as there are words, and has never met an empty sentence before a full one.
pub static L2X_IMDB_SENTENCE: Experiment = Experiment {
    id: "l2x-imdb-sentence",
    title: "L2X, Table 4: reviews, k = 1 of 15 sentences",
    dataset: "imdb",
    data: "csv:{root}/imdb/imdb_reviews.csv.gz",
    black_box: ("l2x-sentence-lstm-packed", &[]),
    unit: "sentence",
    k: 1,
    ks: &[],
    rows: &[
        // What words mean to the black box is where the selector and its judge begin.
        Row {
            id: "l2x",
            method: "l2x",
            preset: "paper-imdb",
            params: &[("word-vectors", "black-box")],
            every_seed: true,
            metrics: METRICS,
            at: None,
        },
        Row {
            id: "l2x-paper",
            method: "l2x",
            preset: "paper-imdb",
            params: &[],
            every_seed: false,
            metrics: METRICS,
            at: None,
        },
        Row {
            id: "l2x-through-box",
            method: "l2x",
            preset: "",
            params: &[("epochs", "2")],
            every_seed: false,
            metrics: METRICS,
            at: None,
        },
        // The box judges, and what words mean to it is where the selector's word vectors begin.
        Row {
            id: "l2x-box-words",
            method: "l2x",
            preset: "",
            params: &[("word-vectors", "black-box"), ("epochs", "3")],
            every_seed: false,
            metrics: METRICS,
            at: None,
        },
        baseline("grad"),
        baseline("grad-x-input"),
        baseline("random"),
    ],
    // The table prints 84.9, the text 84.4.
    paper: &[
        published("l2x", "posthoc_accuracy", 84.9),
        published("l2x-paper", "posthoc_accuracy", 84.9),
        published("blackbox", "accuracy", 90.0),
    ],
    seeds: 3,
};
