//! The laws of the scheduler, on toy jobs whose results are known.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use unmask::work::{
    BUSY_AFTER, CancelToken, EVENT_CAPACITY, Env, Event, Job, JobContext, JobError, JobId, Notice, Priority, Progress,
    RateEstimator, Shown, Slot, Step, Worker, format_count, format_duration, mix, one_step, stream_rng,
};

const LONG: Duration = Duration::from_secs(20);

/// What a toy job does.
#[derive(Debug, Clone)]
enum Act {
    /// Draws in every step from the context, the job's own stream and the environment's shared generator.
    Draw,
    /// The same, and sends each sum as a partial result.
    DrawAloud,
    PanicAt(u64),
    PanicInDropAt(u64),
    FailAt(u64),
    FailToStart,
    PanicToStart,
    /// Loops inside one step until it is cancelled; says on the channel that it is there.
    Spin(mpsc::Sender<()>),
    /// Ignores the cancel until the gate opens, then is done.
    Deaf(mpsc::Sender<()>, Arc<AtomicBool>),
    /// Counts each partial result that it could deliver.
    Flood(Arc<AtomicUsize>),
    /// Fills the channel with partial results, then reports and says so.
    FillThenReport(mpsc::Sender<()>),
    /// Whether something more urgent waits, seen from inside a step once the gate opens.
    AskYield(mpsc::Sender<()>, Arc<AtomicBool>),
}

#[derive(Debug, Clone)]
struct Task {
    name: &'static str,
    seed: u64,
    steps: u64,
    act: Act,
}

impl Task {
    fn draw(name: &'static str, seed: u64, steps: u64) -> Self {
        Self { name, seed, steps, act: Act::Draw }
    }

    fn one(name: &'static str, act: Act) -> Self {
        Self { name, seed: 0, steps: 1, act }
    }
}

/// Has one generator for all jobs, like libtorch.
struct ToyEnv {
    shared: ChaCha8Rng,
    turns: Rc<RefCell<Vec<&'static str>>>,
}

impl ToyEnv {
    fn new() -> Self {
        Self { shared: ChaCha8Rng::seed_from_u64(0), turns: Rc::default() }
    }
}

struct ToyJob {
    task: Task,
    sum: u64,
    panic_in_drop: bool,
}

impl Env for ToyEnv {
    type Task = Task;
    type Output = u64;

    fn start(&mut self, task: Task) -> Result<Box<dyn Job<Self>>, JobError> {
        match task.act {
            Act::FailToStart => Err(JobError::failed("toy", "no such model")),
            Act::PanicToStart => panic!("start broke"),
            _ => Ok(Box::new(ToyJob { sum: self.shared.next_u64(), task, panic_in_drop: false })),
        }
    }

    fn seed(&self, task: &Task) -> u64 {
        task.seed
    }

    fn before_step(&mut self, seed: u64) {
        self.shared = ChaCha8Rng::seed_from_u64(seed);
    }
}

impl Drop for ToyJob {
    fn drop(&mut self) {
        if self.panic_in_drop {
            panic!("drop broke");
        }
    }
}

impl Job<ToyEnv> for ToyJob {
    fn step(&mut self, env: &mut ToyEnv, cx: &mut JobContext<'_>) -> Result<Step<u64>, JobError> {
        env.turns.borrow_mut().push(self.task.name);
        let step = cx.step_idx();
        for drawn in [env.shared.next_u64(), cx.rng(step % 3).next_u64(), cx.job_rng(1).next_u64(), cx.step_seed()] {
            self.sum = mix(self.sum, drawn);
        }
        let is_last = step + 1 >= self.task.steps;
        match &self.task.act {
            Act::Draw | Act::FailToStart | Act::PanicToStart => cx.checkpoint(Progress::new(step, 9, "steps"))?,
            Act::DrawAloud if !is_last => return Ok(Step::Partial(self.sum)),
            Act::DrawAloud => {}
            Act::PanicAt(at) if *at == step => panic!("broke at {at}"),
            Act::PanicInDropAt(at) if *at == step => {
                self.panic_in_drop = true;
                return Ok(Step::Done(self.sum));
            }
            Act::FailAt(at) if *at == step => return Err(Notice::new("nan", "the loss is NaN").into()),
            Act::PanicAt(_) | Act::PanicInDropAt(_) | Act::FailAt(_) => {}
            Act::Spin(here) => {
                here.send(()).ok();
                loop {
                    cx.checkpoint(Progress::open_ended(0, "turns"))?;
                    std::thread::yield_now();
                }
            }
            Act::Deaf(here, gate) => {
                here.send(()).ok();
                while !gate.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
            }
            Act::Flood(count) => {
                count.fetch_add(1, Ordering::AcqRel);
                if !is_last {
                    return Ok(Step::Partial(step));
                }
            }
            Act::FillThenReport(_) if !is_last => return Ok(Step::Partial(step)),
            Act::FillThenReport(reported) => {
                cx.report(Progress::new(1, 2, "turns"));
                reported.send(()).ok();
            }
            Act::AskYield(here, gate) => {
                here.send(()).ok();
                while !gate.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                return Ok(Step::Done(u64::from(cx.should_yield())));
            }
        }
        Ok(if is_last { Step::Done(self.sum) } else { Step::Continue })
    }
}

