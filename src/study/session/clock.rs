//! Time: monotonic for response times, of the day only for the age of a pause.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Two clocks.
pub trait Clock {
    /// Nanoseconds on a clock that never goes back.
    fn now_ns(&self) -> u64;
    /// Seconds since 1970, which the user may set.
    fn wall_s(&self) -> i64;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl SystemClock {
    /// The time of an event that the window dates by an [`Instant`].
    pub fn at(&self, instant: Instant) -> u64 {
        u64::try_from(instant.saturating_duration_since(self.0).as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Clock for SystemClock {
    fn now_ns(&self) -> u64 {
        self.at(Instant::now())
    }

    fn wall_s(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64)
    }
}

/// Clocks that stand still until they are moved: for simulated people and tests. Clones share their time.
#[derive(Clone, Debug)]
pub struct FakeClock {
    ns: Rc<Cell<u64>>,
    wall: Rc<Cell<i64>>,
}

impl FakeClock {
    /// At `wall` seconds since 1970.
    pub fn new(wall: i64) -> Self {
        Self { ns: Rc::new(Cell::new(0)), wall: Rc::new(Cell::new(wall)) }
    }

    /// Lets time pass on both clocks.
    pub fn pass(&self, ns: u64) {
        let before = self.ns.get();
        self.ns.set(before + ns);
        let second = 1_000_000_000;
        self.wall.set(self.wall.get() + ((before + ns) / second - before / second) as i64);
    }

    /// Sets the time of day, also backwards.
    pub fn set_wall(&self, wall: i64) {
        self.wall.set(wall);
    }
}

impl Clock for FakeClock {
    fn now_ns(&self) -> u64 {
        self.ns.get()
    }

    fn wall_s(&self) -> i64 {
        self.wall.get()
    }
}
