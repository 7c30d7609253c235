//! Answers joined with the key: what every analysis starts from. Only of a closed study.

use serde::Serialize;

use super::StudyError;
use super::allocate::Role;
use super::key::Key;
use super::store::{AnswerRow, FileState, Person, PersonState, Store};

/// One answer with everything that the key says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Index into [`Responses::people`].
    pub person: usize,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Trial.
    pub position: usize,
    /// 0 for the first answer.
    pub revision: u32,
    /// Whether it is the one that stands: the last revision of the person's last attempt.
    pub stands: bool,
    /// What the trial is for.
    pub role: Role,
    /// Section, from 0.
    pub section: usize,
    /// Code of the stimulus.
    pub stimulus: String,
    /// Index into the key's items.
    pub item: usize,
    /// Index into the key's arms; `None` for catch items.
    pub arm: Option<usize>,
    /// Class chosen; `None` for undecided and for scores.
    pub choice: Option<u16>,
    /// Scores normalised to sum 1 (MEED: l1), where the form has scores; all alike where all were 0.
    pub scores: Option<Vec<f64>>,
    /// The scores as given.
    pub raw_scores: Option<Vec<f64>>,
    /// 1 to 5.
    pub confidence: Option<u8>,
    /// Answer to the second question.
    pub second: Option<u16>,
    /// Seconds from presentation to the key event.
    pub seconds: f64,
    /// Seconds from presentation to the confirmation.
    pub confirm_seconds: f64,
    /// Frame interval in seconds: the error of the times.
    pub frame_seconds: f64,
    /// Seconds without focus.
    pub unfocused_seconds: f64,
    /// Seconds of pause.
    pub paused_seconds: f64,
    /// How often it was presented.
    pub presented: u32,
    /// The class that counts as right, by the protocol.
    pub target: Option<u16>,
    /// The model's class for the full input.
    pub model: u16,
    /// True class.
    pub truth: Option<u16>,
}

impl Response {
    /// The class given: the one chosen, or the one with the highest score where it is alone.
    pub fn class(&self) -> Option<u16> {
        match &self.scores {
            Some(scores) => only_maximum(scores),
            None => self.choice,
        }
    }

    /// Whether the person could not decide.
    pub fn is_undecided(&self) -> bool {
        self.choice.is_none() && self.scores.is_none()
    }

    /// The answer as weights over classes that sum to 1; `None` for undecided.
    pub fn weights(&self, n_classes: usize) -> Option<Vec<f64>> {
        match (&self.scores, self.choice) {
            (Some(scores), _) => Some(scores.clone()),
            (None, Some(class)) => {
                let mut out = vec![0.0; n_classes];
                *out.get_mut(usize::from(class))? = 1.0;
                Some(out)
            }
            (None, None) => None,
        }
    }
}

/// The class with the highest value, if it is alone (ties within 1e-9 are ties).
pub(super) fn only_maximum(values: &[f64]) -> Option<u16> {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut best = (0..values.len()).filter(|&class| values[class] >= most - 1e-9);
    let first = best.next()?;
    best.next().is_none().then_some(first as u16)
}

/// Why a person's answers are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exclusion {
    /// Code of the person.
    pub code: String,
    /// The rule, with the number that broke it.
    pub reason: String,
}

/// All answers of a closed study.
#[derive(Clone, Debug)]
pub struct Responses {
    /// People who did not withdraw.
    pub people: Vec<Person>,
    /// How many withdrew.
    pub withdrawn: usize,
    /// All answers.
    pub all: Vec<Response>,
    /// People who are left out, with the rule; found before arms are looked at.
    pub excluded: Vec<Exclusion>,
    is_excluded: Vec<bool>,
}

impl Responses {
    /// Joins a closed participant file with its key.
    pub fn join(store: &Store, key: &Key) -> Result<Self, StudyError> {
        if store.meta().state != FileState::Closed {
            return Err(StudyError::StillOpen { path: store.path().to_owned() });
        }
        key.check_fits(store)?;
        let everybody = store.people()?;
        let withdrawn = everybody.iter().filter(|person| person.state == PersonState::Withdrawn).count();
        let people: Vec<Person> =
            everybody.into_iter().filter(|person| person.state != PersonState::Withdrawn).collect();
        let places = people.iter().map(|person| store.place(person.slot)).collect::<Result<Vec<_>, _>>()?;
        let codes =
            (1..=store.n_stimuli()?).map(|row| store.codes(row as i64)).collect::<Result<Vec<[String; 3]>, _>>()?;
        let answers = store.answers()?;
        let damaged = |found: &str| StudyError::Damaged { path: store.path().to_owned(), found: found.to_owned() };
        let mut all: Vec<Response> = Vec::with_capacity(answers.len());
        for (at, answer) in answers.iter().enumerate() {
            let Some(person) = people.iter().position(|person| person.id == answer.person) else { continue };
            let trial =
                places[person].trials.get(answer.position).ok_or_else(|| damaged("an answer without a trial"))?;
            let [code, ..] = usize::try_from(trial.stimulus - 1)
                .ok()
                .and_then(|row| codes.get(row))
                .ok_or_else(|| damaged("a trial without a stimulus"))?;
            let stimulus = key.stimuli.get(code).ok_or_else(|| damaged("a stimulus that the key does not know"))?;
            let role = key
                .role(people[person].slot, answer.position)
                .ok_or_else(|| damaged("a trial that the key does not know"))?;
            // Rows come by person, attempt, position, revision, so a later revision is the next row.
            let is_last = answers.get(at + 1).is_none_or(|next| {
                (next.person, next.attempt, next.position) != (answer.person, answer.attempt, answer.position)
            });
            let stands = is_last && answer.attempt == people[person].attempt;
            all.push(response(key, answer, person, stands, role, trial.section, code, stimulus.item, stimulus.arm));
        }
        let mut out = Self { is_excluded: vec![false; people.len()], people, withdrawn, all, excluded: Vec::new() };
        out.exclude(key, &places.iter().map(|place| place.trials.len()).collect::<Vec<_>>());
        Ok(out)
    }

