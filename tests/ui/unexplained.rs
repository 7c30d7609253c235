//! Data without a black box can be looked at all the same: each kind of item as it is, with the way on.
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::session::Place;
use unmask::session::settings::Appearance;

use super::support::{Window, click, press, session_with, window_on};

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
