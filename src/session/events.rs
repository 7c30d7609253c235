//! What the workers say, filed into the session, and what is asked next because of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::aside::reads;
use super::measure::Part;
use super::notices::Level;
use super::running::RunningJob;
use super::train::{RunState, TrainingRun};
use super::{Command, Lane, Purpose, Request, Run, Session, describe, items};
use crate::data::Dataset;
use crate::data::options::in_form_words;
use crate::data::spec::Kind;
use crate::explain::SavedExplainer;
use crate::jobs::Output;
use crate::model::SavedBox;
use crate::work::{Event, JobError, JobId, Notice, Shown};

/// How often the list is worked out again while answers come in.
const REBUILD_EVERY: Duration = Duration::from_millis(250);

impl Session {
    /// A run was handed to its worker and got this id.
    pub fn submitted(&mut self, run: &Run, id: JobId, now: Instant) {
        match &run.purpose {
            Purpose::Explain(_) => self.explore.shown.begin(id, now),
            Purpose::Evaluate | Purpose::Measure(Part::Table) => self.measure.cells.begin(id, now),
            Purpose::Measure(Part::Curves) => self.measure.curves.begin(id, now),
            Purpose::Measure(Part::Agreement) => self.measure.agreement.begin(id, now),
            Purpose::Study(job) => self.study_submitted(*job, id, now),
            Purpose::Train(number) => {
                if let Some(training) = self.train.run_mut(*number) {
                    training.job = Some(id);
                }
            }
            _ => {}
        }
        self.running.push(RunningJob {
            id,
            lane: run.lane,
            slot: run.slot,
            purpose: run.purpose.clone(),
            title: run.title.clone(),
            since: now,
            started: false,
            progress: None,
            paused: false,
            is_dropped: false,
        });
    }

    /// Files an event of a worker.
    pub fn apply_event(&mut self, _lane: Lane, event: Event<Output>) -> Vec<Request> {
        match event {
            Event::Started(id) => {
                if let Some(job) = self.running.get_mut(id) {
                    job.started = true;
                }
                Vec::new()
            }
            Event::Progress(id, progress) => {
                if let Some(job) = self.running.get_mut(id) {
                    job.progress = Some(progress);
                }
                Vec::new()
            }
            Event::Partial(id, output) => self.partial(id, output),
            Event::Finished(id, result) => match self.running.remove(id) {
                Some(job) => self.finished(job, result),
                None => Vec::new(),
            },
        }
    }

    fn partial(&mut self, id: JobId, output: Output) -> Vec<Request> {
        let Some(purpose) = self.running.get(id).map(|job| job.purpose.clone()) else { return Vec::new() };
        match (purpose, output) {
            (Purpose::Train(number), Output::Training(report)) => {
                let mut fresh = Vec::new();
                if let Some(run) = self.train.run_mut(number) {
                    let known = run.report.as_ref().map_or(0, |report| report.warnings.len());
                    fresh =
                        report.warnings.iter().skip(known).map(|warning| (run.name.clone(), warning.clone())).collect();
                    run.report = Some(report);
                }
                for (name, warning) in fresh {
                    self.notify(Level::Warning, Notice::new("training-warning", format!("{name}: {warning}")), None);
                }
                Vec::new()
            }
            (Purpose::Train(number), Output::Explainer(saved)) => {
                if let Some(run) = self.train.run_mut(number) {
                    run.made = Some(saved.card.hash.clone());
                }
                if !self.is_run_of_this(number) {
                    return Vec::new();
                }
                self.note_dir(number, &saved.card.hash);
                self.put_explainer(saved)
            }
            (Purpose::Train(number), Output::Box(saved)) => {
                if let Some(run) = self.train.run_mut(number) {
                    run.follow_box(&saved.card);
                }
                if !self.is_run_of_this(number) {
                    return Vec::new();
                }
                self.note_dir(number, &saved.card.hash);
                self.put_box(saved)
            }
            (Purpose::Evaluate, Output::Cells(cells)) => {
                self.measure.cells.partial(id, cells);
                Vec::new()
            }
            (Purpose::Measure(Part::Curves), Output::Cells(cells)) => {
                self.measure.curves.partial(id, cells);
                Vec::new()
            }
            (Purpose::Explain(_), Output::Explained(explained)) => {
                self.explore.shown.partial(id, explained);
                Vec::new()
            }
            (Purpose::Sheet(number), Output::Explained(explained)) => {
                self.sheet_partial(number, &explained);
                Vec::new()
            }
            (purpose, output) => self.answers(&purpose, output),
        }
    }

