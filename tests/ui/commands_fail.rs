//! A program behind a command that breaks after it was connected: it ends, hangs, talks nonsense, or is another model. The window says so and lives
//! on. Skipped where there is no Python.
use std::path::Path;

use egui_kittest::kittest::Queryable;
use unmask::data::Unit;
use unmask::model::params::Params;
use unmask::session::notices::Level;
use unmask::session::train::{FitForm, RunState, TrainForm};
use unmask::session::{Command, Place};

use super::stand_in::{SERVER, program, real_rows};
use super::support::{Window, settle};

/// What the program does before each answer: what the file `mode` beside it says. One that is to be killed first writes there what comes after that.
const MODES: &str = "import os, time
    beside = lambda name: os.path.join(os.path.dirname(sys.argv[0]), name)
    mode = open(beside('mode')).read()
    if mode.startswith('kill '): open(beside('mode'), 'w').write(mode[5:]); os.kill(os.getpid(), 9)
    if mode == 'end': sys.exit('gone for good')
    if mode == 'hang': time.sleep(600)
    if mode == 'nonsense': rows = [9.0] * len(rows)
    if mode == 'other': rows = [1 - x for x in rows]";

/// A window in Explore with such a program, which is given three seconds for an answer; `None` where there is no Python. The folder of the program
/// comes first.
fn connected() -> Option<(tempfile::TempDir, tempfile::TempDir, Window)> {
    let (dir, command) = program(&SERVER.replace("PICK", "values[i * width]").replace("MODE", MODES))?;
    set_mode(dir.path(), "pass");
    let (rows, mut app) = real_rows();
    connect(&mut app, command);
    app.state_mut().command(Command::Go(Place::Explore));
    settle(&mut app);
    assert_explained(&app);
    Some((dir, rows, app))
}

/// Connects a command that is given three seconds for an answer.
fn connect(app: &mut Window, command: String) {
    let specs = unmask::model::architecture("exec").expect("commands for rows").params;
    let mut params = Params::default();
    params.set(specs, "timeout", "3").expect("a parameter");
    let form = FitForm {
        architecture: "exec".to_owned(),
        params,
        seed: 0,
        name: "The program".to_owned(),
        command,
        distil: false,
        learns_hidden: false,
    };
    app.state_mut().command(Command::StartFit(Box::new(form)));
    settle(app);
    let run = &app.state().session.train.runs[0];
    assert_eq!(run.state, RunState::Done, "{:?}", run.state);
}

fn set_mode(dir: &Path, mode: &str) {
    std::fs::write(dir.join("mode"), mode).expect("a mode");
}

/// Asks for the explanation in view again: what is known of it is forgotten.
fn ask_again(app: &mut Window) {
    app.state_mut().command(Command::Go(Place::Explore));
    app.state_mut().command(Command::RetryExplanation);
    settle(app);
}

/// Trains an explainer on the program's answers; why that failed.
fn train(app: &mut Window) -> Option<String> {
    let mut params = Params::default();
    params.set(unmask::explain::method("aim").expect("a method").spec().params, "epochs", "1").expect("a parameter");
    let form =
        TrainForm { method: "aim".to_owned(), params, unit: Unit::Column, k: 2, seed: 0, name: "Learned".to_owned() };
    app.state_mut().command(Command::StartTraining(Box::new(form)));
    settle(app);
    match &app.state().session.train.runs.last().expect("a run").state {
        RunState::Failed(notice) => Some(notice.summary.clone()),
        _ => None,
    }
}

/// Why the explanation in view failed, as the window shows it.
fn told(app: &Window) -> String {
    let error = app.state().session.explore.shown.error().expect("an explanation that failed");
    let summary = unmask::session::describe::in_window(&error.notice().summary);
    assert!(app.get_all_by_label_contains(&summary).count() > 0, "the window does not show: {summary}");
    summary
}

fn assert_explained(app: &Window) {
    let explore = &app.state().session.explore;
    assert!(explore.shown.error().is_none(), "{:?}", explore.shown.error());
    assert!(explore.explained().is_some());
}

#[test]
fn a_program_that_breaks_after_it_was_connected_is_a_notice_and_the_window_goes_on_once_it_is_mended() {
    let Some((dir, _rows, mut app)) = connected() else { return };
    let cases = [
        ("end", "it said: gone for good"),
        ("hang", "gave no answer within 3 seconds"),
        ("nonsense", "which are no probabilities"),
    ];
    for (mode, part) in cases {
        set_mode(dir.path(), mode);
        // A program that runs is asked on; a training starts one of its own.
        ask_again(&mut app);
        let sentence = told(&app);
        assert!(sentence.contains(part) && !sentence.contains('\n'), "{mode}: {sentence}");
        let sentence = train(&mut app).expect("a training that failed");
        assert!(sentence.contains(part) && !sentence.contains('\n'), "{mode}: {sentence}");
        let notices = app.state().session.notices.entries();
        assert!(notices.iter().any(|entry| entry.notice.summary == sentence), "{mode}: {notices:?}");

        set_mode(dir.path(), "pass");
        ask_again(&mut app);
        assert_explained(&app);
    }
    assert_eq!(train(&mut app), None, "it answers again");
}

#[test]
fn a_program_that_answers_by_chance_is_a_notice_when_it_is_connected() {
    for (mode, is_told) in [("import random; rows = [random.random() for _ in rows]", true), ("pass", false)] {
        let program = program(&SERVER.replace("PICK", "values[i * width]").replace("MODE", mode));
        let Some((_dir, command)) = program else { return };
        let (_rows, mut app) = real_rows();
        connect(&mut app, command);
        let notices = app.state().session.notices.entries();
        let told = notices.iter().find(|entry| entry.notice.code == "box-remark");
        assert_eq!(told.is_some(), is_told, "{mode}: {notices:?}");
        let Some(told) = told else { continue };
        assert_eq!(told.level, Level::Warning);
        let sentence = &told.notice.summary;
        assert!(
            sentence.starts_with("The program: exec:") && sentence.contains("expected the same answers"),
            "{sentence}"
        );
    }
}

#[test]
fn a_program_that_is_killed_is_started_again_and_refused_where_it_is_another_model_by_then() {
    let Some((dir, _rows, mut app)) = connected() else { return };
    set_mode(dir.path(), "kill pass");
    ask_again(&mut app);
    assert_explained(&app);

    set_mode(dir.path(), "kill other");
    ask_again(&mut app);
    let sentence = told(&app);
    assert!(sentence.contains("answers otherwise than when it was connected; connect it again"), "{sentence}");
    let sentence = train(&mut app).expect("a training that was refused");
    assert!(sentence.contains("answers otherwise than when it was connected"), "{sentence}");

    set_mode(dir.path(), "pass");
    ask_again(&mut app);
    assert_explained(&app);
}
