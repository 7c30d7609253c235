//! AIM, Table 10: Adult and Admission. The paper names neither its columns nor its threshold; these are ours.
//!
//! Adult: the seven columns age, education-num, marital-status, occupation, capital-gain, capital-loss and hours-per-week, explained by 3;
//! logistic regression. Admission: GRE, TOEFL, SOP, LOR and CGPA as numbers, an indicator of each of the five university ratings and of research or
//! none make twelve columns of the seven predictors, explained by 6; "above 0.75" is the class. The paper's black box there is a random forest;
//! here it is a perceptron.
//!
//! The masking stands in the row: `/mean` puts the training mean (of categories the most frequent), `/noise` a draw from [-1, 1] on the
//! standardised column (of categories any), each measured over ten draws.

use super::{Experiment, Row, published};

const METRICS: &[&str] = &["faithfulness"];
/// The same where it is measured for the first masking.
const MAIN: &[&str] = &["faithfulness", "fu_m", "mask_only"];

const fn row(id: &'static str, method: &'static str, params: &'static [(&'static str, &'static str)]) -> Row {
    Row { id, method, preset: "", params, every_seed: true, metrics: METRICS, at: None }
}

const FOR_TABLES: &[(&str, &str)] = &[("epochs", "10"), ("batch", "100")];
const BOX_JUDGES: &[(&str, &str)] = &[("epochs", "10"), ("batch", "100"), ("critic", "black-box")];

const ROWS: &[Row] = &[
    Row { metrics: MAIN, ..row("aim/mean", "aim", BOX_JUDGES) },
    row("aim/noise", "aim", BOX_JUDGES),
    row("aim-paper/mean", "aim", FOR_TABLES),
    row("aim-paper/noise", "aim", FOR_TABLES),
    Row { metrics: MAIN, ..row("l2x/mean", "l2x", FOR_TABLES) },
    row("l2x/noise", "l2x", FOR_TABLES),
    Row { metrics: MAIN, ..row("meed/mean", "meed", FOR_TABLES) },
    row("meed/noise", "meed", FOR_TABLES),
    row("grad/mean", "grad", &[]),
    row("grad/noise", "grad", &[]),
    row("grad-x-input/mean", "grad-x-input", &[]),
    row("grad-x-input/noise", "grad-x-input", &[]),
    Row { metrics: MAIN, ..row("random/mean", "random", &[]) },
    row("random/noise", "random", &[]),
];

/// Census income.
pub static AIM_ADULT: Experiment = Experiment {
    id: "aim-adult",
    title: "AIM, Table 10: Adult, 3 of 7 columns",
    dataset: "adult",
    data: "adult:{root}/adult?columns=age,education-num,marital-status,occupation,capital-gain,capital-loss,hours-per-week",
    black_box: ("table-logistic", &[]),
    unit: "column",
    k: 3,
    ks: &[],
    rows: ROWS,
    paper: &[
        published("aim/mean", "faithfulness", 94.00),
        published("aim/noise", "faithfulness", 92.20),
        published("aim-paper/mean", "faithfulness", 94.00),
        published("aim-paper/noise", "faithfulness", 92.20),
    ],
    seeds: 3,
};

/// Graduate admission.
pub static AIM_ADMISSION: Experiment = Experiment {
    id: "aim-admission",
    title: "AIM, Table 10: Admission, 6 of 12 columns",
    dataset: "admission",
    data: "table:{root}/admission/Admission_Predict_Ver1.1.csv?label=Chance of Admit&threshold=0.75&ignore=Serial \
           No.&indicators=University Rating,Research",
    black_box: ("table-mlp", &[]),
    unit: "column",
    k: 6,
    ks: &[],
    rows: ROWS,
    paper: &[
        published("aim/mean", "faithfulness", 99.00),
        published("aim/noise", "faithfulness", 86.26),
        published("aim-paper/mean", "faithfulness", 99.00),
        published("aim-paper/noise", "faithfulness", 86.26),
    ],
    seeds: 3,
};
