//! What only libtorch can tell of the machine: usable devices and threads.

use crate::device::{TorchFacts, open_cuda};

/// Asks libtorch. Opens CUDA first if that has not happened yet, since libtorch keeps its first answer.
pub fn torch_facts() -> TorchFacts {
    open_cuda();
    let n_cuda_devices = if tch::Cuda::is_available() { usize::try_from(tch::Cuda::device_count()).unwrap_or(0) } else { 0 };
    TorchFacts {
        n_cuda_devices,
        cudnn: n_cuda_devices > 0 && tch::Cuda::cudnn_is_available(),
        mps: tch::utils::has_mps(),
        n_threads: usize::try_from(tch::get_num_threads()).unwrap_or(0),
    }
}
