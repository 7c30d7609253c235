//! Training of an explainer: minibatches, validation by the black box after each epoch, the best weights kept, honesty watched.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Tensor, nn};

use super::mask_only::mask_only;
use super::{Batch, Learner, Setup, column};
use crate::data::{Dataset, Modality, Rows, Split, Unit, Units, evenly};
use crate::explain::card::{EXPLAINER_FORMAT, EXPLAINER_VERSION};
use crate::explain::fidelity::{answers, largest_share, percent, same_class};
use crate::explain::{ClassScores, ExplainError, Explainer, ExplainerCard, Fill, Mask, SavedExplainer, Scores, method};
use crate::model::card::{Curves, Versions};
use crate::model::losses::LossPoints;
use crate::model::params::Params;
use crate::model::tensors::{device_name, finite, from_rows, indices, mix, seed_step, to_vec};
use crate::model::{BlackBox, Probs, SavedBox, TorchBox, architecture};
use crate::work::format_count;

/// Rows per forward pass of a selector.
const CHUNK: usize = 256;
/// Most validation items that are looked at after each epoch.
const VALIDATION_ITEMS: usize = 1000;
/// Masks of training items that the mask-only network learns from.
const MASK_ITEMS: usize = 2000;

/// What an explainer is trained on.
pub struct RunSetup<'a> {
    /// Method id.
    pub method: &'a str,
    /// Its parameters.
    pub params: &'a Params,
    /// What is selected.
    pub unit: Unit,
    /// How many.
    pub k: usize,
    /// Data.
    pub data: &'a Dataset,
    /// The model explained.
    pub black_box: &'a SavedBox,
    /// Seed.
    pub seed: u64,
    /// Name on screen.
    pub name: &'a str,
    /// Where to train.
    pub device: Device,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// A minibatch of so many items.
    Batch(usize),
    /// The end of an epoch, with its validation.
    Epoch(u32),
}

/// An explainer under training.
pub struct TrainRun {
    learner: Box<dyn Learner>,
    black_box: TorchBox,
    train: Side,
    input: Tensor,
    validation: Side,
    units: Units,
    k: usize,
    seed: u64,
    batch: usize,
    epochs: u32,
    step: u64,
    order: Vec<usize>,
    losses: LossPoints,
    has_new_point: bool,
    best: Option<(f64, f64)>,
    best_weights: Arc<Vec<u8>>,
    keeps_last: bool,
    card: ExplainerCard,
    warnings: Vec<String>,
    device: Device,
}

/// Rows with the black box's answers.
struct Side {
    rows: Rows,
    probs: Probs,
}

