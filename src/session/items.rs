//! The list of items: what is known of each, which are listed, in which order.

use std::sync::Arc;

use super::search::Found;
use super::{Session, slots};
use crate::data::{Dataset, Modality, Split};
use crate::model::argmax;
use crate::model::card::BoxCard;

/// Right or wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Either.
    #[default]
    Any,
    /// The prediction is the label.
    Right,
    /// It is not.
    Wrong,
}

/// Whether the class stays when parts are hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Faithful {
    /// Either.
    #[default]
    Any,
    /// The selected part alone keeps the class.
    SelectedKeeps,
    /// The selected part alone loses the class.
    SelectedLoses,
    /// The unselected part alone keeps the class.
    UnselectedKeeps,
}

/// Which items are listed.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Items of this class.
    pub class: Option<u16>,
    /// Items predicted as this class of the black box.
    pub prediction: Option<u16>,
    /// Right or wrong.
    pub outcome: Outcome,
    /// Faithful or not, by the focused method.
    pub faithful: Faithful,
    /// Items of this split.
    pub split: Option<Split>,
    /// Only marked ones.
    pub marked: bool,
    /// Texts that contain this phrase; all if it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Filter {
    /// Whether everything is listed.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether everything is listed but for the phrase that is looked for.
    pub fn is_open_but_for_words(&self) -> bool {
        Self { words: String::new(), ..self.clone() }.is_open()
    }

    /// Whether predictions are needed.
    pub fn needs_predictions(&self) -> bool {
        self.prediction.is_some() || self.outcome != Outcome::Any
    }
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortBy {
    /// As in the file.
    #[default]
    Index,
    /// Probability of the predicted class.
    Confidence,
    /// Faithful first, by the focused method.
    Fidelity,
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Largest (or latest) first.
    pub descending: bool,
}

/// The black box's answers to all items, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    /// Predicted class; `u16::MAX` where it is not known yet.
    class: Vec<u16>,
    /// Its probability.
    confidence: Vec<f32>,
    /// For how many items the answer is known.
    pub known: usize,
    /// Whose answers they are: answers of another black box that come late are not filed.
    pub key: Arc<str>,
    /// Whether asking for the others was stopped, by the user or by an error.
    pub is_stopped: bool,
}

impl Predictions {
    /// Nothing known of `n` items.
    pub fn new(n: usize) -> Self {
        Self {
            class: vec![u16::MAX; n],
            confidence: vec![f32::NAN; n],
            known: 0,
            key: Arc::from(""),
            is_stopped: false,
        }
    }

    /// Nothing known of `n` items yet; answers under `key` are waited for.
    pub fn of(n: usize, key: Arc<str>) -> Self {
        Self { key, ..Self::new(n) }
    }

    /// Files the answers to some items.
    pub fn put(&mut self, items: &[usize], probs: &[f32], classes: usize) {
        for (at, &item) in items.iter().enumerate() {
            let Some(row) = probs.get(at * classes..(at + 1) * classes) else { return };
            let Some(class) = self.class.get_mut(item) else { continue };
            if *class == u16::MAX {
                self.known += 1;
            }
            let best = argmax(row);
            *class = best as u16;
            self.confidence[item] = row.get(best).copied().unwrap_or(f32::NAN);
        }
    }

    /// Predicted class of `item` and its probability.
    pub fn get(&self, item: usize) -> Option<(u16, f32)> {
        let class = *self.class.get(item)?;
        (class != u16::MAX).then(|| (class, self.confidence[item]))
    }
}

/// What a table of fidelity depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct FidelityKey {
    /// Key of the black box, see [`BoxCard::key`].
    pub black_box: String,
    /// Hash of the explainer.
    pub explainer: String,
    /// Hash of the data.
    pub data: String,
    /// What is selected.
    pub unit: crate::data::Unit,
    /// How many.
    pub k: usize,
    /// What hidden units become.
    pub fill: crate::explain::Fill,
    /// Fit of pictures.
    pub fit: crate::data::Fit,
}

/// Whether the class stays, for all items, as far as it is known.
#[derive(Clone, Debug)]
pub struct FidelityTable {
    /// What it depends on.
    pub key: FidelityKey,
    /// Per item: (with S only, with S̄ only).
    stays: Vec<Option<(bool, bool)>>,
    /// For how many items it is known.
    pub known: usize,
    /// Whether testing the others was stopped, by the user or by an error.
    pub is_stopped: bool,
}

