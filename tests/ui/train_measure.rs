//! What Train and Measure say of what they made: the kept epoch, runs that ended early, doubts that follow an explainer into Explore, names in the
//! top bar, columns of the table, names of files.
use std::collections::BTreeMap;
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::data::Unit;
use unmask::jobs::{Cell, Measured, Task};
use unmask::session::reading::first_k;
use unmask::session::settings::Appearance;
use unmask::session::train::{FitForm, Makes, RunState, TrainingRun, for_items};
use unmask::session::{Command, Dialog, Place, Session};
use unmask::work::Shown;

use super::series::{opened, opened_with};
use super::support::{act, black_box, click, explained, explainer, session_with, show_trained, window, window_on};

const SIZE: [f32; 2] = [1280.0, 800.0];
const DOUBT: &str = "Proves little: the mask alone tells the class";

#[test]
fn curves_tell_the_figures_of_the_epoch_that_is_kept() {
    let mut app = opened(SIZE, Appearance::Light, "movements");
    app.state_mut().command(Command::Go(Place::Train));
    let mut made = explainer("l2x", "Kept", Unit::Step, 3);
    (made.card.epochs, made.card.best_epoch) = (10, 7);
    made.card.validation = BTreeMap::from([("fs_m".to_owned(), 90.0)]);
    for (epoch, share) in [(1.0, 60.0), (7.0, 90.0), (10.0, 80.0)] {
        made.card.curves.push("fs_m", epoch, share);
    }
    show_trained(&mut app, made);
    app.get_by_label("FS-M 90.0 %");
    app.get_by_label("On validation items; figures of epoch 7, which is kept");
    // As in the list.
    app.get_by_label("Kept, k 3 · FS-M 90.0 %");
}

#[test]
fn what_a_cancelled_run_left_is_said_and_can_be_used() {
    let mut app = explained(SIZE, Appearance::Dark);
    let form = FitForm {
        architecture: "l2x-mnist".to_owned(),
        params: Default::default(),
        seed: 0,
        name: "Short".to_owned(),
        command: String::new(),
        distil: false,
        learns_hidden: false,
    };
    act(&mut app, [Command::StartFit(Box::new(form)), Command::UseBox(0), Command::Go(Place::Train)]);
    let run = app.state_mut().session.train.runs.last_mut().expect("a run");
    assert_eq!(run.state, RunState::Done);
    run.state = RunState::Cancelled;
    app.run();
    app.get_by_label_contains("What it had learned after epoch 1 is kept and can be used.");
    click(&mut app, "Explain this black box");
    assert_eq!(app.state().session.active_box, Some(1));
    // Without a checkpoint there is nothing.
    app.state_mut().session.train.runs.last_mut().expect("a run").made = None;
    app.run();
    app.get_by_label("It ended before its first epoch did, so nothing is kept.");
}

#[test]
fn what_a_mask_gives_away_is_said_beside_the_answers_in_explore() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    assert!(app.query_by_label(DOUBT).is_none());
    let mut made = explainer("aim", "Telltale", Unit::Column, 1);
    let figures = [("fs_m", 99.0), ("mask_only", 99.0), ("chance", 50.0)];
    made.card.validation = figures.map(|(id, value)| (id.to_owned(), value)).into();
    show_trained(&mut app, made);
    app.get_by_label(DOUBT).hover();
    app.run();
    app.run_steps(30);
    app.get_by_label_contains("so FS-M proves nothing here");
}

#[test]
fn names_in_the_top_bar_give_way_and_the_black_box_says_on_which_items_it_is_right() {
    for size in [[1024.0, 640.0], SIZE] {
        let mut made = black_box();
        made.card.name =
            "A network with a name that is much longer than any bar has room for, and then some more".to_owned();
        let mut app = window(size, session_with(Appearance::Light, Some(made)));
        act(&mut app, [Command::OpenSpec("world".to_owned())]);
        let chip = app.get_by_role_and_label(Role::ComboBox, "Black box");
        let machine = app.get_by_label("CPU, 2 cores, 8 GB").rect();
        assert!(chip.rect().right() <= machine.left(), "{} runs into {machine} at {size:?}", chip.rect());
        let words = chip.value().unwrap_or_default();
        assert!(words.starts_with("A networ") && words.ends_with("…, 91 % right on test"), "{words}");
    }
}

#[test]
fn series_with_many_channels_begin_with_the_network_that_is_meant_for_them() {
    for (name, words) in
        [("movements", "For long series with few channels"), ("player", "For few steps with many channels")]
    {
        let mut app = window_on(SIZE, Session::new(), name);
        act(&mut app, [Command::Go(Place::Train)]);
        app.get_by_label_contains(words);
    }
}

