//! `unmask reproduce`: rerun a table of a paper.

use std::path::PathBuf;

use clap::Args;

use super::{Bar, ComputeArgs, Outcome, Runner, check_place, failed, usage, work};
use crate::experiment::{EXPERIMENTS, Experiment, Options, Reproduced, experiment};
use crate::figure::layout::boxes::{BoxPlot, BoxRow, box_plot};
use crate::figure::{Figure, Format, Theme, encode};
use crate::session::describe::count;
use crate::store::Cache;

/// Arguments of `reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// Experiment id, or list: which experiments there are, and their rows
    pub experiment: String,
    /// Folder of the data sets; by default the one named by UNMASK_DATA
    #[arg(long)]
    pub data_root: Option<PathBuf>,
    /// How many seeds (0, 1, ...) the main rows have, in place of --seed; by default as many as the experiment says
    #[arg(long)]
    pub seeds: Option<u64>,
    /// A smoke run: one seed, two epochs, 1,500 items of each split (300 of series), no fresh approximators
    #[arg(long)]
    pub quick: bool,
    /// Leave out FS-A, FU-A and their ceiling, which train fresh approximators and take most of the time
    #[arg(long)]
    pub no_approximators: bool,
    /// Only these rows, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub rows: Vec<String>,
    /// The table, as JSON; needed but for list, and written anew after each finished row
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Box plots of the median ranks as a figure (.svg, .pdf or .png), where the experiment has them
    #[arg(long, value_name = "FILE")]
    pub figure: Option<PathBuf>,
    /// Seed, device and threads.
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &ReproduceArgs) -> Outcome {
    if let Some(seed) = args.compute.seed {
        return Err(usage(format!(
            "--seed {seed}: expected no seed, since an experiment runs the seeds 0, 1, ...; leave it out, and say with --seeds how many"
        )));
    }
    if args.experiment == "list" {
        let width = EXPERIMENTS.iter().map(|experiment| experiment.id.len()).max().unwrap_or(0);
        for experiment in EXPERIMENTS {
            // A row that is measured at several numbers of units is named once, as --rows takes it.
            let mut rows: Vec<&str> = Vec::new();
            for row in experiment.rows {
                if !rows.contains(&row.id) {
                    rows.push(row.id);
                }
            }
            println!("{:width$} {}", experiment.id, experiment.title);
            println!("{:width$} rows {}", "", rows.join(", "));
        }
        return Ok(());
    }
    let experiment = experiment(&args.experiment).map_err(usage)?;
    let out = args.out.as_deref().ok_or_else(|| usage("reproduce needs a file for the table; give --out FILE.json"))?;
    let data_root = args.data_root.clone().or_else(|| std::env::var_os("UNMASK_DATA").map(PathBuf::from));
    let is_drawn = !experiment.data.contains("{root}");
    let data_root = data_root.or_else(|| is_drawn.then(PathBuf::new)).ok_or_else(|| {
        usage("reproduce needs the folder of the data sets; give --data-root DIR or set UNMASK_DATA to it")
    })?;
    let has_ranks = experiment.rows.iter().any(|row| row.metrics.contains(&"median_rank"));
    if args.figure.is_some() && !has_ranks {
        return Err(usage(format!("{} measures no median ranks; leave --figure out", experiment.id)));
    }
    let format = args.figure.as_deref().map(Format::from_path).transpose().map_err(usage)?;
    let ending = crate::store::ending(out);
    if ending != "json" {
        return Err(usage(format!(
            "{}: expected a file name ending in .json, found \"{ending}\"; choose such a name",
            out.display()
        )));
    }
    for place in [Some(out), args.figure.as_deref()].into_iter().flatten() {
        check_place(place)?;
    }
    let runner = Runner::new(&args.compute)?;
    let cache = Cache::of_user().map_err(work)?;
    let bar = Bar::new(experiment.id);
    let options = Options {
        data_root: &data_root,
        out,
        seeds: args.seeds,
        quick: args.quick,
        no_approximators: args.no_approximators,
        rows: &args.rows,
        cache,
        device: runner.device,
        threads: runner.threads,
    };
    crate::experiment::check(experiment, &options).map_err(usage)?;
    let mut estimator = crate::work::RateEstimator::default();
    let mut doing = String::new();
    let table = crate::experiment::run(experiment, &options, &mut |mut progress| {
        let message = progress.message.clone();
        if message != doing {
            estimator = crate::work::RateEstimator::default();
            doing = message;
        }
        let now = std::time::Instant::now();
        estimator.observe(now, progress.done);
        estimator.complete(now, &mut progress);
        bar.show(&progress);
        Ok(())
    });
    bar.clear();
    let table = table.map_err(failed)?;
    print!("{}", text_of(&table));
    if let (Some(path), Some(format)) = (&args.figure, format) {
        let bytes = encode(&ranks(experiment, &table), format, 2.0).map_err(work)?;
        crate::store::atomic::write(path, &bytes).map_err(work)?;
        println!("box plots: {}", path.display());
    }
    Ok(())
}

