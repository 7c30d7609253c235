//! The explorer's state: which item, which methods, how it is looked at, and the explanation in view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cache::ExplainCache;
use super::items::ItemList;
use super::{Lane, Purpose, Run, Session, slots};
use crate::data::{Dataset, Fit, Shape, Unit, Units};
use crate::explain::mask::iou;
use crate::explain::{Fill, Mask};
use crate::figure::layout::series::{Form, Scales};
use crate::figure::layout::{Hidden, View};
use crate::jobs::{Explain, Explained, MethodResult, Task};
use crate::work::{Priority, Shown, Slot};

/// Most methods side by side.
pub const MAX_COLUMNS: usize = 4;
/// How many of the next items are computed ahead; of the previous ones, one.
pub const AHEAD: usize = 3;

/// What an explanation depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExplainKey {
    /// Hash of the data.
    pub data: String,
    /// Item.
    pub item: usize,
    /// Key of the black box, see [`crate::model::BoxCard::key`].
    pub black_box: String,
    /// Hashes of the explainers, column by column.
    pub explainers: Vec<String>,
    /// What is selected.
    pub unit: Unit,
    /// How many.
    pub k: usize,
    /// What hidden units become.
    pub fill: Fill,
    /// The fit, as text (it holds floats).
    pub fit: String,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// The class in focus and the one that it is contrasted with.
    pub contrast: Option<(usize, usize)>,
}

/// The explorer's state.
pub struct Explore {
    /// Item in view.
    pub item: Option<usize>,
    /// Methods side by side, as indices into [`Session::explainers`].
    pub columns: Vec<usize>,
    /// Which column the keys and the inspector are about.
    pub focus: usize,
    /// How it is looked at.
    pub view: View,
    /// How hidden pixels are drawn.
    pub hidden: Hidden,
    /// Whether the units that truly decide a class are marked, where they are known.
    pub shows_truth: bool,
    /// Whether what speaks for each class is shown, of a method that tells classes apart: under the viewer, and below a text or a row in its figure.
    pub shows_classes: bool,
    /// How series are drawn; `None`: as usual for their number of channels.
    pub form: Option<Form>,
    /// The group of channels that curves are drawn of, by its first channel; `None`: of all.
    pub group: Option<usize>,
    /// Channels that are picked to be drawn as curves, ascending; empty: those of the group, or of all.
    pub picked: Vec<usize>,
    /// Which scale channels have that share a plot or a map.
    pub scales: Scales,
    /// How many units are selected.
    pub k: usize,
    /// Whether the user set [`Explore::k`]; until then it follows the trained explainer in view.
    pub k_is_set: bool,
    /// What is selected.
    pub unit: Unit,
    /// What hidden units become.
    pub fill: Fill,
    /// Seed of noise and of random methods.
    pub seed: u64,
    /// How pictures of other shapes are fitted to the black box.
    pub fit: Fit,
    /// Class whose probability is followed; `None`: the predicted one.
    pub class_focus: Option<usize>,
    /// Whether the full input is shown while a key is held.
    pub peek: bool,
    /// Items at the head of the list.
    pub pinned: BTreeSet<usize>,
    /// Items that the user marked.
    pub marked: BTreeSet<usize>,
    /// What the user noted on marked items, a line each; it stays when the mark is taken off, and is seen with it.
    pub notes: BTreeMap<usize, String>,
    /// Order, filter, and what is known of each item.
    pub list: ItemList,
    /// The explanation in view.
    pub shown: Shown<Explained>,
    /// What [`Explore::shown`] awaits or shows.
    pub wanted: Option<Arc<ExplainKey>>,
    /// Explanations made already.
    pub cache: ExplainCache,
    /// What reading a text remembers.
    pub reading: super::reading::Reading,
}

