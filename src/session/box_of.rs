//! An explainer that is opened without its black box: that is looked for where the command line looks, and named where it is not found.

use std::path::Path;

use super::notices::Level;
use super::{Purpose, Request, Session};
use crate::data::DataSpec;
use crate::explain::ExplainerCard;
use crate::model::nearby;
use crate::work::Notice;

impl Session {
    /// What to say of an explainer that is open while its black box is not, the one that was opened last; `None` where there is none.
    pub fn box_lacking(&self) -> Option<String> {
        let is_open = |hash: &str| self.boxes.iter().any(|known| known.card.hash == hash);
        let card = &self.explainers.iter().rev().find(|known| !is_open(&known.card.blackbox_hash))?.card;
        let hash = card.blackbox_hash.get(..12).unwrap_or(&card.blackbox_hash);
        let data =
            card.data.parse::<DataSpec>().map_or_else(|_| card.data.clone(), |spec| spec.path.display().to_string());
        let on = if data.is_empty() { String::new() } else { format!(", trained on {data}") };
        Some(format!(
            "{} is open, but not the black box that it explains (hash {hash}{on}): open the folder of that black box.",
            card.name
        ))
    }

    /// Opens the black box of an explainer that was read from `dir`, where it is not open and not on its way.
    pub(super) fn seek_box(&mut self, explainer: &ExplainerCard, dir: &Path) -> Vec<Request> {
        let hash = explainer.blackbox_hash.as_str();
        let is_open = self.boxes.iter().any(|known| known.card.hash == hash);
        // What is being opened may be it.
        let is_coming = self.running.all().iter().any(|job| matches!(job.purpose, Purpose::LoadBox(_)));
        if is_open || is_coming {
            return Vec::new();
        }
        if let Some(found) = nearby::boxes(dir, hash).into_iter().next() {
            return vec![self.load_box(found)];
        }
        let summary = format!(
            "{} explains another black box, with hash {}, which lies neither beside it nor in its project nor in the cache: open the folder of that black box",
            explainer.name,
            hash.get(..12).unwrap_or(hash)
        );
        self.notify(Level::Warning, Notice::new("box-needed", summary), None);
        Vec::new()
    }
}
