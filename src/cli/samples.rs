//! `unmask samples`: write the sample data of the project, and train the small models beside it.

mod study;

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
    /// Also train the small models of the sample projects
    #[arg(long)]
    pub models: bool,
    /// Only write the state of the sample projects anew, beside the models that are there
    #[arg(long, hide = true, conflicts_with = "models")]
    pub project: bool,
    /// With --models or --project: only the sample project in this folder
    #[arg(long, hide = true)]
    pub only: Option<String>,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// A sample project: its data, its black box and the explainers for it, with few epochs: it is trained in a minute or two.
struct Sample {
    /// Folder among the samples.
    folder: &'static str,
    /// Loader, and the data's path among the samples.
    data: (&'static str, &'static str),
    /// Folder and name of the black box.
    black_box: (&'static str, &'static str),
    architecture: &'static str,
    /// Epochs of the black box.
    epochs: &'static str,
    /// Explainers with the parameters that are not the defaults; the first two are in view.
    methods: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    unit: Unit,
    k: usize,
    /// Which of the test items is in view at first.
    item: usize,
    /// A finished study with simulated people.
    study: Option<&'static study::SampleStudy>,
}

static SAMPLES: [Sample; 4] = [
    Sample {
        folder: "project",
        data: ("mnist", "digits"),
        black_box: ("digits", "Digits net"),
        architecture: "l2x-cnn",
        epochs: "20",
        methods: &[("meed", &[("epochs", "10")]), ("grad-x-input", &[]), ("l2x", &[("epochs", "10")]), ("random", &[])],
        unit: Unit::Pixel,
        k: 25,
        item: 0,
        study: Some(&study::DIGITS),
    },
    Sample {
        folder: "reviews_project",
        data: ("csv", "reviews.csv"),
        black_box: ("reviews", "Reviews net"),
        architecture: "l2x-word-cnn",
        epochs: "12",
        methods: &[
            // As the program begins on texts; few items: small batches, so that there are steps enough.
            (
                "aim",
                &[
                    ("context", "context-free"),
                    ("zero-start", "on"),
                    ("word-vectors", "black-box"),
                    ("learning-rate", "0.0002"),
                    ("epochs", "15"),
                    ("batch", "16"),
                ],
            ),
            ("l2x", &[("epochs", "5")]),
            ("grad-x-input", &[]),
            ("random", &[]),
        ],
        unit: Unit::Word,
        k: 5,
        item: 3,
        study: None,
    },
    Sample {
        folder: "pointer_project",
        // These names make the two channels a path.
        data: ("series", "pointer/movements.npz?names=untouched,edited&channels=x velocity,y velocity"),
        black_box: ("pointer", "Pointer net"),
        architecture: "dorar-series",
        epochs: "20",
        methods: &[
            (
                "dorar",
                &[
                    ("background", "whole-rows"),
                    ("generator", "local"),
                    ("unselected-loss", "flipped"),
                    ("mask", "subset"),
                    ("alpha", "0.3"),
                    ("beta", "0.1"),
                    ("temperature", "0.2"),
                    ("learning-rate", "0.002"),
                    ("epochs", "30"),
                ],
            ),
            ("grad", &[]),
            ("random", &[]),
        ],
        unit: Unit::Segment { steps: 4 },
        k: 4,
        item: 2,
        study: None,
    },
    Sample {
        folder: "table_project",
        data: ("table", "table.csv?label=thrives"),
        black_box: ("plants", "Plants net"),
        architecture: "table-mlp",
        epochs: "60",
        methods: &[("l2x", &[("epochs", "30")]), ("grad-x-input", &[]), ("aim", &[("epochs", "30")]), ("random", &[])],
        unit: Unit::Column,
        k: 3,
        item: 0,
        study: None,
    },
];

/// Runs it.
pub fn run(args: &SamplesArgs) -> Outcome {
    if args.compute.seed.is_some() || args.compute.threads.is_some() {
        return Err(usage(
            "samples: expected neither --seed nor --threads, since samples are the same wherever they are made; leave them out",
        ));
    }
    if args.project {
        // One thread, so that every machine gives the same masks.
        let compute = ComputeArgs { threads: Some(1), ..args.compute.clone() };
        return project(&mut Runner::new(&compute)?, args);
    }
    let files = crate::data::samples::write_all(&args.out).map_err(work)?;
    println!("{} files of sample data: {}", files.len(), args.out.display());
    if args.models {
        // One thread, so that every machine gives the same weights.
        let compute = ComputeArgs { threads: Some(1), ..args.compute.clone() };
        models(&mut Runner::new(&compute)?, args)?;
    }
    Ok(())
}

