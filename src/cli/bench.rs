//! `unmask bench`: speed and memory, as ratios against the bare libtorch loop of the same run.

use std::path::PathBuf;

use clap::Args;

use super::{ComputeArgs, Outcome};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The figures, as JSON
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(_args: &BenchArgs) -> Outcome {
    Ok(())
}
