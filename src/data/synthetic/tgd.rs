//! A stand-in for MEED's gaming data, which is not public (Liang et al. 2020, section 4.5): 3 steps of 643 features in 41 groups.
//!
//! Specification. Features of a group follow one hidden number for each step, with loadings of 0.6 to 0.9 and standard normal noise that keeps
//! their variance at 1; the hidden number of a step is 0.6 times that of the step before plus normal noise, variance 1. Groups have 16 features
//! (the first 28) or 15. In each item 4 of 6 groups of its class are active: their hidden number is raised by 1.5 at all three steps. Groups 0 to
//! 5 belong to class 0 ("adult"), 6 to 11 to class 1 ("teenager"), the others to none. The values of the active groups are the truth: 192 of
//! 1,929. One label in twelve is wrong, so that no model gets more than about 92 % right.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::normal;
use crate::data::Shape;
use crate::data::open::Raw;
use crate::data::series::raw_of;

/// Items that are drawn.
pub(super) const ITEMS: usize = 10_000;
const STEPS: usize = 3;
const FEATURES: usize = 643;
const GROUPS: usize = 41;
/// Groups of a class, and how many of them are active.
const OWN: usize = 6;
const ACTIVE: usize = 4;
const RAISED: f32 = 1.5;
const CARRIED: f32 = 0.6;
/// One label in so many is wrong.
const WRONG: u32 = 12;

/// First feature of a group; that of group 41 is the number of features.
fn start(group: usize) -> usize {
    group * 15 + group.min(FEATURES - GROUPS * 15)
}

/// Draws `n` items.
pub(super) fn draw(n: usize, mut rng: ChaCha8Rng) -> Raw {
    let loadings: Vec<f32> = (0..FEATURES).map(|_| rng.random_range(0.6..0.9)).collect();
    let shape = Shape::new(FEATURES, 1, STEPS);
    let (mut values, mut labels, mut truth) = (Vec::with_capacity(n * shape.len()), Vec::new(), Vec::new());
    for item in 0..n {
        let class = item % 2;
        let mut active: Vec<usize> = (class * OWN..(class + 1) * OWN).collect();
        active.shuffle(&mut rng);
        active.truncate(ACTIVE);
        active.sort_unstable();
        for group in 0..GROUPS {
            let raised = if active.contains(&group) { RAISED } else { 0.0 };
            let mut hidden = [normal(&mut rng); STEPS];
            for step in 1..STEPS {
                hidden[step] = CARRIED * hidden[step - 1] + (1.0 - CARRIED * CARRIED).sqrt() * normal(&mut rng);
            }
            for &loading in &loadings[start(group)..start(group + 1)] {
                let noise = (1.0 - loading * loading).sqrt();
                values.extend(hidden.map(|hidden| loading * (hidden + raised) + noise * normal(&mut rng)));
            }
        }
        let places = |group: &usize| (start(*group) * STEPS..start(group + 1) * STEPS).map(|place| place as u32);
        truth.push(active.iter().flat_map(places).collect());
        let is_wrong = rng.random_ratio(1, WRONG);
        labels.push(Some((class ^ usize::from(is_wrong)) as u16));
    }
    let names = (0..GROUPS)
        .flat_map(|group| (0..start(group + 1) - start(group)).map(move |feature| format!("group {group}/{feature}")));
    raw_of(shape, values, labels, vec!["adult".to_owned(), "teenager".to_owned()], Some(truth)).called(names.collect())
}
