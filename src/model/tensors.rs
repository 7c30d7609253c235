//! Rows to tensors and back, seeds, devices, weights as bytes: the only conversions.

use std::collections::{BTreeMap, HashMap};

use tch::{Device, Kind, Tensor, nn};

use super::ModelError;
use crate::data::Rows;

/// Seeds libtorch for one step, so that a result does not depend on what ran in between.
pub fn seed_step(seed: u64, step: u64) {
    crate::device::flush_denormals();
    tch::manual_seed(mix(seed, step) as i64);
}

/// A well-spread number from two (the finaliser of SplitMix64).
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Rows as a tensor `[n, c, h, w]`.
pub fn from_rows(rows: &Rows, device: Device) -> Tensor {
    let shape = rows.shape;
    Tensor::from_slice(&rows.values)
        .view([-1, shape.channels as i64, shape.height as i64, shape.width as i64])
        .to_device(device)
}

/// Any float tensor as plain numbers, in order.
pub fn to_vec(tensor: &Tensor) -> Result<Vec<f32>, ModelError> {
    let flat = tensor.f_detach()?.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous()?.f_view(-1)?;
    Ok(Vec::<f32>::try_from(flat)?)
}

/// Indices as a tensor.
pub fn indices(items: &[usize], device: Device) -> Tensor {
    Tensor::from_slice(&items.iter().map(|&item| item as i64).collect::<Vec<_>>()).to_device(device)
}

/// Gradient of the sum of `values` by `input`, in its shape; zeros where the values do not depend on it, as those of a network that passes over padding
/// do not where nothing but padding stands. libtorch's own pass ends the process there.
pub fn gradient_of_sum(values: &Tensor, input: &Tensor) -> Result<Tensor, ModelError> {
    if !values.requires_grad() {
        return Ok(input.f_zeros_like()?);
    }
    let gradient = Tensor::f_run_backward(&[values.f_sum(Kind::Float)?], &[input], false, false)?.remove(0);
    // Values that depend on something else alone.
    if gradient.defined() { Ok(gradient) } else { Ok(input.f_zeros_like()?) }
}

/// A scalar, refused when it is not finite.
pub fn finite(loss: &Tensor, what: &str, place: impl FnOnce() -> String) -> Result<f64, ModelError> {
    let value = loss.double_value(&[]);
    if value.is_finite() { Ok(value) } else { Err(ModelError::NotFinite { what: what.to_owned(), place: place() }) }
}

/// Weights of a store as safetensors, sorted by name: the same weights give the same bytes.
pub fn save_weights(store: &nn::VarStore) -> Result<Vec<u8>, ModelError> {
    save_variables(store.variables())
}

/// The variables of several stores under a name for each, for [`save_variables`] and [`load_variables`].
pub fn joined(stores: &[(&str, &nn::VarStore)]) -> HashMap<String, Tensor> {
    let named = |(prefix, store): &(&str, &nn::VarStore)| {
        let prefix = (*prefix).to_owned();
        store.variables().into_iter().map(move |(name, variable)| (format!("{prefix}.{name}"), variable))
    };
    stores.iter().flat_map(named).collect()
}

/// Named variables as safetensors, sorted by name.
pub fn save_variables(variables: HashMap<String, Tensor>) -> Result<Vec<u8>, ModelError> {
    let mut tensors = BTreeMap::new();
    for (name, tensor) in variables {
        let shape: Vec<usize> = tensor.size().iter().map(|&side| side as usize).collect();
        let bytes: Vec<u8> = to_vec(&tensor)?.iter().flat_map(|value| value.to_le_bytes()).collect();
        tensors.insert(name, (shape, bytes));
    }
    let failed = |error: safetensors::SafeTensorError| ModelError::Failed(error.to_string());
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| {
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
            view.map(|view| (name.clone(), view)).map_err(failed)
        })
        .collect::<Result<Vec<_>, _>>()?;
    safetensors::serialize(views, None).map_err(failed)
}

