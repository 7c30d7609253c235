//! The participant file: what it holds and does not hold, durability, and a clear sentence for every way in which it can be unfit.

use std::path::Path;

use rusqlite::Connection;
use unmask::study::session::{FakeClock, Input, Session, Step, View};
use unmask::study::store::{NewPerson, PersonState, Store};

use super::support::*;

fn sentence(text: &str, parts: &[&str]) {
    assert!(!text.contains('\n'), "one sentence: {text}");
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is missing in: {text}");
    }
}

/// Runs SQL on a file that no store has open.
fn sql(path: &Path, text: &str) -> rusqlite::Result<()> {
    Connection::open(path).unwrap().execute_batch(text)
}

fn with_answers(study: &OnDisk, n: usize) -> String {
    let clock = FakeClock::new(DAY);
    let mut session = at_first_item(study.open(), "uid one", &clock);
    past_practice(&mut session);
    for _ in 0..n {
        assert!(matches!(answer(&mut session, 1, 700), Step::Saved { .. }));
    }
    session.code().unwrap().to_owned()
}

#[test]
fn the_participant_file_holds_nothing_that_unblinds() {
    let study = OnDisk::new(&spec(), 1);
    let bytes = std::fs::read(study.file()).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for arm in &study.key.arms {
        assert!(!holds(&arm.name), "{}", arm.name);
        assert!(holds(&arm.code));
    }
    for item in &study.key.items {
        assert!(!holds(&item.name), "{}", item.name);
    }
    for word in ["grad", "disguised", "Small", "selected part", "truth\":", "seed"] {
        assert!(!holds(word), "{word}");
    }
    // Only practice items say which answer is right.
    let store = study.open();
    for slot in 0..store.n_places().unwrap() {
        let place = store.place(slot).unwrap();
        assert_eq!(place.trials.iter().filter(|trial| trial.practice.is_some()).count(), 2);
        assert!(place.trials[2..].iter().all(|trial| trial.practice.is_none()));
    }
}

#[test]
fn the_same_design_gives_the_same_study() {
    let (a, b) = (OnDisk::new(&spec(), 1), OnDisk::new(&spec(), 1));
    assert_eq!((a.key.hash().unwrap(), a.open().meta().clone()), (b.key.hash().unwrap(), b.open().meta().clone()));
    let other = OnDisk::new(
        &{
            let mut s = spec();
            s.seed = 6;
            s
        },
        1,
    );
    assert_ne!(a.key.study, other.key.study);
    assert_eq!(unmask::study::key::Key::read(&a.files.key).unwrap(), a.key);
}

#[test]
fn an_answer_is_on_the_disk_when_the_step_returns() {
    let study = OnDisk::new(&spec(), 1);
    let clock = FakeClock::new(DAY);
    let mut session = at_first_item(study.open(), "uid", &clock);
    assert_eq!(answer(&mut session, 0, 800), Step::Saved { position: 0, revision: 0 });
    // Leaked as by a killed process: nothing is closed properly. The lock goes with the copy.
    let copy = study.root.join("copy.sqlite");
    std::fs::copy(study.file(), &copy).unwrap();
    let store = Store::open(&copy).unwrap();
    let answers = store.answers().unwrap();
    assert_eq!((answers.len(), answers[0].response_ns, answers[0].frame_ns), (1, 800_000_000, 16_000_000));
    assert_eq!(answers[0].confirm_ns, 900_000_000);
    drop(session);
}

#[test]
fn answers_and_events_are_only_ever_added() {
    let study = OnDisk::new(&spec(), 1);
    with_answers(&study, 2);
    for (statement, why) in [
        ("UPDATE answer SET choice = 0", "answers are never changed"),
        ("DELETE FROM answer", "answers are kept"),
        ("UPDATE event SET kind = 'x'", "events are never changed"),
        ("DELETE FROM event", "events are kept"),
        ("DELETE FROM person", "leaves a mark"),
        ("UPDATE stimulus SET arm = 'x'", "stimuli are frozen"),
        ("DELETE FROM trial", "trials are frozen"),
        ("UPDATE shown SET json = '{}'", "texts are frozen"),
        ("INSERT INTO place (slot, turned) VALUES (99, 0)", "places are frozen"),
        (
            "INSERT INTO answer SELECT 999, person, attempt, position, 5, choice, scores, confidence, truth, response_ns, confirm_ns, \
          frame_ns, unfocused_ns, paused_ns, presented FROM answer LIMIT 1",
            "needs what it revises",
        ),
        (
            "INSERT INTO answer SELECT 999, person, attempt, 5000, 0, choice, scores, confidence, truth, response_ns, confirm_ns, \
          frame_ns, unfocused_ns, paused_ns, presented FROM answer LIMIT 1",
            "needs a trial",
        ),
        (
            "INSERT INTO answer SELECT 999, person, attempt, position, revision, choice, scores, confidence, truth, response_ns, \
          confirm_ns, frame_ns, unfocused_ns, paused_ns, presented FROM answer LIMIT 1",
            "UNIQUE",
        ),
    ] {
        let error = sql(study.file(), statement).unwrap_err().to_string();
        assert!(error.contains(why), "{statement}: {error}");
    }
    Store::open(study.file()).unwrap();
}

