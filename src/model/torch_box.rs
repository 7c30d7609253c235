//! A black box that runs in this process, frozen and in evaluation mode.

use std::cell::RefCell;

use tch::nn;
use tch::{Device, Kind, Tensor};

use super::card::BoxCard;
use super::exec::{self, ExecModel};
use super::forest::Forest;
use super::layers::without_init;
use super::nets::commands;
use super::saved::{Background, SavedBox};
use super::tensors::{from_rows, gradient_of_sum, load_weights, to_vec};
use super::{BlackBox, ModelError, Network, Probs, Saliency, TensorBox, architecture};
use crate::data::table::Scale;
use crate::data::{Rows, TableFit};

/// Rows per forward pass: large enough to keep the cores busy, small enough for the memory of its feature maps.
const CHUNK: usize = 256;

/// A network of the registry with its weights.
pub struct TorchBox {
    card: BoxCard,
    background: std::sync::Arc<Background>,
    net: Box<dyn Network>,
    store: nn::VarStore,
    /// What answers in place of the network, without gradients.
    queried: Option<Queried>,
    /// Why there were no logits, until somebody takes it.
    failure: RefCell<Option<ModelError>>,
}

/// A model that is only queried.
enum Queried {
    /// A program.
    Command(Box<RefCell<ExecModel>>),
    /// Trees for rows of a table.
    Forest(Forest, TableFit),
}

impl Queried {
    fn predict(&self, rows: &Rows) -> Result<Probs, ModelError> {
        match self {
            Self::Command(model) => model.borrow_mut().predict(rows),
            Self::Forest(forest, table) => Ok(forest.predict(rows, table)),
        }
    }
}

impl std::fmt::Debug for TorchBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TorchBox").field("name", &self.card.name).finish_non_exhaustive()
    }
}

impl TorchBox {
    /// Builds the network of `saved` on `device` and loads its weights.
    pub fn new(saved: &SavedBox, device: Device) -> Result<Self, ModelError> {
        crate::device::flush_denormals();
        let card = saved.card.clone();
        let mut store = nn::VarStore::new(device);
        let architecture = architecture(&card.architecture)?;
        let net = without_init(|| (architecture.build)(&store.root(), card.input(), card.classes.len()));
        let classes = card.classes.len();
        let queried = match (&card.exec, &card.table) {
            (Some(command), _) => {
                let folder = exec::check_trust(command)?;
                let (form, timeout) = (exec::Form::of(&card), commands::timeout(&card.params));
                let model = ExecModel::new(command, classes, form, timeout).in_folder(folder).with_classes_of(&card);
                Some(Queried::Command(Box::new(RefCell::new(model.with_known(&saved.background, &card.answers)))))
            }
            (None, Some(table)) if !card.has_gradients() => {
                Some(Queried::Forest(Forest::from_bytes(&saved.weights, table, classes)?, table.clone()))
            }
            _ => {
                load_weights(&store, &saved.weights, &format!("weights of {}", card.name))?;
                None
            }
        };
        store.freeze();
        Ok(Self { card, background: saved.background.clone(), net, store, queried, failure: RefCell::new(None) })
    }

    /// Why [`TensorBox::logits`] answered with NaN since the last call of this. Not every loss shows it: whoever asks for logits of a box that may be a
    /// command looks here before going on.
    pub(crate) fn take_failure(&self) -> Option<ModelError> {
        self.failure.take()
    }

    /// A tensor `[n, c, h, w]`'s probabilities `[n, classes]`, without gradients, in chunks.
    pub(crate) fn probs(&self, input: &Tensor) -> Result<Tensor, ModelError> {
        if let Some(queried) = &self.queried {
            let rows = Rows { shape: self.card.shape, values: to_vec(input)? };
            let probs = queried.predict(&rows)?;
            return Ok(Tensor::from_slice(&probs.values)
                .view([-1, probs.classes as i64])
                .to_device(self.store.device()));
        }
        tch::no_grad(|| {
            let n = input.size()[0];
            let mut parts = Vec::new();
            let mut start = 0;
            while start < n {
                let len = (n - start).min(CHUNK as i64);
                let logits = self.net.forward(&input.narrow(0, start, len), false);
                parts.push(logits.f_softmax(-1, Kind::Float)?);
                start += len;
            }
            if parts.is_empty() {
                return Ok(Tensor::zeros([0, self.card.classes.len() as i64], (Kind::Float, self.store.device())));
            }
            Ok(Tensor::f_cat(&parts, 0)?)
        })
    }

    fn check(&self, rows: &Rows) -> Result<(), ModelError> {
        if rows.shape == self.card.shape {
            return Ok(());
        }
        Err(ModelError::Shape {
            name: self.card.name.clone(),
            expected: self.card.shape.to_string(),
            found: rows.shape.to_string(),
        })
    }
}

impl TensorBox for TorchBox {
    fn network(&self) -> &dyn Network {
        self.net.as_ref()
    }

    fn device(&self) -> Device {
        self.store.device()
    }

