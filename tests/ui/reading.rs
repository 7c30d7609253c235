//! Flows of reading: texts, words by rank, classes, a text of one's own.
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use unmask::explain::Fill;
use unmask::figure::layout::{Hidden, View};
use unmask::session::figures::Change;
use unmask::session::items::ListStyle;
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;
use unmask::session::sheet::SheetOf;
use unmask::session::{Command, Dialog, Place};
use unmask::work::{JobId, Shown};

use super::support::{
    Window, act, choose, click, click_on, explained, press, press_with, session_with, typed, window, write,
};
use super::texts::{LONG, reviews, text_box, units_of};

const SIZE: [f32; 2] = [1280.0, 800.0];

#[test]
fn opening_reviews_shows_the_first_as_flowing_text_without_its_tags() {
    let app = reviews(SIZE, Appearance::Dark, "reviews", false);
    app.get_by_label_contains("Overlay of item 0");
    app.get_by_label("delight, selected, rank 1");
    app.get_by_label_contains("Overlay · 5 of 44 words · fill: padding");
    let session = &app.state().session;
    let text = session.text_of(session.explore.explained().unwrap()).unwrap();
    assert!(text.spans.iter().all(|span| !span.before.contains('<') && !span.word.contains('<')));
    assert!(text.spans.iter().any(|span| span.before.contains('\n')), "<br /> breaks the line");
}

#[test]
fn space_flips_a_text_and_its_words_stay_where_they_are() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let before = app.get_by_label("superb, selected, rank 2").rect();
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Selected);
    let after = app.get_by_label("superb, selected, rank 2").rect();
    assert!((before.min - after.min).length() < 0.6, "{before} {after}");
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Unselected);
    assert!(app.query_by_label("superb, selected, rank 2").is_none(), "what is hidden is not read out");
}

#[test]
fn letters_are_larger_in_a_wide_column_and_as_ever_beside_another_method() {
    let height = |app: &Window| app.get_by_label("delight, selected, rank 1").rect().height();
    let usual = height(&reviews(SIZE, Appearance::Dark, "reviews", false));
    let mut app = reviews([1920.0, 1080.0], Appearance::Dark, "reviews", false);
    let wide = height(&app);
    assert!(wide > usual * 1.3, "{usual} and {wide}");
    act(&mut app, [Command::AddColumn]);
    let beside = app.get_all_by_label("delight, selected, rank 1").map(|node| node.rect().height());
    assert!(beside.fold(0.0, f32::max) < wide, "half as wide");
}

#[test]
fn pointing_at_a_word_shows_its_score_its_rank_and_the_answer_without_it() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let unit = units_of(&app, "delight")[0];
    app.get_by_label("delight, selected, rank 1").hover();
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, Some(unit));
    // 3.0 + 2.5 + 1.5 - 2.0 = 5.0 with it, 2.0 without: 0.993 and 0.881.
    let without = app.state().session.without(unit).expect("asked for and answered");
    assert!((without[1] - 0.8808).abs() < 1e-3, "{without:?}");
    let all: Vec<_> =
        app.get_all_by_label_contains("Probability of positive without it: 0.88 (\u{2212}0.113)").collect();
    assert!(!all.is_empty());
}

#[test]
fn pointing_at_the_list_marks_the_text_and_clicking_keeps_the_word() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let unit = units_of(&app, "smile")[0];
    app.get_by_label_contains("Rank 4: smile").hover();
    app.run();
    assert_eq!(app.state().session.explore.reading.pointed, Some(unit));
    app.get_by_label_contains("Rank 4: smile").click();
    app.run();
    assert_eq!(app.state().session.explore.reading.chosen, Some(unit));
    press(&mut app, Key::ArrowRight);
    assert_eq!(app.state().session.explore.reading.chosen, None, "another item, another text");
}

