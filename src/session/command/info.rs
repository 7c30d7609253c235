//! Title, tooltip and keys of every command.

use std::borrow::Cow;
use std::path::Path;

use super::super::items::ListStyle;
use super::super::shortcut::{Chord, Named, Shortcut};
use super::super::{Dialog, Place};
use super::{Command, Info};
use crate::data::DataSpec;
use crate::figure::layout::series::Scales;
use crate::figure::layout::{Hidden, View};

fn info(title: impl Into<Cow<'static, str>>, tip: &'static str, keys: Shortcut) -> Info {
    Info { title: title.into(), tip, keys }
}

/// The name of a file without its folders, as the top bar names what is open.
fn short_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

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
                "Of what is in view, write score and rank of each unit by each method shown, with true and predicted class, as CSV, JSON Lines, NPZ or Parquet.",
                &[CtrlShift('E')],
            ),
            Self::Ask(Dialog::ExportListedScores) => info(
                "Export scores of listed items…",
                "Explain every listed item with the methods shown and write score and rank of each unit, with true and predicted class, in the background.",
                &[],
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
                let name = paths.first().map(|path| short_name(path)).unwrap_or_default();
                info(format!("Open {name}"), "Open it.", &[])
            }
            Self::TakePart(_) => {
                info("Let a person take part", "Show nothing but the study, until it is left again.", &[])
            }
            Self::OpenSpec(spec) => {
                let name = spec
                    .parse::<DataSpec>()
                    .map_or_else(|_| short_name(Path::new(spec)), |spec| short_name(&spec.path));
                info(format!("Open {name}"), "Open this data.", &[])
            }
            Self::RetryData => info("Open the data again", "Try the data that could not be opened once more.", &[]),
            Self::ToggleSpec => info(
                "Change how the data are read…",
                "Open them again with other options: columns of text and classes, classes put together, parts.",
                &[],
            ),
            Self::ShowReading(_) => Self::ToggleSpec.info(),
            Self::LookAtData(spec) => info(format!("Look at {spec}"), "Find out what its columns are called.", &[]),
            Self::DismissFailed => info("Dismiss", "Put this away; the list of notices keeps it.", &[]),
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
            Self::GoToNumber(number) => {
                info(format!("Go to item #{number}"), "Look at the item with this number in its file.", &[])
            }
            Self::Find => info(
                "Find in the list",
                "List only the texts with a word or phrase; # and a number goes to that item.",
                &[Ctrl('F'), Sign('/')],
            ),
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
            Self::SetColumns(_) | Self::RestoreColumns { .. } => {
                info("Change the shown methods", "Show these methods side by side.", &[])
            }
            Self::UseBox(_) => info("Use this black box", "Explain this model.", &[]),
            Self::UseNoBox => info(
                "Use no black box",
                "Look at the data alone. The black box stays at hand, with its explainers.",
                &[],
            ),
            Self::Flip => info(
                "Flip selected and unselected",
                "Show only what the method selected; again: only what it left out.",
                &[Chord::Named(Named::Space)],
            ),
            Self::SetView(View::Overlay) => info(
                "View: overlay",
                "The input, with the selected units tinted; deeper for higher scores.",
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
            Self::ChooseGroup(None) => {
                info("Series: all channels", "Draw curves of all channels again, not of one group alone.", &[])
            }
            Self::ChooseGroup(Some(_)) => info(
                "Series: one group of channels",
                "Stacked and Overlaid draw the channels of this group alone; again: of all.",
                &[],
            ),
            Self::PickChannels(_) => {
                info("Series: pick channels", "Stacked and Overlaid draw the picked channels.", &[])
            }
            Self::TurnChannels(true) => info(
                "Series: next channels",
                "Stacked and Overlaid draw the next channels or, where one is chosen, the next group.",
                &[],
            ),
            Self::TurnChannels(false) => info(
                "Series: previous channels",
                "Stacked and Overlaid draw the channels or, where one is chosen, the group before.",
                &[],
            ),
            Self::SetScales(Scales::Own) => info(
                "Series: a scale for each channel",
                "Overlaid and Map draw each channel from its own lowest to its own highest value.",
                &[],
            ),
            Self::SetScales(Scales::One) => {
                info("Series: one scale for all channels", "Overlaid and Map draw all channels on one scale.", &[])
            }
            Self::SetScales(Scales::Auto) => info(
                "Series: scales as the ranges ask",
                "Overlaid and Map give each channel a scale of its own where their ranges differ much.",
                &[],
            ),
            Self::SetHidden(Hidden::AsModelSees) => {
                info("Hidden: as the model sees them", "Draw what is hidden with the value that the model gets.", &[])
            }
            Self::SetHidden(Hidden::Hatched) => {
                info("Hidden: hatched", "Hatch what is hidden, since a hidden dark pixel looks like background.", &[])
            }
            Self::ToggleHidden => info(
                "Hatch what is hidden, or show it as the model does",
                "A hidden dark pixel looks like background; hatching tells them apart.",
                &[Letter('T')],
            ),
            Self::SetUpCommand => info(
                "Connect the command under Train",
                "See which program answers for this black box, and connect it on this computer.",
                &[],
            ),
            Self::ToggleTruth => info(super::super::truth::TITLE, super::super::truth::TIP, &[]),
            Self::ToggleClasses => info(
                "Show or hide the classes",
                "What speaks for each class, under the viewer and below the text or row of a figure, for methods that tell classes apart.",
                &[],
            ),
            Self::SetUpStandIn => info(super::super::stand_in::TITLE, super::super::stand_in::TIP, &[]),
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
            Self::SetNote(..) => info("Change a note", "What is to be remembered of a marked item.", &[]),
            Self::Reading(action) => action.info(),
            Self::Study(action) => action.info(),
            Self::Ask(Dialog::Study(dialog)) => {
                let (title, tip) = dialog.words();
                info(title, tip, &[])
            }
            Self::RetryExplanation => {
                info("Explain again", "Compute the explanation in view once more.", &[Letter('R')])
            }
            Self::GoOn => info("Go on with all items", "Ask about the items of the list that are still missing.", &[]),
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
            Self::SetSheetLook(_) => {
                info("Change the layout of contact sheets", "Width, pictures in a row, and what is left out.", &[])
            }
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
            | Self::ExportListedScores(path)
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
                format!("Compute on: {}", super::super::devices::title(device)),
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
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn what_opens_data_is_called_after_the_file_without_kind_folders_and_options() {
        let title = |command: Command| command.info().title.into_owned();
        assert_eq!(title(Command::OpenSpec("csv:/some/a/own.csv?label=stars&limit=5".to_owned())), "Open own.csv");
        assert_eq!(title(Command::OpenSpec("synthetic:orange?n=400".to_owned())), "Open orange");
        assert_eq!(title(Command::OpenPaths(vec!["/some/a/boxcnn".into()])), "Open boxcnn");
        assert_eq!(title(Command::OpenPaths(vec!["/".into()])), "Open /");
    }
}
