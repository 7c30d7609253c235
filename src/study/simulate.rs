//! Participants whose skill is known, answering through [`Session`] like people: for dry runs, and to see that the report recovers what
//! they were made of.

use std::collections::BTreeMap;

use super::StudyError;
use super::design::Form;
use super::dice::{Dice, stream};
use super::key::Key;
use super::session::{FakeClock, Input, Session, Step, View, code_of};
use super::store::{PersonState, Store};

/// A made-up participant.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// How they answer.
    pub skill: Skill,
    /// Skill in single arms, by name, where it differs.
    pub by_arm: BTreeMap<String, f64>,
    /// Share of items left undecided, where the form allows it.
    pub undecided: f64,
    /// Median response time in seconds.
    pub seconds: f64,
}

/// How a made-up participant answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Skill {
    /// Always right.
    Perfect,
    /// Every class alike.
    Chance,
    /// Right with this chance, otherwise any other class alike.
    Skilled(f64),
    /// Always the first class.
    Biased,
    /// Right, but slow.
    Slow,
    /// The same key again and again, at once.
    Careless,
}

impl Profile {
    /// A participant of a skill, with the usual time for it.
    pub fn of(skill: Skill) -> Self {
        let seconds = match skill {
            Skill::Slow => 20.0,
            Skill::Careless => 0.12,
            _ => 2.5,
        };
        Self { skill, by_arm: BTreeMap::new(), undecided: 0.0, seconds }
    }

    /// Reads `perfect:2,chance,skilled@0.8:10`: each kind with how many of it.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, StudyError> {
        let wrong = |part: &str| {
            StudyError::Step(format!(
                "people \"{part}\": expected perfect, chance, biased, slow, careless or skilled@0.8, and :N for N of them; write for \
                 instance perfect:2,skilled@0.8:10"
            ))
        };
        let mut out = Vec::new();
        for part in text.split(',') {
            let (kind, count) = part.trim().split_once(':').unwrap_or((part.trim(), "1"));
            let count: usize =
                count.parse().ok().filter(|count| (1..=5000).contains(count)).ok_or_else(|| wrong(part))?;
            let skill = match kind.split_once('@') {
                None => match kind {
                    "perfect" => Skill::Perfect,
                    "chance" => Skill::Chance,
                    "biased" => Skill::Biased,
                    "slow" => Skill::Slow,
                    "careless" => Skill::Careless,
                    _ => return Err(wrong(part)),
                },
                Some(("skilled", share)) => {
                    let share: f64 = share.parse().map_err(|_| wrong(part))?;
                    if !(0.0..=1.0).contains(&share) {
                        return Err(wrong(part));
                    }
                    Skill::Skilled(share)
                }
                Some(_) => return Err(wrong(part)),
            };
            out.extend(std::iter::repeat_n(Self::of(skill), count));
        }
        Ok(out)
    }
}

/// What happened, for whoever watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A person begins, or comes back at this trial.
    Begun {
        /// Code.
        code: String,
        /// First trial that has no answer.
        position: usize,
    },
    /// An answer is on the disk.
    Saved {
        /// Code.
        code: String,
        /// Trial.
        position: usize,
        /// 0 for a first answer.
        revision: u32,
    },
    /// A person has answered everything.
    Finished {
        /// Code.
        code: String,
    },
}

/// 60 frames a second.
const FRAME_NS: u64 = 16_666_667;
/// The simulated day on which everything happens, in seconds since 1970.
const DAY: i64 = 1_760_000_000;

/// Lets `people` take part one after the other. Person `i` has the id that follows from (seed, i): who has finished is skipped, and who
/// has begun goes on, so that a killed simulation can be run again.
pub fn simulate(
    mut store: Store,
    key: &Key,
    people: &[Profile],
    seed: u64,
    watch: &mut dyn FnMut(&Seen),
) -> Result<Store, StudyError> {
    key.check_fits(&store)?;
    for (at, profile) in people.iter().enumerate() {
        let uid = uid_of(seed, at);
        let code = code_of(&uid);
        let known = store.person(&code)?;
        let clock = FakeClock::new(known.as_ref().map_or(DAY, |person| person.seen + 60));
        let session = match known {
            Some(person) if person.state != PersonState::Active => continue,
            // Killed after the last answer: nothing is left to do.
            Some(person)
                if store.answered(person.id, person.attempt)?.len() == store.place(person.slot)?.trials.len() =>
            {
                continue;
            }
            Some(_) => Session::resume(store, &code, clock)?,
            None => Session::begin(store, uid, clock)?,
        };
        let dice = Dice::new(seed, stream::SIMULATION + ((at as u64 + 1) << 8));
        store = Person { key, profile, dice, last: None }.take_part(session, watch)?.into_store();
    }
    Ok(store)
}

/// The id of simulated person number `at`.
pub fn uid_of(seed: u64, at: usize) -> String {
    blake3::hash(format!("simulated {seed} {at}").as_bytes()).to_hex()[..32].to_owned()
}

/// The judgement of a made-up participant alone, for drivers that press keys themselves.
pub struct Mind<'a>(Person<'a>);

impl<'a> Mind<'a> {
    /// Participant number `at` of a seed, with their own dice.
    pub fn new(key: &'a Key, profile: &'a Profile, seed: u64, at: usize) -> Self {
        let dice = Dice::new(seed, stream::SIMULATION + ((at as u64 + 1) << 8));
        Self(Person { key, profile, dice, last: None })
    }

    /// How many seconds they look at the item, and the class they give for the stimulus of this opaque code.
    pub fn judge(&mut self, stimulus: Option<&str>) -> (f64, u16) {
        let seconds = self.0.seconds();
        (seconds, self.0.class(stimulus).0)
    }
}

