//! Names by content: BLAKE3 hashes of bytes, files and streams.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use super::StoreError;

/// A 256-bit BLAKE3 hash. Written as 64 hexadecimal digits, in text and in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// Not 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a hash of 64 hexadecimal digits, found '{0}'")]
pub struct NotAHash(String);

impl Hash {
    /// Of bytes in memory.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Of everything that the stream still gives.
    pub fn of_reader(reader: impl Read) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(reader)?;
        Ok(Self(*hasher.finalize().as_bytes()))
    }

    /// Of a file's bytes; it is not loaded as a whole.
    pub fn of_file(path: &Path) -> Result<Self, StoreError> {
        File::open(path).and_then(Self::of_reader).map_err(StoreError::read(path))
    }

    /// The first twelve digits, for display.
    pub fn short(&self) -> String {
        self.0[..6].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Refuses content that does not have this hash; `path` is for the message.
    pub fn check(&self, found: Self, path: &Path) -> Result<(), StoreError> {
        if *self == found {
            return Ok(());
        }
        Err(StoreError::OtherHash { path: path.to_owned(), expected: self.short(), found: found.short() })
    }
}

/// Hashes something made of several parts. Each part enters with its name and length, so that no two lists of parts run
/// together to the same bytes.
#[derive(Clone, Debug, Default)]
pub struct PartHasher(blake3::Hasher);

impl PartHasher {
    /// Nothing hashed so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, name: &str, bytes: &[u8]) -> Self {
        for field in [name.as_bytes(), bytes] {
            self.0.update(&(field.len() as u64).to_le_bytes()).update(field);
        }
        self
    }

    /// The hash of all parts.
    pub fn finish(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({})", self.short())
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        // Cut by characters: the text is from outside and may be long.
        blake3::Hash::from_hex(text)
            .map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| NotAHash(text.chars().take(80).collect()))
    }
}

impl serde::Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
