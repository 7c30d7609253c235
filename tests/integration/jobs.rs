//! Jobs on the program's own worker: interleaved runs, checkpoints, cancelling, failures that the worker survives, one item as in a table.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use tch::Device;
use unmask::data::{DataError, Dataset, Fit, Rows, Split};
use unmask::explain::{ExplainError, Fill, SavedExplainer, method};
use unmask::jobs::measured::MeasuredExplainer;
use unmask::jobs::picture::source_of;
use unmask::jobs::scores::{Scores, ScoresWriter, encode, has_class_answers};
use unmask::jobs::{
    Agree, Cell, Conditions, Evaluate, Explain, Explained, FitBox, Lens, Measured, Output, Task, TrainExplainer,
};
use unmask::model::params::Params;
use unmask::model::{BlackBox, ModelError, SavedBox, TorchBox, architecture, argmax};
use unmask::work::{Event, JobError, JobId, Notice, Priority, Slot, Worker};

use crate::integration::tiny::*;

fn train(id: &str, saved: &Arc<SavedBox>, data: &Arc<Dataset>, seed: u64, out: Option<&Path>) -> Task {
    let specs = method(id).unwrap().spec().params;
    let params = if specs.is_empty() { Params::default() } else { params(specs, &[("epochs", "2"), ("batch", "8")]) };
    Task::TrainExplainer(Box::new(TrainExplainer {
        method: id.to_owned(),
        params,
        unit: "patch:2".parse().unwrap(),
        k: 3,
        data: data.clone(),
        black_box: saved.clone(),
        seed,
        name: format!("{id} {seed}"),
        out: out.map(Path::to_owned),
    }))
}

fn fit(data: &Arc<Dataset>, seed: u64, out: Option<&Path>) -> Task {
    Task::FitBox(Box::new(FitBox {
        architecture: "meed-cnn".to_owned(),
        params: params(architecture("meed-cnn").unwrap().params, &[("epochs", "2"), ("batch", "8")]),
        data: data.clone(),
        seed,
        name: "a box".to_owned(),
        out: out.map(Path::to_owned),
        teacher: None,
        hidden_copies: 0,
    }))
}

fn run(worker: &mut Worker<Task, Output>, task: Task) -> Result<Output, JobError> {
    let id = worker.submit(Slot::new(1, 0), Priority::Normal, task);
    worker.wait_for(id, drop)
}

fn explainer(output: Output) -> Arc<SavedExplainer> {
    let Output::Explainer(saved) = output else { panic!("no explainer: {output:?}") };
    saved
}

fn black_box(output: Output) -> Arc<SavedBox> {
    let Output::Box(saved) = output else { panic!("no black box: {output:?}") };
    saved
}

#[test]
fn two_trainings_in_turns_give_the_same_bytes_as_each_alone() {
    let _torch = torch();
    let (saved, data) = (Arc::new(formula_box()), Arc::new(halves(24)));
    let alone: Vec<_> = [("l2x", 1), ("meed", 2)]
        .map(|(id, seed)| explainer(run(&mut worker(), train(id, &saved, &data, seed, None)).unwrap()))
        .into();
    let fitted = black_box(run(&mut worker(), fit(&data, 3, None)).unwrap());

    let mut worker = worker();
    let ids = [
        worker.submit(Slot::new(1, 0), Priority::Normal, train("l2x", &saved, &data, 1, None)),
        worker.submit(Slot::new(1, 1), Priority::Normal, train("meed", &saved, &data, 2, None)),
        worker.submit(Slot::new(1, 2), Priority::Normal, fit(&data, 3, None)),
    ];
    let mut results: BTreeMap<JobId, Output> = BTreeMap::new();
    let mut started_before_an_end = 0;
    while results.len() < 3 {
        worker.step();
        while let Some(event) = worker.try_event() {
            match event {
                Event::Started(_) if results.is_empty() => started_before_an_end += 1,
                Event::Finished(id, result) => drop(results.insert(id, result.unwrap())),
                _ => {}
            }
        }
    }
    assert_eq!(started_before_an_end, 3, "the three must have run in turns");
    for (id, alone) in ids.iter().zip(&alone) {
        let together = explainer(results.remove(id).unwrap());
        assert!(alone.weights == together.weights, "{}", alone.card.name);
        assert_eq!(alone.card.hash, together.card.hash);
    }
    let together = black_box(results.remove(&ids[2]).unwrap());
    assert!(fitted.weights == together.weights);
}

