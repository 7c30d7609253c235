//! DoRaR, Table III and Figure 22: 4, 8, 12 and 24 of 49 chunks of digits, and the eight schemes of appendix B.
//!
//! A method is trained anew for each number of chunks. The published figures are accuracies under a black box whose dropout stays live; what is
//! rebuilt then never reaches more than about 90.8 %, which the figures relative to the ceiling take out.

use super::{At, Experiment, Published, Row, published_at};

/// Metrics of every row.
const METRICS: &[&str] = &["a1", "a2", "a1_rel", "a2_rel", "fs_m", "fu_m", "mask_only", "tps_batched"];
/// The same, and the generators' ceiling, which is computed once.
const WITH_CEILING: &[&str] = &["a1", "a2", "a1_rel", "a2_rel", "a_full", "fs_m", "fu_m", "mask_only", "tps_batched"];
/// Of the schemes.
const SCHEME: &[&str] = &["a1", "a2", "a1_rel", "a2_rel"];

const fn at(k: usize) -> Option<At> {
    Some(At { unit: "patch:4", k, ks: &[] })
}

const fn row(id: &'static str, method: &'static str, preset: &'static str, every_seed: bool, k: usize) -> Row {
    Row { id, method, preset, params: &[], every_seed, metrics: METRICS, at: at(k) }
}

const fn scheme(id: &'static str, params: &'static [(&'static str, &'static str)], k: usize) -> Row {
    Row { id, method: "dorar", preset: "", params, every_seed: false, metrics: SCHEME, at: at(k) }
}

const fn methods(k: usize) -> [Row; 8] {
    [
        Row { metrics: WITH_CEILING, ..row("dorar", "dorar", "", true, k) },
        row("dorar-paper", "dorar", "paper", false, k),
        row("l2x", "l2x", "", false, k),
        row("meed", "meed", "", false, k),
        row("aim", "aim", "", false, k),
        row("grad", "grad", "", false, k),
        row("grad-x-input", "grad-x-input", "", false, k),
        row("random", "random", "", false, k),
    ]
}

/// Baseline, background noise, reconstruction loss, complementary mask, and their pairs; all three together is the row `dorar`.
const fn schemes(k: usize) -> [Row; 7] {
    [
        scheme("dorar-b", &[("background", "zero"), ("reconstruction", "off"), ("complementary", "off")], k),
        scheme("dorar-bn", &[("reconstruction", "off"), ("complementary", "off")], k),
        scheme("dorar-rl", &[("background", "zero"), ("complementary", "off")], k),
        scheme("dorar-cm", &[("background", "zero"), ("reconstruction", "off")], k),
        scheme("dorar-bn-rl", &[("complementary", "off")], k),
        scheme("dorar-bn-cm", &[("reconstruction", "off")], k),
        scheme("dorar-rl-cm", &[("background", "zero")], k),
    ]
}

/// The methods at every number of chunks, then the schemes at 4 and 8.
const ROWS: [Row; 46] = {
    let methods = [methods(4), methods(8), methods(12), methods(24)];
    let schemes = [schemes(4), schemes(8)];
    let mut all = [methods[0][0]; 46];
    let mut i = 0;
    while i < 46 {
        all[i] = if i < 32 { methods[i / 8][i % 8] } else { schemes[(i - 32) / 7][(i - 32) % 7] };
        i += 1;
    }
    all
};

/// Table III for one method: a1 and a2 at 4, 8, 12 and 24 chunks.
const fn table(row: &'static str, figures: [(f64, f64); 4]) -> [Published; 8] {
    let ks = [4, 8, 12, 24];
    let mut all = [published_at(row, "a1", 4, 0.0); 8];
    let mut i = 0;
    while i < 4 {
        all[2 * i] = published_at(row, "a1", ks[i], figures[i].0);
        all[2 * i + 1] = published_at(row, "a2", ks[i], figures[i].1);
        i += 1;
    }
    all
}

const PAPER: [Published; 24] = {
    let printed = [(81.30, 88.18), (86.29, 84.70), (88.65, 72.22), (89.10, 13.03)];
    let tables = [
        table("dorar", printed),
        table("dorar-paper", printed),
        table("grad", [(18.07, 90.81), (24.86, 89.18), (42.45, 88.29), (75.31, 78.13)]),
    ];
    let mut all = [tables[0][0]; 24];
    let mut i = 0;
    while i < 24 {
        all[i] = tables[i / 8][i % 8];
        i += 1;
    }
    all
};

/// The experiment. Half of the official test digits is validation.
pub static DORAR_MNIST: Experiment = Experiment {
    id: "dorar-mnist",
    title: "DoRaR, Table III and Figure 22: digits, 4 to 24 of 49 chunks",
    dataset: "mnist",
    data: "mnist:{root}/mnist",
    black_box: ("dorar-cnn", &[]),
    unit: "patch:4",
    k: 4,
    ks: &[],
    rows: &ROWS,
    paper: &PAPER,
    seeds: 3,
};
