//! The viewer: one to four methods on the same item, each with what the model answers, and the controls under them.

mod controls;

use std::sync::Arc;
use std::time::Instant;

use egui::{
    Align, Button, CentralPanel, ComboBox, Frame, Label, Layout, Margin, Panel, Rect, RichText, Slider, TextStyle, Ui,
    UiBuilder, WidgetInfo, accesskit::Role, pos2, vec2,
};
use egui_material_icons::icons;

use super::super::chrome::shorten;
use super::super::theme::{self, DIMMED, space, text, tokens};
use super::super::widgets::{self, command_button, command_icon, icon_button, muted, swatch, tip_of};
use super::answers::Answers;
use super::canvas::Canvas;
use super::{by_hand, classes, groups, reading, series, words};
use crate::data::{Modality, Unit, Units};
use crate::figure::Color;
use crate::figure::layout::record::is_by_order;
use crate::figure::layout::series::{Form, fill_is_beyond, has_own_colors, is_two_sided, value_color, value_range};
use crate::figure::layout::{ExplainedPicture, ExplainedSeries, Hidden, Panel as FigurePanel, View};
use crate::jobs::{Explained, MethodResult};
use crate::session::reading::{Action, fills_for};
use crate::session::{Command, Session};
use crate::work::Shown;

/// Height of the heading of one of two panels.
const PANEL_HEAD: f32 = 18.0;
/// Height of what stands over a text and around it: the head of its column, notes on it, margins.
const AROUND: f32 = 110.0;
/// Room of the method's name and the icons after it, over a column.
const HEAD_WIDTH: f32 = 340.0;
/// In a narrower column the name of its method has a row of its own.
const NARROW_HEAD: f32 = 220.0;

/// The viewer with its controls.
pub fn show(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    Panel::bottom("viewer controls")
        .resizable(false)
        .frame(Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8)))
        .show(ui, |ui| controls::show(ui, session, canvas, commands));
    classes::panel(ui, session, canvas, commands);
    by_hand::strip(ui, session, canvas, commands);
    CentralPanel::default().frame(Frame::new().fill(t.canvas).inner_margin(space::M)).show(ui, |ui| {
        pictures(ui, session, canvas, commands);
    });
}

fn pictures(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    canvas.begin(ui.ctx());
    let explore = &session.explore;
    if let Some(error) = explore.shown.error() {
        widgets::failed(ui, session, error, Some(Command::RetryExplanation), commands);
        ui.add_space(space::S);
    }
    let Some(explained) = explore.explained().cloned() else {
        waiting(ui, session, commands);
        return;
    };
    // An old result of another item must never pass for this one.
    let is_other_item = !session.is_in_view(&explained);
    let dimmed =
        explore.shown.is_dimmed(Instant::now()) || is_other_item && matches!(explore.shown, Shown::Failed { .. });
    if matches!(explore.shown, Shown::Pending { .. }) {
        ui.ctx().request_repaint_after(crate::work::BUSY_AFTER);
    }
    let n = explained.methods.len().max(1);
    let gap = space::L;
    let width = (ui.available_width() - gap * (n - 1) as f32) / n as f32;
    let area = ui.available_rect_before_wrap();
    let said: Vec<Option<Answers>> = (0..explained.methods.len())
        .map(|column| {
            let result = explained.methods[column].as_ref().ok()?;
            canvas.prepare(ui.ctx(), session, column, &explained, result, theme::figure_theme(ui));
            Some(Answers::new(ui, session, &explained, result, canvas.heat_range(column), width))
        })
        .collect();
    canvas.gather(&explained, explore.reading.chosen);
    // The same for all columns, so that their pictures stand on one line.
    let said_height = said.iter().flatten().map(|answers| answers.height(ui, width)).fold(0.0, f32::max);
    for (column, answers) in said.iter().enumerate() {
        let left = area.left() + (width + gap) * column as f32;
        let rect = Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()));
        let mut inner = ui.new_child(
            UiBuilder::new().id_salt(("column", column)).max_rect(rect).layout(Layout::top_down(Align::Min)),
        );
        inner.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
        let under = answers.as_ref().map(|answers| (answers, said_height));
        one_column(&mut inner, session, canvas, &explained, (column, under), dimmed, commands);
    }
    canvas.end(session);
    let needs = canvas.text_height().map(|height| height + said_height + AROUND);
    if needs != canvas.needs {
        // The panel of classes takes what the text leaves, and was drawn before it.
        canvas.needs = needs;
        ui.ctx().request_repaint();
    }
    if dimmed && matches!(explore.shown, Shown::Pending { .. }) {
        let line = match explore.shown.awaited().and_then(|id| session.running.get(id)) {
            Some(job) => job.progress.as_ref().map_or_else(|| format!("{}…", job.title), crate::work::Progress::line),
            None => "Working…".to_owned(),
        };
        busy(ui, area, width, line);
    }
}

