//! One explained picture: the view, its legend, the caption, which item it is, what the model answers, bars of probabilities.

use super::super::color::Range;
use super::super::{Element, Figure, FigureError, Palette, Raster, rect, stroke};
use super::block::{Block, Style, marked, paragraph};
use super::words::{self, parts_of};
use super::{ExplainedPicture, Page, Panel, classes, legend, page, pixels, record, series, size, text};

/// What the figure of one picture shows besides the picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PictureLayout {
    /// Longest side of an image in points; rounded down so that a pixel measures whole points where it can.
    pub image_side: f32,
    /// Heading; none if empty.
    pub title: String,
    /// Whether to draw the legend.
    pub legend: bool,
    /// For how many classes to draw bars of probabilities; 0 draws none.
    pub bar_classes: usize,
    /// How wide the page is, and what is left out on it.
    #[serde(default)]
    pub page: Page,
}

impl Default for PictureLayout {
    fn default() -> Self {
        Self { image_side: 196.0, title: String::new(), legend: true, bar_classes: 2, page: Page::default() }
    }
}

/// Least width of the text under a picture.
const LEAST_COLUMN: f32 = 150.0;
/// Least width of one of two images that stand beside each other on a page of a given width.
const LEAST_IMAGE: f32 = 80.0;

/// Draws one explained picture.
pub fn picture(picture: &ExplainedPicture, layout: &PictureLayout) -> Result<Figure, FigureError> {
    picture.check()?;
    layout.page.check()?;
    let shown = layout.page.shows(picture);
    let picture: &ExplainedPicture = &shown;
    let palette = Palette::of(picture.theme);
    let panels = picture.view.panels();
    // Where the page is too narrow for that, panels stand under each other, not beside.
    let least = if picture.has_pixels() { LEAST_IMAGE } else { LEAST_COLUMN };
    let beside = |room: f32| page::columns_in(room, least, size::WIDE).min(panels.len());
    let across = layout.page.room().map_or(panels.len(), beside);
    let gaps = size::WIDE * (across - 1) as f32;
    let (image_width, side, column) = match layout.page.room() {
        Some(room) => {
            let column = (room - gaps) / across as f32;
            (image_size(picture, column).0, column, column)
        }
        None => {
            // Lines of text want more room than a picture.
            let side = side_for(picture, layout.image_side, if panels.len() > 1 { 1.3 } else { 2.0 });
            let image_width = image_size(picture, side).0;
            (image_width, side, image_width.max(LEAST_COLUMN))
        }
    };
    let width = column * across as f32 + gaps;
    let x_of = |at: usize| (column + size::WIDE) * (at % across) as f32;

    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&layout.title, Style::heading(palette), width), 0.0);
    let range = Range::robust(&picture.scores, picture.scale());

    let mut images = Block::default();
    let mut top = 0.0;
    for (i, panel) in panels.iter().enumerate() {
        let mut one = Block::default();
        if panels.len() > 1 {
            one.below(paragraph(words::panel_name(*panel), Style::small(palette), column), 0.0);
        }
        one.below(image(picture, *panel, side, range)?, 3.0);
        if i > 0 && i % across == 0 {
            top = images.height + size::GAP;
        }
        images.place(one, x_of(i), top);
    }
    block.below(images, size::TIGHT);
    if layout.legend {
        block.below(legend_of(picture, range, palette, image_width, width), size::TIGHT + 1.0);
    }
    if let Some(table) = &picture.classes {
        // Where no answers are drawn, none are told here either.
        block.below(classes::block(table, picture.prediction.is_some(), palette, width), size::GAP);
    }

    let mut answers = Block::default();
    for (i, panel) in panels.iter().enumerate() {
        let answer = answers_of(picture, *panel, palette, column);
        if across < panels.len() {
            answers.below(answer, 1.0);
        } else {
            answers.place(answer, x_of(i), 0.0);
        }
    }
    for text in &picture.caption {
        block.below(paragraph(text, Style::text(palette), width), size::GAP);
    }
    block.below(paragraph(&words::source_line(&picture.source), Style::muted(palette), width), size::TIGHT + 1.0);
    let gap = if picture.source.is_empty() { size::TIGHT + 1.0 } else { 1.0 };
    block.below(paragraph(&words::method_line(picture, true), Style::muted(palette), width), gap);
    if let Some(unread) = words::unread(picture) {
        block.below(paragraph(&unread, Style::muted(palette), width), 1.0);
    }
    block.below(answers, 2.0);
    if let Some(prediction) = picture.prediction.as_ref().filter(|_| layout.bar_classes > 0) {
        // A single panel on a wide page has room for two columns of bars.
        let is_wide = layout.page.width_mm.is_some() && width >= 2.0 * LEAST_COLUMN + size::WIDE;
        let columns = if is_wide { 2 } else { across };
        let each = (width - size::WIDE * (columns - 1) as f32) / columns as f32;
        block.below(bars(prediction, layout.bar_classes, palette, each, columns), size::GAP);
    }
    let said = (words::title(picture), words::description(picture));
    block.into_figure(palette, said, words::metadata(picture), &layout.page)
}

