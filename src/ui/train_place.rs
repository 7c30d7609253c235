//! The place for training: black boxes, explainers and runs on the left, the form for a new one, and how the chosen one goes.

mod begin;
mod distil;
mod form;
mod models;
mod run;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::panels::{Side, SidePanel};
use super::theme::{space, tokens};
use super::widgets::{heading, muted};
use crate::data::Unit;
use crate::model::ARCHITECTURES;
use crate::model::fit::only_numbers;
use crate::model::params::Params;
use crate::session::train::{FitForm, Makes, TrainForm};
use crate::session::{Command, Place, Session};

/// What the place remembers.
pub struct TrainState {
    /// Which form is shown; as long as the user has not chosen: what is missing.
    makes: Option<Makes>,
    fit: FitForm,
    train: TrainForm,
    /// Whether the user chose the network.
    network_chosen: bool,
    /// Hash of the data that the network was last looked for.
    network_for: String,
    /// The network and the number of training items that the values of its form are meant for; `None` until it was shown.
    fit_of: Option<(&'static str, Option<usize>)>,
    /// Whether the name was typed rather than taken from the method.
    named: bool,
    /// What the values of the explainer's form are meant for; `None` until it was shown.
    of: Option<begin::Meant>,
    /// The number of units that was proposed: as long as the form has it, it follows.
    k_begun: usize,
    /// How often a stand-in was asked for elsewhere, as far as the form followed.
    stand_ins: u32,
    /// The same of a command that is to be connected.
    commands: u32,
    /// A model whose curves and card are shown instead of a run's, by hash.
    card: Option<String>,
    /// What was found out of the training items of the open data.
    items: TrainItems,
}

/// The training items of a data set.
#[derive(Default)]
struct TrainItems {
    /// Hash of the data; empty before any was looked at.
    of: String,
    /// How many there are.
    n: usize,
    /// What to say where they are texts of nothing but numbers.
    only_numbers: Option<String>,
}

impl Default for TrainState {
    fn default() -> Self {
        let architecture = ARCHITECTURES.first();
        // MEED first: of the learned selectors here it is the one that is hardest to fool.
        let mut trained = crate::explain::METHODS.iter().map(|method| method.spec()).filter(|spec| spec.trains);
        let method = trained.clone().find(|spec| spec.id == "meed").or_else(|| trained.next());
        Self {
            makes: None,
            fit: FitForm {
                name: architecture.map_or_else(String::new, |chosen| chosen.title.to_owned()),
                architecture: architecture.map_or_else(String::new, |chosen| chosen.id.to_owned()),
                params: Params::default(),
                seed: 0,
                command: String::new(),
                distil: false,
                learns_hidden: true,
            },
            train: TrainForm {
                method: method.map_or_else(String::new, |spec| spec.id.to_owned()),
                params: Params::default(),
                unit: Unit::Pixel,
                k: 25,
                seed: 0,
                name: method.map_or_else(String::new, |spec| spec.title.to_owned()),
            },
            network_chosen: false,
            network_for: String::new(),
            fit_of: None,
            named: false,
            of: None,
            k_begun: 25,
            stand_ins: 0,
            commands: 0,
            card: None,
            items: TrainItems::default(),
        }
    }
}

impl TrainState {
    fn makes(&self, session: &Session) -> Makes {
        // A black box is in use from its first checkpoint on: while it is trained it is not what an explainer is trained for.
        let is_made = session.active_box().is_some_and(|active| !models::is_made_now(session, &active.card.hash));
        self.makes.unwrap_or(if is_made { Makes::Explainer } else { Makes::Box })
    }

    /// Items of the training split of the open data.
    fn train_items(&mut self, session: &Session) -> Option<usize> {
        let data = session.data.as_ref()?;
        if self.items.of != data.hash {
            let n = data.in_split(crate::data::Split::Train).len();
            self.items = TrainItems { of: data.hash.clone(), n, only_numbers: only_numbers(data) };
        }
        Some(self.items.n)
    }
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    if state.commands != session.train.commands_asked {
        state.commands = session.train.commands_asked;
        begin::set_up_command(session, state);
    }
    if state.stand_ins != session.train.stand_ins_asked {
        state.stand_ins = session.train.stand_ins_asked;
        distil::set_up(session, &mut state.fit, &mut state.makes);
    }
    let t = tokens(ui);
    let margin = Margin::same(space::M as i8);
    let panel = Frame::new().fill(t.panel).inner_margin(Margin::same(space::S as i8));
    // On a narrow window the curves keep a third.
    let whole = ui.available_width();
    let (list, form) = ((whole * 0.22).clamp(150.0, 264.0), (whole * 0.33).clamp(250.0, 400.0));
    let models = SidePanel { side: Side::Left, name: "models", width: list, range: [140.0, 420.0], frame: panel };
    models.show(ui, session, commands, |ui, commands| {
        heading(ui, Place::Train.title());
        muted(ui, Place::Train.question());
        ui.add_space(space::XS);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| models::show(ui, session, state, commands));
    });
    let frame = Frame::new().fill(t.canvas).inner_margin(margin);
    let form = SidePanel { side: Side::Left, name: "training form", width: form, range: [240.0, 560.0], frame };
    form.show(ui, session, commands, |ui, commands| {
        Panel::bottom("start").resizable(false).show_separator_line(false).frame(Frame::NONE).show(ui, |ui| {
            form::start(ui, session, state, commands);
        });
        CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| form::show(ui, session, state));
        });
    });
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| run::show(ui, session, state, commands));
    });
}
