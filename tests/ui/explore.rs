//! Flows of the explorer, by the names that a screen reader says.
use std::time::Instant;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::figure::layout::View;
use unmask::session::items::{Filter, Predictions};
use unmask::session::running::RunningJob;
use unmask::session::settings::Appearance;
use unmask::session::{Command, Lane, Place, Purpose, Session, slots};
use unmask::ui::dialogs::PresetDialogs;
use unmask::work::{JobId, Slot};

use super::support::{
    ITEMS, act, click, click_on, explained, explained_with, press, press_with, window, window_on, write,
};

const SIZE: [f32; 2] = [1280.0, 800.0];

#[test]
fn an_empty_window_offers_to_open_files() {
    let app = window(SIZE, Session::new());
    app.get_by_role_and_label(Role::Button, "Open files…");
    app.get_by_label_contains("drop a file");
}

#[test]
fn opening_data_shows_its_first_item_explained() {
    let app = explained(SIZE, Appearance::Dark);
    let session = &app.state().session;
    assert_eq!(session.data.as_ref().map(|data| data.len()), Some(ITEMS));
    assert_eq!(session.explore.item, Some(0));
    assert!(session.explore.focused_result().is_some());
    // The gradient of this world favours dark pixels: with the bright quarter hidden the answer is class one, at 0.6.
    app.get_by_label_contains("Selected only: one (0.60), other class");
}

#[test]
fn the_right_arrow_goes_to_the_next_item_and_the_left_one_back() {
    let mut app = explained(SIZE, Appearance::Dark);
    press(&mut app, Key::ArrowRight);
    assert_eq!(app.state().session.explore.item, Some(1));
    assert_eq!(app.state().session.explore.explained().map(|shown| shown.item), Some(1));
    press(&mut app, Key::ArrowLeft);
    assert_eq!(app.state().session.explore.item, Some(0));
}

#[test]
fn the_next_items_are_computed_ahead() {
    let app = explained(SIZE, Appearance::Dark);
    assert!(app.state().session.explore.cache.len() >= 4, "the first and three ahead");
}

#[test]
fn clicking_a_small_picture_looks_at_it() {
    let mut app = explained(SIZE, Appearance::Dark);
    app.get_by_label_contains("Item #7, class").click();
    app.run();
    assert_eq!(app.state().session.explore.item, Some(7));
}

#[test]
fn space_flips_selected_and_unselected_also_when_a_button_has_the_focus() {
    let mut app = explained(SIZE, Appearance::Dark);
    app.get_by_role_and_label(Role::Button, "Heat").focus();
    app.run();
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Selected);
    press(&mut app, Key::Space);
    assert_eq!(app.state().session.explore.view, View::Unselected);
}

#[test]
fn each_view_has_a_button_and_a_letter() {
    let mut app = explained(SIZE, Appearance::Dark);
    for (name, key, view) in [
        ("Selected", Key::S, View::Selected),
        ("Unselected", Key::U, View::Unselected),
        ("Side by side", Key::D, View::Side),
        ("Heat", Key::H, View::Heat),
        ("Overlay", Key::O, View::Overlay),
    ] {
        click(&mut app, name);
        assert_eq!(app.state().session.explore.view, view, "by the button {name}");
        act(&mut app, [Command::SetView(View::Overlay)]);
        press(&mut app, key);
        assert_eq!(app.state().session.explore.view, view, "by the key of {name}");
    }
}

#[test]
fn the_slider_changes_k_and_undo_takes_it_back() {
    let mut app = explained(SIZE, Appearance::Dark);
    let before = app.state().session.explore.k;
    app.get_by_role_and_label(Role::Slider, "Select").focus();
    app.run();
    act(&mut app, [Command::SetK(9)]);
    assert_eq!(app.state().session.explore.k, 9);
    assert_eq!(app.state().session.explore.explained().map(|shown| shown.k), Some(9));
    press_with(&mut app, Modifiers::COMMAND, Key::Z);
    assert_eq!(app.state().session.explore.k, before);
    press_with(&mut app, Modifiers::COMMAND, Key::Y);
    assert_eq!(app.state().session.explore.k, 9);
}

