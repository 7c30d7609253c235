//! How much room the panels beside the viewer get. In a narrow window they give way: first both become narrower, then one of them folds to a tab, so
//! that the viewer keeps its share.

use egui::{Frame, Margin, Panel, Ui};
use egui_material_icons::icons;

use super::super::panels::{Side, SidePanel};
use super::super::theme::tokens;
use super::super::widgets::icon_button;
use crate::session::{Command, Session};

/// Share of the window's width that the viewer keeps.
const SHARE: f32 = 0.45;
/// Width in points that it keeps for two methods beside each other, as long as that is no more than [`MOST_SHARE`] of the window.
const COMFORT: f32 = 560.0;
/// See [`COMFORT`].
const MOST_SHARE: f32 = 0.6;
/// Width of a folded panel in points: a button and the line beside it.
const TAB: f32 = 40.0;

/// What a panel wants, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// Its width where there is room.
    pub width: f32,
    /// The width under which it is of no use.
    pub least: f32,
}

/// What it gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given {
    /// It is not shown.
    Nothing,
    /// A tab with a button that brings it back.
    Tab,
    /// Exactly this width, less than it wants.
    Narrow(f32),
    /// The width it wants; the user can make it as wide as this.
    Wide(f32),
}

/// Shares out what the panels of items and of the inspector get of `available` points in a window of so many; `None` for one that is not shown. Where only
/// one has room, it is the one that was asked for last.
pub fn arrange(window: f32, available: f32, wishes: [Option<Wish>; 2], asked: Option<Side>) -> [Given; 2] {
    let viewer = (SHARE * window).max(COMFORT.min(MOST_SHARE * window));
    let room = (available - viewer).max(0.0);
    let alone = |wish: Wish, beside: f32| {
        let most = room - beside;
        if wish.width <= most { Given::Wide(most) } else { Given::Narrow(most.max(wish.least.min(wish.width))) }
    };
    match wishes {
        [None, None] => [Given::Nothing; 2],
        [Some(items), None] => [alone(items, 0.0), Given::Nothing],
        [None, Some(inspector)] => [Given::Nothing, alone(inspector, 0.0)],
        [Some(items), Some(inspector)] => {
            if items.width + inspector.width <= room {
                return [Given::Wide(room - inspector.width), Given::Wide(room - items.width)];
            }
            let least = [items, inspector].map(|wish| wish.least.min(wish.width));
            if least[0] + least[1] <= room {
                // The inspector's lines wrap; items in smaller rows are harder to tell apart.
                let of_inspector = (room - items.width).max(least[1]);
                return [Given::Narrow(items.width.min(room - of_inspector)), Given::Narrow(of_inspector)];
            }
            match asked {
                Some(Side::Right) => [Given::Tab, alone(inspector, TAB)],
                _ => [alone(items, TAB), Given::Tab],
            }
        }
    }
}

/// What is remembered of the panels.
#[derive(Default)]
pub struct RoomUi {
    /// The one that the user asked for last.
    asked: Option<Side>,
    /// Whether items and inspector were shown in the frame before, by the settings.
    shown: Option<[bool; 2]>,
    /// Whether they were tabs then.
    were_tabs: [bool; 2],
}

impl RoomUi {
    /// Shares out the room; `wishes` as for [`arrange`].
    pub fn arrange(
        &mut self,
        ui: &Ui,
        session: &Session,
        wishes: [Option<Wish>; 2],
        commands: &mut Vec<Command>,
    ) -> [Given; 2] {
        let shown = [session.settings.show_items, session.settings.show_inspector];
        let before = self.shown.replace(shown).unwrap_or(shown);
        let panels = [(Side::Left, Command::ToggleItems), (Side::Right, Command::ToggleInspector)];
        for (at, (side, toggle)) in panels.into_iter().enumerate() {
            if before[at] && !shown[at] && self.were_tabs[at] {
                // Who presses the key of a panel that is a tab wants to see it, not to lose the tab as well.
                commands.push(toggle);
                self.asked = Some(side);
            } else if !before[at] && shown[at] {
                self.asked = Some(side);
            }
        }
        let given = arrange(ui.ctx().content_rect().width(), ui.available_width(), wishes, self.asked);
        self.were_tabs = given.map(|given| given == Given::Tab);
        given
    }

