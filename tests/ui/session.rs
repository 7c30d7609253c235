//! The session without a window: settings, filters, caches, projects.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use unmask::data::Unit;
use unmask::figure::Theme;
use unmask::figure::layout::series::Form;
use unmask::jobs::{Output, StudyOutput, Task};
use unmask::session::figures::PNG_SCALE;
use unmask::session::items::Predictions;
use unmask::session::project::{self, AUTOSAVE_EVERY};
use unmask::session::reading::Action;
use unmask::session::settings::Settings;
use unmask::session::study::StudyJob;
use unmask::session::train::RunState;
use unmask::session::{Command, Lane, Purpose, Request, Run, Session, slots};
use unmask::study::merge::Merged;
use unmask::work::{Event, JobId, Priority, Slot};

use super::project::tiny_training;
use super::support::{black_box, dataset, explainer};

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
fn embedding_and_look_of_figures_are_kept_with_a_project() {
    let dir = tempfile::tempdir().expect("a folder");
    let (plain, chosen) = (dir.path().join("plain"), dir.path().join("chosen"));
    save_in(&mut Session::new(), &plain);
    let vectors = dir.path().join("vectors.txt");
    let mut session = Session::new();
    session.apply(Command::SetEmbedding(Some(vectors.clone())));
    session.apply(Command::SetPngScale(7.5));
    session.figures.theme = Theme::Dark;
    save_in(&mut session, &chosen);
    drop(session);
    let mut again = Session::new();
    let kept = |session: &Session| (session.measure.embedding.clone(), session.figures.scale, session.figures.theme);
    open_at(&mut again, &chosen);
    assert_eq!(kept(&again), (Some(vectors), 7.5, Theme::Dark));
    // One that keeps none of them, as those of earlier versions.
    open_at(&mut again, &plain);
    assert_eq!(kept(&again), (None, PNG_SCALE, Theme::Light));
}

#[test]
fn a_participant_file_is_remembered_once() {
    let mut session = Session::new();
    let out = PathBuf::from("merged.sqlite");
    for _ in 0..2 {
        let run = Run {
            lane: Lane::Files,
            slot: Slot::new(slots::STUDY, 3),
            priority: Priority::Normal,
            purpose: Purpose::Study(StudyJob::Merge),
            title: String::new(),
            task: Task::LoadBox { dir: PathBuf::new() },
        };
        let id = JobId::next();
        session.submitted(&run, id, Instant::now());
        let merged = StudyOutput::Merged { out: out.clone(), merged: Merged::default() };
        session.apply_event(Lane::Files, Event::Finished(id, Ok(Output::Study(merged))));
    }
    let whole = std::path::absolute(&out).expect("a folder to be in");
    assert_eq!(session.view_state().studies, [whole], "found again from whatever folder");
}

/// The invented world with its black box, and a training under way for what is open then.
fn training(session: &mut Session) -> JobId {
    session.data = Some(Arc::new(dataset()));
    session.boxes.push(Arc::new(black_box()));
    session.active_box = Some(0);
    let Some(Request::Run(run)) = session.apply(tiny_training("Tiny", 1)).pop() else {
        panic!("a training: {}", session.last_action)
    };
    let id = JobId::next();
    session.submitted(&run, id, Instant::now());
    id
}

fn trained() -> Output {
    Output::Explainer(Arc::new(explainer("l2x", "Tiny", Unit::Pixel, 10)))
}

/// Names of the explainers that are known.
pub fn names(session: &Session) -> Vec<String> {
    session.explainers.iter().map(|known| known.card.name.clone()).collect()
}

#[test]
fn what_is_trained_for_a_project_that_was_left_stays_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    save_in(&mut Session::new(), &second);
    let mut session = Session::new();
    save_in(&mut session, &first);
    let id = training(&mut session);
    open_at(&mut session, &second);
    session.apply_event(Lane::Training, Event::Partial(id, trained()));
    assert_eq!(names(&session), [""; 0], "no checkpoint comes into the other project");
    assert!(session.view_state().out_dirs.is_empty(), "nor does it look for one there");
    session.apply_event(Lane::Training, Event::Finished(id, Ok(trained())));
    assert_eq!(names(&session), [""; 0]);
    assert_eq!(session.train.runs[0].state, RunState::Done);
    let told = session.notices.entries().last().expect("it is told");
    assert_eq!(told.notice.code, "trained-elsewhere");
    let folder = first.join("explainers/tiny-seed1").display().to_string();
    assert!(told.notice.summary.contains(&folder), "{}", told.notice.summary);

    // Back in its project before it is done, it is among the others.
    open_at(&mut session, &first);
    let id = training(&mut session);
    open_at(&mut session, &second);
    open_at(&mut session, &first);
    session.apply_event(Lane::Training, Event::Finished(id, Ok(trained())));
    assert_eq!(names(&session), ["Tiny"]);
}

#[test]
fn what_is_trained_before_there_is_a_project_is_for_the_one_that_is_saved() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut session = Session::new();
    session.scratch = Some(dir.path().join("scratch"));
    let id = training(&mut session);
    save_in(&mut session, &dir.path().join("project"));
    session.apply_event(Lane::Training, Event::Finished(id, Ok(trained())));
    assert_eq!(names(&session), ["Tiny"]);
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
fn what_is_said_of_data_names_them_once_and_stands_once_in_the_list_however_often_they_are_opened() {
    let mut session = Session::new();
    let mut data = dataset();
    data.remarks = ["world: fields end at each comma", "Left out: note"].map(str::to_owned).to_vec();
    let data = Arc::new(data);
    let mut unread = Vec::new();
    for _ in 0..2 {
        let run = Run {
            lane: Lane::Files,
            slot: Slot::new(slots::DATA, 0),
            priority: Priority::Normal,
            purpose: Purpose::OpenData,
            title: String::new(),
            task: Task::OpenData { spec: data.spec.clone() },
        };
        let id = JobId::next();
        session.submitted(&run, id, Instant::now());
        session.apply_event(Lane::Files, Event::Finished(id, Ok(Output::Data(data.clone()))));
        let told: Vec<&str> = session.notices.entries().iter().map(|entry| entry.notice.summary.as_str()).collect();
        assert_eq!(told, ["world: fields end at each comma"], "one notice for one opening");
        let [entry] = session.notices.entries() else { panic!("one notice: {told:?}") };
        assert_eq!(entry.notice.hint.as_deref(), Some("Left out: note"));
        assert_eq!(entry.retry.as_deref(), Some(&Command::ShowReading(data.spec.to_string())));
        unread.push(session.notices.unread());
        session.notices.mark_read();
    }
    assert_eq!(unread, [1, 1], "it is told anew");
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