#[test]
fn a_chosen_word_is_asked_for_anew_with_each_explanation() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let [delight, smile] = ["delight", "smile"].map(|word| units_of(&app, word)[0]);
    let mut after = |command: Command, unit: usize| {
        act(&mut app, [command]);
        app.state().session.without(unit).is_some()
    };
    assert!(after(Command::Reading(Action::Choose(Some(delight))), delight), "chosen without a pointer");
    assert!(after(Command::SetFill(Fill::Noise), delight), "another fill, another answer");
    assert!(after(Command::Reading(Action::Choose(Some(smile))), smile));
    assert!(after(Command::SetFill(Fill::Zero), smile), "also where the explanation is known already");
}

#[test]
fn the_keys_for_k_count_within_the_text_in_view() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(2), Command::SetK(40)]);
    let result = app.state().session.explore.focused_result().expect("a result");
    let n = result.selectable();
    assert!((2..40).contains(&n), "{n}");
    assert_eq!(app.state().session.last_action, "Select 40 words");
    typed(&mut app, ".");
    assert_eq!(app.state().session.last_action, "Select one more: All units are selected");
    typed(&mut app, ",");
    assert_eq!(app.state().session.explore.k, n - 1, "one less than all of them");
    typed(&mut app, ".");
    assert_eq!(app.state().session.explore.k, n);
}

#[test]
fn the_mean_of_words_is_not_offered() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::NextFill]);
    assert_eq!(app.state().session.explore.fill, Fill::Noise);
    act(&mut app, [Command::NextFill]);
    assert_eq!(app.state().session.explore.fill, Fill::Zero);
}

#[test]
fn cards_begin_with_the_text_and_a_table_has_a_column_for_it() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    app.get_by_label_contains("Item #1 · negative").click();
    app.run();
    assert_eq!(app.state().session.explore.item, Some(1));
    act(&mut app, [Command::SetListStyle(ListStyle::Table)]);
    app.get_by_label("Text");
    app.get_all_by_label_contains("A dull film.").next().expect("the beginning");
}

#[test]
fn offensive_texts_are_blurred_in_the_list_until_they_are_asked_for() {
    let mut app = reviews(SIZE, Appearance::Dark, "hatexplain", false);
    app.get_all_by_label_contains("(offensive text, not shown)").next().expect("blurred");
    assert!(app.query_by_label_contains("Item #1 · negative: A dull film").is_none());
    app.get_all_by_role_and_label(Role::Button, "Show offensive texts").next().expect("over the list").click();
    app.run();
    app.get_by_role_and_label(Role::Button, "Blur offensive texts");
    assert!(app.query_by_label_contains("(offensive text, not shown)").is_none());
}

#[test]
fn an_offensive_text_is_not_shown_once_it_is_explained_either_but_ones_own_is() {
    let mut app = reviews(SIZE, Appearance::Dark, "hatexplain", false);
    assert!(app.state().session.explore.explained().is_some());
    let says = |app: &Window, words: &str| app.query_all_by_label_contains(words).next().is_some();
    // Neither the text nor the list by rank; both with the list of items say that something is not shown.
    assert!(!says(&app, "delight") && says(&app, "(offensive text, not shown)"));
    act(&mut app, [Command::Reading(Action::EditOwn("A superb evening".to_owned()))]);
    assert!(says(&app, "superb, selected, rank 1") && says(&app, "Rank 1: superb"));
    act(&mut app, [Command::Reading(Action::OpenOwn(false))]);
    app.get_by_label("This text may offend and is not shown.");
    let buttons = app.get_all_by_role_and_label(Role::Button, "Show offensive texts");
    let over_the_text = buttons.last().expect("over the text");
    over_the_text.click();
    app.run();
    assert!(says(&app, "delight, selected, rank 1") && says(&app, "Rank 1: delight"));
    assert!(app.query_by_label("This text may offend and is not shown.").is_none());
    click(&mut app, "Blur offensive texts");
    assert!(!says(&app, "delight"));
}

