//! The form for a new black box or explainer, made from the specifications of parameters.

use egui::{Button, ComboBox, DragValue, Label, RichText, Sense, Slider, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::begin::Meant;
use super::{TrainState, begin, distil};
use crate::data::{Modality, Unit};
use crate::explain::MethodSpec;
use crate::explain::learn::run::TooFew;
use crate::model::nets::commands::is_command;
use crate::model::nets::forest::TABLE_FOREST;
use crate::model::nets::rules;
use crate::model::params::{ParamKind, ParamSpec, ParamValue, Params, Preset};
use crate::model::{Architecture, architecture};
use crate::session::train::{FitForm, Makes};
use crate::session::{Command, Dialog, Session, describe};
use crate::ui::forms::{field, field_width, primary, reset_button};
use crate::ui::plots::number;
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{command_button, group, muted};

/// The form.
pub fn show(ui: &mut Ui, session: &Session, state: &mut TrainState) {
    let makes = state.makes(session);
    ui.horizontal(|ui| {
        for (kind, name) in [(Makes::Box, "New black box"), (Makes::Explainer, "New explainer")] {
            if ui.add(Button::selectable(makes == kind, name).frame_when_inactive(true)).clicked() {
                state.makes = Some(kind);
            }
        }
    });
    ui.add_space(space::XS);
    match makes {
        Makes::Box => box_form(ui, session, state),
        Makes::Explainer => explainer_form(ui, session, state),
    }
}

/// The button that starts, with how much work it is; it stays in view below the form.
pub fn start(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    ui.separator();
    match state.makes(session) {
        Makes::Box => box_start(ui, session, state, commands),
        Makes::Explainer => explainer_start(ui, session, state, commands),
    }
}

fn box_form(ui: &mut Ui, session: &Session, state: &mut TrainState) {
    begin::fill_box(session, state);
    let items = state.train_items(session);
    let TrainState { fit: form, network_chosen, .. } = state;
    let Ok(chosen) = architecture(&form.architecture) else { return };
    field(ui, "Network", "What is trained to classify the items", |ui, label| {
        let combo =
            ComboBox::from_id_salt("architecture").selected_text(chosen.title).width(field_width(ui)).truncate();
        let shown = combo.show_ui(ui, |ui| {
            for known in begin::networks(session) {
                let line = ui.selectable_label(known.id == form.architecture, known.title);
                if line.on_hover_text(known.summary).clicked() {
                    form.architecture = known.id.to_owned();
                    form.params = Params::default();
                    form.name = begin::called(known, &form.command);
                    *network_chosen = true;
                }
            }
        });
        shown.response.labelled_by(label.id).on_hover_text(chosen.title);
    });
    about(ui, chosen.summary, chosen.citation);
    if is_command(chosen.id) {
        command_form(ui, chosen, form);
    }
    distil::choice(ui, session, form);
    let start = begin::of_box(chosen, items);
    presets(ui, chosen.params, chosen.presets, &start, &mut form.params);
    // A program is trained elsewhere: what only a network follows is not asked for.
    let is_command = is_command(chosen.id);
    group(ui, if is_command { "Asking" } else { "Training" });
    let has_effect = |spec: &&ParamSpec| !is_command || !OF_NETWORKS.contains(&spec.id);
    let specs: Vec<&ParamSpec> = chosen.params.iter().filter(has_effect).collect();
    training_form(ui, &specs, chosen.params, [&Params::default(), &start], items, &mut form.params);
    name_and_seed(ui, &mut form.name, &mut form.seed);
}

/// The command that answers for a model, as wide as the form: commands are long.
fn command_form(ui: &mut Ui, chosen: &Architecture, form: &mut FitForm) {
    let name = begin::called(chosen, &form.command);
    let tip = "The program that answers for the model, with its arguments, as in a terminal. It runs on this computer with your rights";
    let label = ui.add(Label::new("Command").sense(Sense::hover())).on_hover_text(tip);
    let edit = TextEdit::multiline(&mut form.command)
        .hint_text("python3 serve.py model.joblib")
        .return_key(None::<egui::KeyboardShortcut>);
    let edit = ui.add(edit.desired_rows(2).desired_width(f32::INFINITY));
    edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Command"));
    let edit = edit.labelled_by(label.id);
    if edit.changed() {
        // It is one line, however it was pasted.
        form.command = form.command.replace(['\r', '\n'], " ");
    }
    edit.on_hover_text(tip);
    // It is named by its command until somebody names it.
    if form.name == name {
        form.name = begin::called(chosen, &form.command);
    }
}

/// Most units that may be asked for where it is not known how many there are.
const MOST_UNITS: usize = 4096;

/// Settings that a command has for the networks which stand in for it in approximators, not for itself.
const OF_NETWORKS: [&str; 3] = ["epochs", "batch", "learning-rate"];

fn explainer_form(ui: &mut Ui, session: &Session, state: &mut TrainState) {
    begin::fill_explainer(session, state);
    let items = state.train_items(session);
    let TrainState { train: form, named, of, .. } = state;
    let meant = Meant::now(session, items);
    let modality = meant.modality;
    let Ok(chosen) = crate::explain::method(&form.method).map(|method| method.spec()) else { return };
    let start = begin::of_explainer(chosen, meant);
    field(ui, "Method", "How units are selected", |ui, label| {
        let combo = ComboBox::from_id_salt("method").selected_text(chosen.title).width(field_width(ui)).truncate();
        let shown = combo.show_ui(ui, |ui| {
            let all = || crate::explain::METHODS.iter().map(|method| method.spec()).filter(|spec| spec.trains);
            for spec in all().filter(|spec| spec.modalities.contains(&modality)) {
                let refused = session.gradients_missing(spec.id);
                let line = ui.add_enabled(refused.is_none(), Button::selectable(spec.id == form.method, spec.title));
                if line.clicked() {
                    form.method = spec.id.to_owned();
                    // Its values are filled in when it is shown.
                    *of = None;
                    if !*named {
                        form.name = spec.title.to_owned();
                    }
                }
                match refused {
                    Some(reason) => {
                        muted(ui, &reason);
                        line.on_disabled_hover_text(reason);
                    }
                    None => {
                        line.on_hover_text(spec.summary);
                    }
                }
            }
            // Whoever looks for a method that is missing here learns why.
            for spec in all().filter(|spec| !spec.modalities.contains(&modality)) {
                let reason = unfit_words(spec, modality);
                ui.add_enabled(false, Button::selectable(false, spec.title)).on_disabled_hover_text(&reason);
                muted(ui, reason);
            }
        });
        shown.response.labelled_by(label.id).on_hover_text(chosen.title);
    });
    about(ui, chosen.summary, chosen.citation);
    presets(ui, chosen.params, chosen.presets, &start, &mut form.params);
    if let Some(words) = freed_words(session, chosen, modality, &form.params) {
        muted(ui, words);
    }

    group(ui, "What is selected");
    match begin::offered(session) {
        Some(offered) => listed_units_form(ui, &mut form.unit, &offered),
        None => units_form(ui, &mut form.unit, begin::shape_of(session)),
    }
    let most = begin::most_units(session, form.unit);
    let tip = "How many units the explainer may select for each item. It can be changed later in Explore, but it learns for this number";
    field(ui, "Number, k", tip, |ui, label| {
        ui.add(DragValue::new(&mut form.k).range(1..=most.unwrap_or(MOST_UNITS))).labelled_by(label.id);
        muted(ui, most.map_or_else(|| form.unit.noun(form.k), |most| format!("of {most} {}", form.unit.noun(most))));
    });
    group(ui, "Training");
    let specs: Vec<&ParamSpec> = chosen.params_for(modality).collect();
    let usual = begin::without_items(chosen, meant);
    training_form(ui, &specs, chosen.params, [&usual, &start], items, &mut form.params);
    let before = form.name.clone();
    name_and_seed(ui, &mut form.name, &mut form.seed);
    *named |= form.name != before;
}

/// Why a method is not offered for such data.
fn unfit_words(spec: &MethodSpec, modality: Modality) -> String {
    let known: Vec<String> = spec.modalities.iter().map(|known| known.plural().to_owned()).collect();
    format!("Explains {}, not {}", describe::in_words(&known), modality.plural())
}

/// The values of a training, and below the epochs how many are enough for the open data where that is another number than the `usual` one.
fn training_form(
    ui: &mut Ui,
    specs: &[&ParamSpec],
    all: &[ParamSpec],
    [usual, start]: [&Params; 2],
    items: Option<usize>,
    params: &mut Params,
) {
    let end = specs.iter().position(|spec| spec.id == "epochs").map_or(specs.len(), |at| at + 1);
    let (until_epochs, others) = specs.split_at(end);
    params_form(ui, until_epochs.iter().copied(), start, params);
    if let Some(items) = items.filter(|_| all.iter().any(|spec| spec.id == "epochs")) {
        let [usual, begun, now] = [usual, start, &*params].map(|of| of.whole(all, "epochs"));
        if now == begun && begun != usual {
            let items = describe::count(items, "training item", "training items");
            muted(ui, format!("Set for your {items}; for large data {}.", epochs_words(usual)));
        }
    }
    params_form(ui, others.iter().copied(), start, params);
}

/// What the form began with otherwise since the black box in use gives no gradients, as far as it still is so.
fn freed_words(session: &Session, spec: &MethodSpec, modality: Modality, params: &Params) -> Option<String> {
    let active = session.active_box().filter(|active| !active.card.has_gradients())?;
    let meant = Meant { modality, has_gradients: false, items: None };
    let (usual, freed) = (spec.start(modality), begin::without_items(spec, meant));
    let is_freed = |id: &str| freed.0.get(id) != usual.0.get(id) && freed.0.get(id) == params.0.get(id);
    let words: Vec<String> = spec
        .params
        .iter()
        .filter(|known| is_freed(known.id))
        .filter_map(|known| Some(format!("\"{}\" is {}", known.label, value_words(freed.0.get(known.id)?))))
        .collect();
    (!words.is_empty()).then(|| format!("{} gives no gradients, so {}.", active.card.name, describe::in_words(&words)))
}

/// Where the epochs are too few minibatches to learn anything: says so beside the button that starts, which names them, and sets more at a click.
fn too_few_form(ui: &mut Ui, specs: &[ParamSpec], items: Option<usize>, params: &mut Params) {
    let Some(few) = too_few(specs, items, params) else { return };
    ui.add(Label::new(RichText::new(format!("{few}.")).small().color(tokens(ui).warning)).wrap());
    if ui.button(format!("Set {} epochs", few.epochs)).clicked() {
        params.0.insert("epochs".to_owned(), ParamValue::Whole(few.epochs));
    }
}

fn too_few(specs: &[ParamSpec], items: Option<usize>, params: &Params) -> Option<TooFew> {
    TooFew::of(items?, params.whole(specs, "batch"), params.whole(specs, "epochs"))
}

fn box_start(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    begin::fill_box(session, state);
    let items = state.train_items(session);
    let form = &state.fit;
    let Ok(chosen) = architecture(&form.architecture) else { return };
    let classes = session.data.as_ref().map_or(0, |data| data.classes.len());
    let epochs = form.params.whole(chosen.params, "epochs");
    let length = if chosen.id == TABLE_FOREST.id {
        describe::count(epochs.max(1) as usize, "tree", "trees")
    } else {
        epochs_words(epochs)
    };
    let stands_for = distil::teacher(session, form).filter(|_| form.distil);
    let task = match classes {
        _ if is_command(chosen.id) => "Connect the command and ask it about the test items".to_owned(),
        _ if stands_for.is_some() => format!("Train a stand-in, {}", epochs_words(epochs)),
        0 => format!("Train the black box, {length}"),
        n => format!("Train the black box on {}, {length}", describe::count(n, "class", "classes")),
    };
    let reason = if form.name.trim().is_empty() {
        Some("Give it a name first".to_owned())
    } else if is_command(chosen.id) && form.command.trim().is_empty() {
        Some("Say which command answers for the model".to_owned())
    } else if session.data.is_some() && classes < 2 {
        Some("The open data has fewer than two classes; open data with labels".to_owned())
    } else if items == Some(0) {
        Some("The open data has no training items; open data with a training split".to_owned())
    } else {
        None
    };
    let asked = FitForm { distil: stands_for.is_some(), ..form.clone() };
    primary(ui, session, Command::StartFit(Box::new(asked)), &task, reason, commands);
    let has = |id: &str| chosen.params.iter().any(|spec| spec.id == id);
    if items.is_none() || (has("batch") && !is_command(chosen.id)) {
        let batch = if has("batch") { form.params.whole(chosen.params, "batch") } else { 1 };
        // A stand-in learns each item twice where it also learns it with parts hidden.
        let is_twice = stands_for.is_some() && form.learns_hidden && distil::can_hide(session);
        let items = items.map(|items| if is_twice { 2 * items } else { items });
        below_start(ui, session, items, epochs, batch, commands);
        if has("batch") && rules::table_of(chosen.id).is_none() {
            too_few_form(ui, chosen.params, items, &mut state.fit.params);
        }
    }
    if let Some(words) = state.items.only_numbers.as_ref().filter(|_| session.data.is_some()) {
        ui.add(Label::new(RichText::new(format!("{words}.")).small().color(tokens(ui).warning)).wrap());
    }
}

fn explainer_start(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    begin::fill_explainer(session, state);
    let items = state.train_items(session);
    let TrainState { train: form, makes, fit, .. } = state;
    let Ok(chosen) = crate::explain::method(&form.method).map(|method| method.spec()) else { return };
    let refused = distil::refusal(session, chosen, &form.params);
    let epochs = form.params.whole(chosen.params, "epochs");
    let short = chosen.title.split(" (").next().unwrap_or(chosen.title);
    let units = match begin::most_units(session, form.unit) {
        Some(most) => format!("{} of {most} {}", form.k, form.unit.noun(most)),
        None => format!("{} {}", form.k, form.unit.noun(form.k)),
    };
    let task = format!("Train {short} for {units}, {}", epochs_words(epochs));
    let reason = if form.name.trim().is_empty() {
        Some("Give it a name first".to_owned())
    } else if session.active_box().is_some() && items == Some(0) {
        Some("The open data has no training items; open data with a training split".to_owned())
    } else {
        refused.clone()
    };
    primary(ui, session, Command::StartTraining(Box::new(form.clone())), &task, reason, commands);
    if session.data.is_some() && session.active_box().is_none() && ui.button("Set up a black box").clicked() {
        *makes = Some(Makes::Box);
    }
    if refused.is_some() {
        distil::offer(ui, session, fit, makes);
    }
    let batch = form.params.whole(chosen.params, "batch");
    below_start(ui, session, items, epochs, batch, commands);
    too_few_form(ui, chosen.params, items, &mut form.params);
    if let Some(active) = session.active_box().filter(|active| !active.card.complete) {
        let words = format!(
            "Note: {} is not trained to its end: an explainer trained now is one of what it is after epoch {}.",
            active.card.name, active.card.epochs
        );
        ui.add(Label::new(RichText::new(words).small().color(tokens(ui).warning)).wrap());
    }
    if let (Some(data), Some(active)) = (&session.data, session.active_box())
        && data.hash != active.card.data_hash
    {
        let words = format!(
            "Note: {} was trained on other data than {}; its answers may be guesses.",
            active.card.name, data.name
        );
        ui.add(Label::new(RichText::new(words).small().color(tokens(ui).warning)).wrap());
    }
}

fn epochs_words(epochs: i64) -> String {
    if epochs == 1 { "1 epoch".to_owned() } else { format!("{epochs} epochs") }
}

/// How much work it is, or what opens data where there is none.
fn below_start(
    ui: &mut Ui,
    session: &Session,
    items: Option<usize>,
    epochs: i64,
    batch: i64,
    commands: &mut Vec<Command>,
) {
    let Some(items) = items else {
        command_button(ui, session, Command::Ask(Dialog::OpenFiles), "Open files…", commands);
        return;
    };
    let batches = items.div_ceil(batch.max(1) as usize);
    let mut words = format!(
        "{}, {} in all.",
        describe::count(items, "training item", "training items"),
        describe::count(batches * epochs.max(1) as usize, "minibatch", "minibatches")
    );
    if session.running.listed().any(|job| job.slot.kind == crate::session::slots::TRAIN) {
        words.push_str(" It takes turns with the run under way.");
    }
    muted(ui, words);
}

fn about(ui: &mut Ui, summary: &str, citation: &str) {
    ui.add(Label::new(RichText::new(summary).small()).wrap());
    ui.add(Label::new(RichText::new(citation).small().color(tokens(ui).muted)).wrap());
    ui.add_space(space::XS);
}

/// Units of a text, a series or a table.
fn listed_units_form(ui: &mut Ui, unit: &mut Unit, offered: &[Unit]) {
    let tip = "What is selected: single words, sentences, time steps or stretches of them, or columns of a table";
    field(ui, "Units", tip, |ui, label| {
        let combo = ComboBox::from_id_salt("train units").selected_text(unit.noun(2)).width(90.0);
        let shown = combo.show_ui(ui, |ui| {
            for &known in offered {
                ui.selectable_value(unit, known, known.noun(2));
            }
        });
        shown.response.labelled_by(label.id);
    });
}

fn units_form(ui: &mut Ui, unit: &mut Unit, shape: Option<crate::data::Shape>) {
    field(ui, "Units", "What is selected: single pixels, or rectangles of pixels", |ui, label| {
        let name = |unit: Unit| match unit {
            Unit::Pixel => "pixels",
            Unit::Patch { .. } => "patches",
            Unit::Word => "words",
            Unit::Sentence => "sentences",
            Unit::Step => "time steps",
            Unit::Segment { .. } => "segments",
            Unit::ChannelStep => "values",
            Unit::Column => "columns",
        };
        let combo = ComboBox::from_id_salt("train units").selected_text(name(*unit)).width(90.0);
        let shown = combo.show_ui(ui, |ui| {
            let patch = match *unit {
                Unit::Patch { .. } => *unit,
                _ => Unit::Patch { rows: 4, cols: 4 },
            };
            for known in [Unit::Pixel, patch] {
                ui.selectable_value(unit, known, name(known));
            }
        });
        shown.response.labelled_by(label.id);
        if let Unit::Patch { rows, cols } = unit {
            let (height, width) = shape.map_or((64, 64), |shape| (shape.height, shape.width));
            for (side, most, name) in [(rows, height, "Rows of a patch"), (cols, width, "Columns of a patch")] {
                let drag = ui.add(DragValue::new(side).range(1..=most.max(1)));
                drag.accessible_name(name).on_hover_text(format!("{name}, in pixels"));
            }
            muted(ui, "rows x columns");
        }
    });
}

fn name_and_seed(ui: &mut Ui, name: &mut String, seed: &mut u64) {
    let tip = "Everything random comes from it: the same seed gives the same result";
    field(ui, "Seed", tip, |ui, label| ui.add(DragValue::new(seed)).labelled_by(label.id).on_hover_text(tip));
    field(ui, "Name", "How it is called in lists and tables", |ui, label| {
        let edit = ui.add(TextEdit::singleline(name).desired_width(field_width(ui)));
        edit.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name"));
        edit.labelled_by(label.id);
    });
}

/// Name of the recipe that `params` are.
pub fn recipe(specs: &[ParamSpec], presets: &[Preset], start: &Params, params: &Params) -> &'static str {
    let params = params.differing(specs);
    if params == *start {
        return "Program's default";
    }
    let is_it = |preset: &&Preset| Params::from_preset(specs, preset).is_ok_and(|of| of.differing(specs) == params);
    presets.iter().find(is_it).map_or("Own values", |preset| preset.title)
}

