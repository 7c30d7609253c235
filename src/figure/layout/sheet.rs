//! A contact sheet: many items in a grid, each with its name and whether the class stays.

use super::super::color::Range;
use super::super::{Figure, FigureError, Palette, fonts};
use super::block::{Block, Style, marked, paragraph};
use super::compare::{joint_metadata, shared_legend};
use super::picture::{image, image_size, side_for};
use super::words::{self, Part, parts_of};
use super::{ExplainedPicture, Page, Prediction, SOURCE_SEPARATOR, page, size};

/// How many items are shown together.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SheetLayout {
    /// Items in a row, at least 1; fewer where the page has no room for them.
    pub columns: usize,
    /// Longest side of an image in points.
    pub image_side: f32,
    /// Heading; none if empty.
    pub title: String,
    /// What the user says about it, a paragraph each.
    pub caption: Vec<String>,
    /// How wide the page is, and what is left out on it.
    #[serde(default)]
    pub page: Page,
}

impl Default for SheetLayout {
    fn default() -> Self {
        Self { columns: 6, image_side: 84.0, title: String::new(), caption: Vec::new(), page: Page::default() }
    }
}

/// Least width of a picture with its words, and of one of two panels of it, on a page of a given width.
const LEAST_PICTURE: (f32, f32) = (56.0, 40.0);
/// The same of what has no pixels.
const LEAST_OTHER: f32 = 100.0;

/// How many of these pictures stand in a row of a contact sheet on this page, at most; `None`: as many as are wanted.
pub fn most_in_a_row(pictures: &[ExplainedPicture], page: &Page) -> Option<usize> {
    let room = page.room()?;
    let least = |picture: &ExplainedPicture| {
        let n = picture.view.panels().len();
        let each = match picture.has_pixels() {
            true if n > 1 => LEAST_PICTURE.1,
            true => LEAST_PICTURE.0,
            false => LEAST_OTHER,
        };
        each * n as f32 + size::TIGHT * (n - 1) as f32
    };
    let widest = pictures.iter().map(least).fold(1.0, f32::max);
    Some(page::columns_in(room, widest, size::GUTTER))
}

/// Draws a contact sheet. The name of an item is the first paragraph of its caption, else its source; what all sources share, such as data set and split,
/// stands once above all.
pub fn sheet(pictures: &[ExplainedPicture], layout: &SheetLayout) -> Result<Figure, FigureError> {
    let Some(first) = pictures.first() else {
        return Err(FigureError::Input {
            what: "the number of items on a contact sheet",
            expected: "1 or more".to_owned(),
            found: "0".to_owned(),
        });
    };
    layout.page.check()?;
    let palette = Palette::of(first.theme);
    let same_method = pictures.iter().all(|picture| {
        words::method_line(picture, true) == words::method_line(first, true) && picture.hidden == first.hidden
    });
    let asked = layout.columns.clamp(1, pictures.len());
    let columns = match most_in_a_row(pictures, &layout.page) {
        Some(most) if asked > most => page::balanced(pictures.len(), page::group_of(pictures), most),
        _ => asked,
    };
    let room = layout.page.room().map(|room| (room - size::GUTTER * (columns - 1) as f32) / columns as f32);
    let shared = words::shared_source(pictures);
    let mut ranges = Vec::with_capacity(pictures.len());
    let mut cells = Vec::with_capacity(pictures.len());
    for picture in pictures {
        picture.check()?;
        let range = Range::robust(&picture.scores, picture.scale());
        let beside = Beside { first, names_method: !same_method, shared: &shared, page: &layout.page };
        cells.push(cell(picture, (layout.image_side, room), range, beside, palette)?);
        ranges.push(range);
    }
    let cell_width = cells.iter().map(|cell| cell.width).fold(0.0, f32::max);
    let mut grid = Block::default();
    let mut top = 0.0;
    let mut rest = cells.into_iter();
    loop {
        let row: Vec<Block> = rest.by_ref().take(columns).collect();
        if row.is_empty() {
            break;
        }
        let height = row.iter().map(|cell| cell.height).fold(0.0, f32::max);
        for (i, cell) in row.into_iter().enumerate() {
            grid.place(cell, (cell_width + size::GUTTER) * i as f32, top);
        }
        top += height + size::GAP + 2.0;
    }

    let width = layout.page.room().unwrap_or_else(|| grid.width.max(LEAST_WIDTH));
    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&layout.title, Style::heading(palette), width), 0.0);
    block.below(paragraph(&words::source_line(&shared), Style::muted(palette), width), 0.0);
    if same_method {
        block.below(paragraph(&words::method_line(first, true), Style::muted(palette), width), 0.0);
    }
    block.below(grid, size::GAP);
    block.below(shared_legend(pictures, &ranges, false, palette, width), size::GAP);
    let tally = if layout.page.hides_answers { String::new() } else { tally(pictures) };
    block.below(paragraph(&tally, Style::muted(palette), width), size::TIGHT);
    let unread = words::unread_of_some(pictures);
    if let Some(unread) = &unread {
        block.below(paragraph(unread, Style::muted(palette), width), 1.0);
    }
    for text in &layout.caption {
        block.below(paragraph(text, Style::text(palette), width), size::GAP);
    }
    let metadata = joint_metadata(pictures);
    // Several methods, or classes of one, show an item several times.
    let noun = if same_method { "items" } else { first.noun().1 };
    let mut description = vec![format!("Contact sheet of {} {noun}. {tally}", pictures.len()).trim_end().to_owned()];
    description.extend(unread);
    description.extend(layout.caption.iter().cloned());
    let title = if layout.title.is_empty() { &metadata.method } else { &layout.title };
    let title = format!("{title}: {} {noun}", pictures.len());
    block.into_figure(palette, (title, description.join(" ")), metadata, &layout.page)
}