#[test]
fn an_offensive_text_that_is_not_shown_comes_out_through_no_figure() {
    let mut app = reviews(SIZE, Appearance::Dark, "hatexplain", false);
    let sheet = Command::StartSheet(SheetOf::Listed);
    let figures = [Command::KeepFigure, Command::ExportFigure("figure.svg".into()), Command::Ask(Dialog::ExportFigure)];
    let refuses = |app: &Window, command: &Command| {
        let reason = command.availability(&app.state().session).err();
        reason.is_some_and(|reason| reason.contains("Show offensive texts"))
    };
    assert!(figures.iter().chain([&sheet]).all(|command| refuses(&app, command)));
    act(&mut app, [Command::KeepFigure]);
    let session = &app.state().session;
    assert!(session.figures.kept.is_empty() && session.last_action.contains("Show offensive texts"));
    // One's own text is in view; a sheet is of the items.
    act(&mut app, [Command::Reading(Action::EditOwn("A superb evening".to_owned()))]);
    assert!(figures.iter().all(|command| command.availability(&app.state().session).is_ok()) && refuses(&app, &sheet));
    act(&mut app, [Command::Reading(Action::OpenOwn(false)), Command::Reading(Action::ShowOffensive(true))]);
    let session = &app.state().session;
    assert!(figures.iter().chain([&sheet]).all(|command| command.availability(session).is_ok()));
}

#[test]
fn a_contact_sheet_shows_the_class_in_focus() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    for command in [
        Command::FocusClass(Some(0)),
        Command::SetMarked(0, true),
        Command::SetMarked(1, true),
        Command::StartSheet(SheetOf::Marked),
    ] {
        act(&mut app, [command]);
    }
    let session = &app.state().session;
    let [sheet] = &session.figures.kept[..] else { panic!("one figure: {}", session.last_action) };
    assert_eq!(sheet.pictures.len(), 2);
    assert!(sheet.pictures[0].signed, "what speaks against the class is told apart");
    for picture in sheet.pictures.iter() {
        assert!(picture.method.ends_with(", class negative"), "{}", picture.method);
        let text = picture.text.as_ref().expect("a text");
        let unit = text.spans.iter().find(|span| span.word == "drags").and_then(|span| span.unit).expect("a word");
        assert!(picture.selected[unit as usize], "it speaks for the class");
    }
    // Contrasted, as in the explorer.
    act(&mut app, [Command::Reading(Action::Against(Some(1))), Command::StartSheet(SheetOf::Marked)]);
    let kept = &app.state().session.figures.kept;
    assert!(kept[1].pictures.iter().all(|picture| picture.method.ends_with("negative rather than positive")));
}

#[test]
fn where_words_are_all_that_can_be_selected_the_menu_says_why() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    click_on(&mut app, Role::ComboBox, "Units");
    app.get_by_label_contains("For sentences, train one that reads a text sentence by sentence");
}

#[test]
fn a_class_in_focus_recolours_the_text_and_shows_its_words_alone() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    let picture = |app: &Window| {
        let picture = app.state().session.picture(0, View::Heat, Hidden::AsModelSees, Default::default());
        picture.expect("a picture")
    };
    assert!(!picture(&app).signed, "the method's own scores are neither for nor against");
    app.get_by_label("delight, selected, rank 1");
    click(&mut app, "Colour by negative");
    assert_eq!(app.state().session.explore.class_focus, Some(0));
    assert!(picture(&app).signed, "those of a class are");
    // "drags" is the one word that speaks for it.
    app.get_by_label("drags, selected, rank 1");
    app.get_by_label_contains("Only the words of negative: ");
    app.get_by_label_contains("Without the words of negative: ");
    act(&mut app, [Command::Reading(Action::Against(Some(1)))]);
    app.get_by_label_contains("why negative rather than positive");
    app.get_by_label_contains("Only these words: negative");
    app.get_by_label_contains("Without these words: ");
}

