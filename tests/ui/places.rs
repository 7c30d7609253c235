//! Flows of Train, Measure and Figures, by the names that a screen reader says; training and measuring with real networks on tiny data.
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::{Dataset, DensePictures, Items, Shape};
use unmask::figure::{Annotation, Theme};
use unmask::session::settings::Appearance;
use unmask::session::train::RunState;
use unmask::session::{Command, Dialog, Place, Session};
use unmask::ui::dialogs::PresetDialogs;

use super::support::{
    Window, act, black_box, choose, click, click_on, dataset_of, explained, explained_with, press, press_with, real,
    session_with, settle, typed, window,
};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// 48 pictures of 16 x 16: a bright bar, lying in class "flat" and standing in class "tall".
fn bars() -> Dataset {
    const N: usize = 48;
    let bar = |item: usize| (0..256usize).map(move |at| (item, at / 16, at % 16));
    let bytes = (0..N).flat_map(bar).map(|(item, y, x)| {
        let across = if item % 2 == 0 { y } else { x };
        if usize::abs_diff(across, 4 + item % 7) < 2 { 230 } else { 0 }
    });
    let pictures = DensePictures {
        shape: Shape::new(1, 16, 16),
        bytes: Arc::new(bytes.collect()),
        order: Arc::new((0..N as u32).collect()),
    };
    dataset_of("bars", Items::Dense(pictures), &["flat", "tall"], (0..N).map(|item| item % 2), [24, 36])
}

/// Types a number into the one field of this name.
fn set_number(app: &mut Window, name: &str, digits: &str) {
    app.get_by_role_and_label(Role::SpinButton, name).focus();
    app.run();
    press_with(app, Modifiers::COMMAND, Key::A);
    for digit in digits.chars() {
        typed(app, &digit.to_string());
    }
    press(app, Key::Enter);
}

/// Whether there is something whose name has both.
fn is_said(app: &Window, start: &str, words: &str) -> bool {
    let has = |label: String| label.contains(words);
    app.query_all_by_label_contains(start).any(|node| node.accesskit_node().label().is_some_and(has))
}

#[test]
fn a_black_box_and_an_explainer_are_trained_and_measured_through_the_forms() {
    let mut app = real(Some(bars()));
    // Without a black box the form offers one; an explainer cannot be started yet and says why.
    click(&mut app, "New explainer");
    app.get_by_label("Train or open a black box first.");
    click(&mut app, "New black box");
    set_number(&mut app, "Epochs", "12");
    app.get_by_label_contains("Train the black box on 2 classes, 12 epochs").click();
    settle(&mut app);
    let run = &app.state().session.train.runs[0];
    assert_eq!(run.state, RunState::Done);
    let report = run.report.as_ref().expect("curves of the black box");
    assert_eq!((report.epoch, report.epochs), (12, 12));
    app.get_by_label_contains("On validation items: Accuracy");
    // What came of it stands where it ended, not only that it did.
    assert!(is_said(&app, "done · ", " % right on test"));

    click(&mut app, "New explainer");
    set_number(&mut app, "Epochs", "2");
    app.get_by_label("Train MEED for 25 of 256 pixels, 2 epochs").click();
    settle(&mut app);
    let session = &app.state().session;
    assert_eq!(session.train.runs[1].state, RunState::Done, "{:?}", session.train.runs[1].state);
    assert!(session.explainers.iter().any(|saved| saved.card.method == "meed" && saved.card.complete));
    app.get_by_label_contains("On validation items: FS-M");
    assert!(is_said(&app, "done · FS-M ", " of 2 kept"));
    app.get_by_label_contains("Losses on training items: ");

    act(&mut app, [Command::Go(Place::Measure)]);
    for metric in ["a1, selected rebuilt", "a2, rest rebuilt"] {
        // It may lie below what is in view.
        app.get_by_role_and_label(Role::CheckBox, metric).click_accesskit();
        app.run();
    }
    app.get_by_label("Measure 4 methods on 12 items").click();
    settle(&mut app);
    assert_eq!(
        app.state().session.last_action,
        "Measured 4 methods: metrics, fidelity over k and agreement",
        "once all is there"
    );
    let measure = &app.state().session.measure;
    assert_eq!(measure.table().map(|cells| cells.len()), Some(16), "four methods; FS-M, FU-M, a1 and a2");
    // Twelve items are all that there are: the form asks for no more, and the note names no number that means nothing.
    assert_eq!(measure.table().and_then(|cells| cells.conditions.limit), None);
    let most = app.get_by_role_and_label(Role::SpinButton, "Items, at most").value();
    assert_eq!(most.as_deref(), Some("12"));
    assert!(measure.curves.value().is_some_and(|cells| cells.len() >= 4 * 2 * 6));
    let agreement = measure.agreement.value().expect("masks are compared");
    assert_eq!((agreement.rows.len(), agreement.items), (4, 12));
    let (a, b) = (agreement.of(0, 1).expect("a pair"), agreement.of(1, 0).expect("the same pair"));
    assert_eq!(a, b);
    assert!((0.0..=100.0).contains(&a.0) && a.1[0] <= a.0 && a.0 <= a.1[1]);
    app.get_by_label_contains("Agreement of methods: ");
    for name in
        ["Trade-off of FS-M and FU-M: ", "Trade-off of a1 and a2: ", "Not dominated (DoRaR, Definition 2) at k = 25: "]
    {
        assert!(app.query_all_by_label_contains(name).next().is_some(), "{name}");
    }
}

