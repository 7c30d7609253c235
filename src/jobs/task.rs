//! Tasks and outputs. A task carries everything it needs, so it can be logged, replayed and built by the command line.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::measured::Measured;
use crate::data::options::Looked;
use crate::data::{DataSpec, Dataset, Fit, Split, Unit, Units};
use crate::explain::{Fill, SavedExplainer};
use crate::model::params::Params;
use crate::model::{Curves, SavedBox};
use crate::work::Notice;

/// Something for a worker to do.
#[derive(Clone, Debug)]
pub enum Task {
    /// Open a data set.
    OpenData {
        /// What to open.
        spec: DataSpec,
    },
    /// Look at data without reading them all: their kind, and the columns that options can name.
    LookAtData {
        /// What to look at.
        spec: DataSpec,
    },
    /// Read a black box from a folder.
    LoadBox {
        /// The folder.
        dir: PathBuf,
    },
    /// Read an explainer from a folder.
    LoadExplainer {
        /// The folder.
        dir: PathBuf,
    },
    /// Train a black box.
    FitBox(Box<FitBox>),
    /// Train an explainer, or make one of a method that needs no training.
    TrainExplainer(Box<TrainExplainer>),
    /// Explain one item with several methods.
    Explain(Box<Explain>),
    /// The same for many items, in batches, each item a partial result.
    ExplainMany {
        /// What to do with each item; its own item is left aside.
        explain: Box<Explain>,
        /// The items; at least one.
        items: Vec<usize>,
    },
    /// The same written into a file of scores, which is seen when it is whole.
    ExplainInto(Box<ExplainInto>),
    /// The black box's answer to an item without some of its units.
    Without(Box<super::Without>),
    /// The black box's answers to many items, in chunks.
    Predict {
        /// Black box.
        black_box: Arc<SavedBox>,
        /// Data.
        data: Arc<Dataset>,
        /// Fit of pictures to the box.
        fit: Fit,
        /// Items.
        items: Vec<usize>,
    },
    /// For many items whether the class stays when only S, or only S̄, is shown, in chunks.
    Fidelity {
        /// Black box.
        black_box: Arc<SavedBox>,
        /// Explainer.
        explainer: Arc<SavedExplainer>,
        /// Data.
        data: Arc<Dataset>,
        /// Fit of pictures to the box.
        fit: Fit,
        /// Items.
        items: Vec<usize>,
        /// What is selected.
        unit: Unit,
        /// How many units.
        k: usize,
        /// What hidden units become.
        fill: Fill,
        /// Seed of noise and of random methods.
        seed: u64,
    },
    /// Metrics of several explainers.
    Evaluate(Box<Evaluate>),
    /// How much the masks of several explainers have in common.
    Agree(Box<Agree>),
    /// Something with a study.
    Study(Box<super::study::StudyTask>),
    /// Write bytes of a figure or table.
    Write(Box<WriteFile>),
}

/// Trains a black box.
#[derive(Clone, Debug)]
pub struct FitBox {
    /// Id in the registry of architectures.
    pub architecture: String,
    /// Its parameters.
    pub params: Params,
    /// Data.
    pub data: Arc<Dataset>,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: String,
    /// Folder that checkpoints and the result go to.
    pub out: Option<PathBuf>,
    /// The black box whose answers are learned in place of the labels.
    pub teacher: Option<Arc<SavedBox>>,
    /// Copies of each training item with parts hidden at random whose answers are learned too.
    pub hidden_copies: u32,
}

/// Trains an explainer.
#[derive(Clone, Debug)]
pub struct TrainExplainer {
    /// Id of the method.
    pub method: String,
    /// Its parameters.
    pub params: Params,
    /// What is selected.
    pub unit: Unit,
    /// How many units.
    pub k: usize,
    /// Data.
    pub data: Arc<Dataset>,
    /// The model explained.
    pub black_box: Arc<SavedBox>,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: String,
    /// Folder that checkpoints and the result go to.
    pub out: Option<PathBuf>,
}

/// Explains one item.
#[derive(Clone, Debug)]
pub struct Explain {
    /// The model explained.
    pub black_box: Arc<SavedBox>,
    /// Methods, each with its card.
    pub explainers: Vec<Arc<SavedExplainer>>,
    /// Data.
    pub data: Arc<Dataset>,
    /// Item.
    pub item: usize,
    /// Fit of a picture to the box.
    pub fit: Fit,
    /// What is selected (all methods share it).
    pub unit: Unit,
    /// How many units.
    pub k: usize,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// Whether the black box is also asked about the units that speak for each class alone and all others, and about nothing at all, for methods that tell
    /// classes apart: two more questions for each class. CSV and Parquet do not hold the answers, and contact sheets show them only where a class is looked at.
    pub class_answers: bool,
    /// Two classes, for the same methods: the black box is also asked about the units that speak most for the first rather than the second.
    pub contrast: Option<(usize, usize)>,
    /// Whether generators also rebuild the item from its parts, for methods that have them, and the black box is asked about that. Only the window shows
    /// it: no file and no figure does.
    pub rebuilt: bool,
}

