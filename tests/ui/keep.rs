//! Kept figures: the same drawing as the command line's, saved with the project, restored after a crash; contact sheets of items.
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::session::figures::Change;
use unmask::session::project::{AUTOSAVE_EVERY, ViewState};
use unmask::session::settings::Appearance;
use unmask::session::sheet::{MAX_PICTURES, SheetOf};
use unmask::session::{Command, Place, Request, Session};
use unmask::store::Project;
use unmask::work::{Event, Progress, Worker};

use super::project::{codes, content, digits, open, run, sample_data, saved_project, summaries, tick, window};
use super::support::{ITEMS, Window, World, act, click, explained, place_of};

const SIZE: [f32; 2] = [1280.0, 800.0];

#[test]
fn window_and_command_line_draw_the_same_picture_of_the_same_explanation() {
    let dir = tempfile::tempdir().expect("a folder");
    let (seen, written) = (dir.path().join("seen.svg"), dir.path().join("written.svg"));
    let (black_box, meed) =
        (sample_data().join("project/blackboxes/digits"), sample_data().join("project/explainers/meed"));
    let mut app = window(Session::new());
    run(&mut app, [Command::OpenPaths(vec![black_box.clone(), meed.clone()]), Command::OpenSpec(digits())]);
    let at = place_of(&app, "meed");
    run(&mut app, [Command::SetColumns(vec![at]), Command::SelectItem(70), Command::SetK(12)]);
    let shown = app.state().session.explore.focused_result().expect("an explanation").scores.clone();
    assert!(shown.iter().any(|score| *score < 0.0), "learned scores are logits, also negative ones");
    run(&mut app, [Command::SetView(unmask::figure::layout::View::Heat), Command::ExportFigure(seen.clone())]);
    let output = Process::new(env!("CARGO_BIN_EXE_unmask"))
        .args(["figure", "--view", "heat", "--k", "12", "--item", "70", "--device", "cpu", "--threads", "1"])
        .args(["--data", &digits()])
        .arg("--blackbox")
        .arg(black_box)
        .arg("--explainer")
        .arg(meed)
        .arg("--out")
        .arg(&written)
        .output()
        .expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path: &Path| std::fs::read_to_string(path).expect("a figure");
    assert_eq!(read(&seen), read(&written));
}

fn titles(app: &Window) -> Vec<String> {
    app.state().session.figures.kept.iter().map(|kept| kept.title.clone()).collect()
}

/// Keeps what is in view and gives it a title.
fn keep(app: &mut Window, title: &str) {
    run(app, [Command::KeepFigure]);
    let at = app.state().session.figures.kept.len() - 1;
    let mut changed = app.state().session.figures.kept[at].clone();
    changed.title = title.to_owned();
    changed
        .annotations
        .push(unmask::figure::Annotation::Letter { at: unmask::figure::point(20.0, 20.0), letter: "a".to_owned() });
    run(app, [Command::ChangeFigure(at, Box::new(changed), Change::Title(0))]);
}

fn files_of_figures(folder: &Path) -> Vec<PathBuf> {
    content(&folder.join("figures")).into_keys().collect()
}

#[test]
fn kept_figures_come_back_with_their_project_and_after_a_crash() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    keep(&mut app, "First");
    let drawn = app.state().session.figures.kept[0].clone();
    assert!(app.state().session.unsaved);
    run(&mut app, [Command::Save]);
    assert!(!app.state().session.unsaved);
    drop(app);

    let mut app = open(&folder);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(titles(&app), ["First"]);
    let back = &app.state().session.figures.kept[0];
    assert_eq!((&back.pictures, &back.annotations, back.item), (&drawn.pictures, &drawn.annotations, drawn.item));
    assert_eq!(back.figure, drawn.figure);
    assert!(!app.state().session.unsaved, "opening changes nothing");

    // Kept as unsaved work, too, and given up with it.
    keep(&mut app, "Second");
    tick(&mut app, 2 * AUTOSAVE_EVERY);
    drop(app);
    let mut app = open(&folder);
    assert_eq!(codes(&app), ["project-restored"]);
    assert_eq!(titles(&app), ["First", "Second"]);
    run(&mut app, [Command::RevertProject]);
    assert_eq!(titles(&app), ["First"]);
    drop(app);

    // What no copy of the state names is not kept forever.
    let mut app = open(&folder);
    for title in ["a", "b", "c"] {
        keep(&mut app, title);
        run(&mut app, [Command::Save]);
    }
    assert_eq!(files_of_figures(&folder).len(), 2, "the saved ones, and those of the copy before");
    assert_eq!(ViewState::of(&Project::peek(&folder).expect("a project")).figures.map(|named| named.count), Some(5));
    run(&mut app, [Command::RemoveFigure(0), Command::Undo]);
    tick(&mut app, 4 * AUTOSAVE_EVERY);
    assert!(!app.state().session.unsaved, "taken back is as saved");
}

