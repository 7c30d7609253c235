//! What a step gets to see of the scheduler: cancel, pause, progress, seeds.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;

use super::seed::{mix, stream_rng};
use super::{JobError, Priority, Progress, RateEstimator};

/// Shortest time between two reports of one job.
pub const REPORT_INTERVAL: Duration = Duration::from_millis(50);

thread_local! {
    /// The token of the job whose step runs on this thread.
    static CURRENT: RefCell<Option<CancelToken>> = const { RefCell::new(None) };
}

/// A flag that ends a job. Clones share it, so that helpers of a job (a child process, a reader thread) can watch it too.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// The token of the job that has its turn on this thread, for what waits deep below a step and is given no context; outside of a turn one that
    /// nobody cancels.
    pub fn current() -> Self {
        CURRENT.with_borrow(Option::clone).unwrap_or_default()
    }

    /// Makes this the [`Self::current`] one of this thread until the guard is dropped, also by a panic.
    pub(super) fn enter(&self) -> Turn {
        Turn { before: CURRENT.replace(Some(self.clone())) }
    }

    /// Ends what watches this token. Cannot be taken back.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A turn of a job, see [`CancelToken::current`].
pub(super) struct Turn {
    before: Option<CancelToken>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}

/// The switches of one job, shared between the worker's owner and the scheduler.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    pub cancel: CancelToken,
    paused: Arc<AtomicBool>,
}

impl Control {
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    pub fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::Release);
    }
}

/// How many requests lie in the channel, by priority, so that a running step can see that somebody waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<[AtomicUsize; 3]>);

impl Waiting {
    pub fn add(&self, priority: Priority) {
        self.0[priority as usize].fetch_add(1, Ordering::AcqRel);
    }

    pub fn take(&self, priority: Priority) {
        self.0[priority as usize].fetch_sub(1, Ordering::AcqRel);
    }

    fn any_above(&self, priority: Priority) -> bool {
        self.0[priority as usize + 1..].iter().any(|count| count.load(Ordering::Acquire) > 0)
    }
}

/// The memory that reporting needs from one step to the next.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    pub estimator: RateEstimator,
    last_report: Option<Instant>,
}

/// Given to every step. It carries no output type, so that explainers and metrics take it too.
pub struct JobContext<'a> {
    control: Control,
    priority: Priority,
    waiting: Waiting,
    seed: u64,
    step_idx: u64,
    pacer: Pacer,
    send: Box<dyn FnMut(Progress) + 'a>,
}

impl<'a> JobContext<'a> {
    pub(super) fn new(
        control: Control,
        (priority, waiting): (Priority, Waiting),
        (seed, step_idx): (u64, u64),
        pacer: Pacer,
        send: Box<dyn FnMut(Progress) + 'a>,
    ) -> Self {
        Self { control, priority, waiting, seed, step_idx, pacer, send }
    }

    /// A context without a scheduler, for calls outside of a worker: it is cancelled by `cancel` only, reports to `send`.
    pub fn alone(seed: u64, cancel: CancelToken, send: impl FnMut(Progress) + 'a) -> Self {
        let control = Control { cancel, ..Control::default() };
        Self::new(control, (Priority::Normal, Waiting::default()), (seed, 0), Pacer::default(), Box::new(send))
    }

    /// Ends the step when the job was cancelled (`?` passes the error on), else reports. Call it in every inner loop.
    pub fn checkpoint(&mut self, progress: Progress) -> Result<(), JobError> {
        self.check_cancelled()?;
        self.report(progress);
        Ok(())
    }

    /// Ends the step when the job was cancelled.
    pub fn check_cancelled(&self) -> Result<(), JobError> {
        if self.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) }
    }

    /// Whether the job was cancelled or superseded.
    pub fn is_cancelled(&self) -> bool {
        self.control.cancel.is_cancelled()
    }

    /// Whether somebody paused the job. A pause takes hold when the step returns; a long step may return early.
    pub fn is_paused(&self) -> bool {
        self.control.is_paused()
    }

    /// Whether the step should return `Continue` soon: the job is paused, or a request of higher priority came in.
    ///
    /// Where a step ends then depends on the clock, and with it the index of the steps that follow. A job that
    /// returns early must therefore draw with [`JobContext::job_rng`] and its own counter as stream, not with
    /// [`JobContext::rng`] or the generator of the process.
    pub fn should_yield(&self) -> bool {
        self.is_paused() || self.waiting.any_above(self.priority)
    }

    /// Tells how far the job is, at most every [`REPORT_INTERVAL`]; reports in between only count for the rate. Rate and
    /// time left are filled in where the job leaves them open.
    pub fn report(&mut self, mut progress: Progress) {
        let now = Instant::now();
        let Pacer { estimator, last_report } = &mut self.pacer;
        if last_report.is_some_and(|then| now.saturating_duration_since(then) < REPORT_INTERVAL) {
            return;
        }
        *last_report = Some(now);
        estimator.complete(now, &mut progress);
        (self.send)(progress);
    }

    /// The generator of this step's `stream`. Depends on the job's seed, the step's index and the stream only.
    pub fn rng(&self, stream: u64) -> ChaCha8Rng {
        stream_rng(self.seed, self.step_idx, stream)
    }

    /// The generator of the job's `stream`, the same in every step: for what is drawn once, or per epoch.
    pub fn job_rng(&self, stream: u64) -> ChaCha8Rng {
        stream_rng(self.seed, u64::MAX, stream)
    }

    /// The seed of the job.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The seed of this step, as [`crate::work::Env::before_step`] got it.
    pub fn step_seed(&self) -> u64 {
        mix(self.seed, self.step_idx)
    }

    /// How many steps of this job came before this one.
    pub fn step_idx(&self) -> u64 {
        self.step_idx
    }

    /// The token that ends this job, for its helpers.
    pub fn cancel_token(&self) -> CancelToken {
        self.control.cancel.clone()
    }

    pub(super) fn into_pacer(self) -> Pacer {
        self.pacer
    }
}
