//! A text on screen: words flow on lines and keep their places in every view; only lines in sight are painted.

use std::sync::Arc;

use egui::{
    Align, Align2, Color32, FontId, Layout, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use super::super::theme::{self, text, tokens};
use super::super::widgets::muted;
use super::folds::{Row, Rows};
use super::hits::{Frames, Hits};
use super::words;
use crate::figure;
use crate::figure::hatch::hatch_rect;
use crate::figure::layout::text::{Flow, Look, Looks, Piece, flow, unit_of};
use crate::figure::layout::{ExplainedPicture, ExplainedText, Panel, TextSpan, View};
use crate::session::Session;
use crate::session::reading::NOT_SHOWN;

/// Distance of lines as a share of the size of letters: room for the marks of words.
const LEADING: f32 = 25.0 / text::BODY;
/// Longer lines are hard to read.
const MOST_WIDTH: f32 = 760.0;
/// Widths of a column in points from which its letters are larger: lines as long as may be are then no more than about 95 and 80 of them.
const LARGER_FROM: [f32; 2] = [720.0, 960.0];
/// Room beside the text for its scroll bar.
const MARGIN: f32 = 14.0;
/// How far the outline of a unit reaches beyond its words.
const FRAME: f32 = 3.0;
/// Added to a blank.
const BLANK: f32 = 2.5;
/// Flows that are kept: one for each width in view.
const MOST_FLOWS: usize = 4;
/// Hatch lines on screen lie further apart than on paper: a text may be hidden almost wholly.
const HATCH: f32 = 7.0;
/// Words against the class that are marked at most, where fewer speak for it.
const LEAST_AGAINST: usize = 3;
/// Share of their colour behind words that speak against the class.
const AGAINST_TINT: f32 = 0.4;
/// Words read out for the whole text.
const SPOKEN: usize = 60;

/// How large a text is set, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Size of letters.
    letters: f32,
    /// Distance of lines.
    line: f32,
}

impl Setting {
    /// In a column so wide: a wide one that held small letters would be mostly empty.
    pub fn of(column: f32) -> Self {
        let larger = LARGER_FROM.iter().filter(|from| column >= **from).count();
        let letters = if larger == 0 { text::BODY } else { text::READING[larger - 1] };
        Self { letters, line: line_height(letters) }
    }
}

/// Distance of lines of letters of a size, in points.
fn line_height(letters: f32) -> f32 {
    (letters * LEADING).round()
}

/// What is known of a text beside its picture: made again when something it shows changes.
#[derive(Debug, Default)]
pub struct TextView {
    /// Which text it is.
    pub id: u64,
    /// Words of each unit; empty for padding.
    pub words: Vec<String>,
    /// Units by rank.
    pub order: Vec<u32>,
    /// Rank of each unit.
    pub ranks: Vec<u32>,
    /// Looks in each panel in view.
    pub looks: Vec<(Panel, Looks)>,
    /// For each span, whether the black box does not know its word, of those that are not cut off.
    pub unknown: Vec<bool>,
    /// For each span, whether its word is cut off: the black box reads only so many.
    pub cut: Vec<bool>,
    /// The text as written, where it is shown with other signs: scripts are named, control signs are blanks.
    pub written: Option<ExplainedText>,
    /// Units that speak against the class in view as strongly as the selected ones speak for it, the strongest first.
    pub against: Vec<u32>,
    /// What the user should know about how the text is shown, a sentence each.
    pub notes: Vec<String>,
}

impl TextView {
    /// Whether the black box does not know the word of a span.
    fn is_unknown(&self, span: usize) -> bool {
        self.unknown.get(span) == Some(&true)
    }

