//! Data that the program draws itself from a seed, with known truth: L2X's tables `synthetic:xor`, `orange`, `additive`, `switch`, and the series
//! `synthetic:mouse`, `synthetic:tgd`. One file for each kind.

pub mod columns;
mod mouse;
mod tgd;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::DataError;
use super::archive::Tree;
use super::open::{Loader, Raw, Watch};
use super::options::{Key, Value};
use super::spec::{DataSpec, in_words};

/// Reads nothing: draws.
pub static LOADER: Loader = Loader {
    names: &["synthetic"],
    about: "data drawn by the program (synthetic:xor, orange, additive, switch, mouse, tgd)",
    endings: &[],
    keys: &[
        Key::new("n", "Items", "How many are drawn.", Value::Number("10000")),
        Key::new("seed", "Seed", "Another number draws other items.", Value::Number("0")),
    ],
    guess: |_| None,
    load,
};

/// Sets to begin with: what each shows, and its specification.
pub const SAMPLES: [(&str, &str); 6] = [
    ("Generated table: two of ten columns decide together (XOR)", "synthetic:xor"),
    ("Generated table: how far four columns lie from zero decides (orange skin)", "synthetic:orange"),
    ("Generated table: four columns add up (additive)", "synthetic:additive"),
    ("Generated table: one column says which four others decide (switch)", "synthetic:switch"),
    ("Generated pointer movements: a short edited part decides", "synthetic:mouse"),
    ("Generated players: groups of 643 features decide (three steps)", "synthetic:tgd"),
];

/// A set that is drawn.
struct Set {
    /// Name after the colon.
    name: &'static str,
    /// How many items where `n=` says nothing.
    n: usize,
    /// Draws so many items.
    draw: fn(usize, ChaCha8Rng) -> Raw,
    /// Most items that are drawn: a series is larger than a row of a table.
    most: usize,
}

const fn table(name: &'static str, draw: fn(usize, ChaCha8Rng) -> Raw) -> Set {
    Set { name, n: columns::ROWS, draw, most: 2_000_000 }
}

/// A set of series: each item is large.
const fn series(name: &'static str, n: usize, draw: fn(usize, ChaCha8Rng) -> Raw) -> Set {
    Set { name, n, draw, most: 200_000 }
}

const SETS: [Set; 9] = [
    table("xor", |n, rng| columns::table(columns::Rule::Xor, n, rng)),
    table("orange", |n, rng| columns::table(columns::Rule::Orange, n, rng)),
    table("additive", |n, rng| columns::table(columns::Rule::Additive, n, rng)),
    table("switch", |n, rng| columns::table(columns::Rule::Switch, n, rng)),
    table("additive-paper", |n, rng| columns::table(columns::Rule::AdditivePaper, n, rng)),
    table("switch-paper", |n, rng| columns::table(columns::Rule::SwitchPaper, n, rng)),
    table("switch-published", |n, rng| columns::table(columns::Rule::SwitchPublished, n, rng)),
    series("mouse", mouse::TRIALS, mouse::draw),
    series("tgd", tgd::ITEMS, tgd::draw),
];

fn load(_tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let name = spec.path.to_string_lossy();
    let Some(set) = SETS.iter().find(|set| set.name == name) else {
        let known = in_words(SETS.iter().map(|set| set.name));
        return Err(spec.refuse(format!("there is no set \"{name}\""), format!("the sets are {known}")));
    };
    let n = spec.number("n")?.map_or(set.n, |n| usize::try_from(n).unwrap_or(usize::MAX));
    if !(2..=set.most).contains(&n) {
        return Err(spec.refuse(format!("n is {n}"), format!("ask for 2 to {} items", set.most)));
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

#[cfg(test)]
mod tests {
    use super::{SAMPLES, SETS};
    use crate::data::DataSpec;

    #[test]
    fn every_sample_names_a_set_that_there_is() {
        for (title, spec) in SAMPLES {
            let spec: DataSpec = spec.parse().expect("a specification");
            let known = SETS.iter().any(|set| spec.path.to_string_lossy() == set.name);
            assert!(spec.kind.is_drawn() && known, "{title}");
        }
    }
}
