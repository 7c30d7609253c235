//! The viewer: one to four methods on the same item, each with what the model answers, and the controls under them.

mod controls;

use std::sync::Arc;
use std::time::Instant;

use egui::{
    Align, Button, CentralPanel, ComboBox, Frame, Label, Layout, Margin, Panel, Rect, RichText, Slider, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, pos2, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{self, DIMMED, space, text, tokens};
use super::super::widgets::{self, command_button, command_icon, icon_button, muted, swatch, tip_of};
use super::answers::Answers;
use super::canvas::Canvas;
use super::{classes, reading, series};
use crate::data::{Modality, Unit, Units};
use crate::figure::layout::record::is_by_order;
use crate::figure::layout::series::{Form, has_both_signs};
use crate::figure::layout::{ExplainedPicture, Hidden, Panel as FigurePanel, View};
use crate::jobs::{Explained, MethodResult};
use crate::session::reading::{Action, fill_words_for, fills_for};
use crate::session::{Command, Session};
use crate::work::Shown;

/// Height of the heading of one of two panels.
const PANEL_HEAD: f32 = 18.0;
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
    if dimmed && matches!(explore.shown, Shown::Pending { .. }) {
        let line = match explore.shown.awaited().and_then(|id| session.running.get(id)) {
            Some(job) => job.progress.as_ref().map_or_else(|| format!("{}…", job.title), crate::work::Progress::line),
            None => "Working…".to_owned(),
        };
        ui.painter().text(
            area.center_top() + vec2(0.0, 40.0),
            egui::Align2::CENTER_TOP,
            line,
            egui::FontId::proportional(text::BODY),
            tokens(ui).text,
        );
    }
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
            let texture = canvas.texture(column, at);
            if let Some(picture) = canvas.picture(column) {
                let page = series::Page { picture, panel, at: (column, at), name: &name, opacity, texture };
                canvas.zoom = series::show(ui, part.shrink(1.0), &page, canvas.zoom, commands);
            }
        } else if is_table {
            let panel = if explore.peek { FigurePanel::Input } else { *panel };
            if let Some(picture) = canvas.picture(column) {
                super::record::show(ui, picture, (panel, part.shrink(1.0)), &name, opacity);
            }
        } else if is_text {
            let place = (part.shrink(1.0), reading::Setting::of(whole.width()));
            if let Some(unit) = canvas.read(ui, session, place, (column, at), &name, opacity) {
                let choice = (explore.reading.chosen != Some(unit)).then_some(unit);
                commands.push(Command::Reading(Action::Choose(choice)));
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
        (_, Some(data)) if item < data.len() => {
            format!("item {}", crate::jobs::picture::item_words(data, item).trim_start_matches('#'))
        }
        _ => format!("item {item}"),
    }
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

fn k_slider(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
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
    ui.spacing_mut().slider_width = controls::slider_width(ui);
    let slider = Slider::new(&mut k, 1..=most).logarithmic(true).smart_aim(false);
    let response = ui.add_enabled(enabled, slider);
    let response = response
        .labelled_by(label.id)
        .on_hover_text("k: how many units are selected (comma and period change it by one)");
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
        .selected_text(fill_words_for(explore.fill, modality))
        .width(controls::fill_width(ui, modality))
        .show_ui(ui, |ui| {
            for &fill in fills_for(modality) {
                if ui.selectable_label(fill == explore.fill, fill_words_for(fill, modality)).clicked() {
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
                swatch(ui, t.selected, false);
                muted(ui, "selected, deeper for higher scores");
            }
            View::Selected | View::Unselected | View::Side => {
                swatch(ui, t.selected, false);
                muted(ui, if is_text { "line under the selected words" } else { "edge of the selected units" });
                ui.add_space(space::S);
                // What is hidden is hatched in its own colour: what is selected in the one, what is not in the other.
                if explore.hidden == Hidden::Hatched {
                    let hatched: &[_] = match explore.view {
                        View::Unselected => &[t.selected],
                        View::Side => &[t.unselected, t.selected],
                        _ => &[t.unselected],
                    };
                    hatched.iter().for_each(|&color| swatch(ui, color, true));
                }
                muted(
                    ui,
                    match explore.hidden {
                        Hidden::Hatched => "hidden, hatched here",
                        Hidden::AsModelSees if is_text => "hidden words leave a gap",
                        Hidden::AsModelSees => "hidden units as the model gets them",
                    },
                );
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
        ui.horizontal(row);
    });
    if has_own_row {
        ui.scope(|ui| {
            as_text(ui);
            ui.horizontal(beside);
        });
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
        swatch(ui, theme::color(crate::figure::Palette::of(theme::figure_theme(ui)).annotation), false);
        muted(ui, "truly decides the class");
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
    let words = RichText::new(format!("Overlap (IoU){of}: {}", words.join(", "))).small().color(tokens(ui).muted);
    ui.add(Label::new(words).truncate())
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
    let is_signed =
        is_map && shown_pictures(session, canvas).any(|picture| picture.series.as_ref().is_some_and(has_both_signs));
    let mut mark = |color, words: &str| {
        swatch(ui, color, false);
        muted(ui, words);
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
        mark(t.selected, &format!("selected, with its rank; bar: its score{of_bar}"));
        mark(t.unselected, "not selected");
        return;
    }
    match view {
        View::Overlay if is_signed => {
            mark(theme::color(palette.two_sided_selected(-1.0)), "selected, below 0");
            mark(theme::color(palette.two_sided_selected(1.0)), "above 0");
            mark(theme::color(palette.two_sided(-1.0)), "not selected, below 0");
            mark(theme::color(palette.two_sided(1.0)), "above 0");
        }
        View::Overlay if is_map => {
            mark(t.selected, "selected, deeper for larger values");
            mark(t.full, "not selected, darker further from 0");
        }
        View::Overlay => mark(t.selected, "selected, deeper for higher scores"),
        View::Heat if is_map => {
            mark(t.selected, "edge of the selected");
            heat_legend(ui, session, canvas);
        }
        View::Heat if has_lines => mark(t.full, "score at each step, in the colour of its channel"),
        View::Heat => mark(t.selected, "score at each step"),
        _ if is_signed => {
            mark(theme::color(palette.two_sided(-1.0)), "value below 0");
            mark(theme::color(palette.two_sided(0.0)), "0");
            mark(theme::color(palette.two_sided(1.0)), "above 0; what is hidden is blank");
        }
        _ if is_map => mark(t.full, "value, further from 0 is stronger; what is hidden is blank"),
        // Several lines in one plot keep their own colours, whatever is hidden.
        View::Selected | View::Unselected | View::Side if has_lines => {
            let kept = if view == View::Unselected { "not selected" } else { "selected" };
            let kept = if view == View::Side { "what is kept" } else { kept };
            mark(t.full, &format!("{kept}, in the colour of its channel"));
            mark(pale, "hidden: what the model gets there");
        }
        View::Selected | View::Unselected | View::Side => {
            if view != View::Unselected {
                mark(t.selected, "selected");
            }
            if view != View::Selected {
                mark(t.unselected, "not selected");
            }
            mark(pale, "hidden: what the model gets there");
        }
    }
}

fn heat_legend(ui: &mut Ui, session: &Session, canvas: &Canvas) {
    // Scores for and against a class have another scale than those whose sign has no meaning: each that is in view is named.
    let of = |signed: bool| shown_pictures(session, canvas).find(|picture| picture.signed == signed);
    let scales: Vec<_> = [false, true].into_iter().filter_map(of).collect();
    let is_mixed = scales.len() > 1;
    for picture in scales {
        let (rect, _) = ui.allocate_exact_size(vec2(if is_mixed { 84.0 } else { 140.0 }, 12.0), egui::Sense::hover());
        let (scale, palette) = (picture.scale(), crate::figure::Palette::of(theme::figure_theme(ui)));
        let steps = 70;
        let width = rect.width() / steps as f32;
        for step in 0..steps {
            let left = rect.left() + width * step as f32;
            let part = Rect::from_min_size(pos2(left, rect.top()), vec2(width + 0.5, rect.height()));
            let color = scale.color(palette, step as f32 / (steps - 1) as f32);
            ui.painter().rect_filled(part, 0.0, theme::color(color));
        }
        ui.add_space(space::XS);
        muted(
            ui,
            match (picture.signed, is_mixed) {
                (false, false) => "each method's lowest to highest score",
                (true, false) => "each method's scores: against, for",
                (false, true) => "lowest to highest score",
                (true, true) => "against, for",
            },
        );
        ui.add_space(if is_mixed { space::S } else { 0.0 });
    }
}

/// The pictures of the columns in view.
fn shown_pictures<'a>(session: &Session, canvas: &'a Canvas) -> impl Iterator<Item = &'a ExplainedPicture> {
    (0..session.explore.columns.len()).filter_map(move |column| canvas.picture(column))
}
