//! Unmask shows which parts of an input a machine-learning model used.

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
pub mod ui;
pub mod work;
