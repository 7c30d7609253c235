//! Which items take part: drawn by the seed, balanced as far as there are enough; practice and catch items are others.

use super::Stratum;
use crate::study::StudyError;
use crate::study::design::{Only, Spec, Target};
use crate::study::dice::{Dice, stream};

/// An item that could take part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Number in the opened data.
    pub index: usize,
    /// True class, where the data state one.
    pub truth: Option<u16>,
    /// The model's class for the full input.
    pub model: u16,
    /// Its probability, 0..=1.
    pub confidence: f32,
}

impl Candidate {
    /// Whether the model gives the true class; an unknown truth counts as wrong.
    pub fn is_right(&self) -> bool {
        self.truth == Some(self.model)
    }

    /// What balancing looks at.
    pub fn stratum(&self, target: Target) -> Stratum {
        let class = match target {
            Target::Model => self.model,
            Target::Truth => self.truth.unwrap_or(self.model),
        };
        Stratum { class, right: self.is_right() }
    }
}

/// Positions in the list of candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Scored items.
    pub main: Vec<usize>,
    /// Catch items: the model is right, and surest.
    pub catch: Vec<usize>,
    /// Practice items.
    pub practice: Vec<usize>,
}

/// Chooses items by the design's filter, balance and seed.
pub fn choose(candidates: &[Candidate], spec: &Spec) -> Result<Chosen, StudyError> {
    let target = spec.protocol.target();
    let mut dice = Dice::new(spec.seed, stream::ITEMS);
    let passes = |candidate: &Candidate| match spec.items.only {
        Only::Any => target == Target::Model || candidate.truth.is_some(),
        Only::ModelRight => candidate.is_right(),
        Only::ModelWrong => candidate.truth.is_some() && !candidate.is_right(),
    };
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    dice.shuffle(&mut order);
    let pool: Vec<usize> = order.iter().copied().filter(|&at| passes(&candidates[at])).collect();

    let main = if spec.items.listed.is_empty() {
        let wanted = spec.items.count + spec.checks.practice;
        if pool.len() < wanted {
            let advice = "choose fewer items, another split or another filter";
            return Err(StudyError::design("items.count", format!("at most {}", pool.len()), wanted, advice));
        }
        draw(candidates, &pool, spec, target)
    } else {
        listed(candidates, spec, passes)?
    };
    let mut is_taken = vec![false; candidates.len()];
    main.iter().for_each(|&at| is_taken[at] = true);

    let mut sure: Vec<usize> = order.iter().copied().filter(|&at| !is_taken[at] && candidates[at].is_right()).collect();
    sure.sort_by(|&a, &b| candidates[b].confidence.total_cmp(&candidates[a].confidence));
    let catch = in_turn(candidates, &sure, spec.checks.catch, target);
    if catch.len() < spec.checks.catch {
        let advice = "choose fewer catch items, or fewer items";
        return Err(StudyError::design("checks.catch", format!("at most {}", catch.len()), spec.checks.catch, advice));
    }
    catch.iter().for_each(|&at| is_taken[at] = true);

    let free: Vec<usize> = pool.iter().copied().filter(|&at| !is_taken[at]).collect();
    let practice = in_turn(candidates, &free, spec.checks.practice, target);
    if practice.len() < spec.checks.practice {
        let (most, advice) = (practice.len(), "choose fewer practice items, or fewer items");
        return Err(StudyError::design("checks.practice", format!("at most {most}"), spec.checks.practice, advice));
    }
    Ok(Chosen { main, catch, practice })
}

fn listed(
    candidates: &[Candidate],
    spec: &Spec,
    passes: impl Fn(&Candidate) -> bool,
) -> Result<Vec<usize>, StudyError> {
    let mut out = Vec::with_capacity(spec.items.listed.len());
    for &item in &spec.items.listed {
        let found = candidates.iter().position(|candidate| candidate.index == item);
        match found {
            Some(at) if out.contains(&at) => {
                return Err(StudyError::design(
                    "items.listed",
                    "each item once",
                    format!("{item} twice"),
                    "remove one",
                ));
            }
            Some(at) if passes(&candidates[at]) => out.push(at),
            _ => {
                let advice = "list items of the chosen split that pass the filter";
                return Err(StudyError::design("items.listed", "items that can take part", item, advice));
            }
        }
    }
    Ok(out)
}

/// Draws the scored items from `pool`, which is in random order.
fn draw(candidates: &[Candidate], pool: &[usize], spec: &Spec, target: Target) -> Vec<usize> {
    let key = |at: usize| {
        let stratum = candidates[at].stratum(target);
        (
            if spec.items.balance_classes { stratum.class } else { 0 },
            if spec.items.balance_correct { usize::from(stratum.right) } else { 0 },
        )
    };
    let mut classes: Vec<u16> = pool.iter().map(|&at| key(at).0).collect();
    classes.sort_unstable();
    classes.dedup();
    let members = |class: u16, right: usize| pool.iter().copied().filter(move |&at| key(at) == (class, right));
    let sizes: Vec<usize> = classes.iter().map(|&c| members(c, 0).count() + members(c, 1).count()).collect();
    let mut out = Vec::with_capacity(spec.items.count);
    for (&class, count) in classes.iter().zip(level(&sizes, spec.items.count)) {
        let sides = level(&[members(class, 0).count(), members(class, 1).count()], count);
        for (right, count) in sides.into_iter().enumerate() {
            out.extend(members(class, right).take(count));
        }
    }
    out.sort_unstable();
    out
}

/// Shares `n` out so that the parts are as equal as `sizes` allow; the first parts get what is left over.
fn level(sizes: &[usize], n: usize) -> Vec<usize> {
    let mut out = vec![0; sizes.len()];
    let mut left = n.min(sizes.iter().sum());
    while left > 0 {
        let open: Vec<usize> = (0..sizes.len()).filter(|&i| out[i] < sizes[i]).collect();
        // Everybody gets the same, as much as the smallest rest holds; the last few are given singly.
        let room = open.iter().map(|&i| sizes[i] - out[i]).min().unwrap_or(0);
        let each = room.min(left / open.len().max(1)).max(1);
        for &i in &open {
            let given = each.min(left);
            out[i] += given;
            left -= given;
        }
    }
    out
}

/// The first `n` of `order`, taking classes in turn as far as there are any.
fn in_turn(candidates: &[Candidate], order: &[usize], n: usize, target: Target) -> Vec<usize> {
    let mut classes: Vec<(u16, std::collections::VecDeque<usize>)> = Vec::new();
    for &at in order {
        let class = candidates[at].stratum(target).class;
        match classes.iter_mut().find(|(known, _)| *known == class) {
            Some((_, members)) => members.push_back(at),
            None => classes.push((class, std::iter::once(at).collect())),
        }
    }
    classes.sort_by_key(|(class, _)| *class);
    let mut out = Vec::with_capacity(n);
    while out.len() < n && classes.iter().any(|(_, members)| !members.is_empty()) {
        for (_, members) in &mut classes {
            if out.len() < n
                && let Some(at) = members.pop_front()
            {
                out.push(at);
            }
        }
    }
    out
}
