//! Time series: arrays with labels and truth, broken files, what the drawn sets hold, units as partitions.

use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use unmask::data::{DataSpec, Dataset, Items, Modality, Shape, Unit, Units};

fn open(spec: &str) -> Result<Dataset, String> {
    let spec: DataSpec = spec.parse().expect("a specification");
    unmask::data::open(&spec, &mut |_| true).map_err(|error| error.to_string())
}

fn pointer() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/pointer/movements.npz")
}

fn series(data: &Dataset, item: usize) -> &[f32] {
    match &data.items {
        Items::Series(series) => series.get(item),
        _ => panic!("no series"),
    }
}

#[test]
fn recorded_movements_open_with_labels_and_truth() {
    let data = open(&pointer().display().to_string()).expect("opens");
    assert_eq!((data.modality, data.shape()), (Modality::Series, Some(Shape::new(2, 1, 192))));
    assert_eq!((data.len(), data.classes.as_slice()), (400, ["0".to_owned(), "1".to_owned()].as_slice()));
    let truth = data.truth.as_ref().expect("truth");
    let segments = Units::new(Unit::Segment { steps: 4 }, Shape::new(2, 1, 192));
    for item in 0..data.len() {
        let edited = data.labels[item] == Some(1);
        assert_eq!(truth[item].len(), if edited { 32 } else { 0 }, "16 steps of 2 channels");
        let units = data.true_units(item, segments).expect("known");
        assert_eq!(units.len(), if edited { 4 } else { 0 });
        for unit in units {
            // Each piece goes along one axis at constant speed.
            let [x, y] = [0, 192].map(|start| &series(&data, item)[start + unit * 4..start + unit * 4 + 4]);
            assert!(x.iter().all(|v| *v == x[0]) && y.iter().all(|v| *v == y[0]) && x[0] * y[0] == 0.0);
        }
    }
}

#[test]
fn drawn_movements_are_edited_as_the_paper_says() {
    let data = open("synthetic:mouse?n=200&seed=3").expect("drawn");
    assert_eq!(data.shape(), Some(Shape::new(2, 1, 1600)));
    let steps = Units::new(Unit::Step, Shape::new(2, 1, 1600));
    let mut n_edited = 0;
    for item in 0..data.len() {
        let truth = data.true_units(item, steps).expect("known");
        if data.labels[item] == Some(1) {
            n_edited += 1;
            assert_eq!(truth, (1440..1456).collect::<Vec<_>>(), "first 16 points of the last movement");
            let row = series(&data, item);
            for piece in (1440..1456).step_by(4) {
                let (x, y) = (&row[piece..piece + 4], &row[1600 + piece..1600 + piece + 4]);
                assert!(x.iter().all(|v| *v == x[0]) && y.iter().all(|v| *v == y[0]));
                assert!(x[0] == 0.0 || y[0] == 0.0);
            }
        } else {
            assert!(truth.is_empty());
            // A smooth movement is nowhere constant for four points where it begins.
            let row = series(&data, item);
            assert!(row[1440..1444].windows(2).any(|pair| pair[0] != pair[1]));
        }
    }
    assert!((96..=104).contains(&n_edited), "half of each user's trials: {n_edited}");
    assert_eq!(open("synthetic:mouse?n=200&seed=3").expect("drawn").hash, data.hash);
    assert_ne!(open("synthetic:mouse?n=200&seed=4").expect("drawn").hash, data.hash);
}

#[test]
fn drawn_groups_of_features_are_raised_where_the_truth_says() {
    let data = open("synthetic:tgd?n=300").expect("drawn");
    let shape = Shape::new(643, 1, 3);
    assert_eq!(data.shape(), Some(shape));
    let truth = data.truth.as_ref().expect("truth");
    let (mut inside, mut outside, mut n_inside, mut n_outside) = (0.0, 0.0, 0, 0);
    for item in 0..data.len() {
        // Four groups of 16 features at 3 steps; all of the first 28 groups have 16.
        assert_eq!(truth[item].len(), 192);
        for (place, value) in series(&data, item).iter().enumerate() {
            if truth[item].binary_search(&(place as u32)).is_ok() {
                (inside, n_inside) = (inside + f64::from(*value), n_inside + 1);
            } else {
                (outside, n_outside) = (outside + f64::from(*value), n_outside + 1);
            }
        }
    }
    // Raised by 1.5 times a loading of 0.75 on average; the others have mean 0.
    let (inside, outside) = (inside / f64::from(n_inside), outside / f64::from(n_outside));
    assert!((inside - 1.125).abs() < 0.1, "{inside}");
    assert!(outside.abs() < 0.05, "{outside}");
}

#[test]
fn unknown_sets_and_sizes_are_refused_in_a_sentence() {
    let refused = open("synthetic:mice").expect_err("refused");
    assert!(refused.contains("there is no set \"mice\"") && refused.contains("mouse and tgd"), "{refused}");
    assert!(open("synthetic:mouse?n=1").expect_err("refused").contains("n is 1"));
}

