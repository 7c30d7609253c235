//! What surrounds the content: panel widths, the device, gestures as steps of undo, what papers print beside the table, and what the viewer keeps of a
//! small window.
use std::sync::Arc;

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::DataSpec;
use unmask::figure::Annotation;
use unmask::figure::layout::View;
use unmask::jobs::{Cell, Measured, Ranks};
use unmask::metric::METRICS;
use unmask::session::devices::{Devices, Origin};
use unmask::session::items::{Filter, Sort, SortBy};
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Place, Request, Session};
use unmask::work::Shown;

use super::series::opened;
use super::support::{Window, act, click, explained, window, window_on};
use super::texts::reviews;

const SIZE: [f32; 2] = [1280.0, 800.0];
/// The smallest window that is looked after.
const SMALL: [f32; 2] = [1024.0, 640.0];

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

#[test]
fn what_is_taken_back_where_it_is_not_seen_leads_to_where_it_is() {
    let mut app = explained(SIZE, Appearance::Dark);
    let told = |app: &Window| {
        let session = &app.state().session;
        (session.place, session.last_action.clone())
    };
    act(&mut app, [Command::SetK(11)]);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    // The figure goes before the user's eyes.
    act(&mut app, [Command::Undo]);
    let (place, said) = told(&app);
    assert_eq!(place, Place::Figures);
    assert!(said.starts_with("Taken back: "), "{said}");
    assert!(app.state().session.figures.kept.is_empty());
    // How many units are selected is seen in Explore.
    act(&mut app, [Command::Undo]);
    let (place, said) = told(&app);
    assert_eq!(place, Place::Explore);
    assert!(said.starts_with("Taken back in Explore: "), "{said}");
    assert_ne!(app.state().session.explore.k, 11);
    act(&mut app, [Command::Redo, Command::Redo, Command::Go(Place::Figures)]);
    assert_eq!((app.state().session.explore.k, app.state().session.figures.kept.len()), (11, 1));
    act(&mut app, [Command::RemoveFigure(0), Command::Go(Place::Explore), Command::Undo]);
    let (place, said) = told(&app);
    assert_eq!(place, Place::Figures);
    assert!(said.starts_with("Taken back in Figures: Removed figure"), "{said}");
}

/// Width of the panel of items: where its splitter stands.
fn splitter(app: &Window) -> egui::Rect {
    let all = app.query_all_by_role_and_label(Role::Splitter, "Resize panel");
    all.map(|node| node.rect()).min_by(|a, b| a.center().x.total_cmp(&b.center().x)).expect("a splitter")
}

#[test]
fn neither_a_filter_nor_an_order_moves_a_panel() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let before = splitter(&app);
    let filter = Filter { class: Some(1), ..Filter::default() };
    for by in [SortBy::Confidence, SortBy::Fidelity] {
        act(&mut app, [Command::SetFilter(filter.clone()), Command::SetSort(Sort { by, descending: true })]);
        app.get_by_label("Filter (on)");
        assert!((splitter(&app).center().x - before.center().x).abs() < 0.5, "{by:?}: {} {before}", splitter(&app));
    }
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

#[test]
fn median_ranks_are_drawn_as_boxes_whose_numbers_are_said() {
    let ranks =
        |row: &str, spread: [f64; 5], mean: f64| Ranks { row: row.to_owned(), k: 4, spread, mean, best: Some(2.5) };
    let cell = |row: &str, mean: f64| Cell {
        row: row.to_owned(),
        metric: "median_rank".to_owned(),
        k: Some(4),
        class: None,
        mean,
        ci95: [mean - 0.4, mean + 0.4],
        items: 992,
    };
    for has_ranks in [false, true] {
        let mut app = explained(SIZE, Appearance::Light);
        let mut table = Measured { cells: vec![cell("Gradient", 2.8), cell("Random", 5.6)], ..Measured::default() };
        if has_ranks {
            table.ranks = vec![
                ranks("Gradient", [2.5, 2.5, 2.5, 3.0, 3.5], 2.8),
                ranks("Random", [2.5, 4.5, 5.5, 6.5, 8.5], 5.6),
            ];
        }
        app.state_mut().session.measure.cells = Shown::Ready(Arc::new(table));
        act(&mut app, [Command::Go(Place::Measure)]);
        let said = "Median rank of what truly matters: Gradient: median 2.5, quartiles 2.5 and 3.0, mean 2.80. \
                    Random: median 5.5, quartiles 4.5 and 6.5, mean 5.60.";
        assert_eq!(app.query_all_by_label(said).count(), usize::from(has_ranks));
        let note = "dashed: the best there can be. Low is good.";
        assert_eq!(app.query_all_by_label_contains(note).count(), usize::from(has_ranks));
    }
}

/// Turns the wheel over a place.
fn scroll(app: &mut Window, at: egui::Pos2, delta: egui::Vec2) {
    app.hover_at(at);
    app.run();
    app.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    app.run_steps(40);
}

