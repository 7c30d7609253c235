//! Everything a user can do, in one enum: menus, shortcuts, the palette and tests share it.
//!
//! Of each command, [`info`] has title, tooltip and keys, [`availability`] when it can be used, and [`lists`] where it is listed;
//! `session::apply` does it.

mod availability;
mod info;
mod lists;

use std::borrow::Cow;
use std::path::PathBuf;

use super::figures::{Change, KeptFigure};
use super::items::{Filter, ListStyle, Sort};
use super::measure::EvaluateForm;
use super::settings::Appearance;
use super::sheet::{SheetLook, SheetOf};
use super::shortcut::Shortcut;
use super::train::{FitForm, TrainForm};
use super::{Dialog, Place};
use crate::data::{DataSpec, Fit, Unit};
use crate::explain::Fill;
use crate::figure::Format;
use crate::figure::layout::series::{Form, Scales};
use crate::figure::layout::{Hidden, View};
use crate::work::JobId;

/// `Err` holds the reason why a command cannot be used now, for tooltips and the palette.
pub type Availability = Result<(), Cow<'static, str>>;

/// Something a user can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show a place.
    Go(Place),
    /// Ask for files or a folder.
    Ask(Dialog),
    /// Open what the paths hold: data, a black box, an explainer or a project.
    OpenPaths(Vec<PathBuf>),
    /// Participant mode on this file, until it is left.
    TakePart(PathBuf),
    /// Open data from a specification as written on the command line.
    OpenSpec(String),
    /// Try the last data again.
    RetryData,
    /// Open or close the form that changes how the data are read.
    ToggleSpec,
    /// Change how the open data are read, named by their specification.
    ShowReading(String),
    /// Look at data without opening them, so that the form knows their columns.
    LookAtData(DataSpec),
    /// Put the card away that says what could not be opened.
    DismissFailed,
    /// Save the project where it is, or ask where.
    Save,
    /// Save the project in this folder from now on.
    SaveProjectIn(PathBuf),
    /// Give up restored unsaved work.
    RevertProject,
    /// Show unsaved work of an earlier session again.
    RestoreUntitled,
    /// Remove unsaved work of an earlier session.
    DiscardUntitled,
    /// Offer unsaved work of an earlier session at the next start, not now.
    HideUntitled,
    /// Do not show the guide again.
    DismissGuide,
    /// Go to the next item of the list.
    NextItem,
    /// Go to the previous item of the list.
    PreviousItem,
    /// Go on by a page of the list.
    PageDown,
    /// Go back by a page of the list.
    PageUp,
    /// Go to the first item of the list.
    FirstItem,
    /// Go to the last item of the list.
    LastItem,
    /// Look at an item.
    SelectItem(usize),
    /// Look at the item with this number in its file.
    GoToNumber(u32),
    /// Put the cursor where the list is searched.
    Find,
    /// Show the next method in the focused column.
    NextMethod,
    /// Show the previous method in the focused column.
    PreviousMethod,
    /// Focus a column.
    FocusColumn(usize),
    /// Show an explainer in a column.
    SetMethod {
        /// Column.
        column: usize,
        /// Index of the explainer.
        explainer: usize,
    },
    /// Add a method side by side.
    AddColumn,
    /// Remove a column.
    RemoveColumn(usize),
    /// Show exactly these explainers.
    SetColumns(Vec<usize>),
    /// Show these explainers again as they were shown: what taking back a change of columns does.
    RestoreColumns {
        /// Explainers, by index.
        columns: Vec<usize>,
        /// What was selected.
        unit: Unit,
        /// How many.
        k: usize,
        /// Whether the user had set how many.
        k_is_set: bool,
    },
    /// Use a black box.
    UseBox(usize),
    /// Look at the data without a black box.
    UseNoBox,
    /// Swap selected and unselected.
    Flip,
    /// Show a view.
    SetView(View),
    /// Draw hidden pixels in a way.
    SetHidden(Hidden),
    /// Draw series in this form.
    SetForm(Form),
    /// Draw curves of the group of channels that begins at this one alone, or, again, of all channels.
    ChooseGroup(Option<usize>),
    /// Draw curves of exactly these channels; of none: as usual.
    PickChannels(Vec<usize>),
    /// Draw curves of the next channels or groups (`true`), or of those before.
    TurnChannels(bool),
    /// Which scale channels have that share a plot or a map.
    SetScales(Scales),
    /// Swap the two ways of drawing hidden pixels.
    ToggleHidden,
    /// Set up a stand-in for the black box in use.
    SetUpStandIn,
    /// Set up the command behind the black box in use, to connect it on this computer.
    SetUpCommand,
    /// Mark the units that truly decide the class, or do not.
    ToggleTruth,
    /// Show what speaks for each class, or do not.
    ToggleClasses,
    /// Show the full input while a key is held.
    Peek(bool),
    /// Select more or fewer units.
    KBy(i64),
    /// Select this many units.
    SetK(usize),
    /// Select this kind of unit, this many.
    SetUnit(Unit, usize),
    /// Fill hidden units this way.
    SetFill(Fill),
    /// Use the next fill.
    NextFill,
    /// Fit pictures this way.
    SetFit(Fit),
    /// Open or close the form of the fit.
    ToggleFit,
    /// Follow the probability of a class; `None`: the predicted one.
    FocusClass(Option<usize>),
    /// Something done while reading a text.
    Reading(super::reading::Action),
    /// Something done in the Study place.
    Study(super::study::StudyAction),
    /// Change the filter.
    SetFilter(Filter),
    /// Change the order.
    SetSort(Sort),
    /// Film strip or table.
    SetListStyle(ListStyle),
    /// Swap film strip and table.
    ToggleListStyle,
    /// Pin the item in view, or take the pin off.
    Pin,
    /// Set or take off the pin of an item.
    SetPinned(usize, bool),
    /// Mark the item in view, or take the mark off.
    Mark,
    /// Set or take off the mark of an item.
    SetMarked(usize, bool),
    /// Note this on a marked item; nothing if it is empty.
    SetNote(usize, String),
    /// Compute the explanation in view again.
    RetryExplanation,
    /// Go on with the questions about all items that were stopped.
    GoOn,
    /// Keep the figure in view.
    KeepFigure,
    /// Remove a kept figure.
    RemoveFigure(usize),
    /// Put a removed figure back.
    RestoreFigure(usize, Box<KeptFigure>),
    /// Put a changed figure in the place of number n.
    ChangeFigure(usize, Box<KeptFigure>, Change),
    /// Move a kept figure to another place of the list.
    MoveFigure(usize, usize),
    /// Make a contact sheet of some kept figures.
    MakeSheet(Vec<usize>),
    /// Open or close the form for a contact sheet of items.
    ToggleSheet,
    /// Explain items and put them on a contact sheet.
    StartSheet(SheetOf),
    /// Lay new contact sheets out so.
    SetSheetLook(SheetLook),
    /// Pixels per point of PNG files.
    SetPngScale(f32),
    /// Write every kept figure into a folder.
    ExportAllKept(PathBuf, Format),
    /// Write the figure in view.
    ExportFigure(PathBuf),
    /// Write a kept figure.
    ExportKept(usize, PathBuf),
    /// Write the scores in view.
    ExportScores(PathBuf),
    /// Explain all listed items and write their scores.
    ExportListedScores(PathBuf),
    /// Write the table of metrics.
    ExportTable(PathBuf),
    /// Only the viewer, or everything again.
    ToggleViewerAlone,
    /// Show or hide the list of items.
    ToggleItems,
    /// Show or hide the inspector.
    ToggleInspector,
    /// Train a black box.
    StartFit(Box<FitForm>),
    /// Train an explainer.
    StartTraining(Box<TrainForm>),
    /// Start a training run again.
    RetryTraining(u32),
    /// Show the curves of a run.
    SelectRun(u32),
    /// Measure.
    StartEvaluation(Box<EvaluateForm>),
    /// Find similar texts by this embedding; by TF-IDF without one.
    SetEmbedding(Option<PathBuf>),
    /// Cancel a job.
    CancelJob(JobId),
    /// Pause a job or let it go on.
    PauseJob(JobId, bool),
    /// Cancel every job.
    CancelAll,
    /// Open or close the list of running jobs.
    ToggleJobs,
    /// Take back the last edit.
    Undo,
    /// Do the edit again.
    Redo,
    /// Open or close the palette.
    TogglePalette,
    /// Open or close the sheet of shortcuts.
    ToggleShortcuts,
    /// Open or close the list of notices.
    ToggleNotices,
    /// Remove a notice.
    RemoveNotice(u64),
    /// Remove all notices.
    ClearNotices,
    /// Close what lies on top.
    CloseTop,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Normal size.
    ZoomReset,
    /// Dark, light, or as the system.
    SetAppearance(Appearance),
    /// A panel, by name, is this wide, or one under the viewer this high (points), from now on.
    SetPanelWidth(&'static str, f32),
    /// Compute on this device from the next start on.
    SetDevice(String),
    /// Panels as they were at first.
    ResetLayout,
    /// Put versions, devices and settings on the clipboard.
    CopyDiagnostics,
    /// Close the window.
    Quit,
}

