//! The participant's side of a study without a window: from the code at the door to the last answer.
//!
//! A window shows [`Participant::view`] and says what happened by [`Participant::act`] and [`Participant::press`], each with the time at
//! which it happened. Nothing here, and no sentence that it gives out, names an arm, a label, an answer of the model or a file.
//!
//! The file is opened by the caller ([`Participant::wants_file`], [`Participant::opened`]): checking a large one takes seconds. Its
//! transactions run inside `act` and `press`, so in the window's own thread: the screen may not go on before an answer is on the disk
//! anyway, nothing else moves meanwhile, and the time of the next item begins only when its own frame is on screen.

mod answering;
mod keys;
mod trouble;

use std::path::{Path, PathBuf};

use crate::study::StudyError;
use crate::study::session::{Clock, Input, Session, Step, View, new_uid};
use crate::study::store::{PersonState, Shown, Store};

pub use answering::{Answering, Question};
pub use keys::{Press, class_keys};
pub use trouble::sentence;

/// Where the participant stands, beside the study's own [`View`].
#[derive(Clone, Debug, PartialEq)]
pub enum Scene<'a> {
    /// The file is being checked.
    Opening,
    /// Begin, or come back with a code.
    Door {
        /// Why the last try did not work.
        message: Option<&'a str>,
    },
    /// In the study.
    Study(View<'a>),
    /// The file cannot be used.
    Refused {
        /// Why, and what to do.
        message: &'a str,
    },
}

/// Something that happens outside an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A new person begins.
    Begin,
    /// A person comes back with this code.
    ComeBack(String),
    /// Something in the study.
    Study(Input),
    /// Tries again what did not work.
    Retry,
    /// Asks whether to leave; `outside` closes participant mode, else it goes back to the door.
    AskLeave {
        /// Whether participant mode ends.
        outside: bool,
    },
    /// Stays.
    Stay,
    /// Leaves as asked.
    Leave,
    /// Goes back to the door after the end.
    ToDoor,
}

enum Stage<C: Clock> {
    Opening { then: Option<String> },
    Door(Box<Store>),
    Running(Box<Session<C>>),
    Refused { message: String, code: Option<String> },
    Gone,
}

/// What could not be written, and how it is tried again.
#[derive(Clone, Debug, PartialEq)]
struct Trouble {
    message: String,
    again: Input,
}

/// One participant screen.
pub struct Participant<C: Clock + Clone> {
    path: PathBuf,
    clock: C,
    stage: Stage<C>,
    uids: Box<dyn FnMut() -> String>,
    answering: Answering,
    message: Option<String>,
    notice: Option<&'static str>,
    trouble: Option<Trouble>,
    leaving: Option<bool>,
}

impl<C: Clock + Clone> Participant<C> {
    /// For the participant file at `path`, which the caller opens next.
    pub fn new(path: &Path, clock: C) -> Self {
        Self {
            path: path.to_owned(),
            clock,
            stage: Stage::Opening { then: None },
            uids: Box::new(new_uid),
            answering: Answering::default(),
            message: None,
            notice: None,
            trouble: None,
            leaving: None,
        }
    }

    /// Takes the ids of new people from `uids`, so that a test knows their codes.
    pub fn with_uids(mut self, uids: impl FnMut() -> String + 'static) -> Self {
        self.uids = Box::new(uids);
        self
    }

    /// The same for one that is there already.
    pub fn take_uids(&mut self, uids: impl FnMut() -> String + 'static) {
        self.uids = Box::new(uids);
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// The file to open, where it is to be opened now.
    pub fn wants_file(&self) -> Option<&Path> {
        matches!(self.stage, Stage::Opening { .. }).then_some(self.path.as_path())
    }

    /// What opening gave.
    pub fn opened(&mut self, result: Result<Store, StudyError>) {
        let Stage::Opening { then } = &mut self.stage else { return };
        let then = then.take();
        match result {
            Err(error) => self.refuse(&error, then),
            Ok(store) if store.check_open().is_err() => {
                self.refuse(&StudyError::Closed { path: self.path.clone() }, then)
            }
            Ok(store) => {
                self.stage = Stage::Door(Box::new(store));
                if let Some(code) = then {
                    self.come_back(&code);
                }
            }
        }
    }

    /// What is to be on screen.
    pub fn scene(&self) -> Scene<'_> {
        match &self.stage {
            Stage::Opening { .. } | Stage::Gone => Scene::Opening,
            Stage::Door(_) => Scene::Door { message: self.message.as_deref() },
            Stage::Running(session) => Scene::Study(session.view()),
            Stage::Refused { message, .. } => Scene::Refused { message },
        }
    }

