//! What the generators of a method rebuild, in the inspector: the pictures or lines of both sides with the black box's answers to them, and of one side
//! alone where the other was not learned. The generators of these worlds rebuild a quarter of what is hidden from them.
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::{Modality, Unit};
use unmask::explain::mask::Mask;
use unmask::explain::{ExplainerCard, SavedExplainer, method};
use unmask::jobs::Rebuilt;
use unmask::model::params::ParamSpec;
use unmask::session::Command;
use unmask::session::settings::Appearance;

use super::series::opened;
use super::support::{Input, Window, act, answer, click, explained, explainer, press, show_trained};

const SIZE: [f32; 2] = [1280.0, 800.0];
const TITLE: &str = "Rebuilt by its generators";
/// What generators rebuild of a value that they do not see, as a share of it.
const REBUILT: f32 = 0.25;

fn params() -> &'static [ParamSpec] {
    method("dorar").expect("a method").spec().params
}

/// What the generators of a method rebuild from the selected part and, where they learned that too, from the rest.
pub fn of(card: &ExplainerCard, input: &Input<'_>, selected: &Mask) -> Vec<Rebuilt> {
    if card.method != "dorar" || input.card.modality() == Modality::Text {
        return Vec::new();
    }
    let rest = card.params.switch(params(), "complementary").then(|| selected.complement());
    let sides = [selected.clone()].into_iter().chain(rest).map(|mask| {
        let row = input.part(&mask, REBUILT);
        Rebuilt { probs: answer(input.card, &row), row }
    });
    sides.collect()
}

/// An explainer with generators for both sides, or for the selected one only.
fn dorar(unit: Unit, k: usize, has_both: bool) -> SavedExplainer {
    let mut made = explainer("dorar", "Remove and rebuild", unit, k);
    let value = if has_both { "on" } else { "off" };
    made.card.params.set(params(), "complementary", value).expect("a parameter");
    made
}

/// The world of pictures, sixteen pixels selected: the quarter that decides, in the first.
fn pictures(size: [f32; 2], appearance: Appearance, has_both: bool) -> Window {
    let mut app = explained(size, appearance);
    assert!(app.query_by_label(TITLE).is_none(), "a gradient has no generators");
    show_trained(&mut app, dorar(Unit::Pixel, 16, has_both));
    app
}

/// The world of movements, one step selected, on a movement that leaps.
fn movements(appearance: Appearance, has_both: bool) -> Window {
    let mut app = opened(SIZE, appearance, "movements");
    assert!(app.query_by_label(TITLE).is_none(), "a gradient has no generators");
    show_trained(&mut app, dorar(Unit::Step, 1, has_both));
    act(&mut app, [Command::SelectItem(1)]);
    app
}

/// Where a side is drawn: its picture has its title and the black box's answer for a name.
fn side(app: &Window, title: &str, answer: &str) -> egui::Rect {
    let name = format!("{title}: the black box says {answer}");
    app.get_by_role_and_label(Role::Image, &name).rect()
}

/// What is said of good generators.
fn advice(app: &Window) -> String {
    let node = app.get_by_label_contains("Hidden places hold noise from data.");
    node.accesskit_node().value().expect("words")
}

#[test]
fn both_pictures_are_shown_with_the_answers_to_them() {
    let mut app = pictures(SIZE, Appearance::Dark, true);
    app.get_by_label(TITLE);
    // The bright quarter, 200 of 255, and a quarter of that.
    let selected = side(&app, "From the selected part", "zero (0.78)");
    let rest = side(&app, "From the rest", "one (0.48)");
    app.get_by_label("zero (0.78), class stays");
    app.get_by_label("one (0.48), class changes");
    assert!(selected.width() > 90.0 && selected.height() > 90.0, "{selected}");
    assert!(rest.width() > 90.0 && rest.height() > 90.0, "{rest}");
    assert!(selected.right() <= rest.left(), "{selected} beside {rest}");
    assert!(advice(&app).ends_with("Good: the class stays on the left and changes on the right."));
    // They are those of the item in view: in the next one nothing bright lies in the quarter.
    press(&mut app, egui::Key::ArrowRight);
    side(&app, "From the selected part", "one (0.59)");
    side(&app, "From the rest", "one (0.55)");
    app.get_by_label("one (0.55), class stays");
    // A method without generators shows none.
    act(&mut app, [Command::SetMethod { column: 0, explainer: 0 }]);
    assert!(app.query_by_label(TITLE).is_none());
}

#[test]
fn both_series_are_drawn_below_each_other_with_the_answers_to_them() {
    let app = movements(Appearance::Light, true);
    app.get_by_label(TITLE);
    // The leap to 4.0, and a quarter of that.
    let selected = side(&app, "From the selected part", "jerky (0.98)");
    let rest = side(&app, "From the rest", "smooth (0.88)");
    app.get_by_label("jerky (0.98), class stays");
    app.get_by_label("smooth (0.88), class changes");
    // Two channels each.
    assert!(selected.height() > 90.0 && selected.bottom() <= rest.top(), "{selected} above {rest}");
    assert!(advice(&app).ends_with("Good: the class stays above and changes below."));
}

#[test]
fn rebuilt_series_are_drawn_large_on_demand() {
    let mut app = movements(Appearance::Light, true);
    let small = side(&app, "From the selected part", "jerky (0.98)");
    click(&mut app, "Show the rebuilt series large");
    let selected = side(&app, "Large. From the selected part", "jerky (0.98)");
    let rest = side(&app, "Large. From the rest", "smooth (0.88)");
    assert!(selected.height() > 2.0 * small.height() && selected.width() > 1.5 * small.width(), "{selected}, {small}");
    assert!(selected.right() <= rest.left() && rest.right() <= SIZE[0], "{selected} beside {rest}");
    click(&mut app, "Close");
    assert!(app.query_by_label_contains("Large. ").is_none());
}

#[test]
fn of_one_side_nothing_is_said_of_the_other() {
    let picture = pictures(SIZE, Appearance::Dark, false);
    for (app, answer) in [(picture, "zero (0.78)"), (movements(Appearance::Dark, false), "jerky (0.98)")] {
        app.get_by_label(TITLE);
        side(&app, "From the selected part", answer);
        assert!(app.query_by_label_contains("From the rest").is_none(), "{answer}");
        // There is nothing on the right or below, and nothing in which the class could change.
        let advice = advice(&app);
        assert!(advice.contains("Good: the class stays"), "{advice}");
        let of_two = ["left", "right", "above", "below", "changes"];
        assert!(!of_two.iter().any(|word| advice.contains(word)), "{advice}");
    }
}

#[test]
fn rebuilt_dark() {
    let mut app = pictures([1180.0, 760.0], Appearance::Dark, true);
    side(&app, "From the rest", "one (0.48)");
    app.snapshot("rebuilt_dark");
}
