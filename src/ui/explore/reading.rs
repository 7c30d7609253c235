//! A text on screen: words flow on lines and keep their places in every view; only lines in sight are painted.

use std::sync::Arc;

use egui::{
    Align, Align2, Color32, FontId, Layout, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use super::super::theme::{self, text, tokens};
use super::super::widgets::muted;
use super::hits::{Frames, Hits};
use super::words;
use crate::figure;
use crate::figure::hatch::hatch_rect;
use crate::figure::layout::text::{Flow, Look, Looks, Piece, flow, unit_of};
use crate::figure::layout::{ExplainedPicture, ExplainedText, Panel, TextSpan};
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
/// Added to a blank.
const BLANK: f32 = 2.5;
/// Flows that are kept: one for each width in view.
const MOST_FLOWS: usize = 4;
/// Hatch lines on screen lie further apart than on paper: a text may be hidden almost wholly.
const HATCH: f32 = 7.0;
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
        Self { letters, line: (letters * LEADING).round() }
    }
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
    /// For each span, whether the black box does not know its word.
    pub unknown: Vec<bool>,
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
            self.notes = notes(text, original);
        }
        self.ranks = ranks.to_vec();
        self.order = (0..ranks.len() as u32).filter(|&unit| ranks[unit as usize] != u32::MAX).collect();
        self.order.sort_by_key(|&unit| ranks[unit as usize]);
        self.looks = panels.iter().map(|&panel| (panel, Looks::new(picture, panel, None))).collect();
    }
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

