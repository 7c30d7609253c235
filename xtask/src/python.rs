//! Fetches scikit-learn into `target/python` with pip, once, for the tests that run the examples of `src/model/exec.md`.
//!
//! As with libtorch only pip's `--target` is used: no Python environment is changed. Unmask itself never needs it.

use crate::{Outcome, Stop, failed, libtorch, system};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// scikit-learn and all that it needs, for Python 3.10 to 3.14.
const PACKAGES: [&str; 7] = [
    "scikit-learn==1.7.2",
    "joblib==1.5.2",
    "threadpoolctl==3.6.0",
    "numpy==2.3.5; python_version >= '3.11'",
    "numpy==2.2.6; python_version < '3.11'",
    "scipy==1.16.3; python_version >= '3.11'",
    "scipy==1.15.3; python_version < '3.11'",
];

/// Names a Python that has scikit-learn itself: nothing is fetched then.
const OWN: &str = "UNMASK_PYTHON";
/// Where the tests find it. Not `PYTHONPATH`, which every other Python that the tests start would follow.
const FOLDER: &str = "UNMASK_PYTHON_PACKAGES";
/// Set by `.ci/run`: what cannot be fetched is then a failure, and so is a test that lacks it.
const COMPLETE: &str = "UNMASK_CI";

/// Makes sure that scikit-learn is there and tells the tests where. Without it they are skipped with a sentence, except under `.ci/run`.
pub fn provide(root: &Path, tests: &mut Command) -> Outcome {
    if std::env::var_os(OWN).is_some() {
        println!("    scikit-learn: that of {OWN}");
        return Ok(());
    }
    match ensure(root) {
        Ok((python, folder)) => {
            println!("    scikit-learn: {}", folder.display());
            // The tests run in another folder than a relative CARGO_TARGET_DIR is meant from.
            tests.env(OWN, python).env(FOLDER, std::path::absolute(&folder).unwrap_or(folder));
            Ok(())
        }
        Err(why) if std::env::var_os(COMPLETE).is_some() => Err(failed(format!("scikit-learn: {why}"))),
        Err(why) => {
            println!("    scikit-learn: none ({why}), tests with it are skipped");
            Ok(())
        }
    }
}

/// The Python and the folder with its packages; `Err` says why there is none.
fn ensure(root: &Path) -> Result<(PathBuf, PathBuf), String> {
    let python = system::python_with_pip()?;
    let words = |e: std::io::Error, folder: &Path| format!("cannot write {}: {e}", folder.display());
    let (home, wanted) = (libtorch::target(root).join("python"), note_of(&version(&python)?));
    let is_there = || fs::read_to_string(home.join(NOTE)).is_ok_and(|found| found == wanted);
    if is_there() {
        return Ok((python, home));
    }
    let lock = libtorch::lock(root).map_err(sentence)?;
    if is_there() {
        return Ok((python, home));
    }
    println!("Fetching scikit-learn for the tests into {} with pip: about 65 MB.", home.display());
    let partial = home.with_extension("partial");
    libtorch::remove(&partial).map_err(sentence)?;
    let (tree, temporary) = (partial.join("tree"), partial.join("tmp"));
    fs::create_dir_all(&temporary).map_err(|e| words(e, &temporary))?;
    let mut pip = system::pip_into(&python, &tree, &temporary);
    // Without an index this is an answer of seconds, not of minutes.
    pip.args(["--retries", "1", "--timeout", "20", "--quiet"]).args(PACKAGES);
    let status = pip.status().map_err(|e| format!("cannot start {}: {e}", python.display()))?;
    if !status.success() {
        libtorch::remove(&partial).map_err(sentence)?;
        return Err("pip could not fetch it, its message is above".to_owned());
    }
    fs::write(tree.join(NOTE), wanted).map_err(|e| words(e, &tree))?;
    libtorch::remove(&home).map_err(sentence)?;
    libtorch::rename(&tree, &home).map_err(sentence)?;
    libtorch::remove(&partial).map_err(sentence)?;
    drop(lock);
    Ok((python, home))
}

/// Says for which Python and with which packages the folder was filled.
const NOTE: &str = "unmask.txt";

fn note_of(version: &str) -> String {
    format!("{}\n{}\n", version.trim(), PACKAGES.join("\n"))
}

/// Compiled packages fit one version of Python on one kind of machine.
fn version(python: &Path) -> Result<String, String> {
    let code = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())";
    let output = Command::new(python).args(["-c", code]).output();
    match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => Err(format!("{} does not say its version", python.display())),
    }
}

fn sentence(stop: Stop) -> String {
    match stop {
        Stop::Usage(text) | Stop::Failed(text) => text,
        Stop::Code(code) => format!("it ended with code {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned() {
        for package in PACKAGES {
            assert!(package.contains("=="), "{package}");
        }
    }

    #[test]
    fn another_python_or_another_version_is_fetched_anew() {
        let note = note_of("cpython-311 linux-x86_64\n");
        assert!(note.starts_with("cpython-311 linux-x86_64\nscikit-learn==") && note.contains("numpy=="));
        assert_ne!(note, note_of("cpython-312 linux-x86_64\n"));
    }
}
