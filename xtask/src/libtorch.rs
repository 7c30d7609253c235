//! Fetches libtorch into `.libtorch` with pip, beside and then renamed, and checks what is there.
//!
//! The wheels are PyPI's own, so that any index, proxy or certificate the user has set up for pip applies. Only pip's `--target` is
//! used: no Python environment is changed, and no Python is needed when Unmask runs.

use crate::{Outcome, Stop, failed, system};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What tch 0.24.0 is made for. The two must match.
pub const VERSION: &str = "2.11.0";

/// libtorch itself, and what `libtorch_cpu.so` is linked to even where no GPU is.
const CPU_PACKAGES: [&str; 3] = ["torch==2.11.0", "nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"];

/// What `libtorch_cuda.so` needs on top: the versions that torch 2.11.0 pins through `cuda-toolkit==13.0.2`. Named one by one, so that
/// a set-up next year brings the same bytes, and none of the Python-only dependencies (triton, sympy, networkx) come along.
const CUDA_PACKAGES: [&str; 13] = [
    "nvidia-cublas==13.1.0.3",
    "nvidia-cuda-nvrtc==13.0.88",
    "nvidia-cudnn-cu13==9.19.0.56",
    "nvidia-cufft==12.0.0.61",
    "nvidia-cufile==1.15.1.6",
    "nvidia-curand==10.4.0.35",
    "nvidia-cusolver==12.0.4.66",
    "nvidia-cusparse==12.6.3.3",
    "nvidia-cusparselt-cu13==0.8.0",
    "nvidia-nccl-cu13==2.28.9",
    "nvidia-nvjitlink==13.0.88",
    "nvidia-nvshmem-cu13==3.4.5",
    "nvidia-nvtx==13.0.85",
];

/// With or without NVIDIA's libraries. The same program runs on both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavour {
    /// The processor only.
    Cpu,
    /// The processor and NVIDIA GPUs.
    Cuda,
}

impl Flavour {
    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
    }

    fn packages(self) -> Vec<&'static str> {
        // The extra wheels exist for Linux only; those of other systems need nothing beside torch.
        match (cfg!(target_os = "linux"), self) {
            (false, _) => vec![CPU_PACKAGES[0]],
            (true, Self::Cpu) => CPU_PACKAGES.to_vec(),
            (true, Self::Cuda) => CPU_PACKAGES.iter().chain(&CUDA_PACKAGES).copied().collect(),
        }
    }

    /// Fetched and unpacked, as measured on Linux x86-64.
    fn sizes(self) -> &'static str {
        match (cfg!(target_os = "linux"), self) {
            (false, _) => "some hundred MB to fetch",
            (true, Self::Cpu) => "about 540 MB to fetch, 1.2 GB unpacked",
            (true, Self::Cuda) => "about 2.5 GB to fetch, 3.8 GB unpacked",
        }
    }

    /// Free space for the wheels and the unpacked files together, MiB.
    fn space_mib(self) -> u64 {
        match self {
            Self::Cpu => 1_900,
            Self::Cuda => 6_600,
        }
    }
}

/// The folder that the build links against: the user's own `LIBTORCH`, else the one of this checkout, spelled as `.cargo/config.toml`
/// spells it, so that nothing is built twice.
pub fn path(root: &Path) -> OsString {
    std::env::var_os("LIBTORCH").unwrap_or_else(|| root.join(".libtorch").join("torch").into_os_string())
}

/// The libtorch that is there, in words; `Err` says why it cannot be used.
pub fn state(root: &Path) -> Result<String, String> {
    let torch = PathBuf::from(path(root));
    check(&torch)?;
    let kind =
        if torch == ours(root) { format!(" ({})", installed_flavour(root).name()) } else { " (LIBTORCH)".into() };
    Ok(format!("{VERSION}{kind} in {}", torch.display()))
}

/// Makes sure that libtorch is there. `wish` is what the user asked for; without one, what is there stays, and a first set-up takes
/// CUDA where an NVIDIA driver is present.
pub fn ensure(root: &Path, wish: Option<Flavour>) -> Outcome {
    let torch = PathBuf::from(path(root));
    if torch != ours(root) {
        // Somebody else's libtorch: used as it is, never written to.
        check(&torch).map_err(|why| failed(format!("LIBTORCH points at {}, which cannot be used: {why}; unset LIBTORCH to let `cargo xtask setup` fetch it", torch.display())))?;
        if wish.is_some() {
            println!("LIBTORCH is set: {} is used as it is", torch.display());
        }
        return Ok(());
    }
    let driver = system::nvidia_driver();
    let flavour = match (check(&torch), wish) {
        (Ok(()), None) => {
            if installed_flavour(root) == Flavour::Cpu && !chosen_by_user(root) && driver.is_some() {
                println!(
                    "An NVIDIA driver is present, but libtorch was set up without CUDA: `cargo xtask setup --cuda` brings it."
                );
            }
            return Ok(());
        }
        (Ok(()), Some(wish)) if installed_flavour(root) == wish => {
            remember(&root.join(".libtorch"), wish, true)?;
            println!("libtorch {VERSION} ({}) is there", wish.name());
            return Ok(());
        }
        (Ok(()), Some(wish)) => wish,
        (Err(_), None) if chosen_by_user(root) => installed_flavour(root),
        (Err(_), wish) => wish.unwrap_or(if driver.is_some() { Flavour::Cuda } else { Flavour::Cpu }),
    };
    if wish.is_none() && flavour == Flavour::Cuda {
        println!(
            "An NVIDIA driver is present ({}): the CUDA libraries are taken too; `cargo xtask setup --cpu` decides otherwise.",
            driver.unwrap_or_default()
        );
    }
    install(root, flavour, wish.is_some() || chosen_by_user(root))
}

