//! Figures of series and of rows of tables: what is shaded, kept, named and ranked, in all three formats.

use unmask::figure::layout::series::{
    Form, Group, Movement, Scales, cells, highest_groups, map_marks, named_columns, runs, shades, shown,
};
use unmask::figure::layout::{ExplainedRow, ExplainedSeries};
use unmask::figure::vision::{DEFICIENCIES, distance, lab};

use super::*;

/// Two channels of 12 steps in segments of three; the second and the last segment are selected, the last with the higher score.
pub(super) fn steps(view: View, form: Form) -> ExplainedPicture {
    let x: Vec<f32> = (0..12).map(|step| step as f32).collect();
    let y: Vec<f32> = (0..12).map(|step| if step % 2 == 0 { 2.0 } else { -2.0 }).collect();
    let unit_of = (0..24).map(|at| (at % 12 / 3) as u32).collect();
    ExplainedPicture {
        width: 0,
        height: 0,
        channels: 0,
        pixels: Vec::new(),
        fill_pixels: Vec::new(),
        unit_of: Vec::new(),
        scores: vec![0.0, 0.5, 0.1, 0.9],
        selected: vec![false, true, false, true],
        unit_noun: "segments of 3 steps".to_owned(),
        source: "movements, item 3".to_owned(),
        series: Some(ExplainedSeries {
            steps: 12,
            names: vec!["x velocity".to_owned(), "y velocity".to_owned()],
            values: [x, y].concat(),
            fill: vec![0.0; 24],
            unit_of,
            form,
            movement: Movement::Velocities,
            group: None,
            picked: Vec::new(),
            scales: Scales::default(),
        }),
        ..ring(view, Hidden::AsModelSees)
    }
}

pub(super) fn row(view: View) -> ExplainedPicture {
    let words = |of: [&str; 3]| of.map(str::to_owned).to_vec();
    ExplainedPicture {
        scores: vec![0.2, 0.8, 0.4],
        selected: vec![false, true, false],
        unit_noun: "columns".to_owned(),
        source: "adult, item 3".to_owned(),
        series: None,
        row: Some(ExplainedRow {
            names: words(["age", "capital-gain", "occupation"]),
            values: words(["39", "2174", "Sales"]),
            fill: words(["38.6", "1077", "(none)"]),
            ranks: vec![2, 0, 1],
        }),
        ..steps(view, Form::Stacked)
    }
}

pub(super) fn draw(of: &ExplainedPicture) -> Figure {
    picture(of, &PictureLayout::default()).expect("it fits together")
}

pub(super) fn texts(figure: &Figure) -> String {
    figure.texts().iter().map(|text| text.text.as_str()).collect::<Vec<_>>().join(" ").replace('\u{A0}', " ")
}

/// Every rectangle filled with one of `colors`, in drawing order.
pub(super) fn filled(elements: &[Element], is_it: &dyn Fn(Color) -> bool) -> Vec<unmask::figure::Rect> {
    let mut out = Vec::new();
    for element in elements {
        match element {
            Element::Rect { rect, fill: Some(fill), .. } if is_it(*fill) => out.push(*rect),
            Element::Group { elements, .. } => out.extend(filled(elements, is_it)),
            _ => {}
        }
    }
    out
}

/// Points of every line of this colour.
pub(super) fn lines(elements: &[Element], color: Color) -> Vec<Vec<unmask::figure::Point>> {
    let mut out = Vec::new();
    for element in elements {
        match element {
            Element::Path(path) if path.stroke.is_some_and(|stroke| stroke.color == color) => {
                out.extend(path.lines.clone())
            }
            Element::Group { elements, .. } => out.extend(lines(elements, color)),
            _ => {}
        }
    }
    out
}

#[test]
fn selected_steps_are_shaded_in_each_channel_deeper_for_higher_scores() {
    let of = steps(View::Overlay, Form::Stacked);
    let palette = Palette::of(Theme::Light);
    let shade = shades(&of);
    assert!(shade[0] == 0.0 && shade[2] == 0.0 && shade[3] > shade[1] && shade[1] > 0.0, "{shade:?}");
    let figure = draw(&of);
    for unit in [1, 3] {
        let color = palette.background.mix(palette.selected, shade[unit]);
        let strips = filled(&figure.elements, &|fill| fill == color);
        assert_eq!(strips.len(), 2, "one in each channel");
        assert!((strips[0].x - strips[1].x).abs() < 1e-3 && strips[0].y < strips[1].y, "over each other");
        // Three of twelve steps.
        let frame = filled(&figure.elements, &|fill| fill == palette.background)
            .into_iter()
            .map(|rect| rect.width)
            .fold(0.0, f32::max);
        assert!((strips[0].width * 4.0 - frame).abs() < 0.01, "{} of {frame}", strips[0].width);
    }
    let said = texts(&figure);
    for part in [
        "x velocity",
        "y velocity",
        "time step",
        "selected (deeper: higher score)",
        "A ring",
        "MEED",
        "2 of 4 segments of 3 steps",
        "seed 7",
    ] {
        assert!(said.contains(part), "\"{part}\" is missing in: {said}");
    }
    assert!(figure.description.contains("shaded"), "{}", figure.description);
}

