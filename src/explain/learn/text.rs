//! Selectors and approximators for text: words of a document, or its sentences (L2X, section 4.2; MEED, Table 4).

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use super::Setup;
use super::selector::Selector;
use crate::data::{Unit, Units};
use crate::explain::ExplainError;
use crate::model::InputSpec;
use crate::model::layers::{Framework, conv1d, embedding, linear};
use crate::model::network::embed_tokens;
use crate::model::params::ParamSpec;
use crate::model::tensors::saved_tensor;

/// What padding scores: its share of every draw is exactly zero.
pub(super) const NEVER: f64 = -1e9;

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

    /// With word vectors of another length; a word is its vector.
    fn with_vectors(self, length: Option<i64>, unit: Unit) -> Self {
        let vector = length.unwrap_or(self.vector);
        Self { vector, unit: if unit == Unit::Sentence { self.unit } else { vector }, ..self }
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
    /// Builds it at `path`; `answer` is the number of classes where the black box's answer is an input, `length` that of its word vectors where it is
    /// not the published code's.
    pub fn new(
        path: &nn::Path<'_>,
        units: Units,
        input: InputSpec,
        answer: Option<usize>,
        length: Option<i64>,
    ) -> Self {
        let widths = Widths::of(units.unit).with_vectors(length, units.unit);
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

/// Name of a network's word vectors among its weights.
const WORDS: &str = "embedding.weight";

/// Length of the word vectors among saved weights; `None` where there are none of so many words.
pub(super) fn vector_length(weights: &[u8], n_words: usize) -> Option<i64> {
    match saved_tensor(weights, WORDS)?.size()[..] {
        [words, length] if words == n_words as i64 => Some(length),
        _ => None,
    }
}

/// Length of the black box's word vectors where a selector of `setup` is to begin with them, by the parameter `word-vectors` of `specs`.
pub(super) fn length_taken(setup: &Setup<'_>, specs: &[ParamSpec]) -> Option<i64> {
    let takes = setup.units.unit.is_text() && setup.params.choice(specs, "word-vectors") != "random";
    takes.then(|| vector_length(setup.weights, setup.input.vocabulary)).flatten()
}

/// Copies the black box's word vectors to those of a network in `store`, where the parameter `word-vectors` of `specs` says so.
pub(super) fn take_word_vectors(
    store: &nn::VarStore,
    setup: &Setup<'_>,
    specs: &[ParamSpec],
) -> Result<(), ExplainError> {
    match setup.params.choice(specs, "word-vectors").as_str() {
        "random" => Ok(()),
        choice => copy_word_vectors(store, setup.weights, choice == "black-box-fixed"),
    }
}

/// Copies word vectors among saved `weights` to those in `store`, if it has them as long; with `stay` they are not trained.
fn copy_word_vectors(store: &nn::VarStore, weights: &[u8], stay: bool) -> Result<(), ExplainError> {
    let own = store.variables().remove(WORDS);
    if let (Some(mut own), Some(known)) = (own, saved_tensor(weights, WORDS))
        && own.size() == known.size()
    {
        tch::no_grad(|| own.f_copy_(&known))?;
        if stay {
            let _ = own.set_requires_grad(false);
        }
    }
    Ok(())
}

/// Features `[b, f, units]`: word vectors, or what a convolution with a maximum over its words makes of each sentence.
pub(super) fn unit_features(
    words: &nn::Embedding,
    sentence: Option<&nn::Conv1D>,
    input: &Tensor,
    train: bool,
) -> Tensor {
    let Some(sentence) = sentence else { return embed_tokens(words, input).flatten(2, -1) };
    let size = input.size();
    let (b, n_sentences, n_words) = (size[0], size[2], size[3]);
    let tokens = input.reshape([b * n_sentences, 1, 1, n_words]);
    let sorted = by_length(&tokens);
    let pooled: Vec<Tensor> = sorted
        .iter()
        .map(|(rows, width)| {
            let vectors = embed_tokens(words, &tokens.index_select(0, rows).narrow(3, 0, *width));
            sentence.forward(&vectors.flatten(2, -1).dropout(0.2, train)).relu().amax([2i64].as_slice(), false)
        })
        .collect();
    let order: Vec<&Tensor> = sorted.iter().map(|(rows, _)| rows).collect();
    let back = Tensor::cat(&order, 0).argsort(0, false);
    Tensor::cat(&pooled, 0).index_select(0, &back).view([b, n_sentences, -1]).transpose(1, 2)
}

/// Longest sentence, in words, of each group of [`by_length`] but the last.
const LENGTHS: [i64; 4] = [0, 12, 24, 48];
/// Paddings that are left after the longest sentence of a group: the width of the convolution, so that one of its windows holds nothing else.
const PADDINGS: i64 = 3;

/// Sentences `[s, 1, 1, words]` in groups of like length: which ones, and how many words of them say all there is.
///
/// All windows of padding alone give the same value, and the maximum over them needs one. So cutting the others off changes nothing (but which
/// of them dropout spares while training), and most sentences are far shorter than the longest that is read.
fn by_length(tokens: &Tensor) -> Vec<(Tensor, i64)> {
    let n_words = tokens.size()[3];
    let place = Tensor::arange_start(1, n_words + 1, (Kind::Float, tokens.device()));
    let length = (tokens.ne(0.0).flatten(1, -1).to_kind(Kind::Float) * place).amax([1i64].as_slice(), false);
    let mut groups = Vec::new();
    let mut longer = length.ge(0.0);
    for longest in LENGTHS.into_iter().filter(|longest| longest + PADDINGS < n_words).chain([n_words]) {
        let fits = length.le(longest as f64);
        let rows = longer.logical_and(&fits).nonzero().flatten(0, -1);
        if rows.size()[0] > 0 {
            groups.push((rows, (longest + PADDINGS).min(n_words)));
        }
        longer = fits.logical_not();
    }
    groups
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

#[cfg(test)]
mod tests {
    use tch::{Device, nn};

    use super::*;
    use crate::data::Shape;
    use crate::model::tensors::save_weights;

    #[test]
    fn word_vectors_are_those_of_the_black_box_whatever_their_length() {
        let shape = Shape::new(1, 1, 60);
        let (units, input) = (Units::new(Unit::Word, shape), InputSpec { shape, vocabulary: 20 });
        let tokens = documents().reshape([12, 1, 1, 60]);
        for length in [50, 100] {
            let store = nn::VarStore::new(Device::Cpu);
            let words = embedding(store.root() / "embedding", 20, length, Framework::PyTorch).ws.copy();
            let weights = save_weights(&store).expect("weights");
            assert_eq!((vector_length(&weights, 20), vector_length(&weights, 21)), (Some(length), None));
            let store = nn::VarStore::new(Device::Cpu);
            let selector = TextSelector::new(&store.root(), units, input, None, vector_length(&weights, 20));
            assert!(!selector.embedding.ws.equal(&words));
            copy_word_vectors(&store, &weights, false).expect("a copy");
            assert!(selector.embedding.ws.equal(&words) && selector.embedding.ws.requires_grad());
            copy_word_vectors(&store, &weights, true).expect("a copy");
            assert!(!selector.embedding.ws.requires_grad(), "what stays is not trained");
            assert_eq!(selector.scores(&tokens, &tokens, false).size(), [12, 60]);
        }
        // A black box without any leaves them as they were drawn.
        assert_eq!(vector_length(b"", 20), None);
        let store = nn::VarStore::new(Device::Cpu);
        let selector = TextSelector::new(&store.root(), units, input, None, None);
        let before = selector.embedding.ws.copy();
        copy_word_vectors(&store, b"", true).expect("nothing to do");
        assert!(selector.embedding.ws.equal(&before));
    }

    /// Three documents of four sentences of sixty words: empty ones, one at each border of the groups, and one that fills its row.
    fn documents() -> Tensor {
        let lengths = [0, 1, 12, 13, 24, 25, 48, 49, 57, 58, 60, 3];
        let tokens: Vec<f32> = lengths
            .into_iter()
            .enumerate()
            .flat_map(|(s, length)| {
                (0..60).map(move |w| if w < length { (1 + (7 * s + 3 * w) % 19) as f32 } else { 0.0 })
            })
            .collect();
        Tensor::from_slice(&tokens).view([3, 1, 4, 60])
    }

    #[test]
    fn sentences_cut_to_their_length_have_the_features_and_gradients_of_whole_ones() {
        let store = nn::VarStore::new(Device::Cpu);
        let words = embedding(store.root() / "words", 20, 5, Framework::Keras);
        let sentence = conv1d(store.root() / "sentence", 5, 7, 3, false, Framework::Keras);
        let input = documents();
        let vectors = embed_tokens(&words, &input).permute([0, 2, 1, 3]).reshape([12, 5, 60]);
        let whole = sentence.forward(&vectors).relu().amax([2i64].as_slice(), false).view([3, 4, 7]).transpose(1, 2);
        let cut = unit_features(&words, Some(&sentence), &input, false);
        assert_eq!(cut.size(), [3, 7, 4]);
        assert!(cut.allclose(&whole, 1e-6, 1e-7, false));
        let gradient = |features: &Tensor| {
            Tensor::run_backward(&[features.square().sum(Kind::Float)], &[&sentence.ws], true, false)
        };
        assert!(gradient(&cut)[0].allclose(&gradient(&whole)[0], 1e-4, 1e-6, false));
    }

    #[test]
    fn every_sentence_is_in_one_group_and_no_word_is_cut_off() {
        let tokens = documents().reshape([12, 1, 1, 60]);
        let mut seen: Vec<i64> = Vec::new();
        for (rows, width) in by_length(&tokens) {
            let rest = tokens.index_select(0, &rows).narrow(3, width, 60 - width);
            assert_eq!(rest.abs().sum(Kind::Float).double_value(&[]), 0.0, "words cut at {width}");
            seen.extend(Vec::<i64>::try_from(&rows).expect("indices"));
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..12).collect::<Vec<i64>>());
    }
}
