//! Everything that is tested from outside without a window, in one program: one file per part.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

mod integration {
    mod data;
    mod doctor;
    mod figure;
    mod store;
    mod tidy;
    mod work;
}
