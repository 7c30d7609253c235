//! A row of a table: name, value and score of each column as lines with a bar. Window and exporters share the lines.

use super::super::{Anchor, Element, FigureError, Palette, Weight, fonts, point, rect, stroke};
use super::bars::{Bars, Origin};
use super::block::{Block, Style};
use super::{ExplainedPicture, Hidden, Panel, size};

/// A row of a table as it is shown. A column is a unit: scores and selection stand beside it in [`ExplainedPicture`].
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExplainedRow {
    /// Names of the columns.
    pub names: Vec<String>,
    /// What stands in them, in the table's own words.
    pub values: Vec<String>,
    /// What stands there while hidden.
    pub fill: Vec<String>,
    /// Rank of each column from 0, the highest score first.
    pub ranks: Vec<u32>,
}

/// A column in one panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<'a> {
    /// Which column.
    pub column: usize,
    /// Rank from 1, of a selected column.
    pub rank: Option<u32>,
    /// Its name.
    pub name: &'a str,
    /// What is written beside it.
    pub value: String,
    /// Whether it truly decides the class.
    pub is_true: bool,
    /// Whether the model gets it.
    pub is_shown: bool,
    /// Both ends of its bar as shares of the room.
    pub bar: (f32, f32),
}

impl ExplainedRow {
    /// Whether all lengths fit together, for so many units.
    pub fn check(&self, units: usize) -> Result<(), FigureError> {
        for (what, found) in [
            ("the number of columns", self.names.len()),
            ("the number of values", self.values.len()),
            ("the number of fill values", self.fill.len()),
            ("the number of ranks", self.ranks.len()),
        ] {
            if found != units || found == 0 {
                return Err(FigureError::Input { what, expected: units.max(1).to_string(), found: found.to_string() });
            }
        }
        Ok(())
    }

    /// The line of a column.
    pub fn line<'a>(&'a self, picture: &ExplainedPicture, panel: Panel, column: usize, bars: Bars) -> Line<'a> {
        let selected = picture.selected.get(column) == Some(&true);
        let is_shown = match panel {
            Panel::Selected => selected,
            Panel::Unselected => !selected,
            Panel::Input | Panel::Overlay | Panel::Heat => true,
        };
        let word = |of: &[String]| of.get(column).cloned().unwrap_or_default();
        let value = match (is_shown, picture.hidden) {
            (true, _) => word(&self.values),
            (false, Hidden::AsModelSees) => format!("hidden ({})", word(&self.fill).trim_matches(['(', ')'])),
            (false, Hidden::Hatched) => "hidden".to_owned(),
        };
        let score = picture.scores.get(column).copied().filter(|score| score.is_finite()).unwrap_or(0.0);
        Line {
            column,
            rank: if selected { self.ranks.get(column).map(|rank| rank + 1) } else { None },
            name: self.names.get(column).map_or("", String::as_str),
            value,
            is_true: picture.is_true(column),
            is_shown,
            bar: bars.ends(score),
        }
    }
}

/// The bars of a picture's scores.
pub fn bars_of(picture: &ExplainedPicture) -> Bars {
    Bars::new(&picture.scores, if picture.signed { Origin::Middle } else { Origin::Lowest })
}

/// Most columns of a figure; of wider tables the selected ones and the first of the others are drawn.
const MOST_LINES: usize = 60;
/// Height of a line.
const ROW: f32 = 12.0;
/// Width of the mark of a column that truly decides the class.
const TRUTH: f32 = 2.0;
/// Height of a bar.
const BAR: f32 = 5.5;

/// One panel, `width` points wide; its height follows.
pub(super) fn panel(picture: &ExplainedPicture, row: &ExplainedRow, panel: Panel, width: f32) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::small(palette);
    let muted = Style::muted(palette);
    let bars = bars_of(picture);
    let n = row.names.len();
    let is_kept = |column: &usize| n <= MOST_LINES || picture.selected.get(*column) == Some(&true);
    let mut columns: Vec<usize> = (0..n).filter(is_kept).take(MOST_LINES).collect();
    columns.extend((0..n).filter(|column| !is_kept(column)).take(MOST_LINES - columns.len().min(MOST_LINES)));
    columns.sort_unstable();
    let rank_width = 14.0;
    let bar_width = (width * 0.28).min(90.0);
    let word_width = (width - rank_width - bar_width - 2.0 * size::TIGHT) / 2.0;
    let (name_at, value_at) = (rank_width, rank_width + word_width + size::TIGHT);
    let bar_at = width - bar_width;
    let mut block = Block { width, ..Default::default() };
    for &column in &columns {
        let line = row.line(picture, panel, column, bars);
        let top = block.height;
        let selected = line.rank.is_some();
        if selected && panel == Panel::Overlay {
            let ground = palette.background.mix(palette.selected, 0.14);
            block.elements.push(Element::fill(rect(0.0, top, width, ROW), ground));
        }
        if line.is_true && panel != Panel::Input {
            block.elements.push(Element::fill(rect(0.0, top + 1.0, TRUTH, ROW - 2.0), palette.annotation));
        }
        let text_top = top + (ROW - style.leading()) / 2.0;
        let is_marked = panel != Panel::Input;
        if let Some(rank) = line.rank.filter(|_| is_marked) {
            let strong = Style { weight: Weight::Strong, color: palette.selected, ..style };
            block.elements.push(strong.line(&rank.to_string(), rank_width - size::TIGHT, text_top, Anchor::End));
        }
        let ink = if line.is_shown { style } else { muted };
        let name = Style { weight: if selected && is_marked { Weight::Strong } else { Weight::Regular }, ..ink };
        let short = |text: &str| fonts::shorten(text, style.size, word_width);
        block.elements.push(name.line(&short(line.name), name_at, text_top, Anchor::Start));
        block.elements.push(ink.line(&short(&line.value), value_at, text_top, Anchor::Start));
        if is_marked {
            let track = rect(bar_at, top + (ROW - BAR) / 2.0, bar_width, BAR);
            block.elements.push(Element::fill(track, palette.track));
            let (from, to) = line.bar;
            let bar = rect(track.x + bar_width * from, track.y, (bar_width * (to - from)).max(0.6), BAR);
            let color = if selected { palette.selected } else { palette.unselected };
            block.elements.push(Element::fill(bar, color));
            if let Some(zero) = bars.zero() {
                let x = track.x + bar_width * zero;
                let ends = [point(x, track.y - 1.0), point(x, track.bottom() + 1.0)];
                block.elements.push(Element::line(ends[0], ends[1], stroke(palette.ink_muted, size::HAIRLINE)));
            }
        }
        block.height += ROW;
    }
    if columns.len() < n {
        let more = format!("… {} more columns", n - columns.len());
        block.elements.push(muted.line(&more, name_at, block.height, Anchor::Start));
        block.height += muted.leading();
    }
    block
}
