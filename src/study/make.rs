//! From a design and explained items to the participant file and its key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::StudyError;
use super::allocate::{Candidate, Chosen, Request, Role, Slot, allocate, choose};
use super::design::{ArmKind, Form, Spec};
use super::dice::{Dice, stream};
use super::key::{Frozen, Key, KeyArm, KeyItem, KeyStimulus};
use super::stimulus::Media;
use super::store::{Content, FileState, Meta, Place, Shown, Stimulus, Store, Trial};
use crate::store::hash::PartHasher;

/// Most copies of a participant file.
pub const MAX_COPIES: usize = 200;

/// An item that could take part, with what the key says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolItem {
    /// What choosing looks at.
    pub candidate: Candidate,
    /// Number in the data's file, before any filter.
    pub source: u32,
    /// Name in the data.
    pub name: String,
    /// The model's probabilities for the full input.
    pub probs: Vec<f32>,
}

/// A stimulus as the caller rendered it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What is shown.
    pub media: Media,
    /// The model's class for what is shown.
    pub answer: u16,
    /// Selected units, ascending.
    pub selected: Vec<u32>,
}

/// What a study is made from.
#[derive(Debug)]
pub struct Blueprint<'a> {
    /// The design, checked.
    pub spec: &'a Spec,
    /// Classes of the data.
    pub classes: &'a [String],
    /// Items that could take part.
    pub pool: &'a [PoolItem],
    /// For each arm, the hash of its explainer's card; empty for the full input.
    pub explainers: &'a [String],
    /// Hashes of data and black box, and what is selected; the hash over the masks is filled in.
    pub frozen: Frozen,
}

/// A study that is ready to be written.
#[derive(Clone, Debug)]
pub struct Made {
    /// What participants see.
    pub content: Content,
    /// What it means.
    pub key: Key,
    /// What the researcher should know, a sentence each.
    pub remarks: Vec<String>,
}

/// Which stimuli a study over `pool` needs, so that they can be rendered one at a time before [`make`] asks for each: positions in the pool,
/// and the arm, or `None` for the full input of a catch item.
pub fn wanted(spec: &Spec, pool: &[PoolItem]) -> Result<Vec<(usize, Option<usize>)>, StudyError> {
    let (chosen, slots) = arrange(spec, pool)?;
    Ok(needed(&chosen, &slots))
}

/// Chooses items and allocates them.
fn arrange(spec: &Spec, pool: &[PoolItem]) -> Result<(Chosen, Vec<Slot>), StudyError> {
    let target = spec.protocol.target();
    let candidates: Vec<Candidate> = pool.iter().map(|item| item.candidate).collect();
    let chosen = choose(&candidates, spec)?;
    let class_of = |&at: &usize| candidates[at].stratum(target).class;
    let items: Vec<_> = chosen.main.iter().map(|&at| candidates[at].stratum(target)).collect();
    let catch: Vec<u16> = chosen.catch.iter().map(class_of).collect();
    let practice: Vec<u16> = chosen.practice.iter().map(class_of).collect();
    let slots = allocate(&Request { spec, items: &items, catch: &catch, practice: &practice })?;
    Ok((chosen, slots))
}

