//! `unmask train`: train an explainer for a black box.

use std::path::PathBuf;

use clap::Args;

use super::{ComputeArgs, Outcome, Runner, check_k, check_out, params_from, usage, work};
use crate::data::{Split, Unit};
use crate::explain::learn::run::TooFew;
use crate::explain::method;
use crate::jobs::{Output, Task, TrainExplainer};
use crate::model::params::Params;
use crate::session::Session;
use crate::session::describe::count;

/// Arguments of `train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// Folder of the black box, or exec:COMMAND
    #[arg(long, value_name = "BOX")]
    pub blackbox: PathBuf,
    /// Method: l2x, meed, aim or dorar
    #[arg(long)]
    pub method: String,
    /// How many units are selected
    #[arg(long)]
    pub k: usize,
    /// What is selected: pixel, patch:4, patch:2x7, word, sentence, step, channel-step, segment:N, column; by default pixel, word (or
    /// sentence, where the black box reads those), step or column
    #[arg(long)]
    pub unit: Option<String>,
    /// Folder for the explainer
    #[arg(long)]
    pub out: PathBuf,
    /// Replace the model that the folder holds
    #[arg(long)]
    pub replace: bool,
    /// Passes over the training items
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub epochs: Option<String>,
    /// Recipe to start from, such as a paper's; without it ours for this kind of data; a wrong name lists those of the method
    #[arg(long)]
    pub preset: Option<String>,
    /// Another parameter, NAME=VALUE; may be repeated; a wrong name lists those that there are
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// Name on screen
    #[arg(long)]
    pub name: Option<String>,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &TrainArgs) -> Outcome {
    let spec = method(&args.method).map_err(usage)?.spec();
    if !spec.trains {
        return Err(usage(format!(
            "method {}: expected one that is trained, found one that needs no training; use it at once: unmask explain --method {} --blackbox {} ...",
            spec.id,
            spec.id,
            args.blackbox.display()
        )));
    }
    check_out(&args.out, args.replace)?;
    let mut runner = Runner::new(&args.compute)?;
    let black_box = runner.black_box(&args.blackbox, &args.data)?;
    let unit: Unit = match &args.unit {
        Some(unit) => unit.parse().map_err(usage)?,
        None => Session::offered_units(&black_box.card).first().copied().unwrap_or(Unit::Pixel),
    };
    let mut params = match &args.preset {
        None => spec.start(unit.modality()),
        Some(id) => {
            let preset = spec.presets.iter().find(|preset| preset.id == id).ok_or_else(|| {
                let known: Vec<_> = spec.presets.iter().map(|preset| preset.id).collect();
                usage(format!("preset {id}: expected one of {}; name one of these", known.join(", ")))
            })?;
            Params::from_preset(spec.params, preset).map_err(usage)?
        }
    };
    let mut settings = args.settings.clone();
    settings.extend(args.epochs.iter().map(|epochs| format!("epochs={epochs}")));
    params.0.extend(params_from(spec.params, &settings)?.0);
    if !black_box.card.has_gradients() {
        let asked = params.clone();
        spec.without_gradients(&mut params);
        for (id, value) in params.0.iter().filter(|(id, _)| !asked.0.contains_key(*id)) {
            println!("{} gives no gradients, so {id} is {}", black_box.card.name, value);
        }
    }
    black_box.card.check_unit(unit).map_err(usage)?;
    check_k(args.k, unit, &black_box.card)?;
    let data = runner.open(&args.data)?;
    let whole = |id: &str| params.whole(spec.params, id);
    let mut few = TooFew::of(data.in_split(Split::Train).len(), whole("batch"), whole("epochs"));
    let task = Task::TrainExplainer(Box::new(TrainExplainer {
        method: args.method.clone(),
        params,
        unit,
        k: args.k,
        data,
        black_box,
        seed: args.compute.seed(),
        name: args.name.clone().unwrap_or_else(|| spec.title.to_owned()),
        out: Some(args.out.clone()),
    }));
    let mut told = 0;
    let report = |output: &Output| {
        // Only once it is under way: what cannot be trained is refused without advice on how long to do it.
        if let Some(few) = few.take() {
            eprintln!("{few} (--epochs {})", few.epochs);
        }
        if let Output::Training(report) = output
            && report.epoch > told
            && !report.figures.is_empty()
        {
            told = report.epoch;
            let figures: Vec<_> = report.figures.iter().map(|(id, value)| format!("{id} {value:.2} %")).collect();
            eprintln!("epoch {} of {}: {}", report.epoch, report.epochs, figures.join(", "));
        }
    };
    let output = runner.run(task, "training the explainer", report)?;
    let Output::Explainer(saved) = output else { return Err(work("training gave no explainer")) };
    // The last checkpoint was written before the run was marked complete.
    saved.save(&args.out).map_err(work)?;
    let card = &saved.card;
    let figures: Vec<_> = card.validation.iter().map(|(id, value)| format!("{id} {value:.2} %")).collect();
    println!("{}: {}", card.name, args.out.display());
    println!(
        "validation at epoch {}: {}; {} in {:.0} s on {} with {}; hash {}",
        card.best_epoch,
        figures.join(", "),
        count(card.epochs as usize, "epoch", "epochs"),
        card.seconds,
        card.device,
        count(card.threads.max(1) as usize, "thread", "threads"),
        &card.hash[..12]
    );
    for warning in crate::explain::learn::run::honesty(&card.validation, card.unit) {
        println!("{warning}");
    }
    Ok(())
}
