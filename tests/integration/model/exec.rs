//! A model behind a command: right answers, and every way in which a program can fail.

mod restarts;

use std::time::{Duration, Instant};

use unmask::data::{Rows, Shape, TextFit, TextFitSpec};
use unmask::model::exec::{ExecModel, Form};
use unmask::work::{Env, Job, JobError, Priority, Slot, Worker, one_step};

/// A server without NumPy: probabilities [x, 1 - x] of the first value of each row.
const SERVER: &str = include_str!("serve.py");

/// A server for texts: the share of "good" among the words, and the rest.
const TEXT_SERVER: &str = r#"
import json, sys
for line in sys.stdin:
    words = json.loads(line)["text"].split()
    good = sum(word == "good" for word in words) / max(1, len(words))
    MODE
    print(json.dumps([good, 1 - good]), flush=True)
"#;

/// A server that does `mode` before it answers; `None` where there is no Python.
fn server(mode: &str, timeout: Duration) -> Option<(tempfile::TempDir, ExecModel)> {
    server_of(&SERVER.replace("PICK", "values[i * width]").replace("MODE", mode), Form::Pictures, timeout)
}

fn server_of(program: &str, form: Form, timeout: Duration) -> Option<(tempfile::TempDir, ExecModel)> {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("serve.py");
    std::fs::write(&path, program).unwrap();
    let command = format!("python3 '{}'", path.display());
    Some((dir, ExecModel::new(&command, 2, form, timeout)))
}

