//! IDX files as of MNIST: big-endian headers, magic 2051 (images) and 2049 (labels), packed or not.

use std::io::Read;
use std::sync::Arc;

use super::archive::{Member, Opened, Tree, byte_size};
use super::open::{Loader, Raw, Watch};
use super::options;
use super::spec::DataSpec;
use super::{DataError, DensePictures, Items, MAX_DENSE_BYTES, MAX_ITEMS, Modality, Shape, Split};

/// Reads IDX image files with their label files.
pub static LOADER: Loader = Loader {
    names: &["mnist", "idx"],
    about: "IDX files (as of MNIST)",
    endings: &[],
    keys: &[options::NAMES],
    guess,
    load,
};

const IMAGES_MAGIC: u32 = 2051;
const LABELS_MAGIC: u32 = 2049;
/// Largest side of an IDX picture; larger ones are a damaged header.
const MAX_IDX_SIDE: u32 = 4096;
/// Bytes between two reports.
const CHUNK: usize = 4 << 20;

/// The ten classes of Fashion-MNIST, whose files look exactly like those of MNIST (Xiao, Rasul, Vollgraf, arXiv:1708.07747, Table 2).
pub const FASHION: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

fn guess(tree: &Tree) -> Option<String> {
    if let Some(member) = tree.focused() {
        let is_idx = member.peek(4) == IMAGES_MAGIC.to_be_bytes();
        return is_idx.then(|| "the file begins like IDX images".to_owned());
    }
    let found = tree.members.iter().find(|member| is_image_name(member))?;
    Some(format!("it holds {}", found.plain_name()))
}

fn is_image_name(member: &Member) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    name.contains("images") && name.contains("idx3")
}

/// What the words before "images" in a file name say.
fn part_of(member: &Member) -> Option<Split> {
    let name = member.plain_name().to_ascii_lowercase();
    let before = name.split("images").next().unwrap_or_default();
    let has = |word| before.contains(word);
    if has("train") {
        Some(Split::Train)
    } else if has("t10k") || has("test") {
        Some(Split::Test)
    } else if has("val") {
        Some(Split::Validation)
    } else {
        None
    }
}

/// The image files to read, training first. Of a packed and an unpacked copy the unpacked one is taken.
fn image_files(tree: &Tree) -> Result<Vec<&Member>, DataError> {
    if let Some(member) = tree.focused() {
        return Ok(vec![member]);
    }
    let mut files: Vec<&Member> = tree.members.iter().filter(|member| is_image_name(member)).collect();
    files.sort_by_key(|member| (member.folder(), member.plain_name(), member.is_packed()));
    files.dedup_by_key(|member| (member.folder(), member.plain_name()));
    files.sort_by_key(|member| part_of(member).map_or(3, |part| part as usize));
    for pair in files.windows(2) {
        let (first, second) = (part_of(pair[0]), part_of(pair[1]));
        if first.is_some() && first == second {
            let found = format!("{} and {}", pair[0].path, pair[1].path);
            return Err(tree.unfit("one image file per part", found, "name one of these files"));
        }
    }
    if files.is_empty() {
        let expected = "a file like train-images-idx3-ubyte, packed or not";
        return Err(tree.unfit(
            expected,
            format!("{} other files", tree.members.len()),
            "name the folder that holds it",
        ));
    }
    Ok(files)
}

