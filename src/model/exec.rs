//! Black boxes behind a command.
#![doc = include_str!("exec.md")]

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::card::BoxCard;
use super::{Background, ModelError, Probs};
use crate::data::text::fit::PADDING;
use crate::data::{DataSpec, Modality, Rows, TableFit, TextFit, evenly};
use crate::work::CancelToken;

/// Most bytes of an answer.
const MOST_BYTES: u64 = 1 << 30;
/// Rows of one question.
pub(super) const CHUNK: usize = 1024;
/// Values of one question: 64 MB of them.
const MOST_VALUES: usize = 16 << 20;
/// Most bytes of a line.
const MOST_LINE: u64 = 1 << 24;
/// How long after its first answer a program is listened to: one that answers twice has by then begun to.
const SETTLE: Duration = Duration::from_millis(20);
/// Signs of standard error that are kept.
const KEPT: usize = 300;
/// How far from 1 the probabilities of a row may sum.
const TOLERANCE: f32 = 0.01;
/// How often a wait for an answer looks whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How much longer a program may take whose answer nobody waits for any more, before it is stopped: a newer question cancels the one before it, and a
/// program that soon answers need not load its model again for each.
const GRACE: Duration = Duration::from_secs(2);
/// Rows whose answers are kept when a command is connected.
const KNOWN_ROWS: usize = 8;
/// Classes that a sentence names.
const NAMED_CLASSES: usize = 6;
/// How far a probability may lie from the one that was kept: another machine, or other rows beside it, move the last digits.
const SAME: f32 = 0.01;

/// How rows are written for a program, and how its answers are read.
#[derive(Clone, Debug)]
pub enum Form {
    /// Tables in their own units, as a `npy` file. Numbers that are missing are the training mean.
    Table(TableFit),
    /// Pictures, as a `npy` file.
    Pictures,
    /// Time series, as a `npy` file with the channels last.
    Series,
    /// Texts, one JSON object a line.
    Text(TextFit),
}

impl Form {
    /// The form for what a black box reads.
    pub fn of(card: &BoxCard) -> Self {
        match (&card.text, &card.table) {
            (Some(text), _) => Self::Text(text.clone()),
            (None, Some(table)) => Self::Table(table.clone()),
            (None, None) if card.modality() == Modality::Series => Self::Series,
            (None, None) => Self::Pictures,
        }
    }
}

/// A program that answers for a model.
#[derive(Debug)]
pub struct ExecModel {
    command: String,
    classes: usize,
    form: Form,
    timeout: Duration,
    /// Where it is started; `None`: where Unmask itself was.
    folder: Option<PathBuf>,
    running: Option<Running>,
    /// What it answered when it was connected.
    known: Option<KnownAnswers>,
    /// Where the number of classes comes from, in words.
    classes_of: String,
    /// Words of texts that were sent as unknown.
    unknown_words: u64,
}

/// Rows, and what a command answered to each when it was connected: another model behind the same command is found out by them.
#[derive(Debug)]
struct KnownAnswers {
    rows: Rows,
    answers: Vec<Vec<f32>>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// Questions are written by a thread: a program that does not read them would block whoever writes.
    questions: Option<Sender<Vec<u8>>>,
    answers: Receiver<Result<Vec<u8>, String>>,
    said: Arc<Mutex<String>>,
    /// Whether it has answered a question since it was started.
    has_answered: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A program that waits for its input ends by itself; one that hangs does not.
        drop(self.questions.take());
        groups::end(&self.child);
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
    /// It answers for another number of classes.
    Classes(String),
    /// It answers otherwise than when it was connected.
    Changed,
    /// Nobody waits for the answer any more.
    Cancelled,
}

impl ExecModel {
    /// A program that answers for `classes` classes; it is started at the first question.
    pub fn new(command: &str, classes: usize, form: Form, timeout: Duration) -> Self {
        Self {
            command: command.to_owned(),
            classes,
            form,
            timeout,
            folder: None,
            running: None,
            known: None,
            classes_of: "the data's classes".to_owned(),
            unknown_words: 0,
        }
    }

    /// The same, which says what the classes are and which column of the data they come from, where a program answers for another number of them.
    #[must_use]
    pub fn with_classes_of(self, card: &BoxCard) -> Self {
        Self { classes_of: classes_of(card), ..self }
    }

    /// The same, started in this folder.
    #[must_use]
    pub fn in_folder(self, folder: Option<PathBuf>) -> Self {
        Self { folder, ..self }
    }

