//! Black boxes that are only queried: gradient methods say why they are not offered, a stand-in is distilled through the form, and a program
//! behind the field for a command answers for the model. Training and asking are real; programs are skipped where there is no Python.
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::series::SeriesItems;
use unmask::data::{Dataset, Items, Shape};
use unmask::model::distil::Distilled;
use unmask::session::measure::EvaluateForm;
use unmask::session::settings::Appearance;
use unmask::session::train::RunState;
use unmask::session::{Command, Place, Session};
use unmask::work::{JobError, Shown};

use super::series::opened_with;
use super::support::{Window, act, choose, click, click_on, dataset_of, place_of, press, real, settle, write};

const SIZE: [f32; 2] = [1280.0, 800.0];
const N: usize = 48;

/// A window over a file of rows of three columns; the first is the share of class "a" that the programs below answer.
pub fn real_rows() -> (tempfile::TempDir, Window) {
    let line = |item: usize| {
        let (share, class) = if item.is_multiple_of(2) { (0.8, "a") } else { (0.2, "b") };
        format!("{share},{:.3},{:.3},{class}\n", (item as f32 * 0.7).sin(), (item as f32 * 1.3).cos())
    };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("rows.csv");
    std::fs::write(&path, format!("share,b,c,class\n{}", (0..N).map(line).collect::<String>())).expect("written");
    let mut app = real(None);
    app.state_mut().command(Command::OpenSpec(format!("table:{}?label=class", path.display())));
    settle(&mut app);
    act(&mut app, [Command::Go(Place::Train)]);
    (dir, app)
}

/// Series of one channel that begin with the same share.
fn series() -> Dataset {
    let value = |item: usize, step: usize| match step {
        0 => {
            if item.is_multiple_of(2) {
                0.8
            } else {
                0.2
            }
        }
        _ => ((item + step) as f32 * 0.4).sin(),
    };
    let values = (0..N).flat_map(|item| (0..12).map(move |step| value(item, step))).collect();
    let items = SeriesItems::all(Shape::new(1, 1, 12), values).called(vec!["x".to_owned()]);
    dataset_of("waves", Items::Series(items), &["low", "high"], (0..N).map(|item| item % 2), [24, 36])
}

fn queried() -> Window {
    opened_with(SIZE, Appearance::Light, "people", |made| made.card.architecture = "table-forest".to_owned())
}

const REASON: &str = "Gradient needs gradients, and Box of people gives none";
const REASON_FOREST: &str = "Gradient needs gradients, and Random forest gives none";

#[test]
fn methods_that_need_gradients_say_why_they_are_not_offered_and_offer_a_stand_in() {
    let mut app = queried();
    let shown = |app: &Window| {
        let session = &app.state().session;
        session.column_explainers().iter().map(|shown| shown.card.method.clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&app), ["random"], "what can be shown is shown first");
    // Neither the keys nor another column lead to them.
    press(&mut app, egui::Key::ArrowDown);
    assert_eq!(shown(&app), ["random"]);
    assert!(Command::AddColumn.availability(&app.state().session).is_err());
    click_on(&mut app, Role::ComboBox, "Method of column 1");
    app.get_by_label(REASON);
    assert!(app.get_by_role_and_label(Role::Button, "Gradient").accesskit_node().is_disabled());
    assert!(!app.get_by_role_and_label(Role::Button, "Random").accesskit_node().is_disabled());
    click(&mut app, "Distil a stand-in");
    assert_eq!(app.state().session.place, Place::Train);
    app.get_by_role_and_label(Role::CheckBox, "Learn the answers of Box of people, not the labels");
    app.get_by_label_contains("Train a stand-in, ");

    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_label(REASON);
    assert!(app.get_by_role_and_label(Role::CheckBox, "Gradient").accesskit_node().is_disabled());
}

#[test]
fn before_there_is_a_black_box_the_form_offers_what_the_open_data_have() {
    let (_rows, mut app) = real_rows();
    click(&mut app, "New explainer");
    app.get_by_label_contains("Train MEED for 1 of 3 columns, ");
    app.get_by_label("of 3 columns");
    // A method that does not read such data is not just missing.
    click_on(&mut app, Role::ComboBox, "Method");
    app.get_by_label("Explains pictures and time series, not rows of a table");
    let dorar = app.get_by_role_and_label(Role::Button, "DoRaR (remove and reconstruct)");
    assert!(dorar.accesskit_node().is_disabled());
    press(&mut app, egui::Key::Escape);
    assert!(app.query_by_label_contains("pixels").is_none());
    // How many words a text has is not known before something reads it.
    let mut app = super::support::window_on(SIZE, Session::new(), "reviews");
    act(&mut app, [Command::Go(Place::Train)]);
    click(&mut app, "New explainer");
    app.get_by_label_contains("Train MEED for 10 words, ");
    assert!(app.query_by_label_contains("pixels").is_none());
}

