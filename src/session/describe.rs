//! Sentences that more than one panel uses: what is shown, what the model answers, diagnostics.

use super::Session;
use super::items::{Sort, SortBy};
use crate::data::{Dataset, Modality};
use crate::explain::Fill;
/// A score in as few signs as tell its size: figures write it so, too.
pub use crate::figure::layout::bars::score;
use crate::jobs::MethodResult;
use crate::model::argmax;
use crate::work::format_count;

/// "1 item", "70,000 items".
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", format_count(n as u64), if n == 1 { one } else { many })
}

/// What an item of this kind is called where it is drawn, for one and for several.
pub const fn drawn_noun(modality: Modality) -> (&'static str, &'static str) {
    match modality {
        Modality::Image => ("picture", "pictures"),
        Modality::Text => ("text", "texts"),
        Modality::Series => ("series", "series"),
        Modality::Table => ("row", "rows"),
    }
}

/// "a, b and c".
pub fn in_words(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// What hidden units become.
pub const fn fill_words(fill: Fill) -> &'static str {
    match fill {
        Fill::Zero => "zero",
        Fill::Mean => "the mean",
        Fill::Noise => "noise from data",
        Fill::Uniform => "uniform noise",
    }
}

/// What the list is sorted by: `data` names the column of a table.
pub fn sort_words(sort: Sort, data: Option<&Dataset>) -> String {
    let by = match sort.by {
        SortBy::Index => "index",
        SortBy::Class => "class",
        SortBy::Prediction => "prediction",
        SortBy::Confidence => "confidence",
        SortBy::Outcome => "whether the prediction is right",
        SortBy::Fidelity => "faithfulness",
        SortBy::Column(at) => data.map_or("column", |data| data.listed_name(usize::from(at))),
        SortBy::Length if sort.descending => return "length, longest first".to_owned(),
        SortBy::Length => return "length, shortest first".to_owned(),
    };
    let direction = match (sort.by, sort.descending) {
        // Names have an order, but no size.
        (SortBy::Class | SortBy::Prediction | SortBy::Column(_), true) => "descending",
        (SortBy::Class | SortBy::Prediction | SortBy::Column(_), false) => "ascending",
        (SortBy::Outcome, true) => "right first",
        (SortBy::Outcome, false) => "wrong first",
        (_, true) => "largest first",
        (_, false) => "smallest first",
    };
    format!("{by}, {direction}")
}

/// A score with so many digits and a true minus sign; what rounds to zero has no sign. With many digits a row of zeros says nothing: zero is a single one
/// then, and what is smaller than the last digit is told by its power of ten.
pub fn signed(value: f32, digits: usize) -> String {
    const MANY: usize = 4;
    if !value.is_finite() {
        return "none".to_owned();
    }
    if digits >= MANY && value == 0.0 {
        return "0".to_owned();
    }
    if digits >= MANY && value.abs() < 0.5 * 0.1_f32.powi(digits as i32) {
        return score(value);
    }
    let words = format!("{value:.digits$}");
    match words.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => words,
    }
}

/// A sentence in the words of the window: a command is connected under Train, where the command line has a call of its own.
pub fn in_window(sentence: &str) -> String {
    let Some((before, rest)) = sentence.split_once("with `unmask fit --model ") else { return sentence.to_owned() };
    let after = rest.rsplit_once('`').map_or("", |(_, after)| after);
    format!("{before}under Train{after}")
}

/// A change of a probability with its sign and three digits; one that rounds to zero is none.
pub fn change(by: f32) -> String {
    match signed(by, 3) {
        words if by.is_finite() && words == "0.000" => "no change".to_owned(),
        words if by > 0.0 => format!("+{words}"),
        words => words,
    }
}

/// Digits after the point, at least `least`, with which a list of scores is told: the largest shows two that are not zero, all others as many places.
pub fn digits(scores: &[f32], least: usize) -> usize {
    let largest = scores.iter().map(|score| score.abs()).filter(|size| size.is_finite()).fold(0.0, f32::max);
    // 0.005 has its first sign at the third place; what is far smaller would have no room.
    let first = if largest > 0.0 { -largest.log10().floor() } else { 0.0 };
    (first.clamp(0.0, 5.0) as usize + 1).clamp(least, 5)
}

/// A probability with two digits that does not claim more certainty than it shows.
pub fn probability(p: f32) -> String {
    if !p.is_finite() {
        "unknown".to_owned()
    } else if (0.995..1.0).contains(&p) {
        ">0.99".to_owned()
    } else if p > 0.0 && p < 0.005 {
        "<0.01".to_owned()
    } else {
        format!("{p:.2}")
    }
}

/// What one method's selection does to the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Class of the full input.
    pub full: usize,
    /// Class of the selected part alone and its probability.
    pub selected: (usize, f32),
    /// Class of the unselected part alone and its probability.
    pub unselected: (usize, f32),
}

