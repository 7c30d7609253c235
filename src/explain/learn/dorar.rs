//! DoRaR (Qin et al.): a double-sided remove-and-reconstruct objective. Two generators rebuild the input, one from the selected part, one from the
//! unselected part, and the black box judges what they build; the selector is trained so that the first succeeds and the second fails.

use tch::nn;
use tch::{Kind, Tensor};

use super::concrete::{concrete_mask, gumbel, spread, subset_mask};
use super::dorar_nets::{Backdrop, DorarSelector, Generator, Noise, Range, blend, check_dense, scale_gradient};
use super::selector::Selector;
use super::series::{SeriesSelector, unless_filled_up};
use super::{Batch, Learner, Losses, Setup, temperature};
use crate::data::{Modality, Rows, Unit, Units};
use crate::explain::mask::{fill_rows, whole_rows, whole_rows_among};
use crate::explain::{ExplainError, Explainer, Fill, Mask, Method, MethodSpec, SavedExplainer, Scores};
use crate::model::architecture::{batch, epochs, learning_rate};
use crate::model::layers::{Framework, without_init};
use crate::model::optim::{Optim, OptimSpec};
use crate::model::params::{ParamKind, ParamSpec, Params, Preset};
use crate::model::tensors::{from_rows, joined, load_variables, save_variables, seed_step, to_vec};
use crate::model::{BlackBox, Probs, TensorBox};

/// The method.
#[derive(Debug)]
pub struct Dorar;

/// Adam's decays (appendix B.3).
pub(super) const ADAM_BETAS: (f64, f64) = (0.5, 0.999);
/// Learning rate of all three networks (appendix B.3).
pub(super) const LEARNING_RATE: f64 = 5e-4;
/// Items per update (appendix B.3).
pub(super) const BATCH: usize = 100;

