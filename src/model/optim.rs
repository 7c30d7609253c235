//! Optimizers with the constants of the framework that a recipe was published in. Adadelta is ours: tch has none.

use tch::nn::{self, OptimizerConfig};
use tch::{TchError, Tensor};

/// An optimizer and its constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptimSpec {
    /// Zeiler's Adadelta (arXiv 1212.5701): `rho` 0.95, `eps` 1e-7 in Keras; 0.9 and 1e-6 in PyTorch.
    Adadelta {
        /// Learning rate.
        lr: f64,
        /// Decay of the running means.
        rho: f64,
        /// Added inside the roots.
        eps: f64,
    },
    /// RMSprop: `rho` 0.9, `eps` 1e-7 in Keras.
    RmsProp {
        /// Learning rate.
        lr: f64,
        /// Decay of the running mean.
        rho: f64,
        /// Added to the root.
        eps: f64,
    },
    /// Adam.
    Adam {
        /// Learning rate.
        lr: f64,
        /// First decay.
        beta1: f64,
        /// Second decay.
        beta2: f64,
        /// Added to the root.
        eps: f64,
    },
}

impl OptimSpec {
    /// Adadelta as in standalone Keras 2: lr 1, rho 0.95, eps 1e-7.
    pub const fn keras_adadelta(lr: f64) -> Self {
        Self::Adadelta { lr, rho: 0.95, eps: 1e-7 }
    }

    /// RMSprop as in Keras.
    pub const fn keras_rmsprop(lr: f64) -> Self {
        Self::RmsProp { lr, rho: 0.9, eps: 1e-7 }
    }

    /// Adam as in Keras.
    pub const fn keras_adam(lr: f64) -> Self {
        Self::Adam { lr, beta1: 0.9, beta2: 0.999, eps: 1e-7 }
    }

    /// Adam as in PyTorch.
    pub const fn torch_adam(lr: f64) -> Self {
        Self::Adam { lr, beta1: 0.9, beta2: 0.999, eps: 1e-8 }
    }

    /// One line for cards and tooltips.
    pub fn describe(self) -> String {
        match self {
            Self::Adadelta { lr, rho, eps } => format!("Adadelta, learning rate {lr}, rho {rho}, eps {eps:e}"),
            Self::RmsProp { lr, rho, eps } => format!("RMSprop, learning rate {lr}, rho {rho}, eps {eps:e}"),
            Self::Adam { lr, beta1, beta2, eps } => {
                format!("Adam, learning rate {lr}, betas {beta1} and {beta2}, eps {eps:e}")
            }
        }
    }

    /// An optimizer over the trainable variables of `store`.
    pub fn build(self, store: &nn::VarStore) -> Result<Optim, TchError> {
        Ok(match self {
            Self::Adadelta { lr, rho, eps } => Optim::Adadelta(Adadelta::new(store, lr, rho, eps)),
            Self::RmsProp { lr, rho, eps } => Optim::Tch(nn::rms_prop(rho, eps, 0.0, 0.0, false).build(store, lr)?),
            Self::Adam { lr, beta1, beta2, eps } => Optim::Tch(nn::adam(beta1, beta2, 0.0).eps(eps).build(store, lr)?),
        })
    }
}

/// A running optimizer.
#[derive(Debug)]
pub enum Optim {
    /// One of libtorch's.
    Tch(nn::Optimizer),
    /// Adadelta.
    Adadelta(Adadelta),
}

impl Optim {
    /// Zeroes the gradients of its own variables.
    pub fn zero_grad(&mut self) {
        match self {
            Self::Tch(optimizer) => optimizer.zero_grad(),
            Self::Adadelta(optimizer) => optimizer.zero_grad(),
        }
    }

    /// Updates its variables from their gradients.
    pub fn step(&mut self) {
        match self {
            Self::Tch(optimizer) => optimizer.step(),
            Self::Adadelta(optimizer) => optimizer.step(),
        }
    }

    /// Zeroes gradients, back-propagates `loss`, steps. Other stores keep their gradients: freeze them, or zero them before their own step.
    pub fn backward_step(&mut self, loss: &Tensor) -> Result<(), TchError> {
        self.zero_grad();
        loss.f_backward()?;
        self.step();
        Ok(())
    }

    /// Sets the learning rate.
    pub fn set_lr(&mut self, lr: f64) {
        match self {
            Self::Tch(optimizer) => optimizer.set_lr(lr),
            Self::Adadelta(optimizer) => optimizer.lr = lr,
        }
    }
}

/// Adadelta (Zeiler 2012): a <- rho a + (1-rho) g²; u = g sqrt(d + eps) / sqrt(a + eps); x <- x - lr u; d <- rho d + (1-rho) u².
#[derive(Debug)]
pub struct Adadelta {
    variables: Vec<Tensor>,
    mean_squares: Vec<Tensor>,
    mean_updates: Vec<Tensor>,
    lr: f64,
    rho: f64,
    eps: f64,
}

impl Adadelta {
    /// Over the trainable variables of `store`, all state zero.
    pub fn new(store: &nn::VarStore, lr: f64, rho: f64, eps: f64) -> Self {
        let variables = store.trainable_variables();
        let zeros = || variables.iter().map(|variable| variable.detach().zeros_like()).collect::<Vec<_>>();
        Self { mean_squares: zeros(), mean_updates: zeros(), variables, lr, rho, eps }
    }

    fn zero_grad(&mut self) {
        for variable in &mut self.variables {
            variable.zero_grad();
        }
    }

    fn step(&mut self) {
        tch::no_grad(|| {
            for (idx, variable) in self.variables.iter_mut().enumerate() {
                let grad = variable.grad();
                if !grad.defined() {
                    continue;
                }
                let square = &mut self.mean_squares[idx];
                *square *= self.rho;
                *square += (1.0 - self.rho) * grad.square();
                let change = &mut self.mean_updates[idx];
                let update = (&*change + self.eps).sqrt() / (&*square + self.eps).sqrt() * grad;
                *change *= self.rho;
                *change += (1.0 - self.rho) * update.square();
                *variable -= self.lr * update;
            }
        });
    }
}
