//! Controls in groups: a row takes as many groups as there is room for, and none is parted.

use std::ops::Range;

use egui::{TextStyle, Ui};

use super::super::theme;

/// Distance of two groups in points: a line between them.
pub const APART: f32 = 22.0;

/// Which groups, each so wide, stand on which of the rows that have `room`; one that is wider than that has a row of its own.
pub fn rows(widths: &[f32], room: f32) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut taken = 0.0;
    for (at, width) in widths.iter().enumerate() {
        match rows.last_mut() {
            Some(row) if taken + APART + width <= room => {
                row.end = at + 1;
                taken += APART + width;
            }
            _ => {
                rows.push(at..at + 1);
                taken = *width;
            }
        }
    }
    rows
}

/// Width of a word of this style in points.
pub fn word(ui: &Ui, words: &str, style: &TextStyle) -> f32 {
    let font = style.resolve(ui.style());
    ui.painter().layout_no_wrap(words.to_owned(), font, theme::UNTINTED).size().x
}

/// Width of a button with this label in points.
pub fn button(ui: &Ui, label: &str) -> f32 {
    let spacing = ui.spacing();
    (word(ui, label, &TextStyle::Button) + 2.0 * spacing.button_padding.x).max(spacing.interact_size.x).ceil()
}

/// Width of a list to choose from in points, in which every one of `choices` fits; at least `least`, at most `most`.
pub fn list<T: AsRef<str>>(ui: &Ui, choices: impl IntoIterator<Item = T>, (least, most): (f32, f32)) -> f32 {
    let spacing = ui.spacing();
    let around = 2.0 * spacing.button_padding.x + spacing.icon_width + spacing.icon_spacing;
    let wide = |choice: T| word(ui, choice.as_ref(), &TextStyle::Button);
    (choices.into_iter().map(wide).fold(0.0, f32::max) + around).ceil().clamp(least, most)
}

/// Width of parts beside each other in points.
pub fn beside(ui: &Ui, parts: &[f32]) -> f32 {
    parts.iter().sum::<f32>() + ui.spacing().item_spacing.x * parts.len().saturating_sub(1) as f32
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_row_takes_what_fits_and_no_group_is_parted() {
        // How many groups each row has.
        let of = |room: f32| {
            let rows = rows(&[390.0, 45.0, 170.0, 300.0, 150.0, 140.0], room);
            rows.into_iter().map(|row| row.len()).collect::<Vec<_>>()
        };
        assert_eq!(of(2000.0), [6]);
        // Exactly what is needed is enough.
        assert_eq!(of(390.0 + 45.0 + 170.0 + 44.0), [3, 3]);
        assert_eq!(of(440.0), [1, 2, 1, 2]);
        // What is wider than a row stands alone.
        assert_eq!(of(200.0), [1; 6]);
        assert!(rows(&[], 100.0).is_empty());
    }
}
