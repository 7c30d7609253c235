//! Lines of channels: how each looks, so that those that share a plot can be told apart, and cut into dashes.

use crate::figure::layout::Panel;
use crate::figure::{Color, Element, Palette, Path, Point, Stroke, point};

/// How the line of a channel is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineLook {
    /// Its colour.
    pub color: Color,
    /// Whether it is dashed: where more lines share a plot than there are colours.
    pub is_dashed: bool,
}

/// Look of the line of channel `at` of `n` that share a plot, where its values are drawn strongly in `panel`. One line alone says by its colour what is
/// selected; of several each keeps its own in every panel, or it could not be told which channel it is.
pub fn line_look(palette: &Palette, panel: Panel, at: usize, n: usize) -> LineLook {
    if n > 1 {
        let colors = palette.lines.len();
        return LineLook { color: palette.lines[at % colors], is_dashed: at / colors % 2 == 1 };
    }
    let color = match panel {
        Panel::Input | Panel::Overlay | Panel::Heat => palette.full,
        Panel::Selected => palette.selected,
        Panel::Unselected => palette.unselected,
    };
    LineLook { color, is_dashed: false }
}

/// Length of a dash and of the gap after it, in points.
pub const DASH: (f32, f32) = (4.0, 2.2);

/// A connected line, dashed where its look asks for it.
pub(super) fn drawn(points: Vec<Point>, stroke: Stroke, is_dashed: bool) -> Element {
    let lines = if is_dashed { dashes(&points, DASH) } else { vec![points] };
    Element::Path(Path { lines, closed: false, fill: None, stroke: Some(stroke) })
}

/// A connected line cut into dashes of length `on` with gaps of length `off` between them; the first begins where the line does. What is not finite is
/// left out.
pub fn dashes(points: &[Point], (on, off): (f32, f32)) -> Vec<Vec<Point>> {
    let mut out = Vec::new();
    let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut is_on, mut left) = (true, on);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.x - from.x).hypot(to.y - from.y);
        if !length.is_finite() {
            continue;
        }
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let at = point(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
            if is_on {
                dash.push(at);
                out.push(std::mem::take(&mut dash));
            } else {
                dash = vec![at];
            }
            is_on = !is_on;
            left = if is_on { on } else { off };
        }
        left -= length - done;
        if is_on {
            dash.push(to);
        }
    }
    if is_on && dash.len() > 1 {
        out.push(dash);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::dashes;
    use crate::figure::point;

    #[test]
    fn dashes_follow_the_line_around_corners_and_leave_gaps_of_one_length() {
        // Ten to the right, ten down: 20 points are three dashes of 4 with gaps of 2, and what is left of a fourth.
        let line = [point(0.0, 0.0), point(10.0, 0.0), point(10.0, 10.0)];
        let cut = dashes(&line, (4.0, 2.0));
        let ends: Vec<_> = cut.iter().map(|dash| (dash[0], dash[dash.len() - 1])).collect();
        let expected = [
            (point(0.0, 0.0), point(4.0, 0.0)),
            (point(6.0, 0.0), point(10.0, 0.0)),
            (point(10.0, 2.0), point(10.0, 6.0)),
            (point(10.0, 8.0), point(10.0, 10.0)),
        ];
        assert_eq!(ends.len(), expected.len(), "{cut:?}");
        for (found, wanted) in ends.iter().zip(&expected) {
            for (a, b) in [(found.0, wanted.0), (found.1, wanted.1)] {
                assert!((a.x - b.x).abs() < 1e-4 && (a.y - b.y).abs() < 1e-4, "{cut:?}");
            }
        }
        // Around a corner a dash has three points.
        assert_eq!(dashes(&line, (12.0, 2.0))[0].len(), 3);
        assert!(dashes(&[], (4.0, 2.0)).is_empty() && dashes(&line[..1], (4.0, 2.0)).is_empty());
        assert_eq!(dashes(&[point(0.0, 0.0), point(f32::NAN, 0.0), point(1.0, 0.0)], (4.0, 2.0)), Vec::<Vec<_>>::new());
    }
}
