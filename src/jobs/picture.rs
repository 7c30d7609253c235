//! From an explanation to the picture that window, command line and exporters draw: the only place that makes one.

use super::classes::Lens;
use super::compute::BAD_REQUEST;
use super::reading;
use super::task::{Explained, MethodResult};
use crate::data::table::{TableFit, shown_name, with_minus};
use crate::data::{Dataset, Modality, Shape};
use crate::explain::mask::top_k;
use crate::explain::{ExplainerCard, Fill};
use crate::figure::layout::classes::{Alone, ClassColumn, ClassTable};
use crate::figure::layout::series::{Form, Movement, Scales};
use crate::figure::layout::{
    Asked, ClassProbability, ExplainedPicture, ExplainedRow, ExplainedSeries, Prediction, SOURCE_SEPARATOR,
};
use crate::model::{BoxCard, argmax};
use crate::work::Notice;

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
        Fill::Uniform => "uniform noise",
    }
}

/// An item as a heading: "Item #3", and "Item 3" for one that its file calls so.
pub fn item_title(data: &Dataset, item: usize) -> String {
    titled(&item_words(data, item))
}

fn titled(name: &str) -> String {
    match name.split_at_checked(4) {
        Some((word, rest)) if word.eq_ignore_ascii_case("item") && rest.starts_with(|c: char| !c.is_alphabetic()) => {
            format!("Item{rest}")
        }
        _ => format!("Item {name}"),
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
        Fill::Noise | Fill::Uniform => "words of other texts",
    }
}

/// What a fill of columns is called under a figure.
pub const fn table_fill_words(fill: Fill) -> &'static str {
    match fill {
        Fill::Zero => "the mean, no category",
        Fill::Mean => "mean, usual category",
        Fill::Noise => "values of other rows",
        Fill::Uniform => "uniform noise",
    }
}

/// The same where no column holds categories.
pub const fn number_fill_words(fill: Fill) -> &'static str {
    match fill {
        Fill::Zero => "the mean",
        Fill::Mean => "mean of the training data",
        Fill::Noise | Fill::Uniform => table_fill_words(fill),
    }
}

/// What is written beside a picture.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Data set, split and item.
    pub source: &'a str,
    /// Name of the method.
    pub method: &'a str,
    /// Seed of the explainer, where it is known.
    pub seed: Option<u64>,
    /// The black box: names of its classes, and how it reads texts.
    pub black_box: Option<&'a BoxCard>,
    /// A class whose probabilities are wanted whether they are high or not.
    pub class_focus: Option<usize>,
    /// Names of the channels of a series; those that are missing are numbered.
    pub channels: &'a [String],
    /// How a series is drawn, where it is not drawn as usual.
    pub form: Option<Form>,
    /// The group of channels that curves are drawn of, by its first channel; `None`: of all.
    pub group: Option<usize>,
    /// Channels that were picked to be drawn as curves; empty: as usual.
    pub picked: &'a [usize],
    /// Which scale channels have that share a plot or a map.
    pub scales: Scales,
    /// The data that the item is from, which tell the values of a row as the file has them; without them they are told as the black box reads them.
    pub data: Option<&'a Dataset>,
}

/// Names of `n` channels, as they are drawn; those that are missing are numbered.
pub fn channel_names(known: &[String], n: usize) -> Vec<String> {
    (0..n).map(|channel| known.get(channel).cloned().unwrap_or_else(|| format!("channel {channel}"))).collect()
}

/// A series as it is drawn.
fn series_of(beside: &Beside<'_>, explained: &Explained) -> ExplainedSeries {
    let shape = explained.units.shape;
    let names = channel_names(beside.channels, shape.channels);
    ExplainedSeries {
        steps: shape.width,
        form: Form::or_usual(beside.form, shape.channels, &names),
        movement: Movement::named(&names).unwrap_or_default(),
        names,
        values: explained.row.clone(),
        fill: explained.fill_row.clone(),
        unit_of: explained.units.unit_of_values(),
        group: beside.group,
        picked: beside.picked.to_vec(),
        scales: beside.scales,
    }
}

/// A row of a table as it is drawn, where the black box knows its columns.
fn row_of(beside: &Beside<'_>, explained: &Explained, result: &MethodResult) -> Option<ExplainedRow> {
    let table = beside.black_box?.table.as_ref()?;
    let words = |values: &[f32]| -> Vec<String> {
        values.iter().enumerate().map(|(at, value)| with_minus(table.shown(at, *value))).collect()
    };
    let written = beside.data.and_then(|data| data.row_as_read(explained.item, table, &explained.row));
    let written: Option<Vec<String>> = written.map(|values| values.into_iter().map(with_minus).collect());
    Some(ExplainedRow {
        names: table.0.iter().map(|column| shown_name(&column.name).to_owned()).collect(),
        values: written.unwrap_or_else(|| words(&explained.row)),
        fill: words(&explained.fill_row),
        ranks: result.ranks.clone(),
    })
}

