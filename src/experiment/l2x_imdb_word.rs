//! L2X on words of reviews: ten of up to 400 (Chen et al. 2018, section 4.2, Table 4).

use super::{Experiment, Row, published};

/// Metrics of the rows here.
const METRICS: &[&str] = &["posthoc_accuracy", "fu_m", "mask_only", "tps", "tps_batched"];

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS, at: None }
}

/// The experiment. Half of the official test reviews is validation. On words the paper's recipe is the program's default: the judge is an approximator,
/// and `l2x-through-box` has the frozen black box itself as the judge.
pub static L2X_IMDB_WORD: Experiment = Experiment {
    id: "l2x-imdb-word",
    title: "L2X, Table 4: reviews, k = 10 of 400 words",
    dataset: "imdb",
    data: "csv:{root}/imdb/imdb_reviews.csv.gz",
    black_box: ("l2x-word-cnn", &[]),
    unit: "word",
    k: 10,
    ks: &[],
    rows: &[
        Row {
            id: "l2x",
            method: "l2x",
            preset: "paper-imdb",
            params: &[],
            every_seed: true,
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
        baseline("grad"),
        baseline("grad-x-input"),
        baseline("random"),
    ],
    paper: &[published("l2x", "posthoc_accuracy", 90.8), published("blackbox", "accuracy", 90.0)],
    seeds: 3,
};
