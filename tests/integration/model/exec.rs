//! A model behind a command: right answers, and every way in which a program can fail.

use std::time::{Duration, Instant};

use unmask::data::{Rows, Shape};
use unmask::model::exec::ExecModel;

/// A server without NumPy: probabilities [x, 1 - x] of the first value of each row.
const SERVER: &str = r#"
import struct, sys
while True:
    head = sys.stdin.buffer.read(8)
    if len(head) < 8: break
    body = sys.stdin.buffer.read(struct.unpack("<Q", head)[0])
    start = 10 + struct.unpack("<H", body[8:10])[0]
    shape = eval(body[10:start].decode())["shape"]
    width = 1
    for side in shape[1:]: width *= side
    values = struct.unpack("<%df" % (shape[0] * width), body[start:])
    rows = [values[i * width] for i in range(shape[0])]
    MODE
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 2), }" % len(rows)
    header += " " * (63 - (10 + len(header)) % 64) + chr(10)
    out = bytes([0x93]) + b"NUMPY" + bytes([1, 0]) + struct.pack("<H", len(header)) + header.encode()
    for x in rows: out += struct.pack("<ff", x, 1 - x)
    sys.stdout.buffer.write(struct.pack("<Q", len(out)) + out)
    sys.stdout.buffer.flush()
"#;

/// A server that does `mode` before it answers; `None` where there is no Python.
fn server(mode: &str, timeout: Duration) -> Option<(tempfile::TempDir, ExecModel)> {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("serve.py");
    std::fs::write(&path, SERVER.replace("MODE", mode)).unwrap();
    let command = format!("python3 '{}'", path.display());
    Some((dir, ExecModel::new(&command, 2, None, timeout)))
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
    // It answers one question and ends.
    let Some((_dir, mut model)) = server("served = globals().get('served', 0) + 1; served > 1 and sys.exit(1)", LONG)
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
        ("rows = rows[:1]", "of shape [1, 2] where [3, 2] was asked for"),
        ("rows = [float('nan')] * len(rows)", "no probabilities"),
    ];
    for (mode, part) in cases {
        let Some((_dir, mut model)) = server(mode, LONG) else { return };
        let sentence = model.predict(&rows()).unwrap_err().to_string();
        assert!(sentence.contains(part) && !sentence.contains('\n'), "{mode}: {sentence}");
    }
    let mut missing = ExecModel::new("no-such-program-anywhere", 2, None, LONG);
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