/// Parameters of [`Dorar`].
pub const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "background",
        label: "Noise in hidden parts",
        tip: "What stands in the hidden parts of an input while the generators learn: the background noise of section III, \"BN\" of appendix B. Values of \
              real training rows hide which parts are hidden; zeros show it.",
        kind: ParamKind::Choice {
            options: &[
                ("rows", "each hidden value is that of a random training row, as in the paper"),
                (
                    "whole-rows",
                    "all hidden values of an item are those of one random training row (ours): of a series what is hidden then stays smooth",
                ),
                (
                    "other-class",
                    "as whole-rows, but a row to which the black box gives another class than to the item, or any row where there is none (ours): \
                     nothing that is hidden speaks for the item's class",
                ),
                (
                    "bernoulli",
                    "one map for the whole minibatch, dark or bright with each place's mean: published code, digits",
                ),
                (
                    "gaussian",
                    "one map for the whole minibatch, normal with each place's mean and spread: published code, CIFAR-10",
                ),
                ("zero", "zero: without background noise"),
            ],
            default: "rows",
        },
    },
    ParamSpec {
        id: "reconstruction",
        label: "Reconstruction loss",
        tip: "The generators must also come near the input, in mean absolute difference (\"RL\" of appendix B).",
        kind: ParamKind::Switch { default: true },
    },
    ParamSpec {
        id: "complementary",
        label: "Unselected must fail",
        tip: "The selector is also trained so that the class cannot be rebuilt from what is not selected (\"CM\", the complementary mask of appendix B).",
        kind: ParamKind::Switch { default: true },
    },
    ParamSpec {
        id: "unselected-loss",
        label: "Unselected loss is",
        tip: "How the unselected part is made to fail: what the selector does to the answer that is rebuilt from it. Raising its cross-entropy gives \
              next to no gradient where that answer is certain, so that nothing of what is left over is found; lowering the cross-entropy against \
              the other classes pushes most there, as adversarial networks are trained (Goodfellow et al. 2014, section 3).",
        kind: ParamKind::Choice {
            options: &[
                ("raised", "raise the cross-entropy against the class, as in the paper"),
                ("flipped", "lower the cross-entropy against the other classes (ours, as MEED does)"),
            ],
            default: "raised",
        },
    },
    ParamSpec {
        id: "mask",
        label: "Soft mask",
        tip: "How Gumbel-softmax draws become a mask of k units while training.",
        kind: ParamKind::Choice {
            options: &[
                ("sum-sigmoid", "their sum, then sigmoid(10 (sum - 0.5)): published code"),
                ("concrete-max", "their maximum, as in L2X"),
                (
                    "subset",
                    "k different units, each drawn after the ones before it were taken away (ours, after Xie & Ermon 2019)",
                ),
            ],
            default: "sum-sigmoid",
        },
    },
    ParamSpec {
        id: "alpha",
        label: "Unselected weight",
        tip: "How much it counts for the selector that the unselected part fails, and not that the selected part succeeds (alpha of Algorithm 1). 0: k over \
              the number of units, as the paper's search chose (appendix B.3).",
        kind: ParamKind::Computed { max: 1.0, words: "k / units" },
    },
    ParamSpec {
        id: "beta",
        label: "Reconstruction weight",
        tip: "Beta of Algorithm 1: reconstruction against prediction. 1 in the paper, 0.1 in its code.",
        kind: ParamKind::Real { min: 0.0, max: 100.0, default: 1.0, log: false },
    },
    super::softening(),
    temperature(0.7),
    ParamSpec {
        id: "generator",
        label: "Generators",
        tip: "What rebuilds the input. Two dense layers as wide as the input, as in the paper; for series also convolutions over the steps (ours), \
              which keep what is shown and need far fewer items.",
        kind: ParamKind::Choice {
            options: &[
                ("dense", "two dense layers (paper)"),
                ("local", "convolutions over the steps, for series only"),
            ],
            default: "dense",
        },
    },
    ParamSpec {
        id: "places",
        label: "Weights of places",
        tip: "A weight for each place, the same for all items, beside the score that its content gets (ours, for series). Where series are recorded \
              alike, what matters lies at the same steps, and convolutions cannot know at which step they are.",
        kind: ParamKind::Switch { default: false },
    },
    ParamSpec {
        id: "generator-learning-rate",
        label: "Generators' rate",
        tip: "0.0005; 0.0001 for CIFAR-10 (appendix C).",
        kind: ParamKind::Real { min: 1e-6, max: 1.0, default: LEARNING_RATE, log: true },
    },
    epochs(10),
    batch(BATCH as i64),
    learning_rate(LEARNING_RATE),
];

