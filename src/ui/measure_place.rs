//! The place for measuring: what to measure, and the table of methods by metrics with intervals.

use std::collections::BTreeSet;

use egui::{Button, Grid, RichText, ScrollArea, Ui};
use egui_material_icons::icons;

use super::theme::{space, tokens};
use super::widgets::{command_button, empty, failed, group, heading, muted};
use crate::data::Split;
use crate::metric::METRICS;
use crate::session::measure::EvaluateForm;
use crate::session::{Command, Dialog, Place, Session};

/// What the place remembers.
pub struct MeasureState {
    metrics: BTreeSet<&'static str>,
    /// Explainers that are left out, by hash.
    left_out: BTreeSet<String>,
    split: Split,
    limit: usize,
}

impl Default for MeasureState {
    fn default() -> Self {
        Self { metrics: ["fs_m", "fu_m"].into(), left_out: BTreeSet::new(), split: Split::Test, limit: 1000 }
    }
}

/// Name of a metric on screen.
pub fn metric_title(id: &str) -> String {
    crate::metric::metric(id).map_or_else(|_| id.to_owned(), |metric| metric.spec().title.to_owned())
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    heading(ui, "Measure");
    muted(ui, Place::Measure.question());
    ui.add_space(space::S);
    if session.active_box().is_none() {
        let sentence = "Measuring needs a black box and an explainer.";
        empty(
            ui,
            session,
            icons::ICON_MONITORING,
            sentence,
            Some((Command::Go(Place::Train), "Go to Train")),
            commands,
        );
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        form(ui, session, state, commands);
        ui.add_space(space::M);
        if let Some(error) = session.measure.cells.error() {
            failed(ui, session, error, None, commands);
        }
        table(ui, session, commands);
    });
}

fn form(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    group(ui, "Metrics");
    ui.horizontal_wrapped(|ui| {
        for spec in METRICS.iter().map(|metric| metric.spec()) {
            let mut on = state.metrics.contains(spec.id);
            let slow = if spec.is_slow { " (slow)" } else { "" };
            if ui.checkbox(&mut on, format!("{}{slow}", spec.title)).on_hover_text(spec.tip).changed() {
                if on {
                    state.metrics.insert(spec.id)
                } else {
                    state.metrics.remove(spec.id)
                };
            }
        }
    });
    group(ui, "Explainers");
    ui.horizontal_wrapped(|ui| {
        for at in session.usable_explainers() {
            let card = &session.explainers[at].card;
            let mut on = !state.left_out.contains(&card.hash);
            if ui.checkbox(&mut on, &card.name).changed() {
                if on {
                    state.left_out.remove(&card.hash)
                } else {
                    state.left_out.insert(card.hash.clone())
                };
            }
        }
    });
    ui.horizontal(|ui| {
        ui.label("On");
        for (split, name) in [(Split::Test, "test"), (Split::Validation, "validation"), (Split::Train, "training")] {
            if ui.add(Button::selectable(state.split == split, name).frame_when_inactive(true)).clicked() {
                state.split = split;
            }
        }
        let label = ui.label("items, at most");
        ui.add(egui::DragValue::new(&mut state.limit).range(10..=1_000_000)).labelled_by(label.id);
    });
    let explainers = session
        .usable_explainers()
        .into_iter()
        .map(|at| session.explainers[at].card.hash.clone())
        .filter(|hash| !state.left_out.contains(hash))
        .collect();
    let form = EvaluateForm {
        explainers,
        metrics: state.metrics.iter().map(|id| (*id).to_owned()).collect(),
        ks: vec![session.explore.k],
        split: state.split,
        limit: Some(state.limit),
        seed: session.explore.seed,
    };
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        command_button(ui, session, Command::StartEvaluation(Box::new(form)), "Measure", commands);
        command_button(ui, session, Command::Ask(Dialog::ExportTable), "Export table…", commands);
        muted(
            ui,
            format!(
                "with {} {} selected, as in Explore",
                session.explore.k,
                session.explore.unit.noun(session.explore.k)
            ),
        );
    });
}

fn table(ui: &mut Ui, session: &Session, _commands: &mut Vec<Command>) {
    let Some(cells) = session.measure.table() else {
        muted(ui, "No table yet.");
        return;
    };
    let rows: Vec<&str> = unique(cells.iter().map(|cell| cell.row.as_str()));
    let metrics: Vec<&str> = unique(cells.iter().map(|cell| cell.metric.as_str()));
    Grid::new("cells").num_columns(metrics.len() + 1).striped(true).spacing([space::L, space::XS]).show(ui, |ui| {
        ui.label(RichText::new("Method").strong());
        for metric in &metrics {
            let title = metric_title(metric);
            let unit = crate::metric::metric(metric).map_or("", |metric| unit_sign(metric.spec().unit));
            let tip = crate::metric::metric(metric).map_or("", |metric| metric.spec().tip);
            ui.label(RichText::new(format!("{title} {unit}")).strong()).on_hover_text(tip);
        }
        ui.end_row();
        for row in rows {
            ui.label(row);
            for metric in &metrics {
                match cells.iter().find(|cell| cell.row == row && cell.metric == *metric) {
                    Some(cell) => {
                        let half = (cell.ci95[1] - cell.ci95[0]) / 2.0;
                        let digits = digits_for(half);
                        ui.label(format!("{:.digits$} ± {half:.digits$}", cell.mean)).on_hover_text(format!(
                            "95 % interval {:.3} to {:.3}, {} items",
                            cell.ci95[0], cell.ci95[1], cell.items
                        ));
                    }
                    None => {
                        ui.label(RichText::new("not measured").small().color(tokens(ui).muted));
                    }
                }
            }
            ui.end_row();
        }
    });
}

/// The unit, for the head of a column.
const fn unit_sign(unit: crate::metric::MetricUnit) -> &'static str {
    match unit {
        crate::metric::MetricUnit::Percent => "(%)",
        crate::metric::MetricUnit::Seconds => "(s)",
    }
}

/// As many digits as the interval warrants.
fn digits_for(half: f64) -> usize {
    if !half.is_finite() || half <= 0.0 { 2 } else { (1.0 - half.log10()).ceil().clamp(0.0, 4.0) as usize }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut out = Vec::new();
    for name in names {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