    fn finished(&mut self, job: RunningJob, result: Result<Output, JobError>) -> Vec<Request> {
        let RunningJob { id, slot, purpose, title, is_dropped, .. } = job;
        match (purpose, result) {
            (Purpose::Explain(key), Ok(Output::Explained(explained))) => {
                self.explore.cache.insert(key, explained.clone());
                if !self.explore.shown.finish(id, Ok(explained)) {
                    return Vec::new();
                }
                self.runs(Self::runs_once_explained)
            }
            (Purpose::Explain(_), Err(error)) => {
                self.explore.shown.finish(id, Err(error));
                Vec::new()
            }
            (Purpose::Ahead(key), Ok(Output::Explained(explained))) => {
                self.explore.cache.insert(key, explained);
                Vec::new()
            }
            // What was computed ahead and failed will fail again, in view, when its turn comes.
            (Purpose::Ahead(_), Err(_)) => Vec::new(),
            (Purpose::OpenData, Ok(Output::Data(data))) => self.put_data(data),
            (Purpose::OwnText(path), Ok(Output::Data(data))) => self.put_own(&path, data),
            (Purpose::LookAtData(spec), Ok(Output::LookedAt(looked))) => {
                self.looked = Some((spec, looked));
                Vec::new()
            }
            // Opening them says what is wrong; fields for their columns stay free.
            (Purpose::LookAtData(_), Err(_)) => Vec::new(),
            (Purpose::LoadBox(dir), Ok(Output::Box(saved))) => {
                self.dirs.insert(saved.card.hash.clone(), dir);
                self.last_action = format!("Opened black box {}", saved.card.name);
                self.failed_open = None;
                self.tell_remarks(&saved);
                let hash = saved.card.hash.clone();
                let requests = self.put_box(saved);
                let index = self.boxes.iter().position(|known| known.card.hash == hash);
                if let Some(misfit) = index.and_then(|index| self.box_misfit(index)) {
                    self.last_action = format!("Opened black box. {misfit}: open data that it reads to use it");
                }
                requests
            }
            (Purpose::LoadExplainer(dir), Ok(Output::Explainer(saved))) => {
                self.dirs.insert(saved.card.hash.clone(), dir.clone());
                self.last_action = format!("Opened explainer {}", saved.card.name);
                self.failed_open = None;
                let mut requests = self.put_explainer(saved.clone());
                requests.extend(self.seek_box(&saved.card, &dir));
                requests
            }
            (Purpose::MakeExplainer, Ok(Output::Explainer(saved))) => self.put_explainer(saved),
            (Purpose::Train(number), Ok(output)) => self.trained(number, output),
            (Purpose::Train(number), Err(error)) => {
                let notice = error.notice();
                let is_cancelled = matches!(error, JobError::Cancelled);
                if let Some(run) = self.train.run_mut(number) {
                    run.job = None;
                    run.state = if is_cancelled { RunState::Cancelled } else { RunState::Failed(notice.clone()) };
                }
                if is_cancelled {
                    // "Cancelled: training MEED": the title says whether it was trained or connected.
                    let mut what = title;
                    if let Some(first) = what.get_mut(..1) {
                        first.make_ascii_lowercase();
                    }
                    self.last_action = format!("Cancelled: {what}");
                } else {
                    self.notify(Level::Error, notice, Some(Command::RetryTraining(number)));
                }
                Vec::new()
            }
            (Purpose::Sheet(number), Ok(Output::Explained(explained))) => {
                self.sheet_done(number, Ok(explained));
                Vec::new()
            }
            (Purpose::Sheet(number), Err(error)) => {
                self.sheet_done(number, Err(error));
                Vec::new()
            }
            (Purpose::Evaluate, result) => {
                self.measured_part(Part::Table, id, result);
                Vec::new()
            }
            (Purpose::Measure(part), result) => {
                self.measured_part(part, id, result);
                Vec::new()
            }
            (Purpose::Study(job), result) => self.study_done(job, id, result),
            (Purpose::Scores(_), Ok(Output::Scores(written))) => {
                self.scores_written(&written);
                Vec::new()
            }
            (Purpose::Write(path), Ok(_)) => {
                self.last_action = format!("Wrote {}", path.display());
                Vec::new()
            }
            (purpose, Err(JobError::Cancelled)) => {
                self.note_stopped(&purpose);
                // One that another took the place of, or that nobody waits for, is no news.
                let is_replaced = self.running.all().iter().any(|other| other.slot == slot);
                let is_news = !is_replaced && !is_dropped;
                if is_news && matches!(purpose, Purpose::OpenData) {
                    self.give_up_opening();
                }
                if is_news && title != "Explaining" && !matches!(purpose, Purpose::Without(_)) {
                    self.last_action = format!("Cancelled: {title}");
                }
                Vec::new()
            }
            (purpose, Err(error)) => {
                match purpose {
                    Purpose::OpenData => {
                        self.reopening = None;
                        let spec = self.data_retry.as_ref();
                        let name = spec.map_or_else(String::new, |spec| spec.path.display().to_string());
                        let kind = spec.map_or(Kind::AUTO, |spec| spec.kind);
                        let notice = error.notice();
                        let notice = Notice { summary: in_form_words(&notice.summary, kind), ..notice };
                        self.open_failed(&name, notice, Some(Command::RetryData));
                    }
                    Purpose::LoadBox(path) | Purpose::LoadExplainer(path) | Purpose::OwnText(path) => {
                        let name = path.display().to_string();
                        self.open_failed(&name, error.notice(), Some(Command::OpenPaths(vec![path])));
                    }
                    Purpose::Scores(path) => {
                        self.notify(Level::Error, error.notice(), Some(Command::ExportListedScores(path)));
                    }
                    purpose => {
                        let retry = self.note_stopped(&purpose);
                        self.notify(Level::Error, error.notice(), retry);
                    }
                }
                Vec::new()
            }
            (purpose, Ok(output)) => self.answers(&purpose, output),
        }
    }

