//! Drawn digits: skeletons of pen strokes, bent and slanted at random, inked with a round pen, centred as MNIST is.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

const SIDE: usize = 28;
/// The longer side of a digit in pixels, pen not counted (MNIST scales to a box of 20 with it).
const BOX: f32 = 17.5;

type Point = (f32, f32);
/// Strokes of one way to write a digit; each is a smooth curve through its points, corners lie between strokes.
type Skeleton = &'static [&'static [Point]];

/// Ways to write each digit, x to the right and y down in 0..=1.
const SKELETONS: [&[Skeleton]; 10] = [
    &[
        &[&[
            (0.52, 0.04),
            (0.3, 0.14),
            (0.2, 0.5),
            (0.32, 0.86),
            (0.52, 0.96),
            (0.72, 0.84),
            (0.8, 0.48),
            (0.7, 0.14),
            (0.5, 0.05),
        ]],
        &[&[
            (0.6, 0.06),
            (0.36, 0.1),
            (0.18, 0.42),
            (0.22, 0.8),
            (0.46, 0.95),
            (0.72, 0.8),
            (0.84, 0.46),
            (0.74, 0.16),
            (0.5, 0.04),
            (0.38, 0.12),
        ]],
    ],
    &[
        &[&[(0.53, 0.04), (0.52, 0.5), (0.5, 0.96)]],
        &[&[(0.36, 0.24), (0.46, 0.14), (0.55, 0.04)], &[(0.55, 0.04), (0.54, 0.5), (0.53, 0.96)]],
        &[&[(0.36, 0.22), (0.54, 0.04)], &[(0.54, 0.04), (0.53, 0.95)], &[(0.34, 0.95), (0.53, 0.95), (0.72, 0.94)]],
    ],
    &[
        &[
            &[(0.2, 0.27), (0.32, 0.09), (0.58, 0.05), (0.76, 0.22), (0.68, 0.48), (0.42, 0.74), (0.19, 0.93)],
            &[(0.19, 0.93), (0.5, 0.92), (0.83, 0.93)],
        ],
        &[&[
            (0.22, 0.22),
            (0.42, 0.04),
            (0.7, 0.12),
            (0.74, 0.36),
            (0.54, 0.66),
            (0.32, 0.88),
            (0.18, 0.88),
            (0.22, 0.76),
            (0.42, 0.8),
            (0.64, 0.94),
            (0.86, 0.86),
        ]],
    ],
    &[
        &[
            &[(0.22, 0.17), (0.42, 0.05), (0.68, 0.12), (0.7, 0.32), (0.43, 0.46)],
            &[(0.43, 0.46), (0.72, 0.54), (0.8, 0.76), (0.56, 0.95), (0.2, 0.86)],
        ],
        &[
            &[(0.22, 0.08), (0.5, 0.07), (0.76, 0.08)],
            &[(0.76, 0.08), (0.46, 0.42)],
            &[(0.46, 0.42), (0.76, 0.52), (0.78, 0.78), (0.52, 0.95), (0.2, 0.88)],
        ],
        &[&[
            (0.24, 0.14),
            (0.5, 0.04),
            (0.72, 0.18),
            (0.62, 0.38),
            (0.46, 0.45),
            (0.66, 0.5),
            (0.78, 0.7),
            (0.64, 0.9),
            (0.4, 0.96),
            (0.2, 0.86),
        ]],
    ],
    &[
        &[
            &[(0.28, 0.08), (0.23, 0.3), (0.2, 0.52)],
            &[(0.2, 0.52), (0.5, 0.54), (0.85, 0.5)],
            &[(0.7, 0.1), (0.68, 0.5), (0.64, 0.96)],
        ],
        &[
            &[(0.62, 0.04), (0.4, 0.34), (0.16, 0.63)],
            &[(0.16, 0.63), (0.5, 0.62), (0.86, 0.6)],
            &[(0.62, 0.04), (0.62, 0.5), (0.6, 0.96)],
        ],
        &[
            &[(0.26, 0.06), (0.22, 0.34), (0.34, 0.5), (0.56, 0.46), (0.72, 0.32)],
            &[(0.76, 0.06), (0.72, 0.5), (0.66, 0.96)],
        ],
    ],
    &[
        &[
            &[(0.78, 0.06), (0.52, 0.07), (0.31, 0.08)],
            &[(0.31, 0.08), (0.28, 0.26), (0.25, 0.44)],
            &[(0.25, 0.44), (0.5, 0.37), (0.76, 0.5), (0.78, 0.76), (0.54, 0.95), (0.2, 0.88)],
        ],
        &[
            &[(0.34, 0.1), (0.32, 0.28), (0.3, 0.42)],
            &[(0.3, 0.42), (0.58, 0.42), (0.74, 0.62), (0.64, 0.88), (0.4, 0.95), (0.2, 0.84)],
            &[(0.34, 0.1), (0.6, 0.1), (0.82, 0.06)],
        ],
    ],
    &[
        &[&[
            (0.66, 0.05),
            (0.42, 0.22),
            (0.26, 0.52),
            (0.28, 0.8),
            (0.5, 0.95),
            (0.72, 0.82),
            (0.7, 0.6),
            (0.5, 0.52),
            (0.3, 0.66),
        ]],
        &[&[
            (0.52, 0.04),
            (0.32, 0.34),
            (0.24, 0.68),
            (0.36, 0.92),
            (0.6, 0.92),
            (0.74, 0.74),
            (0.62, 0.56),
            (0.42, 0.6),
            (0.28, 0.78),
        ]],
    ],
    &[
        &[&[(0.2, 0.1), (0.5, 0.1), (0.8, 0.08)], &[(0.8, 0.08), (0.6, 0.44), (0.44, 0.96)]],
        &[
            &[(0.2, 0.12), (0.5, 0.1), (0.8, 0.08)],
            &[(0.8, 0.08), (0.62, 0.44), (0.46, 0.96)],
            &[(0.36, 0.52), (0.54, 0.51), (0.76, 0.48)],
        ],
        &[
            &[(0.2, 0.24), (0.21, 0.1)],
            &[(0.21, 0.1), (0.5, 0.08), (0.8, 0.1)],
            &[(0.8, 0.1), (0.7, 0.5), (0.66, 0.96)],
        ],
    ],
    &[
        &[&[
            (0.7, 0.18),
            (0.5, 0.05),
            (0.3, 0.15),
            (0.34, 0.36),
            (0.56, 0.5),
            (0.74, 0.68),
            (0.68, 0.89),
            (0.46, 0.96),
            (0.25, 0.84),
            (0.32, 0.62),
            (0.56, 0.44),
            (0.7, 0.28),
            (0.68, 0.14),
        ]],
        &[
            &[(0.5, 0.46), (0.3, 0.36), (0.31, 0.14), (0.52, 0.04), (0.71, 0.16), (0.68, 0.36), (0.5, 0.46)],
            &[(0.5, 0.46), (0.26, 0.6), (0.25, 0.84), (0.5, 0.96), (0.75, 0.84), (0.73, 0.6), (0.5, 0.46)],
        ],
    ],
    &[
        &[
            &[(0.72, 0.2), (0.52, 0.05), (0.3, 0.15), (0.26, 0.36), (0.44, 0.5), (0.64, 0.4), (0.73, 0.2)],
            &[(0.73, 0.2), (0.7, 0.56), (0.62, 0.96)],
        ],
        &[
            &[(0.72, 0.2), (0.5, 0.06), (0.29, 0.18), (0.3, 0.4), (0.52, 0.47), (0.7, 0.3)],
            &[(0.73, 0.14), (0.76, 0.52), (0.64, 0.86), (0.44, 0.96), (0.24, 0.88)],
        ],
    ],
];

