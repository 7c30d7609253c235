//! Words in numbers: the list by rank beside the text, and what is known of the word under the pointer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Align2, FontId, Label, Layout, Pos2, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, style::ScrollAnimation, vec2,
};
use egui_material_icons::icons;

use super::super::chrome::shorten;
use super::super::theme::{space, text, tokens};
use super::super::widgets::{command_button, group, muted};
use super::canvas::Canvas;
use super::inspector::{UnitLine, unit_lines};
use super::reading::TextView;
use crate::data::Unit;
use crate::explain;
use crate::figure::layout::ExplainedPicture;
use crate::figure::layout::bars::Bars;
use crate::figure::layout::record::bars_of;
use crate::jobs::Explained;
use crate::session::reading::{Action, NOT_SHOWN};
use crate::session::{Command, Session, describe};

/// Height of a row of the list.
const ROW: f32 = 22.0;
/// The same for a sentence: two lines of words, and under them its bar.
const TALL: f32 = 54.0;
/// Height of what stands under a sentence.
const UNDER: f32 = 16.0;
/// Least height of the list.
const LIST: f32 = 300.0;
/// Height of the panel that is left to all else.
const BESIDE: f32 = 440.0;

/// Frames after the last move in which the pointer counts as moving.
const MOVING: u8 = 3;
/// Seconds after which a pointer that is over no unit has left the text.
const AWAY: f64 = 0.4;

/// What the list remembers.
#[derive(Default)]
pub struct WordsUi {
    /// Unit under the pointer in this frame.
    found: Option<usize>,
    seen_pointed: Option<usize>,
    seen_choice: u64,
    /// The text and its order in the frame before.
    seen_order: u64,
    /// Where the pointer was in the frame before.
    seen_at: Option<Pos2>,
    /// Frames in which a pointer that has moved still counts as moving: what it points at is known a frame later.
    moving: u8,
    /// How far the list is scrolled, in points.
    offset: f32,
    /// How far it was before it began to follow the pointer, and where the pointer left the text since, the time in seconds.
    home: Option<(f32, Option<f64>)>,
}

impl WordsUi {
    /// How far the list is to be scrolled now that the pointer has left the text: back to where it was before it followed it. Between two words the pointer is
    /// over none for a moment.
    fn way_back(&mut self, ui: &Ui, is_pointing: bool) -> Option<f32> {
        let (home, left) = self.home?;
        let now = ui.input(|input| input.time);
        let since = left.unwrap_or(now);
        if is_pointing {
            self.home = Some((home, None));
            return None;
        }
        if now - since < AWAY {
            self.home = Some((home, Some(since)));
            ui.ctx().request_repaint_after(Duration::from_secs_f64(AWAY - (now - since)));
            return None;
        }
        self.home = None;
        Some(home)
    }

    /// The unit under the pointer, taken once.
    pub fn take_found(&mut self) -> Option<usize> {
        self.found.take()
    }
}

/// The score as it is written everywhere.
fn score_words(score: f32) -> String {
    describe::signed(score, 4)
}

/// The change of the followed class's probability without a unit, in words; `None` while it is being asked for.
pub fn without_words(session: &Session, unit: usize) -> Option<String> {
    let explained = session.explore.explained()?;
    let class = session.explore.class_focus.unwrap_or_else(|| crate::model::argmax(&explained.probs_full));
    let full = explained.probs_full.get(class)?;
    let without = session.without(unit)?.get(class)?;
    Some(format!(
        "Probability of {} without it: {} ({})",
        session.class_name(class),
        describe::probability(*without),
        describe::change(without - full)
    ))
}

/// What is known of one unit, for the tooltip; `remark` is about the one word of it under the pointer.
pub fn card(ui: &mut Ui, session: &Session, words: &[String], unit: usize, remark: Option<&str>) {
    if let Some(words) = words.get(unit) {
        ui.add(Label::new(RichText::new(shorten(words, 120)).strong()).wrap());
    }
    if let Some(remark) = remark {
        ui.label(remark);
    }
    if let Some(result) = session.explore.focused_result() {
        let seen = session.seen(result);
        if let (Some(score), Some(rank)) =
            (seen.scores.get(unit), seen.ranks.get(unit).filter(|rank| **rank != u32::MAX))
        {
            let n = seen.selectable();
            let selected = if seen.is_selected(unit, session.explore.k) { ", selected" } else { "" };
            ui.label(format!("Rank {} of {n}, score {}{selected}", rank + 1, score_words(*score)));
        }
    }
    ui.label(without_words(session, unit).unwrap_or_else(|| "Asking for the answer without it…".to_owned()));
    let is_out = session.taken_out().contains(&unit);
    muted(ui, if is_out { "Click to put it back" } else { "Click to take it out" });
}

