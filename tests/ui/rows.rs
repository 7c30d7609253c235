//! Rows of a table in the window: the list with columns of its own, sorted by a head and searched; what if a value were another.
use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::{Dataset, Split};
use unmask::session::items::{Filter, Sort, SortBy};
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Session};

use super::series::opened;
use super::support::{Window, act, click, press, press_with, session_with, window_on, write};

const SIZE: [f32; 2] = [1280.0, 720.0];

fn heads(app: &Window, names: &[&str]) -> Vec<egui::Rect> {
    let found = names.iter().map(|name| app.query_by_role_and_label(Role::Button, name));
    found.flatten().map(|node| node.rect()).collect()
}

fn listed(session: &Session) -> Vec<u32> {
    session.explore.list.visible().to_vec()
}

#[test]
fn a_list_of_rows_shows_columns_of_the_table_and_cuts_none_off() {
    let app = opened(SIZE, Appearance::Dark, "people");
    let known = heads(&app, &["Index", "age", "Class", "Predicted", "Sel."]);
    assert_eq!(known.len(), 5, "the row's own columns stand among the others");
    assert!(known.windows(2).all(|pair| pair[0].right() <= pair[1].left() + 1.0), "{known:?}");
    let last = app.get_by_label("Uns.").rect();
    let viewer = app.get_by_role_and_label(Role::Button, "Overlay").rect().left();
    assert!(last.width() > 15.0 && last.right() < viewer, "{last} before {viewer}");
    // While nothing is classified there is room for more of them.
    let app = window_on(SIZE, session_with(Appearance::Dark, None), "people");
    assert!(heads(&app, &["Predicted", "Sel."]).is_empty());
    assert_eq!(heads(&app, &["age", "workclass", "capital-gain"]).len(), 3);
}

#[test]
fn columns_of_the_list_stand_apart_and_a_wide_window_shows_more_of_them() {
    let names = ["Index", "age", "workclass", "capital-gain", "hours-per-week", "Class"];
    let app = opened(SIZE, Appearance::Dark, "people");
    let narrow = heads(&app, &names);
    let app = opened([1600.0, 900.0], Appearance::Dark, "people");
    let wide = heads(&app, &names);
    assert!(wide.len() > narrow.len(), "{wide:?} after {narrow:?}");
    assert!(wide.windows(2).all(|pair| pair[1].left() - pair[0].right() >= 11.5), "{wide:?}");
    // Of numbers the ends stand below each other.
    let index = app.get_by_role_and_label(Role::Button, "Index").rect();
    let is_below = |rect: &egui::Rect| rect.left() < index.right() + 14.0;
    let cell = |number| app.query_all_by_label(number).map(|node| node.rect()).find(is_below).expect("a row");
    let [one, two] = ["3", "12"].map(cell);
    assert!((one.right() - two.right()).abs() < 1.0 && one.left() > two.left() + 1.0, "{one} and {two}");
}

#[test]
fn a_click_on_a_head_sorts_by_its_column_and_another_turns_the_order_round() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    click(&mut app, "age");
    let session = &app.state().session;
    assert_eq!(session.explore.list.sort, Sort { by: SortBy::Column(0), descending: false });
    assert_eq!(session.last_action, "Sorted by age, ascending");
    assert_eq!(listed(session)[..3], [0, 1, 2], "ages rise with the number");
    click(&mut app, "age");
    let session = &app.state().session;
    assert!(session.explore.list.sort.descending);
    assert_eq!(listed(session)[..3], [23, 22, 21]);
    click(&mut app, "Class");
    let session = &app.state().session;
    assert_eq!(listed(session)[..3], [0, 2, 4], "the first class comes first");
    // A column that has no room otherwise is shown once the list is sorted by it.
    act(&mut app, [Command::SetSort(Sort { by: SortBy::Column(3), descending: false })]);
    assert_eq!(heads(&app, &["hours-per-week"]).len(), 1);
    // Other data have other columns.
    act(&mut app, [Command::OpenSpec("planted people".to_owned())]);
    assert_eq!(app.state().session.explore.list.sort.by, SortBy::Index);
}

#[test]
fn a_list_that_is_sorted_anew_shows_its_top_and_follows_the_next_item() {
    let mut app = opened([1280.0, 480.0], Appearance::Dark, "people");
    let is_listed = |app: &Window, name: &str| app.query_all_by_label_contains(name).next().is_some();
    assert!(!is_listed(&app, "Item #23, "), "the rows do not all fit");
    click(&mut app, "age");
    click(&mut app, "age");
    assert_eq!(app.state().session.explore.item, Some(0), "the item in view stays, far down");
    assert!(is_listed(&app, "Item #23, ") && is_listed(&app, "Item #22, "), "the highest come first");
    press(&mut app, Key::ArrowLeft);
    let item = app.state().session.explore.item.expect("an item");
    assert!(item < 5 && is_listed(&app, &format!("Item #{item}, ")), "item {item} comes into sight");
}

#[test]
fn where_numbers_come_again_the_list_says_which_split_an_item_is_in() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    assert!(app.query_by_label("Split").is_none(), "each number is that of one item");
    let data = app.state().session.data.clone().expect("people");
    let source_index = (0..data.len() as u32).map(|item| item % 12).collect();
    let again = Dataset { source_index, hash: "counted twice".to_owned(), ..(*data).clone() };
    app.state_mut().session.data = Some(Arc::new(again));
    app.run_steps(4);
    app.get_by_label("Split");
    for split in Split::ALL.iter().filter(|split| data.splits.contains(split)) {
        assert!(app.query_all_by_label(split.name()).next().is_some(), "{split:?}");
    }
}