#[test]
fn explaining_between_two_steps_does_not_change_a_training() {
    let _torch = torch();
    let (saved, data) = (Arc::new(formula_box()), Arc::new(halves(24)));
    let alone = explainer(run(&mut worker(), train("meed", &saved, &data, 1, None)).unwrap());
    let mut worker = worker();
    let id = worker.submit(Slot::new(1, 0), Priority::Normal, train("meed", &saved, &data, 1, None));
    let methods = vec![untrained("random", "patch:2", 3, &saved), alone.clone()];
    let mut item = 0;
    let together = loop {
        worker.submit(
            Slot::new(2, 0),
            Priority::Interactive,
            explain_task(&saved, methods.clone(), &data, item, Fill::Noise),
        );
        item = (item + 1) % data.len();
        worker.step();
        worker.step();
        let mut done = None;
        while let Some(event) = worker.try_event() {
            if let Event::Finished(finished, result) = event
                && finished == id
            {
                done = Some(explainer(result.unwrap()));
            }
        }
        if let Some(done) = done {
            break done;
        }
    };
    assert!(alone.weights == together.weights);
}

#[test]
fn a_checkpoint_can_be_loaded_after_each_partial_result() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (saved, data) = (Arc::new(formula_box()), Arc::new(halves(24)));
    let mut worker = worker();
    let (box_dir, explainer_dir) = (dir.path().join("box"), dir.path().join("explainer"));

    let id = worker.submit(Slot::new(1, 0), Priority::Normal, fit(&data, 0, Some(&box_dir)));
    let mut epochs = Vec::new();
    let result = worker.wait_for(id, |event| {
        if let Event::Partial(_, Output::Box(partial)) = event {
            let loaded = SavedBox::load(&box_dir).unwrap();
            assert_eq!((loaded.card.epochs, loaded.card.complete), (partial.card.epochs, false));
            epochs.push(loaded.card.epochs);
        }
    });
    assert_eq!(epochs, [1]);
    let loaded = SavedBox::load(&box_dir).unwrap();
    assert_eq!(loaded.card, black_box(result.unwrap()).card);
    assert!(loaded.card.complete);

    let id = worker.submit(Slot::new(1, 0), Priority::Normal, train("meed", &saved, &data, 0, Some(&explainer_dir)));
    let (mut epochs, mut reports) = (Vec::new(), Vec::new());
    let result = worker.wait_for(id, |event| match event {
        Event::Partial(_, Output::Explainer(partial)) => {
            let loaded = SavedExplainer::load(&explainer_dir).unwrap();
            assert_eq!(loaded.card, partial.card);
            epochs.push(loaded.card.epochs);
        }
        // Losses come within epochs too; figures with the first validation.
        Event::Partial(_, Output::Training(report)) if report.epoch > 0 => {
            assert!(report.figures.contains_key("mask_only") && report.figures.contains_key("fs_m"));
            reports.push(report.epoch);
        }
        _ => {}
    });
    reports.dedup();
    assert_eq!((epochs, reports), (vec![1, 2], vec![1, 2]));
    assert_eq!(SavedExplainer::load(&explainer_dir).unwrap().card, explainer(result.unwrap()).card);
}

#[test]
fn curves_seen_while_a_training_runs_are_those_that_its_card_keeps() {
    let _torch = torch();
    let (saved, data, mut worker) = (Arc::new(formula_box()), Arc::new(halves(24)), worker());
    let at = |points: &[[f64; 2]]| points.iter().map(|point| point[0]).collect::<Vec<_>>();
    // Two epochs of three minibatches, each with a point of its own.
    let places = [1, 2, 3, 4, 5, 6].map(|batch| f64::from(batch) / 3.0);
    for (task, first) in [(train("meed", &saved, &data, 0, None), "loss: "), (fit(&data, 0, None), "loss")] {
        let id = worker.submit(Slot::new(1, 0), Priority::Normal, task);
        let mut live = Vec::new();
        let output = worker.wait_for(id, |event| {
            if let Event::Partial(_, Output::Training(report)) = event {
                live.push(report.curves.clone());
            }
        });
        let (kept, is_whole) = match output.unwrap() {
            Output::Explainer(saved) => (saved.card.curves.clone(), true),
            // The end of a black box's epoch is told by its checkpoint.
            Output::Box(saved) => (saved.card.curves.clone(), false),
            other => panic!("{other:?}"),
        };
        let losses: Vec<_> = kept.0.iter().filter(|(name, _)| name.starts_with(first)).collect();
        assert!(!losses.is_empty() && losses.iter().all(|(_, points)| at(points) == places), "{losses:?}");
        assert!(live.len() >= 4, "{} reports", live.len());
        assert!(!is_whole || live.last() == Some(&kept), "{:?}", live.last());
        for (name, points) in live.iter().flat_map(|curves| &curves.0) {
            assert!(kept.0[name].starts_with(points), "{name}: {points:?}, then {:?}", kept.0[name]);
        }
    }
}

