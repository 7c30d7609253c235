//! The list of items as a table. Of rows of a table it shows as many of their own columns as there is room for; a click on a head sorts by its column,
//! another turns the order round. Only rows in sight are made.

use std::sync::Arc;

use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use egui_extras::{Column, TableBuilder};
use egui_material_icons::icons;

use super::super::theme::{self, space, tokens};
use super::{cards, items};
use crate::data::table::with_minus;
use crate::data::{Dataset, Items, Modality, Split, evenly};
use crate::session::items::{Sort, SortBy, Truth};
use crate::session::{Command, Session, describe};

/// Height of a row.
const ROW: f32 = 24.0;
/// Distance of two columns: a number that ends beside the next that begins would pass for one.
const GAP: f32 = space::M;
/// Least and greatest width of a column of names, values or classes.
const WIDTHS: [f32; 2] = [30.0, 112.0];
/// Least width of the beginning of a text, or of a name.
const TEXT: f32 = 70.0;
/// Width of a probability, of a mark alone, of a mark under its head, and of a cross before an answer.
const PROBABILITY: f32 = 40.0;
const OUTCOME: f32 = 24.0;
const VERDICT: f32 = 30.0;
const CROSS: f32 = 16.0;
/// How much wider heads are than plain small words.
const BOLD: f32 = 1.06;
/// Room for the arrow beside the head that the list is sorted by.
const ARROW: f32 = 13.0;
/// Items whose values are measured, and columns that are: of a very wide table no list shows more.
const MEASURED: usize = 48;
const MOST_COLUMNS: usize = 24;

/// What a column of the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    Index,
    /// Where items of several parts have one number.
    Part,
    /// A listed column of a table.
    Value(usize),
    Text,
    /// What a file calls a series.
    Name,
    Class,
    Predicted,
    Probability,
    /// Predicted class and probability in one column, with a cross where it is wrong: values of rows need the room, and narrow lists have little.
    Answer,
    Outcome,
    Selected,
    Unselected,
}

impl Head {
    /// What the list is sorted by with a click on it; `None` where it cannot be.
    fn sort(self) -> Option<SortBy> {
        match self {
            Self::Index => Some(SortBy::Index),
            Self::Value(at) => u16::try_from(at).ok().map(SortBy::Column),
            Self::Part | Self::Text | Self::Name => None,
            Self::Class => Some(SortBy::Class),
            Self::Predicted => Some(SortBy::Prediction),
            Self::Probability | Self::Answer => Some(SortBy::Confidence),
            Self::Outcome => Some(SortBy::Outcome),
            Self::Selected => Some(SortBy::Fidelity),
            Self::Unselected => None,
        }
    }

    /// Whether it holds numbers, which are compared by their last digits: they end below each other.
    fn is_number(self, data: &Dataset) -> bool {
        match self {
            Self::Index | Self::Probability => true,
            Self::Value(at) => data.lists_numbers(at),
            _ => false,
        }
    }

    /// The layout of its cells and its head.
    fn layout(self, data: &Dataset) -> Layout {
        if self.is_number(data) { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) }
    }

    /// Its name, and what it means.
    fn words(self, session: &Session, data: &Dataset) -> (String, String) {
        let (name, tip) = match self {
            Self::Index => ("Index", "Number in the file"),
            Self::Part => ("Split", "Which split the item is in: several have items of one number"),
            Self::Value(at) => return (data.listed_name(at).to_owned(), data.listed_name(at).to_owned()),
            Self::Text => ("Text", "How the text begins"),
            Self::Name => ("Name", "What the file calls it"),
            Self::Class => ("Class", "Label in the data"),
            Self::Predicted => ("Predicted", "Class that the black box answers"),
            Self::Probability => ("Prob.", "Probability of the predicted class"),
            Self::Answer => {
                ("Predicted", "Class that the black box answers, and its probability; a cross: not the label")
            }
            Self::Outcome => ("OK", "Whether the prediction is the label"),
            Self::Selected if session.tests_all_items() => {
                ("Sel.", "Whether the selected part alone keeps the class (focused method)")
            }
            Self::Unselected if session.tests_all_items() => {
                ("Uns.", "Whether the unselected part alone keeps the class (focused method)")
            }
            Self::Selected => (
                "Sel.",
                "Whether the selected part alone keeps the class; sort by faithfulness to ask the command about all items",
            ),
            Self::Unselected => (
                "Uns.",
                "Whether the unselected part alone keeps the class; sort by faithfulness to ask the command about all items",
            ),
        };
        (name.to_owned(), tip.to_owned())
    }
}

