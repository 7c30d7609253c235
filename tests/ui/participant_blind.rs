//! Nothing on the participant's screen tells arms apart except the item; and a picture of every form of answer.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::session::settings::Appearance;
use unmask::study::design::Form;
use unmask::study::session::{FakeClock, View};
use unmask::study::store::NewPerson;
use unmask::ui::participant::TITLE;

use super::participant::{DAY, OnDisk, Window, answer, press, spec, to_items, view, window};

/// Everything that a screen reader gets, a line each, with where it is.
fn tree(app: &Window) -> String {
    let mut lines = Vec::new();
    for node in app.root().children_recursive() {
        let node = node.accesskit_node();
        lines.push(format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            node.role(),
            node.label(),
            node.value(),
            node.numeric_value(),
            node.description(),
            node.raw_bounds()
        ));
    }
    lines.join("\n")
}

/// A picture of the screen without the item.
fn around(app: &mut Window) -> image::RgbaImage {
    let hidden = app.state().stimulus_rect();
    assert!(hidden.width() > 100.0, "the item is drawn");
    let mut image = app.render().expect("a picture of the screen");
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        if hidden.contains(egui::pos2(x as f32 + 0.5, y as f32 + 0.5)) {
            *pixel = image::Rgba([0, 0, 0, 255]);
        }
    }
    image
}

/// Titles that the window asked for in its last frame.
fn titles(app: &Window) -> Vec<String> {
    let commands = app.output().viewport_output.values().flat_map(|viewport| &viewport.commands);
    commands
        .filter_map(|command| match command {
            egui::ViewportCommand::Title(title) => Some(title.clone()),
            _ => None,
        })
        .collect()
}

fn at_place(study: &OnDisk, slot: usize) -> Window {
    let file = study.dir.path().join(format!("place {slot}.sqlite"));
    std::fs::copy(&study.file, &file).unwrap();
    let mut store = unmask::study::store::Store::open(&file).unwrap();
    for taken in 0..slot {
        let person = NewPerson { uid: format!("other {taken}"), code: format!("OTHER{taken}"), slot: taken, now: DAY };
        store.add_person(&person).unwrap();
    }
    drop(store);
    let mut app = window(&file, &FakeClock::new(DAY), Appearance::Light);
    to_items(&mut app);
    assert_eq!(app.state().participant().session().unwrap().slot(), slot);
    app
}

#[test]
fn arms_differ_in_nothing_but_the_item() {
    for (form, is_text) in [(Form::Class, false), (Form::Scores, false), (Form::ClassOrUndecided, true)] {
        let study = OnDisk::with(&spec(form), is_text);
        let mut places: Vec<Window> = (0..3).map(|slot| at_place(&study, slot)).collect();
        let mut n_arms = 0;
        for _ in 0..6 {
            let arms: std::collections::BTreeSet<_> = places
                .iter()
                .map(|app| {
                    let session = app.state().participant().session().unwrap();
                    study.key.stimuli[session.stimulus_code().unwrap()].arm
                })
                .collect();
            n_arms = n_arms.max(arms.len());
            let items: Vec<_> = places
                .iter_mut()
                .map(|app| {
                    let whole = app.render().unwrap();
                    (tree(app), titles(app), around(app), whole)
                })
                .collect();
            for other in &items[1..] {
                assert_eq!(items[0].0, other.0, "{form:?}: the accessibility tree");
                assert_eq!(items[0].1, other.1, "{form:?}: the title");
                assert!(items[0].2 == other.2, "{form:?}: a pixel outside the item");
            }
            // The test can fail: the items themselves do differ.
            if arms.len() > 1 {
                assert!(items.iter().any(|item| item.3 != items[0].3), "{form:?}: the items are alike");
            }
            for word in ["alpha", "beta", "gamma", "grad", "secret", "sqlite", "animals", "0.8"] {
                assert!(!items[0].0.contains(word), "{form:?}: the tree says {word}");
            }
            for app in &mut places {
                answer(app);
            }
        }
        assert_eq!(n_arms, 3, "{form:?}: all arms stood beside each other");
    }
}

