//! The four tables of L2X (Chen et al. 2018, section 4.1): ten standard normal columns x0..x9 and the odds of the class "exp".
//!
//! | set | odds | columns that matter |
//! | --- | --- | --- |
//! | `xor` | exp(x0 x1) | x0 x1 |
//! | `orange` | exp(x0² + x1² + x2² + x3² - 4) | x0..x3 |
//! | `additive` | exp(-100 sin(0.2 x0) + abs(x1) + x2 + exp(-x3) - 2.4) | x0..x3 |
//! | `switch` | x9 is N(3, 1) or N(-3, 1): then `orange` of x0..x3, or `additive` of x4..x7 | x9 and the four |
//!
//! These are the published code's formulas. Of the paper are `additive-paper`, exp(-100 sin(2 x0) + 2 abs(x1) + x2 + exp(-x3)), and
//! `switch-paper`, where x0 decides between `orange` of x1..x4 and `additive-paper` of x5..x8. The published code means to swap the two blocks
//! of `switch`, but its views of one array copy x0..x3 over x4..x7: `switch-published` does the same.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::data::open::Raw;
use crate::data::split::Split;
use crate::data::table::{Column, ColumnKind, Table, TableItems};
use crate::data::{Items, Modality};

/// Columns of every set.
pub const COLUMNS: usize = 10;
/// Rows where nothing is asked for.
pub const ROWS: usize = 20_000;

/// Which set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// exp(x0 x1).
    Xor,
    /// The skin of a sphere.
    Orange,
    /// A sum of functions.
    Additive,
    /// The same with the paper's constants.
    AdditivePaper,
    /// One of two others.
    Switch,
    /// The paper's columns and constants.
    SwitchPaper,
    /// The published code's accident.
    SwitchPublished,
}

/// Log of the odds of `orange` for four values.
pub fn orange(x: [f64; 4]) -> f64 {
    x.iter().map(|value| value * value).sum::<f64>() - 4.0
}

/// Log of the odds of `additive` for four values.
pub fn additive([a, b, c, d]: [f64; 4]) -> f64 {
    -100.0 * (0.2 * a).sin() + b.abs() + c + (-d).exp() - 2.4
}

/// Log of the odds of `additive-paper` for four values.
pub fn additive_paper([a, b, c, d]: [f64; 4]) -> f64 {
    -100.0 * (2.0 * a).sin() + 2.0 * b.abs() + c + (-d).exp()
}

/// A row with its log-odds and the columns that matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The ten values.
    pub x: [f64; COLUMNS],
    /// Log of the odds of the class "exp".
    pub log_odds: f64,
    /// Columns that matter, ascending.
    pub truth: Vec<u32>,
}

/// Draws one row.
pub fn draw(rule: Rule, rng: &mut impl Rng) -> Drawn {
    let mut x = [0.0; COLUMNS];
    for pair in x.chunks_exact_mut(2) {
        // Box and Muller.
        let (u, v) = (1.0 - rng.random::<f64>(), rng.random::<f64>());
        let (radius, angle) = ((-2.0 * u.ln()).sqrt(), std::f64::consts::TAU * v);
        (pair[0], pair[1]) = (radius * angle.cos(), radius * angle.sin());
    }
    let is_orange = rng.random_bool(0.5);
    let four = |x: &[f64; COLUMNS], at: usize| [x[at], x[at + 1], x[at + 2], x[at + 3]];
    let (log_odds, truth) = match rule {
        Rule::Xor => (x[0] * x[1], vec![0, 1]),
        Rule::Orange => (orange(four(&x, 0)), vec![0, 1, 2, 3]),
        Rule::Additive => (additive(four(&x, 0)), vec![0, 1, 2, 3]),
        Rule::AdditivePaper => (additive_paper(four(&x, 0)), vec![0, 1, 2, 3]),
        Rule::Switch | Rule::SwitchPaper | Rule::SwitchPublished => {
            let (decides, blocks) = if rule == Rule::SwitchPaper { (0, [1, 5]) } else { (9, [0, 4]) };
            x[decides] += if is_orange { 3.0 } else { -3.0 };
            if rule == Rule::SwitchPublished {
                x.copy_within(0..4, 4);
            }
            let at = if is_orange { blocks[0] } else { blocks[1] };
            let values = four(&x, at);
            let log_odds = match (is_orange, rule) {
                (true, _) => orange(values),
                (false, Rule::SwitchPaper) => additive_paper(values),
                (false, _) => additive(values),
            };
            let mut truth: Vec<u32> = (at..at + 4).chain([decides]).map(|column| column as u32).collect();
            truth.sort_unstable();
            (log_odds, truth)
        }
    };
    Drawn { x, log_odds, truth }
}

/// A table of `n` rows; labels are drawn from their probabilities, and the first eight tenths are for training.
pub(super) fn table(rule: Rule, n: usize, mut rng: ChaCha8Rng) -> Raw {
    let mut cells = Vec::with_capacity(n * COLUMNS);
    let (mut labels, mut parts, mut truth) = (Vec::with_capacity(n), Vec::with_capacity(n), Vec::with_capacity(n));
    for row_idx in 0..n {
        let drawn = draw(rule, &mut rng);
        // To models they are of single precision.
        cells.extend(drawn.x.map(|value| f64::from(value as f32)));
        let share = 1.0 / (1.0 + (-drawn.log_odds).exp());
        labels.push(Some(u16::from(rng.random::<f64>() >= share)));
        truth.push(drawn.truth);
        // Rows are independent: the first are as good as any.
        parts.push(Some(match row_idx * 10 / n {
            0..=7 => Split::Train,
            8 => Split::Validation,
            _ => Split::Test,
        }));
    }
    let content = blake3::hash(&cells.iter().flat_map(|cell: &f64| (*cell as f32).to_le_bytes()).collect::<Vec<u8>>());
    let columns = (0..COLUMNS).map(|i| Column { name: format!("x{i}"), kind: ColumnKind::Number }).collect();
    Raw {
        modality: Modality::Table,
        items: Items::Table(TableItems::all(Table { columns, cells, as_is: true })),
        labels,
        classes: vec!["exp".to_owned(), "rest".to_owned()],
        parts,
        source_index: (0..n as u32).collect(),
        content,
        remarks: vec!["Drawn from a stated rule: for every row it is known which columns matter".to_owned()],
        truth: Some(truth),
    }
}
