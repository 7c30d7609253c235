//! What the system must bring: a compiler, Python with pip, the window's libraries; and the one command that installs what is missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What something is needed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Compiling and linking.
    Build,
    /// Opening a window on this desktop.
    Window,
    /// Drawing windows without a display, as the tests do.
    Tests,
}

/// The package managers whose package names are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manager {
    /// Debian, Ubuntu and their kin.
    Apt,
    /// Fedora and Red Hat.
    Dnf,
    /// Arch.
    Pacman,
    /// openSUSE.
    Zypper,
}

impl Manager {
    /// From the text of `/etc/os-release`.
    pub fn of(os_release: &str) -> Option<Self> {
        let value = |key: &str| {
            let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
            Some(line.trim_matches('"').to_owned())
        };
        let names = format!("{} {}", value("ID").unwrap_or_default(), value("ID_LIKE").unwrap_or_default());
        names.split_whitespace().find_map(|name| match name {
            "debian" | "ubuntu" => Some(Self::Apt),
            "fedora" | "rhel" | "centos" => Some(Self::Dnf),
            "arch" => Some(Self::Pacman),
            "suse" | "opensuse" | "sles" => Some(Self::Zypper),
            name if name.starts_with("opensuse") => Some(Self::Zypper),
            _ => None,
        })
    }

    fn install(self) -> &'static str {
        match self {
            Self::Apt => "sudo apt-get install -y",
            Self::Dnf => "sudo dnf install -y",
            Self::Pacman => "sudo pacman -S --needed",
            Self::Zypper => "sudo zypper install -y",
        }
    }
}

