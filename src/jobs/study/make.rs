//! Making a study, a piece at a time: the black box answers the pool, each stimulus is explained and rendered, everything is written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::StudyOutput;
use crate::data::{Dataset, Fit, Modality, Split, Unit, Units};
use crate::explain::{SavedExplainer, method};
use crate::jobs::compute::{CHUNK, Compute};
use crate::jobs::{Explain, Explained, Output, picture_of};
use crate::model::{BlackBox, SavedBox, argmax};
use crate::study::StudyError;
use crate::study::allocate::Candidate;
use crate::study::design::{ArmKind, Spec};
use crate::study::key::Frozen;
use crate::study::make::{Blueprint, PoolItem, Rendered, make, wanted};
use crate::study::stimulus::render;
use crate::work::{Job, JobContext, JobError, Notice, Progress, Step};

/// What makes an arm's stimuli.
#[derive(Clone, Debug)]
pub struct StudyArm {
    /// What is shown.
    pub kind: ArmKind,
    /// Who selects; `None` for the full input.
    pub explainer: Option<Arc<SavedExplainer>>,
}

/// A study to make.
#[derive(Clone, Debug)]
pub struct MakeStudy {
    /// The design; checked again.
    pub spec: Spec,
    /// The model explained.
    pub black_box: Arc<SavedBox>,
    /// One per arm of the design, in its order.
    pub arms: Vec<StudyArm>,
    /// Data.
    pub data: Arc<Dataset>,
    /// Fit of pictures to the box.
    pub fit: Fit,
    /// What is selected, in all arms.
    pub unit: Unit,
    /// How many units.
    pub k: usize,
    /// A folder for the files.
    pub dir: PathBuf,
    /// Participant files, one per machine.
    pub copies: usize,
}

impl MakeStudy {
    /// Whether everything fits, before anything is computed.
    pub fn check(&self) -> Result<(), StudyError> {
        self.spec.check()?;
        self.spec.check_classes(self.black_box.card.classes.len())?;
        let modality = self.black_box.card.modality();
        if !matches!(modality, Modality::Image | Modality::Text) {
            let expected = "pictures or texts, which is what studies show";
            return Err(StudyError::design("data.spec", expected, modality.plural(), "choose other data"));
        }
        let refused = |error: &dyn std::fmt::Display| StudyError::Step(error.to_string());
        self.black_box.card.check_unit(self.unit).map_err(|error| refused(&error))?;
        for (arm, named) in self.arms.iter().zip(&self.spec.arms) {
            let Some(explainer) = &arm.explainer else { continue };
            explainer.check_box(&self.black_box.card).map_err(|error| refused(&error))?;
            let method = method(&explainer.card.method).map_err(|error| refused(&error))?;
            method.spec().check_gradients(&self.black_box.card).map_err(|error| refused(&error))?;
            if explainer.card.unit != self.unit {
                return Err(StudyError::Step(format!(
                    "arm {}: expected an explainer of {}, found one of {}; all arms of a study select the same units",
                    named.name,
                    self.unit.noun(2),
                    explainer.card.unit.noun(2)
                )));
            }
        }
        let taken = crate::jobs::study::files_in(&self.dir);
        taken.into_iter().next().map_or(Ok(()), |path| Err(StudyError::Exists { path }))
    }

    fn split(&self) -> Split {
        // Other names were refused with the design.
        self.spec.split().parse().unwrap_or(Split::Test)
    }
}

/// Where the making stands.
enum At {
    /// Asking the black box; the next item.
    Pool(usize),
    /// Rendering; the next stimulus.
    Render(usize),
}

pub(super) struct MakeJob {
    task: Box<MakeStudy>,
    at: At,
    items: Vec<usize>,
    pool: Vec<PoolItem>,
    /// Explainers of all arms; the first also brings the layout of full inputs.
    explainers: Vec<Arc<SavedExplainer>>,
    /// For each arm its explainer.
    of_arm: Vec<Option<usize>>,
    wanted: Vec<(usize, Option<usize>)>,
    rendered: BTreeMap<(usize, Option<usize>), Rendered>,
    last: Option<Arc<Explained>>,
}

impl MakeJob {
    pub fn new(task: Box<MakeStudy>) -> Self {
        Self {
            task,
            at: At::Pool(0),
            items: Vec::new(),
            pool: Vec::new(),
            explainers: Vec::new(),
            of_arm: Vec::new(),
            wanted: Vec::new(),
            rendered: BTreeMap::new(),
            last: None,
        }
    }

    /// Checks the design and lines up explainers and items.
    fn begin(&mut self) -> Result<(), JobError> {
        let task = &self.task;
        task.check()?;
        for arm in &task.arms {
            self.of_arm.push(arm.explainer.as_ref().map(|explainer| {
                self.explainers.push(explainer.clone());
                self.explainers.len() - 1
            }));
        }
        if self.explainers.is_empty() {
            // Something has to bring the picture's layout, also for a study of full inputs alone.
            let card = &task.black_box.card;
            let made = SavedExplainer::untrained("random", task.unit, task.k, card, task.spec.seed)?;
            self.explainers.push(Arc::new(made));
        }
        self.items = task.data.in_split(task.split());
        if self.items.is_empty() {
            return Err(StudyError::design(
                "data.split",
                "a split with items",
                format!("none in the {} split of {}", task.spec.split(), task.data.name),
                "choose another split",
            )
            .into());
        }
        Ok(())
    }

