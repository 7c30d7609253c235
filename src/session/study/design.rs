//! The design of a study as a form: what is open gives data, black box and explainers, the rest is the core's [`Spec`].

use std::path::PathBuf;
use std::sync::Arc;

use crate::explain::SavedExplainer;
use crate::jobs::{MakeStudy, StudyArm};
use crate::session::{Session, describe};
use crate::study::StudyError;
use crate::study::design::{Arm, ArmKind, Spec};

/// Which items are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ItemsFrom {
    /// The whole split, as many as asked for.
    #[default]
    Split,
    /// The items marked in Explore.
    Marked,
    /// The items listed in Explore, by its filter.
    Listed,
}

/// An arm in the form.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormArm {
    /// Name in the report.
    pub name: String,
    /// What is shown.
    pub kind: ArmKind,
    /// Hash of the explainer that selects; `None` for controls, or while none is chosen.
    pub explainer: Option<String>,
}

/// A design that is being made.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DesignForm {
    /// Everything but arms, data and listed items, which the fields below hold.
    pub spec: Spec,
    /// Arms.
    pub arms: Vec<FormArm>,
    /// Where items come from.
    pub items: ItemsFrom,
    /// Participant files, one per machine.
    pub copies: usize,
}

impl DesignForm {
    /// The rules of a careful study, for what is open.
    pub fn fresh(session: &Session) -> Self {
        let name = session.data.as_ref().map_or("", |data| data.name.as_str());
        let mut spec = Spec { title: format!("Study of {name}").trim_end_matches(" of ").to_owned(), ..plain() };
        let explore = &session.explore;
        spec.show.k = Some(explore.k);
        spec.show.unit = Some(explore.unit);
        spec.show.fill = explore.fill;
        spec.show.hidden = explore.hidden;
        // How sure people are stands in for "can't decide".
        spec.answer.confidence = true;
        if session.explore.k == 0 {
            spec.show.k = Some(1);
        }
        let mut arms: Vec<FormArm> = Vec::new();
        for at in session.usable_explainers() {
            let explainer = &session.explainers[at];
            if explainer.card.method == "random" || !session.selects_unit(explainer, explore.unit) || arms.len() >= 3 {
                continue;
            }
            let mut arm = FormArm {
                name: explainer.card.name.clone(),
                kind: ArmKind::Selected,
                explainer: Some(explainer.card.hash.clone()),
            };
            arm.name = free_name(&arms, &arm.name);
            arms.push(arm);
        }
        for (kind, name) in [(ArmKind::Full, "Full input"), (ArmKind::Random, "Random")] {
            arms.push(FormArm { name: name.to_owned(), kind, explainer: None });
        }
        spec.people.count = spec.people.count.next_multiple_of(arms.len());
        // No more than the split has, with some left for practice and catch items.
        if let Some(data) = &session.data {
            let most = data.in_split(crate::data::Split::Test).len();
            spec.items.count = spec.items.count.min(most.saturating_sub(10).max(1));
            // 5 to 10 % of the items are usual, also of a few.
            spec.checks.repeats = spec.checks.repeats.min((spec.items.count / 10).max(1));
        }
        Self { spec, arms, items: ItemsFrom::Split, copies: 1 }
    }

    /// Takes over a design: a paper's or a file's. Its explainers are looked for among those of the session, by folder, method and name.
    pub fn take(&mut self, session: &Session, spec: Spec) {
        let is_used = |hash: &String, arms: &[FormArm]| arms.iter().any(|arm| arm.explainer.as_ref() == Some(hash));
        let mut arms: Vec<FormArm> = Vec::new();
        for arm in &spec.arms {
            let wanted = arm.name.to_lowercase();
            let usable = session.usable_explainers();
            let find = |fits: &dyn Fn(&SavedExplainer) -> bool| {
                usable
                    .iter()
                    .map(|&at| &session.explainers[at])
                    .find(|explainer| fits(explainer) && !is_used(&explainer.card.hash, &arms))
                    .map(|explainer| explainer.card.hash.clone())
            };
            let in_folder = |explainer: &SavedExplainer| {
                session.dirs.get(&explainer.card.hash).is_some_and(|dir| dir.display().to_string() == arm.explainer)
            };
            let explainer = match arm.kind {
                ArmKind::Full | ArmKind::Random => None,
                _ => find(&in_folder)
                    .or_else(|| find(&|explainer| !arm.method.is_empty() && explainer.card.method == arm.method))
                    .or_else(|| {
                        find(&|explainer| {
                            explainer.card.name.to_lowercase() == wanted
                                || explainer.card.method == wanted
                                || (wanted == "gradient" && explainer.card.method.starts_with("grad"))
                        })
                    }),
            };
            arms.push(FormArm { name: arm.name.clone(), kind: arm.kind, explainer });
        }
        self.items = ItemsFrom::Split;
        let unit = spec.show.unit.or(self.spec.show.unit);
        self.spec = spec;
        self.spec.show.unit = unit;
        self.arms = arms;
    }

    /// A name that no arm has yet.
    pub fn free_name(&self, name: &str) -> String {
        free_name(&self.arms, name)
    }
}

fn free_name(arms: &[FormArm], name: &str) -> String {
    let mut out = name.to_owned();
    let mut number = 2;
    while arms.iter().any(|arm| arm.name == out) {
        out = format!("{name} {number}");
        number += 1;
    }
    out
}

