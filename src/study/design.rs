//! The design of a study: what is asked, of whom, about which items, in which arms. Written as TOML; checked field by field.

mod check;
mod plan;
mod presets;

use serde::{Deserialize, Serialize};

pub use check::MAX_PEOPLE;
pub use plan::{Plan, half_width, plan};
pub use presets::{PRESETS, Preset, preset};

use super::StudyError;
use crate::data::Unit;
use crate::explain::Fill;
use crate::figure::layout::Hidden;

/// Largest design file that is read.
pub const MAX_DESIGN_BYTES: u64 = 1 << 20;

/// Whose rule turns answers into FS-H.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Forced choice; the share of answers that give the model's class.
    #[default]
    Standard,
    /// L2X 4.2.1: answers averaged over people per item, undecided items left out and counted, against the model's class.
    L2x,
    /// MEED 4.1.1 and 4.2.1: guesses kept, answers (or two normalised scores) averaged over people per item, against the model's class.
    Meed,
    /// AIM 4.3 and Appendix F: share right per person against the true class, on items where the model is right, undecided left out,
    /// averaged over people.
    Aim,
}

impl Protocol {
    /// How FS-H is computed, in a sentence for reports.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Standard => {
                "FS-H is the share of answers that give the class the model gave to the full input; every item needs an answer."
            }
            Self::L2x => {
                "FS-H by the rule of L2X (section 4.2.1): the answers to an item are averaged over people, items left undecided are \
                 left out and counted, and the rest is compared with the class the model gave to the full input."
            }
            Self::Meed => {
                "FS-H by the rule of MEED (sections 4.1.1 and 4.2.1): guesses are kept, scores are normalised to sum 1, the answers \
                 to an item are averaged over people, and the likeliest class is compared with the class the model gave to the full input."
            }
            Self::Aim => {
                "FS-H by the rule of AIM (section 4.3, Appendix F): on items where the model is right, each person's share of answers \
                 that give the true class, undecided ones left out, averaged over people."
            }
        }
    }

    /// Rules of a careful study that this protocol overrides, a sentence each.
    pub const fn overrides(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &[],
            Self::L2x => &[
                "Rule 1 (one stated target): people are asked for the class, and their answers are compared with the model's.",
                "Rule 7 (forced choice): people may say that they cannot decide.",
            ],
            Self::Meed => &[
                "Rule 1 (one stated target): people are asked for the class, and their answers are compared with the model's.",
            ],
            Self::Aim => &[
                "Rule 1 (one stated target): answers are compared with the true class, on items where the model is right.",
                "Rule 4 (an item is seen once): each person sees every item once in every arm, a section for each.",
                "Rule 7 (forced choice): people may say that they cannot decide.",
            ],
        }
    }

    /// What answers are compared with.
    pub const fn target(self) -> Target {
        match self {
            Self::Standard | Self::L2x | Self::Meed => Target::Model,
            Self::Aim => Target::Truth,
        }
    }
}

/// What an answer is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The class the model gave to the full input.
    #[default]
    Model,
    /// The true class.
    Truth,
}

/// A study as it is planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spec {
    /// Version of this format; 1.
    #[serde(default = "one")]
    pub format: u32,
    /// Title, for the researcher; participants see `texts.heading`.
    pub title: String,
    /// Rule by which FS-H is computed.
    #[serde(default)]
    pub protocol: Protocol,
    /// Seed of items, allocation, orders and codes.
    #[serde(default)]
    pub seed: u64,
    /// Where items and answers of the model come from.
    #[serde(default)]
    pub data: DataPart,
    /// Which items.
    #[serde(default)]
    pub items: ItemsPart,
    /// What is compared.
    #[serde(default)]
    pub arms: Vec<Arm>,
    /// How a stimulus looks.
    #[serde(default)]
    pub show: ShowPart,
    /// How people answer.
    #[serde(default)]
    pub answer: AnswerPart,
    /// How many people, and what each sees.
    #[serde(default)]
    pub people: PeoplePart,
    /// Practice, catch items and repeats.
    #[serde(default)]
    pub checks: ChecksPart,
    /// Whose answers are left out; fixed before anything is unblinded.
    #[serde(default)]
    pub exclude: ExcludePart,
    /// What happens after a pause or a crash.
    #[serde(default)]
    pub resume: ResumePart,
    /// What participants read, in the researcher's language.
    #[serde(default)]
    pub texts: TextsPart,
}

const fn one() -> u32 {
    1
}

