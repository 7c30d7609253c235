//! A contact sheet: many items in a grid, each with its name and whether the class stays.

use super::super::color::Range;
use super::super::{Figure, FigureError, Palette, fonts};
use super::block::{Block, Style, marked, paragraph};
use super::compare::{joint_metadata, shared_legend};
use super::picture::{image, image_size, side_for};
use super::words::{self, Part, parts_of};
use super::{ExplainedPicture, SOURCE_SEPARATOR, size};

/// How many items are shown together.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SheetLayout {
    /// Items in a row, at least 1.
    pub columns: usize,
    /// Longest side of an image in points.
    pub image_side: f32,
    /// Heading; none if empty.
    pub title: String,
    /// What the user says about it, a paragraph each.
    pub caption: Vec<String>,
}

impl Default for SheetLayout {
    fn default() -> Self {
        Self { columns: 6, image_side: 84.0, title: String::new(), caption: Vec::new() }
    }
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
    let palette = Palette::of(first.theme);
    let same_method = pictures.iter().all(|picture| {
        words::method_line(picture, true) == words::method_line(first, true) && picture.hidden == first.hidden
    });
    let columns = layout.columns.clamp(1, pictures.len());
    let shared = words::shared_source(pictures);
    let mut ranges = Vec::with_capacity(pictures.len());
    let mut cells = Vec::with_capacity(pictures.len());
    for picture in pictures {
        picture.check()?;
        let range = Range::robust(&picture.scores, picture.scale());
        cells.push(cell(picture, layout.image_side, range, (first, !same_method, &shared), palette)?);
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
            grid.place(cell, (cell_width + GUTTER) * i as f32, top);
        }
        top += height + size::GAP + 2.0;
    }

    let width = grid.width.max(LEAST_WIDTH);
    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&layout.title, Style::heading(palette), width), 0.0);
    block.below(paragraph(&words::source_line(&shared), Style::muted(palette), width), 0.0);
    if same_method {
        block.below(paragraph(&words::method_line(first, true), Style::muted(palette), width), 0.0);
    }
    block.below(grid, size::GAP);
    block.below(shared_legend(pictures, &ranges, false, palette, width), size::GAP);
    block.below(paragraph(&tally(pictures), Style::muted(palette), width), size::TIGHT);
    let unread = words::unread_of_some(pictures);
    if let Some(unread) = &unread {
        block.below(paragraph(unread, Style::muted(palette), width), 1.0);
    }
    for text in &layout.caption {
        block.below(paragraph(text, Style::text(palette), width), size::GAP);
    }
    let metadata = joint_metadata(pictures);
    // Several methods, or classes of one, show an item several times.
    let noun = if same_method { "items" } else { "pictures" };
    let mut description = vec![format!("Contact sheet of {} {noun}. {}", pictures.len(), tally(pictures))];
    description.extend(unread);
    description.extend(layout.caption.iter().cloned());
    let title = if layout.title.is_empty() { &metadata.method } else { &layout.title };
    let title = format!("{title}: {} {noun}", pictures.len());
    block.into_figure(palette, title, description.join(" "), metadata)
}

/// Words of a text in one cell.
const SHEET_WORDS: usize = 36;
/// Between columns.
const GUTTER: f32 = 12.0;
/// Room for heading and legend over a single narrow column.
const LEAST_WIDTH: f32 = 160.0;

fn cell(
    picture: &ExplainedPicture,
    side: f32,
    range: Range,
    (first, names_method, shared): (&ExplainedPicture, bool, &str),
    palette: &Palette,
) -> Result<Block, FigureError> {
    let mut themed = ExplainedPicture { theme: first.theme, ..picture.clone() };
    if let Some(text) = &mut themed.text {
        // A cell shows a text around what was selected.
        text.most_words = SHEET_WORDS;
    }
    let panels = picture.view.panels();
    let side = side_for(picture, side, 2.0);
    let image_width = image_size(picture, side).0;
    let width = image_width * panels.len() as f32 + size::TIGHT * (panels.len() - 1) as f32;
    let mut images = Block::default();
    for (i, panel) in panels.iter().enumerate() {
        images.place(image(&themed, *panel, side, range)?, (image_width + size::TIGHT) * i as f32, 0.0);
    }
    let mut block = Block { width, ..Default::default() };
    let style = Style::small(palette);
    let own = words::own_source(&picture.source, shared);
    let name = match (picture.caption.first(), own.rsplit_once(SOURCE_SEPARATOR)) {
        (Some(caption), _) => vec![caption.as_str()],
        // A number that is cut off would name another item: it gets a line of its own.
        (None, Some((before, item))) if fonts::width(own, style.size) > width => vec![before, item],
        (None, _) => vec![own],
    };
    for line in name {
        block.below(paragraph(&fonts::shorten(line, style.size, width), style, width), 0.0);
    }
    if names_method {
        let method = format!("{}, k = {}", picture.method, picture.k());
        block.below(paragraph(&fonts::shorten(&method, style.size, width), Style::muted(palette), width), 0.0);
    }
    block.below(images, 2.0);
    if let Some(prediction) = &picture.prediction {
        let muted = Style::muted(palette);
        // The one answer that the view is about: from what it shows, else from the selected units.
        for part in panels.iter().filter_map(|panel| parts_of(*panel).first()) {
            let Some(answer) = prediction.answer(*part) else {
                continue;
            };
            let p = prediction.probability(answer, *part).unwrap_or(f32::NAN);
            let which = if *part == Part::Unselected { "unselected" } else { "selected" };
            let text =
                format!("{which}: \u{201C}{}\u{201D} {}", prediction.classes[answer].class, words::probability(p));
            let text = fonts::shorten(&text, muted.size, width - muted.size * 1.25);
            block.below(marked(prediction.stays(*part), &text, muted, palette, width), 1.0);
        }
    }
    Ok(block)
}

/// How often the class stays, in words; empty where it is not known.
fn tally(pictures: &[ExplainedPicture]) -> String {
    let mut sentences = Vec::new();
    for (part, name) in [(Part::Selected, "selected"), (Part::Unselected, "unselected")] {
        let known: Vec<bool> = pictures
            .iter()
            .filter_map(|picture| picture.prediction.as_ref().and_then(|prediction| prediction.stays(part)))
            .collect();
        if !known.is_empty() {
            let stays = known.iter().filter(|stays| **stays).count();
            sentences.push(format!("Same class from the {name} units only: {stays} of {}.", known.len()));
        }
    }
    sentences.join(" ")
}
