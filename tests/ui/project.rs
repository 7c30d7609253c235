//! Projects, through the whole window with real networks: saved and opened again, crashed, damaged, moved, opened twice.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use unmask::data::{DataSpec, Unit};
use unmask::explain::SavedExplainer;
use unmask::figure::layout::View;
use unmask::figure::layout::series::Form;
use unmask::jobs::Compute;
use unmask::model::params::Params;
use unmask::model::{Device, SavedBox};
use unmask::session::project::{AUTOSAVE_EVERY, ViewState, write_sample};
use unmask::session::train::TrainForm;
use unmask::session::{Command, Place, Request, Session, project_job};
use unmask::store::{Cache, Project};
use unmask::ui::dialogs::PresetDialogs;
use unmask::ui::{App, Workers};

use super::session::names;
use super::support::{Window, place_of};

/// Items of [`digits`].
const ITEMS: usize = 360;

pub(super) fn sample_data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data")
}

/// A few of the drawn digits: at most 120 of each split.
pub(super) fn digits() -> String {
    format!("mnist:{}?limit=120", sample_data().join("digits").display())
}

/// A window that explains and trains for real, without threads.
pub(super) fn window(session: Session) -> Window {
    let workers = Workers::inline(|| Compute::new(Device::Cpu, 1));
    Harness::builder()
        .with_size([1280.0, 800.0])
        .build_eframe(move |cc| App::inline(&cc.egui_ctx, session, workers, PresetDialogs::default()))
}

/// A session that trains into a folder of the test while it has no project.
pub(super) fn with_scratch(scratch: &Path) -> Session {
    let mut session = Session::new();
    session.scratch = Some(scratch.to_path_buf());
    session
}

/// Does the commands one after the other, and what follows from each.
pub(super) fn run(app: &mut Window, commands: impl IntoIterator<Item = Command>) {
    for command in commands {
        app.state_mut().command(command);
        app.step();
        let deadline = Instant::now() + Duration::from_secs(240);
        while !app.state().session.running.all().is_empty() {
            assert!(Instant::now() < deadline, "the jobs come to an end");
            app.step();
        }
        app.step();
    }
}

pub(super) fn open(folder: &Path) -> Window {
    open_with(folder, Session::new())
}

pub(super) fn open_with(folder: &Path, session: Session) -> Window {
    let mut app = window(session);
    run(&mut app, [Command::OpenPaths(vec![folder.to_path_buf()])]);
    app
}

pub(super) fn codes(app: &Window) -> Vec<&'static str> {
    let entries = app.state().session.notices.entries();
    entries.iter().map(|entry| entry.notice.code).filter(|code| *code != "data-remark").collect()
}

pub(super) fn summaries(app: &Window) -> Vec<String> {
    app.state().session.notices.entries().iter().map(|entry| entry.notice.summary.clone()).collect()
}

pub(super) fn columns(app: &Window) -> Vec<String> {
    app.state().session.column_explainers().iter().map(|explainer| explainer.card.name.clone()).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder of the test");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

/// Every file below a folder with its bytes.
pub(super) fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            files.extend(content(&entry.path()));
        } else {
            files.insert(entry.path(), std::fs::read(entry.path()).expect("a file"));
        }
    }
    files
}

pub(super) fn tiny_training(name: &str, seed: u64) -> Command {
    let mut params = Params::default();
    params.set(unmask::explain::method("l2x").expect("a method").spec().params, "epochs", "1").expect("a parameter");
    Command::StartTraining(Box::new(TrainForm {
        method: "l2x".to_owned(),
        params,
        unit: Unit::Pixel,
        k: 10,
        seed,
        name: name.to_owned(),
    }))
}

/// A window without a project in which an explainer of the digits was trained.
pub(super) fn trained(scratch: &Path) -> Window {
    let mut app = window(with_scratch(scratch));
    let black_box = sample_data().join("project/blackboxes/digits");
    run(&mut app, [Command::OpenPaths(vec![black_box]), Command::OpenSpec(digits()), tiny_training("Tiny", 1)]);
    app
}