#[test]
fn a_cancelled_training_keeps_what_was_saved_before() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (saved, data) = (Arc::new(formula_box()), Arc::new(halves(24)));
    let mut worker = worker();
    run(&mut worker, train("l2x", &saved, &data, 1, Some(dir.path()))).unwrap();
    let before = snapshot(dir.path());
    // Cancelled before its first checkpoint.
    let id = worker.submit(Slot::new(1, 0), Priority::Normal, train("l2x", &saved, &data, 2, Some(dir.path())));
    for _ in 0..3 {
        worker.step();
    }
    worker.cancel(id);
    assert_eq!(worker.wait_for(id, drop).unwrap_err(), JobError::Cancelled);
    assert!(before == snapshot(dir.path()), "nothing may be written before the first checkpoint");
    // Cancelled after it: the checkpoint stays, whole.
    let id = worker.submit(Slot::new(1, 0), Priority::Normal, train("l2x", &saved, &data, 2, Some(dir.path())));
    let mut n_partial = 0;
    while n_partial == 0 {
        worker.step();
        while let Some(event) = worker.try_event() {
            n_partial += usize::from(matches!(event, Event::Partial(_, Output::Explainer(_))));
        }
    }
    worker.cancel(id);
    assert_eq!(worker.wait_for(id, drop).unwrap_err(), JobError::Cancelled);
    assert_eq!(SavedExplainer::load(dir.path()).unwrap().card.name, "l2x 2");
    // And the same task can be started again.
    let again = explainer(run(&mut worker, train("l2x", &saved, &data, 2, Some(dir.path()))).unwrap());
    assert!(again.card.complete);
}

#[test]
fn nan_fails_with_a_notice_that_names_epoch_and_batch_and_the_worker_lives() {
    let _torch = torch();
    let tensors = tensors_of(&formula_box().weights).into_iter().map(|(name, values)| {
        let shape = meed_shapes()[&name].clone();
        (name, (shape, values.into_iter().map(|value| value * 1e30).collect()))
    });
    let broken = Arc::new(box_with("meed-cnn", SHAPE, 2, safetensors(&tensors.collect())));
    let (sound, data, mut worker) = (Arc::new(formula_box()), Arc::new(halves(16)), worker());
    for id in ["l2x", "meed"] {
        let error = run(&mut worker, train(id, &broken, &data, 0, None)).unwrap_err();
        let notice = error.notice();
        assert_eq!(notice.code, "not-finite");
        assert_sentence(&notice.summary, &["epoch 1, batch 1"]);
        assert!(notice.hint.is_some());
        run(&mut worker, train(id, &sound, &data, 0, None)).unwrap();
    }
}

#[test]
fn a_panic_inside_a_step_fails_that_job_only() {
    let _torch = torch();
    let (saved, mut worker) = (Arc::new(formula_box()), worker());
    // A label that is no class: libtorch refuses it by a panic of the binding.
    let mut broken = halves(16);
    broken.labels[0] = Some(9);
    let error = run(&mut worker, fit(&Arc::new(broken), 0, None)).unwrap_err();
    assert!(matches!(error, JobError::Panicked(_)), "{error}");
    let notice = error.notice();
    assert_eq!(notice.code, "internal-error");
    assert!(notice.hint.is_some() && notice.details.is_some());
    // An item that is not there.
    let data = Arc::new(halves(16));
    let random = vec![untrained("random", "pixel", 3, &saved)];
    let error = run(&mut worker, explain_task(&saved, random, &data, 9999, Fill::Zero)).unwrap_err();
    assert!(matches!(error, JobError::Panicked(_)), "{error}");
    // The worker lives, and what it computes is what a fresh one computes.
    let after = black_box(run(&mut worker, fit(&data, 5, None)).unwrap());
    let fresh = black_box(run(&mut self::worker(), fit(&data, 5, None)).unwrap());
    assert!(after.weights == fresh.weights);
}

fn explain_task(
    saved: &Arc<SavedBox>,
    explainers: Vec<Arc<SavedExplainer>>,
    data: &Arc<Dataset>,
    item: usize,
    fill: Fill,
) -> Task {
    Task::Explain(Box::new(Explain {
        black_box: saved.clone(),
        unit: explainers[0].card.unit,
        explainers,
        data: data.clone(),
        item,
        fit: Fit::default(),
        k: 3,
        fill,
        seed: 4,
        class_answers: true,
        contrast: None,
        rebuilt: true,
    }))
}

fn explained(worker: &mut Worker<Task, Output>, task: Task) -> Arc<Explained> {
    match run(worker, task).unwrap() {
        Output::Explained(explained) => explained,
        other => panic!("no explanation: {other:?}"),
    }
}

