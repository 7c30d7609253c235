//! What the worker threads do: tasks as plain data, outputs as plain data, and the environment that runs them.
//!
//! Two workers run the same environment: one trains and evaluates, one only reads, predicts and explains with its own frozen copies of the
//! networks, so that an interactive explanation never waits for a training step.

pub mod agreement;
pub mod classes;
pub mod compute;
pub mod evaluate;
mod explain;
mod explain_into;
pub mod measured;
pub mod picture;
pub mod reading;
pub mod scores;
pub mod study;
pub mod table;
pub mod task;
pub mod without;

pub use classes::{ByClass, Lens};
pub use compute::{CHUNK, Compute};
pub use measured::{Ceiling, Conditions, Measured, Missing, Ranks};
pub use picture::picture_of;
pub use study::{MakeStudy, StudyArm, StudyOutput, StudyTask};
pub use task::*;
pub use without::Without;
