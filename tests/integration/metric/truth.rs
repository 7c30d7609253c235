//! Hit rate and median rank by hand.

use std::sync::Arc;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use unmask::data::{Fit, Split};
use unmask::explain::{Fill, Mask};
use unmask::jobs::{Evaluate, Output, Task};
use unmask::metric::truth::{hit_rate, median, ranks};
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

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

#[test]
fn a_table_keeps_how_the_median_ranks_of_its_items_are_spread() {
    let _torch = torch();
    let data = Arc::new(unmask::data::open(&"synthetic:orange?n=400".parse().unwrap(), &mut |_| true).unwrap());
    let saved = Arc::new(fitted(("table-forest", "forest"), &[("epochs", "2")], &data, 0, None));
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers: vec![untrained("random", "column", 4, &saved)],
        black_box: saved,
        data,
        fit: Fit::default(),
        split: Split::Test,
        metrics: ["hit_rate", "median_rank"].map(str::to_owned).to_vec(),
        ks: vec![2, 4, 8],
        fill: Fill::Zero,
        seed: 0,
        limit: None,
        embedding: None,
    }));
    let mut worker = worker();
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    let Ok(Output::Cells(table)) = worker.wait_for(id, drop) else { panic!("no table") };
    let cells: Vec<_> = table.iter().filter(|cell| cell.metric == "median_rank").collect();
    assert_eq!((cells.len(), table.ranks.len()), (3, 3));
    for (ranks, cell) in table.ranks.iter().zip(cells) {
        assert_eq!((&ranks.row, Some(ranks.k), ranks.mean), (&cell.row, cell.k, cell.mean));
        assert!(ranks.spread.is_sorted() && ranks.spread[0] >= 2.5 && ranks.spread[4] <= 8.5, "{ranks:?}");
        // Chance puts four of ten columns around the middle; four that come first have a median of 2.5.
        assert!((ranks.spread[2] - 5.5).abs() <= 1.0, "{ranks:?}");
        assert_eq!(ranks.best, Some(2.5));
    }
    let plot = table.rank_plot().unwrap();
    assert_eq!(
        plot.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
        ["Random, k 2", "Random, k 4", "Random, k 8"]
    );
    assert_eq!(plot.best, Some(2.5));
    // Four columns of ten matter: who selects eight hits half of the time at most, and the table says so.
    let reached: Vec<_> = table.ceilings.iter().map(|ceiling| (ceiling.k, ceiling.percent)).collect();
    assert_eq!(reached, [(2, 100.0), (4, 100.0), (8, 50.0)]);
    let notes = table.notes();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("Hit rate at k = 8: 50.0 % is the most that can be reached"), "{notes:?}");
}
