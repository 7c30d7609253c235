//! Selectors and approximators for columns of tables (L2X, section 4.1: dense layers).

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use super::aim_nets::{Context, UnitNet};
use super::selector::Selector;
use crate::data::Units;
use crate::model::InputSpec;
use crate::model::layers::{Framework, linear, normed};
use crate::model::nets::table_nets::spread_columns;

/// Two hidden layers of 100 with ReLU (published code; 200 in the paper) from the whole row, and where asked from the black box's answer beside it
/// (MEED's form).
#[derive(Debug)]
pub struct ColumnSelector {
    layers: [nn::Linear; 2],
    out: nn::Linear,
    levels: usize,
    feeds_answer: bool,
}

impl ColumnSelector {
    /// Builds it at `path`; `answer` is the number of classes where the black box's answer is an input.
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, answer: Option<usize>) -> Self {
        let from = units.shape.width * (1 + input.vocabulary) + answer.unwrap_or(0);
        Self {
            layers: [
                linear(path / "dense1", from as i64, 100, Framework::Keras),
                linear(path / "dense2", 100, 100, Framework::Keras),
            ],
            out: linear(path / "out", 100, units.count() as i64, Framework::Keras),
            levels: input.vocabulary,
            feeds_answer: answer.is_some(),
        }
    }
}

impl Selector for ColumnSelector {
    fn scores(&self, input: &Tensor, probs: &Tensor, _train: bool) -> Tensor {
        let row = spread_columns(input, self.levels).flatten(1, -1);
        let row = if self.feeds_answer { Tensor::cat(&[&row, probs], 1) } else { row };
        let hidden = self.layers.iter().fold(row, |hidden, layer| layer.forward(&hidden).relu());
        self.out.forward(&hidden)
    }
}

/// L2X's approximator for tables (published code): two hidden layers of 200, each with batch normalisation after ReLU.
#[derive(Debug)]
pub struct ColumnApproximator {
    layers: [(nn::Linear, nn::BatchNorm); 2],
    out: nn::Linear,
    levels: usize,
}

impl ColumnApproximator {
    /// Builds it at `path`.
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, classes: usize) -> Self {
        let from = (units.shape.width * (1 + input.vocabulary)) as i64;
        let layer = |name: &str, from: i64| {
            // Keras' constants; what it calls momentum 0.99 is 0.01 here.
            let config =
                nn::BatchNormConfig { eps: 1e-3, momentum: 0.01, ws_init: nn::Init::Const(1.0), ..Default::default() };
            let dense = linear(path / name, from, 200, Framework::Keras);
            (dense, nn::batch_norm1d(path / format!("{name}-norm"), 200, config))
        };
        Self {
            layers: [layer("dense1", from), layer("dense2", 200)],
            out: linear(path / "out", 200, classes as i64, Framework::Keras),
            levels: input.vocabulary,
        }
    }

    /// Logits `[b, classes]` of rows under a mask over columns `[b, columns]`.
    pub fn logits(&self, input: &Tensor, mask: Option<&Tensor>, train: bool) -> Tensor {
        let spread = spread_columns(input, self.levels);
        // Never in place: without categories this is the input itself.
        let shown = mask.map(|mask| &spread * mask.view([-1, 1, 1, mask.size()[1]]));
        let mut hidden = shown.as_ref().unwrap_or(&spread).flatten(1, -1);
        for (dense, norm) in &self.layers {
            hidden = normed(norm, &dense.forward(&hidden).relu(), train);
        }
        self.out.forward(&hidden)
    }
}

/// AIM's network for columns. The published one is a small net on each value alone, which does not know which column it stands in; here it sees
/// the column's number beside the value, or the whole row.
#[derive(Debug)]
pub struct ColumnNet {
    layers: [nn::Linear; 2],
    out: nn::Linear,
    columns: i64,
    levels: usize,
    context: Context,
}

impl ColumnNet {
    /// Builds it at `path`, giving `out` values for each column.
    pub fn new(path: &nn::Path<'_>, units: Units, input: InputSpec, out: i64, context: Context) -> Self {
        let columns = units.shape.width as i64;
        let of_one = 1 + input.vocabulary as i64;
        // The published widths are 20; a whole row needs more.
        let (from, width, out) = match context {
            Context::None => (of_one + columns, 20, out),
            Context::Neighbours => (of_one * columns, 100, out * columns),
        };
        Self {
            layers: [
                linear(path / "dense1", from, width, Framework::PyTorch),
                linear(path / "dense2", width, width, Framework::PyTorch),
            ],
            out: linear(path / "out", width, out, Framework::PyTorch),
            columns,
            levels: input.vocabulary,
            context,
        }
    }
}

impl UnitNet for ColumnNet {
    fn values(&self, input: &Tensor, _train: bool) -> Tensor {
        let spread = spread_columns(input, self.levels);
        let b = spread.size()[0];
        let from = match self.context {
            Context::None => {
                let each = spread.squeeze_dim(2).transpose(1, 2);
                let number = Tensor::eye(self.columns, (Kind::Float, input.device())).unsqueeze(0);
                Tensor::cat(&[each, number.expand([b, self.columns, self.columns], false)], 2)
            }
            Context::Neighbours => spread.flatten(1, -1),
        };
        let hidden = self.layers.iter().fold(from, |hidden, layer| layer.forward(&hidden).relu());
        self.out.forward(&hidden).view([b, self.columns, -1])
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind, Tensor, nn};

    use super::ColumnApproximator;
    use crate::data::{Shape, Unit, Units};
    use crate::model::InputSpec;
    use crate::model::tensors::{load_weights, save_weights, to_vec};

    #[test]
    fn an_approximator_still_answers_after_a_minibatch_of_one_row() {
        let shape = Shape::new(1, 1, 3);
        let store = nn::VarStore::new(Device::Cpu);
        let input = InputSpec { shape, vocabulary: 0 };
        let net = ColumnApproximator::new(&store.root(), Units::new(Unit::Column, shape), input, 2);
        let rows = |n: i64| Tensor::arange(3 * n, (Kind::Float, Device::Cpu)).view([n, 1, 1, 3]);
        for n in [4, 1] {
            drop(net.logits(&rows(n), None, true));
        }
        let logits = to_vec(&net.logits(&rows(2), None, false)).unwrap();
        assert!(logits.iter().all(|logit| logit.is_finite()), "{logits:?}");
        let weights = save_weights(&store).unwrap();
        load_weights(&store, &weights, "the weights").expect("finite numbers");
    }
}
