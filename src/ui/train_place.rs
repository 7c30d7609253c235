//! The place for training: black boxes and explainers of the project, a form for a new one, live curves of the chosen run.

use egui::{
    Button, ComboBox, DragValue, Frame, Grid, Label, RichText, ScrollArea, Slider, TextEdit, Ui, WidgetInfo,
    accesskit::Role,
};
use egui_material_icons::icons;
use egui_plot::{Legend, Line, Plot, PlotPoints};

use super::theme::{self, space, text, tokens};
use super::widgets::{command_button, group, heading, icon_button, muted, progress_bar, rule};
use crate::data::Unit;
use crate::model::card::Curves;
use crate::model::params::{ParamKind, ParamSpec, ParamValue, Params, Preset};
use crate::model::{ARCHITECTURES, architecture};
use crate::session::train::{FitForm, Makes, RunState, TrainForm, TrainingRun};
use crate::session::{Command, Session};

/// What the place remembers.
pub struct TrainState {
    makes: Makes,
    fit: FitForm,
    train: TrainForm,
    /// A card whose curves are shown instead of a run's, by hash.
    card: Option<String>,
}

impl Default for TrainState {
    fn default() -> Self {
        let architecture = ARCHITECTURES.first().map_or_else(String::new, |architecture| architecture.id.to_owned());
        let method = crate::explain::METHODS.iter().map(|method| method.spec()).find(|spec| spec.trains);
        Self {
            makes: Makes::Box,
            fit: FitForm { name: architecture.clone(), architecture, params: Params::default(), seed: 0 },
            train: TrainForm {
                method: method.map_or_else(String::new, |spec| spec.id.to_owned()),
                params: Params::default(),
                unit: Unit::Pixel,
                k: 25,
                seed: 0,
                name: method.map_or_else(String::new, |spec| spec.title.to_owned()),
            },
            card: None,
        }
    }
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    heading(ui, "Train");
    muted(ui, crate::session::Place::Train.question());
    ui.add_space(space::S);
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        ScrollArea::vertical().id_salt("models").show(left, |ui| models(ui, session, state, commands));
        ScrollArea::vertical().id_salt("form").show(middle, |ui| form(ui, session, state, commands));
        ScrollArea::vertical().id_salt("run").show(right, |ui| chosen_run(ui, session, state, commands));
    });
}

fn models(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    group(ui, "Black boxes");
    if session.boxes.is_empty() {
        muted(ui, "None yet. Train one on the open data, or open a folder that holds one.");
    }
    for (index, saved) in session.boxes.iter().enumerate() {
        let is_active = session.active_box == Some(index);
        let accuracy = saved
            .card
            .test_accuracy
            .map_or_else(|| "accuracy not known".to_owned(), |share| format!("{:.1} % right on test", share * 100.0));
        let response = ui.add(Button::selectable(is_active, &saved.card.name).frame_when_inactive(true));
        if response.on_hover_text("Explain this black box").clicked() {
            commands.push(Command::UseBox(index));
            state.card = Some(saved.card.hash.clone());
        }
        muted(ui, accuracy);
    }
    rule(ui);
    group(ui, "Explainers of the black box in use");
    let usable = session.usable_explainers();
    if usable.is_empty() {
        muted(ui, "None yet.");
    }
    for at in usable {
        let card = &session.explainers[at].card;
        let is_shown = state.card.as_ref() == Some(&card.hash);
        if ui.add(Button::selectable(is_shown, &card.name).frame_when_inactive(true)).clicked() {
            state.card = Some(card.hash.clone());
        }
        let figures: Vec<String> = card
            .validation
            .iter()
            .map(|(metric, value)| format!("{} {value:.1} %", super::measure_place::metric_title(metric)))
            .collect();
        if !figures.is_empty() {
            muted(ui, figures.join(" · "));
        }
    }
    rule(ui);
    group(ui, "Runs of this session");
    if session.train.runs.is_empty() {
        muted(ui, "Nothing was trained yet.");
    }
    for run in session.train.runs.iter().rev() {
        run_line(ui, session, run, state, commands);
    }
}

