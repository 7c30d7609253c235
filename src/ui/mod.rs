//! The window: reads a [`Session`], paints it, and pushes [`Command`]s. The only home of egui.
//!
//! [`App::logic`] files what the workers say (also while the window is hidden); [`App::ui`] draws and then applies commands, once.

mod accuracy;
pub mod bench;
pub mod chrome;
pub mod dialogs;
pub mod explore;
mod failed_open;
pub mod figure_view;
pub mod figures_place;
pub mod forms;
pub mod guide;
pub mod leftover;
pub mod measure_place;
mod page_form;
pub mod panels;
pub mod participant;
mod path_form;
pub mod plots;
pub mod project_files;
pub mod sheet_form;
pub mod sheets;
pub mod shortcuts;
pub mod spec_form;
pub mod start;
pub mod study_place;
pub mod theme;
pub mod train_place;
pub mod widgets;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{CentralPanel, Frame, Margin, Panel};

use crate::jobs::{Output, Task};
use crate::session::participant::Participant;
use crate::session::project_job::ProjectJob;
use crate::session::{Command, Lane, Place, Request, Session};
use crate::study::session::SystemClock;
use crate::work::{Env, Worker};
use dialogs::{Answer, Dialogs, PresetDialogs, SystemDialogs};
use theme::space;

pub use start::{Options, StartError, run};

/// Time per frame for filing what the workers say.
const EVENT_BUDGET: Duration = Duration::from_millis(4);

/// A worker of the window.
pub type WindowWorker = Worker<Task, Output>;

/// One worker per [`Lane`].
pub struct Workers(pub [WindowWorker; 3]);

impl Workers {
    fn of(&mut self, lane: Lane) -> &mut WindowWorker {
        let at = Lane::ALL.iter().position(|&known| known == lane).unwrap_or(0);
        &mut self.0[at]
    }

    /// Workers that are stepped by the window itself, for tests.
    pub fn inline<E: Env<Task = Task, Output = Output>>(mut make_env: impl FnMut() -> E) -> Self {
        Self([(); 3].map(|()| Worker::inline(make_env())))
    }
}

/// What the window remembers of each place beside the session.
#[derive(Default)]
struct PlaceStates {
    explore: explore::ExploreUi,
    train: train_place::TrainState,
    measure: measure_place::MeasureState,
    study: study_place::StudyState,
    figures: figures_place::FiguresState,
    sheet: sheet_form::SheetForm,
    spec: spec_form::SpecForm,
    path: path_form::PathForm,
}

/// The window.
pub struct App {
    /// What is open.
    pub session: Session,
    workers: Workers,
    /// Whether the window steps its workers itself.
    is_inline: bool,
    dialogs: Box<dyn Dialogs>,
    places: PlaceStates,
    palette: sheets::PaletteState,
    commands: Vec<Command>,
    last_rebuild: Option<Instant>,
    project_files: project_files::ProjectFiles,
    title: String,
    /// Participant mode, while it has the window.
    participant: Option<Box<participant::Screen<SystemClock>>>,
    /// Settings as they were written last, and where.
    settings: Option<(PathBuf, crate::session::settings::Settings)>,
    /// Whether an explanation was shown yet.
    has_explained: bool,
    /// Times of the latest frames, for `bench`: logic and interface.
    pub frame_times: Vec<Duration>,
}

/// Settings as they were kept, if there are any that can be read.
pub(crate) fn read_settings(path: &std::path::Path) -> Option<crate::session::settings::Settings> {
    let bytes = crate::store::atomic::read_limited(path, 1 << 20).ok()?;
    let settings = serde_json::from_slice(&bytes);
    settings
        .inspect_err(|error| log::warn!("settings are as at first, since {} cannot be read: {error}", path.display()))
        .ok()
}

impl App {
    /// A window over workers with threads.
    pub fn new(ctx: &egui::Context, session: Session, workers: Workers) -> Self {
        theme::install(ctx);
        Self::with(session, workers, false, Box::new(SystemDialogs::new(ctx)))
    }

    /// A window that runs its jobs itself, a few steps per frame, with dialogs answered beforehand: deterministic, for tests.
    pub fn inline(ctx: &egui::Context, session: Session, workers: Workers, dialogs: PresetDialogs) -> Self {
        theme::install(ctx);
        Self::with(session, workers, true, Box::new(dialogs))
    }

    fn with(session: Session, workers: Workers, is_inline: bool, dialogs: Box<dyn Dialogs>) -> Self {
        Self {
            session,
            workers,
            is_inline,
            dialogs,
            places: PlaceStates::default(),
            palette: sheets::PaletteState::default(),
            commands: Vec::new(),
            last_rebuild: None,
            project_files: project_files::ProjectFiles::default(),
            title: String::new(),
            participant: None,
            settings: None,
            has_explained: false,
            frame_times: Vec::new(),
        }
    }