impl TrainRun {
    /// Asks the black box about the training and validation items and initialises the networks.
    pub fn new(setup: RunSetup<'_>) -> Result<Self, ExplainError> {
        let started = Instant::now();
        let method = method(setup.method)?;
        let spec = method.spec();
        setup.params.check(spec.params).map_err(crate::model::ModelError::from)?;
        let black_box = TorchBox::new(setup.black_box, setup.device)?;
        let shape = black_box.card().shape;
        black_box.card().check_unit(setup.unit)?;
        let modality = black_box.card().modality();
        if !spec.modalities.contains(&modality) {
            let known: Vec<&str> = spec.modalities.iter().map(|modality| modality.plural()).collect();
            return Err(ExplainError::Unfit(format!(
                "{}: expected a black box that reads {}, found {}, which reads {}; choose another method",
                spec.title,
                known.join(" or "),
                black_box.card().name,
                modality.plural()
            )));
        }
        let units = Units::new(setup.unit, shape);
        if setup.k == 0 {
            return Err(ExplainError::Unfit(
                "k: expected at least 1 unit to select, found 0; give a larger k".to_owned(),
            ));
        }
        if black_box.tensor_box().is_none()
            && let Some(instead) = spec.needs_gradients_with(setup.params)
        {
            let (method, black_box) = (spec.title.to_owned(), black_box.card().name.clone());
            return Err(match instead {
                None => ExplainError::NoGradients { method, black_box },
                Some(instead) => ExplainError::Unfit(format!(
                    "{method} needs gradients of the black box with these settings, and {black_box} gives none; set {instead}, or distil a \
                     stand-in that has gradients first (`unmask fit --distil`, or Distil a stand-in under Train)"
                )),
            });
        }
        let learner = method
            .learner(&Setup {
                params: setup.params,
                units,
                k: setup.k,
                classes: black_box.card().classes.len(),
                input: black_box.card().input(),
                architecture: architecture(&setup.black_box.card.architecture)?,
                background: &setup.black_box.background,
                weights: &setup.black_box.weights,
                seed: setup.seed,
                device: setup.device,
            })
            .ok_or_else(|| {
                ExplainError::Unfit(format!("{} needs no training: explain with it directly", spec.title))
            })??;
        let side = |split, limit| Side::of(setup.data, split, limit, &black_box);
        let train = side(Split::Train, usize::MAX)?;
        if train.rows.n() == 0 {
            return Err(ExplainError::Unfit(format!(
                "{}: expected training items, found none; choose a data set with a training split",
                setup.data.name
            )));
        }
        let validation = side(Split::Validation, VALIDATION_ITEMS)?;
        let card = ExplainerCard {
            format: EXPLAINER_FORMAT.to_owned(),
            version: EXPLAINER_VERSION,
            name: setup.name.to_owned(),
            method: spec.id.to_owned(),
            params: setup.params.clone(),
            unit: setup.unit,
            k: setup.k.min(units.count()),
            data: setup.data.spec.to_string(),
            data_hash: setup.data.hash.clone(),
            blackbox_hash: setup.black_box.card.hash.clone(),
            seed: setup.seed,
            epochs: 0,
            best_epoch: 0,
            complete: false,
            validation: BTreeMap::new(),
            curves: Curves::default(),
            threads: tch::get_num_threads(),
            device: device_name(setup.device),
            versions: Versions::current(),
            seconds: 0.0,
            hash: String::new(),
        };
        let mut run = Self {
            input: from_rows(&train.rows, setup.device),
            order: (0..train.rows.n()).collect(),
            batch: setup.params.whole(spec.params, "batch").max(1) as usize,
            epochs: setup.params.whole(spec.params, "epochs").max(1) as u32,
            seed: setup.seed,
            k: setup.k,
            learner,
            black_box,
            train,
            validation,
            units,
            step: 0,
            losses: LossPoints::default(),
            has_new_point: false,
            best: None,
            best_weights: Arc::default(),
            keeps_last: method.keeps_last(setup.unit),
            card,
            warnings: Vec::new(),
            device: setup.device,
        };
        // What the black box is asked before the first step belongs to the training; a pause between two steps does not.
        run.card.seconds = started.elapsed().as_secs_f64();
        Ok(run)
    }

    /// Whether all epochs are done.
    pub fn is_done(&self) -> bool {
        self.card.complete
    }

