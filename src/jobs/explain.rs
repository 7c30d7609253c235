//! Explanations: the black box's answer, each method's scores, and what the box says to the selected and to the unselected part; one item for the
//! window, many in batches. An item gets the same explanation alone and in a batch, but for the last digits of sums: whatever is random is drawn from
//! the seed and what the row holds.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::classes::{by_class, ranks};
use super::compute::{BAD_REQUEST, CHUNK, Compute, NOT_FINITE};
use super::task::{Explain, Explained, MethodResult, Output, Rebuilt};
use crate::data::{Rows, Units};
use crate::explain::mask::{fill_rows, keep_only};
use crate::explain::{ExplainError, Explainer, Mask, SavedExplainer};
use crate::model::{BlackBox, Probs, TorchBox};
use crate::work::{Job, JobContext, JobError, Notice, Progress, Step};

/// Explains one item; what the window waits for.
pub(in crate::jobs) fn one(env: &mut Compute, task: &Explain, cx: &mut JobContext<'_>) -> Result<Output, JobError> {
    let mut explained = batch(env, task, &[task.item], cx)?;
    explained.pop().map(Output::Explained).ok_or(JobError::Cancelled)
}

/// Many items explained in batches; each is a partial result of its own.
pub(super) struct ExplainMany {
    task: Box<Explain>,
    items: Vec<usize>,
    /// Items that were explained.
    at: usize,
    /// Explained and not yet handed over.
    ready: VecDeque<Arc<Explained>>,
}

impl ExplainMany {
    pub(super) fn new(task: Box<Explain>, items: Vec<usize>) -> Self {
        Self { task, items, at: 0, ready: VecDeque::new() }
    }
}

impl Job<Compute> for ExplainMany {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        if self.ready.is_empty() {
            let end = (self.at + CHUNK).min(self.items.len());
            self.ready.extend(batch(env, &self.task, &self.items[self.at..end], cx)?);
            self.at = end;
        }
        let Some(explained) = self.ready.pop_front() else {
            return Err(JobError::failed("no-items", "Expected at least one item to explain, found none; choose some"));
        };
        let n = self.items.len();
        cx.report(Progress::new((self.at - self.ready.len()) as u64, n as u64, "items"));
        let output = Output::Explained(explained);
        Ok(if self.at == n && self.ready.is_empty() { Step::Done(output) } else { Step::Partial(output) })
    }
}

/// Explains `items` in one go; the task's own item is left aside.
pub(super) fn batch(
    env: &mut Compute,
    task: &Explain,
    items: &[usize],
    cx: &mut JobContext<'_>,
) -> Result<Vec<Arc<Explained>>, JobError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    let black_box = env.black_box(&task.black_box)?;
    let units = Units::new(task.unit, black_box.card().shape);
    let rows = black_box.card().rows(&task.data, items, &task.fit)?;
    let probs = black_box.predict(&rows)?;
    let fill = fill_rows(&rows, units, task.fill, black_box.background(), task.seed);
    let mut of_items: Vec<Vec<Result<MethodResult, Notice>>> = items.iter().map(|_| Vec::new()).collect();
    for saved in &task.explainers {
        cx.check_cancelled()?;
        match by_method(env, saved, &black_box, task, (&rows, &fill), &probs, units) {
            Ok(results) => {
                for (methods, result) in of_items.iter_mut().zip(results) {
                    methods.push(Ok(result));
                }
            }
            Err(error) => {
                let error = JobError::from(error);
                if !is_of_method(&error) {
                    return Err(error);
                }
                of_items.iter_mut().for_each(|methods| methods.push(Err(error.notice())));
            }
        }
    }
    let millis = started.elapsed().as_secs_f64() * 1e3 / items.len() as f64;
    let explained = of_items.into_iter().enumerate().map(|(row_idx, methods)| {
        Arc::new(Explained {
            data: task.data.hash.clone(),
            item: items[row_idx],
            units,
            k: task.k,
            fill: task.fill,
            seed: task.seed,
            row: rows.row(row_idx).to_vec(),
            fill_row: fill.row(row_idx).to_vec(),
            text: task.data.text(items[row_idx]).map(Arc::from),
            probs_full: probs.row(row_idx).to_vec(),
            methods,
            millis,
        })
    });
    Ok(explained.collect())
}

