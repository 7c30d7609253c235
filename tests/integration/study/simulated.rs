//! Whole studies with people whose skill is known: the report recovers what they were made of, by each protocol's rule.

use std::collections::BTreeMap;

use unmask::study::design::{Form, Protocol};
use unmask::study::responses::Responses;
use unmask::study::score::{Scores, score};
use unmask::study::simulate::{Profile, Seen, Skill, simulate};
use unmask::study::store::PersonState;

use super::support::*;

/// Runs a study to its end and scores it.
fn run(spec: &unmask::study::design::Spec, people: &[Profile]) -> (Scores, Responses, OnDisk) {
    let study = OnDisk::new(spec, 1);
    let mut store = simulate(study.open(), &study.key, people, 3, &mut |_| {}).unwrap();
    assert!(store.people().unwrap().iter().all(|person| person.state == PersonState::Finished));
    store.close_study().unwrap();
    let responses = Responses::join(&store, &study.key).unwrap();
    (score(&responses, &study.key).unwrap(), responses, study)
}

fn large(protocol: Protocol) -> unmask::study::design::Spec {
    let mut spec = spec_of(protocol);
    spec.items.count = 60;
    spec.people.count = 12;
    spec
}

fn people(skill: Skill, n: usize) -> Vec<Profile> {
    vec![Profile::of(skill); n]
}

#[test]
fn perfect_people_reach_100_percent_by_every_rule() {
    for protocol in [Protocol::Standard, Protocol::L2x, Protocol::Meed, Protocol::Aim] {
        let (scores, responses, _) = run(&spec_of(protocol), &people(Skill::Perfect, 6));
        assert_eq!(scores.excluded, [], "{protocol:?}");
        for arm in &scores.arms {
            assert_eq!(arm.fs_h.percent, Some(100.0), "{protocol:?} {}", arm.name);
            assert!(arm.p_chance.unwrap() < 1e-5);
            assert_eq!(arm.agreement.percent, Some(100.0));
        }
        assert_eq!(scores.retest.as_ref().unwrap().same.percent, Some(100.0));
        assert_eq!(scores.catch.percent, Some(100.0));
        // Items, people, and arms: each person answered each trial once.
        assert_eq!(responses.scored(true).count(), 6 * spec_of(protocol).trials_each());
    }
}

#[test]
fn guessing_people_do_not_beat_chance() {
    let mut spec = large(Protocol::Standard);
    spec.exclude.catch_below = None;
    let (scores, ..) = run(&spec, &people(Skill::Chance, 12));
    for arm in &scores.arms {
        assert!(arm.fs_h.wilson[0] < 50.0 && arm.fs_h.wilson[1] > 50.0, "{:?}", arm.fs_h);
        assert!(arm.p_chance.unwrap() > 0.01);
        assert!(arm.agreement.alpha.unwrap().abs() < 0.2, "{:?}", arm.agreement);
    }
}

/// FS-H per answer is the skill itself; the interval holds it.
#[test]
fn the_skill_of_each_arm_is_recovered() {
    let mut spec = large(Protocol::Standard);
    spec.exclude.catch_below = None;
    let by_arm: BTreeMap<String, f64> =
        [("alpha", 0.9), ("beta", 0.55), ("gamma", 1.0)].map(|(n, s)| (n.to_owned(), s)).into();
    let profile = Profile { by_arm, ..Profile::of(Skill::Perfect) };
    let (scores, ..) = run(&spec, &vec![profile; 12]);
    for (arm, skill) in scores.arms.iter().zip([90.0, 55.0, 100.0]) {
        assert_eq!(arm.answers, 240);
        let [low, high] = arm.fs_h.wilson;
        assert!(low <= skill && skill <= high, "{}: {:?}", arm.name, arm.fs_h);
        let [low, high] = arm.fs_h.cluster.unwrap();
        assert!(low <= skill && skill <= high, "{}: {:?}", arm.name, arm.fs_h);
    }
    let pair = &scores.pairs[0];
    assert_eq!(pair.arms, ["alpha", "beta"]);
    assert!(pair.p_holm < 0.05 && pair.cluster.unwrap()[0] > 0.0 && pair.difference.unwrap() > 20.0, "{pair:?}");
}

