//! The participant file: everything that is needed to run a study, and every answer. SQLite, one file.
//!
//! # What makes it safe
//!
//! * Each answer is one transaction, on the disk before the screen goes on: `synchronous = EXTRA` (above `FULL`: the folder is brought to
//!   the disk, too). The journal is a rollback journal (`DELETE`), not a write-ahead log: the file alone is then the whole study whenever
//!   it is closed, so that copying it to a memory stick loses nothing, and it works on network folders. A log would be faster, but a person
//!   gives one answer in seconds.
//! * `locking_mode = EXCLUSIVE`: one window at a time. A killed process leaves no lock; its half transaction is rolled back at the next
//!   opening.
//! * `application_id` names the kind of file, `user_version` the schema; older ones are migrated in one transaction, newer ones refused.
//!   At each opening `integrity_check`, `foreign_key_check` and the hash of the content run.
//! * Stimuli, trials and places never change after the file is made; answers and events are only ever added. Triggers refuse anything else,
//!   except that a person who withdraws is erased, which leaves a mark. `secure_delete` overwrites what is erased.
//!
//! # Schema (version 1)
//!
//! | table | column | meaning |
//! | --- | --- | --- |
//! | `meta` | `name`, `value` | study id, version of the program that made it, `copy` and `copies`, `content` and `key` hashes, `state` |
//! | `shown` | `json` | texts, classes on the buttons, form of the answer: [`Shown`] |
//! | `stimulus` | `id`, `code` | opaque code |
//! | | `item`, `arm` | opaque codes of item and arm |
//! | | `kind`, `media` | `image` and PNG bytes, or `text` and words |
//! | `place` | `slot`, `turned` | one row per planned person; whether the answer buttons are turned round |
//! | `trial` | `slot`, `position` | the trials of a place in order |
//! | | `section` | from 0 |
//! | | `stimulus` | what is shown |
//! | | `practice` | 1 for a practice item |
//! | | `right_class` | for practice items only: the answer that feedback calls right |
//! | `person` | `id`, `uid` | random hexadecimal id, replaced by its hash when the person withdraws |
//! | | `code` | what the person is called on screen and in exports |
//! | | `slot`, `attempt` | the place taken, and which attempt runs (1, or more after a restart) |
//! | | `state` | `active`, `finished`, `withdrawn` |
//! | | `begun`, `seen` | seconds since 1970 of the first and the last writing; exported only when asked for |
//! | `answer` | `person`, `attempt`, `position`, `revision` | unique together; revision 0 is the first answer |
//! | | `choice` | class, or null for "can't decide" and for scores |
//! | | `scores` | JSON list, one number from 0 to 1 per class, or null |
//! | | `confidence`, `truth` | 1 to 5, second question; null where not asked for |
//! | | `response_ns` | from the frame that presented the stimulus to the key event that gave the answer |
//! | | `confirm_ns` | from that frame to the confirmation |
//! | | `frame_ns` | frame interval: the error of the two is at most this |
//! | | `unfocused_ns`, `paused_ns` | of this trial |
//! | | `presented` | how often it was put on screen (above 1 after pauses and resumes in this run) |
//! | `event` | `id`, `person`, `run`, `at_ns` | which start of the program, and nanoseconds since it began, on a monotonic clock |
//! | | `position`, `kind`, `detail` | trial, what happened, JSON |

mod people;
mod schema;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::StudyError;
use super::design::{Form, Later};
use super::stimulus::Media;
use crate::store::hash::{Hash, PartHasher};

pub use people::{AnswerRow, EventRow, Person, PersonState};
pub use schema::VERSION;
pub(super) use write::mark_of;
pub use write::{NewAnswer, NewEvent, NewPerson};

/// Largest participant file.
pub const MAX_BYTES: u64 = 8 << 30;
/// Bytes of a page of the file.
pub(super) const PAGE: u64 = 4096;

/// What participants read and how they answer: no word of arms, labels or the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Heading.
    pub heading: String,
    /// What they agree to.
    pub consent: String,
    /// What they are to do.
    pub instructions: String,
    /// Question under each stimulus.
    pub question: String,
    /// Second question; `None` where it is not asked.
    pub truth_question: Option<String>,
    /// Words for "can't decide"; `None` where an answer is forced.
    pub undecided: Option<String>,
    /// Answers, in the data's order.
    pub classes: Vec<String>,
    /// Thanks at the end.
    pub thanks: String,
    /// Form of the answer.
    pub form: Form,
    /// Whether a confidence is asked for.
    pub confidence: bool,
    /// Whether an answer must be confirmed.
    pub confirm: bool,
    /// Hours within which a person goes on at the same item.
    pub within_hours: f64,
    /// What happens later.
    pub later: Later,
    /// Words of the screen that are not the program's own, by [`crate::study::words::Word::id`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
}

