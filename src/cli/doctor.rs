//! `unmask doctor`: versions, devices, memory, threads, data sets and folders, as one aligned table of plain text.

use crate::device::{Display, LIBTORCH_VERSION, Machine, Mode, TCH_VERSION, compute_threads};
use std::path::{Path, PathBuf};

/// Data sets that the experiments know: folder, what it holds, one file without which it is of no use.
const DATA_SETS: [(&str, &str, &str); 11] = [
    ("mnist", "digits", "train-images-idx3-ubyte.gz"),
    ("fashion-mnist", "clothing", "train-images-idx3-ubyte.gz"),
    ("cifar10", "small photos", "data_batch_1_first4000.bin.gz"),
    ("ants_bees", "photos", "hymenoptera_subset.tar"),
    ("imdb", "film reviews", "imdb_reviews.csv.gz"),
    ("ag_news", "news", "test.csv.gz"),
    ("hatexplain", "posts with rationales", "posts.csv.gz"),
    ("mouse_dynamics", "pointer movements", "README.md"),
    ("adult", "census table", "adult.data.gz"),
    ("admission", "admission table", "Admission_Predict_Ver1.1.csv"),
    ("mobilenet", "image network", "README.md"),
];

/// The lines of the table, and whether all is well.
struct Report {
    lines: Vec<(String, String)>,
    sound: bool,
}

impl Report {
    fn line(&mut self, name: &str, value: impl Into<String>) {
        self.lines.push((name.to_owned(), value.into()));
    }

    /// A line on something without which the program does not do its work.
    fn broken(&mut self, name: &str, value: impl Into<String>) {
        self.lines.push((name.to_owned(), format!("! {}", value.into())));
        self.sound = false;
    }

    fn text(&self) -> String {
        let width = self.lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        self.lines.iter().map(|(name, value)| format!("{name:<width$}  {value}").trim_end().to_owned() + "\n").collect()
    }
}

/// The table for `machine`, with the data sets below `data_root`, and whether everything works (exit code 0) or something is
/// broken (exit code 1); broken lines are marked with `!`. A machine without CUDA, display or data sets is not broken.
pub fn doctor_report(machine: &Machine, data_root: Option<&Path>) -> (String, bool) {
    let mut report = Report { lines: Vec::new(), sound: true };
    versions(&mut report, machine);
    devices(&mut report, machine);
    data_sets(&mut report, data_root);
    let cache = dirs::cache_dir().map(|folder| folder.join("unmask"));
    cache_folder(&mut report, cache);
    (report.text(), report.sound)
}

