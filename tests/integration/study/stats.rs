//! Statistics against SciPy, statsmodels, scikit-learn, krippendorff and irrCAC (`tests/golden/make_study.py`), and against hand
//! computation.

use serde_json::Value;
use unmask::study::stats::*;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../golden/study.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: found {found}, expected {expected}");
}

fn rows(value: &Value) -> Vec<Vec<Option<u16>>> {
    let entries = |row: &Value| row.as_array().unwrap().iter().map(|v| v.as_u64().map(|v| v as u16)).collect();
    value.as_array().unwrap().iter().map(entries).collect()
}

#[test]
fn wilson_binomial_mcnemar_and_holm_agree_with_scipy_and_statsmodels() {
    let golden = golden();
    for case in golden["wilson"].as_array().unwrap() {
        let [low, high] = wilson(number(&case[0]), number(&case[1]));
        near(low, number(&case[2]), "Wilson, lower");
        near(high, number(&case[3]), "Wilson, upper");
    }
    for case in golden["binomial"].as_array().unwrap() {
        let (hits, n, p) = (number(&case[0]) as usize, number(&case[1]) as usize, number(&case[2]));
        near(binomial_greater(hits, n, p), number(&case[3]), "binomial, greater");
        near(binomial_two_sided(hits, n, p), number(&case[4]), "binomial, two-sided");
    }
    for case in golden["mcnemar"].as_array().unwrap() {
        near(mcnemar(number(&case[0]) as usize, number(&case[1]) as usize), number(&case[2]), "McNemar");
    }
    for case in golden["holm"].as_array().unwrap() {
        let numbers = |value: &Value| value.as_array().unwrap().iter().map(number).collect::<Vec<_>>();
        for (found, expected) in holm(&numbers(&case[0])).into_iter().zip(numbers(&case[1])) {
            near(found, expected, "Holm");
        }
    }
    for case in golden["auroc"].as_array().unwrap() {
        let pairs: Vec<(f64, bool)> =
            case[0].as_array().unwrap().iter().map(|pair| (number(&pair[0]), pair[1].as_bool().unwrap())).collect();
        near(auroc(&pairs).unwrap(), number(&case[1]), "AUROC");
    }
}

#[test]
fn agreement_agrees_with_krippendorff_irrcac_statsmodels_and_sklearn() {
    let golden = golden();
    for case in golden["cohen"].as_array().unwrap() {
        let pairs: Vec<(u16, u16)> = rows(&case[0]).into_iter().map(|row| (row[0].unwrap(), row[1].unwrap())).collect();
        near(cohen_kappa(&pairs).unwrap(), number(&case[1]), "Cohen");
    }
    for case in golden["agreement"].as_array().unwrap() {
        let table = rows(&case["rows"]);
        let numbers: Vec<Vec<Option<f64>>> =
            table.iter().map(|row| row.iter().map(|value| value.map(f64::from)).collect()).collect();
        for (name, level) in [("nominal", Level::Nominal), ("ordinal", Level::Ordinal), ("interval", Level::Interval)] {
            near(krippendorff_alpha(&numbers, level).unwrap(), number(&case[name]), name);
        }
        // irrCAC gives five digits.
        let ac1 = gwet_ac1(&table, number(&case["classes"]) as usize).unwrap();
        assert!((ac1 - number(&case["ac1"])).abs() < 6e-6, "AC1: {ac1} {}", case["ac1"]);
        assert_eq!(fleiss_kappa(&table).is_some(), !case["fleiss"].is_null(), "Fleiss needs complete tables");
        if let Some(expected) = case["fleiss"].as_f64() {
            near(fleiss_kappa(&table).unwrap(), expected, "Fleiss");
        }
    }
}

/// Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: 12 units, four observers, missing data; nominal alpha 0.743,
/// ordinal 0.815, interval 0.849.
#[test]
fn krippendorffs_own_example() {
    let raters =
        ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."];
    let columns: Vec<Vec<Option<f64>>> =
        raters.iter().map(|line| line.split(' ').map(|v| v.parse::<f64>().ok()).collect()).collect();
    let table: Vec<Vec<Option<f64>>> =
        (0..12).map(|unit| columns.iter().map(|column| column[unit]).collect()).collect();
    for (level, expected) in [(Level::Nominal, 0.743), (Level::Ordinal, 0.815), (Level::Interval, 0.849)] {
        let found = krippendorff_alpha(&table, level).unwrap();
        assert!((found - expected).abs() < 0.0006, "{level:?}: {found}");
    }
}

#[test]
fn what_cannot_be_computed_is_none() {
    assert_eq!(cohen_kappa(&[]), None);
    assert_eq!(cohen_kappa(&[(1, 1), (1, 1)]), None);
    assert_eq!(krippendorff_alpha(&[vec![Some(1.0), Some(1.0)]], Level::Nominal), None);
    assert_eq!(krippendorff_alpha(&[vec![Some(1.0), None]], Level::Nominal), None);
    assert_eq!(gwet_ac1(&[vec![Some(1), None]], 2), None);
    assert_eq!(fleiss_kappa(&[]), None);
    assert_eq!(auroc(&[(1.0, true)]), None);
    assert_eq!(wilson(0.0, 0.0), [0.0, 1.0]);
    assert!(quantile(&[], 0.5).is_nan());
    assert_eq!(quantile(&[3.0, 1.0, 2.0, 4.0], 0.5), 2.5);
    assert_eq!(cluster_interval(1, 50, 0, |_, _| 0.5), None);
}

/// For one observation per person and item, the mean of n people has the variance of the people plus that of the items; with people alone
/// varying, the interval is that of a mean over people.
#[test]
fn the_cluster_bootstrap_covers_people_and_items() {
    let n = 40;
    // Half of the people are always right, half never: items do not matter.
    let by_people = cluster_interval(n, n, 1, |people, items| {
        let (mut sum, mut total) = (0.0, 0.0);
        for (person, p) in people.iter().enumerate() {
            for i in items {
                sum += f64::from(p * i) * f64::from(u8::from(person % 2 == 0));
                total += f64::from(p * i);
            }
        }
        sum / total
    })
    .unwrap();
    let half = 1.96 * (0.25_f64 / n as f64).sqrt();
    assert!((by_people[0] - (0.5 - half)).abs() < 0.03 && (by_people[1] - (0.5 + half)).abs() < 0.03, "{by_people:?}");
    let constant = cluster_interval(n, n, 1, |_, _| 0.25).unwrap();
    // A statistic that resampling shifts: the share of people who are drawn at all, 1 as it is and 1 - 1/e in resamples.
    let drawn_share = |people: &[u32], _: &[u32]| people.iter().filter(|count| **count > 0).count() as f64 / n as f64;
    let shifted = cluster_interval(n, n, 1, drawn_share).unwrap();
    assert!(shifted[1] < 0.85, "{shifted:?}");
    let centred = centred_interval(n, n, 1, 0.8, [0.0, 1.0], drawn_share).unwrap();
    assert!(centred[0] < 0.8 && centred[1] > 0.8, "{centred:?}");
    assert!((centred[1] - centred[0] - (shifted[1] - shifted[0])).abs() < 1e-9, "as wide as before");
    assert_eq!(constant, [0.25, 0.25]);
}