impl FidelityTable {
    /// Nothing known of `n` items.
    pub fn new(key: FidelityKey, n: usize) -> Self {
        Self { key, stays: vec![None; n], known: 0, is_stopped: false }
    }

    /// Files what came of some items.
    pub fn put(&mut self, items: &[usize], selected: &[bool], unselected: &[bool]) {
        for ((&item, &with_selected), &with_unselected) in items.iter().zip(selected).zip(unselected) {
            if let Some(entry) = self.stays.get_mut(item) {
                self.known += usize::from(entry.is_none());
                *entry = Some((with_selected, with_unselected));
            }
        }
    }

    /// Whether the class of `item` stays (with S only, with S̄ only).
    pub fn get(&self, item: usize) -> Option<(bool, bool)> {
        self.stays.get(item).copied().flatten()
    }
}

/// Film strip or table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListStyle {
    /// Small pictures.
    #[default]
    Strip,
    /// Rows with numbers.
    Table,
}

/// Order, filter, and what is known of each item.
#[derive(Default)]
pub struct ItemList {
    /// Which are listed.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Film strip or table.
    pub style: ListStyle,
    /// The black box's answers.
    pub predictions: Predictions,
    /// Fidelity by the focused method.
    pub fidelity: Option<FidelityTable>,
    /// Texts with the phrase that is looked for.
    found: Option<Found>,
    /// Listed items, in order.
    visible: Vec<u32>,
    /// Counts up whenever the list changes.
    pub version: u64,
    /// Whether answers came in that the order or the filter depends on.
    pub(crate) is_stale: bool,
}

impl ItemList {
    /// Listed items, in order.
    pub fn visible(&self) -> &[u32] {
        &self.visible
    }

    /// What was found, where a phrase is looked for.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Whether filter, order or table need fidelity.
    pub fn needs_fidelity(&self) -> bool {
        self.filter.faithful != Faithful::Any || self.sort.by == SortBy::Fidelity || self.style == ListStyle::Table
    }

    /// Whether the list changes when predictions come in.
    pub fn depends_on_predictions(&self) -> bool {
        self.filter.needs_predictions() || self.sort.by == SortBy::Confidence
    }

    /// Whether the list changes when fidelity comes in.
    pub fn depends_on_fidelity(&self) -> bool {
        self.filter.faithful != Faithful::Any || self.sort.by == SortBy::Fidelity
    }

    /// Whether answers came in that the list does not show yet.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Position of `item` in the list.
    pub fn position(&self, item: usize) -> Option<usize> {
        self.visible.iter().position(|&listed| listed as usize == item)
    }

    /// The next `ahead` items after `item` and the one before it, nearest first.
    pub fn neighbours(&self, item: usize, ahead: usize) -> Vec<usize> {
        let Some(at) = self.position(item) else { return Vec::new() };
        let mut out: Vec<usize> = self.visible[at + 1..].iter().take(ahead).map(|&i| i as usize).collect();
        if at > 0 {
            out.insert(out.len().min(1), self.visible[at - 1] as usize);
        }
        out
    }

