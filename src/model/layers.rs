//! Layers with the initialisation of the framework that a published network was written in; tch's own defaults differ from all of them.

use std::cell::Cell;

use tch::nn::{self, Init};

/// Whose initialisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// Keras: weights Glorot uniform, bias 0.
    Keras,
    /// PyTorch: weights and bias uniform in ±1/sqrt(fan_in).
    PyTorch,
    /// Xavier uniform with gain sqrt(2), bias 0 (DoRaR, VIBI).
    XavierRelu,
}

thread_local! {
    /// Whether networks made on this thread get their weights from a file.
    static IS_LOADING: Cell<bool> = const { Cell::new(false) };
}

/// Builds a network whose weights are loaded right after: zeros instead of random numbers.
///
/// libtorch has one generator for the whole process. A draw for weights that nobody uses would shift the numbers of a training step that runs
/// on another thread, and its result would depend on what the user looks at meanwhile.
pub fn without_init<R>(build: impl FnOnce() -> R) -> R {
    /// Ends the state also where `build` panics: a worker lives on after that.
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            IS_LOADING.set(self.0);
        }
    }
    let _reset = Reset(IS_LOADING.replace(true));
    build()
}

impl Framework {
    /// Initial weights and bias for a layer with these fans.
    pub fn init(self, fan_in: i64, fan_out: i64) -> (Init, Init) {
        if IS_LOADING.get() {
            return (Init::Const(0.0), Init::Const(0.0));
        }
        let uniform = |bound: f64| Init::Uniform { lo: -bound, up: bound };
        let glorot = (6.0 / (fan_in + fan_out) as f64).sqrt();
        match self {
            Self::Keras => (uniform(glorot), Init::Const(0.0)),
            Self::PyTorch => {
                let bound = 1.0 / (fan_in as f64).sqrt();
                (uniform(bound), uniform(bound))
            }
            Self::XavierRelu => (uniform(std::f64::consts::SQRT_2 * glorot), Init::Const(0.0)),
        }
    }
}

/// A square convolution.
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    /// Channels in.
    pub from: i64,
    /// Channels out.
    pub to: i64,
    /// Side of the kernel.
    pub kernel: i64,
    /// Zero padding on each side.
    pub padding: i64,
    /// Stride.
    pub stride: i64,
}

impl Conv {
    /// Stride 1, no padding ("valid").
    pub const fn valid(from: usize, to: i64, kernel: i64) -> Self {
        Self { from: from as i64, to, kernel, padding: 0, stride: 1 }
    }

    /// Stride 1, padded so that the size stays ("same"); odd kernels only.
    pub const fn same(from: usize, to: i64, kernel: i64) -> Self {
        Self { from: from as i64, to, kernel, padding: kernel / 2, stride: 1 }
    }

    /// Rows or columns out for `size` in.
    pub const fn out(self, size: i64) -> i64 {
        (size + 2 * self.padding - self.kernel) / self.stride + 1
    }

    /// Builds it at `path`.
    pub fn build(self, path: nn::Path<'_>, framework: Framework) -> nn::Conv2D {
        let area = self.kernel * self.kernel;
        let (ws_init, bs_init) = framework.init(self.from * area, self.to * area);
        let config =
            nn::ConvConfig { stride: self.stride, padding: self.padding, ws_init, bs_init, ..Default::default() };
        nn::conv2d(path, self.from, self.to, self.kernel, config)
    }
}

/// A fully connected layer at `path`.
pub fn linear(path: nn::Path<'_>, from: i64, to: i64, framework: Framework) -> nn::Linear {
    let (ws_init, bias) = framework.init(from, to);
    nn::linear(path, from, to, nn::LinearConfig { ws_init, bs_init: Some(bias), bias: true })
}

/// Max pooling with stride = size, no padding.
pub fn max_pool(input: &tch::Tensor, size: i64) -> tch::Tensor {
    input.max_pool2d([size, size], [size, size], [0, 0], [1, 1], false)
}

