//! Data that says what decides a class: the mark, the legend, the switch and the hits of a method, in series, maps and rows of tables; figures have
//! the mark, pictures of studies never.
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::Unit;
use unmask::figure::layout::View;
use unmask::figure::layout::series::Form;
use unmask::jobs::picture_of;
use unmask::session::settings::Appearance;
use unmask::session::sheet::SheetOf;
use unmask::session::{Command, Session};

use super::project::{open, run, sample_data};
use super::series::{on_item, opened};
use super::support::click;

const SIZE: [f32; 2] = [1280.0, 800.0];
const LEGEND: &str = "truly decides the class";

/// Units marked in the picture of the first column.
fn marked(session: &Session) -> Option<Vec<usize>> {
    let explore = &session.explore;
    let picture = session.picture(0, explore.view, explore.hidden, Default::default()).expect("a picture");
    picture.truth.map(|truth| (0..truth.len()).filter(|unit| truth[*unit]).collect())
}

#[test]
fn hits_of_a_method_follow_k_and_the_unit() {
    let mut app = opened(SIZE, Appearance::Dark, "planted movements");
    on_item(&mut app, 1, &[Command::SetK(1)]);
    assert_eq!(marked(&app.state().session), Some(vec![24]), "both channels leap at step 24");
    app.get_by_label_contains("1 of 1 selected truly decides the class; 1 does in all");
    on_item(&mut app, 1, &[Command::SetK(4)]);
    app.get_by_label_contains("1 of 4 selected truly decides the class; 1 does in all");
    on_item(&mut app, 1, &[Command::SetUnit(Unit::ChannelStep, 2)]);
    assert_eq!(marked(&app.state().session), Some(vec![24, 72]), "a unit for each channel");
    app.get_by_label_contains("2 of 2 selected truly decide the class; 2 do in all");
    // Nothing was planted in movements of the first class.
    on_item(&mut app, 0, &[]);
    app.get_by_label_contains("no unit decides this item's class");
    assert_eq!(marked(&app.state().session), Some(Vec::new()));
}

#[test]
fn the_switch_hides_marks_legend_and_hits_and_is_there_only_where_the_truth_is_known() {
    for name in ["planted movements", "planted player", "planted people"] {
        let mut app = opened(SIZE, Appearance::Light, name);
        on_item(&mut app, 1, &[]);
        assert!(marked(&app.state().session).is_some_and(|marked| !marked.is_empty()), "{name}");
        app.get_by_label(LEGEND);
        click(&mut app, "Truth");
        assert_eq!(marked(&app.state().session), None, "{name}");
        assert!(app.query_by_label(LEGEND).is_none(), "{name}");
        assert!(app.query_by_label_contains("selected truly decide").is_none(), "{name}");
        click(&mut app, "Truth");
        app.get_by_label(LEGEND);
    }
    let app = opened(SIZE, Appearance::Light, "movements");
    assert!(app.query_by_role_and_label(Role::Button, "Truth").is_none(), "nothing is known of these");
    assert!(app.query_by_label(LEGEND).is_none());
    assert_eq!(marked(&app.state().session), None);
}

#[test]
fn a_row_says_which_columns_are_true() {
    let mut app = opened(SIZE, Appearance::Dark, "planted people");
    on_item(&mut app, 1, &[Command::SetK(1)]);
    let spoken = app.get_by_label_contains("Overlay of item 1").accesskit_node().value().unwrap_or_default();
    assert!(
        spoken.contains("workclass Public, true") || spoken.contains("workclass Public, selected, true"),
        "{spoken}"
    );
    assert!(!spoken.contains("age 21, true"), "{spoken}");
}

#[test]
fn figures_have_the_mark_and_pictures_of_studies_never() {
    for name in ["planted movements", "planted player", "planted people"] {
        let mut app = opened(SIZE, Appearance::Light, name);
        on_item(&mut app, 1, &[Command::KeepFigure]);
        let session = &app.state().session;
        let said: Vec<&str> = session.figures.kept[0].figure.texts().iter().map(|text| text.text.as_str()).collect();
        assert!(said.contains(&LEGEND), "{name}: {said:?}");
        // What a study draws for its participants, of the same explanation.
        let data = session.data.as_ref().expect("data");
        let card = &session.active_box().expect("a black box").card;
        let explained = session.explore.explained().expect("an explanation");
        let explainer = &session.explainers[session.explore.columns[0]].card;
        let picture = picture_of(data, card, explainer, explained, (0, None)).expect("a picture");
        assert_eq!(picture.truth, None, "{name}");
    }
}

#[test]
fn a_contact_sheet_has_the_mark_of_each_item_while_truth_is_shown() {
    for name in ["planted movements", "planted player", "planted people"] {
        let mut app = opened(SIZE, Appearance::Light, name);
        let sheet = Command::StartSheet(SheetOf::Listed);
        on_item(&mut app, 0, std::slice::from_ref(&sheet));
        app.run();
        on_item(&mut app, 0, &[Command::ToggleTruth, sheet]);
        app.run();
        let session = &app.state().session;
        let [marked, plain] = &session.figures.kept[..] else { panic!("two sheets: {}", session.last_action) };
        let is_marked = |truth: &Option<Vec<bool>>| truth.as_ref().is_some_and(|truth| truth.contains(&true));
        let n_marked = marked.pictures.iter().filter(|picture| is_marked(&picture.truth)).count();
        assert_eq!((n_marked * 2, marked.pictures.len()), (24, 24), "{name}: items of the second class");
        // In the first item nothing decides the class; the legend says what the mark of the others is.
        assert!(!is_marked(&marked.pictures[0].truth), "{name}");
        assert!(marked.figure.texts().iter().any(|text| text.text == LEGEND), "{name}");
        assert!(plain.pictures.iter().all(|picture| picture.truth.is_none()), "{name}");
        assert!(plain.figure.texts().iter().all(|text| text.text != LEGEND), "{name}");
    }
}

fn picture(name: &str, of: &str, appearance: Appearance, commands: &[Command]) {
    let mut app = opened(SIZE, appearance, of);
    on_item(&mut app, 1, commands);
    app.snapshot(name);
}

#[test]
fn truth_series_dark() {
    let commands = [Command::SetUnit(Unit::Step, 4), Command::SetView(View::Overlay), Command::SetForm(Form::Stacked)];
    picture("truth_series_dark", "planted movements", Appearance::Dark, &commands);
}

#[test]
fn truth_map_light() {
    picture("truth_map_light", "planted player", Appearance::Light, &[Command::SetUnit(Unit::ChannelStep, 20)]);
}

#[test]
fn truth_table_light() {
    picture("truth_table_light", "planted people", Appearance::Light, &[Command::SetK(2)]);
}

#[test]
fn a_project_keeps_whether_the_truth_is_marked() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("movements");
    let mut app = open(&sample_data().join("pointer_project"));
    assert!(app.state().session.knows_truth() && !app.state().session.view_state().hides_truth);
    run(&mut app, [Command::ToggleTruth, Command::SaveProjectIn(folder.clone())]);
    drop(app);
    let app = open(&folder);
    assert!(!app.state().session.explore.shows_truth, "hidden, as it was left");
    assert!(app.query_by_label(LEGEND).is_none());
}
