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

/// What such a model is, and what its program gets and answers (`exec.md` tells the rest): users of the window have only these words.
const SUMMARY: &str = "Any model behind a program that answers for it; it is only queried and has no gradients. Again and again the program gets items on its \
                       standard input, as eight bytes with the length and then a NumPy array (npy), and writes to its standard output, in the same form, a \
                       row for each item with a probability for each class.";
const TABLE_SUMMARY: &str = "Any model behind a program that answers for it; it is only queried and has no gradients. Again and again the program gets rows \
                             on its standard input, as eight bytes with the length and then a NumPy array (npy), and writes to its standard output, in the \
                             same form, a row for each with a probability for each class. A number that is missing in the file is asked about as the \
                             training mean, never as NaN.";
const TEXT_SUMMARY: &str = "Any model behind a program that answers for it; it is only queried and has no gradients. For each text the program gets a line \
                            {\"text\": \"...\"} on its standard input (JSON), and writes a line to its standard output, a list with a probability for each \
                            class such as [0.1, 0.9].";
const PARAMS: &[ParamSpec] = &[epochs(1), batch(100), learning_rate(1e-3), TIMEOUT];
const TEXT_PARAMS: &[ParamSpec] = &[epochs(1), batch(100), learning_rate(1e-3), TIMEOUT, super::length(400)];

const TIMEOUT: ParamSpec = ParamSpec {
    id: "timeout",
    label: "Patience, in seconds",
    tip: "How long an answer of the program may take. It is asked about at most 1,024 items at once; its start and its first answer count too.",
    kind: ParamKind::Whole { min: 1, max: 3600, default: 60 },
};

/// Characters of a command that name it.
const MOST_NAME: usize = 48;

/// Programs that only run another, which then names the model.
const RUNNERS: [&str; 14] = [
    "env", "nice", "time", "python", "python2", "python3", "Rscript", "julia", "node", "ruby", "perl", "java", "sh",
    "bash",
];

/// What a model behind a command is called in lists: the file of its program with its arguments, as far as it fits in a line; without folders and quotes,
/// and without what only prepares the call, such as `OMP_NUM_THREADS=1 python3`.
pub fn name_of(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['\'', '"'])).collect();
    let prepares = |word: &&&str| {
        let word: &str = word;
        let set = word.split_once('=').map_or("", |(name, _)| name);
        let is_setting = !set.is_empty() && set.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_setting || word.starts_with('-') || RUNNERS.contains(&file_of(word))
    };
    // Where nothing else follows, the runner itself is what there is.
    let before = words.iter().take_while(prepares).count() % words.len().max(1);
    let name = words[before..].iter().map(|word| file_of(word)).collect::<Vec<_>>().join(" ");
    match name.char_indices().nth(MOST_NAME) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name,
    }
}

/// A word of a command without folders.
fn file_of(word: &str) -> &str {
    word.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(word)
}

type Build = fn(&nn::Path<'_>, InputSpec, usize) -> Box<dyn Network>;

const fn command(id: &'static str, modality: Modality, build: Build) -> Architecture {
    Architecture {
        id,
        title: "A command (exec:COMMAND)",
        summary: SUMMARY,
        citation: "Your own program, in any language",
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
    summary: TEXT_SUMMARY,
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

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_command_is_named_by_its_words_without_folders() {
        assert_eq!(name_of(" python3 '/home/me/serve.py'  models/best.joblib "), "serve.py best.joblib");
        for before in ["OMP_NUM_THREADS=1 /usr/bin/python3 -u", "env PYTHONPATH=/home/me/lib python3", "nice"] {
            assert_eq!(name_of(&format!("{before} serve.py rf.joblib")), "serve.py rf.joblib");
        }
        assert_eq!(name_of("/opt/model --port=80"), "model --port=80");
        assert_eq!(
            (name_of("cat").as_str(), name_of("python3").as_str(), name_of("").as_str()),
            ("cat", "python3", "")
        );
        let long = name_of(&format!("run {}", "word ".repeat(40)));
        assert!(long.ends_with('…') && long.chars().count() <= 49, "{long}");
    }
}