#[test]
fn selected_only_keeps_the_selected_runs_and_draws_what_the_model_gets_elsewhere() {
    let palette = Palette::of(Theme::Light);
    for (view, color) in [(View::Selected, palette.selected), (View::Unselected, palette.unselected)] {
        let kept = lines(&draw(&steps(view, Form::Stacked)).elements, color);
        // Two runs of three steps in each of two channels; the legend's swatch is a rectangle.
        assert_eq!(kept.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3, 3], "{view:?}");
    }
    // Within a channel a later step lies further to the right, a larger value higher.
    let kept = lines(&draw(&steps(View::Selected, Form::Stacked)).elements, palette.selected);
    assert!(kept[0].windows(2).all(|pair| pair[0].x < pair[1].x && pair[0].y > pair[1].y));
    let both = draw(&steps(View::Side, Form::Stacked));
    assert!(texts(&both).contains("Selected only") && texts(&both).contains("Unselected only"));
}

/// The same series of an item that has seven steps and was filled up: the third segment has one of them, the last none.
fn short(view: View, form: Form) -> ExplainedPicture {
    let mut of = steps(view, form);
    for values in of.series.as_mut().unwrap().values.chunks_mut(12) {
        values[7..].fill(unmask::data::series::FILLED_UP);
    }
    (of.scores, of.selected) = (vec![0.0, 0.5, 0.9, f32::NEG_INFINITY], vec![false, true, true, false]);
    of
}

#[test]
fn nothing_is_drawn_after_the_end_of_a_series_that_was_filled_up() {
    let palette = Palette::of(Theme::Light);
    let lengths = |view: View, form: Form, color: Color| {
        let drawn = lines(&draw(&short(view, form)).elements, color);
        drawn.iter().map(Vec::len).filter(|length| *length > 2).collect::<Vec<_>>()
    };
    assert_eq!(lengths(View::Overlay, Form::Stacked, palette.full), [7, 7], "one line for each channel");
    assert_eq!(
        lengths(View::Heat, Form::Stacked, palette.full),
        [7, 7],
        "the values, whatever colours lie behind them"
    );
    // Three steps of the second segment and the only one of the third.
    assert_eq!(lengths(View::Selected, Form::Stacked, palette.selected), [4, 4]);
    assert_eq!(lengths(View::Unselected, Form::Stacked, palette.unselected), [3, 3]);
    let of = short(View::Overlay, Form::Stacked);
    let shade = |unit: usize| palette.background.mix(palette.selected, shades(&of)[unit]);
    let strips = |unit| filled(&draw(&of).elements, &|fill| fill == shade(unit));
    assert!((strips(1)[0].width - 3.0 * strips(2)[0].width).abs() < 0.01, "one step of the last segment");
    assert!(texts(&draw(&of)).contains("2 of 3 segments of 3 steps"), "{}", texts(&draw(&of)));

    let of = short(View::Unselected, Form::Path);
    let series = of.series.as_ref().unwrap();
    assert_eq!(series.path().len(), 8);
    let positions = ExplainedSeries { movement: Movement::Positions, ..series.clone() };
    assert_eq!(positions.path().last(), Some(&[6.0, 2.0]), "no leap to zero");
    let marked = series.marked_steps(&unmask::figure::layout::series::selected_values(&of, series), Panel::Unselected);
    assert_eq!(runs(&marked), [(0, 3, true), (3, 7, false)]);

    let of = short(View::Overlay, Form::Map);
    let range = unmask::figure::color::Range::robust(&of.scores, Scale::Sequential);
    for panel in [Panel::Input, Panel::Overlay, Panel::Selected, Panel::Unselected, Panel::Heat] {
        let cells = cells(&of, of.series.as_ref().unwrap(), panel, range);
        assert!((0..24).filter(|at| at % 12 >= 7).all(|at| cells[at].is_none()), "{panel:?}");
    }
    for (form, view) in Form::ALL.into_iter().flat_map(|form| [(form, View::Overlay), (form, View::Unselected)]) {
        let mut truth = short(view, form);
        truth.truth = Some(vec![false, false, true, true]);
        assert!(encode(&draw(&truth), Format::Png, 1.0).unwrap().len() > 500, "{form:?} {view:?}");
    }
    // An item without any step is an empty frame.
    for form in Form::ALL {
        let mut none = short(View::Side, form);
        none.series.as_mut().unwrap().values.fill(unmask::data::series::FILLED_UP);
        assert!(encode(&draw(&none), Format::Svg, 1.0).unwrap().len() > 500, "{form:?}");
    }
}

