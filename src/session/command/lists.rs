//! Where commands are listed: on the sheet of shortcuts and in the palette.

use super::super::settings::Appearance;
use super::super::study::{StudyAction, StudyDialog, StudyPart};
use super::super::{Dialog, Place, Session};
use super::{Command, VIEWS};
use crate::figure::layout::series::{Form, Scales};

impl Command {
    /// Commands that stand in the palette and on the sheet whatever is open, in the order of the sheet.
    pub fn fixed() -> Vec<Self> {
        let mut all = vec![
            Self::Ask(Dialog::OpenFiles),
            Self::Ask(Dialog::OpenFolder),
            Self::ToggleSpec,
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
            Self::Find,
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
            Self::ChooseGroup(None),
            Self::TurnChannels(true),
            Self::TurnChannels(false),
            Self::SetScales(Scales::Own),
            Self::SetScales(Scales::One),
            Self::SetScales(Scales::Auto),
            Self::ToggleHidden,
            Self::ToggleTruth,
            Self::ToggleClasses,
            Self::KBy(1),
            Self::KBy(-1),
            Self::KBy(10),
            Self::KBy(-10),
            Self::NextFill,
            Self::Reading(super::super::reading::Action::OpenOwn(true)),
            Self::Reading(super::super::reading::Action::TakeOut(None)),
            Self::Reading(super::super::reading::Action::PutBack),
            Self::ToggleFit,
            Self::RetryExplanation,
            Self::GoOn,
            Self::UseNoBox,
        ]);
        all.extend((0..10).map(|class| Self::FocusClass(Some(class))));
        all.extend([
            Self::FocusClass(None),
            Self::KeepFigure,
            Self::ToggleSheet,
            Self::Ask(Dialog::ExportFigure),
            Self::Ask(Dialog::ExportScores),
            Self::Ask(Dialog::ExportListedScores),
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
        // Pictures and series are found here already, by their numbers.
        let finds_here = session.data.as_ref().is_none_or(|data| !data.modality.is_searched());
        let mut all: Vec<(Self, String)> = Self::fixed()
            .into_iter()
            .filter(|command| !matches!(command, Self::FocusClass(Some(_)) | Self::CloseTop))
            .filter(|command| *command != Self::Find || !finds_here)
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
        for (name, channels) in session.channel_groups() {
            all.push((Self::ChooseGroup(Some(channels.start)), format!("Series: channels of {name}")));
        }
        let modality = session.modality();
        for &fill in super::super::reading::fills_for(modality) {
            let words = session.fill_words(fill);
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
}
