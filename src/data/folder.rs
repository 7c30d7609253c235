//! Folders of pictures: one sub-folder per class, or flat; below `train`, `val` and `test` if these exist; or a single picture.

use std::sync::Arc;

use super::archive::{Member, Tree, byte_size};
use super::open::{Loader, Raw, Watch};
use super::options::{Key, Value};
use super::picture::{ENDINGS, MAX_FILE_BYTES, has_picture_ending};
use super::spec::{DataSpec, in_words};
use super::truth_masks::Masks;
use super::{DataError, Items, MAX_ITEMS, Modality, Picture, PictureSource, Shape, Split};

/// Reads folders of pictures and single pictures.
pub static LOADER: Loader = Loader {
    names: &["images"],
    about: "pictures (a file, a folder, one sub-folder per class)",
    endings: &[],
    keys: &[Key::new(
        "truth",
        "Folder of the truth",
        "Masks of what matters lie below a folder of this name, under the paths and names of the pictures.",
        Value::Words("truth"),
    )],
    guess,
    load,
};

/// Up to this many bytes of files, all are read once when the folder is opened: for the hash, and to leave out what is no picture.
const CHECKED_BYTES: u64 = 512 << 20;

fn guess(tree: &Tree) -> Option<String> {
    if let Some(member) = tree.focused() {
        let starts_like_one = image::guess_format(&member.peek(32)).is_ok();
        return (starts_like_one || has_picture_ending(member.plain_name()))
            .then(|| "the file is a picture".to_owned());
    }
    let n = tree.members.iter().filter(|member| has_picture_ending(member.plain_name())).count();
    (n > 0).then(|| format!("it holds {n} picture files"))
}

/// Pictures in files, decoded when asked for.
#[derive(Debug)]
struct Files {
    members: Vec<Member>,
    shape: Option<Shape>,
}

impl PictureSource for Files {
    fn len(&self) -> usize {
        self.members.len()
    }

    fn shape(&self) -> Option<Shape> {
        self.shape
    }

    fn picture(&self, item_idx: usize) -> Result<Picture, DataError> {
        let member = &self.members[item_idx];
        Ok(Picture::decode(&member.read(MAX_FILE_BYTES)?, &member.display())?.picture)
    }

    fn name(&self, item_idx: usize) -> String {
        let path = &self.members[item_idx].path;
        path.rsplit('/').next().unwrap_or(path).to_owned()
    }

    fn subset(&self, items: &[usize]) -> Arc<dyn PictureSource> {
        let members = items.iter().map(|&item_idx| self.members[item_idx].clone()).collect();
        Arc::new(Self { members, shape: self.shape })
    }
}

/// What the name of a folder, a file or a part says about the part of the data below it.
pub(super) fn part_named(name: &str) -> Option<Split> {
    match name.to_ascii_lowercase().as_str() {
        "train" | "training" => Some(Split::Train),
        "val" | "valid" | "validation" | "dev" => Some(Split::Validation),
        "test" | "testing" => Some(Split::Test),
        _ => None,
    }
}

/// Part and class of a picture at `path`, of which the first `skipped` folders say nothing.
pub(super) fn place_of(path: &str, skipped: usize, has_parts: bool) -> (Option<Split>, Option<&str>) {
    let mut folders: Vec<&str> = path.split('/').skip(skipped).collect();
    folders.pop();
    let mut folders = folders.into_iter();
    let part = if has_parts { folders.next().and_then(part_named) } else { None };
    (part, folders.next())
}

