//! Which channels of a series are curves, and on which scale: a button that turns to the next ones, a list to pick from, a switch.

use egui::{ComboBox, PopupCloseBehavior, ScrollArea, TextStyle, Ui};
use egui_material_icons::icons;

use super::super::theme::space;
use super::super::widgets::{command_choice_called, command_icon, muted};
use super::groups;
use crate::figure::layout::ExplainedPicture;
use crate::figure::layout::series::{Form, MOST_LINES, Scales, picked_words};
use crate::jobs::picture::channel_names;
use crate::session::{Command, Session};

/// Label of the switch of scales.
pub const OWN_SCALES: &str = "Own scales";
/// Width of the list of channels while it is closed.
const LIST: f32 = 190.0;
/// Width of one of the two icons beside it.
const ICON: f32 = 34.0;
/// Height of the channels in the open list.
const HEIGHT: f32 = 260.0;

/// Whether channels of the series in view share a plot or a map, so that there is a switch.
pub fn has_switch(session: &Session) -> bool {
    matches!(session.series_form(), Some(Form::Overlaid | Form::Map))
}

/// The switch between one scale for all channels and one for each, for the picture in view.
pub fn scales(ui: &mut Ui, session: &Session, shown: Option<&ExplainedPicture>, commands: &mut Vec<Command>) {
    if !has_switch(session) {
        return;
    }
    // Settled when the picture was made.
    let is_own = shown.and_then(|shown| shown.series.as_ref()).is_some_and(|series| series.scales == Scales::Own);
    let command = Command::SetScales(if is_own { Scales::One } else { Scales::Own });
    command_choice_called(ui, session, command, is_own, (OWN_SCALES, "Own scale for each channel"), commands);
}

/// Width of the picker in points; `None` where all channels are drawn.
pub fn picker_width(ui: &Ui, session: &Session) -> Option<f32> {
    session.channels_to_pick().map(|_| groups::beside(ui, &[ICON, LIST, ICON]))
}

/// The channels that are drawn as curves: those before and the next ones by a button, and a list to pick from.
pub fn picker(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let Some(n) = session.channels_to_pick() else { return };
    command_icon(ui, session, Command::TurnChannels(false), icons::ICON_CHEVRON_LEFT, commands);
    let picked = &session.explore.picked;
    let shown = match session.chosen_group() {
        Some(group) => group,
        None if picked.is_empty() => format!("automatic, of {n} channels"),
        None => picked_words(picked, n),
    };
    // A list is as wide as what it shows: a long name would push the button after it away.
    ui.scope(|ui| {
        ui.set_max_width(LIST);
        ComboBox::from_id_salt("channels")
            .selected_text(shown)
            .width(LIST)
            .height(HEIGHT * 2.0)
            .truncate()
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show_ui(ui, |ui| list(ui, session, n, commands))
            .response
            .accessible_name("Channels")
            .on_hover_text("Which channels Stacked and Overlaid draw");
    });
    command_icon(ui, session, Command::TurnChannels(true), icons::ICON_CHEVRON_RIGHT, commands);
}

/// What can be picked: channels as usual, a group, or single channels.
fn list(ui: &mut Ui, session: &Session, n: usize, commands: &mut Vec<Command>) {
    let explore = &session.explore;
    let is_usual = explore.picked.is_empty() && session.chosen_group().is_none();
    if ui.selectable_label(is_usual, "Automatic: those with most selected steps").clicked() && !is_usual {
        commands.push(Command::ChooseGroup(None));
    }
    let of_groups = session.channel_groups();
    if !of_groups.is_empty() {
        muted(ui, "Groups");
        let row = ui.spacing().interact_size.y;
        let area = ScrollArea::vertical().id_salt("groups of channels").max_height(HEIGHT * 0.4);
        area.show_rows(ui, row, of_groups.len(), |ui, rows| {
            for (name, channels) in &of_groups[rows] {
                let is_chosen = explore.group == Some(channels.start);
                if ui.selectable_label(is_chosen, name.as_str()).clicked() && !is_chosen {
                    commands.push(Command::ChooseGroup(Some(channels.start)));
                }
            }
        });
    }
    ui.add_space(space::XS);
    let is_full = explore.picked.len() >= MOST_LINES;
    muted(ui, format!("Channels, at most {MOST_LINES} at a time"));
    let names = channel_names(session.data.as_ref().map_or(&[][..], |data| data.channel_names()), n);
    let row = ui.text_style_height(&TextStyle::Button).max(ui.spacing().interact_size.y);
    ScrollArea::vertical().id_salt("single channels").max_height(HEIGHT).show_rows(ui, row, n, |ui, rows| {
        for channel in rows {
            let mut is_picked = explore.picked.contains(&channel);
            let is_open = is_picked || !is_full;
            let name = names[channel].clone();
            let response = ui.add_enabled(is_open, egui::Checkbox::new(&mut is_picked, name));
            if response.changed() {
                let mut channels = explore.picked.clone();
                channels.retain(|known| *known != channel);
                if is_picked {
                    channels.push(channel);
                }
                commands.push(Command::PickChannels(channels));
            }
        }
    });
}
