//! How far a job is, how fast it goes and when it will be done. Used by jobs, the window and the command line.

use std::time::{Duration, Instant};

/// One report of a job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Units done so far.
    pub done: u64,
    /// Units in all, if that is known.
    pub total: Option<u64>,
    /// What is counted, in the plural: `images`, `epochs`, `bytes`.
    pub unit: &'static str,
    /// What happens now, e.g. `epoch 3 of 10, loss 0.42`. Empty when there is nothing to add.
    pub message: String,
    /// Units per second. Filled in by [`crate::work::JobContext::report`] where the job leaves it open.
    pub rate: Option<f64>,
    /// Time left at that rate. Filled in likewise.
    pub eta: Option<Duration>,
}

impl Progress {
    /// `done` of `total` units.
    pub fn new(done: u64, total: u64, unit: &'static str) -> Self {
        Self { done, total: Some(total), unit, ..Self::default() }
    }

    /// `done` units, nobody knows of how many.
    pub fn open_ended(done: u64, unit: &'static str) -> Self {
        Self { done, unit, ..Self::default() }
    }

    /// Adds what happens now.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Share done, 0 to 1; `None` when the total is unknown.
    pub fn fraction(&self) -> Option<f32> {
        let total = self.total?;
        let share = if total == 0 { 1.0 } else { self.done as f64 / total as f64 };
        Some(share.clamp(0.0, 1.0) as f32)
    }

    /// One line for a status bar: `3,200 of 12,000 images, 815 images/s, 11 s left`; bytes are told in millions: `12.5 of 170.8 MB, 85.0 MB/s`.
    pub fn line(&self) -> String {
        let mut line = match self.total {
            Some(total) if self.unit == BYTES => {
                format!("{} of {} MB", megabytes(self.done as f64), megabytes(total as f64))
            }
            None if self.unit == BYTES => format!("{} MB", megabytes(self.done as f64)),
            Some(total) => format!("{} of {} {}", format_count(self.done), format_count(total), self.unit),
            None => format!("{} {}", format_count(self.done), self.unit),
        };
        if let Some(rate) = self.rate.filter(|rate| rate.is_finite() && *rate > 0.0) {
            line.push_str(", ");
            line.push_str(&format_rate(rate, self.unit));
        }
        if let Some(eta) = self.eta {
            line.push_str(&format!(", {} left", format_duration(eta)));
        }
        if self.message.is_empty() { line } else { format!("{}: {line}", self.message) }
    }
}

/// Estimates rate and time left from counts that arrive at uneven times.
///
/// The rate is units over seconds, both weighted so that what lies one half-life back counts half: early, slow units
/// (warm-up, cold caches) are forgotten, single slow ones do not make the time left jump. One wait longer than a half-life
/// (the validation between two epochs) would make all that came before it forgotten and pass for the rate: it counts as a
/// part of all that was seen so far. Where the next unit takes as long, that is the rate.
#[derive(Debug, Clone)]
pub struct RateEstimator {
    half_life_secs: f64,
    last: Option<(Instant, u64)>,
    weighted_units: f64,
    weighted_secs: f64,
    observed_units: u64,
    observed_secs: f64,
    /// Whether the last observation was longer than a half-life.
    was_long: bool,
}

/// What is counted where bytes are.
const BYTES: &str = "bytes";
/// Half-life of an observation.
const HALF_LIFE: Duration = Duration::from_secs(15);
/// Before this, a rate would be noise.
const SETTLING_SECS: f64 = 0.2;
/// Longer estimates say nothing.
const LONGEST_ETA_SECS: f64 = 365.0 * 24.0 * 3600.0;

impl Default for RateEstimator {
    fn default() -> Self {
        Self::with_half_life(HALF_LIFE)
    }
}

impl RateEstimator {
    /// An estimator with its own half-life (longer than zero).
    pub fn with_half_life(half_life: Duration) -> Self {
        let half_life_secs = half_life.as_secs_f64().max(1e-3);
        Self {
            half_life_secs,
            last: None,
            weighted_units: 0.0,
            weighted_secs: 0.0,
            observed_units: 0,
            observed_secs: 0.0,
            was_long: false,
        }
    }

    /// Takes in that `done` units are done at `now`. A count that falls starts a new estimate: a new phase has begun.
    pub fn observe(&mut self, now: Instant, done: u64) {
        let Some((then, before)) = self.last else {
            self.last = Some((now, done));
            return;
        };
        if done < before {
            *self = Self::with_half_life(Duration::from_secs_f64(self.half_life_secs));
            self.last = Some((now, done));
            return;
        }
        let secs = now.saturating_duration_since(then).as_secs_f64();
        if secs == 0.0 {
            return; // The units are counted with the next observation.
        }
        self.observed_units += done - before;
        self.observed_secs += secs;
        let is_long = secs > self.half_life_secs;
        if is_long && !self.was_long {
            self.weighted_units = self.observed_units as f64;
            self.weighted_secs = self.observed_secs;
        } else {
            let kept = 0.5_f64.powf(secs / self.half_life_secs);
            self.weighted_units = self.weighted_units * kept + (done - before) as f64;
            self.weighted_secs = self.weighted_secs * kept + secs;
        }
        self.was_long = is_long;
        self.last = Some((now, done));
    }

    /// Leaves out the time since the last observation: the job was paused.
    pub fn skip_to(&mut self, now: Instant) {
        if let Some((then, _)) = &mut self.last {
            *then = now.max(*then);
        }
    }

    /// Units per second, once enough was seen.
    pub fn rate(&self) -> Option<f64> {
        (self.observed_secs >= SETTLING_SECS && self.weighted_units > 0.0)
            .then(|| self.weighted_units / self.weighted_secs)
    }

    /// Time left until `total`, once a rate is known.
    pub fn eta(&self, total: u64) -> Option<Duration> {
        let (_, done) = self.last?;
        let secs = total.saturating_sub(done) as f64 / self.rate()?;
        (secs <= LONGEST_ETA_SECS).then(|| Duration::from_secs_f64(secs))
    }

    /// Observes the progress and fills in the rate and the time left, where the job left them open.
    pub fn complete(&mut self, now: Instant, progress: &mut Progress) {
        self.observe(now, progress.done);
        progress.rate = progress.rate.or_else(|| self.rate());
        progress.eta = progress.eta.or_else(|| self.eta(progress.total?));
    }
}

/// A count with separators: `12,345`.
pub fn format_count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration in the two largest units, rounded up to a second: `42 s`, `3 min 05 s`, `2 h 03 min`, `1 d 04 h`.
pub fn format_duration(duration: Duration) -> String {
    let secs = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => format!("{} min {:02} s", secs / 60, secs % 60),
        3600..86_400 => format!("{} h {:02} min", secs / 3600, secs % 3600 / 60),
        _ => format!("{} d {:02} h", secs / 86_400, secs % 86_400 / 3600),
    }
}

/// Millions of bytes, with one digit after the point.
fn megabytes(bytes: f64) -> String {
    format!("{:.1}", bytes / 1e6)
}

fn format_rate(rate: f64, unit: &str) -> String {
    match rate {
        _ if unit == BYTES => format!("{} MB/s", megabytes(rate)),
        100.0.. => format!("{} {unit}/s", format_count(rate.round() as u64)),
        10.0..100.0 => format!("{rate:.1} {unit}/s"),
        1.0..10.0 => format!("{rate:.2} {unit}/s"),
        _ => format!("{:.1} s each", 1.0 / rate),
    }
}
