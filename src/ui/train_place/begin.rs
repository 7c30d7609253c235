//! What the forms begin with: a network and a number of units that suit the open data, and values that teach something with so many training items.
//! What the user changed stays.

use super::TrainState;
use crate::data::{Modality, Shape, Unit, Units};
use crate::explain::MethodSpec;
use crate::model::nets::commands::{is_command, name_of};
use crate::model::nets::meed_series_lstm::MEED_SERIES_LSTM;
use crate::model::nets::rules;
use crate::model::params::Params;
use crate::model::{ARCHITECTURES, Architecture, architecture};
use crate::session::Session;
use crate::session::train::{FitForm, Makes, for_items};

/// From so many channels on a series begins with the network that is meant for many; DoRaR's is for few.
const MANY_CHANNELS: usize = 9;

/// What the values of an explainer's form are meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The kind of data.
    pub modality: Modality,
    /// Whether the black box gives gradients.
    pub has_gradients: bool,
    /// How many training items there are.
    pub items: Option<usize>,
}

impl Meant {
    /// For what is open now.
    pub fn now(session: &Session, items: Option<usize>) -> Self {
        let has_gradients = session.active_box().is_none_or(|active| active.card.has_gradients());
        Self { modality: session.modality(), has_gradients, items }
    }
}

/// Networks for the open data.
pub fn networks(session: &Session) -> impl Iterator<Item = &'static Architecture> {
    let data = session.data.as_deref();
    let modality = data.map_or(Modality::Image, |data| data.modality);
    let belongs = move |id: &str| data.is_some_and(|data| rules::belongs_to(id, data)) || rules::table_of(id).is_none();
    ARCHITECTURES.iter().copied().filter(move |known| known.modality == modality && belongs(known.id))
}

/// The network that the form begins with: the first, but of series with many channels the one that is meant for them.
pub fn suited(session: &Session) -> Option<&'static Architecture> {
    let shape = session.data.as_ref().filter(|data| data.modality == Modality::Series).and_then(|data| data.shape());
    let is_wide = shape.is_some_and(|shape| shape.channels >= MANY_CHANNELS);
    let for_many = networks(session).find(|known| is_wide && known.id == MEED_SERIES_LSTM.id);
    for_many.or_else(|| networks(session).next())
}

/// What a new black box is called at first: by its architecture, or by its command.
pub fn called(known: &Architecture, command: &str) -> String {
    if is_command(known.id) && !command.trim().is_empty() { name_of(command) } else { known.title.to_owned() }
}

/// Values that the form of a black box begins with for so many training items. A command and a rule are not trained.
pub fn of_box(known: &Architecture, items: Option<usize>) -> Params {
    let is_trained = !is_command(known.id) && rules::table_of(known.id).is_none();
    for_items(known.params, Params::default(), items.filter(|_| is_trained))
}

/// Values that the form of an explainer begins with: those that the program starts from for this kind of data, with epochs that are enough for its items,
/// and where the black box gives no gradients nothing that needs them.
pub fn of_explainer(spec: &MethodSpec, meant: Meant) -> Params {
    for_items(spec.params, without_items(spec, meant), meant.items)
}

/// The same for any number of items.
pub fn without_items(spec: &MethodSpec, meant: Meant) -> Params {
    let mut params = spec.start(meant.modality);
    if !meant.has_gradients {
        spec.without_gradients(&mut params);
    }
    params
}

/// Brings the form of a black box in line with the open data: a network that reads them, the suited one as long as none was chosen, and values for as many
/// items as there are.
pub fn fill_box(session: &Session, state: &mut TrainState) {
    let items = state.train_items(session);
    let hash = session.data.as_ref().map_or("", |data| data.hash.as_str());
    let is_new = state.network_for != hash;
    let form = &mut state.fit;
    let is_fitting = networks(session).any(|known| known.id == form.architecture);
    let is_free = is_new && !state.network_chosen && !form.distil;
    if (!is_fitting || is_free)
        && let Some(first) = suited(session)
        && first.id != form.architecture
    {
        form.architecture = first.id.to_owned();
        form.params = Params::default();
        form.name = called(first, &form.command);
        state.network_chosen = false;
    }
    if is_new {
        state.network_for = hash.to_owned();
    }
    let Ok(chosen) = architecture(&form.architecture) else { return };
    if state.fit_of != Some((chosen.id, items)) {
        let is_untouched = match state.fit_of {
            Some((id, items)) if id == chosen.id => form.params == of_box(chosen, items),
            _ => true,
        };
        if is_untouched {
            form.params = of_box(chosen, items);
        }
        state.fit_of = Some((chosen.id, items));
    }
}

