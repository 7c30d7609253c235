//! A small black box for colour pictures, in place of the one that DoRaR explains (SimpleDLA), which takes hundreds of times as long.

use tch::Tensor;
use tch::nn;

use crate::data::Modality;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Conv, Framework, linear, max_pool, normed};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Ours: on pictures of 32 x 32 in three colours it takes 6 million multiplications.
pub static DORAR_COLOUR_CNN: Architecture = Architecture {
    id: "dorar-colour-cnn",
    title: "Small convolutional net for colours",
    summary: "Three 3 x 3 convolutions (24, 48 and 96 filters) with batch normalisation and max pooling, then a dense layer. Small enough to be \
              explained by DoRaR on a CPU; the paper's black box is not.",
    citation: "ours, in place of the SimpleDLA of Qin et al.: DoRaR, Double-sided Remove and Reconstruct, section V",
    params: PARAMS,
    presets: &[],
    modality: Modality::Image,
    text: None,
    min_side: 8,
    build,
    optimizer: OptimSpec::torch_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(20), batch(100), learning_rate(1e-3), patience(4)];
const DROPOUT: f64 = 0.3;

#[derive(Debug)]
struct Net {
    /// Each with its normalisation; the picture is halved behind each.
    stages: [(nn::Conv2D, nn::BatchNorm); 3],
    dense: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let shape = input.shape;
    let stage = |number: usize, from: usize, to: i64| {
        let conv = Conv::same(from, to, 3).build(path / format!("conv{number}"), Framework::PyTorch);
        (conv, nn::batch_norm2d(path / format!("norm{number}"), to, nn::BatchNormConfig::default()))
    };
    let flat = 96 * (shape.height / 8) * (shape.width / 8);
    Box::new(Net {
        stages: [stage(1, shape.channels, 24), stage(2, 24, 48), stage(3, 48, 96)],
        dense: linear(path / "dense", flat as i64, classes as i64, Framework::PyTorch),
    })
}

impl Network for Net {
    fn logits(&self, input: &Tensor, train: bool) -> Tensor {
        // Brightness in 0..=1 as -1..=1, whatever the pictures at hand reach.
        let mut hidden = input * 2.0 - 1.0;
        for (conv, norm) in &self.stages {
            hidden = max_pool(&normed(norm, &hidden.apply(conv), train).relu(), 2);
        }
        hidden.flatten(1, -1).dropout(DROPOUT, train).apply(&self.dense)
    }
}
