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

/// Where padding is skipped, a word that a soft mask shows by less is not there.
const LEAST_SHOWN: f64 = 0.1;

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

    /// Below this a place of a soft mask is hidden altogether ([`super::Network::least_shown`]).
    pub fn least_shown(&self) -> f64 {
        match self.padding {
            Padding::Read => 0.0,
            Padding::Skipped => LEAST_SHOWN,
        }
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
            // Zeros that still hang on the sequences: a training step on nothing but padding has a gradient, of zeros.
            return none + sequences.sum(sequences.kind()) * 0.0;
        }
        // Longest first, as libtorch wants them; those without any place stand last.
        let order = order.narrow(0, 0, n_some);
        let lengths = sorted.narrow(0, 0, n_some).to_device(Device::Cpu);
        let (data, sizes) = sequences.index_select(0, &order).internal_pack_padded_sequence(&lengths, true);
        let last = if data.requires_grad() && !device.is_cuda() {
            self.step_by_step(&data, &sizes)
        } else {
            self.in_one_go(&data, &sizes, n_some)
        };
        none.index_copy(0, &order, &last)
    }

    /// Last states `[n, 2 hidden]` of packed sequences by libtorch's own kernels.
    fn in_one_go(&self, data: &Tensor, sizes: &Tensor, n: i64) -> Tensor {
        let start = Tensor::zeros([2, n, self.hidden], (data.kind(), data.device()));
        let last = match &self.cell {
            Cell::Lstm(_) => {
                let states = [start.shallow_clone(), start];
                Tensor::lstm_data(data, sizes, &states, &self.weights, true, 1, 0.0, true, true).1
            }
            Cell::Gru(_) => Tensor::gru_data(data, sizes, &start, &self.weights, true, 1, 0.0, true, true).1,
        };
        last.transpose(0, 1).reshape([n, 2 * self.hidden])
    }

    /// The same for training on a CPU. There libtorch's backward pass through packed sequences fills the gradient of all words anew for each step, which
    /// takes as long as their number squared (for 64 reviews seven times as long as reading the padding would).
    fn step_by_step(&self, data: &Tensor, sizes: &Tensor) -> Tensor {
        let sizes = Vec::<i64>::try_from(sizes).unwrap_or_default();
        let [forward, backward] = [&self.weights[..4], &self.weights[4..]].map(|weights| {
            let gates = data.linear(&weights[0], Some(&weights[2])).split_with_sizes(sizes.as_slice(), 0);
            Direction {
                gates,
                sizes: &sizes,
                recurrent: &weights[1],
                bias: &weights[3],
                cell: &self.cell,
                hidden: self.hidden,
            }
        });
        Tensor::cat(&[forward.first_to_last(), backward.last_to_first()], 1)
    }
}

/// One direction over packed sequences, longest first.
struct Direction<'a> {
    /// Of each step what its words add to the gates, `[size, gates]`.
    gates: Vec<Tensor>,
    /// How many sequences have each step.
    sizes: &'a [i64],
    recurrent: &'a Tensor,
    bias: &'a Tensor,
    cell: &'a Cell,
    hidden: i64,
}

impl Direction<'_> {
    /// State of `n` sequences before any step: the output and, of an LSTM, the cell.
    fn start(&self, n: i64) -> Vec<Tensor> {
        let zeros = || Tensor::zeros([n, self.hidden], (self.recurrent.kind(), self.recurrent.device()));
        match self.cell {
            Cell::Lstm(_) => vec![zeros(), zeros()],
            Cell::Gru(_) => vec![zeros()],
        }
    }

    /// Output `[n, hidden]` after the last step of each sequence.
    fn first_to_last(&self) -> Tensor {
        let mut state = self.start(self.sizes.first().copied().unwrap_or(0));
        let mut ended = Vec::new();
        for (gates, size) in self.gates.iter().zip(self.sizes) {
            let n = state[0].size()[0];
            if *size < n {
                ended.push(state[0].narrow(0, *size, n - size));
                state = state.iter().map(|part| part.narrow(0, 0, *size)).collect();
            }
            state = self.step(gates, &state);
        }
        ended.push(state.swap_remove(0));
        ended.reverse();
        Tensor::cat(&ended, 0)
    }

    /// Output `[n, hidden]` after the first step, from the last one back.
    fn last_to_first(&self) -> Tensor {
        let mut state = self.start(0);
        for (gates, size) in self.gates.iter().zip(self.sizes).rev() {
            let n = state[0].size()[0];
            if *size > n {
                let more = self.start(size - n);
                state = state.iter().zip(&more).map(|(part, more)| Tensor::cat(&[part, more], 0)).collect();
            }
            state = self.step(gates, &state);
        }
        state.swap_remove(0)
    }

    /// The next state (Hochreiter & Schmidhuber 1997 with forget gates; Cho et al. 2014), gates in libtorch's order.
    fn step(&self, gates: &Tensor, state: &[Tensor]) -> Vec<Tensor> {
        let before = &state[0];
        let fed_back = before.linear(self.recurrent, Some(self.bias));
        match self.cell {
            Cell::Lstm(_) => {
                let all = (gates + fed_back).chunk(4, 1);
                let cell = all[1].sigmoid() * &state[1] + all[0].sigmoid() * all[2].tanh();
                vec![all[3].sigmoid() * cell.tanh(), cell]
            }
            Cell::Gru(_) => {
                let (new, old) = (gates.chunk(3, 1), fed_back.chunk(3, 1));
                let (reset, update) = ((&new[0] + &old[0]).sigmoid(), (&new[1] + &old[1]).sigmoid());
                let candidate = (&new[2] + reset * &old[2]).tanh();
                vec![(before - &candidate) * update + candidate]
            }
        }
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
