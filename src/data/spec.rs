//! What names a data set: `mnist:DIR?classes=3,8`, `images:DIR`, or a bare path. Parsing and writing are each other's inverse.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::DataError;
use super::open::{COMMON_KEYS, LOADERS, Loader};

/// How the data is read: by a named loader, or by whichever recognises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(&'static str);

impl Kind {
    /// Guessed from the content.
    pub const AUTO: Self = Self("auto");

    /// The kind called `name`, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::AUTO.0 {
            return Some(Self::AUTO);
        }
        LOADERS.iter().flat_map(|loader| loader.names).find(|known| **known == name).map(|known| Self(known))
    }

    /// Its name as written before the colon.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What reads it; `None` for [`Kind::AUTO`].
    pub fn loader(self) -> Option<&'static Loader> {
        LOADERS.iter().copied().find(|loader| loader.names.contains(&self.0))
    }

    /// Whether the program draws the data itself: what stands where a path stands is then a set's name.
    pub fn is_drawn(self) -> bool {
        super::synthetic::LOADER.names.contains(&self.0)
    }
}

/// Names a data set and how it is filtered and split.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DataSpec {
    /// How it is read.
    pub kind: Kind,
    /// File, folder or archive.
    pub path: PathBuf,
    /// Options, e.g. `classes` = `3,8`.
    pub query: BTreeMap<String, String>,
}

impl DataSpec {
    /// The data at `path`, of whatever kind.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self { kind: Kind::AUTO, path: path.into(), query: BTreeMap::new() }
    }

    /// A command line argument: the file of exactly that name if there is one, else a specification.
    pub fn from_argument(argument: &str) -> Result<Self, DataError> {
        let path = PathBuf::from(argument);
        if path.exists() { Ok(Self::from_path(path)) } else { argument.parse() }
    }

    /// The same with one option set.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.query.insert(key.to_owned(), value.into());
        self
    }

    /// An error about this specification.
    pub fn refuse(&self, problem: impl Into<String>, advice: impl Into<String>) -> DataError {
        DataError::Spec { spec: self.to_string(), problem: problem.into(), advice: advice.into() }
    }

    /// A whole number from the query.
    pub fn number(&self, key: &str) -> Result<Option<u64>, DataError> {
        let Some(value) = self.query.get(key) else { return Ok(None) };
        let number = value.parse().map_err(|_| {
            self.refuse(format!("{key} is \"{value}\", not a whole number"), format!("write for instance {key}=1000"))
        })?;
        Ok(Some(number))
    }

    /// The comma-separated entries of an option; a comma within an entry is written `%2C`.
    pub fn list(&self, key: &str) -> Option<Vec<String>> {
        let value = self.query.get(key)?;
        Some(value.split(',').map(|entry| entry.trim().replace("%2C", ",")).collect())
    }
}

/// "a, b and c".
pub(super) fn in_words(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    // A damaged file can name a column by half of its content: a sentence stays one line.
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let names: Vec<String> = names.into_iter().map(|name| plain(name.as_ref())).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Every kind with the keys it knows, for messages and help.
pub fn known_kinds() -> String {
    in_words(LOADERS.iter().flat_map(|loader| loader.names))
}

/// Refuses options that neither every kind nor this loader knows.
pub(super) fn check_keys(spec: &DataSpec, loader: Option<&Loader>) -> Result<(), DataError> {
    let own_keys = LOADERS.iter().filter(|each| loader.is_none_or(|known| known.names == each.names));
    let own_keys = own_keys.flat_map(|each| each.keys);
    let mut keys: Vec<&str> = COMMON_KEYS.iter().chain(own_keys).map(|key| key.id).collect();
    let mut seen = std::collections::HashSet::new();
    keys.retain(|key| seen.insert(*key));
    match spec.query.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            Err(spec
                .refuse(format!("there is no option \"{key}\""), format!("the options here are {}", in_words(&keys))))
        }
    }
}

impl std::str::FromStr for DataSpec {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Self, DataError> {
        let refuse = |problem: &str, advice: String| DataError::Spec {
            spec: text.to_owned(),
            problem: problem.to_owned(),
            advice,
        };
        // One letter before a colon is a Windows drive, and a colon after a slash belongs to the path.
        let (kind, rest) = match text.split_once(':') {
            Some((name, rest)) if name.len() > 1 && !name.contains(['/', '\\', '?', '.', ' ']) => {
                let kind = Kind::named(name).ok_or_else(|| {
                    let advice = format!("the kinds are {}; a path with a colon is written ./{text}", known_kinds());
                    refuse(&format!("there is no kind \"{name}\""), advice)
                })?;
                (kind, rest)
            }
            _ => (Kind::AUTO, text),
        };
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(refuse("it names no file or folder", "write for instance mnist:FOLDER?classes=3,8".to_owned()));
        }
        let mut query = BTreeMap::new();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let Some((key, value)) = option.split_once('=').filter(|(key, _)| !key.is_empty()) else {
                let advice = "write options as key=value, joined by &".to_owned();
                return Err(refuse(&format!("\"{option}\" is no option"), advice));
            };
            if query.insert(key.to_owned(), unescape(value)).is_some() {
                let advice = format!("keep one {key}=");
                return Err(refuse(&format!("the option \"{key}\" is given twice"), advice));
            }
        }
        let spec = Self { kind, path: PathBuf::from(unescape(path)), query };
        check_keys(&spec, kind.loader())?;
        Ok(spec)
    }
}

impl std::fmt::Display for DataSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = escape(&self.path.to_string_lossy());
        // A bare path with a colon would read as a kind.
        if self.kind != Kind::AUTO || path.contains(':') {
            write!(f, "{}:", self.kind.name())?;
        }
        f.write_str(&path)?;
        for (option_idx, (key, value)) in self.query.iter().enumerate() {
            write!(f, "{}{key}={}", if option_idx == 0 { '?' } else { '&' }, escape(value))?;
        }
        Ok(())
    }
}

/// `%`, `?` and `&` as `%25`, `%3F` and `%26`, so that the text can be taken apart again.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('?', "%3F").replace('&', "%26")
}

/// Undoes [`escape`]; any other `%` stays, since users type paths with it.
fn unescape(text: &str) -> String {
    text.replace("%3F", "?").replace("%26", "&").replace("%25", "%")
}

impl From<DataSpec> for String {
    fn from(spec: DataSpec) -> Self {
        spec.to_string()
    }
}

impl TryFrom<String> for DataSpec {
    type Error = DataError;

    fn try_from(text: String) -> Result<Self, DataError> {
        text.parse()
    }
}