/// Explains items into a file.
#[derive(Clone, Debug)]
pub struct ExplainInto {
    /// What to do with each item; its own item is left aside.
    pub explain: Explain,
    /// The items, in the order of the file.
    pub items: Vec<usize>,
    /// The file; its ending says the format, see [`super::scores::FORMATS`].
    pub path: PathBuf,
}

/// A file of scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenScores {
    /// Where it is.
    pub path: PathBuf,
    /// How many items it holds.
    pub items: usize,
    /// Names of the methods that it holds.
    pub methods: Vec<String>,
    /// What it does not hold and why, a sentence for each item or method.
    pub left_out: Vec<String>,
}

/// One item explained.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Hash of the data.
    pub data: String,
    /// Item.
    pub item: usize,
    /// What is selected.
    pub units: Units,
    /// How many units were asked for.
    pub k: usize,
    /// What hidden units became.
    pub fill: Fill,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// What the black box got: `units.shape.len()` values, channel by channel.
    pub row: Vec<f32>,
    /// What each place becomes where it is hidden; as long as `row`.
    pub fill_row: Vec<f32>,
    /// The text as written, where the item is one.
    pub text: Option<Arc<str>>,
    /// The black box's answer to the full input.
    pub probs_full: Vec<f32>,
    /// One per method asked for, in that order: its result or why there is none.
    pub methods: Vec<Result<MethodResult, Notice>>,
    /// Milliseconds from the start of the task to its end.
    pub millis: f64,
}

impl Explained {
    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let numbers = |result: &MethodResult| {
            let by_class = result.by_class.as_ref();
            let by_class = by_class.map_or(0, |of| of.scores.len() + of.only.len() + of.rest.len() + of.nothing.len());
            result.scores.len()
                + result.ranks.len()
                + by_class
                + result.rebuilt.iter().map(|one| one.row.len()).sum::<usize>()
        };
        let of_methods: usize = self.methods.iter().flatten().map(numbers).sum();
        4 * (self.row.len() + self.fill_row.len() + of_methods) + self.text.as_ref().map_or(0, |text| text.len())
    }
}

/// What one method says about one item.
#[derive(Clone, Debug)]
pub struct MethodResult {
    /// Hash of the explainer's card.
    pub explainer: String,
    /// Score per unit.
    pub scores: Vec<f32>,
    /// Rank per unit, 0 for the highest score (ties by position); `u32::MAX` for padding.
    pub ranks: Vec<u32>,
    /// What the scores are seen through, where they are not the method's own: see [`MethodResult::through`].
    pub lens: Option<super::Lens>,
    /// Scores for each class, for methods that tell classes apart.
    pub by_class: Option<super::ByClass>,
    /// The black box's answer to the selected part only.
    pub probs_selected: Vec<f32>,
    /// The black box's answer to the unselected part only.
    pub probs_unselected: Vec<f32>,
    /// What its generators make of the selected part and, where they learned that too, of the rest; empty for a method without generators, and where
    /// that was not asked for.
    pub rebuilt: Vec<Rebuilt>,
    /// Milliseconds that scoring took.
    pub millis: f64,
}

/// An input that a generator rebuilt from a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuilt {
    /// Its values, as the black box reads them.
    pub row: Vec<f32>,
    /// The black box's answer to it.
    pub probs: Vec<f32>,
}

impl MethodResult {
    /// Whether unit `unit` is selected at `k`; one that does not exist never is. Through a class only what speaks for it is: fewer than `k`, or none, where
    /// not more have a score above zero.
    pub fn is_selected(&self, unit: usize, k: usize) -> bool {
        let speaks = || self.lens.is_none() || self.scores.get(unit).is_some_and(|score| *score > 0.0);
        self.ranks.get(unit).is_some_and(|rank| (*rank as usize) < k) && speaks()
    }

    /// How many units are selected at `k`.
    pub fn n_selected(&self, k: usize) -> usize {
        (0..self.ranks.len()).filter(|&unit| self.is_selected(unit, k)).count()
    }

    /// How many units can be selected: padding cannot.
    pub fn selectable(&self) -> usize {
        self.ranks.iter().filter(|rank| **rank != u32::MAX).count()
    }
}

/// Computes metrics.
#[derive(Clone, Debug)]
pub struct Evaluate {
    /// The model explained.
    pub black_box: Arc<SavedBox>,
    /// Explainers.
    pub explainers: Vec<Arc<SavedExplainer>>,
    /// Data.
    pub data: Arc<Dataset>,
    /// Fit of pictures to the box.
    pub fit: Fit,
    /// Items of this split are evaluated; those of the training split train fresh approximators.
    pub split: Split,
    /// Metric ids.
    pub metrics: Vec<String>,
    /// Numbers of selected units; empty: each explainer's own.
    pub ks: Vec<usize>,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed.
    pub seed: u64,
    /// At most so many items, evenly spaced.
    pub limit: Option<usize>,
    /// A user's embedding of texts for IoU (see [`crate::data::Embedding`]); without it TF-IDF.
    pub embedding: Option<PathBuf>,
}

