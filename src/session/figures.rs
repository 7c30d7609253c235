//! Kept figures, and everything that leaves the window as a file: the figure in view, scores, tables.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::notices::Level;
use super::sheet::{MAX_PICTURES, SheetLook};
use super::{Lane, Purpose, Request, Run, Session, describe, slots};
use crate::figure::layout::page::{Page, WIDTHS_MM};
use crate::figure::layout::text::{MOST_WORDS, SHEET_WORDS};
use crate::figure::layout::{CompareLayout, ExplainedPicture, PictureLayout, SheetLayout, compare, picture, sheet};
use crate::figure::{Annotation, Element, Figure, FigureError, Format, Palette, Point, Rect, Theme, rect};
use crate::jobs::scores::{self, Scores};
use crate::jobs::{Content, Explained, MethodResult, Task, WriteFile};
use crate::work::{Notice, Priority};

/// Pixels per point of exported PNG files, as long as the user has not chosen.
pub const PNG_SCALE: f32 = 4.0;

/// How the pictures of a kept figure are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrangement {
    /// One picture, or several methods side by side.
    Compared,
    /// A contact sheet with so many columns.
    Sheet {
        /// Pictures in a row.
        columns: usize,
    },
}

/// A kept figure: what it is drawn from, what the user added, and the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptFigure {
    /// Number by which the window knows it.
    pub id: u64,
    /// Title: in the list, in the file, and above the figure if [`Self::heading`].
    pub title: String,
    /// Whether the title stands above the figure.
    pub heading: bool,
    /// What the user says about it, a paragraph a line.
    pub caption: String,
    /// Item that it shows (of a sheet: the first).
    pub item: usize,
    /// Pictures it consists of.
    pub pictures: Arc<Vec<ExplainedPicture>>,
    /// How they are arranged.
    pub arrangement: Arrangement,
    /// Light or dark page.
    pub theme: Theme,
    /// How wide the page is, and what is left out on it.
    pub page: Page,
    /// What the user drew on it, in the figure's points.
    pub annotations: Vec<Annotation>,
    /// The drawing.
    pub figure: Arc<Figure>,
}

impl KeptFigure {
    /// A figure that is not drawn yet: call [`Self::redraw`].
    pub(super) fn undrawn(
        pictures: Arc<Vec<ExplainedPicture>>,
        arrangement: Arrangement,
        item: usize,
        theme: Theme,
    ) -> Self {
        let empty = Figure {
            width: 0.0,
            height: 0.0,
            background: Palette::of(theme).background,
            title: String::new(),
            description: String::new(),
            metadata: Default::default(),
            elements: Vec::new(),
        };
        Self {
            id: 0,
            title: String::new(),
            heading: false,
            caption: String::new(),
            item,
            pictures,
            arrangement,
            theme,
            page: Page::default(),
            annotations: Vec::new(),
            figure: Arc::new(empty),
        }
    }

    /// After how many words its texts are cut around the selected ones, 0 for never, and how many the longest has; `None` where there is no text. On a
    /// sheet each cell shows a few words only, as long as nothing else is asked for.
    pub fn words_of_texts(&self) -> Option<(usize, usize)> {
        let texts = || self.pictures.iter().filter_map(|picture| picture.text.as_ref());
        let first = texts().next()?;
        let longest = texts().map(|text| text.spans.len()).max()?;
        let most = match self.arrangement {
            Arrangement::Compared => first.most_words,
            Arrangement::Sheet { .. } => first.most_in_cell.unwrap_or(SHEET_WORDS),
        };
        Some((most, longest))
    }

    /// After how many words a text is cut where nothing else is asked for.
    pub const fn usual_words(&self) -> usize {
        match self.arrangement {
            Arrangement::Compared => MOST_WORDS,
            Arrangement::Sheet { .. } => SHEET_WORDS,
        }
    }

    /// Cuts its texts after so many words from now on, 0 for never. It holds them whole.
    pub fn cut_texts(&mut self, most_words: usize) {
        let is_sheet = self.arrangement != Arrangement::Compared;
        let texts = Arc::make_mut(&mut self.pictures).iter_mut().filter_map(|picture| picture.text.as_mut());
        for text in texts {
            if is_sheet {
                text.most_in_cell = Some(most_words);
            } else {
                text.most_words = most_words;
            }
        }
    }

