//! Everything a user can do, in one enum: menus, shortcuts, the palette and tests share it.

use std::borrow::Cow;
use std::path::PathBuf;

use super::figures::{Change, KeptFigure};
use super::items::{Filter, ListStyle, Sort};
use super::measure::EvaluateForm;
use super::settings::Appearance;
use super::sheet::SheetOf;
use super::shortcut::{Chord, Named, Shortcut};
use super::study::{StudyAction, StudyDialog, StudyPart};
use super::train::{FitForm, TrainForm};
use super::{Dialog, Place, Session};
use crate::data::{Fit, Unit};
use crate::explain::Fill;
use crate::figure::Format;
use crate::figure::layout::series::Form;
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
    /// Use a black box.
    UseBox(usize),
    /// Swap selected and unselected.
    Flip,
    /// Show a view.
    SetView(View),
    /// Draw hidden pixels in a way.
    SetHidden(Hidden),
    /// Draw series in this form.
    SetForm(Form),
    /// Swap the two ways of drawing hidden pixels.
    ToggleHidden,
    /// Set up a stand-in for the black box in use.
    SetUpStandIn,
    /// Mark the units that truly decide the class, or do not.
    ToggleTruth,
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
    /// Compute the explanation in view again.
    RetryExplanation,
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
    /// A panel, by name, is this wide (points) from now on.
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

