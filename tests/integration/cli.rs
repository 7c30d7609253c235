//! The real program from the command line: exit codes, sentences on standard error, nothing half-written, and one run from data to figure.

mod figures;
mod misfits;
mod texts;
mod trained;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use unmask::data::{Fit, samples};
use unmask::explain::{Fill, SavedExplainer};
use unmask::jobs::{Explain, Measured, Output as JobOutput, Task};
use unmask::model::SavedBox;
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

/// A folder with the drawn samples, a black box and two explainers, all made by the program itself, once.
struct Made {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

impl Made {
    fn path(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    fn data(&self) -> String {
        format!("mnist:{}?classes=3,8&limit=90", self.path("samples/digits"))
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with_cache(args, "cache")
    }

    fn run_with_cache(&self, args: &[&str], cache: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unmask"));
        command.args(args).current_dir(&self.root).env("UNMASK_CACHE", self.root.join(cache));
        command.env("UNMASK_COMMANDS", self.root.join("commands.json"));
        command.env("OMP_WAIT_POLICY", "PASSIVE").env_remove("UNMASK_DATA").env_remove("RUST_LOG");
        command.output().expect("the program starts")
    }

    /// Runs a command that must succeed; gives what it printed.
    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const COMPUTE: [&str; 4] = ["--device", "cpu", "--threads", "1"];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    args.iter().copied().chain(COMPUTE).collect()
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let made = Made { root: dir.path().to_owned(), _dir: dir };
        samples::write_all(&made.root.join("samples")).unwrap();
        let data = made.data();
        let fitted = made.done(&with(&[
            "fit", "--data", &data, "--model", "l2x-cnn", "--out", "box", "--epochs", "2", "--set", "batch=16",
        ]));
        assert!(fitted.contains("accuracy on validation") && fitted.contains("hash"), "{fitted}");
        for (method, unit) in [("l2x", "patch:4"), ("meed", "pixel")] {
            let out = format!("explainers/{method}");
            let trained = made.done(&with(&[
                "train",
                "--data",
                &data,
                "--blackbox",
                "box",
                "--method",
                method,
                "--k",
                "4",
                "--unit",
                unit,
                "--out",
                &out,
                "--epochs",
                "1",
            ]));
            assert!(trained.contains("validation at epoch 1: ") && trained.contains("fs_m"), "{trained}");
        }
        made
    })
}

/// A file that is not there before the first run of a command that must leave nothing.
fn absent(made: &Made, name: &str) -> String {
    let path = made.root.join(name);
    assert!(!path.exists());
    path.display().to_string()
}

#[test]
fn what_was_trained_is_on_disk_complete() {
    let made = made();
    let saved = SavedBox::load(&made.root.join("box")).unwrap();
    assert_eq!((saved.card.architecture.as_str(), saved.card.epochs, saved.card.complete), ("l2x-cnn", 2, true));
    assert_eq!((saved.card.classes.as_slice(), saved.card.threads), (["3".to_owned(), "8".to_owned()].as_slice(), 1));
    for method in ["l2x", "meed"] {
        let explainer = SavedExplainer::load(&made.root.join("explainers").join(method)).unwrap();
        assert!(explainer.card.complete && explainer.card.validation.contains_key("mask_only"));
        assert_eq!(explainer.card.blackbox_hash, saved.card.hash);
    }
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    let made = made();
    let data = made.data();
    let again = with(&[
        "fit",
        "--data",
        &data,
        "--model",
        "l2x-cnn",
        "--out",
        "box-again",
        "--epochs",
        "2",
        "--set",
        "batch=16",
    ]);
    made.done(&again);
    let bytes = |name: &str| std::fs::read(made.root.join(name).join("weights.safetensors")).unwrap();
    assert!(bytes("box") == bytes("box-again"));
}