    /// The same, asked again at every start what it answered to some of the training rows when it was connected. Without such `answers`, as for what an
    /// earlier version connected, nothing is compared.
    #[must_use]
    pub fn with_known(self, background: &Background, answers: &[Vec<f32>]) -> Self {
        let known = (!answers.is_empty())
            .then(|| KnownAnswers { rows: known_rows(background, answers.len()), answers: answers.to_vec() });
        Self { known, ..self }
    }

    /// Probabilities of each row.
    ///
    /// # Errors
    /// One sentence: the program cannot be started, ends, is silent for too long, answers nonsense or otherwise than when it was connected. Where the
    /// job on this thread is cancelled, the program is stopped.
    pub fn predict(&mut self, rows: &Rows) -> Result<Probs, ModelError> {
        self.count_unknown(rows);
        let mut values = Vec::with_capacity(rows.n() * self.classes);
        let chunk = CHUNK.min(MOST_VALUES / rows.shape.len().max(1)).max(1);
        for start in (0..rows.n()).step_by(chunk) {
            values.extend(self.ask(&rows.slice(start..(start + chunk).min(rows.n())))?);
        }
        Ok(Probs { classes: self.classes, values })
    }

    /// The number of the program's process while it runs.
    pub fn process(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.child.id())
    }

    /// How many words of texts the program was asked about as `<unk>`: where it was connected by an earlier version, or no memory is left for more.
    pub fn unknown_words(&self) -> u64 {
        self.unknown_words
    }

    fn count_unknown(&mut self, rows: &Rows) {
        let Form::Text(fit) = &self.form else { return };
        let found = rows.values.iter().filter(|value| fit.is_lost(**value)).count() as u64;
        if found > 0 && self.unknown_words == 0 {
            log::warn!(
                "exec:{}: {found} words are not in the data that the command was connected with and are sent as <unk>; connect it again, which \
                 sends them as written",
                self.command
            );
        }
        self.unknown_words += found;
    }

    fn ask(&mut self, rows: &Rows) -> Result<Vec<f32>, ModelError> {
        if CancelToken::current().is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let mut has_restarted = false;
        loop {
            match self.try_once(rows) {
                Ok(values) => return Ok(values),
                Err(Failure::Ended(why)) => {
                    // One that ends before its first answer would end so again.
                    let has_answered = self.running.as_ref().is_some_and(|running| running.has_answered);
                    let said = self.stop();
                    if has_restarted || !has_answered {
                        return Err(self.refuse(&why, &said));
                    }
                    has_restarted = true;
                }
                Err(Failure::Wrong(why)) => {
                    let said = self.stop();
                    return Err(self.refuse(&why, &said));
                }
                Err(Failure::Classes(why)) => {
                    let said = self.stop();
                    return Err(self.refuse_classes(&why, &said));
                }
                Err(Failure::Changed) => {
                    self.stop();
                    return Err(self.refuse_changed());
                }
                Err(Failure::Cancelled) => {
                    // Its answer may still come, and would be taken for the next one.
                    self.running = None;
                    return Err(ModelError::Cancelled);
                }
            }
        }
    }

    fn try_once(&mut self, rows: &Rows) -> Result<Vec<f32>, Failure> {
        if self.running.is_none() {
            self.running = Some(start(&self.command, self.folder.as_deref(), matches!(self.form, Form::Text(_)))?);
            // A program that cannot answer one row is found out before many are sent.
            self.exchange(&rows.slice(0..1))?;
            if let Some(running) = &mut self.running {
                running.has_answered = true;
            }
            self.check_silent(SETTLE)?;
            self.check_known()?;
        }
        self.exchange(rows)
    }

    /// Refuses another model than the one that was connected: the command alone does not tell them apart.
    fn check_known(&self) -> Result<(), Failure> {
        let Some(KnownAnswers { rows, answers }) = &self.known else { return Ok(()) };
        let now = self.exchange(rows)?;
        let then: Vec<f32> = answers.iter().flatten().copied().collect();
        if is_same(&now, &then) { Ok(()) } else { Err(Failure::Changed) }
    }

    /// One question and its answer.
    fn exchange(&self, rows: &Rows) -> Result<Vec<f32>, Failure> {
        // What is left over would be taken for the answer to this question, and every later answer for that to the next.
        self.check_silent(Duration::ZERO)?;
        let not_there = || Failure::Ended("has ended".to_owned());
        let running = self.running.as_ref().ok_or_else(not_there)?;
        let questions = running.questions.as_ref().ok_or_else(not_there)?;
        questions.send(question(rows, &self.form)).map_err(|_| not_there())?;
        let mut wait = Wait::new(self.timeout);
        let values = match self.form {
            Form::Text(_) => {
                let mut values = Vec::with_capacity(rows.n() * self.classes);
                for _ in 0..rows.n() {
                    values.extend(read_line(&wait.next_part(&running.answers)?, self.classes)?);
                }
                values
            }
            _ => read_answer(&wait.next_part(&running.answers)?, rows.n(), self.classes)?,
        };
        check_probs(&values, self.classes).map_err(Failure::Wrong)?;
        self.check_silent(Duration::ZERO)?;
        Ok(values)
    }

    /// Refuses a program that says something though nothing is asked.
    fn check_silent(&self, wait: Duration) -> Result<(), Failure> {
        let Some(running) = &self.running else { return Ok(()) };
        match running.answers.recv_timeout(wait) {
            Ok(Ok(_)) => Err(Failure::Wrong("answered more than was asked (one answer for each question)".to_owned())),
            Ok(Err(why)) => Err(Failure::Wrong(why)),
            // One that has ended is found out by the next question.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(()),
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
        self.refuse_with(why, said, "mend the program or run it by itself to see what is wrong")
    }

    fn refuse_classes(&self, why: &str, said: &str) -> ModelError {
        let advice = format!(
            "mend the program, or connect it with data of the classes that it answers for: their number is that of {}",
            self.classes_of
        );
        self.refuse_with(why, said, &advice)
    }

    fn refuse_with(&self, why: &str, said: &str, advice: &str) -> ModelError {
        let said = said.lines().next_back().map(|line| format!(" (it said: {line})")).unwrap_or_default();
        ModelError::Failed(format!(
            "exec:{}: expected an answer with {} probabilities for each row, but the program {why}{said}; {advice}",
            self.command, self.classes
        ))
    }

    fn refuse_changed(&self) -> ModelError {
        let command = &self.command;
        ModelError::Changed(format!(
            "exec:{command}: expected the model that was connected, found one that answers otherwise than when it was connected; connect it again \
             with `unmask fit --model \"exec:{command}\"`, and train anew what was trained on its answers"
        ))
    }
}

