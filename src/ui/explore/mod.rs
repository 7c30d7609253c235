//! The explorer: items on the left, the viewer in the middle, the inspector on the right.

mod answers;
mod by_hand;
mod canvas;
mod cards;
mod channels;
mod class_table;
mod classes;
mod filter;
mod fit;
mod folds;
mod groups;
mod hits;
mod inspector;
mod item_table;
mod items;
mod own;
mod reading;
mod rebuilt;
mod record;
mod room;
mod series;
mod series_map;
mod thumbs;
mod unexplained;
mod viewer;
mod what_if;
mod words;

use egui::{Align2, Area, CentralPanel, Frame, Id, Margin, Order, RichText, Ui};
use egui_material_icons::icons;

use super::panels::{Side, SidePanel, held};
use super::sheets;
use super::theme::{self, space, text, tokens};
use super::widgets;
use crate::session::items::ListStyle;
use crate::session::{Command, Session, slots};

/// What the explorer remembers beside the session.
#[derive(Default)]
pub struct ExploreUi {
    items: items::ItemsUi,
    thumbs: thumbs::Thumbs,
    canvas: canvas::Canvas,
    unexplained: unexplained::Unexplained,
    inspector: inspector::InspectorUi,
    own: own::OwnUi,
    room: room::RoomUi,
}

/// Width of a scroll bar in points while the pointer is elsewhere.
const SCROLL_BAR: f32 = 4.0;
/// How strongly it is drawn then.
const RESTING: f32 = 0.4;

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut ExploreUi, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    // Without data a text of one's own may be in view.
    let Some(data) = session.data.as_ref().or(session.own_text().map(|own| &own.data)).cloned() else {
        CentralPanel::default().frame(Frame::new().fill(t.canvas).inner_margin(space::M)).show(ui, |ui| match session
            .running
            .of_kind(slots::DATA)
        {
            Some(job) => opening(ui, job, commands),
            // Over in a blink: the offers of an empty window would only flash by.
            None if session.is_opening_project() => {
                widgets::muted(ui, &session.last_action);
            }
            None => sheets::welcome(ui, session, commands),
        });
        own::leave(&mut state.own, commands);
        own::take_paste(ui, commands);
        return;
    };
    // What scrolls says so without being pointed at, and beside what it shows, not over it.
    let scroll = &mut ui.spacing_mut().scroll;
    scroll.floating_allocated_width = scroll.bar_width;
    (scroll.floating_width, scroll.dormant_handle_opacity) = (SCROLL_BAR, RESTING);
    let alone = session.open.viewer_alone;
    let panel = Frame::new().fill(t.panel).inner_margin(Margin::same(space::S as i8));
    let (name, width, least) = match session.explore.list.style {
        ListStyle::Strip if !session.lists_rows() => ("items strip", 228.0, 200.0),
        // A wide window has room for more of a row's own columns.
        _ if session.lists_rows() => {
            ("items table", (ui.ctx().content_rect().width() * 0.3).clamp(400.0, 640.0), 380.0)
        }
        // Its columns have their widths.
        _ => ("items table", 400.0, 380.0),
    };
    let left = SidePanel { side: Side::Left, name, width, range: [150.0, 1200.0], frame: panel };
    let right = SidePanel { side: Side::Right, name: "inspector", width: 290.0, range: [220.0, 520.0], frame: panel };
    let wish = |of: &SidePanel, least: f32, is_shown: bool| {
        let width = session.settings.panels.get(of.name).copied().unwrap_or(of.width);
        is_shown.then_some(room::Wish { width, least })
    };
    let wishes = [
        wish(&left, least, session.settings.show_items && !alone && session.data.is_some()),
        wish(&right, 240.0, session.settings.show_inspector && !alone),
    ];
    let [to_left, to_right] = state.room.arrange(ui, session, wishes, commands);
    state.canvas.has_inspector = matches!(to_right, room::Given::Narrow(_) | room::Given::Wide(_));
    for (side, given) in [(Side::Left, to_left), (Side::Right, to_right)] {
        if given == room::Given::Tab {
            state.room.tab(ui, side);
        }
    }
    room::show(ui, session, left, to_left, commands, |ui, commands| {
        items::show(ui, session, &data, &mut state.items, &mut state.thumbs, commands);
    });
    room::show(ui, session, right, to_right, commands, |ui, commands| {
        held(ui, |ui| inspector::show(ui, session, &mut state.inspector, &state.canvas, &mut state.thumbs, commands));
    });
    CentralPanel::default().frame(Frame::new().fill(t.canvas)).show(ui, |ui| {
        own::editor(ui, session, &state.canvas, &mut state.own, commands);
        match unexplained::Lack::of(session) {
            Some(lack) => {
                let own = (&mut state.unexplained, &mut state.thumbs);
                unexplained::show(ui, session, &data, lack, own, commands);
            }
            None => viewer::show(ui, session, &mut state.canvas, commands),
        }
    });
    own::take_paste(ui, commands);
    // Text and list of words point at the same unit.
    let pointed = state.inspector.words.take_found().or(state.canvas.take_found_unit());
    if pointed != session.explore.reading.pointed {
        commands.push(Command::Reading(crate::session::reading::Action::Point(pointed)));
    }
}

fn opening(ui: &mut Ui, job: &crate::session::running::RunningJob, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.label(RichText::new(&job.title).size(text::BODY));
        ui.add_space(space::S);
        widgets::progress_bar(ui, &job.title, job.progress.as_ref(), 320.0);
        let line = job.progress.as_ref().map_or_else(|| "starting".to_owned(), crate::work::Progress::line);
        widgets::muted(ui, line);
        ui.add_space(space::S);
        if ui.button("Cancel").clicked() {
            commands.push(Command::CancelJob(job.id));
        }
    });
}

/// Says, while files hover over the window, that they can be dropped.
pub fn drop_hint(ui: &Ui) {
    Area::new(Id::unique("drop hint")).order(Order::Foreground).anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(
        ui.ctx(),
        |ui| {
            Frame::popup(ui.style()).inner_margin(theme::space::XL).show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label(icons::ICON_FILE_OPEN.rich_text().size(text::RAIL_ICON));
                    ui.label("Drop to open: data, pictures, a black box, an explainer or a project");
                });
            });
        },
    );
}
