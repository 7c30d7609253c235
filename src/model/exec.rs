//! Black boxes behind a command.
#![doc = include_str!("exec.md")]

use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{ModelError, Probs};
use crate::data::{Rows, TableFit};

/// How long an answer may take.
pub const TIMEOUT: Duration = Duration::from_secs(60);
/// Most bytes of an answer.
const MOST_BYTES: u64 = 1 << 30;
/// Rows of one question.
const CHUNK: usize = 1024;
/// Signs of standard error that are kept.
const KEPT: usize = 300;
/// How far from 1 the probabilities of a row may sum.
const TOLERANCE: f32 = 0.01;

/// A program that answers for a model.
#[derive(Debug)]
pub struct ExecModel {
    command: String,
    classes: usize,
    table: Option<TableFit>,
    timeout: Duration,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<Result<Vec<u8>, String>>,
    said: Arc<Mutex<String>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A program that waits for its input ends by itself; one that hangs does not.
        drop(self.input.take());
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Why there is no answer.
enum Failure {
    /// The program has ended: it may be started again.
    Ended(String),
    /// It is silent or answers nonsense.
    Wrong(String),
}

impl ExecModel {
    /// A program that answers for `classes` classes; it is started at the first question. `table` gives rows their own units back.
    pub fn new(command: &str, classes: usize, table: Option<TableFit>, timeout: Duration) -> Self {
        Self { command: command.to_owned(), classes, table, timeout, running: None }
    }

    /// Probabilities of each row.
    ///
    /// # Errors
    /// One sentence: the program cannot be started, ends, is silent for too long or answers nonsense.
    pub fn predict(&mut self, rows: &Rows) -> Result<Probs, ModelError> {
        let mut values = Vec::with_capacity(rows.n() * self.classes);
        for start in (0..rows.n()).step_by(CHUNK) {
            let chunk = rows.slice(start..(start + CHUNK).min(rows.n()));
            values.extend(self.ask(&chunk)?);
        }
        Ok(Probs { classes: self.classes, values })
    }

    fn ask(&mut self, rows: &Rows) -> Result<Vec<f32>, ModelError> {
        let question = question(rows, self.table.as_ref());
        let mut has_restarted = self.running.is_none();
        loop {
            match self.try_once(&question, rows.n()) {
                Ok(values) => return Ok(values),
                Err(Failure::Ended(why)) => {
                    let said = self.stop();
                    if has_restarted {
                        return Err(self.refuse(&why, &said));
                    }
                    has_restarted = true;
                }
                Err(Failure::Wrong(why)) => {
                    let said = self.stop();
                    return Err(self.refuse(&why, &said));
                }
            }
        }
    }

    fn try_once(&mut self, question: &[u8], n: usize) -> Result<Vec<f32>, Failure> {
        if self.running.is_none() {
            self.running = Some(start(&self.command)?);
        }
        let Some(running) = &mut self.running else { return Err(Failure::Ended("could not be started".to_owned())) };
        let Some(input) = &mut running.input else { return Err(Failure::Ended("has no input".to_owned())) };
        let head = (question.len() as u64).to_le_bytes();
        let sent = input.write_all(&head).and_then(|()| input.write_all(question)).and_then(|()| input.flush());
        if sent.is_err() {
            return Err(Failure::Ended("has ended".to_owned()));
        }
        match running.answers.recv_timeout(self.timeout) {
            Ok(Ok(bytes)) => read_answer(&bytes, n, self.classes).map_err(Failure::Wrong),
            Ok(Err(why)) => Err(Failure::Wrong(why)),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::Ended("has ended without an answer".to_owned())),
            Err(RecvTimeoutError::Timeout) => {
                Err(Failure::Wrong(format!("gave no answer within {} seconds", self.timeout.as_secs_f64())))
            }
        }
    }

    /// Ends the program and returns the end of what it wrote to standard error.
    fn stop(&mut self) -> String {
        let Some(running) = self.running.take() else { return String::new() };
        let said = Arc::clone(&running.said);
        drop(running);
        // What it wrote last may still be on its way.
        std::thread::sleep(Duration::from_millis(50));
        said.lock().map(|said| said.trim().to_owned()).unwrap_or_default()
    }

    fn refuse(&self, why: &str, said: &str) -> ModelError {
        let said = said.lines().next_back().map(|line| format!(" (it said: {line})")).unwrap_or_default();
        ModelError::Unfit(format!(
            "exec:{}: expected an answer with {} probabilities for each row, but the program {why}{said}; mend the program or run it by \
             itself to see what is wrong",
            self.command, self.classes
        ))
    }
}

fn start(command: &str) -> Result<Running, Failure> {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.arg("/C").arg(command);
        shell
    } else {
        let mut shell = Command::new("sh");
        // The shell gives way to the program, so that ending the one ends the other.
        shell.arg("-c").arg(format!("exec {command}"));
        shell
    };
    let mut child = shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::Wrong(format!("cannot be started ({error})")))?;
    let (sender, answers) = channel();
    let said = Arc::new(Mutex::new(String::new()));
    if let Some(mut output) = child.stdout.take() {
        std::thread::spawn(move || {
            while let Some(answer) = next_answer(&mut output) {
                let is_last = answer.is_err();
                if sender.send(answer).is_err() || is_last {
                    break;
                }
            }
        });
    }
    if let Some(mut errors) = child.stderr.take() {
        let said = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(n @ 1..) = errors.read(&mut bytes) {
                if let Ok(mut said) = said.lock() {
                    said.push_str(&String::from_utf8_lossy(&bytes[..n]));
                    let surplus = said.chars().count().saturating_sub(KEPT);
                    *said = said.chars().skip(surplus).collect();
                }
            }
        });
    }
    let input = child.stdin.take();
    Ok(Running { child, input, answers, said })
}

