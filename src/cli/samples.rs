//! `unmask samples`: write the sample data of the project, and train the small models beside it.

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, work};

/// Arguments of `samples`.
#[derive(Debug, Args)]
pub struct SamplesArgs {
    /// Folder for the data
    #[arg(long, default_value = "sample_data")]
    pub out: PathBuf,
    /// Also train the small models of the sample project
    #[arg(long)]
    pub models: bool,
}

/// Runs it.
pub fn run(args: &SamplesArgs) -> Outcome {
    crate::data::samples::write_all(&args.out).map_err(work)?;
    println!("sample data: {}", args.out.display());
    Ok(())
}
