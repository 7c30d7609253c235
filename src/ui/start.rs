//! Starting the window: workers with their threads, samples, settings, what to open.

use std::path::{Path, PathBuf};

use super::{App, Workers};
use crate::device::{Display, Machine, Mode, compute_threads};
use crate::jobs::Compute;
use crate::model::tensors::device_name;
use crate::model::{Device, device_from};
use crate::session::devices::{Devices, Origin};
use crate::session::notices::Level;
use crate::session::{Command, Session, settings, untitled};
use crate::work::{Notice, Worker};

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
        "there is no display to open a window on; `unmask doctor`, `fit`, `train`, `explain`, `evaluate`, `figure`, `reproduce`, `study` and `bench` need none"
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
    let settings_path = settings::default_path();
    let settings = settings_path.as_deref().and_then(super::read_settings).unwrap_or_default();
    let scratch = dirs::data_local_dir().map(|dir| dir.join("unmask").join("untitled").join(session_name()));
    let (device, origin) = choose(device.as_deref(), &settings.device);
    let mut session = Session {
        machine: Some(chip(device, &machine)),
        devices: Devices { choices: choices(&machine), in_use: device_name(device), origin },
        samples,
        leftovers: scratch.as_deref().and_then(Path::parent).map_or_else(Vec::new, untitled::leftovers),
        scratch,
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

/// A folder name that no other session has.
fn session_name() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("session-{now}-{}", std::process::id())
}

/// The device to compute on, and who chose it: the command line, else the settings. A device of the settings that is gone is no
/// reason not to start.
fn choose(asked: Option<&str>, setting: &str) -> (Device, Origin) {
    let automatic = || device_from(settings::AUTO_DEVICE).unwrap_or(Device::Cpu);
    match (asked, setting) {
        (Some(name), _) => match device_from(name) {
            Ok(device) => (device, Origin::CommandLine),
            Err(error) => (automatic(), Origin::Missing { name: name.to_owned(), reason: error.to_string() }),
        },
        (None, settings::AUTO_DEVICE) => (automatic(), Origin::Automatic),
        (None, name) => match device_from(name) {
            Ok(device) => (device, Origin::Settings),
            Err(error) => (automatic(), Origin::Missing { name: name.to_owned(), reason: error.to_string() }),
        },
    }
}

/// Devices that can be chosen here, `auto` first.
fn choices(machine: &Machine) -> Vec<String> {
    let n_cuda = crate::model::torch_facts().n_cuda_devices;
    let cuda = (0..n_cuda.max(machine.gpus.len())).map(|index| format!("cuda:{index}"));
    let all = [settings::AUTO_DEVICE.to_owned(), "cpu".to_owned()].into_iter().chain(cuda).chain(["mps".to_owned()]);
    all.filter(|name| device_from(name).is_ok()).collect()
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
