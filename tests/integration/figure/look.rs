//! Every layout with real digits, saved for a person to look at. Does nothing unless asked.

use unmask::figure::layout::{
    ClassProbability, CompareLayout, ExplainedPicture, Hidden, PictureLayout, Prediction, SheetLayout, View, compare,
    picture, sheet,
};
use unmask::figure::{Annotation, Figure, Format, Palette, Theme, encode, point, rect};

use super::ring;

/// Digit `item_idx` of the real test images, if the folder with real data is there.
fn digit(item_idx: usize) -> Option<Vec<f32>> {
    use std::io::Read as _;
    let folder = std::path::PathBuf::from(std::env::var_os("UNMASK_DATA")?);
    let file = std::fs::File::open(folder.join("mnist/t10k-images-idx3-ubyte.gz")).ok()?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).ok()?;
    Some(bytes.get(16 + 784 * item_idx..16 + 784 * (item_idx + 1))?.iter().map(|b| f32::from(*b) / 255.0).collect())
}

/// A digit with made-up scores that look like those of a method: by patch of `patch` pixels, signed or not.
fn looked_at(item_idx: usize, patch: usize, k: usize, signed: bool) -> ExplainedPicture {
    let base = ring(View::Overlay, Hidden::AsModelSees);
    let pixels = digit(item_idx).unwrap_or_else(|| base.pixels.clone());
    let across = 28 / patch;
    let unit_of: Vec<u32> = (0..784).map(|i| ((i / 28 / patch) * across + i % 28 / patch) as u32).collect();
    let mut scores = vec![0.0; across * across];
    for i in 0..784 {
        let (x, y) = ((i % 28) as f32, (i / 28) as f32);
        let wave = (x * 0.45 + item_idx as f32).sin() * (y * 0.38).cos();
        let near = pixels[i] + 0.5 * if i % 28 > 0 { pixels[i - 1] } else { 0.0 };
        scores[unit_of[i] as usize] += if signed { near * wave } else { near * (wave + 1.0) } / (patch * patch) as f32;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let mut selected = vec![false; scores.len()];
    for unit in &order[..k] {
        selected[*unit] = true;
    }
    let noun = if patch == 1 { "pixels".to_owned() } else { format!("patches of {patch} x {patch}") };
    ExplainedPicture {
        pixels,
        unit_of,
        scores,
        selected,
        signed,
        unit_noun: noun,
        source: format!("MNIST test #{item_idx}"),
        caption: vec![format!("#{item_idx}: the model takes it for a 3.")],
        prediction: Some(Prediction {
            classes: vec![
                ClassProbability { class: "3".to_owned(), full: 0.998, selected: Some(0.95), unselected: Some(0.36) },
                ClassProbability { class: "8".to_owned(), full: 0.002, selected: Some(0.05), unselected: Some(0.64) },
            ],
            selected_stays: Some(true),
            unselected_stays: Some(false),
            asked: None,
        }),
        ..base
    }
}

/// Saves every layout to the folder that `UNMASK_LOOK` names, to be looked at by a person.
#[test]
fn layouts_are_saved_to_be_looked_at() {
    let Some(folder) = std::env::var_os("UNMASK_LOOK").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, figure: &Figure| {
        for format in [Format::Png, Format::Svg, Format::Pdf] {
            let path = folder.join(format!("{name}.{}", format.extension()));
            std::fs::write(path, encode(figure, format, 3.0).unwrap()).unwrap();
        }
    };
    for theme in [Theme::Light, Theme::Dark] {
        let suffix = if theme == Theme::Light { "light" } else { "dark" };
        let views = [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat];
        for (view, name) in views.into_iter().zip(["overlay", "selected", "unselected", "side", "heat"]) {
            let hidden = if view == View::Selected { Hidden::AsModelSees } else { Hidden::Hatched };
            let shown = ExplainedPicture { view, hidden, theme, ..looked_at(18, 1, 25, view == View::Heat) };
            let mut figure = picture(&shown, &PictureLayout::default()).unwrap();
            if view == View::Overlay {
                figure.annotate(
                    &[
                        Annotation::Arrow { from: point(50.0, 190.0), to: point(95.0, 140.0), color: None },
                        Annotation::Box { rect: rect(120.0, 60.0, 50.0, 40.0), color: None },
                        Annotation::Text {
                            at: point(30.0, 202.0),
                            text: "open to the left".to_owned(),
                            size: 8.0,
                            color: None,
                        },
                    ],
                    Palette::of(theme),
                );
            }
            save(&format!("{name}-{suffix}"), &figure);
        }
        let methods = [("MEED", 1, 25), ("L2X", 4, 4), ("Gradient x input", 1, 25), ("Random", 4, 4)];
        for (n, view, with_input) in [(2, View::Heat, true), (3, View::Overlay, true), (4, View::Side, false)] {
            let shown: Vec<ExplainedPicture> = methods[..n]
                .iter()
                .enumerate()
                .map(|(i, (method, patch, k))| ExplainedPicture {
                    method: (*method).to_owned(),
                    view,
                    theme,
                    hidden: Hidden::Hatched,
                    caption: Vec::new(),
                    signed: i == 1,
                    ..looked_at(18 + 12 * usize::from(view == View::Side), *patch, *k, i == 1)
                })
                .collect();
            let layout = CompareLayout {
                with_input,
                caption: vec!["What four methods select in the same digit. Numbers under the images are the model's probabilities for its answer.".to_owned()],
                ..Default::default()
            };
            save(&format!("compare{n}-{suffix}"), &compare(&shown, &layout).unwrap());
        }
        for (view, columns) in [(View::Overlay, 6), (View::Side, 3)] {
            let shown: Vec<ExplainedPicture> = (0..12)
                .map(|i| ExplainedPicture {
                    view,
                    theme,
                    hidden: Hidden::Hatched,
                    caption: vec![format!("#{} · class 3", 30 + i)],
                    ..looked_at(30 + i, 1, 25, false)
                })
                .collect();
            let layout = SheetLayout { columns, ..Default::default() };
            save(&format!("sheet-{columns}-{suffix}"), &sheet(&shown, &layout).unwrap());
        }
    }
}