#[test]
fn dorars_form_offers_the_schemes_by_name_and_says_what_a_weight_of_zero_stands_for() {
    let mut app = real(Some(bars()));
    click(&mut app, "New explainer");
    choose(&mut app, "Method", "DoRaR (remove and reconstruct)");
    let weight = app.get_by_role_and_label(Role::SpinButton, "Unselected weight").value();
    assert_eq!(weight.as_deref(), Some("k / units"));
    click_on(&mut app, Role::ComboBox, "Values");
    app.get_by_label("Scheme B (appendix B): prediction loss of the selected part alone").click();
    app.run();
    for (name, is_on) in [("Reconstruction loss", false), ("Unselected must fail", false)] {
        let toggled = app.get_by_role_and_label(Role::CheckBox, name).accesskit_node().toggled();
        assert_eq!(toggled == Some(egui::accesskit::Toggled::True), is_on, "{name}");
    }
    app.get_by_role_and_label(Role::ComboBox, "Noise in hidden parts");
}

#[test]
fn the_forms_begin_with_epochs_that_are_enough_and_fewer_are_warned_of_beside_the_button() {
    let mut app = real(Some(bars()));
    app.get_by_label_contains("Train the black box on 2 classes, 300 epochs");
    let few = |app: &Window| app.query_by_label_contains("too few to learn").is_some();
    assert!(!few(&app), "the form's own proposal is no reason to warn");
    click(&mut app, "New explainer");
    app.get_by_label("Train MEED for 25 of 256 pixels, 300 epochs");
    app.get_by_label("Set for your 24 training items; for large data 2 epochs.");
    assert!(!few(&app));
    assert_eq!(app.get_by_role_and_label(Role::ComboBox, "Values").value().as_deref(), Some("Program's default"));
    // A number of the user's own.
    set_number(&mut app, "Epochs", "2");
    app.get_by_label("2 minibatches in all: too few to learn; 300 epochs would give 300.");
    click(&mut app, "Set 300 epochs");
    app.get_by_label("Train MEED for 25 of 256 pixels, 300 epochs");
    assert!(!few(&app));
    // What a paper used stays as it is, with the warning.
    choose(&mut app, "Values", "Paper, MNIST 3 vs 8 (section 4.2): weight 0.001, k = 25");
    app.get_by_label("Train MEED for 25 of 256 pixels, 12 epochs");
    assert!(few(&app));
}

#[test]
fn a_box_that_learned_nothing_and_one_that_stopped_early_say_so_on_their_cards() {
    let mut made = black_box();
    made.card.largest_class = Some(0.6207);
    made.card.epochs = 3;
    made.card.stopped_early = Some(15);
    made.card.remarks = vec!["one class for everything: it has learned nothing".to_owned()];
    let mut app = window([1280.0, 1200.0], session_with(Appearance::Light, Some(made)));
    act(&mut app, [Command::Go(Place::Train)]);
    app.get_by_label("one class for everything: it has learned nothing");
    app.get_by_label("stopped after 3 of 15 epochs: no gain on validation");
    app.get_by_label_contains("); largest class 62.1 %");
    app.get_by_label(
        "Quarter, in use · 91 % right on test (largest class 62.1 %) · stopped after 3 of 15 epochs: no gain on validation",
    );
    app.get_by_label("8 x 8 pixels, grey");
}