fn info(title: impl Into<Cow<'static, str>>, tip: &'static str, keys: Shortcut) -> Info {
    Info { title: title.into(), tip, keys }
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
    /// Title, tooltip and keys.
    pub fn info(&self) -> Info {
        use Chord::{Ctrl, CtrlDigit, CtrlMinus, CtrlPlus, CtrlShift, Digit, Letter, Sign};
        match self {
            Self::Go(Place::Explore) => info("Go to Explore", Place::Explore.question(), &[CtrlDigit(1)]),
            Self::Go(Place::Train) => info("Go to Train", Place::Train.question(), &[CtrlDigit(2)]),
            Self::Go(Place::Measure) => info("Go to Measure", Place::Measure.question(), &[CtrlDigit(3)]),
            Self::Go(Place::Study) => info("Go to Study", Place::Study.question(), &[CtrlDigit(4)]),
            Self::Go(Place::Figures) => info("Go to Figures", Place::Figures.question(), &[CtrlDigit(5)]),
            Self::Ask(Dialog::OpenFiles) => {
                info("Open files…", "Open data or pictures. Files can also be dropped on the window.", &[Ctrl('O')])
            }
            Self::Ask(Dialog::OpenFolder) => info(
                "Open folder…",
                "Open a folder of pictures, a model, an explainer or a project.",
                &[CtrlShift('O')],
            ),
            Self::Ask(Dialog::SaveProject) => info(
                "Save project as…",
                "Keep data, models and settings in a folder that can be opened again.",
                &[CtrlShift('S')],
            ),
            Self::Ask(Dialog::ExportFigure) => {
                info("Export figure…", "Write what is in view as PNG, SVG or PDF.", &[Letter('E')])
            }
            Self::Ask(Dialog::ExportKept(_)) => info("Export this figure…", "Write it as PNG, SVG or PDF.", &[]),
            Self::Ask(Dialog::ExportScores) => info(
                "Export scores…",
                "Write score and rank of each unit as CSV, JSON Lines or NPZ.",
                &[CtrlShift('E')],
            ),
            Self::Ask(Dialog::ExportTable) => {
                info("Export table…", "Write the table of metrics as CSV, JSON, Markdown or LaTeX.", &[])
            }
            Self::Ask(Dialog::Embedding) => info(
                "Embedding for IoU…",
                "Find similar texts by vectors of words (GloVe's or word2vec's text form) or by .npy with a row for each text.",
                &[],
            ),
            Self::OpenPaths(paths) => {
                let name = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
                info(format!("Open {name}"), "Open it.", &[])
            }
            Self::TakePart(_) => {
                info("Let a person take part", "Show nothing but the study, until it is left again.", &[])
            }
            Self::OpenSpec(spec) => info(format!("Open {spec}"), "Open this data.", &[]),
            Self::RetryData => info("Open the data again", "Try the data that could not be opened once more.", &[]),
            Self::Save => info("Save project", "Write the project's state to its folder.", &[Ctrl('S')]),
            Self::SaveProjectIn(dir) => info(format!("Save project in {}", dir.display()), "Save it there.", &[]),
            Self::RevertProject => info(
                "Go back to the last saved state",
                "Give up the unsaved work that was restored when the project was opened.",
                &[],
            ),
            Self::RestoreUntitled => info(
                "Restore unsaved work",
                "Show what an earlier session had not saved, in place of what is open.",
                &[],
            ),
            Self::DiscardUntitled => info(
                "Discard unsaved work",
                "Remove what an earlier session had not saved, with what it trained. This cannot be taken back.",
                &[],
            ),
            Self::HideUntitled => info("Not now", "Offer it again at the next start.", &[]),
            Self::DismissGuide => info("Close the guide", "Do not show what to try again.", &[]),
            Self::NextItem => info("Next item", "Go to the next item of the list.", &[Chord::Named(Named::Right)]),
            Self::PreviousItem => info("Previous item", "Go to the item before.", &[Chord::Named(Named::Left)]),
            Self::PageDown => info("Twenty items on", "Go on by twenty items.", &[Chord::Named(Named::PageDown)]),
            Self::PageUp => info("Twenty items back", "Go back by twenty items.", &[Chord::Named(Named::PageUp)]),
            Self::FirstItem => info("First item", "Go to the head of the list.", &[Chord::Named(Named::Home)]),
            Self::LastItem => info("Last item", "Go to the end of the list.", &[Chord::Named(Named::End)]),
            Self::SelectItem(item) => info(format!("Look at item {item}"), "Look at this item.", &[]),
            Self::NextMethod => {
                info("Next method", "Show the next method in the focused column.", &[Chord::Named(Named::Down)])
            }
            Self::PreviousMethod => {
                info("Previous method", "Show the method before it in the focused column.", &[Chord::Named(Named::Up)])
            }
            Self::FocusColumn(column) => {
                info(format!("Focus column {}", column + 1), "Keys and inspector follow this column.", &[])
            }
            Self::SetMethod { column, .. } => {
                info(format!("Change the method of column {}", column + 1), "Show another method here.", &[])
            }
            Self::AddColumn => info(
                "Add a method to the comparison",
                "Show one more method beside the others, up to four.",
                &[Letter('C')],
            ),
            Self::RemoveColumn(column) => {
                info(format!("Remove column {}", column + 1), "Stop showing this method.", &[])
            }
            Self::SetColumns(_) => info("Change the shown methods", "Show these methods side by side.", &[]),
            Self::UseBox(_) => info("Use this black box", "Explain this model.", &[]),
            Self::Flip => info(
                "Flip selected and unselected",
                "Show only what the method selected; again: only what it left out.",
                &[Chord::Named(Named::Space)],
            ),
            Self::SetView(View::Overlay) => info(
                "View: overlay",
                "The input, with the selected units tinted; stronger for higher ranks.",
                &[Letter('O')],
            ),
            Self::SetView(View::Selected) => {
                info("View: selected only", "Only what the method selected; the rest is hidden.", &[Letter('S')])
            }
            Self::SetView(View::Unselected) => {
                info("View: unselected only", "Only what the method left out.", &[Letter('U')])
            }
            Self::SetView(View::Side) => {
                info("View: side by side", "Selected and unselected beside each other.", &[Letter('D')])
            }
            Self::SetView(View::Heat) => {
                info("View: heat", "The score of every unit on a colour scale.", &[Letter('H')])
            }
            Self::SetForm(form) => info(form.command(), form.tip(), &[]),
            Self::SetHidden(Hidden::AsModelSees) => {
                info("Hidden: as the model sees them", "Draw hidden pixels with the value that the model gets.", &[])
            }
            Self::SetHidden(Hidden::Hatched) => {
                info("Hidden: hatched", "Hatch hidden pixels, since a hidden dark pixel looks like background.", &[])
            }
            Self::ToggleHidden => info(
                "Hatch hidden pixels, or show them as the model does",
                "A hidden dark pixel looks like background; hatching tells them apart.",
                &[Letter('T')],
            ),
            Self::ToggleTruth => info(super::truth::TITLE, super::truth::TIP, &[]),
            Self::SetUpStandIn => info(super::stand_in::TITLE, super::stand_in::TIP, &[]),
            Self::Peek(_) => {
                info("Peek at the full input", "Hold the key to see the input without any marks.", &[Letter('X')])
            }
            Self::KBy(1) => info("Select one more", "Select one more unit.", &[Sign('.')]),
            Self::KBy(-1) => info("Select one less", "Select one unit less.", &[Sign(',')]),
            Self::KBy(10) => {
                info("Select ten more", "Select ten more units (Shift with the key for one).", &[Sign('>')])
            }
            Self::KBy(-10) => {
                info("Select ten less", "Select ten units less (Shift with the key for one).", &[Sign('<')])
            }
            Self::KBy(by) => info(format!("Change k by {by}"), "Select more or fewer units.", &[]),
            Self::SetK(k) => info(format!("Select {k}"), "Select this many units.", &[]),
            Self::SetUnit(unit, _) => info(format!("Select {}", unit.noun(2)), "Select units of this kind.", &[]),
            Self::SetFill(fill) => {
                info(format!("Fill: {}", fill.id()), "What hidden units become before the model sees them.", &[])
            }
            Self::NextFill => {
                info("Next fill", "Fill hidden units with zero, the mean, or noise from data.", &[Letter('N')])
            }
            Self::SetFit(_) => info("Change how the picture is fitted", "Resize, grey, invert, crop.", &[]),
            Self::ToggleFit => {
                info("Show how the picture is fitted", "See and change exactly what the model gets.", &[Letter('I')])
            }
            Self::FocusClass(None) => {
                info("Follow the predicted class", "Show probabilities of the class that the model predicts.", &[])
            }
            Self::FocusClass(Some(class)) => {
                const DIGITS: [Shortcut; 10] = [
                    &[Digit(0)],
                    &[Digit(1)],
                    &[Digit(2)],
                    &[Digit(3)],
                    &[Digit(4)],
                    &[Digit(5)],
                    &[Digit(6)],
                    &[Digit(7)],
                    &[Digit(8)],
                    &[Digit(9)],
                ];
                let keys = DIGITS.get(*class).copied().unwrap_or(&[]);
                info(
                    format!("Follow class number {class}"),
                    "Show the probability of this class; again: of the predicted one.",
                    keys,
                )
            }
            Self::SetFilter(_) => info("Change the filter", "List only some items.", &[]),
            Self::SetSort(_) => info("Change the order", "Sort the list of items.", &[]),
            Self::SetListStyle(ListStyle::Strip) => info("Items as pictures", "List items as small pictures.", &[]),
            Self::SetListStyle(ListStyle::Table) => {
                info("Items as a table", "List items with class, prediction, confidence and faithfulness.", &[])
            }
            Self::ToggleListStyle => {
                info("Items as pictures or as a table", "Swap the film strip and the table.", &[Letter('L')])
            }
            Self::Pin => info("Pin or unpin the item", "Pinned items stay at the head of the list.", &[Letter('P')]),
            Self::SetPinned(..) => info("Change the pin of an item", "Pinned items stay at the head of the list.", &[]),
            Self::Mark => info("Mark or unmark the item", "Marked items can be listed alone.", &[Letter('M')]),
            Self::SetMarked(..) => info("Change the mark of an item", "Marked items can be listed alone.", &[]),
            Self::Reading(action) => action.info(),
            Self::Study(action) => action.info(),
            Self::Ask(Dialog::Study(dialog)) => {
                let (title, tip) = dialog.words();
                info(title, tip, &[])
            }
            Self::RetryExplanation => {
                info("Explain again", "Compute the explanation in view once more.", &[Letter('R')])
            }
            Self::KeepFigure => info("Keep this figure", "Keep what is in view for the Figures place.", &[Letter('K')]),
            Self::RemoveFigure(_) => info("Remove this figure", "Take it out of the kept figures.", &[]),
            Self::ChangeFigure(_, _, change) => info(change.words(), "Change a kept figure.", &[]),
            Self::MoveFigure(_, to) => {
                info(format!("Move the figure to place {}", to + 1), "The order of the list is that of files.", &[])
            }
            Self::ToggleSheet => info(
                "Contact sheet of items…",
                "Explain the marked or the listed items and put them on one figure.",
                &[],
            ),
            Self::StartSheet(_) => info("Make the contact sheet", "It is kept in Figures when it is done.", &[]),
            Self::MakeSheet(_) => info("Make a contact sheet", "Put the chosen figures on one sheet.", &[]),
            Self::SetPngScale(scale) => {
                info(format!("PNG at {scale} pixels per point"), "Finer PNG files are larger.", &[])
            }
            Self::Ask(Dialog::ExportAllKept(format)) => info(
                format!("Export all as {}…", format.extension().to_uppercase()),
                "Write every kept figure into a folder, numbered in the order of the list.",
                &[],
            ),
            Self::RestoreFigure(..) => info("Put the figure back", "Put a removed figure back.", &[]),
            Self::ExportFigure(path)
            | Self::ExportKept(_, path)
            | Self::ExportScores(path)
            | Self::ExportAllKept(path, _)
            | Self::ExportTable(path) => info(format!("Export to {}", path.display()), "Write the file.", &[]),
            Self::ToggleViewerAlone => {
                info("Viewer alone", "Hide lists and inspector, or show them again.", &[Letter('F')])
            }
            Self::ToggleItems => info("Show or hide the items", "The list of items on the left.", &[Ctrl('B')]),
            Self::ToggleInspector => {
                info("Show or hide the inspector", "Numbers and notes on the right.", &[Ctrl('I')])
            }
            Self::StartFit(_) => info("Train the black box", "Train it on the open data.", &[]),
            Self::StartTraining(_) => {
                info("Train the explainer", "Train it on the open data and the black box in use.", &[])
            }
            Self::RetryTraining(_) => info("Start the training again", "With the same settings and seed.", &[]),
            Self::SelectRun(_) => info("Show this run", "Show its curves.", &[]),
            Self::StartEvaluation(_) => info("Measure", "Compute the chosen metrics.", &[]),
            Self::SetEmbedding(None) => info("Back to TF-IDF", "Find similar texts by TF-IDF vectors.", &[]),
            Self::SetEmbedding(Some(path)) => {
                info(format!("Similar texts by {}", path.display()), "Find similar texts by this embedding.", &[])
            }
            Self::CancelJob(_) => info("Cancel", "End this job; what it finished stays.", &[]),
            Self::PauseJob(_, true) => info("Pause", "Let the job rest after its step.", &[]),
            Self::PauseJob(_, false) => info("Go on", "Let the job go on.", &[]),
            Self::CancelAll => info("Cancel all jobs", "End everything that runs.", &[]),
            Self::ToggleJobs => info("Running jobs", "Show what runs, with pause and cancel.", &[Ctrl('J')]),
            Self::Undo => info("Undo", "Take the last change back.", &[Ctrl('Z')]),
            Self::Redo => info("Redo", "Make the change again.", &[Ctrl('Y'), CtrlShift('Z')]),
            Self::TogglePalette => info("All commands", "Find any command by typing part of its name.", &[Ctrl('K')]),
            Self::ToggleShortcuts => info("Keyboard shortcuts", "All keys on one sheet.", &[Sign('?')]),
            Self::ToggleNotices => {
                info("Notices", "What went wrong or should be known, until it is removed.", &[Ctrl('L')])
            }
            Self::RemoveNotice(_) => info("Remove this notice", "Take it off the list.", &[]),
            Self::ClearNotices => info("Remove all notices", "Empty the list.", &[]),
            Self::CloseTop => info(
                "Close what lies on top",
                "Close the sheet, list or form in front.",
                &[Chord::Named(Named::Escape)],
            ),
            Self::ZoomIn => info("Larger", "Make everything in the window larger.", &[CtrlPlus]),
            Self::ZoomOut => info("Smaller", "Make everything in the window smaller.", &[CtrlMinus]),
            Self::ZoomReset => info("Normal size", "Show everything in its normal size.", &[CtrlDigit(0)]),
            Self::SetAppearance(appearance) => {
                info(format!("Appearance: {}", appearance.title()), "Light and dark show the same.", &[])
            }
            Self::SetPanelWidth(..) => info("Change the width of a panel", "It is kept with the layout.", &[]),
            Self::SetDevice(device) => info(
                format!("Compute on: {}", super::devices::title(device)),
                "Where networks are computed, from the next start of the program.",
                &[],
            ),
            Self::ResetLayout => info("Reset the layout", "Give all panels their first sizes.", &[]),
            Self::CopyDiagnostics => {
                info("Copy diagnostics", "Put versions, device and latest notices on the clipboard, for a report.", &[])
            }
            Self::Quit => info("Quit", "Close the window.", &[Ctrl('Q')]),
        }
    }

    /// Commands that stand in the palette and on the sheet whatever is open, in the order of the sheet.
    pub fn fixed() -> Vec<Self> {
        let mut all = vec![
            Self::Ask(Dialog::OpenFiles),
            Self::Ask(Dialog::OpenFolder),
            Self::Save,
            Self::Ask(Dialog::SaveProject),
            Self::RevertProject,
            Self::RestoreUntitled,
            Self::DiscardUntitled,
            Self::Quit,
            Self::NextItem,
            Self::PreviousItem,
            Self::PageDown,
            Self::PageUp,
            Self::FirstItem,
            Self::LastItem,
            Self::Pin,
            Self::Mark,
            Self::ToggleListStyle,
            Self::NextMethod,
            Self::PreviousMethod,
            Self::AddColumn,
            Self::Flip,
            Self::Peek(true),
        ];
        all.extend(VIEWS.map(Self::SetView));
        all.extend(Form::ALL.map(Self::SetForm));
        all.extend([
            Self::ToggleHidden,
            Self::ToggleTruth,
            Self::KBy(1),
            Self::KBy(-1),
            Self::KBy(10),
            Self::KBy(-10),
            Self::NextFill,
            Self::Reading(super::reading::Action::OpenOwn(true)),
            Self::ToggleFit,
            Self::RetryExplanation,
        ]);
        all.extend((0..10).map(|class| Self::FocusClass(Some(class))));
        all.extend([
            Self::FocusClass(None),
            Self::KeepFigure,
            Self::ToggleSheet,
            Self::Ask(Dialog::ExportFigure),
            Self::Ask(Dialog::ExportScores),
            Self::Ask(Dialog::ExportTable),
        ]);
        all.extend([StudyDialog::OpenDesign, StudyDialog::Open].map(StudyDialog::ask));
        all.extend(StudyPart::ALL.map(|part| Self::Study(StudyAction::Show(part))));
        all.extend(Place::ALL.map(Self::Go));
        all.extend([
            Self::ToggleViewerAlone,
            Self::ToggleItems,
            Self::ToggleInspector,
            Self::TogglePalette,
            Self::ToggleShortcuts,
            Self::ToggleNotices,
            Self::ToggleJobs,
            Self::CancelAll,
            Self::Undo,
            Self::Redo,
            Self::ZoomIn,
            Self::ZoomOut,
            Self::ZoomReset,
            Self::SetAppearance(Appearance::System),
            Self::SetAppearance(Appearance::Dark),
            Self::SetAppearance(Appearance::Light),
            Self::ResetLayout,
            Self::CopyDiagnostics,
            Self::CloseTop,
        ]);
        all
    }

    /// Everything the palette offers now: the fixed commands and those that name what is open.
    pub fn palette(session: &Session) -> Vec<(Self, String)> {
        let mut all: Vec<(Self, String)> = Self::fixed()
            .into_iter()
            .filter(|command| !matches!(command, Self::FocusClass(Some(_)) | Self::CloseTop))
            .map(|command| {
                let title = command.info().title.into_owned();
                (command, title)
            })
            .collect();
        if let Some(active) = session.active_box() {
            for (class, name) in active.card.classes.iter().enumerate() {
                all.push((Self::FocusClass(Some(class)), format!("Follow class {name}")));
            }
        }
        for explainer in session.usable_explainers() {
            let name = &session.explainers[explainer].card.name;
            let column = session.explore.focus;
            all.push((Self::SetMethod { column, explainer }, format!("Show method {name}")));
        }
        let modality = session.modality();
        for &fill in super::reading::fills_for(modality) {
            let words = super::reading::fill_words_for(fill, modality);
            all.push((Self::SetFill(fill), format!("Fill hidden units with {words}")));
        }
        for device in &session.devices.choices {
            let command = Self::SetDevice(device.clone());
            let title = command.info().title.into_owned();
            all.push((command, title));
        }
        for (title, spec) in &session.samples {
            all.push((Self::OpenSpec(spec.clone()), format!("Open sample: {title}")));
        }
        for recent in &session.settings.recent {
            all.push((Self::OpenSpec(recent.clone()), format!("Open recent: {recent}")));
        }
        all
    }

    /// Whether two edits of a row (a dragged slider) become one step of undo.
    pub(super) fn merges_with(&self, later: &Self) -> bool {
        if let (Self::ChangeFigure(at, _, change), Self::ChangeFigure(later_at, _, later)) = (self, later) {
            return at == later_at && change.merges_with(*later);
        }
        matches!(
            (self, later),
            (Self::SetK(_), Self::SetK(_))
                | (Self::SetFit(_), Self::SetFit(_))
                | (Self::SetFilter(_), Self::SetFilter(_))
        )
    }

    /// Whether the command can be used now.
    pub fn availability(&self, session: &Session) -> Availability {
        let no = |reason: &'static str| Err(Cow::Borrowed(reason));
        let needs_item = || match (&session.data, session.explore.item) {
            (None, _) => no("Open data first"),
            (_, None) => no("No item is listed; open the filter"),
            _ => Ok(()),
        };
        let needs_methods = || {
            needs_item()?;
            match session.active_box() {
                None => no("Train or open a black box first"),
                Some(_) if session.usable_explainers().is_empty() => no("Train or open an explainer first"),
                Some(_) => Ok(()),
            }
        };
        let needs_result = || {
            needs_methods()?;
            let is_in_view = session.explore.explained().is_some_and(|explained| session.is_in_view(explained));
            if is_in_view && session.explore.is_current() && session.explore.focused_result().is_some() {
                Ok(())
            } else {
                no("There is no explanation of this item yet")
            }
        };
        match self {
            Self::NextItem | Self::PageDown | Self::LastItem => {
                needs_item()?;
                if session.at_end() { no("This is the last item of the list") } else { Ok(()) }
            }
            Self::PreviousItem | Self::PageUp | Self::FirstItem => {
                needs_item()?;
                if session.at_start() { no("This is the first item of the list") } else { Ok(()) }
            }
            Self::Pin | Self::Mark | Self::SelectItem(_) => needs_item(),
            Self::NextMethod | Self::PreviousMethod => {
                needs_methods()?;
                if session.usable_explainers().len() > 1 { Ok(()) } else { no("There is only one explainer") }
            }
            Self::AddColumn => {
                needs_methods()?;
                if session.explore.columns.len() >= super::explore::MAX_COLUMNS {
                    no("Four methods are the most that fit")
                } else if session.next_unshown().is_none() {
                    no("Every explainer of this black box is shown already")
                } else {
                    Ok(())
                }
            }
            Self::RemoveColumn(_) if session.explore.columns.len() < 2 => no("One method always stays"),
            Self::SetForm(form) => session.form_fits(*form),
            Self::ToggleTruth => session.truth_is_known(),
            Self::Flip | Self::SetView(_) | Self::SetHidden(_) | Self::ToggleHidden | Self::Peek(_) => needs_methods(),
            Self::KBy(by) => {
                needs_methods()?;
                match by.signum() {
                    1 if session.explore.k >= session.unit_count() => no("All units are selected"),
                    -1 if session.explore.k <= 1 => no("At least one unit is selected"),
                    _ => Ok(()),
                }
            }
            Self::SetK(_)
            | Self::SetUnit(..)
            | Self::SetFill(_)
            | Self::NextFill
            | Self::SetMethod { .. }
            | Self::RetryExplanation => needs_methods(),
            // What is open can always be closed.
            Self::ToggleSheet if session.open.sheet => Ok(()),
            Self::ToggleSheet => needs_methods(),
            Self::StartSheet(of) => {
                needs_methods()?;
                match (session.sheet_items(*of).0.is_empty(), of) {
                    (false, _) => Ok(()),
                    (true, SheetOf::Marked) => no("No item is marked; press M on some, or take the listed ones"),
                    (true, SheetOf::Listed) => no("No item is listed; open the filter"),
                }
            }
            Self::ToggleFit => {
                needs_item()?;
                if session.active_box().is_some() { Ok(()) } else { no("Train or open a black box first") }
            }
            Self::FocusClass(Some(class)) => match session.active_box() {
                None => no("Train or open a black box first"),
                Some(active) if *class >= active.card.classes.len() => {
                    no("The black box has no class with this number")
                }
                Some(_) => Ok(()),
            },
            Self::Reading(action) => action.availability(session),
            Self::Study(action) => action.availability(session),
            Self::Ask(Dialog::Study(dialog)) => dialog.availability(session),
            Self::Ask(Dialog::ExportScores) | Self::ExportScores(_) => needs_result(),
            Self::KeepFigure | Self::Ask(Dialog::ExportFigure) | Self::ExportFigure(_) => {
                let why = session.explore.explained().and_then(|explained| crate::jobs::picture::undrawable(explained));
                why.map_or_else(needs_result, |why| Err(Cow::Owned(why)))
            }
            Self::Ask(Dialog::ExportAllKept(_)) if session.figures.kept.is_empty() => no("No figure was kept yet"),
            Self::Ask(Dialog::ExportTable) if session.measure.table().is_none() => no("Measure something first"),
            Self::StartFit(_) if session.data.is_none() => no("Open data first"),
            Self::StartTraining(_) | Self::StartEvaluation(_) => {
                if session.data.is_none() {
                    no("Open data first")
                } else if session.active_box().is_none() {
                    no("Train or open a black box first")
                } else {
                    Ok(())
                }
            }
            Self::Undo if session.undo.next_undo().is_none() => no("Nothing to take back"),
            Self::Redo if session.undo.next_redo().is_none() => no("Nothing was taken back"),
            Self::CancelAll if session.running.listed().next().is_none() => no("Nothing runs"),
            Self::RevertProject if !session.can_revert() => no("No unsaved work was restored"),
            Self::RestoreUntitled | Self::DiscardUntitled if session.leftovers.is_empty() => {
                no("No unsaved work of an earlier session is there")
            }
            Self::ClearNotices if session.notices.entries().is_empty() => no("There are no notices"),
            _ => Ok(()),
        }
    }
}