fn inline() -> (Worker<Task, u64>, Rc<RefCell<Vec<&'static str>>>) {
    let env = ToyEnv::new();
    let turns = env.turns.clone();
    (Worker::inline(env), turns)
}

fn threaded() -> Worker<Task, u64> {
    Worker::spawn("toy", ToyEnv::new, || {}).unwrap()
}

fn slot(index: u32) -> Slot {
    Slot::new(0, index)
}

/// Reads until nothing is live.
fn all_events(worker: &mut Worker<Task, u64>) -> Vec<Event<u64>> {
    let deadline = Instant::now() + LONG;
    let mut events = Vec::new();
    while worker.live_jobs().next().is_some() {
        assert!(Instant::now() < deadline, "still live after {LONG:?}: {:?}", worker.live_jobs().collect::<Vec<_>>());
        events.extend(worker.wait_event(Duration::from_millis(100)));
    }
    events
}

fn ends(events: &[Event<u64>]) -> BTreeMap<JobId, Vec<Result<u64, JobError>>> {
    let mut ends: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        if let Event::Finished(id, result) = event {
            ends.entry(*id).or_default().push(result.clone());
        }
    }
    ends
}

fn alone(task: Task) -> Result<u64, JobError> {
    let (mut worker, _) = inline();
    let id = worker.submit(slot(0), Priority::Normal, task);
    worker.wait_for(id, |_| {})
}

#[test]
fn interactive_jobs_overtake_between_steps_and_equals_take_turns() {
    let (mut worker, turns) = inline();
    worker.submit(slot(0), Priority::Background, Task::draw("ahead", 1, 2));
    worker.submit(slot(1), Priority::Normal, Task::draw("train", 2, 3));
    worker.submit(slot(2), Priority::Normal, Task::draw("measure", 3, 3));
    assert!(worker.step(), "train");
    assert!(worker.step(), "measure");
    worker.submit(slot(3), Priority::Interactive, Task::draw("explain", 4, 2));
    while worker.step() {}
    let expected = ["train", "measure", "explain", "explain", "train", "measure", "train", "measure", "ahead", "ahead"];
    assert_eq!(*turns.borrow(), expected);
}

#[test]
fn a_newer_request_of_a_slot_supersedes_the_older_even_before_its_start() {
    let (mut worker, turns) = inline();
    let first = worker.submit(slot(0), Priority::Normal, Task::draw("first", 1, 5));
    worker.step();
    let second = worker.submit(slot(0), Priority::Normal, Task::draw("second", 1, 5));
    let third = worker.submit(slot(0), Priority::Normal, Task::draw("third", 1, 1));
    let other = worker.submit(slot(1), Priority::Normal, Task::draw("other", 1, 1));
    assert_eq!(worker.job_of(slot(0)), Some(third));
    let ends = ends(&all_events(&mut worker));
    assert_eq!(ends[&first], [Err(JobError::Cancelled)]);
    assert_eq!(ends[&second], [Err(JobError::Cancelled)]);
    assert_eq!(ends[&third], [alone(Task::draw("third", 1, 1))]);
    assert!(ends[&other][0].is_ok(), "another slot is untouched");
    assert_eq!(*turns.borrow(), ["first", "third", "other"]);
    assert_eq!(worker.job_of(slot(0)), None);
}

