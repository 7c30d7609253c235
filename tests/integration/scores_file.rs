//! Scores of many items in one file, as a job writes it: the bytes that the items give one after the other, what does not fit told, nothing left of one
//! that was cancelled.

use std::path::Path;
use std::sync::Arc;

use unmask::data::{Dataset, Fit};
use unmask::explain::{Fill, SavedExplainer};
use unmask::jobs::scores::{Scores, encode};
use unmask::jobs::{CHUNK, Explain, ExplainInto, Output, Task};
use unmask::model::SavedBox;
use unmask::work::{Event, JobError, Priority, Slot};

use crate::integration::tiny::*;

fn explain(saved: &Arc<SavedBox>, explainers: Vec<Arc<SavedExplainer>>, data: &Arc<Dataset>) -> Explain {
    Explain {
        black_box: saved.clone(),
        explainers,
        data: data.clone(),
        item: 0,
        fit: Fit::default(),
        unit: "patch:2".parse().unwrap(),
        k: 3,
        fill: Fill::Zero,
        seed: 4,
        class_answers: true,
        contrast: None,
        rebuilt: false,
    }
}

fn into_file(explain: &Explain, items: &[usize], path: &Path) -> Task {
    Task::ExplainInto(Box::new(ExplainInto { explain: explain.clone(), items: items.to_vec(), path: path.to_owned() }))
}

#[test]
fn a_file_of_many_items_holds_what_its_items_give_one_after_the_other() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (data, saved, mut worker) = (Arc::new(halves(CHUNK + 6)), Arc::new(formula_box()), worker());
    let explainers = vec![untrained("random", "patch:2", 3, &saved), untrained("grad", "patch:2", 3, &saved)];
    let explain = explain(&saved, explainers.clone(), &data);
    // More than one batch, in an order of its own.
    let items: Vec<usize> = (0..data.len()).rev().collect();
    let (boxed, mut all) = (Box::new(explain.clone()), Vec::new());
    let many = Task::ExplainMany { explain: boxed, items: items.clone() };
    let job = worker.submit(Slot::new(1, 0), Priority::Normal, many);
    let last = worker.wait_for(job, |event| {
        if let Event::Partial(_, Output::Explained(one)) = event {
            all.push(one);
        }
    });
    let Ok(Output::Explained(last)) = last else { panic!("{last:?}") };
    all.push(last);
    let scores = Scores { data: &data, black_box: &saved.card, explainers: &explainers };
    for ending in ["csv", "jsonl", "parquet", "npz"] {
        let path = dir.path().join(format!("scores.{ending}"));
        let job = worker.submit(Slot::new(1, 1), Priority::Normal, into_file(&explain, &items, &path));
        let Ok(Output::Scores(told)) = worker.wait_for(job, drop) else { panic!("{ending}: no file") };
        assert_eq!((told.items, told.methods.len(), told.left_out.len()), (items.len(), 2, 0), "{ending}");
        // The archive of arrays notes when each was written.
        let written = std::fs::read(&told.path).unwrap();
        assert!(ending == "npz" || written == encode(&path, &scores, &all).unwrap(), "{ending}");
    }
}

#[test]
fn a_method_that_does_not_fit_is_left_out_of_the_file_and_told() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (data, saved, mut worker) = (Arc::new(halves(16)), Arc::new(formula_box()), worker());
    let mut foreign = untrained("grad", "patch:2", 3, &saved).as_ref().clone();
    foreign.card.blackbox_hash = "another".to_owned();
    let foreign = Arc::new(foreign);
    let both = explain(&saved, vec![foreign.clone(), untrained("random", "patch:2", 3, &saved)], &data);
    let path = dir.path().join("scores.csv");
    let job = worker.submit(Slot::new(1, 0), Priority::Normal, into_file(&both, &[0, 1, 2], &path));
    let Ok(Output::Scores(told)) = worker.wait_for(job, drop) else { panic!("no file") };
    assert_eq!((told.items, told.methods.len(), told.left_out.len()), (3, 1, 1));
    assert_sentence(&told.left_out[0], &["expected the black box with hash another"]);
    let csv = std::fs::read_to_string(&path).unwrap();
    assert_eq!(csv.lines().count(), 1 + 3 * 16, "the patches of the other method");
    // Where none fits there is no file, and the reason.
    let none = explain(&saved, vec![foreign], &data);
    let path = dir.path().join("none.csv");
    let job = worker.submit(Slot::new(1, 0), Priority::Normal, into_file(&none, &[0], &path));
    let error = worker.wait_for(job, drop).unwrap_err();
    assert_sentence(&error.to_string(), &["expected the black box with hash another"]);
    assert!(!path.exists());
}

#[test]
fn a_cancelled_file_leaves_nothing_behind() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (data, saved, mut worker) = (Arc::new(halves(CHUNK)), Arc::new(formula_box()), worker());
    let asked = explain(&saved, vec![untrained("random", "patch:2", 3, &saved)], &data);
    let items: Vec<usize> = (0..data.len()).collect();
    let task = into_file(&asked, &items, &dir.path().join("scores.csv"));
    let job = worker.submit(Slot::new(1, 0), Priority::Normal, task);
    // A batch is explained, and some of it is written.
    for _ in 0..3 {
        worker.step();
    }
    worker.cancel(job);
    assert_eq!(worker.wait_for(job, drop).unwrap_err(), JobError::Cancelled);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