/// Turns the form to the command that answers for the black box in use, to connect it on this computer.
pub fn set_up_command(session: &Session, state: &mut TrainState) {
    let Some(active) = session.active_box() else { return };
    let (Some(command), Ok(known)) = (&active.card.exec, architecture(&active.card.architecture)) else { return };
    let items = state.train_items(session);
    state.makes = Some(Makes::Box);
    state.network_chosen = true;
    state.network_for = session.data.as_ref().map_or_else(String::new, |data| data.hash.clone());
    state.fit_of = Some((known.id, items));
    state.fit = FitForm {
        architecture: known.id.to_owned(),
        params: active.card.params.clone(),
        name: active.card.name.clone(),
        command: command.clone(),
        distil: false,
        ..state.fit.clone()
    };
}

/// Brings the form of an explainer in line with the open data and the black box in use: a method that reads them, units that there are, and values for
/// them.
pub fn fill_explainer(session: &Session, state: &mut TrainState) {
    fit_units(session, state);
    let now = Meant::now(session, state.train_items(session));
    let TrainState { train: form, of, .. } = state;
    let mut fitting = crate::explain::METHODS
        .iter()
        .map(|method| method.spec())
        .filter(|spec| spec.trains && spec.modalities.contains(&now.modality));
    let first = fitting.clone().next();
    if !fitting.any(|spec| spec.id == form.method)
        && let Some(first) = first
    {
        form.method = first.id.to_owned();
        form.name = first.title.to_owned();
        *of = None;
    }
    let Ok(chosen) = crate::explain::method(&form.method).map(|method| method.spec()) else { return };
    // Values of another kind of data, or none yet: those that the form begins with take their place. So they do where nothing was changed and there are other
    // data, or another black box gives gradients or none; of changed values only what is missing is set.
    if *of != Some(now) {
        let before = of.filter(|meant| meant.modality == now.modality).map(|meant| of_explainer(chosen, meant));
        if before.is_none_or(|before| before == form.params) {
            form.params = of_explainer(chosen, now);
        } else if !now.has_gradients {
            chosen.without_gradients(&mut form.params);
        }
        *of = Some(now);
    }
}

/// Shape of what is explained: what the black box in use reads, else an item of the open data; `None` for texts, pictures of several sizes, and where
/// nothing is open.
pub fn shape_of(session: &Session) -> Option<Shape> {
    let of_data = || session.data.as_ref().and_then(|data| data.shape());
    session.active_box().map(|active| active.card.shape).or_else(of_data)
}

/// How many units there are of it.
pub fn most_units(session: &Session, unit: Unit) -> Option<usize> {
    Some(Units::new(unit, shape_of(session)?).count().max(1))
}

/// The units that it can be divided into; `None` for pictures, whose patches may have any size.
pub fn offered(session: &Session) -> Option<Vec<Unit>> {
    let modality = session.modality();
    let shape = shape_of(session).unwrap_or(Shape::new(1, 1, 1));
    (modality != Modality::Image).then(|| Session::units_of(modality, shape))
}

/// Takes units that there are, and of them as many as Explore shows, as long as the user has typed no other number.
fn fit_units(session: &Session, state: &mut TrainState) {
    let TrainState { train: form, k_begun, .. } = state;
    match offered(session) {
        Some(offered) => {
            if !offered.contains(&form.unit)
                && let Some(&first) = offered.first()
            {
                form.unit = first;
                // A number of other units means nothing.
                form.k = *k_begun;
            }
        }
        None => {
            if form.unit.modality() != Modality::Image {
                form.unit = Unit::Pixel;
                form.k = *k_begun;
            }
        }
    }
    let most = most_units(session, form.unit);
    if form.k == *k_begun {
        form.k = session.proposed_k(form.unit, most);
        *k_begun = form.k;
    }
    form.k = form.k.clamp(1, most.unwrap_or(usize::MAX));
}
