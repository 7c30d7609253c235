//! Scales of series in figures: channels of other ranges, fills far from the values, scores behind the curves, channels that were picked.

use unmask::figure::color::Range;
use unmask::figure::layout::series::{Form, OWN_SCALES, Scales, cells, heat_runs, shown};

use super::series::{draw, filled, lines, steps, texts, wide};
use super::*;

/// Vibration, temperature and current of a machine, 12 steps in segments of three, the second and the last selected.
fn machine(view: View, form: Form) -> ExplainedPicture {
    let mut of = steps(view, form);
    let series = of.series.as_mut().unwrap();
    let wave = |low: f32, high: f32| (0..12).map(move |step| low + (high - low) * (step * 5 % 12) as f32 / 11.0);
    series.names = ["vibration", "temperature", "current"].map(str::to_owned).to_vec();
    series.values = wave(-1.0, 2.0).chain(wave(59.0, 62.0)).chain(wave(4.5, 5.5)).collect();
    series.fill = vec![0.0; 36];
    series.unit_of = (0..36).map(|at| (at % 12 / 3) as u32).collect();
    // Answers have bars and marks in the colours of lines.
    of.prediction = None;
    of
}

/// From the highest to the lowest point of a line.
fn height(line: &[unmask::figure::Point]) -> f32 {
    let y = || line.iter().map(|at| at.y);
    y().fold(f32::MIN, f32::max) - y().fold(f32::MAX, f32::min)
}

/// The frames of the plots of a figure.
fn frames(elements: &[Element]) -> Vec<unmask::figure::Rect> {
    let mut out = Vec::new();
    for element in elements {
        match element {
            Element::Group { name: "plot", clip: Some(clip), .. } => out.push(*clip),
            Element::Group { elements, .. } => out.extend(frames(elements)),
            _ => {}
        }
    }
    out
}

#[test]
fn channels_of_other_ranges_share_a_plot_without_being_flat_and_the_axis_says_so() {
    let palette = Palette::of(Theme::Light);
    let of = machine(View::Overlay, Form::Overlaid);
    let heights = |of: &ExplainedPicture| -> Vec<f32> {
        let figure = draw(of);
        let frame = frames(&figure.elements)[0].height;
        let of_color =
            |color: &Color| lines(&figure.elements, *color).iter().map(|line| height(line)).fold(0.0, f32::max);
        palette.lines.iter().take(3).map(|color| of_color(color) / frame).collect()
    };
    assert!(heights(&of).iter().all(|share| *share > 0.8), "{:?}", heights(&of));
    let said = texts(&draw(&of));
    for words in [OWN_SCALES, "temperature, 59 to 62", "vibration, \u{2212}1 to 2", "low", "high"] {
        assert!(said.contains(words), "\"{words}\" is missing in: {said}");
    }
    // On one scale, where that is asked for, they are as flat as they are.
    let mut one = of;
    one.series.as_mut().unwrap().scales = Scales::One;
    assert!(heights(&one).iter().all(|share| *share < 0.1), "{:?}", heights(&one));
    assert!(!texts(&draw(&one)).contains(OWN_SCALES));
}

#[test]
fn a_map_of_channels_of_other_ranges_colours_each_on_its_own_scale() {
    let of = machine(View::Unselected, Form::Map);
    let series = of.series.as_ref().unwrap();
    let range = Range::robust(&of.scores, Scale::Sequential);
    let colors = cells(&of, series, Panel::Input, range);
    for channel in 1..3 {
        // All three follow one wave.
        assert_eq!(colors[channel * 12..(channel + 1) * 12], colors[..12], "{}", series.names[channel]);
    }
    assert_ne!(colors[0], colors[7], "the lowest and the highest");
    let said = texts(&draw(&of));
    for words in ["lowest", "highest", "value in its channel", "time runs down", "vibration"] {
        assert!(said.contains(words), "\"{words}\" is missing in: {said}");
    }
    let one = unmask::figure::layout::ExplainedSeries { scales: Scales::One, ..series.clone() };
    let colors = cells(&of, &one, Panel::Input, range);
    assert_ne!(colors[12..24], colors[..12]);
}

