//! JSON files that say what they are: `{"format": NAME, "version": N, ...}`. What does not fit is refused with a reason.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{StoreError, atomic};

/// Largest card that is read unless its format says otherwise: 64 MiB.
pub const MAX_BYTES: u64 = 64 << 20;

/// A kind of JSON file and the versions of it that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Stands in the file, e.g. `unmask-project`.
    pub name: &'static str,
    /// Oldest version that is read.
    pub oldest: u32,
    /// The version that is written, and the newest that is read.
    pub version: u32,
    /// Largest file that is read, in bytes.
    pub max_bytes: u64,
}

impl Format {
    /// A format of which one version exists.
    pub const fn new(name: &'static str, version: u32) -> Self {
        Self { name, oldest: version, version, max_bytes: MAX_BYTES }
    }

    /// Reads a card. `T` gets the fields without `format` and `version`.
    pub fn read<T: DeserializeOwned>(&self, path: &Path) -> Result<T, StoreError> {
        self.parse(&atomic::read_limited(path, self.max_bytes)?, path)
    }

    /// The same from bytes; `path` is for the messages.
    pub fn parse<T: DeserializeOwned>(&self, bytes: &[u8], path: &Path) -> Result<T, StoreError> {
        let (_, value) = self.parse_value(bytes, path)?;
        self.take_fields(value, path)
    }

    /// The version of the card and its content as plain JSON, for what must be migrated before [`Format::take_fields`].
    pub fn parse_value(&self, bytes: &[u8], path: &Path) -> Result<(u32, Value), StoreError> {
        let damaged = |expected: String, found: String| StoreError::Damaged { path: path.to_owned(), expected, found };
        // serde_json refuses nesting deeper than 128 levels, so the stack is safe.
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| damaged(format!("JSON of format {}", self.name), error.to_string()))?;
        let Value::Object(fields) = &value else {
            return Err(damaged(format!("a JSON object of format {}", self.name), kind_of(&value).to_owned()));
        };
        match fields.get("format") {
            Some(Value::String(name)) if name == self.name => {}
            other => {
                let found = other.map_or_else(|| "none".to_owned(), shorten);
                return Err(StoreError::OtherFormat { path: path.to_owned(), expected: self.name, found });
            }
        }
        let version = fields.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok());
        match version {
            Some(version) if (self.oldest..=self.version).contains(&version) => Ok((version, value)),
            _ => Err(StoreError::OtherVersion {
                path: path.to_owned(),
                format: self.name,
                expected: match self.oldest == self.version {
                    true => self.version.to_string(),
                    false => format!("{} to {}", self.oldest, self.version),
                },
                found: fields.get("version").map_or_else(|| "none".to_owned(), shorten),
            }),
        }
    }

    /// The typed fields of a parsed card, without `format` and `version`.
    pub fn take_fields<T: DeserializeOwned>(&self, mut value: Value, path: &Path) -> Result<T, StoreError> {
        if let Value::Object(fields) = &mut value {
            fields.remove("format");
            fields.remove("version");
        }
        serde_json::from_value(value).map_err(|error| StoreError::Damaged {
            path: path.to_owned(),
            expected: format!("all fields of {} version {}", self.name, self.version),
            found: error.to_string(),
        })
    }

    /// The bytes of a card: `format` and `version` first, then the fields in their order. `content` must be a struct or a
    /// map, without fields of these two names.
    ///
    /// The bytes are read back as a check, since JSON has no NaN or infinity: such numbers would make a file that cannot be
    /// opened.
    pub fn to_bytes<T: Serialize + DeserializeOwned>(&self, content: &T, path: &Path) -> Result<Vec<u8>, StoreError> {
        #[derive(Serialize)]
        struct Card<'a, T> {
            format: &'a str,
            version: u32,
            #[serde(flatten)]
            content: &'a T,
        }
        let invalid = |error: serde_json::Error| StoreError::Write { path: path.to_owned(), source: error.into() };
        let card = Card { format: self.name, version: self.version, content };
        let mut bytes = serde_json::to_vec_pretty(&card).map_err(invalid)?;
        bytes.push(b'\n');
        self.parse::<T>(&bytes, path).map_err(|error| StoreError::Write {
            path: path.to_owned(),
            source: std::io::Error::other(error.to_string()),
        })?;
        Ok(bytes)
    }

    /// Writes a card into its place, as a whole or not at all.
    pub fn write<T: Serialize + DeserializeOwned>(&self, path: &Path, content: &T) -> Result<(), StoreError> {
        atomic::write(path, &self.to_bytes(content, path)?)
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What stands there, cut to a length that fits into a sentence.
fn shorten(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("'{}'", text.escape_default()),
        Value::Number(number) => number.to_string(),
        other => kind_of(other).to_owned(),
    };
    if text.chars().count() <= 60 { text } else { text.chars().take(57).chain("...".chars()).collect() }
}
