//! `cargo xtask package`: a folder with the program and its libraries, for machines without network, compiler or Python.
//!
//! The program looks for libtorch in `lib` beside it first (its rpath, set by the build script), so the folder can lie anywhere. Which
//! libraries it needs is asked of the system's own loader (`ldd`): whatever is found in the fetched libtorch is copied, and nothing else. The
//! large CUDA libraries are opened at run time only where they are, so they stay away, and the packaged program computes on the CPU.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, Stop, failed, libtorch};

/// What lies beside the program.
const BESIDE: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT", "THIRD_PARTY.md"];

const START: &str = "\
Unmask, packaged for Linux on x86-64. Nothing needs to be installed; no network is used.

  ./unmask                                  open the window on nothing
  ./unmask sample_data/project              open the sample project (with a finished sample study under Study)
  ./unmask study run FILE.sqlite            let people take part in a study
  ./unmask doctor                           versions, devices, and what is missing

The window needs OpenGL (libgl1, libegl1) and libxkbcommon, which every desktop has. Keep `lib` beside `unmask`.
";

/// Packages `binary` (or the release program, which is built first) into `out` (or `target/package/unmask`).
pub fn package(root: &Path, binary: Option<PathBuf>, out: Option<PathBuf>, archive: bool) -> Outcome {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(failed(
            "packages are made on Linux x86-64 only; elsewhere put libtorch's `lib` beside the program by hand",
        ));
    }
    let binary = match binary {
        Some(path) => path,
        None => {
            crate::steps::setup(root, None)?;
            crate::steps::build_release(root)?;
            root.join("target/release/unmask")
        }
    };
    let out = out.unwrap_or_else(|| root.join("target/package/unmask"));
    if out.exists() {
        remove_ours(&out)?;
    }
    let lib = out.join("lib");
    std::fs::create_dir_all(&lib).map_err(|error| failed(format!("{}: {error}", lib.display())))?;
    copy(&binary, &out.join("unmask"))?;
    let home = PathBuf::from(libtorch::path(root));
    let mut bytes = 0;
    for (name, path) in libraries(&binary, &home)? {
        bytes += copy(&path, &lib.join(&name))?;
        println!("lib/{name}");
    }
    // The packaged `doctor` reads it there.
    if let Some(version) = libtorch::version(&home) {
        std::fs::write(lib.join("build-version"), version)
            .map_err(|error| failed(format!("build-version: {error}")))?;
    }
    for name in BESIDE {
        copy(&root.join(name), &out.join(name))?;
    }
    copy_folder(&root.join("sample_data"), &out.join("sample_data"))?;
    std::fs::write(out.join("START.txt"), START).map_err(|error| failed(format!("START.txt: {error}")))?;
    prove(&out)?;
    println!("{} ({} MB of libraries)", out.display(), bytes >> 20);
    if archive {
        let parent = out.parent().unwrap_or(root);
        let name = out.file_name().unwrap_or_default();
        let tar = parent.join(format!("{}-linux-x86_64.tar.gz", name.to_string_lossy()));
        let status = Command::new("tar").arg("-czf").arg(&tar).arg("-C").arg(parent).arg(name).status();
        match status {
            Ok(status) if status.success() => println!("{}", tar.display()),
            Ok(status) => return Err(failed(format!("tar ended with {status}"))),
            Err(error) => return Err(failed(format!("tar: {error}; install it, or leave --archive away"))),
        }
    }
    Ok(())
}

/// A folder is replaced only if it was made by this command.
fn remove_ours(out: &Path) -> Outcome {
    if !out.join("START.txt").is_file() || !out.join("unmask").is_file() {
        return Err(failed(format!("{} is there and is no package; name another folder", out.display())));
    }
    std::fs::remove_dir_all(out).map_err(|error| failed(format!("{}: {error}", out.display())))
}

