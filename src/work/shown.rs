//! What a panel shows while a result is awaited: the old one stays until the new one is there, never an empty flash.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{JobError, JobId};

/// A result that is younger than this when its successor is awaited is not dimmed: quick answers would flicker.
pub const BUSY_AFTER: Duration = Duration::from_millis(150);

/// One place for a result, and where it stands.
#[derive(Debug, Default)]
pub enum Shown<T> {
    /// Nothing was asked for.
    #[default]
    Empty,
    /// A job is on it.
    Pending {
        /// The only job whose answer counts.
        id: JobId,
        /// When it was asked for.
        since: Instant,
        /// What was shown before, or a partial result of this job.
        previous: Option<Arc<T>>,
    },
    /// The answer.
    Ready(Arc<T>),
    /// It failed; the last good result stays.
    Failed {
        /// Why.
        error: JobError,
        /// What was shown before.
        previous: Option<Arc<T>>,
    },
}

impl<T> Shown<T> {
    /// Waits for job `id` from now on; answers to older jobs are ignored.
    pub fn begin(&mut self, id: JobId, now: Instant) {
        let previous = self.take();
        *self = Self::Pending { id, since: now, previous };
    }

    /// Takes the end of a job. False, and nothing changes, when it is not the job that is awaited.
    ///
    /// After a cancel the previous result counts again, without an error: the user wanted that.
    pub fn finish(&mut self, id: JobId, result: Result<Arc<T>, JobError>) -> bool {
        if self.awaited() != Some(id) {
            return false;
        }
        let previous = self.take();
        *self = match (result, previous) {
            (Ok(value), _) => Self::Ready(value),
            (Err(JobError::Cancelled), Some(previous)) => Self::Ready(previous),
            (Err(JobError::Cancelled), None) => Self::Empty,
            (Err(error), previous) => Self::Failed { error, previous },
        };
        true
    }

    /// Takes a result on the way; the job stays awaited. False when it is not the job that is awaited.
    pub fn partial(&mut self, id: JobId, value: Arc<T>) -> bool {
        match self {
            Self::Pending { id: awaited, previous, .. } if *awaited == id => {
                *previous = Some(value);
                true
            }
            _ => false,
        }
    }

    /// Forgets everything; what is still awaited is ignored when it comes.
    pub fn clear(&mut self) {
        *self = Self::Empty;
    }

    /// What to draw: the result, or the last good one.
    pub fn value(&self) -> Option<&Arc<T>> {
        match self {
            Self::Empty => None,
            Self::Pending { previous, .. } | Self::Failed { previous, .. } => previous.as_ref(),
            Self::Ready(value) => Some(value),
        }
    }

    /// The job that is awaited.
    pub fn awaited(&self) -> Option<JobId> {
        match self {
            Self::Pending { id, .. } => Some(*id),
            Self::Empty | Self::Ready(_) | Self::Failed { .. } => None,
        }
    }

    /// Why the last job failed.
    pub fn error(&self) -> Option<&JobError> {
        match self {
            Self::Failed { error, .. } => Some(error),
            Self::Empty | Self::Pending { .. } | Self::Ready(_) => None,
        }
    }

    /// Whether to draw the old result dimmed and a busy mark: a new one has been awaited for [`BUSY_AFTER`].
    pub fn is_dimmed(&self, now: Instant) -> bool {
        match self {
            Self::Pending { since, .. } => now.saturating_duration_since(*since) >= BUSY_AFTER,
            Self::Empty | Self::Ready(_) | Self::Failed { .. } => false,
        }
    }

    fn take(&mut self) -> Option<Arc<T>> {
        match std::mem::take(self) {
            Self::Empty => None,
            Self::Pending { previous, .. } | Self::Failed { previous, .. } => previous,
            Self::Ready(value) => Some(value),
        }
    }
}