struct Person<'a> {
    key: &'a Key,
    profile: &'a Profile,
    dice: Dice,
    last: Option<u16>,
}

impl Person<'_> {
    fn take_part(
        mut self,
        mut session: Session<FakeClock>,
        watch: &mut dyn FnMut(&Seen),
    ) -> Result<Session<FakeClock>, StudyError> {
        let mut is_announced = false;
        loop {
            if !is_announced && let Some(code) = session.code() {
                watch(&Seen::Begun { code: code.to_owned(), position: session.position() });
                is_announced = true;
            }
            session.clock().pass(300_000_000);
            match session.view() {
                View::Consent => session.apply(Input::Consent(true))?,
                View::Instructions { .. } | View::Section { .. } | View::Feedback { .. } => {
                    session.apply(Input::Continue)?
                }
                View::Paused { .. } => session.apply(Input::Resume)?,
                View::Trial(_) => self.answer(&mut session, watch)?,
                View::Finished | View::Declined => break,
            };
        }
        if let Some(code) = session.code() {
            watch(&Seen::Finished { code: code.to_owned() });
        }
        session.apply(Input::Quit)?;
        Ok(session)
    }

    /// Looks at the item on screen and answers it, now and then with a pause, a glance elsewhere or a correction.
    fn answer(&mut self, session: &mut Session<FakeClock>, watch: &mut dyn FnMut(&Seen)) -> Result<Step, StudyError> {
        let (can_undo, is_practice) = match session.view() {
            View::Trial(trial) => (trial.can_undo, trial.is_practice),
            _ => return Ok(Step::Ignored),
        };
        session.apply(Input::Presented { frame_ns: FRAME_NS })?;
        let is_careful = self.profile.skill != Skill::Careless;
        if is_careful && can_undo && self.dice.happens(0.01) {
            return session.apply(Input::Undo);
        }
        if is_careful && self.dice.happens(0.005) {
            session.apply(Input::Pause)?;
            session.clock().pass(45_000_000_000);
            return session.apply(Input::Resume);
        }
        if is_careful && self.dice.happens(0.01) {
            session.apply(Input::Focus(false))?;
            session.clock().pass(2_000_000_000);
            session.apply(Input::Focus(true))?;
        }
        let seconds = self.seconds();
        session.clock().pass((seconds * 1e9) as u64);
        let (class, is_right) = self.class(session.stimulus_code());
        let shown = session.shown().clone();
        let is_undecided =
            shown.form == Form::ClassOrUndecided && !is_practice && self.dice.happens(self.profile.undecided);
        let mut step = Step::Ignored;
        match shown.form {
            _ if is_undecided => step = session.apply(Input::Undecided)?,
            Form::Class | Form::ClassOrUndecided => step = session.apply(Input::Choose(class))?,
            Form::Scores => {
                for other in 0..shown.classes.len() as u16 {
                    let least = if other == class { 0.6 } else { 0.0 };
                    session.apply(Input::Score { class: other, value: least + 0.4 * self.dice.unit() })?;
                }
            }
        }
        if shown.confidence {
            let level = if is_right { 3 } else { 1 } + self.dice.below(3) as u8;
            step = session.apply(Input::Confidence(level))?;
        }
        if shown.truth_question.is_some() {
            let truth = self.item(session).and_then(|item| self.key.items[item].truth).unwrap_or(class);
            step = session.apply(Input::Truth(truth))?;
        }
        if !matches!(step, Step::Saved { .. }) {
            session.clock().pass(250_000_000);
            step = session.apply(Input::Confirm)?;
        }
        if let (Step::Saved { position, revision }, Some(code)) = (step, session.code()) {
            watch(&Seen::Saved { code: code.to_owned(), position, revision });
        }
        Ok(step)
    }

    fn item(&self, session: &Session<FakeClock>) -> Option<usize> {
        self.key.stimuli.get(session.stimulus_code()?).map(|stimulus| stimulus.item)
    }

    /// How long this person looks. Response times are skewed to the right: a log-normal one, by the sum of twelve draws for the normal.
    fn seconds(&mut self) -> f64 {
        let normal: f64 = (0..12).map(|_| self.dice.unit()).sum::<f64>() - 6.0;
        self.profile.seconds * (0.35 * normal).exp()
    }

    /// The class this person gives, and whether it is right.
    fn class(&mut self, stimulus: Option<&str>) -> (u16, bool) {
        let n_classes = self.key.classes.len();
        let stimulus = stimulus.and_then(|code| self.key.stimuli.get(code));
        let right = stimulus.and_then(|stimulus| self.key.target(stimulus.item)).unwrap_or(0);
        let arm = stimulus.and_then(|stimulus| stimulus.arm).map(|arm| self.key.arms[arm].name.as_str());
        let skill = match arm.and_then(|arm| self.profile.by_arm.get(arm)) {
            Some(share) => Skill::Skilled(*share),
            None => self.profile.skill,
        };
        let class = match skill {
            Skill::Perfect | Skill::Slow => right,
            Skill::Chance => self.dice.below(n_classes) as u16,
            Skill::Biased => 0,
            Skill::Careless => match self.last {
                Some(last) if !self.dice.happens(0.03) => last,
                _ => self.dice.below(n_classes) as u16,
            },
            Skill::Skilled(share) if self.dice.happens(share) => right,
            Skill::Skilled(_) => {
                let other = self.dice.below(n_classes - 1) as u16;
                if other < right { other } else { other + 1 }
            }
        };
        self.last = Some(class);
        (class, class == right)
    }
}