fn labels_of<'a>(tree: &'a Tree, images: &Member) -> Option<&'a Member> {
    let name = images.plain_name().to_ascii_lowercase();
    let name = name.replace("images", "labels").replace("idx3", "idx1");
    tree.beside(images.folder(), &name).filter(|labels| labels.path != images.path)
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let files = image_files(tree)?;
    let mut remarks = Vec::new();
    let mut opened = Vec::new();
    let mut shape = None;
    let mut total = 0_u64;
    for member in &files {
        let (n, file_shape, reader) = open_images(member)?;
        if let Some(first) = shape.filter(|&first| first != file_shape) {
            let found = format!("pictures of {}", size(file_shape));
            return Err(member.unfit(
                format!("pictures of {} as in the first file", size(first)),
                found,
                "keep one size",
            ));
        }
        shape = Some(file_shape);
        total += n as u64 * file_shape.len() as u64;
        opened.push((n, reader));
    }
    let shape = shape.unwrap_or(Shape::new(1, 0, 0));
    if total > MAX_DENSE_BYTES {
        let found = byte_size(total);
        return Err(tree.unfit(format!("at most {}", byte_size(MAX_DENSE_BYTES)), found, "name one of the files"));
    }
    // A packed file may promise more than it holds, so memory beyond a first share comes only as data does.
    let mut bytes = Vec::with_capacity(total.min(256 << 20) as usize);
    let (mut labels, mut parts, mut source_index) = (Vec::new(), Vec::new(), Vec::new());
    for (member, (n, reader)) in files.iter().zip(opened) {
        append(member, reader, n * shape.len(), &mut bytes, total, watch)?;
        match labels_of(tree, member) {
            Some(file) => labels.extend(read_labels(file, n, member)?.into_iter().map(|label| Some(u16::from(label)))),
            None => {
                labels.resize(labels.len() + n, None);
                remarks.push(format!("No label file lies beside {}", member.plain_name()));
            }
        }
        parts.resize(parts.len() + n, part_of(member));
        source_index.extend(0..n as u32);
    }
    let classes = class_names(tree, spec, &files, &labels, &mut remarks)?;
    watch.step("Checking content", 0, None)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("pictures {shape}").as_bytes()).update(&bytes);
    let content = hasher.finalize();
    let order = (0..labels.len() as u32).collect();
    let items = Items::Dense(DensePictures { shape, bytes: Arc::new(bytes), order: Arc::new(order) });
    Ok(Raw { modality: Modality::Image, items, labels, classes, parts, source_index, content, remarks, truth: None })
}

fn size(shape: Shape) -> String {
    format!("{} x {}", shape.width, shape.height)
}

/// Reads the header; nothing is allocated before its counts fit the limits and the file's length.
fn open_images(member: &Member) -> Result<(usize, Shape, Box<dyn Read>), DataError> {
    let Opened { mut reader, most, is_exact } = member.open()?;
    let [magic, n, height, width] = header::<4>(member, &mut reader, IMAGES_MAGIC)?;
    debug_assert_eq!(magic, IMAGES_MAGIC);
    let found = || format!("a header of {n} pictures of {width} x {height}");
    let advice = "the header is damaged, fetch the file again";
    if n == 0 || n as usize > MAX_ITEMS || !(1..=MAX_IDX_SIDE).contains(&height) || !(1..=MAX_IDX_SIDE).contains(&width)
    {
        let expected = format!("1 to {MAX_ITEMS} pictures of at most {MAX_IDX_SIDE} pixels a side");
        return Err(member.unfit(expected, found(), advice));
    }
    // At most 2^25 * 2^24 bytes: no overflow.
    let pixels = u64::from(n) * u64::from(height) * u64::from(width);
    if pixels > MAX_DENSE_BYTES {
        return Err(member.unfit(format!("at most {}", byte_size(MAX_DENSE_BYTES)), found(), advice));
    }
    if 16 + pixels > most || (is_exact && 16 + pixels != most) {
        let holds =
            if is_exact { format!("in {}", byte_size(most)) } else { format!("in {} packed", byte_size(member.len)) };
        let expected = format!("{} for {}", byte_size(16 + pixels), found());
        return Err(member.unfit(
            expected,
            format!("a file that ends {holds}"),
            "fetch the file again, it is not whole",
        ));
    }
    Ok((n as usize, Shape::new(1, height as usize, width as usize), reader))
}

/// `N` big-endian numbers, the first of which must be `magic`.
fn header<const N: usize>(member: &Member, reader: &mut dyn Read, magic: u32) -> Result<[u32; N], DataError> {
    let mut numbers = [0_u32; N];
    for (number_idx, number) in numbers.iter_mut().enumerate() {
        let mut four = [0; 4];
        reader.read_exact(&mut four).map_err(|err| too_short(member, &err))?;
        *number = u32::from_be_bytes(four);
        if number_idx == 0 && *number != magic {
            let what = if magic == IMAGES_MAGIC { "images" } else { "labels" };
            let found = match *number {
                IMAGES_MAGIC => "2051, that of images".to_owned(),
                LABELS_MAGIC => "2049, that of labels".to_owned(),
                other => other.to_string(),
            };
            return Err(member.unfit(
                format!("the number {magic} of IDX {what} at the start"),
                found,
                "name another file",
            ));
        }
    }
    Ok(numbers)
}