    /// Minibatches done and in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.step, self.batches() * u64::from(self.epochs))
    }

    /// Epochs in all.
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Whether the last step added to the curves of losses, between the ends of two epochs or at one.
    pub const fn has_new_point(&self) -> bool {
        self.has_new_point
    }

    /// The card so far.
    pub fn card(&self) -> &ExplainerCard {
        &self.card
    }

    /// What the user should know, in plain words.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The weights with the best validation fidelity so far, ready to be saved and used.
    pub fn checkpoint(&self) -> Result<SavedExplainer, ExplainError> {
        let weights = if self.best.is_some() { self.best_weights.clone() } else { Arc::new(self.learner.weights()?) };
        let mut card = self.card.clone();
        card.hash = card.hash_with(&weights);
        Ok(SavedExplainer { card, weights })
    }

    fn batches(&self) -> u64 {
        self.order.len().div_ceil(self.batch) as u64
    }

    /// One minibatch; after the last of an epoch also the validation. Order depends on seed and epoch, noise on seed and step.
    pub fn step(&mut self) -> Result<Stepped, ExplainError> {
        let started = Instant::now();
        let stepped = self.next_batch();
        self.card.seconds += started.elapsed().as_secs_f64();
        stepped
    }

    fn next_batch(&mut self) -> Result<Stepped, ExplainError> {
        let batches = self.batches();
        let (epoch, batch_idx) = ((self.step / batches) as u32, (self.step % batches) as usize);
        if batch_idx == 0 {
            self.order.sort_unstable();
            self.order.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(self.seed, u64::from(epoch))));
        }
        let items = &self.order[batch_idx * self.batch..((batch_idx + 1) * self.batch).min(self.order.len())];
        let index = indices(items, self.device);
        let probs: Vec<f32> = items.iter().flat_map(|&item| self.train.probs.row(item)).copied().collect();
        let probs = Tensor::from_slice(&probs).view([items.len() as i64, -1]).to_device(self.device);
        seed_step(self.seed, self.step);
        let stepped = self.learner.step(&Batch {
            input: &self.input.index_select(0, &index),
            probs: &probs,
            epoch: epoch + 1,
            progress: self.step as f64 / (batches * u64::from(self.epochs)) as f64,
            black_box: &self.black_box,
        });
        // Where there were no answers, a learner that only looks at the class has gone on with a wrong one, and its losses do not show it.
        if let Some(failure) = self.black_box.take_failure() {
            return Err(failure.into());
        }
        let losses = stepped?;
        for (name, loss) in losses {
            let place = || format!("epoch {}, batch {}", epoch + 1, batch_idx + 1);
            let value = finite(&loss, &format!("the loss \"{name}\""), place)?;
            self.losses.add(&format!("loss: {name}"), value);
        }
        self.step += 1;
        self.has_new_point = self.losses.put(self.step, (batches, self.epochs), &mut self.card.curves);
        if batch_idx as u64 + 1 < batches {
            return Ok(Stepped::Batch(items.len()));
        }
        self.end_epoch(epoch + 1)?;
        Ok(Stepped::Epoch(epoch + 1))
    }

    fn end_epoch(&mut self, epoch: u32) -> Result<(), ExplainError> {
        let at = f64::from(epoch);
        self.card.epochs = epoch;
        self.card.complete = epoch >= self.epochs;
        if self.validation.rows.n() == 0 {
            self.best_weights = Arc::new(self.learner.weights()?);
            self.best = Some((f64::NAN, f64::NAN));
            self.card.best_epoch = epoch;
            return Ok(());
        }
        let figures = self.validate()?;
        // Chance is the same after every epoch.
        for (id, value) in figures.iter().filter(|(id, _)| *id != "chance") {
            self.card.curves.push(id, at, *value);
        }
        let (fs_m, fu_m) = (figures["fs_m"], figures["fu_m"]);
        // FS-M by the black box decides; where it is equal, the smaller FU-M.
        let is_better = |(best_fs, best_fu): (f64, f64)| fs_m > best_fs || (fs_m == best_fs && fu_m < best_fu);
        let better = self.keeps_last || self.best.is_none_or(is_better);
        if better {
            self.best = Some((fs_m, fu_m));
            self.best_weights = Arc::new(self.learner.weights()?);
            self.card.best_epoch = epoch;
            self.card.validation = figures.clone();
        }
        self.warnings = honesty(&figures, self.units.unit);
        Ok(())
    }

    /// Figures on the validation items at k, in percent; `chance` is the share of the class that the black box names most often.
    fn validate(&self) -> Result<BTreeMap<String, f64>, ExplainError> {
        let (train_masks, train_classes) = self.masks_of(&self.train, MASK_ITEMS)?;
        let (masks, classes) = self.masks_of(&self.validation, VALIDATION_ITEMS)?;
        let answers = answers(&self.black_box, &self.validation.rows, self.units, &masks, Fill::Zero, self.seed)?;
        let told = mask_only(
            (&train_masks, &train_classes),
            (&masks, &classes),
            self.black_box.card().classes.len(),
            mix(self.seed, 0x6d61_736b),
        )?;
        let mut figures = BTreeMap::from([
            ("fs_m".to_owned(), percent(&same_class(&self.validation.probs, &answers.selected))),
            ("fu_m".to_owned(), percent(&same_class(&self.validation.probs, &answers.unselected))),
            ("mask_only".to_owned(), percent(&told)),
            ("chance".to_owned(), largest_share(&classes)),
        ]);
        if let Some(agree) = self.approximator_agreement(&masks, &classes)? {
            figures.insert("approximator".to_owned(), agree);
        }
        Ok(figures)
    }

    /// Masks of at most `limit` items of a side, evenly spaced, with the black box's classes.
    fn masks_of(&self, side: &Side, limit: usize) -> Result<(Vec<Mask>, Vec<usize>), ExplainError> {
        let picked = evenly(side.rows.n(), limit);
        let mut masks = Vec::with_capacity(picked.len());
        let scorer = |input: &Tensor, probs: &Tensor| self.learner.scores(input, probs);
        let (rows, probs) = (side.rows.pick(&picked), side.probs.pick(&picked));
        let mut scores = score_in_chunks(&scorer, &rows, &probs, self.units, self.device)?;
        scores.forbid_padding(&rows, self.units);
        for row_idx in 0..picked.len() {
            masks.push(Mask::top_k(scores.row(row_idx), self.k));
        }
        Ok((masks, probs.all_classes()))
    }

    fn approximator_agreement(&self, masks: &[Mask], classes: &[usize]) -> Result<Option<f64>, ExplainError> {
        let rows = &self.validation.rows;
        let zero = Rows { shape: rows.shape, values: vec![0.0; rows.values.len()] };
        let masked = crate::explain::mask::keep_only(rows, self.units, masks, &zero);
        let mut agree = Vec::with_capacity(classes.len());
        for start in (0..masked.n()).step_by(CHUNK) {
            let end = (start + CHUNK).min(masked.n());
            let input = from_rows(&masked.slice(start..end), self.device);
            let Some(logits) = tch::no_grad(|| self.learner.approximate(&input)) else {
                return Ok(None);
            };
            let answers = to_vec(&logits.argmax(-1, false))?;
            agree.extend(answers.iter().zip(&classes[start..end]).map(|(answer, class)| *answer as usize == *class));
        }
        Ok(Some(percent(&agree)))
    }
}

