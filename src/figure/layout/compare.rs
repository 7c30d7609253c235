//! Two to four methods on the same item side by side, row by row aligned, with panel letters and one legend.

use super::super::color::Range;
use super::super::{Figure, FigureError, Metadata, Palette};
use super::block::{Block, Style, paragraph};
use super::picture::{answers_of, image, image_size, side_for};
use super::series::Form;
use super::{ExplainedPicture, Page, Panel, legend, page, size, words};

/// How several methods are shown together.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CompareLayout {
    /// Longest side of an image in points; 0 chooses one that fits a page of text.
    pub image_side: f32,
    /// Heading over all; none if empty.
    pub title: String,
    /// What the user says about it, a paragraph each.
    pub caption: Vec<String>,
    /// Whether the plain input comes first.
    pub with_input: bool,
    /// Whether heat maps share one range of scores; scores of different methods seldom can be compared.
    pub shared_range: bool,
    /// For how many classes to draw bars of probabilities; 0 draws none.
    pub bar_classes: usize,
    /// Pictures in a row; `None`: all, or as many as there is room for.
    #[serde(default)]
    pub columns: Option<usize>,
    /// How wide the page is, and what is left out on it.
    #[serde(default)]
    pub page: Page,
}

impl Default for CompareLayout {
    fn default() -> Self {
        Self {
            image_side: 0.0,
            title: String::new(),
            caption: Vec::new(),
            with_input: false,
            shared_range: false,
            bar_classes: 1,
            columns: None,
            page: Page::default(),
        }
    }
}

/// Least width of the text under a picture.
const LEAST_COLUMN: f32 = 108.0;
/// Least width of a column on a page of a given width, for pictures and for what has no pixels.
const LEAST_ON_PAGE: (f32, f32) = (84.0, 140.0);

/// How many pictures like this one stand beside each other on a page, at most; `None`: as many as are wanted.
pub fn most_beside(picture: &ExplainedPicture, page: &Page) -> Option<usize> {
    let least = if picture.has_pixels() { LEAST_ON_PAGE.0 } else { LEAST_ON_PAGE.1 };
    page.room().map(|room| page::columns_in(room, least, size::GUTTER))
}

