//! AIM's black box for posts (Vo et al. 2023, section 4): one Transformer encoder layer under a bidirectional LSTM.

use tch::nn::{self, Init, Module};
use tch::{Kind, Tensor};

use super::length;
use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, embedding, linear};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;
use crate::model::recurrent::{LastStates, Padding, to_front};

/// Padding is attended to and read like words, as in the published code. Positions are those of Vaswani et al. 2017, as the paper says; the
/// published code doubles their exponent.
pub static AIM_WORD_TRANSFORMER: Architecture = Architecture {
    id: "aim-word-transformer",
    title: "AIM Transformer with LSTM",
    summary: "Word vectors of 256 with positions, one Transformer encoder layer of 4 heads, a bidirectional LSTM of 512, then dense layers \
              of 128, 64 and the classes. Padding after a text and at hidden words is read like words, as published. Training stops early: the published 50 epochs take a day on a CPU.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023, section 4 and published code",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|params| TextFitSpec::aim(params.whole(PARAMS, "length") as usize)),
    min_side: 1,
    build: |path, input, classes| build(path, input, classes, Padding::Read),
    optimizer: OptimSpec::torch_adam,
};

/// The same where only words are attended to and read: what a mask hides is not there, and the places count what is left, in training as in an
/// explanation. A post of twenty words costs as much as twenty words.
pub static AIM_WORD_TRANSFORMER_PACKED: Architecture = Architecture {
    id: "aim-word-transformer-packed",
    title: "AIM Transformer with LSTM, padding skipped",
    summary: "Word vectors of 256 with positions, one Transformer encoder layer of 4 heads, a bidirectional LSTM of 512, then dense layers \
              of 128, 64 and the classes; padding and hidden words are passed over. Quicker than the one that reads padding.",
    build: |path, input, classes| build(path, input, classes, Padding::Skipped),
    ..AIM_WORD_TRANSFORMER
};

const PARAMS: &[ParamSpec] = &[epochs(50), batch(100), learning_rate(1e-4), patience(3), length(200)];

/// Length of a word vector.
const DIM: i64 = 256;
/// Heads of the attention.
const HEADS: i64 = 4;
/// Hidden units behind the attention.
const WIDE: i64 = 1024;
/// Dropout of the encoder layer.
const DROPOUT: f64 = 0.1;

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    encoder: Encoder,
    lstm: LastStates,
    dense1: nn::Linear,
    dense2: nn::Linear,
    dense3: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize, padding: Padding) -> Box<dyn Network> {
    let torch = Framework::PyTorch;
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, DIM, torch),
        encoder: Encoder::new(&(path / "encoder")),
        lstm: LastStates::lstm(&(path / "lstm"), DIM, 512, torch, padding),
        dense1: linear(path / "dense1", 1024, 128, torch),
        dense2: linear(path / "dense2", 128, 64, torch),
        dense3: linear(path / "dense3", 64, classes as i64, torch),
    })
}

impl Network for Net {
    fn embed(&self, input: &Tensor) -> Tensor {
        self.lstm.embed(&self.embedding, input)
    }

    fn hidden(&self) -> Option<Tensor> {
        Some(self.lstm.nothing(&self.embedding))
    }

    fn least_shown(&self) -> f64 {
        self.lstm.least_shown()
    }

    fn logits(&self, embedded: &Tensor, train: bool) -> Tensor {
        let words = embedded.flatten(2, -1).transpose(1, 2);
        let placed = |words: &Tensor| words * (DIM as f64).sqrt() + positions(words.size()[1], words.device());
        let states = match self.lstm.padding() {
            Padding::Read => self.lstm.of(&self.encoder.forward(&placed(&words), None, train)),
            Padding::Skipped => {
                let (words, lengths) = to_front(&words);
                let place = Tensor::arange(words.size()[1], (Kind::Int64, words.device()));
                let absent = place.unsqueeze(0).ge_tensor(&lengths.unsqueeze(1));
                self.lstm.of_first(&self.encoder.forward(&placed(&words), Some(&absent), train), &lengths)
            }
        };
        let hidden = self.dense1.forward(&states.dropout(0.5, train)).relu();
        let hidden = self.dense2.forward(&hidden.dropout(0.5, train)).relu();
        self.dense3.forward(&hidden)
    }
}

