//! MEED, section 4.5: who plays, an adult or a teenager; 193 of the 1,929 values (10 %) of 3 days.
//!
//! The paper's gaming data are not public; these are drawn (`synthetic:tgd`), so that the 192 values that matter are known.

use super::{Experiment, Row, published};

const METRICS: &[&str] = &["fs_m", "fu_m", "hit_rate", "mask_only", "tps_batched"];

const fn row(id: &'static str, method: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method, preset: "", params, every_seed: false, metrics: METRICS, at: None }
}

/// The experiment.
pub static MEED_SERIES: Experiment = Experiment {
    id: "meed-series",
    title: "MEED, section 4.5: series of 3 steps of 643 features, 193 of 1,929 values",
    dataset: "tgd",
    data: "synthetic:tgd",
    black_box: ("meed-series-lstm", &[]),
    unit: "channel-step",
    k: 193,
    ks: &[],
    rows: &[
        Row { every_seed: true, ..row("meed", "meed", &[]) },
        row("meed-no-output", "meed", &[("feed-output", "off")]),
        row("meed-no-ail", "meed", &[("adversarial", "off")]),
        row("meed-no-prior", "meed", &[("prior", "off")]),
        row("l2x", "l2x", &[]),
        row("grad", "grad", &[]),
        row("grad-x-input", "grad-x-input", &[]),
        row("random", "random", &[]),
    ],
    paper: &[published("meed", "fs_m", 95.68), published("meed", "fu_m", 82.24)],
    seeds: 3,
};