impl Side {
    fn of(data: &Dataset, split: Split, limit: usize, black_box: &TorchBox) -> Result<Self, ExplainError> {
        let card = black_box.card();
        let items = data.some_of(split, limit);
        let fit = crate::model::saved::fit_for(card, black_box.background(), data);
        let rows = card.rows(data, &items, &fit).map_err(crate::model::ModelError::from)?;
        let probs = black_box.predict(&rows)?;
        Ok(Self { rows, probs })
    }
}

/// Minibatches below which a selector has hardly begun to learn: after three epochs of 231 texts, 15 minibatches, AIM's weights of all words were still
/// within 0.002 of zero, where they start.
const FEW_BATCHES: u64 = 200;
/// Minibatches that are advised in their place.
const ADVISED_BATCHES: u64 = 600;
/// Most epochs that are advised. Each ends with a validation, which takes longer than the few minibatches of a small data set.
const MOST_EPOCHS: u64 = 300;
/// Minibatches without a gain after which training may stop early: fewer say nothing, however many epochs they are.
const PATIENT_BATCHES: u64 = 100;

/// Minibatches of an epoch.
const fn an_epoch(items: usize, batch: i64) -> u64 {
    let batch = if batch < 1 { 1 } else { batch as usize };
    items.div_ceil(batch) as u64
}

/// Epochs that are enough for `items` training items in minibatches of `batch`: `epochs`, or as many more as give about 600 minibatches, but not above 300.
pub fn enough_epochs(items: usize, batch: i64, epochs: i64) -> i64 {
    match an_epoch(items, batch) {
        0 => epochs,
        an_epoch => epochs.max(ADVISED_BATCHES.div_ceil(an_epoch).min(MOST_EPOCHS) as i64),
    }
}

/// Epochs without a gain after which training may stop early: `patience`, or as many more as give 100 minibatches.
pub fn enough_patience(items: usize, batch: i64, patience: i64) -> i64 {
    match an_epoch(items, batch) {
        0 => patience,
        an_epoch => patience.max(PATIENT_BATCHES.div_ceil(an_epoch) as i64),
    }
}

/// A training that is too short to learn anything: epochs say little where an epoch is a few minibatches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    /// Minibatches in all.
    pub batches: u64,
    /// Epochs that would be enough.
    pub epochs: i64,
    /// Minibatches that these would give.
    pub then: u64,
}

impl TooFew {
    /// Of `items` training items in minibatches of `batch`; `None` where `epochs` of these are enough, and where there are no items.
    pub fn of(items: usize, batch: i64, epochs: i64) -> Option<Self> {
        let an_epoch = an_epoch(items, batch);
        let batches = an_epoch * epochs.max(1) as u64;
        if an_epoch == 0 || batches >= FEW_BATCHES {
            return None;
        }
        let epochs = enough_epochs(items, batch, epochs);
        Some(Self { batches, epochs, then: epochs as u64 * an_epoch })
    }
}

/// "12 minibatches in all: too few to learn; 150 epochs would give 600".
impl std::fmt::Display for TooFew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { batches, epochs, then } = self;
        let noun = if *batches == 1 { "minibatch" } else { "minibatches" };
        write!(f, "{batches} {noun} in all: too few to learn; {epochs} epochs would give {}", format_count(*then))
    }
}

/// Points by which the mask may tell the class less often than the selection keeps it and still tells about as much.
const CLOSE: f64 = 5.0;
/// From how much of the way between chance and certainty on a mask tells much of the class.
const MUCH: f64 = 0.5;
/// Share in percent that is told by always naming one class, where that is not known.
const CHANCE: f64 = 50.0;