/// What is being waited for, on a ground of its own: in the row of the heads where that is free to the right, else under it. Old words and pictures do
/// not show through.
fn busy(ui: &Ui, area: Rect, column_width: f32, line: String) {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(line, egui::FontId::proportional(text::SMALL), t.text);
    let size = galley.size() + vec2(2.0 * space::S, space::XS);
    let is_free = column_width - size.x > HEAD_WIDTH;
    let top = area.top() + if is_free { 0.0 } else { ui.spacing().interact_size.y + space::XS };
    let pill = Rect::from_min_size(pos2(area.right() - size.x, top), size);
    ui.painter().rect_filled(pill, theme::RADIUS, t.raised);
    ui.painter().rect_stroke(pill, theme::RADIUS, egui::Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
    ui.painter().galley(pill.min + vec2(space::S, space::XS / 2.0), galley, t.text);
}

/// Nothing to draw yet: says why, and what to do.
fn waiting(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if session.explore.shown.error().is_some() {
        return;
    }
    if session.active_box().is_some() && session.explore.columns.is_empty() {
        widgets::empty(ui, session, icons::ICON_HOURGLASS_TOP, "Preparing the first explainers…", None, commands);
    } else if session.in_view().is_none() {
        widgets::empty(ui, session, icons::ICON_IMAGE, "Choose an item on the left.", None, commands);
    } else {
        widgets::empty(ui, session, icons::ICON_HOURGLASS_TOP, "Explaining this item…", None, commands);
    }
}

fn one_column(
    ui: &mut Ui,
    session: &Session,
    canvas: &mut Canvas,
    explained: &Arc<Explained>,
    (column, under): (usize, Option<(&Answers, f32)>),
    dimmed: bool,
    commands: &mut Vec<Command>,
) {
    let whole = ui.max_rect();
    column_head(ui, session, column, commands);
    if let Err(why) = &explained.methods[column] {
        refused(ui, session, column, &why.summary, commands);
        return;
    }
    let modality = explained.units.unit.modality();
    let (is_series, is_table) = (modality == Modality::Series, modality == Modality::Table);
    let explore = &session.explore;
    let panels: &[FigurePanel] = explore.view.panels();
    let notes = canvas.text_view(column).filter(|_| !is_series && !is_table).map(|(_, view)| view.notes.clone());
    let is_text = notes.is_some();
    for note in notes.unwrap_or_default() {
        ui.add(Label::new(RichText::new(note).small().color(tokens(ui).muted)).wrap());
    }
    // Not what egui calls available: a wide head must not widen the picture.
    let area = Rect::from_min_max(pos2(whole.left(), ui.cursor().top()), whole.max);
    let words_height = under.map_or(0.0, |(_, height)| height) + space::S;
    let picture_area =
        Rect::from_min_max(area.min, pos2(area.right(), (area.bottom() - words_height).max(area.top() + 40.0)));
    let opacity = if dimmed { DIMMED } else { 1.0 };
    // Two panels stand beside each other, or one over the other where the column is narrow: names and values of a row want their width, and all rows
    // their height.
    let stack =
        if is_table { picture_area.width() < 520.0 } else { picture_area.height() > picture_area.width() * 1.2 };
    let gap = space::S;
    let count = panels.len() as f32;
    for (at, panel) in panels.iter().enumerate() {
        let at_f = at as f32;
        let part = if panels.len() < 2 {
            picture_area
        } else if stack {
            let height = (picture_area.height() - gap) / count;
            Rect::from_min_size(picture_area.min + vec2(0.0, (height + gap) * at_f), vec2(picture_area.width(), height))
        } else {
            let width = (picture_area.width() - gap) / count;
            Rect::from_min_size(picture_area.min + vec2((width + gap) * at_f, 0.0), vec2(width, picture_area.height()))
        };
        let part = if panels.len() > 1 { panel_head(ui, panel_words(*panel, explore.peek), part) } else { part };
        let name = format!(
            "{} of {}, {}",
            panel_words(*panel, explore.peek),
            item_words(session, explained),
            method_name(session, column)
        );
        if is_series {
            let panel = if explore.peek { FigurePanel::Input } else { *panel };
            let (texture, heat, is_told) =
                (canvas.texture(column, at), canvas.heat_range(column), canvas.has_inspector);
            if let Some(picture) = canvas.picture(column) {
                let page =
                    series::Page { picture, panel, at: (column, at), name: &name, opacity, texture, heat, is_told };
                let (zoom, told) = series::show(ui, part.shrink(1.0), &page, canvas.zoom, commands);
                canvas.zoom = zoom;
                canvas.tell(told);
            }
        } else if is_table {
            let panel = if explore.peek { FigurePanel::Input } else { *panel };
            if let Some(picture) = canvas.picture(column) {
                super::record::show(ui, picture, (panel, part.shrink(1.0)), &name, opacity);
            }
        } else if is_text {
            let place = (part.shrink(1.0), reading::Setting::of(whole.width()));
            if let Some(unit) = canvas.read(ui, session, place, (column, at), &name, opacity) {
                commands.push(Command::Reading(Action::TakeOut(Some(unit))));
            }
        } else {
            canvas.show(ui, part.shrink(1.0), column, at, &name, opacity);
        }
    }
    let below = Rect::from_min_max(pos2(area.left(), picture_area.bottom() + space::XS), area.max);
    let mut words =
        ui.new_child(UiBuilder::new().id_salt("words").max_rect(below).layout(Layout::top_down(Align::Min)));
    if dimmed {
        words.multiply_opacity(DIMMED);
    }
    if let Some((answers, _)) = under {
        answers.show(&mut words);
    }
}

/// What is explained, by the number or name that the list and the inspector give it.
fn item_words(session: &Session, explained: &Explained) -> String {
    let item = explained.item;
    match (session.own_text(), &session.data) {
        (Some(own), _) if own.data.hash == explained.data => "your own text".to_owned(),
        (None, Some(data)) if session.own_row().is_some_and(|own| own.data.hash == explained.data) => {
            let item = session.own_row().map_or(0, |own| own.item);
            let name = crate::jobs::picture::item_words(data, item);
            format!("{} with changes", in_line(&name))
        }
        (_, Some(data)) if item < data.len() => in_line(&crate::jobs::picture::item_words(data, item)),
        _ => format!("item {item}"),
    }
}

/// "item 3" of the name "#3", and of "item 3" as well.
fn in_line(name: &str) -> String {
    let name = name.trim_start_matches('#');
    let is_said = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("item "));
    if is_said { name.to_owned() } else { format!("item {name}") }
}

