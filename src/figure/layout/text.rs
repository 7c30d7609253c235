//! Texts: where each word stands on lines of a given width, and how each view draws it.
//!
//! Words keep their places in every view, so that hiding some never moves the others. Window and exporters share [`flow`].

use std::ops::Range;

use super::super::color::{self, Range as ScoreRange};
use super::super::{Anchor, Color, Element, Palette, Rect, fonts, point, rect, stroke};
use super::block::{Block, Style};
use super::{ExplainedPicture, Hidden, Panel, pixels, size};
use crate::data::text::{unshapeable_scripts, with_scripts_named};

/// Share of the accent behind a selected word whose score says nothing: it is still seen.
const LEAST_TINT: f32 = 0.18;
/// The same for the highest score; text on it keeps a contrast of 4.5 : 1 on both pages.
const MOST_TINT: f32 = 0.55;
/// Distance of lines as a share of the size of the text: room for the marks of words.
const LEADING: f32 = 1.65;
/// Words kept on each side of a selected one where a long text is cut.
const AROUND: usize = 12;
/// A gap of so few words is not worth a note.
const LEAST_GAP: usize = 4;

/// A word of a text with what stands before it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TextSpan {
    /// Blanks and punctuation before the word; `\n` breaks the line.
    pub before: String,
    /// The word as written.
    pub word: String,
    /// Unit that the word belongs to; `None` for a word of no unit, which the model does not get.
    pub unit: Option<u32>,
    /// Whether the model does not get the word although it gets its unit: a word of a sentence that is left out as unknown, or cut off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_left_out: bool,
}

impl TextSpan {
    /// Whether the model gets the word.
    pub const fn is_read(&self) -> bool {
        self.unit.is_some() && !self.is_left_out
    }
}

/// A text as it is shown: its words in order. Scores and selection stand beside it, per unit, in [`ExplainedPicture`].
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExplainedText {
    /// Words in order.
    pub spans: Vec<TextSpan>,
    /// What stands after the last word.
    pub after: String,
    /// In figures a text of more words than this is cut around the selected ones; 0 never cuts.
    pub most_words: usize,
    /// The same in a cell of a contact sheet; `None`: [`SHEET_WORDS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_in_cell: Option<usize>,
}

/// Words of a figure before it is cut.
pub const MOST_WORDS: usize = 160;
/// Words of a cell of a contact sheet before it is cut.
pub const SHEET_WORDS: usize = 36;

/// Whether a sign controls something rather than being seen.
fn is_control(sign: char) -> bool {
    sign.is_control() && sign != '\n'
}

