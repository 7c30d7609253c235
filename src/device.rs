//! The process and the machine it runs on: how libtorch's threads wait, whether CUDA can be opened, cores, memory, display.
//!
//! No tensors here. What only libtorch itself can tell ([`TorchFacts`]) is filled in by the module that owns it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The libtorch that the program is made for.
pub const LIBTORCH_VERSION: &str = "2.11.0";
/// The binding to it; the two must match.
pub const TCH_VERSION: &str = "0.24.0";

/// How OpenMP's threads wait for work. The user's own value always wins.
const WAIT_POLICY: &str = "OMP_WAIT_POLICY";
/// How glibc's allocator keeps memory, for tensors of some megabytes that come and go at every step: by default each is mapped afresh and its pages
/// are zeroed by the kernel, which took a quarter of the time of training on text. Read when the process starts.
const ALLOCATOR: &[(&str, &str)] = &[
    ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
    ("MALLOC_TRIM_THRESHOLD_", "536870912"),
    ("MALLOC_TOP_PAD_", "67108864"),
];
/// Set in the re-executed process, so that it can never happen twice.
const GUARD: &str = "UNMASK_PREPARED";

/// Makes OpenMP's idle threads sleep, and the allocator keep what it has. Call it first in `main`, before anything is read or started.
///
/// libtorch brings libgomp, whose idle threads spin by default and reads its policy when it is loaded, before `main`. Beside a busy
/// window that costs training up to a factor of ten. So the variable is set and the program executes itself once more in the same
/// process; arguments, streams and process id stay. When that fails the program goes on as it is, and `unmask doctor` shows it.
pub fn prepare_process() {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::CommandExt;
        if std::env::var_os(WAIT_POLICY).is_some() || std::env::var_os(GUARD).is_some() {
            return;
        }
        let Ok(program) = std::env::current_exe() else {
            return;
        };
        let mut arguments = std::env::args_os();
        let mut again = std::process::Command::new(program);
        if let Some(name) = arguments.next() {
            again.arg0(name);
        }
        for (name, value) in ALLOCATOR.iter().filter(|(name, _)| std::env::var_os(name).is_none()) {
            again.env(name, value);
        }
        let error = again.args(arguments).env(WAIT_POLICY, "PASSIVE").env(GUARD, "1").exec();
        log::warn!(
            "libtorch's threads keep waiting actively, since the program could not execute itself again: {error}"
        );
    }
}

/// Whether libtorch's CUDA part is in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CudaState {
    /// It is; now libtorch can be asked whether a GPU is usable.
    Open,
    /// It is not, and this is why, in one sentence without a full stop.
    Missing(String),
}

/// Opens libtorch's CUDA part if it is there. Must come before libtorch is first asked about CUDA, since it keeps its first answer.
/// Later calls return the state of the first.
///
/// The program is not linked against the CUDA libraries, so that one binary serves machines with and without them.
pub fn open_cuda() -> CudaState {
    static STATE: OnceLock<CudaState> = OnceLock::new();
    STATE.get_or_init(|| open_cuda_in(libtorch_folder().as_deref())).clone()
}

fn open_cuda_in(folder: Option<&Path>) -> CudaState {
    if cfg!(target_os = "macos") {
        return CudaState::Missing("CUDA does not exist on macOS".into());
    }
    let (driver, cuda) =
        if cfg!(windows) { ("nvcuda.dll", "torch_cuda.dll") } else { ("libcuda.so.1", "libtorch_cuda.so") };
    // The driver first: without one, mapping half a gigabyte of kernels would only delay the start.
    if let Err(message) = open_globally(OsStr::new(driver)) {
        return CudaState::Missing(format!("no NVIDIA driver was found ({message})"));
    }
    let Some(folder) = folder else {
        return CudaState::Missing("the folder of libtorch was not found".into());
    };
    let library = folder.join(cuda);
    if !library.exists() {
        return CudaState::Missing(format!("this libtorch is without CUDA, {cuda} is not in {}", folder.display()));
    }
    match open_globally(library.as_os_str()) {
        Ok(()) => CudaState::Open,
        Err(message) => CudaState::Missing(format!(
            "{cuda} cannot be opened ({message}); `cargo xtask setup --cuda` brings what it needs"
        )),
    }
}