/// Where the number of classes of a black box comes from: the column of the data, where their specification names it, and the classes.
fn classes_of(card: &BoxCard) -> String {
    let one_line =
        |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(40).collect::<String>();
    let shown: Vec<String> = card.classes.iter().take(NAMED_CLASSES).map(|class| one_line(class)).collect();
    let more = if card.classes.len() > NAMED_CLASSES { " and more" } else { "" };
    let classes = format!("{}{more}", shown.join(", "));
    let column = card.data.parse::<DataSpec>().ok().and_then(|spec| spec.query.get("label").cloned());
    match (column, card.modality()) {
        (Some(column), _) => {
            format!("the data's class column {} ({classes}), and label= names another", one_line(&column))
        }
        (None, Modality::Table | Modality::Text) => {
            format!("the data's class column ({classes}), and label= names another")
        }
        (None, Modality::Image | Modality::Series) => format!("the data's classes ({classes})"),
    }
}

/// Up to `most` training rows, evenly spaced, by whose answers a command is known again; fewer where they are large.
fn known_rows(background: &Background, most: usize) -> Rows {
    let rows = &background.rows;
    let fitting = (MOST_VALUES / rows.shape.len().max(1)).max(1);
    rows.pick(&evenly(rows.n(), most.min(fitting)))
}

/// What a connected command answers to some of the training rows, a list of probabilities each, as its card keeps it. Empty where it answers the same
/// rows otherwise when asked again: then nothing can be told by it.
pub(super) fn known_answers(
    background: &Background,
    ask: impl Fn(&Rows) -> Result<Probs, ModelError>,
) -> Result<Vec<Vec<f32>>, ModelError> {
    let rows = known_rows(background, KNOWN_ROWS);
    let (first, again) = (ask(&rows)?, ask(&rows)?);
    if !is_same(&first.values, &again.values) {
        return Ok(Vec::new());
    }
    // Four digits: more would be the noise of one machine.
    let rounded = |value: &f32| (*value * 1e4).round() / 1e4;
    Ok((0..first.n()).map(|row_idx| first.row(row_idx).iter().map(rounded).collect()).collect())
}

