//! Small things that the tests of models and explainers share: pictures of 8 x 8, boxes with weights by formula, the golden files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use unmask::data::text::TextFit;
use unmask::data::{DataSpec, Dataset, DensePictures, Fit, Items, Modality, Rows, Shape, Split};
use unmask::explain::{Mask, SavedExplainer};
use unmask::jobs::{Compute, Output, Task};
use unmask::model::card::{BOX_FORMAT, BOX_VERSION, Versions};
use unmask::model::distil::{Hiding, Teacher};
use unmask::model::params::{ParamSpec, Params};
use unmask::model::saved::hash_of;
use unmask::model::{Background, BoxCard, Curves, Device, FitRun, FitSetup, SavedBox, architecture};
use unmask::work::Worker;

/// libtorch has one random generator for the whole process: whoever draws from it holds this, in training or by making a network, whose
/// first weights are drawn.
pub(super) fn torch() -> MutexGuard<'static, ()> {
    static TORCH: Mutex<()> = Mutex::new(());
    let guard = TORCH.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tch::set_num_threads(1);
    guard
}

/// A golden file, as parsed by the caller from `include_str!`.
pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// All numbers of a nested list, in order; `null` is NaN.
pub(super) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(entries) => entries.iter().flat_map(numbers).collect(),
        Value::Null => vec![f64::NAN],
        other => vec![other.as_f64().unwrap()],
    }
}

/// The same as 32-bit floats.
pub(super) fn floats(value: &Value) -> Vec<f32> {
    numbers(value).into_iter().map(|number| number as f32).collect()
}

/// A list of lists of numbers as a tensor `[rows, columns]`, or a deeper one by its own nesting.
pub(super) fn tensor(value: &Value) -> tch::Tensor {
    let mut size = Vec::new();
    let mut inner = value;
    while let Value::Array(entries) = inner {
        size.push(entries.len() as i64);
        inner = &entries[0];
    }
    tch::Tensor::from_slice(&floats(value)).view(size.as_slice())
}

/// Numbers of a tensor.
pub(super) fn values(tensor: &tch::Tensor) -> Vec<f64> {
    unmask::model::tensors::to_vec(tensor).unwrap().into_iter().map(f64::from).collect()
}

/// Each number near the expected one: within `tolerance`, or that share of it.
pub(super) fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let is_near = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(is_near, "{what}, number {at}: found {found}, expected {expected}");
    }
}

/// `scale * sin(step * i + shift)`, as in the golden script.
pub(super) fn wave(count: usize, scale: f64, step: f64, shift: f64) -> Vec<f32> {
    (0..count).map(|i| (scale * (step * i as f64 + shift).sin()) as f32).collect()
}

/// Rows by the golden script's formula, in 0..=1.
pub(super) fn rows_by_formula(n: usize, shape: Shape) -> Rows {
    let values = wave(n * shape.len(), 0.5, 0.37, 0.2).into_iter().map(|value| 0.5 + value).collect();
    Rows { shape, values }
}

/// Tensors as safetensors.
pub(super) fn safetensors(tensors: &BTreeMap<String, (Vec<usize>, Vec<f32>)>) -> Vec<u8> {
    let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            (name.clone(), shape.clone(), values.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes).unwrap();
        (name.clone(), view)
    });
    safetensors::serialize(views, None).unwrap()
}

/// The tensors of weights, by name.
pub(super) fn tensors_of(weights: &[u8]) -> BTreeMap<String, Vec<f32>> {
    let file = safetensors::SafeTensors::deserialize(weights).unwrap();
    let floats = |data: &[u8]| data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    file.tensors().into_iter().map(|(name, view)| (name, floats(view.data()))).collect()
}

/// A black box of an architecture with the given weights.
pub(super) fn box_with(id: &str, shape: Shape, n_classes: usize, weights: Vec<u8>) -> SavedBox {
    text_box_with(id, shape, n_classes, weights, None)
}

