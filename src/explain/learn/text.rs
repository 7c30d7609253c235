//! Selectors and approximators for text: words of a document, or its sentences (L2X, section 4.2; MEED, Table 4).

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use super::selector::Selector;
use crate::data::{Unit, Units};
use crate::model::InputSpec;
use crate::model::layers::{Framework, conv1d, embedding, linear};
use crate::model::network::embed_tokens;

/// What padding scores: its share of every draw is exactly zero.
const NEVER: f64 = -1e9;

/// Filters of a selector.
#[derive(Clone, Copy, Debug)]
struct Widths {
    /// Length of its word vectors.
    vector: i64,
    /// What it makes of a unit before looking at its neighbours.
    unit: i64,
    /// Filters of the local branch.
    local: i64,
    /// Filters that merge both branches.
    merge: i64,
}

impl Widths {
    /// The published code's: 100 filters everywhere on words (the paper says 50 in the local and merging layers); 250 for a sentence, then 50.
    const fn of(unit: Unit) -> Self {
        match unit {
            Unit::Sentence => Self { vector: 100, unit: 250, local: 50, merge: 50 },
            _ => Self { vector: 50, unit: 50, local: 100, merge: 100 },
        }
    }
}

/// L2X's selector for text with a local and a global branch, and MEED's, which sees the black box's answer beside (section 3.2).
#[derive(Debug)]
pub struct TextSelector {
    embedding: nn::Embedding,
    /// From words to a sentence; `None` where words are the units.
    sentence: Option<nn::Conv1D>,
    shared: nn::Conv1D,
    global: nn::Linear,
    /// From the answer to a vector beside the global one.
    answer: Option<[nn::Linear; 3]>,
    local: [nn::Conv1D; 2],
    merge: nn::Conv1D,
    out: nn::Conv1D,
    units: Units,
}

impl TextSelector {
    /// Builds it at `path`; `answer` is the number of classes where the black box's answer is an input.
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, answer: Option<usize>) -> Self {
        let widths = Widths::of(units.unit);
        let keras = Framework::Keras;
        let n_global = if answer.is_some() { 200 } else { 100 };
        Self {
            embedding: embedding(path / "embedding", input.vocabulary, widths.vector, keras),
            sentence: (units.unit == Unit::Sentence)
                .then(|| conv1d(path / "sentence", widths.vector, widths.unit, 3, false, keras)),
            shared: conv1d(path / "shared", widths.unit, 100, 3, true, keras),
            global: linear(path / "global", 100, 100, keras),
            answer: answer.map(|classes| {
                let dense = |name: &str, from: i64| linear(path / name, from, 100, keras);
                [dense("answer1", classes as i64), dense("answer2", 100), dense("answer3", 100)]
            }),
            local: [
                conv1d(path / "local1", 100, widths.local, 3, true, keras),
                conv1d(path / "local2", widths.local, widths.local, 3, true, keras),
            ],
            merge: conv1d(path / "merge", n_global + widths.local, widths.merge, 1, true, keras),
            out: conv1d(path / "out", widths.merge, 1, 1, true, keras),
            units,
        }
    }
}

impl Selector for TextSelector {
    fn scores(&self, input: &Tensor, probs: &Tensor, train: bool) -> Tensor {
        let features = unit_features(&self.embedding, self.sentence.as_ref(), input, train);
        let shared = self.shared.forward(&features).relu();
        let mut global = self.global.forward(&shared.amax([2i64].as_slice(), false)).relu();
        if let Some([first, second, third]) = &self.answer {
            // The published code's first layer has no activation; the paper's has, and is followed.
            let answer = first.forward(probs).relu();
            let answer = third.forward(&second.forward(&answer).relu()).relu();
            global = Tensor::cat(&[global, answer], 1);
        }
        let local = self.local[1].forward(&self.local[0].forward(&shared).relu()).relu();
        let tiled = global.unsqueeze(2).expand([-1, -1, local.size()[2]], false);
        let merged = Tensor::cat(&[tiled, local], 1).dropout(0.2, train);
        let scores = self.out.forward(&self.merge.forward(&merged).relu()).squeeze_dim(1);
        scores.masked_fill(&padding(input, self.units), NEVER)
    }
}

/// Features `[b, f, units]`: word vectors, or what a convolution with a maximum over its words makes of each sentence.
pub(super) fn unit_features(
    words: &nn::Embedding,
    sentence: Option<&nn::Conv1D>,
    input: &Tensor,
    train: bool,
) -> Tensor {
    let vectors = embed_tokens(words, input);
    let Some(sentence) = sentence else { return vectors.flatten(2, -1) };
    let size = vectors.size();
    let (b, dim, n_sentences, n_words) = (size[0], size[1], size[2], size[3]);
    let each = vectors.permute([0, 2, 1, 3]).reshape([b * n_sentences, dim, n_words]).dropout(0.2, train);
    let pooled = sentence.forward(&each).relu().amax([2i64].as_slice(), false);
    pooled.view([b, n_sentences, -1]).transpose(1, 2)
}

/// Which units hold nothing but padding, `[b, units]`.
pub(crate) fn padding(input: &Tensor, units: Units) -> Tensor {
    let empty = input.eq(0.0);
    if units.unit == Unit::Sentence { empty.all_dim(3, false).flatten(1, -1) } else { empty.flatten(1, -1) }
}

/// L2X's approximator for text: the mean of k units' vectors, a dense layer of 250 and the classes. The sum is divided by k, not by the sum of the
/// mask (published code).
#[derive(Debug)]
pub struct TextApproximator {
    embedding: nn::Embedding,
    sentence: Option<nn::Conv1D>,
    dense1: nn::Linear,
    dense2: nn::Linear,
    units: Units,
    k: f64,
}

impl TextApproximator {
    /// Builds it at `path`.
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, classes: usize, k: i64) -> Self {
        let widths = Widths::of(units.unit);
        let keras = Framework::Keras;
        Self {
            embedding: embedding(path / "embedding", input.vocabulary, widths.vector, keras),
            sentence: (units.unit == Unit::Sentence)
                .then(|| conv1d(path / "sentence", widths.vector, widths.unit, 3, false, keras)),
            dense1: linear(path / "dense1", widths.unit, 250, keras),
            dense2: linear(path / "dense2", 250, classes as i64, keras),
            units,
            k: k as f64,
        }
    }

    /// Logits `[b, classes]` of inputs under a mask over units `[b, units]`.
    pub fn logits(&self, input: &Tensor, mask: &Tensor, train: bool) -> Tensor {
        let features = unit_features(&self.embedding, self.sentence.as_ref(), input, train);
        let summed = (features * mask.unsqueeze(1)).sum_dim_intlist([2i64].as_slice(), false, Kind::Float);
        self.dense2.forward(&self.dense1.forward(&(summed / self.k)).relu())
    }

    /// Logits of inputs in which hidden units are padding already.
    pub fn logits_hard(&self, masked: &Tensor) -> Tensor {
        self.logits(masked, &padding(masked, self.units).logical_not().to_kind(Kind::Float), false)
    }
}