static SPEC: MethodSpec = MethodSpec {
    id: "dorar",
    title: "DoRaR (remove and reconstruct)",
    summary: "Learns which units let a generator rebuild an input that the black box answers as before, while what is rebuilt from all the \
              others is answered differently. Hidden places hold noise from real data, so that neither a hole nor the mask's outline tells the class.",
    citation: "Qin et al.: DoRaR, Double-sided Remove and Reconstruct",
    params: PARAMS,
    presets: &[
        Preset {
            id: "paper",
            title: "Paper, digits: 80 epochs, beta 1 (section V, appendix B)",
            values: &[("epochs", "80")],
        },
        Preset {
            id: "paper-cifar10",
            title: "Paper, CIFAR-10: generators' learning rate 0.0001 (appendix C)",
            values: &[("epochs", "80"), ("generator-learning-rate", "0.0001")],
        },
        Preset {
            id: "code-mnist",
            title: "Published code, digits: one black-and-white noise map for each minibatch, beta 0.1",
            values: &[("epochs", "80"), ("background", "bernoulli"), ("beta", "0.1")],
        },
        Preset {
            id: "code-cifar10",
            title: "Published code, CIFAR-10: one normal noise map for each minibatch, alpha 4/49, beta 0.1",
            values: &[("epochs", "80"), ("background", "gaussian"), ("beta", "0.1"), ("alpha", "0.0816")],
        },
        Preset {
            id: "scheme-b",
            title: "Scheme B (appendix B): prediction loss of the selected part alone",
            values: &[("background", "zero"), ("reconstruction", "off"), ("complementary", "off")],
        },
        Preset {
            id: "scheme-bn",
            title: "Scheme BN (appendix B): background noise",
            values: &[("background", "rows"), ("reconstruction", "off"), ("complementary", "off")],
        },
        Preset {
            id: "scheme-rl",
            title: "Scheme RL (appendix B): reconstruction loss",
            values: &[("background", "zero"), ("reconstruction", "on"), ("complementary", "off")],
        },
        Preset {
            id: "scheme-cm",
            title: "Scheme CM (appendix B): complementary mask, the unselected part must fail",
            values: &[("background", "zero"), ("reconstruction", "off"), ("complementary", "on")],
        },
        Preset {
            id: "scheme-bn-rl",
            title: "Scheme BN + RL (appendix B): background noise, reconstruction loss",
            values: &[("background", "rows"), ("reconstruction", "on"), ("complementary", "off")],
        },
        Preset {
            id: "scheme-bn-cm",
            title: "Scheme BN + CM (appendix B): background noise, complementary mask",
            values: &[("background", "rows"), ("reconstruction", "off"), ("complementary", "on")],
        },
        Preset {
            id: "scheme-rl-cm",
            title: "Scheme RL + CM (appendix B): reconstruction loss, complementary mask",
            values: &[("background", "zero"), ("reconstruction", "on"), ("complementary", "on")],
        },
        Preset {
            id: "scheme-bn-rl-cm",
            title: "Scheme BN + RL + CM (appendix B): all three, which is DoRaR",
            values: &[("background", "rows"), ("reconstruction", "on"), ("complementary", "on")],
        },
    ],
    starts: &[],
    trains: true,
    needs_gradients: true,
    modalities: &[Modality::Image, Modality::Series],
};

impl Method for Dorar {
    fn spec(&self) -> &'static MethodSpec {
        &SPEC
    }

    fn learner(&self, setup: &Setup<'_>) -> Option<Result<Box<dyn Learner>, ExplainError>> {
        Some(DorarLearner::new(setup).map(|learner| Box::new(learner) as Box<dyn Learner>))
    }

    fn explainer(&self, saved: &SavedExplainer, black_box: &dyn BlackBox) -> Result<Box<dyn Explainer>, ExplainError> {
        let card = black_box.card();
        let units = Units::new(saved.card.unit, card.shape);
        let device = black_box.tensor_box().map_or(tch::Device::Cpu, TensorBox::device);
        let range = Range::of(black_box.background(), card.modality(), device);
        let form = Form::of(&saved.card.params);
        let mut nets = without_init(|| Nets::new(units, &range, form, device));
        load_variables(nets.variables(), &saved.weights, &format!("weights of {}", saved.card.name))?;
        nets.selector_store.freeze();
        nets.generator_store.freeze();
        Ok(Box::new(DorarExplainer { nets, units, device, noise: noise_of(&saved.card.params) }))
    }

    /// For series the last epoch is kept, as in the paper: validation puts zeros at hidden steps, and to a model of movements a pause is a
    /// movement like any other. Noise would not order epochs better without the generators: values of random rows step by step are no movement at
    /// all, and a whole row at hidden steps speaks for its own class; nor could such an FS-M be compared with that of other explainers.
    fn keeps_last(&self, unit: Unit) -> bool {
        unit.modality() == Modality::Series
    }
}

/// What stands at hidden places.
fn noise_of(params: &Params) -> Noise {
    match params.choice(PARAMS, "background").as_str() {
        "bernoulli" => Noise::Bernoulli,
        "gaussian" => Noise::Gaussian,
        "zero" => Noise::Zero,
        "whole-rows" => Noise::WholeRows,
        "other-class" => Noise::OtherClass,
        _ => Noise::Rows,
    }
}