/// A design with all defaults.
fn plain() -> Spec {
    Spec {
        format: 1,
        title: String::new(),
        protocol: Default::default(),
        seed: 0,
        data: Default::default(),
        items: Default::default(),
        arms: Vec::new(),
        show: Default::default(),
        answer: Default::default(),
        people: Default::default(),
        checks: Default::default(),
        exclude: Default::default(),
        resume: Default::default(),
        texts: Default::default(),
    }
}

impl Session {
    /// The design as the core reads it.
    pub fn study_spec(&self, form: &DesignForm) -> Spec {
        let mut spec = form.spec.clone();
        let dir = |hash: &str| self.dirs.get(hash).map(|dir| dir.display().to_string());
        spec.data.spec = self.data.as_ref().map_or_else(String::new, |data| data.spec.to_string());
        spec.data.blackbox = self.active_box().and_then(|active| dir(&active.card.hash)).unwrap_or_default();
        spec.arms = form
            .arms
            .iter()
            .map(|arm| {
                let found =
                    arm.explainer.as_ref().and_then(|hash| self.explainers.iter().find(|e| e.card.hash == *hash));
                let (explainer, method) = match (arm.kind, found) {
                    (ArmKind::Full | ArmKind::Random, _) | (_, None) => (String::new(), String::new()),
                    (_, Some(found)) if found.weights.is_empty() => (String::new(), found.card.method.clone()),
                    // One that lies nowhere yet is named by its hash, so that a reader can tell which it was.
                    (_, Some(found)) => {
                        (dir(&found.card.hash).unwrap_or_else(|| found.card.hash.clone()), String::new())
                    }
                };
                Arm { name: arm.name.clone(), kind: arm.kind, explainer, method }
            })
            .collect();
        let chosen: Option<Vec<usize>> = match form.items {
            ItemsFrom::Split => None,
            ItemsFrom::Marked => Some(self.explore.marked.iter().copied().collect()),
            ItemsFrom::Listed => Some(self.explore.list.visible().iter().map(|&item| item as usize).collect()),
        };
        if let Some(items) = chosen {
            spec.items.count = items.len();
            spec.items.listed = items;
            spec.people.each = spec.people.each.map(|each| each.min(spec.items.count.max(1)));
        } else if spec.items.listed.len() != spec.items.count {
            spec.items.listed.clear();
        }
        spec
    }

    /// Why the design cannot be made now, in a sentence; `None` where it can.
    pub fn design_problem(&self, form: &DesignForm) -> Option<String> {
        let sentence = |error: &StudyError| error.to_string().trim_start_matches("design, ").to_owned();
        if self.data.is_none() {
            return Some("Open data first".to_owned());
        }
        if self.active_box().is_none() {
            return Some("Train or open a black box first".to_owned());
        }
        let needs = |arm: &&FormArm| matches!(arm.kind, ArmKind::Selected | ArmKind::Unselected);
        let known = |hash: &String| self.explainers.iter().any(|explainer| explainer.card.hash == *hash);
        let open = form.arms.iter().filter(needs).find(|arm| !arm.explainer.as_ref().is_some_and(known));
        if let Some(arm) = open {
            return Some(format!("Choose which explainer selects in arm \"{}\"", arm.name));
        }
        self.study_to_make(form, PathBuf::new()).err().map(|error| sentence(&error))
    }

    /// Everything that making takes.
    pub(super) fn study_to_make(&self, form: &DesignForm, dir: PathBuf) -> Result<MakeStudy, StudyError> {
        let missing = |what: &str| StudyError::Step(format!("expected {what}, found none; open it first"));
        let data = self.data.clone().ok_or_else(|| missing("data"))?;
        let black_box = self.active_box().cloned().ok_or_else(|| missing("a black box"))?;
        let spec = self.study_spec(form);
        let unit = spec.show.unit.unwrap_or(self.explore.unit);
        let k = spec.show.k.unwrap_or(self.explore.k);
        let mut arms = Vec::new();
        for arm in &form.arms {
            let explainer = match arm.kind {
                ArmKind::Full => None,
                ArmKind::Random => {
                    let made = SavedExplainer::untrained("random", unit, k, &black_box.card, spec.seed);
                    Some(Arc::new(made.map_err(|error| StudyError::Step(error.to_string()))?))
                }
                ArmKind::Selected | ArmKind::Unselected => {
                    let found = self.explainers.iter().find(|e| Some(&e.card.hash) == arm.explainer.as_ref());
                    let found = found.ok_or_else(|| missing(&format!("an explainer for arm {}", arm.name)))?;
                    Some(self.with_unit(found, unit))
                }
            };
            arms.push(StudyArm { kind: arm.kind, explainer });
        }
        let task = MakeStudy { spec, black_box, arms, data, fit: self.explore.fit, unit, k, dir, copies: form.copies };
        task.check()?;
        Ok(task)
    }

    /// The explainer; one without weights selects whatever is asked for.
    fn with_unit(&self, explainer: &Arc<SavedExplainer>, unit: crate::data::Unit) -> Arc<SavedExplainer> {
        if explainer.card.unit == unit || !explainer.weights.is_empty() {
            return explainer.clone();
        }
        let mut card = explainer.card.clone();
        card.unit = unit;
        Arc::new(SavedExplainer { card, weights: explainer.weights.clone() })
    }

    /// How many items the form's study has, in words.
    pub fn study_items(&self, form: &DesignForm) -> String {
        let spec = self.study_spec(form);
        describe::count(spec.items.count, "item", "items")
    }
}
