//! DoRaR's black box for digits (section V and its published code).

use tch::Tensor;
use tch::nn;

use super::MNIST_MEAN_SD;
use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::layers::{Conv, Framework, linear, max_pool};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Reported at about 93 % on the ten digits. In the published explainer script its dropout stays live; here it is in evaluation mode.
pub static DORAR_CNN: Architecture = Architecture {
    id: "dorar-cnn",
    title: "DoRaR convolutional net",
    summary: "A 5 x 5 and a strided 2 x 2 convolution (10 and 20 filters) with max pooling and strong dropout, then a dense layer of 20. Deliberately modest.",
    citation: "Qin et al.: DoRaR, Double-sided Remove and Reconstruct, section V",
    params: PARAMS,
    presets: &[],
    modality: Modality::Image,
    text: None,
    min_side: 8,
    build,
    optimizer: OptimSpec::torch_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(10), batch(100), learning_rate(1e-3)];

#[derive(Debug)]
struct Net {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let shape = input.shape;
    let conv1 = Conv::same(shape.channels, 10, 5);
    let conv2 = Conv { from: 10, to: 20, kernel: 2, padding: 0, stride: 2 };
    // The last pooling (2 x 2, stride 2) pads by one on each side: 7 rows become 4.
    let pooled = |size: usize| conv2.out(conv1.out(size as i64) / 2) / 2 + 1;
    let flat = 20 * pooled(shape.height) * pooled(shape.width);
    Box::new(Net {
        conv1: conv1.build(path / "conv1", Framework::PyTorch),
        conv2: conv2.build(path / "conv2", Framework::PyTorch),
        dense1: linear(path / "dense1", flat, 20, Framework::PyTorch),
        dense2: linear(path / "dense2", 20, classes as i64, Framework::PyTorch),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        let (mean, sd) = MNIST_MEAN_SD;
        let hidden = max_pool(&((input - mean) / sd).apply(&self.conv1), 2).relu();
        let hidden = hidden.apply(&self.conv2).feature_dropout(0.5, train).relu();
        let hidden = hidden.max_pool2d([2, 2], [2, 2], [1, 1], [1, 1], false).relu();
        hidden.flatten(1, -1).apply(&self.dense1).relu().dropout(0.5, train).apply(&self.dense2)
    }
}
