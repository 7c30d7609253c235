//! Lists and sheets that open over a place: notices, the palette, the sheet of shortcuts.

use egui::{
    Align, Area, Button, Frame, Id, Key, Layout, Modal, Order, RichText, ScrollArea, TextEdit, Ui, WidgetInfo,
    accesskit::Role, vec2,
};
use egui_material_icons::icons;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::failed_open;
use super::theme::{self, space, text, tokens};
use super::widgets::{command_button, group, heading, icon_button, muted, tip_of};
use crate::session::notices::Level;
use crate::session::reading::Action;
use crate::session::{Command, Dialog, Session};

/// State of the palette.
#[derive(Default)]
pub struct PaletteState {
    query: String,
    chosen: usize,
    was_open: bool,
    /// The chosen command was to be run and cannot be used.
    refused: bool,
}

/// A command of the palette, with whether it can be used.
struct Hit {
    command: Command,
    title: String,
    reason: Option<String>,
}

fn hits(session: &Session, query: &str) -> Vec<Hit> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize, Hit)> = Command::palette(session)
        .into_iter()
        .enumerate()
        .filter_map(|(order, (command, title))| {
            let score = pattern.score(Utf32Str::new(&title, &mut buffer), &mut matcher)?;
            let reason = command.availability(session).err().map(|reason| reason.to_string());
            Some((score, order, Hit { command, title, reason }))
        })
        .collect();
    // What can be used comes first among equals only: else Enter would run another command than the one whose name was typed.
    scored.sort_by_key(|(score, order, hit)| (std::cmp::Reverse(*score), hit.reason.is_some(), *order));
    let number = query.trim().trim_start_matches('#').parse::<u32>().ok().map(Command::GoToNumber);
    let numbered = number.map(|command| Hit {
        title: command.info().title.into_owned(),
        reason: command.availability(session).err().map(|reason| reason.to_string()),
        command,
    });
    numbered.into_iter().chain(scored.into_iter().map(|(_, _, hit)| hit)).collect()
}

/// Why the chosen command cannot be used; marked once it was to be run all the same.
fn why_not(ui: &mut Ui, reason: &str, refused: bool) {
    if !refused {
        muted(ui, format!("    {reason}"));
        return;
    }
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.label(icons::ICON_WARNING.rich_text().size(text::ICON).color(t.warning));
        ui.add(egui::Label::new(RichText::new(format!("Not possible now: {reason}")).color(t.warning)).wrap());
    });
}

/// The command palette.
pub fn palette(ui: &mut Ui, session: &Session, state: &mut PaletteState, commands: &mut Vec<Command>) {
    if !session.open.palette {
        state.was_open = false;
        return;
    }
    let just_opened = !std::mem::replace(&mut state.was_open, true);
    if just_opened {
        state.query.clear();
        (state.chosen, state.refused) = (0, false);
    }
    let response = Modal::new(Id::unique("palette")).show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        let (up, down, enter) = ui.input_mut(|input| {
            (
                input.consume_key(egui::Modifiers::NONE, Key::ArrowUp),
                input.consume_key(egui::Modifiers::NONE, Key::ArrowDown),
                input.consume_key(egui::Modifiers::NONE, Key::Enter),
            )
        });
        let field = ui.add(
            TextEdit::singleline(&mut state.query)
                .hint_text("Type part of a command's name, or # and an item's number")
                .desired_width(f32::INFINITY),
        );
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Find a command"));
        field.request_focus();
        if field.changed() {
            (state.chosen, state.refused) = (0, false);
        }
        let hits = hits(session, &state.query);
        let last = hits.len().saturating_sub(1);
        if down {
            state.chosen = (state.chosen + 1).min(last);
        }
        if up {
            state.chosen = state.chosen.saturating_sub(1);
        }
        state.refused &= !up && !down;
        ui.add_space(space::XS);
        ScrollArea::vertical().max_height(360.0).min_scrolled_height(360.0).auto_shrink([false, false]).show(
            ui,
            |ui| {
                if hits.is_empty() {
                    muted(ui, "No command has such a name.");
                }
                for (at, hit) in hits.iter().enumerate() {
                    let key = hit.command.info().keys.first().map(ToString::to_string).unwrap_or_default();
                    let is_chosen = at == state.chosen;
                    let button = Button::selectable(is_chosen, hit.title.as_str())
                        .shortcut_text(key)
                        .min_size(vec2(ui.available_width(), 0.0))
                        .truncate();
                    let response = ui.add_enabled(hit.reason.is_none(), button);
                    let enabled = hit.reason.is_none();
                    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_chosen, &hit.title));
                    let clicked = response.clicked();
                    if is_chosen && (up || down) {
                        response.scroll_to_me(None);
                    }
                    match &hit.reason {
                        Some(reason) => {
                            if is_chosen {
                                let refused = state.refused || enter;
                                why_not(ui, reason, refused);
                            } else {
                                response.on_disabled_hover_text(reason);
                            }
                        }
                        None => {
                            response.on_hover_text(tip_of(&hit.command));
                        }
                    }
                    let entered = enter && is_chosen;
                    if clicked || (entered && hit.reason.is_none()) {
                        commands.push(Command::TogglePalette);
                        commands.push(hit.command.clone());
                    } else if entered {
                        state.refused = true;
                    }
                }
            },
        );
    });
    if response.should_close() && !commands.contains(&Command::TogglePalette) && !just_opened {
        commands.push(Command::TogglePalette);
    }
}

