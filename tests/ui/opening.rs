//! Opening: what fails is said where it cannot be missed, options have fields, a text beside data becomes one's own, data that others took the place of
//! come back, and the scores of all listed items are written.
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::session::items::Filter;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Dialog, Place, Request, Session};
use unmask::ui::dialogs::{PresetDialogs, file_name};
use unmask::work::Worker;

use super::support::{Window, World, act, choose, click, explained, explained_with, press, settle, window_on, write};
use super::texts::reviews;

const SIZE: [f32; 2] = [1280.0, 800.0];
const CHANGE: &str = "Change how the data are read…";

#[test]
fn what_cannot_be_opened_is_said_on_the_first_page_with_the_buttons_that_help() {
    let mut app = window_on(SIZE, Session::new(), "broken");
    app.get_by_label("broken was not opened");
    app.get_by_label("broken: expected pictures, found noise; choose another file");
    app.get_by_role_and_label(Role::Button, "Open another…");
    app.get_by_role_and_label(Role::Button, "Try again");
    click(&mut app, CHANGE);
    assert!(app.state().session.open.spec, "the form of what failed");
    press(&mut app, Key::Escape);
    click(&mut app, "Dismiss");
    assert!(app.query_by_label("broken was not opened").is_none());
    assert_eq!(app.state().session.notices.entries().len(), 1, "the list keeps it");
}

#[test]
fn over_open_data_a_failure_is_a_card_that_escape_puts_away() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::OpenSpec("broken".to_owned())]);
    app.get_by_label("broken was not opened");
    let session = &app.state().session;
    assert!(session.last_action.starts_with("broken was not opened: expected pictures"), "{}", session.last_action);
    act(&mut app, [Command::Go(Place::Figures)]);
    app.get_by_label("broken was not opened");
    press(&mut app, Key::Escape);
    assert!(app.query_by_label("broken was not opened").is_none());
    // What is opened next puts it away, too.
    act(&mut app, [Command::OpenSpec("broken".to_owned())]);
    act(&mut app, [Command::OpenSpec("world".to_owned())]);
    assert!(app.state().session.failed_open().is_none());
}

/// The line of the form.
fn line(app: &Window) -> String {
    app.get_by_role_and_label(Role::TextInput, "Data and options").accesskit_node().value().unwrap_or_default()
}

#[test]
fn data_that_failed_are_read_in_another_way_through_fields_of_their_kind() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("broken");
    std::fs::write(&path, "stars;review\n5;a good film in every way\n1;a dull film without an end\n").expect("a file");
    let mut app = window_on([1280.0, 1100.0], Session::new(), &format!("csv:{}?header=yes", path.display()));
    click(&mut app, CHANGE);
    settle(&mut app);
    choose(&mut app, "Class column", "stars");
    choose(&mut app, "Separator", "semicolon");
    write(&mut app, Role::TextInput, "Items at most", "40");
    let written = format!("csv:{}?delimiter=semicolon&header=yes&label=stars&limit=40", path.display());
    assert_eq!(line(&app), written);
    // The other way round, the fields follow the line.
    write(&mut app, Role::TextInput, "Data and options", "&split=official");
    let parts = app.get_by_role_and_label(Role::ComboBox, "Train / test split").accesskit_node().value();
    assert_eq!(parts.as_deref(), Some("as the files say"));
    click(&mut app, "Open again");
    let session = &app.state().session;
    assert!(!session.open.spec);
    assert_eq!(session.spec_text(), Some(format!("{written}&split=official")), "it was tried so");
}

