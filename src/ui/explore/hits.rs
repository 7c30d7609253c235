//! What the list of items is searched for, in the text in view: where it stands, and its mark, a dashed frame unlike any mark of an explanation.

use std::ops::Range;

use egui::{FontId, Painter, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::super::theme::{self, Tokens};
use crate::figure::layout::ExplainedText;
use crate::figure::layout::text::Piece;
use crate::session::Session;
use crate::session::search::Found;

/// Lengths of the dashes of a frame and of the gaps between them, in points.
const DASHES: (f32, f32) = (4.0, 3.0);

/// A part of a word, or of what stands between words, that belongs to a place where the phrase stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    span: usize,
    is_word: bool,
    bytes: Range<usize>,
    /// Number of the place.
    hit: usize,
}

/// All places of a text where the phrase stands; made anew for another text or phrase.
#[derive(Default)]
pub struct Hits {
    /// The text and the phrase.
    of: Option<(u64, String)>,
    /// In the order of the text.
    parts: Vec<Part>,
    /// What stands at each place.
    words: Vec<String>,
}

impl Hits {
    /// Looks for what the list is searched for in text `id`, as it is `written`: `shown` may name scripts in place of words. Nothing is found in a text
    /// that is not of the list.
    pub fn update(&mut self, id: u64, shown: &ExplainedText, written: &ExplainedText, session: &Session) {
        let found = session.explore.list.found().filter(|_| session.own_text().is_none());
        let is_known = match (&self.of, found) {
            (Some((known, phrase)), Some(found)) => *known == id && phrase == found.phrase(),
            (None, None) => true,
            _ => false,
        };
        if is_known {
            return;
        }
        self.of = found.map(|found| (id, found.phrase().to_owned()));
        (self.parts, self.words) = found.map(|found| look(written, found)).unwrap_or_default();
        on_screen(&mut self.parts, shown, written);
    }

    /// The first word, or stretch between words, in which the phrase stands.
    pub fn first_span(&self) -> Option<usize> {
        self.parts.first().map(|part| part.span)
    }

    /// Those parts that lie in a piece of the text.
    fn within<'a>(&'a self, piece: &'a Piece) -> impl Iterator<Item = &'a Part> {
        let key = (piece.span, piece.is_word);
        let start = self.parts.partition_point(|part| (part.span, part.is_word) < key);
        let of_span = self.parts[start..].iter().take_while(move |part| (part.span, part.is_word) == key);
        of_span.filter(move |part| part.bytes.start < piece.bytes.end && piece.bytes.start < part.bytes.end)
    }
}

/// Parts of a text as written become those of the text as shown: a name in place of a word is framed as a whole.
fn on_screen(parts: &mut Vec<Part>, shown: &ExplainedText, written: &ExplainedText) {
    parts.retain_mut(|part| {
        let (written, shown) = (stretch(written, part), stretch(shown, part));
        if written.len() != shown.len() || written.is_ascii() != shown.is_ascii() {
            part.bytes = 0..shown.len();
        }
        !part.bytes.is_empty()
    });
}

/// The word that a part lies in, or what stands before it.
fn stretch<'a>(text: &'a ExplainedText, part: &Part) -> &'a str {
    match text.spans.get(part.span) {
        Some(span) if part.is_word => &span.word,
        Some(span) => &span.before,
        None => &text.after,
    }
}

/// The parts of all places where the phrase stands in a text, and what stands there.
fn look(text: &ExplainedText, found: &Found) -> (Vec<Part>, Vec<String>) {
    let mut whole = String::new();
    // Where each stretch begins in the whole text; what stands before a word comes before it.
    let mut stretches = Vec::new();
    for (span_idx, span) in text.spans.iter().enumerate() {
        for (is_word, words) in [(false, &span.before), (true, &span.word)] {
            stretches.push((whole.len(), span_idx, is_word));
            whole.push_str(words);
        }
    }
    stretches.push((whole.len(), text.spans.len(), false));
    whole.push_str(&text.after);
    let (mut parts, mut words) = (Vec::new(), Vec::new());
    for place in found.all_in(&whole) {
        let first = stretches.partition_point(|(start, ..)| *start <= place.start).saturating_sub(1);
        for (at, &(start, span, is_word)) in stretches.iter().enumerate().skip(first) {
            if start >= place.end {
                break;
            }
            let end = stretches.get(at + 1).map_or(whole.len(), |(next, ..)| *next);
            let bytes = place.start.max(start) - start..place.end.min(end) - start;
            if !bytes.is_empty() {
                parts.push(Part { span, is_word, bytes, hit: words.len() });
            }
        }
        words.push(whole[place].to_owned());
    }
    (parts, words)
}

/// A frame around what stands of a place on one line.
struct Framed {
    hit: usize,
    line: usize,
    area: Rect,
}

/// The frames of a page, gathered piece by piece.
#[derive(Default)]
pub struct Frames(Vec<Framed>);

