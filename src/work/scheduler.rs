//! Whose turn it is, and one turn. The same code runs on the compute thread and inline.

use std::collections::VecDeque;
use std::time::Instant;

use super::context::{Control, Pacer, Waiting};
use super::panics::hold;
use super::{Env, Event, Job, JobContext, JobError, JobId, Priority, Step, mix};

/// A request on its way to the scheduler.
pub(super) struct Submission<T> {
    pub id: JobId,
    pub priority: Priority,
    pub control: Control,
    /// Instead of the environment's choice.
    pub seed: Option<u64>,
    pub task: T,
}

/// Where events go.
pub(super) trait Outbox<O> {
    /// Must arrive; may wait for the reader.
    fn deliver(&self, event: Event<O>);
    /// May be lost; never waits.
    fn offer(&self, event: Event<O>);
}

/// The index that [`Env::start`] is seeded with; no step reaches it.
const START_IDX: u64 = u64::MAX;

enum State<E: Env> {
    Queued(E::Task, Option<u64>),
    Running(Box<dyn Job<E>>),
    /// The task went into a start that failed.
    Taken,
}

struct Active<E: Env> {
    id: JobId,
    priority: Priority,
    control: Control,
    state: State<E>,
    seed: u64,
    step_idx: u64,
    pacer: Pacer,
    /// Was passed over because of a pause since its last step.
    rested: bool,
}

pub(super) struct Scheduler<E: Env> {
    env: E,
    waiting: Waiting,
    /// In the order of turns: who has had one goes to the back.
    jobs: VecDeque<Active<E>>,
}

impl<E: Env> Scheduler<E> {
    pub fn new(env: E, waiting: Waiting) -> Self {
        Self { env, waiting, jobs: VecDeque::new() }
    }

    pub fn accept(&mut self, submission: Submission<E::Task>) {
        let Submission { id, priority, control, seed, task } = submission;
        self.waiting.take(priority);
        self.jobs.push_back(Active {
            id,
            priority,
            control,
            state: State::Queued(task, seed),
            seed: 0,
            step_idx: 0,
            pacer: Pacer::default(),
            rested: false,
        });
    }

    /// Ends what was cancelled, then gives one job one step. False when there was no job to step.
    pub fn turn(&mut self, out: &dyn Outbox<E::Output>) -> bool {
        self.end_cancelled(out);
        let Some(idx) = self.next_idx() else {
            return false;
        };
        let Some(mut job) = self.jobs.remove(idx) else {
            return false;
        };
        if matches!(job.state, State::Queued(..)) {
            out.deliver(Event::Started(job.id));
        }
        if std::mem::take(&mut job.rested) {
            job.pacer.estimator.skip_to(Instant::now());
        }
        let outcome = hold(|| run_step(&mut self.env, &self.waiting, &mut job, out));
        let outcome = match outcome {
            Err(message) => Err(JobError::from_panic(message)),
            // A result that nobody wants any more is not delivered, so that cancelling means the same at any moment.
            Ok(_) if job.control.cancel.is_cancelled() => Err(JobError::Cancelled),
            Ok(outcome) => outcome,
        };
        job.step_idx += 1;
        match outcome {
            Ok(Step::Continue) => self.jobs.push_back(job),
            Ok(Step::Partial(output)) => {
                out.deliver(Event::Partial(job.id, output));
                self.jobs.push_back(job);
            }
            Ok(Step::Done(output)) => end(job, Ok(output), out),
            Err(error) => end(job, Err(error), out),
        }
        true
    }

    /// Ends all jobs as cancelled.
    pub fn close(&mut self, out: &dyn Outbox<E::Output>) {
        for job in std::mem::take(&mut self.jobs) {
            end(job, Err(JobError::Cancelled), out);
        }
    }

    fn end_cancelled(&mut self, out: &dyn Outbox<E::Output>) {
        let mut idx = 0;
        while idx < self.jobs.len() {
            if !self.jobs[idx].control.cancel.is_cancelled() {
                idx += 1;
            } else if let Some(job) = self.jobs.remove(idx) {
                end(job, Err(JobError::Cancelled), out);
            }
        }
    }

    /// The first of the highest priority that is not paused.
    fn next_idx(&mut self) -> Option<usize> {
        let mut best: Option<(usize, Priority)> = None;
        for (idx, job) in self.jobs.iter_mut().enumerate() {
            if job.control.is_paused() {
                job.rested = true;
            } else if best.is_none_or(|(_, priority)| job.priority > priority) {
                best = Some((idx, job.priority));
            }
        }
        best.map(|(idx, _)| idx)
    }
}

fn run_step<E: Env>(
    env: &mut E,
    waiting: &Waiting,
    job: &mut Active<E>,
    out: &dyn Outbox<E::Output>,
) -> Result<Step<E::Output>, JobError> {
    // Starting counts, too: what asks a program there must hear of a cancel.
    let _turn = job.control.cancel.enter();
    if let State::Queued(..) = &job.state
        && let State::Queued(task, seed) = std::mem::replace(&mut job.state, State::Taken)
    {
        job.seed = seed.unwrap_or_else(|| env.seed(&task));
        env.before_step(mix(job.seed, START_IDX));
        job.state = State::Running(env.start(task)?);
    }
    // Borrowed, not moved here: a panic would otherwise drop it while unwinding, and a second panic there aborts.
    let State::Running(running) = &mut job.state else {
        return Err(JobError::Cancelled); // Not reached: a failed start is the last turn.
    };
    if job.control.cancel.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let id = job.id;
    let mut cx = JobContext::new(
        job.control.clone(),
        (job.priority, waiting.clone()),
        (job.seed, job.step_idx),
        std::mem::take(&mut job.pacer),
        Box::new(move |progress| out.offer(Event::Progress(id, progress))),
    );
    env.before_step(cx.step_seed());
    let step = running.step(env, &mut cx);
    job.pacer = cx.into_pacer();
    step
}

/// Drops the job's state before its end is told, so that its memory is free when the next one is asked for.
fn end<E: Env>(job: Active<E>, mut result: Result<E::Output, JobError>, out: &dyn Outbox<E::Output>) {
    let Active { id, state, .. } = job;
    if let Err(message) = hold(|| drop(state))
        && result.is_ok()
    {
        result = Err(JobError::from_panic(message));
    }
    out.deliver(Event::Finished(id, result));
}
