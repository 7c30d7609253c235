//! Figures of texts from the command line: classes, how long texts are cut, which item it is, and nothing on standard error that is none of the user's.

use super::*;

/// The sample explainer that tells classes apart, its black box, and data.
fn asked(data: &str) -> Vec<String> {
    let [explainer, black_box] = ["reviews_project/explainers/aim", "reviews_project/blackboxes/reviews"].map(reviews);
    let data = if data.is_empty() { reviews("reviews.csv") } else { data.to_owned() };
    ["--explainer", &explainer, "--blackbox", &black_box, "--data", &data].map(str::to_owned).to_vec()
}

/// Draws a figure; gives what was printed and the file.
fn figure(data: &str, more: &[&str], out: &str) -> (String, String) {
    let (made, asked) = (made(), asked(data));
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let printed = made.done(&with(&[&["figure", "--out", out], &asked[..], more].concat()));
    (printed, std::fs::read_to_string(made.root.join(out)).unwrap())
}

#[test]
fn a_figure_of_a_class_says_whether_its_words_alone_give_it() {
    let (_, negative) = figure("", &["--item", "44", "--class", "negative"], "of-class.svg");
    assert!(negative.contains("Only the words of \u{201C}negative\u{201D}: "), "{negative}");
    assert!(!negative.contains("other\u{A0}class") && !negative.contains("same\u{A0}class"), "{negative}");
    // Each panel has the bars of its own class.
    let (_, all) = figure("", &["--item", "44", "--class", "all"], "of-all.svg");
    for class in ["negative", "positive"] {
        let head = format!("Probability of \u{201C}{class}\u{201D}");
        assert_eq!(all.matches(&head).count(), 1, "{head}: {all}");
    }
}

#[test]
fn what_speaks_for_each_class_is_drawn_where_it_is_asked_for() {
    let (_, plain) = figure("", &["--item", "44"], "without-classes.svg");
    let (_, classes) = figure("", &["--item", "44", "--classes"], "with-classes.svg");
    for part in ["What speaks for each class", "With nothing left: ", " alone: "] {
        assert!(classes.contains(part) && !plain.contains(part), "{part}");
    }
    let (made, asked) = (made(), asked(""));
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let args = [&["figure", "--classes", "--item", "44,45", "--out", "no-classes.svg"], &asked[..]].concat();
    let output = made.run(&with(&args));
    assert_eq!(output.status.code(), Some(2));
    assert_sentence(&err(&output), &["--classes", "found 2 pictures", "leave it out"]);
}

#[test]
fn texts_are_cut_after_as_many_words_as_are_asked_for_also_on_a_sheet() {
    let words = "one two three four five six seven eight nine ten ".repeat(9);
    std::fs::write(made().root.join("long.csv"), format!("text,label\n{words},positive\n{words},negative\n")).unwrap();
    let data = format!("csv:{}", made().path("long.csv"));
    let notes = |more: &[&str]| {
        let items = ["--item", "0,1", "--k", "1"];
        figure(&data, &[&items[..], more].concat(), "long.svg").1.matches("more\u{A0}word").count()
    };
    assert!(notes(&[]) >= 2, "90 words are too many for a cell");
    assert_eq!(notes(&["--words", "0"]), 0, "0 never cuts");
    assert!(notes(&["--words", "5"]) >= 2);
}

#[test]
fn pictograms_and_rows_that_were_left_out_are_told_as_a_user_wants_to_hear_of_them() {
    let (made, data) = (made(), format!("csv:{}", made().path("gap.csv")));
    let rows = "text,label\nso good,positive\n  ,negative\na superb evening \u{1F600},positive\n";
    std::fs::write(made.root.join("gap.csv"), rows).unwrap();
    let asked = asked(&data);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let draw = |item: &str, out: &str| {
        let output = made.run(&with(&[&["figure", "--item", item, "--out", out], &asked[..]].concat()));
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        // The drawing library takes another font for a pictogram: that is how it is meant to be.
        assert!(!err(&output).contains("usvg") && !err(&output).contains("Fallback"), "{}", err(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    // The second of what is open is the third row, which the window calls #2.
    let printed = draw("1", "gap.png");
    assert!(printed.contains("gap.png: item 1 of all that is open, which the window calls #2 ("), "{printed}");
    // By that number, or where both are one, there is nothing to explain.
    let printed = draw("#2", "gap.png");
    assert!(printed.contains("gap.png: #2 ("), "{printed}");
    let printed = draw("0", "gap.png");
    assert!(printed.contains("gap.png: #0 ("), "{printed}");
}
