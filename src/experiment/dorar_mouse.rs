//! DoRaR, Table V: which 4 of 400 segments of 4 points tell edited mouse movements from original ones.
//!
//! The paper's recordings are not public; these are drawn by the rule it states (`synthetic:mouse`), so that the edited points are known. Only
//! edited trials count in the hit rate: the others have nothing to hit.

use super::{Experiment, Row, published};

const METRICS: &[&str] = &["hit_rate", "fs_m", "fu_m", "mask_only", "tps_batched"];
/// The same and what the true mask tells, which belongs to no method.
const WITH_TRUE: &[&str] = &["hit_rate", "fs_m", "fu_m", "mask_only", "mask_only_true", "tps_batched"];

const fn row(id: &'static str, method: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method, preset: "", params, every_seed: false, metrics: METRICS, at: None }
}

/// Ours: generators that keep what is shown, draws of four different segments that are nearly hard, reconstruction by the way, and a loss of the rest
/// that still pushes where the black box is certain: two of the four edited segments suffice for its answer, so that only the rest tells that there
/// are more. What is hidden is a smooth movement of the other class, so that the answer hangs on what is shown of every trial, edited or not; and since
/// trials are recorded alike, each segment has a weight of its own beside what its content says. After more epochs the generators read the class from
/// where the selected segments lie, and the hit rate falls. The paper's dense generators would have to learn 3,200 inputs from 1,950 trials before the
/// black box sees an edit in what they rebuild.
const LOCAL: &[(&str, &str)] = &[
    ("batch", "50"),
    ("generator", "local"),
    ("alpha", "0.3"),
    ("unselected-loss", "flipped"),
    ("background", "other-class"),
    ("places", "on"),
    ("mask", "subset"),
    ("beta", "0.1"),
    ("temperature", "0.2"),
    ("learning-rate", "0.002"),
    ("epochs", "4"),
];
/// As the paper: minibatches of 50, k over the units as the weight of the unselected side, but for the number of epochs (80).
const PAPER: &[(&str, &str)] = &[("batch", "50"), ("epochs", "16")];

/// The experiment.
pub static DORAR_MOUSE: Experiment = Experiment {
    id: "dorar-mouse",
    title: "DoRaR, Table V: edited mouse movements, 4 of 400 segments of 4 points",
    dataset: "mouse",
    data: "synthetic:mouse",
    black_box: ("dorar-series", &[]),
    unit: "segment:4",
    k: 4,
    ks: &[],
    rows: &[
        Row { every_seed: true, metrics: WITH_TRUE, ..row("dorar", "dorar", LOCAL) },
        row("dorar-paper", "dorar", PAPER),
        row("l2x", "l2x", &[]),
        row("meed", "meed", &[]),
        row("grad", "grad", &[]),
        row("grad-x-input", "grad-x-input", &[]),
        row("random", "random", &[]),
    ],
    paper: &[
        published("blackbox", "accuracy", 99.78),
        published("dorar", "hit_rate", 76.51),
        published("dorar-paper", "hit_rate", 76.51),
        published("grad", "hit_rate", 32.70),
    ],
    seeds: 3,
};