#[test]
fn every_form_is_written_in_every_format_with_real_text_and_lines() {
    for form in Form::ALL {
        for view in [View::Overlay, View::Selected, View::Unselected, View::Side, View::Heat] {
            let figure = draw(&steps(view, form));
            assert!(figure.missing_glyphs().is_empty());
            let text = svg::write(&figure).unwrap();
            let document = resvg::usvg::roxmltree::Document::parse(&text).unwrap();
            let images = document.descendants().filter(|node| node.has_tag_name("image")).count();
            let has_colors = form == Form::Map || view == View::Heat;
            assert_eq!(images > 0, has_colors, "{form:?} {view:?}: pixels only in a map and in the bar of scores");
            assert!(document.descendants().any(|node| node.has_tag_name("text")));
            assert!(encode(&figure, Format::Pdf, 1.0).unwrap().starts_with(b"%PDF"));
            let png = decode(&encode(&figure, Format::Png, 1.0).unwrap());
            assert_eq!((png.width(), png.height()), (figure.width as u32, figure.height as u32));
        }
    }
}

#[test]
fn the_path_adds_up_velocities_and_its_y_axis_points_down() {
    let of = steps(View::Overlay, Form::Path);
    let series = of.series.as_ref().unwrap();
    let path = series.path();
    assert_eq!(path.len(), 13);
    // 0 + 1 + 2 to the right; 2 up and down again.
    assert_eq!((path[0], path[1], path[3]), ([0.0, 0.0], [0.0, -2.0], [3.0, -2.0]));
    let marked = series.marked_steps(&unmask::figure::layout::series::selected_values(&of, series), Panel::Overlay);
    assert_eq!(runs(&marked), [(0, 3, false), (3, 6, true), (6, 9, false), (9, 12, true)]);
    let strong = lines(&draw(&of).elements, Palette::of(Theme::Light).selected);
    assert_eq!(strong.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4], "four points lead over three steps");
}

#[test]
fn points_of_the_path_that_truly_decide_the_class_have_a_ring_in_every_format() {
    let annotation = Palette::of(Theme::Light).annotation;
    let mut of = steps(View::Overlay, Form::Path);
    assert!(lines(&draw(&of).elements, annotation).is_empty());
    of.truth = Some(vec![false, false, true, false]);
    let figure = draw(&of);
    let rings = lines(&figure.elements, annotation);
    // Four points lead over the three steps of the segment, whatever the channel; the fifth is the legend's.
    assert_eq!(rings.len(), 5);
    let all = lines(&figure.elements, Palette::of(Theme::Light).full);
    let path = all.iter().find(|line| line.len() == 13).expect("the path");
    for (ring, at) in rings.iter().zip(&path[6..=9]) {
        let middle = |of: fn(&unmask::figure::Point) -> f32| ring.iter().map(of).sum::<f32>() / ring.len() as f32;
        assert!((middle(|corner| corner.x) - at.x).abs() < 0.01 && (middle(|corner| corner.y) - at.y).abs() < 0.01);
    }
    assert!(texts(&figure).contains("truly decides the class") && texts(&figure).contains("the same along the path"));
    for format in [Format::Png, Format::Svg, Format::Pdf] {
        let plain = ExplainedPicture { truth: None, ..of.clone() };
        assert_ne!(encode(&figure, format, 1.0).unwrap(), encode(&draw(&plain), format, 1.0).unwrap());
    }
    let stacked = ExplainedPicture { truth: of.truth.clone(), ..steps(View::Overlay, Form::Stacked) };
    assert!(lines(&draw(&stacked).elements, annotation).is_empty(), "plots have a foot under these steps");
    assert!(!texts(&draw(&stacked)).contains("along the path"));
}

#[test]
fn a_long_stretch_of_the_path_that_decides_the_class_is_a_band_rather_than_rings() {
    let mut of = steps(View::Overlay, Form::Path);
    let series = of.series.as_mut().unwrap();
    series.steps = 60;
    series.values = [vec![1.0; 60], vec![0.5; 60]].concat();
    (series.fill, series.unit_of) = (vec![0.0; 120], vec![0; 120]);
    (of.scores, of.selected, of.truth) = (vec![1.0], vec![true], Some(vec![true]));
    let marks = lines(&draw(&of).elements, Palette::of(Theme::Light).annotation);
    assert_eq!(marks.iter().filter(|line| line.len() == 61).count(), 1, "one band over all points");
    assert_eq!(marks.len(), 2, "and the ring of the legend");
}