    /// Works out the list again.
    pub fn rebuild(
        &mut self,
        data: &Dataset,
        black_box: Option<&BoxCard>,
        pinned: &std::collections::BTreeSet<usize>,
        marked: &std::collections::BTreeSet<usize>,
    ) {
        // Texts are looked through only when the phrase changes, not whenever answers come in.
        if self.found.as_ref().is_none_or(|found| !found.is_for(data, &self.filter.words)) {
            self.found = Found::new(data, &self.filter.words);
        }
        let truth = Truth::new(data, black_box);
        let filter = &self.filter;
        let passes = |item: usize| {
            filter.class.is_none_or(|class| data.labels[item] == Some(class))
                && filter.split.is_none_or(|split| data.splits.get(item) == Some(&split))
                && (!filter.marked || marked.contains(&item))
                && self.found.as_ref().is_none_or(|found| found.contains(item))
                && filter.prediction.is_none_or(|class| self.predictions.get(item).is_some_and(|(p, _)| p == class))
                && match filter.outcome {
                    Outcome::Any => true,
                    Outcome::Right => self.outcome(&truth, item) == Some(true),
                    Outcome::Wrong => self.outcome(&truth, item) == Some(false),
                }
                && match filter.faithful {
                    Faithful::Any => true,
                    Faithful::SelectedKeeps => self.stays(item).is_some_and(|(selected, _)| selected),
                    Faithful::SelectedLoses => self.stays(item).is_some_and(|(selected, _)| !selected),
                    Faithful::UnselectedKeeps => self.stays(item).is_some_and(|(_, unselected)| unselected),
                }
        };
        let mut visible: Vec<u32> = (0..data.len()).filter(|&item| passes(item)).map(|item| item as u32).collect();
        // What is not known yet stays last in either direction.
        let descending = self.sort.descending;
        let order = |key: f64| if descending { -key } else { key };
        match self.sort.by {
            SortBy::Index if descending => visible.reverse(),
            SortBy::Index => {}
            SortBy::Confidence => visible.sort_by(|&a, &b| {
                let key =
                    |item: u32| self.predictions.get(item as usize).map_or(f64::INFINITY, |(_, p)| order(f64::from(p)));
                key(a).total_cmp(&key(b)).then(a.cmp(&b))
            }),
            SortBy::Fidelity => visible.sort_by(|&a, &b| {
                let key = |item: u32| {
                    self.stays(item as usize).map_or(f64::INFINITY, |(selected, unselected)| {
                        order(f64::from(u8::from(selected)) * 2.0 + f64::from(u8::from(!unselected)))
                    })
                };
                key(a).total_cmp(&key(b)).then(a.cmp(&b))
            }),
        }
        if !pinned.is_empty() {
            // Pinned ones lead, also where the filter would leave them out: that is what pins are for.
            visible.retain(|&item| !pinned.contains(&(item as usize)));
            let head = pinned.iter().filter(|&&item| item < data.len()).map(|&item| item as u32);
            visible.splice(0..0, head);
        }
        self.visible = visible;
        self.version += 1;
        self.is_stale = false;
    }

    /// Whether the class of `item` stays (with S only, with S̄ only), by the focused method.
    pub fn stays(&self, item: usize) -> Option<(bool, bool)> {
        self.fidelity.as_ref()?.get(item)
    }

    /// Whether the prediction is the label, where both are known.
    pub fn outcome(&self, truth: &Truth<'_>, item: usize) -> Option<bool> {
        let (predicted, _) = self.predictions.get(item)?;
        Some(truth.class_of(item)? == predicted)
    }
}

impl Session {
    /// Whether what is open are rows of a table, which are listed as a table in either style.
    pub fn lists_rows(&self) -> bool {
        self.data.as_ref().is_some_and(|data| data.modality == Modality::Table)
    }

    /// For how many items the answers that the filter depends on are known, while they are still coming in; `None` when
    /// none are to come.
    pub fn looked_through(&self) -> Option<usize> {
        let list = &self.explore.list;
        let predictions = list.filter.needs_predictions().then_some((slots::PREDICT, list.predictions.known));
        let known = list.fidelity.as_ref().map_or(0, |table| table.known);
        let fidelity = (list.filter.faithful != Faithful::Any).then_some((slots::FIDELITY, known));
        let asked = || predictions.into_iter().chain(fidelity);
        // The last answers may have come and not be listed yet.
        let is_coming = list.is_stale() || asked().any(|(kind, _)| self.running.of_kind(kind).is_some());
        asked().map(|(_, known)| known).min().filter(|_| is_coming)
    }
}

/// Labels of the data as classes of the black box: the same names may stand in another order.
pub struct Truth<'a> {
    labels: &'a [Option<u16>],
    to_box: Vec<Option<u16>>,
}

impl<'a> Truth<'a> {
    /// Labels of `data` seen by `black_box`.
    pub fn new(data: &'a Dataset, black_box: Option<&BoxCard>) -> Self {
        let to_box = data
            .classes
            .iter()
            .map(|name| {
                black_box.and_then(|card| card.classes.iter().position(|known| known == name)).map(|at| at as u16)
            })
            .collect();
        Self { labels: &data.labels, to_box }
    }

    /// Class of `item` as the black box numbers it.
    pub fn class_of(&self, item: usize) -> Option<u16> {
        let label = (*self.labels.get(item)?)?;
        self.to_box.get(usize::from(label)).copied().flatten()
    }
}