/// A project with data, a black box, a trained explainer beside one that needs no training, and a view that is not the first one.
pub(super) fn saved_project(dir: &Path) -> PathBuf {
    let folder = dir.join("project");
    let mut app = trained(&dir.join("scratch"));
    let shown = ["grad-x-input", "l2x", "random"].map(|method| place_of(&app, method)).to_vec();
    run(
        &mut app,
        [
            Command::SetColumns(shown),
            Command::SetPinned(3, true),
            Command::SetMarked(5, true),
            Command::SetK(12),
            Command::SetView(View::Unselected),
            Command::SelectItem(70),
            Command::FocusColumn(1),
            Command::ToggleInspector,
            Command::SaveProjectIn(folder.clone()),
        ],
    );
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert!(!app.state().session.unsaved);
    folder
}

#[test]
fn a_project_opens_exactly_as_it_was_left() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    // Everything it uses lies in it: the scratch folder and the sample may go.
    std::fs::remove_dir_all(dir.path().join("scratch")).expect("what was trained before there was a project");
    for part in ["project.json", "blackboxes/digits-net/card.json", "explainers/tiny/card.json"] {
        assert!(folder.join(part).is_file(), "{part}");
    }
    let state = Project::peek(&folder).expect("a project");
    assert_eq!(state.seeds["explore"], 0);
    assert_eq!(state.versions["libtorch"], "2.11.0");
    assert!(state.black_boxes.iter().chain(&state.explainers).all(|saved| saved.folder.is_relative()), "{state:?}");
    let before = content(&folder);

    let mut app = open(&folder);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["Gradient x input", "Tiny", "Random"]);
    let session = &app.state().session;
    let saved = ViewState::of(&state);
    let shown = session.view_state();
    assert_eq!(shown, saved);
    assert_eq!((shown.k, shown.item, shown.view, shown.focus), (Some(12), Some(70), View::Unselected, 1));
    assert!(shown.pinned.contains(&3) && shown.marked.contains(&5));
    assert!(!session.settings.show_inspector);
    assert_eq!(session.explore.explained().map(|explained| (explained.item, explained.methods.len())), Some((70, 3)));
    assert_eq!(session.project.as_deref(), Some(folder.as_path()));
    assert!(!session.unsaved, "opening changes nothing");
    app.state_mut().close();
    drop(app);
    assert_eq!(content(&folder).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert_eq!(content(&folder)[&folder.join("project.json")], before[&folder.join("project.json")]);
}

/// Lets the clock of the session go on, as the window does at each frame.
pub(super) fn tick(app: &mut Window, after: Duration) -> usize {
    let mut rebuilt = None;
    let session = &mut app.state_mut().session;
    let requests = session.tick(Instant::now() + after, &mut rebuilt);
    let mut n_written = 0;
    for request in requests {
        if let Request::Project(job) = request {
            n_written += 1;
            session.project_done(job.run());
        }
    }
    n_written
}

#[test]
fn unsaved_work_is_restored_after_a_crash_and_can_be_given_up() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    let started = Instant::now();
    run(&mut app, [Command::SetMarked(9, true)]);
    assert!(app.state().session.unsaved);
    assert!(folder.join("project.autosave.json").is_file(), "the first change is kept at once");
    run(&mut app, [Command::SetMarked(11, true)]);
    let before_due = tick(&mut app, Duration::ZERO);
    assert!(before_due == 0 || started.elapsed() >= AUTOSAVE_EVERY, "at most every ten seconds");
    if before_due == 0 {
        assert_eq!(tick(&mut app, AUTOSAVE_EVERY), 1, "but then");
    }
    assert_eq!(tick(&mut app, 3 * AUTOSAVE_EVERY), 0, "nothing new, nothing written");
    // The process ends without closing the window.
    drop(app);

    let mut app = open(&folder);
    assert_eq!(codes(&app), ["project-restored"]);
    let marked = |app: &Window| app.state().session.explore.marked.iter().copied().collect::<Vec<_>>();
    assert_eq!(marked(&app), [5, 9, 11]);
    assert!(app.state().session.unsaved);
    assert_eq!(columns(&app), ["Gradient x input", "Tiny", "Random"]);
    run(&mut app, [Command::RevertProject]);
    assert_eq!(marked(&app), [5]);
    tick(&mut app, 4 * AUTOSAVE_EVERY);
    assert!(!app.state().session.unsaved);
    app.state_mut().close();
    drop(app);
    assert!(!folder.join("project.autosave.json").exists(), "what was given up does not come back");
    let app = open(&folder);
    assert_eq!(codes(&app), [""; 0]);
    assert_eq!(marked(&app), [5]);
}