    /// What is to be said of a word that the black box does not get as written; `None` where there is nothing to say.
    fn remark(&self, text: &ExplainedText, span: usize, session: &Session) -> Option<&'static str> {
        let is_read = text.spans.get(span)?.is_read();
        match (self.is_unknown(span), is_read) {
            (true, true) => Some("Not in the black box's vocabulary: read as unknown"),
            (true, false) if session.drops_unknown() => Some("Not in the black box's vocabulary: left out"),
            (_, false) => Some("The black box does not get this word"),
            (false, true) => None,
        }
    }

    /// Takes over a new picture of text `id`.
    pub fn update(
        &mut self,
        id: u64,
        picture: &ExplainedPicture,
        ranks: &[u32],
        panels: &[Panel],
        original: Option<&str>,
        session: &Session,
    ) {
        let Some(text) = &picture.text else { return };
        if self.id != id || self.words.len() != ranks.len() {
            self.id = id;
            self.words = unit_words(text, ranks.len());
            self.unknown = session.unknown_words(text);
            self.cut = cut_off(text, &self.unknown, session.drops_unknown());
            // Whether a word that is cut off is known is nobody's question.
            self.unknown.iter_mut().zip(&self.cut).for_each(|(unknown, cut)| *unknown &= !cut);
            self.notes = notes(text, original);
        }
        self.ranks = ranks.to_vec();
        self.order = (0..ranks.len() as u32).filter(|&unit| ranks[unit as usize] != u32::MAX).collect();
        self.order.sort_by_key(|&unit| ranks[unit as usize]);
        self.against = against(picture);
        self.looks = panels.iter().map(|&panel| (panel, Looks::new(picture, panel, None))).collect();
    }
}

/// For each span, whether the black box does not get its word because it reads only so many. One that it leaves out as unknown is not cut off, unless all
/// words from there to the end of the text are.
fn cut_off(text: &ExplainedText, unknown: &[bool], drops_unknown: bool) -> Vec<bool> {
    let is_left_out = |at: usize| drops_unknown && unknown.get(at) == Some(&true);
    let is_read = |at: usize| text.spans[at].is_read();
    let n = text.spans.len();
    let mut out: Vec<bool> = (0..n).map(|at| !is_read(at) && !is_left_out(at)).collect();
    let read = |mut all: std::ops::Range<usize>| all.find(|at| is_read(*at));
    let (Some(first), Some(last)) = (read(0..n), (0..n).rev().find(|at| is_read(*at))) else { return out };
    for end in [0..first, last + 1..n] {
        if out[end.clone()].contains(&true) {
            out[end].fill(true);
        }
    }
    out
}

/// Units that speak against what the scores are for, as strongly as the weakest selected one speaks for it, the strongest first: at most as many as are
/// selected, or three. None where the sign of a score has no meaning.
fn against(picture: &ExplainedPicture) -> Vec<u32> {
    if !picture.signed {
        return Vec::new();
    }
    let of_selected = || picture.scores.iter().zip(&picture.selected).filter(|(_, selected)| **selected);
    let weakest = of_selected().map(|(score, _)| score.max(0.0)).fold(f32::INFINITY, f32::min);
    let limit = if weakest.is_finite() { -weakest } else { 0.0 };
    let is_against = |score: f32| score.is_finite() && score < 0.0 && score <= limit;
    let mut out: Vec<u32> =
        (0..picture.scores.len() as u32).filter(|unit| is_against(picture.scores[*unit as usize])).collect();
    out.sort_by(|a, b| picture.scores[*a as usize].total_cmp(&picture.scores[*b as usize]));
    out.truncate(of_selected().count().max(LEAST_AGAINST));
    out
}

fn unit_words(text: &ExplainedText, units: usize) -> Vec<String> {
    let mut out = vec![String::new(); units];
    for span in &text.spans {
        let Some(words) = span.unit.and_then(|unit| out.get_mut(unit as usize)) else { continue };
        if !words.is_empty() {
            words.push_str(&span.before.replace('\n', " "));
        }
        words.push_str(&span.word);
    }
    out
}

/// Number of each unit among those of the text, from 1: the tenth word, the third sentence. 0 for one that has no word.
pub fn numbers(text: &ExplainedText, units: usize) -> Vec<usize> {
    let mut out = vec![0; units];
    let (mut number, mut last) = (0, None);
    for span in &text.spans {
        // A word of no unit counts as well.
        if span.unit.is_none() || span.unit != last {
            number += 1;
        }
        last = span.unit;
        if let Some(first) = span.unit.and_then(|unit| out.get_mut(unit as usize)).filter(|known| **known == 0) {
            *first = number;
        }
    }
    out
}