/// One thing that can be missing, with its package for apt, dnf, pacman and zypper.
struct Need {
    what: &'static str,
    test: Test,
    packages: [&'static str; 4],
}

enum Test {
    /// A C++ compiler that can be started.
    Compiler,
    /// A Python 3.
    Python,
    /// pip for it.
    Pip,
    /// A shared library by its file name.
    Library(&'static str),
    /// A driver with which Mesa draws, in software if need be.
    Driver,
}

const COMPILER: Need =
    Need { what: "a C++ compiler", test: Test::Compiler, packages: ["g++", "gcc-c++", "gcc", "gcc-c++"] };
const PYTHON: Need =
    Need { what: "Python 3", test: Test::Python, packages: ["python3", "python3", "python", "python3"] };
const PIP: Need = Need {
    what: "pip for Python 3",
    test: Test::Pip,
    packages: ["python3-pip", "python3-pip", "python-pip", "python3-pip"],
};
const EGL: Need =
    library("EGL", "libEGL.so.1", ["libegl1", "libglvnd-egl mesa-libEGL", "libglvnd", "libglvnd Mesa-libEGL1"]);
const GL: Need =
    library("OpenGL", "libGL.so.1", ["libgl1", "libglvnd-glx mesa-libGL", "libglvnd", "libglvnd Mesa-libGL1"]);
const DRIVER: Need = Need {
    what: "Mesa's OpenGL drivers",
    test: Test::Driver,
    packages: ["libgl1-mesa-dri", "mesa-dri-drivers", "mesa", "Mesa-dri"],
};
const XKB: Need =
    library("XKB", "libxkbcommon.so.0", ["libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"]);
const XKB_X11: Need = library(
    "XKB for X11",
    "libxkbcommon-x11.so.0",
    ["libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"],
);
const X11: Need = library("X11", "libX11.so.6", ["libx11-6", "libX11", "libx11", "libX11-6"]);
const X11_XCB: Need =
    library("X11 over XCB", "libX11-xcb.so.1", ["libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"]);
const XCURSOR: Need =
    library("X cursors", "libXcursor.so.1", ["libxcursor1", "libXcursor", "libxcursor", "libXcursor1"]);
const XI: Need = library("X input", "libXi.so.6", ["libxi6", "libXi", "libxi", "libXi6"]);
const XRANDR: Need = library("X screens", "libXrandr.so.2", ["libxrandr2", "libXrandr", "libxrandr", "libXrandr2"]);
const WAYLAND: Need = library(
    "Wayland",
    "libwayland-client.so.0",
    ["libwayland-client0", "libwayland-client", "wayland", "libwayland-client0"],
);
const WAYLAND_EGL: Need = library(
    "Wayland's EGL",
    "libwayland-egl.so.1",
    ["libwayland-egl1", "libwayland-egl", "wayland", "libwayland-egl1"],
);

const fn library(what: &'static str, file: &'static str, packages: [&'static str; 4]) -> Need {
    Need { what, test: Test::Library(file), packages }
}

impl Purpose {
    fn needs(self) -> Vec<Need> {
        let linux = cfg!(target_os = "linux");
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Build => vec![COMPILER],
            Self::Window | Self::Tests if !linux => Vec::new(),
            Self::Tests => vec![EGL, GL, DRIVER, XKB, XKB_X11],
            Self::Window => {
                let mut needs = vec![EGL, GL, DRIVER, XKB];
                if set("DISPLAY") {
                    needs.extend([XKB_X11, X11, X11_XCB, XCURSOR, XI, XRANDR]);
                }
                if set("WAYLAND_DISPLAY") {
                    needs.extend([WAYLAND, WAYLAND_EGL]);
                }
                needs
            }
        }
    }
}

/// One sentence on what is missing for `purposes`, with the command that brings it; `None` when everything is there.
pub fn missing(purposes: &[Purpose]) -> Option<String> {
    let libraries = Libraries::look();
    let absent: Vec<Need> =
        purposes.iter().flat_map(|purpose| purpose.needs()).filter(|need| !is_there(&need.test, &libraries)).collect();
    sentence(&absent, std::fs::read_to_string("/etc/os-release").ok().as_deref().and_then(Manager::of))
}

fn sentence(absent: &[Need], manager: Option<Manager>) -> Option<String> {
    if absent.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    let mut packages = BTreeSet::new();
    for need in absent {
        let name = match need.test {
            Test::Library(file) => format!("{} ({file})", need.what),
            _ => need.what.to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
        if let Some(manager) = manager {
            packages.extend(need.packages[manager as usize].split(' '));
        }
    }
    let names = names.join(", ");
    Some(match manager {
        Some(manager) => {
            let packages: Vec<&str> = packages.into_iter().collect();
            format!("this system lacks {names}; install with: {} {}", manager.install(), packages.join(" "))
        }
        None if cfg!(target_os = "macos") => {
            format!("this system lacks {names}; the compiler comes with: xcode-select --install")
        }
        None => format!("this system lacks {names}; install it with the system's package manager"),
    })
}

fn is_there(test: &Test, libraries: &Libraries) -> bool {
    match test {
        // On Windows the `cc` crate finds Visual Studio by the registry; it says itself when it does not.
        Test::Compiler => cfg!(windows) || compiler().is_some(),
        Test::Python => python().is_some(),
        Test::Pip => python().is_some_and(|python| pip_version(&python).is_some()),
        Test::Library(file) => libraries.has(file),
        Test::Driver => libraries.draws(),
    }
}

/// The C++ compiler's command, if one starts.
pub fn compiler() -> Option<String> {
    let own = std::env::var("CXX").ok();
    own.into_iter()
        .chain(["c++", "g++", "clang++"].map(String::from))
        .find(|name| answers(name, &["--version"]).is_some())
}

fn answers(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A Python 3 that starts.
fn python() -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["python", "py"] } else { &["python3", "python"] };
    names
        .iter()
        .find(|name| answers(name, &["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).is_some())
        .map(PathBuf::from)
}

/// `pip 23.0.1 from ...` -> (23, 0)
fn pip_version(python: &Path) -> Option<(u32, u32)> {
    let text = answers(python.to_str()?, &["-m", "pip", "--version"])?;
    parse_pip_version(&text)
}

fn parse_pip_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("pip ")?.split_whitespace().next()?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}

/// A Python whose pip can fetch libtorch, or a sentence on what to install.
pub fn python_with_pip() -> Result<PathBuf, String> {
    let manager = std::fs::read_to_string("/etc/os-release").ok().as_deref().and_then(Manager::of);
    let Some(python) = python() else {
        return Err(sentence(&[PYTHON, PIP], manager).unwrap_or_default());
    };
    match pip_version(&python) {
        None => Err(sentence(&[PIP], manager).unwrap_or_default()),
        // 20.3 is the first that takes several platform tags.
        Some(version) if version < (20, 3) => Err(format!(
            "pip 20.3 or newer is needed, {}.{} was found; make a virtual environment with a newer one and activate it",
            version.0, version.1
        )),
        Some(_) => Ok(python),
    }
}

/// pip that installs wheels into the folder `tree`, unpacked in `temporary`; the packages are still to be named, all of them.
pub fn pip_into(python: &Path, tree: &Path, temporary: &Path) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--no-deps", "--no-compile", "--only-binary=:all:", "--target"]).arg(tree);
    // The wheels are unpacked beside their destination: /tmp is often too small, and moving them is then a rename.
    pip.env("TMPDIR", temporary).env("TEMP", temporary).env("TMP", temporary);
    pip.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_ROOT_USER_ACTION", "ignore").env("PIP_NO_INPUT", "1");
    // Settings of the user's own pip that contradict --target.
    pip.env("PIP_USER", "0").env("PIP_REQUIRE_VIRTUALENV", "0");
    pip
}

/// What `doctor` says of Python and pip.
pub fn python_in_words() -> Result<String, String> {
    let python = python_with_pip()?;
    let name = python.to_str().unwrap_or("python3");
    let version = answers(name, &["--version"]).unwrap_or_default();
    let pip = answers(name, &["-m", "pip", "--version"]).unwrap_or_default();
    let pip: Vec<&str> = pip.split_whitespace().take(2).collect();
    Ok(format!("{}, {}", version.trim(), pip.join(" ")))
}

/// The NVIDIA kernel driver's version, when one is loaded.
pub fn nvidia_driver() -> Option<String> {
    if let Ok(text) = std::fs::read_to_string("/proc/driver/nvidia/version") {
        let version =
            text.split_whitespace().find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()));
        return Some(version.unwrap_or("unknown version").to_owned());
    }
    let text = answers("nvidia-smi", &["--query-gpu=driver_version", "--format=csv,noheader"])?;
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// Free space for this user in the file system of `folder`, MiB; `None` where `df` does not say.
pub fn free_mib(folder: &Path) -> Option<u64> {
    let text = answers("df", &["-Pk", folder.to_str()?])?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1024)
}

/// The shared libraries that the loader can find. `known` is false where that cannot be told, and then nothing counts as missing.
struct Libraries {
    names: BTreeSet<String>,
    folders: BTreeSet<PathBuf>,
    known: bool,
}

impl Libraries {
    fn look() -> Self {
        let cache =
            ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"].iter().find_map(|program| answers(program, &["-p"]));
        let (mut names, mut folders) = cache.as_deref().map(parse_ldconfig).unwrap_or_default();
        let known = !names.is_empty();
        let more = std::env::var_os("LD_LIBRARY_PATH");
        for folder in more.iter().flat_map(std::env::split_paths) {
            let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            names.extend(files.filter_map(|file| file.file_name().into_string().ok()));
            folders.insert(folder);
        }
        Self { names, folders, known }
    }

