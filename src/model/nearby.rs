//! Where the black box of an explainer lies: cards keep its hash, and folders are moved and shared without it.

use std::path::{Path, PathBuf};

use super::card::BOX_FORMAT;
use crate::store::{Cache, atomic};

/// Most bytes of a card.
const MAX_CARD: u64 = 64 << 20;

/// What is looked at of a card.
#[derive(serde::Deserialize)]
struct Head {
    format: String,
    hash: String,
}

/// Folders of the black box with this hash, best first: beside the explainer, in the project that it lies in, in the user's cache. Their cards say so;
/// whether they are whole shows when they are loaded.
pub fn boxes(explainer: &Path, hash: &str) -> Vec<PathBuf> {
    let mut places = Vec::new();
    // A relative path such as `explainers/l2x` has too few ancestors to look into.
    let explainer = std::path::absolute(explainer).unwrap_or_else(|_| explainer.to_owned());
    for ancestor in explainer.ancestors().skip(1).take(2) {
        places.push(ancestor.join("blackboxes"));
        places.push(ancestor.to_path_buf());
    }
    places.extend(Cache::of_user().map(|cache| cache.root().join("blackboxes")));
    places.iter().flat_map(|place| folders(place)).filter(|folder| is_of(folder, hash)).collect()
}

/// Folders in `place`, in the order of their names.
fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    // Thousands of files need not be looked into.
    let is_folder = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| !kind.is_file());
    let mut folders: Vec<PathBuf> = entries.filter(is_folder).map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

fn is_of(folder: &Path, hash: &str) -> bool {
    let Ok(bytes) = atomic::read_limited(&folder.join("card.json"), MAX_CARD) else { return false };
    serde_json::from_slice::<Head>(&bytes).is_ok_and(|head| head.format == BOX_FORMAT && head.hash == hash)
}
