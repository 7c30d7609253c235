//! The session without a window: settings, filters, caches, projects.

use std::time::Instant;

use unmask::data::Unit;
use unmask::figure::layout::series::Form;
use unmask::session::items::Predictions;
use unmask::session::project::{self, AUTOSAVE_EVERY};
use unmask::session::reading::Action;
use unmask::session::settings::Settings;
use unmask::session::{Command, Request, Session};

#[test]
fn a_command_that_cannot_be_used_says_why_and_changes_nothing() {
    let mut session = Session::new();
    let requests = session.apply(Command::NextItem);
    assert!(requests.is_empty());
    assert_eq!(session.last_action, "Next item: Open data first");
}

#[test]
fn saving_without_a_project_asks_for_a_folder() {
    let mut session = Session::new();
    assert!(matches!(session.apply(Command::Save)[..], [Request::Ask(unmask::session::Dialog::SaveProject)]));
}

fn open_at(session: &mut Session, dir: &std::path::Path) -> Vec<Request> {
    let mut asked = Vec::new();
    for request in session.apply(Command::OpenPaths(vec![dir.to_path_buf()])) {
        let Request::Project(job) = request else { panic!("a project is opened off the window's thread") };
        asked.extend(session.project_done(job.run()));
    }
    asked
}

fn save_in(session: &mut Session, dir: &std::path::Path) {
    for request in session.apply(Command::SaveProjectIn(dir.to_path_buf())) {
        let Request::Project(job) = request else { panic!("saving asks for a save only") };
        session.project_done(job.run());
    }
}

#[test]
fn a_saved_project_opens_as_it_was_left() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("project");
    let mut session = Session::new();
    session.explore.unit = Unit::Patch { rows: 4, cols: 4 };
    session.explore.marked.insert(3);
    session.place = unmask::session::Place::Measure;
    let before = session.view_state();
    save_in(&mut session, &folder);
    assert!(session.notices.entries().is_empty(), "{:?}", session.notices.entries());
    assert!(!session.unsaved);
    drop(session);
    let mut again = Session::new();
    open_at(&mut again, &folder);
    assert_eq!(again.place, before.place);
    assert_eq!(again.project, Some(folder));
}

#[test]
fn own_text_and_form_of_series_are_kept_with_a_project() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("project");
    let mut session = Session::new();
    session.explore.form = Some(Form::Map);
    session.apply(Command::Reading(Action::RememberOwn("A text of mine".to_owned())));
    save_in(&mut session, &folder);
    drop(session);
    let mut again = Session::new();
    open_at(&mut again, &folder);
    let kept = again.view_state();
    assert_eq!((kept.own_text.as_str(), kept.form), ("A text of mine", Some(Form::Map)));
    assert!(!again.explore.k_is_set, "the user had set no k");
}

#[test]
fn an_autosave_that_fails_again_and_again_is_told_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("project");
    let mut session = Session::new();
    save_in(&mut session, &folder);
    std::fs::remove_dir_all(&folder).expect("a folder of the test");
    let started = Instant::now();
    for round in 1..4_u32 {
        session.apply(Command::SetMarked(round as usize, true));
        let asked = session.tick(started + 2 * round * AUTOSAVE_EVERY, &mut None);
        assert_eq!(asked.len(), 1, "it is tried again");
        for request in asked {
            let Request::Project(job) = request else { panic!("unsaved work is kept") };
            session.project_done(job.run());
        }
    }
    let told: Vec<&str> = session.notices.entries().iter().map(|entry| entry.notice.code).collect();
    assert_eq!(told, ["project-not-saved"]);
}

#[test]
fn a_project_of_another_version_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = r#"{"format":"unmask-project","version":99}"#;
    std::fs::write(dir.path().join(project::FILE), text).expect("a folder of the test");
    let mut session = Session::new();
    open_at(&mut session, dir.path());
    assert!(session.project.is_none());
    assert!(session.notices.entries()[0].notice.summary.contains("99"));
    assert_eq!(std::fs::read_to_string(dir.path().join(project::FILE)).expect("the file"), text);
}

#[test]
fn recent_files_are_listed_once_latest_first() {
    let mut settings = Settings::default();
    for name in ["a", "b", "a"] {
        settings.remember(name);
    }
    assert_eq!(settings.recent, ["a", "b"]);
}

#[test]
fn predictions_count_each_item_once() {
    let mut predictions = Predictions::new(3);
    predictions.put(&[0, 2], &[0.9, 0.1, 0.2, 0.8], 2);
    predictions.put(&[2], &[0.3, 0.7], 2);
    assert_eq!(predictions.known, 2);
    assert_eq!(predictions.get(2), Some((1, 0.7)));
    assert_eq!(predictions.get(1), None);
}
