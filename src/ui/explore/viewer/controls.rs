//! The controls under the pictures, in groups that stay together however narrow the viewer is.

use egui::{TextStyle, Ui};

use super::super::super::widgets::{command_button, command_button_called, command_choice, command_choice_called};
use super::super::canvas::{Canvas, Zoom};
use super::super::{channels, classes, groups};
use super::{fill_choice, k_slider, legend, of_words, unit_choice, unit_name};
use crate::data::{Modality, Unit};
use crate::figure::layout::series::Form;
use crate::figure::layout::{Hidden, View};
use crate::session::command::{VIEWS, view_title};
use crate::session::reading::{Action, fill_words_for, fills_for};
use crate::session::{Command, Session};

/// What is the same for all parts of the controls in a frame.
#[derive(Clone, Copy, Debug)]
struct Setting {
    /// Whether the button that hatches stands beside the legend.
    hatches_below: bool,
    /// Length of the slider of k in points.
    slider: f32,
}

/// Parts of the controls that stay together on a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Views,
    /// Flip, and what is marked or hatched.
    Marks,
    /// How a series is drawn.
    Forms,
    /// Which channels of a series are curves.
    Channels,
    /// What opens beside the picture: your own text, classes.
    Panels,
    Select,
    Units,
    Fill,
    Zoom,
}

impl Group {
    const ALL: [Self; 9] = [
        Self::Views,
        Self::Marks,
        Self::Forms,
        Self::Channels,
        Self::Panels,
        Self::Select,
        Self::Units,
        Self::Fill,
        Self::Zoom,
    ];

    /// Width in points, the same in every view: a row that breaks in one view only would move the picture. `None` where there is nothing to show.
    fn width(self, ui: &Ui, session: &Session, canvas: &Canvas, setting: Setting) -> Option<f32> {
        let explore = &session.explore;
        let buttons = |labels: &[&str]| {
            let widths: Vec<f32> = labels.iter().map(|label| groups::button(ui, label)).collect();
            groups::beside(ui, &widths)
        };
        let body = |words: &str| groups::word(ui, words, &TextStyle::Body);
        Some(match self {
            Self::Views => buttons(&VIEWS.map(view_title)),
            Self::Marks => {
                let hatch = hatch_words(session).filter(|_| !setting.hatches_below).map(|(label, _)| label);
                let truth = session.knows_truth().then_some("Truth");
                buttons(&[Some(FLIP), hatch, truth].into_iter().flatten().collect::<Vec<_>>())
            }
            Self::Forms => {
                session.series_form()?;
                let own = channels::has_switch(session).then_some(channels::OWN_SCALES);
                let all = has_chosen_channels(session).then_some(ALL_CHANNELS);
                buttons(&forms(session).map(Form::title).chain(own).chain(all).collect::<Vec<_>>())
            }
            Self::Channels => channels::picker_width(ui, session)?,
            Self::Panels => {
                let own = (session.modality() == Modality::Text).then_some(OWN_TEXT);
                let by_class = classes::is_offered(session).then_some("Classes");
                let labels: Vec<&str> = own.into_iter().chain(by_class).collect();
                if labels.is_empty() {
                    return None;
                }
                buttons(&labels)
            }
            Self::Select => {
                let most = session.unit_count();
                let number = body(&most.to_string()) + 2.0 * ui.spacing().button_padding.x;
                let number = number.max(ui.spacing().interact_size.x);
                let of = body(&of_words(session, most));
                groups::beside(ui, &[body("Select"), setting.slider, number, of])
            }
            Self::Units => {
                session.active_box()?;
                groups::beside(ui, &[body("Units"), units_width(ui, explore.unit)])
            }
            Self::Fill => groups::beside(ui, &[body("Fill"), fill_width(ui, session.modality())]),
            Self::Zoom => buttons(&[zoom_words(canvas)?.as_str()]),
        })
    }

    fn show(self, ui: &mut Ui, session: &Session, canvas: &mut Canvas, setting: Setting, commands: &mut Vec<Command>) {
        let explore = &session.explore;
        match self {
            Self::Views => {
                for view in VIEWS {
                    let is_shown = explore.view == view;
                    command_choice(ui, session, Command::SetView(view), is_shown, view_title(view), commands);
                }
            }
            Self::Marks => {
                let name = match explore.view {
                    View::Selected => "Flip to unselected",
                    _ => "Flip to selected",
                };
                command_button_called(ui, session, Command::Flip, FLIP, name, commands);
                if !setting.hatches_below {
                    hatch(ui, session, commands);
                }
                if session.knows_truth() {
                    command_choice(ui, session, Command::ToggleTruth, explore.shows_truth, "Truth", commands);
                }
            }
            Self::Forms => {
                for form in forms(session) {
                    let is_shown = session.series_form() == Some(form);
                    command_choice(ui, session, Command::SetForm(form), is_shown, form.title(), commands);
                }
                channels::scales(ui, session, canvas.picture(explore.focus), commands);
                if has_chosen_channels(session) {
                    command_button(ui, session, Command::ChooseGroup(None), ALL_CHANNELS, commands);
                }
            }
            Self::Channels => channels::picker(ui, session, commands),
            Self::Panels => {
                if session.modality() == Modality::Text {
                    let open = session.own_text().is_some();
                    command_choice(ui, session, Command::Reading(Action::OpenOwn(!open)), open, OWN_TEXT, commands);
                }
                classes::toggle(ui, session, canvas, commands);
            }
            Self::Select => k_slider(ui, session, setting.slider, commands),
            Self::Units => unit_choice(ui, session, commands),
            Self::Fill => fill_choice(ui, session, commands),
            Self::Zoom => {
                if let Some(words) = zoom_words(canvas)
                    && ui.button(words).clicked()
                {
                    canvas.zoom = Zoom::default();
                }
            }
        }
    }
}

