//! What leaves the program: one row per response as CSV and Parquet, all events as JSON Lines, a codebook and a manifest.
//!
//! No names are there to be exported; times of day only when asked for.

pub mod parquet;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::StudyError;
use super::key::Key;
use super::responses::{Response, Responses};
use super::store::Store;
use crate::figure::Format;
use crate::store::hash::Hash;

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
}

/// Kind of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Whole numbers.
    Int,
    /// Numbers.
    Number,
    /// Yes or no.
    Bool,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "whole number",
            Self::Number => "number",
            Self::Bool => "true or false",
        }
    }
}

/// A column of the table of responses.
#[derive(Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// Kind.
    pub kind: Kind,
    /// Meaning and unit, for the codebook.
    pub meaning: &'static str,
    value: fn(&Context<'_>, &Response) -> Cell,
}

struct Context<'a> {
    responses: &'a Responses,
    key: &'a Key,
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

fn int(value: impl TryInto<i64>) -> Cell {
    value.try_into().map_or(Cell::Empty, Cell::Int)
}

fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
    value.map_or(Cell::Empty, cell)
}

fn class(cx: &Context<'_>, class: Option<u16>) -> Cell {
    maybe(class.and_then(|class| cx.key.classes.get(usize::from(class))), |name| text(name))
}

fn list(values: &[f64]) -> Cell {
    Cell::Text(values.iter().map(f64::to_string).collect::<Vec<_>>().join(" "))
}

macro_rules! column {
    ($name:literal, $kind:ident, $meaning:literal, $value:expr) => {
        Column { name: $name, kind: Kind::$kind, meaning: $meaning, value: $value }
    };
}

/// Every column, in order.
pub static COLUMNS: &[Column] = &[
    column!("study", Text, "id of the study", |cx, _| text(&cx.key.study)),
    column!("person", Text, "random code of the participant", |cx, r| text(&cx.responses.people[r.person].code)),
    column!("slot", Int, "place in the allocation, from 0", |cx, r| int(cx.responses.people[r.person].slot)),
    column!("attempt", Int, "1, or more after the participant began anew", |_, r| Cell::Int(i64::from(r.attempt))),
    column!("position", Int, "trial of the participant, from 0, practice included", |_, r| int(r.position)),
    column!("section", Int, "section of the trial, from 0", |_, r| int(r.section)),
    column!("role", Text, "practice, main, catch or repeat; only main answers are scored", |_, r| text(r.role.word())),
    column!("revision", Int, "0 for the first answer, 1 or more after the participant took it back", |_, r| Cell::Int(
        i64::from(r.revision)
    )),
    column!("stands", Bool, "whether this is the answer that counts: last revision of the last attempt", |_, r| {
        Cell::Bool(r.stands)
    }),
    column!("excluded", Bool, "whether the participant is left out by a rule of the design", |cx, r| Cell::Bool(
        cx.responses.is_excluded(r.person)
    )),
    column!("stimulus", Text, "code of what was shown", |_, r| text(&r.stimulus)),
    column!("item", Int, "number of the item in the data's file, from 0", |cx, r| int(cx.key.items[r.item].source)),
    column!("item_name", Text, "name of the item in the data", |cx, r| text(&cx.key.items[r.item].name)),
    column!("arm", Text, "name of the arm; empty for catch items", |cx, r| maybe(r.arm, |arm| text(
        &cx.key.arms[arm].name
    ))),
    column!("arm_kind", Text, "what the arm shows", |cx, r| maybe(r.arm, |arm| text(cx.key.arms[arm].kind.words()))),
    column!("model_class", Text, "class the model gave to the full input", |cx, r| class(cx, Some(r.model))),
    column!("true_class", Text, "true class; empty where the data state none", |cx, r| class(cx, r.truth)),
    column!("shown_class", Text, "class the model gave to what was shown", |cx, r| class(
        cx,
        cx.key.stimuli.get(&r.stimulus).map(|stimulus| stimulus.answer)
    )),
    column!(
        "answer",
        Text,
        "class given, or the one with the highest score; empty for undecided and for ties",
        |cx, r| class(cx, r.class())
    ),
    column!("undecided", Bool, "whether the answer was \"can't decide\"", |_, r| Cell::Bool(r.is_undecided())),
    column!("scores", Text, "scores from 0 to 1 as given, in the order of the classes, separated by blanks", |_, r| {
        maybe(r.raw_scores.as_deref(), list)
    }),
    column!("scores_normalised", Text, "the scores divided by their sum", |_, r| maybe(r.scores.as_deref(), list)),
    column!("second_answer", Text, "class given to the second question, what is true", |cx, r| class(cx, r.second)),
    column!("confidence", Int, "1 to 5", |_, r| maybe(r.confidence, |level| Cell::Int(i64::from(level)))),
    column!("is_model_class", Bool, "whether the answer is the model's class; empty for undecided", |_, r| match r
        .is_undecided()
    {
        true => Cell::Empty,
        false => Cell::Bool(r.class() == Some(r.model)),
    }),
    column!("is_true_class", Bool, "whether the answer is the true class; empty for undecided or unknown", |_, r| {
        match r.is_undecided() {
            true => Cell::Empty,
            false => maybe(r.truth, |truth| Cell::Bool(r.class() == Some(truth))),
        }
    }),
    column!(
        "response_s",
        Number,
        "seconds from the frame that presented the item to the key event of the answer",
        |_, r| Cell::Number(r.seconds)
    ),
    column!("confirm_s", Number, "seconds from that frame to the confirmation", |_, r| Cell::Number(r.confirm_seconds)),
    column!("frame_s", Number, "seconds between frames: the error of the times is at most this", |_, r| Cell::Number(
        r.frame_seconds
    )),
    column!("unfocused_s", Number, "seconds without the window's focus during the trial", |_, r| Cell::Number(
        r.unfocused_seconds
    )),
    column!("paused_s", Number, "seconds of pause during the trial", |_, r| Cell::Number(r.paused_seconds)),
    column!("presented", Int, "how often the item was put on screen (more than once after pauses)", |_, r| Cell::Int(
        i64::from(r.presented)
    )),
];