/// What one of two panels shows; gives the place that is left for it.
fn panel_head(ui: &mut Ui, words: &str, part: Rect) -> Rect {
    let (head, rest) = part.split_top_bottom_at_y(part.top() + PANEL_HEAD);
    let mut child =
        ui.new_child(UiBuilder::new().id_salt(("head", words)).max_rect(head).layout(Layout::top_down(Align::Min)));
    muted(&mut child, words);
    rest
}

/// Why a method has nothing to show here, and the way out where it only selects other units than the explorer does.
fn refused(ui: &mut Ui, session: &Session, column: usize, reason: &str, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let explainer = explore.columns.get(column).and_then(|&at| session.explainers.get(at));
    let other = explainer.filter(|explainer| !session.selects_unit(explainer, explore.unit)).map(|found| &found.card);
    ui.add_space(space::XL);
    ui.horizontal_top(|ui| {
        ui.label(icons::ICON_INFO.rich_text().size(text::ICON).color(tokens(ui).warning));
        ui.vertical(|ui| {
            let Some(card) = other else {
                let missing = explainer.and_then(|explainer| session.gradients_missing(&explainer.card.method));
                let words = missing.as_ref().map_or_else(|| reason.to_owned(), |missing| format!("{missing}."));
                ui.add(Label::new(words).wrap());
                if missing.is_some() {
                    command_button(ui, session, Command::SetUpStandIn, crate::session::stand_in::TITLE, commands);
                }
                return;
            };
            let (selects, asked) = (unit_name(card.unit), unit_name(explore.unit));
            let sentence = format!("{} was trained to select {selects}; the explorer is set to {asked}.", card.name);
            ui.add(Label::new(sentence).wrap());
            if ui.button(format!("Select {selects}")).clicked() {
                commands.push(Command::SetUnit(card.unit, card.k));
            }
        });
    });
}

