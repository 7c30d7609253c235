//! L2X's hierarchical LSTM for reviews (Chen et al. 2018, section 4.2): words to sentences, sentences to the document.

use tch::Tensor;
use tch::nn::{self, Module};

use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, embedding, linear};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;
use crate::model::recurrent::{LastStates, Padding};

/// Both directions, as in the published code (the paper says plain LSTMs with pretrained vectors). Words after the end of a sentence are read as
/// padding, as there.
pub static L2X_SENTENCE_LSTM: Architecture = Architecture {
    id: "l2x-sentence-lstm",
    title: "L2X hierarchical LSTM",
    summary: "Word vectors of 100, a bidirectional LSTM of 100 over the words of each sentence, another over the sentences, then the classes. Reads 15 \
              sentences of up to 100 words, and padding after them like words, as published.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.2",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|_| TextFitSpec::l2x_sentence()),
    min_side: 1,
    build: |path, input, classes| build(path, input, classes, Padding::Read),
    optimizer: OptimSpec::keras_rmsprop,
};

/// The same over packed sequences: a hidden sentence is not there, in training as in an explanation. Of the 1,500 places of a review some 250 hold
/// a word, and only those are computed.
pub static L2X_SENTENCE_LSTM_PACKED: Architecture = Architecture {
    id: "l2x-sentence-lstm-packed",
    title: "L2X hierarchical LSTM, padding skipped",
    summary: "Word vectors of 100, a bidirectional LSTM of 100 over the words of each sentence, another over the sentences, then the classes; both \
              pass over padding and what is hidden. Reads 15 sentences of up to 100 words, several times quicker than the one that reads padding.",
    build: |path, input, classes| build(path, input, classes, Padding::Skipped),
    ..L2X_SENTENCE_LSTM
};

const PARAMS: &[ParamSpec] = &[epochs(5), batch(100), learning_rate(1e-3), patience(2)];

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    words: LastStates,
    sentences: LastStates,
    dense: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize, padding: Padding) -> Box<dyn Network> {
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, 100, Framework::Keras),
        words: LastStates::lstm(&(path / "words"), 100, 100, Framework::Keras, padding),
        sentences: LastStates::lstm(&(path / "sentences"), 200, 100, Framework::Keras, padding),
        dense: linear(path / "dense", 200, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn embed(&self, input: &Tensor) -> Tensor {
        self.words.embed(&self.embedding, input)
    }

    fn hidden(&self) -> Option<Tensor> {
        Some(self.words.nothing(&self.embedding))
    }

    fn least_shown(&self) -> f64 {
        self.words.least_shown()
    }

    fn logits(&self, embedded: &Tensor, _train: bool) -> Tensor {
        let size = embedded.size();
        let (n, dim, n_sentences, n_words) = (size[0], size[1], size[2], size[3]);
        // [n, e, s, w] to sequences of words [n s, w, e].
        let words = embedded.permute([0, 2, 3, 1]).reshape([n * n_sentences, n_words, dim]);
        let sentences = self.words.of(&words).view([n, n_sentences, -1]);
        self.dense.forward(&self.sentences.of(&sentences))
    }
}