/// Which networks a setting asks for.
#[derive(Clone, Copy, Debug)]
struct Form {
    complementary: bool,
    /// Convolutions as generators.
    is_local: bool,
    /// A weight for each place beside the selector's scores.
    places: bool,
}

impl Form {
    fn of(params: &Params) -> Self {
        Self {
            complementary: params.switch(PARAMS, "complementary"),
            is_local: params.choice(PARAMS, "generator") == "local",
            places: params.switch(PARAMS, "places"),
        }
    }
}

/// The selector and its generators.
struct Nets {
    selector: Box<dyn Selector>,
    selector_store: nn::VarStore,
    selected: Generator,
    /// Where the complementary side is trained.
    unselected: Option<Generator>,
    generator_store: nn::VarStore,
}

impl Nets {
    fn new(units: Units, range: &Range, form: Form, device: tch::Device) -> Self {
        let selector_store = nn::VarStore::new(device);
        let generator_store = nn::VarStore::new(device);
        let root = generator_store.root();
        let path = selector_store.root();
        let selector: Box<dyn Selector> = if units.unit.modality() == Modality::Series {
            let selector = SeriesSelector::new(&path, units, Framework::XavierRelu, true);
            Box::new(if form.places { selector.with_places(&path) } else { selector })
        } else {
            Box::new(DorarSelector::new(&path, units, range))
        };
        let generator = |name: &str| {
            let path = &root / name;
            if form.is_local {
                Generator::local(&path, units.shape, range)
            } else {
                Generator::new(&path, units.shape, range)
            }
        };
        Self {
            selector,
            selected: generator("selected"),
            unselected: form.complementary.then(|| generator("unselected")),
            selector_store,
            generator_store,
        }
    }

    fn variables(&self) -> std::collections::HashMap<String, Tensor> {
        joined(&[("selector", &self.selector_store), ("generator", &self.generator_store)])
    }
}

/// How draws become a mask while training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SoftMask {
    Sum,
    Max,
    Subset,
}

struct DorarLearner {
    nets: Nets,
    optimizers: Vec<Optim>,
    backdrop: Backdrop,
    units: Units,
    k: i64,
    temperature: f64,
    mask: SoftMask,
    softening: f64,
    flips: bool,
    alpha: f64,
    /// Weight of the reconstruction losses; zero where they are off.
    beta: f64,
}

impl DorarLearner {
    fn new(setup: &Setup<'_>) -> Result<Self, ExplainError> {
        seed_step(setup.seed, u64::MAX);
        let params = setup.params;
        let modality = setup.units.unit.modality();
        if modality == Modality::Text {
            return Err(ExplainError::Unfit(
                "DoRaR: expected inputs whose values can be rebuilt, found words; choose L2X, MEED or AIM".to_owned(),
            ));
        }
        let form = Form::of(params);
        let of_series =
            [("generator local", form.is_local, "choose the generator dense"), ("places", form.places, "turn it off")];
        if modality != Modality::Series
            && let Some((name, _, remedy)) = of_series.into_iter().find(|&(_, is_chosen, _)| is_chosen)
        {
            let found = modality.plural();
            return Err(ExplainError::Unfit(format!("{name}: expected series, found {found}; {remedy}")));
        }
        if !form.is_local {
            let remedy = match modality {
                Modality::Series => "choose the generator local",
                _ => "choose a black box with a smaller input, or another method",
            };
            check_dense(setup.units.shape, if form.complementary { 2 } else { 1 }, ("DoRaR", remedy))?;
        }
        let range = Range::of(setup.background, modality, setup.device);
        let nets = Nets::new(setup.units, &range, form, setup.device);
        // Both optimizers step together, on gradients of the same forward pass.
        let (beta1, beta2) = ADAM_BETAS;
        let adam = |lr: f64| OptimSpec::Adam { lr, beta1, beta2, eps: 1e-8 };
        let optimizers = vec![
            adam(params.real(PARAMS, "learning-rate")).build(&nets.selector_store)?,
            adam(params.real(PARAMS, "generator-learning-rate")).build(&nets.generator_store)?,
        ];
        let noise = noise_of(params);
        let k = setup.k.min(setup.units.count());
        let alpha = match params.real(PARAMS, "alpha") {
            alpha if alpha > 0.0 => alpha,
            _ => k as f64 / setup.units.count().max(1) as f64,
        };
        Ok(Self {
            backdrop: Backdrop::new(setup.background, noise, &range, setup.device),
            nets,
            optimizers,
            units: setup.units,
            k: k as i64,
            temperature: params.real(PARAMS, "temperature"),
            mask: match params.choice(PARAMS, "mask").as_str() {
                "concrete-max" => SoftMask::Max,
                "subset" => SoftMask::Subset,
                _ => SoftMask::Sum,
            },
            softening: params.real(PARAMS, "softening"),
            flips: params.choice(PARAMS, "unselected-loss") == "flipped",
            alpha,
            beta: if params.switch(PARAMS, "reconstruction") { params.real(PARAMS, "beta") } else { 0.0 },
        })
    }

