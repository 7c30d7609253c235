//! What the tables of AIM have in common (Vo et al. 2023): the same rows, measured in the same way.
//!
//! Words are masked in two ways: in place, as the paper says, and moved together, as its code does and its tables show. The selector's ablations have
//! no weights per class, so the figures of classes are left out there.

use super::{At, Row};

/// Metrics of the main rows on texts.
const WORDS: &[&str] = &[
    "faithfulness",
    "faithfulness_repacked",
    "purity",
    "brevity",
    "brevity_as_published",
    "iou",
    "delta_log_odds_pos",
    "delta_log_odds_neg",
    "class_faithfulness",
    "class_faithfulness_in_place",
    "class_faithfulness_as_published",
    "pairwise_iou",
    "pairwise_iou_as_published",
    "mask_only",
    "tps",
    "tps_batched",
    "train_minutes",
];
/// Metrics of ablations without weights per class: those of Table 7.
const WORD_ABLATIONS: &[&str] = &["faithfulness", "faithfulness_repacked", "purity", "brevity", "brevity_as_published"];
/// Metrics of methods that need no training.
const WORD_BASELINES: &[&str] = &[
    "faithfulness",
    "faithfulness_repacked",
    "purity",
    "brevity",
    "brevity_as_published",
    "iou",
    "delta_log_odds_pos",
    "delta_log_odds_neg",
    "mask_only",
    "tps",
    "tps_batched",
];
/// Metrics of the main rows on pictures.
const PIXELS: &[&str] = &[
    "faithfulness",
    "fu_m",
    "delta_log_odds_pos",
    "delta_log_odds_neg",
    "class_faithfulness",
    "pairwise_iou",
    "mask_only",
    "tps",
    "tps_batched",
    "train_minutes",
];
const PIXEL_BASELINES: &[&str] =
    &["faithfulness", "fu_m", "delta_log_odds_pos", "delta_log_odds_neg", "mask_only", "tps", "tps_batched"];

const fn aim(id: &'static str, preset: &'static str) -> Row {
    Row { id, method: "aim", preset, params: &[], every_seed: true, metrics: WORDS, at: None }
}

const fn ablation(id: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method: "aim", preset: "texts", params, every_seed: false, metrics: WORD_ABLATIONS, at: None }
}

const fn baseline(id: &'static str) -> Row {
    Row { id, method: id, preset: "", params: &[], every_seed: false, metrics: WORD_BASELINES, at: None }
}

type Values = &'static [(&'static str, &'static str)];

/// Values of the rows with our recipe: in full, and with each of the three things left out that Table 7 leaves out.
pub struct Ours {
    /// In full.
    pub full: Values,
    /// No explainer (D.2).
    pub selector_only: Values,
    /// Scores of the selector (D.1).
    pub infer_from_selector: Values,
    /// No selector (D.3).
    pub heuristic_masks: Values,
}

macro_rules! ours {
    ($($value:expr),+) => {
        Ours {
            full: &[$($value),+],
            selector_only: &[("ablation", "selector-only"), $($value),+],
            infer_from_selector: &[("ablation", "infer-from-selector"), $($value),+],
            heuristic_masks: &[("ablation", "heuristic-masks"), $($value),+],
        }
    };
}

/// Of long texts: a larger beta leaves fewer stop words among the selected ones (chosen on validation).
pub const LONG: Ours = ours!(("epochs", "2"), ("beta", "0.03"));
/// Of shorter ones.
pub const SHORT: Ours = ours!(("epochs", "3"));

/// Rows on texts: AIM with our defaults and with the paper's settings (a preset), what Table 7 leaves out, and the methods beside it.
pub const fn text_rows(paper_preset: &'static str, ours: Ours) -> [Row; 8] {
    [
        Row { params: ours.full, ..aim("aim", "texts") },
        aim("aim-paper", paper_preset),
        ablation("aim-selector-only", ours.selector_only),
        ablation("aim-infer-from-selector", ours.infer_from_selector),
        ablation("aim-heuristic-masks", ours.heuristic_masks),
        baseline("grad"),
        baseline("grad-x-input"),
        baseline("random"),
    ]
}

/// Patches of 7 x 7 pixels (Table 9).
pub const PATCHES: At = At { unit: "patch:7", k: 5, ks: &[5, 8, 10] };
/// Single pixels (Table 8).
const SINGLE: At = At { unit: "pixel", k: 200, ks: &[200, 300, 400] };

const fn of_picture(id: &'static str, method: &'static str, preset: &'static str, at: At) -> Row {
    Row { metrics: PIXELS, at: Some(at), method, ..aim(id, preset) }
}

const fn picture_baseline(id: &'static str, method: &'static str, at: At) -> Row {
    Row { method, metrics: PIXEL_BASELINES, at: Some(at), ..baseline(id) }
}

/// Rows on pictures: patches, and single pixels, of which the paper says nothing but the figures: AIM on pixels is the same method with a pixel as the
/// patch.
pub const PICTURE_ROWS: [Row; 10] = [
    of_picture("aim", "aim", "", PATCHES),
    of_picture("aim-paper", "aim", "paper-images", PATCHES),
    picture_baseline("grad", "grad", PATCHES),
    picture_baseline("grad-x-input", "grad-x-input", PATCHES),
    picture_baseline("random", "random", PATCHES),
    of_picture("aim-pixels", "aim", "", SINGLE),
    of_picture("aim-pixels-paper", "aim", "paper-images", SINGLE),
    picture_baseline("grad-pixels", "grad", SINGLE),
    picture_baseline("grad-x-input-pixels", "grad-x-input", SINGLE),
    picture_baseline("random-pixels", "random", SINGLE),
];
