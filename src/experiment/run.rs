//! Works off an experiment: black box from the cache or trained, then every row and seed, each saved when it is done.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::result::{Part, PartValues, Reproduced, ResultCell};
use super::{Experiment, Row};
use crate::data::{DataSpec, Dataset, Modality, Rows, Shape, Split, Unit, Units};
use crate::explain::fidelity::same_class;
use crate::explain::learn::run::{RunSetup, TrainRun};
use crate::explain::{ExplainError, ExplainerCard, Fill, SavedExplainer, method};
use crate::metric::context::ContextSetup;
use crate::metric::order::{Rebuilt, Sure, sentences};
use crate::metric::{Context, MetricUnit, Shared, ValuesByClass, interval, metric, stats, values_of};
use crate::model::params::Params;
use crate::model::tensors::device_name;
use crate::model::{
    BlackBox, Device, FitRun, FitSetup, ModelError, Probs, SavedBox, TorchBox, Versions, architecture, mix,
};
use crate::store::{Cache, Hash};
use crate::work::Progress;

/// How an experiment is run.
pub struct Options<'a> {
    /// Folder of the data sets.
    pub data_root: &'a Path,
    /// Where the table goes; parts are saved beside.
    pub out: &'a Path,
    /// Seeds of the main rows, or the experiment's own number.
    pub seeds: Option<u64>,
    /// Fewer epochs and items, for a smoke run.
    pub quick: bool,
    /// Leave out metrics that train fresh approximators (FS-A, FU-A and their ceiling).
    pub no_approximators: bool,
    /// Only these rows (empty: all).
    pub rows: &'a [String],
    /// Where black boxes are kept by hash.
    pub cache: Cache,
    /// Where to compute.
    pub device: Device,
    /// Threads of libtorch.
    pub threads: usize,
}

/// Told what is being done; an error stops the work (what is finished stays saved).
pub type Watch<'a> = dyn FnMut(Progress) -> Result<(), ExplainError> + 'a;

/// Epochs of everything in a smoke run.
const QUICK_EPOCHS: &str = "2";
/// Items of each split in a smoke run: a whole table then takes about two minutes on two cores.
const QUICK_ITEMS: usize = 1500;
/// The same for series: a recurrent network over 400 steps takes as long as for several pictures.
const QUICK_SERIES: usize = 300;

/// Runs an experiment and returns its table. The same is written to `options.out` after each finished part.
pub fn run(experiment: &Experiment, options: &Options<'_>, watch: &mut Watch<'_>) -> Result<Reproduced, ExplainError> {
    check(experiment, options)?;
    let data = open(experiment, options, watch)?;
    let saved_box = black_box(experiment, &data, options, watch)?;
    let seeds: Vec<u64> = (0..options.seeds.unwrap_or(if options.quick { 1 } else { experiment.seeds })).collect();
    let mut parts = Vec::new();
    let shared = Shared::default();
    let plan: Vec<(&Row, u64)> = experiment
        .rows
        .iter()
        .filter(|row| options.rows.is_empty() || options.rows.iter().any(|name| name == row.id))
        .flat_map(|row| {
            let seeds = if row.every_seed { seeds.clone() } else { vec![0] };
            seeds.into_iter().map(move |seed| (row, seed))
        })
        .collect();
    for (row, seed) in &plan {
        parts.push(part(experiment, row, *seed, (&data, &saved_box, &shared), options, watch)?);
        let table = table(experiment, &parts, (&seeds, saved_box.card.shape), options);
        let bytes = serde_json::to_vec_pretty(&table).map_err(failed)?;
        crate::store::atomic::write(options.out, &bytes).map_err(failed)?;
    }
    let mut table = table(experiment, &parts, (&seeds, saved_box.card.shape), options);
    table.cells.splice(0..0, box_cells(experiment, &data, &saved_box, options)?);
    let bytes = serde_json::to_vec_pretty(&table).map_err(failed)?;
    crate::store::atomic::write(options.out, &bytes).map_err(failed)?;
    Ok(table)
}

/// What could not be written, or be put into the form of a file: nothing that was asked for wrongly.
fn failed(error: impl std::fmt::Display) -> ExplainError {
    ModelError::Failed(error.to_string()).into()
}