#[test]
fn an_explained_item_agrees_with_the_table_of_all_items() {
    let _torch = torch();
    let (data, mut worker) = (Arc::new(halves(40)), worker());
    let saved = Arc::new(trained_box(&data, 0));
    let items: Vec<usize> = (0..data.len()).collect();
    for (id, fill) in [("random", Fill::Noise), ("grad-x-input", Fill::Mean), ("random", Fill::Zero)] {
        let explainer = untrained(id, "patch:2", 3, &saved);
        let task = Task::Fidelity {
            black_box: saved.clone(),
            explainer: explainer.clone(),
            data: data.clone(),
            fit: Fit::default(),
            items: items.clone(),
            unit: explainer.card.unit,
            k: 3,
            fill,
            seed: 4,
        };
        let job = worker.submit(Slot::new(3, 0), Priority::Normal, task);
        let mut table: BTreeMap<usize, (bool, bool)> = BTreeMap::new();
        let mut take = |output: Output| {
            let Output::Fidelity { items, selected_stays, unselected_stays } = output else { panic!("{output:?}") };
            table.extend(items.into_iter().zip(selected_stays.into_iter().zip(unselected_stays)));
        };
        let last = worker.wait_for(job, |event| {
            if let Event::Partial(_, output) = event {
                take(output);
            }
        });
        take(last.unwrap());
        assert_eq!(table.len(), data.len());
        for item in [0, 1, 63, 64, 65, 79] {
            let one = explained(&mut worker, explain_task(&saved, vec![explainer.clone()], &data, item, fill));
            let result = one.methods[0].as_ref().unwrap();
            let class = unmask::model::argmax;
            let stays = (
                class(&result.probs_selected) == class(&one.probs_full),
                class(&result.probs_unselected) == class(&one.probs_full),
            );
            assert_eq!(stays, table[&item], "{id} with fill {}, item {item}", fill.id());
            let selected = (0..result.ranks.len()).filter(|&unit| result.is_selected(unit, 3)).count();
            assert_eq!(selected, 3);
        }
    }
}

/// Equal but for the last digits: sums over a batch are taken in another order.
fn near(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || (a - b).abs() <= 1e-4 * b.abs().max(1.0))
}

#[test]
fn many_items_explained_in_batches_are_what_each_is_alone() {
    let _torch = torch();
    // More than one batch.
    let (data, mut worker) = (Arc::new(halves(unmask::jobs::CHUNK + 6)), worker());
    let saved = Arc::new(trained_box(&data, 0));
    let mut explainers = vec![untrained("random", "patch:2", 3, &saved), untrained("grad", "patch:2", 3, &saved)];
    for id in ["aim", "dorar"] {
        explainers.push(explainer(run(&mut worker, train(id, &saved, &data, 1, None)).unwrap()));
    }
    for fill in [Fill::Zero, Fill::Noise] {
        let items: Vec<usize> = (0..data.len()).rev().collect();
        let Task::Explain(explain) = explain_task(&saved, explainers.clone(), &data, 0, fill) else { unreachable!() };
        let job = worker.submit(Slot::new(3, 0), Priority::Normal, Task::ExplainMany { explain, items: items.clone() });
        let mut many = Vec::new();
        let mut take = |output: Output| {
            let Output::Explained(explained) = output else { panic!("{output:?}") };
            many.push(explained);
        };
        let last = worker.wait_for(job, |event| {
            if let Event::Partial(_, output) = event {
                take(output);
            }
        });
        take(last.unwrap());
        assert_eq!(many.iter().map(|explained| explained.item).collect::<Vec<_>>(), items);
        for together in many {
            let alone = explained(&mut worker, explain_task(&saved, explainers.clone(), &data, together.item, fill));
            assert_eq!((&together.row, &together.fill_row), (&alone.row, &alone.fill_row));
            assert!(near(&together.probs_full, &alone.probs_full));
            for (together, alone) in together.methods.iter().zip(&alone.methods) {
                let (together, alone) = (together.as_ref().unwrap(), alone.as_ref().unwrap());
                assert!(near(&together.scores, &alone.scores), "{together:?} {alone:?}");
                assert_eq!(together.by_class.is_some(), alone.by_class.is_some());
                if let (Some(together), Some(alone)) = (&together.by_class, &alone.by_class) {
                    assert!(near(&together.scores, &alone.scores));
                }
                assert_eq!(together.rebuilt.len(), alone.rebuilt.len());
                // What is selected can differ where two scores are equal but for the last digits.
                if together.ranks != alone.ranks {
                    continue;
                }
                assert!(near(&together.probs_selected, &alone.probs_selected));
                assert!(near(&together.probs_unselected, &alone.probs_unselected));
                for (together, alone) in together.rebuilt.iter().zip(&alone.rebuilt) {
                    assert!(near(&together.row, &alone.row) && near(&together.probs, &alone.probs));
                }
                if let (Some(together), Some(alone)) = (&together.by_class, &alone.by_class) {
                    assert!(near(&together.only, &alone.only) && near(&together.rest, &alone.rest));
                }
            }
        }
    }
}

