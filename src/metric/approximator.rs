//! FS-A and FU-A: does a freshly trained approximator give the black box's class from S only, from S̄ only?

use super::context::masks;
use super::cost::{Piece, Scope, Sizes};
use super::masked::shares;
use super::{ANY, Context, Metric, MetricSpec, MetricUnit};
use crate::data::{Modality, Rows};
use crate::explain::mask::{fill_rows, keep_only};
use crate::explain::{ExplainError, Mask};
use crate::model::train::FreshClassifier;
use crate::model::{BlackBox, mix};
use crate::work::Progress;

/// Agreement of a fresh network with the black box on one side of the mask.
#[derive(Debug)]
pub struct Fresh {
    spec: MetricSpec,
    side: Side,
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Selected,
    Unselected,
    Full,
}

/// Rows per update: Keras' default, which the published runner leaves as it is.
const BATCH: usize = 32;
/// Epochs, as in the published code.
const fn epochs(modality: Modality) -> u32 {
    match modality {
        Modality::Text => 5,
        _ => 12,
    }
}

/// Fidelity of the selected units by an approximator.
pub static FS_A: Fresh = Fresh {
    spec: MetricSpec {
        id: "fs_a",
        title: "FS-A",
        tip: "As FS-M, judged by a network of the black box's architecture that is trained afresh on the selected parts of the training items \
              (12 epochs of 32, for text 5; MEED, section 4.0.2). A mask that spells the label can fool it: read it beside FS-M and mask-only.",
        unit: MetricUnit::Percent,
        higher_is_better: Some(true),
        is_slow: true,
        modalities: ANY,
    },
    side: Side::Selected,
};

/// Fidelity of the unselected units by an approximator.
pub static FU_A: Fresh = Fresh {
    spec: MetricSpec {
        id: "fu_a",
        title: "FU-A",
        tip: "As FU-M, judged by a network trained afresh on the unselected parts of the training items (MEED, section 4.0.2).",
        unit: MetricUnit::Percent,
        higher_is_better: Some(false),
        is_slow: true,
        modalities: ANY,
    },
    side: Side::Unselected,
};

/// The approximators' ceiling.
pub static FS_A_FULL: Fresh = Fresh {
    spec: MetricSpec {
        id: "fs_a_full",
        title: "FS-A ceiling",
        tip: "What a freshly trained approximator reaches when it is given everything: no FS-A without a label-spelling mask should lie above it.",
        unit: MetricUnit::Percent,
        higher_is_better: None,
        is_slow: true,
        modalities: ANY,
    },
    side: Side::Full,
};

impl Metric for Fresh {
    fn spec(&self) -> &'static MetricSpec {
        match self.side {
            Side::Selected => &FS_A.spec,
            Side::Unselected => &FU_A.spec,
            Side::Full => &FS_A_FULL.spec,
        }
    }

    fn pieces(&self, sizes: &Sizes) -> Vec<Piece> {
        let steps = u64::from(epochs(sizes.modality)) * sizes.train.div_ceil(BATCH) as u64;
        vec![Piece::training_items(sizes), Piece::counted(self.spec().id, Scope::Units, steps)]
    }

    fn compute(&self, context: &mut Context<'_>) -> Result<Vec<f64>, ExplainError> {
        let (k, units, fill, seed) = (context.k, context.units, context.fill, context.seed);
        let background = context.black_box.background();
        let shown = |rows: &Rows, masks: Vec<Mask>, seed: u64| match self.side {
            Side::Full => rows.clone(),
            Side::Selected => keep_only(rows, units, &masks, &fill_rows(rows, units, fill, background, seed)),
            Side::Unselected => {
                let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
                keep_only(rows, units, &rest, &fill_rows(rows, units, fill, background, seed))
            }
        };
        let test = shown(&context.test.rows, masks(&context.test.scores, k), seed);
        let classes = context.test.probs.all_classes();
        let (black_box, saved) = (context.black_box, context.saved_box);
        let epochs = epochs(saved.card.modality());
        let train = context.train()?;
        let input = shown(&train.rows, masks(&train.scores, k), mix(seed, 1));
        let mut fresh = FreshClassifier::new(saved, black_box, &input, &train.probs, (BATCH, epochs), mix(seed, 2))?;
        drop(input);
        while !fresh.is_done() {
            fresh.step()?;
            let (done, total) = fresh.progress();
            let message = format!("fresh approximator for {}", self.spec.title);
            context.checkpoint(Progress::new(done, total, "batches").with_message(message))?;
        }
        let answers = fresh.classes(&test)?;
        Ok(shares(&answers.iter().zip(&classes).map(|(answer, class)| answer == class).collect::<Vec<_>>()))
    }
}
