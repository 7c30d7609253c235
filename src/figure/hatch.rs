//! Lines that depend on geometry alone: hatching of rectangles and of masks, and the outline of a mask.
//!
//! The window and the exporters draw the very same segments, so no painter needs patterns or clipping.

use super::{Hatch, Lean, Point, Rect, point};

/// A yes or no per pixel, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` values.
    pub on: &'a [bool],
}

impl Mask<'_> {
    /// Whether the pixel at column `x`, row `y` is on; nothing outside is.
    fn at(&self, x: isize, y: isize) -> bool {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return false;
        };
        x < self.width && y < self.height && self.on[y * self.width + x]
    }
}

/// Most hatch lines over one mask or rectangle; finer spacing than that gives grey anyway.
const MAX_LINES: f32 = 4000.0;

/// The lines of `hatch` over `rect`, clipped to it. Their phase is that of the page, so neighbouring rectangles join.
pub fn hatch_rect(rect: Rect, hatch: &Hatch) -> Vec<[Point; 2]> {
    let spacing = hatch.spacing.max((rect.width + rect.height) / MAX_LINES);
    if !(rect.width > 0.0 && rect.height > 0.0 && spacing > 0.0) {
        return Vec::new();
    }
    // On a forward line x + y is constant, on a backward line x - y.
    let (least, most) = match hatch.lean {
        Lean::Forward => (rect.x + rect.y, rect.right() + rect.bottom()),
        Lean::Backward => (rect.x - rect.bottom(), rect.right() - rect.y),
    };
    let mut out = Vec::new();
    let mut i = (least / spacing).floor() + 1.0;
    while i * spacing < most {
        let c = i * spacing;
        let (left, right) = match hatch.lean {
            Lean::Forward => (rect.x.max(c - rect.bottom()), rect.right().min(c - rect.y)),
            Lean::Backward => (rect.x.max(c + rect.y), rect.right().min(c + rect.bottom())),
        };
        if right > left {
            let y_at = |x: f32| if hatch.lean == Lean::Forward { c - x } else { x - c };
            out.push([point(left, y_at(left)), point(right, y_at(right))]);
        }
        i += 1.0;
    }
    out
}

/// The lines of `hatch` over the pixels of `mask` that are on, with the mask spread over `rect`.
/// A line runs on through neighbouring pixels as one segment.
pub fn hatch_mask(mask: &Mask<'_>, rect: Rect, hatch: &Hatch) -> Vec<[Point; 2]> {
    if mask.width == 0 || mask.height == 0 {
        return Vec::new();
    }
    let (cell_w, cell_h) = (rect.width / mask.width as f32, rect.height / mask.height as f32);
    let is_on =
        |x: f32, y: f32| mask.at(((x - rect.x) / cell_w).floor() as isize, ((y - rect.y) / cell_h).floor() as isize);
    let mut out = Vec::new();
    for [from, to] in hatch_rect(rect, hatch) {
        // Where the line crosses the grid, as positions along x, in order.
        let slope = (to.y - from.y) / (to.x - from.x);
        let mut cuts = vec![from.x, to.x];
        let inside = |x: &f32| *x > from.x && *x < to.x;
        cuts.extend((0..=mask.width).map(|i| rect.x + i as f32 * cell_w).filter(inside));
        cuts.extend((0..=mask.height).map(|i| from.x + (rect.y + i as f32 * cell_h - from.y) / slope).filter(inside));
        cuts.sort_by(f32::total_cmp);
        let y_at = |x: f32| from.y + (x - from.x) * slope;
        let mut start: Option<f32> = None;
        for pair in cuts.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            match (is_on(middle, y_at(middle)), start) {
                (true, None) => start = Some(pair[0]),
                (false, Some(begin)) => {
                    out.push([point(begin, y_at(begin)), point(pair[0], y_at(pair[0]))]);
                    start = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
        if let Some(begin) = start {
            out.push([point(begin, y_at(begin)), to]);
        }
    }
    out
}

/// The outline of the pixels that are on, as closed rings along pixel edges (without the last point repeated), with the mask spread over `rect`.
/// Pixels that touch only at a corner get separate rings.
pub fn outline(mask: &Mask<'_>, rect: Rect) -> Vec<Vec<Point>> {
    if mask.width == 0 || mask.height == 0 {
        return Vec::new();
    }
    let (cell_w, cell_h) = (rect.width / mask.width as f32, rect.height / mask.height as f32);
    // Directed edges with the pixel on their right hand: right, down, left, up.
    const STEPS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
    let columns = mask.width + 1;
    let corner = |x: isize, y: isize| y as usize * columns + x as usize;
    // Edges that leave each corner, one bit per direction.
    let mut leaving = vec![0u8; columns * (mask.height + 1)];
    for y in 0..mask.height as isize {
        for x in 0..mask.width as isize {
            if !mask.at(x, y) {
                continue;
            }
            let edges = [(x, y, 0, -1, 0), (x + 1, y, 1, 0, 1), (x + 1, y + 1, 0, 1, 2), (x, y + 1, -1, 0, 3)];
            for (from_x, from_y, dx, dy, direction) in edges {
                if !mask.at(x + dx, y + dy) {
                    leaving[corner(from_x, from_y)] |= 1 << direction;
                }
            }
        }
    }
    let mut rings = Vec::new();
    for start in 0..leaving.len() {
        while leaving[start] != 0 {
            let origin = ((start % columns) as isize, (start / columns) as isize);
            let (mut x, mut y) = origin;
            let mut direction = leaving[start].trailing_zeros() as usize;
            let mut ring = Vec::new();
            let mut previous = usize::MAX;
            loop {
                leaving[corner(x, y)] &= !(1 << direction);
                if direction != previous {
                    ring.push(point(rect.x + x as f32 * cell_w, rect.y + y as f32 * cell_h));
                }
                previous = direction;
                x += STEPS[direction].0;
                y += STEPS[direction].1;
                if (x, y) == origin {
                    break;
                }
                // Turning right first keeps pixels apart that touch only at this corner.
                let Some(next) = [1, 0, 3]
                    .map(|turn| (direction + turn) % 4)
                    .into_iter()
                    .find(|d| leaving[corner(x, y)] & (1 << d) != 0)
                else {
                    break;
                };
                direction = next;
            }
            // The start may lie in the middle of a straight edge.
            if ring.len() > 2 && previous == first_direction(&ring) {
                ring.remove(0);
            }
            rings.push(ring);
        }
    }
    rings
}

/// Direction of the first edge of a ring, numbered as in [`outline`].
fn first_direction(ring: &[Point]) -> usize {
    let (from, to) = (ring[0], ring[1]);
    if to.x > from.x {
        0
    } else if to.y > from.y {
        1
    } else if to.x < from.x {
        2
    } else {
        3
    }
}
