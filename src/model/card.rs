//! What is written beside weights: where a model comes from, how it was trained, how good it is.

use std::collections::BTreeMap;

use super::params::Params;
use super::{InputSpec, ModelError, architecture};
use crate::data::text::{TextFit, Unknown};
use crate::data::{DataError, Dataset, Fit, Modality, Rows, Shape, TableFit, Unit};
use crate::work::format_count;

/// Format name of a black box's card.
pub const BOX_FORMAT: &str = "unmask-blackbox";
/// Version of a black box's card.
pub const BOX_VERSION: u32 = 1;

/// Versions of what made a result. Same versions, seed, device kind and thread count give identical bytes.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Versions {
    /// This program.
    pub unmask: String,
    /// libtorch.
    pub libtorch: String,
    /// tch.
    pub tch: String,
}

impl Versions {
    /// Those of the running program.
    pub fn current() -> Self {
        Self { unmask: env!("CARGO_PKG_VERSION").to_owned(), libtorch: "2.11.0".to_owned(), tch: "0.24.0".to_owned() }
    }
}

/// Curves over training: name to points (step or epoch, value).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Curves(pub BTreeMap<String, Vec<[f64; 2]>>);

impl Curves {
    /// Adds a point to curve `name`.
    pub fn push(&mut self, name: &str, at: f64, value: f64) {
        self.0.entry(name.to_owned()).or_default().push([at, value]);
    }

    /// Latest value of curve `name`.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.last().map(|point| point[1])
    }
}

/// Card of a black box.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BoxCard {
    /// Always [`BOX_FORMAT`].
    pub format: String,
    /// Always [`BOX_VERSION`].
    pub version: u32,
    /// Name on screen.
    pub name: String,
    /// Id in the registry of architectures.
    pub architecture: String,
    /// Values of its parameters that differ from the defaults.
    pub params: Params,
    /// Shape of its input.
    pub shape: Shape,
    /// Its classes.
    pub classes: Vec<String>,
    /// Specification of the data it was trained on.
    pub data: String,
    /// Hash of that data.
    pub data_hash: String,
    /// How pictures of other sizes are fitted to its input.
    pub fit: Fit,
    /// How documents become token numbers; `None` where the input is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextFit>,
    /// How rows of a table become a model's rows; `None` where the input is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableFit>,
    /// The command that answers for it (see [`super::exec`]); `None` where it runs in this process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exec: Option<String>,
    /// What the command answered to some of the training rows when it was connected, probabilities of each: the command alone does not tell one model
    /// behind it from another. Empty where there is no command, or where an earlier version connected it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Vec<f32>>,
    /// What the user is to be told once it is made, a sentence each: for instance that a command answers by chance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Whose answers it learned in place of labels; `None` where it learned labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distilled: Option<super::distil::Distilled>,
    /// Seed of initialisation, order and dropout.
    pub seed: u64,
    /// Epochs trained so far.
    pub epochs: u32,
    /// Whether training ran to its end.
    pub complete: bool,
    /// Share of validation items classified right, 0..=1.
    pub validation_accuracy: Option<f64>,
    /// Share of test items classified right, 0..=1.
    pub test_accuracy: Option<f64>,
    /// How many test items.
    pub test_items: usize,
    /// Share of the largest class among the test items, or where there are none among those for validation, 0..=1: what one class for everything would
    /// reach. `None` where there are neither, and where an earlier version trained it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_class: Option<f64>,
    /// How many epochs were asked for, where training stopped before them because validation gained nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_early: Option<u32>,
    /// Training curves.
    pub curves: Curves,
    /// Threads that libtorch used.
    pub threads: i32,
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// What made it.
    pub versions: Versions,
    /// Wall-clock seconds of training.
    pub seconds: f64,
    /// Hash of architecture, classes and weights: the name under which it is found again.
    pub hash: String,
}

impl BoxCard {
    /// What kind of items it reads.
    pub fn modality(&self) -> Modality {
        if self.text.is_some() {
            return Modality::Text;
        }
        if self.table.is_some() {
            return Modality::Table;
        }
        architecture(&self.architecture).map_or(Modality::Image, |architecture| architecture.modality)
    }

    /// What a copy of it in memory is known by: its hash, which says all about a network. That of a command says neither how long an answer may take nor
    /// with which data it was connected, which is where its fills come from, nor which model then stood behind it, which its answers tell.
    pub fn key(&self) -> String {
        match &self.exec {
            None => self.hash.clone(),
            Some(_) => {
                let params = serde_json::to_string(&self.params).unwrap_or_default();
                let answers = self.answers.iter().flatten().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
                format!("{} {} {params} {}", self.hash, self.data_hash, blake3::hash(&answers).to_hex())
            }
        }
    }

