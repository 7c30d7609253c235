//! Scales of channels: which of them share one, and where a value stands on the axis of its plot.

use super::{ExplainedSeries, Form, shown};
use crate::data::table::number;
use crate::figure::color::{self, Range as ScoreRange, Tick};
use crate::figure::layout::ExplainedPicture;

/// Which scale channels have that share a plot or a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scales {
    /// Each its own where their ranges differ much, else one for all.
    #[default]
    Auto,
    /// Each its own, from its lowest to its highest value.
    Own,
    /// One for all.
    One,
}

/// What is said where each channel has a scale of its own.
pub const OWN_SCALES: &str = "each channel from its own lowest to its own highest value";

/// A channel that takes less than this share of a common scale is flat on it.
const FLAT: f32 = 0.125;
/// Room at both ends of an axis, as a share of what is between the values.
const MARGIN: f32 = 0.05;

/// Least and greatest of the values that are numbers; `None` where none is.
pub fn limits_of(values: &[f32]) -> Option<[f32; 2]> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(None, |known: Option<[f32; 2]>, value| {
        let [low, high] = known.unwrap_or([value; 2]);
        Some([low.min(value), high.max(value)])
    })
}

/// Two ends in words: "58.83 to 62.26".
pub fn range_words([low, high]: [f32; 2]) -> String {
    format!("{} to {}", number(f64::from(low)), number(f64::from(high))).replace('-', "\u{2212}")
}

impl ExplainedSeries {
    /// Least and greatest of a channel's own values that are numbers; `None` where none is.
    pub fn limits(&self, channel: usize) -> Option<[f32; 2]> {
        limits_of(self.own(&self.values, channel))
    }

    /// Whether each of `channels`, which share a plot or a map, is drawn on a scale of its own.
    pub fn has_own_scales(&self, channels: &[usize]) -> bool {
        let can_differ = match self.form {
            Form::Stacked | Form::Path => false,
            Form::Overlaid => channels.len() > 1,
            Form::Map => !channels.is_empty(),
        };
        can_differ
            && match self.scales {
                Scales::Own => true,
                Scales::One => false,
                Scales::Auto => self.differ_much(channels),
            }
    }

    /// Whether on a common scale at least half of the channels that vary would be flat. Colours of one scale begin at 0, so that a map counts it in.
    fn differ_much(&self, channels: &[usize]) -> bool {
        let limits: Vec<[f32; 2]> = channels.iter().filter_map(|channel| self.limits(*channel)).collect();
        let start = if self.form == Form::Map { [0.0; 2] } else { [f32::MAX, f32::MIN] };
        let [low, high] = limits.iter().fold(start, |[low, high], of| [low.min(of[0]), high.max(of[1])]);
        let spans: Vec<f32> = limits.iter().map(|[low, high]| high - low).filter(|span| *span > 0.0).collect();
        let n_flat = spans.iter().filter(|span| **span < FLAT * (high - low)).count();
        n_flat > 0 && 2 * n_flat >= spans.len()
    }

    /// Name of a channel with the range of its values: "temperature, 58.83 to 62.26".
    pub fn name_with_range(&self, channel: usize) -> String {
        let name = self.names.get(channel).map_or("", String::as_str);
        self.limits(channel).map_or_else(|| name.to_owned(), |limits| format!("{name}, {}", range_words(limits)))
    }
}

/// Decides, for a picture that is drawn again and again, whether its channels have scales of their own.
pub fn settle_scales(picture: &mut ExplainedPicture) {
    let Some(series) = picture.series.as_ref().filter(|_| picture.check().is_ok()) else { return };
    let is_own = series.has_own_scales(&shown(picture, series).channels);
    if let Some(series) = &mut picture.series {
        series.scales = if is_own { Scales::Own } else { Scales::One };
    }
}

/// The axis of values of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueAxis {
    /// Its lower end.
    pub low: f32,
    /// Its upper end.
    pub high: f32,
    /// Least and greatest value of each channel, where each has a scale of its own from 0 to 1; empty where the axis tells the values of all.
    pub own: Vec<[f32; 2]>,
}

impl ValueAxis {
    /// The axis of the curves of these channels as they are. What hidden steps become does not widen it: a fill far from the values would flatten them.
    pub fn of(series: &ExplainedSeries, channels: &[usize]) -> Self {
        if !series.has_own_scales(channels) {
            let [low, high] = series.extent(channels);
            return Self { low, high, own: Vec::new() };
        }
        let own = channels.iter().map(|channel| series.limits(*channel).unwrap_or_default()).collect();
        Self { low: -MARGIN, high: 1.0 + MARGIN, own }
    }

