//! What is chosen on the left: how a run goes, live curves, warnings in plain words, and the card of what came of it.

use egui::{Align2, Label, RichText, Ui};
use egui_material_icons::icons;
use egui_plot::{LineStyle, VLine};

use super::models::{counted_by, standing};
use super::{TrainState, form};
use crate::explain::ExplainerCard;
use crate::explain::learn::run::honesty;
use crate::metric::metric;
use crate::model::distil::Distilled;
use crate::model::nets::forest::{TABLE_FOREST, counted};
use crate::model::params::Params;
use crate::model::{BoxCard, Curves, architecture};
use crate::session::describe::count;
use crate::session::train::{RunState, TrainingRun};
use crate::session::{Command, Place, Session};
use crate::ui::accuracy;
use crate::ui::forms::{facts, warning};
use crate::ui::measure_place::digits_for;
use crate::ui::plots::{Chart, Series, chart, legend, look, look_of_metric, note, whole_marks};
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{command_button, empty, group, heading, muted, progress_bar};
use crate::work::Progress;

/// What is chosen on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Run number n.
    Run(u32),
    /// Index of a black box.
    Box(usize),
    /// Index of an explainer.
    Explainer(usize),
}

/// What is chosen; where nothing was: the latest run, else the latest trained explainer, else the black box in use.
pub fn chosen(session: &Session, state: &TrainState) -> Option<Chosen> {
    if let Some(hash) = &state.card {
        let a_box = session.boxes.iter().position(|saved| saved.card.hash == *hash).map(Chosen::Box);
        let explainer = || session.explainers.iter().position(|saved| saved.card.hash == *hash).map(Chosen::Explainer);
        if let Some(found) = a_box.or_else(explainer) {
            return Some(found);
        }
    }
    let run = session.train.selected.filter(|number| session.train.run(*number).is_some()).map(Chosen::Run);
    let is_trained = |at: &usize| !session.explainers[*at].weights.is_empty();
    run.or_else(|| session.usable_explainers().into_iter().rfind(is_trained).map(Chosen::Explainer))
        .or_else(|| session.active_box.map(Chosen::Box))
}

/// The right side.
pub fn show(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    match chosen(session, state) {
        None => {
            let sentence = "Curves and cards appear here once something is trained or opened.";
            empty(ui, session, icons::ICON_MODEL_TRAINING, sentence, None, commands);
        }
        Some(Chosen::Run(number)) => {
            if let Some(run) = session.train.run(number) {
                run_view(ui, session, run, commands);
            }
        }
        Some(Chosen::Box(at)) => {
            if let Some(saved) = session.boxes.get(at) {
                heading(ui, &saved.card.name);
                box_buttons(ui, session, at, commands);
                let kept = accuracy::kept_epoch(&saved.card);
                curves(ui, &saved.card.curves, None, (counted(&saved.card.architecture).0, kept));
                box_card(ui, &saved.card);
            }
        }
        Some(Chosen::Explainer(at)) => {
            if let Some(saved) = session.explainers.get(at) {
                heading(ui, &saved.card.name);
                explainer_buttons(ui, session, at, commands);
                for words in honesty(&saved.card.validation, saved.card.unit) {
                    warning(ui, &words);
                }
                curves(ui, &saved.card.curves, None, ("epoch", kept_of(&saved.card)));
                explainer_card(ui, &saved.card, session);
            }
        }
    }
}