/// Whether these are the same probabilities, but for their last digits.
fn is_same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME)
}

/// The wait for the answer to a question, which may come in several parts.
struct Wait {
    timeout: Duration,
    until: Instant,
    cancel: CancelToken,
    is_cancelled: bool,
}

impl Wait {
    fn new(timeout: Duration) -> Self {
        Self { timeout, until: Instant::now() + timeout, cancel: CancelToken::current(), is_cancelled: false }
    }

    /// The next part. In slices: who cancels a job, or closes the window, does not wait for a program that hangs.
    fn next_part(&mut self, answers: &Receiver<Result<Vec<u8>, String>>) -> Result<Vec<u8>, Failure> {
        loop {
            if !self.is_cancelled && self.cancel.is_cancelled() {
                self.is_cancelled = true;
                self.until = self.until.min(Instant::now() + GRACE);
            }
            let left = self.until.saturating_duration_since(Instant::now());
            match answers.recv_timeout(left.min(LOOK_EVERY)) {
                Ok(Ok(bytes)) => return Ok(bytes),
                Ok(Err(why)) => return Err(Failure::Wrong(why)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Ended("has ended without an answer".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) if left > LOOK_EVERY => {}
                Err(RecvTimeoutError::Timeout) if self.is_cancelled => return Err(Failure::Cancelled),
                Err(RecvTimeoutError::Timeout) => {
                    let seconds = self.timeout.as_secs_f64();
                    let why = format!("gave no answer within {seconds} seconds (--set timeout= allows more)");
                    return Err(Failure::Wrong(why));
                }
            }
        }
    }
}

/// Starts the program in a folder; `is_text` where it answers line by line.
fn start(command: &str, folder: Option<&Path>, is_text: bool) -> Result<Running, Failure> {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.arg("/C").arg(command);
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(command);
        shell
    };
    if let Some(folder) = folder {
        shell.current_dir(folder);
    }
    // A group of its own: what the shell or the program starts is ended with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let mut child = shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::Wrong(format!("cannot be started ({error})")))?;
    groups::note(&child);
    let (sender, answers) = channel();
    let said = Arc::new(Mutex::new(String::new()));
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let next = if is_text { next_line } else { next_answer };
            while let Some(answer) = next(&mut output) {
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
    let (questions, to_write) = channel::<Vec<u8>>();
    if let Some(mut input) = child.stdin.take() {
        std::thread::spawn(move || {
            // The input is closed when this ends: there are no more questions, or the program does not take them.
            while let Ok(question) = to_write.recv() {
                if input.write_all(&question).and_then(|()| input.flush()).is_err() {
                    break;
                }
            }
        });
    }
    Ok(Running { child, questions: Some(questions), answers, said, has_answered: false })
}

/// The next message of a program; `None` at its end.
fn next_answer(output: &mut BufReader<ChildStdout>) -> Option<Result<Vec<u8>, String>> {
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

/// The next line of a program that answers for texts; `None` at its end.
fn next_line(output: &mut BufReader<ChildStdout>) -> Option<Result<Vec<u8>, String>> {
    let mut line = Vec::new();
    output.take(MOST_LINE).read_until(b'\n', &mut line).ok()?;
    match line.last() {
        None => None,
        Some(b'\n') => Some(Ok(line)),
        Some(_) if line.len() as u64 >= MOST_LINE => Some(Err(format!("wrote a line of more than {MOST_LINE} bytes"))),
        // Cut off by its end.
        Some(_) => None,
    }
}

/// A batch as a program reads it.
fn question(rows: &Rows, form: &Form) -> Vec<u8> {
    match form {
        Form::Text(fit) => {
            let mut bytes = Vec::new();
            for row_idx in 0..rows.n() {
                let text = words_of(rows.row(row_idx), fit);
                bytes.extend_from_slice(serde_json::json!({ "text": text }).to_string().as_bytes());
                bytes.push(b'\n');
            }
            bytes
        }
        _ => {
            let file = npy(rows, form);
            let mut bytes = (file.len() as u64).to_le_bytes().to_vec();
            bytes.extend(file);
            bytes
        }
    }
}

/// The words of a row in order, with one blank between them; hidden ones are left out.
fn words_of(row: &[f32], fit: &TextFit) -> String {
    let words = row.iter().filter(|value| **value as usize != PADDING);
    words.map(|value| fit.written(*value)).collect::<Vec<_>>().join(" ")
}

/// A batch as a `npy` file: tables `n x columns` in their own units, series `n x steps x channels`, pictures `n x channels x height x width`.
fn npy(rows: &Rows, form: &Form) -> Vec<u8> {
    let (n, shape) = (rows.n(), rows.shape);
    let dims = match form {
        Form::Table(_) => format!("({n}, {})", shape.width),
        Form::Series => format!("({n}, {}, {})", shape.width, shape.channels),
        _ => format!("({n}, {}, {}, {})", shape.channels, shape.height, shape.width),
    };
    // Numbers of tables in double precision: seconds since 1970 lie two minutes apart in single.
    let kind = if matches!(form, Form::Table(_)) { "<f8" } else { "<f4" };
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {dims}, }}");
    // Magic, version and length take 10 bytes; the whole header is a multiple of 64 and ends in a newline.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut bytes = Vec::with_capacity(10 + header.len() + 4 * rows.values.len());
    bytes.extend_from_slice(b"\x93NUMPY\x01\x00");
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for row in (0..n).map(|row_idx| rows.row(row_idx)) {
        for place in 0..row.len() {
            let value = match form {
                Form::Table(fit) => {
                    bytes.extend_from_slice(&fit.raw(place, row[place]).to_le_bytes());
                    continue;
                }
                Form::Series => row[place % shape.channels * shape.width + place / shape.channels],
                _ => row[place],
            };
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
    bytes
}

/// Probabilities from a line: a JSON list of numbers, or an object that has one under `probs`.
fn read_line(line: &[u8], classes: usize) -> Result<Vec<f32>, Failure> {
    let shown = || String::from_utf8_lossy(&line[..line.len().min(80)]).trim().escape_default().to_string();
    let value: serde_json::Value = serde_json::from_slice(line).map_err(|_| {
        Failure::Wrong(format!("answered \"{}\", which is no JSON (nothing else may be printed)", shown()))
    })?;
    let list = value.get("probs").unwrap_or(&value).as_array().cloned().unwrap_or_default();
    let values: Option<Vec<f32>> = list.iter().map(|value| value.as_f64().map(|value| value as f32)).collect();
    let why = || format!("answered \"{}\" where a list of {classes} numbers was asked for", shown());
    match values {
        Some(values) if values.len() == classes => Ok(values),
        Some(values) if !values.is_empty() => Err(Failure::Classes(why())),
        _ => Err(Failure::Wrong(why())),
    }
}

/// Probabilities from an answer, or what is wrong with it.
fn read_answer(bytes: &[u8], n: usize, classes: usize) -> Result<Vec<f32>, Failure> {
    let file = npyz::NpyFile::new(Cursor::new(bytes))
        .map_err(|error| Failure::Wrong(format!("answered with no npy file ({})", first_line(&error))))?;
    let shape = file.shape().to_vec();
    if shape != [n as u64, classes as u64] {
        let why = format!("answered with an array of shape {shape:?} where {:?} was asked for", [n, classes]);
        let is_of_rows = matches!(shape[..], [rows, _] if rows == n as u64);
        return Err(if is_of_rows { Failure::Classes(why) } else { Failure::Wrong(why) });
    }
    // Column by column, as NumPy has what was transposed.
    let is_by_column = file.order() == npyz::Order::Fortran;
    let broken =
        |error: std::io::Error| Failure::Wrong(format!("answered with a broken array ({})", first_line(&error)));
    let values: Vec<f32> = match file.try_data::<f32>() {
        Ok(data) => data.collect::<Result<_, _>>().map_err(broken)?,
        Err(file) => match file.try_data::<f64>() {
            Ok(data) => data.map(|value| value.map(|value| value as f32)).collect::<Result<_, _>>().map_err(broken)?,
            Err(_) => {
                let why = "answered with numbers that are neither float32 nor float64";
                return Err(Failure::Wrong(why.to_owned()));
            }
        },
    };
    if is_by_column && values.len() == n * classes {
        return Ok((0..n).flat_map(|row| values.iter().copied().skip(row).step_by(n)).collect());
    }
    Ok(values)
}

/// What is wrong, without the drawing below it of where.
fn first_line(error: &std::io::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}

/// Refuses rows that are no probabilities.
fn check_probs(values: &[f32], classes: usize) -> Result<(), String> {
    for row in values.chunks_exact(classes.max(1)) {
        let sum: f32 = row.iter().sum();
        if !sum.is_finite() || (sum - 1.0).abs() > TOLERANCE || row.iter().any(|value| *value < -TOLERANCE) {
            return Err(format!("answered with {row:?}, which are no probabilities"));
        }
    }
    Ok(())
}

/// A command that was connected on this computer, as it is noted.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Known {
    /// With the folder that it runs in.
    In { command: String, folder: PathBuf },
    /// As earlier versions noted it.
    Anywhere(String),
}

impl Known {
    fn command(&self) -> &str {
        match self {
            Self::In { command, .. } | Self::Anywhere(command) => command,
        }
    }

