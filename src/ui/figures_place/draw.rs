//! The chosen figure, large: tools that draw on it, and annotations that can be moved with the pointer.

use egui::{Button, Key, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};
use egui_material_icons::{MaterialIcon, icons};

use super::FiguresState;
use crate::figure::{Annotation, Point, annotate, fonts, point, rect};
use crate::session::figures::{Change, KeptFigure, shift};
use crate::session::{Command, Session};
use crate::ui::theme::{space, text, tokens};
use crate::ui::widgets::{command_icon, icon_button, muted};

/// What the pointer does on the preview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Choose and move annotations.
    #[default]
    Move,
    /// Draw an arrow.
    Arrow,
    /// Draw a box.
    Box,
    /// Set a text.
    Text,
    /// Set a panel letter.
    Letter,
}

const TOOLS: [(Tool, MaterialIcon, &str, &str); 5] = [
    (Tool::Move, icons::ICON_ARROW_SELECTOR_TOOL, "Move", "Choose an annotation, or drag it elsewhere"),
    (Tool::Arrow, icons::ICON_NORTH_EAST, "Arrow", "Drag from the tail to the head"),
    (Tool::Box, icons::ICON_CROP_SQUARE, "Box", "Drag from corner to corner"),
    (Tool::Text, icons::ICON_TITLE, "Text", "Click where the text begins, then type it on the right"),
    (Tool::Letter, icons::ICON_TEXT_FIELDS, "Panel letter", "Click where (a), (b) … stands"),
];

/// Size of new texts in points.
const TEXT_SIZE: f32 = 9.0;
/// Shorter drags draw nothing.
const LEAST_DRAG: f32 = 4.0;

/// The preview with its tools.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    state: &mut FiguresState,
    at: usize,
    figure: &KeptFigure,
    commands: &mut Vec<Command>,
) {
    toolbar(ui, session, state, at, figure, commands);
    ui.add_space(space::S);
    let hint = TOOLS.iter().find(|(tool, ..)| *tool == state.tool).map_or("", |(.., hint)| hint);
    let room = ui.available_size() - vec2(0.0, 22.0);
    let drawn = &figure.figure;
    // Large, but not beyond three times its size in print.
    let scale = (room.x / drawn.width).min(room.y / drawn.height).clamp(0.2, 3.0);
    let (outer, _) = ui.allocate_exact_size(room, Sense::hover());
    let area = Rect::from_center_size(outer.center(), vec2(drawn.width, drawn.height) * scale);
    state.view.paint(ui, drawn, area);
    ui.painter().rect_stroke(area, 0.0, Stroke::new(1.0, tokens(ui).line), StrokeKind::Outside);
    let response = ui.interact(area, ui.scope_id().with("preview"), Sense::click_and_drag());
    let label = format!("Preview of {}. {}", figure.title, drawn.description);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    let canvas = Canvas { area, scale };
    pointer(ui, state, at, figure, &response, canvas, commands);
    if let Some(marked) = state.marked.and_then(|marked| figure.annotations.get(marked)) {
        let around = canvas.rect(bounds(marked)).expand(3.0);
        ui.painter().rect_stroke(around, 2.0, Stroke::new(1.0, tokens(ui).accent), StrokeKind::Outside);
    }
    if let Some(marked) = state.marked
        && !ui.ctx().egui_wants_keyboard_input()
        && ui.input(|input| input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace))
    {
        remove(state, at, figure, marked, commands);
    }
    muted(ui, hint);
}

/// Takes an annotation off.
pub fn remove(
    state: &mut FiguresState,
    at: usize,
    figure: &KeptFigure,
    annotation: usize,
    commands: &mut Vec<Command>,
) {
    let mut changed = figure.clone();
    if annotation < changed.annotations.len() {
        changed.annotations.remove(annotation);
        state.marked = None;
        commands.push(Command::ChangeFigure(at, Box::new(changed), Change::Removed));
    }
}

fn toolbar(
    ui: &mut Ui,
    session: &Session,
    state: &mut FiguresState,
    at: usize,
    figure: &KeptFigure,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        for (tool, icon, name, tip) in TOOLS {
            let is_on = state.tool == tool;
            let label = format!("{} {name}", icon.codepoint);
            let button = ui.add(Button::selectable(is_on, label).frame_when_inactive(true));
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, format!("Tool: {name}")));
            if button.on_hover_text(tip).clicked() {
                state.tool = tool;
            }
        }
        if state.tool != Tool::Move {
            let button = ui
                .button("Add in the middle")
                .on_hover_text("Without the pointer; move it with its numbers on the right");
            if button.clicked() {
                let (x, y) = (figure.figure.width / 2.0, figure.figure.height / 2.0);
                let annotation = made(state.tool, point(x - 20.0, y - 20.0), point(x + 20.0, y + 20.0), figure);
                add(state, at, figure, annotation, commands);
            }
        }
        ui.separator();
        if at > 0 && icon_button(ui, icons::ICON_ARROW_UPWARD, "Move the figure up in the list").clicked() {
            commands.push(Command::MoveFigure(at, at - 1));
        }
        if at + 1 < session.figures.kept.len()
            && icon_button(ui, icons::ICON_ARROW_DOWNWARD, "Move the figure down in the list").clicked()
        {
            commands.push(Command::MoveFigure(at, at + 1));
        }
        let button = Button::new(icons::ICON_DELETE.rich_text().size(text::ICON)).frame_when_inactive(false);
        let button = ui.add(button);
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Remove this figure"));
        if button.on_hover_text("Remove this figure (undo brings it back)").clicked() {
            commands.push(Command::RemoveFigure(at));
        }
        command_icon(ui, session, Command::Undo, icons::ICON_UNDO, commands);
    });
}

