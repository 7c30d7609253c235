//! Data that the black box in use does not read, and how data were read: they are shown without it, undo brings all back, and what is said of them is
//! said in the words of the form.
use std::sync::Arc;
use std::time::Instant;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use unmask::jobs::Output;
use unmask::session::notices::Level;
use unmask::session::settings::Appearance;
use unmask::session::untitled::Leftover;
use unmask::session::{Command, Dialog, Lane, Purpose, Request, Run, Session, slots};
use unmask::ui::dialogs::PresetDialogs;
use unmask::work::{Event, JobError, JobId, Notice, Priority, Slot};

use super::support::{
    Window, act, black_box, choose, click, dataset, explained, explained_with, press, press_with, session_with, settle,
    window, window_on,
};
use super::texts::reviews;

const SIZE: [f32; 2] = [1280.0, 800.0];

fn name(app: &Window) -> Option<String> {
    app.state().session.data.as_ref().map(|data| data.name.clone())
}

#[test]
fn data_of_another_kind_are_shown_without_the_black_box_and_undo_brings_all_back() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::AddColumn, Command::SetK(7), Command::SetMarked(3, true)]);
    let columns = app.state().session.explore.columns.clone();
    act(&mut app, [Command::OpenSpec("reviews".to_owned())]);
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(name(&app).as_deref(), Some("reviews"));
    assert!(session.active_box().is_none() && session.explore.shown.error().is_none());
    assert_eq!(session.explore.columns, [0; 0], "its methods are put aside with it");
    assert_eq!((session.boxes.len(), session.explainers.is_empty()), (1, false), "both stay at hand");
    let said = "Quarter reads pictures, and these are texts: it is put aside; train or open a black box for them";
    assert!(session.last_action.ends_with(said), "{}", session.last_action);
    app.get_by_label_contains("Quarter reads pictures, and these are texts: they are shown without a black box.");
    app.get_by_role_and_label(Role::Button, "Train a black box");
    assert!(app.query_by_label_contains("64 pixels").is_none(), "nothing of the pictures stays on screen");

    act(&mut app, [Command::Undo]);
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!((name(&app).as_deref(), session.active_box), (Some("world"), Some(0)));
    let explore = &session.explore;
    assert_eq!((explore.k, explore.columns.clone(), explore.marked.contains(&3)), (7, columns, true));
    assert!(session.explore.explained().is_some_and(|shown| session.is_in_view(shown)));
}

#[test]
fn opening_is_taken_back_and_done_again_like_every_other_step() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::SetMarked(3, true), Command::OpenSpec("reviews".to_owned())]);
    settle(&mut app);
    act(&mut app, [Command::SetMarked(1, true)]);
    let go = |app: &mut Window, command: Command| {
        act(app, [command]);
        settle(app);
        let session = &app.state().session;
        let marked: Vec<usize> = session.explore.marked.iter().copied().collect();
        (name(app).unwrap_or_default(), marked, session.undo.next_redo().is_some())
    };
    let steps = [
        (Command::Undo, "reviews", vec![], true),
        (Command::Undo, "world", vec![3], true),
        (Command::Undo, "world", vec![], true),
        (Command::Redo, "world", vec![3], true),
        (Command::Redo, "reviews", vec![], true),
        (Command::Redo, "reviews", vec![1], false),
        (Command::Undo, "reviews", vec![], true),
        (Command::Undo, "world", vec![3], true),
    ];
    for (at, (command, data, marked, has_redo)) in steps.into_iter().enumerate() {
        assert_eq!(go(&mut app, command), (data.to_owned(), marked, has_redo), "step {at}");
    }
}

#[test]
fn an_opening_that_cannot_be_taken_back_stays_a_step() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::OpenSpec("reviews".to_owned())]);
    settle(&mut app);
    let session = &mut app.state_mut().session;
    let requests = session.apply(Command::Undo);
    let [Request::Run(run)] = &requests[..] else { panic!("the data are opened: {requests:?}") };
    let id = JobId::next();
    session.submitted(run, id, Instant::now());
    let gone = Err(JobError::failed("data", "world: expected pictures, found nothing; check the path"));
    session.apply_event(Lane::Files, Event::Finished(id, gone));
    assert!(session.undo.next_redo().is_none() && session.undo.next_undo().is_some());
    assert_eq!(name(&app).as_deref(), Some("reviews"));
}

#[test]
fn the_menu_of_black_boxes_has_none_and_offers_no_others_kind() {
    let mut app = explained(SIZE, Appearance::Dark);
    choose(&mut app, "Black box", "None");
    let session = &app.state().session;
    assert!(session.active_box().is_none() && session.data.is_some());
    app.get_by_label_contains("No black box is in use");
    choose(&mut app, "Black box", "Quarter");
    settle(&mut app);
    assert!(app.state().session.active_box().is_some() && app.state().session.explore.explained().is_some());

    let mut session = session_with(Appearance::Dark, None);
    session.boxes.push(Arc::new(black_box()));
    let app = window_on(SIZE, session, "reviews");
    let refused = Command::UseBox(0).availability(&app.state().session).expect_err("it reads pictures");
    assert_eq!(refused, "Quarter reads pictures, and these are texts");
}

#[test]
fn a_black_box_that_does_not_read_the_open_data_is_opened_and_not_used() {
    let mut app = window_on(SIZE, session_with(Appearance::Dark, None), "reviews");
    let session = &mut app.state_mut().session;
    let run = Run {
        lane: Lane::Files,
        slot: Slot::new(slots::LOAD_BOX, 1),
        priority: Priority::Normal,
        purpose: Purpose::LoadBox("quarter".into()),
        title: String::new(),
        task: unmask::jobs::Task::LoadBox { dir: "quarter".into() },
    };
    let id = JobId::next();
    session.submitted(&run, id, Instant::now());
    session.apply_event(Lane::Files, Event::Finished(id, Ok(Output::Box(Arc::new(black_box())))));
    assert_eq!((session.boxes.len(), session.active_box), (1, None));
    assert!(session.last_action.contains("Quarter reads pictures"), "{}", session.last_action);
}

