//! What stands under a text and beside it: verdicts that are never cut off, readings of what is shown, the k of a trained explainer.
use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use unmask::data::Unit;
use unmask::explain::SavedExplainer;
use unmask::figure::layout::{Hidden, View};
use unmask::session::Command;
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;

use super::support::{Window, act, explainer, press, session_with, window_on};
use super::texts::{reviews, text_box};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// The labels that begin so, with where they end: (words, bottom).
fn lines(app: &Window, begins: &str) -> Vec<(String, f32)> {
    use egui_kittest::kittest::NodeT;
    app.get_all_by_label_contains(begins)
        .filter_map(|node| Some((node.accesskit_node().value()?, node.rect().bottom())))
        .filter(|(words, _)| words.starts_with(begins))
        .collect()
}

/// Top of the controls under the viewer: nothing of a column may reach into it.
fn end_of_columns(app: &Window) -> f32 {
    match app.query_by_label("What speaks for each class") {
        Some(panel) => panel.rect().top(),
        None => app.get_by_role_and_label(Role::Button, "Overlay").rect().top(),
    }
}

#[test]
fn no_verdict_is_cut_off_while_a_class_is_followed() {
    for (size, columns) in [(SIZE, 2), (SIZE, 4), ([1920.0, 1080.0], 3)] {
        let mut app = reviews(size, Appearance::Dark, "reviews", true);
        for _ in 1..columns {
            app.state_mut().command(Command::AddColumn);
        }
        act(&mut app, [Command::FocusColumn(0), Command::FocusClass(Some(0))]);
        let shown = app.state().session.explore.columns.len();
        assert!(shown >= 2, "{shown}");
        let end = end_of_columns(&app);
        let own = lines(&app, "The method's own words");
        assert_eq!(own.len(), 1, "{own:?}");
        assert!(own[0].0.contains("Selected: ") && own[0].0.contains("Unselected: "), "{own:?}");
        // Beside it stand methods that do not tell classes apart, each with both verdicts.
        let mut verdicts = lines(&app, "Selected");
        verdicts.extend(lines(&app, "Unselected"));
        verdicts.retain(|(words, _)| words.contains("same") || words.contains("other"));
        assert_eq!(verdicts.len(), 2 * (shown - 1), "{verdicts:?}");
        assert!(verdicts.iter().all(|(words, _)| words.contains("negative ")), "{verdicts:?}");
        for (words, bottom) in verdicts.into_iter().chain(own) {
            assert!(bottom <= end, "{words} ends at {bottom}, below {end}");
        }
    }
}

#[test]
fn a_followed_class_is_what_the_inspector_the_overlap_and_the_table_speak_of() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    act(&mut app, [Command::AddColumn, Command::FocusColumn(0)]);
    let before = app.state().session.overlaps()[0].2;
    assert!(app.query_by_label_contains("With these only").is_none());
    act(&mut app, [Command::FocusClass(Some(0))]);
    let session = &app.state().session;
    let result = session.explore.focused_result().expect("explained");
    let (seen, k) = (session.seen(result), session.explore.k);
    // "drags" is the one word for "negative": without the others the answer is negative at 0.88.
    app.get_by_label("With these only: 0.88");
    app.get_by_label("By the method's own words:");
    let other = session.explore.explained().expect("explained").methods[1].as_ref().expect("scores").clone();
    let both = |unit: usize| (seen.is_selected(unit, k), other.is_selected(unit, k));
    let pairs: Vec<(bool, bool)> = (0..seen.ranks.len()).map(both).collect();
    let shared = pairs.iter().filter(|(a, b)| *a && *b).count() as f64;
    let either = pairs.iter().filter(|(a, b)| *a || *b).count() as f64;
    let now = session.overlaps()[0].2;
    assert!((now - shared / either).abs() < 1e-9 && now != before, "{now}, before {before}");
    app.get_by_label_contains("Overlap (IoU) for class negative: A-B");
}

#[test]
fn no_verdict_is_cut_off_under_an_own_text() {
    // Less than the smallest window leaves under its guide, with the panel of classes open.
    let mut app = reviews([1280.0, 720.0], Appearance::Dark, "reviews", true);
    for command in [
        Command::AddColumn,
        Command::FocusColumn(0),
        Command::Reading(Action::OpenOwn(true)),
        Command::Reading(Action::EditOwn("The film was superb and simply a delight".to_owned())),
    ] {
        act(&mut app, [command]);
    }
    app.get_by_label("What speaks for each class");
    let end = end_of_columns(&app);
    let verdicts: Vec<_> = [lines(&app, "Selected only"), lines(&app, "Unselected only")].concat();
    assert!(verdicts.iter().filter(|(words, _)| words.contains(" class")).count() >= 4, "{verdicts:?}");
    for (words, bottom) in verdicts.into_iter().filter(|(words, _)| words.contains(" class")) {
        assert!(bottom <= end, "{words} ends at {bottom}, below {end}");
    }
}

