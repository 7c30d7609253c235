//! The participant's screens, by keyboard alone: every form of answer, undo, pause, coming back, refusals, and the times that are kept.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

use std::path::{Path, PathBuf};

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, SnapshotOptions};
use unmask::session::participant::{Act, Participant, Scene};
use unmask::session::settings::Appearance;
use unmask::study::allocate::Candidate;
use unmask::study::design::{Arm, ArmKind, Form, Later, Protocol, Spec};
use unmask::study::key::{Frozen, Key as StudyKey};
use unmask::study::make::{Blueprint, PoolItem, Rendered, make};
use unmask::study::session::{Choice, Clock, FakeClock, Input, View, code_of};
use unmask::study::stimulus::Media;
use unmask::study::store::{PersonState, Store};
use unmask::ui::participant::Screen;
use unmask::ui::theme;

pub const DAY: i64 = 1_760_000_000;
pub type Window = Harness<'static, Screen<FakeClock>>;

/// Three arms, 6 items, 6 people, one practice item; no turned buttons. The protocol is one that takes such answers.
pub fn spec(form: Form) -> Spec {
    let mut spec = Spec::from_toml("title = 'Small'", "test").unwrap();
    let arm = |name: &str, kind, method: &str| Arm {
        name: name.to_owned(),
        kind,
        explainer: String::new(),
        method: method.to_owned(),
    };
    spec.arms = vec![
        arm("alpha", ArmKind::Selected, "grad"),
        arm("beta", ArmKind::Random, ""),
        arm("gamma", ArmKind::Full, ""),
    ];
    spec.items.count = 6;
    spec.people.count = 6;
    spec.checks.practice = 1;
    spec.checks.catch = 0;
    spec.checks.repeats = 0;
    spec.answer.form = form;
    spec.protocol = match form {
        Form::Class => Protocol::Standard,
        Form::Scores => Protocol::Meed,
        Form::ClassOrUndecided => Protocol::L2x,
    };
    spec.answer.turn_buttons = false;
    spec.seed = 5;
    spec
}

/// A picture of the model's class, the item and the arm in colours.
pub fn picture(item: usize, class: u16, arm: usize) -> Media {
    let mut image = image::RgbaImage::new(28, 28);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let on = (x / 7 + y / 7) % 4 == u32::from(class) || (arm == 1 && y > 20);
        let shade = if on { 255 - (item % 50) as u8 } else { 10 * arm as u8 };
        *pixel = image::Rgba([shade, shade, shade, 255]);
    }
    let mut png = std::io::Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).unwrap();
    Media::Image(png.into_inner())
}

fn words(item: usize, arm: usize) -> Media {
    let all: Vec<String> = (0..400).map(|word| format!("word{}", (item * 7 + word) % 90)).collect();
    match arm {
        2 => Media::Text(vec![all.join(" ")]),
        _ => Media::Text(vec![all[..2].join(" "), all[5].clone(), all[9..12].join(" ")]),
    }
}

pub struct OnDisk {
    pub dir: tempfile::TempDir,
    pub file: PathBuf,
    /// One per machine; `file` is the first.
    pub files: Vec<PathBuf>,
    pub key: StudyKey,
}

impl OnDisk {
    pub fn new(spec: &Spec) -> Self {
        Self::with(spec, false)
    }

    pub fn with(spec: &Spec, is_text: bool) -> Self {
        Self::made(spec, 1, |item, class, arm| if is_text { words(item, arm) } else { picture(item, class, arm) })
    }

