//! Unmask.
