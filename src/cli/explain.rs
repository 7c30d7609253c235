//! `unmask explain`: scores of many items, as CSV, JSON Lines or npz.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::evaluate::split_named;
use super::{ComputeArgs, Failure, Outcome, Runner, load_box, load_explainer, usage, work, write_file};
use crate::data::{Dataset, Unit};
use crate::explain::{Fill, SavedExplainer, top_k};
use crate::jobs::reading::written_units;
use crate::jobs::{Explain, Explained, Output, Task};
use crate::model::SavedBox;
use crate::session::Session;
use crate::session::reading::fills_for;

/// Which explainers, and for which black box.
#[derive(Clone, Debug, Args)]
pub struct Explainers {
    /// Folders of explainers
    #[arg(long, num_args = 1..)]
    pub explainer: Vec<PathBuf>,
    /// Methods that need no training: grad, grad-x-input, random
    #[arg(long, value_delimiter = ',')]
    pub method: Vec<String>,
    /// Folder of the black box; an explainer's own is found by its hash
    #[arg(long)]
    pub blackbox: Option<PathBuf>,
    /// What such a method selects: pixel, patch:4, word, sentence; without it, the smallest unit of the black box's input
    #[arg(long)]
    pub unit: Option<String>,
}

impl Explainers {
    /// Loads them. `k` is needed where no trained explainer brings one.
    pub fn load(&self, k: Option<usize>, seed: u64) -> Result<(Vec<Arc<SavedExplainer>>, Arc<SavedBox>), Failure> {
        let mut loaded = Vec::new();
        let mut black_box: Option<Arc<SavedBox>> = None;
        for dir in &self.explainer {
            let (explainer, of_explainer) = load_explainer(dir, self.blackbox.as_deref())?;
            if let Some(first) = &black_box {
                explainer.check_box(&first.card).map_err(usage)?;
            }
            black_box = Some(of_explainer);
            loaded.push(explainer);
        }
        if black_box.is_none()
            && let Some(path) = &self.blackbox
        {
            black_box = Some(load_box(path)?);
        }
        let black_box = black_box
            .ok_or_else(|| usage("name what explains: --explainer DIR, or --method NAME with --blackbox DIR"))?;
        let first = loaded.first().map(|explainer: &Arc<SavedExplainer>| (explainer.card.unit, explainer.card.k));
        let unit: Unit = match (first, &self.unit) {
            (Some((unit, _)), _) => unit,
            (None, Some(unit)) => unit.parse().map_err(usage)?,
            (None, None) => Session::offered_units(&black_box.card).first().copied().unwrap_or(Unit::Pixel),
        };
        for id in &self.method {
            let k = k.or(first.map(|(_, k)| k)).ok_or_else(|| usage("give --k N: how many units are selected"))?;
            loaded.push(Arc::new(SavedExplainer::untrained(id, unit, k, &black_box.card, seed).map_err(usage)?));
        }
        if loaded.is_empty() {
            return Err(usage("name what explains: --explainer DIR, or --method NAME with --blackbox DIR"));
        }
        Ok((loaded, black_box))
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
    /// train, validation or test
    #[arg(long, default_value = "test")]
    pub split: String,
    /// At most so many items
    #[arg(long)]
    pub limit: Option<usize>,
    /// How many units are selected
    #[arg(long)]
    pub k: Option<usize>,
    /// What hidden units become: zero, mean or noise
    #[arg(long, default_value = "zero")]
    pub fill: String,
    /// The scores: .npz, .csv or .jsonl
    #[arg(long)]
    pub out: PathBuf,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &ExplainArgs) -> Outcome {
    let encode = encoder(&args.out)?;
    let (explainers, black_box) = args.explainers.load(args.k, args.compute.seed)?;
    let mut runner = Runner::new(&args.compute)?;
    let data = runner.open(&args.data)?;
    let mut items = data.in_split(split_named(&args.split)?);
    items.truncate(args.limit.unwrap_or(usize::MAX));
    let k = args.k.unwrap_or(explainers[0].card.k);
    let fill = fill_for(&args.fill, &black_box)?;
    let mut explained = Vec::with_capacity(items.len());
    let bar = super::Bar::new("explaining");
    for (done, &item) in items.iter().enumerate() {
        let task = Explain {
            black_box: black_box.clone(),
            explainers: explainers.clone(),
            data: data.clone(),
            item,
            fit: black_box.card.fit,
            unit: explainers[0].card.unit,
            k,
            fill,
            seed: args.compute.seed,
        };
        explained.push(runner.explain(task)?);
        bar.show(&crate::work::Progress::new(done as u64 + 1, items.len() as u64, "items"));
    }
    bar.clear();
    let bytes = encode(&Scores { data: &data, black_box: &black_box, explainers: &explainers, explained: &explained })?;
    write_file(&args.out, &bytes)?;
    println!("{} items, {} methods: {}", items.len(), explainers.len(), args.out.display());
    Ok(())
}

impl Runner {
    /// Explains one item.
    pub(super) fn explain(&mut self, task: Explain) -> Result<Arc<Explained>, Failure> {
        match self.run(Task::Explain(Box::new(task)), "explaining", |_| {})? {
            Output::Explained(explained) => Ok(explained),
            _ => Err(work("explaining gave no explanation")),
        }
    }
}

/// The fill called `name`; the mean of word numbers is no word.
pub(super) fn fill_for(name: &str, black_box: &SavedBox) -> Result<Fill, Failure> {
    let fill: Fill = name.parse().map_err(usage)?;
    if fills_for(black_box.card.modality()).contains(&fill) {
        return Ok(fill);
    }
    Err(usage(format!("fill {name}: {} reads texts, whose words have no mean; use zero or noise", black_box.card.name)))
}

/// What is written.
struct Scores<'a> {
    data: &'a Dataset,
    black_box: &'a SavedBox,
    explainers: &'a [Arc<SavedExplainer>],
    explained: &'a [Arc<Explained>],
}