    /// For several machines, with stimuli of (item, class, arm).
    pub fn made(spec: &Spec, copies: usize, draw: impl Fn(usize, u16, usize) -> Media) -> Self {
        let classes = ["cat".to_owned(), "dog".to_owned(), "horse".to_owned()];
        let pool: Vec<PoolItem> = (0..200)
            .map(|index| {
                let model = (index % 3) as u16;
                let truth = if index % 4 == 0 { (model + 1) % 3 } else { model };
                PoolItem {
                    candidate: Candidate { index, truth: Some(truth), model, confidence: 0.8 },
                    source: index as u32,
                    name: format!("secret {index}"),
                    probs: vec![0.8, 0.1, 0.1],
                }
            })
            .collect();
        let explainers = vec!["hash".to_owned(); spec.arms.len()];
        let blueprint = Blueprint {
            spec,
            classes: &classes,
            pool: &pool,
            explainers: &explainers,
            frozen: Frozen { data_name: "animals".to_owned(), units: 784, k: 25, ..Frozen::default() },
        };
        let made = make(blueprint, &mut |item, arm, _| {
            let (class, arm) = (pool[item].candidate.model, arm.unwrap_or(2));
            Ok(Rendered { media: draw(item, class, arm), answer: class, selected: vec![item as u32] })
        })
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let files = made.write(&dir.path().join("study"), copies).unwrap().participants;
        Self { dir, file: files[0].clone(), files, key: made.key }
    }

    pub fn store(&self) -> Store {
        Store::open(&self.file).unwrap()
    }
}

/// A window in participant mode; people get the ids `uid 0`, `uid 1`, ...
pub fn window(file: &Path, clock: &FakeClock, appearance: Appearance) -> Window {
    let (file, clock) = (file.to_owned(), clock.clone());
    let mut harness = Harness::builder()
        .with_size([1000.0, 760.0])
        .with_theme(if appearance == Appearance::Light { egui::Theme::Light } else { egui::Theme::Dark })
        .with_max_steps(30)
        .with_options(SnapshotOptions::new().threshold(1.0).max_failed_pixels(10))
        .build_eframe(move |cc| {
            theme::install(&cc.egui_ctx);
            cc.egui_ctx.set_theme(theme::preference(appearance));
            let mut number = 0;
            let participant = Participant::new(&file, clock).with_uids(move || {
                number += 1;
                format!("uid {}", number - 1)
            });
            Screen::inline(participant)
        });
    harness.run();
    harness
}

pub fn press(app: &mut Window, keys: &[Key]) {
    for &key in keys {
        app.key_press(key);
        app.run();
    }
}

/// To the first scored item.
pub fn to_items(app: &mut Window) {
    press(app, &[Key::Enter, Key::Enter, Key::Enter]);
    while matches!(view(app), View::Trial(trial) if trial.is_practice) {
        answer(app);
        press(app, &[Key::Enter]);
    }
    assert!(matches!(view(app), View::Trial(_)), "{:?}", view(app));
}

/// A study and a window at its first scored item.
fn at_items(spec: &Spec) -> (OnDisk, Window) {
    let study = OnDisk::new(spec);
    let mut app = window(&study.file, &FakeClock::new(DAY), Appearance::Light);
    to_items(&mut app);
    (study, app)
}

/// Gives some answer with everything that is asked for, and confirms it.
pub fn answer(app: &mut Window) {
    let position = position(app);
    for _ in 0..12 {
        press(app, &[Key::Num1]);
        if self::position(app) != position {
            return;
        }
        let View::Trial(trial) = view(app) else { return };
        if trial.is_complete {
            press(app, &[Key::Enter]);
            return;
        }
        if matches!(trial.draft.choice, Choice::Scores(_)) {
            press(app, &[Key::Enter]);
        }
    }
    panic!("item {position} cannot be answered");
}

pub fn view(app: &Window) -> View<'_> {
    match app.state().participant().scene() {
        Scene::Study(view) => view,
        other => panic!("{other:?}"),
    }
}

pub fn position(app: &Window) -> usize {
    app.state().participant().session().unwrap().position()
}

