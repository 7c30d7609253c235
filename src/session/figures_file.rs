//! Kept figures on disk: a file in the project's `figures/` folder, named after its own hash and referred to by the project's state.
//!
//! The file is written before the state that names it and never changed, so a figure and its project are saved as one: a kill in between
//! leaves the state before, with its own file. Files that no copy of the state names any more are removed after a save.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::figures::{Arrangement, KeptFigure};
use crate::figure::layout::{ExplainedPicture, Page};
use crate::figure::{Annotation, Theme};
use crate::store::{Format, Hash, Project, ProjectKind, StoreError, atomic};
use crate::work::Notice;

/// Format and version of the file.
const FORMAT: Format = Format::new("unmask-figures", 1);
/// Head and end of its name; the hash stands between them.
const NAME: (&str, &str) = ("kept-", ".json.gz");
/// Most bytes of the file.
const MAX_FILE: u64 = 256 << 20;
/// Most bytes of what it holds: it is text, packed to about a fifth.
const MAX_TEXT: u64 = 1 << 30;
/// Most figures that are kept in a file.
const MAX_FIGURES: usize = 1000;

/// How a project's state names its figures.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FiguresRef {
    /// Name of the file in the project's `figures/` folder.
    pub file: String,
    /// Hash of its bytes.
    pub hash: Hash,
    /// How many figures it holds.
    pub count: usize,
}

/// What is kept, for telling whether it changed: pictures are others once anything in them does, and the drawing follows from the rest.
#[derive(Clone, Debug)]
pub(super) struct FiguresLook(Vec<KeptFigure>);

impl FiguresLook {
    /// Of the figures as they are now; copies no pictures.
    pub fn of(figures: &[KeptFigure]) -> Self {
        Self(figures.to_vec())
    }
}

impl PartialEq for FiguresLook {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&KeptFigure, &KeptFigure)| {
            Arc::ptr_eq(&a.pictures, &b.pictures)
                && (&a.title, a.heading, &a.caption, a.item) == (&b.title, b.heading, &b.caption, b.item)
                && (a.arrangement, a.theme, a.page, &a.annotations) == (b.arrangement, b.theme, b.page, &b.annotations)
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(is_same)
    }
}

/// A figure as it is written: what it is drawn from, not the drawing.
#[derive(serde::Serialize, serde::Deserialize)]
struct SavedFigure<P> {
    title: String,
    heading: bool,
    caption: String,
    item: usize,
    arrangement: Arrangement,
    theme: Theme,
    #[serde(default, skip_serializing_if = "is_plain")]
    page: Page,
    annotations: Vec<Annotation>,
    pictures: P,
}

/// A page of which nothing is asked need not stand in the file.
fn is_plain(page: &Page) -> bool {
    *page == Page::default()
}

fn bytes_of(figures: &[KeptFigure]) -> std::io::Result<Vec<u8>> {
    #[derive(serde::Serialize)]
    struct File<'a> {
        format: &'a str,
        version: u32,
        figures: Vec<SavedFigure<&'a [ExplainedPicture]>>,
    }
    let saved = figures.iter().map(|kept| SavedFigure {
        title: kept.title.clone(),
        heading: kept.heading,
        caption: kept.caption.clone(),
        item: kept.item,
        arrangement: kept.arrangement,
        theme: kept.theme,
        page: kept.page,
        annotations: kept.annotations.clone(),
        pictures: kept.pictures.as_slice(),
    });
    let file = File { format: FORMAT.name, version: FORMAT.version, figures: saved.collect() };
    // Without a time in its head, equal figures give equal bytes.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut packed, &file)?;
    packed.flush()?;
    packed.finish()
}

/// Writes the figures into a project, if the very file is not there yet.
pub(super) fn write(project: &Project, figures: &[KeptFigure]) -> Result<FiguresRef, StoreError> {
    let folder = project.make_folder(ProjectKind::Figures)?;
    let figures = &figures[..figures.len().min(MAX_FIGURES)];
    let bytes = bytes_of(figures).map_err(|source| StoreError::Write { path: folder.clone(), source })?;
    let hash = Hash::of_bytes(&bytes);
    let file = format!("{}{}{}", NAME.0, hash.short(), NAME.1);
    let path = folder.join(&file);
    if Hash::of_file(&path).ok() != Some(hash) {
        atomic::write(&path, &bytes)?;
    }
    Ok(FiguresRef { file, hash, count: figures.len() })
}