type Encoder = fn(&Scores<'_>) -> Result<Vec<u8>, Failure>;

fn encoder(path: &std::path::Path) -> Result<Encoder, Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Ok(csv_of),
        Some("jsonl") => Ok(jsonl_of),
        Some("npz") => Ok(npz_of),
        other => Err(usage(format!(
            "{}: expected a file name ending in .npz, .csv or .jsonl, found \"{}\"; choose one of these",
            path.display(),
            other.unwrap_or_default()
        ))),
    }
}

/// One row per item, method and unit; of texts with the word and its bytes in the text as written, without padding.
fn csv_of(scores: &Scores<'_>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let is_text = scores.black_box.card.text.is_some();
    let heads = ["item", "method", "unit", "score", "rank", "selected", "word", "start", "end"];
    writer.write_record(&heads[..if is_text { 9 } else { 6 }]).map_err(work)?;
    for explained in scores.explained {
        let written = written_units(&scores.black_box.card, explained);
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(work)?;
            for (unit, score) in result.scores.iter().enumerate() {
                let selected = u8::from(result.is_selected(unit, explained.k));
                let mut record = vec![
                    scores.data.source_index[explained.item].to_string(),
                    saved.card.name.clone(),
                    unit.to_string(),
                    score.to_string(),
                    result.ranks[unit].to_string(),
                    selected.to_string(),
                ];
                if is_text {
                    let Some(Some(written)) = written.get(unit) else { continue };
                    record.extend([written.words.clone(), written.bytes.start.to_string(), written.bytes.end.to_string()]);
                }
                writer.write_record(&record).map_err(work)?;
            }
        }
    }
    writer.into_inner().map_err(work)
}

