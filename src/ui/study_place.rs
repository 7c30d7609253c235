//! The place for studies with people: plan one, see how its runs go, read its report.

mod arms;
mod design;
mod form;
mod report;
mod runs;
mod tables;
mod terms;

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Ui};

use super::figure_view::FigureView;
use super::theme::{space, tokens};
use super::widgets::{command_choice, heading, muted};
use crate::session::study::{DesignForm, StudyAction, StudyPart};
use crate::session::{Command, Place, Session};

/// What the place remembers.
#[derive(Default)]
pub struct StudyState {
    /// What cannot be taken back and was pressed once: it is done when it is pressed again.
    armed: Option<Armed>,
    /// The report's figures, in the colours of the theme.
    figures: FigureView,
    drawn: Option<report::Drawn>,
}

/// Something that asks twice.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Armed {
    Withdraw(String),
    Close,
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut StudyState, commands: &mut Vec<Command>) {
    if !session.study.looked {
        commands.push(Command::Study(StudyAction::Look));
    }
    let t = tokens(ui);
    let bar = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(space::M as i8, 6));
    Panel::top("study parts").frame(bar).show(ui, |ui| {
        ui.horizontal(|ui| {
            heading(ui, Place::Study.title());
            ui.add_space(space::M);
            for part in StudyPart::ALL {
                let command = Command::Study(StudyAction::Show(part));
                command_choice(ui, session, command, session.study.part == part, part.title(), commands);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                muted(ui, Place::Study.question());
            });
        });
    });
    match session.study.part {
        StudyPart::Designs => design::show(ui, session, commands),
        StudyPart::Runs => runs::show(ui, session, state, commands),
        StudyPart::Report => {
            let frame = Frame::new().fill(t.canvas).inner_margin(Margin::same(space::M as i8));
            CentralPanel::default().frame(frame).show(ui, |ui| report::show(ui, session, state, commands));
        }
    }
}

/// Hands a changed design on.
fn changed(form: DesignForm, before: &DesignForm, commands: &mut Vec<Command>) {
    if form != *before {
        commands.push(Command::Study(StudyAction::SetForm(Box::new(form))));
    }
}