/// The same for a card, where other epochs than the program's own are still its recipe: they follow the data, and stand beside it.
pub fn recipe_of_card(specs: &[ParamSpec], presets: &[Preset], start: &Params, params: &Params) -> &'static str {
    let without = |params: &Params| {
        let mut params = params.differing(specs);
        params.0.retain(|id, _| id != "epochs" && id != "patience");
        params
    };
    match recipe(specs, presets, start, params) {
        "Own values" if without(params) == without(start) => "Program's default",
        known => known,
    }
}

fn presets(ui: &mut Ui, specs: &[ParamSpec], presets: &[Preset], start: &Params, params: &mut Params) {
    if specs.is_empty() {
        return;
    }
    let tip = "Named sets of values: what the program found to work best, and what each paper used";
    field(ui, "Values", tip, |ui, label| {
        let shown = recipe(specs, presets, start, params);
        let combo = ComboBox::from_id_salt("preset").selected_text(shown).width(field_width(ui)).truncate();
        let response = combo.show_ui(ui, |ui| {
            ui.set_max_width(420.0);
            if ui.selectable_label(shown == "Program's default", "Program's default").clicked() {
                *params = start.clone();
            }
            for preset in presets {
                let is_it = shown == preset.title;
                if ui.add(Button::selectable(is_it, preset.title).wrap()).clicked()
                    && let Ok(values) = Params::from_preset(specs, preset)
                {
                    *params = values.differing(specs);
                }
            }
        });
        response.response.labelled_by(label.id).on_hover_text(shown);
    });
}