/// The next message of a program; `None` at its end.
fn next_answer(output: &mut impl Read) -> Option<Result<Vec<u8>, String>> {
    let mut head = [0; 8];
    output.read_exact(&mut head).ok()?;
    let len = u64::from_le_bytes(head);
    if len > MOST_BYTES {
        let shown = String::from_utf8_lossy(&head).escape_default().to_string();
        return Some(Err(format!(
            "wrote \"{shown}\" where the length of an answer should be (nothing else may be printed)"
        )));
    }
    let mut bytes = Vec::new();
    match output.take(len).read_to_end(&mut bytes) {
        Ok(n) if n as u64 == len => Some(Ok(bytes)),
        _ => None,
    }
}

/// A batch as a `npy` file: tables `n x columns` in their own units, all else `n x channels x height x width`.
fn question(rows: &Rows, table: Option<&TableFit>) -> Vec<u8> {
    let shape = rows.shape;
    let dims = match table {
        Some(_) => format!("({}, {})", rows.n(), shape.width),
        None => format!("({}, {}, {}, {})", rows.n(), shape.channels, shape.height, shape.width),
    };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {dims}, }}");
    // Magic, version and length take 10 bytes; the whole header is a multiple of 64 and ends in a newline.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut bytes = Vec::with_capacity(10 + header.len() + 4 * rows.values.len());
    bytes.extend_from_slice(b"\x93NUMPY\x01\x00");
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for (place, value) in rows.values.iter().enumerate() {
        let value = table.map_or(*value, |table| table.raw(place % shape.width.max(1), *value));
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

/// Probabilities from an answer, or what is wrong with it.
fn read_answer(bytes: &[u8], n: usize, classes: usize) -> Result<Vec<f32>, String> {
    let file =
        npyz::NpyFile::new(Cursor::new(bytes)).map_err(|error| format!("answered with no npy file ({error})"))?;
    let shape = file.shape().to_vec();
    if shape != [n as u64, classes as u64] {
        return Err(format!("answered with an array of shape {shape:?} where {:?} was asked for", [n, classes]));
    }
    if file.order() != npyz::Order::C {
        return Err("answered with an array in Fortran's order".to_owned());
    }
    let values: Vec<f32> = match file.try_data::<f32>() {
        Ok(data) => {
            data.collect::<Result<_, _>>().map_err(|error| format!("answered with a broken array ({error})"))?
        }
        Err(file) => match file.try_data::<f64>() {
            Ok(data) => data
                .map(|value| value.map(|value| value as f32))
                .collect::<Result<_, _>>()
                .map_err(|error| format!("answered with a broken array ({error})"))?,
            Err(_) => return Err("answered with numbers that are neither float32 nor float64".to_owned()),
        },
    };
    for row in values.chunks_exact(classes.max(1)) {
        let sum: f32 = row.iter().sum();
        if !sum.is_finite() || (sum - 1.0).abs() > TOLERANCE || row.iter().any(|value| *value < -TOLERANCE) {
            return Err(format!("answered with {row:?}, which are no probabilities"));
        }
    }
    Ok(values)
}

/// Where the commands are noted that were connected on this computer.
fn known_commands() -> Option<PathBuf> {
    let home = std::env::var_os("UNMASK_COMMANDS").map(PathBuf::from);
    home.or_else(|| Some(dirs::config_dir()?.join("unmask").join("commands.json")))
}

fn read_known() -> Vec<String> {
    let bytes = known_commands().and_then(|path| std::fs::read(path).ok());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Notes that a command may be run on this computer.
///
/// # Errors
/// The note cannot be written.
pub fn trust(command: &str) -> Result<(), ModelError> {
    let mut known = read_known();
    if known.iter().any(|of| of == command) {
        return Ok(());
    }
    known.push(command.to_owned());
    let path =
        known_commands().ok_or_else(|| ModelError::Unfit("this computer has no folder for settings".to_owned()))?;
    let unfit = |error: &dyn std::fmt::Display| ModelError::Unfit(error.to_string());
    let bytes = serde_json::to_vec_pretty(&known).map_err(|error| unfit(&error))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unfit(&error))?;
    }
    crate::store::atomic::write(&path, &bytes).map_err(|error| unfit(&error))
}

/// Refuses a command that was never connected on this computer.
///
/// # Errors
/// One sentence with the command.
pub fn check_trust(command: &str) -> Result<(), ModelError> {
    if read_known().iter().any(|of| of == command) {
        return Ok(());
    }
    Err(ModelError::Unfit(format!(
        "exec:{command}: expected a command that was connected on this computer, found one from elsewhere; look at what it does, then \
         connect it with `unmask fit --model \"exec:{command}\"`"
    )))
}
