//! Box plots: every row with its name, in every format, and a description that says the numbers.

use unmask::figure::layout::boxes::{BoxPlot, BoxRow, box_plot, plain_box_plot};
use unmask::figure::{Element, FORMATS, Theme, encode};

fn plot() -> BoxPlot {
    let row = |name: &str, spread: [f64; 5], mean| BoxRow { name: name.to_owned(), spread, mean };
    BoxPlot {
        title: "Median ranks".to_owned(),
        axis: "rank".to_owned(),
        rows: vec![row("l2x", [3.0, 3.0, 3.0, 3.5, 4.0], 3.1), row("random", [3.0, 4.5, 5.5, 6.5, 8.0], 5.5)],
        most: 9.0,
        best: Some(3.0),
    }
}

#[test]
fn rows_are_named_and_numbers_are_said() {
    for theme in [Theme::Light, Theme::Dark] {
        let figure = box_plot(&plot(), theme);
        let texts: Vec<&str> = figure
            .elements
            .iter()
            .filter_map(|element| match element {
                Element::Text(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect();
        assert!(["l2x", "random", "rank", "0", "9"].iter().all(|wanted| texts.contains(wanted)), "{texts:?}");
        assert!(figure.description.contains("random: median 5.5, quartiles 4.5 and 6.5, mean 5.50."));
        for (format, _, _) in FORMATS {
            assert!(encode(&figure, format, 1.0).unwrap().len() > 500);
        }
    }
}

#[test]
fn boxes_stand_where_the_quartiles_are() {
    let figure = box_plot(&plot(), Theme::Light);
    let boxes: Vec<_> = figure
        .elements
        .iter()
        .filter_map(|element| match element {
            Element::Rect { rect, stroke: Some(_), .. } => Some(*rect),
            _ => None,
        })
        .collect();
    assert_eq!(boxes.len(), 2);
    // The second box is twice the distance 4.5 to 5.5 wide, and begins 1.5 units right of the first.
    let unit = boxes[1].width / 2.0;
    assert!((boxes[0].width - 0.5 * unit).abs() < 1e-3 && (boxes[1].x - boxes[0].x - 1.5 * unit).abs() < 1e-3);
}

#[test]
fn a_plain_plot_has_the_same_boxes_without_title_and_note_and_long_names_and_axes_fit() {
    let texts = |plot: &BoxPlot| -> Vec<(String, f32)> {
        let figure = plain_box_plot(plot, Theme::Light);
        let texts = figure.elements.iter().filter_map(|element| match element {
            Element::Text(text) => Some((text.text.clone(), text.at.x)),
            _ => None,
        });
        texts.collect()
    };
    let has = |texts: &[(String, f32)], wanted: &str| texts.iter().any(|(text, _)| text.starts_with(wanted));
    let plain = texts(&plot());
    assert!(has(&plain, "l2x") && has(&plain, "rank") && !has(&plain, "Median ranks") && !has(&plain, "Thick line"));
    // 3,200 units, and a name that would begin left of the page.
    let mut large = plot();
    large.most = 3200.0;
    large.rows[0].name = "An explainer with a name that nobody shortened".to_owned();
    let large = texts(&large);
    assert!(has(&large, "An explainer with a…") && large.len() < 20, "{large:?}");
    let mut ticks: Vec<f32> = large.iter().filter(|(text, _)| text.parse::<f64>().is_ok()).map(|(_, x)| *x).collect();
    ticks.sort_by(f32::total_cmp);
    assert!(ticks.len() > 2 && ticks.windows(2).all(|pair| pair[1] - pair[0] >= 13.9), "{ticks:?}");
}