    /// What it reads, in words of its kind of items: "400 words, 8,021 known".
    pub fn input_words(&self) -> String {
        let Shape { channels, height, width } = self.shape;
        let count = |n: usize, one: &str, many: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{} {many}", format_count(n as u64)),
        };
        match self.modality() {
            Modality::Text => {
                let words = count(width, "word", "words");
                let places = if height > 1 { format!("{height} sentences of {words}") } else { words };
                match &self.text {
                    // Whoever reads words, not their numbers, reads each.
                    Some(text) if text.spec().unknown == Unknown::Apart => format!("{places}, as written"),
                    // All but the numbers of padding and of unknown words.
                    Some(text) => {
                        format!("{places}, {} known", format_count(text.vocabulary_len().saturating_sub(2) as u64))
                    }
                    None => places,
                }
            }
            Modality::Table => count(width, "column", "columns"),
            Modality::Series => {
                format!("{} of {}", count(width, "step", "steps"), count(channels, "channel", "channels"))
            }
            Modality::Image => {
                let colours = match channels {
                    1 => "grey".to_owned(),
                    3 => "in colour".to_owned(),
                    n => format!("{n} channels"),
                };
                format!("{height} x {width} pixels, {colours}")
            }
        }
    }

    /// "stopped after 3 of 15 epochs: no gain on validation"; `None` where training went on to its end.
    pub fn stop_words(&self) -> Option<String> {
        let asked = self.stopped_early?;
        let noun = if asked == 1 { "epoch" } else { "epochs" };
        Some(format!("stopped after {} of {asked} {noun}: no gain on validation", self.epochs))
    }

    /// "largest class 62.1 %": what is to be read beside the accuracy; empty where that is not known.
    pub fn largest_class_words(&self) -> String {
        self.largest_class.map_or_else(String::new, |share| format!("largest class {:.1} %", 100.0 * share))
    }

    /// Whether it gives gradients: a command and a forest are only queried.
    pub fn has_gradients(&self) -> bool {
        self.exec.is_none() && self.architecture != super::nets::forest::TABLE_FOREST.id
    }

    /// Refuses units that its input does not have.
    pub fn check_unit(&self, unit: Unit) -> Result<(), ModelError> {
        let is_fit = match self.modality() {
            // A sentence is a line of a grid of words; a flat document is one line.
            Modality::Text => unit == Unit::Word || (unit == Unit::Sentence && self.shape.height > 1),
            modality => unit.modality() == modality,
        };
        if is_fit {
            return Ok(());
        }
        let known = match self.modality() {
            Modality::Text if self.shape.height > 1 => "whose units are word and sentence; name one of these",
            Modality::Text => "whose unit is word; name that",
            Modality::Series => "whose units are step, segment:N and channel-step; name one of these",
            Modality::Table => "whose unit is column; name that",
            Modality::Image => {
                "whose units are pixel, patch:N and patch:RxC with any numbers of pixels; name one of these"
            }
        };
        let columns = match (self.modality(), self.shape.width) {
            (Modality::Table, 1) => " with 1 column".to_owned(),
            (Modality::Table, n) => format!(" with {n} columns"),
            _ => String::new(),
        };
        Err(ModelError::Unfit(format!(
            "unit {unit}: the black box {} reads {}{columns}, {known} or choose another black box",
            self.name,
            self.modality().plural()
        )))
    }

    /// What its network reads.
    pub fn input(&self) -> InputSpec {
        let levels = self.table.as_ref().map_or(0, TableFit::most_levels);
        InputSpec { shape: self.shape, vocabulary: self.text.as_ref().map_or(levels, TextFit::vocabulary_len) }
    }

    /// Items of `data` as rows that it reads; pictures go through `fit`.
    ///
    /// # Errors
    /// An item that cannot be read, or data of another kind.
    pub fn rows(&self, data: &Dataset, items: &[usize], fit: &Fit) -> Result<Rows, DataError> {
        if data.modality != self.modality() {
            return Err(DataError::Unfit {
                path: data.name.clone(),
                expected: format!("{}, which is what the black box {} reads", self.modality().plural(), self.name),
                found: data.modality.plural().to_owned(),
                advice: "open other data or choose another black box".to_owned(),
            });
        }
        match (&self.text, &self.table) {
            (Some(text), _) => data.token_rows(items, text),
            (None, Some(table)) => data.table_rows(items, table),
            (None, None) => data.rows(items, self.shape, fit),
        }
    }
}
