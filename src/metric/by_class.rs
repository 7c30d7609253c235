//! What explanations of each class are worth (AIM, section 4.4 and Table 5): does the black box name class c when it is shown what speaks for c, and
//! how far do the explanations of two classes overlap?

use super::context::{Form, Part};
use super::masked::shares;
use super::{ANY, Context, Metric, MetricSpec, MetricUnit, TEXTS};
use crate::explain::mask::{iou, top_k};
use crate::explain::{ExplainError, Mask};
use crate::model::BlackBox;

/// Which units the explanation of a class may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Among {
    /// k of the units that there are, whatever they say.
    Units,
    /// As in the published code, where padding takes places, too: its weight is 0, so units that speak against the class come after it, and a short
    /// text's explanation holds fewer than k. Padding itself is not shown.
    UnitsAndPadding,
}

/// Share of items of which the explanation of class c is given class c.
#[derive(Debug)]
pub struct ClassFaithfulness {
    spec: &'static MetricSpec,
    always_in_place: bool,
    among: Among,
}

/// In the form of AIM's published figures, but that k words are k words.
pub static CLASS_FAITHFULNESS: ClassFaithfulness =
    ClassFaithfulness { spec: &CLASS_SPEC, always_in_place: false, among: Among::Units };

static CLASS_SPEC: MetricSpec = MetricSpec {
    id: "class_faithfulness",
    title: "Class faithfulness",
    tip: "For each class: share of items to which the black box gives this class when it is shown only what speaks most for it (AIM, section 4.4). \
          Words are moved together as in faithfulness, repacked; pictures are masked in place. For methods with weights per class.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: ANY,
};

/// Masked in place, also for texts.
pub static CLASS_FAITHFULNESS_IN_PLACE: ClassFaithfulness =
    ClassFaithfulness { spec: &IN_PLACE_SPEC, always_in_place: true, among: Among::Units };

static IN_PLACE_SPEC: MetricSpec = MetricSpec {
    id: "class_faithfulness_in_place",
    title: "Class faithfulness, in place",
    tip: "As class faithfulness, with all other units hidden in place also in texts (AIM, section 4.4 with appendix B.3).",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: ANY,
};

/// In the form of AIM's published figures.
pub static CLASS_FAITHFULNESS_AS_PUBLISHED: ClassFaithfulness =
    ClassFaithfulness { spec: &AS_PUBLISHED_SPEC, always_in_place: false, among: Among::UnitsAndPadding };

static AS_PUBLISHED_SPEC: MetricSpec = MetricSpec {
    id: "class_faithfulness_as_published",
    title: "Class faithfulness, as published",
    tip: "As class faithfulness, but padding after a text takes places among the k with the weight 0, as in AIM's published code: of a short text \
          only words that speak for the class are shown.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(true),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for ClassFaithfulness {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn is_by_class(&self) -> bool {
        true
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let class = context.class.unwrap_or(0);
        let units = selected(context, self.spec, class, self.among)?;
        let is_text = context.text().is_some();
        let form = if is_text && !self.always_in_place { Form::Repacked } else { Form::InPlace };
        // Where the class explained is the predicted one, the same units were shown already.
        let known = context.test_order();
        let fresh: Vec<usize> = (0..units.len()).filter(|&row_idx| known[row_idx] != units[row_idx]).collect();
        let mut classes = vec![0; units.len()];
        if fresh.len() < units.len() {
            classes = context.answers(Part::Selected, form)?.all_classes();
        }
        if !fresh.is_empty() {
            let rows = match form {
                Form::Repacked => {
                    let order: Vec<Vec<usize>> = fresh.iter().map(|row_idx| units[*row_idx].clone()).collect();
                    context.repack(&context.test.rows.pick(&fresh), &order)
                }
                Form::InPlace => {
                    let masks: Vec<Mask> = units.iter().map(|units| Mask::of(units, context.units.count())).collect();
                    context.only(&masks).pick(&fresh)
                }
            };
            let answers = context.black_box.predict(&rows)?;
            for (at, row_idx) in fresh.iter().enumerate() {
                classes[*row_idx] = answers.class(at);
            }
        }
        Ok(shares(&classes.iter().map(|named| *named == class).collect::<Vec<_>>()))
    }
}