fn run_line(ui: &mut Ui, session: &Session, run: &TrainingRun, state: &mut TrainState, commands: &mut Vec<Command>) {
    let is_selected = session.train.selected == Some(run.number) && state.card.is_none();
    let words = match &run.state {
        RunState::Running => "under way",
        RunState::Done => "done",
        RunState::Cancelled => "cancelled",
        RunState::Failed(_) => "failed",
    };
    if ui.add(Button::selectable(is_selected, format!("{}: {words}", run.name)).frame_when_inactive(true)).clicked() {
        state.card = None;
        commands.push(Command::SelectRun(run.number));
    }
    if let Some(job) = run.job.and_then(|id| session.running.get(id)) {
        let width = ui.available_width();
        progress_bar(ui, &job.title, job.progress.as_ref(), width);
        ui.horizontal(|ui| {
            muted(
                ui,
                job.progress.as_ref().map_or_else(|| "waiting for its turn".to_owned(), crate::work::Progress::line),
            );
        });
        ui.horizontal(|ui| {
            let (icon, verb) =
                if job.paused { (icons::ICON_PLAY_ARROW, "Go on") } else { (icons::ICON_PAUSE, "Pause") };
            if icon_button(ui, icon, &format!("{verb}: run {}", run.number)).clicked() {
                commands.push(Command::PauseJob(job.id, !job.paused));
            }
            if icon_button(ui, icons::ICON_CLOSE, &format!("Cancel: run {}", run.number)).clicked() {
                commands.push(Command::CancelJob(job.id));
            }
        });
    }
}

fn form(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        for (makes, name) in [(Makes::Box, "New black box"), (Makes::Explainer, "New explainer")] {
            if ui.add(Button::selectable(state.makes == makes, name).frame_when_inactive(true)).clicked() {
                state.makes = makes;
            }
        }
    });
    ui.add_space(space::XS);
    match state.makes {
        Makes::Box => box_form(ui, session, &mut state.fit, commands),
        Makes::Explainer => explainer_form(ui, session, &mut state.train, commands),
    }
}

fn box_form(ui: &mut Ui, session: &Session, form: &mut FitForm, commands: &mut Vec<Command>) {
    let Ok(chosen) = architecture(&form.architecture) else { return };
    ComboBox::from_id_salt("architecture")
        .selected_text(chosen.title)
        .width(ui.available_width() - space::S)
        .truncate()
        .show_ui(ui, |ui| {
            for architecture in ARCHITECTURES {
                if ui.selectable_label(architecture.id == form.architecture, architecture.title).clicked() {
                    form.architecture = architecture.id.to_owned();
                    form.params = Params::default();
                    form.name = architecture.title.to_owned();
                }
            }
        })
        .response
        .accessible_name("Architecture");
    ui.add(Label::new(chosen.summary).wrap());
    ui.add(Label::new(RichText::new(chosen.citation).small().color(tokens(ui).muted)).wrap());
    presets(ui, chosen.params, chosen.presets, &mut form.params);
    name_and_seed(ui, &mut form.name, &mut form.seed);
    params_form(ui, chosen.params, &mut form.params);
    ui.add_space(space::S);
    command_button(ui, session, Command::StartFit(Box::new(form.clone())), "Train the black box", commands);
}

