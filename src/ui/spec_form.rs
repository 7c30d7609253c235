//! How the data are read, on one line that can be changed: what the command line takes as data, with the options that its kind knows.

use egui::{Align, Button, Id, Key, Layout, Modal, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons;

use super::theme::{space, tokens};
use super::widgets::{heading, icon_button, muted};
use crate::data::DataSpec;
use crate::data::open::COMMON_KEYS;
use crate::data::spec::{Kind, known_kinds};
use crate::session::{Command, Session};

/// Height of what was said of the data when they were read.
const REMARKS: f32 = 140.0;

/// What the form remembers.
#[derive(Default)]
pub struct SpecForm {
    typed: Option<String>,
}

/// The form, while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut SpecForm, commands: &mut Vec<Command>) {
    if !session.open.spec {
        state.typed = None;
        return;
    }
    let is_new = state.typed.is_none();
    let typed = state.typed.get_or_insert_with(|| session.spec_text().unwrap_or_default());
    let response = Modal::new(Id::unique("data spec")).show(ui.ctx(), |ui| {
        ui.set_width(600.0);
        ui.horizontal(|ui| {
            heading(ui, "How the data are read");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::ICON_CLOSE, "Close the form").clicked() {
                    commands.push(Command::ToggleSpec);
                }
            });
        });
        muted(
            ui,
            "Options follow a ? and are joined by &, such as ?text=review&label=stars, ?classes=3,8 or ?merge=offensive:hatespeech.",
        );
        let edit = ui.add(TextEdit::singleline(typed).desired_width(f32::INFINITY)).accessible_name("Data and options");
        let is_entered = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if is_new {
            edit.request_focus();
        }
        muted(ui, options_of(typed));
        if let Some(data) = session.data.as_ref().filter(|_| session.spec_is_open()) {
            // Among it the names of the columns.
            ScrollArea::vertical().max_height(REMARKS).auto_shrink([false, true]).show(ui, |ui| {
                for remark in &data.remarks {
                    muted(ui, remark.as_str());
                }
            });
        }
        if !session.explore.marked.is_empty() || !session.explore.pinned.is_empty() {
            muted(ui, "Where other options change the items, marks and pins are taken off: they name items by their place.");
        }
        ui.add_space(space::XS);
        let problem = DataSpec::from_argument(typed.trim()).err();
        let is_pressed = ui.add_enabled(problem.is_none(), Button::new("Open again")).clicked();
        match problem {
            Some(problem) => {
                ui.colored_label(tokens(ui).warning, problem.to_string());
            }
            None if is_pressed || is_entered => {
                commands.extend([Command::ToggleSpec, Command::OpenSpec(typed.trim().to_owned())]);
            }
            None => {}
        }
    });
    if response.should_close() && !commands.contains(&Command::ToggleSpec) {
        commands.push(Command::ToggleSpec);
    }
}

/// The options that can stand behind a path: of the kind that is typed before it, and of all data.
fn options_of(typed: &str) -> String {
    let common = COMMON_KEYS.join(", ");
    let kind = typed.trim_start().split_once(':').and_then(|(name, _)| Kind::named(name));
    match kind.and_then(|kind| Some((kind, kind.loader()?))) {
        Some((kind, loader)) => {
            let own: Vec<&str> = loader.keys.iter().copied().filter(|key| !COMMON_KEYS.contains(key)).collect();
            let own = if own.is_empty() { String::new() } else { format!("{}; of all data: ", own.join(", ")) };
            format!("Options of {} ({}): {own}{common}.", kind.name(), loader.about)
        }
        None => format!(
            "Options of all data: {common}. For those of one kind, write it before the path, such as csv:FILE; the kinds are {}.",
            known_kinds()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::options_of;

    #[test]
    fn the_options_are_those_of_the_kind_before_the_path() {
        let of_csv = options_of("csv:reviews.csv?text=review");
        assert!(of_csv.starts_with("Options of csv (") && of_csv.contains("text, label") && of_csv.contains("limit"));
        assert!(options_of("hatexplain:posts").contains("merge"));
        assert!(options_of("reviews.csv").contains("the kinds are mnist"));
        assert!(options_of("csv").contains("the kinds are"));
    }
}