/// Where items and the model's answers come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataPart {
    /// Data specification, e.g. `mnist:DIR?classes=3,8`.
    pub spec: String,
    /// Folder of the black box; empty: that of the first explainer.
    pub blackbox: String,
    /// Split that items come from: train, validation or test; empty means test.
    pub split: String,
}

/// Which items take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ItemsPart {
    /// How many, beside practice and catch items.
    pub count: usize,
    /// The same number of each class, as far as there are enough.
    pub balance_classes: bool,
    /// As many where the model is right as where it is wrong, as far as there are enough.
    pub balance_correct: bool,
    /// Which are drawn from.
    pub only: Only,
    /// Numbers of items in the opened data; empty: drawn by the seed.
    pub listed: Vec<usize>,
}

impl Default for ItemsPart {
    fn default() -> Self {
        Self { count: 60, balance_classes: true, balance_correct: false, only: Only::Any, listed: Vec::new() }
    }
}

/// A filter on the model's success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Only {
    /// All items.
    #[default]
    Any,
    /// Items where the model gives the true class.
    ModelRight,
    /// Items where it does not.
    ModelWrong,
}

/// One thing that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Arm {
    /// Name in the report; never shown to participants.
    pub name: String,
    /// What is shown.
    #[serde(default)]
    pub kind: ArmKind,
    /// Folder of an explainer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explainer: String,
    /// Or a method that needs no training.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
}

/// What an arm shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArmKind {
    /// The units that an explainer selects.
    #[default]
    Selected,
    /// The units that it does not select (FU-H).
    Unselected,
    /// k units drawn at random: the floor.
    Random,
    /// The whole input: the ceiling.
    Full,
}

impl ArmKind {
    /// Words for reports.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Selected => "selected part",
            Self::Unselected => "unselected part",
            Self::Random => "random part",
            Self::Full => "full input",
        }
    }
}

/// How a stimulus looks. One rendering for the whole study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShowPart {
    /// How many units are selected; `None`: what the first explainer was trained for.
    pub k: Option<usize>,
    /// What is selected; `None`: what the first explainer selects.
    pub unit: Option<Unit>,
    /// What hidden units become.
    pub fill: Fill,
    /// Whether hidden units look as the model gets them, or hatched.
    pub hidden: Hidden,
    /// Pixels on the longer side of the stimulus's PNG.
    pub side: u32,
}

impl Default for ShowPart {
    fn default() -> Self {
        Self { k: None, unit: None, fill: Fill::Zero, hidden: Hidden::AsModelSees, side: 448 }
    }
}

/// How people answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnswerPart {
    /// Form of the answer.
    pub form: Form,
    /// Whether a confidence of 1 to 5 is asked for.
    pub confidence: bool,
    /// Whether the true class is asked for as a second, separate question.
    pub truth_too: bool,
    /// Whether an answer must be confirmed by a key of its own; without, a complete answer counts at once.
    pub confirm: bool,
    /// Whether the order of the answer buttons is turned round for every second group of people.
    pub turn_buttons: bool,
}

impl Default for AnswerPart {
    fn default() -> Self {
        Self { form: Form::Class, confidence: false, truth_too: false, confirm: true, turn_buttons: true }
    }
}

/// Form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// One class; every item needs one.
    #[default]
    Class,
    /// One class or "can't decide" (L2X, AIM).
    ClassOrUndecided,
    /// A score from 0 to 1 for each class, normalised to sum 1 in the report (MEED, images).
    Scores,
}

/// How many people, and what each sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PeoplePart {
    /// Planned number of people.
    pub count: usize,
    /// Items that a person sees; `None`: all.
    pub each: Option<usize>,
    /// Whether a person sees an item once, or once in every arm.
    pub sees: Sees,
    /// Whether arms are mixed or come one after the other.
    pub order: Order,
    /// No more than so many items of a class in a row.
    pub max_run: usize,
    /// Places kept ready beyond `count`, for people who stop.
    pub spare: usize,
}

impl Default for PeoplePart {
    fn default() -> Self {
        Self { count: 12, each: None, sees: Sees::Once, order: Order::Mixed, max_run: 3, spare: 0 }
    }
}

/// How often a person sees an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sees {
    /// Once, under one arm: arms rotate over people by a Latin square.
    #[default]
    Once,
    /// Once in every arm (AIM).
    EveryArm,
}

/// How arms follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Mixed at random.
    #[default]
    Mixed,
    /// One section per arm; the order of sections rotates over people.
    Sections,
}