#[test]
fn what_nobody_looks_at_is_not_computed_and_changes_nothing_else() {
    let _torch = torch();
    let (data, mut worker) = (Arc::new(halves(16)), worker());
    let saved = Arc::new(trained_box(&data, 0));
    let explainers =
        ["dorar", "aim"].map(|id| explainer(run(&mut worker, train(id, &saved, &data, 1, None)).unwrap())).to_vec();
    let mut asked = |all: bool| {
        let Task::Explain(task) = explain_task(&saved, explainers.clone(), &data, 5, Fill::Mean) else { panic!() };
        explained(&mut worker, Task::Explain(Box::new(Explain { rebuilt: all, class_answers: all, ..*task })))
    };
    let (whole, plain) = (asked(true), asked(false));
    let rebuilt = |of: &Explained| of.methods.iter().map(|of| of.as_ref().unwrap().rebuilt.len()).collect::<Vec<_>>();
    assert_eq!((rebuilt(&whole), rebuilt(&plain)), (vec![2, 0], vec![0, 0]));
    for (whole, plain) in whole.methods.iter().zip(&plain.methods) {
        let (whole, plain) = (whole.as_ref().unwrap(), plain.as_ref().unwrap());
        assert!(near(&whole.scores, &plain.scores) && near(&whole.probs_selected, &plain.probs_selected));
        assert!(near(&whole.probs_unselected, &plain.probs_unselected));
    }
    // What is kept in memory counts: two inputs that were rebuilt, 2 x 2 answers each to the units of a class and to the others, and 2 to nothing.
    assert_eq!(whole.bytes() - plain.bytes(), 4 * (2 * whole.row.len() + 2 * 2 * 2 + 2));
}

#[test]
fn answers_to_the_units_of_each_class_and_of_each_contrast_are_those_of_the_box_itself() {
    let _torch = torch();
    let (data, mut worker) = (Arc::new(halves(16)), worker());
    let saved = Arc::new(trained_box(&data, 0));
    let aim = explainer(run(&mut worker, train("aim", &saved, &data, 1, None)).unwrap());
    let black_box = TorchBox::new(&saved, Device::Cpu).unwrap();
    let item = 5;
    let mut asked = |contrast: Option<(usize, usize)>| {
        let Task::Explain(task) = explain_task(&saved, vec![aim.clone()], &data, item, Fill::Mean) else { panic!() };
        explained(&mut worker, Task::Explain(Box::new(Explain { contrast, ..*task })))
    };
    let (one, contrasted) = (asked(None), [asked(Some((0, 1))), asked(Some((1, 0)))]);
    let result = one.methods[0].as_ref().unwrap();
    let classes = result.by_class.as_ref().unwrap();
    let row = saved.card.rows(&data, &[item], &saved.card.fit).unwrap();
    let unit_of = one.units.unit_of_values();
    // The three units with the highest of these scores, if they are above zero, kept, or hidden, place by place.
    let answer = |scores: Vec<f32>, hides: bool| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order.retain(|unit| scores[*unit] > 0.0);
        let best = &order[..order.len().min(3)];
        let is_kept = |place: usize| best.contains(&(unit_of[place] as usize)) != hides;
        let values =
            (0..row.values.len()).map(|at| if is_kept(at) { row.values[at] } else { saved.background.mean[at] });
        black_box.predict(&Rows { shape: row.shape, values: values.collect() }).unwrap().values
    };
    let column = |class: usize| classes.column(class);
    for (class, contrasted) in contrasted.iter().enumerate() {
        assert!(near(classes.only(class), &answer(column(class), false)));
        assert!(near(classes.rest(class), &answer(column(class), true)));
        let other = 1 - class;
        let difference: Vec<f32> = column(class).iter().zip(column(other)).map(|(a, b)| a - b).collect();
        let lens = Lens::Contrast(class, other);
        assert!(result.only_through(lens).is_empty(), "nobody chose to contrast the two");
        let result = contrasted.methods[0].as_ref().unwrap();
        assert!(near(result.only_through(lens), &answer(difference.clone(), false)));
        assert!(near(result.rest_through(lens), &answer(difference, true)));
    }
    // The answer to nothing at all: what these are to be compared with.
    let blank = Rows { shape: row.shape, values: saved.background.mean.clone() };
    assert!(near(&classes.nothing, &black_box.predict(&blank).unwrap().values), "{:?}", classes.nothing);
    assert_eq!(contrasted[0].methods[0].as_ref().unwrap().by_class.as_ref().unwrap().nothing.len(), 2);
    // Of a pair the other way round, or of a class that there is not, nothing is known.
    let result = contrasted[0].methods[0].as_ref().unwrap();
    assert!(result.only_through(Lens::Contrast(1, 0)).is_empty());
    assert!(result.only_through(Lens::Contrast(0, 9)).is_empty());
    assert!(asked(Some((0, 9))).methods[0].as_ref().unwrap().by_class.as_ref().unwrap().contrast.is_none());
}

