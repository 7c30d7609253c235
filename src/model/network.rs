//! What a network of the registry is: an embedding that masks act on, and the rest up to the logits.

use tch::{Kind, Tensor};

/// A black-box network, or an approximator of the same architecture.
///
/// Masks multiply what [`Network::embed`] gives: the pixels themselves for pictures, word vectors for text. So a soft mask `[n, 1, h, w]` means the
/// same for every kind of input, and gradients reach it also where the input is a list of token numbers.
pub trait Network: std::fmt::Debug + Send {
    /// Inputs `[n, c, h, w]` to what masks multiply, `[n, e, h, w]`.
    fn embed(&self, input: &Tensor) -> Tensor {
        input.shallow_clone()
    }

    /// What stands at a hidden place, `[1, e, 1, 1]`; `None` for zero. For text the vector of the padding token, which is not zero.
    fn hidden(&self) -> Option<Tensor> {
        None
    }

    /// Below this a place of a soft mask is hidden altogether. More than 0 where hidden places are passed over: what is nearly hidden would be read there
    /// as a vector next to zero, which the network never met.
    fn least_shown(&self) -> f64 {
        0.0
    }

    /// Logits `[n, classes]` of embedded inputs `[n, e, h, w]`.
    fn logits(&self, embedded: &Tensor, train: bool) -> Tensor;

    /// Logits `[n, classes]` of inputs `[n, c, h, w]`.
    fn forward(&self, input: &Tensor, train: bool) -> Tensor {
        self.logits(&self.embed(input), train)
    }

    /// Embedded inputs under a soft mask `[n, 1, h, w]`: kept where it is 1, hidden where it is 0.
    fn masked(&self, input: &Tensor, mask: &Tensor) -> Tensor {
        let embedded = self.embed(input);
        let least = self.least_shown();
        let shown = (least > 0.0).then(|| mask * mask.ge(least));
        let mask = shown.as_ref().unwrap_or(mask);
        match self.hidden() {
            Some(hidden) => (embedded - &hidden) * mask + hidden,
            None => embedded * mask,
        }
    }
}

/// Embedding of token numbers `[n, 1, h, w]` as channels `[n, e, h, w]`.
pub fn embed_tokens(embedding: &tch::nn::Embedding, input: &Tensor) -> Tensor {
    input.squeeze_dim(1).to_kind(Kind::Int64).apply(embedding).permute([0, 3, 1, 2])
}

/// The padding token's vector as `[1, e, 1, 1]`.
pub fn padding_vector(embedding: &tch::nn::Embedding) -> Tensor {
    embedding.ws.narrow(0, 0, 1).view([1, -1, 1, 1])
}
