//! L2X on digits 3 and 8: four patches of 4 x 4 pixels (Chen et al. 2018, section 4.3).

use super::{Experiment, Row, published};

/// Metrics of the rows here.
const METRICS: &[&str] = &["posthoc_accuracy", "fu_m", "mask_only", "tps", "tps_batched"];

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS, at: None }
}

/// The experiment.
pub static L2X_MNIST: Experiment = Experiment {
    id: "l2x-mnist",
    title: "L2X, section 4.3: digits 3 and 8, k = 4 of 49 patches of 4 x 4 pixels",
    dataset: "mnist",
    data: "mnist:{root}/mnist?classes=3,8",
    black_box: ("l2x-cnn", &[]),
    unit: "patch:4",
    k: 4,
    ks: &[],
    rows: &[
        Row { id: "l2x", method: "l2x", preset: "", params: &[], every_seed: true, metrics: METRICS, at: None },
        Row {
            id: "l2x-paper",
            method: "l2x",
            preset: "paper",
            params: &[],
            every_seed: true,
            metrics: METRICS,
            at: None,
        },
        baseline("grad"),
        baseline("grad-x-input"),
        baseline("random"),
    ],
    paper: &[
        published("l2x", "posthoc_accuracy", 95.8),
        published("l2x-paper", "posthoc_accuracy", 95.8),
        published("blackbox", "accuracy", 99.7),
    ],
    seeds: 5,
};
