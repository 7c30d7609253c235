//! What to measure: explainers, metrics (fast and slow), items, k, and what comes beside the table.

use egui::style::ScrollStyle;
use egui::{CentralPanel, ComboBox, DragValue, Frame, Grid, Panel, RichText, ScrollArea, TextEdit, Ui};

use super::MeasureState;
use crate::data::{Modality, Split};
use crate::metric::{METRICS, Metric, MetricSpec, categories_of};
use crate::session::measure::{EvaluateForm, chart_k, curve_ks};
use crate::session::{Command, Dialog, Session, describe};
use crate::ui::forms::primary;
use crate::ui::theme::{space, tokens};
use crate::ui::widgets::{command_button, group, muted};

/// Most values of k in one table.
const MAX_KS: usize = 12;

/// Least width in points in which two metrics stand beside each other.
const TWO_COLUMNS: f32 = 322.0;

/// The form; on what is measured, at which k, and the button stay in view below the lists.
pub fn show(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    Panel::bottom("measure start").resizable(false).show_separator_line(false).frame(Frame::NONE).show(ui, |ui| {
        ui.separator();
        start(ui, session, state, commands);
    });
    CentralPanel::default().frame(Frame::NONE).show(ui, |ui| {
        // Floating bars are seen only under the pointer: nobody looks for metrics that may be there.
        ui.spacing_mut().scroll = ScrollStyle { bar_width: space::S, ..ScrollStyle::solid() };
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // Lists of ticks are read line by line: they may stand closer than buttons.
            ui.spacing_mut().interact_size.y = 20.0;
            methods(ui, session, state);
            metrics(ui, session, state);
            ui.spacing_mut().interact_size.y = 24.0;
            if state.metrics.contains("iou") && session.modality() == Modality::Text {
                embedding(ui, session, commands);
            }
        });
    });
}

/// On what is measured, what comes beside the table, and the button.
fn start(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    ui.spacing_mut().interact_size.y = 24.0;
    on_what(ui, session, state);
    let (ks, ks_error) = ks_of(session, state);
    if let Some(error) = &ks_error {
        ui.label(RichText::new(format!("{error}.")).small().color(tokens(ui).error));
    }
    beside(ui, session, state, &ks);
    ui.add_space(space::XS);
    let explainers: Vec<String> = session
        .usable_explainers()
        .into_iter()
        .map(|at| &session.explainers[at])
        .filter(|explainer| session.selects_unit(explainer, session.explore.unit))
        .filter(|explainer| session.gradients_missing(&explainer.card.method).is_none())
        .map(|explainer| explainer.card.hash.clone())
        .filter(|hash| !state.left_out.contains(hash))
        .collect();
    let items = items_of(session, state);
    let form = EvaluateForm {
        metrics: METRICS
            .iter()
            .filter(|metric| is_offered(session, **metric))
            .map(|metric| metric.spec())
            .filter(|spec| state.metrics.contains(spec.id))
            .map(|spec| spec.id.to_owned())
            .collect(),
        ks,
        split: state.split,
        limit: Some(state.limit).filter(|limit| *limit < items),
        seed: session.explore.seed,
        over_k: state.over_k,
        agreement: state.agreement && explainers.len() > 1,
        explainers,
    };
    let n_items = items.min(state.limit);
    let reason = if form.explainers.is_empty() {
        Some("Choose at least one method".to_owned())
    } else if form.metrics.is_empty() && !form.over_k && !form.agreement {
        Some("Choose at least one metric".to_owned())
    } else if n_items == 0 {
        Some(format!("The data has no {} items; choose another split", split_words(state.split)))
    } else {
        ks_error
    };
    let words = format!(
        "Measure {} on {}",
        describe::count(form.explainers.len(), "method", "methods"),
        describe::count(n_items, "item", "items")
    );
    let slow: Vec<&str> = chosen_slow(session, state).iter().map(|spec| spec.title).collect();
    primary(ui, session, Command::StartEvaluation(Box::new(form)), &words, reason, commands);
    if !slow.is_empty() {
        let train = if slow.len() == 1 { "trains" } else { "train" };
        muted(ui, format!("{} {train} a network for each method and k: minutes.", slow.join(", ")));
    }
}