impl Default for Explore {
    fn default() -> Self {
        Self {
            item: None,
            columns: Vec::new(),
            focus: 0,
            view: View::Overlay,
            hidden: Hidden::default(),
            shows_truth: true,
            shows_classes: true,
            form: None,
            group: None,
            picked: Vec::new(),
            scales: Scales::default(),
            k: 25,
            k_is_set: false,
            unit: Unit::Pixel,
            fill: Fill::Zero,
            seed: 0,
            fit: Fit::default(),
            class_focus: None,
            peek: false,
            pinned: BTreeSet::new(),
            marked: BTreeSet::new(),
            notes: BTreeMap::new(),
            list: ItemList::default(),
            shown: Shown::Empty,
            wanted: None,
            cache: ExplainCache::default(),
            reading: super::reading::Reading::default(),
        }
    }
}

impl Explore {
    /// Units of the black box's input.
    pub fn units(&self, shape: Shape) -> Units {
        Units::new(self.unit, shape)
    }

    /// What the user noted on a marked item.
    pub fn note(&self, item: usize) -> Option<&str> {
        self.notes.get(&item).filter(|_| self.marked.contains(&item)).map(String::as_str)
    }

    /// The explanation to draw, if it is of the item in view (an older one of another item stays until the new one is there).
    pub fn explained(&self) -> Option<&Arc<Explained>> {
        self.shown.value()
    }

    /// Whether what is drawn answers exactly to the settings.
    pub fn is_current(&self) -> bool {
        matches!(self.shown, Shown::Ready(_))
    }

    /// What the focused column says.
    pub fn focused_result(&self) -> Option<&MethodResult> {
        self.explained()?.methods.get(self.focus)?.as_ref().ok()
    }

    /// The class in focus and the one that it is contrasted with, if these are two of so many classes.
    pub fn contrast(&self, classes: usize) -> Option<(usize, usize)> {
        let pair = self.class_focus.zip(self.reading.against);
        pair.filter(|&(class, other)| class != other && class.max(other) < classes)
    }

    /// The selected units of a result at the k of the slider, which may be ahead of the computed one.
    pub fn mask(&self, result: &MethodResult) -> Mask {
        Mask((0..result.ranks.len()).map(|unit| result.is_selected(unit, self.k)).collect())
    }
}

impl Session {
    /// Overlap of the selected units of each pair of shown methods, as they are looked at: (column, column, share of the union).
    pub fn overlaps(&self) -> Vec<(usize, usize, f64)> {
        let Some(explained) = self.explore.explained() else { return Vec::new() };
        // Where there is nothing to select, nothing is shared.
        let has_units = |result: &&MethodResult| result.selectable() > 0;
        let mask = |result: &MethodResult| self.explore.mask(&self.seen(result));
        let results = explained.methods.iter().map(|method| method.as_ref().ok().filter(has_units));
        let masks: Vec<Option<Mask>> = results.map(|result| result.map(mask)).collect();
        let mut out = Vec::new();
        for a in 0..masks.len() {
            for b in a + 1..masks.len() {
                if let (Some(left), Some(right)) = (&masks[a], &masks[b])
                    && left.0.len() == right.0.len()
                {
                    out.push((a, b, iou(left, right)));
                }
            }
        }
        out
    }

    /// Number of units that can be selected in the inputs of the black box.
    pub fn unit_count(&self) -> usize {
        self.active_box().map_or(0, |active| self.explore.units(active.card.shape).count())
    }

    /// Most units that can be selected of the item in view, at least one: of a text or a series as many as it has, which its
    /// explanation tells.
    pub fn most_selectable(&self) -> usize {
        let (explore, unit) = (&self.explore, self.explore.unit);
        // Until its own explanation is there, another item's says nothing of it.
        let is_told = unit.has_padding()
            && explore.explained().is_some_and(|shown| shown.units.unit == unit && self.is_in_view(shown));
        let of_item = explore.focused_result().filter(|_| is_told).map(MethodResult::selectable);
        of_item.unwrap_or_else(|| self.unit_count()).max(1)
    }

    /// How many units are selected, for the bottom line. Texts differ in length: of how many is said under each.
    pub(crate) fn select_words(&self) -> String {
        let (k, unit) = (self.explore.k, self.explore.unit);
        if unit.is_text() {
            format!("Select {k} {}", unit.noun(k))
        } else {
            let n = self.most_selectable();
            format!("Select {} of {n} {}", k.min(n), unit.noun(2))
        }
    }

