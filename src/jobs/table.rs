//! Tables of metrics as JSON, CSV, Markdown and LaTeX. A new format is one function and one line.

use std::path::Path;

use super::Cell;
use crate::metric::{MetricUnit, metric};

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

/// The table in the format of the file's ending.
pub fn encode(path: &Path, cells: &[Cell]) -> Result<Vec<u8>, TableError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let text = match extension {
        "json" => serde_json::to_string_pretty(cells).map_err(TableError::writer)?,
        "csv" => csv_of(cells)?,
        "md" => grid(cells, "| ", " | ", " |\n", Some("|---|---|---:|---:|---:|---:|\n")),
        "tex" => {
            let rows = grid(cells, "", " & ", " \\\\\n", Some("\\hline\n")).replace('%', "\\%").replace('_', "\\_");
            format!("\\begin{{tabular}}{{llrrrr}}\n{rows}\\end{{tabular}}\n")
        }
        _ => {
            return Err(TableError::UnknownFormat { path: path.display().to_string(), found: extension.to_owned() });
        }
    };
    Ok(text.into_bytes())
}

/// The table as aligned text for the terminal.
pub fn text(cells: &[Cell]) -> String {
    let rows: Vec<[String; 6]> = std::iter::once(HEADER.map(str::to_owned)).chain(cells.iter().map(columns)).collect();
    let width = |col: usize| rows.iter().map(|row| row[col].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        for (col, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[col] - cell.chars().count());
            let (before, after) = if col < 2 { ("", pad.as_str()) } else { (pad.as_str(), "") };
            out.push_str(&format!("{before}{cell}{after}{}", if col == 5 { "\n" } else { "  " }));
        }
    }
    out
}

const HEADER: [&str; 6] = ["method", "metric", "k", "mean", "95 % interval", "items"];

fn columns(cell: &Cell) -> [String; 6] {
    let (unit, digits) = match metric(&cell.metric).map(|metric| metric.spec().unit) {
        Ok(MetricUnit::Seconds) => ("s", 6),
        _ => ("%", 2),
    };
    [
        cell.row.clone(),
        cell.metric.clone(),
        cell.k.map_or("-".to_owned(), |k| k.to_string()),
        format!("{:.digits$} {unit}", cell.mean),
        format!("{:.digits$} to {:.digits$}", cell.ci95[0], cell.ci95[1]),
        cell.items.to_string(),
    ]
}

fn grid(cells: &[Cell], start: &str, between: &str, end: &str, rule: Option<&str>) -> String {
    let line = |columns: &[String; 6]| format!("{start}{}{end}", columns.join(between));
    let mut out = line(&HEADER.map(str::to_owned));
    out.push_str(rule.unwrap_or_default());
    cells.iter().for_each(|cell| out.push_str(&line(&columns(cell))));
    out
}

fn csv_of(cells: &[Cell]) -> Result<String, TableError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["row", "metric", "k", "mean", "ci95_low", "ci95_high", "items"])
        .map_err(TableError::writer)?;
    for cell in cells {
        writer
            .write_record([
                cell.row.clone(),
                cell.metric.clone(),
                cell.k.map(|k| k.to_string()).unwrap_or_default(),
                cell.mean.to_string(),
                cell.ci95[0].to_string(),
                cell.ci95[1].to_string(),
                cell.items.to_string(),
            ])
            .map_err(TableError::writer)?;
    }
    let bytes = writer.into_inner().map_err(TableError::writer)?;
    String::from_utf8(bytes).map_err(TableError::writer)
}
