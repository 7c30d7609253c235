//! The list of items: film strip or table, filter and order.

use std::sync::Arc;

use egui::{
    Align, Align2, Button, ComboBox, FontId, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextEdit,
    Ui, WidgetInfo, accesskit::Role, vec2,
};
use egui_extras::{Column, TableBuilder};
use egui_material_icons::icons;

use super::super::theme::{self, space, text, tokens};
use super::super::widgets::{command_button, command_icon, icon_button, muted};
use super::cards;
use super::filter;
use super::thumbs::Thumbs;
use crate::data::{Dataset, Modality};
use crate::session::describe;
use crate::session::items::{Filter, ListStyle, Sort, SortBy, Truth};
use crate::session::{Command, Session};

/// Side of a small picture in points.
const THUMB: f32 = 46.0;
/// Height of a row of the table.
const ROW: f32 = 24.0;
/// Room for the buttons beside the order of the list, and where the one for the filter says that it is on.
const BESIDE_SORT: f32 = 118.0;
const BESIDE_SORT_ON: f32 = 148.0;

/// What the list remembers.
#[derive(Default)]
pub struct ItemsUi {
    last_item: Option<usize>,
    last_version: u64,
    offset: f32,
    height: f32,
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
    controls(ui, session, data, commands);
    let list = &session.explore.list;
    if list.visible().is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            if let Some(known) = session.looked_through() {
                let n = describe::count(data.len(), "item", "items");
                ui.label(format!("Looking: {} of {n} so far", crate::work::format_count(known as u64)));
                return;
            }
            let filter = &session.explore.list.filter;
            ui.label(if filter.is_open_but_for_words() {
                "No text contains this."
            } else if session.stopped().is_empty() {
                "No item passes the filter."
            } else {
                "No item so far passes the filter."
            });
            if ui.button("List all items").clicked() {
                commands.push(Command::SetFilter(Filter::default()));
            }
        });
        return;
    }
    thumbs.begin(ui.ctx(), data);
    // Follow the item in view, but never pull the list back while the user scrolls it.
    let follow = (state.last_item != session.explore.item || state.last_version != list.version)
        .then_some(session.explore.item)
        .flatten();
    state.last_item = session.explore.item;
    state.last_version = list.version;
    let follow = follow.and_then(|item| list.position(item));
    match list.style {
        ListStyle::Strip if data.modality == Modality::Text => {
            cards::show(ui, session, data, follow, (&mut state.offset, &mut state.height), commands);
        }
        // A row has no small picture.
        ListStyle::Strip if session.lists_rows() => table(ui, session, data, follow, commands),
        ListStyle::Strip => strip(ui, session, data, state, thumbs, follow, commands),
        ListStyle::Table => table(ui, session, data, follow, commands),
    }
}

fn controls(ui: &mut Ui, session: &Session, data: &Dataset, commands: &mut Vec<Command>) {
    let list = &session.explore.list;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Items").strong());
        let n = list.visible().len();
        let of = if n == data.len() {
            String::new()
        } else {
            format!(" of {}", crate::work::format_count(data.len() as u64))
        };
        muted(ui, format!("{}{of}", crate::work::format_count(n as u64)));
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
        // In a narrow list it gives way to the two buttons after it.
        let beside = if active { BESIDE_SORT_ON } else { BESIDE_SORT };
        ComboBox::from_id_salt("sort")
            .width((ui.available_width() - beside).clamp(56.0, 112.0))
            .truncate()
            .selected_text(sort_name(list.sort.by))
            .show_ui(ui, |ui| {
                for by in [SortBy::Index, SortBy::Confidence, SortBy::Fidelity] {
                    if ui.selectable_label(list.sort.by == by, sort_name(by)).clicked() {
                        commands.push(Command::SetSort(Sort { by, ..list.sort }));
                    }
                }
            })
            .response
            .accessible_name("Sort by")
            .on_hover_text("Order of the list");
        let label = if active { "Filter (on)" } else { "Filter" };
        egui::containers::menu::MenuButton::from_button(
            Button::new((icons::ICON_FILTER_LIST.rich_text(), label)).selected(active),
        )
        .config(egui::containers::menu::MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside))
        .ui(ui, |ui| filter::form(ui, session, data, commands))
        .0
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
        command_icon(ui, session, Command::ToggleSheet, icons::ICON_VIEW_COMFY, commands);
    });
    if data.modality == Modality::Text {
        search(ui, session, commands);
    }
    cards::offensive(ui, session, commands);
    stopped(ui, session, commands);
    ui.add_space(2.0);
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

/// The field that lists only the texts with a phrase.
fn search(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let filter = &session.explore.list.filter;
    let mut words = filter.words.clone();
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !words.is_empty()
                && icon_button(ui, icons::ICON_CLOSE, "Stop searching: list texts without it too").clicked()
            {
                words.clear();
            }
            let field = TextEdit::singleline(&mut words)
                .id_salt("search in texts")
                .hint_text("Find a word or phrase")
                .char_limit(crate::session::search::LONGEST)
                .desired_width(f32::INFINITY);
            ui.add(field)
                .accessible_name("Find in texts")
                .on_hover_text("Lists only the texts that contain it; capitals do not matter");
        });
    });
    if words != filter.words {
        commands.push(Command::SetFilter(Filter { words, ..filter.clone() }));
    }
}