    /// Whether its channels have scales of their own.
    pub fn is_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Where a value of the plot's channel number `at` stands, also beyond the ends.
    fn anywhere(&self, at: usize, value: f32) -> f32 {
        match self.own.get(at) {
            None => value,
            Some([low, high]) if high > low => (value - low) / (high - low),
            // A channel that does not vary lies in the middle.
            Some([low, _]) if value == *low => 0.5,
            Some([low, _]) => value - low,
        }
    }

    /// Where a value of the plot's channel number `at` stands; what lies beyond an end stands at it.
    pub fn place(&self, at: usize, value: f32) -> f32 {
        self.anywhere(at, value).clamp(self.low, self.high)
    }

    /// What is written along an axis that is `height` high, in lines of letters that are `line` high (in the same unit): round numbers where two or more
    /// stand apart, else the two ends of the values. None where there is no room for two lines: a single number tells no scale.
    pub fn ticks(&self, height: f32, line: f32) -> Vec<Tick> {
        let span = self.high - self.low;
        if !(span > 0.0 && span.is_finite() && line > 0.0 && height >= 2.0 * line) {
            return Vec::new();
        }
        let tick = |place: f32, label: String| Tick { at: ((place - self.low) / span).clamp(0.0, 1.0), label };
        if self.is_own() {
            // Of several scales no numbers are right.
            return vec![tick(0.0, "low".to_owned()), tick(1.0, "high".to_owned())];
        }
        let wanted = ((height / (1.5 * line)) as usize).clamp(2, 5);
        let range = ScoreRange { low: self.low, high: self.high, below: false, above: false };
        let are_apart = |ticks: &Vec<Tick>| ticks.len() >= 2 && (ticks[1].at - ticks[0].at) * height >= line;
        (wanted..wanted + 3).map(|most| color::ticks(range, most)).find(are_apart).unwrap_or_else(|| {
            let margin = span * MARGIN / (1.0 + 2.0 * MARGIN);
            let end = |place: f32| tick(place, number(f64::from(place)).replace('-', "\u{2212}"));
            vec![end(self.low + margin), end(self.high - margin)]
        })
    }

    /// Whether a value of the plot's channel number `at` lies beyond an end.
    pub fn is_beyond(&self, at: usize, value: f32) -> bool {
        let place = self.anywhere(at, value);
        place < self.low || place > self.high
    }
}

