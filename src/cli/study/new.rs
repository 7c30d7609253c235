//! `unmask study new`: explains the chosen items with every arm and renders what people will see.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::super::explain::fill_for;
use super::super::{ComputeArgs, Failure, Outcome, Runner, failed, load_box, load_explainer, usage, work};
use super::print_plan;
use crate::data::Unit;
use crate::explain::SavedExplainer;
use crate::jobs::{MakeStudy, Output, StudyArm, StudyOutput, StudyTask, Task};
use crate::model::SavedBox;
use crate::session::Session;
use crate::study::design::{Arm, ArmKind, Spec, preset};

/// Arguments of `study new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The design, as TOML
    #[arg(long, conflicts_with = "like")]
    pub spec: Option<PathBuf>,
    /// A paper's protocol: l2x-imdb, meed-imdb, meed-mnist or aim-imdb
    #[arg(long)]
    pub like: Option<String>,
    /// Print the design and stop
    #[arg(long)]
    pub print: bool,
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: Option<String>,
    /// Folders of explainers, an arm each; they replace the design's arms
    #[arg(long, num_args = 1..)]
    pub explainer: Vec<PathBuf>,
    /// Methods that need no training, an arm each: grad, grad-x-input
    #[arg(long, value_delimiter = ',')]
    pub method: Vec<String>,
    /// Add the control arms: full input, k random units
    #[arg(long)]
    pub controls: bool,
    /// Folder of the black box; an explainer's own is found by its hash
    #[arg(long)]
    pub blackbox: Option<PathBuf>,
    /// How many items
    #[arg(long)]
    pub items: Option<usize>,
    /// How many items each person sees
    #[arg(long)]
    pub each: Option<usize>,
    /// How many people
    #[arg(long)]
    pub people: Option<usize>,
    /// How many units are selected
    #[arg(long)]
    pub k: Option<usize>,
    /// Participant files to write, one per machine
    #[arg(long, default_value_t = 1)]
    pub machines: usize,
    /// A folder for the study
    #[arg(long, required_unless_present = "print")]
    pub out: Option<PathBuf>,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &NewArgs) -> Outcome {
    let spec = spec_of(args)?;
    if args.print {
        print!("{}", spec.to_toml().map_err(failed)?);
        return Ok(());
    }
    spec.check().map_err(failed)?;
    let Some(out) = &args.out else { return Err(usage("name the study's folder: --out DIR")) };
    if spec.data.spec.is_empty() || spec.data.spec.starts_with('<') {
        return Err(usage("name the data: --data SPEC, or data.spec in the design"));
    }
    let arms = Arms::load(&spec, spec.seed)?;
    let mut runner = Runner::new(&args.compute)?;
    let data = runner.open(&spec.data.spec)?;
    let task = StudyTask::Make(Box::new(MakeStudy {
        fit: arms.black_box.fit_for(&data),
        spec: spec.clone(),
        black_box: arms.black_box,
        arms: arms.arms,
        data,
        unit: arms.unit,
        k: arms.k,
        dir: out.clone(),
        copies: args.machines,
    }));
    let output = runner.run(Task::Study(Box::new(task)), "making the study", |_| {})?;
    let Output::Study(StudyOutput::Made { files, stimuli, places, remarks }) = output else {
        return Err(work("making the study gave something else"));
    };
    print_plan(&spec);
    for remark in &remarks {
        println!("note: {remark}");
    }
    println!("{stimuli} stimuli for {places} places");
    for path in &files.participants {
        println!("for participants: {}", path.display());
    }
    println!("keep to yourself: {}", files.key.display());
    Ok(())
}