#[test]
fn k_never_leaves_one_to_all_units() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::SetK(100_000)]);
    assert_eq!(app.state().session.explore.k, 64);
    act(&mut app, [Command::SetK(0)]);
    assert_eq!(app.state().session.explore.k, 1);
}

#[test]
fn c_adds_methods_side_by_side_and_their_overlap_is_told() {
    let mut app = explained(SIZE, Appearance::Dark);
    assert_eq!(app.state().session.explore.columns.len(), 1);
    press(&mut app, Key::C);
    assert_eq!(app.state().session.explore.columns.len(), 2);
    app.get_by_label_contains("Overlap (IoU): A-B");
    click(&mut app, "Remove column 2");
    assert_eq!(app.state().session.explore.columns.len(), 1);
}

#[test]
fn flipping_with_two_methods_does_not_move_the_picture() {
    let mut app = explained([1280.0, 800.0], Appearance::Dark);
    act(&mut app, [Command::AddColumn]);
    let mut places = Vec::new();
    for view in [View::Overlay, View::Selected, View::Unselected, View::Heat] {
        act(&mut app, [Command::SetView(view)]);
        let name = format!("of item {}", app.state().session.explore.item.expect("an item"));
        let shown = app.get_all_by(|node| node.label().is_some_and(|label| label.contains(&name)));
        places.push(shown.map(|node| node.rect()).collect::<Vec<_>>());
    }
    assert!(places.iter().all(|place| !place.is_empty() && *place == places[0]), "{places:?}");
}

#[test]
fn the_palette_runs_a_command_by_part_of_its_name() {
    let mut app = explained(SIZE, Appearance::Dark);
    press_with(&mut app, Modifiers::COMMAND, Key::K);
    app.get_by_role_and_label(Role::TextInput, "Find a command").type_text("view heat");
    app.run();
    press(&mut app, Key::Enter);
    assert_eq!(app.state().session.explore.view, View::Heat);
    assert!(!app.state().session.open.palette);
}

#[test]
fn the_palette_greys_what_cannot_be_used() {
    let mut app = window(SIZE, Session::new());
    press_with(&mut app, Modifiers::COMMAND, Key::K);
    app.get_by_role_and_label(Role::TextInput, "Find a command").type_text("keep this");
    app.run();
    assert!(app.get_by_role_and_label(Role::Button, "Keep this figure").accesskit_node().is_disabled());
    app.get_by_label_contains("Open data first");
}

#[test]
fn the_palette_runs_no_other_command_than_the_one_that_was_typed() {
    let mut session = Session::new();
    // A worse match that can be used.
    session.samples = vec![("High tide: their close lasses".to_owned(), "synthetic:xor".to_owned())];
    let mut app = window(SIZE, session);
    assert!(Command::ToggleClasses.availability(&app.state().session).is_err());
    press_with(&mut app, Modifiers::COMMAND, Key::K);
    app.get_by_role_and_label(Role::TextInput, "Find a command").type_text("hide the classes");
    app.run();
    let best = app.get_by_role_and_label(Role::Button, "Show or hide the classes");
    assert!(best.accesskit_node().toggled() == Some(Toggled::True), "the best match is the chosen one");
    let before = app.state().session.last_action.clone();
    press(&mut app, Key::Enter);
    let session = &app.state().session;
    assert!(session.open.palette && session.data.is_none(), "{}", session.last_action);
    assert_eq!(session.last_action, before, "nothing was run");
    app.get_by_label_contains("Not possible now: ");
}

#[test]
fn exporting_writes_the_figure_in_view() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("seen.svg");
    let dialogs = PresetDialogs::new(vec![vec![path.clone()]]);
    let mut app = explained_with(SIZE, Appearance::Dark, dialogs);
    press(&mut app, Key::E);
    app.run();
    let svg = std::fs::read_to_string(&path).expect("the exported file");
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"));
    assert!(svg.contains("of 64 pixels"), "the figure says how much is selected");
}

#[test]
fn exporting_scores_writes_a_line_per_unit() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("scores.csv");
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::ExportScores(path.clone())]);
    let csv = std::fs::read_to_string(&path).expect("the exported file");
    assert_eq!(csv.lines().count(), 65, "a head and 64 units");
    let at = csv.lines().next().and_then(|head| head.split(',').position(|name| name == "selected")).expect("a column");
    let is_selected = |line: &&str| line.split(',').nth(at) == Some("1");
    assert_eq!(csv.lines().filter(is_selected).count(), 25, "as many as k are selected");
}

