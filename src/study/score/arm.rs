//! The answers of one arm, item by item, and the protocols' rules. One function gives FS-H for any weights of people and items: with all
//! weights 1 it is the number of the report, with drawn ones a resample of its bootstrap.

use super::Share;
use crate::study::design::Protocol;
use crate::study::key::Key;
use crate::study::responses::{Response, only_maximum};
use crate::study::stats;

/// Answers of an arm.
#[derive(Clone, Debug)]
pub struct ArmData {
    protocol: Protocol,
    n_classes: usize,
    /// Ascending indices into the key's items.
    items: Vec<Item>,
    /// People of the whole study, so that the weights of two arms go together.
    people: usize,
    /// Items of the key.
    n_key_items: usize,
    n_present: usize,
}

#[derive(Clone, Debug)]
struct Item {
    item: usize,
    target: u16,
    answers: Vec<Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    person: usize,
    /// Weights over classes; `None` for undecided.
    weights: Option<Vec<f64>>,
    /// 1 right, 0 wrong, between where the highest scores tie.
    credit: f64,
}

/// What an answer is worth if `target` is right: 1 or 0; a tie between the highest scores counts by parts.
pub(super) fn credit(response: &Response, n_classes: usize, target: u16) -> f64 {
    response.weights(n_classes).map_or(0.0, |weights| credit_of(&weights, target))
}

fn credit_of(weights: &[f64], target: u16) -> f64 {
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let tied = |value: &f64| *value >= most - 1e-9;
    if weights.get(usize::from(target)).is_some_and(tied) {
        1.0 / weights.iter().filter(|w| tied(w)).count() as f64
    } else {
        0.0
    }
}

impl ArmData {
    /// Groups answers by item. Answers without a known right class are left out; under AIM's rule also items where the model is wrong.
    pub fn new<'a>(key: &Key, responses: impl Iterator<Item = &'a Response>) -> Self {
        let n_classes = key.classes.len();
        let protocol = key.spec.protocol;
        let mut items: Vec<Item> = Vec::new();
        let mut people = Vec::new();
        for response in responses {
            let Some(target) = response.target else { continue };
            if protocol == Protocol::Aim && response.truth != Some(response.model) {
                continue;
            }
            people.push(response.person);
            let weights = response.weights(n_classes);
            let answer = Answer {
                person: response.person,
                credit: weights.as_ref().map_or(0.0, |weights| credit_of(weights, target)),
                weights,
            };
            match items.binary_search_by_key(&response.item, |item| item.item) {
                Ok(at) => items[at].answers.push(answer),
                Err(at) => items.insert(at, Item { item: response.item, target, answers: vec![answer] }),
            }
        }
        let most = people.iter().max().map_or(0, |most| most + 1);
        people.sort_unstable();
        people.dedup();
        Self { protocol, n_classes, items, people: most, n_key_items: key.items.len(), n_present: people.len() }
    }

    /// Items with an answer.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// People with an answer.
    pub fn n_people(&self) -> usize {
        self.n_present
    }

    /// Indices of the items into the key's.
    pub fn items(&self) -> impl Iterator<Item = usize> {
        self.items.iter().map(|item| item.item)
    }

    /// Sum of the answers to an item, people weighted; `None` without a decided one.
    fn tally(&self, item: &Item, people: &[u32]) -> Option<Vec<f64>> {
        let mut sum = vec![0.0; self.n_classes];
        let mut total = 0.0;
        for answer in &item.answers {
            let weight = f64::from(people[answer.person]);
            if let Some(weights) = &answer.weights
                && weight > 0.0
            {
                total += weight;
                sum.iter_mut().zip(weights).for_each(|(sum, w)| *sum += weight * w);
            }
        }
        (total > 0.0).then_some(sum)
    }

    /// What an item is worth by the answers to it together; `None` where it is left out.
    fn item_credit(&self, item: &Item, people: &[u32]) -> Option<f64> {
        match self.protocol {
            Protocol::L2x => {
                let class = only_maximum(&self.tally(item, people)?)?;
                Some(f64::from(u8::from(class == item.target)))
            }
            Protocol::Meed => Some(credit_of(&self.tally(item, people)?, item.target)),
            Protocol::Standard | Protocol::Aim => {
                let (mut sum, mut n) = (0.0, 0.0);
                for answer in item.answers.iter().filter(|answer| answer.weights.is_some()) {
                    let weight = f64::from(people[answer.person]);
                    sum += weight * answer.credit;
                    n += weight;
                }
                (n > 0.0).then_some(sum / n)
            }
        }
    }

    /// FS-H, 0..=1, with each person and each item weighted; NaN where there is nothing.
    fn value(&self, people: &[u32], items: &[u32]) -> f64 {
        match self.protocol {
            Protocol::L2x | Protocol::Meed => {
                let (mut sum, mut n) = (0.0, 0.0);
                for item in self.items.iter().filter(|item| items[item.item] > 0) {
                    if let Some(credit) = self.item_credit(item, people) {
                        sum += f64::from(items[item.item]) * credit;
                        n += f64::from(items[item.item]);
                    }
                }
                sum / n
            }
            Protocol::Standard => {
                let (mut sum, mut n) = (0.0, 0.0);
                for item in &self.items {
                    for answer in item.answers.iter().filter(|answer| answer.weights.is_some()) {
                        let weight = f64::from(items[item.item] * people[answer.person]);
                        sum += weight * answer.credit;
                        n += weight;
                    }
                }
                sum / n
            }
            Protocol::Aim => {
                let (mut sums, mut counts) = (vec![0.0; self.people], vec![0.0; self.people]);
                for item in &self.items {
                    for answer in item.answers.iter().filter(|answer| answer.weights.is_some()) {
                        sums[answer.person] += f64::from(items[item.item]) * answer.credit;
                        counts[answer.person] += f64::from(items[item.item]);
                    }
                }
                let (mut sum, mut n) = (0.0, 0.0);
                for person in (0..self.people).filter(|&person| counts[person] > 0.0) {
                    sum += f64::from(people[person]) * sums[person] / counts[person];
                    n += f64::from(people[person]);
                }
                sum / n
            }
        }
    }

    fn ones(&self) -> (Vec<u32>, Vec<u32>) {
        (vec![1; self.people], vec![1; self.n_key_items])
    }

    /// FS-H. Its Wilson interval counts items where answers are averaged per item (L2X, MEED), else answers.
    pub fn fs_h(&self) -> Share {
        let (people, items) = self.ones();
        let counted: Vec<f64> = match self.protocol {
            Protocol::L2x | Protocol::Meed => {
                self.items.iter().filter_map(|item| self.item_credit(item, &people)).collect()
            }
            Protocol::Standard | Protocol::Aim => self
                .items
                .iter()
                .flat_map(|item| &item.answers)
                .filter(|answer| answer.weights.is_some())
                .map(|answer| answer.credit)
                .collect(),
        };
        let value = self.value(&people, &items);
        Share { percent: value.is_finite().then_some(100.0 * value), ..Share::of(counted.iter().sum(), counted.len()) }
    }

    /// 95 % interval of FS-H in percent, by a bootstrap over people and items.
    pub fn interval(&self, seed: u64) -> Option<[f64; 2]> {
        interval(&[self], seed, [0.0, 1.0], |people, items| self.value(people, items))
    }

    /// Items that have answers but no verdict (L2X).
    pub fn undecided_items(&self) -> usize {
        let (people, _) = self.ones();
        self.items.iter().filter(|item| self.item_credit(item, &people).is_none()).count()
    }

    /// For each item with a verdict, whether people got it right together; a draw is none.
    pub fn verdicts(&self) -> Vec<(usize, bool)> {
        let (people, _) = self.ones();
        self.items
            .iter()
            .filter_map(|item| Some((item.item, self.item_credit(item, &people)?)))
            .filter(|(_, credit)| (credit - 0.5).abs() > 1e-9)
            .map(|(item, credit)| (item, credit > 0.5))
            .collect()
    }
}

