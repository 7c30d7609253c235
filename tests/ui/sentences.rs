//! Texts that a black box reads sentence by sentence: a world of letters whose rows have lines, so that a sentence is a unit. One word is unknown to
//! the black box and stays in its sentence all the same.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use unmask::data::text::{Corpus, TextFit, TextFitSpec, TextItems};
use unmask::data::{DataSpec, Dataset, Items, Modality, Rows, Split, Unit, Units};
use unmask::explain::mask::{Mask, keep_only};
use unmask::figure::layout::{Hidden, View};
use unmask::jobs::{Explain, Explained, MethodResult, Output, Task, classes};
use unmask::model::{Background, SavedBox};
use unmask::session::settings::Appearance;
use unmask::session::{Command, Session};
use unmask::ui::App;
use unmask::ui::dialogs::PresetDialogs;

use super::support::{black_box, explainer, window_with};

const SIZE: [f32; 2] = [1280.0, 800.0];
const ITEMS: usize = 24;

/// Words that speak for "positive" (above zero) or "negative".
const WEIGHTS: [(&str, f32); 5] = [("delight", 3.0), ("again", 0.5), ("cold", -1.0), ("late", -1.5), ("broken", -2.0)];

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

fn dataset() -> Dataset {
    let mut corpus = Corpus::default();
    for at in 0..ITEMS {
        corpus.push(LETTERS[at % LETTERS.len()]);
    }
    Dataset {
        name: "letters".to_owned(),
        spec: DataSpec::from_path("letters"),
        modality: Modality::Text,
        items: Items::Text(TextItems::all(corpus)),
        labels: (0..ITEMS).map(|item| Some(u16::from(item % 2 == 0))).collect(),
        classes: vec!["negative".to_owned(), "positive".to_owned()],
        splits: (0..ITEMS).map(|item| if item < 12 { Split::Train } else { Split::Test }).collect(),
        source_index: (0..ITEMS as u32).collect(),
        hash: "letters hash".to_owned(),
        remarks: Vec::new(),
        truth: None,
    }
}

/// A black box whose rows are six lines of twenty words; words that it does not know are left out.
fn sentence_box() -> SavedBox {
    let data = dataset();
    let spec = TextFitSpec { length: 20, sentences: Some(6), ..TextFitSpec::l2x_sentence() };
    let known = LETTERS.map(|letter| letter.replace(UNKNOWN, ""));
    let fit = TextFit::build(known.iter().map(String::as_str), &spec);
    let mut made = black_box();
    made.card.name = "Sentence weights".to_owned();
    made.card.architecture = "l2x-sentence-lstm".to_owned();
    made.card.shape = fit.shape();
    made.card.classes = data.classes;
    made.card.data_hash = data.hash;
    let rows = Rows { shape: fit.shape(), values: vec![0.0; fit.shape().len()] };
    made.card.text = Some(fit);
    made.background = Arc::new(Background::from_rows(&rows));
    made
}

/// How the black box reads texts, where it reads them sentence by sentence.
fn fit_of(black_box: &SavedBox) -> Option<&TextFit> {
    black_box.card.text.as_ref().filter(|fit| fit.spec().sentences.is_some())
}

fn weight(fit: &TextFit, id: f32) -> f32 {
    WEIGHTS.iter().find(|(word, _)| *word == fit.word(id as usize)).map_or(0.0, |(_, weight)| *weight)
}

fn answer(fit: &TextFit, row: &[f32]) -> Vec<f32> {
    let sum: f32 = row.iter().filter(|id| **id != 0.0).map(|id| weight(fit, *id)).sum();
    let positive = 1.0 / (1.0 + (-sum).exp());
    vec![1.0 - positive, positive]
}

/// The answer to the units of a mask alone.
fn answer_to(fit: &TextFit, rows: &Rows, units: Units, mask: Mask) -> Vec<f32> {
    let padding = Rows { shape: rows.shape, values: vec![0.0; rows.values.len()] };
    answer(fit, &keep_only(rows, units, &[mask], &padding).values)
}

fn explain(task: &Explain, fit: &TextFit) -> Output {
    let rows = task.data.token_rows(&[task.item], fit).expect("texts");
    let units = Units::new(task.unit, rows.shape);
    let padding = units.padding(rows.row(0));
    let mut sums = vec![0.0_f32; units.count()];
    for (id, unit) in rows.values.iter().zip(units.unit_of_values()) {
        sums[unit as usize] += weight(fit, *id);
    }
    let methods = task.explainers.iter().map(|explainer| {
        let scores: Vec<f32> = (0..units.count())
            .map(|unit| match explainer.card.method.as_str() {
                _ if padding[unit] => f32::NEG_INFINITY,
                "random" => ((unit * 37) % 64) as f32 / 64.0,
                _ => sums[unit].abs(),
            })
            .collect();
        let mask = Mask::top_k(&scores, task.k);
        Ok(MethodResult {
            explainer: explainer.card.hash.clone(),
            ranks: classes::ranks(&scores),
            probs_selected: answer_to(fit, &rows, units, mask.clone()),
            probs_unselected: answer_to(fit, &rows, units, mask.complement()),
            scores,
            by_class: None,
            millis: 1.0,
            rebuilt: Vec::new(),
        })
    });
    Output::Explained(Arc::new(Explained {
        data: task.data.hash.clone(),
        item: task.item,
        units,
        k: task.k,
        fill: task.fill,
        seed: task.seed,
        probs_full: answer(fit, &rows.values),
        methods: methods.collect(),
        row: rows.values.clone(),
        fill_row: vec![0.0; rows.values.len()],
        text: task.data.text(task.item).map(Arc::from),
        millis: 1.0,
    }))
}

