//! Black boxes that are only queried: why a method does not explain them, and a stand-in that learns their answers.

use egui::{Label, RichText, Ui};

use crate::explain::MethodSpec;
use crate::model::distil::Hiding;
use crate::model::params::Params;
use crate::model::{ARCHITECTURES, Architecture, SavedBox, nets};
use crate::session::Session;
use crate::session::train::{FitForm, Makes};
use crate::ui::theme::tokens;
use crate::ui::widgets::muted;

/// Whether an architecture is a network that can learn another's answers.
fn can_learn(id: &str) -> bool {
    !nets::commands::is_command(id) && id != nets::forest::TABLE_FOREST.id && nets::rules::table_of(id).is_none()
}

/// The black box whose answers a new one of the form could learn: the one in use, where it gives no gradients.
pub fn teacher<'a>(session: &'a Session, form: &FitForm) -> Option<&'a SavedBox> {
    let active = session.active_box().filter(|active| !active.card.has_gradients())?;
    can_learn(&form.architecture).then_some(active.as_ref())
}

/// Whether it can be asked about inputs with hidden parts: not about texts, nor where it reads inputs of another shape.
pub fn can_hide(session: &Session) -> bool {
    let (Some(active), Some(data)) = (session.active_box(), &session.data) else { return false };
    Hiding::new(active, data, 1, 0).is_some()
}

/// The choice between labels and answers, where there is one.
pub fn choice(ui: &mut Ui, session: &Session, form: &mut FitForm) {
    let Some(active) = teacher(session, form) else { return };
    let words = format!("Learn the answers of {}, not the labels", active.card.name);
    let tip = "A stand-in: a network that gives gradients and answers as the other black box does, as far as it can. Its card says how often the two \
               agree on test. What is explained is then the stand-in";
    ui.checkbox(&mut form.distil, words).on_hover_text(tip);
    if form.distil {
        if can_hide(session) {
            let tip = "Methods ask about inputs of which parts are hidden. A stand-in that only learned whole inputs answers to such ones as it pleases. \
                       Twice as many questions";
            ui.checkbox(&mut form.learns_hidden, "Also with parts hidden at random").on_hover_text(tip);
        }
        muted(ui, "The other black box is first asked about all items; that can take a while.");
    }
}

/// Why a method with these values cannot explain the black box in use.
pub fn refusal(session: &Session, method: &MethodSpec, params: &Params) -> Option<String> {
    let active = session.active_box().filter(|active| !active.card.has_gradients())?;
    let instead = method.needs_gradients_with(params)?;
    let named = instead.and_then(|instead| instead.split_once('=')).and_then(|(id, value)| {
        let spec = method.params.iter().find(|spec| spec.id == id)?;
        Some(format!(", or set \"{}\" to {value}", spec.label))
    });
    let short = method.title.split(" (").next().unwrap_or(method.title);
    Some(format!(
        "{short} needs gradients, and {} gives none: distil a stand-in first{}",
        active.card.name,
        named.unwrap_or_default()
    ))
}

/// The reason in words, and a button that fills the form for a stand-in.
pub fn offer(ui: &mut Ui, session: &Session, form: &mut FitForm, makes: &mut Option<Makes>) {
    if network_for(session).is_none() {
        return;
    }
    let words =
        "A method that needs gradients cannot explain it directly. A stand-in is a network that learns its answers.";
    ui.add(Label::new(RichText::new(words).small().color(tokens(ui).muted)).wrap());
    if ui.button(crate::session::stand_in::TITLE).clicked() {
        set_up(session, form, makes);
    }
}

/// The network that learns the answers of the black box in use, unless another is chosen.
fn network_for(session: &Session) -> Option<&'static Architecture> {
    let modality = session.active_box()?.card.modality();
    let can_stand_in = |known: &&'static Architecture| known.modality == modality && can_learn(known.id);
    super::begin::suited(session).filter(can_stand_in).or_else(|| ARCHITECTURES.iter().copied().find(can_stand_in))
}

/// Fills the form for a stand-in.
pub fn set_up(session: &Session, form: &mut FitForm, makes: &mut Option<Makes>) {
    let (Some(active), Some(network)) = (session.active_box(), network_for(session)) else { return };
    *makes = Some(Makes::Box);
    let is_shown = form.architecture == network.id;
    *form = FitForm {
        architecture: network.id.to_owned(),
        // Those of another network are filled in for it when the form is shown.
        params: if is_shown { form.params.clone() } else { Params::default() },
        name: format!("Stand-in for {}", active.card.name),
        distil: true,
        ..form.clone()
    };
}
