//! Participant mode: fills the window with one study and shows nothing else of the program. One file per screen.
//!
//! # Entry
//!
//! * [`run`] opens a window of its own (`unmask study run STUDY`, `unmask FILE.sqlite`).
//! * [`Screen::new`] makes the same screen for a window that is there already; [`crate::session::Command::TakePart`] does that in the
//!   program's window, which hands everything over until [`Screen::is_gone`].
//!
//! # Time
//!
//! egui has no hook after a frame is on screen. So an item that is drawn in one frame is reported as presented at the beginning of the
//! next one, which is asked for at once and begins when the buffers were swapped ([`timing`]). Keys that arrive in that frame came before
//! and answer nothing. A key is dated at the beginning of the frame that brings it, before anything is drawn. Both errors are within the
//! interval between the two frames, which is stored with each answer.

mod consent;
mod door;
mod end;
mod feedback;
mod instructions;
mod keys;
mod looks;
mod parts;
mod pause;
mod questions;
mod section;
mod stimulus;
mod timing;
mod trial;
mod trouble;
mod window;

use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use egui::{CentralPanel, Frame, ViewportCommand};

use crate::session::participant::{Act, Participant, Scene};
use crate::study::StudyError;
use crate::study::session::{Clock, Input, ScreenSize, Step, View};
use crate::study::store::Store;
use looks::Looks;
use stimulus::Pictures;
use timing::Frames;

pub use keys::press_of;
pub use window::{RunOptions, is_study, run};

/// The title of the window, whatever is shown.
pub const TITLE: &str = "Study";

/// The participant's screen.
pub struct Screen<C: Clock + Clone> {
    participant: Participant<C>,
    frames: Frames,
    pictures: Pictures,
    looks: Looks,
    /// The code as it is typed at the door.
    typed: String,
    /// Keys that are down.
    held: Vec<egui::Key>,
    /// What was kept last of how large everything is, and for whom.
    size: Option<(String, ScreenSize)>,
    opening: Option<Receiver<Result<Store, StudyError>>>,
    /// Whether files are opened in the window's own thread, for tests.
    is_inline: bool,
    /// Whether the window was told to close.
    has_closed: bool,
}

impl<C: Clock + Clone> Screen<C> {
    /// For a participant; the file is opened by a thread of its own.
    pub fn new(participant: Participant<C>) -> Self {
        Self {
            participant,
            frames: Frames::default(),
            pictures: Pictures::default(),
            looks: Looks::default(),
            typed: String::new(),
            held: Vec::new(),
            size: None,
            opening: None,
            is_inline: false,
            has_closed: false,
        }
    }

    /// The same, with files opened at once: deterministic, for tests.
    pub fn inline(participant: Participant<C>) -> Self {
        Self { is_inline: true, ..Self::new(participant) }
    }

    /// Without a window.
    pub fn participant(&self) -> &Participant<C> {
        &self.participant
    }

    /// The same, to be changed: for drivers that hold the file.
    pub fn participant_mut(&mut self) -> &mut Participant<C> {
        &mut self.participant
    }

    /// Where the item was drawn last: only there may arms differ.
    pub fn stimulus_rect(&self) -> egui::Rect {
        self.pictures.drawn
    }

    /// Whether participant mode is over.
    pub fn is_gone(&self) -> bool {
        self.participant.is_gone()
    }

    /// Dates the events of the frame that begins. Called before anything else looks at them.
    pub fn frame_begins(&mut self) {
        self.frames.begin(self.participant.clock().now_ns());
    }

