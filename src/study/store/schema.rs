//! Making, opening, checking and migrating the file, and SQLite's refusals as sentences.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, params};

use super::{Content, Meta, PAGE, flags, json};
use crate::study::StudyError;

/// `application_id` of participant files: "UMSP".
const APPLICATION: i64 = 0x554d_5350;
/// The same as the file holds it.
pub(super) const APPLICATION_BYTES: [u8; 4] = *b"UMSP";

/// What brings a file from one version to the next; the position is the version it starts from.
const MIGRATIONS: &[&str] = &[FIRST];

/// The schema that is written.
pub const VERSION: u32 = MIGRATIONS.len() as u32;

const FIRST: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shown (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL);
CREATE TABLE stimulus (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL,
    arm TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'text')),
    media BLOB NOT NULL
);
CREATE TABLE place (slot INTEGER PRIMARY KEY, turned INTEGER NOT NULL CHECK (turned IN (0, 1)));
CREATE TABLE trial (
    slot INTEGER NOT NULL REFERENCES place (slot),
    position INTEGER NOT NULL,
    section INTEGER NOT NULL,
    stimulus INTEGER NOT NULL REFERENCES stimulus (id),
    practice INTEGER NOT NULL CHECK (practice IN (0, 1)),
    right_class INTEGER CHECK ((right_class IS NULL) = (practice = 0)),
    PRIMARY KEY (slot, position)
) WITHOUT ROWID;
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    slot INTEGER NOT NULL REFERENCES place (slot),
    attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'finished', 'withdrawn')),
    runs INTEGER NOT NULL DEFAULT 0,
    begun INTEGER NOT NULL,
    seen INTEGER NOT NULL
);
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    revision INTEGER NOT NULL CHECK (revision >= 0),
    choice INTEGER,
    scores TEXT,
    confidence INTEGER CHECK (confidence BETWEEN 1 AND 5),
    truth INTEGER,
    response_ns INTEGER NOT NULL CHECK (response_ns >= 0),
    confirm_ns INTEGER NOT NULL CHECK (confirm_ns >= 0),
    frame_ns INTEGER NOT NULL CHECK (frame_ns >= 0),
    unfocused_ns INTEGER NOT NULL CHECK (unfocused_ns >= 0),
    paused_ns INTEGER NOT NULL CHECK (paused_ns >= 0),
    presented INTEGER NOT NULL CHECK (presented >= 1),
    UNIQUE (person, attempt, position, revision)
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    attempt INTEGER NOT NULL,
    run INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    position INTEGER,
    kind TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX event_person ON event (person);

CREATE TRIGGER answer_is_never_changed BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'answers are never changed'); END;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER answer_is_kept BEFORE DELETE ON answer
    WHEN (SELECT state FROM person WHERE id = OLD.person) <> 'withdrawn'
    BEGIN SELECT RAISE(ABORT, 'answers are kept unless the person withdraws'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
    WHEN (SELECT state FROM person WHERE id = OLD.person) <> 'withdrawn'
    BEGIN SELECT RAISE(ABORT, 'events are kept unless the person withdraws'); END;
CREATE TRIGGER person_is_kept BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'a withdrawal leaves a mark'); END;
CREATE TRIGGER revision_follows BEFORE INSERT ON answer
    WHEN NEW.revision > 0 AND NOT EXISTS (
        SELECT 1 FROM answer
        WHERE person = NEW.person AND attempt = NEW.attempt AND position = NEW.position AND revision = NEW.revision - 1)
    BEGIN SELECT RAISE(ABORT, 'a revision needs what it revises'); END;
CREATE TRIGGER answer_has_a_trial BEFORE INSERT ON answer
    WHEN NOT EXISTS (
        SELECT 1 FROM trial JOIN person ON person.slot = trial.slot WHERE person.id = NEW.person AND trial.position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'an answer needs a trial'); END;
CREATE TRIGGER closed_takes_no_answer BEFORE INSERT ON answer
    WHEN (SELECT value FROM meta WHERE name = 'state') = 'closed' BEGIN SELECT RAISE(ABORT, 'the study is closed'); END;
CREATE TRIGGER closed_takes_nobody BEFORE INSERT ON person
    WHEN (SELECT value FROM meta WHERE name = 'state') = 'closed' BEGIN SELECT RAISE(ABORT, 'the study is closed'); END;
