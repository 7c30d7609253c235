//! The commands: set up, run, test, samples, doctor; and the release build that a package starts from.

use crate::libtorch::{self, Flavour};
use crate::system::{self, Purpose};
use crate::{Outcome, Stop, cargo, failed, python};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// `cargo xtask setup`: the compiler is there, libtorch is there.
pub fn setup(root: &Path, wish: Option<Flavour>) -> Outcome {
    if let Some(text) = system::missing(&[Purpose::Build]) {
        return Err(failed(text));
    }
    libtorch::ensure(root, wish)?;
    // Said last and without failing: the program's command line works without a window.
    if let Some(text) = system::missing(&[Purpose::Window]) {
        println!("For the window {text}");
    }
    match libtorch::state(root) {
        Ok(words) => println!("Ready: libtorch {words}"),
        Err(why) => return Err(failed(why)),
    }
    Ok(())
}

/// `cargo xtask run`: set up, build, start on the bundled samples or with the user's own arguments.
pub fn run(root: &Path, arguments: &[String]) -> Outcome {
    if let Some(text) = system::missing(&[Purpose::Build]) {
        return Err(failed(text));
    }
    libtorch::ensure(root, None)?;
    // A build takes minutes: what the window lacks is said before it. Subcommands need no window.
    let opens_window = arguments.first().is_none_or(|first| Path::new(first).exists());
    if opens_window && let Some(text) = system::missing(&[Purpose::Window]) {
        return Err(failed(text));
    }
    let mut command = cargo(root, &["run", "--release"]);
    with_libraries(&mut command, root);
    command.arg("--");
    let samples = root.join("sample_data").join("project");
    if arguments.is_empty() && samples.is_dir() {
        command.arg(samples);
    } else {
        command.args(arguments);
    }
    start(&mut command)
}

/// Builds the release program.
pub fn build_release(root: &Path) -> Outcome {
    let mut command = cargo(root, &["build", "--release", "--bin", "unmask"]);
    with_libraries(&mut command, root);
    start(&mut command)
}

/// `cargo xtask samples`: the program makes its own sample data.
pub fn samples(root: &Path, models: bool) -> Outcome {
    if let Some(text) = system::missing(&[Purpose::Build]) {
        return Err(failed(text));
    }
    libtorch::ensure(root, None)?;
    let mut command = cargo(root, &["run", "--release", "--", "samples", "--out"]);
    with_libraries(&mut command, root);
    command.arg(root.join("sample_data"));
    if models {
        command.arg("--models");
    }
    start(&mut command)
}

/// `cargo xtask test`: set up, then formatting, lints and tests. All three run even if one fails, so that one run shows everything.
pub fn test(root: &Path, filter: Option<&str>) -> Outcome {
    let began = Instant::now();
    println!("==> set-up");
    if let Some(text) = system::missing(&[Purpose::Build, Purpose::Tests]) {
        return Err(failed(text));
    }
    libtorch::ensure(root, None)?;
    println!("==> set-up: ok, {}", seconds(began.elapsed()));
    match std::env::var_os("UNMASK_DATA") {
        Some(folder) => println!("    data sets: {}", PathBuf::from(folder).display()),
        None => println!("    data sets: none (UNMASK_DATA is not set), tests on them are skipped"),
    }

    let mut tests = cargo(root, &["test", "--workspace"]);
    with_libraries(&mut tests, root);
    tests.args(filter);
    python::provide(root, &mut tests)?;
    let steps = [
        ("formatting", cargo(root, &["fmt", "--all", "--check"])),
        ("lints", cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
        ("tests", tests),
    ];
    let mut broken = Vec::new();
    for (name, mut command) in steps {
        println!("==> {name}: {}", spelled(&command));
        let began = Instant::now();
        let status = command.current_dir(root).status().map_err(|e| failed(format!("cannot start cargo: {e}")))?;
        let verdict = if status.success() { "ok" } else { "FAILED" };
        println!("==> {name}: {verdict}, {}", seconds(began.elapsed()));
        if !status.success() {
            broken.push(name);
        }
    }
    println!("==> all steps: {}", seconds(began.elapsed()));
    if broken.is_empty() { Ok(()) } else { Err(failed(format!("failed: {}", broken.join(", ")))) }
}

/// `cargo xtask doctor`: what is there and what is missing, for building and for the window.
pub fn doctor(root: &Path) -> Outcome {
    let mut fine = true;
    let mut line = |name: &str, answer: Result<String, String>| {
        match answer {
            Ok(text) => println!("{name:<14}  {text}"),
            Err(text) => {
                fine = false;
                println!("{name:<14}! {text}");
            }
        };
    };
    line("cargo", first_line("cargo", &["--version"]));
    line(
        "formatting",
        first_line("cargo", &["fmt", "--version"])
            .map_err(|e| format!("{e}; bring it with: rustup component add rustfmt")),
    );
    line(
        "lints",
        first_line("cargo", &["clippy", "--version"])
            .map_err(|e| format!("{e}; bring it with: rustup component add clippy")),
    );
    line(
        "building",
        system::missing(&[Purpose::Build])
            .map_or_else(|| Ok(system::compiler().unwrap_or("found by cargo".into())), Err),
    );
    line("Python", system::python_in_words());
    line("NVIDIA driver", Ok(system::nvidia_driver().unwrap_or("none".into())));
    line("libtorch", libtorch::state(root).map_err(|why| format!("{why}; bring it with: cargo xtask setup")));
    line("window", system::missing(&[Purpose::Window]).map_or_else(|| Ok("all libraries found".into()), Err));
    line("tests", system::missing(&[Purpose::Tests]).map_or_else(|| Ok("all libraries found".into()), Err));
    if fine { Ok(()) } else { Err(failed("something is missing, see the lines with `!`")) }
}

fn first_line(program: &str, arguments: &[&str]) -> Result<String, String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
        }
        _ => Err(format!("`{program} {}` does not work", arguments.join(" "))),
    }
}

/// Windows has no path to libraries inside a program: the folder must be on PATH. Elsewhere the build script sees to it.
fn with_libraries(command: &mut Command, root: &Path) {
    if cfg!(windows) {
        let own = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            std::iter::once(PathBuf::from(libtorch::path(root)).join("lib")).chain(std::env::split_paths(&own));
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
    }
}

/// Runs `command` in the caller's folder and passes its exit code on: it has said itself what is wrong.
fn start(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|e| failed(format!("cannot start cargo: {e}")))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Stop::Code(u8::try_from(code).unwrap_or(1))),
        None => Err(failed("the program was ended by a signal")),
    }
}

fn spelled(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    let mut words = vec!["cargo".to_owned()];
    let mut skip = false;
    for argument in arguments {
        // The path to Cargo.toml is the same each time and says nothing.
        if skip || argument == "--manifest-path" {
            skip = !skip;
            continue;
        }
        words.push(argument);
    }
    words.join(" ")
}

fn seconds(elapsed: Duration) -> String {
    let whole = elapsed.as_secs();
    if whole < 60 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(725)), "12 min 05 s");
    }

    #[test]
    fn steps_are_printed_as_one_would_type_them() {
        let command = cargo(Path::new("/r"), &["clippy", "--workspace", "--", "-D", "warnings"]);
        assert_eq!(spelled(&command), "cargo clippy --workspace -- -D warnings");
    }
}