/// Each of these words once, in the order in which they come.
pub(super) fn each_once(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    for word in words {
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

impl ExplainedText {
    /// How many words the model does not get.
    pub fn unread(&self) -> usize {
        self.spans.iter().filter(|span| !span.is_read()).count()
    }

    /// All that is written, in order: what stands before each word, the word, and what stands after the last.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.spans.iter_mut().flat_map(|span| [&mut span.before, &mut span.word]).chain([&mut self.after])
    }

    /// Writes a blank in place of each control sign but the line's end: no font has a picture of them but a box.
    pub fn blank_controls(&mut self) {
        for part in self.parts_mut().filter(|part| part.contains(is_control)) {
            *part = part.replace(is_control, " ");
        }
    }

    /// Whether it is shown with other signs than it is written with: signs beyond ASCII may need a name, and control signs are blanks.
    pub fn may_be_shown_otherwise(&self) -> bool {
        let mut stretches = self.spans.iter().flat_map(|span| [&span.before, &span.word]).chain([&self.after]);
        stretches.any(|stretch| !stretch.is_ascii() || stretch.contains(is_control))
    }

    /// Scripts that the fonts lack, each once, in the order in which they come.
    pub fn scripts(&self) -> Vec<&'static str> {
        let words = self.spans.iter().flat_map(|span| [&span.before, &span.word]).chain([&self.after]);
        each_once(words.flat_map(|words| unshapeable_scripts(words)))
    }

    /// The same in signs that the fonts have, as the reading view shows it: a word of a script that they lack is named, "[Arabic]".
    pub fn drawable(mut self) -> Self {
        self.blank_controls();
        for text in self.parts_mut().filter(|text| !text.is_ascii()) {
            *text = fonts::drawable(&with_scripts_named(text)).into_owned();
        }
        self
    }

    /// The text of one piece.
    pub fn text_of(&self, piece: &Piece) -> &str {
        let whole = match self.spans.get(piece.span) {
            Some(span) if piece.is_word => &span.word,
            Some(span) => &span.before,
            None => &self.after,
        };
        whole.get(piece.bytes.clone()).unwrap_or("")
    }

    /// The words of unit `unit` as one string: the word itself, or a sentence with what stands between its words, those that are left out too.
    pub fn words_of(&self, unit: usize) -> String {
        let mut out = String::new();
        for span in self.spans.iter().filter(|span| span.unit == Some(unit as u32)) {
            if !out.is_empty() {
                out.push_str(&span.before.replace('\n', " "));
            }
            out.push_str(&span.word);
        }
        out
    }

    /// The text with long stretches without selected words replaced by "… n more words …", if it has more than [`Self::most_words`] words.
    pub fn cut(&self, selected: &[bool]) -> Self {
        let n = self.spans.len();
        if self.most_words == 0 || n <= self.most_words {
            return self.clone();
        }
        let is_selected =
            |at: usize| self.spans[at].unit.is_some_and(|unit| selected.get(unit as usize) == Some(&true));
        let chosen: Vec<usize> = (0..n).filter(|&at| is_selected(at)).collect();
        let near = |around: usize| {
            let mut keep = vec![false; n];
            for &at in &chosen {
                keep[at.saturating_sub(around)..(at + around + 1).min(n)].fill(true);
            }
            // A few words between two kept stretches cost no more than the note about them.
            let mut last = None;
            for at in 0..n {
                if keep[at] {
                    if let Some(last) = last.filter(|last| at - last <= LEAST_GAP) {
                        keep[last..at].fill(true);
                    }
                    last = Some(at);
                }
            }
            keep
        };
        let count = |keep: &[bool]| keep.iter().filter(|kept| **kept).count();
        let mut keep =
            (0..=AROUND).rev().map(near).find(|keep| count(keep) <= self.most_words).unwrap_or_else(|| near(0));
        if chosen.is_empty() {
            keep[..self.most_words.min(n)].fill(true);
        }
        // The note about a single word would take more room than the word.
        let is_left_out = |keep: &[bool], at: usize| keep.get(at) == Some(&false);
        for at in 0..n {
            let is_first = at == 0 || !is_left_out(&keep, at - 1);
            if is_left_out(&keep, at) && is_first && !is_left_out(&keep, at + 1) {
                keep[at] = true;
            }
        }
        let mut out = Self { spans: Vec::new(), after: String::new(), ..*self };
        let mut skipped = 0;
        for (span, kept) in self.spans.iter().zip(&keep) {
            if !kept {
                skipped += 1;
                continue;
            }
            let mut span = span.clone();
            if skipped > 0 {
                let lead = if out.spans.is_empty() { "" } else { " " };
                span.before = format!("{lead}{} ", more(skipped, true));
                skipped = 0;
            }
            out.spans.push(span);
        }
        out.after = if skipped > 0 { format!(" {}", more(skipped, false)) } else { self.after.clone() };
        out
    }
}

/// "… 12 more words …", on one line where it can.
fn more(n: usize, goes_on: bool) -> String {
    let words = if n == 1 { "word" } else { "words" };
    format!("…\u{A0}{n}\u{A0}more\u{A0}{words}{}", if goes_on { "\u{A0}…" } else { "" })
}