#[test]
fn closing_the_window_saves() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::SetMarked(9, true), Command::Go(Place::Figures)]);
    app.state_mut().close();
    drop(app);
    let app = open(&folder);
    assert_eq!(codes(&app), [""; 0]);
    assert!(app.state().session.explore.marked.contains(&9));
    assert_eq!(app.state().session.place, Place::Figures);
}

#[test]
fn to_look_at_a_project_is_no_change_that_is_to_be_saved() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    let places = [Place::Figures, Place::Train, Place::Measure, Place::Explore].map(Command::Go);
    run(&mut app, places.into_iter().chain([Command::NextItem]));
    assert_eq!(tick(&mut app, 2 * AUTOSAVE_EVERY), 0, "nothing is written");
    assert!(!app.state().session.unsaved);
    run(&mut app, [Command::SetMarked(9, true)]);
    assert!(app.state().session.unsaved, "a mark is");
}

#[test]
fn a_damaged_project_file_gives_the_copy_before_it_with_a_notice() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [Command::SetMarked(9, true), Command::Save]);
    drop(app);
    std::fs::write(folder.join("project.json"), b"{\"format\":\"unmask-pro").expect("a file of the test");
    let mut app = open(&folder);
    assert_eq!(codes(&app), ["project-fell-back"]);
    assert!(summaries(&app)[0].contains("project.json"), "{:?}", summaries(&app));
    assert!(app.state().session.explore.marked.contains(&5));
    assert!(app.state().session.unsaved, "a copy still has to be saved");
    run(&mut app, [Command::Save]);
    drop(app);
    assert!(folder.join("project.broken.json").is_file(), "what was damaged is kept");
    assert_eq!(codes(&open(&folder)), [""; 0]);
}

#[test]
fn a_second_window_looks_but_does_not_write() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let first = open(&folder);
    let before = content(&folder);
    let scratch = dir.path().join("second scratch");
    let mut second = open_with(&folder, with_scratch(&scratch));
    assert_eq!(codes(&second), ["project-open-elsewhere"]);
    assert_eq!(columns(&second), ["Gradient x input", "Tiny", "Random"]);
    run(&mut second, [Command::SetK(20), Command::SetMarked(1, true)]);
    assert_eq!(tick(&mut second, 2 * AUTOSAVE_EVERY), 0);
    run(&mut second, [Command::Save]);
    assert_eq!(codes(&second), ["project-open-elsewhere", "project-not-saved"]);
    run(&mut second, [tiny_training("Elsewhere", 2)]);
    assert!(scratch.join("explainers").is_dir(), "what it trains goes elsewhere, too");
    second.state_mut().close();
    drop(second);
    assert_eq!(content(&folder), before);
    drop(first);
}

#[test]
fn a_moved_black_box_is_found_by_its_hash() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let boxes = folder.join("blackboxes");
    std::fs::rename(boxes.join("digits-net"), boxes.join("called otherwise")).expect("a folder");
    let mut app = open(&folder);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["Gradient x input", "Tiny", "Random"]);
    run(&mut app, [Command::Save]);
    drop(app);
    assert_eq!(
        Project::peek(&folder).expect("a project").black_boxes[0].folder,
        Path::new("blackboxes/called otherwise")
    );

    // Out of the project, but in the user's cache.
    let cache = Cache::at(dir.path().join("cache"));
    let black_box = SavedBox::load(&boxes.join("called otherwise")).expect("a black box");
    let hash = black_box.card.hash.parse().expect("a hash");
    cache
        .store(hash, |folder| {
            black_box.save(folder).map_err(|error| unmask::store::StoreError::Place {
                path: folder.to_owned(),
                reason: error.to_string(),
            })
        })
        .expect("a cache of the test");
    std::fs::remove_dir_all(boxes.join("called otherwise")).expect("a folder");
    let opened = project_job::open(&folder, Some(&cache)).expect("a project");
    assert_eq!(opened.notices, []);
    assert_eq!(opened.boxes[0].0, cache.find(hash).expect("the cached one"));
    drop(opened);
    let opened = project_job::open(&folder, None).expect("a project");
    assert_eq!(opened.boxes.len(), 0);
    assert!(opened.notices[0].summary.contains("called otherwise"), "{:?}", opened.notices);
}