    /// Applies the rules of the design. Nothing here looks at an arm.
    fn exclude(&mut self, key: &Key, n_trials: &[usize]) {
        let rules = &key.spec.exclude;
        for (at, person) in self.people.iter().enumerate() {
            let own: Vec<&Response> =
                self.all.iter().filter(|r| r.person == at && r.stands && r.role != Role::Practice).collect();
            let n_practice =
                key.roles.get(person.slot).map_or(0, |roles| roles.iter().filter(|r| **r == Role::Practice).count());
            let share = |hits: usize, n: usize| hits as f64 / n.max(1) as f64;
            let catch: Vec<&&Response> = own.iter().filter(|r| r.role == Role::Catch).collect();
            let right = catch.iter().filter(|r| r.class().is_some() && r.class() == r.target).count();
            let fast = own.iter().filter(|r| r.seconds * 1000.0 < rules.fast_below_ms as f64).count();
            let mut reasons = Vec::new();
            if let Some(limit) = rules.catch_below
                && !catch.is_empty()
                && share(right, catch.len()) < limit
            {
                reasons.push(format!("{right} of {} catch items right, below {:.0} %", catch.len(), 100.0 * limit));
            }
            if let Some(limit) = rules.fast_above
                && share(fast, own.len()) > limit
            {
                let percent = 100.0 * share(fast, own.len());
                reasons.push(format!(
                    "{percent:.0} % of answers faster than {} ms, above {:.0} %",
                    rules.fast_below_ms,
                    100.0 * limit
                ));
            }
            if let Some(limit) = rules.same_above {
                let run = longest_same(&own);
                if run > limit {
                    reasons.push(format!("the same answer {run} times in a row, above {limit}"));
                }
            }
            if let Some(limit) = rules.answered_below {
                let planned = n_trials[at].saturating_sub(n_practice);
                if share(own.len(), planned) < limit {
                    reasons.push(format!("{} of {planned} items answered, below {:.0} %", own.len(), 100.0 * limit));
                }
            }
            if !reasons.is_empty() {
                self.is_excluded[at] = true;
                self.excluded.push(Exclusion { code: person.code.clone(), reason: reasons.join("; ") });
            }
        }
    }

    /// Whether a person is left out.
    pub fn is_excluded(&self, person: usize) -> bool {
        self.is_excluded.get(person).copied().unwrap_or(false)
    }

    /// The scored answers: main trials that stand; with or without the people who are left out.
    pub fn scored(&self, with_excluded: bool) -> impl Iterator<Item = &Response> {
        self.all
            .iter()
            .filter(move |r| r.stands && r.role == Role::Main && (with_excluded || !self.is_excluded(r.person)))
    }

    /// Pairs of the first and the second answer to the same stimulus by the same person.
    pub fn repeats(&self) -> Vec<(&Response, &Response)> {
        let mut out = Vec::new();
        for second in self.all.iter().filter(|r| r.stands && r.role == Role::Repeat && !self.is_excluded(r.person)) {
            let first = self.all.iter().find(|r| {
                r.stands && r.role == Role::Main && r.person == second.person && r.stimulus == second.stimulus
            });
            out.extend(first.map(|first| (first, second)));
        }
        out
    }
}

fn longest_same(own: &[&Response]) -> usize {
    let (mut longest, mut run) = (0, 0);
    let mut last: Option<Option<u16>> = None;
    for response in own {
        run = if last == Some(response.class()) { run + 1 } else { 1 };
        last = Some(response.class());
        longest = longest.max(run);
    }
    longest
}

#[expect(clippy::too_many_arguments, reason = "one row is built from three tables")]
fn response(
    key: &Key,
    answer: &AnswerRow,
    person: usize,
    stands: bool,
    role: Role,
    section: usize,
    stimulus: &str,
    item: usize,
    arm: Option<usize>,
) -> Response {
    let seconds = |ns: u64| ns as f64 / 1e9;
    let facts = &key.items[item];
    Response {
        person,
        attempt: answer.attempt,
        position: answer.position,
        revision: answer.revision,
        stands,
        role,
        section,
        stimulus: stimulus.to_owned(),
        item,
        arm,
        choice: answer.choice,
        scores: answer.scores.as_ref().map(|scores| normalised(scores)),
        raw_scores: answer.scores.clone(),
        confidence: answer.confidence,
        second: answer.truth,
        seconds: seconds(answer.response_ns),
        confirm_seconds: seconds(answer.confirm_ns),
        frame_seconds: seconds(answer.frame_ns),
        unfocused_seconds: seconds(answer.unfocused_ns),
        paused_seconds: seconds(answer.paused_ns),
        presented: answer.presented,
        target: key.target(item),
        model: facts.model,
        truth: facts.truth,
    }
}

/// Scores divided by their sum; all alike where the sum is 0.
pub fn normalised(scores: &[f64]) -> Vec<f64> {
    let sum: f64 = scores.iter().sum();
    if sum > 0.0 {
        scores.iter().map(|score| score / sum).collect()
    } else {
        vec![1.0 / scores.len() as f64; scores.len()]
    }
}
