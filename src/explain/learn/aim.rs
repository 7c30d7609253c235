//! AIM: an additive instance-wise approach to multi-class interpretation (Vo et al. 2023). The explainer gives every unit a weight for
//! every class, W; the sum of the weights of the units that are shown must tell what the black box answers. A selector learns which samples
//! to train on.

use tch::nn;
use tch::{Kind, Tensor};

use super::aim_nets::{Approximator, UnitNet, explainer, selector};
use super::aim_options::{Ablation, Options, PRESETS, TEXTS};
pub use super::aim_options::{Groups, PARAMS};
use super::concrete::{bernoulli_mask, concrete_mask, spread};
use super::run::NetExplainer;
use super::text::{length_taken, take_word_vectors, vector_length};
use super::{Batch, Learner, Losses, Setup, column, falling};
use crate::data::{Modality, Units};
use crate::explain::{ExplainError, Explainer, Method, MethodSpec, SavedExplainer};
use crate::model::BlackBox;
use crate::model::layers::without_init;
use crate::model::optim::{Optim, OptimSpec};
use crate::model::tensors::{load_weights, save_weights, seed_step};

/// The method.
#[derive(Debug)]
pub struct Aim;

/// What padding scores in a draw: it is never taken.
const NEVER: f64 = -1e9;

static SPEC: MethodSpec = MethodSpec {
    id: "aim",
    title: "AIM (weights for every class)",
    summary: "Learns a weight of every unit for every class: on samples of the input, the weights of what is shown must add up to the \
              black box's answer. So one pass tells for each class what speaks for it, and any number of units can be read off. The judge \
              of the samples is the frozen box itself or, as in the paper, an approximator.",
    citation: "Vo et al.: An Additive Instance-Wise Approach to Multi-class Model Interpretation, ICLR 2023",
    params: PARAMS,
    presets: PRESETS,
    starts: &[(Modality::Text, TEXTS)],
    trains: true,
    needs_gradients: false,
    modalities: &[Modality::Image, Modality::Text, Modality::Table],
};

impl Method for Aim {
    fn spec(&self) -> &'static MethodSpec {
        &SPEC
    }

    fn learner(&self, setup: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        Some(AimLearner::new(setup).map(|learner| Box::new(learner) as Box<dyn Learner>))
    }

    fn explainer(&self, saved: &SavedExplainer, black_box: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        let card = black_box.card();
        let units = Units::new(saved.card.unit, card.shape);
        let device = black_box.tensor_box().map_or(tch::Device::Cpu, |tensor_box| tensor_box.device());
        let mut store = nn::VarStore::new(device);
        let options = Options::new(&saved.card.params, units);
        let length = vector_length(&saved.weights, card.input().vocabulary).filter(|_| units.unit.is_text());
        let net = without_init(|| options.explaining_net(&store.root(), card.input(), card.classes.len(), length));
        load_weights(&store, &saved.weights, &format!("weights of {}", saved.card.name))?;
        store.freeze();
        let scorer = move |input: &Tensor, _probs: &Tensor| {
            if options.ablation.infers_from_selector() {
                net.values(input, false).squeeze_dim(-1)
            } else {
                options.weights(net.as_ref(), input, false)
            }
        };
        Ok(Box::new(NetExplainer::new(store, units, Box::new(scorer))))
    }
}

/// A network with its variables.
struct Part<N> {
    net: N,
    store: nn::VarStore,
}

impl<N> Part<N> {
    fn new(setup: &Setup<'_>, build: impl FnOnce(&nn::Path<'_>) -> N) -> Self {
        let store = nn::VarStore::new(setup.device);
        Self { net: build(&store.root()), store }
    }
}

struct AimLearner {
    /// `None` in the ablation without it.
    explainer: Option<Part<Box<dyn UnitNet>>>,
    /// `None` where masks are drawn without it.
    selector: Option<Part<Box<dyn UnitNet>>>,
    /// `None` where the frozen black box itself judges.
    approximator: Option<Part<Approximator>>,
    optimizers: Vec<Optim>,
    options: Options,
    /// Units that will be looked at.
    k: i64,
}