/// Opens a shared library for the rest of the process, its symbols visible to all.
#[expect(
    unsafe_code,
    reason = "opening a library runs its initialisers; these are libtorch's and the driver's own, meant to be opened like this"
)]
fn open_globally(library: &OsStr) -> Result<(), String> {
    #[cfg(unix)]
    let opened = {
        use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
        // SAFETY: libtorch and the driver may be opened at any time on any thread; the handle is never closed.
        unsafe { Library::open(Some(library), RTLD_NOW | RTLD_GLOBAL) }.map(Library::into_raw)
    };
    #[cfg(windows)]
    let opened = {
        use libloading::os::windows::Library;
        // SAFETY: as above.
        unsafe { Library::new(library) }.map(Library::into_raw)
    };
    opened.map(|_| ()).map_err(|error| error.to_string())
}

/// Lets numbers too small for a full mantissa count as zero, on this thread and on those that it starts; whether libtorch could do so.
///
/// Gradients fade along the steps of a recurrent network until they are such numbers, and a processor takes many times longer for each:
/// training of AIM's GRU on 400 words was ten times slower with them.
#[expect(
    unsafe_code,
    reason = "tch has no binding for this function of libtorch, which is there to be called on any thread at any time"
)]
pub fn flush_denormals() -> bool {
    thread_local! {
        static IS_DONE: std::cell::OnceCell<bool> = const { std::cell::OnceCell::new() };
    }
    /// `bool at::Context::setFlushDenormal(bool)`, whose first argument is the context.
    type SetFlush = unsafe extern "C" fn(*mut std::ffi::c_void, bool) -> bool;
    /// `at::Context& at::globalContext()`.
    type GlobalContext = unsafe extern "C" fn() -> *mut std::ffi::c_void;
    fn ask() -> bool {
        #[cfg(unix)]
        {
            let process = libloading::os::unix::Library::this();
            // SAFETY: the names are mangled from the signatures above, and are looked up in the libtorch that is linked in.
            unsafe {
                let context = process.get::<GlobalContext>(b"_ZN2at13globalContextEv");
                let set = process.get::<SetFlush>(b"_ZN2at7Context16setFlushDenormalEb");
                match (context, set) {
                    (Ok(context), Ok(set)) => set(context(), true),
                    _ => false,
                }
            }
        }
        #[cfg(not(unix))]
        false
    }
    IS_DONE.with(|is_done| *is_done.get_or_init(ask))
}

/// The folder of the libtorch in this process: where the loader took it from, else where it would look.
pub fn libtorch_folder() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    mapped_folder(&maps, "libtorch_cpu.so").or_else(|| {
        let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("lib")));
        let own = std::env::var_os("LIBTORCH").map(|folder| PathBuf::from(folder).join("lib"));
        let names = ["libtorch_cpu.so", "libtorch_cpu.dylib", "torch_cpu.dll"];
        beside.into_iter().chain(own).find(|folder| names.iter().any(|name| folder.join(name).exists()))
    })
}

/// The folder of the mapped file called `name`, from the text of `/proc/PID/maps`.
fn mapped_folder(maps: &str, name: &str) -> Option<PathBuf> {
    maps.lines().find_map(|line| {
        // Address, permissions, offset, device, inode, then the path, which may hold spaces.
        let path = Path::new(&line[line.find('/')?..]);
        (path.file_name()? == name).then(|| path.parent().map(Path::to_path_buf))?
    })
}

/// The version that the libtorch in `folder` says of itself; a package notes it among the libraries. `None` when it lies there without a note.
fn version_in(folder: &Path) -> Option<String> {
    let torch = folder.parent()?;
    for place in [folder, torch] {
        if let Ok(text) = std::fs::read_to_string(place.join("build-version")) {
            return Some(text.trim().to_owned());
        }
    }
    let text = std::fs::read_to_string(torch.join("version.py")).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("__version__ = "))?;
    Some(value.trim_matches(['\'', '"']).to_owned())
}

/// Who the cores belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A window is open and keeps one core.
    Window,
    /// Nobody waits for a frame.
    CommandLine,
}

