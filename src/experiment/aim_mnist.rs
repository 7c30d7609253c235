//! AIM on digits 0, 1 and 2 (Vo et al. 2023, Tables 8 and 9).

use super::aim_table::{PATCHES, PICTURE_ROWS};
use super::{Experiment, published, published_at};

/// The experiment. A sixth of the official training digits is validation, and 3,147 are test; Table 6 takes 4,623 of 18,623.
pub static AIM_MNIST: Experiment = Experiment {
    id: "aim-mnist",
    title: "AIM, Tables 8 and 9: digits 0, 1 and 2, patches of 7 x 7 pixels, and pixels",
    dataset: "mnist",
    data: "mnist:{root}/mnist?classes=0,1,2&split=dorar",
    black_box: ("aim-cnn", &[]),
    unit: PATCHES.unit,
    k: PATCHES.k,
    ks: PATCHES.ks,
    rows: &PICTURE_ROWS,
    paper: &[
        published_at("aim", "faithfulness", 5, 92.67),
        published_at("aim", "faithfulness", 8, 94.60),
        published_at("aim", "faithfulness", 10, 95.08),
        published_at("aim-paper", "faithfulness", 5, 92.67),
        published_at("aim-paper", "faithfulness", 8, 94.60),
        published_at("aim-paper", "faithfulness", 10, 95.08),
        published_at("aim-pixels", "faithfulness", 200, 96.16),
        published_at("aim-pixels", "faithfulness", 300, 96.95),
        published_at("aim-pixels", "faithfulness", 400, 97.30),
        published_at("aim-pixels-paper", "faithfulness", 200, 96.16),
        published_at("aim-pixels-paper", "faithfulness", 300, 96.95),
        published_at("aim-pixels-paper", "faithfulness", 400, 97.30),
        published("blackbox", "accuracy", 97.50),
    ],
    seeds: 3,
};
