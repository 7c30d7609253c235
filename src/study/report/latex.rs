//! The main table of a report as LaTeX.

use super::words::{interval, number, p, wilson};
use crate::study::score::Scores;

/// Text in which LaTeX reads nothing but itself.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', sign]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("$<$"),
            '>' => out.push_str("$>$"),
            _ => out.push(sign),
        }
    }
    out
}

/// One row per arm: FS-H with both intervals, n, the test against chance, FS-M, human accuracy and agreement. Shares in percent.
pub fn latex(scores: &Scores) -> String {
    let head = "arm & FS-H & Wilson 95 & over people and items & n & p, chance & FS-M & human accuracy & alpha \\\\\n\\hline\n";
    let mut out = format!("\\begin{{tabular}}{{lrrrrrrrr}}\n{head}");
    for arm in &scores.arms {
        let cells = [
            arm.name.clone(),
            number(arm.fs_h.percent),
            wilson(&arm.fs_h),
            interval(arm.fs_h.cluster),
            arm.fs_h.n.to_string(),
            arm.p_chance.map_or_else(|| "-".to_owned(), p),
            number(arm.model.fs_m.percent),
            number(arm.accuracy.percent),
            super::two(arm.agreement.alpha),
        ];
        out.push_str(&cells.map(|cell| escaped(&cell)).join(" & "));
        out.push_str(" \\\\\n");
    }
    out.push_str("\\end{tabular}\n");
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn signs_that_mean_something_are_escaped() {
        assert_eq!(super::escaped("a_b & 5 % < 0.001"), "a\\_b \\& 5 \\% $<$ 0.001");
    }
}
