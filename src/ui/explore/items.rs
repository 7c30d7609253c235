//! The list of items: film strip or table, filter and order.

use std::sync::Arc;

use egui::{
    Align, Align2, Button, ComboBox, FontId, Label, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind,
    TextEdit, Ui, WidgetInfo, accesskit::Role, vec2,
};
use egui_material_icons::icons;

use super::super::theme::{self, space, text, tokens};
use super::super::widgets::{command_button, command_icon, icon_button, muted};
use super::filter;
use super::thumbs::Thumbs;
use super::{cards, item_table};
use crate::data::{Dataset, Modality};
use crate::session::describe;
use crate::session::items::{Filter, ListStyle, Sort, SortBy, Truth};
use crate::session::{Command, Session};

/// Side of a small picture in points.
const THUMB: f32 = 46.0;
/// Room for the buttons beside the order of the list.
const BESIDE_SORT: f32 = 118.0;
/// Room for the two buttons beside the number of listed items.
const BESIDE_COUNT: f32 = 72.0;

/// What the list remembers.
#[derive(Default)]
pub struct ItemsUi {
    last_item: Option<usize>,
    last_version: u64,
    last_sort: Sort,
    /// Whether the list was sorted anew since the item in view was chosen: then it shows its top, and does not go to that item.
    is_sorted_anew: bool,
    offset: f32,
    height: f32,
    measured: item_table::Measured,
    /// How often the user had asked for the field that searches the list.
    finds: u64,
}

/// The panel.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    state: &mut ItemsUi,
    thumbs: &mut Thumbs,
    commands: &mut Vec<Command>,
) {
    let list = &session.explore.list;
    let is_asked = std::mem::replace(&mut state.finds, list.finds) != list.finds;
    controls(ui, session, data, is_asked, commands);
    if list.visible().is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            if session.so_far().is_some_and(|so_far| so_far.filters && so_far.goes_on) {
                ui.add(egui::Label::new(session.listed_words()).wrap());
                return;
            }
            let filter = &session.explore.list.filter;
            let lacking = data.column_lacking(&filter.words).filter(|_| filter.is_open_but_for_words());
            if let Some(name) = lacking {
                ui.label(format!("There is no column {name}."));
            } else {
                ui.label(if filter.is_open_but_for_words() && data.modality == Modality::Table {
                    "No row contains this."
                } else if filter.is_open_but_for_words() {
                    "No text contains this."
                } else if session.stopped().is_empty() {
                    "No item passes the filter."
                } else {
                    "No item so far passes the filter."
                });
            }
            if ui.button("List all items").clicked() {
                commands.push(Command::SetFilter(Filter::default()));
            }
        });
        return;
    }
    thumbs.begin(ui.ctx(), data);
    // Follow the item in view, but never pull the list back while the user scrolls it.
    let is_new_item = std::mem::replace(&mut state.last_item, session.explore.item) != session.explore.item;
    let is_new_list = std::mem::replace(&mut state.last_version, list.version) != list.version;
    let is_new_order = std::mem::replace(&mut state.last_sort, list.sort) != list.sort;
    // Who sorts wants to see what comes first.
    state.is_sorted_anew = !is_new_item && (is_new_order || state.is_sorted_anew);
    let follow = if is_new_order && state.is_sorted_anew {
        Some(0)
    } else if is_new_item || (is_new_list && !state.is_sorted_anew) {
        session.explore.item.and_then(|item| list.position(item))
    } else {
        None
    };
    match list.style {
        ListStyle::Strip if data.modality == Modality::Text => {
            cards::show(ui, session, data, follow, (&mut state.offset, &mut state.height), commands);
        }
        // A row has no small picture.
        ListStyle::Strip if !session.lists_rows() => strip(ui, session, data, state, thumbs, follow, commands),
        _ => item_table::show(ui, session, data, &mut state.measured, follow, commands),
    }
}