fn notes(text: &ExplainedText, original: Option<&str>) -> Vec<String> {
    let mut out = Vec::new();
    match text.unread() {
        0 => {}
        n if n == text.spans.len() => out.push("The black box gets none of these words.".to_owned()),
        n => out.push(format!(
            "The black box does not get {} of {}; they are drawn in grey.",
            crate::work::format_count(n as u64),
            crate::session::describe::count(text.spans.len(), "word", "words")
        )),
    }
    let scripts = original.map_or_else(Vec::new, crate::data::text::unshapeable_scripts);
    if !scripts.is_empty() {
        out.push(format!(
            "This text holds {}, which the window's fonts cannot show: such words are named in brackets. Explanations are right nevertheless.",
            scripts.join(", ")
        ));
    }
    out
}

/// Which words of a text are seen in some panel in view.
#[derive(Debug, Default)]
pub struct InView {
    /// What it depends on.
    pub key: u64,
    /// For each span, whether its word is seen.
    pub spans: Vec<bool>,
}

/// Rows with what they were made of.
struct KnownRows {
    id: u64,
    key: u64,
    flow: Arc<Flow>,
    rows: Arc<Rows>,
}

/// A word that is kept in sight where a text is set anew, or where others of its words are seen.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    /// The span of the word.
    span: usize,
    /// Rows from its row down to the upper edge of the page; below zero where the word stands below that edge.
    rows_above: f32,
    /// How far the text was scrolled for that, in points: a page that has room for more stands elsewhere than the word asks for. Where it is scrolled
    /// otherwise by now, the user did that.
    offset: f32,
    /// Height of that page in points.
    page_height: f32,
}

impl Anchor {
    /// Whether the text was not scrolled since.
    fn holds(&self, offset: f32) -> bool {
        (self.offset - offset).abs() < 1.0
    }
}

/// Where texts are set and how far they are scrolled: shared by all columns, so that the same words stand beside each other.
#[derive(Default)]
pub struct Pages {
    flows: Vec<(FlowKey, Arc<Flow>)>,
    rows: Option<KnownRows>,
    /// The view in the frame before.
    seen_view: Option<View>,
    /// Height of all lines of the longest page, of the last frame and so far in this one: also of those that are folded, or each view would have another.
    whole_height: [f32; 2],
    offset: f32,
    /// How each page was drawn last.
    drawn: Vec<((usize, usize), Drawn)>,
    seen_choice: u64,
    id: u64,
    /// Another text, not drawn yet.
    is_fresh: bool,
    /// Whether a page was drawn in this frame: by the lines of the first one all are scrolled.
    is_led: bool,
    /// How that page was set when it was drawn last.
    set: Option<(FlowKey, Arc<Flow>)>,
    /// The word that was kept in sight last.
    anchor: Option<Anchor>,
    /// Height of the page on which both parts were put beside each other, and how far it was scrolled then, in points.
    opened_side: Option<(f32, f32)>,
    /// Whether the rows of the text that was set anew are not made yet.
    is_kept: bool,
    /// What the list is searched for, in this text.
    hits: Hits,
}

/// How a page was drawn last: how far it was scrolled, how high its text was, and how much of it there was room for.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    offset: f32,
    height: f32,
    room: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct FlowKey {
    id: u64,
    width: f32,
    letters: f32,
    pixels_per_point: f32,
}

impl Pages {
    /// Call before the pages of a frame are drawn: another text begins at its top, or where something is selected.
    pub fn begin(&mut self, id: u64) {
        if self.id != id {
            (self.id, self.offset, self.is_fresh) = (id, 0.0, true);
            (self.anchor, self.opened_side) = (None, None);
        }
    }

    /// Height that the text needs to be seen as a whole, in points, as it was drawn last.
    pub fn whole_height(&self) -> f32 {
        self.whole_height[0]
    }

    /// The rows of a text of a height each, on a page of a height. Where others are folded than before, the first word in sight stays there: also on the way
    /// through a view that fits without scrolling.
    fn rows(
        &mut self,
        flow: &Arc<Flow>,
        id: u64,
        (row_height, page_height): (f32, f32),
        in_view: &InView,
    ) -> Arc<Rows> {
        let known = self.rows.as_ref().filter(|known| known.id == id && Arc::ptr_eq(&known.flow, flow));
        if let Some(known) = known.filter(|known| known.key == in_view.key) {
            return known.rows.clone();
        }
        let made = Arc::new(Rows::folded(flow, |span| in_view.spans.get(span) != Some(&false)));
        let is_set_anew = std::mem::take(&mut self.is_kept);
        if let Some(known) = known
            && !self.anchor.is_some_and(|anchor| anchor.holds(self.offset))
        {
            let before = self.offset / row_height;
            let top = before as usize;
            // What is folded is not in sight.
            let row = if known.rows.is_fold(top) && top + 1 < known.rows.count() { top + 1 } else { top };
            let span = flow.first_word(known.rows.line_of(row));
            let line = span.and_then(|span| flow.line_of(span));
            self.anchor = span.zip(line).map(|(span, line)| {
                let rows_above = before - known.rows.of_line(line) as f32;
                Anchor { span, rows_above, offset: self.offset, page_height }
            });
        }
        if known.is_some() || is_set_anew {
            self.settle(&made, flow, row_height, page_height);
        }
        self.rows = Some(KnownRows { id, key: in_view.key, flow: flow.clone(), rows: made.clone() });
        made
    }

