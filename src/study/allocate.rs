//! Who sees what: which items take part, which of them each person sees in which arm, and in which order.
//!
//! Arms are balanced within each person, exactly: over all items, over each class, over right and wrong answers of the model, and over each
//! class by right and wrong, the numbers of items in two arms differ by one at most. That such an assignment exists follows from de Werra's
//! balanced edge colourings of bipartite multigraphs (INFOR 9, 1971); [`rounding`] finds one. People come in groups of as many as there are
//! arms: a group sees the same items, and its arms rotate from one person to the next (a Latin square).

mod choose;
mod order;
pub mod rounding;

pub use choose::{Candidate, Chosen, choose};

use super::StudyError;
use super::design::{Order, Sees, Spec};
use super::dice::{Dice, stream};

/// What balancing looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stratum {
    /// The class that answers are compared with.
    pub class: u16,
    /// Whether the model gives the true class.
    pub right: bool,
}

/// What a trial is for. Participants cannot tell, except practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// With feedback, before the first item; never scored.
    Practice,
    /// Scored.
    Main,
    /// A full input with an obvious answer.
    Catch,
    /// A main trial shown again.
    Repeat,
}

impl Role {
    /// Word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Main => "main",
            Self::Catch => "catch",
            Self::Repeat => "repeat",
        }
    }
}

/// One trial of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What for.
    pub role: Role,
    /// Number among the items of its role: main items for main and repeat, catch items, practice items.
    pub item: usize,
    /// Arm; 0 for catch items, which show the full input.
    pub arm: usize,
    /// Section, from 0.
    pub section: usize,
}

/// What one person sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Trials in order, practice first.
    pub trials: Vec<Trial>,
    /// Whether the answer buttons are in the opposite order.
    pub turned: bool,
    /// Most trials of one class in a row, practice aside; above `people.max-run` only where no order could do better.
    pub longest_run: usize,
}

/// What is to be allocated.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The design.
    pub spec: &'a Spec,
    /// Stratum of each main item.
    pub items: &'a [Stratum],
    /// Class of each catch item.
    pub catch: &'a [u16],
    /// Class of each practice item.
    pub practice: &'a [u16],
}

/// The trials of every place in the study, [`Spec::slots`] of them. Depends on the request alone.
pub fn allocate(request: &Request<'_>) -> Result<Vec<Slot>, StudyError> {
    let spec = request.spec;
    if request.items.len() != spec.items.count {
        let found = request.items.len();
        return Err(StudyError::design(
            "items.count",
            found.to_string(),
            spec.items.count,
            "choose as many as there are",
        ));
    }
    let n_arms = spec.arms.len();
    let mut dice = Dice::new(spec.seed, stream::ALLOCATION);
    let mut sets = Sets::new(request.items, spec.each(), &mut dice);
    let mut slots = Vec::with_capacity(spec.slots());
    for group in 0..spec.slots() / n_arms {
        let set = sets.next(&mut dice);
        let arms = assign(&set, request.items, n_arms, &mut dice);
        for member in 0..n_arms {
            let mut trials: Vec<Trial> = match spec.people.sees {
                Sees::Once => set.iter().zip(&arms).map(|(&item, &arm)| main(item, (arm + member) % n_arms)).collect(),
                Sees::EveryArm => set.iter().flat_map(|&item| (0..n_arms).map(move |arm| main(item, arm))).collect(),
            };
            let mut own = Dice::new(spec.seed, stream::ORDER + ((slots.len() as u64 + 1) << 8));
            let class_of = |trial: &Trial| match trial.role {
                Role::Catch => request.catch[trial.item],
                _ => request.items[trial.item].class,
            };
            let mut repeats = trials.clone();
            own.shuffle(&mut repeats);
            repeats.truncate(spec.checks.repeats);
            trials.extend(repeats.into_iter().map(|trial| Trial { role: Role::Repeat, ..trial }));
            trials.extend((0..request.catch.len()).map(|item| Trial { role: Role::Catch, item, arm: 0, section: 0 }));
            let sections = sections_of(spec, n_arms, group, member);
            place_in_sections(&mut trials, &sections, &mut own);
            let ordered = order::order(&trials, class_of, sections.len(), spec.people.max_run, &mut own);
            let longest_run = order::longest_run(&ordered, class_of);
            let practice = (0..request.practice.len()).map(|item| Trial {
                role: Role::Practice,
                item,
                arm: item % n_arms,
                section: 0,
            });
            slots.push(Slot {
                trials: practice.chain(ordered).collect(),
                turned: spec.answer.turn_buttons && group % 2 == 1,
                longest_run,
            });
        }
    }
    Ok(slots)
}

