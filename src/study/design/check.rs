//! Whether a design can be run, field by field, and what a careful reader would say about it.

use super::{ArmKind, Form, Later, Only, Order, Protocol, Sees, Spec, Target};
use crate::study::StudyError;
use crate::study::words::Word;

/// Most people of one study.
pub const MAX_PEOPLE: usize = 5_000;
/// Most items of one study.
const MAX_ITEMS: usize = 20_000;
/// Most arms.
const MAX_ARMS: usize = 12;
/// Most trials of one person.
const MAX_TRIALS: usize = 5_000;
/// Longest text, in characters.
const MAX_TEXT: usize = 20_000;

fn within(field: &str, value: usize, least: usize, most: usize, advice: &str) -> Result<(), StudyError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(StudyError::design(field, format!("{least} to {most}"), value, advice))
}

fn share(field: &str, value: Option<f64>) -> Result<(), StudyError> {
    match value {
        Some(value) if !(0.0..=1.0).contains(&value) => {
            Err(StudyError::design(field, "a share from 0 to 1", value, "write 0.75 for 75 %"))
        }
        _ => Ok(()),
    }
}

impl Spec {
    /// Refuses what cannot be run, with one sentence about the first such field.
    pub fn check(&self) -> Result<(), StudyError> {
        if self.format != 1 {
            return Err(StudyError::design(
                "format",
                "1",
                self.format,
                "open it with the version of Unmask that wrote it",
            ));
        }
        if self.title.trim().is_empty() {
            return Err(StudyError::design("title", "a title", "none", "name the study"));
        }
        if !["train", "validation", "test"].contains(&self.split()) {
            return Err(StudyError::design(
                "data.split",
                "train, validation or test",
                &self.data.split,
                "name one of these",
            ));
        }
        self.check_arms()?;
        self.check_numbers()?;
        self.check_protocol()?;
        self.check_texts()
    }

