//! The place for measuring: what to measure on the left; the table, fidelity over k, the trade-off and the agreement beside it.

mod charts;
mod form;
mod panes;
mod table;

pub(super) use table::digits_for;

use std::collections::BTreeSet;

use egui::{CentralPanel, Frame, Label, Margin, RichText, ScrollArea, Ui};
use egui_material_icons::icons;
use egui_plot::LineStyle;

use super::panels::{Side, SidePanel};
use super::plots::{Look, look};
use super::theme::{self, space, tokens};
use super::widgets::{command_button, empty, failed, heading, muted, progress_bar};
use crate::data::Split;
use crate::session::measure::Part;
use crate::session::{Command, Place, Session};
use crate::work::{JobError, Progress};

/// Room of the button that cancels, in points.
const CANCEL: f32 = 40.0;

/// Width in points under which a chart does not stand beside another, and the most that one gets.
const LEAST_CHART: f32 = 300.0;
const MOST_CHART: f32 = 620.0;

/// What the place remembers.
pub struct MeasureState {
    metrics: BTreeSet<&'static str>,
    /// Explainers that are left out, by hash.
    left_out: BTreeSet<String>,
    split: Split,
    limit: usize,
    /// Numbers of units as typed; `None`: as in the explorer.
    ks: Option<String>,
    over_k: bool,
    agreement: bool,
    /// Which metric the table is sorted by, and whether the largest value comes first.
    sort: Option<(String, bool)>,
    /// How many items each split of the data with this hash has.
    items: (String, [usize; 3]),
}

impl Default for MeasureState {
    fn default() -> Self {
        Self {
            metrics: ["fs_m", "fu_m"].into(),
            left_out: BTreeSet::new(),
            split: Split::Test,
            limit: 1000,
            ks: None,
            over_k: true,
            agreement: true,
            sort: None,
            items: (String::new(), [0; 3]),
        }
    }
}

/// Name of a metric on screen.
pub fn metric_title(id: &str) -> String {
    if id == "chance" {
        return "Most frequent class".to_owned();
    }
    crate::metric::metric(id).map_or_else(|_| id.to_owned(), |metric| metric.spec().title.to_owned())
}

/// The place.
pub fn show(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.canvas).inner_margin(Margin::same(space::M as i8));
    if session.active_box().is_none() || session.data.is_none() {
        CentralPanel::default().frame(frame).show(ui, |ui| {
            let sentence = "Measuring needs data, a black box and an explainer.";
            let action = Some((Command::Go(Place::Train), "Go to Train"));
            empty(ui, session, icons::ICON_MONITORING, sentence, action, commands);
        });
        return;
    }
    let panel = Frame::new().fill(t.panel).inner_margin(Margin::same(space::S as i8));
    let form = SidePanel { side: Side::Left, name: "measure form", width: 366.0, range: [250.0, 460.0], frame: panel };
    form.show(ui, session, commands, |ui, commands| {
        heading(ui, Place::Measure.title());
        muted(ui, Place::Measure.question());
        ui.add_space(space::XS);
        form::show(ui, session, state, commands);
    });
    CentralPanel::default().frame(frame).show(ui, |ui| {
        let measure = &session.measure;
        let is_idle = Part::ALL.iter().all(|&part| measure.awaited(part).is_none());
        let is_empty = measure.cells.value().is_none()
            && measure.curves.value().is_none()
            && measure.agreement.value().is_none()
            && [measure.cells.error(), measure.curves.error(), measure.agreement.error()].iter().all(Option::is_none);
        if is_idle && is_empty {
            let sentence = "Nothing was measured yet. Choose methods and metrics on the left, then press Measure.";
            empty(ui, session, icons::ICON_MONITORING, sentence, None, commands);
            return;
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| results(ui, session, state, commands));
    });
}

fn results(ui: &mut Ui, session: &Session, state: &mut MeasureState, commands: &mut Vec<Command>) {
    part(ui, session, Part::Table, commands, |ui, commands| table::show(ui, session, state, commands));
    ui.add_space(space::M);
    let (n, width) = charts_beside(ui.available_width());
    let (charts, missing) = charts_of(session);
    for line in charts.chunks(n) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            for which in line {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.x = space::S;
                    match which {
                        Kind::Curves => part(ui, session, Part::Curves, commands, |ui, commands| {
                            charts::over_k(ui, session, commands);
                        }),
                        // Made of the table, whose progress stands above it.
                        Kind::TradeOff => charts::trade_off(ui, session),
                        Kind::Rebuilt => charts::rebuilt(ui, session),
                        Kind::Ranks => charts::ranks(ui, session),
                        Kind::Agreement => {
                            part(ui, session, Part::Agreement, commands, |ui, _| charts::agreement(ui, session));
                        }
                    }
                });
            }
        });
        ui.add_space(space::M);
    }
    for words in missing {
        muted(ui, words);
    }
}

/// How many charts stand beside each other in so much room, and how wide each is, in points: two, three where there is room for them, one where there is
/// little; none so wide that its lines lie flat.
fn charts_beside(room: f32) -> (usize, f32) {
    let n = match room {
        room if room > 1240.0 => 3,
        room if room >= 2.0 * LEAST_CHART + space::L => 2,
        _ => 1,
    };
    (n, ((room - space::L * (n - 1) as f32) / n as f32).clamp(120.0, MOST_CHART))
}

/// Which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Curves,
    TradeOff,
    Rebuilt,
    Ranks,
    Agreement,
}

