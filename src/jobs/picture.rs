//! From an explanation to the picture that window, command line and exporters draw.

use super::reading;
use super::task::{Explained, MethodResult};
use crate::data::{Dataset, Modality, Shape};
use crate::explain::mask::top_k;
use crate::explain::{ExplainerCard, Fill};
use crate::figure::layout::{ClassProbability, ExplainedPicture, Prediction};
use crate::model::{BoxCard, argmax};

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

/// What a fill is called under a figure.
pub const fn fill_words(fill: Fill) -> &'static str {
    match fill {
        Fill::Zero => "zero",
        Fill::Mean => "mean of the training data",
        Fill::Noise => "noise from data",
    }
}

/// An item in few words: its number where its name would be the beginning of its text.
pub fn item_words(data: &Dataset, item: usize) -> String {
    match (data.modality, data.source_index.get(item)) {
        (Modality::Text, Some(number)) => format!("#{number}"),
        _ => data.item_name(item),
    }
}

/// What a fill of words is called under a figure.
pub const fn text_fill_words(fill: Fill) -> &'static str {
    match fill {
        Fill::Zero => "padding",
        Fill::Mean => "mean of the training data",
        Fill::Noise => "words of other texts",
    }
}

/// What the black box answers to the full input and to both parts; `None` where a probability is missing.
pub fn prediction_of(classes: &[String], explained: &Explained, result: &MethodResult) -> Prediction {
    let answer = argmax(&explained.probs_full);
    let (selected, unselected) = (argmax(&result.probs_selected), argmax(&result.probs_unselected));
    // The likeliest classes of the full input, and whatever the parts answer.
    let mut shown = top_k(&explained.probs_full, MAX_CLASSES);
    for class in [selected, unselected] {
        if !shown.contains(&class) {
            shown.push(class);
        }
    }
    Prediction {
        classes: shown
            .into_iter()
            .map(|class| ClassProbability {
                class: classes.get(class).cloned().unwrap_or_else(|| class.to_string()),
                full: explained.probs_full[class],
                selected: result.probs_selected.get(class).copied(),
                unselected: result.probs_unselected.get(class).copied(),
            })
            .collect(),
        selected_stays: Some(selected == answer),
        unselected_stays: Some(unselected == answer),
    }
}

/// The picture of method `index` of `explained`; view, hidden style and theme are left at their defaults.
pub fn picture_of(
    data: &Dataset,
    black_box: &BoxCard,
    explainer: &ExplainerCard,
    explained: &Explained,
    index: usize,
) -> Result<ExplainedPicture, String> {
    let result = match explained.methods.get(index) {
        Some(Ok(result)) => result,
        Some(Err(why)) => return Err(why.clone()),
        None => return Err("there is no such method in this explanation".to_owned()),
    };
    let units = explained.units;
    let shape = units.shape;
    let shared = ExplainedPicture {
        scores: result.scores.clone(),
        selected: (0..units.count()).map(|unit| result.is_selected(unit, explained.k)).collect(),
        signed: false,
        method: explainer.name.clone(),
        unit_noun: units.unit.noun(2),
        source: format!("{}, item {}", data.name, item_words(data, explained.item)),
        seed: Some(explainer.seed),
        prediction: Some(prediction_of(&black_box.classes, explained, result)),
        ..ExplainedPicture::default()
    };
    if let Some(text) = reading::text_of(black_box, explained) {
        return Ok(ExplainedPicture { text: Some(text), fill: text_fill_words(explained.fill).to_owned(), ..shared });
    }
    Ok(ExplainedPicture {
        width: shape.width,
        height: shape.height,
        channels: shape.channels,
        pixels: interleaved(&explained.row, shape),
        unit_of: units.unit_of_pixels(),
        fill_pixels: interleaved(&explained.fill_row, shape),
        fill: fill_words(explained.fill).to_owned(),
        ..shared
    })
}