#[test]
fn the_form_of_a_black_box_stays_while_it_is_trained() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::Go(Place::Train)]);
    app.get_by_label_contains("Train MEED for ");
    let made = app.state().session.active_box().map(|active| active.card.hash.clone());
    let run = TrainingRun {
        number: 1,
        makes: Makes::Box,
        name: "Quarter".to_owned(),
        job: None,
        state: RunState::Running,
        report: None,
        task: Task::LookAtData { spec: "synthetic:xor".parse().expect("data") },
        made,
        home: None,
    };
    app.state_mut().session.train.runs.push(run);
    app.run();
    // Its first checkpoint is in use, and no explainer is offered for it.
    assert!(app.query_by_label_contains("Train MEED for ").is_none());
    app.get_by_label_contains("Train the black box on ");
    app.state_mut().session.train.runs[0].state = RunState::Done;
    app.run();
    app.get_by_label_contains("Train MEED for ");
}

#[test]
fn a_black_box_that_is_not_finished_or_was_tested_on_few_items_is_said_to_be_so() {
    let mut app = opened_with(SIZE, Appearance::Light, "people", |made| {
        made.card.complete = false;
        made.card.epochs = 3;
        (made.card.test_accuracy, made.card.test_items) = (Some(5.0 / 6.0), 6);
    });
    act(&mut app, [Command::Go(Place::Train)]);
    app.get_by_label_contains("is not trained to its end: an explainer trained now is one of what it is after epoch 3");
    app.get_by_label_contains("in use \u{B7} ").click();
    app.run();
    app.get_by_label("Only 6 test items: the share that is right may be anything from 44 to 97 % (95 % interval).");
}

#[test]
fn the_number_of_units_that_is_proposed_is_the_one_of_explore() {
    let mut app = opened(SIZE, Appearance::Dark, "movements");
    act(&mut app, [Command::Go(Place::Train)]);
    let k = |app: &super::support::Window| app.state().session.explore.k;
    click(&mut app, "New explainer");
    assert!(app.query_by_label_contains(&format!("Train MEED for {} of ", k(&app))).is_some(), "{}", k(&app));
    act(&mut app, [Command::SetK(7)]);
    app.get_by_label_contains("Train MEED for 7 of ");
    // Never all of them.
    for (unit, most) in [(Unit::Pixel, 16), (Unit::Column, 3), (Unit::Step, 2), (Unit::Word, 10), (Unit::Sentence, 2)] {
        assert!((1..most).contains(&first_k(unit, Some(most))), "{unit} of {most}");
    }
    assert_eq!((first_k(Unit::Pixel, Some(784)), first_k(Unit::Step, Some(120))), (25, 12));
}

#[test]
fn epochs_for_the_items_change_nothing_of_what_is_not_trained_in_minibatches() {
    let specs = |id: &str| unmask::model::architecture(id).expect("a black box").params;
    let of = |id: &str, items| for_items(specs(id), Default::default(), items);
    assert!(of("table-forest", Some(50)).0.is_empty(), "trees are no epochs");
    assert!(of("l2x-cnn", None).0.is_empty());
    assert!(of("l2x-cnn", Some(60_000)).0.is_empty(), "large data keep the defaults");
    let small = of("table-mlp", Some(150));
    assert_eq!((small.whole(specs("table-mlp"), "epochs"), small.whole(specs("table-mlp"), "patience")), (300, 50));
}

#[test]
fn where_the_truth_is_known_hits_come_first_in_the_table() {
    let mut app = explained(SIZE, Appearance::Light);
    let cell = |metric: &str| Cell {
        row: "Gradient".to_owned(),
        metric: metric.to_owned(),
        k: Some(5),
        class: None,
        mean: 50.0,
        ci95: [49.0, 51.0],
        items: 100,
    };
    let cells = ["fs_m", "fu_m", "hit_rate"].map(cell).into();
    app.state_mut().session.measure.cells = Shown::Ready(Arc::new(Measured { cells, ..Measured::default() }));
    act(&mut app, [Command::Go(Place::Measure)]);
    let left = |name: &str| app.get_by_label(name).rect().left();
    assert!(left("Sort by Hit rate (%)") < left("Sort by FS-M (%)"));
}

#[test]
fn on_what_is_measured_stays_in_view_in_a_small_window() {
    let mut app = explained([1024.0, 640.0], Appearance::Dark);
    act(&mut app, [Command::Go(Place::Measure)]);
    let start = app.get_by_label("Measure 3 methods on 20 items").rect();
    for (role, name) in [
        (Role::TextInput, "k, one or several"),
        (Role::CheckBox, "Fidelity over k"),
        (Role::CheckBox, "Agreement between methods"),
    ] {
        let rect = app.get_by_role_and_label(role, name).rect();
        assert!(rect.bottom() <= start.top() && rect.top() > 200.0, "{name} at {rect}, the button at {start}");
    }
    assert!(start.bottom() < 640.0, "{start}");
}

#[test]
fn a_figure_of_a_comparison_is_called_after_all_its_methods() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::AddColumn]);
    let session = &app.state().session;
    let methods: Vec<String> = session.column_explainers().iter().map(|known| known.card.method.clone()).collect();
    let [a, b] = &methods[..] else { panic!("two methods: {methods:?}") };
    let item = session.explore.item.expect("an item");
    assert_eq!(session.name_for(Dialog::ExportFigure), format!("item-{item}-{a}-{b}-k25"));
}
