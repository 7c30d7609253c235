//! L2X's word CNN for reviews (Chen et al. 2018, section 4.2), which is MEED's black box and approximator too (Liang et al. 2020, section 4.1).

use tch::Tensor;
use tch::nn::{self, Module};

use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, conv1d, embedding, linear};
use crate::model::network::{Network, embed_tokens, padding_vector};
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// 5,000 words, 400 of them a document, padded in front as Keras does. The published script keeps the epoch with the best accuracy on the test
/// reviews; here it is the one with the best accuracy on validation.
pub static L2X_WORD_CNN: Architecture = Architecture {
    id: "l2x-word-cnn",
    title: "L2X word convolutional net",
    summary: "Word vectors of 50, one convolution of 250 filters over three words, the maximum over the text, then dense layers of 250 and the classes. \
              Reads the last 400 words.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.2",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|_| TextFitSpec::l2x_word()),
    min_side: 1,
    build,
    optimizer: OptimSpec::keras_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(5), batch(40), learning_rate(1e-3), patience(2)];

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    conv: nn::Conv1D,
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, 50, Framework::Keras),
        conv: conv1d(path / "conv", 50, 250, 3, false, Framework::Keras),
        dense1: linear(path / "dense1", 250, 250, Framework::Keras),
        dense2: linear(path / "dense2", 250, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn embed(&self, input: &Tensor) -> Tensor {
        embed_tokens(&self.embedding, input)
    }

    fn hidden(&self) -> Option<Tensor> {
        Some(padding_vector(&self.embedding))
    }

    fn logits(&self, embedded: &Tensor, train: bool) -> Tensor {
        let words = embedded.flatten(2, -1).dropout(0.2, train);
        let pooled = self.conv.forward(&words).relu().amax([2i64].as_slice(), false);
        let hidden = self.dense1.forward(&pooled).dropout(0.2, train).relu();
        self.dense2.forward(&hidden)
    }
}
