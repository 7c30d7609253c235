//! Writing: each function is one transaction, on the disk when it returns.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::{AnswerRow, EventRow, FileState, Person, PersonState, Store, schema};
use crate::store::hash::Hash;
use crate::study::StudyError;

/// A person who begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Random hexadecimal id.
    pub uid: String,
    /// Code.
    pub code: String,
    /// Place.
    pub slot: usize,
    /// Seconds since 1970.
    pub now: i64,
}

/// An answer to be added; the revision follows from what is there.
pub type NewAnswer = AnswerRow;
/// An event to be added.
pub type NewEvent = EventRow;

fn add_events(transaction: &Transaction<'_>, events: &[NewEvent]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO event (person, attempt, run, at_ns, position, kind, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for event in events {
        let position = event.position.map(|position| position as i64);
        let at = i64::try_from(event.at_ns).unwrap_or(i64::MAX);
        insert.execute(params![event.person, event.attempt, event.run, at, position, event.kind, event.detail])?;
    }
    Ok(())
}

fn add_answer(transaction: &Transaction<'_>, answer: &NewAnswer) -> rusqlite::Result<()> {
    let nanos = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let scores = answer.scores.as_ref().map(|scores| serde_json::json!(scores).to_string());
    transaction.execute(
        "INSERT INTO answer (person, attempt, position, revision, choice, scores, confidence, truth, response_ns, confirm_ns, frame_ns, \
         unfocused_ns, paused_ns, presented) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            answer.person,
            answer.attempt,
            answer.position as i64,
            answer.revision,
            answer.choice,
            scores,
            answer.confidence,
            answer.truth,
            nanos(answer.response_ns),
            nanos(answer.confirm_ns),
            nanos(answer.frame_ns),
            nanos(answer.unfocused_ns),
            nanos(answer.paused_ns),
            answer.presented
        ],
    )?;
    Ok(())
}

fn touch(transaction: &Transaction<'_>, person: i64, now: i64) -> rusqlite::Result<()> {
    // A clock that was set back must not make the last sign of life look older.
    transaction.execute("UPDATE person SET seen = max(seen, ?2) WHERE id = ?1", (person, now))?;
    Ok(())
}

impl Store {
    /// One transaction: all of `work`, or nothing.
    fn transact<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StudyError> {
        let path = self.path.clone();
        let refuse = |error: rusqlite::Error| schema::refusal(&path, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refuse)?;
        let done = work(&transaction).map_err(refuse)?;
        transaction.commit().map_err(refuse)?;
        Ok(done)
    }

    /// Refuses a closed study.
    pub fn check_open(&self) -> Result<(), StudyError> {
        if self.meta.state == FileState::Closed {
            return Err(StudyError::Closed { path: self.path.clone() });
        }
        Ok(())
    }

    /// Lets a person begin. With the first one the design is frozen.
    pub fn add_person(&mut self, person: &NewPerson) -> Result<Person, StudyError> {
        self.check_open()?;
        self.transact(|transaction| {
            transaction.execute(
                "INSERT INTO person (uid, code, slot, begun, seen) VALUES (?1, ?2, ?3, ?4, ?4)",
                params![person.uid, person.code, person.slot as i64, person.now],
            )?;
            transaction.execute("UPDATE meta SET value = 'running' WHERE name = 'state'", [])?;
            Ok(())
        })?;
        self.meta.state = FileState::Running;
        self.person(&person.code)?
            .ok_or_else(|| StudyError::Database { path: self.path.clone(), found: "a person was lost".to_owned() })
    }

    /// Counts a start of the program for a person; gives its number, from 1.
    pub fn begin_run(&mut self, person: i64, now: i64) -> Result<u32, StudyError> {
        self.check_open()?;
        self.transact(|transaction| {
            transaction.execute("UPDATE person SET runs = runs + 1 WHERE id = ?1", [person])?;
            touch(transaction, person, now)?;
            transaction.query_row("SELECT runs FROM person WHERE id = ?1", [person], |row| row.get(0))
        })
    }