fn too_short(member: &Member, err: &std::io::Error) -> DataError {
    if err.kind() == std::io::ErrorKind::UnexpectedEof {
        member.unfit("as many bytes as its header states", "fewer", "fetch the file again, it is not whole")
    } else {
        member.damaged(err)
    }
}

/// Adds exactly `len` bytes to `bytes`, and checks that the file ends there.
fn append(
    member: &Member,
    mut reader: Box<dyn Read>,
    len: usize,
    bytes: &mut Vec<u8>,
    total: u64,
    watch: &mut Watch<'_>,
) -> Result<(), DataError> {
    let mut missing = len;
    while missing > 0 {
        watch.bytes("Reading pictures", bytes.len() as u64, Some(total))?;
        let wanted = missing.min(CHUNK);
        let got = reader.by_ref().take(wanted as u64).read_to_end(bytes).map_err(|err| too_short(member, &err))?;
        if got < wanted {
            return Err(too_short(member, &std::io::ErrorKind::UnexpectedEof.into()));
        }
        missing -= got;
    }
    // Reading past the end also checks the sum at the end of a packed file.
    expect_end(member, reader)
}

fn expect_end(member: &Member, mut reader: Box<dyn Read>) -> Result<(), DataError> {
    match reader.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(member.unfit("as many bytes as its header states", "more", "fetch the file again")),
        Err(err) => Err(member.damaged(&err)),
    }
}

fn read_labels(member: &Member, n_images: usize, images: &Member) -> Result<Vec<u8>, DataError> {
    let Opened { mut reader, .. } = member.open()?;
    let [_, n] = header::<2>(member, &mut reader, LABELS_MAGIC)?;
    if n as usize != n_images {
        let expected = format!("{n_images} labels for the pictures of {}", images.plain_name());
        return Err(member.unfit(expected, n.to_string(), "put the label file beside it that belongs to it"));
    }
    let mut labels = Vec::with_capacity(n_images);
    reader.by_ref().take(u64::from(n)).read_to_end(&mut labels).map_err(|err| too_short(member, &err))?;
    if labels.len() < n_images {
        return Err(too_short(member, &std::io::ErrorKind::UnexpectedEof.into()));
    }
    expect_end(member, reader)?;
    Ok(labels)
}

/// Names from the query, from `classes.txt` beside the files, from a folder called fashion, else the numbers themselves.
fn class_names(
    tree: &Tree,
    spec: &DataSpec,
    files: &[&Member],
    labels: &[Option<u16>],
    remarks: &mut Vec<String>,
) -> Result<Vec<String>, DataError> {
    let Some(highest) = labels.iter().flatten().max() else { return Ok(Vec::new()) };
    let n_classes = usize::from(*highest) + 1;
    let numbers = || (0..n_classes.max(if n_classes > 5 { 10 } else { 0 })).map(|class| class.to_string()).collect();
    let fashion = || FASHION.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    if let Some(asked) = spec.list("names") {
        let names = match asked.as_slice() {
            [one] if one == "fashion" => fashion(),
            [one] if one == "numbers" => return Ok(numbers()),
            _ => asked,
        };
        if names.len() < n_classes {
            let problem = format!("names= gives {} names for labels up to {highest}", names.len());
            return Err(spec.refuse(problem, "give as many, or write names=fashion or names=numbers"));
        }
        return Ok(names);
    }
    let folder = files.first().map_or("", |member| member.folder());
    if let Some(file) = tree.beside(folder, "classes.txt") {
        let text = file.read_text()?;
        let names: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        if names.len() >= n_classes && names.len() <= usize::from(u16::MAX) {
            remarks.push("Class names are those of classes.txt".to_owned());
            return Ok(names);
        }
        remarks.push(format!("classes.txt has {} names for labels up to {highest} and was left out", names.len()));
    }
    let place = spec.path.canonicalize().unwrap_or_else(|_| spec.path.clone());
    let is_called_fashion = |text: &str| text.to_ascii_lowercase().contains("fashion");
    let in_last_two =
        place.components().rev().take(2).any(|part| is_called_fashion(&part.as_os_str().to_string_lossy()));
    if n_classes <= FASHION.len() && (in_last_two || is_called_fashion(folder)) {
        remarks.push(
            "Class names are those of Fashion-MNIST because the folder is called so; names=numbers undoes it"
                .to_owned(),
        );
        return Ok(fashion());
    }
    Ok(numbers())
}