    /// Scrolls to where the kept word is in sight, no further than a page of a height can be scrolled.
    fn settle(&mut self, rows: &Rows, flow: &Flow, row_height: f32, page_height: f32) {
        let Some(anchor) = self.anchor else { return };
        let row = rows.of_line(flow.line_of(anchor.span).unwrap_or(0)) as f32 + anchor.rows_above;
        let most = (rows.count() as f32 * row_height - page_height).max(0.0);
        let before = std::mem::replace(&mut self.offset, (row * row_height).clamp(0.0, most));
        self.anchor = Some(Anchor { offset: self.offset, page_height, ..anchor });
        // That was not the user, either.
        if let Some((_, opened)) = &mut self.opened_side
            && (*opened - before).abs() < 1.0
        {
            *opened = self.offset;
        }
    }

    /// Whether the page has got another height since a word was kept in sight, and nobody has scrolled it.
    fn is_unsettled(&self, page_height: f32) -> bool {
        let is_other = |anchor: Anchor| (anchor.page_height - page_height).abs() > 0.5;
        self.anchor.is_some_and(|anchor| anchor.holds(self.offset) && is_other(anchor))
    }

    /// Call after the pages of a frame are drawn.
    pub fn end(&mut self, session: &Session) {
        self.seen_choice = session.explore.reading.choices;
        self.seen_view = Some(session.explore.view);
        self.whole_height = [self.whole_height[1], 0.0];
        self.is_led = false;
    }

    /// Whether both parts come to stand beside each other now, on a page of a height. The page gets its height only after that: as long as nobody has scrolled
    /// it, another height is like another opening.
    fn opens_side(&self, page_height: f32) -> bool {
        let is_new = self.seen_view.is_some_and(|view| view != View::Side);
        let is_other =
            |(height, offset): (f32, f32)| (height - page_height).abs() > 0.5 && (offset - self.offset).abs() < 1.0;
        is_new || self.opened_side.is_some_and(is_other)
    }

    fn flow(&mut self, ui: &Ui, text: &ExplainedText, id: u64, (width, letters): (f32, f32)) -> Arc<Flow> {
        let key = FlowKey { id, width, letters, pixels_per_point: ui.ctx().pixels_per_point() };
        let known = self.flows.iter().find(|(known, _)| *known == key).map(|(_, known)| known.clone());
        let set = known.unwrap_or_else(|| self.lay_out(ui, text, key));
        if !std::mem::replace(&mut self.is_led, true) {
            self.keep_place(key, &set);
        }
        set
    }

    /// Where a text is set anew, as in a wider column, its lines hold other words: the first word in sight stays in sight. It is remembered until the text
    /// is scrolled, so that a way there and back ends where it began.
    fn keep_place(&mut self, key: FlowKey, set: &Arc<Flow>) {
        let before = self.set.replace((key, set.clone()));
        let Some((known, lines)) = before.filter(|(known, _)| known.id == key.id && *known != key) else { return };
        let kept = self.anchor.filter(|anchor| anchor.holds(self.offset)).map(|anchor| anchor.span);
        let row = (self.offset / line_height(known.letters)).round() as usize;
        let folded = self.rows.as_ref().filter(|rows| Arc::ptr_eq(&rows.flow, &lines));
        let first = || lines.first_word(folded.map_or(row, |folded| folded.rows.line_of(row)));
        if let Some(span) = kept.or_else(first) {
            // As if nothing were folded: what is, is known when the rows are made.
            self.offset = set.line_of(span).unwrap_or(0) as f32 * line_height(key.letters);
            let page_height = self.anchor.map_or(0.0, |anchor| anchor.page_height);
            let anchor = Anchor { span, rows_above: 0.0, offset: self.offset, page_height };
            (self.anchor, self.is_kept) = (Some(anchor), true);
        }
    }