#[test]
fn units_of_a_series_are_a_partition_of_its_values() {
    let shape = Shape::new(3, 1, 10);
    for (unit, count) in [(Unit::Step, 10), (Unit::Segment { steps: 4 }, 3), (Unit::ChannelStep, 30)] {
        let units = Units::new(unit, shape);
        assert_eq!(units.count(), count);
        let unit_of = units.unit_of_values();
        assert_eq!(unit_of.len(), 30);
        let mut seen: Vec<u32> = unit_of.clone();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..count as u32).collect::<Vec<_>>());
        assert_eq!(unit.to_string().parse::<Unit>(), Ok(unit));
    }
    // Channel by channel: step 2 of channel 1 is place 12.
    assert_eq!(Units::new(Unit::ChannelStep, shape).unit_of_values()[12], 12);
    assert_eq!(Units::new(Unit::Step, shape).unit_of_values()[12], 2);
    assert_eq!(Units::new(Unit::Segment { steps: 4 }, shape).unit_of_values()[19], 2);
}

/// A file that NumPy wrote (`tests/golden/make_series_names.py`).
fn of_numpy(name: &str) -> Dataset {
    open(&format!("series:{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"))).expect("opens")
}

#[test]
fn labels_in_words_and_arrays_by_column_are_what_numpy_says() {
    let names = of_numpy("series_names.npz");
    assert_eq!(names.shape(), Some(Shape::new(2, 1, 5)));
    assert_eq!(names.classes, ["run", "walk", "Übung"], "in the order of the alphabet");
    assert_eq!(names.labels, [1, 2, 0, 1].map(Some));
    let bytes = of_numpy("series_bytes.npz");
    assert_eq!((bytes.classes.len(), &bytes.labels[..]), (3, &[2, 1, 1, 0].map(Some)[..]));
    let users = of_numpy("series_users.npz");
    assert_eq!(users.classes, ["20230000", "20230001", "20230002", "20230003"]);
    assert_eq!(users.labels, [3, 0, 1, 2].map(Some));
    for (data, item) in [(&names, 0), (&names, 3), (&bytes, 2)] {
        let expected: Vec<f32> =
            (0..2).flat_map(|channel| (0..5).map(move |step| (100 * item + 10 * step + channel) as f32)).collect();
        assert_eq!(series(data, item), expected, "channel by channel");
    }
}

/// An archive of these members, with right checksums.
fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        archive.start_file(name, stored).expect("a member");
        std::io::Write::write_all(&mut archive, bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// One of these members is cut off, or has a wrong bit or a wrong byte in its head.
fn damaged(rng: &mut ChaCha8Rng, round: usize, members: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let mut members = members.to_vec();
    let which = round % members.len();
    let bytes = &mut members[which].1;
    let at = rng.random_range(0..bytes.len());
    match rng.random_range(0..3) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << rng.random_range(0..8),
        _ => bytes[at.min(127)] = rng.random_range(0..=255_u32) as u8,
    }
    members
}

#[test]
fn damaged_arrays_never_panic() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = [(pointer(), 150), (golden.join("series_names.npz"), 400), (golden.join("series_bytes.npz"), 400)];
    let dir = tempfile::tempdir().expect("a folder");
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut n_refused = 0;
    for (file, rounds) in files {
        let whole = std::fs::read(file).expect("the file");
        let mut inside = zip::ZipArchive::new(std::io::Cursor::new(&whole)).expect("an archive");
        let members: Vec<(String, Vec<u8>)> = (0..inside.len())
            .map(|at| {
                let mut member = inside.by_index(at).expect("a member");
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut member, &mut bytes).expect("read");
                (member.name().expect("a name").into_owned(), bytes)
            })
            .collect();
        for round in 0..rounds {
            // The archive itself, and what is inside it.
            let bytes = if round % 3 == 0 {
                damaged(&mut rng, 0, &[(String::new(), whole.clone())]).remove(0).1
            } else {
                archive(&damaged(&mut rng, round, &members))
            };
            let path = dir.path().join(format!("broken{round}.npz"));
            std::fs::write(&path, &bytes).expect("written");
            if let Err(sentence) = open(&format!("series:{}", path.display())) {
                assert!(!sentence.is_empty() && !sentence.contains('\n'), "{sentence}");
                n_refused += 1;
            }
        }
    }
    assert!(n_refused > 200, "{n_refused}");
}

#[test]
fn a_broken_array_in_an_archive_is_told_by_the_archive_and_its_own_name() {
    let bytes = |inside: &[u8]| archive(&[("x.npy".to_owned(), inside.to_vec())]);
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("movements.npz");
    let whole = bytes(b"\x93NUMPY that says nothing more");
    // The same with a byte that its checksum does not allow.
    let mut torn = whole.clone();
    let at = torn.windows(4).position(|found| found == b"says").expect("the words");
    torn[at] ^= 1;
    for broken in [whole, torn] {
        std::fs::write(&path, broken).expect("written");
        let sentence = open(&format!("series:{}", path.display())).expect_err("broken");
        assert!(sentence.contains("movements.npz") && sentence.contains("x.npy"), "{sentence}");
    }
}
