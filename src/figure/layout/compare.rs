//! Two to four methods on the same item side by side, row by row aligned, with panel letters and one legend.

use super::super::color::Range;
use super::super::{Figure, FigureError, Metadata, Palette};
use super::block::{Block, Style, paragraph};
use super::picture::{answers_of, image, image_size, side_for};
use super::{ExplainedPicture, Panel, legend, size, words};

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
        }
    }
}

/// Least width of the text under a picture.
const LEAST_COLUMN: f32 = 108.0;

/// Draws two to four explained pictures side by side; the first one's theme holds for all.
pub fn compare(pictures: &[ExplainedPicture], layout: &CompareLayout) -> Result<Figure, FigureError> {
    let (Some(first), 2..=4) = (pictures.first(), pictures.len()) else {
        return Err(FigureError::Input {
            what: "the number of methods to compare",
            expected: "2 to 4".to_owned(),
            found: pictures.len().to_string(),
        });
    };
    for picture in pictures {
        picture.check()?;
    }
    // One theme, whatever the others say.
    let pictures: Vec<ExplainedPicture> =
        pictures.iter().map(|picture| ExplainedPicture { theme: first.theme, ..picture.clone() }).collect();
    let palette = Palette::of(first.theme);
    let n_columns = pictures.len() + usize::from(layout.with_input);
    let side = if layout.image_side > 0.0 {
        layout.image_side
    } else {
        match n_columns {
            2 => 196.0,
            3 => 140.0,
            4 => 112.0,
            _ => 90.0,
        }
    };
    let side = side_for(first, side, 1.4);
    let widest = pictures.iter().map(|picture| image_size(picture, side).0).fold(LEAST_COLUMN, f32::max);
    let x_of = |column: usize| (widest + size::WIDE) * column as f32;
    let width = x_of(n_columns - 1) + widest;

    let mut ranges: Vec<Range> =
        pictures.iter().map(|picture| Range::robust(&picture.scores, picture.scale())).collect();
    if layout.shared_range
        && let Some(all) = ranges.iter().copied().reduce(Range::union)
    {
        ranges.fill(all);
    }

    // Each row is as high as its highest cell, so that the same things stand on one line.
    let mut headings = Block::default();
    let mut images: Vec<Block> = Vec::new();
    let mut methods = Block::default();
    let mut answers = Block::default();
    let mut bars = Block::default();
    let shift = usize::from(layout.with_input);
    if layout.with_input {
        headings.place(paragraph("(a) Input", Style::heading(palette), widest), 0.0, 0.0);
        answers.place(answers_of(first, Panel::Input, palette, widest), 0.0, 0.0);
        push_image(&mut images, 0, image(first, Panel::Input, side, ranges[0])?, None, 0.0, palette, widest);
    }
    for (i, (picture, range)) in pictures.iter().zip(&ranges).enumerate() {
        let x = x_of(i + shift);
        let heading = format!("({}) {}", letter(i + shift), picture.method);
        headings.place(paragraph(&heading, Style::heading(palette), widest), x, 0.0);
        let panels = picture.view.panels();
        let mut answer = Block::default();
        for (row, panel) in panels.iter().enumerate() {
            let label = (panels.len() > 1).then(|| words::panel_name(*panel));
            push_image(&mut images, row, image(picture, *panel, side, *range)?, label, x, palette, widest);
            answer.below(answers_of(picture, *panel, palette, widest), 1.0);
        }
        let mut method = paragraph(&words::method_line(picture, false), Style::muted(palette), widest);
        for text in &picture.caption {
            method.below(paragraph(text, Style::small(palette), widest), 2.0);
        }
        methods.place(method, x, 0.0);
        answers.place(answer, x, 0.0);
        if let Some(prediction) = picture.prediction.as_ref().filter(|_| layout.bar_classes > 0) {
            bars.place(legend::probability_bars(prediction, layout.bar_classes, palette, widest), x, 0.0);
        }
    }

    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&layout.title, Style::heading(palette), width), 0.0);
    block.below(headings, size::GAP);
    for row in images {
        block.below(row, size::TIGHT);
    }
    block.below(methods, size::TIGHT + 1.0);
    block.below(answers, 2.0);
    block.below(bars, size::GAP);
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
    if layout.with_input {
        description.push("(a) The input.".to_owned());
    }
    description.extend(
        pictures
            .iter()
            .enumerate()
            .map(|(i, picture)| format!("({}) {}", letter(i + shift), words::description(picture))),
    );
    description.extend(layout.caption.iter().cloned());
    block.into_figure(palette, title, description.join(" "), metadata)
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
        // Of many items some may have values on both sides of 0, and others not: their maps are coloured in two ways.
        let is_signed = legend::is_signed_map(first);
        let (alike, others): (Vec<_>, Vec<_>) =
            pictures.iter().partition(|picture| legend::is_signed_map(picture) == is_signed);
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
