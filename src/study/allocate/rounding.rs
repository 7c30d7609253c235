//! Controlled rounding (Cox, JASA 82, 1987): a table of fractions becomes whole numbers, and every cell, every row sum, every column sum
//! and the grand total are rounded to a neighbouring whole number. Rows are classes; the two columns are wrong and right.

use super::Stratum;
use crate::study::dice::Dice;

/// Rounds `cells[i].1 / denominator` for each stratum. Expectations are kept: a cell of 2.3 becomes 3 in 30 % of all draws.
///
/// Cells of one stratum must be given together; a stratum appears once.
pub fn round(cells: &[(Stratum, usize)], denominator: usize, dice: &mut Dice) -> Vec<usize> {
    let denominator = denominator.max(1);
    let mut classes: Vec<u16> = cells.iter().map(|(stratum, _)| stratum.class).collect();
    classes.sort_unstable();
    classes.dedup();
    // The table in numerators, with a last row and column that make every row and column sum to a whole number (to zero).
    let (n_rows, n_columns) = (classes.len() + 1, 3);
    let mut table = vec![[0_i64; 3]; n_rows];
    let place = |stratum: &Stratum| (classes.binary_search(&stratum.class).unwrap_or(0), usize::from(stratum.right));
    for (stratum, count) in cells {
        let (row, column) = place(stratum);
        table[row][column] += *count as i64;
    }
    for row in &mut table {
        row[2] = -(row[0] + row[1]);
    }
    let sums: Vec<i64> = (0..n_columns).map(|column| table[..n_rows - 1].iter().map(|row| row[column]).sum()).collect();
    for (last, sum) in table[n_rows - 1].iter_mut().zip(sums) {
        *last = -sum;
    }
    let unit = denominator as i64;
    while let Some(cycle) = cycle(&table, unit) {
        // Along the cycle, up and down in turn, until some cell is whole; which way, by chance, so that expectations are kept.
        let fraction = |&(row, column): &(usize, usize)| table[row][column].rem_euclid(unit);
        let up = |odd: usize| cycle.iter().skip(odd).step_by(2).map(fraction).map(|f| unit - f).min().unwrap_or(unit);
        let down = |odd: usize| cycle.iter().skip(odd).step_by(2).map(fraction).min().unwrap_or(unit);
        let (forth, back) = (up(0).min(down(1)), down(0).min(up(1)));
        let goes_forth = dice.below((forth + back) as usize) < back as usize;
        let step = if goes_forth { forth } else { -back };
        for (at, &(row, column)) in cycle.iter().enumerate() {
            table[row][column] += if at.is_multiple_of(2) { step } else { -step };
        }
    }
    cells
        .iter()
        .map(|(stratum, _)| {
            let (row, column) = place(stratum);
            usize::try_from(table[row][column] / unit).unwrap_or(0)
        })
        .collect()
}

/// A closed path through fractional cells that turns at each: along a row, along a column, and so on. `None` when all cells are whole.
fn cycle(table: &[[i64; 3]], unit: i64) -> Option<Vec<(usize, usize)>> {
    let is_fraction = |row: usize, column: usize| table[row][column].rem_euclid(unit) != 0;
    let start =
        (0..table.len()).flat_map(|row| (0..3).map(move |column| (row, column))).find(|&(r, c)| is_fraction(r, c))?;
    // Every row and column sums to a whole number, so whoever enters one by a fractional cell finds another to leave by.
    let mut path = vec![start];
    loop {
        let &(row, column) = path.last()?;
        let along_row = path.len() % 2 == 1;
        let next = if along_row {
            (0..3).find(|&c| c != column && is_fraction(row, c)).map(|c| (row, c))
        } else {
            (0..table.len()).find(|&r| r != row && is_fraction(r, column)).map(|r| (r, column))
        }?;
        path.push(next);
        // Closed as soon as a line is entered that was left before: the cells between form the cycle.
        let closes = |at: usize| {
            if along_row {
                // `next` was reached along a row, so the coming step is along its column.
                at.is_multiple_of(2) && path[at].1 == next.1
            } else {
                !at.is_multiple_of(2) && path[at].0 == next.0
            }
        };
        let last = path.len() - 1;
        if let Some(at) = (0..last.saturating_sub(1)).find(|&at| closes(at)) {
            return Some(path.split_off(at));
        }
    }
}
