//! What a user asks of the page of a figure: how wide it is, whether it says what the model answers; and how many pictures stand in a row of it.

use std::borrow::Cow;

use super::{ExplainedPicture, FigureError, size};

/// Points of a millimetre.
const POINTS_OF_MM: f32 = 72.0 / 25.4;
/// Widths, in millimetres, that journals ask for, with their names.
pub const PRESETS: [(&str, f32); 2] = [("One column", 85.0), ("Two columns", 175.0)];
/// Least and greatest width that can be asked for, in millimetres: on a narrower page the words of a legend have no room.
pub const WIDTHS_MM: (f32, f32) = (60.0, 1000.0);

/// What a user asks of the page of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Page {
    /// Width in millimetres, see [`WIDTHS_MM`]; `None`: as wide as its pictures want to be. Texts keep their sizes whatever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<f32>,
    /// Whether what the model answers is left out: the verdicts and the bars of probabilities.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_answers: bool,
}

impl Page {
    /// Whether it can be drawn on.
    ///
    /// # Errors
    /// A width outside of [`WIDTHS_MM`].
    pub fn check(&self) -> Result<(), FigureError> {
        let (least, most) = WIDTHS_MM;
        match self.width_mm {
            Some(width) if !(least..=most).contains(&width) => Err(FigureError::Input {
                what: "the width in millimetres",
                expected: format!("from {least} to {most}"),
                found: width.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// Its width in points, where one is asked for.
    pub fn points(&self) -> Option<f32> {
        self.width_mm.map(|width| width * POINTS_OF_MM)
    }

    /// Points between its margins, where a width is asked for.
    pub(super) fn room(&self) -> Option<f32> {
        self.points().map(|points| points - 2.0 * size::MARGIN)
    }

    /// A picture as it stands on it.
    pub(super) fn shows<'a>(&self, picture: &'a ExplainedPicture) -> Cow<'a, ExplainedPicture> {
        if self.hides_answers && picture.prediction.is_some() {
            Cow::Owned(ExplainedPicture { prediction: None, ..picture.clone() })
        } else {
            Cow::Borrowed(picture)
        }
    }
}

/// Columns of at least `least` points, with `gutter` between them, that `room` points hold: 1 or more.
pub(super) fn columns_in(room: f32, least: f32, gutter: f32) -> usize {
    (((room + gutter) / (least + gutter)).floor() as usize).max(1)
}

/// Pictures in a row, at most `most`, so that rows are about equally long: 8 pictures are 4 and 4 rather than 6 and 2. Where `group` pictures that follow
/// each other show one item, they stand in one row, or in rows of their own.
pub fn balanced(n: usize, group: usize, most: usize) -> usize {
    let (group, most) = (group.max(1), most.max(1));
    if group > most {
        return (1..=most).rev().find(|columns| group.is_multiple_of(*columns)).unwrap_or(1);
    }
    let items = n.div_ceil(group).max(1);
    group * items.div_ceil(items.div_ceil(most / group))
}

/// How many pictures that follow each other show one item; 1 where items do not all have as many.
pub(super) fn group_of(pictures: &[ExplainedPicture]) -> usize {
    let Some(first) = pictures.first() else { return 1 };
    let group = pictures.iter().take_while(|picture| picture.source == first.source).count();
    let is_one = |of: &[ExplainedPicture]| of.len() == group && of.iter().all(|one| one.source == of[0].source);
    // One item alone fills the rows.
    if group < pictures.len() && pictures.chunks(group).all(is_one) { group } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::{balanced, columns_in};

    #[test]
    fn rows_are_about_equally_long_and_no_item_is_torn_apart() {
        for (n, group, most, expected) in [
            (8, 1, 6, 4),
            (6, 1, 6, 6),
            (7, 1, 6, 4),
            (13, 1, 6, 5),
            (1, 1, 6, 1),
            (0, 1, 6, 1),
            (3, 1, 0, 1),
            // Two methods: four items are two rows of two, not of three and one.
            (8, 2, 6, 4),
            (6, 2, 6, 6),
            // Four methods where there is room for three: two rows for each item.
            (8, 4, 3, 2),
            (9, 3, 2, 1),
        ] {
            assert_eq!(balanced(n, group, most), expected, "{n} pictures, {group} of an item, at most {most}");
        }
    }

    #[test]
    fn as_many_columns_as_there_is_room_for() {
        assert_eq!(columns_in(100.0, 45.0, 10.0), 2);
        assert_eq!(columns_in(99.0, 45.0, 10.0), 1);
        assert_eq!(columns_in(3.0, 45.0, 10.0), 1);
    }
}