    fn sample(&self, scores: &Tensor) -> Tensor {
        match self.mask {
            SoftMask::Sum => sum_mask(scores, self.k, self.temperature),
            SoftMask::Max => concrete_mask(scores, self.k, self.temperature),
            SoftMask::Subset => subset_mask(scores, self.k, self.temperature),
        }
    }
}

/// The soft mask of the published code: `k` Gumbel-softmax draws at temperature `tau` over the units, summed, then sigmoid(10 (sum - 0.5)).
/// Scores `[b, units]`, mask `[b, units]` in (0.0067, 1).
pub fn sum_mask(scores: &Tensor, k: i64, tau: f64) -> Tensor {
    let size = scores.size();
    sum_mask_with(scores, &gumbel(&[size[0], k, size[1]], scores), tau)
}

/// [`sum_mask`] with given noise `[b, k, units]`.
pub fn sum_mask_with(scores: &Tensor, noise: &Tensor, tau: f64) -> Tensor {
    let draws = ((scores.unsqueeze(1) + noise) / tau).softmax(-1, Kind::Float);
    ((draws.sum_dim_intlist([1i64].as_slice(), false, Kind::Float) - 0.5) * 10.0).sigmoid()
}

/// What a generator's answer to `shown` is worth (section III.C): cross-entropy of the black box's answer to it against the class of the full input, over
/// the log of the number of classes, so that guessing costs 1; and the mean absolute difference from the input ([`Generator::difference`]). Both scalars.
/// Logits are divided by `softening` first, 1 in the paper.
pub fn side_losses(
    generator: &Generator,
    shown: &Tensor,
    (input, class): (&Tensor, &Tensor),
    (black_box, softening): (&dyn TensorBox, f64),
) -> (Tensor, Tensor) {
    let rebuilt = generator.forward(shown);
    let logits = black_box.logits(&rebuilt) / softening;
    let classes = logits.size()[1].max(2) as f64;
    let prediction = logits.cross_entropy_for_logits(class) / classes.ln();
    (prediction, generator.difference(&rebuilt, input))
}

/// What the objective of a minibatch is made from.
pub struct Game<'a> {
    /// Inputs `[b, c, h, w]`.
    pub input: &'a Tensor,
    /// The black box's class of each `[b]`.
    pub class: &'a Tensor,
    /// What stands at hidden places, for the selected and for the unselected side.
    pub noise: [&'a Tensor; 2],
    /// G1, and G2 where the unselected side is trained.
    pub generators: (&'a Generator, Option<&'a Generator>),
    /// The judge, frozen.
    pub black_box: &'a dyn TensorBox,
    /// What its logits are divided by; 1 in the paper.
    pub softening: f64,
    /// Whether F lowers the cross-entropy of the unselected side against the other classes where the paper raises that against the class.
    pub flips: bool,
    /// Alpha and beta.
    pub weights: (f64, f64),
}

