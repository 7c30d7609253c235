//! Marks on values: bars of tables that begin at 0 and dim what is hidden, lines that can be told apart, rings that hide nothing, the scale of a map.

use std::collections::BTreeSet;

use unmask::figure::layout::record::{bar_words, is_by_order};
use unmask::figure::layout::series::{Form, groups, highest_groups, line_look, value_color, value_range};

use super::series::{draw, filled, lines, row, steps, texts, wide};
use super::*;

/// Both ends of the bars of a row whose columns have these scores, from top to bottom, as shares of their room.
fn bars_of_row(scores: [f32; 3], signed: bool) -> Vec<(f32, f32)> {
    let figure = draw(&ExplainedPicture { scores: scores.to_vec(), signed, ..row(View::Overlay) });
    let palette = Palette::of(Theme::Light);
    let tracks = filled(&figure.elements, &|fill| fill == palette.track);
    let bars = filled(&figure.elements, &|fill| fill == palette.selected || fill == palette.unselected);
    let share = |(track, bar): (&unmask::figure::Rect, &unmask::figure::Rect)| {
        ((bar.x - track.x) / track.width, (bar.right() - track.x) / track.width)
    };
    tracks.iter().zip(&bars).take(3).map(share).collect()
}

#[test]
fn bars_of_a_row_begin_at_0_and_go_to_the_side_of_the_sign() {
    let near = |found: &[(f32, f32)], wanted: [(f32, f32); 3]| {
        // A bar without length is still a thin line.
        let is_near = |a: f32, b: f32| (a - b).abs() < 0.01;
        found.len() == 3 && found.iter().zip(&wanted).all(|(a, b)| is_near(a.0, b.0) && is_near(a.1, b.1))
    };
    for (scores, signed, wanted) in [
        ([0.053, 1.72, 0.43], false, [(0.0, 0.0308), (0.0, 1.0), (0.0, 0.25)]),
        // A selector's: to both sides of 0, on one scale.
        ([-1.0, 3.0, 0.5], false, [(0.0, 0.25), (0.25, 1.0), (0.25, 0.375)]),
        ([-0.5, -2.0, -1.0], false, [(0.75, 1.0), (0.0, 1.0), (0.5, 1.0)]),
        // For and against: from the middle.
        ([-1.0, 2.0, 0.0], true, [(0.25, 0.5), (0.5, 1.0), (0.5, 0.5)]),
    ] {
        let found = bars_of_row(scores, signed);
        assert!(near(&found, wanted), "{scores:?}: {found:?}");
    }
}

#[test]
fn a_row_has_headings_and_the_numbers_of_its_scores_and_says_what_they_are_worth() {
    let of =
        |scores: [f32; 3], signed: bool| ExplainedPicture { scores: scores.to_vec(), signed, ..row(View::Overlay) };
    let said = texts(&draw(&of([0.053, 1.72, -2.5], false)));
    for part in ["column value score", "0.053", "1.72", "\u{2212}2.50", "only the order of scores counts"] {
        assert!(said.contains(part), "\"{part}\" is missing in: {said}");
    }
    for (scores, signed, is_of_order, words) in [
        ([0.1, 0.2, 0.3], false, false, "bar: score"),
        ([-0.1, 0.2, 0.3], false, true, "bar: score; only the order of scores counts"),
        ([-0.1, 0.2, 0.3], true, false, "bar: score, to the left: against the class"),
    ] {
        let of = of(scores, signed);
        assert_eq!((is_by_order(&of), bar_words(&of)), (is_of_order, words));
        assert!(texts(&draw(&of)).contains(words), "the legend says it");
    }
    // The input alone has no scores.
    let both = compare(
        &[of([0.1, 0.2, 0.3], false), row(View::Overlay)],
        &CompareLayout { with_input: true, ..CompareLayout::default() },
    );
    let headings = both.unwrap().texts().into_iter().filter(|text| text.text == "score").count();
    assert_eq!(headings, 2);
}