/// Threads for computing: all cores, one less beside a window, at least one.
pub fn compute_threads(mode: Mode, n_cores: usize) -> usize {
    match mode {
        Mode::Window => n_cores.saturating_sub(1).max(1),
        Mode::CommandLine => n_cores.max(1),
    }
}

/// Cores that this process may use; containers and affinity masks count.
pub fn n_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Memory in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident memory of this process.
    pub process: u64,
    /// What can still be had without swapping.
    pub available: u64,
    /// What the machine, or the container around the process, has.
    pub total: u64,
}

/// Reads memory figures again and again at little cost; one for the life of the window.
pub struct MemoryGauge {
    system: sysinfo::System,
    process: Option<sysinfo::Pid>,
}

impl Default for MemoryGauge {
    fn default() -> Self {
        Self { system: sysinfo::System::new(), process: sysinfo::get_current_pid().ok() }
    }
}

impl MemoryGauge {
    /// The figures now. Takes well below a millisecond; once a second is often enough.
    pub fn read(&mut self) -> Memory {
        let Self { system, process } = self;
        system.refresh_memory();
        let own = process.map_or(0, |pid| {
            let only_memory = sysinfo::ProcessRefreshKind::nothing().with_memory();
            system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), false, only_memory);
            system.process(pid).map_or(0, sysinfo::Process::memory)
        });
        // A container's limit lies below what the machine has.
        let (mut total, mut available) = (system.total_memory(), system.available_memory());
        if let Some(limits) = system.cgroup_limits()
            && limits.total_memory > 0
        {
            total = total.min(limits.total_memory);
            available = available.min(limits.free_memory);
        }
        Memory { process: own, available, total }
    }
}

/// Where a window could open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// Wayland is announced by the session.
    Wayland,
    /// X11 is announced by the session.
    X11,
    /// The system always has one (macOS, Windows).
    Native,
    /// None: only the command line works.
    Absent,
}

/// Looks where a window could open.
pub fn display() -> Display {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(any(windows, target_os = "macos")) {
        Display::Native
    } else if set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") {
        Display::Wayland
    } else if set("DISPLAY") {
        Display::X11
    } else {
        Display::Absent
    }
}

/// What only libtorch can tell; asked after [`open_cuda`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TorchFacts {
    /// CUDA devices that libtorch can use.
    pub n_cuda_devices: usize,
    /// cuDNN can be used.
    pub cudnn: bool,
    /// Apple's MPS can be used.
    pub mps: bool,
    /// Threads that one operation may take.
    pub n_threads: usize,
}

/// The machine as plain data, for `unmask doctor`, the device chip and copied diagnostics.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Cores that this process may use.
    pub n_cores: usize,
    /// Memory when the machine was looked at.
    pub memory: Memory,
    /// `OMP_WAIT_POLICY` of this process; `None` means that idle threads spin.
    pub wait_policy: Option<String>,
    /// Where libtorch was loaded from.
    pub libtorch_folder: Option<PathBuf>,
    /// The version that folder names, such as `2.11.0+cu130`.
    pub libtorch_version: Option<String>,
    /// Whether CUDA was opened, and if not, why.
    pub cuda: CudaState,
    /// Version of the NVIDIA kernel driver.
    pub driver: Option<String>,
    /// Names of NVIDIA GPUs, as the driver tells them.
    pub gpus: Vec<String>,
    /// Where a window could open.
    pub display: Display,
    /// Filled in by the module that owns libtorch; `None` when it was not asked.
    pub torch: Option<TorchFacts>,
}

impl Machine {
    /// Looks at the machine; opens CUDA if that has not happened yet. `torch` stays empty.
    pub fn look() -> Self {
        let libtorch_folder = libtorch_folder();
        let libtorch_version = libtorch_folder.as_deref().and_then(version_in);
        let driver = std::fs::read_to_string("/proc/driver/nvidia/version").ok().and_then(|text| driver_version(&text));
        Self {
            n_cores: n_cores(),
            memory: MemoryGauge::default().read(),
            wait_policy: std::env::var(WAIT_POLICY).ok(),
            libtorch_folder,
            libtorch_version,
            cuda: open_cuda(),
            driver,
            gpus: gpu_names(Path::new("/proc/driver/nvidia/gpus")),
            display: display(),
            torch: None,
        }
    }

