//! Made-up people who take part through the real screens, by keyboard: the report recovers what they were made of.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

use egui::Key;
use unmask::session::participant::{Scene, class_keys};
use unmask::session::settings::Appearance;
use unmask::study::design::Form;
use unmask::study::responses::Responses;
use unmask::study::score::score;
use unmask::study::session::{FakeClock, View};
use unmask::study::simulate::{Mind, Profile, Skill};
use unmask::study::store::PersonState;

use super::participant::{DAY, OnDisk, Window, press, spec, view, window};

/// Takes part from the door to the thanks, and opens the door again. `reload` closes the window after so many items and comes back.
fn take_part(mut app: Window, study: &OnDisk, clock: &FakeClock, mind: &mut Mind<'_>, reload: Option<usize>) -> Window {
    let mut seen = 0;
    press(&mut app, &[Key::Enter]);
    loop {
        match view(&app) {
            View::Consent
            | View::Instructions { .. }
            | View::Section { .. }
            | View::Feedback { .. }
            | View::Paused { .. } => {
                press(&mut app, &[Key::Enter]);
            }
            View::Trial(trial) => {
                let session = app.state().participant().session().unwrap();
                let (seconds, class) = mind.judge(session.stimulus_code());
                let shown = session.shown();
                let keys = class_keys(shown, trial.buttons);
                let at = trial.buttons.iter().position(|&button| button == class).unwrap();
                clock.pass((seconds * 1e9) as u64);
                match shown.form {
                    Form::Scores => {
                        for row in 0..trial.buttons.len() {
                            press(&mut app, &[if row == at { Key::Num9 } else { Key::Num0 }, Key::Enter]);
                        }
                    }
                    _ => {
                        let key = Key::from_name(&keys[at].to_string()).unwrap();
                        press(&mut app, &[key, Key::Enter]);
                    }
                }
                seen += 1;
                if reload == Some(seen) {
                    let code = app.state().participant().code().unwrap().to_owned();
                    drop(app);
                    app = window(&study.file, clock, Appearance::Light);
                    for letter in code.chars() {
                        app.event(egui::Event::Text(letter.to_string()));
                        app.run();
                    }
                    press(&mut app, &[Key::Enter]);
                }
            }
            View::Finished | View::Declined => break,
        }
    }
    press(&mut app, &[Key::Enter]);
    assert!(matches!(app.state().participant().scene(), Scene::Door { .. }));
    app
}

#[test]
fn people_of_known_skill_are_recovered_through_the_screens() {
    for form in [Form::Class, Form::Scores] {
        let mut spec = spec(form);
        spec.items.count = 24;
        spec.answer.turn_buttons = true;
        spec.exclude.same_above = Some(15);
        spec.exclude.fast_above = Some(0.5);
        let study = OnDisk::new(&spec);
        let clock = FakeClock::new(DAY);
        let skills = [Skill::Perfect, Skill::Chance, Skill::Biased, Skill::Slow, Skill::Careless, Skill::Perfect];
        let profiles = skills.map(Profile::of);
        let mut uids = window(&study.file, &clock, Appearance::Dark);
        for (at, profile) in profiles.iter().enumerate() {
            let mut mind = Mind::new(&study.key, profile, 11, at);
            // The last one loses the window in the middle.
            uids = take_part(uids, &study, &clock, &mut mind, (at == 5).then_some(9));
        }
        drop(uids);
        let mut store = study.store();
        assert!(store.people().unwrap().iter().all(|person| person.state == PersonState::Finished));
        store.close_study().unwrap();
        let responses = Responses::join(&store, &study.key).unwrap();
        let of = |person: usize| -> (Vec<bool>, Vec<f64>, Vec<Option<u16>>) {
            let own: Vec<_> = responses.scored(true).filter(|r| r.person == person).collect();
            assert_eq!(own.len(), 24, "each item once");
            (
                own.iter().map(|r| r.class() == r.target).collect(),
                own.iter().map(|r| r.seconds).collect(),
                own.iter().map(|r| r.class()).collect(),
            )
        };
        let hits = |person: usize| of(person).0.into_iter().filter(|hit| *hit).count();
        assert_eq!([hits(0), hits(3), hits(5)], [24, 24, 24], "perfect and slow people are always right");
        // 24 guesses among three: outside 1 to 16 less than once in 1000.
        assert!((1..=16).contains(&hits(1)), "{}", hits(1));
        assert!(of(2).2.iter().all(|class| *class == Some(0)), "biased people give the first class");
        let median = |mut seconds: Vec<f64>| {
            seconds.sort_by(f64::total_cmp);
            seconds[12]
        };
        if form == Form::Class {
            assert!(median(of(3).1) > 5.0 * median(of(0).1), "slow ones take their time");
            assert!(median(of(4).1) < 0.3, "careless ones do not");
        }
        let excluded: Vec<bool> = (0..6).map(|person| responses.is_excluded(person)).collect();
        assert_eq!(excluded, [false, false, true, false, true, false], "{:?}", responses.excluded);
        let scores = score(&responses, &study.key).unwrap();
        for arm in &scores.arms {
            // Perfect, slow and guessing people are left.
            assert!(arm.fs_h.percent.unwrap() >= 60.0, "{} {:?}", arm.name, arm.fs_h);
        }
    }
}

#[test]
fn perfect_people_alone_give_100_percent() {
    let spec = spec(Form::Class);
    let study = OnDisk::new(&spec);
    let clock = FakeClock::new(DAY);
    let mut app = window(&study.file, &clock, Appearance::Light);
    let profile = Profile::of(Skill::Perfect);
    for at in 0..3 {
        app = take_part(app, &study, &clock, &mut Mind::new(&study.key, &profile, 2, at), None);
    }
    drop(app);
    let mut store = study.store();
    store.close_study().unwrap();
    let scores = score(&Responses::join(&store, &study.key).unwrap(), &study.key).unwrap();
    for arm in &scores.arms {
        assert_eq!(arm.fs_h.percent, Some(100.0), "{}", arm.name);
    }
}