/// The same with a vocabulary, for text.
pub(super) fn text_box_with(
    id: &str,
    shape: Shape,
    n_classes: usize,
    weights: Vec<u8>,
    text: Option<TextFit>,
) -> SavedBox {
    let classes: Vec<String> = (0..n_classes).map(|class| format!("class {class}")).collect();
    let mut card = BoxCard {
        format: BOX_FORMAT.to_owned(),
        version: BOX_VERSION,
        name: "tiny box".to_owned(),
        architecture: id.to_owned(),
        params: Params::default(),
        shape,
        data: String::new(),
        data_hash: String::new(),
        fit: Fit::default(),
        text,
        table: None,
        exec: None,
        answers: Vec::new(),
        remarks: Vec::new(),
        distilled: None,
        seed: 0,
        epochs: 1,
        complete: true,
        validation_accuracy: None,
        test_accuracy: None,
        test_items: 0,
        largest_class: None,
        stopped_early: None,
        curves: Curves::default(),
        threads: 1,
        device: "cpu".to_owned(),
        versions: Versions::current(),
        seconds: 0.0,
        hash: String::new(),
        classes,
    };
    card.hash = hash_of(&card, &weights);
    SavedBox { card, weights: Arc::new(weights), background: Arc::new(background(shape)) }
}

/// What rows by formula look like, for learners that ask.
pub(super) fn background(shape: Shape) -> Background {
    Background::from_rows(&rows_by_formula(5, shape))
}

/// Weights by the golden scripts' formula for tensors of these shapes; variances are 1.5 above it.
pub(super) fn weights_by_formula(shapes: &BTreeMap<String, Vec<usize>>) -> Vec<u8> {
    let tensors = shapes.iter().enumerate().map(|(j, (name, shape))| {
        let fan_in = if shape.len() > 1 { shape[1..].iter().product::<usize>() } else { 100 };
        let scale = 2.0 / (fan_in as f64).sqrt();
        let above = if name.ends_with("running_var") { 1.5 } else { 0.0 };
        let wave = wave(shape.iter().product(), scale, 0.7, 1.3 * j as f64);
        (name.clone(), (shape.clone(), wave.into_iter().map(|value| value + above).collect()))
    });
    safetensors(&tensors.collect())
}

/// Shapes of the weights of `meed-cnn` for 8 x 8 pixels and two classes.
pub(super) fn meed_shapes() -> BTreeMap<String, Vec<usize>> {
    let shapes: [(&str, &[usize]); 8] = [
        ("conv1.bias", &[32]),
        ("conv1.weight", &[32, 1, 3, 3]),
        ("conv2.bias", &[64]),
        ("conv2.weight", &[64, 32, 3, 3]),
        ("dense1.bias", &[128]),
        ("dense1.weight", &[128, 256]),
        ("dense2.bias", &[2]),
        ("dense2.weight", &[2, 128]),
    ];
    shapes.into_iter().map(|(name, shape)| (name.to_owned(), shape.to_vec())).collect()
}

/// Side of the tiny pictures.
pub(super) const SIDE: usize = 8;
/// Their shape.
pub(super) const SHAPE: Shape = Shape::new(1, SIDE, SIDE);

/// The tiny box: `meed-cnn` with weights by formula.
pub(super) fn formula_box() -> SavedBox {
    box_with("meed-cnn", SHAPE, 2, weights_by_formula(&meed_shapes()))
}