    /// Reads settings from `path` and writes them there when they change.
    pub fn keep_settings(&mut self, path: PathBuf) {
        if let Some(settings) = read_settings(&path) {
            self.session.settings = settings;
        }
        self.settings = Some((path, self.session.settings.clone()));
    }

    /// Does a command as if the user had.
    pub fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Applies the commands that were pushed.
    fn apply_commands(&mut self, ctx: &egui::Context) {
        for answer in self.dialogs.answers() {
            match answer {
                Answer::Do(command) => self.commands.push(command),
                Answer::NoDialog(dialog, name) => self.places.path.ask(dialog, &name, self.session.project.as_deref()),
            }
        }
        let commands = std::mem::take(&mut self.commands);
        if commands.is_empty() {
            return;
        }
        for command in commands {
            let requests = self.session.apply(command);
            self.fulfil(ctx, requests);
        }
        ctx.request_repaint();
    }

    fn fulfil(&mut self, ctx: &egui::Context, requests: Vec<Request>) {
        for request in requests {
            match request {
                Request::Run(run) => {
                    let id = self.workers.of(run.lane).submit(run.slot, run.priority, run.task.clone());
                    self.session.submitted(&run, id, Instant::now());
                }
                Request::Cancel(lane, id) => self.workers.of(lane).cancel(id),
                Request::Pause(lane, id, true) => self.workers.of(lane).pause(id),
                Request::Pause(lane, id, false) => self.workers.of(lane).resume(id),
                Request::Ask(dialog) => {
                    let name = self.session.name_for(dialog);
                    self.dialogs.ask(dialog, &name, self.session.project.as_deref());
                }
                Request::Project(job) => self.project_job(ctx, job),
                Request::TakePart(path) => self.take_part(ctx, &path),
                Request::Copy(text) => ctx.copy_text(text),
                Request::Close => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            }
        }
    }