    /// Answers to runs of items, on the way or at the end.
    fn answers(&mut self, purpose: &Purpose, output: Output) -> Vec<Request> {
        let list = &mut self.explore.list;
        match (purpose, output) {
            (Purpose::Predict(key), Output::Predictions { items, probs, classes }) if *key == list.predictions.key => {
                list.predictions.put(&items, &probs, classes);
                list.is_stale |= list.depends_on_predictions();
            }
            (Purpose::Without(key), Output::Without { probs, .. }) => self.put_without(key.clone(), probs),
            (Purpose::Fidelity(key), Output::Fidelity { items, selected_stays, unselected_stays }) => {
                if let Some(table) = list.fidelity.as_mut().filter(|table| table.key == **key) {
                    table.put(&items, &selected_stays, &unselected_stays);
                    list.is_stale |= list.depends_on_fidelity();
                }
            }
            (_, output) => log::debug!("an answer that nobody waits for: {output:?}"),
        }
        Vec::new()
    }

    /// Remembers where a run writes what has this hash.
    fn note_dir(&mut self, number: u32, hash: &str) {
        if let Some(dir) = self.train.run(number).and_then(TrainingRun::out) {
            self.dirs.insert(hash.to_owned(), dir.to_path_buf());
        }
    }

    fn trained(&mut self, number: u32, output: Output) -> Vec<Request> {
        let made = match &output {
            Output::Box(saved) => Some(saved.card.hash.clone()),
            Output::Explainer(saved) => Some(saved.card.hash.clone()),
            _ => None,
        };
        if let Output::Box(saved) = &output {
            self.tell_remarks(saved);
        }
        let is_ours = self.is_run_of_this(number);
        if let Some(made) = made.as_ref().filter(|_| is_ours) {
            self.note_dir(number, made);
        }
        if let Some(run) = self.train.run_mut(number) {
            run.job = None;
            run.state = RunState::Done;
            run.made.clone_from(&made);
            if let Output::Box(saved) = &output {
                run.follow_box(&saved.card);
            }
            let done = if run.connects() { "Connected" } else { "Trained" };
            let stopped = match &output {
                Output::Box(saved) => saved.card.stop_words().map_or_else(String::new, |words| format!("; {words}")),
                _ => String::new(),
            };
            self.last_action = format!("{done} {} {}{stopped}", run.makes.noun(), run.name);
        }
        if !is_ours {
            self.trained_elsewhere(number);
            return Vec::new();
        }
        let done = self.last_action.clone();
        let requests = match output {
            Output::Box(saved) => self.put_box(saved),
            Output::Explainer(saved) => self.put_explainer(saved),
            _ => Vec::new(),
        };
        self.last_action = done;
        requests
    }

