//! What does not fit, found only by the work: exit code 2 and one sentence from every subcommand, never that the work failed.

use super::*;
use unmask::data::Unit;

/// Ends with two, with a last line on standard error that has these parts, and without the file `out`.
fn refused(made: &Made, args: &[&str], out: &str, parts: &[&str]) -> String {
    let output = made.run(&with(&[args, &["--out", out]].concat()));
    let said = err(&output);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    let last = said.trim_end().lines().next_back().unwrap_or_default();
    assert!(last.starts_with("unmask: "), "{args:?}: {said}");
    assert_sentence(last, parts);
    assert!(!made.root.join(out).exists(), "{args:?}");
    said
}

#[test]
fn an_explainer_with_the_weights_of_another_method_is_bad_input_to_every_subcommand() {
    let made = made();
    let mut mixed = SavedExplainer::load(&made.root.join("explainers/l2x")).unwrap();
    mixed.weights = SavedExplainer::load(&made.root.join("explainers/meed")).unwrap().weights;
    mixed.card.hash = mixed.card.hash_with(&mixed.weights);
    mixed.save(&made.root.join("mixed")).unwrap();
    let data = made.data();
    for (command, more, out) in [
        ("explain", ["--limit", "2"], "mixed.csv"),
        ("figure", ["--item", "0"], "mixed.svg"),
        ("evaluate", ["--metrics", "fs_m"], "mixed.json"),
    ] {
        let args = [&[command, "--explainer", "mixed", "--blackbox", "box", "--data", &data], &more[..]].concat();
        let said = refused(made, &args, out, &["expected", "found", "train it again"]);
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}

#[test]
fn data_of_another_kind_are_refused_at_once_and_not_item_by_item() {
    let made = made();
    std::fs::write(made.root.join("kinds.csv"), "text,label\nso good,3\nso bad,8\nso so,8\n").unwrap();
    let data = format!("csv:{}", made.path("kinds.csv"));
    let args = ["explain", "--explainer", "explainers/l2x", "--blackbox", "box", "--data", &data, "--split", "all"];
    let said = refused(made, &args, "kinds.csv.out.csv", &["expected pictures", "found texts", "open other data"]);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
}

#[test]
fn a_method_that_needs_gradients_is_refused_for_a_forest_and_a_table_for_a_study() {
    let made = made();
    let data = ["--data", "synthetic:orange?n=300"];
    made.done(&with(&[&["fit", "--model", "table-forest", "--epochs", "3", "--out", "forest"], &data[..]].concat()));
    let forest = SavedBox::load(&made.root.join("forest")).unwrap();
    let grad = SavedExplainer::untrained("grad", Unit::Column, 2, &forest.card, 0).unwrap();
    grad.save(&made.root.join("grad-of-forest")).unwrap();
    for (command, more, out) in [("explain", ["--limit", "2"], "grad.csv"), ("figure", ["--item", "0"], "grad.svg")] {
        let of_forest = ["--explainer", "grad-of-forest", "--blackbox", "forest"];
        let args = [&[command], &of_forest[..], &data, &more].concat();
        refused(made, &args, out, &["needs gradients", "gives none", "distil a stand-in"]);
    }
    let design = "title = 'Table'\n[items]\ncount = 12\n[people]\ncount = 4\n";
    std::fs::write(made.root.join("table.toml"), design).unwrap();
    let study = ["study", "new", "--spec", "table.toml", "--blackbox", "forest", "--method", "random", "--k", "2"];
    let parts = ["data.spec: expected pictures or texts", "found rows of a table", "choose other data"];
    refused(made, &[&study[..], &data].concat(), "table-study", &parts);
}

#[test]
fn a_method_without_its_gradients_is_left_out_of_a_table_and_the_others_are_measured() {
    let made = made();
    let data = ["--data", "synthetic:orange?n=300"];
    made.done(&with(&[&["fit", "--model", "table-forest", "--epochs", "3", "--out", "queried"], &data[..]].concat()));
    let of_forest = ["evaluate", "--blackbox", "queried", "--k", "2", "--metrics", "fs_m,fu_m"];
    let measured = |methods: &'static str, out: &'static str| {
        made.run(&with(&[&of_forest[..], &data, &["--method", methods, "--out", out]].concat()))
    };
    let output = measured("grad,random", "queried.json");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    // One sentence for both metrics, said before the work.
    let note = "No figure for Gradient: FS-M; FU-M: Gradient needs gradients of the black box";
    assert_eq!(err(&output).lines().filter(|line| line.starts_with(note)).count(), 1, "{}", err(&output));
    let written = std::fs::read_to_string(made.root.join("queried.json")).unwrap();
    let table: serde_json::Value = serde_json::from_str(&written).unwrap();
    let rows = table["cells"].as_array().unwrap().iter().map(|cell| (cell["row"].as_str(), cell["metric"].as_str()));
    let expected = ["fs_m", "fu_m"].map(|metric| (Some("Random"), Some(metric)));
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    // Where nothing is left to measure, that is an error.
    let args = [&of_forest[..], &data, &["--method", "grad"]].concat();
    refused(made, &args, "grad-alone.json", &["Gradient needs gradients", "gives none", "distil a stand-in"]);
}

#[test]
fn pictures_that_are_too_small_for_an_experiment_are_bad_input() {
    let made = made();
    let folder = made.root.join("small/mnist");
    std::fs::create_dir_all(&folder).unwrap();
    let n = 40u32;
    let header = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let pictures = [header(&[2051, n, 10, 10]), (0..n * 100).map(|at| (at % 251) as u8).collect()].concat();
    let labels = [header(&[2049, n]), (0..n).map(|at| if at % 2 == 0 { 3 } else { 8 }).collect()].concat();
    for part in ["train", "t10k"] {
        std::fs::write(folder.join(format!("{part}-images-idx3-ubyte")), &pictures).unwrap();
        std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), &labels).unwrap();
    }
    let args = ["reproduce", "l2x-mnist", "--data-root", "small", "--quick"];
    refused(made, &args, "small.json", &["pictures of at least 16 x 16 pixels", "found 10 x 10"]);
}

