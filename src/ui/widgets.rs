//! Small parts that several panels share: buttons with icons, commands as buttons, empty and failed states, progress, bars.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Button, FontId, Rect, Response, RichText, Sense, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use egui_material_icons::MaterialIcon;

use super::theme::{self, space, text, tokens};
use crate::data::text::with_scripts_named;
use crate::figure::fonts::drawable;
use crate::session::{Command, Session, describe};
use crate::work::{JobError, Progress};

/// A user's text without the boxes that stand for what no font has: scripts are named, signs numbered.
pub fn showable(text: &str) -> String {
    drawable(&with_scripts_named(text)).into_owned()
}

/// Secondary text.
pub fn muted(ui: &mut Ui, words: impl Into<String>) -> Response {
    ui.label(RichText::new(words).small().color(tokens(ui).muted))
}

/// A heading.
pub fn heading(ui: &mut Ui, words: &str) -> Response {
    ui.label(RichText::new(words).heading())
}

/// A small heading over a group.
pub fn group(ui: &mut Ui, words: &str) {
    ui.add_space(space::XS);
    ui.label(RichText::new(words).small().strong().color(tokens(ui).muted));
}

/// A line between groups.
pub fn rule(ui: &mut Ui) {
    ui.add_space(space::XS);
    ui.separator();
}

/// A button that is only an icon; `name` is its name and tooltip.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, name: &str) -> Response {
    let button = Button::new(icon.rich_text().size(text::ICON)).frame_when_inactive(false);
    let response = ui.add(button);
    name_button(&response, ui, name, None);
    response.on_hover_text(name)
}

fn name_button(response: &Response, ui: &Ui, name: &str, chosen: Option<bool>) {
    let enabled = ui.is_enabled();
    response.widget_info(|| match chosen {
        Some(chosen) => WidgetInfo::selected(Role::Button, enabled, chosen, name),
        None => WidgetInfo::labeled(Role::Button, enabled, name),
    });
}

/// Tooltip of a command: what it does and its key.
pub fn tip_of(command: &Command) -> String {
    let info = command.info();
    match info.keys.first() {
        Some(key) => format!("{} ({key})", info.tip.trim_end_matches('.')),
        None => info.tip.trim_end_matches('.').to_owned(),
    }
}

/// A button for a command: greyed with the reason when it cannot be used.
pub fn command_button(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    label: &str,
    commands: &mut Vec<Command>,
) -> Response {
    command_button_called(ui, session, command, label, label, commands)
}

/// The same with a name that says more than there is room for on the button.
pub fn command_button_called(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    label: &str,
    name: &str,
    commands: &mut Vec<Command>,
) -> Response {
    command_widget(ui, session, command, Button::new(label), name, None, commands)
}

/// An icon for a command.
pub fn command_icon(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    icon: MaterialIcon,
    commands: &mut Vec<Command>,
) -> Response {
    let name = command.info().title.trim_end_matches('…').to_owned();
    let button = Button::new(icon.rich_text().size(text::ICON)).frame_when_inactive(false);
    command_widget(ui, session, command, button, &name, None, commands)
}

/// A button that stays pressed while `chosen`.
pub fn command_choice(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    chosen: bool,
    label: &str,
    commands: &mut Vec<Command>,
) -> Response {
    command_choice_called(ui, session, command, chosen, (label, label), commands)
}

/// The same with a name that says more than there is room for on the button: label and name.
pub fn command_choice_called(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    chosen: bool,
    (label, name): (&str, &str),
    commands: &mut Vec<Command>,
) -> Response {
    let button = Button::selectable(chosen, label).frame_when_inactive(true);
    command_widget(ui, session, command, button, name, Some(chosen), commands)
}

fn command_widget(
    ui: &mut Ui,
    session: &Session,
    command: Command,
    button: Button<'_>,
    name: &str,
    chosen: Option<bool>,
    commands: &mut Vec<Command>,
) -> Response {
    let availability = command.availability(session);
    let response = ui.add_enabled(availability.is_ok(), button);
    let enabled = availability.is_ok();
    response.widget_info(|| match chosen {
        Some(chosen) => WidgetInfo::selected(Role::Button, enabled, chosen, name),
        None => WidgetInfo::labeled(Role::Button, enabled, name),
    });
    let clicked = response.clicked();
    let response = match &availability {
        Ok(()) => response.on_hover_text(tip_of(&command)),
        Err(reason) => response.on_disabled_hover_text(format!("{}. {reason}.", tip_of(&command))),
    };
    if clicked {
        commands.push(command);
    }
    response
}

/// A line of a menu for a command, with its key.
pub fn menu_item(ui: &mut Ui, session: &Session, command: Command, commands: &mut Vec<Command>) {
    let info = command.info();
    let key = info.keys.first().map(ToString::to_string).unwrap_or_default();
    let button = Button::new(info.title.as_ref()).shortcut_text(key);
    if command_widget(ui, session, command, button, info.title.as_ref(), None, commands).clicked() {
        ui.close();
    }
}

/// One sentence and one button where there is nothing to show.
pub fn empty(
    ui: &mut Ui,
    session: &Session,
    icon: MaterialIcon,
    sentence: &str,
    action: Option<(Command, &str)>,
    commands: &mut Vec<Command>,
) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).max(space::XL));
        ui.label(icon.rich_text().size(text::EMPTY_ICON).color(tokens(ui).muted));
        ui.add_space(space::S);
        ui.label(RichText::new(sentence).size(text::BODY));
        if let Some((command, label)) = action {
            ui.add_space(space::M);
            command_button(ui, session, command, label, commands);
        }
    });
}