#[test]
fn a_withdrawal_erases_a_person_and_leaves_a_mark() {
    let study = OnDisk::new(&spec(), 1);
    let code = with_answers(&study, 5);
    let mut store = study.open();
    let before = store.person(&code).unwrap().unwrap();
    store.withdraw(&code).unwrap();
    assert_eq!((store.answers().unwrap().len(), store.events().unwrap().len()), (0, 0));
    let people = store.people().unwrap();
    assert_eq!((people.len(), people[0].state, people[0].slot), (1, PersonState::Withdrawn, before.slot));
    assert!(people[0].code.starts_with("withdrawn-") && people[0].begun == 0);
    assert!(refused(store.withdraw(&code)).contains(&code));
    // The place stays taken, and the bytes are gone.
    assert_ne!(store.free_slot().unwrap(), Some(before.slot));
    drop(store);
    let bytes = std::fs::read(study.file()).unwrap();
    assert!(!bytes.windows(code.len()).any(|window| window == code.as_bytes()));
    assert!(!bytes.windows(before.uid.len()).any(|window| window == before.uid.as_bytes()));
}

#[test]
fn two_windows_on_one_study_are_refused() {
    let study = OnDisk::new(&spec(), 1);
    let first = study.open();
    sentence(&refused(Store::open(study.file())), &["open in another window", "close it there first"]);
    drop(first);
    Store::open(study.file()).unwrap();
}

#[test]
fn foreign_damaged_and_newer_files_are_refused() {
    let study = OnDisk::new(&spec(), 1);
    let at = |name: &str| study.root.join(name);
    std::fs::write(at("text"), "not a database at all").unwrap();
    sentence(&refused(Store::open(&at("text"))), &["something else", "no SQLite file"]);
    sentence(&refused(Store::open(&at("missing"))), &["cannot open", "check the path"]);
    sentence(&refused(Store::open(&study.root)), &["a folder"]);
    sql(&at("other"), "CREATE TABLE t (x)").unwrap();
    sentence(&refused(Store::open(&at("other"))), &["another program"]);

    std::fs::copy(study.file(), at("newer")).unwrap();
    sql(&at("newer"), "PRAGMA user_version = 7").unwrap();
    sentence(&refused(Store::open(&at("newer"))), &["newer Unmask", "found 7"]);

    let mut bytes = std::fs::read(study.file()).unwrap();
    for byte in &mut bytes[4096..8192] {
        *byte ^= 0x5a;
    }
    std::fs::write(at("torn"), &bytes).unwrap();
    sentence(&refused(Store::open(&at("torn"))), &["is damaged", "restore it from a copy"]);
    std::fs::write(at("short"), &bytes[..5000]).unwrap();
    sentence(&refused(Store::open(&at("short"))), &["damaged"]);

    // One changed stimulus, with the trigger taken away: the hash tells.
    std::fs::copy(study.file(), at("changed")).unwrap();
    sql(&at("changed"), "DROP TRIGGER stimulus_u; UPDATE stimulus SET media = x'00' WHERE id = 3").unwrap();
    sentence(&refused(Store::open(&at("changed"))), &["damaged", "changed"]);
    assert!(
        refused(Store::create(study.file(), &made(&spec()).content, study.open().meta())).contains("exists already")
    );
}

#[test]
fn every_flipped_bit_is_refused_or_harmless() {
    let study = OnDisk::new(&spec(), 1);
    with_answers(&study, 3);
    let clean = std::fs::read(study.file()).unwrap();
    let whole = study.open().answers().unwrap();
    let path = study.root.join("flipped");
    let mut dice = unmask::study::dice::Dice::new(1, 1);
    for _ in 0..60 {
        let mut bytes = clean.clone();
        let at = dice.below(bytes.len());
        bytes[at] ^= 1 << dice.below(8);
        std::fs::write(&path, &bytes).unwrap();
        // A bit of an answer's number cannot be told from another answer; everything else must be refused or leave the content alone.
        if let Ok(store) = Store::open(&path) {
            if let Ok(answers) = store.answers() {
                assert_eq!(answers.len(), whole.len(), "byte {at}");
            }
            assert_eq!(store.content().unwrap().hash(), store.meta().content);
        }
        let _ = std::fs::remove_file(path.with_file_name("flipped-journal"));
    }
}