fn panel_words(panel: FigurePanel, peek: bool) -> &'static str {
    match panel {
        _ if peek => "Full input",
        FigurePanel::Input => "Full input",
        FigurePanel::Overlay => "Overlay",
        FigurePanel::Selected => "Selected only",
        FigurePanel::Unselected => "Unselected only",
        FigurePanel::Heat => "Scores",
    }
}

fn method_name(session: &Session, column: usize) -> String {
    let at = session.explore.columns.get(column).copied();
    at.and_then(|at| session.explainers.get(at)).map_or_else(String::new, |explainer| explainer.card.name.clone())
}

fn column_head(ui: &mut Ui, session: &Session, column: usize, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let is_narrow = ui.available_width() < NARROW_HEAD && explore.columns.len() > 1;
    let is_focused = explore.focus == column && explore.columns.len() > 1;
    ui.horizontal(|ui| {
        if explore.columns.len() > 1 {
            let letter = char::from(b'A' + column as u8);
            let response = ui.add(Button::selectable(is_focused, letter.to_string()).frame_when_inactive(true));
            response
                .widget_info(|| WidgetInfo::selected(Role::Button, true, is_focused, format!("Focus column {letter}")));
            if response.on_hover_text(tip_of(&Command::FocusColumn(column))).clicked() {
                commands.push(Command::FocusColumn(column));
            }
        }
        if !is_narrow {
            // Room for the two icons after it.
            let room = (ui.available_width() - 84.0).clamp(56.0, 260.0);
            method_choice(ui, session, column, room, commands);
        }
        if explore.columns.len() > 1
            && icon_button(ui, icons::ICON_CLOSE, &format!("Remove column {}", column + 1)).clicked()
        {
            commands.push(Command::RemoveColumn(column));
        }
        if column + 1 == explore.columns.len() && column + 1 < crate::session::explore::MAX_COLUMNS {
            command_icon(ui, session, Command::AddColumn, icons::ICON_ADD, commands);
        }
    });
    if is_narrow {
        let room = ui.available_width();
        method_choice(ui, session, column, room, commands);
    }
}

/// The method of a column, `room` wide.
fn method_choice(ui: &mut Ui, session: &Session, column: usize, room: f32, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let name = method_name(session, column);
    let summary = explore
        .columns
        .get(column)
        .and_then(|&at| session.explainers.get(at))
        .and_then(|explainer| crate::explain::method(&explainer.card.method).ok())
        .map_or("", |method| method.spec().summary);
    ui.scope(|ui| {
        ui.set_max_width(room);
        ComboBox::from_id_salt(("method", column))
            .selected_text(&name)
            .width(room)
            .truncate()
            .show_ui(ui, |ui| {
                let mut is_any_refused = false;
                for explainer in session.usable_explainers() {
                    let is_shown = explore.columns.get(column) == Some(&explainer);
                    let card = &session.explainers[explainer].card;
                    let refused = session.gradients_missing(&card.method);
                    let choice = Button::selectable(is_shown, card.name.as_str());
                    let response = ui.add_enabled(refused.is_none(), choice);
                    if response.clicked() {
                        commands.push(Command::SetMethod { column, explainer });
                    }
                    if let Some(reason) = refused {
                        is_any_refused = true;
                        muted(ui, &reason);
                        response.on_disabled_hover_text(reason);
                    }
                }
                if is_any_refused {
                    ui.separator();
                    command_button(ui, session, Command::SetUpStandIn, crate::session::stand_in::TITLE, commands);
                }
            })
            .response
            .accessible_name(format!("Method of column {}", column + 1))
            .on_hover_text(format!("{name}. {summary}"));
    });
}

