//! A user's embedding of texts: both forms, their sums by hand, and files that are neither.

use std::path::Path;

use unmask::data::{Embedding, TextFit, TextFitSpec};

fn vocabulary() -> TextFit {
    let spec = TextFitSpec { min_count: 1, ..TextFitSpec::aim(8) };
    TextFit::build(["good film", "bad film", "plain words"].into_iter(), &spec)
}

fn open(name: &str, bytes: &[u8], n_items: usize) -> Result<Embedding, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    Embedding::open(&path, &vocabulary(), n_items).map_err(|error| error.to_string().replace('\n', " | "))
}

fn text(embedding: &Embedding, item: usize, words: &[&str]) -> Vec<f32> {
    let vocabulary = vocabulary();
    embedding.text(item, words.iter().map(|word| vocabulary.id(word)))
}

/// An array of `f32` in NumPy's format, version 1.0.
fn npy(shape: &str, values: &[f32]) -> Vec<u8> {
    let mut head = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + head.len() + 1) % 64 != 0 {
        head.push(' ');
    }
    head.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((head.len() as u16).to_le_bytes());
    bytes.extend(head.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[test]
fn a_text_is_the_sum_of_its_words_vectors_brought_to_length_one() {
    let glove = "good 3 0 0\nunheard 1 1 1\nfilm 0 4 0\nbad -3 0 0\n";
    for written in [glove.to_owned(), format!("4 3\n{glove}"), glove.replace('\n', "\r\n")] {
        let embedding = open("vectors.txt", written.as_bytes(), 0).expect("opens");
        assert_eq!(text(&embedding, 0, &["good", "film"]), [0.6, 0.8, 0.0]);
        assert_eq!(text(&embedding, 0, &["bad", "bad", "unheard"]), [-1.0, 0.0, 0.0]);
        assert_eq!(text(&embedding, 0, &["plain"]), [0.0; 3], "nothing is known of it");
    }
}

#[test]
fn an_array_has_a_row_for_each_item() {
    let embedding = open("e.npy", &npy("(2, 2)", &[3.0, 4.0, 0.0, -2.0]), 2).expect("opens");
    assert_eq!(text(&embedding, 0, &["good"]), [0.6, 0.8]);
    assert_eq!(text(&embedding, 1, &[]), [0.0, -1.0]);
}

#[test]
fn files_that_are_no_embedding_are_refused_with_what_was_expected() {
    let refused = |name: &str, bytes: &[u8]| open(name, bytes, 3).expect_err("refused");
    for (name, bytes, part) in [
        ("e.npy", npy("(2, 2)", &[0.0; 4]), "an array of 3 x D"),
        ("e.npy", npy("(3,)", &[0.0; 3]), "an array of 3 x D"),
        ("e.npy", npy("(3, 1)", &[0.0, f32::NAN, 0.0]), "finite numbers"),
        ("e.npy", b"no array".to_vec(), "NumPy"),
        ("v.txt", b"good 1 2\nfilm 1\n".to_vec(), "line 2"),
        ("v.txt", b"good 1 2\nfilm 1 x\n".to_vec(), "line 2 where 2 numbers should end it"),
        ("v.txt", b"a story without numbers\n".to_vec(), "line 1"),
        ("v.txt", b"chien 1 2\nchat 1 3\n".to_vec(), "vectors of words that the texts use"),
        ("v.txt", Vec::new(), "vectors of words that the texts use"),
        ("v.txt", vec![b'x'; 2 << 20], "line 1 of more than"),
    ] {
        let message = refused(name, &bytes);
        assert!(message.contains(part) && message.contains(name), "{message}");
    }
    assert!(Embedding::open(Path::new("/nowhere/v.txt"), &vocabulary(), 3).is_err());
}
