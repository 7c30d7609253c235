//! Networks of the published black boxes, one file each.

pub mod aim_cnn;
pub mod aim_word_cnn;
pub mod aim_word_gru;
pub mod aim_word_transformer;
pub mod commands;
pub mod dorar_cnn;
pub mod dorar_colour_cnn;
pub mod dorar_series;
pub mod forest;
pub mod l2x_cnn;
pub mod l2x_sentence_lstm;
pub mod l2x_word_cnn;
pub mod meed_cnn;
pub mod meed_series_lstm;
pub mod rules;
pub mod table_nets;

/// Mean and standard deviation of MNIST's pixels, which AIM's and DoRaR's boxes standardise by.
pub(crate) const MNIST_MEAN_SD: (f64, f64) = (0.1307, 0.3081);

/// Parameter: words of a document that the network reads.
pub(crate) const fn length(default: i64) -> crate::model::params::ParamSpec {
    crate::model::params::ParamSpec {
        id: "length",
        label: "Length",
        tip: "Words of a document that are read; the rest is cut off at the end. The paper reads 400 words of reviews and news, 200 of \
              posts. Shorter is quicker.",
        kind: crate::model::params::ParamKind::Whole { min: 16, max: 2000, default },
    }
}
