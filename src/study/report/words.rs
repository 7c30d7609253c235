//! The numbers of a report in words, the same in the window and in files.

use crate::study::score::Share;

/// One decimal, or a dash.
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
}

/// Two decimals, or a dash.
pub fn two(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

/// "71.8 to 94.9", or a dash.
pub fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(|| "-".to_owned(), |[low, high]| format!("{low:.1} to {high:.1}"))
}

/// Wilson's interval of a share, or a dash where nobody answered.
pub fn wilson(share: &Share) -> String {
    interval((share.n > 0).then_some(share.wilson))
}

/// A p-value as papers print it.
pub fn p(value: f64) -> String {
    if value < 0.001 { "< 0.001".to_owned() } else { format!("{value:.3}") }
}