/// Whether an error says that one method cannot explain this, however often it is asked: it does not fit, or its network gives no numbers. The others
/// still can. Anything else (a command that broke down, no memory left) ends the job as failed, so that it can be tried again and is not kept as an
/// answer.
fn is_of_method(error: &JobError) -> bool {
    matches!(error, JobError::Failed(notice) if [BAD_REQUEST, NOT_FINITE].contains(&notice.code))
}

/// What one method says about each row.
fn by_method(
    env: &mut Compute,
    saved: &SavedExplainer,
    black_box: &TorchBox,
    task: &Explain,
    (rows, fill): (&Rows, &Rows),
    probs: &Probs,
    units: Units,
) -> Result<Vec<MethodResult>, ExplainError> {
    let started = Instant::now();
    let explainer = env.explainer(saved, black_box)?;
    let scores = explainer.borrow_mut().scores(black_box, rows, probs, units, task.seed)?;
    let millis = started.elapsed().as_secs_f64() * 1e3 / rows.n() as f64;
    let masks: Vec<Mask> = (0..rows.n()).map(|row_idx| Mask::top_k(scores.row(row_idx), task.k)).collect();
    let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
    let selected = black_box.predict(&keep_only(rows, units, &masks, fill))?;
    let unselected = black_box.predict(&keep_only(rows, units, &rest, fill))?;
    let made = if task.rebuilt {
        rebuilt(&mut **explainer.borrow_mut(), black_box, (rows, &masks), units, task.seed)?
    } else {
        Vec::new()
    };
    let mut made = made.into_iter();
    let asked = (task.class_answers, task.contrast);
    let mut by_class = by_class(black_box, &scores, units, task.k, (rows, fill), asked)?.map(Vec::into_iter);
    let results = (0..rows.n()).map(|row_idx| MethodResult {
        explainer: saved.card.hash.clone(),
        ranks: ranks(scores.row(row_idx)),
        lens: None,
        by_class: by_class.as_mut().and_then(Iterator::next),
        probs_selected: selected.row(row_idx).to_vec(),
        probs_unselected: unselected.row(row_idx).to_vec(),
        scores: scores.row(row_idx).to_vec(),
        rebuilt: made.next().unwrap_or_default(),
        millis,
    });
    Ok(results.collect())
}

/// What the generators of a method make of each row, and the black box's answers to that; empty for a method without generators.
fn rebuilt(
    explainer: &mut dyn Explainer,
    black_box: &TorchBox,
    (rows, masks): (&Rows, &[Mask]),
    units: Units,
    seed: u64,
) -> Result<Vec<Vec<Rebuilt>>, ExplainError> {
    let Some(made) = explainer.rebuild(black_box, rows, masks, units, seed) else {
        return Ok(Vec::new());
    };
    let mut of_rows: Vec<Vec<Rebuilt>> = masks.iter().map(|_| Vec::new()).collect();
    for made in made? {
        let probs = black_box.predict(&made)?;
        for (row_idx, found) in of_rows.iter_mut().enumerate() {
            found.push(Rebuilt { row: made.row(row_idx).to_vec(), probs: probs.row(row_idx).to_vec() });
        }
    }
    Ok(of_rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelError;

    #[test]
    fn what_can_be_tried_again_is_no_answer_of_a_method() {
        let is_of_method = |error: ExplainError| is_of_method(&error.into());
        assert!(is_of_method(ExplainError::Unfit("another unit".to_owned())));
        assert!(is_of_method(ModelError::Unfit("another shape".to_owned()).into()));
        let no_numbers =
            ModelError::NotFinite { what: "a score".to_owned(), place: "the selector's output".to_owned() };
        assert!(is_of_method(no_numbers.into()));
        assert!(!is_of_method(ModelError::Failed("the command has ended".to_owned()).into()));
        assert!(!is_of_method(ModelError::Changed("another model answers".to_owned()).into()));
        let full = std::io::Error::from(std::io::ErrorKind::OutOfMemory);
        assert!(!is_of_method(ModelError::Io { path: "rows".to_owned(), source: full }.into()));
        assert!(!is_of_method(ModelError::Cancelled.into()));
    }
}
