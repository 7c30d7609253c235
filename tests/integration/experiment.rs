//! Experiments: every row of the registry can be built, a run writes the agreed table, resumes, and refuses what does not exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use unmask::data::{self, DataSpec, Split, Unit, samples};
use unmask::experiment::{EXPERIMENTS, Experiment, Options, Reproduced, Row, experiment, published, run};
use unmask::explain::{ExplainError, method};
use unmask::metric::metric;
use unmask::model::params::Params;
use unmask::model::{Device, architecture};
use unmask::store::Cache;

use crate::integration::tiny::*;

#[test]
fn every_row_names_a_method_a_preset_parameters_and_metrics_that_exist() {
    let mut ids = BTreeSet::new();
    for experiment in EXPERIMENTS {
        assert!(ids.insert(experiment.id), "{} is there twice", experiment.id);
        let (id, values) = experiment.black_box;
        params(architecture(id).unwrap().params, values);
        experiment.data.replace("{root}", "data").parse::<DataSpec>().unwrap();
        assert!(experiment.seeds > 0);
        let mut rows = BTreeSet::new();
        for row in experiment.rows {
            assert!(rows.insert(row.key()), "{}: row {} is there twice", experiment.id, row.key());
            let spec = method(row.method).unwrap().spec();
            if !row.preset.is_empty() {
                let preset = spec.presets.iter().find(|preset| preset.id == row.preset);
                let preset = preset.unwrap_or_else(|| panic!("{}: no preset {}", row.id, row.preset));
                Params::from_preset(spec.params, preset).unwrap();
            }
            params(spec.params, row.params);
            // What the program starts from may change; how long the paper's table was trained may not change with it.
            let says_how_long = row.params.iter().any(|(id, _)| *id == "epochs");
            assert!((row.method, row.preset) != ("aim", "texts") || says_how_long, "{}: {}", experiment.id, row.id);
            let at = experiment.at(row);
            at.unit.parse::<Unit>().unwrap();
            assert!(at.k > 0 && at.ks().contains(&at.main_k()));
            for id in row.metrics {
                metric(id).unwrap();
            }
            let is_main = experiment.id.starts_with(&format!("{}-", row.id));
            assert!(row.every_seed || !is_main, "{}: the row {} runs on every seed", experiment.id, row.id);
        }
        for published in experiment.paper {
            let id = published.metric;
            assert!(published.value.is_finite());
            if published.row == "blackbox" {
                assert_eq!(id, "accuracy");
                continue;
            }
            let is_there = |row: &&Row| published.k == 0 || experiment.at(row).ks().contains(&published.k);
            let row = experiment.rows.iter().filter(|known| known.id == published.row).find(is_there);
            assert!(row.is_some(), "{}: {} at k = {} is not there", experiment.id, published.row, published.k);
            assert!(row.is_some_and(|row| row.metrics.contains(&id)), "{}: {id} is not measured", experiment.id);
        }
    }
}

#[test]
fn every_preset_of_every_method_and_architecture_can_be_set() {
    for method in unmask::explain::METHODS {
        for preset in method.spec().presets {
            Params::from_preset(method.spec().params, preset).unwrap();
        }
    }
    for architecture in unmask::model::ARCHITECTURES {
        for preset in architecture.presets {
            Params::from_preset(architecture.params, preset).unwrap();
        }
    }
}

#[test]
fn the_eight_schemes_of_dorar_are_presets_with_the_values_of_its_experiment() {
    let spec = method("dorar").unwrap().spec();
    let rows = experiment("dorar-mnist").unwrap().rows;
    let schemes: Vec<_> = spec.presets.iter().filter(|preset| preset.id.starts_with("scheme-")).collect();
    assert_eq!(schemes.len(), 8);
    for preset in schemes {
        // All three together are the method itself.
        let id = match preset.id.replacen("scheme", "dorar", 1) {
            id if id == "dorar-bn-rl-cm" => "dorar".to_owned(),
            id => id,
        };
        let row = rows.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("no row {id}"));
        let found = Params::from_preset(spec.params, preset).unwrap().differing(spec.params);
        assert_eq!(found, params(spec.params, row.params).differing(spec.params), "{id}");
        let parts = preset.id.trim_start_matches("scheme-").to_uppercase().replace('-', " + ");
        assert!(preset.title.starts_with(&format!("Scheme {parts} (appendix B)")), "{}", preset.title);
    }
}

