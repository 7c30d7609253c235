//! What a researcher does with a study in the window, by the names that a screen reader says, on real files: make, withdraw, close, merge,
//! and every refusal on the way.
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::session::settings::Appearance;
use unmask::session::study::{StudyAction, StudyDialog, StudyPart};
use unmask::session::{Command, Place, Session};
use unmask::study::design::Form;
use unmask::study::session::{FakeClock, code_of};
use unmask::study::store::{FileState, PersonState, Store};
use unmask::ui::dialogs::PresetDialogs;

use super::participant::{DAY, OnDisk, answer, picture, spec, to_items, window as participant};
use super::project;
use super::study_place::sample;
use super::support::{Window, act, explained, window, window_with};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// Somebody answers so many items of a file and closes the window.
fn somebody(file: &Path, uid: &str, items: usize) {
    let mut app = participant(file, &FakeClock::new(DAY), Appearance::Light);
    let uid = uid.to_owned();
    app.state_mut().participant_mut().take_uids(move || uid.clone());
    to_items(&mut app);
    for _ in 0..items {
        answer(&mut app);
    }
}

fn runs(files: &[&Path], dialogs: Vec<Vec<PathBuf>>) -> Window {
    let mut app = window_with(SIZE, Session::new(), PresetDialogs::new(dialogs));
    app.state_mut().command(Command::OpenPaths(files.iter().map(|file| file.to_path_buf()).collect()));
    settle(&mut app);
    assert_eq!((app.state().session.place, app.state().session.study.part), (Place::Study, StudyPart::Runs));
    app
}

/// Lets files be read and written, and what follows from them.
pub fn settle(app: &mut Window) {
    for _ in 0..8 {
        app.run();
    }
}

/// Clicks the one button of this name.
pub fn click(app: &mut Window, name: &str) {
    app.get_by_role_and_label(Role::Button, name).click();
    settle(app);
}

fn said(app: &Window, words: &str) -> bool {
    app.state().session.notices.entries().iter().any(|entry| entry.notice.summary.contains(words))
}

#[test]
fn a_person_who_withdraws_is_erased_after_a_second_question() {
    let study = OnDisk::new(&spec(Form::Class));
    somebody(&study.file, "uid 0", 3);
    let code = code_of("uid 0");
    let mut app = runs(&[&study.file], Vec::new());
    app.get_by_label_contains("1 of 6 places taken");
    click(&mut app, &format!("Withdraw {code}…"));
    click(&mut app, "Keep");
    assert_eq!(study.store().person(&code).unwrap().unwrap().state, PersonState::Active, "asked, and kept");
    click(&mut app, &format!("Withdraw {code}…"));
    click(&mut app, "Erase for good");
    app.get_by_label("withdrew, erased");
    assert!(app.query_by_label(&code).is_none(), "the code goes, too");
    let store = study.store();
    assert!(store.answers().unwrap().is_empty() && store.events().unwrap().is_empty());
    assert_eq!(store.people().unwrap()[0].state, PersonState::Withdrawn, "a mark stays");
}

#[test]
fn closing_asks_twice_unlocks_the_report_and_takes_no_more_answers() {
    let study = OnDisk::new(&spec(Form::Class));
    somebody(&study.file, "uid 0", 6);
    let mut app = runs(&[&study.file], Vec::new());
    app.state_mut().command(Command::Study(StudyAction::Show(StudyPart::Report)));
    settle(&mut app);
    app.get_by_label_contains("The report stays locked until the study is closed");
    assert!(app.state().session.study.report.value().is_none());
    click(&mut app, "Go to Runs to close it");
    click(&mut app, "Close the study…");
    app.get_by_label_contains("This cannot be taken back");
    click(&mut app, "Keep it open");
    assert_eq!(study.store().meta().state, FileState::Running);
    click(&mut app, "Close the study…");
    click(&mut app, "Close it for good");
    assert_eq!(study.store().meta().state, FileState::Closed);
    assert!(app.query_by_label("Start participant mode").is_none());
    click(&mut app, "Show the report");
    app.get_by_label("What people understood");
    let scores = &app.state().session.study.report.value().unwrap().scores;
    assert_eq!((scores.people, scores.arms.len()), (1, 3));
    let app = participant(&study.file, &FakeClock::new(DAY), Appearance::Light);
    assert!(app.query_by_label_contains("closed and takes no more answers").is_some());
}