#[test]
fn exporting_scores_as_npz_writes_the_arrays_of_the_command_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("scores.npz");
    let mut app = explained_with(SIZE, Appearance::Dark, PresetDialogs::new(vec![vec![path.clone()]]));
    press(&mut app, Key::C);
    press_with(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    app.run();
    let mut npz = npyz::npz::NpzArchive::open(&path).expect("the exported file");
    let scores = npz.by_name("scores").expect("readable").expect("an array of scores");
    assert_eq!(scores.shape(), [1, 2, 64], "one item, two methods, 64 pixels");
    let scores: Vec<f32> = scores.into_vec().expect("32-bit numbers");
    let shown = app.state().session.explore.explained().expect("an explanation").clone();
    let expected: Vec<f32> = shown.methods.iter().flatten().flat_map(|result| result.scores.clone()).collect();
    assert_eq!(scores, expected);
    let items: Vec<u32> = npz.by_name("items").expect("readable").expect("items").into_vec().expect("numbers");
    assert_eq!(items, [0]);
}

#[test]
fn a_file_that_cannot_be_opened_leaves_a_notice_with_retry_and_the_old_data() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::OpenSpec("broken".to_owned())]);
    assert!(app.state().session.data.is_some(), "the previous data stays");
    press_with(&mut app, Modifiers::COMMAND, Key::L);
    // In the list and, since it is the latest, on the bottom line.
    assert_eq!(app.query_all_by_label_contains("expected pictures, found noise").count(), 2);
    app.get_by_role_and_label(Role::Button, "Open the data again");
}

#[test]
fn how_the_data_are_read_is_changed_from_their_menu_and_after_a_failure() {
    const CHANGE: &str = "Change how the data are read…";
    let mut app = explained(SIZE, Appearance::Dark);
    app.state_mut().command(Command::SetMarked(3, true));
    click(&mut app, "Data: world");
    click(&mut app, CHANGE);
    app.get_by_role_and_label(Role::TextInput, "Items at most");
    app.get_by_label_contains("marks and pins are taken off");
    write(&mut app, Role::TextInput, "Data and options", "?colour=red");
    app.get_by_label_contains("there is no option \"colour\"");
    press(&mut app, Key::Escape);
    assert!(!app.state().session.open.spec, "Escape closes it");
    assert_eq!(app.state().session.spec_text().as_deref(), Some("world"));

    // What could not be opened is what is changed then.
    act(&mut app, [Command::OpenSpec("broken".to_owned()), Command::ToggleNotices]);
    click(&mut app, CHANGE);
    write(&mut app, Role::TextInput, "Data and options", "?text=review");
    click(&mut app, "Open again");
    let session = &app.state().session;
    assert!(!session.open.spec);
    assert_eq!(session.spec_text().as_deref(), Some("broken?text=review"), "it was tried so");

    // Also what is no specification at all, such as one on the command line.
    let wrong = "csv:reviews.csv?colour=red";
    act(&mut app, [Command::OpenSpec(wrong.to_owned())]);
    let session = &app.state().session;
    assert_eq!(session.spec_text().as_deref(), Some(wrong));
    let notice = session.notices.entries().last().expect("it is told");
    assert_eq!(notice.retry.as_deref(), Some(&Command::ToggleSpec));
}

#[test]
fn dropping_a_file_opens_it() {
    #[derive(Debug)]
    struct Dropped;
    impl egui::DroppedFile for Dropped {
        fn path(&self) -> &std::path::Path {
            std::path::Path::new("world")
        }
        fn bytes(&self) -> Result<Vec<u8>, String> {
            Ok(Vec::new())
        }
    }
    let mut app = window(SIZE, Session::new());
    app.input_mut().dropped_files.push(std::sync::Arc::new(Dropped));
    app.run();
    assert!(app.state().session.data.is_some());
}

