//! Title, caption, page, annotations as a list, and export of the chosen figure.

use egui::{Button, DragValue, Label, RichText, TextEdit, Ui, WidgetInfo, accesskit::Role};
use egui_material_icons::icons;

use super::FiguresState;
use super::draw::remove;
use crate::figure::layout::most_in_a_row;
use crate::figure::{Annotation, Theme, png};
use crate::session::figures::{Arrangement, Change, KeptFigure};
use crate::session::{Command, Dialog, Place, Session};
use crate::ui::forms::{primary, warning};
use crate::ui::page_form::{self, Edited};
use crate::ui::theme::{space, text, tokens};
use crate::ui::widgets::{group, icon_button, muted, rule};

/// Most words that can be asked for before a text is cut; beyond it stands the whole text.
const MOST_TYPED: usize = 99_999;

/// The right side.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    state: &mut FiguresState,
    at: usize,
    figure: &KeptFigure,
    commands: &mut Vec<Command>,
) {
    let mut changed = figure.clone();
    let mut change = None;
    let label = ui.label("Title");
    let edit = ui.add(TextEdit::singleline(&mut changed.title).desired_width(f32::INFINITY));
    edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Title"));
    if edit.labelled_by(label.id).changed() {
        change = Some(Change::Title(state.gesture));
    }
    if ui.checkbox(&mut changed.heading, "Title above the figure").changed() {
        change = Some(Change::Look);
    }
    let label = ui.label("Caption");
    let edit = ui.add(TextEdit::multiline(&mut changed.caption).desired_rows(3).desired_width(f32::INFINITY));
    edit.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "Caption"));
    if edit.labelled_by(label.id).on_hover_text("Stands below the picture; a paragraph a line").changed() {
        change = Some(Change::Caption(state.gesture));
    }
    ui.horizontal(|ui| {
        ui.label("Page");
        for (theme, name) in [(Theme::Light, "Light"), (Theme::Dark, "Dark")] {
            if ui.add(Button::selectable(changed.theme == theme, name).frame_when_inactive(true)).clicked() {
                changed.theme = theme;
                change = Some(Change::Look);
            }
        }
    });
    let edited = page_form::show(ui, &mut changed.page, Some(millimetres(figure.figure.width)));
    change = match edited {
        Some(Edited::Width) => Some(Change::Width(state.gesture)),
        Some(Edited::Choice) => Some(Change::Look),
        None => change,
    };
    if let Arrangement::Sheet { columns } = &mut changed.arrangement {
        let asked = *columns;
        ui.horizontal(|ui| {
            let mut label = figure.pictures.first().map_or("items", |first| first.noun().1).to_owned();
            label[..1].make_ascii_uppercase();
            let label = ui.label(format!("{label} in a row"));
            let most = figure.pictures.len().max(1);
            if ui.add(DragValue::new(columns).range(1..=most).speed(0.1)).labelled_by(label.id).changed() {
                change = Some(Change::Look);
            }
        });
        if let Some(most) = most_in_a_row(&figure.pictures, &figure.page).filter(|most| *most < asked) {
            muted(ui, format!("A page of this width has room for {most} in a row."));
        }
    }
    if let Some(most) = words_of_texts(ui, figure) {
        changed.cut_texts(most);
        change = Some(Change::Words(state.gesture));
    }
    if let Some(change) = change {
        commands.push(Command::ChangeFigure(at, Box::new(changed), change));
    }
    rule(ui);
    annotations(ui, state, at, figure, commands);
    rule(ui);
    export(ui, session, at, figure, commands);
    rule(ui);
    group(ui, "What it shows");
    ui.add(Label::new(RichText::new(&figure.figure.description).small().color(tokens(ui).muted)).wrap());
    if ui.button("Show the item in Explore").clicked() {
        commands.push(Command::SelectItem(figure.item));
        commands.push(Command::Go(Place::Explore));
    }
}

/// After how many words a text is cut, where the figure shows one; the new number when it was changed.
fn words_of_texts(ui: &mut Ui, figure: &KeptFigure) -> Option<usize> {
    let (most, longest) = figure.words_of_texts()?;
    let (mut is_whole, mut words) = (most == 0, most);
    let tick = ui.checkbox(&mut is_whole, "Whole text, however long");
    let count = crate::work::format_count(longest as u64);
    let tip = format!("Draw all {count} words; else a long text is cut around the selected ones");
    if tick.on_hover_text(tip).changed() {
        return Some(if is_whole { 0 } else { figure.usual_words() });
    }
    if is_whole {
        return None;
    }
    ui.horizontal(|ui| {
        let label = ui.label("Words before it is cut");
        let drag = ui.add(DragValue::new(&mut words).range(1..=MOST_TYPED).speed(1.0)).labelled_by(label.id);
        drag.on_hover_text(format!("A longer text is cut around the selected words; this one has {count}")).changed()
    })
    .inner
    .then_some(words)
}

