//! MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels (Liang et al. 2020).

use super::{Experiment, meed_table, published};

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
    rows: &meed_table::rows("paper-mnist"),
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
