//! IDX and CIFAR-10 files.

use unmask::data::{DataSpec, Fit, Shape, Split};

use super::*;

#[test]
fn hand_made_idx_gives_its_pixels_labels_and_parts() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 4, 2);
    let dataset = open_at("mnist", dir.path(), &[("split", "official")]).unwrap();
    assert_eq!(dataset.len(), 6);
    assert!(is_dense(&dataset));
    assert_eq!(dataset.shape(), Some(Shape::new(1, 2, 3)));
    assert_eq!(dataset.labels, [0, 1, 2, 0, 0, 1].map(Some));
    assert_eq!(dataset.in_split(Split::Train), [0, 1, 2, 3]);
    assert_eq!(dataset.in_split(Split::Test), [4, 5]);
    assert_eq!(dataset.source_index, [0, 1, 2, 3, 0, 1]);
    assert_eq!(dataset.classes, ["0", "1", "2"]);
    // Item 5 is the second test picture: pixels 10 to 15.
    assert_eq!(dataset.picture(5).unwrap().bytes, [10, 11, 12, 13, 14, 15]);
    let rows = dataset.rows(&[5, 0], Shape::new(1, 2, 3), &Fit::default()).unwrap();
    assert_eq!(rows.row(0)[2], 12.0 / 255.0);
    assert_eq!(rows.row(1)[5], 5.0 / 255.0);
}

#[test]
fn packed_and_unpacked_idx_are_the_same_data() {
    let (plain, packed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    small_mnist(plain.path(), 12, 6);
    for entry in std::fs::read_dir(plain.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{}.gz", path.file_name().unwrap().to_str().unwrap());
        write(&packed.path().join(name), &gz(&std::fs::read(&path).unwrap()));
    }
    let of_plain = open(&DataSpec::from_path(plain.path())).unwrap();
    let of_packed = open(&DataSpec::from_path(packed.path())).unwrap();
    assert_eq!(of_plain.hash, of_packed.hash);
    assert_eq!(of_plain.spec.kind.name(), "mnist");
    assert!(
        of_plain.remarks.iter().any(|remark| remark.starts_with("Read as mnist because")),
        "{:?}",
        of_plain.remarks
    );
}

#[test]
fn one_image_file_brings_the_labels_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 4, 2);
    let dataset = open(&DataSpec::from_path(dir.path().join("train-images-idx3-ubyte"))).unwrap();
    assert_eq!(dataset.labels, [0, 1, 2, 0].map(Some));
    std::fs::remove_file(dir.path().join("train-labels-idx1-ubyte")).unwrap();
    let dataset = open(&DataSpec::from_path(dir.path().join("train-images-idx3-ubyte"))).unwrap();
    assert_eq!(dataset.labels, [None; 4]);
    assert!(dataset.remarks.iter().any(|remark| remark.contains("No label file")));
}

#[test]
fn truncated_idx_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let whole = idx_images(2, 3, &[7; 24]);
    for len in [0, 3, 15, 16, 39] {
        write(&dir.path().join("train-images-idx3-ubyte"), &whole[..len]);
        let sentence = refusal(open_at("mnist", dir.path(), &[]));
        assert_has(&sentence, &["train-images-idx3-ubyte", "expected", "found", "fetch the file again"]);
        std::fs::remove_file(dir.path().join("train-images-idx3-ubyte")).unwrap();
        write(&dir.path().join("train-images-idx3-ubyte.gz"), &gz(&whole[..len]));
        assert_has(&refusal(open_at("mnist", dir.path(), &[])), &["not whole"]);
        std::fs::remove_file(dir.path().join("train-images-idx3-ubyte.gz")).unwrap();
    }
    // A packed file that itself ends early.
    let packed = gz(&whole);
    write(&dir.path().join("train-images-idx3-ubyte.gz"), &packed[..packed.len() - 9]);
    refusal(open_at("mnist", dir.path(), &[]));
}

#[test]
fn idx_that_is_longer_than_its_header_says_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut long = idx_images(2, 3, &[7; 24]);
    long.push(0);
    write(&dir.path().join("train-images-idx3-ubyte"), &long);
    refusal(open_at("mnist", dir.path(), &[]));
    std::fs::remove_file(dir.path().join("train-images-idx3-ubyte")).unwrap();
    write(&dir.path().join("train-images-idx3-ubyte.gz"), &gz(&long));
    assert_has(&refusal(open_at("mnist", dir.path(), &[])), &["found more"]);
}

#[test]
fn wrong_magic_is_named() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("train-images-idx3-ubyte"), &idx_labels(&[1, 2, 3, 4, 5, 6, 7, 8]));
    assert_has(&refusal(open_at("mnist", dir.path(), &[])), &["2051", "2049, that of labels"]);
}