fn explainer_form(ui: &mut Ui, session: &Session, form: &mut TrainForm, commands: &mut Vec<Command>) {
    let Ok(chosen) = crate::explain::method(&form.method).map(|method| method.spec()) else { return };
    ComboBox::from_id_salt("method")
        .selected_text(chosen.title)
        .width(ui.available_width() - space::S)
        .truncate()
        .show_ui(ui, |ui| {
            for spec in crate::explain::METHODS.iter().map(|method| method.spec()).filter(|spec| spec.trains) {
                if ui.selectable_label(spec.id == form.method, spec.title).clicked() {
                    form.method = spec.id.to_owned();
                    form.params = Params::default();
                    form.name = spec.title.to_owned();
                }
            }
        })
        .response
        .accessible_name("Method to train");
    ui.add(Label::new(chosen.summary).wrap());
    ui.add(Label::new(RichText::new(chosen.citation).small().color(tokens(ui).muted)).wrap());
    presets(ui, chosen.params, chosen.presets, &mut form.params);
    Grid::new("unit and k").num_columns(2).show(ui, |ui| {
        let label = ui.label("Select");
        let most = session
            .active_box()
            .map_or(784, |active| crate::data::Units::new(form.unit, active.card.shape).count())
            .max(1);
        form.k = form.k.clamp(1, most);
        ui.add(Slider::new(&mut form.k, 1..=most).logarithmic(true)).labelled_by(label.id);
        ui.end_row();
        let label = ui.label("Units");
        let name = |unit: Unit| if unit == Unit::Pixel { "pixels".to_owned() } else { unit.noun(2) };
        ComboBox::from_id_salt("train units")
            .selected_text(name(form.unit))
            .show_ui(ui, |ui| {
                let patches = [2, 4, 7, 8].map(|side| Unit::Patch { rows: side, cols: side });
                for unit in [Unit::Pixel].into_iter().chain(patches) {
                    ui.selectable_value(&mut form.unit, unit, name(unit));
                }
            })
            .response
            .labelled_by(label.id)
            .accessible_name("Units to select");
        ui.end_row();
    });
    name_and_seed(ui, &mut form.name, &mut form.seed);
    params_form(ui, chosen.params, &mut form.params);
    ui.add_space(space::S);
    command_button(ui, session, Command::StartTraining(Box::new(form.clone())), "Train the explainer", commands);
}

fn name_and_seed(ui: &mut Ui, name: &mut String, seed: &mut u64) {
    Grid::new("name and seed").num_columns(2).show(ui, |ui| {
        let label = ui.label("Name");
        let field = ui.add(TextEdit::singleline(name).desired_width(170.0));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name"));
        field.labelled_by(label.id);
        ui.end_row();
        let label = ui.label("Seed");
        ui.add(DragValue::new(seed))
            .labelled_by(label.id)
            .on_hover_text("Everything random comes from it: the same seed gives the same result");
        ui.end_row();
    });
}

fn presets(ui: &mut Ui, specs: &[ParamSpec], presets: &[Preset], params: &mut Params) {
    if presets.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        muted(ui, "Values of");
        for preset in presets {
            if ui.small_button(preset.title).clicked()
                && let Ok(values) = Params::from_preset(specs, preset)
            {
                *params = values;
            }
        }
        if !params.0.is_empty() && ui.small_button("Defaults").clicked() {
            *params = Params::default();
        }
    });
}

