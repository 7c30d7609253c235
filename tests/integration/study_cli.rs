//! `unmask study` from a data set to a report, with the real program and real stimuli of the drawn digits.

use std::path::Path;
use std::process::{Command, Output};

use unmask::study::key::Key;
use unmask::study::stimulus::Media;
use unmask::study::store::Store;

use crate::integration::tiny::assert_sentence;

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unmask"));
    command.args(args).current_dir(dir).env("UNMASK_CACHE", dir.join("cache"));
    command.env("OMP_WAIT_POLICY", "PASSIVE").env_remove("UNMASK_DATA").env_remove("RUST_LOG");
    command.output().expect("the program starts")
}

fn done(dir: &Path, args: &[&str]) -> String {
    let output = run(dir, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(dir: &Path, args: &[&str], code: i32, parts: &[&str]) {
    let output = run(dir, args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    assert_sentence(&text, parts);
}

#[test]
fn from_a_data_set_to_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let boxes = samples.join("project/blackboxes");
    let mut folders: Vec<_> = std::fs::read_dir(&boxes).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.join("card.json").exists());
    folders.sort();
    let Some(black_box) = folders.first() else {
        println!("skipped: the sample project holds no black box");
        return;
    };
    let data = format!("mnist:{}?classes=3,8", samples.join("digits").display());
    let black_box = black_box.display().to_string();
    let design = "title = 'Digits'\n[items]\ncount = 12\n[people]\ncount = 4\n[checks]\npractice = 2\ncatch = 1\nrepeats = 1\n\
                  [show]\nk = 40\nside = 112\n[answer]\nconfidence = true\n";
    std::fs::write(dir.join("design.toml"), design).unwrap();
    let made = done(
        dir,
        &[
            "study",
            "new",
            "--spec",
            "design.toml",
            "--data",
            &data,
            "--blackbox",
            &black_box,
            "--method",
            "grad",
            "--controls",
            "--machines",
            "2",
            "--out",
            "study",
            "--device",
            "cpu",
            "--threads",
            "1",
        ],
    );
    assert!(
        made.contains("participants-2.sqlite") && made.contains("key.json") && made.contains("95 % interval"),
        "{made}"
    );

    let key = Key::read(&dir.join("study/key.json")).unwrap();
    let store = Store::open(&dir.join("study/participants-1.sqlite")).unwrap();
    let mut sizes = std::collections::BTreeSet::new();
    for row in 1..=store.n_stimuli().unwrap() {
        let stimulus = store.stimulus(row as i64).unwrap();
        let Media::Image(png) = &stimulus.media else { panic!("a picture") };
        let image = image::load_from_memory(png).unwrap();
        sizes.insert((image.width(), image.height()));
        let facts = &key.stimuli[&stimulus.code];
        let is_part = facts.arm.is_some_and(|arm| key.arms[arm].name != "full input");
        assert_eq!(facts.selected.len(), if is_part { 40 } else { 0 });
        // A stimulus of the full input leaves the model its class.
        assert!(is_part || facts.answer == key.items[facts.item].model);
    }
    assert_eq!(sizes.len(), 1, "all stimuli have one size: {sizes:?}");
    assert!(key.frozen.data.len() > 8 && key.frozen.black_box.len() > 8 && key.frozen.k == 40);
    drop(store);

    done(dir, &["study", "simulate", "study/participants-1.sqlite", "--people", "perfect:2", "--seed", "1"]);
    done(dir, &["study", "simulate", "study/participants-2.sqlite", "--people", "skilled@0.9,perfect", "--seed", "2"]);
    let with_device = ["study/participants-1.sqlite", "--device", "cpu"];
    refused(dir, &with_device, 2, &["--device cpu", "is a participant file", "leave it out"]);
    refused(dir, &["study", "report", "study"], 2, &["expected one participant file", "merge them first"]);
    let files = ["study/participants-1.sqlite", "study/participants-2.sqlite"];
    let merged = done(dir, &["study", "merge", files[0], files[1], "--out", "merged.sqlite"]);
    assert!(merged.contains("4 people"), "{merged}");
    let keyed = ["merged.sqlite", "--key", "study/key.json"];
    refused(dir, &["study", "report", keyed[0], keyed[1], keyed[2]], 2, &["is still open", "unmask study close"]);
    let people = done(dir, &["study", "people", "merged.sqlite"]);
    assert_eq!(people.lines().filter(|line| line.contains("has finished")).count(), 4, "{people}");
    done(dir, &["study", "close", keyed[0], keyed[1], keyed[2]]);
    let report = done(dir, &["study", "report", keyed[0], keyed[1], keyed[2]]);
    assert!(report.contains("# Digits") && report.contains("| full input |") && report.contains("FS-M"), "{report}");
    for out in ["r.md", "r.json", "r.csv", "r.svg"] {
        done(dir, &["study", "report", keyed[0], keyed[1], keyed[2], "--out", out]);
        assert!(dir.join(out).exists());
    }
    done(dir, &["study", "export", keyed[0], keyed[1], keyed[2], "--out", "export"]);
    assert!(dir.join("export/responses.parquet").exists() && dir.join("export/manifest.json").exists());
    let code = people.split_whitespace().next().unwrap();
    done(dir, &["study", "withdraw", "merged.sqlite", "--person", code]);
    assert!(done(dir, &["study", "people", "merged.sqlite"]).contains("has withdrawn"));
}

#[test]
fn wrong_usage_is_one_sentence_and_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    refused(dir, &["study", "new", "--out", "x"], 2, &["--spec FILE.toml", "--like"]);
    refused(dir, &["study", "new", "--like", "nobody", "--out", "x"], 2, &["l2x-imdb"]);
    refused(dir, &["study", "new", "--like", "meed-mnist", "--out", "x"], 2, &["--data SPEC"]);
    refused(dir, &["study", "people", "absent.sqlite"], 2, &["absent.sqlite", "check the path"]);
    // A seed of 0 is one, too.
    std::fs::write(dir.join("seeded.toml"), "title = 'Seeded'\nseed = 7\n").unwrap();
    let seed_of = |more: &[&str]| {
        let printed = done(dir, &[&["study", "new", "--spec", "seeded.toml", "--print"], more].concat());
        printed.lines().find_map(|line| line.strip_prefix("seed = ")).map(str::to_owned)
    };
    assert_eq!((seed_of(&[]).as_deref(), seed_of(&["--seed", "0"]).as_deref()), (Some("7"), Some("0")));
    let printed = done(dir, &["study", "new", "--like", "aim-imdb", "--print"]);
    assert!(printed.contains("protocol = \"aim\"") && printed.contains("count = 30"), "{printed}");
    assert!(done(dir, &["study", "protocols"]).contains("meed-mnist"));
}
