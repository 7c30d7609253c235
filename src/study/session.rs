//! The one way in which answers come in: present, answer, confirm, undo, pause, resume.
//!
//! The window shows [`Session::view`] and sends [`Input`]s with the times of its frames and key events; `unmask study simulate` does the
//! very same with a clock of its own. Nothing here tells the arm, the label or the model's answer; [`View`] holds no code of any kind.
//!
//! An answer counts from the moment [`Session::input`] returns [`Step::Saved`]: then it is on the disk. If saving fails, the draft
//! stays, so that the same key saves it once there is room again.

mod clock;
mod draft;

use std::sync::Arc;

use serde_json::json;

pub use clock::{Clock, FakeClock, SystemClock};
pub use draft::{Choice, Draft};

use super::StudyError;
use super::design::{Form, Later};
use super::stimulus::Media;
use super::store::{AnswerRow, NewEvent, NewPerson, Person, PersonState, Place, Shown, Stimulus, Store, Trial};

/// Something that the participant, or the window for them, does.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Agrees to take part, or does not.
    Consent(bool),
    /// Goes on from instructions, a section's heading or feedback.
    Continue,
    /// The frame with the stimulus is on screen. Sent on every such frame; only the first counts.
    Presented {
        /// Interval between frames in nanoseconds.
        frame_ns: u64,
    },
    /// Chooses a class, by its number in the data's order.
    Choose(u16),
    /// Cannot decide.
    Undecided,
    /// Gives a class a score from 0 to 1.
    Score {
        /// Class.
        class: u16,
        /// 0 to 1.
        value: f64,
    },
    /// Confidence from 1 to 5.
    Confidence(u8),
    /// Answers the second question: the true class.
    Truth(u16),
    /// Empties what has been entered and not been saved.
    Clear,
    /// Confirms the answer.
    Confirm,
    /// Takes the last answer back, to give another; the first stays in the log.
    Undo,
    /// Hides the item.
    Pause,
    /// Shows it again.
    Resume,
    /// The window got or lost the focus.
    Focus(bool),
    /// How large everything is: sent at the start, and whenever it changes.
    Screen(ScreenSize),
    /// A frame came late.
    LateFrame {
        /// Time since the frame before, in nanoseconds.
        ns: u64,
    },
    /// The window closes.
    Quit,
}

/// How large the participant's screen is, and what is on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenSize {
    /// Width and height of the window, in points.
    pub points: [f32; 2],
    /// Pixels per point.
    pub scale: f32,
    /// Size of text that the participant chose, as a factor.
    pub text: f32,
    /// Size of the item, likewise.
    pub item: f32,
}

/// What an input did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: it does not fit what is on screen now.
    Ignored,
    /// The view has changed.
    Changed,
    /// An answer is on the disk, and the view has changed.
    Saved {
        /// Trial.
        position: usize,
        /// 0 for a first answer.
        revision: u32,
    },
}

/// What is to be on screen. Every text is the study's own.
#[derive(Clone, Debug, PartialEq)]
pub enum View<'a> {
    /// Asks for consent.
    Consent,
    /// Says what is to be done.
    Instructions {
        /// Share of right answers by guessing alone, 0..=1.
        chance: f64,
    },
    /// A new section begins.
    Section {
        /// From 1.
        number: usize,
        /// How many.
        of: usize,
    },
    /// An item.
    Trial(TrialView<'a>),
    /// Says whether a practice answer was right.
    Feedback {
        /// Whether it was.
        is_right: bool,
        /// The right class.
        right: u16,
        /// What was shown.
        media: &'a Media,
    },
    /// The item is hidden.
    Paused {
        /// Items answered.
        done: usize,
        /// Items in all.
        of: usize,
    },
    /// The end.
    Finished,
    /// No consent: nothing was written.
    Declined,
}

