//! The panel of classes for what is no text: a small picture of patches for each class, and a table of columns by class. The methods of the worlds of
//! pictures and of people do not tell classes apart; one of this name does.
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::data::{Modality, Unit};
use unmask::explain::ExplainerCard;
use unmask::figure::layout::{Hidden, View};
use unmask::session::Command;
use unmask::session::settings::Appearance;

use super::series::opened;
use super::support::{Input, Window, act, choose, click, explained, explainer, press, show_trained};
use super::texts;

const SIZE: [f32; 2] = [1280.0, 800.0];
/// The method that tells classes apart.
const NAME: &str = "Class by class";
const PATCH: Unit = Unit::Patch { rows: 2, cols: 2 };

/// What each column of the world of people says for "low" and for "high".
const COLUMNS: [[f32; 2]; 4] = [[-1.5, 1.5], [1.0, -0.5], [-0.25, 2.0], [1.25, 1.0]];

/// Class zero is bright in the upper left quarter, class one elsewhere; what is dark anywhere speaks for class two, which the black box never answers.
fn of_pictures(input: &Input<'_>) -> Vec<f32> {
    let units = input.units;
    let width = units.shape.width;
    let of_pixels = units.unit_of_pixels();
    let scores = (0..units.count()).flat_map(|unit| {
        let pixels: Vec<usize> = (0..of_pixels.len()).filter(|at| of_pixels[*at] as usize == unit).collect();
        let mean = pixels.iter().map(|at| input.row()[*at]).sum::<f32>() / pixels.len() as f32;
        let is_in_quarter = pixels.iter().all(|at| at / width < 4 && at % width < 4);
        let for_zero = if is_in_quarter { mean } else { -mean / 2.0 };
        [for_zero, -for_zero, 0.25 - mean]
    });
    scores.collect()
}

/// What a method says of each unit for each class, class fastest; `None` for all but the methods that tell classes apart.
pub fn of(card: &ExplainerCard, input: &Input<'_>) -> Option<Vec<f32>> {
    match input.card.modality() {
        Modality::Text => texts::by_class(&card.method, input),
        Modality::Image if card.name == NAME => Some(of_pictures(input)),
        Modality::Table if card.name == NAME => Some(COLUMNS.concat()),
        _ => None,
    }
}

/// The world of pictures with the method that tells classes apart, four patches selected.
fn pictures(size: [f32; 2], appearance: Appearance) -> Window {
    let mut app = explained(size, appearance);
    assert!(app.query_by_role_and_label(Role::Button, "Classes").is_none(), "the other methods know no classes");
    show_trained(&mut app, explainer("aim", NAME, PATCH, 4));
    app
}

/// The world of people with the same, two columns selected.
fn people(size: [f32; 2], appearance: Appearance) -> Window {
    let mut app = opened(size, appearance, "people");
    assert!(app.query_by_role_and_label(Role::Button, "Classes").is_none(), "the other methods know no classes");
    show_trained(&mut app, explainer("aim", NAME, Unit::Column, 2));
    app
}

/// The units that are shown as selected.
fn selected(app: &Window) -> Vec<usize> {
    let session = &app.state().session;
    let picture = session.picture(0, View::Overlay, Hidden::AsModelSees, Default::default()).expect("a picture");
    (0..picture.selected.len()).filter(|unit| picture.selected[*unit]).collect()
}

fn small_pictures(app: &Window) -> usize {
    app.query_all_by_label_contains("Scores for class ").count()
}

