//! Starting the window: workers with their threads, samples, settings, what to open.

use std::path::PathBuf;

use super::{App, Workers};
use crate::device::{Display, Machine, Mode, compute_threads};
use crate::jobs::Compute;
use crate::model::tensors::device_name;
use crate::session::{Command, Session, settings};
use crate::work::Worker;

/// What the window starts with.
pub struct Options {
    /// Data, black boxes, explainers or projects to open: paths or specifications.
    pub open: Vec<String>,
    /// Where networks are computed (`auto`, `cpu`, `cuda:0`, `mps`); `None`: as the settings say.
    pub device: Option<String>,
    /// The machine, for the chip in the top bar.
    pub machine: Machine,
    /// Sample sets that exist here, as (title, path or specification).
    pub samples: Vec<(String, String)>,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing to show it on.
    #[error(
        "there is no display to open a window on; `unmask doctor`, `fit`, `train`, `explain`, `evaluate`, `figure` and `reproduce` need none"
    )]
    NoDisplay,
    /// The system refused.
    #[error("the window could not be opened: {0}; run `unmask doctor` and look whether OpenGL is there")]
    Refused(String),
}

/// Opens the window and returns when it is closed.
pub fn run(options: Options) -> Result<(), StartError> {
    if options.machine.display == Display::Absent {
        return Err(StartError::NoDisplay);
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("Unmask")
        .with_app_id("unmask")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([760.0, 480.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        system_font_fallback: true,
        ..Default::default()
    };
    let made = eframe::run_native("unmask", native, Box::new(move |cc| Ok(Box::new(make(&cc.egui_ctx, options)?))));
    made.map_err(|error| StartError::Refused(error.to_string()))
}

fn make(ctx: &egui::Context, options: Options) -> std::io::Result<App> {
    let Options { open, device, machine, samples } = options;
    let n_threads = compute_threads(Mode::Window, machine.n_cores);
    let session = Session {
        machine: Some(chip(device, &machine)),
        devices: Devices { choices: choices(&machine), in_use: device_name(device), origin },
        samples,
        scratch: dirs::data_local_dir().map(|dir: PathBuf| dir.join("unmask").join("untitled")),
        ..Session::new()
    };
    if let Origin::Missing { name, reason } = &session.devices.origin {
        let summary = format!("{name} is not used: {reason}");
        session.notices.push(Level::Warning, Notice::new("device-missing", summary), None);
    }
    let wake = || {
        let ctx = ctx.clone();
        move || ctx.request_repaint_of(egui::ViewportId::ROOT)
    };
    let workers = Workers([
        Worker::spawn("explain", move || Compute::new(device, n_threads), wake())?,
        Worker::spawn("train", move || Compute::new(device, n_threads), wake())?,
        Worker::spawn("files", move || Compute::new(Device::Cpu, 1), wake())?,
    ]);
    let mut app = App::new(ctx, session, workers);
    if let Some(path) = settings_path {
        app.keep_settings(path);
    }
    let (paths, specs): (Vec<String>, Vec<String>) =
        open.into_iter().partition(|text| std::path::Path::new(text).exists());
    if !paths.is_empty() {
        app.command(Command::OpenPaths(paths.into_iter().map(PathBuf::from).collect()));
    }
    for spec in specs {
        app.command(Command::OpenSpec(spec));
    }
    Ok(app)
}

/// Device and memory in a line.
fn chip(device: Device, machine: &Machine) -> String {
    let name = match device {
        Device::Cpu => format!("CPU, {} cores", machine.n_cores),
        Device::Cuda(index) => match machine.gpus.get(index) {
            Some(gpu) if machine.gpus.len() > 1 => format!("{gpu} (GPU {index})"),
            Some(gpu) => gpu.clone(),
            None => format!("GPU {index}"),
        },
        other => device_name(other).to_uppercase(),
    };
    let gigabytes = machine.memory.total as f64 / f64::from(1 << 30);
    format!("{name}, {gigabytes:.0} GB")
}