#[test]
fn what_does_not_fit_is_named_and_the_rest_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let weights = folder.join("explainers/tiny/weights.safetensors");
    let mut bytes = std::fs::read(&weights).expect("weights");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&weights, bytes).expect("a file of the test");
    let mut app = open(&folder);
    assert_eq!(codes(&app), ["project-model-left-out", "project-columns"], "{:?}", summaries(&app));
    assert!(summaries(&app)[0].contains("explainers/tiny"), "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["Gradient x input", "Random"]);
    assert_eq!(app.state().session.explore.item, Some(70));
    // It stays named: once it is put back, it is there again.
    run(&mut app, [Command::Save]);
    drop(app);
    assert_eq!(Project::peek(&folder).expect("a project").explainers.len(), 1);

    // A card of another version.
    let card = folder.join("blackboxes/digits-net/card.json");
    let text = std::fs::read_to_string(&card).expect("a card");
    std::fs::write(&card, text.replacen("\"version\": 1", "\"version\": 7", 1)).expect("a file of the test");
    let app = open(&folder);
    assert!(summaries(&app).iter().any(|summary| summary.contains("version 7")), "{:?}", summaries(&app));
    assert_eq!(app.state().session.data.as_ref().map(|data| data.len()), Some(ITEMS));
}

#[test]
fn data_that_is_gone_loses_neither_marks_nor_view() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("digits");
    copy(&sample_data().join("digits"), &data);
    let folder = dir.path().join("project");
    let mut app = window(Session::new());
    let black_box = sample_data().join("project/blackboxes/digits");
    run(
        &mut app,
        [
            Command::OpenPaths(vec![black_box]),
            Command::OpenSpec(format!("mnist:{}?limit=120", data.display())),
            Command::SetMarked(5, true),
            Command::SaveProjectIn(folder.clone()),
        ],
    );
    drop(app);
    std::fs::rename(&data, dir.path().join("away")).expect("a folder");
    let mut app = open(&folder);
    assert!(app.state().session.data.is_none());
    run(&mut app, [Command::Go(Place::Train), Command::Save]);
    app.state_mut().close();
    drop(app);
    std::fs::rename(dir.path().join("away"), &data).expect("a folder");
    let app = open(&folder);
    assert_eq!(app.state().session.data.as_ref().map(|data| data.len()), Some(ITEMS));
    assert!(app.state().session.explore.marked.contains(&5));
}

#[test]
fn what_was_trained_after_the_last_save_is_found_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = saved_project(dir.path());
    let mut app = open(&folder);
    run(&mut app, [tiny_training("Later", 3)]);
    assert!(folder.join("explainers/later-seed3/card.json").is_file(), "it is trained into the project");
    drop(app);
    std::fs::remove_file(folder.join("project.autosave.json")).ok();
    let app = open(&folder);
    let names = names(&app.state().session);
    assert!(names.contains(&"Later".to_owned()), "{names:?}");
    assert_eq!(columns(&app), ["Gradient x input", "Tiny", "Random"], "but what was shown stays");
}

#[test]
fn two_explainers_never_have_one_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut app = open(&saved_project(dir.path()));
    run(&mut app, [tiny_training("Tiny", 4), tiny_training("Tiny", 5)]);
    let names = names(&app.state().session);
    for name in ["Tiny", "Tiny 2", "Tiny 3"] {
        assert_eq!(names.iter().filter(|known| *known == name).count(), 1, "{name} in {names:?}");
    }
}

