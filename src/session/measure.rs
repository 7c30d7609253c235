//! What was measured: the table of metrics, fidelity over k, and how much methods agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::figures::with_extension;
use super::notices::Level;
use super::{Lane, Purpose, Request, Run, Session, describe, slots};
use crate::data::{Split, Unit};
use crate::explain::{ExplainerCard, SavedExplainer};
use crate::jobs::{Agree, Agreement, Content, Evaluate, Measured, Output, Task, table};
use crate::work::{JobError, JobId, Notice, Priority, Shown, Slot};

/// How many values of k the curves have.
const CURVE_POINTS: usize = 8;

/// A part of what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The table of metrics.
    Table,
    /// FS-M and FU-M over k.
    Curves,
    /// Overlap of masks.
    Agreement,
}

impl Part {
    /// All, in the order of the place.
    pub const ALL: [Self; 3] = [Self::Table, Self::Curves, Self::Agreement];

    /// Name in the list of running jobs.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Table => "Measuring",
            Self::Curves => "Measuring fidelity over k",
            Self::Agreement => "Comparing masks",
        }
    }

    /// What it gives, within a sentence.
    const fn what(self) -> &'static str {
        match self {
            Self::Table => "metrics",
            Self::Curves => "fidelity over k",
            Self::Agreement => "agreement",
        }
    }

    /// The purpose of its job.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Table => Purpose::Evaluate,
            part => Purpose::Measure(part),
        }
    }
}

/// What is in view.
#[derive(Default)]
pub struct Measure {
    /// Cells of the table.
    pub cells: Shown<Measured>,
    /// Cells of FS-M and FU-M over k.
    pub curves: Shown<Measured>,
    /// Overlap of masks.
    pub agreement: Shown<Agreement>,
    /// A user's embedding of texts, by which IoU finds similar ones; without it TF-IDF.
    pub embedding: Option<PathBuf>,
    /// What was asked for last, to do it again.
    pub asked: Option<EvaluateForm>,
}

impl Measure {
    /// The cells to draw.
    pub fn table(&self) -> Option<&Arc<Measured>> {
        self.cells.value()
    }

    /// Leaves the charts, which do not say of what they are.
    pub fn forget_charts(&mut self) {
        self.curves = Shown::default();
        self.agreement = Shown::default();
    }

    /// The job of a part, while it is under way.
    pub fn awaited(&self, part: Part) -> Option<JobId> {
        match part {
            Part::Table => self.cells.awaited(),
            Part::Curves => self.curves.awaited(),
            Part::Agreement => self.agreement.awaited(),
        }
    }
}

/// What to measure.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateForm {
    /// Explainers, by hash.
    pub explainers: Vec<String>,
    /// Metric ids.
    pub metrics: Vec<String>,
    /// Numbers of selected units; empty: each explainer's own.
    pub ks: Vec<usize>,
    /// On which split.
    pub split: Split,
    /// At most so many items.
    pub limit: Option<usize>,
    /// Seed.
    pub seed: u64,
    /// Whether FS-M and FU-M are measured over k too.
    pub over_k: bool,
    /// Whether the masks of the explainers are compared too.
    pub agreement: bool,
}

/// Which of the numbers of units in a table the charts beside it are of: that of the explorer where it is among them, else the first.
pub fn chart_k(ks: &[usize], in_explorer: usize) -> usize {
    let is_there = ks.contains(&in_explorer);
    ks.first().copied().filter(|_| !is_there).unwrap_or(in_explorer)
}

/// About eight numbers of units from few to half of all, evenly spread on a logarithmic scale, `k` among them.
pub fn curve_ks(units: usize, k: usize) -> Vec<usize> {
    let (first, last) = ((units / 200).max(1) as f64, (units as f64 / 2.0).max(1.0));
    let at = |i: usize| (first * (last / first).powf(i as f64 / (CURVE_POINTS - 1) as f64)).round() as usize;
    let mut ks: Vec<usize> = (0..CURVE_POINTS).map(at).collect();
    // The present k takes the place of its nearest neighbour, so that it can be read off.
    let ratio = |other: usize| (other.max(1) as f64 / k.max(1) as f64).ln().abs();
    if let Some(nearest) = (0..ks.len()).min_by(|&a, &b| ratio(ks[a]).total_cmp(&ratio(ks[b]))) {
        ks[nearest] = k.clamp(1, units.max(1));
    }
    ks.sort_unstable();
    ks.dedup();
    ks
}

