//! Folders of `.txt`: one sub-folder per class, or flat; below `train`, `val` and `test` if these exist; or a single text.

use super::archive::{Member, Tree, byte_size};
use super::columns::counted;
use super::folder::{part_named, place_of};
use super::open::{Loader, Raw, Watch};
use super::spec::{DataSpec, in_words};
use super::text::{Corpus, MAX_TEXT_BYTES, TextItems, decode, is_blank};
use super::{DataError, Items, MAX_ITEMS, Modality, Split, columns};

/// Reads folders of texts and single texts.
pub static LOADER: Loader = Loader {
    names: &["text", "txt"],
    about: "texts (a .txt file, a folder of them, one sub-folder per class)",
    endings: &[".txt"],
    keys: &[],
    guess,
    load,
};

/// Longest single text.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Files between two reports.
const FILES: usize = 64;

fn has_ending(member: &Member, endings: &[&str]) -> bool {
    let name = member.plain_name().to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

fn is_text(member: &Member) -> bool {
    has_ending(member, &[".txt", ".text"])
}

fn guess(tree: &Tree) -> Option<String> {
    if let Some(member) = tree.focused() {
        let is_named_so = is_text(member) || has_ending(member, &[".md", ".htm", ".html"]);
        return is_named_so.then(|| format!("{} is called a text", member.plain_name()));
    }
    let n = tree.members.iter().filter(|member| is_text(member)).count();
    (n > 0).then(|| format!("it holds {n} .txt files"))
}

fn load(tree: &Tree, _spec: &DataSpec, watch: &mut Watch<'_>) -> Result<Raw, DataError> {
    let is_single = tree.focus.is_some();
    let mut members: Vec<&Member> = tree.candidates().iter().filter(|member| is_single || is_text(member)).collect();
    if members.is_empty() {
        let found = format!("{} other files", tree.members.len());
        return Err(tree.unfit(".txt files", found, "name the folder that holds them"));
    }
    let total: u64 = members.iter().map(|member| member.len).sum();
    if members.len() > MAX_ITEMS || total > MAX_TEXT_BYTES {
        let found = format!("{} files of {}", members.len(), byte_size(total));
        let expected = format!("at most {MAX_ITEMS} texts of {}", byte_size(MAX_TEXT_BYTES));
        return Err(tree.unfit(expected, found, "name a sub-folder"));
    }
    let mut remarks = Vec::new();
    let places = if is_single { vec![(None, None)] } else { placed(&mut members, &mut remarks) };

    let mut classes: Vec<String> = places.iter().filter_map(|(_, class)| class.clone()).collect();
    classes.sort_unstable();
    classes.dedup();
    if classes.len() > usize::from(u16::MAX) {
        let advice = "name a folder whose sub-folders are classes";
        return Err(tree.unfit("at most 65535 classes", format!("{} sub-folders", classes.len()), advice));
    }
    let mut corpus = Corpus::default();
    let (mut labels, mut parts, mut source_index) = (Vec::new(), Vec::new(), Vec::new());
    let mut notes = std::collections::BTreeMap::<String, usize>::new();
    let mut left_out = Vec::new();
    for (at, (member, (part, class))) in members.iter().zip(&places).enumerate() {
        if at % FILES == 0 {
            watch.step("Reading texts", at as u64, Some(members.len() as u64))?;
        }
        let decoded = match decode::read(member, MAX_FILE_BYTES, &mut Watch::new(&mut |_| true)) {
            Ok(decoded) if is_single && is_blank(&decoded.text) => {
                let found = match decoded.text.trim() {
                    "" if decoded.text.is_empty() => "an empty file",
                    "" => "no text but spaces and line breaks",
                    _ => "no text but HTML tags",
                };
                return Err(member.unfit("a text", found, "name another file"));
            }
            Ok(decoded) if is_blank(&decoded.text) => {
                left_out.push(member.path.clone());
                continue;
            }
            Ok(decoded) => decoded,
            Err(err) if is_single => return Err(err),
            Err(_) => {
                left_out.push(member.path.clone());
                continue;
            }
        };
        if (corpus.n_bytes() + decoded.text.len()) as u64 > MAX_TEXT_BYTES {
            let expected = format!("at most {} of text", byte_size(MAX_TEXT_BYTES));
            return Err(tree.unfit(expected, "more", "name a sub-folder"));
        }
        if let Some(note) = decoded.note {
            *notes.entry(note).or_default() += 1;
        }
        corpus.push_named(member.path.rsplit('/').next().unwrap_or(&member.path), &decoded.text);
        let number = |class: &String| classes.binary_search(class).ok();
        labels.push(class.as_ref().and_then(number).map(|number| number as u16));
        // A text of one's own is looked at, never learned from.
        parts.push(if is_single { Some(Split::Test) } else { *part });
        source_index.push(at as u32);
    }
    if corpus.is_empty() {
        let found = format!("{} files that are empty or no text", left_out.len());
        return Err(tree.unfit("texts", found, "name another folder"));
    }
    if !left_out.is_empty() {
        let shown = in_words(left_out.iter().take(5));
        let more = if left_out.len() > 5 { " and more" } else { "" };
        remarks.push(format!("Left out {} of no text: {shown}{more}", counted(left_out.len(), "file")));
    }
    remarks.extend(notes.into_iter().map(|(note, n)| match n {
        1 => format!("One file was read as {note}"),
        n => format!("{n} files were read as {note}"),
    }));
    let n_without = labels.iter().filter(|label| label.is_none()).count();
    if n_without > 0 && n_without < labels.len() {
        remarks.push(format!("Of {} no class folder tells the class", counted(n_without, "text")));
    }
    remarks.extend(columns::unshown(&corpus));
    watch.step("Checking content", 0, None)?;
    let content = corpus.hash();
    let items = Items::Text(TextItems::all(corpus));
    Ok(Raw { modality: Modality::Text, items, labels, classes, parts, source_index, content, remarks, truth: None })
}

/// Part and class of each file by its folders. Lists and notes beside class folders are left out, and so are reviews without a class (`unsup`
/// in IMDB's own archive).
fn placed(members: &mut Vec<&Member>, remarks: &mut Vec<String>) -> Vec<(Option<Split>, Option<String>)> {
    let part_depth =
        members.iter().filter_map(|member| folders(member).position(|name| part_named(name).is_some())).min();
    let has_parts = part_depth.is_some();
    if let Some(depth) = part_depth {
        let n = members.len();
        members.retain(|member| folders(member).nth(depth).is_some_and(|name| part_named(name).is_some()));
        leave_out(n - members.len(), "outside the folders of parts", remarks);
    }
    let skipped = part_depth.unwrap_or_else(|| outer_folders(members));
    let place = |member: &&Member| {
        let (part, class) = place_of(&member.path, skipped, has_parts);
        (part, class.map(str::to_owned))
    };
    let is_labelled = |member: &&Member| place(member).1.is_some_and(|class| class != "unsup");
    let n_labelled = members.iter().filter(|member| is_labelled(member)).count();
    let n_unsup = members.iter().filter(|member| place(member).1.as_deref() == Some("unsup")).count();
    let n = members.len();
    // Few files beside the folders of classes say something about the data; many are data themselves.
    if n_labelled > 0 && (n - n_unsup - n_labelled) * 10 <= n_labelled * 3 {
        members.retain(is_labelled);
        leave_out(n - n_labelled, "without a class", remarks);
    }
    members.iter().map(place).collect()
}

fn leave_out(n: usize, what: &str, remarks: &mut Vec<String>) {
    if n > 0 {
        remarks.push(format!("Left out {} {what}", counted(n, "file")));
    }
}

fn folders(member: &Member) -> impl Iterator<Item = &str> {
    member.folder().split('/').filter(|name| !name.is_empty())
}

/// Folders around everything, as archives have them: those that all files share as far as they lie so deep, with more folders below.
fn outer_folders(members: &[&Member]) -> usize {
    let mut depth = 0;
    loop {
        let mut names: Vec<&str> = members.iter().filter_map(|member| folders(member).nth(depth)).collect();
        names.dedup();
        let is_deeper = members.iter().any(|member| folders(member).nth(depth + 1).is_some());
        if names.len() != 1 || !is_deeper {
            return depth;
        }
        depth += 1;
    }
}