const FLIP: &str = "Flip";
const OWN_TEXT: &str = "Your own text";
const ALL_CHANNELS: &str = "All channels";
/// Least and largest length of the slider of k in points.
const LEAST_SLIDER: f32 = 110.0;
const MOST_SLIDER: f32 = 320.0;
/// In so wide controls the button that hatches stands beside the legend, which says what is hatched.
const WITH_HATCH: f32 = 500.0;

/// Draws the controls.
pub(super) fn show(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    let room = ui.available_width();
    let hatches_below = room >= WITH_HATCH;
    let measured = |slider: f32| -> (Vec<Group>, Vec<f32>) {
        let setting = Setting { hatches_below, slider };
        let width = |group: Group| Some((group, group.width(ui, session, canvas, setting)?));
        Group::ALL.into_iter().filter_map(width).unzip()
    };
    let slider = slider_length(room, |slider| groups::rows(&measured(slider).1, room).len());
    let (shown, widths) = measured(slider);
    let setting = Setting { hatches_below, slider };
    for row in groups::rows(&widths, room) {
        let is_too_wide = widths[row.start] > room;
        let content = |ui: &mut Ui| {
            for at in row.clone() {
                if at > row.start {
                    ui.separator();
                }
                shown[at].show(ui, session, canvas, setting, commands);
            }
        };
        if is_too_wide {
            ui.horizontal_wrapped(content);
        } else {
            ui.horizontal(content);
        }
    }
    legend(ui, session, canvas, hatches_below, commands);
}

/// Whether curves are drawn of a group or of picked channels.
fn has_chosen_channels(session: &Session) -> bool {
    session.chosen_group().is_some() || !session.explore.picked.is_empty()
}

/// The forms in which the series in view can be drawn.
fn forms(session: &Session) -> impl Iterator<Item = Form> {
    Form::ALL.into_iter().filter(|form| Command::SetForm(*form).availability(session).is_ok())
}

/// Label and name of the button that hatches what is hidden. Lines have no place to hatch, and in a table it is the words of the fill that are left out.
pub(super) fn hatch_words(session: &Session) -> Option<(&'static str, &'static str)> {
    match session.modality() {
        Modality::Series => None,
        Modality::Table => Some(("Hide fills", "Hide fill values")),
        Modality::Image | Modality::Text => Some(("Hatch", "Hatch hidden")),
    }
}

/// The button that hatches what is hidden, where there is something to hatch.
pub(super) fn hatch(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    if let Some(words) = hatch_words(session) {
        let is_hatched = session.explore.hidden == Hidden::Hatched;
        command_choice_called(ui, session, Command::ToggleHidden, is_hatched, words, commands);
    }
}

fn zoom_words(canvas: &Canvas) -> Option<String> {
    let factor = canvas.zoom.factor;
    (factor > 1.0).then(|| format!("Zoom {factor:.1}x: whole picture"))
}

/// Length of the slider of k in points, by the width of the controls: a fifth of it, or less where that saves a row. `rows` tells how many rows there are
/// with a slider of some length.
fn slider_length(room: f32, rows: impl Fn(f32) -> usize) -> f32 {
    const STEP: f32 = 10.0;
    let mut length = (room * 0.2).clamp(LEAST_SLIDER, MOST_SLIDER);
    let fewest = rows(LEAST_SLIDER);
    while length > LEAST_SLIDER && rows(length) > fewest {
        length = (length - STEP).max(LEAST_SLIDER);
    }
    length
}

/// Width of the list of units. Those of series have long names.
pub(super) fn units_width(ui: &Ui, unit: Unit) -> f32 {
    groups::list(ui, [unit_name(unit)], (104.0, 240.0))
}

/// Width of the list of fills.
pub(super) fn fill_width(ui: &Ui, modality: Modality) -> f32 {
    groups::list(ui, fills_for(modality).iter().map(|fill| fill_words_for(*fill, modality)), (110.0, 240.0))
}

#[cfg(test)]
mod tests {
    use super::super::super::groups::rows;
    use super::{LEAST_SLIDER, slider_length};

    #[test]
    fn the_slider_is_shorter_where_that_saves_a_row_and_nowhere_else() {
        let of =
            |room: f32| slider_length(room, |slider| rows(&[420.0, 170.0, 160.0 + slider, 150.0, 160.0], room).len());
        let n_rows = |slider: f32, room: f32| rows(&[420.0, 170.0, 160.0 + slider, 150.0, 160.0], room).len();
        for room in (30..220).map(|tens| tens as f32 * 10.0) {
            let length = of(room);
            assert_eq!(n_rows(length, room), n_rows(LEAST_SLIDER, room), "{length} in {room}");
        }
        // Where a fifth fits it stays a fifth; where the last group would stand alone, the slider gives way to it.
        assert_eq!(of(1500.0), 300.0);
        assert!(of(1280.0) < 256.0 && n_rows(256.0, 1280.0) > n_rows(of(1280.0), 1280.0));
    }
}
