//! Allocation: its laws over thousands of random designs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use unmask::study::allocate::rounding::round;
use unmask::study::allocate::{Candidate, Request, Role, Slot, Stratum, Trial, allocate, choose};
use unmask::study::design::{ArmKind, Order, Sees, Spec};
use unmask::study::dice::Dice;

use super::support::{arm, refused, spec};

#[derive(Clone, Debug)]
struct Setting {
    spec: Spec,
    items: Vec<Stratum>,
    catch: Vec<u16>,
    practice: Vec<u16>,
}

impl Setting {
    fn slots(&self) -> Vec<Slot> {
        allocate(&Request { spec: &self.spec, items: &self.items, catch: &self.catch, practice: &self.practice })
            .unwrap()
    }

    fn class_of(&self, trial: &Trial) -> u16 {
        match trial.role {
            Role::Catch => self.catch[trial.item],
            _ => self.items[trial.item].class,
        }
    }
}

fn settings() -> impl Strategy<Value = Setting> {
    let numbers = (1..5_usize, 2..5_u16, 1..60_usize, 1..10_usize, 0..4_usize, 0..3_usize, 0..4_usize);
    (numbers, any::<u64>(), any::<bool>(), any::<bool>(), 0.0..1.0_f64, 0.0..1.0_f64).prop_map(
        |((n_arms, n_classes, n_items, people, catch, practice, repeats), seed, every, sections, right, share)| {
            let mut spec = spec();
            spec.arms = (0..n_arms).map(|at| arm(&format!("arm {at}"), ArmKind::Selected)).collect();
            spec.items.count = n_items;
            spec.people.count = people;
            spec.people.sees = if every { Sees::EveryArm } else { Sees::Once };
            spec.people.order = if sections { Order::Sections } else { Order::Mixed };
            spec.people.each = Some(((n_items as f64 * share) as usize).max(n_arms.min(n_items)).max(1));
            spec.seed = seed;
            spec.checks.repeats = repeats.min(spec.trials_each());
            let mut dice = Dice::new(seed, 77);
            let mut class = || dice.below(usize::from(n_classes)) as u16;
            let catch: Vec<u16> = (0..catch).map(|_| class()).collect();
            let practice: Vec<u16> = (0..practice).map(|_| class()).collect();
            let classes: Vec<u16> = (0..n_items).map(|_| class()).collect();
            let items = classes.into_iter().map(|class| Stratum { class, right: dice.happens(right) }).collect();
            Setting { spec, items, catch, practice }
        },
    )
}

fn spread(counts: impl IntoIterator<Item = usize>) -> usize {
    let counts: Vec<usize> = counts.into_iter().collect();
    counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0)
}

