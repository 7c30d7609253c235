//! The key file: what the opaque codes of a participant file mean. It stays with the researcher; the report needs both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StudyError;
use super::allocate::Role;
use super::design::{ArmKind, Spec};
use super::store::Store;
use crate::store::Format;
use crate::store::hash::{Hash, PartHasher};

/// What key files say they are.
pub const FORMAT: Format = Format { name: "unmask-study-key", oldest: 1, version: 1, max_bytes: 1 << 30 };

/// Everything that would unblind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Id of the study, the same in its participant files.
    pub study: String,
    /// Hash of the study's stimuli, trials and texts, as the participant files hold them.
    pub content: Hash,
    /// Version of the program that made it.
    pub program: String,
    /// The design.
    pub spec: Spec,
    /// What the design was frozen with.
    pub frozen: Frozen,
    /// Class names of the data.
    pub classes: Vec<String>,
    /// Arms, in the design's order.
    pub arms: Vec<KeyArm>,
    /// Items: scored, catch and practice.
    pub items: Vec<KeyItem>,
    /// Stimuli by code.
    pub stimuli: BTreeMap<String, KeyStimulus>,
    /// For each place, what each of its trials is for.
    pub roles: Vec<Vec<Role>>,
}

/// Hashes of what the study was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Hash of the data.
    pub data: String,
    /// Name of the data.
    pub data_name: String,
    /// Hash of the black box.
    pub black_box: String,
    /// Hash over all masks.
    pub masks: String,
    /// Units in all.
    pub units: usize,
    /// Units selected.
    pub k: usize,
    /// What is selected, e.g. `patch:4`.
    pub unit: String,
}

/// An arm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyArm {
    /// Code in the participant files.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it shows.
    pub kind: ArmKind,
    /// Hash of the explainer's card; empty for the full input.
    pub explainer: String,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyItem {
    /// Code in the participant files.
    pub code: String,
    /// Number in the data's file, before any filter.
    pub source: u32,
    /// Name in the data.
    pub name: String,
    /// What it is for: main, catch or practice.
    pub role: Role,
    /// True class.
    pub truth: Option<u16>,
    /// The model's class for the full input.
    pub model: u16,
    /// The model's probabilities for the full input.
    pub probs: Vec<f32>,
}

/// A stimulus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyStimulus {
    /// Index into `items`.
    pub item: usize,
    /// Index into `arms`; `None` for a catch item.
    pub arm: Option<usize>,
    /// The model's class for what is shown (the basis of FS-M).
    pub answer: u16,
    /// Selected units, ascending; empty for the full input.
    pub selected: Vec<u32>,
}

impl Key {
    /// Reads a key file.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        let key: Self = FORMAT.read(path)?;
        key.check(path)?;
        Ok(key)
    }

    /// Writes a key file, where none may be yet.
    pub fn write(&self, path: &Path) -> Result<(), StudyError> {
        if path.exists() {
            return Err(StudyError::Exists { path: path.to_owned() });
        }
        Ok(FORMAT.write(path, self)?)
    }

    /// Whether all indices point somewhere.
    fn check(&self, path: &Path) -> Result<(), StudyError> {
        let n_classes = self.classes.len();
        let is_sound = self.stimuli.values().all(|stimulus| {
            stimulus.item < self.items.len()
                && stimulus.arm.is_none_or(|arm| arm < self.arms.len())
                && usize::from(stimulus.answer) < n_classes
        }) && self.items.iter().all(|item| {
            usize::from(item.model) < n_classes && item.truth.is_none_or(|truth| usize::from(truth) < n_classes)
        });
        if is_sound {
            return Ok(());
        }
        Err(StudyError::Damaged { path: path.to_owned(), found: "an item, arm or class that is not there".to_owned() })
    }

    /// Hash of all that the key says; the participant files hold it, so that another key is refused.
    pub fn hash(&self) -> Result<Hash, StudyError> {
        let text =
            serde_json::to_vec(self).map_err(|error| StudyError::Step(format!("the key cannot be hashed: {error}")))?;
        Ok(PartHasher::new().part("key", &text).finish())
    }

    /// Refuses a participant file of another study, or one whose stimuli were changed.
    pub fn check_fits(&self, store: &Store) -> Result<(), StudyError> {
        let advice = "name the key file that `unmask study new` wrote beside it";
        let path: PathBuf = store.path().to_owned();
        let key_file = Path::new("this key file");
        let meta = store.meta();
        if meta.study != self.study {
            return Err(StudyError::mixed(&path, key_file, "study", advice));
        }
        if meta.key != self.hash()? {
            return Err(StudyError::mixed(&path, key_file, "key", advice));
        }
        if meta.content != self.content {
            return Err(StudyError::mixed(&path, key_file, "content", advice));
        }
        Ok(())
    }

    /// The class that answers to an item are compared with, by the protocol; `None` where the truth is asked for and not known.
    pub fn target(&self, item: usize) -> Option<u16> {
        let item = self.items.get(item)?;
        match self.spec.protocol.target() {
            super::design::Target::Model => Some(item.model),
            super::design::Target::Truth => item.truth,
        }
    }

    /// What a trial is for.
    pub fn role(&self, slot: usize, position: usize) -> Option<Role> {
        self.roles.get(slot)?.get(position).copied()
    }
}

impl Frozen {
    /// What is shown, several of it: "pixels".
    pub fn unit_noun(&self) -> String {
        self.unit.parse::<crate::data::Unit>().map_or_else(|_| self.unit.clone(), |unit| unit.noun(2))
    }
}
