//! `unmask figure`: annotated figures of explained items.

use std::path::PathBuf;

use clap::Args;

use super::explain::Explainers;
use super::{ComputeArgs, Outcome, Runner, usage, work, write_file};
use crate::figure::layout::{CompareLayout, SheetLayout, compare, sheet};
use crate::figure::{Format, encode};
use crate::jobs::{Explain, picture_of};

/// Arguments of `figure`.
#[derive(Debug, Args)]
pub struct FigureArgs {
    #[command(flatten)]
    pub explainers: Explainers,
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// Items by their number in the opened data; several give a contact sheet
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',')]
    pub item: Vec<usize>,
    /// How many units are selected
    #[arg(long)]
    pub k: Option<usize>,
    /// overlay, selected, unselected, side or heat
    #[arg(long, default_value = "overlay")]
    pub view: String,
    /// What hidden units become: zero, mean or noise
    #[arg(long, default_value = "zero")]
    pub fill: String,
    /// Draw hidden units hatched instead of as the model gets them
    #[arg(long)]
    pub hatched: bool,
    /// Dark instead of light page
    #[arg(long)]
    pub dark: bool,
    /// Pixels per point, for PNG
    #[arg(long, default_value_t = 2.0)]
    pub scale: f32,
    /// The figure: .png, .svg or .pdf
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// Runs it.
pub fn run(args: &FigureArgs) -> Outcome {
    let format = Format::from_path(&args.out).map_err(usage)?;
    let view = serde_json::from_value(serde_json::Value::String(args.view.clone())).map_err(|_unknown| {
        usage(format!(
            "view \"{}\": expected overlay, selected, unselected, side or heat; name one of these",
            args.view
        ))
    })?;
    let (explainers, black_box) = args.explainers.load(args.k, args.compute.seed)?;
    let mut runner = Runner::new(&args.compute)?;
    let data = runner.open(&args.data)?;
    let k = args.k.unwrap_or(explainers[0].card.k);
    let fill = args.fill.parse().map_err(usage)?;
    let mut pictures = Vec::new();
    for &item in &args.item {
        if item >= data.len() {
            return Err(usage(format!(
                "item {item}: {} has items 0 to {}; choose one of these",
                data.name,
                data.len() - 1
            )));
        }
        let explained = runner.explain(Explain {
            black_box: black_box.clone(),
            explainers: explainers.clone(),
            data: data.clone(),
            item,
            fit: black_box.card.fit.clone(),
            unit: explainers[0].card.unit,
            k,
            fill,
            seed: args.compute.seed,
        })?;
        for (index, saved) in explainers.iter().enumerate() {
            let mut picture = picture_of(&data, &black_box.card, &saved.card, &explained, index).map_err(work)?;
            picture.view = view;
            picture.hidden = if args.hatched {
                crate::figure::layout::Hidden::Hatched
            } else {
                crate::figure::layout::Hidden::AsModelSees
            };
            picture.theme =
                if args.dark { crate::figure::color::Theme::Dark } else { crate::figure::color::Theme::Light };
            pictures.push(picture);
        }
    }
    let figure = if args.item.len() == 1 {
        compare(&pictures, &CompareLayout::default())
    } else {
        sheet(&pictures, &SheetLayout::default())
    };
    let figure = figure.map_err(work)?;
    write_file(&args.out, &encode(&figure, format, args.scale).map_err(usage)?)?;
    println!("{}", args.out.display());
    Ok(())
}
