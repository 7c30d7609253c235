//! The picture of what is in view, for the window and its exporters.

use super::Session;
use crate::figure::Theme;
use crate::figure::layout::{ExplainedPicture, Hidden, View};
use crate::jobs::picture::{Beside, picture_of_result, source_of};
use crate::jobs::{Explained, MethodResult};

impl Session {
    /// What column `column` shows, at the k of the slider, or why there is nothing.
    pub fn picture(&self, column: usize, view: View, hidden: Hidden, theme: Theme) -> Option<ExplainedPicture> {
        let explained = self.explore.explained()?;
        let result = explained.methods.get(column)?.as_ref().ok()?;
        Some(self.picture_of(explained, result, view, hidden, theme))
    }

    /// One method's result as a picture.
    pub fn picture_of(
        &self,
        explained: &Explained,
        result: &MethodResult,
        view: View,
        hidden: Hidden,
        theme: Theme,
    ) -> ExplainedPicture {
        let explainer = self.explainers.iter().find(|explainer| explainer.card.hash == result.explainer);
        let beside = Beside {
            source: &self.source_of(explained.item),
            method: explainer.map_or("Unknown method", |explainer| &explainer.card.name),
            seed: explainer.map(|explainer| explainer.card.seed),
            classes: self.active_box().map_or(&[], |active| &active.card.classes),
            class_focus: self.explore.class_focus,
        };
        let picture = picture_of_result(&beside, explained, result, self.explore.k);
        ExplainedPicture { view, hidden, theme, ..picture }
    }

    /// Data set and item in words.
    pub fn source_of(&self, item: usize) -> String {
        match &self.data {
            Some(data) if item < data.len() => source_of(data, item),
            _ => format!("item {item}"),
        }
    }
}
