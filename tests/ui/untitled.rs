//! A session without a project that crashed: what it trained and how it was looked at are offered at the next start.
use std::path::{Path, PathBuf};
use std::time::Instant;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::session::reading::Action;
use unmask::session::untitled::leftovers;
use unmask::session::{Command, Request, Session};

use super::project::{codes, columns, content, digits, run, sample_data, summaries, trained, window, with_scratch};
use super::support::Window;

/// A session that trained, marked and kept something, and never saved.
fn crashed(root: &Path) -> PathBuf {
    let scratch = root.join("session-1");
    let mut app = trained(&scratch);
    run(&mut app, [Command::SelectItem(70), Command::SetK(9), Command::KeepFigure, Command::SetMarked(5, true)]);
    super::project::tick(&mut app, 2 * unmask::session::project::AUTOSAVE_EVERY);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(leftovers(root), [], "what an open window has is not offered to another");
    // The process ends without closing the window.
    drop(app);
    scratch
}

/// The next window, as it starts.
fn next(root: &Path) -> Window {
    let mut session = with_scratch(&root.join("session-2"));
    session.leftovers = leftovers(root);
    let mut app = window(session);
    app.step();
    app
}

#[test]
fn what_a_crash_left_is_offered_and_comes_back_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("untitled");
    crashed(&root);
    let mut app = next(&root);
    app.get_by_label_contains("Work of an earlier session was not saved (less than a minute ago): 1 explainer, 1 kept figure and 1 marked item.");
    app.get_by_role_and_label(Role::Button, "Restore").click();
    run(&mut app, []);
    app.step();
    run(&mut app, [Command::CloseTop]);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert!(app.query_by_label("Restore").is_none(), "it is offered once");
    let session = &app.state().session;
    assert!(session.project.is_none(), "it is still untitled");
    assert_eq!(columns(&app), ["Tiny"]);
    assert_eq!((session.explore.item, session.explore.k), (Some(70), 9));
    assert!(session.explore.marked.contains(&5));
    assert_eq!(session.figures.kept.len(), 1);

    // A second crash loses nothing, either.
    drop(app);
    let mut app = next(&root);
    app.get_by_role_and_label(Role::Button, "Restore").click();
    app.step();
    run(&mut app, [Command::CloseTop]);
    assert_eq!(columns(&app), ["Tiny"]);

    // Saved as a project it is offered no more, and the project has all of it.
    let project = dir.path().join("project");
    run(&mut app, [Command::SaveProjectIn(project.clone())]);
    app.state_mut().close();
    drop(app);
    assert_eq!(leftovers(&root), []);
    std::fs::remove_dir_all(root.join("session-1")).expect("what was trained before there was a project");
    let app = super::project::open(&project);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["Tiny"]);
    assert_eq!(app.state().session.figures.kept.len(), 1);
}

#[test]
fn what_is_discarded_is_gone_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let scratch = crashed(dir.path());
    std::fs::write(dir.path().join("letter.txt"), "mine").expect("a file of the test");
    let mut app = next(dir.path());
    app.get_by_role_and_label(Role::Button, "Discard").click();
    app.step();
    app.step();
    assert!(!scratch.exists());
    assert!(app.query_by_label("Restore").is_none());
    assert!(app.state().session.last_action.contains("Discarded"), "{}", app.state().session.last_action);
    drop(app);
    assert_eq!(content(dir.path()).into_keys().collect::<Vec<_>>(), [dir.path().join("letter.txt")]);
}

#[test]
fn a_window_that_is_closed_leaves_what_it_trained_but_no_marks() {
    let dir = tempfile::tempdir().expect("a folder");
    let scratch = dir.path().join("session-1");
    let mut app = window(with_scratch(&scratch));
    run(&mut app, [Command::OpenSpec(digits()), Command::SetMarked(5, true)]);
    assert!(scratch.join("project.autosave.json").is_file(), "kept for the case of a crash");
    app.state_mut().close();
    drop(app);
    assert_eq!(leftovers(dir.path()), [], "it was closed on purpose");

    let mut app = trained(&scratch);
    app.state_mut().close();
    drop(app);
    let left = leftovers(dir.path());
    assert!(left.len() == 1 && left[0].sentence.contains(": 1 explainer. Its data: "), "{left:?}");
}

#[test]
fn only_looking_leaves_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let scratch = dir.path().join("session-1");
    let mut app = window(with_scratch(&scratch));
    run(&mut app, [Command::OpenPaths(vec![sample_data().join("project")]), Command::SetK(3), Command::NextItem]);
    drop(app);
    assert!(!scratch.exists());
}