#[test]
fn a_whole_study_by_keyboard_alone_for_every_form_of_answer() {
    for form in [Form::Class, Form::ClassOrUndecided, Form::Scores] {
        for (confidence, truth, confirm) in [(false, false, false), (true, false, true), (true, true, true)] {
            let mut spec = spec(form);
            (spec.answer.confidence, spec.answer.truth_too, spec.answer.confirm) = (confidence, truth, confirm);
            let study = OnDisk::new(&spec);
            let clock = FakeClock::new(DAY);
            let mut app = window(&study.file, &clock, Appearance::Light);
            assert!(app.query_by_label("Begin").is_some());
            press(&mut app, &[Key::Enter]);
            assert!(app.query_by_label("I agree and take part").is_some());
            press(&mut app, &[Key::Enter]);
            assert!(app.query_by_label("Who only guesses is right in about 33 of 100 answers.").is_some());
            press(&mut app, &[Key::Enter]);
            assert!(app.query_all_by_label("Practice 1 of 1").next().is_some());
            answer(&mut app);
            assert!(matches!(view(&app), View::Feedback { .. }), "{form:?}: {:?}", view(&app));
            press(&mut app, &[Key::Space]);
            for number in 1..=6 {
                assert!(app.query_all_by_label(&format!("{number} of 6")).next().is_some(), "{form:?} {number}");
                answer(&mut app);
            }
            assert!(app.query_by_label("That was the last one. Thank you!").is_some());
            press(&mut app, &[Key::Enter]);
            assert!(app.query_by_label("Begin").is_some(), "the next person can begin");
            drop(app);
            let store = study.store();
            assert_eq!(store.people().unwrap()[0].state, PersonState::Finished);
            let answers = store.answers().unwrap();
            assert_eq!(answers.len(), 7);
            for answer in &answers {
                match form {
                    Form::Scores => assert_eq!(answer.scores, Some(vec![0.1; 3])),
                    _ => assert_eq!(answer.choice, Some(0)),
                }
                assert_eq!(answer.confidence, confidence.then_some(1));
                assert_eq!(answer.truth, truth.then_some(0));
            }
        }
    }
}

#[test]
fn space_cannot_decide_and_arrows_choose() {
    let (study, mut app) = at_items(&spec(Form::ClassOrUndecided));
    press(&mut app, &[Key::Space]);
    assert!(matches!(view(&app), View::Trial(trial) if trial.draft.choice == Choice::Undecided));
    press(&mut app, &[Key::ArrowRight, Key::ArrowRight]);
    assert!(matches!(view(&app), View::Trial(trial) if trial.draft.choice == Choice::Class(1)));
    press(&mut app, &[Key::Enter]);
    let answers = |app: Window| {
        drop(app);
        study.store().answers().unwrap()
    };
    assert_eq!(answers(app).last().unwrap().choice, Some(1));
}

