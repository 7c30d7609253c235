//! Layouts: pure functions from plain numbers to a [`Figure`](super::Figure).
//!
//! [`picture`] draws one explained picture, text, series or row of a table, [`compare`] several methods side by side, [`sheet`] many items; a [`Page`] says how
//! wide. [`pixels`] makes the very pixels that the window uploads as a texture, and the marks that both draw over them.

pub mod bars;
mod block;
pub mod boxes;
pub mod classes;
mod compare;
mod legend;
pub mod page;
mod picture;
pub mod pixels;
pub mod record;
pub mod series;
mod sheet;
pub mod text;
mod words;

pub use compare::{CompareLayout, compare, most_beside};
pub use page::Page;
pub use picture::{PictureLayout, picture};
pub use pixels::{overlay_marks, overlay_rgba};
pub use record::ExplainedRow;
pub use series::ExplainedSeries;
pub use sheet::{SheetLayout, most_in_a_row, sheet};
pub use text::{ExplainedText, TextSpan};

use super::{FigureError, Theme, color};

/// What stands between data set, split and item where an input is named.
pub const SOURCE_SEPARATOR: &str = " · ";

/// Sizes, in points. Nothing else in the layouts sets one.
mod size {
    /// Between the page's edge and what is drawn.
    pub const MARGIN: f32 = 12.0;
    /// Between things that belong together.
    pub const TIGHT: f32 = 4.0;
    /// Between rows.
    pub const GAP: f32 = 8.0;
    /// Between columns.
    pub const WIDE: f32 = 18.0;
    /// Between columns that are many, or whose page has a given width.
    pub const GUTTER: f32 = 12.0;
    /// Headings and panel letters.
    pub const HEADING: f32 = 10.0;
    /// Captions.
    pub const TEXT: f32 = 8.5;
    /// Statements, labels, numbers.
    pub const SMALL: f32 = 7.5;
    /// Thin lines.
    pub const HAIRLINE: f32 = 0.6;
    /// Outline of selected units.
    pub const OUTLINE: f32 = 1.3;
    /// Distance of hatch lines along x.
    pub const HATCH: f32 = 3.2;
    /// Distance of hatch lines over hidden pixels, which may be most of a picture.
    pub const HATCH_WIDE: f32 = 4.6;
    /// Width of hatch lines.
    pub const HATCH_LINE: f32 = 0.8;
}

/// What is said where [`is_by_position`] holds.
pub const BY_POSITION: &str = "All scores are equal: the selection is by position";

/// Whether all units that can be selected have the same score, and some, but not all, are selected: those that come first. Padding, whose score is minus
/// infinity, can not be.
pub fn is_by_position(scores: &[f32], is_selected: &dyn Fn(usize) -> bool) -> bool {
    let units: Vec<usize> = (0..scores.len()).filter(|unit| scores[*unit] != f32::NEG_INFINITY).collect();
    let Some(&first) = units.first() else { return false };
    let selected = units.iter().take_while(|unit| is_selected(**unit)).count();
    (1..units.len()).contains(&selected)
        && units.iter().all(|unit| scores[*unit] == scores[first])
        && !units[selected..].iter().any(|unit| is_selected(*unit))
}

/// How an explained picture is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The input with the selected units tinted and outlined.
    #[default]
    Overlay,
    /// The selected units, all else hidden.
    Selected,
    /// The unselected units, the selected ones hidden.
    Unselected,
    /// Selected and unselected, next to each other.
    Side,
    /// The scores on a colour scale.
    Heat,
}

impl View {
    /// The panels that this view consists of.
    pub const fn panels(self) -> &'static [Panel] {
        match self {
            Self::Overlay => &[Panel::Overlay],
            Self::Selected => &[Panel::Selected],
            Self::Unselected => &[Panel::Unselected],
            Self::Side => &[Panel::Selected, Panel::Unselected],
            Self::Heat => &[Panel::Heat],
        }
    }
}

/// One drawn image of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Panel {
    /// The input as it is.
    Input,
    /// The input with the selected units tinted.
    Overlay,
    /// Only the selected units.
    Selected,
    /// Only the unselected units.
    Unselected,
    /// The scores.
    Heat,
}

/// What is drawn where units are hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// What the model gets there: the fill.
    #[default]
    AsModelSees,
    /// A plain tone with hatching, since a hidden pixel may look like background.
    Hatched,
}