/// The unit under the pointer, or the chosen one, by every method. It stands below the list, which must not move under the pointer.
pub fn pointed(ui: &mut Ui, session: &Session, canvas: &Canvas, explained: &Explained, commands: &mut Vec<Command>) {
    if session.hides_text() {
        return;
    }
    let noun = explained.units.unit.noun(1);
    let reading = &session.explore.reading;
    group(ui, if reading.pointed.is_none() && reading.chosen.is_some() { "Chosen" } else { "Under the pointer" });
    let Some(unit) = reading.pointed.or(reading.chosen).filter(|unit| *unit < explained.units.count()) else {
        let words = format!(
            "Point at a {noun} in the text or in the list. A click in the text takes it out, one in the list keeps it here."
        );
        ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).wrap());
        return;
    };
    let words = canvas.text_view(session.explore.focus).and_then(|(_, view)| view.words.get(unit));
    ui.add(Label::new(RichText::new(words.map_or("", |words| words.as_str())).strong()).truncate());
    let mut lines = Vec::new();
    for (column, result) in explained.methods.iter().enumerate() {
        let Ok(result) = result else { continue };
        let seen = session.seen(result);
        let rank = seen.ranks.get(unit).filter(|rank| **rank != u32::MAX);
        lines.push(UnitLine {
            method: session.column_explainers().get(column).map_or_else(String::new, |it| it.card.name.clone()),
            score: seen.scores.get(unit).map_or_else(String::new, |score| score_words(*score)),
            rank: rank.map_or_else(|| "none".to_owned(), |rank| (rank + 1).to_string()),
            is_selected: seen.is_selected(unit, session.explore.k),
        });
    }
    unit_lines(ui, &lines, explained.units.count());
    let without = without_words(session, unit).unwrap_or_else(|| "Asking for the answer without it…".to_owned());
    ui.add(Label::new(without).wrap());
    if reading.pointed.is_none() {
        let label = if session.taken_out().contains(&unit) { "Put it back" } else { "Take it out" };
        command_button(ui, session, Command::Reading(Action::TakeOut(Some(unit))), label, commands);
    }
}

/// What stands over the list: by what it is ordered, and what its numbers mean.
fn heading(ui: &mut Ui, session: &Session, title: &str, picture: &ExplainedPicture) {
    let tip = scores_tip(session, picture);
    let t = tokens(ui);
    let small = |words: &str| RichText::new(words).small().strong().color(t.muted);
    ui.add_space(space::XS);
    ui.scope(|ui| {
        // A line of text, not as high as one of controls.
        ui.spacing_mut().interact_size.y = text::BODY;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                ui.label(small("Score")).on_hover_text(&tip);
                ui.label(icons::ICON_INFO.rich_text().size(text::SMALL).color(t.muted)).on_hover_text(&tip);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(small(title)).truncate()).on_hover_text(&tip);
                });
            });
        });
    });
}

/// What a picture's scores speak for or against, where their sign has a meaning: "class spam", "spam rather than ham", "the predicted class".
pub fn class_words(session: &Session, picture: &ExplainedPicture) -> Option<String> {
    match session.explore.focused_result().and_then(|result| session.lens(result)) {
        Some(lens) => Some(session.lens_words(lens)),
        None => picture.signed.then(|| "the predicted class".to_owned()),
    }
}

/// What the numbers of the list mean, in plain words.
fn scores_tip(session: &Session, picture: &ExplainedPicture) -> String {
    let (focus, noun) = (session.explore.focus, session.explore.unit.noun(1));
    let explainer = session.column_explainers().get(focus).cloned();
    let is_learned = explainer
        .is_some_and(|explainer| explain::method(&explainer.card.method).is_ok_and(|method| method.spec().trains));
    match class_words(session, picture) {
        Some(class) => format!(
            "How much each {noun} weighs for {class}: above zero it speaks for it, bar to the right; below zero it speaks against it, bar to the \
             left. Both sides have one scale."
        ),
        None if is_learned => format!(
            "What a trained selector gives each {noun}. Only the order counts: its numbers have no zero and no unit, so a negative one may be the \
             best. Bars run from the lowest to the highest of this text, or from zero where none is below."
        ),
        None => format!("How much each {noun} counts for this method: nothing at zero, more the longer the bar."),
    }
}

