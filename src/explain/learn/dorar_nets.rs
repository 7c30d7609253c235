//! DoRaR's networks: the selector, the generators that fill in what a mask hides, and the noise that stands at hidden places.
//! (Qin et al., sections III and V, appendix B.2; where the published code departs is said beside it.)

use tch::nn::{self, Module, ModuleT};
use tch::{Device, Kind, Tensor};

use super::selector::{Selector, pool_to_grid};
use crate::data::{Modality, Rows, Shape, Units};
use crate::explain::ExplainError;
use crate::model::layers::{Conv, Framework, conv1d, linear, max_pool};
use crate::model::{Background, TensorBox};

/// Filters of [`Generator::local`].
const LOCAL_WIDTH: i64 = 32;
/// Least hidden units of [`Generator::wide`].
const TABLE_WIDTH: usize = 256;

/// Most bytes that dense generators may take while they learn.
pub const MOST_BYTES: u64 = 8_000_000_000;

/// Bytes that so many dense generators of inputs of `shape` take while they learn: weights, their gradients and Adam's two means of these, all in
/// 32-bit numbers.
pub const fn dense_bytes(shape: Shape, count: u64) -> u64 {
    let width = shape.len() as u64;
    let weights = width.saturating_mul(width).saturating_add(width).saturating_mul(2);
    weights.saturating_mul(count.saturating_mul(4 * 4))
}

/// Refuses dense generators that would take more than [`MOST_BYTES`], before any is made: what asks for them, and what to do instead.
pub fn check_dense(shape: Shape, count: u64, (what, remedy): (&str, &str)) -> Result<(), ExplainError> {
    let bytes = dense_bytes(shape, count);
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let (most, found) = (MOST_BYTES as f64 / 1e9, bytes as f64 / 1e9);
    Err(ExplainError::Unfit(format!(
        "{what}: expected generators that need at most {most:.0} GB of memory, found {found:.1} GB for inputs {shape}; {remedy}"
    )))
}

/// What values look like: inputs are standardised by mean and spread, generators answer between the ends. Pictures have one of each for all values; of
/// series each channel and of tables each column has its own, since each may be measured in another unit.
///
/// The published generators end in a sigmoid and their answers meet standardised pictures, which reach 2.82: a perfect reconstruction is then
/// impossible. Here the range is that of the data.
#[derive(Debug)]
pub struct Range {
    // Each a single number, `[c, 1, 1]`, or `[w]` of a table of w columns.
    mean: Tensor,
    sd: Tensor,
    low: Tensor,
    span: Tensor,
    /// How much a difference counts.
    weight: Tensor,
}

impl Clone for Range {
    fn clone(&self) -> Self {
        let Self { mean, sd, low, span, weight } = self;
        let [mean, sd, low, span, weight] = [mean, sd, low, span, weight].map(Tensor::shallow_clone);
        Self { mean, sd, low, span, weight }
    }
}

impl Range {
    /// Of training rows; pictures lie in 0..=1 whatever the rows at hand reach.
    pub fn of(background: &Background, modality: Modality, device: Device) -> Self {
        let rows = &background.rows;
        let Shape { channels, height, width } = rows.shape;
        match modality {
            Modality::Series => {
                return Self::by_group(rows, (channels, &|at: usize| at / (height * width)), &[-1, 1, 1], device);
            }
            Modality::Table => return Self::by_group(rows, (width, &|at: usize| at), &[-1], device),
            Modality::Image | Modality::Text => {}
        }
        let Spread { mean, sd, .. } = Spread::of(rows.values.iter().map(|value| f64::from(*value)));
        // Without dimensions and in double precision a tensor counts as a plain number, on every device.
        let [mean, sd, low, span, weight] =
            [mean, sd.max(1e-3), 0.0, 1.0, 1.0].map(|number| Tensor::from_slice(&[number]).view(()));
        Self { mean, sd, low, span, weight }
    }