/// The design: a file or a preset, with what the command line says.
fn spec_of(args: &NewArgs) -> Result<Spec, Failure> {
    let mut spec = match (&args.spec, &args.like) {
        (Some(path), _) => Spec::read(path).map_err(failed)?,
        (None, Some(name)) => preset(name).map_err(failed)?,
        (None, None) => {
            return Err(usage(
                "name a design: --spec FILE.toml, or --like l2x-imdb, meed-imdb, meed-mnist or aim-imdb",
            ));
        }
    };
    if let Some(data) = &args.data {
        spec.data.spec.clone_from(data);
    }
    if let Some(path) = &args.blackbox {
        spec.data.blackbox = path.display().to_string();
    }
    if !args.explainer.is_empty() || !args.method.is_empty() {
        spec.arms.clear();
        for dir in &args.explainer {
            let folder = std::path::absolute(dir).unwrap_or_else(|_| dir.clone());
            let name =
                folder.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
            spec.arms.push(named(name, dir.display().to_string(), String::new()));
        }
        for method in &args.method {
            spec.arms.push(named(method.clone(), String::new(), method.clone()));
        }
    }
    if args.controls {
        for (kind, name) in [(ArmKind::Full, "full input"), (ArmKind::Random, "random units")] {
            if !spec.arms.iter().any(|arm| arm.kind == kind) {
                spec.arms.push(Arm { kind, ..named(name.to_owned(), String::new(), String::new()) });
            }
        }
    }
    spec.items.count = args.items.unwrap_or(spec.items.count);
    spec.people.count = args.people.unwrap_or(spec.people.count);
    spec.people.each = args.each.or(spec.people.each).map(|each| each.min(spec.items.count));
    spec.show.k = args.k.or(spec.show.k);
    spec.seed = args.compute.seed.unwrap_or(spec.seed);
    Ok(spec)
}

const fn named(name: String, explainer: String, method: String) -> Arm {
    Arm { name, kind: ArmKind::Selected, explainer, method }
}

/// What explains, per arm.
struct Arms {
    black_box: Arc<SavedBox>,
    arms: Vec<StudyArm>,
    unit: Unit,
    k: usize,
}

impl Arms {
    fn load(spec: &Spec, seed: u64) -> Result<Self, Failure> {
        let named_box = (!spec.data.blackbox.is_empty()).then(|| Path::new(&spec.data.blackbox));
        let mut black_box: Option<Arc<SavedBox>> = None;
        let mut trained = Vec::new();
        for arm in &spec.arms {
            if arm.explainer.starts_with('<') {
                return Err(usage("name the explainers: --explainer DIR..., or arms in the design"));
            }
            let loaded = match arm.explainer.as_str() {
                "" => None,
                dir => {
                    let (explainer, of_explainer) = load_explainer(Path::new(dir), named_box)?;
                    let first = black_box.get_or_insert(of_explainer);
                    explainer.check_box(&first.card).map_err(usage)?;
                    Some(explainer)
                }
            };
            trained.push(loaded);
        }
        let black_box = match (black_box, named_box) {
            (Some(found), _) => found,
            (None, Some(path)) => load_box(path)?,
            (None, None) => return Err(usage("name the black box: --blackbox DIR, or data.blackbox in the design")),
        };
        let first = trained.iter().flatten().next().map(|explainer| (explainer.card.unit, explainer.card.k));
        let offered = Session::offered_units(&black_box.card).first().copied().unwrap_or(Unit::Pixel);
        let unit = spec.show.unit.or(first.map(|(unit, _)| unit)).unwrap_or(offered);
        black_box.card.check_unit(unit).map_err(usage)?;
        fill_for(spec.show.fill.id(), &black_box)?;
        let k =
            spec.show.k.or(first.map(|(_, k)| k)).ok_or_else(|| usage("give --k N: how many units are selected"))?;
        let mut arms = Vec::new();
        for (arm, loaded) in spec.arms.iter().zip(trained) {
            let explainer = match (arm.kind, loaded) {
                (ArmKind::Full, _) => None,
                (_, Some(explainer)) => Some(explainer),
                (kind, None) => {
                    let id = if kind == ArmKind::Random { "random" } else { arm.method.as_str() };
                    let made = SavedExplainer::untrained(id, unit, k, &black_box.card, seed).map_err(usage)?;
                    Some(Arc::new(made))
                }
            };
            arms.push(StudyArm { kind: arm.kind, explainer });
        }
        Ok(Self { black_box, arms, unit, k })
    }
}