/// A word, a part of a long one, or punctuation, in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Which span; the number of spans for what stands after the last word.
    pub span: usize,
    /// The word of the span, else what stands before it.
    pub is_word: bool,
    /// Which part of it.
    pub bytes: Range<usize>,
    /// Left edge.
    pub x: f32,
    /// Width.
    pub width: f32,
    /// Line, from 0.
    pub line: usize,
}

impl Piece {
    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }
}

/// A text on lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// Pieces, line by line from left to right.
    pub pieces: Vec<Piece>,
    /// Index of the first piece of each line; an empty line starts where the next one does.
    pub lines: Vec<usize>,
}

impl Flow {
    /// The pieces of some lines.
    pub fn on_lines(&self, lines: Range<usize>) -> &[Piece] {
        let start = |line: usize| self.lines.get(line).copied().unwrap_or(self.pieces.len());
        &self.pieces[start(lines.start).min(start(lines.end))..start(lines.end)]
    }

    /// The piece at `x` of a line.
    pub fn at(&self, line: usize, x: f32) -> Option<&Piece> {
        self.on_lines(line..line + 1).iter().find(|piece| x >= piece.x && x <= piece.right())
    }

    /// The unit of `text` at `x` of a line: that of the piece there, or of the pieces on both sides of a gap if they share one. It is where marks and
    /// outlines are drawn.
    pub fn unit_at(&self, text: &ExplainedText, line: usize, x: f32) -> Option<u32> {
        let pieces = self.on_lines(line..line + 1);
        let unit = |at: usize| pieces.get(at).and_then(|piece| unit_of(text, piece));
        let next = pieces.partition_point(|piece| piece.right() < x);
        if pieces.get(next).is_some_and(|piece| piece.x <= x) {
            return unit(next);
        }
        let before = next.checked_sub(1).and_then(unit);
        before.filter(|_| before == unit(next))
    }

    /// The first word that begins on `line` or below it, as the span that it is of.
    pub fn first_word(&self, line: usize) -> Option<usize> {
        let begins = |piece: &&Piece| piece.is_word && piece.bytes.start == 0;
        self.on_lines(line..self.lines.len()).iter().find(begins).map(|piece| piece.span)
    }

    /// Line of the first word of `span`.
    pub fn line_of(&self, span: usize) -> Option<usize> {
        // Pieces are in the order of the text.
        let at = self.pieces.partition_point(|piece| piece.span < span);
        self.pieces[at..].iter().find(|piece| piece.is_word).map(|piece| piece.line)
    }
}

/// Pieces that no line break may part, without places.
type Cluster = Vec<(usize, bool, Range<usize>, f32)>;

struct Flowing<'a> {
    text: &'a ExplainedText,
    measure: &'a mut dyn FnMut(&str) -> f32,
    width: f32,
    blank: f32,
    x: f32,
    out: Flow,
    cluster: Cluster,
    after_blank: bool,
}