#[test]
fn fields_say_what_was_found_follow_the_line_at_once_and_wait_while_it_cannot_be_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("broken");
    std::fs::write(&path, "stars;review\n5;a good film in every way\n1;a dull film without an end\n").expect("a file");
    let mut app = window_on([1280.0, 1100.0], Session::new(), &format!("csv:{}", path.display()));
    click(&mut app, CHANGE);
    settle(&mut app);
    let value = |app: &Window, name: &str| app.get_by_role_and_label(Role::ComboBox, name).accesskit_node().value();
    for (field, shown) in [
        ("Separator", "semicolon, as found"),
        ("Header row", "yes, as found"),
        ("Class column", "stars, as found"),
        ("Text columns", "review, as found"),
    ] {
        assert_eq!(value(&app, field).as_deref(), Some(shown), "{field}");
    }
    // Without names columns are numbered, as soon as the line says so.
    write(&mut app, Role::TextInput, "Data and options", "?header=no");
    settle(&mut app);
    choose(&mut app, "Class column", "1");
    let written = format!("csv:{}?header=no&label=1", path.display());
    assert_eq!(line(&app), written);
    // A line that cannot be read is not taken away by a field.
    write(&mut app, Role::TextInput, "Data and options", "&colour=red");
    app.get_by_label_contains("the fields wait until it can");
    assert!(app.get_by_role_and_label(Role::ComboBox, "Separator").accesskit_node().is_disabled());
    assert_eq!(line(&app), written.replace("&label=1", "&colour=red&label=1"), "where the cursor stood");
}

/// A text file in a folder of its own.
fn review() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("my_review.txt");
    std::fs::write(&path, "What a delight!").expect("a file");
    (dir, path)
}

#[test]
fn a_text_that_is_opened_beside_data_becomes_ones_own_and_can_be_data_instead() {
    let (_dir, path) = review();
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::AddColumn, Command::SetMarked(3, true), Command::SelectItem(4)]);
    let left = app.state().session.explore.columns.clone();
    let n_items = app.state().session.data.as_ref().map_or(0, |data| data.len());
    act(&mut app, [Command::OpenPaths(vec![path])]);
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.own_text().map(|own| own.text.as_str()), Some("What a delight!"));
    assert_eq!(session.data.as_ref().map(|data| data.name.as_str()), Some("reviews"));
    assert_eq!(session.explore.columns, left, "the comparison stays");
    assert_eq!(session.last_action, "my_review.txt is in view as your own text; reviews stays open");

    click(&mut app, "Open my_review.txt as data");
    settle(&mut app);
    let session = &app.state().session;
    assert!(session.own_text().is_none());
    assert_eq!(session.data.as_ref().map(|data| data.len()), Some(1));
    let said = format!("Closed reviews ({n_items} items); opened my_review.txt (1 item)");
    assert_eq!(session.last_action, said);
    assert!(session.notices.entries().iter().any(|entry| entry.notice.summary == said), "it can be read later");

    click(&mut app, "Open reviews again");
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.data.as_ref().map(|data| data.len()), Some(n_items));
    let explore = &session.explore;
    assert_eq!((explore.item, explore.columns.clone(), explore.k), (Some(4), left, 5), "as they were left");
    assert!(explore.marked.contains(&3));
}

#[test]
fn undo_brings_back_the_data_that_others_took_the_place_of() {
    let (_dir, path) = review();
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(2), Command::OpenSpec(format!("text:{}", path.display()))]);
    settle(&mut app);
    assert_eq!(app.state().session.data.as_ref().map(|data| data.len()), Some(1));
    act(&mut app, [Command::Undo]);
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.data.as_ref().map(|data| data.name.as_str()), Some("reviews"));
    assert_eq!(session.explore.item, Some(2));
}

#[test]
fn without_data_or_a_model_that_reads_it_a_text_is_data() {
    let (_dir, path) = review();
    let mut app = window_on(SIZE, Session::new(), "reviews");
    act(&mut app, [Command::OpenPaths(vec![path.clone()])]);
    assert!(app.state().session.own_text().is_none(), "no black box reads it");
    let mut app = window_on(SIZE, Session::new(), "broken");
    act(&mut app, [Command::OpenPaths(vec![path])]);
    assert!(app.state().session.own_text().is_none() && app.state().session.data.is_some());
}

