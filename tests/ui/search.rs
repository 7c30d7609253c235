//! Search in texts: by phrase, in the list of items.
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use unmask::data::Modality;
use unmask::data::text::readable;
use unmask::figure::layout::View;
use unmask::session::Command;
use unmask::session::items::{Filter, ItemList, Sort, SortBy};
use unmask::session::reading::{Action, around};
use unmask::session::search::Found;
use unmask::session::settings::Appearance;

use super::support::{act, click, explained, press, press_with, typed, write};
use super::texts::{dataset, reviews};

const SIZE: [f32; 2] = [1280.0, 800.0];
/// Short texts of the invented world, and the rounds in which they come.
const ROUND: usize = 6;
const ROUNDS: usize = 5;

fn found_by(phrase: &str) -> Vec<usize> {
    let data = dataset("reviews");
    let found = Found::new(&data, phrase).expect("a phrase");
    (0..data.len()).filter(|&item| found.contains(item)).collect()
}

#[test]
fn a_phrase_is_found_whatever_its_capitals_and_white_space_and_its_signs_mean_themselves() {
    let every_round = |at: usize| (0..ROUNDS).map(|round| round * ROUND + at).collect::<Vec<_>>();
    assert_eq!(found_by("DULL film"), every_round(1));
    assert_eq!(found_by("  dull \n film "), every_round(1));
    assert_eq!(found_by("film. the"), every_round(1), "a full stop is one, not any sign");
    assert!(found_by("film? the").is_empty() && found_by("(").is_empty());
    // As the text is read: tags and the names of signs are no words, and a tag can part two.
    assert_eq!(found_by("on and on. I left"), every_round(0));
    assert_eq!(found_by("charming & superb"), every_round(2));
    assert!(found_by("amp;").is_empty() && found_by("br />").is_empty());
    assert_eq!(found_by("is superb").len(), 2 * ROUNDS, "in two of the six");
    assert!(Found::new(&dataset("reviews"), " \t ").is_none(), "nothing to look for");
}

#[test]
fn what_is_shown_of_a_text_begins_shortly_before_what_was_found_with_a_whole_word() {
    let text = format!("{}<br class='far away'/>Then the <b>hero</b> &lt;b&gt;wakes up.", "word ".repeat(30));
    let text = readable(&text);
    let at = text.find("hero").expect("it is there");
    assert_eq!(around(&text, at, 60), "…word word word word word word Then the hero <b>wakes up.");
    let at = text.find("word").expect("it is there");
    assert!(around(&text, at, 20).starts_with("word word"), "nothing is left out before it");
    let accents = "é".repeat(200);
    assert!(around(&accents, 300, 20).starts_with('…'), "bytes are no signs");
}

#[test]
fn typing_lists_only_the_texts_with_the_phrase_and_the_button_lists_all_again() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let n = app.state().session.explore.list.visible().len();
    let field = app.get_by_role_and_label(Role::TextInput, "Find in texts");
    field.focus();
    field.type_text("Wooden");
    app.run();
    let session = &app.state().session;
    assert_eq!(session.explore.list.visible().len(), ROUNDS);
    assert_eq!(session.explore.item, Some(1), "the first that is listed comes into view");
    app.get_all_by_label_contains("The dialogue is wooden").next().expect("a card shows where it stands");
    app.get_by_role_and_label(Role::TextInput, "Find in texts").type_text("xyz");
    app.run();
    app.get_by_label("No text contains this.");
    click(&mut app, "Stop searching: list texts without it too");
    assert_eq!(app.state().session.explore.list.visible().len(), n);
}

#[test]
fn a_card_shows_what_was_found_across_a_tag() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let filter = Filter { words: "on. i left the cinema".to_owned(), ..Filter::default() };
    act(&mut app, [Command::SetFilter(filter)]);
    assert_eq!(app.state().session.explore.list.visible().len(), ROUNDS);
    app.get_all_by_label_contains("drags on and on. I left the cinema with a smile").next().expect("on a card");
}

#[test]
fn what_was_found_is_framed_in_the_text_in_view_and_not_in_ones_own() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let search = |words: &str| Command::SetFilter(Filter { words: words.to_owned(), ..Filter::default() });
    act(&mut app, [search("IS superb")]);
    assert_eq!(app.state().session.explore.item, Some(0));
    let frame = app.get_by_label("Found: is superb").rect();
    let word = app.get_by_label("superb, selected, rank 2").rect();
    assert!(frame.contains_rect(word.shrink(1.0)) && frame.left() < word.left() - 5.0, "{frame} around {word}");
    // Beside it another phrase; none once the search is over.
    act(&mut app, [search("drag")]);
    let part = app.get_by_label("Found: drag").rect();
    let words = app.get_all_by_label_contains("drags, selected").map(|word| word.rect());
    let word = words.into_iter().find(|word| word.intersects(part)).expect("the word that is framed");
    assert!(part.left() < word.left() + 1.0 && part.right() < word.right(), "{part} in {word}");
    act(&mut app, [Command::Reading(Action::EditOwn("It drags and drags.".to_owned()))]);
    assert!(app.query_by_label_contains("Found: ").is_none(), "the list is not searched for this text");
    act(&mut app, [Command::Reading(Action::OpenOwn(false)), search("")]);
    assert!(app.query_by_label_contains("Found: ").is_none());
}

