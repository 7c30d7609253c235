//! DoRaR's black box for mouse movements (Qin et al., appendix D): convolutions over time, a bidirectional LSTM, two dense layers.

use tch::Tensor;
use tch::nn::{self, Module, RNN};

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, conv1d, input_norm, linear, lstm, normed, normed_steps};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// The first convolution covers all channels and 9 steps (2 x 9 in the paper, whose data have 2 channels). "Same" padding and 128 units of the LSTM
/// in each direction follow from the 102,400 inputs of the dense layer: 400 steps of 256. The rate of the dropout is not stated; 0.1 is ours.
pub static DORAR_SERIES: Architecture = Architecture {
    id: "dorar-series",
    title: "DoRaR convolution + LSTM",
    summary: "Convolutions of 64, 96 and 128 filters over 9, 7 and 5 steps, the first two halved by max pooling, a bidirectional LSTM of 128 and two \
              dense layers. For long series with few channels, such as mouse movements.",
    citation: "Qin et al.: DoRaR, Double-sided Remove and Reconstruct, appendix D",
    params: PARAMS,
    presets: &[],
    modality: Modality::Series,
    text: None,
    min_side: 4,
    build,
    optimizer: |lr| OptimSpec::Adam { lr, beta1: 0.5, beta2: 0.999, eps: 1e-8 },
};

const PARAMS: &[ParamSpec] = &[epochs(20), batch(50), learning_rate(5e-4), patience(4)];
const DROPOUT: f64 = 0.1;
const TORCH: Framework = Framework::PyTorch;

#[derive(Debug)]
struct Net {
    norm: nn::BatchNorm,
    conv1: nn::Conv1D,
    norm1: nn::BatchNorm,
    conv2: nn::Conv1D,
    norm2: nn::BatchNorm,
    conv3: nn::Conv1D,
    lstm: nn::LSTM,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let channels = input.shape.channels as i64;
    let steps = (input.shape.width / 2 / 2).max(1) as i64;
    let batch_norm = |name: &str, width: i64| nn::batch_norm1d(path / name, width, nn::BatchNormConfig::default());
    Box::new(Net {
        norm: input_norm(path / "norm", channels),
        conv1: conv1d(path / "conv1", channels, 64, 9, true, TORCH),
        norm1: batch_norm("norm1", 64),
        conv2: conv1d(path / "conv2", 64, 96, 7, true, TORCH),
        norm2: batch_norm("norm2", 96),
        conv3: conv1d(path / "conv3", 96, 128, 5, true, TORCH),
        lstm: lstm(path / "lstm", 128, 128, TORCH),
        dense1: linear(path / "dense1", steps * 256, 128, TORCH),
        dense2: linear(path / "dense2", 128, classes as i64, TORCH),
    })
}

/// Halves the steps `[n, c, t]` by their maximum.
fn halved(hidden: &Tensor) -> Tensor {
    hidden.max_pool1d([2], [2], [0], [1], false)
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        let hidden = normed_steps(&self.norm, input, train).dropout(DROPOUT, train);
        let hidden = normed(&self.norm1, &halved(&self.conv1.forward(&hidden).relu()), train).dropout(DROPOUT, train);
        let hidden = normed(&self.norm2, &halved(&self.conv2.forward(&hidden).relu()), train).dropout(DROPOUT, train);
        let hidden = self.conv3.forward(&hidden).relu().transpose(1, 2).contiguous();
        let hidden = self.lstm.seq(&hidden).0.flatten(1, -1);
        self.dense2.forward(&self.dense1.forward(&hidden).relu())
    }
}