#[test]
fn too_few_items_for_a_benchmark_are_bad_input() {
    let made = made();
    let data = format!("mnist:{}?classes=3,8&limit=24", made.path("samples/digits"));
    let args = ["bench", "--data", &data];
    refused(made, &args, "bench.json", &["expected at least", "train items, for one batch", "use more data"]);
    // Nothing is trained and timed before it is known that there are too few to measure with: a line on the data, and why not.
    let args = ["bench", "--data", "synthetic:mouse?n=200"];
    let said = refused(made, &args, "bench.json", &["expected at least 64 test items, for one batch", "use more data"]);
    assert_eq!(said.trim_end().lines().count(), 2, "{said}");
}

#[test]
fn a_command_that_cannot_be_started_is_bad_input() {
    let made = made();
    let box_of = ["evaluate", "--blackbox", "exec:/no/such/program", "--method", "random", "--k", "2"];
    let data = ["--metrics", "fs_m", "--data", "synthetic:orange?n=300"];
    let parts = ["exec:/no/such/program", "expected an answer", "the program has ended", "mend the program"];
    refused(made, &[&box_of[..], &data].concat(), "exec.json", &parts);
}

#[test]
fn a_metric_that_the_data_do_not_have_is_left_out_and_the_others_are_measured() {
    let made = made();
    let data = made.data();
    let of_random =
        ["evaluate", "--method", "random", "--blackbox", "box", "--k", "4", "--limit", "3", "--data", &data];
    let args = [&of_random[..], &["--metrics", "hit_rate,fs_m", "--out", "some.md"]].concat();
    let output = made.run(&with(&args));
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let note = "Left out: Hit rate needs data of which it is known what truly matters";
    assert_eq!(err(&output).lines().filter(|line| line.starts_with(note)).count(), 1, "{}", err(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    let written = std::fs::read_to_string(made.root.join("some.md")).unwrap();
    for text in [printed, written] {
        assert!(text.contains("fs_m") && text.contains(note), "{text}");
    }
    let args = [&of_random[..], &["--metrics", "hit_rate,purity"]].concat();
    let said = refused(made, &args, "none.json", &["none of the 2 metrics", "Hit rate needs data", "name others"]);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
}

#[test]
fn an_option_of_commands_where_the_window_is_asked_for_is_answered_with_the_form_that_works() {
    for first in ["--data", "--data=x.csv", "--blackbox"] {
        let hint = unmask::cli::window_hint(first).expect("a hint");
        assert!(hint.contains("unmask DATA BLACKBOX EXPLAINER"), "{hint}");
    }
    assert_eq!(unmask::cli::window_hint("--devcie"), None);
}