CREATE TRIGGER withdrawn_stays_withdrawn BEFORE INSERT ON answer
    WHEN (SELECT state FROM person WHERE id = NEW.person) = 'withdrawn' BEGIN SELECT RAISE(ABORT, 'the person has withdrawn'); END;
";

/// Nothing that participants see changes once the file is made; these come last.
const SEAL: &str = "
CREATE TRIGGER stimulus_i BEFORE INSERT ON stimulus BEGIN SELECT RAISE(ABORT, 'stimuli are frozen'); END;
CREATE TRIGGER stimulus_u BEFORE UPDATE ON stimulus BEGIN SELECT RAISE(ABORT, 'stimuli are frozen'); END;
CREATE TRIGGER stimulus_d BEFORE DELETE ON stimulus BEGIN SELECT RAISE(ABORT, 'stimuli are frozen'); END;
CREATE TRIGGER trial_i BEFORE INSERT ON trial BEGIN SELECT RAISE(ABORT, 'trials are frozen'); END;
CREATE TRIGGER trial_u BEFORE UPDATE ON trial BEGIN SELECT RAISE(ABORT, 'trials are frozen'); END;
CREATE TRIGGER trial_d BEFORE DELETE ON trial BEGIN SELECT RAISE(ABORT, 'trials are frozen'); END;
CREATE TRIGGER place_i BEFORE INSERT ON place BEGIN SELECT RAISE(ABORT, 'places are frozen'); END;
CREATE TRIGGER place_u BEFORE UPDATE ON place BEGIN SELECT RAISE(ABORT, 'places are frozen'); END;
CREATE TRIGGER place_d BEFORE DELETE ON place BEGIN SELECT RAISE(ABORT, 'places are frozen'); END;
CREATE TRIGGER shown_u BEFORE UPDATE ON shown BEGIN SELECT RAISE(ABORT, 'texts are frozen'); END;
CREATE TRIGGER shown_d BEFORE DELETE ON shown BEGIN SELECT RAISE(ABORT, 'texts are frozen'); END;
";

/// Fills a new file at `path`, in one transaction.
pub(super) fn make(path: &Path, content: &Content, meta: &Meta) -> Result<(), StudyError> {
    let refuse = |error: rusqlite::Error| refusal(path, &error);
    let mut connection = Connection::open_with_flags(path, flags(true)).map_err(refuse)?;
    connection
        .execute_batch(&format!("PRAGMA page_size = {PAGE}; PRAGMA application_id = {APPLICATION};"))
        .map_err(refuse)?;
    configure(&connection, super::MAX_BYTES).map_err(refuse)?;
    let transaction = connection.transaction().map_err(refuse)?;
    for step in MIGRATIONS {
        transaction.execute_batch(step).map_err(refuse)?;
    }
    transaction.pragma_update(None, "user_version", VERSION).map_err(refuse)?;
    {
        let mut insert = transaction.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)").map_err(refuse)?;
        for (name, value) in [
            ("study", meta.study.clone()),
            ("program", meta.program.clone()),
            ("copy", meta.copy.to_string()),
            ("copies", meta.copies.to_string()),
            ("content", meta.content.to_string()),
            ("key", meta.key.to_string()),
            ("state", meta.state.word().to_owned()),
        ] {
            insert.execute(params![name, value]).map_err(refuse)?;
        }
        let shown = String::from_utf8(json(&content.shown)).unwrap_or_default();
        transaction.execute("INSERT INTO shown (one, json) VALUES (1, ?1)", [shown]).map_err(refuse)?;
        let mut insert = transaction
            .prepare("INSERT INTO stimulus (id, code, item, arm, kind, media) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .map_err(refuse)?;
        for (at, stimulus) in content.stimuli.iter().enumerate() {
            let kind = stimulus.media.kind();
            let row = at as i64 + 1;
            insert
                .execute(params![row, stimulus.code, stimulus.item, stimulus.arm, kind, stimulus.media.to_bytes()])
                .map_err(refuse)?;
        }
        let mut place = transaction.prepare("INSERT INTO place (slot, turned) VALUES (?1, ?2)").map_err(refuse)?;
        let mut insert = transaction
            .prepare(
                "INSERT INTO trial (slot, position, section, stimulus, practice, right_class) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .map_err(refuse)?;
        for (slot, planned) in content.places.iter().enumerate() {
            place.execute(params![slot as i64, planned.turned]).map_err(refuse)?;
            for (position, trial) in planned.trials.iter().enumerate() {
                insert
                    .execute(params![
                        slot as i64,
                        position as i64,
                        trial.section as i64,
                        trial.stimulus,
                        trial.practice.is_some(),
                        trial.practice
                    ])
                    .map_err(refuse)?;
            }
        }
    }
    transaction.execute_batch(SEAL).map_err(refuse)?;
    transaction.commit().map_err(refuse)?;
    connection.close().map_err(|(_, error)| refusal(path, &error))
}

/// Settings of each connection; the module's documentation says why.
fn configure(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(300))?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON; \
         PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
    )?;
    // Answers with the number that is in force.
    connection.query_row(&format!("PRAGMA max_page_count = {}", max_bytes / PAGE), [], |row| row.get::<_, i64>(0))?;
    Ok(())
}