impl Verdict {
    /// From the answers.
    pub fn new(probs_full: &[f32], result: &MethodResult) -> Option<Self> {
        if probs_full.is_empty() || result.probs_selected.is_empty() || result.probs_unselected.is_empty() {
            return None;
        }
        let answer = |probs: &[f32]| {
            let class = argmax(probs);
            (class, probs[class])
        };
        Some(Self {
            full: argmax(probs_full),
            selected: answer(&result.probs_selected),
            unselected: answer(&result.probs_unselected),
        })
    }

    /// Whether the selected part alone keeps the class.
    pub fn selected_stays(&self) -> bool {
        self.selected.0 == self.full
    }

    /// Whether the unselected part alone keeps the class.
    pub fn unselected_stays(&self) -> bool {
        self.unselected.0 == self.full
    }
}

impl Session {
    /// Name of a class of the black box.
    pub fn class_name(&self, class: usize) -> String {
        self.active_box()
            .and_then(|active| active.card.classes.get(class).cloned())
            .unwrap_or_else(|| format!("class {class}"))
    }

    /// Label of an item, by name.
    pub fn label_name(&self, item: usize) -> Option<&str> {
        let data = self.data.as_ref()?;
        let label = (*data.labels.get(item)?)?;
        data.classes.get(usize::from(label)).map(String::as_str)
    }

    /// Versions, data, models and the latest notices, for a report.
    pub fn diagnostics(&self) -> String {
        let versions = crate::model::Versions::current();
        let mut out = format!("Unmask {}, libtorch {}, tch {}\n", versions.unmask, versions.libtorch, versions.tch);
        out.push_str(&format!("system: {} {}\n", std::env::consts::OS, std::env::consts::ARCH));
        if let Some(machine) = &self.machine {
            out.push_str(&format!("device: {machine}\n"));
        }
        if let Some(data) = &self.data {
            out.push_str(&format!("data: {} ({} items, hash {})\n", data.name, data.len(), data.hash));
        }
        if let Some(active) = self.active_box() {
            out.push_str(&format!(
                "black box: {} ({}, hash {})\n",
                active.card.name, active.card.architecture, active.card.hash
            ));
        }
        for explainer in &self.explainers {
            out.push_str(&format!(
                "explainer: {} ({}, seed {})\n",
                explainer.card.name, explainer.card.method, explainer.card.seed
            ));
        }
        for entry in self.notices.entries().iter().rev().take(20) {
            out.push_str(&format!("notice: {} [{}]\n", entry.notice.summary, entry.notice.code));
            if let Some(details) = &entry.notice.details {
                out.push_str(&format!("    {details}\n"));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{change, digits, in_window, score, signed};

    #[test]
    fn the_window_says_where_a_command_is_connected_and_no_call_of_the_command_line() {
        let said = "exec:a `b`: found one from elsewhere; look at what it does, then connect it with `unmask fit --model \"exec:a `b`\"`";
        assert_eq!(
            in_window(said),
            "exec:a `b`: found one from elsewhere; look at what it does, then connect it under Train"
        );
        let said =
            "connect it again with `unmask fit --model \"exec:a\"`, and train anew what was trained on its answers";
        assert_eq!(in_window(said), "connect it again under Train, and train anew what was trained on its answers");
        assert_eq!(in_window("a folder that `unmask fit` wrote"), "a folder that `unmask fit` wrote");
    }

    #[test]
    fn nothing_has_a_minus_sign_or_a_row_of_zeros() {
        let of = [
            (0.0, 2, "0.00"),
            (-0.0, 4, "0"),
            (-0.001, 2, "0.00"),
            (-0.012, 2, "\u{2212}0.01"),
            (0.0, 5, "0"),
            (2e-7, 5, "2.0e\u{2212}7"),
            (-2e-7, 4, "\u{2212}2.0e\u{2212}7"),
            (0.25, 4, "0.2500"),
            (f32::NEG_INFINITY, 2, "none"),
        ];
        for (value, digits, words) in of {
            assert_eq!(signed(value, digits), words, "{value} with {digits}");
        }
        let of = [(-0.0004, "no change"), (0.0, "no change"), (0.1134, "+0.113"), (-0.1134, "\u{2212}0.113")];
        for (by, words) in of {
            assert_eq!(change(by), words);
        }
    }

    #[test]
    fn a_list_of_scores_is_told_with_as_many_digits_as_its_largest_needs() {
        let of = [
            (&[0.4, -2.0][..], 2),
            (&[0.4, 0.01], 2),
            (&[0.048, -0.03], 3),
            (&[0.0048, f32::NEG_INFINITY, 0.0001], 4),
            (&[1e-9], 5),
            (&[0.0], 2),
            (&[], 2),
        ];
        for (scores, expected) in of {
            assert_eq!(digits(scores, 2), expected, "{scores:?}");
        }
        assert_eq!(digits(&[12.0], 3), 3);
    }

    #[test]
    fn scores_of_any_size_are_told_in_a_few_signs() {
        let of = [(0.0, "0.000"), (-0.25, "\u{2212}0.250"), (3.456, "3.46"), (250.0, "250"), (2e-5, "2.0e\u{2212}5")];
        for (value, words) in of {
            assert_eq!(score(value), words);
        }
    }
}