/// How many units are selected, by a slider so many points long.
fn k_slider(ui: &mut Ui, session: &Session, length: f32, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    // Of a text as many as it has words that the black box gets, of a series its own steps.
    let is_of_unit = explore.explained().is_some_and(|shown| shown.units.unit == explore.unit);
    let of_item = explore.focused_result().filter(|_| explore.unit.has_padding() && is_of_unit);
    let most = of_item.map(MethodResult::selectable).unwrap_or_else(|| session.unit_count()).max(1);
    let is_empty = of_item.is_some_and(|result| result.selectable() == 0);
    let enabled = Command::SetK(1).availability(session).is_ok() && !is_empty;
    let shown = explore.k.min(most);
    let mut k = shown;
    let label = ui.label("Select");
    ui.spacing_mut().slider_width = length;
    let slider = Slider::new(&mut k, 1..=most).logarithmic(true).smart_aim(false);
    let response = ui.add_enabled(enabled, slider);
    let response = response
        .labelled_by(label.id)
        .on_hover_text("k: how many units are selected (comma and period change it by one). The slider is logarithmic: small numbers have more room");
    if response.changed() && k != shown {
        commands.push(Command::SetK(k));
    }
    let of = if is_empty { 0 } else { most };
    ui.label(of_words(session, of));
}

/// "of 784 pixels". Units of series have long names, which the list of units beside it says.
fn of_words(session: &Session, of: usize) -> String {
    match session.modality() {
        Modality::Series => format!("of {of}"),
        _ => format!("of {of} {}", session.explore.unit.noun(of)),
    }
}

fn unit_choice(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    const TIP: &str = "What is selected. A trained explainer answers for the unit that it was trained with.";
    let explore = &session.explore;
    let Some(card) = session.active_box().map(|active| &active.card) else { return };
    let shape = card.shape;
    let mut offered = Session::offered_units(card);
    for unit in session.usable_explainers().into_iter().map(|at| session.explainers[at].card.unit).chain([explore.unit])
    {
        if !offered.contains(&unit) {
            offered.push(unit);
        }
    }
    let reason = Session::why_one_unit(card).filter(|_| offered.len() < 2);
    ui.label("Units");
    ComboBox::from_id_salt("units")
        .selected_text(unit_name(explore.unit))
        .width(controls::units_width(ui, explore.unit))
        .show_ui(ui, |ui| {
            for unit in offered {
                if ui.selectable_label(unit == explore.unit, unit_name(unit)).clicked() && unit != explore.unit {
                    // About as much of the picture stays selected.
                    let (before, after) = (explore.units(shape).count().max(1), Units::new(unit, shape).count());
                    let k = (explore.k as f64 * after as f64 / before as f64).round().max(1.0) as usize;
                    commands.push(Command::SetUnit(unit, k));
                }
            }
            if let Some(reason) = reason {
                ui.set_max_width(260.0);
                ui.add(Label::new(RichText::new(reason).small().color(tokens(ui).muted)).wrap());
            }
        })
        .response
        .accessible_name("Units")
        .on_hover_text(format!("{TIP} {}", reason.unwrap_or_default()).trim_end());
}

fn unit_name(unit: Unit) -> String {
    match unit {
        Unit::Patch { rows, cols } => format!("patches {rows} x {cols}"),
        _ => unit.noun(2),
    }
}

fn fill_choice(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let modality = session.modality();
    ui.label("Fill");
    ComboBox::from_id_salt("fill")
        .selected_text(session.fill_words(explore.fill))
        .width(controls::fill_width(ui, modality))
        .show_ui(ui, |ui| {
            for &fill in fills_for(modality) {
                if ui.selectable_label(fill == explore.fill, session.fill_words(fill)).clicked() {
                    commands.push(Command::SetFill(fill));
                }
            }
        })
        .response
        .accessible_name("Fill")
        .on_hover_text(tip_of(&Command::NextFill));
}

