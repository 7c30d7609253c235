//! The scores of all listed items in one file, written in the background, and how files of scores are called.

use std::path::Path;

use super::figures::{describe_file, with_extension};
use super::measure::told_apart;
use super::notices::Level;
use super::{Dialog, Lane, Purpose, Request, Run, Session, describe, slots};
use crate::jobs::{Explain, ExplainInto, Task, WrittenScores, scores};
use crate::work::{Notice, Priority};

impl Session {
    /// Explains the listed items with the shown methods into a file, as `unmask explain` does.
    pub(crate) fn export_listed_scores(&mut self, path: &Path) -> Vec<Request> {
        let path = with_extension(path, &scores::FORMATS.map(|(extension, _)| extension));
        let items: Vec<usize> = self.explore.list.visible().iter().map(|&item| item as usize).collect();
        let (Some(data), Some(black_box), Some(&item)) = (self.data.clone(), self.active_box().cloned(), items.first())
        else {
            return Vec::new();
        };
        // Lines are told apart by the names of their methods.
        let explainers = told_apart(self.column_explainers());
        let explore = &self.explore;
        let explain = Explain {
            black_box,
            explainers,
            data,
            item,
            fit: explore.fit,
            unit: explore.unit,
            k: explore.k,
            fill: explore.fill,
            seed: explore.seed,
            class_answers: scores::has_class_answers(&path),
            contrast: None,
            rebuilt: false,
        };
        let title = format!("Scores of {}", describe::count(items.len(), "item", "items"));
        self.last_action = format!("Writing the {} to {}", title.to_lowercase(), path.display());
        let purpose = Purpose::Scores(path.clone());
        let task = Task::ExplainInto(Box::new(ExplainInto { explain, items, path }));
        let slot = self.fresh_slot(slots::SCORES);
        vec![Request::Run(Box::new(Run {
            lane: Lane::Interactive,
            slot,
            priority: Priority::Normal,
            purpose,
            title,
            task,
        }))]
    }

    /// Says what a file of scores holds, and what it does not.
    pub(super) fn scores_written(&mut self, written: &WrittenScores) {
        let (items, methods) = (describe::count(written.items, "item", "items"), describe::in_words(&written.methods));
        let said = format!("Wrote the scores of {items} by {methods} to {}", written.path.display());
        if let Some(first) = written.left_out.first() {
            let n = describe::count(written.left_out.len(), "item or method is", "items or methods are");
            let summary = format!("{n} not in {}: {first}", written.path.display());
            let details = written.left_out.join("\n");
            self.notices.push(Level::Warning, Notice::new("scores-left-out", summary).with_details(details), None);
        }
        self.last_action = said;
    }

    /// A file name for what a dialog asks for, without extension. It names all methods that stand in the file.
    pub fn name_for(&self, dialog: Dialog) -> String {
        let shown = self.column_explainers();
        let (what, explainers) = match dialog {
            Dialog::ExportScores => {
                let results = self.explore.explained().map_or(&[][..], |explained| explained.methods.as_slice());
                let has_result = |hash: &str| results.iter().flatten().any(|result| result.explainer == hash);
                let of_view: Vec<_> = shown.into_iter().filter(|known| has_result(&known.card.hash)).collect();
                (self.item_name(), of_view)
            }
            Dialog::ExportListedScores => {
                let data = self.data.as_ref().map_or("data", |data| &data.name);
                let n = self.explore.list.visible().len();
                (format!("{data}-{n}-{}", if n == 1 { "item" } else { "items" }), shown)
            }
            _ => (self.item_name(), shown),
        };
        let mut methods: Vec<&str> = Vec::new();
        for explainer in &explainers {
            if !methods.contains(&explainer.card.method.as_str()) {
                methods.push(&explainer.card.method);
            }
        }
        let methods: String = methods.iter().map(|method| format!("-{method}")).collect();
        describe_file(&format!("{what}{methods}-k{}", self.explore.k))
    }
}