#[test]
fn superseding_cancels_inside_a_step() {
    let mut worker = threaded();
    let (here, is_here) = mpsc::channel();
    let older = worker.submit(slot(0), Priority::Normal, Task::one("spin", Act::Spin(here)));
    is_here.recv_timeout(LONG).unwrap();
    let newer = worker.submit(slot(0), Priority::Normal, Task::draw("newer", 7, 1));
    let ends = ends(&all_events(&mut worker));
    assert_eq!(ends[&older], [Err(JobError::Cancelled)]);
    assert_eq!(ends[&newer], [alone(Task::draw("newer", 7, 1))]);
}

#[test]
fn a_result_that_comes_after_the_cancel_is_not_delivered() {
    let mut worker = threaded();
    let (here, is_here) = mpsc::channel();
    let gate = Arc::new(AtomicBool::new(false));
    let id = worker.submit(slot(0), Priority::Normal, Task::one("deaf", Act::Deaf(here, gate.clone())));
    is_here.recv_timeout(LONG).unwrap();
    worker.cancel(id);
    gate.store(true, Ordering::Release);
    assert_eq!(ends(&all_events(&mut worker))[&id], [Err(JobError::Cancelled)]);
}

#[test]
fn a_paused_job_has_no_turns_and_goes_on_where_it_was() {
    let (mut worker, turns) = inline();
    let paused = worker.submit(slot(0), Priority::Interactive, Task::draw("paused", 5, 4));
    worker.step();
    worker.pause(paused);
    assert!(worker.is_paused(paused));
    let other = worker.submit(slot(1), Priority::Background, Task::draw("other", 6, 2));
    while worker.step() {}
    assert_eq!(*turns.borrow(), ["paused", "other", "other"]);
    assert!(worker.is_live(paused) && !worker.step());
    worker.resume(paused);
    let ends = ends(&all_events(&mut worker));
    assert_eq!(ends[&paused], [alone(Task::draw("alone", 5, 4))]);
    assert_eq!(ends[&other], [alone(Task::draw("alone", 6, 2))]);
}

#[test]
fn a_paused_job_on_a_thread_can_be_resumed_and_cancelled() {
    let mut worker = threaded();
    let resumed = worker.submit(slot(0), Priority::Normal, Task::draw("resumed", 5, 50));
    let dropped = worker.submit(slot(1), Priority::Normal, Task::draw("dropped", 5, u64::MAX));
    worker.pause(resumed);
    worker.pause(dropped);
    let marker = worker.submit(slot(2), Priority::Background, Task::draw("marker", 1, 1));
    // Background work ends, so nothing of higher priority runs: the pause holds, and the thread idles.
    worker.wait_for(marker, |_| {}).unwrap();
    worker.cancel(dropped);
    assert_eq!(worker.wait_for(resumed, |_| {}), alone(Task::draw("alone", 5, 50)));
    let rest = all_events(&mut worker);
    assert!(!worker.is_live(dropped), "{rest:?}");
}

#[test]
fn a_panic_fails_that_job_only_and_keeps_its_message() {
    for mut worker in [inline().0, threaded()] {
        let good = worker.submit(slot(0), Priority::Normal, Task::draw("good", 3, 4));
        let mut bad = |index, act| {
            let task = Task { name: "bad", seed: 0, steps: 4, act };
            worker.submit(slot(index), Priority::Normal, task)
        };
        let panics = bad(1, Act::PanicAt(2));
        let in_drop = bad(2, Act::PanicInDropAt(1));
        let in_start = bad(3, Act::PanicToStart);
        let fails = bad(4, Act::FailAt(1));
        let no_start = bad(5, Act::FailToStart);
        let ends = ends(&all_events(&mut worker));
        let message = |id: JobId| match &ends[&id][..] {
            [Err(JobError::Panicked(message))] => message.clone(),
            other => panic!("expected one panic, got {other:?}"),
        };
        assert!(message(panics).starts_with("broke at 2 (at "), "{}", message(panics));
        assert!(message(panics).contains("work.rs:"), "the place is told: {}", message(panics));
        assert!(message(in_drop).starts_with("drop broke"));
        assert!(message(in_start).starts_with("start broke"));
        assert_eq!(ends[&fails], [Err(JobError::failed("nan", "the loss is NaN"))]);
        assert_eq!(ends[&no_start], [Err(JobError::failed("toy", "no such model"))]);
        assert_eq!(ends[&good], [alone(Task::draw("alone", 3, 4))]);
        let again = worker.submit(slot(1), Priority::Normal, Task::draw("again", 3, 4));
        assert_eq!(worker.wait_for(again, |_| {}), alone(Task::draw("alone", 3, 4)));
    }
}

