//! What surrounds every place: the rail, the top bar with menus and jobs, the bottom line.

use egui::{
    Align, Button, Layout, MenuBar, Popup, RichText, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, accesskit::Role, vec2,
};
use egui_material_icons::{MaterialIcon, icons};

use super::accuracy::right_words;
use super::theme::{self, space, text, tokens};
use super::widgets::{self, command_icon, menu_item, muted, progress_bar};
use crate::session::command::VIEWS;
use crate::session::notices::Level;
use crate::session::running::RunningJob;
use crate::session::settings::Appearance;
use crate::session::{Command, Dialog, Place, Session};

/// Room of the buttons on the right of the top bar, in points.
const RIGHT: f32 = 190.0;
/// Room of the jobs beside them.
const JOBS: f32 = 310.0;
/// What surrounds the name of data or of a project, and of a black box: icons, margins and the gap after it, in points.
const CHIP: f32 = 40.0;
const CHOICE: f32 = 56.0;
/// Letters that a name keeps however narrow the window is.
const LEAST_LETTERS: usize = 8;

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
            let is_drawn = |spec: &str| spec.starts_with("synthetic:");
            let first_drawn = session.samples.iter().position(|(_, spec)| is_drawn(spec));
            for (at, (title, spec)) in session.samples.iter().enumerate() {
                if at > 0 && first_drawn == Some(at) {
                    ui.separator();
                }
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
        menu_item(ui, session, Command::Find, commands);
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
    // What stands on the right keeps its room: names give way, and are whole in their tooltips.
    let jobs = if session.running.listed().next().is_some() { JOBS } else { 0.0 };
    let machine = session.machine.as_ref().map_or(0.0, |machine| width_of(ui, machine));
    let room = ui.available_width() - RIGHT - machine - jobs;
    let project = session.project.as_ref().map(|dir| {
        let name = dir.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        (name, if session.unsaved { " (unsaved)" } else { "" }, dir)
    });
    let active = session.active_box();
    let right = active.and_then(|active| right_words(&active.card));
    let right = right.map_or_else(String::new, |words| format!(", {words}"));
    // Each name, and what stands around it.
    let names = [
        project.as_ref().map(|(name, mark, _)| (name.as_str(), CHIP + width_of(ui, mark))),
        session.data.as_ref().map(|data| (data.name.as_str(), CHIP)),
        active.map(|active| (active.card.name.as_str(), CHOICE + width_of(ui, &right))),
    ];
    let around: f32 = names.iter().flatten().map(|(_, around)| around).sum();
    let widths = names.map(|name| name.map_or(0.0, |(name, _)| width_of(ui, name)));
    let most = shares(widths, room - around);
    let [of_project, of_data, of_box] = [0, 1, 2]
        .map(|at| names[at].map_or_else(String::new, |(name, _)| fitted(name, most[at], |words| width_of(ui, words))));
    if let Some((_, mark, dir)) = &project {
        widgets::chip(ui, icons::ICON_FOLDER_OPEN, &format!("{of_project}{mark}"), &dir.display().to_string());
    }
    match &session.data {
        Some(data) => {
            let tip = format!("{}\n{} items\n{}", data.name, crate::work::format_count(data.len() as u64), data.spec);
            let chip = widgets::menu_chip(ui, icons::ICON_DATABASE, &of_data, "Data", &tip);
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
    match active {
        Some(active) => {
            let label = format!("{of_box}{right}");
            let whole = format!("The black box that is explained: {}{right}", active.card.name);
            box_choice(ui, session, (&label, &whole), commands);
        }
        None if session.boxes.is_empty() => {
            muted(ui, "No black box");
        }
        None => box_choice(ui, session, ("No black box", "The black box that is explained"), commands),
    }
}

/// Width of a label of the top bar in points.
fn width_of(ui: &Ui, words: &str) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    ui.painter().layout_no_wrap(words.to_owned(), font, theme::UNTINTED).size().x
}

/// What names of these widths get of the room for all: those that are short stay whole, the others share what is left.
fn shares(widths: [f32; 3], room: f32) -> [f32; 3] {
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| widths[*a].total_cmp(&widths[*b]));
    let (mut given, mut left) = ([0.0; 3], room.max(0.0));
    for (done, at) in order.into_iter().enumerate() {
        given[at] = widths[at].min(left / (order.len() - done) as f32);
        left -= given[at];
    }
    given
}

