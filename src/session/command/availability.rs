//! When a command can be used, and why not.

use std::borrow::Cow;

use super::super::sheet::SheetOf;
use super::super::{Dialog, Session};
use super::{Availability, Command};
use crate::data::Modality;
use crate::figure::layout::series::Form;

impl Command {
    /// Whether the command can be used now.
    pub fn availability(&self, session: &Session) -> Availability {
        let no = |reason: &'static str| Err(Cow::Borrowed(reason));
        let needs_item = || match (&session.data, session.explore.item) {
            (None, _) => no("Open data first"),
            (_, None) => no("No item is listed; open the filter"),
            _ => Ok(()),
        };
        // The user's own text is looked at like an item, also where no data are open.
        let needs_view = || if session.own_text().is_some() { Ok(()) } else { needs_item() };
        let needs_methods = || {
            needs_view()?;
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
        // What is not shown in the window does not come out through a figure either.
        let needs_shown = |is_hidden: bool| {
            if is_hidden && session.modality() == Modality::Text {
                no("What may offend and is not shown is not drawn; press \"Show offensive texts\" over the list first")
            } else {
                Ok(())
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
            Self::Find if session.data.is_none() => no("Open data first"),
            Self::GoToNumber(number) => match session.item_numbered(*number) {
                Some(_) => Ok(()),
                None if session.data.is_none() => no("Open data first"),
                None => Err(format!("No item has the number {number}").into()),
            },
            // They are about the item of the list, which is not what is seen then.
            Self::Pin | Self::Mark if session.own_text().is_some() => {
                no("Your own text is in view; go back to the item first")
            }
            Self::Pin | Self::Mark | Self::SelectItem(_) => needs_item(),
            Self::ToggleListStyle if session.lists_rows() => no("Rows of a table are always listed as a table"),
            Self::NextMethod | Self::PreviousMethod => {
                needs_methods()?;
                if session.usable_explainers().len() > 1 { Ok(()) } else { no("There is only one explainer") }
            }
            Self::AddColumn => {
                needs_methods()?;
                if session.explore.columns.len() >= super::super::explore::MAX_COLUMNS {
                    no("Four methods are the most that fit")
                } else if session.next_unshown().is_none() {
                    no("Every explainer of this black box is shown already")
                } else {
                    Ok(())
                }
            }
            Self::UseBox(index) => match session.box_misfit(*index) {
                Some(misfit) => Err(misfit.into()),
                None => Ok(()),
            },
            Self::UseNoBox if session.active_box().is_none() => no("No black box is in use"),
            Self::RemoveColumn(_) if session.explore.columns.len() < 2 => no("One method always stays"),
            Self::SetForm(form) => session.form_fits(*form),
            Self::ChooseGroup(first) => session.group_fits(*first),
            Self::PickChannels(channels) => session.pick_fits(Some(channels)),
            Self::TurnChannels(_) => session.pick_fits(None),
            Self::SetScales(_) => match session.series_form() {
                Some(Form::Overlaid | Form::Map) => Ok(()),
                Some(Form::Stacked | Form::Path) => no("Each channel has a plot with an axis of its own"),
                None => no("Open a series first"),
            },
            Self::ToggleTruth => session.truth_is_known(),
            Self::ToggleClasses => {
                needs_methods()?;
                match session.explore.focused_result().map(|result| result.by_class.is_some()) {
                    Some(true) => Ok(()),
                    Some(false) => no("The method in view has one score for each unit, not one for each class"),
                    None => no("There is no explanation of this item yet"),
                }
            }
            Self::Flip | Self::SetView(_) | Self::SetHidden(_) | Self::ToggleHidden | Self::Peek(_) => needs_methods(),
            Self::KBy(by) => {
                needs_methods()?;
                let most = session.most_selectable();
                match (by.signum(), session.explore.k.min(most)) {
                    (1, k) if k >= most => no("All units are selected"),
                    (-1, ..=1) => no("At least one unit is selected"),
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
            // It is of items, whatever text of the user's own is in view.
            Self::ToggleSheet => {
                needs_item()?;
                needs_methods()
            }
            Self::StartSheet(of) => {
                needs_item()?;
                needs_methods()?;
                needs_shown(session.is_blurred())?;
                match (session.sheet_items(*of).0.is_empty(), of) {
                    (false, _) => Ok(()),
                    (true, SheetOf::Marked) => no("No item is marked; press M on some, or take the listed ones"),
                    (true, SheetOf::Listed) => no("No item is listed; open the filter"),
                }
            }
            // Of items, too.
            Self::Ask(Dialog::ExportListedScores) | Self::ExportListedScores(_) => {
                needs_item()?;
                needs_methods()?;
                if session.explore.list.visible().is_empty() {
                    no("No item is listed; open the filter")
                } else {
                    Ok(())
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
            Self::Ask(Dialog::ExportFigure) | Self::KeepFigure | Self::ExportFigure(_) => {
                needs_result()?;
                needs_shown(session.hides_text())
            }
            Self::RetryData if session.data_retry.is_none() => no("These data were opened since"),
            Self::ShowReading(spec) if session.data.as_ref().is_none_or(|data| data.spec.to_string() != *spec) => {
                no("These data are not open any more")
            }
            Self::ToggleSpec if session.spec_text().is_none() && !session.open.spec => no("Open data first"),
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
            Self::GoOn if session.stopped().is_empty() => no("Nothing was stopped before the last item of the list"),
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