/// The charts that there are, each about as high as the others, and what to say of those that were not asked for: in their places there would be holes.
fn charts_of(session: &Session) -> (Vec<Kind>, Vec<&'static str>) {
    let measure = &session.measure;
    let has_curves = measure.curves.value().is_some() || measure.curves.error().is_some();
    let has_agreement = measure.agreement.value().is_some() || measure.agreement.error().is_some();
    let all = [
        (
            Kind::Curves,
            has_curves || measure.awaited(Part::Curves).is_some(),
            "Fidelity over k: not measured; tick it on the left.",
        ),
        (Kind::TradeOff, charts::has_fidelity(session), "Trade-off: needs FS-M and FU-M in the table."),
        (Kind::Rebuilt, charts::is_rebuilt(session), ""),
        (Kind::Ranks, charts::has_ranks(session), ""),
        (
            Kind::Agreement,
            has_agreement || measure.awaited(Part::Agreement).is_some(),
            "Agreement: not measured; tick it on the left, it needs two methods.",
        ),
    ];
    let there = all.iter().filter(|(_, is_there, _)| *is_there).map(|(which, ..)| *which).collect();
    let missing = all.iter().filter(|(_, is_there, words)| !is_there && !words.is_empty()).map(|(.., words)| *words);
    (there, missing.collect())
}

/// A part with where it stands: under way (the old result stays, dimmed), failed, or done.
fn part(
    ui: &mut Ui,
    session: &Session,
    part: Part,
    commands: &mut Vec<Command>,
    content: impl FnOnce(&mut Ui, &mut Vec<Command>),
) {
    let measure = &session.measure;
    if let Some(job) = measure.awaited(part).and_then(|id| session.running.get(id)) {
        ui.horizontal(|ui| {
            let line = match &job.progress {
                Some(progress) => Progress::line(progress),
                None if job.started => "started".to_owned(),
                None => "waiting for its turn".to_owned(),
            };
            // It says much, and must not widen what it stands over.
            let words = RichText::new(format!("{}: {line}", job.title)).small().color(tokens(ui).muted);
            let room = (ui.available_width() - CANCEL).max(40.0);
            ui.scope(|ui| {
                ui.set_max_width(room);
                ui.add(Label::new(words).truncate());
            });
            let name = format!("Cancel {}", job.title.to_lowercase());
            if super::widgets::icon_button(ui, icons::ICON_CLOSE, &name).clicked() {
                commands.push(Command::CancelJob(job.id));
            }
        });
        let width = ui.available_width();
        progress_bar(ui, &job.title, job.progress.as_ref(), width);
    }
    let error: Option<&JobError> = match part {
        Part::Table => measure.cells.error(),
        Part::Curves => measure.curves.error(),
        Part::Agreement => measure.agreement.error(),
    };
    if let Some(error) = error {
        let retry = measure.asked.clone().map(|form| Command::StartEvaluation(Box::new(form)));
        failed(ui, session, error, retry, commands);
    }
    let now = std::time::Instant::now();
    let is_dimmed = match part {
        Part::Table => measure.cells.is_dimmed(now),
        Part::Curves => measure.curves.is_dimmed(now),
        Part::Agreement => measure.agreement.is_dimmed(now),
    };
    ui.scope(|ui| {
        if is_dimmed {
            ui.set_opacity(theme::DIMMED.max(0.6));
        }
        content(ui, commands);
    });
}

/// The look of a method: the same in every chart and in the table. Lines tell metrics apart, colours and marks methods.
fn look_of(ui: &Ui, rows: &[String], row: &str) -> Look {
    let at = rows.iter().position(|known| known == row).unwrap_or(rows.len());
    Look { style: LineStyle::Solid, ..look(ui, at) }
}

/// Names of the measured methods, in the order of the first part that has them.
fn rows(session: &Session) -> Vec<String> {
    let measure = &session.measure;
    let mut out: Vec<String> = Vec::new();
    let cells = [measure.cells.value(), measure.curves.value()].into_iter().flatten().flat_map(|cells| cells.iter());
    let names = cells.map(|cell| &cell.row).chain(measure.agreement.value().into_iter().flat_map(|a| a.rows.iter()));
    for name in names {
        if !out.contains(name) {
            out.push(name.clone());
        }
    }
    out
}

/// A place for what is not measured yet.
fn nothing(ui: &mut Ui, session: &Session, words: &str, commands: &mut Vec<Command>) {
    muted(ui, words);
    if let Some(form) = &session.measure.asked
        && Part::ALL.iter().all(|&part| session.measure.awaited(part).is_none())
    {
        command_button(ui, session, Command::StartEvaluation(Box::new(form.clone())), "Measure again", commands);
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST_CHART, charts_beside, space};

    #[test]
    fn charts_beside_each_other_never_reach_beyond_their_room() {
        for room in (200..2600).map(|tens| tens as f32) {
            let (n, width) = charts_beside(room);
            let taken = width * n as f32 + space::L * (n - 1) as f32;
            assert!(taken <= room + 0.01, "{n} of {width} in {room}");
            assert!(n == 1 || width >= LEAST_CHART, "{n} of {width} in {room}");
        }
        // A window of 1024 points leaves room for one, one of 1280 for two, a large one for three.
        assert_eq!([550.0, 826.0, 1400.0].map(|room| charts_beside(room).0), [1, 2, 3]);
    }
}