/// As much of a name as is no wider than `most`, with "…" where its end is left out; some letters of it always.
fn fitted(name: &str, most: f32, width: impl Fn(&str) -> f32) -> String {
    let mut letters = name.chars().count();
    let mut shown = name.to_owned();
    while letters > LEAST_LETTERS && width(&shown) > most + 0.5 {
        letters -= 1;
        shown = shorten(name, letters);
    }
    shown
}

/// The black boxes at hand, and none. What is shown may be shortened, what is said is whole.
fn box_choice(ui: &mut Ui, session: &Session, (shown, said): (&str, &str), commands: &mut Vec<Command>) {
    egui::ComboBox::from_id_salt("black box")
        .selected_text(shown)
        .truncate()
        .width(170.0)
        .show_ui(ui, |ui| {
            for (index, saved) in session.boxes.iter().enumerate() {
                let choice = Button::selectable(session.active_box == Some(index), saved.card.name.as_str());
                let misfit = session.box_misfit(index);
                let response = ui.add_enabled(misfit.is_none(), choice);
                if response.clicked() {
                    commands.push(Command::UseBox(index));
                }
                if let Some(misfit) = misfit {
                    response.on_disabled_hover_text(format!("{misfit}."));
                }
            }
            if ui.add(Button::selectable(session.active_box.is_none(), "None")).clicked()
                && session.active_box.is_some()
            {
                commands.push(Command::UseNoBox);
            }
        })
        .response
        .accessible_name("Black box")
        .on_hover_text(said);
}

fn notices_button(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    // What comes in while the list is open is seen there.
    let unread = if session.open.notices { 0 } else { session.notices.unread() };
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
    let title = format!("{}{more}", shorten(&job.title, 30));
    let response = ui.add(Button::new(RichText::new(&title).small()).frame_when_inactive(false));
    let tip = job.progress.as_ref().map_or_else(|| "Waiting for its turn".to_owned(), crate::work::Progress::line);
    if response.on_hover_text(tip).clicked() {
        commands.push(Command::ToggleJobs);
    }
    if let Some(share) = job.progress.as_ref().and_then(crate::work::Progress::fraction) {
        muted(ui, format!("{:.0} %", 100.0 * share));
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
                    Some(at) => format!("item {} of {n} listed", crate::work::format_count(at as u64 + 1)),
                    None => format!("{n} listed"),
                };
                muted(ui, words);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::{LEAST_LETTERS, fitted, shares};

    #[test]
    fn no_name_is_cut_while_there_is_room_for_all_and_the_longest_gives_way_first() {
        assert_eq!(shares([60.0, 90.0, 200.0], 350.0), [60.0, 90.0, 200.0]);
        assert_eq!(shares([200.0, 60.0, 90.0], 300.0), [150.0, 60.0, 90.0]);
        assert_eq!(shares([0.0, 120.0, 120.0], 100.0), [0.0, 50.0, 50.0]);
        for room in (0..60).map(|tens| tens as f32 * 10.0) {
            let given = shares([140.0, 35.0, 260.0], room);
            assert!(given.iter().sum::<f32>() <= room + 0.01, "{given:?} of {room}");
        }
    }

    #[test]
    fn a_name_ends_where_its_room_ends_whatever_its_letters_are() {
        // Narrow letters are half as wide.
        let width = |words: &str| words.chars().map(|sign| if "il".contains(sign) { 4.0 } else { 8.0 }).sum::<f32>();
        assert_eq!(fitted("illicit lilies", 85.0, width), "illicit lilies");
        let cut = fitted("worldwide renown", 85.0, width);
        assert!(cut.ends_with('…') && width(&cut) <= 85.5, "{cut}");
        let least = fitted("worldwide renown", 0.0, width);
        assert_eq!(least.chars().count(), LEAST_LETTERS, "{least}");
    }
}
