//! Reading people, answers and events.

use rusqlite::{OptionalExtension, Row};

use super::{Store, schema};
use crate::study::StudyError;

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonState {
    /// Has begun.
    Active,
    /// Has answered everything.
    Finished,
    /// Was erased at their wish.
    Withdrawn,
}

impl PersonState {
    /// Word in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Finished => "finished",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A participant, without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Row.
    pub id: i64,
    /// Random id, or the hash of it after a withdrawal.
    pub uid: String,
    /// Code.
    pub code: String,
    /// Place.
    pub slot: usize,
    /// Running attempt, from 1.
    pub attempt: u32,
    /// Where they stand.
    pub state: PersonState,
    /// How often the program was started for them.
    pub runs: u32,
    /// Seconds since 1970 of the first writing.
    pub begun: i64,
    /// Seconds since 1970 of the last writing.
    pub seen: i64,
}

/// An answer as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRow {
    /// Who.
    pub person: i64,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Trial.
    pub position: usize,
    /// 0 for the first answer.
    pub revision: u32,
    /// Class; `None` for undecided and for scores.
    pub choice: Option<u16>,
    /// A score from 0 to 1 per class.
    pub scores: Option<Vec<f64>>,
    /// 1 to 5.
    pub confidence: Option<u8>,
    /// Answer to the second question.
    pub truth: Option<u16>,
    /// Nanoseconds from presentation to the key event.
    pub response_ns: u64,
    /// Nanoseconds from presentation to the confirmation.
    pub confirm_ns: u64,
    /// Frame interval in nanoseconds.
    pub frame_ns: u64,
    /// Nanoseconds without focus.
    pub unfocused_ns: u64,
    /// Nanoseconds of pause.
    pub paused_ns: u64,
    /// How often it was presented.
    pub presented: u32,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Who.
    pub person: i64,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Which start of the program, from 1.
    pub run: u32,
    /// Nanoseconds since it began.
    pub at_ns: u64,
    /// Trial.
    pub position: Option<usize>,
    /// What happened.
    pub kind: String,
    /// JSON.
    pub detail: Option<String>,
}

const PERSON: &str = "SELECT id, uid, code, slot, attempt, state, runs, begun, seen FROM person";

fn person_of(row: &Row<'_>) -> rusqlite::Result<Person> {
    let state: String = row.get(5)?;
    Ok(Person {
        id: row.get(0)?,
        uid: row.get(1)?,
        code: row.get(2)?,
        slot: row.get::<_, i64>(3)? as usize,
        attempt: row.get(4)?,
        state: match state.as_str() {
            "finished" => PersonState::Finished,
            "withdrawn" => PersonState::Withdrawn,
            _ => PersonState::Active,
        },
        runs: row.get(6)?,
        begun: row.get(7)?,
        seen: row.get(8)?,
    })
}

fn nanos(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

fn answer_of(row: &Row<'_>) -> rusqlite::Result<AnswerRow> {
    let scores: Option<String> = row.get(5)?;
    Ok(AnswerRow {
        person: row.get(0)?,
        attempt: row.get(1)?,
        position: row.get::<_, i64>(2)? as usize,
        revision: row.get(3)?,
        choice: row.get(4)?,
        scores: scores.and_then(|text| serde_json::from_str(&text).ok()),
        confidence: row.get(6)?,
        truth: row.get(7)?,
        response_ns: nanos(row, 8)?,
        confirm_ns: nanos(row, 9)?,
        frame_ns: nanos(row, 10)?,
        unfocused_ns: nanos(row, 11)?,
        paused_ns: nanos(row, 12)?,
        presented: row.get(13)?,
    })
}

impl Store {
    /// Everybody, in the order in which they began in this file.
    pub fn people(&self) -> Result<Vec<Person>, StudyError> {
        self.rows(&format!("{PERSON} ORDER BY id"), person_of)
    }

    /// The person with a code.
    pub fn person(&self, code: &str) -> Result<Option<Person>, StudyError> {
        self.connection
            .query_row(&format!("{PERSON} WHERE code = ?1"), [code], person_of)
            .optional()
            .map_err(|error| schema::refusal(&self.path, &error))
    }

    /// All answers, by person, attempt, position and revision.
    pub fn answers(&self) -> Result<Vec<AnswerRow>, StudyError> {
        let sql = "SELECT person, attempt, position, revision, choice, scores, confidence, truth, response_ns, confirm_ns, frame_ns, \
                   unfocused_ns, paused_ns, presented FROM answer ORDER BY person, attempt, position, revision";
        self.rows(sql, answer_of)
    }

    /// For each trial that a person has answered in an attempt, its position and how many answers there are.
    pub fn answered(&self, person: i64, attempt: u32) -> Result<Vec<(usize, u32)>, StudyError> {
        let refuse = |error: rusqlite::Error| schema::refusal(&self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT position, count(*) FROM answer WHERE person = ?1 AND attempt = ?2 GROUP BY position ORDER BY position")
            .map_err(refuse)?;
        let rows = statement.query_map((person, attempt), |row| Ok((row.get::<_, i64>(0)? as usize, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(refuse)
    }

    /// All events, in the order in which they were written.
    pub fn events(&self) -> Result<Vec<EventRow>, StudyError> {
        self.rows("SELECT person, attempt, run, at_ns, position, kind, detail FROM event ORDER BY id", |row| {
            Ok(EventRow {
                person: row.get(0)?,
                attempt: row.get(1)?,
                run: row.get(2)?,
                at_ns: nanos(row, 3)?,
                position: row.get::<_, Option<i64>>(4)?.and_then(|position| usize::try_from(position).ok()),
                kind: row.get(5)?,
                detail: row.get(6)?,
            })
        })
    }

    fn rows<T>(&self, sql: &str, of: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StudyError> {
        let refuse = |error: rusqlite::Error| schema::refusal(&self.path, &error);
        let mut statement = self.connection.prepare(sql).map_err(refuse)?;
        statement.query_map([], of).and_then(Iterator::collect).map_err(refuse)
    }

    /// The first place of this copy that nobody has taken.
    pub fn free_slot(&self) -> Result<Option<usize>, StudyError> {
        let (copy, copies) = (self.meta.copy as i64, self.meta.copies as i64);
        self.connection
            .query_row(
                "SELECT slot FROM place WHERE slot % ?2 = ?1 AND slot NOT IN (SELECT slot FROM person) ORDER BY slot LIMIT 1",
                (copy, copies),
                |row| row.get::<_, i64>(0),
            )
            .optional()
            .map(|slot| slot.and_then(|slot| usize::try_from(slot).ok()))
            .map_err(|error| schema::refusal(&self.path, &error))
    }
}