#[test]
fn a_forest_is_grown_and_a_stand_in_distilled_from_it_through_the_forms() {
    let (_rows, mut app) = real_rows();
    choose(&mut app, "Network", "Random forest");
    app.get_by_label("Train the black box on 2 classes, 100 trees").click();
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.train.runs[0].state, RunState::Done, "{:?}", session.train.runs[0].state);
    assert!(!session.active_box().expect("the forest").card.has_gradients());

    // Not all three columns: such an explainer would have nothing to learn. It begins with what works without gradients, and says so.
    click(&mut app, "New explainer");
    app.get_by_label(
        "Random forest gives no gradients, so \"Gradient x input prior\" is off and \"Selections judged by\" is approximators.",
    );
    assert!(!app.get_by_label_contains("Train MEED for 1 of 3 columns, ").accesskit_node().is_disabled());
    app.get_by_label("Gradient, needs gradients, which it does not give");
    app.get_by_label("Random, needs no training");
    // A gradient method in view says why it shows nothing, and leads to the form.
    let at = place_of(&app, "grad");
    app.state_mut().command(Command::Go(Place::Explore));
    app.state_mut().command(Command::SetColumns(vec![at]));
    settle(&mut app);
    app.get_by_label("Gradient needs gradients, and Random forest gives none.");
    // The list of rows asks nothing of a method that explains nothing.
    let explore = &app.state().session.explore;
    assert!(explore.list.fidelity.is_none());
    click(&mut app, "Distil a stand-in");
    app.get_by_role_and_label(Role::CheckBox, "Learn the answers of Random forest, not the labels");
    app.get_by_label_contains("Train a stand-in, ").click();
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.train.runs[1].state, RunState::Done, "{:?}", session.train.runs[1].state);
    let made = session.boxes.iter().find(|made| made.card.distilled.is_some()).expect("the stand-in");
    assert!(made.card.has_gradients());
    let of = made.card.distilled.as_ref().expect("its teacher");
    assert_eq!(of.name, "Random forest");
    assert!(of.test.is_some(), "its card says how often the two agree on test");
    app.get_by_label("Stand-in for");
    app.get_by_label("Agrees on test");
}

#[test]
fn measuring_a_forest_counts_and_measures_only_what_needs_no_gradients() {
    let (_rows, mut app) = real_rows();
    choose(&mut app, "Network", "Random forest");
    app.get_by_label("Train the black box on 2 classes, 100 trees").click();
    settle(&mut app);
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_label(REASON_FOREST);
    app.get_by_label_contains("Measure 1 method on ").click();
    settle(&mut app);
    let session = &app.state().session;
    let measure = &session.measure;
    assert!(measure.cells.error().is_none() && measure.curves.error().is_none());
    let rows: Vec<&str> = measure.table().expect("a table").iter().map(|cell| cell.row.as_str()).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| *row == "Random"), "{rows:?}");
    // A form that was kept from before, with all methods in it, measures the same.
    let all = session.explainers.iter().map(|explainer| explainer.card.hash.clone()).collect();
    let kept = EvaluateForm { explainers: all, ..measure.asked.clone().expect("a form") };
    assert!(kept.explainers.len() > 1);
    app.state_mut().command(Command::StartEvaluation(Box::new(kept)));
    settle(&mut app);
    let measure = &app.state().session.measure;
    assert!(measure.cells.error().is_none() && measure.agreement.error().is_none());
    assert!(measure.table().expect("a table").iter().all(|cell| cell.row == "Random"));
}

#[test]
fn a_stand_in_that_agrees_too_seldom_is_marked_on_its_card() {
    let is_warned_of = |test: f64, words: &str| {
        let distilled = Distilled {
            name: "Forest".to_owned(),
            hash: String::new(),
            validation: None,
            test: Some(test),
            difference: None,
            hidden: None,
            hidden_copies: 0,
        };
        let mut app = opened_with(SIZE, Appearance::Light, "people", |made| {
            made.card.distilled = Some(distilled.clone());
        });
        act(&mut app, [Command::Go(Place::Train)]);
        app.get_by_label("Agrees on test");
        app.query_by_label_contains(words).is_some()
    };
    assert!(is_warned_of(
        0.835,
        "to only 83.5 % of the test items, where 95 % or more are wanted: too few to explain Forest"
    ));
    assert!(!is_warned_of(0.99, "too few to explain Forest"));
}

/// Answers [x, 1 - x] of the first value of each row, by nothing but Python itself.
pub const SERVER: &str = include_str!("../integration/model/serve.py");

/// Writes a program; `None` where there is no Python.
pub fn program(text: &str) -> Option<(tempfile::TempDir, String)> {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return None;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("serve.py");
    std::fs::write(&path, text).expect("a program");
    let command = format!("python3 '{}'", path.display());
    Some((dir, command))
}