#[test]
fn figures_that_do_not_fit_are_left_out_with_a_notice_and_the_project_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    keep(&mut app, "First");
    run(&mut app, [Command::Save]);
    drop(app);
    let [file] = &files_of_figures(&folder)[..] else { panic!("one file of figures") };
    let good = std::fs::read(file).expect("figures");
    for damaged in [&good[..good.len() / 2], &b"not packed"[..], &[][..]] {
        std::fs::write(file, damaged).expect("a file of the test");
        let mut app = open(&folder);
        assert_eq!(codes(&app), ["project-figures-left-out"], "{:?}", summaries(&app));
        assert!(summaries(&app)[0].contains("kept-"), "{:?}", summaries(&app));
        assert_eq!(app.state().session.explore.item, Some(70), "all else is there");
        run(&mut app, [Command::SetMarked(9, true), Command::Save, Command::SetMarked(9, false), Command::Save]);
        drop(app);
        assert_eq!(std::fs::read(file).expect("figures"), damaged, "it is left as it is");
    }
    std::fs::write(file, &good).expect("a file of the test");
    assert_eq!(titles(&open(&folder)), ["First"], "put back, it is there again");

    // Of a later version: the hash fits, the form is unknown.
    let text = std::fs::read_to_string(folder.join("project.json")).expect("a project");
    let later = {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(br#"{"format":"unmask-figures","version":2,"figures":[]}"#).expect("memory");
        packed.finish().expect("memory")
    };
    let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
    assert!(text.contains(&hash(&good)), "the state names the hash of the file");
    std::fs::write(file, &later).expect("a file of the test");
    std::fs::write(folder.join("project.json"), text.replace(&hash(&good), &hash(&later))).expect("a file of the test");
    let app = open(&folder);
    assert!(summaries(&app)[0].contains("version 1"), "{:?}", summaries(&app));
}

#[test]
fn figures_kept_on_the_sample_are_not_written_into_it() {
    let project = sample_data().join("project");
    let before = content(&project);
    let mut app = open(&project);
    keep(&mut app, "On the sample");
    tick(&mut app, 2 * AUTOSAVE_EVERY);
    app.state_mut().close();
    drop(app);
    assert_eq!(content(&project), before);
}

#[test]
fn a_contact_sheet_of_marked_items_is_made_from_the_form() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [3, 8, 21].map(|item| Command::SetMarked(item, true)));
    click(&mut app, "Contact sheet of items");
    app.get_by_label_contains(&format!("A sheet holds at most {MAX_PICTURES} items"));
    click(&mut app, "Make a sheet of 3 items");
    let session = &app.state().session;
    assert!(!session.open.sheet);
    let [sheet] = &session.figures.kept[..] else { panic!("one figure: {}", session.last_action) };
    assert_eq!(sheet.pictures.len(), 3);
    let sources: Vec<&str> = sheet.pictures.iter().map(|picture| picture.source.as_str()).collect();
    assert!(sources[1].contains("item") && sources[1].contains('8'), "{sources:?}");
    assert!(session.last_action.contains("Contact sheet of 3 items is in Figures"), "{}", session.last_action);
    act(&mut app, [Command::Undo]);
    assert!(app.state().session.figures.kept.is_empty());
    act(&mut app, [Command::Redo]);
    assert_eq!(app.state().session.figures.kept.len(), 1);
}

#[test]
fn a_contact_sheet_of_listed_items_follows_the_list_up_to_its_limit() {
    let mut app = explained(SIZE, Appearance::Dark);
    // Two methods: half as many items.
    for command in [Command::AddColumn, Command::LastItem, Command::ToggleSheet] {
        act(&mut app, [command]);
    }
    app.get_by_label("Listed items, in their order: 60").click();
    app.run();
    let most = MAX_PICTURES / 2;
    app.get_by_label_contains(&format!("the last {} are left out", ITEMS - most));
    click(&mut app, &format!("Make a sheet of {most} items"));
    app.run();
    let kept = &app.state().session.figures.kept;
    assert_eq!(kept.first().map(|sheet| sheet.pictures.len()), Some(MAX_PICTURES));
}

#[test]
fn a_contact_sheet_can_be_cancelled_and_says_how_far_it_is() {
    let mut app = explained(SIZE, Appearance::Dark);
    let session = &mut app.state_mut().session;
    let mut requests = session.apply(Command::StartSheet(SheetOf::Listed));
    let Some(Request::Run(asked)) = requests.pop() else { panic!("a run: {}", session.last_action) };
    let mut worker = Worker::inline(World);
    let id = worker.submit(asked.slot, asked.priority, asked.task.clone());
    session.submitted(&asked, id, Instant::now());
    // Some items are done when it is cancelled.
    for _ in 0..4 {
        let event = worker.wait_event(Duration::from_secs(5)).expect("an item");
        session.apply_event(asked.lane, event);
    }
    session.apply_event(asked.lane, Event::Progress(id, Progress::new(7, 60, "items")));
    session.open.jobs = true;
    app.step();
    app.step();
    app.get_by_role_and_label(Role::Button, "Cancel: Contact sheet of 60 items");
    assert!(app.query_all_by_label_contains("7 of 60 items").next().is_some(), "how far it is");
    let session = &mut app.state_mut().session;
    let cancel = session.apply(Command::CancelJob(id)).pop();
    assert!(matches!(cancel, Some(Request::Cancel(lane, job)) if lane == asked.lane && job == id));
    worker.cancel(id);
    while let Some(event) = worker.wait_event(Duration::from_secs(5)) {
        session.apply_event(asked.lane, event);
    }
    assert_eq!(session.last_action, "Cancelled: contact sheet");
    assert!(session.figures.kept.is_empty() && session.notices.entries().is_empty());
    // The next one starts anew.
    act(&mut app, [Command::StartSheet(SheetOf::Listed)]);
    app.run();
    assert_eq!(app.state().session.figures.kept.first().map(|sheet| sheet.pictures.len()), Some(ITEMS));
}

#[test]
fn the_form_says_why_no_sheet_can_be_made() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::Go(Place::Explore), Command::ToggleSheet]);
    app.get_by_label("Marked items: 0").click();
    app.run();
    app.get_by_label_contains("No item is marked");
}
