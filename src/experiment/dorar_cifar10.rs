//! DoRaR, Table IV: colour pictures of ten classes, 4 of 64 chunks and 64 of 1,024 pixels.
//!
//! The paper's black box (SimpleDLA, 95 % right) is too large here; the small one in its place takes 6.0 million multiplications a picture. Its
//! accuracy is in the table. The published figures were made with a black box whose batch normalisation kept adapting to the rebuilt pictures.

use super::{At, Experiment, Published, Row, published_at};

/// Metrics of every row.
const METRICS: &[&str] = &["a1", "a2", "a1_rel", "a2_rel", "fs_m", "fu_m", "mask_only"];
/// The same, and the generators' ceiling, which is computed once.
const WITH_CEILING: &[&str] = &["a1", "a2", "a1_rel", "a2_rel", "a_full", "fs_m", "fu_m", "mask_only"];

const CHUNKS: At = At { unit: "patch:4", k: 4, ks: &[] };
const PIXELS: At = At { unit: "pixel", k: 64, ks: &[] };

const fn row(id: &'static str, method: &'static str, every_seed: bool, at: At) -> Row {
    Row { id, method, preset: "", params: &[], every_seed, metrics: METRICS, at: Some(at) }
}

/// Half of the default: dense generators of 3,072 values take most of the time, and a seed of a setting has half an hour on two cores.
const EPOCHS: &[(&str, &str)] = &[("epochs", "5")];

const fn methods(at: At) -> [Row; 7] {
    [
        Row { metrics: WITH_CEILING, params: EPOCHS, ..row("dorar", "dorar", true, at) },
        row("l2x", "l2x", false, at),
        row("meed", "meed", false, at),
        row("aim", "aim", false, at),
        row("grad", "grad", false, at),
        row("grad-x-input", "grad-x-input", false, at),
        row("random", "random", false, at),
    ]
}

const ROWS: [Row; 14] = {
    let methods = [methods(CHUNKS), methods(PIXELS)];
    let mut all = [methods[0][0]; 14];
    let mut i = 0;
    while i < 14 {
        all[i] = methods[i / 7][i % 7];
        i += 1;
    }
    all
};

const PAPER: &[Published] = &[
    published_at("dorar", "a1", 4, 36.33),
    published_at("dorar", "a2", 4, 49.11),
    published_at("dorar", "a1", 64, 39.92),
    published_at("dorar", "a2", 64, 49.47),
];

/// The experiment.
pub static DORAR_CIFAR10: Experiment = Experiment {
    id: "dorar-cifar10",
    title: "DoRaR, Table IV: colour pictures, 4 of 64 chunks and 64 of 1,024 pixels",
    dataset: "cifar10",
    data: "images:{root}/cifar10/cifar10_jpg_subset.tar.gz",
    black_box: ("dorar-colour-cnn", &[]),
    unit: "patch:4",
    k: 4,
    ks: &[],
    rows: &ROWS,
    paper: PAPER,
    seeds: 3,
};
