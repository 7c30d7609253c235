//! Sliced Wasserstein distance between two batches of distributions (Lee et al. 2019, as MEED uses it; Appendix B).

use tch::{Kind, Tensor};

/// Mean over `projections` of the mean absolute difference of the sorted projections of `a` and `b`, both `[b, classes]`.
///
/// For two classes the directions are equally spaced on the circle and turned by a random angle, as in the published code; for more they
/// are random unit vectors. Fresh from libtorch's generator at each call.
pub fn sliced_wasserstein(a: &Tensor, b: &Tensor, projections: i64) -> Tensor {
    sliced_wasserstein_along(a, b, &directions(a, projections))
}

/// [`sliced_wasserstein`] along given unit vectors `[classes, projections]`.
pub fn sliced_wasserstein_along(a: &Tensor, b: &Tensor, directions: &Tensor) -> Tensor {
    let sorted = |values: &Tensor| values.matmul(directions).sort(0, false).0;
    (sorted(a) - sorted(b)).abs().mean(Kind::Float)
}

fn directions(like: &Tensor, projections: i64) -> Tensor {
    let classes = like.size()[1];
    let options = (Kind::Float, like.device());
    if classes == 2 {
        let turn = Tensor::rand([1], options) * std::f64::consts::TAU;
        let angles = Tensor::arange(projections, options) * (std::f64::consts::TAU / projections as f64) + turn;
        return Tensor::stack(&[angles.cos(), angles.sin()], 0);
    }
    let vectors = Tensor::randn([classes, projections], options);
    let norms = vectors.square().sum_dim_intlist([0i64].as_slice(), true, Kind::Float).sqrt().clamp_min(1e-12);
    vectors / norms
}