/// Where texts are set and how far they are scrolled: shared by all columns, so that the same words stand beside each other.
#[derive(Default)]
pub struct Pages {
    flows: Vec<(FlowKey, Arc<Flow>)>,
    offset: f32,
    /// How far each page was scrolled when it was drawn last.
    drawn: Vec<((usize, usize), f32)>,
    seen_choice: u64,
    id: u64,
    /// Another text, not drawn yet.
    is_fresh: bool,
    /// What the list is searched for, in this text.
    hits: Hits,
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
        }
    }

    /// Call after the pages of a frame are drawn.
    pub fn end(&mut self, session: &Session) {
        self.seen_choice = session.explore.reading.choices;
    }

    fn flow(&mut self, ui: &Ui, text: &ExplainedText, id: u64, (width, letters): (f32, f32)) -> Arc<Flow> {
        let key = FlowKey { id, width, letters, pixels_per_point: ui.ctx().pixels_per_point() };
        if let Some((_, known)) = self.flows.iter().find(|(known, _)| *known == key) {
            return known.clone();
        }
        let font = FontId::proportional(letters);
        let mut measure = |words: &str| {
            let width =
                ui.fonts_mut(|fonts| fonts.layout_no_wrap(words.to_owned(), font.clone(), theme::UNTINTED).size().x);
            // Marks need room between words.
            if words == " " { width + BLANK } else { width }
        };
        let made = Arc::new(flow(text, width, &mut measure));
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
    pages.hits.update(page.view.id, text, session);
    let reading = &session.explore.reading;
    if reading.choices != pages.seen_choice
        && let Some(line) = reading.chosen.and_then(|unit| line_of(text, &flow, unit))
    {
        // A third from the top, where the eye is.
        let top = line as f32 * line_height;
        let in_sight = top >= pages.offset && top + line_height <= pages.offset + page.area.height();
        if !in_sight {
            pages.offset = (top - page.area.height() / 3.0).max(0.0);
        }
    }
    if std::mem::take(&mut pages.is_fresh) {
        // A long text that shows nothing at its top would seem to have no explanation, or not to hold what was looked for.
        let is_selected = |unit: Option<u32>| {
            unit.is_some_and(|unit| page.picture.selected.get(unit as usize).is_some_and(|selected| *selected))
        };
        let first = || text.spans.iter().position(|span| is_selected(span.unit));
        let first = pages.hits.first_span().or_else(first);
        let first = first.and_then(|span| flow.line_of(span)).unwrap_or(0) as f32 * line_height;
        if first + line_height > page.area.height() {
            pages.offset = first - page.area.height() / 3.0;
        }
    }
    let mut inner = ui.new_child(
        UiBuilder::new().id_salt(("page", page.at)).max_rect(page.area).layout(Layout::top_down(Align::Min)),
    );
    inner.set_clip_rect(page.area.intersect(ui.clip_rect()));
    if page.opacity < 1.0 {
        inner.multiply_opacity(page.opacity);
    }
    let drawn = pages.drawn.iter().find(|(at, _)| *at == page.at).map_or(0.0, |(_, offset)| *offset);
    let mut area = ScrollArea::vertical().id_salt(("scroll", page.at)).auto_shrink([false, false]);
    if (drawn - pages.offset).abs() > 0.5 {
        area = area.vertical_scroll_offset(pages.offset);
    }
    let height = flow.lines.len() as f32 * line_height;
    let hits = &pages.hits;
    let output = area.show_viewport(&mut inner, |ui, viewport| {
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, spoken(page.name, text)));
        let pointer = response.hover_pos().map(|at| at - rect.min);
        let hit = pointer.and_then(|at| flow.at((at.y / line_height).max(0.0) as usize, at.x));
        let unit = hit.and_then(|piece| unit_of(text, piece)).map(|unit| unit as usize);
        let line_at = |y: f32| (y / line_height).max(0.0);
        let lines = line_at(viewport.top()) as usize..line_at(viewport.bottom()).ceil() as usize;
        paint(ui, rect, page, (text, &flow, looks), lines, hits, session);
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
    if (offset - drawn).abs() > 0.5 {
        pages.offset = offset;
        ui.ctx().request_repaint();
    }
    pages.drawn.retain(|(at, _)| *at != page.at);
    pages.drawn.push((page.at, offset));
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
    lines: std::ops::Range<usize>,
    hits: &Hits,
    session: &Session,
) {
    let t = tokens(ui);
    let painter = ui.painter();
    let Setting { letters, line } = page.setting;
    let font = FontId::proportional(letters);
    let pieces = flow.on_lines(lines.start..lines.end.min(flow.lines.len()));
    let box_of = |at: usize, piece: &Piece, unit: Option<u32>| {
        // What belongs to one unit is one box, also between its words.
        let next = pieces.get(at + 1).filter(|next| unit.is_some() && next.line == piece.line);
        let right = next.filter(|next| unit_of(text, next) == unit).map_or(piece.right(), |next| next.x);
        let top = rect.top() + piece.line as f32 * line;
        Rect::from_min_max(pos2(rect.left() + piece.x, top + 2.0), pos2(rect.left() + right, top + line - 3.0))
    };
    for (at, piece) in pieces.iter().enumerate() {
        paint_marks(painter, &looks.of(text, piece), box_of(at, piece, unit_of(text, piece)), t);
    }
    let reading = &session.explore.reading;
    // Around a unit that is pointed at or chosen: one for each of its lines.
    let mut outlines: Vec<(usize, usize, Rect, Color32)> = Vec::new();
    let mut found = Frames::default();
    for (at, piece) in pieces.iter().enumerate() {
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
        if piece.is_word && piece.bytes.start == 0 && look.ink.is_some() && looks.is_selected(Some(unit as u32)) {
            let id = ui.scope_id().with(("word", page.at, piece.span));
            ui.interact(area, id, Sense::hover()).widget_info(|| {
                let rank = page.view.ranks.get(unit).map_or(0, |rank| rank.wrapping_add(1));
                let is_read = text.spans.get(piece.span).is_none_or(TextSpan::is_read);
                let unread = if is_read { "" } else { ", not read by the black box" };
                let words = format!("{}, selected, rank {rank}{unread}", text.text_of(piece));
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
