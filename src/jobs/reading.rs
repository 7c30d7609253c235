//! Texts explained: the words of a text as spans with their units, without the mark-up of the original.

use std::ops::Range;

use super::task::Explained;
use crate::data::text::{TextLayout, readable};
use crate::data::{Unit, Units};
use crate::figure::layout::text::MOST_WORDS;
use crate::figure::layout::{ExplainedText, TextSpan};
use crate::model::BoxCard;

/// A unit of a text as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenUnit {
    /// The word, or the sentence from its first word to its last, with those that the model does not get.
    pub words: String,
    /// Bytes of the original that it fills, see [`super::scores`].
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
    written_of(original, &fit.layout(original), explained.units)
}

fn written_of(original: &str, layout: &TextLayout, units: Units) -> Vec<Option<WrittenUnit>> {
    let mut bytes: Vec<Option<Range<usize>>> = vec![None; units.count()];
    for (token, unit) in layout.tokens.iter().zip(unit_of_words(layout, units)) {
        if let Some(unit) = unit.and_then(|unit| bytes.get_mut(unit)) {
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

/// The unit of each word; `None` for one that belongs to none. A word that the model does not get, as one that it does not know, still belongs to its
/// sentence: a sentence is one unit from its first word to its last.
fn unit_of_words(layout: &TextLayout, units: Units) -> Vec<Option<usize>> {
    let of_place = |place: &Option<u32>| place.map(|place| unit_at(units, place as usize));
    let mut out: Vec<Option<usize>> = layout.place.iter().map(of_place).collect();
    if units.unit == Unit::Sentence {
        for sentence in &layout.sentences {
            let Some(words) = out.get_mut(sentence.clone()) else { continue };
            // A sentence without a word that the model gets is no unit.
            let unit = words.iter().copied().flatten().next();
            words.fill(unit);
        }
    }
    out
}

/// Words of `original` as spans with the units that they belong to.
pub fn spans_of(original: &str, layout: &TextLayout, units: Units) -> ExplainedText {
    let mut spans = Vec::with_capacity(layout.tokens.len());
    let mut end = 0;
    let units = unit_of_words(layout, units);
    for ((token, place), unit) in layout.tokens.iter().zip(&layout.place).zip(units) {
        spans.push(TextSpan {
            before: readable(original.get(end..token.start).unwrap_or("")).into_owned(),
            word: readable(original.get(token.start..token.end).unwrap_or("")).into_owned(),
            unit: unit.map(|unit| unit as u32),
            is_left_out: unit.is_some() && place.is_none(),
        });
        end = token.end;
    }
    let after = readable(original.get(end..).unwrap_or("")).into_owned();
    ExplainedText { spans, after, most_words: MOST_WORDS, most_in_cell: None }
}

#[cfg(test)]
mod tests {
    use super::{spans_of, written_of};
    use crate::data::text::{TextFit, TextFitSpec};
    use crate::data::{Unit, Units};

    /// Two sentences of three words are read, unknown words are dropped.
    fn fit() -> TextFit {
        let spec = TextFitSpec { length: 3, sentences: Some(2), ..TextFitSpec::l2x_sentence() };
        TextFit::build(["a b c d e"].into_iter(), &spec)
    }

    #[test]
    fn a_sentence_is_one_unit_from_its_first_word_to_its_last() {
        let (fit, text) = (fit(), "New a b, odd. X c d e a! Third b.");
        let (layout, units) = (fit.layout(text), Units::new(Unit::Sentence, fit.shape()));
        let shown = spans_of(text, &layout, units);
        let of_units: Vec<Option<u32>> = shown.spans.iter().map(|span| span.unit).collect();
        let [first, second] = [Some(0), Some(1)];
        assert_eq!(of_units[..4], [first; 4]);
        assert_eq!(of_units[4..9], [second; 5]);
        assert_eq!(of_units[9..], [None; 2], "a third sentence is not read");
        // Unknown words, and those after the third that is known.
        let unread: Vec<&str> = shown.spans.iter().filter(|span| !span.is_read()).map(|it| it.word.as_str()).collect();
        assert_eq!((unread, shown.unread()), (vec!["New", "odd", "X", "a", "Third", "b"], 6));
        assert_eq!(shown.words_of(0), "New a b, odd");
        let written: Vec<_> = written_of(text, &layout, units).into_iter().flatten().collect();
        let words: Vec<&str> = written.iter().map(|unit| unit.words.as_str()).collect();
        assert_eq!(words, ["New a b, odd", "X c d e a"]);
        assert!(written.iter().all(|unit| text[unit.bytes.clone()] == unit.words));
    }

    #[test]
    fn a_sentence_without_a_word_that_is_read_is_no_unit_and_words_on_their_own_stay_so() {
        let (fit, text) = (fit(), "Nothing known. A b.");
        let layout = fit.layout(text);
        let shown = spans_of(text, &layout, Units::new(Unit::Sentence, fit.shape()));
        let of_units: Vec<Option<u32>> = shown.spans.iter().map(|span| span.unit).collect();
        assert_eq!(of_units, [None, None, Some(1), Some(1)]);
        let spec = TextFitSpec { sentences: None, ..fit.spec().clone() };
        let of_words = TextFit::build(["a b c d e"].into_iter(), &spec);
        let shown = spans_of(text, &of_words.layout(text), Units::new(Unit::Word, of_words.shape()));
        assert!(shown.spans.iter().all(|span| span.unit.is_some() == span.is_read() && !span.is_left_out));
        assert_eq!(shown.unread(), 2);
    }
}
