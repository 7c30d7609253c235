//! The list on the left: runs of this session, black boxes, explainers, each with its figures and where it stands.

use egui::Ui;
use egui_material_icons::{MaterialIcon, icons};

use super::TrainState;
use super::run::{Chosen, chosen};
use crate::explain::learn::run::honesty;
use crate::jobs::Task;
use crate::model::nets::forest::counted;
use crate::session::train::{RunState, TrainingRun};
use crate::session::{Command, Session};
use crate::ui::accuracy::right_words;
use crate::ui::forms::list_row;
use crate::ui::widgets::{group, muted, progress_bar};

/// The list.
pub fn show(ui: &mut Ui, session: &Session, state: &mut TrainState, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let shown = chosen(session, state);
    if !session.train.runs.is_empty() {
        group(ui, "Runs of this session");
    }
    for run in session.train.runs.iter().rev() {
        let is_chosen = matches!(&shown, Some(Chosen::Run(number)) if *number == run.number);
        let (icon, words) = standing(session, run);
        ui.push_id(("run", run.number), |ui| {
            if list_row(ui, Some(icon), &run.name, &words, is_chosen).clicked() {
                state.card = None;
                commands.push(Command::SelectRun(run.number));
            }
            if let Some(job) = run.job.and_then(|id| session.running.get(id)) {
                let width = ui.available_width();
                progress_bar(ui, &job.title, job.progress.as_ref(), width);
            }
        });
    }
    ui.add_space(4.0);
    group(ui, "Black boxes");
    if session.boxes.is_empty() {
        muted(ui, "None yet. Train one, or open a folder that holds one.");
    }
    for (index, saved) in session.boxes.iter().enumerate() {
        let card = &saved.card;
        let is_chosen = matches!(&shown, Some(Chosen::Box(at)) if *at == index);
        let right = right_words(card);
        let is_known = right.is_some();
        let mut words = right.unwrap_or_else(|| "accuracy not known".to_owned());
        if let Some(largest) = card.largest_class.filter(|_| is_known) {
            words.push_str(&format!(" (largest class {:.1} %)", largest * 100.0));
        }
        if session.active_box == Some(index) {
            words = format!("in use · {words}");
        }
        // What says at once that the share above is worth nothing, or how it came about.
        words.extend(card.stop_words().map(|stopped| format!(" · {stopped}")));
        if !card.complete {
            let still = if is_made_now(session, &card.hash) { "in training, epoch" } else { "stopped after epoch" };
            words.push_str(&format!(" · {still} {}", card.epochs));
        }
        ui.push_id(("box", index), |ui| {
            if list_row(ui, Some(icons::ICON_NETWORK_NODE), &card.name, &words, is_chosen).clicked() {
                state.card = Some(card.hash.clone());
            }
        });
    }
    ui.add_space(4.0);
    group(ui, "Explainers of the black box in use");
    let usable = session.usable_explainers();
    if usable.is_empty() {
        muted(ui, "None yet.");
    }
    for &at in &usable {
        let card = &session.explainers[at].card;
        let is_chosen = matches!(&shown, Some(Chosen::Explainer(known)) if *known == at);
        let trains = crate::explain::method(&card.method).is_ok_and(|method| method.spec().trains);
        let figure = |id: &str, name: &str| card.validation.get(id).map(|value| format!("{name} {value:.1} %"));
        let mut words: Vec<String> = [figure("fs_m", "FS-M"), figure("fu_m", "FU-M")].into_iter().flatten().collect();
        if trains {
            words.insert(0, format!("k {}", card.k));
        } else if session.gradients_missing(&card.method).is_some() {
            words.push("needs gradients, which it does not give".to_owned());
        } else {
            words.push("needs no training".to_owned());
        }
        if !honesty(&card.validation, card.unit).is_empty() {
            words.push("but FS-M proves nothing".to_owned());
        }
        if !card.complete {
            words.push(format!("epoch {} of {} so far", card.best_epoch, card.epochs));
        }
        ui.push_id(("explainer", at), |ui| {
            let icon = if trains { icons::ICON_MODEL_TRAINING } else { icons::ICON_FUNCTION };
            if list_row(ui, Some(icon), &card.name, &words.join(" · "), is_chosen).clicked() {
                state.card = Some(card.hash.clone());
            }
        });
    }
    let others = session.explainers.len() - usable.len();
    if others > 0 {
        let words = if others == 1 { "explainer belongs" } else { "explainers belong" };
        muted(ui, format!("{others} {words} to other black boxes."));
    }
}

