//! Data that the program draws itself from a seed, with known truth: `synthetic:mouse`, `synthetic:tgd`. One file for each set.

mod mouse;
mod tgd;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::DataError;
use super::archive::Tree;
use super::open::{Loader, Raw, Watch};
use super::spec::{DataSpec, in_words};

/// Reads nothing: draws.
pub static LOADER: Loader = Loader {
    names: &["synthetic"],
    about: "data drawn by the program (synthetic:mouse, synthetic:tgd)",
    keys: &["n", "seed"],
    guess: |_| None,
    load,
};

/// A set that is drawn.
struct Set {
    /// Name after the colon.
    name: &'static str,
    /// How many items where `n=` says nothing.
    n: usize,
    /// Draws so many items.
    draw: fn(usize, ChaCha8Rng) -> Raw,
}

const SETS: [Set; 2] =
    [Set { name: "mouse", n: mouse::TRIALS, draw: mouse::draw }, Set { name: "tgd", n: tgd::ITEMS, draw: tgd::draw }];
/// Most items that are drawn.
const MAX_DRAWN: usize = 200_000;

fn load(_tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let name = spec.path.to_string_lossy();
    let Some(set) = SETS.iter().find(|set| set.name == name) else {
        let known = in_words(SETS.iter().map(|set| set.name));
        return Err(spec.refuse(format!("there is no set \"{name}\""), format!("the sets are {known}")));
    };
    let n = spec.number("n")?.map_or(set.n, |n| usize::try_from(n).unwrap_or(usize::MAX));
    if !(2..=MAX_DRAWN).contains(&n) {
        return Err(spec.refuse(format!("n is {n}"), format!("ask for 2 to {MAX_DRAWN} items")));
    }
    watch.step("Drawing items", 0, None)?;
    Ok((set.draw)(n, ChaCha8Rng::seed_from_u64(spec.number("seed")?.unwrap_or(0))))
}

/// A standard normal number (Box and Muller).
fn normal(rng: &mut ChaCha8Rng) -> f32 {
    let (radius, angle): (f32, f32) =
        (rng.random_range(f32::EPSILON..1.0), rng.random_range(0.0..std::f32::consts::TAU));
    (-2.0 * radius.ln()).sqrt() * angle.cos()
}