/// Averaging over people lifts the skill of single answers: with r = 4 answers of skill s to an item, L2X's rule gives
/// (s^4 + 4 s^3 t) / (1 - 6 s^2 t^2) on decided items, and leaves 6 s^2 t^2 undecided (t = 1 - s).
#[test]
fn l2x_averages_over_people_and_leaves_draws_out() {
    let mut spec = large(Protocol::L2x);
    spec.exclude.catch_below = None;
    spec.items.count = 150;
    let (scores, ..) = run(&spec, &people(Skill::Skilled(0.7), 12));
    let (s, t) = (0.7_f64, 0.3_f64);
    let draws = 6.0 * s * s * t * t;
    let expected = 100.0 * (s.powi(4) + 4.0 * s.powi(3) * t) / (1.0 - draws);
    for arm in &scores.arms {
        let [low, high] = arm.fs_h.wilson;
        assert!(low - 3.0 <= expected && expected <= high + 3.0, "{}: {:?}, expected {expected}", arm.name, arm.fs_h);
        assert_eq!(arm.undecided_items.n, 150);
        assert!((arm.undecided_items.percent.unwrap() - 100.0 * draws).abs() < 12.0, "{:?}", arm.undecided_items);
        assert_eq!(arm.fs_h.n + arm.undecided_items.hits as usize, 150);
    }
}

/// MEED's rule counts a draw by half: (s^4 + 4 s^3 t) + 3 s^2 t^2 for forced answers of one key.
#[test]
fn meed_keeps_guesses() {
    let mut spec = large(Protocol::Meed);
    spec.answer.form = Form::Class;
    spec.exclude.catch_below = None;
    spec.items.count = 150;
    let (scores, ..) = run(&spec, &people(Skill::Skilled(0.7), 12));
    let (s, t) = (0.7_f64, 0.3_f64);
    let expected = 100.0 * (s.powi(4) + 4.0 * s.powi(3) * t + 3.0 * s * s * t * t);
    for arm in &scores.arms {
        assert_eq!((arm.fs_h.n, arm.undecided_items.n), (150, 0));
        let [low, high] = arm.fs_h.wilson;
        assert!(low - 3.0 <= expected && expected <= high + 3.0, "{}: {:?}, expected {expected}", arm.name, arm.fs_h);
    }
}

#[test]
fn aim_leaves_undecided_answers_out_and_counts_them() {
    let mut spec = large(Protocol::Aim);
    spec.exclude.catch_below = None;
    let profile = Profile { undecided: 0.2, ..Profile::of(Skill::Skilled(0.85)) };
    let (scores, ..) = run(&spec, &vec![profile; 12]);
    for arm in &scores.arms {
        assert_eq!((arm.answers, arm.items, arm.people), (720, 60, 12));
        assert!((arm.undecided_answers.percent.unwrap() - 20.0).abs() < 5.0, "{:?}", arm.undecided_answers);
        assert!((arm.fs_h.percent.unwrap() - 85.0).abs() < 5.0, "{:?}", arm.fs_h);
        // Only items where the model is right are shown, so accuracy and fidelity are one.
        assert!((arm.accuracy.percent.unwrap() - 100.0 * arm.fs_h.hits / arm.fs_h.n as f64).abs() < 1e-9);
    }
}

#[test]
fn careless_people_are_left_out_by_the_rules_and_named() {
    let mut crowd = people(Skill::Perfect, 4);
    crowd.extend(people(Skill::Careless, 2));
    let (scores, responses, _) = run(&large(Protocol::Standard), &crowd);
    assert_eq!(scores.excluded.len(), 2, "{:?}", scores.excluded);
    assert!(scores.excluded.iter().all(|exclusion| exclusion.reason.contains("faster than 300 ms")));
    assert!((0..4).all(|person| !responses.is_excluded(person)) && (4..6).all(|person| responses.is_excluded(person)));
    for arm in &scores.arms {
        assert_eq!(arm.fs_h.percent, Some(100.0));
        assert!(arm.fs_h_everybody.percent.unwrap() < 95.0);
    }
}

#[test]
fn slow_people_are_kept_and_their_times_are_recovered() {
    let (scores, ..) = run(&spec(), &people(Skill::Slow, 6));
    assert_eq!(scores.excluded, []);
    for arm in &scores.arms {
        let median = arm.seconds.median.unwrap();
        assert!((14.0..28.0).contains(&median), "{median}");
        assert!(arm.seconds.error.unwrap() < 0.017);
    }
}

