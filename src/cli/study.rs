//! `unmask study`: blinded human studies without a window.

mod new;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Failure, Outcome, failed, usage, work, write_file};
use crate::figure::{Format, encode};
use crate::session::settings::Appearance;
use crate::study::design::{PRESETS, plan};
use crate::study::key::Key;
use crate::study::merge::merge;
use crate::study::responses::Responses;
use crate::study::score::score;
use crate::study::simulate::{Profile, Seen, simulate};
use crate::study::store::{PersonState, Store};
use crate::study::{export, report};

/// Arguments of `study`.
#[derive(Debug, Args)]
pub struct StudyArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: StudyCommand,
}

/// Subcommands of `study`.
#[derive(Debug, Subcommand)]
pub enum StudyCommand {
    /// Make a study: participant files, key and design
    New(Box<new::NewArgs>),
    /// Let a person take part: opens a window with nothing but the study
    Run(RunArgs),
    /// Show the papers' protocols
    Protocols,
    /// Let simulated participants take part (dry run)
    Simulate(SimulateArgs),
    /// List the participants of a file by code
    People(FileArgs),
    /// Erase a participant who withdraws; a mark stays
    Withdraw(WithdrawArgs),
    /// Put the files of several machines together
    Merge(MergeArgs),
    /// Take no more answers, and unlock the analysis
    Close(KeyedArgs),
    /// FS-H with intervals, tests and agreement
    Report(ReportArgs),
    /// All responses and events, with codebook and manifest
    Export(ExportArgs),
}

/// Arguments of `study run`, which the program itself runs, since it opens a window.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Participant file, or the folder of the study
    pub study: PathBuf,
    /// A window of this size instead of the full screen, e.g. 1280x800
    #[arg(long, value_parser = size_of)]
    pub window_size: Option<[f32; 2]>,
    /// dark or light; the same for everybody in a study
    #[arg(long, default_value = "light")]
    pub theme: String,
}

impl RunArgs {
    /// The participant file.
    pub fn file(&self) -> Result<PathBuf, Failure> {
        file_of(&self.study)
    }

    /// The theme.
    pub fn appearance(&self) -> Result<Appearance, Failure> {
        match self.theme.as_str() {
            "light" => Ok(Appearance::Light),
            "dark" => Ok(Appearance::Dark),
            other => Err(usage(format!("--theme {other}: expected light or dark; name one of these"))),
        }
    }
}

/// A size as in `1280x800`.
fn size_of(text: &str) -> Result<[f32; 2], String> {
    let side = |text: &str| text.parse::<u16>().ok().filter(|side| (480..=16_384).contains(side));
    text.split_once('x')
        .and_then(|(width, height)| Some([f32::from(side(width)?), f32::from(side(height)?)]))
        .ok_or_else(|| "expected WIDTHxHEIGHT in points, each from 480, e.g. 1280x800".to_owned())
}

/// A participant file.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// Participant file, or the folder of the study
    pub study: PathBuf,
}

/// A participant file and its key.
#[derive(Debug, Args)]
pub struct KeyedArgs {
    /// Participant file, or the folder of the study
    pub study: PathBuf,
    /// Key file; by default key.json beside it
    #[arg(long)]
    pub key: Option<PathBuf>,
}

/// Arguments of `study simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Study and key.
    #[command(flatten)]
    pub study: KeyedArgs,
    /// Who takes part, e.g. perfect:2,chance:2,skilled@0.8:10,biased,slow,careless
    #[arg(long, default_value = "skilled@0.85:6")]
    pub people: String,
    /// Seed of what they do
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Print each answer when it is saved
    #[arg(long, hide = true)]
    pub verbose: bool,
}

/// Arguments of `study withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArgs {
    /// Participant file, or the folder of the study
    pub study: PathBuf,
    /// Code of the participant
    #[arg(long)]
    pub person: String,
}

/// Arguments of `study merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Participant files of one study
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The new file
    #[arg(long)]
    pub out: PathBuf,
}

/// Arguments of `study report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Study and key.
    #[command(flatten)]
    pub study: KeyedArgs,
    /// The report: .md, .json, .csv or .tex, or a figure: .svg, .pdf or .png; without it, Markdown is printed
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Which figure, where --out ends in .svg, .pdf or .png
    #[arg(long, value_enum, default_value_t)]
    pub figure: ReportFigure,
}

/// Figures of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFigure {
    /// FS-H beside FS-M and chance.
    #[default]
    FsH,
    /// Response times.
    Times,
    /// Right answers by confidence.
    Confidence,
}

impl ReportFigure {
    /// Name among [`report::figures_in`].
    const fn name(self) -> &'static str {
        match self {
            Self::FsH => "fs_h",
            Self::Times => "times",
            Self::Confidence => "confidence",
        }
    }
}

/// Arguments of `study export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Study and key.
    #[command(flatten)]
    pub study: KeyedArgs,
    /// Write times of day, too
    #[arg(long)]
    pub times: bool,
    /// A new folder
    #[arg(long)]
    pub out: PathBuf,
}

