//! a1 and a2 (DoRaR, section IV): is the black box's class kept by what a freshly trained generator rebuilds from S only, from S̄ only?

use super::context::{Part, masks};
use super::cost::{Piece, Scope, Sizes};
use super::masked::shares;
use super::{Context, Metric, MetricSpec, MetricUnit, stats};
use crate::data::Modality;
use crate::explain::learn::fresh_generator::{FreshGenerator, Shown, most_steps};
use crate::explain::{ExplainError, Mask};
use crate::model::mix;
use crate::work::Progress;

/// Agreement of the black box's answer to a reconstruction with its answer to the whole.
#[derive(Debug)]
pub struct Rebuilt {
    spec: &'static MetricSpec,
    /// What the generator is shown; `None` for everything.
    part: Option<Part>,
    /// Whether the figure is divided by what a generator reaches that is shown everything.
    is_relative: bool,
}

/// Most epochs of a fresh generator; it stops earlier where held-out items no longer gain.
const EPOCHS: u32 = 20;

const fn spec(id: &'static str, title: &'static str, tip: &'static str, higher_is_better: Option<bool>) -> MetricSpec {
    // Of a text every word is a category, which no generator can rebuild by degrees; of a table a column can be one.
    let modalities = &[Modality::Image, Modality::Series, Modality::Table];
    MetricSpec { id, title, tip, unit: MetricUnit::Percent, higher_is_better, is_slow: true, modalities }
}

static A1_SPEC: MetricSpec = spec(
    "a1",
    "a1, selected rebuilt",
    "Share of items whose class by the black box is kept by what a generator, trained afresh on these masks, rebuilds from the selected units and noise from \
     data (DoRaR, section IV).",
    Some(true),
);
static A2_SPEC: MetricSpec = spec(
    "a2",
    "a2, rest rebuilt",
    "As a1, rebuilt from the unselected units: low means that nothing outside the selection tells the class (DoRaR, section IV).",
    Some(false),
);
static A1_REL_SPEC: MetricSpec = spec(
    "a1_rel",
    "a1 over ceiling",
    "a1 divided by what a generator reaches that is shown everything: the published figures lie under the ceiling of a black box with live dropout.",
    Some(true),
);
static A2_REL_SPEC: MetricSpec =
    spec("a2_rel", "a2 over ceiling", "a2 divided by what a generator reaches that is shown everything.", Some(false));
static A_FULL_SPEC: MetricSpec =
    spec("a_full", "Ceiling of a1, a2", "What a freshly trained generator reaches that is shown everything.", None);

/// From the selected units.
pub static A1: Rebuilt = Rebuilt { spec: &A1_SPEC, part: Some(Part::Selected), is_relative: false };
/// From the unselected units.
pub static A2: Rebuilt = Rebuilt { spec: &A2_SPEC, part: Some(Part::Unselected), is_relative: false };
/// From the selected units, over the ceiling.
pub static A1_REL: Rebuilt = Rebuilt { spec: &A1_REL_SPEC, part: Some(Part::Selected), is_relative: true };
/// From the unselected units, over the ceiling.
pub static A2_REL: Rebuilt = Rebuilt { spec: &A2_REL_SPEC, part: Some(Part::Unselected), is_relative: true };
/// The ceiling.
pub static A_FULL: Rebuilt = Rebuilt { spec: &A_FULL_SPEC, part: None, is_relative: false };

impl Metric for Rebuilt {
    fn spec(&self) -> &'static MetricSpec {
        self.spec
    }

    fn depends_on_k(&self) -> bool {
        self.part.is_some()
    }

    fn needs_numbers(&self) -> bool {
        true
    }

    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        let steps = most_steps(sizes.train, EPOCHS);
        let part = self.part.map(|part| match part {
            Part::Selected => Piece::counted("rebuilt from the selected units", Scope::Units, steps),
            Part::Unselected => Piece::counted("rebuilt from the unselected units", Scope::Units, steps),
        });
        let needs_ceiling = self.is_relative || self.part.is_none();
        let ceiling = needs_ceiling.then(|| Piece::counted("rebuilt from everything", Scope::Table, steps));
        [Some(Piece::training_items(sizes)), part, ceiling].into_iter().flatten().collect()
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let values = match self.part {
            Some(part) => {
                let name = format!("a {part:?} {}", context.k);
                context.once(&name, |context| learned(context, Some(part)))?
            }
            None => ceiling(context)?,
        };
        if !self.is_relative {
            return Ok(values);
        }
        let ceiling = stats::mean(&ceiling(context)?);
        if ceiling <= 0.0 {
            return Err(ExplainError::Unfit(
                "a1_rel, a2_rel: no generator that is shown everything keeps the black box's class, so there is nothing to divide by; look at a1 and a2".to_owned(),
            ));
        }
        Ok(values.iter().map(|value| value / ceiling * 100.0).collect())
    }
}

/// Agreement that a generator reaches that is shown everything: it belongs to no explainer, so a table computes it once.
fn ceiling(context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
    let shared = context.shared;
    shared.once(&format!("a_full {}", context.seed), || learned(context, None))
}

fn learned(context: &mut Context<'_>, part: Option<Part>) -> Result<Vec<f64>, ExplainError> {
    let (k, units, seed, black_box) = (context.k, context.units, context.seed, context.black_box);
    let shown = |masks: Vec<Mask>| match part {
        Some(Part::Selected) => masks,
        Some(Part::Unselected) => masks.iter().map(Mask::complement).collect(),
        None => masks.iter().map(|mask| Mask(vec![true; mask.0.len()])).collect(),
    };
    let train = context.train()?;
    let (train_masks, train_classes) = (shown(masks(&train.scores, k)), train.probs.all_classes());
    let items = Shown { rows: &train.rows, masks: &train_masks, classes: &train_classes };
    let mut fresh = FreshGenerator::new(black_box, units, items, EPOCHS, mix(seed, 3))?;
    while !fresh.is_done() {
        fresh.step()?;
        let (done, total) = fresh.progress();
        context.checkpoint(Progress::new(done, total, "batches").with_message("a fresh generator".to_owned()))?;
    }
    let (test_masks, test_classes) = (shown(context.test_masks()), context.test.probs.all_classes());
    let test = Shown { rows: &context.test.rows, masks: &test_masks, classes: &test_classes };
    Ok(shares(&fresh.agreement(test, seed)?))
}
