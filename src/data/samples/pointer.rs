//! Simulated pointer movements as velocities, half of them edited by the rule of DoRaR's synthetic mouse data: straight pieces in place
//! of a smooth start, leading to the same point.

use std::io::{Cursor, Write};

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use zip::write::SimpleFileOptions;

use crate::data::DataError;

const N_RECORDINGS: usize = 400;
const N_MOVEMENTS: usize = 3;
const STEPS: usize = 64;
const N_STEPS: usize = N_MOVEMENTS * STEPS;
/// Steps that are replaced, in pieces of four.
pub(in crate::data) const EDITED: usize = 16;
const PIECE: usize = 4;

/// The bytes of `pointer/movements.npz`: `x` [n, 192, 2], `y` [n], `truth` [n, 192].
pub(super) fn npz(mut rng: ChaCha8Rng) -> Result<Vec<u8>, DataError> {
    let mut labels: Vec<u8> = (0..N_RECORDINGS).map(|at| (at % 2) as u8).collect();
    labels.shuffle(&mut rng);
    let (mut velocities, mut truth) = (Vec::new(), Vec::new());
    for &label in &labels {
        let mut recording: Vec<[f32; 2]> = (0..N_MOVEMENTS).flat_map(|_| movement(&mut rng)).collect();
        let mut marked = [0_u8; N_STEPS];
        if label == 1 {
            let start = rng.random_range(0..N_MOVEMENTS) * STEPS;
            edit(&mut recording[start..start + EDITED], &mut rng);
            marked[start..start + EDITED].fill(1);
        }
        velocities.extend(recording.iter().flatten().flat_map(|value| value.to_le_bytes()));
        truth.extend_from_slice(&marked);
    }
    let arrays = [
        ("truth", array("|u1", &[N_RECORDINGS, N_STEPS], &truth)),
        ("x", array("<f4", &[N_RECORDINGS, N_STEPS, 2], &velocities)),
        ("y", array("|u1", &[N_RECORDINGS], &labels)),
    ];
    packed(&arrays).map_err(|err| DataError::Io { path: "movements.npz".into(), source: std::io::Error::other(err) })
}

/// One movement from rest to rest: speed rises and falls like a minimum-jerk reach, along a path that curves to one side, with a tremor.
fn movement(rng: &mut ChaCha8Rng) -> Vec<[f32; 2]> {
    let (sin, cos) = rng.random_range(0.0..std::f32::consts::TAU).sin_cos();
    let reach: f32 = rng.random_range(120.0..420.0);
    let bow: f32 = rng.random_range(-0.35..0.35);
    let lasting = rng.random_range(44..STEPS);
    let tremor: [(f32, f32); 2] = [0; 2].map(|_: u8| (rng.random_range(0.25..0.55), rng.random_range(0.0..0.25)));
    // Distance covered after a share `t` of the time (minimum jerk: 10 t^3 - 15 t^4 + 6 t^5).
    let covered = |step: usize| {
        // The hand is already moving when the recording begins, else the edited start would be a standstill.
        let t = (0.12 + 0.88 * step as f32 / lasting as f32).min(1.0);
        t * t * t * (10.0 - 15.0 * t + 6.0 * t * t)
    };
    let at = |step: usize| {
        let along = covered(step);
        let aside = bow * 4.0 * along * (1.0 - along);
        [reach * (along * cos - aside * sin), reach * (along * sin + aside * cos)]
    };
    (0..STEPS)
        .map(|step| {
            let (from, to) = (at(step), at(step + 1));
            let shake = |axis: usize| {
                let (pace, height) = tremor[axis];
                if step < lasting { height * (pace * step as f32).sin() } else { 0.0 }
            };
            [to[0] - from[0] + shake(0), to[1] - from[1] + shake(1)]
        })
        .collect()
}

/// Replaces the velocities by four constant pieces, each along one axis, with the same total displacement.
pub(in crate::data) fn edit(steps: &mut [[f32; 2]], rng: &mut ChaCha8Rng) {
    let mut axes = [0, 0, 1, 1];
    axes.shuffle(rng);
    let shares: [f32; 2] = [rng.random_range(0.3..0.7), rng.random_range(0.3..0.7)];
    let totals = [0, 1].map(|axis| steps.iter().map(|velocity| velocity[axis]).sum::<f32>());
    let mut n_used = [0; 2];
    for (piece, &axis) in steps.chunks_exact_mut(PIECE).zip(&axes) {
        let share = if n_used[axis] == 0 { shares[axis] } else { 1.0 - shares[axis] };
        n_used[axis] += 1;
        let mut velocity = [0.0; 2];
        velocity[axis] = totals[axis] * share / PIECE as f32;
        piece.fill(velocity);
    }
}

/// An array in NumPy's format 1.0.
fn array(kind: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}{comma}), }}", sides.join(", "));
    // Magic, version and length take 10 bytes; the whole header ends with a line break at a multiple of 64.
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend_from_slice(&(header.len() as u16).to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(bytes);
    out
}

/// The arrays in one zip, stored and without a date: the same bytes each time.
fn packed(arrays: &[(&str, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in arrays {
        out.start_file(format!("{name}.npy"), options)?;
        out.write_all(bytes)?;
    }
    Ok(out.finish()?.into_inner())
}