/// What failed, why, what to do, and a button that tries again.
pub fn failed(ui: &mut Ui, session: &Session, error: &JobError, retry: Option<Command>, commands: &mut Vec<Command>) {
    let notice = error.notice();
    egui::Frame::new().fill(tokens(ui).raised).corner_radius(theme::RADIUS).inner_margin(space::M).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(egui_material_icons::icons::ICON_ERROR.rich_text().size(text::ICON).color(tokens(ui).error));
            let summary = describe::in_window(&notice.summary);
            ui.add(egui::Label::new(RichText::new(summary).color(tokens(ui).error)).wrap());
        });
        if let Some(hint) = &notice.hint {
            ui.add(egui::Label::new(hint).wrap());
        }
        if let Some(details) = &notice.details {
            ui.collapsing("Details", |ui| ui.add(egui::Label::new(RichText::new(details).small()).wrap()));
        }
        // A command that was not connected here answers no better when it is asked again.
        let is_unconnected = describe::in_window(&notice.summary) != notice.summary;
        if is_unconnected && session.active_box().is_some_and(|active| active.card.exec.is_some()) {
            let title = Command::SetUpCommand.info().title;
            command_button(ui, session, Command::SetUpCommand, &title, commands);
        }
        if let Some(retry) = retry {
            command_button(ui, session, retry, "Try again", commands);
        }
    });
}

/// How far a job is, as a bar with its line of words.
pub fn progress_bar(ui: &mut Ui, title: &str, progress: Option<&Progress>, width: f32) -> Response {
    let fraction = progress.and_then(Progress::fraction);
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    ui.painter().rect_filled(rect, 3.0, t.track);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * fraction.unwrap_or(0.0), rect.height()));
    ui.painter().rect_filled(filled, 3.0, t.accent);
    let value = f64::from(fraction.unwrap_or(0.0) * 100.0);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, title);
        info.value = Some(value);
        info
    });
    response
}

/// A term of the papers, with a sentence and its source on hover.
pub fn term(ui: &mut Ui, word: &str, explanation: &str) -> Response {
    ui.label(RichText::new(word).underline()).on_hover_text(explanation)
}

/// A row of a bar chart: name on the left, bar, number on the right.
pub fn bar_row(ui: &mut Ui, name: &str, share: f32, words: &str, fill: egui::Color32, is_hatched: bool) -> Response {
    let t = tokens(ui);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    let number_width = 44.0;
    let painter = ui.painter_at(rect);
    let font = FontId::proportional(text::SMALL);
    // Bars begin on one line, behind the longest of their names.
    let longest = painter.layout_no_wrap("Unselected only".to_owned(), font.clone(), t.text).size().x + space::S;
    let label_width = (width * 0.36).max(longest).min(width * 0.5);
    let clip = Rect::from_min_size(rect.min, vec2(label_width - space::XS, rect.height()));
    let mut job = LayoutJob::simple_singleline(name.to_owned(), font.clone(), t.text);
    job.wrap = TextWrapping::truncate_at_width(clip.width());
    let galley = painter.layout_job(job);
    let place = Align2::LEFT_CENTER.anchor_size(pos2(rect.left(), rect.center().y), galley.size());
    ui.painter_at(clip).galley(place.min, galley, t.text);
    let track = Rect::from_min_max(
        pos2(rect.left() + label_width, rect.center().y - 5.0),
        pos2(rect.right() - number_width, rect.center().y + 5.0),
    );
    painter.rect_filled(track, 2.0, t.track);
    let filled = Rect::from_min_size(track.min, vec2(track.width() * share.clamp(0.0, 1.0), track.height()));
    painter.rect_filled(filled, 2.0, fill);
    if is_hatched {
        let hatch = ui.painter_at(filled);
        let mut x = filled.left() - filled.height();
        while x < filled.right() {
            hatch.line_segment(
                [pos2(x, filled.bottom()), pos2(x + filled.height(), filled.top())],
                egui::Stroke::new(1.2, t.panel),
            );
            x += 5.0;
        }
    }
    painter.text(pos2(rect.right(), rect.center().y), Align2::RIGHT_CENTER, words, font, t.text);
    let label = format!("{name}: {words}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    response
}

/// A chip in the top bar: an icon and a short text.
pub fn chip(ui: &mut Ui, icon: MaterialIcon, words: &str, tip: &str) -> Response {
    let mark = icon.rich_text().size(text::BODY).color(tokens(ui).muted);
    let response = ui.add(Button::new((mark, words)).frame(false).sense(Sense::hover()));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response.on_hover_text(tip)
}

/// The same as a button with a menu; `what` says before the words what it is.
pub fn menu_chip(ui: &mut Ui, icon: MaterialIcon, words: &str, what: &str, tip: &str) -> Response {
    let mark = icon.rich_text().size(text::BODY).color(tokens(ui).muted);
    let response = ui.add(Button::new((mark, words)).frame(false));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{what}: {words}")));
    response.on_hover_text(tip)
}

/// A square swatch of a legend.
pub fn swatch(ui: &mut Ui, fill: egui::Color32, is_hatched: bool) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(12.0), Sense::hover());
    if is_hatched {
        ui.painter().rect_stroke(rect, 2.0, egui::Stroke::new(1.0, fill), egui::StrokeKind::Inside);
        let painter = ui.painter_at(rect);
        for step in 0..5 {
            let x = rect.left() - 12.0 + 6.0 * step as f32;
            painter.line_segment([pos2(x, rect.bottom()), pos2(x + 12.0, rect.top())], egui::Stroke::new(1.2, fill));
        }
    } else {
        ui.painter().rect_filled(rect, 2.0, fill);
    }
}