/// Numbers of main trials per arm among those that `of` keeps.
fn per_arm(slot: &Slot, n_arms: usize, of: impl Fn(&Trial) -> bool) -> Vec<usize> {
    let main = |arm: usize| slot.trials.iter().filter(|t| t.role == Role::Main && t.arm == arm && of(t)).count();
    (0..n_arms).map(main).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn each_person_sees_an_item_once_and_arms_are_balanced_exactly(setting in settings()) {
        let n_arms = setting.spec.arms.len();
        let slots = setting.slots();
        prop_assert_eq!(slots.len(), setting.spec.slots());
        prop_assert_eq!(slots.len() % n_arms, 0);
        for slot in &slots {
            let main: Vec<&Trial> = slot.trials.iter().filter(|t| t.role == Role::Main).collect();
            prop_assert_eq!(main.len(), setting.spec.trials_each());
            let distinct: BTreeSet<(usize, usize)> = main
                .iter()
                .map(|t| (t.item, if setting.spec.people.sees == Sees::Once { 0 } else { t.arm }))
                .collect();
            prop_assert_eq!(distinct.len(), main.len(), "an item is seen once, or once per arm");
            prop_assert!(spread(per_arm(slot, n_arms, |_| true)) <= 1);
            for right in [false, true] {
                prop_assert!(spread(per_arm(slot, n_arms, |t| setting.items[t.item].right == right)) <= 1, "right or wrong");
            }
            for class in 0..5 {
                prop_assert!(spread(per_arm(slot, n_arms, |t| setting.items[t.item].class == class)) <= 1, "class");
                for right in [false, true] {
                    let stratum = Stratum { class, right };
                    prop_assert!(spread(per_arm(slot, n_arms, |t| setting.items[t.item] == stratum)) <= 1, "class by right");
                }
            }
            let count = |role: Role| slot.trials.iter().filter(|t| t.role == role).count();
            prop_assert_eq!(count(Role::Catch), setting.catch.len());
            prop_assert_eq!(count(Role::Practice), setting.practice.len());
            prop_assert_eq!(count(Role::Repeat), setting.spec.checks.repeats);
            prop_assert!(slot.trials[..setting.practice.len()].iter().all(|t| t.role == Role::Practice));
        }
    }

    #[test]
    fn a_group_rotates_its_arms_as_a_latin_square(setting in settings()) {
        let n_arms = setting.spec.arms.len();
        if setting.spec.people.sees == Sees::Once {
            for group in setting.slots().chunks(n_arms) {
                let mut arms: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
                for trial in group.iter().flat_map(|slot| &slot.trials).filter(|t| t.role == Role::Main) {
                    arms.entry(trial.item).or_default().insert(trial.arm);
                }
                prop_assert!(arms.values().all(|arms| arms.len() == n_arms));
            }
        }
    }

    #[test]
    fn items_of_a_kind_are_seen_equally_often(setting in settings()) {
        let mut seen = vec![0_usize; setting.items.len()];
        for trial in setting.slots().iter().flat_map(|slot| &slot.trials).filter(|t| t.role == Role::Main) {
            seen[trial.item] += 1;
        }
        let factor = setting.spec.arms.len()
            * if setting.spec.people.sees == Sees::EveryArm { setting.spec.arms.len() } else { 1 };
        for stratum in &setting.items {
            let of = (0..seen.len()).filter(|&item| setting.items[item] == *stratum).map(|item| seen[item]);
            prop_assert!(spread(of) <= factor, "whole groups differ by one");
        }
    }

    #[test]
    fn no_more_than_three_of_a_class_follow_each_other_where_any_order_can_do_it(setting in settings()) {
        for slot in setting.slots() {
            let scored: Vec<&Trial> = slot.trials.iter().filter(|t| t.role != Role::Practice).collect();
            let (mut longest, mut run) = (0, 0);
            for (at, trial) in scored.iter().enumerate() {
                let follows = at > 0 && setting.class_of(scored[at - 1]) == setting.class_of(trial);
                run = if follows { run + 1 } else { 1 };
                longest = longest.max(run);
            }
            prop_assert_eq!(longest, slot.longest_run);
            if setting.spec.people.order == Order::Mixed {
                let count = |class| scored.iter().filter(|t| setting.class_of(t) == class).count();
                let is_possible = (0..5).all(|class| count(class) <= 3 * (scored.len() - count(class) + 1));
                prop_assert!(!is_possible || longest <= 3, "{} in a row", longest);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_orders_and_another_gives_others(setting in settings()) {
        prop_assert_eq!(setting.slots(), setting.slots());
        let mut other = setting.clone();
        other.spec.seed = setting.spec.seed.wrapping_add(1);
        if setting.spec.trials_each() > 12 {
            prop_assert_ne!(setting.slots(), other.slots());
        }
    }

    #[test]
    fn a_repeat_comes_after_what_it_repeats(setting in settings()) {
        for slot in setting.slots() {
            for (at, trial) in slot.trials.iter().enumerate().filter(|(_, t)| t.role == Role::Repeat) {
                let first = slot.trials.iter().position(|t| t.role == Role::Main && t.item == trial.item && t.arm == trial.arm);
                prop_assert!(first.is_some_and(|first| first < at));
            }
        }
    }

    #[test]
    fn sections_hold_one_arm_each(setting in settings()) {
        if setting.spec.people.order == Order::Sections {
            for slot in setting.slots() {
                let scored: Vec<&Trial> = slot.trials.iter().filter(|t| t.role != Role::Practice).collect();
                prop_assert!(scored.windows(2).all(|pair| pair[0].section <= pair[1].section));
                for pair in scored.iter().filter(|t| t.role != Role::Catch).collect::<Vec<_>>().windows(2) {
                    prop_assert_eq!(pair[0].section == pair[1].section, pair[0].arm == pair[1].arm);
                }
            }
        }
    }

    #[test]
    fn rounding_rounds_cells_and_all_margins(
        counts in prop::collection::btree_map((0..8_u16, any::<bool>()), 0..40_usize, 1..14),
        denominator in 1..9_usize,
        seed in any::<u64>(),
    ) {
        let cells: Vec<(Stratum, usize)> =
            counts.iter().map(|(&(class, right), &count)| (Stratum { class, right }, count)).collect();
        let rounded = round(&cells, denominator, &mut Dice::new(seed, 1));
        let near = |exact: usize, found: usize| found == exact / denominator || found == exact.div_ceil(denominator);
        let sums = |keep: &dyn Fn(&Stratum) -> bool| {
            let kept = cells.iter().zip(&rounded).filter(|((stratum, _), _)| keep(stratum));
            kept.fold((0, 0), |(exact, found), ((_, count), value)| (exact + count, found + value))
        };
        for ((_, count), value) in cells.iter().zip(&rounded) {
            prop_assert!(near(*count, *value));
        }
        let (exact, found) = sums(&|_| true);
        prop_assert!(near(exact, found));
        for right in [false, true] {
            let (exact, found) = sums(&|stratum| stratum.right == right);
            prop_assert!(near(exact, found));
        }
        for class in 0..8 {
            let (exact, found) = sums(&|stratum| stratum.class == class);
            prop_assert!(near(exact, found));
        }
    }
}

/// Cox's rounding keeps expectations: 7 / 3 becomes 3 in a third of all draws.
#[test]
fn rounding_is_fair() {
    let cells: Vec<(Stratum, usize)> =
        [(0, false), (0, true), (1, false), (1, true)].map(|(class, right)| (Stratum { class, right }, 7)).to_vec();
    let mut dice = Dice::new(3, 3);
    let n = 6000;
    let ups: usize = (0..n).map(|_| round(&cells, 3, &mut dice)[0] - 2).sum();
    assert!((ups as f64 / n as f64 - 1.0 / 3.0).abs() < 0.025, "{ups} of {n}");
}

fn candidates(n: usize) -> Vec<Candidate> {
    super::support::pool(n, 2).into_iter().map(|item| item.candidate).collect()
}

#[test]
fn items_are_balanced_by_class_and_success_as_far_as_there_are_enough() {
    let spec = spec();
    let pool = candidates(300);
    let chosen = choose(&pool, &spec).unwrap();
    let count = |class: u16, right: bool| {
        chosen.main.iter().filter(|&&at| pool[at].model == class && pool[at].is_right() == right).count()
    };
    assert_eq!([count(0, true), count(0, false), count(1, true), count(1, false)], [6; 4]);
    let mut few = candidates(300);
    // Only four of class 0 are wrong (items 5, 11, 17, 23): that class is filled up with right ones.
    few.retain(|candidate| candidate.is_right() || candidate.model == 1 || candidate.index < 24);
    let chosen = choose(&few, &spec).unwrap();
    let of_class = |class: u16| chosen.main.iter().filter(|&&at| few[at].model == class).count();
    assert_eq!([of_class(0), of_class(1)], [12, 12]);
    let wrong = chosen.main.iter().filter(|&&at| few[at].model == 0 && !few[at].is_right()).count();
    assert_eq!(wrong, 4);
}

#[test]
fn practice_catch_and_scored_items_are_different_ones() {
    let pool = candidates(120);
    let chosen = choose(&pool, &spec()).unwrap();
    let all: BTreeSet<usize> = chosen.main.iter().chain(&chosen.catch).chain(&chosen.practice).copied().collect();
    assert_eq!(all.len(), 24 + 2 + 2);
    let surest = pool.iter().enumerate().filter(|(at, c)| c.is_right() && !chosen.main.contains(at));
    let most = surest.map(|(_, c)| c.confidence).fold(0.0, f32::max);
    assert!(chosen.catch.iter().all(|&at| pool[at].is_right()));
    assert!(chosen.catch.iter().any(|&at| pool[at].confidence == most), "the surest one is a catch item");
    assert_eq!(choose(&pool, &spec()).unwrap(), chosen);
}

#[test]
fn too_few_items_are_refused_with_the_number_there_are() {
    let text = refused(choose(&candidates(20), &spec()));
    assert!(text.contains("items.count") && text.contains("20"), "{text}");
    let mut listed = spec();
    listed.items.listed = (0..24).collect();
    assert_eq!(choose(&candidates(100), &listed).unwrap().main, (0..24).collect::<Vec<_>>());
    listed.items.listed[3] = 4000;
    assert!(refused(choose(&candidates(100), &listed)).contains("4000"));
}

#[test]
fn button_order_is_turned_for_every_second_group() {
    let mut spec = spec();
    spec.people.count = 12;
    let items: Vec<Stratum> = (0..24).map(|i| Stratum { class: i % 2, right: i % 3 > 0 }).collect();
    let slots = allocate(&Request { spec: &spec, items: &items, catch: &[0, 1], practice: &[0, 1] }).unwrap();
    let turned: Vec<bool> = slots.iter().map(|slot| slot.turned).collect();
    assert_eq!(turned, [[false; 3], [true; 3], [false; 3], [true; 3]].concat());
}