#[test]
fn scores_of_all_listed_items_go_into_one_file_that_is_called_after_all_its_methods() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("listed.csv");
    let mut app = explained_with(SIZE, Appearance::Dark, PresetDialogs::new(vec![vec![path.clone()]]));
    act(&mut app, [Command::AddColumn, Command::SetFilter(Filter { class: Some(2), ..Filter::default() })]);
    let session = &app.state().session;
    let methods: Vec<String> = session.column_explainers().iter().map(|known| known.card.method.clone()).collect();
    let [a, b] = &methods[..] else { panic!("two methods: {methods:?}") };
    let item = session.explore.item.expect("an item");
    let name = |dialog| file_name(dialog, &session.name_for(dialog));
    assert_eq!(name(Dialog::ExportScores), Some(format!("item-{item}-{a}-{b}-k25-scores.csv")));
    assert_eq!(name(Dialog::ExportListedScores), Some(format!("world-20-items-{a}-{b}-k25-scores.csv")));
    act(&mut app, [Command::Ask(Dialog::ExportListedScores)]);
    settle(&mut app);
    let csv = std::fs::read_to_string(&path).expect("the exported file");
    assert_eq!(csv.lines().count(), 1 + 20 * 2 * 64, "a head, and a line for each item, method and pixel");
    let mut items: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    items.dedup();
    let listed: Vec<String> = app.state().session.explore.list.visible().iter().map(u32::to_string).collect();
    assert_eq!(items, listed, "the listed ones, in their order");
    let said = &app.state().session.last_action;
    assert!(said.starts_with("Wrote the scores of 20 items by "), "{said}");
}

#[test]
fn writing_the_scores_of_all_items_can_be_cancelled_and_leaves_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("listed.csv");
    let mut app = explained(SIZE, Appearance::Dark);
    let session = &mut app.state_mut().session;
    let mut requests = session.apply(Command::ExportListedScores(path.clone()));
    let Some(Request::Run(asked)) = requests.pop() else { panic!("a run: {}", session.last_action) };
    let mut worker = Worker::inline(World);
    let id = worker.submit(asked.slot, asked.priority, asked.task.clone());
    session.submitted(&asked, id, Instant::now());
    assert!(session.running.listed().any(|job| job.title == "Scores of 60 items" && job.can_pause()));
    for _ in 0..5 {
        worker.step();
    }
    worker.cancel(id);
    while let Some(event) = worker.wait_event(Duration::from_secs(5)) {
        session.apply_event(asked.lane, event);
    }
    assert_eq!(session.last_action, "Cancelled: Scores of 60 items");
    assert!(!path.exists() && session.notices.entries().is_empty());
}

#[test]
fn trying_again_opens_what_the_notice_is_about_whatever_was_tried_since() {
    let mut app = window_on(SIZE, Session::new(), "broken");
    act(&mut app, [Command::OpenSpec("broken?limit=5".to_owned())]);
    let retries = |app: &Window| -> Vec<Option<Command>> {
        let entries = app.state().session.notices.entries().iter();
        entries.map(|entry| entry.retry.as_deref().cloned()).collect()
    };
    let first = Some(Command::OpenSpec("broken".to_owned()));
    assert_eq!(retries(&app), [first.clone(), Some(Command::RetryData)]);
    act(&mut app, [Command::OpenSpec("world".to_owned())]);
    assert_eq!(retries(&app)[..2], [first, Some(Command::OpenSpec("broken?limit=5".to_owned()))]);
    let session = &app.state().session;
    assert!(Command::RetryData.availability(session).is_err(), "a button that would do nothing says so");
}

#[test]
fn under_a_form_plain_keys_belong_to_its_controls() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::ToggleSheet]);
    app.get_by_role_and_label(Role::CheckBox, "What the model answers").focus();
    app.run();
    let view = app.state().session.explore.view;
    press(&mut app, Key::Space);
    press(&mut app, Key::H);
    let session = &app.state().session;
    assert!(session.figures.sheet_look.page.hides_answers, "Space ticked the box off");
    assert_eq!(session.explore.view, view, "and flipped nothing behind the form");
    press(&mut app, Key::Escape);
    press(&mut app, Key::H);
    assert!(app.state().session.explore.view != view, "without the form they are Explore's again");
}

#[test]
fn escape_closes_the_form_before_the_card_that_lies_under_it() {
    let mut app = window_on(SIZE, Session::new(), "broken");
    click(&mut app, CHANGE);
    press(&mut app, Key::Escape);
    let session = &app.state().session;
    assert!(!session.open.spec && session.failed_open().is_some());
    press(&mut app, Key::Escape);
    assert!(app.state().session.failed_open().is_none());
}