    fn lay_out(&mut self, ui: &Ui, text: &ExplainedText, key: FlowKey) -> Arc<Flow> {
        let font = FontId::proportional(key.letters);
        let mut measure = |words: &str| {
            let width =
                ui.fonts_mut(|fonts| fonts.layout_no_wrap(words.to_owned(), font.clone(), theme::UNTINTED).size().x);
            // Marks need room between words.
            if words == " " { width + BLANK } else { width }
        };
        let made = Arc::new(flow(text, key.width, &mut measure));
        if self.flows.len() >= MOST_FLOWS {
            self.flows.remove(0);
        }
        self.flows.push((key, made.clone()));
        made
    }
}

/// One panel of a text, and where it is drawn.
pub struct Page<'a> {
    /// The text with its explanation.
    pub picture: &'a ExplainedPicture,
    /// What is known of it.
    pub view: &'a TextView,
    /// Which of its words are seen in some panel.
    pub in_view: &'a InView,
    /// Column and panel.
    pub at: (usize, usize),
    /// Where.
    pub area: Rect,
    /// How large.
    pub setting: Setting,
    /// What it is called.
    pub name: &'a str,
    /// Less than 1 for a text that is being explained again.
    pub opacity: f32,
}

/// Draws a page. Gives the unit under the pointer, and the one that was clicked.
pub fn show(ui: &mut Ui, pages: &mut Pages, page: &Page<'_>, session: &Session) -> (Option<usize>, Option<usize>) {
    let (Some(text), Some((_, looks))) = (&page.picture.text, page.view.looks.get(page.at.1)) else {
        return (None, None);
    };
    if session.hides_text() {
        let mut inner = ui.new_child(UiBuilder::new().id_salt(("hidden page", page.at)).max_rect(page.area));
        muted(&mut inner, NOT_SHOWN);
        return (None, None);
    }
    let width = (page.area.width() - MARGIN).clamp(60.0, MOST_WIDTH).floor();
    let line_height = page.setting.line;
    let flow = pages.flow(ui, text, page.view.id, (width, page.setting.letters));
    let rows = pages.rows(&flow, page.view.id, (line_height, page.area.height()), page.in_view);
    // The room for a text follows from how it is looked at, a frame later. Columns are scrolled by the first of them.
    if page.at == (0, 0) && pages.is_unsettled(page.area.height()) {
        pages.settle(&rows, &flow, line_height, page.area.height());
    }
    pages.whole_height[1] = pages.whole_height[1].max(flow.lines.len() as f32 * line_height);
    let top_of = |line: usize| rows.of_line(line) as f32 * line_height;
    pages.hits.update(page.view.id, text, page.view.written.as_ref().unwrap_or(text), session);
    let reading = &session.explore.reading;
    if reading.choices != pages.seen_choice
        && let Some(line) = reading.chosen.and_then(|unit| line_of(text, &flow, unit))
    {
        // A third from the top, where the eye is.
        let top = top_of(line);
        let in_sight = top >= pages.offset && top + line_height <= pages.offset + page.area.height();
        if !in_sight {
            pages.offset = (top - page.area.height() / 3.0).max(0.0);
        }
    }
    let is_selected = |unit: Option<u32>| {
        unit.is_some_and(|unit| page.picture.selected.get(unit as usize).is_some_and(|selected| *selected))
    };
    if std::mem::take(&mut pages.is_fresh) {
        // A long text that shows nothing at its top would seem to have no explanation, or not to hold what was looked for.
        let first = || text.spans.iter().position(|span| is_selected(span.unit));
        let first = pages.hits.first_span().or_else(first);
        let first = top_of(first.and_then(|span| flow.line_of(span)).unwrap_or(0));
        if first + line_height > page.area.height() {
            pages.offset = first - page.area.height() / 3.0;
        }
    } else if session.explore.view == View::Side && pages.opens_side(page.area.height()) {
        // Nothing is folded where both parts stand beside each other: the selected part is not to begin with an empty page.
        let lines = text.spans.iter().enumerate().filter(|(_, span)| is_selected(span.unit));
        let tops: Vec<f32> = lines.filter_map(|(span, _)| flow.line_of(span)).map(top_of).collect();
        let (above, below) = (pages.offset, pages.offset + page.area.height());
        if !tops.iter().any(|top| *top >= above && top + line_height <= below) {
            let next = tops.iter().find(|top| **top >= above).or(tops.last()).copied().unwrap_or(pages.offset);
            let most = (rows.count() as f32 * line_height - page.area.height()).max(0.0);
            pages.offset = (next - page.area.height() / 3.0).clamp(0.0, most);
        }
        pages.opened_side = Some((page.area.height(), pages.offset));
    }
    let mut inner = ui.new_child(
        UiBuilder::new().id_salt(("page", page.at)).max_rect(page.area).layout(Layout::top_down(Align::Min)),
    );
    // A mark or an outline at the beginning of a line reaches a little over it.
    let reach = Rect::from_min_max(page.area.min - vec2(FRAME, 0.0), page.area.max);
    inner.set_clip_rect(reach.intersect(ui.clip_rect()));
    if page.opacity < 1.0 {
        inner.multiply_opacity(page.opacity);
    }
    let before = pages.drawn.iter().find(|(at, _)| *at == page.at).map(|(_, drawn)| *drawn).unwrap_or_default();
    let mut area = ScrollArea::vertical().id_salt(("scroll", page.at)).auto_shrink([false, false]);
    let height = rows.count() as f32 * line_height;
    // Beyond its end the page would spring back, over many frames.
    let wanted = pages.offset.min((height - page.area.height()).max(0.0));
    let drawn = before.offset;
    let is_otherwise = |before: f32, now: f32| (before - now).abs() > 0.5;
    let is_resized = is_otherwise(before.height, height) || is_otherwise(before.room, page.area.height());
    if is_resized || is_otherwise(drawn, wanted) {
        area = area.vertical_scroll_offset(wanted);
    }
    inner.spacing_mut().scroll.kinetic.rubber_band = false;
    let hits = &pages.hits;
    let output = area.show_viewport(&mut inner, |ui, viewport| {
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, spoken(page.name, text)));
        let pointer = response.hover_pos().map(|at| at - rect.min);
        let row_at = |y: f32| (y / line_height).max(0.0);
        let place = pointer.and_then(|at| {
            let row = row_at(at.y) as usize;
            match rows.within(row..row + 1).next()?.1 {
                Row::Line(line) => Some((*line, at.x)),
                Row::Fold { .. } => None,
            }
        });
        // Where a word is hidden there is nothing to tell of, and nothing to take hold of.
        let is_seen = |piece: &Piece| {
            let look = looks.of(text, piece);
            look.ink.is_some() || look.hatch.is_some()
        };
        let hit = place.and_then(|(line, x)| flow.at(line, x)).filter(|piece| is_seen(piece));
        // A blank within a sentence is in its outline, and belongs to it.
        let unit = place.and_then(|(line, x)| {
            let unit = flow.unit_at(text, line, x)?;
            let is_its = |piece: &&Piece| unit_of(text, piece) == Some(unit);
            flow.on_lines(line..line + 1).iter().filter(is_its).any(is_seen).then_some(unit as usize)
        });
        let in_sight = row_at(viewport.top()) as usize..row_at(viewport.bottom()).ceil() as usize;
        paint(ui, rect, page, (text, &flow, looks), (&rows, in_sight), hits, session);
        let clicked = response.clicked();
        let word = hit.filter(|piece| piece.is_word);
        let remark = word.and_then(|piece| page.view.remark(text, piece.span, session));
        if let Some(unit) = unit {
            response.on_hover_ui_at_pointer(|ui| words::card(ui, session, &page.view.words, unit, remark));
        } else if let Some(remark) = remark {
            response.on_hover_text_at_pointer(remark);
        }
        (unit, clicked.then_some(unit).flatten())
    });
    let offset = output.state.clamped_offset().y;
    if is_resized {
        // How far it can be scrolled now is known from the next frame on: until then nothing is the user's doing.
        if is_otherwise(offset, wanted) {
            ui.ctx().request_repaint();
        }
    } else if is_otherwise(offset, drawn) {
        pages.offset = offset;
        ui.ctx().request_repaint();
    }
    pages.drawn.retain(|(at, _)| *at != page.at);
    pages.drawn.push((page.at, Drawn { offset, height, room: page.area.height() }));
    output.inner
}