    /// Shows a data set that was opened.
    pub(crate) fn put_data(&mut self, data: Arc<Dataset>) -> Vec<Request> {
        self.last_action = format!("Opened {}: {}", data.name, describe::count(data.len(), "item", "items"));
        self.tell_reading(&data);
        if !self.is_restoring() {
            self.settings.remember_data(&data.spec);
            self.files.is_sample = false;
        }
        let is_same = self.data.as_ref().is_some_and(|open| open.hash == data.hash);
        // A project takes its own view up again.
        let takes_place = !is_same && !self.is_restoring();
        let way = self.reopening.take();
        let closed = if takes_place { self.leave_data() } else { None };
        let again = if takes_place { self.before.take_of(&data) } else { None };
        if let Some(closed) = &closed {
            self.before.keep(closed.clone());
        }
        self.data = Some(data.clone());
        self.data_retry = None;
        self.failed_open = None;
        self.unsaved = true;
        if !is_same {
            let explore = &mut self.explore;
            explore.item = None;
            explore.pinned.clear();
            explore.marked.clear();
            explore.notes.clear();
            explore.group = None;
            explore.picked.clear();
            explore.reading.own_row = None;
            explore.k_is_set = false;
            explore.list.filter = items::Filter::default();
            explore.list.sort = explore.list.sort.for_other_data();
            explore.list.fidelity = None;
            explore.list.predictions = items::Predictions::new(data.len());
            explore.cache.clear();
            explore.shown = Shown::Empty;
            explore.wanted = None;
            self.measure = super::measure::Measure::default();
        }
        // Steps in data that others take the place of stay below the one that opens these: taken back, it gives them as they were left.
        let history = closed.is_some().then(|| std::mem::take(&mut self.undo));
        if !is_same {
            self.undo.clear();
        }
        if let Some(requests) = self.restore() {
            if self.project.is_none() && !self.is_sample() {
                self.tell_restored(&data);
            }
            return requests;
        }
        let aside = self.active_box().filter(|active| !reads(&active.card, &data)).cloned();
        let mut requests = if aside.is_some() { self.put_box_aside() } else { Vec::new() };
        let is_known = again.is_some();
        requests.extend(match again {
            Some(before) => self.look_again(before),
            None => self.look_anew(&data),
        });
        // One that is at hand may read them.
        let aside = aside.filter(|_| self.active_box.is_none());
        if let Some(way) = way.filter(|_| is_same) {
            // The files hold the same by now.
            self.end_reopening(way, true);
        }
        match (closed, history, aside) {
            (Some(closed), Some(history), aside) => {
                self.undo = history;
                self.tell_closed(&closed, &data, aside.as_deref(), (way, is_known));
            }
            (_, _, Some(aside)) => self.tell_aside(&aside, &data),
            _ => {}
        }
        requests
    }

    /// Looks at the first item of data with the black box that fits best.
    fn look_anew(&mut self, data: &Dataset) -> Vec<Request> {
        self.rebuild_list();
        let fitting = self.best_box_for(data);
        let mut requests = match fitting {
            Some(index) if self.active_box != Some(index) => self.use_box(index),
            _ => match self.active_box {
                Some(index) => self.use_box(index),
                None => Vec::new(),
            },
        };
        requests.extend(self.keep_item_listed());
        requests
    }

    /// The black box that was trained on this data, else one with its classes, else the one in use.
    pub(crate) fn best_box_for(&self, data: &Dataset) -> Option<usize> {
        let by = |fits: &dyn Fn(&SavedBox) -> bool| {
            self.boxes.iter().rposition(|saved| fits(saved) && reads(&saved.card, data))
        };
        let is_read_by = |at: &usize| self.boxes.get(*at).is_some_and(|saved| reads(&saved.card, data));
        by(&|saved| saved.card.data_hash == data.hash)
            .or_else(|| {
                let has_its_classes =
                    |at: &usize| self.boxes.get(*at).is_some_and(|saved| saved.card.classes == data.classes);
                self.active_box.filter(is_read_by).filter(has_its_classes)
            })
            .or_else(|| by(&|saved| saved.card.classes == data.classes))
    }

