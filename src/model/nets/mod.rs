//! Networks of the published black boxes, one file each.

pub mod aim_cnn;
pub mod dorar_cnn;
pub mod l2x_cnn;
pub mod l2x_sentence_lstm;
pub mod l2x_word_cnn;
pub mod meed_cnn;

/// Mean and standard deviation of MNIST's pixels, which AIM's and DoRaR's boxes standardise by.
pub(crate) const MNIST_MEAN_SD: (f64, f64) = (0.1307, 0.3081);
