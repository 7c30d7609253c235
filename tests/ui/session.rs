//! The session without a window: settings, filters, caches, projects.

use unmask::data::Unit;
use unmask::session::items::Predictions;
use unmask::session::project;
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

#[test]
fn the_project_file_reads_back_as_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut session = Session::new();
    session.explore.unit = Unit::Patch { rows: 4, cols: 4 };
    session.explore.marked.insert(3);
    let state = session.project_state();
    let bytes = serde_json::to_vec(&state).expect("a state that can be written");
    std::fs::write(dir.path().join(project::FILE), bytes).expect("a folder of the test");
    assert_eq!(project::read(dir.path()).expect("a project"), state);
}

#[test]
fn a_project_of_another_version_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = r#"{"format":"unmask-project","version":99}"#;
    std::fs::write(dir.path().join(project::FILE), text).expect("a folder of the test");
    let refused = project::read(dir.path()).expect_err("another version");
    assert!(refused.summary.contains("version 99"), "{}", refused.summary);
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
