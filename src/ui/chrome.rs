//! What surrounds every place: the rail, the top bar with menus and jobs, the bottom line.

use egui::{Align, Button, Layout, MenuBar, Popup, RichText, Sense, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2};
use egui_material_icons::{MaterialIcon, icons};

use super::theme::{self, space, text, tokens};
use super::widgets::{self, command_icon, menu_item, muted, progress_bar};
use crate::session::command::VIEWS;
use crate::session::notices::Level;
use crate::session::running::RunningJob;
use crate::session::settings::Appearance;
use crate::session::{Command, Dialog, Place, Session};

/// Icon of a place.
pub fn place_icon(place: Place) -> MaterialIcon {
    match place {
        Place::Explore => icons::ICON_TRAVEL_EXPLORE,
        Place::Train => icons::ICON_MODEL_TRAINING,
        Place::Measure => icons::ICON_MONITORING,
        Place::Study => icons::ICON_GROUPS,
        Place::Figures => icons::ICON_PHOTO_LIBRARY,
    }
}

/// The rail on the left.
pub fn rail(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.add_space(space::S);
    for place in Place::ALL {
        let is_here = session.place == place;
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 56.0), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_here, place.title()));
        let ink = if is_here { t.on_chosen } else { t.text };
        let fill = if is_here {
            t.chosen
        } else if response.hovered() || response.has_focus() {
            t.hover
        } else {
            t.panel
        };
        ui.painter().rect_filled(rect.shrink2(vec2(space::XS, 0.0)), theme::RADIUS, fill);
        let mut inner =
            ui.new_child(UiBuilder::new().max_rect(rect.shrink(space::XS)).layout(Layout::top_down(Align::Center)));
        inner.spacing_mut().item_spacing.y = 0.0;
        inner.add_space(2.0);
        inner.label(place_icon(place).rich_text().size(text::RAIL_ICON).color(ink));
        inner.label(RichText::new(place.title()).small().color(ink));
        if response.on_hover_text(widgets::tip_of(&Command::Go(place))).clicked() {
            commands.push(Command::Go(place));
        }
    }
}

/// The top bar.
pub fn top_bar(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    MenuBar::new().ui(ui, |ui| {
        menus(ui, session, commands);
        ui.separator();
        context_chips(ui, session, commands);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command_icon(ui, session, Command::ToggleShortcuts, icons::ICON_HELP, commands);
            notices_button(ui, session, commands);
            command_icon(ui, session, Command::TogglePalette, icons::ICON_SEARCH, commands);
            ui.separator();
            if let Some(machine) = &session.machine {
                let words = session.devices.words(&session.settings.device);
                widgets::chip(ui, icons::ICON_MEMORY, machine, &words);
            }
            jobs_chip(ui, session, commands);
        });
    });
}

