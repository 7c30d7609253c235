//! One view of where data lies: a folder, one file, or the members of a `.zip`, `.tar` or `.tar.gz`, each of them possibly `.gz`.
//!
//! Nothing is ever unpacked to disk. Members of an archive are held in memory, limited in number and in total.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::DataError;
use super::open::Watch;

/// Most bytes that the members of one archive may take in memory.
pub const MAX_HELD_BYTES: u64 = 2 << 30;
/// Most files in one folder tree or archive.
pub const MAX_MEMBERS: usize = 2_000_000;
/// Deflate never packs tighter than this, so a header that promises more is wrong (zlib's technical note states 1032:1).
const MAX_DEFLATE_RATIO: u64 = 1032;
/// Folders within folders that are followed.
const MAX_DEPTH: usize = 16;

/// A file, wherever it lies.
#[derive(Clone, Debug)]
pub struct Member {
    /// Path below the tree's root, with `/`.
    pub path: String,
    /// Stored length in bytes (packed, if it is a `.gz`).
    pub len: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    Held { bytes: Arc<Vec<u8>>, archive: Arc<Path> },
}

/// The bytes of a member, unpacked on the way.
pub struct Opened {
    /// Where the unpacked bytes come from.
    pub reader: Box<dyn Read>,
    /// The unpacked length, or the most it can be.
    pub most: u64,
    /// Whether `most` is the exact length.
    pub is_exact: bool,
}

impl Member {
    /// One file, whatever it holds.
    pub fn on_disk(path: &Path) -> Result<Self, DataError> {
        let metadata = std::fs::metadata(path).map_err(|source| DataError::Io { path: path.to_path_buf(), source })?;
        Ok(Self::of_len(path, metadata.len()))
    }

    fn of_len(path: &Path, len: u64) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { path: name, len, place: Place::Disk(path.to_path_buf()) }
    }

    /// File name without folders and without `.gz`.
    pub fn plain_name(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".gz").unwrap_or(name)
    }

    /// Folder part of the path, empty at the top.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether it is packed with gzip, by name.
    pub fn is_packed(&self) -> bool {
        self.path.ends_with(".gz")
    }

    /// Opens it for reading; a `.gz` is unpacked on the way.
    pub fn open(&self) -> Result<Opened, DataError> {
        let raw: Box<dyn Read> = match &self.place {
            Place::Disk(path) => {
                let io = |source| DataError::Io { path: path.clone(), source };
                Box::new(BufReader::with_capacity(1 << 18, File::open(path).map_err(io)?))
            }
            Place::Held { bytes, .. } => Box::new(Cursor::new(SharedBytes(Arc::clone(bytes)))),
        };
        if self.is_packed() {
            let most = self.len.saturating_mul(MAX_DEFLATE_RATIO);
            return Ok(Opened { reader: Box::new(flate2::read::MultiGzDecoder::new(raw)), most, is_exact: false });
        }
        Ok(Opened { reader: raw, most: self.len, is_exact: true })
    }

    /// The first bytes, at most `n`; fewer if it is shorter or damaged.
    pub fn peek(&self, n: usize) -> Vec<u8> {
        let mut start = Vec::with_capacity(n);
        if let Ok(opened) = self.open() {
            // A damaged member is reported when it is read as a whole.
            opened.reader.take(n as u64).read_to_end(&mut start).ok();
        }
        start
    }

    /// All of it, unpacked; refused if longer than `limit` bytes.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, DataError> {
        let opened = self.open()?;
        let mut bytes = Vec::with_capacity(opened.most.min(limit).min(1 << 20) as usize);
        opened.reader.take(limit + 1).read_to_end(&mut bytes).map_err(|err| self.damaged(&err))?;
        if bytes.len() as u64 > limit {
            return Err(self.unfit(
                format!("at most {}", byte_size(limit)),
                "more".to_owned(),
                "check that it is the right file",
            ));
        }
        Ok(bytes)
    }

    /// Its text (UTF-8, wrong bytes replaced); refused if longer than a megabyte.
    pub fn read_text(&self) -> Result<String, DataError> {
        Ok(String::from_utf8_lossy(&self.read(1 << 20)?).into_owned())
    }

    /// Path on disk, or the archive and the path inside it.
    pub fn display(&self) -> String {
        match &self.place {
            Place::Disk(path) => path.display().to_string(),
            Place::Held { archive, .. } => format!("{}, {} in it", archive.display(), self.path),
        }
    }

    /// An error about this file.
    pub fn unfit(&self, expected: impl Into<String>, found: impl Into<String>, advice: &str) -> DataError {
        let (expected, found, advice) = (expected.into(), found.into(), advice.to_owned());
        DataError::Unfit { path: self.display(), expected, found, advice }
    }

    /// The error for bytes that cannot be read or unpacked.
    pub fn damaged(&self, err: &std::io::Error) -> DataError {
        self.unfit("readable data", format!("damaged data ({err})"), "fetch the file again")
    }
}

