//! Metrics of several explainers as a job: one explainer a step. What cannot be had is left out and named, all else is measured; progress counts over the
//! whole table.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::compute::Compute;
use super::measured::{Ceiling, Conditions, Measured, Missing, Ranks};
use super::task::{Cell, Evaluate, Output};
use crate::data::Split;
use crate::explain::fidelity::largest_share;
use crate::explain::{ExplainError, SavedExplainer, method};
use crate::metric::context::{Checkpoint, ContextSetup};
use crate::metric::cost::{Piece, Scope, Sizes, passes};
use crate::metric::{Context, Shared, ValuesByClass, check_data, interval, metric, stats, values_of};
use crate::model::{BlackBox, Device, ModelError, TorchBox};
use crate::work::{Job, JobContext, JobError, Progress, Step};

/// What is known beforehand to be missing from a table: metrics that are defined for other data from every row, and every metric from the row of a method
/// that needs gradients where the black box gives none.
///
/// # Errors
/// A metric or a method that does not exist.
pub fn missing_beforehand(task: &Evaluate) -> Result<Vec<Missing>, ExplainError> {
    let black_box = &task.black_box.card;
    let mut missing = Vec::new();
    for id in &task.metrics {
        if let Err(error) = check_data(metric(id)?, black_box, &task.data) {
            let of_row = |explainer: &Arc<SavedExplainer>| Missing {
                row: explainer.card.name.clone(),
                metric: id.clone(),
                why: error.to_string(),
            };
            missing.extend(task.explainers.iter().map(of_row));
        }
    }
    for explainer in &task.explainers {
        let (row, why) = match check_gradients(task, explainer) {
            Ok(()) => continue,
            Err(error @ ExplainError::NoGradients { .. }) => (&explainer.card.name, error.to_string()),
            Err(error) => return Err(error),
        };
        for id in &task.metrics {
            if !is_missing(&missing, row, id) {
                missing.push(Missing { row: row.clone(), metric: id.clone(), why: why.clone() });
            }
        }
    }
    Ok(missing)
}

/// Whether some row of the table can have a metric, as far as is known beforehand.
pub fn is_left(task: &Evaluate, missing: &[Missing], metric: &str) -> bool {
    task.explainers.iter().any(|explainer| !is_missing(missing, &explainer.card.name, metric))
}

fn is_missing(missing: &[Missing], row: &str, metric: &str) -> bool {
    missing.iter().any(|known| known.row == row && known.metric == metric)
}

/// Refuses a method that needs gradients which the black box does not give.
fn check_gradients(task: &Evaluate, explainer: &SavedExplainer) -> Result<(), ExplainError> {
    method(&explainer.card.method)?.spec().check_gradients(&task.black_box.card)
}

/// What to say where a table would hold nothing at all.
fn nothing(task: &Evaluate, missing: &[Missing]) -> ExplainError {
    let why = missing.first().map_or("no metric was named", |first| first.why.as_str());
    ExplainError::Unfit(match task.metrics.len() {
        n if n > 1 => format!("none of the {n} metrics can be had here: {why}; name others"),
        _ => format!("{why}; name another metric"),
    })
}

/// Metrics, one explainer a step.
pub(super) struct EvaluateJob {
    task: Box<Evaluate>,
    /// Those of its explainers that can explain the black box.
    able: Vec<Arc<SavedExplainer>>,
    at: usize,
    made: Measured,
    /// How many of what is missing were known to be so beforehand.
    beforehand: usize,
    shared: Shared,
    meter: RefCell<Meter>,
}