/// Draws among the people and items that occur in `arms`, and hands weights over all of them to `statistic`.
fn interval(
    arms: &[&ArmData],
    seed: u64,
    range: [f64; 2],
    statistic: impl Fn(&[u32], &[u32]) -> f64,
) -> Option<[f64; 2]> {
    let distinct = |mut known: Vec<usize>| {
        known.sort_unstable();
        known.dedup();
        known
    };
    let all = || arms.iter().flat_map(|arm| &arm.items);
    let people = distinct(all().flat_map(|item| &item.answers).map(|answer| answer.person).collect());
    let items = distinct(all().map(|item| item.item).collect());
    let mut of_person = vec![0; arms.iter().map(|arm| arm.people).max()?];
    let mut of_item = vec![0; arms.iter().map(|arm| arm.n_key_items).max()?];
    let found = statistic(&vec![1; of_person.len()], &vec![1; of_item.len()]);
    let of_draw = |person_counts: &[u32], item_counts: &[u32]| {
        people.iter().zip(person_counts).for_each(|(&at, &count)| of_person[at] = count);
        items.iter().zip(item_counts).for_each(|(&at, &count)| of_item[at] = count);
        statistic(&of_person, &of_item)
    };
    let (n_people, n_items) = (people.len(), items.len());
    let drawn = match arms[0].protocol {
        // A share of answers is as large in resamples as it is; what people make of an item together is not.
        Protocol::Standard | Protocol::Aim => stats::cluster_interval(n_people, n_items, seed, of_draw),
        Protocol::L2x | Protocol::Meed => stats::centred_interval(n_people, n_items, seed, found, range, of_draw),
    };
    drawn.map(|interval| interval.map(|share| 100.0 * share))
}

/// 95 % interval of FS-H of `first` minus FS-H of `second`, in points: people and items are drawn together for both.
pub(super) fn difference_interval(first: &ArmData, second: &ArmData, seed: u64) -> Option<[f64; 2]> {
    interval(&[first, second], seed, [-1.0, 1.0], |people, items| {
        first.value(people, items) - second.value(people, items)
    })
}