    fn folder(&self) -> Option<&Path> {
        match self {
            Self::In { folder, .. } => Some(folder),
            Self::Anywhere(_) => None,
        }
    }
}

/// Where the commands are noted that were connected on this computer.
fn known_commands() -> Option<PathBuf> {
    let home = std::env::var_os("UNMASK_COMMANDS").map(PathBuf::from);
    home.or_else(|| Some(dirs::config_dir()?.join("unmask").join("commands.json")))
}

fn read_known() -> Vec<Known> {
    let bytes = known_commands().and_then(|path| std::fs::read(path).ok());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Notes that a command may be run on this computer, in the folder that this program is in now: from then on it is always started there.
///
/// # Errors
/// The note cannot be written.
pub fn trust(command: &str) -> Result<(), ModelError> {
    let failed =
        |error: &dyn std::fmt::Display| ModelError::Failed(format!("exec:{command}: it cannot be noted ({error})"));
    let folder = std::env::current_dir().map_err(|error| failed(&error))?;
    // Two workers that connect at once would each write the list without the other's command.
    static NOTING: Mutex<()> = Mutex::new(());
    let _alone = NOTING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = read_known();
    if known.iter().any(|known| known.command() == command && known.folder() == Some(&folder)) {
        return Ok(());
    }
    if let Some(before) = known.iter().find(|known| known.command() == command).and_then(Known::folder) {
        log::warn!("exec:{command}: runs in {} from now on, no longer in {}", folder.display(), before.display());
    }
    known.retain(|known| known.command() != command);
    known.push(Known::In { command: command.to_owned(), folder });
    let path = known_commands().ok_or_else(|| failed(&"this computer has no folder for settings"))?;
    let bytes = serde_json::to_vec_pretty(&known).map_err(|error| failed(&error))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    crate::store::atomic::write(&path, &bytes).map_err(|error| failed(&error))
}

/// The folder in which a command runs; `None` where that was not noted. Refuses a command that was never connected on this computer.
///
/// # Errors
/// One sentence with the command, or with the folder that is gone.
pub fn check_trust(command: &str) -> Result<Option<PathBuf>, ModelError> {
    let Some(known) = read_known().into_iter().find(|known| known.command() == command) else {
        return Err(ModelError::Unfit(format!(
            "exec:{command}: expected a command that was connected on this computer, found one from elsewhere; look at what it does, then \
             connect it with `unmask fit --model \"exec:{command}\"`"
        )));
    };
    match known.folder() {
        Some(folder) if !folder.is_dir() => Err(ModelError::Unfit(format!(
            "exec:{command}: expected the folder {} in which it was connected, found none; put it back, or connect the command in another \
             with `unmask fit --model \"exec:{command}\"`",
            folder.display()
        ))),
        folder => Ok(folder.map(Path::to_owned)),
    }
}

/// Process groups of the programs that run. A group of its own is not told when a terminal interrupts this program, so they are ended then, too.
#[cfg(unix)]
mod groups {
    use std::process::Child;
    use std::sync::{Mutex, Once, PoisonError};

    use rustix::process::{Pid, Signal, kill_process_group};

    static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

    pub(super) fn note(child: &Child) {
        static HANDLED: Once = Once::new();
        HANDLED.call_once(|| {
            let end_all = || {
                for group in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                    kill_process_group(group, Signal::KILL).ok();
                }
                // As a shell says that a program was interrupted.
                std::process::exit(130);
            };
            if let Err(error) = ctrlc::set_handler(end_all) {
                log::warn!("commands may outlive an interrupt: {error}");
            }
        });
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(Pid::from_child(child));
    }

    pub(super) fn end(child: &Child) {
        let group = Pid::from_child(child);
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known != group);
        kill_process_group(group, Signal::KILL).ok();
    }
}

#[cfg(not(unix))]
mod groups {
    use std::process::Child;

    pub(super) fn note(_child: &Child) {}

    pub(super) fn end(_child: &Child) {}
}