/// `Arc<Vec<u8>>` as something a cursor can read without a copy.
struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// All files at one place, sorted by path.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What the user named.
    pub origin: PathBuf,
    /// Its files.
    pub members: Vec<Member>,
    /// The one file that was named, if it is neither folder nor archive; `members` are then the files beside it.
    pub focus: Option<usize>,
    /// What was left out, a sentence each.
    pub remarks: Vec<String>,
}

impl Tree {
    /// No files: for data that is drawn and not read.
    pub fn none(path: &Path) -> Self {
        Self { origin: path.to_path_buf(), members: Vec::new(), focus: None, remarks: Vec::new() }
    }

    /// Lists a folder, reads an archive, or takes one file with its neighbours.
    pub fn open(path: &Path, watch: &mut Watch<'_>) -> Result<Self, DataError> {
        let io = |source| DataError::Io { path: path.to_path_buf(), source };
        let mut tree = Self { origin: path.to_path_buf(), members: Vec::new(), focus: None, remarks: Vec::new() };
        let metadata = std::fs::metadata(path).map_err(io)?;
        if metadata.is_dir() {
            let mut seen = HashSet::new();
            tree.walk(path, "", 0, MAX_DEPTH, &mut seen, watch)?;
            tree.sort();
            return Ok(tree);
        }
        if !metadata.is_file() {
            return Err(tree.unfit("a file or a folder", "neither", "name a file or a folder"));
        }
        let file = Member::of_len(path, metadata.len());
        let name = file.path.clone();
        let plain_start = Member { path: "plain".to_owned(), ..file.clone() }.peek(4);
        if plain_start.starts_with(b"PK\x03\x04") || plain_start.starts_with(b"PK\x05\x06") {
            tree.read_zip(path, watch)?;
        } else if is_tar(&file.peek(512), file.plain_name()) || name.to_ascii_lowercase().ends_with(".tgz") {
            let as_packed = plain_start.starts_with(&[0x1f, 0x8b]);
            let archive = Member { path: if as_packed { "archive.gz" } else { "archive" }.to_owned(), ..file };
            tree.read_tar(&archive, watch)?;
        } else {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            // Beside a picture or an image file lie its labels or class names; an unreadable folder only means that there are none.
            tree.walk(folder, "", 0, 0, &mut HashSet::new(), watch).or_else(|err| match err {
                DataError::Cancelled => Err(err),
                _ => Ok(()),
            })?;
            tree.members.retain(|member| member.path != name);
            tree.members.push(file);
            tree.sort();
            tree.focus = tree.members.iter().position(|member| member.path == name);
        }
        tree.sort();
        Ok(tree)
    }

    /// An error about the whole place.
    pub fn unfit(&self, expected: impl Into<String>, found: impl Into<String>, advice: &str) -> DataError {
        let path = self.origin.display().to_string();
        DataError::Unfit { path, expected: expected.into(), found: found.into(), advice: advice.to_owned() }
    }

    /// The file that was named, if one was.
    pub fn focused(&self) -> Option<&Member> {
        self.members.get(self.focus?)
    }

    /// The files that a loader may take: the one that was named, or all.
    pub fn candidates(&self) -> &[Member] {
        match self.focus {
            Some(at) => self.members.get(at..=at).unwrap_or_default(),
            None => &self.members,
        }
    }

    /// The file called `plain_name` (with or without `.gz`, any case) in `folder`.
    pub fn beside(&self, folder: &str, plain_name: &str) -> Option<&Member> {
        let fits = |member: &&Member| member.folder() == folder && member.plain_name().eq_ignore_ascii_case(plain_name);
        let mut found: Vec<&Member> = self.members.iter().filter(fits).collect();
        found.sort_by_key(|member| member.is_packed());
        found.first().copied()
    }

    fn sort(&mut self) {
        self.members.sort_by(|a, b| a.path.cmp(&b.path));
    }

