//! Selectors for time series: convolutions over the steps (DoRaR, appendix D; L2X has none of its own for series), and MEED's stacked LSTMs.

use tch::nn::{self, Module, RNN};
use tch::{Kind, Tensor};

use super::selector::Selector;
use super::text::NEVER;
use crate::data::{Modality, Units};
use crate::model::layers::{Framework, conv1d, input_norm, linear, lstm, normed_steps};

/// Convolutions of 64 and 96 filters over 9 and 7 steps, then one over 5 steps that gives the scores: one for each step, or one for each channel at
/// each step. Segments of 2 steps and more are halved by max pooling after the first, those of 4 and more also after the second; what is left
/// is brought to the segments by their maximum.
#[derive(Debug)]
pub struct SeriesSelector {
    norm: nn::BatchNorm,
    conv1: nn::Conv1D,
    conv2: nn::Conv1D,
    out: nn::Conv1D,
    /// What each unit gets beside, over [`PLACE_STEP`], whatever stands there.
    places: Option<Tensor>,
    units: Units,
    is_log: bool,
}

/// How much faster than a network's weights the weights of places learn: each is a score by itself, so that at an ordinary rate it would not come far.
const PLACE_STEP: f64 = 20.0;

impl SeriesSelector {
    /// Builds it at `path`; with `is_log` it gives log-probabilities, as DoRaR's does.
    pub fn new(path: &nn::Path<'_>, units: Units, framework: Framework, is_log: bool) -> Self {
        let channels = units.shape.channels as i64;
        Self {
            norm: input_norm(path / "norm", channels),
            conv1: conv1d(path / "conv1", channels, 64, 9, true, framework),
            conv2: conv1d(path / "conv2", 64, 96, 7, true, framework),
            out: conv1d(path / "out", 96, units.layers() as i64, 5, true, framework),
            places: None,
            units,
            is_log,
        }
    }

    /// The same with a weight for each unit, which starts at zero.
    pub fn with_places(self, path: &nn::Path<'_>) -> Self {
        Self { places: Some(path.zeros("places", &[self.units.count() as i64])), ..self }
    }
}

impl Selector for SeriesSelector {
    fn scores(&self, input: &Tensor, _probs: &Tensor, train: bool) -> Tensor {
        let segment = self.units.block().1.min(self.units.shape.width);
        let halved = |hidden: Tensor, least: usize| {
            if segment >= least { hidden.max_pool1d([2], [2], [0], [1], false) } else { hidden }
        };
        let hidden = halved(self.conv1.forward(&normed_steps(&self.norm, input, train)).relu(), 2);
        let hidden = halved(self.conv2.forward(&hidden).relu(), 4);
        let scores = self.out.forward(&pooled(&hidden, self.units)).flatten(1, -1);
        let scores = match &self.places {
            Some(places) => scores + places * PLACE_STEP,
            None => scores,
        };
        let scores = scores.masked_fill(&padding(input, self.units), NEVER);
        if self.is_log { scores.log_softmax(-1, Kind::Float) } else { scores }
    }
}

/// Which steps of series `[b, c, 1, t]` were filled up, `[b, 1, 1, t]`: [`crate::data::series::own_steps`] of tensors.
fn filled_up(input: &Tensor) -> Tensor {
    let is_marked = input.eq(0.0).logical_and(&input.signbit()).all_dim(1, true);
    // From the end up to the first step that is not: there the product becomes zero.
    let from_end = is_marked.to_kind(Kind::Float).flip([-1i64].as_slice());
    from_end.cumprod(-1, Kind::Float).flip([-1i64].as_slice()).gt(0.5)
}

/// Which units of series hold only steps that were filled up, `[b, units]`: as [`Units::padding`], of tensors.
fn padding(input: &Tensor, units: Units) -> Tensor {
    // A segment is one where its first step is.
    let first = filled_up(input).slice(3, 0, units.shape.width as i64, units.block().1 as i64);
    first.flatten(1, -1).unsqueeze(1).expand([-1, units.layers() as i64, -1], false).flatten(1, -1)
}