/// What the black box answers to the full input and to both parts; `None` where an answer is missing. Of a result that is seen through a class the
/// question is whether the class's units alone give that class, whatever the answer to the full input is.
pub fn prediction_of(beside: &Beside<'_>, explained: &Explained, result: &MethodResult) -> Option<Prediction> {
    if [&explained.probs_full, &result.probs_selected, &result.probs_unselected].iter().any(|probs| probs.is_empty()) {
        return None;
    }
    let asked = result.lens.map(Lens::class);
    let answer = asked.unwrap_or_else(|| argmax(&explained.probs_full));
    let (selected, unselected) = (argmax(&result.probs_selected), argmax(&result.probs_unselected));
    // An answer to nothing at all says nothing of the method.
    let n_selected = result.n_selected(explained.k);
    let (has_some, has_rest) = (n_selected > 0 || asked.is_none(), (1..result.selectable()).contains(&n_selected));
    // The likeliest classes of the full input, and whatever the parts answer.
    let mut shown = top_k(&explained.probs_full, MAX_CLASSES);
    for class in [selected, unselected].into_iter().chain(asked).chain(beside.class_focus) {
        if !shown.contains(&class) && class < explained.probs_full.len() {
            shown.push(class);
        }
    }
    let names = beside.black_box.map_or(&[][..], |black_box| &black_box.classes);
    let name = |class: usize| names.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
    let asked = result.lens.and_then(|lens| {
        let class = shown.iter().position(|class| *class == lens.class())?;
        let noun = explained.units.unit.noun(2);
        let quoted = |class: usize| format!("\u{201C}{}\u{201D}", name(class));
        let (units, what) = match lens {
            Lens::Class(class) => (format!("the {noun} of {}", quoted(class)), quoted(class)),
            Lens::Contrast(a, b) => (format!("these {noun}"), format!("{} rather than {}", quoted(a), quoted(b))),
        };
        Some(Asked { class, units, unspoken: (n_selected == 0).then_some(what) })
    });
    let classes = shown.iter().map(|&class| ClassProbability {
        class: name(class),
        full: explained.probs_full[class],
        selected: result.probs_selected.get(class).copied().filter(|_| has_some),
        unselected: result.probs_unselected.get(class).copied().filter(|_| has_rest),
    });
    Some(Prediction {
        classes: classes.collect(),
        selected_stays: has_some.then_some(selected == answer),
        // The full input need not have the class that is asked for, and then the rest cannot lose it.
        unselected_stays: (has_rest && asked.is_none()).then_some(unselected == answer),
        asked,
    })
}

/// Units listed for each class below a picture.
const MOST_LISTED: usize = 8;

/// What speaks for each class, to stand below the picture of a text or of a row of a table, `k` units selected; `None` for other pictures, and for a method
/// that does not tell classes apart. `classes`: their names.
pub fn class_table(
    picture: &ExplainedPicture,
    classes: &[String],
    explained: &Explained,
    result: &MethodResult,
    k: usize,
) -> Option<ClassTable> {
    let by_class = result.by_class.as_ref().filter(|_| picture.text.is_some() || picture.row.is_some())?;
    let name_of = |unit: usize| match &picture.text {
        Some(text) => Some(text.words_of(unit)),
        None => picture.row.as_ref()?.names.get(unit).cloned(),
    };
    let name = |class: usize| classes.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
    let column = |class: usize| {
        let lens = Lens::Class(class);
        let best = result.speaking_through(lens, MOST_LISTED).into_iter();
        let n = result.speaking_through(lens, k).len();
        let probs = by_class.only(class);
        // Answers to another k, or to nothing, are none to these units.
        let is_known = explained.k == k && n > 0 && !probs.is_empty();
        let alone = is_known.then(|| argmax(probs)).map(|answer| Alone {
            n,
            class: name(answer),
            p: probs[answer],
            is_class: answer == class,
        });
        let units = best.filter_map(|unit| Some((name_of(unit)?, by_class.score(unit, class)))).collect();
        ClassColumn { class: name(class), units, alone }
    };
    let nothing = &by_class.nothing;
    let nothing = (!nothing.is_empty()).then(|| argmax(nothing)).map(|answer| (name(answer), nothing[answer]));
    Some(ClassTable { classes: (0..by_class.classes).map(column).collect(), nothing })
}