#[test]
fn an_environment_that_cannot_be_made_ends_every_job_once() {
    let mut worker: Worker<Task, u64> = Worker::spawn("toy", || -> ToyEnv { panic!("no libtorch") }, || {}).unwrap();
    let ids = [0, 1, 2].map(|index| worker.submit(slot(index), Priority::Normal, Task::draw("never", 1, 1)));
    let ends = ends(&all_events(&mut worker));
    for id in ids {
        let [Err(JobError::Panicked(message))] = &ends[&id][..] else { panic!("{:?}", ends[&id]) };
        assert!(message.starts_with("no libtorch"), "{message}");
    }
}

#[test]
fn a_dead_thread_ends_every_job_once() {
    // The wake callback breaks its promise not to panic.
    let mut worker =
        Worker::<Task, u64>::spawn("toy", ToyEnv::new, || panic!("window gone (expected output)")).unwrap();
    let first = worker.submit(slot(0), Priority::Normal, Task::draw("first", 1, 3));
    let events = all_events(&mut worker);
    assert!(matches!(&ends(&events)[&first][..], [Err(JobError::Panicked(_))]), "{events:?}");
    let second = worker.submit(slot(0), Priority::Normal, Task::draw("second", 1, 3));
    let third = worker.submit(slot(1), Priority::Normal, Task::draw("third", 1, 3));
    assert!(matches!(worker.wait_for(second, |_| {}), Err(JobError::Panicked(_))));
    assert_eq!(ends(&worker.shutdown()).keys().copied().collect::<Vec<_>>(), [third]);
}

#[test]
fn shutdown_with_running_jobs_ends_each_once_and_does_not_hang() {
    for fill in [false, true] {
        let mut worker = threaded();
        let (here, is_here) = mpsc::channel();
        let mut ids = Vec::new();
        if fill {
            // The thread waits for room in a full channel.
            let count = Arc::new(AtomicUsize::new(0));
            let task = Task { name: "flood", seed: 0, steps: u64::MAX, act: Act::Flood(count.clone()) };
            ids.push(worker.submit(slot(0), Priority::Normal, task));
            wait_until(|| count.load(Ordering::Acquire) >= EVENT_CAPACITY - 1);
        } else {
            ids.push(worker.submit(slot(0), Priority::Normal, Task::one("spin", Act::Spin(here))));
            is_here.recv_timeout(LONG).unwrap();
        }
        for index in 1..9 {
            ids.push(worker.submit(slot(index), Priority::Interactive, Task::draw("queued", 1, 5)));
        }
        let ends = ends(&worker.shutdown());
        assert_eq!(ends.keys().copied().collect::<Vec<_>>(), ids);
        assert!(ends.values().all(|results| results.len() == 1), "{ends:?}");
        assert_eq!(ends[&ids[0]], [Err(JobError::Cancelled)]);
    }
    let (mut worker, _) = inline();
    let id = worker.submit(slot(0), Priority::Normal, Task::draw("queued", 1, 5));
    worker.step();
    assert_eq!(ends(&worker.shutdown())[&id], [Err(JobError::Cancelled)]);
}

#[test]
fn events_stay_bounded_under_a_slow_reader_and_no_result_is_lost() {
    const STEPS: u64 = 2_000;
    let mut worker = threaded();
    let count = Arc::new(AtomicUsize::new(0));
    let task = Task { name: "flood", seed: 0, steps: STEPS, act: Act::Flood(count.clone()) };
    let id = worker.submit(slot(0), Priority::Normal, task);
    // 256 wait in the channel (the first is `Started`), one more is in the hands of the thread.
    wait_until(|| count.load(Ordering::Acquire) >= EVENT_CAPACITY);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(count.load(Ordering::Acquire), EVENT_CAPACITY);
    let mut partials = Vec::new();
    let result = worker.wait_for(id, |event| {
        if let Event::Partial(_, step) = event {
            partials.push(step);
        }
    });
    assert!(result.is_ok());
    assert_eq!(partials, (0..STEPS - 1).collect::<Vec<_>>());
}