#[test]
fn what_cannot_be_read_is_not_offered_and_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("session-1");
    std::fs::create_dir(&folder).expect("a folder of the test");
    std::fs::write(folder.join("project.json"), r#"{"format":"unmask-project","version":99}"#).expect("a file");
    assert_eq!(leftovers(dir.path()), []);
    assert!(folder.join("project.json").is_file());
    assert_eq!(leftovers(&dir.path().join("nowhere")), []);
    let mut session = Session::new();
    assert!(session.apply(Command::RestoreUntitled).is_empty());
    assert_eq!(session.last_action, "Restore unsaved work: No unsaved work of an earlier session is there");
}

#[test]
fn what_is_not_saved_when_a_project_is_opened_is_offered_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let scratch = dir.path().join("session-1");
    let mut app = window(with_scratch(&scratch));
    run(&mut app, [Command::OpenSpec(digits()), Command::SetMarked(5, true), Command::SetMarked(6, true)]);
    run(&mut app, [Command::OpenPaths(vec![sample_data().join("project")])]);
    app.step();
    app.get_by_label_contains("Work that is no longer shown was not saved:");
    assert!(app.state().session.explore.marked.is_empty());
    app.get_by_role_and_label(Role::Button, "Restore").click();
    app.step();
    run(&mut app, [Command::CloseTop]);
    assert_eq!(app.state().session.explore.marked.iter().copied().collect::<Vec<_>>(), [5, 6]);
    let said = |part: &str| app.state().session.notices.entries().iter().any(|one| one.notice.summary.contains(part));
    assert!(said("Restored unsaved work; save it as a project to keep it; closed "), "what gave way is said");
    app.state_mut().close();
    drop(app);
    assert!(!scratch.exists(), "closed on purpose: nothing is left");
}

/// Reads and writes the project files that are asked for, as the window's thread for them does.
fn write(session: &mut Session, requests: impl IntoIterator<Item = Request>) {
    for request in requests {
        if let Request::Project(job) = request {
            let more = session.project_done(job.run());
            write(session, more);
        }
    }
}

fn own_text(text: &str) -> Command {
    Command::Reading(Action::RememberOwn(text.to_owned()))
}

#[test]
fn an_own_text_alone_outlives_a_crash() {
    let root = tempfile::tempdir().expect("a folder");
    let mut session = with_scratch(&root.path().join("session-1"));
    session.apply(own_text("A text of mine"));
    assert!(session.awaits_autosave());
    let requests = session.tick(Instant::now(), &mut None);
    write(&mut session, requests);
    assert!(!session.awaits_autosave());
    // The process ends without closing the window.
    drop(session);
    let mut session = with_scratch(&root.path().join("session-2"));
    session.leftovers = leftovers(root.path());
    let sentence = session.leftover().map(|leftover| leftover.sentence.clone()).unwrap_or_default();
    assert!(sentence.ends_with(": 1 text of your own."), "{sentence}");
    let requests = session.apply(Command::RestoreUntitled);
    write(&mut session, requests);
    assert_eq!(session.view_state().own_text, "A text of mine");
}

#[test]
fn what_is_done_while_a_project_is_being_opened_is_kept_though_nothing_was_before() {
    let root = tempfile::tempdir().expect("a folder");
    let project = root.path().join("project");
    let mut other = Session::new();
    let requests = other.apply(Command::SaveProjectIn(project.clone()));
    write(&mut other, requests);
    drop(other);
    let untitled = root.path().join("untitled");
    let mut session = with_scratch(&untitled.join("session-1"));
    let opening = session.apply(Command::OpenPaths(vec![project]));
    session.apply(own_text("A text of mine"));
    assert!(session.tick(Instant::now(), &mut None).is_empty(), "nothing is written while it is being opened");
    write(&mut session, opening);
    assert_eq!(session.view_state().own_text, "");
    assert_eq!(session.leftovers.len(), 1, "it is offered at once");
    let left = leftovers(&untitled);
    assert!(left.len() == 1 && left[0].sentence.ends_with(": 1 text of your own."), "{left:?}");
}

#[test]
fn work_on_a_project_that_was_named_relative_to_a_folder_comes_back_with_its_models() {
    let root = tempfile::tempdir().expect("a folder");
    let sample = || Command::OpenPaths(vec!["sample_data/reviews_project".into()]);
    let mut app = window(with_scratch(&root.path().join("session-1")));
    run(&mut app, [sample(), Command::Reading(Action::EditOwn("A superb evening".to_owned()))]);
    let shown = columns(&app);
    assert!(!shown.is_empty(), "{:?}", summaries(&app));
    super::project::tick(&mut app, 2 * unmask::session::project::AUTOSAVE_EVERY);
    // The process ends without closing the window.
    drop(app);
    let mut app = next(root.path());
    // The data that come back are not closed by that.
    run(&mut app, [sample()]);
    app.get_by_label_contains("1 text of your own.");
    assert!(app.query_by_label_contains("Restoring it closes").is_none());
    run(&mut app, [Command::RestoreUntitled]);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    let session = &app.state().session;
    assert_eq!(session.own_text().map(|own| own.text.as_str()), Some("A superb evening"));
    assert_eq!(columns(&app), shown);
}