/// First line of a unit.
fn line_of(text: &ExplainedText, flow: &Flow, unit: usize) -> Option<usize> {
    let span = text.spans.iter().position(|span| span.unit == Some(unit as u32))?;
    flow.line_of(span)
}

/// What a screen reader says of a page.
fn spoken(name: &str, text: &ExplainedText) -> String {
    let mut out = format!("{name}:");
    for span in text.spans.iter().take(SPOKEN) {
        out.push(' ');
        out.push_str(&span.word);
    }
    out
}

/// What lies behind the words comes first, then the words, then the frames around them: a mark never covers a letter beside it.
fn paint(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    (text, flow, looks): (&ExplainedText, &Flow, &Looks),
    (rows, in_sight): (&Rows, std::ops::Range<usize>),
    hits: &Hits,
    session: &Session,
) {
    let t = tokens(ui);
    let painter = ui.painter();
    let Setting { letters, line } = page.setting;
    let font = FontId::proportional(letters);
    let mut pieces: Vec<&Piece> = Vec::new();
    for (row_idx, row) in rows.within(in_sight) {
        let top = rect.top() + row_idx as f32 * line;
        match row {
            Row::Line(line) => pieces.extend(flow.on_lines(*line..line + 1)),
            Row::Fold { words, .. } => {
                paint_fold(ui, Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), line)), *words, page.at);
            }
        }
    }
    let top_of = |piece: &Piece| rect.top() + rows.of_line(piece.line) as f32 * line;
    let box_of = |at: usize, piece: &Piece, unit: Option<u32>| {
        // What belongs to one unit is one box, also between its words.
        let next = pieces.get(at + 1).filter(|next| unit.is_some() && next.line == piece.line);
        let right = next.filter(|next| unit_of(text, next) == unit).map_or(piece.right(), |next| next.x);
        let top = top_of(piece);
        Rect::from_min_max(pos2(rect.left() + piece.x, top + 2.0), pos2(rect.left() + right, top + line - 3.0))
    };
    let against = Against::new(ui, page);
    for (at, &piece) in pieces.iter().enumerate() {
        let unit = unit_of(text, piece);
        paint_marks(painter, &against.mark(looks.of(text, piece), unit), box_of(at, piece, unit), t);
    }
    let out = session.taken_out();
    let reading = &session.explore.reading;
    // Around a unit that is pointed at or chosen: one for each of its lines.
    let mut outlines: Vec<(usize, usize, Rect, Color32)> = Vec::new();
    let mut found = Frames::default();
    for (at, &piece) in pieces.iter().enumerate() {
        let unit = unit_of(text, piece);
        let look = looks.of(text, piece);
        let area = box_of(at, piece, unit);
        if let Some(ink) = look.ink {
            let at = pos2(rect.left() + piece.x, area.center().y);
            painter.text(at, Align2::LEFT_CENTER, text.text_of(piece), font.clone(), theme::color(ink));
            found.add(ui, hits, (text, piece), area, &font);
        }
        // In the user's own text, where a slip of the pen can be mended.
        let is_unknown = session.own_text().is_some() && piece.is_word && page.view.is_unknown(piece.span);
        if is_unknown && look.ink.is_some() {
            paint_dots(painter, area, t);
            if piece.bytes.start == 0 {
                let id = ui.scope_id().with(("unknown", page.at, piece.span));
                ui.interact(area, id, Sense::hover()).widget_info(|| {
                    let words = format!("{}, not in the black box's vocabulary", text.text_of(piece));
                    WidgetInfo::labeled(Role::Label, true, words)
                });
            }
        }
        let Some(unit) = unit.map(|unit| unit as usize) else { continue };
        if reading.pointed == Some(unit) || reading.chosen == Some(unit) {
            let color = if reading.pointed == Some(unit) { t.text } else { t.accent };
            match outlines.last_mut() {
                Some(last) if (last.0, last.1) == (unit, piece.line) => last.2 = last.2.union(area),
                _ => outlines.push((unit, piece.line, area, color)),
            }
        }
        let (is_out, is_selected) = (out.binary_search(&unit).is_ok(), looks.is_selected(Some(unit as u32)));
        let is_against = look.ink.is_some() && against.holds(unit as u32);
        if is_out && look.ink.is_some() {
            painter.hline(area.x_range(), area.center().y, Stroke::new(2.0, t.error));
        }
        let is_told = is_out || is_selected || is_against;
        if piece.is_word && piece.bytes.start == 0 && look.ink.is_some() && is_told {
            let id = ui.scope_id().with(("word", page.at, piece.span));
            ui.interact(area, id, Sense::hover()).widget_info(|| {
                let rank = page.view.ranks.get(unit).map_or(0, |rank| rank.wrapping_add(1));
                let mut words = text.text_of(piece).to_owned();
                if is_selected {
                    words.push_str(&format!(", selected, rank {rank}"));
                }
                if is_against {
                    words.push_str(", speaks against");
                }
                if !text.spans.get(piece.span).is_none_or(TextSpan::is_read) {
                    words.push_str(", not read by the black box");
                }
                if is_out {
                    words.push_str(", taken out");
                }
                WidgetInfo::labeled(Role::Label, true, words)
            });
        }
    }
    for (unit, line, area, color) in outlines {
        let around = area.expand(1.5);
        painter.rect_stroke(around, 3.0, Stroke::new(1.5, color), StrokeKind::Outside);
        if reading.chosen == Some(unit) {
            let id = ui.scope_id().with(("chosen", page.at, line));
            ui.interact(around, id, Sense::hover())
                .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Chosen in line {}", line + 1)));
        }
    }
    found.show(ui, painter, hits, page.at, t);
}