/// Practice, catch items and repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChecksPart {
    /// Practice items with feedback, before the first item.
    pub practice: usize,
    /// Full inputs with an obvious answer, among the items.
    pub catch: usize,
    /// Items that a person sees a second time, for test-retest.
    pub repeats: usize,
}

impl Default for ChecksPart {
    fn default() -> Self {
        Self { practice: 3, catch: 4, repeats: 4 }
    }
}

/// Whose answers are left out. A rule that is not written does not apply; without the whole table, the default rules do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExcludePart {
    /// People with a smaller share of catch items right.
    #[serde(default)]
    pub catch_below: Option<f64>,
    /// An answer given sooner counts as too fast, in milliseconds.
    #[serde(default = "fast")]
    pub fast_below_ms: u64,
    /// People with a larger share of answers that are too fast.
    #[serde(default)]
    pub fast_above: Option<f64>,
    /// People who gave the same answer more often in a row.
    #[serde(default)]
    pub same_above: Option<usize>,
    /// People who answered a smaller share of their items.
    #[serde(default)]
    pub answered_below: Option<f64>,
}

const fn fast() -> u64 {
    300
}

impl Default for ExcludePart {
    fn default() -> Self {
        Self {
            catch_below: Some(0.75),
            fast_below_ms: fast(),
            fast_above: Some(0.2),
            same_above: Some(15),
            answered_below: None,
        }
    }
}

/// What happens after a pause or a crash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ResumePart {
    /// Within this many hours a person goes on at the same item.
    pub within_hours: f64,
    /// What happens later.
    pub later: Later,
}

impl Default for ResumePart {
    fn default() -> Self {
        Self { within_hours: 24.0, later: Later::Resume }
    }
}

/// What happens when somebody comes back after the set age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// Go on all the same.
    #[default]
    Resume,
    /// Begin anew; the first attempt stays in the log.
    Restart,
    /// No return.
    Block,
}

/// What participants read. An empty text is the program's own English one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextsPart {
    /// Heading of the participant's screen.
    pub heading: String,
    /// What they agree to.
    pub consent: String,
    /// What they are to do.
    pub instructions: String,
    /// The question under each stimulus.
    pub question: String,
    /// The second question, where the true class is asked for, too.
    pub truth_question: String,
    /// The answer that is no class.
    pub undecided: String,
    /// Names of the classes on the buttons; empty: those of the data.
    pub classes: Vec<String>,
    /// Thanks at the end.
    pub thanks: String,
    /// Other words of the screen, e.g. `confirm = "Bestätigen"`; [`crate::study::words`] lists them.
    // Left out where there are none: the hash by which a key is known is that of its content.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub words: std::collections::BTreeMap<String, String>,
}

impl Spec {
    /// Reads a design; `name` is for the messages. Call [`Spec::check`] next.
    pub fn from_toml(text: &str, name: &str) -> Result<Self, StudyError> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let place = line.map_or_else(String::new, |line| format!(" in line {line}"));
            let found = format!("\"{}\"{place}", error.message().lines().collect::<Vec<_>>().join(" "));
            StudyError::NotADesign { path: name.to_owned(), found }
        })
    }

    /// Reads a design file.
    pub fn read(path: &std::path::Path) -> Result<Self, StudyError> {
        let bytes = crate::store::atomic::read_limited(path, MAX_DESIGN_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        Self::from_toml(&text, &path.display().to_string())
    }

    /// The design as TOML.
    pub fn to_toml(&self) -> Result<String, StudyError> {
        toml::to_string_pretty(self).map_err(|error| StudyError::Step(format!("the design cannot be written: {error}")))
    }

    /// Items that a person sees, beside practice, catch items and repeats.
    pub fn each(&self) -> usize {
        self.people.each.unwrap_or(self.items.count).min(self.items.count)
    }

    /// Main trials of a person: items, or items times arms.
    pub fn trials_each(&self) -> usize {
        match self.people.sees {
            Sees::Once => self.each(),
            Sees::EveryArm => self.each() * self.arms.len(),
        }
    }

    /// Places that are prepared: whole groups of a Latin square.
    pub fn slots(&self) -> usize {
        (self.people.count + self.people.spare).next_multiple_of(self.arms.len().max(1))
    }

    /// The split that items come from.
    pub fn split(&self) -> &str {
        if self.data.split.is_empty() { "test" } else { &self.data.split }
    }
}
