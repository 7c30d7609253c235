//! What surrounds the content: panel widths, the device, gestures as steps of undo, and what papers print beside the table.
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::data::DataSpec;
use unmask::figure::Annotation;
use unmask::jobs::{Cell, Measured};
use unmask::session::devices::{Devices, Origin};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Place, Request, Session};
use unmask::work::Shown;

use super::support::{Window, act, click, explained, window, window_on};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn drag(app: &mut Window, from: egui::Pos2, by: egui::Vec2) {
    app.hover_at(from);
    app.run();
    app.drag_at(from);
    app.run();
    for part in [0.3, 0.7, 1.0] {
        app.hover_at(from + by * part);
        app.run();
    }
    app.drop_at(from + by);
    app.run();
}

#[test]
fn each_drag_of_an_annotation_is_a_step_of_undo() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    click(&mut app, "Tool: Box");
    click(&mut app, "Add in the middle");
    click(&mut app, "Tool: Move");
    let x = |app: &Window| match app.state().session.figures.kept[0].annotations[..] {
        [Annotation::Box { rect, .. }] => rect.x,
        _ => panic!("one box"),
    };
    let first = x(&app);
    let middle = app.get_by_label_contains("Preview of").rect().center();
    drag(&mut app, middle, egui::vec2(30.0, 0.0));
    let second = x(&app);
    drag(&mut app, middle + egui::vec2(30.0, 0.0), egui::vec2(30.0, 0.0));
    let third = x(&app);
    assert!(first < second && second < third, "{first} {second} {third}");
    act(&mut app, [Command::Undo]);
    assert!((x(&app) - second).abs() < 1e-3, "the second drag is taken back, the first stays");
    act(&mut app, [Command::Undo]);
    assert!((x(&app) - first).abs() < 1e-3, "each drag is one step, however many frames it took");
}

/// Width of the panel of items: where its splitter stands.
fn splitter(app: &Window) -> egui::Rect {
    let all = app.query_all_by_role_and_label(Role::Splitter, "Resize panel");
    all.map(|node| node.rect()).min_by(|a, b| a.center().x.total_cmp(&b.center().x)).expect("a splitter")
}

#[test]
fn the_width_of_a_panel_is_kept_with_the_settings_and_reset_with_the_layout() {
    let mut app = explained(SIZE, Appearance::Dark);
    let before = splitter(&app).center();
    assert!(app.state().session.settings.panels.is_empty(), "nothing was changed yet");
    drag(&mut app, before, egui::vec2(90.0, 0.0));
    let width = app.state().session.settings.panels.get("items strip").copied().expect("the width is kept");
    assert!((splitter(&app).center().x - before.x - 90.0).abs() < 2.0);

    // The next window starts with it.
    let mut session = Session::new();
    session.settings.panels.insert("items strip".to_owned(), width);
    session.settings.appearance = Appearance::Dark;
    let mut again = window_on(SIZE, session, "world");
    assert!((splitter(&again).center().x - before.x - 90.0).abs() < 2.0);
    again.state_mut().command(Command::ResetLayout);
    again.run();
    assert!((splitter(&again).center().x - before.x).abs() < 2.0);
    assert!(again.state().session.settings.panels.is_empty());
}

#[test]
fn the_width_of_a_panel_is_kept_with_the_project() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("project");
    let run = |session: &mut Session, command: Command| {
        for request in session.apply(command) {
            if let Request::Project(job) = request {
                session.project_done(job.run());
            }
        }
    };
    let mut session = Session::new();
    run(&mut session, Command::SetPanelWidth("inspector", 333.0));
    run(&mut session, Command::SaveProjectIn(folder.clone()));
    drop(session);
    let mut session = Session::new();
    run(&mut session, Command::OpenPaths(vec![folder]));
    assert_eq!(session.settings.panels.get("inspector"), Some(&333.0));
    assert!(session.settings.layout_version > 0, "or egui would keep the width that it remembers");
}

