//! Methods that need gradients beside a black box that gives none: why, in words, and the way out of it, a stand-in.

use super::Session;

/// Name of the command.
pub const TITLE: &str = "Distil a stand-in";
/// What it does.
pub const TIP: &str = "A network that learns the answers of this black box, and has gradients; set it up in Train.";

impl Session {
    /// Why a method cannot explain the black box in use, where it needs gradients and there are none.
    pub fn gradients_missing(&self, method: &str) -> Option<String> {
        let active = self.active_box().filter(|active| !active.card.has_gradients())?;
        let spec = crate::explain::method(method).ok()?.spec();
        let short = spec.title.split(" (").next().unwrap_or(spec.title);
        spec.needs_gradients.then(|| format!("{short} needs gradients, and {} gives none", active.card.name))
    }

    /// Whether an explainer can explain the black box in use.
    pub(super) fn has_its_gradients(&self, explainer: usize) -> bool {
        self.explainers.get(explainer).is_none_or(|known| self.gradients_missing(&known.card.method).is_none())
    }
}
