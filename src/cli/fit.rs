//! `unmask fit`: train a black box.

use std::path::PathBuf;

use clap::Args;

use super::{ComputeArgs, Outcome, Runner, check_out, params_from, usage, work};
use crate::jobs::{FitBox, Output, Task};
use crate::model::fit::only_numbers;
use crate::model::nets::commands::name_of;
use crate::model::nets::forest::counted;
use crate::model::{ARCHITECTURES, architecture};
use crate::session::describe::count;

/// Arguments of `fit`.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// Architecture
    #[arg(long, help = names())]
    pub model: String,
    /// Folder of a black box (or exec:COMMAND) whose answers are learned in place of the labels (a stand-in with gradients for one that has none)
    #[arg(long, value_name = "BOX")]
    pub distil: Option<PathBuf>,
    /// With --distil: copies of each training item with parts hidden at random whose answers are learned too (none for texts)
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub hidden_copies: u32,
    /// Folder for the black box
    #[arg(long)]
    pub out: PathBuf,
    /// Replace the model that the folder holds
    #[arg(long)]
    pub replace: bool,
    /// Passes over the training items
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub epochs: Option<String>,
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

fn names() -> String {
    // A command is named with its line, not by what stands for it in a card.
    let ids: Vec<_> = ARCHITECTURES.iter().map(|known| known.id).filter(|id| !id.starts_with("exec")).collect();
    format!("Architecture: {}; or exec:COMMAND, a program that answers for a model", ids.join(", "))
}

/// Runs it.
pub fn run(args: &FitArgs) -> Outcome {
    // Texts have one parameter more than all other kinds of data.
    let id = if args.model.starts_with("exec:") { "exec-text" } else { args.model.as_str() };
    let architecture = architecture(id).map_err(usage)?;
    let mut settings = args.settings.clone();
    settings.extend(args.epochs.iter().map(|epochs| format!("epochs={epochs}")));
    let params = params_from(architecture.params, &settings)?;
    check_out(&args.out, args.replace)?;
    let mut runner = Runner::new(&args.compute)?;
    let data = runner.open(&args.data)?;
    if data.classes.len() < 2 {
        return Err(usage(format!(
            "{}: expected items of at least two classes, found {}; choose data with labels",
            data.name,
            data.classes.len()
        )));
    }
    // A command reads whatever there is.
    if !args.model.starts_with("exec") && architecture.modality != data.modality {
        let fitting = ARCHITECTURES.iter().filter(|other| other.modality == data.modality);
        let known: Vec<_> = fitting.map(|other| other.id).filter(|id| !id.starts_with("exec")).collect();
        return Err(usage(format!(
            "{} reads {}, and {} holds {}; choose one of {}, or other data",
            architecture.title,
            architecture.modality.plural(),
            data.name,
            data.modality.plural(),
            known.join(", ")
        )));
    }
    let teacher = args.distil.as_ref().map(|named| runner.black_box(named, &args.data)).transpose()?;
    let name = args.name.clone().unwrap_or_else(|| match &teacher {
        Some(teacher) => format!("Stand-in for {}", teacher.card.name),
        None => {
            let what = args.model.strip_prefix("exec:").map_or_else(|| architecture.title.to_owned(), name_of);
            format!("{what} on {}", data.name)
        }
    });
    if let Some(words) = only_numbers(&data) {
        eprintln!("{words}");
    }
    let task = Task::FitBox(Box::new(FitBox {
        architecture: args.model.clone(),
        params,
        data,
        seed: args.compute.seed(),
        name,
        out: Some(args.out.clone()),
        teacher,
        hidden_copies: args.hidden_copies,
    }));
    let output = runner.run(task, "training the black box", |_| {})?;
    let Output::Box(saved) = output else { return Err(work("training gave no black box")) };
    super::keep_box(&saved)?;
    super::tell_remarks(&saved.card);
    let card = &saved.card;
    let percent = |share: Option<f64>| share.map_or("not known".to_owned(), |share| format!("{:.2} %", 100.0 * share));
    let (one, many) = counted(&card.architecture);
    // A command is asked, not trained.
    let length = match card.stop_words() {
        _ if card.exec.is_some() => "connected".to_owned(),
        Some(words) => format!("{words},"),
        None => count(card.epochs as usize, one, many),
    };
    let largest = match card.largest_class_words() {
        words if words.is_empty() => words,
        words => format!(", {words}"),
    };
    println!("{}: {}", card.name, args.out.display());
    println!(
        "accuracy on validation {}, on test {} ({} items{largest}); {length} in {:.0} s on {} with {}; hash {}",
        percent(card.validation_accuracy),
        percent(card.test_accuracy),
        card.test_items,
        card.seconds,
        card.device,
        count(card.threads.max(1) as usize, "thread", "threads"),
        &card.hash[..12]
    );
    if let Some(distilled) = &card.distilled {
        println!(
            "stand-in for {}: the same class on {} of the validation items and {} of the test items; probabilities differ by {} on average",
            distilled.name,
            percent(distilled.validation),
            percent(distilled.test),
            distilled.difference.map_or("an unknown amount".to_owned(), |by| format!("{by:.3}"))
        );
        match distilled.hidden {
            Some(share) => {
                println!("with parts hidden at random the same class on {:.2} % of the test items", 100.0 * share)
            }
            None if distilled.hidden_copies > 0 => {}
            None => println!("it learned whole items only: what it answers where parts are hidden may differ more"),
        }
    }
    Ok(())
}
