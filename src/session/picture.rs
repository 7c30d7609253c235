//! The picture of what is in view, for the window and its exporters.

use std::ops::Range;

use super::Session;
use crate::data::Modality;
use crate::figure::Theme;
use crate::figure::layout::series::{Form, grouped};
use crate::figure::layout::{ExplainedPicture, Hidden, View};
use crate::jobs::picture::{Beside, channel_names, class_table, picture_of_result, source_of};
use crate::jobs::{Explained, MethodResult};

impl Session {
    /// How many channels the series in view has: as the black box reads it or, where there is none, as the data have it; `None` for what is no series.
    pub(super) fn series_channels(&self) -> Option<usize> {
        match self.active_box().map(|active| &active.card) {
            Some(card) => (card.modality() == Modality::Series).then_some(card.shape.channels),
            None => self.data.as_ref().filter(|data| data.modality == Modality::Series)?.shape().map(|it| it.channels),
        }
    }

    /// The form in which the series in view is drawn, where it is a series.
    pub fn series_form(&self) -> Option<Form> {
        let channels = self.series_channels()?;
        let names = self.data.as_ref().map_or(&[][..], |data| data.channel_names());
        Some(Form::or_usual(self.explore.form, channels, names))
    }

    /// Whether a series in view can be drawn in `form`.
    pub(super) fn form_fits(&self, form: Form) -> super::Availability {
        match self.series_channels() {
            Some(channels) if form.fits(channels) => Ok(()),
            Some(channels) => Err(format!("A series of {channels} channels cannot be drawn so").into()),
            None if self.active_box().is_some() => Err("The black box in use does not read series".into()),
            None => Err("Open a series first".into()),
        }
    }

    /// Name and channels of each group of channels of the series in view; none where there are few channels.
    pub fn channel_groups(&self) -> Vec<(String, Range<usize>)> {
        let Some(active) = self.active_box().filter(|active| active.card.modality() == Modality::Series) else {
            return Vec::new();
        };
        let known = self.data.as_ref().map_or(&[][..], |data| data.channel_names());
        grouped(&channel_names(known, active.card.shape.channels))
    }

    /// Name of the group that begins at channel `first`.
    pub(super) fn group_at(&self, first: usize) -> Option<String> {
        let mut groups = self.channel_groups().into_iter();
        groups.find(|(_, channels)| channels.start == first).map(|(name, _)| name)
    }

    /// Name of the group of channels that is chosen, so that curves are drawn of it alone.
    pub fn chosen_group(&self) -> Option<String> {
        self.group_at(self.explore.group?)
    }

    /// Whether the group that begins at a channel, or all, can be chosen.
    pub(super) fn group_fits(&self, first: Option<usize>) -> super::Availability {
        match first {
            None if self.chosen_group().is_none() && self.explore.picked.is_empty() => {
                Err("No channels are chosen".into())
            }
            Some(first) if self.group_at(first).is_none() => {
                Err(format!("No group of channels of the series in view begins at channel {first}").into())
            }
            _ => Ok(()),
        }
    }

    /// What column `column` shows, at the k of the slider, with what speaks for each class while that is shown; `None` where there is nothing.
    pub fn picture(&self, column: usize, view: View, hidden: Hidden, theme: Theme) -> Option<ExplainedPicture> {
        let explained = self.explore.explained()?;
        let result = self.seen(explained.methods.get(column)?.as_ref().ok()?);
        let mut picture = self.picture_of(explained, &result, view, hidden, theme);
        if self.own_text().is_none() && self.is_in_view(explained) {
            picture.label = self.label_name(explained.item).map(str::to_owned);
        }
        if self.explore.shows_classes {
            let classes = self.active_box().map_or(&[][..], |active| &active.card.classes);
            picture.classes = class_table(&picture, classes, explained, &result, self.explore.k);
        }
        Some(picture)
    }

    /// One method's result as a picture; [`Session::seen`] gives what the class in focus makes of it.
    pub fn picture_of(
        &self,
        explained: &Explained,
        result: &MethodResult,
        view: View,
        hidden: Hidden,
        theme: Theme,
    ) -> ExplainedPicture {
        let explainer = self.explainers.iter().find(|explainer| explainer.card.hash == result.explainer);
        let name = explainer.map_or_else(|| "Unknown method".to_owned(), |explainer| explainer.card.name.clone());
        let source = match self.own_row().zip(self.data.as_ref()) {
            Some((own, data)) if own.data.hash == explained.data => {
                format!("{}, changed: {}", source_of(data, own.item), own.change_words(data))
            }
            _ => self.source_of(explained.item),
        };
        let beside = Beside {
            source: &source,
            method: &self.name_through_lens(name, result),
            seed: explainer.map(|explainer| explainer.card.seed),
            black_box: self.active_box().map(|active| &active.card),
            class_focus: self.explore.class_focus,
            channels: self.data.as_ref().map_or(&[][..], |data| data.channel_names()),
            form: self.explore.form,
            group: self.explore.group,
            picked: &self.explore.picked,
            scales: self.explore.scales,
            data: self.data_of(&explained.data).map(AsRef::as_ref),
        };
        let picture = picture_of_result(&beside, explained, result, self.explore.k);
        let truth = self.truth_of(explained).filter(|_| self.explore.shows_truth);
        ExplainedPicture { view, hidden, theme, truth, ..picture }
    }

    /// Data set and item in words.
    pub fn source_of(&self, item: usize) -> String {
        if self.own_text().is_some() {
            return "own text".to_owned();
        }
        match &self.data {
            Some(data) if item < data.len() => source_of(data, item),
            _ => format!("item {item}"),
        }
    }
}