/// Which stimuli a study needs: pool positions, and the arm, or `None` for the full input of a catch item.
fn needed(chosen: &Chosen, slots: &[Slot]) -> Vec<(usize, Option<usize>)> {
    let mut out: Vec<(usize, Option<usize>)> = slots
        .iter()
        .flat_map(|slot| &slot.trials)
        .map(|trial| source_of(chosen, trial.role, trial.item, trial.arm))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn source_of(chosen: &Chosen, role: Role, item: usize, arm: usize) -> (usize, Option<usize>) {
    match role {
        Role::Main | Role::Repeat => (chosen.main[item], Some(arm)),
        Role::Practice => (chosen.practice[item], Some(arm)),
        Role::Catch => (chosen.catch[item], None),
    }
}

/// Chooses items, allocates them, asks `render` for each stimulus once, and codes everything. `render` gets a position in the pool, the arm
/// (`None`: the full input) and how many stimuli are done of how many.
pub fn make(
    blueprint: Blueprint<'_>,
    render: &mut dyn FnMut(usize, Option<usize>, [usize; 2]) -> Result<Rendered, StudyError>,
) -> Result<Made, StudyError> {
    let Blueprint { spec, classes, pool, explainers, mut frozen } = blueprint;
    spec.check()?;
    spec.check_classes(classes.len())?;
    let (chosen, slots) = arrange(spec, pool)?;
    let target = spec.protocol.target();
    let practice: Vec<u16> = chosen.practice.iter().map(|&at| pool[at].candidate.stratum(target).class).collect();

    let mut codes = Codes::new(spec.seed);
    let arms: Vec<KeyArm> = spec
        .arms
        .iter()
        .enumerate()
        .map(|(at, arm)| KeyArm {
            code: codes.next(),
            name: arm.name.clone(),
            kind: arm.kind,
            explainer: explainers.get(at).cloned().unwrap_or_default(),
        })
        .collect();
    let mut key_items = Vec::new();
    let mut item_at = BTreeMap::new();
    for (role, members) in
        [(Role::Main, &chosen.main), (Role::Catch, &chosen.catch), (Role::Practice, &chosen.practice)]
    {
        for &at in members {
            let item = &pool[at];
            item_at.insert(at, key_items.len());
            key_items.push(KeyItem {
                code: codes.next(),
                source: item.source,
                name: item.name.clone(),
                role,
                truth: item.candidate.truth,
                model: item.candidate.model,
                probs: item.probs.clone(),
            });
        }
    }

    let wanted = needed(&chosen, &slots);
    let total = wanted.len();
    let mut drawn = Vec::with_capacity(total);
    let mut key_stimuli = BTreeMap::new();
    for (done, (at, arm)) in wanted.into_iter().enumerate() {
        let rendered = render(at, arm, [done, total])?;
        let item = item_at.get(&at).copied().unwrap_or_default();
        let code = codes.next();
        // A catch item stands under some arm's code, like the others.
        let arm_code = arms[arm.unwrap_or_else(|| codes.dice.below(arms.len()))].code.clone();
        key_stimuli
            .insert(code.clone(), KeyStimulus { item, arm, answer: rendered.answer, selected: rendered.selected });
        drawn.push((
            (at, arm),
            Stimulus { code, item: key_items[item].code.clone(), arm: arm_code, media: rendered.media },
        ));
    }
    // By code, so that rows say nothing either.
    drawn.sort_by(|a, b| a.1.code.cmp(&b.1.code));
    let row_of: BTreeMap<(usize, Option<usize>), i64> =
        drawn.iter().enumerate().map(|(row, (source, _))| (*source, row as i64 + 1)).collect();

    let mut places = Vec::with_capacity(slots.len());
    let mut roles = Vec::with_capacity(slots.len());
    for slot in &slots {
        let trials = slot.trials.iter().map(|trial| Trial {
            stimulus: row_of[&source_of(&chosen, trial.role, trial.item, trial.arm)],
            section: trial.section,
            practice: (trial.role == Role::Practice).then(|| practice[trial.item]),
        });
        places.push(Place { turned: slot.turned, trials: trials.collect() });
        roles.push(slot.trials.iter().map(|trial| trial.role).collect());
    }

    let mut masks = PartHasher::new();
    for (code, stimulus) in &key_stimuli {
        let bytes: Vec<u8> = stimulus.selected.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        masks = masks.part(code, &bytes);
    }
    frozen.masks = masks.finish().to_string();
    let content = Content {
        shown: shown(spec, classes, drawn.iter().any(|(_, stimulus)| matches!(stimulus.media, Media::Text(_)))),
        stimuli: drawn.into_iter().map(|(_, stimulus)| stimulus).collect(),
        places,
    };
    let mut remarks = spec.remarks();
    let longest = slots.iter().map(|slot| slot.longest_run).max().unwrap_or(0);
    if longest > spec.people.max_run {
        remarks.push(format!(
            "One class has so many items that up to {longest} of it follow each other, not {} (rule 5).",
            spec.people.max_run
        ));
    }
    let hash = content.hash();
    let mut key = Key {
        study: String::new(),
        content: hash,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        spec: spec.clone(),
        frozen,
        classes: classes.to_vec(),
        arms,
        items: key_items,
        stimuli: key_stimuli,
        roles,
    };
    key.study = key.hash()?.to_string()[..24].to_owned();
    Ok(Made { content, key, remarks })
}

/// Random codes that no one has yet.
struct Codes {
    dice: Dice,
    taken: std::collections::BTreeSet<String>,
}

impl Codes {
    fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed, stream::CODES), taken: Default::default() }
    }

    fn next(&mut self) -> String {
        loop {
            let code = format!("{:010x}", self.dice.bits() >> 24);
            if self.taken.insert(code.clone()) {
                return code;
            }
        }
    }
}

