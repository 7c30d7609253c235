//! Colours: contrast, colour-blind readers, scales, ranges, ticks.

use unmask::figure::color::{Range, Scale, contrast, rank_positions, ticks};
use unmask::figure::layout::text::readable_on;
use unmask::figure::vision::{DEFICIENCIES, distance, lab};
use unmask::figure::{Color, Palette, Theme};

#[test]
fn palettes_have_contrast() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        let on_page = |color| contrast(color, palette.background);
        assert!(on_page(palette.ink) >= 7.0);
        assert!(on_page(palette.ink_muted) >= 4.5);
        for mark in [palette.selected, palette.unselected, palette.full, palette.annotation] {
            assert!(on_page(mark) >= 3.0, "{theme:?} {mark:?}: {}", on_page(mark));
        }
        // The outline lies over pixels of the input, black and white alike, and over hidden ones.
        for under in [Color::grey(0), palette.hidden] {
            assert!(contrast(palette.selected, under) >= 3.0, "{theme:?} on {under:?}");
        }
    }
    // WCAG's own examples of the extremes.
    assert!((contrast(Color::grey(0), Color::grey(255)) - 21.0).abs() < 1e-9);
    assert!((contrast(Color::hex(0x777777), Color::grey(255)) - 4.48).abs() < 0.01);
}

#[test]
fn selected_and_unselected_stay_apart_for_colour_blind_readers() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        let pairs = [
            (palette.selected, palette.unselected),
            (palette.selected, palette.background),
            (palette.unselected, palette.background),
            (palette.selected, palette.full),
            (palette.selected, palette.annotation),
            (palette.unselected, palette.annotation),
        ];
        for (a, b) in pairs {
            assert!(distance(a, b) > 25.0);
            for deficiency in DEFICIENCIES {
                let seen = distance(deficiency.simulate(a), deficiency.simulate(b));
                assert!(seen > 20.0, "{theme:?}, {deficiency:?}: {a:?} and {b:?} are {seen:.1} apart");
            }
        }
    }
}

#[test]
fn lines_that_share_a_plot_stay_apart_for_colour_blind_readers() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        let deepest = palette.background.mix(palette.selected, 0.5);
        for (at, &line) in palette.lines.iter().enumerate() {
            assert!(contrast(line, palette.background) >= 3.0 && contrast(line, deepest) >= 2.0, "{theme:?}: {line:?}");
            for view in std::iter::once(None).chain(DEFICIENCIES.map(Some)) {
                let seen = |color: Color| view.map_or(color, |deficiency| deficiency.simulate(color));
                let others = palette.lines[at + 1..].iter().map(|other| (*other, 28.0));
                // What truly decides the class, and what is hidden, are drawn in the same plots.
                for (other, least) in others.chain([(palette.annotation, 20.0), (palette.hairline, 20.0)]) {
                    let apart = distance(seen(line), seen(other));
                    assert!(apart > least, "{theme:?}, {view:?}: {line:?} and {other:?} are {apart:.1} apart");
                }
            }
        }
    }
}

#[test]
fn scales_keep_their_order_for_colour_blind_readers() {
    let lightness = |color: Color| lab(color)[0];
    let views = || std::iter::once(None).chain(DEFICIENCIES.map(Some));
    for (view, theme) in views().flat_map(|view| [Theme::Light, Theme::Dark].map(|theme| (view, theme))) {
        let palette = Palette::of(theme);
        let seen = |scale: Scale, t: f32| {
            let color = scale.color(palette, t);
            lightness(view.map_or(color, |deficiency| deficiency.simulate(color)))
        };
        for i in 0..50 {
            let (a, b) = (i as f32 / 50.0, (i + 1) as f32 / 50.0);
            let (low, high) = (seen(Scale::Sequential, a), seen(Scale::Sequential, b));
            assert!(high > low, "{view:?}: sequential falls from {low} to {high} at {a}");
        }
        // Signed: as light as the page in the middle; from there darker towards both ends on a light page, lighter on a dark one.
        let grows = |a: f32, b: f32| match theme {
            Theme::Light => seen(Scale::Signed, a) < seen(Scale::Signed, b),
            Theme::Dark => seen(Scale::Signed, a) > seen(Scale::Signed, b),
        };
        for i in 0..10 {
            let (a, b) = (i as f32 / 20.0, (i + 1) as f32 / 20.0);
            assert!(grows(a, b), "{theme:?}, {view:?} at {a}");
            assert!(grows(1.0 - a, 1.0 - b), "{theme:?}, {view:?} at {}", 1.0 - a);
        }
        let ends = [0.1, 0.9].map(|t| Scale::Signed.color(palette, t));
        let ends = ends.map(|color| view.map_or(color, |deficiency| deficiency.simulate(color)));
        assert!(distance(ends[0], ends[1]) > 20.0, "{theme:?}, {view:?}: for and against look alike");
    }
}