#[test]
fn header_and_methods_stay_in_view_while_a_large_table_is_scrolled() {
    let mut app = explained(SIZE, Appearance::Light);
    // Neither FS-M and FU-M nor a1 and a2, whose charts would name the methods again.
    let ids: Vec<&str> = METRICS.iter().map(|metric| metric.spec().id).skip(2).take(12).collect();
    let cell = |row: usize, id: &str| Cell {
        row: format!("Method {row:02}"),
        metric: id.to_owned(),
        k: Some(5),
        class: None,
        mean: row as f64,
        ci95: [row as f64 - 0.4, row as f64 + 0.4],
        items: 100,
    };
    let cells = (0..40).flat_map(|row| ids.iter().map(move |id| cell(row, id))).collect();
    let session = &mut app.state_mut().session;
    session.measure.cells = Shown::Ready(Arc::new(Measured { cells, ..Measured::default() }));
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_label("Fidelity over k: not measured; tick it on the left.");
    let left_top = |app: &Window, name: &str| app.get_by_label(name).rect().left_top();
    let (header, method) = ("Sort by Post-hoc accuracy (%)", "Method 08");
    let (first_header, first_method) = (left_top(&app, header), left_top(&app, method));
    let over = first_method + egui::vec2(300.0, 0.0);
    scroll(&mut app, over, egui::vec2(-250.0, 0.0));
    let (now_header, now_method) = (left_top(&app, header), left_top(&app, method));
    assert!(now_header.x < first_header.x - 100.0, "{first_header:?} {now_header:?}");
    assert!((now_method.x - first_method.x).abs() < 1.5, "{first_method:?} {now_method:?}");
    scroll(&mut app, over, egui::vec2(0.0, -120.0));
    let (last_header, last_method) = (left_top(&app, header), left_top(&app, method));
    assert!(last_method.y < now_method.y - 50.0, "{now_method:?} {last_method:?}");
    assert!((last_header.y - now_header.y).abs() < 1.5, "{now_header:?} {last_header:?}");
}

/// Two methods on the first item of a world.
fn compared(size: [f32; 2], name: &str) -> Window {
    let mut app = match name {
        "reviews" => reviews(size, Appearance::Dark, name, true),
        "world" => explained(size, Appearance::Dark),
        _ => opened(size, Appearance::Dark, name),
    };
    act(&mut app, [Command::AddColumn, Command::FocusColumn(0)]);
    assert_eq!(app.state().session.explore.columns.len(), 2, "{name}");
    app
}

fn button(app: &Window, name: &str) -> Rect {
    app.get_by_role_and_label(Role::Button, name).rect()
}

/// From the heads of the columns to what lies under them, and as wide as their pictures with their names.
fn viewer(app: &Window) -> Rect {
    let heads = [button(app, "Focus column A"), button(app, "Focus column B")];
    let heads = heads[0].union(heads[1]);
    let under = app.query_by_label("What speaks for each class").map(|panel| panel.rect().top());
    let bottom = under.unwrap_or_else(|| button(app, "Overlay").top());
    let shown = app.get_all_by_label_contains("Overlay of item").map(|node| node.rect());
    let shown = shown.fold(heads, Rect::union);
    Rect::from_min_max(heads.min, egui::pos2(shown.right(), bottom))
}

#[test]
fn in_a_small_window_the_viewer_keeps_about_half_of_it() {
    for name in ["world", "reviews", "movements", "player", "people"] {
        let app = compared(SMALL, name);
        let viewer = viewer(&app);
        // Its margins belong to it.
        let (width, height) = (viewer.width() + 24.0, viewer.height() + 24.0);
        assert!(width >= 0.45 * SMALL[0], "{name}: {width} wide");
        assert!(height >= 0.45 * SMALL[1], "{name}: {height} high");
        // The controls are whole: none reaches under the panel beside them.
        let end = button(&app, "Show the inspector").left();
        for list in ["Units", "Fill"] {
            let list = app.get_by_role_and_label(Role::ComboBox, list).rect();
            assert!(list.right() <= end, "{name}: {list} reaches beyond {end}");
        }
        for view in ["Overlay", "Selected", "Unselected", "Side by side", "Heat"] {
            let rect = button(&app, view);
            assert!(rect.right() <= end && rect.top() == button(&app, "Overlay").top(), "{name}: {view} at {rect}");
        }
    }
}

#[test]
fn no_group_of_controls_is_parted_in_any_window() {
    let forms = ["Stacked", "Overlaid", "With path", "Map"];
    for size in [SMALL, [1180.0, 760.0], SIZE, [1920.0, 1080.0]] {
        let app = compared(size, "movements");
        for form in forms {
            assert_eq!(button(&app, form).top(), button(&app, "Stacked").top(), "{form} at {size:?}");
        }
        let app = compared(size, "reviews");
        assert_eq!(button(&app, "Your own text").top(), button(&app, "Classes").top(), "at {size:?}");
    }
    // They cost no row of their own in the usual window.
    let app = compared(SIZE, "reviews");
    assert_eq!(button(&app, "Classes").top(), button(&app, "Overlay").top());
    let controls = SIZE[1] - button(&app, "Overlay").top();
    assert!(controls < SIZE[1] / 4.0, "{controls} of {} with the bottom line", SIZE[1]);
}