    /// Draws it anew after a change. Annotations stay on the picture where a heading moves it, or another width makes it larger or smaller.
    pub fn redraw(&mut self) -> Result<(), FigureError> {
        let mut figure = self.bare()?;
        let whole = |figure: &Figure| rect(0.0, 0.0, figure.width, figure.height);
        let drawn = |figure: &Figure| first_raster(&figure.elements);
        let places = match (drawn(&self.figure), drawn(&figure)) {
            (Some(before), Some(after)) => Some((before, after)),
            // Lines and words have no one place; what is undrawn has no width. A dragged width changes by less than a point at a time.
            _ if self.figure.width > 0.0 && self.figure.width != figure.width => {
                Some((whole(&self.figure), whole(&figure)))
            }
            _ => None,
        };
        if let Some((before, after)) = places.filter(|(before, after)| before != after) {
            self.annotations.iter_mut().for_each(|annotation| follow(annotation, before, after));
        }
        figure.annotate(&self.annotations, Palette::of(self.theme));
        self.figure = Arc::new(figure);
        Ok(())
    }

    fn bare(&self) -> Result<Figure, FigureError> {
        let caption: Vec<String> =
            self.caption.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        let title = if self.heading { self.title.clone() } else { String::new() };
        let mut pictures = self.pictures.as_ref().clone();
        pictures.iter_mut().for_each(|picture| picture.theme = self.theme);
        let mut figure = match (self.arrangement, &mut pictures[..]) {
            (Arrangement::Sheet { columns }, pictures) => {
                let page = self.page;
                sheet(pictures, &SheetLayout { columns, title, caption, page, ..SheetLayout::default() })?
            }
            (Arrangement::Compared, [only]) => {
                only.caption = caption;
                picture(only, &PictureLayout { title, page: self.page, ..PictureLayout::default() })?
            }
            (Arrangement::Compared, many) => {
                compare(many, &CompareLayout { title, caption, page: self.page, ..CompareLayout::default() })?
            }
        };
        if !self.title.trim().is_empty() {
            figure.title.clone_from(&self.title);
        }
        Ok(figure)
    }
}

fn first_raster(elements: &[Element]) -> Option<Rect> {
    elements.iter().find_map(|element| match element {
        Element::Raster(raster) => Some(raster.rect),
        Element::Group { elements, .. } => first_raster(elements),
        _ => None,
    })
}

/// Moves an annotation.
pub fn shift(annotation: &mut Annotation, dx: f32, dy: f32) {
    place(annotation, |point| Point { x: point.x + dx, y: point.y + dy });
}

/// Moves an annotation with the picture that it lies on, which was in one place and is in another. Texts keep their sizes.
fn follow(annotation: &mut Annotation, before: Rect, after: Rect) {
    if (before.width, before.height) == (after.width, after.height) {
        shift(annotation, after.x - before.x, after.y - before.y);
        return;
    }
    let (wider, higher) = (after.width / before.width.max(1.0), after.height / before.height.max(1.0));
    place(annotation, |point| Point {
        x: after.x + (point.x - before.x) * wider,
        y: after.y + (point.y - before.y) * higher,
    });
}

/// Puts each point of an annotation where it belongs.
fn place(annotation: &mut Annotation, to_place: impl Fn(Point) -> Point) {
    match annotation {
        Annotation::Arrow { from, to, .. } => (*from, *to) = (to_place(*from), to_place(*to)),
        Annotation::Box { rect, .. } => {
            let (first, last) = (Point { x: rect.x, y: rect.y }, Point { x: rect.right(), y: rect.bottom() });
            let (first, last) = (to_place(first), to_place(last));
            *rect = Rect { x: first.x, y: first.y, width: last.x - first.x, height: last.y - first.y };
        }
        Annotation::Text { at, .. } | Annotation::Letter { at, .. } => *at = to_place(*at),
    }
}

/// What a change of a kept figure is about: changes of one kind and gesture (a drag, or typing into a field) become one step of undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its title, in gesture g.
    Title(u64),
    /// Its caption, in gesture g.
    Caption(u64),
    /// After how many words its texts are cut, in gesture g.
    Words(u64),
    /// Its width, in gesture g.
    Width(u64),
    /// Page, heading, columns.
    Look,
    /// Something was drawn on it.
    Added,
    /// Something drawn on it was changed: number n, in gesture g.
    Changed(usize, u64),
    /// Something drawn on it was taken off.
    Removed,
}

