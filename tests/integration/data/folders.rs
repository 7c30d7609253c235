//! Folders of pictures and single pictures.

use unmask::data::{DataSpec, Fit, Split, Units};

use super::*;

#[test]
fn sub_folders_are_classes_and_names_are_sorted() {
    let dir = tempfile::tempdir().unwrap();
    for (class, n) in [("plum", 2), ("apple", 3)] {
        for number in (0..n).rev() {
            write(&dir.path().join(format!("{class}/{number}.PNG")), &patterned(4, 3, 3).to_png());
        }
    }
    write(&dir.path().join("apple/notes.txt"), b"nothing");
    write(&dir.path().join(".hidden/x.png"), b"nothing");
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    assert_eq!(dataset.spec.kind.name(), "images");
    assert_eq!(dataset.classes, ["apple", "plum"]);
    assert_eq!(dataset.labels, [0, 0, 0, 1, 1].map(Some));
    assert_eq!(dataset.item_name(2), "2.PNG");
    assert_eq!(dataset.shape(), Some(Shape::new(3, 3, 4)));
    assert_eq!(dataset.picture(4).unwrap(), patterned(4, 3, 3));
    assert!(!is_dense(&dataset));
}

#[test]
fn flat_folders_have_no_labels_and_mixed_sizes_no_shape() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("a.png"), &patterned(4, 3, 1).to_png());
    write(&dir.path().join("b.png"), &patterned(5, 3, 3).to_png());
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    assert_eq!(dataset.labels, [None, None]);
    assert!(dataset.classes.is_empty());
    assert_eq!(dataset.shape(), None);
    let rows = dataset.rows(&[0, 1], Shape::new(1, 8, 8), &Fit::default()).unwrap();
    assert_eq!(rows.n(), 2);
}

#[test]
fn folders_named_train_val_and_test_are_respected() {
    let dir = tempfile::tempdir().unwrap();
    for part in ["Train", "valid", "test"] {
        for class in ["x", "y"] {
            write(&dir.path().join(format!("outer/{part}/{class}/0.png")), &patterned(4, 3, 1).to_png());
        }
    }
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    assert_eq!(dataset.classes, ["x", "y"]);
    let count = |split| dataset.in_split(split).len();
    assert_eq!(Split::ALL.map(count), [2, 2, 2]);
    assert_eq!(dataset.item_name(0), "0.png");
}

#[test]
fn a_single_picture_is_one_item_without_label_that_is_never_learned_from() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("own.jpg");
    write(&path, &pictures::turned_jpeg(6));
    write(&dir.path().join("other.png"), &patterned(4, 3, 1).to_png());
    let dataset = open(&DataSpec::from_path(&path)).unwrap();
    assert_eq!((dataset.len(), dataset.labels[0], dataset.splits[0]), (1, None, Split::Test));
    let picture = dataset.picture(0).unwrap();
    assert_eq!((picture.width, picture.height), (16, 24));
    assert!(dataset.remarks.iter().any(|remark| remark.starts_with("Turned upright")));
    write(&path, b"no picture at all");
    assert_has(&refusal(open(&DataSpec::from_path(&path))), &["own.jpg"]);
}

/// A grey mask of `width` x `height` pixels, light at these places.
fn mask(width: usize, height: usize, places: &[usize]) -> Picture {
    let mut bytes = vec![100; width * height];
    places.iter().for_each(|place| bytes[*place] = 128);
    Picture { width, height, channels: 1, bytes }
}

