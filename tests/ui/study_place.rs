//! The Study place, by the names that a screen reader says: design, runs, merging, closing, report. Participant files are real ones; the
//! report is that of the sample project's finished study.
use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable;
use unmask::session::settings::Appearance;
use unmask::session::study::{StudyAction, StudyPart};
use unmask::session::{Command, Place, Session};
use unmask::study::design::Protocol;

use super::study_runs::{click, settle};
use super::support::{act, explained, window};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// A copy of the sample study, since opening takes a lock.
pub fn sample() -> (tempfile::TempDir, PathBuf) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/project/studies/digits");
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["participants.sqlite", "key.json"] {
        std::fs::copy(from.join(name), dir.path().join(name)).expect("the sample study");
    }
    let file = dir.path().join("participants.sqlite");
    (dir, file)
}

#[test]
fn the_design_panel_plans_and_takes_over_a_papers_protocol() {
    let mut app = explained(SIZE, Appearance::Light);
    act(&mut app, [Command::Go(Place::Study)]);
    app.get_by_label_contains("of 80 % will be known to");
    click(&mut app, "+ Unselected part");
    let form = app.state().session.design_form();
    assert!(form.arms.iter().any(|arm| arm.name.starts_with("Not ")), "{:?}", form.arms);
    act(&mut app, [Command::Study(StudyAction::StartFrom("meed-mnist"))]);
    let form = app.state().session.design_form();
    assert_eq!((form.spec.protocol, form.spec.items.count, form.spec.people.count), (Protocol::Meed, 500, 15));
    app.get_by_label_contains("Rule 1 (one stated target)");
    app.get_by_label_contains("Choose which explainer selects in arm");
}

#[test]
fn a_closed_study_shows_its_people_and_its_report() {
    let (_dir, file) = sample();
    let mut app = window(SIZE, Session::new());
    app.state_mut().command(Command::OpenPaths(vec![file.clone()]));
    settle(&mut app);
    assert_eq!(app.state().session.place, Place::Study);
    app.get_by_label("13 of 16 places taken, 13 finished, 0 withdrew");
    click(&mut app, "Show the report");
    let study = &app.state().session.study;
    assert!(study.report.error().is_none(), "{:?}", study.report.error());
    let report = study.report.value().expect("it is closed and has its key").clone();
    assert_eq!((report.scores.arms.len(), report.scores.excluded.len()), (4, 2));
    app.get_by_label("What people understood");
    app.get_by_label_contains("FS-H of Sample study of digits");
}

#[test]
fn a_foreign_file_is_refused_in_a_sentence() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("notes.sqlite");
    std::fs::write(&file, b"no database at all, but long enough").expect("a folder of the test");
    let mut app = window(SIZE, Session::new());
    app.state_mut().command(Command::OpenPaths(vec![file]));
    settle(&mut app);
    app.get_by_label_contains("expected a study of Unmask, found no SQLite file");
    act(&mut app, [Command::Study(StudyAction::Show(StudyPart::Report))]);
    assert!(app.state().session.study.report.value().is_none());
}
