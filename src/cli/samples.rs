//! `unmask samples`: write the sample data of the project, and train the small models beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::{ComputeArgs, Failure, Outcome, Runner, usage, work};
use crate::data::{Dataset, Unit};
use crate::explain::{SavedExplainer, method};
use crate::jobs::{FitBox, Output, Task, TrainExplainer};
use crate::model::params::Params;
use crate::model::{SavedBox, architecture};

/// Arguments of `samples`.
#[derive(Debug, Args)]
pub struct SamplesArgs {
    /// Folder for the data
    #[arg(long, default_value = "sample_data")]
    pub out: PathBuf,
    /// Also train the small models of the sample project
    #[arg(long)]
    pub models: bool,
    /// Only write the state of the sample project anew, beside the models that are there
    #[arg(long, hide = true, conflicts_with = "models")]
    pub project: bool,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Pixels selected in the sample project.
const K: usize = 25;

/// Runs it.
pub fn run(args: &SamplesArgs) -> Outcome {
    if args.project {
        return project(&mut Runner::new(&args.compute)?, &args.out);
    }
    let files = crate::data::samples::write_all(&args.out).map_err(work)?;
    println!("{} files of sample data: {}", files.len(), args.out.display());
    if args.models {
        // One thread, so that every machine gives the same weights.
        let compute = ComputeArgs { threads: Some(1), ..args.compute.clone() };
        models(&mut Runner::new(&compute)?, &args.out)?;
    }
    Ok(())
}

/// The sample project: a black box for the drawn digits and explainers for it.
fn models(runner: &mut Runner, samples: &Path) -> Outcome {
    let project = samples.join("project");
    let data = runner.open(&format!("mnist:{}", samples.join("digits").display()))?;
    let black_box = fit(runner, &data, &project.join("blackboxes").join("digits"))?;
    let mut trained = Vec::new();
    for id in ["meed", "grad-x-input", "l2x", "random"] {
        trained.push(train(runner, id, &data, &black_box, &project.join("explainers").join(id))?);
    }
    crate::session::project::write_sample(&project, &data, &black_box, &trained[..2]).map_err(work)?;
    println!("sample project: {}", project.display());
    Ok(())
}

/// The state of the sample project, over the models that lie there.
fn project(runner: &mut Runner, samples: &Path) -> Outcome {
    let project = samples.join("project");
    let data = runner.open(&format!("mnist:{}", samples.join("digits").display()))?;
    let black_box = super::load_box(&project.join("blackboxes").join("digits"))?;
    let mut columns = Vec::new();
    for id in ["meed", "grad-x-input"] {
        columns.push(Arc::new(SavedExplainer::load(&project.join("explainers").join(id)).map_err(usage)?));
    }
    crate::session::project::write_sample(&project, &data, &black_box, &columns).map_err(work)?;
    println!("sample project: {}", project.display());
    Ok(())
}

fn fit(runner: &mut Runner, data: &Arc<Dataset>, out: &Path) -> Result<Arc<SavedBox>, Failure> {
    let mut params = Params::default();
    params.set(architecture("l2x-cnn").map_err(usage)?.params, "epochs", "20").map_err(usage)?;
    let task = Task::FitBox(Box::new(FitBox {
        architecture: "l2x-cnn".to_owned(),
        params,
        data: data.clone(),
        seed: 0,
        name: "Digits net".to_owned(),
        out: Some(out.to_owned()),
    }));
    match runner.run(task, "training the sample black box", |_| {})? {
        Output::Box(saved) => {
            println!("black box: {:.1} % on test", 100.0 * saved.card.test_accuracy.unwrap_or(f64::NAN));
            Ok(saved)
        }
        _ => Err(work("training gave no black box")),
    }
}

fn train(
    runner: &mut Runner,
    id: &str,
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    out: &Path,
) -> Result<Arc<SavedExplainer>, Failure> {
    let spec = method(id).map_err(usage)?.spec();
    let mut params = Params::default();
    if spec.trains {
        params.set(spec.params, "epochs", "6").map_err(usage)?;
    }
    let task = Task::TrainExplainer(Box::new(TrainExplainer {
        method: id.to_owned(),
        params,
        unit: Unit::Pixel,
        k: K,
        data: data.clone(),
        black_box: black_box.clone(),
        seed: 0,
        name: spec.title.to_owned(),
        out: Some(out.to_owned()),
    }));
    let Output::Explainer(saved) = runner.run(task, "training a sample explainer", |_| {})? else {
        return Err(work("training gave no explainer"));
    };
    saved.save(out).map_err(work)?;
    let figures: Vec<_> = saved.card.validation.iter().map(|(id, value)| format!("{id} {value:.1} %")).collect();
    println!("{}: {}", saved.card.name, figures.join(", "));
    Ok(saved)
}
