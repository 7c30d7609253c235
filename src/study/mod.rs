//! Blinded human evaluation (FS-H): from the design of a study to its report, without a window.
//!
//! # Bird's view
//!
//! A researcher writes a [`design::Spec`]; [`make`] turns it, with rendered stimuli, into two files: the **participant file**
//! ([`store::Store`], SQLite), which holds all that is needed to run and only opaque codes, and the **key file** ([`key::Key`], JSON),
//! which says what the codes mean. [`session::Session`] is the one state machine through which answers come in: the window shows its
//! [`session::View`] and sends it [`session::Input`]s, and [`simulate`] does the very same without a window. [`merge`] puts files of
//! several machines together. Once the study is closed, [`responses`] joins answers with the key, [`score`] computes FS-H by the
//! protocol's rule with [`stats`], and [`report`] and [`export`] write it down.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`design`] | the design as TOML, its rules, the papers' presets, the planner |
//! | [`allocate`] | who sees what, in which arm and in which order |
//! | [`stimulus`] | what is shown, as PNG without anything that tells the arm |
//! | [`make`], [`key`], [`store`] | the two files |
//! | [`session`] | present, answer, confirm, undo, pause, resume |
//! | [`words`] | the words of the participant's screens, in the researcher's language |
//! | [`simulate`] | participants whose skill is known |
//! | [`merge`], [`responses`], [`score`], [`report`], [`export`] | after the last answer |
//! | [`stats`] | intervals, tests, agreement; numbers in, numbers out |
//!
//! # The eighteen rules
//!
//! The defaults are those of a careful study: ask what the *model* will answer; show the selected part only; have control arms; each person
//! sees an item once (Latin square); seeded orders; opaque codes and an analysis that is locked until the study is closed; a forced choice
//! with confidence; practice with feedback; catch items and repeats with exclusion rules fixed in advance; response times on a monotonic
//! clock; undo of the last answer with the first kept; one durable transaction per answer. A paper's protocol may override some of them,
//! and then the report says so ([`design::Protocol::overrides`]).
//!
//! # What is deliberately absent
//!
//! Models (the caller explains and predicts), the window, names of people, and times of day in exports unless asked for.

pub mod allocate;
pub mod design;
pub mod dice;
mod error;
pub mod export;
pub mod key;
pub mod make;
pub mod merge;
pub mod report;
pub mod responses;
pub mod score;
pub mod session;
pub mod simulate;
pub mod stats;
pub mod stimulus;
pub mod store;
pub mod words;

pub use error::StudyError;
