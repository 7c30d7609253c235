//! The state machine: what is on screen when, what an answer records, undo, pause, resume.

use unmask::study::design::{Form, Later};
use unmask::study::session::{Clock, FakeClock, Input, Session, Step, SystemClock, View, code_of, new_uid};
use unmask::study::store::PersonState;

use super::support::*;

fn begun(study: &OnDisk) -> (Session<FakeClock>, FakeClock) {
    let clock = FakeClock::new(DAY);
    let mut session = at_first_item(study.open(), "uid", &clock);
    past_practice(&mut session);
    (session, clock)
}

#[test]
fn nothing_is_written_before_consent() {
    let study = OnDisk::new(&spec(), 1);
    let mut session = Session::begin(study.open(), new_uid(), FakeClock::new(DAY)).unwrap();
    assert_eq!((session.view(), session.code()), (View::Consent, None));
    assert_eq!(session.apply(Input::Choose(1)).unwrap(), Step::Ignored);
    assert_eq!(session.apply(Input::Consent(false)).unwrap(), Step::Changed);
    assert_eq!(session.view(), View::Declined);
    let store = session.into_store();
    assert_eq!(store.people().unwrap().len(), 0);
    assert_eq!(store.meta().state.word(), "ready");
}

#[test]
fn consent_instructions_practice_with_feedback_then_items() {
    let study = OnDisk::new(&spec(), 1);
    let clock = FakeClock::new(DAY);
    let mut session = Session::begin(study.open(), "uid".to_owned(), clock.clone()).unwrap();
    session.apply(Input::Consent(true)).unwrap();
    assert_eq!(session.view(), View::Instructions { chance: 0.5 });
    session.apply(Input::Continue).unwrap();
    for number in 1..=2 {
        let right = session.shown().classes.len() as u16 - 1;
        match session.view() {
            View::Trial(trial) => {
                assert_eq!((trial.is_practice, trial.number, trial.of, trial.can_undo), (true, number, 2, false))
            }
            other => panic!("{other:?}"),
        }
        answer(&mut session, right, 900);
        match session.view() {
            View::Feedback { is_right, right: truth, .. } => assert_eq!(is_right, truth == right),
            other => panic!("{other:?}"),
        }
        assert_eq!(session.apply(Input::Undo).unwrap(), Step::Ignored, "no undo in practice");
        session.apply(Input::Continue).unwrap();
    }
    // 24 items, 2 catch items, 2 repeats.
    for number in 1..=28 {
        match session.view() {
            View::Trial(trial) => {
                assert_eq!((trial.is_practice, trial.number, trial.of), (false, number, 28));
                assert_eq!(trial.next.is_some(), number < 28, "the next one is ready");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(answer(&mut session, 0, 900), Step::Saved { position: number + 1, revision: 0 });
    }
    assert_eq!(session.view(), View::Finished);
    let store = session.into_store();
    assert_eq!(store.people().unwrap()[0].state, PersonState::Finished);
    assert_eq!(store.answers().unwrap().len(), 30);
}

#[test]
fn the_response_time_runs_from_the_presented_frame_to_the_key_event() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, clock) = begun(&study);
    assert_eq!(
        session.apply(Input::Choose(1)).unwrap(),
        Step::Ignored,
        "a key before the item is on screen answers nothing"
    );
    clock.pass(5_000);
    let shown = clock.now_ns();
    session.input(Input::Presented { frame_ns: 8_333_333 }, shown).unwrap();
    session.input(Input::Presented { frame_ns: 8_333_333 }, shown + 8_333_333).unwrap();
    session.input(Input::Choose(0), shown + 400_000_000).unwrap();
    session.input(Input::Choose(1), shown + 650_000_000).unwrap();
    // The key events are dated by the window; the clock has gone on since.
    clock.pass(2_000_000_000);
    session.input(Input::Confirm, shown + 900_000_000).unwrap();
    let answers = session.into_store().answers().unwrap();
    let last = answers.last().unwrap();
    assert_eq!((last.choice, last.response_ns, last.confirm_ns), (Some(1), 650_000_000, 900_000_000));
    assert_eq!((last.frame_ns, last.presented, last.paused_ns, last.unfocused_ns), (8_333_333, 1, 0, 0));
}

