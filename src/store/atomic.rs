//! Files and folders that are there as a whole or not at all: written beside, flushed to the disk, then renamed.
//!
//! A process killed at any moment leaves the old content or the new one, and at worst a leftover `.NAME.PID-N.part`,
//! which [`remove_leftovers`] clears away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::StoreError;

/// Replaces a file by `bytes`, or leaves it as it is and says why.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    write_with(path, |file| file.write_all(bytes))
}

/// Replaces a file by what `fill` writes. If that fails, the file stays as it is.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut AtomicFile) -> io::Result<()>) -> Result<(), StoreError> {
    let mut file = AtomicFile::create(path)?;
    fill(&mut file).map_err(StoreError::write(path))?;
    file.commit()
}

/// Reads a file of at most `limit` bytes.
pub fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let file = File::open(path).map_err(StoreError::read(path))?;
    let found = file.metadata().map_err(StoreError::read(path))?.len();
    let too_large = |found| StoreError::TooLarge { path: path.to_owned(), limit, found };
    if found > limit {
        return Err(too_large(found));
    }
    // The size may lie (devices, files that grow), so the limit holds for what is read as well.
    let mut bytes = Vec::with_capacity(usize::try_from(found).unwrap_or(0));
    io::Read::read_to_end(&mut io::Read::take(file, limit.saturating_add(1)), &mut bytes)
        .map_err(StoreError::read(path))?;
    if bytes.len() as u64 > limit { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

/// A file in the making. Nothing is seen at its place before [`AtomicFile::commit`]; dropped without it, it is gone.
#[derive(Debug)]
pub struct AtomicFile {
    /// `None` only after the commit.
    writer: Option<BufWriter<File>>,
    part: Part,
    target: PathBuf,
}

impl AtomicFile {
    /// Begins a file that will stand at `path`. Refuses places that cannot be written, before any work is done.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        // A link is followed, so that it goes on pointing to the file.
        let target =
            if path.is_symlink() { fs::canonicalize(path).map_err(StoreError::write(path))? } else { path.into() };
        let permissions = check_target(&target)?;
        let part = Part::beside(&target)?;
        let file = OpenOptions::new().write(true).create_new(true).open(&part.path).map_err(StoreError::write(path))?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions).map_err(StoreError::write(path))?;
        }
        Ok(Self { writer: Some(BufWriter::with_capacity(1 << 16, file)), part, target })
    }

    /// Brings the bytes to the disk and puts the file into its place.
    pub fn commit(mut self) -> Result<(), StoreError> {
        let Self { writer, part, target } = &mut self;
        let mut finish = || {
            if let Some(writer) = writer.take() {
                let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.sync_all()?;
            }
            fs::rename(&part.path, &*target)
        };
        finish().map_err(StoreError::write(target))?;
        part.is_moved = true;
        sync_folder_of(target);
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl io::Seek for AtomicFile {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        match &mut self.writer {
            Some(writer) => writer.seek(to),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// A folder in the making: filled beside its place, then renamed as a whole. Never replaces one.
#[derive(Debug)]
pub struct NewFolder {
    part: Part,
    target: PathBuf,
}

impl NewFolder {
    /// Begins a folder that will stand at `path`, where nothing may be yet.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        refuse_existing(path)?;
        let part = Part::beside(path)?;
        fs::create_dir(&part.path).map_err(StoreError::write(path))?;
        Ok(Self { part, target: path.to_owned() })
    }

    /// Where to write the files now.
    pub fn path(&self) -> &Path {
        &self.part.path
    }

    /// Brings the files to the disk and puts the folder into its place.
    pub fn commit(mut self) -> Result<(), StoreError> {
        refuse_existing(&self.target)?;
        sync_tree(&self.part.path)
            .and_then(|()| fs::rename(&self.part.path, &self.target))
            .map_err(StoreError::write(&self.target))?;
        self.part.is_moved = true;
        sync_folder_of(&self.target);
        Ok(())
    }
}

/// Removes a folder: first its name, then its content, so that it is never seen half-empty.
pub fn remove_folder(path: &Path) -> Result<(), StoreError> {
    let part = Part::beside(path)?;
    fs::rename(path, &part.path).map_err(StoreError::write(path))?;
    drop(part);
    Ok(())
}

/// Removes parts in `folder` that a killed process left, if nobody wrote to them for `unused_for`. Returns how many.
pub fn remove_leftovers(folder: &Path, unused_for: Duration) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let mut n_removed = 0;
    for entry in entries.flatten() {
        let is_old = || {
            let modified = entry.metadata().and_then(|meta| meta.modified()).ok()?;
            Some(SystemTime::now().duration_since(modified).unwrap_or_default() >= unused_for)
        };
        if is_part_name(&entry.file_name().to_string_lossy()) && is_old().unwrap_or(false) {
            n_removed += usize::from(remove(&entry.path()).is_ok());
        }
    }
    n_removed
}

/// The unfinished thing on the disk; removed when dropped before it was moved.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    is_moved: bool,
}

impl Part {
    fn beside(target: &Path) -> Result<Self, StoreError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let refuse = |reason: String| StoreError::Place { path: target.to_owned(), reason };
        let Some(name) = target.file_name() else {
            return Err(refuse("it has no file name".to_owned()));
        };
        let folder = folder_of(target);
        if !folder.is_dir() {
            return Err(refuse(format!("the folder {} does not exist", folder.display())));
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let part = format!(".{}.{}-{number}.part", name.to_string_lossy(), std::process::id());
        Ok(Self { path: folder.join(part), is_moved: false })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_moved && remove(&self.path).is_err() && self.path.exists() {
            log::warn!("an unfinished file was left behind: {}", self.path.display());
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn is_part_name(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.starts_with('.')
        && name
            .strip_suffix(".part")
            .and_then(|rest| rest.rsplit_once('.'))
            .and_then(|(_, ids)| ids.split_once('-'))
            .is_some_and(|(pid, number)| is_number(pid) && is_number(number))
}

/// The permissions that the new file takes over, or why it must not be written.
fn check_target(target: &Path) -> Result<Option<fs::Permissions>, StoreError> {
    let refuse = |reason: &str| StoreError::Place { path: target.to_owned(), reason: reason.to_owned() };
    match fs::metadata(target) {
        Ok(meta) if meta.is_dir() => Err(refuse("it is a folder")),
        // A rename would put aside even what the user protected.
        Ok(meta) if meta.permissions().readonly() => Err(refuse("it is write-protected")),
        Ok(meta) if !meta.is_file() => Err(refuse("it is not an ordinary file")),
        Ok(meta) => Ok(Some(meta.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::write(target)(error)),
    }
}

fn refuse_existing(target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::Place { path: target.to_owned(), reason: "there is something already".to_owned() });
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Brings the new name to the disk. The content is safe already, and not every file system can do this: no error.
fn sync_folder_of(path: &Path) {
    let folder = folder_of(path);
    if let Err(error) = sync_folder(folder) {
        log::debug!("cannot flush the folder {}: {error}", folder.display());
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            // Windows flushes only what is open for writing.
            OpenOptions::new().write(true).open(&path)?.sync_all()?;
        }
    }
    sync_folder(folder)
}
