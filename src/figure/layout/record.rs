//! A row of a table: name, value and score of each column as lines with a bar. Window and exporters share the lines.

use super::super::{Anchor, Element, FigureError, Palette, Weight, fonts, point, rect, stroke};
use super::bars::{Bars, Origin, score};
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

/// The bars of a picture's scores: they begin at 0.
pub fn bars_of(picture: &ExplainedPicture) -> Bars {
    Bars::new(&picture.scores, if picture.signed { Origin::Middle } else { Origin::Sign })
}

/// Whether only the order of a picture's scores has a meaning: those below 0 whose sign has none are a selector's.
pub fn is_by_order(picture: &ExplainedPicture) -> bool {
    !picture.signed && picture.scores.iter().any(|score| score.is_finite() && *score < 0.0)
}

/// What a bar says.
pub fn bar_words(picture: &ExplainedPicture) -> &'static str {
    if picture.signed {
        "bar: score, to the left: against the class"
    } else if is_by_order(picture) {
        "bar: score; only the order of scores counts"
    } else {
        "bar: score"
    }
}

/// Most columns of a figure; of wider tables the selected ones and the first of the others are drawn.
const MOST_LINES: usize = 60;
/// Height of a line.
const ROW: f32 = 12.0;
/// Width of the mark of a column that truly decides the class.
const TRUTH: f32 = 2.0;
/// Height of a bar.
const BAR: f32 = 5.5;
/// Room of the rank.
const RANK: f32 = 14.0;
/// Least and greatest width of a bar.
const BAR_WIDTHS: (f32, f32) = (28.0, 90.0);
/// Least room of the values beside names that leave little.
const LEAST_VALUE: f32 = 56.0;

/// Where the parts of each line of a panel stand.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// Width of a name, which begins after the rank.
    name: f32,
    /// Left edge and width of a value.
    value: (f32, f32),
    /// Left edge and width of a bar; its score stands to the right of it.
    bar: (f32, f32),
    /// Whether a name has a line to itself, with value and bar below: beside them it would be cut.
    is_double: bool,
}

impl Places {
    /// Names get the width that they need, then values; bars, which their scores repeat, give way to both down to their least width.
    fn new(lines: &[Line<'_>], scores: &[String], (style, is_marked): (Style, bool), width: f32) -> Self {
        let name = widest(lines.iter().map(|line| line.name).chain([COLUMN]), style);
        let value = widest(lines.iter().map(|line| line.value.as_str()).chain([VALUE]), style);
        let score = widest(scores.iter().map(String::as_str).chain([SCORE]), style) + size::TIGHT;
        let score = if is_marked { score } else { 0.0 };
        let most = (width * 0.28).clamp(BAR_WIDTHS.0, BAR_WIDTHS.1);
        let gap = size::GAP;
        let room = width - score - if is_marked { most } else { 0.0 } - gap - RANK;
        let is_double = name + gap + value.min(LEAST_VALUE) > room;
        let before = if is_double { RANK } else { RANK + name + gap };
        let bar = if is_marked { (width - score - gap - before - value).clamp(BAR_WIDTHS.0, most) } else { 0.0 };
        let bar_at = width - score - bar;
        let (name, value_at) = if is_double { (width - RANK, RANK) } else { (name, RANK + name + gap) };
        Self { name, value: (value_at, bar_at - gap - value_at), bar: (bar_at, bar), is_double }
    }

    fn height(self) -> f32 {
        if self.is_double { 2.0 * ROW } else { ROW }
    }

    /// From the top of a line to that of its value and its bar.
    fn lower(self) -> f32 {
        if self.is_double { ROW } else { 0.0 }
    }
}

/// Width of the widest of these words.
fn widest<'a>(words: impl Iterator<Item = &'a str>, style: Style) -> f32 {
    words.map(|words| fonts::width(words, style.size)).fold(0.0, f32::max)
}

/// Headings of the parts of a line.
const COLUMN: &str = "column";
const VALUE: &str = "value";
const SCORE: &str = "score";

