//! Tables of metrics as JSON, CSV, Markdown and LaTeX. A new format is one function and one line. A column for classes is there only where some figure
//! belongs to one.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Cell, Measured};
use crate::data::Unit;
use crate::explain::learn::run;
use crate::metric::order::{Rebuilt, Sure, sentences};
use crate::metric::{MetricUnit, metric};
use crate::study::report;

/// Every format: file extension and name for menus. `encode` has one arm for each.
pub const FORMATS: [(&str, &str); 4] =
    [("csv", "CSV, for spreadsheets"), ("json", "JSON, for programs"), ("md", "Markdown"), ("tex", "LaTeX")];

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file name does not say which format is wanted.
    #[error("{path}: expected a file name ending in .json, .csv, .md or .tex, found \"{found}\"; choose one of these")]
    UnknownFormat {
        /// As given.
        path: String,
        /// Its extension.
        found: String,
    },
    /// A writer refused the table: a fault of this program.
    #[error("the table could not be written: {0}; please report this")]
    Writer(String),
}

impl TableError {
    fn writer(error: impl std::fmt::Display) -> Self {
        Self::Writer(error.to_string())
    }
}

/// Whether a file's ending names a format.
pub fn check(path: &Path) -> Result<(), TableError> {
    let found = crate::store::ending(path);
    if FORMATS.iter().any(|(known, _)| *known == found) {
        return Ok(());
    }
    Err(TableError::UnknownFormat { path: path.display().to_string(), found })
}

/// The table in the format of the file's ending, with what it was measured by: an object beside the cells in JSON, columns in CSV, a line below in
/// Markdown, a comment below in LaTeX. What is missing and why stands there, too, and where a1 and a2 were measured, their order (not in CSV, which has rows
/// only).
pub fn encode(path: &Path, measured: &Measured) -> Result<Vec<u8>, TableError> {
    check(path)?;
    let text = match crate::store::ending(path).as_str() {
        "json" => {
            let written = WithOrder { measured, order: order(measured) };
            serde_json::to_string_pretty(&written).map_err(TableError::writer)?
        }
        "csv" => csv_of(measured)?,
        "md" => {
            let table = columns(measured);
            let rule: String = table[0].iter().map(|name| if is_text(name) { "---|" } else { "---:|" }).collect();
            let grid = grid(&table, report::cell, ("| ", " | ", " |\n"), &format!("|{rule}\n"));
            let below: String = below(measured).map(|words| format!("{words}\n\n")).collect();
            format!("{grid}\n{below}{}.\n", measured.conditions.words())
        }
        _ => {
            let table = columns(measured);
            let align: String = table[0].iter().map(|name| if is_text(name) { 'l' } else { 'r' }).collect();
            let rows = grid(&table, report::escaped, ("", " & ", " \\\\\n"), "\\hline\n");
            let words = measured.conditions.words();
            // Within a comment names need no escapes, but must not end it.
            let below: String = below(measured).map(|words| format!("% {}\n", words.replace('\n', " "))).collect();
            format!("\\begin{{tabular}}{{{align}}}\n{rows}\\end{{tabular}}\n{below}% {words}.\n")
        }
    };
    Ok(text.into_bytes())
}

/// Sentences below a table: what is missing, and the order of its rows.
fn below(measured: &Measured) -> impl Iterator<Item = String> {
    measured.notes().into_iter().chain(order(measured))
}

/// The table as aligned text for the terminal.
pub fn text(cells: &[Cell]) -> String {
    let table = columns(cells);
    let width = |col: usize| table.iter().map(|row| row[col].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
    let mut out = String::new();
    for row in &table {
        for (col, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[col] - cell.chars().count());
            let (before, after) = if is_text(&table[0][col]) { (pad.as_str(), "") } else { ("", pad.as_str()) };
            out.push_str(&format!("{after}{cell}{before}{}", if col + 1 == row.len() { "\n" } else { "  " }));
        }
    }
    out
}

/// Plain words about rows whose masks may spell the label, where the table holds the figures that tell: FS-M, mask-only and, where there is one, FS-A at
/// one k.
pub fn honesty(measured: &Measured) -> Vec<String> {
    let unit = measured.conditions.unit.parse().unwrap_or(Unit::Pixel);
    let mut rows: Vec<(&str, Option<usize>, BTreeMap<String, f64>)> = Vec::new();
    for cell in measured.iter().filter(|cell| cell.class.is_none()) {
        let id = match cell.metric.as_str() {
            "fs_m" | "posthoc_accuracy" | "faithfulness" => "fs_m",
            "fs_a" => "approximator",
            "mask_only" => "mask_only",
            _ => continue,
        };
        let at = rows.iter().position(|(row, k, _)| *row == cell.row && *k == cell.k).unwrap_or_else(|| {
            rows.push((&cell.row, cell.k, BTreeMap::new()));
            rows.len() - 1
        });
        rows[at].2.insert(id.to_owned(), cell.mean);
    }
    let warnings = rows.into_iter().flat_map(|(row, k, mut figures)| {
        let name = k.map_or_else(|| row.to_owned(), |k| format!("{row}, k = {k}"));
        figures.extend(measured.conditions.chance.map(|chance| ("chance".to_owned(), chance)));
        run::honesty(&figures, unit).into_iter().map(move |warning| format!("{name}: {warning}"))
    });
    warnings.collect()
}