/// The sheet of shortcuts.
pub fn shortcuts(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if !session.open.shortcuts {
        return;
    }
    let response = Modal::new(Id::unique("shortcuts")).show(ui.ctx(), |ui| {
        let width = (ui.ctx().content_rect().width() - 160.0).clamp(420.0, 860.0);
        ui.set_width(width);
        ui.horizontal(|ui| {
            heading(ui, "Keyboard shortcuts");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::ICON_CLOSE, "Close the sheet").clicked() {
                    commands.push(Command::ToggleShortcuts);
                }
            });
        });
        muted(ui, "Text fields get their keys first. Buttons answer to Enter. Hold Shift for ten units at a time.");
        let height = ui.ctx().content_rect().height() - 190.0;
        ScrollArea::vertical().max_height(height.max(160.0)).min_scrolled_height(height.max(160.0)).show(ui, |ui| {
            let lines = sheet_lines();
            let half = lines.len().div_ceil(2);
            ui.columns(2, |columns| {
                for (at, (column, part)) in columns.iter_mut().zip(lines.chunks(half)).enumerate() {
                    egui::Grid::new(("keys", at)).num_columns(2).spacing([space::L, 3.0]).show(column, |ui| {
                        for (keys, title) in part {
                            ui.label(RichText::new(keys).strong().color(tokens(ui).accent));
                            ui.label(title);
                            ui.end_row();
                        }
                    });
                }
            });
        });
    });
    if response.should_close() && !commands.contains(&Command::ToggleShortcuts) {
        commands.push(Command::ToggleShortcuts);
    }
}

/// Keys and what they do, the ten digits on one line.
fn sheet_lines() -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for command in Command::fixed() {
        let info = command.info();
        let keys: Vec<String> = info.keys.iter().map(ToString::to_string).collect();
        match command {
            _ if keys.is_empty() => {}
            Command::FocusClass(Some(0)) => {
                lines.push(("0 to 9".to_owned(), "Follow the class with this number".to_owned()))
            }
            Command::FocusClass(Some(_)) => {}
            Command::Peek(_) => lines.push(("hold X".to_owned(), info.title.into_owned())),
            _ => lines.push((keys.join(" or "), info.title.trim_end_matches('…').to_owned())),
        }
    }
    lines
}

/// A list at the right edge, over the place.
fn side_list(
    ui: &mut Ui,
    id: &str,
    title: &str,
    close: Command,
    commands: &mut Vec<Command>,
    content: impl FnOnce(&mut Ui, &mut Vec<Command>),
) {
    let screen = ui.ctx().content_rect();
    let width = 400.0f32.min(screen.width() - 2.0 * space::L);
    Area::new(Id::unique(id))
        .order(Order::Foreground)
        .fixed_pos(egui::pos2(screen.right() - width - space::L, screen.top() + 48.0))
        .show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(space::M).show(ui, |ui| {
                ui.set_width(width - 2.0 * space::M);
                ui.horizontal(|ui| {
                    ui.label(RichText::new(title).strong());
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if icon_button(ui, icons::ICON_CLOSE, &format!("Close: {title}")).clicked() {
                            commands.push(close);
                        }
                    });
                });
                // An area is as high as it was at first, whatever comes in later: without a least height the list would stay so.
                let height = (screen.height() - 180.0).max(120.0);
                ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(
                    ui,
                    |ui| {
                        content(ui, commands);
                    },
                );
            });
        });
}