/// What participants read: the design's texts, or the program's own.
fn shown(spec: &Spec, classes: &[String], is_text: bool) -> Shown {
    let texts = &spec.texts;
    let or = |text: &str, default: &str| if text.trim().is_empty() { default.to_owned() } else { text.to_owned() };
    let is_forced = spec.answer.form != Form::ClassOrUndecided;
    let parts_only = spec.arms.iter().any(|arm| arm.kind != ArmKind::Full);
    let (many, one) = if is_text { ("texts", "text") } else { ("pictures", "picture") };
    let instructions = format!(
        "You will see {many} one after the other.{} A computer program has looked at the whole of each {one} and given an answer. Please \
         say which answer you think it gave.{} There is no time limit, but please answer without long thought.",
        if parts_only { " Of most of them, only a part is shown." } else { "" },
        if is_forced { " Where you are not sure, please guess." } else { " Where you cannot tell, say so." }
    );
    Shown {
        heading: or(&texts.heading, "Study"),
        consent: or(
            &texts.consent,
            "Taking part is voluntary. You can stop at any time without giving a reason, and your answers are then deleted if you \
             wish. No name is stored: your answers are kept under a random code.",
        ),
        instructions: or(&texts.instructions, &instructions),
        question: or(&texts.question, "Which answer did the program give?"),
        truth_question: spec.answer.truth_too.then(|| or(&texts.truth_question, "And what do you think is true?")),
        undecided: (!is_forced).then(|| or(&texts.undecided, "Can't decide")),
        classes: if texts.classes.is_empty() { classes.to_vec() } else { texts.classes.clone() },
        thanks: or(&texts.thanks, "That was the last one. Thank you!"),
        form: spec.answer.form,
        confidence: spec.answer.confidence,
        confirm: spec.answer.confirm,
        within_hours: spec.resume.within_hours,
        later: spec.resume.later,
        words: texts.words.clone(),
    }
}

/// Where the files of a study lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Participant files, one per machine.
    pub participants: Vec<PathBuf>,
    /// The key.
    pub key: PathBuf,
    /// The design.
    pub design: PathBuf,
}

impl Made {
    /// Writes `copies` participant files, the key and the design into the folder `dir`, which is made; nothing may lie there under these
    /// names.
    pub fn write(&self, dir: &Path, copies: usize) -> Result<Files, StudyError> {
        if !(1..=MAX_COPIES).contains(&copies) {
            return Err(StudyError::design("machines", format!("1 to {MAX_COPIES}"), copies, "one file per machine"));
        }
        std::fs::create_dir_all(dir)
            .map_err(|error| StudyError::Open { path: dir.to_owned(), found: error.to_string() })?;
        let name = |copy: usize| match copies {
            1 => "participants.sqlite".to_owned(),
            _ => format!("participants-{}.sqlite", copy + 1),
        };
        let files = Files {
            participants: (0..copies).map(|copy| dir.join(name(copy))).collect(),
            key: dir.join("key.json"),
            design: dir.join("design.toml"),
        };
        for path in files.participants.iter().chain([&files.key, &files.design]) {
            if path.exists() {
                return Err(StudyError::Exists { path: path.clone() });
            }
        }
        let key = self.key.hash()?;
        for (copy, path) in files.participants.iter().enumerate() {
            let meta = Meta {
                study: self.key.study.clone(),
                program: self.key.program.clone(),
                copy,
                copies,
                content: self.key.content,
                key,
                state: FileState::Ready,
            };
            Store::create(path, &self.content, &meta)?;
        }
        crate::store::atomic::write(&files.design, self.key.spec.to_toml()?.as_bytes())?;
        self.key.write(&files.key)?;
        Ok(files)
    }
}