/// Whether what some hidden value becomes lies beyond the axis of its curve, so that it is drawn at its end.
pub fn fill_is_beyond(picture: &ExplainedPicture, series: &ExplainedSeries) -> bool {
    let channels = shown(picture, series).channels;
    let any = |axis: &ValueAxis, at: usize, channel: usize| {
        series.own(&series.fill, channel).iter().any(|value| axis.is_beyond(at, *value))
    };
    match series.form {
        Form::Map => false,
        Form::Overlaid => {
            let axis = ValueAxis::of(series, &channels);
            channels.iter().enumerate().any(|(at, channel)| any(&axis, at, *channel))
        }
        Form::Stacked | Form::Path => {
            channels.iter().any(|channel| any(&ValueAxis::of(series, std::slice::from_ref(channel)), 0, *channel))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Scales, ValueAxis, limits_of, range_words};
    use crate::figure::layout::ExplainedSeries;

    fn series(form: Form, channels: &[[f32; 3]]) -> ExplainedSeries {
        ExplainedSeries {
            steps: 3,
            names: (0..channels.len()).map(|channel| format!("c{channel}")).collect(),
            values: channels.concat(),
            form,
            ..ExplainedSeries::default()
        }
    }

    #[test]
    fn limits_pass_over_what_is_no_number() {
        assert_eq!(limits_of(&[0.5, f32::NAN, -1.5, f32::INFINITY, 2.0]), Some([-1.5, 2.0]));
        assert_eq!(limits_of(&[3.0]), Some([3.0, 3.0]));
        assert_eq!(limits_of(&[f32::NAN]), None);
        assert_eq!(range_words([-1.5, 62.25]), "\u{2212}1.5 to 62.25");
    }

    #[test]
    fn channels_have_scales_of_their_own_where_one_scale_would_flatten_half_of_them() {
        let machine = [[0.0, 2.5, -1.0], [60.0, 62.0, 59.0], [4.8, 5.5, 5.0]];
        let alike = [[0.0, 2.5, -1.0], [2.0, -2.0, 1.0]];
        let all = |of: &ExplainedSeries| (0..of.channels()).collect::<Vec<_>>();
        for form in [Form::Overlaid, Form::Map] {
            let of = series(form, &machine);
            assert!(of.has_own_scales(&all(&of)), "{form:?}");
            let one = ExplainedSeries { scales: Scales::One, ..of };
            assert!(!one.has_own_scales(&all(&one)), "{form:?}: as asked for");
            let of = series(form, &alike);
            assert!(!of.has_own_scales(&all(&of)), "{form:?}");
            let own = ExplainedSeries { scales: Scales::Own, ..of };
            assert!(own.has_own_scales(&all(&own)), "{form:?}: as asked for");
        }
        // A plot of one channel has its axis, but colours that begin at 0 would all be alike.
        assert!(!series(Form::Overlaid, &machine[1..2]).has_own_scales(&[0]));
        assert!(series(Form::Map, &machine[1..2]).has_own_scales(&[0]));
        assert!(!series(Form::Stacked, &machine).has_own_scales(&[0, 1, 2]), "each has a plot");
        assert!(!series(Form::Overlaid, &[[1.0; 3], [90.0; 3]]).has_own_scales(&[0, 1]), "nothing varies");
    }

    #[test]
    fn an_axis_has_two_numbers_or_more_wherever_two_lines_have_room() {
        let axis = |low: f32, high: f32| ValueAxis { low, high, own: Vec::new() };
        for (low, high) in [(58.6, 62.4), (-1.2, 2.6), (0.3, 0.9), (995.0, 1023.0), (-3e-4, 2e-4), (-0.9, 0.7)] {
            for height in [20.0, 26.0, 40.0, 90.0, 300.0] {
                let ticks = axis(low, high).ticks(height, 10.0);
                assert!(ticks.len() >= 2, "{low} to {high}, {height} high: {ticks:?}");
                let is_apart = |pair: &[super::Tick]| (pair[1].at - pair[0].at) * height >= 10.0 - 1e-3;
                assert!(ticks.windows(2).all(is_apart), "{low} to {high}, {height} high: {ticks:?}");
                assert!(ticks.windows(2).all(|pair| pair[0].label != pair[1].label), "{ticks:?}");
            }
            assert!(axis(low, high).ticks(19.0, 10.0).is_empty(), "no room for two lines");
        }
        let labels: Vec<String> = axis(58.6, 62.4).ticks(40.0, 10.0).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["60", "62"]);
    }

    #[test]
    fn a_channel_that_does_not_vary_lies_in_the_middle_of_an_axis_of_its_size() {
        let of = series(Form::Stacked, &[[0.0; 3], [50.0; 3], [-2.0; 3]]);
        assert_eq!(of.extent(&[0]), [-1.0, 1.0]);
        assert_eq!(of.extent(&[1]), [45.0, 55.0]);
        let [low, high] = of.extent(&[2]);
        assert!((low + 2.2).abs() < 1e-6 && (high + 1.8).abs() < 1e-6, "{low} to {high}");
    }

    #[test]
    fn each_channel_fills_its_own_scale_and_a_fill_beyond_it_stands_at_its_end() {
        let of = series(Form::Overlaid, &[[0.0, 2.0, -2.0], [60.0, 62.0, 58.0], [7.0; 3]]);
        let axis = ValueAxis::of(&of, &[0, 1, 2]);
        assert!(axis.is_own());
        assert_eq!([axis.place(0, -2.0), axis.place(0, 2.0), axis.place(1, 60.0)], [0.0, 1.0, 0.5]);
        assert_eq!(axis.place(2, 7.0), 0.5, "a channel that does not vary");
        assert_eq!((axis.place(1, 0.0), axis.is_beyond(1, 0.0)), (axis.low, true));
        assert!(!axis.is_beyond(0, 0.0));
        // A channel alone keeps the axis of its curve, whatever hidden steps become.
        let alone = ValueAxis::of(&ExplainedSeries { form: Form::Stacked, ..of }, &[1]);
        assert!(!alone.is_own() && alone.low > 57.0 && alone.high < 63.0);
        assert_eq!((alone.place(0, 0.0), alone.is_beyond(0, 0.0)), (alone.low, true));
    }
}