fn versions(report: &mut Report, machine: &Machine) {
    report.line("unmask", env!("CARGO_PKG_VERSION"));
    match (&machine.libtorch_version, &machine.libtorch_folder) {
        (Some(version), folder) if version.split('+').next() != Some(LIBTORCH_VERSION) => {
            let folder = folder.as_deref().unwrap_or(Path::new("?"));
            report
                .broken("libtorch", format!("{LIBTORCH_VERSION} is needed, {version} was found: {}", folder.display()));
        }
        (version, Some(folder)) => {
            let version = version.as_deref().unwrap_or("version not noted beside it");
            report.line("libtorch", format!("{version}, {}", folder.display()));
        }
        (_, None) => report.line("libtorch", format!("{LIBTORCH_VERSION} expected, its folder is not known")),
    }
    report.line("tch", TCH_VERSION);
    if let Some(rustc) = option_env!("UNMASK_RUSTC") {
        report.line("built with", rustc);
    }
    report.line("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
}

fn devices(report: &mut Report, machine: &Machine) {
    let Machine { n_cores, memory, wait_policy, torch, .. } = machine;
    let cores = if *n_cores == 1 { "1 core".to_owned() } else { format!("{n_cores} cores") };
    report.line("CPU", cores);
    match machine.why_no_cuda() {
        Some(reason) => report.line("CUDA", format!("not used: {reason}")),
        None => {
            let n = torch.as_ref().map_or(0, |torch| torch.n_cuda_devices);
            let cudnn = if torch.as_ref().is_some_and(|torch| torch.cudnn) { "with cuDNN" } else { "without cuDNN" };
            let names = if machine.gpus.is_empty() { "GPU".to_owned() } else { machine.gpus.join(", ") };
            let driver = machine.driver.as_deref().unwrap_or("unknown");
            report.line(
                "CUDA",
                format!("{n} device{} ({names}), {cudnn}, driver {driver}", if n == 1 { "" } else { "s" }),
            );
        }
    }
    if torch.as_ref().is_some_and(|torch| torch.mps) {
        report.line("MPS", "present");
    }
    let (process, available, total) = (bytes(memory.process), bytes(memory.available), bytes(memory.total));
    report.line("memory", format!("{total}, {available} available, {process} in this process"));
    let (window, command_line) =
        (compute_threads(Mode::Window, *n_cores), compute_threads(Mode::CommandLine, *n_cores));
    report.line("threads", format!("{command_line} for computing, {window} while a window is open"));
    report.line(
        "idle threads",
        match wait_policy.as_deref() {
            Some(policy) if policy.eq_ignore_ascii_case("passive") => "sleep (OMP_WAIT_POLICY=PASSIVE)".to_owned(),
            Some(policy) => format!("wait as you set it (OMP_WAIT_POLICY={policy})"),
            None => "spin, which slows training beside a window; set OMP_WAIT_POLICY=PASSIVE".to_owned(),
        },
    );
    report.line(
        "display",
        match machine.display {
            Display::Wayland => "Wayland",
            Display::X11 => "X11",
            Display::Native => "present",
            Display::Absent => "none: the window cannot open, the command line works",
        },
    );
}

fn data_sets(report: &mut Report, data_root: Option<&Path>) {
    let Some(root) = data_root else {
        report.line("data sets", "UNMASK_DATA is not set");
        return;
    };
    if !root.is_dir() {
        report.broken(
            "data sets",
            format!(
                "UNMASK_DATA names no folder; point it at the folder of data sets, or unset it: {}",
                root.display()
            ),
        );
        return;
    }
    let mut absent = Vec::new();
    report.line("data sets", root.display().to_string());
    for (name, what, file) in DATA_SETS {
        let folder = root.join(name);
        let label = format!("  {name}");
        if !folder.is_dir() {
            absent.push(name);
        } else if !folder.join(file).is_file() {
            report.broken(&label, format!("incomplete, {file} is missing"));
        } else {
            report.line(&label, format!("{}, {what}", bytes(folder_size(&folder, 3))));
        }
    }
    if absent.len() == DATA_SETS.len() {
        report.line("", "none of the known data sets is there");
    } else if !absent.is_empty() {
        report.line("", format!("not there: {}", absent.join(", ")));
    }
}

fn cache_folder(report: &mut Report, folder: Option<PathBuf>) {
    let Some(folder) = folder else {
        report.line("cache", "this system names no cache folder; trained black boxes are kept in projects only");
        return;
    };
    if !folder.exists() {
        report.line("cache", format!("{} (made when first needed)", folder.display()));
        return;
    }
    // Permissions tell only half of it (read-only disks, quotas), so a file is written.
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    match std::fs::write(&probe, b"unmask") {
        Ok(()) => {
            // A leftover probe of six bytes harms nobody.
            std::fs::remove_file(&probe).ok();
            report.line("cache", format!("{}, {}", folder.display(), bytes(folder_size(&folder, 6))));
        }
        Err(error) => {
            report.broken("cache", format!("cannot be written to ({error}); make it writable: {}", folder.display()))
        }
    }
}

/// Bytes in the files below `folder`, at most `depth` folders deep; links are not followed.
fn folder_size(folder: &Path, depth: usize) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_file() => meta.len(),
        Ok(meta) if meta.is_dir() && depth > 0 => folder_size(&entry.path(), depth - 1),
        _ => 0,
    };
    entries.map(size).sum()
}

