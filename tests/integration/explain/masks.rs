//! Masks: exactly k units, ties by position, S and S̄ partition the input, patches that do not divide the picture.

use proptest::prelude::*;
use tch::{Device, Kind, Tensor};
use unmask::data::table::CATEGORY;
use unmask::data::{Rows, Shape, Unit, Units};
use unmask::explain::learn::concrete::{gather, spread};
use unmask::explain::mask::{fill_rows, iou, keep_only, whole_rows};
use unmask::explain::{Fill, Mask, method, top_k};
use unmask::model::tensors::from_rows;
use unmask::model::{Background, Probs, TorchBox};

use crate::integration::tiny::*;

#[test]
fn ties_are_broken_by_position_and_nan_is_the_least() {
    for case in json(include_str!("../../golden/metrics.json"))["top_k"].as_array().unwrap() {
        let scores = floats(&case["scores"]);
        let expected: Vec<usize> = numbers(&case["order"]).into_iter().map(|unit| unit as usize).collect();
        for k in 0..=scores.len() + 2 {
            assert_eq!(top_k(&scores, k), expected[..k.min(expected.len())], "{scores:?} at k {k}");
        }
    }
}

#[test]
fn the_overlap_of_two_masks_is_their_intersection_over_their_union() {
    assert_eq!(iou(&mask(6, &[0, 1, 2]), &mask(6, &[2, 3])), 0.25);
    assert_eq!(iou(&mask(6, &[]), &mask(6, &[])), 1.0);
    assert_eq!(iou(&mask(6, &[1]), &mask(6, &[2])), 0.0);
}

fn any_score() -> impl Strategy<Value = f32> {
    prop_oneof![4 => -2.0_f32..2.0, 2 => (-1_i8..=1).prop_map(f32::from), 1 => any::<f32>(), 1 => Just(f32::NAN), 1 => Just(-0.0)]
}

fn any_unit() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("pixel".to_owned()),
        (1_usize..12).prop_map(|side| format!("patch:{side}")),
        (1_usize..12, 1_usize..12).prop_map(|(rows, cols)| format!("patch:{rows}x{cols}")),
    ]
}

const PIXELS: Units = Units::new(Unit::Pixel, SHAPE);

fn background(shape: Shape) -> Background {
    Background::from_rows(&rows_by_formula(4, shape))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_k_units_are_selected_whatever_the_scores(
        scores in prop::collection::vec(any_score(), 0..40),
        k in 0_usize..60,
    ) {
        let mask = Mask::top_k(&scores, k);
        prop_assert_eq!(mask.0.len(), scores.len());
        prop_assert_eq!(mask.selected().len(), k.min(scores.len()));
        // No unselected unit is better than a selected one, nor as good and before it.
        let is_before = |a: usize, b: usize| match (scores[a].is_nan(), scores[b].is_nan()) {
            (false, false) => scores[a] > scores[b] || (scores[a] == scores[b] && a < b),
            (true, false) => scores[b] == f32::NEG_INFINITY && a < b,
            (false, true) => scores[a] > f32::NEG_INFINITY || a < b,
            (true, true) => a < b,
        };
        for selected in mask.selected() {
            for other in mask.complement().selected() {
                prop_assert!(is_before(selected, other), "{} before {} in {:?}", other, selected, scores);
            }
        }
    }

    #[test]
    fn selected_and_unselected_part_make_up_the_input_for_every_fill(
        (height, width) in (1_usize..9, 1_usize..9),
        channels in prop::sample::select(vec![1_usize, 3]),
        unit in any_unit(),
        k in 0_usize..30,
        seed in any::<u64>(),
    ) {
        let shape = Shape::new(channels, height, width);
        let units = Units::new(unit.parse().unwrap(), shape);
        let rows = rows_by_formula(2, shape);
        let masks: Vec<Mask> = (0..2)
            .map(|row| Mask::top_k(&wave(units.count(), 1.0, 1.3, row as f64), k))
            .collect();
        let rest: Vec<Mask> = masks.iter().map(Mask::complement).collect();
        for fill in Fill::ALL {
            let fill = fill_rows(&rows, units, fill, &background(shape), seed);
            let selected = keep_only(&rows, units, &masks, &fill);
            let unselected = keep_only(&rows, units, &rest, &fill);
            for (row, mask) in masks.iter().enumerate() {
                for place in 0..shape.len() {
                    let pixel = place % (height * width);
                    let kept = mask.0[units.unit_at(pixel / width, pixel % width)];
                    let (input, hidden) = (rows.row(row)[place], fill.row(row)[place]);
                    let expected = if kept { (input, hidden) } else { (hidden, input) };
                    prop_assert_eq!((selected.row(row)[place], unselected.row(row)[place]), expected);
                }
            }
        }
    }

    #[test]
    fn spreading_over_pixels_and_gathering_into_units_follow_the_map_of_units(
        (height, width) in (1_usize..9, 1_usize..9),
        unit in any_unit(),
    ) {
        let shape = Shape::new(3, height, width);
        let units = Units::new(unit.parse().unwrap(), shape);
        let n = units.count();
        let soft = wave(n, 1.0, 1.1, 0.5);
        let spread = values(&spread(&Tensor::from_slice(&soft).view([1, n as i64]), units));
        let expected: Vec<f64> = units.unit_of_pixels().iter().map(|&unit| f64::from(soft[unit as usize])).collect();
        prop_assert_eq!(&spread, &expected);

        let rows = rows_by_formula(1, shape);
        let gathered = values(&gather(&from_rows(&rows, Device::Cpu), units));
        let mut expected = vec![0.0_f64; n];
        for (place, value) in rows.values.iter().enumerate() {
            expected[units.unit_of_pixels()[place % (height * width)] as usize] += f64::from(*value);
        }
        assert_near(&gathered, &expected, 1e-5, "gathered");
    }
}

