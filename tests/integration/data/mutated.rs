//! Damaged files of every kind: read or refused, never a panic. `UNMASK_FUZZ=10000` sets the number of files per loader.

use std::io::Cursor;

use encoding_rs::{EUC_JP, EUC_KR, GB18030, ISO_2022_JP, KOI8_R, SHIFT_JIS, WINDOWS_1251};
use image::{DynamicImage, ImageFormat};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// Flips, overwrites, cuts, repeats and inserts at random.
fn mutate(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if out.is_empty() {
            break;
        }
        let at = rng.random_range(0..out.len());
        // Headers decide what is allocated, so they are hit more often than their share.
        let at = if rng.random_bool(0.5) { at % 64 } else { at };
        match rng.random_range(0..6) {
            0 => out[at] ^= 1 << rng.random_range(0..8),
            1 => out[at] = [0, 1, 0x7f, 0x80, 0xff][rng.random_range(0..5)],
            2 => out.truncate(at),
            3 => out.insert(at, rng.random_range(0..=255)),
            4 => {
                let end = (at + rng.random_range(1..9)).min(out.len());
                out[at..end].fill(0xff);
            }
            _ => {
                let end = (at + rng.random_range(1..64)).min(out.len());
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
        }
    }
    out
}

/// Opens `n` mutations of the files in turn; says how many could still be read and how long it took.
fn check(what: &str, kind: &str, usual: usize, files: &[(&str, Vec<u8>)]) {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let start = std::time::Instant::now();
    let n = n_cases(usual);
    let mut n_read = 0;
    for case in 0..n {
        let hit = case % files.len();
        for (at, (name, bytes)) in files.iter().enumerate() {
            let damaged = if at == hit { mutate(bytes, &mut rng) } else { bytes.clone() };
            write(&dir.path().join(name), &damaged);
        }
        let path = if files.len() == 1 { dir.path().join(files[0].0) } else { dir.path().to_path_buf() };
        match open_at(kind, &path, &[]) {
            Ok(dataset) => {
                n_read += 1;
                (0..dataset.len().min(5)).for_each(|item_idx| drop(dataset.picture(item_idx)));
                look_at_texts(&dataset);
            }
            Err(err) => assert!(err.to_string().len() > 20, "{err}"),
        }
    }
    println!("{what}: {n} damaged files, {n_read} still readable, {:.1} s", start.elapsed().as_secs_f64());
}

/// Texts go through everything that takes them apart.
fn look_at_texts(dataset: &Dataset) {
    let fit =
        data::TextFit::build((0..dataset.len()).filter_map(|i| dataset.text(i)), &data::TextFitSpec::l2x_sentence());
    for item_idx in 0..dataset.len().min(5) {
        let Some(text) = dataset.text(item_idx) else { return };
        assert!(!dataset.item_name(item_idx).is_empty());
        for token in fit.layout(text).tokens {
            assert!(!text[token.start..token.end].is_empty());
        }
        data::text::unshapeable(text);
    }
}

#[test]
fn mutated_idx_never_panics() {
    let files = |pack: fn(&[u8]) -> Vec<u8>, ending: &str| {
        let images = pack(&idx_images(2, 3, &(0..60).collect::<Vec<u8>>()));
        let labels = pack(&idx_labels(&[0, 1, 2, 0, 1, 2, 0, 1, 2, 0]));
        [(format!("train-images-idx3-ubyte{ending}"), images), (format!("train-labels-idx1-ubyte{ending}"), labels)]
    };
    for (what, [images, labels]) in [("idx", files(<[u8]>::to_vec, "")), ("idx.gz", files(gz, ".gz"))] {
        check(what, "mnist", 300, &[(&images.0, images.1.clone()), (&labels.0, labels.1.clone())]);
    }
}

