//! What two channels say of a movement in the plane, told by their names.

/// How two channels become a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Movement {
    /// How far it goes in each step: steps are added up. The y axis of a screen, from which movements come, points down.
    #[default]
    Velocities,
    /// Where it is at each step.
    Positions,
}

/// Words and letters that make a channel one of velocities.
const VELOCITIES: [&str; 11] =
    ["v", "d", "vel", "velocity", "velocities", "speed", "delta", "diff", "displacement", "movement", "moved"];
/// The same for positions.
const POSITIONS: [&str; 8] =
    ["pos", "position", "positions", "coord", "coordinate", "coordinates", "location", "place"];
/// Words that name an axis and a position on it.
const PLACES: [(&str, usize); 5] = [("longitude", 0), ("lon", 0), ("lng", 0), ("latitude", 1), ("lat", 1)];

impl Movement {
    /// What the names of two channels say, the first of which goes along x; `None` for other channels.
    pub fn named(names: &[String]) -> Option<Self> {
        let [x, y] = names else { return None };
        match (channel(x)?, channel(y)?) {
            ((0, first), (1, second)) if first == second => Some(first),
            _ => None,
        }
    }
}

/// The axis of a channel, 0 or 1, and what it says of it; `None` where the name says nothing of the kind.
fn channel(name: &str) -> Option<(usize, Movement)> {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut axes = words.iter().filter_map(|word| axis(word));
    let (of, said) = axes.next()?;
    if axes.next().is_some() {
        return None;
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let by_words = || {
        if has(&VELOCITIES) {
            return Some(Movement::Velocities);
        }
        (has(&POSITIONS) || words.len() == 1).then_some(Movement::Positions)
    };
    Some((of, said.or_else(by_words)?))
}

/// The axis that a word names, and what it says of it: `x` and `horizontal` nothing, `vx` and `dx` that it is a velocity, `posx` and `lon` a position.
fn axis(word: &str) -> Option<(usize, Option<Movement>)> {
    if let Some((_, at)) = PLACES.iter().find(|(known, _)| *known == word) {
        return Some((*at, Some(Movement::Positions)));
    }
    [("x", "horizontal"), ("y", "vertical")].into_iter().enumerate().find_map(|(at, (letter, direction))| {
        if word == letter || word == direction {
            return Some((at, None));
        }
        let rest = word.strip_suffix(letter).or_else(|| word.strip_prefix(letter))?;
        let said = if VELOCITIES.contains(&rest) {
            Movement::Velocities
        } else if POSITIONS.contains(&rest) {
            Movement::Positions
        } else {
            return None;
        };
        Some((at, Some(said)))
    })
}

#[cfg(test)]
mod tests {
    use super::Movement;

    #[test]
    fn only_names_of_velocities_and_positions_make_a_movement() {
        let of = |x: &str, y: &str| Movement::named(&[x.to_owned(), y.to_owned()]);
        for (x, y) in [
            ("x velocity", "y velocity"),
            ("vx", "vy"),
            ("dx", "dy"),
            ("velX", "velY"),
            ("delta_x", "delta_y"),
            ("x speed (px)", "y speed (px)"),
            ("horizontal velocity of the pointer", "vertical velocity of the pointer"),
        ] {
            assert_eq!(of(x, y), Some(Movement::Velocities), "{x}, {y}");
        }
        for (x, y) in
            [("x", "y"), ("X", "Y"), ("pos_x", "pos_y"), ("xpos", "ypos"), ("x position", "y position"), ("lon", "lat")]
        {
            assert_eq!(of(x, y), Some(Movement::Positions), "{x}, {y}");
        }
        for (x, y) in [
            ("temperature", "pressure"),
            ("channel 0", "channel 1"),
            ("ax", "ay"),
            ("acc x", "acc y"),
            ("box", "day"),
            ("y", "x"),
            ("x", "x"),
            ("x", "y velocity"),
            ("", ""),
        ] {
            assert_eq!(of(x, y), None, "{x}, {y}");
        }
        assert_eq!(Movement::named(&["x".to_owned()]), None);
    }
}