fn rows() -> Rows {
    Rows { shape: Shape::new(1, 1, 3), values: vec![0.25, 9.0, 9.0, 0.5, 9.0, 9.0, 1.0, 9.0, 9.0] }
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn rows_go_in_and_probabilities_come_out() {
    let Some((_dir, mut model)) = server("pass", LONG) else { return };
    for _ in 0..3 {
        let probs = model.predict(&rows()).unwrap();
        assert_eq!(probs.values, [0.25, 0.75, 0.5, 0.5, 1.0, 0.0]);
    }
}

#[test]
fn a_program_that_ended_is_started_again() {
    // It answers two questions, the check at the start and one more, and ends.
    let Some((_dir, mut model)) = server("served = globals().get('served', 0) + 1; served > 2 and sys.exit(1)", LONG)
    else {
        return;
    };
    for _ in 0..3 {
        assert_eq!(model.predict(&rows()).unwrap().n(), 3);
    }
}

#[test]
fn every_failure_is_one_sentence_and_the_next_question_may_succeed() {
    let cases = [
        ("raise ValueError('no such model')", "it said: ValueError: no such model"),
        ("print('loading'); sys.stdout.flush()", "nothing else may be printed"),
        ("len(rows) > 1 and rows.pop()", "of shape [2, 2] where [3, 2] was asked for"),
        ("rows = [float('nan')] * len(rows)", "no probabilities"),
    ];
    for (mode, part) in cases {
        let Some((_dir, mut model)) = server(mode, LONG) else { return };
        let sentence = model.predict(&rows()).unwrap_err().to_string();
        assert!(sentence.contains(part) && !sentence.contains('\n'), "{mode}: {sentence}");
    }
    let mut missing = ExecModel::new("no-such-program-anywhere", 2, Form::Pictures, LONG);
    assert!(missing.predict(&rows()).unwrap_err().to_string().contains("no-such-program-anywhere"));
}

#[test]
fn a_program_that_hangs_is_stopped() {
    let Some((_dir, mut model)) = server("import time; time.sleep(600)", Duration::from_secs(2)) else { return };
    let started = Instant::now();
    let sentence = model.predict(&rows()).unwrap_err().to_string();
    assert!(sentence.contains("no answer within 2 seconds"), "{sentence}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_answer_column_by_column_is_the_same_answer() {
    let by_column = SERVER.replace("'fortran_order': False", "'fortran_order': True").replace(
        "for x in rows: out += struct.pack(\"<ff\", x, 1 - x)",
        "for x in rows + [1 - x for x in rows]: out += struct.pack(\"<f\", x)",
    );
    assert!(by_column.contains("True") && by_column.contains("rows + ["));
    let program = by_column.replace("PICK", "values[i * width]").replace("MODE", "pass");
    let Some((_dir, mut model)) = server_of(&program, Form::Pictures, LONG) else { return };
    assert_eq!(model.predict(&rows()).unwrap().values, [0.25, 0.75, 0.5, 0.5, 1.0, 0.0]);
}

/// Asks twice, with a pause in which what is left over arrives; the first answer may come before that is known.
fn asked_twice(model: &mut ExecModel, rows: &Rows) -> String {
    let first = model.predict(rows);
    std::thread::sleep(Duration::from_millis(300));
    let second = first.and_then(|_| model.predict(rows));
    second.expect_err("one of the two answers is refused").to_string()
}

#[test]
fn a_program_that_answers_more_than_was_asked_is_refused_before_its_answers_shift() {
    let flush = "sys.stdout.buffer.flush()";
    assert!(SERVER.contains(flush));
    let again = "sys.stdout.buffer.write(struct.pack(\"<Q\", len(out)) + out); sys.stdout.buffer.flush()";
    let line = "print(json.dumps([good, 1 - good]), flush=True)";
    // From the first question on, and only where more than one row is asked about.
    for (condition, text_condition) in [("True", "True"), ("len(rows) > 1", "len(words) < 5")] {
        let program = SERVER.replace(flush, &format!("{flush}\n    if {condition}: {again}"));
        let program = program.replace("PICK", "values[i * width]").replace("MODE", "pass");
        let Some((_dir, mut model)) = server_of(&program, Form::Pictures, LONG) else { return };
        let (texts, form) = texts();
        let program = TEXT_SERVER.replace("MODE", &format!("if {text_condition}: {line}"));
        let Some((_dir, mut of_texts)) = server_of(&program, form, LONG) else { return };
        for sentence in [asked_twice(&mut model, &rows()), asked_twice(&mut of_texts, &texts)] {
            assert!(sentence.contains("answered more than was asked") && !sentence.contains('\n'), "{sentence}");
        }
    }
}

#[test]
fn a_command_runs_in_its_folder() {
    let program = SERVER.replace("PICK", "values[i * width]").replace("MODE", "pass");
    let Some((dir, _model)) = server_of(&program, Form::Pictures, LONG) else { return };
    let mut model = ExecModel::new("python3 serve.py", 2, Form::Pictures, LONG);
    assert!(model.predict(&rows()).is_err(), "there is no serve.py where the tests run");
    let mut model = model.in_folder(Some(dir.path().to_owned()));
    assert_eq!(model.predict(&rows()).unwrap().values, [0.25, 0.75, 0.5, 0.5, 1.0, 0.0]);
}

/// The program itself, with notes and cache of its own.
struct Line {
    home: tempfile::TempDir,
}

impl Line {
    fn notes(&self) -> std::path::PathBuf {
        self.home.path().join("commands.json")
    }

    /// Runs it in a folder of its home; what it printed, or its sentence where it failed.
    fn run(&self, folder: &str, args: &[&str]) -> Result<String, String> {
        let output = self.output(folder, args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The same with all that it said.
    fn output(&self, folder: &str, args: &[&str]) -> std::process::Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_unmask"));
        command.args(args).args(["--data", "synthetic:orange?n=300", "--device", "cpu", "--threads", "1"]);
        command.current_dir(self.home.path().join(folder)).env("UNMASK_COMMANDS", self.notes());
        command.env("UNMASK_CACHE", self.home.path().join("cache")).env("OMP_WAIT_POLICY", "PASSIVE");
        command.env_remove("RUST_LOG").output().unwrap()
    }
}

/// A home with the folders `a`, in which a server lies that notes each of its starts, and `b`; `None` where there is no Python.
fn line() -> Option<Line> {
    let mode = "note = globals().get('note') or open('started', 'a').write('1')";
    let program = SERVER.replace("PICK", "0.75").replace("MODE", mode);
    let (dir, _model) = server_of(&program, Form::Pictures, LONG)?;
    for folder in ["a", "b"] {
        std::fs::create_dir(dir.path().join(folder)).unwrap();
    }
    std::fs::rename(dir.path().join("serve.py"), dir.path().join("a/serve.py")).unwrap();
    Some(Line { home: dir })
}

const COMMAND: &str = "exec:python3 serve.py";

#[test]
fn a_connected_command_runs_where_it_was_connected() {
    let Some(line) = line() else { return };
    line.run("a", &["fit", "--model", COMMAND, "--out", "box"]).unwrap();
    let explain =
        ["explain", "--method", "random", "--blackbox", "../a/box", "--k", "2", "--limit", "3", "--out", "s.csv"];
    line.run("b", &explain).unwrap();
    // Notes of earlier versions name no folder: such a command runs where Unmask does.
    std::fs::write(line.notes(), "[\"python3 serve.py\"]").unwrap();
    line.run("a", &explain).unwrap();
    assert!(line.run("b", &explain).unwrap_err().contains("serve.py"));
    // Connecting it again notes the folder.
    line.run("a", &["fit", "--model", COMMAND, "--out", "box", "--replace"]).unwrap();
    line.run("b", &explain).unwrap();
    let moved = line.home.path().join("moved");
    std::fs::rename(line.home.path().join("a"), &moved).unwrap();
    let gone = ["explain", "--method", "random", "--blackbox", "../moved/box", "--k", "2", "--out", "s.csv"];
    let sentence = line.run("b", &gone).unwrap_err();
    assert!(
        sentence.contains("expected the folder") && sentence.contains("connect the command in another"),
        "{sentence}"
    );
    std::fs::write(line.notes(), "[\"python3 other.py\"]").unwrap();
    let sentence = line.run("moved", &gone).unwrap_err();
    assert!(sentence.contains("found one from elsewhere"), "{sentence}");
}

#[test]
fn another_model_behind_the_same_command_is_refused_until_it_is_connected_again() {
    let Some(line) = line() else { return };
    // The class of all rows stays the same: only the probabilities tell.
    let put = |share: &str| {
        let program = SERVER.replace("PICK", share).replace("MODE", "pass");
        std::fs::write(line.home.path().join("a/serve.py"), program).unwrap();
    };
    let args = ["explain", "--method", "random", "--k", "2", "--limit", "3", "--out", "s.csv", "--blackbox"];
    let explain = |black_box: &str| line.run("a", &[&args[..], &[black_box]].concat());
    let connect = || line.run("a", &["fit", "--model", COMMAND, "--out", "box", "--replace"]).unwrap();
    connect();
    put("0.753");
    explain("box").expect("the last digits may move");
    put("0.9");
    for black_box in ["box", COMMAND] {
        let sentence = explain(black_box).unwrap_err();
        assert!(
            sentence.contains("answers otherwise than when it was connected; connect it again")
                && sentence.contains(COMMAND),
            "{black_box}: {sentence}"
        );
    }
    let code = line.output("a", &[&args[..], &["box"]].concat()).status.code();
    assert_eq!(code, Some(2), "the model does not fit what was connected: no work that failed");
    connect();
    for black_box in ["box", COMMAND] {
        explain(black_box).unwrap();
    }
    // What an earlier version connected has no answers to compare.
    put("0.75");
    explain("box").unwrap_err();
    let path = line.home.path().join("a/box/card.json");
    let mut card: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let kept = card.as_object_mut().unwrap().remove("answers").unwrap();
    assert_eq!((kept.as_array().unwrap().len(), kept[0][0].as_f64().unwrap()), (8, 0.9));
    std::fs::write(&path, serde_json::to_vec(&card).unwrap()).unwrap();
    explain("box").unwrap();
}

#[test]
fn a_command_that_answers_by_chance_is_told_on_standard_error_when_it_is_connected() {
    let Some(line) = line() else { return };
    let put = |mode: &str| {
        // Both classes are answered: a model of one class is told of, too.
        let program = SERVER.replace("PICK", "0.25 + 0.5 * (values[i * width] > 0)").replace("MODE", mode);
        std::fs::write(line.home.path().join("a/serve.py"), program).unwrap();
    };
    let said = |args: &[&str]| {
        let output = line.output("a", args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let explain =
        ["explain", "--method", "random", "--k", "2", "--limit", "3", "--out", "s.csv", "--blackbox", COMMAND];
    let fit = ["fit", "--model", COMMAND, "--out", "box", "--replace"];
    put("import random; rows = [random.random() for _ in rows]");
    // Each of them connects it.
    for args in [&explain[..], &fit] {
        let sentence = said(args);
        assert!(sentence.starts_with("exec:python3 serve.py: expected the same answers"), "{sentence}");
        assert!(sentence.contains("found others") && sentence.trim_end().ends_with("connect it again"), "{sentence}");
        assert_eq!(sentence.trim_end().lines().count(), 1, "{sentence}");
    }
    assert_eq!(said(&explain), "", "it is told once");
    put("pass");
    assert_eq!(said(&fit), "", "nothing is left to chance any more");
}

#[test]
fn aim_stops_with_the_commands_sentence_where_it_fails_within_a_step_and_answers_again_after_it() {
    // From the seventh question of a training on it ends twice in a row: within the third step, after which it would answer again.
    let mode = "import os\n    \
                ended = len(open('ended').read()) if os.path.exists('ended') else 0\n    \
                served = globals().get('served', 0) + 1\n    \
                ends = os.path.exists('training') and (ended == 1 or ended == 0 and served > 6)\n    \
                ends and (open('ended', 'a').write('x'), sys.exit('the disk is gone'))";
    let Some(line) = line() else { return };
    let (folder, program) = (line.home.path().join("a"), SERVER.replace("PICK", "0.75").replace("MODE", mode));
    std::fs::write(folder.join("serve.py"), program).unwrap();
    line.run("a", &["fit", "--model", COMMAND, "--out", "box"]).unwrap();
    std::fs::write(folder.join("training"), "").unwrap();
    let train = ["train", "--blackbox", "box", "--method", "aim", "--k", "2", "--epochs", "1", "--out", "aim"];
    let sentence = line.run("a", &train).unwrap_err();
    assert!(sentence.contains(COMMAND) && sentence.contains("it said: the disk is gone"), "{sentence}");
    assert_eq!(std::fs::read_to_string(folder.join("ended")).unwrap(), "xx");
    line.run("a", &train).expect("it answers again");
}

#[test]
fn a_command_that_breaks_down_ends_an_explanation_at_once() {
    let Some(line) = line() else { return };
    let folder = line.home.path().join("a");
    // From then on it answers 64 rows once, and ends when it is asked about as many again: what is selected of them is never answered.
    let mode = "import os\n    if os.path.exists('dying'):\n        open('dying', 'a').write('%d ' % len(rows))\n        \
                open('dying').read().split().count('64') > 1 and sys.exit(1)";
    std::fs::write(folder.join("serve.py"), SERVER.replace("PICK", "0.75").replace("MODE", mode)).unwrap();
    line.run("a", &["fit", "--model", COMMAND, "--out", "box"]).unwrap();
    std::fs::write(folder.join("dying"), "").unwrap();
    let explain = ["explain", "--method", "random", "--blackbox", "box", "--k", "2", "--split", "all", "--limit", "71"];
    let sentence = line.run("a", &[&explain[..], &["--out", "s.csv"]].concat()).unwrap_err();
    assert!(sentence.contains("serve.py"), "{sentence}");
    let asked = std::fs::read_to_string(folder.join("dying")).unwrap();
    assert!(asked.contains("64"), "{asked}");
    // The second batch has the other seven.
    assert!(!asked.split_whitespace().any(|rows| rows == "7"), "it was asked on: {asked}");
    let mut left = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.all(|name| !name.to_string_lossy().contains("s.csv")), "a part of a file is left");
}

#[test]
fn a_command_stands_in_place_of_a_folder() {
    let Some(line) = line() else { return };
    let train = ["train", "--blackbox", COMMAND, "--method", "meed", "--k", "2", "--epochs", "1", "--out", "meed"];
    let said = line.run("a", &train).unwrap();
    assert!(said.contains("exec:python3 serve.py: connected; accuracy on test"), "{said}");
    let explain =
        ["explain", "--method", "random", "--blackbox", COMMAND, "--k", "2", "--limit", "3", "--out", "s.csv"];
    let said = line.run("a", &explain).unwrap();
    assert!(!said.contains("connected"), "the same data and command are connected once: {said}");
    line.run("a", &["evaluate", "--explainer", "meed", "--blackbox", COMMAND, "--limit", "5", "--out", "t.csv"])
        .unwrap();
    line.run("a", &["figure", "--explainer", "meed", "--blackbox", COMMAND, "--item", "0", "--out", "f.svg"]).unwrap();
    line.run("a", &["fit", "--model", "table-mlp", "--distil", COMMAND, "--epochs", "1", "--out", "stand-in"]).unwrap();
    let starts = std::fs::read_to_string(line.home.path().join("a/started")).unwrap().len();
    assert!(starts >= 5, "the program answered for each: {starts}");
    // By its hash alone, from another folder.
    line.run("b", &["evaluate", "--explainer", "../a/meed", "--limit", "5", "--out", "t.csv"]).unwrap();
    let sentence = line.run(
        "b",
        &["train", "--blackbox", "exec:no-such-program-anywhere", "--method", "meed", "--k", "2", "--out", "x"],
    );
    assert!(sentence.unwrap_err().contains("no-such-program-anywhere"));
}

#[cfg(unix)]
#[test]
fn a_command_is_a_line_of_the_shell_and_all_that_it_started_is_stopped_with_it() {
    let mode = "import os, subprocess\n    left = subprocess.Popen(['sleep', '600'])\n    \
                open(os.environ['NOTE'], 'w').write(str(left.pid))\n    left.wait()";
    let Some((dir, plain)) = server(mode, LONG) else { return };
    drop(plain);
    let (path, note) = (dir.path().join("serve.py"), dir.path().join("note"));
    let command = format!("cd / && NOTE='{}' python3 '{}'", note.display(), path.display());
    let mut model = ExecModel::new(&command, 2, Form::Pictures, Duration::from_secs(3));
    assert!(model.predict(&rows()).unwrap_err().to_string().contains("timeout= allows more"));
    drop(model);
    let process = std::fs::read_to_string(&note).expect("the command ran as the shell runs it");
    let is_gone = || match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => stat.contains(") Z"),
        Err(_none) => true,
    };
    let until = Instant::now() + Duration::from_secs(20);
    while !is_gone() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(is_gone(), "{process} is still there");
}

/// A worker that asks a model, and tells by which process it was answered.
struct Asks(ExecModel);

impl Env for Asks {
    type Task = ();
    type Output = Option<u32>;

    fn start(&mut self, _task: ()) -> Result<Box<dyn Job<Self>>, JobError> {
        Ok(one_step(|env: &mut Self, _| {
            env.0.predict(&rows())?;
            Ok(env.0.process())
        }))
    }
}

/// A server that does `mode` once it has noted that it was asked, with a patience of a minute, and where it notes that.
fn asked_by_a_worker(mode: &str) -> Option<(tempfile::TempDir, std::path::PathBuf, Worker<(), Option<u32>>)> {
    let note = "open(sys.argv[0] + '.asked', 'a').close()";
    let (dir, model) = server(&format!("{note}\n    {mode}"), Duration::from_secs(60))?;
    let asked = dir.path().join("serve.py.asked");
    Some((dir, asked, Worker::spawn("asks", move || Asks(model), || {}).unwrap()))
}

/// Waits until the server was asked, and forgets it.
fn wait_until_asked(note: &std::path::Path) {
    let until = Instant::now() + LONG;
    while !note.exists() {
        assert!(Instant::now() < until, "the program was not asked within {LONG:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::remove_file(note).unwrap();
}

#[test]
fn a_hanging_program_is_left_within_seconds_by_who_cancels_and_by_who_closes_the_window() {
    for closes in [false, true] {
        let Some((_dir, asked, mut worker)) = asked_by_a_worker("import time; time.sleep(600)") else { return };
        let id = worker.submit(Slot::new(0, 0), Priority::Normal, ());
        wait_until_asked(&asked);
        let started = Instant::now();
        if !closes {
            worker.cancel(id);
            assert_eq!(worker.wait_for(id, |_| {}), Err(JobError::Cancelled));
        }
        drop(worker);
        assert!(started.elapsed() < Duration::from_secs(20), "closes: {closes}, {:?}", started.elapsed());
    }
}

#[test]
fn a_program_that_soon_answers_a_cancelled_question_is_not_started_again_for_the_next() {
    let Some((_dir, asked, mut worker)) = asked_by_a_worker("import time; time.sleep(0.2)") else { return };
    let first = worker.submit(Slot::new(0, 0), Priority::Normal, ());
    let process = worker.wait_for(first, |_| {}).unwrap();
    std::fs::remove_file(&asked).unwrap();
    let cancelled = worker.submit(Slot::new(0, 0), Priority::Normal, ());
    wait_until_asked(&asked);
    let next = worker.submit(Slot::new(0, 0), Priority::Normal, ());
    assert_eq!(worker.wait_for(next, |_| {}), Ok(process), "the newer question cancelled the one before it");
    assert!(process.is_some() && !worker.is_live(cancelled));
}

#[test]
fn a_program_that_answers_one_row_and_is_too_slow_for_three_is_stopped() {
    let mode = "import time; len(rows) > 1 and time.sleep(600)";
    let Some((_dir, mut model)) = server(mode, Duration::from_secs(2)) else { return };
    let sentence = model.predict(&rows()).unwrap_err().to_string();
    assert!(sentence.contains("no answer within 2 seconds"), "{sentence}");
    assert_eq!(model.predict(&rows().slice(0..1)).unwrap().values, [0.25, 0.75], "the next question starts it anew");
}

#[test]
fn a_program_that_does_not_read_blocks_nobody() {
    let program = "import time\ntime.sleep(600)\n";
    let Some((_dir, mut model)) = server_of(program, Form::Pictures, Duration::from_secs(2)) else { return };
    let started = Instant::now();
    // More than any pipe holds.
    let large = Rows { shape: Shape::new(1, 1000, 1000), values: vec![0.5; 1_000_000] };
    let sentence = model.predict(&large).unwrap_err().to_string();
    assert!(sentence.contains("no answer within 2 seconds"), "{sentence}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[cfg(unix)]
#[test]
fn a_program_that_is_killed_is_started_again() {
    let Some((_dir, mut model)) = server("pass", LONG) else { return };
    model.predict(&rows()).unwrap();
    let process = model.process().unwrap();
    // The shell's own kill: a bare machine has no program of this name.
    let kill = format!("kill -9 -{process}");
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(model.predict(&rows()).unwrap().values, [0.25, 0.75, 0.5, 0.5, 1.0, 0.0]);
    assert_ne!(model.process().unwrap(), process);
}

#[test]
fn series_come_with_their_channels_last() {
    // The value at step 1 of channel 0 is the third of a series of 2 channels.
    let program = SERVER.replace("PICK", "values[i * width + 2]").replace("MODE", "assert shape[1:] == (3, 2), shape");
    let Some((_dir, mut model)) = server_of(&program, Form::Series, LONG) else { return };
    let rows = Rows { shape: Shape::new(2, 1, 3), values: vec![9.0, 0.25, 9.0, 8.0, 8.0, 8.0] };
    assert_eq!(model.predict(&rows).unwrap().values, [0.25, 0.75]);
}

#[test]
fn a_missing_number_is_asked_about_as_the_training_mean_as_page_and_summary_say() {
    let page = include_str!("../../../src/model/exec.md");
    let summary = unmask::model::architecture("exec").unwrap().summary;
    assert!(page.contains("missing ones as the training mean") && page.contains("SimpleImputer"));
    assert!(summary.contains("missing in the file is asked about as the training mean"), "{summary}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("people.csv");
    let lines = (0..12).map(|at| format!("0.{at:02},{}\n", if at % 2 == 0 { "a" } else { "b" }));
    std::fs::write(&path, format!("size,class\n{},a\n", lines.collect::<String>())).unwrap();
    let mut data =
        unmask::data::open(&format!("table:{}?label=class", path.display()).parse().unwrap(), &mut |_| true).unwrap();
    data.splits.fill(unmask::data::Split::Train);
    let fit = unmask::data::TableFit::of(&data).unwrap();
    let missing = data.len() - 1;
    assert!(data.table().unwrap().cells(missing)[0].is_nan());
    let asked = data.table_rows(&[missing], &fit).unwrap();
    let program = SERVER.replace("PICK", "values[i * width]").replace("MODE", "pass");
    let Some((_dir, mut model)) = server_of(&program, Form::Table(fit), LONG) else { return };
    let answer = model.predict(&asked).unwrap().values[0];
    assert!((answer - 0.055).abs() < 1e-6, "the mean of 0.00 to 0.11, found {answer}");
}

/// Two short texts as rows, and their form.
fn texts() -> (Rows, Form) {
    let spec = TextFitSpec { length: 5, lowercase: false, punctuation: true, ..TextFitSpec::aim(5) };
    let spec = TextFitSpec { min_count: 1, ..spec };
    let documents = ["A good , good day", "\"Bad\" day"];
    let fit = TextFit::build(documents.into_iter(), &spec);
    let mut rows = Rows::with_capacity(fit.shape(), 2);
    documents.iter().for_each(|text| fit.push_row(text, &mut rows));
    (rows, Form::Text(fit))
}

#[test]
fn texts_come_line_by_line_without_hidden_words() {
    let (mut rows, form) = texts();
    let Some((_dir, mut model)) = server_of(&TEXT_SERVER.replace("MODE", "pass"), form, LONG) else { return };
    assert_eq!(model.predict(&rows).unwrap().values, [0.4, 0.6, 0.0, 1.0]);
    // Without the comma two of four words are good, without the first of them one of three.
    rows.row_mut(0)[2] = 0.0;
    assert_eq!(model.predict(&rows).unwrap().values[0], 0.5);
    rows.row_mut(0)[1] = 0.0;
    assert!((model.predict(&rows).unwrap().values[0] - 1.0 / 3.0).abs() < 1e-6);
}

#[test]
fn words_of_other_texts_come_as_written() {
    let spec = unmask::model::architecture("exec-text").unwrap().text.unwrap()(&Default::default());
    let fit = TextFit::build(["A good day", "didn't"].into_iter(), &TextFitSpec { length: 6, ..spec });
    let form = Form::Text(fit.clone());
    let mode = "good = 0.75 if words == ['A', 'ZANY', 'didn\\u2019t', 'day', ',', 'ZANY'][:len(words)] else 0.25";
    let Some((_dir, mut model)) = server_of(&TEXT_SERVER.replace("MODE", mode), form, LONG) else { return };
    let mut rows = Rows::with_capacity(fit.shape(), 1);
    fit.push_row("A ZANY didn\u{2019}t day , ZANY", &mut rows);
    assert_eq!(model.predict(&rows).unwrap().values, [0.75, 0.25]);
    assert_eq!(model.unknown_words(), 0);
    assert_eq!(rows.row(0)[1], rows.row(0)[5], "one word is one number: what is kept by rows stays right");
    // Networks read whole ids: there such a word is unknown.
    assert_eq!(rows.row(0).iter().map(|value| *value as usize).filter(|id| *id == 1).count(), 4);
    rows.row_mut(0)[5] = 0.0;
    assert_eq!(model.predict(&rows).unwrap().values, [0.75, 0.25], "hidden ones are left out");
}

#[test]
fn words_that_were_not_connected_are_counted() {
    let (mut rows, form) = texts();
    let Some((_dir, mut model)) = server_of(&TEXT_SERVER.replace("MODE", "pass"), form.clone(), LONG) else { return };
    model.predict(&rows).unwrap();
    assert_eq!(model.unknown_words(), 0);
    let Form::Text(fit) = &form else { unreachable!() };
    fit.push_row("A strange , zany day", &mut rows);
    model.predict(&rows).unwrap();
    assert_eq!(model.unknown_words(), 2);
}

#[test]
fn every_failure_with_texts_is_one_sentence() {
    let cases = [
        ("raise ValueError('no such model')", "it said: ValueError: no such model"),
        ("print('loading', flush=True)", "answered \"loading\", which is no JSON"),
        ("good = [good]; print('[0.5]', flush=True); continue", "where a list of 2 numbers was asked for"),
        ("good = float('inf')", "which is no JSON"),
        ("good = 0.2; print('{\"probs\": [0.2, 0.2]}', flush=True); continue", "no probabilities"),
        ("import time; time.sleep(600)", "no answer within 3 seconds"),
    ];
    for (mode, part) in cases {
        let (rows, form) = texts();
        let program = TEXT_SERVER.replace("MODE", mode);
        let Some((_dir, mut model)) = server_of(&program, form, Duration::from_secs(3)) else { return };
        let sentence = model.predict(&rows).unwrap_err().to_string();
        assert!(sentence.contains(part) && !sentence.contains('\n'), "{mode}: {sentence}");
    }
}

/// The blocks of Python code in exec.md.
fn examples() -> Vec<String> {
    let page = include_str!("../../../src/model/exec.md");
    page.split("```python\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A Python, and the folder with its packages where these lie apart.
struct Python {
    program: String,
    packages: Option<String>,
}

impl Python {
    /// One with scikit-learn. `cargo xtask test` fetches that and says where; `UNMASK_PYTHON` alone names a Python that has it.
    fn with_sklearn() -> Option<Self> {
        let packages = std::env::var("UNMASK_PYTHON_PACKAGES").ok();
        let python =
            Self { program: std::env::var("UNMASK_PYTHON").unwrap_or_else(|_| "python3".to_owned()), packages };
        let imported = python.command().args(["-c", "import sklearn, joblib"]).output();
        if imported.is_ok_and(|output| output.status.success()) {
            return Some(python);
        }
        assert!(std::env::var_os("UNMASK_CI").is_none(), "{} has no scikit-learn and joblib", python.program);
        println!("skipped: {} has no scikit-learn and joblib; `cargo xtask test` fetches them", python.program);
        None
    }

    fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        // For this Python only: the variable is none of the tests' own.
        command.envs(self.packages.iter().map(|packages| ("PYTHONPATH", packages)));
        command
    }

    /// The same as a line of the shell, without its arguments.
    fn line(&self) -> String {
        let packages = self.packages.as_ref().map(|packages| format!("PYTHONPATH='{packages}' ")).unwrap_or_default();
        format!("{packages}'{}'", self.program)
    }

    /// An example of the page as a server of the model in `dir`.
    fn serve(&self, dir: &std::path::Path, example: &str, form: Form) -> ExecModel {
        let (model, serve) = (dir.join("model.joblib"), dir.join("serve.py"));
        std::fs::write(&serve, example).unwrap();
        ExecModel::new(&format!("{} '{}' '{}'", self.line(), serve.display(), model.display()), 2, form, LONG)
    }

    /// Fits a model of scikit-learn by `code`, which also prints what it answers to the questions, and serves it by an example of the page.
    fn fit_and_serve(&self, code: &str, example: &str, form: Form) -> (tempfile::TempDir, ExecModel, Vec<f32>) {
        let dir = tempfile::tempdir().unwrap();
        let fitted = self.command().args(["-c", code]).arg(dir.path().join("model.joblib")).output().unwrap();
        assert!(fitted.status.success(), "{}", String::from_utf8_lossy(&fitted.stderr));
        let model = self.serve(dir.path(), example, form);
        (dir, model, serde_json::from_slice(&fitted.stdout).unwrap())
    }
}

/// The few functions of NumPy and joblib that the page's examples call, in plain Python; the model is right only where a missing category came as -1.
const STUBS: [(&str, &str); 2] = [
    (
        "numpy.py",
        r#"
import math, struct

class Array(list):
    def astype(self, kind):
        assert kind == "float32", kind
        return self
    def tolist(self):
        return list(self)

def load(file):
    data = file.read()
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    start = 10 + struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:start])
    kind = {"<f4": "f", "<f8": "d"}[head["descr"]]
    assert not head["fortran_order"], head
    n, width = head["shape"]
    values = struct.unpack("<%d%s" % (n * width, kind), data[start:])
    return Array([list(values[i * width:(i + 1) * width]) for i in range(n)])

def nan_to_num(rows, nan):
    return Array([[nan if math.isnan(x) else x for x in row] for row in rows])

def save(file, rows):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (63 - (10 + len(header)) % 64) + chr(10)
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    for row in rows: file.write(struct.pack("<%df" % len(row), *row))
"#,
    ),
    (
        "joblib.py",
        r#"
from numpy import Array

class Model:
    def predict_proba(self, items):
        good = lambda item: item.split().count("good") / 10 if isinstance(item, str) else item[0] if item[1] == -1 else 0
        return Array([Array([good(item), 1 - good(item)]) for item in items])

def load(path):
    assert path.endswith("model.joblib"), path
    return Model()
"#,
    ),
];

#[test]
fn the_pages_examples_speak_the_protocol_even_where_scikit_learn_is_not() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in STUBS {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return;
    }
    let python = Python { program: "python3".to_owned(), packages: Some(dir.path().display().to_string()) };
    let examples = examples();
    assert!(examples[0].lines().count() <= 10 && examples[1].lines().count() <= 4, "the page says ten lines, and four");
    let of = |name: &str, scale| unmask::data::table::FittedColumn { name: name.to_owned(), scale };
    let number = unmask::data::table::Scale::Number { mean: 0.0, sd: 1.0 };
    let category = unmask::data::table::Scale::Category(vec!["x".to_owned(), "y".to_owned()]);
    let form = Form::Table(unmask::data::TableFit(vec![of("a", number), of("b", category)]));
    let mut model = python.serve(dir.path(), &examples[0], form);
    let asked =
        Rows { shape: Shape::new(1, 1, 2), values: vec![0.25, 0.0, 0.5, 0.0, 0.5, unmask::data::table::CATEGORY] };
    for _ in 0..2 {
        assert_eq!(model.predict(&asked).unwrap().values, [0.25, 0.75, 0.5, 0.5, 0.0, 1.0]);
    }
    let (rows, form) = texts();
    let mut model = python.serve(dir.path(), &examples[1], form);
    for _ in 0..2 {
        assert_eq!(model.predict(&rows).unwrap().values, [0.2, 0.8, 0.0, 1.0]);
    }
}

#[test]
fn the_ten_lines_of_the_page_serve_a_model_of_scikit_learn() {
    let Some(python) = Python::with_sklearn() else { return };
    let code = "
import json, sys, joblib, numpy as np
from sklearn.ensemble import RandomForestClassifier
x = np.sin(np.arange(600.0)).reshape(200, 3)
model = RandomForestClassifier(20, random_state=1).fit(x, x[:, 0] > x[:, 1])
joblib.dump(model, sys.argv[1])
ask = np.array([[0.25, 9, 9], [0.5, -9, 9], [1, 9, 9]], dtype='float32')
print(json.dumps(model.predict_proba(ask).ravel().tolist()))";
    let columns = ["a", "b", "c"].map(|name| unmask::data::table::FittedColumn {
        name: name.to_owned(),
        scale: unmask::data::table::Scale::Number { mean: 0.0, sd: 1.0 },
    });
    let form = Form::Table(unmask::data::TableFit(columns.to_vec()));
    let (_dir, mut model, expected) = python.fit_and_serve(code, &examples()[0], form);
    let asked = Rows { shape: Shape::new(1, 1, 3), values: vec![0.25, 9.0, 9.0, 0.5, -9.0, 9.0, 1.0, 9.0, 9.0] };
    assert_eq!(model.predict(&asked).unwrap().values, expected);
}

#[test]
fn the_four_lines_of_the_page_serve_a_text_model_of_scikit_learn() {
    let Some(python) = Python::with_sklearn() else { return };
    let code = "
import json, sys, joblib
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
texts = ['good day', 'bad day', 'so good', 'so bad']
model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, [0, 1, 0, 1])
joblib.dump(model, sys.argv[1])
print(json.dumps(model.predict_proba(['A good , good day', '\"Bad\" day']).ravel().tolist()))";
    let (rows, form) = texts();
    let (_dir, mut model, expected) = python.fit_and_serve(code, &examples()[1], form);
    assert_eq!(model.predict(&rows).unwrap().values, expected);
}
