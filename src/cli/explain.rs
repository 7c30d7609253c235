//! `unmask explain`: scores of many items, as CSV, JSON Lines, npz or Parquet.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::evaluate::split_named;
use super::{ComputeArgs, Failure, Outcome, Runner, check_k, check_place, failed, usage, work};
use crate::data::{Split, Unit, evenly_of};
use crate::explain::{Fill, SavedExplainer, method};
use crate::jobs::scores::{self, Scores, ScoresError, ScoresWriter};
use crate::jobs::{CHUNK, Explain, Explained, Output, Task};
use crate::model::SavedBox;
use crate::session::Session;
use crate::session::describe::count;
use crate::session::measure::told_apart;
use crate::session::reading::fills_for;

/// Which explainers, and for which black box.
#[derive(Clone, Debug, Args)]
pub struct Explainers {
    /// Folders of explainers
    #[arg(long, num_args = 1..)]
    pub explainer: Vec<PathBuf>,
    /// Methods that need no training, separated by commas: grad, grad-x-input, random
    #[arg(long, value_delimiter = ',')]
    pub method: Vec<String>,
    /// Folder of the black box, or exec:COMMAND; an explainer's own is found by its hash
    #[arg(long, value_name = "BOX")]
    pub blackbox: Option<PathBuf>,
    /// What such a method selects: pixel, patch:4, patch:2x7, word, sentence, step, channel-step, segment:N, column; without it what the explainers
    /// select, else pixel, word (or sentence, where the black box reads those), step or column
    #[arg(long)]
    pub unit: Option<String>,
}

impl Explainers {
    /// What [`Explainers::load_any`] gives, where the black box has the gradients that they need.
    pub(super) fn load(
        &self,
        runner: &mut Runner,
        data: &str,
        k: Option<usize>,
        seed: u64,
    ) -> Result<(Vec<Arc<SavedExplainer>>, Arc<SavedBox>), Failure> {
        let (loaded, black_box) = self.load_any(runner, data, k, seed)?;
        for explainer in &loaded {
            // Said here, it does not cost what other methods compute before.
            method(&explainer.card.method).map_err(usage)?.spec().check_gradients(&black_box.card).map_err(usage)?;
        }
        Ok((loaded, black_box))
    }

    /// Loads them, each under a name of its own, also those that need gradients which the black box does not give. `k` is needed where no trained explainer
    /// brings one; a command is connected with `data`.
    pub(super) fn load_any(
        &self,
        runner: &mut Runner,
        data: &str,
        k: Option<usize>,
        seed: u64,
    ) -> Result<(Vec<Arc<SavedExplainer>>, Arc<SavedBox>), Failure> {
        let mut loaded = Vec::new();
        let mut black_box: Option<Arc<SavedBox>> = None;
        for dir in &self.explainer {
            let (explainer, of_explainer) = runner.explainer(dir, self.blackbox.as_deref(), data)?;
            if let Some(first) = &black_box {
                explainer.check_box(&first.card).map_err(usage)?;
            }
            black_box = Some(of_explainer);
            loaded.push(explainer);
        }
        if black_box.is_none()
            && let Some(path) = &self.blackbox
        {
            black_box = Some(runner.black_box(path, data)?);
        }
        let black_box = black_box
            .ok_or_else(|| usage("name what explains: --explainer DIR, or --method NAME with --blackbox DIR"))?;
        let first = loaded.first().map(|explainer: &Arc<SavedExplainer>| (explainer.card.unit, explainer.card.k));
        let unit: Unit = match (first, &self.unit) {
            (Some((unit, _)), Some(asked)) if asked.parse() != Ok(unit) => {
                return Err(usage(format!(
                    "--unit {asked}: the explainer was trained to select {}; leave --unit out, or train one for {asked}",
                    unit.noun(2)
                )));
            }
            (Some((unit, _)), _) => unit,
            (None, Some(unit)) => unit.parse().map_err(usage)?,
            (None, None) => Session::offered_units(&black_box.card).first().copied().unwrap_or(Unit::Pixel),
        };
        let of_other_units = loaded.iter().find(|explainer| explainer.card.unit != unit);
        if let (Some(other), Some(first)) = (of_other_units, loaded.first()) {
            return Err(usage(format!(
                "{}: expected an explainer of {} as {}, found one of {}; name explainers of one kind of unit at a time",
                other.card.name,
                unit.noun(2),
                first.card.name,
                other.card.unit.noun(2)
            )));
        }
        for id in &self.method {
            method(id).map_err(usage)?;
            let k = k.or(first.map(|(_, k)| k)).ok_or_else(|| usage("give --k N: how many units are selected"))?;
            loaded.push(Arc::new(SavedExplainer::untrained(id, unit, k, &black_box.card, seed).map_err(usage)?));
        }
        if loaded.is_empty() {
            return Err(usage("name what explains: --explainer DIR, or --method NAME with --blackbox DIR"));
        }
        // Two trainings of a method have one name, under which nobody could tell their lines and panels apart.
        Ok((told_apart(loaded), black_box))
    }
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// What explains.
    #[command(flatten)]
    pub explainers: Explainers,
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// train, validation, test or all; by default the test items, or all where no item has a label
    #[arg(long)]
    pub split: Option<String>,
    /// At most so many items, evenly spaced, as `evaluate` takes them
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: Option<usize>,
    /// How many units are selected; by default as many as the first explainer was trained for
    #[arg(long)]
    pub k: Option<usize>,
    /// What hidden units become: zero, mean, noise, or uniform (tables); zero or noise for texts
    #[arg(long, default_value = "zero")]
    pub fill: String,
    /// The scores: .npz, .csv, .jsonl or .parquet; written as they come, in place once the file is whole
    #[arg(long)]
    pub out: PathBuf,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &ExplainArgs) -> Outcome {
    scores::check_name(&args.out).map_err(usage)?;
    check_place(&args.out)?;
    let mut runner = Runner::new(&args.compute)?;
    let (explainers, black_box) = args.explainers.load(&mut runner, &args.data, args.k, args.compute.seed())?;
    let data = runner.open(&args.data)?;
    let fit = black_box.fit_for(&data);
    // Data that do not fit as a whole are refused at once, not item by item.
    black_box.card.rows(&data, &[], &fit).map_err(usage)?;
    let is_unlabelled = data.labels.iter().all(Option::is_none);
    let items: Vec<usize> = match args.split.as_deref() {
        Some("all") => (0..data.len()).collect(),
        Some(split) => data.in_split(split_named(split)?),
        None if is_unlabelled => (0..data.len()).collect(),
        None => data.in_split(Split::Test),
    };
    if items.is_empty() {
        return Err(usage(format!(
            "{}: expected items in the {} part, found none; add --split all",
            data.name,
            args.split.as_deref().unwrap_or("test")
        )));
    }
    // The items that `evaluate` measures: the first ones of a file that is sorted by class would all be of one.
    let items = evenly_of(&items, args.limit.unwrap_or(usize::MAX));
    let k = args.k.unwrap_or(explainers[0].card.k);
    check_k(k, explainers[0].card.unit, &black_box.card)?;
    let fill = fill_for(&args.fill, &black_box)?;
    let asked = Explain {
        black_box: black_box.clone(),
        explainers: explainers.clone(),
        data: data.clone(),
        item: 0,
        fit,
        unit: explainers[0].card.unit,
        k,
        fill,
        seed: args.compute.seed(),
        class_answers: scores::has_class_answers(&args.out),
        contrast: None,
        rebuilt: false,
    };
    let scores = Scores { data: &data, black_box: &black_box.card, explainers: &explainers };
    // Begun with the first item, which tells what columns there are.
    let mut writer: Option<ScoresWriter<'_>> = None;
    let n = runner.explain_many(&asked, &items, |explained| {
        if writer.is_none() {
            writer = Some(ScoresWriter::create(&args.out, scores, explained).map_err(unwritten)?);
        }
        writer.as_mut().map_or(Ok(()), |writer| writer.push(explained).map_err(unwritten))
    })?;
    let Some(writer) = writer else {
        return Err(usage(format!(
            "{}: expected items that can be read, found none; see the reasons above",
            data.name
        )));
    };
    writer.finish().map_err(unwritten)?;
    println!("{}, {}: {}", count(n, "item", "items"), count(explainers.len(), "method", "methods"), args.out.display());
    Ok(())
}

