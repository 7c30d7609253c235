//! a1 and a2 on tables: what a generator rebuilds from the columns that matter keeps the black box's class, what it rebuilds from others does not;
//! columns of categories are refused.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use unmask::data::table::{Column, ColumnKind, Table, TableItems};
use unmask::data::{Dataset, Fit, Items, Modality, Split, Unit, Units};
use unmask::explain::Fill;
use unmask::explain::learn::fresh_generator::{FreshGenerator, Shown};
use unmask::jobs::{Evaluate, Output, Task};
use unmask::metric::{check_data, metric};
use unmask::model::{BlackBox, Device, SavedBox, TorchBox};
use unmask::work::{Priority, Slot};

use crate::integration::tiny::*;

const ROWS: usize = 2400;
const COLUMNS: usize = 6;
/// In which units the columns are measured: as different as those of a real table.
const SCALES: [(f64, f64); COLUMNS] = [(1.0, 0.0), (1000.0, 5e4), (0.01, -1.0), (5.0, 40.0), (1.0, 3.0), (300.0, 0.0)];

/// Rows whose class is told by the sum of the first two columns, each in its own spread; the last 400 are for tests. A column of categories may stand
/// behind them.
fn rows(with_categories: bool) -> Dataset {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut cells, mut labels) = (Vec::new(), Vec::new());
    for row_idx in 0..ROWS {
        // Sums of twelve uniform draws are close to normal.
        let plain: Vec<f64> = (0..COLUMNS).map(|_| (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0).collect();
        cells.extend(plain.iter().zip(SCALES).map(|(value, (scale, offset))| value * scale + offset));
        if with_categories {
            cells.push((row_idx % 3) as f64);
        }
        labels.push(Some(u16::from(plain[0] + plain[1] > 0.0)));
    }
    let kinds = (0..COLUMNS).map(|_| ColumnKind::Number);
    let category = with_categories.then(|| ColumnKind::Category(["a", "b", "c"].map(str::to_owned).to_vec()));
    let columns = kinds.chain(category).enumerate().map(|(at, kind)| Column { name: format!("c{at}"), kind });
    let table = Table { columns: columns.collect(), cells, as_is: false };
    let split = |row_idx: usize| match row_idx {
        _ if row_idx < ROWS - 800 => Split::Train,
        _ if row_idx < ROWS - 400 => Split::Validation,
        _ => Split::Test,
    };
    Dataset {
        modality: Modality::Table,
        items: Items::Table(TableItems::all(table)),
        labels,
        splits: (0..ROWS).map(split).collect(),
        source_index: (0..ROWS as u32).collect(),
        hash: format!("rows {with_categories}"),
        ..halves(2)
    }
}

fn sums(data: &Dataset) -> SavedBox {
    fitted(("table-logistic", "sums"), &[("epochs", "10")], data, 0, None)
}

/// The share of test rows whose class is kept by what a fresh generator rebuilds from these columns.
fn kept_from(saved: &SavedBox, data: &Dataset, columns: &[usize]) -> f64 {
    let black_box = TorchBox::new(saved, Device::Cpu).unwrap();
    let units = Units::new(Unit::Column, black_box.card().shape);
    let part = |split: Split| {
        let rows = black_box.card().rows(data, &data.in_split(split), &Fit::default()).unwrap();
        let classes = black_box.predict(&rows).unwrap().all_classes();
        let masks = vec![mask(units.count(), columns); rows.n()];
        (rows, masks, classes)
    };
    let (train, test) = (part(Split::Train), part(Split::Test));
    let shown = Shown { rows: &train.0, masks: &train.1, classes: &train.2 };
    let mut fresh = FreshGenerator::new(&black_box, units, shown, 20, 7).unwrap();
    while !fresh.is_done() {
        fresh.step().unwrap();
    }
    let same = fresh.agreement(Shown { rows: &test.0, masks: &test.1, classes: &test.2 }, 0).unwrap();
    same.iter().filter(|same| **same).count() as f64 / same.len() as f64
}

#[test]
fn the_columns_that_matter_rebuild_the_class_and_others_do_not() {
    let _torch = torch();
    let data = rows(false);
    let saved = sums(&data);
    let (all, true_ones, wrong) = (
        kept_from(&saved, &data, &[0, 1, 2, 3, 4, 5]),
        kept_from(&saved, &data, &[0, 1]),
        kept_from(&saved, &data, &[2, 3]),
    );
    assert!(all > 0.85, "everything: {all}");
    assert!(true_ones > 0.85, "the true columns: {true_ones}");
    assert!(wrong < 0.65, "wrong columns: {wrong}");
}

#[test]
fn a_table_of_numbers_is_measured_and_one_with_categories_refused_for_its_categories() {
    let _torch = torch();
    let data = Arc::new(rows(false));
    let saved = Arc::new(sums(&data));
    let ids = ["a1", "a2", "a1_rel", "a2_rel", "a_full"];
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers: vec![untrained("random", "column", 2, &saved)],
        black_box: saved,
        data,
        fit: Fit::default(),
        split: Split::Test,
        metrics: ids.map(str::to_owned).to_vec(),
        ks: vec![2],
        fill: Fill::Zero,
        seed: 0,
        limit: Some(100),
        embedding: None,
    }));
    let mut worker = worker();
    let id = worker.submit(Slot::new(0, 0), Priority::Normal, task);
    let Ok(Output::Cells(table)) = worker.wait_for(id, drop) else { panic!("no table") };
    assert_eq!(table.iter().map(|cell| cell.metric.as_str()).collect::<Vec<_>>(), ids);

    let data = rows(true);
    let card = sums(&data).card;
    for id in ids {
        let why = check_data(metric(id).unwrap(), &card, &data).unwrap_err().to_string();
        assert_sentence(&why, &["is defined for columns of numbers", "by degrees", "found categories in column c6"]);
    }
    assert!(check_data(metric("fs_m").unwrap(), &card, &data).is_ok());
}