/// Sines and cosines of the first `n_places` places, `[1, t, DIM]` (Vaswani et al. 2017, section 3.5).
fn positions(n_places: i64, device: tch::Device) -> Tensor {
    let options = (Kind::Float, device);
    let place = Tensor::arange(n_places, options).unsqueeze(1);
    let rate = (Tensor::arange(DIM / 2, options) * (-2.0 * 10_000.0_f64.ln() / DIM as f64)).exp();
    let angle = place * rate;
    // Sine and cosine take turns.
    Tensor::stack(&[angle.sin(), angle.cos()], 2).flatten(1, 2).unsqueeze(0)
}

/// PyTorch's `TransformerEncoderLayer`: normalisation after each part, ReLU.
#[derive(Debug)]
struct Encoder {
    /// Queries, keys and values side by side.
    attention_in: nn::Linear,
    attention_out: nn::Linear,
    norm1: nn::LayerNorm,
    wide: nn::Linear,
    narrow: nn::Linear,
    norm2: nn::LayerNorm,
}

impl Encoder {
    fn new(path: &nn::Path<'_>) -> Self {
        let torch = Framework::PyTorch;
        // PyTorch draws the attention's inner weights Glorot uniform and starts both biases at 0.
        let out = nn::LinearConfig { ws_init: torch.init(DIM, DIM).0, bs_init: Some(Init::Const(0.0)), bias: true };
        Self {
            attention_in: linear(path / "attention_in", DIM, 3 * DIM, Framework::Keras),
            attention_out: nn::linear(path / "attention_out", DIM, DIM, out),
            norm1: nn::layer_norm(path / "norm1", vec![DIM], nn::LayerNormConfig::default()),
            wide: linear(path / "wide", DIM, WIDE, torch),
            narrow: linear(path / "narrow", WIDE, DIM, torch),
            norm2: nn::layer_norm(path / "norm2", vec![DIM], nn::LayerNormConfig::default()),
        }
    }

    /// `[n, t, DIM]` to the same. Nothing is taken from places that are `absent` `[n, t]`.
    fn forward(&self, words: &Tensor, absent: Option<&Tensor>, train: bool) -> Tensor {
        let attended = self.attention(words, absent, train).dropout(DROPOUT, train);
        let words = self.norm1.forward(&(words + attended));
        let wide = self.wide.forward(&words).relu().dropout(DROPOUT, train);
        let fed = self.narrow.forward(&wide).dropout(DROPOUT, train);
        self.norm2.forward(&(words + fed))
    }

    fn attention(&self, words: &Tensor, absent: Option<&Tensor>, train: bool) -> Tensor {
        let (n, t) = (words.size()[0], words.size()[1]);
        let parts = self.attention_in.forward(words).view([n, t, 3, HEADS, DIM / HEADS]).permute([2, 0, 3, 1, 4]);
        let (query, key, value) = (parts.select(0, 0), parts.select(0, 1), parts.select(0, 2));
        let fit = query.matmul(&key.transpose(-2, -1)) / ((DIM / HEADS) as f64).sqrt();
        let fit = match absent {
            // Not minus infinity, which has no softmax where a text has no word at all.
            Some(absent) => fit.masked_fill(&absent.view([n, 1, 1, t]), -1e9),
            None => fit,
        };
        let weights = fit.softmax(-1, Kind::Float).dropout(DROPOUT, train);
        self.attention_out.forward(&weights.matmul(&value).transpose(1, 2).reshape([n, t, DIM]))
    }
}
