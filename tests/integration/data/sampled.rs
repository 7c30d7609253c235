//! The data sets that the project makes itself.

use unmask::data::{DataSpec, Split, samples};

use super::*;

#[test]
fn samples_are_the_same_bytes_each_time_and_open() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let files = samples::write_all(first.path()).unwrap();
    samples::write_all(second.path()).unwrap();
    let mut n_bytes = 0;
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let name = path.strip_prefix(first.path()).unwrap();
        assert!(bytes == std::fs::read(second.path().join(name)).unwrap(), "{} differs", name.display());
        n_bytes += bytes.len();
    }
    assert!(n_bytes < 4_000_000, "{n_bytes} bytes");

    let digits = open(&DataSpec::from_path(first.path().join("digits"))).unwrap();
    assert_eq!(Split::ALL.map(|split| digits.in_split(split).len()), [2000, 200, 200]);
    assert_eq!((digits.classes.len(), digits.shape()), (10, Some(Shape::new(1, 28, 28))));
    let shapes = open(&DataSpec::from_path(first.path().join("shapes"))).unwrap();
    assert_eq!(Split::ALL.map(|split| shapes.in_split(split).len()), [96, 24, 24]);
    assert_eq!(shapes.classes, ["circle", "square", "triangle"]);
    assert_eq!(shapes.shape(), Some(Shape::new(3, 32, 32)));

    let reviews = std::fs::read_to_string(first.path().join("reviews.csv")).unwrap();
    assert_eq!(reviews.lines().next(), Some("text,label"));
    assert_eq!(reviews.lines().filter(|line| line.ends_with("\",positive")).count(), 300);
    assert_eq!(reviews.lines().filter(|line| line.ends_with("\",negative")).count(), 300);
    let dataset = open(&DataSpec::from_path(first.path().join("reviews.csv"))).unwrap();
    assert_eq!((dataset.spec.kind.name(), dataset.len()), ("csv", 600));
    assert_eq!(dataset.classes, ["negative", "positive"]);
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [480, 60, 60]);
    let table = std::fs::read_to_string(first.path().join("table.csv")).unwrap();
    assert!(table.lines().count() == 2_001 && table.lines().all(|line| line.split(',').count() == 9));
}

#[test]
fn edited_movements_lead_where_the_table_says() {
    use npyz::npz::NpzArchive;
    let dir = tempfile::tempdir().unwrap();
    samples::write_all(dir.path()).unwrap();
    let mut archive = NpzArchive::open(dir.path().join("pointer/movements.npz")).unwrap();
    let x = archive.by_name("x").unwrap().unwrap();
    assert_eq!(x.shape(), [400, 192, 2]);
    let x: Vec<f32> = x.into_vec().unwrap();
    let y: Vec<u8> = archive.by_name("y").unwrap().unwrap().into_vec().unwrap();
    let truth: Vec<u8> = archive.by_name("truth").unwrap().unwrap().into_vec().unwrap();
    assert_eq!(y.iter().filter(|&&label| label == 1).count(), 200);
    for (recording, &label) in y.iter().enumerate() {
        let marked: Vec<usize> = (0..192).filter(|step| truth[recording * 192 + step] == 1).collect();
        assert_eq!(marked.len(), if label == 1 { 16 } else { 0 });
        for &step in &marked {
            let at = (recording * 192 + step) * 2;
            assert!(x[at] == 0.0 || x[at + 1] == 0.0, "each edited step goes along one axis");
        }
    }
}