    fn walk(
        &mut self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        max_depth: usize,
        seen: &mut HashSet<PathBuf>,
        watch: &mut Watch<'_>,
    ) -> Result<(), DataError> {
        let io = |source| DataError::Io { path: folder.to_path_buf(), source };
        // A link back to a folder above would otherwise be followed for ever.
        if !seen.insert(folder.canonicalize().map_err(io)?) {
            return Ok(());
        }
        watch.step("Listing files", self.members.len() as u64, None)?;
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_clutter(&name) {
                continue;
            }
            // A broken link is nothing to read.
            let Ok(metadata) = std::fs::metadata(entry.path()) else { continue };
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if metadata.is_dir() {
                if depth < max_depth {
                    self.walk(&entry.path(), &path, depth + 1, max_depth, seen, watch)?;
                }
            } else if metadata.is_file() {
                self.add(Member { path, len: metadata.len(), place: Place::Disk(entry.path()) })?;
            }
        }
        Ok(())
    }

    fn add(&mut self, member: Member) -> Result<(), DataError> {
        if self.members.len() >= MAX_MEMBERS {
            let advice = "name one of its sub-folders";
            return Err(self.unfit(format!("at most {MAX_MEMBERS} files"), "more", advice));
        }
        self.members.push(member);
        Ok(())
    }

    fn read_tar(&mut self, file: &Member, watch: &mut Watch<'_>) -> Result<(), DataError> {
        let opened = file.open()?;
        let mut archive = tar::Archive::new(opened.reader);
        let damaged = |origin: &Path, err: std::io::Error| DataError::Unfit {
            path: origin.display().to_string(),
            expected: "a whole tar archive".to_owned(),
            found: format!("a damaged one ({err})"),
            advice: "fetch the file again".to_owned(),
        };
        let origin = self.origin.clone();
        let mut held = 0;
        let mut n_unsafe = 0;
        for entry in archive.entries().map_err(|err| damaged(&origin, err))? {
            let mut entry = entry.map_err(|err| damaged(&origin, err))?;
            watch.bytes("Reading the archive", held, None)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let Some(path) = safe_path(&String::from_utf8_lossy(&entry.path_bytes())) else {
                n_unsafe += 1;
                continue;
            };
            if path.split('/').any(is_clutter) {
                continue;
            }
            let bytes = self.hold(&mut entry, &mut held, |err| damaged(&origin, err))?;
            self.add_held(path, bytes)?;
        }
        self.remark_unsafe(n_unsafe);
        Ok(())
    }

    /// Adds a member that was unpacked from the archive.
    fn add_held(&mut self, path: String, bytes: Vec<u8>) -> Result<(), DataError> {
        let archive = Arc::from(self.origin.as_path());
        self.add(Member { path, len: bytes.len() as u64, place: Place::Held { bytes: Arc::new(bytes), archive } })
    }

    fn read_zip(&mut self, path: &Path, watch: &mut Watch<'_>) -> Result<(), DataError> {
        let io = |source| DataError::Io { path: path.to_path_buf(), source };
        let damaged = |err: String| DataError::Unfit {
            path: path.display().to_string(),
            expected: "a whole zip archive without a password".to_owned(),
            found: format!("one that cannot be read ({err})"),
            advice: "fetch the file again, or unpack it and open the folder".to_owned(),
        };
        let file = BufReader::new(File::open(path).map_err(io)?);
        let mut archive = zip::ZipArchive::new(file).map_err(|err| damaged(err.to_string()))?;
        let n_files = archive.len();
        let mut held = 0;
        let mut n_unsafe = 0;
        for file_idx in 0..n_files {
            watch.step("Reading the archive", file_idx as u64, Some(n_files as u64))?;
            let mut entry = archive.by_index(file_idx).map_err(|err| damaged(err.to_string()))?;
            if !entry.is_file() {
                continue;
            }
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let Some(path) = safe_path(&name) else {
                n_unsafe += 1;
                continue;
            };
            if path.split('/').any(is_clutter) {
                continue;
            }
            let bytes = self.hold(&mut entry, &mut held, |err| damaged(format!("{path}: {err}")))?;
            self.add_held(path, bytes)?;
        }
        self.remark_unsafe(n_unsafe);
        Ok(())
    }

    /// Reads one member, counting it against the limit for all.
    fn hold(
        &self,
        reader: &mut dyn Read,
        held: &mut u64,
        damaged: impl Fn(std::io::Error) -> DataError,
    ) -> Result<Vec<u8>, DataError> {
        // No capacity from the header: it may promise anything.
        let mut bytes = Vec::new();
        let room = MAX_HELD_BYTES - *held;
        reader.take(room + 1).read_to_end(&mut bytes).map_err(damaged)?;
        if bytes.len() as u64 > room {
            let limit = format!("an archive of at most {} unpacked", byte_size(MAX_HELD_BYTES));
            return Err(self.unfit(limit, "more", "unpack it and open the folder"));
        }
        *held += bytes.len() as u64;
        Ok(bytes)
    }

    fn remark_unsafe(&mut self, n_unsafe: usize) {
        if n_unsafe > 0 {
            self.remarks.push(format!("Left out {n_unsafe} archive members whose paths lead outside the archive"));
        }
    }
}

/// A size in words.
pub fn byte_size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1000),
        10_000_000..=9_999_999_999 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

fn is_tar(start: &[u8], plain_name: &str) -> bool {
    start.get(257..262) == Some(b"ustar".as_slice())
        || (start.len() == 512 && plain_name.to_ascii_lowercase().ends_with(".tar"))
}

/// Files that operating systems and version control leave behind.
fn is_clutter(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini"
}

/// The path of an archive member below the root, or `None` if it leads anywhere else.
fn safe_path(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with('/') || has_drive || name.contains('\0') {
        return None;
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}