fn load(tree: &Tree, spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let is_single = tree.focus.is_some();
    let is_taken = |member: &&Member| is_single || has_picture_ending(member.plain_name());
    let mut members: Vec<Member> = tree.candidates().iter().filter(is_taken).cloned().collect();
    if members.is_empty() {
        let expected = format!("picture files ({})", in_words(ENDINGS));
        return Err(tree.unfit(
            expected,
            format!("{} other files", tree.members.len()),
            "name the folder that holds them",
        ));
    }
    if members.len() > MAX_ITEMS {
        return Err(tree.unfit(
            format!("at most {MAX_ITEMS} pictures"),
            members.len().to_string(),
            "name a sub-folder",
        ));
    }
    let masks = if is_single { None } else { Masks::take(tree, spec, &mut members)? };
    let mut remarks = Vec::new();
    let (mut content, shape) = check(tree, &mut members, is_single, &mut remarks, watch)?;

    let skipped = folders_that_say_nothing(&members);
    let first_folder = |member: &Member| {
        let mut parts = member.path.split('/').skip(skipped).collect::<Vec<_>>();
        parts.pop();
        parts.first().copied().and_then(part_named)
    };
    let has_parts = !is_single && members.iter().all(|member| first_folder(member).is_some());
    let places: Vec<_> = members.iter().map(|member| place_of(&member.path, skipped, has_parts)).collect();
    let mut classes: Vec<String> = places.iter().filter_map(|(_, class)| class.map(str::to_owned)).collect();
    classes.sort_unstable();
    classes.dedup();
    if classes.len() > usize::from(u16::MAX) {
        let advice = "name a folder whose sub-folders are classes";
        return Err(tree.unfit("at most 65535 classes", format!("{} sub-folders", classes.len()), advice));
    }
    let number = |class: &str| classes.binary_search_by(|name| name.as_str().cmp(class)).ok();
    let labels: Vec<Option<u16>> = places.iter().map(|&(_, class)| Some(number(class?)? as u16)).collect();
    let n_without = labels.iter().filter(|label| label.is_none()).count();
    if n_without > 0 && n_without < labels.len() {
        remarks.push(format!("{n_without} pictures lie in no class folder and have no label"));
    }
    let truth = match (masks, shape) {
        (Some(masks), Some(shape)) => {
            remarks.push(masks.remark(&members));
            let mut hasher = blake3::Hasher::new();
            hasher.update(content.as_bytes());
            let places = masks.places(tree, &members, shape, &mut hasher, watch)?;
            content = hasher.finalize();
            Some(places)
        }
        (Some(masks), None) => {
            remarks.push(masks.left_out());
            None
        }
        (None, _) => None,
    };
    // A picture of one's own is looked at, never learned from.
    let parts = places.iter().map(|&(part, _)| if is_single { Some(Split::Test) } else { part }).collect();
    let source_index = (0..members.len() as u32).collect();
    let items = Items::Lazy(Arc::new(Files { members, shape }));
    Ok(Raw { modality: Modality::Image, items, labels, classes, parts, source_index, content, remarks, truth })
}

/// Outer folders around everything, as archives have them. At least one level of folders is kept, since it may name classes.
fn folders_that_say_nothing(members: &[Member]) -> usize {
    let mut folders: Vec<Vec<&str>> = members.iter().map(|member| member.folder().split('/').collect()).collect();
    let mut skipped = 0;
    loop {
        let Some(first) = folders.first().and_then(|path| path.first()).copied() else { return skipped };
        let is_common = folders.iter().all(|path| path.len() > 1 && path[0] == first);
        if !is_common || part_named(first).is_some() {
            return skipped;
        }
        for path in &mut folders {
            path.remove(0);
        }
        skipped += 1;
    }
}

/// Reads every file once: hashes it, leaves out what is no picture, and finds the shape they share.
fn check(
    tree: &Tree,
    members: &mut Vec<Member>,
    is_single: bool,
    remarks: &mut Vec<String>,
    watch: &mut Watch<'_>,
) -> Result<(blake3::Hash, Option<Shape>), DataError> {
    let mut hasher = blake3::Hasher::new();
    let n_bytes: u64 = members.iter().map(|member| member.len).sum();
    if n_bytes > CHECKED_BYTES {
        // Minutes of reading before the first picture shows would be worse than a hash over names and sizes.
        for member in members.iter() {
            hasher.update(&(member.path.len() as u64).to_le_bytes()).update(member.path.as_bytes());
            hasher.update(&member.len.to_le_bytes());
        }
        remarks.push(format!("{} of files: the data hash covers their names and sizes only", byte_size(n_bytes)));
        return Ok((hasher.finalize(), None));
    }
    let (mut whole, mut left_out, mut done) = (Vec::with_capacity(members.len()), Vec::new(), 0);
    let mut common: Option<Option<Shape>> = None;
    for member in members.drain(..) {
        watch.bytes("Checking pictures", done, Some(n_bytes))?;
        done += member.len;
        let checked = member.read(MAX_FILE_BYTES).and_then(|bytes| {
            if is_single {
                // The whole file, since there is nothing else to show.
                let decoded = Picture::decode(&bytes, &member.display())?;
                remarks.extend(decoded.remarks);
            }
            Ok((Picture::probe(&bytes, &member.display())?, blake3::hash(&bytes)))
        });
        match checked {
            Ok((shape, hash)) => {
                hasher.update(&(member.path.len() as u64).to_le_bytes()).update(member.path.as_bytes());
                hasher.update(hash.as_bytes());
                common = Some(match common {
                    None => Some(shape),
                    Some(first) => first
                        .filter(|first| (first.height, first.width) == (shape.height, shape.width))
                        .map(|first| Shape::new(first.channels.max(shape.channels), first.height, first.width)),
                });
                whole.push(member);
            }
            Err(err) if is_single => return Err(err),
            Err(_) => left_out.push(member.path),
        }
    }
    if whole.is_empty() {
        return Err(tree.unfit("pictures", format!("{} damaged files", left_out.len()), "fetch the files again"));
    }
    if !left_out.is_empty() {
        let shown = in_words(left_out.iter().take(5));
        let more = if left_out.len() > 5 { " and more" } else { "" };
        remarks.push(format!("Left out {} files that cannot be decoded: {shown}{more}", left_out.len()));
    }
    *members = whole;
    Ok((hasher.finalize(), common.flatten()))
}
