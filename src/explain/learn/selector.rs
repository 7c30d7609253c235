//! What a selector network is, and the convolutional ones for pictures: they score every unit of the grid in one pass.

use tch::Tensor;
use tch::nn::{self, Module};

use crate::data::Units;
use crate::model::layers::{Conv, Framework, linear, max_pool};

/// A network that scores units.
pub trait Selector: std::fmt::Debug + Send {
    /// Scores `[b, units]` of inputs `[b, c, h, w]` and the black box's answers `[b, classes]`; dropout is live where `train` is on.
    fn scores(&self, input: &Tensor, probs: &Tensor, train: bool) -> Tensor;
}

/// L2X's selector for digits (section 4.3): three convolutions, max pooling after the hidden ones down to the grid of patches.
///
/// Filters and padding are not stated; 32 and 64 filters of 5 x 5 and "same" padding are ours. For single pixels nothing is pooled.
#[derive(Debug)]
pub struct PatchSelector {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    out: nn::Conv2D,
    units: Units,
}

impl PatchSelector {
    /// Builds it at `path`.
    pub fn new(path: &nn::Path<'_>, units: Units) -> Self {
        Self {
            conv1: Conv::same(units.shape.channels, 32, 5).build(path / "conv1", Framework::Keras),
            conv2: Conv::same(32, 64, 5).build(path / "conv2", Framework::Keras),
            out: Conv::same(64, 1, 3).build(path / "out", Framework::Keras),
            units,
        }
    }
}

impl Selector for PatchSelector {
    fn scores(&self, input: &Tensor, _probs: &Tensor, _train: bool) -> Tensor {
        let (block_h, block_w) = self.units.block();
        let mut hidden = self.conv1.forward(input).relu();
        if block_h.min(block_w) >= 2 {
            hidden = max_pool(&hidden, 2);
        }
        hidden = self.conv2.forward(&hidden).relu();
        hidden = pool_to_grid(&hidden, self.units);
        self.out.forward(&hidden).flatten(1, -1)
    }
}

/// Max pooling down to the grid of units.
pub(super) fn pool_to_grid(hidden: &Tensor, units: Units) -> Tensor {
    let (rows, cols) = units.grid();
    let size = hidden.size();
    if (size[2], size[3]) == (rows as i64, cols as i64) {
        return hidden.shallow_clone();
    }
    hidden.adaptive_max_pool2d([rows as i64, cols as i64]).0
}

/// MEED's explainer for digits and clothes (Table 6): the black box's answer, spread by a linear layer, is a further channel of the input;
/// three 3 x 3 convolutions with 32, 64 and 1 filters, "same" padding.
#[derive(Debug)]
pub struct OutputFedSelector {
    spread: Option<nn::Linear>,
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    out: nn::Conv2D,
    units: Units,
}

impl OutputFedSelector {
    /// Builds it at `path`; without `feed_output` the answer is not an input (the ablation "w/o Output" of Table 2).
    pub fn new(path: &nn::Path<'_>, units: Units, classes: usize, feed_output: bool) -> Self {
        let shape = units.shape;
        let plane = (shape.height * shape.width) as i64;
        let spread = feed_output.then(|| linear(path / "spread", classes as i64, plane, Framework::Keras));
        let channels = shape.channels + usize::from(feed_output);
        Self {
            spread,
            conv1: Conv::same(channels, 32, 3).build(path / "conv1", Framework::Keras),
            conv2: Conv::same(32, 64, 3).build(path / "conv2", Framework::Keras),
            out: Conv::same(64, 1, 3).build(path / "out", Framework::Keras),
            units,
        }
    }
}

impl Selector for OutputFedSelector {
    fn scores(&self, input: &Tensor, probs: &Tensor, _train: bool) -> Tensor {
        let shape = self.units.shape;
        let input = match &self.spread {
            Some(spread) => {
                let plane = spread.forward(probs).view([-1, 1, shape.height as i64, shape.width as i64]);
                Tensor::cat(&[input, &plane], 1)
            }
            None => input.shallow_clone(),
        };
        let hidden = self.conv2.forward(&self.conv1.forward(&input).relu()).relu();
        self.out.forward(&pool_to_grid(&hidden, self.units)).flatten(1, -1)
    }
}
