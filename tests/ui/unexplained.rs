//! Data without a black box can be looked at all the same: each kind of item as it is, with the way on.
use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::Unit;
use unmask::figure::layout::series::Form;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Place};

use super::support::{Window, act, click, explainer, press, real, session_with, settle, window_on};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// A window in which only the data are open.
fn opened(name: &str, appearance: Appearance) -> Window {
    window_on(SIZE, session_with(appearance, None), name)
}

#[test]
fn items_of_every_kind_are_shown_without_a_black_box_and_keys_step_through_them() {
    // What names the second item on screen, and something that only the item itself says.
    for (name, role, says) in [
        ("world", Role::Image, "Item #1"),
        ("reviews", Role::Label, "A dull film. The dialogue is wooden, the cut is sloppy"),
        ("movements", Role::Image, "Item #1"),
        ("player", Role::Image, "Item #1"),
        ("people", Role::Label, "workclass Public"),
    ] {
        let mut app = opened(name, Appearance::Dark);
        app.get_by_label_contains("There is no black box for this data yet");
        press(&mut app, Key::ArrowRight);
        assert_eq!(app.state().session.explore.item, Some(1), "{name}");
        let found = app.query_all_by_role(role).filter(|node| {
            let node = node.accesskit_node();
            let words = [node.label(), node.value()].into_iter().flatten().collect::<String>();
            words.contains(says)
        });
        assert!(found.count() > 0, "{name}: \"{says}\" is not on screen");
        click(&mut app, "Train a black box");
        assert_eq!(app.state().session.place, Place::Train, "{name}");
    }
}

#[test]
fn an_explainer_without_its_black_box_says_which_one_is_needed() {
    let mut app = opened("world", Appearance::Dark);
    let mut alone = explainer("l2x", "My L2X", Unit::Pixel, 4);
    alone.card.blackbox_hash = "0123456789abcdef".to_owned();
    alone.card.data = "mnist:/data/digits?limit=5".to_owned();
    app.state_mut().session.explainers.push(Arc::new(alone));
    app.run();
    app.get_by_label(
        "My L2X is open, but not the black box that it explains (hash 0123456789ab, trained on /data/digits): open the folder of that black box.",
    );
    app.get_by_role_and_label(Role::Button, "Open a black box…");
}

#[test]
fn one_text_without_a_label_is_offered_what_is_needed_and_no_training() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("letter.txt");
    std::fs::write(&path, "A warm and lovely film. We would see it again.").expect("written");
    let mut app = real(None);
    app.state_mut().command(Command::OpenSpec(format!("text:{}", path.display())));
    settle(&mut app);
    act(&mut app, [Command::Go(Place::Explore)]);
    app.get_by_label_contains("none can be trained on it");
    assert!(app.query_by_label("Train a black box").is_none());
    for name in ["Open a black box…", "Open data with labels…"] {
        app.get_by_role_and_label(Role::Button, name);
    }
}

#[test]
fn the_pointer_tells_values_and_nothing_of_a_method_where_there_is_none() {
    // Channels over time, and the map.
    for name in ["movements", "player"] {
        let mut app = opened(name, Appearance::Dark);
        let series = app.query_all_by_role(Role::Image).find(|node| {
            node.accesskit_node().label().is_some_and(|label| label.contains("Item #0")) && node.rect().width() > 300.0
        });
        let at = series.expect("the series").rect().center_top() + egui::vec2(0.0, 60.0);
        app.hover_at(at);
        app.run();
        // Its words come when the pointer rests.
        app.run_steps(60);
        let told = app.query_all_by_role(Role::Label).filter_map(|node| node.accesskit_node().value());
        let told = told.filter(|words| words.starts_with("step ")).collect::<Vec<_>>();
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert!(told[0].contains('\n') && !told[0].contains("score") && !told[0].contains("selected"), "{told:?}");
    }
}

#[test]
fn a_series_without_a_black_box_is_drawn_in_every_form_that_fits() {
    let mut app = opened("player", Appearance::Dark);
    const PART: &str = "8 of 40 channels: the first";
    assert!(app.query_by_label(PART).is_none(), "forty channels are a map");
    assert!(app.query_by_role_and_label(Role::Button, "With path").is_none());
    for form in ["Stacked", "Overlaid"] {
        click(&mut app, form);
        app.get_by_label(PART);
    }
    act(&mut app, [Command::SetForm(Form::Map)]);
    assert!(app.query_by_label(PART).is_none());
    assert!(Command::SetForm(Form::Stacked).availability(&app.state().session).is_ok(), "in the palette, too");
    let pictures = opened("world", Appearance::Dark);
    assert!(Command::SetForm(Form::Stacked).availability(&pictures.state().session).is_err());
}

#[test]
fn a_text_without_a_black_box_is_blurred_where_it_may_offend() {
    let mut app = opened("hatexplain", Appearance::Dark);
    assert!(app.query_by_label_contains("The dialogue is wooden").is_none());
    app.get_all_by_role_and_label(Role::Button, "Show offensive texts").next().expect("a button").click();
    app.run();
    press(&mut app, Key::ArrowRight);
    assert!(app.query_all_by_label_contains("The dialogue is wooden").count() > 0);
}

#[test]
fn unexplained_text_light() {
    opened("reviews", Appearance::Light).snapshot("unexplained_text_light");
}

#[test]
fn unexplained_picture_dark() {
    opened("world", Appearance::Dark).snapshot("unexplained_picture_dark");
}
