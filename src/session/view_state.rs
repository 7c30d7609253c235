//! How a project is looked at, as it is written: the session's part of `project.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Place;
use super::figures_file::FiguresRef;
use super::items::{Filter, ListStyle, Sort};
use super::sheet::SheetLook;
use super::study::DesignForm;
use crate::data::{Fit, Unit};
use crate::explain::{Fill, SavedExplainer};
use crate::figure::Theme;
use crate::figure::layout::series::{Form, Scales};
use crate::figure::layout::{Hidden, View};
use crate::store::ProjectState;

/// How it is looked at: the session's part of a project.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ViewState {
    /// Whether it is the sample project: it is opened as a copy, and nothing is ever written into its folder.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_sample: bool,
    /// Place in view.
    pub place: Place,
    /// Hash of the data, so that changed data is noticed.
    pub data_hash: Option<String>,
    /// Item in view.
    pub item: Option<usize>,
    /// The shown explainers, from left to right.
    pub columns: Vec<ColumnRef>,
    /// The column that the keys are about.
    pub focus: usize,
    /// How it is looked at.
    pub view: View,
    /// How hidden pixels are drawn.
    pub hidden: Hidden,
    /// What is selected.
    pub unit: Option<Unit>,
    /// How many.
    pub k: Option<usize>,
    /// Whether so many follow from the explainer in view, rather than from the user.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub k_follows: bool,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// Fit of pictures, where the user changed it.
    pub fit: Option<Fit>,
    /// Class whose probability is followed.
    pub class_focus: Option<usize>,
    /// Class that it is contrasted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<usize>,
    /// How series are drawn, where the user chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// The group of channels that curves are drawn of, by its first channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<usize>,
    /// Channels that are picked to be drawn as curves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub picked: Vec<usize>,
    /// Which scale channels have that share a plot or a map, where the user chose it.
    #[serde(skip_serializing_if = "is_default")]
    pub scales: Scales,
    /// The user's own text, in view or closed last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub own_text: String,
    /// Whether it is in view.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shows_own_text: bool,
    /// Whether the truth, where it is known, is not marked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_truth: bool,
    /// Whether what speaks for each class is not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_classes: bool,
    /// Pinned items.
    pub pinned: BTreeSet<usize>,
    /// Marked items.
    pub marked: BTreeSet<usize>,
    /// What the user noted on marked items.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<usize, String>,
    /// Which items are listed.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Film strip or table.
    pub style: ListStyle,
    /// Folders outside the project that something is being trained into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub out_dirs: Vec<PathBuf>,
    /// The design of a study as it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design: Option<Box<DesignForm>>,
    /// Participant files outside the project.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub studies: Vec<PathBuf>,
    /// The user's embedding of texts by which similar ones are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<PathBuf>,
    /// Light or dark page of new figures.
    #[serde(skip_serializing_if = "is_default")]
    pub figure_theme: Theme,
    /// Pixels per point of PNG files, where the user chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub png_scale: Option<f32>,
    /// How new contact sheets are laid out, where the user chose it.
    #[serde(skip_serializing_if = "is_default")]
    pub sheet_look: SheetLook,
    /// Kept figures, in a file of their own. Known only where the state is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<FiguresRef>,
}

/// What is as at first need not stand in the file.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ViewState {
    /// The session's part of a project's state; what is missing or cannot be read is as at first.
    pub fn of(state: &ProjectState) -> Self {
        serde_json::from_value(state.view.clone()).unwrap_or_default()
    }

    /// As it stands in the file.
    pub(super) fn written(self, is_sample: bool) -> serde_json::Value {
        serde_json::to_value(Self { is_sample, ..self }).unwrap_or_default()
    }
}

/// A shown explainer, by what it is found again with.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ColumnRef {
    /// Hash of its card; empty for a method that needs no training, which is made anew.
    pub hash: String,
    /// Id of its method.
    pub method: String,
    /// Its name: a later checkpoint of the same run has another hash.
    pub name: String,
}

impl ColumnRef {
    /// What a shown explainer is found again with.
    pub(super) fn of(saved: &SavedExplainer) -> Self {
        let card = &saved.card;
        let hash = if saved.weights.is_empty() { String::new() } else { card.hash.clone() };
        Self { hash, method: card.method.clone(), name: card.name.clone() }
    }
}

/// Panels in view.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Layout {
    pub(super) items: bool,
    pub(super) inspector: bool,
    pub(super) viewer_alone: bool,
    /// Widths of panels that the user changed.
    #[serde(default)]
    pub(super) panels: BTreeMap<String, f32>,
}
