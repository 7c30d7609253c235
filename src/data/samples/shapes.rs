//! Coloured shapes on uneven backgrounds. Only the outline tells the class.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::data::Picture;

const SIDE: usize = 32;
/// Points per pixel and direction, for soft edges.
const FINE: usize = 4;

/// The PNG files of `shapes/`.
pub(super) fn files(mut rng: ChaCha8Rng) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (part, n) in [("train", 32), ("test", 16)] {
        for class in ["circle", "square", "triangle"] {
            for number in 0..n {
                files.push((format!("shapes/{part}/{class}/{number:03}.png"), draw(class, &mut rng).to_png()));
            }
        }
    }
    files
}

fn draw(class: &str, rng: &mut ChaCha8Rng) -> Picture {
    let radius: f32 = rng.random_range(6.5..11.5);
    let margin = radius + 1.5;
    let centre = (rng.random_range(margin..SIDE as f32 - margin), rng.random_range(margin..SIDE as f32 - margin));
    let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
    let (front, back) = colours(rng);
    let tilt: (f32, f32) = (rng.random_range(-28.0..28.0), rng.random_range(-28.0..28.0));
    let is_inside = |x: f32, y: f32| {
        let (dx, dy) = (x - centre.0, y - centre.1);
        let (u, v) = ((dx * cos + dy * sin) / radius, (dy * cos - dx * sin) / radius);
        match class {
            "circle" => u * u + v * v <= 0.81,
            "square" => u.abs().max(v.abs()) <= 0.78,
            // Equilateral, corners at distance 1.15: the three sides lie at half of that.
            _ => v <= 0.575 && (v * -0.5 + u * 0.866).max(v * -0.5 - u * 0.866) <= 0.575,
        }
    };
    let mut bytes = Vec::with_capacity(SIDE * SIDE * 3);
    for row in 0..SIDE {
        for col in 0..SIDE {
            let fine = |at: usize, step: usize| at as f32 + (step as f32 + 0.5) / FINE as f32;
            let n_inside = (0..FINE * FINE).filter(|at| is_inside(fine(col, at % FINE), fine(row, at / FINE))).count();
            let cover = n_inside as f32 / (FINE * FINE) as f32;
            let slope = tilt.0 * (col as f32 / SIDE as f32 - 0.5) + tilt.1 * (row as f32 / SIDE as f32 - 0.5);
            let grain: f32 = rng.random_range(-5.0..5.0);
            for channel in 0..3 {
                let value = front[channel] * cover + (back[channel] + slope) * (1.0 - cover) + grain;
                bytes.push(value.clamp(0.0, 255.0).round() as u8);
            }
        }
    }
    Picture { width: SIDE, height: SIDE, channels: 3, bytes }
}

/// Two colours that can be told apart.
fn colours(rng: &mut ChaCha8Rng) -> ([f32; 3], [f32; 3]) {
    loop {
        let mut colour = || [0; 3].map(|_: u8| rng.random_range(20.0..235.0_f32));
        let (front, back) = (colour(), colour());
        let apart: f32 = front.iter().zip(back).map(|(a, b)| (a - b).abs()).sum();
        if apart > 200.0 {
            return (front, back);
        }
    }
}