/// What the colours mean, and how much the shown methods agree; before it the button that hatches, where that stands here.
fn legend(ui: &mut Ui, session: &Session, canvas: &Canvas, hatches: bool, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let t = tokens(ui);
    let is_text = explore.unit.is_text();
    let modality = session.modality();
    ui.add_space(2.0);
    let (n, knows_truth) = (explore.columns.len(), session.knows_truth());
    let least = if knows_truth && n > 1 { 720.0 } else { 560.0 };
    let least = if hatches && controls::hatch_words(session).is_some() { least + 60.0 } else { least };
    // In a row of its own where there is little room: a row that wraps in one view only would move the picture.
    let has_own_row = n > 2 || ui.available_width() < least && (n > 1 || knows_truth);
    let beside = |ui: &mut Ui| {
        truth_legend(ui, session);
        if n > 1 {
            if knows_truth || !has_own_row {
                ui.add_space(space::M);
            }
            overlaps(ui, session);
        }
    };
    let has_button = hatches && controls::hatch_words(session).is_some();
    let row = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if has_button {
            controls::hatch(ui, session, commands);
            ui.add_space(space::XS);
        }
        match explore.view {
            _ if matches!(modality, Modality::Series | Modality::Table) => {
                marks_legend(ui, session, canvas, modality == Modality::Table);
            }
            View::Heat => heat_legend(ui, session, canvas),
            View::Overlay => {
                entry(ui, t.selected, "selected, deeper for higher scores");
                against_legend(ui, session, canvas, commands);
            }
            View::Selected | View::Unselected | View::Side => {
                entry(
                    ui,
                    t.selected,
                    if is_text { "line under the selected words" } else { "edge of the selected units" },
                );
                ui.add_space(space::S);
                let hidden = match explore.hidden {
                    Hidden::Hatched => "hidden, hatched here",
                    Hidden::AsModelSees if is_text => "hidden words leave a gap",
                    Hidden::AsModelSees => "hidden units as the model gets them",
                };
                keep_together(ui, small_width(ui, hidden) + 2.0 * (SWATCH + space::XS));
                // What is hidden is hatched in its own colour: what is selected in the one, what is not in the other.
                if explore.hidden == Hidden::Hatched {
                    let hatched: &[_] = match explore.view {
                        View::Unselected => &[t.selected],
                        View::Side => &[t.unselected, t.selected],
                        _ => &[t.unselected],
                    };
                    hatched.iter().for_each(|&color| swatch(ui, color, true));
                }
                muted(ui, hidden);
            }
        }
        if !has_own_row {
            beside(ui);
        }
    };
    ui.scope(|ui| {
        if !has_button {
            as_text(ui);
        }
        ui.horizontal_wrapped(row);
    });
    if has_own_row {
        ui.scope(|ui| {
            as_text(ui);
            ui.horizontal_wrapped(beside);
        });
    }
}

/// What speaks against the class as strongly as the selected words speak for it: how many, and the way to them, one after the other.
fn against_legend(ui: &mut Ui, session: &Session, canvas: &Canvas, commands: &mut Vec<Command>) {
    let Some((picture, view)) = canvas.text_view(session.explore.focus).filter(|_| !session.hides_text()) else {
        return;
    };
    let Some(class) = words::class_words(session, picture).filter(|_| !view.against.is_empty()) else { return };
    ui.add_space(space::S);
    let n = view.against.len();
    let speaks = if n == 1 { "speaks" } else { "speak" };
    let noun = session.explore.unit.noun(n);
    let words = format!("{n} strong {noun} {speaks} against {}", shorten(&class, 28));
    keep_together(ui, SWATCH + space::XS + small_width(ui, &words));
    swatch(ui, theme::color(reading::against_color(ui)), false);
    let link = ui.link(RichText::new(words).small());
    if link.on_hover_text("As strongly as the selected ones speak for it. Click to go to the next one").clicked() {
        let chosen = session.explore.reading.chosen;
        let at = view.against.iter().position(|unit| Some(*unit as usize) == chosen);
        let next = view.against[at.map_or(0, |at| (at + 1) % n)] as usize;
        commands.push(Command::Reading(Action::Choose(Some(next))));
    }
}

/// Width of a swatch in points.
const SWATCH: f32 = 12.0;
/// Width of a bar of colours, and of the only one.
const RAMP: f32 = 84.0;
const LONG_RAMP: f32 = 140.0;

/// A swatch of a legend with its words.
fn entry(ui: &mut Ui, color: egui::Color32, words: &str) {
    keep_together(ui, SWATCH + ui.spacing().item_spacing.x + small_width(ui, words));
    swatch(ui, color, false);
    muted(ui, words);
}

/// Width of small words on one line, in points.
fn small_width(ui: &Ui, words: &str) -> f32 {
    groups::word(ui, words, &TextStyle::Small)
}