/// Widths of what an open data set holds, measured once.
#[derive(Default)]
pub struct Measured {
    /// Hashes of the data and of the black box that were measured.
    of: Option<(String, Option<String>)>,
    index: f32,
    /// Of the split, where numbers come again.
    part: Option<f32>,
    values: Vec<f32>,
    class: f32,
    predicted: f32,
    answer: f32,
}

impl Measured {
    fn update(&mut self, ui: &Ui, session: &Session, data: &Dataset) {
        let active = session.active_box();
        let known = active.map_or(&[][..], |active| &active.card.classes);
        let of = Some((data.hash.clone(), active.map(|active| active.card.hash.clone())));
        if self.of == of {
            return;
        }
        self.of = of;
        let width = |words: &str, style: egui::TextStyle| {
            let font = style.resolve(ui.style());
            ui.painter().layout_no_wrap(words.to_owned(), font, theme::UNTINTED).size().x
        };
        let body = |words: &str| width(words, egui::TextStyle::Body);
        let head = |words: &str| width(words, egui::TextStyle::Small) * BOLD;
        let within = |width: f32| width.ceil().clamp(WIDTHS[0], WIDTHS[1]);
        let widest = |words: &[String]| words.iter().take(MEASURED).map(|word| body(word)).fold(0.0, f32::max);
        let last = data.source_index.iter().max().copied().unwrap_or_default().to_string();
        self.index = within(body(&last).max(head("Index")));
        let parts = Split::ALL.iter().map(|split| body(split.name())).fold(head("Split"), f32::max);
        self.part = data.numbers_repeat().then(|| within(parts));
        self.class = within(widest(&data.classes).max(head("Class")));
        self.predicted = within(widest(known).max(head("Predicted")));
        self.answer = within((CROSS + PROBABILITY + widest(known)).max(head("Predicted")));
        let some = evenly(data.len(), MEASURED);
        let value = |at: usize| {
            let cells = some.iter().map(|&item| body(&data.listed_cell(item, at)));
            within(cells.fold(head(data.listed_name(at)).min(WIDTHS[1]), f32::max))
        };
        self.values = (0..data.listed_columns().min(MOST_COLUMNS)).map(value).collect();
    }
}

