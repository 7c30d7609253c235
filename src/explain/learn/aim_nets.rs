//! AIM's networks (Vo et al. 2023, Appendix A; published code for pictures): what scores units, and the approximator.
//!
//! The published explainer scores a word or a patch without seeing its neighbours or its place. Both forms are here: [`Context::None`] and
//! [`Context::Neighbours`].

use tch::nn::{self, Module, RNN};
use tch::{Kind, Tensor};

use super::columns::{ColumnApproximator, ColumnNet};
use super::selector::pool_to_grid;
use super::text::{padding, unit_features};
use crate::data::{Unit, Units};
use crate::model::InputSpec;
use crate::model::layers::{Conv, Framework, conv1d, embedding, linear, lstm, max_pool};

const TORCH: Framework = Framework::PyTorch;

/// Length of AIM's word vectors, where they are not copies of the black box's.
const VECTOR: i64 = 100;
/// What a sentence's words are brought to, as in L2X's sentence selector (AIM has no sentences).
const SENTENCE: i64 = 250;

/// What a network sees of a unit's surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Nothing: equal words and equal patches get equal values.
    None,
    /// The neighbouring units, or the whole picture.
    Neighbours,
}

/// A network that gives every unit some values: the explainer's W, or the selector's logit.
pub trait UnitNet: std::fmt::Debug + Send {
    /// Values `[b, units, out]` of inputs `[b, c, h, w]`; dropout is live where `train` is on.
    fn values(&self, input: &Tensor, train: bool) -> Tensor;
}

/// The explainer: `classes` values for each unit. `length` is that of its word vectors where it is not the paper's.
pub fn explainer(
    path: &nn::Path<'_>,
    units: Units,
    input: InputSpec,
    classes: usize,
    context: Context,
    length: Option<i64>,
) -> Box<dyn UnitNet> {
    let out = classes as i64;
    if units.unit == Unit::Column {
        return Box::new(ColumnNet::new(path, units, input, out, context));
    }
    match (units.unit.is_text(), context) {
        (true, _) => Box::new(WordExplainer::new(path, Vectors::new(path, units, input, length), out, context)),
        (false, Context::None) => Box::new(PatchNet::new(path, units, &[64, 64, out])),
        (false, Context::Neighbours) => Box::new(PictureNet::new(path, units, out)),
    }
}

/// The selector: one logit for each unit; its sigmoid is the probability that the unit is kept. `length` as in [`explainer`].
pub fn selector(
    path: &nn::Path<'_>,
    units: Units,
    input: InputSpec,
    context: Context,
    length: Option<i64>,
) -> Box<dyn UnitNet> {
    if units.unit == Unit::Column {
        return Box::new(ColumnNet::new(path, units, input, 1, context));
    }
    match (units.unit.is_text(), context) {
        // The published selector for text sees the whole document in both forms.
        (true, _) => Box::new(WordSelector::new(path, Vectors::new(path, units, input, length))),
        (false, Context::None) => Box::new(PatchNet::new(path, units, &[64, 1])),
        (false, Context::Neighbours) => Box::new(PictureNet::new(path, units, 1)),
    }
}

/// Vectors of words, or of sentences by a convolution and a maximum over their words.
#[derive(Debug)]
struct Vectors {
    embedding: nn::Embedding,
    sentence: Option<nn::Conv1D>,
    /// Length of a unit's vector.
    dim: i64,
}

impl Vectors {
    fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, length: Option<i64>) -> Self {
        let length = length.unwrap_or(VECTOR);
        Self {
            embedding: embedding(path / "embedding", input.vocabulary, length, TORCH),
            sentence: (units.unit == Unit::Sentence)
                .then(|| conv1d(path / "sentence", length, SENTENCE, 3, false, TORCH)),
            dim: if units.unit == Unit::Sentence { SENTENCE } else { length },
        }
    }

    /// `[b, dim, units]`.
    fn of(&self, input: &Tensor, train: bool) -> Tensor {
        unit_features(&self.embedding, self.sentence.as_ref(), input, train)
    }
}

/// Three layers of 250, 250 and the classes (Appendix A): dense layers on each word alone, or convolutions over three words.
#[derive(Debug)]
struct WordExplainer {
    vectors: Vectors,
    layers: [nn::Conv1D; 2],
    out: nn::Conv1D,
}