fn install(root: &Path, flavour: Flavour, by_user: bool) -> Outcome {
    let (_lock, waited) = lock(root)?;
    if waited && check(&ours(root)).is_ok() && installed_flavour(root) == flavour {
        return Ok(());
    }

    let python = system::python_with_pip().map_err(failed)?;
    if let Some(free) = system::free_mib(root)
        && free < flavour.space_mib()
    {
        return Err(failed(format!(
            "libtorch needs {} MB of free space while it is unpacked, {} has {free} MB; free some and start again",
            flavour.space_mib(),
            root.display()
        )));
    }
    println!("Fetching libtorch {VERSION} ({}) into .libtorch with pip: {}.", flavour.name(), flavour.sizes());

    let partial = root.join(".libtorch.partial");
    remove(&partial)?;
    let (tree, temporary) = (partial.join("tree"), partial.join("tmp"));
    fs::create_dir_all(&temporary)
        .map_err(|e| failed(format!("cannot make the folder {}: {e}", temporary.display())))?;
    let mut pip = system::pip_into(&python, &tree, &temporary);
    pip.args(foreign_python_options()).args(flavour.packages());
    let status = pip.status().map_err(|e| failed(format!("cannot start {}: {e}", python.display())))?;
    if !status.success() {
        remove(&partial)?;
        return Err(failed(
            "pip could not fetch libtorch (its message is above); check the network, or the index and proxy that pip is set up with, and start again",
        ));
    }
    check(&tree.join("torch")).map_err(|why| failed(format!("what pip installed cannot be used: {why}")))?;
    remember(&tree, flavour, by_user)?;

    let home = root.join(".libtorch");
    if home.exists() {
        rename(&home, &partial.join("old"))?;
    }
    rename(&tree, &home)?;
    remove(&partial)?;
    println!("libtorch {VERSION} ({}) is in .libtorch", flavour.name());
    Ok(())
}

/// The folder of what is built and of what the tests fetch.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Two set-ups at once must not remove each other's half-made folder: the lock, and whether another set-up had it first.
pub fn lock(root: &Path) -> Result<(fs::File, bool), Stop> {
    let target = target(root);
    fs::create_dir_all(&target).map_err(|e| failed(format!("cannot make the folder {}: {e}", target.display())))?;
    let lock = fs::File::create(target.join("xtask-setup.lock"))
        .map_err(|e| failed(format!("cannot write into {}: {e}", target.display())))?;
    let waits = lock.try_lock().is_err();
    if waits {
        println!("Another set-up is running; waiting for it.");
        lock.lock().map_err(|e| failed(format!("cannot wait for the other set-up: {e}")))?;
    }
    Ok((lock, waits))
}

/// On Linux x86-64 the wheels of one Python version are asked for whatever the user's own is: only the C++ parts are used.
fn foreign_python_options() -> Vec<String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Vec::new();
    }
    let mut options =
        vec!["--python-version".to_owned(), "3.12".to_owned(), "--implementation".to_owned(), "cp".to_owned()];
    // pip takes each tag literally and does not derive the older ones, and NVIDIA's wheels use many of them.
    let tags = (5..=28)
        .rev()
        .map(|minor| format!("manylinux_2_{minor}"))
        .chain(["2014", "2010", "1"].map(|tag| format!("manylinux{tag}")));
    for tag in tags {
        options.push("--platform".to_owned());
        options.push(format!("{tag}_x86_64"));
    }
    options
}

fn ours(root: &Path) -> PathBuf {
    root.join(".libtorch").join("torch")
}