/// The four IDX files of `digits/`.
pub(super) fn files(mut rng: ChaCha8Rng) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (prefix, per_class) in [("train", 200), ("t10k", 40)] {
        let mut labels: Vec<u8> = (0..10_u8).flat_map(|digit| std::iter::repeat_n(digit, per_class)).collect();
        labels.shuffle(&mut rng);
        let n = (labels.len() as u32).to_be_bytes();
        let side = (SIDE as u32).to_be_bytes();
        let mut images = [2051_u32.to_be_bytes(), n, side, side].concat();
        for &digit in &labels {
            images.extend_from_slice(&draw(digit, &mut rng));
        }
        let labels = [[2049_u32.to_be_bytes(), n].concat(), labels].concat();
        files.push((format!("digits/{prefix}-images-idx3-ubyte"), images));
        files.push((format!("digits/{prefix}-labels-idx1-ubyte"), labels));
    }
    files
}

/// One picture of `digit`, light on dark.
fn draw(digit: u8, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let ways = SKELETONS[usize::from(digit)];
    let skeleton = ways[rng.random_range(0..ways.len())];
    let hand = Hand::new(rng);
    let mut strokes: Vec<Vec<Point>> = skeleton
        .iter()
        .map(|stroke| {
            // The ends stay where they meet other strokes; what is between is never written twice alike.
            let last = stroke.len() - 1;
            let points: Vec<Point> = stroke
                .iter()
                .enumerate()
                .map(|(at, &(x, y))| {
                    let wobble = if at == 0 || at == last { 0.008 } else { 0.028 };
                    (x + rng.random_range(-wobble..wobble), y + rng.random_range(-wobble..wobble))
                })
                .collect();
            smooth(&points).into_iter().map(|point| hand.bend(point)).collect()
        })
        .collect();
    place(&mut strokes, rng);
    ink(&strokes, rng)
}

/// How one hand writes: slant, turn, proportion, and a gentle bend of the whole paper.
struct Hand {
    slant: f32,
    turn: f32,
    aspect: f32,
    bends: [(f32, f32, f32, f32); 2],
}