#[test]
fn a_patch_far_larger_than_the_picture_is_one_unit_and_costs_no_memory() {
    let units = Units::new("patch:4096".parse().unwrap(), SHAPE);
    assert_eq!(units.count(), 1);
    let mask = Tensor::full([64, 1], 0.5, (Kind::Float, Device::Cpu));
    assert_eq!(spread(&mask, units).size(), [64, 1, 8, 8]);
    assert_eq!(gather(&Tensor::ones([64, 1, 8, 8], (Kind::Float, Device::Cpu)), units).double_value(&[0, 0]), 64.0);
}

#[test]
fn fills_are_zero_the_mean_or_values_of_training_rows_at_the_same_place() {
    let rows = rows_by_formula(3, SHAPE);
    let background = background(SHAPE);
    assert!(fill_rows(&rows, PIXELS, Fill::Zero, &background, 0).values.iter().all(|value| *value == 0.0));
    assert_eq!(fill_rows(&rows, PIXELS, Fill::Mean, &background, 0).row(2), background.mean);
    let noise = fill_rows(&rows, PIXELS, Fill::Noise, &background, 1);
    for row in 0..3 {
        for place in 0..SHAPE.len() {
            let real: Vec<f32> = (0..4).map(|real| background.rows.row(real)[place]).collect();
            assert!(real.contains(&noise.row(row)[place]));
        }
    }
    assert_ne!(noise, fill_rows(&rows, PIXELS, Fill::Noise, &background, 2));
}

#[test]
fn an_item_gets_the_same_noise_alone_and_in_a_batch() {
    let rows = rows_by_formula(5, SHAPE);
    let together = fill_rows(&rows, PIXELS, Fill::Noise, &background(SHAPE), 9);
    for row in 0..5 {
        let alone = fill_rows(&rows.slice(row..row + 1), PIXELS, Fill::Noise, &background(SHAPE), 9);
        assert_eq!(alone.values, together.row(row));
    }
    assert_ne!(together.row(0), together.row(1));
}

#[test]
fn a_whole_row_of_the_training_data_stands_behind_an_item_alone_as_in_a_batch() {
    let (rows, background) = (rows_by_formula(5, SHAPE), background(SHAPE));
    let together = whole_rows(&rows, &background, 9);
    for row in 0..5 {
        assert!((0..4).any(|real| background.rows.row(real) == together.row(row)));
        assert_eq!(whole_rows(&rows.slice(row..row + 1), &background, 9).values, together.row(row));
    }
    let others: Vec<Rows> = (0..8).map(|seed| whole_rows(&rows, &background, seed)).collect();
    assert!(others.iter().any(|other| *other != together), "another seed draws others");
}