/// The list of notices.
pub fn notices(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if !session.open.notices {
        return;
    }
    side_list(ui, "notices", "Notices", Command::ToggleNotices, commands, |ui, commands| {
        if session.notices.entries().is_empty() {
            muted(ui, "Nothing to report.");
            return;
        }
        for entry in session.notices.entries().iter().rev() {
            let t = tokens(ui);
            let (icon, color, word) = match entry.level {
                Level::Info => (icons::ICON_INFO, t.accent, "Note"),
                Level::Warning => (icons::ICON_WARNING, t.warning, "Warning"),
                Level::Error => (icons::ICON_ERROR, t.error, "Error"),
            };
            ui.horizontal(|ui| {
                ui.label(icon.rich_text().size(text::ICON).color(color));
                ui.label(RichText::new(word).small().color(color));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let name = format!("Remove notice {}", entry.number);
                    if icon_button(ui, icons::ICON_CLOSE, &name).clicked() {
                        commands.push(Command::RemoveNotice(entry.number));
                    }
                });
            });
            ui.add(egui::Label::new(&entry.notice.summary).wrap());
            if let Some(hint) = &entry.notice.hint {
                ui.add(egui::Label::new(RichText::new(hint).small()).wrap());
            }
            if let Some(details) = &entry.notice.details {
                ui.push_id(entry.number, |ui| {
                    ui.collapsing("Details", |ui| ui.add(egui::Label::new(RichText::new(details).small()).wrap()));
                });
            }
            if let Some(retry) = &entry.retry {
                let label = super::chrome::shorten(&retry.info().title, 60);
                command_button(ui, session, retry.as_ref().clone(), &label, commands);
                // What cannot be read in one way can often be read in another.
                if **retry == Command::RetryData {
                    let label = Command::ToggleSpec.info().title.into_owned();
                    command_button(ui, session, Command::ToggleSpec, &label, commands);
                }
            }
            ui.separator();
        }
        command_button(ui, session, Command::ClearNotices, "Remove all", commands);
    });
}

/// The list of running jobs.
pub fn jobs(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if session.open.jobs {
        side_list(ui, "jobs", "Running jobs", Command::ToggleJobs, commands, |ui, commands| {
            super::chrome::jobs_list(ui, session, commands);
        });
    }
}

/// What a newcomer sees: what this is, and three ways to begin.
pub fn welcome(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        match failed_open::shown(session) {
            Some(failed) => {
                ui.add_space(space::L);
                failed_open::card(ui, session, failed, commands);
                ui.add_space(space::L);
            }
            None => ui.add_space((ui.available_height() * 0.16).max(space::XL)),
        }
        ui.label(RichText::new("What did the model use?").size(theme::text::HEADING * 1.4));
        ui.add_space(space::XS);
        ui.label("Open data and a model, and see which parts of an input decide its answer.");
        ui.add_space(space::L);
        command_button(ui, session, Command::Ask(Dialog::OpenFiles), "Open files…", commands);
        ui.add_space(space::XS);
        muted(ui, "or drop a file, a folder, a model or a project anywhere on this window");
        // A black box that reads texts is there already.
        let own = Command::Reading(Action::OpenOwn(true));
        if own.availability(session).is_ok() {
            ui.add_space(space::S);
            command_button(ui, session, own, "Your own text", commands);
        }
        ui.add_space(space::XL);
        ui.scope(|ui| {
            ui.set_max_width(440.0);
            if !session.samples.is_empty() {
                group(ui, "Samples");
                for (title, spec) in session.samples.iter().take(6) {
                    if ui.button(title).on_hover_text(spec).clicked() {
                        commands.push(Command::OpenSpec(spec.clone()));
                    }
                }
            }
            if !session.settings.recent.is_empty() {
                group(ui, "Recent");
                for recent in session.settings.recent.iter().take(6) {
                    if ui
                        .add(Button::new(super::chrome::shorten(recent, 60)).frame_when_inactive(false))
                        .on_hover_text(recent)
                        .clicked()
                    {
                        commands.push(Command::OpenSpec(recent.clone()));
                    }
                }
            }
        });
    });
}