impl Hand {
    fn new(rng: &mut ChaCha8Rng) -> Self {
        let mut bend = || {
            let along = (rng.random_range(-0.7..0.7), rng.random_range(-0.7..0.7));
            (along.0, along.1, rng.random_range(0.0..std::f32::consts::TAU), rng.random_range(0.0..0.05))
        };
        let bends = [bend(), bend()];
        Self {
            slant: rng.random_range(-0.1..0.34),
            turn: rng.random_range(-0.14..0.14),
            aspect: rng.random_range(0.72..1.12),
            bends,
        }
    }

    fn bend(&self, (x, y): Point) -> Point {
        let wave = |(along_x, along_y, phase, height): (f32, f32, f32, f32)| {
            height * (std::f32::consts::TAU * (along_x * x + along_y * y) + phase).sin()
        };
        let (x, y) = (x + wave(self.bends[0]) - 0.5, y + wave(self.bends[1]) - 0.5);
        let x = x * self.aspect - self.slant * y;
        let (sin, cos) = self.turn.sin_cos();
        (x * cos - y * sin, x * sin + y * cos)
    }
}

/// A Catmull-Rom curve through the points, in steps much smaller than a pixel.
fn smooth(points: &[Point]) -> Vec<Point> {
    const STEPS: usize = 28;
    let last = points.len() - 1;
    let mut curve = Vec::with_capacity(last * STEPS + 1);
    for from in 0..last {
        let (p1, p2) = (points[from], points[from + 1]);
        let (p0, p3) = (points[from.saturating_sub(1)], points[(from + 2).min(last)]);
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            let spline = |a: f32, b: f32, c: f32, d: f32| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            curve.push((spline(p0.0, p1.0, p2.0, p3.0), spline(p0.1, p1.1, p2.1, p3.1)));
        }
    }
    curve.push(points[last]);
    curve
}

/// Scales the digit to its box and puts its centre of mass in the middle, as MNIST was made; a little off, as real scans are.
fn place(strokes: &mut [Vec<Point>], rng: &mut ChaCha8Rng) {
    let all = || strokes.iter().flatten();
    let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
    for &(x, y) in all() {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    let scale = BOX * rng.random_range(0.88..1.04) / (high.0 - low.0).max(high.1 - low.1);
    // Ink lies along the length of a stroke, however densely its points are set.
    let (mut ink, mut mass) = (0.0, (0.0, 0.0));
    for pair in strokes.iter().flat_map(|stroke| stroke.windows(2)) {
        let length = (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
        ink += length;
        mass = (mass.0 + length * pair[0].0, mass.1 + length * pair[0].1);
    }
    let middle = (SIDE - 1) as f32 / 2.0;
    let mut offset = |mass: f32, low: f32, high: f32| {
        let wanted = middle + rng.random_range(-0.8..0.8) - mass / ink * scale;
        // No pen stroke is cut off at the edge.
        let margin = 2.4;
        wanted.max(margin - low * scale).min((SIDE - 1) as f32 - margin - high * scale)
    };
    let shift = (offset(mass.0, low.0, high.0), offset(mass.1, low.1, high.1));
    for point in strokes.iter_mut().flatten() {
        *point = (point.0 * scale + shift.0, point.1 * scale + shift.1);
    }
}

/// Draws the strokes with a round pen whose pressure changes slowly.
fn ink(strokes: &[Vec<Point>], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut canvas = vec![0.0_f32; SIDE * SIDE];
    let pen = rng.random_range(0.85..1.6);
    let softness = rng.random_range(0.9..1.4);
    for stroke in strokes {
        let (phase, swing) = (rng.random_range(0.0..std::f32::consts::TAU), rng.random_range(0.0..0.22));
        for (at, &(x, y)) in stroke.iter().enumerate() {
            let radius = pen * (1.0 + swing * (phase + 0.025 * at as f32).sin());
            let reach = radius + softness;
            let range = |centre: f32| {
                let low = (centre - reach).floor().max(0.0) as usize;
                low..((centre + reach).ceil() as usize + 1).min(SIDE)
            };
            for row in range(y) {
                for col in range(x) {
                    let distance = (col as f32 - x).hypot(row as f32 - y);
                    let cover = ((radius + softness / 2.0 - distance) / softness).clamp(0.0, 1.0);
                    let pixel = &mut canvas[row * SIDE + col];
                    *pixel = pixel.max(cover);
                }
            }
        }
    }
    // Scanned ink is bright but not uniform.
    let strength = rng.random_range(0.9..1.0);
    canvas
        .into_iter()
        .map(|cover| {
            let grain = if cover > 0.0 { rng.random_range(-0.03..0.03) } else { 0.0 };
            ((cover * strength + grain).clamp(0.0, 1.0) * 255.0).round() as u8
        })
        .collect()
}