/// Plain words about masks that may spell the label. Of the figures, in percent: `approximator` far ahead of `fs_m` while `mask_only` follows (MEED, the
/// ablation of section 4.1.2, where FS-A runs ahead of FS-M); or `mask_only` as high as `fs_m` and far above `chance`, the share of the most frequent
/// class: then FS-M would be as high if no value counted.
///
/// The second sign is for units whose places mean the same in every item, such as the columns of a table: there an explainer that is shown the class can
/// give it a set of columns of its own, with which the black box names that class whatever they hold. An honest selection can follow the class, too, but
/// FS-M does not tell the two apart. On pictures it is no sign: what is selected of a digit is drawn like the digit.
pub fn honesty(figures: &BTreeMap<String, f64>, unit: Unit) -> Vec<String> {
    let get = |id: &str| figures.get(id).copied();
    let (Some(fs_m), Some(mask_only)) = (get("fs_m"), get("mask_only")) else { return Vec::new() };
    if let Some(approximator) = get("approximator")
        && approximator > fs_m + 5.0
        && mask_only > fs_m
    {
        return vec![format!(
            "The masks may spell the label: the approximator agrees with the black box on {approximator:.1} % of the items, the \
             black box itself on only {fs_m:.1} %, and the mask without any value tells the class in {mask_only:.1} %. Do not read this as \
             what the model used. Try: another seed, a larger adversarial weight, the loss through the black box, or a larger k."
        )];
    }
    let chance = get("chance").unwrap_or(CHANCE);
    let tells_much = mask_only > chance + MUCH * (100.0 - chance);
    if unit.modality() == Modality::Image || mask_only + CLOSE < fs_m || !tells_much {
        return Vec::new();
    }
    let noun = unit.noun(2);
    vec![format!(
        "Which {noun} are selected tells the class without any value in {mask_only:.1} % of the items (mask only), about as often as their values keep it \
         or more (FS-M {fs_m:.1} %), so FS-M proves nothing here: compare with a method that is not shown the class, such as L2X, or take a larger k."
    )]
}

/// Scores `[b, units]`, or `[b, units, classes]`, from inputs `[b, c, h, w]` and the black box's answers `[b, classes]`.
pub(crate) type Scorer<'a> = dyn Fn(&Tensor, &Tensor) -> Tensor + 'a;

/// What `scorer` gives, chunk by chunk; of scores by class also the column of the box's class.
fn score_in_chunks(
    scorer: &Scorer<'_>,
    rows: &Rows,
    probs: &Probs,
    units: Units,
    device: Device,
) -> Result<Scores, ExplainError> {
    let mut values = Vec::with_capacity(rows.n() * units.count());
    let mut by_class: Option<ClassScores> = None;
    for start in (0..rows.n()).step_by(CHUNK) {
        let end = (start + CHUNK).min(rows.n());
        let input = from_rows(&rows.slice(start..end), device);
        let answer = Tensor::from_slice(&probs.values[start * probs.classes..end * probs.classes])
            .view([(end - start) as i64, probs.classes as i64])
            .to_device(device);
        let scores = tch::no_grad(|| scorer(&input, &answer));
        if scores.dim() == 3 {
            let all = by_class.get_or_insert_with(|| ClassScores { classes: probs.classes, values: Vec::new() });
            all.values.extend(to_vec(&scores)?);
            values.extend(to_vec(&column(&scores, &answer.argmax(-1, false)))?);
        } else {
            values.extend(to_vec(&scores)?);
        }
    }
    let mut all = values.iter().chain(by_class.iter().flat_map(|scores| &scores.values));
    if all.any(|score| score.is_nan()) {
        return Err(ExplainError::Model(crate::model::ModelError::NotFinite {
            what: "a score".to_owned(),
            place: "the selector's output".to_owned(),
        }));
    }
    Ok(Scores { units: units.count(), values, by_class })
}

/// Scores by a selector that was trained for the units `trained`; refused where `asked` are others.
pub(crate) fn selector_scores(
    scorer: &Scorer<'_>,
    (rows, probs): (&Rows, &Probs),
    (trained, asked): (Units, Units),
    device: Device,
) -> Result<Scores, ExplainError> {
    if asked != trained {
        return Err(ExplainError::Unfit(format!(
            "this explainer was trained to select {} of inputs {}, found {} of {}; choose that unit or train again",
            trained.unit.noun(2),
            trained.shape,
            asked.unit.noun(2),
            asked.shape
        )));
    }
    score_in_chunks(scorer, rows, probs, asked, device)
}

