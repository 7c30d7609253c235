//! AIM's black box for digits and clothes (Vo et al. 2023, Appendix): the classic PyTorch digits net.

use tch::Tensor;
use tch::nn;

use super::MNIST_MEAN_SD;
use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::layers::{Conv, Framework, linear, max_pool};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Optimizer and epochs of the published black box are unknown; Adam 1e-3 for 10 epochs of 64 is ours.
pub static AIM_CNN: Architecture = Architecture {
    id: "aim-cnn",
    title: "AIM convolutional net",
    summary: "Two 5 x 5 convolutions (10 and 20 filters) with max pooling and channel dropout, then dense layers of 50 and the classes.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023, Appendix",
    params: PARAMS,
    presets: &[],
    modality: Modality::Image,
    text: None,
    min_side: 16,
    build,
    optimizer: OptimSpec::torch_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(10), batch(64), learning_rate(1e-3)];

#[derive(Debug)]
struct Net {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let shape = input.shape;
    let (conv1, conv2) = (Conv::valid(shape.channels, 10, 5), Conv::valid(10, 20, 5));
    let side = |size: usize| conv2.out(conv1.out(size as i64) / 2) / 2;
    let flat = 20 * side(shape.height) * side(shape.width);
    Box::new(Net {
        conv1: conv1.build(path / "conv1", Framework::PyTorch),
        conv2: conv2.build(path / "conv2", Framework::PyTorch),
        dense1: linear(path / "dense1", flat, 50, Framework::PyTorch),
        dense2: linear(path / "dense2", 50, classes as i64, Framework::PyTorch),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        let (mean, sd) = MNIST_MEAN_SD;
        let hidden = max_pool(&((input - mean) / sd).apply(&self.conv1), 2).relu();
        let hidden = max_pool(&hidden.apply(&self.conv2).feature_dropout(0.5, train), 2).relu();
        hidden.flatten(1, -1).apply(&self.dense1).relu().dropout(0.5, train).apply(&self.dense2)
    }
}