/// Overlap of the explanations of two classes.
#[derive(Debug)]
pub struct PairwiseIou {
    spec: &'static MetricSpec,
    among: Among,
}

/// Of k units each.
pub static PAIRWISE_IOU: PairwiseIou = PairwiseIou { spec: &PAIRWISE_SPEC, among: Among::Units };

static PAIRWISE_SPEC: MetricSpec = MetricSpec {
    id: "pairwise_iou",
    title: "Pairwise IoU",
    tip: "How much the units selected for two classes have in common: |A ∩ B| / |A ∪ B|, the mean over all pairs of classes (AIM, section 4.4). For \
          methods with weights per class.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: ANY,
};

/// In the form of AIM's published figures.
pub static PAIRWISE_IOU_AS_PUBLISHED: PairwiseIou =
    PairwiseIou { spec: &PAIRWISE_AS_PUBLISHED_SPEC, among: Among::UnitsAndPadding };

static PAIRWISE_AS_PUBLISHED_SPEC: MetricSpec = MetricSpec {
    id: "pairwise_iou_as_published",
    title: "Pairwise IoU, as published",
    tip: "As pairwise IoU, but padding after a text takes places among the k with the weight 0, as in AIM's published code. Two explanations without \
          any word have nothing that differs: 100 %.",
    unit: MetricUnit::Percent,
    higher_is_better: Some(false),
    is_slow: false,
    modalities: TEXTS,
};

impl Metric for PairwiseIou {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let of_class = |class: usize| -> Result<Vec<Mask>, ExplainError> {
            let units = selected(context, self.spec, class, self.among)?;
            Ok(units.iter().map(|units| Mask::of(units, context.units.count())).collect())
        };
        let classes = (0..context.n_classes()).map(of_class).collect::<Result<Vec<_>, _>>()?;
        let n_pairs = classes.len() * classes.len().saturating_sub(1) / 2;
        let mean_over_pairs = |row_idx: usize| {
            let firsts = classes.iter().enumerate();
            let pairs = firsts.flat_map(|(at, a)| classes[at + 1..].iter().map(move |b| (&a[row_idx], &b[row_idx])));
            100.0 * pairs.map(|(a, b)| iou(a, b)).sum::<f64>() / n_pairs.max(1) as f64
        };
        Ok((0..context.test.scores.n()).map(mean_over_pairs).collect())
    }
}

/// The units of each reported item that are the explanation of `class`, best first.
fn selected(
    context: &Context<'_>,
    spec: &MetricSpec,
    class: usize,
    among: Among,
) -> Result<Vec<Vec<usize>>, ExplainError> {
    let scores = &context.test.scores;
    let Some(by_class) = &scores.by_class else {
        return Err(ExplainError::NotDefined {
            metric: spec.title,
            needs: "a method with weights for each class",
            found: context.card.name.clone(),
        });
    };
    let classes = by_class.classes;
    let of_padding = if among == Among::UnitsAndPadding { 0.0 } else { f32::NEG_INFINITY };
    let of_row = |row_idx: usize| {
        let all = &by_class.values[row_idx * scores.units * classes..][..scores.units * classes];
        let of_class = all.iter().skip(class).step_by(classes.max(1));
        let is_padding = |unit: usize| scores.row(row_idx)[unit] == f32::NEG_INFINITY;
        let column: Vec<f32> =
            of_class.enumerate().map(|(unit, score)| if is_padding(unit) { of_padding } else { *score }).collect();
        let mut units = top_k(&column, context.k);
        units.retain(|&unit| !is_padding(unit));
        units
    };
    Ok((0..scores.n()).map(of_row).collect())
}
