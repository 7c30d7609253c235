//! Selectors for time series: convolutions over the steps (DoRaR, appendix D; L2X has none of its own for series), and MEED's stacked LSTMs.

use tch::nn::{self, Module, RNN};
use tch::{Kind, Tensor};

use super::selector::Selector;
use crate::data::Units;
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
        if self.is_log { scores.log_softmax(-1, Kind::Float) } else { scores }
    }
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
        pooled(&scores, self.units).flatten(1, -1)
    }
}