/// Refuses rows that do not exist and a run without seeds: both would silently give an empty table after minutes of training.
pub fn check(experiment: &Experiment, options: &Options<'_>) -> Result<(), ExplainError> {
    if let Some(unknown) = options.rows.iter().find(|name| !experiment.rows.iter().any(|row| row.id == **name)) {
        let known: Vec<_> = experiment.rows.iter().map(|row| row.id).collect();
        return Err(ExplainError::Unfit(format!(
            "row {unknown}: {} has {}; name some of these",
            experiment.id,
            known.join(", ")
        )));
    }
    if options.seeds == Some(0) {
        return Err(ExplainError::Unfit("seeds: expected at least 1, found 0; give a larger number".to_owned()));
    }
    Ok(())
}

fn open(experiment: &Experiment, options: &Options<'_>, watch: &mut Watch<'_>) -> Result<Arc<Dataset>, ExplainError> {
    watch(Progress::new(0, 1, "data sets").with_message("opening the data"))?;
    let text = experiment.data.replace("{root}", &options.data_root.display().to_string());
    let mut spec: DataSpec = text.parse().map_err(|error| ExplainError::Model(ModelError::Data(error)))?;
    if options.quick {
        let unit: Unit = experiment.unit.parse().map_err(ExplainError::Unfit)?;
        let items = if unit.modality() == Modality::Series { QUICK_SERIES } else { QUICK_ITEMS };
        spec = spec.with("limit", items.to_string());
    }
    let data = crate::data::open(&spec, &mut |_| true).map_err(ModelError::from)?;
    Ok(Arc::new(data))
}

fn params_of(
    specs: &[crate::model::params::ParamSpec],
    values: &[(&str, &str)],
    quick: bool,
) -> Result<Params, ExplainError> {
    let mut params = Params::default();
    for (id, value) in values {
        params.set(specs, id, value).map_err(ModelError::from)?;
    }
    if quick && specs.iter().any(|spec| spec.id == "epochs") {
        params.set(specs, "epochs", QUICK_EPOCHS).map_err(ModelError::from)?;
    }
    Ok(params)
}

/// The experiment's black box: kept by what decides it, trained once.
fn black_box(
    experiment: &Experiment,
    data: &Dataset,
    options: &Options<'_>,
    watch: &mut Watch<'_>,
) -> Result<SavedBox, ExplainError> {
    let (id, values) = experiment.black_box;
    let architecture = architecture(id)?;
    let params = params_of(architecture.params, values, options.quick)?;
    let described =
        serde_json::to_string(&(id, &params, &data.hash, options.threads, Versions::current())).map_err(failed)?;
    let recipe = Hash::of_bytes(described.as_bytes());
    if let Some(folder) = options.cache.find_by_recipe(recipe) {
        return Ok(SavedBox::load(&folder)?);
    }
    let name = format!("{} on {}", architecture.title, data.name);
    let setup = FitSetup {
        architecture: id,
        params: &params,
        data,
        seed: 0,
        name: &name,
        device: options.device,
        teacher: None,
    };
    let mut run = FitRun::new(setup)?;
    while !run.is_done() {
        run.step()?;
        let (done, total) = run.progress();
        watch(Progress::new(done, total, run.counted()).with_message(format!("black box: {}", architecture.title)))?;
    }
    let saved = run.checkpoint()?;
    let hash: Hash = saved.card.hash.parse().map_err(failed)?;
    crate::model::saved::keep(&saved, hash, &options.cache)?;
    options.cache.note_recipe(recipe, hash).map_err(failed)?;
    Ok(saved)
}

