//! From an explanation to the picture that window, command line and exporters draw: the only place that makes one.

use super::task::{Explained, MethodResult};
use crate::data::{Dataset, Shape};
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

/// What is written beside a picture.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Data set and item.
    pub source: &'a str,
    /// Name of the method.
    pub method: &'a str,
    /// Seed of the explainer, where it is known.
    pub seed: Option<u64>,
    /// Names of the black box's classes.
    pub classes: &'a [String],
    /// A class whose probabilities are wanted whether they are high or not.
    pub class_focus: Option<usize>,
}

/// What the black box answers to the full input and to both parts; `None` where an answer is missing.
pub fn prediction_of(beside: &Beside<'_>, explained: &Explained, result: &MethodResult) -> Option<Prediction> {
    if [&explained.probs_full, &result.probs_selected, &result.probs_unselected].iter().any(|probs| probs.is_empty()) {
        return None;
    }
    let answer = argmax(&explained.probs_full);
    let (selected, unselected) = (argmax(&result.probs_selected), argmax(&result.probs_unselected));
    // The likeliest classes of the full input, and whatever the parts answer.
    let mut shown = top_k(&explained.probs_full, MAX_CLASSES);
    for class in [selected, unselected].into_iter().chain(beside.class_focus) {
        if !shown.contains(&class) && class < explained.probs_full.len() {
            shown.push(class);
        }
    }
    let classes = shown.into_iter().map(|class| ClassProbability {
        class: beside.classes.get(class).cloned().unwrap_or_else(|| format!("class {class}")),
        full: explained.probs_full[class],
        selected: result.probs_selected.get(class).copied(),
        unselected: result.probs_unselected.get(class).copied(),
    });
    Some(Prediction {
        classes: classes.collect(),
        selected_stays: Some(selected == answer),
        unselected_stays: Some(unselected == answer),
    })
}

/// One method's result as a picture with its `k` highest units selected; view, hidden style and theme are left at their defaults.
///
/// No method of today gives scores whose sign has a meaning: those of learned selectors are logits, those of gradients are absolute.
pub fn picture_of_result(
    beside: &Beside<'_>,
    explained: &Explained,
    result: &MethodResult,
    k: usize,
) -> ExplainedPicture {
    let units = explained.units;
    let shape = units.shape;
    ExplainedPicture {
        width: shape.width,
        height: shape.height,
        channels: shape.channels,
        pixels: interleaved(&explained.row, shape),
        unit_of: units.unit_of_pixels(),
        scores: result.scores.clone(),
        selected: (0..result.ranks.len()).map(|unit| result.is_selected(unit, k)).collect(),
        signed: false,
        fill_pixels: interleaved(&explained.fill_row, shape),
        fill: fill_words(explained.fill).to_owned(),
        method: beside.method.to_owned(),
        unit_noun: units.unit.noun(2),
        source: beside.source.to_owned(),
        seed: beside.seed,
        // Answers to another k than the one drawn would be wrong under the picture.
        prediction: (explained.k == k).then(|| prediction_of(beside, explained, result)).flatten(),
        ..ExplainedPicture::default()
    }
}

/// Data set and item in words.
pub fn source_of(data: &Dataset, item: usize) -> String {
    format!("{}, item {}", data.name, data.item_name(item))
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
    let beside = Beside {
        source: &source_of(data, explained.item),
        method: &explainer.name,
        seed: Some(explainer.seed),
        classes: &black_box.classes,
        class_focus: None,
    };
    Ok(picture_of_result(&beside, explained, result, explained.k))
}
