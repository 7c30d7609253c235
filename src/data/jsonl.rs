//! JSON Lines with a field of text: one object per line. A file that is one list of objects is read in the same way.

use serde_json::error::Category;
use serde_json::{Map, Value};

use super::DataError;
use super::archive::{Member, Tree, byte_size};
use super::columns::{self, Builder, Columns, SAMPLE};
use super::open::{Loader, Raw, Watch};
use super::spec::DataSpec;
use super::text::{MAX_TEXT_BYTES, decode};

/// Reads JSON Lines with a field of text.
pub static LOADER: Loader = Loader {
    names: &["jsonl", "json"],
    about: "JSON Lines with a field of text",
    endings: &[".jsonl", ".ndjson", ".json"],
    keys: &columns::KEYS,
    guess,
    load,
};

/// Bytes from which is guessed.
const LOOKED_AT: usize = 1 << 18;
/// A list of objects is parsed as a whole, which takes some ten times its size.
const MAX_LIST_BYTES: usize = 256 << 20;
/// Lines between two reports.
const LINES: usize = 1024;

type Object = Map<String, Value>;

fn is_jsonl(member: &Member) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    [".jsonl", ".ndjson", ".json"].iter().any(|ending| name.ends_with(ending))
}

fn guess(tree: &Tree) -> Option<String> {
    for member in tree.candidates().iter().filter(|member| is_jsonl(member)).take(20) {
        let objects = beginning(member);
        // A single object is a document of its own kind, such as settings.
        if objects.len() < 2 {
            continue;
        }
        let (columns, sample) = sampled(&objects);
        if let Some(&field) = columns::guess_texts(&columns, &sample).last() {
            return Some(format!("field {} of {} holds text", columns.names[field], member.plain_name()));
        }
    }
    None
}

/// The names of the fields of a file; `None` where it is none of JSON, or holds no objects.
pub(super) fn fields(member: &Member) -> Option<Vec<String>> {
    let objects = if is_jsonl(member) { beginning(member) } else { Vec::new() };
    (!objects.is_empty()).then(|| sampled(&objects).0.names)
}

/// The objects at the beginning of a file; none where it is no text.
fn beginning(member: &Member) -> Vec<Object> {
    let Some((text, is_whole)) = decode::peek(member, LOOKED_AT) else { return Vec::new() };
    match text.trim_start().starts_with('[') {
        true => match is_whole {
            true => serde_json::from_str(&text).unwrap_or_default(),
            false => first_of_list(&text),
        },
        false => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.take(SAMPLE).map_while(|line| serde_json::from_str(line).ok()).collect()
        }
    }
}

/// The objects at the beginning of a list that was cut off.
fn first_of_list(text: &str) -> Vec<Object> {
    let mut rest = text.trim_start().strip_prefix('[').unwrap_or_default();
    let mut objects = Vec::new();
    while objects.len() < SAMPLE {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Object>();
        let Some(Ok(object)) = stream.next() else { break };
        objects.push(object);
        rest = rest[stream.byte_offset()..].trim_start().trim_start_matches(',');
    }
    objects
}

