//! The papers' protocols as designs. What a paper leaves open is filled by the program's own rules, and named here.

use super::{AnswerPart, Arm, ArmKind, ChecksPart, ExcludePart, Form, ItemsPart, Only, Order, PeoplePart, Protocol};
use super::{DataPart, ResumePart, Sees, ShowPart, Spec, TextsPart};
use crate::study::StudyError;

/// A ready-made protocol.
#[derive(Debug)]
pub struct Preset {
    /// Name on the command line.
    pub id: &'static str,
    /// What it is, with the paper's section and what the paper leaves open.
    pub summary: &'static str,
    make: fn() -> Spec,
}

/// Every preset.
pub static PRESETS: &[Preset] = &[
    Preset {
        id: "l2x-imdb",
        summary: "L2X 4.2.1: 500 test reviews, ten words, explainers mixed at random, neutral answers left out. The paper leaves open \
                  how many people answered and how many reviews each saw; here 60 people see 100 each.",
        make: l2x_imdb,
    },
    Preset {
        id: "meed-imdb",
        summary: "MEED 4.1.1: 500 test reviews, ten words, 20 people, explainers mixed at random, a guess where people cannot decide. \
                  The paper leaves open how many reviews each saw; here 125.",
        make: meed_imdb,
    },
    Preset {
        id: "meed-mnist",
        summary: "MEED 4.2.1: 500 test images of 3 and 8, a score from 0 to 1 for each class, 15 people. The paper leaves open how \
                  many images each saw; here 100.",
        make: meed_mnist,
    },
    Preset {
        id: "aim-imdb",
        summary: "AIM 4.3 and Appendix F: 50 reviews where the model is right, ten words, 30 people, three blinded sections (one per \
                  explainer) in random order within, positive / negative / neutral. \
                  The paper shows the sections in one order; here it rotates over people.",
        make: aim_imdb,
    },
];

/// The design of a preset. Data, black box and explainers are placeholders in angle brackets.
pub fn preset(id: &str) -> Result<Spec, StudyError> {
    PRESETS.iter().find(|preset| preset.id == id).map(|preset| (preset.make)()).ok_or_else(|| {
        let known: Vec<_> = PRESETS.iter().map(|preset| preset.id).collect();
        StudyError::Step(format!("protocol {id}: expected one of {}; name one of these", known.join(", ")))
    })
}

fn arm(name: &str) -> Arm {
    Arm {
        name: name.to_owned(),
        kind: ArmKind::Selected,
        explainer: format!("<folder of {name}>"),
        method: String::new(),
    }
}

/// No paper reports catch items, repeats or exclusions.
fn base(title: &str, protocol: Protocol, data: &str, names: &[&str]) -> Spec {
    Spec {
        format: 1,
        title: title.to_owned(),
        protocol,
        seed: 0,
        data: DataPart { spec: data.to_owned(), blackbox: String::new(), split: "test".to_owned() },
        items: ItemsPart {
            count: 500,
            balance_classes: false,
            balance_correct: false,
            only: Only::Any,
            listed: Vec::new(),
        },
        arms: names.iter().map(|name| arm(name)).collect(),
        show: ShowPart { k: Some(10), ..ShowPart::default() },
        answer: AnswerPart { form: Form::ClassOrUndecided, ..AnswerPart::default() },
        people: PeoplePart::default(),
        checks: ChecksPart { practice: 3, catch: 0, repeats: 0 },
        exclude: ExcludePart {
            catch_below: None,
            fast_below_ms: 300,
            fast_above: None,
            same_above: None,
            answered_below: None,
        },
        resume: ResumePart::default(),
        texts: TextsPart::default(),
    }
}

fn sentiment(mut spec: Spec) -> Spec {
    spec.texts.question = "What is the sentiment of the review these words were taken from?".to_owned();
    spec.texts.instructions =
        "You will see a few words taken from a movie review. Given only these words, please infer the sentiment \
                               of the review."
            .to_owned();
    spec.texts.undecided = "Neutral / can't decide".to_owned();
    spec
}

fn l2x_imdb() -> Spec {
    let mut spec = base("IMDB, as in L2X 4.2.1", Protocol::L2x, "<IMDB reviews>", &["L2X", "LIME", "Gradient"]);
    spec.people = PeoplePart { count: 60, each: Some(100), ..PeoplePart::default() };
    sentiment(spec)
}

fn meed_imdb() -> Spec {
    let mut spec = base("IMDB, as in MEED 4.1.1", Protocol::Meed, "<IMDB reviews>", &["MEED", "L2X", "VIBI", "LIME"]);
    spec.answer.form = Form::Class;
    spec.people = PeoplePart { count: 20, each: Some(125), ..PeoplePart::default() };
    let mut spec = sentiment(spec);
    spec.texts.instructions.push_str(" Where you cannot tell, please guess.");
    spec.texts.undecided.clear();
    spec
}

fn meed_mnist() -> Spec {
    let mut spec =
        base("MNIST 3 and 8, as in MEED 4.2.1", Protocol::Meed, "<mnist:DIR?classes=3,8>", &["MEED", "L2X", "VIBI"]);
    spec.answer.form = Form::Scores;
    spec.show.k = Some(25);
    spec.people = PeoplePart { count: 15, each: Some(100), ..PeoplePart::default() };
    spec.texts.question = "How likely is each digit?".to_owned();
    spec.texts.instructions =
        "You will see parts of handwritten digits. For each digit below, please give a score from 0 to 1 for \
                               how likely it is that the picture shows it."
            .to_owned();
    spec
}

fn aim_imdb() -> Spec {
    let mut spec = base("IMDB, as in AIM 4.3", Protocol::Aim, "<IMDB reviews>", &["AIM", "L2X", "LIME"]);
    spec.items.count = 50;
    spec.items.only = Only::ModelRight;
    spec.people = PeoplePart { count: 30, sees: Sees::EveryArm, order: Order::Sections, ..PeoplePart::default() };
    sentiment(spec)
}
