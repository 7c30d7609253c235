//! Many items explained into one file of scores, in batches, as `unmask explain` writes it. The file is seen when it is whole; cancelled, nothing is left.

use std::collections::VecDeque;
use std::sync::Arc;

use super::compute::{BAD_DATA, CHUNK, Compute};
use super::explain::batch;
use super::scores::{Scores, ScoresError, ScoresFile};
use super::task::{Explain, ExplainInto, Explained, Output, WrittenScores};
use crate::explain::SavedExplainer;
use crate::work::{Job, JobContext, JobError, Notice, Progress, Step};

/// Items written in a step: few enough that an explanation does not wait for long.
const WRITTEN: usize = 16;

/// The job: a step explains a batch, or writes a part of one.
pub(super) struct ExplainIntoJob {
    task: Box<ExplainInto>,
    /// Items that were explained or left out.
    at: usize,
    /// Explained and not yet written.
    ready: VecDeque<Arc<Explained>>,
    /// Begun with the first item, which tells what columns there are.
    begun: Option<Begun>,
    n_written: usize,
    left_out: Vec<String>,
}

/// The file, and the methods that it holds.
struct Begun {
    file: ScoresFile,
    /// Places of the methods among those asked for.
    kept: Vec<usize>,
    explainers: Vec<Arc<SavedExplainer>>,
}

/// How the user is told why scores were not written.
fn unwritten(error: ScoresError) -> JobError {
    JobError::Failed(match error {
        ScoresError::Method(why) => why,
        error => Notice::new("write", error.to_string()).with_hint("Choose another file or folder."),
    })
}

/// Whether an error is about an item that cannot be read, which does not stop the others.
fn is_of_item(error: &JobError) -> bool {
    matches!(error, JobError::Failed(notice) if notice.code == BAD_DATA)
}

fn scores_of<'a>(explain: &'a Explain, explainers: &'a [Arc<SavedExplainer>]) -> Scores<'a> {
    Scores { data: &explain.data, black_box: &explain.black_box.card, explainers }
}

impl ExplainIntoJob {
    pub(super) fn new(task: Box<ExplainInto>) -> Self {
        Self { task, at: 0, ready: VecDeque::new(), begun: None, n_written: 0, left_out: Vec::new() }
    }

    /// Explains the next batch; one with an item that cannot be read is done item by item.
    fn explain(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<(), JobError> {
        let end = (self.at + CHUNK).min(self.task.items.len());
        let items = &self.task.items[self.at..end];
        match batch(env, &self.task.explain, items, cx) {
            Ok(explained) => self.ready.extend(explained),
            Err(error) if is_of_item(&error) => {
                for &item in items {
                    match batch(env, &self.task.explain, &[item], cx) {
                        Ok(explained) => self.ready.extend(explained),
                        Err(error) if is_of_item(&error) => self.left_out.push(error.notice().summary),
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
        self.at = end;
        Ok(())
    }

    /// Begins the file with the methods that explain the first item: one that does not fit explains none.
    fn begin(&mut self, first: &Explained) -> Result<Begun, JobError> {
        let explain = &self.task.explain;
        let (mut kept, mut explainers) = (Vec::new(), Vec::new());
        for (at, (saved, result)) in explain.explainers.iter().zip(&first.methods).enumerate() {
            match result {
                Ok(_) => {
                    kept.push(at);
                    explainers.push(saved.clone());
                }
                Err(why) => self.left_out.push(format!("{}: {}", saved.card.name, why.summary)),
            }
        }
        if kept.is_empty() {
            let why = first.methods.iter().find_map(|result| result.as_ref().err()).cloned();
            let none = || Notice::new(BAD_DATA, "Expected at least one method that explains, found none; choose one");
            return Err(JobError::Failed(why.unwrap_or_else(none)));
        }
        let scores = scores_of(explain, &explainers);
        let file = ScoresFile::create(&self.task.path, &scores, first).map_err(unwritten)?;
        Ok(Begun { file, kept, explainers })
    }

    fn write(&mut self, explained: &Arc<Explained>) -> Result<(), JobError> {
        if self.begun.is_none() {
            self.begun = Some(self.begin(explained)?);
        }
        let Some(Begun { file, kept, explainers }) = &mut self.begun else { return Ok(()) };
        let scores = scores_of(&self.task.explain, explainers);
        let written = if kept.len() == explained.methods.len() {
            file.push(&scores, explained)
        } else {
            let methods = kept.iter().map(|&at| explained.methods[at].clone()).collect();
            file.push(&scores, &Explained { methods, ..explained.as_ref().clone() })
        };
        written.map_err(unwritten)?;
        self.n_written += 1;
        Ok(())
    }

    /// Puts the file into its place.
    fn finish(&mut self) -> Result<Output, JobError> {
        let Some(Begun { file, explainers, .. }) = self.begun.take() else {
            let why = self.left_out.first().cloned();
            let none = || "Expected at least one item to explain, found none; choose some".to_owned();
            return Err(JobError::failed(BAD_DATA, why.unwrap_or_else(none)));
        };
        file.finish(&scores_of(&self.task.explain, &explainers)).map_err(unwritten)?;
        Ok(Output::Scores(Arc::new(WrittenScores {
            path: self.task.path.clone(),
            items: self.n_written,
            methods: explainers.iter().map(|saved| saved.card.name.clone()).collect(),
            left_out: std::mem::take(&mut self.left_out),
        })))
    }
}

impl Job<Compute> for ExplainIntoJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        let n = self.task.items.len();
        if self.ready.is_empty() && self.at < n {
            self.explain(env, cx)?;
            return Ok(Step::Continue);
        }
        for _ in 0..WRITTEN {
            let Some(explained) = self.ready.pop_front() else { break };
            self.write(&explained)?;
        }
        cx.report(Progress::new((self.at - self.ready.len()) as u64, n as u64, "items"));
        if !self.ready.is_empty() || self.at < n {
            return Ok(Step::Continue);
        }
        self.finish().map(Step::Done)
    }
}