impl AimLearner {
    fn new(setup: &Setup<'_>) -> Result<Self, ExplainError> {
        seed_step(setup.seed, u64::MAX);
        let options = Options::new(setup.params, setup.units);
        let Setup { units, input, classes, .. } = *setup;
        let length = length_taken(setup, PARAMS);
        let has_explainer = options.ablation != Ablation::SelectorOnly;
        let has_selector = options.ablation != Ablation::HeuristicMasks;
        let explainer = has_explainer
            .then(|| Part::new(setup, |path| explainer(path, units, input, classes, options.context, length)));
        if let Some(explainer) = explainer.as_ref().filter(|_| options.zero_start) {
            zero_out_layer(&explainer.store);
        }
        let selector =
            has_selector.then(|| Part::new(setup, |path| selector(path, units, input, options.context, length)));
        let approximator = (has_selector && !options.box_judges)
            .then(|| Part::new(setup, |path| Approximator::new(path, units, input, classes, length)));
        let optimizer = OptimSpec::torch_adam(options.learning_rate(0.0));
        let stores = [
            explainer.as_ref().map(|part| &part.store),
            selector.as_ref().map(|part| &part.store),
            approximator.as_ref().map(|part| &part.store),
        ];
        for store in stores.into_iter().flatten() {
            take_word_vectors(store, setup, PARAMS)?;
        }
        let optimizers = stores.into_iter().flatten().map(|store| optimizer.build(store)).collect::<Result<_, _>>()?;
        let k = setup.k.min(units.count()) as i64;
        Ok(Self { explainer, selector, approximator, optimizers, options, k })
    }

    /// The network that scores, with its variables.
    fn explaining(&self) -> Option<&Part<Box<dyn UnitNet>>> {
        if self.options.ablation.infers_from_selector() { self.selector.as_ref() } else { self.explainer.as_ref() }
    }
}

/// Sets the last layer of a [`explainer`] for text to zero: gradients still reach it, and through it all others from the second step on.
fn zero_out_layer(store: &nn::VarStore) {
    for (_, variable) in store.variables().iter().filter(|(name, _)| name.starts_with("out.")) {
        tch::no_grad(|| _ = variable.shallow_clone().zero_());
    }
}

/// What the black box is asked in one pass: soft masks over units, each on the whole batch.
struct Asked {
    /// Logits of the selector's samples, or of its probabilities where only they are asked about `[b, classes]`.
    samples: Tensor,
    /// Logits of what the weights of one class select, where asked.
    columns: Option<Tensor>,
}

impl Learner for AimLearner {
    fn step(&mut self, batch: &Batch<'_>) -> Result<Losses, ExplainError> {
        let rate = self.options.learning_rate(batch.progress);
        self.optimizers.iter_mut().for_each(|optimizer| optimizer.set_lr(rate));
        let (loss, losses) = self.losses(batch);
        super::step_together(&mut self.optimizers, &loss)?;
        Ok(losses)
    }

    fn scores(&self, input: &Tensor, probs: &Tensor) -> Tensor {
        match (self.class_scores(input, probs), &self.selector) {
            (Some(weights), _) => column(&weights, &probs.argmax(-1, false)),
            (None, Some(selector)) => selector.net.values(input, false).squeeze_dim(-1),
            (None, None) => {
                Tensor::zeros([input.size()[0], self.options.units.count() as i64], (Kind::Float, input.device()))
            }
        }
    }

    fn class_scores(&self, input: &Tensor, _probs: &Tensor) -> Option<Tensor> {
        if self.options.ablation.infers_from_selector() {
            return None;
        }
        self.explainer.as_ref().map(|explainer| self.options.weights(explainer.net.as_ref(), input, false))
    }

    fn approximate(&self, masked: &Tensor) -> Option<Tensor> {
        self.approximator.as_ref().map(|approximator| approximator.net.logits_hard(masked))
    }

