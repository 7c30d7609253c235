//! Unsaved work that was taken back or given up, and what a project keeps of how classes are looked at and of figures of texts.

use unmask::session::Command;
use unmask::session::project::AUTOSAVE_EVERY;
use unmask::session::reading::Action;

use super::project::{codes, open, run, sample_data, saved_project, summaries, tick};
use super::support::Window;

#[test]
fn what_was_taken_back_before_the_window_closes_is_not_restored() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::SetMarked(9, true)]);
    assert!(folder.join("project.autosave.json").is_file(), "the first change is kept at once");
    run(&mut app, [Command::Undo]);
    app.state_mut().close();
    drop(app);
    assert!(!folder.join("project.autosave.json").exists());
    let app = open(&folder);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert!(!app.state().session.explore.marked.contains(&9));
}

#[test]
fn undo_does_not_reach_behind_the_saved_state_that_was_gone_back_to() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::KeepFigure, Command::Save, Command::SetMarked(9, true)]);
    tick(&mut app, 2 * AUTOSAVE_EVERY);
    // The process ends without closing the window.
    drop(app);
    let mut app = open(&folder);
    assert_eq!(codes(&app), ["project-restored"]);
    run(&mut app, [Command::RemoveFigure(0), Command::KeepFigure, Command::RevertProject, Command::Undo]);
    assert_eq!(app.state().session.figures.kept.len(), 1, "the saved figure stays");
}

#[test]
fn the_class_that_is_contrasted_with_is_kept_with_a_project() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::Reading(Action::Against(Some(1))), Command::Save]);
    drop(app);
    let app = open(&folder);
    assert_eq!(app.state().session.explore.reading.against, Some(1));
}

#[test]
fn a_note_is_kept_with_a_project() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    let note = Command::SetNote(9, "wrong label?".to_owned());
    run(&mut app, [Command::SetMarked(9, true), note, Command::Save]);
    drop(app);
    let app = open(&folder);
    assert_eq!(app.state().session.explore.note(9), Some("wrong label?"));
}

#[test]
fn a_kept_figure_of_a_text_that_is_shorter_than_the_model_reads_comes_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("project");
    let scores = |app: &Window| app.state().session.figures.kept.first().map(|kept| kept.pictures[0].scores.clone());
    let mut app = open(&sample_data().join("reviews_project"));
    run(&mut app, [Command::KeepFigure, Command::SaveProjectIn(folder.clone())]);
    let kept = scores(&app).expect("a figure");
    assert!(kept.contains(&f32::NEG_INFINITY), "what the text is filled up with");
    drop(app);
    let app = open(&folder);
    assert_eq!(scores(&app), Some(kept), "{:?}", summaries(&app));
}
