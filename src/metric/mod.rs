//! Metrics: how faithful, stable and fast explanations are, each with a 95 % interval. A new one is one file and one line in [`METRICS`].

pub mod approximator;
pub mod brevity;
pub mod by_class;
pub mod context;
pub mod cost;
pub mod faithfulness;
pub mod iou;
pub mod log_odds;
pub mod mask_only;
pub mod masked;
pub mod neighbours;
pub mod order;
pub mod purity;
pub mod rebuilt;
pub mod repack;
pub mod sensitivity;
pub mod speed;
pub mod stats;
pub mod train_minutes;
pub mod truth;
pub mod wordnet;
pub mod words;

pub use context::{Context, Shared};

use crate::data::table::Scale;
use crate::data::{Dataset, Modality};
use crate::explain::ExplainError;
use crate::model::BoxCard;
use cost::{Piece, Scope, Sizes};

/// Unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// Share of items, 0..=100.
    Percent,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// A plain number: a count, a difference of log-odds.
    Number,
}

impl MetricUnit {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Number => "number",
        }
    }

    /// Its sign behind a figure; empty for a plain number.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::Number => "",
        }
    }

    /// Digits after the point in tables of text.
    pub const fn digits(self) -> usize {
        match self {
            Self::Seconds => 6,
            _ => 2,
        }
    }
}

/// What a metric is.
#[derive(Debug)]
pub struct MetricSpec {
    /// Id on the command line and in tables.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it says, in a sentence, with its source.
    pub tip: &'static str,
    /// Unit.
    pub unit: MetricUnit,
    /// Whether a higher value is better; `None` where neither is.
    pub higher_is_better: Option<bool>,
    /// Whether it trains a network (minutes rather than seconds).
    pub is_slow: bool,
    /// What it can be computed on.
    pub modalities: &'static [Modality],
}

/// Every kind of input.
pub const ANY: &[Modality] = &[Modality::Image, Modality::Text, Modality::Series, Modality::Table];
/// Inputs that can be perturbed value by value.
pub const PICTURES: &[Modality] = &[Modality::Image];
/// Documents.
pub const TEXTS: &[Modality] = &[Modality::Text];

/// A metric of one explainer at one k.
pub trait Metric: Sync {
    /// What it is.
    fn spec(&self) -> &'static MetricSpec;

    /// Whether it is computed for each class by itself, [`Context::class`].
    fn is_by_class(&self) -> bool {
        false
    }

    /// Whether it is another figure for another number of units.
    fn depends_on_k(&self) -> bool {
        true
    }

    /// Whether it needs data of which it is known what truly matters ([`crate::data::Dataset::truth`]).
    fn needs_truth(&self) -> bool {
        false
    }

    /// Whether it needs inputs of numbers: a column of categories cannot change by degrees.
    fn needs_numbers(&self) -> bool {
        false
    }

    /// What it costs, in pieces that several metrics may share, in the order in which they are done.
    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        let scope = if self.depends_on_k() { Scope::Units } else { Scope::Explainer };
        let classes = if self.is_by_class() { sizes.classes.max(1) } else { 1 };
        vec![Piece::silent(self.spec().id, scope, cost::passes(sizes.test) * classes as u64)]
    }

    /// One value per item, in the metric's unit; shares are 0 or 100. Items of which the metric says nothing are left out; what belongs to the explainer
    /// as a whole is one value.
    ///
    /// # Errors
    /// [`ExplainError::NotDefined`] for a method that lacks what is measured.
    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError>;
}