    fn weights(&self) -> Result<Vec<u8>, ExplainError> {
        match self.explaining() {
            Some(part) => Ok(save_weights(&part.store)?),
            None => Err(ExplainError::Unfit("AIM: expected a network that scores, found none; train again".to_owned())),
        }
    }
}

impl AimLearner {
    /// The objective of one step (Eq. 5) and its parts by name.
    fn losses(&self, batch: &Batch<'_>) -> (Tensor, Losses) {
        let options = &self.options;
        let shown = options.shown(batch.input);
        let keep = |mask: Tensor| match &shown {
            Some(shown) => mask * shown,
            None => mask,
        };
        let answer = batch.probs.argmax(-1, false);
        // With padding at zero it adds nothing to a sum and nothing to a norm.
        let weights = self.explainer.as_ref().map(|explainer| {
            let weights = options.weights(explainer.net.as_ref(), batch.input, true);
            match &shown {
                Some(shown) => weights * shown.unsqueeze(-1),
                None => weights,
            }
        });
        let logits = self.selector.as_ref().map(|selector| selector.net.values(batch.input, true).squeeze_dim(-1));
        let sample = keep(match &logits {
            Some(logits) => bernoulli_mask(logits, options.temperature),
            None => uniform_mask(batch.input.size()[0], options.units.count() as i64, batch.input),
        });
        let judged = weights.as_ref().filter(|_| self.judges_columns()).map(|weights| {
            let class = some_class(batch.probs);
            let scores = column(weights, &class);
            let scores = match &shown {
                Some(shown) => scores.masked_fill(&shown.eq(0.0), NEVER),
                None => scores,
            };
            (keep(self.select(&scores, batch)), class)
        });
        let expected = logits.as_ref().filter(|_| options.expected).map(|logits| keep(logits.sigmoid()));
        // Where an approximator judges the samples, the box is only asked about what the sums of weights are trained on.
        let alone = expected.as_ref().filter(|_| self.approximator.is_some());
        let asked = self.ask(batch, alone.unwrap_or(&sample), judged.as_ref().map(|(mask, _)| mask));

        let mut total = Tensor::zeros([], (Kind::Float, batch.input.device()));
        let mut losses = Losses::new();
        let mut add = |name: &'static str, loss: Tensor, weight: f64| {
            losses.push((name, loss.detach()));
            total = &total + loss * weight;
        };
        if let Some(weights) = &weights {
            let seen = match (&expected, alone) {
                (Some(expected), None) => {
                    tch::no_grad(|| batch.black_box.logits_masked(batch.input, &spread(expected, options.units)))
                }
                _ => asked.samples.shallow_clone(),
            };
            let mask = expected.as_ref().unwrap_or(&sample);
            add("additive", additive_loss(weights, mask, &seen.argmax(-1, false)), 1.0);
        }
        if logits.is_some() {
            let told = match &self.approximator {
                Some(approximator) => approximator.net.logits(batch.input, &sample, true),
                None => asked.samples,
            };
            add("fidelity", told.cross_entropy_for_logits(&answer), options.alpha);
        }
        if let (Some(columns), Some((_, class))) = (asked.columns, &judged) {
            add("columns", column_loss(&columns, class, &answer), 1.0);
        }
        if let Some(weights) = &weights {
            add("sparsity", group_norm(weights, options.groups), options.beta);
        }
        losses.push(("loss", total.detach()));
        (total, losses)
    }

    /// Whether the black box judges what each class's weights select. Not where the selector's share is what is looked at.
    const fn judges_columns(&self) -> bool {
        self.options.box_judges && matches!(self.options.ablation, Ablation::None)
    }

    /// What the box answers under these soft masks over units; with gradients only where it judges.
    fn ask(&self, batch: &Batch<'_>, sample: &Tensor, columns: Option<&Tensor>) -> Asked {
        let units = self.options.units;
        let Some(columns) = columns else {
            let ask = || batch.black_box.logits_masked(batch.input, &spread(sample, units));
            let needs_gradients = self.options.box_judges && self.selector.is_some();
            return Asked { samples: if needs_gradients { ask() } else { tch::no_grad(ask) }, columns: None };
        };
        let masks = Tensor::cat(&[sample, columns], 0);
        let logits =
            batch.black_box.logits_masked(&Tensor::cat(&[batch.input, batch.input], 0), &spread(&masks, units));
        let b = batch.input.size()[0];
        Asked { samples: logits.narrow(0, 0, b), columns: Some(logits.narrow(0, b, b)) }
    }

    /// A soft mask of the units with the largest of these scores, as L2X draws it. How many is drawn anew for every batch, up to twice as
    /// many as will be looked at, so that any number can be read off later.
    fn select(&self, scores: &Tensor, batch: &Batch<'_>) -> Tensor {
        let most = (2 * self.k).clamp(1, MOST_DRAWS);
        let k = 1 + Tensor::randint(most, [1], (Kind::Int64, tch::Device::Cpu)).int64_value(&[0]);
        concrete_mask(scores, k, falling(COLUMN_TEMPERATURES, batch.progress))
    }
}

