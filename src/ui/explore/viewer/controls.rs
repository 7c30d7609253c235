//! The controls under the pictures, in groups that stay together however narrow the viewer is.

use egui::{TextStyle, Ui};

use super::super::super::widgets::{command_button, command_button_called, command_choice, command_choice_called};
use super::super::canvas::{Canvas, Zoom};
use super::super::{classes, groups};
use super::{fill_choice, k_slider, legend, of_words, unit_choice, unit_name};
use crate::data::{Modality, Unit};
use crate::figure::layout::series::Form;
use crate::figure::layout::{Hidden, View};
use crate::session::command::{VIEWS, view_title};
use crate::session::reading::{Action, fill_words_for, fills_for};
use crate::session::{Command, Session};

/// Parts of the controls that stay together on a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Views,
    /// Flip, and what is marked or hatched.
    Marks,
    /// How a series is drawn.
    Forms,
    /// What opens beside the picture: your own text, classes.
    Panels,
    Select,
    Units,
    Fill,
    Zoom,
}

impl Group {
    const ALL: [Self; 8] =
        [Self::Views, Self::Marks, Self::Forms, Self::Panels, Self::Select, Self::Units, Self::Fill, Self::Zoom];

    /// Width in points, the same in every view: a row that breaks in one view only would move the picture. `None` where there is nothing to show.
    fn width(self, ui: &Ui, session: &Session, canvas: &Canvas, hatches_below: bool) -> Option<f32> {
        let explore = &session.explore;
        let buttons = |labels: &[&str]| {
            let widths: Vec<f32> = labels.iter().map(|label| groups::button(ui, label)).collect();
            groups::beside(ui, &widths)
        };
        let body = |words: &str| groups::word(ui, words, &TextStyle::Body);
        Some(match self {
            Self::Views => buttons(&VIEWS.map(view_title)),
            Self::Marks => {
                let hatch = hatch_words(session).filter(|_| !hatches_below).map(|(label, _)| label);
                let truth = session.knows_truth().then_some("Truth");
                buttons(&[Some(FLIP), hatch, truth].into_iter().flatten().collect::<Vec<_>>())
            }
            Self::Forms => {
                session.series_form()?;
                let all = session.chosen_group().map(|_| ALL_CHANNELS);
                buttons(&forms(session).map(Form::title).chain(all).collect::<Vec<_>>())
            }
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
                groups::beside(ui, &[body("Select"), slider_width(ui), number, of])
            }
            Self::Units => {
                session.active_box()?;
                groups::beside(ui, &[body("Units"), units_width(ui, explore.unit)])
            }
            Self::Fill => groups::beside(ui, &[body("Fill"), fill_width(ui, session.modality())]),
            Self::Zoom => buttons(&[zoom_words(canvas)?.as_str()]),
        })
    }

    fn show(
        self,
        ui: &mut Ui,
        session: &Session,
        canvas: &mut Canvas,
        hatches_below: bool,
        commands: &mut Vec<Command>,
    ) {
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
                if !hatches_below {
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
                if session.chosen_group().is_some() {
                    command_button(ui, session, Command::ChooseGroup(None), ALL_CHANNELS, commands);
                }
            }
            Self::Panels => {
                if session.modality() == Modality::Text {
                    let open = session.own_text().is_some();
                    command_choice(ui, session, Command::Reading(Action::OpenOwn(!open)), open, OWN_TEXT, commands);
                }
                classes::toggle(ui, session, canvas, commands);
            }
            Self::Select => k_slider(ui, session, commands),
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
/// In so wide controls the button that hatches stands beside the legend, which says what is hatched.
const WITH_HATCH: f32 = 500.0;

/// Draws the controls.
pub(super) fn show(ui: &mut Ui, session: &Session, canvas: &mut Canvas, commands: &mut Vec<Command>) {
    let room = ui.available_width();
    let hatches_below = room >= WITH_HATCH;
    let width = |group: Group| Some((group, group.width(ui, session, canvas, hatches_below)?));
    let (shown, widths): (Vec<Group>, Vec<f32>) = Group::ALL.into_iter().filter_map(width).unzip();
    for row in groups::rows(&widths, room) {
        let is_too_wide = widths[row.start] > room;
        let content = |ui: &mut Ui| {
            for at in row.clone() {
                if at > row.start {
                    ui.separator();
                }
                shown[at].show(ui, session, canvas, hatches_below, commands);
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

/// Width of the slider of k, by that of the controls.
pub(super) fn slider_width(ui: &Ui) -> f32 {
    (ui.max_rect().width() * 0.2).clamp(110.0, 320.0)
}

/// Width of the list of units. Those of series have long names.
pub(super) fn units_width(ui: &Ui, unit: Unit) -> f32 {
    groups::list(ui, [unit_name(unit)], (104.0, 240.0))
}

/// Width of the list of fills.
pub(super) fn fill_width(ui: &Ui, modality: Modality) -> f32 {
    groups::list(ui, fills_for(modality).iter().map(|fill| fill_words_for(*fill, modality)), (110.0, 240.0))
}
