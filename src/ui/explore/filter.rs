//! The filter of the list: what each item must be to be listed. All choices are in sight, since egui keeps one popup open and a drop-down in it
//! would close the filter itself.

use egui::{Button, ScrollArea, Ui, WidgetInfo, accesskit::Role};

use super::super::chrome::shorten;
use super::super::widgets::muted;
use crate::data::{Dataset, Split};
use crate::session::items::{Faithful, Filter, Outcome};
use crate::session::{Command, Session};

/// Width of the form.
const WIDTH: f32 = 320.0;
/// More choices than this scroll.
const FEW: usize = 16;
/// Height of choices that scroll.
const SCROLLED: f32 = 132.0;

/// The form.
pub fn form(ui: &mut Ui, session: &Session, data: &Dataset, commands: &mut Vec<Command>) {
    let mut filter = session.explore.list.filter.clone();
    ui.set_width(WIDTH);
    // Buttons look like buttons, not like the lines of a menu.
    let style = ui.ctx().global_style();
    ui.visuals_mut().widgets = style.visuals.widgets.clone();
    ui.spacing_mut().button_padding = style.spacing.button_padding;
    choice(ui, "Class", &mut filter.class, &classes(&data.classes));
    if let Some(active) = session.active_box() {
        choice(ui, "Prediction", &mut filter.prediction, &classes(&active.card.classes));
        choice(
            ui,
            "Answer",
            &mut filter.outcome,
            &[(Outcome::Any, "any"), (Outcome::Right, "right"), (Outcome::Wrong, "wrong")],
        );
        choice(
            ui,
            "Faithful",
            &mut filter.faithful,
            &[
                (Faithful::Any, "any"),
                (Faithful::SelectedKeeps, "selected keeps the class"),
                (Faithful::SelectedLoses, "selected loses the class"),
                (Faithful::UnselectedKeeps, "unselected keeps the class"),
            ],
        );
    }
    choice(
        ui,
        "Split",
        &mut filter.split,
        &[
            (None, "any"),
            (Some(Split::Train), "training"),
            (Some(Split::Validation), "validation"),
            (Some(Split::Test), "test"),
        ],
    );
    ui.checkbox(&mut filter.marked, "Only marked items");
    ui.horizontal(|ui| {
        if ui.add_enabled(!filter.is_open(), Button::new("List all items")).clicked() {
            filter = Filter::default();
        }
    });
    if filter != session.explore.list.filter {
        commands.push(Command::SetFilter(filter));
    }
}

/// Any class, or one of these.
fn classes(names: &[String]) -> Vec<(Option<u16>, &str)> {
    let named = names.iter().enumerate().map(|(class, name)| (Some(class as u16), name.as_str()));
    std::iter::once((None, "any")).chain(named).collect()
}

/// One question with its answers as buttons, of which one is pressed.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, chosen: &mut T, options: &[(T, &str)]) {
    muted(ui, name);
    let mut buttons = |ui: &mut Ui| {
        ui.horizontal_wrapped(|ui| {
            for (value, option) in options {
                let is_chosen = value == chosen;
                let button = Button::selectable(is_chosen, shorten(option, 32)).frame_when_inactive(true);
                let response = ui.add(button);
                response.widget_info(|| {
                    WidgetInfo::selected(Role::RadioButton, true, is_chosen, format!("{name}: {option}"))
                });
                if response.clicked() {
                    *chosen = *value;
                }
            }
        });
    };
    if options.len() > FEW {
        ScrollArea::vertical().id_salt(name).max_height(SCROLLED).auto_shrink([false, true]).show(ui, buttons);
    } else {
        buttons(ui);
    }
}
