//! What is remembered between sessions, and which lists and sheets are open now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::data::DataSpec;

/// How many recent files are remembered.
pub const MAX_RECENT: usize = 12;
/// Device: a GPU where there is one, else the CPU.
pub const AUTO_DEVICE: &str = "auto";
/// Scales of the window.
pub const SCALES: [f32; 9] = [0.75, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5];

/// Dark, light, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Appearance {
    /// As the system has it.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Appearance {
    /// Name in menus.
    pub const fn title(self) -> &'static str {
        match self {
            Self::System => "as the system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// Remembered between sessions.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub appearance: Appearance,
    /// Scale of the window; one of [`SCALES`].
    pub scale: f32,
    /// Recently opened, latest first: paths or data specifications.
    pub recent: Vec<String>,
    /// Whether the list of items is in view.
    pub show_items: bool,
    /// Whether the inspector is in view.
    pub show_inspector: bool,
    /// Whether the guide to the sample was closed.
    pub guide_closed: bool,
    /// Where networks are computed from the next start on: `auto`, `cpu`, `cuda:0`, `mps`.
    pub device: String,
    /// Widths of panels that the user changed, and heights of those under the viewer, in points, by name.
    pub panels: BTreeMap<String, f32>,
    /// Counts up when the layout is reset, so that the window forgets its panel sizes.
    #[serde(skip)]
    pub layout_version: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            appearance: Appearance::System,
            scale: 1.0,
            recent: Vec::new(),
            show_items: true,
            show_inspector: true,
            guide_closed: false,
            device: AUTO_DEVICE.to_owned(),
            panels: BTreeMap::new(),
            layout_version: 0,
        }
    }
}

impl Settings {
    /// Puts `spec` at the head of the recent list, with its path from the root: the next window may start in another folder.
    pub fn remember_data(&mut self, spec: &DataSpec) {
        let whole = std::path::absolute(&spec.path).ok().filter(|_| !spec.kind.is_drawn());
        let path = whole.unwrap_or_else(|| spec.path.clone());
        self.remember(&DataSpec { path, ..spec.clone() }.to_string());
    }

    /// Puts a folder at the head of the recent list, with its path from the root.
    pub fn remember_folder(&mut self, folder: &Path) {
        let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        self.remember(&path.display().to_string());
    }

    /// Puts `entry` at the head of the recent list.
    pub fn remember(&mut self, entry: &str) {
        self.recent.retain(|known| known != entry);
        self.recent.insert(0, entry.to_owned());
        self.recent.truncate(MAX_RECENT);
    }

    /// The next scale up (`by` = 1) or down (-1).
    pub fn step_scale(&mut self, by: i32) {
        let nearest = (0..SCALES.len())
            .min_by(|&a, &b| (SCALES[a] - self.scale).abs().total_cmp(&(SCALES[b] - self.scale).abs()))
            .unwrap_or(2);
        let next = (nearest as i32 + by).clamp(0, SCALES.len() as i32 - 1);
        self.scale = SCALES[next as usize];
    }
}

/// Lists and sheets over the place in view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenPanels {
    /// The command palette.
    pub palette: bool,
    /// The sheet of shortcuts.
    pub shortcuts: bool,
    /// The list of notices.
    pub notices: bool,
    /// The list of running jobs.
    pub jobs: bool,
    /// Only the viewer, without lists and inspector.
    pub viewer_alone: bool,
    /// The form for a contact sheet.
    pub sheet: bool,
    /// The form that changes how the data are read.
    pub spec: bool,
    /// The form that changes how a picture is fitted.
    pub fit: bool,
}

/// Where settings lie: beside nothing of a project, in the user's configuration folder.
pub fn default_path() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("unmask").join("settings.json"))
}