    /// By groups of places, so many and each place in one of them, as tensors of that size.
    fn by_group(rows: &Rows, (n, group): (usize, &dyn Fn(usize) -> usize), size: &[i64], device: Device) -> Self {
        let mut values = vec![Vec::new(); n];
        for (at, value) in rows.values.iter().enumerate() {
            values[group(at % rows.shape.len())].push(f64::from(*value));
        }
        let spreads: Vec<Spread> = values.iter().map(|values| Spread::of(values.iter().copied())).collect();
        // A group that never changes has no spread to be measured by: it gets that of the others.
        let varying: Vec<f64> = spreads.iter().filter(|spread| spread.varies()).map(|spread| spread.sd).collect();
        let typical = if varying.is_empty() { 1.0 } else { varying.iter().sum::<f64>() / varying.len() as f64 };
        let sd_of = |spread: &Spread| if spread.varies() { spread.sd } else { typical };
        let span_of = |spread: &Spread| if spread.high > spread.low { spread.high - spread.low } else { typical };
        let along = |number: &dyn Fn(&Spread) -> f64| {
            let numbers: Vec<f32> = spreads.iter().map(|spread| number(spread) as f32).collect();
            Tensor::from_slice(&numbers).view(size).to_device(device)
        };
        Self {
            mean: along(&|spread| spread.mean),
            sd: along(&sd_of),
            low: along(&|spread| spread.low),
            span: along(&span_of),
            // In spreads of its own group, times a typical one: where all groups spread alike nothing is weighed.
            weight: along(&|spread| typical / sd_of(spread)),
        }
    }

    fn standardised(&self, input: &Tensor) -> Tensor {
        (input - &self.mean) / &self.sd
    }

    /// The values that [`Range::standardised`] made these from, at most the ends.
    fn restored(&self, standardised: &Tensor) -> Tensor {
        let high = &self.low + &self.span;
        (standardised * &self.sd + &self.mean).clamp_tensor(Some(&self.low), Some(&high))
    }

    /// Shares in 0..=1 as values from one end to the other.
    fn stretched(&self, shares: &Tensor) -> Tensor {
        shares * &self.span + &self.low
    }
}

/// Mean, spread and ends of some numbers; of none all are zero.
#[derive(Clone, Copy, Debug)]
struct Spread {
    mean: f64,
    sd: f64,
    low: f64,
    high: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let n = values.clone().count().max(1) as f64;
        let mean = values.clone().sum::<f64>() / n;
        let square = values.clone().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        let ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
            let (low, high) = ends.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        });
        let (low, high) = ends.unwrap_or_default();
        Self { mean, sd: square.sqrt(), low, high }
    }

    /// Whether the numbers differ by more than 32-bit numbers of their size do by rounding.
    fn varies(&self) -> bool {
        self.sd > 1e-6 * self.low.abs().max(self.high.abs())
    }
}

/// F, for pictures. Patches: convolutions of 16 and 32 filters (8 and 16 for colour) of 5 x 5, each halved by max pooling, then one of 1 x 1. Single
/// pixels: 8 and 16 filters and no pooling; with batch normalisation for colour, as in the published code.
#[derive(Debug)]
pub struct DorarSelector {
    conv1: nn::Conv2D,
    conv2: nn::Conv2D,
    norms: Option<(nn::BatchNorm, nn::BatchNorm)>,
    out: nn::Conv2D,
    units: Units,
    range: Range,
}

impl DorarSelector {
    /// Builds it at `path`.
    pub fn new(path: &nn::Path<'_>, units: Units, range: &Range) -> Self {
        let channels = units.shape.channels;
        let is_pixel = units.block() == (1, 1);
        let (first, second) = if is_pixel || channels > 1 { (8, 16) } else { (16, 32) };
        let norm = |name: &str, width: i64| nn::batch_norm2d(path / name, width, nn::BatchNormConfig::default());
        Self {
            conv1: Conv::same(channels, first, 5).build(path / "conv1", Framework::XavierRelu),
            conv2: Conv::same(first as usize, second, 5).build(path / "conv2", Framework::XavierRelu),
            norms: (is_pixel && channels > 1).then(|| (norm("norm1", first), norm("norm2", second))),
            out: Conv::valid(second as usize, 1, 1).build(path / "out", Framework::XavierRelu),
            units,
            range: range.clone(),
        }
    }
}

