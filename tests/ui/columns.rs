//! What stays of the methods in view when the black box, or its next checkpoint, takes the place of another.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use unmask::data::Unit;
use unmask::explain::SavedExplainer;
use unmask::figure::layout::View;
use unmask::jobs::{Output, Task};
use unmask::model::SavedBox;
use unmask::session::explore::ExplainKey;
use unmask::session::reading::Action;
use unmask::session::{Command, Lane, Purpose, Request, Run, Session, slots};
use unmask::work::{Event, JobId, Priority, Slot};

use super::support::{black_box, dataset, explainer};

const PATCH: Unit = Unit::Patch { rows: 4, cols: 4 };

/// The world is open, with this black box in use.
fn world(saved: SavedBox) -> Session {
    let mut session = Session::new();
    session.data = Some(Arc::new(dataset()));
    session.boxes.push(Arc::new(saved));
    session.active_box = Some(0);
    session
}

/// The same with an item in view, which a method explains.
pub fn explaining(saved: SavedBox) -> Session {
    let mut session = world(saved);
    session.explainers.push(Arc::new(explainer("random", "Random", Unit::Pixel, 5)));
    session.explore.columns = vec![0];
    session.explore.item = Some(3);
    session
}

/// A black box comes from a worker; gives what is asked for because of it.
fn arrives(session: &mut Session, saved: SavedBox) -> Vec<Request> {
    let run = Run {
        lane: Lane::Training,
        slot: Slot::new(slots::TRAIN, 1),
        priority: Priority::Normal,
        purpose: Purpose::Train(1),
        title: "Training".to_owned(),
        task: Task::LoadBox { dir: PathBuf::new() },
    };
    let id = JobId::next();
    session.submitted(&run, id, Instant::now());
    session.apply_event(Lane::Training, Event::Partial(id, Output::Box(Arc::new(saved))))
}

/// Makes the explainers that are asked for.
fn make(session: &mut Session, requests: Vec<Request>) {
    for request in requests {
        let Request::Run(run) = request else { continue };
        let Task::TrainExplainer(task) = &run.task else { continue };
        let made = SavedExplainer::untrained(&task.method, task.unit, task.k, &task.black_box.card, task.seed);
        let made = made.expect("a method that needs no training");
        let id = JobId::next();
        session.submitted(&run, id, Instant::now());
        session.apply_event(run.lane, Event::Finished(id, Ok(Output::Explainer(Arc::new(made)))));
    }
}

fn checkpoint(epoch: u32) -> SavedBox {
    let mut saved = black_box();
    saved.card.complete = false;
    saved.card.hash = format!("checkpoint {epoch}");
    saved
}

fn methods(session: &Session) -> Vec<String> {
    session.column_explainers().iter().map(|shown| shown.card.method.clone()).collect()
}

fn explained_boxes(session: &Session) -> Vec<String> {
    session.column_explainers().iter().map(|shown| shown.card.blackbox_hash.clone()).collect()
}

#[test]
fn the_next_checkpoint_of_a_black_box_leaves_methods_class_and_undo() {
    let mut session = Session::new();
    session.data = Some(Arc::new(dataset()));
    let asked = arrives(&mut session, checkpoint(1));
    make(&mut session, asked);
    let known = session.explainers.len();
    assert!(known > 1, "several methods need no training");
    session.apply(Command::SetColumns(vec![0, 1]));
    session.apply(Command::FocusClass(Some(1)));
    let shown = methods(&session);
    for epoch in 2..5 {
        let asked = arrives(&mut session, checkpoint(epoch));
        make(&mut session, asked);
        assert_eq!(methods(&session), shown, "epoch {epoch}");
        assert_eq!(explained_boxes(&session), [session.boxes[0].card.hash.as_str(); 2]);
        assert_eq!(session.explore.class_focus, Some(1));
        assert_eq!(session.explainers.len(), known, "those of the checkpoint before are replaced");
    }
    session.apply(Command::Undo);
    assert_eq!((session.explore.class_focus, methods(&session)), (None, shown.clone()), "the last change first");
    session.apply(Command::Undo);
    assert_eq!(methods(&session), shown[..1]);
    assert_eq!(explained_boxes(&session), ["checkpoint 4"], "what comes back explains the box as it is now");
}

#[test]
fn undo_of_a_change_of_methods_gives_unit_and_k_back() {
    let mut session = world(black_box());
    let mut trained = explainer("l2x", "Patches", PATCH, 2);
    trained.weights = Arc::new(vec![1]);
    session.explainers = vec![Arc::new(explainer("random", "Random", Unit::Pixel, 5)), Arc::new(trained)];
    session.explore.columns = vec![0];
    let selected = |session: &Session| (session.explore.columns.clone(), session.explore.unit, session.explore.k);
    session.apply(Command::SetColumns(vec![0]));
    assert!(session.undo.next_undo().is_none(), "nothing changed");
    session.apply(Command::SetColumns(vec![1]));
    assert_eq!(selected(&session), (vec![1], PATCH, 2));
    session.apply(Command::Undo);
    assert_eq!(selected(&session), (vec![0], Unit::Pixel, 25));
    session.apply(Command::Redo);
    assert_eq!(selected(&session), (vec![1], PATCH, 2));
}