/// A form made from the specifications of parameters; only what differs from the defaults is kept.
pub fn params_form(ui: &mut Ui, specs: &[ParamSpec], params: &mut Params) {
    Grid::new("params").num_columns(2).spacing([space::S, space::XS]).show(ui, |ui| {
        for spec in specs {
            let label = ui.label(spec.label).on_hover_text(spec.tip);
            let default = spec.default_value();
            let mut value = params.0.get(spec.id).cloned().unwrap_or_else(|| default.clone());
            let response = match (&spec.kind, &mut value) {
                (ParamKind::Real { min, max, log, .. }, ParamValue::Real(real)) => {
                    ui.add(Slider::new(real, *min..=*max).logarithmic(*log))
                }
                (ParamKind::Whole { min, max, .. }, ParamValue::Whole(whole)) => {
                    ui.add(DragValue::new(whole).range(*min..=*max))
                }
                (ParamKind::Switch { .. }, ParamValue::Switch(on)) => {
                    let response = ui.checkbox(on, "");
                    let (on, name) = (*on, spec.label);
                    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
                    response
                }
                (ParamKind::Choice { options, .. }, ParamValue::Choice(chosen)) => ComboBox::from_id_salt(spec.id)
                    .selected_text(chosen.as_str())
                    .show_ui(ui, |ui| {
                        for (id, explanation) in *options {
                            ui.selectable_value(chosen, (*id).to_owned(), *id).on_hover_text(*explanation);
                        }
                    })
                    .response
                    .accessible_name(spec.label),
                // A value of another kind can only come from a foreign card; the default takes its place.
                _ => {
                    value = default.clone();
                    ui.label("")
                }
            };
            response.labelled_by(label.id).on_hover_text(spec.tip);
            ui.end_row();
            if value == default {
                params.0.remove(spec.id);
            } else {
                params.0.insert(spec.id.to_owned(), value);
            }
        }
    });
}

fn chosen_run(ui: &mut Ui, session: &Session, state: &TrainState, commands: &mut Vec<Command>) {
    if let Some(hash) = &state.card {
        let name_and_curves = session
            .boxes
            .iter()
            .map(|saved| (&saved.card.hash, &saved.card.name, &saved.card.curves))
            .chain(session.explainers.iter().map(|saved| (&saved.card.hash, &saved.card.name, &saved.card.curves)))
            .find(|(known, _, _)| *known == hash);
        if let Some((_, name, of_card)) = name_and_curves {
            group(ui, name);
            curves(ui, of_card);
        }
        return;
    }
    let Some(run) = session.train.selected.and_then(|number| session.train.run(number)) else {
        muted(ui, "Curves of the chosen run appear here.");
        return;
    };
    group(ui, &run.name);
    if let RunState::Failed(notice) = &run.state {
        ui.add(Label::new(RichText::new(&notice.summary).color(tokens(ui).error)).wrap());
        if let Some(hint) = &notice.hint {
            ui.add(Label::new(hint).wrap());
        }
    }
    if !matches!(run.state, RunState::Running | RunState::Done) {
        command_button(ui, session, Command::RetryTraining(run.number), "Start again", commands);
    }
    let Some(report) = &run.report else {
        muted(ui, "No report yet.");
        return;
    };
    muted(ui, format!("Epoch {} of {} · {:.0} items/s", report.epoch, report.epochs, report.rate));
    for warning in &report.warnings {
        Frame::new().fill(tokens(ui).raised).corner_radius(theme::RADIUS).inner_margin(space::S).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(icons::ICON_WARNING.rich_text().size(text::ICON).color(tokens(ui).warning));
                ui.add(Label::new(warning).wrap());
            });
        });
    }
    Grid::new("figures").num_columns(2).striped(true).show(ui, |ui| {
        for (metric, value) in &report.figures {
            ui.label(super::measure_place::metric_title(metric));
            ui.label(format!("{value:.1} %"));
            ui.end_row();
        }
    });
    curves(ui, &report.curves);
}

/// Losses in one plot, percentages in another.
fn curves(ui: &mut Ui, curves: &Curves) {
    let is_loss = |name: &str| name.contains("loss");
    for (title, wants_loss) in [("Losses", true), ("Validation", false)] {
        let chosen: Vec<_> =
            curves.0.iter().filter(|(name, points)| is_loss(name) == wants_loss && !points.is_empty()).collect();
        if chosen.is_empty() {
            continue;
        }
        group(ui, title);
        let response = Plot::new(title)
            .height(180.0)
            .legend(Legend::default())
            .allow_scroll(false)
            .show(ui, |plot| {
                for (name, points) in chosen {
                    plot.line(Line::new(name.as_str(), PlotPoints::new(points.clone())));
                }
            })
            .response;
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{title} over training")));
    }
}