#[test]
fn a_number_is_typed_digit_by_digit_into_a_form_that_changes_below_it() {
    let mut app = real(Some(bars()));
    click_on(&mut app, Role::SpinButton, "Batch size");
    app.key_press_modifiers(Modifiers::COMMAND, Key::A);
    for digit in ["2", "0", "4"] {
        typed(&mut app, digit);
    }
    press(&mut app, Key::Enter);
    let batch = app.get_by_role_and_label(Role::SpinButton, "Batch size").value();
    assert_eq!(batch.as_deref(), Some("204"));
    click(&mut app, "Reset batch size to 128");
    let batch = app.get_by_role_and_label(Role::SpinButton, "Batch size").value();
    assert_eq!(batch.as_deref(), Some("128"));
}

#[test]
fn the_table_sorts_by_a_header_and_writes_every_format() {
    let dir = tempfile::tempdir().expect("a folder");
    let paths = ["table.md", "table.tex", "table.csv", "table.json"].map(|name| dir.path().join(name));
    let dialogs = PresetDialogs::new(paths.iter().map(|path| vec![path.clone()]).collect());
    let mut app = explained_with(SIZE, Appearance::Dark, dialogs);
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_label_contains("Measure 3 methods").click();
    app.run();
    app.get_by_label("Sort by FS-M (%)").click();
    app.run();
    app.get_by_label("Sort by FS-M (%), now largest first");
    for path in &paths {
        click(&mut app, "Export table…");
        assert!(path.exists(), "{}", path.display());
    }
    let text = std::fs::read_to_string(&paths[0]).expect("Markdown");
    assert!(text.starts_with("| method | metric |") && text.contains("| fs_m |"), "{text}");
}

#[test]
fn metrics_of_words_are_not_offered_for_pictures() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_role_and_label(Role::CheckBox, "FS-M");
    assert!(app.query_by_role_and_label(Role::CheckBox, "Purity").is_none());
}

#[test]
fn a_desktop_without_file_dialogs_lets_the_path_be_typed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut app = explained_with(SIZE, Appearance::Dark, PresetDialogs::absent());
    act(&mut app, [Command::Ask(Dialog::ExportFigure)]);
    let name = app.get_by_label("Path").value().expect("a path is offered");
    assert!(name.ends_with(".png"), "{name}");
    let retype = |app: &mut Window, path: &std::path::Path| {
        app.get_by_label("Path").focus();
        app.run();
        press_with(app, Modifiers::COMMAND, Key::A);
        app.get_by_label("Path").type_text(&path.display().to_string());
        app.run();
    };
    retype(&mut app, &dir.path().join("absent").join("figure.svg"));
    assert!(app.query_by_label_contains("There is no folder").is_some(), "the missing folder is named");
    press(&mut app, Key::Enter);
    let path = dir.path().join("figure.svg");
    retype(&mut app, &path);
    press(&mut app, Key::Enter);
    assert!(path.exists(), "the figure is written");
    assert!(app.query_by_label("Path").is_none(), "the form is gone");
}

#[test]
fn k_outside_the_units_is_refused_with_a_sentence() {
    let mut app = explained(SIZE, Appearance::Dark);
    act(&mut app, [Command::Go(Place::Measure)]);
    app.get_by_label("k, one or several").focus();
    app.run();
    app.get_by_label("k, one or several").type_text("5, 900");
    app.run();
    let sentence = "k: expected numbers from 1 to 64, found \"900\"";
    assert!(app.query_all_by_label_contains(sentence).next().is_some(), "the wrong number is named");
}

fn kept(dialogs: PresetDialogs) -> Window {
    let mut app = explained_with(SIZE, Appearance::Dark, dialogs);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    app
}