/// The participant file: the one named, or the only one in the folder named.
fn file_of(path: &Path) -> Result<PathBuf, Failure> {
    crate::jobs::study::file_in(path).map_err(failed)
}

fn open(path: &Path) -> Result<Store, Failure> {
    Store::open(&file_of(path)?).map_err(failed)
}

fn open_with_key(args: &KeyedArgs) -> Result<(Store, Key), Failure> {
    let file = file_of(&args.study)?;
    let beside = file.with_file_name("key.json");
    crate::jobs::study::open(&file, args.key.as_ref().unwrap_or(&beside)).map_err(failed)
}

/// Runs it.
pub fn run(args: &StudyArgs) -> Outcome {
    match &args.command {
        StudyCommand::New(args) => new::run(args),
        StudyCommand::Run(_) => Err(work("a window is opened by the program itself, not from here")),
        StudyCommand::Protocols => {
            for preset in PRESETS {
                println!("{:<12} {}", preset.id, preset.summary);
            }
            Ok(())
        }
        StudyCommand::Simulate(args) => run_simulate(args),
        StudyCommand::People(args) => people(&open(&args.study)?),
        StudyCommand::Withdraw(args) => {
            open(&args.study)?.withdraw(&args.person).map_err(failed)?;
            println!("{} is erased; a mark stays", args.person);
            Ok(())
        }
        StudyCommand::Merge(args) => {
            let files: Vec<&Path> = args.files.iter().map(PathBuf::as_path).collect();
            let done = merge(&files, &args.out).map_err(failed)?;
            println!(
                "{} people, {} answers, {} exact duplicates, {} further on in another file, {} withdrawn: {}",
                done.people,
                done.answers,
                done.duplicates,
                done.extended,
                done.withdrawn,
                args.out.display()
            );
            Ok(())
        }
        StudyCommand::Close(args) => {
            let (mut store, _) = open_with_key(args)?;
            store.close_study().map_err(failed)?;
            println!(
                "{} is closed; `unmask study report` and `unmask study export` are unlocked",
                store.path().display()
            );
            Ok(())
        }
        StudyCommand::Report(args) => run_report(args),
        StudyCommand::Export(args) => {
            let (store, key) = open_with_key(&args.study)?;
            for path in export::export(&store, &key, &args.out, args.times).map_err(failed)? {
                println!("{}", path.display());
            }
            Ok(())
        }
    }
}

fn people(store: &Store) -> Outcome {
    for person in store.people().map_err(failed)? {
        let state = match person.state {
            PersonState::Active => "has begun",
            PersonState::Finished => "has finished",
            PersonState::Withdrawn => "has withdrawn",
        };
        let answered = store.answered(person.id, person.attempt).map_err(failed)?.len();
        let of = store.place(person.slot).map_err(failed)?.trials.len();
        println!("{:<24} place {:>4}  {answered:>4} of {of}  {state}", person.code, person.slot);
    }
    Ok(())
}

fn run_simulate(args: &SimulateArgs) -> Outcome {
    let crowd = Profile::parse_all(&args.people).map_err(failed)?;
    let (store, key) = open_with_key(&args.study)?;
    let mut answers = 0;
    let store = simulate(store, &key, &crowd, args.seed, &mut |seen| {
        if let Seen::Saved { code, position, revision } = seen {
            answers += 1;
            if args.verbose {
                println!("saved {code} {position} {revision}");
            }
        }
    })
    .map_err(failed)?;
    println!("{} people, {answers} answers: {}", crowd.len(), store.path().display());
    Ok(())
}

fn run_report(args: &ReportArgs) -> Outcome {
    // A wrong name is refused before anything is computed.
    if let Some(path) = &args.out
        && !report::TEXTS.contains(&crate::store::ending(path).as_str())
        && Format::from_path(path).is_err()
    {
        return Err(usage(format!(
            "{}: expected a name that ends in .md, .json, .csv, .tex, .svg, .pdf or .png, found \".{}\"; choose one of these",
            path.display(),
            crate::store::ending(path)
        )));
    }
    let (store, key) = open_with_key(&args.study)?;
    let responses = Responses::join(&store, &key).map_err(failed)?;
    let scores = score(&responses, &key).map_err(failed)?;
    let Some(path) = &args.out else {
        print!("{}", report::markdown(&scores, &key));
        return Ok(());
    };
    let bytes = match report::text(&crate::store::ending(path), &scores, &key) {
        Some(text) => text.map_err(failed)?,
        None => {
            let figures = report::figures_in(&scores, crate::figure::Theme::Light);
            let Some((_, figure)) = figures.iter().find(|(name, _)| *name == args.figure.name()) else {
                return Err(usage(
                    "confidence: expected a study that asks for it, found one that does not; choose fs-h or times",
                ));
            };
            encode(figure, Format::from_path(path).map_err(usage)?, 2.0).map_err(work)?
        }
    };
    write_file(path, &bytes)?;
    println!("{}", path.display());
    Ok(())
}

/// What the chosen numbers give, as lines.
fn print_plan(spec: &crate::study::design::Spec) {
    for line in plan(spec, 0.8).lines() {
        println!("{line}");
    }
}