impl Game<'_> {
    /// Algorithm 1 for a soft mask `[b, 1, h, w]`: F minimises (1 - alpha)(l3 + beta l1) - alpha (l4 + beta l2), G1 minimises l3 + beta l1 and G2
    /// l4 + beta l2, all on one forward pass. The gradient is scaled where the mask enters each side, so that one backward pass from the
    /// scalar returned gives every player its own. Also the four losses by name.
    pub fn objective(&self, mask: &Tensor) -> (Tensor, Losses) {
        let (alpha, beta) = self.weights;
        let side = |kept: &Tensor, noise: &Tensor, generator: &Generator| {
            let shown = blend(self.input, kept, noise);
            side_losses(generator, &shown, (self.input, self.class), (self.black_box, self.softening))
        };
        let share = if self.generators.1.is_some() { 1.0 - alpha } else { 1.0 };
        let (prediction, reconstruction) = side(&scale_gradient(mask, share), self.noise[0], self.generators.0);
        let mut loss = &prediction + &reconstruction * beta;
        let mut losses =
            vec![("selected: prediction", prediction.detach()), ("selected: reconstruction", reconstruction.detach())];
        if let Some(generator) = self.generators.1 {
            let entering = if self.flips { mask.detach() } else { scale_gradient(mask, -alpha) };
            let (prediction, reconstruction) = side(&(1.0 - entering), self.noise[1], generator);
            loss = loss + &prediction + &reconstruction * beta;
            if self.flips {
                // A value of its own does not matter: this is there for F's gradient alone.
                loss = &loss + (mask * self.flipped_gradient(mask, generator) * alpha).sum(Kind::Float);
            }
            losses.push(("unselected: prediction", prediction.detach()));
            losses.push(("unselected: reconstruction", reconstruction.detach()));
        }
        (loss, losses)
    }

    /// One update of all players, whose weights the optimizers hold, each by its own objective: their gradients come from the same forward pass, so
    /// that none answers to what another has just learned.
    pub fn update(&self, mask: &Tensor, optimizers: &mut [Optim]) -> Result<Losses, ExplainError> {
        let (loss, losses) = self.objective(mask);
        super::step_together(optimizers, &loss)?;
        Ok(losses)
    }

    /// Gradient by the mask of the unselected side's cross-entropy against all classes but the right one, each alike, less beta times its
    /// reconstruction loss, for the generator as it is. Shape of `mask`.
    fn flipped_gradient(&self, mask: &Tensor, generator: &Generator) -> Tensor {
        let leaf = mask.detach().set_requires_grad(true);
        let rebuilt = generator.forward(&blend(self.input, &(1.0 - &leaf), self.noise[1]));
        let log_probs = (self.black_box.logits(&rebuilt) / self.softening).log_softmax(-1, Kind::Float);
        let classes = log_probs.size()[1].max(2) as f64;
        let right = log_probs.gather(1, &self.class.unsqueeze(1), false).squeeze_dim(1);
        let others = (log_probs.sum_dim_intlist([1i64].as_slice(), false, Kind::Float) - right) / (classes - 1.0);
        let flipped = others.mean(Kind::Float) * (-1.0 / classes.ln());
        let reconstruction = generator.difference(&rebuilt, self.input);
        let loss = flipped - reconstruction * self.weights.1;
        Tensor::run_backward(&[loss], &[leaf], false, false).remove(0)
    }
}