/// Every metric, in the order of tables.
pub static METRICS: &[&dyn Metric] = &[
    &masked::FS_M,
    &masked::FU_M,
    &masked::POSTHOC_ACCURACY,
    &faithfulness::FAITHFULNESS,
    &faithfulness::FAITHFULNESS_REPACKED,
    &log_odds::DELTA_LOG_ODDS_POS,
    &log_odds::DELTA_LOG_ODDS_NEG,
    &by_class::CLASS_FAITHFULNESS,
    &by_class::CLASS_FAITHFULNESS_IN_PLACE,
    &by_class::CLASS_FAITHFULNESS_AS_PUBLISHED,
    &by_class::PAIRWISE_IOU,
    &by_class::PAIRWISE_IOU_AS_PUBLISHED,
    &purity::Purity,
    &brevity::BREVITY,
    &brevity::BREVITY_AS_PUBLISHED,
    &iou::Iou,
    &approximator::FS_A,
    &approximator::FU_A,
    &approximator::FS_A_FULL,
    &rebuilt::A1,
    &rebuilt::A2,
    &rebuilt::A1_REL,
    &rebuilt::A2_REL,
    &rebuilt::A_FULL,
    &mask_only::MaskOnly,
    &truth::HitRate,
    &truth::MedianRank,
    &truth::MaskOnlyTrue,
    &sensitivity::SEN,
    &sensitivity::SEN_SINGLE,
    &speed::TPS,
    &speed::TPS_BATCHED,
    &train_minutes::TrainMinutes,
];

/// Columns of categories that a black box reads, by name.
pub fn categories_of(black_box: &BoxCard) -> Vec<&str> {
    let columns = black_box.table.iter().flat_map(|table| &table.0);
    columns.filter(|column| matches!(column.scale, Scale::Category(_))).map(|column| column.name.as_str()).collect()
}

/// Refuses a metric that no method has: of another kind of input, of columns of categories, or of data of which the truth is not known.
pub fn check_data(metric: &dyn Metric, black_box: &BoxCard, data: &Dataset) -> Result<(), ExplainError> {
    let (spec, modality) = (metric.spec(), black_box.modality());
    if !spec.modalities.contains(&modality) {
        let known: Vec<_> = spec.modalities.iter().map(|modality| modality.plural()).collect();
        let known = match known.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => known.concat(),
        };
        return Err(ExplainError::Unfit(format!("{} is defined for {known}, found {}", spec.title, modality.plural())));
    }
    if metric.needs_truth() && data.truth.is_none() {
        return Err(no_truth(spec, data));
    }
    if metric.needs_numbers()
        && let [first, others @ ..] = categories_of(black_box).as_slice()
    {
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        return Err(ExplainError::Unfit(format!(
            "{} is defined for columns of numbers, which a generator can rebuild by degrees, found categories in column {first}{more}",
            spec.title
        )));
    }
    Ok(())
}

/// What to say where a metric needs the truth and it is not known.
fn no_truth(asked: &MetricSpec, data: &Dataset) -> ExplainError {
    ExplainError::Unfit(format!(
        "{} needs data of which it is known what truly matters, such as synthetic:xor, in the size that the black box reads, found {}",
        asked.title, data.name
    ))
}

/// Values of one metric: for each class (`None` where it belongs to none) one value per item.
pub type ValuesByClass = Vec<(Option<usize>, Vec<f64>)>;

/// Values of a metric at the present k: one list, or one for each class of the black box.
pub fn values_of(metric: &dyn Metric, context: &mut Context<'_>) -> Result<ValuesByClass, ExplainError> {
    if !metric.is_by_class() {
        return Ok(vec![(None, metric.compute(context)?)]);
    }
    let mut all = Vec::new();
    for class in 0..context.n_classes() {
        context.class = Some(class);
        let values = metric.compute(context);
        context.class = None;
        all.push((Some(class), values?));
    }
    Ok(all)
}

/// 95 % interval of the mean of `values`: Wilson's for shares, else a bootstrap over items.
pub fn interval(metric: &dyn Metric, values: &[f64], seed: u64) -> [f64; 2] {
    match metric.spec().unit {
        MetricUnit::Percent => stats::interval(values, seed),
        // Values that all happen to be 0 are no shares.
        _ => stats::cluster_interval(&[values.to_vec()], seed),
    }
}

/// The metric with `id`.
pub fn metric(id: &str) -> Result<&'static dyn Metric, ExplainError> {
    METRICS.iter().copied().find(|metric| metric.spec().id == id).ok_or_else(|| {
        let known: Vec<_> = METRICS.iter().map(|metric| metric.spec().id).collect();
        ExplainError::Unfit(format!("metric {id}: expected one of {}; name one of these", known.join(", ")))
    })
}