#[test]
fn an_unknown_experiment_is_refused_with_the_known_ones() {
    assert_sentence(&experiment("meed").unwrap_err().to_string(), &["meed", "l2x-mnist, meed-mnist, meed-fashion"]);
}

static SMALL: Experiment = Experiment {
    id: "small",
    title: "Drawn digits 3 and 8",
    dataset: "digits",
    data: "mnist:{root}/digits?classes=3,8&limit=90",
    black_box: ("l2x-cnn", &[("batch", "32")]),
    unit: "patch:7",
    k: 4,
    ks: &[],
    rows: &[
        Row {
            id: "l2x",
            method: "l2x",
            preset: "",
            params: &[("batch", "32")],
            every_seed: true,
            metrics: &["fs_m"],
            at: None,
        },
        Row {
            id: "random",
            method: "random",
            preset: "",
            params: &[],
            every_seed: false,
            metrics: &["fs_m", "tps"],
            at: None,
        },
    ],
    paper: &[published("random", "fs_m", 50.0), published("blackbox", "accuracy", 99.0)],
    seeds: 2,
};

struct Place {
    _dir: tempfile::TempDir,
    root: PathBuf,
    out: PathBuf,
    cache: Cache,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("data");
    samples::write_all(&root).unwrap();
    Place { root, out: dir.path().join("table.json"), cache: Cache::at(dir.path().join("cache")), _dir: dir }
}

fn run_in(place: &Place, seeds: Option<u64>, rows: &[String]) -> Result<(Reproduced, Vec<String>), ExplainError> {
    let options = Options {
        data_root: &place.root,
        out: &place.out,
        seeds,
        quick: true,
        no_approximators: false,
        rows,
        cache: place.cache.clone(),
        device: Device::Cpu,
        threads: 1,
    };
    let mut doing = Vec::new();
    let table = run(&SMALL, &options, &mut |progress| {
        doing.push(progress.message);
        Ok(())
    })?;
    Ok((table, doing))
}