fn run_view(ui: &mut Ui, session: &Session, run: &TrainingRun, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    heading(ui, &run.name);
    let (icon, words) = standing(session, run);
    ui.horizontal_top(|ui| {
        let is_warning = icon.codepoint == icons::ICON_WARNING.codepoint;
        ui.label(icon.rich_text().color(if is_warning { t.warning } else { t.muted }));
        ui.add(Label::new(words).wrap());
    });
    if !session.is_made_here(run) {
        muted(ui, "It was started for a project, or unsaved work, that is not open any more, and belongs there.");
    }
    if let Some(job) = run.job.and_then(|id| session.running.get(id)) {
        let width = ui.available_width();
        progress_bar(ui, &job.title, job.progress.as_ref(), width);
        muted(ui, job.progress.as_ref().map_or_else(|| "Not started yet".to_owned(), Progress::line));
        ui.horizontal(|ui| {
            let verb = if job.paused { "Go on" } else { "Pause" };
            command_button(ui, session, Command::PauseJob(job.id, !job.paused), verb, commands);
            command_button(ui, session, Command::CancelJob(job.id), "Cancel", commands);
        });
    }
    if let RunState::Failed(notice) = &run.state {
        ui.add(Label::new(RichText::new(&notice.summary).color(t.error)).wrap());
        if let Some(hint) = notice.hint.as_ref().filter(|hint| !hint.is_empty()) {
            ui.add(Label::new(hint).wrap());
        }
    }
    let made = run.made.as_deref();
    let a_box = session.boxes.iter().position(|saved| Some(saved.card.hash.as_str()) == made);
    let explainer = session.explainers.iter().position(|saved| Some(saved.card.hash.as_str()) == made);
    match run.state {
        RunState::Running => {}
        RunState::Done => {
            if let Some(at) = a_box {
                box_buttons(ui, session, at, commands);
            }
            if let Some(at) = explainer {
                explainer_buttons(ui, session, at, commands);
            }
        }
        RunState::Cancelled | RunState::Failed(_) => {
            what_is_left(ui, session, run, (a_box, explainer), commands);
            command_button(ui, session, Command::RetryTraining(run.number), "Start again", commands);
        }
    }
    if let Some(report) = &run.report {
        // Of what is kept, not of the epoch that came last.
        let of_kept = explainer.map(|at| &session.explainers[at].card).filter(|_| run.state != RunState::Running);
        let warnings = of_kept.map_or_else(|| report.warnings.clone(), |card| honesty(&card.validation, card.unit));
        for words in &warnings {
            warning(ui, words);
        }
        let of_box = a_box.and_then(|at| accuracy::kept_epoch(&session.boxes[at].card));
        let kept = of_box.or_else(|| explainer.and_then(|at| kept_of(&session.explainers[at].card)));
        curves(ui, &report.curves, Some(report.epochs).filter(|epochs| *epochs > 0), (counted_by(run), kept));
    } else if run.state == RunState::Running {
        ui.add_space(space::S);
        muted(ui, "Curves appear with the first minibatches.");
    }
    if let Some(at) = a_box {
        box_card(ui, &session.boxes[at].card);
    }
    if let Some(at) = explainer {
        explainer_card(ui, &session.explainers[at].card, session);
    }
}

/// What a run left that did not come to its end: it cannot go on, but its last checkpoint is there.
fn what_is_left(
    ui: &mut Ui,
    session: &Session,
    run: &TrainingRun,
    (a_box, explainer): (Option<usize>, Option<usize>),
    commands: &mut Vec<Command>,
) {
    if run.connects() {
        return;
    }
    let epochs = a_box.map(|at| session.boxes[at].card.epochs);
    let epochs = epochs.or_else(|| explainer.map(|at| session.explainers[at].card.epochs)).filter(|epochs| *epochs > 0);
    let one = counted_by(run);
    let Some(epochs) = epochs else {
        muted(ui, format!("It ended before its first {one} did, so nothing is kept."));
        return;
    };
    let words = format!(
        "What it had learned after {one} {epochs} is kept and can be used. It cannot go on from there; started again, it begins anew and takes its place."
    );
    ui.add(Label::new(words).wrap());
    if let Some(at) = a_box {
        box_buttons(ui, session, at, commands);
    }
    if let Some(at) = explainer {
        explainer_buttons(ui, session, at, commands);
    }
}

/// The epoch whose weights an explainer has, where one was chosen.
fn kept_of(card: &ExplainerCard) -> Option<f64> {
    (card.best_epoch > 0).then(|| f64::from(card.best_epoch))
}

