//! Archives read in place.

use std::io::{Cursor, Write};

use unmask::data::{DataSpec, Split};

use super::*;

pub(super) fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in members {
        let mut header = tar::Header::new_gnu();
        // Written into the header as it is: the crate itself refuses paths that lead outside.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(super) fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in members {
        archive.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn pictures_in_archives_are_those_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (patterned(4, 3, 3).to_png(), patterned(3, 4, 3).to_png());
    let members: [(&str, &[u8]); 4] = [
        ("set/train/b/1.png", &second),
        ("set/train/a/0.png", &first),
        ("set/test/a/2.png", &first),
        ("__MACOSX/set/train/a/._0.png", b"junk"),
    ];
    for (path, bytes) in members {
        write(&dir.path().join("folder").join(path), bytes);
    }
    let query = [("split", "official")];
    let of_folder = open_at("images", &dir.path().join("folder"), &query).unwrap();
    let files = [
        ("a.tar", tar_of(&members)),
        ("a.tar.gz", gz(&tar_of(&members))),
        ("a.tgz", gz(&tar_of(&members))),
        ("a.zip", zip_of(&members)),
    ];
    for (name, bytes) in files {
        let path = dir.path().join(name);
        write(&path, &bytes);
        let dataset = open_at("auto", &path, &query).unwrap();
        assert_eq!(dataset.hash, of_folder.hash, "{name}");
        assert_eq!(dataset.name, "a", "{name}");
        assert_eq!((dataset.len(), dataset.in_split(Split::Test)), (3, vec![0]), "{name}");
        assert_eq!(dataset.picture(2).unwrap(), patterned(3, 4, 3), "{name}");
    }
}

#[test]
fn idx_and_cifar_are_read_out_of_archives() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("digits.zip");
    let images = gz(&idx_images(2, 2, &[1, 2, 3, 4, 5, 6, 7, 8]));
    write(
        &path,
        &zip_of(&[("m/train-images-idx3-ubyte.gz", &images), ("m/train-labels-idx1-ubyte", &idx_labels(&[1, 0]))]),
    );
    let dataset = open(&DataSpec::from_path(&path)).unwrap();
    assert_eq!((dataset.spec.kind.name(), dataset.labels), ("mnist", vec![Some(1), Some(0)]));
    let path = dir.path().join("cifar.tar.gz");
    write(&path, &gz(&tar_of(&[("c/data_batch_1.bin", &[3; 3073])])));
    let dataset = open(&DataSpec::from_path(&path)).unwrap();
    assert_eq!((dataset.spec.kind.name(), dataset.labels), ("cifar", vec![Some(3)]));
}

#[test]
fn members_that_lead_outside_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let png = patterned(4, 3, 1).to_png();
    let members: [(&str, &[u8]); 4] =
        [("../up.png", &png), ("/root.png", &png), ("a/../../b.png", &png), ("./good/x.png", &png)];
    for (name, bytes) in [("a.tar", tar_of(&members)), ("a.zip", zip_of(&members))] {
        let path = dir.path().join(name);
        write(&path, &bytes);
        let dataset = open(&DataSpec::from_path(&path)).unwrap();
        assert_eq!((dataset.len(), dataset.item_name(0)), (1, "x.png".to_owned()), "{name}");
        assert!(dataset.remarks.iter().any(|remark| remark.contains("3 archive members")), "{:?}", dataset.remarks);
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing was unpacked");
}

#[test]
fn truncated_archives_are_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let noise: Vec<u8> = (0..5000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let members: [(&str, &[u8]); 1] = [("a.png", &noise)];
    for (name, bytes) in [("a.tar", tar_of(&members)), ("a.tar.gz", gz(&tar_of(&members))), ("a.zip", zip_of(&members))]
    {
        let path = dir.path().join(name);
        write(&path, &bytes[..bytes.len() / 2]);
        assert_has(&refusal(open(&DataSpec::from_path(&path))), &[name, "expected a whole", "fetch the file again"]);
    }
}
