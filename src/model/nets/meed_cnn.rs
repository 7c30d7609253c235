//! MEED's black box and approximators for digits and clothes (Liang et al. 2020, Table 6).

use tch::Tensor;
use tch::nn;

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::layers::{Conv, Framework, linear, max_pool};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Stride is 1: Table 6's "stride 3" is evidently the second number of the 3 x 3 kernel; the published code has stride 1.
pub static MEED_CNN: Architecture = Architecture {
    id: "meed-cnn",
    title: "MEED convolutional net",
    summary: "Two 3 x 3 convolutions (32 and 64 filters), max pooling and a dense layer of 128, with dropout. The net of Keras' digits example.",
    citation: "Liang et al.: Adversarial Infidelity Learning for Model Interpretation, KDD 2020, Table 6",
    params: PARAMS,
    presets: &[],
    modality: Modality::Image,
    text: None,
    min_side: 6,
    build,
    optimizer: OptimSpec::keras_adadelta,
};

const PARAMS: &[ParamSpec] = &[epochs(12), batch(128), learning_rate(1.0)];

#[derive(Debug)]
struct Net {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let shape = input.shape;
    let (conv1, conv2) = (Conv::valid(shape.channels, 32, 3), Conv::valid(32, 64, 3));
    let side = |size: usize| conv2.out(conv1.out(size as i64)) / 2;
    let flat = 64 * side(shape.height) * side(shape.width);
    Box::new(Net {
        conv1: conv1.build(path / "conv1", Framework::Keras),
        conv2: conv2.build(path / "conv2", Framework::Keras),
        dense1: linear(path / "dense1", flat, 128, Framework::Keras),
        dense2: linear(path / "dense2", 128, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        let hidden = input.apply(&self.conv1).relu().apply(&self.conv2).relu();
        let hidden = max_pool(&hidden, 2).dropout(0.25, train).flatten(1, -1);
        hidden.apply(&self.dense1).relu().dropout(0.5, train).apply(&self.dense2)
    }
}
