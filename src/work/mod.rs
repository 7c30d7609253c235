//! The scheduler of everything slow: one thread owns what computes, and jobs take turns on it, step by step.
//!
//! What is here: jobs and their environment as traits, a worker that runs them on a thread or inline, progress with rate
//! and time left, cancelling, pausing, and [`Shown`], what a panel shows while a new result is on its way.
//! What is deliberately absent: models, data, files and the window. Tasks and outputs are type parameters.
//!
//! The laws, each with a test of that name in `tests/integration/work.rs`:
//! - A job of higher [`Priority`] overtakes between two steps; equal priorities take turns.
//! - The newest request of a [`Slot`] cancels the older one, even inside its step.
//! - [`Event::Finished`] comes exactly once per job, also after a panic, a cancel, or when the thread is gone.
//! - A panic fails that job only; its state is dropped, its message kept.
//! - Randomness depends on the job's seed and the index of the step alone, so a job gives the same result alone, among
//!   others, on a thread and inline.
//! - At most [`EVENT_CAPACITY`] events wait for a slow reader: progress may be lost, results never are.

mod context;
mod error;
mod panics;
mod progress;
mod scheduler;
mod seed;
mod shown;
mod worker;

pub use context::{CancelToken, JobContext, REPORT_INTERVAL};
pub use error::{JobError, Notice};
pub use progress::{Progress, RateEstimator, format_count, format_duration};
pub use seed::{mix, stream_rng};
pub use shown::{BUSY_AFTER, Shown};
pub use worker::{EVENT_CAPACITY, Worker};

use std::sync::atomic::{AtomicU64, Ordering};

/// What lives on the compute thread: models, data, caches. It need not be `Send`; it is made on the thread.
pub trait Env: Sized + 'static {
    /// A request as plain data, so that it can be logged, replayed and built by the command line.
    type Task: Send + 'static;
    /// What a job answers with.
    type Output: Send + 'static;

    /// Makes the job for a task. Called on the compute thread when the job's first turn comes; keep it short, because
    /// it cannot be cancelled inside (long loading belongs into steps).
    fn start(&mut self, task: Self::Task) -> Result<Box<dyn Job<Self>>, JobError>;

    /// The seed that all randomness of this task comes from. Equal tasks give equal results.
    fn seed(&self, task: &Self::Task) -> u64 {
        let _ = task;
        0
    }

    /// Called before [`Env::start`] and before every step, with a seed mixed from the job's seed and the step's index.
    /// Generators shared by the whole process (libtorch's) are seeded here: otherwise two interleaved trainings would
    /// draw from one stream and change each other's result.
    fn before_step(&mut self, seed: u64) {
        let _ = seed;
    }
}

/// Work cut into steps. A step should stay under about 50 ms where others may wait, or look at
/// [`JobContext::checkpoint`] often.
pub trait Job<E: Env> {
    /// Does the next piece. The job is dropped after `Done` and after any error.
    fn step(&mut self, env: &mut E, cx: &mut JobContext<'_>) -> Result<Step<E::Output>, JobError>;
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<O> {
    /// More steps follow.
    Continue,
    /// Something to show already; more steps follow.
    Partial(O),
    /// The result; the job ends.
    Done(O),
}

/// What the reader of a [`Worker`] hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<O> {
    /// The job had its first turn.
    Started(JobId),
    /// How far it is. May be lost when the reader is slow.
    Progress(JobId, Progress),
    /// A result on the way.
    Partial(JobId, O),
    /// The end of the job, exactly once.
    Finished(JobId, Result<O, JobError>),
}

impl<O> Event<O> {
    /// The job that the event is about.
    pub fn job(&self) -> JobId {
        match self {
            Self::Started(id) | Self::Progress(id, _) | Self::Partial(id, _) | Self::Finished(id, _) => *id,
        }
    }
}

/// Names one submitted job. Unique in the process, also across workers, so that a late answer is never mistaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(u64);

impl JobId {
    /// A new id. Workers call this; it is public for tests of what handles events.
    pub fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "job {}", self.0)
    }
}

/// The place that a result is for. A new request for the same slot makes the older one useless and cancels it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// What is computed (an explanation, a training, a figure): the caller's numbering.
    pub kind: u16,
    /// Which one of several (the second of four compared methods).
    pub index: u32,
}

impl Slot {
    /// The slot number `index` of a kind.
    pub const fn new(kind: u16, index: u32) -> Self {
        Self { kind, index }
    }
}

/// Who goes first. Jobs of equal priority take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Nobody waits for it: computing ahead, thumbnails.
    Background,
    /// Asked for, expected to take its time: training, evaluation.
    Normal,
    /// Somebody looks at the place where the answer will be.
    Interactive,
}

/// A job of a single step, from a closure.
pub fn one_step<E: Env>(
    run: impl FnOnce(&mut E, &mut JobContext<'_>) -> Result<E::Output, JobError> + 'static,
) -> Box<dyn Job<E>> {
    struct OneStep<F>(Option<F>);

    impl<E: Env, F> Job<E> for OneStep<F>
    where
        F: FnOnce(&mut E, &mut JobContext<'_>) -> Result<E::Output, JobError>,
    {
        fn step(&mut self, env: &mut E, cx: &mut JobContext<'_>) -> Result<Step<E::Output>, JobError> {
            // The scheduler drops a job after its last step; a second call can only be a caller's mistake.
            let run = self.0.take().ok_or(JobError::Cancelled)?;
            run(env, cx).map(Step::Done)
        }
    }

    Box::new(OneStep(Some(run)))
}
