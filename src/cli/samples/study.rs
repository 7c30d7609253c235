//! The finished study of a sample project: real stimuli of its explainers, answers of simulated people, closed, so that a newcomer sees a
//! report at once. Its files are the same bytes on every run.

use std::path::Path;
use std::sync::Arc;

use super::{Failure, Runner, usage, work};
use crate::data::Dataset;
use crate::explain::SavedExplainer;
use crate::jobs::{MakeStudy, Output, StudyArm, StudyOutput, StudyTask, Task};
use crate::model::SavedBox;
use crate::study::design::{Arm, ArmKind, Spec};
use crate::study::key::Key;
use crate::study::simulate::{Profile, Skill, simulate};
use crate::study::store::Store;

/// A study among the samples.
#[derive(Debug)]
pub struct SampleStudy {
    /// Folder inside `studies`.
    folder: &'static str,
    title: &'static str,
    items: usize,
    /// Arms: the method that selects (none: the full input), what is shown, its name, and how often a simulated person is right there.
    arms: &'static [(&'static str, ArmKind, &'static str, f64)],
    /// Pixels on the longer side of a stimulus.
    side: u32,
}

/// Ten digits from 25 pixels. How skilled the simulated people are is made up: it is no result about any method.
pub static DIGITS: SampleStudy = SampleStudy {
    folder: "digits",
    title: "Sample study of digits (simulated people)",
    items: 40,
    arms: &[
        ("meed", ArmKind::Selected, "MEED", 0.84),
        ("l2x", ArmKind::Selected, "L2X", 0.72),
        ("", ArmKind::Full, "Full input", 0.97),
        ("random", ArmKind::Random, "Random", 0.28),
    ],
    side: 140,
};

/// Makes it anew in the project at `project`, and lets simulated people take part.
pub fn write(
    runner: &mut Runner,
    project: &Path,
    study: &SampleStudy,
    (data, black_box, explainers): (&Arc<Dataset>, &Arc<SavedBox>, &[Arc<SavedExplainer>]),
) -> super::Outcome {
    let dir = project.join("studies").join(study.folder);
    if dir.join("key.json").is_file() {
        std::fs::remove_dir_all(&dir).map_err(work)?;
    }
    let spec = spec_of(study)?;
    let find = |id: &str| explainers.iter().find(|explainer| explainer.card.method == id).cloned();
    let first = explainers.first().ok_or_else(|| work("the sample project has no explainers"))?;
    let (unit, k) = (first.card.unit, first.card.k);
    let arms: Vec<StudyArm> =
        study.arms.iter().map(|(id, kind, ..)| StudyArm { kind: *kind, explainer: find(id) }).collect();
    let task = MakeStudy {
        spec,
        black_box: black_box.clone(),
        arms,
        data: data.clone(),
        fit: black_box.card.fit,
        unit,
        k,
        dir: dir.clone(),
        copies: 1,
    };
    let task = Task::Study(Box::new(StudyTask::Make(Box::new(task))));
    let Output::Study(StudyOutput::Made { files, .. }) = runner.run(task, "making the sample study", |_| {})? else {
        return Err(work("making the sample study gave something else"));
    };
    let file = files.participants.first().ok_or_else(|| work("the sample study has no participant file"))?;
    let key = Key::read(&files.key).map_err(usage)?;
    let store = simulate(Store::open(file).map_err(usage)?, &key, &crowd(study), 1, &mut |_| {}).map_err(work)?;
    let mut store = store;
    store.close_study().map_err(work)?;
    println!("sample study: {}", file.display());
    Ok(())
}

/// Twelve people who look, one who does not: the rules fixed before leave that one out.
fn crowd(study: &SampleStudy) -> Vec<Profile> {
    let mut looks = Profile::of(Skill::Skilled(0.8));
    looks.by_arm = study.arms.iter().map(|(_, _, name, skill)| ((*name).to_owned(), *skill)).collect();
    let mut crowd = vec![looks; 12];
    crowd.push(Profile::of(Skill::Careless));
    crowd
}

fn spec_of(study: &SampleStudy) -> Result<Spec, Failure> {
    let mut spec = Spec::from_toml(&format!("title = \"{}\"", study.title), "the sample study").map_err(usage)?;
    spec.data.spec = "mnist:../digits".to_owned();
    spec.data.blackbox = "blackboxes/digits".to_owned();
    spec.arms = study
        .arms
        .iter()
        .map(|(id, kind, name, _)| Arm {
            name: (*name).to_owned(),
            kind: *kind,
            explainer: match kind {
                ArmKind::Selected | ArmKind::Unselected => format!("explainers/{id}"),
                ArmKind::Random | ArmKind::Full => String::new(),
            },
            method: String::new(),
        })
        .collect();
    spec.items.count = study.items;
    spec.show.side = study.side;
    spec.answer.confidence = true;
    spec.people.count = 12;
    spec.people.spare = 4;
    spec.texts.question = "Which digit did the program see?".to_owned();
    Ok(spec)
}
