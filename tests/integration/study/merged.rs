//! Files of several machines become one, or are refused.

use unmask::study::merge::{Merged, merge};
use unmask::study::session::{FakeClock, Session, View};
use unmask::study::simulate::{Profile, Skill, simulate, uid_of};
use unmask::study::store::{PersonState, Store};

use super::support::*;

fn crowd(n: usize) -> Vec<Profile> {
    vec![Profile::of(Skill::Skilled(0.8)); n]
}

#[test]
fn two_machines_become_one_study() {
    let study = OnDisk::new(&spec(), 2);
    let [a, b] = [0, 1].map(|copy: usize| study.files.participants[copy].as_path());
    for (seed, path) in [(1, a), (2, b)] {
        simulate(Store::open(path).unwrap(), &study.key, &crowd(3), seed, &mut |_| {}).unwrap();
    }
    let out = study.root.join("merged.sqlite");
    let done = merge(&[a, b], &out).unwrap();
    assert_eq!(done, Merged { people: 6, answers: done.answers, ..Merged::default() });
    let store = Store::open(&out).unwrap();
    let mut slots: Vec<usize> = store.people().unwrap().iter().map(|person| person.slot).collect();
    slots.sort_unstable();
    assert_eq!(slots, [0, 1, 2, 3, 4, 5]);
    let [of_a, of_b] = [a, b].map(|path| Store::open(path).unwrap());
    assert_eq!(store.answers().unwrap().len(), of_a.answers().unwrap().len() + of_b.answers().unwrap().len());
    assert_eq!(store.events().unwrap().len(), of_a.events().unwrap().len() + of_b.events().unwrap().len());
    study.key.check_fits(&store).unwrap();
    assert!(refused(merge(&[a, b], &out)).contains("exists already"));
}

#[test]
fn exact_duplicates_are_taken_once_and_the_longer_record_wins() {
    let study = OnDisk::new(&spec(), 1);
    let copy = study.root.join("copy.sqlite");
    simulate(study.open(), &study.key, &crowd(2), 1, &mut |_| {}).unwrap();
    std::fs::copy(study.file(), &copy).unwrap();
    // A third person begins after the copy was made, and answers a little.
    let mut session = at_first_item(study.open(), "third", &FakeClock::new(DAY));
    past_practice(&mut session);
    answer(&mut session, 1, 500);
    let code = session.code().unwrap().to_owned();
    drop(session);
    let early = study.root.join("early.sqlite");
    std::fs::copy(study.file(), &early).unwrap();
    let mut session = Session::resume(study.open(), &code, FakeClock::new(DAY)).unwrap();
    session.apply(unmask::study::session::Input::Resume).unwrap();
    while !matches!(session.view(), View::Finished) {
        answer(&mut session, 1, 500);
    }
    drop(session);
    for order in [[&early, &copy], [&copy, &early]] {
        let out = study.root.join("merged.sqlite");
        let _ = std::fs::remove_file(&out);
        let done = merge(&[study.file(), order[0], order[1], study.file()], &out).unwrap();
        assert_eq!((done.people, done.duplicates, done.extended), (3, 4, 1));
        let store = Store::open(&out).unwrap();
        assert_eq!(store.answers().unwrap().len(), study.open().answers().unwrap().len());
        assert_eq!(store.person(&code).unwrap().unwrap().state, PersonState::Finished);
    }
    let out = study.root.join("other order.sqlite");
    assert_eq!(merge(&[&early, study.file()], &out).unwrap().extended, 1);
    assert_eq!(Store::open(&out).unwrap().person(&code).unwrap().unwrap().state, PersonState::Finished);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (study, other) = (
        OnDisk::new(&spec(), 1),
        OnDisk::new(
            &{
                let mut s = spec();
                s.seed = 77;
                s
            },
            1,
        ),
    );
    let out = study.root.join("merged.sqlite");
    let text = refused(merge(&[study.file(), other.file()], &out));
    assert!(text.contains("does not belong to") && text.contains("study") && !text.contains('\n'), "{text}");
    assert!(!out.exists());
    assert!(refused(other.key.check_fits(&study.open())).contains("does not belong"));

    let copy = study.root.join("copy.sqlite");
    std::fs::copy(study.file(), &copy).unwrap();
    // The same person with different answers in two files: somebody has to look.
    for (path, class) in [(study.file(), 0), (copy.as_path(), 1)] {
        let mut session = at_first_item(Store::open(path).unwrap(), &uid_of(0, 0), &FakeClock::new(DAY));
        answer(&mut session, class, 400);
    }
    assert!(refused(merge(&[study.file(), &copy], &out)).contains("different answers"));
    let mut store = study.open();
    store.close_study().unwrap();
    drop(store);
    assert!(refused(merge(&[study.file(), &copy], &out)).contains("is closed"));
    assert!(!out.exists());
    let left: Vec<_> =
        std::fs::read_dir(&study.root).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

#[test]
fn a_withdrawal_in_one_file_wins() {
    let study = OnDisk::new(&spec(), 1);
    simulate(study.open(), &study.key, &crowd(2), 1, &mut |_| {}).unwrap();
    let copy = study.root.join("copy.sqlite");
    std::fs::copy(study.file(), &copy).unwrap();
    let mut store = study.open();
    let code = store.people().unwrap()[0].code.clone();
    store.withdraw(&code).unwrap();
    drop(store);
    for (number, order) in [[study.file(), copy.as_path()], [copy.as_path(), study.file()]].into_iter().enumerate() {
        let out = study.root.join(format!("merged-{number}.sqlite"));
        let done = merge(&order, &out).unwrap();
        assert_eq!((done.people, done.withdrawn), (2, 1));
        let people = Store::open(&out).unwrap().people().unwrap();
        assert_eq!(people.iter().filter(|person| person.state == PersonState::Withdrawn).count(), 1);
        assert!(people.iter().all(|person| person.code != code));
    }
}
