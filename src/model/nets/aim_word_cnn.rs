//! AIM's black box for news (Vo et al. 2023, section 4): parallel convolutions over the words.

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use super::length;
use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, conv1d, embedding, linear};
use crate::model::network::{Network, embed_tokens, padding_vector};
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// News are short: what all documents of a batch have after their last words is read once, not 300 times (see [`without_equal_end`]).
pub static AIM_WORD_CNN: Architecture = Architecture {
    id: "aim-word-cnn",
    title: "AIM word convolutional net",
    summary: "Word vectors of 100, four convolutions side by side over 10, 3, 3 and 1 words with 250 filters each, the maximum over the \
              text, then dense layers of 250 and the classes. Training stops early.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023, section 4 and published code",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|params| TextFitSpec::aim(params.whole(PARAMS, "length") as usize)),
    min_side: 1,
    build,
    optimizer: OptimSpec::torch_adam,
};

const PARAMS: &[ParamSpec] = &[epochs(20), batch(100), learning_rate(1e-3), patience(2), length(400)];

/// Words that each convolution sees.
const WIDTHS: [i64; 4] = [10, 3, 3, 1];
/// The widest.
const WIDEST: i64 = 10;

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    convs: [nn::Conv1D; 4],
    dense1: nn::Linear,
    dense2: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    let conv = |i: usize| conv1d(path / format!("conv{}", i + 1), 100, 250, WIDTHS[i], false, Framework::PyTorch);
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, 100, Framework::PyTorch),
        convs: std::array::from_fn(conv),
        dense1: linear(path / "dense1", 1000, 250, Framework::PyTorch),
        dense2: linear(path / "dense2", 250, classes as i64, Framework::PyTorch),
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
        let words = without_equal_end(&embedded.flatten(2, -1));
        let pooled: Vec<Tensor> =
            self.convs.iter().map(|conv| conv.forward(&words).relu().amax([2i64].as_slice(), false)).collect();
        let features = Tensor::cat(&pooled, 1).dropout(0.1, train);
        self.dense2.forward(&self.dense1.forward(&features).relu())
    }
}

/// Word vectors `[n, e, t]` without the end at which all documents hold one and the same vector (padding), but for one window of the widest
/// convolution. Every window beyond gives the same features as that one, and the maximum over the text stays as it is.
fn without_equal_end(words: &Tensor) -> Tensor {
    let length = words.size()[2];
    if words.size()[0] == 0 || length <= WIDEST {
        return words.shallow_clone();
    }
    let last = words.narrow(0, 0, 1).narrow(2, length - 1, 1);
    let differs = words.detach().ne_tensor(&last.detach()).any_dims([0i64, 1].as_slice(), false);
    // 1 + the last place that differs, 0 where none does.
    let places = Tensor::arange_start(1, length + 1, (Kind::Int64, words.device()));
    let end = (differs.to_kind(Kind::Int64) * places).max().int64_value(&[]);
    words.narrow(2, 0, (end + WIDEST).min(length))
}