    /// Key of the explanation of `item` with the settings in view.
    pub(crate) fn key_for(&self, item: usize) -> Option<ExplainKey> {
        self.key_in(self.data.as_ref()?, item)
    }

    fn key_in(&self, data: &Dataset, item: usize) -> Option<ExplainKey> {
        let active = self.active_box()?;
        let explore = &self.explore;
        if item >= data.len() || active.card.shape.is_empty() {
            return None;
        }
        Some(ExplainKey {
            data: data.hash.clone(),
            item,
            black_box: active.card.key(),
            explainers: self.column_explainers().iter().map(|explainer| explainer.card.hash.clone()).collect(),
            unit: explore.unit,
            k: explore.k,
            fill: explore.fill,
            fit: serde_json::to_string(&explore.fit).unwrap_or_default(),
            seed: explore.seed,
            contrast: explore.contrast(active.card.classes.len()),
        })
    }

    /// The data of this hash: the own text or row, or what is open.
    pub(super) fn data_of(&self, hash: &str) -> Option<&Arc<Dataset>> {
        let own = self.own_text().map(|own| &own.data).into_iter().chain(self.own_row().map(|own| &own.data));
        own.chain(self.data.as_ref()).find(|data| data.hash == hash)
    }

    fn explain_run(&self, key: Arc<ExplainKey>, slot: Slot, priority: Priority) -> Option<Run> {
        let task = Task::Explain(Box::new(Explain {
            black_box: self.active_box()?.clone(),
            explainers: self.column_explainers(),
            data: self.data_of(&key.data)?.clone(),
            item: key.item,
            fit: self.explore.fit,
            unit: key.unit,
            k: key.k,
            fill: key.fill,
            seed: key.seed,
            class_answers: true,
            contrast: key.contrast,
            rebuilt: true,
        }));
        let is_ahead = slot.kind == slots::AHEAD;
        let purpose = if is_ahead { Purpose::Ahead(key) } else { Purpose::Explain(key) };
        Some(Run { lane: Lane::Interactive, slot, priority, purpose, title: "Explaining".to_owned(), task })
    }

    /// Asks for what is to be seen, if it is not there yet.
    pub(crate) fn refresh_explanation(&mut self) -> Vec<Run> {
        let key = self.in_view().and_then(|(data, item)| self.key_in(data, item));
        let Some(key) = key else {
            self.explore.wanted = None;
            self.explore.shown.clear();
            return Vec::new();
        };
        if self.explore.wanted.as_deref() == Some(&key) && !matches!(self.explore.shown, Shown::Failed { .. }) {
            return Vec::new();
        }
        let key = Arc::new(key);
        self.explore.wanted = Some(key.clone());
        if let Some(known) = self.explore.cache.get(&key) {
            self.explore.shown = Shown::Ready(known);
            return self.runs_once_explained();
        }
        self.explain_run(key, Slot::new(slots::EXPLAIN, 0), Priority::Interactive).into_iter().collect()
    }

    /// What is asked for once the explanation in view is there: the answers without the word that is told of and without those taken out by hand, which
    /// have waited for it, and the items nearby.
    pub(crate) fn runs_once_explained(&mut self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.without_run().into_iter().chain(self.by_hand_run()).collect();
        runs.extend(self.ahead_runs());
        runs
    }

    /// Requests for the next items, and the previous one, that are not known yet.
    pub(crate) fn ahead_runs(&mut self) -> Vec<Run> {
        let Some(item) = self.explore.item.filter(|_| !self.has_own()) else { return Vec::new() };
        let near = self.explore.list.neighbours(item, AHEAD);
        let mut runs = Vec::new();
        for (index, near_item) in near.into_iter().enumerate() {
            let Some(key) = self.key_for(near_item).filter(|key| !self.explore.cache.contains(key)) else { continue };
            let slot = Slot::new(slots::AHEAD, index as u32);
            let is_under_way =
                self.running.all().iter().any(|job| matches!(&job.purpose, Purpose::Ahead(k) if **k == key));
            if !is_under_way {
                runs.extend(self.explain_run(Arc::new(key), slot, Priority::Background));
            }
        }
        runs
    }
}