/// One object per item and method; of texts with each unit's words and their bytes in the text as written.
fn jsonl_of(scores: &Scores<'_>) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    for explained in scores.explained {
        let written = written_units(&scores.black_box.card, explained);
        for (saved, result) in scores.explainers.iter().zip(&explained.methods) {
            let result = result.as_ref().map_err(work)?;
            let selected = top_k(&result.scores, explained.k);
            let mut line = serde_json::json!({
                "item": scores.data.source_index[explained.item],
                "label": scores.data.labels[explained.item].and_then(|label| scores.data.classes.get(usize::from(label))),
                "method": saved.card.method,
                "name": saved.card.name,
                "explainer": saved.card.hash,
                "blackbox": scores.black_box.card.hash,
                "unit": saved.card.unit,
                "k": explained.k,
                "fill": explained.fill,
                "seed": explained.seed,
                "classes": scores.black_box.card.classes,
                "probs_full": explained.probs_full,
                "probs_selected": result.probs_selected,
                "probs_unselected": result.probs_unselected,
                "selected": selected,
                "scores": result.scores,
            });
            if scores.black_box.card.text.is_some() {
                let words = written.iter().enumerate().filter_map(|(unit, written)| {
                    let written = written.as_ref()?;
                    Some(serde_json::json!({
                        "unit": unit,
                        "word": written.words,
                        "start": written.bytes.start,
                        "end": written.bytes.end,
                        "score": result.scores[unit],
                        "rank": result.ranks[unit],
                    }))
                });
                line["words"] = words.collect();
            }
            writeln!(out, "{line}").map_err(work)?;
        }
    }
    Ok(out)
}

/// Arrays `items` [n], `scores` [n, methods, units], `probs_full` [n, classes], `probs_selected` and `probs_unselected` [n, methods, classes].
fn npz_of(scores: &Scores<'_>) -> Result<Vec<u8>, Failure> {
    let (n, n_methods) = (scores.explained.len() as u64, scores.explainers.len() as u64);
    let classes = scores.black_box.card.classes.len() as u64;
    let units = scores.explained.first().map_or(0, |explained| explained.units.count()) as u64;
    let mut by_method: [Vec<f32>; 3] = Default::default();
    let mut probs_full: Vec<f32> = Vec::new();
    for explained in scores.explained {
        probs_full.extend(&explained.probs_full);
        for result in &explained.methods {
            let result = result.as_ref().map_err(work)?;
            by_method[0].extend(&result.scores);
            by_method[1].extend(&result.probs_selected);
            by_method[2].extend(&result.probs_unselected);
        }
    }
    let items: Vec<u32> = scores.explained.iter().map(|explained| scores.data.source_index[explained.item]).collect();
    let mut cursor = std::io::Cursor::new(Vec::new());
    let mut npz = npyz::npz::NpzWriter::new(&mut cursor);
    let options = Default::default();
    array(&mut npz, options, "items", &[n], &items)?;
    array(&mut npz, options, "scores", &[n, n_methods, units], &by_method[0])?;
    array(&mut npz, options, "probs_full", &[n, classes], &probs_full)?;
    array(&mut npz, options, "probs_selected", &[n, n_methods, classes], &by_method[1])?;
    array(&mut npz, options, "probs_unselected", &[n, n_methods, classes], &by_method[2])?;
    drop(npz);
    Ok(cursor.into_inner())
}

fn array<T: npyz::AutoSerialize + Copy>(
    npz: &mut npyz::npz::NpzWriter<&mut std::io::Cursor<Vec<u8>>>,
    options: npyz::zip::write::FileOptions,
    name: &str,
    shape: &[u64],
    values: &[T],
) -> Outcome {
    use npyz::WriterBuilder;
    let mut writer = npz.array(name, options).map_err(work)?.default_dtype().shape(shape).begin_nd().map_err(work)?;
    writer.extend(values.iter().copied()).map_err(work)?;
    writer.finish().map_err(work)
}