impl Selector for DorarSelector {
    /// Log-probabilities of choosing each unit.
    fn scores(&self, input: &Tensor, _probs: &Tensor, train: bool) -> Tensor {
        let halve = |hidden: Tensor| match self.units.block() {
            (height, width) if height.min(width) >= 2 => max_pool(&hidden, 2),
            _ => hidden,
        };
        let normed = |hidden: Tensor, norm: Option<&nn::BatchNorm>| match norm {
            Some(norm) => norm.forward_t(&hidden, train),
            None => hidden,
        };
        let (norm1, norm2) = self.norms.as_ref().map_or((None, None), |(first, second)| (Some(first), Some(second)));
        let hidden = normed(self.conv1.forward(&self.range.standardised(input)), norm1);
        let hidden = halve(hidden.relu());
        let hidden = normed(self.conv2.forward(&hidden), norm2);
        let hidden = halve(hidden.relu());
        self.out.forward(&pool_to_grid(&hidden, self.units)).flatten(1, -1).log_softmax(-1, Kind::Float)
    }
}

/// G: from a part of an input with noise at all other places to a whole input. Two dense layers as wide as the input, ReLU between, a sigmoid at the end
/// that is stretched to the range of the data.
#[derive(Debug)]
pub struct Generator {
    body: Body,
    shape: Shape,
    range: Range,
}

#[derive(Debug)]
enum Body {
    Dense { hidden: nn::Linear, out: nn::Linear },
    Local(Box<[nn::Conv1D; 3]>),
}

impl Generator {
    /// Builds it at `path`.
    pub fn new(path: &nn::Path<'_>, shape: Shape, range: &Range) -> Self {
        Self::dense(path, shape, shape.len(), range)
    }

    /// For tables (ours): at least 256 hidden units. As many as a table has columns learn too slowly to pass on a few numbers: shown all ten columns of
    /// `xor`, they keep the class of half of the items within 20 epochs, these of 98 %.
    pub fn wide(path: &nn::Path<'_>, shape: Shape, range: &Range) -> Self {
        Self::dense(path, shape, shape.len().max(TABLE_WIDTH), range)
    }

    fn dense(path: &nn::Path<'_>, shape: Shape, hidden: usize, range: &Range) -> Self {
        let (width, between) = (shape.len() as i64, hidden as i64);
        let hidden = linear(path / "hidden", width, between, Framework::XavierRelu);
        let out = linear(path / "out", between, width, Framework::XavierRelu);
        Self { body: Body::Dense { hidden, out }, shape, range: range.clone() }
    }

    /// For series (ours): three convolutions over 9 steps whose answer is added to what is shown, so that a movement need not be learned by heart
    /// before its details can be rebuilt.
    pub fn local(path: &nn::Path<'_>, shape: Shape, range: &Range) -> Self {
        let channels = shape.channels as i64;
        let conv = |name: &str, from, to| conv1d(path / name, from, to, 9, true, Framework::XavierRelu);
        let body = Body::Local(Box::new([
            conv("first", channels, LOCAL_WIDTH),
            conv("second", LOCAL_WIDTH, LOCAL_WIDTH),
            conv("out", LOCAL_WIDTH, channels),
        ]));
        Self { body, shape, range: range.clone() }
    }

    /// Reconstructions `[b, c, h, w]` of inputs of that size.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        let Shape { channels, height, width } = self.shape;
        let size = [-1, channels as i64, height as i64, width as i64];
        let shown = self.range.standardised(input);
        match &self.body {
            Body::Dense { hidden, out } => {
                let shares = out.forward(&hidden.forward(&shown.flatten(1, -1)).relu()).sigmoid();
                self.range.stretched(&shares.view(size))
            }
            Body::Local(convolutions) => {
                let [first, second, out] = convolutions.as_ref();
                let shown = shown.flatten(2, -1);
                let change = out.forward(&second.forward(&first.forward(&shown).relu()).relu());
                self.range.restored(&(shown + change).view(size))
            }
        }
    }

    /// Mean absolute difference of reconstructions from the inputs; of series in spreads of each channel, of tables of each column, times a typical one, so
    /// that none counts more for the unit that it is measured in.
    pub fn difference(&self, rebuilt: &Tensor, input: &Tensor) -> Tensor {
        ((rebuilt - input) * &self.range.weight).abs().mean(Kind::Float)
    }
}

/// Which noise stands at hidden places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// For each item and place the value of a random training row there (the paper).
    Rows,
    /// For each item all places of one random training row (ours): what is hidden then looks like data as a whole, not only place by place.
    WholeRows,
    /// The same, drawn among the rows to which the black box gives another class than to the item, so that what is hidden does not speak for the item's
    /// class; among all rows where it gives that class to each (ours).
    OtherClass,
    /// One map for the whole minibatch: low or high end of the range at each place, high with the place's mean (published code, digits).
    Bernoulli,
    /// One map for the whole minibatch: normal with each place's mean and spread (published code, CIFAR-10).
    Gaussian,
    /// None: zero.
    Zero,
}