fn copy(from: &Path, to: &Path) -> Result<u64, Stop> {
    std::fs::copy(from, to).map_err(|error| failed(format!("{}: {error}", from.display())))
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    let fault = |error: std::io::Error| failed(format!("{}: {error}", from.display()));
    std::fs::create_dir_all(to).map_err(fault)?;
    for entry in std::fs::read_dir(from).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// What `ldd` resolves for a program: names and paths.
fn resolved(binary: &Path) -> Result<Vec<(String, PathBuf)>, Stop> {
    let output = Command::new("ldd").arg(binary).env_remove("LD_LIBRARY_PATH").output();
    let output = output.map_err(|error| failed(format!("ldd: {error}; it comes with the C library (libc-bin)")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Some(line) = text.lines().find(|line| line.contains("not found")) {
        return Err(failed(format!("{}: {}; build it first with `cargo xtask run`", binary.display(), line.trim())));
    }
    Ok(lines_of(&text))
}

/// `name => path (address)` lines as pairs.
fn lines_of(text: &str) -> Vec<(String, PathBuf)> {
    text.lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once("=>")?;
            let path = rest.trim().split(" (").next()?.trim();
            path.starts_with('/').then(|| (name.trim().to_owned(), PathBuf::from(path)))
        })
        .collect()
}

/// The libraries that come from the fetched libtorch, or from `lib` beside the program.
fn libraries(binary: &Path, home: &Path) -> Result<Vec<(String, PathBuf)>, Stop> {
    // The wheel's NVIDIA folder lies beside `torch`.
    let home = home.parent().unwrap_or(home);
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let homes = [real(home), binary.parent().map(|dir| real(&dir.join("lib"))).unwrap_or_default()];
    let from_home = |path: &Path| homes.iter().any(|home| !home.as_os_str().is_empty() && real(path).starts_with(home));
    let all = resolved(binary)?;
    let mut ours: Vec<(String, PathBuf)> =
        all.iter().filter(|(_, path)| from_home(path)).map(|(name, path)| (name.clone(), real(path))).collect();
    if !ours.iter().any(|(name, _)| name.starts_with("libtorch_cpu")) {
        // The libtorch may lie in another checkout that this one shares.
        let torch = all.iter().find(|(name, _)| name.starts_with("libtorch_cpu")).map(|(_, path)| real(path));
        let Some(elsewhere) = torch.as_deref().and_then(Path::parent).and_then(Path::parent).and_then(Path::parent)
        else {
            return Err(failed(format!("{}: it does not use libtorch; name another program", binary.display())));
        };
        ours = all
            .iter()
            .filter(|(_, path)| real(path).starts_with(elsewhere))
            .map(|(name, path)| (name.clone(), real(path)))
            .collect();
    }
    Ok(ours)
}

/// Runs the packaged program with an empty environment from another folder, after checking that it takes its libraries from the package.
fn prove(out: &Path) -> Outcome {
    let binary = out.join("unmask");
    let lib = out.join("lib").canonicalize().map_err(|error| failed(format!("{}: {error}", out.display())))?;
    for (name, path) in resolved(&binary)? {
        let is_packaged = lib.join(&name).exists();
        let from_package = path.canonicalize().is_ok_and(|path| path.starts_with(&lib));
        if is_packaged != from_package {
            return Err(failed(format!("lib/{name}: the packaged program takes {} instead", path.display())));
        }
    }
    let folder = std::env::temp_dir();
    let output = Command::new(&binary).arg("--version").env_clear().current_dir(folder).output();
    match output {
        Ok(output) if output.status.success() => {
            println!("runs by itself: {}", String::from_utf8_lossy(&output.stdout).trim());
            Ok(())
        }
        Ok(output) => Err(failed(format!(
            "the packaged program does not run by itself: {}",
            String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("no reason given")
        ))),
        Err(error) => Err(failed(format!("{}: {error}", binary.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::lines_of;
    use std::path::PathBuf;

    #[test]
    fn the_loaders_lines_become_names_and_paths() {
        let text = "\tlinux-vdso.so.1 (0x00007f)\n\tlibc10.so => /a b/lib/libc10.so (0x00007f54)\n\t/lib64/ld-linux-x86-64.so.2 (0x1)\n";
        assert_eq!(lines_of(text), [("libc10.so".to_owned(), PathBuf::from("/a b/lib/libc10.so"))]);
    }
}
