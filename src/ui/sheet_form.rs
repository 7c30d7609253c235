//! The form for a contact sheet of items: which items, what is drawn of each, and how many at most.

use egui::{Align, DragValue, Id, Layout, Modal, Ui};
use egui_material_icons::icons;

use super::forms::primary;
use super::page_form;
use super::theme::space;
use super::widgets::{group, heading, icon_button, muted};
use crate::session::command::view_title;
use crate::session::sheet::{MAX_PICTURES, SheetOf};
use crate::session::{Command, Session, describe};
use crate::work::format_count;

/// What the form remembers.
#[derive(Default)]
pub struct SheetForm {
    of: Option<SheetOf>,
}

/// The form, while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut SheetForm, commands: &mut Vec<Command>) {
    if !session.open.sheet {
        return;
    }
    let response = Modal::new(Id::unique("contact sheet")).show(ui.ctx(), |ui| {
        ui.set_width(440.0);
        ui.horizontal(|ui| {
            heading(ui, "Contact sheet of items");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::ICON_CLOSE, "Close the form").clicked() {
                    commands.push(Command::ToggleSheet);
                }
            });
        });
        let (marked, n_marked) = session.sheet_items(SheetOf::Marked);
        let (listed, n_listed) = session.sheet_items(SheetOf::Listed);
        // As long as nothing was chosen: what was marked, since it was marked for something.
        let mut of = state.of.unwrap_or(if marked.is_empty() { SheetOf::Listed } else { SheetOf::Marked });
        for (choice, name, n) in
            [(SheetOf::Marked, "Marked items", n_marked), (SheetOf::Listed, "Listed items, in their order", n_listed)]
        {
            if ui.radio(of == choice, format!("{name}: {}", format_count(n as u64))).clicked() {
                of = choice;
                state.of = Some(choice);
            }
        }
        let (items, n_all) = if of == SheetOf::Marked { (marked, n_marked) } else { (listed, n_listed) };
        let methods: Vec<String> =
            session.column_explainers().iter().map(|explainer| explainer.card.name.clone()).collect();
        let (_, many) = describe::drawn_noun(session.modality());
        let limit = match methods.len() {
            0 | 1 => format!("A sheet holds at most {MAX_PICTURES} items"),
            n => format!("A sheet holds at most {MAX_PICTURES} {many}: {} items by {n} methods", MAX_PICTURES / n),
        };
        let left_out = n_all - items.len();
        muted(
            ui,
            match left_out {
                0 => format!("{limit}."),
                n => format!("{limit}; the last {} are left out.", format_count(n as u64)),
            },
        );
        group(ui, "As in Explore now");
        let explore = &session.explore;
        // Texts differ in length, and so do series: each is selected from as far as it goes.
        let k = if explore.unit.has_padding() {
            format!("{} {}", explore.k, explore.unit.noun(explore.k))
        } else {
            format!("{} of {} {}", explore.k, session.unit_count(), explore.unit.noun(2))
        };
        let through = session.lens_in_view().map_or_else(String::new, |lens| format!(", {}", session.lens_words(lens)));
        ui.label(format!("{}: {k} by {}{through}", view_title(explore.view), describe::in_words(&methods)));
        group(ui, "On the page");
        look(ui, session, commands);
        ui.add_space(space::S);
        let words = format!("Make a sheet of {}", describe::count(items.len(), "item", "items"));
        primary(ui, session, Command::StartSheet(of), &words, None, commands);
        muted(ui, "It is made in the background and kept in Figures.");
    });
    if response.should_close() && !commands.contains(&Command::ToggleSheet) {
        commands.push(Command::ToggleSheet);
    }
}

/// How sheets are laid out: from now on, until it is changed again.
fn look(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let before = session.figures.sheet_look;
    let mut look = before;
    page_form::show(ui, &mut look.page, None);
    ui.horizontal(|ui| {
        let mut label = describe::drawn_noun(session.modality()).1.to_owned();
        label[..1].make_ascii_uppercase();
        let label = ui.label(format!("{label} in a row"));
        // 0 leaves it to the number of pictures.
        let mut columns = look.columns.unwrap_or(0);
        let words = |value: f64, _: std::ops::RangeInclusive<usize>| {
            if value < 0.5 { "as many as fit".to_owned() } else { format!("{value:.0}") }
        };
        let drag = DragValue::new(&mut columns).range(0..=MAX_PICTURES).speed(0.1).custom_formatter(words);
        let drag = ui.add(drag).labelled_by(label.id);
        if drag.on_hover_text("0: as many as fit, in rows of about equal length").changed() {
            look.columns = (columns > 0).then_some(columns);
        }
    });
    if look != before {
        commands.push(Command::SetSheetLook(look));
    }
}