/// Metrics that say nothing about the open data (words on pictures, hits where the truth is not known, categories rebuilt by degrees) are not offered; what
/// was ticked comes back with data that they fit.
fn is_offered(session: &Session, metric: &dyn Metric) -> bool {
    let knows_truth = session.data.as_ref().is_some_and(|data| data.truth.is_some());
    let has_categories = session.active_box().is_some_and(|active| !categories_of(&active.card).is_empty());
    metric.spec().modalities.contains(&session.modality())
        && (knows_truth || !metric.needs_truth())
        && !(has_categories && metric.needs_numbers())
}

fn chosen_slow(session: &Session, state: &MeasureState) -> Vec<&'static MetricSpec> {
    let offered = METRICS.iter().filter(|metric| is_offered(session, **metric)).map(|metric| metric.spec());
    offered.filter(|spec| spec.is_slow && state.metrics.contains(spec.id)).collect()
}

fn items_of(session: &Session, state: &mut MeasureState) -> usize {
    let Some(data) = &session.data else { return 0 };
    if state.items.0 != data.hash {
        state.items = (data.hash.clone(), Split::ALL.map(|split| data.in_split(split).len()));
    }
    let at = Split::ALL.iter().position(|split| *split == state.split).unwrap_or(0);
    state.items.1[at]
}

/// The values of k that were typed, or the explorer's; and what is wrong with what was typed.
fn ks_of(session: &Session, state: &MeasureState) -> (Vec<usize>, Option<String>) {
    let most = session.unit_count().max(1);
    let Some(typed) = &state.ks else { return (vec![session.explore.k], None) };
    let mut ks = Vec::new();
    for part in typed.split([',', ' ', ';']).filter(|part| !part.is_empty()) {
        match part.parse::<usize>() {
            Ok(k) if (1..=most).contains(&k) => ks.push(k),
            _ => {
                return (
                    vec![session.explore.k],
                    Some(format!("k: expected numbers from 1 to {most}, found \"{part}\"")),
                );
            }
        }
    }
    ks.sort_unstable();
    ks.dedup();
    match ks.len() {
        0 => (vec![session.explore.k], Some("k: expected at least one number".to_owned())),
        n if n > MAX_KS => (ks, Some(format!("k: expected at most {MAX_KS} numbers, found {n}"))),
        _ => (ks, None),
    }
}

const fn split_words(split: Split) -> &'static str {
    match split {
        Split::Train => "training",
        Split::Validation => "validation",
        Split::Test => "test",
    }
}

fn methods(ui: &mut Ui, session: &Session, state: &mut MeasureState) {
    group(ui, "Methods");
    let usable = session.usable_explainers();
    if usable.is_empty() {
        muted(ui, "The black box has no explainers yet.");
    }
    for at in usable {
        let explainer = &session.explainers[at];
        let card = &explainer.card;
        let fits = session.selects_unit(explainer, session.explore.unit);
        let refused = session.gradients_missing(&card.method);
        let fits = fits && refused.is_none();
        let mut on = fits && !state.left_out.contains(&card.hash);
        let name =
            if explainer.weights.is_empty() { card.name.clone() } else { format!("{}, k {}", card.name, card.k) };
        ui.push_id(at, |ui| {
            let response = ui.add_enabled(fits, egui::Checkbox::new(&mut on, name));
            if response.changed() {
                if on {
                    state.left_out.remove(&card.hash);
                } else {
                    state.left_out.insert(card.hash.clone());
                }
            }
            if let Some(reason) = refused {
                muted(ui, &reason);
                response.on_disabled_hover_text(reason);
                return;
            }
            response.on_disabled_hover_text(format!(
                "It selects {}; the explorer is set to {}.",
                card.unit.noun(2),
                session.explore.unit.noun(2)
            ));
        });
    }
}

fn metrics(ui: &mut Ui, session: &Session, state: &mut MeasureState) {
    for (title, slow) in [("Metrics", false), ("Slow: each trains a network", true)] {
        group(ui, title);
        // Where the truth is known, whether it is hit comes first, as in the table.
        let mut offered: Vec<&dyn Metric> =
            METRICS.iter().copied().filter(|metric| is_offered(session, *metric)).collect();
        offered.sort_by_key(|metric| !metric.needs_truth());
        let offered = offered.iter().map(|metric| metric.spec());
        let specs: Vec<_> = offered.filter(|spec| spec.is_slow == slow).collect();
        let columns = if ui.available_width() < TWO_COLUMNS { 1 } else { 2 };
        Grid::new((title, columns)).num_columns(columns).min_col_width(118.0).spacing([space::S, 4.0]).show(ui, |ui| {
            for pair in specs.chunks(columns) {
                for spec in pair {
                    tick(ui, spec, state);
                }
                ui.end_row();
            }
        });
    }
}