/// One row and seed: from its file, or computed and saved.
fn part(
    experiment: &Experiment,
    row: &Row,
    seed: u64,
    (data, saved_box, shared): (&Dataset, &SavedBox, &Shared),
    options: &Options<'_>,
    watch: &mut Watch<'_>,
) -> Result<Part, ExplainError> {
    let at = experiment.at(row);
    let spec = method(row.method)?.spec();
    let mut values: Vec<(&str, &str)> = Vec::new();
    if let Some(preset) = spec.presets.iter().find(|preset| preset.id == row.preset) {
        values.extend(preset.values);
    }
    values.extend(row.params);
    let params = params_of(spec.params, &values, options.quick)?;
    // Rates and minutes belong to a device, figures to a masking; older parts without a word of it are those of the CPU and of zeros.
    let (fill, draws) = row.masking();
    let described =
        (row.method, &params, at.unit, at.k, at.ks, row.metrics, seed, options.quick, options.no_approximators);
    let described =
        serde_json::to_string(&(described, &saved_box.card.hash, &data.hash, options.threads, Versions::current()))
            .map_err(failed)?;
    let elsewhere = if options.device == Device::Cpu { String::new() } else { device_name(options.device) };
    let masking = if fill == Fill::Zero { String::new() } else { format!("{} x {draws}", fill.id()) };
    let described = described + &elsewhere + &masking;
    let key = blake3::hash(described.as_bytes()).to_hex().to_string();
    let folder = parts_folder(options.out);
    let path = folder.join(format!("{}-{seed}.json", row.file_key()));
    if let Some(part) = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Part>(&bytes).ok())
        && part.key == key
    {
        return Ok(part);
    }
    let started = Instant::now();
    let explainer = explainer(experiment, row, seed, &params, data, saved_box, options, watch)?;
    let black_box = TorchBox::new(saved_box, options.device)?;
    let mut checkpoint = |progress: Progress| {
        let message = format!("{}, seed {seed}: {}", row.key(), progress.message);
        watch(progress.with_message(message))
    };
    let mut context = Context::new(ContextSetup {
        black_box: &black_box,
        saved_box,
        explainer: &explainer,
        unit: explainer.card.unit,
        k: at.k,
        fill,
        data,
        fit: saved_box.fit_for(data),
        split: Split::Test,
        limit: None,
        seed,
        embedding: None,
        shared,
        checkpoint: &mut checkpoint,
    })?;
    let mut values = Vec::new();
    let ks = at.ks();
    let n_figures = (ks.len() * row.metrics.len()) as u64;
    for (k_idx, k) in ks.into_iter().enumerate() {
        context.k = k;
        for (metric_idx, id) in row.metrics.iter().enumerate() {
            let metric = metric(id)?;
            let done = (k_idx * row.metrics.len() + metric_idx) as u64;
            let message = format!("{} at k = {k}", metric.spec().title);
            context.checkpoint(Progress::new(done, n_figures, "figures").with_message(message))?;
            let is_slow = metric.spec().is_slow;
            if is_slow && (options.quick || options.no_approximators) {
                continue;
            }
            // Fresh approximators are trained at one k only, and times are measured once.
            if k != at.main_k() && (is_slow || !metric.depends_on_k()) {
                continue;
            }
            let mut drawn = Vec::new();
            for draw in 0..draws {
                context.seed = if draws == 1 { seed } else { mix(seed, draw) };
                drawn.push(values_of(metric, &mut context)?);
            }
            context.seed = seed;
            for (class, of_items) in mean_of_draws(drawn) {
                let class = class.and_then(|class| saved_box.card.classes.get(class).cloned());
                values.push(PartValues { metric: (*id).to_owned(), k, class, values: of_items });
            }
        }
    }
    drop(context);
    let part = Part { key, row: row.key(), seed, values, seconds: started.elapsed().as_secs_f64() };
    std::fs::create_dir_all(&folder).map_err(|source| ModelError::Io { path: folder.display().to_string(), source })?;
    let bytes = serde_json::to_vec(&part).map_err(failed)?;
    crate::store::atomic::write(&path, &bytes).map_err(failed)?;
    Ok(part)
}

/// The mean over draws of each item's value.
fn mean_of_draws(mut drawn: Vec<ValuesByClass>) -> ValuesByClass {
    let n = drawn.len() as f64;
    let mut first = if drawn.is_empty() { Vec::new() } else { drawn.remove(0) };
    for more in drawn {
        for ((_, sums), (_, values)) in first.iter_mut().zip(more) {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }
    if n > 1.0 {
        first.iter_mut().flat_map(|(_, sums)| sums).for_each(|sum| *sum /= n);
    }
    first
}

#[expect(clippy::too_many_arguments, reason = "one call, from `part`")]
fn explainer(
    experiment: &Experiment,
    row: &Row,
    seed: u64,
    params: &Params,
    data: &Dataset,
    saved_box: &SavedBox,
    options: &Options<'_>,
    watch: &mut Watch<'_>,
) -> Result<SavedExplainer, ExplainError> {
    let at = experiment.at(row);
    let unit: Unit = at.unit.parse().map_err(ExplainError::Unfit)?;
    if !method(row.method)?.spec().trains {
        return SavedExplainer::untrained(row.method, unit, at.k, &saved_box.card, seed);
    }
    // Trained before the run was stopped: the metrics of a large table take as long as the training.
    let folder = parts_folder(options.out).join("explainers").join(format!("{}-{seed}", row.file_key()));
    let is_this = |card: &ExplainerCard| {
        let recipe = (card.method.as_str(), &card.params, card.unit, card.seed, card.complete);
        let origin = (card.data_hash.as_str(), card.blackbox_hash.as_str());
        let place = (usize::try_from(card.threads).ok(), card.device.as_str(), &card.versions);
        recipe == (row.method, params, unit, seed, true)
            && card.k == at.k.min(Units::new(unit, saved_box.card.shape).count())
            && origin == (data.hash.as_str(), saved_box.card.hash.as_str())
            && place == (Some(options.threads), device_name(options.device).as_str(), &Versions::current())
    };
    if let Ok(saved) = SavedExplainer::load(&folder)
        && is_this(&saved.card)
    {
        return Ok(saved);
    }
    let mut run = TrainRun::new(RunSetup {
        method: row.method,
        params,
        unit,
        k: at.k,
        data,
        black_box: saved_box,
        seed,
        name: row.id,
        device: options.device,
    })?;
    while !run.is_done() {
        run.step()?;
        let (done, total) = run.progress();
        watch(Progress::new(done, total, "batches").with_message(format!("{}, seed {seed}: training", row.key())))?;
    }
    let saved = run.checkpoint()?;
    saved.save(&folder)?;
    Ok(saved)
}

/// Folder of the finished parts of a table: `FILE.parts`.
fn parts_folder(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".parts");
    PathBuf::from(name)
}

