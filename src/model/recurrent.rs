//! Recurrent layers that give their last states, and the two ways they can treat places where nothing stands.

use tch::nn::{self, RNN};
use tch::{Device, Kind, Tensor};

use super::layers::{Framework, gru, last_states, lstm};
use super::network::{embed_tokens, padding_vector};

/// What a recurrent network does at a place that is padding, or that a mask has hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// It reads the padding's vector like any word, as the published codes do: after a long end of padding the state forgets the text.
    Read,
    /// It passes over it (a packed sequence): a text whose words are hidden is a shorter text. Such a network costs what the words cost that
    /// stand there, not the length of the row.
    Skipped,
}

#[derive(Debug)]
enum Cell {
    Lstm(nn::LSTM),
    Gru(nn::GRU),
}

/// A bidirectional recurrent layer of which only the last states are wanted.
#[derive(Debug)]
pub struct LastStates {
    cell: Cell,
    /// Weights and biases of both directions, in libtorch's order.
    weights: Vec<Tensor>,
    hidden: i64,
    padding: Padding,
}

impl LastStates {
    /// An LSTM at `path` with `hidden` units for each direction.
    pub fn lstm(path: &nn::Path<'_>, from: i64, hidden: i64, framework: Framework, padding: Padding) -> Self {
        let cell = Cell::Lstm(lstm(path.clone(), from, hidden, framework));
        Self { cell, weights: weights(path), hidden, padding }
    }

    /// A GRU at `path` with `hidden` units for each direction.
    pub fn gru(path: &nn::Path<'_>, from: i64, hidden: i64, framework: Framework, padding: Padding) -> Self {
        let cell = Cell::Gru(gru(path.clone(), from, hidden, framework));
        Self { cell, weights: weights(path), hidden, padding }
    }

    /// Whether places where nothing stands are read.
    pub fn padding(&self) -> Padding {
        self.padding
    }

    /// Word vectors `[n, e, h, w]` of token numbers `[n, 1, h, w]`. Where padding is skipped, its vector is 0.
    pub fn embed(&self, words: &nn::Embedding, tokens: &Tensor) -> Tensor {
        match self.padding {
            Padding::Read => embed_tokens(words, tokens),
            Padding::Skipped => embed_tokens(words, tokens) * tokens.ne(0.0),
        }
    }

    /// The vector `[1, e, 1, 1]` of a place where nothing stands.
    pub fn nothing(&self, words: &nn::Embedding) -> Tensor {
        match self.padding {
            Padding::Read => padding_vector(words),
            Padding::Skipped => padding_vector(words).zeros_like(),
        }
    }

    /// Last state forward beside last state backward, `[n, 2 hidden]`, of sequences `[n, t, from]`. Where padding is skipped, nothing stands where a
    /// vector is zero, and a sequence of nothing has the state 0.
    pub fn of(&self, sequences: &Tensor) -> Tensor {
        match self.padding {
            Padding::Read => last_states(&match &self.cell {
                Cell::Lstm(lstm) => lstm.seq(sequences).0,
                Cell::Gru(gru) => gru.seq(sequences).0,
            }),
            Padding::Skipped => {
                let (front, lengths) = to_front(sequences);
                self.of_first(&front, &lengths)
            }
        }
    }

    /// The same of the first `lengths` `[n]` places of sequences `[n, t, from]`.
    pub fn of_first(&self, sequences: &Tensor, lengths: &Tensor) -> Tensor {
        let (n, device) = (sequences.size()[0], sequences.device());
        let (sorted, order) = lengths.sort(0, true);
        let n_some = sorted.gt(0).sum(Kind::Int64).int64_value(&[]);
        let none = Tensor::zeros([n, 2 * self.hidden], (sequences.kind(), device));
        if n_some == 0 {
            return none;
        }
        // Longest first, as libtorch wants them; those without any place stand last.
        let order = order.narrow(0, 0, n_some);
        let lengths = sorted.narrow(0, 0, n_some).to_device(Device::Cpu);
        let (data, sizes) = sequences.index_select(0, &order).internal_pack_padded_sequence(&lengths, true);
        let start = Tensor::zeros([2, n_some, self.hidden], (sequences.kind(), device));
        let last = match &self.cell {
            Cell::Lstm(_) => {
                let states = [start.shallow_clone(), start];
                Tensor::lstm_data(&data, &sizes, &states, &self.weights, true, 1, 0.0, true, true).1
            }
            Cell::Gru(_) => Tensor::gru_data(&data, &sizes, &start, &self.weights, true, 1, 0.0, true, true).1,
        };
        none.index_copy(0, &order, &last.transpose(0, 1).reshape([n_some, 2 * self.hidden]))
    }
}

/// Both directions' weights, which [`lstm`] and [`gru`] have made at `path`.
fn weights(path: &nn::Path<'_>) -> Vec<Tensor> {
    let names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
    let sides = ["", "_reverse"];
    sides.iter().flat_map(|side| names.iter().filter_map(move |name| path.get(&format!("{name}{side}")))).collect()
}

/// The places of sequences `[n, t, e]` whose vector is not zero, in their order and moved together to the front, `[n, longest, e]`, and how many
/// each has, `[n]`. At least one place stays, so that no shape is empty.
pub fn to_front(sequences: &Tensor) -> (Tensor, Tensor) {
    let stands = sequences.ne(0.0).any_dim(2, false);
    let lengths = stands.sum_dim_intlist([1i64].as_slice(), false, Kind::Int64);
    let longest = lengths.max().int64_value(&[]).max(1);
    let order = stands.logical_not().to_kind(Kind::Int64).argsort_stable(true, 1, false).narrow(1, 0, longest);
    let index = order.unsqueeze(2).expand([-1, -1, sequences.size()[2]], false);
    (sequences.gather(1, &index, false), lengths)
}
