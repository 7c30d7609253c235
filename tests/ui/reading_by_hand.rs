//! Reading with the hand on the words: taking them out, what speaks against a class, long stretches that show nothing, the lists beside the text.
use std::time::Duration;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::explain::Fill;
use unmask::figure::layout::View;
use unmask::session::Command;
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;

use super::support::{Window, act, click, press, typed};
use super::texts::{LONG, reviews, units_of};

const SIZE: [f32; 2] = [1280.0, 800.0];
/// The long review.
const ITEM: usize = 30;

fn taken_out(app: &Window) -> Vec<usize> {
    app.state().session.taken_out().to_vec()
}

/// What is said of a widget: a label has it as its value.
fn said(node: &Node<'_>) -> String {
    let node = node.accesskit_node();
    [node.label(), node.value()].into_iter().flatten().collect()
}

fn click_word(app: &mut Window, name: &str) {
    app.get_by_label(name).click();
    app.run();
}

#[test]
fn a_click_takes_a_word_out_and_in_again_and_the_answer_stands_beside_that_to_all_words() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let [delight, superb] = ["delight", "superb"].map(|word| units_of(&app, word)[0]);
    let place = app.get_by_label("superb, selected, rank 2").rect();
    click_word(&mut app, "delight, selected, rank 1");
    assert_eq!(taken_out(&app), [delight]);
    // 3.0 + 2.5 + 1.5 - 2.0 = 5.0 with it, 2.0 without.
    app.get_by_label("Taken out: delight");
    app.get_by_label("Without it: positive (0.88)");
    app.get_by_label("with all: positive (0.99)");
    let now = app.get_by_label("superb, selected, rank 2").rect();
    assert!((place.min - now.min).length() < 0.6, "no word moves away from the pointer: {place} {now}");
    click_word(&mut app, "superb, selected, rank 2");
    assert_eq!(taken_out(&app), [delight, superb]);
    app.get_by_label("Without them: negative (0.62), positive 0.38");
    click_word(&mut app, "delight, selected, rank 1, taken out");
    assert_eq!(taken_out(&app), [superb]);
    click(&mut app, "Reset");
    assert!(taken_out(&app).is_empty() && app.query_by_label_contains("Without it: ").is_none());
    // Each of these is a step, called by what it did.
    let told = |app: &Window| app.state().session.last_action.clone();
    act(&mut app, [Command::Undo]);
    assert_eq!((taken_out(&app), told(&app).as_str()), (vec![superb], "Taken back: Put 1 word back"));
    act(&mut app, [Command::Undo]);
    assert_eq!((taken_out(&app), told(&app).as_str()), (vec![delight, superb], "Taken back: Put one word back"));
    act(&mut app, [Command::Redo]);
    assert_eq!(taken_out(&app), [superb]);
}

#[test]
fn what_is_taken_out_stays_with_its_item_and_is_asked_for_with_each_fill() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let smile = units_of(&app, "smile")[0];
    act(&mut app, [Command::Reading(Action::TakeOut(Some(smile)))]);
    act(&mut app, [Command::SetFill(Fill::Noise)]);
    assert!(app.state().session.without_all(&[smile]).is_some(), "another fill, another answer");
    press(&mut app, Key::ArrowRight);
    assert!(taken_out(&app).is_empty(), "another text");
    press(&mut app, Key::ArrowLeft);
    assert_eq!(taken_out(&app), [smile]);
    act(&mut app, [Command::Reading(Action::EditOwn("A smile".to_owned()))]);
    assert!(taken_out(&app).is_empty(), "nor is one's own text that item");
}

#[test]
fn a_key_takes_the_chosen_word_out_and_says_why_where_there_is_none() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    press(&mut app, Key::W);
    assert!(app.state().session.last_action.ends_with("Point at a word, or choose one in the list by rank"));
    let smile = units_of(&app, "smile")[0];
    act(&mut app, [Command::Reading(Action::Choose(Some(smile)))]);
    press(&mut app, Key::W);
    assert_eq!(taken_out(&app), [smile]);
    app.get_by_role_and_label(Role::Button, "Put it back").click_accesskit();
    app.run();
    assert!(taken_out(&app).is_empty());
}

#[test]
fn what_speaks_against_the_class_is_marked_counted_and_led_to() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    assert!(app.query_by_label_contains("speaks against").is_none(), "the method's own scores are for no class");
    act(&mut app, [Command::FocusClass(Some(1))]);
    // "drags" weighs -2.0; the weakest of the words for "positive", "smile", 1.5.
    app.get_by_label("drags, speaks against");
    app.get_by_label("1 strong word speaks against class positive").click();
    app.run();
    assert_eq!(app.state().session.explore.reading.chosen, Some(units_of(&app, "drags")[0]));
    act(&mut app, [Command::SetView(View::Heat)]);
    app.get_by_label("each method's scores: against, for class positive");
}