/// The same explainers, each under a name of its own: rows of a table are found by it.
pub fn told_apart(explainers: Vec<Arc<SavedExplainer>>) -> Vec<Arc<SavedExplainer>> {
    let mut given = BTreeSet::new();
    let mut apart = |explainer: Arc<SavedExplainer>| {
        if given.insert(explainer.card.name.clone()) {
            return explainer;
        }
        // Somebody may have called one "L2X (2)" already.
        let numbered = |times: u32| format!("{} ({times})", explainer.card.name);
        let mut times = 2;
        while !given.insert(numbered(times)) {
            times += 1;
        }
        let card = ExplainerCard { name: numbered(times), ..explainer.card.clone() };
        Arc::new(SavedExplainer { card, weights: explainer.weights.clone() })
    };
    explainers.into_iter().map(&mut apart).collect()
}

impl Session {
    /// Whether an explainer can select what the explorer selects: methods without training can always.
    pub fn selects_unit(&self, explainer: &SavedExplainer, unit: Unit) -> bool {
        explainer.card.unit == unit || explainer.weights.is_empty()
    }

    /// The explainers of a form, each under a name of its own and with the unit of the explorer.
    fn measured(&self, hashes: &[String]) -> Vec<Arc<SavedExplainer>> {
        let unit = self.explore.unit;
        let has_gradients = |explainer: &SavedExplainer| self.gradients_missing(&explainer.card.method).is_none();
        let chosen = self.explainers.iter().filter(|explainer| hashes.contains(&explainer.card.hash));
        let chosen = chosen.filter(|explainer| has_gradients(explainer));
        let with_unit = chosen.filter(|explainer| self.selects_unit(explainer, unit)).map(|explainer| {
            if explainer.card.unit == unit {
                return explainer.clone();
            }
            let card = ExplainerCard { unit, ..explainer.card.clone() };
            Arc::new(SavedExplainer { card, weights: explainer.weights.clone() })
        });
        told_apart(with_unit.collect())
    }

    pub(crate) fn start_evaluation(&mut self, form: &EvaluateForm) -> Vec<Request> {
        let (Some(data), Some(black_box)) = (self.data.clone(), self.active_box().cloned()) else { return Vec::new() };
        let explainers = self.measured(&form.explainers);
        let evaluate = |metrics: Vec<String>, ks: Vec<usize>| {
            Task::Evaluate(Box::new(Evaluate {
                black_box: black_box.clone(),
                explainers: explainers.clone(),
                data: data.clone(),
                fit: self.explore.fit,
                split: form.split,
                metrics,
                ks,
                fill: self.explore.fill,
                seed: form.seed,
                limit: form.limit,
                embedding: self.measure.embedding.clone(),
            }))
        };
        let mut parts = Vec::new();
        if !form.metrics.is_empty() {
            parts.push((Part::Table, evaluate(form.metrics.clone(), form.ks.clone())));
        }
        let k = chart_k(&form.ks, self.explore.k);
        if form.over_k {
            let ks = curve_ks(self.unit_count(), k);
            parts.push((Part::Curves, evaluate(vec!["fs_m".to_owned(), "fu_m".to_owned()], ks)));
        }
        if form.agreement && explainers.len() > 1 {
            let task = Agree {
                black_box: black_box.clone(),
                explainers: explainers.clone(),
                data: data.clone(),
                fit: self.explore.fit,
                split: form.split,
                limit: form.limit,
                unit: self.explore.unit,
                k,
                seed: form.seed,
            };
            parts.push((Part::Agreement, Task::Agree(Box::new(task))));
        }
        self.measure.asked = Some(form.clone());
        // Charts of an earlier run would stand beside the new table as if they were of it.
        self.measure.forget_charts();
        self.last_action = format!("Measuring {}", describe::count(explainers.len(), "method", "methods"));
        let run = |(at, (part, task)): (usize, (Part, Task))| {
            Request::Run(Box::new(Run {
                lane: Lane::Training,
                slot: Slot::new(
                    slots::EVALUATE,
                    Part::ALL.iter().position(|known| *known == part).unwrap_or(at) as u32,
                ),
                priority: Priority::Normal,
                purpose: part.purpose(),
                title: part.title().to_owned(),
                task,
            }))
        };
        parts.into_iter().enumerate().map(run).collect()
    }