#[test]
fn a_pause_hides_the_item_and_starts_its_time_anew() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, clock) = begun(&study);
    session.apply(Input::Presented { frame_ns: 1 }).unwrap();
    clock.pass(3_000_000_000);
    session.apply(Input::Choose(1)).unwrap();
    session.apply(Input::Pause).unwrap();
    assert!(matches!(session.view(), View::Paused { done: 0, of: 28 }));
    assert_eq!(session.apply(Input::Confirm).unwrap(), Step::Ignored);
    clock.pass(60_000_000_000);
    session.apply(Input::Resume).unwrap();
    assert!(matches!(session.view(), View::Trial(trial) if !trial.is_complete));
    answer(&mut session, 0, 700);
    let store = session.into_store();
    let last = store.answers().unwrap().pop().unwrap();
    assert_eq!((last.response_ns, last.paused_ns, last.presented), (700_000_000, 60_000_000_000, 2));
    let kinds: Vec<String> = store.events().unwrap().into_iter().map(|event| event.kind).collect();
    for kind in ["consent", "instructions-read", "presented", "pause", "continue"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn lost_focus_is_logged_with_its_time() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, clock) = begun(&study);
    session.apply(Input::Presented { frame_ns: 1 }).unwrap();
    session.apply(Input::Focus(false)).unwrap();
    clock.pass(4_000_000_000);
    session.apply(Input::Focus(true)).unwrap();
    clock.pass(1_000_000_000);
    session.apply(Input::Choose(0)).unwrap();
    session.apply(Input::Confirm).unwrap();
    let last = session.into_store().answers().unwrap().pop().unwrap();
    assert_eq!((last.unfocused_ns, last.response_ns), (4_000_000_000, 5_000_000_000));
}

#[test]
fn undo_takes_the_last_answer_back_once_and_keeps_the_first_in_the_log() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, _) = begun(&study);
    assert_eq!(session.apply(Input::Undo).unwrap(), Step::Ignored, "nothing to take back yet");
    answer(&mut session, 0, 700);
    answer(&mut session, 0, 700);
    assert_eq!(session.position(), 4);
    session.apply(Input::Undo).unwrap();
    assert_eq!(session.position(), 3);
    assert_eq!(session.apply(Input::Undo).unwrap(), Step::Ignored, "the last answer only");
    assert_eq!(answer(&mut session, 1, 700), Step::Saved { position: 3, revision: 1 });
    assert_eq!(session.position(), 4, "back to where it was");
    let answers = session.into_store().answers().unwrap();
    let of: Vec<_> = answers.iter().filter(|answer| answer.position == 3).map(|a| (a.revision, a.choice)).collect();
    assert_eq!(of, [(0, Some(0)), (1, Some(1))]);
}

#[test]
fn the_very_last_answer_can_be_taken_back() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, _) = begun(&study);
    while !matches!(session.view(), View::Finished) {
        answer(&mut session, 0, 500);
    }
    session.apply(Input::Undo).unwrap();
    assert!(matches!(session.view(), View::Trial(trial) if trial.number == 28));
    assert_eq!(answer(&mut session, 1, 500), Step::Saved { position: 29, revision: 1 });
    assert_eq!(session.view(), View::Finished);
    assert_eq!(session.into_store().people().unwrap()[0].state, PersonState::Finished);
}

#[test]
fn who_comes_back_goes_on_at_the_same_item_in_the_same_order() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, _) = begun(&study);
    answers(&mut session, 7);
    let (position, code) = (session.position(), session.code().unwrap().to_owned());
    let stimulus = session.stimulus_code().unwrap().to_owned();
    drop(session);
    let clock = FakeClock::new(DAY + 3600);
    let mut session = Session::resume(study.open(), &code, clock).unwrap();
    assert!(matches!(session.view(), View::Paused { done: 7, of: 28 }), "{:?}", session.view());
    session.apply(Input::Resume).unwrap();
    assert_eq!((session.position(), session.stimulus_code()), (position, Some(stimulus.as_str())));
    answer(&mut session, 1, 500);
    assert_eq!(session.position(), position + 1);
    let events = session.into_store().events().unwrap();
    assert_eq!(events.iter().filter(|event| event.kind == "resumed" && event.run == 2).count(), 1);
}

#[test]
fn an_answer_taken_back_before_a_crash_still_stands() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, _) = begun(&study);
    answers(&mut session, 3);
    let (position, code) = (session.position(), session.code().unwrap().to_owned());
    session.apply(Input::Undo).unwrap();
    drop(session);
    let session = Session::resume(study.open(), &code, FakeClock::new(DAY + 60)).unwrap();
    assert_eq!(session.position(), position);
}

#[test]
fn late_returns_follow_the_studys_rule() {
    for later in [Later::Resume, Later::Restart, Later::Block] {
        let mut spec = spec();
        spec.resume.within_hours = 2.0;
        spec.resume.later = later;
        let study = OnDisk::new(&spec, 1);
        let (mut session, _) = begun(&study);
        answers(&mut session, 3);
        let code = session.code().unwrap().to_owned();
        drop(session);
        let soon = Session::resume(study.open(), &code, FakeClock::new(DAY + 3600)).unwrap();
        assert_eq!(soon.position(), 5);
        drop(soon);
        let late = Session::resume(study.open(), &code, FakeClock::new(DAY + 24 * 3600));
        match later {
            Later::Resume => assert_eq!(late.unwrap().position(), 5),
            Later::Block => {
                let text = refused(late);
                assert!(text.contains(&code) && text.contains("after 2"), "{text}");
            }
            Later::Restart => {
                let mut session = late.unwrap();
                assert!(matches!(session.view(), View::Instructions { .. }));
                session.apply(Input::Continue).unwrap();
                assert_eq!(answer(&mut session, 1, 500), Step::Saved { position: 0, revision: 0 });
                let answers = session.into_store().answers().unwrap();
                assert_eq!(answers.iter().filter(|answer| answer.attempt == 1).count(), 5, "the first attempt stays");
                assert_eq!(answers.iter().filter(|answer| answer.attempt == 2).count(), 1);
            }
        }
    }
}

