//! An explainer that is opened without its black box: what is found near is opened too, and what is not is named.
use unmask::explain::SavedExplainer;
use unmask::session::{Command, Session};

use super::project::{codes, digits, run, sample_data, summaries, window};

#[test]
fn the_black_box_of_an_explainer_is_found_by_its_hash_and_the_explainer_is_shown() {
    let mut app = window(Session::new());
    let meed = sample_data().join("project/explainers/meed");
    run(&mut app, [Command::OpenSpec(digits()), Command::OpenPaths(vec![meed])]);
    let session = &app.state().session;
    assert_eq!(session.boxes.len(), 1, "{:?}", summaries(&app));
    let shown: Vec<String> = session.column_explainers().iter().map(|shown| shown.card.method.clone()).collect();
    assert_eq!(shown, ["meed"]);
    assert!(session.explore.explained().expect("an explanation").methods.iter().all(Result::is_ok));
    assert!(!codes(&app).contains(&"box-needed"), "{:?}", summaries(&app));
}

#[test]
fn a_black_box_that_lies_nowhere_near_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut alone = SavedExplainer::load(&sample_data().join("project/explainers/meed")).expect("the sample");
    alone.card.blackbox_hash = "f".repeat(64);
    alone.card.hash = alone.card.hash_with(&alone.weights);
    let folder = dir.path().join("moved/meed");
    alone.save(&folder).expect("saved");
    let mut app = window(Session::new());
    run(&mut app, [Command::OpenSpec(digits()), Command::OpenPaths(vec![folder])]);
    assert!(app.state().session.boxes.is_empty());
    assert_eq!(codes(&app).iter().filter(|code| **code == "box-needed").count(), 1, "{:?}", summaries(&app));
    let said = summaries(&app).join(" | ");
    for part in [alone.card.name.as_str(), "hash ffffffffffff", "open the folder of that black box"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}