fn tick(ui: &mut Ui, spec: &'static MetricSpec, state: &mut MeasureState) {
    let mut on = state.metrics.contains(spec.id);
    if ui.checkbox(&mut on, spec.title).on_hover_text(tip_of(spec)).changed() {
        if on {
            state.metrics.insert(spec.id);
        } else {
            state.metrics.remove(spec.id);
        }
    }
}

/// By what IoU finds similar texts.
fn embedding(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    group(ui, "Similar texts for IoU");
    match &session.measure.embedding {
        None => muted(ui, "By shared words and by TF-IDF vectors."),
        Some(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            muted(ui, format!("By shared words and by {name}.")).on_hover_text(path.display().to_string())
        }
    };
    ui.horizontal(|ui| {
        command_button(ui, session, Command::Ask(Dialog::Embedding), "Choose vectors…", commands);
        if session.measure.embedding.is_some() {
            command_button(ui, session, Command::SetEmbedding(None), "Back to TF-IDF", commands);
        }
    });
}

/// What a metric says, and which way is better.
pub fn tip_of(spec: &MetricSpec) -> String {
    let better = match spec.higher_is_better {
        Some(true) => " Higher is better.",
        Some(false) => " Lower is better.",
        None => "",
    };
    format!("{}{better}", spec.tip)
}

fn on_what(ui: &mut Ui, session: &Session, state: &mut MeasureState) {
    group(ui, "Items and k");
    ui.horizontal(|ui| {
        let label = ui.label("Split");
        let combo = ComboBox::from_id_salt("split").selected_text(split_words(state.split)).width(84.0);
        let shown = combo.show_ui(ui, |ui| {
            for split in [Split::Test, Split::Validation, Split::Train] {
                ui.selectable_value(&mut state.split, split, split_words(split));
            }
        });
        let tip = "Report on test items: nothing was learned or chosen on them";
        shown.response.labelled_by(label.id).on_hover_text(tip);
    });
    let available = items_of(session, state);
    ui.horizontal(|ui| {
        let label = ui.label("Items, at most");
        // Never more than there are; the number that was asked for comes back with larger data.
        let most = available.max(1);
        let mut limit = state.limit.min(most);
        let drag = ui.add(DragValue::new(&mut limit).range(most.min(10)..=most).speed(10.0));
        if drag.labelled_by(label.id).changed() {
            state.limit = limit;
        }
        muted(ui, format!("of {}", crate::work::format_count(available as u64)));
    });
    ui.horizontal_wrapped(|ui| {
        let (k, most) = (session.explore.k, session.unit_count());
        let several: Vec<String> = [5, 10, 20].into_iter().filter(|k| *k <= most).map(|k| k.to_string()).collect();
        let several = if several.len() > 1 { several.join(", ") } else { format!("1, {most}") };
        let tip = format!("Numbers of selected units, one or several separated by commas, such as {several}. Empty: {k}, as in Explore");
        ui.label("k").on_hover_text(&tip);
        let mut typed = state.ks.clone().unwrap_or_default();
        let edit = TextEdit::singleline(&mut typed).hint_text(format!("{k}, or several: {several}"));
        let edit = ui.add(edit.desired_width(170.0));
        if edit.accessible_name("k, one or several").on_hover_text(tip).changed() {
            state.ks = Some(typed).filter(|typed| !typed.trim().is_empty());
        }
        muted(ui, format!("of {most} {}", session.explore.unit.noun(2)));
    });
}

fn beside(ui: &mut Ui, session: &Session, state: &mut MeasureState, ks: &[usize]) {
    group(ui, "Beside the table");
    let k = chart_k(ks, session.explore.k);
    let values: Vec<String> = curve_ks(session.unit_count(), k).iter().map(ToString::to_string).collect();
    ui.horizontal_wrapped(|ui| {
        ui.checkbox(&mut state.over_k, "Fidelity over k")
            .on_hover_text(format!("FS-M and FU-M of each method at k = {}", values.join(", ")));
        let tip = "How much of their selected units each pair of methods shares, on the same items at the same k";
        ui.checkbox(&mut state.agreement, "Agreement between methods").on_hover_text(tip);
        if ks.len() > 1 {
            muted(ui, format!("Agreement and trade-off at k = {k}"));
        }
    });
}