/// Draws two to four explained pictures side by side, in several rows where the page is narrow; the first one's theme holds for all.
pub fn compare(pictures: &[ExplainedPicture], layout: &CompareLayout) -> Result<Figure, FigureError> {
    let (Some(first), 2..=4) = (pictures.first(), pictures.len()) else {
        return Err(FigureError::Input {
            what: "the number of methods to compare",
            expected: "2 to 4".to_owned(),
            found: pictures.len().to_string(),
        });
    };
    layout.page.check()?;
    for picture in pictures {
        picture.check()?;
    }
    // One theme, whatever the others say.
    let on_page =
        |picture: &ExplainedPicture| ExplainedPicture { theme: first.theme, ..layout.page.shows(picture).into_owned() };
    let pictures: Vec<ExplainedPicture> = pictures.iter().map(on_page).collect();
    let first = &pictures[0];
    let palette = Palette::of(first.theme);
    let n_columns = pictures.len() + usize::from(layout.with_input);
    let asked = layout.columns.unwrap_or(n_columns).clamp(1, n_columns);
    let across = match most_beside(first, &layout.page) {
        Some(most) if asked > most => page::balanced(n_columns, 1, most),
        _ => asked,
    };
    let gutter = if layout.page.width_mm.is_some() { size::GUTTER } else { size::WIDE };
    let (side, widest) = match layout.page.room() {
        Some(room) => {
            let each = (room - gutter * (across - 1) as f32) / across as f32;
            (each, each)
        }
        None => {
            let side = match across {
                _ if layout.image_side > 0.0 => layout.image_side,
                1 | 2 => 196.0,
                3 => 140.0,
                4 => 112.0,
                _ => 90.0,
            };
            let side = side_for(first, side, 1.4);
            (side, pictures.iter().map(|picture| image_size(picture, side).0).fold(LEAST_COLUMN, f32::max))
        }
    };
    let x_of = |column: usize| (widest + gutter) * column as f32;
    let width = x_of(across - 1) + widest;

    let mut ranges: Vec<Range> =
        pictures.iter().map(|picture| Range::robust(&picture.scores, picture.scale())).collect();
    if layout.shared_range
        && let Some(all) = ranges.iter().copied().reduce(Range::union)
    {
        ranges.fill(all);
    }

    // The plain input comes first, then the methods.
    let mut entries: Vec<Entry<'_>> = Vec::new();
    entries.extend(layout.with_input.then_some(Entry { picture: first, range: ranges[0], is_input: true }));
    let methods = pictures.iter().zip(&ranges);
    entries.extend(methods.map(|(picture, range)| Entry { picture, range: *range, is_input: false }));
    let mut grid = Block::default();
    for (row, of_row) in entries.chunks(across).enumerate() {
        let places = of_row.iter().enumerate().map(|(at, entry)| (row * across + at, x_of(at), entry));
        let cells: Vec<(usize, f32, &Entry<'_>)> = places.collect();
        grid.below(one_row(&cells, (side, widest), layout.bar_classes, palette)?, size::GAP + size::TIGHT);
    }

    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&layout.title, Style::heading(palette), width), 0.0);
    block.below(grid, size::GAP);
    block.below(shared_legend(&pictures, &ranges, layout.shared_range, palette, width), size::GAP + 2.0);
    let metadata = joint_metadata(&pictures);
    block.below(paragraph(&words::source_line(&metadata.source), Style::muted(palette), width), size::TIGHT);
    if let Some(unread) = words::unread_of_some(&pictures) {
        block.below(paragraph(&unread, Style::muted(palette), width), 1.0);
    }
    for text in &layout.caption {
        block.below(paragraph(text, Style::text(palette), width), size::GAP);
    }
    let title = if layout.title.is_empty() {
        let methods: Vec<&str> = pictures.iter().map(|picture| picture.method.as_str()).collect();
        format!("{} on {}", methods.join(", "), first.source)
    } else {
        layout.title.clone()
    };
    let mut description: Vec<String> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        description.push(match entry.is_input {
            true => format!("({}) The input.", letter(at)),
            false => format!("({}) {}", letter(at), words::description(entry.picture)),
        });
    }
    description.extend(layout.caption.iter().cloned());
    block.into_figure(palette, (title, description.join(" ")), metadata, &layout.page)
}

/// What stands under one letter: a method, or the plain input of the first.
struct Entry<'a> {
    picture: &'a ExplainedPicture,
    range: Range,
    is_input: bool,
}