#[test]
fn the_key_of_a_class_pressed_again_leaves_it() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    let focus = |app: &Window| app.state().session.explore.class_focus;
    typed(&mut app, "0");
    assert_eq!(focus(&app), Some(0));
    typed(&mut app, "0");
    assert_eq!(focus(&app), None);
    // With a contrast, and after the list of classes was used.
    choose(&mut app, "Colour by class", "positive");
    assert_eq!(focus(&app), Some(1));
    choose(&mut app, "Against class", "negative");
    assert_eq!(app.state().session.explore.reading.against, Some(0));
    typed(&mut app, "1");
    assert_eq!(focus(&app), None);
}

#[test]
fn a_word_far_down_comes_into_view_when_it_is_chosen() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(30), Command::SetK(20)]);
    let session = &app.state().session;
    let explained = session.explore.explained().expect("explained");
    let text = session.text_of(explained).expect("a text");
    let far =
        text.spans.iter().rev().find_map(|span| span.unit.filter(|_| span.word == "dull")).expect("a word") as usize;
    assert!(far > LONG / 2, "{far}");
    let rank = explained.methods[0].as_ref().expect("scores").ranks[far] + 1;
    let name = format!("dull, selected, rank {rank}");
    let shown = |app: &Window| app.query_by_label(&name).is_some();
    assert!(!shown(&app), "the text begins elsewhere");
    act(&mut app, [Command::Reading(Action::Choose(Some(far)))]);
    assert!(shown(&app), "the word is in view");
}

#[test]
fn the_table_of_classes_can_be_sorted_and_closed() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    // By rank first: "superb" moves the answer more than "drags". Rows of the table say a score for each class.
    const SUPERB: &str = "superb: \u{2212}2.50, 2.50";
    const DRAGS: &str = "drags: 2.00, \u{2212}2.00";
    assert!(app.get_by_label(SUPERB).rect().top() < app.get_by_label(DRAGS).rect().top());
    click(&mut app, "Sort by negative");
    // Largest for "negative" first: "drags" is all that speaks for it, "superb" is far down and out of view.
    assert!(app.get_by_label(DRAGS).rect().top() < app.get_by_label("The: 0.00, 0.00").rect().top());
    assert!(app.query_by_label(SUPERB).is_none());
    click(&mut app, "Classes");
    assert!(app.query_by_label("Sort by negative").is_none(), "the panel is closed");
}

#[test]
fn the_panel_of_classes_says_when_it_is_of_the_result_before() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    const WORDS: &str = "Of the result before; the one asked for follows";
    assert!(app.query_by_label(WORDS).is_none());
    // Another result has been asked for a second ago and is not there yet.
    let explore = &mut app.state_mut().session.explore;
    let previous = explore.explained().cloned();
    let since = Instant::now().checked_sub(Duration::from_secs(1)).expect("a clock that has run for a second");
    explore.shown = Shown::Pending { id: JobId::next(), since, previous };
    app.step();
    app.get_by_label(WORDS);
    app.get_by_label("superb: \u{2212}2.50, 2.50");
}

#[test]
fn a_text_of_ones_own_is_explained_as_it_is_typed() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    press_with(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::V);
    write(&mut app, Role::MultilineTextInput, "Your own text", "A superb evening, but dull music.");
    std::thread::sleep(std::time::Duration::from_millis(200));
    app.run();
    let session = &app.state().session;
    assert_eq!(session.own_text().map(|own| own.text.as_str()), Some("A superb evening, but dull music."));
    let explained = session.explore.explained().unwrap();
    assert_eq!(explained.text.as_deref(), Some("A superb evening, but dull music."));
    // 2.5 - 3.0 = -0.5: negative at 0.62.
    assert!((explained.probs_full[0] - 0.622).abs() < 1e-3);
    // The editor counts as the viewer does.
    let length = format!("{} words", session.explore.focused_result().expect("a result").selectable());
    app.get_by_label(&length);
    app.get_by_label("dull, selected, rank 1");
    click(&mut app, "Back to the item");
    assert_eq!(app.state().session.own_text().map(|own| own.text.clone()), None);
    app.get_by_label("delight, selected, rank 1");
}