    /// Hands the window to participant mode until it is left.
    fn take_part(&mut self, ctx: &egui::Context, path: &std::path::Path) {
        let participant = Participant::new(path, SystemClock::default());
        self.participant = Some(Box::new(if self.is_inline {
            participant::Screen::inline(participant)
        } else {
            participant::Screen::new(participant)
        }));
        self.title = participant::TITLE.to_owned();
        ctx.send_viewport_cmd(egui::ViewportCommand::Title(self.title.clone()));
        ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(true));
    }

    /// Participant mode, where it has the window.
    pub fn participant(&self) -> Option<&participant::Screen<SystemClock>> {
        self.participant.as_deref()
    }

    fn project_job(&mut self, ctx: &egui::Context, job: ProjectJob) {
        if self.is_inline {
            let requests = self.session.project_done(job.run());
            self.fulfil(ctx, requests);
        } else {
            self.project_files.submit(ctx, job);
        }
    }

    /// Saves what changed. Called when the window closes.
    pub fn close(&mut self) {
        for done in self.project_files.finish() {
            self.session.project_done(done);
        }
        if let Some(Request::Project(job)) = self.session.save_at_close() {
            self.session.project_done(job.run());
            for entry in self.session.notices.entries().iter().filter(|entry| entry.notice.code == "project-not-saved")
            {
                log::error!("{}", entry.notice.summary);
            }
        }
        if let Some(Request::Project(job)) = self.session.untitled_at_close() {
            self.session.project_done(job.run());
        }
        self.write_settings();
    }

    fn drain(&mut self, ctx: &egui::Context) {
        let deadline = Instant::now() + EVENT_BUDGET;
        let mut is_more = false;
        for done in self.project_files.done() {
            let requests = self.session.project_done(done);
            self.fulfil(ctx, requests);
        }
        for lane in Lane::ALL {
            loop {
                if Instant::now() >= deadline {
                    is_more = true;
                    break;
                }
                let worker = self.workers.of(lane);
                let event = if self.is_inline { worker.wait_event(Duration::from_secs(5)) } else { worker.try_event() };
                let Some(event) = event else { break };
                let requests = self.session.apply_event(lane, event);
                self.fulfil(ctx, requests);
                is_more |= self.is_inline;
            }
        }
        if is_more {
            ctx.request_repaint();
        }
    }

    fn write_settings(&mut self) {
        let Some((path, written)) = &mut self.settings else { return };
        if *written == self.session.settings {
            return;
        }
        written.clone_from(&self.session.settings);
        let Ok(bytes) = serde_json::to_vec_pretty(written) else { return };
        if let Some(folder) = path.parent()
            && let Err(error) = std::fs::create_dir_all(folder)
        {
            log::warn!("settings are not kept: {}: {error}", folder.display());
            return;
        }
        if let Err(error) = crate::store::atomic::write(path, &bytes) {
            log::warn!("settings are not kept: {error}");
        }
    }

    fn take_dropped(&mut self, ctx: &egui::Context) {
        let mut dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        dropped.retain(|path| !path.as_os_str().is_empty());
        if !dropped.is_empty() {
            self.commands.push(Command::OpenPaths(dropped));
        }
    }

    fn follow_settings(&mut self, ctx: &egui::Context) {
        let settings = &self.session.settings;
        ctx.set_theme(theme::preference(settings.appearance));
        if (ctx.zoom_factor() - settings.scale).abs() > 1e-3 {
            ctx.set_zoom_factor(settings.scale);
        }
        let title = self.session.window_title();
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, _raw_input: &mut egui::RawInput) {
        if let Some(screen) = &mut self.participant {
            screen.frame_begins();
        }
    }

    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if let Some(screen) = &mut self.participant {
            screen.logic(ctx);
        }
        self.drain(ctx);
        let now = Instant::now();
        let requests = self.session.tick(now, &mut self.last_rebuild);
        self.fulfil(ctx, requests);
        if self.session.awaits_autosave() {
            // Also where the user does nothing more; never at once, which would keep an idle window drawing.
            ctx.request_repaint_after(self.session.autosave_in(now).max(Duration::from_secs(1)));
        }
        if self.session.explore.list.is_stale() {
            ctx.request_repaint_after(Duration::from_millis(100));
        }
        self.write_settings();
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let begun = Instant::now();
        let ctx = ui.ctx().clone();
        if let Some(screen) = &mut self.participant {
            screen.ui(ui);
            if screen.is_gone() {
                self.participant = None;
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(false));
                ctx.request_repaint();
            }
            return;
        }
        self.follow_settings(&ctx);
        self.take_dropped(&ctx);
        let pressed = shortcuts::take(&ctx, &self.session);
        self.commands.extend(pressed);

        let Self { session, places, palette, commands, .. } = self;
        let alone = session.open.viewer_alone && session.place == Place::Explore;
        let version = session.settings.layout_version;
        let bar = |vertical: i8| Frame::new().inner_margin(Margin::symmetric(space::S as i8, vertical));
        let t = theme::tokens(ui);
        if !alone {
            Panel::top("top bar").frame(bar(3).fill(t.panel)).show(ui, |ui| chrome::top_bar(ui, session, commands));
        }
        Panel::bottom("bottom line")
            .frame(bar(1).fill(t.panel))
            .show(ui, |ui| chrome::bottom_line(ui, session, commands));
        if !alone && session.leftover().is_some() {
            Panel::bottom("leftover").frame(bar(6).fill(t.panel)).show(ui, |ui| leftover::show(ui, session, commands));
        }
        if !alone && guide::is_shown(session) {
            Panel::bottom("guide").frame(bar(6).fill(t.panel)).show(ui, |ui| guide::show(ui, session, commands));
        }
        if !alone {
            Panel::left(("rail", version))
                .resizable(false)
                .exact_size(theme::RAIL)
                .frame(Frame::new().fill(t.panel))
                .show(ui, |ui| chrome::rail(ui, session, commands));
        }
        match session.place {
            Place::Explore => explore::show(ui, session, &mut places.explore, commands),
            place => {
                let frame = Frame::new().fill(t.canvas);
                CentralPanel::default().frame(frame).show(ui, |ui| match place {
                    Place::Train => train_place::show(ui, session, &mut places.train, commands),
                    Place::Measure => measure_place::show(ui, session, &mut places.measure, commands),
                    Place::Figures => figures_place::show(ui, session, &mut places.figures, commands),
                    Place::Study | Place::Explore => study_place::show(ui, session, &mut places.study, commands),
                });
            }
        }
        failed_open::over(ui, session, commands);
        sheets::notices(ui, session, commands);
        sheets::jobs(ui, session, commands);
        sheets::shortcuts(ui, session, commands);
        sheet_form::show(ui, session, &mut places.sheet, commands);
        spec_form::show(ui, session, &mut places.spec, commands);
        path_form::show(ui, &mut places.path, commands);
        sheets::palette(ui, session, palette, commands);
        if ctx.input(|input| !input.raw.hovered_files.is_empty()) {
            explore::drop_hint(ui);
        }
        if !self.has_explained && self.session.explore.is_current() {
            self.has_explained = true;
            if let Some(time) = crate::device::since_start() {
                log::info!("first explained frame {:.2} s after the start of the program", time.as_secs_f64());
            }
        }
        self.apply_commands(&ctx);
        self.frame_times.push(begun.elapsed());
        if self.frame_times.len() > 4096 {
            self.frame_times.drain(..2048);
        }
    }
}