    fn logits(&self, input: &Tensor) -> Tensor {
        if self.queried.is_none() {
            return self.network().forward(input, false);
        }
        let size = [input.size()[0], self.card.classes.len() as i64];
        let nothing = || Tensor::full(size, f64::NAN, (Kind::Float, self.device()));
        // One that hangs is not waited for again in the same step.
        if self.failure.borrow().is_some() {
            return nothing();
        }
        match self.probs(input) {
            Ok(probs) => probs.clamp_min(1e-7).log(),
            Err(error) => {
                *self.failure.borrow_mut() = Some(error);
                nothing()
            }
        }
    }

    fn logits_masked(&self, input: &Tensor, mask: &Tensor) -> Tensor {
        if self.queried.is_none() {
            let network = self.network();
            return network.logits(&network.masked(input, mask), false);
        }
        // A number is scaled as the mask says; a category or a word is there or not.
        let is_category = match self.card.text {
            Some(_) => input.ones_like().to_kind(Kind::Bool),
            None => input.ge(f64::from(crate::data::table::CATEGORY) / 2.0),
        };
        let mask = mask.where_self(&is_category.logical_not(), &mask.ge(0.5).to_kind(Kind::Float));
        self.logits(&(input * mask))
    }
}

impl BlackBox for TorchBox {
    fn card(&self) -> &BoxCard {
        &self.card
    }

    fn background(&self) -> &Background {
        &self.background
    }

    fn predict(&self, rows: &Rows) -> Result<Probs, ModelError> {
        self.check(rows)?;
        if let Some(queried) = &self.queried {
            return queried.predict(rows);
        }
        let mut values = Vec::with_capacity(rows.n() * self.card.classes.len());
        let mut start = 0;
        // Converted chunk by chunk, so that 70,000 rows never exist twice.
        while start < rows.n() {
            let end = (start + CHUNK).min(rows.n());
            let len = rows.shape.len();
            let chunk = Rows { shape: rows.shape, values: rows.values[start * len..end * len].to_vec() };
            values.extend(to_vec(&self.probs(&from_rows(&chunk, self.store.device()))?)?);
            start = end;
        }
        Ok(Probs { classes: self.card.classes.len(), values })
    }

    fn saliency(&self, rows: &Rows, classes: &[usize], kind: Saliency) -> Option<Result<Rows, ModelError>> {
        self.queried.is_none().then(|| self.saliencies(rows, classes, kind))
    }

    fn tensor_box(&self) -> Option<&dyn TensorBox> {
        if self.queried.is_none() { Some(self) } else { None }
    }
}

impl TorchBox {
    fn saliencies(&self, rows: &Rows, classes: &[usize], kind: Saliency) -> Result<Rows, ModelError> {
        self.check(rows)?;
        let is_embedded = self.net.hidden().is_some();
        let table = self.card.table.as_ref().filter(|_| is_embedded);
        let used = table.map(|table| used_inputs(table, self.store.device()));
        let mut out = Rows::with_capacity(rows.shape, rows.n());
        let mut start = 0;
        while start < rows.n() {
            let end = (start + CHUNK).min(rows.n());
            let input = from_rows(&rows.slice(start..end), self.store.device());
            let embedded = tch::no_grad(|| self.net.embed(&input)).set_requires_grad(true);
            let class = super::tensors::indices(&classes[start..end], self.store.device()).unsqueeze(1);
            let picked = self.net.logits(&embedded, false).f_softmax(-1, Kind::Float)?.f_gather(1, &class, false)?;
            let gradient = gradient_of_sum(&picked, &embedded)?;
            let saliency = match (kind, is_embedded) {
                (Saliency::Gradient, false) => gradient,
                (Saliency::Gradient, true) => {
                    let gradient = match &used {
                        Some(used) => gradient * used,
                        None => gradient,
                    };
                    gradient.square().f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?.sqrt()
                }
                (Saliency::TimesInput, false) => gradient * embedded.detach(),
                (Saliency::TimesInput, true) => {
                    (gradient * embedded.detach()).f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?
                }
            };
            out.values.extend(to_vec(&saliency)?);
            start = end;
        }
        Ok(out)
    }
}

/// Ones `[1, 1 + levels, 1, columns]` for what a column can ever have, its number or one of its categories, zeros for all else: the weights of that are as
/// they were drawn, since no training row reaches them.
fn used_inputs(table: &TableFit, device: Device) -> Tensor {
    let (levels, columns) = (table.most_levels(), table.0.len());
    let mut used = Vec::with_capacity((1 + levels) * columns);
    for input in 0..=levels {
        used.extend(table.0.iter().map(|column| match &column.scale {
            Scale::Number { .. } => f32::from(u8::from(input == 0)),
            Scale::Category(known) => f32::from(u8::from((1..=known.len()).contains(&input))),
        }));
    }
    Tensor::from_slice(&used).view([1, 1 + levels as i64, 1, columns as i64]).to_device(device)
}
