//! L2X's black box for digits (Chen et al. 2018, section 4.3): two 5 x 5 convolutions of 8 and 16 filters with max pooling, one dense layer.

use tch::Tensor;
use tch::nn;

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::layers::{Conv, Framework, linear, max_pool};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Padding, optimizer and epochs are not stated in the paper: valid padding, Keras' Adam and 10 epochs of 128 are ours.
pub static L2X_CNN: Architecture = Architecture {
    id: "l2x-cnn",
    title: "L2X convolutional net",
    summary: "Two 5 x 5 convolutions (8 and 16 filters), each with 2 x 2 max pooling, then one dense layer. Small and quick to train.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.3",
    params: PARAMS,
    presets: &[],
    modality: Modality::Image,
    text: None,
    min_side: 16,
    build,
    optimizer: OptimSpec::keras_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(10), batch(128), learning_rate(1e-3)];

#[derive(Debug)]
struct Net {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let shape = input.shape;
    let (conv1, conv2) = (Conv::valid(shape.channels, 8, 5), Conv::valid(8, 16, 5));
    let side = |size: usize| conv2.out(conv1.out(size as i64) / 2) / 2;
    let flat = 16 * side(shape.height) * side(shape.width);
    Box::new(Net {
        conv1: conv1.build(path / "conv1", Framework::Keras),
        conv2: conv2.build(path / "conv2", Framework::Keras),
        dense: linear(path / "dense", flat, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, _train: bool) -> Tensor {
        let hidden = max_pool(&input.apply(&self.conv1).relu(), 2);
        let hidden = max_pool(&hidden.apply(&self.conv2).relu(), 2);
        hidden.flatten(1, -1).apply(&self.dense)
    }
}
