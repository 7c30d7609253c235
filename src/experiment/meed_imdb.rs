//! MEED, Tables 1 and 2: ten words of reviews, with the three ablations (Liang et al. 2020).

use super::{Experiment, Row, published};

/// Metrics of the rows here. SEN is not defined on words.
const METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "fu_a", "mask_only", "tps", "tps_batched"];
/// The same, and the approximators' ceiling, which is computed once.
const RANDOM_METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "fu_a", "fs_a_full", "mask_only", "tps", "tps_batched"];

const fn ablation(id: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method: "meed", preset: "texts", params, every_seed: false, metrics: METRICS, at: None }
}

const fn paper_ablation(id: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method: "meed", preset: "paper-imdb", params, every_seed: false, metrics: METRICS, at: None }
}

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS, at: None }
}

/// The experiment. Half of the official test reviews is validation.
pub static MEED_IMDB: Experiment = Experiment {
    id: "meed-imdb",
    title: "MEED, Tables 1 and 2: reviews, k = 10 of 400 words",
    dataset: "imdb",
    data: "csv:{root}/imdb/imdb_reviews.csv.gz",
    black_box: ("l2x-word-cnn", &[]),
    unit: "word",
    k: 10,
    ks: &[],
    rows: &[
        Row { id: "meed", method: "meed", preset: "texts", params: &[], every_seed: true, metrics: METRICS, at: None },
        Row {
            id: "meed-paper",
            method: "meed",
            preset: "paper-imdb",
            params: &[],
            every_seed: true,
            metrics: METRICS,
            at: None,
        },
        ablation("meed-no-output", &[("feed-output", "off")]),
        ablation("meed-no-ail", &[("adversarial", "off")]),
        ablation("meed-no-prior", &[("prior", "off")]),
        // Word vectors at random, as in the paper.
        ablation("meed-random-words", &[("word-vectors", "random")]),
        paper_ablation("meed-paper-no-output", &[("feed-output", "off")]),
        paper_ablation("meed-paper-no-ail", &[("adversarial", "off")]),
        paper_ablation("meed-paper-no-prior", &[("prior", "off")]),
        baseline("grad"),
        baseline("grad-x-input"),
        Row { metrics: RANDOM_METRICS, ..baseline("random") },
    ],
    paper: &[
        published("meed", "fs_m", 98.48),
        published("meed", "fu_m", 59.05),
        published("meed", "fs_a", 98.70),
        published("meed", "fu_a", 81.83),
        published("meed-paper", "fs_m", 98.48),
        published("meed-paper", "fu_m", 59.05),
        published("meed-paper", "fs_a", 98.70),
        published("meed-paper", "fu_a", 81.83),
        published("meed-no-output", "fs_m", 92.47),
        published("meed-no-output", "fu_m", 54.28),
        published("meed-no-ail", "fs_m", 78.31),
        published("meed-no-ail", "fu_m", 97.62),
        published("meed-no-prior", "fs_m", 98.38),
        published("meed-no-prior", "fu_m", 60.22),
        published("meed-paper-no-output", "fs_m", 92.47),
        published("meed-paper-no-output", "fu_m", 54.28),
        published("meed-paper-no-ail", "fs_m", 78.31),
        published("meed-paper-no-ail", "fu_m", 97.62),
        published("meed-paper-no-prior", "fs_m", 98.38),
        published("meed-paper-no-prior", "fu_m", 60.22),
        published("blackbox", "accuracy", 88.60),
    ],
    seeds: 3,
};
