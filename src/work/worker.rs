//! The owner's side: submit, cancel, pause, and read events.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError, bounded, unbounded};

use super::context::{Control, Waiting};
use super::panics::hold;
use super::scheduler::{Outbox, Scheduler, Submission};
use super::{Env, Event, JobError, JobId, Priority, Slot};

/// How many events wait for the reader before results block the compute thread and progress is dropped.
pub const EVENT_CAPACITY: usize = 256;

/// Runs jobs, on a thread of its own or inline, and keeps the books on them.
///
/// Dropping it cancels all jobs and waits for the running step to end.
pub struct Worker<T, O> {
    engine: Engine<T, O>,
    /// Jobs whose end was not read yet.
    live: BTreeMap<JobId, (Slot, Control)>,
    /// The newest job of each slot.
    slots: HashMap<Slot, JobId>,
    waiting: Waiting,
}

enum Engine<T, O> {
    Thread {
        /// `None` once closed.
        requests: Option<Sender<Request<T>>>,
        events: Receiver<Event<O>>,
        thread: Option<JoinHandle<()>>,
    },
    Inline {
        scheduler: Box<dyn InlineScheduler<T, O>>,
        events: InlineBox<O>,
    },
}

enum Request<T> {
    Submit(Submission<T>),
    /// A switch was turned; look again who can run.
    Look,
}

impl<T: Send + 'static, O: Send + 'static> Worker<T, O> {
    /// Starts a thread. `make_env` runs there, so the environment need not be `Send`. `wake` is called there after each
    /// event and must neither block nor panic.
    pub fn spawn<E: Env<Task = T, Output = O>>(
        thread_name: &str,
        make_env: impl FnOnce() -> E + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (requests, inbox) = unbounded();
        let (sender, events) = bounded(EVENT_CAPACITY);
        let waiting = Waiting::default();
        let counts = waiting.clone();
        let thread = std::thread::Builder::new().name(thread_name.to_owned()).spawn(move || {
            let out = ThreadBox { sender, wake };
            match hold(make_env) {
                Ok(env) => {
                    let mut scheduler = Scheduler::new(env, counts);
                    run_thread(&mut scheduler, &inbox, &out);
                    // Models may panic when they are dropped; the thread ends here anyhow, and the log has it.
                    hold(move || drop(scheduler)).ok();
                }
                Err(message) => refuse_all(&message, &inbox, &counts, &out),
            }
        })?;
        Ok(Self::new(Engine::Thread { requests: Some(requests), events, thread: Some(thread) }, waiting))
    }

    /// The same scheduler without a thread: [`Worker::step`], [`Worker::wait_event`] and [`Worker::wait_for`] run it.
    /// For the command line and for tests of the window.
    pub fn inline<E: Env<Task = T, Output = O>>(env: E) -> Self {
        let waiting = Waiting::default();
        let scheduler = Box::new(Scheduler::new(env, waiting.clone()));
        Self::new(Engine::Inline { scheduler, events: InlineBox::default() }, waiting)
    }

    fn new(engine: Engine<T, O>, waiting: Waiting) -> Self {
        Self { engine, live: BTreeMap::new(), slots: HashMap::new(), waiting }
    }

    /// Queues a task and cancels the older job of the slot at once, even inside its step.
    pub fn submit(&mut self, slot: Slot, priority: Priority, task: T) -> JobId {
        self.submit_with(slot, priority, None, task)
    }

    /// The same with a seed that takes the place of [`Env::seed`].
    pub fn submit_seeded(&mut self, slot: Slot, priority: Priority, seed: u64, task: T) -> JobId {
        self.submit_with(slot, priority, Some(seed), task)
    }

    fn submit_with(&mut self, slot: Slot, priority: Priority, seed: Option<u64>, task: T) -> JobId {
        self.cancel_slot(slot);
        let id = JobId::next();
        let control = Control::default();
        self.live.insert(id, (slot, control.clone()));
        self.slots.insert(slot, id);
        self.waiting.add(priority);
        let submission = Submission { id, priority, control, seed, task };
        match &mut self.engine {
            Engine::Inline { scheduler, .. } => scheduler.accept(submission),
            Engine::Thread { requests, .. } => {
                let request = Request::Submit(submission);
                if let Some(requests) = requests {
                    // Fails when the thread is gone; then `event_without_thread` tells the end of this job too.
                    requests.send(request).ok();
                }
            }
        }
        id
    }

    /// Cancels a job. Its `Finished(Cancelled)` follows; nothing happens when it has ended already.
    pub fn cancel(&self, id: JobId) {
        if let Some((_, control)) = self.live.get(&id) {
            control.cancel.cancel();
            self.look();
        }
    }