impl Flowing<'_> {
    fn whole(&self, span: usize, is_word: bool) -> &str {
        match self.text.spans.get(span) {
            Some(span) if is_word => &span.word,
            Some(span) => &span.before,
            None => &self.text.after,
        }
    }

    fn add(&mut self, span: usize, is_word: bool, bytes: Range<usize>) {
        if bytes.is_empty() {
            return;
        }
        let text = self.whole(span, is_word).get(bytes.clone()).unwrap_or("").to_owned();
        let width = (self.measure)(&text);
        self.cluster.push((span, is_word, bytes, width));
    }

    fn new_line(&mut self) {
        self.out.lines.push(self.out.pieces.len());
        self.x = 0.0;
    }

    /// Puts what was gathered on the line, or on the next one.
    fn flush(&mut self) {
        let cluster = std::mem::take(&mut self.cluster);
        if cluster.is_empty() {
            return;
        }
        let total: f32 = cluster.iter().map(|(.., width)| width).sum();
        if self.x > 0.0 && self.after_blank {
            if self.x + self.blank + total > self.width {
                self.new_line();
            } else {
                self.x += self.blank;
            }
        }
        self.after_blank = false;
        for (span, is_word, bytes, width) in cluster {
            if self.x > 0.0 && self.x + width > self.width {
                self.new_line();
            }
            if width <= self.width {
                self.push(span, is_word, bytes, width);
            } else {
                self.push_broken(span, is_word, bytes);
            }
        }
    }

    fn push(&mut self, span: usize, is_word: bool, bytes: Range<usize>, width: f32) {
        let line = self.out.lines.len() - 1;
        self.out.pieces.push(Piece { span, is_word, bytes, x: self.x, width, line });
        self.x += width;
    }

    /// A word wider than a line, sign by sign.
    fn push_broken(&mut self, span: usize, is_word: bool, bytes: Range<usize>) {
        let whole = self.whole(span, is_word).get(bytes.clone()).unwrap_or("").to_owned();
        let (mut start, mut width) = (0, 0.0);
        for (at, c) in whole.char_indices() {
            let next = (self.measure)(c.encode_utf8(&mut [0; 4]));
            if at > start && width + next > self.width {
                self.push(span, is_word, bytes.start + start..bytes.start + at, width);
                self.new_line();
                (start, width) = (at, 0.0);
            }
            width += next;
        }
        self.push(span, is_word, bytes.start + start..bytes.end, width);
    }

    /// Punctuation and blanks of one stretch between words.
    fn between(&mut self, span: usize) {
        let text = self.whole(span, false).to_owned();
        let mut start = 0;
        let mut breaks = 0;
        for (at, c) in text.char_indices() {
            // A no-break space parts nothing.
            let parts = c.is_whitespace() && c != '\u{A0}';
            if !parts {
                continue;
            }
            self.add(span, false, start..at);
            self.flush();
            self.after_blank = true;
            start = at + c.len_utf8();
            if c == '\n' && breaks < 2 && !self.out.pieces.is_empty() {
                breaks += 1;
                self.new_line();
            }
        }
        self.add(span, false, start..text.len());
    }
}

/// Sets `text` on lines of `width`; `measure` gives the width of a string in the same unit. Lines break at blanks and at `\n`;
/// a word wider than a line is broken where it must be.
pub fn flow(text: &ExplainedText, width: f32, measure: &mut dyn FnMut(&str) -> f32) -> Flow {
    let blank = measure(" ");
    let out = Flow { pieces: Vec::new(), lines: vec![0] };
    let mut flowing = Flowing { text, measure, width, blank, x: 0.0, out, cluster: Vec::new(), after_blank: false };
    for span in 0..text.spans.len() {
        flowing.between(span);
        flowing.add(span, true, 0..text.spans[span].word.len());
    }
    flowing.between(text.spans.len());
    flowing.flush();
    flowing.out
}

/// How a piece is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Colour of the signs; `None` hides them.
    pub ink: Option<Color>,
    /// Colour behind them.
    pub ground: Option<Color>,
    /// Whether the mark of selected units runs under it.
    pub is_marked: bool,
    /// Hatching over the place of a hidden piece.
    pub hatch: Option<super::super::Hatch>,
}

/// The looks of all units in one panel: made once, asked for each piece.
#[derive(Clone, Debug)]
pub struct Looks {
    panel: Panel,
    hidden: Hidden,
    selected: Vec<bool>,
    palette: &'static Palette,
    of_unit: Vec<Option<Color>>,
}