#[test]
fn mutated_cifar_never_panics() {
    let record: Vec<u8> = (0..3073_u32).map(|at| (at % 10) as u8).collect();
    check("cifar", "cifar", 200, &[("data_batch_1.bin", record.repeat(2)), ("batches.meta.txt", b"a\nb\nc".to_vec())]);
    check("cifar.gz", "cifar", 200, &[("data_batch_1.bin.gz", gz(&record.repeat(2)))]);
}

#[test]
fn mutated_pictures_never_panic() {
    let pattern = patterned(33, 21, 3);
    let rgb = DynamicImage::ImageRgb8(image::RgbImage::from_raw(33, 21, pattern.bytes).unwrap());
    for (ending, format) in [
        ("png", ImageFormat::Png),
        ("jpg", ImageFormat::Jpeg),
        ("webp", ImageFormat::WebP),
        ("bmp", ImageFormat::Bmp),
        ("tiff", ImageFormat::Tiff),
        ("gif", ImageFormat::Gif),
    ] {
        let mut bytes = Cursor::new(Vec::new());
        rgb.write_to(&mut bytes, format).unwrap();
        check(ending, "images", 200, &[(&format!("a.{ending}"), bytes.into_inner())]);
    }
    check("jpg with EXIF", "images", 200, &[("a.jpg", pictures::turned_jpeg(6))]);
}

#[test]
fn mutated_archives_never_panic() {
    let png = patterned(8, 6, 1).to_png();
    let members: [(&str, &[u8]); 3] = [("set/a/0.png", &png), ("set/b/1.png", &png), ("set/b/2.png", &png)];
    check("tar", "auto", 200, &[("a.tar", archives::tar_of(&members))]);
    check("tar.gz", "auto", 200, &[("a.tar.gz", gz(&archives::tar_of(&members)))]);
    check("zip", "auto", 200, &[("a.zip", archives::zip_of(&members))]);
}

#[test]
fn mutated_texts_never_panic() {
    let rows: String = (0..6)
        .map(|i| format!("{},\"Title {i}, &amp; <b>more</b>\",\"He said \"\"go\"\".<br />It is café {i}.\"\n", i % 2))
        .collect();
    let table = format!("class,title,text\n{rows}");
    check("csv", "csv", 400, &[("a.csv", table.clone().into_bytes())]);
    check("csv.gz", "auto", 200, &[("a.csv.gz", gz(table.as_bytes()))]);
    let (utf16, _) = (table.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), ());
    check("csv in UTF-16", "csv", 200, &[("a.csv", [b"\xff\xfe".as_slice(), &utf16].concat())]);
    let people = "id,age,city,income\n".to_owned()
        + &(0..9).map(|i| format!("{i},{},\"Old {}\",{}\n", i * 7, i % 3, i % 2)).collect::<String>();
    check("table", "table", 400, &[("a.csv", people.into_bytes())]);
    let packed = tabular::people_in_parquet(parquet::basic::Compression::SNAPPY);
    check("parquet", "table", 400, &[("a.parquet", packed)]);
    let lines: String =
        (0..6).map(|i| format!("{{\"text\": \"A line of words {i}\", \"label\": {}}}\n", i % 2)).collect();
    check("jsonl", "jsonl", 300, &[("a.jsonl", lines.into_bytes())]);
    check("txt", "text", 300, &[("a.txt", tables::PAGE.as_bytes().to_vec())]);
    let posts = tables::POSTS.as_bytes().to_vec();
    check(
        "hatexplain",
        "hatexplain",
        300,
        &[("dataset.json", posts), ("post_id_divisions.json", tables::DIVISIONS.as_bytes().to_vec())],
    );
}

const RUSSIAN: &str =
    "Это был очень хороший фильм, который мы смотрели вчера вечером.\nИ завтра мы посмотрим его ещё раз, 12 марта.";
const JAPANESE: &str = "これはとても良い映画でした。昨日の夜に見ました。\nもう一度見たいと思います。";
const CHINESE: &str = "这是一部非常好的电影，我们昨天晚上看的。我们明天还要再看一次，因为它真的很精彩。";
const KOREAN: &str = "이것은 정말 좋은 영화였습니다. 어제 저녁에 보았습니다.";