impl Sample {
    fn open(&self, runner: &mut Runner, samples: &Path) -> Result<Arc<Dataset>, Failure> {
        let (loader, path) = self.data;
        runner.open(&format!("{loader}:{}", samples.join(path).display()))
    }

    fn box_dir(&self, samples: &Path) -> PathBuf {
        samples.join(self.folder).join("blackboxes").join(self.black_box.0)
    }

    fn explainer_dir(&self, samples: &Path, id: &str) -> PathBuf {
        samples.join(self.folder).join("explainers").join(id)
    }

    fn write(&self, samples: &Path, data: &Dataset, black_box: &SavedBox, columns: &[Arc<SavedExplainer>]) -> Outcome {
        let project = samples.join(self.folder);
        let (loader, path) = self.data;
        let spec = format!("{loader}:../{path}");
        crate::session::project::write_sample(&project, &spec, data, self.item, black_box, columns).map_err(work)?;
        println!("sample project: {}", project.display());
        Ok(())
    }
}

fn chosen(args: &SamplesArgs) -> impl Iterator<Item = &'static Sample> {
    let only = args.only.clone();
    SAMPLES.iter().filter(move |sample| only.as_ref().is_none_or(|only| only == sample.folder))
}

/// The sample projects: a black box each, and explainers for it.
fn models(runner: &mut Runner, args: &SamplesArgs) -> Outcome {
    let samples = args.out.as_path();
    for sample in chosen(args) {
        let data = sample.open(runner, samples)?;
        let black_box = fit(runner, sample, &data, &sample.box_dir(samples))?;
        let mut trained = Vec::new();
        for (id, params) in sample.methods {
            let out = sample.explainer_dir(samples, id);
            trained.push(train(runner, sample, (id, params), &data, &black_box, &out)?);
        }
        sample.write(samples, &data, &black_box, &trained[..2])?;
        if let Some(study) = sample.study {
            study::write(runner, &samples.join(sample.folder), study, (&data, &black_box, &trained))?;
        }
    }
    Ok(())
}

/// The state of the sample projects, over the models that lie there.
fn project(runner: &mut Runner, args: &SamplesArgs) -> Outcome {
    let samples = args.out.as_path();
    for sample in chosen(args) {
        let data = sample.open(runner, samples)?;
        let black_box = super::load_box(&sample.box_dir(samples))?;
        let mut columns = Vec::new();
        for (id, _) in sample.methods {
            columns.push(Arc::new(SavedExplainer::load(&sample.explainer_dir(samples, id)).map_err(usage)?));
        }
        sample.write(samples, &data, &black_box, &columns[..2])?;
        if let Some(study) = sample.study {
            study::write(runner, &samples.join(sample.folder), study, (&data, &black_box, &columns))?;
        }
    }
    Ok(())
}

fn fit(runner: &mut Runner, sample: &Sample, data: &Arc<Dataset>, out: &Path) -> Result<Arc<SavedBox>, Failure> {
    let mut params = Params::default();
    params.set(architecture(sample.architecture).map_err(usage)?.params, "epochs", sample.epochs).map_err(usage)?;
    let task = Task::FitBox(Box::new(FitBox {
        architecture: sample.architecture.to_owned(),
        params,
        data: data.clone(),
        seed: 0,
        name: sample.black_box.1.to_owned(),
        out: Some(out.to_owned()),
        teacher: None,
        hidden_copies: 0,
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
    sample: &Sample,
    (id, values): (&str, &[(&str, &str)]),
    data: &Arc<Dataset>,
    black_box: &Arc<SavedBox>,
    out: &Path,
) -> Result<Arc<SavedExplainer>, Failure> {
    let spec = method(id).map_err(usage)?.spec();
    let mut params = Params::default();
    for (name, value) in values {
        params.set(spec.params, name, value).map_err(usage)?;
    }
    let task = Task::TrainExplainer(Box::new(TrainExplainer {
        method: id.to_owned(),
        params,
        unit: sample.unit,
        k: sample.k,
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