impl WordExplainer {
    fn new(path: &nn::Path<'_>, vectors: Vectors, out: i64, context: Context) -> Self {
        // A convolution over one word is a dense layer on each.
        let kernel = if context == Context::None { 1 } else { 3 };
        let layers = [
            conv1d(path / "layer1", vectors.dim, 250, kernel, true, TORCH),
            conv1d(path / "layer2", 250, 250, kernel, true, TORCH),
        ];
        Self { vectors, layers, out: conv1d(path / "out", 250, out, 1, true, TORCH) }
    }
}

impl UnitNet for WordExplainer {
    fn values(&self, input: &Tensor, train: bool) -> Tensor {
        let hidden =
            self.layers.iter().fold(self.vectors.of(input, train), |hidden, layer| layer.forward(&hidden).relu());
        self.out.forward(&hidden).transpose(1, 2)
    }
}

/// A bidirectional LSTM of 100, then three dense layers with dropout (Appendix A).
#[derive(Debug)]
struct WordSelector {
    vectors: Vectors,
    lstm: nn::LSTM,
    layers: [nn::Linear; 2],
    out: nn::Linear,
}

impl WordSelector {
    fn new(path: &nn::Path<'_>, vectors: Vectors) -> Self {
        Self {
            lstm: lstm(path / "lstm", vectors.dim, 100, TORCH),
            layers: [linear(path / "layer1", 200, 100, TORCH), linear(path / "layer2", 100, 100, TORCH)],
            out: linear(path / "out", 100, 1, TORCH),
            vectors,
        }
    }
}

impl UnitNet for WordSelector {
    fn values(&self, input: &Tensor, train: bool) -> Tensor {
        let states = self.lstm.seq(&self.vectors.of(input, train).transpose(1, 2)).0;
        let hidden = self.layers.iter().fold(states, |hidden, layer| layer.forward(&hidden.dropout(0.2, train)).relu());
        self.out.forward(&hidden.dropout(0.2, train))
    }
}

/// Each patch alone (published code): two convolutions of 32 and 64 filters inside the patch, the maximum, dense layers. A pixel is a patch
/// of one.
#[derive(Debug)]
struct PatchNet {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense: Vec<nn::Linear>,
    units: Units,
}

impl PatchNet {
    fn new(path: &nn::Path<'_>, units: Units, widths: &[i64]) -> Self {
        let dense = widths.iter().enumerate().map(|(i, &to)| linear(path / format!("dense{}", i + 1), 64, to, TORCH));
        Self {
            conv1: Conv::same(units.shape.channels, 32, 3).build(path / "conv1", TORCH),
            conv2: Conv::same(32, 64, 3).build(path / "conv2", TORCH),
            dense: dense.collect(),
            units,
        }
    }
}

impl UnitNet for PatchNet {
    fn values(&self, input: &Tensor, _train: bool) -> Tensor {
        let patches = patches(input, self.units);
        let mut hidden = self.conv1.forward(&patches).relu();
        if patches.size()[2].min(patches.size()[3]) >= 2 {
            hidden = max_pool(&hidden, 2);
        }
        let mut hidden = self.conv2.forward(&hidden).relu().amax([2i64, 3].as_slice(), false);
        for (i, dense) in self.dense.iter().enumerate() {
            hidden = dense.forward(&if i == 0 { hidden } else { hidden.relu() });
        }
        hidden.view([input.size()[0], self.units.count() as i64, -1])
    }
}

/// Every patch as a picture of its own, `[b * units, c, rows, cols]`; what reaches over the edge is zero.
fn patches(input: &Tensor, units: Units) -> Tensor {
    let (rows, cols) = units.grid();
    let (block_h, block_w) = units.block();
    let (block_h, block_w) = (block_h.min(units.shape.height), block_w.min(units.shape.width));
    let (pad_h, pad_w) = (rows * block_h - units.shape.height, cols * block_w - units.shape.width);
    let size = input.size();
    let [rows, cols, block_h, block_w] = [rows, cols, block_h, block_w].map(|size| size as i64);
    input
        .constant_pad_nd([0, pad_w as i64, 0, pad_h as i64])
        .view([size[0], size[1], rows, block_h, cols, block_w])
        .permute([0, 2, 4, 1, 3, 5])
        .reshape([size[0] * rows * cols, size[1], block_h, block_w])
}

/// The whole picture (ours; the filters of L2X's selector): convolutions of 32 and 64 filters of 5 x 5, the maximum over each unit, one of
/// 3 x 3.
#[derive(Debug)]
struct PictureNet {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    out: nn::Conv2D,
    units: Units,
}