#[test]
fn a_wrong_key_is_refused_and_another_can_be_chosen() {
    let study = OnDisk::new(&spec(Form::Class));
    let mut other = spec(Form::Class);
    other.seed = 6;
    let other = OnDisk::new(&other);
    somebody(&study.file, "uid 0", 6);
    let right = study.file.with_file_name("key.json");
    let away = study.dir.path().join("my-key.json");
    std::fs::rename(&right, &away).unwrap();
    let wrong = other.file.with_file_name("key.json");
    let mut app = runs(&[&study.file], vec![vec![wrong], vec![away]]);
    app.get_by_label_contains("expected the key file here, found none");
    click(&mut app, "Choose the key…");
    click(&mut app, "Close the study…");
    click(&mut app, "Close it for good");
    assert!(said(&app, "does not belong to this key file"), "{:?}", app.state().session.notices.entries());
    assert_eq!(study.store().meta().state, FileState::Running, "nothing was closed");
    click(&mut app, "Choose the key…");
    click(&mut app, "Close the study…");
    click(&mut app, "Close it for good");
    assert_eq!(study.store().meta().state, FileState::Closed);
}

#[test]
fn files_of_two_machines_become_one_and_what_is_foreign_is_refused() {
    let study = OnDisk::made(&spec(Form::Class), 2, picture);
    let mut foreign = spec(Form::Class);
    foreign.seed = 6;
    let foreign = OnDisk::new(&foreign);
    somebody(&study.files[0], "uid 0", 6);
    somebody(&study.files[1], "uid 1", 4);
    let out = study.dir.path().join("study/merged.sqlite");
    let refused = study.dir.path().join("study/refused.sqlite");
    let files = [study.files[0].as_path(), study.files[1].as_path(), foreign.file.as_path()];
    let mut app = runs(&files, vec![vec![refused.clone()], vec![out.clone()]]);
    let tick = |app: &mut Window, name: &str| {
        app.get_by_role_and_label(Role::CheckBox, name).click();
        settle(app);
    };
    assert!(app.get_by_role_and_label(Role::Button, "Merge the ticked files…").accesskit_node().is_disabled());
    tick(&mut app, "Merge study/participants-1.sqlite");
    tick(&mut app, "Merge study/participants.sqlite");
    click(&mut app, "Merge the ticked files…");
    assert!(said(&app, "does not belong to"), "{:?}", app.state().session.notices.entries());
    assert!(!refused.exists(), "nothing half-made stays");
    tick(&mut app, "Merge study/participants.sqlite");
    tick(&mut app, "Merge study/participants-2.sqlite");
    click(&mut app, "Merge the ticked files…");
    assert_eq!(app.state().session.study.selected.as_ref(), Some(&out));
    app.get_by_label_contains("2 of 3 places taken, 1 finished");
    let store = Store::open(&out).unwrap();
    assert_eq!((store.people().unwrap().len(), store.answers().unwrap().len()), (2, 12));
}