#[test]
fn pictures_have_a_small_picture_for_each_class_with_the_answer_to_its_patches() {
    let mut app = pictures(SIZE, Appearance::Dark);
    let explore = &app.state().session.explore;
    assert_eq!((explore.unit, explore.k, explore.class_focus), (PATCH, 4, None));
    app.get_by_label("What speaks for each class");
    app.get_by_label("One scale for all classes.");
    for class in ["zero", "one", "two"] {
        let name = format!("Scores for class {class}");
        let rect = app.get_by_role_and_label(Role::Button, &name).rect();
        assert!(rect.width() > 90.0 && rect.height() > 90.0, "{name}: {rect}");
        let name = format!("Colour by {class}");
        app.get_by_role_and_label(Role::Button, &name);
    }
    // The quarter alone, at 200 of 255; without it the rest is class one, whatever speaks for two.
    app.get_by_label("best 4 alone: zero (0.78)");
    app.get_by_label("best 4 alone: one (0.60)");
    app.get_by_label("best 4 alone: one (0.60), two 0.40");
    // They are those of the item in view: in the next one the quarter is dark, 20.5 of 255.
    press(&mut app, egui::Key::ArrowRight);
    app.get_by_label("best 4 alone: one (0.55), zero 0.08");
    assert_eq!(small_pictures(&app), 3);
}

#[test]
fn what_each_class_makes_the_black_box_answer_is_in_sight_in_a_window_of_usual_size() {
    let app = pictures(SIZE, Appearance::Dark);
    let controls = app.get_by_role_and_label(Role::Button, "Overlay").rect();
    let answers: Vec<egui::Rect> = app.get_all_by_label_contains(" alone: ").map(|node| node.rect()).collect();
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(|answer| answer.bottom() <= controls.top()), "{answers:?} over {controls:?}");
}

#[test]
fn the_panel_of_pictures_is_closed_and_opened_by_its_button() {
    let mut app = pictures(SIZE, Appearance::Light);
    for shown in [0, 3] {
        click(&mut app, "Classes");
        assert_eq!(small_pictures(&app), shown);
        assert_eq!(app.query_by_label("What speaks for each class").is_some(), shown > 0);
    }
}

#[test]
fn where_the_small_pictures_would_take_the_viewer_they_wait_for_their_button() {
    let mut app = pictures([1024.0, 640.0], Appearance::Light);
    let wish = |app: &Window| app.state().session.explore.shows_classes;
    assert_eq!((small_pictures(&app), wish(&app)), (0, true), "a small window is no wish of the user");
    click(&mut app, "Classes");
    assert_eq!((small_pictures(&app), wish(&app)), (3, true));
    // Closed by the user, and asked for anew by the command, which has no room to wait for.
    click(&mut app, "Classes");
    assert_eq!((small_pictures(&app), wish(&app)), (0, false));
    act(&mut app, [Command::ToggleClasses]);
    assert_eq!((small_pictures(&app), wish(&app)), (3, true));
}

