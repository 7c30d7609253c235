//! Which part of the data an item belongs to. Splits are seeded and stratified; nothing is ever chosen on test.

/// Training, validation or test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Learned from.
    Train,
    /// Chosen on.
    Validation,
    /// Reported on.
    Test,
}
