//! The thread that reads and writes a project's files, one job after the other, so that a newer state is never overtaken by an older one.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::session::project_job::{ProjectDone, ProjectJob};

/// The thread; started with the first job.
pub struct ProjectFiles {
    thread: Option<(Sender<ProjectJob>, JoinHandle<()>)>,
    answers: (Sender<ProjectDone>, Receiver<ProjectDone>),
}

impl Default for ProjectFiles {
    fn default() -> Self {
        Self { thread: None, answers: channel() }
    }
}

impl ProjectFiles {
    /// Queues a job. What comes of it is among [`ProjectFiles::done`] later; `ctx` is woken then.
    pub fn submit(&mut self, ctx: &egui::Context, job: ProjectJob) {
        if self.thread.as_ref().is_none_or(|(_, thread)| thread.is_finished()) {
            let (sender, jobs) = channel::<ProjectJob>();
            let (answers, wake) = (self.answers.0.clone(), ctx.clone());
            let spawned = std::thread::Builder::new().name("project".to_owned()).spawn(move || {
                for job in jobs {
                    // The window may be gone by now; the project is written all the same.
                    answers.send(job.run()).ok();
                    wake.request_repaint_of(egui::ViewportId::ROOT);
                }
            });
            match spawned {
                Ok(thread) => self.thread = Some((sender, thread)),
                Err(error) => {
                    log::error!("no thread for the project's files, so the window does it: {error}");
                    self.answers.0.send(job.run()).ok();
                    return;
                }
            }
        }
        if let Some((jobs, _)) = &self.thread
            && jobs.send(job).is_err()
        {
            log::error!("the thread of the project's files ended; the next save starts a new one");
        }
    }

    /// What came of the jobs since.
    pub fn done(&self) -> Vec<ProjectDone> {
        self.answers.1.try_iter().collect()
    }

    /// Waits for the queued jobs.
    pub fn finish(&mut self) -> Vec<ProjectDone> {
        if let Some((jobs, thread)) = self.thread.take() {
            drop(jobs);
            if thread.join().is_err() {
                log::error!("the thread of the project's files ended by a panic");
            }
        }
        self.done()
    }
}
