//! `unmask study new`: explains the chosen items with every arm and renders what people will see.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::super::evaluate::split_named;
use super::super::explain::fill_for;
use super::super::{Bar, ComputeArgs, Failure, Outcome, Runner, load_box, load_explainer, usage, work};
use super::{fail, print_plan};
use crate::data::{Dataset, Unit};
use crate::explain::SavedExplainer;
use crate::jobs::{Explain, Explained, Output, Task, picture_of};
use crate::model::{SavedBox, argmax};
use crate::session::Session;
use crate::study::StudyError;
use crate::study::allocate::Candidate;
use crate::study::design::{Arm, ArmKind, Spec, preset};
use crate::study::key::Frozen;
use crate::study::make::{Blueprint, PoolItem, Rendered, make};
use crate::study::stimulus::render;
use crate::work::Progress;

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
        print!("{}", spec.to_toml().map_err(fail)?);
        return Ok(());
    }
    spec.check().map_err(fail)?;
    let Some(out) = &args.out else { return Err(usage("name the study's folder: --out DIR")) };
    if spec.data.spec.is_empty() || spec.data.spec.starts_with('<') {
        return Err(usage("name the data: --data SPEC, or data.spec in the design"));
    }
    let arms = Arms::load(&spec, args.compute.seed)?;
    let mut runner = Runner::new(&args.compute)?;
    let data = runner.open(&spec.data.spec)?;
    let pool = pool(&mut runner, &data, &arms.black_box, &spec)?;
    let frozen = Frozen {
        data: data.hash.clone(),
        data_name: data.name.clone(),
        black_box: arms.black_box.card.hash.clone(),
        masks: String::new(),
        units: crate::data::Units::new(arms.unit, arms.black_box.card.shape).count(),
        k: arms.k,
        unit: arms.unit.to_string(),
    };
    let hashes: Vec<String> =
        arms.of_arm.iter().map(|at| at.map_or_else(String::new, |at| arms.explainers[at].card.hash.clone())).collect();
    let bar = Bar::new("rendering");
    let mut last: Option<Arc<Explained>> = None;
    let made = make(
        Blueprint { spec: &spec, classes: &arms.black_box.card.classes, pool: &pool, explainers: &hashes, frozen },
        &mut |at, arm, [done, total]| {
            bar.show(&Progress::new(done as u64, total as u64, "stimuli"));
            let item = pool[at].candidate.index;
            let explained = match &last {
                Some(known) if known.item == item => known.clone(),
                _ => arms.explain(&mut runner, &data, item, &spec, args.compute.seed).map_err(step)?,
            };
            last = Some(explained.clone());
            arms.rendered(&data, &explained, arm, &spec)
        },
    );
    bar.clear();
    let made = made.map_err(fail)?;
    let files = made.write(out, args.machines).map_err(fail)?;
    print_plan(&spec);
    for remark in &made.remarks {
        println!("note: {remark}");
    }
    println!("{} stimuli for {} places", made.content.stimuli.len(), made.content.places.len());
    for path in &files.participants {
        println!("for participants: {}", path.display());
    }
    println!("keep to yourself: {}", files.key.display());
    Ok(())
}

/// A failure of a job as a study's error, with its sentence.
fn step(failure: Failure) -> StudyError {
    StudyError::Render(failure.message().to_owned())
}

