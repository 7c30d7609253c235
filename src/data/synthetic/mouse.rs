//! A stand-in for DoRaR's mouse data, which is not public (Qin et al., section V): smooth movements as velocities, half of them edited.
//!
//! Specification. 2,437 trials of 18 users in turn; a trial is 10 movements of 160 points each, 2 x 1600 velocities in pixels per point. Each
//! user has a usual reach (150 to 450 pixels), duration (90 to 150 points), bow (up to a quarter of the reach) and tremor (0.05 to 0.25 pixels),
//! and each movement varies them: reach times 0.6 to 1.4, duration times 0.8 to 1.2 (at most 156), bow plus up to 0.1, any direction. Speed
//! follows a minimum-jerk reach that has begun when the recording does (12 % of its time), along a path that bows to one side; the tremor is a
//! sine on each axis with a period of 11 to 25 points. Behind the movement velocities are zero. In every second trial of a user, in random
//! order, the first 16 points of the last movement become four straight pieces of four points at constant speed, two along each axis, with the
//! same displacement in all: those 16 points are the truth. The other half has none.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::data::Shape;
use crate::data::open::Raw;
use crate::data::samples::pointer::{EDITED, edit};
use crate::data::series::raw_of;

/// Trials in the paper.
pub(super) const TRIALS: usize = 2437;
const USERS: usize = 18;
const MOVEMENTS: usize = 10;
const POINTS: usize = 160;
/// Points of a movement that are not at rest, at most: the last are zero in every trial.
const LONGEST: usize = 156;
const STEPS: usize = MOVEMENTS * POINTS;
/// Where the last movement begins.
const LAST: usize = STEPS - POINTS;

/// How a user moves.
struct Style {
    reach: f32,
    duration: f32,
    bow: f32,
    tremor: f32,
    pace: [f32; 2],
}

impl Style {
    fn drawn(rng: &mut ChaCha8Rng) -> Self {
        let mut pace = || std::f32::consts::TAU / rng.random_range(11.0..25.0);
        let pace = [pace(), pace()];
        Self {
            reach: rng.random_range(150.0..450.0),
            duration: rng.random_range(90.0..150.0),
            bow: rng.random_range(-0.25..0.25),
            tremor: rng.random_range(0.05..0.25),
            pace,
        }
    }
}

/// Draws `n` trials.
pub(super) fn draw(n: usize, mut rng: ChaCha8Rng) -> Raw {
    let styles: Vec<Style> = (0..USERS).map(|_| Style::drawn(&mut rng)).collect();
    // Trial i is by user i modulo 18; half of each user's trials are edited.
    let mut edited = vec![false; n];
    for user in 0..USERS.min(n) {
        let mut own: Vec<usize> = (user..n).step_by(USERS).collect();
        own.shuffle(&mut rng);
        // An odd trial too many is edited for every second user, so that the halves are equal.
        let half = (own.len() + user % 2) / 2;
        own.iter().take(half).for_each(|&trial| edited[trial] = true);
    }
    let shape = Shape::new(2, 1, STEPS);
    let mut values = Vec::with_capacity(n * shape.len());
    for (trial, &is_edited) in edited.iter().enumerate() {
        let style = &styles[trial % USERS];
        let mut velocities: Vec<[f32; 2]> = (0..MOVEMENTS).flat_map(|_| movement(style, &mut rng)).collect();
        if is_edited {
            edit(&mut velocities[LAST..LAST + EDITED], &mut rng);
        }
        for axis in 0..2 {
            values.extend(velocities.iter().map(|velocity| velocity[axis]));
        }
    }
    let marked = |axis: usize| (LAST..LAST + EDITED).map(move |step| (axis * STEPS + step) as u32);
    let truth = edited.iter().map(|&is_edited| (0..2).filter(|_| is_edited).flat_map(marked).collect()).collect();
    let labels = edited.iter().map(|&is_edited| Some(u16::from(is_edited))).collect();
    let names = vec!["x velocity".to_owned(), "y velocity".to_owned()];
    raw_of(shape, values, labels, vec!["original".to_owned(), "edited".to_owned()], Some(truth)).called(names)
}

/// Velocities of one movement from rest to rest.
fn movement(style: &Style, rng: &mut ChaCha8Rng) -> Vec<[f32; 2]> {
    let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
    let reach = style.reach * rng.random_range(0.6..1.4);
    let bow = style.bow + rng.random_range(-0.1..0.1);
    let lasting = ((style.duration * rng.random_range(0.8..1.2)) as usize).min(LONGEST);
    let phase: [f32; 2] = [0.0; 2].map(|_: f32| rng.random_range(0.0..std::f32::consts::TAU));
    let at = |step: usize| {
        let t = (0.12 + 0.88 * step as f32 / lasting as f32).min(1.0);
        let along = t * t * t * (10.0 - 15.0 * t + 6.0 * t * t);
        let aside = bow * 4.0 * along * (1.0 - along);
        [reach * (along * cos - aside * sin), reach * (along * sin + aside * cos)]
    };
    let velocity = |step: usize| {
        let (from, to) = (at(step), at(step + 1));
        let shake = |axis: usize| {
            let wave = style.tremor * (style.pace[axis] * step as f32 + phase[axis]).sin();
            if step < lasting { wave } else { 0.0 }
        };
        [to[0] - from[0] + shake(0), to[1] - from[1] + shake(1)]
    };
    (0..POINTS).map(velocity).collect()
}