    /// Opens the file, and asks before the window closes. Also while the window is hidden.
    pub fn logic(&mut self, ctx: &egui::Context) {
        self.frames.begin_unless_begun(ctx.cumulative_frame_nr(), self.participant.clock().now_ns());
        self.open(ctx);
        if ctx.input(|input| input.viewport().close_requested()) && self.participant.asks_before_closing() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            if !self.participant.is_leaving() {
                self.act(Act::AskLeave { outside: true });
            }
        }
    }

    fn open(&mut self, ctx: &egui::Context) {
        let Some(path) = self.participant.wants_file().map(Path::to_owned) else { return };
        if self.is_inline {
            self.participant.opened(Store::open(&path));
            ctx.request_repaint();
            return;
        }
        let Some(opening) = &self.opening else {
            let (sender, receiver) = channel();
            let wake = ctx.clone();
            let spawned = std::thread::Builder::new().name("study".to_owned()).spawn(move || {
                // Nobody listens any more where the window was closed meanwhile.
                let _ = sender.send(Store::open(&path));
                wake.request_repaint_of(egui::ViewportId::ROOT);
            });
            match spawned {
                Ok(_) => self.opening = Some(receiver),
                Err(error) => {
                    let error = StudyError::Step(format!("no thread could be started: {error}"));
                    self.participant.opened(Err(error));
                }
            }
            return;
        };
        match opening.try_recv() {
            Ok(result) => {
                self.opening = None;
                self.participant.opened(result);
                ctx.request_repaint();
            }
            Err(TryRecvError::Empty) => ctx.request_repaint_after(Duration::from_millis(200)),
            Err(TryRecvError::Disconnected) => {
                self.opening = None;
                self.participant.opened(Err(StudyError::Step("the file could not be checked".to_owned())));
            }
        }
    }

    /// Something happens in this frame.
    fn act(&mut self, act: Act) -> Step {
        let step = self.participant.act(act, self.frames.begun());
        self.acted(step);
        step
    }

    fn acted(&mut self, step: Step) {
        if step != Step::Ignored {
            // What was drawn before is not what is to be presented now.
            self.frames.forget();
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.frames.begin_unless_begun(ctx.cumulative_frame_nr(), self.participant.clock().now_ns());
        self.take_focus(&ctx);
        self.take_size(&ctx);
        self.take_keys(&ctx);
        self.present(&ctx);
        let t = super::theme::tokens(ui);
        ui.painter().rect_filled(ui.max_rect(), 0.0, t.canvas);
        let acts = CentralPanel::default().frame(Frame::new().fill(t.canvas)).show(ui, |ui| self.show(ui)).inner;
        let mut is_changed = false;
        if std::mem::take(&mut self.pictures.is_broken) {
            self.participant.cannot_show();
            ctx.request_repaint();
            return;
        }
        for act in acts {
            is_changed |= match act {
                parts::Did::Act(act) => self.act(act) != Step::Ignored,
                parts::Did::Answer(input) => {
                    let step = self.participant.answer(input, self.frames.begun());
                    self.acted(step);
                    step != Step::Ignored
                }
            };
        }
        if is_changed {
            ctx.request_repaint();
        } else if self.participant.awaits_presentation() {
            self.frames.drawn(ctx.cumulative_frame_nr());
            ctx.request_repaint();
        } else {
            self.prepare(&ctx);
        }
    }

    fn take_focus(&mut self, ctx: &egui::Context) {
        let has_focus = ctx.input(|input| input.raw.focused);
        if let Some(changed) = self.frames.focus(has_focus) {
            self.act(Act::Study(Input::Focus(changed)));
        }
    }

    /// Keeps how large everything is, at the start of each person and whenever it changes.
    fn take_size(&mut self, ctx: &egui::Context) {
        let Some(code) = self.participant.code().map(str::to_owned) else { return };
        let points = ctx.content_rect().size();
        let size = ScreenSize {
            points: points.into(),
            scale: ctx.pixels_per_point(),
            text: self.looks.text,
            item: self.looks.picture,
        };
        if self.size.as_ref() != Some(&(code.clone(), size)) {
            self.size = Some((code, size));
            self.act(Act::Study(Input::Screen(size)));
        }
    }

    fn take_keys(&mut self, ctx: &egui::Context) {
        let at_door = matches!(self.participant.scene(), Scene::Door { .. }) && !self.participant.is_leaving();
        for key in keys::take(ctx, at_door, &mut self.held) {
            match key {
                keys::Taken::Looks(change) => self.looks.change(change),
                keys::Taken::Scroll(by) => self.pictures.scroll_by(by),
                keys::Taken::Press(press) if at_door => self.press_at_door(press),
                keys::Taken::Press(press) => {
                    let step = self.participant.press(press, self.frames.begun());
                    self.acted(step);
                }
            }
        }
    }

    /// Reports the item that the last frame has drawn.
    fn present(&mut self, ctx: &egui::Context) {
        let Some(shown) = self.frames.presented(ctx.cumulative_frame_nr()) else { return };
        if !self.participant.awaits_presentation() {
            return;
        }
        let at = self.frames.begun();
        self.participant.act(Act::Study(Input::Presented { frame_ns: shown.interval_ns }), at);
        if shown.is_late {
            self.participant.act(Act::Study(Input::LateFrame { ns: shown.interval_ns }), at);
        }
    }

    /// Makes the texture of the next item, while this one is looked at.
    fn prepare(&mut self, ctx: &egui::Context) {
        if let Scene::Study(View::Trial(trial)) = self.participant.scene()
            && let Some(next) = trial.next
        {
            self.pictures.prepare(ctx, next);
        }
    }

    fn show(&mut self, ui: &mut egui::Ui) -> Vec<parts::Did> {
        let mut did = Vec::new();
        let shown = self.participant.shown().cloned();
        let mut cx = parts::Cx { shown: shown.as_ref(), looks: &mut self.looks, did: &mut did };
        let participant = &self.participant;
        match participant.scene() {
            Scene::Opening => trouble::opening(ui, &mut cx),
            Scene::Refused { message } => trouble::refused(ui, &mut cx, message),
            Scene::Door { .. } if participant.is_leaving() => pause::ending(ui, &mut cx),
            Scene::Door { message } => door::show(ui, &mut cx, &mut self.typed, message),
            Scene::Study(_) if participant.is_leaving() => pause::leaving(ui, &mut cx, participant.code()),
            Scene::Study(view) => match view {
                View::Consent => consent::show(ui, &mut cx),
                View::Instructions { chance } => {
                    let n_practice = participant.session().map_or(0, |session| session.practice_items());
                    instructions::show(ui, &mut cx, chance, n_practice, participant.code(), participant.notice());
                }
                View::Section { number, of } => section::show(ui, &mut cx, number, of),
                View::Trial(trial) => trial::show(ui, &mut cx, &mut self.pictures, participant.answering(), &trial),
                View::Feedback { is_right, right, media } => {
                    feedback::show(ui, &mut cx, &mut self.pictures, is_right, right, media);
                }
                View::Paused { done, of } => {
                    pause::show(ui, &mut cx, [done, of], participant.code(), participant.notice());
                }
                View::Finished => end::finished(ui, &mut cx),
                View::Declined => end::declined(ui, &mut cx),
            },
        }
        if let Some(message) = participant.trouble().filter(|_| !participant.is_leaving()) {
            trouble::over(ui, &mut cx, message);
        }
        did
    }
}

impl<C: Clock + Clone> eframe::App for Screen<C> {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, _raw_input: &mut egui::RawInput) {
        self.frame_begins();
    }

    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
        // Once: each command asks for another frame.
        if self.is_gone() && !std::mem::replace(&mut self.has_closed, true) {
            ui.send_viewport_cmd(ViewportCommand::Close);
        }
    }
}
