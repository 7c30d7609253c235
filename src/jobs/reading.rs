//! Texts explained: the words of a text as spans with their units, without the mark-up of the original.

use std::ops::Range;

use super::task::Explained;
use crate::data::Units;
use crate::data::text::{TextLayout, readable};
use crate::figure::layout::text::MOST_WORDS;
use crate::figure::layout::{ExplainedText, TextSpan};
use crate::model::BoxCard;

/// A unit of a text as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenUnit {
    /// The word, or the sentence.
    pub words: String,
    /// Bytes of the original that it fills.
    pub bytes: Range<usize>,
}

/// The text that was explained; `None` where the item is no text.
pub fn text_of(black_box: &BoxCard, explained: &Explained) -> Option<ExplainedText> {
    let original = explained.text.as_deref()?;
    let layout = black_box.text.as_ref()?.layout(original);
    Some(spans_of(original, &layout, explained.units))
}

/// For each unit its words and their bytes in the original; `None` for padding. Empty where the item is no text.
pub fn written_units(black_box: &BoxCard, explained: &Explained) -> Vec<Option<WrittenUnit>> {
    let Some((original, fit)) = explained.text.as_deref().zip(black_box.text.as_ref()) else { return Vec::new() };
    let layout = fit.layout(original);
    let mut bytes: Vec<Option<Range<usize>>> = vec![None; explained.units.count()];
    for (token, place) in layout.tokens.iter().zip(&layout.place) {
        let unit = place.and_then(|place| bytes.get_mut(unit_at(explained.units, place as usize)));
        if let Some(unit) = unit {
            let start = unit.as_ref().map_or(token.start, |known| known.start);
            *unit = Some(start..token.end);
        }
    }
    bytes
        .into_iter()
        .map(|bytes| {
            bytes.map(|bytes| WrittenUnit { words: original.get(bytes.clone()).unwrap_or("").to_owned(), bytes })
        })
        .collect()
}

/// The unit of a place in the row of token numbers.
fn unit_at(units: Units, place: usize) -> usize {
    let width = units.shape.width.max(1);
    units.unit_at(place / width, place % width)
}

/// Words of `original` as spans with the units that they belong to.
pub fn spans_of(original: &str, layout: &TextLayout, units: Units) -> ExplainedText {
    let mut spans = Vec::with_capacity(layout.tokens.len());
    let mut end = 0;
    for (token, place) in layout.tokens.iter().zip(&layout.place) {
        spans.push(TextSpan {
            before: readable(original.get(end..token.start).unwrap_or("")).into_owned(),
            word: readable(original.get(token.start..token.end).unwrap_or("")).into_owned(),
            unit: place.map(|place| unit_at(units, place as usize) as u32),
        });
        end = token.end;
    }
    ExplainedText { spans, after: readable(original.get(end..).unwrap_or("")).into_owned(), most_words: MOST_WORDS }
}