/// Types a command into its field and connects it.
fn connect(app: &mut Window, command: &str) {
    choose(app, "Network", "A command (exec:COMMAND)");
    assert!(app.query_by_label_contains("Learning rate").is_none(), "a program is trained elsewhere");
    app.get_by_label("Patience, in seconds");
    app.get_by_label("Say which command answers for the model.");
    write(app, Role::TextInput, "Command", command);
    app.get_by_label_contains("Connect the command and ask it about the test items").click();
    settle(app);
}

#[test]
fn a_command_that_was_not_connected_here_is_connected_under_train() {
    let mut app = opened_with(SIZE, Appearance::Light, "people", |made| {
        made.card.architecture = "exec".to_owned();
        made.card.exec = Some("python3 serve.py".to_owned());
    });
    let said = "exec:python3 serve.py: expected a command that was connected on this computer, found one from elsewhere; look at what it does, \
                then connect it with `unmask fit --model \"exec:python3 serve.py\"`";
    app.state_mut().session.explore.shown = Shown::Failed { error: JobError::failed("unfit", said), previous: None };
    app.run();
    app.get_by_label_contains("look at what it does, then connect it under Train");
    click(&mut app, "Connect the command under Train");
    assert_eq!(app.state().session.place, Place::Train);
    // The form has the command: nothing is to be typed.
    app.get_by_label_contains("Connect the command and ask it about the test items");
    assert!(app.query_by_label("Say which command answers for the model.").is_none());
}

#[test]
fn a_program_behind_the_field_answers_for_the_model_of_rows_and_series() {
    let Some((_dir, command)) = program(&SERVER.replace("PICK", "values[i * width]").replace("MODE", "pass")) else {
        return;
    };
    let (_rows, rows) = real_rows();
    for (name, mut app) in [("rows", rows), ("series", real(Some(series())))] {
        connect(&mut app, &command);
        let session = &app.state().session;
        assert_eq!(session.train.runs[0].state, RunState::Done, "{name}: {:?}", session.train.runs[0].state);
        let card = &session.active_box().expect("the command").card;
        assert!(card.exec.is_some() && !card.has_gradients(), "{name}");
        assert_eq!(card.test_accuracy, Some(1.0), "{name}: the first value is the share of the first class");
        // Named by its program; nothing says that it was trained here.
        let run = &session.train.runs[0];
        assert_eq!((card.name.as_str(), run.name.as_str()), ("serve.py", "serve.py"), "{name}");
        assert_eq!(session.last_action, "Connected black box serve.py", "{name}");
        assert!(app.query_all_by_label_contains("connected · 100 % right on test").next().is_some(), "{name}");
        app.get_by_label("connected, not trained here");
        assert!(app.query_by_label("Trained on").is_none(), "{name}");
        // An explainer can be started at once, by a method that only asks.
        app.get_by_label_contains("serve.py gives no gradients, so ");
        assert!(!app.get_by_label_contains("Train MEED for ").accesskit_node().is_disabled(), "{name}");
        if name == "series" {
            click_on(&mut app, Role::ComboBox, "Method");
            app.get_by_label("DoRaR needs gradients, and serve.py gives none");
            click(&mut app, "L2X");
            app.get_by_label("serve.py gives no gradients, so \"Selections judged by\" is approximators.");
        }
        let session = &app.state().session;
        if name == "rows" {
            let item = session.explore.item.expect("an item");
            let share = if session.data.as_ref().expect("data").labels[item] == Some(0) { 0.8 } else { 0.2 };
            app.state_mut().command(Command::Go(Place::Explore));
            settle(&mut app);
            let probs = &app.state().session.explore.explained().expect("an explanation").probs_full;
            assert!((probs[0] - share).abs() < 1e-5 && (probs[1] - (1.0 - share)).abs() < 1e-5, "{probs:?}");
        }
    }
}

#[test]
fn a_program_that_is_not_there_or_talks_nonsense_is_a_notice_and_the_window_lives() {
    let nonsense = program("import sys\nsys.stdin.buffer.read(8)\nprint('hello', flush=True)\n");
    let missing = Some((tempfile::tempdir().expect("a folder"), "no-such-program-anywhere".to_owned()));
    for (_dir, command) in [missing, nonsense].into_iter().flatten() {
        let (_rows, mut app) = real_rows();
        connect(&mut app, &command);
        let session = &app.state().session;
        assert!(matches!(session.train.runs[0].state, RunState::Failed(_)), "{:?}", session.train.runs[0].state);
        assert!(session.boxes.is_empty());
        act(&mut app, [Command::Go(Place::Explore)]);
        app.get_by_label_contains("There is no black box for this data yet");
    }
}