#[test]
fn a_full_disk_keeps_what_was_answered_and_the_draft() {
    let study = OnDisk::new(&spec(), 1);
    let code = with_answers(&study, 1);
    let size = std::fs::metadata(study.file()).unwrap().len();
    let store = Store::open_limited(study.file(), size + 4 * 4096).unwrap();
    let mut session = Session::resume(store, &code, FakeClock::new(DAY + 60)).unwrap();
    session.apply(Input::Resume).unwrap();
    let mut saved = 0;
    let refusal = loop {
        session.apply(Input::Presented { frame_ns: 1 }).unwrap();
        // Events grow the file until its limit is reached.
        for _ in 0..40 {
            session.apply(Input::LateFrame { ns: 40_000_000 }).unwrap();
        }
        session.apply(Input::Choose(1)).unwrap();
        match session.apply(Input::Confirm) {
            Ok(Step::Saved { .. }) => saved += 1,
            Ok(_) => panic!("a complete answer is saved"),
            Err(error) => break error.to_string(),
        }
        assert!(saved < 20, "the limit is never reached");
    };
    sentence(&refusal, &["the disk is full", "all answers before it are safe"]);
    assert!(matches!(session.view(), View::Trial(trial) if trial.is_complete), "the draft stays");
    let position = session.position();
    drop(session);
    let store = study.open();
    let person = store.person(&code).unwrap().unwrap();
    assert_eq!(store.answered(person.id, 1).unwrap().len(), position, "nothing lost, nothing twice");
}

#[test]
fn a_read_only_file_is_refused() {
    let study = OnDisk::new(&spec(), 1);
    let mut permissions = std::fs::metadata(study.file()).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(study.file(), permissions).unwrap();
    sentence(&refused(Store::open(study.file())), &["read-only", "folder of your own"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let study = OnDisk::new(&spec(), 1);
    std::fs::set_permissions(&study.root, std::fs::Permissions::from_mode(0o555)).unwrap();
    let can_write = std::fs::write(study.root.join("probe"), "x").is_ok();
    let opened = Store::open(study.file());
    std::fs::set_permissions(&study.root, std::fs::Permissions::from_mode(0o755)).unwrap();
    if can_write {
        println!("skipped: this user may write everywhere");
        return;
    }
    sentence(
        &refused(opened.and_then(|mut store| {
            store.add_person(&NewPerson { uid: "u".to_owned(), code: "C".to_owned(), slot: 0, now: DAY })
        })),
        &["read-only"],
    );
}

#[test]
fn a_closed_study_takes_no_answers() {
    let study = OnDisk::new(&spec(), 1);
    let code = with_answers(&study, 1);
    let mut store = study.open();
    store.close_study().unwrap();
    sentence(&refused(Session::resume(store, &code, FakeClock::new(DAY))), &["is closed"]);
    sentence(&refused(Session::begin(study.open(), "x".to_owned(), FakeClock::new(DAY))), &["is closed"]);
    let error =
        sql(study.file(), "INSERT INTO person (uid, code, slot, begun, seen) VALUES ('a', 'b', 1, 1, 1)").unwrap_err();
    assert!(error.to_string().contains("the study is closed"));
}

#[test]
fn each_copy_takes_its_own_places() {
    let study = OnDisk::new(&spec(), 3);
    assert_eq!(study.files.participants.len(), 3);
    for (copy, path) in study.files.participants.iter().enumerate() {
        let mut store = Store::open(path).unwrap();
        for number in 0..2 {
            assert_eq!(store.free_slot().unwrap(), Some(copy + 3 * number));
            let person = NewPerson {
                uid: format!("{copy} {number}"),
                code: format!("{copy}{number}"),
                slot: copy + 3 * number,
                now: 1,
            };
            store.add_person(&person).unwrap();
        }
        assert_eq!(store.free_slot().unwrap(), None);
        sentence(
            &refused(Session::begin(store, "x".to_owned(), FakeClock::new(DAY))),
            &["all places of this copy are taken"],
        );
    }
}