#[test]
fn scores_are_typed_in_tenths_or_decimals_and_moved_by_arrows() {
    let (_study, mut app) = at_items(&spec(Form::Scores));
    press(&mut app, &[Key::Num1, Key::Num0, Key::Enter, Key::Num0, Key::Period, Key::Num2, Key::Num5, Key::ArrowDown]);
    press(&mut app, &[Key::Num7, Key::ArrowRight]);
    match view(&app) {
        View::Trial(trial) => {
            assert_eq!(trial.draft.choice, Choice::Scores(vec![Some(1.0), Some(0.25), Some(0.75)]));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(app.get_by_label("dog").accesskit_node().numeric_value(), Some(0.25));
    press(&mut app, &[Key::Enter]);
    assert!(app.query_all_by_label("2 of 6").next().is_some());
}

#[test]
fn backspace_clears_and_then_takes_the_last_answer_back_with_the_first_kept() {
    let (study, mut app) = at_items(&spec(Form::Class));
    press(&mut app, &[Key::Num1, Key::Enter, Key::Num2]);
    assert_eq!(position(&app), 2);
    app.get_by_label("Clear").click();
    app.run();
    assert_eq!(position(&app), 2);
    assert!(matches!(view(&app), View::Trial(trial) if trial.draft.choice == Choice::None));
    press(&mut app, &[Key::Backspace]);
    assert_eq!(position(&app), 1, "back at the first");
    press(&mut app, &[Key::Num3, Key::Enter]);
    assert_eq!(position(&app), 2, "and on where it was");
    drop(app);
    let answers = study.store().answers().unwrap();
    let first: Vec<_> = answers.iter().filter(|a| a.position == 1).map(|a| (a.revision, a.choice)).collect();
    assert_eq!(first, [(0, Some(0)), (1, Some(2))]);
}

#[test]
fn losing_the_window_loses_nothing_and_the_code_brings_back_to_the_same_item() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    to_items(&mut app);
    answer(&mut app);
    answer(&mut app);
    let stimulus = app.state().participant().session().unwrap().stimulus_code().unwrap().to_owned();
    drop(app);
    clock.pass(3_600_000_000_000);
    let mut app = window(&study.file, &clock, Appearance::Light);
    let code = code_of("uid 0");
    press(&mut app, &[Key::Enter, Key::Escape, Key::Enter]);
    // Somebody else has declined; nothing of them is there. A wrong code is told.
    app.get_by_label("Your code").type_text("ZZZ");
    app.run();
    press(&mut app, &[Key::Enter]);
    assert!(app.query_by_label_contains("The code ZZZ is not known").is_some());
    press(&mut app, &[Key::Escape]);
    app.get_by_label("Your code").type_text(&code.to_lowercase());
    app.run();
    press(&mut app, &[Key::Enter]);
    assert!(app.query_by_label_contains("2 of 6 answered").is_some());
    press(&mut app, &[Key::Enter]);
    assert!(app.query_all_by_label("3 of 6").next().is_some());
    assert_eq!(app.state().participant().session().unwrap().stimulus_code(), Some(stimulus.as_str()));
}

#[test]
fn the_studys_rule_for_late_returns_is_shown() {
    for later in [Later::Resume, Later::Restart, Later::Block] {
        let mut spec = spec(Form::Class);
        spec.resume.later = later;
        let study = OnDisk::new(&spec);
        let clock = FakeClock::new(DAY);
        let mut app = window(&study.file, &clock, Appearance::Light);
        to_items(&mut app);
        answer(&mut app);
        drop(app);
        clock.set_wall(DAY + 50 * 3600);
        let mut app = window(&study.file, &clock, Appearance::Light);
        app.get_by_label("Your code").type_text(&code_of("uid 0"));
        app.run();
        press(&mut app, &[Key::Enter]);
        let expected = match later {
            Later::Resume => "1 of 6 answered",
            Later::Restart => "it begins again from the start",
            Later::Block => "this study allows no return after 24",
        };
        assert!(app.query_by_label_contains(expected).is_some(), "{later:?}");
    }
}

#[test]
fn a_clock_set_back_is_told_and_loses_nothing() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    to_items(&mut app);
    drop(app);
    clock.set_wall(DAY - 90_000);
    let mut app = window(&study.file, &clock, Appearance::Light);
    app.get_by_label("Your code").type_text(&code_of("uid 0"));
    app.run();
    press(&mut app, &[Key::Enter]);
    assert!(app.query_by_label_contains("The computer's clock is earlier").is_some());
}

#[test]
fn escape_hides_the_item_and_leaving_asks_first() {
    let (study, mut app) = at_items(&spec(Form::Class));
    press(&mut app, &[Key::Escape]);
    assert!(app.query_by_label("Pause").is_some() && app.query_by_label("Item").is_none());
    press(&mut app, &[Key::Escape]);
    assert!(app.query_by_label("Leave the study now?").is_some());
    press(&mut app, &[Key::Escape, Key::Enter]);
    assert!(app.query_by_label("Item").is_some(), "it goes on");
    // The window is to be closed: asked, with the item hidden; on staying, it goes on.
    app.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.push(egui::ViewportEvent::Close);
    app.step();
    app.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.clear();
    app.run();
    assert!(app.query_by_label("Leave the study now?").is_some() && app.query_by_label("Item").is_none());
    press(&mut app, &[Key::Enter]);
    assert!(app.state().is_gone());
    let store = {
        drop(app);
        study.store()
    };
    let kinds: Vec<String> = store.events().unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.last().map(String::as_str), Some("quit"), "{kinds:?}");
}