impl EvaluateJob {
    /// For a table, of which nothing is computed yet.
    ///
    /// # Errors
    /// A metric that does not exist, data on which there is none of those asked for, or a black box that none of the methods can explain.
    pub(super) fn new(task: Box<Evaluate>, device: Device) -> Result<Self, ExplainError> {
        let missing = missing_beforehand(&task)?;
        let (mut able, mut refused) = (Vec::new(), None);
        for explainer in &task.explainers {
            match check_gradients(&task, explainer) {
                Ok(()) => able.push(explainer.clone()),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        if let (true, Some(error)) = (able.is_empty(), refused) {
            return Err(error);
        }
        let is_left = |id: &String| is_left(&task, &missing, id);
        if !task.explainers.is_empty() && !task.metrics.iter().any(is_left) {
            return Err(nothing(&task, &missing));
        }
        let sizes = Sizes {
            test: task.data.some_of(task.split, task.limit.unwrap_or(usize::MAX)).len(),
            train: task.data.in_split(Split::Train).len(),
            classes: task.black_box.card.classes.len(),
            modality: task.black_box.card.modality(),
        };
        let pieces_of = |id: &String| -> Result<Vec<Piece>, ExplainError> {
            if is_left(id) { Ok(metric(id)?.pieces(&sizes)) } else { Ok(Vec::new()) }
        };
        let pieces = task.metrics.iter().map(pieces_of).collect::<Result<Vec<_>, _>>()?;
        let ks: Vec<Vec<usize>> = able.iter().map(|explainer| ks_of(&task, explainer)).collect();
        let meter = RefCell::new(Meter::new(plan(&ks, &pieces, 2 * passes(sizes.test))));
        let beforehand = missing.len();
        let made = Measured { conditions: Conditions::of(&task, device), missing, ..Measured::default() };
        Ok(Self { task, able, at: 0, made, beforehand, shared: Shared::default(), meter })
    }
}

impl Job<Compute> for EvaluateJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        let task = self.task.as_ref();
        let Some(explainer) = self.able.get(self.at) else {
            return Ok(Step::Done(Output::Cells(Arc::new(self.made.clone()))));
        };
        let black_box = env.black_box(&task.black_box)?;
        explainer.check_box(black_box.card())?;
        let mut cancelled = false;
        let meter = &self.meter;
        let row = {
            let mut checkpoint = |inner: Progress| {
                let progress = meter.borrow_mut().within(&inner);
                cx.checkpoint(progress).map_err(|_cancelled| {
                    cancelled = true;
                    ExplainError::Model(ModelError::Cancelled)
                })
            };
            let known = &self.made.missing[..self.beforehand];
            evaluate(task, explainer, &black_box, &self.shared, (known, meter), &mut checkpoint)
        };
        if cancelled {
            return Err(JobError::Cancelled);
        }
        let Row { cells, ranks, ceilings, missing, chance } = row?;
        self.made.cells.extend(cells);
        self.made.ranks.extend(ranks);
        self.made.note_ceilings(ceilings);
        self.made.missing.extend(missing);
        self.made.conditions.chance = Some(chance);
        self.at += 1;
        if self.at == self.able.len() && self.made.cells.is_empty() {
            return Err(nothing(task, &self.made.missing).into());
        }
        cx.report(self.meter.borrow().done());
        Ok(Step::Partial(Output::Cells(Arc::new(self.made.clone()))))
    }
}

/// The numbers of units that an explainer is measured at.
fn ks_of(task: &Evaluate, explainer: &SavedExplainer) -> Vec<usize> {
    if task.ks.is_empty() { vec![explainer.card.k] } else { task.ks.clone() }
}

/// What an explainer has in a table.
struct Row {
    cells: Vec<Cell>,
    /// Spreads of the items' median ranks.
    ranks: Vec<Ranks>,
    /// What its hit rate can reach at each k.
    ceilings: Vec<Ceiling>,
    /// What it has no figure for, beside what was known before.
    missing: Vec<Missing>,
    /// Share of the items in the black box's most frequent class, in percent.
    chance: f64,
}

