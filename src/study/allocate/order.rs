//! Random orders with no more than so many trials of a class in a row, and repeats far from what they repeat.

use super::{Role, Trial};
use crate::study::dice::Dice;

/// Orders that are drawn to find one whose repeats lie far apart.
const TRIES: usize = 40;
/// Trials between a repeat and what it repeats, where there is room.
const GAP: usize = 10;

/// Puts `trials` in order, section by section.
pub(super) fn order(
    trials: &[Trial],
    class_of: impl Fn(&Trial) -> u16,
    n_sections: usize,
    max_run: usize,
    dice: &mut Dice,
) -> Vec<Trial> {
    let mut best: (usize, Vec<Trial>) = (0, Vec::new());
    for attempt in 0..TRIES {
        let mut drawn: Vec<Trial> = Vec::with_capacity(trials.len());
        for section in 0..n_sections {
            let members: Vec<Trial> = trials.iter().copied().filter(|trial| trial.section == section).collect();
            extend(&mut drawn, members, &class_of, max_run, dice);
        }
        let gap = least_gap(&drawn);
        if attempt == 0 || gap > best.0 {
            best = (gap, drawn);
        }
        if best.0 >= GAP.min(trials.len() / 4) {
            break;
        }
    }
    let mut ordered = best.1;
    // Whichever of the two comes first is the scored one; they look the same.
    let repeats: Vec<Trial> = ordered.iter().copied().filter(|trial| trial.role == Role::Repeat).collect();
    for repeat in repeats {
        let mut at = (0..ordered.len()).filter(|&at| is_same(&ordered[at], &repeat));
        if let (Some(first), Some(second)) = (at.next(), at.next()) {
            ordered[first].role = Role::Main;
            ordered[second].role = Role::Repeat;
        }
    }
    ordered
}

/// Whether two trials show the same stimulus.
fn is_same(a: &Trial, b: &Trial) -> bool {
    let is_main = |trial: &Trial| matches!(trial.role, Role::Main | Role::Repeat);
    is_main(a) && is_main(b) && a.item == b.item && a.arm == b.arm
}

/// Trials between a repeat and what it repeats, the least of all.
fn least_gap(trials: &[Trial]) -> usize {
    let mut least = usize::MAX;
    for (at, trial) in trials.iter().enumerate().filter(|(_, trial)| trial.role == Role::Repeat) {
        let other = (0..trials.len()).find(|&other| other != at && is_same(&trials[other], trial));
        least = least.min(other.map_or(usize::MAX, |other| other.abs_diff(at)));
    }
    least
}

/// Appends `members` in random order. A class may follow only if what is then left can still be placed within the limit; where no order
/// keeps the limit, the smallest possible one is kept instead.
fn extend(
    drawn: &mut Vec<Trial>,
    mut members: Vec<Trial>,
    class_of: &impl Fn(&Trial) -> u16,
    max_run: usize,
    dice: &mut Dice,
) {
    dice.shuffle(&mut members);
    let mut classes: Vec<(u16, Vec<Trial>)> = Vec::new();
    for trial in members {
        let class = class_of(&trial);
        match classes.iter_mut().find(|(known, _)| *known == class) {
            Some((_, trials)) => trials.push(trial),
            None => classes.push((class, vec![trial])),
        }
    }
    let mut tail = drawn.last().map(|last| {
        let class = class_of(last);
        (class, drawn.iter().rev().take_while(|trial| class_of(trial) == class).count())
    });
    let mut left: usize = classes.iter().map(|(_, trials)| trials.len()).sum();
    let mut limit = max_run.max(1);
    while !fits(&classes, left, tail, limit) {
        limit += 1;
    }
    while left > 0 {
        // A draw over trials, not over classes, so that all orders within the limit stay possible.
        let mut draw = dice.below(left);
        let first = classes
            .iter()
            .position(|(_, trials)| {
                let is_here = draw < trials.len();
                draw = draw.saturating_sub(trials.len());
                is_here
            })
            .unwrap_or(0);
        let n_classes = classes.len();
        let next = (0..n_classes).map(|step| (first + step) % n_classes).find_map(|at| {
            let class = classes[at].0;
            let run = if tail.is_some_and(|(last, _)| last == class) { tail.map_or(1, |(_, run)| run + 1) } else { 1 };
            if classes[at].1.is_empty() || run > limit {
                return None;
            }
            let taken = classes[at].1.pop()?;
            if fits(&classes, left - 1, Some((class, run)), limit) {
                return Some((taken, (class, run)));
            }
            classes[at].1.push(taken);
            None
        });
        match next {
            Some((trial, new_tail)) => {
                drawn.push(trial);
                tail = Some(new_tail);
                left -= 1;
            }
            None => limit += 1,
        }
    }
}

/// Whether what is left can be placed behind `tail` (class and length of the last run) with runs of at most `limit`: each class must fit
/// into the gaps between the others.
fn fits(classes: &[(u16, Vec<Trial>)], left: usize, tail: Option<(u16, usize)>, limit: usize) -> bool {
    classes.iter().all(|(class, trials)| {
        let others = left - trials.len();
        let first_gap = match tail {
            Some((last, run)) if last == *class => limit.saturating_sub(run),
            _ => limit,
        };
        trials.len() <= first_gap + limit * others
    })
}

/// Most trials of one class in a row.
pub(super) fn longest_run(trials: &[Trial], class_of: impl Fn(&Trial) -> u16) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for trial in trials {
        let class = class_of(trial);
        run = if last == Some(class) { run + 1 } else { 1 };
        last = Some(class);
        longest = longest.max(run);
    }
    longest
}