/// An item on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialView<'a> {
    /// What is shown.
    pub media: &'a Media,
    /// What comes next, so that it can be made ready.
    pub next: Option<&'a Media>,
    /// Whether it is practice.
    pub is_practice: bool,
    /// Number among the practice items, or among the others, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Classes in the order of the buttons.
    pub buttons: &'a [u16],
    /// What has been entered.
    pub draft: &'a Draft,
    /// Whether [`Input::Confirm`] would save it.
    pub is_complete: bool,
    /// Whether the last answer can be taken back.
    pub can_undo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Consent,
    Instructions,
    Section,
    Trial,
    Feedback { is_right: bool, right: u16 },
    Paused,
    Finished,
    Declined,
}

/// Times of the trial on screen, all on the session's clock.
#[derive(Clone, Copy, Debug, Default)]
struct Timing {
    shown_at: Option<u64>,
    answered_at: Option<u64>,
    frame_ns: u64,
    presented: u32,
    unfocused_since: Option<u64>,
    unfocused_ns: u64,
    paused_since: Option<u64>,
    paused_ns: u64,
}

/// One person in front of one study.
#[derive(Debug)]
pub struct Session<C: Clock> {
    store: Store,
    clock: C,
    uid: String,
    person: Option<Person>,
    slot: usize,
    place: Place,
    buttons: Vec<u16>,
    run: u32,
    began_ns: u64,
    stage: Stage,
    position: usize,
    back_to: Option<usize>,
    undoable: Option<usize>,
    revisions: Vec<u32>,
    draft: Draft,
    timing: Timing,
    events: Vec<NewEvent>,
    current: Option<(usize, Arc<Stimulus>)>,
    ahead: Option<(usize, Arc<Stimulus>)>,
    notice: Option<&'static str>,
}

/// A random id for a new participant, from the system's randomness: it must differ between machines.
pub fn new_uid() -> String {
    use std::hash::{BuildHasher, Hasher};
    let mut bytes = Vec::with_capacity(32);
    for part in 0_u64..4 {
        let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
        hasher.write_u64(part);
        bytes.extend(hasher.finish().to_le_bytes());
    }
    blake3::hash(&bytes).to_hex()[..32].to_owned()
}

