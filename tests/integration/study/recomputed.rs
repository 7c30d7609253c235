//! The report of the sample project's study against the same numbers, computed from its exported responses with SciPy, statsmodels,
//! scikit-learn, krippendorff and irrCAC (`tests/golden/make_study_report.py`).

use std::path::Path;

use serde_json::Value;
use unmask::study::key::Key;
use unmask::study::responses::Responses;
use unmask::study::score::score;
use unmask::study::store::Store;

fn near(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: found {found}, expected {expected}");
}

fn whole(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

#[test]
fn the_sample_report_is_what_other_programs_compute_from_its_export() {
    let golden: Value = serde_json::from_str(include_str!("../../golden/study_report.json")).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/project/studies/digits");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("participants.sqlite");
    std::fs::copy(from.join("participants.sqlite"), &file).unwrap();
    let key = Key::read(&from.join("key.json")).unwrap();
    let scores = score(&Responses::join(&Store::open(&file).unwrap(), &key).unwrap(), &key).unwrap();
    assert_eq!(scores.excluded.len(), whole(&golden["excluded"]));
    assert_eq!(scores.arms.len(), golden["arms"].as_object().unwrap().len());
    for arm in &scores.arms {
        let expected = &golden["arms"][&arm.name];
        let what = |number: &str| format!("{}, {number}", arm.name);
        near(arm.fs_h.hits, &expected["hits"], &what("hits"));
        assert_eq!(arm.fs_h.n, whole(&expected["n"]));
        near(arm.p_chance.unwrap(), &expected["p_chance"], &what("p, chance"));
        near(arm.accuracy.percent.unwrap(), &expected["accuracy"], &what("human accuracy"));
        near(arm.model.fs_m.percent.unwrap(), &expected["fs_m"], &what("FS-M"));
        near(arm.model.p, &expected["p_model"], &what("McNemar with the model"));
        near(arm.agreement.alpha.unwrap(), &expected["alpha"], &what("alpha"));
        near(arm.seconds.median.unwrap(), &expected["median"], &what("median"));
        // irrCAC gives five digits.
        let ac1 = arm.agreement.ac1.unwrap();
        assert!((ac1 - expected["ac1"].as_f64().unwrap()).abs() < 6e-6, "{}", what("AC1"));
        for side in 0..2 {
            near(arm.fs_h.wilson[side], &expected["wilson"][side], &what("Wilson"));
            near(arm.seconds.quartiles.unwrap()[side], &expected["quartiles"][side], &what("quartiles"));
            near(arm.seconds.spread.unwrap()[side], &expected["spread"][side], &what("5 and 95 %"));
        }
        for (at, count) in arm.model.table.iter().enumerate() {
            assert_eq!(*count, whole(&expected["table"][at]), "{}", what("table with the model"));
        }
        let calibration = arm.calibration.as_ref().unwrap();
        near(calibration.auroc.unwrap(), &expected["auroc"], &what("area under ROC"));
        for (at, level) in calibration.levels.iter().enumerate() {
            near(level.hits, &expected["levels"][at][0], &what("hits by confidence"));
            assert_eq!(level.n, whole(&expected["levels"][at][1]));
        }
    }
    let pairs = golden["pairs"].as_array().unwrap();
    assert_eq!(scores.pairs.len(), pairs.len());
    for (pair, expected) in scores.pairs.iter().zip(pairs) {
        let what = pair.arms.join(" - ");
        assert_eq!(pair.arms.as_slice(), [&expected["arms"][0], &expected["arms"][1]].map(|arm| arm.as_str().unwrap()));
        assert_eq!(pair.items, whole(&expected["items"]), "{what}");
        assert_eq!(pair.discordant, [0, 1].map(|side: usize| whole(&expected["discordant"][side])), "{what}");
        near(pair.p, &expected["p"], &what);
        near(pair.p_holm, &expected["p_holm"], &what);
    }
    let retest = scores.retest.unwrap();
    near(retest.same.hits, &golden["retest"]["same"], "same answers");
    assert_eq!(retest.same.n, whole(&golden["retest"]["n"]));
    near(retest.kappa.unwrap(), &golden["retest"]["kappa"], "test-retest kappa");
}