/// Begins another row of a legend where what follows, so many points wide, has no room in this one: nothing of it is cut, and no swatch stands apart from
/// its words.
fn keep_together(ui: &mut Ui, width: f32) {
    let is_begun = ui.cursor().left() > ui.max_rect().left() + 0.5;
    if is_begun && ui.layout().main_wrap() && ui.available_size_before_wrap().x < width.ceil() {
        ui.end_row();
        ui.set_row_height(ui.spacing().interact_size.y);
    }
}

/// A row of words and swatches is not as high as one of buttons.
fn as_text(ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = text::BODY + 2.0;
}

/// What the mark of the truth means.
fn truth_legend(ui: &mut Ui, session: &Session) {
    if session.knows_truth() && session.explore.shows_truth {
        ui.spacing_mut().item_spacing.x = space::XS;
        let color = theme::color(crate::figure::Palette::of(theme::figure_theme(ui)).annotation);
        entry(ui, color, "truly decides the class");
    }
}

fn overlaps(ui: &mut Ui, session: &Session) {
    let overlaps = session.overlaps();
    if overlaps.is_empty() {
        return;
    }
    let letter = |at: usize| char::from(b'A' + at as u8);
    let words: Vec<String> =
        overlaps.iter().map(|(a, b, iou)| format!("{}-{} {:.0} %", letter(*a), letter(*b), iou * 100.0)).collect();
    let of = session.lens_in_view().map_or_else(String::new, |lens| format!(" for {}", session.lens_words(lens)));
    let words = format!("Overlap (IoU){of}: {}", words.join(", "));
    keep_together(ui, small_width(ui, &words));
    muted(ui, words)
        .on_hover_text("Units that are shown as selected in both columns, as a share of those shown so in either");
}

/// What the colours of a series or of a row of a table mean.
fn marks_legend(ui: &mut Ui, session: &Session, canvas: &Canvas, is_table: bool) {
    let t = tokens(ui);
    let view = session.explore.view;
    let is_map = session.series_form() == Some(Form::Map);
    let palette = crate::figure::Palette::of(theme::figure_theme(ui));
    let pale = theme::color(palette.hairline);
    let has_lines = session.series_form() == Some(Form::Overlaid);
    let hides = matches!(view, View::Selected | View::Unselected | View::Side);
    let is_beyond = hides
        && shown_pictures(session, canvas)
            .any(|picture| picture.series.as_ref().is_some_and(|series| fill_is_beyond(picture, series)));
    let hidden = if is_beyond {
        "hidden: what the model gets there (dashed: beyond the axis)"
    } else {
        "hidden: what the model gets there"
    };
    let mark = |ui: &mut Ui, color, words: &str| {
        entry(ui, color, words);
        ui.add_space(space::S);
    };
    if is_table {
        // Bars to both sides have a line where they begin.
        let is_signed = shown_pictures(session, canvas).any(|picture| picture.signed);
        let is_by_order = shown_pictures(session, canvas).any(is_by_order);
        let of_bar = match (is_signed, is_by_order) {
            (true, _) => ", left: against",
            (false, true) => ", of which only the order counts",
            (false, false) => "",
        };
        mark(ui, t.selected, &format!("selected, with its rank; bar: its score{of_bar}"));
        mark(ui, t.unselected, "not selected");
        return;
    }
    match view {
        View::Heat if is_map => {
            mark(ui, t.selected, "edge of the selected");
            heat_legend(ui, session, canvas);
        }
        _ if is_map => {
            let series = shown_pictures(session, canvas).find_map(|picture| picture.series.as_ref());
            if let Some(series) = series {
                let kinds: &[(bool, &str)] = match view {
                    View::Overlay => &[(true, "selected"), (false, "not selected")],
                    _ => &[(false, "what is hidden is blank")],
                };
                value_legend(ui, series, kinds);
            }
        }
        View::Overlay => mark(ui, t.selected, "selected, deeper for higher scores"),
        View::Heat => {
            mark(ui, t.selected, "bar over the selected");
            if has_lines {
                let words = "behind the lines the highest score:";
                keep_together(ui, small_width(ui, words));
                muted(ui, words);
                ui.add_space(space::S);
            }
            heat_legend(ui, session, canvas);
        }
        // Several lines in one plot keep their own colours, whatever is hidden.
        View::Selected | View::Unselected | View::Side if has_lines => {
            let kept = if view == View::Unselected { "not selected" } else { "selected" };
            let kept = if view == View::Side { "what is kept" } else { kept };
            mark(ui, t.full, &format!("{kept}, in the colour of its channel"));
            mark(ui, pale, hidden);
        }
        View::Selected | View::Unselected | View::Side => {
            if view != View::Unselected {
                mark(ui, t.selected, "selected");
            }
            if view != View::Selected {
                mark(ui, t.unselected, "not selected");
            }
            mark(ui, pale, hidden);
        }
    }
}