#[test]
fn times_run_from_the_frame_after_the_drawing_one_and_keys_before_it_answer_nothing() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    to_items(&mut app);
    press(&mut app, &[Key::Num1]);
    let strike = |app: &mut Window, key| {
        app.key_down(key);
        app.step();
    };
    // This frame saves the first answer and draws the second item.
    strike(&mut app, Key::Enter);
    assert_eq!(position(&app), 2);
    clock.pass(16_000_000);
    // This one begins when it is on screen; its keys came before.
    strike(&mut app, Key::Num2);
    assert!(matches!(view(&app), View::Trial(trial) if trial.draft.choice == Choice::None), "too early");
    app.key_up(Key::Num2);
    app.key_up(Key::Enter);
    app.step();
    clock.pass(700_000_000);
    strike(&mut app, Key::Num2);
    // A key that is held says it once.
    strike(&mut app, Key::Num2);
    clock.pass(300_000_000);
    strike(&mut app, Key::Enter);
    drop(app);
    let last = study.store().answers().unwrap().pop().unwrap();
    assert_eq!((last.choice, last.response_ns, last.confirm_ns), (Some(1), 700_000_000, 1_000_000_000));
    assert_eq!(last.frame_ns, 16_000_000, "the error that is reported");
}

#[test]
fn lost_focus_is_kept_and_the_next_texture_is_there_before_the_answer() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    to_items(&mut app);
    app.input_mut().focused = false;
    app.step();
    clock.pass(5_000_000_000);
    app.input_mut().focused = true;
    app.step();
    let items = |app: &Window| -> Vec<egui::TextureId> {
        let textures = app.ctx.tex_manager();
        let textures = textures.read();
        let mut ids: Vec<_> = textures.allocated().filter(|(_, meta)| meta.name == "item").map(|(id, _)| *id).collect();
        ids.sort_by_key(|id| format!("{id:?}"));
        ids
    };
    press(&mut app, &[Key::Num1]);
    let before = items(&app);
    app.key_down(Key::Enter);
    app.step();
    assert!(app.query_all_by_label("2 of 6").next().is_some());
    assert_eq!(items(&app), before, "no texture is made in the frame that draws the next item");
    app.run();
    assert_ne!(items(&app), before, "but after it, for the one that follows");
    drop(app);
    assert_eq!(study.store().answers().unwrap().pop().unwrap().unfocused_ns, 5_000_000_000);
}

#[test]
fn what_cannot_be_opened_is_said_without_the_name_of_a_file() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let expect = |file: &Path, words: &str| {
        let app = window(file, &clock, Appearance::Light);
        assert!(app.query_by_label_contains(words).is_some(), "{words}: {:?}", app.state().participant().scene());
        assert!(app.query_by_label_contains("sqlite").is_none());
        app
    };
    {
        let _first = window(&study.file, &clock, Appearance::Light);
        let mut second = expect(&study.file, "open in another window");
        drop(_first);
        press(&mut second, &[Key::Enter]);
        assert!(second.query_by_label("Begin").is_some(), "trying again works once it is closed there");
    }
    let foreign = study.dir.path().join("foreign.sqlite");
    std::fs::write(&foreign, vec![7; 9000]).unwrap();
    expect(&foreign, "not a study of this program");
    let damaged = study.dir.path().join("damaged.sqlite");
    let mut bytes = std::fs::read(&study.file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2000].fill(255);
    std::fs::write(&damaged, bytes).unwrap();
    expect(&damaged, "damaged");
    expect(&study.dir.path().join("nowhere.sqlite"), "not there");
    let read_only = study.dir.path().join("read-only.sqlite");
    std::fs::copy(&study.file, &read_only).unwrap();
    let mut permissions = std::fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&read_only, permissions).unwrap();
    expect(&read_only, "read-only");
    study.store().close_study().unwrap();
    expect(&study.file, "closed and takes no more answers");
}