#[test]
fn a_pasted_text_becomes_ones_own() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    app.input_mut().events.push(egui::Event::Paste("What a delight!".to_owned()));
    app.run();
    assert_eq!(app.state().session.own_text().map(|own| own.text.as_str()), Some("What a delight!"));
    app.get_by_label("delight, selected, rank 1");
}

/// A window with a black box that reads texts, and no data.
fn box_alone() -> Window {
    let mut app = window(SIZE, session_with(Appearance::Dark, Some(text_box())));
    act(&mut app, [Command::UseBox(0)]);
    assert!(app.state().session.data.is_none());
    app
}

#[test]
fn a_pasted_text_is_explained_by_a_black_box_alone() {
    let mut app = box_alone();
    app.input_mut().events.push(egui::Event::Paste("What a delight!".to_owned()));
    app.run();
    assert_eq!(app.state().session.own_text().map(|own| own.text.as_str()), Some("What a delight!"));
    app.get_by_label("delight, selected, rank 1");
    // It is looked at and kept as an item is; a sheet is of items, and there are none.
    act(&mut app, [Command::SetK(1)]);
    act(&mut app, [Command::KeepFigure, Command::ToggleSheet]);
    let session = &app.state().session;
    assert_eq!((session.explore.k, session.figures.kept.len()), (1, 1));
    assert!(session.last_action.ends_with("Open data first"), "{}", session.last_action);
}

#[test]
fn without_data_ones_own_text_begins_on_the_first_screen_and_is_remembered_when_closed() {
    let mut app = box_alone();
    let open = |app: &mut Window| {
        app.get_by_label("What did the model use?");
        app.get_by_role_and_label(Role::Button, "Your own text").click();
        app.run();
    };
    open(&mut app);
    app.get_by_role_and_label(Role::MultilineTextInput, "Your own text").focus();
    app.step();
    app.get_by_role_and_label(Role::MultilineTextInput, "Your own text").type_text("A superb evening");
    app.step();
    app.get_by_role_and_label(Role::Button, "Close").click();
    app.run();
    assert!(app.state().session.own_text().is_none());
    open(&mut app);
    assert_eq!(app.state().session.own_text().map(|own| own.text.as_str()), Some("A superb evening"));
    app.get_by_label("superb, selected, rank 1");
}

#[test]
fn a_text_pasted_where_nothing_reads_texts_is_refused_with_the_reason() {
    let mut app = explained(SIZE, Appearance::Dark);
    app.input_mut().events.push(egui::Event::Paste("What a delight!".to_owned()));
    app.run();
    let said = &app.state().session.last_action;
    assert_eq!(said, "Paste your own text: The black box in use does not read texts");
}

#[test]
fn beside_ones_own_text_the_item_is_neither_marked_nor_pinned() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::Reading(Action::EditOwn("A superb evening".to_owned()))]);
    for command in [Command::Pin, Command::Mark] {
        act(&mut app, [command]);
        assert!(app.state().session.last_action.ends_with("Your own text is in view; go back to the item first"));
    }
    let explore = &app.state().session.explore;
    assert!(explore.marked.is_empty() && explore.pinned.is_empty());
}