/// What is fixed about a command.
#[derive(Clone, Debug)]
pub struct Info {
    /// In sentence case; with "…" where a dialog follows.
    pub title: Cow<'static, str>,
    /// A sentence.
    pub tip: &'static str,
    /// Keys; the first is shown.
    pub keys: Shortcut,
}

/// Name of a view on screen.
pub const fn view_title(view: View) -> &'static str {
    match view {
        View::Overlay => "Overlay",
        View::Selected => "Selected",
        View::Unselected => "Unselected",
        View::Side => "Side by side",
        View::Heat => "Heat",
    }
}

/// All views, in the order of the buttons.
pub const VIEWS: [View; 5] = [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat];

impl Command {
    /// Where it is seen that this edit is taken back or done again; the first is where the user is led who is elsewhere.
    pub(super) const fn seen_in(&self) -> &'static [Place] {
        match self {
            // Kept while exploring, listed with the others.
            Self::KeepFigure | Self::MakeSheet(_) | Self::RestoreFigure(..) => &[Place::Figures, Place::Explore],
            Self::RemoveFigure(_) | Self::ChangeFigure(..) | Self::MoveFigure(..) => &[Place::Figures],
            // What is measured follows what is looked at.
            Self::SetK(_) | Self::SetUnit(..) => &[Place::Explore, Place::Measure],
            _ => &[Place::Explore],
        }
    }

    /// Whether two edits of a row (a dragged slider) become one step of undo.
    pub(super) fn merges_with(&self, later: &Self) -> bool {
        if let (Self::ChangeFigure(at, _, change), Self::ChangeFigure(later_at, _, later)) = (self, later) {
            return at == later_at && change.merges_with(*later);
        }
        if let (Self::SetNote(item, _), Self::SetNote(later, _)) = (self, later) {
            return item == later;
        }
        matches!(
            (self, later),
            (Self::SetK(_), Self::SetK(_))
                // Flipping to and fro is one step, and none where it ends where it began.
                | (Self::SetView(_), Self::SetView(_))
                | (Self::SetFit(_), Self::SetFit(_))
                | (Self::SetFilter(_), Self::SetFilter(_))
        )
    }
}