    /// Adds an answer with the events up to it. When this returns, it is on the disk. `is_last` marks the person as finished.
    pub fn add_answer(
        &mut self,
        answer: &NewAnswer,
        events: &[NewEvent],
        is_last: bool,
        now: i64,
    ) -> Result<(), StudyError> {
        self.check_open()?;
        self.transact(|transaction| {
            add_answer(transaction, answer)?;
            add_events(transaction, events)?;
            touch(transaction, answer.person, now)?;
            if is_last {
                transaction.execute("UPDATE person SET state = 'finished' WHERE id = ?1", [answer.person])?;
            }
            Ok(())
        })
    }

    /// Adds events.
    pub fn add_events(&mut self, person: i64, events: &[NewEvent], now: i64) -> Result<(), StudyError> {
        self.check_open()?;
        self.transact(|transaction| {
            add_events(transaction, events)?;
            touch(transaction, person, now)
        })
    }

    /// Begins a new attempt of a person; what was answered stays.
    pub fn restart(&mut self, person: i64, now: i64) -> Result<u32, StudyError> {
        self.check_open()?;
        self.transact(|transaction| {
            transaction.execute("UPDATE person SET attempt = attempt + 1, state = 'active' WHERE id = ?1", [person])?;
            touch(transaction, person, now)?;
            transaction.query_row("SELECT attempt FROM person WHERE id = ?1", [person], |row| row.get(0))
        })
    }

    /// Erases a person who withdraws, also from a closed study: answers, events, code and times go, a mark that somebody was at this
    /// place stays.
    pub fn withdraw(&mut self, code: &str) -> Result<(), StudyError> {
        let found = self.person(code)?;
        let Some(person) = found.filter(|person| person.state != PersonState::Withdrawn) else {
            return Err(StudyError::Step(format!(
                "{}: expected a participant {code}, found none; `unmask study people` lists them",
                self.path.display()
            )));
        };
        let mark = mark_of(&person.uid);
        let code = format!("withdrawn-{}", &mark[..mark.len().min(18)]);
        self.transact(|transaction| {
            transaction.execute(
                "UPDATE person SET state = 'withdrawn', uid = ?2, code = ?3, runs = 0, begun = 0, seen = 0 WHERE id = ?1",
                params![person.id, mark, code],
            )?;
            transaction.execute("DELETE FROM answer WHERE person = ?1", [person.id])?;
            transaction.execute("DELETE FROM event WHERE person = ?1", [person.id])?;
            Ok(())
        })
    }

    /// Closes the study: no more answers, and the analysis is unlocked.
    pub fn close_study(&mut self) -> Result<(), StudyError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE meta SET value = 'closed' WHERE name = 'state'", [])?;
            Ok(())
        })?;
        self.meta.state = FileState::Closed;
        Ok(())
    }

    /// Takes over a person of another file with everything they did, in one transaction.
    pub(in crate::study) fn adopt(
        &mut self,
        person: &Person,
        answers: &[AnswerRow],
        events: &[EventRow],
    ) -> Result<(), StudyError> {
        self.transact(|transaction| {
            // The state comes last, since nothing is added for somebody who has withdrawn.
            transaction.execute(
                "INSERT INTO person (uid, code, slot, attempt, runs, begun, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    person.uid,
                    person.code,
                    person.slot as i64,
                    person.attempt,
                    person.runs,
                    person.begun,
                    person.seen
                ],
            )?;
            let id = transaction.last_insert_rowid();
            for answer in answers {
                add_answer(transaction, &AnswerRow { person: id, ..answer.clone() })?;
            }
            let events: Vec<EventRow> = events.iter().map(|event| EventRow { person: id, ..event.clone() }).collect();
            add_events(transaction, &events)?;
            transaction.execute("UPDATE person SET state = ?2 WHERE id = ?1", (id, person.state.word()))?;
            transaction.execute("UPDATE meta SET value = 'running' WHERE name = 'state' AND value = 'ready'", [])?;
            Ok(())
        })?;
        if self.meta.state == FileState::Ready {
            self.meta.state = FileState::Running;
        }
        Ok(())
    }
}

/// What stays of an id after a withdrawal: enough to know the same person in another copy of the file, not enough to know who.
pub(in crate::study) fn mark_of(uid: &str) -> String {
    Hash::of_bytes(uid.as_bytes()).to_string()
}
