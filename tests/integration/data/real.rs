//! Real data, where `UNMASK_DATA` names a folder that has it. Expected numbers are those of the data's own description.

use std::path::PathBuf;

use unmask::data::{DataSpec, Fit, Split};

use super::*;

/// The folder `name` of the real data, or `None` after saying so.
fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("UNMASK_DATA") else {
        println!("skipped: UNMASK_DATA is not set");
        return None;
    };
    let path = PathBuf::from(root).join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn real_mnist_has_the_published_counts_and_mean() {
    let Some(path) = folder("mnist") else { return };
    let start = std::time::Instant::now();
    let dataset = open(&DataSpec::from_path(&path).with("split", "official")).unwrap();
    println!("MNIST opened in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [60_000, 0, 10_000]);
    let train = dataset.in_split(Split::Train);
    let rows = dataset.rows(&train, Shape::new(1, 28, 28), &Fit::default()).unwrap();
    let mean = rows.values.iter().map(|&value| f64::from(value)).sum::<f64>() / rows.values.len() as f64;
    assert!((mean - 0.1307).abs() < 0.00005, "mean {mean}");
    assert_eq!(data::fit::ModelBackground::of(&dataset), data::fit::ModelBackground::Dark);
}

#[test]
fn real_threes_and_eights_are_split_as_in_l2x_and_meed() {
    let Some(path) = folder("mnist") else { return };
    let dataset = open(&DataSpec::from_path(&path).with("classes", "3,8")).unwrap();
    // 6131 + 5851 train; 1010 + 974 test, halved.
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [11_982, 992, 992]);
    let threes = dataset.in_split(Split::Test).into_iter().filter(|&i| dataset.labels[i] == Some(0)).count();
    assert_eq!(threes, 505);
    assert_eq!(dataset.name, "mnist 3, 8");
    let dorar = open(&DataSpec::from_path(&path).with("split", "dorar")).unwrap();
    assert_eq!(Split::ALL.map(|split| dorar.in_split(split).len()), [50_000, 10_000, 10_000]);
}

#[test]
fn real_fashion_has_its_names() {
    let Some(path) = folder("fashion-mnist") else { return };
    let dataset = open(&DataSpec::from_path(&path).with("classes", "Pullover,Shirt")).unwrap();
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [12_000, 1000, 1000]);
}

#[test]
fn real_cifar_and_photographs_open() {
    let Some(path) = folder("cifar10") else { return };
    let dataset = open(&DataSpec::from_path(path)).unwrap();
    assert_eq!(dataset.len(), 4000);
    assert_eq!(dataset.labels[..12], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3, 4, 7].map(Some));
    let first: Vec<u8> = (0..5).map(|at| dataset.picture(0).unwrap().bytes[at * 3]).collect();
    assert_eq!(first, [59, 43, 50, 68, 98]);
    let Some(path) = folder("ants_bees/hymenoptera_subset.tar") else { return };
    let dataset = open(&DataSpec::from_path(path)).unwrap();
    assert_eq!((dataset.len(), dataset.classes.clone()), (146, vec!["ants".to_owned(), "bees".to_owned()]));
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [96, 25, 25]);
    assert_eq!(dataset.rows(&[0, 145], Shape::new(3, 64, 64), &Fit::default()).unwrap().n(), 2);
}
