//! Samplers of soft masks: the Concrete subset sampler of L2X and MEED, and the unbounded gate of MEED's published image code.

use tch::{Kind, Tensor};

use crate::data::Units;

/// Smallest uniform draw: log(-log u) stays finite.
const TINY: f64 = 1e-20;
/// Smallest share left of a unit that was drawn: single precision next to 1.
const TINY_LEFT: f64 = 1e-7;

/// Standard Gumbel noise -log(-log u) of `size`.
///
/// u is clamped to [1e-20, 1 - 2^-24]: an exact 0 or 1 would give an infinite score.
pub fn gumbel(size: &[i64], like: &Tensor) -> Tensor {
    gumbel_of(&Tensor::rand(size, (Kind::Float, like.device())))
}

/// Gumbel noise of given uniform draws in 0..=1; finite for every draw.
pub fn gumbel_of(uniform: &Tensor) -> Tensor {
    -(-uniform.clamp(TINY, 1.0 - f64::powi(2.0, -24)).log()).log()
}

/// The Concrete subset mask of L2X (Chen et al. 2018, section 3.2, Eq. 6): `k` independent Gumbel-softmax draws over the units at
/// temperature `tau`, then the elementwise maximum. Scores `[b, units]`, mask `[b, units]` in (0, 1).
pub fn concrete_mask(scores: &Tensor, k: i64, tau: f64) -> Tensor {
    let size = scores.size();
    let noise = gumbel(&[size[0], k, size[1]], scores);
    concrete_mask_with(scores, &noise, tau)
}

/// [`concrete_mask`] with given noise `[b, k, units]`.
pub fn concrete_mask_with(scores: &Tensor, noise: &Tensor, tau: f64) -> Tensor {
    ((scores.unsqueeze(1) + noise) / tau).softmax(-1, Kind::Float).amax([1i64].as_slice(), false)
}

/// A relaxed draw of `k` different units (Xie & Ermon 2019, "Reparameterizable subset sampling via continuous relaxations", Algorithm 2): `k` softmaxes
/// at temperature `tau` over scores with Gumbel noise, each after what the ones before it took was taken away, summed. Scores `[b, units]`, mask `[b,
/// units]` in 0..=1 whose sum is `k`.
///
/// Independent draws all land on the one best unit once it is known; here the best `k` are drawn, as they are chosen when an input is explained.
pub fn subset_mask(scores: &Tensor, k: i64, tau: f64) -> Tensor {
    subset_mask_with(scores, &gumbel(&scores.size(), scores), k, tau)
}

/// [`subset_mask`] with given noise `[b, units]`.
pub fn subset_mask_with(scores: &Tensor, noise: &Tensor, k: i64, tau: f64) -> Tensor {
    let mut left = scores + noise;
    let mut mask = left.zeros_like();
    for _ in 0..k {
        let taken = (&left / tau).softmax(-1, Kind::Float);
        left += (1.0f64 - &taken).clamp(TINY_LEFT, 1.0).log();
        mask += taken;
    }
    mask.clamp(0.0, 1.0)
}

/// AIM's relaxed Bernoulli mask (Vo et al. 2023, section 3.2; binary Concrete): each unit is kept with probability sigmoid(`logits`), drawn
/// alone, at temperature `tau`. Logits and mask of any one shape, mask in (0, 1).
///
/// The published code divides numerator and denominator by the temperature, so that it cancels and is always 1; here it acts.
pub fn bernoulli_mask(logits: &Tensor, tau: f64) -> Tensor {
    let size = logits.size();
    bernoulli_mask_with(logits, &(gumbel(&size, logits) - gumbel(&size, logits)), tau)
}

/// [`bernoulli_mask`] with given noise: the difference of the Gumbel draws for "kept" and "hidden".
pub fn bernoulli_mask_with(logits: &Tensor, noise: &Tensor, tau: f64) -> Tensor {
    ((logits + noise) / tau).sigmoid()
}

/// The mask of MEED's published image scripts: max over `k` draws of (score + Gumbel) / `tau`, unbounded and often negative.
///
/// The scores are the same in all draws, so the maximum is score + max of `k` Gumbels, and the maximum of `k` standard Gumbels is a Gumbel
/// shifted by ln k: one draw has the same distribution.
pub fn gate_mask(scores: &Tensor, k: i64, tau: f64) -> Tensor {
    (scores + gumbel(&scores.size(), scores) + (k as f64).ln()) / tau
}

/// A mask over units `[b, units]` spread over pixels `[b, 1, h, w]`, or over values `[b, c, h, w]` where each channel has its own units: nearest, cropped where blocks reach over the edge.
pub fn spread(mask: &Tensor, units: Units) -> Tensor {
    let (rows, cols) = units.grid();
    let (block_h, block_w) = block_inside(units);
    let grid = mask.view([-1, units.layers() as i64, rows as i64, cols as i64]);
    if (block_h, block_w) == (1, 1) {
        return grid;
    }
    let (height, width) = ((rows * block_h) as i64, (cols * block_w) as i64);
    grid.upsample_nearest2d([height, width], None, None).narrow(2, 0, units.shape.height as i64).narrow(
        3,
        0,
        units.shape.width as i64,
    )
}

/// Values per pixel `[b, c, h, w]` summed over each unit: `[b, units]`.
pub fn gather(values: &Tensor, units: Units) -> Tensor {
    let (rows, cols) = units.grid();
    let (block_h, block_w) = block_inside(units);
    if units.layers() > 1 {
        return values.flatten(1, -1);
    }
    let plane = values.sum_dim_intlist([1i64].as_slice(), true, Kind::Float);
    let pad_h = (rows * block_h - units.shape.height) as i64;
    let pad_w = (cols * block_w - units.shape.width) as i64;
    let area = (block_h * block_w) as f64;
    let padded = plane.constant_pad_nd([0, pad_w, 0, pad_h]);
    let pooled = padded.avg_pool2d(
        [block_h as i64, block_w as i64],
        [block_h as i64, block_w as i64],
        [0, 0],
        false,
        true,
        None,
    );
    (pooled * area).view([-1, (rows * cols) as i64])
}

/// Height and width of a unit; one larger than the picture counts as the picture, so that no plane of that size is allocated.
fn block_inside(units: Units) -> (usize, usize) {
    let (block_h, block_w) = units.block();
    (block_h.min(units.shape.height), block_w.min(units.shape.width))
}