/// The code of a participant: six signs that cannot be mistaken for each other, from the id.
pub fn code_of(uid: &str) -> String {
    const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let hash = blake3::hash(uid.as_bytes());
    hash.as_bytes()[..6].iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

impl<C: Clock> Session<C> {
    /// A new participant in the next free place. Nothing is written before they agree.
    pub fn begin(store: Store, uid: String, clock: C) -> Result<Self, StudyError> {
        store.check_open()?;
        let Some(slot) = store.free_slot()? else {
            return Err(StudyError::Step(format!(
                "{}: all places of this copy are taken; make a study with more people or spare places",
                store.path().display()
            )));
        };
        Self::at(store, uid, None, slot, clock, Stage::Consent)
    }

    /// A participant who comes back, at the first item that has no answer, in the same order; by the study's rule for late returns.
    pub fn resume(mut store: Store, code: &str, clock: C) -> Result<Self, StudyError> {
        store.check_open()?;
        let refuse = |what: &str| StudyError::Step(format!("participant {code} {what}; begin with a new participant"));
        let mut person = store.person(code)?.ok_or_else(|| refuse("is not in this file"))?;
        match person.state {
            PersonState::Active => {}
            PersonState::Finished => return Err(refuse("has answered everything")),
            PersonState::Withdrawn => return Err(refuse("has withdrawn")),
        }
        let now = clock.wall_s();
        let was_set_back = now < person.seen;
        // A clock that was set back says nothing about the age: the person may go on.
        let hours = (now - person.seen).max(0) as f64 / 3600.0;
        let limit = store.shown().within_hours;
        let mut stage = Stage::Paused;
        let mut restarted = None;
        if hours > limit {
            match store.shown().later {
                Later::Resume => {}
                Later::Block => return Err(StudyError::TooOld { code: code.to_owned(), hours, limit }),
                Later::Restart => {
                    person.attempt = store.restart(person.id, now)?;
                    stage = Stage::Instructions;
                    restarted = Some("The pause was longer than this study allows, so it begins again from the start.");
                }
            }
        }
        let run = store.begin_run(person.id, now)?;
        let (slot, uid) = (person.slot, person.uid.clone());
        let mut session = Self::at(store, uid, Some(person), slot, clock, stage)?;
        session.run = run;
        session.notice = restarted;
        let at = session.clock.now_ns();
        if was_set_back {
            session.notice = Some("The computer's clock is earlier than at the last answer; nothing was lost.");
            session.note("clock-set-back", at, None);
        }
        let detail = json!({ "position": session.position, "hours": hours, "restarted": stage == Stage::Instructions });
        session.note("resumed", at, Some(detail));
        session.flush()?;
        if stage == Stage::Paused {
            session.timing.paused_since = Some(at);
        }
        if session.position == session.place.trials.len() {
            return Err(refuse("has answered everything"));
        }
        session.prepare()?;
        Ok(session)
    }

    fn at(
        store: Store,
        uid: String,
        person: Option<Person>,
        slot: usize,
        clock: C,
        stage: Stage,
    ) -> Result<Self, StudyError> {
        let place = store.place(slot)?;
        let mut revisions = vec![0; place.trials.len()];
        if let Some(person) = &person {
            for (position, count) in store.answered(person.id, person.attempt)? {
                if let Some(entry) = revisions.get_mut(position) {
                    *entry = count;
                }
            }
        }
        let position = revisions.iter().position(|count| *count == 0).unwrap_or(revisions.len());
        let mut buttons: Vec<u16> = (0..store.shown().classes.len() as u16).collect();
        if place.turned {
            buttons.reverse();
        }
        let began_ns = clock.now_ns();
        Ok(Self {
            draft: Draft::new(store.shown()),
            store,
            clock,
            uid,
            person,
            slot,
            place,
            buttons,
            run: 1,
            began_ns,
            stage,
            position,
            back_to: None,
            undoable: None,
            revisions,
            timing: Timing::default(),
            events: Vec::new(),
            current: None,
            ahead: None,
            notice: None,
        })
    }

    /// The texts of the study.
    pub fn shown(&self) -> &Shown {
        self.store.shown()
    }

    /// The participant's code; `None` before they agreed.
    pub fn code(&self) -> Option<&str> {
        self.person.as_ref().map(|person| person.code.as_str())
    }

    /// Something the researcher should know, once.
    pub fn take_notice(&mut self) -> Option<&'static str> {
        self.notice.take()
    }

    /// Practice items that come first.
    pub fn practice_items(&self) -> usize {
        self.n_practice()
    }

    /// Whether an item is on screen, or is to be, whose frame was not reported yet ([`Input::Presented`]).
    pub fn awaits_presentation(&self) -> bool {
        self.stage == Stage::Trial && self.timing.shown_at.is_none()
    }

    /// The trial on screen, or that comes next.
    pub fn position(&self) -> usize {
        self.position
    }

    /// For drivers that hold the key: the opaque code of the stimulus on screen. Never to be shown.
    pub fn stimulus_code(&self) -> Option<&str> {
        self.current.as_ref().map(|(_, stimulus)| stimulus.code.as_str())
    }

    /// The place taken.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// Gives the file back.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// What is to be on screen.
    pub fn view(&self) -> View<'_> {
        let n_practice = self.n_practice();
        let of = self.place.trials.len() - n_practice;
        match self.stage {
            Stage::Consent => View::Consent,
            Stage::Declined => View::Declined,
            Stage::Finished => View::Finished,
            Stage::Instructions => View::Instructions { chance: 1.0 / self.buttons.len().max(1) as f64 },
            Stage::Section => View::Section { number: self.section() + 1, of: self.n_sections() },
            Stage::Paused => View::Paused { done: self.position.saturating_sub(n_practice), of },
            Stage::Feedback { is_right, right } => match &self.current {
                Some((_, stimulus)) => View::Feedback { is_right, right, media: &stimulus.media },
                None => View::Finished,
            },
            Stage::Trial => match &self.current {
                Some((_, stimulus)) => {
                    let is_practice = self.position < n_practice;
                    View::Trial(TrialView {
                        media: &stimulus.media,
                        next: self.ahead.as_ref().map(|(_, next)| &next.media),
                        is_practice,
                        number: if is_practice { self.position + 1 } else { self.position - n_practice + 1 },
                        of: if is_practice { n_practice } else { of },
                        buttons: &self.buttons,
                        draft: &self.draft,
                        is_complete: self.draft.is_complete(self.store.shown()),
                        can_undo: self.undoable.is_some(),
                    })
                }
                None => View::Finished,
            },
        }
    }

    /// Takes an input that happened now.
    pub fn apply(&mut self, input: Input) -> Result<Step, StudyError> {
        let now = self.clock.now_ns();
        self.input(input, now)
    }

    /// Takes an input that happened at `at`, in nanoseconds of the session's clock: the time of the key event or of the frame.
    pub fn input(&mut self, input: Input, at: u64) -> Result<Step, StudyError> {
        match (self.stage, input) {
            (Stage::Consent, Input::Consent(true)) => self.agree(at),
            (Stage::Consent, Input::Consent(false)) => Ok(self.go(Stage::Declined)),
            (Stage::Instructions, Input::Continue) => {
                self.note("instructions-read", at, None);
                self.show_next()
            }
            (Stage::Section, Input::Continue) => {
                self.note("section", at, Some(json!({ "number": self.section() + 1 })));
                Ok(self.go(Stage::Trial))
            }
            (Stage::Feedback { .. }, Input::Continue) => {
                self.position += 1;
                self.show_next()
            }
            (Stage::Trial, Input::Presented { frame_ns }) => Ok(self.presented(frame_ns, at)),
            (Stage::Trial, Input::Undo) | (Stage::Finished, Input::Undo) => self.undo(at),
            (Stage::Trial, Input::Pause) => self.pause(at),
            (Stage::Paused, Input::Resume) => self.go_on(at),
            (Stage::Trial, input @ (Input::Choose(_) | Input::Undecided | Input::Score { .. })) => {
                self.enter(&input, at, true)
            }
            (Stage::Trial, input @ (Input::Confidence(_) | Input::Truth(_))) => self.enter(&input, at, false),
            (Stage::Trial, Input::Confirm) => self.confirm(at),
            (Stage::Trial, Input::Clear) => Ok(self.clear()),
            (_, Input::Screen(size)) => {
                let [width, height] = size.points;
                let detail = json!({
                    "width": width, "height": height, "scale": size.scale, "text": size.text, "item": size.item,
                });
                self.note("screen", at, Some(detail));
                Ok(Step::Ignored)
            }
            (_, Input::Focus(has_focus)) => Ok(self.focus(has_focus, at)),
            (_, Input::LateFrame { ns }) => {
                self.note("late-frame", at, Some(json!({ "ns": ns })));
                Ok(Step::Ignored)
            }
            (_, Input::Quit) => {
                self.note("quit", at, None);
                self.flush()?;
                Ok(Step::Changed)
            }
            _ => Ok(Step::Ignored),
        }
    }

    fn go(&mut self, stage: Stage) -> Step {
        self.stage = stage;
        Step::Changed
    }

    fn agree(&mut self, at: u64) -> Result<Step, StudyError> {
        let now = self.clock.wall_s();
        let person = NewPerson { uid: self.uid.clone(), code: code_of(&self.uid), slot: self.slot, now };
        // A try that failed after the person was written is gone on with.
        let person = match self.store.person(&person.code)?.filter(|known| known.uid == person.uid) {
            Some(known) => known,
            None => self.store.add_person(&person)?,
        };
        self.run = self.store.begin_run(person.id, now)?;
        self.person = Some(person);
        let turned = self.place.turned;
        self.note("consent", at, Some(json!({ "slot": self.slot, "buttons-turned": turned })));
        self.flush()?;
        self.prepare()?;
        Ok(self.go(Stage::Instructions))
    }

    fn n_practice(&self) -> usize {
        self.place.trials.iter().take_while(|trial| trial.practice.is_some()).count()
    }

    fn n_sections(&self) -> usize {
        self.place.trials.iter().map(|trial| trial.section).max().unwrap_or(0) + 1
    }

    fn trial(&self) -> Option<&Trial> {
        self.place.trials.get(self.position)
    }

    fn section(&self) -> usize {
        self.trial().map_or(0, |trial| trial.section)
    }

    /// Shows the trial at `position`, or the heading of its section before it, or the end.
    fn show_next(&mut self) -> Result<Step, StudyError> {
        self.draft = Draft::new(self.store.shown());
        self.timing =
            Timing { unfocused_since: self.timing.unfocused_since.map(|_| self.clock.now_ns()), ..Timing::default() };
        self.prepare()?;
        let Some(trial) = self.trial() else {
            return Ok(self.go(Stage::Finished));
        };
        let begins_section = trial.practice.is_none()
            && self.n_sections() > 1
            && self
                .position
                .checked_sub(1)
                .and_then(|before| self.place.trials.get(before))
                .is_none_or(|before| before.practice.is_some() || before.section != trial.section);
        let is_new = self.revisions.get(self.position).is_some_and(|count| *count == 0);
        Ok(self.go(if begins_section && is_new { Stage::Section } else { Stage::Trial }))
    }

    /// Reads the stimulus on screen and the next one.
    fn prepare(&mut self) -> Result<(), StudyError> {
        let read =
            |store: &Store, place: &Place, position: usize| -> Result<Option<(usize, Arc<Stimulus>)>, StudyError> {
                let Some(trial) = place.trials.get(position) else { return Ok(None) };
                Ok(Some((position, Arc::new(store.stimulus(trial.stimulus)?))))
            };
        let known = [self.current.take(), self.ahead.take()];
        let find = |position: usize| known.iter().flatten().find(|(at, _)| *at == position).cloned();
        let next = self.back_to.unwrap_or(self.position + 1);
        self.current = match find(self.position) {
            Some(found) => Some(found),
            None => read(&self.store, &self.place, self.position)?,
        };
        self.ahead = match find(next) {
            Some(found) => Some(found),
            None => read(&self.store, &self.place, next)?,
        };
        Ok(())
    }

    fn presented(&mut self, frame_ns: u64, at: u64) -> Step {
        if self.timing.shown_at.is_some() {
            return Step::Ignored;
        }
        self.timing.shown_at = Some(at);
        self.timing.frame_ns = frame_ns;
        self.timing.presented += 1;
        let presented = self.timing.presented;
        self.note("presented", at, Some(json!({ "frame-ns": frame_ns, "time": presented })));
        Step::Changed
    }

    fn enter(&mut self, input: &Input, at: u64, is_answer: bool) -> Result<Step, StudyError> {
        // A key that comes before the item is on screen answers nothing.
        if self.timing.shown_at.is_none() || !self.draft.enter(input, self.store.shown()) {
            return Ok(Step::Ignored);
        }
        if is_answer {
            self.timing.answered_at = Some(at);
        }
        // Scores are set one by one and changed, so they always need a confirmation.
        let is_done = !self.shown().confirm && self.shown().form != Form::Scores;
        if is_done && self.draft.is_complete(self.store.shown()) { self.confirm(at) } else { Ok(Step::Changed) }
    }

    fn clear(&mut self) -> Step {
        if self.draft == Draft::new(self.store.shown()) {
            return Step::Ignored;
        }
        self.draft = Draft::new(self.store.shown());
        self.timing.answered_at = None;
        Step::Changed
    }

    fn confirm(&mut self, at: u64) -> Result<Step, StudyError> {
        let (Some(shown_at), Some(answered_at)) = (self.timing.shown_at, self.timing.answered_at) else {
            return Ok(Step::Ignored);
        };
        if !self.draft.is_complete(self.store.shown()) {
            return Ok(Step::Ignored);
        }
        let Some(person) = &self.person else { return Ok(Step::Ignored) };
        let (position, revision) = (self.position, self.revisions[self.position]);
        let unfocused = self.timing.unfocused_since.map_or(0, |since| at.saturating_sub(since));
        let answer = AnswerRow {
            person: person.id,
            attempt: person.attempt,
            position,
            revision,
            choice: self.draft.class(),
            scores: self.draft.scores(),
            confidence: self.draft.confidence,
            truth: self.draft.truth,
            response_ns: answered_at.saturating_sub(shown_at),
            confirm_ns: at.saturating_sub(shown_at),
            frame_ns: self.timing.frame_ns,
            unfocused_ns: self.timing.unfocused_ns + unfocused,
            paused_ns: self.timing.paused_ns,
            presented: self.timing.presented.max(1),
        };
        let next = self.back_to.unwrap_or(position + 1);
        let is_last = next >= self.place.trials.len();
        let now = self.clock.wall_s();
        self.store.add_answer(&answer, &self.events, is_last, now)?;
        self.events.clear();
        self.revisions[position] += 1;
        self.back_to = None;
        if let Some(right) = self.place.trials[position].practice {
            self.undoable = None;
            self.stage = Stage::Feedback { is_right: self.draft.likeliest() == Some(right), right };
        } else {
            self.undoable = Some(position);
            self.position = next;
            self.show_next()?;
        }
        Ok(Step::Saved { position, revision })
    }

    fn undo(&mut self, at: u64) -> Result<Step, StudyError> {
        let Some(last) = self.undoable.take() else { return Ok(Step::Ignored) };
        // Who has finished stays so in the file: the answer taken back stands until another is given.
        self.back_to = Some(self.back_to.unwrap_or(self.position));
        self.position = last;
        self.note("undo", at, None);
        self.show_next()
    }

    fn pause(&mut self, at: u64) -> Result<Step, StudyError> {
        self.note("pause", at, None);
        self.flush()?;
        self.timing.paused_since = Some(at);
        // The item is hidden; its time begins again when it is back on screen.
        self.timing.shown_at = None;
        self.timing.answered_at = None;
        self.draft = Draft::new(self.store.shown());
        Ok(self.go(Stage::Paused))
    }

    fn go_on(&mut self, at: u64) -> Result<Step, StudyError> {
        if let Some(since) = self.timing.paused_since.take() {
            self.timing.paused_ns += at.saturating_sub(since);
        }
        self.note("continue", at, None);
        self.prepare()?;
        // Who left before the first item reads the instructions again.
        Ok(self.go(
            if self.position == 0 && self.revisions.iter().all(|count| *count == 0) && self.timing.presented == 0 {
                Stage::Instructions
            } else {
                Stage::Trial
            },
        ))
    }

    fn focus(&mut self, has_focus: bool, at: u64) -> Step {
        match (has_focus, self.timing.unfocused_since) {
            (false, None) => self.timing.unfocused_since = Some(at),
            (true, Some(since)) => {
                self.timing.unfocused_ns += at.saturating_sub(since);
                self.timing.unfocused_since = None;
            }
            _ => return Step::Ignored,
        }
        self.note(if has_focus { "focus-got" } else { "focus-lost" }, at, None);
        Step::Ignored
    }

    /// Keeps an event for the next transaction.
    fn note(&mut self, kind: &str, at: u64, detail: Option<serde_json::Value>) {
        let Some(person) = &self.person else { return };
        let is_trial = matches!(self.stage, Stage::Trial | Stage::Paused | Stage::Feedback { .. });
        self.events.push(NewEvent {
            person: person.id,
            attempt: person.attempt,
            run: self.run,
            at_ns: at.saturating_sub(self.began_ns),
            position: is_trial.then_some(self.position),
            kind: kind.to_owned(),
            detail: detail.map(|detail| detail.to_string()),
        });
    }

    fn flush(&mut self) -> Result<(), StudyError> {
        let Some(person) = &self.person else { return Ok(()) };
        if self.events.is_empty() {
            return Ok(());
        }
        let now = self.clock.wall_s();
        self.store.add_events(person.id, &self.events, now)?;
        self.events.clear();
        Ok(())
    }
}