/// All units by rank, linked with the text.
pub fn list(ui: &mut Ui, session: &Session, canvas: &Canvas, state: &mut WordsUi, commands: &mut Vec<Command>) {
    let Some((picture, view)) = canvas.text_view(session.explore.focus) else { return };
    let title = match session.explore.focused_result().and_then(|result| session.lens(result)) {
        Some(lens) => format!("By rank, {}", session.lens_words(lens)),
        None => "By rank".to_owned(),
    };
    heading(ui, session, &title, picture);
    if session.hides_text() {
        muted(ui, NOT_SHOWN);
        return;
    }
    let bars = bars_of(picture);
    let digits = describe::digits(&picture.scores, 3);
    let reading = &session.explore.reading;
    let spacing = 1.0;
    ui.spacing_mut().item_spacing.y = spacing;
    // What is in sight of the panel, which scrolls itself.
    let height = (ui.clip_rect().height() - BESIDE).max(LIST);
    let is_tall = session.explore.explained().is_some_and(|explained| explained.units.unit == Unit::Sentence);
    let row_height = if is_tall { TALL } else { ROW };
    let mut area = ScrollArea::vertical().id_salt("words").max_height(height).auto_shrink([false, true]);
    let rank_of = |unit: Option<usize>| {
        unit.and_then(|unit| view.ranks.get(unit)).filter(|rank| **rank != u32::MAX).map(|rank| *rank as usize)
    };
    let order = order_of(view);
    let is_new = state.seen_order != order;
    let pointer = ui.input(|input| input.pointer.latest_pos());
    if is_new || reading.choices != state.seen_choice {
        // Another text or order begins at its top, unless a unit was chosen, which then stands in the middle.
        let chosen = rank_of(reading.chosen);
        if is_new || chosen.is_some() {
            let top = chosen.map_or(0.0, |rank| rank as f32 * (row_height + spacing) - height / 2.0);
            area = area.vertical_scroll_offset(top.max(0.0));
            state.home = None;
        }
        (state.seen_at, state.moving) = (pointer, 0);
    }
    // It follows what the text points at, not what is pointed at here; and not a pointer that rests while text and order change under it.
    state.moving = if pointer == state.seen_at { state.moving.saturating_sub(1) } else { MOVING };
    state.seen_at = pointer;
    let follow = rank_of(reading.pointed).filter(|_| reading.pointed != state.seen_pointed && state.moving > 0);
    if follow.is_some() && state.home.is_none() {
        state.home = Some((state.offset, None));
    }
    if let Some(home) = state.way_back(ui, reading.pointed.is_some()) {
        area = area.vertical_scroll_offset(home);
    }
    (state.seen_order, state.seen_choice, state.seen_pointed) = (order, reading.choices, reading.pointed);
    let output = area.show_rows(ui, row_height, view.order.len(), |ui, rows| {
        let top = ui.max_rect().top();
        let place = |rank: usize| {
            let top = top + (rank as f32 - rows.start as f32) * (row_height + spacing);
            Rect::from_min_size(pos2(ui.max_rect().left(), top), vec2(1.0, row_height))
        };
        if let Some(rank) = follow {
            // As little as brings it into sight, and not at once.
            ui.scroll_to_rect(place(rank), None);
        }
        for rank in rows {
            let Some(&unit) = view.order.get(rank) else { continue };
            row(ui, session, (picture, view), rank, unit as usize, (bars, digits, is_tall), state, commands);
        }
    });
    state.offset = output.state.clamped_offset().y;
    if ui.rect_contains_pointer(output.inner_rect) {
        // Who is in the list wants it where it is.
        state.home = None;
    }
}

/// What text the list is of, and in which order its units stand.
fn order_of(view: &TextView) -> u64 {
    let mut hasher = DefaultHasher::new();
    (view.id, &view.ranks).hash(&mut hasher);
    hasher.finish()
}