/// All responses, a row each, one cell per column.
pub fn table(responses: &Responses, key: &Key) -> Vec<Vec<Cell>> {
    let cx = Context { responses, key };
    responses.all.iter().map(|r| COLUMNS.iter().map(|column| (column.value)(&cx, r)).collect()).collect()
}

/// The table as CSV.
pub fn csv_of(table: &[Vec<Cell>]) -> Result<Vec<u8>, StudyError> {
    let fault = |error: String| StudyError::Step(format!("the table could not be written as CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|column| column.name)).map_err(|error| fault(error.to_string()))?;
    for row in table {
        let texts = row.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Int(value) => value.to_string(),
            Cell::Number(value) => value.to_string(),
            Cell::Bool(value) => value.to_string(),
        });
        writer.write_record(texts).map_err(|error| fault(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| fault(error.to_string()))
}

/// The table as Parquet.
pub fn parquet_of(table: &[Vec<Cell>]) -> Result<Vec<u8>, StudyError> {
    let columns: Vec<(&str, Kind)> = COLUMNS.iter().map(|column| (column.name, column.kind)).collect();
    parquet::write(&columns, table)
        .map_err(|error| StudyError::Step(format!("the table could not be written as Parquet: {error}")))
}

/// All events, one JSON object per line.
pub fn events_of(store: &Store, with_times: bool) -> Result<Vec<u8>, StudyError> {
    let people = store.people()?;
    let mut out = Vec::new();
    for event in store.events()? {
        let Some(person) = people.iter().find(|person| person.id == event.person) else { continue };
        let detail: serde_json::Value =
            event.detail.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(serde_json::Value::Null);
        let mut line = json!({
            "person": person.code,
            "attempt": event.attempt,
            "run": event.run,
            "seconds": event.at_ns as f64 / 1e9,
            "position": event.position,
            "event": event.kind,
            "detail": detail,
        });
        if with_times {
            line["person_began_unix"] = json!(person.begun);
        }
        out.extend(line.to_string().into_bytes());
        out.push(b'\n');
    }
    Ok(out)
}

/// What each column means, as Markdown.
pub fn codebook() -> String {
    let mut out = String::from(
        "# Codebook\n\nOne row per response. Empty means: not asked, or not known. Times come from a monotonic clock.\n\n\
         | column | kind | meaning |\n| --- | --- | --- |\n",
    );
    for column in COLUMNS {
        out.push_str(&format!("| {} | {} | {} |\n", column.name, column.kind.word(), column.meaning));
    }
    out.push_str(
        "\n# Events\n\n`events.jsonl` holds one object per line: `person`, `attempt`, `run` (which start of the program), `seconds` \
         since that start, `position` (trial), `event` and `detail`. Events: consent, instructions-read, section, presented, undo, \
         pause, continue, resumed, screen (size of the window in points, pixels per point, and the sizes of text and item that \
         the participant chose, at the start and whenever one changes), focus-lost, focus-got, late-frame, clock-set-back, quit.\n",
    );
    out
}

/// Versions, seeds, hashes and protocol. `files` are names with their bytes.
pub fn manifest(
    responses: &Responses,
    key: &Key,
    files: &[(&str, Vec<u8>)],
    people_times: Option<serde_json::Value>,
) -> serde_json::Value {
    let hashes: serde_json::Map<String, serde_json::Value> =
        files.iter().map(|(name, bytes)| ((*name).to_owned(), json!(Hash::of_bytes(bytes).to_string()))).collect();
    let mut out = json!({
        "format": "unmask-study-export",
        "version": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "study": key.study,
        "title": key.spec.title,
        "made_with": key.program,
        "protocol": key.spec.protocol,
        "rule": key.spec.protocol.rule(),
        "overrides": key.spec.protocol.overrides(),
        "seed": key.spec.seed,
        "content_hash": key.content,
        "frozen": key.frozen,
        "arms": key.arms,
        "classes": key.classes,
        "design": key.spec,
        "people": responses.people.len(),
        "withdrawn": responses.withdrawn,
        "excluded": responses.excluded,
        "responses": responses.all.len(),
        "files": hashes,
    });
    if let Some(times) = people_times {
        out["times"] = times;
    }
    out
}

/// Writes everything into the folder `dir`, as a whole or not at all; gives the files.
pub fn export(store: &Store, key: &Key, dir: &Path, with_times: bool) -> Result<Vec<PathBuf>, StudyError> {
    let responses = Responses::join(store, key)?;
    let table = table(&responses, key);
    let scores = super::score::score(&responses, key)?;
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("responses.csv", csv_of(&table)?),
        ("responses.parquet", parquet_of(&table)?),
        ("events.jsonl", events_of(store, with_times)?),
        ("codebook.md", codebook().into_bytes()),
        ("design.toml", key.spec.to_toml()?.into_bytes()),
        ("report.md", super::report::markdown(&scores, key).into_bytes()),
        ("report.json", super::report::json_of(&scores, key)?.into_bytes()),
    ];
    files.push(("report.csv", super::report::csv_of(&scores)?));
    files.push(("report.tex", super::report::latex(&scores).into_bytes()));
    let figures = super::report::figures_in(&scores, crate::figure::Theme::Light);
    let mut drawn = Vec::new();
    for (name, figure) in &figures {
        for format in [Format::Svg, Format::Pdf, Format::Png] {
            drawn.push((format!("{name}.{}", format.extension()), crate::figure::encode(figure, format, 3.0)?));
        }
    }
    files.extend(drawn.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    let times = with_times.then(|| {
        json!(
            responses
                .people
                .iter()
                .map(|person| json!({ "person": person.code, "began_unix": person.begun, "last_unix": person.seen }))
                .collect::<Vec<_>>()
        )
    });
    let manifest = manifest(&responses, key, &files, times);
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| StudyError::Step(format!("the manifest could not be written: {error}")))?;
    files.push(("manifest.json", format!("{text}\n").into_bytes()));
    let folder = crate::store::atomic::NewFolder::create(dir)?;
    for (name, bytes) in &files {
        crate::store::atomic::write(&folder.path().join(name), bytes)?;
    }
    folder.commit()?;
    Ok(files.iter().map(|(name, _)| dir.join(name)).collect())
}
