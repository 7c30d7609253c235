//! From an explanation to the picture that window and exporters draw.

use super::describe::Verdict;
use super::{Session, describe};
use crate::data::Shape;
use crate::explain::mask::top_k;
use crate::figure::Theme;
use crate::figure::layout::{ClassProbability, ExplainedPicture, Hidden, Prediction, View};
use crate::jobs::picture::{item_words, text_fill_words};
use crate::jobs::{Explained, MethodResult};

/// Most classes whose probabilities are handed to a figure.
const MAX_CLASSES: usize = 10;

/// A row channel by channel, as pixels with interleaved channels.
pub fn interleaved(row: &[f32], shape: Shape) -> Vec<f32> {
    let plane = shape.height * shape.width;
    if shape.channels <= 1 || row.len() != shape.len() {
        return row.to_vec();
    }
    (0..plane).flat_map(|at| (0..shape.channels).map(move |channel| row[channel * plane + at])).collect()
}

impl Session {
    /// What column `column` shows, at the k of the slider, or why there is nothing.
    pub fn picture(&self, column: usize, view: View, hidden: Hidden, theme: Theme) -> Option<ExplainedPicture> {
        let explained = self.explore.explained()?;
        let result = self.seen(explained.methods.get(column)?.as_ref().ok()?);
        Some(self.picture_of(explained, &result, view, hidden, theme))
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
        let units = explained.units;
        let shape = units.shape;
        let explainer = self.explainers.iter().find(|explainer| explainer.card.hash == result.explainer);
        let name = explainer.map_or_else(|| "Unknown method".to_owned(), |explainer| explainer.card.name.clone());
        let shared = ExplainedPicture {
            scores: result.scores.clone(),
            selected: self.explore.mask(result).0,
            signed: result.scores.iter().any(|&score| score < 0.0 && score.is_finite()),
            view,
            hidden,
            method: self.name_through_lens(name, result),
            unit_noun: units.unit.noun(2),
            source: self.source_of(explained.item),
            seed: explainer.map(|explainer| explainer.card.seed),
            // Answers to another k than the one drawn would be wrong under the picture.
            prediction: (explained.k == self.explore.k).then(|| self.prediction(explained, result)).flatten(),
            theme,
            ..ExplainedPicture::default()
        };
        if let Some(text) = self.text_of(explained) {
            let fill = text_fill_words(explained.fill).to_owned();
            return ExplainedPicture { text: Some(text), fill, ..shared };
        }
        ExplainedPicture {
            width: shape.width,
            height: shape.height,
            channels: shape.channels,
            pixels: interleaved(&explained.row, shape),
            unit_of: units.unit_of_pixels(),
            fill_pixels: interleaved(&explained.fill_row, shape),
            fill: describe::fill_words(explained.fill).to_owned(),
            ..shared
        }
    }

    /// Data set and item in words.
    pub fn source_of(&self, item: usize) -> String {
        if self.own_text().is_some() {
            return "own text".to_owned();
        }
        match &self.data {
            Some(data) if item < data.len() => format!("{}, item {}", data.name, item_words(data, item)),
            _ => format!("item {item}"),
        }
    }

    fn prediction(&self, explained: &Explained, result: &MethodResult) -> Option<Prediction> {
        let verdict = Verdict::new(&explained.probs_full, result)?;
        // The likeliest classes of the full input, and whatever the parts answer.
        let mut classes = top_k(&explained.probs_full, MAX_CLASSES);
        for answer in [verdict.selected.0, verdict.unselected.0].into_iter().chain(self.explore.class_focus) {
            if !classes.contains(&answer) && answer < explained.probs_full.len() {
                classes.push(answer);
            }
        }
        let classes = classes
            .into_iter()
            .map(|class| ClassProbability {
                class: self.class_name(class),
                full: explained.probs_full[class],
                selected: result.probs_selected.get(class).copied(),
                unselected: result.probs_unselected.get(class).copied(),
            })
            .collect();
        Some(Prediction {
            classes,
            selected_stays: Some(verdict.selected_stays()),
            unselected_stays: Some(verdict.unselected_stays()),
        })
    }
}
