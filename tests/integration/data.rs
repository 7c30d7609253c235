//! Data sets from files: whole, damaged, packed, filtered, split. Files are made by hand here, byte by byte.

mod archives;
mod binary;
mod dates;
mod embedding;
mod filters;
mod fitting;
mod folders;
mod labels;
mod listed;
mod mutated;
mod options;
mod pictures;
mod pivoted;
mod real;
mod sampled;
mod series;
mod series_files;
mod series_found;
mod synthetic;
mod tables;
mod tabular;
mod texts;

use std::io::Write;
use std::path::Path;

use unmask::data::{self, DataError, DataSpec, Dataset, Items, Picture, Shape};

/// Opens without anybody watching.
fn open(spec: &DataSpec) -> Result<Dataset, DataError> {
    data::open(spec, &mut |_| true)
}

/// Opens `path` with the options `query`.
fn open_at(kind: &str, path: &Path, query: &[(&str, &str)]) -> Result<Dataset, DataError> {
    let mut spec = DataSpec::from_path(path);
    spec.kind = data::spec::Kind::named(kind).unwrap();
    for (key, value) in query {
        spec = spec.with(key, *value);
    }
    open(&spec)
}

/// The sentence of an error; the test fails if there is none.
fn refusal(opened: Result<Dataset, DataError>) -> String {
    let sentence = opened.expect_err("this must be refused").to_string();
    assert!(!sentence.contains('\n'), "one sentence, not several lines: {sentence}");
    sentence
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is missing in: {text}");
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// IDX images of `height` x `width`.
fn idx_images(height: u32, width: u32, pixels: &[u8]) -> Vec<u8> {
    let n = pixels.len() as u32 / (height * width);
    let mut bytes: Vec<u8> = [2051, n, height, width].iter().flat_map(|number: &u32| number.to_be_bytes()).collect();
    bytes.extend_from_slice(pixels);
    bytes
}

fn idx_labels(labels: &[u8]) -> Vec<u8> {
    let mut bytes = [2049_u32.to_be_bytes(), (labels.len() as u32).to_be_bytes()].concat();
    bytes.extend_from_slice(labels);
    bytes
}

/// A folder in MNIST's layout: `n_train` + `n_test` pictures of 2 x 3 with labels 0, 1, 2, 0, 1, …; pixel j of picture i is 10 i + j.
fn small_mnist(dir: &Path, n_train: usize, n_test: usize) {
    for (prefix, n) in [("train", n_train), ("t10k", n_test)] {
        let pixels: Vec<u8> = (0..n).flat_map(|i| (0..6).map(move |j| (10 * i + j) as u8)).collect();
        let labels: Vec<u8> = (0..n).map(|i| (i % 3) as u8).collect();
        write(&dir.join(format!("{prefix}-images-idx3-ubyte")), &idx_images(2, 3, &pixels));
        write(&dir.join(format!("{prefix}-labels-idx1-ubyte")), &idx_labels(&labels));
    }
}

/// A picture in which every pixel differs from its neighbours.
fn patterned(width: usize, height: usize, channels: usize) -> Picture {
    let shape = Shape::new(channels, height, width);
    let bytes = (0..shape.len()).map(|at| (at * 37 % 251) as u8).collect();
    Picture { width, height, channels, bytes }
}

fn is_dense(dataset: &Dataset) -> bool {
    matches!(dataset.items, Items::Dense(_))
}

/// A settled number of cases, or what `UNMASK_FUZZ` says.
fn n_cases(usual: usize) -> usize {
    std::env::var("UNMASK_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