/// Bars of probabilities; with room for two columns, one class each.
fn bars(prediction: &super::Prediction, n_classes: usize, palette: &Palette, column: f32, columns: usize) -> Block {
    if columns < 2 {
        return legend::probability_bars(prediction, n_classes, palette, column);
    }
    let mut block = Block::default();
    for (i, class) in legend::each_class(prediction, n_classes, palette, column).into_iter().enumerate() {
        let (x, y) = ((column + size::WIDE) * (i % 2) as f32, (i / 2) as f32 * (class.height + size::TIGHT));
        block.place(class, x, y);
    }
    block
}

/// The legend of a view: swatches, and under a heat map its colour bar.
pub(super) fn legend_of(
    picture: &ExplainedPicture,
    range: Range,
    palette: &Palette,
    bar_width: f32,
    width: f32,
) -> Block {
    let panels = picture.view.panels();
    let mut block = Block::default();
    if panels.contains(&Panel::Heat) && picture.is_colored() {
        block.below(legend::color_bar(picture.scale(), range, palette, bar_width), 0.0);
    }
    block.below(legend::value_bar(picture, panels, palette, bar_width), size::TIGHT);
    block.below(legend::swatches(picture, panels, palette, width), size::TIGHT);
    block
}

/// What the model answers to what a panel shows, a marked line each.
pub(super) fn answers_of(picture: &ExplainedPicture, panel: Panel, palette: &Palette, width: f32) -> Block {
    let mut block = Block { width, ..Default::default() };
    let Some(prediction) = &picture.prediction else {
        return block;
    };
    let style = Style::small(palette);
    for part in parts_of(panel) {
        if let Some(sentence) = prediction.sentence(*part) {
            let line = match part {
                words::Part::Full => paragraph(&sentence, style, width),
                words::Part::Selected | words::Part::Unselected => {
                    marked(prediction.stays(*part), &sentence, style, palette, width)
                }
            };
            block.below(line, 1.0);
        }
    }
    block
}

/// The side that a layout gives to a picture; for a text, a series or a row, that times `wider`.
pub(super) fn side_for(picture: &ExplainedPicture, side: f32, wider: f32) -> f32 {
    if picture.has_pixels() { side } else { side * wider }
}

/// Width and height of an image in points, its longest side at most `side`. What has no pixels takes the width; its
/// height follows from what it holds.
pub(super) fn image_size(picture: &ExplainedPicture, side: f32) -> (f32, f32) {
    if !picture.has_pixels() {
        return (side, 0.0);
    }
    let (w, h) = (picture.width as f32, picture.height as f32);
    let cell = side.max(1.0) / w.max(h);
    let cell = if cell >= 1.0 { cell.floor() } else { cell };
    (w * cell, h * cell)
}

/// The image of one panel with its marks and a thin frame.
pub(super) fn image(picture: &ExplainedPicture, panel: Panel, side: f32, range: Range) -> Result<Block, FigureError> {
    if let Some(text) = &picture.text {
        return Ok(text::panel(picture, text, panel, side, range));
    }
    if let Some(of) = &picture.series {
        return Ok(series::panel(picture, of, panel, side, range));
    }
    if let Some(row) = &picture.row {
        return Ok(record::panel(picture, row, panel, side));
    }
    let palette = Palette::of(picture.theme);
    let (width, height) = image_size(picture, side);
    let area = rect(0.0, 0.0, width, height);
    let mut elements = vec![Element::Raster(Raster {
        rect: area,
        pixels: pixels::overlay_rgba(picture, panel, Some(range))?,
        alt: words::panel_name(panel).to_owned(),
    })];
    elements.push(Element::Rect {
        rect: area.expand(size::HAIRLINE / 2.0),
        fill: None,
        stroke: Some(stroke(palette.hairline, size::HAIRLINE)),
        radius: 0.0,
        hatch: None,
    });
    elements.extend(pixels::overlay_marks(picture, panel, area));
    Ok(Block { width, height, elements })
}