/// Range of a parameter and the value that its form begins with, for its tooltip.
fn range_words(spec: &ParamSpec, default: &ParamValue) -> String {
    let default = value_words(default);
    match &spec.kind {
        ParamKind::Real { min, max, .. } => {
            format!("From {} to {}; default {default}.", number(*min), number(*max))
        }
        ParamKind::Computed { max, words } => format!("From 0 to {}; 0, the default, is {words}.", number(*max)),
        ParamKind::Whole { min, max, .. } => format!("From {min} to {max}; default {default}."),
        ParamKind::Switch { .. } => format!("Default: {default}."),
        ParamKind::Choice { options, .. } => {
            let lines: Vec<String> = options.iter().map(|(id, words)| format!("{}: {words}", spaced(id))).collect();
            format!("Default: {default}.\n{}", lines.join("\n"))
        }
    }
}

fn value_words(value: &ParamValue) -> String {
    match value {
        ParamValue::Real(value) => number(*value),
        ParamValue::Whole(value) => value.to_string(),
        ParamValue::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
        ParamValue::Choice(id) => spaced(id),
    }
}

/// An option as words: its id, as it is typed on the command line, without hyphens.
fn spaced(id: &str) -> String {
    id.replace('-', " ")
}

/// A form made from the specifications of parameters. It begins with `start` and resets to it; only what differs from
/// the parameters' own defaults is kept.
pub fn params_form<'a>(
    ui: &mut Ui,
    specs: impl IntoIterator<Item = &'a ParamSpec>,
    start: &Params,
    params: &mut Params,
) {
    for spec in specs {
        let default = start.0.get(spec.id).cloned().unwrap_or_else(|| spec.default_value());
        let mut value = params.0.get(spec.id).cloned().unwrap_or_else(|| spec.default_value());
        let tip = format!("{}\n{}", spec.tip, range_words(spec, &default));
        ui.push_id(spec.id, |ui| {
            field(ui, spec.label, &tip, |ui, label| {
                let response = param(ui, spec, &mut value, &default);
                response.labelled_by(label.id).on_hover_text(&tip);
                if reset_button(ui, spec.label, value != default, &value_words(&default)) {
                    value = default.clone();
                }
            });
        });
        if value == spec.default_value() {
            params.0.remove(spec.id);
        } else {
            params.0.insert(spec.id.to_owned(), value);
        }
    }
}