fn read(path: &Path) -> Reproduced {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_run_writes_the_agreed_table_and_resumes_from_its_parts() {
    let _torch = torch();
    let place = place();
    let (table, doing) = run_in(&place, Some(2), &[]).unwrap();
    assert!(doing.iter().any(|message| message.starts_with("black box")));
    assert!(doing.iter().any(|message| message.contains("l2x, seed 1: training")));
    assert_eq!(table, read(&place.out));
    assert_eq!((table.experiment.as_str(), table.seeds.as_slice(), table.quick), ("small", [0, 1].as_slice(), true));
    let cells: Vec<(&str, &str)> = table.cells.iter().map(|cell| (cell.row.as_str(), cell.metric.as_str())).collect();
    assert_eq!(
        cells,
        [("blackbox", "accuracy"), ("blackbox", "empty_input"), ("l2x", "fs_m"), ("random", "fs_m"), ("random", "tps")]
    );
    let (accuracy, l2x, random, tps) = (&table.cells[0], &table.cells[2], &table.cells[3], &table.cells[4]);
    assert_eq!((accuracy.paper, accuracy.k.as_deref(), accuracy.unit.as_str()), (Some(99.0), None, "percent"));
    assert!(table.cells[1].class.is_some(), "the answer to an empty input names its class");
    assert_eq!((l2x.seeds, l2x.k.as_deref(), l2x.paper), (2, Some("4"), None));
    assert_eq!((random.seeds, random.paper, tps.unit.as_str()), (1, Some(50.0), "seconds"));
    for cell in &table.cells {
        assert!(cell.ci95[0] <= cell.mean && cell.mean <= cell.ci95[1], "{cell:?}");
    }
    // Again: nothing is trained, and everything but the black box's row comes from the parts.
    let (again, doing) = run_in(&place, Some(2), &[]).unwrap();
    assert!(
        doing.iter().all(|message| !message.contains("training") && !message.starts_with("black box")),
        "{doing:?}"
    );
    assert_eq!(table, again);
    // Stopped while it was measured: what was trained is taken up, and the figures are the same.
    let parts = place.out.with_file_name("table.json.parts");
    std::fs::remove_file(parts.join("l2x-0.json")).unwrap();
    let (again, doing) = run_in(&place, Some(2), &[]).unwrap();
    assert!(doing.iter().all(|message| !message.contains("training")), "{doing:?}");
    assert_eq!(table.cells, again.cells);
    // A part or an explainer of another recipe is not resumed from.
    std::fs::remove_file(parts.join("l2x-0.json")).unwrap();
    let card = parts.join("explainers/l2x-0/card.json");
    let text = std::fs::read_to_string(&card).unwrap();
    let other = text.replace("\"batch\": 32", "\"batch\": 16");
    assert_ne!(text, other);
    std::fs::write(&card, other).unwrap();
    let (again, doing) = run_in(&place, Some(2), &[]).unwrap();
    assert!(doing.iter().any(|message| message.contains("l2x, seed 0: training")), "{doing:?}");
    assert_eq!(table.cells, again.cells);
    let part = place.out.with_file_name("table.json.parts").join("random-0.json");
    let text = std::fs::read_to_string(&part).unwrap();
    std::fs::write(&part, text.replace("\"key\":\"", "\"key\":\"0")).unwrap();
    run_in(&place, Some(2), &[]).unwrap();
    assert_ne!(std::fs::read_to_string(&part).unwrap(), text.replace("\"key\":\"", "\"key\":\"0"));
}

#[test]
fn a_stopped_run_leaves_finished_parts_and_goes_on_from_there() {
    let _torch = torch();
    let place = place();
    let options = |rows| Options {
        data_root: &place.root,
        out: &place.out,
        seeds: Some(1),
        quick: true,
        no_approximators: false,
        rows,
        cache: place.cache.clone(),
        device: Device::Cpu,
        threads: 1,
    };
    let stopped = run(&SMALL, &options(&[]), &mut |progress| {
        let go_on = !progress.message.starts_with("random");
        if go_on && !progress.message.contains("l2x, seed 0: training") {
            return Ok(());
        }
        Err(ExplainError::Model(unmask::model::ModelError::Cancelled))
    });
    assert!(stopped.is_err());
    assert!(!place.out.exists(), "no row was finished");
    let (table, doing) = run_in(&place, Some(1), &[]).unwrap();
    assert!(doing.iter().all(|message| !message.starts_with("black box")), "the black box was kept");
    assert_eq!(table.cells.len(), 5);
}

#[test]
fn rows_and_seeds_that_do_not_exist_are_refused_before_any_work() {
    let place = place();
    let error = run_in(&place, Some(1), &["l2y".to_owned()]).unwrap_err();
    assert_sentence(&error.to_string(), &["row l2y", "l2x, random"]);
    let error = run_in(&place, Some(0), &[]).unwrap_err();
    assert_sentence(&error.to_string(), &["seeds", "at least 1"]);
    assert!(!place.out.exists());
}

#[test]
fn the_real_data_of_every_experiment_opens_with_the_split_of_the_papers() {
    let Some(root) = std::env::var_os("UNMASK_DATA").map(PathBuf::from) else {
        eprintln!("skipped: UNMASK_DATA names no folder with the real data sets");
        return;
    };
    // 11,982 and 12,000 training items (both papers); half of the 1,984 and 2,000 test items is validation.
    for (id, expected) in
        [("l2x-mnist", [11_982, 992, 992]), ("meed-mnist", [11_982, 992, 992]), ("meed-fashion", [12_000, 1000, 1000])]
    {
        let spec = experiment(id).unwrap().data.replace("{root}", &root.display().to_string());
        let data = data::open(&spec.parse().unwrap(), &mut |_| true).unwrap();
        assert_eq!(Split::ALL.map(|split| data.in_split(split).len()), expected, "{id}");
        assert_eq!(data.classes.len(), 2);
    }
}