/// A text in two and in four bytes for a character.
fn wide(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let of_units = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let of_characters = |bytes: fn(u32) -> [u8; 4]| text.chars().map(u32::from).flat_map(bytes).collect::<Vec<u8>>();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    vec![
        ("UTF-16LE", marked(b"\xff\xfe", of_units(u16::to_le_bytes))),
        ("UTF-16BE", marked(b"\xfe\xff", of_units(u16::to_be_bytes))),
        ("UTF-16LE without a mark", of_units(u16::to_le_bytes)),
        ("UTF-16BE without a mark", of_units(u16::to_be_bytes)),
        ("UTF-32LE", marked(b"\xff\xfe\0\0", of_characters(u32::to_le_bytes))),
        ("UTF-32BE", marked(b"\0\0\xfe\xff", of_characters(u32::to_be_bytes))),
    ]
}

/// Six rows of JSON Lines.
fn json_lines(words: &str) -> String {
    let words = words.replace('\n', "\\n");
    (0..6).map(|i| format!("{{\"text\": \"{words} {i}\", \"label\": {}}}\n", i % 2)).collect()
}

#[test]
fn mutated_texts_in_older_encodings_never_panic() {
    for (encoding, words) in [
        (WINDOWS_1251, RUSSIAN),
        (KOI8_R, RUSSIAN),
        (SHIFT_JIS, JAPANESE),
        (EUC_JP, JAPANESE),
        (ISO_2022_JP, JAPANESE),
        (GB18030, CHINESE),
        (EUC_KR, KOREAN),
    ] {
        let name = encoding.name();
        let bytes = |text: &str| {
            let (bytes, _, has_unmappable) = encoding.encode(text);
            assert!(!has_unmappable, "{name} has every letter");
            bytes.into_owned()
        };
        check(&format!("txt in {name}"), "text", 80, &[("a.txt", bytes(words))]);
        check(&format!("jsonl in {name}"), "jsonl", 80, &[("a.jsonl", bytes(&json_lines(words)))]);
    }
}

#[test]
fn mutated_texts_in_wide_encodings_never_panic() {
    for (name, bytes) in wide(RUSSIAN) {
        // Whole, the text is what it was.
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("a.txt"), &bytes);
        let whole = open_at("text", &dir.path().join("a.txt"), &[]).unwrap();
        assert_eq!(whole.text(0), Some(RUSSIAN), "{name}");
        check(&format!("txt in {name}"), "text", 80, &[("a.txt", bytes)]);
    }
    for (name, bytes) in wide(&json_lines(RUSSIAN)) {
        check(&format!("jsonl in {name}"), "jsonl", 80, &[("a.jsonl", bytes)]);
    }
}

#[test]
fn mutated_folders_of_texts_never_panic() {
    let files = || {
        let [little, .., four] = <[_; 6]>::try_from(wide(CHINESE)).unwrap();
        [
            ("pos/0.txt", tables::PAGE.as_bytes().to_vec()),
            ("pos/1.txt", WINDOWS_1251.encode(RUSSIAN).0.into_owned()),
            ("neg/0.txt", little.1),
            ("neg/1.txt", four.1),
            ("neg/2.txt", KOREAN.as_bytes().to_vec()),
        ]
    };
    let dir = tempfile::tempdir().unwrap();
    files().iter().for_each(|(name, bytes)| write(&dir.path().join(name), bytes));
    let whole = open_at("text", dir.path(), &[]).unwrap();
    let texts: Vec<&str> = (0..whole.len()).filter_map(|item| whole.text(item)).collect();
    assert_eq!(texts, [CHINESE, CHINESE, KOREAN, tables::PAGE, RUSSIAN]);
    check("folders of txt", "text", 400, &files());
    let members = files();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    check("folders of txt in a zip", "text", 200, &[("a.zip", archives::zip_of(&members))]);
}