#[test]
fn typing_a_value_lists_only_the_rows_that_have_it() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    write(&mut app, Role::TextInput, "Find in rows", "priv");
    let session = &app.state().session;
    assert_eq!(listed(session), (0..24).step_by(3).collect::<Vec<u32>>());
    click(&mut app, "Stop searching: list all rows again");
    assert_eq!(listed(&app.state().session).len(), 24);
    write(&mut app, Role::TextInput, "Find in rows", "age=27");
    let session = &app.state().session;
    assert_eq!((listed(session), session.explore.item), (vec![7], Some(7)));
    write(&mut app, Role::TextInput, "Find in rows", "xyz");
    app.get_by_label("No row contains this.");
    // A value is looked for in a column that there is: what there is not would find nothing for another reason.
    for (words, said) in [("agee=39", "There is no column agee."), ("age = 1e9", "No row contains this.")] {
        let filter = Filter { words: words.to_owned(), ..Filter::default() };
        act(&mut app, [Command::SetFilter(filter)]);
        app.get_by_label(said);
    }
}

#[test]
fn a_changed_value_is_answered_and_explained_until_the_item_is_back() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    let spoken = |app: &Window| {
        let of = app.get_by_label_contains("Overlay of item 0");
        of.accesskit_node().value().unwrap_or_default()
    };
    let surest = |app: &Window| app.state().session.explore.explained().expect("explained").probs_full[1];
    let before = surest(&app);
    assert!(spoken(&app).contains("age 20"), "{}", spoken(&app));
    app.get_by_role_and_label(Role::TextInput, "What if: age").focus();
    app.run();
    press_with(&mut app, egui::Modifiers::COMMAND, Key::A);
    app.get_by_role_and_label(Role::TextInput, "What if: age").type_text("95.5");
    app.run();
    press(&mut app, Key::Enter);
    let session = &app.state().session;
    assert_eq!(session.last_action, "age: 95.5 in place of 20");
    assert_eq!(session.own_row().map(|own| own.item), Some(0));
    assert!(session.explore.is_current());
    assert!(spoken(&app).contains("age 95.5") && spoken(&app).contains("with changes"), "{}", spoken(&app));
    assert!(surest(&app) > before, "{} after {before}", surest(&app));
    // A figure says that it is not the item.
    act(&mut app, [Command::KeepFigure]);
    let kept = &app.state().session.figures.kept[0];
    // Also in what, and from what.
    assert!(kept.pictures[0].source.ends_with("item #0, changed: age 95.5 (was 20)"), "{}", kept.pictures[0].source);
    assert!(kept.figure.texts().iter().any(|text| text.text == "95.5"), "{}", kept.figure.description);
    app.get_by_label_contains("The item itself: ");
    click(&mut app, "Back to the item");
    assert!(app.state().session.own_row().is_none());
    assert_eq!(surest(&app), before);
    assert!(spoken(&app).contains("age 20"), "{}", spoken(&app));
}

#[test]
fn what_is_no_value_is_told_until_the_next_edit_and_no_field_moves_with_a_change() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    let typed = |app: &mut Window, words: &str| {
        app.get_by_role_and_label(Role::TextInput, "What if: age").focus();
        app.run();
        press_with(app, egui::Modifiers::COMMAND, Key::A);
        app.get_by_role_and_label(Role::TextInput, "What if: age").type_text(words);
        app.run();
    };
    let below_head = |app: &Window| {
        let field = app.get_by_role_and_label(Role::TextInput, "What if: age").rect();
        field.top() - app.get_by_label("What if").rect().top()
    };
    let before = below_head(&app);
    typed(&mut app, "abc");
    press(&mut app, Key::Enter);
    app.get_by_label_contains("not \u{201C}abc\u{201D}; 20 stands here again");
    assert!(app.state().session.own_row().is_none(), "nothing is changed");
    typed(&mut app, "95.5");
    assert!(app.query_by_label_contains("stands here again").is_none(), "the next edit ends it");
    press(&mut app, Key::Enter);
    assert!(app.state().session.own_row().is_some());
    let after = below_head(&app);
    assert!((after - before).abs() < 0.5, "{after} and {before} below the head");
}

#[test]
fn the_last_change_taken_back_and_another_item_both_leave_the_changed_row() {
    let mut app = opened(SIZE, Appearance::Dark, "people");
    let change = |column: usize, value: Option<f64>| Command::Reading(Action::ChangeCell(column, value));
    act(&mut app, [change(1, Some(2.0)), change(2, None)]);
    let own = app.state().session.own_row().expect("a changed row");
    assert_eq!((own.changes.len(), own.data.cell(0, 1), own.data.cell(0, 2)), (2, "None".into(), "(missing)".into()));
    let value = app.get_by_label_contains("Overlay of item 0").accesskit_node().value().unwrap_or_default();
    assert!(value.contains("capital-gain missing (read as "), "{value}");
    act(&mut app, [change(1, Some(0.0)), change(2, Some(0.0))]);
    assert!(app.state().session.own_row().is_none(), "these are the item's own values");
    act(&mut app, [change(0, Some(30.0))]);
    press(&mut app, Key::ArrowRight);
    let session = &app.state().session;
    assert_eq!((session.own_row().is_none(), session.explore.item), (true, Some(1)));
    let no_table = opened(SIZE, Appearance::Dark, "movements");
    assert!(change(0, None).availability(&no_table.state().session).is_err());
}