#[test]
fn what_says_nothing_recedes_into_the_page_and_what_says_most_stands_out_from_it() {
    for theme in [Theme::Light, Theme::Dark] {
        let palette = Palette::of(theme);
        let on_page = |t: f32| contrast(Scale::Signed.color(palette, t), palette.background);
        assert!(on_page(0.5) < 1.2, "{theme:?}: zero glares at {:.1} : 1", on_page(0.5));
        for end in [0.0, 1.0] {
            assert!(on_page(end) > 7.0, "{theme:?}: the end {end} is lost at {:.1} : 1", on_page(end));
        }
        // A number or a word on it can be read whatever it says.
        for i in 0..=100 {
            let ground = Scale::Signed.color(palette, i as f32 / 100.0);
            assert!(contrast(readable_on(ground), ground) >= 4.5, "{theme:?} at {i} %");
        }
    }
}

#[test]
fn vision_model_keeps_grey_and_lab_has_known_values() {
    for deficiency in DEFICIENCIES {
        for level in [0, 90, 255] {
            let [r, g, b, _] = deficiency.simulate(Color::grey(level)).0;
            assert!([r, g, b].iter().all(|v| v.abs_diff(level) <= 1), "{deficiency:?} tints grey {level}: {r} {g} {b}");
        }
    }
    // sRGB red under D65, from the CIE formulas: 53.24, 80.09, 67.20.
    let [l, a, b] = lab(Color::hex(0xFF0000));
    assert!((l - 53.24).abs() < 0.01 && (a - 80.09).abs() < 0.02 && (b - 67.20).abs() < 0.02, "{l} {a} {b}");
}

#[test]
fn ranges_are_robust_and_symmetric_where_signs_matter() {
    let mut scores: Vec<f32> = (0..1000).map(|i| i as f32 / 1000.0).collect();
    scores[500] = 1e6;
    let range = Range::robust(&scores, Scale::Sequential);
    assert!(range.high < 1.0 && range.above, "{range:?}");
    assert!(range.low >= 0.0 && range.low < 0.01, "{range:?}");
    let signed = Range::robust(&[-1.0, 0.0, 3.0], Scale::Signed);
    assert_eq!((signed.low, signed.high), (-3.0, 3.0));
    assert_eq!(signed.position(0.0), 0.5);
    for odd in [vec![], vec![f32::NAN], vec![2.0; 5], vec![0.0; 5], vec![f32::MIN, f32::MAX]] {
        for scale in [Scale::Sequential, Scale::Signed] {
            let range = Range::robust(&odd, scale);
            assert!(range.low < range.high, "{odd:?}: {range:?}");
            assert!(odd.iter().all(|s| s.is_nan() || (0.0..=1.0).contains(&range.position(*s))));
        }
    }
    // One bright pixel among hundreds of zeros must not vanish.
    let mut sparse = vec![0.0; 784];
    sparse[17] = 0.3;
    assert_eq!(Range::robust(&sparse, Scale::Sequential).position(0.3), 1.0);
    assert_eq!(Range::robust(&sparse, Scale::Sequential).position(0.0), 0.0);
}

#[test]
fn ticks_are_round_numbers_inside_the_range() {
    let labels = |low: f32, high: f32, most| {
        let range = Range { low, high, below: false, above: false };
        ticks(range, most).into_iter().map(|tick| tick.label).collect::<Vec<_>>()
    };
    assert_eq!(labels(0.0, 1.0, 6), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(labels(-3.0, 3.0, 5), ["−2", "0", "2"]);
    assert_eq!(labels(0.013, 0.297, 4), ["0.1", "0.2"]);
    assert_eq!(labels(0.0, 3e-7, 4), ["0", "1e−7", "2e−7", "3e−7"]);
    assert_eq!(labels(0.0, 45_000.0, 5), ["0", "10000", "20000", "30000", "40000"]);
    assert!(labels(1.0, 1.0, 5).is_empty());
    assert!(labels(f32::MIN, f32::MAX, 5).len() <= 5);
}

#[test]
fn ties_share_their_rank() {
    assert_eq!(rank_positions(&[3.0, 1.0, 3.0, 0.0]), [5.0 / 6.0, 1.0 / 3.0, 5.0 / 6.0, 0.0]);
    assert_eq!(rank_positions(&[1.0, 1.0]), [1.0, 1.0]);
    assert_eq!(rank_positions(&[]), Vec::<f32>::new());
}