/// What is shown in `room` points, with the width of each column. Of a table as many of its own columns as fit, at least one, and always that which the list
/// is sorted by.
fn plan(session: &Session, data: &Dataset, measured: &Measured, room: f32) -> Vec<(Head, f32)> {
    let list = &session.explore.list;
    let are_called = matches!(&data.items, Items::Series(series) if !series.item_names.is_empty());
    let (is_text, is_table) = (data.modality == Modality::Text, data.modality == Modality::Table);
    let has_box = session.active_box().is_some();
    // What nobody has answered yet needs no column.
    let is_classified = has_box && list.predictions.known > 0;
    let with_arrow = |head: Head, width: f32| {
        let is_sorted = head.sort() == Some(list.sort.by);
        (head, if is_sorted { width + ARROW } else { width })
    };
    let taken = |columns: &[(Head, f32)]| columns.iter().map(|(_, width)| width + GAP).sum::<f32>();
    let mut columns = vec![with_arrow(Head::Index, measured.index)];
    columns.extend(measured.part.map(|width| (Head::Part, width)));
    if is_text {
        columns.push((Head::Text, TEXT));
    } else if are_called {
        columns.push((Head::Name, TEXT));
    }
    let told = |is_merged: bool| {
        let mut told = vec![with_arrow(Head::Class, measured.class)];
        if is_classified && is_merged {
            told.push(with_arrow(Head::Answer, measured.answer));
        } else if is_classified {
            told.push(with_arrow(Head::Predicted, measured.predicted));
            told.push(with_arrow(Head::Probability, PROBABILITY));
            told.push(with_arrow(Head::Outcome, OUTCOME));
        }
        if has_box {
            told.extend([Head::Selected, Head::Unselected].map(|head| with_arrow(head, VERDICT)));
        }
        told
    };
    let after = told(is_table || taken(&columns) + taken(&told(false)) > room + GAP);
    if is_table {
        let mut left = room + GAP - taken(&columns) - taken(&after);
        let sorted = match list.sort.by {
            SortBy::Column(at) => Some(usize::from(at)).filter(|at| *at < data.listed_columns()),
            _ => None,
        };
        let width = |at: usize| with_arrow(Head::Value(at), measured.values.get(at).copied().unwrap_or(WIDTHS[1])).1;
        // It has its room first, and stands in its own place.
        left -= sorted.map_or(0.0, |at| width(at) + GAP);
        let mut shown: Vec<usize> = Vec::new();
        for at in (0..measured.values.len()).filter(|at| Some(*at) != sorted) {
            let needed = width(at) + GAP;
            let is_only = shown.is_empty() && sorted.is_none();
            if needed > left && !is_only {
                break;
            }
            left -= needed;
            shown.push(at);
        }
        shown.extend(sorted);
        shown.sort_unstable();
        columns.extend(shown.into_iter().map(|at| (Head::Value(at), width(at))));
    }
    columns.extend(after);
    let spare = (room + GAP - taken(&columns)).max(0.0);
    let has_words = is_text || are_called;
    let wide = columns.iter().filter(|(head, _)| is_wide(*head, has_words)).count().max(1) as f32;
    columns.iter_mut().filter(|(head, _)| is_wide(*head, has_words)).for_each(|(_, width)| *width += spare / wide);
    columns
}

/// Whether what room is left goes to a column: to the beginning of texts or the names of series, else to values and classes.
fn is_wide(head: Head, has_words: bool) -> bool {
    match head {
        Head::Text | Head::Name => true,
        Head::Value(_) | Head::Class | Head::Predicted | Head::Answer => !has_words,
        _ => false,
    }
}

/// The list; `follow`: the place of the item that is to come into sight.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    measured: &mut Measured,
    follow: Option<usize>,
    commands: &mut Vec<Command>,
) {
    measured.update(ui, session, data);
    ui.spacing_mut().item_spacing.x = GAP;
    let bar = ui.spacing().scroll.allocated_width();
    let room = ui.available_width() - bar;
    let columns = plan(session, data, measured, room);
    let width = columns.iter().map(|(_, width)| width + GAP).sum::<f32>() - GAP;
    if width <= room + 0.5 {
        rows(ui, session, data, &columns, follow, commands);
        return;
    }
    // What has no room is reached by a bar below, not cut off.
    ScrollArea::horizontal().id_salt("items across").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_width(width + bar);
        rows(ui, session, data, &columns, follow, commands);
    });
}

fn rows(
    ui: &mut Ui,
    session: &Session,
    data: &Arc<Dataset>,
    columns: &[(Head, f32)],
    follow: Option<usize>,
    commands: &mut Vec<Command>,
) {
    let list = &session.explore.list;
    let truth = Truth::new(data, session.active_box().map(|active| &active.card));
    let mut builder = TableBuilder::new(ui)
        .id_salt("items")
        .striped(true)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .auto_shrink([false, false]);
    for (_, width) in columns {
        builder = builder.column(Column::exact(*width));
    }
    if let Some(at) = follow {
        builder = builder.scroll_to_row(at, None);
    }
    let mut asked = None;
    let table = builder.header(ROW, |mut header| {
        for (head, _) in columns {
            header.col(|ui| {
                let of = ui.with_layout(head.layout(data), |ui| heading(ui, session, data, *head)).inner;
                asked = asked.or(of);
            });
        }
    });
    table.body(|body| {
        body.rows(ROW, list.visible().len(), |mut row| {
            let item = list.visible()[row.index()] as usize;
            row.set_selected(session.explore.item == Some(item));
            for (head, _) in columns {
                row.col(|ui| {
                    ui.with_layout(head.layout(data), |ui| cell(ui, session, data, &truth, (*head, item)));
                });
            }
            let response = row.response();
            let name = items::words_of(session, data, item, list.outcome(&truth, item) == Some(false));
            response
                .widget_info(|| WidgetInfo::selected(Role::Button, true, session.explore.item == Some(item), &name));
            if response.clicked() {
                commands.push(Command::SelectItem(item));
            }
        });
    });
    commands.extend(asked.map(Command::SetSort));
}