#[test]
fn names_of_columns_get_the_width_that_they_need() {
    let mut of = row(View::Overlay);
    let names = ["water_ml_per_week_in_summer", "water_ml_per_week_in_winter", "pot"].map(str::to_owned).to_vec();
    of.row.as_mut().unwrap().names = names.clone();
    let narrow = unmask::figure::layout::Page { width_mm: Some(60.0), ..Default::default() };
    let alone = PictureLayout { page: narrow, ..PictureLayout::default() };
    for figure in
        [draw(&of), sheet(&vec![of.clone(); 4], &SheetLayout::default()).unwrap(), picture(&of, &alone).unwrap()]
    {
        let said = figure.texts();
        for name in &names {
            let name = said.iter().find(|text| text.text == *name).unwrap_or_else(|| panic!("{name} was cut"));
            let right = name.at.x + fonts::width(&name.text, name.size);
            // What stands on the same line to the right of it is not touched.
            let next = said.iter().filter(|text| text.at.y == name.at.y && text.at.x > name.at.x);
            for text in next.filter(|text| text.anchor == Anchor::Start) {
                assert!(text.at.x >= right, "{} runs into {}", name.text, text.text);
            }
        }
    }
}

#[test]
fn what_a_panel_of_a_row_hides_has_neither_the_colour_nor_the_ink_of_what_it_shows() {
    let palette = Palette::of(Theme::Light);
    for (view, hidden_name, shown_name, absent) in [
        (View::Unselected, "capital-gain", "age", palette.selected),
        (View::Selected, "age", "capital-gain", palette.unselected),
    ] {
        let figure = draw(&ExplainedPicture { prediction: None, ..row(view) });
        assert!(
            filled(&figure.elements, &|fill| fill == absent).is_empty(),
            "{view:?}: no such bar, nor such a swatch"
        );
        let texts = figure.texts();
        let ink = |name: &str| texts.iter().find(|text| text.text == name).expect("its name").color;
        assert_eq!((ink(hidden_name), ink(shown_name)), (palette.ink_muted, palette.ink), "{view:?}");
        let rank = texts.iter().find(|text| text.text == "1" && text.anchor == Anchor::End).expect("a rank");
        let expected = if view == View::Selected { palette.selected } else { palette.ink_muted };
        assert_eq!(rank.color, expected, "{view:?}");
        assert!(texts.iter().any(|text| text.text.starts_with("hidden, the model gets")), "{view:?}");
    }
}

#[test]
fn eight_lines_of_one_plot_differ_and_the_legend_draws_each_as_the_plot_does() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        let looks: BTreeSet<_> = (0..8)
            .map(|at| line_look(palette, Panel::Overlay, at, 8))
            .map(|look| (look.color.0, look.is_dashed))
            .collect();
        assert_eq!(looks.len(), 8, "{theme:?}");
        assert!(!looks.iter().any(|(color, _)| *color == palette.annotation.0 || *color == palette.selected.0));
    }
    let palette = Palette::of(Theme::Light);
    // Two runs of three steps are kept in each channel; the piece of line before its name has two points.
    for view in [View::Selected, View::Unselected] {
        // Without answers, whose marks have the ink of the first line.
        let figure = draw(&ExplainedPicture { prediction: None, ..steps(view, Form::Overlaid) });
        for channel in 0..2 {
            let look = line_look(palette, Panel::Selected, channel, 2);
            let found: Vec<usize> = lines(&figure.elements, look.color).iter().map(Vec::len).collect();
            assert_eq!(found, [3, 3, 2], "{view:?}, channel {channel}");
        }
        for color in [palette.selected, palette.unselected] {
            assert!(lines(&figure.elements, color).is_empty(), "{view:?}: a colour that no channel has");
        }
        assert!(texts(&figure).contains("selected, in the colour of its channel"));
    }
    // The fifth line has the first colour, and is dashed, as is the piece before its name.
    let many = draw(&ExplainedPicture { prediction: None, ..wide(8, &[], Form::Overlaid) });
    let (solid, dashed): (Vec<_>, Vec<_>) = lines(&many.elements, palette.lines[0])
        .into_iter()
        .map(|line| line.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y)).sum::<f32>())
        .partition(|length| *length > 4.5);
    assert_eq!(solid.len(), 2, "the first channel and its name: {solid:?}");
    assert!(dashed.len() > 10 && dashed.iter().all(|length| *length < 4.1), "{dashed:?}");
}