    /// The black box's answers to the next chunk of the split.
    fn ask(&mut self, env: &mut Compute, from: usize) -> Result<usize, JobError> {
        let task = &self.task;
        let end = (from + CHUNK).min(self.items.len());
        let items = &self.items[from..end];
        let black_box = env.black_box(&task.black_box)?;
        let rows = black_box.card().rows(&task.data, items, &task.fit)?;
        let probs = black_box.predict(&rows)?;
        // The data may list classes in another order than the box was trained with.
        let classes = &task.black_box.card.classes;
        let class_of: Vec<Option<u16>> = task
            .data
            .classes
            .iter()
            .map(|name| classes.iter().position(|known| known == name).map(|at| at as u16))
            .collect();
        for (row, &index) in items.iter().enumerate() {
            let probs = probs.row(row);
            let model = argmax(probs);
            let label = task.data.labels.get(index).copied().flatten();
            let truth = label.and_then(|label| class_of.get(usize::from(label)).copied().flatten());
            self.pool.push(PoolItem {
                candidate: Candidate { index, truth, model: model as u16, confidence: probs[model] },
                source: task.data.source_index[index],
                name: task.data.item_name(index),
                probs: probs.to_vec(),
            });
        }
        Ok(end)
    }

    fn explained(
        &mut self,
        env: &mut Compute,
        item: usize,
        cx: &mut JobContext<'_>,
    ) -> Result<Arc<Explained>, JobError> {
        if let Some(known) = self.last.as_ref().filter(|known| known.item == item) {
            return Ok(known.clone());
        }
        let task = &self.task;
        let asked = Explain {
            black_box: task.black_box.clone(),
            explainers: self.explainers.clone(),
            data: task.data.clone(),
            item,
            fit: task.fit,
            unit: task.unit,
            k: task.k,
            fill: task.spec.show.fill,
            seed: task.spec.seed,
            class_answers: false,
            contrast: None,
            rebuilt: false,
        };
        let Output::Explained(explained) = crate::jobs::explain::one(env, &asked, cx)? else {
            return Err(JobError::failed("study", "Explaining gave something else than was asked for"));
        };
        self.last = Some(explained.clone());
        Ok(explained)
    }

    /// What an arm shows of an item, and the model's answer to just that.
    fn render(&self, explained: &Explained, arm: Option<usize>) -> Result<Rendered, JobError> {
        let task = &self.task;
        let kind = arm.map_or(ArmKind::Full, |arm| task.arms[arm].kind);
        let index = arm.and_then(|arm| self.of_arm[arm]).unwrap_or(0);
        let card = &self.explainers[index].card;
        let mut picture = picture_of(&task.data, &task.black_box.card, card, explained, (index, None))?;
        picture.hidden = task.spec.show.hidden;
        let result = explained.methods[index].as_ref().map_err(Notice::clone)?;
        let probs = match kind {
            ArmKind::Full => &explained.probs_full,
            ArmKind::Selected | ArmKind::Random => &result.probs_selected,
            ArmKind::Unselected => &result.probs_unselected,
        };
        let selected = match kind {
            ArmKind::Full => Vec::new(),
            _ => (0..explained.units.count())
                .filter(|&unit| result.is_selected(unit, task.k))
                .map(|unit| unit as u32)
                .collect(),
        };
        Ok(Rendered { media: render(&picture, kind, task.spec.show.side)?, answer: argmax(probs) as u16, selected })
    }

    fn write(&mut self) -> Result<Output, StudyError> {
        let task = &self.task;
        let card = &task.black_box.card;
        let hashes: Vec<String> = task
            .arms
            .iter()
            .map(|arm| arm.explainer.as_ref().map_or_else(String::new, |explainer| explainer.card.hash.clone()))
            .collect();
        let frozen = Frozen {
            data: task.data.hash.clone(),
            data_name: task.data.name.clone(),
            black_box: card.hash.clone(),
            masks: String::new(),
            units: Units::new(task.unit, card.shape).count(),
            k: task.k,
            unit: task.unit.to_string(),
        };
        let blueprint =
            Blueprint { spec: &task.spec, classes: &card.classes, pool: &self.pool, explainers: &hashes, frozen };
        let rendered = &mut self.rendered;
        let made = make(blueprint, &mut |at, arm, _| {
            rendered.remove(&(at, arm)).ok_or_else(|| StudyError::Render("a stimulus was not rendered".to_owned()))
        })?;
        let files = made.write(&task.dir, task.copies)?;
        Ok(Output::Study(StudyOutput::Made {
            files,
            stimuli: made.content.stimuli.len(),
            places: made.content.places.len(),
            remarks: made.remarks,
        }))
    }
}

impl Job<Compute> for MakeJob {
    fn step(&mut self, env: &mut Compute, cx: &mut JobContext<'_>) -> Result<Step<Output>, JobError> {
        cx.check_cancelled()?;
        match self.at {
            At::Pool(from) => {
                if from == 0 {
                    self.begin()?;
                }
                let end = self.ask(env, from)?;
                let total = self.items.len();
                cx.report(Progress::new(end as u64, total as u64, "items").with_message("asking the black box"));
                self.at = At::Pool(end);
                if end == total {
                    self.wanted = wanted(&self.task.spec, &self.pool)?;
                    self.at = At::Render(0);
                }
            }
            At::Render(next) => {
                let Some(&(at, arm)) = self.wanted.get(next) else { return Ok(Step::Done(self.write()?)) };
                let explained = self.explained(env, self.pool[at].candidate.index, cx)?;
                let rendered = self.render(&explained, arm)?;
                self.rendered.insert((at, arm), rendered);
                let total = self.wanted.len();
                cx.report(Progress::new(next as u64 + 1, total as u64, "stimuli").with_message("rendering"));
                self.at = At::Render(next + 1);
            }
        }
        Ok(Step::Continue)
    }
}