#[test]
fn the_chip_tells_the_device_and_who_chose_it_and_the_menu_chooses_another() {
    let mut session = Session::new();
    session.machine = Some("CPU, 2 cores, 8 GB".to_owned());
    session.devices = Devices {
        choices: ["auto", "cpu", "cuda:0"].map(str::to_owned).to_vec(),
        in_use: "cpu".to_owned(),
        origin: Origin::Automatic,
    };
    let mut app = window(SIZE, session);
    app.get_by_label("CPU, 2 cores, 8 GB").hover();
    app.run();
    app.run_steps(30);
    app.get_by_label("Networks are computed on the CPU, chosen automatically");
    click(&mut app, "View");
    app.get_by_label_contains("Compute on").click();
    app.run();
    click(&mut app, "Compute on: GPU 0");
    let session = &app.state().session;
    assert_eq!(session.settings.device, "cuda:0");
    let words = session.devices.words(&session.settings.device);
    assert_eq!(words, "Networks are computed on the CPU, chosen automatically\nFrom the next start: GPU 0");
    let named = Devices { origin: Origin::CommandLine, ..session.devices.clone() };
    assert_eq!(named.words("cuda:0"), "Networks are computed on the CPU, chosen with --device");
}

/// Cells as a measurement on digits 3 and 8 would give them.
fn measured(app: &mut Window, spec: &str, k: usize) {
    let session = &mut app.state_mut().session;
    let mut data = session.data.as_ref().expect("data").as_ref().clone();
    data.spec = spec.parse::<DataSpec>().expect("a specification");
    session.data = Some(Arc::new(data));
    let cell = |row: &str, metric: &str, mean: f64| Cell {
        row: row.to_owned(),
        metric: metric.to_owned(),
        k: Some(k),
        class: None,
        mean,
        ci95: [mean - 0.4, mean + 0.4],
        items: 992,
    };
    let cells = vec![
        cell("Gradient", "fs_m", 97.9),
        cell("Gradient", "fu_m", 70.1),
        cell("Random", "fs_m", 55.0),
        cell("Random", "fu_m", 90.0),
    ];
    let mut table = Measured { cells, ..Measured::default() };
    table.conditions.unit = session.explore.unit.to_string();
    // The published figures are those of the table's unit, whatever is looked at now.
    session.explore.unit = "patch:2".parse().expect("a unit");
    session.measure.cells = Shown::Ready(Arc::new(table));
    act(app, [Command::Go(Place::Measure)]);
}

#[test]
fn the_papers_value_stands_beside_the_cell_it_belongs_to() {
    let mut app = explained(SIZE, Appearance::Light);
    measured(&mut app, "mnist:/data/mnist?classes=3,8", 25);
    app.get_by_label("(paper 68.75)");
    app.get_by_label("(paper 98.19)").hover();
    app.run();
    app.run_steps(30);
    app.get_by_label_contains("MEED, Table 3: digits 3 and 8, k = 25 of 784 pixels: the paper prints 98.19 %");
    assert_eq!(
        app.query_all_by_label_contains("(paper 9").count(),
        1,
        "none beside random, of which papers print nothing"
    );
}

#[test]
fn no_value_of_a_paper_stands_beside_another_k_other_classes_or_other_data() {
    for (spec, k) in [
        ("mnist:/data/mnist?classes=3,8", 10),
        ("mnist:/data/mnist?classes=1,7", 25),
        ("mnist:/data/mnist", 25),
        ("mnist:/data/digits?classes=3,8", 25),
        ("mnist:/data/fashion-mnist?classes=3,8", 25),
    ] {
        let mut app = explained(SIZE, Appearance::Light);
        measured(&mut app, spec, k);
        assert_eq!(app.query_all_by_label_contains("(paper ").count(), 0, "{spec}, k = {k}");
    }
}