/// Facts about a participant file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Id of the study.
    pub study: String,
    /// Version of the program that made it.
    pub program: String,
    /// Which copy this is, from 0; it takes places `copy`, `copy + copies`, ...
    pub copy: usize,
    /// Copies in all.
    pub copies: usize,
    /// Hash of what is shown.
    pub content: Hash,
    /// Hash of the key that belongs to it.
    pub key: Hash,
    /// Whether answers are taken.
    pub state: FileState,
}

/// Whether a file takes answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// No one has begun.
    Ready,
    /// The first participant has begun: the design is frozen.
    Running,
    /// The researcher has closed it; the analysis is unlocked.
    Closed,
}

impl FileState {
    /// Word in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Closed => "closed",
        }
    }
}

/// A stimulus of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stimulus {
    /// Opaque code.
    pub code: String,
    /// Opaque code of its item.
    pub item: String,
    /// Opaque code of its arm.
    pub arm: String,
    /// What is shown.
    pub media: Media,
}

/// A trial of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Row of the stimulus.
    pub stimulus: i64,
    /// Section, from 0.
    pub section: usize,
    /// For practice items: the answer that feedback calls right.
    pub practice: Option<u16>,
}

/// A place with its trials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether the answer buttons are turned round.
    pub turned: bool,
    /// Trials in order.
    pub trials: Vec<Trial>,
}

/// An open participant file.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) meta: Meta,
    shown: Shown,
}

/// All that a new participant file holds.
#[derive(Clone, Debug)]
pub struct Content {
    /// Texts and forms.
    pub shown: Shown,
    /// Stimuli; trials name them by their position here.
    pub stimuli: Vec<Stimulus>,
    /// Places.
    pub places: Vec<Place>,
}

impl Content {
    /// Hash over everything a participant can see.
    pub fn hash(&self) -> Hash {
        let mut hasher = PartHasher::new().part("shown", &json(&self.shown));
        for stimulus in &self.stimuli {
            hasher = hash_stimulus(hasher, stimulus);
        }
        for place in &self.places {
            hasher = hash_place(hasher, place);
        }
        hasher.finish()
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    // Plain structs of strings and numbers: this cannot fail, and an empty text would not fit its hash.
    serde_json::to_vec(value).unwrap_or_default()
}

fn hash_stimulus(hasher: PartHasher, stimulus: &Stimulus) -> PartHasher {
    let name = format!("{}/{}/{}/{}", stimulus.code, stimulus.item, stimulus.arm, stimulus.media.kind());
    hasher.part(&name, &stimulus.media.to_bytes())
}

fn hash_place(hasher: PartHasher, place: &Place) -> PartHasher {
    let mut bytes = vec![u8::from(place.turned)];
    for trial in &place.trials {
        bytes.extend(trial.stimulus.to_le_bytes());
        bytes.extend((trial.section as u64).to_le_bytes());
        bytes.extend(trial.practice.map_or(-1, i64::from).to_le_bytes());
    }
    hasher.part("place", &bytes)
}

impl Store {
    /// Makes a participant file, whole or not at all, and opens it.
    pub fn create(path: &Path, content: &Content, meta: &Meta) -> Result<Self, StudyError> {
        if path.exists() {
            return Err(StudyError::Exists { path: path.to_owned() });
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let made = schema::make(&beside, content, meta);
        let moved = made.and_then(|()| {
            std::fs::rename(&beside, path)
                .map_err(|error| StudyError::Open { path: path.to_owned(), found: error.to_string() })
        });
        if let Err(error) = moved {
            // What cannot be removed is a hidden leftover; the first error is the one that counts.
            let _ = std::fs::remove_file(&beside);
            return Err(error);
        }
        Self::open(path)
    }

    /// Opens a participant file for one window, after checking it from end to end.
    pub fn open(path: &Path) -> Result<Self, StudyError> {
        Self::open_limited(path, MAX_BYTES)
    }

    /// The same for a file that may not grow beyond `max_bytes`.
    pub fn open_limited(path: &Path, max_bytes: u64) -> Result<Self, StudyError> {
        let connection = schema::open(path, max_bytes)?;
        let (meta, shown) = read_meta(&connection, path)?;
        let store = Self { connection, path: path.to_owned(), meta, shown };
        store.check_content()?;
        Ok(store)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Facts about it.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// What participants read.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// A stimulus by its row.
    pub fn stimulus(&self, row: i64) -> Result<Stimulus, StudyError> {
        let read =
            self.connection.query_row("SELECT code, item, arm, kind, media FROM stimulus WHERE id = ?1", [row], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get::<_, String>(3)?, r.get::<_, Vec<u8>>(4)?))
            });
        let (code, item, arm, kind, bytes) = read.map_err(|error| schema::refusal(&self.path, &error))?;
        let media = Media::from_bytes(&kind, bytes).ok_or_else(|| StudyError::Damaged {
            path: self.path.clone(),
            found: format!("a stimulus of kind \"{kind}\""),
        })?;
        Ok(Stimulus { code, item, arm, media })
    }

