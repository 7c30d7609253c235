//! The list of items: what is known of each, which are listed, in which order.

use std::sync::Arc;

use super::search::Found;
use super::{Place, Request, Session, describe, slots};
use crate::data::series::own_steps;
use crate::data::{Dataset, Items, Modality, Split};
use crate::model::argmax;
use crate::model::card::BoxCard;
use crate::work::format_count;

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
    /// Texts, or rows of a table, that contain this phrase; all if it is empty, or `#` and a number, which leads to an item (see
    /// [`ItemList::sought_number`]).
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

    /// What texts are looked through for: nothing while the words are `#` and digits.
    fn phrase(&self) -> &str {
        let is_number =
            self.words.trim().strip_prefix('#').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        if is_number { "" } else { &self.words }
    }
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortBy {
    /// As in the file.
    #[default]
    Index,
    /// Class in the data.
    Class,
    /// Predicted class.
    Prediction,
    /// Probability of the predicted class.
    Confidence,
    /// Wrong predictions first.
    Outcome,
    /// Faithful first, by the focused method.
    Fidelity,
    /// A column of a table, by its place among those that are listed, see [`Dataset::listed_columns`].
    Column(u16),
    /// A text by its characters as written, a series by its own steps; other items have none.
    Length,
}

impl SortBy {
    /// What items of any kind can be sorted by, in the order of the menu; of a table its columns follow.
    pub fn offered(modality: Modality) -> Vec<Self> {
        let mut all = vec![Self::Index, Self::Class, Self::Prediction, Self::Confidence, Self::Fidelity];
        if matches!(modality, Modality::Text | Modality::Series) {
            all.push(Self::Length);
        }
        all
    }

    /// Whether it asks for the black box's answers.
    const fn needs_predictions(self) -> bool {
        matches!(self, Self::Prediction | Self::Confidence | Self::Outcome)
    }

    /// Whether it means something only while a black box is in use.
    pub(super) const fn needs_black_box(self) -> bool {
        self.needs_predictions() || matches!(self, Self::Fidelity)
    }
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Largest (or latest) first.
    pub descending: bool,
}

impl Sort {
    /// The same for other data, whose columns are others.
    pub fn for_other_data(self) -> Self {
        if matches!(self.by, SortBy::Column(_)) { Self::default() } else { self }
    }
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

/// How far a question about all items has come that filter or order of the list depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoFar {
    /// "classified" or "tested".
    pub did: &'static str,
    /// For how many items the answer is known.
    pub known: usize,
    /// Whether the filter depends on it: then only these items can be listed.
    pub filters: bool,
    /// Whether more answers are to come; else it was stopped.
    pub goes_on: bool,
}

