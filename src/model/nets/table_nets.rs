//! Black boxes for tables: a multi-layer perceptron and logistic regression.

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use crate::data::Modality;
use crate::data::table::CATEGORY;
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate, patience};
use crate::model::layers::{Framework, linear};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::ParamSpec;

/// The black box of L2X's synthetic tables (section 4.1): three hidden layers. Width is not stated for it; 200 is that of the paper's
/// approximator.
pub static TABLE_MLP: Architecture = Architecture {
    id: "table-mlp",
    title: "Multi-layer perceptron for tables",
    summary: "Three hidden layers of 200 with ReLU on standardised columns; each category has an input of its own.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018, section 4.1",
    params: MLP_PARAMS,
    presets: &[],
    modality: Modality::Table,
    text: None,
    min_side: 1,
    build: build_mlp,
    optimizer: OptimSpec::keras_adam,
};

/// AIM's black box for Adult (appendix D).
pub static TABLE_LOGISTIC: Architecture = Architecture {
    id: "table-logistic",
    title: "Logistic regression",
    summary: "One linear layer on standardised columns; each category has an input of its own. Without a penalty, trained by Adam.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023, Table 10",
    params: LOGISTIC_PARAMS,
    presets: &[],
    modality: Modality::Table,
    text: None,
    min_side: 1,
    build: build_logistic,
    optimizer: OptimSpec::keras_adam,
};

const MLP_PARAMS: &[ParamSpec] = &[epochs(20), batch(100), learning_rate(1e-3), patience(5)];
const LOGISTIC_PARAMS: &[ParamSpec] = &[epochs(20), batch(100), learning_rate(1e-2), patience(5)];

/// Values for each column `[n, 1 + levels, 1, columns]` of rows `[n, 1, 1, columns]`: the number, then one for each category. A column has either;
/// what is hidden or missing has neither.
pub fn spread_columns(input: &Tensor, levels: usize) -> Tensor {
    if levels == 0 {
        return input.shallow_clone();
    }
    let is_category = input.ge(f64::from(CATEGORY) / 2.0);
    let codes = Tensor::arange(levels as i64, (Kind::Float, input.device())).view([1, -1, 1, 1]) + f64::from(CATEGORY);
    let categories = input.eq_tensor(&codes).to_kind(Kind::Float);
    Tensor::cat(&[input.masked_fill(&is_category, 0.0), categories], 1)
}

/// Dense layers with ReLU between them on what [`spread_columns`] gives.
#[derive(Debug)]
struct Dense {
    layers: Vec<nn::Linear>,
    levels: usize,
}

impl Dense {
    fn new(path: &nn::Path<'_>, input: InputSpec, widths: &[i64]) -> Self {
        let mut from = (input.shape.width * (1 + input.vocabulary)) as i64;
        let mut layers = Vec::with_capacity(widths.len());
        for (i, &to) in widths.iter().enumerate() {
            layers.push(linear(path / format!("dense{}", i + 1), from, to, Framework::Keras));
            from = to;
        }
        Self { layers, levels: input.vocabulary }
    }
}

fn build_mlp(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    Box::new(Dense::new(path, input, &[200, 200, 200, classes as i64]))
}

fn build_logistic(path: &nn::Path<'_>, input: InputSpec, classes: usize) -> Box<dyn Network> {
    Box::new(Dense::new(path, input, &[classes as i64]))
}

impl Network for Dense {
    fn embed(&self, input: &Tensor) -> Tensor {
        spread_columns(input, self.levels)
    }

    fn hidden(&self) -> Option<Tensor> {
        // With categories a column has several values, whose gradients belong together.
        let device = self.layers.first().map_or(tch::Device::Cpu, |layer| layer.ws.device());
        (self.levels > 0).then(|| Tensor::zeros([1, 1 + self.levels as i64, 1, 1], (Kind::Float, device)))
    }

    fn logits(&self, embedded: &Tensor, _train: bool) -> Tensor {
        let mut hidden = embedded.flatten(1, -1);
        for (i, layer) in self.layers.iter().enumerate() {
            hidden = layer.forward(&if i == 0 { hidden } else { hidden.relu() });
        }
        hidden
    }
}
