//! Black boxes: the models being explained, and the only home of libtorch beside `explain/learn`.
//!
//! [`BlackBox`] is the public face: rows in, probabilities out, no tensor crosses it. Below it lies a crate-private tensor level
//! ([`TensorBox`]) for methods that train through the box. What is saved, sent between threads and kept in projects is [`SavedBox`]:
//! plain bytes and a card.

pub mod architecture;
pub mod card;
pub mod distil;
pub mod exec;
pub mod fit;
pub(crate) mod folder;
pub mod forest;
pub mod layers;
pub(crate) mod losses;
pub mod nearby;
pub mod nets;
pub mod network;
pub mod optim;
pub mod params;
pub mod recurrent;
pub mod saved;
pub mod tensors;
pub mod torch_box;
pub mod train;

pub use architecture::{ARCHITECTURES, Architecture, InputSpec, architecture};
pub use card::{BoxCard, Curves, Versions};
pub use fit::{FitRun, FitSetup};
pub use network::Network;
pub use saved::{Background, SavedBox};
pub use tch::Device;
pub use tensors::{device_from, mix};
pub use torch_box::TorchBox;

use crate::data::Rows;

/// Probabilities of a batch: `n` rows of `classes` values.
#[derive(Clone, Debug, PartialEq)]
pub struct Probs {
    /// How many classes.
    pub classes: usize,
    /// `n * classes` values in 0..=1, each row summing to 1.
    pub values: Vec<f32>,
}

impl Probs {
    /// How many rows.
    pub fn n(&self) -> usize {
        self.values.len().checked_div(self.classes).unwrap_or(0)
    }

    /// Probabilities of row `row_idx`.
    pub fn row(&self, row_idx: usize) -> &[f32] {
        &self.values[row_idx * self.classes..(row_idx + 1) * self.classes]
    }

    /// The rows named by `rows`, in that order.
    pub fn pick(&self, rows: &[usize]) -> Self {
        Self { classes: self.classes, values: rows.iter().flat_map(|&row_idx| self.row(row_idx)).copied().collect() }
    }

    /// Most probable class of row `row_idx`; the first of equals.
    pub fn class(&self, row_idx: usize) -> usize {
        argmax(self.row(row_idx))
    }

    /// Most probable class of each row.
    pub fn all_classes(&self) -> Vec<usize> {
        (0..self.n()).map(|row_idx| self.class(row_idx)).collect()
    }
}

/// Index of the largest value; the first of equals.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (idx, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = idx;
        }
    }
    best
}

/// A classifier that answers with probabilities. Rows in, rows out.
pub trait BlackBox {
    /// What it is and what it was trained on.
    fn card(&self) -> &BoxCard;

    /// Mean and examples of its training rows, for fills.
    fn background(&self) -> &Background;

    /// Probabilities of each row.
    fn predict(&self, rows: &Rows) -> Result<Probs, ModelError>;

    /// How the probability of class `classes[i]` reacts to each place of row `i`, or `None` for a box that has no gradients.
    fn saliency(&self, rows: &Rows, classes: &[usize], kind: Saliency) -> Option<Result<Rows, ModelError>>;

    /// The tensor level, for methods that train through the box; `None` for a box that is only queried.
    fn tensor_box(&self) -> Option<&dyn TensorBox>;
}

/// What a saliency is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saliency {
    /// The gradient: of each value of a picture; for a word the Euclidean norm of the gradient of its vector, for a column of a table with categories that
    /// by what the column can hold, a number or each of its categories.
    Gradient,
    /// The gradient times the value; for a word the dot product of the gradient and its vector.
    TimesInput,
}

/// The tensor level of a differentiable black box, frozen and in evaluation mode.
pub trait TensorBox {
    /// The frozen network: gradients reach inputs and masks, never the weights.
    fn network(&self) -> &dyn Network;

    /// Logits `[n, classes]` of inputs `[n, c, h, w]`.
    fn logits(&self, input: &tch::Tensor) -> tch::Tensor {
        self.network().forward(input, false)
    }

    /// Logits `[n, classes]` of inputs `[n, c, h, w]` under a soft mask `[n, 1, h, w]`.
    fn logits_masked(&self, input: &tch::Tensor, mask: &tch::Tensor) -> tch::Tensor {
        let network = self.network();
        network.logits(&network.masked(input, mask), false)
    }

    /// The same where the row of `others` stands in place of what is hidden.
    fn logits_mixed(&self, input: &tch::Tensor, mask: &tch::Tensor, others: &tch::Tensor) -> tch::Tensor {
        let network = self.network();
        let (shown, hidden) = (network.embed(input), network.embed(others));
        network.logits(&((shown - &hidden) * mask + hidden), false)
    }

    /// Where it lives.
    fn device(&self) -> tch::Device;
}

/// What can go wrong with a model. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// libtorch refused.
    #[error("libtorch could not compute: {0}")]
    Torch(#[from] tch::TchError),
    /// A loss or output is not a number.
    #[error("{what} became NaN or infinite at {place}; lower the learning rate or look for broken input")]
    NotFinite {
        /// Which value.
        what: String,
        /// When.
        place: String,
    },
    /// The input does not fit the box.
    #[error(
        "the black box {name} expects inputs of {expected}, found {found}; choose data or a fit that gives this shape"
    )]
    Shape {
        /// Black box.
        name: String,
        /// What it expects.
        expected: String,
        /// What it was given.
        found: String,
    },
    /// A saved model cannot be used.
    #[error("{path}: expected {expected}, found {found}; {advice}")]
    Saved {
        /// File or folder.
        path: String,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
        /// What to do.
        advice: String,
    },
    /// A file could not be read or written.
    #[error("cannot access {path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A parameter is wrong.
    #[error(transparent)]
    Params(#[from] params::ParamError),
    /// The data cannot be used for this.
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    /// What was asked for cannot be: data, settings or a model that do not fit together.
    #[error("{0}")]
    Unfit(String),
    /// What was asked for fits, and still could not be done: a place that cannot be written, a command that breaks down.
    #[error("{0}")]
    Failed(String),
    /// Another model answers than the one that was connected; it may be put back.
    #[error("{0}")]
    Changed(String),
    /// Cancelled by the user.
    #[error("cancelled")]
    Cancelled,
}

/// Sets how many threads libtorch uses on the calling thread and returns how many it then has.
pub fn use_threads(n_threads: usize) -> usize {
    tch::set_num_threads(n_threads.max(1) as i32);
    tch::get_num_threads().max(1) as usize
}

/// How many threads libtorch uses on the calling thread.
pub fn threads() -> i32 {
    tch::get_num_threads()
}

/// What libtorch says about devices and threads, for `unmask doctor`.
pub fn torch_facts() -> crate::device::TorchFacts {
    crate::device::TorchFacts {
        n_cuda_devices: usize::try_from(tch::Cuda::device_count()).unwrap_or(0),
        cudnn: tch::Cuda::cudnn_is_available(),
        mps: tch::utils::has_mps(),
        n_threads: usize::try_from(tch::get_num_threads()).unwrap_or(1),
    }
}