    /// Why CUDA is not used, in one sentence without a full stop; `None` when it is.
    pub fn why_no_cuda(&self) -> Option<String> {
        match (&self.cuda, &self.torch) {
            (CudaState::Missing(reason), _) => Some(reason.clone()),
            (CudaState::Open, None) => Some("libtorch was not asked".into()),
            (CudaState::Open, Some(torch)) if torch.n_cuda_devices == 0 => {
                let driver = self.driver.as_deref().unwrap_or("unknown");
                Some(format!("the CUDA libraries are open, but libtorch finds no GPU it can use (driver {driver})"))
            }
            (CudaState::Open, Some(_)) => None,
        }
    }
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun ...` -> `580.65.06`
fn driver_version(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("NVRM version"))?;
    let is_version = |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    line.split_whitespace().find(is_version).map(str::to_owned)
}

/// The `Model:` lines of the driver's own folder, in the order of its sub-folders' names.
fn gpu_names(folder: &Path) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let model = |path: &PathBuf| {
        let text = std::fs::read_to_string(path.join("information")).ok()?;
        text.lines().find_map(|line| Some(line.strip_prefix("Model:")?.trim().to_owned()))
    };
    paths.iter().filter_map(model).collect()
}

/// Time since this process was started, a re-execution included. Linux only; to a hundredth of a second.
pub fn since_start() -> Option<std::time::Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets and may hold blanks; the start is the 20th field after it, in hundredths.
    let after_name = stat.rsplit_once(')')?.1;
    let started: f64 = after_name.split_whitespace().nth(19)?.parse().ok()?;
    let uptime: f64 = std::fs::read_to_string("/proc/uptime").ok()?.split_whitespace().next()?.parse().ok()?;
    std::time::Duration::try_from_secs_f64(uptime - started / 100.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_keeps_a_core_and_computing_always_has_one() {
        for (cores, window, command_line) in [(0, 1, 1), (1, 1, 1), (2, 1, 2), (8, 7, 8)] {
            assert_eq!(compute_threads(Mode::Window, cores), window, "{cores} cores");
            assert_eq!(compute_threads(Mode::CommandLine, cores), command_line, "{cores} cores");
        }
    }

    #[test]
    fn the_folder_of_a_mapped_library_is_found_with_spaces_in_its_path() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 42   /usr/lib/libm.so.6\n\
                    7f02-7f03 r--p 00000000 08:01 43   /home/a b/torch/lib/libtorch_cpu.so\n7f04-7f05 rw-p 00000000 00:00 0 [heap]\n";
        assert_eq!(mapped_folder(maps, "libtorch_cpu.so"), Some(PathBuf::from("/home/a b/torch/lib")));
        assert_eq!(mapped_folder(maps, "libtorch_cuda.so"), None);
    }

    #[test]
    fn the_drivers_own_texts_are_read() {
        let text = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs)\nGCC version:  gcc 12\n";
        assert_eq!(driver_version(text).as_deref(), Some("580.65.06"));
        assert_eq!(driver_version("nothing"), None);
        let folder = tempfile::tempdir().unwrap();
        let gpu = folder.path().join("0000:01:00.0");
        std::fs::create_dir(&gpu).unwrap();
        std::fs::write(gpu.join("information"), "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   42\n").unwrap();
        assert_eq!(gpu_names(folder.path()), ["NVIDIA GeForce RTX 4070"]);
    }

    #[test]
    fn a_library_that_cannot_be_opened_names_itself() {
        let message = open_globally(OsStr::new("libnot-there-at-all.so.7")).unwrap_err();
        assert!(message.contains("libnot-there-at-all.so.7"), "{message}");
    }

    #[test]
    fn the_pinned_versions_are_those_of_the_manifest() {
        let manifest = include_str!("../Cargo.toml");
        assert!(manifest.contains(&format!("tch = \"={TCH_VERSION}\"")));
        assert!(include_str!("../xtask/src/libtorch.rs").contains(&format!("VERSION: &str = \"{LIBTORCH_VERSION}\"")));
    }

    #[test]
    fn this_process_takes_some_of_the_machines_memory() {
        let memory = MemoryGauge::default().read();
        assert!(memory.process > 0 && memory.process < memory.total, "{memory:?}");
        assert!(memory.available <= memory.total, "{memory:?}");
    }
}
