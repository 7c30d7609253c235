//! What `fit` and `train` say of a training that taught nothing, and of values that cannot be; scores of texts without padding.

use super::*;

/// A file of 60 texts with a column of their numbers, two thirds of them of class "good"; nothing tells the classes apart.
fn same_texts(made: &Made, name: &str) -> String {
    let row = |at: usize| format!("{at},a film about a film,{}\n", if at.is_multiple_of(3) { "bad" } else { "good" });
    let path = made.root.join(name);
    std::fs::write(&path, format!("id,text,label\n{}", (0..60).map(row).collect::<String>())).unwrap();
    format!("csv:{}", path.display())
}

#[test]
fn a_box_that_learned_nothing_is_told_with_the_share_of_the_largest_class() {
    let made = made();
    let data = format!("{}?text=text&label=label", same_texts(made, "same.csv"));
    let output =
        made.run(&with(&["fit", "--data", &data, "--model", "l2x-word-cnn", "--epochs", "5", "--out", "same-box"]));
    let (printed, said) = (String::from_utf8_lossy(&output.stdout).into_owned(), err(&output));
    assert_eq!(output.status.code(), Some(0), "{said}");
    // Patience is two epochs; it does not end what gives one class to everything.
    assert!(printed.contains("(6 items, largest class 66.7 %); 5 epochs in "), "{printed}");
    assert!(said.contains("one class for everything") && said.contains("explanations of it mean nothing"), "{said}");
}

#[test]
fn a_training_that_stops_early_says_so() {
    let made = made();
    let data = reviews("reviews.csv");
    let fitted = made.done(&with(&[
        "fit",
        "--data",
        &data,
        "--model",
        "l2x-word-cnn",
        "--epochs",
        "40",
        "--set",
        "patience=1",
        "--out",
        "stopped-box",
    ]));
    assert!(
        fitted.contains("; stopped after ") && fitted.contains(" of 40 epochs: no gain on validation, in "),
        "{fitted}"
    );
    assert!(fitted.contains("largest class 50.0 %"), "{fitted}");
}

#[test]
fn texts_of_row_numbers_are_not_trained_on_without_a_word() {
    let made = made();
    let data = format!("{}?text=id&label=label", same_texts(made, "numbers.csv"));
    let args = ["fit", "--data", &data, "--model", "l2x-word-cnn", "--epochs", "1", "--out", "numbers-box"];
    let said = err(&made.run(&with(&args)));
    assert!(said.contains("expected texts of words, found nothing but numbers, such as"), "{said}");
}

#[test]
fn epochs_that_cannot_be_are_refused_with_what_was_expected_and_found() {
    let made = made();
    let data = made.data();
    let fit = ["fit", "--data", &data, "--model", "l2x-cnn", "--out", "no-box"];
    let train =
        ["train", "--data", &data, "--blackbox", "box", "--method", "meed", "--k", "4", "--out", "no-explainer"];
    let given: [(&[&str], &str); 3] =
        [(&["--epochs=-3"], "\"-3\""), (&["--epochs", "-3"], "\"-3\""), (&["--epochs", "many"], "\"many\"")];
    for command in [&fit[..], &train[..]] {
        for (epochs, found) in given {
            let output = made.run(&[command, epochs].concat());
            assert_eq!(output.status.code(), Some(2), "{epochs:?}: {}", err(&output));
            let expected = format!("unmask: parameter epochs: expected a whole number from 1 to 1000, found {found}");
            assert_sentence(&err(&output), &[expected.as_str()]);
        }
    }
}

#[test]
fn a_training_of_few_minibatches_is_told() {
    let made = made();
    let data = made.data();
    let train = ["train", "--data", &data, "--blackbox", "box", "--k", "4", "--method", "meed"];
    let output = made.run(&with(&[&train[..], &["--epochs", "1", "--out", "short"]].concat()));
    let said = err(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(" in all: too few to learn; ") && said.contains("(--epochs "), "{said}");
    let output = made.run(&with(&[&train[..], &["--epochs", "3", "--set", "batch=1", "--out", "long"]].concat()));
    assert!(!err(&output).contains("too few to learn"), "{}", err(&output));
}

#[test]
fn scores_of_texts_leave_padding_out_and_number_units_from_the_first_word() {
    let made = made();
    let (explainer, black_box) =
        (reviews("reviews_project/explainers/aim"), reviews("reviews_project/blackboxes/reviews"));
    // This network reads 400 words, and what is missing in front of a text as padding.
    let data = reviews("reviews.csv");
    let asked = ["explain", "--explainer", &explainer, "--blackbox", &black_box, "--data", &data, "--limit", "3"];
    for out in ["words.jsonl", "words.csv"] {
        made.done(&with(&[&asked[..], &["--k", "3", "--out", out]].concat()));
    }
    let text = std::fs::read_to_string(made.root.join("words.jsonl")).unwrap();
    assert!(!text.contains("null"), "{text}");
    let mut by_item = std::collections::BTreeMap::new();
    for line in text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        let (scores, words) = (numbers(&line["scores"]), line["words"].as_array().unwrap());
        assert!((1..400).contains(&scores.len()) && scores.len() == words.len(), "{} scores", scores.len());
        for (at, word) in words.iter().enumerate() {
            assert_eq!((word["unit"].as_u64(), word["score"].as_f64()), (Some(at as u64), Some(scores[at])));
        }
        // From the first word on, in the order of the text.
        let starts: Vec<u64> = words.iter().map(|word| word["start"].as_u64().unwrap()).collect();
        assert!(starts.is_sorted() && starts[0] < 3, "{starts:?}");
        for class in ["negative", "positive"] {
            assert_eq!(numbers(&line["class_scores"][class]).len(), scores.len());
        }
        let mut selected: Vec<usize> = numbers(&line["selected"]).into_iter().map(|unit| unit as usize).collect();
        assert_eq!(selected.len(), 3);
        assert!(selected.iter().all(|&unit| words[unit]["rank"].as_u64().unwrap() <= 3), "{line}");
        selected.sort_unstable();
        by_item.insert(line["item"].as_u64().unwrap().to_string(), (scores.len(), selected));
    }
    let mut reader = csv::Reader::from_path(made.root.join("words.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(by_item.len(), 3);
    for (item, (n, selected)) in by_item {
        let of_item: Vec<_> = rows.iter().filter(|row| row[0] == item).collect();
        let units: Vec<usize> = of_item.iter().map(|row| row[3].parse().unwrap()).collect();
        assert_eq!(units, (0..n).collect::<Vec<_>>(), "item {item}");
        let marked = of_item.iter().filter(|row| &row[6] == "1").map(|row| row[3].parse::<usize>().unwrap());
        assert_eq!(marked.collect::<Vec<_>>(), selected, "item {item}");
    }
}