#[test]
fn words_that_speak_against_a_class_are_not_listed_for_it() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    // Charming and superb, what a delight: no word is for "negative".
    act(&mut app, [Command::SelectItem(2)]);
    app.get_by_label("Nothing speaks for it. Least against:");
    act(&mut app, [Command::SelectItem(0)]);
    assert!(app.query_by_label("Nothing speaks for it. Least against:").is_none());
}

#[test]
fn a_class_that_nothing_speaks_for_has_no_words_and_no_verdict() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    // Charming and superb, what a delight: with nothing left the answer is negative all the same, at 0.50.
    act(&mut app, [Command::SelectItem(2), Command::FocusClass(Some(0))]);
    app.get_by_label("With nothing left: negative (0.50)");
    app.get_by_label("Nothing left: 0.50");
    app.get_by_label("Nothing speaks for negative: no words are shown for it");
    app.get_by_label("Nothing speaks for class negative");
    app.get_by_label("best 3 alone: positive (>0.99)");
    assert!(app.query_by_label_contains("alone: negative").is_none(), "no tick for the answer to nothing");
    assert!(app.query_by_label_contains("Only the words of negative").is_none());
    assert!(app.query_by_label_contains("With these only").is_none());
    let session = &app.state().session;
    let picture = session.picture(0, View::Overlay, Hidden::AsModelSees, Default::default()).expect("a picture");
    assert_eq!(picture.k(), 0, "what does not speak for a class is none of its words");
    app.get_by_label_contains("Overlay · 0 of ");
    // One word does for the first review, though five are asked for.
    act(&mut app, [Command::SelectItem(0)]);
    app.get_by_label("best 1 alone: negative (0.88)");
    app.get_by_label_contains("Overlay · 1 of 44 words");
    assert!(app.query_by_label_contains("selected, rank 2").is_none());
}

#[test]
fn the_list_of_scores_says_what_its_numbers_mean() {
    let told = |app: &mut Window| {
        app.get_by_label("Score").hover();
        app.run();
        app.run_steps(30);
    };
    let mut learned = trained(&[("l2x", 3)]);
    told(&mut learned);
    learned.get_by_label_contains("Only the order counts");
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    told(&mut app);
    app.get_by_label_contains("nothing at zero, more the longer the bar");
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    act(&mut app, [Command::FocusClass(Some(0))]);
    told(&mut app);
    app.get_by_label_contains("weighs for class negative: above zero it speaks for it");
}

#[test]
fn a_kept_figure_says_of_a_class_what_the_window_says() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    act(&mut app, [Command::FocusClass(Some(0))]);
    app.get_by_label_contains("Only the words of negative: negative (0.88)");
    let mut kept = || {
        act(&mut app, [Command::KeepFigure]);
        let figures = &app.state().session.figures.kept;
        let texts = figures.last().expect("a figure").figure.texts();
        let said: Vec<String> = texts.iter().map(|text| text.text.replace('\u{A0}', " ")).collect();
        act(&mut app, [Command::ToggleClasses]);
        said.join(" ")
    };
    let said = kept();
    assert!(said.contains("Only the words of \u{201C}negative\u{201D}: \u{201C}negative\u{201D} (0.88)"), "{said}");
    assert!(!said.contains("other class"), "{said}");
    assert!(said.contains("Probability of \u{201C}negative\u{201D}"), "{said}");
    // With the panel of classes what speaks for each comes along, and with the panel closed it does not.
    assert!(said.contains("What speaks for each class") && said.contains("2.00 drags"), "{said}");
    assert!(said.contains("best 1 alone: \u{201C}negative\u{201D} (0.88)"), "{said}");
    assert!(!kept().contains("What speaks for each class"));
}

#[test]
fn where_all_is_selected_nothing_is_said_of_the_rest() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SetK(100)]);
    app.get_by_label_contains("Overlay · 44 of 44 words");
    app.get_by_label("Unselected only: nothing is left, all is selected");
    app.get_by_label("Unselected only: nothing is left");
    app.state_mut().command(Command::SetK(5));
    press(&mut app, Key::U);
    app.get_by_label_contains("Unselected only · 39 of 44 words");
}