fn menus(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.menu_button("File", |ui| {
        menu_item(ui, session, Command::Ask(Dialog::OpenFiles), commands);
        menu_item(ui, session, Command::Ask(Dialog::OpenFolder), commands);
        ui.menu_button("Open recent", |ui| {
            if session.settings.recent.is_empty() {
                muted(ui, "Nothing was opened yet");
            }
            for recent in &session.settings.recent {
                if ui.button(recent).clicked() {
                    commands.push(Command::OpenSpec(recent.clone()));
                    ui.close();
                }
            }
        });
        ui.menu_button("Open sample", |ui| {
            if session.samples.is_empty() {
                muted(ui, "No samples were found");
            }
            for (title, spec) in &session.samples {
                if ui.button(title).clicked() {
                    commands.push(Command::OpenSpec(spec.clone()));
                    ui.close();
                }
            }
        });
        menu_item(ui, session, Command::ToggleSpec, commands);
        ui.separator();
        menu_item(ui, session, Command::Save, commands);
        menu_item(ui, session, Command::Ask(Dialog::SaveProject), commands);
        ui.separator();
        menu_item(ui, session, Command::Ask(Dialog::ExportFigure), commands);
        menu_item(ui, session, Command::Ask(Dialog::ExportScores), commands);
        menu_item(ui, session, Command::Ask(Dialog::ExportListedScores), commands);
        menu_item(ui, session, Command::Ask(Dialog::ExportTable), commands);
        ui.separator();
        menu_item(ui, session, Command::Quit, commands);
    });
    ui.menu_button("Edit", |ui| {
        for command in [Command::Undo, Command::Redo] {
            menu_item(ui, session, command, commands);
        }
        ui.separator();
        for command in [Command::Pin, Command::Mark, Command::AddColumn, Command::KeepFigure, Command::ToggleSheet] {
            menu_item(ui, session, command, commands);
        }
    });
    ui.menu_button("View", |ui| {
        for view in VIEWS {
            menu_item(ui, session, Command::SetView(view), commands);
        }
        for command in [Command::Flip, Command::ToggleHidden, Command::ToggleTruth, Command::ToggleClasses] {
            menu_item(ui, session, command, commands);
        }
        ui.separator();
        for command in [
            Command::ToggleViewerAlone,
            Command::ToggleItems,
            Command::ToggleInspector,
            Command::ToggleListStyle,
            Command::ToggleFit,
        ] {
            menu_item(ui, session, command, commands);
        }
        ui.separator();
        for appearance in [Appearance::System, Appearance::Dark, Appearance::Light] {
            menu_item(ui, session, Command::SetAppearance(appearance), commands);
        }
        if !session.devices.choices.is_empty() {
            ui.menu_button("Compute on", |ui| {
                for device in &session.devices.choices {
                    let is_chosen = session.settings.device == *device;
                    let title = crate::session::devices::title(device);
                    let words = format!("Compute on: {title}");
                    let button = ui.add(Button::selectable(is_chosen, &title));
                    button.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &words));
                    let command = Command::SetDevice(device.clone());
                    if button.on_hover_text(widgets::tip_of(&command)).clicked() {
                        commands.push(command);
                        ui.close();
                    }
                }
            });
        }
        for command in [Command::ZoomIn, Command::ZoomOut, Command::ZoomReset, Command::ResetLayout] {
            menu_item(ui, session, command, commands);
        }
    });
    ui.menu_button("Help", |ui| {
        for command in [
            Command::TogglePalette,
            Command::ToggleShortcuts,
            Command::ToggleNotices,
            Command::ToggleJobs,
            Command::CopyDiagnostics,
        ] {
            menu_item(ui, session, command, commands);
        }
    });
}

/// Project, data and model, as menus that change them.
fn context_chips(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if let Some(dir) = &session.project {
        let name = dir.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mark = if session.unsaved { " (unsaved)" } else { "" };
        widgets::chip(ui, icons::ICON_FOLDER_OPEN, &format!("{name}{mark}"), &dir.display().to_string());
    }
    match &session.data {
        Some(data) => {
            let tip = format!("{} items\n{}", crate::work::format_count(data.len() as u64), data.spec);
            let chip = widgets::menu_chip(ui, icons::ICON_DATABASE, &data.name, "Data", &tip);
            Popup::menu(&chip).show(|ui| {
                for command in [Command::ToggleSpec, Command::Ask(Dialog::OpenFiles), Command::Ask(Dialog::OpenFolder)]
                {
                    menu_item(ui, session, command, commands);
                }
            });
        }
        None => {
            muted(ui, "No data");
        }
    }
    match session.active_box() {
        Some(active) => {
            let accuracy =
                active.card.test_accuracy.map_or_else(String::new, |share| format!(", {:.1} % right", share * 100.0));
            let label = format!("{}{accuracy}", active.card.name);
            egui::ComboBox::from_id_salt("black box")
                .selected_text(label)
                .truncate()
                .width(170.0)
                .show_ui(ui, |ui| {
                    for (index, saved) in session.boxes.iter().enumerate() {
                        if ui.selectable_label(session.active_box == Some(index), &saved.card.name).clicked() {
                            commands.push(Command::UseBox(index));
                        }
                    }
                })
                .response
                .accessible_name("Black box")
                .on_hover_text("The black box that is explained");
        }
        None => {
            muted(ui, "No black box");
        }
    }
}