    /// Tells what is to be known of a black box that was just trained, connected or opened. The bottom line stays.
    fn tell_remarks(&mut self, saved: &SavedBox) {
        for remark in &saved.card.remarks {
            let summary = format!("{}: {remark}", saved.card.name);
            self.notices.push(Level::Warning, Notice::new("box-remark", summary), None);
        }
    }

    /// Adds a black box, or replaces it by a later checkpoint of the same run.
    pub(crate) fn put_box(&mut self, saved: Arc<SavedBox>) -> Vec<Request> {
        self.unsaved = true;
        let same = self.boxes.iter().position(|known| {
            let is_earlier = !known.card.complete
                && known.card.name == saved.card.name
                && known.card.seed == saved.card.seed
                && known.card.data_hash == saved.card.data_hash;
            known.card.hash == saved.card.hash || is_earlier
        });
        let index = match same {
            Some(index) => {
                let before = std::mem::replace(&mut self.boxes[index], saved);
                if self.active_box == Some(index) && before.card.hash != self.boxes[index].card.hash {
                    return self.follow_checkpoint();
                }
                index
            }
            None => {
                self.boxes.push(saved);
                self.boxes.len() - 1
            }
        };
        // The first one that reads the data is used at once; a trained one is, too, when nothing better fits the data in view.
        let fits_data = self.data.as_ref().is_some_and(|data| self.boxes[index].card.data_hash == data.hash);
        let active_fits = self
            .active_box()
            .is_some_and(|active| self.data.as_ref().is_some_and(|data| active.card.data_hash == data.hash));
        let is_read = self.box_misfit(index).is_none();
        let is_wanted = self.active_box.is_none() || (fits_data && !active_fits);
        if self.active_box == Some(index) || (is_read && is_wanted) {
            return self.use_box(index);
        }
        Vec::new()
    }

    /// Adds an explainer, or replaces it by a later checkpoint of the same run.
    pub(crate) fn put_explainer(&mut self, saved: Arc<SavedExplainer>) -> Vec<Request> {
        self.unsaved = true;
        let same = self.explainers.iter().position(|known| {
            let is_earlier = !known.card.complete
                && known.card.name == saved.card.name
                && known.card.blackbox_hash == saved.card.blackbox_hash
                && known.card.method == saved.card.method;
            // Made for an earlier checkpoint of a black box, it explains nothing any more: columns and steps of undo then mean
            // the one that takes its place.
            let is_outlived = known.weights.is_empty()
                && saved.weights.is_empty()
                && known.card.method == saved.card.method
                && known.card.name == saved.card.name
                && self.boxes.iter().all(|one| one.card.hash != known.card.blackbox_hash);
            known.card.hash == saved.card.hash || is_earlier || is_outlived
        });
        let is_trained = !saved.weights.is_empty();
        let index = match same {
            Some(index) => {
                self.explainers[index] = saved;
                index
            }
            None => {
                self.explainers.push(saved);
                self.explainers.len() - 1
            }
        };
        let is_usable = self.usable_explainers().contains(&index);
        if !is_usable {
            return Vec::new();
        }
        let shows_untrained_only = self.column_explainers().iter().all(|shown| shown.weights.is_empty());
        let said = self.last_action.clone();
        if self.awaits_columns() {
            let requests = self.place_columns();
            self.last_action = said;
            return requests;
        }
        let requests = if (self.explore.columns.is_empty() && self.has_its_gradients(index))
            || (is_trained && shows_untrained_only && same.is_none())
        {
            self.set_columns(vec![index])
        } else if self.explore.columns.contains(&index) {
            self.refresh()
        } else {
            Vec::new()
        };
        self.last_action = said;
        requests
    }

    /// What is due by the clock: the list worked out again, the project written.
    pub fn tick(&mut self, now: Instant, last_rebuild: &mut Option<Instant>) -> Vec<Request> {
        let mut requests = Vec::new();
        if self.explore.list.is_stale
            && last_rebuild.is_none_or(|then| now.saturating_duration_since(then) >= REBUILD_EVERY)
        {
            *last_rebuild = Some(now);
            self.rebuild_list();
        }
        self.say_again();
        requests.extend(self.tick_project(now));
        requests
    }
}
