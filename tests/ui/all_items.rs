//! Questions about all items: stopped and gone on with, and put to a command only where the list depends on its answers.
use std::time::Instant;

use egui_kittest::kittest::Queryable;
use unmask::jobs::{Output, Task};
use unmask::session::items::{Filter, ListStyle, Outcome, Sort, SortBy};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Lane, Request, Session};
use unmask::work::{Event, JobError, JobId};

use super::columns::explaining;
use super::series::opened_with;
use super::support::{ITEMS, act, black_box, click, explained};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// The invented world is open, with a black box in this process or behind a command.
fn world(is_command: bool) -> Session {
    let mut saved = black_box();
    saved.card.exec = is_command.then(|| "answers".to_owned());
    explaining(saved)
}

fn by_faithfulness() -> Command {
    Command::SetSort(Sort { by: SortBy::Fidelity, descending: true })
}

/// A question about all items that a worker has.
struct Asked {
    items: Vec<usize>,
    lane: Lane,
    id: JobId,
}

/// The question about all items among these requests, handed to its worker.
fn asked(session: &mut Session, requests: Vec<Request>) -> Option<Asked> {
    let mut found = None;
    for request in requests {
        let Request::Run(run) = request else { continue };
        let (Task::Predict { items, .. } | Task::Fidelity { items, .. }) = &run.task else { continue };
        let (items, lane, id) = (items.clone(), run.lane, JobId::next());
        session.submitted(&run, id, Instant::now());
        found = Some(Asked { items, lane, id });
    }
    found
}

/// The same after a command.
fn asked_by(session: &mut Session, command: Command) -> Option<Asked> {
    let requests = session.apply(command);
    asked(session, requests)
}

/// What a worker answers about some items.
fn answer(items: &[usize]) -> Output {
    Output::Fidelity {
        items: items.to_vec(),
        selected_stays: vec![true; items.len()],
        unselected_stays: vec![false; items.len()],
    }
}

fn end(session: &mut Session, asked: &Asked, result: Result<Output, JobError>) {
    session.apply_event(asked.lane, Event::Finished(asked.id, result));
}

#[test]
fn what_was_cancelled_is_not_asked_again_by_itself_and_can_be_gone_on_with() {
    let mut session = world(false);
    let first = asked_by(&mut session, by_faithfulness()).expect("all items are tested");
    assert_eq!(first.items.len(), ITEMS);
    let (done, missing) = first.items.split_at(20);
    session.apply_event(first.lane, Event::Partial(first.id, answer(done)));
    assert!(session.apply(Command::GoOn).is_empty(), "it is still under way");
    end(&mut session, &first, Err(JobError::Cancelled));
    assert_eq!(session.stopped(), ["Stopped: tested 20 of 60 items"]);
    assert!(asked_by(&mut session, by_faithfulness()).is_none(), "the user wanted it to stop");
    let rest = asked_by(&mut session, Command::GoOn).expect("the others are tested");
    assert_eq!(rest.items, missing);
    assert!(session.stopped().is_empty());
    end(&mut session, &rest, Ok(answer(&rest.items)));
    assert_eq!(session.explore.list.fidelity.as_ref().map(|table| table.known), Some(ITEMS));
}

#[test]
fn the_list_counts_what_is_known_so_far_and_says_when_all_is() {
    let mut session = world(false);
    let asked = asked_by(&mut session, Command::UseBox(0)).expect("all items are classified");
    // Each is taken for the first class, which every third is of.
    let answers = |items: &[usize]| Output::Predictions {
        items: items.to_vec(),
        probs: [0.8, 0.1, 0.1].repeat(items.len()),
        classes: 3,
    };
    session.apply(Command::SetFilter(Filter { outcome: Outcome::Wrong, ..Filter::default() }));
    assert_eq!(session.last_action, "0 of the 0 classified so far listed; the rest is being classified");
    session.apply_event(asked.lane, Event::Partial(asked.id, answers(&asked.items[..21])));
    session.tick(Instant::now(), &mut None);
    assert_eq!(session.last_action, "14 of the 21 classified so far listed; the rest is being classified");
    assert_eq!(session.listed_count(), "14 of 21 so far");
    session.apply(Command::SetSort(Sort { by: SortBy::Confidence, descending: true }));
    let sorted = "Sorted by confidence, largest first";
    assert_eq!(session.last_action, format!("{sorted}, 21 classified so far; the rest is being classified"));
    session.apply_event(asked.lane, Event::Partial(asked.id, answers(&asked.items[21..])));
    end(&mut session, &asked, Ok(answers(&[])));
    session.tick(Instant::now(), &mut None);
    assert_eq!((session.last_action.as_str(), session.listed_count().as_str()), (sorted, "40 of 60"));
    // Where it was stopped, what is listed is still only of what was classified.
    let again = asked_by(&mut session, Command::UseBox(0)).expect("all items are classified again");
    session.apply_event(again.lane, Event::Partial(again.id, answers(&again.items[..3])));
    end(&mut session, &again, Err(JobError::Cancelled));
    session.tick(Instant::now(), &mut None);
    assert_eq!(session.listed_words(), "2 of the 3 classified so far listed; the rest is not classified");
}

