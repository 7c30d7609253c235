//! Parses the command line, runs a subcommand or the window, and turns errors into exit codes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use unmask::cli::study::{RunArgs, StudyArgs, StudyCommand};
use unmask::cli::{Cli, Commands, Failure};
use unmask::device::Machine;
use unmask::session::settings::Appearance;

fn main() -> ExitCode {
    unmask::device::prepare_process();
    // Of each sign that the first of our fonts lacks the drawing library warns that it takes another one: that is how pictograms and some signs are meant
    // to be drawn (see `figure::fonts`), and what no font has is named by `Figure::remarks`. Who sets RUST_LOG gets all.
    let quiet = env_logger::Env::default().default_filter_or("warn,usvg::text=error");
    env_logger::Builder::from_env(quiet).init();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(hint) =
                std::env::args_os().nth(1).and_then(|first| unmask::cli::window_hint(&first.to_string_lossy()))
            {
                eprintln!("unmask: {hint}");
                return ExitCode::from(2);
            }
            error.exit()
        }
    };
    let outcome = match cli.command {
        Some(Commands::Study(StudyArgs { command: StudyCommand::Run(args) })) => participant(&args),
        Some(command) => unmask::cli::run(command, Some(&unmask::ui::bench::frames)),
        None => window(cli.paths, cli.device),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("unmask: {}", failure.message());
            ExitCode::from(failure.code())
        }
    }
}

/// Opens the window on `paths`, or on the bundled samples where nothing is named.
fn window(paths: Vec<String>, device: Option<String>) -> Result<(), Failure> {
    // Of a data specification whose loader is named, the window tells what is wrong.
    let missing = |path: &&String| {
        let spec = path.parse::<unmask::data::DataSpec>();
        let is_spec = spec.is_ok_and(|spec| path.contains(':') || spec.path.exists());
        !is_spec && !Path::new(path.as_str()).exists()
    };
    if let Some(path) = paths.iter().find(missing) {
        // A bare word is more likely a mistyped command than a file.
        if path.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            return Err(Failure::Usage(format!(
                "{path}: expected a command, a file, a folder or a data specification, found no command of this name and nothing at this \
                 path; unmask --help lists the commands"
            )));
        }
        return Err(Failure::Usage(format!(
            "{path}: expected a file, a folder or a data specification, found nothing there; check the path"
        )));
    }
    // A participant file shows nothing of the program, so it gets a window of its own.
    if let [only] = paths.as_slice()
        && unmask::ui::participant::is_study(Path::new(only))
    {
        if let Some(name) = &device {
            return Err(Failure::Usage(format!(
                "--device {name}: expected no device, since {only} is a participant file, for which nothing is computed; leave it out"
            )));
        }
        return open_study(PathBuf::from(only), None, Appearance::Light);
    }
    unmask::device::open_cuda();
    let machine = Machine::look();
    // Asked for by name: refused where it is not there, rather than computed elsewhere.
    if let Some(name) = &device {
        unmask::model::device_from(name).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    let samples = sample_folder();
    let open = match (&samples, paths.is_empty()) {
        (Some(folder), true) if folder.join("project/project.json").exists() => {
            vec![folder.join("project").display().to_string()]
        }
        _ => paths,
    };
    let mut listed = samples.map_or_else(Vec::new, |folder| {
        let at = |name: &str| folder.join(name).display().to_string();
        vec![
            ("Sample project: drawn digits, explained".to_owned(), at("project")),
            ("Sample project: short reviews, explained".to_owned(), at("reviews_project")),
            ("Sample project: pointer movements, explained".to_owned(), at("pointer_project")),
            ("Sample project: a table of plants, explained".to_owned(), at("table_project")),
            ("Drawn digits".to_owned(), format!("mnist:{}", at("digits"))),
            ("Coloured shapes".to_owned(), format!("images:{}", at("shapes"))),
            ("Short reviews".to_owned(), format!("csv:{}", at("reviews.csv"))),
        ]
    });
    let drawn = unmask::data::synthetic::SAMPLES;
    listed.extend(drawn.map(|(title, spec)| (title.to_owned(), spec.to_owned())));
    unmask::ui::run(unmask::ui::Options { open, device, machine, samples: listed })
        .map_err(|error| Failure::Work(error.to_string()))
}

/// Opens participant mode alone.
fn participant(args: &RunArgs) -> Result<(), Failure> {
    open_study(args.file()?, args.window_size, args.appearance()?)
}

fn open_study(file: PathBuf, size: Option<[f32; 2]>, appearance: Appearance) -> Result<(), Failure> {
    let options = unmask::ui::participant::RunOptions { file, size, appearance };
    unmask::ui::participant::run(options, Machine::look().display).map_err(|error| Failure::Work(error.to_string()))
}

/// The bundled samples: beside the program (packaged), in the folder it is started from, or in the repository it was built in.
fn sample_folder() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("sample_data")));
    let here = std::env::current_dir().ok().map(|dir| dir.join("sample_data"));
    let built = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data"));
    [beside, here, built].into_iter().flatten().find(|folder| folder.is_dir())
}