#[test]
fn a_clock_that_was_set_back_loses_nothing_and_is_told() {
    let mut spec = spec();
    spec.resume.later = Later::Block;
    let study = OnDisk::new(&spec, 1);
    let (mut session, _) = begun(&study);
    answer(&mut session, 1, 500);
    let code = session.code().unwrap().to_owned();
    drop(session);
    let mut session = Session::resume(study.open(), &code, FakeClock::new(DAY - 1_000_000)).unwrap();
    assert!(session.take_notice().unwrap().contains("clock"));
    assert_eq!((session.position(), session.take_notice()), (3, None));
    session.apply(Input::Resume).unwrap();
    answer(&mut session, 1, 500);
    let store = session.into_store();
    assert!(store.events().unwrap().iter().any(|event| event.kind == "clock-set-back"));
    assert!(store.people().unwrap()[0].seen >= DAY, "the last sign of life does not go back");
}

#[test]
fn who_has_finished_or_withdrawn_does_not_come_back() {
    let study = OnDisk::new(&spec(), 1);
    let (mut session, _) = begun(&study);
    while !matches!(session.view(), View::Finished) {
        answer(&mut session, 0, 500);
    }
    let code = session.code().unwrap().to_owned();
    let text = refused(Session::resume(session.into_store(), &code, FakeClock::new(DAY)));
    assert!(text.contains("has answered everything"), "{text}");
    assert!(refused(Session::resume(study.open(), "NOBODY", FakeClock::new(DAY))).contains("not in this file"));
}

#[test]
fn scores_need_every_class_and_a_confirmation() {
    let mut spec = spec();
    spec.answer.form = Form::Scores;
    spec.answer.confirm = false;
    let study = OnDisk::new(&spec, 1);
    let clock = FakeClock::new(DAY);
    let mut session = at_first_item(study.open(), "uid", &clock);
    session.apply(Input::Presented { frame_ns: 1 }).unwrap();
    assert_eq!(session.apply(Input::Choose(0)).unwrap(), Step::Ignored);
    assert_eq!(session.apply(Input::Score { class: 0, value: 1.2 }).unwrap(), Step::Ignored);
    session.apply(Input::Score { class: 0, value: 0.25 }).unwrap();
    assert_eq!(session.apply(Input::Confirm).unwrap(), Step::Ignored);
    session.apply(Input::Score { class: 1, value: 0.75 }).unwrap();
    assert!(matches!(session.apply(Input::Confirm).unwrap(), Step::Saved { .. }));
    let answers = session.into_store().answers().unwrap();
    assert_eq!((answers[0].scores.clone(), answers[0].choice), (Some(vec![0.25, 0.75]), None));
}

#[test]
fn one_key_answers_where_no_confirmation_is_asked_for() {
    let mut spec = spec();
    spec.answer.confirm = false;
    spec.answer.confidence = true;
    spec.answer.truth_too = true;
    let study = OnDisk::new(&spec, 1);
    let mut session = at_first_item(study.open(), "uid", &FakeClock::new(DAY));
    session.apply(Input::Presented { frame_ns: 1 }).unwrap();
    assert_eq!(session.apply(Input::Undecided).unwrap(), Step::Ignored, "forced choice");
    assert_eq!(session.apply(Input::Choose(1)).unwrap(), Step::Changed);
    assert_eq!(session.apply(Input::Confidence(6)).unwrap(), Step::Ignored);
    assert_eq!(session.apply(Input::Confidence(4)).unwrap(), Step::Changed);
    assert_eq!(session.apply(Input::Truth(0)).unwrap(), Step::Saved { position: 0, revision: 0 });
    let row = session.into_store().answers().unwrap().pop().unwrap();
    assert_eq!((row.choice, row.confidence, row.truth), (Some(1), Some(4), Some(0)));
}

#[test]
fn ids_differ_and_codes_are_easy_to_read() {
    let (a, b) = (new_uid(), new_uid());
    assert!(a != b && a.len() == 32);
    let code = code_of(&a);
    assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_alphanumeric() && !"01OIl".contains(c)), "{code}");
    let clock = SystemClock::default();
    let first = clock.now_ns();
    assert!(clock.now_ns() >= first);
}