#[test]
fn scores_written_item_by_item_are_those_of_all_and_a_failure_leaves_the_file_as_it_was() {
    let _torch = torch();
    let dir = tempfile::tempdir().unwrap();
    let (data, mut worker) = (Arc::new(halves(16)), worker());
    let saved = Arc::new(trained_box(&data, 0));
    let aim = explainer(run(&mut worker, train("aim", &saved, &data, 1, None)).unwrap());
    let explainers = vec![untrained("random", "patch:2", 3, &saved), aim];
    let mut all = Vec::new();
    for item in [3, 20, 9] {
        all.push(explained(&mut worker, explain_task(&saved, explainers.clone(), &data, item, Fill::Zero)));
    }
    let scores = Scores { data: &data, black_box: &saved.card, explainers: &explainers };
    let mut csv = "item,split,method,unit,score,rank,selected,label,predicted,probability,".to_owned();
    csv.push_str("score_0_left,score_1_right\n");
    for one in &all {
        let label = &data.classes[usize::from(data.labels[one.item].unwrap())];
        let class = argmax(&one.probs_full);
        let answer = format!("{label},{},{}", saved.card.classes[class], one.probs_full[class]);
        for (method, result) in explainers.iter().zip(&one.methods) {
            let (result, name) = (result.as_ref().unwrap(), &method.card.name);
            for (unit, score) in result.scores.iter().enumerate() {
                let by_class = result.by_class.as_ref();
                let of = |class: usize| by_class.map_or_else(String::new, |by| by.score(unit, class).to_string());
                let (item, split, rank) = (one.item, data.splits[one.item], result.ranks[unit] + 1);
                let selected = u8::from(result.is_selected(unit, 3));
                write!(csv, "{item},{split},{name},{unit},{score},{rank},{selected},{answer},").unwrap();
                writeln!(csv, "{},{}", of(0), of(1)).unwrap();
            }
        }
    }
    let mut broken = all[0].as_ref().clone();
    broken.methods[1] = Err(Notice::new("not-finite", "the network gives no numbers"));
    let broken = Arc::new(broken);
    for (n_files, ending) in ["csv", "jsonl", "parquet", "npz"].into_iter().enumerate() {
        let path = dir.path().join(format!("scores.{ending}"));
        let mut writer = ScoresWriter::create(&path, scores, &all[0]).unwrap();
        all.iter().for_each(|one| writer.push(one).unwrap());
        assert!(all.iter().all(|one| Arc::strong_count(one) == 1), "{ending}: whole explanations are kept in memory");
        assert!(!path.exists(), "nothing is seen before the end");
        writer.finish().unwrap();
        let written = std::fs::read(&path).unwrap();
        // The archive of arrays notes when each was written.
        assert!(ending == "npz" || written == encode(&path, &scores, &all).unwrap(), "{ending}");
        if ending == "csv" {
            assert_eq!(String::from_utf8(written.clone()).unwrap(), csv);
        }
        let mut writer = ScoresWriter::create(&path, scores, &all[0]).unwrap();
        writer.push(&all[0]).unwrap();
        assert_sentence(&writer.push(&broken).unwrap_err().to_string(), &["gives no numbers"]);
        drop(writer);
        assert!(written == std::fs::read(&path).unwrap(), "{ending}: the file before stays");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), n_files + 1, "{ending}: nothing is left beside it");
        // Who writes no such answers does not ask for them.
        assert_eq!(has_class_answers(&path), ["jsonl", "npz"].contains(&ending));
    }
}

#[test]
fn a_method_that_cannot_explain_leaves_the_others_their_results() {
    let _torch = torch();
    let (data, mut worker, saved) = (Arc::new(halves(16)), worker(), Arc::new(formula_box()));
    let mut foreign = untrained("grad", "pixel", 3, &saved).as_ref().clone();
    foreign.card.blackbox_hash = "another".to_owned();
    let methods = vec![untrained("random", "pixel", 3, &saved), Arc::new(foreign)];
    let one = explained(&mut worker, explain_task(&saved, methods, &data, 0, Fill::Zero));
    assert!(one.methods[0].is_ok());
    let why = one.methods[1].as_ref().unwrap_err();
    assert_sentence(&why.summary, &["expected the black box with hash another"]);
    assert_eq!(why.code, "unfit", "asked for wrongly: no work that failed");
}

#[test]
fn metrics_of_an_unknown_name_fail_with_the_known_ones() {
    let (saved, data, mut worker) = (Arc::new(formula_box()), Arc::new(halves(16)), worker());
    let task = Task::Evaluate(Box::new(Evaluate {
        explainers: vec![untrained("random", "pixel", 3, &saved)],
        black_box: saved,
        data,
        fit: Fit::default(),
        split: Split::Test,
        metrics: vec!["fs_x".to_owned()],
        ks: Vec::new(),
        fill: Fill::Zero,
        seed: 0,
        limit: None,
        embedding: None,
    }));
    assert_sentence(&run(&mut worker, task).unwrap_err().notice().summary, &["fs_x", "fs_m, fu_m"]);
}