#[test]
fn biased_people_are_at_the_share_of_their_class() {
    let mut spec = large(Protocol::Standard);
    spec.exclude.catch_below = None;
    spec.exclude.same_above = None;
    let (scores, ..) = run(&spec, &people(Skill::Biased, 6));
    for arm in &scores.arms {
        assert!((arm.fs_h.percent.unwrap() - 50.0).abs() <= 2.6, "classes are balanced per arm: {:?}", arm.fs_h);
        assert_eq!(arm.agreement.alpha, None, "all answers alike: nothing to agree on");
    }
    let mut strict = large(Protocol::Standard);
    strict.exclude.catch_below = None;
    let (scores, ..) = run(&strict, &people(Skill::Biased, 6));
    assert!(
        scores.excluded.len() == 6 && scores.excluded[0].reason.contains("the same answer"),
        "{:?}",
        scores.excluded
    );
    assert!(scores.arms.iter().all(|arm| arm.fs_h.percent.is_none()));
}

#[test]
fn confidence_that_follows_success_is_seen() {
    let mut spec = large(Protocol::Standard);
    spec.answer.confidence = true;
    spec.answer.truth_too = true;
    spec.exclude.catch_below = None;
    let (scores, ..) = run(&spec, &people(Skill::Skilled(0.7), 12));
    for arm in &scores.arms {
        let calibration = arm.calibration.as_ref().unwrap();
        assert_eq!(calibration.levels[0].percent, Some(0.0));
        assert_eq!(calibration.levels[4].percent, Some(100.0));
        // Right: 3 to 5 alike; wrong: 1 to 3 alike. 1 - P(both 3) / 2 = 1 - 1/18.
        assert!((calibration.auroc.unwrap() - (1.0 - 1.0 / 18.0)).abs() < 0.03, "{:?}", calibration.auroc);
        assert_eq!(arm.second_accuracy.percent, Some(100.0), "the second question was always answered rightly");
    }
}

/// In the first arm the model keeps its class on every item, in the others on every second one (`support::rendered`).
#[test]
fn fs_m_comes_from_the_same_stimuli() {
    let (scores, responses, study) = run(&spec(), &people(Skill::Perfect, 6));
    assert_eq!(scores.arms[0].model.fs_m.percent, Some(100.0));
    for (at, arm) in scores.arms.iter().enumerate() {
        let mut items: Vec<usize> = responses.scored(false).filter(|r| r.arm == Some(at)).map(|r| r.item).collect();
        items.sort_unstable();
        items.dedup();
        let stays = items.iter().filter(|&&item| {
            study
                .key
                .stimuli
                .values()
                .any(|s| s.item == item && s.arm == Some(at) && s.answer == study.key.items[item].model)
        });
        assert_eq!(arm.model.fs_m.hits, stays.count() as f64);
        assert_eq!(arm.model.table.iter().sum::<usize>(), items.len());
        assert_eq!(arm.model.difference, arm.fs_h.percent.zip(arm.model.fs_m.percent).map(|(a, b)| a - b));
    }
}

#[test]
fn a_simulation_is_the_same_each_time_and_goes_on_where_it_stopped() {
    let study = OnDisk::new(&spec(), 1);
    let crowd = people(Skill::Skilled(0.8), 4);
    let mut seen = Vec::new();
    let store = simulate(study.open(), &study.key, &crowd[..2], 9, &mut |what| seen.push(what.clone())).unwrap();
    let first = store.answers().unwrap();
    let again = OnDisk::new(&spec(), 1);
    let other = simulate(again.open(), &again.key, &crowd[..2], 9, &mut |_| {}).unwrap();
    assert_eq!(other.answers().unwrap(), first);
    let store = simulate(store, &study.key, &crowd, 9, &mut |_| {}).unwrap();
    assert_eq!(store.people().unwrap().len(), 4);
    assert_eq!(seen.iter().filter(|what| matches!(what, Seen::Finished { .. })).count(), 2);
    assert!(Profile::parse_all("perfect:2,skilled@0.8:3,chance").unwrap().len() == 6);
    assert!(refused(Profile::parse_all("clever")).contains("skilled@0.8"));
}
