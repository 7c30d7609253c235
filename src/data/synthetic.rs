//! Data that the program draws itself from a seed, with known truth: L2X's tables `synthetic:xor`, `orange`, `additive`, `switch`. One file for
//! each kind.

pub mod columns;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::DataError;
use super::archive::Tree;
use super::open::{Loader, Raw, Watch};
use super::spec::{DataSpec, in_words};

/// Reads nothing: draws.
pub static LOADER: Loader = Loader {
    names: &["synthetic"],
    about: "data drawn by the program (synthetic:xor, synthetic:orange, synthetic:additive, synthetic:switch)",
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

const fn table(name: &'static str, draw: fn(usize, ChaCha8Rng) -> Raw) -> Set {
    Set { name, n: columns::ROWS, draw }
}

const SETS: [Set; 7] = [
    table("xor", |n, rng| columns::table(columns::Rule::Xor, n, rng)),
    table("orange", |n, rng| columns::table(columns::Rule::Orange, n, rng)),
    table("additive", |n, rng| columns::table(columns::Rule::Additive, n, rng)),
    table("switch", |n, rng| columns::table(columns::Rule::Switch, n, rng)),
    table("additive-paper", |n, rng| columns::table(columns::Rule::AdditivePaper, n, rng)),
    table("switch-paper", |n, rng| columns::table(columns::Rule::SwitchPaper, n, rng)),
    table("switch-published", |n, rng| columns::table(columns::Rule::SwitchPublished, n, rng)),
];
/// Most items that are drawn.
const MAX_DRAWN: usize = 2_000_000;

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