/// Reviews with explainers that were trained.
fn trained(methods: &[(&str, usize)]) -> Window {
    let mut session = session_with(Appearance::Dark, Some(text_box()));
    for (method, k) in methods {
        let made = explainer(method, method, Unit::Word, *k);
        session.explainers.push(Arc::new(SavedExplainer { weights: Arc::new(vec![1]), ..made }));
    }
    window_on(SIZE, session, "reviews")
}

#[test]
fn the_trained_explainer_in_view_sets_k_until_the_user_does() {
    let mut app = trained(&[("aim", 3), ("l2x", 7)]);
    assert_eq!(app.state().session.explore.k, 3);
    act(&mut app, [Command::SetMethod { column: 0, explainer: 1 }]);
    assert_eq!(app.state().session.explore.k, 7);
    act(&mut app, [Command::SetK(4), Command::SetMethod { column: 0, explainer: 0 }]);
    assert_eq!(app.state().session.explore.k, 4, "the user's own stays");
}

#[test]
fn arrows_pass_over_a_method_of_another_column_and_stay_in_an_open_list() {
    let mut app = trained(&[("aim", 3), ("l2x", 3)]);
    act(&mut app, [Command::AddColumn, Command::FocusColumn(0)]);
    assert_eq!(app.state().session.explore.columns, [0, 1]);
    press(&mut app, Key::ArrowDown);
    let columns = app.state().session.explore.columns.clone();
    assert!(columns[0] > 1 && columns[1] == 1, "{columns:?}");
    app.get_by_label("Class in focus").click();
    app.run();
    for key in [Key::ArrowDown, Key::ArrowDown, Key::ArrowRight, Key::S] {
        press(&mut app, key);
    }
    let explore = &app.state().session.explore;
    assert_eq!((&explore.columns, explore.item), (&columns, Some(0)));
    assert_eq!(explore.view, unmask::figure::layout::View::Overlay);
}

#[test]
fn going_to_an_item_is_what_the_bottom_line_says() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    press(&mut app, Key::ArrowLeft);
    let refused = app.state().session.last_action.clone();
    press(&mut app, Key::ArrowRight);
    assert_ne!(app.state().session.last_action, refused);
    assert_eq!(app.state().session.last_action, "Item #1");
    act(&mut app, [Command::Reading(Action::OpenOwn(true)), Command::Reading(Action::OpenOwn(false))]);
    assert_eq!(app.state().session.last_action, "Back to the item");
}

#[test]
fn unknown_words_of_ones_own_text_are_marked_and_counted() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let own = "A superb zyzzyva, delight of quokkas.".to_owned();
    act(&mut app, [Command::Reading(Action::OpenOwn(true)), Command::Reading(Action::EditOwn(own))]);
    app.get_by_label("2 not in the black box's vocabulary (dotted)");
    app.get_by_label("zyzzyva, not in the black box's vocabulary");
    app.get_by_label("quokkas, not in the black box's vocabulary");
    assert!(app.query_by_label("superb, not in the black box's vocabulary").is_none());
}

#[test]
fn the_viewer_alone_has_no_panel_of_classes_and_side_by_side_names_its_parts() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    app.get_by_label("What speaks for each class");
    app.key_press(Key::F);
    press(&mut app, Key::D);
    assert!(app.query_by_label("What speaks for each class").is_none());
    let (left, right) = (app.get_by_label("Selected only").rect(), app.get_by_label("Unselected only").rect());
    assert!(left.max.x < right.min.x || left.max.y < right.min.y);
}

#[test]
fn lists_grow_with_the_window() {
    let rows = |size: [f32; 2]| {
        let mut app = reviews(size, Appearance::Dark, "reviews", true);
        act(&mut app, [Command::SelectItem(0)]);
        let by_rank = app.get_all_by_label_contains("Rank ").filter(|node| node.rect().height() > 0.0).count();
        let top = app.get_by_label("What speaks for each class").rect().top();
        (by_rank, app.get_by_role_and_label(Role::Button, "Overlay").rect().top() - top)
    };
    let (small, large) = (rows(SIZE), rows([1920.0, 1080.0]));
    assert!(large.0 > small.0 + 8 && large.1 > small.1 + 80.0, "{small:?} {large:?}");
}

#[test]
fn of_a_text_without_words_no_verdict_is_given() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    act(&mut app, [Command::Reading(Action::OpenOwn(true))]);
    app.get_by_label("There is nothing to select: the black box gets no words.");
    app.get_by_label("of 0 words");
    for absent in ["Selected only", "Unselected only", "same class", "other class", "What speaks for each class"] {
        assert!(app.query_by_label_contains(absent).is_none(), "{absent}");
    }
}