impl Looks {
    /// Looks in `panel` of `picture`; `range` is the range of scores of the heat panel.
    pub fn new(picture: &ExplainedPicture, panel: Panel, range: Option<ScoreRange>) -> Self {
        let palette = Palette::of(picture.theme);
        let n = picture.scores.len();
        let mut of_unit = vec![None; n];
        match panel {
            Panel::Overlay => {
                let depth = depth_of(picture);
                for unit in (0..n).filter(|&unit| picture.selected[unit]) {
                    let share = LEAST_TINT + (MOST_TINT - LEAST_TINT) * depth(picture.scores[unit]);
                    of_unit[unit] = Some(palette.background.mix(palette.selected, share));
                }
            }
            Panel::Heat => {
                let scale = picture.scale();
                let range = range.unwrap_or_else(|| ScoreRange::robust(&picture.scores, scale));
                for (ground, score) in of_unit.iter_mut().zip(&picture.scores) {
                    *ground = (*score != f32::NEG_INFINITY).then(|| scale.color(palette, range.position(*score)));
                }
            }
            Panel::Input | Panel::Selected | Panel::Unselected => {}
        }
        Self { panel, hidden: picture.hidden, selected: picture.selected.clone(), palette, of_unit }
    }

    /// Whether a unit is selected.
    pub fn is_selected(&self, unit: Option<u32>) -> bool {
        unit.is_some_and(|unit| self.selected.get(unit as usize) == Some(&true))
    }

    /// Look of a piece of `text`.
    pub fn of(&self, text: &ExplainedText, piece: &Piece) -> Look {
        match text.spans.get(piece.span) {
            Some(span) if piece.is_word => self.of_word(span),
            _ => self.look(unit_of(text, piece), false, true),
        }
    }

    /// Look of a word.
    pub fn of_word(&self, span: &TextSpan) -> Look {
        self.look(span.unit, true, span.is_read())
    }

    /// Look of a word of `unit`, or of what stands between words: then `unit` is that of the words on both sides if they share one. A word that is not
    /// read is grey without a ground, for no score is its own; in a selected sentence it is marked and shown with the others, so that the sentence has
    /// no hole.
    fn look(&self, unit: Option<u32>, is_word: bool, is_read: bool) -> Look {
        let palette = self.palette;
        let plain = Look { ink: Some(palette.ink), ground: None, is_marked: false, hatch: None };
        let muted = Look { ink: Some(palette.ink_muted), ..plain };
        let selected = self.is_selected(unit);
        let hatched = self.hidden == Hidden::Hatched;
        match self.panel {
            Panel::Input => plain,
            Panel::Overlay | Panel::Heat => {
                let of_unit = |unit: u32| self.of_unit.get(unit as usize).copied().flatten();
                let ground = unit.filter(|_| is_read).and_then(of_unit);
                let ink = match ground {
                    Some(ground) if self.panel == Panel::Heat => readable_on(ground),
                    Some(_) => palette.ink,
                    None if is_word && is_read && self.panel == Panel::Overlay => palette.ink,
                    None => palette.ink_muted,
                };
                Look { ink: Some(ink), ground, is_marked: selected, hatch: None }
            }
            Panel::Selected if selected => Look { is_marked: true, ..if is_read { plain } else { muted } },
            Panel::Selected => {
                let hatch = (hatched && is_word).then(|| pixels::unselected_hatch(palette));
                let ground = hatch.map(|_| palette.hidden);
                Look { ink: None, ground, is_marked: false, hatch }
            }
            Panel::Unselected if selected => {
                let hatch = hatched.then(|| pixels::selected_hatch(palette));
                let ground = hatch.map(|_| palette.hidden);
                Look { ink: None, ground, is_marked: true, hatch }
            }
            Panel::Unselected if is_word && is_read => plain,
            Panel::Unselected => muted,
        }
    }
}