/// Reads the figures that a state names. What does not fit is left out, with a notice for each reason.
pub(super) fn read(folder: &Path, named: &FiguresRef, notices: &mut Vec<Notice>) -> Vec<KeptFigure> {
    let mut refuse = |reason: String| {
        let summary = format!("Kept figures of this project were left out. {reason}");
        notices.push(Notice::new("project-figures-left-out", summary));
    };
    // A name only: nothing outside of the folder is read.
    let is_name = Path::new(&named.file).file_name().is_some_and(|name| name == named.file.as_str());
    let path = folder.join(ProjectKind::Figures.folder()).join(&named.file);
    if !is_name {
        refuse(format!("{}: expected the name of a file in figures/, found a path", named.file));
        return Vec::new();
    }
    let saved = match texts(&path, Some(named.hash)) {
        Ok(saved) => saved,
        Err(error) => {
            refuse(error.to_string());
            return Vec::new();
        }
    };
    let mut figures = Vec::new();
    for (at, value) in saved.into_iter().take(MAX_FIGURES).enumerate() {
        let drawn = serde_json::from_value::<SavedFigure<Vec<ExplainedPicture>>>(value)
            .map_err(|error| error.to_string())
            .and_then(|saved| drawn(saved).map_err(|error| error.to_string()));
        match drawn {
            Ok(figure) => figures.push(figure),
            Err(reason) => refuse(format!(
                "{}: expected a figure of this version at place {}, found another form ({reason}); keep it anew in Explore",
                path.display(),
                at + 1
            )),
        }
    }
    figures
}

fn drawn(saved: SavedFigure<Vec<ExplainedPicture>>) -> Result<KeptFigure, crate::figure::FigureError> {
    let mut kept = KeptFigure {
        title: saved.title,
        heading: saved.heading,
        caption: saved.caption,
        page: saved.page,
        annotations: saved.annotations,
        ..KeptFigure::undrawn(Arc::new(saved.pictures), saved.arrangement, saved.item, saved.theme)
    };
    kept.redraw()?;
    Ok(kept)
}

/// The figures of a file, each as plain JSON.
fn texts(path: &Path, hash: Option<Hash>) -> Result<Vec<serde_json::Value>, StoreError> {
    let damaged = |found: String| StoreError::Damaged {
        path: path.to_owned(),
        expected: "packed figures that Unmask wrote".to_owned(),
        found,
    };
    let bytes = atomic::read_limited(path, MAX_FILE)?;
    if let Some(hash) = hash {
        hash.check(Hash::of_bytes(&bytes), path)?;
    }
    let mut text = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(MAX_TEXT)
        .read_to_end(&mut text)
        .map_err(|error| damaged(error.to_string()))?;
    let (_, mut value) = FORMAT.parse_value(&text, path)?;
    match value.get_mut("figures").map(serde_json::Value::take) {
        Some(serde_json::Value::Array(figures)) => Ok(figures),
        _ => Err(damaged("no list of figures".to_owned())),
    }
}

/// Removes files of figures that no copy of the state names. What cannot be read by this version stays: it is not ours to judge.
pub(super) fn sweep(project: &Project) {
    let is_known = |figure| serde_json::from_value::<SavedFigure<Vec<ExplainedPicture>>>(figure).is_ok();
    let entries = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect::<Vec<_>>()
    };
    let mut states = String::new();
    for (name, path) in entries(project.folder()) {
        if name.starts_with("project") && name.ends_with(".json") {
            match std::fs::read_to_string(&path) {
                Ok(text) => states.push_str(&text),
                // It might name any of them.
                Err(_unread) => return,
            }
        }
    }
    for (name, path) in entries(&project.folder().join(ProjectKind::Figures.folder())) {
        let is_ours = name.starts_with(NAME.0) && name.ends_with(NAME.1);
        if is_ours
            && !states.contains(&name)
            && texts(&path, None).is_ok_and(|figures| figures.into_iter().all(is_known))
            && let Err(error) = std::fs::remove_file(&path)
        {
            log::warn!("cannot remove {}: {error}", path.display());
        }
    }
}