/// The frame of the plane and the words in it.
fn plane_of(elements: &[Element]) -> Option<(unmask::figure::Rect, Vec<&Text>)> {
    elements.iter().find_map(|element| match element {
        Element::Group { name: "plane", clip: Some(clip), elements } => {
            let words = elements.iter().filter_map(|element| match element {
                Element::Text(text) => Some(text),
                _ => None,
            });
            Some((*clip, words.collect()))
        }
        Element::Group { elements, .. } => plane_of(elements),
        _ => None,
    })
}

#[test]
fn where_a_path_begins_is_written_inside_its_frame_in_every_corner() {
    for (x, y) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), (0.0, 1.0), (1.0, 0.0)] {
        let mut of = steps(View::Overlay, Form::Path);
        of.series.as_mut().unwrap().values = [vec![x; 12], vec![y; 12]].concat();
        let figure = draw(&of);
        let (frame, words) = plane_of(&figure.elements).expect("a plane");
        assert_eq!(words.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["start"], "{x} {y}");
        for text in words {
            let wide = fonts::width(&text.text, text.size);
            let left = if text.anchor == Anchor::End { text.at.x - wide } else { text.at.x };
            assert!(left >= frame.x && left + wide <= frame.right(), "{x} {y}: {left} in {frame:?}");
            let (top, bottom) = (text.at.y - fonts::cap_height(text.size), text.at.y);
            assert!(top >= frame.y && bottom <= frame.bottom(), "{x} {y}: {top} to {bottom} in {frame:?}");
        }
    }
}

#[test]
fn long_names_of_channels_stay_within_the_page() {
    for form in [Form::Stacked, Form::Overlaid, Form::Path] {
        let mut of = steps(View::Overlay, form);
        let long =
            |what: &str| format!("{what} velocity of the pointer over the whole of a very wide screen, smoothed");
        of.series.as_mut().unwrap().names = vec![long("horizontal"), long("vertical")];
        for figure in [sheet(&vec![of.clone(); 2], &SheetLayout::default()).unwrap(), draw(&of)] {
            for text in figure.texts().into_iter().filter(|text| text.anchor == Anchor::Start) {
                let right = text.at.x + fonts::width(&text.text, text.size);
                assert!(right <= figure.width, "{form:?}: \"{}\" ends at {right} of {}", text.text, figure.width);
            }
        }
    }
}

#[test]
fn a_map_has_a_cell_for_each_value_in_the_colour_of_its_part() {
    let of = steps(View::Selected, Form::Map);
    let series = of.series.as_ref().unwrap();
    let range = unmask::figure::color::Range::robust(&of.scores, Scale::Sequential);
    let kept = cells(&of, series, Panel::Selected, range);
    let hidden = cells(&of, series, Panel::Unselected, range);
    assert_eq!(kept.len(), 24);
    for at in 0..24 {
        assert_eq!(kept[at].is_some(), [1, 3].contains(&(at % 12 / 3)), "{at}");
        assert!(kept[at].is_some() != hidden[at].is_some(), "each value is in exactly one part");
    }
    let raster = first_image(&draw(&of));
    assert_eq!((raster.pixels.width, raster.pixels.height), (2, 12), "channels across, steps down");
}

#[test]
fn a_row_names_values_ranks_and_bars_and_hides_what_is_hidden() {
    let palette = Palette::of(Theme::Light);
    let figure = draw(&row(View::Overlay));
    let said = texts(&figure);
    for part in ["age", "39", "capital-gain", "2174", "Sales", "1 of 3 columns", "not selected"] {
        assert!(said.contains(part), "\"{part}\" is missing in: {said}");
    }
    let bars = |figure: &Figure, color: Color| filled(&figure.elements, &|fill| fill == color);
    // The bar of the selected column, and the swatch of the legend, share one colour; the largest score fills its track.
    let (selected, others) = (bars(&figure, palette.selected), bars(&figure, palette.unselected));
    let track = bars(&figure, palette.track)[0].width;
    assert!((selected[0].width - track).abs() < 1e-3);
    assert!((others[0].width - track * 0.25).abs() < 1e-3 && (others[1].width - track * 0.5).abs() < 1e-3);
    let only = texts(&draw(&row(View::Selected)));
    assert!(only.contains("2174") && !only.contains(" 39 ") && only.contains("hidden (38.6)"), "{only}");
    for format in [Format::Png, Format::Svg, Format::Pdf] {
        assert!(encode(&figure, format, 2.0).unwrap().len() > 500);
    }
}