const fn main(item: usize, arm: usize) -> Trial {
    Trial { role: Role::Main, item, arm, section: 0 }
}

/// Arms of the sections in order; one entry that stands for all arms where they are mixed. Rotates over the group, and turns round from one
/// group to the next, so that each arm comes first, and before each other arm, equally often.
fn sections_of(spec: &Spec, n_arms: usize, group: usize, member: usize) -> Vec<Option<usize>> {
    if spec.people.order == Order::Mixed {
        return vec![None];
    }
    let mut arms: Vec<usize> = (0..n_arms).map(|at| (at + member) % n_arms).collect();
    if group % 2 == 1 {
        arms.reverse();
    }
    arms.into_iter().map(Some).collect()
}

/// Gives each trial its section: main trials and repeats by their arm, catch items spread evenly.
fn place_in_sections(trials: &mut [Trial], sections: &[Option<usize>], dice: &mut Dice) {
    if sections.len() < 2 {
        return;
    }
    let first = dice.below(sections.len());
    for trial in trials {
        trial.section = match trial.role {
            Role::Catch => (trial.item + first) % sections.len(),
            _ => sections.iter().position(|arm| *arm == Some(trial.arm)).unwrap_or(0),
        };
    }
}

/// The items that each group of people sees: from each stratum its share, taken in turn, so that over the groups all items of a stratum are
/// seen equally often (the numbers differ by one at most).
struct Sets {
    queues: Vec<(Stratum, Vec<usize>, usize)>,
    each: usize,
    total: usize,
}

impl Sets {
    fn new(items: &[Stratum], each: usize, dice: &mut Dice) -> Self {
        let mut strata: Vec<Stratum> = items.to_vec();
        strata.sort_unstable();
        strata.dedup();
        let queues = strata
            .into_iter()
            .map(|stratum| {
                let mut members: Vec<usize> = (0..items.len()).filter(|&item| items[item] == stratum).collect();
                dice.shuffle(&mut members);
                (stratum, members, 0)
            })
            .collect();
        Self { queues, each, total: items.len() }
    }

    fn next(&mut self, dice: &mut Dice) -> Vec<usize> {
        let cells: Vec<(Stratum, usize)> =
            self.queues.iter().map(|(stratum, members, _)| (*stratum, members.len() * self.each)).collect();
        let counts = rounding::round(&cells, self.total, dice);
        let mut set = Vec::with_capacity(self.each);
        for ((_, members, next), count) in self.queues.iter_mut().zip(counts) {
            for _ in 0..count {
                set.push(members[*next % members.len()]);
                *next += 1;
            }
        }
        set
    }
}

/// An arm for each item of `set`, balanced as the module says. Among the items of a stratum, chance decides.
fn assign(set: &[usize], items: &[Stratum], n_arms: usize, dice: &mut Dice) -> Vec<usize> {
    let mut strata: Vec<Stratum> = set.iter().map(|&item| items[item]).collect();
    strata.sort_unstable();
    strata.dedup();
    let mut left: Vec<Vec<usize>> = strata
        .iter()
        .map(|stratum| {
            let mut members: Vec<usize> = (0..set.len()).filter(|&at| items[set[at]] == *stratum).collect();
            dice.shuffle(&mut members);
            members
        })
        .collect();
    let mut names: Vec<usize> = (0..n_arms).collect();
    dice.shuffle(&mut names);
    let mut arms = vec![0; set.len()];
    for (taken, &arm) in names.iter().enumerate() {
        // A fair share of what is left, rounded so that all margins are rounded fairly, too.
        let cells: Vec<(Stratum, usize)> = strata.iter().zip(&left).map(|(s, members)| (*s, members.len())).collect();
        let counts = rounding::round(&cells, n_arms - taken, dice);
        for (members, count) in left.iter_mut().zip(counts) {
            for at in members.split_off(members.len() - count) {
                arms[at] = arm;
            }
        }
    }
    arms
}