#[test]
fn a_full_disk_keeps_what_was_entered_until_there_is_room() {
    let study = OnDisk::new(&spec(Form::Class));
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    to_items(&mut app);
    // The same file, which may not grow any more.
    let file = study.file.clone();
    let size = std::fs::metadata(&file).unwrap().len();
    drop(app);
    let mut participant = Participant::new(&file, clock.clone()).with_uids(|| "uid 9".to_owned());
    participant.opened(Store::open_limited(&file, size + 2 * 4096));
    participant.act(Act::Begin, 0);
    participant.act(Act::Study(Input::Consent(true)), 0);
    participant.act(Act::Study(Input::Continue), 0);
    let mut saved = 0;
    for _ in 0..3000 {
        let now = clock.now_ns();
        // Events make the file grow, one page after the other.
        participant.act(Act::Study(Input::Presented { frame_ns: 1 }), now);
        for _ in 0..90 {
            participant.act(Act::Study(Input::LateFrame { ns: u64::MAX }), now);
        }
        match participant.scene() {
            Scene::Study(View::Trial(_)) => {
                participant.answer(Input::Choose(1), now);
                participant.act(Act::Study(Input::Confirm), now);
            }
            Scene::Study(View::Feedback { .. }) => {
                participant.act(Act::Study(Input::Continue), now);
            }
            other => panic!("{other:?}"),
        }
        if participant.trouble().is_some() {
            break;
        }
        saved += 1;
    }
    let words = participant.trouble().expect("the disk is full at last").to_owned();
    assert!(words.contains("The disk is full") && !words.contains("sqlite"), "{words}");
    match participant.scene() {
        Scene::Study(View::Trial(trial)) => assert_eq!(trial.draft.choice, Choice::Class(1), "what was entered stays"),
        other => panic!("{other:?}"),
    }
    let before = participant.session().unwrap().position();
    participant.act(Act::Retry, clock.now_ns());
    assert!(participant.trouble().is_some(), "still full");
    participant.act(Act::AskLeave { outside: true }, 0);
    participant.act(Act::Leave, 0);
    assert!(participant.is_gone(), "one can leave all the same");
    drop(participant);
    let store = study.store();
    let person = store.person(&code_of("uid 9")).unwrap().unwrap();
    assert_eq!(
        store.answered(person.id, 1).unwrap().len(),
        before,
        "after {saved} steps all that was confirmed is there"
    );
}

#[test]
fn a_key_let_go_after_shift_answers_again_and_a_held_one_does_not() {
    let (_study, mut app) = at_items(&spec(Form::Class));
    let strike = |app: &mut Window, key, pressed| {
        let (physical_key, modifiers) = (Some(Key::Num2), egui::Modifiers::NONE);
        app.event(egui::Event::Key { key, physical_key, pressed, repeat: false, modifiers });
        app.run();
    };
    let choice = |app: &Window| match view(app) {
        View::Trial(trial) => trial.draft.choice.clone(),
        other => panic!("{other:?}"),
    };
    // On the number pad, or where digits need Shift: the sign is another one when the key goes up.
    strike(&mut app, Key::Num2, true);
    assert_eq!(choice(&app), Choice::Class(1));
    press(&mut app, &[Key::Backspace]);
    strike(&mut app, Key::Num2, true);
    assert_eq!(choice(&app), Choice::None, "it is still held");
    strike(&mut app, Key::ArrowDown, false);
    strike(&mut app, Key::Num2, true);
    assert_eq!(choice(&app), Choice::Class(1), "let go and pressed again");
}

