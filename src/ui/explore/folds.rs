//! Long stretches of a text that show nothing, folded to a row that says how many words stand there. Lines that are not folded keep their words where they
//! are, and a line is folded only where no panel in view shows a word of it: columns beside each other stay level.

use std::ops::Range;

use crate::figure::layout::text::Flow;

/// Fewer lines than these are not worth a row of their own.
const LEAST_LINES: usize = 3;

/// A row on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A line of the text.
    Line(usize),
    /// Lines that show nothing.
    Fold {
        /// Which.
        lines: Range<usize>,
        /// How many words stand on them.
        words: usize,
    },
}

impl Row {
    /// Its first line.
    const fn first(&self) -> usize {
        match self {
            Self::Line(line) => *line,
            Self::Fold { lines, .. } => lines.start,
        }
    }
}

/// All rows of a text, from the top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    rows: Vec<Row>,
    /// The row of each line.
    of_line: Vec<usize>,
}

impl Rows {
    /// The rows of a text on lines; `is_shown` tells of a span whether its word is seen.
    pub fn folded(flow: &Flow, is_shown: impl Fn(usize) -> bool) -> Self {
        let n_lines = flow.lines.len();
        let is_blank =
            |line: usize| !flow.on_lines(line..line + 1).iter().any(|piece| piece.is_word && is_shown(piece.span));
        let words_on = |lines: Range<usize>| {
            flow.on_lines(lines).iter().filter(|piece| piece.is_word && piece.bytes.start == 0).count()
        };
        let mut out = Self::default();
        let mut line = 0;
        while line < n_lines {
            let end = (line..n_lines).find(|at| !is_blank(*at)).unwrap_or(n_lines);
            let words = words_on(line..end);
            if end - line >= LEAST_LINES && words > 0 {
                out.of_line.resize(end, out.rows.len());
                out.rows.push(Row::Fold { lines: line..end, words });
                line = end;
                continue;
            }
            let end = end.max(line + 1);
            for at in line..end {
                out.of_line.push(out.rows.len());
                out.rows.push(Row::Line(at));
            }
            line = end;
        }
        out
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The rows of a range, as far as they exist, each with its number.
    pub fn within(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &Row)> {
        let end = range.end.min(self.rows.len());
        let start = range.start.min(end);
        (start..end).zip(&self.rows[start..end])
    }

    /// Whether a row stands for lines that show nothing.
    pub fn is_fold(&self, row: usize) -> bool {
        matches!(self.rows.get(row), Some(Row::Fold { .. }))
    }

    /// The row of a line.
    pub fn of_line(&self, line: usize) -> usize {
        self.of_line.get(line).copied().unwrap_or(self.rows.len())
    }

    /// The first line of a row.
    pub fn line_of(&self, row: usize) -> usize {
        self.rows.get(row).map_or(self.of_line.len(), Row::first)
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Rows};
    use crate::figure::layout::text::{Flow, Piece};

    /// Lines of two words each.
    fn flow(lines: usize) -> Flow {
        let piece = |at: usize| {
            let (x, line) = ((at % 2) as f32 * 10.0, at / 2);
            Piece { span: at, is_word: true, bytes: 0..3, x, width: 8.0, line }
        };
        Flow { pieces: (0..lines * 2).map(piece).collect(), lines: (0..lines).map(|line| line * 2).collect() }
    }

    #[test]
    fn only_long_stretches_that_show_nothing_are_folded_and_every_line_has_its_row() {
        let shown = [3, 9, 18];
        let rows = Rows::folded(&flow(12), |span| shown.contains(&span));
        // Shown are lines 1, 4 and 9: of the stretches between them the second is long, and so is none before the first; the last has two lines.
        let all: Vec<Row> = rows.within(0..100).map(|(_, row)| row.clone()).collect();
        let lines = |range: std::ops::Range<usize>| range.map(Row::Line);
        let mut expected: Vec<Row> = lines(0..5).collect();
        expected.push(Row::Fold { lines: 5..9, words: 8 });
        expected.extend(lines(9..12));
        assert_eq!(all, expected);
        assert_eq!(rows.count(), 9);
        for line in 0..12 {
            let first = rows.line_of(rows.of_line(line));
            assert_eq!(first, if (5..9).contains(&line) { 5 } else { line });
        }
    }

    #[test]
    fn a_text_that_shows_everything_has_a_row_for_each_line_and_one_that_shows_nothing_a_single_row() {
        assert_eq!(Rows::folded(&flow(40), |_| true).count(), 40);
        let none = Rows::folded(&flow(40), |_| false);
        assert_eq!((none.count(), none.of_line(39)), (1, 0));
        assert_eq!(none.within(0..1).next(), Some((0, &Row::Fold { lines: 0..40, words: 80 })));
    }
}
