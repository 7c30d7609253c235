//! Unmask shows which parts of an input a machine-learning model used.
//!
//! # Bird's view
//!
//! One package: this library, a thin binary, and `xtask` that sets things up. Two rules carry the rest: **numbers, not tensors, cross module
//! borders**, and **the window sends data ([`jobs::Task`], [`session::Command`]), never closures**.
//!
//! | module | what it is | may use |
//! | --- | --- | --- |
//! | [`store`] | files that are never half-written, hashes, cards, projects, the cache | - |
//! | [`work`] | the scheduler: steppable, seeded, cancellable jobs on one thread | - |
//! | [`device`] | the process and the machine: wait policy, CUDA, memory | - |
//! | [`data`] | data sets as plain numbers, loaders, units, splits, samples | store |
//! | [`figure`] | figures as display lists; SVG, PNG, PDF | data, store |
//! | [`model`] | black boxes; the only home of libtorch beside `explain/learn` | data, work, store, device |
//! | [`explain`] | methods that score units | data, model, work, store |
//! | [`metric`] | how faithful, stable and fast explanations are | and explain |
//! | [`experiment`] | tables of the papers | and metric |
//! | [`study`] | blinded human studies (FS-H) without a window; the only home of SQLite | data, store, explain, figure |
//! | [`jobs`] | tasks and outputs as plain data, and what runs them | all above |
//! | [`session`] | the application without a window | all above, no egui, no libtorch |
//! | [`ui`] | the window; the only home of egui | all above, no libtorch |
//! | [`cli`] | the command line | all above, no libtorch, not ui |
//!
//! `tests/integration/tidy.rs` enforces the table. A new method, metric, architecture, loader, exporter or experiment is one file and one line in
//! its registry: [`explain::METHODS`], [`metric::METRICS`], [`model::ARCHITECTURES`], [`data::open::LOADERS`], [`figure::FORMATS`],
//! [`experiment::EXPERIMENTS`].
//!
//! # Threads
//!
//! Three workers run the same environment, [`jobs::Compute`]: one explains and predicts, one trains and measures, one reads and writes files.
//! The first has its own frozen copies of the networks, rebuilt from plain bytes by hash, so that an explanation never waits for a training
//! step (a batch can take half a second). `Tensor` never crosses a thread.
//!
//! # Determinism
//!
//! Every step seeds libtorch's generator from (seed, step), and every other draw comes from a `ChaCha8Rng` of a seed and a stream. So a training
//! gives the same bytes alone and interleaved with others, for the same versions, device kind and thread count; each card records them.
//!
//! # What is deliberately absent
//!
//! No network, no telemetry, no unsafe code outside [`device`], no tensor in the window, no global state beside libtorch's own.

pub mod cli;
pub mod data;
pub mod device;
pub mod experiment;
pub mod explain;
pub mod figure;
pub mod jobs;
pub mod metric;
pub mod model;
pub mod session;
pub mod store;
pub mod study;
pub mod ui;
pub mod work;
