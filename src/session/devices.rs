//! Where networks are computed, as far as the window tells and lets choose.

use super::settings::AUTO_DEVICE;

/// Who chose the device in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: a GPU where there is one.
    #[default]
    Automatic,
    /// `--device` on the command line.
    CommandLine,
    /// The setting of the window.
    Settings,
    /// A device that was asked for and is not there; the one in use is the automatic one.
    Missing {
        /// What was asked for.
        name: String,
        /// Why it cannot be used.
        reason: String,
    },
}

/// Devices of this machine, and the one in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// What can be chosen, by its name on the command line; `auto` first.
    pub choices: Vec<String>,
    /// The one in use.
    pub in_use: String,
    /// Who chose it.
    pub origin: Origin,
}

impl Devices {
    /// Which device computes and why, for the hover of the chip; `setting` is what the next start will use.
    pub fn words(&self, setting: &str) -> String {
        let in_use = title(&self.in_use);
        let why = match &self.origin {
            Origin::Automatic => "chosen automatically".to_owned(),
            Origin::CommandLine => "chosen with --device".to_owned(),
            Origin::Settings => "chosen under View, Compute on".to_owned(),
            Origin::Missing { name, reason } => format!("since {name} cannot be used: {reason}"),
        };
        let next = if self.origin == Origin::CommandLine || self.is_setting_in_use(setting) {
            String::new()
        } else {
            format!("\nFrom the next start: {}", title(setting))
        };
        format!("Networks are computed on {in_use}, {why}{next}")
    }

    /// Whether the setting asks for what is in use already.
    fn is_setting_in_use(&self, setting: &str) -> bool {
        match &self.origin {
            Origin::Automatic => setting == AUTO_DEVICE,
            Origin::Missing { name, .. } => setting == name,
            Origin::CommandLine | Origin::Settings => setting == self.in_use,
        }
    }
}

/// Name of a device in menus.
pub fn title(name: &str) -> String {
    match name {
        AUTO_DEVICE => "automatic".to_owned(),
        "" | "cpu" => "the CPU".to_owned(),
        "mps" => "Apple's GPU".to_owned(),
        other => match other.strip_prefix("cuda:") {
            Some(index) => format!("GPU {index}"),
            None => other.to_owned(),
        },
    }
}
