//! Side panels whose widths are kept with the layout.

use egui::{Frame, Id, Panel, Rangef, Ui, UiBuilder, accesskit::Action};

use crate::session::{Command, Session};

/// Which edge a panel lies at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// A panel beside the content of a place.
#[derive(Clone, Copy, Debug)]
pub struct SidePanel {
    /// Its edge.
    pub side: Side,
    /// Name by which its width is kept.
    pub name: &'static str,
    /// Width in points as long as the user has not changed it.
    pub width: f32,
    /// Least and largest width in points.
    pub range: [f32; 2],
    /// Background and margins.
    pub frame: Frame,
}

impl SidePanel {
    /// Shows it with the width that the user gave it; a width that was changed now is told by a command.
    pub fn show(
        self,
        ui: &mut Ui,
        session: &Session,
        commands: &mut Vec<Command>,
        content: impl FnOnce(&mut Ui, &mut Vec<Command>),
    ) {
        // Another layout is another panel, so that egui forgets the width it remembers.
        let salt = (self.name, session.settings.layout_version);
        let kept = session.settings.panels.get(self.name).copied();
        let panel = match self.side {
            Side::Left => Panel::left(salt),
            Side::Right => Panel::right(salt),
        };
        let [least, most] = self.range;
        let panel = panel.default_size(kept.unwrap_or(self.width)).size_range(Rangef::new(least, most));
        let id = ui.scope_id().with(salt);
        panel.frame(self.frame).show(ui, |ui| content(ui, commands));
        if is_resized(ui, id)
            && let Some(state) = egui::PanelState::load(ui.ctx(), id)
        {
            let width = state.size().x.round();
            if kept.unwrap_or(self.width).round() != width {
                commands.push(Command::SetPanelWidth(self.name, width));
            }
        }
    }
}

/// Draws what a panel holds into the room that it has. A panel is as wide as what stands in it, so that a long word under the pointer would move its edge
/// and with it all that stands beside it: what is wider is cut at the edge instead.
pub fn held(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let mut inner = ui.new_child(UiBuilder::new().id_salt("held").max_rect(room));
    content(&mut inner);
    ui.advance_cursor_after_rect(room);
}

/// Whether the user's change of a panel's size, by pointer or by assistive technology, ended in this frame. A window that becomes
/// smaller squeezes its panels too, and that is no wish of the user.
pub fn is_resized(ui: &Ui, id: Id) -> bool {
    let handle = id.with("__resize");
    let is_dragged = ui.ctx().read_response(handle).is_some_and(|response| response.dragged());
    let note = id.with("dragged");
    let was_dragged = ui.data_mut(|data| {
        let before = data.get_temp(note).unwrap_or(false);
        data.insert_temp(note, is_dragged);
        before
    });
    let is_asked = [Action::Increment, Action::Decrement, Action::SetValue];
    (was_dragged && !is_dragged)
        || ui.input(|input| is_asked.iter().any(|action| input.num_accesskit_action_requests(handle, *action) > 0))
}