    fn check_arms(&self) -> Result<(), StudyError> {
        within("arms", self.arms.len(), 1, MAX_ARMS, "add a table [[arms]] for each thing that is compared")?;
        for (at, arm) in self.arms.iter().enumerate() {
            let field = format!("arms[{at}]");
            if arm.name.trim().is_empty() {
                return Err(StudyError::design(&field, "a name", "none", "name the arm; participants never see it"));
            }
            if self.arms[..at].iter().any(|other| other.name == arm.name) {
                return Err(StudyError::design(&field, "a name of its own", &arm.name, "rename one of the two arms"));
            }
            let n_sources = usize::from(!arm.explainer.is_empty()) + usize::from(!arm.method.is_empty());
            match arm.kind {
                ArmKind::Selected | ArmKind::Unselected if n_sources != 1 => {
                    let found = if n_sources == 0 { "neither" } else { "both" };
                    let advice = "name the folder of an explainer, or a method that needs no training";
                    return Err(StudyError::design(&field, "explainer or method", found, advice));
                }
                ArmKind::Full | ArmKind::Random if n_sources != 0 => {
                    let advice = "remove it, or make the arm of kind \"selected\"";
                    return Err(StudyError::design(&field, "no explainer for this control", "one", advice));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), StudyError> {
        within("items.count", self.items.count, 1, MAX_ITEMS, "choose how many items take part")?;
        if !self.items.listed.is_empty() && self.items.listed.len() != self.items.count {
            let advice = "list exactly the items that take part, or none";
            let found = format!("{} items", self.items.listed.len());
            return Err(StudyError::design("items.listed", format!("{} items", self.items.count), found, advice));
        }
        if let Some(each) = self.people.each {
            within("people.each", each, 1, self.items.count, "a person cannot see more items than take part")?;
        }
        within("people.count", self.people.count, 1, MAX_PEOPLE, "choose how many people take part")?;
        within("people.spare", self.people.spare, 0, MAX_PEOPLE, "choose fewer spare places")?;
        within("people.max-run", self.people.max_run, 1, 1000, "3 is the rule of a careful study")?;
        within("checks.practice", self.checks.practice, 0, 50, "2 to 5 are usual")?;
        within("checks.catch", self.checks.catch, 0, 200, "5 to 10 % of the items are usual")?;
        within("checks.repeats", self.checks.repeats, 0, self.trials_each(), "5 to 10 % of the items are usual")?;
        let trials = self.trials_each() + self.checks.catch + self.checks.repeats;
        within("people.each", trials, 1, MAX_TRIALS, "let each person see fewer items")?;
        if self.people.order == Order::Sections && self.people.sees == Sees::Once && self.each() < self.arms.len() {
            let advice = "let each person see more items, or mix the arms";
            return Err(StudyError::design("people.order", "an item for each section", self.each(), advice));
        }
        within("show.side", self.show.side as usize, 16, 4096, "448 pixels show a small picture well")?;
        if self.show.k == Some(0) {
            return Err(StudyError::design("show.k", "1 or more", 0, "choose how many units are selected"));
        }
        share("exclude.catch-below", self.exclude.catch_below)?;
        share("exclude.fast-above", self.exclude.fast_above)?;
        share("exclude.answered-below", self.exclude.answered_below)?;
        if self.exclude.same_above == Some(0) {
            return Err(StudyError::design("exclude.same-above", "1 or more", 0, "15 is usual, or leave it out"));
        }
        let hours = self.resume.within_hours;
        if !(hours > 0.0 && hours <= 100_000.0) {
            return Err(StudyError::design("resume.within-hours", "above 0 and at most 100000", hours, "24 is usual"));
        }
        Ok(())
    }

    fn check_protocol(&self) -> Result<(), StudyError> {
        let unfit =
            |field, expected: &str, found: &str, advice| Err(StudyError::design(field, expected, found, advice));
        let form = match self.answer.form {
            Form::Class => "class",
            Form::ClassOrUndecided => "class-or-undecided",
            Form::Scores => "scores",
        };
        match self.protocol {
            Protocol::Standard if self.answer.form == Form::ClassOrUndecided => unfit(
                "answer.form",
                "class or scores",
                form,
                "the standard protocol forces a choice; or take protocol = \"l2x\"",
            ),
            Protocol::L2x | Protocol::Aim if self.answer.form != Form::ClassOrUndecided => {
                unfit("answer.form", "class-or-undecided", form, "this paper's protocol lets people be undecided")
            }
            Protocol::Meed if self.answer.form == Form::ClassOrUndecided => {
                unfit("answer.form", "class or scores", form, "MEED asks for a guess where people cannot decide")
            }
            Protocol::Aim if self.items.only != Only::ModelRight => {
                unfit("items.only", "model-right", "another filter", "AIM shows only items where the model is right")
            }
            _ => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), StudyError> {
        let texts = &self.texts;
        if let Some(id) = texts.words.keys().find(|id| Word::by_id(id).is_none()) {
            let known: Vec<&str> = Word::ALL.iter().map(|word| word.id()).collect();
            return Err(StudyError::design(
                "texts.words",
                format!("one of {}", known.join(", ")),
                id,
                "correct the name",
            ));
        }
        let words = texts.words.values().map(|text| ("texts.words", text));
        for (field, text) in [
            ("texts.heading", &texts.heading),
            ("texts.consent", &texts.consent),
            ("texts.instructions", &texts.instructions),
            ("texts.question", &texts.question),
            ("texts.truth-question", &texts.truth_question),
            ("texts.undecided", &texts.undecided),
            ("texts.thanks", &texts.thanks),
        ]
        .into_iter()
        .chain(words)
        {
            let length = text.chars().count();
            within(field, length, 0, MAX_TEXT, "shorten it")?;
            // A name of an arm in a text would unblind everybody.
            let lower = text.to_lowercase();
            let named =
                self.arms.iter().find(|arm| arm.name.chars().count() > 2 && names(&lower, &arm.name.to_lowercase()));
            if let Some(arm) = named {
                let advice = "participants must not read what is compared";
                return Err(StudyError::design(field, "no name of an arm", format!("\"{}\"", arm.name), advice));
            }
        }
        Ok(())
    }

    /// Checks what only the data tell: the number of classes and their names on the buttons.
    pub fn check_classes(&self, n_classes: usize) -> Result<(), StudyError> {
        if n_classes < 2 {
            return Err(StudyError::design("data.spec", "two classes or more", n_classes, "choose other data"));
        }
        if self.answer.form == Form::Scores && n_classes > 9 || n_classes > 36 {
            let advice = "choose fewer classes, for instance by ?classes=3,8";
            return Err(StudyError::design("data.spec", "at most 36 classes, 9 for scores", n_classes, advice));
        }
        if !self.texts.classes.is_empty() && self.texts.classes.len() != n_classes {
            let found = self.texts.classes.len();
            return Err(StudyError::design("texts.classes", n_classes.to_string(), found, "name every class, or none"));
        }
        Ok(())
    }

    /// What a careful reader would say about the design, a sentence each. None of it stops the study.
    pub fn remarks(&self) -> Vec<String> {
        let mut out: Vec<String> = self.protocol.overrides().iter().map(|text| (*text).to_owned()).collect();
        let has = |kind| self.arms.iter().any(|arm| arm.kind == kind);
        if !has(ArmKind::Full) {
            out.push("There is no arm with the full input, so the ceiling is not measured (rule 3).".to_owned());
        }
        if !has(ArmKind::Random) {
            out.push("There is no arm with k random units, so the floor is not measured (rule 3).".to_owned());
        }
        if self.people.sees == Sees::EveryArm && self.protocol != Protocol::Aim {
            out.push(
                "Each person sees an item in every arm, so later answers can rest on earlier ones (rule 4).".to_owned(),
            );
        }
        if self.checks.practice < 2 {
            out.push("There are fewer than two practice items (rule 8).".to_owned());
        }
        let share = self.checks.repeats as f64 / self.trials_each().max(1) as f64;
        if !(0.04..=0.11).contains(&share) {
            out.push(format!("{:.0} % of the items are repeated; 5 to 10 % are usual (rule 9).", 100.0 * share));
        }
        if self.checks.catch == 0 {
            out.push("There are no catch items, so careless people are harder to tell (rule 9).".to_owned());
        }
        if self.protocol.target() == Target::Model && self.items.only == Only::ModelRight {
            out.push(
                "On items where the model is right, an answer cannot tell the model's class from the true one; \
                 show items where it is wrong, too."
                    .to_owned(),
            );
        }
        if !self.people.count.is_multiple_of(self.arms.len().max(1)) && self.people.sees == Sees::Once {
            out.push(format!(
                "{} people are no multiple of {} arms, so the Latin square stays incomplete.",
                self.people.count,
                self.arms.len()
            ));
        }
        if self.resume.later == Later::Restart {
            out.push("Who starts anew sees items a second time; only the last attempt is scored.".to_owned());
        }
        out
    }
}

/// Whether `text` holds `name` as a word of its own.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}