/// Answers tasks about texts that are read sentence by sentence.
pub fn run(task: &Task) -> Option<Output> {
    Some(match task {
        Task::OpenData { spec } if spec.path.ends_with("letters") => Output::Data(Arc::new(dataset())),
        Task::Explain(task) => explain(task, fit_of(&task.black_box)?),
        Task::Without(task) => {
            let fit = fit_of(&task.black_box)?;
            let rows = task.data.token_rows(&[task.item], fit).expect("texts");
            let units = Units::new(task.unit, rows.shape);
            let without = Mask::of(&[task.at], units.count()).complement();
            Output::Without { item: task.item, at: task.at, probs: answer_to(fit, &rows, units, without) }
        }
        Task::Predict { black_box, data, items, .. } => {
            let fit = fit_of(black_box)?;
            let rows = data.token_rows(items, fit).expect("texts");
            let probs = (0..items.len()).flat_map(|at| answer(fit, rows.row(at))).collect();
            Output::Predictions { items: items.clone(), probs, classes: 2 }
        }
        _ => return None,
    })
}

/// The letters are open, with their black box; a gradient explains the first.
fn letters(size: [f32; 2], appearance: Appearance) -> Harness<'static, App> {
    let mut session = Session::new();
    session.settings.appearance = appearance;
    session.boxes.push(Arc::new(sentence_box()));
    session.active_box = Some(0);
    session.machine = Some("CPU, 2 cores, 8 GB".to_owned());
    let mut app = window_with(size, session, PresetDialogs::default());
    app.state_mut().command(Command::OpenSpec("letters".to_owned()));
    app.run();
    let known = &app.state().session.explainers;
    let explainer = known.iter().position(|known| known.card.method == "grad").expect("a gradient");
    app.state_mut().command(Command::SetMethod { column: 0, explainer });
    app.run();
    app
}

/// The words that are marked as selected in the text, in alphabetical order.
fn marked(app: &Harness<'static, App>) -> Vec<String> {
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
fn drawn(app: &mut Harness<'static, App>) -> Vec<String> {
    app.state_mut().command(Command::KeepFigure);
    app.run();
    let kept = app.state().session.figures.kept.last().expect("a figure");
    kept.figure.texts().iter().map(|text| text.text.clone()).collect()
}

/// Takes an entry of the menu of units.
fn choose_unit(app: &mut Harness<'static, App>, name: &str) {
    app.get_by_role_and_label(Role::ComboBox, "Units").click();
    app.run();
    app.get_by_role_and_label(Role::Button, name).click();
    app.run();
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
    app.key_press(Key::Space);
    app.run();
    assert_eq!(app.state().session.explore.view, View::Selected);
    app.get_by_label_contains("Selected only of item 0");
    assert_eq!(marked(&app), GUIDE);
    let words = drawn(&mut app);
    assert!(GUIDE.iter().all(|word| has(&words, word)), "{words:?}");
    assert!(!others.iter().any(|word| has(&words, word)), "{words:?}");

    app.key_press(Key::Space);
    app.run();
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
fn the_keys_for_k_select_one_more_sentence_and_never_more_than_there_are() {
    let mut app = letters(SIZE, Appearance::Dark);
    let mut more = || {
        app.event(egui::Event::Text(".".to_owned()));
        app.run();
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
    app.get_by_role_and_label(Role::ComboBox, "Units").click();
    app.run();
    assert!(app.query_by_role_and_label(Role::Button, "words").is_none(), "no method selects words");
    app.get_by_role_and_label(Role::Button, "sentences").click();
    app.run();
    assert_eq!(app.state().session.explore.unit, Unit::Sentence);

    let mut of_words = explainer("l2x", "Words", Unit::Word, 3);
    of_words.weights = Arc::new(vec![1]);
    app.state_mut().session.explainers.push(Arc::new(of_words));
    choose_unit(&mut app, "words");
    assert_eq!(app.state().session.explore.unit, Unit::Word);
    app.state_mut().command(Command::SetK(4));
    app.run();
    app.get_by_label_contains("Overlay · 4 of 20 words · fill: padding");
    assert_eq!(marked(&app), ["again", "cold", "delight", "late"]);
    app.get_by_label("Rank 1: delight, selected");

    choose_unit(&mut app, "sentences");
    let explore = &app.state().session.explore;
    assert_eq!((explore.unit, explore.k), (Unit::Sentence, 1));
    assert_eq!(marked(&app), GUIDE);
}

fn shown(appearance: Appearance, commands: &[Command], name: &str) {
    let mut app = letters([1180.0, 760.0], appearance);
    for command in commands {
        app.state_mut().command(command.clone());
        app.run();
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