/// From figure to screen and back.
#[derive(Clone, Copy)]
struct Canvas {
    area: Rect,
    scale: f32,
}

impl Canvas {
    fn to_figure(self, at: Pos2) -> Point {
        let offset = (at - self.area.min) / self.scale;
        point(offset.x, offset.y)
    }

    fn to_screen(self, at: Point) -> Pos2 {
        self.area.min + vec2(at.x, at.y) * self.scale
    }

    fn rect(self, of: crate::figure::Rect) -> Rect {
        Rect::from_min_size(self.to_screen(point(of.x, of.y)), vec2(of.width, of.height) * self.scale)
    }
}

fn pointer(
    ui: &Ui,
    state: &mut FiguresState,
    at: usize,
    figure: &KeptFigure,
    response: &egui::Response,
    canvas: Canvas,
    commands: &mut Vec<Command>,
) {
    let here = response.interact_pointer_pos().map(|at| canvas.to_figure(at));
    if state.tool == Tool::Move {
        if (response.clicked() || response.drag_started())
            && let Some(here) = here
        {
            // The start of a drag is where the button went down, not where the pointer is now.
            let origin = ui.input(|input| input.pointer.press_origin()).map_or(here, |at| canvas.to_figure(at));
            state.marked = hit(&figure.annotations, origin);
        }
        if let (true, Some(marked)) = (response.dragged(), state.marked) {
            let by = response.drag_delta() / canvas.scale;
            let mut changed = figure.clone();
            if let Some(annotation) = changed.annotations.get_mut(marked).filter(|_| by.length() > 0.0) {
                shift(annotation, by.x, by.y);
                commands.push(Command::ChangeFigure(at, Box::new(changed), Change::Changed(marked, state.gesture)));
            }
        }
        return;
    }
    if response.drag_started() {
        state.drag = ui.input(|input| input.pointer.press_origin()).map(|at| canvas.to_figure(at));
    }
    match (state.tool, state.drag, here) {
        (Tool::Arrow | Tool::Box, Some(from), Some(to)) => {
            if response.drag_stopped() {
                state.drag = None;
                if (to.x - from.x).hypot(to.y - from.y) >= LEAST_DRAG {
                    let annotation = made(state.tool, from, to, figure);
                    add(state, at, figure, annotation, commands);
                }
            } else {
                ghost(ui, state.tool, canvas.to_screen(from), canvas.to_screen(to));
            }
        }
        (Tool::Text | Tool::Letter, _, Some(here)) if response.clicked() || response.drag_stopped() => {
            state.drag = None;
            let annotation = made(state.tool, here, here, figure);
            add(state, at, figure, annotation, commands);
        }
        _ => {}
    }
}

fn ghost(ui: &Ui, tool: Tool, from: Pos2, to: Pos2) {
    let stroke = Stroke::new(2.0, tokens(ui).accent);
    if tool == Tool::Box {
        ui.painter().rect_stroke(Rect::from_two_pos(from, to), 0.0, stroke, StrokeKind::Middle);
    } else {
        ui.painter().arrow(from, to - from, stroke);
    }
}

/// What a tool makes from one place to another.
fn made(tool: Tool, from: Point, to: Point, figure: &KeptFigure) -> Annotation {
    match tool {
        Tool::Arrow | Tool::Move => Annotation::Arrow { from, to, color: None },
        Tool::Box => {
            let (x, y) = (from.x.min(to.x), from.y.min(to.y));
            Annotation::Box { rect: rect(x, y, (to.x - from.x).abs(), (to.y - from.y).abs()), color: None }
        }
        Tool::Text => Annotation::Text { at: from, text: "Text".to_owned(), size: TEXT_SIZE, color: None },
        Tool::Letter => {
            let used = figure.annotations.iter().filter(|one| matches!(one, Annotation::Letter { .. })).count();
            Annotation::Letter { at: from, letter: char::from(b'a' + (used % 26) as u8).to_string() }
        }
    }
}

fn add(state: &mut FiguresState, at: usize, figure: &KeptFigure, annotation: Annotation, commands: &mut Vec<Command>) {
    let mut changed = figure.clone();
    if matches!(annotation, Annotation::Text { .. }) {
        (state.tool, state.type_next) = (Tool::Move, true);
    }
    changed.annotations.push(annotation);
    // The command comes into force after this frame, and the list is checked before it is used.
    state.marked = Some(changed.annotations.len() - 1);
    commands.push(Command::ChangeFigure(at, Box::new(changed), Change::Added));
}

/// The rectangle around an annotation.
pub fn bounds(annotation: &Annotation) -> crate::figure::Rect {
    match annotation {
        Annotation::Arrow { from, to, .. } => {
            rect(from.x.min(to.x), from.y.min(to.y), (to.x - from.x).abs(), (to.y - from.y).abs())
        }
        Annotation::Box { rect, .. } => *rect,
        Annotation::Text { at, text, size, .. } => {
            let widest = text.lines().map(|line| fonts::width(line, *size)).fold(size * 0.5, f32::max);
            let lines = text.lines().count().max(1) as f32;
            rect(at.x, at.y - size, widest, size * 1.3 * lines)
        }
        Annotation::Letter { at, letter } => {
            let size = annotate::LETTER_SIZE;
            rect(at.x, at.y - size, fonts::width(&format!("({letter})"), size), size * 1.3)
        }
    }
}

/// The annotation under the pointer; later ones lie on top.
fn hit(annotations: &[Annotation], at: Point) -> Option<usize> {
    const NEAR: f32 = 4.0;
    annotations.iter().rposition(|annotation| {
        let around = bounds(annotation).expand(NEAR);
        at.x >= around.x && at.x <= around.right() && at.y >= around.y && at.y <= around.bottom()
    })
}
