//! A model behind a command: right answers, and every way in which a program can fail.

use std::time::{Duration, Instant};

use unmask::data::{Rows, Shape, TextFit, TextFitSpec};
use unmask::model::exec::{ExecModel, Form};

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

/// Runs Python; `None` where it has no scikit-learn. `UNMASK_PYTHON` names another than `python3`.
fn python_with_sklearn() -> Option<String> {
    let python = std::env::var("UNMASK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let imported = std::process::Command::new(&python).args(["-c", "import sklearn, joblib"]).output();
    if imported.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!("skipped: {python} has no scikit-learn and joblib");
    None
}

/// Fits a model of scikit-learn by `code`, which also prints what it answers to the questions, and serves it by an example of the page.
fn served_by_example(python: &str, code: &str, example: &str, form: Form) -> (tempfile::TempDir, ExecModel, Vec<f32>) {
    let dir = tempfile::tempdir().unwrap();
    let (model, serve) = (dir.path().join("model.joblib"), dir.path().join("serve.py"));
    std::fs::write(&serve, example).unwrap();
    let fitted = std::process::Command::new(python).args(["-c", code, &model.to_string_lossy()]).output().unwrap();
    assert!(fitted.status.success(), "{}", String::from_utf8_lossy(&fitted.stderr));
    let expected: Vec<f32> = serde_json::from_slice(&fitted.stdout).unwrap();
    let command = format!("{python} '{}' '{}'", serve.display(), model.display());
    (dir, ExecModel::new(&command, 2, form, LONG), expected)
}

#[test]
fn the_ten_lines_of_the_page_serve_a_model_of_scikit_learn() {
    let Some(python) = python_with_sklearn() else { return };
    let examples = examples();
    assert!(examples[0].lines().count() <= 10 && examples[1].lines().count() <= 4, "the page says ten lines, and four");
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
    let (_dir, mut model, expected) = served_by_example(&python, code, &examples[0], form);
    let asked = Rows { shape: Shape::new(1, 1, 3), values: vec![0.25, 9.0, 9.0, 0.5, -9.0, 9.0, 1.0, 9.0, 9.0] };
    assert_eq!(model.predict(&asked).unwrap().values, expected);
}

#[test]
fn the_four_lines_of_the_page_serve_a_text_model_of_scikit_learn() {
    let Some(python) = python_with_sklearn() else { return };
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
    let (_dir, mut model, expected) = served_by_example(&python, code, &examples()[1], form);
    assert_eq!(model.predict(&rows).unwrap().values, expected);
}