/// The colours of a map's values with what their ends stand for, and words on them: for each kind, whether it has the colours of selected values.
pub(super) fn value_legend(ui: &mut Ui, series: &ExplainedSeries, kinds: &[(bool, &str)]) {
    let palette = crate::figure::Palette::of(theme::figure_theme(ui));
    let (range, is_signed, is_own) = (value_range(series), is_two_sided(series), has_own_colors(series));
    let (low, high) = if is_own { (0.0, 1.0) } else { (range.low, range.high) };
    let most = high.max(-low);
    let number = |value: f32| crate::data::table::number(f64::from(value)).replace('-', "\u{2212}");
    let [from, to] = match is_own {
        true => ["lowest".to_owned(), "highest of its channel".to_owned()],
        false => [number(low), number(high)],
    };
    for (at, (is_selected, words)) in kinds.iter().enumerate() {
        // Both have the same ends.
        let ends = (at == 0).then_some([&from, &to]);
        let said = ends.map_or(0.0, |ends| ends.iter().map(|end| small_width(ui, end) + space::XS).sum::<f32>());
        keep_together(ui, said + RAMP + 3.0 * space::XS + small_width(ui, words));
        if let Some([from, _]) = ends {
            muted(ui, from.as_str());
        }
        let share = |at: f32| (low + (high - low) * at) / most;
        ramp(ui, RAMP, &|at| value_color(palette, share(at), is_signed, *is_selected));
        if let Some([_, to]) = ends {
            muted(ui, to.as_str());
            ui.add_space(space::XS);
        }
        muted(ui, *words);
        ui.add_space(space::S);
    }
}

/// A bar of so many points with the colour of each of its places, from 0 to 1.
fn ramp(ui: &mut Ui, width: f32, color: &dyn Fn(f32) -> Color) {
    const STEPS: usize = 70;
    let (rect, _) = ui.allocate_exact_size(vec2(width, 12.0), egui::Sense::hover());
    let width = rect.width() / STEPS as f32;
    for step in 0..STEPS {
        let left = rect.left() + width * step as f32;
        let part = Rect::from_min_size(pos2(left, rect.top()), vec2(width + 0.5, rect.height()));
        ui.painter().rect_filled(part, 0.0, theme::color(color(step as f32 / (STEPS - 1) as f32)));
    }
}

fn heat_legend(ui: &mut Ui, session: &Session, canvas: &Canvas) {
    // Scores for and against a class have another scale than those whose sign has no meaning: each that is in view is named.
    let of = |signed: bool| shown_pictures(session, canvas).find(|picture| picture.signed == signed);
    let scales: Vec<_> = [false, true].into_iter().filter_map(of).collect();
    let is_mixed = scales.len() > 1;
    for picture in scales {
        let (scale, palette) = (picture.scale(), crate::figure::Palette::of(theme::figure_theme(ui)));
        let class = session.lens_in_view().map(|lens| session.lens_words(lens));
        let class = class.unwrap_or_else(|| "the predicted class".to_owned());
        let class = shorten(&class, 28);
        let words = match (picture.signed, is_mixed) {
            (false, false) => "each method's lowest to highest score".to_owned(),
            (true, false) => format!("each method's scores: against, for {class}"),
            (false, true) => "lowest to highest score".to_owned(),
            (true, true) => format!("against, for {class}"),
        };
        let width = if is_mixed { RAMP } else { LONG_RAMP };
        keep_together(ui, width + 3.0 * space::XS + small_width(ui, &words));
        ramp(ui, width, &|at| scale.color(palette, at));
        ui.add_space(space::XS);
        muted(ui, words);
        ui.add_space(if is_mixed { space::S } else { 0.0 });
    }
}

/// The pictures of the columns in view.
fn shown_pictures<'a>(session: &Session, canvas: &'a Canvas) -> impl Iterator<Item = &'a ExplainedPicture> {
    (0..session.explore.columns.len()).filter_map(move |column| canvas.picture(column))
}
