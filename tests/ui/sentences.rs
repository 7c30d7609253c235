//! Texts that a black box reads sentence by sentence: a world of letters whose rows have lines, so that a sentence is a unit. One word is unknown to
//! the black box and stays in its sentence all the same.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::text::{Corpus, TextFit, TextFitSpec, TextItems};
use unmask::data::{Dataset, Items, Unit};
use unmask::figure::layout::{Hidden, View};
use unmask::model::SavedBox;
use unmask::session::Command;
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;

use super::support::{
    Window, act, box_for, choose, click, click_on, dataset_of, explainer, place_of, press, session_with, typed,
    window_on,
};

const SIZE: [f32; 2] = [1280.0, 800.0];
const ITEMS: usize = 24;

/// Words that speak for "positive" (above zero) or "negative".
pub const WEIGHTS: &[(&str, f32)] =
    &[("delight", 3.0), ("again", 0.5), ("cold", -1.0), ("late", -1.5), ("broken", -2.0)];

const LETTERS: [&str; 4] = [
    "The hall was cold. Our guide was a delight, and knew every stone. The soup came late! We would go again.",
    "Nobody met us. The room was cold, and the light was broken.",
    "A delight from the first hour to the last. We would go again.",
    "The tram came late. The view made up for it.",
];

/// What the black box does not know.
const UNKNOWN: &str = "stone";
/// The words of the second sentence of the first letter, in alphabetical order.
const GUIDE: [&str; 9] = ["Our", "a", "and", "delight", "every", "guide", "knew", "stone", "was"];

pub fn dataset() -> Dataset {
    let mut corpus = Corpus::default();
    for at in 0..ITEMS {
        corpus.push(LETTERS[at % LETTERS.len()]);
    }
    let labels = (0..ITEMS).map(|item| usize::from(item % 2 == 0));
    dataset_of("letters", Items::Text(TextItems::all(corpus)), &["negative", "positive"], labels, [12, 12])
}

/// A black box whose rows are six lines of twenty words; words that it does not know are left out.
fn sentence_box() -> SavedBox {
    let spec = TextFitSpec { length: 20, sentences: Some(6), ..TextFitSpec::l2x_sentence() };
    let known = LETTERS.map(|letter| letter.replace(UNKNOWN, ""));
    let fit = TextFit::build(known.iter().map(String::as_str), &spec);
    let mut made = box_for(&dataset(), "Sentence weights", "l2x-sentence-lstm", fit.shape());
    made.card.text = Some(fit);
    made
}

/// The letters are open, with their black box; a gradient explains the first.
fn letters(size: [f32; 2], appearance: Appearance) -> Window {
    let mut app = window_on(size, session_with(appearance, Some(sentence_box())), "letters");
    let explainer = place_of(&app, "grad");
    act(&mut app, [Command::SetMethod { column: 0, explainer }]);
    app
}

/// The words that are marked as selected in the text, in alphabetical order.
fn marked(app: &Window) -> Vec<String> {
    let mut words: Vec<String> = app
        .query_all_by_label_contains(", selected, rank ")
        .filter_map(|node| {
            let node = node.accesskit_node();
            let said = [node.label(), node.value()].into_iter().flatten().collect::<String>();
            said.split_once(", selected, rank ").map(|(word, _)| word.to_owned())
        })
        .collect();
    words.sort_unstable();
    words
}

/// The words of the figure of what is in view.
fn drawn(app: &mut Window) -> Vec<String> {
    act(app, [Command::KeepFigure]);
    let kept = app.state().session.figures.kept.last().expect("a figure");
    kept.figure.texts().iter().map(|text| text.text.clone()).collect()
}

#[test]
fn one_selected_sentence_is_marked_whole_with_the_word_that_is_not_read() {
    let app = letters(SIZE, Appearance::Dark);
    let explore = &app.state().session.explore;
    assert_eq!((explore.unit, explore.k), (Unit::Sentence, 1), "the unit of rows with lines");
    app.get_by_label_contains("Overlay of item 0");
    app.get_by_label_contains("Overlay · 1 of 4 sentences · fill: padding");
    assert_eq!(marked(&app), GUIDE);
    app.get_by_label("guide, selected, rank 1");
    app.get_by_label("stone, selected, rank 1, not read by the black box");
    app.get_by_label("The black box does not get 1 of 21 words; they are drawn in grey.");
    // 3.0 alone; -1.0 - 1.5 + 0.5 without it.
    app.get_by_label_contains("Selected only: positive (0.95), same class");
    app.get_by_label_contains("Unselected only: negative (0.88), other class");
}

#[test]
fn the_list_by_rank_names_sentences() {
    let app = letters(SIZE, Appearance::Dark);
    app.get_by_label("Rank 1: Our guide was a delight, and knew every stone, selected");
    for line in ["Rank 2: The soup came late", "Rank 3: The hall was cold", "Rank 4: We would go again"] {
        app.get_by_label(line);
    }
    assert!(app.query_by_label_contains("Rank 5").is_none(), "empty lines are no sentences");
}

#[test]
fn selected_only_shows_that_sentence_alone_and_unselected_only_all_others() {
    let mut app = letters(SIZE, Appearance::Dark);
    let others = ["hall", "cold", "soup", "late", "again"];
    let has = |drawn: &[String], word: &str| drawn.iter().any(|drawn| drawn == word);
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Selected);
    app.get_by_label_contains("Selected only of item 0");
    assert_eq!(marked(&app), GUIDE);
    let words = drawn(&mut app);
    assert!(GUIDE.iter().all(|word| has(&words, word)), "{words:?}");
    assert!(!others.iter().any(|word| has(&words, word)), "{words:?}");

    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Unselected);
    assert!(marked(&app).is_empty(), "what is hidden is not read out");
    app.get_by_label_contains("Unselected only · 3 of 4 sentences");
    let words = drawn(&mut app);
    assert!(others.iter().all(|word| has(&words, word)), "{words:?}");
    assert!(!["guide", "delight", "stone"].iter().any(|word| has(&words, word)), "{words:?}");
}