    pub(crate) fn measured_part(&mut self, part: Part, id: JobId, result: Result<Output, JobError>) {
        let wrong = || JobError::failed("wrong-answer", "Measuring gave something else than was asked for");
        let is_done = result.is_ok();
        match &result {
            Ok(_) => {}
            Err(JobError::Cancelled) => self.last_action = format!("Cancelled: {}", part.title().to_lowercase()),
            Err(error) => self.notify(Level::Error, error.notice(), None),
        }
        match part {
            Part::Table | Part::Curves => {
                let cells = match result {
                    Ok(Output::Cells(cells)) => Ok(cells),
                    Ok(_) => Err(wrong()),
                    Err(error) => Err(error),
                };
                let shown = if part == Part::Table { &mut self.measure.cells } else { &mut self.measure.curves };
                shown.finish(id, cells);
            }
            Part::Agreement => {
                let agreement = match result {
                    Ok(Output::Agreement(agreement)) => Ok(agreement),
                    Ok(_) => Err(wrong()),
                    Err(error) => Err(error),
                };
                self.measure.agreement.finish(id, agreement);
            }
        }
        if is_done {
            self.last_action = self.measured_words(part);
        }
    }

    /// What was measured, once nothing more is awaited; before that the part that is done.
    fn measured_words(&self, part: Part) -> String {
        let is_under_way = Part::ALL.iter().any(|&part| self.measure.awaited(part).is_some());
        match self.measure.asked.as_ref().filter(|_| !is_under_way) {
            Some(form) => {
                let has = |part: Part| match part {
                    Part::Table => self.measure.cells.value().is_some() && !form.metrics.is_empty(),
                    Part::Curves => self.measure.curves.value().is_some(),
                    Part::Agreement => self.measure.agreement.value().is_some(),
                };
                let parts: Vec<String> =
                    Part::ALL.into_iter().filter(|part| has(*part)).map(|part| part.what().to_owned()).collect();
                let methods = describe::count(form.explainers.len(), "method", "methods");
                format!("Measured {methods}: {}", describe::in_words(&parts))
            }
            None => format!("Measured {}", part.what()),
        }
    }

    pub(crate) fn export_table(&mut self, path: &Path) -> Vec<Request> {
        let path = with_extension(path, &["csv", "json", "md", "tex"]);
        let Some(cells) = self.measure.table().cloned() else { return Vec::new() };
        match table::encode(&path, &cells) {
            Ok(bytes) => self.write(path, Content::Bytes(Arc::new(bytes))),
            Err(error) => {
                self.notify(Level::Error, Notice::new("table", error.to_string()), None);
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{chart_k, curve_ks, told_apart};
    use crate::data::Unit;
    use crate::explain::{ExplainerCard, SavedExplainer};

    #[test]
    fn explainers_of_one_name_are_numbered_past_the_names_that_are_taken() {
        let card = ExplainerCard {
            format: String::new(),
            version: 1,
            name: String::new(),
            method: "l2x".to_owned(),
            params: Default::default(),
            unit: Unit::Pixel,
            k: 1,
            data: String::new(),
            data_hash: String::new(),
            blackbox_hash: String::new(),
            seed: 0,
            epochs: 0,
            best_epoch: 0,
            complete: true,
            validation: Default::default(),
            curves: Default::default(),
            threads: 1,
            device: String::new(),
            versions: Default::default(),
            seconds: 0.0,
            hash: String::new(),
        };
        let called = |name: &str| {
            let card = ExplainerCard { name: name.to_owned(), ..card.clone() };
            Arc::new(SavedExplainer { card, weights: Arc::default() })
        };
        let names = |given: &[&str]| {
            let apart = told_apart(given.iter().copied().map(&called).collect());
            apart.iter().map(|explainer| explainer.card.name.clone()).collect::<Vec<String>>()
        };
        assert_eq!(names(&["L2X", "AIM", "L2X", "L2X"]), ["L2X", "AIM", "L2X (2)", "L2X (3)"]);
        assert_eq!(names(&["L2X", "L2X", "L2X (2)"]), ["L2X", "L2X (2)", "L2X (2) (2)"]);
        assert_eq!(names(&["L2X (2)", "L2X", "L2X"]), ["L2X (2)", "L2X", "L2X (3)"]);
    }

    #[test]
    fn charts_are_of_the_k_in_view_where_it_was_measured() {
        assert_eq!(chart_k(&[5, 10, 25], 25), 25);
        assert_eq!(chart_k(&[5, 10], 25), 5, "the first");
        assert_eq!(chart_k(&[], 25), 25);
    }

    #[test]
    fn curves_go_from_few_units_to_half_of_them_and_hold_the_present_k() {
        let ks = curve_ks(784, 25);
        assert_eq!((ks.first(), ks.last(), ks.len()), (Some(&3), Some(&392), 8));
        assert!(ks.contains(&25) && ks.is_sorted());
        assert_eq!(curve_ks(1, 1), [1]);
        assert!(curve_ks(49, 4).contains(&4));
    }
}