#[test]
fn huge_counts_are_refused_before_anything_is_allocated() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("train-images-idx3-ubyte");
    let headers = [
        [u32::MAX, 28, 28],
        [60_000, u32::MAX, 28],
        [19_000_000, 4096, 4096],
        [10_000_000, 28, 28],
        [0, 28, 28],
        [5, 0, 28],
    ];
    for [n, height, width] in headers {
        let header: Vec<u8> = [2051, n, height, width].iter().flat_map(|number: &u32| number.to_be_bytes()).collect();
        write(&path, &header);
        // A terabyte would fail or take long; the sentence shows which check stopped it.
        assert_has(&refusal(open_at("mnist", dir.path(), &[])), &["header of", "expected"]);
    }
    std::fs::remove_file(path).unwrap();
    let header: Vec<u8> = [2051_u32, 10_000, 280, 280].iter().flat_map(|number| number.to_be_bytes()).collect();
    write(&dir.path().join("train-images-idx3-ubyte.gz"), &gz(&header));
    assert_has(&refusal(open_at("mnist", dir.path(), &[])), &["packed"]);
}

#[test]
fn labels_that_do_not_fit_the_pictures_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 4, 2);
    write(&dir.path().join("train-labels-idx1-ubyte"), &idx_labels(&[0, 1, 2]));
    assert_has(
        &refusal(open_at("mnist", dir.path(), &[])),
        &["train-labels-idx1-ubyte", "expected 4 labels", "found 3"],
    );
}

#[test]
fn class_names_come_from_the_query_a_file_or_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let fashion = dir.path().join("Fashion-MNIST");
    small_mnist(&fashion, 6, 3);
    let dataset = open_at("mnist", &fashion, &[]).unwrap();
    assert_eq!(dataset.classes[6], "Shirt");
    assert!(dataset.remarks.iter().any(|remark| remark.contains("Fashion-MNIST")));
    assert_eq!(open_at("mnist", &fashion, &[("names", "numbers")]).unwrap().classes, ["0", "1", "2"]);
    assert_eq!(open_at("mnist", &fashion, &[("names", "a,b,c")]).unwrap().classes, ["a", "b", "c"]);
    assert_has(&refusal(open_at("mnist", &fashion, &[("names", "a,b")])), &["2 names"]);
    write(&fashion.join("classes.txt"), b"cup\nplate\r\nspoon\n");
    assert_eq!(open_at("mnist", &fashion, &[("classes", "spoon,cup")]).unwrap().classes, ["spoon", "cup"]);
}

/// A CIFAR-10 record: red 1, green 2, blue 3, but the second pixel is 4, 5, 6.
fn record(label: u8) -> Vec<u8> {
    let mut record = vec![label];
    for (first, second) in [(1, 4), (2, 5), (3, 6)] {
        record.push(first);
        record.push(second);
        record.extend(std::iter::repeat_n(first, 1022));
    }
    record
}

#[test]
fn hand_made_cifar_record_is_interleaved() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("data_batch_2.bin"), &[record(9), record(3)].concat());
    write(&dir.path().join("data_batch_1.bin.gz"), &gz(&record(6)));
    write(&dir.path().join("test_batch.bin"), &record(0));
    let dataset = open(&DataSpec::from_path(dir.path()).with("split", "official")).unwrap();
    assert_eq!(dataset.spec.kind.name(), "cifar");
    assert_eq!(dataset.labels, [6, 9, 3, 0].map(Some));
    assert_eq!(dataset.source_index, [0, 1, 2, 0], "the files of a part are numbered through");
    assert_eq!(dataset.in_split(Split::Test), [3]);
    assert_eq!(dataset.classes[6], "frog");
    assert_eq!(dataset.picture(1).unwrap().bytes[..9], [1, 2, 3, 4, 5, 6, 1, 2, 3]);
    // A row is planar again.
    let rows = dataset.rows(&[0], Shape::new(3, 32, 32), &Fit::default()).unwrap();
    assert_eq!(
        [rows.values[0], rows.values[1], rows.values[1024], rows.values[2049]],
        [1.0, 4.0, 2.0, 6.0].map(|v| v / 255.0)
    );
}

#[test]
fn damaged_cifar_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data_batch_1.bin");
    write(&path, &record(1)[..3000]);
    assert_has(&refusal(open_at("cifar", dir.path(), &[])), &["3073", "found 3000 bytes"]);
    write(&path, &[record(1), record(10)].concat());
    assert_has(&refusal(open_at("cifar", dir.path(), &[])), &["record 1", "found 10"]);
    write(&path, b"");
    refusal(open_at("cifar", dir.path(), &[]));
}

#[test]
fn reading_stops_when_told_to() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path(), 4, 2);
    let opened = data::open(&DataSpec::from_path(dir.path()), &mut |_| false);
    assert!(matches!(opened, Err(DataError::Cancelled)));
}