    /// The texts of the study, once the file is open.
    pub fn shown(&self) -> Option<&Shown> {
        match &self.stage {
            Stage::Door(store) => Some(store.shown()),
            Stage::Running(session) => Some(session.shown()),
            _ => None,
        }
    }

    /// The running session.
    pub fn session(&self) -> Option<&Session<C>> {
        match &self.stage {
            Stage::Running(session) => Some(session),
            _ => None,
        }
    }

    /// The participant's code.
    pub fn code(&self) -> Option<&str> {
        self.session().and_then(Session::code)
    }

    /// Which question the keys answer.
    pub fn answering(&self) -> &Answering {
        &self.answering
    }

    /// Something that the person, or whoever looks after them, should know.
    pub fn notice(&self) -> Option<&'static str> {
        self.notice
    }

    /// What could not be written; everything else waits until it is.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_ref().map(|trouble| trouble.message.as_str())
    }

    /// Whether leaving is being asked about.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Whether participant mode is over.
    pub fn is_gone(&self) -> bool {
        matches!(self.stage, Stage::Gone)
    }

    /// Whether closing the window must ask first: somebody is in the middle of something.
    pub fn asks_before_closing(&self) -> bool {
        match self.scene() {
            Scene::Study(View::Finished | View::Declined) | Scene::Opening | Scene::Refused { .. } => false,
            Scene::Study(_) => true,
            Scene::Door { .. } => false,
        }
    }

    /// Whether an item's frame is still to be reported.
    pub fn awaits_presentation(&self) -> bool {
        self.leaving.is_none() && self.trouble.is_none() && self.session().is_some_and(Session::awaits_presentation)
    }

    /// Something happens at `at`, in nanoseconds of the clock.
    pub fn act(&mut self, act: Act, at: u64) -> Step {
        match act {
            Act::Begin => self.begin(),
            Act::ComeBack(code) => self.come_back(&code),
            Act::Study(input) => return self.input(input, at),
            Act::Retry => return self.retry(at),
            Act::AskLeave { outside } => return self.ask_leave(outside, at),
            Act::Stay => self.leaving = None,
            Act::Leave => self.leave(at),
            Act::ToDoor => self.back_to_door(),
        }
        Step::Changed
    }

    fn begin(&mut self) {
        let Stage::Door(store) = &self.stage else { return };
        match store.free_slot() {
            Err(error) => return self.refuse(&error, None),
            Ok(None) => {
                self.message = Some("All places of this study are taken. Please call the researcher.".to_owned());
                return;
            }
            Ok(Some(_)) => {}
        }
        let Some(store) = self.take_store() else { return };
        let uid = (self.uids)();
        match Session::begin(store, uid, self.clock.clone()) {
            Ok(session) => self.run(session),
            Err(error) => self.refuse(&error, None),
        }
    }

    fn come_back(&mut self, code: &str) {
        let code: String = code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
        let Stage::Door(store) = &self.stage else { return };
        let refusal = match store.person(&code) {
            Err(error) => return self.refuse(&error, None),
            Ok(None) => Some(format!("The code {code} is not known on this machine. Look at it again, or begin anew.")),
            Ok(Some(person)) => match person.state {
                PersonState::Active => None,
                PersonState::Finished => {
                    Some(format!("With the code {code}, everything has been answered. Thank you!"))
                }
                PersonState::Withdrawn => Some(format!("The code {code} has been taken out of the study.")),
            },
        };
        if refusal.is_some() {
            self.message = refusal;
            return;
        }
        let Some(store) = self.take_store() else { return };
        match Session::resume(store, &code, self.clock.clone()) {
            Ok(mut session) => {
                self.notice = session.take_notice();
                self.run(session);
            }
            // By the study's own rule: the door says so, once the file is open again.
            Err(error @ StudyError::TooOld { .. }) => {
                self.message = Some(sentence(&error));
                self.stage = Stage::Opening { then: None };
            }
            Err(error) => self.refuse(&error, Some(code)),
        }
    }

    fn run(&mut self, session: Session<C>) {
        self.message = None;
        self.answering = Answering::default();
        self.stage = Stage::Running(Box::new(session));
    }

    fn take_store(&mut self) -> Option<Store> {
        match std::mem::replace(&mut self.stage, Stage::Gone) {
            Stage::Door(store) => Some(*store),
            other => {
                self.stage = other;
                None
            }
        }
    }

    fn input(&mut self, input: Input, at: u64) -> Step {
        if self.trouble.is_some() && !matches!(input, Input::Focus(_) | Input::Screen(_) | Input::LateFrame { .. }) {
            return Step::Ignored;
        }
        let Stage::Running(session) = &mut self.stage else { return Step::Ignored };
        if matches!(input, Input::Continue | Input::Resume) {
            self.notice = None;
        }
        match session.input(input.clone(), at) {
            Ok(step) => {
                if matches!(step, Step::Saved { .. }) || matches!(input, Input::Undo | Input::Pause) {
                    self.answering = Answering::default();
                }
                step
            }
            Err(error) => {
                self.fail(&error, input);
                Step::Changed
            }
        }
    }

    /// Where only room is missing, everything stays as it is and the same key tries again; else the file is opened anew, which brings the
    /// person back to the first item without an answer.
    fn fail(&mut self, error: &StudyError, input: Input) {
        log::error!("{error}");
        let Stage::Running(session) = &self.stage else { return };
        if matches!(error, StudyError::Full { .. }) {
            // A key that answers may not date its answer anew.
            let is_complete = matches!(session.view(), View::Trial(trial) if trial.is_complete);
            let again = if is_complete { Input::Confirm } else { input };
            self.trouble = Some(Trouble { message: sentence(error), again });
            return;
        }
        let code = session.code().map(str::to_owned);
        self.refuse(error, code);
    }

    /// The item cannot be shown: nothing is asked about it.
    pub fn cannot_show(&mut self) {
        let code = self.code().map(str::to_owned);
        self.refuse(&StudyError::Render("an item cannot be shown".to_owned()), code);
    }

    fn refuse(&mut self, error: &StudyError, code: Option<String>) {
        log::error!("{error}");
        self.leaving = None;
        self.trouble = None;
        self.stage = Stage::Refused { message: sentence(error), code };
    }

    fn retry(&mut self, at: u64) -> Step {
        if let Some(trouble) = self.trouble.take() {
            return self.input(trouble.again, at);
        }
        if let Stage::Refused { code, .. } = &mut self.stage {
            let then = code.take();
            self.stage = Stage::Opening { then };
            return Step::Changed;
        }
        Step::Ignored
    }

    fn ask_leave(&mut self, outside: bool, at: u64) -> Step {
        if matches!(self.stage, Stage::Door(_)) {
            self.leaving = Some(outside);
            return Step::Changed;
        }
        if !self.asks_before_closing() {
            if outside {
                self.leaving = Some(true);
                self.leave(at);
            }
            return Step::Changed;
        }
        if matches!(self.scene(), Scene::Study(View::Trial(_))) {
            // The item is not to be looked at while this is asked.
            self.input(Input::Pause, at);
        }
        self.leaving = Some(outside);
        Step::Changed
    }

    fn leave(&mut self, at: u64) {
        let outside = self.leaving.take().unwrap_or(false);
        self.trouble = None;
        if let Stage::Running(session) = &mut self.stage
            && let Err(error) = session.input(Input::Quit, at)
        {
            // Answers are safe; only that the person left is not written down.
            log::warn!("{error}");
        }
        if outside {
            self.stage = Stage::Gone;
        } else {
            self.back_to_door();
        }
    }

    fn back_to_door(&mut self) {
        self.notice = None;
        self.message = None;
        match std::mem::replace(&mut self.stage, Stage::Gone) {
            Stage::Running(session) => self.stage = Stage::Door(Box::new(session.into_store())),
            other => self.stage = other,
        }
    }
}
