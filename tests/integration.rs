//! Everything that is tested from outside without a window, in one program: one file per part.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

mod integration {
    mod cli;
    mod data;
    mod doctor;
    mod experiment;
    mod explain;
    mod figure;
    mod jobs;
    mod metric;
    mod model;
    mod scores_file;
    mod store;
    mod study;
    mod study_cli;
    mod tidy;
    mod tiny;
    mod work;
}