#[test]
fn the_selected_words_of_a_long_text_stand_together_with_what_is_left_out_between_them() {
    let mut app = reviews([1280.0, 1000.0], Appearance::Dark, "reviews", false);
    let words = |app: &Window| app.query_all_by_label_contains(", selected, rank ").count();
    act(&mut app, [Command::SelectItem(ITEM), Command::SetK(5)]);
    assert!(words(&app) < 5, "they lie far from each other");
    act(&mut app, [Command::SetView(View::Selected)]);
    assert_eq!(words(&app), 5);
    let folds: Vec<_> = app.get_all_by_label_contains(" words hidden here").map(|node| node.rect()).collect();
    assert!(folds.len() >= 5, "before, between and after them: {folds:?}");
    // There is nothing to point at.
    app.hover_at(folds[0].left_center() + egui::vec2(20.0, 0.0));
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, None);
    act(&mut app, [Command::SetView(View::Side)]);
    assert!(words(&app) > 0, "the selected part does not begin with an empty page");
}

#[test]
fn the_words_in_sight_stay_there_on_the_way_through_a_view_that_needs_no_scrolling() {
    let mut app = reviews([1280.0, 1000.0], Appearance::Dark, "reviews", false);
    let words = |app: &Window| -> Vec<String> {
        app.query_all_by_label_contains(", selected, rank ").map(|node| said(&node)).collect()
    };
    act(&mut app, [Command::SelectItem(ITEM), Command::SetK(5)]);
    // Far down, at the last of the five.
    let explained = app.state().session.explore.explained().expect("explained").clone();
    let ranks = &explained.methods[0].as_ref().expect("scores").ranks;
    let last = (0..ranks.len()).rev().find(|unit| ranks[*unit] < 5).expect("a selected word");
    act(&mut app, [Command::Reading(Action::Choose(Some(last)))]);
    act(&mut app, [Command::Reading(Action::Choose(None))]);
    let before = words(&app);
    assert!(!before.is_empty() && before.len() < 5, "{before:?}");
    act(&mut app, [Command::SetView(View::Selected)]);
    assert_eq!(words(&app).len(), 5, "all of them in sight");
    act(&mut app, [Command::SetView(View::Unselected)]);
    act(&mut app, [Command::SetView(View::Overlay)]);
    assert_eq!(words(&app), before);
    act(&mut app, [Command::SetView(View::Unselected)]);
    act(&mut app, [Command::SetView(View::Side)]);
    assert!(!words(&app).is_empty(), "neither part begins without a selected word");
}

#[test]
fn the_list_by_rank_follows_a_moving_pointer_and_goes_back_once_it_has_left_the_text() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let is_at_top = |app: &Window| app.query_by_label_contains("Rank 1: ").is_some();
    act(&mut app, [Command::SelectItem(ITEM), Command::SetK(LONG)]);
    assert!(is_at_top(&app));
    let rank = |label: &str| label.rsplit(' ').next().and_then(|rank| rank.parse::<usize>().ok()).unwrap_or(0);
    let lowest = app
        .query_all_by_label_contains(", selected, rank ")
        .max_by_key(|node| rank(&said(node)))
        .map(|node| node.rect().center())
        .expect("a word in sight");
    app.hover_at(lowest);
    app.run();
    for _ in 0..4 {
        app.step();
    }
    assert!(!is_at_top(&app), "it shows the word under the pointer");
    // Over the bar above the places.
    app.hover_at(egui::pos2(640.0, 4.0));
    for _ in 0..8 {
        app.step();
    }
    assert!(is_at_top(&app));
}

#[test]
fn the_list_by_rank_stays_where_words_come_to_lie_under_a_pointer_that_rests() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let is_at_top = |app: &Window| app.query_by_label_contains("Rank 1: ").is_some();
    act(&mut app, [Command::SetK(44)]);
    let words = app.query_all_by_label_contains(", selected, rank ").map(|node| node.rect());
    let all = words.reduce(egui::Rect::union).expect("words");
    let mut n_words = 0;
    // Below the text, at its left: where its lines are shorter and more, some of them come to lie there.
    for below in [14.0, 39.0, 64.0, 89.0] {
        app.hover_at(all.left_bottom() + egui::vec2(10.0, below));
        app.run();
        assert_eq!(app.state().session.explore.reading.pointed, None);
        act(&mut app, [Command::SetView(View::Side)]);
        n_words += usize::from(app.state().session.explore.reading.pointed.is_some());
        assert!(is_at_top(&app), "{below}");
        act(&mut app, [Command::SetView(View::Overlay)]);
    }
    assert!(n_words > 0, "a word lies under it now");
}

