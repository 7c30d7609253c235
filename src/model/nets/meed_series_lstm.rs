//! MEED's black box and approximators for its gaming data (Liang et al. 2020, section 4.5): stacked LSTMs over the time steps.

use tch::Tensor;
use tch::nn::{self, Module, RNN};

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, forward_lstm, input_norm, linear, normed_steps};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::{ParamSpec, Preset};

/// The paper says "a stacked LSTM" and no widths: two layers of 64 are ours. Each channel is standardised by the training items.
pub static MEED_SERIES_LSTM: Architecture = Architecture {
    id: "meed-series-lstm",
    title: "MEED stacked LSTM",
    summary: "Two LSTM layers of 64 over the time steps, then the classes. For few steps with many channels, such as MEED's 3 steps of 643.",
    citation: "Liang et al.: Adversarial Infidelity Learning for Model Interpretation, KDD 2020, section 4.5",
    params: PARAMS,
    presets: &[Preset {
        id: "paper",
        title: "Paper, gaming data: Adam 0.0002, minibatches of 1,024",
        values: &[("learning-rate", "0.0002"), ("batch", "1024")],
    }],
    modality: Modality::Series,
    text: None,
    min_side: 1,
    build,
    optimizer: |lr| OptimSpec::Adam { lr, beta1: 0.5, beta2: 0.999, eps: 1e-7 },
};

const PARAMS: &[ParamSpec] = &[epochs(20), batch(128), learning_rate(1e-3), patience(3)];
/// Width of both layers.
const WIDTH: i64 = 64;

#[derive(Debug)]
struct Net {
    norm: nn::BatchNorm,
    first: nn::LSTM,
    second: nn::LSTM,
    dense: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let channels = input.shape.channels as i64;
    Box::new(Net {
        norm: input_norm(path / "norm", channels),
        first: forward_lstm(path / "first", channels, WIDTH, Framework::Keras),
        second: forward_lstm(path / "second", WIDTH, WIDTH, Framework::Keras),
        dense: linear(path / "dense", WIDTH, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        let steps = normed_steps(&self.norm, input, train).transpose(1, 2).contiguous();
        let hidden = self.second.seq(&self.first.seq(&steps).0).0;
        self.dense.forward(&hidden.select(1, hidden.size()[1] - 1))
    }
}