const fn sort_name(by: SortBy) -> &'static str {
    match by {
        SortBy::Index => "Index",
        SortBy::Confidence => "Confidence",
        SortBy::Fidelity => "Faithfulness",
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
    let mut words = format!("Item {}", crate::jobs::picture::item_words(data, item));
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
    words
}

fn table(ui: &mut Ui, session: &Session, data: &Arc<Dataset>, follow: Option<usize>, commands: &mut Vec<Command>) {
    let list = &session.explore.list;
    let truth = Truth::new(data, session.active_box().map(|active| &active.card));
    let t = tokens(ui);
    // Beside a table of items the viewer still needs its room in a window of 1280 points.
    ui.spacing_mut().item_spacing.x = space::XS;
    let mut builder = TableBuilder::new(ui)
        .id_salt("items")
        .striped(true)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .auto_shrink([false, false])
        .column(Column::exact(48.0));
    let is_text = matches!(data.modality, Modality::Text | Modality::Table);
    if is_text {
        builder = builder.column(Column::remainder().at_least(80.0).clip(true));
    }
    let mut builder = builder
        .column(Column::remainder().at_least(50.0).clip(true))
        .column(Column::remainder().at_least(58.0).clip(true))
        .column(Column::exact(44.0))
        .column(Column::exact(28.0))
        .column(Column::exact(34.0))
        .column(Column::exact(34.0));
    if let Some(at) = follow {
        builder = builder.scroll_to_row(at, None);
    }
    let mut heads = vec![("Index", "Number in the file")];
    if is_text {
        heads.push(match data.modality {
            Modality::Table => ("Row", "Its first values"),
            _ => ("Text", "How the text begins"),
        });
    }
    let (untested, selected_tip, unselected_tip) = if session.tests_all_items() {
        (
            "",
            "Whether the selected part alone keeps the class (focused method)",
            "Whether the unselected part alone keeps the class (focused method)",
        )
    } else {
        (
            "–",
            "Whether the selected part alone keeps the class; sort by faithfulness to ask the command about all items",
            "Whether the unselected part alone keeps the class; sort by faithfulness to ask the command about all items",
        )
    };
    heads.extend([
        ("Class", "Label in the data"),
        ("Predicted", "Class that the black box answers"),
        ("Prob.", "Probability of the predicted class"),
        ("OK", "Whether the prediction is the label"),
        ("Sel.", selected_tip),
        ("Uns.", unselected_tip),
    ]);
    builder
        .header(ROW, |mut header| {
            for (head, tip) in heads {
                header.col(|ui| {
                    ui.label(RichText::new(head).small().strong()).on_hover_text(tip);
                });
            }
        })
        .body(|body| {
            body.rows(ROW, list.visible().len(), |mut row| {
                let item = list.visible()[row.index()] as usize;
                row.set_selected(session.explore.item == Some(item));
                row.col(|ui| {
                    ui.label(data.source_index.get(item).copied().unwrap_or_default().to_string());
                });
                if is_text {
                    row.col(|ui| {
                        let begins = match data.table() {
                            Some(_) => data.row_start(item),
                            None => cards::beginning(session, data, item, 120),
                        };
                        ui.add(egui::Label::new(begins).truncate());
                    });
                }
                row.col(|ui| {
                    ui.label(session.label_name(item).unwrap_or(""));
                });
                let predicted = list.predictions.get(item);
                row.col(|ui| {
                    ui.label(predicted.map_or_else(String::new, |(class, _)| session.class_name(usize::from(class))));
                });
                row.col(|ui| {
                    ui.label(predicted.map_or_else(String::new, |(_, p)| describe::probability(p)));
                });
                row.col(|ui| verdict(ui, list.outcome(&truth, item), "", t));
                row.col(|ui| verdict(ui, list.stays(item).map(|(selected, _)| selected), untested, t));
                row.col(|ui| verdict(ui, list.stays(item).map(|(_, unselected)| unselected), untested, t));
                let response = row.response();
                let name = words_of(session, data, item, list.outcome(&truth, item) == Some(false));
                response.widget_info(|| {
                    WidgetInfo::selected(Role::Button, true, session.explore.item == Some(item), &name)
                });
                if response.clicked() {
                    commands.push(Command::SelectItem(item));
                }
            });
        });
}

fn verdict(ui: &mut Ui, known: Option<bool>, unknown: &str, t: &theme::Tokens) {
    match known {
        Some(true) => ui.label(icons::ICON_CHECK.rich_text().color(t.text)).on_hover_text("yes"),
        Some(false) => ui.label(icons::ICON_CLOSE.rich_text().color(t.error)).on_hover_text("no"),
        None => ui.label(unknown),
    };
}