#[test]
fn explain_writes_the_scores_that_the_window_would_show() {
    let made = made();
    let data = made.data();
    let printed = made.done(&with(&[
        "explain",
        "--explainer",
        "explainers/l2x",
        "--blackbox",
        "box",
        "--method",
        "random",
        "--data",
        &data,
        "--limit",
        "3",
        "--fill",
        "noise",
        "--seed",
        "6",
        "--out",
        "scores.jsonl",
    ]));
    assert!(printed.contains("3 items, 2 methods"), "{printed}");
    let text = std::fs::read_to_string(made.root.join("scores.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);

    let _torch = torch();
    let mut worker = worker();
    let mut ask = |task| {
        let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
        worker.wait_for(id, drop).unwrap()
    };
    let JobOutput::Data(opened) = ask(Task::OpenData { spec: data.parse().unwrap() }) else { panic!("no data") };
    let saved = Arc::new(SavedBox::load(&made.root.join("box")).unwrap());
    let l2x = Arc::new(SavedExplainer::load(&made.root.join("explainers/l2x")).unwrap());
    let random = SavedExplainer::untrained("random", l2x.card.unit, 4, &saved.card, 6).unwrap();
    let methods = vec![l2x.clone(), Arc::new(random)];
    let items = opened.in_split(unmask::data::Split::Test);
    // A number of the test part is not looked for in another, which may be a slip: both come from one official file.
    let elsewhere = format!("validation:{}", opened.source_index[items[0]]);
    let args = ["figure", "--explainer", "explainers/l2x", "--data", &data, "--item", &elsewhere, "--out", "no.svg"];
    let output = made.run(&with(&args));
    assert_eq!(output.status.code(), Some(2));
    assert_sentence(&err(&output), &[elsewhere.as_str(), "in the validation part", "found it in", "test"]);
    // The items that `evaluate` would measure.
    for (at, &item) in opened.some_of(unmask::data::Split::Test, 3).iter().enumerate() {
        let JobOutput::Explained(explained) = ask(Task::Explain(Box::new(Explain {
            black_box: saved.clone(),
            explainers: methods.clone(),
            data: opened.clone(),
            item,
            fit: Fit::default(),
            unit: l2x.card.unit,
            k: 4,
            fill: Fill::Noise,
            seed: 6,
            class_answers: true,
            contrast: None,
            rebuilt: true,
        }))) else {
            panic!("no explanation")
        };
        for (index, name) in ["l2x", "random"].iter().enumerate() {
            let (line, result) = (&lines[2 * at + index], explained.methods[index].as_ref().unwrap());
            assert_eq!(line["method"], *name);
            assert_eq!(line["item"], opened.source_index[item]);
            assert_eq!(line["split"], "test");
            let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect::<Vec<_>>();
            assert_near(&numbers(&line["scores"]), &wide(&result.scores), 1e-5, name);
            assert_near(&numbers(&line["probs_full"]), &wide(&explained.probs_full), 1e-5, name);
            assert_near(&numbers(&line["probs_selected"]), &wide(&result.probs_selected), 1e-5, name);
            assert_near(&numbers(&line["probs_unselected"]), &wide(&result.probs_unselected), 1e-5, name);
            let selected: Vec<usize> = numbers(&line["selected"]).into_iter().map(|unit| unit as usize).collect();
            assert_eq!(selected, unmask::explain::top_k(&result.scores, 4));
        }
    }
}

#[test]
fn scores_as_csv_and_npz_hold_every_item_and_unit() {
    let made = made();
    let data = made.data();
    for out in ["scores.csv", "scores.npz", "scores.parquet"] {
        made.done(&with(&[
            "explain",
            "--method",
            "grad,random",
            "--blackbox",
            "box",
            "--unit",
            "patch:7",
            "--k",
            "2",
            "--data",
            &data,
            "--split",
            "validation",
            "--limit",
            "2",
            "--out",
            out,
        ]));
    }
    let mut reader = csv::Reader::from_path(made.root.join("scores.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2 * 2 * 16);
    // Numbers of items begin anew in each part of the data.
    assert!(rows.iter().all(|row| &row[1] == "validation"));
    assert_eq!(rows.iter().filter(|row| &row[6] == "1").count(), 2 * 2 * 2);
    // Ranks count from 1, as in the window: the two best of each item and method are selected.
    assert!(rows.iter().all(|row| (&row[6] == "1") == (row[5].parse::<usize>().unwrap() <= 2)));
    let parquet = std::fs::File::open(made.root.join("scores.parquet")).unwrap();
    let parquet = parquet::file::reader::SerializedFileReader::new(parquet).unwrap();
    let same = parquet.into_iter().zip(&rows).filter(|(line, row)| {
        let line: Vec<String> = line.as_ref().unwrap().get_column_iter().map(|(_, field)| field.to_string()).collect();
        line[0] == row[0]
            && line[1].trim_matches('"') == &row[1]
            && line[2].trim_matches('"') == &row[2]
            && line[3] == row[3]
            && line[5] == row[5]
            && line[6] == row[6]
    });
    assert_eq!(same.count(), rows.len());
    let mut npz = npyz::npz::NpzArchive::open(made.root.join("scores.npz")).unwrap();
    let selected: Vec<u8> = npz.by_name("selected").unwrap().unwrap().into_vec().unwrap();
    assert!(selected.iter().zip(&rows).all(|(selected, row)| selected.to_string() == row[6]));
    let splits: Vec<String> = npz.by_name("split").unwrap().unwrap().into_vec().unwrap();
    assert_eq!(splits, ["validation", "validation"]);
    let scores = npz.by_name("scores").unwrap().unwrap();
    assert_eq!(scores.shape(), [2, 2, 16]);
    let scores: Vec<f32> = scores.into_vec().unwrap();
    let by_csv: Vec<f32> = rows.iter().map(|row| row[4].parse().unwrap()).collect();
    assert_eq!(scores, by_csv);
    let probs: Vec<f32> = npz.by_name("probs_full").unwrap().unwrap().into_vec().unwrap();
    assert!((probs[0] + probs[1] - 1.0).abs() < 1e-5);
    // True class, predicted class and its probability, once for each item; in the table on each of its lines.
    for (column, name) in [(7, "label"), (8, "predicted")] {
        let classes: Vec<String> = npz.by_name(name).unwrap().unwrap().into_vec().unwrap();
        assert_eq!([&classes[0], &classes[1]], [&rows[0][column], &rows[2 * 16][column]], "{name}");
    }
    let sure: Vec<f32> = npz.by_name("probability").unwrap().unwrap().into_vec().unwrap();
    assert_eq!(sure, probs.chunks(2).map(|probs| probs[0].max(probs[1])).collect::<Vec<_>>());
    assert!((rows[0][9].parse::<f32>().unwrap() - sure[0]).abs() < 1e-6);
}

#[test]
fn evaluate_writes_the_same_table_in_every_form() {
    let made = made();
    let data = made.data();
    let evaluate = |out: &str| {
        made.done(&with(&[
            "evaluate",
            "--explainer",
            "explainers/meed",
            "--method",
            "random",
            "--blackbox",
            "box",
            "--data",
            &data,
            "--metrics",
            "fs_m,fu_m",
            "--k",
            "4,40",
            "--out",
            out,
        ]))
    };
    let printed = evaluate("table.json");
    assert!(printed.contains("fs_m") && printed.contains("Random"), "{printed}");
    let measured: Measured = serde_json::from_slice(&std::fs::read(made.root.join("table.json")).unwrap()).unwrap();
    let by = &measured.conditions;
    assert_eq!((by.split.as_str(), by.fill.as_str(), by.seed, by.threads > 0), ("test", "zero", 0, true));
    let methods: Vec<&str> = by.explainers.iter().map(|explainer| explainer.method.as_str()).collect();
    assert_eq!(methods, ["meed", "random"]);
    let card: serde_json::Value =
        serde_json::from_slice(&std::fs::read(made.root.join("box/card.json")).unwrap()).unwrap();
    assert_eq!(
        (card["hash"].as_str(), card["name"].as_str()),
        (Some(by.black_box_hash.as_str()), Some(by.black_box.as_str()))
    );
    assert!(printed.contains(&by.words()), "{printed}");
    let (words, cells) = (by.words(), measured.cells);
    assert_eq!(cells.len(), 2 * 2 * 2);
    assert_eq!(cells.iter().map(|cell| cell.k.unwrap()).collect::<Vec<_>>(), [4, 4, 40, 40, 4, 4, 40, 40]);
    evaluate("table.csv");
    let mut reader = csv::Reader::from_path(made.root.join("table.csv")).unwrap();
    for (row, cell) in reader.records().map(Result::unwrap).zip(&cells) {
        assert_eq!((&row[0], &row[1]), (cell.row.as_str(), cell.metric.as_str()));
        assert_eq!(row[3].parse::<f64>().unwrap(), cell.mean);
    }
    evaluate("table.md");
    let markdown = std::fs::read_to_string(made.root.join("table.md")).unwrap();
    let n_columns: Vec<usize> = markdown.lines().take(10).map(|line| line.matches('|').count()).collect();
    assert_eq!(n_columns, vec![7; 10], "every line has six columns:\n{markdown}");
    assert!(markdown.ends_with(&format!("\n{words}.\n")), "{markdown}");
    evaluate("table.tex");
    let latex = std::fs::read_to_string(made.root.join("table.tex")).unwrap();
    assert!(latex.starts_with("\\begin{tabular}{llrrrr}") && latex.contains("fs\\_m") && latex.contains("\\%"));
    assert!(latex.ends_with(&format!("\\end{{tabular}}\n% {words}.\n")), "{latex}");
}

#[test]
fn figures_come_in_the_form_that_the_name_says() {
    let made = made();
    let data = made.data();
    for view in ["overlay", "selected", "unselected", "side", "heat"] {
        made.done(&with(&[
            "figure",
            "--explainer",
            "explainers/l2x",
            "--data",
            &data,
            "--item",
            "3",
            "--view",
            view,
            "--out",
            "one.svg",
        ]));
        let svg = std::fs::read_to_string(made.root.join("one.svg")).unwrap();
        assert!(svg.contains("<svg") && svg.trim_end().ends_with("</svg>"), "{view}");
        assert!(svg.contains("L2X"), "{view}: the caption names the method");
        if view != "overlay" {
            continue;
        }
        // The same item by the name that the window and the figure give it.
        let number =
            svg.split("item #").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        let number = number.unwrap();
        let named = ["train", "validation", "test"].map(|split| {
            let item = format!("{split}:{number}");
            let args = ["figure", "--explainer", "explainers/l2x", "--data", &data, "--item", &item];
            let is_made =
                made.run(&with(&[&args[..], &["--view", view, "--out", "named.svg"]].concat())).status.success();
            is_made && std::fs::read_to_string(made.root.join("named.svg")).unwrap() == svg
        });
        assert_eq!(named.iter().filter(|is_same| **is_same).count(), 1, "{view}: {named:?}");
    }
    let figure = |out: &str| {
        made.done(&with(&[
            "figure",
            "--method",
            "grad,random",
            "--blackbox",
            "box",
            "--k",
            "20",
            "--data",
            &data,
            "--item",
            "0,1,2",
            "--scale",
            "1",
            "--out",
            out,
        ]))
    };
    figure("sheet.png");
    let picture = image::open(made.root.join("sheet.png")).unwrap();
    assert!(picture.width() > 100 && picture.height() > 100);
    figure("sheet.pdf");
    let pdf = std::fs::read(made.root.join("sheet.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.windows(5).any(|bytes| bytes == b"%%EOF"));
}

/// Wrong usage or unreadable input: exit code 2, one sentence with these parts, and no file.
#[test]
fn wrong_usage_ends_with_two_and_a_sentence_and_writes_nothing() {
    let made = made();
    let data = made.data();
    let data = data.as_str();
    std::fs::write(made.root.join("magic.idx"), b"this is no IDX file, but text").unwrap();
    let magic = format!("idx:{}", made.path("magic.idx"));
    let (fit, train) =
        (["fit", "--data", data, "--out", "new-box"], ["train", "--data", data, "--out", "new-explainer"]);
    let explain = ["explain", "--data", data, "--blackbox", "box", "--k", "4"];
    let figure = ["figure", "--data", data, "--blackbox", "box", "--k", "4", "--method", "random"];
    let evaluate = ["evaluate", "--data", data, "--blackbox", "box", "--k", "4", "--method", "random"];
    let evaluate_many = ["evaluate", "--data", data, "--blackbox", "box", "--method", "random"];
    let one_class = data.replace("classes=3,8", "classes=3");
    let one_class = one_class.as_str();
    let (over, lone) = (["fit", "--data", data, "--out", "box"], ["fit", "--data", one_class, "--out", "new-box"]);
    let unreadable = ["fit", "--data", magic.as_str(), "--out", "new-box"];
    let trained = ["figure", "--data", data, "--item", "0", "--out", "new.svg", "--explainer", "explainers/l2x"];
    let all = ["explain", "--data", data, "--out", "new.csv", "--explainer", "explainers/l2x", "explainers/meed"];
    let inside = ["fit", "--data", data, "--out", "magic.idx/new-box"];
    let cases: Vec<(&[&str], &[&str], &[&str])> = vec![
        (&trained, &["explainers/meed"], &["expected an explainer of patches of 4 x 4 pixels as", "one of pixels"]),
        (&all, &[], &["expected an explainer of patches of 4 x 4 pixels as", "one of pixels"]),
        (
            &fit,
            &["--model", "table-mlp"],
            &["reads rows of a table, and", "holds pictures; choose one of meed-cnn, l2x-cnn"],
        ),
        (&trained, &["--class", "3"], &["one score for each unit", "leave the class out"]),
        (&trained, &["--form", "path"], &["--form", "reads series", "reads pictures"]),
        (&inside, &["--model", "l2x-cnn"], &["expected a folder", "found a file at", "magic.idx"]),
        (&figure, &["--item", "0", "--scale", "0", "--out", "new.png"], &["the scale 0", "above 0"]),
        (
            &["reproduce", "l2x-mnist", "--data-root", "samples"],
            &["--out", "new.md"],
            &["new.md", "ending in .json", "\"md\""],
        ),
        // A flag that would change nothing is refused.
        (
            &["reproduce", "l2x-mnist", "--data-root", "samples"],
            &["--out", "new.json", "--seed", "5"],
            &["--seed 5", "expected no seed", "--seeds"],
        ),
        (&["samples"], &["--seed", "1", "--out", "new-samples"], &["neither --seed nor --threads", "leave them out"]),
        (&["trian"], &[], &["trian", "expected a command", "--help"]),
        (&["fit", "--data", "no-such-file", "--out", "new-box"], &["--model", "l2x-cnn"], &["no-such-file"]),
        (&unreadable, &["--model", "l2x-cnn"], &["magic.idx", "expected", "found"]),
        (&["fit", "--data", "nokind:x", "--out", "new-box"], &["--model", "l2x-cnn"], &["nokind", "mnist"]),
        (&fit, &["--model", "l2x"], &["black box l2x", "meed-cnn, l2x-cnn"]),
        (&fit, &["--model", "l2x-cnn", "--set", "epochs=zero"], &["epochs", "a whole number from 1 to 1000", "zero"]),
        (&fit, &["--model", "l2x-cnn", "--set", "epoch=1"], &["parameter epoch", "epochs, batch, learning-rate"]),
        (&fit, &["--model", "l2x-cnn", "--set", "epochs"], &["--set epochs", "NAME=VALUE"]),
        (
            &fit,
            &["--model", "l2x-cnn", "--device", "tpu"],
            &["device tpu", "auto, cpu, cuda:N or mps", "unmask doctor"],
        ),
        (&train, &["--blackbox", "box", "--method", "lime", "--k", "4"], &["method lime", "l2x, meed"]),
        (&train, &["--blackbox", "nowhere", "--method", "l2x", "--k", "4"], &["nowhere", "unmask fit"]),
        (
            &train,
            &["--blackbox", "explainers/l2x", "--method", "l2x", "--k", "4"],
            &["unmask-blackbox", "unmask-explainer"],
        ),
        (&train, &["--blackbox", "box", "--method", "l2x", "--k", "4", "--unit", "word"], &["unit word", "patch:N"]),
        (&train, &["--blackbox", "box", "--method", "l2x", "--k", "4", "--preset", "best"], &["preset best", "paper"]),
        (&train, &["--blackbox", "box", "--method", "l2x", "--k", "0"], &["k 0", "1 to 784 pixels"]),
        (&train, &["--blackbox", "box", "--method", "meed", "--k", "785"], &["k 785", "1 to 784 pixels"]),
        (&train, &["--blackbox", "box", "--method", "grad", "--k", "4"], &["method grad", "needs no training"]),
        (&over, &["--model", "l2x-cnn"], &["box", "one that holds a model", "--replace"]),
        (&lone, &["--model", "l2x-cnn"], &["two classes", "found 1"]),
        (&evaluate_many, &["--k", "4,9999", "--out", "new.json"], &["k 9999", "1 to 784"]),
        (&figure, &["--item", "test:99999", "--out", "new.svg"], &["item test:99999", "test:17"]),
        (
            &explain,
            &["--method", "random", "--out", "new.txt"],
            &["new.txt", ".npz, .csv, .jsonl or .parquet", "\"txt\""],
        ),
        (&explain, &["--method", "random", "--out", "new.csv", "--split", "some"], &["split \"some\"", "validation"]),
        (&explain, &["--method", "random", "--out", "new.csv", "--fill", "blur"], &["fill \"blur\"", "mean"]),
        (&explain, &["--method", "l2x", "--out", "new.csv"], &["L2X", "unmask train"]),
        (&explain, &["--out", "new.csv"], &["--explainer DIR"]),
        (&explain, &["--explainer", "nowhere", "--out", "new.csv"], &["nowhere", "unmask train"]),
        (&figure, &["--item", "0", "--out", "new.gif"], &["new.gif", "svg"]),
        (&figure, &["--item", "0", "--view", "x-ray", "--out", "new.svg"], &["view \"x-ray\"", "overlay"]),
        (&figure, &["--item", "99999", "--out", "new.svg"], &["item 99999", "0 to"]),
        (&figure, &["--item", "#99999", "--out", "new.svg"], &["item #99999", "#17"]),
        (&evaluate, &["--fill", "uniform", "--out", "new.json"], &["zero, mean, noise for pictures", "found uniform"]),
        (&evaluate, &["--metrics", "fs_x", "--out", "new.json"], &["metric fs_x", "fs_m, fu_m"]),
        (&evaluate, &["--out", "new.xlsx"], &["new.xlsx", ".json, .csv, .md or .tex"]),
        // Found only once the work is under way.
        (&evaluate, &["--metrics", "iou", "--out", "new.json"], &["is defined for texts", "found pictures"]),
        (
            &train,
            &["--blackbox", "box", "--method", "dorar", "--k", "4", "--set", "generator=local"],
            &["generator local", "expected series, found pictures"],
        ),
        (&["reproduce", "meed-cifar"], &["--out", "new.json"], &["meed-cifar", "l2x-mnist"]),
        (&["reproduce", "l2x-mnist"], &["--out", "new.json"], &["--data-root", "UNMASK_DATA"]),
        (&["reproduce", "l2x-mnist", "--data-root", "nowhere"], &["--out", "new.json"], &["nowhere"]),
        (&["reproduce", "l2x-mnist", "--data-root", "samples", "--rows", "l3x"], &["--out", "new.json"], &["row l3x"]),
    ];
    for (command, rest, parts) in cases {
        let args: Vec<&str> = command.iter().chain(rest).copied().collect();
        let output = made.run(&args);
        let message = err(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        assert!(message.starts_with("unmask: "), "{args:?}: {message}");
        assert_sentence(&message, parts);
        assert!(!message.contains("panicked"), "{args:?}: {message}");
    }
    // Unknown flags, subcommands with flags and missing arguments are the parser's.
    for args in [
        &["fit", "--nonsense"] as &[&str],
        &["fit"],
        &["study-of-x", "--out", "a"],
        &["explain", "--k", "many"],
        &["fit", "--threads", "0"],
        &["explain", "--data", data, "--blackbox", "box", "--method", "random", "--out", "new.csv", "--limit", "0"],
        &["evaluate", "--data", data, "--blackbox", "box", "--method", "random", "--out", "new.csv", "--limit", "0"],
    ] {
        let output = made.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!err(&output).contains("panicked"));
    }
    let left: Vec<String> = std::fs::read_dir(&made.root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("new") || name.starts_with(".new"))
        .collect();
    assert!(left.is_empty(), "half-written: {left:?}");
}

#[test]
fn a_file_that_is_broken_after_its_header_ends_with_two_where_only_the_work_finds_it() {
    let made = made();
    for class in ["circle", "square"] {
        let (from, to) = (made.root.join("samples/shapes/train").join(class), made.root.join("cut").join(class));
        std::fs::create_dir_all(&to).unwrap();
        for number in 0..8 {
            let name = format!("{number:03}.png");
            std::fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
    let broken = made.root.join("cut/circle/003.png");
    let bytes = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let (data, out) = (format!("images:{}", made.path("cut")), absent(made, "box-of-cut"));
    let args = ["fit", "--data", &data, "--model", "l2x-cnn", "--epochs", "1", "--out", &out];
    let output = made.run(&with(&args));
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert_sentence(&err(&output), &["unmask: ", "003.png", "expected", "found"]);
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_place_that_cannot_be_written_ends_with_one_and_keeps_what_is_there() {
    let made = made();
    let data = made.data();
    let out = absent(made, "no-such-folder/table.json");
    let evaluate = |out: &str| {
        made.run(&with(&[
            "evaluate",
            "--method",
            "random",
            "--blackbox",
            "box",
            "--k",
            "4",
            "--data",
            &data,
            "--metrics",
            "fs_m",
            "--limit",
            "3",
            "--out",
            out,
        ]))
    };
    let output = evaluate(&out);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert_sentence(&err(&output), &["table.json", "no-such-folder", "choose another place"]);
    assert!(!Path::new(&out).exists());
    // A folder of that name.
    std::fs::create_dir_all(made.root.join("taken.json")).unwrap();
    let output = evaluate("taken.json");
    assert_eq!(output.status.code(), Some(1));
    assert_sentence(&err(&output), &["taken.json", "it is a folder"]);
    // It is said before anything is opened, so that no work is lost.
    let early: [(&str, &str, &[&str]); 3] =
        [("evaluate", "away/t.json", &[]), ("explain", "away/s.csv", &[]), ("figure", "away/f.svg", &["--item", "0"])];
    for (command, out, more) in early {
        let args =
            [command, "--method", "random", "--blackbox", "no-box", "--k", "4", "--data", "no-data", "--out", out];
        let output = made.run(&[&args[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{command}: {}", err(&output));
        assert_sentence(&err(&output), &[out, "the folder away does not exist", "choose another place"]);
    }
}

#[test]
fn two_explainers_of_one_name_are_told_apart_in_tables_and_figures() {
    let made = made();
    let data = made.data();
    let twice = ["--explainer", "explainers/l2x", "explainers/l2x", "--data", &data];
    made.done(&with(&[&["explain", "--limit", "1", "--out", "twice.csv"], &twice[..]].concat()));
    let mut reader = csv::Reader::from_path(made.root.join("twice.csv")).unwrap();
    let names: std::collections::BTreeSet<String> = reader.records().map(|row| row.unwrap()[2].to_owned()).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["L2X", "L2X (2)"]);
    made.done(&with(&[&["figure", "--item", "0", "--out", "twice.svg"], &twice[..]].concat()));
    assert!(std::fs::read_to_string(made.root.join("twice.svg")).unwrap().contains("L2X (2)"));
}

#[test]
fn an_explainer_finds_its_black_box_beside_it_and_says_when_there_is_none() {
    let made = made();
    let data = made.data();
    let lonely = tempfile::tempdir().unwrap();
    let place = lonely.path().join("a/b/explainer");
    SavedExplainer::load(&made.root.join("explainers/l2x")).unwrap().save(&place).unwrap();
    let folder = place.display().to_string();
    let args = ["explain", "--explainer", &folder, "--data", &data, "--limit", "1", "--out", "found.csv"];
    let output = made.run_with_cache(&with(&args), "no-cache");
    assert_eq!(output.status.code(), Some(2));
    assert_sentence(&err(&output), &["explainer", "black box with hash", "--blackbox"]);
    // A box trained here is kept in the cache.
    made.done(&with(&args));
    SavedBox::load(&made.root.join("box")).unwrap().save(&lonely.path().join("a/b/blackboxes/digits")).unwrap();
    assert!(made.run_with_cache(&with(&args), "no-cache").status.success());
    // Another training's box is refused.
    let output = made.run(&with(&[&args[..], &["--blackbox", "other"]].concat()));
    assert_eq!(output.status.code(), Some(2));
    let mut other = formula_box();
    other.card.name = "another box".to_owned();
    other.save(&made.root.join("other-box")).unwrap();
    let output = made.run(&with(&[&args[..], &["--blackbox", "other-box"]].concat()));
    assert_eq!(output.status.code(), Some(2));
    assert_sentence(&err(&output), &["expected the black box with hash", "another box"]);
}

#[test]
fn lists_help_and_version_end_with_zero() {
    let made = made();
    let list = made.done(&["reproduce", "list"]);
    let width = unmask::experiment::EXPERIMENTS.iter().map(|experiment| experiment.id.len()).max().unwrap();
    for experiment in unmask::experiment::EXPERIMENTS {
        assert!(list.contains(&format!("{:width$} {}", experiment.id, experiment.title)), "in columns: {list}");
    }
    for line in list.lines().filter_map(|line| line.trim_start().strip_prefix("rows ")) {
        let mut rows: Vec<&str> = line.split(", ").collect();
        let n_rows = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), n_rows, "each row once: {line}");
    }
    assert!(made.done(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
    for command in ["fit", "train", "explain", "evaluate", "figure", "reproduce"] {
        assert!(made.done(&[command, "--help"]).contains("--out"), "{command}");
    }
}

#[test]
fn a_device_that_is_not_there_is_refused_before_the_window_opens() {
    let made = made();
    for (device, words) in [("tpu", "expected auto, cpu, cuda:N or mps"), ("cuda:99", "cuda:99")] {
        let output = made.run(&["--device", device]);
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        assert!(err(&output).contains(words), "{}", err(&output));
        assert_eq!(err(&output).trim().lines().count(), 1, "one sentence");
    }
}

fn reviews(name: &str) -> String {
    format!("{}/sample_data/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn one_class_rather_than_another_is_drawn_and_written() {
    let made = made();
    let (explainer, black_box) =
        (reviews("reviews_project/explainers/aim"), reviews("reviews_project/blackboxes/reviews"));
    let data = reviews("reviews.csv");
    let asked = ["--explainer", &explainer, "--blackbox", &black_box, "--data", &data];
    let figure = |more: &[&str], out: &str| {
        let printed = made.done(&with(&[&["figure", "--item", "44", "--out", out], &asked[..], more].concat()));
        (printed, std::fs::read_to_string(made.root.join(out)).unwrap())
    };
    let (printed, plain) = figure(&[], "plain.svg");
    assert!(printed.contains("plain.svg: #44 (test)"), "which item it is: {printed}");
    let (_, negative) = figure(&["--class", "negative"], "negative.svg");
    let (_, against) = figure(&["--class", "positive", "--against", "0"], "against.svg");
    assert!(negative.contains("class negative") && negative != plain);
    assert!(against.contains("positive rather than negative") && against != negative);
    // Each class beside the other, in one figure.
    let (_, all) = figure(&["--class", "all"], "all.svg");
    assert!(["(a) ", "(b) ", "class negative", "class positive"].iter().all(|words| all.contains(words)), "{all}");
    let refused = |more: &[&str]| {
        let output = made.run(&with(&[&["figure", "--item", "44", "--out", "no.svg"], &asked[..], more].concat()));
        assert_eq!(output.status.code(), Some(2));
        err(&output)
    };
    assert_sentence(&refused(&["--class", "angry"]), &["class angry", "negative, positive"]);
    let both = ["--class", "all", "--against", "negative"];
    assert_sentence(&refused(&both), &["--against", "found all", "name one class"]);
    assert_sentence(&refused(&["--unit", "sentence"]), &["--unit sentence", "trained to select words"]);
    assert_sentence(&refused(&["--truth"]), &["--truth", "leave it out"]);
    assert_sentence(&refused(&["--form", "map"]), &["--form", "reads series"]);

    made.done(&with(&[&["explain", "--limit", "3", "--out", "classes.jsonl"], &asked[..]].concat()));
    let lines = std::fs::read_to_string(made.root.join("classes.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    for name in ["class_only", "class_rest"] {
        let sums = ["negative", "positive"].map(|class| {
            let probs = line[name][class].as_array().unwrap();
            assert_eq!(probs.len(), 2);
            probs.iter().map(|p| p.as_f64().unwrap()).sum::<f64>()
        });
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-4), "{name}: {line}");
    }
    // Nothing to explain is no success.
    std::fs::write(made.root.join("two.csv"), "text,label\nso good,positive\nso bad,negative\n").unwrap();
    let data = format!("csv:{}", made.path("two.csv"));
    let asked =
        ["explain", "--explainer", &explainer, "--blackbox", &black_box, "--data", &data, "--out", "two.csv.out.csv"];
    let output = made.run(&with(&asked));
    assert_eq!(output.status.code(), Some(2));
    assert_sentence(&err(&output), &["expected items in the test part, found none", "--split all"]);
}

#[test]
fn series_are_drawn_in_a_form_with_their_truth_and_written_with_steps_and_channels() {
    let made = made();
    let (explainer, black_box) =
        (reviews("pointer_project/explainers/dorar"), reviews("pointer_project/blackboxes/pointer"));
    let data = format!("series:{}?names=untouched,edited&channels=x,y", reviews("pointer/movements.npz"));
    let asked = ["--explainer", &explainer, "--blackbox", &black_box, "--data", &data];
    let svg = |more: &[&str], out: &str| {
        made.done(&with(&[&["figure", "--item", "12", "--out", out], &asked[..], more].concat()));
        std::fs::read_to_string(made.root.join(out)).unwrap()
    };
    let (path, overlaid, truth) =
        (svg(&[], "path.svg"), svg(&["--form", "overlaid"], "overlaid.svg"), svg(&["--truth"], "truth.svg"));
    assert!(path != overlaid && path != truth && truth.contains("truly decides the class"));
    made.done(&with(&[&["explain", "--limit", "1", "--out", "steps.csv"], &asked[..]].concat()));
    let table = std::fs::read_to_string(made.root.join("steps.csv")).unwrap();
    let head: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert!(head.ends_with(&["first_step", "last_step", "channel"]), "{head:?}");
    // Segments of four steps in both channels.
    let third: Vec<&str> = table.lines().nth(3).unwrap().split(',').collect();
    assert!(third.ends_with(&["8", "11", ""]), "{third:?}");
}

#[test]
fn how_the_data_were_read_is_said() {
    let made = made();
    // "Café" in Windows-1252: no UTF-8.
    let line = |text: &[u8], label: &str| [text, b",", label.as_bytes(), b"\n"].concat();
    let mut bytes = b"text,label\n".to_vec();
    for at in 0..40 {
        let words: &[u8] =
            if at % 2 == 0 { b"un caf\xe9 tr\xe8s bon, d\xe9j\xe0 vu" } else { b"une soir\xe9e rat\xe9e" };
        bytes.extend(line(&[b"\"".as_slice(), words, b"\""].concat(), if at % 2 == 0 { "good" } else { "bad" }));
    }
    std::fs::write(made.root.join("cafe.csv"), bytes).unwrap();
    let data = format!("csv:{}", made.path("cafe.csv"));
    let args = ["fit", "--data", &data, "--model", "l2x-word-cnn", "--out", "cafe-box", "--epochs", "1"];
    let printed = made.done(&with(&args));
    assert!(printed.contains("windows-1252"), "{printed}");
}
