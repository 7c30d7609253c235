//! AIM's black box for reviews (Vo et al. 2023, section 4): a bidirectional GRU over the words.

use tch::Tensor;
use tch::nn::{self, Module};

use super::length;
use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, embedding, linear};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;
use crate::model::recurrent::{LastStates, Padding};

/// Padding after the end of a review is read like words, as in the published code. So a review with most words hidden in place looks to it
/// like what it was trained on; a packed GRU would meet padding for the first time in an explanation. Hence batches cannot be cut to their
/// longest review: the forward state changes with every padding it reads.
pub static AIM_WORD_GRU: Architecture = Architecture {
    id: "aim-word-gru",
    title: "AIM bidirectional GRU",
    summary: "Word vectors of 100, a bidirectional GRU of 250, its last states through a dense layer of 250, then the classes. Padding \
              after a text and at hidden words is read like words, as published. Training stops early: the published 20 epochs take hours on a CPU.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023, section 4 and published code",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|params| TextFitSpec::aim(params.whole(PARAMS, "length") as usize)),
    min_side: 1,
    build: |path, input, classes| build(path, input, classes, Padding::Read),
    optimizer: OptimSpec::torch_adam,
};

/// The same over packed sequences: words that a mask hides are not there, in training as in an explanation. It costs what the words of a review
/// cost, about half of the row of 400, and a twentieth of it where ten words are kept.
pub static AIM_WORD_GRU_PACKED: Architecture = Architecture {
    id: "aim-word-gru-packed",
    title: "AIM bidirectional GRU, padding skipped",
    summary: "Word vectors of 100, a bidirectional GRU of 250 that passes over padding and hidden words, its last states through a dense \
              layer of 250, then the classes. Quicker than the one that reads padding.",
    build: |path, input, classes| build(path, input, classes, Padding::Skipped),
    ..AIM_WORD_GRU
};

const PARAMS: &[ParamSpec] = &[epochs(20), batch(64), learning_rate(1e-3), patience(2), length(400)];

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    gru: LastStates,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize, padding: Padding) -> Box<dyn Network> {
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, 100, Framework::PyTorch),
        gru: LastStates::gru(&(path / "gru"), 100, 250, Framework::PyTorch, padding),
        dense1: linear(path / "dense1", 500, 250, Framework::PyTorch),
        dense2: linear(path / "dense2", 250, classes as i64, Framework::PyTorch),
    })
}

impl Network for Net {
    fn embed(&self, input: &Tensor) -> Tensor {
        self.gru.embed(&self.embedding, input)
    }

    fn hidden(&self) -> Option<Tensor> {
        Some(self.gru.nothing(&self.embedding))
    }

    fn least_shown(&self) -> f64 {
        self.gru.least_shown()
    }

    fn logits(&self, embedded: &Tensor, train: bool) -> Tensor {
        let words = embedded.flatten(2, -1).transpose(1, 2);
        let states = self.gru.of(&words);
        let hidden = self.dense1.forward(&states).relu().dropout(0.1, train);
        self.dense2.forward(&hidden)
    }
}