#[test]
fn in_the_programs_window_nothing_of_the_program_is_left_and_it_comes_back() {
    let study = OnDisk::new(&spec(Form::Class));
    let mut app = super::support::explained([1000.0, 640.0], Appearance::Light);
    assert!(app.query_all_by_label("Explore").next().is_some());
    app.state_mut().command(unmask::session::Command::TakePart(study.file.clone()));
    app.step();
    let titles: Vec<_> = app.output().viewport_output.values().flat_map(|viewport| viewport.commands.clone()).collect();
    assert!(titles.contains(&egui::ViewportCommand::Title(TITLE.to_owned())), "{titles:?}");
    assert!(titles.contains(&egui::ViewportCommand::Fullscreen(true)));
    app.run();
    let all: Vec<String> = app.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect();
    assert!(all.iter().any(|label| label == "Begin"), "{all:?}");
    for word in ["Explore", "Train", "Measure", "Gradient", "world"] {
        assert!(!all.iter().any(|label| label.contains(word)), "{word} is still there: {all:?}");
    }
    // Keys of the program do nothing here.
    app.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
    app.run();
    assert!(app.state().participant().is_some() && app.query_by_label("Begin").is_some());
    for key in [Key::Escape, Key::Enter] {
        app.key_press(key);
        app.run();
    }
    assert!(app.state().participant().is_none());
    assert!(app.query_all_by_label("Explore").next().is_some());
}

fn snapshot(form: Form, is_text: bool, appearance: Appearance, name: &str) {
    let mut spec = spec(form);
    spec.answer.confidence = form == Form::Class;
    spec.answer.truth_too = form == Form::Class;
    let study = OnDisk::with(&spec, is_text);
    let mut app = window(&study.file, &FakeClock::new(DAY), appearance);
    to_items(&mut app);
    press(&mut app, &[Key::Num2]);
    if form == Form::Scores {
        press(&mut app, &[Key::Enter, Key::Num7, Key::Enter, Key::Num1, Key::Num0]);
    }
    assert!(matches!(view(&app), View::Trial(_)));
    app.snapshot(name);
}

#[test]
fn classes_with_two_more_questions() {
    snapshot(Form::Class, false, Appearance::Light, "participant_class_light");
}

#[test]
fn classes_in_the_dark_theme() {
    snapshot(Form::Class, false, Appearance::Dark, "participant_class_dark");
}

#[test]
fn a_text_in_the_light_theme() {
    snapshot(Form::ClassOrUndecided, true, Appearance::Light, "participant_text_light");
}

#[test]
fn scores_in_the_light_theme() {
    snapshot(Form::Scores, false, Appearance::Light, "participant_scores_light");
}

#[test]
fn a_text_with_cannot_decide() {
    snapshot(Form::ClassOrUndecided, true, Appearance::Dark, "participant_text_dark");
}

#[test]
fn scores() {
    snapshot(Form::Scores, false, Appearance::Dark, "participant_scores_dark");
}

#[test]
fn the_researchers_language_is_on_every_word_of_the_screen() {
    let mut spec = spec(Form::Class);
    for word in unmask::study::words::Word::ALL {
        let braces: String =
            ["{n}", "{of}", "{code}", "{class}"].into_iter().filter(|b| word.english().contains(b)).collect();
        spec.texts.words.insert(word.id().to_owned(), format!("Wort{braces}"));
    }
    (spec.texts.heading, spec.texts.consent) = ("Wort".to_owned(), "Wort".to_owned());
    (spec.texts.instructions, spec.texts.question) = ("Wort".to_owned(), "Wort".to_owned());
    spec.texts.classes = ["Wort 1", "Wort 2", "Wort 3"].map(String::from).to_vec();
    let study = OnDisk::new(&spec);
    let mut app = window(&study.file, &FakeClock::new(DAY), Appearance::Light);
    for key in [Key::Enter, Key::Enter, Key::Enter, Key::Num1, Key::Enter, Key::Escape, Key::Enter] {
        let labels: Vec<String> =
            app.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect();
        for label in labels {
            assert!(label.is_empty() || label.starts_with("Wort"), "\"{label}\" is not the researcher's");
        }
        press(&mut app, &[key]);
    }
    spec.texts.words.insert("no-such-word".to_owned(), "x".to_owned());
    assert!(spec.check().unwrap_err().to_string().contains("no-such-word"));
}