#[test]
fn several_methods_and_several_items_share_a_page() {
    for of in [steps(View::Overlay, Form::Path), row(View::Overlay)] {
        let other = ExplainedPicture { method: "L2X".to_owned(), ..of.clone() };
        let both = compare(&[of.clone(), other], &CompareLayout::default()).unwrap();
        assert!(texts(&both).contains("(a) MEED") && texts(&both).contains("(b) L2X"), "{}", texts(&both));
        let many = sheet(&vec![of; 5], &SheetLayout::default()).unwrap();
        assert!(many.description.contains("5 items"));
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let mut of = steps(View::Overlay, Form::Stacked);
    of.series.as_mut().unwrap().values.pop();
    let sentence = picture(&of, &PictureLayout::default()).unwrap_err().to_string();
    assert!(sentence.contains("the number of values should be 24, but is 23"), "{sentence}");
    let mut of = steps(View::Overlay, Form::Path);
    of.series.as_mut().unwrap().names.push("z".to_owned());
    assert!(picture(&of, &PictureLayout::default()).is_err());
    let mut of = row(View::Overlay);
    of.row.as_mut().unwrap().ranks.pop();
    assert!(
        picture(&of, &PictureLayout::default()).unwrap_err().to_string().contains("the number of ranks should be 3")
    );
    // A kept figure is read again as it was written; files from before know neither.
    let of = steps(View::Overlay, Form::Overlaid);
    let text = serde_json::to_string(&of).unwrap();
    assert_eq!(serde_json::from_str::<ExplainedPicture>(&text).unwrap(), of);
    assert!(!serde_json::to_string(&ring(View::Overlay, Hidden::Hatched)).unwrap().contains("series"));
}

#[test]
fn a_map_numbers_steps_and_channels_under_their_cells_and_draws_no_bar_without_height() {
    let (n_steps, n_channels) = (3, 48);
    let n = n_steps * n_channels;
    let of = |name: &dyn Fn(usize) -> String| ExplainedPicture {
        scores: vec![0.0; n],
        // Half of the first 16 channels.
        selected: (0..n).map(|unit| unit / n_steps < 8).collect(),
        unit_noun: "values".to_owned(),
        series: Some(ExplainedSeries {
            steps: n_steps,
            names: (0..n_channels).map(name).collect(),
            values: vec![1.0; n],
            fill: vec![0.0; n],
            unit_of: (0..n as u32).collect(),
            form: Form::Map,
            movement: Movement::default(),
            group: None,
            picked: Vec::new(),
            scales: Scales::default(),
        }),
        ..steps(View::Overlay, Form::Map)
    };
    // Where the data name no groups, none are made up, and numbers say all that names would.
    let figure = draw(&of(&|channel| format!("channel {channel}")));
    let said = texts(&figure);
    assert!(!said.contains("group"), "{said}");
    let across = |label: &str| {
        let under = figure.texts().into_iter().filter(|text| text.text == label && text.anchor == Anchor::Middle);
        under.map(|text| text.at.x).collect::<Vec<_>>()
    };
    let places: Vec<f32> = ["0", "10", "20", "30", "40"].iter().flat_map(|label| across(label)).collect();
    assert_eq!(places.len(), 5, "a number of its own for every tenth channel");
    let apart: Vec<f32> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(apart.iter().all(|by| *by > 0.0 && (by - apart[0]).abs() < 1e-2), "{apart:?}");
    let down: Vec<&str> =
        figure.texts().into_iter().filter(|text| text.anchor == Anchor::End).map(|text| text.text.as_str()).collect();
    assert!(down.starts_with(&["step", "0", "1", "2"]), "{down:?}");
    assert!(said.contains("3 time steps by 48 channels: channel 0 … channel 47"), "{said}");
    let figure = draw(&of(&|channel| format!("g{}/f{}", channel / 16, channel % 16)));
    let said = texts(&figure);
    assert!(said.contains("selected of each group: g0: 50 %"), "{said}");
    let palette = Palette::of(Theme::Light);
    let bars = filled(&figure.elements, &|fill| fill == palette.selected);
    assert!(bars.iter().all(|bar| bar.height > 0.0));
}

#[test]
fn the_edge_of_selected_cells_of_a_long_map_is_seen() {
    let n = 200 * 2;
    let mut of = steps(View::Heat, Form::Map);
    (of.scores, of.selected) = ((0..n).map(|unit| unit as f32).collect(), (0..n).map(|unit| unit % 50 > 40).collect());
    let series = of.series.as_mut().unwrap();
    (series.steps, series.values, series.fill) = (200, vec![1.0; n], vec![0.0; n]);
    series.unit_of = (0..n as u32).collect();
    // Cells of one point by 1.2 points.
    let marks = map_marks(&of, of.series.as_ref().unwrap(), Panel::Heat, rect(0.0, 0.0, 2.0, 240.0));
    let strokes: Vec<(Color, f32)> = marks
        .iter()
        .filter_map(|mark| match mark {
            Element::Path(path) => path.stroke.map(|stroke| (stroke.color, stroke.width)),
            _ => None,
        })
        .collect();
    let selected = Palette::of(Theme::Light).selected;
    assert!(strokes.iter().any(|(color, width)| *color == selected && *width >= 0.8), "{strokes:?}");
}

#[test]
fn hidden_steps_are_gaps_of_the_path() {
    let palette = Palette::of(Theme::Light);
    let longest = |view: View, color: Color| {
        lines(&draw(&steps(view, Form::Path)).elements, color).iter().map(Vec::len).max().unwrap_or_default()
    };
    assert_eq!(longest(View::Overlay, palette.full), 13, "twelve steps lead over thirteen points");
    // What the model gets at hidden steps of the curves is drawn in this colour, three steps at a time.
    assert_eq!(longest(View::Selected, palette.hairline), 3, "nothing leads over hidden steps");
}

#[test]
fn equal_scores_are_said_to_select_by_position() {
    let said = |scores: [f32; 3], selected: [bool; 3]| {
        let of = ExplainedPicture { scores: scores.to_vec(), selected: selected.to_vec(), ..row(View::Overlay) };
        texts(&draw(&of)).contains("All scores are equal: the selection is by position")
    };
    assert!(said([0.0; 3], [true, false, false]) && said([-0.5; 3], [true, true, false]));
    assert!(!said([0.0, 0.1, 0.0], [true, false, false]), "they differ");
    assert!(!said([0.0; 3], [false, true, false]), "chosen otherwise");
    assert!(!said([0.0; 3], [true; 3]) && !said([0.0; 3], [false; 3]), "nothing is chosen among them");
}

#[test]
fn names_of_channels_stand_under_a_map_as_many_as_have_room() {
    let names: Vec<String> = (0..24).map(|channel| format!("Fp{channel}")).collect();
    // Three to four letters, each 5 wide.
    let width = |words: &str| 5.0 * words.chars().count() as f32;
    let by = |cell: f32| named_columns(&names, 0..24, (cell, 60.0), &width).map(|named| named.by);
    assert_eq!(
        [by(24.0), by(23.0), by(12.0), by(11.0), by(4.8), by(4.7)],
        [Some(1), Some(2), Some(2), Some(5), Some(5), None]
    );
    // Longer names are cut, where there is room for what is left of them.
    let long = |words: &str| 500.0 + words.len() as f32;
    assert_eq!(named_columns(&names, 0..24, (13.0, 60.0), &long).map(|named| (named.by, named.room)), Some((5, 61.0)));
    assert_eq!(named_columns(&names, 0..24, (12.0, 60.0), &long), None);
    let numbered: Vec<String> = (0..24).map(|channel| format!("channel {channel}")).collect();
    assert_eq!(named_columns(&numbered, 0..24, (90.0, 60.0), &width), None, "numbers say as much");
    // None is cut off by the edge of the page.
    let mut of = wide(24, &[3], Form::Map);
    of.series.as_mut().unwrap().names = names;
    let figure = draw(&of);
    let named: Vec<&Text> = figure.texts().into_iter().filter(|text| text.text.starts_with("Fp")).collect();
    assert!(named.len() >= 5, "{}", texts(&figure));
    assert!(named.iter().all(|text| text.at.x + fonts::width(&text.text, text.size) / 2.0 <= figure.width));
}

#[test]
fn groups_that_are_named_do_not_pass_for_all() {
    let group = |at: usize| Group { name: format!("g{at}"), channels: at * 8..(at + 1) * 8, share: 0.1 * at as f32 };
    let of = |n: usize| highest_groups(&(0..n).map(group).collect::<Vec<_>>());
    assert_eq!(of(1), "");
    assert_eq!(of(3), "selected of each group: g2: 20 %, g1: 10 %");
    assert_eq!(of(7), "most selected in g6 (60 %), g5 (50 %), g4 (40 %), g3 (30 %)");
}

#[test]
fn two_channels_are_a_path_only_where_their_names_say_so_and_positions_are_not_added_up() {
    let usual = |names: [&str; 2]| Form::or_usual(None, 2, &names.map(str::to_owned));
    assert_eq!(usual(["x velocity", "y velocity"]), Form::Path);
    assert_eq!(usual(["x", "y"]), Form::Path);
    assert_eq!(usual(["temperature", "pressure"]), Form::Stacked);
    assert_eq!(Form::or_usual(None, 2, &[]), Form::Stacked, "channels without names");
    assert_eq!(Form::or_usual(Some(Form::Path), 2, &[]), Form::Path, "where it is asked for");
    let mut of = steps(View::Overlay, Form::Path);
    assert!(texts(&draw(&of)).contains("path (from x velocity and y velocity"));
    let series = of.series.as_mut().unwrap();
    assert_eq!(series.path_words()[0], "path (from x velocity and y velocity, y downwards)");
    series.names = ["x", "y"].map(str::to_owned).to_vec();
    series.movement = Movement::named(&series.names).unwrap();
    let path = series.path();
    assert_eq!((path.len(), path[0], path[3]), (12, [0.0, 2.0], [3.0, -2.0]), "a point for each step, as it is");
    let said = texts(&draw(&of));
    assert!(said.contains("path (from x and y, y upwards)") && !said.contains("velocities"), "{said}");
    let strong = lines(&draw(&of).elements, Palette::of(Theme::Light).selected);
    assert_eq!(strong.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3], "three steps are three points");
    // One step alone is a dot, in every format.
    (of.scores, of.selected) = (vec![0.0; 12], (0..12).map(|unit| unit == 11).collect());
    of.series.as_mut().unwrap().unit_of = (0..24).map(|at| at % 12).collect();
    of.truth = Some((0..12).map(|unit| unit == 11).collect());
    for format in [Format::Png, Format::Svg, Format::Pdf] {
        assert!(encode(&draw(&of), format, 1.0).unwrap().len() > 500);
    }
    // Files from before know only velocities.
    let mut old = serde_json::to_value(steps(View::Overlay, Form::Path)).unwrap();
    old["series"].as_object_mut().unwrap().remove("movement").unwrap();
    assert_eq!(serde_json::from_value::<ExplainedPicture>(old).unwrap(), steps(View::Overlay, Form::Path));
}