#[test]
fn any_word_of_a_sentence_points_at_it_and_its_line_in_the_list_chooses_it() {
    let mut app = letters(SIZE, Appearance::Dark);
    app.get_by_label("stone, selected, rank 1, not read by the black box").hover();
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, Some(1), "the second sentence");
    // 1.0 with it, -2.0 without: 0.731 and 0.119.
    let without = app.query_all_by_label_contains("Probability of positive without it: 0.12 (\u{2212}0.612)");
    assert!(without.count() > 0);
    app.get_by_label("Rank 2: The soup came late").click();
    app.run();
    let session = &app.state().session;
    assert_eq!(session.explore.reading.chosen, Some(2));
    let without = session.without(2).expect("asked for and answered");
    assert!((without[1] - 0.9241).abs() < 1e-3, "{without:?}");
}

#[test]
fn a_blank_within_a_sentence_points_at_it_and_what_stands_between_two_at_neither() {
    let mut app = letters(SIZE, Appearance::Dark);
    // The mark of a word of a sentence reaches to the next word.
    let behind = |app: &Window, word: &str, by: f32| {
        let word = app.get_by_label_contains(&format!("{word}, selected, rank 1")).rect();
        egui::pos2(word.right() + by, word.center().y)
    };
    app.hover_at(behind(&app, "guide", -2.0));
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, Some(1), "the blank after \"guide\"");
    app.hover_at(behind(&app, "stone", 1.5));
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, None, "the full stop");
}

#[test]
fn a_chosen_sentence_has_one_outline_on_each_of_its_lines() {
    let mut app = letters(SIZE, Appearance::Dark);
    assert!(app.query_by_label_contains("Chosen in line ").is_none());
    act(&mut app, [Command::Reading(Action::Choose(Some(1)))]);
    let outlines: Vec<egui::Rect> = app.get_all_by_label_contains("Chosen in line ").map(|node| node.rect()).collect();
    assert!((1..=3).contains(&outlines.len()), "{outlines:?}");
    for word in ["Our", "guide", "knew", "every"] {
        let word = app.get_by_label(&format!("{word}, selected, rank 1")).rect();
        let around = outlines.iter().filter(|outline| outline.contains_rect(word)).count();
        assert_eq!(around, 1, "{word} in {outlines:?}");
    }
}

#[test]
fn a_ranked_sentence_has_two_lines_over_its_bar() {
    let app = letters(SIZE, Appearance::Dark);
    let rows = ["Rank 1: Our guide was a delight, and knew every stone, selected", "Rank 2: The soup came late"];
    let [first, second] = rows.map(|row| app.get_by_label(row).rect());
    assert!(first.height() > 48.0 && first.bottom() <= second.top(), "{first} over {second}");
}

#[test]
fn the_keys_for_k_select_one_more_sentence_and_never_more_than_there_are() {
    let mut app = letters(SIZE, Appearance::Dark);
    let mut more = || {
        typed(&mut app, ".");
        (app.state().session.explore.k, marked(&app).len())
    };
    assert_eq!(more(), (2, 9 + 4));
    assert_eq!(more(), (3, 9 + 4 + 4));
    assert_eq!(more(), (4, 21));
    assert_eq!(more(), (4, 21), "the fifth line is empty");
    app.get_by_label("soup, selected, rank 2");
    app.get_by_label_contains("Overlay · 4 of 4 sentences");
}

#[test]
fn the_menu_of_units_offers_sentences_and_words_where_a_method_selects_them() {
    let mut app = letters(SIZE, Appearance::Dark);
    click_on(&mut app, Role::ComboBox, "Units");
    assert!(app.query_by_role_and_label(Role::Button, "words").is_none(), "no method selects words");
    click(&mut app, "sentences");
    assert_eq!(app.state().session.explore.unit, Unit::Sentence);

    let mut of_words = explainer("l2x", "Words", Unit::Word, 3);
    of_words.weights = Arc::new(vec![1]);
    app.state_mut().session.explainers.push(Arc::new(of_words));
    choose(&mut app, "Units", "words");
    assert_eq!(app.state().session.explore.unit, Unit::Word);
    act(&mut app, [Command::SetK(4)]);
    app.get_by_label_contains("Overlay · 4 of 20 words · fill: padding");
    assert_eq!(marked(&app), ["again", "cold", "delight", "late"]);
    app.get_by_label("Rank 1: delight, selected");

    choose(&mut app, "Units", "sentences");
    let explore = &app.state().session.explore;
    assert_eq!((explore.unit, explore.k), (Unit::Sentence, 1));
    assert_eq!(marked(&app), GUIDE);
}

fn shown(appearance: Appearance, commands: &[Command], name: &str) {
    let mut app = letters([1180.0, 760.0], appearance);
    for command in commands {
        act(&mut app, [command.clone()]);
    }
    assert_eq!(marked(&app), GUIDE, "{name}");
    app.snapshot(name);
}

#[test]
fn sentences_dark() {
    shown(Appearance::Dark, &[], "sentences_dark");
}

#[test]
fn sentences_light() {
    let side = [Command::SetHidden(Hidden::Hatched), Command::SetView(View::Side)];
    shown(Appearance::Light, &side, "sentences_light");
}
