//! L2X: learning to explain by maximising the information of the selected units about the black box's answer (Chen et al. 2018).

use tch::nn::{self, Module};
use tch::{Kind, Tensor};

use super::columns::{ColumnApproximator, ColumnSelector};
use super::concrete::{concrete_mask, spread};
use super::selector::{PatchSelector, Selector};
use super::series::{SeriesSelector, unless_filled_up};
use super::text::{TextApproximator, TextSelector, length_taken, take_word_vectors, vector_length};
use super::{Batch, Learner, Setup, falling, final_temperature, temperature};
use crate::data::{Modality, Units};
use crate::explain::{ExplainError, Explainer, Method, MethodSpec, SavedExplainer};
use crate::model::architecture::{batch, epochs, learning_rate};
use crate::model::layers::{Conv, Framework, linear, max_pool, without_init};
use crate::model::optim::Optim;
use crate::model::params::{ParamKind, ParamSpec, Preset};
use crate::model::tensors::{load_weights, save_weights, seed_step};
use crate::model::train::soft_cross_entropy;
use crate::model::{BlackBox, InputSpec, Network};

/// The method.
#[derive(Debug)]
pub struct L2x;

/// Parameters of [`L2x`].
pub const PARAMS: &[ParamSpec] = &[
    super::critic(),
    hidden(),
    super::word_vectors(),
    super::softening(),
    temperature(0.5),
    final_temperature(0.1),
    super::optimizer(),
    epochs(5),
    batch(32),
    learning_rate(1e-3),
];

/// The logarithm of the smallest probability that is told from 0.
const LEAST_LOG: f64 = -16.0;

/// Parameter: what the box sees in place of what is hidden.
const fn hidden() -> ParamSpec {
    ParamSpec {
        id: "hidden",
        label: "Hidden units become",
        tip: "What the frozen black box sees in place of the units that are hidden while the selector is trained. Zeros say nothing about a unit that \
              is near zero itself, which is then left out at will; values of other rows make it count, as DoRaR's background noise does. Only where \
              the black box judges.",
        kind: ParamKind::Choice {
            options: &[
                ("zero", "zeros, as in the paper"),
                ("others", "the values of another training row"),
                ("both", "one or the other, by chance for each row"),
            ],
            default: "zero",
        },
    }
}

static SPEC: MethodSpec = MethodSpec {
    id: "l2x",
    title: "L2X",
    summary: "Learns which units tell most about the black box's answer: a selector picks k units by k Concrete draws, and the answer must \
              follow from them alone. The judge is the frozen box itself or, as in the paper, an approximator trained beside the selector.",
    citation: "Chen, Song, Wainwright, Jordan: Learning to Explain, ICML 2018",
    params: PARAMS,
    presets: &[
        Preset {
            id: "paper",
            title: "Paper: an approximator, RMSprop 0.001, temperature 0.1 (section 4)",
            values: &[
                ("critic", "approximators"),
                ("optimizer", "rmsprop"),
                ("temperature", "0.1"),
                ("final-temperature", "0.1"),
                ("epochs", "10"),
                ("batch", "64"),
            ],
        },
        Preset {
            id: "synthetic",
            title: "Tables: the frozen black box judges (ours)",
            values: &[("epochs", "5"), ("batch", "500")],
        },
        Preset {
            id: "synthetic-long",
            title: "Tables, longer: constant temperature 0.5, 20 epochs (ours)",
            values: &[("final-temperature", "0.5"), ("epochs", "20"), ("batch", "500")],
        },
        Preset {
            id: "synthetic-others",
            title: "Tables: hidden columns become another row's values (ours)",
            values: &[("hidden", "others"), ("epochs", "30"), ("batch", "500"), ("learning-rate", "0.003")],
        },
        Preset {
            id: "paper-synthetic",
            title: "Paper, synthetic tables (section 4.1): an approximator, RMSprop 0.001, temperature 0.1",
            values: &[
                ("critic", "approximators"),
                ("optimizer", "rmsprop"),
                ("temperature", "0.1"),
                ("final-temperature", "0.1"),
                ("epochs", "10"),
                ("batch", "1000"),
            ],
        },
        Preset {
            id: "code-synthetic",
            title: "Published code, synthetic tables: an approximator, Adam 0.001, temperature 0.1",
            values: &[
                ("critic", "approximators"),
                ("optimizer", "adam"),
                ("temperature", "0.1"),
                ("final-temperature", "0.1"),
                ("epochs", "10"),
                ("batch", "1000"),
            ],
        },
        Preset {
            id: "paper-imdb",
            title: "Paper, reviews (section 4.2): an approximator, RMSprop 0.001, temperature 0.5 as in the published code",
            values: &[
                ("critic", "approximators"),
                ("optimizer", "rmsprop"),
                ("temperature", "0.5"),
                ("final-temperature", "0.5"),
                ("epochs", "5"),
                ("batch", "40"),
            ],
        },
    ],
    starts: &[(Modality::Text, "paper-imdb"), (Modality::Table, "synthetic")],
    trains: true,
    needs_gradients: false,
    modalities: &[Modality::Image, Modality::Text, Modality::Series, Modality::Table],
};