#[test]
fn the_list_by_rank_begins_at_its_top_for_each_text() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let is_at_top = |app: &Window| app.query_by_label_contains("Rank 1: ").is_some();
    act(&mut app, [Command::SelectItem(ITEM)]);
    let last = LONG / 2;
    act(&mut app, [Command::Reading(Action::Choose(Some(last)))]);
    assert!(!is_at_top(&app), "it has followed the choice");
    act(&mut app, [Command::SelectItem(0)]);
    assert!(is_at_top(&app));
    // A pointer that rests over the text is no wish to see the word that comes to lie under it.
    app.get_by_label("delight, selected, rank 1").hover();
    app.run();
    act(&mut app, [Command::SelectItem(ITEM)]);
    assert!(is_at_top(&app));
}

#[test]
fn letters_typed_after_starting_from_the_item_go_into_the_text() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::Reading(Action::OpenOwn(true))]);
    let item = app.state().session.data.as_ref().and_then(|data| data.text(0)).expect("a text").to_owned();
    click(&mut app, "Start from the item");
    app.key_press(Key::H);
    typed(&mut app, "h");
    std::thread::sleep(Duration::from_millis(200));
    app.run();
    let session = &app.state().session;
    assert_eq!(session.explore.view, View::Overlay, "it is no command");
    assert_eq!(session.own_text().map(|own| own.text.len()), Some(item.len() + 1));
}

#[test]
fn of_an_own_text_that_is_too_long_it_is_said_what_is_read_what_is_cut_off_and_what_is_unknown_of_the_rest() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    // The black box reads 4,000 words.
    let own = format!("{}strangeword {}otherword", "dull ".repeat(3999), "delight ".repeat(99));
    act(&mut app, [Command::Reading(Action::OpenOwn(true)), Command::Reading(Action::EditOwn(own))]);
    app.get_by_label("4,000 of 4,100 words read, the other 100 cut off");
    app.get_by_label("1 not in the black box's vocabulary (dotted)");
}

/// Whether a label is that of a row of the table of classes: a word and two scores.
fn is_row(label: &str) -> bool {
    let Some((_, scores)) = label.rsplit_once(": ") else { return false };
    let mut scores = scores.split(", ").map(|score| score.replace('\u{2212}', "-").parse::<f32>());
    scores.clone().count() == 2 && scores.all(|score| score.is_ok())
}

#[test]
fn rows_of_the_table_of_classes_out_of_sight_are_reached_by_the_keyboard() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    let n = app.state().session.explore.focused_result().expect("explained").selectable();
    let labels = |app: &Window, only_focused: bool| -> Vec<String> {
        let nodes = app.root().children_recursive().map(|node| node.accesskit_node());
        nodes.filter(|node| !only_focused || node.is_focused_in_tree()).filter_map(|node| node.label()).collect()
    };
    let in_sight = labels(&app, false).iter().filter(|label| is_row(label)).count();
    assert!((2..n).contains(&in_sight), "{in_sight} of {n}");
    // From the best word through all others.
    app.get_by_label("delight: \u{2212}3.00, 3.00").focus();
    app.run();
    for at in 1..n {
        press(&mut app, Key::Tab);
        let focused = labels(&app, true);
        assert!(focused.iter().any(|label| is_row(label)), "{focused:?} is no row, after {at} of {n}");
    }
}

#[test]
fn the_height_of_the_panel_of_classes_is_kept_and_a_short_text_leaves_it_its_room() {
    let top = |app: &Window| app.get_by_label("What speaks for each class").rect().top();
    let mut app = reviews([1280.0, 1000.0], Appearance::Dark, "reviews", true);
    let of_short = top(&app);
    act(&mut app, [Command::SelectItem(ITEM)]);
    assert!(top(&app) > of_short + 20.0, "a long text needs the viewer: {} {of_short}", top(&app));
    act(&mut app, [Command::SetPanelWidth("classes", 200.0), Command::SelectItem(0)]);
    let given = top(&app);
    act(&mut app, [Command::SelectItem(ITEM)]);
    assert!((top(&app) - given).abs() < 1.0, "as the user gave it: {} {given}", top(&app));
    assert!(given > of_short + 20.0);
}

#[test]
fn where_a_class_shows_what_the_method_selects_its_answers_stand_once() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    // Charming and superb, what a delight: the three words for "positive" are the three best.
    act(&mut app, [Command::SelectItem(2), Command::SetK(3), Command::FocusClass(Some(1))]);
    app.get_by_label_contains("With these only: ");
    app.get_by_label("The method's own words are the same");
    assert!(app.query_by_label_contains("Selected only: ").is_none());
    assert!(app.query_by_label_contains("The method's own words. ").is_none());
    act(&mut app, [Command::SetK(4)]);
    app.get_by_label("By the method's own words:");
}