#[test]
fn a_report_never_waits_for_the_reader() {
    let mut worker = threaded();
    let (reported, has_reported) = mpsc::channel();
    // `Started` and 255 partial results fill the channel; the last step reports into the full one.
    let act = Act::FillThenReport(reported);
    let task = Task { name: "fill", seed: 0, steps: EVENT_CAPACITY as u64, act };
    let id = worker.submit(slot(0), Priority::Normal, task);
    has_reported.recv_timeout(LONG).unwrap();
    let events = all_events(&mut worker);
    assert!(!events.iter().any(|event| matches!(event, Event::Progress(..))), "there was no room for it");
    assert_eq!(events.len(), EVENT_CAPACITY + 1);
    assert!(ends(&events)[&id][0].is_ok());
}

#[test]
fn reports_come_at_most_every_50_ms() {
    let mut sent = Vec::new();
    let begin = Instant::now();
    {
        let mut cx = JobContext::alone(0, CancelToken::new(), |progress| sent.push(progress));
        let mut done = 0;
        while begin.elapsed() < Duration::from_millis(330) {
            done += 1;
            cx.checkpoint(Progress::new(done, u64::MAX, "turns")).unwrap();
        }
    }
    let most = 1 + (begin.elapsed().as_millis() / 50) as usize;
    assert!((2..=most).contains(&sent.len()), "{} of at most {most}", sent.len());
    assert_eq!(sent[0].rate, None);
    assert!(begin.elapsed().as_millis() > 1_000 || sent.last().unwrap().rate.is_some_and(|rate| rate > 0.0));
}

#[test]
fn a_step_sees_that_something_more_urgent_waits() {
    for (urgent, expected) in [(Priority::Interactive, 1), (Priority::Normal, 0)] {
        let mut worker = threaded();
        let (here, is_here) = mpsc::channel();
        let gate = Arc::new(AtomicBool::new(false));
        let id = worker.submit(slot(0), Priority::Normal, Task::one("ask", Act::AskYield(here, gate.clone())));
        is_here.recv_timeout(LONG).unwrap();
        worker.submit(slot(1), urgent, Task::draw("other", 1, 1));
        gate.store(true, Ordering::Release);
        assert_eq!(worker.wait_for(id, |_| {}), Ok(expected));
    }
}

#[test]
fn inline_threaded_alone_and_interleaved_give_the_same_results() {
    let tasks: Vec<Task> = (0..12)
        .map(|idx| Task {
            name: "job",
            seed: idx / 2,
            steps: 1 + idx * 3,
            act: if idx % 2 == 0 { Act::Draw } else { Act::DrawAloud },
        })
        .collect();
    let expected: Vec<_> = tasks.iter().map(|task| alone(task.clone())).collect();
    for mut worker in [inline().0, threaded()] {
        let mut ids = Vec::new();
        for (idx, task) in tasks.iter().enumerate() {
            let priority = [Priority::Background, Priority::Normal, Priority::Interactive][idx % 3];
            ids.push(worker.submit(slot(idx as u32), priority, task.clone()));
            worker.step();
        }
        let ends = ends(&all_events(&mut worker));
        let found: Vec<_> = ids.iter().map(|id| ends[id][0].clone()).collect();
        assert_eq!(found, expected);
    }
    assert_ne!(alone(Task::draw("a", 1, 3)), alone(Task::draw("a", 2, 3)), "the seed matters");
    let (mut worker, _) = inline();
    let id = worker.submit_seeded(slot(0), Priority::Normal, 2, Task::draw("a", 1, 3));
    assert_eq!(worker.wait_for(id, |_| {}), alone(Task::draw("a", 2, 3)), "a given seed takes the task's place");
}