/// Is this a complete libtorch of the right version? The error says what is wrong with it.
fn check(torch: &Path) -> Result<(), String> {
    // A wheel says its version in version.py, an unpacked libtorch archive in build-version.
    let found = match (fs::read_to_string(torch.join("version.py")), fs::read_to_string(torch.join("build-version"))) {
        (Ok(text), _) => version_of(&text).ok_or("its version.py names no version")?,
        (_, Ok(text)) => text.trim().to_owned(),
        _ => return Err(format!("there is no libtorch in {}", torch.display())),
    };
    if found.split('+').next() != Some(VERSION) {
        return Err(format!("version {VERSION} is needed, {found} was found"));
    }
    let library = if cfg!(windows) {
        "torch_cpu.lib"
    } else if cfg!(target_os = "macos") {
        "libtorch_cpu.dylib"
    } else {
        "libtorch_cpu.so"
    };
    for part in [torch.join("lib").join(library), torch.join("include").join("torch")] {
        if !part.exists() {
            return Err(format!("{} is missing", part.display()));
        }
    }
    Ok(())
}

/// The version that the libtorch in the folder `torch` says of itself.
pub fn version(torch: &Path) -> Option<String> {
    let noted = fs::read_to_string(torch.join("build-version")).ok().map(|text| text.trim().to_owned());
    noted.or_else(|| version_of(&fs::read_to_string(torch.join("version.py")).ok()?))
}

/// `__version__ = '2.11.0+cu130'` -> `2.11.0+cu130`
fn version_of(version_py: &str) -> Option<String> {
    let line = version_py.lines().find(|line| line.trim_start().starts_with("__version__ ="))?;
    let value = line.split_once('=')?.1.trim().trim_matches(['\'', '"']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn note(folder: &Path) -> PathBuf {
    folder.join("setup.txt")
}

/// Writes what was installed and whether the user or the set-up chose it.
fn remember(folder: &Path, flavour: Flavour, by_user: bool) -> Outcome {
    let text = format!(
        "libtorch {VERSION}\nflavour {}\nchosen by {}\n",
        flavour.name(),
        if by_user { "user" } else { "setup" }
    );
    fs::write(note(folder), text).map_err(|e| failed(format!("cannot write {}: {e}", note(folder).display())))
}

fn installed_flavour(root: &Path) -> Flavour {
    let folder = root.join(".libtorch");
    let from_note = fs::read_to_string(note(&folder)).ok().and_then(|text| {
        let word = text.lines().find_map(|line| line.strip_prefix("flavour "))?.to_owned();
        [Flavour::Cpu, Flavour::Cuda].into_iter().find(|flavour| flavour.name() == word)
    });
    // A folder that was filled by hand has no note; cuDNN is only there with CUDA.
    from_note.unwrap_or(if folder.join("nvidia").join("cudnn").exists() { Flavour::Cuda } else { Flavour::Cpu })
}

fn chosen_by_user(root: &Path) -> bool {
    fs::read_to_string(note(&root.join(".libtorch")))
        .is_ok_and(|text| text.lines().any(|line| line == "chosen by user"))
}

/// Removes a folder, if there is one.
pub fn remove(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(failed(format!("cannot remove {}: {e}", folder.display())))
        }
        _ => Ok(()),
    }
}

/// Renames a folder.
pub fn rename(from: &Path, to: &Path) -> Outcome {
    fs::rename(from, to).map_err(|e| Stop::Failed(format!("cannot rename {} to {}: {e}", from.display(), to.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_the_wheels_own_file() {
        let text = "from typing import Optional\n\n__all__ = ['__version__', 'debug']\n__version__ = '2.11.0+cu130'\ndebug = False\n";
        assert_eq!(version_of(text).as_deref(), Some("2.11.0+cu130"));
        assert_eq!(version_of("debug = False"), None);
    }

    #[test]
    fn another_version_is_refused_with_both_numbers() {
        let folder = std::env::temp_dir().join(format!("unmask-xtask-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("version.py"), "__version__ = '2.10.1'\n").unwrap();
        assert_eq!(check(&folder), Err("version 2.11.0 is needed, 2.10.1 was found".into()));
        fs::write(folder.join("version.py"), "__version__ = '2.11.0+cpu'\n").unwrap();
        assert!(check(&folder).unwrap_err().ends_with("is missing"), "a folder without libraries is not complete");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn every_package_is_pinned() {
        for package in Flavour::Cuda.packages() {
            assert!(package.contains("=="), "{package}");
        }
    }

    #[test]
    fn a_choice_is_remembered() {
        let root = std::env::temp_dir().join(format!("unmask-xtask-note-{}", std::process::id()));
        let folder = root.join(".libtorch");
        fs::create_dir_all(&folder).unwrap();
        assert_eq!((installed_flavour(&root), chosen_by_user(&root)), (Flavour::Cpu, false));
        assert!(remember(&folder, Flavour::Cuda, true).is_ok());
        assert_eq!((installed_flavour(&root), chosen_by_user(&root)), (Flavour::Cuda, true));
        fs::remove_dir_all(&root).unwrap();
    }
}