/// What the bottom line says of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// How many items are listed.
    Listed,
    /// In which order.
    Sorted,
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
    /// Counts up whenever the user asks for the field that searches the list.
    pub finds: u64,
    /// What the bottom line says of the list: it is said anew while answers come in.
    said: Option<(Said, String)>,
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
        self.filter.needs_predictions() || self.sort.by.needs_predictions()
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
        // Texts and rows are looked through only when the phrase changes, not whenever answers come in.
        let phrase = self.filter.phrase();
        if self.found.as_ref().is_none_or(|found| !found.is_for(data, phrase)) {
            self.found = Found::new(data, phrase);
        }
        // The number of an item that stands in no text leads to the item, among all others.
        let is_number = self.sought_number().is_some_and(|number| data.source_index.contains(&number));
        let found = self.found.as_ref().filter(|_| !is_number);
        let truth = Truth::new(data, black_box);
        let filter = &self.filter;
        let passes = |item: usize| {
            filter.class.is_none_or(|class| data.labels[item] == Some(class))
                && filter.split.is_none_or(|split| data.splits.get(item) == Some(&split))
                && (!filter.marked || marked.contains(&item))
                && found.is_none_or(|found| found.contains(item))
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
        let mut sort = |known: &dyn Fn(usize) -> Option<f64>| {
            let key = |item: u32| known(item as usize).map_or(f64::INFINITY, order);
            visible.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        };
        match self.sort.by {
            SortBy::Index if descending => visible.reverse(),
            SortBy::Index => {}
            SortBy::Class => sort(&|item| data.labels[item].map(f64::from)),
            SortBy::Prediction => sort(&|item| Some(f64::from(self.predictions.get(item)?.0))),
            SortBy::Confidence => sort(&|item| Some(f64::from(self.predictions.get(item)?.1))),
            SortBy::Outcome => sort(&|item| Some(f64::from(u8::from(self.outcome(&truth, item)?)))),
            SortBy::Fidelity => sort(&|item| {
                let (selected, unselected) = self.stays(item)?;
                Some(f64::from(u8::from(selected)) * 2.0 + f64::from(u8::from(!unselected)))
            }),
            SortBy::Column(at) => data.sort_by_listed(&mut visible, usize::from(at), descending),
            SortBy::Length => visible.sort_by_cached_key(|&item| {
                let length = length_of(data, item as usize) as i64;
                (if descending { -length } else { length }, item)
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

    /// The number of an item that is looked for in place of a phrase: the words are `#` and a number, or a number that stands in no text.
    pub fn sought_number(&self) -> Option<u32> {
        let words = self.filter.words.trim();
        let (digits, is_phrase) = match words.strip_prefix('#') {
            Some(digits) => (digits, false),
            None => (words, self.found.as_ref().is_none_or(Found::is_any)),
        };
        let is_number = !is_phrase && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
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

    /// How far the question has come that filter or order depend on, while it is under way or where it was stopped; `None` where all is known.
    pub fn so_far(&self) -> Option<SoFar> {
        let list = &self.explore.list;
        let by_class = list.filter.needs_predictions();
        let by_test = list.filter.faithful != Faithful::Any;
        let tested = list.fidelity.as_ref();
        let of = |did: &'static str, filters: bool, (kind, known, is_stopped): (u16, usize, bool)| {
            // The last answers may have come and not be listed yet.
            let goes_on = list.is_stale() || self.running.of_kind(kind).is_some();
            (goes_on || is_stopped).then_some(SoFar { did, known, filters, goes_on })
        };
        let classified = (by_class || list.sort.by.needs_predictions())
            .then(|| of("classified", by_class, (slots::PREDICT, list.predictions.known, list.predictions.is_stopped)));
        let tested = (by_test || list.sort.by == SortBy::Fidelity).then(|| {
            let (known, is_stopped) = tested.map_or((0, false), |table| (table.known, table.is_stopped));
            of("tested", by_test, (slots::FIDELITY, known, is_stopped))
        });
        // Where both are asked, what lags behind; the filter says more than the order.
        let both = [classified.flatten(), tested.flatten()].into_iter().flatten();
        both.min_by_key(|so_far| (!so_far.filters, so_far.known))
    }

    /// How many items are listed, over the list: "36 of 50,000", and "36 of 4,100 so far" while the filter waits for answers.
    pub fn listed_count(&self) -> String {
        let n = self.explore.list.visible().len();
        let (n_all, words) = (self.data.as_ref().map_or(n, |data| data.len()), format_count(n as u64));
        match self.so_far().filter(|so_far| so_far.filters) {
            Some(so_far) => format!("{words} of {} so far", format_count(so_far.known as u64)),
            None if n == n_all => words,
            None => format!("{words} of {}", format_count(n_all as u64)),
        }
    }

    /// The same in a sentence, with what is still going on.
    pub fn listed_words(&self) -> String {
        let n = self.explore.list.visible().len();
        match self.so_far().filter(|so_far| so_far.filters) {
            Some(so_far) => {
                let (n, known) = (format_count(n as u64), format_count(so_far.known as u64));
                format!("{n} of the {known} {} so far listed; {}", so_far.did, so_far.rest())
            }
            None => format!("{} listed", describe::count(n, "item", "items")),
        }
    }

    /// In which order the list is, with what it waits for.
    fn sorted_words(&self) -> String {
        let sorted = format!("Sorted by {}", describe::sort_words(self.explore.list.sort, self.data.as_deref()));
        match self.so_far() {
            Some(so_far) => {
                format!("{sorted}, {} {} so far; {}", format_count(so_far.known as u64), so_far.did, so_far.rest())
            }
            None => sorted,
        }
    }

    /// Says something of the list in the bottom line, and says it anew while answers come in.
    pub(super) fn say_of_list(&mut self, what: Said) {
        self.last_action = match what {
            Said::Listed => self.listed_words(),
            Said::Sorted => self.sorted_words(),
        };
        self.explore.list.said = Some((what, self.last_action.clone()));
    }

    /// Says again what the bottom line says of the list, where that is still what it says.
    pub(super) fn say_again(&mut self) {
        match &self.explore.list.said {
            Some((what, said)) if *said == self.last_action => {
                let what = *what;
                self.say_of_list(what);
            }
            _ => self.explore.list.said = None,
        }
    }

    /// The item with this number in its file. Files of several parts are each numbered from 0: then a listed one, and the next where one of them is in view.
    pub fn item_numbered(&self, number: u32) -> Option<usize> {
        let all = self.data.as_ref()?.source_index.iter().enumerate();
        let found: Vec<usize> = all.filter(|(_, known)| **known == number).map(|(item, _)| item).collect();
        let listed: Vec<usize> =
            found.iter().copied().filter(|item| self.explore.list.position(*item).is_some()).collect();
        let pool = if listed.is_empty() { found } else { listed };
        let here = pool.iter().position(|item| self.explore.item == Some(*item));
        pool.get(here.map_or(0, |at| (at + 1) % pool.len())).copied()
    }

    /// Goes to the item whose number was typed where the list is searched; `None` where a phrase was.
    pub(super) fn go_to_sought(&mut self) -> Option<Vec<Request>> {
        let number = self.explore.list.sought_number()?;
        match self.item_numbered(number) {
            Some(item) => Some(self.go_to(item)),
            // "2350" is then a phrase that no text contains.
            None if !self.explore.list.filter.words.trim().starts_with('#') => None,
            None => {
                self.last_action = format!("No item has the number {number}");
                Some(Vec::new())
            }
        }
    }

    /// Brings the field into view that searches the list. Pictures and series have none: the palette takes their numbers.
    pub(super) fn find(&mut self) {
        let has_field = self.data.as_ref().is_some_and(|data| data.modality.is_searched());
        (self.open.shortcuts, self.open.palette) = (false, !has_field);
        if has_field {
            self.place = Place::Explore;
            self.open.viewer_alone = false;
            self.settings.show_items = true;
            self.explore.list.finds += 1;
        } else {
            self.last_action = "Type # and the number of an item".to_owned();
        }
    }
}

impl SoFar {
    /// What becomes of the other items.
    fn rest(&self) -> String {
        if self.goes_on { format!("the rest is being {}", self.did) } else { format!("the rest is not {}", self.did) }
    }
}

/// How long an item is, see [`SortBy::Length`].
fn length_of(data: &Dataset, item: usize) -> usize {
    match &data.items {
        Items::Text(_) => data.text(item).map_or(0, |text| text.chars().count()),
        Items::Series(series) => own_steps(series.get(item), series.shape.width),
        _ => 0,
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
