//! MEED, Table 4: Pullover and Shirt, k = 64 of 784 pixels (Liang et al. 2020).

use super::{Experiment, meed_table, published};

/// The experiment.
pub static MEED_FASHION: Experiment = Experiment {
    id: "meed-fashion",
    title: "MEED, Table 4: Pullover and Shirt, k = 64 of 784 pixels",
    dataset: "fashion-mnist",
    data: "mnist:{root}/fashion-mnist?classes=2,6",
    black_box: ("meed-cnn", &[]),
    unit: "pixel",
    k: 64,
    ks: &[],
    rows: &meed_table::rows("paper-fashion"),
    paper: &[
        published("meed", "fs_m", 97.80),
        published("meed", "fu_m", 66.65),
        published("meed", "fs_a", 99.80),
        published("meed", "fu_a", 99.65),
        published("meed-paper", "fs_m", 97.80),
        published("meed-paper", "fu_m", 66.65),
        published("meed-paper", "fs_a", 99.80),
        published("meed-paper", "fu_a", 99.65),
        published("meed-paper", "sen_single", 0.70),
        published("grad", "fs_m", 58.60),
        published("grad", "fu_m", 76.20),
        published("grad", "fs_a", 93.70),
        published("grad", "fu_a", 95.45),
        published("grad-x-input", "fs_m", 62.15),
        published("grad-x-input", "fu_m", 66.25),
        published("grad-x-input", "fs_a", 93.35),
        published("grad-x-input", "fu_a", 94.45),
        published("blackbox", "accuracy", 92.20),
    ],
    seeds: 5,
};