#[test]
fn names_of_overlaid_channels_are_cut_in_their_middle() {
    let mut of = steps(View::Overlay, Form::Overlaid);
    let long = |end: &str| format!("acceleration of the left wrist of the second player in the first half, {end}");
    of.series.as_mut().unwrap().names = vec![long("x axis"), long("y axis")];
    let page = unmask::figure::layout::Page { width_mm: Some(60.0), ..Default::default() };
    let figure = picture(&of, &PictureLayout { page, ..PictureLayout::default() }).unwrap();
    for end in ["x axis", "y axis"] {
        let cut = figure.texts().into_iter().filter(|text| text.text.starts_with("acc") && text.text.ends_with(end));
        assert_eq!(cut.count(), 1, "{}", texts(&figure));
    }
    assert_eq!(fonts::cut_in_middle("abcdefgh", |text| text.chars().count() <= 5), "ab…gh");
    assert_eq!(fonts::cut_in_middle("abc", |_| true), "abc");
    assert_eq!(fonts::cut_in_middle("abc", |_| false), "");
}

#[test]
fn what_is_selected_lies_over_the_rings_of_a_path() {
    let palette = Palette::of(Theme::Light);
    let mut of = steps(View::Overlay, Form::Path);
    // The segment that is selected truly decides the class.
    of.truth = Some(vec![false, false, false, true]);
    let figure = draw(&of);
    let plane = figure.elements.iter().find_map(|element| match element {
        Element::Group { name: "plane", elements, .. } => Some(elements),
        _ => None,
    });
    let paths: Vec<_> = plane
        .expect("a plane")
        .iter()
        .filter_map(|element| match element {
            Element::Path(path) => Some(path),
            _ => None,
        })
        .collect();
    let is_ring = |at: &usize| paths[*at].stroke.is_some_and(|stroke| stroke.color == palette.annotation);
    let is_selected = |at: &usize| {
        let color = paths[*at].fill.or(paths[*at].stroke.map(|stroke| stroke.color));
        color == Some(palette.selected)
    };
    let rings: Vec<usize> = (0..paths.len()).filter(is_ring).collect();
    let strong: Vec<usize> = (0..paths.len()).filter(is_selected).collect();
    assert_eq!(rings.len(), 4, "four points lead over three steps");
    assert!(rings.iter().max() < strong.iter().min(), "rings {rings:?} under {strong:?}");
    // They are wider than the strong line, and thinner.
    let ring = paths[rings[0]];
    let across = |line: &[unmask::figure::Point]| {
        let xs = || line.iter().map(|at| at.x);
        xs().fold(f32::MIN, f32::max) - xs().fold(f32::MAX, f32::min)
    };
    let stroke = |at: usize| paths[at].stroke.map_or(0.0, |stroke| stroke.width);
    let strongest = strong.iter().map(|at| stroke(*at)).fold(0.0, f32::max);
    assert!(across(&ring.lines[0]) > 2.0 * strongest && stroke(rings[0]) < strongest / 3.0);
}

