//! MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels (Liang et al. 2020).

use super::{Experiment, Row, published};

/// Metrics of the main rows.
const METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "fu_a", "mask_only", "sen", "sen_single", "tps", "tps_batched"];
/// The same, and the approximators' ceiling, which is computed once.
const RANDOM_METRICS: &[&str] =
    &["fs_m", "fu_m", "fs_a", "fu_a", "fs_a_full", "mask_only", "sen", "sen_single", "tps", "tps_batched"];
/// Metrics of the ablations: those that train nothing, and FS-A.
const ABLATION_METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "mask_only"];

const fn ablation(id: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method: "meed", preset: "", params, every_seed: false, metrics: ABLATION_METRICS }
}

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS }
}

/// The experiment.
pub static MEED_MNIST: Experiment = Experiment {
    id: "meed-mnist",
    title: "MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels",
    dataset: "mnist",
    data: "mnist:{root}/mnist?classes=3,8",
    black_box: ("meed-cnn", &[]),
    unit: "pixel",
    k: 25,
    ks: &[],
    rows: &[
        Row { id: "meed", method: "meed", preset: "", params: &[], every_seed: true, metrics: METRICS },
        Row {
            id: "meed-paper",
            method: "meed",
            preset: "paper-mnist",
            params: &[],
            every_seed: true,
            metrics: METRICS,
        },
        ablation("meed-no-output", &[("feed-output", "off")]),
        ablation("meed-no-ail", &[("adversarial", "off")]),
        ablation("meed-no-prior", &[("prior", "off")]),
        baseline("grad"),
        baseline("grad-x-input"),
        Row { metrics: RANDOM_METRICS, ..baseline("random") },
    ],
    paper: &[
        published("meed", "fs_m", 99.04),
        published("meed", "fu_m", 74.70),
        published("meed", "fs_a", 99.80),
        published("meed", "fu_a", 99.70),
        published("meed-paper", "fs_m", 99.04),
        published("meed-paper", "fu_m", 74.70),
        published("meed-paper", "fs_a", 99.80),
        published("meed-paper", "fu_a", 99.70),
        published("meed-paper", "sen_single", 6.11),
        published("grad", "fs_m", 98.19),
        published("grad", "fu_m", 68.75),
        published("grad", "fs_a", 99.55),
        published("grad", "fu_a", 99.55),
        published("grad-x-input", "fs_m", 99.45),
        published("grad-x-input", "fu_m", 67.64),
        published("grad-x-input", "fs_a", 99.55),
        published("grad-x-input", "fu_a", 99.24),
        published("blackbox", "accuracy", 99.89),
    ],
    seeds: 5,
};