/// Pictures of 8 x 8 whose class is the brighter half: left 0, right 1. `n` for training, half as many for validation and test.
pub(super) fn halves(n: usize) -> Dataset {
    let total = 2 * n;
    let mut bytes = Vec::with_capacity(total * SHAPE.len());
    for item in 0..total {
        for at in 0..SHAPE.len() {
            let is_bright = (at % SIDE >= SIDE / 2) == (item % 2 == 1);
            let grain = (item * 31 + at * 17 + item * at * 7) % 61;
            bytes.push((if is_bright { 150 } else { 10 } + grain) as u8);
        }
    }
    let split = |item: usize| match item {
        item if item < n => Split::Train,
        item if item < n + n / 2 => Split::Validation,
        _ => Split::Test,
    };
    Dataset {
        name: "halves".to_owned(),
        spec: DataSpec::from_path("halves"),
        modality: Modality::Image,
        items: Items::Dense(DensePictures {
            shape: SHAPE,
            bytes: Arc::new(bytes),
            order: Arc::new((0..total as u32).collect()),
        }),
        labels: (0..total).map(|item| Some((item % 2) as u16)).collect(),
        classes: vec!["left".to_owned(), "right".to_owned()],
        splits: (0..total).map(split).collect(),
        source_index: (0..total as u32).collect(),
        hash: "of halves".to_owned(),
        remarks: Vec::new(),
        truth: None,
    }
}

/// Parameters from `(id, value)` pairs.
pub(super) fn params(specs: &[ParamSpec], values: &[(&str, &str)]) -> Params {
    let mut params = Params::default();
    for (id, value) in values {
        params.set(specs, id, value).unwrap();
    }
    params
}

/// A tiny box trained on [`halves`] until it tells them apart.
pub(super) fn trained_box(data: &Dataset, seed: u64) -> SavedBox {
    fitted(("meed-cnn", "halves box"), &[("epochs", "4"), ("batch", "8")], data, seed, None)
}

/// A box of an architecture under a name, trained with these settings on labels or on a teacher's answers.
pub(super) fn fitted(
    (architecture_id, name): (&str, &str),
    settings: &[(&str, &str)],
    data: &Dataset,
    seed: u64,
    teacher: Option<&SavedBox>,
) -> SavedBox {
    fitted_with((architecture_id, name), settings, data, seed, teacher, |_| None)
}

/// The same; a teacher is also asked about inputs with hidden parts.
pub(super) fn fitted_with(
    (architecture_id, name): (&str, &str),
    settings: &[(&str, &str)],
    data: &Dataset,
    seed: u64,
    teacher: Option<&SavedBox>,
    hiding: impl Fn(&SavedBox) -> Option<Hiding>,
) -> SavedBox {
    let params = params(architecture(architecture_id).unwrap().params, settings);
    let device = Device::Cpu;
    let teacher = teacher.map(|saved| Teacher::new(saved, data, architecture_id, hiding(saved), device).unwrap());
    let setup = FitSetup { architecture: architecture_id, params: &params, data, seed, name, device, teacher };
    let mut run = FitRun::new(setup).unwrap();
    while !run.is_done() {
        run.step().unwrap();
    }
    run.checkpoint().unwrap()
}

/// The bundled pointer movements and the black box that was trained on them.
pub(super) fn pointer_sample() -> (SavedBox, Dataset) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let movements = format!("{}?names=untouched,edited", samples.join("pointer/movements.npz").display());
    let data = unmask::data::open(&movements.parse().unwrap(), &mut |_| true).unwrap();
    (SavedBox::load(&samples.join("pointer_project/blackboxes/pointer")).unwrap(), data)
}

/// An explainer that needs no training, for `saved`.
pub(super) fn untrained(id: &str, unit: &str, k: usize, saved: &SavedBox) -> Arc<SavedExplainer> {
    Arc::new(SavedExplainer::untrained(id, unit.parse().unwrap(), k, &saved.card, 0).unwrap())
}

/// The program's own worker on this thread, with one thread for libtorch.
pub(super) fn worker() -> Worker<Task, Output> {
    Worker::inline(Compute::new(Device::Cpu, 1))
}

/// One sentence that names what is needed.
pub(super) fn assert_sentence(text: &str, parts: &[&str]) {
    assert!(!text.trim_end().contains('\n'), "one sentence, not several lines: {text}");
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is missing in: {text}");
    }
}

/// Files of a folder with their bytes, by name.
pub(super) fn snapshot(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return BTreeMap::new() };
    let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

/// A mask with these units.
pub(super) fn mask(n: usize, selected: &[usize]) -> Mask {
    Mask((0..n).map(|unit| selected.contains(&unit)).collect())
}
