//! Parses the command line, runs a subcommand or the window, and turns errors into exit codes.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    unmask::device::prepare_process();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let cli = unmask::cli::Cli::parse();
    let outcome = match cli.command {
        Some(command) => unmask::cli::run(command, None),
        None => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("unmask: {}", failure.message());
            ExitCode::from(failure.code())
        }
    }
}
