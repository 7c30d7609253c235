//! Kept figures, and everything that leaves the window as a file: the figure in view, scores, tables.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::notices::Level;
use super::{Lane, Purpose, Request, Run, Session, describe, slots};
use crate::figure::layout::{CompareLayout, PictureLayout, compare, picture};
use crate::figure::{Figure, FigureError, Theme};
use crate::jobs::{Content, Explained, MethodResult, Task, WriteFile};
use crate::work::{Notice, Priority};

/// Pixels per point of exported PNG files.
pub const PNG_SCALE: f32 = 4.0;

/// A kept figure.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptFigure {
    /// Name in the list.
    pub title: String,
    /// Item that it shows.
    pub item: usize,
    /// What is drawn.
    pub figure: Arc<Figure>,
}

/// Kept figures, in the order of the list.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// The figures.
    pub kept: Vec<KeptFigure>,
    /// Light or dark page.
    pub theme: Theme,
}

impl Session {
    /// What is in view as a figure: one method, or all shown side by side.
    pub fn figure_in_view(&self) -> Result<Figure, FigureError> {
        let explore = &self.explore;
        let theme = self.figures.theme;
        let pictures: Vec<_> = (0..explore.columns.len())
            .filter_map(|column| self.picture(column, explore.view, explore.hidden, theme))
            .collect();
        match &pictures[..] {
            [only] => picture(only, &PictureLayout::default()),
            many => compare(many, &CompareLayout::default()),
        }
    }

    pub(crate) fn keep_figure(&mut self) {
        let Some(item) = self.explore.item else { return };
        match self.figure_in_view() {
            Ok(figure) => {
                let title = figure.title.clone();
                self.last_action = format!("Kept figure \"{title}\"");
                self.figures.kept.push(KeptFigure { title, item, figure: Arc::new(figure) });
            }
            Err(error) => self.notify(Level::Error, Notice::new("figure", error.to_string()), None),
        }
    }

    pub(crate) fn export_figure(&mut self, path: &Path) -> Vec<Request> {
        match self.figure_in_view() {
            Ok(figure) => self.write_figure(path, Arc::new(figure)),
            Err(error) => {
                self.notify(Level::Error, Notice::new("figure", error.to_string()), None);
                Vec::new()
            }
        }
    }

    pub(crate) fn export_kept(&mut self, at: usize, path: &Path) -> Vec<Request> {
        match self.figures.kept.get(at).map(|kept| kept.figure.clone()) {
            Some(figure) => self.write_figure(path, figure),
            None => Vec::new(),
        }
    }

    fn write_figure(&mut self, path: &Path, figure: Arc<Figure>) -> Vec<Request> {
        let path = with_extension(path, &["png", "svg", "pdf"]);
        self.write(path, Content::Figure { figure, scale: PNG_SCALE })
    }

    pub(crate) fn export_scores(&mut self, path: &Path) -> Vec<Request> {
        let path = with_extension(path, &["csv", "jsonl"]);
        let Some(explained) = self.explore.explained().cloned() else { return Vec::new() };
        let is_lines = path.extension().is_some_and(|extension| extension == "jsonl");
        let mut out = String::new();
        if !is_lines {
            out.push_str("item,method,unit,row,column,score,rank,selected\n");
        }
        for result in explained.methods.iter().filter_map(|method| method.as_ref().ok()) {
            self.push_scores(&mut out, &explained, result, is_lines);
        }
        self.write(path, Content::Bytes(Arc::new(out.into_bytes())))
    }

    fn push_scores(&self, out: &mut String, explained: &Explained, result: &MethodResult, is_lines: bool) {
        let name = self
            .explainers
            .iter()
            .find(|explainer| explainer.card.hash == result.explainer)
            .map_or_else(String::new, |explainer| explainer.card.name.clone());
        let columns = explained.units.grid().1.max(1);
        let quoted = serde_json::Value::from(name.as_str()).to_string();
        for (unit, (score, rank)) in result.scores.iter().zip(&result.ranks).enumerate() {
            let (row, column) = (unit / columns, unit % columns);
            let (item, selected, rank) = (explained.item, result.is_selected(unit, self.explore.k), rank + 1);
            if is_lines {
                let score = serde_json::Value::from(f64::from(*score));
                out.push_str(&format!(
                    "{{\"item\":{item},\"method\":{quoted},\"unit\":{unit},\"row\":{row},\"column\":{column},\"score\":{score},\"rank\":{rank},\"selected\":{selected}}}\n"
                ));
            } else {
                let name = name.replace('"', "\"\"");
                out.push_str(&format!("{item},\"{name}\",{unit},{row},{column},{score},{rank},{selected}\n"));
            }
        }
    }

    pub(crate) fn export_table(&mut self, path: &Path) -> Vec<Request> {
        let path = with_extension(path, &["csv", "json"]);
        let bytes = if path.extension().is_some_and(|extension| extension == "json") {
            let cells = self.measure.table().map(|cells| cells.as_ref().clone()).unwrap_or_default();
            serde_json::to_vec_pretty(&cells).unwrap_or_default()
        } else {
            self.measure.csv().into_bytes()
        };
        self.write(path, Content::Bytes(Arc::new(bytes)))
    }

    fn write(&mut self, path: PathBuf, content: Content) -> Vec<Request> {
        let slot = self.fresh_slot(slots::WRITE);
        let title = format!("Writing {}", path.display());
        self.last_action.clone_from(&title);
        let purpose = Purpose::Write(path.clone());
        let task = Task::Write(Box::new(WriteFile { path, content }));
        vec![Request::Run(Box::new(Run { lane: Lane::Files, slot, priority: Priority::Normal, purpose, title, task }))]
    }

    /// A file name for what is in view, without extension.
    pub fn suggested_name(&self) -> String {
        let item = self.explore.item.map_or_else(|| "figure".to_owned(), |item| format!("item-{item}"));
        let method = self
            .column_explainers()
            .get(self.explore.focus)
            .map_or_else(String::new, |explainer| format!("-{}", explainer.card.method));
        describe_file(&format!("{item}{method}-k{}", self.explore.k))
    }
}

/// The path, with the first of `known` as extension if it has none of them.
fn with_extension(path: &Path, known: &[&str]) -> PathBuf {
    let has_one =
        path.extension().is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)));
    if has_one {
        return path.to_path_buf();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", known.first().copied().unwrap_or("txt")));
    PathBuf::from(name)
}

/// A name that every file system takes.
pub fn describe_file(name: &str) -> String {
    let cleaned: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '.' { c } else { '-' }).collect();
    let trimmed = cleaned.trim_matches('-').to_lowercase();
    if trimmed.is_empty() { describe::in_words(&["unnamed".to_owned()]) } else { trimmed }
}
