//! Texts explained: the words of a text as spans with their units, without the mark-up of the original.

use std::ops::Range;

use super::task::Explained;
use crate::data::Units;
use crate::data::text::TextLayout;
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
            before: readable(original.get(end..token.start).unwrap_or("")),
            word: readable(original.get(token.start..token.end).unwrap_or("")),
            unit: place.map(|place| unit_at(units, place as usize) as u32),
        });
        end = token.end;
    }
    ExplainedText { spans, after: readable(original.get(end..).unwrap_or("")), most_words: MOST_WORDS }
}

/// Tags that begin a new line.
const BREAKING: [&str; 12] = ["br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "blockquote"];
/// Signs that HTML writes by name.
const NAMED: [(&str, &str); 7] =
    [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&nbsp;", " ")];

/// What stands between two words, as a reader wants it: tags are left out, those that break a line become a line break.
pub fn readable(between: &str) -> String {
    let mut out = String::new();
    let mut rest = between;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && rest[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!'))
            && let Some(end) = rest.find('>')
        {
            let name: String =
                rest[1..end].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            if BREAKING.contains(&name.to_ascii_lowercase().as_str()) {
                out.push('\n');
            }
            rest = &rest[end + 1..];
        } else if let Some((name, sign)) = NAMED.iter().find(|(name, _)| rest.starts_with(name)) {
            out.push_str(sign);
            rest = &rest[name.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}