fn controls(ui: &mut Ui, session: &Session, data: &Dataset, is_asked: bool, commands: &mut Vec<Command>) {
    let list = &session.explore.list;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Items").strong());
        // In a narrow list it gives way to the buttons after it.
        let room = ui.available_width() - BESIDE_COUNT;
        let count = RichText::new(session.listed_count()).small().color(tokens(ui).muted);
        ui.scope(|ui| {
            ui.set_max_width(room.max(0.0));
            ui.add(egui::Label::new(count).truncate()).on_hover_text(session.listed_words());
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !session.lists_rows() {
                let icon = match list.style {
                    ListStyle::Strip => icons::ICON_TABLE_ROWS,
                    ListStyle::Table => icons::ICON_GRID_VIEW,
                };
                command_icon(ui, session, Command::ToggleListStyle, icon, commands);
            }
            let icon = if list.sort.descending { icons::ICON_ARROW_DOWNWARD } else { icons::ICON_ARROW_UPWARD };
            let name = if list.sort.descending { "Order: largest first" } else { "Order: smallest first" };
            if icon_button(ui, icon, name).clicked() {
                commands.push(Command::SetSort(Sort { descending: !list.sort.descending, ..list.sort }));
            }
        });
    });
    ui.horizontal(|ui| {
        let active = !list.filter.is_open_but_for_words();
        // In a narrow list it gives way to the two buttons after it: a longer name must not push the panel wider.
        let width = (ui.available_width() - BESIDE_SORT).clamp(56.0, 112.0);
        ui.scope(|ui| {
            ui.set_max_width(width);
            ComboBox::from_id_salt("sort")
                .width(width)
                .truncate()
                .selected_text(sort_name(list.sort.by, data))
                .show_ui(ui, |ui| {
                    let columns = (0..data.listed_columns().min(MOST_SORTS)).map(|at| SortBy::Column(at as u16));
                    for by in SortBy::offered(data.modality).into_iter().chain(columns) {
                        if ui.selectable_label(list.sort.by == by, sort_name(by, data)).clicked() {
                            commands.push(Command::SetSort(Sort { by, ..list.sort }));
                        }
                    }
                })
                .response
                .accessible_name("Sort by")
                .on_hover_text(format!("Order of the list: {}", describe::sort_words(list.sort, Some(data))));
        });
        let label = if active { "Filter (on)" } else { "Filter" };
        let icon = if active { icons::ICON_FILTER_ALT } else { icons::ICON_FILTER_LIST };
        egui::containers::menu::MenuButton::from_button(Button::new((icon.rich_text(), "Filter")).selected(active))
            .config(
                egui::containers::menu::MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside),
            )
            .ui(ui, |ui| filter::form(ui, session, data, commands))
            .0
            .widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
        command_icon(ui, session, Command::ToggleSheet, icons::ICON_VIEW_COMFY, commands);
    });
    if data.modality.is_searched() {
        search(ui, session, (data.modality == Modality::Table, is_asked), commands);
    }
    read_as(ui, session, commands);
    cards::offensive(ui, session, commands);
    stopped(ui, session, commands);
    ui.add_space(2.0);
}

/// Which columns were taken for what, with the way to change it.
fn read_as(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let (Some(line), Some(change)) = (session.read_line(), session.change_reading()) else { return };
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        command_button(ui, session, change, "Change", commands);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let words = RichText::new(format!("Read: {line}")).small().color(tokens(ui).muted);
            ui.add(Label::new(words).truncate());
        });
    });
}

/// How far questions about all items came that were stopped, and the way to go on with them.
fn stopped(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let lines = session.stopped();
    if lines.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for line in lines {
            muted(ui, line);
        }
        command_button(ui, session, Command::GoOn, "Go on", commands);
    });
}

/// The field that lists only the texts with a phrase, or the rows with a value, or leads to an item by its number; `is_asked`: it gets the cursor.
fn search(ui: &mut Ui, session: &Session, (has_rows, is_asked): (bool, bool), commands: &mut Vec<Command>) {
    let (stop, hint, name, tip) = if has_rows {
        (
            "Stop searching: list all rows again",
            "Find a value",
            "Find in rows",
            "Lists only the rows with a value that contains it; capitals do not matter. With the name of a column before it, as in age=74, only the rows whose \
             value there is just this. # and a number goes to that row (Ctrl+F)",
        )
    } else {
        (
            "Stop searching: list texts without it too",
            "Find a word or phrase",
            "Find in texts",
            "Lists only the texts that contain it; capitals do not matter. # and a number goes to that item (Ctrl+F)",
        )
    };
    let filter = &session.explore.list.filter;
    let mut words = filter.words.clone();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let ends = |ui: &mut Ui| {
                // No higher than the field: the list must not move down while it is searched.
                ui.spacing_mut().button_padding.y = 0.0;
                icon_button(ui, icons::ICON_CLOSE, stop).clicked()
            };
            if !words.is_empty() && ui.scope(ends).inner {
                words.clear();
            }
            let field = TextEdit::singleline(&mut words)
                .id_salt("search in texts")
                .hint_text(hint)
                .char_limit(crate::session::search::LONGEST)
                .desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name(name);
            if is_asked {
                field.request_focus();
            }
            field.on_hover_text(tip);
        });
    });
    if words != filter.words {
        commands.push(Command::SetFilter(Filter { words, ..filter.clone() }));
    }
}

/// Most columns of a table that are offered to sort by.
const MOST_SORTS: usize = 100;

fn sort_name(by: SortBy, data: &Dataset) -> &str {
    match by {
        SortBy::Index => "Index",
        SortBy::Class => "Class",
        SortBy::Prediction => "Prediction",
        SortBy::Confidence => "Confidence",
        SortBy::Outcome => "Right or wrong",
        SortBy::Fidelity => "Faithfulness",
        SortBy::Column(at) => data.listed_name(usize::from(at)),
        SortBy::Length => "Length",
    }
}