    fn has(&self, file: &str) -> bool {
        !self.known || self.names.contains(file)
    }

    /// Mesa's drivers lie in `dri` beside the libraries, from Mesa 24.2 on in one libgallium; a vendor's own EGL brings its own.
    fn draws(&self) -> bool {
        let filled = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
        let vendor = |name: &str| {
            ["/usr/share/glvnd/egl_vendor.d", "/etc/glvnd/egl_vendor.d"]
                .iter()
                .any(|folder| Path::new(folder).join(name).exists())
        };
        !self.known
            || self.names.iter().any(|name| name.starts_with("libgallium"))
            || self.folders.iter().any(|folder| filled(&folder.join("dri")))
            || vendor("10_nvidia.json")
    }
}

/// File names and folders from the output of `ldconfig -p`.
fn parse_ldconfig(text: &str) -> (BTreeSet<String>, BTreeSet<PathBuf>) {
    let paths = || text.lines().filter_map(|line| Some(PathBuf::from(line.split_once("=> ")?.1.trim())));
    let names = paths().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let folders = paths().filter_map(|path| Some(path.parent()?.to_path_buf())).collect();
    (names, folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_manager_follows_from_os_release() {
        for (text, expected) in [
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", Some(Manager::Apt)),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Some(Manager::Apt)),
            ("ID=fedora\n", Some(Manager::Dnf)),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", Some(Manager::Dnf)),
            ("ID=manjaro\nID_LIKE=arch\n", Some(Manager::Pacman)),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", Some(Manager::Zypper)),
            ("ID=nixos\n", None),
        ] {
            assert_eq!(Manager::of(text), expected, "{text}");
        }
    }

    #[test]
    fn one_command_brings_all_that_is_missing() {
        let text = sentence(&[COMPILER, EGL, XKB_X11], Some(Manager::Apt)).unwrap();
        assert_eq!(
            text,
            "this system lacks a C++ compiler, EGL (libEGL.so.1), XKB for X11 (libxkbcommon-x11.so.0); install with: sudo apt-get install -y g++ libegl1 libxkbcommon-x11-0"
        );
        assert_eq!(sentence(&[], Some(Manager::Apt)), None);
        assert!(sentence(&[PIP], Some(Manager::Pacman)).unwrap().ends_with("sudo pacman -S --needed python-pip"));
    }

    #[test]
    fn libraries_are_read_from_the_loaders_cache() {
        let text = "2 libs found in cache `/etc/ld.so.cache'\n\tlibEGL.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libEGL.so.1\n\tlibz.so.1 (libc6) => /lib/libz.so.1\n";
        let (names, folders) = parse_ldconfig(text);
        assert!(names.contains("libEGL.so.1") && names.contains("libz.so.1") && names.len() == 2);
        assert!(folders.contains(Path::new("/lib/x86_64-linux-gnu")));
    }

    #[test]
    fn pip_version_is_read() {
        assert_eq!(
            parse_pip_version("pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)"),
            Some((23, 0))
        );
        assert_eq!(parse_pip_version("pip 9.0 from x"), Some((9, 0)));
        assert_eq!(parse_pip_version("No module named pip"), None);
    }
}