#[test]
fn bad_input_is_told_apart_from_work_that_failed() {
    let broken = || DataError::Unfit {
        path: "a.png".to_owned(),
        expected: "a picture".to_owned(),
        found: "half of one".to_owned(),
        advice: "fetch it again".to_owned(),
    };
    let of_model = |error: ModelError| JobError::from(error).notice().code;
    let of_explainer = |error: ExplainError| JobError::from(error).notice().code;
    assert_eq!(of_model(ModelError::Data(broken())), "data");
    assert_eq!(of_explainer(ModelError::from(broken()).into()), "data");
    assert_eq!(of_model(ModelError::Unfit("no such unit".to_owned())), "unfit");
    assert_eq!(of_explainer(ExplainError::Unfit("no such unit".to_owned())), "unfit");
    assert_eq!(of_model(ModelError::Failed("no room".to_owned())), "model");
    let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
    assert_eq!(of_explainer(ModelError::Io { path: "box".to_owned(), source: full() }.into()), "model");
    assert_eq!(JobError::from(ModelError::Data(DataError::Cancelled)), JobError::Cancelled);
}

#[test]
fn what_needs_items_of_a_split_says_which_splits_have_some() {
    let _torch = torch();
    let saved = Arc::new(formula_box());
    let mut data = halves(16);
    data.splits.fill(Split::Test);
    data.splits[0] = Split::Validation;
    let data = Arc::new(data);
    let explainers = vec![untrained("random", "pixel", 3, &saved)];
    let measure = |split: Split| {
        Task::Evaluate(Box::new(Evaluate {
            explainers: explainers.clone(),
            black_box: saved.clone(),
            data: data.clone(),
            fit: Fit::default(),
            split,
            metrics: vec!["fs_a".to_owned()],
            ks: Vec::new(),
            fill: Fill::Zero,
            seed: 0,
            limit: None,
            embedding: None,
        }))
    };
    let agree = Task::Agree(Box::new(Agree {
        black_box: saved.clone(),
        explainers: explainers.clone(),
        data: data.clone(),
        fit: Fit::default(),
        split: Split::Train,
        limit: None,
        unit: explainers[0].card.unit,
        k: 3,
        seed: 0,
    }));
    for task in [measure(Split::Train), agree] {
        let notice = run(&mut worker(), task).unwrap_err().notice();
        assert_eq!(notice.code, "unfit");
        assert_sentence(&notice.summary, &["halves: ", "train split", "choose validation (1 item) or test (31 items)"]);
    }
    // A metric that learns has nothing to learn from.
    let notice = run(&mut worker(), measure(Split::Test)).unwrap_err().notice();
    assert_sentence(&notice.summary, &["halves: expected training items", "found none", "name another metric"]);
}

#[test]
fn a_table_says_of_hidden_words_what_figures_say() {
    let said = |unit: &str, fill: &str| {
        Conditions { unit: unit.to_owned(), fill: fill.to_owned(), ..Conditions::default() }.words()
    };
    assert_sentence(&said("word", "zero"), &["hidden units become padding,"]);
    assert_sentence(&said("sentence", "noise"), &["hidden units become words of other texts,"]);
    assert_sentence(&said("patch:4", "zero"), &["hidden units become zero,"]);
    assert_sentence(&said("column", "zero"), &["hidden units become the mean, seed"]);
    let unit = "column".to_owned();
    let conditions = Conditions { unit, fill: "zero".to_owned(), has_categories: true, ..Conditions::default() };
    assert_sentence(&conditions.words(), &["hidden units become the mean, no category,"]);
}

#[test]
fn an_item_is_named_with_its_data_set_and_its_split() {
    let data = halves(16);
    assert_eq!(source_of(&data, 3), "halves · train · item #3");
    assert_eq!(source_of(&data, 31), "halves · test · item #31");
}