/// Loads weights into a store that has exactly these names and shapes; `what` names the file in the refusal.
pub fn load_weights(store: &nn::VarStore, bytes: &[u8], what: &str) -> Result<(), ModelError> {
    load_variables(store.variables(), bytes, what)
}

/// A tensor of 32-bit floats among saved weights; `None` where there is none of this name.
pub fn saved_tensor(bytes: &[u8], name: &str) -> Option<Tensor> {
    let file = safetensors::SafeTensors::deserialize(bytes).ok()?;
    let view = file.tensor(name).ok().filter(|view| view.dtype() == safetensors::Dtype::F32)?;
    let shape: Vec<i64> = view.shape().iter().map(|&side| side as i64).collect();
    Some(Tensor::from_slice(&floats(view.data())).view(shape.as_slice()))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Loads weights into variables of exactly these names and shapes; `what` names the file in the refusal.
pub fn load_variables(variables: HashMap<String, Tensor>, bytes: &[u8], what: &str) -> Result<(), ModelError> {
    let refuse = |expected: String, found: String| ModelError::Saved {
        path: what.to_owned(),
        expected,
        found,
        advice: "train it again, or choose the folder that belongs to this card".to_owned(),
    };
    let file = safetensors::SafeTensors::deserialize(bytes)
        .map_err(|error| refuse("weights (safetensors)".to_owned(), error.to_string()))?;
    let variables: BTreeMap<_, _> = variables.into_iter().collect();
    if file.len() != variables.len() {
        return Err(refuse(format!("{} tensors", variables.len()), format!("{}", file.len())));
    }
    for (name, mut variable) in variables {
        let view = file.tensor(&name).map_err(|_missing| refuse(format!("a tensor {name}"), "none".to_owned()))?;
        let shape: Vec<i64> = view.shape().iter().map(|&side| side as i64).collect();
        if shape != variable.size() || view.dtype() != safetensors::Dtype::F32 {
            let expected = format!("{name} of shape {:?} in 32-bit floats", variable.size());
            return Err(refuse(expected, format!("{:?} {shape:?}", view.dtype())));
        }
        let values = floats(view.data());
        if values.iter().any(|value| !value.is_finite()) {
            return Err(refuse(format!("finite numbers in {name}"), "NaN or infinity".to_owned()));
        }
        let tensor = Tensor::from_slice(&values).view(shape.as_slice());
        tch::no_grad(|| variable.f_copy_(&tensor))?;
    }
    Ok(())
}

/// Name of a device for cards.
pub fn device_name(device: Device) -> String {
    match device {
        Device::Cpu => "cpu".to_owned(),
        Device::Cuda(index) => format!("cuda:{index}"),
        Device::Mps => "mps".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The device named `auto`, `cpu`, `cuda:0`, `mps`; refused with a reason where it is not there.
pub fn device_from(name: &str) -> Result<Device, ModelError> {
    let refuse = |why: &str| {
        ModelError::Unfit(format!("device {name}: {why}; `unmask doctor` lists the devices and why one is not used"))
    };
    match name {
        "auto" => Ok(Device::cuda_if_available()),
        "cpu" => Ok(Device::Cpu),
        "mps" if tch::utils::has_mps() => Ok(Device::Mps),
        "mps" => Err(refuse("this machine has no Metal device that libtorch can use")),
        _ => {
            let index = match name.strip_prefix("cuda") {
                Some("") => Some(0),
                Some(rest) => rest.strip_prefix(':').and_then(|text| text.parse::<usize>().ok()),
                None => None,
            };
            let index = index.ok_or_else(|| refuse("expected auto, cpu, cuda:N or mps"))?;
            if !tch::Cuda::is_available() {
                return Err(refuse("CUDA is not available"));
            }
            if index as i64 >= tch::Cuda::device_count() {
                return Err(refuse("there is no CUDA device with this number"));
            }
            Ok(Device::Cuda(index))
        }
    }
}