fn param(ui: &mut Ui, spec: &ParamSpec, value: &mut ParamValue, default: &ParamValue) -> egui::Response {
    match (&spec.kind, &mut *value) {
        (ParamKind::Real { min, max, log: true, .. }, ParamValue::Real(real)) => {
            ui.spacing_mut().slider_width = (field_width(ui) - 66.0).clamp(60.0, 160.0);
            ui.add(Slider::new(real, *min..=*max).logarithmic(true).max_decimals(6))
        }
        (ParamKind::Real { min, max, default, .. }, ParamValue::Real(real)) => {
            let speed = (default.abs() * 0.02).max(1e-4);
            ui.add(DragValue::new(real).range(*min..=*max).speed(speed).max_decimals(6))
        }
        (ParamKind::Computed { max, words }, ParamValue::Real(real)) => {
            let shown = |value: f64, _| if value == 0.0 { (*words).to_owned() } else { number(value) };
            ui.add(DragValue::new(real).range(0.0..=*max).speed(0.002).max_decimals(4).custom_formatter(shown))
        }
        (ParamKind::Whole { min, max, .. }, ParamValue::Whole(whole)) => {
            ui.add(DragValue::new(whole).range(*min..=*max).speed(0.2))
        }
        (ParamKind::Switch { .. }, ParamValue::Switch(on)) => {
            let response = ui.checkbox(on, "");
            let on = *on;
            response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, spec.label));
            response
        }
        (ParamKind::Choice { options, .. }, ParamValue::Choice(chosen)) => {
            let width = field_width(ui).min(170.0);
            let combo = ComboBox::from_id_salt(spec.id).selected_text(spaced(chosen)).width(width).height(360.0);
            let shown = combo.truncate().show_ui(ui, |ui| {
                ui.set_max_width(420.0);
                for (id, explanation) in *options {
                    let line = format!("{}: {explanation}", spaced(id));
                    if ui.add(Button::selectable(chosen.as_str() == *id, line).wrap()).clicked() {
                        *chosen = (*id).to_owned();
                    }
                }
            });
            shown.response
        }
        // A value of another kind can only come from a foreign card; the default takes its place.
        _ => {
            *value = default.clone();
            ui.label("")
        }
    }
}