/// Entries beside each other, by number and left edge. Each part is as high as its highest cell, so that the same things stand on one line.
fn one_row(
    cells: &[(usize, f32, &Entry<'_>)],
    (side, widest): (f32, f32),
    bar_classes: usize,
    palette: &Palette,
) -> Result<Block, FigureError> {
    let mut headings = Block::default();
    let mut images: Vec<Block> = Vec::new();
    let mut methods = Block::default();
    let mut answers = Block::default();
    let mut bars = Block::default();
    for (number, x, entry) in cells {
        let (x, picture, range) = (*x, entry.picture, entry.range);
        let name = if entry.is_input { "Input" } else { picture.method.as_str() };
        let heading = format!("({}) {name}", letter(*number));
        headings.place(paragraph(&heading, Style::heading(palette), widest), x, 0.0);
        let panels: &[Panel] = if entry.is_input { &[Panel::Input] } else { picture.view.panels() };
        let mut answer = Block::default();
        for (row, panel) in panels.iter().enumerate() {
            let label = (panels.len() > 1).then(|| words::panel_name(*panel));
            push_image(&mut images, row, image(picture, *panel, side, range)?, label, x, palette, widest);
            answer.below(answers_of(picture, *panel, palette, widest), 1.0);
        }
        answers.place(answer, x, 0.0);
        if entry.is_input {
            continue;
        }
        let mut method = paragraph(&words::method_line(picture, false), Style::muted(palette), widest);
        for text in &picture.caption {
            method.below(paragraph(text, Style::small(palette), widest), 2.0);
        }
        methods.place(method, x, 0.0);
        if let Some(prediction) = picture.prediction.as_ref().filter(|_| bar_classes > 0) {
            bars.place(legend::probability_bars(prediction, bar_classes, palette, widest), x, 0.0);
        }
    }
    let mut row = headings;
    for image in images {
        row.below(image, size::TIGHT);
    }
    row.below(methods, size::TIGHT + 1.0);
    row.below(answers, 2.0);
    row.below(bars, size::GAP);
    Ok(row)
}

fn letter(column: usize) -> char {
    char::from(b'a' + (column.min(25)) as u8)
}

/// Puts an image (with a label over it) at `x` into row `row` of images.
fn push_image(
    rows: &mut Vec<Block>,
    row: usize,
    image: Block,
    label: Option<&str>,
    x: f32,
    palette: &Palette,
    width: f32,
) {
    if rows.len() <= row {
        rows.push(Block::default());
    }
    let mut one = Block::default();
    if let Some(label) = label {
        one.below(paragraph(label, Style::small(palette), width), 0.0);
    }
    one.below(image, 3.0);
    rows[row].place(one, x, 0.0);
}

/// The values of a series and how they are drawn; `None` for what is none.
fn values_of(picture: &ExplainedPicture) -> Option<(&[f32], Form)> {
    picture.series.as_ref().map(|series| (series.values.as_slice(), series.form))
}

/// One legend for all panels.
pub(super) fn shared_legend(
    pictures: &[ExplainedPicture],
    ranges: &[Range],
    shared_range: bool,
    palette: &Palette,
    width: f32,
) -> Block {
    let mut block = Block::default();
    let heats: Vec<usize> = (0..pictures.len())
        .filter(|i| pictures[*i].view.panels().contains(&Panel::Heat) && pictures[*i].is_colored())
        .collect();
    let bar_width = width.min(220.0);
    // Methods with signed scores and methods without them get a bar each.
    for signed in [false, true] {
        let Some(&i) = heats.iter().find(|i| pictures[**i].signed == signed) else {
            continue;
        };
        let scale = pictures[i].scale();
        block.below(
            if shared_range {
                legend::color_bar(scale, ranges[i], palette, bar_width)
            } else {
                legend::worded_bar(scale, palette, bar_width)
            },
            size::TIGHT,
        );
    }
    let mut panels: Vec<Panel> = Vec::new();
    for panel in pictures.iter().flat_map(|picture| picture.view.panels()) {
        if !panels.contains(panel) {
            panels.push(*panel);
        }
    }
    if let Some(first) = pictures.first() {
        // Several methods on one item share its values; of many items each has a scale of its own.
        if pictures.iter().all(|picture| values_of(picture) == values_of(first)) {
            block.below(legend::value_bar(first, &panels, palette, bar_width), size::TIGHT);
        }
        // Of many items some may have values on both sides of 0, and others not: their maps are coloured in two ways.
        let colors = legend::value_colors(first);
        let (alike, others): (Vec<_>, Vec<_>) =
            pictures.iter().partition(|picture| legend::value_colors(picture) == colors);
        // Nothing may truly decide the class of the first item, and something that of another: the mark is told all the same.
        for of in [alike, others] {
            let marked = of.iter().find(|picture| picture.has_true_units() && picture.hidden == of[0].hidden);
            if let Some(picture) = marked.or(of.first()) {
                block.below(legend::swatches(picture, &panels, palette, width), size::TIGHT);
            }
        }
    }
    block
}

/// Origin of a figure with several pictures: each different value once, in order.
pub(super) fn joint_metadata(pictures: &[ExplainedPicture]) -> Metadata {
    let all: Vec<Metadata> = pictures.iter().map(words::metadata).collect();
    let joined = |of: fn(&Metadata) -> &String| {
        let mut values: Vec<&str> = Vec::new();
        for value in all.iter().map(|metadata| of(metadata).as_str()) {
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        values.join("; ")
    };
    let seeds: Vec<Option<u64>> = all.iter().map(|metadata| metadata.seed).collect();
    Metadata {
        source: joined(|metadata| &metadata.source),
        method: joined(|metadata| &metadata.method),
        k: joined(|metadata| &metadata.k),
        seed: seeds.first().copied().flatten().filter(|_| seeds.windows(2).all(|pair| pair[0] == pair[1])),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
