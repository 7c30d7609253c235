//! Folders of several files that belong together (weights and their card): replaced as one, whenever the process is killed.
//!
//! New files are first gathered in a folder `.unmask-next` that appears whole, then moved out one by one. Whoever reads looks there first, so
//! the newest complete set is found at every moment.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ModelError;
use crate::store::{StoreError, atomic};

/// Where a complete set waits for being moved into place.
pub(crate) const NEXT: &str = ".unmask-next";
/// Parts older than this belong to no writer that still lives.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);

/// Replaces the files `(name, bytes)` of `dir`, all of them or none.
///
/// # Errors
/// One sentence with the folder or the file in it that cannot be written. A complete set can still be read then, the old one or the new one.
pub(crate) fn replace(dir: &Path, files: &[(&str, &[u8])]) -> Result<(), ModelError> {
    std::fs::create_dir_all(dir).map_err(|source| unwritable(dir, source))?;
    // What a killed process left: a complete set is finished, parts of an incomplete one are removed once nobody can be writing them.
    settle(dir)?;
    atomic::remove_leftovers(dir, LEFTOVER_AGE);
    let next = atomic::NewFolder::create(&dir.join(NEXT)).map_err(|error| unwritable(dir, reason(&error)))?;
    for (name, bytes) in files {
        // The user knows the file by its place in the folder, not by the one where it is gathered.
        atomic::write(&next.path().join(name), bytes).map_err(|error| unwritable(&dir.join(name), reason(&error)))?;
    }
    next.commit().map_err(|error| unwritable(dir, reason(&error)))?;
    settle(dir)
}

/// Why the store could not write, without the path that it names.
fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Write { source, .. } => source.to_string(),
        StoreError::Place { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

/// What was to be replaced, what is in the way, and what to do.
fn unwritable(path: &Path, found: impl std::fmt::Display) -> ModelError {
    ModelError::Failed(format!(
        "{}: expected a place where a model can be written, found one where it cannot ({found}); free some room or allow writing there, or choose \
         another folder",
        path.display()
    ))
}

/// Reads the newest file called `name` of the set in `dir`; one of more than `limit` bytes is refused.
pub(crate) fn read(dir: &Path, name: &str, limit: u64) -> Result<Vec<u8>, ModelError> {
    match super::saved::read_limited(&dir.join(NEXT).join(name), limit) {
        // It never was there, or it has just been moved into its place.
        Err(ModelError::Io { source, .. })
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            super::saved::read_limited(&dir.join(name), limit)
        }
        result => result,
    }
}

/// Moves a complete set into its place.
fn settle(dir: &Path) -> Result<(), ModelError> {
    let next = dir.join(NEXT);
    let entries = match std::fs::read_dir(&next) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(&next, error)),
    };
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        if let Some(name) = file.file_name() {
            let place = dir.join(name);
            std::fs::rename(&file, &place).map_err(|error| unwritable(&place, error))?;
        }
    }
    std::fs::remove_dir(&next).map_err(|error| unwritable(&next, error))
}