impl Change {
    /// In words, for the bottom line.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Title(_) => "Title of the figure changed",
            Self::Caption(_) => "Caption of the figure changed",
            Self::Words(_) => "Words of the figure changed",
            Self::Width(_) => "Width of the figure changed",
            Self::Look => "Look of the figure changed",
            Self::Added => "Annotation added",
            Self::Changed(..) => "Annotation changed",
            Self::Removed => "Annotation removed",
        }
    }

    /// Whether a later change of the same figure belongs to the same step of undo.
    pub fn merges_with(self, later: Self) -> bool {
        self == later && !matches!(self, Self::Added | Self::Removed | Self::Look)
    }
}

/// Kept figures, in the order of the list.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The figures.
    pub kept: Vec<KeptFigure>,
    /// Light or dark page of new ones.
    pub theme: Theme,
    /// Pixels per point of PNG files.
    pub scale: f32,
    /// How new contact sheets are laid out.
    pub sheet_look: SheetLook,
    next_id: u64,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            theme: Theme::default(),
            scale: PNG_SCALE,
            sheet_look: SheetLook::default(),
            next_id: 1,
        }
    }
}

impl Figures {
    /// Shows these instead of what is kept.
    pub(super) fn replace(&mut self, figures: Vec<KeptFigure>) {
        self.kept.clear();
        figures.into_iter().for_each(|kept| self.push(kept));
    }

    /// Sets how many pixels per point PNG files have, within what can be written.
    pub(super) fn set_scale(&mut self, scale: f32) {
        self.scale = scale.clamp(0.5, 20.0);
    }

    /// Sets how new contact sheets are laid out, within what can be drawn.
    pub(super) fn set_sheet_look(&mut self, look: SheetLook) {
        let width = look.page.width_mm.filter(|width| width.is_finite());
        let width_mm = width.map(|width| width.clamp(WIDTHS_MM.0, WIDTHS_MM.1));
        let columns = look.columns.map(|columns| columns.clamp(1, MAX_PICTURES));
        self.sheet_look = SheetLook { columns, page: Page { width_mm, ..look.page } };
    }

    fn push(&mut self, mut kept: KeptFigure) {
        kept.id = self.next_id;
        self.next_id += 1;
        self.kept.push(kept);
    }
}

impl Session {
    fn pictures_in_view(&self) -> Vec<ExplainedPicture> {
        let explore = &self.explore;
        (0..explore.columns.len())
            .filter_map(|column| self.picture(column, explore.view, explore.hidden, self.figures.theme))
            .collect()
    }

    /// What is in view as a figure: one method, or all shown side by side.
    pub fn figure_in_view(&self) -> Result<Figure, FigureError> {
        match &self.pictures_in_view()[..] {
            [only] => picture(only, &PictureLayout::default()),
            many => compare(many, &CompareLayout::default()),
        }
    }

    pub(crate) fn keep(
        &mut self,
        pictures: Vec<ExplainedPicture>,
        (arrangement, page): (Arrangement, Page),
        item: usize,
    ) -> Result<String, FigureError> {
        let mut kept = KeptFigure::undrawn(Arc::new(pictures), arrangement, item, self.figures.theme);
        kept.page = page;
        kept.redraw()?;
        kept.title.clone_from(&kept.figure.title);
        let title = kept.title.clone();
        self.figures.push(kept);
        Ok(title)
    }

    pub(crate) fn keep_figure(&mut self) {
        // Without data a text of one's own is all that there is.
        let Some(item) = self.explore.item.or(self.own_text().map(|_| 0)) else { return };
        match self.keep(self.pictures_in_view(), (Arrangement::Compared, Page::default()), item) {
            Ok(title) => self.last_action = format!("Kept figure \"{title}\""),
            Err(error) => self.figure_failed(&error),
        }
    }

    /// A contact sheet of the pictures of some kept figures, as a new figure.
    pub(crate) fn make_sheet(&mut self, of: &[usize]) {
        let chosen: Vec<&KeptFigure> = of.iter().filter_map(|&at| self.figures.kept.get(at)).collect();
        let Some(item) = chosen.first().map(|kept| kept.item) else { return };
        let pictures: Vec<ExplainedPicture> = chosen.iter().flat_map(|kept| kept.pictures.iter().cloned()).collect();
        let look = self.figures.sheet_look;
        let columns = look.columns_of(pictures.len(), 1);
        match self.keep(pictures, (Arrangement::Sheet { columns }, look.page), item) {
            Ok(title) => self.last_action = format!("Made contact sheet \"{title}\""),
            Err(error) => self.figure_failed(&error),
        }
    }