fn annotations(ui: &mut Ui, state: &mut FiguresState, at: usize, figure: &KeptFigure, commands: &mut Vec<Command>) {
    group(ui, "Annotations");
    if figure.annotations.is_empty() {
        muted(ui, "None yet: choose a tool over the figure and draw on it.");
    }
    for (index, annotation) in figure.annotations.iter().enumerate() {
        ui.push_id(index, |ui| {
            let number = index + 1;
            let name = match annotation {
                Annotation::Arrow { .. } => format!("{number}. Arrow"),
                Annotation::Box { .. } => format!("{number}. Box"),
                Annotation::Text { .. } => format!("{number}. Text"),
                Annotation::Letter { letter, .. } => format!("{number}. Letter ({letter})"),
            };
            ui.horizontal(|ui| {
                let is_marked = state.marked == Some(index);
                if ui.add(Button::selectable(is_marked, &name).frame_when_inactive(true)).clicked() {
                    state.marked = (!is_marked).then_some(index);
                }
                if icon_button(ui, icons::ICON_DELETE, &format!("Remove annotation {number}")).clicked() {
                    remove(state, at, figure, index, commands);
                }
            });
            if state.marked == Some(index) {
                let mut changed = figure.clone();
                let is_changed = match changed.annotations.get_mut(index) {
                    Some(annotation) => one(ui, annotation, std::mem::take(&mut state.type_next)),
                    None => false,
                };
                if is_changed {
                    commands.push(Command::ChangeFigure(at, Box::new(changed), Change::Changed(index, state.gesture)));
                }
            }
        });
    }
}

/// Fields of one annotation; true when one was changed.
fn one(ui: &mut Ui, annotation: &mut Annotation, type_now: bool) -> bool {
    let mut is_changed = false;
    let number = |ui: &mut Ui, name: &str, value: &mut f32| {
        let label = ui.label(RichText::new(name).small().color(tokens(ui).muted));
        ui.add(DragValue::new(value).speed(0.5).max_decimals(1)).labelled_by(label.id).changed()
    };
    match annotation {
        Annotation::Arrow { from, to, .. } => {
            for (name, end) in [("from", from), ("to", to)] {
                ui.horizontal(|ui| {
                    is_changed |= number(ui, &format!("{name} x"), &mut end.x);
                    is_changed |= number(ui, &format!("{name} y"), &mut end.y);
                });
            }
        }
        Annotation::Box { rect, .. } => {
            ui.horizontal(|ui| {
                is_changed |= number(ui, "x", &mut rect.x);
                is_changed |= number(ui, "y", &mut rect.y);
            });
            ui.horizontal(|ui| {
                is_changed |= number(ui, "width", &mut rect.width);
                is_changed |= number(ui, "height", &mut rect.height);
            });
        }
        Annotation::Text { at, text, size, .. } => {
            let edit = ui.add(TextEdit::multiline(text).desired_rows(2).desired_width(f32::INFINITY));
            edit.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "Text of the annotation"));
            if type_now {
                edit.request_focus();
            }
            is_changed |= edit.changed();
            ui.horizontal(|ui| {
                is_changed |= number(ui, "x", &mut at.x);
                is_changed |= number(ui, "y", &mut at.y);
                is_changed |= number(ui, "size", size);
                *size = size.clamp(4.0, 48.0);
            });
        }
        Annotation::Letter { at, letter } => {
            ui.horizontal(|ui| {
                let label = ui.label(RichText::new("letter").small().color(tokens(ui).muted));
                let edit = ui.add(TextEdit::singleline(letter).desired_width(36.0).char_limit(3));
                edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Panel letter"));
                is_changed |= edit.labelled_by(label.id).changed();
                is_changed |= number(ui, "x", &mut at.x);
                is_changed |= number(ui, "y", &mut at.y);
            });
        }
    }
    is_changed
}

/// Points as millimetres.
fn millimetres(points: f32) -> f32 {
    points * 25.4 / 72.0
}

fn export(ui: &mut Ui, session: &Session, at: usize, figure: &KeptFigure, commands: &mut Vec<Command>) {
    group(ui, "Export");
    let mut scale = session.figures.scale;
    ui.horizontal(|ui| {
        let label = ui.label("PNG, pixels per point");
        let drag = ui.add(DragValue::new(&mut scale).range(0.5..=20.0).speed(0.1).max_decimals(1));
        if drag.labelled_by(label.id).changed() {
            commands.push(Command::SetPngScale(scale));
        }
    });
    let drawn = &figure.figure;
    match png::size_at(drawn, scale) {
        Ok((width, height)) => {
            let count = |n: u32| crate::work::format_count(u64::from(n));
            let dots = scale * 72.0;
            muted(ui, format!("{} x {} pixels, {dots:.0} dots per inch", count(width), count(height)));
        }
        Err(error) => warning(ui, &error.to_string()),
    }
    let (wide, high) = (millimetres(drawn.width), millimetres(drawn.height));
    muted(ui, format!("SVG and PDF: vectors, {wide:.0} x {high:.0} mm"));
    for remark in drawn.remarks() {
        ui.horizontal_top(|ui| {
            ui.label(icons::ICON_WARNING.rich_text().size(text::BODY).color(tokens(ui).warning));
            ui.add(Label::new(RichText::new(remark).small()).wrap());
        });
    }
    ui.add_space(space::XS);
    primary(ui, session, Command::Ask(Dialog::ExportKept(at)), "Export as PNG, SVG or PDF…", None, commands);
}
