//! Parses the command line, runs a subcommand or the window, and turns errors into exit codes.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    unmask::device::prepare_process();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    let cli = unmask::cli::Cli::parse();
    let outcome = match cli.command {
        Some(command) => unmask::cli::run(command, None),
        None => return window(cli.paths),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("unmask: {}", failure.message());
            ExitCode::from(failure.code())
        }
    }
}

/// Opens the window on what was named.
fn window(open: Vec<String>) -> ExitCode {
    let machine = unmask::device::Machine::look();
    let device = match unmask::model::device_from("auto") {
        Ok(device) => device,
        Err(error) => {
            eprintln!("unmask: {error}");
            return ExitCode::from(1);
        }
    };
    match unmask::ui::run(unmask::ui::Options { open, device, machine, samples: Vec::new() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("unmask: {error}");
            ExitCode::from(1)
        }
    }
}
