//! Files of several machines become one.
//!
//! What does not belong together is refused: another study, another key, other stimuli. Who is in two files with the same answers is
//! taken once; who has gone on in one of them is taken from there; who has different answers in two files stops the merge. A withdrawal
//! in any file wins.

use std::path::Path;

use super::StudyError;
use super::store::{AnswerRow, EventRow, FileState, Person, PersonState, Store, mark_of};

/// What a merge did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Merged {
    /// People in the new file.
    pub people: usize,
    /// People who were in two files with the same answers.
    pub duplicates: usize,
    /// People who were further on in one file than in another.
    pub extended: usize,
    /// People erased because they withdrew in one of the files.
    pub withdrawn: usize,
    /// Answers in the new file.
    pub answers: usize,
}

/// A person with everything they did in one file.
struct Record {
    person: Person,
    answers: Vec<AnswerRow>,
    events: Vec<EventRow>,
    from: String,
}

fn records(store: &Store) -> Result<Vec<Record>, StudyError> {
    let (answers, events) = (store.answers()?, store.events()?);
    let from = store.path().display().to_string();
    Ok(store
        .people()?
        .into_iter()
        .map(|person| Record {
            answers: answers.iter().filter(|answer| answer.person == person.id).cloned().collect(),
            events: events.iter().filter(|event| event.person == person.id).cloned().collect(),
            from: from.clone(),
            person,
        })
        .collect())
}

/// Answers without the row of the person, which differs between files.
fn plain(answers: &[AnswerRow]) -> Vec<AnswerRow> {
    answers.iter().map(|answer| AnswerRow { person: 0, ..answer.clone() }).collect()
}

/// Merges `inputs` into a new file at `out`, which is there as a whole or not at all. No input is changed, beyond what a killed session
/// left to be rolled back.
pub fn merge(inputs: &[&Path], out: &Path) -> Result<Merged, StudyError> {
    if out.exists() {
        return Err(StudyError::Exists { path: out.to_owned() });
    }
    let Some((first, rest)) = inputs.split_first() else {
        return Err(StudyError::Step("expected participant files to merge, found none; name two or more".to_owned()));
    };
    let base = Store::open(first)?;
    let mut all = Vec::new();
    let take = |store: &Store, all: &mut Vec<Record>| {
        if store.meta().state == FileState::Closed {
            return Err(StudyError::Closed { path: store.path().to_owned() });
        }
        all.extend(records(store)?);
        Ok(())
    };
    take(&base, &mut all)?;
    for path in rest {
        let store = match is_same_file(path, first) {
            // Named twice: there is nothing more in it.
            true => continue,
            false => Store::open(path)?,
        };
        let advice = "merge only the files that one run of `unmask study new` wrote";
        for (what, is_same) in [
            ("study", store.meta().study == base.meta().study),
            ("key", store.meta().key == base.meta().key),
            ("content", store.meta().content == base.meta().content),
            ("number of copies", store.meta().copies == base.meta().copies),
        ] {
            if !is_same {
                return Err(StudyError::mixed(path, first, what, advice));
            }
        }
        take(&store, &mut all)?;
    }
    let mut done = Merged::default();
    let kept = reduce(all, &mut done)?;

    // A copy of the first file without its people is made from what all of them share.
    let content = base.content()?;
    let meta = super::store::Meta { copy: 0, state: FileState::Ready, ..base.meta().clone() };
    drop(base);
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = out.with_file_name(format!(".{name}.{}.merging", std::process::id()));
    let filled = Store::create(&beside, &content, &meta).and_then(|mut store| {
        for record in &kept {
            store.adopt(&record.person, &record.answers, &record.events)?;
            done.people += 1;
            done.answers += record.answers.len();
        }
        Ok(())
    });
    let moved = filled.and_then(|()| {
        std::fs::rename(&beside, out)
            .map_err(|error| StudyError::Open { path: out.to_owned(), found: error.to_string() })
    });
    if let Err(error) = moved {
        // What cannot be removed is a hidden leftover; the first error is the one that counts.
        let _ = std::fs::remove_file(&beside);
        return Err(error);
    }
    Ok(done)
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// One record per person.
fn reduce(all: Vec<Record>, done: &mut Merged) -> Result<Vec<Record>, StudyError> {
    let marks: Vec<String> = all
        .iter()
        .filter(|record| record.person.state == PersonState::Withdrawn)
        .map(|record| record.person.uid.clone())
        .collect();
    let mut kept: Vec<Record> = Vec::new();
    for mut record in all {
        if record.person.state != PersonState::Withdrawn && marks.contains(&mark_of(&record.person.uid)) {
            done.withdrawn += 1;
            continue;
        }
        let Some(known) = kept.iter_mut().find(|known| known.person.uid == record.person.uid) else {
            // Two people may draw the same code on two machines.
            let code = record.person.code.clone();
            let mut number = 2;
            while kept.iter().any(|known| known.person.code == record.person.code) {
                record.person.code = format!("{code}-{number}");
                number += 1;
            }
            kept.push(record);
            continue;
        };
        let (before, now) = (plain(&known.answers), plain(&record.answers));
        let is_prefix = |short: &[AnswerRow], long: &[AnswerRow]| short.iter().all(|answer| long.contains(answer));
        if before == now && known.person.state == record.person.state {
            done.duplicates += 1;
        } else if is_prefix(&before, &now) {
            done.extended += 1;
            record.person.code = known.person.code.clone();
            *known = record;
        } else if is_prefix(&now, &before) {
            done.extended += 1;
        } else {
            return Err(StudyError::Step(format!(
                "participant {} has different answers in {} and {}; find out which file is right and merge that one alone",
                record.person.code, known.from, record.from
            )));
        }
    }
    Ok(kept)
}