/// One cell of a table of metrics.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cell {
    /// Explainer's name or row id.
    pub row: String,
    /// Metric id.
    pub metric: String,
    /// Number of selected units.
    pub k: Option<usize>,
    /// Class, where the figure belongs to one.
    #[serde(default)]
    pub class: Option<String>,
    /// Mean, in the metric's unit.
    pub mean: f64,
    /// 95 % interval.
    pub ci95: [f64; 2],
    /// Over how many items.
    pub items: usize,
}

/// Compares the masks of several explainers on the same items.
#[derive(Clone, Debug)]
pub struct Agree {
    /// The model explained.
    pub black_box: Arc<SavedBox>,
    /// Explainers.
    pub explainers: Vec<Arc<SavedExplainer>>,
    /// Data.
    pub data: Arc<Dataset>,
    /// Fit of pictures to the box.
    pub fit: Fit,
    /// Items of this split are compared.
    pub split: Split,
    /// At most so many items, evenly spaced.
    pub limit: Option<usize>,
    /// What is selected; all explainers must select it.
    pub unit: Unit,
    /// How many units.
    pub k: usize,
    /// Seed of random methods.
    pub seed: u64,
}

/// How much masks have in common: the mean over items of |A ∩ B| / |A ∪ B|, in percent.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Agreement {
    /// Names of the explainers.
    pub rows: Vec<String>,
    /// How many units each mask holds.
    pub k: usize,
    /// What is selected.
    pub unit: Unit,
    /// Over how many items.
    pub items: usize,
    /// `rows.len()` squared values, row by row; the diagonal is 100.
    pub means: Vec<f64>,
    /// 95 % interval of each.
    pub ci95: Vec<[f64; 2]>,
}

impl Agreement {
    /// Mean and interval of a pair.
    pub fn of(&self, a: usize, b: usize) -> Option<(f64, [f64; 2])> {
        let at = a * self.rows.len() + b;
        Some((*self.means.get(at)?, *self.ci95.get(at)?))
    }
}

/// Bytes for a file, made elsewhere.
#[derive(Clone)]
pub struct WriteFile {
    /// Target.
    pub path: PathBuf,
    /// What makes the bytes (drawing and encoding take place on the worker).
    pub content: Content,
}

/// What a file is made from.
#[derive(Clone)]
pub enum Content {
    /// Ready bytes.
    Bytes(Arc<Vec<u8>>),
    /// A figure, encoded by the extension of the path at `scale`.
    Figure {
        /// The figure.
        figure: Arc<crate::figure::Figure>,
        /// Pixels per point for raster formats.
        scale: f32,
    },
}

impl std::fmt::Debug for WriteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What a task gives.
#[derive(Clone, Debug)]
pub enum Output {
    /// An opened data set.
    Data(Arc<Dataset>),
    /// What is known of data that were not read as a whole.
    LookedAt(Arc<Looked>),
    /// A black box, trained or read; as a partial result: its latest checkpoint.
    Box(Arc<SavedBox>),
    /// An explainer, trained or read; as a partial result: its best checkpoint so far.
    Explainer(Arc<SavedExplainer>),
    /// How training goes (partial).
    Training(Arc<TrainingReport>),
    /// One item explained.
    Explained(Arc<Explained>),
    /// The answer to an item without some of its units.
    Without {
        /// Item.
        item: usize,
        /// The units that were taken away.
        out: Vec<usize>,
        /// Probabilities.
        probs: Vec<f32>,
    },
    /// Answers for a run of items (partial, then the last ones).
    Predictions {
        /// Items.
        items: Vec<usize>,
        /// Probabilities, `items.len() * classes`.
        probs: Vec<f32>,
        /// How many classes.
        classes: usize,
    },
    /// For a run of items whether the class stays (partial, then the last ones).
    Fidelity {
        /// Items.
        items: Vec<usize>,
        /// With S only.
        selected_stays: Vec<bool>,
        /// With S̄ only.
        unselected_stays: Vec<bool>,
    },
    /// Cells so far (partial), then all.
    Cells(Arc<Measured>),
    /// How much masks have in common.
    Agreement(Arc<Agreement>),
    /// Something with a study is done.
    Study(super::study::StudyOutput),
    /// A file of scores was written.
    Scores(Arc<WrittenScores>),
    /// A file was written.
    Written(PathBuf),
}

/// How training goes.
#[derive(Clone, Debug, Default)]
pub struct TrainingReport {
    /// Epoch under way, from 1.
    pub epoch: u32,
    /// Epochs in all.
    pub epochs: u32,
    /// Curves so far.
    pub curves: Curves,
    /// Latest figures by metric id, in percent.
    pub figures: BTreeMap<String, f64>,
    /// Items per second.
    pub rate: f64,
    /// What the user should know, in plain words (for instance that masks spell the label).
    pub warnings: Vec<String>,
}