#[test]
fn streams_of_a_step_depend_on_seed_step_and_stream_only() {
    let draw = |seed, step, stream| stream_rng(seed, step, stream).next_u64();
    let mut seen = HashMap::new();
    for seed in 0..4 {
        for step in 0..4 {
            for stream in 0..4 {
                let drawn = draw(seed, step, stream);
                assert_eq!(drawn, draw(seed, step, stream));
                assert_eq!(seen.insert(drawn, (seed, step, stream)), None);
            }
        }
    }
    let cx = JobContext::alone(9, CancelToken::new(), |_| {});
    assert_eq!(cx.rng(3).next_u64(), draw(9, 0, 3));
    // SplitMix64 from state 0 gives 0xe220a8397b1dcdaf first, as in the authors' test vector; `mix` applies it twice.
    assert_eq!(mix(0, 0), {
        let z: u64 = 0xe220_a839_7b1d_cdafu64.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
}

#[test]
fn one_step_jobs_and_lost_memory_are_told_as_such() {
    struct Plain;
    impl Env for Plain {
        type Task = bool;
        type Output = u8;
        fn start(&mut self, is_good: bool) -> Result<Box<dyn Job<Self>>, JobError> {
            Ok(one_step(move |_, _| {
                if !is_good {
                    panic!("CUDA out of memory. Tried to allocate 3 GiB");
                }
                Ok(7)
            }))
        }
    }
    let mut worker = Worker::inline(Plain);
    let good = worker.submit(slot(0), Priority::Normal, true);
    assert_eq!(worker.wait_for(good, |_| {}), Ok(7));
    let bad = worker.submit(slot(0), Priority::Normal, false);
    let error = worker.wait_for(bad, |_| {}).unwrap_err();
    assert!(matches!(error, JobError::OutOfMemory(_)), "{error:?}");
    assert_eq!(error.notice().code, "out-of-memory");
    assert!(worker.wait_for(bad, |_| {}).is_err(), "a job that is over cannot be waited for");
}

#[test]
fn what_waits_deep_below_a_step_hears_that_its_job_is_cancelled_or_its_worker_closed() {
    struct Deep;
    impl Env for Deep {
        type Task = mpsc::Sender<()>;
        type Output = bool;
        fn start(&mut self, here: mpsc::Sender<()>) -> Result<Box<dyn Job<Self>>, JobError> {
            let at_start = CancelToken::current();
            Ok(one_step(move |_, _| {
                here.send(()).ok();
                let until = Instant::now() + LONG;
                while !CancelToken::current().is_cancelled() && Instant::now() < until {
                    std::thread::yield_now();
                }
                Ok(at_start.is_cancelled())
            }))
        }
    }
    for closes in [false, true] {
        let mut worker = Worker::spawn("deep", || Deep, || {}).unwrap();
        let (here, is_here) = mpsc::channel();
        let id = worker.submit(slot(0), Priority::Normal, here);
        is_here.recv_timeout(LONG).unwrap();
        let started = Instant::now();
        if !closes {
            worker.cancel(id);
            assert_eq!(worker.wait_for(id, |_| {}), Err(JobError::Cancelled));
        }
        drop(worker);
        assert!(started.elapsed() < LONG / 2, "closes: {closes}");
    }
    assert!(!CancelToken::current().is_cancelled(), "outside of a step there is nothing to cancel");
}

#[test]
fn stale_answers_are_ignored_and_the_old_result_stays() {
    let now = Instant::now();
    let (old, newer, newest) = (JobId::next(), JobId::next(), JobId::next());
    let mut shown = Shown::default();
    shown.begin(old, now);
    assert!(shown.value().is_none());
    assert!(shown.finish(old, Ok(Arc::new(1))));
    shown.begin(newer, now);
    assert_eq!(shown.value().map(|v| **v), Some(1));
    assert!(!shown.is_dimmed(now + BUSY_AFTER / 2) && shown.is_dimmed(now + BUSY_AFTER));
    shown.begin(newest, now);
    assert!(!shown.finish(newer, Ok(Arc::new(2))), "superseded");
    assert!(!shown.partial(newer, Arc::new(2)));
    assert!(shown.partial(newest, Arc::new(3)));
    assert_eq!(shown.value().map(|v| **v), Some(3));
    assert!(shown.finish(newest, Err(JobError::failed("nan", "the loss is NaN"))));
    assert_eq!((shown.value().map(|v| **v), shown.error().is_some()), (Some(3), true));
    assert!(!shown.finish(newest, Ok(Arc::new(4))), "a job ends once");
    let cancelled = JobId::next();
    shown.begin(cancelled, now);
    assert!(shown.finish(cancelled, Err(JobError::Cancelled)));
    assert!(matches!(shown, Shown::Ready(ref value) if **value == 3));
}

#[test]
fn rate_and_time_left_follow_the_count() {
    let start = Instant::now();
    let at = |secs: f64| start + Duration::from_secs_f64(secs);
    let mut estimator = RateEstimator::default();
    estimator.observe(start, 0);
    assert_eq!(estimator.rate(), None);
    for tenth in 1..=100 {
        estimator.observe(at(f64::from(tenth) / 10.0), tenth as u64 * 5);
    }
    // 5 units each 0.1 s: 50 per second; 500 of 1,000 done, so 10 s are left.
    assert!((estimator.rate().unwrap() - 50.0).abs() < 1e-6);
    assert!((estimator.eta(1_000).unwrap().as_secs_f64() - 10.0).abs() < 1e-6);
    assert_eq!(estimator.eta(400), Some(Duration::ZERO));
    // An hour of pause does not count.
    estimator.skip_to(at(3_610.0));
    estimator.observe(at(3_611.0), 550);
    assert!((estimator.rate().unwrap() - 50.0).abs() < 1e-6);
    // From now on a tenth as fast: after four half-lives (60 s) most of the old is forgotten, though not all.
    for sec in 1..=60 {
        estimator.observe(at(3_611.0 + f64::from(sec)), 550 + sec as u64 * 5);
    }
    let rate = estimator.rate().unwrap();
    assert!(rate > 5.0 && rate < 8.0, "{rate}");
    estimator.observe(at(3_700.0), 0);
    assert_eq!(estimator.rate(), None, "a falling count starts anew");
}

#[test]
fn one_long_wait_does_not_pass_for_the_rate_and_a_second_one_does() {
    let start = Instant::now();
    let at = |secs: f64| start + Duration::from_secs_f64(secs);
    let mut estimator = RateEstimator::default();
    (0..=1_172u32).for_each(|batch| estimator.observe(at(f64::from(batch) / 2.0), u64::from(batch)));
    // The last batch of the epoch comes with a validation of ten minutes.
    let mut progress = Progress::new(1_173, 1_173, "batches");
    estimator.complete(at(1_186.0), &mut progress);
    assert_eq!(progress.line(), "1,173 of 1,173 batches, 1.0 s each, 0 s left");
    // Two minutes into the next epoch its batches are the rate again.
    (1..=240u32).for_each(|batch| estimator.observe(at(1_186.0 + f64::from(batch) / 2.0), 1_173 + u64::from(batch)));
    let each = |estimator: &RateEstimator| 1.0 / estimator.rate().unwrap();
    assert!((0.5..0.6).contains(&each(&estimator)), "{}", each(&estimator));
    // Where every batch takes as long, that is the rate.
    (1..=3u32).for_each(|batch| estimator.observe(at(1_306.0 + 600.0 * f64::from(batch)), 1_413 + u64::from(batch)));
    assert!((each(&estimator) - 600.0).abs() < 1.0, "{}", each(&estimator));
}

#[test]
fn progress_reads_as_a_line() {
    let mut progress = Progress::new(3_200, 12_000, "images");
    assert_eq!(progress.line(), "3,200 of 12,000 images");
    progress.rate = Some(815.4);
    progress.eta = Some(Duration::from_millis(10_800));
    assert_eq!(progress.line(), "3,200 of 12,000 images, 815 images/s, 11 s left");
    let mut bytes = Progress::new(12_540_000, 170_819_360, "bytes").with_message("Reading rows");
    bytes.rate = Some(85_000_000.0);
    assert_eq!(bytes.line(), "Reading rows: 12.5 of 170.8 MB, 85.0 MB/s");
    assert_eq!(Progress::open_ended(3_000_000, "bytes").line(), "3.0 MB");
    let open = Progress::open_ended(7, "epochs").with_message("training");
    assert_eq!(open.line(), "training: 7 epochs");
    assert_eq!((open.fraction(), Progress::new(0, 0, "rows").fraction()), (None, Some(1.0)));
    for (secs, text) in [(0, "0 s"), (59, "59 s"), (185, "3 min 05 s"), (7_380, "2 h 03 min"), (100_800, "1 d 04 h")] {
        assert_eq!(format_duration(Duration::from_secs(secs)), text);
    }
    for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(format_count(count), text);
    }
}

#[derive(Debug, Clone)]
enum Op {
    Submit { index: u32, priority: Priority, task: Task },
    Cancel(usize),
    Pause(usize),
    Resume(usize),
    Steps(u8),
    Read(u8),
}

fn op() -> impl Strategy<Value = Op> {
    let act = prop_oneof![
        4 => Just(Act::Draw),
        2 => Just(Act::DrawAloud),
        1 => (0..4u64).prop_map(Act::PanicAt),
        1 => (0..4u64).prop_map(Act::PanicInDropAt),
        1 => (0..4u64).prop_map(Act::FailAt),
        1 => Just(Act::FailToStart),
        1 => Just(Act::PanicToStart),
    ];
    let task = (0..3u64, 1..6u64, act).prop_map(|(seed, steps, act)| Task { name: "job", seed, steps, act });
    let priority = prop_oneof![Just(Priority::Background), Just(Priority::Normal), Just(Priority::Interactive)];
    prop_oneof![
        4 => (0..4u32, priority, task).prop_map(|(index, priority, task)| Op::Submit { index, priority, task }),
        1 => any::<usize>().prop_map(Op::Cancel),
        1 => any::<usize>().prop_map(Op::Pause),
        1 => any::<usize>().prop_map(Op::Resume),
        3 => (0..6u8).prop_map(Op::Steps),
        1 => (0..6u8).prop_map(Op::Read),
    ]
}

/// Runs a schedule to its end and checks that each job finished once, with the result that it has alone.
fn check_schedule(mut worker: Worker<Task, u64>, ops: &[Op], shut_down: bool) {
    let mut submitted: Vec<(JobId, Task)> = Vec::new();
    let mut events = Vec::new();
    for op in ops {
        let pick = |at: &usize| submitted.get(at % submitted.len().max(1)).map(|(id, _)| *id);
        match op {
            Op::Submit { index, priority, task } => {
                submitted.push((worker.submit(slot(*index), *priority, task.clone()), task.clone()));
            }
            Op::Cancel(at) => pick(at).into_iter().for_each(|id| worker.cancel(id)),
            Op::Pause(at) => pick(at).into_iter().for_each(|id| worker.pause(id)),
            Op::Resume(at) => pick(at).into_iter().for_each(|id| worker.resume(id)),
            Op::Steps(n) => (0..*n).for_each(|_| {
                worker.step();
            }),
            Op::Read(n) => events.extend((0..*n).filter_map(|_| worker.try_event())),
        }
    }
    if shut_down {
        events.extend(worker.shutdown());
    } else {
        submitted.iter().for_each(|(id, _)| worker.resume(*id));
        events.extend(all_events(&mut worker));
        assert!(worker.try_event().is_none() && !worker.step());
    }
    let ends = ends(&events);
    assert_eq!(ends.len(), submitted.len());
    for (id, task) in submitted {
        let [end] = &ends[&id][..] else { panic!("{id} ended {} times", ends[&id].len()) };
        let starts = events.iter().filter(|event| matches!(event, Event::Started(started) if *started == id)).count();
        match end {
            Err(JobError::Cancelled) => assert!(starts <= 1),
            end => {
                assert_eq!((end, starts), (&alone(task), 1));
            }
        }
        let last = events.iter().rposition(|event| event.job() == id);
        assert!(last.is_some_and(|at| matches!(events[at], Event::Finished(..))), "nothing follows the end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_job_finishes_exactly_once_with_the_result_it_has_alone(
        ops in prop::collection::vec(op(), 1..40), shut_down in any::<bool>(), on_thread in any::<bool>(),
    ) {
        check_schedule(if on_thread { threaded() } else { inline().0 }, &ops, shut_down);
    }
}

const CHILD: &str = "UNMASK_TEST_PANIC_CHILD";

/// Not a test by itself: the child process of the next one.
#[test]
fn panic_child() {
    struct Printer;
    impl log::Log for Printer {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            println!("LOG {}", record.args());
        }
        fn flush(&self) {}
    }
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    log::set_logger(&Printer).unwrap();
    log::set_max_level(log::LevelFilter::Error);
    let mut worker = threaded();
    let id = worker.submit(slot(0), Priority::Normal, Task { name: "bad", seed: 0, steps: 4, act: Act::PanicAt(2) });
    assert!(matches!(worker.wait_for(id, |_| {}), Err(JobError::Panicked(_))));
    std::thread::spawn(|| panic!("elsewhere")).join().unwrap_err();
}

#[test]
fn panics_of_jobs_go_to_the_log_and_panics_elsewhere_stay_visible() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["panic_child", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{out}{err}");
    assert!(out.contains("LOG a job panicked on thread 'toy' at") && out.contains("broke at 2"), "{out}");
    assert!(!err.contains("broke at 2") && err.contains("elsewhere"), "{err}");
}

fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < deadline, "not reached within {LONG:?}");
        std::thread::yield_now();
    }
}
