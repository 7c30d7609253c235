//! Simulated house plants: a few columns that matter by a stated rule, and some that do not.

use std::fmt::Write;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const N_ROWS: usize = 2_000;
/// Species, hours of light it wants, millilitres of water a week.
const SPECIES: [(&str, f32, f32); 4] =
    [("cactus", 9.0, 90.0), ("fern", 4.0, 360.0), ("palm", 6.0, 360.0), ("orchid", 5.0, 360.0)];

/// The text of `table.csv`. The rule is stated in the README beside it.
pub(super) fn csv(mut rng: ChaCha8Rng) -> String {
    let mut text =
        "species,light_hours,water_ml_per_week,pot_litres,temperature_c,window,age_years,owner_talks,thrives\n"
            .to_owned();
    for _ in 0..N_ROWS {
        let (species, light_wanted, water_wanted) = SPECIES[rng.random_range(0..SPECIES.len())];
        // Rounded first: the rule must hold for the numbers as written.
        let tenth = |value: f32| (value * 10.0).round() / 10.0;
        let light = tenth((light_wanted + rng.random_range(-3.0..3.0_f32)).max(0.5));
        let pot = tenth(rng.random_range(0.5..6.0));
        let water = (water_wanted * rng.random_range(0.4..1.6_f32)).round();
        let temperature = tenth(rng.random_range(13.0..29.0));
        let has_light = (light - light_wanted).abs() <= 2.0;
        let has_water = (water / water_wanted - 1.0).abs() <= 0.4;
        let is_flipped = rng.random_bool(0.05);
        let thrives = (has_light && has_water && (16.0..=26.0).contains(&temperature)) != is_flipped;
        let window = ["north", "east", "south", "west"][rng.random_range(0..4)];
        let age = rng.random_range(1..12);
        let talks = if rng.random_bool(0.5) { "yes" } else { "no" };
        let thrives = if thrives { "yes" } else { "no" };
        writeln!(text, "{species},{light:.1},{water:.0},{pot:.1},{temperature:.1},{window},{age},{talks},{thrives}")
            .expect("writing to a string does not fail");
    }
    text
}
