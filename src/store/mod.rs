//! Saved things: files that are never half-written, hashes, JSON cards with a version, the project folder, and the user's cache.
//!
//! A bottom module: it knows no models, no data and no window. Files that belong together (weights and their card) are
//! written largest first and the card last, each by [`atomic::write`], so that a card always has what it names; or as a
//! whole folder with [`atomic::NewFolder`].

pub mod atomic;
pub mod cache;
pub mod card;
mod error;
pub mod hash;
pub mod project;
mod project_file;

pub use cache::{Cache, Recent, RecentEntry, RecentKind};
pub use card::Format;
pub use error::StoreError;
pub use hash::Hash;
pub use project::{Opened, Project, ProjectKind, ProjectNotice, SavedRef};
pub use project_file::ProjectState;

/// The ending of a file's name without the dot, in small letters; empty where it has none.
pub fn ending(path: &std::path::Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}