impl Method for L2x {
    fn spec(&self) -> &'static MethodSpec {
        &SPEC
    }

    fn learner(&self, setup: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        Some(L2xLearner::new(setup).map(|learner| Box::new(learner) as Box<dyn Learner>))
    }

    fn explainer(&self, saved: &SavedExplainer, black_box: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        let units = Units::new(saved.card.unit, black_box.card().shape);
        let device = black_box.tensor_box().map_or(tch::Device::Cpu, |tensor_box| tensor_box.device());
        let mut store = nn::VarStore::new(device);
        let input = black_box.card().input();
        let length = vector_length(&saved.weights, input.vocabulary).filter(|_| units.unit.is_text());
        let selector = without_init(|| selector(&store.root(), units, input, length));
        load_weights(&store, &saved.weights, &format!("weights of {}", saved.card.name))?;
        store.freeze();
        Ok(Box::new(super::run::NetExplainer::new(
            store,
            units,
            Box::new(move |input, probs| selector.scores(input, probs, false)),
        )))
    }
}

fn selector(path: &nn::Path<'_>, units: Units, input: InputSpec, length: Option<i64>) -> Box<dyn Selector> {
    match units.unit.modality() {
        Modality::Text => Box::new(TextSelector::new(path, units, input, None, length)),
        Modality::Table => Box::new(ColumnSelector::new(path, units, input, None)),
        Modality::Series => Box::new(SeriesSelector::new(path, units, Framework::Keras, false)),
        Modality::Image => Box::new(PatchSelector::new(path, units)),
    }
}

/// The approximator of each kind of input.
enum Approximator {
    Picture(PictureApproximator),
    Text(TextApproximator),
    /// A network of the black box's architecture, as in MEED: L2X states none for series.
    Series(Box<dyn Network>),
    Table(ColumnApproximator),
}

impl Approximator {
    fn new(path: &nn::Path<'_>, setup: &Setup<'_>, k: i64) -> Self {
        match setup.units.unit.modality() {
            Modality::Text => Self::Text(TextApproximator::new(path, setup.units, setup.input, setup.classes, k)),
            Modality::Table => Self::Table(ColumnApproximator::new(path, setup.units, setup.input, setup.classes)),
            Modality::Series => Self::Series((setup.architecture.build)(path, setup.input, setup.classes)),
            Modality::Image => Self::Picture(PictureApproximator::new(path, setup.units, setup.classes)),
        }
    }

    /// Logits under a soft mask over units `[b, units]`.
    fn logits(&self, input: &Tensor, mask: &Tensor, units: Units) -> Tensor {
        match self {
            Self::Picture(net) => net.logits(&(input * spread(mask, units))),
            Self::Text(net) => net.logits(input, mask, true),
            Self::Series(net) => net.logits(&(input * spread(mask, units)), true),
            Self::Table(net) => net.logits(input, Some(mask), true),
        }
    }

    /// Logits of inputs that a hard mask was applied to.
    fn logits_hard(&self, masked: &Tensor) -> Tensor {
        match self {
            Self::Picture(net) => net.logits(masked),
            Self::Text(net) => net.logits_hard(masked),
            Self::Series(net) => net.logits(masked, false),
            Self::Table(net) => net.logits(masked, None, false),
        }
    }
}

/// The approximator for pictures: two convolutions with max pooling (section 4.3; 32 and 64 filters of 5 x 5 are ours), one dense layer.
#[derive(Debug)]
struct PictureApproximator {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    dense: nn::Linear,
}

impl PictureApproximator {
    fn new(path: &nn::Path<'_>, units: Units, classes: usize) -> Self {
        let shape = units.shape;
        let flat = 64 * (shape.height / 4) * (shape.width / 4);
        Self {
            conv1: Conv::same(shape.channels, 32, 5).build(path / "conv1", Framework::Keras),
            conv2: Conv::same(32, 64, 5).build(path / "conv2", Framework::Keras),
            dense: linear(path / "dense", flat as i64, classes as i64, Framework::Keras),
        }
    }