/// Probabilities of one class.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClassProbability {
    /// Name of the class.
    pub class: String,
    /// From the full input.
    pub full: f32,
    /// From the selected units only.
    pub selected: Option<f32>,
    /// From the unselected units only.
    pub unselected: Option<f32>,
}

/// What the model answers. The classes may be the most likely ones only, but must hold every answer.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Prediction {
    /// Classes with their probabilities; the answer to an input is the most likely of them.
    pub classes: Vec<ClassProbability>,
    /// Whether the model gives the same class from the selected units only as from the full input, or the class that is [asked for](Self::asked).
    pub selected_stays: Option<bool>,
    /// The same from the unselected units only; not where a class is asked for, since the full input need not have it.
    pub unselected_stays: Option<bool>,
    /// The class that the selected units are to give, where they are those of one class and not the method's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// A class whose units alone are shown: the question is whether the model gives it when it gets only these.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// The class, by its place in [`Prediction::classes`].
    pub class: usize,
    /// What its units are called, e.g. `the words of “spam”`.
    pub units: String,
    /// What is asked for in words, where no unit speaks for it: then nothing is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unspoken: Option<String>,
}

/// A picture, a text, a series or a row of a table with its explanation, and how it is to be shown. Plain numbers, nothing of models or windows.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExplainedPicture {
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// 1 grey, 3 colour.
    pub channels: usize,
    /// Values in 0..=1, row by row, channels interleaved: `height * width * channels`.
    pub pixels: Vec<f32>,
    /// Unit of each pixel, row by row: `height * width` indices into `scores`.
    pub unit_of: Vec<u32>,
    /// Score of each unit; minus infinity for padding.
    #[serde(deserialize_with = "scores_with_padding")]
    pub scores: Vec<f32>,
    /// Whether each unit is selected; k of them are.
    pub selected: Vec<bool>,
    /// Whether the sign of a score has a meaning (for and against).
    pub signed: bool,
    /// What hidden pixels become, laid out as `pixels`.
    pub fill_pixels: Vec<f32>,
    /// Name of the fill, e.g. `zero`.
    pub fill: String,
    /// How it is shown.
    pub view: View,
    /// How hidden units are drawn.
    pub hidden: Hidden,
    /// What the user says about it, a paragraph each.
    pub caption: Vec<String>,
    /// Name of the method.
    pub method: String,
    /// What is selected, in the plural, e.g. `pixels` or `patches of 4 x 4`.
    pub unit_noun: String,
    /// Data set, split and item, with [`SOURCE_SEPARATOR`] between them.
    pub source: String,
    /// Seed of the explainer.
    pub seed: Option<u64>,
    /// What the model answers.
    pub prediction: Option<Prediction>,
    /// The true class by its name, where it is known and to be stated on a contact sheet; never in a study.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether each unit truly decides the class, where that is known and to be marked; never in a study.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<Vec<bool>>,
    /// Light or dark page.
    pub theme: Theme,
    /// The text, where the input is one; then there are no pixels, and `width`, `height` and what goes by pixel are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<ExplainedText>,
    /// The series, where the input is one; as for a text, nothing goes by pixel then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<ExplainedSeries>,
    /// The row of a table, where the input is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<ExplainedRow>,
    /// What speaks for each class, where that is to stand below a text or a row. It is drawn where the picture stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<classes::ClassTable>,
}

/// Reads scores. JSON has no infinity: what is written of padding is `null`.
fn scores_with_padding<'de, D: serde::Deserializer<'de>>(written: D) -> Result<Vec<f32>, D::Error> {
    let scores = <Vec<Option<f32>> as serde::Deserialize>::deserialize(written)?;
    Ok(scores.into_iter().map(|score| score.unwrap_or(f32::NEG_INFINITY)).collect())
}

impl ExplainedPicture {
    /// Whether it consists of pixels: no text, no series, no row of a table.
    pub fn has_pixels(&self) -> bool {
        self.text.is_none() && self.series.is_none() && self.row.is_none()
    }

    /// Whether scores are drawn as colours: all but those of rows of tables, which are bars.
    pub fn is_colored(&self) -> bool {
        self.row.is_none()
    }