#[test]
fn a_folder_of_masks_says_which_pixels_decide_a_class() {
    let dir = tempfile::tempdir().unwrap();
    for path in ["apple/0.jpg.png", "apple/1.png", "plum/0.png"] {
        write(&dir.path().join(path), &patterned(4, 4, 3).to_png());
    }
    let plain = open(&DataSpec::from_path(dir.path())).unwrap();
    assert!(plain.truth.is_none());
    write(&dir.path().join("truth/apple/0.jpg.bmp"), &mask(4, 4, &[1, 11]).to_png());
    write(&dir.path().join("truth/plum/0.png"), &mask(4, 4, &[]).to_png());
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    // Masks are neither items nor a class.
    assert_eq!((dataset.classes.len(), dataset.len()), (2, 3));
    assert_eq!(*dataset.truth.clone().unwrap(), [vec![1, 11], vec![], vec![]]);
    assert!(dataset.remarks.iter().any(|remark| remark.starts_with("2 of 3 pictures have a mask")));
    assert_ne!(dataset.hash, plain.hash, "what is measured against the truth follows it");
    // Of four patches place 1 lies in the upper left one and place 11 in the lower right one.
    let units = Units::new("patch:2".parse().unwrap(), Shape::new(3, 4, 4));
    assert_eq!(dataset.true_units(0, units), Some(vec![0, 3]));
    let fitted = Units::new("patch:2".parse().unwrap(), Shape::new(1, 8, 8));
    assert_eq!(dataset.true_units(0, fitted), None, "an input of another size has other places");

    // A class of that name is a class where nothing in it belongs to another picture.
    let classes = tempfile::tempdir().unwrap();
    for path in ["truth/a.png", "lie/b.png"] {
        write(&classes.path().join(path), &patterned(4, 4, 3).to_png());
    }
    let spec = DataSpec::from_path(classes.path());
    assert_eq!(open(&spec.clone()).unwrap().classes, ["lie", "truth"]);
    assert_has(&open(&spec.with("truth", "truth")).unwrap_err().to_string(), &["under the paths and names"]);

    // Another name is only taken where it is asked for.
    std::fs::rename(dir.path().join("truth"), dir.path().join("masks")).unwrap();
    let spec = DataSpec::from_path(dir.path());
    assert_eq!(open(&spec.clone()).unwrap().classes, ["apple", "masks", "plum"]);
    let named = open(&spec.with("truth", "masks")).unwrap();
    assert_eq!((&named.truth, &named.hash), (&dataset.truth, &dataset.hash));
}

#[test]
fn masks_that_do_not_fit_their_pictures_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("0.png"), &patterned(4, 3, 3).to_png());
    let spec = DataSpec::from_path(dir.path());
    let refused = |spec: DataSpec| open(&spec.with("truth", "m")).unwrap_err().to_string();
    assert_has(&refused(spec.clone()), &["expected masks below a folder m", "found none"]);
    write(&dir.path().join("m/0.png"), &mask(3, 4, &[]).to_png());
    assert_has(&refused(spec.clone()), &["m/0.png", "expected a mask of 4 x 3 pixels", "found 3 x 4"]);
    write(&dir.path().join("m/0.png"), b"nothing");
    assert_has(&refused(spec.clone()), &["m/0.png"]);
    // Pictures of several sizes are looked at without truth.
    write(&dir.path().join("1.png"), &patterned(5, 3, 3).to_png());
    let dataset = open(&spec.with("truth", "m")).unwrap();
    assert!(dataset.truth.is_none() && dataset.remarks.iter().any(|remark| remark.starts_with("Left out the masks")));
}

#[test]
fn damaged_pictures_are_left_out_and_named() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("good.png"), &patterned(4, 3, 1).to_png());
    write(&dir.path().join("bad.png"), b"not a picture");
    let dataset = open(&DataSpec::from_path(dir.path())).unwrap();
    assert_eq!(dataset.len(), 1);
    assert!(dataset.remarks.iter().any(|remark| remark.contains("Left out 1") && remark.contains("bad.png")));
    std::fs::remove_file(dir.path().join("good.png")).unwrap();
    refusal(open(&DataSpec::from_path(dir.path())));
}

#[test]
fn the_hash_follows_content_and_names() {
    let dir = tempfile::tempdir().unwrap();
    let hash = |bytes: &[u8], name: &str| {
        let at = dir.path().join("set");
        std::fs::remove_dir_all(&at).ok();
        write(&at.join(name), bytes);
        open(&DataSpec::from_path(&at)).unwrap().hash
    };
    let (first, second) = (patterned(4, 3, 1).to_png(), patterned(3, 4, 1).to_png());
    let base = hash(&first, "a.png");
    assert_eq!(base, hash(&first, "a.png"));
    assert_ne!(base, hash(&second, "a.png"));
    assert_ne!(base, hash(&first, "b.png"));
}

#[test]
fn what_is_no_data_is_refused_with_the_kinds_that_exist() {
    let dir = tempfile::tempdir().unwrap();
    assert_has(
        &refusal(open(&DataSpec::from_path(dir.path()))),
        &[
            "found nothing",
            "mnist, idx, cifar, images, hatexplain, mouse, series, adult, csv, tsv, jsonl, json, table, text, txt and synthetic",
        ],
    );
    write(&dir.path().join("a.xyz"), b"text");
    assert_has(&refusal(open(&DataSpec::from_path(dir.path().join("a.xyz")))), &["a.xyz", "IDX files"]);
    assert_has(
        &refusal(open(&DataSpec::from_path(dir.path().join("gone")))),
        &["gone", "expected a file or folder", "check the path"],
    );
    assert_has(&refusal(open_at("images", dir.path(), &[])), &["picture files"]);
    assert_has(&refusal(open_at("cifar", dir.path(), &[])), &["data_batch_1.bin"]);
}