#[test]
fn a_column_of_categories_is_never_filled_with_a_number() {
    let shape = Shape::new(1, 1, 2);
    // A number beside a category that half of the training rows lack.
    let level = |at: usize| CATEGORY + at as f32;
    let real = vec![0.5, level(0), -0.5, 0.0, 0.25, level(2), -0.25, 0.0];
    let background = Background::of_table(&Rows { shape, values: real });
    let rows = Rows { shape, values: (0..60).flat_map(|row| [row as f32 / 60.0, level(1)]).collect() };
    let fill = fill_rows(&rows, Units::new(Unit::Column, shape), Fill::Uniform, &background, 4);
    let (numbers, categories): (Vec<f32>, Vec<f32>) = fill.values.chunks(2).map(|row| (row[0], row[1])).unzip();
    assert!(categories.iter().all(|value| [0.0, level(0), level(2)].contains(value)), "{categories:?}");
    assert!(categories.contains(&0.0) && categories.contains(&level(0)), "{categories:?}");
    assert!(numbers.iter().all(|value| (-1.0..=1.0).contains(value)));
    assert!(numbers.iter().any(|value| ![0.5, -0.5, 0.25, -0.25].contains(value)), "drawn anew, not taken from rows");
}

#[test]
fn what_is_drawn_for_a_text_does_not_depend_on_which_words_were_met_before_it() {
    let _torch = torch();
    let shape = Shape::new(1, 1, 4);
    let units = Units::new(Unit::Word, shape);
    let background = Background::from_rows(&Rows { shape, values: (2..42).map(|id| id as f32).collect() });
    // The same text: the unknown word in the middle was the first one that the program met, or the third.
    let text = |number: f32| Rows { shape, values: vec![5.0, 1.0 + number * f32::EPSILON, 8.0, 0.0] };
    let (first, third) = (text(1.0), text(3.0));
    assert_ne!(first, third);
    let noise = |rows: &Rows, units: Units| fill_rows(rows, units, Fill::Noise, &background, 7);
    assert_eq!(noise(&first, units), noise(&third, units));
    // Of what is no text every value counts.
    let steps = Units::new(Unit::Step, shape);
    assert_ne!(noise(&first, steps), noise(&third, steps));

    let saved = formula_box();
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let probs = Probs { classes: 2, values: vec![0.5, 0.5] };
    let mut random = method("random").unwrap().explainer(&untrained("random", "pixel", 1, &saved), &black_box).unwrap();
    let mut scores = |rows: &Rows, units: Units| random.raw_scores(&black_box, rows, &probs, units, 7).unwrap().values;
    assert_eq!(scores(&first, units), scores(&third, units));
    assert_ne!(scores(&first, steps), scores(&third, steps));
}

#[test]
fn no_rows_give_no_rows() {
    let none = Rows { shape: SHAPE, values: Vec::new() };
    for fill in Fill::ALL {
        assert_eq!(fill_rows(&none, PIXELS, fill, &background(SHAPE), 0).n(), 0);
    }
}

#[test]
fn padding_of_texts_is_never_filled_whatever_is_selected() {
    let shape = Shape::new(1, 1, 6);
    let units = Units::new(Unit::Word, shape);
    // Four words and two places of padding, before other texts that fill their rows.
    let rows = Rows { shape, values: vec![5.0, 3.0, 8.0, 2.0, 0.0, 0.0] };
    let others = Rows { shape, values: vec![7.0; 12] };
    let background = Background::from_rows(&others);
    for fill in [Fill::Zero, Fill::Noise] {
        let fill = fill_rows(&rows, units, fill, &background, 3);
        let all = keep_only(&rows, units, &[Mask(vec![true; 6])], &fill);
        assert_eq!(all.values, rows.values, "all words are selected: nothing is hidden");
        let first = keep_only(&rows, units, &[Mask(vec![true, false, false, false, false, false])], &fill);
        assert_eq!(first.values[4..], [0.0, 0.0], "a place without a word gets none");
        assert_eq!(first.values[0], 5.0);
    }
}