#[test]
fn a_fill_far_from_the_values_leaves_the_axis_of_the_curve_and_is_dashed_at_its_end() {
    let palette = Palette::of(Theme::Light);
    let figure = draw(&machine(View::Selected, Form::Stacked));
    let frames = frames(&figure.elements);
    let kept = lines(&figure.elements, palette.selected);
    // Two runs in each of three channels.
    assert_eq!(kept.len(), 6);
    for (at, frame) in frames.iter().enumerate() {
        let of_channel = [height(&kept[2 * at]), height(&kept[2 * at + 1])];
        assert!(
            of_channel.iter().any(|of| *of > 0.3 * frame.height),
            "channel {at}: {of_channel:?} of {}",
            frame.height
        );
    }
    // Two hidden runs of three points in the first channel, whose values reach 0; cut into dashes in the others, at the bottom.
    let pale = lines(&figure.elements, palette.hairline);
    let inside = |frame: &unmask::figure::Rect| {
        pale.iter().filter(|line| line.iter().all(|at| at.y >= frame.y - 0.1 && at.y <= frame.bottom() + 0.1)).count()
    };
    let [vibration, temperature, current] = [0, 1, 2].map(|at| inside(&frames[at]));
    assert!(temperature > vibration && current > vibration, "{vibration}, {temperature}, {current}");
    assert!(texts(&figure).contains("dashed: beyond the axis"), "{}", texts(&figure));
    assert!(!texts(&draw(&steps(View::Selected, Form::Stacked))).contains("dashed"), "0 is among those values");
}

#[test]
fn scores_are_colours_behind_the_values_with_a_bar_that_tells_them() {
    let palette = Palette::of(Theme::Light);
    for form in [Form::Stacked, Form::Overlaid] {
        let of = machine(View::Heat, form);
        let series = of.series.as_ref().unwrap();
        let range = Range::robust(&of.scores, Scale::Sequential);
        let behind = heat_runs(&of, series, &[0], range);
        assert_eq!(behind.iter().map(|run| (run.0, run.1)).collect::<Vec<_>>(), [(0, 3), (3, 6), (6, 9), (9, 12)]);
        let figure = draw(&of);
        let n_plots = if form == Form::Stacked { 3 } else { 1 };
        for (_, _, color) in behind {
            assert_eq!(filled(&figure.elements, &|fill| fill == color).len(), n_plots, "{form:?}");
        }
        let of_values = if form == Form::Stacked { palette.full } else { palette.lines[1] };
        let curves = lines(&figure.elements, of_values);
        assert!(curves.iter().any(|line| line.len() == 12), "{form:?}: the values stay");
        // Two runs of selected steps under each other's bars, and the swatch of the legend.
        let bars = filled(&figure.elements, &|fill| fill == palette.selected);
        assert_eq!(bars.len(), 2 * n_plots + 1, "{form:?}");
        let said = texts(&figure);
        assert!(said.contains("score") && said.contains("0.2") && figure.description.contains("behind it"), "{said}");
    }
    // Where channels have scores of their own the highest of a step is behind all of them.
    let mut of = wide(2, &[], Form::Overlaid);
    of.scores = vec![0.1, 0.9, 0.3, 0.2, 0.4, f32::NEG_INFINITY];
    let behind = unmask::figure::layout::series::scores_behind(&of, of.series.as_ref().unwrap(), &[0, 1]);
    assert_eq!(behind, [0.2, 0.9, 0.3]);
}

#[test]
fn channels_that_were_picked_are_drawn_and_no_others() {
    for form in [Form::Stacked, Form::Overlaid] {
        let mut of = wide(24, &[0, 1], form);
        let mut part = |picked: &[usize]| {
            of.series.as_mut().unwrap().picked = picked.to_vec();
            shown(&of, of.series.as_ref().unwrap())
        };
        let some = part(&[3, 17]);
        assert_eq!(
            (some.channels, some.part.as_deref()),
            (vec![3, 17], Some("2 of 24 channels: as picked")),
            "{form:?}"
        );
        let page = part(&(8..16).collect::<Vec<_>>());
        assert_eq!(page.part.as_deref(), Some("channels 8 to 15 of 24"));
        assert_eq!(part(&[5]).part.as_deref(), Some("channel 5 of 24"));
        // Of another series some may be none of its own.
        assert_eq!(part(&[2, 99]).channels, [2]);
        assert_eq!(part(&[99]).channels, [0, 1], "as usual");
    }
    let mut of = wide(24, &[0], Form::Stacked);
    let series = of.series.as_mut().unwrap();
    series.picked = vec![3, 17];
    let said = texts(&draw(&of));
    assert!(said.contains("c17.") && !said.contains("c0."), "{said}");
    // A file of before knows neither picked channels nor scales.
    let mut written = serde_json::to_value(wide(24, &[0], Form::Map)).unwrap();
    assert!(written["series"].as_object_mut().unwrap().remove("scales").is_some());
    assert_eq!(serde_json::from_value::<ExplainedPicture>(written).unwrap(), wide(24, &[0], Form::Map));
}