impl PictureNet {
    fn new(path: &nn::Path<'_>, units: Units, out: i64) -> Self {
        Self {
            conv1: Conv::same(units.shape.channels, 32, 5).build(path / "conv1", TORCH),
            conv2: Conv::same(32, 64, 5).build(path / "conv2", TORCH),
            out: Conv::same(64, out, 3).build(path / "out", TORCH),
            units,
        }
    }
}

impl UnitNet for PictureNet {
    fn values(&self, input: &Tensor, _train: bool) -> Tensor {
        let (block_h, block_w) = self.units.block();
        let mut hidden = self.conv1.forward(input).relu();
        if block_h.min(block_w) >= 2 {
            hidden = max_pool(&hidden, 2);
        }
        let hidden = pool_to_grid(&self.conv2.forward(&hidden).relu(), self.units);
        self.out.forward(&hidden).flatten(2, -1).transpose(1, 2)
    }
}

/// The approximator G: the black box's answer from a masked input.
#[derive(Debug)]
pub enum Approximator {
    /// One convolution of 250 filters over three words, the maximum over the text, the classes (Appendix A).
    Text(Box<TextNet>),
    /// Two convolutions of 32 and 64 filters with max pooling, the classes (published code).
    Picture(Box<PictureApproximator>),
    /// Dense layers, as L2X's.
    Table(Box<ColumnApproximator>),
}

/// The approximator for text.
#[derive(Debug)]
pub struct TextNet {
    vectors: Vectors,
    conv: nn::Conv1D,
    dense: nn::Linear,
    units: Units,
}

/// The approximator for pictures.
#[derive(Debug)]
pub struct PictureApproximator {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense: nn::Linear,
    units: Units,
}

impl Approximator {
    /// Builds it at `path`; `length` as in [`explainer`].
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, classes: usize, length: Option<i64>) -> Self {
        let classes = classes as i64;
        if units.unit.is_text() {
            let vectors = Vectors::new(path, units, input, length);
            return Self::Text(Box::new(TextNet {
                conv: conv1d(path / "conv", vectors.dim, 250, 3, true, TORCH),
                dense: linear(path / "dense", 250, classes, TORCH),
                vectors,
                units,
            }));
        }
        if units.unit == Unit::Column {
            return Self::Table(Box::new(ColumnApproximator::new(path, units, input, classes as usize)));
        }
        let flat = 64 * (units.shape.height / 4) * (units.shape.width / 4);
        Self::Picture(Box::new(PictureApproximator {
            conv1: Conv::same(units.shape.channels, 32, 3).build(path / "conv1", TORCH),
            conv2: Conv::same(32, 64, 3).build(path / "conv2", TORCH),
            dense: linear(path / "dense", flat as i64, classes, TORCH),
            units,
        }))
    }

    /// Logits `[b, classes]` of inputs under a soft mask over units `[b, units]`; what is hidden is a zero vector or a zero pixel.
    pub fn logits(&self, input: &Tensor, mask: &Tensor, train: bool) -> Tensor {
        match self {
            Self::Text(net) => {
                let words = (net.vectors.of(input, train) * mask.unsqueeze(1)).dropout(0.2, train);
                let pooled = net.conv.forward(&words).relu().amax([2i64].as_slice(), false);
                net.dense.forward(&pooled.dropout(0.2, train))
            }
            Self::Picture(net) => net.logits(&(input * super::concrete::spread(mask, net.units)), train),
            Self::Table(net) => net.logits(input, Some(mask), train),
        }
    }

    /// Logits of inputs in which hidden units are padding or zero already.
    pub fn logits_hard(&self, masked: &Tensor) -> Tensor {
        match self {
            Self::Text(net) => {
                let shown = padding(masked, net.units).logical_not().to_kind(Kind::Float);
                self.logits(masked, &shown, false)
            }
            Self::Picture(net) => net.logits(masked, false),
            Self::Table(net) => net.logits(masked, None, false),
        }
    }
}

impl PictureApproximator {
    fn logits(&self, masked: &Tensor, train: bool) -> Tensor {
        let hidden = max_pool(&self.conv1.forward(&masked.dropout(0.2, train)).relu(), 2);
        let hidden = max_pool(&self.conv2.forward(&hidden.dropout(0.2, train)).relu(), 2);
        self.dense.forward(&hidden.flatten(1, -1))
    }
}