fn strip(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    state: &mut ItemsUi,
    thumbs: &mut Thumbs,
    follow: Option<usize>,
    commands: &mut Vec<Command>,
) {
    let list = &session.explore.list;
    let truth = Truth::new(data, session.active_box().map(|active| &active.card));
    let gap = space::XS;
    let per_row = (((ui.available_width() - 10.0 + gap) / (THUMB + gap)).floor() as usize).max(1);
    let n_rows = list.visible().len().div_ceil(per_row);
    let row_height = THUMB;
    ui.spacing_mut().item_spacing = vec2(gap, gap);
    let mut area = ScrollArea::vertical().id_salt("strip").auto_shrink([false, false]);
    // In its first frame the list has not been measured yet.
    let height = if state.height > 0.0 { state.height } else { ui.available_height() };
    if let Some(at) = follow {
        let top = (at / per_row) as f32 * (row_height + gap);
        if state.height <= 0.0 {
            // First shown, on an item that may lie far down: in the middle, since the panel may still change its height.
            area = area.vertical_scroll_offset((top + (row_height - ui.available_height()) / 2.0).max(0.0));
        } else if top < state.offset {
            area = area.vertical_scroll_offset(top);
        } else if top + row_height > state.offset + height {
            area = area.vertical_scroll_offset(top + row_height - height);
        }
    }
    let output = area.show_rows(ui, row_height, n_rows, |ui, rows| {
        for row in rows {
            ui.horizontal(|ui| {
                for &item in list.visible().iter().skip(row * per_row).take(per_row) {
                    thumb(ui, session, data, &truth, thumbs, item, commands);
                }
            });
        }
    });
    state.offset = output.state.clamped_offset().y;
    state.height = output.inner_rect.height();
}

fn thumb(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    truth: &Truth<'_>,
    thumbs: &mut Thumbs,
    item: u32,
    commands: &mut Vec<Command>,
) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(THUMB, THUMB), Sense::click());
    let explore = &session.explore;
    let at = item as usize;
    let is_here = explore.item == Some(at);
    if !ui.is_rect_visible(rect) {
        return;
    }
    let ctx = ui.ctx().clone();
    let painter = ui.painter_at(rect.expand(1.0));
    painter.rect_filled(rect, 3.0, t.track);
    if let Some((texture, uv, size)) = thumbs.get(&ctx, data, item) {
        let scale = (THUMB / size.x).min(THUMB / size.y);
        painter.image(texture, Rect::from_center_size(rect.center(), size * scale), uv, theme::UNTINTED);
    } else {
        super::series::sparkline(ui, rect, data, at);
    }
    let wrong = explore.list.outcome(truth, at) == Some(false);
    let corner = |align: Align2, icon: egui_material_icons::MaterialIcon, color| {
        let at = align.pos_in_rect(&rect.shrink(1.0));
        let spot = align.anchor_size(at, vec2(14.0, 14.0));
        painter.rect_filled(spot, 3.0, t.raised);
        painter.text(
            spot.center(),
            Align2::CENTER_CENTER,
            icon.codepoint,
            FontId::new(text::SMALL, icon.font_family()),
            color,
        );
    };
    if wrong {
        corner(Align2::RIGHT_BOTTOM, icons::ICON_CLOSE, t.error);
    }
    if explore.marked.contains(&at) {
        corner(Align2::LEFT_TOP, icons::ICON_FLAG, t.accent);
    }
    if explore.pinned.contains(&at) {
        corner(Align2::RIGHT_TOP, icons::ICON_PUSH_PIN, t.accent);
    }
    if is_here {
        painter.rect_stroke(rect, 3.0, Stroke::new(3.0, t.accent), StrokeKind::Inside);
    } else if response.hovered() || response.has_focus() {
        painter.rect_stroke(rect, 3.0, Stroke::new(1.5, t.outline), StrokeKind::Inside);
    }
    let name = words_of(session, data, at, wrong);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_here, &name));
    if response.on_hover_text(&name).clicked() {
        commands.push(Command::SelectItem(at));
    }
}

/// An item in words.
pub fn words_of(session: &Session, data: &Dataset, item: usize, wrong: bool) -> String {
    let mut words = crate::jobs::picture::item_title(data, item);
    if let Some(label) = session.label_name(item) {
        words.push_str(&format!(", class {label}"));
    }
    if let Some((class, confidence)) = session.explore.list.predictions.get(item) {
        let name = session.class_name(usize::from(class));
        words.push_str(&format!(", predicted {name} ({})", describe::probability(confidence)));
        if wrong {
            words.push_str(", wrong");
        }
    }
    if let Some(note) = session.explore.note(item) {
        words.push_str(&format!(", note: {note}"));
    }
    words
}