    fn logits(&self, masked: &Tensor) -> Tensor {
        let hidden = max_pool(&self.conv1.forward(masked).relu(), 2);
        let hidden = max_pool(&self.conv2.forward(&hidden).relu(), 2);
        self.dense.forward(&hidden.flatten(1, -1))
    }
}

struct L2xLearner {
    selector: Box<dyn Selector>,
    selector_store: nn::VarStore,
    /// `None` where the frozen black box itself is the critic.
    approximator: Option<(Approximator, nn::VarStore)>,
    optimizers: Vec<Optim>,
    units: Units,
    k: i64,
    /// How often another row's values stand in place of what is hidden, 0..=1; zeros otherwise.
    mixes: f64,
    /// What log-probabilities are divided by.
    softening: f64,
    /// At the first and at the last step.
    temperatures: (f64, f64),
}

impl L2xLearner {
    fn new(setup: &Setup<'_>) -> Result<Self, ExplainError> {
        seed_step(setup.seed, u64::MAX);
        let selector_store = nn::VarStore::new(setup.device);
        let length = length_taken(setup, PARAMS);
        let selector = selector(&selector_store.root(), setup.units, setup.input, length);
        take_word_vectors(&selector_store, setup, PARAMS)?;
        let k = setup.k.min(setup.units.count()) as i64;
        let optimizer = super::optim_of(setup.params, PARAMS);
        let mut optimizers = vec![optimizer.build(&selector_store)?];
        let approximator = if setup.params.choice(PARAMS, "critic") == "approximators" {
            let store = nn::VarStore::new(setup.device);
            let approximator = Approximator::new(&store.root(), setup, k);
            optimizers.push(optimizer.build(&store)?);
            Some((approximator, store))
        } else {
            None
        };
        Ok(Self {
            selector,
            selector_store,
            approximator,
            optimizers,
            units: setup.units,
            k,
            softening: setup.params.real(PARAMS, "softening"),
            mixes: match setup.params.choice(PARAMS, "hidden").as_str() {
                "others" => 1.0,
                "both" => 0.5,
                _ => 0.0,
            },
            temperatures: (setup.params.real(PARAMS, "temperature"), setup.params.real(PARAMS, "final-temperature")),
        })
    }
}

impl Learner for L2xLearner {
    fn step(&mut self, batch: &Batch<'_>) -> Result<Vec<(&'static str, Tensor)>, ExplainError> {
        let temperature = falling(self.temperatures, batch.progress);
        let mask = concrete_mask(&self.selector.scores(batch.input, batch.probs, true), self.k, temperature);
        let logits = match &self.approximator {
            Some((approximator, _)) => approximator.logits(batch.input, &mask, self.units),
            None if self.mixes > 0.0 => {
                let order = Tensor::randperm(batch.input.size()[0], (Kind::Int64, batch.input.device()));
                let chosen =
                    Tensor::rand([order.size()[0], 1, 1, 1], (Kind::Float, batch.input.device())).lt(self.mixes);
                let others = batch.input.index_select(0, &order) * chosen.to_kind(Kind::Float);
                let others = unless_filled_up(others, batch.input, self.units);
                batch.black_box.logits_mixed(batch.input, &spread(&mask, self.units), &others)
            }
            None => batch.black_box.logits_masked(batch.input, &spread(&mask, self.units)),
        };
        let loss = if self.softening > 1.0 {
            let soften = |log_probs: Tensor| log_probs.clamp_min(LEAST_LOG) / self.softening;
            let targets = soften(batch.probs.clamp_min(f64::MIN_POSITIVE).log()).softmax(-1, Kind::Float);
            soft_cross_entropy(&soften(logits.log_softmax(-1, Kind::Float)), &targets)
        } else {
            soft_cross_entropy(&logits, batch.probs)
        };
        super::step_together(&mut self.optimizers, &loss)?;
        Ok(vec![("loss", loss.detach())])
    }

    fn scores(&self, input: &Tensor, probs: &Tensor) -> Tensor {
        self.selector.scores(input, probs, false)
    }

    fn approximate(&self, masked: &Tensor) -> Option<Tensor> {
        self.approximator.as_ref().map(|(approximator, _)| approximator.logits_hard(masked))
    }

    fn weights(&self) -> Result<Vec<u8>, ExplainError> {
        Ok(save_weights(&self.selector_store)?)
    }
}