/// What stands at hidden places `[b, c, h, w]`, zero at steps of the inputs that were filled up: padding is not hidden. Other inputs have none.
pub(super) fn unless_filled_up(hidden: Tensor, input: &Tensor, units: Units) -> Tensor {
    if units.unit.modality() != Modality::Series {
        return hidden;
    }
    hidden.masked_fill(&filled_up(input), 0.0)
}

/// The maximum over each segment, `[b, c, t]` to `[b, c, segments]`.
fn pooled(hidden: &Tensor, units: Units) -> Tensor {
    let segments = units.grid().1 as i64;
    if hidden.size()[2] == segments { hidden.shallow_clone() } else { hidden.adaptive_max_pool1d([segments]).0 }
}

/// MEED's explainer for series (section 4.5, appendix B): the black box's answer, mapped to the shape of the sample by a linear layer, stands beside it
/// as further channels; two LSTM layers, then the scores of each step. Both directions and 64 units are ours: with one direction the first step would
/// be scored without what follows.
#[derive(Debug)]
pub struct SeriesLstmSelector {
    norm: nn::BatchNorm,
    answer: Option<nn::Linear>,
    first: nn::LSTM,
    second: nn::LSTM,
    out: nn::Linear,
    units: Units,
}

/// Units of each direction.
const WIDTH: i64 = 64;

impl SeriesLstmSelector {
    /// Builds it at `path`; `answer` is the number of classes where the black box's answer is an input.
    pub fn new(path: &nn::Path<'_>, units: Units, answer: Option<usize>) -> Self {
        let keras = Framework::Keras;
        let channels = units.shape.channels as i64;
        let width = if answer.is_some() { 2 * channels } else { channels };
        Self {
            norm: input_norm(path / "norm", channels),
            answer: answer.map(|classes| linear(path / "answer", classes as i64, units.shape.len() as i64, keras)),
            first: lstm(path / "first", width, WIDTH, keras),
            second: lstm(path / "second", 2 * WIDTH, WIDTH, keras),
            out: linear(path / "out", 2 * WIDTH, units.layers() as i64, keras),
            units,
        }
    }
}

impl Selector for SeriesLstmSelector {
    fn scores(&self, input: &Tensor, probs: &Tensor, train: bool) -> Tensor {
        let mut steps = normed_steps(&self.norm, input, train);
        if let Some(answer) = &self.answer {
            let answer = answer.forward(probs).view(steps.size().as_slice());
            steps = Tensor::cat(&[steps, answer], 1);
        }
        let hidden = self.second.seq(&self.first.seq(&steps.transpose(1, 2).contiguous()).0).0;
        // [b, t, layers] to [b, layers, segments].
        let scores = self.out.forward(&hidden).transpose(1, 2);
        pooled(&scores, self.units).flatten(1, -1).masked_fill(&padding(input, self.units), NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::series::FILLED_UP;
    use crate::data::{Shape, Unit};
    use crate::model::tensors::to_vec;

    #[test]
    fn what_stands_at_hidden_steps_does_not_stand_where_a_series_was_filled_up() {
        let units = Units::new(Unit::Step, Shape::new(2, 1, 4));
        // An item whose first channel holds measured zeros of that sign, and one of two steps, each of two channels.
        let rows = [
            [1.0, FILLED_UP, FILLED_UP, FILLED_UP],
            [3.0, 4.0, 5.0, 6.0],
            [1.0, FILLED_UP, FILLED_UP, FILLED_UP],
            [2.0, 1.0, FILLED_UP, FILLED_UP],
        ];
        let input = Tensor::from_slice(&rows.concat()).view([2, 2, 1, 4]);
        let noise = |units: Units| to_vec(&unless_filled_up(input.ones_like(), &input, units)).expect("numbers");
        let expected = [[1.0; 4], [1.0; 4], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]];
        assert_eq!(noise(units), expected.concat());
        assert_eq!(noise(Units::new(Unit::Pixel, units.shape)), [1.0; 16], "pictures have no such end");
        let ends = |units: Units| to_vec(&padding(&input, units)).expect("numbers");
        assert_eq!(ends(units), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!(ends(Units::new(Unit::Segment { steps: 3 }, units.shape)), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(ends(Units::new(Unit::ChannelStep, units.shape))[8..], [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    }
}
