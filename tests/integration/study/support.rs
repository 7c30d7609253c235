//! A small study whose stimuli are words in disguise: no model is needed.

use std::path::{Path, PathBuf};

use unmask::study::StudyError;
use unmask::study::allocate::Candidate;
use unmask::study::design::{Arm, ArmKind, Form, Only, Order, Protocol, Sees, Spec};
use unmask::study::key::{Frozen, Key};
use unmask::study::make::{Blueprint, Files, Made, PoolItem, Rendered, make};
use unmask::study::session::{FakeClock, Input, Session, View};
use unmask::study::stimulus::Media;
use unmask::study::store::Store;

/// A day on the simulated clock.
pub(super) const DAY: i64 = 1_760_000_000;

pub(super) fn arm(name: &str, kind: ArmKind) -> Arm {
    let method = match kind {
        ArmKind::Selected | ArmKind::Unselected => "grad",
        ArmKind::Random | ArmKind::Full => "",
    };
    Arm { name: name.to_owned(), kind, explainer: String::new(), method: method.to_owned() }
}

/// Three arms, 24 items, 6 people, two catch items, two repeats, two practice items.
pub(super) fn spec() -> Spec {
    let mut spec = Spec::from_toml("title = 'Small'", "test").unwrap();
    spec.arms = vec![arm("alpha", ArmKind::Selected), arm("beta", ArmKind::Random), arm("gamma", ArmKind::Full)];
    spec.items.count = 24;
    spec.items.balance_correct = true;
    spec.people.count = 6;
    spec.checks.practice = 2;
    spec.checks.catch = 2;
    spec.checks.repeats = 2;
    spec.seed = 5;
    spec
}

/// The same with a paper's rule.
pub(super) fn spec_of(protocol: Protocol) -> Spec {
    let mut spec = spec();
    spec.protocol = protocol;
    spec.answer.form = match protocol {
        Protocol::Standard => Form::Class,
        Protocol::L2x | Protocol::Aim => Form::ClassOrUndecided,
        Protocol::Meed => Form::Scores,
    };
    if protocol == Protocol::Aim {
        spec.items.only = Only::ModelRight;
        spec.items.balance_correct = false;
        spec.people.sees = Sees::EveryArm;
        spec.people.order = Order::Sections;
    }
    spec
}

/// `n` items of `n_classes` classes; every third one is one that the model gets wrong.
pub(super) fn pool(n: usize, n_classes: u16) -> Vec<PoolItem> {
    (0..n)
        .map(|index| {
            let truth = (index % usize::from(n_classes)) as u16;
            let model = if index % 3 == 2 { (truth + 1) % n_classes } else { truth };
            let confidence = 0.5 + 0.5 * ((index * 37 % 101) as f32 / 101.0);
            PoolItem {
                candidate: Candidate { index, truth: Some(truth), model, confidence },
                source: 1000 + index as u32,
                name: format!("#{}", 1000 + index),
                probs: vec![1.0 / f32::from(n_classes); usize::from(n_classes)],
            }
        })
        .collect()
}

/// What is "shown": bytes that differ for each item and arm. In the first arm the model keeps its class, in the others on every second
/// item.
pub(super) fn rendered(pool: &[PoolItem], item: usize, arm: Option<usize>) -> Rendered {
    let model = pool[item].candidate.model;
    let arm_number = arm.map_or(99, |arm| arm as u8);
    Rendered {
        media: Media::Image(vec![item as u8, (item / 256) as u8, arm_number, 7]),
        answer: if arm == Some(0) || item.is_multiple_of(2) { model } else { (model + 1) % 2 },
        selected: vec![item as u32, 100 + u32::from(arm_number)],
    }
}

pub(super) fn made_with(spec: &Spec, n_pool: usize) -> Result<Made, StudyError> {
    let pool = pool(n_pool, 2);
    let explainers = vec!["hash".to_owned(); spec.arms.len()];
    let blueprint = Blueprint {
        spec,
        classes: &["three".to_owned(), "eight".to_owned()],
        pool: &pool,
        explainers: &explainers,
        frozen: Frozen {
            data_name: "disguised words".to_owned(),
            units: 784,
            k: 25,
            unit: "pixel".to_owned(),
            ..Frozen::default()
        },
    };
    make(blueprint, &mut |item, arm, _| Ok(rendered(&pool, item, arm)))
}

pub(super) fn made(spec: &Spec) -> Made {
    made_with(spec, 400).unwrap()
}

/// A study on disk.
pub(super) struct OnDisk {
    pub(super) _dir: tempfile::TempDir,
    pub(super) root: PathBuf,
    pub(super) files: Files,
    pub(super) key: Key,
}

impl OnDisk {
    pub(super) fn new(spec: &Spec, copies: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("study");
        let made = made(spec);
        let files = made.write(&root, copies).unwrap();
        Self { root, files, key: made.key, _dir: dir }
    }

    pub(super) fn file(&self) -> &Path {
        &self.files.participants[0]
    }

    pub(super) fn open(&self) -> Store {
        Store::open(self.file()).unwrap()
    }
}

/// The sentence of a refusal.
pub(super) fn refused<T>(result: Result<T, StudyError>) -> String {
    match result {
        Ok(_) => panic!("this should be refused"),
        Err(error) => error.to_string(),
    }
}

/// A session that has come to its first item.
pub(super) fn at_first_item(store: Store, uid: &str, clock: &FakeClock) -> Session<FakeClock> {
    let mut session = Session::begin(store, uid.to_owned(), clock.clone()).unwrap();
    session.apply(Input::Consent(true)).unwrap();
    session.apply(Input::Continue).unwrap();
    assert!(matches!(session.view(), View::Trial(_)), "{:?}", session.view());
    session
}

/// Looks at the item for `ms` and answers with `class`.
pub(super) fn answer(session: &mut Session<FakeClock>, class: u16, ms: u64) -> unmask::study::session::Step {
    session.apply(Input::Presented { frame_ns: 16_000_000 }).unwrap();
    session.clock().pass(ms * 1_000_000);
    session.apply(Input::Choose(class)).unwrap();
    session.clock().pass(100_000_000);
    session.apply(Input::Confirm).unwrap()
}

/// Answers the practice items, so that the first scored item is on screen.
pub(super) fn past_practice(session: &mut Session<FakeClock>) {
    loop {
        match session.view() {
            View::Trial(trial) if trial.is_practice => {
                answer(session, 0, 500);
            }
            View::Feedback { .. } | View::Section { .. } => {
                session.apply(Input::Continue).unwrap();
            }
            _ => break,
        }
    }
}

/// Answers `n` items in the same way.
pub(super) fn answers(session: &mut Session<FakeClock>, n: usize) {
    for _ in 0..n {
        answer(session, 1, 500);
    }
}
