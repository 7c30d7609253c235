//! L2X's hierarchical LSTM for reviews (Chen et al. 2018, section 4.2): words to sentences, sentences to the document.

use tch::Tensor;
use tch::nn::{self, Module, RNN};

use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, embedding, last_states, linear, lstm};
use crate::model::network::{Network, embed_tokens, padding_vector};
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// Both directions, as in the published code (the paper says plain LSTMs with pretrained vectors). Words after the end of a sentence are read as
/// padding, as there.
pub static L2X_SENTENCE_LSTM: Architecture = Architecture {
    id: "l2x-sentence-lstm",
    title: "L2X hierarchical LSTM",
    summary: "Word vectors of 100, a bidirectional LSTM of 100 over the words of each sentence, another over the sentences, then the classes. Reads 15 \
              sentences of up to 100 words.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.2",
    params: PARAMS,
    presets: &[],
    modality: Modality::Text,
    text: Some(|_| TextFitSpec::l2x_sentence()),
    min_side: 1,
    build,
    optimizer: OptimSpec::keras_rmsprop,
};

const PARAMS: &[ParamSpec] = &[epochs(5), batch(100), learning_rate(1e-3), patience(2)];

#[derive(Debug)]
struct Net {
    embedding: nn::Embedding,
    words: nn::LSTM,
    sentences: nn::LSTM,
    dense: nn::Linear,
}

fn build(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    Box::new(Net {
        embedding: embedding(path / "embedding", input.vocabulary, 100, Framework::Keras),
        words: lstm(path / "words", 100, 100, Framework::Keras),
        sentences: lstm(path / "sentences", 200, 100, Framework::Keras),
        dense: linear(path / "dense", 200, classes as i64, Framework::Keras),
    })
}

impl Network for Net {
    fn embed(&self, input: &Tensor) -> Tensor {
        embed_tokens(&self.embedding, input)
    }

    fn hidden(&self) -> Option<Tensor> {
        Some(padding_vector(&self.embedding))
    }

    fn logits(&self, embedded: &Tensor, _train: bool) -> Tensor {
        let size = embedded.size();
        let (n, dim, n_sentences, n_words) = (size[0], size[1], size[2], size[3]);
        // [n, e, s, w] to sequences of words [n s, w, e].
        let words = embedded.permute([0, 2, 3, 1]).reshape([n * n_sentences, n_words, dim]);
        let sentences = last_states(&self.words.seq(&words).0).view([n, n_sentences, -1]);
        self.dense.forward(&last_states(&self.sentences.seq(&sentences).0))
    }
}