/// The run that a request asks for, handed over.
fn handed(session: &mut Session, command: Command) -> (Box<Run>, JobId) {
    let mut requests = session.apply(command);
    let Some(Request::Run(run)) = requests.pop() else { panic!("a run: {}", session.last_action) };
    let id = JobId::next();
    session.submitted(&run, id, Instant::now());
    (run, id)
}

#[test]
fn a_text_that_is_dropped_while_data_are_opened_does_not_end_that() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("mine.txt");
    std::fs::write(&path, "What a delight!").expect("a file");
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let session = &mut app.state_mut().session;
    let (opening, id) = handed(session, Command::OpenSpec("world".to_owned()));
    let (text, _) = handed(session, Command::OpenPaths(vec![path]));
    assert!(text.slot != opening.slot, "a newer run of a slot cancels the older");
    // Cancelled by the user: what is open is what the form is about.
    session.apply_event(Lane::Files, Event::Finished(id, Err(JobError::Cancelled)));
    assert_eq!(session.spec_text().as_deref(), Some("reviews"));
}

#[test]
fn what_another_opening_took_the_place_of_is_no_news() {
    let mut session = Session::new();
    let (_, first) = handed(&mut session, Command::OpenSpec("world".to_owned()));
    handed(&mut session, Command::OpenSpec("reviews".to_owned()));
    session.apply_event(Lane::Files, Event::Finished(first, Err(JobError::Cancelled)));
    assert_eq!(session.last_action, "Opening reviews");
    assert_eq!(session.spec_text().as_deref(), Some("reviews"));
}

#[test]
fn columns_are_told_in_a_line_that_leads_to_the_form() {
    let mut data = dataset();
    let roles = "Text is column review, classes are column stars (guessed; text=, label= and split= change it)";
    data.remarks = vec![roles.to_owned()];
    let mut session = session_with(Appearance::Dark, None);
    session.data = Some(Arc::new(data));
    let mut app = window(SIZE, session);
    app.get_by_label("Read: review \u{2192} stars (zero, one, two)");
    click(&mut app, "Change");
    assert!(app.state().session.open.spec);
    app.get_by_label_contains("\"Text columns\", \"Class column\" and \"Train / test split\" change it");
}

#[test]
fn where_files_are_asked_for_a_specification_can_be_typed() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("rows.csv");
    std::fs::write(&path, "a,b\n1,2\n").expect("a file");
    let mut app = explained_with(SIZE, Appearance::Dark, PresetDialogs::absent());
    act(&mut app, [Command::Ask(Dialog::OpenFiles)]);
    let retype = |app: &mut Window, text: &str| {
        app.get_by_label("Path").focus();
        app.run();
        press_with(app, Modifiers::COMMAND, Key::A);
        app.get_by_label("Path").type_text(text);
        app.run();
    };
    retype(&mut app, "series:/nowhere/rows.csv?item=machine");
    app.get_by_label_contains("There is nothing at /nowhere/rows.csv");
    let spec = format!("series:{}?item=a", path.display());
    retype(&mut app, &spec);
    assert!(app.query_by_label_contains("There is nothing at").is_none());
    press(&mut app, Key::Enter);
    assert!(app.query_by_label("Path").is_none(), "the form is gone");
    settle(&mut app);
    let recent = app.state().session.settings.recent.first().cloned();
    assert!(app.state().session.data.is_some() && recent.is_some(), "it was opened");
}

#[test]
fn an_item_that_no_answer_came_for_is_shown_as_it_is_not_under_another_ones_result() {
    let mut app = explained(SIZE, Appearance::Dark);
    let explore = &mut app.state_mut().session.explore;
    explore.item = Some(5);
    let id = JobId::next();
    explore.shown.begin(id, Instant::now());
    explore.shown.finish(id, Err(JobError::failed("exec", "The program is gone")));
    app.run();
    app.get_by_label("The program is gone");
    app.get_by_role_and_label(Role::Button, "Try again");
    assert_eq!(app.query_all_by_label_contains(" of item ").count(), 0, "nothing of the item before");
}

#[test]
fn the_list_of_notices_is_as_high_as_what_came_in_since_it_was_opened() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::ToggleNotices]);
    let session = &mut app.state_mut().session;
    for number in 1..=8 {
        let notice = Notice::new("test", format!("What should be known, number {number}"));
        session.notices.push(Level::Info, notice, None);
    }
    app.run();
    assert!(app.query_by_label("8 new").is_none(), "what comes in while it is open is seen");
    // The lowest of the list, and in sight.
    click(&mut app, "Remove notice 1");
    assert_eq!(app.state().session.notices.entries().len(), 7);
    press(&mut app, Key::Escape);
    assert_eq!(app.state().session.notices.unread(), 0);
}

#[test]
fn restored_work_leaves_no_offer_that_looks_the_same() {
    let leftover =
        |name: &str| Leftover { folder: name.into(), sentence: "Work was not saved.".to_owned(), data: None };
    let mut session = Session::new();
    session.leftovers = vec![leftover("new"), leftover("old")];
    assert!(matches!(session.apply(Command::RestoreUntitled)[..], [Request::Project(_)]));
    assert!(session.leftover().is_none());
    let told = session.notices.entries().iter().any(|entry| entry.notice.summary.contains("1 older session"));
    assert!(told, "that there is more is said");
}