    /// Codes of a stimulus: its own, its item's, its arm's.
    pub fn codes(&self, row: i64) -> Result<[String; 3], StudyError> {
        self.connection
            .query_row("SELECT code, item, arm FROM stimulus WHERE id = ?1", [row], |r| {
                Ok([r.get(0)?, r.get(1)?, r.get(2)?])
            })
            .map_err(|error| schema::refusal(&self.path, &error))
    }

    /// How many stimuli; their rows are 1 to this.
    pub fn n_stimuli(&self) -> Result<usize, StudyError> {
        self.count("SELECT count(*) FROM stimulus")
    }

    /// How many places.
    pub fn n_places(&self) -> Result<usize, StudyError> {
        self.count("SELECT count(*) FROM place")
    }

    pub(super) fn count(&self, sql: &str) -> Result<usize, StudyError> {
        let found: i64 = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| schema::refusal(&self.path, &error))?;
        Ok(usize::try_from(found).unwrap_or(0))
    }

    /// A place with its trials.
    pub fn place(&self, slot: usize) -> Result<Place, StudyError> {
        let refuse = |error: rusqlite::Error| schema::refusal(&self.path, &error);
        let turned: Option<bool> = self
            .connection
            .query_row("SELECT turned FROM place WHERE slot = ?1", [slot as i64], |row| row.get(0))
            .optional()
            .map_err(refuse)?;
        let turned = turned
            .ok_or_else(|| StudyError::Damaged { path: self.path.clone(), found: format!("no place number {slot}") })?;
        let mut statement = self
            .connection
            .prepare("SELECT stimulus, section, right_class FROM trial WHERE slot = ?1 ORDER BY position")
            .map_err(refuse)?;
        let rows = statement.query_map(params![slot as i64], |row| {
            Ok(Trial {
                stimulus: row.get(0)?,
                section: row.get::<_, i64>(1)? as usize,
                practice: row.get::<_, Option<u16>>(2)?,
            })
        });
        let trials = rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(refuse)?;
        Ok(Place { turned, trials })
    }

    /// Everything that participants can see.
    pub fn content(&self) -> Result<Content, StudyError> {
        Ok(Content {
            shown: self.shown.clone(),
            stimuli: (1..=self.n_stimuli()?).map(|row| self.stimulus(row as i64)).collect::<Result<_, _>>()?,
            places: (0..self.n_places()?).map(|slot| self.place(slot)).collect::<Result<_, _>>()?,
        })
    }

    /// Compares what participants see with the hash it was made with.
    fn check_content(&self) -> Result<(), StudyError> {
        let mut hasher = PartHasher::new().part("shown", &json(&self.shown));
        for row in 1..=self.n_stimuli()? {
            hasher = hash_stimulus(hasher, &self.stimulus(row as i64)?);
        }
        for slot in 0..self.n_places()? {
            hasher = hash_place(hasher, &self.place(slot)?);
        }
        if hasher.finish() == self.meta.content {
            return Ok(());
        }
        Err(StudyError::Damaged { path: self.path.clone(), found: "stimuli or trials that were changed".to_owned() })
    }
}

fn read_meta(connection: &Connection, path: &Path) -> Result<(Meta, Shown), StudyError> {
    let damaged = |found: String| StudyError::Damaged { path: path.to_owned(), found };
    let text = |name: &str| -> Result<String, StudyError> {
        connection
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
            .map_err(|error| schema::refusal(path, &error))
    };
    let number = |name: &str| {
        text(name).and_then(|value| value.parse::<usize>().map_err(|_| damaged(format!("{name} \"{value}\""))))
    };
    let hash =
        |name: &str| text(name).and_then(|value| value.parse::<Hash>().map_err(|error| damaged(error.to_string())));
    let state = match text("state")?.as_str() {
        "ready" => FileState::Ready,
        "running" => FileState::Running,
        "closed" => FileState::Closed,
        other => return Err(damaged(format!("the state \"{other}\""))),
    };
    let meta = Meta {
        study: text("study")?,
        program: text("program")?,
        copy: number("copy")?,
        copies: number("copies")?.max(1),
        content: hash("content")?,
        key: hash("key")?,
        state,
    };
    let shown: String = connection
        .query_row("SELECT json FROM shown", [], |row| row.get(0))
        .map_err(|error| schema::refusal(path, &error))?;
    let shown = serde_json::from_str(&shown).map_err(|error| damaged(error.to_string()))?;
    Ok((meta, shown))
}

/// Flags with which every file is opened.
pub(super) fn flags(is_new: bool) -> OpenFlags {
    let base = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if is_new { base | OpenFlags::SQLITE_OPEN_CREATE } else { base }
}

/// Whether a path is a participant file, by its first bytes; nothing is opened or locked.
pub fn is_participant_file(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0_u8; 72];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    // SQLite keeps the application id at byte 68, big-endian.
    read.is_ok() && head.starts_with(b"SQLite format 3\0") && head[68..] == schema::APPLICATION_BYTES
}
