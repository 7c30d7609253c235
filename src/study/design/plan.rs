//! The planner: what the chosen numbers give, before anybody is asked.

use super::{Protocol, Sees, Spec};
use crate::study::stats::wilson;

/// What a design gives when every planned person answers everything.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Plan {
    /// People.
    pub people: usize,
    /// Items.
    pub items: usize,
    /// Arms.
    pub arms: usize,
    /// Answers that a person gives, with catch items and repeats, without practice.
    pub answers_each: usize,
    /// Scored answers per arm.
    pub answers_per_arm: usize,
    /// Scored answers per item and arm, on average.
    pub answers_per_item: f64,
    /// What the interval counts: items where answers are averaged per item, else answers.
    pub counted_per_arm: usize,
    /// Share that the interval is computed for.
    pub at_share: f64,
    /// Wilson's 95 % interval at that share, 0..=1.
    pub interval: [f64; 2],
    /// Minutes per person at six seconds an answer.
    pub minutes_each: f64,
}

/// Seconds per answer that the plan assumes.
const SECONDS: f64 = 6.0;

/// Computes what `spec` gives if FS-H is `share` (0..=1).
pub fn plan(spec: &Spec, share: f64) -> Plan {
    let (people, items, arms) = (spec.people.count, spec.items.count, spec.arms.len().max(1));
    let scored = people * spec.trials_each();
    let answers_per_arm = scored / arms;
    let answers_each = spec.trials_each() + spec.checks.catch + spec.checks.repeats;
    // Where everybody sees an item once, an item meets an arm only if enough people see it.
    let reached = match spec.people.sees {
        Sees::Once => answers_per_arm.min(items),
        Sees::EveryArm => (people * spec.each()).min(items),
    };
    let counted_per_arm = match spec.protocol {
        Protocol::L2x | Protocol::Meed => reached,
        Protocol::Standard | Protocol::Aim => answers_per_arm,
    };
    let share = share.clamp(0.0, 1.0);
    Plan {
        people,
        items,
        arms,
        answers_each,
        answers_per_arm,
        answers_per_item: answers_per_arm as f64 / items.max(1) as f64,
        counted_per_arm,
        at_share: share,
        interval: wilson(share * counted_per_arm as f64, counted_per_arm as f64),
        minutes_each: (answers_each + spec.checks.practice) as f64 * SECONDS / 60.0,
    }
}

/// Half the width of Wilson's 95 % interval for a share `share` of `n`, 0..=1.
pub fn half_width(share: f64, n: usize) -> f64 {
    let [low, high] = wilson(share * n as f64, n as f64);
    (high - low) / 2.0
}

impl Plan {
    /// The plan as lines for a terminal or a panel.
    pub fn lines(&self) -> Vec<String> {
        let percent = |share: f64| format!("{:.1}", 100.0 * share);
        vec![
            format!("{} people, {} items, {} arms", self.people, self.items, self.arms),
            format!("{} answers per person, about {:.0} minutes", self.answers_each, self.minutes_each.ceil()),
            format!("{} answers per arm, {:.1} per item and arm", self.answers_per_arm, self.answers_per_item),
            format!(
                "at FS-H {} %: 95 % interval {} to {} % (counting {} per arm)",
                percent(self.at_share),
                percent(self.interval[0]),
                percent(self.interval[1]),
                self.counted_per_arm
            ),
        ]
    }
}