impl Frames {
    /// Takes in a piece that lies at `area`.
    pub fn add(&mut self, ui: &Ui, hits: &Hits, (text, piece): (&ExplainedText, &Piece), area: Rect, font: &FontId) {
        for part in hits.within(piece) {
            let written = text.text_of(piece);
            let wide = |bytes: Range<usize>| {
                let words = written.get(bytes).unwrap_or_default().to_owned();
                ui.painter().layout_no_wrap(words, font.clone(), theme::UNTINTED).size().x
            };
            let start = part.bytes.start.max(piece.bytes.start) - piece.bytes.start;
            let end = part.bytes.end.min(piece.bytes.end) - piece.bytes.start;
            let left = area.left() + wide(0..start);
            let of_it = Rect::from_min_max(
                pos2(left, area.top()),
                pos2((left + wide(start..end)).min(area.right().max(left)), area.bottom()),
            );
            match self.0.last_mut() {
                Some(last) if (last.hit, last.line) == (part.hit, piece.line) => last.area = last.area.union(of_it),
                _ => self.0.push(Framed { hit: part.hit, line: piece.line, area: of_it }),
            }
        }
    }

    /// Draws them; `at` is the page.
    pub fn show(self, ui: &Ui, painter: &Painter, hits: &Hits, at: (usize, usize), t: &Tokens) {
        for Framed { hit, line, area } in self.0 {
            let around = area.expand2(vec2(2.0, 1.5));
            let corners =
                [around.left_top(), around.right_top(), around.right_bottom(), around.left_bottom(), around.left_top()];
            painter.extend(Shape::dashed_line(&corners, Stroke::new(1.5, t.accent), DASHES.0, DASHES.1));
            let id = ui.scope_id().with(("found", at, hit, line));
            ui.interact(around, id, Sense::hover()).widget_info(|| {
                let words = hits.words.get(hit).map_or("", String::as_str);
                WidgetInfo::labeled(Role::Label, true, format!("Found: {words}"))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{look, on_screen};
    use crate::data::Dataset;
    use crate::figure::layout::{ExplainedText, TextSpan};
    use crate::session::search::Found;

    #[test]
    fn a_phrase_is_found_over_words_and_within_them() {
        let span = |before: &str, word: &str| TextSpan {
            before: before.to_owned(),
            word: word.to_owned(),
            ..TextSpan::default()
        };
        let text = ExplainedText {
            spans: vec![span("", "A"), span(" ", "dull"), span(" ", "film"), span(", ", "dullest")],
            after: ".".to_owned(),
            most_words: 0,
            most_in_cell: None,
        };
        let data = Dataset::of_text("test", "A dull film, dullest.");
        let of = |phrase: &str| {
            let (parts, words) = look(&text, &Found::new(&data, phrase).expect("a phrase"));
            let parts = parts.into_iter().map(|part| (part.span, part.is_word, part.bytes, part.hit));
            (parts.collect::<Vec<_>>(), words)
        };
        // The blank between the two words belongs to it.
        let (parts, words) = of("dull film");
        assert_eq!(parts, [(1, true, 0..4, 0), (2, false, 0..1, 0), (2, true, 0..4, 0)]);
        assert_eq!(words, ["dull film"]);
        let (parts, words) = of("DULL");
        assert_eq!(parts, [(1, true, 0..4, 0), (3, true, 0..4, 1)]);
        assert_eq!(words, ["dull", "dull"]);
        assert_eq!(of("est.").0, [(3, true, 4..7, 0), (4, false, 0..1, 0)]);
        assert!(of("good").0.is_empty());
    }

    #[test]
    fn a_phrase_is_looked_for_in_the_words_as_written_and_framed_where_their_script_is_named() {
        let of = |word: &str| TextSpan { before: " ".to_owned(), word: word.to_owned(), ..TextSpan::default() };
        let text = |words: [&str; 3]| ExplainedText { spans: words.map(of).to_vec(), ..ExplainedText::default() };
        let written = text(["say", "\u{4f60}\u{597d}", "caf\u{e9}s"]);
        let shown = text(["say", "[Chinese or Japanese]", "caf\u{e9}s"]);
        let data = Dataset::of_text("test", "say \u{4f60}\u{597d} caf\u{e9}s");
        let parts_of = |phrase: &str| {
            let (mut parts, words) = look(&written, &Found::new(&data, phrase).expect("a phrase"));
            on_screen(&mut parts, &shown, &written);
            (parts.into_iter().map(|part| (part.span, part.bytes)).collect::<Vec<_>>(), words)
        };
        assert_eq!(parts_of("\u{597d}"), (vec![(1, 0..21)], vec!["\u{597d}".to_owned()]));
        assert_eq!(parts_of("af\u{e9}").0, [(2, 1..5)], "what is shown as written is framed where it stands");
        assert!(parts_of("Chinese").0.is_empty(), "the name of a script is no word of the text");
    }
}
