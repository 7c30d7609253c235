//! Hit rate and median rank by hand.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use unmask::explain::Mask;
use unmask::metric::truth::{hit_rate, median, ranks};

#[test]
fn hits_are_the_share_of_what_is_selected() {
    let mask = Mask(vec![true, true, false, true, false, false]);
    // Units 0, 1 and 3 are selected, of which 1 and 3 matter.
    assert!((hit_rate(&mask, &[1, 3, 5]).unwrap() - 200.0 / 3.0).abs() < 1e-9);
    assert_eq!(hit_rate(&mask, &[]), None);
}

#[test]
fn selected_units_rank_first_and_a_perfect_mask_is_optimal() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mask = Mask(vec![false, true, true, false, true, true, false, false, false, false]);
    for _ in 0..50 {
        let ranks = ranks(&mask, &mut rng);
        let mut selected = vec![ranks[1], ranks[2], ranks[4], ranks[5]];
        // (4 + 1) / 2.
        assert_eq!(median(&mut selected), Some(2.5));
        let mut others: Vec<_> = [0, 3, 6, 7, 8, 9].iter().map(|&unit| ranks[unit]).collect();
        others.sort_unstable();
        assert_eq!(others, [5, 6, 7, 8, 9, 10]);
    }
    assert_eq!(median(&mut [5, 1, 9]), Some(5.0));
    assert_eq!(median(&mut []), None);
}

#[test]
fn the_spread_is_that_of_a_box_plot() {
    use unmask::metric::stats::spread;
    // numpy.quantile gives 2, 3, 4 for the quartiles; 100 lies beyond 4 + 1.5 * 2, so that the whisker ends at 4.
    assert_eq!(spread(&[100.0, 1.0, 4.0, 2.0, 3.0]), [1.0, 2.0, 3.0, 4.0, 4.0]);
    assert_eq!(spread(&[2.5; 7]), [2.5; 5]);
    // Between two values: numpy.quantile([1, 2, 3, 4], [0.25, 0.5, 0.75]).
    assert_eq!(spread(&[1.0, 2.0, 3.0, 4.0]), [1.0, 1.75, 2.5, 3.25, 4.0]);
    assert!(spread(&[]).iter().all(|value| value.is_nan()));
}
