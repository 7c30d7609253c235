//! A document of thousands of words with the panel of classes open: it answers to clicks, and only what is in sight is made.
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::figure::layout::View;
use unmask::session::Command;
use unmask::session::reading::Action;
use unmask::session::settings::Appearance;

use super::support::{Window, act, click};
use super::texts::{LONG, reviews, units_of};

const SIZE: [f32; 2] = [1280.0, 800.0];
/// The long review.
const ITEM: usize = 30;
/// A row of the table of classes: the word speaks for "negative".
const DULL: &str = "dull: 3.00, \u{2212}3.00";
/// Most widgets that the long text may need beyond those of a short one: a window full of marked words. A widget for each word would be far more.
const MORE: usize = LONG / 4;

fn widgets(app: &Window) -> usize {
    app.root().children_recursive().count()
}

/// The long review with the panel of classes open, and how many widgets a short one needs in the same window.
fn long_review() -> (Window, usize) {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", true);
    app.get_by_label("What speaks for each class");
    let short = widgets(&app);
    act(&mut app, [Command::SelectItem(ITEM)]);
    (app, short)
}

/// The selected words in sight, line by line.
fn lines(app: &Window) -> Vec<Vec<String>> {
    let mut words: Vec<(egui::Rect, String)> = app
        .query_all_by_label_contains(", selected, rank ")
        .map(|node| {
            let (rect, node) = (node.rect(), node.accesskit_node());
            (rect, [node.label(), node.value()].into_iter().flatten().collect())
        })
        .collect();
    words.sort_by(|(a, _), (b, _)| a.top().total_cmp(&b.top()).then(a.left().total_cmp(&b.left())));
    let lines = words.chunk_by(|(a, _), (b, _)| (a.top() - b.top()).abs() < 1.0);
    lines.map(|line| line.iter().map(|(_, word)| word.clone()).collect()).collect()
}

#[test]
fn the_first_words_in_sight_stay_there_when_a_text_is_set_in_a_wider_or_narrower_column() {
    let mut app = reviews(SIZE, Appearance::Dark, "reviews", false);
    act(&mut app, [Command::SelectItem(ITEM), Command::SetK(LONG)]);
    // Far down, where no word is chosen any more that the text would follow.
    let far = units_of(&app, "dull")[3];
    act(&mut app, [Command::Reading(Action::Choose(Some(far)))]);
    act(&mut app, [Command::Reading(Action::Choose(None))]);
    // The uppermost line may be cut off.
    let top: Vec<String> = lines(&app)[..2].concat();
    let mut after = |command: Command| {
        act(&mut app, [command.clone()]);
        let first = lines(&app)[0].clone();
        assert!(first.iter().any(|word| top.contains(word)), "{command:?}: {first:?}, before {top:?}");
        first
    };
    let wide = after(Command::ToggleViewerAlone);
    let narrow = after(Command::ToggleViewerAlone);
    after(Command::SetView(View::Side));
    after(Command::SetView(View::Overlay));
    // A way there and back does not drift.
    assert_eq!(after(Command::ToggleViewerAlone), wide);
    assert_eq!(after(Command::ToggleViewerAlone), narrow);
}

#[test]
fn the_panel_of_classes_of_a_long_text_sorts_and_its_rows_lead_to_their_words() {
    let (mut app, _) = long_review();
    let n = app.state().session.explore.focused_result().expect("a result").selectable();
    assert!(n > LONG / 2, "{n}");
    app.get_by_label("What speaks for each class");
    app.get_by_label_contains("The black box does not get ");
    click(&mut app, "Sort by negative");
    assert_eq!(app.state().session.explore.class_focus, Some(0));
    let dull = units_of(&app, "dull");
    assert!(dull.len() > 3, "{dull:?}");
    // The third of them stands far below what is in sight.
    let word = "dull, selected, rank 3";
    assert!(app.query_by_label(word).is_none(), "the text begins elsewhere");
    let mut rows: Vec<_> = app.get_all_by_label(DULL).collect();
    rows.sort_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    rows.get(2).expect("the rows of the class lead").click();
    app.run();
    assert_eq!(app.state().session.explore.reading.chosen, Some(dull[2]));
    app.get_by_label(word);
    // Clicked in the text, it is taken out, and put back by another click.
    app.get_by_label(word).click();
    app.run();
    assert_eq!(app.state().session.taken_out(), [dull[2]]);
    app.get_by_label(&format!("{word}, taken out")).click();
    app.run();
    assert!(app.state().session.taken_out().is_empty());
    app.get_by_role_and_label(Role::Button, "Colour by positive").click_accesskit();
    app.run();
    assert_eq!(app.state().session.explore.class_focus, Some(1));
    app.get_by_label_contains("Only the words of positive: positive (");
}

#[test]
fn a_long_text_needs_hardly_more_widgets_than_a_short_one() {
    let (mut app, short) = long_review();
    for command in [
        Command::SetK(5),
        Command::FocusClass(Some(0)),
        // All words are marked, which for a class only those are that speak for it; those in sight have a name each.
        Command::FocusClass(None),
        Command::SetK(LONG),
        Command::SetView(View::Heat),
        Command::SetView(View::Side),
        Command::LastItem,
    ] {
        act(&mut app, [command.clone()]);
        assert_eq!(app.state().session.explore.item, Some(ITEM));
        let long = widgets(&app);
        assert!(long < short + MORE, "{command:?}: {long} widgets, {short} for a short text");
        let marked = app.query_all_by_label_contains(", selected, rank ").count();
        let rows = app.query_all_by_role(Role::Button).count();
        assert!(marked < MORE && rows < MORE, "{command:?}: {marked} words, {rows} buttons");
    }
    let marked = app.query_all_by_label_contains(", selected, rank ").count();
    assert!(marked > 20, "the lines in sight are marked: {marked} words");
}
