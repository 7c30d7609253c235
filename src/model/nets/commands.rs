//! Models behind a command (see [`crate::model::exec`]), one for each kind of data. The networks stand in for them only where a method trains
//! approximators of the same form.

use tch::nn;

use super::{l2x_word_cnn, meed_cnn, meed_series_lstm, table_nets};
use crate::data::Modality;
use crate::data::text::TextFitSpec;
use crate::data::text::fit::{MAX_VOCABULARY, Side, Unknown};
use crate::model::architecture::{Architecture, InputSpec, batch, epochs, learning_rate};
use crate::model::network::Network;
use crate::model::optim::OptimSpec;
use crate::model::params::{ParamKind, ParamSpec, Params};

const SUMMARY: &str = "Any model behind a program that answers for it: items in, probabilities out. It is only queried and has no gradients.";
const TABLE_SUMMARY: &str = "Any model behind a program that answers for it: rows in, probabilities out. It is only queried and has no gradients. A number \
                             that is missing in the file is asked about as the training mean, never as NaN.";
const PARAMS: &[ParamSpec] = &[epochs(1), batch(100), learning_rate(1e-3), TIMEOUT];
const TEXT_PARAMS: &[ParamSpec] = &[epochs(1), batch(100), learning_rate(1e-3), TIMEOUT, super::length(400)];

const TIMEOUT: ParamSpec = ParamSpec {
    id: "timeout",
    label: "Patience, in seconds",
    tip: "How long an answer of the program may take. It is asked about at most 1,024 items at once; its start and its first answer count too.",
    kind: ParamKind::Whole { min: 1, max: 3600, default: 60 },
};

type Build = fn(&nn::Path<'_>, InputSpec, usize) -> Box<dyn Network>;

const fn command(id: &'static str, modality: Modality, build: Build) -> Architecture {
    Architecture {
        id,
        title: "A command (exec:COMMAND)",
        summary: SUMMARY,
        citation: "The protocol is described in the documentation of the module model::exec",
        params: PARAMS,
        presets: &[],
        modality,
        text: None,
        min_side: 1,
        build,
        optimizer: OptimSpec::keras_adam,
    }
}

/// For tables. A row holds a missing number as a hidden one, which is the mean: the program cannot tell them apart.
pub static EXEC: Architecture =
    Architecture { summary: TABLE_SUMMARY, ..command("exec", Modality::Table, table_nets::TABLE_MLP.build) };

/// For pictures.
pub static EXEC_PICTURES: Architecture =
    Architecture { min_side: 6, ..command("exec-pictures", Modality::Image, meed_cnn::MEED_CNN.build) };

/// For time series.
pub static EXEC_SERIES: Architecture =
    command("exec-series", Modality::Series, meed_series_lstm::MEED_SERIES_LSTM.build);

/// For texts: words as written, with punctuation, of all documents, so that the program gets what stands there, and words of other texts told apart.
pub static EXEC_TEXT: Architecture = Architecture {
    params: TEXT_PARAMS,
    text: Some(words_as_written),
    ..command("exec-text", Modality::Text, l2x_word_cnn::L2X_WORD_CNN.build)
};

fn words_as_written(params: &Params) -> TextFitSpec {
    TextFitSpec {
        max_words: MAX_VOCABULARY,
        min_count: 1,
        length: params.whole(TEXT_PARAMS, "length").max(1) as usize,
        sentences: None,
        pad: Side::End,
        unknown: Unknown::Apart,
        lowercase: false,
        punctuation: true,
    }
}

/// Id of the architecture that a command has for this kind of data.
pub fn id_for(modality: Modality) -> &'static str {
    match modality {
        Modality::Table => EXEC.id,
        Modality::Image => EXEC_PICTURES.id,
        Modality::Series => EXEC_SERIES.id,
        Modality::Text => EXEC_TEXT.id,
    }
}

/// Whether the architecture `id` is one of these.
pub fn is_command(id: &str) -> bool {
    [&EXEC, &EXEC_PICTURES, &EXEC_SERIES, &EXEC_TEXT].iter().any(|known| known.id == id)
}

/// How long an answer may take.
pub fn timeout(params: &Params) -> std::time::Duration {
    std::time::Duration::from_secs(params.whole(PARAMS, "timeout").max(1) as u64)
}