/// One panel, `width` points wide; its height follows.
pub(super) fn panel(picture: &ExplainedPicture, row: &ExplainedRow, panel: Panel, width: f32) -> Block {
    let palette = Palette::of(picture.theme);
    let style = Style::small(palette);
    let muted = Style::muted(palette);
    let bars = bars_of(picture);
    let is_marked = panel != Panel::Input;
    let n = row.names.len();
    let is_kept = |column: &usize| n <= MOST_LINES || picture.selected.get(*column) == Some(&true);
    let mut columns: Vec<usize> = (0..n).filter(is_kept).take(MOST_LINES).collect();
    columns.extend((0..n).filter(|column| !is_kept(column)).take(MOST_LINES - columns.len().min(MOST_LINES)));
    columns.sort_unstable();
    let lines: Vec<Line<'_>> = columns.iter().map(|column| row.line(picture, panel, *column, bars)).collect();
    let scores: Vec<String> =
        columns.iter().map(|column| score(picture.scores.get(*column).copied().unwrap_or(f32::NAN))).collect();
    let places = Places::new(&lines, &scores, (style, is_marked), width);
    let mut block = heading(places, (muted, is_marked), width, palette);
    for (line, score) in lines.iter().zip(&scores) {
        let top = block.height;
        let selected = line.rank.is_some();
        if selected && panel == Panel::Overlay {
            let ground = palette.background.mix(palette.selected, 0.14);
            block.elements.push(Element::fill(rect(0.0, top, width, places.height()), ground));
        }
        if line.is_true && is_marked {
            let mark = rect(0.0, top + 1.0, TRUTH, places.height() - 2.0);
            block.elements.push(Element::fill(mark, palette.annotation));
        }
        let text_top = top + (ROW - style.leading()) / 2.0;
        let below = text_top + places.lower();
        // What the panel hides has neither the ink nor the colour of what it shows.
        let ink = if line.is_shown { style } else { muted };
        let strong = selected && is_marked && line.is_shown;
        let weight = if strong { Weight::Strong } else { Weight::Regular };
        if let Some(rank) = line.rank.filter(|_| is_marked) {
            let color = if line.is_shown { palette.selected } else { ink.color };
            let rank_style = Style { weight, color, ..ink };
            block.elements.push(rank_style.line(&rank.to_string(), RANK - size::TIGHT, text_top, Anchor::End));
        }
        let name = fonts::shorten_middle(line.name, style.size, places.name);
        block.elements.push(Style { weight, ..ink }.line(&name, RANK, text_top, Anchor::Start));
        let (value_at, value_width) = places.value;
        let value = fonts::shorten_middle(&line.value, style.size, value_width);
        block.elements.push(ink.line(&value, value_at, below, Anchor::Start));
        if is_marked {
            let bar_top = top + places.lower() + (ROW - BAR) / 2.0;
            let track = rect(places.bar.0, bar_top, places.bar.1, BAR);
            block.elements.push(Element::fill(track, palette.track));
            let (from, to) = line.bar;
            let bar = rect(track.x + track.width * from, track.y, (track.width * (to - from)).max(0.6), BAR);
            let color = match (line.is_shown, selected) {
                (false, _) => palette.hairline,
                (true, true) => palette.selected,
                (true, false) => palette.unselected,
            };
            block.elements.push(Element::fill(bar, color));
            if let Some(zero) = bars.zero() {
                let x = track.x + track.width * zero;
                let ends = [point(x, track.y - 1.0), point(x, track.bottom() + 1.0)];
                block.elements.push(Element::line(ends[0], ends[1], stroke(palette.ink_muted, size::HAIRLINE)));
            }
            block.elements.push(ink.line(score, width, below, Anchor::End));
        }
        block.height += places.height();
    }
    if columns.len() < n {
        let more = format!("… {} more columns", n - columns.len());
        block.elements.push(muted.line(&more, RANK, block.height, Anchor::Start));
        block.height += muted.leading();
    }
    block
}

/// What stands in the parts of each line, over a thin rule.
fn heading(places: Places, (style, is_marked): (Style, bool), width: f32, palette: &Palette) -> Block {
    let mut block = Block { width, ..Default::default() };
    if places.is_double {
        block.elements.push(style.line(&format!("{COLUMN}, {VALUE}"), RANK, 0.0, Anchor::Start));
    } else {
        block.elements.push(style.line(COLUMN, RANK, 0.0, Anchor::Start));
        block.elements.push(style.line(VALUE, places.value.0, 0.0, Anchor::Start));
    }
    if is_marked {
        block.elements.push(style.line(SCORE, width, 0.0, Anchor::End));
    }
    let rule = style.leading() + 0.5;
    let line = stroke(palette.hairline, size::HAIRLINE);
    block.elements.push(Element::line(point(0.0, rule), point(width, rule), line));
    block.height = rule + 1.5;
    block
}

#[cfg(test)]
mod tests {
    use super::{BAR_WIDTHS, ExplainedRow, Places, bars_of};
    use crate::figure::layout::block::Style;
    use crate::figure::layout::{ExplainedPicture, Panel};
    use crate::figure::{Palette, Theme, fonts};

    #[test]
    fn bars_give_way_to_values_down_to_their_least_width() {
        let word = |word: &str| vec![word.to_owned()];
        let value = "missing (read as 51.35)";
        let (names, values, fill) = (word("age"), word(value), word("51.35"));
        let row = ExplainedRow { names, values, fill, ranks: vec![0] };
        let picture = ExplainedPicture { scores: vec![0.945], selected: vec![true], ..ExplainedPicture::default() };
        let lines = [row.line(&picture, Panel::Overlay, 0, bars_of(&picture))];
        let style = Style::small(Palette::of(Theme::Light));
        let needed = fonts::width(value, style.size);
        for width in [needed + 80.0, needed + 100.0, needed + 140.0, 400.0] {
            let places = Places::new(&lines, &word("0.945"), (style, true), width);
            assert!(places.value.1 >= needed - 1e-3, "{width} wide: {places:?} for {needed}");
            assert!(places.bar.1 >= BAR_WIDTHS.0 && places.bar.1 <= BAR_WIDTHS.1, "{places:?}");
            assert!(places.value.0 + places.value.1 <= places.bar.0, "{places:?}");
        }
    }
}