#[test]
fn over_the_scores_of_a_map_the_selected_cells_have_an_outline() {
    let palette = Palette::of(Theme::Light);
    let heat = ExplainedPicture { view: View::Heat, ..wide(40, &[0, 7], Form::Map) };
    let figure = draw(&heat);
    let frame = first_image(&figure).rect;
    let rings = lines(&figure.elements, palette.selected);
    // All three steps of two channels that are no neighbours.
    assert_eq!(rings.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);
    let cell = frame.width / 40.0;
    for (ring, channel) in rings.iter().zip([0.0, 7.0]) {
        let left = ring.iter().map(|at| at.x).fold(f32::MAX, f32::min);
        let right = ring.iter().map(|at| at.x).fold(f32::MIN, f32::max);
        assert!((left - frame.x - channel * cell).abs() < 0.01 && (right - left - cell).abs() < 0.01, "{ring:?}");
    }
    // Elsewhere a tint, or what is hidden, tells them.
    for view in [View::Overlay, View::Selected, View::Unselected] {
        let figure = draw(&ExplainedPicture { view, ..heat.clone() });
        assert!(lines(&figure.elements, palette.selected).is_empty(), "{view:?}");
    }
}

#[test]
fn the_values_of_a_map_have_a_scale_with_numbers() {
    let palette = Palette::of(Theme::Light);
    let of = wide(40, &[0], Form::Map);
    let series = of.series.as_ref().unwrap();
    let range = value_range(series);
    assert_eq!((range.low, range.high), (-3.0, 3.0));
    let rasters = |figure: &Figure| -> Vec<unmask::figure::Raster> {
        let raster = |element: &Element| match element {
            Element::Raster(raster) => Some(raster.clone()),
            _ => None,
        };
        figure.elements.iter().filter_map(raster).collect()
    };
    let figure = draw(&of);
    let drawn = rasters(&figure);
    let [_, selected, others] = &drawn[..] else { panic!("a map and two scales") };
    for (ramp, is_selected) in [(selected, true), (others, false)] {
        for (at, share) in [(0, -1.0), (255, 1.0)] {
            assert_eq!(ramp.pixels.at(at, 0), value_color(palette, share, true, is_selected), "{is_selected}, {share}");
        }
    }
    let has = |figure: &Figure, word: &str| figure.texts().into_iter().any(|text| text.text == word);
    for word in ["value", "\u{2212}2", "0", "2", "selected", "not selected", "step", "channel"] {
        assert!(has(&figure, word), "{word}: {}", texts(&figure));
    }
    // Scores have a scale of their own; of items with different values none would be right.
    assert!(!has(&draw(&ExplainedPicture { view: View::Heat, ..of.clone() }), "value"));
    let mut other = of.clone();
    other.series.as_mut().unwrap().values[0] = 100.0;
    let on_sheet = |pictures: [&ExplainedPicture; 2]| {
        has(&sheet(&pictures.map(ExplainedPicture::clone), &SheetLayout::default()).unwrap(), "value")
    };
    assert!(on_sheet([&of, &of]) && !on_sheet([&of, &other]));
    // Values of one sign go from 0.
    for (shift, ends) in [(3.0, (0.0, 6.0)), (-3.0, (-6.0, 0.0))] {
        let mut plain = of.clone();
        plain.series.as_mut().unwrap().values.iter_mut().for_each(|value| *value += shift);
        let range = value_range(plain.series.as_ref().unwrap());
        assert_eq!((range.low, range.high), ends);
    }
}

#[test]
fn the_groups_of_a_map_are_named_in_full() {
    let mut of = wide(64, &[1, 17, 33, 49], Form::Map);
    let names = (0..64).map(|channel| format!("sensors of limb {}/f{}", channel / 16, channel % 16)).collect();
    of.series.as_mut().unwrap().names = names;
    let words = highest_groups(&groups(&of, of.series.as_ref().unwrap()));
    assert!(words.contains("limb 0") && words.contains("limb 3"), "{words}");
    let page = unmask::figure::layout::Page { width_mm: Some(85.0), ..Default::default() };
    let narrow = picture(&of, &PictureLayout { page, ..PictureLayout::default() }).unwrap();
    for figure in [draw(&of), narrow, sheet(&vec![of.clone(); 2], &SheetLayout::default()).unwrap()] {
        assert!(texts(&figure).contains(&words), "\"{words}\" is missing in: {}", texts(&figure));
    }
}