#[test]
fn definition_2_orders_methods_at_each_k_and_across_them() {
    let cell = |row: &str, metric: &str, k: usize, mean: f64| Cell {
        row: row.to_owned(),
        metric: metric.to_owned(),
        k: Some(k),
        class: None,
        mean,
        ci95: [mean, mean],
        items: 100,
    };
    let of = |row: &str, k: usize, a1: f64, a2: f64| [cell(row, "a1", k, a1), cell(row, "a2", k, a2)];
    let one: Vec<Cell> = [of("x", 4, 90.0, 50.0), of("y", 4, 80.0, 60.0)].concat();
    let of_cells = |cells: &[Cell]| Measured { cells: cells.to_vec(), ..Measured::default() };
    let order = |cells: &[Cell]| unmask::jobs::table::order(&of_cells(cells));
    assert_eq!(order(&one), ["Not dominated (DoRaR, Definition 2) at k = 4: x. y is worse than x."]);
    // With half as many units and better figures it is better than the other at eight, too.
    let two: Vec<Cell> = [one, of("y", 8, 85.0, 55.0).to_vec(), of("x", 8, 95.0, 40.0).to_vec()].concat();
    let said = order(&two);
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(
        said[2],
        "Not dominated (DoRaR, Definition 2) among all k: x at k = 4, x at k = 8. y at k = 4 and y at k = 8 are worse than x at k = 4. \
         Those that are not dominated cannot be ordered: one has the higher a1, another the lower a2 or fewer units."
    );
    // Neither of two that are the same in everything is better, and nothing sets them apart.
    let same: Vec<Cell> = [of("x", 4, 90.0, 50.0), of("y", 4, 90.0, 50.0)].concat();
    assert_eq!(
        order(&same),
        ["Not dominated (DoRaR, Definition 2) at k = 4: x, y. x and y are equal: neither is better."]
    );
    // Written tables have it, too: a paragraph, a comment, a field.
    let written = |name: &str| {
        let bytes = unmask::jobs::table::encode(std::path::Path::new(name), &of_cells(&two)).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    assert!(written("a.md").contains(&format!("\n\n{}\n\n", said[2])), "{}", written("a.md"));
    assert!(written("a.tex").contains(&format!("\n% {}\n", said[2])), "{}", written("a.tex"));
    let json: serde_json::Value = serde_json::from_str(&written("a.json")).unwrap();
    assert_eq!(json["order"], serde_json::json!(said));
    assert_eq!(serde_json::from_str::<Measured>(&written("a.json")).unwrap().cells, two, "and is a table still");
    assert!(!written("a.csv").contains("Not dominated"));
    // Of explainers of one table one may select chunks and another single pixels: size counts.
    let explainer = |row: &str, unit_size: usize| MeasuredExplainer {
        row: row.to_owned(),
        method: "dorar".to_owned(),
        params: Default::default(),
        k: 4,
        unit_size,
        seed: 0,
        hash: String::new(),
    };
    let conditions = Conditions { explainers: vec![explainer("x", 16), explainer("y", 1)], ..Conditions::default() };
    assert_eq!(
        unmask::jobs::table::order(&Measured { conditions, ..of_cells(&same) }),
        [
            "Not dominated (DoRaR, Definition 2) at k = 4: y (units of 1 value). x (units of 16 values) is behind y (units of 1 value), but within the intervals."
        ]
    );
}

/// What a table with these cells of `unit` and this share of the most frequent class warns of.
fn warnings_of(unit: &str, chance: Option<f64>, cells: &[Cell]) -> Vec<String> {
    let conditions = Conditions { unit: unit.to_owned(), chance, ..Conditions::default() };
    unmask::jobs::table::honesty(&Measured { conditions, cells: cells.to_vec(), ..Measured::default() })
}

fn share(row: &str, metric: &str, mean: f64) -> Cell {
    Cell {
        row: row.to_owned(),
        metric: metric.to_owned(),
        k: Some(10),
        class: None,
        mean,
        ci95: [mean, mean],
        items: 100,
    }
}

#[test]
fn a_table_warns_where_fs_a_runs_ahead_of_fs_m_and_the_mask_follows() {
    let spelled = [share("a", "fs_m", 70.0), share("a", "fs_a", 98.0), share("a", "mask_only", 97.0)];
    let warnings = warnings_of("pixel", None, &spelled);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("a, k = 10: ") && warnings[0].contains("98.0 %"), "{warnings:?}");
    // Ahead by little, or with a mask that tells less than the selection: no warning.
    let honest = [share("a", "fs_m", 97.0), share("a", "fs_a", 98.0), share("a", "mask_only", 99.0)];
    assert!(warnings_of("pixel", None, &honest).is_empty());
    let weak = [share("a", "fs_m", 70.0), share("a", "fs_a", 98.0), share("a", "mask_only", 60.0)];
    assert!(warnings_of("pixel", None, &weak).is_empty());
    // Figures of two methods are not mixed.
    let mixed = [share("a", "fs_m", 70.0), share("b", "fs_a", 98.0), share("a", "mask_only", 97.0)];
    assert!(warnings_of("pixel", None, &mixed).is_empty());
}

#[test]
fn a_table_warns_where_the_columns_selected_tell_the_class_as_often_as_their_values() {
    let of = |fs_m: f64, mask_only: f64| [share("AIM", "fs_m", fs_m), share("AIM", "mask_only", mask_only)];
    let warnings = warnings_of("column", Some(75.0), &of(100.0, 100.0));
    assert_eq!(warnings.len(), 1);
    assert_sentence(&warnings[0], &["AIM, k = 10: Which columns are selected", "100.0 %", "FS-M proves nothing here"]);
    // Nine of ten rows are of one class: to name it always is no news.
    assert!(warnings_of("column", Some(90.0), &of(92.0, 91.0)).is_empty());
    assert!(warnings_of("column", Some(50.0), &of(98.0, 80.0)).is_empty(), "the values tell more than the mask");
    // What is selected of a digit is drawn like the digit.
    assert!(warnings_of("pixel", Some(50.0), &of(100.0, 100.0)).is_empty());
    // A table from before chance was kept.
    assert_eq!(warnings_of("column", None, &of(100.0, 100.0)).len(), 1);
    assert!(warnings_of("column", None, &of(73.5, 68.5)).is_empty());
}
