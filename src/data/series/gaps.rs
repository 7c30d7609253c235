//! What is done where a series lacks something: `gaps=previous|mean|zero` (what stands in for a missing value, which is refused otherwise, unless
//! [`few`] are missing from a table with a row for each step) and
//! `steps=128` (longer series are cut, shorter ones end in zeros that count as padding). Tables and arrays have both.

use super::{FILLED_UP, MAX_STEPS, own_steps};
use crate::data::DataError;
use crate::data::spec::DataSpec;

/// What stands in for an empty field, or a NaN of an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Gaps {
    /// Nothing: it is refused.
    #[default]
    Refused,
    /// The step before it; at the beginning the first that there is.
    Previous,
    /// The mean of the item's channel.
    Mean,
    /// Zero.
    Zero,
}

impl Gaps {
    /// What the query asks for.
    pub fn of(spec: &DataSpec) -> Result<Self, DataError> {
        match spec.query.get("gaps").map(String::as_str) {
            None => Ok(Self::Refused),
            Some("previous") => Ok(Self::Previous),
            Some("mean") => Ok(Self::Mean),
            Some("zero") => Ok(Self::Zero),
            Some(other) => {
                Err(spec.refuse(format!("gaps is \"{other}\""), "write gaps=previous, gaps=mean or gaps=zero"))
            }
        }
    }

    /// What fills a gap, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Previous => "the step before",
            Self::Mean => "the mean of the item's channel",
            Self::Zero | Self::Refused => "zero",
        }
    }

    /// Fills the gaps (NaN) of one channel of an item, in the order of its steps. A channel without any value becomes zero.
    pub fn fill(self, values: &mut [f32]) {
        let known: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = known.iter().map(|value| f64::from(*value)).sum::<f64>() / known.len().max(1) as f64;
        let mut last = known.first().copied().unwrap_or(0.0);
        for value in values {
            if value.is_nan() {
                *value = match self {
                    Self::Previous => last,
                    Self::Mean => mean as f32,
                    Self::Zero | Self::Refused => 0.0,
                };
            }
            last = *value;
        }
    }

    /// Puts an item, of which all channels of a step stand beside each other, behind `out`: channel by channel, its gaps filled, cut or filled up to `steps`
    /// with [`FILLED_UP`].
    pub fn lay_out(self, item: &[f32], channels: usize, steps: usize, out: &mut Vec<f32>) {
        let start = out.len();
        for channel in 0..channels {
            let mut of_channel: Vec<f32> = item.iter().skip(channel).step_by(channels).copied().collect();
            if of_channel.iter().any(|value| value.is_nan()) {
                self.fill(&mut of_channel);
            }
            of_channel.resize(steps, FILLED_UP);
            out.append(&mut of_channel);
        }
        let measured = (item.len() / channels.max(1)).min(steps);
        let row = &mut out[start..];
        if own_steps(row, steps) < measured {
            // Measured zeros with a minus sign in all channels would pass for a step that was filled up.
            row[measured - 1] = 0.0;
        }
    }
}

/// Of how many values one may be missing without being asked about: fewer than 5 %.
const ONE_IN: usize = 20;

/// Whether so few of all values are missing that the step before may stand in for them.
pub(super) const fn few(n_gaps: usize, n_values: usize) -> bool {
    n_gaps.saturating_mul(ONE_IN) < n_values
}

/// How many steps each item is to have, where that is asked for.
pub(super) fn steps_asked(spec: &DataSpec) -> Result<Option<usize>, DataError> {
    match spec.number("steps")? {
        Some(n) if !(1..=MAX_STEPS as u64).contains(&n) => {
            Err(spec.refuse(format!("steps is {n}"), format!("ask for 1 to {MAX_STEPS}")))
        }
        steps => Ok(steps.map(|n| n as usize)),
    }
}

/// What is said of items of so many steps that were brought to one number of them.
pub(super) fn steps_said((least, most): (usize, usize), steps: usize) -> String {
    let found = if least == most { least.to_string() } else { format!("{least} to {most}") };
    format!("Items have {found} steps: cut to {steps}, or filled up with zeros, which are never selected")
}

/// Most values that filling up makes of each measured one before the longest items are cut.
const MOST_FILLED: usize = 4;

/// How many steps items of these uneven lengths are given where nothing is asked for: as many as the longest has. Where that would make more than
/// [`MOST_FILLED`] times as many values as were measured, as many as 19 of 20 items do not exceed.
pub(super) fn usual_steps(lens: &[usize]) -> usize {
    let mut sorted = lens.to_vec();
    sorted.sort_unstable();
    let Some(&most) = sorted.last() else { return 0 };
    let measured: usize = sorted.iter().sum();
    if most.saturating_mul(sorted.len()) <= measured.saturating_mul(MOST_FILLED) {
        return most;
    }
    sorted[(sorted.len() * 19).div_ceil(20) - 1]
}

/// What is said of items of uneven lengths that were brought to `steps` unasked.
pub(super) fn filled_said((least, most): (usize, usize), steps: usize) -> String {
    let cut = if steps < most { format!(", the longest cut to {steps}, since few have more") } else { String::new() };
    format!(
        "Items have {least} to {most} steps: shorter ones were filled up to {steps} with zeros, which are never selected{cut} (steps= changes it)"
    )
}

#[cfg(test)]
mod tests {
    use super::{few, usual_steps};

    #[test]
    fn few_gaps_are_less_than_one_value_in_twenty() {
        assert!(few(1, 21) && few(0, 1));
        assert!(!few(1, 20) && !few(0, 0));
    }

    #[test]
    fn uneven_items_get_the_length_of_the_longest_unless_hardly_one_is_so_long() {
        assert_eq!(usual_steps(&[40, 80, 60]), 80);
        // One of forty is a hundred times as long as the others.
        let mut lens = vec![10; 39];
        lens.push(1000);
        assert_eq!(usual_steps(&lens), 10);
        assert_eq!((usual_steps(&[]), usual_steps(&[3])), (0, 3));
    }
}