fn table(
    experiment: &Experiment,
    parts: &[Part],
    (seeds, shape): (&[u64], Shape),
    options: &Options<'_>,
) -> Reproduced {
    let mut cells = Vec::new();
    let mut rebuilt = Vec::new();
    for row in experiment.rows {
        let start = cells.len();
        let of_row: Vec<&Part> = parts.iter().filter(|part| part.row == row.key()).collect();
        for id in row.metrics {
            // One cell for each k and class that the metric has.
            let mut kinds: Vec<(usize, Option<&str>)> = Vec::new();
            for values in of_row.iter().flat_map(|part| &part.values).filter(|values| values.metric == *id) {
                if !kinds.contains(&(values.k, values.class.as_deref())) {
                    kinds.push((values.k, values.class.as_deref()));
                }
            }
            for (k, class) in kinds {
                let is_kind = |of: &&PartValues| of.metric == *id && of.k == k && of.class.as_deref() == class;
                let runs: Vec<Vec<f64>> = of_row
                    .iter()
                    .filter_map(|part| part.values.iter().find(is_kind))
                    .map(|of| of.values.clone())
                    .collect();
                let Some(first) = runs.first() else { continue };
                let means: Vec<f64> = runs.iter().map(|run| stats::mean(run)).collect();
                let ci95 = match metric(id) {
                    Ok(metric) if runs.len() == 1 => interval(metric, first, 0),
                    _ => stats::cluster_interval(&runs, 0),
                };
                cells.push(ResultCell {
                    // A ceiling belongs to no method, whichever row it was computed with.
                    row: if matches!(*id, "fs_a_full" | "a_full" | "mask_only_true") {
                        "blackbox".to_owned()
                    } else {
                        row.id.to_owned()
                    },
                    metric: (*id).to_owned(),
                    k: Some(k.to_string()),
                    class: class.map(str::to_owned),
                    unit: unit_of(id).to_owned(),
                    paper: experiment.printed(row.id, id, Some(k), class),
                    mean: stats::mean(&means),
                    sd: stats::sd(&means),
                    ci95,
                    spread: (*id == "median_rank").then(|| stats::spread(&runs.concat())),
                    items: first.len(),
                    seeds: runs.len(),
                });
            }
        }
        rebuilt.extend(rebuilt_of(&cells[start..], experiment.at(row).unit, shape));
    }
    Reproduced {
        experiment: experiment.id.to_owned(),
        dataset: experiment.dataset.to_owned(),
        device: device_name(options.device),
        threads: options.threads,
        seeds: seeds.to_vec(),
        versions: Versions::current(),
        wall_seconds: parts.iter().map(|part| part.seconds).sum(),
        quick: options.quick,
        cells,
        order: sentences(&rebuilt),
    }
}

/// What Definition 2 of DoRaR compares, of the cells of one row: one for each number of units. Rows may select units of other sizes.
fn rebuilt_of(cells: &[ResultCell], unit: &str, shape: Shape) -> Vec<Rebuilt> {
    let unit_size = unit.parse::<Unit>().map_or(0, |unit| Units::new(unit, shape).size());
    let sure = |cell: &ResultCell| Sure { mean: cell.mean, ci95: cell.ci95 };
    let of = |metric: &'static str| cells.iter().filter(move |cell| cell.metric == metric && cell.class.is_none());
    let with_a2 = |a1: &ResultCell| {
        let a2 = of("a2").find(|a2| a2.k == a1.k)?;
        let k = a1.k.as_ref().and_then(|k| k.parse().ok());
        Some(Rebuilt { row: a1.row.clone(), k, unit_size, a1: sure(a1), a2: sure(a2) })
    };
    of("a1").filter_map(with_a2).collect()
}