/// A one-dimensional convolution with stride 1 at `path`: "same" padding for odd kernels, or none.
pub fn conv1d(path: nn::Path<'_>, from: i64, to: i64, kernel: i64, is_same: bool, framework: Framework) -> nn::Conv1D {
    let (ws_init, bs_init) = framework.init(from * kernel, to * kernel);
    let padding = if is_same { kernel / 2 } else { 0 };
    nn::conv1d(path, from, to, kernel, nn::ConvConfig { padding, ws_init, bs_init, ..Default::default() })
}

/// Word vectors at `path`: Keras draws them uniformly in ±0.05, PyTorch from N(0, 1). Row 0, the padding token's, is drawn and trained as any other.
pub fn embedding(path: nn::Path<'_>, n_words: usize, dim: i64, framework: Framework) -> nn::Embedding {
    let ws_init = if IS_LOADING.get() {
        Init::Const(0.0)
    } else {
        match framework {
            Framework::Keras => Init::Uniform { lo: -0.05, up: 0.05 },
            Framework::PyTorch | Framework::XavierRelu => Init::Randn { mean: 0.0, stdev: 1.0 },
        }
    };
    nn::embedding(path, n_words as i64, dim, nn::EmbeddingConfig { ws_init, ..Default::default() })
}

/// How recurrent layers are initialised: Keras draws kernels Glorot uniform and recurrent kernels orthogonal, PyTorch everything uniform in
/// ±1/sqrt(hidden).
fn rnn_config(from: i64, hidden: i64, gates: i64, framework: Framework) -> nn::RNNConfig {
    let (w_ih_init, w_hh_init, bias) = if IS_LOADING.get() {
        (Init::Const(0.0), Init::Const(0.0), Init::Const(0.0))
    } else {
        match framework {
            Framework::Keras => {
                (framework.init(from, gates * hidden).0, Init::Orthogonal { gain: 1.0 }, Init::Const(0.0))
            }
            Framework::PyTorch | Framework::XavierRelu => {
                let bound = 1.0 / (hidden as f64).sqrt();
                let uniform = Init::Uniform { lo: -bound, up: bound };
                (uniform, uniform, uniform)
            }
        }
    };
    nn::RNNConfig {
        bidirectional: true,
        w_ih_init,
        w_hh_init,
        b_ih_init: Some(bias),
        b_hh_init: Some(bias),
        ..Default::default()
    }
}

/// A bidirectional LSTM at `path`: sequences `[n, t, from]` to `[n, t, 2 hidden]`. Keras' forget gates start with bias 1.
pub fn lstm(path: nn::Path<'_>, from: i64, hidden: i64, framework: Framework) -> nn::LSTM {
    lstm_of(path, from, hidden, framework, true)
}

/// An LSTM at `path` that reads forward: sequences `[n, t, from]` to `[n, t, hidden]`.
pub fn forward_lstm(path: nn::Path<'_>, from: i64, hidden: i64, framework: Framework) -> nn::LSTM {
    lstm_of(path, from, hidden, framework, false)
}

fn lstm_of(path: nn::Path<'_>, from: i64, hidden: i64, framework: Framework, bidirectional: bool) -> nn::LSTM {
    let config = nn::RNNConfig { bidirectional, ..rnn_config(from, hidden, 4, framework) };
    let lstm = nn::lstm(&path, from, hidden, config);
    if framework == Framework::Keras && !IS_LOADING.get() {
        for name in ["bias_ih_l0", "bias_ih_l0_reverse"] {
            if let Some(bias) = path.get(name) {
                // Gates lie in the order input, forget, cell, output.
                tch::no_grad(|| drop(bias.narrow(0, hidden, hidden).fill_(1.0)));
            }
        }
    }
    lstm
}