#[test]
fn what_a_pasted_text_takes_the_place_of_can_be_had_back() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    let own = |app: &Window| app.state().session.own_text().map(|own| own.text.clone()).unwrap_or_default();
    app.state_mut().command(Command::Reading(Action::EditOwn("A long letter".to_owned())));
    // Closed, it is remembered all the same.
    act(&mut app, [Command::Reading(Action::OpenOwn(false))]);
    app.input_mut().events.push(egui::Event::Paste("What a delight!".to_owned()));
    app.run();
    assert_eq!(own(&app), "What a delight!");
    assert_eq!(app.state().session.last_action, "Pasted as your own text");
    act(&mut app, [Command::Undo]);
    assert_eq!(own(&app), "A long letter");
    act(&mut app, [Command::Redo]);
    assert_eq!(own(&app), "What a delight!");
}

#[test]
fn a_text_pasted_where_there_was_none_is_no_step_to_take_back() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    app.state_mut().session.undo.clear();
    app.input_mut().events.push(egui::Event::Paste("What a delight!".to_owned()));
    app.run();
    assert!(app.state().session.undo.next_undo().is_none());
}

#[test]
fn a_text_that_is_closed_at_once_keeps_its_last_letters() {
    // In the editor, in the inspector, and the switch under the viewer.
    for (at, button) in ["Close", "Back to the item", "Your own text"].into_iter().enumerate() {
        let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
        act(&mut app, [Command::Reading(Action::OpenOwn(true))]);
        app.get_by_role_and_label(Role::MultilineTextInput, "Your own text").focus();
        app.step();
        let typed = format!("A superb evening {at}");
        app.get_by_role_and_label(Role::MultilineTextInput, "Your own text").type_text(&typed);
        app.step();
        click(&mut app, button);
        assert!(app.state().session.own_text().is_none(), "{button}");
        act(&mut app, [Command::Reading(Action::OpenOwn(true))]);
        assert_eq!(app.state().session.own_text().map(|own| &own.text), Some(&typed), "{button}");
    }
}

#[test]
fn a_text_with_a_word_in_another_script_becomes_a_figure_that_names_it() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    // In the editor itself such letters are boxes.
    app.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
    let own = "A superb evening, \u{62e}\u{628}\u{631}.".to_owned();
    act(&mut app, [Command::Reading(Action::OpenOwn(true))]);
    assert!(app.query_by_label_contains("Holds Arabic").is_none());
    act(&mut app, [Command::Reading(Action::EditOwn(own))]);
    app.get_by_label_contains("Holds Arabic, which no font here has");
    act(&mut app, [Command::KeepFigure]);
    let session = &app.state().session;
    let kept = session.figures.kept.first().unwrap_or_else(|| panic!("kept: {}", session.last_action));
    assert!(kept.figure.texts().iter().any(|text| text.text == "[Arabic]"));
}

#[test]
fn forms_of_training_offer_what_reads_texts() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::Go(Place::Train)]);
    assert!(app.query_by_label_contains("pixels").is_none());
}

#[test]
fn a_form_begins_with_the_values_for_texts_and_goes_back_to_them() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::Go(Place::Train)]);
    assert!(app.query_by_label_contains("Reset ").is_none(), "what it begins with is no change");
    app.get_by_role_and_label(Role::ComboBox, "Word vectors start").click_accesskit();
    app.run();
    app.get_by_role_and_label(Role::Button, "random: at random, as in the papers").click_accesskit();
    app.run();
    app.get_by_role_and_label(Role::Button, "Reset word vectors start to black box").click_accesskit();
    app.run();
    assert!(app.query_by_label_contains("Reset ").is_none(), "back at the beginning");
}

#[test]
fn a_kept_text_becomes_a_figure_with_real_text() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::KeepFigure, Command::AddColumn]);
    act(&mut app, [Command::KeepFigure, Command::MakeSheet(vec![0, 1])]);
    let kept = &app.state().session.figures.kept;
    assert_eq!(kept.len(), 3, "{:?}", app.state().session.last_action);
    assert!(kept.iter().all(|kept| kept.figure.texts().iter().any(|text| text.text == "delight")));
}

