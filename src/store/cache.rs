//! The user's cache folder: trained black boxes by hash, and the list of what was opened last.
//!
//! `UNMASK_CACHE` names another folder than the system's (`~/.cache/unmask` on Linux).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Format, Hash, StoreError, atomic};

/// Environment variable that names another cache folder.
pub const VARIABLE: &str = "UNMASK_CACHE";

/// How many things the recent list keeps.
pub const MAX_RECENT: usize = 20;

/// Parts older than this belong to no writer that still lives.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);

/// Trained black boxes, each in a folder named by its hash.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache of this user. Nothing is created before something is stored.
    pub fn of_user() -> Result<Self, StoreError> {
        let root = match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            Some(folder) => PathBuf::from(folder),
            None => dirs::cache_dir().ok_or(StoreError::NoCacheFolder)?.join("unmask"),
        };
        Ok(Self::at(root))
    }

    /// A cache in a folder of the caller's choice.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of the cache.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a stored black box. It is whole if it is there; its content is still to be checked by its card.
    pub fn find(&self, hash: Hash) -> Option<PathBuf> {
        let folder = self.folder_of(hash);
        folder.is_dir().then_some(folder)
    }

    /// Stores a black box: `fill` writes its files into the folder that it is given. What is there already stays, as equal
    /// hashes mean equal content; `fill` is not called then.
    pub fn store<E: From<StoreError>>(
        &self,
        hash: Hash,
        fill: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<PathBuf, E> {
        let folder = self.folder_of(hash);
        if folder.is_dir() {
            return Ok(folder);
        }
        let boxes = self.root.join("blackboxes");
        fs::create_dir_all(&boxes).map_err(StoreError::write(&boxes))?;
        atomic::remove_leftovers(&boxes, LEFTOVER_AGE);
        let new = atomic::NewFolder::create(&folder)?;
        fill(new.path())?;
        match new.commit() {
            Err(_) if folder.is_dir() => Ok(folder), // Another process was faster with the same.
            result => Ok(result.map(|()| folder)?),
        }
    }

    /// Hashes of all stored black boxes, in order.
    pub fn list(&self) -> Vec<Hash> {
        let entries = fs::read_dir(self.root.join("blackboxes")).into_iter().flatten().flatten();
        let mut hashes: Vec<Hash> =
            entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok())).collect();
        hashes.sort_unstable();
        hashes
    }

    /// Removes a stored black box. True when it was there.
    pub fn remove(&self, hash: Hash) -> Result<bool, StoreError> {
        let folder = self.folder_of(hash);
        if !folder.is_dir() {
            return Ok(false);
        }
        atomic::remove_folder(&folder)?;
        Ok(true)
    }

    /// Notes that what is trained by `recipe` (a hash of data, architecture, parameters and seed) came out as `stored`.
    pub fn note_recipe(&self, recipe: Hash, stored: Hash) -> Result<(), StoreError> {
        let folder = self.root.join("recipes");
        fs::create_dir_all(&folder).map_err(StoreError::write(&folder))?;
        atomic::write(&folder.join(recipe.to_string()), stored.to_string().as_bytes())
    }

    /// The stored black box that was trained by `recipe`, if it is still there.
    pub fn find_by_recipe(&self, recipe: Hash) -> Option<PathBuf> {
        let bytes = atomic::read_limited(&self.root.join("recipes").join(recipe.to_string()), 256).ok()?;
        self.find(std::str::from_utf8(&bytes).ok()?.trim().parse().ok()?)
    }

    fn folder_of(&self, hash: Hash) -> PathBuf {
        self.root.join("blackboxes").join(hash.to_string())
    }
}

/// What kind of thing was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecentKind {
    /// A project folder.
    Project,
    /// Data, by its specification.
    Data,
    /// A black box.
    BlackBox,
    /// An explainer.
    Explainer,
    /// A study.
    Study,
}

/// One line of the recent list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RecentEntry {
    /// What it is.
    pub kind: RecentKind,
    /// What opens it again: a path or a data specification.
    pub what: String,
    /// When it was opened, in seconds since 1970.
    pub opened_unix_secs: u64,
}

/// What was opened last, newest first, at most [`MAX_RECENT`].
#[derive(Debug, Clone)]
pub struct Recent {
    path: PathBuf,
    entries: Vec<RecentEntry>,
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
struct RecentFile {
    entries: Vec<RecentEntry>,
}

impl Recent {
    const FORMAT: Format = Format { max_bytes: 1 << 20, ..Format::new("unmask-recent", 1) };

    /// The list in a cache folder. One that cannot be read counts as empty: it is only a convenience.
    pub fn load(cache: &Cache) -> Self {
        let path = cache.root().join("recent.json");
        let entries = Self::read(&path);
        Self { path, entries }
    }

    /// Newest first.
    pub fn entries(&self) -> &[RecentEntry] {
        &self.entries
    }

    /// Puts something on top and saves. What another window added meanwhile is kept.
    pub fn push(&mut self, kind: RecentKind, what: &str) -> Result<(), StoreError> {
        let opened_unix_secs = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.change(kind, what, Some(RecentEntry { kind, what: what.to_owned(), opened_unix_secs }))
    }

    /// Takes something off the list (it is not there any more) and saves.
    pub fn remove(&mut self, kind: RecentKind, what: &str) -> Result<(), StoreError> {
        self.change(kind, what, None)
    }

    fn change(&mut self, kind: RecentKind, what: &str, on_top: Option<RecentEntry>) -> Result<(), StoreError> {
        let kept = Self::read(&self.path).into_iter().filter(|entry| (entry.kind, entry.what.as_str()) != (kind, what));
        self.entries = on_top.into_iter().chain(kept).take(MAX_RECENT).collect();
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(StoreError::write(folder))?;
        }
        Self::FORMAT.write(&self.path, &RecentFile { entries: self.entries.clone() })
    }

    fn read(path: &Path) -> Vec<RecentEntry> {
        if !path.exists() {
            return Vec::new();
        }
        match Self::FORMAT.read::<RecentFile>(path) {
            Ok(mut file) => {
                file.entries.truncate(MAX_RECENT);
                file.entries
            }
            Err(error) => {
                log::warn!("the list of recent things starts anew: {error}");
                Vec::new()
            }
        }
    }
}