#[test]
fn a_study_is_made_by_the_button_with_real_networks() {
    let scratch = tempfile::tempdir().unwrap();
    let mut app = project::window(project::with_scratch(scratch.path()));
    let sample = project::sample_data().join("project");
    project::run(&mut app, [Command::OpenPaths(vec![sample]), Command::Go(Place::Study)]);
    app.get_by_role_and_label(Role::Button, "Make the study in a folder…: 60 items, 15 people");
    let home = scratch.path().join("project");
    project::run(&mut app, [Command::SaveProjectIn(home.clone())]);
    let mut form = app.state().session.design_form();
    assert!(form.spec.answer.confidence);
    form.spec.items.count = 8;
    form.spec.people.count = 4;
    (form.spec.checks.practice, form.spec.checks.catch, form.spec.checks.repeats) = (1, 1, 1);
    project::run(&mut app, [Command::Study(StudyAction::SetForm(Box::new(form)))]);
    app.get_by_role_and_label(Role::Button, "Make the study: 8 items, 4 people").click();
    app.step();
    project::run(&mut app, [Command::Study(StudyAction::Show(StudyPart::Designs))]);
    app.get_by_label("The study is made");
    let made = app.state().session.study.made.as_ref().unwrap().participants[0].clone();
    assert!(made.starts_with(home.join("studies")), "{}", made.display());
    for name in ["participants.sqlite", "key.json", "design.toml"] {
        assert!(made.with_file_name(name).is_file(), "{name}");
    }
    app.get_by_role_and_label(Role::Button, "Go to Runs").click();
    project::run(&mut app, [Command::Study(StudyAction::Look)]);
    // Whole groups of as many people as there are arms.
    let places = app.state().session.study.made.as_ref().unwrap().places;
    assert!((4..8).contains(&places), "{places}");
    app.get_by_label_contains(&format!("0 of {places} places taken"));
    assert_eq!(app.state().session.study.selected.as_ref(), Some(&made));
}

/// A design that was changed is part of the project: opening another project does not lose it, and coming back shows it again.
#[test]
fn a_changed_design_is_there_again_when_its_project_is() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    let mut app = project::window(Session::new());
    let digits = Command::OpenSpec(project::digits());
    project::run(&mut app, [digits.clone(), Command::SaveProjectIn(second.clone())]);
    let mut app = project::window(Session::new());
    project::run(&mut app, [digits, Command::SaveProjectIn(first.clone())]);
    let mut form = app.state().session.design_form();
    form.spec.title = "Not saved by hand".to_owned();
    project::run(&mut app, [Command::Study(StudyAction::SetForm(Box::new(form)))]);
    project::run(&mut app, [Command::OpenPaths(vec![second])]);
    assert_eq!(app.state().session.study.form, None, "it belongs to the other project");
    project::run(&mut app, [Command::OpenPaths(vec![first])]);
    let title = app.state().session.study.form.as_ref().map(|form| form.spec.title.clone());
    assert_eq!(title.as_deref(), Some("Not saved by hand"));
}

/// Without a saved project, a study goes where the researcher says: into an empty folder itself, else into a new one inside.
#[test]
fn a_chosen_folder_holds_nothing_but_the_study() {
    let dir = tempfile::tempdir().unwrap();
    let made = |paths: Vec<PathBuf>| match StudyDialog::Folder.command(paths) {
        Some(Command::Study(StudyAction::Make(Some(dir)))) => dir,
        other => panic!("{other:?}"),
    };
    assert_eq!(made(vec![dir.path().to_path_buf()]), dir.path());
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    assert_eq!(made(vec![dir.path().to_path_buf()]), dir.path().join("study"));
    std::fs::create_dir(dir.path().join("study")).unwrap();
    assert_eq!(made(vec![dir.path().to_path_buf()]), dir.path().join("study-2"));
}

fn design(appearance: Appearance, name: &str) {
    let mut app = explained(SIZE, appearance);
    act(&mut app, [Command::Go(Place::Study)]);
    app.snapshot(name);
}

#[test]
fn a_design_in_the_light_theme() {
    design(Appearance::Light, "study_design_light");
}

#[test]
fn a_design_in_the_dark_theme() {
    design(Appearance::Dark, "study_design_dark");
}

fn report(appearance: Appearance, name: &str) {
    let (_dir, file) = sample();
    let mut session = Session::new();
    session.settings.appearance = appearance;
    let mut app = window(SIZE, session);
    app.state_mut().command(Command::OpenPaths(vec![file]));
    settle(&mut app);
    app.state_mut().command(Command::Study(StudyAction::Show(StudyPart::Report)));
    settle(&mut app);
    app.get_by_label_contains("FS-H of Sample study of digits");
    app.snapshot(name);
}

#[test]
fn a_report_in_the_light_theme() {
    report(Appearance::Light, "study_report_light");
}

#[test]
fn a_report_in_the_dark_theme() {
    report(Appearance::Dark, "study_report_dark");
}