#[test]
fn a_figure_is_kept_drawn_on_and_exported() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("figure.svg");
    let mut app = kept(PresetDialogs::new(vec![vec![path.clone()]]));
    click(&mut app, "Tool: Arrow");
    // Drag over the preview, from its middle to the right.
    let middle = app.get_by_label_contains("Preview of").rect().center();
    app.drag_at(middle);
    app.run();
    app.hover_at(middle + egui::vec2(30.0, 0.0));
    app.run();
    app.hover_at(middle + egui::vec2(80.0, 20.0));
    app.run();
    app.drop_at(middle + egui::vec2(80.0, 20.0));
    app.run();
    let annotations = app.state().session.figures.kept[0].annotations.clone();
    let [Annotation::Arrow { from, to, .. }] = annotations[..] else { panic!("{annotations:?}") };
    assert!(to.x > from.x && to.y > from.y, "from {from:?} to {to:?}");

    click(&mut app, "Tool: Panel letter");
    click(&mut app, "Add in the middle");
    click(&mut app, "Export as PNG, SVG or PDF…");
    let svg = std::fs::read_to_string(&path).expect("the SVG");
    assert!(svg.contains("class=\"annotations\"") && svg.contains("(a)"), "annotations are vectors and text");

    press_with(&mut app, Modifiers::COMMAND, Key::Z);
    press_with(&mut app, Modifiers::COMMAND, Key::Z);
    assert!(app.state().session.figures.kept[0].annotations.is_empty());
}

#[test]
fn title_and_caption_are_drawn_and_typing_is_one_step_of_undo() {
    let mut app = kept(PresetDialogs::default());
    app.get_by_role_and_label(Role::MultilineTextInput, "Caption").focus();
    app.run();
    for part in ["What ", "it ", "used"] {
        app.get_by_role_and_label(Role::MultilineTextInput, "Caption").type_text(part);
        app.run();
    }
    let figure = &app.state().session.figures.kept[0];
    assert_eq!(figure.caption, "What it used");
    assert!(figure.figure.texts().iter().any(|text| text.text == "What it used"));
    act(&mut app, [Command::Undo]);
    assert_eq!(app.state().session.figures.kept[0].caption, "");
}

#[test]
fn annotations_stay_on_the_picture_when_a_heading_moves_it() {
    let mut app = kept(PresetDialogs::default());
    click(&mut app, "Tool: Box");
    click(&mut app, "Add in the middle");
    let y = |app: &Window| match app.state().session.figures.kept[0].annotations[..] {
        [Annotation::Box { rect, .. }] => rect.y,
        _ => panic!("one box"),
    };
    let before = y(&app);
    click_on(&mut app, Role::CheckBox, "Title above the figure");
    assert!(y(&app) > before, "the heading pushes the picture down");
    click_on(&mut app, Role::CheckBox, "Title above the figure");
    assert!((y(&app) - before).abs() < 1e-3);
}

#[test]
fn kept_figures_are_ordered_put_on_a_sheet_and_written_together() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut app = kept(PresetDialogs::new(vec![vec![dir.path().to_path_buf()]]));
    act(&mut app, [Command::Go(Place::Explore), Command::NextItem]);
    act(&mut app, [Command::KeepFigure, Command::Go(Place::Figures)]);
    click(&mut app, "Move the figure up in the list");
    let items: Vec<usize> = app.state().session.figures.kept.iter().map(|figure| figure.item).collect();
    assert_eq!(items, [1, 0]);
    click(&mut app, "Contact sheet of all");
    let kept = &app.state().session.figures.kept;
    assert_eq!((kept.len(), kept[2].pictures.len()), (3, 2));
    assert_eq!(kept[0].theme, Theme::Light);
    click(&mut app, "PDF…");
    assert_eq!(std::fs::read_dir(dir.path()).expect("the folder").count(), 3);
}

#[test]
fn places_without_anything_say_one_sentence() {
    let mut app = window(SIZE, Session::new());
    for (place, words) in [
        (Place::Train, "Curves and cards appear here"),
        (Place::Measure, "Measuring needs data"),
        (Place::Figures, "No figure was kept yet"),
    ] {
        act(&mut app, [Command::Go(place)]);
        app.get_by_label_contains(words);
    }
}

#[test]
fn pictures_of_the_places_in_both_themes() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (appearance, theme) in [(Appearance::Dark, "dark"), (Appearance::Light, "light")] {
        let mut app = explained([1280.0, 800.0], appearance);
        app.state_mut().command(Command::KeepFigure);
        for (place, name) in [(Place::Train, "train"), (Place::Measure, "measure"), (Place::Figures, "figures")] {
            act(&mut app, [Command::Go(place)]);
            if place == Place::Measure {
                app.get_by_label_contains("Measure 3 methods").click();
                app.run();
            }
            app.snapshot(format!("{name}_{theme}"));
        }
        results.extend(app.take_snapshot_results());
    }
}