/// A trained selector, frozen.
pub(crate) struct NetExplainer {
    store: nn::VarStore,
    units: Units,
    scorer: Box<Scorer<'static>>,
}

impl NetExplainer {
    /// From a store, the units it was built for and what scores them: one score for each unit, or one for each unit and class.
    pub(crate) fn new(store: nn::VarStore, units: Units, scorer: Box<Scorer<'static>>) -> Self {
        Self { store, units, scorer }
    }
}

impl Explainer for NetExplainer {
    fn raw_scores(
        &mut self,
        _black_box: &dyn BlackBox,
        rows: &Rows,
        probs: &Probs,
        units: Units,
        _seed: u64,
    ) -> Result<Scores, ExplainError> {
        selector_scores(self.scorer.as_ref(), (rows, probs), (self.units, units), self.store.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FitRun, FitSetup};

    #[test]
    fn a_training_of_few_minibatches_says_how_many_epochs_would_be_enough() {
        let few = TooFew::of(231, 64, 3).expect("twelve are few");
        assert_eq!(few, TooFew { batches: 12, epochs: 150, then: 600 });
        assert_eq!(few.to_string(), "12 minibatches in all: too few to learn; 150 epochs would give 600");
        // What is advised is enough, and never more than a form takes.
        for (items, batch) in [(1, 64), (231, 64), (480, 50), (5000, 64)] {
            let few = TooFew::of(items, batch, 1).expect("few");
            assert!((1..=300).contains(&few.epochs) && few.then >= 600u64.min(300 * items as u64), "{few:?}");
            assert_eq!(TooFew::of(items, batch, few.epochs), None);
        }
        assert!(TooFew::of(64 * 199, 64, 1).is_some() && TooFew::of(64 * 200, 64, 1).is_none());
        assert_eq!(TooFew::of(0, 64, 2), None);
    }

    #[test]
    fn epochs_and_patience_that_are_enough_for_the_items_are_never_fewer_than_the_usual_ones() {
        for (items, batch, usual) in
            [(2400, 64, 2), (2400, 32, 5), (160, 100, 10), (24, 64, 2), (12_000, 64, 2), (1, 500, 30)]
        {
            let epochs = enough_epochs(items, batch, usual);
            assert!(epochs >= usual && TooFew::of(items, batch, epochs).is_none(), "{items}: {epochs}");
            assert!(epochs <= 300, "{items}: {epochs}");
        }
        assert_eq!(enough_epochs(2400, 64, 2), 16, "38 minibatches each, 600 in all");
        assert_eq!(enough_epochs(100_000, 64, 2), 2, "large data need no more");
        // Of two minibatches each, five epochs without a gain are chance.
        assert_eq!((enough_patience(150, 100, 5), enough_patience(2400, 40, 2)), (50, 2));
        assert_eq!((enough_epochs(0, 64, 2), enough_patience(0, 64, 2)), (2, 2));
    }

    #[test]
    fn the_masks_that_tell_the_class_are_those_of_training_items_from_all_over_the_data() {
        let spec = "synthetic:orange?n=300".parse().unwrap();
        let (data, params) = (crate::data::open(&spec, &mut |_| true).unwrap(), Params::default());
        let mut fit = FitRun::new(FitSetup {
            architecture: "rule-orange",
            params: &params,
            data: &data,
            seed: 0,
            name: "rule",
            device: Device::Cpu,
            teacher: None,
        })
        .unwrap();
        while !fit.is_done() {
            fit.step().unwrap();
        }
        let run = TrainRun::new(RunSetup {
            method: "l2x",
            params: &params,
            unit: Unit::Column,
            k: 4,
            data: &data,
            black_box: &fit.checkpoint().unwrap(),
            seed: 0,
            name: "l2x",
            device: Device::Cpu,
        })
        .unwrap();
        let (n, all) = (run.train.rows.n(), run.train.probs.all_classes());
        let (masks, classes) = run.masks_of(&run.train, 40).unwrap();
        let expected: Vec<usize> = (0..40).map(|i| all[i * n / 40]).collect();
        assert_eq!((masks.len(), &classes), (40, &expected));
        assert_ne!(classes, all[..40], "the first ones are others");
        // Each mask is of the same item as its class.
        let (every, _) = run.masks_of(&run.train, usize::MAX).unwrap();
        assert!((0..40).all(|i| masks[i] == every[i * n / 40]));
    }
}