/// The head of a column; gives the order that a click on it asks for.
fn heading(ui: &mut Ui, session: &Session, data: &Dataset, head: Head) -> Option<Sort> {
    let (name, tip) = head.words(session, data);
    let words = RichText::new(&name).small().strong();
    let Some(by) = head.sort() else {
        ui.add(Label::new(words).truncate().show_tooltip_when_elided(false)).on_hover_text(tip);
        return None;
    };
    let sort = session.explore.list.sort;
    let is_sorted = sort.by == by;
    if is_sorted {
        ui.spacing_mut().item_spacing.x = 0.0;
        let arrow = if sort.descending { icons::ICON_ARROW_DOWNWARD } else { icons::ICON_ARROW_UPWARD };
        ui.label(arrow.rich_text().size(theme::text::SMALL));
    }
    let label = Label::new(words).truncate().show_tooltip_when_elided(false).selectable(false).sense(Sense::click());
    let response = ui.add(label);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let what = match (is_sorted, head) {
        (true, _) => "Click to turn the order round",
        (false, Head::Answer) => "Click to sort by the probability",
        (false, Head::Selected) => "Click to sort by faithfulness",
        (false, _) => "Click to sort by it",
    };
    let is_clicked = response.on_hover_text(format!("{tip}\n{what}")).clicked();
    is_clicked.then_some(Sort { by, descending: is_sorted && !sort.descending })
}

/// One cell.
fn cell(ui: &mut Ui, session: &Session, data: &Dataset, truth: &Truth<'_>, (head, item): (Head, usize)) {
    let list = &session.explore.list;
    let predicted = list.predictions.get(item);
    let class = |class: u16| session.class_name(usize::from(class));
    let mut short = |words: String| {
        ui.add(Label::new(words).truncate());
    };
    match head {
        Head::Index => short(data.source_index.get(item).copied().unwrap_or_default().to_string()),
        Head::Part => short(data.splits.get(item).map_or("", |split| split.name()).to_owned()),
        Head::Value(at) => short(with_minus(data.listed_cell(item, at))),
        Head::Text => short(cards::beginning(session, data, item, 120)),
        Head::Name => short(data.item_name(item)),
        Head::Class => short(session.label_name(item).unwrap_or("").to_owned()),
        Head::Predicted => short(predicted.map_or_else(String::new, |(answer, _)| class(answer))),
        Head::Probability => short(predicted.map_or_else(String::new, |(_, p)| describe::probability(p))),
        Head::Answer => {
            ui.spacing_mut().item_spacing.x = 0.0;
            // Answers stand below each other, with a cross or without.
            let (_, place) = ui.allocate_space(vec2(CROSS, ui.available_height()));
            if list.outcome(truth, item) == Some(false) {
                let cross = Label::new(icons::ICON_CLOSE.rich_text().color(tokens(ui).error));
                ui.put(place, cross).on_hover_text("not the label");
            }
            let words = predicted
                .map_or_else(String::new, |(answer, p)| format!("{} {}", describe::probability(p), class(answer)));
            ui.add(Label::new(words).truncate());
        }
        Head::Outcome => verdict(ui, list.outcome(truth, item), ""),
        Head::Selected | Head::Unselected => {
            let untested = if session.tests_all_items() { "" } else { "–" };
            let stays = list.stays(item);
            let known = stays.map(|(selected, rest)| if head == Head::Selected { selected } else { rest });
            verdict(ui, known, untested);
        }
    }
}

fn verdict(ui: &mut Ui, known: Option<bool>, unknown: &str) {
    let t = tokens(ui);
    match known {
        Some(true) => ui.label(icons::ICON_CHECK.rich_text().color(t.text)).on_hover_text("yes"),
        Some(false) => ui.label(icons::ICON_CLOSE.rich_text().color(t.error)).on_hover_text("no"),
        None => ui.label(unknown),
    };
}