/// What brings each channel of a series to mean 0 and variance 1: the statistics of the training items, gathered while training and fixed afterwards
/// (batch normalisation without weights).
pub fn input_norm(path: nn::Path<'_>, channels: i64) -> nn::BatchNorm {
    nn::batch_norm1d(path, channels, nn::BatchNormConfig { affine: false, ..Default::default() })
}

/// Batch normalisation of `[n, c]` or `[n, c, t]`. One value for each channel, as in a last minibatch of one row, has no variance: it is brought to what was
/// gathered before and adds nothing to that. libtorch would divide by zero, and the variance would be NaN from then on.
pub fn normed(norm: &nn::BatchNorm, input: &tch::Tensor, train: bool) -> tch::Tensor {
    use tch::nn::ModuleT;
    let size = input.size();
    let of_channel: i64 = size.iter().enumerate().filter(|(side, _)| *side != 1).map(|(_, len)| *len).product();
    norm.forward_t(input, train && of_channel > 1)
}

/// Series `[n, c, 1, t]` as standardised steps `[n, c, t]`.
pub fn normed_steps(norm: &nn::BatchNorm, input: &tch::Tensor, train: bool) -> tch::Tensor {
    normed(norm, &input.squeeze_dim(2), train)
}

/// A bidirectional GRU at `path`: sequences `[n, t, from]` to `[n, t, 2 hidden]`.
pub fn gru(path: nn::Path<'_>, from: i64, hidden: i64, framework: Framework) -> nn::GRU {
    nn::gru(&path, from, hidden, rnn_config(from, hidden, 3, framework))
}

/// Last state of the forward direction beside the last of the backward one, `[n, 2 h]`, from what a bidirectional layer gives, `[n, t, 2 h]`.
pub fn last_states(out: &tch::Tensor) -> tch::Tensor {
    let (n_steps, half) = (out.size()[1], out.size()[2] / 2);
    let forward = out.select(1, n_steps - 1).narrow(1, 0, half);
    let backward = out.select(1, 0).narrow(1, half, half);
    tch::Tensor::cat(&[forward, backward], 1)
}

#[cfg(test)]
mod tests {
    use tch::{Device, Tensor, nn};

    use super::{input_norm, normed};
    use crate::model::tensors::to_vec;

    #[test]
    fn one_row_adds_nothing_to_what_batch_normalisation_gathers() {
        let store = nn::VarStore::new(Device::Cpu);
        let norm = input_norm(store.root() / "norm", 2);
        let gathered = || [&norm.running_mean, &norm.running_var].map(|values| to_vec(values).unwrap());
        let near = |found: &[f32], expected: [f32; 2]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
        // Means 2 and 4, variances 2 and 8 of two rows; a tenth of them moves the first 0 and 1.
        let two = Tensor::from_slice(&[1.0f32, 2.0, 3.0, 6.0]).view([2, 2]);
        drop(normed(&norm, &two, true));
        let [mean, variance] = gathered();
        assert!(near(&mean, [0.2, 0.4]) && near(&variance, [1.1, 1.7]), "{mean:?}, {variance:?}");
        // One row, also of one step: 0.2 plus a standard deviation, and the mean.
        let one = Tensor::from_slice(&[0.2f32 + 1.10001f32.sqrt(), 0.4]);
        for size in [vec![1i64, 2], vec![1, 2, 1]] {
            let found = to_vec(&normed(&norm, &one.view(size.as_slice()), true)).unwrap();
            assert!(near(&found, [1.0, 0.0]), "{found:?}");
            assert_eq!(gathered(), [mean.clone(), variance.clone()]);
        }
        // One row of several steps has a variance.
        drop(normed(&norm, &Tensor::from_slice(&[1.0f32, 3.0, 2.0, 6.0]).view([1, 2, 2]), true));
        assert!(near(&gathered()[1], [0.99 + 0.2, 1.53 + 0.8]), "{:?}", gathered());
    }
}
