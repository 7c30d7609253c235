//! Jobs under way, for the top bar and for filing their answers.

use std::time::Instant;

use super::{Lane, Purpose};
use crate::work::{JobId, Progress, Slot};

/// One job.
#[derive(Clone, Debug)]
pub struct RunningJob {
    /// Its id.
    pub id: JobId,
    /// Its worker.
    pub lane: Lane,
    /// Its slot.
    pub slot: Slot,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called.
    pub title: String,
    /// When it was asked for.
    pub since: Instant,
    /// Whether it had its first turn.
    pub started: bool,
    /// Latest report.
    pub progress: Option<Progress>,
    /// Whether the user paused it.
    pub paused: bool,
    /// Whether nobody waits for it any more: that it ends is no news.
    pub is_dropped: bool,
}

impl RunningJob {
    /// Whether the user should see it in the top bar: not what is done in a blink or computed ahead.
    pub fn is_listed(&self) -> bool {
        !matches!(
            self.purpose,
            Purpose::Explain(_)
                | Purpose::Ahead(_)
                | Purpose::Without(_)
                | Purpose::MakeExplainer
                | Purpose::LookAtData(_)
        )
    }

    /// Whether pausing makes sense.
    pub fn can_pause(&self) -> bool {
        matches!(
            self.purpose,
            Purpose::Train(_)
                | Purpose::Evaluate
                | Purpose::Measure(_)
                | Purpose::Fidelity(_)
                | Purpose::Predict(_)
                | Purpose::Sheet(_)
                | Purpose::Scores(_)
        )
    }
}

/// All jobs.
#[derive(Clone, Debug, Default)]
pub struct RunningJobs {
    jobs: Vec<RunningJob>,
}

impl RunningJobs {
    /// Adds one.
    pub fn push(&mut self, job: RunningJob) {
        self.jobs.push(job);
    }

    /// The job with `id`.
    pub fn get(&self, id: JobId) -> Option<&RunningJob> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The job with `id`, to be changed.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut RunningJob> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    /// Takes the job with `id` out.
    pub fn remove(&mut self, id: JobId) -> Option<RunningJob> {
        let at = self.jobs.iter().position(|job| job.id == id)?;
        Some(self.jobs.remove(at))
    }

    /// Those that the top bar lists, oldest first.
    pub fn listed(&self) -> impl Iterator<Item = &RunningJob> {
        self.jobs.iter().filter(|job| job.is_listed())
    }

    /// All, oldest first.
    pub fn all(&self) -> &[RunningJob] {
        &self.jobs
    }

    /// Marks the jobs of these kinds of slots as such that nobody waits for; gives what cancels them.
    pub(super) fn drop_kinds(&mut self, kinds: &[u16]) -> Vec<(Lane, JobId)> {
        let unwanted = self.jobs.iter_mut().filter(|job| kinds.contains(&job.slot.kind));
        unwanted
            .map(|job| {
                job.is_dropped = true;
                (job.lane, job.id)
            })
            .collect()
    }

    /// The newest job of a kind of slot.
    pub fn of_kind(&self, kind: u16) -> Option<&RunningJob> {
        self.jobs.iter().rev().find(|job| job.slot.kind == kind)
    }
}