#[expect(clippy::too_many_arguments, reason = "one row of a list")]
fn row(
    ui: &mut Ui,
    session: &Session,
    (picture, view): (&ExplainedPicture, &TextView),
    rank: usize,
    unit: usize,
    (bars, digits, is_tall): (Bars, usize, bool),
    state: &mut WordsUi,
    commands: &mut Vec<Command>,
) {
    let t = tokens(ui);
    let height = if is_tall { TALL } else { ROW };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let words = view.words.get(unit).map_or("", |words| words.as_str());
    let score = picture.scores.get(unit).copied().unwrap_or(0.0);
    let selected = picture.selected.get(unit) == Some(&true);
    let reading = &session.explore.reading;
    let is_marked = reading.chosen == Some(unit);
    let painter = ui.painter_at(rect.expand(1.0));
    if reading.pointed == Some(unit) || response.hovered() {
        painter.rect_filled(rect, 3.0, t.hover);
    }
    if is_marked {
        painter.rect_stroke(rect, 3.0, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    if response.has_focus() {
        // Within the edge of a chosen row.
        let inner = if is_marked { rect.shrink(1.5) } else { rect };
        painter.rect_stroke(inner, 3.0, Stroke::new(1.5, t.outline), StrokeKind::Inside);
    }
    let small = FontId::proportional(text::SMALL);
    let first_line = rect.top() + ROW / 2.0;
    let (words_left, bar_right) = (rect.left() + 34.0, rect.right() - 58.0);
    // A sentence has the whole width, and its bar stands under it.
    let (bar_left, words_end, middle) = if is_tall {
        (words_left, rect.right_bottom() - vec2(space::XS, UNDER), rect.bottom() - UNDER / 2.0)
    } else {
        let bar_left = bar_right - (rect.width() * 0.22).min(70.0);
        (bar_left, pos2(bar_left - space::XS, rect.bottom()), first_line)
    };
    let room = Rect::from_min_max(pos2(words_left, rect.top()), words_end);
    // What is longer ends in "…".
    let most = if is_tall { 240 } else { 80 };
    let mut job = LayoutJob::simple_singleline(shorten(words, most), FontId::proportional(text::BODY), t.text);
    job.wrap = if is_tall {
        TextWrapping { max_width: room.width(), max_rows: 2, ..TextWrapping::default() }
    } else {
        TextWrapping::truncate_at_width(room.width())
    };
    let galley = ui.painter().layout_job(job);
    let right = (room.left() + galley.size().x).min(room.right());
    // A sentence of one line stands in the middle of its two.
    let middle_of_words = if is_tall { room.center().y } else { first_line };
    let top = middle_of_words - galley.size().y / 2.0;
    let beside = top + galley.size().y / galley.rows.len().max(1) as f32 / 2.0;
    painter.text(pos2(rect.left() + 26.0, beside), Align2::RIGHT_CENTER, rank + 1, small.clone(), t.muted);
    ui.painter_at(room).galley(pos2(room.left(), top), galley, t.text);
    if selected {
        let under = if is_tall { room.bottom() } else { rect.bottom() - 3.0 };
        painter.hline(room.left()..=right, under, Stroke::new(2.0, t.selected));
    }
    let track = Rect::from_min_max(pos2(bar_left, middle - 4.0), pos2(bar_right, middle + 4.0));
    painter.rect_filled(track, 2.0, t.track);
    let fill = if selected { t.selected } else { t.unselected };
    let (from, to) = bars.ends(score);
    let at = |share: f32| track.left() + track.width() * share;
    painter.rect_filled(Rect::from_x_y_ranges(at(from)..=at(to), track.y_range()), 2.0, fill);
    if let Some(zero) = bars.zero() {
        painter.vline(at(zero), track.y_range().expand(2.0), Stroke::new(1.0, t.muted));
    }
    let number = describe::signed(score, digits);
    painter.text(pos2(rect.right() - 4.0, middle), Align2::RIGHT_CENTER, number, small, t.text);
    let said = if selected { ", selected" } else { "" };
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, is_marked, format!("Rank {}: {words}{said}", rank + 1))
    });
    if response.gained_focus() {
        // With the row after it and the one before: the next one that the focus goes to is there then.
        ui.scroll_to_rect_animation(rect.expand2(vec2(0.0, height + 2.0)), None, ScrollAnimation::none());
    }
    if response.hovered() {
        state.found = Some(unit);
        // The list must not move under the pointer.
        state.seen_pointed = Some(unit);
    }
    if response.clicked() {
        let choice = (!is_marked).then_some(unit);
        commands.push(Command::Reading(Action::Choose(choice)));
        state.seen_choice += 1;
    }
}
