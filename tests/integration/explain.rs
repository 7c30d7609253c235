//! Explainers: samplers and losses against PyTorch and NumPy, gradients that reach the selector, masks, saved explainers.

mod aim;
mod dorar;
mod golden;
mod learners;
mod masks;
mod padding;
mod saved;
