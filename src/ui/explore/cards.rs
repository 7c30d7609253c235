//! Texts in the list of items: cards with the beginning of each, in place of small pictures.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, FontId, Galley, Painter, ScrollArea, Sense, Stroke, StrokeKind, TextFormat, Ui, WidgetInfo, pos2,
    vec2,
};
use egui_material_icons::icons;

use super::super::theme::{Tokens, space, text, tokens};
use super::super::widgets::{command_button, muted, showable};
use crate::data::Dataset;
use crate::data::text::readable;
use crate::session::items::Truth;
use crate::session::reading::{Action, NOT_SHOWN, around, start_of};
use crate::session::{Command, Session, describe};

/// Height of a card: a line of facts and two lines of text.
const CARD: f32 = 58.0;
/// Signs of a text that a card may show.
const SIGNS: usize = 160;

/// What a list says of an item's text: its beginning, or the words around what was looked for, or nothing while it is blurred.
pub fn beginning(session: &Session, data: &Dataset, item: usize, most: usize) -> String {
    if session.is_blurred() {
        return NOT_SHOWN.to_owned();
    }
    let around_found = || {
        let found = session.explore.list.found()?;
        let text = readable(data.text(item)?);
        let at = found.first_in(&text)?.start;
        Some(around(&text, at, most))
    };
    showable(&around_found().unwrap_or_else(|| start_of(data, item, most)))
}

/// What a card shows of a text, with what was looked for set off.
fn excerpt(session: &Session, words: &str, color: Color32, t: &Tokens) -> LayoutJob {
    let plain = TextFormat { font_id: FontId::proportional(text::SMALL), color, ..TextFormat::default() };
    let found = session.explore.list.found().and_then(|found| found.first_in(words));
    let Some(found) = found.filter(|_| !session.is_blurred()) else {
        return LayoutJob::single_section(words.to_owned(), plain);
    };
    let mut job = LayoutJob::default();
    job.append(&words[..found.start], 0.0, plain.clone());
    job.append(&words[found.clone()], 0.0, TextFormat { underline: Stroke::new(1.5, t.accent), ..plain.clone() });
    job.append(&words[found.end..], 0.0, plain);
    job
}

/// A button that shows texts that may offend, where there are such.
pub fn offensive(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let shows = session.explore.reading.shows_offensive;
    if session.is_blurred() {
        command_button(ui, session, Command::Reading(Action::ShowOffensive(true)), "Show offensive texts", commands);
    } else if shows {
        command_button(ui, session, Command::Reading(Action::ShowOffensive(false)), "Blur offensive texts", commands);
    }
}

/// What stands in place of a text that may offend, with the way to see it.
pub fn hidden(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        muted(ui, "This text may offend and is not shown.");
        offensive(ui, session, commands);
    });
}

/// The cards.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    data: &Dataset,
    follow: Option<usize>,
    seen: (&mut f32, &mut f32),
    commands: &mut Vec<Command>,
) {
    let list = &session.explore.list;
    let truth = Truth::new(data, session.active_box().map(|active| &active.card));
    let (offset, height) = seen;
    let gap = space::XS;
    ui.spacing_mut().item_spacing.y = gap;
    let mut area = ScrollArea::vertical().id_salt("cards").auto_shrink([false, false]);
    if let Some(at) = follow {
        let top = at as f32 * (CARD + gap);
        let in_sight = if *height > 0.0 { *height } else { ui.available_height() };
        if *height <= 0.0 {
            area = area.vertical_scroll_offset((top + (CARD - in_sight) / 2.0).max(0.0));
        } else if top < *offset {
            area = area.vertical_scroll_offset(top);
        } else if top + CARD > *offset + in_sight {
            area = area.vertical_scroll_offset(top + CARD - in_sight);
        }
    }
    let output = area.show_rows(ui, CARD, list.visible().len(), |ui, rows| {
        for &item in list.visible().get(rows).unwrap_or(&[]) {
            card(ui, session, data, &truth, item as usize, commands);
        }
    });
    *offset = output.state.clamped_offset().y;
    *height = output.inner_rect.height();
}

/// Words and their end on one line `room` wide: the words are cut where there is no room for both.
fn cut_before(
    painter: &Painter,
    words: &str,
    end: &str,
    room: f32,
    (font, color): (&FontId, Color32),
) -> Vec<Arc<Galley>> {
    let whole = painter.layout_no_wrap(format!("{words}{end}"), font.clone(), color);
    if whole.size().x <= room {
        return vec![whole];
    }
    let end = painter.layout_no_wrap(end.to_owned(), font.clone(), color);
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font.clone(), color);
    job.wrap = TextWrapping::truncate_at_width((room - end.size().x).max(0.0));
    vec![painter.layout_job(job), end]
}

