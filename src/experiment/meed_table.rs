//! What the tables of MEED have in common (Liang et al. 2020): the same rows, measured in the same way, on two pairs of classes.

use super::Row;

/// Metrics of the main rows.
const METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "fu_a", "mask_only", "sen", "sen_single", "tps", "tps_batched"];
/// The same, and the approximators' ceiling, which is computed once.
const RANDOM_METRICS: &[&str] =
    &["fs_m", "fu_m", "fs_a", "fu_a", "fs_a_full", "mask_only", "sen", "sen_single", "tps", "tps_batched"];
/// Metrics of the ablations: those that train nothing, and FS-A.
const ABLATION_METRICS: &[&str] = &["fs_m", "fu_m", "fs_a", "mask_only"];

const fn meed(id: &'static str, preset: &'static str) -> Row {
    Row { id, method: "meed", preset, params: &[], every_seed: true, metrics: METRICS, at: None }
}

const fn ablation(id: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method: "meed", preset: "", params, every_seed: false, metrics: ABLATION_METRICS, at: None }
}

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: METRICS, at: None }
}

/// The rows: MEED with our defaults and with the paper's settings (a preset), without each of its three parts, and the methods beside it.
pub const fn rows(paper_preset: &'static str) -> [Row; 8] {
    [
        meed("meed", ""),
        meed("meed-paper", paper_preset),
        ablation("meed-no-output", &[("feed-output", "off")]),
        ablation("meed-no-ail", &[("adversarial", "off")]),
        ablation("meed-no-prior", &[("prior", "off")]),
        baseline("grad"),
        baseline("grad-x-input"),
        Row { metrics: RANDOM_METRICS, ..baseline("random") },
    ]
}