fn unit_of(id: &str) -> &'static str {
    metric(id).map_or(MetricUnit::Percent, |metric| metric.spec().unit).name()
}

/// The row `blackbox`: its accuracy, and how often its answer to an input with everything hidden is its answer to the full input.
fn box_cells(
    experiment: &Experiment,
    data: &Dataset,
    saved_box: &SavedBox,
    options: &Options<'_>,
) -> Result<Vec<ResultCell>, ExplainError> {
    let black_box = TorchBox::new(saved_box, options.device)?;
    let card = &saved_box.card;
    let items = data.in_split(Split::Test);
    let rows = card.rows(data, &items, &card.fit).map_err(ModelError::from)?;
    let probs = black_box.predict(&rows)?;
    let right: Vec<f64> = items
        .iter()
        .enumerate()
        .map(|(row, &item)| if data.labels[item].map(usize::from) == Some(probs.class(row)) { 100.0 } else { 0.0 })
        .collect();
    let empty = black_box.predict(&Rows { shape: rows.shape, values: vec![0.0; rows.shape.len()] })?;
    let repeated = Probs { classes: empty.classes, values: empty.values.repeat(items.len()) };
    let agree: Vec<f64> = same_class(&probs, &repeated).iter().map(|same| if *same { 100.0 } else { 0.0 }).collect();
    let cell = |metric: &str, class: Option<String>, values: &[f64]| ResultCell {
        row: "blackbox".to_owned(),
        metric: metric.to_owned(),
        k: None,
        class,
        unit: "percent".to_owned(),
        paper: experiment.printed("blackbox", metric, None, None),
        mean: stats::mean(values),
        sd: 0.0,
        ci95: stats::interval(values, 0),
        spread: None,
        items: values.len(),
        seeds: 1,
    };
    let class = card.classes.get(empty.class(0)).cloned();
    Ok(vec![cell("accuracy", None, &right), cell("empty_input", class, &agree)])
}

#[cfg(test)]
mod tests {
    use super::super::dorar_cifar10::DORAR_CIFAR10;
    use super::*;

    #[test]
    fn rows_are_ordered_by_what_is_rebuilt_from_how_many_units_of_which_size() {
        // Shares of 100 items, in percent.
        let part = |row: &Row, a1: usize, a2: usize| {
            let k = DORAR_CIFAR10.at(row).k;
            let values = |metric: &str, share: usize| PartValues {
                metric: metric.to_owned(),
                k,
                class: None,
                values: (0..100).map(|item| if item < share { 100.0 } else { 0.0 }).collect(),
            };
            let values = vec![values("a1", a1), values("a2", a2)];
            Part { key: String::new(), row: row.key(), seed: 0, values, seconds: 1.0 }
        };
        let find = |id: &str, k: usize| {
            let is_it = |row: &&Row| row.id == id && DORAR_CIFAR10.at(row).k == k;
            DORAR_CIFAR10.rows.iter().find(is_it).expect("a row of the experiment")
        };
        let options = Options {
            data_root: Path::new(""),
            out: Path::new(""),
            seeds: None,
            quick: false,
            no_approximators: false,
            rows: &[],
            cache: Cache::at(PathBuf::new()),
            device: Device::Cpu,
            threads: 1,
        };
        let of = |parts: &[Part]| table(&DORAR_CIFAR10, parts, (&[0], Shape::new(3, 32, 32)), &options).order;
        // At 4 chunks the gradient keeps less and leaves more; 64 pixels keep more than 4 chunks, of which each has 48 values.
        let chunks = [part(find("dorar", 4), 90, 20), part(find("grad", 4), 30, 80)];
        assert_eq!(of(&chunks), ["Not dominated (DoRaR, Definition 2) at k = 4: dorar. grad is worse than dorar."]);
        let both = [&chunks[..], &[part(find("dorar", 64), 95, 20)]].concat();
        let said = of(&both);
        assert_eq!(said.len(), 2, "{said:?}");
        let start = "Not dominated (DoRaR, Definition 2) among all k: dorar at k = 4 (units of 48 values), dorar at k = 64 (units of 3 values). \
                     grad at k = 4 (units of 48 values) is worse than dorar at k = 4 (units of 48 values). ";
        assert!(said[1].starts_with(start) && said[1].contains("cannot be ordered"), "{}", said[1]);
        assert!(of(&chunks[..1]).is_empty(), "one row has nothing to be compared with");
    }
}