#[test]
fn a_folder_with_other_files_gets_the_project_inside() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("letter.txt"), "mine").expect("a file of the test");
    let mut app = window(Session::new());
    run(&mut app, [Command::SaveProjectIn(dir.path().to_path_buf())]);
    assert_eq!(app.state().session.project, Some(dir.path().join("untitled-project")));
    assert!(!dir.path().join("project.json").exists());
}

#[test]
fn the_sample_opens_explained_as_an_untitled_copy() {
    let project = sample_data().join("project");
    let before = content(&project);
    let mut app = open(&project);
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["MEED (adversarial infidelity)", "Gradient x input"]);
    let session = &app.state().session;
    assert!(session.project.is_none(), "changes go nowhere until the user saves a project");
    let item = ViewState::of(&Project::peek(&project).expect("the sample")).item.expect("an item");
    assert_eq!(session.explore.item, Some(item));
    assert_eq!(session.explore.explained().map(|explained| (explained.item, explained.methods.len())), Some((item, 2)));
    let name = format!("Item {}", session.data.as_ref().expect("data").item_name(item));
    app.get_by(|node| node.role() == Role::Button && node.label().is_some_and(|label| label.starts_with(&name)));
    app.get_by_label("flips selected and unselected");
    app.get_by_role_and_label(Role::Button, "Got it").click();
    app.step();
    app.step();
    assert!(app.state().session.settings.guide_closed);
    assert!(app.query_by_label("flips selected and unselected").is_none());
    run(&mut app, [Command::SetMarked(1, true)]);
    app.state_mut().close();
    drop(app);
    assert_eq!(content(&project), before);
}

#[test]
fn the_sample_of_texts_opens_explained_and_its_guide_speaks_of_words() {
    let mut app = open(&sample_data().join("reviews_project"));
    assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
    assert_eq!(columns(&app), ["AIM (weights for every class)", "L2X"]);
    let session = &app.state().session;
    let explained = session.explore.explained().expect("explained at once");
    assert!(explained.methods.iter().all(Result::is_ok));
    assert!(explained.methods[0].as_ref().is_ok_and(|aim| aim.by_class.is_some()), "a weight for each class");
    assert!(session.text_of(explained).is_some());
    app.get_by_label("selects fewer or more words");
    app.get_by_label("explains your own text");
    app.get_by_role_and_label(Role::Button, "Got it").click();
    app.step();
}

#[test]
fn the_samples_of_series_and_of_a_table_open_explained() {
    for (folder, columns_in_view) in [
        ("pointer_project", ["DoRaR (remove and reconstruct)", "Gradient"]),
        ("table_project", ["L2X", "Gradient x input"]),
    ] {
        let app = open(&sample_data().join(folder));
        assert_eq!(codes(&app), [""; 0], "{:?}", summaries(&app));
        assert_eq!(columns(&app), columns_in_view);
        let session = &app.state().session;
        let explained = session.explore.explained().expect("explained at once").clone();
        assert!(explained.methods.iter().all(Result::is_ok), "{folder}");
        let is_movement = folder == "pointer_project";
        assert_eq!(session.series_form() == Some(Form::Path), is_movement, "{folder}: its names say that it moves");
    }
}

#[test]
fn data_named_beside_a_project_take_the_place_of_its_own() {
    let samples = sample_data();
    let mut app = window(Session::new());
    run(&mut app, [Command::OpenPaths(vec![samples.join("shapes"), samples.join("project")])]);
    let session = &app.state().session;
    assert!(session.data.as_ref().expect("data").spec.path.ends_with("shapes"), "{:?}", summaries(&app));
    assert!(!session.explainers.is_empty(), "the project's models are there");
    let mut app = window(Session::new());
    app.state_mut().command(Command::OpenPaths(vec![samples.join("project")]));
    run(&mut app, [Command::OpenSpec(format!("images:{}", samples.join("shapes").display()))]);
    let session = &app.state().session;
    assert!(session.data.as_ref().expect("data").spec.path.ends_with("shapes"), "{:?}", summaries(&app));
}

