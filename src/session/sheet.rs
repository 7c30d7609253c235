//! A contact sheet of many items: explained one after the other by a worker, kept as a figure at the end.

use std::sync::Arc;

use super::figures::Arrangement;
use super::notices::Level;
use super::reading::lens_of;
use super::undo::Step;
use super::{Command, Lane, Purpose, Request, Run, Session, describe, slots};
use crate::data::Dataset;
use crate::explain::SavedExplainer;
use crate::figure::Theme;
use crate::figure::layout::page::{Page, balanced};
use crate::figure::layout::series::{Form, Scales};
use crate::figure::layout::{ExplainedPicture, Hidden, View};
use crate::jobs::picture::{label_of, truth_of};
use crate::jobs::{Explain, Explained, Task, picture_of};
use crate::model::SavedBox;
use crate::work::{JobError, Notice, Priority, Slot};

/// Most pictures on a sheet: sixteen rows of six.
pub const MAX_PICTURES: usize = 96;
/// Most pictures in a row, where no number is asked for.
const COLUMNS: usize = 6;

/// How a contact sheet is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct SheetLook {
    /// Pictures in a row; `None`: as many as make rows of about equal length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<usize>,
    /// How wide the page is, and what is left out on it.
    pub page: Page,
}

impl SheetLook {
    /// Pictures in a row of `n`, of which `group` that follow each other show one item.
    pub fn columns_of(&self, n: usize, group: usize) -> usize {
        self.columns.map_or_else(|| balanced(n, group, COLUMNS), |columns| columns.clamp(1, n.max(1)))
    }
}

/// Which items are on a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SheetOf {
    /// The marked ones.
    #[default]
    Marked,
    /// The listed ones, in the order of the list.
    Listed,
}

/// A sheet that is being made. It holds what was in use when it was asked for, whatever is looked at meanwhile.
pub struct PendingSheet {
    number: u32,
    data: Arc<Dataset>,
    black_box: Arc<SavedBox>,
    explainers: Vec<Arc<SavedExplainer>>,
    looks: (View, Hidden, Theme),
    layout: SheetLook,
    /// How series are drawn, where they are not drawn as usual.
    form: Option<Form>,
    /// The group of channels that curves are drawn of, by its first channel.
    group: Option<usize>,
    /// Channels that were picked to be drawn as curves, and which scale they have.
    curves: (Vec<usize>, Scales),
    /// Whether the units that truly decide a class are marked, where they are known.
    shows_truth: bool,
    /// Class in focus, and the one that it is contrasted with.
    class: (Option<usize>, Option<usize>),
    first_item: usize,
    n_items: usize,
    pictures: Vec<ExplainedPicture>,
    /// Why a picture is missing, and how many are.
    missing: Option<(String, usize)>,
}

impl PendingSheet {
    fn take(&mut self, explained: &Explained) {
        let (class, against) = self.class;
        let truth = truth_of(&self.data, explained).filter(|_| self.shows_truth);
        for (index, saved) in self.explainers.iter().enumerate() {
            let result = explained.methods.get(index).and_then(|result| result.as_ref().ok());
            let lens = result.and_then(|result| lens_of(result, class, against));
            match picture_of(&self.data, &self.black_box.card, &saved.card, explained, (index, lens)) {
                Ok(mut picture) => {
                    let (view, hidden, theme) = self.looks;
                    if let Some(series) = &mut picture.series {
                        series.form = Form::or_usual(self.form, series.channels(), &series.names);
                        series.group = self.group;
                        (series.picked, series.scales) = self.curves.clone();
                    }
                    let label = label_of(&self.data, explained.item);
                    self.pictures.push(ExplainedPicture {
                        view,
                        hidden,
                        theme,
                        label,
                        truth: truth.clone(),
                        ..picture
                    });
                }
                Err(why) => self.missing.get_or_insert((why.summary, 0)).1 += 1,
            }
        }
    }

    /// In a row: all methods of an item, of as many items as fit.
    fn columns(&self) -> usize {
        self.layout.columns_of(self.pictures.len(), self.explainers.len())
    }
}

impl Session {
    /// Items that a sheet would show, in order, and how many there are in all.
    pub fn sheet_items(&self, of: SheetOf) -> (Vec<usize>, usize) {
        let most = MAX_PICTURES / self.explore.columns.len().max(1);
        match of {
            SheetOf::Marked => (self.explore.marked.iter().copied().take(most).collect(), self.explore.marked.len()),
            SheetOf::Listed => {
                let listed = self.explore.list.visible();
                (listed.iter().take(most).map(|&item| item as usize).collect(), listed.len())
            }
        }
    }