fn box_buttons(ui: &mut Ui, session: &Session, at: usize, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        if session.active_box == Some(at) {
            muted(ui, "In use: what is explained, measured and trained on.");
        } else {
            command_button(ui, session, Command::UseBox(at), "Explain this black box", commands);
        }
    });
}

fn explainer_buttons(ui: &mut Ui, session: &Session, at: usize, commands: &mut Vec<Command>) {
    if session.usable_explainers().contains(&at)
        && ui.button("Show in Explore").on_hover_text("Look at what it selects, item by item").clicked()
    {
        commands.push(Command::Go(Place::Explore));
        commands.push(Command::SetColumns(vec![at]));
    }
}

/// Percentages in one chart, losses in another, over what a step of the work is called. Percentages in the legend are those of the step whose weights are
/// kept, which is marked, since these are the figures of the card.
fn curves(ui: &mut Ui, curves: &Curves, epochs: Option<u32>, (one, kept): (&'static str, Option<f64>)) {
    let is_loss = |name: &str| name.contains("loss");
    let mut percent = Vec::new();
    let mut losses = Vec::new();
    for (id, points) in curves.0.iter().filter(|(_, points)| !points.is_empty()) {
        let last = points.last().map_or(0.0, |point| point[1]);
        if is_loss(id) {
            let name = id.trim_start_matches("loss: ").to_owned();
            let value = format!("{last:.4}");
            let tip = "Mean over the minibatches since the point before; each pass over the training items is an epoch"
                .to_owned();
            let look = look(ui, losses.len());
            losses.push(Series { name, value, tip, points: points.clone(), intervals: Vec::new(), look });
        } else {
            let of_kept = points.iter().find(|point| Some(point[0]) == kept).map_or(last, |point| point[1]);
            let value = format!("{of_kept:.1} %");
            let (name, tip) = curve_words(id);
            let look = look_of_metric(ui, id);
            percent.push(Series { name, value, tip, points: points.clone(), intervals: Vec::new(), look });
        }
    }
    // What counts comes first in the legend and lies on top.
    let order = |name: &str| ["FS-M", "FU-M", "Mask only", "Approximator"].iter().position(|known| *known == name);
    percent.sort_by_key(|series| order(&series.name).unwrap_or(9));
    if percent.is_empty() && losses.is_empty() {
        return;
    }
    let last = curves.0.values().flatten().map(|point| point[0]).fold(1.0, f64::max);
    let first = curves.0.values().flatten().map(|point| point[0]).fold(1.0, f64::min).floor();
    let x_range = [first, f64::from(epochs.unwrap_or(0)).max(last)];
    // Wider, lines lie flat and the eye loses them.
    ui.set_max_width(ui.available_width().min(900.0));
    let x_marks = whole_marks(x_range, ui.available_width());
    let height = ((ui.available_height() - 190.0) / 2.0).clamp(150.0, 240.0);
    let frames = [
        (percent, "On validation items", "share (%)", Some([0.0, 100.0])),
        (losses, "Losses on training items", "loss", Some([0.0, 0.0])),
    ];
    for (series, title, y, y_range) in frames.into_iter().filter(|(series, ..)| !series.is_empty()) {
        let marked = kept.filter(|_| y_range == Some([0.0, 100.0]));
        match marked {
            Some(kept) => group(ui, &format!("{title}; figures of {one} {kept}, which is kept")),
            None => group(ui, title),
        }
        legend(ui, &series);
        let frame = Chart { title, x: one, y, x_range: Some(x_range), y_range, x_marks: &x_marks, height };
        let ink = tokens(ui).muted;
        chart(ui, &frame, &series, move |plot| {
            if let Some(at) = marked {
                let style = LineStyle::Dotted { spacing: 4.0 };
                plot.vline(VLine::new("", at).color(ink).style(style).allow_hover(false));
                note(plot, [at, 1.0], " kept", Align2::LEFT_BOTTOM, ink);
            }
        });
    }
}

/// Name of a curve, and what it means.
fn curve_words(id: &str) -> (String, String) {
    match id {
        "approximator" => (
            "Approximator".to_owned(),
            "How often the approximator, from the selected part alone, gives the black box's class. Far above FS-M it may read the label from \
             the shape of the mask."
                .to_owned(),
        ),
        "agreement" => (
            "Agreement".to_owned(),
            "Share of validation items to which it gives the class that the black box gives whose answers it learns".to_owned(),
        ),
        "validation accuracy" => {
            ("Accuracy".to_owned(), "Share of validation items that the black box classifies right".to_owned())
        }
        _ => metric(id).map_or_else(
            |_| (id.to_owned(), String::new()),
            |metric| (metric.spec().title.to_owned(), metric.spec().tip.to_owned()),
        ),
    }
}

/// "3 min 20 s" and the like.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s <= 0.0 => String::new(),
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 60.0 => format!("{s:.0} s"),
        s => format!("{} min {:.0} s", (s / 60.0).floor(), s % 60.0),
    }
}