fn notices_button(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let unread = session.notices.unread();
    let icon = icons::ICON_NOTIFICATIONS;
    let response = command_icon(ui, session, Command::ToggleNotices, icon, commands);
    if unread > 0 {
        let t = tokens(ui);
        let color = match session.notices.gravest_unread() {
            Some(Level::Error) => t.error,
            Some(Level::Warning) => t.warning,
            _ => t.accent,
        };
        ui.painter().circle_filled(response.rect.right_top() + vec2(-6.0, 6.0), 4.5, color);
        muted(ui, format!("{unread} new"));
    }
}

/// The newest job with its progress; the rest on click.
fn jobs_chip(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let jobs: Vec<&RunningJob> = session.running.listed().collect();
    let Some(job) = jobs.iter().rev().find(|job| job.started).or(jobs.last()) else { return };
    let more = if jobs.len() > 1 { format!(" +{}", jobs.len() - 1) } else { String::new() };
    let title = format!("{}{more}", shorten(&job.title, 34));
    let response = ui.add(Button::new(RichText::new(&title).small()).frame_when_inactive(false));
    let tip = job.progress.as_ref().map_or_else(|| "Waiting for its turn".to_owned(), crate::work::Progress::line);
    if response.on_hover_text(tip).clicked() {
        commands.push(Command::ToggleJobs);
    }
    progress_bar(ui, &job.title, job.progress.as_ref(), 70.0);
}

/// The end of a text that is too long is left out.
pub fn shorten(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let head: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// The list of running jobs.
pub fn jobs_list(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    let mut any = false;
    for job in session.running.listed() {
        any = true;
        ui.label(&job.title);
        let width = ui.available_width();
        progress_bar(ui, &job.title, job.progress.as_ref(), width);
        ui.horizontal(|ui| {
            let line = match (&job.progress, job.paused) {
                (_, true) => "paused".to_owned(),
                (Some(progress), false) => progress.line(),
                (None, false) if job.started => "under way".to_owned(),
                (None, false) => "waiting for its turn".to_owned(),
            };
            muted(ui, line);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::icon_button(ui, icons::ICON_CLOSE, &format!("Cancel: {}", job.title)).clicked() {
                    commands.push(Command::CancelJob(job.id));
                }
                if job.can_pause() {
                    let (icon, verb) =
                        if job.paused { (icons::ICON_PLAY_ARROW, "Go on") } else { (icons::ICON_PAUSE, "Pause") };
                    if widgets::icon_button(ui, icon, &format!("{verb}: {}", job.title)).clicked() {
                        commands.push(Command::PauseJob(job.id, !job.paused));
                    }
                }
            });
        });
        widgets::rule(ui);
    }
    if !any {
        muted(ui, "Nothing runs now.");
    }
}

/// The bottom line: what the last action did, and undo.
pub fn bottom_line(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let said = if session.last_action.is_empty() { "Ready" } else { &session.last_action };
        let offer = session.offer();
        let room = ui.available_width() - if offer.is_some() { 460.0 } else { 190.0 };
        ui.scope(|ui| {
            ui.set_max_width(room.max(80.0));
            ui.add(egui::Label::new(RichText::new(said).small()).truncate());
        });
        if let Some(offer) = offer {
            widgets::command_button(ui, session, offer.command.clone(), &shorten(&offer.label, 36), commands);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (command, icon) in [(Command::Redo, icons::ICON_REDO), (Command::Undo, icons::ICON_UNDO)] {
                command_icon(ui, session, command, icon, commands);
            }
            if let Some(item) = session.explore.item.filter(|_| session.place == Place::Explore) {
                let list = &session.explore.list;
                let n = crate::work::format_count(list.visible().len() as u64);
                let words = match list.position(item) {
                    Some(at) => format!("{} of {n} listed", crate::work::format_count(at as u64 + 1)),
                    None => format!("{n} listed"),
                };
                muted(ui, words);
            }
        });
    });
}
