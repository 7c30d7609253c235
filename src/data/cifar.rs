//! CIFAR-10 in its binary form: records of one label byte and 32 x 32 pixels, first all red, then all green, then all blue.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use super::archive::{Member, Tree, byte_size};
use super::open::{Loader, Raw, Watch};
use super::spec::DataSpec;
use super::{DataError, DensePictures, Items, MAX_DENSE_BYTES, MAX_ITEMS, Modality, Shape, Split};

/// Reads CIFAR-10 batches.
pub static LOADER: Loader =
    Loader { names: &["cifar"], about: "CIFAR-10 binary files", endings: &[], keys: &[], guess, load };

const SIDE: usize = 32;
const PLANE: usize = SIDE * SIDE;
/// One label byte and three planes.
const RECORD: usize = 1 + 3 * PLANE;

/// The ten classes, in the order of their labels (Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009).
const CLASSES: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

fn guess(tree: &Tree) -> Option<String> {
    if let Some(member) = tree.focused() {
        let fits = is_bin(member) && (member.is_packed() || member.len.is_multiple_of(RECORD as u64));
        let label = member.peek(1).first().copied();
        return (fits && label.is_some_and(|label| label < 10)).then(|| format!("it has records of {RECORD} bytes"));
    }
    let found = tree.members.iter().find(|member| is_bin(member) && part_of(member).is_some())?;
    Some(format!("it holds {}", found.plain_name()))
}

fn is_bin(member: &Member) -> bool {
    member.plain_name().to_ascii_lowercase().ends_with(".bin")
}

fn part_of(member: &Member) -> Option<Split> {
    let name = member.plain_name().to_ascii_lowercase();
    if name.starts_with("data_batch") {
        Some(Split::Train)
    } else if name.starts_with("test_batch") {
        Some(Split::Test)
    } else {
        None
    }
}

fn load(tree: &Tree, _spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let is_named = tree.candidates().iter().any(|member| is_bin(member) && part_of(member).is_some());
    let mut files: Vec<&Member> = match tree.focused() {
        Some(member) => vec![member],
        None => tree.members.iter().filter(|m| is_bin(m) && (!is_named || part_of(m).is_some())).collect(),
    };
    files.sort_by_key(|member| (part_of(member).map_or(3, |part| part as usize), member.path.as_str()));
    if files.is_empty() {
        let expected = "files like data_batch_1.bin, packed or not";
        return Err(tree.unfit(
            expected,
            format!("{} other files", tree.members.len()),
            "name the folder that holds them",
        ));
    }
    let (mut bytes, mut labels, mut parts, mut source_index) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // The files of a part are one after the other what others have in one file: numbers go on through them.
    let mut counted: HashMap<Option<Split>, u32> = HashMap::new();
    for member in &files {
        let n_before = labels.len();
        read_records(member, &mut bytes, &mut labels, watch)?;
        let n = labels.len() - n_before;
        if n == 0 {
            return Err(member.unfit(format!("records of {RECORD} bytes"), "an empty file", "fetch the file again"));
        }
        parts.resize(labels.len(), part_of(member));
        let first = counted.entry(part_of(member)).or_default();
        source_index.extend(*first..*first + n as u32);
        *first += n as u32;
    }
    let mut remarks = Vec::new();
    let classes = class_names(tree, files[0], &mut remarks)?;
    let shape = Shape::new(3, SIDE, SIDE);
    watch.step("Checking content", 0, None)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("pictures {shape}").as_bytes()).update(&bytes);
    let content = hasher.finalize();
    let order = (0..labels.len() as u32).collect();
    let items = Items::Dense(DensePictures { shape, bytes: Arc::new(bytes), order: Arc::new(order) });
    Ok(Raw { modality: Modality::Image, items, labels, classes, parts, source_index, content, remarks, truth: None })
}

fn read_records(
    member: &Member,
    bytes: &mut Vec<u8>,
    labels: &mut Vec<Option<u16>>,
    watch: &mut Watch<'_>,
) -> Result<(), DataError> {
    let opened = member.open()?;
    let (mut reader, total) = (opened.reader, opened.is_exact.then_some(opened.most));
    // A thousand records at a time.
    let mut chunk = Vec::with_capacity(RECORD * 1000);
    let mut n_read = 0;
    loop {
        watch.bytes("Reading pictures", n_read, total)?;
        chunk.clear();
        reader.by_ref().take(RECORD as u64 * 1000).read_to_end(&mut chunk).map_err(|err| member.damaged(&err))?;
        n_read += chunk.len() as u64;
        if chunk.is_empty() {
            return Ok(());
        }
        if !chunk.len().is_multiple_of(RECORD) {
            let (expected, found) = (format!("whole records of {RECORD} bytes"), format!("{n_read} bytes"));
            return Err(member.unfit(
                expected,
                found,
                "fetch the file again; CIFAR-100 has other records and is not read",
            ));
        }
        for record in chunk.chunks_exact(RECORD) {
            if record[0] > 9 {
                let (expected, found) =
                    (format!("a label of 0 to 9 in record {}", labels.len()), record[0].to_string());
                return Err(member.unfit(expected, found, "this is no CIFAR-10 file, name another"));
            }
            labels.push(Some(u16::from(record[0])));
            let (red, green, blue) = (&record[1..=PLANE], &record[1 + PLANE..=2 * PLANE], &record[1 + 2 * PLANE..]);
            bytes.extend(red.iter().zip(green).zip(blue).flat_map(|((&red, &green), &blue)| [red, green, blue]));
        }
        if labels.len() > MAX_ITEMS || bytes.len() as u64 > MAX_DENSE_BYTES {
            let expected = format!("at most {} of pictures", byte_size(MAX_DENSE_BYTES));
            return Err(member.unfit(expected, "more", "name one of the files"));
        }
    }
}

/// Names from `batches.meta.txt` if it lies beside, else the well-known ones.
fn class_names(tree: &Tree, first: &Member, remarks: &mut Vec<String>) -> Result<Vec<String>, DataError> {
    if let Some(file) = tree.beside(first.folder(), "batches.meta.txt") {
        let text = file.read_text()?;
        let names: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if names.len() == CLASSES.len() {
            return Ok(names);
        }
        remarks.push(format!("batches.meta.txt has {} names instead of 10 and was left out", names.len()));
    }
    remarks.push("Class names are the usual ones of CIFAR-10".to_owned());
    Ok(CLASSES.iter().map(|&name| name.to_owned()).collect())
}