fn short(hash: &str) -> String {
    hash.get(..12).unwrap_or(hash).to_owned()
}

fn device_words(device: &str, threads: i32) -> String {
    match threads {
        1.. => format!("{device}, {}", count(threads as usize, "thread", "threads")),
        _ => device.to_owned(),
    }
}

fn params_words(recipe: &str, params: &crate::model::params::Params) -> String {
    use crate::model::params::ParamValue;
    if params.0.is_empty() {
        return recipe.to_owned();
    }
    let values: Vec<String> = params
        .0
        .iter()
        .map(|(id, value)| match value {
            ParamValue::Switch(on) => format!("{id} {}", if *on { "on" } else { "off" }),
            ParamValue::Whole(value) => format!("{id} {value}"),
            ParamValue::Real(value) => format!("{id} {value}"),
            ParamValue::Choice(value) => format!("{id} {value}"),
        })
        .collect();
    format!("{recipe}; {}", values.join(", "))
}

fn box_card(ui: &mut Ui, card: &BoxCard) {
    group(ui, "Card");
    if let Some(words) = card.distilled.as_ref().and_then(Distilled::too_poor) {
        warning(ui, &format!("{words}."));
    }
    for words in &card.remarks {
        warning(ui, words);
    }
    if let Some(words) = accuracy::too_few_words(card) {
        warning(ui, &words);
    }
    let known = architecture(&card.architecture).ok();
    if let Some(known) = known {
        ui.add(Label::new(RichText::new(known.summary).small()).wrap());
        ui.add_space(space::XS);
    }
    let share = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{:.2} %", share * 100.0));
    let test = card.test_accuracy.map_or_else(String::new, |share| {
        let [low, high] = accuracy::interval(share, card.test_items);
        let digits = digits_for((high - low) / 2.0);
        let percent = accuracy::percent(share, card.test_items);
        let items = count(card.test_items, "item", "items");
        let largest = beside(card);
        format!("{percent} % of {items} (95 % interval {low:.digits$} to {high:.digits$}){largest}")
    });
    // A model behind a command was trained elsewhere.
    let is_connected = card.exec.is_some();
    let trained = |words: String| if is_connected { String::new() } else { words };
    // As in the curves.
    let of_validation = card.validation_accuracy.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0));
    let validation = match card.test_accuracy {
        None if card.validation_accuracy.is_some() => format!("{of_validation}{}", beside(card)),
        _ => of_validation,
    };
    let epochs = card.stop_words().unwrap_or_else(|| epochs_words(card.epochs, card.complete));
    let recipe =
        known.map_or("", |known| form::recipe_of_card(known.params, known.presets, &Params::default(), &card.params));
    let is_forest = card.architecture == TABLE_FOREST.id;
    facts(
        ui,
        "box card",
        &[
            ("Right on test", test),
            ("On validation", validation),
            ("Stand-in for", card.distilled.as_ref().map_or_else(String::new, |of| of.name.clone())),
            ("Agrees on test", share(card.distilled.as_ref().and_then(|of| of.test))),
            ("with parts hidden", share(card.distilled.as_ref().and_then(|of| of.hidden))),
            ("Command", card.exec.clone().unwrap_or_default()),
            (if is_forest { "Trees" } else { "Epochs" }, trained(epochs)),
            ("Model", if is_connected { "connected, not trained here".to_owned() } else { String::new() }),
            ("Input", card.input_words()),
            ("Classes", card.classes.join(", ")),
            ("Parameters", params_words(recipe, &card.params)),
            ("Data", card.data.clone()),
            ("Data hash", short(&card.data_hash)),
            ("Seed", trained(card.seed.to_string())),
            ("Trained on", trained(device_words(&card.device, card.threads))),
            ("Time", duration(card.seconds)),
            ("Versions", versions_words(&card.versions)),
            ("Hash", short(&card.hash)),
            ("Source", known.map_or_else(String::new, |known| known.citation.to_owned())),
        ],
    );
}