/// Three digits and a decimal unit, as data sheets print sizes.
fn bytes(n: u64) -> String {
    let value = n as f64;
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..100_000_000 => format!("{:.1} MB", value / 1e6),
        100_000_000..1_000_000_000 => format!("{:.0} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{CudaState, Memory, TorchFacts};

    fn machine() -> Machine {
        Machine {
            n_cores: 2,
            memory: Memory { process: 200_000_000, available: 20_000_000_000, total: 24_000_000_000 },
            wait_policy: Some("PASSIVE".into()),
            libtorch_folder: Some("/t/torch/lib".into()),
            libtorch_version: Some("2.11.0+cu130".into()),
            cuda: CudaState::Missing("no NVIDIA driver was found (libcuda.so.1: no such file)".into()),
            driver: None,
            gpus: Vec::new(),
            display: Display::Absent,
            torch: Some(TorchFacts::default()),
        }
    }

    #[test]
    fn a_machine_without_gpu_display_or_data_is_sound_and_says_why() {
        let (text, sound) = doctor_report(&machine(), None);
        assert!(sound, "{text}");
        for part in [
            "2.11.0+cu130, /t/torch/lib",
            "not used: no NVIDIA driver was found (libcuda.so.1",
            "24.0 GB, 20.0 GB available, 200 MB in this process",
            "2 for computing, 1 while a window is open",
            "sleep (OMP_WAIT_POLICY=PASSIVE)",
            "UNMASK_DATA is not set",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn values_stand_in_one_column() {
        let (text, _) = doctor_report(&machine(), None);
        let column = text.lines().next().unwrap().find(env!("CARGO_PKG_VERSION")).unwrap();
        for line in text.lines() {
            assert!(line.as_bytes()[..column].ends_with(b"  ") && line.as_bytes()[column] != b' ', "{line}");
        }
    }

    #[test]
    fn another_libtorch_is_broken() {
        let (text, sound) = doctor_report(&Machine { libtorch_version: Some("2.10.0".into()), ..machine() }, None);
        assert!(!sound);
        assert!(text.contains("! 2.11.0 is needed, 2.10.0 was found: /t/torch/lib"), "{text}");
    }

    #[test]
    fn usable_gpus_are_named() {
        let torch = TorchFacts { n_cuda_devices: 1, cudnn: true, mps: false, n_threads: 2 };
        let with_gpu = Machine {
            cuda: CudaState::Open,
            torch: Some(torch),
            gpus: vec!["NVIDIA X".into()],
            driver: Some("580.65.06".into()),
            ..machine()
        };
        let (text, _) = doctor_report(&with_gpu, None);
        assert!(text.contains("1 device (NVIDIA X), with cuDNN, driver 580.65.06"), "{text}");
        let (text, sound) = doctor_report(&Machine { torch: Some(TorchFacts::default()), ..with_gpu }, None);
        assert!(sound && text.contains("finds no GPU it can use (driver 580.65.06)"), "{text}");
    }

    #[test]
    fn data_sets_are_listed_and_incomplete_ones_are_broken() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("imdb")).unwrap();
        std::fs::write(root.path().join("imdb/imdb_reviews.csv.gz"), vec![0; 2_500]).unwrap();
        let (text, sound) = doctor_report(&machine(), Some(root.path()));
        assert!(
            sound && text.contains("imdb") && text.contains("2 kB, film reviews") && text.contains("not there: mnist"),
            "{text}"
        );
        std::fs::create_dir_all(root.path().join("mnist")).unwrap();
        let (text, sound) = doctor_report(&machine(), Some(root.path()));
        assert!(!sound && text.contains("! incomplete, train-images-idx3-ubyte.gz is missing"), "{text}");
        assert!(!doctor_report(&machine(), Some(&root.path().join("gone"))).1, "a folder that is not there is broken");
    }

    #[test]
    fn sizes_read_like_data_sheets() {
        for (n, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (20_480, "20 kB"),
            (11_596_490, "11.6 MB"),
            (540_000_000, "540 MB"),
            (1_500_000_000, "1.5 GB"),
        ] {
            assert_eq!(bytes(n), text);
        }
    }
}
