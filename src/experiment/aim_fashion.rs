//! AIM on three kinds of clothes (Vo et al. 2023, Tables 8 and 9).

use super::aim_table::{PATCHES, PICTURE_ROWS};
use super::{Experiment, published, published_at};

/// The experiment. A sixth of the official training pictures is validation: 15,000 / 3,000 / 3,000, the sizes of Table 6.
pub static AIM_FASHION: Experiment = Experiment {
    id: "aim-fashion",
    title: "AIM, Tables 8 and 9: T-shirt, Trouser and Pullover, patches of 7 x 7 pixels, and pixels",
    dataset: "fashion-mnist",
    data: "mnist:{root}/fashion-mnist?classes=0,1,2&split=dorar",
    black_box: ("aim-cnn", &[]),
    unit: PATCHES.unit,
    k: PATCHES.k,
    ks: PATCHES.ks,
    rows: &PICTURE_ROWS,
    paper: &[
        published_at("aim", "faithfulness", 5, 88.46),
        published_at("aim", "faithfulness", 8, 92.23),
        published_at("aim", "faithfulness", 10, 92.42),
        published_at("aim-paper", "faithfulness", 5, 88.46),
        published_at("aim-paper", "faithfulness", 8, 92.23),
        published_at("aim-paper", "faithfulness", 10, 92.42),
        published_at("aim-pixels", "faithfulness", 200, 90.66),
        published_at("aim-pixels", "faithfulness", 300, 93.13),
        published_at("aim-pixels", "faithfulness", 400, 97.60),
        published_at("aim-pixels-paper", "faithfulness", 200, 90.66),
        published_at("aim-pixels-paper", "faithfulness", 300, 93.13),
        published_at("aim-pixels-paper", "faithfulness", 400, 97.60),
        published("blackbox", "accuracy", 95.90),
    ],
    seeds: 3,
};