#[test]
fn what_was_changed_of_the_view_is_taken_back_in_the_order_in_which_it_was_done() {
    let mut session = explaining(black_box());
    session.explainers.push(Arc::new(explainer("grad", "Gradient", Unit::Pixel, 5)));
    let looks = |session: &Session| {
        let explore = &session.explore;
        (explore.columns.clone(), explore.k, explore.class_focus, explore.view, explore.fill)
    };
    let changes = [
        vec![Command::NextMethod],
        vec![Command::SetK(7)],
        vec![Command::FocusClass(Some(1))],
        // Flips are one step, however many.
        vec![Command::Flip, Command::Flip, Command::Flip],
        vec![Command::NextFill],
    ];
    let mut before = Vec::new();
    for commands in changes {
        let known = looks(&session);
        for command in commands {
            session.apply(command);
        }
        assert_ne!(known, looks(&session));
        before.push(known);
    }
    let said = ["Hidden units become", "View: selected", "Following class one", "Select 7 of", "Showing Gradient"];
    for (known, said) in before.iter().rev().zip(said) {
        session.apply(Command::Undo);
        assert_eq!(looks(&session), *known);
        assert!(session.last_action.starts_with(&format!("Taken back: {said}")), "{}", session.last_action);
    }
    assert!(session.undo.next_undo().is_none());
    // To and fro is nothing to take back.
    session.apply(Command::SetView(View::Heat));
    session.apply(Command::SetView(View::Overlay));
    assert!(session.undo.next_undo().is_none());
}

#[test]
fn another_black_box_has_its_own_numbers_for_classes() {
    let mut session = world(black_box());
    let named = |hash: &str, classes: &[&str]| {
        let mut saved = black_box();
        saved.card.hash = hash.to_owned();
        saved.card.classes = classes.iter().map(|name| (*name).to_owned()).collect();
        Arc::new(saved)
    };
    session.boxes.push(named("turned", &["two", "one", "zero"]));
    session.boxes.push(named("others", &["even", "odd"]));
    session.explore.list.filter.prediction = Some(0);
    session.explore.reading.against = Some(2);
    session.apply(Command::UseBox(1));
    assert_eq!(session.explore.list.filter.prediction, Some(2), "the class of the same name");
    assert_eq!(session.explore.reading.against, None);
    session.apply(Command::UseBox(2));
    assert_eq!(session.explore.list.filter.prediction, None, "it has no such class");
}

#[test]
fn a_command_that_was_connected_with_other_data_is_asked_anew() {
    let connected = |with: &str| {
        let mut saved = black_box();
        saved.card.exec = Some("answers".to_owned());
        saved.card.data_hash = with.to_owned();
        saved
    };
    let mut session = explaining(connected("world hash"));
    let explained = |requests: Vec<Request>| -> Vec<Arc<ExplainKey>> {
        let key = |request: Request| match request {
            Request::Run(run) => match &run.purpose {
                Purpose::Explain(key) => Some(key.clone()),
                _ => None,
            },
            _ => None,
        };
        requests.into_iter().filter_map(key).collect()
    };
    let first = explained(arrives(&mut session, connected("world hash")));
    assert_eq!(first.len(), 1);
    let again = explained(arrives(&mut session, connected("world hash")));
    assert!(again.is_empty(), "the very same is under way");
    // The same command has the same hash, but hides parts by values of other data.
    let other = explained(arrives(&mut session, connected("other hash")));
    assert_eq!(other.len(), 1);
    assert_ne!(first, other);
}

#[test]
fn only_the_pair_of_classes_that_is_looked_at_is_asked_about() {
    let mut session = explaining(black_box());
    let mut asked = |command: Command| -> Vec<Option<(usize, usize)>> {
        let pair = |request: Request| match request {
            Request::Run(run) => match &run.task {
                Task::Explain(task) => Some(task.contrast),
                _ => None,
            },
            _ => None,
        };
        session.apply(command).into_iter().filter_map(pair).collect()
    };
    let against = |class: usize| Command::Reading(Action::Against(Some(class)));
    assert_eq!(asked(Command::FocusClass(Some(1))), [None]);
    assert_eq!(asked(against(2)), [Some((1, 2))]);
    assert!(asked(against(2)).is_empty(), "the very same is under way");
    assert_eq!(asked(Command::FocusClass(Some(0))), [Some((0, 2))]);
    // A class is not contrasted with itself, nor is the predicted one.
    assert_eq!(asked(Command::FocusClass(Some(2))), [None]);
    assert!(asked(Command::FocusClass(None)).is_empty(), "that is known already");
}
