//! Texts of which only some words are left, moved together: how AIM's published code masks (its paper masks in place, appendix B.3).

use crate::data::text::Side;
use crate::data::{Rows, Units};

/// `rows` in which only the units `order[i]` of row `i` are left, one behind the other in that order; all else is padding. They begin where a text
/// of this black box begins: at the front where rows are padded at the end, else so that the last of them ends the row.
///
/// A unit is a word, or a sentence with all of its places.
pub fn repacked(rows: &Rows, units: Units, order: &[Vec<usize>], pad: Side) -> Rows {
    let (height, width) = units.block();
    let len = height * width;
    let mut out = Rows { shape: rows.shape, values: vec![0.0; rows.values.len()] };
    for (row_idx, kept) in order.iter().enumerate() {
        let first = match pad {
            Side::End => 0,
            Side::Front => units.count().saturating_sub(kept.len()),
        };
        let from = rows.row(row_idx);
        let to = out.row_mut(row_idx);
        // Units of a text are runs of places, so unit u begins at u * len.
        for (at, unit) in kept.iter().enumerate() {
            to[(first + at) * len..][..len].copy_from_slice(&from[unit * len..][..len]);
        }
    }
    out
}