#[test]
fn a_phrase_and_a_class_are_both_asked_for() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let filter = Filter { words: "dull".to_owned(), class: Some(0), ..Filter::default() };
    act(&mut app, [Command::SetFilter(filter)]);
    let session = &app.state().session;
    let data = session.data.clone().expect("open");
    let visible = session.explore.list.visible();
    assert_eq!(visible.len(), ROUNDS, "the other five with it are of the other class");
    for &item in visible {
        assert_eq!(data.labels[item as usize], Some(0));
        assert!(data.text(item as usize).expect("a text").contains("dull"));
    }
}

#[test]
fn a_phrase_left_from_texts_hides_no_pictures() {
    let app = explained(SIZE, Appearance::Dark);
    let data = app.state().session.data.clone().expect("open");
    let mut list = ItemList::default();
    list.filter.words = "superb".to_owned();
    list.rebuild(&data, None, &Default::default(), &Default::default());
    assert_eq!(list.visible().len(), data.len());
    assert!(app.query_by_label("Find in texts").is_none(), "pictures hold no words");
}

/// What the list is searched for.
fn words(app: &super::support::Window) -> &str {
    &app.state().session.explore.list.filter.words
}

#[test]
fn ctrl_f_and_a_slash_put_the_cursor_where_texts_are_found_and_letters_are_no_commands_then() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    press_with(&mut app, Modifiers::COMMAND, Key::F);
    assert!(!app.state().session.open.viewer_alone, "F alone is another command");
    // S would show the selected words alone.
    typed(&mut app, "Dull s");
    press(&mut app, Key::S);
    assert_eq!((words(&app), app.state().session.explore.view), ("Dull s", View::Overlay));
    // Also where the list is hidden, and from another place.
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::ToggleItems, Command::ToggleViewerAlone]);
    typed(&mut app, "/");
    typed(&mut app, "dull");
    assert_eq!(words(&app), "dull", "the slash itself is not written");
}

#[test]
fn ctrl_k_opens_all_commands_from_the_field_too() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    write(&mut app, Role::TextInput, "Find in texts", "dull");
    press_with(&mut app, Modifiers::COMMAND, Key::K);
    typed(&mut app, "view heat");
    press(&mut app, Key::Enter);
    assert_eq!((words(&app), app.state().session.explore.view), ("dull", View::Heat));
    // And once the search was ended with its button.
    click(&mut app, "Stop searching: list texts without it too");
    press_with(&mut app, Modifiers::COMMAND, Key::K);
    typed(&mut app, "view overlay");
    press(&mut app, Key::Enter);
    assert_eq!((words(&app), app.state().session.explore.view), ("", View::Overlay));
}

#[test]
fn the_number_of_an_item_leads_to_it_among_all_others() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let n = app.state().session.explore.list.visible().len();
    write(&mut app, Role::TextInput, "Find in texts", "#17");
    let seen = |app: &super::support::Window| {
        let explore = &app.state().session.explore;
        (explore.item, explore.list.visible().len())
    };
    assert_eq!(seen(&app), (Some(17), n));
    assert_eq!(app.state().session.last_action, "Item #17");
    // A number that stands in no text, too; one of no item is a phrase as any other.
    act(&mut app, [Command::SetFilter(Filter { words: "23".to_owned(), ..Filter::default() })]);
    assert_eq!(seen(&app), (Some(23), n));
    act(&mut app, [Command::SetFilter(Filter { words: "2350".to_owned(), ..Filter::default() })]);
    assert_eq!(seen(&app), (Some(23), 0));
    act(&mut app, [Command::SetFilter(Filter { words: "#2350".to_owned(), ..Filter::default() })]);
    assert_eq!(seen(&app), (Some(23), n));
    assert_eq!(app.state().session.last_action, "No item has the number 2350");
    // Of all data the palette knows the numbers.
    let mut app = explained(SIZE, Appearance::Dark);
    press_with(&mut app, Modifiers::COMMAND, Key::F);
    assert!(app.state().session.open.palette, "pictures hold no words to find");
    typed(&mut app, "#41");
    press(&mut app, Key::Enter);
    assert_eq!(app.state().session.explore.item, Some(41));
}

#[test]
fn texts_are_sorted_by_their_length_and_pictures_have_none() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let data = dataset("reviews");
    for descending in [false, true] {
        act(&mut app, [Command::SetSort(Sort { by: SortBy::Length, descending })]);
        let visible = app.state().session.explore.list.visible();
        let lengths: Vec<usize> =
            visible.iter().map(|&item| data.text(item as usize).expect("a text").chars().count()).collect();
        assert!(if descending { lengths.is_sorted_by(|a, b| a >= b) } else { lengths.is_sorted() }, "{lengths:?}");
        assert!(lengths[0] != lengths[lengths.len() - 1]);
    }
    assert!(SortBy::offered(Modality::Series).contains(&SortBy::Length));
    assert!(!SortBy::offered(Modality::Image).contains(&SortBy::Length));
}

#[test]
fn the_list_stays_where_it_is_while_it_is_searched() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let top = |app: &super::support::Window| {
        // The inspector names the item, too, but without its class.
        let cards = app
            .get_all_by(|node| node.label().is_some_and(|label| label.starts_with("Item #") && label.contains(" · ")));
        cards.map(|card| card.rect().top()).fold(f32::INFINITY, f32::min)
    };
    let before = top(&app);
    act(&mut app, [Command::SetFilter(Filter { words: "the".to_owned(), ..Filter::default() })]);
    app.get_by_label("Stop searching: list texts without it too");
    assert!((top(&app) - before).abs() < 0.5, "{} {before}", top(&app));
}