    pub(crate) fn start_sheet(&mut self, of: SheetOf) -> Vec<Request> {
        let (items, _) = self.sheet_items(of);
        let (Some(data), Some(black_box)) = (self.data.clone(), self.active_box().cloned()) else { return Vec::new() };
        let explainers = self.column_explainers();
        let Some(&first_item) = items.first() else {
            self.last_action = "No item for a contact sheet: mark some with M, or take the listed ones".to_owned();
            return Vec::new();
        };
        let explore = &self.explore;
        let contrast = explore.contrast(black_box.card.classes.len());
        let explain = Explain {
            black_box: black_box.clone(),
            explainers: explainers.clone(),
            data: data.clone(),
            item: first_item,
            fit: explore.fit,
            unit: explore.unit,
            k: explore.k,
            fill: explore.fill,
            seed: explore.seed,
            // Its pictures show the pair or the class, see `lens_of`.
            class_answers: contrast.is_none() && explore.class_focus.is_some(),
            contrast,
            rebuilt: false,
        };
        let looks = (explore.view, explore.hidden, self.figures.theme);
        let (form, group, shows_truth) = (explore.form, explore.group, explore.shows_truth);
        let curves = (explore.picked.clone(), explore.scales);
        let class = (explore.class_focus, explore.reading.against);
        let number = self.sheet.as_ref().map_or(1, |before| before.number + 1);
        let n_items = items.len();
        self.sheet = Some(PendingSheet {
            number,
            data,
            black_box,
            explainers,
            looks,
            layout: self.figures.sheet_look,
            form,
            group,
            curves,
            shows_truth,
            class,
            first_item,
            n_items,
            pictures: Vec::new(),
            missing: None,
        });
        self.open.sheet = false;
        let title = format!("Contact sheet of {}", describe::count(n_items, "item", "items"));
        self.last_action = format!("Making a contact sheet of {}", describe::count(n_items, "item", "items"));
        vec![Request::Run(Box::new(Run {
            lane: Lane::Interactive,
            slot: Slot::new(slots::SHEET, 0),
            priority: Priority::Normal,
            purpose: Purpose::Sheet(number),
            title,
            task: Task::ExplainMany { explain: Box::new(explain), items },
        }))]
    }

    /// One more item of a sheet is explained.
    pub(crate) fn sheet_partial(&mut self, number: u32, explained: &Explained) {
        if let Some(sheet) = self.sheet.as_mut().filter(|sheet| sheet.number == number) {
            sheet.take(explained);
        }
    }

    /// The last item is explained, or the work ended before it.
    pub(crate) fn sheet_done(&mut self, number: u32, result: Result<Arc<Explained>, JobError>) {
        let Some(mut sheet) = self.sheet.take_if(|sheet| sheet.number == number) else { return };
        match result {
            Ok(last) => sheet.take(&last),
            Err(JobError::Cancelled) => {
                self.last_action = "Cancelled: contact sheet".to_owned();
                return;
            }
            Err(error) => {
                self.notify(Level::Error, error.notice(), None);
                return;
            }
        }
        if let Some((reason, n)) = &sheet.missing {
            let (one, many) = describe::drawn_noun(sheet.data.modality);
            let missing = describe::count(*n, &format!("{one} is missing"), &format!("{many} are missing"));
            let summary = format!("{missing} on the contact sheet: {reason}");
            self.notify(Level::Warning, Notice::new("sheet-pictures", summary), None);
        }
        let columns = sheet.columns();
        let arranged = (Arrangement::Sheet { columns }, sheet.layout.page);
        match self.keep(sheet.pictures, arranged, sheet.first_item) {
            Ok(title) => {
                let at = self.figures.kept.len() - 1;
                let restore = Command::RestoreFigure(at, Box::new(self.figures.kept[at].clone()));
                let items = describe::count(sheet.n_items, "item", "items");
                self.last_action = format!("Contact sheet of {items} is in Figures: \"{title}\"");
                let title = self.last_action.clone();
                let place = self.place;
                self.undo.push(Step { back: Command::RemoveFigure(at), forward: restore, title, place });
                self.unsaved = true;
            }
            Err(error) => self.figure_failed(&error),
        }
    }
}
