//! A window of its own for participant mode: nothing else of the program is loaded or shown.

use std::path::{Path, PathBuf};

use egui::ViewportBuilder;

use super::{Screen, TITLE};
use crate::device::Display;
use crate::session::participant::Participant;
use crate::session::settings::Appearance;
use crate::study::session::SystemClock;
use crate::ui::start::StartError;
use crate::ui::theme;

/// How the window of participant mode opens.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// The participant file.
    pub file: PathBuf,
    /// Size in points; `None`: the full screen.
    pub size: Option<[f32; 2]>,
    /// Light or dark; one for a whole study.
    pub appearance: Appearance,
}

/// Opens `unmask`'s participant mode on a file and returns when it is closed.
pub fn run(options: RunOptions, display: Display) -> Result<(), StartError> {
    if display == Display::Absent {
        return Err(StartError::NoDisplay);
    }
    let mut viewport =
        ViewportBuilder::default().with_title(TITLE).with_app_id("unmask").with_min_inner_size([640.0, 480.0]);
    viewport = match options.size {
        Some(size) => viewport.with_inner_size(size),
        None => viewport.with_inner_size([1280.0, 800.0]).with_fullscreen(true),
    };
    let native = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        system_font_fallback: true,
        ..Default::default()
    };
    let make = move |cc: &eframe::CreationContext<'_>| {
        theme::install(&cc.egui_ctx);
        cc.egui_ctx.set_theme(theme::preference(options.appearance));
        let screen = Screen::new(Participant::new(&options.file, SystemClock::default()));
        Ok(Box::new(screen) as Box<dyn eframe::App>)
    };
    eframe::run_native("unmask-study", native, Box::new(make)).map_err(|error| StartError::Refused(error.to_string()))
}

/// Whether a path is a participant file, by its name and its first bytes.
pub fn is_study(path: &Path) -> bool {
    crate::study::store::is_participant_file(path)
}