/// Cells of one explainer: every metric at every k but the ones that are `known` to be missing for all.
fn evaluate<'a>(
    task: &'a Evaluate,
    explainer: &'a SavedExplainer,
    black_box: &'a TorchBox,
    shared: &'a Shared,
    (known, meter): (&[Missing], &RefCell<Meter>),
    checkpoint: &'a mut Checkpoint<'a>,
) -> Result<Row, ExplainError> {
    let (ks, name) = (ks_of(task, explainer), &explainer.card.name);
    meter.borrow_mut().begin(format!("{name}, scores"));
    checkpoint(NOT_BEGUN)?;
    let mut context = Context::new(ContextSetup {
        black_box,
        saved_box: &task.black_box,
        explainer,
        unit: explainer.card.unit,
        k: ks[0],
        fill: task.fill,
        data: &task.data,
        fit: task.fit,
        split: task.split,
        limit: task.limit,
        seed: task.seed,
        embedding: task.embedding.as_deref(),
        shared,
        checkpoint,
    })?;
    let (mut cells, mut ranks, mut ceilings) = (Vec::new(), Vec::new(), Vec::new());
    let mut missing = Vec::<Missing>::new();
    // Figures that are the same for every k.
    let mut once = HashMap::<&str, ValuesByClass>::new();
    for k in ks {
        context.k = k;
        for id in &task.metrics {
            let metric = metric(id)?;
            meter.borrow_mut().begin(format!("{name}, {} at k = {k}", metric.spec().title));
            context.checkpoint(NOT_BEGUN)?;
            // What cannot be had at one k cannot at another.
            if is_missing(known, name, id) || is_missing(&missing, name, id) {
                continue;
            }
            let found = match once.get(id.as_str()) {
                Some(known) => known.clone(),
                None => match values_of(metric, &mut context) {
                    // The method, the black box or the data do not have it; the others are measured all the same.
                    Err(
                        error @ (ExplainError::NotDefined { .. }
                        | ExplainError::NoGradients { .. }
                        | ExplainError::Unfit(_)),
                    ) => {
                        missing.push(Missing { row: name.clone(), metric: id.clone(), why: error.to_string() });
                        continue;
                    }
                    found => found?,
                },
            };
            if !metric.depends_on_k() {
                once.entry(id.as_str()).or_insert_with(|| found.clone());
            }
            if id == "hit_rate" {
                ceilings.extend(Ceiling::of(k, context.test_truth(metric.spec())?.iter().map(Vec::len)));
            }
            for (class, values) in found {
                if id == "median_rank" && !values.is_empty() {
                    let (spread, mean) = (stats::spread(&values), stats::mean(&values));
                    // Items in which nothing matters have no rank.
                    let truth = context.test_truth(metric.spec())?;
                    let mut counts = truth.iter().map(Vec::len).filter(|n| *n > 0);
                    let first = counts.next().filter(|first| counts.all(|n| n == *first));
                    let best = first.map(|n| (n as f64 + 1.0) / 2.0);
                    ranks.push(Ranks { row: name.clone(), k, spread, mean, best });
                }
                cells.push(Cell {
                    row: name.clone(),
                    metric: id.clone(),
                    k: Some(k),
                    class: class.and_then(|class| task.black_box.card.classes.get(class).cloned()),
                    mean: stats::mean(&values),
                    ci95: interval(metric, &values, task.seed),
                    items: values.len(),
                });
            }
        }
    }
    let chance = largest_share(&context.test.probs.all_classes());
    Ok(Row { cells, ranks, ceilings, missing, chance })
}

/// What is computed between two places at which the name of what is done changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Figure {
    /// Steps of what is over before the first word of progress.
    silent: u64,
    /// Steps of what tells how far it is, one part after the other.
    counted: Vec<u64>,
}

impl Figure {
    fn steps(&self) -> u64 {
        self.silent + self.counted.iter().sum::<u64>()
    }
}

/// The work of a table, in order: for each explainer a start of so many steps, then every metric at each of its k. What metrics share is counted where it
/// is done first.
fn plan(ks: &[Vec<usize>], pieces: &[Vec<Piece>], start: u64) -> Vec<Figure> {
    let (mut figures, mut seen) = (Vec::new(), HashSet::new());
    for (explainer, ks) in ks.iter().enumerate() {
        figures.push(Figure { silent: start, counted: Vec::new() });
        for &k in ks {
            for pieces in pieces {
                let mut figure = Figure::default();
                for piece in pieces {
                    let of = match piece.scope {
                        Scope::Table => (None, None),
                        Scope::Explainer => (Some(explainer), None),
                        Scope::Units => (Some(explainer), Some(k)),
                    };
                    match (seen.insert((of, piece.name)), piece.is_counted) {
                        (false, _) => {}
                        (true, true) => figure.counted.push(piece.steps),
                        (true, false) => figure.silent += piece.steps,
                    }
                }
                figures.push(figure);
            }
        }
    }
    figures
}

/// What is reported where a figure begins: nothing is counted yet.
const NOT_BEGUN: Progress = Progress { done: 0, total: None, unit: "", message: String::new(), rate: None, eta: None };

/// How far a table is: one count over all explainers and metrics, with what is done now beside it.
#[derive(Debug)]
struct Meter {
    total: u64,
    /// What was not begun yet.
    left: std::vec::IntoIter<Figure>,
    now: Figure,
    name: String,
    /// Steps of what is over.
    before: u64,
    /// Which counted part is under way, and how much of it was done last.
    part: (usize, u64),
}

impl Meter {
    fn new(figures: Vec<Figure>) -> Self {
        Self {
            total: figures.iter().map(Figure::steps).sum::<u64>().max(1),
            left: figures.into_iter(),
            now: Figure::default(),
            name: String::new(),
            before: 0,
            part: (0, 0),
        }
    }

    /// The next figure begins, and what was before it is over, however early it stopped.
    fn begin(&mut self, name: String) {
        self.before += self.now.steps();
        self.now = self.left.next().unwrap_or_default();
        (self.name, self.part) = (name, (0, 0));
    }