/// Temperature of the draws from a class's weights at the first and the last step: those of this program's L2X.
const COLUMN_TEMPERATURES: (f64, f64) = (0.5, 0.1);
/// Most draws from a class's weights: each takes as much memory as all weights of the class. What comes after them is ordered by the sums
/// alone.
const MOST_DRAWS: i64 = 64;

/// The 2,1 norm of W `[b, units, classes]`: the sum of the groups' Euclidean norms.
pub fn group_norm(weights: &Tensor, groups: Groups) -> Tensor {
    let norms = |dim: i64| {
        // The root of exactly zero has no gradient: a unit of padding would make it NaN.
        let squares = weights.square().sum_dim_intlist([dim].as_slice(), false, Kind::Float);
        (squares + 1e-12).sqrt()
    };
    match groups {
        Groups::Units => norms(2).sum_dim_intlist([1i64].as_slice(), false, Kind::Float).mean(Kind::Float),
        Groups::Classes => norms(1).sum(Kind::Float),
    }
}

/// The first loss (Eq. 2): cross-entropy of the black box's class on the sample, `[b]`, and the sums of the shown units' weights. W is `[b,
/// units, classes]`, the mask `[b, units]`.
pub fn additive_loss(weights: &Tensor, mask: &Tensor, class: &Tensor) -> Tensor {
    let sums = (weights * mask.unsqueeze(-1)).sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
    sums.cross_entropy_for_logits(class)
}

/// What is wrong with units selected for `class` `[b]` when the black box answers these `logits` `[b, classes]` to them: cross-entropy where
/// it is the box's own answer to the whole input, and one minus the probability elsewhere. Often no part of an input looks like another
/// class; a bounded loss leaves such rows little say.
pub fn column_loss(logits: &Tensor, class: &Tensor, answer: &Tensor) -> Tensor {
    let log = logits.log_softmax(-1, Kind::Float).gather(1, &class.unsqueeze(1), false).squeeze_dim(1);
    (-&log).where_self(&class.eq_tensor(answer), &(1.0 - log.exp())).mean(Kind::Float)
}

/// Masks `[b, units]` with a uniformly drawn number of ones at uniformly drawn places (Appendix D.3): with a uniform share per row, the
/// count of units below it is uniform too.
pub fn uniform_mask(b: i64, units: i64, like: &Tensor) -> Tensor {
    let options = (Kind::Float, like.device());
    Tensor::rand([b, units], options).lt_tensor(&Tensor::rand([b, 1], options)).to_kind(Kind::Float)
}

/// For each row the black box's class or, for half of the rows, any class with equal chance: the weights of the classes that are not
/// predicted are looked at too.
fn some_class(probs: &Tensor) -> Tensor {
    let (b, classes) = (probs.size()[0], probs.size()[1]);
    let any = Tensor::randint(classes, [b], (Kind::Int64, probs.device()));
    let is_own = Tensor::rand([b], (Kind::Float, probs.device())).lt(0.5);
    probs.argmax(-1, false).where_self(&is_own, &any)
}