/// Opens, locks, checks and migrates.
pub(super) fn open(path: &Path, max_bytes: u64) -> Result<Connection, StudyError> {
    let found = |error: std::io::Error| StudyError::Open { path: path.to_owned(), found: error.to_string() };
    let facts = std::fs::metadata(path).map_err(found)?;
    if !facts.is_file() {
        return Err(StudyError::OtherFile { path: path.to_owned(), found: "a folder".to_owned() });
    }
    if facts.permissions().readonly() {
        return Err(StudyError::ReadOnly { path: path.to_owned() });
    }
    let mut head = [0_u8; 16];
    let n_read =
        std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut head)).map_err(found)?;
    if n_read < head.len() || &head != b"SQLite format 3\0" {
        return Err(StudyError::OtherFile { path: path.to_owned(), found: "no SQLite file".to_owned() });
    }
    let refuse = |error: rusqlite::Error| refusal(path, &error);
    let mut connection = Connection::open_with_flags(path, flags(false)).map_err(refuse)?;
    configure(&connection, max_bytes).map_err(refuse)?;
    // The lock is taken with the first writing transaction and held from then on.
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT;").map_err(refuse)?;
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(refuse)?;
    if application != APPLICATION {
        let found = "an SQLite file of another program".to_owned();
        return Err(StudyError::OtherFile { path: path.to_owned(), found });
    }
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(refuse)?;
    if version > VERSION {
        return Err(StudyError::Newer { path: path.to_owned(), known: VERSION, found: version });
    }
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(refuse)?;
    if verdict != "ok" {
        let found = verdict.lines().next().unwrap_or_default().to_owned();
        return Err(StudyError::Damaged { path: path.to_owned(), found });
    }
    let has_stray =
        connection.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([])).map_err(refuse)?;
    if has_stray {
        let found = "rows that point nowhere".to_owned();
        return Err(StudyError::Damaged { path: path.to_owned(), found });
    }
    if version < VERSION {
        let transaction = connection.transaction().map_err(refuse)?;
        for step in &MIGRATIONS[version as usize..] {
            transaction.execute_batch(step).map_err(refuse)?;
        }
        transaction.pragma_update(None, "user_version", VERSION).map_err(refuse)?;
        transaction.commit().map_err(refuse)?;
    }
    Ok(connection)
}

/// SQLite's refusal as one sentence.
pub(super) fn refusal(path: &Path, error: &rusqlite::Error) -> StudyError {
    let path = path.to_owned();
    let found = error.to_string().lines().next().unwrap_or_default().to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StudyError::Busy { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StudyError::ReadOnly { path },
        Some(ErrorCode::DiskFull) => StudyError::Full { path },
        Some(ErrorCode::DatabaseCorrupt) => StudyError::Damaged { path, found },
        Some(ErrorCode::NotADatabase) => StudyError::Damaged { path, found },
        Some(ErrorCode::CannotOpen) => {
            // The usual reason for a file that is there: no journal can be made beside it.
            if path.exists() { StudyError::ReadOnly { path } } else { StudyError::Open { path, found } }
        }
        Some(ErrorCode::ConstraintViolation) if found.contains("the study is closed") => StudyError::Closed { path },
        _ => StudyError::Database { path, found },
    }
}