/// A series of `n` channels of three steps, each value a unit of its own; those of the channels in `chosen` are selected.
pub(super) fn wide(n: usize, chosen: &[usize], form: Form) -> ExplainedPicture {
    let values: Vec<f32> = (0..3 * n).map(|at| (at % 7) as f32 - 3.0).collect();
    ExplainedPicture {
        scores: vec![0.0; 3 * n],
        selected: (0..3 * n).map(|unit| chosen.contains(&(unit / 3))).collect(),
        unit_noun: "values".to_owned(),
        series: Some(ExplainedSeries {
            steps: 3,
            names: (0..n).map(|channel| format!("c{channel}.")).collect(),
            values,
            fill: vec![0.0; 3 * n],
            unit_of: (0..3 * n as u32).collect(),
            form,
            movement: Movement::default(),
            group: None,
            picked: Vec::new(),
            scales: Scales::default(),
        }),
        ..steps(View::Overlay, form)
    }
}

#[test]
fn of_many_channels_those_with_most_selected_steps_are_drawn_as_curves() {
    // Channel 640 has one selected step, the others have three.
    let chosen = [600, 4, 77, 500, 3, 642, 88, 99];
    for form in [Form::Stacked, Form::Overlaid] {
        let mut of = wide(643, &chosen, form);
        of.selected[3 * 640] = true;
        let part = shown(&of, of.series.as_ref().unwrap());
        assert_eq!(part.channels, [3, 4, 77, 88, 99, 500, 600, 642], "{form:?}: in their order");
        let figure = draw(&of);
        let said = texts(&figure);
        for words in ["8 of 643 channels: those with most selected steps", "c77.", "c642.", "time step"] {
            assert!(said.contains(words), "{form:?}: \"{words}\" is missing in: {said}");
        }
        assert!(!said.contains("c5.") && figure.description.contains("8 of 643 channels"), "{said}");
        for format in [Format::Png, Format::Svg, Format::Pdf] {
            assert!(encode(&figure, format, 1.0).unwrap().len() > 500);
        }
    }
    // Where a step is selected in all channels none is ahead; few channels are all drawn, and nothing is said.
    let all: Vec<usize> = (0..20).collect();
    let of = wide(20, &all, Form::Stacked);
    let part = shown(&of, of.series.as_ref().unwrap());
    assert_eq!(part.channels, (0..8).collect::<Vec<usize>>());
    assert_eq!(part.part.as_deref(), Some("8 of 20 channels: the first, since all have as many selected steps"));
    for (n, form) in [(12, Form::Stacked), (8, Form::Overlaid), (643, Form::Map)] {
        let of = wide(n, &chosen, form);
        let part = shown(&of, of.series.as_ref().unwrap());
        assert_eq!((part.channels.len(), part.part), (n, None), "{form:?}");
    }
}