#[test]
fn a_kept_text_is_cut_or_whole_as_the_user_says() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(30)]);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    let drawn = |app: &Window| app.state().session.figures.kept[0].figure.texts().len();
    let cut = drawn(&app);
    assert!(cut < LONG / 4, "{cut}");
    app.get_by_role_and_label(Role::SpinButton, "Words before it is cut");
    click_on(&mut app, Role::CheckBox, "Whole text, however long");
    assert!(drawn(&app) >= LONG, "{}", drawn(&app));
    act(&mut app, [Command::Undo]);
    assert_eq!(drawn(&app), cut);
    // Shorter than at first.
    let mut fewer = app.state().session.figures.kept[0].clone();
    fewer.cut_texts(20);
    act(&mut app, [Command::ChangeFigure(0, Box::new(fewer), Change::Words(0))]);
    assert!(drawn(&app) < cut, "{} {cut}", drawn(&app));
}

#[test]
fn the_cells_of_a_kept_sheet_are_cut_as_the_user_says() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    // The first review has 44 words.
    act(&mut app, [Command::KeepFigure, Command::MakeSheet(vec![0])]);
    let sheet = |app: &Window| app.state().session.figures.kept[1].clone();
    let drawn = |app: &Window| sheet(app).figure.texts().len();
    assert_eq!(sheet(&app).words_of_texts(), Some((36, 44)));
    let few = drawn(&app);
    act(&mut app, [Command::Go(Place::Figures)]);
    click_on(&mut app, Role::CheckBox, "Whole text, however long");
    assert!(drawn(&app) > few, "{few}, then {}", drawn(&app));
    click_on(&mut app, Role::CheckBox, "Whole text, however long");
    assert_eq!(drawn(&app), few, "as many words as a cell has where nothing is asked for");
}

/// Milliseconds of CPU time for a frame, printed for a person; machines differ too much to assert on it.
#[test]
fn frames_of_a_long_text_are_measured() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(30)]);
    for (name, command) in [
        ("overlay", Command::SetView(View::Overlay)),
        ("heat", Command::SetView(View::Heat)),
        ("unselected", Command::SetView(View::Unselected)),
        ("selected, hatched", Command::SetHidden(Hidden::Hatched)),
    ] {
        app.state_mut().command(command);
        if name.contains("hatched") {
            app.state_mut().command(Command::SetView(View::Selected));
        }
        let first = std::time::Instant::now();
        app.step();
        let first = first.elapsed();
        app.run();
        let frames = 30;
        let started = std::time::Instant::now();
        for _ in 0..frames {
            app.step();
        }
        let each = started.elapsed().as_secs_f64() * 1e3 / f64::from(frames);
        println!("{LONG} words, {name}: first frame {:.1} ms, then {each:.2} ms each", first.as_secs_f64() * 1e3);
    }
}

fn shown(appearance: Appearance, by_class: bool, commands: &[Command], name: &str) {
    let mut app = reviews([1180.0, 760.0], appearance, "reviews", by_class);
    for command in commands {
        act(&mut app, [command.clone()]);
    }
    app.snapshot(name);
}

#[test]
fn reading_dark() {
    shown(Appearance::Dark, false, &[Command::AddColumn], "reading_dark");
}

#[test]
fn reading_light() {
    let hidden = [Command::SetHidden(Hidden::Hatched), Command::SetView(View::Side)];
    shown(Appearance::Light, false, &hidden, "reading_light");
}

#[test]
fn classes_dark() {
    shown(Appearance::Dark, true, &[Command::SetView(View::Heat), Command::FocusClass(Some(0))], "classes_dark");
}

#[test]
fn classes_light() {
    shown(Appearance::Light, true, &[], "classes_light");
}

#[test]
fn own_text_light() {
    let own = Command::Reading(Action::EditOwn("A superb evening, but dull music.".to_owned()));
    shown(Appearance::Light, false, &[Command::Reading(Action::OpenOwn(true)), own], "own_text_light");
}