#[test]
fn a_method_that_selects_other_units_says_so_and_a_button_goes_to_its_own() {
    let mut app = open(&sample_data().join("project"));
    run(&mut app, [Command::SetUnit(Unit::Patch { rows: 7, cols: 7 }, 2)]);
    app.get_by_label_contains("MEED (adversarial infidelity) was trained to select pixels");
    app.get_by_role_and_label(Role::Button, "Select pixels").click();
    run(&mut app, []);
    app.step();
    run(&mut app, [Command::FocusColumn(0)]);
    let explore = &app.state().session.explore;
    assert_eq!((explore.unit, explore.k), (Unit::Pixel, 25));
    assert!(explore.focused_result().is_some());
}

#[test]
fn the_sample_projects_are_what_their_command_writes() {
    let samples = [
        ("project", "mnist:", "digits", "blackboxes/digits", ["meed", "grad-x-input"], 0),
        ("reviews_project", "csv:", "reviews.csv", "blackboxes/reviews", ["aim", "l2x"], 3),
        (
            "pointer_project",
            "series:",
            "pointer/movements.npz?names=untouched,edited&channels=x velocity,y velocity",
            "blackboxes/pointer",
            ["dorar", "grad"],
            2,
        ),
        ("table_project", "table:", "table.csv?label=thrives", "blackboxes/plants", ["l2x", "grad-x-input"], 0),
    ];
    for (folder, loader, path, black_box, columns, item) in samples {
        let dir = tempfile::tempdir().expect("a folder");
        let project = sample_data().join(folder);
        copy(&project, dir.path());
        std::fs::remove_file(dir.path().join("project.json")).expect("a file of the test");
        let spec = DataSpec::from_argument(&format!("{loader}{}", sample_data().join(path).display())).expect("data");
        let data = unmask::data::open(&spec, &mut |_| true).expect("data");
        let black_box = SavedBox::load(&project.join(black_box)).expect("a black box");
        let explainers = columns
            .map(|id| Arc::new(SavedExplainer::load(&project.join("explainers").join(id)).expect("an explainer")));
        let spec = format!("{loader}../{path}");
        write_sample(dir.path(), &spec, &data, item, &black_box, &explainers).expect("a folder of the test");
        let read = |folder: &Path| std::fs::read_to_string(folder.join("project.json")).expect("a project");
        assert_eq!(read(dir.path()), read(&project), "write it anew with `unmask samples --project`");
    }
}

/// Starts training from the command line, kills it once the first checkpoint is there, and gives the folder.
fn killed_training(dir: &Path) -> PathBuf {
    let out = dir.join("killed");
    let mut training = Process::new(env!("CARGO_BIN_EXE_unmask"))
        .args(["train", "--method", "l2x", "--k", "10", "--epochs", "400", "--threads", "1", "--data", &digits()])
        .arg("--blackbox")
        .arg(sample_data().join("project/blackboxes/digits"))
        .arg("--out")
        .arg(&out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let deadline = Instant::now() + Duration::from_secs(240);
    while !out.join("card.json").is_file() {
        assert!(Instant::now() < deadline, "a first checkpoint");
        assert!(training.try_wait().expect("a process").is_none(), "training is still under way");
        std::thread::sleep(Duration::from_millis(20));
    }
    // At no particular moment: between two checkpoints, or within one.
    std::thread::sleep(Duration::from_millis(150));
    training.kill().expect("a process");
    training.wait().expect("a process");
    out
}

#[test]
fn a_killed_training_leaves_a_checkpoint_that_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = killed_training(dir.path());
    let saved = SavedExplainer::load(&out).expect("a checkpoint");
    assert!(!saved.card.complete);
    assert!(saved.card.epochs >= 1);

    // As if the window had been killed while it trained into its project.
    let folder = saved_project(dir.path());
    copy(&out, &folder.join("explainers/killed"));
    let app = open(&folder);
    let names = names(&app.state().session);
    assert_eq!(names.iter().filter(|name| **name == saved.card.name).count(), 1, "{names:?}");
}
