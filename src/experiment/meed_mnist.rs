//! MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels (Liang et al. 2020).

use super::{Experiment, meed_table};

/// The experiment.
pub static MEED_MNIST: Experiment = Experiment {
    id: "meed-mnist",
    title: "MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels",
    dataset: "mnist",
    data: "mnist:{root}/mnist?classes=3,8",
    black_box: ("meed-cnn", &[]),
    unit: "pixel",
    k: 25,
    rows: &meed_table::rows("paper-mnist"),
    paper: &[
        ("meed", "fs_m", 99.04),
        ("meed", "fu_m", 74.70),
        ("meed", "fs_a", 99.80),
        ("meed", "fu_a", 99.70),
        ("meed-paper", "fs_m", 99.04),
        ("meed-paper", "fu_m", 74.70),
        ("meed-paper", "fs_a", 99.80),
        ("meed-paper", "fu_a", 99.70),
        ("meed-paper", "sen_single", 6.11),
        ("grad", "fs_m", 98.19),
        ("grad", "fu_m", 68.75),
        ("grad", "fs_a", 99.55),
        ("grad", "fu_a", 99.55),
        ("grad-x-input", "fs_m", 99.45),
        ("grad-x-input", "fu_m", 67.64),
        ("grad-x-input", "fs_a", 99.55),
        ("grad-x-input", "fu_a", 99.24),
        ("blackbox", "accuracy", 99.89),
    ],
    seeds: 5,
};
