//! The report of a study as Markdown, JSON, CSV, LaTeX and figures.

mod figure;
mod latex;
pub mod words;

pub use figure::{figure, figure_in, figures_in};
pub use latex::{escaped, latex};

use std::fmt::Write;

use serde_json::json;

use super::StudyError;
use super::design::Protocol;
use super::key::Key;
use super::score::{ArmScore, Scores};
use words::{interval, number, p, two, wilson};

/// A cell of a Markdown table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Endings of files that [`text`] writes.
pub const TEXTS: [&str; 4] = ["md", "json", "csv", "tex"];

/// The report as the bytes of a file with this ending; `None` where it is none of [`TEXTS`].
pub fn text(ending: &str, scores: &Scores, key: &Key) -> Option<Result<Vec<u8>, StudyError>> {
    Some(match ending {
        "md" => Ok(markdown(scores, key).into_bytes()),
        "json" => json_of(scores, key).map(String::into_bytes),
        "csv" => csv_of(scores),
        "tex" => Ok(latex(scores).into_bytes()),
        _ => return None,
    })
}

/// The report as Markdown.
pub fn markdown(scores: &Scores, key: &Key) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_markdown(&mut out, scores, key);
    out
}

fn write_markdown(out: &mut String, scores: &Scores, key: &Key) -> std::fmt::Result {
    writeln!(out, "# {}\n", scores.title)?;
    writeln!(out, "{}\n", scores.rule)?;
    writeln!(
        out,
        "{} people answered{}{}. Items: {} ({} of {} {} shown). Data: {}. Chance: {} %.\n",
        scores.people,
        if scores.excluded.is_empty() {
            String::new()
        } else {
            format!(", of whom {} are left out", scores.excluded.len())
        },
        if scores.withdrawn == 0 {
            String::new()
        } else {
            format!("; {} more withdrew and were erased", scores.withdrawn)
        },
        key.spec.items.count,
        key.frozen.k,
        key.frozen.units,
        key.frozen.unit_noun(),
        key.frozen.data_name,
        number(scores.arms.first().map(|arm| arm.chance)),
    )?;
    writeln!(out, "## FS-H\n")?;
    writeln!(
        out,
        "| arm | shows | FS-H % | Wilson 95 % | over people and items 95 % | n | against chance p | undecided % | human accuracy % |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for arm in &scores.arms {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            cell(&arm.name),
            arm.kind.words(),
            number(arm.fs_h.percent),
            wilson(&arm.fs_h),
            interval(arm.fs_h.cluster),
            arm.fs_h.n,
            arm.p_chance.map_or_else(|| "-".to_owned(), p),
            number(arm.undecided_answers.percent),
            number(arm.accuracy.percent),
        )?;
    }
    writeln!(
        out,
        "\nn is what Wilson's interval and the exact binomial test count: {}.",
        if scores.arms.iter().any(|arm| arm.fs_h.n != arm.answers) {
            "items with a verdict, or decided answers"
        } else {
            "answers"
        }
    )?;
    if matches!(key.spec.protocol, Protocol::L2x | Protocol::Meed) {
        writeln!(
            out,
            "\nThe interval over people and items draws both anew 2,000 times. Drawing people twice leaves fewer different answers to an \
             item to be averaged, so the draws are moved to have FS-H as their mean."
        )?;
    }
    if scores.arms.iter().any(|arm| arm.undecided_items.n > 0) {
        for arm in &scores.arms {
            let share = &arm.undecided_items;
            writeln!(out, "\n{}: {} of {} items left undecided.", arm.name, share.hits, share.n)?;
        }
    }
    writeln!(out, "\n## Against the model (FS-M)\n")?;
    writeln!(
        out,
        "| arm | FS-H % | FS-M % | difference, points | both | only people | only the model | neither | McNemar p |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for arm in &scores.arms {
        let [both, people, model, neither] = arm.model.table;
        writeln!(
            out,
            "| {} | {} | {} | {} | {both} | {people} | {model} | {neither} | {} |",
            cell(&arm.name),
            number(arm.fs_h.percent),
            number(arm.model.fs_m.percent),
            number(arm.model.difference),
            p(arm.model.p),
        )?;
    }
    if !scores.pairs.is_empty() {
        writeln!(out, "\n## Between arms\n")?;
        writeln!(
            out,
            "| arms | difference, points | 95 % over people and items | items | only first, only second | McNemar p | Holm p |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
        for pair in &scores.pairs {
            writeln!(
                out,
                "| {} - {} | {} | {} | {} | {}, {} | {} | {} |",
                cell(&pair.arms[0]),
                cell(&pair.arms[1]),
                number(pair.difference),
                interval(pair.cluster),
                pair.items,
                pair.discordant[0],
                pair.discordant[1],
                p(pair.p),
                p(pair.p_holm),
            )?;
        }
    }
    writeln!(out, "\n## Agreement between people\n")?;
    writeln!(
        out,
        "| arm | items with 2 answers | pairs that agree % | Cohen kappa | Fleiss kappa | Krippendorff alpha | Gwet AC1 |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for ArmScore { name, agreement: a, .. } in &scores.arms {
        let alpha = match a.alpha_scores {
            Some(of_scores) => format!("{} (scores: {of_scores:.2})", two(a.alpha)),
            None => two(a.alpha),
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {alpha} | {} |",
            cell(name),
            a.items,
            number(a.percent),
            two(a.cohen),
            two(a.fleiss),
            two(a.ac1)
        )?;
    }
    writeln!(out, "\n## Times\n\n| arm | median s | quartiles s | error of a time s |\n| --- | --- | --- | --- |")?;
    for arm in &scores.arms {
        let quartiles =
            arm.seconds.quartiles.map_or_else(|| "-".to_owned(), |[low, high]| format!("{low:.2} to {high:.2}"));
        let error = arm.seconds.error.map_or_else(|| "-".to_owned(), |error| format!("at most {error:.3}"));
        writeln!(out, "| {} | {} | {quartiles} | {error} |", cell(&arm.name), two(arm.seconds.median))?;
    }
    if scores.arms.iter().any(|arm| arm.calibration.is_some()) {
        writeln!(out, "\n## Confidence\n\nAnswers that are right, in percent (of how many), at each confidence.\n")?;
        writeln!(out, "| arm | 1 | 2 | 3 | 4 | 5 | area under ROC |\n| --- | --- | --- | --- | --- | --- | --- |")?;
        for arm in &scores.arms {
            let Some(calibration) = &arm.calibration else { continue };
            let levels: Vec<String> =
                calibration.levels.iter().map(|level| format!("{} ({})", number(level.percent), level.n)).collect();
            writeln!(out, "| {} | {} | {} |", cell(&arm.name), levels.join(" | "), two(calibration.auroc))?;
        }
    }
    if scores.arms.iter().any(|arm| arm.second_accuracy.n > 0) {
        writeln!(
            out,
            "\n## Second question: what is true\n\n| arm | right % | Wilson 95 % | n |\n| --- | --- | --- | --- |"
        )?;
        for arm in &scores.arms {
            let share = &arm.second_accuracy;
            writeln!(out, "| {} | {} | {} | {} |", cell(&arm.name), number(share.percent), wilson(share), share.n)?;
        }
    }
    writeln!(out, "\n## Checks\n")?;
    if let Some(retest) = &scores.retest {
        writeln!(
            out,
            "- Repeats: {} % of {} the same ({}), kappa {}.",
            number(retest.same.percent),
            retest.same.n,
            wilson(&retest.same),
            two(retest.kappa)
        )?;
    }
    if scores.catch.n > 0 {
        writeln!(out, "- Catch items: {} % of {} right.", number(scores.catch.percent), scores.catch.n)?;
    }
    for exclusion in &scores.excluded {
        writeln!(out, "- {} left out: {}.", exclusion.code, exclusion.reason)?;
    }
    if !scores.excluded.is_empty() {
        let everybody: Vec<String> =
            scores.arms.iter().map(|arm| format!("{} {}", arm.name, number(arm.fs_h_everybody.percent))).collect();
        writeln!(out, "- FS-H with everybody: {}.", everybody.join(", "))?;
    }
    if !scores.remarks.is_empty() {
        writeln!(out, "\n## What a reader should know\n")?;
        for remark in &scores.remarks {
            writeln!(out, "- {remark}")?;
        }
    }
    writeln!(
        out,
        "\n## Origin\n\nStudy {}, made with Unmask {}, seed {}. Data {}, black box {}, masks {}, content {}.",
        key.study,
        key.program,
        key.spec.seed,
        short(&key.frozen.data),
        short(&key.frozen.black_box),
        short(&key.frozen.masks),
        key.content.short()
    )
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// The report as JSON.
pub fn json_of(scores: &Scores, key: &Key) -> Result<String, StudyError> {
    let value = json!({
        "format": "unmask-study-report",
        "version": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "study": key.study,
        "content_hash": key.content,
        "frozen": key.frozen,
        "resamples": super::stats::RESAMPLES,
        "scores": scores,
    });
    serde_json::to_string_pretty(&value)
        .map(|text| text + "\n")
        .map_err(|error| StudyError::Step(format!("the report could not be written as JSON: {error}")))
}

/// One row per arm as CSV.
pub fn csv_of(scores: &Scores) -> Result<Vec<u8>, StudyError> {
    let fault = |error: String| StudyError::Step(format!("the report could not be written as CSV: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "arm",
        "shows",
        "fs_h",
        "wilson_low",
        "wilson_high",
        "cluster_low",
        "cluster_high",
        "n",
        "answers",
        "items",
        "people",
        "p_chance",
        "undecided",
        "accuracy",
        "fs_m",
        "alpha",
        "ac1",
        "median_s",
    ];
    writer.write_record(head).map_err(|error| fault(error.to_string()))?;
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for arm in &scores.arms {
        let row = [
            arm.name.clone(),
            arm.kind.words().to_owned(),
            text(arm.fs_h.percent),
            arm.fs_h.wilson[0].to_string(),
            arm.fs_h.wilson[1].to_string(),
            text(arm.fs_h.cluster.map(|c| c[0])),
            text(arm.fs_h.cluster.map(|c| c[1])),
            arm.fs_h.n.to_string(),
            arm.answers.to_string(),
            arm.items.to_string(),
            arm.people.to_string(),
            text(arm.p_chance),
            text(arm.undecided_answers.percent),
            text(arm.accuracy.percent),
            text(arm.model.fs_m.percent),
            text(arm.agreement.alpha),
            text(arm.agreement.ac1),
            text(arm.seconds.median),
        ];
        writer.write_record(row).map_err(|error| fault(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| fault(error.to_string()))
}