    /// Cancels the newest job of a slot, if it is not over.
    pub fn cancel_slot(&self, slot: Slot) {
        if let Some(&id) = self.slots.get(&slot) {
            self.cancel(id);
        }
    }

    /// Cancels every job.
    pub fn cancel_all(&self) {
        for (_, control) in self.live.values() {
            control.cancel.cancel();
        }
        self.look();
    }

    /// Keeps a job from having turns, from the end of its step on. It can still be cancelled.
    pub fn pause(&self, id: JobId) {
        self.set_paused(id, true);
    }

    /// Lets a paused job go on.
    pub fn resume(&self, id: JobId) {
        self.set_paused(id, false);
    }

    /// Whether the job is live and paused.
    pub fn is_paused(&self, id: JobId) -> bool {
        self.live.get(&id).is_some_and(|(_, control)| control.is_paused())
    }

    /// Whether the end of the job has not been read yet.
    pub fn is_live(&self, id: JobId) -> bool {
        self.live.contains_key(&id)
    }

    /// Jobs whose end has not been read yet, oldest first.
    pub fn live_jobs(&self) -> impl Iterator<Item = JobId> + '_ {
        self.live.keys().copied()
    }

    /// The live job that a slot waits for.
    pub fn job_of(&self, slot: Slot) -> Option<JobId> {
        self.slots.get(&slot).copied()
    }

    /// Whether events can be read without waiting.
    pub fn has_events(&self) -> bool {
        match &self.engine {
            Engine::Thread { events, .. } => !events.is_empty(),
            Engine::Inline { events, .. } => !events.0.borrow().is_empty(),
        }
    }

    /// The next event, if there is one now. Runs nothing.
    pub fn try_event(&mut self) -> Option<Event<O>> {
        let event = match &self.engine {
            Engine::Thread { events, .. } => match events.try_recv() {
                Ok(event) => Some(event),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => self.event_without_thread(),
            },
            Engine::Inline { events, .. } => events.0.borrow_mut().pop_front(),
        }?;
        Some(self.note(event))
    }

    /// The next event; waits for it up to `timeout`. Inline it runs steps until there is an event or nothing can run.
    pub fn wait_event(&mut self, timeout: Duration) -> Option<Event<O>> {
        if let Some(event) = self.try_event() {
            return Some(event);
        }
        let event = match &mut self.engine {
            Engine::Thread { events, .. } => match events.recv_timeout(timeout) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => self.event_without_thread(),
            },
            Engine::Inline { scheduler, events } => {
                let deadline = Instant::now() + timeout;
                while events.0.borrow().is_empty() && scheduler.turn(events) && Instant::now() < deadline {}
                events.0.borrow_mut().pop_front()
            }
        }?;
        Some(self.note(event))
    }

    /// Waits for the end of a job and hands every other event to `on_event`. A paused job is resumed.
    pub fn wait_for(&mut self, id: JobId, mut on_event: impl FnMut(Event<O>)) -> Result<O, JobError> {
        self.resume(id);
        while self.is_live(id) {
            match self.wait_event(Duration::from_secs(1)) {
                Some(Event::Finished(finished, result)) if finished == id => return result,
                Some(event) => on_event(event),
                None => {}
            }
        }
        Err(JobError::failed("no-such-job", format!("{id} is over or was never submitted to this worker")))
    }

    /// Inline: one step of one job; false when nothing can run. On a thread: does nothing, false.
    pub fn step(&mut self) -> bool {
        match &mut self.engine {
            Engine::Thread { .. } => false,
            Engine::Inline { scheduler, events } => scheduler.turn(events),
        }
    }

    /// Cancels all jobs, ends the thread, and returns the events that were not read, with the end of every job.
    pub fn shutdown(mut self) -> Vec<Event<O>> {
        let mut rest = Vec::new();
        self.close(|event| rest.push(event));
        rest
    }

    fn set_paused(&self, id: JobId, paused: bool) {
        if let Some((_, control)) = self.live.get(&id) {
            control.set_paused(paused);
            self.look();
        }
    }

    fn look(&self) {
        if let Engine::Thread { requests: Some(requests), .. } = &self.engine {
            // A thread that is gone needs no nudge; the ends of its jobs come from `event_without_thread`.
            requests.send(Request::Look).ok();
        }
    }

    /// Keeps the books on an event that is about to be read.
    fn note(&mut self, event: Event<O>) -> Event<O> {
        if let Event::Finished(id, _) = &event
            && let Some((slot, _)) = self.live.remove(id)
            && self.slots.get(&slot) == Some(id)
        {
            self.slots.remove(&slot);
        }
        event
    }

    /// The thread ended without its jobs' ends (a panic in `wake`): the worker tells them, once each.
    fn event_without_thread(&self) -> Option<Event<O>> {
        let id = *self.live.keys().next()?;
        Some(Event::Finished(id, Err(thread_gone())))
    }
}