/// What one class for everything would reach, to be read beside the accuracy.
fn beside(card: &BoxCard) -> String {
    match card.largest_class_words() {
        words if words.is_empty() => words,
        words => format!("; {words}"),
    }
}

fn versions_words(versions: &crate::model::Versions) -> String {
    format!("Unmask {}, libtorch {}, tch {}", versions.unmask, versions.libtorch, versions.tch)
}

fn epochs_words(epochs: u32, complete: bool) -> String {
    match (epochs, complete) {
        (0, _) => String::new(),
        (epochs, true) => epochs.to_string(),
        (epochs, false) => format!("{epochs}, not to the end"),
    }
}

/// The epoch whose weights an explainer has, and why these.
fn kept_epoch(card: &ExplainerCard) -> String {
    let keeps_last = crate::explain::method(&card.method).is_ok_and(|method| method.keeps_last(card.unit));
    // Without validation no epoch is better than another. Earlier versions kept the best of every method.
    if card.best_epoch == card.epochs && (keeps_last || card.validation.is_empty()) {
        "the last epoch".to_owned()
    } else {
        format!("epoch {}, best FS-M on validation", card.best_epoch)
    }
}

fn explainer_card(ui: &mut Ui, card: &ExplainerCard, session: &Session) {
    group(ui, "Card");
    let spec = crate::explain::method(&card.method).ok().map(|method| method.spec());
    if let Some(spec) = spec {
        ui.add(Label::new(RichText::new(spec.summary).small()).wrap());
        ui.add_space(space::XS);
    }
    let trains = spec.is_some_and(|spec| spec.trains);
    let only_trained = |words: String| if trains { words } else { String::new() };
    let recipe = spec.map_or("", |spec| {
        form::recipe_of_card(spec.params, spec.presets, &spec.start(card.unit.modality()), &card.params)
    });
    let black_box = session.boxes.iter().find(|saved| saved.card.hash == card.blackbox_hash);
    let epochs = match epochs_words(card.epochs, card.complete) {
        words if words.is_empty() => words,
        words => format!("{words}; the weights of {}", kept_epoch(card)),
    };
    facts(
        ui,
        "explainer card",
        &[
            ("Explains", black_box.map_or_else(|| short(&card.blackbox_hash), |saved| saved.card.name.clone())),
            ("Selects", only_trained(format!("{} {}", card.k, card.unit.noun(card.k)))),
            ("Epochs", epochs),
            ("Parameters", only_trained(params_words(recipe, &card.params))),
            ("Data", card.data.clone()),
            ("Data hash", short(&card.data_hash)),
            ("Seed", card.seed.to_string()),
            ("Trained on", only_trained(device_words(&card.device, card.threads))),
            ("Time", duration(card.seconds)),
            ("Versions", versions_words(&card.versions)),
            ("Hash", short(&card.hash)),
            ("Source", spec.map_or_else(String::new, |spec| spec.citation.to_owned())),
        ],
    );
}
