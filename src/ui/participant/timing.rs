//! When frames begin, and when an item was on screen.

/// Frame intervals that the usual one is the median of.
const KNOWN: usize = 31;
/// Intervals that must be known before a frame can be called late.
const ENOUGH: usize = 5;

/// Times of frames, in nanoseconds of the session's clock.
#[derive(Debug, Default)]
pub(super) struct Frames {
    begun: u64,
    /// The frame that `begun` belongs to; `None` while it is only announced.
    frame: Option<u64>,
    is_announced: bool,
    drawn: Option<Drawn>,
    intervals: Vec<u64>,
    has_focus: Option<bool>,
}

/// An item was drawn.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    frame: u64,
    at: u64,
}

/// An item is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presented {
    /// From the drawing to the beginning of the next frame.
    pub interval_ns: u64,
    /// Whether that took much longer than usual.
    pub is_late: bool,
}

impl Frames {
    /// A frame begins.
    pub(super) fn begin(&mut self, now: u64) {
        self.begun = now;
        self.is_announced = true;
    }

    /// The same where no hook has said so; further passes of the frame change nothing.
    pub(super) fn begin_unless_begun(&mut self, frame: u64, now: u64) {
        if self.frame == Some(frame) {
            return;
        }
        self.frame = Some(frame);
        if !self.is_announced {
            self.begun = now;
        }
        self.is_announced = false;
    }

    /// When the frame began: its events came at this time, or during the frame before.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// An item that awaits its presentation is drawn in `frame`. Counted from the beginning of the frame, which is before the drawing, so
    /// that the interval is never too small.
    pub(super) fn drawn(&mut self, frame: u64) {
        self.drawn = Some(Drawn { frame, at: self.begun });
    }

    /// What was drawn is gone before it was presented.
    pub(super) fn forget(&mut self) {
        self.drawn = None;
    }

    /// Whether the item drawn in an earlier frame is on screen now.
    pub(super) fn presented(&mut self, frame: u64) -> Option<Presented> {
        let drawn = self.drawn.filter(|drawn| drawn.frame < frame)?;
        self.drawn = None;
        let interval_ns = self.begun.saturating_sub(drawn.at);
        let mut sorted = self.intervals.clone();
        sorted.sort_unstable();
        let is_late =
            sorted.len() >= ENOUGH && interval_ns > sorted[sorted.len() / 2].saturating_mul(3) / 2 + 1_000_000;
        if self.intervals.len() == KNOWN {
            self.intervals.remove(0);
        }
        self.intervals.push(interval_ns);
        Some(Presented { interval_ns, is_late })
    }

    /// A change of the window's focus.
    pub(super) fn focus(&mut self, has_focus: bool) -> Option<bool> {
        let before = self.has_focus.replace(has_focus);
        (before.is_some_and(|before| before != has_focus)).then_some(has_focus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_presented_in_the_frame_after_the_one_that_drew_it_and_late_ones_are_told() {
        let mut frames = Frames::default();
        let mut now = 0;
        let mut frame = 0;
        let mut step = |frames: &mut Frames, ns: u64| {
            now += ns;
            frame += 1;
            frames.begin(now);
            frames.begin_unless_begun(frame, now + 1);
            // A second pass of the same frame.
            frames.begin_unless_begun(frame, now + 2);
            assert_eq!(frames.begun(), now);
            frame
        };
        for round in 0..8 {
            let at = step(&mut frames, 1_000_000_000);
            assert_eq!(frames.presented(at), None);
            frames.drawn(at);
            assert_eq!(frames.presented(at), None, "not in the frame that draws it, whatever its pass");
            let ns = if round == 6 { 50_000_000 } else { 16_000_000 };
            let at = step(&mut frames, ns);
            assert_eq!(frames.presented(at), Some(Presented { interval_ns: ns, is_late: round == 6 }));
            assert_eq!(frames.presented(at), None);
        }
    }

    #[test]
    fn focus_is_told_when_it_changes() {
        let mut frames = Frames::default();
        assert_eq!(
            [true, true, false, false, true].map(|now| frames.focus(now)),
            [None, None, Some(false), None, Some(true)]
        );
    }
}