#[test]
fn who_does_not_agree_leaves_nothing() {
    let study = OnDisk::new(&spec(Form::Class));
    let mut app = window(&study.file, &FakeClock::new(DAY), Appearance::Light);
    press(&mut app, &[Key::Enter, Key::Escape]);
    assert!(app.query_by_label("You do not take part, and nothing was stored.").is_some());
    press(&mut app, &[Key::Enter]);
    assert!(app.query_by_label("Begin").is_some(), "the next person can begin");
    drop(app);
    let store = study.store();
    assert!(store.people().unwrap().is_empty() && store.events().unwrap().is_empty());
}

#[test]
fn an_item_that_cannot_be_shown_is_not_asked_about() {
    // The first scored item of the first place is no picture; which one that is depends on the order, so all of one class are.
    let broken = |_: usize, class: u16, _: usize| match class {
        0 => Media::Image(b"this is no PNG".to_vec()),
        _ => picture(0, class, 0),
    };
    let mut spec = spec(Form::Class);
    spec.checks.practice = 0;
    let study = OnDisk::made(&spec, 1, broken);
    let mut app = window(&study.file, &FakeClock::new(DAY), Appearance::Light);
    press(&mut app, &[Key::Enter, Key::Enter, Key::Enter]);
    let mut answered = 0;
    while let Scene::Study(View::Trial(_)) = app.state().participant().scene() {
        press(&mut app, &[Key::Num2, Key::Enter]);
        answered += 1;
        assert!(answered < 6, "two of the six cannot be shown");
    }
    assert!(app.query_by_label_contains("This item cannot be shown").is_some());
    assert!(app.query_by_label_contains("PNG").is_none());
    // Trying again brings to the same item, and nothing can be answered there.
    press(&mut app, &[Key::Enter, Key::Enter, Key::Num2, Key::Enter]);
    drop(app);
    let answers = study.store().answers().unwrap();
    assert_eq!(answers.len(), answered, "{answers:?}");
}

#[test]
fn how_large_everything_is_is_kept_at_the_start_and_at_each_change() {
    let (study, mut app) = at_items(&spec(Form::Class));
    app.set_size(egui::vec2(900.0, 700.0));
    app.run();
    press(&mut app, &[Key::Plus]);
    answer(&mut app);
    drop(app);
    let sizes: Vec<serde_json::Value> = study
        .store()
        .events()
        .unwrap()
        .iter()
        .filter(|event| event.kind == "screen")
        .map(|event| serde_json::from_str(event.detail.as_deref().unwrap()).unwrap())
        .collect();
    let seen: Vec<_> = sizes.iter().map(|size| (size["width"].as_f64(), size["text"].as_f64() > Some(1.0))).collect();
    assert_eq!(seen, [(Some(1000.0), false), (Some(900.0), false), (Some(900.0), true)], "{sizes:?}");
}

/// What a keyboard sends for the 4 of the number pad where NumLock is pressed for it (recorded from X11): the key goes up after NumLock,
/// and then it is an arrow. The 4 of the row follows, as confidence.
#[test]
fn the_number_pad_answers_and_the_same_digit_of_the_row_after_it() {
    let mut spec = spec(Form::Class);
    spec.answer.confidence = true;
    let (study, mut app) = at_items(&spec);
    let strike = |app: &mut Window, key, place, pressed| {
        let modifiers = egui::Modifiers::NONE;
        app.event(egui::Event::Key { key, physical_key: Some(place), pressed, repeat: false, modifiers });
        app.run();
    };
    for at in 1..=6 {
        strike(&mut app, Key::Num2, Key::Num2, true);
        // NumLock is no key of egui's that answers anything; what it changes is the sign of the next.
        strike(&mut app, if at % 2 == 0 { Key::Num2 } else { Key::ArrowDown }, Key::Num2, false);
        strike(&mut app, Key::Num2, Key::Num2, true);
        strike(&mut app, Key::Num2, Key::Num2, false);
        press(&mut app, &[Key::Enter]);
    }
    assert!(matches!(view(&app), View::Finished), "{:?}", view(&app));
    drop(app);
    for answer in study.store().answers().unwrap().iter().skip(1) {
        assert_eq!((answer.choice, answer.confidence), (Some(1), Some(2)));
    }
}