/// The names of all fields in these objects, and the fields as text.
fn sampled(objects: &[Object]) -> (Columns, Vec<Vec<String>>) {
    let mut names: Vec<String> = Vec::new();
    for name in objects.iter().flat_map(Map::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let rows = objects.iter().map(|object| names.iter().map(|name| written(object.get(name))).collect()).collect();
    (Columns { names, is_named: true }, rows)
}

/// A value as text: lists, such as tokens, joined by blanks.
fn written(value: Option<&Value>) -> String {
    match value {
        // An object is no text, whatever is in it.
        None | Some(Value::Null | Value::Object(_)) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => values.iter().map(|value| written(Some(value))).collect::<Vec<_>>().join(" "),
        Some(other) => other.to_string(),
    }
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let files = columns::files(tree, "a JSON Lines file", is_jsonl)?;
    let mut builder = Builder::new();
    let mut remarks = Vec::new();
    let mut known = None;
    for &(member, part) in &files {
        let decode::Decoded { text, note } = decode::read(member, MAX_TEXT_BYTES, watch)?;
        remarks.extend(note.map(|note| format!("{} was read as {note}", member.plain_name())));
        let mut objects = Objects::of(&text, member)?;
        let first: Vec<Object> = objects.by_ref().take(SAMPLE).collect::<Result<_, _>>()?;
        let (columns, roles) = match &known {
            Some(known) => known,
            None => {
                let (columns, sample) = sampled(&first);
                if columns.names.is_empty() {
                    let found = if first.is_empty() { "no rows" } else { "objects without fields" };
                    return Err(member.unfit("JSON objects with a field of text", found, "name another file"));
                }
                let (roles, said) = columns::roles(&columns, &sample, spec, member)?;
                remarks.push(said);
                known.insert((columns, roles))
            }
        };
        for (row_idx, object) in first.into_iter().map(Ok).chain(objects).enumerate() {
            let object = object?;
            if row_idx % LINES == 0 {
                watch.step("Reading lines", row_idx as u64, None)?;
            }
            let needed = roles.text.iter().chain(&roles.label).chain(&roles.split);
            let mut fields = vec![String::new(); columns.names.len()];
            needed.for_each(|&column| fields[column] = written(object.get(&columns.names[column])));
            builder.push(roles, |column| fields[column].as_str(), row_idx, part, member)?;
        }
    }
    let Some((first, _)) = files.first() else { return Err(tree.unfit("a file", "none", "name the file")) };
    builder.finish(tree, first, spec, remarks)
}

/// The objects of a file, in order.
enum Objects<'a> {
    Lines { lines: std::iter::Enumerate<std::str::Lines<'a>>, member: &'a Member },
    List(std::vec::IntoIter<Object>),
}

impl<'a> Objects<'a> {
    fn of(text: &'a str, member: &'a Member) -> Result<Self, DataError> {
        if !text.trim_start().starts_with('[') {
            return Ok(Self::Lines { lines: text.lines().enumerate(), member });
        }
        if text.len() > MAX_LIST_BYTES {
            let (expected, found) = (byte_size(MAX_LIST_BYTES as u64), byte_size(text.len() as u64));
            let advice = "write one object per line";
            return Err(member.unfit(format!("a list of at most {expected}"), found, advice));
        }
        let list: Vec<Object> = serde_json::from_str(text).map_err(|err| unfit(member, (text, None), &err))?;
        Ok(Self::List(list.into_iter()))
    }
}

impl Iterator for Objects<'_> {
    type Item = Result<Object, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::List(list) => list.next().map(Ok),
            Self::Lines { lines, member } => {
                let (at, line) = lines.find(|(_, line)| !line.trim().is_empty())?;
                Some(serde_json::from_str(line).map_err(|err| unfit(member, (line, Some(at + 1)), &err)))
            }
        }
    }
}

/// What cannot be read as JSON: a line with its number in the file, or a whole file.
fn unfit(member: &Member, (text, line): (&str, Option<usize>), err: &serde_json::Error) -> DataError {
    let found = mistake(text, line, err);
    match line {
        Some(_) => member.unfit("one JSON object per line", found, "mend or remove that line"),
        None => member.unfit("a list of JSON objects", found, "mend the file, or write one object per line"),
    }
}

/// What the parser says, as something that was found, and where.
fn mistake(text: &str, line: Option<usize>, err: &serde_json::Error) -> String {
    let said = err.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let at_line = line.unwrap_or(err.line());
    match err.classify() {
        Category::Eof => format!("one that breaks off on line {at_line}"),
        Category::Data => {
            let what = said.trim_start_matches("invalid type: ").split(", expected").next().unwrap_or_default();
            let what = if what == "sequence" { "a list" } else { what };
            format!("{what} in place of an object on line {at_line}")
        }
        Category::Syntax | Category::Io => {
            // Columns count bytes.
            let own_line = text.lines().nth(err.line().saturating_sub(1)).unwrap_or_default();
            let before = own_line.bytes().take(err.column());
            let character = before.filter(|byte| !matches!(byte, 0x80..=0xBF)).count();
            let wanted = match said.strip_prefix("expected ") {
                Some("value") => ", where a value is wanted".to_owned(),
                Some("ident") => ", where a value such as true or null is wanted".to_owned(),
                Some(wanted) => format!(", where {wanted} is wanted"),
                None => format!(" ({said})"),
            };
            format!("something else at character {character} of line {at_line}{wanted}")
        }
    }
}