/// Room for heading and legend over a single narrow column.
const LEAST_WIDTH: f32 = 160.0;

/// What all cells of a sheet know of it.
#[derive(Clone, Copy)]
struct Beside<'a> {
    /// Its theme holds for all.
    first: &'a ExplainedPicture,
    /// Whether each cell names its method, since they differ.
    names_method: bool,
    /// What all sources share.
    shared: &'a str,
    page: &'a Page,
}

/// One picture with its name and verdicts; `room` is how wide it is on a page of a given width.
fn cell(
    picture: &ExplainedPicture,
    (side, room): (f32, Option<f32>),
    range: Range,
    beside: Beside<'_>,
    palette: &Palette,
) -> Result<Block, FigureError> {
    let mut themed = ExplainedPicture { theme: beside.first.theme, ..picture.clone() };
    if let Some(text) = &mut themed.text {
        // A cell shows a text around what was selected.
        text.most_words = text.most_in_cell.unwrap_or(super::text::SHEET_WORDS);
    }
    let panels = picture.view.panels();
    // Lines and words that have no room beside each other stand under each other.
    let across = match room {
        Some(room) if !picture.has_pixels() => page::columns_in(room, LEAST_OTHER, size::TIGHT).min(panels.len()),
        _ => panels.len(),
    };
    let gaps = size::TIGHT * (across - 1) as f32;
    let side = room.map_or_else(|| side_for(picture, side, 2.0), |room| (room - gaps) / across as f32);
    let image_width = image_size(picture, side).0;
    let width = room.unwrap_or(image_width * across as f32 + gaps);
    let mut images = Block::default();
    let mut top = 0.0;
    for (i, panel) in panels.iter().enumerate() {
        if i > 0 && i % across == 0 {
            top = images.height + size::TIGHT;
        }
        let x = (image_width + size::TIGHT) * (i % across) as f32;
        images.place(image(&themed, *panel, side, range)?, x, top);
    }
    let mut block = Block { width, ..Default::default() };
    let style = Style::small(palette);
    let own = words::own_source(&picture.source, beside.shared);
    let name = match (picture.caption.first(), own.rsplit_once(SOURCE_SEPARATOR)) {
        (Some(caption), _) => vec![caption.as_str()],
        // A number that is cut off would name another item: it gets a line of its own.
        (None, Some((before, item))) if fonts::width(own, style.size) > width => vec![before, item],
        (None, _) => vec![own],
    };
    for line in name {
        block.below(paragraph(&fonts::shorten(line, style.size, width), style, width), 0.0);
    }
    if beside.names_method {
        let method = format!("{}, k = {}", picture.method, picture.k());
        block.below(paragraph(&fonts::shorten(&method, style.size, width), Style::muted(palette), width), 0.0);
    }
    for line in classes_of(picture, beside.page, (style.size, width)) {
        block.below(paragraph(&line, style, width), 0.0);
    }
    block.below(images, 2.0);
    if let Some(prediction) = picture.prediction.as_ref().filter(|_| !beside.page.hides_answers) {
        let muted = Style::muted(palette);
        // The one answer that the view is about: from what it shows, else from the selected units.
        for part in panels.iter().filter_map(|panel| parts_of(*panel).first()) {
            if let Some(text) = verdict(prediction, *part, (muted.size, width - MARK)) {
                block.below(marked(prediction.stays(*part), &text, muted, palette, width), 1.0);
            }
        }
    }
    Ok(block)
}