/// Whether the column of this name holds words, which start at the left.
fn is_text(name: &str) -> bool {
    matches!(name, "method" | "metric" | "class")
}

/// The table with its head, which comes first; classes only where some figure belongs to one.
fn columns(cells: &[Cell]) -> Vec<Vec<String>> {
    let has_class = cells.iter().any(|cell| cell.class.is_some());
    let class = |class: &str| has_class.then(|| class.to_owned());
    let line = |start: [String; 3], class: Option<String>, end: [String; 3]| {
        start.into_iter().chain(class).chain(end).collect::<Vec<String>>()
    };
    let head = line(
        ["method", "metric", "k"].map(str::to_owned),
        class("class"),
        ["mean", "95 % interval", "items"].map(str::to_owned),
    );
    let body = cells.iter().map(|cell| {
        let unit = metric(&cell.metric).map_or(MetricUnit::Percent, |metric| metric.spec().unit);
        let digits = unit.digits();
        let mean = format!("{:.digits$} {}", cell.mean, unit.sign());
        line(
            [cell.row.clone(), cell.metric.clone(), cell.k.map_or("-".to_owned(), |k| k.to_string())],
            class(cell.class.as_deref().unwrap_or("-")),
            [
                mean.trim_end().to_owned(),
                match cell.items {
                    1 => "-".to_owned(),
                    _ => format!("{:.digits$} to {:.digits$}", cell.ci95[0], cell.ci95[1]),
                },
                cell.items.to_string(),
            ],
        )
    });
    std::iter::once(head).chain(body).collect()
}

/// Lines of cells between these signs, each cell in words in which they mean nothing; below the head a rule.
fn grid(
    table: &[Vec<String>],
    plain: impl Fn(&str) -> String,
    (start, between, end): (&str, &str, &str),
    rule: &str,
) -> String {
    let mut out = String::new();
    for (at, row) in table.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
        out.push_str(&format!("{start}{}{end}", cells.join(between)));
        if at == 0 {
            out.push_str(rule);
        }
    }
    out
}

fn csv_of(measured: &Measured) -> Result<String, TableError> {
    let has_class = measured.iter().any(|cell| cell.class.is_some());
    let by = &measured.conditions;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |start: [&str; 3], class: &str, end: [&str; 12]| {
        let class = has_class.then_some(class);
        writer.write_record(start.into_iter().chain(class).chain(end)).map_err(TableError::writer)
    };
    let head = [
        "mean",
        "ci95_low",
        "ci95_high",
        "items",
        "explainer_hash",
        "black_box",
        "black_box_hash",
        "data",
        "split",
        "fill",
        "seed",
        "unmask",
    ];
    write(["row", "metric", "k"], "class", head)?;
    let seed = by.seed.to_string();
    for cell in measured.iter() {
        let k = cell.k.map(|k| k.to_string()).unwrap_or_default();
        let [mean, low, high] = [cell.mean, cell.ci95[0], cell.ci95[1]].map(|value| value.to_string());
        let items = cell.items.to_string();
        let explainer = by.explainers.iter().find(|explainer| explainer.row == cell.row);
        write(
            [&cell.row, &cell.metric, &k],
            cell.class.as_deref().unwrap_or_default(),
            [
                &mean,
                &low,
                &high,
                &items,
                explainer.map_or("", |explainer| &explainer.hash),
                &by.black_box,
                &by.black_box_hash,
                &by.data,
                &by.split,
                &by.fill,
                &seed,
                &by.versions.unmask,
            ],
        )?;
    }
    let bytes = writer.into_inner().map_err(TableError::writer)?;
    String::from_utf8(bytes).map_err(TableError::writer)
}

/// Which explainers are better than others under Definition 2 of DoRaR, a paragraph for each k where a1 and a2 were measured for two or more, and
/// where there are several k also for all of them together: fewer units are better, and so are smaller ones.
pub fn order(measured: &Measured) -> Vec<String> {
    let sure = |cell: &Cell| Sure { mean: cell.mean, ci95: cell.ci95 };
    let of_row = |a1: &Cell| {
        let is_it =
            |cell: &&Cell| (&cell.row, cell.metric.as_str(), cell.k, &cell.class) == (&a1.row, "a2", a1.k, &None);
        let a2 = measured.iter().find(is_it)?;
        let explainer = measured.conditions.explainers.iter().find(|explainer| explainer.row == a1.row);
        Some(Rebuilt {
            row: a1.row.clone(),
            k: a1.k,
            unit_size: explainer.map_or(0, |explainer| explainer.unit_size),
            a1: sure(a1),
            a2: sure(a2),
        })
    };
    let a1 = measured.iter().filter(|cell| cell.metric == "a1" && cell.class.is_none());
    sentences(&a1.filter_map(of_row).collect::<Vec<_>>())
}

/// A table as it is written in JSON: with the order of its rows, which readers of the table make anew.
#[derive(serde::Serialize)]
struct WithOrder<'a> {
    #[serde(flatten)]
    measured: &'a Measured,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
}
