//! Which channels of a series are drawn as curves, and on which scale.

use super::{Availability, Command, Session};
use crate::figure::layout::series::{Form, MOST_LINES, picked_words};

impl Session {
    /// How many channels the series in view has, where only some of them fit into its curves at a time; `None` elsewhere.
    pub fn channels_to_pick(&self) -> Option<usize> {
        let draws_curves = matches!(self.series_form(), Some(Form::Stacked | Form::Overlaid));
        self.series_channels().filter(|n| draws_curves && *n > MOST_LINES)
    }

    /// Whether channels can be picked; `None`: others than those in view.
    pub(super) fn pick_fits(&self, channels: Option<&[usize]>) -> Availability {
        let Some(n) = self.series_channels() else { return Err("Open a series first".into()) };
        if self.channels_to_pick().is_none() {
            let why = if n > MOST_LINES {
                "Stacked and Overlaid draw some channels, the others all"
            } else {
                "All channels are drawn"
            };
            return Err(why.into());
        }
        match channels {
            Some(channels) if channels.iter().any(|channel| *channel >= n) => {
                Err(format!("The series in view has {n} channels").into())
            }
            Some(channels) if channels.len() > MOST_LINES => {
                Err(format!("At most {MOST_LINES} channels are drawn at a time").into())
            }
            _ => Ok(()),
        }
    }

    /// The choice of the next channels (or those before): of a chosen group the next group, else the next few in their order; after the last the first.
    pub(super) fn turned(&self, forward: bool) -> Command {
        let step = |at: usize, n: usize| if forward { (at + 1) % n } else { (at + n - 1) % n };
        let groups = self.channel_groups();
        let of_group = self.explore.group.and_then(|first| groups.iter().position(|(_, of)| of.start == first));
        if let Some(at) = of_group.filter(|_| groups.len() > 1) {
            return Command::ChooseGroup(Some(groups[step(at, groups.len())].1.start));
        }
        let n = self.series_channels().unwrap_or(0);
        let pages = n.div_ceil(MOST_LINES).max(1);
        let page = match self.explore.picked.first() {
            Some(first) => step((first / MOST_LINES).min(pages - 1), pages),
            None if forward => 0,
            None => pages - 1,
        };
        Command::PickChannels((page * MOST_LINES..((page + 1) * MOST_LINES).min(n)).collect())
    }

    /// What is said of the channels that were picked.
    pub(super) fn picked_words(&self) -> String {
        match (&self.explore.picked[..], self.series_channels()) {
            ([], _) | (_, None) => "Stacked and Overlaid show the channels with most selected steps".to_owned(),
            (picked, Some(n)) => format!("Stacked and Overlaid show {}", picked_words(picked, n)),
        }
    }
}