#[test]
fn a_panel_without_room_is_a_tab_that_its_button_and_its_key_bring_back() {
    let mut app = explained(SMALL, Appearance::Dark);
    let shows = |app: &Window| {
        let has = |role, name| app.query_by_role_and_label(role, name).is_some();
        (has(Role::ComboBox, "Sort by"), has(Role::ComboBox, "Class in focus"))
    };
    assert_eq!(shows(&app), (true, false), "the list of items has the room");
    click(&mut app, "Show the inspector");
    assert_eq!(shows(&app), (false, true));
    // The key of the panel that is a tab now shows it, and the settings stay.
    act(&mut app, [Command::ToggleItems]);
    assert_eq!(shows(&app), (true, false));
    act(&mut app, [Command::ToggleInspector]);
    assert_eq!(shows(&app), (false, true));
    let settings = &app.state().session.settings;
    assert!(settings.show_items && settings.show_inspector);
    // One that is in sight is hidden by its key, and then the other has room.
    act(&mut app, [Command::ToggleInspector]);
    assert_eq!(shows(&app), (true, false));
    assert!(app.query_by_role_and_label(Role::Button, "Show the inspector").is_none());
    // Where there is room for both there are no tabs.
    let app = explained(SIZE, Appearance::Dark);
    assert_eq!(shows(&app), (true, true));
    assert!(app.query_all_by_label_contains("Show the i").next().is_none());
}

#[test]
fn a_row_of_a_table_beside_its_complement_is_whole_in_a_small_window() {
    let mut app = compared(SMALL, "people");
    act(&mut app, [Command::SetView(View::Side)]);
    for part in ["Selected only of item 0", "Unselected only of item 0"] {
        let rows: Vec<_> = app.get_all_by_label_contains(part).collect();
        assert_eq!(rows.len(), 2, "{part}");
        for row in rows {
            let said = row.accesskit_node().value().unwrap_or_default();
            for column in ["age ", "workclass ", "capital-gain ", "hours-per-week "] {
                assert!(said.contains(column), "{part}: {column} is missing in {said}");
            }
        }
    }
}

#[test]
fn every_class_of_a_text_has_its_column_in_a_small_window() {
    let app = compared(SMALL, "reviews");
    app.get_by_label("What speaks for each class");
    let heads = [button(&app, "Sort by negative"), button(&app, "Sort by positive")];
    let list = button(&app, "Colour by negative");
    assert!(heads[0].right() <= heads[1].left() && heads[1].right() <= list.left(), "{heads:?} before {list}");
}

#[test]
fn nothing_that_is_chosen_moves_the_edge_of_the_inspector() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let edge = |app: &Window| {
        let all = app.query_all_by_role_and_label(Role::Splitter, "Resize panel");
        all.map(|node| node.rect().center().x).fold(0.0, f32::max)
    };
    let before = edge(&app);
    assert!(before > 0.6 * SIZE[0], "the edge of the inspector: {before}");
    // The widest letters there are.
    for known in &mut app.state_mut().session.explainers {
        Arc::make_mut(known).card.name = "W".repeat(40);
    }
    for unit in 0..4 {
        act(&mut app, [Command::Reading(Action::Choose(Some(unit)))]);
        app.get_by_label("Chosen");
        assert!((edge(&app) - before).abs() < 0.5, "unit {unit}: {} after {before}", edge(&app));
        // The whole line is in sight.
        let selected = app.get_by_label("selected").rect();
        assert!(selected.right() <= SIZE[0], "unit {unit}: {selected}");
    }
}

#[test]
fn charts_and_the_plan_of_a_study_end_within_a_small_window() {
    let size = [1024.0, 700.0];
    let mut app = explained(size, Appearance::Light);
    measured(&mut app, "mnist:/data/mnist?classes=3,8", 25);
    let session = &mut app.state_mut().session;
    let table = session.measure.cells.value().cloned().expect("a table");
    session.measure.curves = Shown::Ready(table);
    app.run();
    for chart in ["Fidelity over k: ", "Trade-off of FS-M and FU-M: "] {
        let rect = app.get_by_label_contains(chart).rect();
        assert!(rect.right() <= size[0], "{chart}{rect}");
    }
    act(&mut app, [Command::Go(Place::Study)]);
    for words in ["of 80 % will be known to", "FS-H is the share", "Making writes three files"] {
        let rect = app.get_by_label_contains(words).rect();
        assert!(rect.right() <= size[0], "{words}: {rect}");
    }
}

#[test]
fn legends_go_on_in_another_row_where_there_is_little_room() {
    let size = [640.0, 700.0];
    let mut app = explained(size, Appearance::Dark);
    let end = button(&app, "Show the inspector").left();
    for (view, words) in [
        (View::Overlay, "selected, deeper for higher scores"),
        (View::Heat, "each method's"),
        (View::Side, "hidden units as the model gets them"),
    ] {
        act(&mut app, [Command::SetView(view)]);
        let rect = app.get_by_label_contains(words).rect();
        assert!(rect.right() <= end, "{words} at {rect} reaches beyond {end}");
    }
}