/// Why scores were not written: for want of a method that fits, or since writing failed.
fn unwritten(error: ScoresError) -> Failure {
    match error {
        ScoresError::Method(why) => failed(why),
        error => work(error),
    }
}

impl Runner {
    /// Explains one item.
    pub(super) fn explain(&mut self, task: Explain) -> Result<Arc<Explained>, Failure> {
        match self.run(Task::Explain(Box::new(task)), "explaining", |_| {})? {
            Output::Explained(explained) => Ok(explained),
            _ => Err(work("explaining gave no explanation")),
        }
    }

    /// Explains many items in batches, hands each to `each` as it comes, and gives how many there were. One that cannot be read does not stop the others:
    /// the batch with it is done item by item. Where `each` fails, nothing more is explained.
    fn explain_many(
        &mut self,
        asked: &Explain,
        items: &[usize],
        mut each: impl FnMut(&Arc<Explained>) -> Outcome,
    ) -> Result<usize, Failure> {
        let mut n = 0;
        let mut rest = items;
        while !rest.is_empty() {
            let before = n;
            let mut take = |output: &Output| -> Outcome {
                if let Output::Explained(one) = output {
                    each(one)?;
                    n += 1;
                }
                Ok(())
            };
            let task = Task::ExplainMany { explain: Box::new(asked.clone()), items: rest.to_vec() };
            match self.run_while(task, "explaining", &mut take) {
                Ok(last) => {
                    take(&last)?;
                    break;
                }
                Err(Failure::Data(_)) => {}
                Err(failure) => return Err(failure),
            }
            let left = &rest[n - before..];
            let (batch, later) = left.split_at(left.len().min(CHUNK));
            for &item in batch {
                match self.explain(Explain { item, ..asked.clone() }) {
                    Ok(one) => {
                        each(&one)?;
                        n += 1;
                    }
                    Err(Failure::Data(reason)) => eprintln!("left out: {reason}"),
                    Err(failure) => return Err(failure),
                }
            }
            rest = later;
        }
        Ok(n)
    }
}

/// The fill called `name`, where it makes sense for what the box reads: the mean of word numbers is no word.
pub(super) fn fill_for(name: &str, black_box: &SavedBox) -> Result<Fill, Failure> {
    let fill: Fill = name.parse().map_err(usage)?;
    let modality = black_box.card.modality();
    let fitting = fills_for(modality);
    if fitting.contains(&fill) {
        return Ok(fill);
    }
    let known: Vec<&str> = fitting.iter().map(|fill| fill.id()).collect();
    Err(usage(format!(
        "fill: expected one of {} for {}, which {} reads, found {name}; name one of these",
        known.join(", "),
        modality.plural(),
        black_box.card.name
    )))
}
