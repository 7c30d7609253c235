//! The place for figures: the kept ones with previews, the chosen one large to be drawn on, its words, and its export.

mod draw;
mod words;

use std::collections::BTreeSet;

use egui::{
    CentralPanel, Frame, Margin, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2,
};
use egui_material_icons::icons;

use super::figure_view::FigureView;
use super::panels::{Side, SidePanel};
use super::theme::{self, space, text, tokens};
use super::widgets::{command_button, empty, group, heading, muted};
use crate::figure::FORMATS;
use crate::session::figures::KeptFigure;
use crate::session::{Command, Dialog, Place, Session};
use draw::Tool;

/// What the place remembers.
#[derive(Default)]
pub struct FiguresState {
    /// Number of the figure in view.
    chosen: Option<u64>,
    /// Highest number seen: a newer one is shown at once.
    seen: u64,
    /// Figures for a contact sheet.
    ticked: BTreeSet<u64>,
    /// What the pointer does on the preview.
    tool: Tool,
    /// Where a drag on the preview began, in the figure's points.
    drag: Option<crate::figure::Point>,
    /// The annotation in focus.
    marked: Option<usize>,
    /// Whether the text of the annotation in focus is to be typed next.
    type_next: bool,
    /// Counts up with each press of the pointer and each change of the focus: what changes in between is one step of undo.
    gesture: u64,
    focus: Option<egui::Id>,
    view: FigureView,
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut FiguresState, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let kept = &session.figures.kept;
    let margin = Margin::same(space::S as i8);
    let frame = Frame::new().fill(t.canvas).inner_margin(Margin::same(space::M as i8));
    if kept.is_empty() {
        CentralPanel::default().frame(frame).show(ui, |ui| {
            let sentence = "No figure was kept yet: press K in Explore to keep what is in view.";
            let action = Some((Command::Go(Place::Explore), "Go to Explore"));
            empty(ui, session, icons::ICON_PHOTO_LIBRARY, sentence, action, commands);
        });
        return;
    }
    let focus = ui.ctx().memory(|memory| memory.focused());
    if ui.input(|input| input.pointer.any_pressed()) || focus != state.focus {
        state.gesture += 1;
        state.focus = focus;
    }
    let newest = kept.iter().map(|figure| figure.id).max().unwrap_or(0);
    if newest > state.seen {
        (state.chosen, state.seen) = (Some(newest), newest);
    }
    let at = kept.iter().position(|figure| Some(figure.id) == state.chosen).unwrap_or(kept.len() - 1);
    if state.chosen != Some(kept[at].id) {
        state.chosen = Some(kept[at].id);
        state.marked = None;
    }
    let figure = &kept[at];
    state.marked = state.marked.filter(|marked| *marked < figure.annotations.len());
    let panel = Frame::new().fill(t.panel).inner_margin(margin);
    let left = SidePanel { side: Side::Left, name: "kept figures", width: 232.0, range: [180.0, 380.0], frame: panel };
    left.show(ui, session, commands, |ui, commands| list(ui, session, state, at, commands));
    let right =
        SidePanel { side: Side::Right, name: "figure words", width: 304.0, range: [250.0, 460.0], frame: panel };
    right.show(ui, session, commands, |ui, commands| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            words::show(ui, session, state, at, figure, commands);
        });
    });
    CentralPanel::default().frame(frame).show(ui, |ui| draw::show(ui, session, state, at, figure, commands));
    state.view.sweep();
}

fn list(ui: &mut Ui, session: &Session, state: &mut FiguresState, at: usize, commands: &mut Vec<Command>) {
    let kept = &session.figures.kept;
    heading(ui, Place::Figures.title());
    muted(ui, Place::Figures.question());
    ui.add_space(space::XS);
    let room = (ui.available_height() - 150.0).max(120.0);
    ScrollArea::vertical().max_height(room).min_scrolled_height(room).auto_shrink([false, true]).show(ui, |ui| {
        for (index, figure) in kept.iter().enumerate() {
            ui.push_id(figure.id, |ui| row(ui, state, index, figure, index == at));
        }
    });
    ui.separator();
    let ticked: Vec<usize> = kept
        .iter()
        .enumerate()
        .filter(|(_, figure)| state.ticked.contains(&figure.id))
        .map(|(index, _)| index)
        .collect();
    let chosen = if ticked.is_empty() { (0..kept.len()).collect() } else { ticked.clone() };
    let label = match ticked.len() {
        0 => "Contact sheet of all".to_owned(),
        n => format!("Contact sheet of {n} ticked"),
    };
    command_button(ui, session, Command::MakeSheet(chosen), &label, commands);
    command_button(ui, session, Command::ToggleSheet, "Contact sheet of items…", commands);
    group(ui, "Export all to a folder");
    ui.horizontal(|ui| {
        for (format, extension, _) in FORMATS {
            let command = Command::Ask(Dialog::ExportAllKept(format));
            command_button(ui, session, command, &format!("{}…", extension.to_uppercase()), commands);
        }
    });
}

fn row(ui: &mut Ui, state: &mut FiguresState, index: usize, figure: &KeptFigure, is_chosen: bool) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        let mut on = state.ticked.contains(&figure.id);
        let name = format!("Figure {} on the contact sheet", index + 1);
        let tick = ui.checkbox(&mut on, "");
        tick.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &name));
        if tick.on_hover_text(&name).changed() {
            if on {
                state.ticked.insert(figure.id);
            } else {
                state.ticked.remove(&figure.id);
            }
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 78.0), Sense::click());
        let label = format!("Figure {}: {}", index + 1, figure.title);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &label));
        if ui.is_rect_visible(rect) {
            let fill = if is_chosen {
                t.chosen
            } else if response.hovered() {
                t.hover
            } else {
                t.panel
            };
            ui.painter().rect_filled(rect, theme::RADIUS, fill);
            if response.has_focus() {
                ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
            }
            let slot = Rect::from_min_size(rect.min + vec2(space::XS, space::XS), vec2(76.0, 70.0));
            let drawn = &figure.figure;
            let scale = (slot.width() / drawn.width).min(slot.height() / drawn.height);
            let size = vec2(drawn.width, drawn.height) * scale;
            state.view.paint(ui, drawn, Rect::from_center_size(slot.center(), size));
            let ink = if is_chosen { t.on_chosen } else { t.text };
            let left = slot.right() + space::S;
            let width = (rect.right() - left - space::XS).max(10.0);
            let mut job = egui::text::LayoutJob::simple(
                format!("{}. {}", index + 1, figure.title),
                egui::FontId::proportional(text::SMALL),
                ink,
                width,
            );
            job.wrap.max_rows = 4;
            let galley = ui.painter().layout_job(job);
            ui.painter().galley(egui::pos2(left, rect.center().y - galley.size().y / 2.0), galley, ink);
        }
        if response.on_hover_text(label).clicked() {
            (state.chosen, state.marked) = (Some(figure.id), None);
        }
    });
}