#[test]
fn the_filter_lists_only_wrong_answers() {
    let mut app = explained(SIZE, Appearance::Dark);
    let filter =
        unmask::session::items::Filter { outcome: unmask::session::items::Outcome::Wrong, ..Default::default() };
    act(&mut app, [Command::SetFilter(filter)]);
    let session = &app.state().session;
    // Class two is never the likeliest but for equal thirds: its 20 items are answered as one.
    assert_eq!(session.explore.list.visible().len(), 20);
    assert!(session.explore.list.visible().iter().all(|item| item % 3 == 2));
    assert_eq!(session.explore.item, Some(2), "the item in view is one of the list");
}

#[test]
fn the_filter_works_by_clicks() {
    let mut app = explained(SIZE, Appearance::Dark);
    click(&mut app, "Filter");
    click_on(&mut app, Role::RadioButton, "Class: two");
    app.get_by_role_and_label(Role::Button, "Filter (on)");
    assert_eq!(app.state().session.explore.list.visible().len(), 20);
    // The form stays, for the next question.
    click_on(&mut app, Role::RadioButton, "Split: test");
    let filter = app.state().session.explore.list.filter.clone();
    assert_eq!((filter.class, filter.split), (Some(2), Some(unmask::data::Split::Test)));
    click_on(&mut app, Role::RadioButton, "Answer: right");
    assert!(app.state().session.explore.list.visible().is_empty(), "class two is never answered");
    click_on(&mut app, Role::RadioButton, "Answer: any");
    click_on(&mut app, Role::RadioButton, "Class: any");
    assert_eq!(app.state().session.explore.list.visible().len(), 20, "the last third is for tests");
    press(&mut app, egui::Key::Escape);
    assert!(app.query_by_label("Class: any").is_none(), "closed");
}

#[test]
fn a_list_that_waits_for_answers_says_how_many_there_are() {
    let mut app = explained(SIZE, Appearance::Dark);
    let session = &mut app.state_mut().session;
    let data = session.data.clone().expect("open");
    let (id, list) = (JobId::next(), &mut session.explore.list);
    // Only a few of the answers that the filter asks for have come, and none that passes.
    list.predictions = Predictions::new(ITEMS);
    list.predictions.put(&[0, 3], &[0.8, 0.1, 0.1, 0.8, 0.1, 0.1], 3);
    list.filter = Filter { prediction: Some(2), ..Filter::default() };
    list.rebuild(&data, None, &Default::default(), &Default::default());
    session.running.push(RunningJob {
        id,
        lane: Lane::Interactive,
        slot: Slot::new(slots::PREDICT, 0),
        purpose: Purpose::Predict("".into()),
        title: "Classifying".to_owned(),
        since: Instant::now(),
        started: true,
        progress: None,
        paused: false,
        is_dropped: false,
    });
    app.step();
    app.get_by_label("0 of the 2 classified so far listed; the rest is being classified");
    app.get_by_label("0 of 2 so far");
    app.get_by_label("0 listed");
    assert!(app.query_by_label("List all items").is_none());
    app.state_mut().session.running.remove(id);
    app.step();
    app.get_by_label("No item passes the filter.");
    app.get_by_label("List all items");
}

#[test]
fn one_listed_item_is_counted_as_one() {
    let mut app = explained(SIZE, Appearance::Dark);
    press(&mut app, Key::M);
    act(&mut app, [Command::SetFilter(Filter { marked: true, ..Filter::default() })]);
    assert_eq!(app.state().session.last_action, "1 item listed");
}

#[test]
fn sorting_by_confidence_starts_with_the_least_certain() {
    let mut app = explained(SIZE, Appearance::Dark);
    let sort = unmask::session::items::Sort { by: unmask::session::items::SortBy::Confidence, descending: false };
    act(&mut app, [Command::SetSort(sort)]);
    let list = &app.state().session.explore.list;
    let confidence: Vec<f32> =
        list.visible().iter().map(|&item| list.predictions.get(item as usize).expect("all known").1).collect();
    assert!(confidence.is_sorted());
}

#[test]
fn the_table_tells_whether_the_class_stays() {
    let mut app = explained(SIZE, Appearance::Dark);
    press(&mut app, Key::L);
    assert_eq!(app.state().session.explore.list.stays(4), Some((true, false)));
    app.get_by_label("Predicted");
}

