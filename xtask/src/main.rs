//! `cargo xtask`: sets the toolkit up, then builds, starts or tests Unmask. Standard library only, so that it builds in seconds.

#![forbid(unsafe_code)]

mod libtorch;
mod licences;
mod package;
mod python;
mod steps;
mod system;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask COMMAND

  run [-- ARGS]        set up, build the release program, open the window on the bundled samples
                       (or hand ARGS to unmask, for instance: cargo xtask run -- doctor)
  test [FILTER]        set up, then formatting, lints and every test (or those whose name contains FILTER); scikit-learn comes
                       into target/python for the tests with it
  setup [--cpu|--cuda] fetch libtorch into .libtorch; without an option CUDA is taken where an NVIDIA driver is present
  samples [--models]   make sample_data again (with --models also the small trained models)
  package [--archive] [--binary FILE] [--out DIR]
                       a folder (with --archive also a .tar.gz) with the program and its libraries, for machines without network,
                       compiler or Python; FILE is a built program, else the release program is built first
  doctor               what is installed, what is missing, and the command that brings it
  licences [--check]   write THIRD_PARTY.md from the locked dependencies (or only compare)";

/// Why a command stopped. The text is printed to stderr as one line after `xtask:`.
pub enum Stop {
    /// The command line is wrong: exit code 2.
    Usage(String),
    /// Something is missing or failed: exit code 1.
    Failed(String),
    /// A program that was started ended with this code and has said why itself.
    Code(u8),
}

/// Everything here ends with success or with one [`Stop`].
pub type Outcome = Result<(), Stop>;

/// Shorthand for [`Stop::Failed`].
pub fn failed(text: impl Into<String>) -> Stop {
    Stop::Failed(text.into())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args, &repository_root()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Usage(text)) => {
            eprintln!("xtask: {text}\n\n{HELP}");
            ExitCode::from(2)
        }
        Err(Stop::Failed(text)) => {
            eprintln!("xtask: {text}");
            ExitCode::from(1)
        }
        Err(Stop::Code(code)) => ExitCode::from(code),
    }
}

fn dispatch(args: &[String], root: &Path) -> Outcome {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => {
            println!("{HELP}");
            return Ok(());
        }
    };
    match command {
        "run" => {
            let arguments = if rest.first().is_some_and(|first| first == "--") { &rest[1..] } else { rest };
            steps::run(root, arguments)
        }
        "test" => match rest {
            [] => steps::test(root, None),
            [filter] if !filter.starts_with('-') => steps::test(root, Some(filter)),
            _ => Err(Stop::Usage("`test` takes at most one part of a test's name".into())),
        },
        "setup" => {
            let wish = match rest {
                [] => None,
                [one] if one == "--cpu" => Some(libtorch::Flavour::Cpu),
                [one] if one == "--cuda" => Some(libtorch::Flavour::Cuda),
                _ => return Err(Stop::Usage("`setup` takes --cpu or --cuda, or nothing".into())),
            };
            steps::setup(root, wish)
        }
        "samples" => match rest {
            [] => steps::samples(root, false),
            [one] if one == "--models" => steps::samples(root, true),
            _ => Err(Stop::Usage("`samples` takes --models, or nothing".into())),
        },
        "package" => {
            let (mut archive, mut binary, mut out) = (false, None, None);
            let mut rest = rest.iter();
            while let Some(word) = rest.next() {
                let target = match word.as_str() {
                    "--archive" => {
                        archive = true;
                        continue;
                    }
                    "--binary" => &mut binary,
                    "--out" => &mut out,
                    other => return Err(Stop::Usage(format!("`package` does not know {other}"))),
                };
                let value = rest.next().ok_or_else(|| Stop::Usage(format!("{word}: expected a path after it")))?;
                *target = Some(PathBuf::from(value));
            }
            package::package(root, binary, out, archive)
        }
        "doctor" if rest.is_empty() => steps::doctor(root),
        "licences" => match rest {
            [] => licences::write(root, false),
            [one] if one == "--check" => licences::write(root, true),
            _ => Err(Stop::Usage("`licences` takes --check, or nothing".into())),
        },
        "help" | "-h" | "--help" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Stop::Usage(format!("there is no command `{other}`"))),
    }
}

/// The folder that holds the workspace. Cargo names it at run time; the compiled-in path is for a binary started by hand.
fn repository_root() -> PathBuf {
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
}

/// The cargo that started this program, pointed at `root` but left in the caller's folder, so that relative paths keep their meaning.
pub fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let (verb, rest) = arguments.split_first().expect("every call names a cargo command");
    command.arg(verb).arg("--manifest-path").arg(root.join("Cargo.toml")).args(rest);
    command.env("LIBTORCH", libtorch::path(root));
    // Cargo sets these for this program; a build script further down that watches one would run again for nothing.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}