/// Median ranks of every row, as in L2X's Figure 3.
fn ranks(experiment: &Experiment, table: &Reproduced) -> Figure {
    let cells = table.cells.iter().filter(|cell| cell.metric == "median_rank");
    let rows: Vec<BoxRow> = cells
        .filter_map(|cell| Some(BoxRow { name: cell.row.clone(), spread: cell.spread?, mean: cell.mean }))
        .collect();
    let largest = rows.iter().map(|row| row.spread[4]).fold(1.0, f64::max);
    box_plot(
        &BoxPlot {
            title: experiment.title.to_owned(),
            axis: "median rank of the columns that matter".to_owned(),
            rows,
            most: largest.ceil() + 1.0,
            // Where exactly the columns that matter come first.
            best: Some((experiment.k as f64 + 1.0) / 2.0),
        },
        Theme::Light,
    )
}

/// The table as aligned text.
fn text_of(table: &Reproduced) -> String {
    let mut lines = vec![format!(
        "{} ({}), {} with {}, {:.0} s{}",
        table.experiment,
        table.dataset,
        table.device,
        count(table.threads, "thread", "threads"),
        table.wall_seconds,
        if table.quick { ", quick" } else { "" }
    )];
    // Numbers of units and classes only where the table has several.
    let has_class = table.cells.iter().any(|cell| cell.class.is_some() && cell.metric != "empty_input");
    let mut ks: Vec<&str> = table.cells.iter().filter_map(|cell| cell.k.as_deref()).collect();
    ks.dedup();
    let has_ks = ks.iter().any(|k| *k != ks[0]);
    let name_width = table.cells.iter().map(|cell| cell.row.len().max(cell.metric.len())).max().unwrap_or(0).max(18);
    let line = |row: &str, metric: &str, k: &str, class: &str, rest: [&str; 5]| {
        let k = if has_ks { format!(" {k:>5}") } else { String::new() };
        let class = if has_class { format!(" {class:<14}") } else { String::new() };
        let [mean, sd, interval, paper, seeds] = rest;
        format!(
            "{row:<name_width$} {metric:<name_width$}{k}{class} {mean:>10} {sd:>8} {interval:>22} {paper:>8} {seeds:>6}"
        )
    };
    lines.push(line("row", "metric", "k", "class", ["mean", "sd", "95 % interval", "paper", "seeds"]));
    for cell in &table.cells {
        let digits = if cell.unit == "seconds" { 6 } else { 2 };
        let number = |value: f64| format!("{value:.digits$}");
        lines.push(line(
            &cell.row,
            &cell.metric,
            cell.k.as_deref().unwrap_or("-"),
            cell.class.as_deref().unwrap_or("-"),
            [
                &number(cell.mean),
                &number(cell.sd),
                &format!("{} .. {}", number(cell.ci95[0]), number(cell.ci95[1])),
                &cell.paper.map_or("-".to_owned(), |paper| format!("{paper:.2}")),
                &cell.seeds.to_string(),
            ],
        ));
    }
    lines.extend(table.order.iter().cloned());
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_rows_stands_under_the_table() {
        let order = "Not dominated at k = 4: dorar. grad is worse than dorar.";
        let table = serde_json::json!({
            "experiment": "dorar-mnist", "dataset": "mnist", "device": "cpu", "threads": 2, "seeds": [0],
            "versions": crate::model::Versions::current(), "wall_seconds": 1.0, "quick": false,
            "cells": [{
                "row": "dorar", "metric": "a1", "k": "4", "class": null, "unit": "percent", "paper": null,
                "mean": 80.0, "sd": 0.0, "ci95": [79.0, 81.0], "items": 10, "seeds": 1
            }],
        });
        // Tables from before have none.
        let mut table: Reproduced = serde_json::from_value(table).expect("a table");
        assert!(table.order.is_empty() && !text_of(&table).contains("Not dominated"));
        table.order.push(order.to_owned());
        assert!(text_of(&table).ends_with(&format!("\n{order}\n")), "{}", text_of(&table));
    }
}