#[test]
fn space_ticks_a_box_outside_of_the_explorer() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_role_and_label(Role::CheckBox, "Mask only").focus();
    app.run();
    press(&mut app, Key::Space);
    let toggled = app.get_by_role_and_label(Role::CheckBox, "Mask only").accesskit_node().toggled();
    assert_eq!(toggled, Some(egui::accesskit::Toggled::True));
    assert_eq!(app.state().session.explore.view, View::Overlay, "nothing was flipped");
}

#[test]
fn marks_can_be_taken_back() {
    let mut app = explained(SIZE, Appearance::Dark);
    press(&mut app, Key::M);
    assert!(app.state().session.explore.marked.contains(&0));
    press_with(&mut app, Modifiers::COMMAND, Key::Z);
    assert!(app.state().session.explore.marked.is_empty());
}

#[test]
fn a_marked_item_takes_a_note_that_the_list_shows() {
    let mut app = explained(SIZE, Appearance::Dark);
    assert!(app.query_by_label("Note on the item").is_none());
    press(&mut app, Key::M);
    write(&mut app, Role::TextInput, "Note on the item", "blurred?");
    assert_eq!(app.state().session.explore.note(0), Some("blurred?"));
    app.get_by_label_contains(", note: blurred?");
    act(&mut app, [Command::Undo]);
    assert_eq!(app.state().session.explore.note(0), None);
    // Without the mark it is not shown, and it comes back with the mark.
    act(&mut app, [Command::Redo, Command::SetMarked(0, false)]);
    assert!(app.query_by_label_contains("blurred?").is_none());
    act(&mut app, [Command::SetMarked(0, true)]);
    assert_eq!(app.state().session.explore.note(0), Some("blurred?"));
}

#[test]
fn the_places_are_on_the_rail_and_on_ctrl_digits() {
    let mut app = explained(SIZE, Appearance::Dark);
    click(&mut app, "Measure");
    assert_eq!(app.state().session.place, Place::Measure);
    press_with(&mut app, Modifiers::COMMAND, Key::Num2);
    assert_eq!(app.state().session.place, Place::Train);
    press_with(&mut app, Modifiers::COMMAND, Key::Num1);
    assert_eq!(app.state().session.place, Place::Explore);
}

#[test]
fn a_black_box_trains_from_the_form_and_is_used() {
    let mut app = window_on(SIZE, Session::new(), "world");
    click(&mut app, "Train a black box");
    app.get_by_label_contains("Train the black box on 3 classes").click();
    app.run();
    let session = &app.state().session;
    assert_eq!(session.boxes.len(), 1);
    assert_eq!(session.active_box().map(|active| active.card.hash.as_str()), Some("trained hash"));
    assert_eq!(session.train.runs.len(), 1);
    assert!(session.train.runs[0].report.is_some());
}

#[test]
fn a_kept_figure_is_listed_and_its_removal_can_be_taken_back() {
    let mut app = explained(SIZE, Appearance::Dark);
    press(&mut app, Key::K);
    assert_eq!(app.state().session.figures.kept.len(), 1);
    act(&mut app, [Command::Go(Place::Figures)]);
    click(&mut app, "Remove this figure");
    assert!(app.state().session.figures.kept.is_empty());
    press_with(&mut app, Modifiers::COMMAND, Key::Z);
    assert_eq!(app.state().session.figures.kept.len(), 1);
}

#[test]
fn every_place_names_its_controls_in_both_themes_and_when_narrow() {
    for appearance in [Appearance::Dark, Appearance::Light] {
        for size in [SIZE, [820.0, 560.0]] {
            let mut app = explained(size, appearance);
            for place in Place::ALL {
                act(&mut app, [Command::Go(place)]);
            }
            app.state_mut().command(Command::Go(Place::Explore));
            for command in [
                Command::ToggleShortcuts,
                Command::CloseTop,
                Command::ToggleNotices,
                Command::ToggleJobs,
                Command::CloseTop,
                Command::CloseTop,
                Command::ToggleFit,
                Command::ToggleListStyle,
                Command::AddColumn,
                Command::SetView(View::Side),
            ] {
                act(&mut app, [command]);
            }
        }
    }
}