/// One method's result as a picture with its `k` highest units selected; view, hidden style and theme are left at their defaults.
///
/// The sign of most methods' own scores has no meaning: those of learned selectors are logits, those of gradients are absolute. Scores for a class have
/// one, see [`MethodResult::is_signed`]: what lies below zero speaks against the class.
pub fn picture_of_result(
    beside: &Beside<'_>,
    explained: &Explained,
    result: &MethodResult,
    k: usize,
) -> ExplainedPicture {
    let units = explained.units;
    let shape = units.shape;
    let shared = ExplainedPicture {
        scores: result.scores.clone(),
        selected: (0..result.ranks.len()).map(|unit| result.is_selected(unit, k)).collect(),
        signed: result.is_signed(),
        method: beside.method.to_owned(),
        unit_noun: units.unit.noun(2),
        source: beside.source.to_owned(),
        seed: beside.seed,
        // Answers to another k than the one drawn would be wrong under the picture.
        prediction: (explained.k == k).then(|| prediction_of(beside, explained, result)).flatten(),
        ..ExplainedPicture::default()
    };
    if let Some(text) = beside.black_box.and_then(|black_box| reading::text_of(black_box, explained)) {
        return ExplainedPicture { text: Some(text), fill: text_fill_words(explained.fill).to_owned(), ..shared };
    }
    if units.unit.modality() == Modality::Series {
        let series = Some(series_of(beside, explained));
        return ExplainedPicture { series, fill: fill_words(explained.fill).to_owned(), ..shared };
    }
    if let Some(row) = row_of(beside, explained, result) {
        let has_categories = beside.black_box.and_then(|of| of.table.as_ref()).is_some_and(TableFit::has_categories);
        let fill = match has_categories {
            true => table_fill_words(explained.fill),
            false => number_fill_words(explained.fill),
        };
        return ExplainedPicture { row: Some(row), fill: fill.to_owned(), ..shared };
    }
    ExplainedPicture {
        width: shape.width,
        height: shape.height,
        channels: shape.channels,
        pixels: interleaved(&explained.row, shape),
        unit_of: units.unit_of_pixels(),
        fill_pixels: interleaved(&explained.fill_row, shape),
        fill: fill_words(explained.fill).to_owned(),
        ..shared
    }
}

/// Whether each unit truly decides the class of the explained item; `None` where `data` does not say.
pub fn truth_of(data: &Dataset, explained: &Explained) -> Option<Vec<bool>> {
    let units = explained.units;
    let mut truth = vec![false; units.count()];
    for unit in data.true_units(explained.item, units)? {
        *truth.get_mut(unit)? = true;
    }
    Some(truth)
}

/// The true class of an item by its name; `None` where `data` states none.
pub fn label_of(data: &Dataset, item: usize) -> Option<String> {
    let label = (*data.labels.get(item)?)?;
    data.classes.get(usize::from(label)).cloned()
}

/// Data set, split and item in words: items of different splits may have one number.
pub fn source_of(data: &Dataset, item: usize) -> String {
    let split = data.splits.get(item).map(|split| format!("{split}{SOURCE_SEPARATOR}")).unwrap_or_default();
    format!("{}{SOURCE_SEPARATOR}{split}item {}", data.name, item_words(data, item))
}

/// The picture of method `index` of `explained`, its scores seen through `lens` where one is given; view, hidden style and theme are left at their
/// defaults.
///
/// # Errors
/// Why the method has no result for this item, or that it has no scores for such a lens.
pub fn picture_of(
    data: &Dataset,
    black_box: &BoxCard,
    explainer: &ExplainerCard,
    explained: &Explained,
    (index, lens): (usize, Option<Lens>),
) -> Result<ExplainedPicture, Notice> {
    let result = match explained.methods.get(index) {
        Some(Ok(result)) => result,
        Some(Err(why)) => return Err(why.clone()),
        None => return Err(Notice::new("no-method", "there is no such method in this explanation")),
    };
    let (seen, named) = match lens {
        Some(lens) => {
            let seen = result.through(lens).ok_or_else(|| {
                let why = format!(
                    "{} has one score for each unit, not one for each class; leave the class out, or name a method that has, such as aim",
                    explainer.name
                );
                Notice::new(BAD_REQUEST, why)
            })?;
            (Some(seen), format!("{}, {}", explainer.name, lens.words(&black_box.classes)))
        }
        None => (None, explainer.name.clone()),
    };
    let result = seen.as_ref().unwrap_or(result);
    let beside = Beside {
        source: &source_of(data, explained.item),
        method: &named,
        seed: Some(explainer.seed),
        black_box: Some(black_box),
        class_focus: lens.map(Lens::class),
        channels: data.channel_names(),
        form: None,
        group: None,
        picked: &[],
        scales: Scales::default(),
        data: Some(data),
    };
    Ok(picture_of_result(&beside, explained, result, explained.k))
}

#[cfg(test)]
mod tests {
    use super::{number_fill_words, table_fill_words, titled};
    use crate::explain::Fill;

    #[test]
    fn what_is_called_an_item_is_not_called_so_twice() {
        for (name, title) in [
            ("#3", "Item #3"),
            ("item 0", "Item 0"),
            ("Item-7", "Item-7"),
            ("items", "Item items"),
            ("é", "Item é"),
            ("pump 2", "Item pump 2"),
        ] {
            assert_eq!(titled(name), title);
        }
    }

    #[test]
    fn words_on_a_fill_name_categories_only_where_there_are_some() {
        for fill in Fill::ALL {
            assert!(!number_fill_words(fill).contains("category"), "{fill:?}");
        }
        assert!(table_fill_words(Fill::Zero).contains("no category"));
    }
}