    /// The whole table's progress when so much is done of the part under way.
    fn within(&mut self, inner: &Progress) -> Progress {
        let has_begun = !inner.unit.is_empty();
        // A count that begins anew is that of the next part.
        if inner.done < self.part.1 {
            self.part.0 += 1;
        }
        self.part.1 = inner.done;
        let over: u64 = self.now.counted.iter().take(self.part.0).sum();
        let steps = self.now.counted.get(self.part.0).copied().unwrap_or(0);
        let here = (f64::from(inner.fraction().unwrap_or(0.0)) * steps as f64) as u64;
        let silent = if has_begun { self.now.silent } else { 0 };
        let count = Progress { message: String::new(), ..inner.clone() }.line();
        let words = match (has_begun, inner.message.as_str()) {
            (false, _) => String::new(),
            (true, "") => format!(" ({count})"),
            (true, message) => format!(" ({message}, {count})"),
        };
        let done = (self.before + silent + over + here).min(self.total);
        Progress::new(done, self.total, "steps").with_message(format!("{}{words}", self.name))
    }

    /// The progress when the figure under way is over.
    fn done(&self) -> Progress {
        let done = (self.before + self.now.steps()).min(self.total);
        Progress::new(done, self.total, "steps").with_message(self.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> Vec<Vec<Piece>> {
        let items = Piece::silent("items", Scope::Explainer, 10);
        let part = Piece::counted("part", Scope::Units, 60);
        let ceiling = Piece::counted("ceiling", Scope::Table, 60);
        // A figure, the same over a ceiling, and one that has nothing of its own.
        vec![vec![items, part], vec![items, part, ceiling], Vec::new()]
    }

    #[test]
    fn what_metrics_share_is_counted_once_where_it_is_done_first() {
        let figure = |silent: u64, counted: &[u64]| Figure { silent, counted: counted.to_vec() };
        let planned = plan(&[vec![4], vec![4, 8]], &pieces(), 2);
        let expected = [
            figure(2, &[]),
            figure(10, &[60]),
            figure(0, &[60]),
            figure(0, &[]),
            figure(2, &[]),
            figure(10, &[60]),
            figure(0, &[]),
            figure(0, &[]),
            // The items of an explainer serve every k.
            figure(0, &[60]),
            figure(0, &[]),
            figure(0, &[]),
        ];
        assert_eq!(planned, expected);
    }

    #[test]
    fn progress_of_a_table_is_one_count_that_never_falls_and_names_what_is_done_now() {
        let planned = plan(&[vec![4], vec![4]], &pieces(), 2);
        let total: u64 = planned.iter().map(Figure::steps).sum();
        let mut meter = Meter::new(planned);
        let batches = |done: u64| Progress::new(done, 60, "batches").with_message("a fresh generator");
        let mut seen = Vec::new();
        for method in ["x", "y"] {
            meter.begin(format!("{method}, scores"));
            seen.push(meter.within(&NOT_BEGUN));
            for metric in ["a1", "a1_rel", "other"] {
                meter.begin(format!("{method}, {metric}"));
                seen.push(meter.within(&NOT_BEGUN));
                if metric == "a1" {
                    // It stops early: the rest counts as done when the next begins.
                    seen.extend((1..=30).map(|done| meter.within(&batches(done))));
                }
                if (method, metric) == ("x", "a1_rel") {
                    seen.extend((1..=60).map(|done| meter.within(&batches(done))));
                }
            }
            seen.push(meter.done());
        }
        assert!(seen.iter().all(|progress| progress.total == Some(total) && progress.unit == "steps"));
        assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done), "{seen:?}");
        assert_eq!(seen.last().map(|progress| progress.done), Some(total));
        let ninth = seen.iter().find(|progress| progress.message.contains("9 of 60")).expect("it was said");
        assert_eq!(ninth.message, "x, a1 (a fresh generator, 9 of 60 batches)");
        // 2 for the scores, 10 for the training items.
        assert_eq!(ninth.done, 2 + 10 + 9);
    }

    #[test]
    fn a_figure_of_two_counted_parts_goes_on_where_the_count_begins_anew() {
        let mut meter = Meter::new(vec![Figure { silent: 0, counted: vec![20, 40] }]);
        meter.begin("x".to_owned());
        let done = |meter: &mut Meter, done: u64| meter.within(&Progress::new(done, 10, "batches")).done;
        assert_eq!([5, 10, 1, 10].map(|at| done(&mut meter, at)), [10, 20, 24, 60]);
    }
}