    /// The tab of a panel that has no room.
    pub fn tab(&mut self, ui: &mut Ui, side: Side) {
        let frame = Frame::new().fill(tokens(ui).panel).inner_margin(Margin::same(2));
        let (panel, icon, name) = match side {
            Side::Left => (Panel::left("items tab"), icons::ICON_LEFT_PANEL_OPEN, "Show the items"),
            Side::Right => (Panel::right("inspector tab"), icons::ICON_RIGHT_PANEL_OPEN, "Show the inspector"),
        };
        let panel = panel.resizable(false).exact_size(TAB).frame(frame);
        if panel.show(ui, |ui| icon_button(ui, icon, name).clicked()).inner {
            self.asked = Some(side);
            ui.ctx().request_repaint();
        }
    }
}

/// Shows a panel in what it was given.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    panel: SidePanel,
    given: Given,
    commands: &mut Vec<Command>,
    content: impl FnOnce(&mut Ui, &mut Vec<Command>),
) {
    let [least, most] = panel.range;
    match given {
        Given::Nothing | Given::Tab => {}
        Given::Wide(room) => {
            SidePanel { range: [least, room.clamp(least, most)], ..panel }.show(ui, session, commands, content);
        }
        Given::Narrow(width) => {
            // A panel of its own: the width that the user chose comes back with the room for it.
            let salt = ("narrow", panel.name);
            let narrow = match panel.side {
                Side::Left => Panel::left(salt),
                Side::Right => Panel::right(salt),
            };
            narrow.resizable(false).exact_size(width).frame(panel.frame).show(ui, |ui| content(ui, commands));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Given, Side, TAB, Wish, arrange};

    const ITEMS: Wish = Wish { width: 228.0, least: 200.0 };
    const TABLE: Wish = Wish { width: 400.0, least: 380.0 };
    const INSPECTOR: Wish = Wish { width: 290.0, least: 240.0 };

    /// Width of a panel in points.
    fn width(given: Given, wish: Wish) -> f32 {
        match given {
            Given::Nothing => 0.0,
            Given::Tab => TAB,
            Given::Narrow(width) => width,
            Given::Wide(_) => wish.width,
        }
    }

    #[test]
    fn the_viewer_keeps_its_share_of_every_window() {
        for window in (80..200).map(|tens| tens as f32 * 10.0) {
            for items in [ITEMS, TABLE] {
                for asked in [None, Some(Side::Left), Some(Side::Right)] {
                    let available = window - 76.0;
                    let given = arrange(window, available, [Some(items), Some(INSPECTOR)], asked);
                    let taken = width(given[0], items) + width(given[1], INSPECTOR);
                    let viewer = available - taken;
                    // Up to 900 points a table of items leaves less; folded is the other then.
                    let least = if window > 900.0 || items == ITEMS { 0.45 } else { 0.35 };
                    assert!(viewer >= least * window - 0.5, "{window} {asked:?} {given:?}: {viewer}");
                }
            }
        }
    }

    #[test]
    fn panels_become_narrower_before_one_of_them_folds_and_the_one_asked_for_stays() {
        let of = |window: f32, items: Wish, asked: Option<Side>| {
            arrange(window, window - 76.0, [Some(items), Some(INSPECTOR)], asked)
        };
        assert_eq!(of(1280.0, ITEMS, None), [Given::Wide(338.0), Given::Wide(400.0)]);
        assert_eq!(of(1280.0, TABLE, None), [Given::Narrow(388.0), Given::Narrow(240.0)]);
        assert!(matches!(of(1024.0, ITEMS, None), [Given::Wide(_), Given::Tab]));
        assert!(matches!(of(1024.0, ITEMS, Some(Side::Right)), [Given::Tab, Given::Wide(_)]));
        assert!(matches!(of(1024.0, TABLE, Some(Side::Left)), [Given::Narrow(_), Given::Tab]));
        // What is not shown takes no room and needs no tab.
        let alone = arrange(1024.0, 948.0, [None, Some(INSPECTOR)], None);
        assert!(matches!(alone, [Given::Nothing, Given::Wide(_)]), "{alone:?}");
    }
}
