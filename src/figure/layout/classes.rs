//! What speaks for each class, below an explained text or row of a table: the best units of each, and what the model answers to these alone.

use super::super::{Anchor, Palette, Weight, fonts};
use super::block::{Block, Style, marked, paragraph};
use super::{size, words};
use crate::data::text::with_scripts_named;

/// What speaks for each class.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClassTable {
    /// The classes, a column each.
    pub classes: Vec<ClassColumn>,
    /// What the model answers with nothing left, where it was asked: a class and its probability.
    pub nothing: Option<(String, f32)>,
}

/// What speaks for one class.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClassColumn {
    /// Name of the class.
    pub class: String,
    /// The units that speak for it, best first: the words as written, or the name of the column, and a score above zero.
    pub units: Vec<(String, f32)>,
    /// What the model answers to the best of them alone, where it was asked.
    pub alone: Option<Alone>,
}

/// What the model answers to units of one class alone.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alone {
    /// To how many units.
    pub n: usize,
    /// The class that it answers.
    pub class: String,
    /// The probability of that class.
    pub p: f32,
    /// Whether it is the class whose units they are.
    pub is_class: bool,
}

impl ClassTable {
    /// In sentences, for readers that cannot see it.
    pub(super) fn sentences(&self) -> Vec<String> {
        let of_class = |column: &ClassColumn| {
            let units: Vec<&str> = column.units.iter().map(|(unit, _)| unit.as_str()).collect();
            let units = if units.is_empty() { "nothing".to_owned() } else { units.join(", ") };
            format!("For \u{201C}{}\u{201D} speaks: {units}.", column.class)
        };
        self.classes.iter().map(of_class).collect()
    }
}

/// Least width of a column.
const LEAST_COLUMN: f32 = 84.0;

/// The table, `width` points wide: columns beside each other, in several rows where there are many. `has_answers`: with what the model answers.
pub(super) fn block(table: &ClassTable, has_answers: bool, palette: &Palette, width: f32) -> Block {
    let strong = Style { weight: Weight::Strong, ..Style::small(palette) };
    let mut block = Block { width, ..Default::default() };
    block.below(paragraph("What speaks for each class", strong, width), 0.0);
    if let Some((class, p)) = table.nothing.as_ref().filter(|_| has_answers) {
        let answer = format!("With nothing left: \u{201C}{class}\u{201D} ({})", words::probability(*p));
        block.below(paragraph(&answer, Style::muted(palette), width), 1.0);
    }
    let room_for = ((width + size::GAP) / (LEAST_COLUMN + size::GAP)) as usize;
    let across = room_for.clamp(1, table.classes.len().max(1));
    let each = (width - size::GAP * (across - 1) as f32) / across as f32;
    let scores = table.classes.iter().flat_map(|column| column.units.iter().map(|(_, score)| *score));
    let digits = digits(scores.fold(0.0, f32::max));
    for row in table.classes.chunks(across) {
        let mut columns = Block::default();
        for (at, class) in row.iter().enumerate() {
            columns.place(column(class, has_answers, digits, palette, each), (each + size::GAP) * at as f32, 0.0);
        }
        block.below(columns, size::TIGHT);
    }
    block
}

/// Digits after the point with which scores are told: at least two, and enough for two signs of the largest.
fn digits(largest: f32) -> usize {
    if largest > 0.0 && largest.is_finite() { (1.0 - largest.log10().floor()).clamp(2.0, 5.0) as usize } else { 2 }
}

fn column(class: &ClassColumn, has_answers: bool, digits: usize, palette: &Palette, width: f32) -> Block {
    let (style, muted) = (Style::small(palette), Style::muted(palette));
    let strong = Style { weight: Weight::Strong, ..style };
    let mut block = Block { width, ..Default::default() };
    block.below(paragraph(&fonts::shorten(&class.class, strong.size, width), strong, width), 0.0);
    if let Some(alone) = class.alone.as_ref().filter(|_| has_answers) {
        let p = words::probability(alone.p);
        let said = format!("best {} alone: \u{201C}{}\u{201D} ({p})", alone.n, alone.class);
        block.below(marked(Some(alone.is_class), &said, muted, palette, width), 1.0);
    }
    if class.units.is_empty() {
        block.below(paragraph("Nothing speaks for it", muted, width), 1.0);
    }
    let number = |score: f32| format!("{score:.digits$}");
    let numbers = class.units.iter().map(|(_, score)| fonts::width(&number(*score), style.size)).fold(0.0, f32::max);
    let unit_at = numbers + size::TIGHT;
    for (unit, score) in &class.units {
        let top = block.height;
        block.elements.push(muted.line(&number(*score), numbers, top, Anchor::End));
        let named = with_scripts_named(unit);
        let short = fonts::shorten(&fonts::drawable(&named), style.size, (width - unit_at).max(0.0));
        block.elements.push(style.line(&short, unit_at, top, Anchor::Start));
        block.height = top + style.leading();
    }
    block
}