#[test]
fn what_failed_can_be_gone_on_with_from_its_notice() {
    let mut session = world(false);
    let first = asked_by(&mut session, by_faithfulness()).expect("all items are tested");
    end(&mut session, &first, Err(JobError::failed("model", "No answer came")));
    let entry = session.notices.entries().last().expect("a notice");
    assert_eq!(entry.retry.as_deref(), Some(&Command::GoOn));
    assert_eq!(session.stopped(), ["Stopped: tested 0 of 60 items"]);
}

#[test]
fn answers_that_a_newer_question_brings_are_not_stopped() {
    let mut session = world(false);
    let first = asked_by(&mut session, Command::UseBox(0)).expect("all items are classified");
    let second = asked_by(&mut session, Command::UseBox(0)).expect("all items are classified again");
    // It was cancelled by the second, not by the user.
    end(&mut session, &first, Err(JobError::Cancelled));
    assert_eq!(session.stopped(), [""; 0]);
    assert!(!session.last_action.starts_with("Cancelled"), "that is no news: {}", session.last_action);
    end(&mut session, &second, Err(JobError::Cancelled));
    assert_eq!(session.stopped(), ["Stopped: classified 0 of 60 items"]);
    let rest = asked_by(&mut session, Command::GoOn).expect("all items are classified");
    assert_eq!(rest.items.len(), ITEMS);
}

#[test]
fn the_list_says_what_was_stopped_and_a_button_goes_on() {
    let mut app = explained(SIZE, Appearance::Dark);
    let session = &mut app.state_mut().session;
    let first = asked_by(session, by_faithfulness()).expect("all items are tested");
    end(session, &first, Err(JobError::Cancelled));
    app.run();
    app.get_by_label("Stopped: tested 0 of 60 items");
    click(&mut app, "Go on");
    app.run();
    assert!(app.query_by_label_contains("Stopped: ").is_none());
    let list = &app.state().session.explore.list;
    assert_eq!(list.fidelity.as_ref().map(|table| table.known), Some(ITEMS));
}

#[test]
fn a_command_is_asked_about_all_items_only_where_the_list_depends_on_it() {
    let mut session = world(true);
    assert!(asked_by(&mut session, Command::SetListStyle(ListStyle::Table)).is_none(), "a table only shows it");
    let all = asked_by(&mut session, by_faithfulness()).expect("the order depends on it");
    assert_eq!(all.items.len(), ITEMS);
    end(&mut session, &all, Ok(answer(&all.items)));
    assert!(asked_by(&mut session, Command::SetSort(Sort::default())).is_none());
    assert_eq!(session.explore.list.stays(3), Some((true, false)), "what is known stays");
    assert!(asked_by(&mut session, Command::SetK(2)).is_none());
    assert_eq!(session.explore.list.stays(3), None, "but not for another k");

    // What is under way for an order that is given up ends with the next change.
    let all = asked_by(&mut session, by_faithfulness()).expect("the order depends on it");
    session.apply(Command::SetSort(Sort::default()));
    let requests = session.apply(Command::SetK(4));
    assert!(requests.iter().any(|request| matches!(request, Request::Cancel(_, id) if *id == all.id)));
}

#[test]
fn rows_that_a_command_was_not_asked_about_say_so() {
    let mut app = opened_with(SIZE, Appearance::Light, "people", |made| made.card.exec = Some("answers".to_owned()));
    assert_eq!(app.state().session.explore.list.stays(4), None);
    assert!(app.query_all_by_label("–").next().is_some());
    act(&mut app, [by_faithfulness()]);
    app.run();
    assert_eq!(app.state().session.explore.list.stays(4), Some((true, false)));
    assert!(app.query_all_by_label("–").next().is_none());
}