/// The design: a file or a preset, with what the command line says.
fn spec_of(args: &NewArgs) -> Result<Spec, Failure> {
    let mut spec = match (&args.spec, &args.like) {
        (Some(path), _) => Spec::read(path).map_err(fail)?,
        (None, Some(name)) => preset(name).map_err(fail)?,
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
    if args.compute.seed != 0 {
        spec.seed = args.compute.seed;
    }
    Ok(spec)
}

const fn named(name: String, explainer: String, method: String) -> Arm {
    Arm { name, kind: ArmKind::Selected, explainer, method }
}

/// What explains, per arm.
struct Arms {
    black_box: Arc<SavedBox>,
    explainers: Vec<Arc<SavedExplainer>>,
    /// For each arm its explainer; `None` for the full input.
    of_arm: Vec<Option<usize>>,
    kinds: Vec<ArmKind>,
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
        let mut explainers: Vec<Arc<SavedExplainer>> = Vec::new();
        let mut of_arm = Vec::new();
        for (arm, loaded) in spec.arms.iter().zip(trained) {
            let explainer = match (arm.kind, loaded) {
                (ArmKind::Full, _) => None,
                (_, Some(explainer)) if explainer.card.unit != unit => {
                    return Err(usage(format!(
                        "arm {}: expected an explainer of {}, found one of {}; all arms of a study select the same units",
                        arm.name,
                        unit.noun(2),
                        explainer.card.unit.noun(2)
                    )));
                }
                (_, Some(explainer)) => Some(explainer),
                (kind, None) => {
                    let id = if kind == ArmKind::Random { "random" } else { arm.method.as_str() };
                    let made = SavedExplainer::untrained(id, unit, k, &black_box.card, seed).map_err(usage)?;
                    Some(Arc::new(made))
                }
            };
            of_arm.push(explainer.map(|explainer| {
                explainers.push(explainer);
                explainers.len() - 1
            }));
        }
        if explainers.is_empty() {
            // Something has to bring the picture's layout, also for a study of full inputs alone.
            let made = SavedExplainer::untrained("random", unit, k, &black_box.card, seed).map_err(usage)?;
            explainers.push(Arc::new(made));
        }
        let kinds = spec.arms.iter().map(|arm| arm.kind).collect();
        Ok(Self { black_box, explainers, of_arm, kinds, unit, k })
    }

    fn explain(
        &self,
        runner: &mut Runner,
        data: &Arc<Dataset>,
        item: usize,
        spec: &Spec,
        seed: u64,
    ) -> Result<Arc<Explained>, Failure> {
        runner.explain(Explain {
            black_box: self.black_box.clone(),
            explainers: self.explainers.clone(),
            data: data.clone(),
            item,
            fit: self.black_box.card.fit,
            unit: self.unit,
            k: self.k,
            fill: spec.show.fill,
            seed,
        })
    }

    /// What an arm shows of an item, and the model's answer to just that.
    fn rendered(
        &self,
        data: &Dataset,
        explained: &Explained,
        arm: Option<usize>,
        spec: &Spec,
    ) -> Result<Rendered, StudyError> {
        let kind = arm.map_or(ArmKind::Full, |arm| self.kinds[arm]);
        let index = arm.and_then(|arm| self.of_arm[arm]).unwrap_or(0);
        let card = &self.explainers[index].card;
        let mut picture = picture_of(data, &self.black_box.card, card, explained, index).map_err(StudyError::Render)?;
        picture.hidden = spec.show.hidden;
        let result = match &explained.methods[index] {
            Ok(result) => result,
            Err(why) => return Err(StudyError::Render(why.clone())),
        };
        let probs = match kind {
            ArmKind::Full => &explained.probs_full,
            ArmKind::Selected | ArmKind::Random => &result.probs_selected,
            ArmKind::Unselected => &result.probs_unselected,
        };
        let selected = match kind {
            ArmKind::Full => Vec::new(),
            _ => (0..explained.units.count())
                .filter(|&unit| result.is_selected(unit, self.k))
                .map(|unit| unit as u32)
                .collect(),
        };
        Ok(Rendered { media: render(&picture, kind, spec.show.side)?, answer: argmax(probs) as u16, selected })
    }
}

/// Every item of the split with the model's answer.
fn pool(
    runner: &mut Runner,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    spec: &Spec,
) -> Result<Vec<PoolItem>, Failure> {
    let items = data.in_split(split_named(spec.split())?);
    if items.is_empty() {
        return Err(usage(format!("{}: its {} split has no items; choose another split", data.name, spec.split())));
    }
    // The data may list classes in another order than the box was trained with.
    let class_of: Vec<Option<u16>> = data
        .classes
        .iter()
        .map(|name| black_box.card.classes.iter().position(|known| known == name).map(|at| at as u16))
        .collect();
    let task = Task::Predict { black_box: black_box.clone(), data: data.clone(), fit: black_box.card.fit, items };
    let mut pool = Vec::new();
    let mut take = |output: &Output| {
        if let Output::Predictions { items, probs, classes } = output {
            for (&index, probs) in items.iter().zip(probs.chunks_exact((*classes).max(1))) {
                let model = argmax(probs);
                let truth = data.labels[index].and_then(|label| class_of.get(usize::from(label)).copied().flatten());
                pool.push(PoolItem {
                    candidate: Candidate { index, truth, model: model as u16, confidence: probs[model] },
                    source: data.source_index[index],
                    name: data.item_name(index),
                    probs: probs.to_vec(),
                });
            }
        }
    };
    let last = runner.run(task, "asking the black box", &mut take)?;
    take(&last);
    if pool.is_empty() {
        return Err(work("the black box gave no answers"));
    }
    Ok(pool)
}
