//! Everything that is tested from outside without a window, in one program.

#[path = "integration/tidy.rs"]
mod tidy;