/// Whether a run under way makes this.
pub(super) fn is_made_now(session: &Session, hash: &str) -> bool {
    let makes = |run: &TrainingRun| matches!(run.state, RunState::Running) && run.made.as_deref() == Some(hash);
    session.train.runs.iter().any(makes)
}

/// What a run counts.
pub(super) fn counted_by(run: &TrainingRun) -> &'static str {
    match &run.task {
        Task::FitBox(task) => counted(&task.architecture).0,
        _ => "epoch",
    }
}

/// Where a run stands, as a sign and in words.
pub fn standing(session: &Session, run: &TrainingRun) -> (MaterialIcon, String) {
    let one = counted_by(run);
    let epochs = || {
        if run.connects() {
            return "asking the command".to_owned();
        }
        run.report.as_ref().filter(|report| report.epochs > 0).map_or_else(
            || format!("first {one}"),
            |report| format!("{one} {} of {}", (report.epoch + 1).min(report.epochs), report.epochs),
        )
    };
    match &run.state {
        RunState::Running => match run.job.and_then(|id| session.running.get(id)) {
            Some(job) if job.paused => (icons::ICON_PAUSE, format!("paused · {}", epochs())),
            Some(job) if job.started => (icons::ICON_PLAY_ARROW, epochs()),
            _ => (icons::ICON_HOURGLASS_EMPTY, "waiting for its turn".to_owned()),
        },
        RunState::Done => {
            let (words, is_doubtful) = outcome(session, run);
            let done = if run.connects() { "connected" } else { "done" };
            let icon = if is_doubtful { icons::ICON_WARNING } else { icons::ICON_CHECK_CIRCLE };
            let words = std::iter::once(done.to_owned()).chain(words).collect::<Vec<_>>().join(" · ");
            (icon, words)
        }
        RunState::Cancelled => (icons::ICON_CANCEL, "cancelled".to_owned()),
        RunState::Failed(_) => (icons::ICON_ERROR, "failed".to_owned()),
    }
}

/// What came of a finished run, in a few words each, and whether something about it is to be read before it is trusted.
fn outcome(session: &Session, run: &TrainingRun) -> (Vec<String>, bool) {
    let made = run.made.as_ref();
    if let Some(saved) = session.boxes.iter().find(|saved| Some(&saved.card.hash) == made) {
        let card = &saved.card;
        let is_poor = card.distilled.as_ref().is_some_and(|of| of.too_poor().is_some());
        let is_doubtful = is_poor || !card.remarks.is_empty();
        let warned = is_doubtful.then(|| "see the warning".to_owned());
        return (right_words(card).into_iter().chain(card.stop_words()).chain(warned).collect(), is_doubtful);
    }
    let Some(saved) = session.explainers.iter().find(|saved| Some(&saved.card.hash) == made) else {
        return (Vec::new(), false);
    };
    let card = &saved.card;
    let is_doubtful = !honesty(&card.validation, card.unit).is_empty();
    let fidelity = card.validation.get("fs_m").map(|value| format!("FS-M {value:.1} % on validation"));
    let kept = (card.best_epoch > 0).then(|| format!("epoch {} of {} kept", card.best_epoch, card.epochs));
    let warned = is_doubtful.then(|| "FS-M proves nothing: see the warning".to_owned());
    (fidelity.into_iter().chain(kept).chain(warned).collect(), is_doubtful)
}
