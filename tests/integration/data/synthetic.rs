//! Tables drawn from L2X's rules: formulas by hand, truth, shares of classes as NumPy gives them.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use unmask::data::synthetic::columns::{Rule, additive, additive_paper, draw, orange};
use unmask::data::{Unit, Units};

use super::{open, refusal};

#[test]
fn the_formulas_are_those_of_hand_computation() {
    // 1 + 4 + 0.25 + 0 - 4.
    assert!((orange([1.0, -2.0, 0.5, 0.0]) - 1.25).abs() < 1e-12);
    // -100 sin(0.2) + 2 + 0.5 + exp(1) - 2.4, with sin(0.2) = 0.19866933079506122.
    let by_hand = -19.866933079506122 + 2.0 + 0.5 + std::f64::consts::E - 2.4;
    assert!((additive([1.0, -2.0, 0.5, -1.0]) - by_hand).abs() < 1e-9);
    // -100 sin(2) + 4 + 0.5 + exp(1), with sin(2) = 0.9092974268256817.
    let by_hand = -90.92974268256817 + 4.0 + 0.5 + std::f64::consts::E;
    assert!((additive_paper([1.0, -2.0, 0.5, -1.0]) - by_hand).abs() < 1e-9);
}

#[test]
fn a_switched_row_is_judged_by_the_block_that_its_truth_names() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..200 {
        let row = draw(Rule::Switch, &mut rng);
        let x = row.x;
        let expected = match row.truth.as_slice() {
            [0, 1, 2, 3, 9] => orange([x[0], x[1], x[2], x[3]]),
            [4, 5, 6, 7, 9] => additive([x[4], x[5], x[6], x[7]]),
            other => panic!("{other:?}"),
        };
        assert!((row.log_odds - expected).abs() < 1e-12);
        assert_ne!(x[0], x[4], "a true swap copies nothing");
        let published = draw(Rule::SwitchPublished, &mut rng);
        assert_eq!(published.x[0..4], published.x[4..8]);
        let paper = draw(Rule::SwitchPaper, &mut rng);
        assert!(paper.truth == [0, 1, 2, 3, 4] || paper.truth == [0, 5, 6, 7, 8]);
    }
}

#[test]
fn shares_of_the_first_class_are_those_that_numpy_gave() {
    // A million rows of the published generator: 0.499, 0.441, 0.501, 0.470.
    for (name, share) in [("xor", 0.499), ("orange", 0.441), ("additive", 0.501), ("switch", 0.470)] {
        let data = open(&format!("synthetic:{name}?n=50000").parse().unwrap()).unwrap();
        let first = data.labels.iter().filter(|label| **label == Some(0)).count() as f64 / data.len() as f64;
        assert!((first - share).abs() < 0.01, "{name}: {first}");
        let units = Units::new(Unit::Column, data.shape().unwrap());
        let truth = data.true_units(7, units).unwrap();
        assert_eq!(
            truth.len(),
            match name {
                "xor" => 2,
                "switch" => 5,
                _ => 4,
            }
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_table_and_filters_keep_the_truth() {
    let open = |text: &str| open(&text.parse().unwrap()).unwrap();
    assert_eq!(open("synthetic:switch?n=500").hash, open("synthetic:switch?n=500").hash);
    assert_ne!(open("synthetic:switch?n=500").hash, open("synthetic:switch?n=500&seed=1").hash);
    let whole = open("synthetic:switch?n=500");
    let part = open("synthetic:switch?n=500&classes=rest");
    let at = part.source_index[3] as usize;
    assert_eq!(part.truth.unwrap()[3], whole.truth.unwrap()[at]);
}

#[test]
fn an_unknown_set_is_refused_with_those_there_are() {
    let sentence = refusal(open(&"synthetic:spiral".parse().unwrap()));
    assert!(sentence.contains("spiral") && sentence.contains("switch-published"), "{sentence}");
}