#[test]
fn of_a_chosen_group_those_with_selected_steps_are_drawn_as_curves() {
    for form in [Form::Stacked, Form::Overlaid] {
        let mut of = wide(60, &[5, 21, 39], form);
        let series = of.series.as_mut().unwrap();
        series.names = (0..60).map(|channel| format!("g{}/f{}", channel / 20, channel % 20)).collect();
        series.group = Some(20);
        let part = shown(&of, of.series.as_ref().unwrap());
        assert_eq!(part.channels, [21, 39], "{form:?}: none without a selected step");
        let figure = draw(&of);
        let said = texts(&figure);
        let words = "2 of 20 channels of g1: all that have selected steps";
        assert!(said.contains(words) && said.contains("g1/f19") && !said.contains("g0/f5"), "{said}");
        assert!(figure.description.contains(words), "{}", figure.description);
    }
    let part = |names: &dyn Fn(usize) -> String, group: usize, form: Form| {
        let mut of = wide(60, &[5, 21, 39], form);
        let series = of.series.as_mut().unwrap();
        (series.names, series.group) = ((0..60).map(names).collect(), Some(group));
        let shown = shown(&of, of.series.as_ref().unwrap());
        (shown.channels.len(), shown.part.unwrap_or_default())
    };
    let by_six = |channel: usize| format!("g{}/f{}", channel / 6, channel % 6);
    assert_eq!(part(&by_six, 6, Form::Stacked), (6, "all 6 channels of g1".to_owned()));
    // Channels that are in no group beside others that are.
    let unnamed = |channel: usize| format!("{}{channel}", if channel < 32 { "c" } else { "g/f" });
    let block = (1, "1 of channels 16 to 31: the only one with selected steps".to_owned());
    assert_eq!(part(&unnamed, 16, Form::Overlaid), block);
    // What is no group chooses nothing, and a map shows all channels.
    let all = (3, "3 of 60 channels: all that have selected steps".to_owned());
    assert_eq!(part(&by_six, 7, Form::Stacked), all);
    assert_eq!(part(&by_six, 6, Form::Map), (60, String::new()));
    // Files from before know no groups.
    let of = wide(60, &[5], Form::Stacked);
    let written = serde_json::to_value(&of).unwrap();
    assert!(written["series"].get("group").is_none());
    assert_eq!(serde_json::from_value::<ExplainedPicture>(written).unwrap(), of);
}

