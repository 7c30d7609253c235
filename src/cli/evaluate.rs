//! `unmask evaluate`: metrics of explainers as a table.

use std::path::PathBuf;

use clap::Args;

use super::explain::{Explainers, fill_for};
use super::{ComputeArgs, Outcome, Runner, check_k, check_place, failed, usage, work, write_file};
use crate::data::Split;
use crate::jobs::evaluate::{is_left, missing_beforehand};
use crate::jobs::measured::notes;
use crate::jobs::{Evaluate, Output, Task, table};
use crate::metric::{METRICS, metric};

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// What explains.
    #[command(flatten)]
    pub explainers: Explainers,
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// Metric ids
    #[arg(long, value_delimiter = ',', default_value = "fs_m,fu_m,mask_only,tps", help = ids())]
    pub metrics: Vec<String>,
    /// Numbers of selected units; by default each explainer's own
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    pub k: Vec<usize>,
    /// What hidden units become: zero, mean, noise, or uniform (tables); zero or noise for texts
    #[arg(long, default_value = "zero")]
    pub fill: String,
    /// train, validation or test
    #[arg(long, default_value = "test")]
    pub split: String,
    /// At most so many items, evenly spaced
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: Option<usize>,
    /// Embedding of texts for iou: word vectors (GloVe's or word2vec's text form), or .npy with a row for each item of the data; else TF-IDF
    #[arg(long)]
    pub embedding: Option<PathBuf>,
    /// The table: .json, .csv, .md or .tex
    #[arg(long)]
    pub out: PathBuf,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

fn ids() -> String {
    let ids: Vec<_> = METRICS.iter().map(|metric| metric.spec().id).collect();
    format!(
        "Metrics, separated by commas; those that the data or the black box do not have are left out: {}",
        ids.join(", ")
    )
}

/// Runs it.
pub fn run(args: &EvaluateArgs) -> Outcome {
    table::check(&args.out).map_err(usage)?;
    for id in &args.metrics {
        metric(id).map_err(usage)?;
    }
    let split = split_named(&args.split)?;
    check_place(&args.out)?;
    let mut runner = Runner::new(&args.compute)?;
    let (explainers, black_box) =
        args.explainers.load_any(&mut runner, &args.data, args.k.first().copied(), args.compute.seed())?;
    for &k in &args.k {
        check_k(k, explainers[0].card.unit, &black_box.card)?;
    }
    let fill = fill_for(&args.fill, &black_box)?;
    let data = runner.open(&args.data)?;
    if data.in_split(split).is_empty() {
        return Err(usage(format!(
            "{}: expected items in the {} part, found none; name another with --split",
            data.name, args.split
        )));
    }
    let task = Evaluate {
        fit: black_box.fit_for(&data),
        black_box,
        explainers,
        data,
        split,
        metrics: args.metrics.clone(),
        ks: args.k.clone(),
        fill,
        seed: args.compute.seed(),
        limit: args.limit,
        embedding: args.embedding.clone(),
    };
    let early = said_beforehand(&task)?;
    early.iter().for_each(|note| eprintln!("{note}"));
    let Output::Cells(measured) = runner.run(Task::Evaluate(Box::new(task)), "measuring", |_| {})? else {
        return Err(work("measuring gave no table"));
    };
    let notes = measured.notes();
    notes.iter().filter(|note| !early.contains(note)).for_each(|note| eprintln!("{note}"));
    write_file(&args.out, &table::encode(&args.out, &measured).map_err(work)?)?;
    print!("{}", table::text(&measured));
    println!("{}.", measured.conditions.words());
    for words in notes.into_iter().chain(table::honesty(&measured)).chain(table::order(&measured)) {
        println!("{words}");
    }
    Ok(())
}

/// What can be said to be missing before minutes of work; nothing where all is missing, which is an error and says so itself.
fn said_beforehand(task: &Evaluate) -> Result<Vec<String>, super::Failure> {
    let missing = missing_beforehand(task).map_err(failed)?;
    let has_some = task.metrics.iter().any(|id| is_left(task, &missing, id));
    Ok(if has_some { notes(&missing, task.explainers.len()) } else { Vec::new() })
}

/// A split by its name.
pub(super) fn split_named(name: &str) -> Result<Split, super::Failure> {
    match name {
        "train" => Ok(Split::Train),
        "validation" => Ok(Split::Validation),
        "test" => Ok(Split::Test),
        _ => Err(usage(format!("split \"{name}\": expected train, validation or test; name one of these"))),
    }
}