/// What hidden places are filled with while generators learn.
#[derive(Debug)]
pub struct Backdrop {
    noise: Noise,
    /// Training rows `[m, places]`.
    rows: Tensor,
    /// What the black box answers to them `[m]`, once asked.
    classes: Option<Tensor>,
    /// Mean of each place `[1, c, h, w]`.
    mean: Tensor,
    /// Spread of each place.
    sd: Tensor,
    range: Range,
}

impl Backdrop {
    /// Of training rows.
    pub fn new(background: &Background, noise: Noise, range: &Range, device: Device) -> Self {
        let Shape { channels, height, width } = background.rows.shape;
        let of_places = |values: Tensor| values.view([1, channels as i64, height as i64, width as i64]);
        let rows = crate::model::tensors::from_rows(&background.rows, device).flatten(1, -1);
        let mean = rows.mean_dim([0i64].as_slice(), false, Kind::Float);
        let sd = (&rows - &mean).square().mean_dim([0i64].as_slice(), false, Kind::Float).sqrt();
        Self { noise, rows, classes: None, mean: of_places(mean), sd: of_places(sd), range: range.clone() }
    }

    /// Asks the black box what it answers to the training rows, where that matters and is not known yet.
    pub fn ask(&mut self, black_box: &dyn TensorBox, like: &Tensor) {
        if self.noise == Noise::OtherClass && self.classes.is_none() {
            let size = like.size();
            let rows = self.rows.view([-1, size[1], size[2], size[3]]);
            self.classes = Some(tch::no_grad(|| black_box.logits(&rows)).argmax(-1, false));
        }
    }

    /// Noise for each item of `like` `[b, c, h, w]`, of that size, drawn from libtorch's generator. Their classes `[b]` are looked at where it
    /// is to come from rows of others.
    pub fn draw(&self, like: &Tensor, class: Option<&Tensor>) -> Tensor {
        let size = like.size();
        match self.noise {
            Noise::Zero => like.zeros_like(),
            Noise::Rows => {
                let (n_rows, n_places) = (self.rows.size()[0], self.rows.size()[1]);
                let picked = Tensor::randint(n_rows, [size[0], n_places], (Kind::Int64, like.device()));
                self.rows.gather(0, &picked, false).view(size.as_slice())
            }
            Noise::WholeRows => {
                let picked = Tensor::randint(self.rows.size()[0], [size[0]], (Kind::Int64, like.device()));
                self.rows.index_select(0, &picked).view(size.as_slice())
            }
            Noise::OtherClass => {
                let differs = match (&self.classes, class) {
                    (Some(classes), Some(class)) => {
                        classes.unsqueeze(0).ne_tensor(&class.unsqueeze(1)).to_kind(Kind::Float)
                    }
                    _ => Tensor::ones([size[0], self.rows.size()[0]], (Kind::Float, like.device())),
                };
                // Where all rows have the class of the item, any will do.
                let picked = (differs + 1e-9).multinomial(1, false).squeeze_dim(1);
                self.rows.index_select(0, &picked).view(size.as_slice())
            }
            Noise::Bernoulli => {
                let share = (&self.mean - &self.range.low) / &self.range.span;
                let high = self.mean.rand_like().less_tensor(&share).to_kind(Kind::Float);
                self.range.stretched(&high).expand_as(like)
            }
            Noise::Gaussian => (self.mean.randn_like() * &self.sd + &self.mean).expand_as(like),
        }
    }
}

/// `kept` where the mask `[b, 1, h, w]` is 1, `hidden` where it is 0 (section III, Eqs. 1 and 2).
pub fn blend(kept: &Tensor, mask: &Tensor, hidden: &Tensor) -> Tensor {
    hidden + (kept - hidden) * mask
}

/// The same numbers, whose gradient is multiplied by `factor` on its way back: so one backward pass serves players with different goals.
pub fn scale_gradient(values: &Tensor, factor: f64) -> Tensor {
    let still = values.detach();
    &still + (values - &still) * factor
}