#[test]
fn a_map_tells_values_below_0_from_those_above_in_grey_and_to_colour_blind_readers() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        for of_side in [Palette::two_sided, Palette::two_sided_selected] {
            let at = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|t| of_side(palette, t));
            for view in std::iter::once(None).chain(DEFICIENCIES.map(Some)) {
                let seen = at.map(|color| view.map_or(color, |deficiency| deficiency.simulate(color)));
                let lightness = seen.map(|color| lab(color)[0]);
                let steps: Vec<f64> = lightness.windows(2).map(|pair| pair[1] - pair[0]).collect();
                assert!(steps.iter().all(|step| *step > 1.0) || steps.iter().all(|step| *step < -1.0), "{lightness:?}");
                assert!(distance(seen[0], seen[4]) > 25.0 && distance(seen[0], seen[2]) > 10.0, "{theme:?} {view:?}");
            }
        }
        // A value below 0 is no empty place.
        assert!(distance(palette.two_sided(-1.0), palette.background) > 10.0, "{theme:?}");
    }
    let of = wide(40, &[0], Form::Map);
    let range = unmask::figure::color::Range::robust(&of.scores, Scale::Sequential);
    let colors = cells(&of, of.series.as_ref().unwrap(), Panel::Overlay, range);
    // Values go from -3 to 3 and begin anew: 3 and 10 are 0, 6 is 3, 7 is -3.
    assert!(colors[6] != colors[7] && colors[3] == colors[10], "-3 and 3 look alike");
    let said = texts(&draw(&of));
    for words in ["selected, value below 0", "above 0", "not selected, value below 0"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("dark is far from 0"), "{said}");
    // With one sign dark is far from 0, as it was.
    let mut plain = of;
    plain.series.as_mut().unwrap().values.iter_mut().for_each(|value| *value += 3.0);
    assert!(texts(&draw(&plain)).contains("value: dark is far from 0"));
    // A sheet of both kinds explains both, whichever comes first.
    let both = wide(40, &[0], Form::Map);
    for pictures in [[plain.clone(), both.clone()], [both, plain]] {
        let said = texts(&sheet(&pictures, &SheetLayout::default()).unwrap());
        assert!(said.contains("dark is far from 0") && said.contains("selected, value below 0"), "{said}");
    }
}

#[test]
fn curves_of_some_channels_are_not_flattened_by_one_that_is_not_drawn() {
    let chosen: Vec<usize> = (0..8).collect();
    let said = |of: &ExplainedPicture| texts(&draw(of));
    let mut of = wide(20, &chosen, Form::Overlaid);
    let before = said(&of);
    // Channel 19 is none of the drawn ones.
    of.series.as_mut().unwrap().values[57] = 4000.0;
    assert_eq!(said(&of), before, "the numbers of the axis are those of what is drawn");
    of.series.as_mut().unwrap().values[0] = 4000.0;
    assert_ne!(said(&of), before);
}