impl<T, O> Worker<T, O> {
    fn close(&mut self, mut on_event: impl FnMut(Event<O>)) {
        for (_, control) in self.live.values() {
            control.cancel.cancel();
        }
        match &mut self.engine {
            Engine::Thread { requests, events, thread } => {
                let Some(thread) = thread.take() else {
                    return;
                };
                *requests = None;
                // The thread may be waiting for room in the channel: keep reading until it hangs up.
                while let Ok(event) = events.recv() {
                    if let Event::Finished(id, _) = &event {
                        self.live.remove(id);
                    }
                    on_event(event);
                }
                if thread.join().is_err() {
                    log::error!("the compute thread ended by a panic");
                }
                for id in std::mem::take(&mut self.live).into_keys() {
                    on_event(Event::Finished(id, Err(thread_gone())));
                }
            }
            Engine::Inline { scheduler, events } => {
                scheduler.close(events);
                for event in events.0.take() {
                    on_event(event);
                }
            }
        }
    }
}

impl<T, O> Drop for Worker<T, O> {
    fn drop(&mut self) {
        self.close(drop);
    }
}

fn thread_gone() -> JobError {
    JobError::Panicked("the compute thread has ended; start the program again".to_owned())
}

fn run_thread<E: Env>(scheduler: &mut Scheduler<E>, inbox: &Receiver<Request<E::Task>>, out: &dyn Outbox<E::Output>) {
    let take = |scheduler: &mut Scheduler<E>, request| match request {
        Request::Submit(submission) => scheduler.accept(submission),
        Request::Look => {}
    };
    loop {
        loop {
            match inbox.try_recv() {
                Ok(request) => take(scheduler, request),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return scheduler.close(out),
            }
        }
        if !scheduler.turn(out) {
            match inbox.recv() {
                Ok(request) => take(scheduler, request),
                Err(_) => return scheduler.close(out),
            }
        }
    }
}

/// The environment could not be made: every job ends with the reason.
fn refuse_all<T, O>(message: &str, inbox: &Receiver<Request<T>>, counts: &Waiting, out: &dyn Outbox<O>) {
    for request in inbox {
        if let Request::Submit(Submission { id, priority, .. }) = request {
            counts.take(priority);
            out.deliver(Event::Finished(id, Err(JobError::from_panic(message.to_owned()))));
        }
    }
}

struct ThreadBox<O, W> {
    sender: Sender<Event<O>>,
    wake: W,
}

impl<O, W: Fn()> Outbox<O> for ThreadBox<O, W> {
    fn deliver(&self, event: Event<O>) {
        // Nobody reads after the worker was dropped, and then nobody misses the event.
        if self.sender.send(event).is_ok() {
            (self.wake)();
        }
    }

    fn offer(&self, event: Event<O>) {
        match self.sender.try_send(event) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

struct InlineBox<O>(Rc<RefCell<VecDeque<Event<O>>>>);

impl<O> Default for InlineBox<O> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<O> Outbox<O> for InlineBox<O> {
    fn deliver(&self, event: Event<O>) {
        // Waiting would be for ever, as the reader is the caller of this step.
        self.0.borrow_mut().push_back(event);
    }

    fn offer(&self, event: Event<O>) {
        let mut events = self.0.borrow_mut();
        if events.len() < EVENT_CAPACITY {
            events.push_back(event);
        }
    }
}

/// Hides the environment's type, so that both kinds of worker have the same type.
trait InlineScheduler<T, O> {
    fn accept(&mut self, submission: Submission<T>);
    fn turn(&mut self, out: &dyn Outbox<O>) -> bool;
    fn close(&mut self, out: &dyn Outbox<O>);
}

impl<E: Env> InlineScheduler<E::Task, E::Output> for Scheduler<E> {
    fn accept(&mut self, submission: Submission<E::Task>) {
        self.accept(submission);
    }

    fn turn(&mut self, out: &dyn Outbox<E::Output>) -> bool {
        self.turn(out)
    }

    fn close(&mut self, out: &dyn Outbox<E::Output>) {
        self.close(out);
    }
}
