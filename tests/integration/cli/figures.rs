//! Figures for papers from the command line: their width, pictures in a row, and what is left out.

use super::*;

const FIGURE: [&str; 7] = ["figure", "--method", "grad,random", "--blackbox", "box", "--k", "20"];

/// The SVG that `figure` writes with these further arguments.
fn drawn(made: &Made, out: &str, more: &[&str]) -> String {
    let data = made.data();
    made.done(&with(&[&FIGURE[..], &["--data", &data, "--out", out], more].concat()));
    std::fs::read_to_string(made.root.join(out)).unwrap()
}

/// Places of the pictures from the top, each once: a number for each row.
fn rows(svg: &str) -> usize {
    let tops: std::collections::BTreeSet<&str> =
        svg.split("<image").skip(1).filter_map(|image| image.split(" y=\"").nth(1)?.split('"').next()).collect();
    tops.len()
}

#[test]
fn a_figure_has_the_width_and_the_columns_that_were_asked_for_and_leaves_out_what_was_not() {
    let made = made();
    // Four items by two methods are two rows of four, not of six and two.
    let items = ["--item", "0,1,2,3"];
    let sheet = drawn(made, "page-sheet.svg", &items);
    assert!(sheet.contains("Same class from the selected units only"));
    assert_eq!(rows(&sheet), 2);
    // 85 mm in points.
    let column =
        drawn(made, "page-column.svg", &[&items[..], &["--width-mm", "85", "--columns", "2", "--no-answers"]].concat());
    assert!(column.contains("width=\"240.945pt\""), "{}", column.lines().next().unwrap_or_default());
    assert_eq!(rows(&column), 4);
    assert!(!column.contains("Same class") && !column.contains("selected: "), "answers are left out");
    let both = ["--item", "0", "--columns", "1"];
    assert_eq!(
        (rows(&drawn(made, "page-both.svg", &["--item", "0"])), rows(&drawn(made, "page-one.svg", &both))),
        (1, 2)
    );
}

#[test]
fn widths_and_columns_that_cannot_be_drawn_are_refused_with_a_sentence() {
    let made = made();
    let data = made.data();
    let cases: [(&[&str], &[&str]); 4] = [
        (&["--width-mm", "20"], &["--width-mm 20", "from 60 to 1000 millimetres", "85"]),
        (&["--width-mm", "nan"], &["--width-mm NaN", "expected"]),
        (&["--columns", "0"], &["--columns 0", "expected 1 or more"]),
        (&["--width-mm", "85", "--columns", "6"], &["--columns 6", "at most 3", "85 mm", "wider page"]),
    ];
    for (more, parts) in cases {
        let args = [&FIGURE[..], &["--item", "0,1,2,3", "--data", &data, "--out", "no.svg"], more].concat();
        let output = made.run(&with(&args));
        let said = err(&output);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert_sentence(said.trim_end().lines().next_back().unwrap_or_default(), parts);
        assert!(!made.root.join("no.svg").exists(), "{more:?}");
    }
}