impl Learner for DorarLearner {
    /// One update of all three players.
    fn step(&mut self, batch: &Batch<'_>) -> Result<Losses, ExplainError> {
        let scores = self.nets.selector.scores(batch.input, batch.probs, true);
        let mask = spread(&self.sample(&scores), self.units);
        let class = batch.probs.argmax(-1, false);
        self.backdrop.ask(batch.black_box, batch.input);
        let draw = || unless_filled_up(self.backdrop.draw(batch.input, Some(&class)), batch.input, self.units);
        let noise = [draw(), draw()];
        let game = Game {
            input: batch.input,
            class: &class,
            noise: [&noise[0], &noise[1]],
            generators: (&self.nets.selected, self.nets.unselected.as_ref()),
            black_box: batch.black_box,
            softening: self.softening,
            flips: self.flips,
            weights: (self.alpha, self.beta),
        };
        game.update(&mask, &mut self.optimizers)
    }

    fn scores(&self, input: &Tensor, probs: &Tensor) -> Tensor {
        self.nets.selector.scores(input, probs, false)
    }

    /// None: its generators need the mask beside the masked input.
    fn approximate(&self, _masked: &Tensor) -> Option<Tensor> {
        None
    }

    fn weights(&self) -> Result<Vec<u8>, ExplainError> {
        Ok(save_variables(self.nets.variables())?)
    }
}

/// A trained selector with its generators, frozen.
struct DorarExplainer {
    nets: Nets,
    units: Units,
    device: tch::Device,
    /// What stood at hidden places while its generators learned.
    noise: Noise,
}

impl DorarExplainer {
    /// What stands at hidden places of these rows, of the kind that stood there while the generators learned.
    fn noise_for(&self, black_box: &dyn BlackBox, rows: &Rows, seed: u64) -> Result<Rows, ExplainError> {
        let background = black_box.background();
        Ok(match self.noise {
            Noise::WholeRows => whole_rows(rows, background, seed),
            Noise::OtherClass => {
                let (own, others) = (black_box.predict(rows)?, black_box.predict(&background.rows)?);
                let (own, others) = (own.all_classes(), others.all_classes());
                whole_rows_among(rows, background, seed, &|row, real| own[row] != others[real])
            }
            Noise::Rows => fill_rows(rows, self.units, Fill::Noise, background, seed),
            Noise::Zero => fill_rows(rows, self.units, Fill::Zero, background, seed),
            // One map for all items, as in a minibatch; the seed decides it alone.
            Noise::Bernoulli | Noise::Gaussian => {
                seed_step(seed, 0);
                let range = Range::of(background, black_box.card().modality(), self.device);
                let backdrop = Backdrop::new(background, self.noise, &range, self.device);
                let noise = backdrop.draw(&from_rows(rows, self.device), None);
                Rows { shape: rows.shape, values: to_vec(&noise)? }
            }
        })
    }
}

impl Explainer for DorarExplainer {
    fn raw_scores(
        &mut self,
        _black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        _seed: u64,
    ) -> Result<Scores, ExplainError> {
        let selector = &self.nets.selector;
        super::run::selector_scores(
            &|input, probs| selector.scores(input, probs, false),
            (rows, probs),
            (self.units, units),
            self.device,
        )
    }

    fn rebuild(
        &mut self,
        black_box: &dyn BlackBox,
        rows: &Rows,
        masks: &[Mask],
        units: Units,
        seed: u64,
    ) -> Option<Result<Vec<Rows>, ExplainError>> {
        let noise = match self.noise_for(black_box, rows, seed) {
            Ok(noise) => noise,
            Err(error) => return Some(Err(error)),
        };
        let generators = [Some(&self.nets.selected), self.nets.unselected.as_ref()];
        let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
        let sides = generators.into_iter().flatten().zip([masks, rest.as_slice()]);
        let rebuilt = sides.map(|(generator, masks)| {
            let shown = crate::explain::mask::keep_only(rows, units, masks, &noise);
            let input = from_rows(&shown, self.device);
            let values = to_vec(&tch::no_grad(|| generator.forward(&input)))?;
            Ok(Rows { shape: rows.shape, values })
        });
        Some(rebuilt.collect())
    }
}