#[test]
fn the_words_of_the_table_stay_while_its_classes_are_scrolled() {
    let mut app = people([1024.0, 640.0], Appearance::Dark);
    act(&mut app, [Command::FocusClass(Some(1))]);
    choose(&mut app, "Against class", "low");
    // The first row, with the difference after both classes.
    let row = format!("{WORK}, \u{2212}1.50");
    let places = |app: &Window| {
        let head = |name: &str| app.get_by_role_and_label(Role::Button, name).rect().left();
        (app.get_by_label(&row).rect().left(), head("Sort by Column"), head("Sort by low"))
    };
    let before = places(&app);
    app.hover_at(app.get_by_label(&row).rect().center());
    app.run();
    app.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(-60.0, 0.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    app.run_steps(30);
    let after = places(&app);
    assert!((before.0 - after.0).abs() < 0.1 && (before.1 - after.1).abs() < 0.1, "what names rows stays: {after:?}");
    assert!(after.2 < before.2 - 10.0, "the classes move: {before:?} {after:?}");
}

#[test]
fn a_small_picture_colours_by_its_class_and_a_contrast_asks_why_not_another() {
    let mut app = pictures(SIZE, Appearance::Dark);
    let focus = |app: &Window| app.state().session.explore.class_focus;
    app.get_by_label("Scores for class zero").click();
    app.run();
    assert_eq!((focus(&app), selected(&app)), (Some(0), vec![0, 1, 4, 5]), "the patches of the quarter");
    app.get_by_label_contains("Only the patches of 2 x 2 pixels of zero: zero (0.78)");
    app.get_by_label_contains("Without the patches of 2 x 2 pixels of zero: one (0.60)");

    app.get_by_label("Scores for class one").click();
    app.run();
    assert_eq!(focus(&app), Some(1));
    assert!(selected(&app).iter().all(|unit| ![0, 1, 4, 5].contains(unit)), "{:?}", selected(&app));
    app.get_by_label_contains("Only the patches of 2 x 2 pixels of one: one (0.60)");
    app.get_by_label_contains("Without the patches of 2 x 2 pixels of one: zero (0.78)");

    choose(&mut app, "Against class", "zero");
    assert_eq!(app.state().session.explore.reading.against, Some(0));
    app.get_by_label_contains("why one rather than zero");
    app.get_by_label_contains("Only these patches of 2 x 2 pixels: one (0.60)");
    choose(&mut app, "Colour by class", "the method's own scores");
    assert_eq!(focus(&app), None);
    assert!(app.query_by_label_contains("why one rather than zero").is_none());
}

const AGE: &str = "age: \u{2212}1.50, 1.50";
const WORK: &str = "workclass: 1.00, \u{2212}0.50";
const GAIN: &str = "capital-gain: \u{2212}0.25, 2.00";
const HOURS: &str = "hours-per-week: 1.25, 1.00";

/// Which of two rows of the table of classes stands above the other.
fn is_above(app: &Window, first: &str, second: &str) -> bool {
    app.get_by_label(first).rect().top() < app.get_by_label(second).rect().top()
}

fn sort_by(app: &mut Window, head: &str) {
    let name = format!("Sort by {head}");
    app.get_by_role_and_label(Role::Button, &name).click_accesskit();
    app.run();
}

#[test]
fn columns_of_a_table_are_sorted_by_class_and_by_contrast() {
    let mut app = people(SIZE, Appearance::Dark);
    let focus = |app: &Window| app.state().session.explore.class_focus;
    // By the method's own rank: a category is the largest value in this world.
    assert!(is_above(&app, WORK, AGE));
    sort_by(&mut app, "low");
    assert!(is_above(&app, HOURS, WORK));
    assert_eq!((focus(&app), selected(&app)), (Some(0), vec![1, 3]));
    // Neither is far from the mean.
    app.get_by_label_contains("Only the columns of low: low (0.98)");
    app.get_by_label_contains("best 2 alone: low (0.98)");
    sort_by(&mut app, "high");
    assert!(is_above(&app, GAIN, AGE));
    assert_eq!((focus(&app), selected(&app)), (Some(1), vec![0, 2]));
    sort_by(&mut app, "Column");
    assert!(is_above(&app, WORK, AGE));
    assert_eq!(focus(&app), Some(1), "the order alone has changed");

    assert!(app.query_by_label("Sort by high \u{2212} low").is_none());
    choose(&mut app, "Against class", "low");
    app.get_by_label_contains("why high rather than low");
    sort_by(&mut app, "high \u{2212} low");
    let with_difference = [format!("{AGE}, 3.00"), format!("{GAIN}, 2.25")];
    assert!(is_above(&app, &with_difference[0], &with_difference[1]), "by the difference");
}

#[test]
fn a_head_of_the_list_of_columns_colours_by_its_class() {
    let mut app = people(SIZE, Appearance::Light);
    for (class, name) in ["Colour by low", "Colour by high"].into_iter().enumerate() {
        app.get_by_role_and_label(Role::Button, name).click_accesskit();
        app.run();
        assert_eq!(app.state().session.explore.class_focus, Some(class), "{name}");
    }
    // "capital-gain" and "age" speak for it most.
    assert_eq!(selected(&app), [0, 2]);
    click(&mut app, "Classes");
    assert!(app.query_by_label("Sort by low").is_none(), "the panel is closed");
}

#[test]
fn by_class_pictures_dark() {
    let mut app = pictures([1180.0, 760.0], Appearance::Dark);
    act(&mut app, [Command::FocusClass(Some(1))]);
    assert_eq!(small_pictures(&app), 3);
    app.snapshot("by_class_pictures_dark");
}

#[test]
fn by_class_columns_light() {
    let mut app = people([1180.0, 760.0], Appearance::Light);
    sort_by(&mut app, "high");
    assert!(is_above(&app, GAIN, AGE));
    app.snapshot("by_class_columns_light");
}