    /// Puts a changed figure in its place.
    pub(crate) fn change_figure(&mut self, at: usize, mut figure: KeptFigure, change: Change) {
        match figure.redraw() {
            Ok(()) => {
                if let Some(kept) = self.figures.kept.get_mut(at) {
                    *kept = figure;
                    self.last_action = change.words().to_owned();
                }
            }
            Err(error) => self.figure_failed(&error),
        }
    }

    pub(crate) fn move_figure(&mut self, from: usize, to: usize) {
        let kept = &mut self.figures.kept;
        if from < kept.len() && to < kept.len() {
            let moved = kept.remove(from);
            self.last_action = format!("Figure \"{}\" is now number {}", moved.title, to + 1);
            kept.insert(to, moved);
        }
    }

    pub(crate) fn figure_failed(&mut self, error: &FigureError) {
        self.notify(Level::Error, Notice::new("figure", error.to_string()), None);
    }

    pub(crate) fn export_figure(&mut self, path: &Path) -> Vec<Request> {
        match self.figure_in_view() {
            Ok(figure) => self.write_figure(path, Arc::new(figure)),
            Err(error) => {
                self.figure_failed(&error);
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

    /// Writes every kept figure into a folder, numbered in the order of the list.
    pub(crate) fn export_all_kept(&mut self, dir: &Path, format: Format) -> Vec<Request> {
        let kept: Vec<(String, Arc<Figure>)> =
            self.figures.kept.iter().map(|kept| (kept.title.clone(), kept.figure.clone())).collect();
        let n = kept.len();
        let mut requests = Vec::new();
        for (at, (title, figure)) in kept.into_iter().enumerate() {
            let short: String = describe_file(&title).chars().take(60).collect();
            let path = dir.join(format!("{:02}-{}.{}", at + 1, short.trim_matches('-'), format.extension()));
            requests.extend(self.write_figure(&path, figure));
        }
        self.last_action = format!("Writing {} to {}", describe::count(n, "figure", "figures"), dir.display());
        requests
    }

    fn write_figure(&mut self, path: &Path, figure: Arc<Figure>) -> Vec<Request> {
        let path = with_extension(path, &["png", "svg", "pdf"]);
        self.write(path, Content::Figure { figure, scale: self.figures.scale })
    }

    pub(crate) fn export_scores(&mut self, path: &Path) -> Vec<Request> {
        let path = with_extension(path, &scores::FORMATS.map(|(extension, _)| extension));
        let (Some(explained), Some(data), Some(black_box)) = (
            self.explore.explained().cloned(),
            self.in_view().map(|(data, _)| data.clone()),
            self.active_box().cloned(),
        ) else {
            return Vec::new();
        };
        // A method without a result has no scores; the others are written.
        let results = explained.methods.iter().filter_map(|method| method.as_ref().ok());
        let find = |result: &MethodResult| self.explainers.iter().find(|known| known.card.hash == result.explainer);
        let (explainers, methods): (Vec<_>, Vec<_>) =
            results.filter_map(|result| Some((find(result)?.clone(), Ok(result.clone())))).unzip();
        let explained = Arc::new(Explained { methods, ..explained.as_ref().clone() });
        let written = Scores { data: &data, black_box: &black_box.card, explainers: &explainers };
        match scores::encode(&path, &written, std::slice::from_ref(&explained)) {
            Ok(bytes) => self.write(path, Content::Bytes(Arc::new(bytes))),
            Err(error) => {
                self.notify(Level::Error, Notice::new("scores", error.to_string()), None);
                Vec::new()
            }
        }
    }

    pub(crate) fn write(&mut self, path: PathBuf, content: Content) -> Vec<Request> {
        let slot = self.fresh_slot(slots::WRITE);
        let title = format!("Writing {}", path.display());
        self.last_action.clone_from(&title);
        let purpose = Purpose::Write(path.clone());
        let task = Task::Write(Box::new(WriteFile { path, content }));
        vec![Request::Run(Box::new(Run { lane: Lane::Files, slot, priority: Priority::Normal, purpose, title, task }))]
    }

    /// What is in view, for names of files.
    pub(super) fn item_name(&self) -> String {
        match (self.own_text(), self.explore.item) {
            (Some(_), _) => "own-text".to_owned(),
            (None, Some(item)) if self.own_row().is_some() => format!("item-{item}-changed"),
            (None, Some(item)) => format!("item-{item}"),
            (None, None) => "figure".to_owned(),
        }
    }
}

/// The path, with the first of `known` as extension if it has none of them.
pub(crate) fn with_extension(path: &Path, known: &[&str]) -> PathBuf {
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
