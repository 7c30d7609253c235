//! Frame times of the whole window without a display: logic, interface and tessellation, while a worker trains.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use eframe::App as _;

use super::{App, Workers};
use crate::data::{Dataset, Modality};
use crate::device::{Mode, compute_threads, n_cores};
use crate::explain::SavedExplainer;
use crate::jobs::{Compute, FitBox, Task};
use crate::model::params::Params;
use crate::model::{Device, SavedBox};
use crate::session::items::Filter;
use crate::session::{Command, Lane, Session};
use crate::work::{Priority, Slot, Worker};

/// Frames timed.
const FRAMES: usize = 600;
/// An item is stepped every so many frames.
const STEP_EVERY: usize = 6;

/// Percentiles in milliseconds of CPU time per frame with `data` open and training under way, at 1280 x 800.
pub fn frames(
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
) -> Result<BTreeMap<String, f64>, String> {
    let folder = std::env::temp_dir().join(format!("unmask-bench-{}", std::process::id()));
    let result = measure(&folder, data, black_box, explainers);
    std::fs::remove_dir_all(&folder).ok();
    result
}

fn measure(
    folder: &std::path::Path,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    explainers: &[Arc<SavedExplainer>],
) -> Result<BTreeMap<String, f64>, String> {
    black_box.save(&folder.join("box")).map_err(|error| error.to_string())?;
    let mut paths = vec![folder.join("box")];
    for (index, explainer) in explainers.iter().enumerate() {
        let dir: PathBuf = folder.join(format!("explainer-{index}"));
        explainer.save(&dir).map_err(|error| error.to_string())?;
        paths.push(dir);
    }
    let ctx = egui::Context::default();
    let threads = compute_threads(Mode::Window, n_cores());
    let spawn = |name: &str| {
        Worker::spawn(name, move || Compute::new(Device::Cpu, threads), || {}).map_err(|error| error.to_string())
    };
    let mut app = App::new(&ctx, Session::new(), Workers([spawn("explain")?, spawn("train")?, spawn("files")?]));
    app.command(Command::OpenPaths(paths));
    app.command(Command::OpenSpec(data.spec.to_string()));
    let mut window = Headless { ctx, app, frame: eframe::Frame::_new_kittest(), number: 0 };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !window.app.session.explore.is_current() || window.app.session.data.is_none() {
        window.frame(false);
        if Instant::now() > deadline {
            return Err("the window did not show an explanation within a minute".to_owned());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let busy = FitBox {
        architecture: black_box.card.architecture.clone(),
        params: Params::default(),
        data: data.clone(),
        seed: 1,
        name: "busy".to_owned(),
        out: None,
        teacher: None,
        hidden_copies: 0,
    };
    window.app.workers.of(Lane::Training).submit(
        Slot::new(u16::MAX, 0),
        Priority::Normal,
        Task::FitBox(Box::new(busy)),
    );
    let mut millis = Vec::with_capacity(FRAMES);
    for number in 0..FRAMES {
        let spent = window.frame(number % STEP_EVERY == 0);
        millis.push(spent.as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_millis(5));
    }
    // All items again, those of one class, and back: the frame after each change lists them anew.
    let mut filtering: f64 = 0.0;
    for class in [Some(0), None, Some(1), None] {
        let begun = ThreadTime::now();
        window.app.command(Command::SetFilter(Filter { class, ..Filter::default() }));
        let spent = begun.elapsed() + window.frame(false);
        filtering = filtering.max(spent.as_secs_f64() * 1e3);
    }
    // A phrase that some texts hold and one that none does, so that each is read to its end; several threads look, so the clock on the wall counts.
    let mut searching = Vec::new();
    if data.modality == Modality::Text {
        for words in ["a waste of time", "no text says xyzzy", ""] {
            let begun = Instant::now();
            window.app.command(Command::SetFilter(Filter { words: words.to_owned(), ..Filter::default() }));
            window.frame(false);
            searching.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| millis[((FRAMES as f64 * share).ceil() as usize).clamp(1, FRAMES) - 1];
    let mut figures = BTreeMap::from([
        ("frame_busy_p50_ms".to_owned(), at(0.50)),
        ("frame_busy_p99_ms".to_owned(), at(0.99)),
        ("frame_busy_max_ms".to_owned(), at(1.0)),
        ("filter_max_ms".to_owned(), filtering),
    ]);
    if let Some(slowest) = searching.into_iter().reduce(f64::max) {
        figures.insert("search_max_ms".to_owned(), slowest);
    }
    Ok(figures)
}

struct Headless {
    ctx: egui::Context,
    app: App,
    frame: eframe::Frame,
    number: u32,
}

impl Headless {
    /// CPU time of one frame: logic, interface, tessellation.
    fn frame(&mut self, next_item: bool) -> Duration {
        self.number += 1;
        let key = |pressed| egui::Event::Key {
            key: egui::Key::ArrowRight,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0))),
            time: Some(f64::from(self.number) / 60.0),
            events: if next_item { vec![key(true), key(false)] } else { Vec::new() },
            ..Default::default()
        };
        let begun = ThreadTime::now();
        let Self { ctx, app, frame, .. } = self;
        app.logic(ctx, frame);
        let mut output = ctx.run_ui(input, |ui| app.ui(ui, frame));
        // There is no screen to bring textures to.
        output.textures_delta.clear();
        let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
        let spent = begun.elapsed();
        drop(primitives);
        spent
    }
}