    /// What it is, for one and for several.
    pub fn noun(&self) -> (&'static str, &'static str) {
        match (&self.text, &self.series, &self.row) {
            (Some(_), _, _) => ("text", "texts"),
            (_, Some(_), _) => ("series", "series"),
            (_, _, Some(_)) => ("row", "rows"),
            _ => ("picture", "pictures"),
        }
    }

    /// How many units could be selected: all but padding, which has a score of minus infinity.
    pub fn selectable(&self) -> usize {
        self.scores.iter().filter(|score| **score != f32::NEG_INFINITY).count()
    }

    /// How many units are selected.
    pub fn k(&self) -> usize {
        self.selected.iter().filter(|is_selected| **is_selected).count()
    }

    /// Whether its scores tell nothing, so that the selected units are only the first ones: see [`is_by_position`].
    pub fn is_by_position(&self) -> bool {
        is_by_position(&self.scores, &|unit| self.selected.get(unit) == Some(&true))
    }

    /// Whether a method said something about it; else it is shown as it is, and its scores mean nothing.
    pub fn is_explained(&self) -> bool {
        !self.method.is_empty()
    }

    /// Whether a unit is marked as one that truly decides the class.
    pub fn is_true(&self, unit: usize) -> bool {
        self.truth.as_ref().is_some_and(|truth| truth.get(unit) == Some(&true))
    }

    /// Whether any unit is marked so.
    pub fn has_true_units(&self) -> bool {
        self.truth.as_ref().is_some_and(|truth| truth.contains(&true))
    }

    /// The scale of its scores.
    pub fn scale(&self) -> color::Scale {
        if self.signed { color::Scale::Signed } else { color::Scale::Sequential }
    }

    /// Whether each pixel belongs to a selected unit, row by row. Call [`Self::check`] first.
    pub fn selected_pixels(&self) -> Vec<bool> {
        self.unit_of.iter().map(|unit| self.selected[*unit as usize]).collect()
    }

    /// Whether all lengths and indices fit together.
    pub fn check(&self) -> Result<(), FigureError> {
        let unfit = |what, expected: String, found: String| Err(FigureError::Input { what, expected, found });
        if !self.has_pixels() && self.scores.len() != self.selected.len() {
            let (expected, found) = (self.scores.len().to_string(), self.selected.len().to_string());
            return unfit("the number of selected flags", expected, found);
        }
        if let Some(series) = &self.series {
            return series.check(self.scores.len());
        }
        if let Some(row) = &self.row {
            return row.check(self.scores.len());
        }
        if let Some(text) = &self.text {
            let most = text.spans.iter().filter_map(|span| span.unit).max();
            return match most {
                Some(most) if most as usize >= self.scores.len() => {
                    unfit("every unit of a word", format!("below {}", self.scores.len()), most.to_string())
                }
                _ => Ok(()),
            };
        }
        if self.channels != 1 && self.channels != 3 {
            return unfit("the number of colour channels", "1 or 3".to_owned(), self.channels.to_string());
        }
        let n_pixels = match self.width.checked_mul(self.height) {
            Some(n) if n > 0 && n <= 1 << 28 => n,
            _ => {
                return unfit(
                    "the size",
                    "1 to 268 million pixels".to_owned(),
                    format!("{} x {}", self.width, self.height),
                );
            }
        };
        let n_values = n_pixels * self.channels;
        for (what, expected, found) in [
            ("the number of pixel values", n_values, self.pixels.len()),
            ("the number of fill values", n_values, self.fill_pixels.len()),
            ("the number of pixels with a unit", n_pixels, self.unit_of.len()),
            ("the number of selected flags", self.scores.len(), self.selected.len()),
        ] {
            if expected != found {
                return unfit(what, expected.to_string(), found.to_string());
            }
        }
        match self.unit_of.iter().max() {
            Some(&most) if most as usize >= self.scores.len() => {
                unfit("every unit index", format!("below {}", self.scores.len()), most.to_string())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ExplainedPicture;

    #[test]
    fn scores_of_padding_are_read_as_they_were_before_they_were_written() {
        let picture = ExplainedPicture {
            scores: vec![f32::NEG_INFINITY, -0.5, 3.0],
            selected: vec![false, false, true],
            ..ExplainedPicture::default()
        };
        let text = serde_json::to_string(&picture).expect("plain numbers");
        let back: ExplainedPicture = serde_json::from_str(&text).expect("what was written");
        assert_eq!(back, picture);
    }
}