/// How deep a score is tinted, 0..=1: as its share of the highest where zero says nothing (scores for a class, and those that are never negative), else by
/// its place between the lowest and the highest of all words, since a selector's logits have no zero. Not by rank: of a few words that count and many that
/// do not, all would look as if they did.
fn depth_of(picture: &ExplainedPicture) -> impl Fn(f32) -> f32 {
    let finite = || picture.scores.iter().copied().filter(|score| score.is_finite());
    let (least, most) = (finite().fold(f32::INFINITY, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
    let has_zero = picture.signed || least >= 0.0;
    let low = if has_zero { 0.0 } else { f64::from(least) };
    let span = f64::from(most) - low;
    move |score| {
        if score.is_nan() {
            0.0
        } else if span > 0.0 {
            ((f64::from(score) - low) / span).clamp(0.0, 1.0) as f32
        } else {
            // All say nothing, or all the same.
            f32::from(u8::from(!has_zero))
        }
    }
}

/// Black or white, whichever can be read better on `ground`; at least 4.5 : 1.
pub fn readable_on(ground: Color) -> Color {
    let (black, white) = (Color::grey(0), Color::grey(255));
    if color::contrast(black, ground) >= color::contrast(white, ground) { black } else { white }
}

/// Unit of a piece: that of its word; between two words of one unit, that unit.
pub fn unit_of(text: &ExplainedText, piece: &Piece) -> Option<u32> {
    let unit = text.spans.get(piece.span).and_then(|span| span.unit);
    if piece.is_word {
        return unit;
    }
    let before = piece.span.checked_sub(1).and_then(|span| text.spans.get(span)).and_then(|span| span.unit);
    before.filter(|_| before == unit)
}

/// One panel of an explained text, `width` points wide.
pub(super) fn panel(
    picture: &ExplainedPicture,
    text: &ExplainedText,
    panel: Panel,
    width: f32,
    range: ScoreRange,
) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::text(palette);
    let text = text.cut(&picture.selected).drawable();
    let flow = flow(&text, width, &mut |words| fonts::width(words, style.size));
    let leading = (style.size * LEADING).ceil();
    let looks = Looks::new(picture, panel, Some(range));
    let mut marks = Vec::new();
    let mut signs = Vec::new();
    for (at, piece) in flow.pieces.iter().enumerate() {
        let unit = unit_of(&text, piece);
        let look = looks.of(&text, piece);
        let top = leading * piece.line as f32;
        // What belongs to one unit is one box, also between its words.
        let next = flow.pieces.get(at + 1).filter(|next| next.line == piece.line && unit.is_some());
        let right = match next {
            Some(next) if unit_of(&text, next) == unit => next.x,
            _ => piece.right(),
        };
        let area = rect(piece.x, top + 1.5, right - piece.x, leading - 3.0);
        marks.extend(marks_of(&look, area, palette));
        if let Some(ink) = look.ink {
            // A little lower than the middle, so that signs and the mark under them do not touch.
            let baseline = top + (leading + fonts::cap_height(style.size)) / 2.0 - 0.5;
            signs.push(Element::Text(super::super::Text {
                at: point(piece.x, baseline),
                text: text.text_of(piece).to_owned(),
                size: style.size,
                color: ink,
                anchor: Anchor::Start,
                weight: super::super::Weight::Regular,
            }));
        }
    }
    let height = leading * flow.lines.len() as f32;
    let mut elements = marks;
    elements.push(Element::Group { name: "text", clip: None, elements: signs });
    Block { width, height, elements }
}

/// Ground, hatching and mark of one piece that fills `area`.
pub fn marks_of(look: &Look, area: Rect, palette: &Palette) -> Vec<Element> {
    let mut out = Vec::new();
    if look.ground.is_some() || look.hatch.is_some() {
        let rect = Rect { x: area.x - 1.0, width: area.width + 2.0, ..area };
        out.push(Element::Rect { rect, fill: look.ground, stroke: None, radius: 0.0, hatch: look.hatch });
    }
    if look.is_marked {
        let y = area.bottom() - size::OUTLINE / 2.0;
        out.push(Element::line(
            point(area.x - 1.0, y),
            point(area.right() + 1.0, y),
            stroke(palette.selected, size::OUTLINE),
        ));
    }
    out
}