fn card(ui: &mut Ui, session: &Session, data: &Dataset, truth: &Truth<'_>, item: usize, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD), Sense::click());
    let explore = &session.explore;
    let is_here = explore.item == Some(item) && session.own_text().is_none();
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, if response.hovered() { t.hover } else { t.raised });
    let edge = if is_here { Stroke::new(2.5, t.accent) } else { Stroke::new(1.0, t.line) };
    painter.rect_stroke(rect, 4.0, edge, StrokeKind::Inside);
    if response.has_focus() {
        // Within the edge, which says what is in view.
        painter.rect_stroke(rect.shrink(edge.width), 3.0, Stroke::new(1.5, t.outline), StrokeKind::Inside);
    }
    let inner = rect.shrink2(vec2(space::S, 5.0));
    let small = FontId::proportional(text::SMALL);
    let mut facts = format!("#{}", data.source_index.get(item).copied().unwrap_or_default());
    if let Some(label) = session.label_name(item) {
        facts.push_str(&format!(" · {label}"));
    }
    let outcome = explore.list.outcome(truth, item);
    let mut said = format!("Item {facts}");
    // The probability, which the list may be sorted by, is never cut off.
    let mut last = String::new();
    if let Some((class, p)) = explore.list.predictions.get(item) {
        let (name, p) = (session.class_name(usize::from(class)), describe::probability(p));
        let predicted = format!(" · predicted {name} {p}");
        let (drawn, spoken) = match outcome {
            Some(true) => (String::new(), format!(" · {p}")),
            // After the label and beside a mark there is little room.
            Some(false) => (format!(" · as {name}"), predicted),
            None => (format!(" · predicted {name}"), predicted),
        };
        facts.push_str(&drawn);
        said.push_str(&spoken);
        last = if outcome == Some(true) { format!(" · {p}") } else { format!(" {p}") };
    }
    // Marks stand on the right of the first line.
    let mut right = inner.right();
    let mut mark = |icon: egui_material_icons::MaterialIcon, color| {
        let font = FontId::new(text::BODY, icon.font_family());
        painter.text(pos2(right, inner.top() + 7.0), Align2::RIGHT_CENTER, icon.codepoint, font, color);
        right -= 16.0;
    };
    if outcome == Some(false) {
        mark(icons::ICON_CLOSE, t.error);
    }
    if explore.marked.contains(&item) {
        mark(icons::ICON_FLAG, t.accent);
    }
    if explore.pinned.contains(&item) {
        mark(icons::ICON_PUSH_PIN, t.accent);
    }
    let mut left = inner.left();
    for galley in cut_before(&painter, &facts, &last, right - left, (&small, t.muted)) {
        let (width, height) = (galley.size().x, galley.size().y);
        painter.galley(pos2(left, inner.top() + 7.0 - height / 2.0), galley, t.muted);
        left += width;
    }
    let words = beginning(session, data, item, SIGNS);
    let color = if session.is_blurred() { t.muted } else { t.text };
    let mut job = excerpt(session, &words, color, t);
    job.wrap = TextWrapping { max_width: inner.width(), max_rows: 2, ..TextWrapping::default() };
    let galley = painter.layout_job(job);
    painter.galley(pos2(inner.left(), inner.top() + 16.0), galley, color);
    let note = explore.note(item);
    let noted = note.map_or_else(String::new, |note| format!(", note: {note}"));
    let said = format!("{said}{}{noted}: {words}", if outcome == Some(false) { ", wrong" } else { "" });
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_here, &said));
    let response = match note {
        Some(note) => response.on_hover_text(note),
        None => response,
    };
    if response.clicked() {
        commands.push(Command::SelectItem(item));
    }
}

#[cfg(test)]
mod tests {
    use egui::{Color32, Context, FontId, RawInput};

    use super::cut_before;

    #[test]
    fn the_probability_at_the_end_of_a_line_is_never_cut() {
        let ctx = Context::default();
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            let font = FontId::proportional(12.0);
            let parts = |room: f32| {
                let facts = "#49999 · negative · as positive";
                cut_before(ui.painter(), facts, " 0.98", room, (&font, Color32::WHITE))
            };
            assert_eq!(parts(1000.0).len(), 1, "both have room");
            let narrow = parts(120.0);
            assert_eq!(narrow.last().map(|part| part.text()), Some(" 0.98"));
            assert!(narrow.iter().map(|part| part.size().x).sum::<f32>() <= 121.0);
        });
        // There is no screen to bring textures to.
        output.textures_delta.clear();
    }
}
