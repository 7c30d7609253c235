//! `unmask figure`: annotated figures of explained items.

use std::path::{Path, PathBuf};

use clap::Args;

use super::explain::Explainers;
use super::{ComputeArgs, Failure, Outcome, Runner, check_k, check_place, failed, usage, write_file};
use crate::data::{Dataset, Modality};
use crate::figure::annotate::Annotation;
use crate::figure::layout::page::{Page, WIDTHS_MM, balanced};
use crate::figure::layout::series::Form;
use crate::figure::layout::{
    CompareLayout, ExplainedPicture, PictureLayout, SheetLayout, compare, most_beside, most_in_a_row, picture, sheet,
};
use crate::figure::{Figure, FigureError, Format, Palette, encode};
use crate::jobs::picture::{class_table, label_of, truth_of};
use crate::jobs::{Explain, Lens, picture_of};
use crate::model::BoxCard;
use crate::session::describe::count;

/// Arguments of `figure`.
#[derive(Debug, Args)]
pub struct FigureArgs {
    /// What explains.
    #[command(flatten)]
    pub explainers: Explainers,
    /// Data, e.g. mnist:DIR?classes=3,8
    #[arg(long)]
    pub data: String,
    /// Items by their place among what is open, from 0, or by their number in the file as the window and the tables of `explain` name them, '#17' (in
    /// quotes: a shell takes # for a comment) or test:17; several give a contact sheet
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',')]
    pub item: Vec<String>,
    /// How many units are selected; by default as many as the first explainer was trained for
    #[arg(long)]
    pub k: Option<usize>,
    /// Class whose units are shown, for methods with a score for each class (aim): by name, or by number from 0; all draws each class beside the others
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// With --class: rather than this one; what speaks more for the first class than for the second is shown
    #[arg(long, value_name = "CLASS", requires = "class")]
    pub against: Option<String>,
    /// overlay, selected, unselected, side or heat
    #[arg(long, default_value = "overlay")]
    pub view: String,
    /// How a series is drawn: stacked, overlaid, path (two channels as velocities or positions) or map; by default as the window would
    #[arg(long)]
    pub form: Option<String>,
    /// Mark the units that truly decide the class, where the data say which
    #[arg(long)]
    pub truth: bool,
    /// What hidden units become: zero, mean, noise, or uniform (tables); zero or noise for texts
    #[arg(long, default_value = "zero")]
    pub fill: String,
    /// Draw hidden units hatched instead of as the model gets them
    #[arg(long)]
    pub hatched: bool,
    /// Dark instead of light page
    #[arg(long)]
    pub dark: bool,
    /// Most words of a text before it is cut around the selected ones, 0 never cuts; by default 160, on a contact sheet 36
    #[arg(long)]
    pub words: Option<usize>,
    /// Below a text or a row of a table: what speaks for each class, for methods with a score for each class (aim); in a figure of one picture
    #[arg(long)]
    pub classes: bool,
    /// Heading
    #[arg(long, default_value = "")]
    pub title: String,
    /// Caption; may be repeated, a paragraph each
    #[arg(long)]
    pub caption: Vec<String>,
    /// Width of the figure in millimetres: one column of a journal is about 85, two are 175; by default as wide as its pictures want. Texts keep their sizes
    #[arg(long, value_name = "MM")]
    pub width_mm: Option<f32>,
    /// Pictures in a row, where there are several; by default as many as make rows of about equal length
    #[arg(long, value_name = "N")]
    pub columns: Option<usize>,
    /// Leave out what the model answers: verdicts and bars of probabilities
    #[arg(long)]
    pub no_answers: bool,
    /// Arrows, boxes, texts and panel letters, as JSON, in points of the figure
    #[arg(long)]
    pub annotations: Option<PathBuf>,
    /// Pixels per point, for PNG
    #[arg(long, default_value_t = 2.0)]
    pub scale: f32,
    /// The figure: .png, .svg or .pdf
    #[arg(long)]
    pub out: PathBuf,
    /// Seed, device and threads.
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
    if format == Format::Png && (!args.scale.is_finite() || args.scale <= 0.0) {
        return Err(usage(FigureError::Scale { scale: args.scale }));
    }
    check_page(args)?;
    check_place(&args.out)?;
    let mut runner = Runner::new(&args.compute)?;
    let (explainers, black_box) = args.explainers.load(&mut runner, &args.data, args.k, args.compute.seed())?;
    let data = runner.open(&args.data)?;
    let k = args.k.unwrap_or(explainers[0].card.k);
    check_k(k, explainers[0].card.unit, &black_box.card)?;
    let fill = super::explain::fill_for(&args.fill, &black_box)?;
    let lenses = lenses_named(args, &black_box.card.classes)?;
    let form = form_named(args, &black_box.card)?;
    let (mut pictures, mut drawn) = (Vec::new(), Vec::new());
    // All are looked up before the first is explained.
    let items: Vec<usize> = args.item.iter().map(|name| item_named(name, &data)).collect::<Result<_, _>>()?;
    let n_pictures = items.len() * explainers.len() * lenses.len();
    if args.classes && n_pictures > 1 {
        let found = format!("found {n_pictures} pictures; name one of each, or leave it out");
        return Err(usage(format!("--classes: expected one item, one method and one class at most, {found}")));
    }
    for (name, item) in args.item.iter().zip(items) {
        drawn.push(drawn_as(name, item, &data));
        let explained = runner.explain(Explain {
            black_box: black_box.clone(),
            explainers: explainers.clone(),
            data: data.clone(),
            item,
            fit: black_box.fit_for(&data),
            unit: explainers[0].card.unit,
            k,
            fill,
            seed: args.compute.seed(),
            class_answers: args.classes || lenses.iter().flatten().any(|lens| matches!(lens, Lens::Class(_))),
            contrast: lenses.iter().flatten().find_map(|lens| match lens {
                Lens::Contrast(class, against) => Some((*class, *against)),
                Lens::Class(_) => None,
            }),
            rebuilt: false,
        })?;
        for (index, saved) in explainers.iter().enumerate() {
            for lens in &lenses {
                let mut picture =
                    picture_of(&data, &black_box.card, &saved.card, &explained, (index, *lens)).map_err(failed)?;
                picture.view = view;
                picture.label = label_of(&data, explained.item);
                if args.truth {
                    picture.truth = truth_of(&data, &explained);
                    if picture.truth.is_none() {
                        return Err(usage(format!(
                            "--truth: {} does not say what truly decides a class, or only for inputs of another size; leave it out",
                            data.name
                        )));
                    }
                }
                if let (Some(form), Some(series)) = (form, &mut picture.series) {
                    series.form = form;
                }
                if args.classes {
                    let (names, result) = (&black_box.card.classes, explained.methods.get(index));
                    let result = result.and_then(|result| result.as_ref().ok());
                    picture.classes = result.and_then(|result| class_table(&picture, names, &explained, result, k));
                    if picture.classes.is_none() {
                        return Err(usage(format!(
                            "--classes: expected words or columns with a score for each class, found {} of {}; leave it out, or name a method \
                             such as aim",
                            explained.units.unit.noun(2),
                            saved.card.name
                        )));
                    }
                }
                if let (Some(text), Some(words)) = (&mut picture.text, args.words) {
                    (text.most_words, text.most_in_cell) = (words, Some(words));
                }
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
    }
    check_columns(args, &pictures)?;
    let mut figure = layout(args, &pictures).map_err(usage)?;
    if let Some(path) = &args.annotations {
        let theme = pictures.first().map(|picture| picture.theme).unwrap_or_default();
        figure.annotate(&annotations(path)?, Palette::of(theme));
    }
    write_file(&args.out, &encode(&figure, format, args.scale).map_err(usage)?)?;
    println!("{}: {}", args.out.display(), drawn.join(", "));
    Ok(())
}

/// Which item was drawn, by the number that the window gives it. A place among the open items and a number in the file are easily taken for each other:
/// where they differ, as where rows were left out, both are said.
fn drawn_as(name: &str, item: usize, data: &Dataset) -> String {
    let number = format!("#{} ({})", data.source_index[item], data.splits[item]);
    let is_place = name.parse::<usize>().is_ok();
    if is_place && data.source_index[item] as usize != item {
        return format!("item {item} of all that is open, which the window calls {number}");
    }
    number
}

/// What `--class` says for each class, one beside the other.
const ALL: &str = "all";
/// Most pictures of one item that stand side by side; more are a contact sheet.
const SIDE_BY_SIDE: usize = 4;

/// Which scores `--class` and `--against` ask for, a picture of each method for each.
fn lenses_named(args: &FigureArgs, classes: &[String]) -> Result<Vec<Option<Lens>>, Failure> {
    // A class of this name comes first.
    if args.class.as_deref() == Some(ALL) && !classes.iter().any(|class| class == ALL) {
        if args.against.is_some() {
            return Err(usage("--against: expected --class with one class beside it, found all; name one class"));
        }
        return Ok((0..classes.len()).map(|class| Some(Lens::Class(class))).collect());
    }
    let number = |name: &String| {
        let by_name = classes.iter().position(|class| class == name);
        let by_number = || name.parse().ok().filter(|number: &usize| *number < classes.len());
        by_name.or_else(by_number).ok_or_else(|| {
            usage(format!(
                "class {name}: expected one of the black box's classes ({}); name one of these",
                classes.join(", ")
            ))
        })
    };
    let class = args.class.as_ref().map(number).transpose()?;
    let lens = match (class, args.against.as_ref().map(number).transpose()?) {
        (Some(class), Some(against)) if class == against => {
            return Err(usage("--against: expected another class than --class, found the same; name another"));
        }
        (Some(class), Some(against)) => Some(Lens::Contrast(class, against)),
        (class, _) => class.map(Lens::Class),
    };
    Ok(vec![lens])
}

/// How series are drawn, where that was asked for.
fn form_named(args: &FigureArgs, card: &BoxCard) -> Result<Option<Form>, Failure> {
    let Some(asked) = &args.form else { return Ok(None) };
    if card.modality() != Modality::Series {
        return Err(usage(format!(
            "--form: expected a black box that reads series, found one that reads {}; leave it out",
            card.modality().plural()
        )));
    }
    let channels = card.shape.channels;
    let form: Form = serde_json::from_value(serde_json::Value::String(asked.clone())).map_err(|_unknown| {
        usage(format!("form \"{asked}\": expected stacked, overlaid, path or map; name one of these"))
    })?;
    if !form.fits(channels) {
        let channels = count(channels, "channel", "channels");
        return Err(usage(format!("form {asked}: a series of {channels} cannot be drawn so; name another")));
    }
    Ok(Some(form))
}

/// Most ways to name one of several items of one number that a sentence lists.
const MOST_WAYS: usize = 6;

/// An item by its place among what is open, `17`, or by its number in the file as the window shows it, `#17`, after its split where several have it,
/// `test:17`, or by the name that the file gives it, `machine 17`.
fn item_named(name: &str, data: &Dataset) -> Result<usize, Failure> {
    let wrong = || {
        usage(format!(
            "item {name}: expected a place from 0 to {} in {}, or a number or a name as the window shows it (#17, or test:17); no item that is open has it",
            data.len().saturating_sub(1),
            data.name
        ))
    };
    if let Some(number) = name.strip_prefix('#') {
        let number: u32 = number.parse().map_err(|_not_a_number| wrong())?;
        let found: Vec<usize> = (0..data.len()).filter(|&item| data.source_index[item] == number).collect();
        return match found[..] {
            [] => Err(wrong()),
            [only] => Ok(only),
            _ => {
                let ways: Vec<String> = found
                    .iter()
                    .take(MOST_WAYS)
                    .map(|&item| match found.iter().filter(|&&other| data.splits[other] == data.splits[item]).count() {
                        1 => format!("{}:{number}", data.splits[item].name()),
                        _ => item.to_string(),
                    })
                    .collect();
                Err(usage(format!(
                    "item {name}: expected the number of one item of {}, found {} with it; write {}",
                    data.name,
                    found.len(),
                    ways.join(" or ")
                )))
            }
        };
    }
    match name.split_once(':') {
        None => {
            let by_name = || (0..data.len()).find(|&item| data.item_name(item) == name);
            name.parse().ok().filter(|&item: &usize| item < data.len()).or_else(by_name).ok_or_else(wrong)
        }
        Some((split, number)) => {
            let split = super::evaluate::split_named(split)?;
            let number: u32 = number.trim_start_matches('#').parse().map_err(|_not_a_number| wrong())?;
            let found: Vec<usize> = (0..data.len()).filter(|&item| data.source_index[item] == number).collect();
            if let Some(&item) = found.iter().find(|&&item| data.splits[item] == split) {
                return Ok(item);
            }
            // Official test data are divided, too: a number that looks like one of the test items may be in another part.
            let parts: Vec<&str> = found.iter().map(|&item| data.splits[item].name()).collect();
            let Some(first) = parts.first() else { return Err(wrong()) };
            Err(usage(format!(
                "item {name}: expected an item of this number in the {} part of {}, found it in {}; write {first}:{number}",
                split.name(),
                data.name,
                parts.join(" and ")
            )))
        }
    }
}

/// What the figure's page looks like.
fn page(args: &FigureArgs) -> Page {
    Page { width_mm: args.width_mm, hides_answers: args.no_answers }
}

/// Whether width and columns are numbers that can be drawn.
fn check_page(args: &FigureArgs) -> Result<(), Failure> {
    let (least, most) = WIDTHS_MM;
    match (args.width_mm, args.columns) {
        (Some(width), _) if page(args).check().is_err() => Err(usage(format!(
            "--width-mm {width}: expected from {least} to {most} millimetres, found {width}; one column of a journal is about 85, two are 175"
        ))),
        (_, Some(0)) => {
            Err(usage("--columns 0: expected 1 or more pictures in a row, found 0; give a number or leave it out"))
        }
        _ => Ok(()),
    }
}

/// Whether so many pictures in a row have room on a page of the given width.
fn check_columns(args: &FigureArgs, pictures: &[ExplainedPicture]) -> Result<(), Failure> {
    let (Some(asked), Some(width), Some(first)) = (args.columns, args.width_mm, pictures.first()) else {
        return Ok(());
    };
    let page = page(args);
    let most = if is_compared(args, pictures) { most_beside(first, &page) } else { most_in_a_row(pictures, &page) };
    match most {
        Some(most) if asked.min(pictures.len()) > most => Err(usage(format!(
            "--columns {asked}: expected at most {most} of these pictures in a row on a page of {width} mm, found {asked}; ask for fewer or for a wider page"
        ))),
        _ => Ok(()),
    }
}

/// Whether pictures are those of one item side by side.
fn is_compared(args: &FigureArgs, pictures: &[ExplainedPicture]) -> bool {
    args.item.len() == 1 && pictures.len() <= SIDE_BY_SIDE
}

/// One picture alone, two to four methods or classes side by side, more of them or several items as a contact sheet.
fn layout(args: &FigureArgs, pictures: &[ExplainedPicture]) -> Result<Figure, FigureError> {
    let (title, caption, page) = (args.title.clone(), args.caption.clone(), page(args));
    match pictures {
        [one] => {
            let captioned = ExplainedPicture { caption, ..one.clone() };
            picture(&captioned, &PictureLayout { title, page, ..PictureLayout::default() })
        }
        _ if is_compared(args, pictures) => {
            let columns = args.columns;
            compare(pictures, &CompareLayout { title, caption, columns, page, ..CompareLayout::default() })
        }
        _ => {
            // The methods and classes of an item stand side by side; those of one item alone fill the rows.
            let n_methods = if args.item.len() == 1 { 1 } else { (pictures.len() / args.item.len().max(1)).max(1) };
            let usual = SheetLayout::default();
            let columns = args.columns.unwrap_or_else(|| balanced(pictures.len(), n_methods, usual.columns));
            sheet(pictures, &SheetLayout { title, caption, columns, page, ..usual })
        }
    }
}

fn annotations(path: &Path) -> Result<Vec<Annotation>, Failure> {
    let refuse = |found: String| {
        usage(format!(
            "{}: expected a JSON list of annotations such as {{\"kind\": \"arrow\", \"from\": {{\"x\": 10, \"y\": 10}}, \"to\": {{\"x\": 40, \
             \"y\": 40}}}}, found {found}; write such a list",
            path.display()
        ))
    };
    let bytes = crate::store::atomic::read_limited(path, 1 << 20).map_err(usage)?;
    serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Failure, item_named};
    use crate::data::spec::Kind;
    use crate::data::{DataSpec, open};

    #[test]
    fn an_item_is_found_by_its_place_its_number_and_the_name_that_its_file_gives_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("machines.csv");
        let rows: String = (0..12).map(|at| format!("{},{},{at}.5\n", 7 + at / 6, at % 6)).collect();
        std::fs::write(&path, format!("machine,time,x\n{rows}")).unwrap();
        let data = open(&DataSpec::from_path(&path), &mut |_| true).unwrap();
        for name in ["1", "#1", "machine 8"] {
            assert_eq!(item_named(name, &data).ok(), Some(1), "{name}");
        }
        assert!(item_named("machine 9", &data).is_err());
    }

    #[test]
    fn a_number_that_several_items_have_is_refused_with_the_ways_to_say_which() {
        let dir = tempfile::tempdir().unwrap();
        for part in ["train", "test"] {
            let rows = "age,plan,class\n39,basic,low\n50,full,high\n38,basic,low\n53,full,high\n";
            std::fs::write(dir.path().join(format!("{part}.csv")), rows).unwrap();
        }
        let kind = Kind::named("table").unwrap();
        let data = open(&DataSpec { kind, ..DataSpec::from_path(dir.path()) }, &mut |_| true).unwrap();
        assert!(data.numbers_repeat());
        let of_number = (0..data.len()).filter(|&item| data.source_index[item] == 1);
        let ways: Vec<String> = of_number.map(|item| format!("{}:1", data.splits[item].name())).collect();
        let Err(Failure::Usage(said)) = item_named("#1", &data) else { panic!("one of two was taken") };
        assert!(said.contains("found 2 with it") && said.ends_with(&format!("write {}", ways.join(" or "))), "{said}");
        for way in &ways {
            assert!(item_named(way, &data).is_ok(), "{way}");
        }
    }
}