/// The row of lines that show nothing.
fn paint_fold(ui: &Ui, area: Rect, words: usize, at: (usize, usize)) {
    let t = tokens(ui);
    let said = crate::session::describe::count(words, "word", "words");
    let font = FontId::proportional(text::SMALL);
    ui.painter().text(area.left_center(), Align2::LEFT_CENTER, format!("\u{2026} {said} \u{2026}"), font, t.muted);
    let id = ui.scope_id().with(("fold", at, area.top().round() as i64));
    ui.interact(area, id, Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{said} hidden here")));
}

/// Units that speak against the class in view, where the overlay marks them.
struct Against<'a> {
    units: &'a [u32],
    ground: figure::Color,
}

impl<'a> Against<'a> {
    fn new(ui: &Ui, page: &Page<'a>) -> Self {
        let is_overlay = page.view.looks.get(page.at.1).is_some_and(|(panel, _)| *panel == Panel::Overlay);
        Self { units: if is_overlay { &page.view.against } else { &[] }, ground: against_color(ui) }
    }

    fn holds(&self, unit: u32) -> bool {
        self.units.contains(&unit)
    }

    /// A look with the ground of what speaks against.
    fn mark(&self, look: Look, unit: Option<u32>) -> Look {
        let is_against = look.ground.is_none() && unit.is_some_and(|unit| self.holds(unit));
        if is_against { Look { ground: Some(self.ground), ..look } } else { look }
    }
}