/// The true class, where it is stated, and with it, as under every text, what the model answers to the full input. A class that is longer than a line is
/// cut.
fn classes_of(picture: &ExplainedPicture, page: &Page, (text_size, room): (f32, f32)) -> Vec<String> {
    let quoted = |before: &str, class: &str, after: &str| {
        let signs = fonts::width(&format!("{before} \u{201C}\u{201D}{after}"), text_size);
        format!("{before} \u{201C}{}\u{201D}{after}", fonts::shorten(class, text_size, (room - signs).max(0.0)))
    };
    let truth = picture.label.as_ref().map(|class| quoted("true", class, ""));
    let is_told = (picture.label.is_some() || picture.text.is_some()) && !page.hides_answers;
    let answer = picture.prediction.as_ref().filter(|_| is_told).and_then(|prediction| {
        let class = prediction.answer(Part::Full)?;
        let p = words::probability(prediction.probability(class, Part::Full)?);
        Some(quoted("predicted", &prediction.classes[class].class, &format!(" {p}")))
    });
    let lines: Vec<String> = truth.into_iter().chain(answer).collect();
    let together = lines.join(", ");
    if lines.len() > 1 && fonts::width(&together, text_size) <= room { vec![together] } else { lines }
}

/// Room that the mark before a verdict takes.
const MARK: f32 = size::SMALL * 1.25;

/// What the model answers to a part of the input, and, where that is another class, what it answers to all of it. A class that is longer than a line is
/// cut.
fn verdict(prediction: &Prediction, part: Part, (text_size, room): (f32, f32)) -> Option<String> {
    let answer = prediction.answer(part)?;
    let quoted = |class: usize| {
        let signs = fonts::width("\u{201C}\u{201D},", text_size);
        format!("\u{201C}{}\u{201D}", fonts::shorten(&prediction.classes[class].class, text_size, room - signs))
    };
    let p = words::probability(prediction.probability(answer, part).unwrap_or(f32::NAN));
    let which = if part == Part::Unselected { "unselected" } else { "selected" };
    let said = format!("{which}: {} {p}", quoted(answer));
    Some(match prediction.answer(Part::Full).filter(|_| prediction.stays(part) == Some(false)) {
        Some(full) => format!("{said}, full: {}", quoted(full)),
        None => said,
    })
}

/// How often the class stays, in words; empty where it is not known.
fn tally(pictures: &[ExplainedPicture]) -> String {
    let mut sentences = Vec::new();
    for (part, name) in [(Part::Selected, "selected"), (Part::Unselected, "unselected")] {
        // Of a class that is looked at, it is another question whether its units give it.
        for is_asked in [false, true] {
            let predictions = pictures.iter().filter_map(|picture| picture.prediction.as_ref());
            let alike = predictions.filter(|prediction| prediction.asked.is_some() == is_asked);
            let known: Vec<bool> = alike.filter_map(|prediction| prediction.stays(part)).collect();
            let stays = known.iter().filter(|stays| **stays).count();
            match (known.len(), is_asked) {
                (0, _) => {}
                (n, false) => sentences.push(format!("Same class from the {name} units only: {stays} of {n}.")),
                (n, true) => {
                    sentences.push(format!("The class that is looked at from its units only: {stays} of {n}."))
                }
            }
        }
    }
    sentences.join(" ")
}