/// Behind what speaks against the class in view: the colour that the lowest scores have in heat, so pale that letters stay legible on it.
pub fn against_color(ui: &Ui) -> figure::Color {
    let palette = figure::Palette::of(theme::figure_theme(ui));
    palette.background.mix(figure::color::Scale::Signed.color(palette, 0.0), AGAINST_TINT)
}

/// Dots under a word that the black box does not know.
fn paint_dots(painter: &egui::Painter, area: Rect, t: &theme::Tokens) {
    let y = area.bottom() + 2.0;
    let mut x = area.left() + 1.0;
    while x < area.right() {
        painter.circle_filled(pos2(x, y), 1.0, t.warning);
        x += 4.0;
    }
}

fn paint_marks(painter: &egui::Painter, look: &Look, area: Rect, t: &theme::Tokens) {
    if let Some(ground) = look.ground {
        painter.rect_filled(area.expand2(vec2(1.5, 0.0)), 2.0, theme::color(ground));
    }
    if let Some(hatch) = look.hatch {
        let hatch = figure::Hatch { spacing: HATCH, ..hatch };
        let stroke = Stroke::new(1.0, theme::color(hatch.stroke.color));
        for [from, to] in hatch_rect(figure::rect(area.left(), area.top(), area.width(), area.height()), &hatch) {
            painter.line_segment([pos2(from.x, from.y), pos2(to.x, to.y)], stroke);
        }
    }
    if look.is_marked {
        painter.hline(area.left() - 1.5..=area.right() + 1.5, area.bottom() - 1.0, Stroke::new(2.0, t.selected));
    }
}
